"""Runs that are stopped and go on: everything comes, the state is true at every moment."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api.errors import ServerTrouble
from tap_bigcommerce.scans.errors import InconsistentList
from tests.unit.streams.fakes import NOW, Offline, Orders, at, daily_orders, day, ids, order

TROUBLE = ServerTrouble("/v2/orders", status=503)


# A first read.


def test_a_first_read_takes_everything_and_leaves_a_bookmark():
    offline = Offline(Orders(*daily_orders()), select=["orders"], page_size=2)
    offline.sync()
    assert ids(offline) == list(range(1, 10))
    assert offline.messages.states()[-1] == {"orders": at(day(9))}


def test_a_state_is_written_behind_every_page_and_never_before_its_rows():
    offline = Offline(Orders(*daily_orders()), select=["orders"], page_size=2)
    seen = 0
    for message in offline.sync():
        if message["type"] == "RECORD":
            seen = message["record"]["id"]
        elif message["type"] == "STATE":
            bookmark = message["value"]["bookmarks"]["orders"]
            reached = bookmark.get("backfill", {}).get("after_id", 9)
            assert reached <= seen


@pytest.mark.parametrize("requests", range(6))
def test_a_first_read_that_breaks_off_goes_on_where_it_was(requests):
    """Whichever request fails: both runs together wrote every order, and none twice."""
    orders = Orders(*daily_orders(12))
    orders.error, orders.breaks_after = TROUBLE, requests
    first = Offline(orders, select=["orders"], page_size=2)
    first.sync()
    assert first.exit_code == 1
    orders.breaks_after = None
    second = Offline(orders, select=["orders"], page_size=2, state=first.messages.states()[-1])
    second.sync()
    assert ids(first) + ids(second) == list(range(1, 13))
    assert second.bookmarks == {"orders": at(day(12))}


def test_what_changes_between_the_attempts_is_for_the_next_run():
    orders = Orders(*daily_orders(12))
    orders.error, orders.breaks_after = TROUBLE, 4
    first = Offline(orders, select=["orders"], page_size=2)
    first.sync()
    assert 1 in ids(first)
    orders.breaks_after = None
    orders.rows[0] = order(1, "2026-11-22T13:00:00+00:00")
    second = Offline(orders, select=["orders"], page_size=2, state=first.messages.states()[-1])
    second.run._began = second.client.server_started = NOW.replace(hour=14)
    second.sync()
    assert 1 not in ids(second)
    assert second.bookmarks["orders"]["replication_key_value"] <= NOW.isoformat()
    third = Offline(orders, select=["orders"], state=second.messages.states()[-1])
    third.run._began = third.client.server_started = NOW.replace(hour=15)
    third.sync()
    assert 1 in ids(third)


def test_an_empty_store_leaves_no_bookmark_and_no_failure():
    offline = Offline(Orders(), select=["orders"])
    offline.sync()
    assert offline.bookmarks == {"orders": {}}
    assert offline.run.failures == {}


def test_orders_without_dates_are_read_whole_each_time():
    orders = Orders(order(7))
    orders.rows[0]["date_modified"] = ""
    offline = Offline(orders, select=["orders"])
    offline.sync()
    assert ids(offline) == [7]
    assert offline.bookmarks == {"orders": {}}


# Later reads.


def test_a_later_read_takes_what_changed_and_moves_on():
    offline = Offline(
        Orders(*daily_orders()), select=["orders"], state={"orders": at(day(6))}, page_size=2
    )
    offline.sync()
    assert sorted(set(ids(offline))) == [6, 7, 8, 9]
    assert offline.bookmarks == {"orders": at(day(9))}


def test_a_later_read_that_breaks_off_keeps_what_it_wrote():
    orders = Orders(*daily_orders())
    orders.error, orders.breaks_after = TROUBLE, 4
    offline = Offline(orders, select=["orders"], state={"orders": at(day(1))}, page_size=2)
    offline.sync()
    reached = int(offline.bookmarks["orders"]["replication_key_value"][8:10])
    assert set(range(1, reached + 1)) <= set(ids(offline))
    assert list(offline.run.failures) == ["orders"]


def test_nothing_changed_means_one_request_and_the_same_bookmark():
    state = {"orders": at(day(2))}
    offline = Offline(Orders(*daily_orders(1)), select=["orders"], state=state)
    offline.sync()
    assert ids(offline) == []
    assert len(offline.client.asked) == 1
    assert offline.messages.states()[-1] == state


def test_full_table_reads_everything_and_leaves_the_bookmark_alone():
    state = {"orders": at(day(6))}
    offline = Offline(Orders(*daily_orders()), select=["orders"], state=state)
    offline.stream("orders").forced_replication_method = "FULL_TABLE"
    offline.sync()
    assert ids(offline) == list(range(1, 10))
    assert offline.messages.states()[-1] == state


# Several streams of one list.


def test_a_stream_that_was_added_does_not_hide_changes_from_the_others():
    """Its first read was interrupted at id 6, and shares its walk with an incremental one."""
    rows = [*daily_orders(9)]
    rows[1] = order(2, day(20), fees=[], consignments=[])
    added = {"backfill": {"after_id": 6, "started": day(10), "latest": day(6)}}
    state = {"orders": at(day(15)), "order_consignments": added}
    offline = Offline(Orders(*rows), select=list(state), state=state, page_size=2)
    messages = offline.sync()
    assert ids(offline) == [2]
    assert [row["order_id"] for row in messages.rows("order_consignments")] == [7, 8, 9]
    assert offline.bookmarks["orders"] == at(day(20))
    assert offline.bookmarks["order_consignments"] == at(day(9), "order_date_modified")


def test_each_stream_has_its_own_bookmark():
    state = {
        "orders": at(day(3)),
        "order_fees": at(day(8), "order_date_modified"),
        "order_consignments": at(day(6), "order_date_modified"),
    }
    offline = Offline(Orders(*daily_orders()), select=list(state), state=state)
    messages = offline.sync()
    assert ids(offline) == [3, 4, 5, 6, 7, 8, 9]
    assert [row["order_id"] for row in messages.rows("order_consignments")] == [6, 7, 8, 9]
    assert {one["replication_key_value"] for one in offline.bookmarks.values()} == {day(9)}


def test_a_walk_that_breaks_off_ends_all_its_streams_and_each_keeps_what_it_wrote():
    orders = Orders(*daily_orders(12))
    orders.error, orders.breaks_after = TROUBLE, 4
    offline = Offline(orders, select=["orders", "order_consignments", "order_fees"], page_size=2)
    messages = offline.sync()
    assert set(offline.run.failures) == {"orders", "order_consignments", "order_fees"}
    written = [row["order_id"] for row in messages.rows("order_consignments")]
    assert offline.bookmarks["order_consignments"]["backfill"]["after_id"] == max(written)
    assert offline.bookmarks["order_fees"] == offline.bookmarks["order_consignments"]
    assert offline.bookmarks["orders"]["backfill"]["after_id"] == max(ids(offline))
    assert written == ids(offline)


def test_one_stream_with_a_wrong_state_costs_the_others_nothing():
    state = {"order_fees": at("yesterday", "order_date_modified"), "orders": at(day(6))}
    offline = Offline(Orders(*daily_orders()), select=list(state), state=state)
    offline.sync()
    assert list(offline.run.failures) == ["order_fees"]
    words = offline.run.failures["order_fees"]
    assert "`replication_key_value` is 'yesterday', not a date" in words
    assert ids(offline) == [6, 7, 8, 9]
    assert "min_date_modified" in offline.client.asked[0].params
    assert offline.messages.states()[-1]["order_fees"] == state["order_fees"]


def test_a_row_that_cannot_be_converted_ends_its_stream_alone():
    rows = daily_orders(5)
    rows[2]["consignments"] = {"shipping": [{"city": "Ulm"}]}
    rows[2]["shipping_address_count"] = 1
    offline = Offline(
        Orders(*rows, others={"/3/shipping_addresses": [{"city": "Ulm"}]}),
        select=["order_shipping_addresses", "orders", "order_consignments"],
    )
    offline.sync()
    assert list(offline.run.failures) == ["order_shipping_addresses"]
    assert ids(offline) == [1, 2, 3, 4, 5]
    assert len(offline.messages.rows("order_consignments")) == 5


def test_a_fault_of_ours_ends_its_stream_alone(monkeypatch):
    offline = Offline(Orders(*daily_orders(3)), select=["orders", "order_fees"])
    monkeypatch.setattr(offline.stream("order_fees"), "embedded", lambda _: 1 / 0)
    offline.sync()
    assert offline.run.failures == {"order_fees": "ZeroDivisionError: division by zero"}
    assert ids(offline) == [1, 2, 3]


def test_a_page_after_which_nobody_reads_on_is_not_in_the_bookmark():
    """The SDK closes the generator when it stops a stream."""
    offline = Offline(Orders(*daily_orders(5)), select=["orders"], page_size=2)
    records = offline.stream("orders").get_records(None)
    next(records)
    records.close()
    assert offline.bookmarks["orders"] == {}
    assert offline.run.failures == {}


def test_a_first_read_whose_list_proved_inconsistent_starts_over():
    """It used to resume behind the rows that were missing: the count of what was left was right
    then, so the stream completed, and the missing rows never came."""
    orders = Orders(*daily_orders(12))
    orders.error, orders.breaks_after = InconsistentList("11 rows read, but 12 counted"), 3
    first = Offline(orders, select=["orders"], page_size=2)
    first.sync()
    assert first.exit_code == 1
    assert ids(first)
    assert first.messages.states()[-1] == {"orders": {}}
    orders.breaks_after = None
    second = Offline(orders, select=["orders"], page_size=2, state=first.messages.states()[-1])
    second.sync()
    assert ids(second) == list(range(1, 13))
