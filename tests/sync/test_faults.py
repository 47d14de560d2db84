"""The network and the store fail in every way that is known, and nothing is lost."""

from __future__ import annotations

import logging
import time
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from tap_bigcommerce.api.clock import Clock
from tap_bigcommerce.sandbox import Faults, Quirks
from tests.support.compare import compared
from tests.support.store import SECRET, QuickClock, store, stream_names, sync

OF_THE_STORE = [name for name in stream_names() if not name.startswith("b2b_")]
"""B2B Edition has another address."""

PATIENT: dict[str, Any] = {"retry_budget_s": 86_400, "request_timeout": 600}
"""Bounds that no seeded fault can exhaust: what is tested is that nothing is lost."""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_faults_together_lose_nothing(seed, record_property):
    """Every kind at once, on every sixth request."""
    kinds = tuple(kind for kind in Faults().kinds if kind != "slow")
    faults = Faults(rate=0.16, kinds=kinds, seed=seed)
    with store(seed=seed, orders=60, customers=150, faults=faults) as sandbox:
        outcome = sync(sandbox, page_size=25, max_retries=12, **PATIENT)
        hits = [entry.fault for entry in sandbox.journal if entry.fault]
        assert outcome.code == 0, outcome.said(logging.ERROR)
        assert compared(sandbox, outcome).differences == []
    assert set(hits) == set(kinds)
    record_property("faults", f"{len(hits)} of {len(sandbox.journal)}")


@pytest.mark.parametrize("kind", ["500", "reset", "truncated", "chunked-cut", "cut-json", "html"])
def test_a_tenth_of_all_answers_of_one_kind_fails(kind):
    faults = Faults(rate=0.1, kinds=(kind,), seed=7)
    with store(orders=40, customers=150, faults=faults) as sandbox:
        outcome = sync(sandbox, "customers", "orders", "order_coupons", page_size=20, **PATIENT)
        assert outcome.code == 0, outcome.said(logging.ERROR)
        assert compared(sandbox, outcome).differences == []
        assert {entry.fault for entry in sandbox.journal} == {"", kind}


@pytest.mark.parametrize("over_quota", ["429", "429-odd", "429-bare", "500"])
def test_a_storm_of_rejections_is_survived(over_quota):
    """Another client uses up the quota; what a rejection says of the wait may be wrong."""
    # Of a 500 nobody knows that it means the quota, so only time heals it.
    bounds: dict[str, Any] = {
        "clock": Clock if over_quota == "500" else QuickClock,
        "max_retries": 50,
        **PATIENT,
    }
    habits = Quirks(over_quota=over_quota)
    shop = store(orders=30, quirks=habits, quota=12, window_ms=150, other_requests=9)
    with shop as sandbox:
        outcome = sync(sandbox, "orders", "order_coupons", page_size=10, **bounds)
        assert outcome.code == 0, outcome.said(logging.ERROR)
        assert compared(sandbox, outcome).differences == []
        rejected = sandbox.journal.count(lambda entry: entry.status == 429)
        assert rejected or over_quota == "500"


def test_a_shared_quota_is_kept_without_one_avoidable_rejection(record_property):
    """Twenty requests in 30 s, of which another client takes six; each request takes 0.4 s."""
    clock = QuickClock()

    def at_each_request() -> float:
        clock.skip(0.4)
        return clock.monotonic()

    passing = SimpleNamespace(time=time.time, monotonic=at_each_request)
    with mock.patch("tap_bigcommerce.sandbox.sandbox.time", passing):
        shop = store(orders=150, quota=20, other_requests=6)
    with shop as sandbox:
        names = ("orders", "order_coupons", "customers")
        # Answers of several at a time may come late: what others took meanwhile is nobody's fault.
        outcome = sync(sandbox, *names, clock=lambda: clock, max_concurrency=1)
        assert outcome.code == 0
        assert compared(sandbox, outcome).differences == []
        rejected = sandbox.journal.count(lambda entry: entry.status == 429)
        figures = f"{rejected} of {len(sandbox.journal)} requests rejected"
        record_property("rejected", figures)
        assert rejected == 0


