"""What a run costs: the order graph in the fewest requests that can carry it."""

from __future__ import annotations

import math

import pytest

from tests.support.compare import compared
from tests.support.store import store, sync

GRAPH = (
    "orders",
    "order_products",
    "order_consignments",
    "order_shipping_addresses",
    "order_fees",
)
SLACK = 2
"""Requests to learn what kinds of lines may lack which fields."""


def cost(sandbox, record_property) -> int:
    """How many more requests there were than pages of orders and incomplete orders."""
    orders = len(list(sandbox.store.orders.table.ids))
    pages, incomplete = math.ceil(orders / 250), len(sandbox.incomplete_orders)
    lists = sandbox.journal.count(lambda entry: entry.path == "/v2/orders")
    figures = (
        f"{len(sandbox.journal)} requests for {orders} orders: {lists} pages and "
        f"{len(sandbox.journal) - lists} orders alone, of which {incomplete} are incomplete"
    )
    record_property("requests", figures)
    return len(sandbox.journal) - pages - incomplete


def test_ten_thousand_orders_cost_their_pages_and_the_incomplete_ones(record_property):
    with store(orders=10_000, products=300, customers=500) as sandbox:
        outcome = sync(sandbox, *GRAPH)
        assert outcome.code == 0
        assert cost(sandbox, record_property) <= SLACK
        assert len(outcome.records["orders"]) == 10_000


@pytest.fixture(scope="module")
def shop():
    with store(orders=1_000, products=300, customers=500) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def full(shop):
    shop.journal.clear()
    outcome = sync(shop, *GRAPH)
    return outcome, list(shop.journal)


def test_every_row_of_the_order_graph_arrives(shop, record_property):
    shop.journal.clear()
    outcome = sync(shop, *GRAPH)
    assert cost(shop, record_property) <= SLACK
    total = compared(shop, outcome)
    record_property("compared", str(total))
    assert total.differences == []


def test_children_alone_cost_no_more_than_with_their_orders(shop, full):
    """`orders` is not selected, so none of its records are written."""
    children = GRAPH[1:]
    whole, with_orders = full
    shop.journal.clear()
    outcome = sync(shop, *children)
    assert outcome.code == 0
    assert set(outcome.schemas) == set(children)
    assert len(shop.journal) == len(with_orders)
    for stream in children:
        assert outcome.keys(stream) == whole.keys(stream)


def test_nothing_new_costs_one_request(shop, full):
    outcome, _ = full
    shop.journal.clear()
    again = sync(shop, *GRAPH, state=outcome.state)
    assert again.code == 0
    assert sum(entry.path == "/v2/orders" for entry in shop.journal) == 1


def test_children_with_different_bookmarks_read_from_the_earliest(shop, full):
    """One child is a month behind, one was never read, one is up to date: each gets its own."""
    outcome, _ = full
    state = outcome.state
    behind, never = "2025-05-01T00:00:00+00:00", "order_fees"
    state["bookmarks"]["order_products"]["replication_key_value"] = behind
    del state["bookmarks"][never]
    shop.journal.clear()
    again = sync(shop, *GRAPH, state=state)
    assert again.code == 0
    pages = [entry for entry in shop.journal if entry.path == "/v2/orders"]
    assert len(pages) == math.ceil(1_000 / 250)
    assert again.keys(never) == outcome.keys(never)
    due = {
        (row["order_id"], row["id"])
        for row in outcome.records["order_products"]
        if row["order_date_modified"] >= behind
    }
    assert due
    assert set(again.keys("order_products")) == due
    assert set(again.keys("orders")) == at_bookmark(outcome)
    assert again.state == outcome.state


def test_a_child_forced_to_full_table_is_read_whole_the_others_are_not(shop, full):
    """The catalog says so, for whoever does not trust the order's date."""
    outcome, _ = full
    shop.journal.clear()
    forced = "order_products"
    again = sync(shop, *GRAPH, state=outcome.state, full_table=[forced])
    assert again.code == 0
    assert set(again.keys(forced)) == set(outcome.keys(forced))
    assert set(again.keys("orders")) == at_bookmark(outcome)
    lists = [entry for entry in shop.journal if entry.path == "/v2/orders"]
    assert len(lists) == math.ceil(1_000 / 250)


def at_bookmark(outcome) -> set[tuple[int]]:
    """Orders of the second in which the bookmark lies, which come again."""
    last = outcome.bookmark("orders")
    return {(row["id"],) for row in outcome.records["orders"] if row["date_modified"] == last}


def may_have_left(order) -> bool:
    """Whether some of it may be on its way, as far as the order says."""
    is_said = order["status_id"] in {2, 3, 10} or bool(order["date_shipped"])
    return bool(order["items_shipped"]) or (is_said and not order["order_is_digital"])


def test_one_request_per_order_only_where_nothing_else_carries_the_rows():
    """Shipments, coupons, taxes and transactions have no list of their own."""
    orders = 130
    alone = ("order_shipments", "order_coupons", "order_taxes", "order_transactions")
    with store(orders=orders) as sandbox:
        outcome = sync(sandbox, *alone, "orders")
        assert outcome.code == 0
        left = sum(map(may_have_left, sandbox.rows("orders")))
        assert 0 < left < orders
        assert len(sandbox.journal) == 2 + 3 * orders + left  # a page, and how many there are
        assert compared(sandbox, outcome, "order_shipments").differences == []
        sandbox.journal.clear()
        sandbox.store.events(30)
        changed = sync(sandbox, *alone, "orders", state=outcome.state)
        due = len(changed.records["orders"])
        assert 0 < due < orders / 2
        ids = {row["id"] for row in changed.records["orders"]}
        left = sum(may_have_left(row) for row in sandbox.rows("orders") if row["id"] in ids)
        assert len(sandbox.journal) == 1 + 3 * due + left
