"""The helper that gets an app's token: what it reads, says, receives and writes."""

from __future__ import annotations

import http.client
import io
import json
import os
import stat
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import pytest

from tap_bigcommerce import oauth
from tap_bigcommerce.api.login import Grant, Token
from tap_bigcommerce.oauth import (
    Refused,
    grant_in,
    granted,
    main,
    received,
    settings_of,
    steps,
    wanted_scopes,
    write,
)
from tap_bigcommerce.streams.scopes import least

CONFIG = {
    "store_id": "abc123",
    "client_id": "a1b2c3id",
    "client_secret": "a1b2c3secret",
    "redirect_uri": "https://app.example.com/auth",
}
CALLBACK = "https://app.example.com/auth?code=c0de&scope=a+b&context=stores%2Fabc123"


# The configuration.


def test_what_is_missing_is_named_at_once():
    with pytest.raises(Refused, match=r"lacks client_id \(client id\), redirect_uri"):
        settings_of({"store_id": "abc123", "client_secret": "s3cret"}, {})


def test_the_environment_fills_in():
    environment = {"TAP_BIGCOMMERCE_CLIENT_SECRET": "s3cret", "TAP_BIGCOMMERCE_STORE_ID": "other"}
    settings = settings_of({**CONFIG, "client_secret": ""}, environment)
    assert (settings.client_secret, settings.store_hash) == ("s3cret", "abc123")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"redirect_uri": "app.example.com"}, "redirect_uri must be a whole address"),
        ({"redirect_uri": "http://[::1"}, "redirect_uri must be a whole address"),
        ({"login_url": "http://login.example.com"}, "login_url would send"),
        ({"client_secret": "<your secret>"}, "client_secret still holds a placeholder"),
    ],
)
def test_what_is_wrong_is_said_in_the_settings_words(wrong, words):
    with pytest.raises(Refused, match=words):
        settings_of({**CONFIG, **wrong}, {})


@pytest.mark.parametrize("text", [None, "", "[]", "{"])
def test_a_file_that_is_no_configuration_ends_it(tmp_path, capsys, text):
    path = tmp_path / "config.json"
    if text is not None:
        path.write_text(text)
    assert main(["--config", str(path)]) == 1
    assert "No token: " in capsys.readouterr().err


def test_a_token_is_written_for_the_owner_alone(tmp_path):
    path = tmp_path / "config.json"
    path.write_text("{}")
    path.chmod(0o644)
    write(path, {"access_token": "t0ken", "quota_share": 0.9})
    assert json.loads(path.read_text()) == {"access_token": "t0ken", "quota_share": 0.9}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["config.json"]


def test_a_link_to_the_configuration_stays_one(tmp_path):
    path, link = tmp_path / "config.json", tmp_path / "link.json"
    path.write_text("{}")
    link.symlink_to(path)
    write(link, {"a": 1})
    assert link.is_symlink()
    assert json.loads(path.read_text()) == {"a": 1}


def test_a_write_that_fails_leaves_what_was(tmp_path, monkeypatch):
    path = tmp_path / "config.json"
    path.write_text("{}")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(Refused, match="No space left"):
        write(path, {"a": 1})
    assert path.read_text() == "{}"
    assert len(list(tmp_path.iterdir())) == 1


# What to do.


def test_the_steps_name_address_scopes_and_store():
    text = steps(settings_of(CONFIG, {}), "a-state")
    assert "the Auth Callback URL https://app.example.com/auth" in text
    assert '"Orders" (read-only)' in text
    url = next(line.strip() for line in text.splitlines() if "/oauth2/authorize?" in line)
    assert url.startswith("https://login.bigcommerce.com/oauth2/authorize?")
    query = dict(parse_qsl(urlsplit(url).query))
    assert query["client_id"] == "a1b2c3id"
    assert query["state"] == "a-state"
    assert query["context"] == "stores/abc123"
    assert query["response_type"] == "code"
    assert query["redirect_uri"] == CONFIG["redirect_uri"]
    assert "store_v2_orders_read_only" in query["scope"].split()
    assert CONFIG["client_secret"] not in text


# The address that comes back.


