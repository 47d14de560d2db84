"""What goes on in a store at the worst moment, case by case."""

from __future__ import annotations

import time
from unittest import mock

import pytest

from tap_bigcommerce.sandbox.quirks import Quirks
from tests.support.store import Target, calm, store, sync
from tests.sync.equality import differences
from tests.sync.life import Losses, Moment


def on_answer(sandbox, act, path=""):
    """Let `act(request)` happen before each answer to a path that ends so."""
    handle = sandbox._app._handle

    def acting(request, route):
        if request.path.endswith(path):
            with sandbox.store.lock:
                act(request)
        return handle(request, route)

    return mock.patch.object(sandbox._app, "_handle", acting)


def test_a_bulk_edit_right_before_a_run_is_read():
    """All subscribers changed within the minute before it, and none of them earlier."""
    with store(customers=100) as sandbox:
        first = sync(sandbox, "subscribers")
        table = sandbox.store.customers.subscribers
        for id_ in list(table.ids):
            table.touch(id_, int(time.time()))
        outcome = sync(sandbox, "subscribers", state=first.state, page_size=10)
        assert outcome.code == 0, outcome.said()
        assert len(outcome.records["subscribers"]) == len(table)


def test_what_changes_while_changes_are_read_comes_in_the_same_run():
    """The regression: of changes since the start that fill pages, one pass was thought enough.

    Rows that changed meanwhile came in between and pushed others to pages that had been read.
    The next run would have brought them; until then a target had them as before this one.
    """
    now = time.time() - 3600
    with store(customers=400, clock=lambda: now) as sandbox:
        table = sandbox.store.customers.subscribers
        first = sync(sandbox, "subscribers")
        edited = list(table.ids)
        now += 600
        for id_ in edited:
            table.touch(id_, int(now))
        now += 600
        low, high = edited[:100], edited[100:]

        def edit(request):
            nonlocal now
            now += 1
            number = int(request.query.get("page", 1))
            is_late = "date_modified:max" not in request.query
            if is_late and number == 1:
                return
            # Those with high ids before they are read; the others while these come the second
            # time, so that each ten of them push the high ones to the page before.
            for id_ in [low.pop() for _ in low[:10]] if is_late else high:
                table.touch(id_, int(now))

        with on_answer(sandbox, edit, "/subscribers"):
            outcome = sync(sandbox, "subscribers", state=first.state, page_size=10)
        assert outcome.code == 0, outcome.said()
        assert not low
        assert {row["id"] for row in outcome.records["subscribers"]} == set(edited)


@pytest.mark.parametrize("stream", ["orders", "products", "customers", "subscribers"])
@pytest.mark.parametrize("page_size", [10, 250])
def test_hundreds_of_rows_of_one_second(stream, page_size):
    """As after an import: more than a page, and the bookmark stands at that very second."""
    now = time.time() - 3600
    with store(orders=300, products=300, customers=600, clock=lambda: now) as sandbox:
        tables = {
            "orders": sandbox.store.orders.table,
            "products": sandbox.store.catalog.products,
            "customers": sandbox.store.customers.table,
            "subscribers": sandbox.store.customers.subscribers,
        }
        table, target = tables[stream], Target()
        target.load(sync(sandbox, stream))
        for number, id_ in enumerate(table.ids[:]):
            table.touch(id_, int(now) - (10 if number < 5 else 0))
        sandbox.store.orders.forget()
        for count in (len(table), len(table) - 5):  # the second time from that second on
            outcome = sync(sandbox, stream, state=target.state, page_size=page_size)
            assert outcome.code == 0, outcome.said()
            target.load(outcome)
            assert len(set(outcome.keys(stream))) == count
            assert len(outcome.keys(stream)) < 1.2 * count
        assert differences(sandbox, target) == []


