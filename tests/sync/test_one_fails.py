"""One stream fails, the others do not: they finish, their state is written, the failed is named."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tests.support.compare import compared
from tests.support.store import SECRET, Outcome, store, sync

STREAMS = ("brands", "categories", "order_coupons", "order_transactions", "orders", "products")
OTHERS = ("brands", "categories", "order_coupons", "orders", "products")


def failed(outcome: Outcome) -> list[str]:
    """The last lines, one for each failed stream."""
    errors = outcome.said(logging.ERROR)
    last = [line for line in errors if line.startswith("FAILED: ")]
    assert errors[len(errors) - len(last) :] == last
    assert outcome.code == (1 if last else 0)
    return last


def surprise(body: bytes) -> bytes:
    """Transactions that have lost their key."""
    page = json.loads(body)
    for row in page["data"]:
        row["transaction_id"] = row.pop("id")
    return json.dumps(page).encode()


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("503", "503 for GET /v3/orders/"),
        ("403", 'lacks the scope "Order transactions" (read-only)'),
        ("404", "404 for GET /v3/orders/{order_id}/transactions: not found for any of "),
        ("html", "200 for GET /v3/orders/"),
        ("reset", "the connection was cut"),
        ("surprise", "a row of /v3/orders/{order_id}/transactions has no usable `id`"),
    ],
)
def test_each_kind_of_trouble_costs_one_stream(trouble, words):
    """The second run fails: what the first had reached is kept, and the third goes on there."""
    path = "/v3/orders/*/transactions"
    with store(orders=60) as sandbox:
        before = sync(sandbox, *STREAMS)
        sandbox.store.events(60)
        if trouble == "surprise":
            sandbox.faults.rewrite(path, surprise)
        else:
            sandbox.faults.script(path, trouble, times=10**6)
        settings: dict[str, Any] = {"on_missing_scope": "fail", "state": before.state}
        outcome = sync(sandbox, *STREAMS, **settings)
        (line,) = failed(outcome)
        assert line.startswith("FAILED: order_transactions. ")
        assert words in line
        for stream in ("orders", "products"):
            assert (outcome.bookmark(stream) or "") > (before.bookmark(stream) or "")
        assert outcome.bookmark("order_transactions") == before.bookmark("order_transactions")
        assert compared(sandbox, sync(sandbox, *OTHERS), *OTHERS).differences == []

        sandbox.faults.clear()
        healed = sync(sandbox, *STREAMS, state=outcome.state)
        assert failed(healed) == []
        changed = {key[0] for key in outcome.keys("orders")}
        rows = {key for one in (before, healed) for key in one.keys("order_transactions")}
        assert changed
        for row in sandbox.rows("order_transactions"):
            if int(row["order_id"]) in changed:
                assert (row["id"],) in rows


def test_a_skipped_stream_is_no_failure():
    with store(orders=20) as sandbox:
        sandbox.faults.script("/v3/orders/*/transactions", "403", times=10**6)
        outcome = sync(sandbox, *STREAMS)
        assert compared(sandbox, outcome, *OTHERS).differences == []
    assert failed(outcome) == []
    assert outcome.said()[-1].startswith("skipped: order_transactions. 403 for GET /v3/orders/")


def test_a_parent_that_was_deleted_meanwhile_is_no_failure():
    with store(orders=30) as sandbox:
        gone = min(row["id"] for row in sandbox.rows("orders"))
        sandbox.faults.script(f"/v2/orders/{gone}/coupons", "404", times=9)
        outcome = sync(sandbox, "order_coupons", "orders")
        lost = [
            difference
            for difference in compared(sandbox, outcome).differences
            if f"'{gone}'" not in difference
        ]
    assert failed(outcome) == []
    assert lost == []


def test_parents_that_are_all_gone_are_no_failure():
    """Every one of them answers 404, to itself as well."""
    with store(orders=10) as sandbox:
        sandbox.faults.script("/v2/orders/*", "404", times=10**6)
        outcome = sync(sandbox, "order_coupons", "orders")
        assert compared(sandbox, outcome, "orders").differences == []
    assert failed(outcome) == []
    assert outcome.records["order_coupons"] == []


def test_an_endpoint_that_the_store_lacks_is_found_out_with_the_first_page():
    """404 for every parent looked like no rows, at a request for each of them."""
    with store(orders=200) as sandbox:
        sandbox.faults.script("/v2/orders/*/coupons", "404", times=10**6)
        outcome = sync(sandbox, "order_coupons", "orders", page_size=20)
        asked = sandbox.journal.count(lambda entry: entry.path.endswith("/coupons"))
        assert compared(sandbox, outcome, "orders").differences == []
    (line,) = failed(outcome)
    assert "deselect order_coupons" in line
    assert asked <= 60, "the first page, and what was asked for ahead"


def test_a_401_in_the_middle_is_asked_about_once():
    """A gateway that stumbles would else cost the whole run."""
    with store(orders=60) as sandbox:
        first = min(row["id"] for row in sandbox.rows("orders"))
        sandbox.faults.script(f"/v2/orders/{first}/coupons", "401")
        outcome = sync(sandbox, *OTHERS)
        assert compared(sandbox, outcome).differences == []
    assert failed(outcome) == []


def test_a_token_that_is_withdrawn_in_the_middle_ends_the_run():
    with store(orders=60) as sandbox:
        for path in ("/v2/orders/*/coupons", "/v2/time"):
            sandbox.faults.script(path, "401", times=10**6)
        outcome = sync(sandbox, "brands", "order_coupons", "order_transactions", "products")
        assert compared(sandbox, outcome, "brands").differences == []
    first, *others = failed(outcome)
    assert others
    assert "FAILED: order_coupons. 401 for GET /v2/orders/" in first
    assert "(2 tries)" in first
    assert SECRET not in "".join(outcome.said(logging.DEBUG))
    assert all("not read, because of: 401" in line for line in others)


def test_a_401_of_one_endpoint_alone_costs_one_stream():
    """All streams after it were not read, although the token opened everything else."""
    with store(orders=60) as sandbox:
        sandbox.faults.script("/v2/orders/*/coupons", "401", times=10**6)
        outcome = sync(sandbox, *OTHERS)
        others = [name for name in OTHERS if name != "order_coupons"]
        assert compared(sandbox, outcome, *others).differences == []
    (line,) = failed(outcome)
    assert line.startswith("FAILED: order_coupons. 401 for GET /v2/orders/")