@pytest.mark.parametrize(
    "url", [CALLBACK, f" '{CALLBACK}'\n", f"{CALLBACK}&state=mine", "/auth?" + CALLBACK[29:]]
)
def test_a_grant_is_found_in_an_address(url):
    grant = grant_in(url, "mine", "abc123")
    assert grant == Grant("c0de", "a b", "stores/abc123")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "copy it whole"),
        ("https://app.example.com/auth", "copy it whole"),
        ("https://app.example.com/auth?code=c0de", "copy it whole"),
        ("https://app.example.com/load?signed_payload_jwt=x", "opened, not installed"),
        (f"{CALLBACK}&state=other", "answers another request"),
        (f"{CALLBACK}&state=m%C3%AFne", "answers another request"),
        (CALLBACK.replace("abc123", "xyz"), "was installed in stores/xyz, and store_id is abc123"),
        ("https://app.example.com/auth?error=access_denied", "were not agreed to .access_denied."),
        (
            "https://app.example.com/auth?error=access_denied&error_description=Not+me",
            "were not agreed to .Not me.",
        ),
    ],
)
def test_an_address_without_a_grant_of_ours_is_refused(url, words):
    with pytest.raises(Refused, match=words):
        grant_in(url, "mine", "abc123")


class Announced(io.StringIO):
    """Standard output; sends a browser off once a port is announced."""

    def __init__(self, *paths):
        super().__init__()
        self.paths = paths
        self.statuses = []
        self.browser = Thread(target=self._visit)

    def flush(self):
        if "Waiting" in self.getvalue() and not self.browser.ident:
            self.browser.start()

    def _visit(self):
        port = int(self.getvalue().split(f"{oauth.HOST}:")[1].split(";")[0])
        for path in self.paths:
            connection = http.client.HTTPConnection(oauth.HOST, port, timeout=10)
            connection.request("GET", path)
            self.statuses.append(connection.getresponse().status)
            connection.close()


def test_the_browser_is_received_whatever_else_it_asks_for_before(monkeypatch, capsys):
    out = Announced("/favicon.ico", "/auth?code=c0de")
    monkeypatch.setattr("sys.stdout", out)
    assert received("http://127.0.0.1:8766/auth", 0) == "/auth?code=c0de"
    out.browser.join()
    assert out.statuses == [404, 200]
    assert "c0de" not in out.getvalue() + capsys.readouterr().err


def test_nobody_is_waited_for_for_ever():
    with pytest.raises(Refused, match="no browser came"):
        received("http://127.0.0.1:8766/auth", 0, wait_s=0)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_that_cannot_be_is_said(port):
    with pytest.raises(Refused, match=f"port {port} cannot be used"):
        received("http://127.0.0.1:8766/auth", port)


@pytest.mark.parametrize(
    ("redirect_uri", "port"),
    [
        ("http://127.0.0.1:8766/auth", 8766),
        ("http://localhost/auth", 80),
        ("https://localhost:8766/auth", None),
        ("https://app.example.com/auth", None),
    ],
)
def test_only_an_address_of_this_machine_without_a_certificate_is_listened_at(redirect_uri, port):
    assert oauth._local_port(redirect_uri) == port


# What was granted.


def test_all_that_the_streams_need_leaves_nothing_closed():
    text = granted(Token("t0ken", tuple(least(wanted_scopes())), "stores/abc123"))
    assert text.startswith("Granted: ")
    assert "Not granted" not in text
    assert "t0ken" not in text


def test_what_was_not_granted_is_named_with_its_streams():
    text = granted(Token("t0ken", ("store_v2_orders", "store_v2_default"), "stores/abc123"))
    first, second = text.splitlines()
    assert first == 'Granted: "Orders" (modify), "store_v2_default" (modify).'
    assert second.startswith("Not granted: ")
    assert '"Customers" (read-only)' in second
    assert " customers," in second
    assert " orders," not in second


def test_a_token_of_another_store_than_its_grant_is_not_written(tmp_path, monkeypatch, capsys):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG))
    monkeypatch.setattr(oauth, "pasted", lambda: CALLBACK)
    monkeypatch.setattr(oauth, "exchange", lambda *_, **__: Token("t0ken", (), "stores/xyz"))
    assert main(["--config", str(path)]) == 1
    assert "the token is of stores/xyz, not of stores/abc123" in capsys.readouterr().err
    assert json.loads(path.read_text()) == CONFIG


def test_ctrl_c_ends_it_as_shells_expect(tmp_path, monkeypatch, capsys):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG))

    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(oauth, "pasted", interrupt)
    assert main(["--config", str(path)]) == 130
    assert "No token: stopped." in capsys.readouterr().err
