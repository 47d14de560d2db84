"""One request from the first try to its answer or its error."""

from __future__ import annotations

import gzip
import json
import logging
import ssl
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import urllib3.exceptions as u3
from singer_sdk.exceptions import ConfigValidationError

from tap_bigcommerce.api import wire
from tap_bigcommerce.api.client import Answer, Request, Tally, _date
from tap_bigcommerce.api.clock import Stopped
from tap_bigcommerce.api.errors import (
    ApiError,
    Forbidden,
    QuotaExhausted,
    RequestRefused,
    ServerTrouble,
    TokenRejected,
    Unreachable,
)
from tap_bigcommerce.api.sizes import CUT_BEFORE_NEXT
from tests.unit.api.servers import (
    BASE,
    TOKEN,
    Loopback,
    answers,
    client,
    client_for,
    dribbles,
    sends,
)
from tests.unit.api.virtual import FakeClock

PRODUCTS = Request("/v3/catalog/products", {"limit": "250"})
OK: tuple[int, object] = (200, {"data": []})
DOWN = (503, b"<html>down for maintenance</html>")


def limit_of(url):
    return int(parse_qs(urlsplit(url).query)["limit"][0])


def page_of(url):
    return int(parse_qs(urlsplit(url).query)["page"][0])


# An answer


def test_an_answer_is_the_body_as_it_came():
    body = b'{"data": [{"price": 1.10}]}'
    get, adapter = client_for([(200, body)])
    answer = get.get(PRODUCTS)
    assert answer == Answer(200, (body,), 1, 250)
    assert (answer.body, answer.size) == (body, len(body))
    assert adapter.urls == [BASE + "/v3/catalog/products?limit=250"]
    assert adapter.options[0]["timeout"] == (10.0, 30.0)


def test_no_content_is_an_empty_answer():
    answer = client_for([(204, b"")])[0].get(Request("/v2/orders"))
    assert answer == Answer(204, (b"",), 1, None)


def test_headers_go_as_they_were_given_and_gzip_is_asked_for():
    get, adapter = client_for([OK])
    get.get(PRODUCTS)
    sent = adapter.headers[0]
    assert sent["X-Auth-Token"] == TOKEN
    assert sent["User-Agent"] == "tap-bigcommerce test"
    assert sent["Accept"] == "application/json"
    assert "gzip" in sent["Accept-Encoding"]
    assert "Authorization" not in sent


@pytest.mark.parametrize(
    ("params", "query"),
    [
        (
            {"date_modified:min": "2026-01-01T00:00:00+00:00"},
            "date_modified:min=2026-01-01T00:00:00%2B00:00",
        ),
        ({"id:in": "1,2,3"}, "id:in=1,2,3"),
        ({"name": "a b&c=d/é%"}, "name=a%20b%26c%3Dd%2F%C3%A9%25"),
        ({"channelIds[]": "1"}, "channelIds%5B%5D=1"),
    ],
)
def test_the_query_survives_letter_for_letter(params, query):
    get, adapter = client_for([OK])
    get.get(Request("/v3/x", params))
    assert adapter.urls == [f"{BASE}/v3/x?{query}"]


def test_the_first_answer_tells_when_the_server_began():
    dated = {"Date": "Wed, 21 Oct 2026 07:28:00 GMT"}
    later = {"Date": "Wed, 21 Oct 2026 08:00:00 GMT"}
    get, _ = client_for([(503, b"", dated), (200, {}, later)])
    assert get.server_started is None
    get.get(PRODUCTS)
    assert get.server_started == datetime(2026, 10, 21, 7, 28, tzinfo=UTC)


@pytest.mark.parametrize(("took_s", "began_s"), [(0, 0), (0.2, 1), (1, 1), (3.5, 4)])
def test_the_server_began_when_it_was_asked_not_when_it_answered(took_s, began_s):
    """A row that changes after it was read, and before the answer is dated, is to be read again."""
    clock, noon = FakeClock(), datetime(2026, 10, 21, 12, tzinfo=UTC)

    def slowly(_url):
        clock.now += took_s
        return (200, {}, {"Date": format_datetime(noon, usegmt=True)})

    get, _ = client_for(slowly, clock=clock)
    get.get(PRODUCTS)
    get.get(PRODUCTS)
    assert get.server_started == noon - timedelta(seconds=began_s)