@pytest.mark.parametrize("rows", [10, 60])
def test_pages_too_heavy_for_the_store_are_read_in_parts(rows):
    """Quirk 12: a page of more rows than this answers 504 for ever."""
    with store(orders=400, products=200, quirks=Quirks(heavy_page_rows=rows)) as sandbox:
        outcome = sync(sandbox, "orders", "products", "order_products", "product_images")
        assert outcome.code == 0, outcome.said(logging.ERROR)
        assert compared(sandbox, outcome).differences == []


def test_a_list_that_ignores_the_page_ends_in_an_error():
    """Quirk 10: once, one record was read 40 million times."""
    habits = Quirks(ignores_page=("/v2/customer_groups", "/v3/catalog/brands"))
    with store(products=300, quirks=habits) as sandbox:
        outcome = sync(sandbox, "brands", "categories", "customer_groups", page_size=2)
        asked = len(sandbox.journal)
        assert compared(sandbox, outcome, "categories").differences == []
    assert outcome.code == 1
    assert asked < 300
    failed = [line.split(".")[0] for line in outcome.said(logging.ERROR) if "FAILED" in line]
    assert failed == ["FAILED: brands", "FAILED: customer_groups"]


# What a token may not read.

PRODUCTS_ONLY = ("store_v2_products_read_only",)


def test_a_missing_scope_is_skipped_with_a_warning():
    with store() as sandbox:
        token = sandbox.add_token(PRODUCTS_ONLY)
        outcome = sync(sandbox, access_token=token)
        assert outcome.code == 0
        readable = [name for name, rows in outcome.records.items() if rows]
        assert compared(sandbox, outcome, *readable).differences == []
    assert {"products", "brands", "product_images"} <= set(readable)
    skipped = [line for line in outcome.said() if line.startswith("skipped: ")]
    of_orders = next(
        line for line in skipped if line.startswith("skipped: ") and '"Orders"' in line
    )
    assert {"orders", "order_products"} <= set(of_orders.split(". ")[0].split(": ")[1].split(", "))
    names = [name for line in skipped for name in line.split(". ")[0].split(": ")[1].split(", ")]
    assert sorted(names) == sorted(outcome.schemas.keys() - set(readable))
    assert not outcome.said(logging.ERROR)


def test_a_missing_scope_fails_the_run_where_the_user_wants_that():
    with store() as sandbox:
        token = sandbox.add_token(PRODUCTS_ONLY)
        outcome = sync(
            sandbox, "brands", "customers", "orders", access_token=token, on_missing_scope="fail"
        )
        assert compared(sandbox, outcome, "brands").differences == []
    assert outcome.code == 1
    last = outcome.said(logging.ERROR)[-2:]
    for line, stream, scope in zip(
        last, ("customers", "orders"), ("Customers", "Orders"), strict=True
    ):
        assert line.startswith(f"FAILED: {stream}. 403 for GET ")
        assert f'lacks the scope "{scope}" (read-only)' in line
        assert "Store-level API" in line
        assert f"deselect {stream}" in line


def test_children_of_what_may_not_be_read_name_their_parents_list():
    with store() as sandbox:
        token = sandbox.add_token(("store_v2_transactions_read_only",))
        outcome = sync(sandbox, "order_transactions", access_token=token)
    assert outcome.code == 0
    assert "/v2/orders" in outcome.said()[-1]


# What is not there, and what stays broken.


def test_a_list_that_is_not_there_fails_its_stream_alone(monkeypatch):
    from tap_bigcommerce.streams.catalog import Brands  # noqa: PLC0415 - of this test alone

    monkeypatch.setattr(Brands, "path", "/v3/catalog/no-such-list")
    with store() as sandbox:
        outcome = sync(sandbox, "brands", "categories", "products")
        assert compared(sandbox, outcome, "categories", "products").differences == []
    assert outcome.code == 1
    assert outcome.said(logging.ERROR)[-1].startswith("FAILED: brands. 404 for GET /v3/catalog/no-")


