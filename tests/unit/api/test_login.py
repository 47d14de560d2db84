"""What the login server says, and what is made of it."""

from __future__ import annotations

import json

import pytest

from tap_bigcommerce.api import login
from tap_bigcommerce.api.login import Grant, LoginRefused, Token, exchange

GRANT = Grant("c0de-that-is-secret", "store_v2_orders", "stores/abc123")
SECRET = "the-client-s-secret"


def told(monkeypatch, status, answer, *, grant=GRANT):
    """The exchange, with an answer in place of a network."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    posted = []

    def post(login_url, request, headers, **_):
        posted.append((login_url, request, headers))
        return status, body

    monkeypatch.setattr(login, "_post", post)
    token = exchange(
        grant,
        login_url="https://login.bigcommerce.com",
        client_id="id",
        client_secret=SECRET,
        redirect_uri="https://app.example.com/auth",
        user_agent="tests",
    )
    return token, posted


def refused(monkeypatch, status, answer):
    with pytest.raises(LoginRefused) as found:
        told(monkeypatch, status, answer)
    return str(found.value)


def test_all_that_the_reference_wants_is_sent(monkeypatch):
    answer = {"access_token": "t0ken", "scope": "a b", "context": "stores/abc123"}
    token, [(url, request, headers)] = told(monkeypatch, 200, answer)
    assert token == Token("t0ken", ("a", "b"), "stores/abc123")
    assert url == "https://login.bigcommerce.com"
    assert headers["Accept"] == "application/json"
    assert request == {
        "client_id": "id",
        "client_secret": SECRET,
        "code": GRANT.code,
        "scope": GRANT.scope,
        "context": GRANT.context,
        "grant_type": "authorization_code",
        "redirect_uri": "https://app.example.com/auth",
    }


@pytest.mark.parametrize(
    ("status", "answer", "sentence"),
    [
        (400, {"error": "Invalid client id."}, login._CLIENT),
        (
            400,
            {
                "error": "invalid_client",
                "error_description": "Parameter client_secret does not match",
            },
            login._SECRET,
        ),
        (401, {"error": "invalid_client"}, login._CLIENT),
        (400, {"error": "Parameter redirect_uri does not match registered URI"}, login._REDIRECT),
        (400, {"error": "redirect_uri_mismatch"}, login._REDIRECT),
        (400, {"error": "Invalid code."}, login._WRONG_CODE),
        (400, {"error": "invalid_grant"}, login._WRONG_CODE),
        (
            400,
            {"error": "invalid_grant", "error_description": "The code has expired"},
            login._WORN_CODE,
        ),
        (400, {"error": "Invalid code, already used"}, login._WORN_CODE),
        (
            400,
            {"error": "invalid_grant", "error_description": "issued to another client"},
            login._WRONG_CODE,
        ),
        (400, {"error": "Invalid scope(s)."}, login._SCOPE),
        (400, {"error": "invalid_scope"}, login._SCOPE),
        (403, {"error": "Only store owners may install or update apps."}, login._OWNER),
        (400, {"title": "The client secret is wrong"}, login._SECRET),
    ],
)
def test_a_refusal_has_its_sentence_and_the_server_s_words(monkeypatch, status, answer, sentence):
    said = refused(monkeypatch, status, answer)
    assert said.startswith(f"{status} for POST /oauth2/token (")
    assert said.endswith(sentence)


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (500, b"<html>", "500 for POST /oauth2/token: refused. Begin again"),
        (418, {"error": "No coffee"}, "418 for POST /oauth2/token: No coffee. Begin again"),
        (302, b"", "the server redirects. Check `login_url`."),
        (200, b"[]", "the answer holds no access token. Check `login_url`."),
        (200, {"access_token": ""}, "the answer holds no access token"),
    ],
)
def test_what_nobody_expects_is_said(monkeypatch, status, answer, words):
    assert words in refused(monkeypatch, status, answer)


def test_no_secret_is_repeated(monkeypatch):
    said = refused(monkeypatch, 400, {"error": f"Invalid code {GRANT.code} {SECRET} o@shop.com"})
    assert GRANT.code not in said
    assert SECRET not in said
    assert "o@shop.com" not in said
    assert GRANT.code not in repr(GRANT)
    assert "t0ken" not in repr(Token("t0ken", (), ""))


def test_a_token_without_scopes_or_context_is_one(monkeypatch):
    token, _ = told(monkeypatch, 200, {"access_token": "t0ken", "scope": None})
    assert token == Token("t0ken", (), GRANT.context)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9", "No answer for POST /oauth2/token: 127.0.0.1 refuses"),
        ("https://no-such-host.invalid", "the host name no-such-host.invalid cannot be resolved"),
    ],
)
def test_a_server_that_is_not_there_is_said(url, words, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(LoginRefused) as found:
        exchange(
            GRANT,
            login_url=url,
            client_id="id",
            client_secret=SECRET,
            redirect_uri="https://app.example.com/auth",
            user_agent="tests",
        )
    assert words in str(found.value)
    assert "`login_url`" in str(found.value)
    assert found.value.__context__ is None
