"""An app's token, all the way: a browser, the login server, the configuration, a read."""

from __future__ import annotations

import io
import json
import re
import stat
import subprocess
import sys

import pytest
import requests

from tap_bigcommerce.oauth import HOST, main, wanted_scopes
from tap_bigcommerce.sandbox.login import CLIENT_ID, CLIENT_SECRET
from tap_bigcommerce.streams.scopes import least
from tests.support.store import store, sync

ORDERS = "store_v2_orders_read_only"
REMOTE = "https://app.example.com/auth"


@pytest.fixture(scope="module")
def shop():
    with store(orders=3, products=2, customers=2) as sandbox:
        sandbox.login.redirect_uri = REMOTE
        yield sandbox


def configure(folder, sandbox, **settings):
    path = folder / "config.json"
    given = {
        "store_id": sandbox.store_hash,
        "auth_scheme": "OAuth",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": REMOTE,
        "login_url": sandbox.api_url,
        "lookback_s": 0,
        **settings,
    }
    path.write_text(json.dumps(given))
    return path


class Browser:
    """Standard input: what somebody pastes who opened the address that standard output names."""

    def __init__(self, capsys, change=lambda url: url):
        self._capsys = capsys
        self._change = change
        self.shown = ""
        self.came = ""

    def readline(self):
        self.shown = self._capsys.readouterr().out
        self.came = agree(self.shown)
        return self._change(self.came) + "\n"


def agree(text):
    """The address that the browser is sent to from the one in the text."""
    url = next(line.strip() for line in text.splitlines() if "/oauth2/authorize?" in line)
    return requests.get(url, allow_redirects=False, timeout=10).headers.get("Location", "")


def paste(monkeypatch, browser, path):
    monkeypatch.setattr("sys.stdin", browser)
    return main(["--config", str(path)])


def test_a_pasted_address_becomes_a_token_that_reads(tmp_path, monkeypatch, capsys, shop):
    path = configure(tmp_path, shop, quota_share=0.5)
    browser = Browser(capsys)
    assert paste(monkeypatch, browser, path) == 0
    written = json.loads(path.read_text())
    assert written["quota_share"] == 0.5
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = capsys.readouterr()
    assert written["access_token"] not in browser.shown + said.out + said.err
    assert CLIENT_SECRET not in browser.shown + said.out + said.err
    assert 'Granted: "' in said.out
    assert "Not granted" not in said.out
    outcome = sync(shop, "orders", **{"api_url": shop.api_url, **written})
    assert outcome.code == 0
    assert len(outcome.records["orders"]) == 3


def test_a_browser_on_this_machine_is_received(tmp_path, shop):
    path = configure(tmp_path, shop)
    command = [sys.executable, "-m", "tap_bigcommerce.oauth", "--config", str(path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as helper:  # noqa: S603 - ours
        assert helper.stdout
        text = ""
        while not (found := re.search(rf"{HOST}:(\d+);", text)):
            text += helper.stdout.readline()
        # The way of a proxy with a certificate, which the app's address leads to.
        answer = requests.get(
            agree(text).replace("https://app.example.com", f"http://{HOST}:{found[1]}"), timeout=10
        )
        rest, _ = helper.communicate(timeout=30)
    assert "Go back to the terminal" in answer.text
    assert helper.returncode == 0
    token = json.loads(path.read_text())["access_token"]
    assert token not in text + rest
    assert f"is in {path}" in rest


@pytest.mark.parametrize(
    ("settings", "change", "words"),
    [
        ({}, lambda url: re.sub("code=[^&]*", "code=wrong", url), "the code is wrong"),
        ({}, lambda url: re.sub("scope=[^&]*", "scope=store_v2_orders", url), "the scopes are not"),
        ({}, lambda url: re.sub("state=[^&]*", "state=other", url), "answers another request"),
        ({"client_secret": "an0ther"}, lambda url: url, "the client secret is wrong"),
        ({"login_url": "http://127.0.0.1:9"}, lambda _: "?code=c&context=stores/sandbox", "refuse"),
    ],
    ids=["code", "scope", "state", "secret", "server"],
)
def test_what_goes_wrong_has_its_sentence(  # noqa: PLR0913, PLR0917 - fixtures and cases
    tmp_path, monkeypatch, capsys, shop, settings, change, words
):
    path = configure(tmp_path, shop, **settings)
    before = path.read_text()
    browser = Browser(capsys, change)
    if "login_url" in settings:
        monkeypatch.setattr(f"{__name__}.agree", lambda _: "")
    assert paste(monkeypatch, browser, path) == 1
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.startswith("No token: ")
    assert path.read_text() == before


def test_a_redirect_that_is_not_the_app_s_is_told_by_the_exchange(
    tmp_path, monkeypatch, capsys, shop
):
    """As the app is installed from the control panel, which knows its own address."""
    url = f"{shop.api_url}/app/{CLIENT_ID}/install"
    came = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
    path = configure(tmp_path, shop, redirect_uri="https://app.example.com/callback")
    assert paste(monkeypatch, io.StringIO(came), path) == 1
    assert "the redirect URI is not the app's" in capsys.readouterr().err


def test_an_installation_from_the_control_panel_has_no_state_and_is_good(
    tmp_path, monkeypatch, capsys, shop
):
    url = f"{shop.api_url}/app/{CLIENT_ID}/install"
    came = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
    assert paste(monkeypatch, io.StringIO(came), configure(tmp_path, shop)) == 0
    assert '"Customers" (modify)' in capsys.readouterr().out


def test_a_code_that_was_used_before_is_told_from_a_wrong_one(tmp_path, monkeypatch, capsys, shop):
    path = configure(tmp_path, shop)
    browser = Browser(capsys)
    assert paste(monkeypatch, browser, path) == 0
    first = path.read_text()
    again = re.sub("&state=[^&]*", "", browser.came)
    assert paste(monkeypatch, io.StringIO(again), path) == 1
    assert "the code was used before, or is too old" in capsys.readouterr().err
    assert path.read_text() == first


def test_an_owner_who_does_not_agree_is_told(tmp_path, monkeypatch, capsys, shop):
    monkeypatch.setattr(shop.login, "agrees", False)
    assert paste(monkeypatch, Browser(capsys), configure(tmp_path, shop)) == 1
    assert "the scopes were not agreed to (access_denied)" in capsys.readouterr().err


def test_scopes_that_the_app_has_not_are_told_with_their_streams(
    tmp_path, monkeypatch, capsys, shop
):
    granted = [one for one in least(wanted_scopes()) if one != ORDERS]
    monkeypatch.setattr(shop.login, "scopes", tuple(granted))
    url = f"{shop.api_url}/app/{CLIENT_ID}/install"
    came = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
    assert paste(monkeypatch, io.StringIO(came), configure(tmp_path, shop)) == 0
    (line,) = re.findall("Not granted: .*", capsys.readouterr().out)
    assert line.startswith('Not granted: "Orders" (read-only), so these are closed: ')
    assert "order_fees" in line
    assert "order_refunds" not in line


def test_an_endless_answer_is_not_read_to_its_end(tmp_path, monkeypatch, capsys, shop):
    monkeypatch.setattr("tap_bigcommerce.api.login.MAX_BYTES", 1)
    assert paste(monkeypatch, Browser(capsys), configure(tmp_path, shop)) == 1
    assert "the answer is too large" in capsys.readouterr().err
