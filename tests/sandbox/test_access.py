"""Tokens, scopes, errors and the quota."""

from __future__ import annotations

import socket
from email.utils import parsedate_to_datetime

import pytest
import requests

from tap_bigcommerce.sandbox import Faults, Quirks, Sandbox
from tap_bigcommerce.sandbox.quota import Quota

SCOPES = {
    "/v3/catalog/products": "store_v2_products_read_only",
    "/v3/inventory/items": "store_inventory_read_only",
    "/v3/inventory/locations": "store_locations_read_only",
    "/v3/customers": "store_v2_customers_read_only",
    "/v2/customer_groups": "store_v2_customers_read_only",
    "/v2/orders": "store_v2_orders_read_only",
    "/v3/orders/105/transactions": "store_v2_transactions_read_only",
    "/v2/coupons": "store_v2_marketing_read_only",
    "/v3/promotions": "store_v2_marketing_read_only",
    "/v3/channels": "store_channel_settings_read_only",
    "/v3/content/pages": "store_v2_content_read_only",
    "/v2/store": "store_v2_information_read_only",
    "/v2/currencies": "store_v2_information_read_only",
}
LIMIT_HEADERS = (
    "X-Rate-Limit-Time-Window-Ms",
    "X-Rate-Limit-Time-Reset-Ms",
    "X-Rate-Limit-Requests-Quota",
    "X-Rate-Limit-Requests-Left",
)


@pytest.mark.parametrize("path", SCOPES)
def test_a_path_opens_with_its_scope_and_with_no_other(opened, path):
    sandbox, _ = opened()

    def status(scopes):
        token = sandbox.add_token(scopes)
        url = f"{sandbox.api_url}/stores/sandbox{path}"
        return requests.get(url, headers={"X-Auth-Token": token}, timeout=30).status_code

    assert status([SCOPES[path]]) in {200, 204}
    assert status([SCOPES[path].removesuffix("_read_only")]) in {200, 204}
    assert status(set(SCOPES.values()) - {SCOPES[path]}) == 403


def test_refunds_open_with_either_of_two_scopes(opened):
    for scope in ("store_v2_orders", "store_v2_transactions_read_only"):
        sandbox, _ = opened()
        token = sandbox.add_token([scope])
        response = requests.get(
            f"{sandbox.api_url}/stores/sandbox/v3/orders/payment_actions/refunds",
            headers={"X-Auth-Token": token},
            timeout=30,
        )
        assert response.status_code == 200


def test_the_clock_needs_no_scope(opened):
    sandbox, _ = opened()
    token = sandbox.add_token([])
    url = f"{sandbox.api_url}/stores/sandbox/v2/time"
    answer = requests.get(url, headers={"X-Auth-Token": token}, timeout=30)
    assert answer.json()["time"] == parsedate_to_datetime(answer.headers["Date"]).timestamp()


def test_errors_read_as_their_version_writes_them(shop, client):
    assert client.get("/v2/nothing").json() == [
        {"status": 404, "message": "The requested resource was not found."}
    ]
    assert client.get("/v3/nothing").json()["status"] == 404
    assert client.get("/v2/orders/99").status_code == 404
    assert client.get("/v2/orders/99/products").status_code == 404
    assert client.get("/v3/orders/99/transactions").status_code == 404
    assert client.get("/v3/catalog/products/1/images").status_code == 404
    url = f"{shop.api_url}/stores/sandbox/v2/orders"
    assert requests.get(url, timeout=30).json()[0]["status"] == 401
    wrong = requests.get(url, headers={"X-Auth-Token": "wrong"}, timeout=30)
    assert (wrong.status_code, wrong.text) == (401, "Unauthorized")
    assert wrong.headers["Content-Type"] == "text/plain"
    other = requests.get(
        f"{shop.api_url}/stores/other/v2/orders",
        headers={"X-Auth-Token": shop.token},
        timeout=30,
    )
    assert other.status_code == 403
    assert requests.post(url, headers={"X-Auth-Token": shop.token}, timeout=30).status_code == 405


def test_every_answer_tells_the_quota_and_the_date(shop, client):
    for path in ("/v2/orders", "/v2/orders/99", "/v3/nothing", "/v2/orders/101/coupons"):
        headers = client.get(path).headers
        assert {*LIMIT_HEADERS, "Date"} <= set(headers)
        # no limit is a huge number
        assert int(headers["X-Rate-Limit-Requests-Quota"]) == shop.quota.limit > 10**7


