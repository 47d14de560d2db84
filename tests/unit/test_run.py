"""How streams end, what that means for the others, and what the last lines say."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tap_bigcommerce.api import errors, wire
from tap_bigcommerce.api.client import Client, Request
from tap_bigcommerce.api.clock import Stopped
from tap_bigcommerce.api.pool import Pool
from tap_bigcommerce.run import Run
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.schema.convert import Found
from tap_bigcommerce.settings import Settings
from tests.unit.api.servers import FakeAdapter
from tests.unit.streams.fakes import CONFIG, NOW, Offline, Orders, order

PATH = "/v2/orders"


@pytest.fixture
def offline():
    return Offline(Orders())


def lines(caplog):
    """What a user sees, and how loud."""
    return [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if record.name == "tap-bigcommerce"
    ]


# How one stream ends.


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.TokenRejected(PATH, status=401), "401 for GET /v2/orders: Unauthorized. Check `a"),
        (errors.NotFound(PATH, status=404), "404 for GET /v2/orders: Not Found. It was deleted"),
        (errors.RequestRefused(PATH, status=422), "422 for GET /v2/orders: Unprocessable"),
        (errors.ServerTrouble(PATH, status=503), "503 for GET /v2/orders: Service Unavailable."),
        (errors.QuotaExhausted(PATH, status=429), "429 for GET /v2/orders: Too Many Requests. "),
        (errors.Unreachable(PATH, said="no connection"), "No answer for GET /v2/orders: no conn"),
        (errors.ApiError(PATH, status=418), "418 for GET /v2/orders"),
        (InconsistentList("a page repeats"), "a page repeats"),
        (KeyError("id"), "KeyError: 'id'"),
        (ValueError(), "ValueError: ValueError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_failure_is_told_in_one_line_with_its_cause(offline, caplog, error, words):
    stream = offline.stream("orders")
    offline.run.fail(stream, error)
    assert offline.run.failures["orders"].startswith(words)
    assert offline.run.end() == 1
    level, last = lines(caplog)[-1]
    assert level == "ERROR"
    assert last.startswith(f"FAILED: orders. {words}")
    assert "\n" not in last


@pytest.mark.parametrize("status", [401, None])
def test_after_a_wrong_token_or_without_a_network_nothing_else_is_tried(offline, status):
    error = {401: errors.TokenRejected(PATH, status=401), None: errors.Unreachable(PATH)}[status]
    offline.run.fail(offline.stream("orders"), error)
    brands = offline.stream("brands")
    assert not offline.run.may_read(brands)
    assert list(brands.get_records(None)) == []
    assert offline.run.failures["brands"].startswith(f"not read, because of: {error}")
    assert offline.client.asked == []


@pytest.mark.parametrize(
    "error",
    [
        errors.Forbidden(PATH, status=403),
        errors.NotFound(PATH, status=404),
        errors.ServerTrouble(PATH, status=503),
        errors.QuotaExhausted(PATH, status=429),
        InconsistentList("odd"),
        KeyError("id"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_any_other_failure_is_one_stream_s_own(offline, error):
    offline.run.fail(offline.stream("orders"), error)
    assert offline.run.may_read(offline.stream("brands"))


def test_a_401_is_one_stream_s_own_as_long_as_the_token_opens_anything(offline):
    offline.client.is_token_good = True
    offline.run.fail(offline.stream("orders"), errors.TokenRejected(PATH, status=401))
    assert offline.run.may_read(offline.stream("brands"))


@pytest.mark.parametrize("kind", [errors.ServerTrouble, errors.QuotaExhausted])
@pytest.mark.parametrize("is_alive", [True, False])
def test_what_fails_for_good_is_one_stream_s_own_as_long_as_anything_is_answered(
    offline, kind, is_alive
):
    """Else each of a hundred streams would be waited for as long as the first."""
    offline.client.is_alive = is_alive
    offline.run.fail(offline.stream("orders"), kind(PATH))
    assert offline.run.may_read(offline.stream("brands")) is is_alive


def test_after_the_end_nothing_is_tried_again(monkeypatch):
    """What was in flight went on until its own tries were spent."""
    is_asked, ended = threading.Event(), threading.Event()

    def down(_url):
        is_asked.set()
        return (503, b"")

    monkeypatch.setattr(wire, "Wire", lambda **_: FakeAdapter(down))
    run = Run(Settings.from_config({**CONFIG, "max_retries": 20}), [])

    def fetch():
        with pytest.raises(Stopped):
            run.client.get(Request(PATH))
        ended.set()

    threading.Thread(target=fetch, daemon=True).start()
    assert is_asked.wait(timeout=30)
    run.end()
    assert ended.wait(timeout=30)


def test_all_streams_of_a_run_with_a_wrong_token_are_named_after_one_request():
    offline = Offline(lambda request: errors.TokenRejected(request.path, status=401))
    offline.sync()
    assert len(offline.client.asked) == 1
    selected = {name for name, stream in offline.tap.streams.items() if stream.selected}
    assert set(offline.run.failures) == selected
    assert offline.exit_code == 1


# A missing scope.


def forbidden(stream, path, **config):
    offline = Offline(Orders(), **config)
    error = errors.Forbidden(path, status=403, said="You don't have a required scope")
    offline.run.fail(offline.stream(stream), error)
    return offline.run


def test_a_stream_without_its_scope_is_skipped_with_what_to_do(caplog):
    run = forbidden("orders", PATH)
    assert run.failures == {}
    assert run.skipped["orders"] == (
        "403 for GET /v2/orders: You don't have a required scope. "
        'The API account lacks the scope "Orders" (read-only), '
        "or the store's plan lacks the feature. Create an account with it "
        "(Settings > Store-level API accounts), or deselect orders."
    )
    assert run.end() == 0
    assert lines(caplog)[-1] == ("WARNING", f"skipped: orders. {run.skipped['orders']}")


def test_a_stream_without_its_scope_can_be_a_failure():
    run = forbidden("orders", PATH, on_missing_scope="fail")
    assert '"Orders" (read-only)' in run.failures["orders"]
    assert run.skipped == {}
    assert run.end() == 1


def test_the_scope_is_that_of_the_list_which_was_refused():
    """Transactions have a scope of their own, but are found in the list of orders."""
    words = forbidden("order_transactions", PATH).skipped["order_transactions"]
    assert 'the scope "Orders" (read-only)' in words
    assert words.endswith("or deselect order_transactions.")


def test_the_scope_is_the_stream_s_own_where_its_own_endpoint_refused():
    words = forbidden("order_transactions", "/v3/orders/7/transactions").skipped
    assert '"Order transactions" (read-only)' in words["order_transactions"]


def test_any_one_of_several_scopes_is_named():
    words = forbidden("order_refunds", "/v3/orders/payment_actions/refunds").skipped
    assert '"Order transactions" (read-only) or "Orders" (read-only)' in words["order_refunds"]


def test_a_refused_list_is_asked_for_once_and_each_of_its_streams_says_so():
    def answer(request):
        return errors.Forbidden(request.path, status=403)

    names = ["orders", "order_fees", "order_shipments"]
    offline = Offline(answer, select=names)
    offline.sync()
    assert len(offline.client.asked) == 1
    assert list(offline.run.skipped) == sorted(names)
    assert all(f"deselect {name}." in words for name, words in offline.run.skipped.items())
    assert offline.exit_code == 0


def test_a_refusal_in_the_middle_is_no_missing_scope():
    """A firewall, or a scope that was taken away: the stream came half, and the run said that it
    had gone well."""
    orders = Orders(*[order(n, f"2026-11-0{n}T00:00:00+00:00") for n in range(1, 8)])
    orders.breaks_after, orders.error = 3, errors.Forbidden(PATH, status=403)
    offline = Offline(orders, select=["orders"], page_size=2)
    offline.sync()
    assert offline.messages.rows("orders")
    assert list(offline.run.failures) == ["orders"]
    assert offline.exit_code == 1


# What the run has counted.


def test_a_stream_that_ends_well_says_what_it_cost(offline, caplog):
    caplog.set_level("INFO", "tap-bigcommerce")
    stream = offline.stream("orders")
    stream.tally.count(requests=3, retries=1)
    stream.tally.wait(10.0, 2.5)
    offline.run.finish(stream)
    assert lines(caplog) == [
        ("INFO", "orders finished: 3 requests, 1 retries, 2.5 s waited for quota")
    ]


def test_news_in_the_answers_is_said_once_for_each_field_and_counted_at_the_end(offline, caplog):
    stream = offline.stream("orders")
    for number in range(3):
        found = [
            Found(f"images[{number}].alt", "x", is_declared=False),
            Found("items_total", "many", is_declared=True),
        ]
        offline.run.report_found(stream, found)
    said = [
        ("WARNING", "orders: `images[].alt` is not documented; kept in the property `_extra`"),
        (
            "WARNING",
            "orders: `items_total` is a value of another type; kept in the property `_extra`",
        ),
    ]
    assert lines(caplog) == said
    assert offline.run.end() == 0
    assert lines(caplog)[2:] == [
        ("WARNING", "orders: 3 values of `images[].alt` are in `_extra`"),
        ("WARNING", "orders: 3 values of `items_total` are in `_extra`"),
    ]


def test_no_value_is_ever_logged(offline, caplog):
    found = [Found("email", "someone@example.com", is_declared=False)]
    offline.run.report_found(offline.stream("orders"), found)
    offline.run.end()
    assert "someone" not in caplog.text


def test_the_end_frees_what_was_held(offline):
    offline.run.end()
    assert offline.client.is_closed
    assert offline.pool.is_closed


@pytest.mark.parametrize(
    ("store_s", "start_s"), [(None, 0), (0, 0), (3600, 0), (-90, -90), (-86_400, -86_400)]
)
def test_a_run_began_when_the_later_of_the_two_clocks_had_not_passed(offline, store_s, start_s):
    """Ahead of our clock or behind it: a bookmark by the earlier clock can only repeat rows."""
    seconds = timedelta(seconds=store_s or 0)
    offline.client.server_started = None if store_s is None else NOW + seconds
    assert offline.run.started() == NOW + timedelta(seconds=start_s)


def test_a_run_begins_with_a_full_second():
    run = Run(Settings.from_config(CONFIG), [])
    run.client = type("Quiet", (), {"server_started": None})()
    assert run.started().microsecond == 0
    assert timedelta(0) <= datetime.now(UTC) - run.started() < timedelta(minutes=1)


def test_client_and_pool_are_made_of_the_settings():
    config = {**CONFIG, "api_url": "http://127.0.0.1:1", "max_concurrency": 3, "user_agent": "me/1"}
    run = Run(Settings.from_config(config), [])
    assert isinstance(run.client, Client)
    assert isinstance(run.pool, Pool)
    assert run.pool.workers == 3
    assert run.client._base_url == "http://127.0.0.1:1/stores/abc123"
    sent = run.client._headers
    assert sent["X-Auth-Token"] == CONFIG["access_token"]
    assert sent["User-Agent"] == "me/1"
    assert sent["Content-Type"] == "application/json"
    assert run.client is run.client
    assert run.end() == 0