def test_of_two_requests_the_one_that_was_sent_first_counts():
    """Whatever answer comes first: the other may show the store of an earlier time."""
    clock, noon = FakeClock(), datetime(2026, 10, 21, 12, tzinfo=UTC)
    get, adapter = client_for([(200, {})], clock=clock)

    def overtaken(_url):
        clock.now += 2
        adapter.script = [(200, {}, {"Date": format_datetime(noon, usegmt=True)})]
        get.get(PRODUCTS)
        return (200, {}, {"Date": format_datetime(noon, usegmt=True)})

    adapter.script = overtaken
    get.get(PRODUCTS)
    assert get.server_started == noon - timedelta(seconds=2)


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}])
def test_a_first_answer_without_a_date_leaves_it_open(headers):
    get, _ = client_for([(200, {}, headers), (200, {}, {"Date": "Wed, 21 Oct 2026 07:28:00 GMT"})])
    get.get(PRODUCTS)
    get.get(PRODUCTS)
    assert get.server_started is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": NaN}',
        b'{"a": "\\ud800"}',
        b'{"a": 1e999999}',
        b"[" + b"9" * 999 + b"]",
        b"\xef\xbb\xbf{}",
        b'{"a": "\xff"}',
        b" [] \n",
        b"3",
    ],
)
def test_odd_values_are_no_broken_answer(body):
    assert client_for([(200, body)])[0].get(PRODUCTS).body == body


# Again


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 509, 520])
def test_a_status_that_can_heal_is_tried_again(status):
    get, adapter = client_for([(status, b""), (status, b""), OK])
    assert get.get(PRODUCTS).attempts == 3
    assert len(adapter.urls) == 3


@pytest.mark.parametrize(
    "status", [301, 304, 400, 401, 403, 404, 405, 409, 410, 422, 423, 425, 501, 505, 507]
)
def test_a_status_that_cannot_is_not(status):
    get, adapter = client_for([(status, b""), OK])
    with pytest.raises(ApiError) as caught:
        get.get(PRODUCTS)
    assert caught.value.status == status
    assert len(adapter.urls) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>maintenance</html>",
        b'{"data": [{"id": 1}, {"id"',
        b'{"data": [{"id": 1}',
        b'{"data": []}}',
        b"null",
        b" null\n",
        b"[" * 10_000 + b"]" * 10_000,
        b"\xef\xbb\xbf",
    ],
)
def test_a_200_that_is_no_whole_json_is_tried_again(body):
    get, adapter = client_for([(200, body), OK])
    assert get.get(PRODUCTS).attempts == 2
    get, adapter = client_for([(200, body)])
    with pytest.raises(ServerTrouble, match=r"^200 for GET /v3/catalog/products .*answer is"):
        get.get(Request("/v3/catalog/products"))
    assert len(adapter.urls) == 5


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ReadTimeout(),
        requests.exceptions.ConnectTimeout(),
        requests.exceptions.ConnectionError(u3.ProtocolError("x", ConnectionResetError())),
        requests.exceptions.ChunkedEncodingError(),
        requests.exceptions.ContentDecodingError(),
        u3.IncompleteRead(1, 2),
    ],
)
def test_what_breaks_on_the_way_is_tried_again(error):
    assert client_for([error, error, OK])[0].get(PRODUCTS).attempts == 3


REJECTED = (401, {"title": "Unauthorized"})


def test_a_token_that_was_right_is_doubted_once():
    """What a gateway's one mistake costs is the whole run."""
    get, adapter = client_for([OK, DOWN, REJECTED, OK])
    get.get(PRODUCTS)
    assert get.get(PRODUCTS).attempts == 3
    get, adapter = client_for([OK, REJECTED])
    get.get(PRODUCTS)
    with pytest.raises(TokenRejected, match=r"\(2 tries\)"):
        get.get(PRODUCTS)
    assert len(adapter.urls) == 3