def test_beyond_the_quota_there_is_429_with_headers(opened):
    sandbox, client = opened(quota=3)
    left = [client.get("/v2/store").headers["X-Rate-Limit-Requests-Left"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = client.get("/v2/store")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["X-Rate-Limit-Time-Reset-Ms"]) <= 30_000
    assert 0 < int(refused.headers["X-Retry-After"]) <= 30
    assert [entry.status for entry in sandbox.journal] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("form", "status", "headers"),
    [
        ("429-bare", 429, set()),
        ("429-odd", 429, {"X-Rate-Limit-Time-Reset-Ms", "X-Rate-Limit-Requests-Left"}),
        ("500", 500, set()),
    ],
)
def test_a_refusal_can_have_no_or_odd_headers(opened, form, status, headers):
    _, client = opened(quota=1, quirks=Quirks(over_quota=form))
    client.get("/v2/store")
    refused = client.get("/v2/store")
    assert refused.status_code == status
    assert set(LIMIT_HEADERS) & set(refused.headers) == headers


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_a_window_ends_and_the_next_one_is_full():
    clock = Clock()
    quota = Quota(2, 30_000, 0, clock)
    assert [quota.take().is_granted for _ in range(3)] == [True, True, False]
    clock.now += 29.999
    assert not quota.take().is_granted
    clock.now += 0.001
    grant = quota.take()
    assert (grant.is_granted, grant.left, grant.reset_ms) == (True, 1, 30_000)
    clock.now += 95
    assert quota.take().reset_ms == 25_000


def test_another_client_eats_its_part_over_the_window():
    clock = Clock()
    quota = Quota(100, 30_000, 60, clock)
    assert quota.take().left == 99
    clock.now += 15
    assert quota.take().left == 68


def test_the_reset_header_may_be_the_window():
    clock = Clock()
    quota = Quota(5, 30_000, 0, clock)
    clock.now += 10
    grant = quota.take()
    assert ("X-Rate-Limit-Time-Reset-Ms", "20000") in quota.headers(grant, Quirks())
    whole = quota.headers(grant, Quirks(reset_is_window=True))
    assert ("X-Rate-Limit-Time-Reset-Ms", "30000") in whole


def test_the_journal_tells_what_was_asked(opened):
    sandbox, client = opened()
    client.get("/v2/orders", limit=7, include="fees")
    client.get("/v2/orders/99")
    entry = sandbox.journal[0]
    assert (entry.number, entry.method, entry.path) == (1, "GET", "/v2/orders")
    assert entry.query == {"limit": "7", "include": "fees"}
    assert (entry.status, entry.row_count, entry.fault) == (200, 7, "")
    assert (entry.token, entry.in_flight) == (sandbox.token, 1)
    assert sandbox.journal.count("/v2/orders") == 2
    assert sandbox.journal.count(lambda one: one.status == 404) == 1
    sandbox.journal.clear()
    assert len(sandbox.journal) == 0


def test_control_is_no_part_of_the_api(opened):
    sandbox, client = opened(quota=2)
    control = f"{sandbox.api_url}/_sandbox"

    def get(what):
        return requests.get(f"{control}/{what}", timeout=30)

    client.get("/v2/store")
    assert [entry["path"] for entry in get("journal").json()] == ["/v2/store"]
    assert requests.post(f"{control}/journal/clear", timeout=30).status_code == 204
    assert get("journal").json() == []
    assert len(get("rows/orders").text.splitlines()) == 60
    assert get("incomplete_orders").json() == sandbox.incomplete_orders
    assert "orders" in get("streams").json()
    assert requests.post(f"{control}/events?n=30", timeout=30).status_code == 204
    assert sandbox.store.version > 0
    fault = {"path": "/v2/store", "kind": "503", "times": 1}
    assert requests.post(f"{control}/faults", json=fault, timeout=30).status_code == 204
    assert client.get("/v2/store").status_code == 503
    assert get("rows/nothing").status_code == 400
    assert get("nothing").status_code == 404
    assert requests.post(f"{control}/faults", data="{", timeout=30).status_code == 400
    assert requests.post(f"{control}/nothing", timeout=30).status_code == 404


def test_too_many_requests_at_a_time_are_refused(opened):
    sandbox, client = opened()
    sandbox._app._busy["/v3/promotions"] = 40
    assert client.get("/v3/promotions").status_code == 429
    assert client.get("/v2/coupons").status_code == 200


def test_latency_and_speech_that_is_no_http(opened):
    sandbox, client = opened(latency_ms=1)
    assert client.get("/v2/store").status_code == 200
    port = int(sandbox.api_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"hello\r\n\r\n")
        assert connection.recv(100) == b""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /stores/sandbox/v2/time HTTP/1.0\r\n\r\n")
        assert b"Connection: close" in connection.makefile("rb").read()


def test_head_has_headers_and_no_body(shop):
    url = f"{shop.api_url}/stores/sandbox/v2/store"
    answer = requests.head(url, headers={"X-Auth-Token": shop.token}, timeout=30)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 100


def test_a_sandbox_says_what_it_cannot_do():
    with pytest.raises(ValueError, match="at least one product"):
        Sandbox(products=0)
    idle = Sandbox(orders=0, customers=0, products=1, faults=Faults())
    with pytest.raises(RuntimeError, match="not running"):
        _ = idle.api_url
    with pytest.raises(ValueError, match="no stream 'wishes'"):
        list(idle.rows("wishes"))
    assert list(idle.rows("orders")) == []
