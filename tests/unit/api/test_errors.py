"""An error says what happened, where, and what to do next; never a secret."""

from __future__ import annotations

import json
import ssl
from socket import gaierror
from typing import Any

import pytest
import requests
import urllib3.exceptions as u3
from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.api import errors
from tap_bigcommerce.api.errors import (
    Forbidden,
    NotFound,
    QuotaExhausted,
    RequestRefused,
    ServerTrouble,
    TokenRejected,
    Unreachable,
    masked,
    refusal,
    said_in,
    too_large,
    unanswered,
)

PATH = "/v3/customers"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, TokenRejected),
        (403, Forbidden),
        (404, NotFound),
        (429, QuotaExhausted),
        *[(status, RequestRefused) for status in (301, 302, 304, 307, 400, 405, 409, 410, 413)],
        *[(status, RequestRefused) for status in (418, 422, 423, 425, 501, 505, 507)],
        *[(status, ServerTrouble) for status in (408, 500, 502, 503, 504, 509, 520, 599)],
    ],
)
def test_a_status_becomes_the_kind_that_says_what_to_do(status, kind):
    error = refusal(PATH, status, b"")
    assert type(error) is kind
    assert error.is_retriable is (kind in {QuotaExhausted, ServerTrouble})
    assert isinstance(error, FatalAPIError)
    assert error.remedy


def test_a_message_reads_status_place_words_remedy():
    error = refusal(PATH, 403, b'{"status":403,"title":"You don\'t have the required scope."}')
    error.remedy = "Tick the box."
    assert str(error) == (
        "403 for GET /v3/customers: You don't have the required scope. Tick the box."
    )
    assert repr(error) == f"Forbidden({str(error)!r})"
    assert (error.status, error.path, error.method) == (403, PATH, "GET")


def test_without_words_the_status_has_its_usual_name():
    error = ServerTrouble(PATH, status=503)
    error.tries = 5
    assert str(error).startswith("503 for GET /v3/customers (5 tries): Service Unavailable. Run")


def test_a_proxy_that_answers_in_the_store_s_place_is_no_fault_of_the_store():
    error = refusal(PATH, 407, b"")
    assert type(error) is Unreachable
    assert not error.is_retriable
    assert "`proxy_url` with a user name and a password" in str(error)


