"""The second run: only what changed since, nothing of it missing, bookmarks that can be trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.compare import moment
from tests.support.store import Target, bookmarks, store, stream_names, sync
from tests.sync.equality import differences

DATED = ("orders", "products", "customers", "subscribers", "customer_groups", "channels")
ORDER_GRAPH = (
    "orders",
    "order_products",
    "order_consignments",
    "order_shipping_addresses",
    "order_fees",
)


def check_messages(outcome, started: datetime) -> None:
    """SCHEMA before RECORD, a STATE, bookmarks that rise and are not of the future."""
    announced: set[str] = set()
    for message in outcome.messages:
        if message["type"] == "SCHEMA":
            announced.add(message["stream"])
        elif message["type"] == "RECORD":
            assert message["stream"] in announced
    assert outcome.states
    reached: dict[str, str] = {}
    for stream, value in bookmarks(outcome):
        assert value >= reached.get(stream, ""), f"{stream}'s bookmark moved backwards"
        assert datetime.fromisoformat(value) <= started
        assert value.endswith("+00:00")
        reached[stream] = value


@pytest.mark.parametrize("seed", [1, 2])
def test_two_incremental_runs_keep_a_target_equal_to_the_store(seed):
    target = Target()
    with store(seed=seed, orders=120, products=100, customers=120) as sandbox:
        first = sync(sandbox, page_size=50)
        target.load(first)
        for count in (150, 80):
            sandbox.store.events(count)
            outcome = sync(sandbox, state=target.state, page_size=50)
            assert outcome.code == 0, outcome.said()
            target.load(outcome)
            check_messages(outcome, datetime.now(UTC))
            assert differences(sandbox, target) == []
            for stream in DATED:
                dates = [row["date_modified"] for row in outcome.records[stream]]
                bookmark = first.bookmark(stream) or ""
                assert min(dates, default=bookmark) >= bookmark
            assert len(outcome.records["orders"]) < len(first.records["orders"])


def test_a_second_run_without_changes_brings_the_rows_at_the_bookmark_again():
    """The lower bound is inclusive: a row may come twice, never zero times."""
    with store(orders=300) as sandbox:
        first = sync(sandbox, *DATED)
        second = sync(sandbox, *DATED, state=first.state)
    for stream in ("orders", "products", "customers"):
        bookmark = first.bookmark(stream)
        last = {row["id"] for row in first.records[stream] if row["date_modified"] == bookmark}
        again = {row["id"] for row in second.records[stream]}
        assert last
        assert again == last
    assert second.state == first.state


def test_hundreds_of_rows_of_one_second_all_arrive():
    """More rows than a page share one second, at the bookmark and after it."""
    at = datetime(2025, 7, 1, 12, tzinfo=UTC).timestamp()
    target = Target()
    with store(orders=200, products=50, customers=50, clock=lambda: at) as sandbox:
        target.load(sync(sandbox, *ORDER_GRAPH))
        sandbox.store.events(700)
        for _ in range(2):
            outcome = sync(sandbox, *ORDER_GRAPH, state=target.state, page_size=20)
            assert outcome.code == 0, outcome.said()
            target.load(outcome)
            assert differences(sandbox, target) == []
            # The same second goes on after it became the bookmark.
            sandbox.store.events(300)
        outcome = sync(sandbox, *ORDER_GRAPH, state=target.state)
        dates = [moment(row["date_modified"]) for row in outcome.records["orders"]]
        assert sum(date.timestamp() == at for date in dates) > 250  # a page
        target.load(outcome)
        assert differences(sandbox, target) == []


@pytest.mark.parametrize("page_size", [3, 20, 250])
def test_ties_of_the_opening_data_survive_any_page_size(page_size):
    with store(orders=160, products=40, customers=40) as sandbox:
        outcome = sync(sandbox, "orders", start_date="2024-01-01", page_size=page_size)
        since = datetime(2024, 1, 1, tzinfo=UTC)
        wanted = {
            row["id"] for row in sandbox.rows("orders") if moment(row["date_modified"]) >= since
        }
    assert {row["id"] for row in outcome.records["orders"]} == wanted


def test_a_bookmark_never_passes_the_start_of_the_run():
    """The store's clock is an hour ahead, so rows carry times that are yet to come."""
    ahead = timedelta(hours=1).total_seconds()
    target = Target()
    with store(orders=50, clock=lambda: datetime.now(UTC).timestamp() + ahead) as sandbox:
        sandbox.store.events(200)
        for _ in range(3):
            outcome = sync(sandbox, state=target.state)
            check_messages(outcome, datetime.now(UTC))
            target.load(outcome)
            assert differences(sandbox, target) == []
            assert outcome.bookmark("orders")
            sandbox.store.events(50)


def test_every_incremental_stream_has_a_bookmark_after_a_run():
    with store(orders=30) as sandbox:
        outcome = sync(sandbox)
    incremental = {
        name for name, schema in outcome.schemas.items() if schema.get("bookmark_properties")
    }
    assert {stream for stream, _ in bookmarks(outcome)} == incremental
    assert incremental < set(stream_names())


def test_the_look_back_covers_what_a_store_commits_late():
    """A row appears with a time that lies before the bookmark."""
    at = [datetime(2025, 7, 1, 12, tzinfo=UTC).timestamp()]
    target = Target()
    with store(orders=60, clock=lambda: at[0]) as sandbox:
        sandbox.store.events(40)
        target.load(sync(sandbox, *DATED))
        at[0] -= 59
        sandbox.store.events(40)
        outcome = sync(sandbox, *DATED, state=target.state, lookback_s=60)
        target.load(outcome)
        assert differences(sandbox, target) == []


def test_start_and_end_date_bound_what_is_read():
    """A backfill in slices: no row of the window is missing, none is beyond it."""
    start, end = datetime(2024, 6, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    dates: dict[str, Any] = {"start_date": start.isoformat(), "end_date": end.isoformat()}
    with store(orders=300, products=100, customers=200) as sandbox:
        outcome = sync(sandbox, *DATED, **dates, page_size=30)
        for stream in ("orders", "products", "customers"):
            wanted = {
                row["id"]
                for row in sandbox.rows(stream)
                if start <= moment(row["date_modified"]) <= end
            }
            assert wanted
            assert {row["id"] for row in outcome.records[stream]} == wanted
            bookmark = outcome.bookmark(stream)
            assert bookmark
            assert datetime.fromisoformat(bookmark) <= end