def test_a_token_that_never_opened_anything_is_not():
    get, adapter = client_for([REJECTED, OK])
    with pytest.raises(TokenRejected):
        get.get(PRODUCTS)
    assert len(adapter.urls) == 1


@pytest.mark.parametrize(
    ("answer", "is_alive", "tries"),
    [
        (OK, True, 1),
        ((204, b""), True, 1),
        ((403, b""), True, 1),
        ((404, b""), True, 1),
        (DOWN, False, 3),
        ((429, b""), False, 2),
        (requests.exceptions.ReadTimeout(), False, 3),
        (requests.exceptions.ConnectionError(u3.NewConnectionError(None, "x")), False, 3),  # type: ignore[arg-type] # of no interest
    ],
)
def test_any_answer_is_a_sign_of_life(answer, is_alive, tries):
    get, adapter = client_for([answer])
    assert get.answers("/v2/time") is is_alive
    assert len(adapter.urls) >= tries
    assert get.stats.requests == len(adapter.urls)


def test_after_the_end_nothing_is_sent():
    """Also where nothing has to be waited for."""
    clock = FakeClock()
    get, adapter = client_for([OK], clock=clock)
    clock.stop()
    with pytest.raises(Stopped):
        get.get(PRODUCTS)
    assert adapter.urls == []


def test_waits_double_and_end_with_the_tries():
    clock = FakeClock()
    get, adapter = client_for([DOWN], clock=clock, max_retries=6)
    with pytest.raises(ServerTrouble, match=r"503 for GET /v3/x \(7 tries\): Service Unavailable"):
        get.get(Request("/v3/x"))
    assert clock.sleeps == [0.5, 1, 2, 4, 8, 16]
    assert len(adapter.urls) == 7


def test_the_budget_bounds_tries_and_waits_together():
    """Every look at the clock takes 10 s here, so a try takes some tens of seconds."""
    clock = FakeClock(tick_s=10.0)
    get, adapter = client_for([DOWN], clock=clock, max_retries=1000, budget_s=300)
    with pytest.raises(ServerTrouble):
        get.get(Request("/v3/x"))
    assert 2 < len(adapter.urls) < 12
    assert clock.now < 1000 + 600


def test_a_429_waits_as_told_and_is_no_failed_try():
    clock = FakeClock()
    told = (429, b"", {"X-Retry-After": "7", "X-Rate-Limit-Time-Reset-Ms": "3000"})
    get, _ = client_for([told, told, told, OK], clock=clock, max_retries=0)
    answer = get.get(PRODUCTS)
    assert answer.attempts == 4
    assert clock.now - 1000 == pytest.approx(3 * 7, abs=0.2)
    assert (get.stats.requests, get.stats.rejected, get.stats.retries) == (4, 3, 3)
    assert get.stats.waited_quota_s == pytest.approx(21, abs=0.2)


def test_a_429_to_the_end_says_so():
    get, _ = client_for([(429, b"", {"X-Retry-After": "30"})], budget_s=100)
    with pytest.raises(QuotaExhausted, match=r"^429 for GET /v3/catalog/products \(4 tries\)"):
        get.get(PRODUCTS)


def test_the_clock_may_stop_a_wait():
    clock = FakeClock()

    def down(_url):
        clock.stop()
        return DOWN

    with pytest.raises(Stopped):
        client_for(down, clock=clock)[0].get(PRODUCTS)


def test_a_tls_certificate_is_not_tried_twice():
    error = requests.exceptions.SSLError(u3.SSLError(ssl.SSLCertVerificationError(1, "bad")))
    get, adapter = client_for([error])
    with pytest.raises(Unreachable, match=r"certificate of api\.example\.test is not trusted"):
        get.get(PRODUCTS)
    assert len(adapter.urls) == 1


# Smaller


def heavy(most, bodies=None):
    """A store that fails when more than `most` rows are asked for at once."""

    def answer(url):
        if limit_of(url) > most:
            return (504, b"")
        if bodies:
            return bodies(url)
        return (200, {"data": [limit_of(url)]})

    return answer