def test_one_order_that_never_answers_costs_its_stream_alone():
    """The stream keeps the state that it had; the others complete."""
    with store(orders=300) as sandbox:
        first = sync(sandbox, "orders", "order_transactions", "products")
        sandbox.store.events(60)
        changed = sync(sandbox, "orders", state=first.state).keys("orders")
        broken = changed[len(changed) // 2][0]
        sandbox.faults.script(f"/v3/orders/{broken}/transactions", "503", 10**6)
        outcome = sync(
            sandbox, "orders", "order_transactions", "products", state=first.state, page_size=10
        )
        assert outcome.code == 1
        (failure,) = [line for line in outcome.said(logging.ERROR) if line.startswith("FAILED")]
        assert f"503 for GET /v3/orders/{broken}/transactions (9 tries)" in failure

        kept = [one.bookmark("order_transactions") or "" for one in (first, outcome)]
        assert kept[0] <= kept[1] <= (outcome.bookmark("orders") or "")
        sandbox.faults.clear()
        healed = sync(sandbox, "order_transactions", state=outcome.state)
        assert healed.code == 0
        together = set(outcome.keys("order_transactions")) | set(healed.keys("order_transactions"))
        orders = {key[0] for key in changed}
        for row in sandbox.rows("order_transactions"):
            if int(row["order_id"]) in orders:
                assert (row["id"],) in together


def test_a_payment_backend_that_is_down_fails_one_stream():
    """Quirk 6."""
    with store(quirks=Quirks(transactions_down=True)) as sandbox:
        outcome = sync(sandbox)
        others = [name for name in outcome.schemas if name != "order_transactions"]
        assert compared(sandbox, outcome, *others).differences == []
    assert outcome.code == 1
    assert outcome.bookmark("order_transactions") is None
    assert len([line for line in outcome.said(logging.ERROR) if "FAILED" in line]) == 1


def test_transactions_whose_pages_repeat_fail_with_the_order():
    """Quirk 5: what is beyond the first page cannot be read, and that is said."""
    with store(orders=300, quirks=Quirks(transactions_ignore_page=True)) as sandbox:
        outcome = sync(sandbox, "order_transactions", "orders")
        assert compared(sandbox, outcome, "orders").differences == []
        whole = len(list(sandbox.rows("order_transactions")))
    if outcome.code == 0:
        assert len(outcome.records["order_transactions"]) == whole
    else:
        assert "repeats" in outcome.said(logging.ERROR)[-1]


def test_a_rejected_token_ends_the_run_with_one_cause():
    with store() as sandbox:
        outcome = sync(sandbox, *OF_THE_STORE, access_token=f"{SECRET}-of-another-store")
        asked = len(sandbox.journal)
    assert outcome.code == 1
    assert asked == 1
    first, *others = [line for line in outcome.said(logging.ERROR) if "FAILED" in line]
    assert "401 for GET" in first
    assert "Check `access_token` and `store_id`" in first
    assert all("not read, because of: 401" in line for line in others)


def test_a_server_that_is_gone_ends_the_run_within_its_budget():
    with store() as sandbox:
        url = sandbox.api_url
    outcome = sync(sandbox, *OF_THE_STORE, api_url=url)
    assert outcome.code == 1
    first, *others = [line for line in outcome.said(logging.ERROR) if "FAILED" in line]
    assert "(9 tries)" in first
    assert "refuses the connection" in first
    assert all("not read, because of: No answer" in line for line in others)
    assert outcome.records == {name: [] for name in outcome.schemas}


def test_a_server_that_dies_in_the_middle_loses_nothing_that_was_read():
    with store(orders=400, customers=400) as sandbox:
        first = sync(sandbox, "customers", "orders", page_size=20, stop_after=650)
        url = sandbox.api_url
    assert first.state
    assert first.state["bookmarks"]["orders"]["backfill"]["after_id"]
    second = sync(sandbox, "customers", "orders", api_url=url, state=first.state)
    assert second.code == 1
    assert second.state == first.state
