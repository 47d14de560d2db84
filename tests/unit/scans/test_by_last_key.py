"""From the last key of one page to the next page, for lists that refuse `page`."""

from __future__ import annotations

import pytest

from tap_bigcommerce.scans import Bounds
from tap_bigcommerce.scans.by_last_key import LastKey
from tap_bigcommerce.scans.cost import Extent
from tap_bigcommerce.scans.errors import InconsistentList
from tests.unit.scans.fake_store import (
    SECOND,
    START,
    V3_TIME,
    FakeStore,
    calm,
    dice,
    walk,
    walk_and_check,
)

SINCE = START - 50_000 * SECOND
SCAN = LastKey("id", "id:greater", V3_TIME)


@pytest.mark.parametrize("has_totals", [True, False])
@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_lost_while_rows_come_change_and_go(seed, has_totals):
    store = FakeStore(
        seed,
        has_totals=has_totals,
        shrink_rate=seed % 3 / 10,
        includes_since=seed % 2 == 0,
    ).fill(range(1, dice(seed).randint(1, 150)))
    since = SINCE if seed % 3 else None
    walk_and_check(
        store,
        SCAN,
        Bounds(since=since),
        limit=(10, 20, 1, 2)[seed % 4],
        wanted=lambda row: since is None or row.modified >= since,
    )
    assert not any("page" in params for params in store.requests)
    assert "id:greater" not in store.requests[0]


@pytest.mark.parametrize("count", [0, 1, 9, 11, 95])
def test_one_request_for_each_page(count):
    store = calm().fill(range(1, 1 + count))
    assert len(walk(store, SCAN, Bounds()).rows) == count
    cost = SCAN.cost(Extent(rows=count, size=10))
    assert len(store.requests) == cost.requests == cost.rounds


@pytest.mark.parametrize("has_totals", [True, False])
def test_a_server_that_cuts_pages_short_is_asked_for_the_rest(has_totals):
    """A page of fifty may be a cut one; any other only shows by the count."""
    store = calm(cap=7 if has_totals else 50, has_totals=has_totals, twist=unnumbered)
    store.fill(range(1, 120))
    assert len(walk(store, SCAN, Bounds(), limit=100).rows) == 119


def unnumbered(_request, answer):
    """As channels' listings are counted: without a number of the page, or rows to a page."""
    meta = answer["meta"].get("pagination", {})
    for name in ("current_page", "per_page"):
        meta.pop(name, None)
    return answer


def test_rows_that_the_api_counts_and_does_not_give():
    def hide(request, answer):
        rows = [row for row in answer["data"] if row["id"] < 30]
        return unnumbered(request, {**answer, "data": rows})

    store = calm(twist=hide).fill(range(1, 60))
    with pytest.raises(InconsistentList, match="29 rows read, but the API counts 59"):
        walk(store, SCAN, Bounds())


@pytest.mark.parametrize("since", [None, SINCE])
def test_a_count_without_rows(since):
    store = calm(twist=lambda _, answer: {**answer, "data": []}).fill(range(1, 60))
    with pytest.raises(InconsistentList, match="without rows that counts"):
        walk(store, SCAN, Bounds(since=since))


def test_rows_that_are_deleted_meanwhile_are_no_fault():
    def lose(store):
        if len(store.requests) == 3:
            store.rows = {number: row for number, row in store.rows.items() if number < 25}

    store = calm(before_answer=lose, twist=unnumbered).fill(range(1, 60))
    assert len(walk(store, SCAN, Bounds()).rows) == 24


@pytest.mark.parametrize("lie", [{"default_order": "-id"}, {"filters_ids": False}], ids=str)
def test_keys_that_do_not_rise(lie):
    store = calm(**lie).fill(range(1, 60))
    with pytest.raises(InconsistentList, match="rising order"):
        walk(store, SCAN, Bounds())