@pytest.mark.parametrize(("most", "limit", "tries"), [(250, 250, 1), (100, 50, 4), (49, 10, 7)])
def test_a_page_that_fails_again_and_again_is_asked_for_in_a_smaller_size(most, limit, tries):
    get, adapter = client_for(heavy(most), max_retries=9)
    answer = get.get(PRODUCTS)
    assert answer.limit == limit
    assert answer.attempts == tries
    assert [limit_of(url) for url in adapter.urls].count(250) == min(tries, 3)
    assert get.stats.fallbacks == ({"smaller_page": tries // 3} if tries > 1 else {})


def test_timeouts_and_cut_answers_make_a_page_smaller_too():
    script = [requests.exceptions.ReadTimeout(), (200, b'{"data'), (500, b""), OK]
    assert client_for(script, max_retries=9)[0].get(PRODUCTS).limit == 50


def test_a_numbered_page_comes_in_parts_with_the_same_rows():
    get, adapter = client_for(heavy(100, lambda url: (200, {"data": [page_of(url)]})))
    answer = get.get(Request("/v3/x", {"page": "3", "limit": "250"}))
    assert [json.loads(body)["data"][0] for body in answer.bodies] == [11, 12, 13, 14, 15]
    assert answer.limit == 250
    assert {limit_of(url) for url in adapter.urls[3:]} == {50}
    assert answer.attempts == 8
    with pytest.raises(ValueError, match="unpack"):
        _ = answer.body


def test_a_part_may_be_cut_again():
    """Only the third fifty is too heavy: its place is taken by five tens."""

    def store(url):
        limit, page = limit_of(url), page_of(url)
        if limit == 250 or (limit == 50 and page == 3):
            return (504, b"")
        return (200, {"data": [(page - 1) * limit]})

    answer = client_for(store)[0].get(Request("/v3/x", {"page": "1", "limit": "250"}))
    firsts = [json.loads(body)["data"][0] for body in answer.bodies]
    assert firsts == [0, 50, *range(100, 250, 10)], "and those after it are not tried in vain"


@pytest.mark.parametrize("end", [(204, b""), (200, b"[]"), (200, b" [ ]".replace(b" ", b""))])
def test_parts_behind_the_end_of_a_v2_list_are_not_asked_for(end):
    get, adapter = client_for(heavy(50, lambda url: (200, [{}]) if page_of(url) < 7 else end))
    answer = get.get(Request("/v2/x", {"page": "2", "limit": "250"}))
    assert answer.bodies[0] == b"[{}]"
    assert [page_of(url) for url in adapter.urls[3:]] == [6, 7]
    assert answer.status == 200


def test_a_numbered_page_that_is_empty_stays_empty():
    get, _ = client_for(heavy(50, lambda _: (204, b"")))
    answer = get.get(Request("/v2/x", {"page": "2", "limit": "250"}))
    assert answer == Answer(204, (b"",), 4, 250)


@pytest.mark.parametrize(
    ("total", "offsets"), [(3, [0]), (120, [0, 50, 100]), (0, range(0, 250, 50))]
)
def test_parts_behind_the_last_row_of_a_list_by_offset_are_not_asked_for(total, offsets):
    """B2B Edition counts rows; 0 beside rows is no count."""

    def store(url):
        if limit_of(url) > 50:
            return (504, b"")
        return (200, {"data": [1], "meta": {"pagination": {"totalCount": total}}})

    get, adapter = client_for(store)
    get.get(Request("/v3/x", {"offset": "0", "limit": "250"}))
    assert [url.partition("offset=")[2].partition("&")[0] for url in adapter.urls[3:]] == [
        str(offset) for offset in offsets
    ]


def test_parts_behind_the_last_page_of_a_v3_list_are_not_asked_for():
    meta = {"pagination": {"total_pages": 7, "total": 301}}
    get, adapter = client_for(heavy(50, lambda _: (200, {"data": [{}], "meta": meta})))
    assert len(get.get(Request("/v3/x", {"page": "2", "limit": "250"})).bodies) == 2
    assert [page_of(url) for url in adapter.urls[3:]] == [6, 7]


@pytest.mark.parametrize(
    ("params", "sizes"),
    [
        ({"limit": "250"}, [50]),
        ({"limit": "100"}, [50]),
        ({"limit": "50"}, [10]),
        ({"limit": "30"}, [10]),
        ({"limit": "10"}, []),
        ({"limit": "0"}, []),
        ({"limit": "many"}, []),
        ({}, []),
        ({"page": "1", "limit": "250"}, [50] * 5),
        ({"page": "1", "limit": "100"}, [50] * 2),
        ({"page": "1", "limit": "50"}, [10] * 5),
        ({"page": "1", "limit": "75"}, [25] * 3),
        ({"page": "1", "limit": "20"}, [10] * 2),
        ({"page": "1", "limit": "249"}, []),
        ({"page": "1", "limit": "10"}, []),
        ({"page": "0", "limit": "250"}, []),
        ({"page": "last", "limit": "250"}, []),
    ],
)
def test_smaller_pages_hold_the_same_rows(params, sizes):
    smaller = Request("/v3/x", params).smaller()
    assert [part.limit for part in smaller] == sizes


def test_a_request_may_forbid_it():
    assert Request("/v3/x", {"limit": "250"}, can_shrink=False).smaller() == ()
    get, adapter = client_for(heavy(100), max_retries=4)
    with pytest.raises(ServerTrouble):
        get.get(Request("/v3/x", {"limit": "250"}, can_shrink=False))
    assert len(adapter.urls) == 5


def test_tries_are_counted_for_each_size_and_the_budget_over_all():
    get, adapter = client_for(heavy(5), max_retries=2)
    with pytest.raises(ServerTrouble, match="9 tries"):
        get.get(PRODUCTS)
    assert [limit_of(url) for url in adapter.urls] == [250] * 3 + [50] * 3 + [10] * 3
    get, adapter = client_for(heavy(5), budget_s=2.0)
    with pytest.raises(ServerTrouble):
        get.get(PRODUCTS)
    assert len(adapter.urls) == 5


def test_too_large_an_answer_makes_a_page_smaller_at_once(monkeypatch):
    """The same page would be too large again: no second try is wasted on it."""
    monkeypatch.setattr(wire, "MAX_BODY_BYTES", 1000)
    get, adapter = client_for(lambda url: (200, ["x" * limit_of(url) * 10]))
    assert get.get(PRODUCTS).limit == 50
    assert len(adapter.urls) == 2
    with pytest.raises(ServerTrouble, match="larger than"):
        get.get(Request("/v3/x", {"limit": "250"}, can_shrink=False))


def test_a_refused_limit_makes_a_page_smaller_at_once():
    """A `limit` above the endpoint's maximum is a 413 by the reference, which names few of them."""
    get, adapter = client_for(lambda url: (413 if limit_of(url) > 100 else 200, []))
    assert get.get(PRODUCTS).limit == 50
    assert len(adapter.urls) == 2
    with pytest.raises(RequestRefused, match="smaller `page_size`"):
        get.get(Request("/v3/x", {"limit": "250"}, can_shrink=False))


def test_what_one_page_of_a_list_taught_is_not_tried_on_the_next():
    """Each failed three times, for minutes, and used up the time for retries."""
    get, adapter = client_for(heavy(49), max_retries=9)
    for after in range(3):
        get.get(Request("/v3/x/1/y", {"limit": "250", "after": str(after)}))
    assert [limit_of(url) for url in adapter.urls] == [250] * 3 + [50] * 3 + [10] * 3
    get.get(Request("/v3/x/2/y", {"limit": "250"}))
    assert limit_of(adapter.urls[-1]) == 10, "of another parent, the same list"
    get.get(Request("/v3/other", {"limit": "10"}))
    assert get.get(Request("/v3/other", {"limit": "250"})).limit == 10
    assert [limit_of(url) for url in adapter.urls[-7:]] == [250] * 3 + [50] * 3 + [10]


def test_after_many_smaller_pages_a_whole_one_is_tried_again():
    is_heavy = True
    get, adapter = client_for(lambda url: (504 if is_heavy and limit_of(url) > 50 else 200, []))
    get.get(PRODUCTS)
    is_heavy = False
    sizes = [get.get(PRODUCTS).limit for _ in range(CUT_BEFORE_NEXT + 2)]
    assert sizes == [50] * CUT_BEFORE_NEXT + [250, 250]
    assert len(adapter.urls) == 4 + len(sizes)


def test_a_refused_limit_stays_refused():
    get, adapter = client_for(lambda url: (413 if limit_of(url) > 100 else 200, []))
    for _ in range(2 * CUT_BEFORE_NEXT):
        get.get(PRODUCTS)
    assert [limit_of(url) for url in adapter.urls] == [250] + [50] * 2 * CUT_BEFORE_NEXT


# Counts and lines


def test_counts_are_kept_for_the_run_and_for_the_caller():
    get, _ = client_for([DOWN, OK])
    mine, yours = Tally(), Tally()
    get.get(PRODUCTS, tally=mine)
    get.get(PRODUCTS, tally=yours)
    assert (mine.requests, mine.retries) == (2, 1)
    assert (yours.requests, yours.retries) == (1, 0)
    assert (get.stats.requests, get.stats.retries, get.stats.rejected) == (3, 1, 0)


def test_threads_that_wait_together_wait_once():
    tally = Tally()
    for until, seconds in [(10, 4), (10, 4), (11, 4), (20, 2), (20, 0)]:
        tally.wait(until, seconds)
    assert tally.waited_quota_s == 4 + 1 + 2


def test_each_request_is_a_debug_line_without_its_query(caplog):
    caplog.set_level(logging.DEBUG)
    client_for([requests.exceptions.ReadTimeout(), OK])[0].get(
        Request("/v3/x", {"email:in": "shopper@example.test"})
    )
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["GET /v3/x failed: ReadTimeout", "GET /v3/x 200 0 ms"]


@pytest.mark.parametrize(("seconds", "lines"), [(4, 0), (30, 1)])
def test_a_long_wait_is_said_once(caplog, seconds, lines):
    caplog.set_level(logging.INFO)
    client_for([(429, b"", {"X-Retry-After": str(seconds)}), OK])[0].get(PRODUCTS)
    assert len(caplog.records) == lines
    if lines:
        assert caplog.messages == ["waiting 30 s: BigCommerce answered 429 (too many requests)"]


def test_a_long_wait_after_a_failure_is_said_too(caplog):
    caplog.set_level(logging.INFO)
    client_for([DOWN] * 5 + [OK], max_retries=9)[0].get(Request("/v3/x"))
    assert caplog.messages == ["waiting 8 s: 503 for GET /v3/x: Service Unavailable."]


# Secrets


@pytest.mark.parametrize(
    "script",
    [
        [(401, {"title": f"token {TOKEN} unknown"})],
        [(403, [{"message": f"{TOKEN}"}])],
        [(302, b"", {"Location": f"https://elsewhere.example/{TOKEN}?t={TOKEN}"})],
        [requests.exceptions.ReadTimeout(TOKEN, request=requests.Request(headers={"a": TOKEN}))],
        [requests.exceptions.InvalidURL(TOKEN)],
        [(200, TOKEN.encode())],
    ],
)
def test_the_token_is_nowhere_in_an_error(script, caplog):
    """Not in its text, not in what it was raised from, not in any frame of its traceback."""
    caplog.set_level(logging.DEBUG)
    get, _ = client_for(script)
    with pytest.raises(ApiError) as caught:
        get.get(Request("/v3/x"))
    error = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    ours = [frame for frame in traceback.walk_tb(error.__traceback__) if "tap_big" in str(frame[0])]
    assert ours
    shown = "".join(traceback.StackSummary.extract(iter(ours), capture_locals=True).format())
    for text in (str(error), repr(error), repr(error.args), shown, caplog.text):
        assert TOKEN not in text


def test_a_redirect_is_an_error_that_names_the_other_host():
    get, adapter = client_for([(301, b"", {"Location": "https://elsewhere.example/login?x=1"})])
    with pytest.raises(RequestRefused, match=r"redirects to elsewhere.example. Check `api_url`"):
        get.get(PRODUCTS)
    assert len(adapter.urls) == 1


@pytest.mark.parametrize(
    "value", ["", "a\nb", "a b", " a", "a ", "tökén", "a\tb", "a\x00b", "a\u200bb", "日本"]
)
def test_a_token_that_no_header_can_carry_is_one_clear_sentence(value):
    with pytest.raises(ConfigValidationError, match="header X-Auth-Token") as caught:
        client(headers={"X-Auth-Token": value}, secrets=(value,))
    assert "\n" not in str(caught.value)
    if len(value) > 3:
        assert value not in str(caught.value)


def test_words_of_bigcommerce_and_of_nobody():
    with pytest.raises(Forbidden, match="You don't have the required scope"):
        client_for([(403, {"title": "You don't have the required scope"})])[0].get(PRODUCTS)
    with pytest.raises(
        TokenRejected, match=r"^401 for GET .*: Unauthorized\. Check `access_token`"
    ):
        client_for([(401, b"<html>no</html>")])[0].get(PRODUCTS)


def test_an_error_body_beyond_all_bounds_is_left_alone(monkeypatch):
    monkeypatch.setattr("tap_bigcommerce.api.client.MAX_ERROR_BYTES", 10)
    with pytest.raises(Forbidden, match="403 for GET /v3/catalog/products: Forbidden"):
        client_for([(403, {"title": "x" * 100})])[0].get(PRODUCTS)


# Over a socket

HEAD = b"HTTP/1.1 200 OK\r\nDate: Wed, 21 Oct 2026 07:28:00 GMT\r\n"


def get_from(*talks, clock=None, **settings):
    with Loopback(*talks) as server:
        get = client(base_url=server.url, clock=clock, **settings)
        try:
            return get.get(Request("/v3/x", {"a:b": "+"})), server
        finally:
            get.close()


def test_over_a_socket_a_gzipped_answer_arrives_whole():
    body = json.dumps({"data": list(range(400_000))}).encode()
    packed = gzip.compress(body)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    answer, server = get_from(sends(head, packed))
    assert answer.body == body
    request_line = server.heads[0].split(b"\r\n")[0]
    assert request_line == b"GET /stores/abc/v3/x?a:b=%2B HTTP/1.1"
    assert b"cookie" not in server.heads[0].lower()


def test_over_a_socket_a_chunked_answer_arrives_whole():
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    answer, _ = get_from(sends(head, b"3\r\n[1,\r\n", b"2\r\n2]\r\n", b"0\r\n\r\n"))
    assert answer.body == b"[1,2]"


@pytest.mark.parametrize(
    "cut",
    [
        (HEAD + b"Content-Length: 9\r\n\r\n", b"[1,2]"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\n[1,2]\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"9\r\n[1,2]"),
        # Complete as a message, so that only the header keeps the client from using it again.
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\nConnection: close\r\n\r\n[1,2]",),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"[1,2]" * 9)[:20]),
        (HEAD[:20],),
        (),
        (b"SMTP ready\r\n\r\n",),
    ],
)
def test_over_a_socket_what_was_cut_is_asked_for_again(cut):
    whole = HEAD + b"Content-Length: 5\r\n\r\n[1,2]"
    answer, server = get_from(sends(*cut), sends(whole))
    assert answer.body == b"[1,2]"
    assert answer.attempts == len(server.heads) == 2


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", HEAD + b"\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n2"],
)
def test_over_a_socket_bytes_that_come_for_ever_are_given_up(head):
    """A socket's timeout begins anew with each byte. Each look at the clock takes ten seconds."""
    with pytest.raises(ServerTrouble, match="did not arrive in time"):
        get_from(dribbles(head), clock=FakeClock(tick_s=10.0), max_retries=0)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://[bad\r\nContent-Length: 0\r\n", "redirects. "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n[]", "the connection was cut"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n%s\r\n[]" % (b"f" * 30), "was cut"),
        (HEAD + b"Content-Length: %s\r\n\r\n[]" % (b"9" * 30), "the connection was cut"),
        (HEAD + b"Content-Length: 2\r\nContent-Length: 7\r\n", "the connection was cut"),
        (HEAD + b"Content-Encoding: %sgzip\r\n" % (b"gzip," * 9), "cannot be decompressed"),
        (HEAD + b"A: b\r\n" * 200, "the connection was cut"),
        (HEAD + b"A: " + b"x" * 100_000, "the connection was cut"),
        (HEAD + b"Content-Length: 1\r\n\r\n[]", "not whole"),
    ],
)
def test_over_a_socket_a_message_that_lies_is_one_sentence(head, words):
    with pytest.raises(ApiError, match=words):
        get_from(sends(head, b"\r\n\r\n"), max_retries=0)