def test_streams_of_one_walk_with_different_bookmarks():
    """Each gets what changed since its own, while orders change under the walk that they share."""
    streams = ("orders", "order_products", "order_fees", "order_taxes")
    now = time.time() - 7200
    with store(orders=80, clock=lambda: now) as sandbox:
        target = Target()
        for stream in streams:
            outcome = sync(sandbox, stream, state=target.state)
            target.load(outcome)
            now += 60
            sandbox.store.events(80)
            now += 60
        state = target.state or {}
        bookmarks = {part["replication_key_value"] for part in state["bookmarks"].values()}
        assert len(bookmarks) == len(streams)
        start = Moment.of(sandbox, streams)

        def change(_):
            nonlocal now
            now += 1
            sandbox.store.events(3 if len(sandbox.journal) < asked + 30 else 0)

        asked = len(sandbox.journal)

        with on_answer(sandbox, change):
            outcome = sync(sandbox, *streams, state=target.state, page_size=12)
        assert outcome.code == 0, outcome.said()
        target.load(outcome)
        losses = Losses()
        losses.check_rows(outcome, target, start, Moment.of(sandbox, streams))
        assert losses.found == []
        with calm(sandbox):
            for _ in range(2):
                now += 5
                target.load(sync(sandbox, *streams, state=target.state))
            assert differences(sandbox, target) == []


def test_archived_orders_that_leave_the_list():
    """They are gone for the API; the orders after them are not."""
    with store(orders=100, quirks=Quirks(lists_archived_orders=False)) as sandbox:
        ids = list(sandbox.store.orders.table.ids)
        there = {int(row["id"]) for row in sandbox.rows("orders")}

        def archive(_):
            for id_ in [ids.pop(0) for _ in ids[:3]]:
                sandbox.store.world.change("order", id_, is_deleted=True)
                sandbox.store.orders.table.touch(id_, int(time.time()))
            sandbox.store.orders.forget()

        with on_answer(sandbox, archive, "/orders"):
            outcome = sync(sandbox, "orders", page_size=10)
        assert outcome.code == 0, outcome.said()
        still = {int(row["id"]) for row in sandbox.rows("orders")}
        assert len(still) < len(there)
        assert still <= {row["id"] for row in outcome.records["orders"]}


def test_products_that_go_between_their_list_and_their_own_lists():
    """Nobody misses their options, and the stream goes on behind them."""
    with store(products=60) as sandbox:
        catalog = sandbox.store.catalog
        gone = list(catalog.products.ids)[::2]

        def remove(_):
            while gone:
                catalog.variants.remove_of(gone[-1])
                catalog.products.remove(gone.pop())

        with on_answer(sandbox, remove, "/options"):
            outcome = sync(sandbox, "product_options", page_size=10)
        assert outcome.code == 0, outcome.said()
        left = {(row["product_id"], row["id"]) for row in sandbox.rows("product_options")}
        assert left
        assert left <= set(outcome.keys("product_options"))


def test_a_product_that_goes_between_two_pages_of_its_variants():
    """The regression: the answer 404 to the second page ended the stream, and the run failed."""
    with store(products=60) as sandbox:
        catalog = sandbox.store.catalog
        assert max(len(catalog.variants.of(id_)) for id_ in catalog.products.ids) > 5
        first = catalog.products.ids[0]

        def act(request):
            if request.path.endswith("/products") and first not in gone:
                # More are counted than came, so the longest lists are asked for once more.
                catalog.variants.add(first, int(time.time()))
            elif request.query.get("page") == "2":
                id_ = int(request.path.split("/")[-2])
                gone.add(id_)
                catalog.variants.remove_of(id_)
                catalog.products.remove(id_)

        gone: set[int] = set()
        with on_answer(sandbox, act):
            outcome = sync(sandbox, "product_variants", page_size=5)
        assert outcome.code == 0, outcome.said()
        assert gone
        rows = outcome.records["product_variants"]
        assert {row["product_id"] for row in rows} >= set(catalog.products.ids) - {first}


def test_stock_that_moves_while_the_pages_of_one_product_are_read():
    """The regression: rows without an `id` were told apart by all they hold, so each change of
    stock was a new row, the readings never agreed, and the run failed.
    """
    with store(products=60) as sandbox:
        catalog = sandbox.store.catalog
        assert max(len(catalog.variants.of(id_)) for id_ in catalog.products.ids) > 5
        levels = iter(range(10**6))

        def move(_):
            for id_ in catalog.variants.table.ids:
                sandbox.store.world.change("variant", id_, level=next(levels))
            # The sandbox keeps answers until something in it has a new date.
            catalog.variants.table.touch(id_, int(time.time()))

        with on_answer(sandbox, move, "/items"):
            outcome = sync(sandbox, "inventory_items", page_size=5)
        assert outcome.code == 0, outcome.said()
        assert len(set(outcome.keys("inventory_items"))) == len(catalog.variants.table)