def test_an_unknown_status_or_none_has_no_name():
    assert str(RequestRefused(PATH, status=499, remedy="")) == "499 for GET /v3/customers."
    assert str(Unreachable(PATH, remedy="")) == "No answer for GET /v3/customers."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"status": 403, "title": "No scope", "type": "https://x.test"}, "No scope"),
        ({"title": "Invalid", "errors": {"name": "too long"}}, "Invalid; name: too long"),
        ({"title": "Invalid", "errors": {"": "too long"}}, "Invalid; too long"),
        ({"title": "Invalid", "errors": {"a": {"message": "bad"}, "b": 3}}, "Invalid; a: bad"),
        ({"title": "Invalid", "errors": ["one", {"message": "two"}]}, "Invalid; one; two"),
        ({"title": "Bad", "detail": "The filter is unknown."}, "Bad; The filter is unknown."),
        ([{"status": 400, "message": "Field invalid"}], "Field invalid"),
        ([{"message": "a"}, {"message": "b"}, {"message": "a"}, 4, {}], "a; b"),
        ({"code": 404, "data": {"errMsg": "no"}, "meta": {"message": "Gone"}}, "Gone; no"),
        ({"code": 404, "data": [], "meta": {"message": "Gone"}}, "Gone"),
        ({"message": "x"}, "x"),
        ({"title": "  many\n\tspaces \x1b[31mred "}, "many spaces [31mred"),
        ({"title": 7, "errors": 3}, ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_the_words_are_found_in_every_form(body, said):
    assert said_in(json.dumps(body).encode()) == said


@pytest.mark.parametrize(
    "body", [b"", b"<html>down</html>", b"\xff\xfe", b'{"title":', b"[" * 100_000]
)
def test_other_bodies_say_nothing(body):
    assert said_in(body) == ""


def test_long_words_are_cut_after_secrets_are_masked():
    said = said_in(
        json.dumps({"title": "x" * 295 + "s3cr3t-t0k3n" + "y"}).encode(), ("s3cr3t-t0k3n",)
    )
    assert said == "x" * 295 + "***y"
    assert said_in(json.dumps({"title": "x" * 400}).encode()) == "x" * 299 + "…"


def test_secrets_are_masked_the_longest_first_and_short_ones_are_words():
    assert masked("abcdef abcd a", ("abcd", "abcdef", "a", "")) == "*** *** a"


def test_addresses_of_people_are_masked_in_what_the_store_says():
    said = said_in(b'{"title": "email (bob.o+x@shop.example) is taken; <al@b.cd>, @ home"}')
    assert said == "email (***) is taken; <***>, @ home"


def test_a_redirect_names_the_other_host_only():
    error = refusal(PATH, 302, b"", moved_to="evil.example")
    assert "evil.example" in str(error)
    assert "api_url" in str(error)
    assert str(refusal(PATH, 304, b"")).startswith("304 for GET /v3/customers: the server redirect")


def test_an_answer_that_does_not_fit_is_not_asked_for_again():
    error = too_large(PATH, 2**27)
    assert isinstance(error, ServerTrouble)
    assert not error.is_retriable
    assert "128 MiB" in str(error)


# What these were raised by is of no interest here.
NOBODY: Any = None


def connection_error(reason):
    return requests.exceptions.ConnectionError(u3.MaxRetryError(NOBODY, "/x", reason))


def tunnel(words):
    error = u3.ProxyError("Unable to connect", OSError(f"Tunnel connection failed: {words}"))
    return requests.exceptions.ProxyError(u3.MaxRetryError(NOBODY, "/x", error))


def plain_text():
    error = ssl.SSLError(1, "wrong version number")
    error.reason = "WRONG_VERSION_NUMBER"
    return requests.exceptions.SSLError(u3.MaxRetryError(NOBODY, "/x", u3.SSLError(error)))


def refused():
    error = u3.NewConnectionError(NOBODY, "refused")
    error.__cause__ = ConnectionRefusedError(111, "refused")
    return connection_error(error)


def certificate():
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "certificate has expired"
    return requests.exceptions.SSLError(u3.MaxRetryError(NOBODY, "/x", u3.SSLError(error)))


@pytest.mark.parametrize(
    ("error", "kind", "words", "is_retriable"),
    [
        (certificate(), Unreachable, "certificate has expired", False),
        (
            requests.exceptions.ProxyError(
                u3.MaxRetryError(NOBODY, "/x", u3.ProxyError("no", OSError()))
            ),
            Unreachable,
            "proxy",
            True,
        ),
        (tunnel("407 Proxy Authentication Required"), Unreachable, "user name and", False),
        (tunnel("403 Forbidden"), Unreachable, "does not connect to api.example.test (403)", False),
        (tunnel("502 Bad Gateway"), Unreachable, "does not connect to", True),
        (
            requests.exceptions.ProxyError(u3.ProxyError("no", ssl.SSLError("plain"))),
            Unreachable,
            "no TLS connection to the proxy",
            True,
        ),
        (plain_text(), Unreachable, "api.example.test does not speak TLS on this port", False),
        (
            connection_error(u3.NameResolutionError("h", NOBODY, gaierror())),
            Unreachable,
            "resolved",
            True,
        ),
        (refused(), Unreachable, "refuses the connection", True),
        (
            connection_error(u3.NewConnectionError(NOBODY, "unreachable")),
            Unreachable,
            "no conn",
            True,
        ),
        (
            requests.exceptions.ConnectTimeout(u3.ConnectTimeoutError()),
            Unreachable,
            "no conn",
            True,
        ),
        (requests.exceptions.ReadTimeout(), ServerTrouble, "in time", True),
        (u3.ReadTimeoutError(NOBODY, "/x", "late"), ServerTrouble, "in time", True),
        (TimeoutError(), ServerTrouble, "in time", True),
        (requests.exceptions.SSLError(ssl.SSLEOFError()), ServerTrouble, "cut", True),
        (requests.exceptions.SSLError(ssl.SSLError("version")), Unreachable, "no TLS", True),
        (u3.SSLError("version"), Unreachable, "no TLS", True),
        (u3.DecodeError("bad gzip"), ServerTrouble, "decompressed", True),
        (u3.ProtocolError("cut", ConnectionResetError()), ServerTrouble, "cut", True),
        (u3.IncompleteRead(1, 2), ServerTrouble, "cut", True),
        (requests.exceptions.ConnectionError("aborted"), ServerTrouble, "cut", True),
        (requests.exceptions.InvalidProxyURL(), Unreachable, "settings", False),
        (requests.exceptions.InvalidURL(u3.URLSchemeUnknown("htps")), Unreachable, "sett", False),
        (OSError("no CA bundle"), Unreachable, "settings", False),
        (UnicodeError("host"), Unreachable, "settings", False),
    ],
)
def test_what_breaks_on_the_way_becomes_one_sentence(error, kind, words, is_retriable):
    made = unanswered(PATH, error, host="api.example.test")
    assert type(made) is kind
    assert words in str(made)
    assert made.is_retriable is is_retriable
    assert made.status is None
    assert str(made).startswith("No answer for GET /v3/customers: ")


def test_errors_that_wrap_each_other_in_a_circle_are_read_once():
    one, two = OSError("one"), OSError("two")
    one.__cause__, two.__cause__ = two, one
    assert isinstance(errors.unanswered(PATH, one, host="h"), Unreachable)