@pytest.mark.parametrize(
    "line",
    [
        b"no header at all",
        b"Content-Length: -5",
        b"Content-Length: many",
        b"Date: Wed, 21 Oct 2026 07:28:00 +99999999999999999",
        b"X-Rate-Limit-Requests-Left: \xe9",
        b"Content-Encoding: br",
    ],
)
def test_over_a_socket_a_header_that_cannot_be_is_passed_over(line, caplog):
    """urllib3 would log some of them with a traceback."""
    caplog.set_level(logging.DEBUG)
    answer, _ = get_from(sends(b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n[1]"))
    assert answer.body == b"[1]"
    assert [one for one in caplog.records if one.name != "tap_bigcommerce.api.client"] == []


def test_over_a_socket_cookies_are_forgotten():
    cookie = HEAD + b"Set-Cookie: a=b; Path=/\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]"
    with Loopback(sends(cookie), sends(cookie)) as server:
        get = client(base_url=server.url)
        get.get(PRODUCTS)
        get.get(PRODUCTS)
        get.close()
    assert b"cookie" not in server.heads[1].lower()


def test_over_a_socket_a_connection_is_used_again_whatever_it_answered():
    """One TLS handshake for a run, not one for each page: also after an empty page or an error."""
    forbidden = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}"
    whole = HEAD + b"Content-Length: 2\r\n\r\n[]"
    servers: list[Loopback] = []
    talk = answers(servers, whole, b"HTTP/1.1 204 No Content\r\n\r\n", forbidden, whole)
    with Loopback(talk) as server:
        servers.append(server)
        get = client(base_url=server.url)
        assert get.get(PRODUCTS).status == 200
        assert get.get(PRODUCTS).status == 204
        with pytest.raises(Forbidden):
            get.get(PRODUCTS)
        assert get.get(PRODUCTS).status == 200
        get.close()
    assert len(server.heads) == 4


def test_over_a_socket_nobody_at_home_is_one_sentence():
    with Loopback() as server:
        url = server.url
    get = client(base_url=url, max_retries=1)
    with pytest.raises(Unreachable, match=r"\(2 tries\): 127.0.0.1 refuses the connection"):
        get.get(PRODUCTS)
    get.close()


def test_over_a_socket_a_proxy_that_is_not_there_is_another(monkeypatch):
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Loopback() as server:
        proxy = server.url
    get = client(max_retries=0, proxy_url=proxy.replace("//", "//user:s3cr3t-t0k3n@"))
    with pytest.raises(Unreachable, match="the proxy cannot be reached") as caught:
        get.get(PRODUCTS)
    assert TOKEN not in str(caught.value)
    get.close()


def test_over_a_socket_the_proxy_is_used():
    with Loopback(sends(HEAD + b"Content-Length: 2\r\n\r\n[]")) as proxy:
        get = client(base_url="http://shop.example/stores/abc", proxy_url=proxy.url)
        assert get.get(PRODUCTS).body == b"[]"
        get.close()
    assert proxy.heads[0].startswith(b"GET http://shop.example/stores/abc/v3/catalog/products?")


def test_a_ca_bundle_that_is_not_there_is_one_sentence():
    get = client(ca_bundle="/nowhere/ca.pem")
    with pytest.raises(Unreachable, match="`ca_bundle`"):
        get.get(PRODUCTS)
    get.close()


@pytest.mark.parametrize(
    "date",
    ["Sun, 22 Nov 2026 10:00:00 -0000", "Sun, 22 Nov 2026 10:00:00", "Sun Nov 22 10:00:00 2026"],
)
def test_a_date_without_a_zone_is_utc(date):
    """Behind a proxy that writes it so, the start of the run could be compared with nothing."""
    assert _date(date, 0.0) == datetime(2026, 11, 22, 10, tzinfo=UTC)
