"""Walks side by side give what they give one after the other, and never wait for each other."""

from __future__ import annotations

import threading
from collections import Counter
from types import SimpleNamespace
from unittest import mock

import pytest

from tap_bigcommerce.api import errors
from tap_bigcommerce.streams import outbox as outbox_module
from tap_bigcommerce.streams.catalog import Products
from tap_bigcommerce.streams.outbox import Outbox, Room
from tap_bigcommerce.streams.walk import Walk
from tap_bigcommerce.streams.walks import Walks
from tests.unit.streams.fakes import Offline, Orders, envelope, order

LAST_S = 60
"""How long a test waits for a thread before it calls it hung."""

PRODUCTS = range(1, 8)
GRAPH = ("order_consignments", "order_coupons", "order_fees", "order_taxes", "orders")
BATCHED = ("inventory_items", "products")
ALL = (*GRAPH, *BATCHED, "brands", "categories")


class Store(Orders):
    """Orders and their children, products and their stock; notes what is asked for."""

    def __init__(self, count: int = 9) -> None:
        rows = [
            order(n, f"2026-11-{n:02}T00:00:00+00:00", fees=[], consignments=[])
            for n in range(1, count + 1)
        ]
        super().__init__(*rows, others={"/coupons": self.children, "/taxes": self.children})
        self.asked: Counter[str] = Counter()
        self.asked_for = SimpleNamespace(brands=threading.Event(), categories=threading.Event())
        self.gates: dict[str, threading.Event] = {}
        self.errors: dict[str, Exception] = {}

    def __call__(self, request):
        self.asked[f"{request.path}?{sorted(request.params.items())}"] += 1
        name = request.path.rpartition("/")[2]
        if event := getattr(self.asked_for, name, None):
            event.set()
        if gate := self.gates.get(name):
            assert gate.wait(LAST_S), f"{name}: nobody opens the gate"
        if error := self.errors.get(name):
            return error
        if request.path == "/v3/catalog/products":
            return self.products(request)
        if request.path == "/v3/inventory/items":
            numbers = request.params["product_id:in"].split(",")
            return envelope(
                [{"identity": {"product_id": int(n), "variant_id": 5}} for n in numbers]
            )
        if request.path.startswith("/v3/"):
            return envelope([{"category_id" if name == "categories" else "id": 1, "name": name}])
        return super().__call__(request)

    @staticmethod
    def children(request):
        number = int(request.path.split("/")[3])
        return [{"id": 10 * number, "order_id": number}]

    @staticmethod
    def products(request):
        above = int(request.params.get("id:greater", 0))
        below = int(request.params.get("id:less", PRODUCTS.stop))
        numbers = [n for n in PRODUCTS if above < n < below]
        numbers.sort(reverse=request.params.get("direction") == "desc")
        limit = int(request.params["limit"])
        rows = [{"id": n, "date_modified": "2026-11-01T00:00:00+00:00"} for n in numbers[:limit]]
        return envelope(rows, total=len(numbers), total_pages=-(-len(numbers) // limit))


def offline(store, *select, at_once=0, **options):
    made = Offline(store, select=select or ALL, page_size=2, **options)
    made.run.walks = Walks(made.run._streams.values(), at_once)
    return made


def rows(made):
    return {name: made.messages.rows(name) for name in made.messages.streams()}


def sync(store, *select, **options):
    made = offline(store, *select, **options)
    made.sync()
    assert made.run.failures == {}
    return made


def no_walk_is_left():
    for thread in threading.enumerate():
        if thread.name == "walk":
            thread.join(LAST_S)
            assert not thread.is_alive(), "a walk hangs"
    return True


@pytest.fixture(autouse=True)
def _nothing_hangs():
    yield
    assert no_walk_is_left()


@pytest.fixture
def _no_memory(monkeypatch):
    monkeypatch.setattr(outbox_module, "MAX_MEMORY_BYTES", 0)
    monkeypatch.setattr(outbox_module, "MAX_WAITING_BYTES", 1)


@pytest.fixture(scope="module")
def expected():
    """One walk after the other, in one thread."""
    return rows(sync(Store()))


# The same, however many walk at a time.


@pytest.mark.parametrize("at_once", [1, 2, 3, 9])
def test_the_number_of_walks_changes_neither_rows_nor_requests(expected, at_once):
    alone, together = Store(), Store()
    sync(alone)
    made = sync(together, at_once=at_once)
    assert rows(made) == expected
    assert together.asked == alone.asked
    assert max(alone.asked.values()) == 1


@pytest.mark.parametrize("at_once", [1, 3, 9])
@pytest.mark.usefixtures("_no_memory")
def test_what_waits_may_be_on_disk(expected, at_once):
    store = Store()
    assert rows(sync(store, at_once=at_once)) == expected
    assert max(store.asked.values()) == 1


@pytest.mark.parametrize("most_bytes", [0, 1, 300, 1000])
@pytest.mark.parametrize("at_once", [0, 1, 2, 9])
@pytest.mark.usefixtures("_no_memory")
def test_without_room_more_is_asked_for_and_nothing_is_lost(expected, at_once, most_bytes):
    """Rows of a walk that was cut short come again; in each stream, all of them come."""
    alone, store = Store(), Store()
    sync(alone)
    made = offline(store, at_once=at_once)
    made.run.walks._room = Room(most_bytes)
    made.sync()
    assert made.run.failures == {}
    has_asked_more = store.asked.total() > alone.asked.total()
    assert bool(made.run.fallbacks.get("read_again")) == has_asked_more
    got = rows(made)
    for name, wanted in expected.items():
        assert all(row in got[name] for row in wanted), name
        assert got[name][-1:] == wanted[-1:], name
    assert {name: made.bookmarks[name] for name in GRAPH if name in made.bookmarks} == {
        name: sync(Store(), name).bookmarks[name] for name in GRAPH
    }


@pytest.mark.parametrize("at_once", [0, 2])
def test_whoever_syncs_again_gets_everything_again(expected, at_once):
    """A tap object can be used twice."""
    made = offline(Store(), at_once=at_once)
    for _ in range(2):
        made.messages.clear()
        made.tap.sync_all()
        assert {name: len(got) for name, got in rows(made).items()} == {
            # what has a bookmark by now comes from there on
            name: len(wanted)
            for name, wanted in expected.items()
        }
    made.run.end()


# Ahead of the turn.


def test_streams_are_read_before_their_turn():
    """`brands` are read while `orders`, which come later than they do, are waited for."""
    store = Store()
    store.gates["categories"] = store.asked_for.brands
    made = sync(store, "customer_groups", "brands", "categories", at_once=3)
    assert made.messages.rows("categories")


def test_nothing_is_read_ahead_before_an_answer_shows_that_the_store_can_be_read():
    store = Store()
    made = offline(store, at_once=9)
    store.errors["brands"] = errors.TokenRejected("/v3/catalog/brands", status=401)
    made.sync()
    assert sum(store.asked.values()) == 1
    assert set(made.run.failures) == set(ALL)


def test_a_first_stream_that_may_not_be_read_does_not_start_the_others_from_its_thread():
    """Its end started them from its own thread, while the main thread made the walks of the next
    stream: two of one list, of which each stream got one."""
    store = Store()
    store.errors["brands"] = errors.Forbidden("/v3/catalog/brands", status=403)
    made = offline(store, at_once=9)
    made.sync()
    assert list(made.run.skipped) == ["brands"]
    assert max(store.asked.values()) == 1


def test_no_more_walks_are_under_way_than_allowed():
    store = Store()
    names = ["brands", "categories", "customer_groups", "inventory_locations"]
    store.gates = {name: threading.Event() for name in ("categories", "customer_groups")}
    made = offline(store, *names, at_once=1)
    walks = made.run.walks
    first = walks.batches(made.stream("brands"))
    next(first)
    assert len([one for one in threading.enumerate() if one.name == "walk"]) <= 2
    assert walks._under_way <= 1
    assert len(walks._waiting) >= 2
    for gate in store.gates.values():
        gate.set()
    assert list(first) == []
    made.sync()
    assert no_walk_is_left()
    assert walks._under_way == 0


def test_who_needs_a_walk_starts_it_however_many_are_under_way():
    store = Store()
    store.gates["categories"] = threading.Event()
    made = offline(store, "brands", "categories", "customer_groups", at_once=1)
    walks = made.run.walks
    assert list(walks.batches(made.stream("brands")))  # `categories` are under way now
    assert list(walks.batches(made.stream("customer_groups")))
    store.gates["categories"].set()
    assert list(walks.batches(made.stream("categories")))


def test_what_is_needed_first_is_asked_for_first():
    walks = offline(Store(), "inventory_items", "order_coupons", "orders", at_once=2).run.walks
    turns = {stream.name: walks.turn(stream) for stream in walks._streams.values()}
    assert turns["products"] == turns["inventory_items"], "its batches are made of products' ids"
    assert turns["orders"] == turns["order_coupons"]
    assert turns["brands"] > max(turns["orders"], turns["products"]), "nobody needs them"


# Walks that wait for another one.


@pytest.mark.parametrize("at_once", [1, 2, 9])
@pytest.mark.parametrize("select", [("inventory_items", "products"), ("order_coupons", "orders")])
@pytest.mark.usefixtures("_no_memory")
def test_who_waits_for_a_further_walk_does_not_wait_for_what_it_grew_from(select, at_once):
    """The later stream reads first: its walk waits for parents, the parents' walk for room."""
    made = offline(Store(), *select, at_once=at_once)
    walks = made.run.walks
    walks._room = Room(0)
    counts = [
        sum(batch.rows for batch in walks.batches(made.stream(name)))
        for name in (*select, *select[::-1])
    ]
    assert counts == counts[::-1]
    assert min(counts) >= len(PRODUCTS)


@pytest.mark.parametrize("at_once", [0, 2])
def test_ids_come_from_the_walk_that_has_them_anyway(at_once):
    store = Store()
    sync(store, *BATCHED, at_once=at_once)
    assert not any("include_fields" in asked for asked in store.asked)


@pytest.mark.parametrize("at_once", [0, 2])
@pytest.mark.usefixtures("_no_memory")
def test_ids_that_found_no_room_are_asked_for(at_once):
    made = offline(Store(), "products", "inventory_items", at_once=at_once)
    walks = made.run.walks
    walks._room = Room(0)
    assert sum(one.rows for one in walks.batches(made.stream("products"))) >= len(PRODUCTS)
    stock = walks.batches(made.stream("inventory_items"))
    assert sum(one.rows for one in stock) == len(PRODUCTS)


def test_ids_that_stop_in_the_middle_are_asked_for_from_the_start():
    made = offline(Store(), *BATCHED)
    walks, stock = made.run.walks, made.stream("inventory_items")
    source = walks._source(stock)
    feed = source.walk.after.outbox
    batches = walks.batches(stock)
    got = [next(batches)]
    feed.close()
    got += batches
    assert sum(one.rows for one in got[1:]) == len(PRODUCTS)


def test_a_list_that_has_no_rows_has_no_batches():
    store = Store()
    store.products = lambda _: envelope([])  # type: ignore[method-assign]
    assert sync(store, *BATCHED, at_once=2).messages.rows("inventory_items") == []


def test_a_list_that_fails_fails_the_one_walked_by_its_ids():
    store = Store()
    store.errors["products"] = errors.ServerTrouble("/v3/catalog/products", status=503)
    made = offline(store, *BATCHED, "brands", at_once=2)
    made.sync()
    assert set(made.run.failures) == set(BATCHED)


def test_ids_for_two_lists_are_asked_for_once():
    store = Store()
    made = offline(store, "inventory_items", at_once=2)
    walks = made.run.walks
    lock, comers, found = threading.Lock(), threading.Semaphore(0), []
    store.gates["products"] = threading.Event()

    class Watched:
        """Tells who comes to the lock."""

        def __enter__(self):
            comers.release()
            lock.acquire()

        def __exit__(self, *_):
            lock.release()

    walks._ids_locks[Products] = Watched()
    ask = lambda: found.append(list(walks._all_ids(Products)))  # noqa: E731 (for two threads)
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
        assert comers.acquire(timeout=LAST_S)
    store.gates["products"].set()
    for thread in threads:
        thread.join(LAST_S)
    assert found == [list(PRODUCTS)] * 2
    assert max(store.asked.values()) == 1


# Streams that fail, and streams that stop early.


@pytest.mark.parametrize("at_once", [0, 1, 9])
def test_one_stream_s_failure_costs_the_others_nothing(expected, at_once):
    made = offline(Store(), at_once=at_once)
    with mock.patch.object(made.stream("order_fees"), "batch", side_effect=KeyError("oops")):
        made.sync()
    assert made.run.failures == {"order_fees": "KeyError: 'oops'"}
    got = rows(made)
    assert {n: r for n, r in got.items() if n != "order_fees"} == {
        n: r for n, r in expected.items() if n != "order_fees"
    }


@pytest.mark.parametrize("at_once", [0, 2])
def test_who_stops_early_takes_nothing_from_the_others(expected, at_once):
    made = offline(Store(), "order_fees", "orders", "order_coupons", at_once=at_once)
    walks = made.run.walks
    for name in ("order_fees", "order_coupons"):
        batches = walks.batches(made.stream(name))
        next(batches)
        batches.close()
    assert sum(one.rows for one in walks.batches(made.stream("orders"))) == len(expected["orders"])
    walks.close()


def test_the_end_frees_what_nobody_read():
    """Files that are open at the end are a warning, and a stuck walk would wait for ever."""
    made = offline(Store(), at_once=9)
    walks = made.run.walks
    walks._room = Room(10**6)
    with mock.patch.object(outbox_module, "MAX_MEMORY_BYTES", 0):
        batches = walks.batches(made.stream("brands"))
        next(batches)
        for stream in made.tap.streams.values():
            if stream.selected and stream.name != "brands":
                walks._start(walks._source(stream).walk)
        walks.close()
        batches.close()
        assert no_walk_is_left()
    assert walks._room._free_bytes == 10**6


def test_the_end_frees_what_a_walk_that_never_began_would_have_read():
    made = offline(Store(), "order_coupons", "orders", at_once=1)
    walks = made.run.walks
    walks._room = Room(10**6)
    with mock.patch.object(outbox_module, "MAX_MEMORY_BYTES", 0):
        walks._start(walks._source(made.stream("orders")).walk)
        assert no_walk_is_left()
    assert walks._room._free_bytes < 10**6
    walks.close()
    assert walks._room._free_bytes == 10**6


def test_what_is_read_after_the_end_is_not_read_as_empty():
    made = offline(Store(), "brands", "orders", at_once=2)
    walks = made.run.walks
    walks._source(made.stream("orders"))
    walks.close()
    assert sum(one.rows for one in walks.batches(made.stream("orders"))) == 9


# A trial reads a row or two.


@pytest.mark.parametrize("name", ["inventory_items", "order_coupons", "orders"])
def test_a_trial_begins_no_walk_for_others(name):
    store = Store()
    made = offline(store, at_once=9)
    stream = made.stream(name)
    stream.ABORT_AT_RECORD_COUNT = 1
    batches = made.run.walks.batches(stream)
    assert next(batches).rows
    assert not [one for one in threading.enumerate() if one.name == "walk"]
    with mock.patch.object(Walk, "close", autospec=True) as close:
        batches.close()
    assert close.called, "what it has asked for is not to be sent any more"
    assert not made.run.walks._listings


def test_a_trial_does_not_read_all_parents():
    """A store of a million products would have been read whole to test `inventory_items`."""
    made = offline(Store(), "inventory_items")
    stream = made.stream("inventory_items")
    stream.ABORT_AT_RECORD_COUNT = 1
    next(made.run.walks.batches(stream))
    assert not made.run.walks._ids


def test_a_trial_that_may_not_read_the_parents_goes_without():
    store = Store()
    for name, path in ("products", "/v3/catalog/products"), ("items", "/v3/inventory/items"):
        store.errors[name] = errors.Forbidden(path, status=403)
    made = offline(store, "inventory_items")
    stream = made.stream("inventory_items")
    stream.ABORT_AT_RECORD_COUNT = 1
    with pytest.raises(errors.Forbidden) as refused:
        next(made.run.walks.batches(stream))
    assert refused.value.path == "/v3/inventory/items"


def test_an_outbox_is_made_for_each_reader():
    made = offline(Store(), at_once=2)
    walks = made.run.walks
    outboxes: list[Outbox] = [
        walks._source(one).outbox for one in made.tap.streams.values() if one.selected
    ]
    assert len(set(map(id, outboxes))) == len(ALL)
    again = [walks._source(one).outbox for one in made.tap.streams.values() if one.selected]
    assert again == outboxes, "another walk each time would be read by nobody"
