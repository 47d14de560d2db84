"""The sandbox's login server: an app is installed, and its code becomes a token."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from tap_bigcommerce.sandbox import Sandbox
from tap_bigcommerce.sandbox.login import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI

ORDERS = "store_v2_orders_read_only"


@pytest.fixture
def sandbox():
    with Sandbox(orders=2, products=1, customers=1) as sandbox:
        yield sandbox


def install(sandbox, path="/oauth2/authorize", **query):
    """Where the browser is sent, and with what."""
    given = {"client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI, "scope": ORDERS, **query}
    url = f"{sandbox.api_url}{path}?{urlencode(given)}"
    answer = requests.get(url, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers.get("Location", ""))
    return answer.status_code, parts._replace(query="").geturl(), dict(parse_qsl(parts.query))


def exchange(sandbox, **given):
    body = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": REDIRECT_URI,
        "grant_type": "authorization_code",
        **given,
    }
    headers = {"Accept": "application/json"}
    return requests.post(f"{sandbox.api_url}/oauth2/token", json=body, headers=headers, timeout=10)


def grant(sandbox):
    _, _, query = install(sandbox)
    return {name: query[name] for name in ("code", "scope", "context")}


def test_the_browser_is_sent_back_with_a_code_and_the_state(sandbox):
    status, place, query = install(sandbox, state="mine")
    assert (status, place) == (302, REDIRECT_URI)
    assert query["context"] == "stores/sandbox"
    assert query["scope"] == ORDERS
    assert query["state"] == "mine"
    assert query["code"]
    assert query["account_uuid"]


def test_an_installation_from_outside_has_no_state_and_all_of_the_app_s_scopes(sandbox):
    status, _, query = install(sandbox, f"/app/{CLIENT_ID}/install", state="mine")
    assert status == 302
    assert "state" not in query
    assert len(query["scope"].split()) == len(sandbox.login.scopes) > 1


def test_an_owner_may_not_agree(sandbox):
    sandbox.login.agrees = False
    assert install(sandbox, state="mine")[2] == {"error": "access_denied", "state": "mine"}


@pytest.mark.parametrize(
    "query", [{"client_id": "x"}, {"redirect_uri": "http://127.0.0.1:1/"}, {"scope": "everything"}]
)
def test_an_app_that_is_not_this_one_cannot_be_installed(sandbox, query):
    assert install(sandbox, **query)[0] == 400


def test_a_code_is_worth_a_token_with_the_scopes_that_were_agreed_to(sandbox):
    answer = exchange(sandbox, **grant(sandbox)).json()
    assert answer["scope"] == ORDERS
    assert answer["context"] == "stores/sandbox"
    headers = {"X-Auth-Token": answer["access_token"]}
    root = f"{sandbox.api_url}/stores/sandbox"
    orders = requests.get(f"{root}/v2/orders", headers=headers, timeout=10)
    products = requests.get(f"{root}/v3/catalog/products", headers=headers, timeout=10)
    assert (orders.status_code, products.status_code) == (200, 403)


def test_a_new_token_ends_the_app_s_earlier_one(sandbox):
    tokens = [exchange(sandbox, **grant(sandbox)).json()["access_token"] for _ in range(2)]
    url = f"{sandbox.api_url}/stores/sandbox/v2/orders"
    statuses = [
        requests.get(url, headers={"X-Auth-Token": token}, timeout=10).status_code
        for token in tokens
    ]
    assert statuses == [401, 200]


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"client_id": "x"}, 400, "Invalid client id."),
        ({"client_secret": "x"}, 400, "invalid_client"),
        ({"redirect_uri": "http://127.0.0.1:1/"}, 400, "redirect_uri_mismatch"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code": "x"}, 400, "Invalid code."),
        ({"context": "stores/other"}, 403, "Only store owners may install or update apps."),
        ({"scope": "store_v2_products"}, 400, "Invalid scope(s)."),
    ],
)
def test_what_is_wrong_is_refused_and_the_code_stays_good(sandbox, wrong, status, error):
    given = grant(sandbox)
    answer = exchange(sandbox, **{**given, **wrong})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert exchange(sandbox, **given).status_code == 200


def test_a_code_is_good_once(sandbox):
    given = grant(sandbox)
    assert exchange(sandbox, **given).status_code == 200
    assert exchange(sandbox, **given).json()["error"] == "invalid_grant"


def test_a_form_is_understood_as_json_is_and_something_else_is_not(sandbox):
    url, headers = f"{sandbox.api_url}/oauth2/token", {"Accept": "application/json"}
    form = {"client_id": CLIENT_ID, "client_secret": "x"}
    answer = requests.post(url, data=form, headers=headers, timeout=10)
    assert answer.json()["error"] == "invalid_client"
    headers["Content-Type"] = "application/json"
    answer = requests.post(url, data="client_id", headers=headers, timeout=10)
    assert answer.json()["error"] == "Invalid client id."


def test_who_does_not_ask_for_json_gets_nothing(sandbox):
    assert requests.post(f"{sandbox.api_url}/oauth2/token", timeout=10).status_code == 406


def test_nothing_else_is_there_and_nothing_of_it_is_in_the_journal(sandbox):
    assert requests.get(f"{sandbox.api_url}/oauth2/else", timeout=10).status_code == 404
    assert not list(sandbox.journal)
