"""Answers are kept while the store does not change, and nobody can tell but by the time."""

from __future__ import annotations

from datetime import UTC, datetime

import requests

PAGE = {"limit": 50, "include": "consignments.line_items"}


def test_a_kept_answer_is_the_same_answer(opened):
    sandbox, client = opened()
    first, second = (client.get("/v2/orders", **PAGE) for _ in range(2))
    assert first.content == second.content
    assert first.headers["Content-Encoding"] == second.headers["Content-Encoding"] == "gzip"
    assert [entry.row_count for entry in sandbox.journal] == [50, 50]


def test_another_question_gets_another_answer(opened):
    _, client = opened()
    pages = [client.json("/v2/orders", limit=20, page=page) for page in (1, 2, 1)]
    assert pages[0] == pages[2]
    assert not {row["id"] for row in pages[0]} & {row["id"] for row in pages[1]}


def test_a_client_that_cannot_unpack_gets_the_kept_answer_plain(opened):
    _, client = opened()
    packed = client.get("/v2/orders", **PAGE)
    client._session.headers["Accept-Encoding"] = "identity"
    plain = client.get("/v2/orders", **PAGE)
    assert "Content-Encoding" not in plain.headers
    assert plain.content == packed.content


def test_a_change_of_the_store_is_seen_at_once(opened):
    sandbox, client = opened()
    query = {"limit": 50, "sort": "date_modified:desc"}
    before = client.json("/v2/orders", **query)
    assert client.json("/v2/orders", **query) == before
    with sandbox.store.lock:
        oldest = before[-1]["id"]
        sandbox.store.orders.table.touch(oldest, sandbox.store.world.now())
        sandbox.store.orders.forget()
    assert client.json("/v2/orders", **query)[0]["id"] == oldest


def test_a_kept_answer_is_refused_to_who_may_not_read_it(opened):
    sandbox, client = opened()
    assert client.get("/v2/orders", **PAGE).status_code == 200
    client._session.headers["X-Auth-Token"] = sandbox.add_token({"store_v2_products_read_only"})
    assert client.get("/v2/orders", **PAGE).status_code == 403


def test_a_fault_spoils_an_answer_and_not_what_is_kept(opened):
    sandbox, client = opened()
    whole = client.get("/v2/orders", **PAGE).content
    sandbox.faults.script("/v2/orders", "cut-json")
    assert client.get("/v2/orders", **PAGE).content == whole[: len(whole) // 2]
    assert client.get("/v2/orders", **PAGE).content == whole


def test_a_day_means_another_time_as_the_day_goes_on(opened):
    now = [2_000_000_000.0]
    sandbox, client = opened(products=120, clock=lambda: now[0])
    products = sandbox.store.catalog.products
    oldest = min(products.ids, key=products.modified_at)
    changed = products.modified_at(oldest)
    day, second = divmod(changed, 86_400)
    query = {"date_modified__min": datetime.fromtimestamp(changed, UTC).date(), "limit": 100}

    def total(at):
        now[0] = (2_000_000_000 // 86_400 + 1) * 86_400 + at
        answer = client.json("/v3/catalog/products", **query)
        return answer["meta"]["pagination"]["total"]

    assert day < now[0] // 86_400
    assert total(second - 1) == len(products)
    assert total(second + 1) < len(products)


def test_limits_change_while_the_sandbox_runs(opened):
    sandbox, client = opened()
    control = f"{sandbox.api_url}/_sandbox/limits"
    sizes = "quota=2&window_ms=60000&other_requests=0&latency_ms=1"
    assert requests.post(f"{control}?{sizes}", timeout=30).status_code == 204
    assert [client.get("/v2/store").status_code for _ in range(3)] == [200, 200, 429]
    assert sandbox._app.latency_s == 0.001
    assert requests.post(f"{control}?quota=5", timeout=30).status_code == 204
    assert (sandbox.quota.limit, sandbox.quota.window_ms) == (5, 60_000)
    assert sandbox._app.latency_s == 0.001
    assert client.get("/v2/store").headers["X-Rate-Limit-Requests-Left"] == "4"
    assert requests.post(f"{control}?quota=many", timeout=30).status_code == 400
