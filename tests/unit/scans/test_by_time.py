"""From time to time: rows that change meanwhile are met again, never missed."""

from __future__ import annotations

import pytest

from tap_bigcommerce.scans import Bounds, ReanchoredTime, by_time
from tap_bigcommerce.scans.errors import InconsistentList
from tests.unit.scans.fake_store import (
    SECOND,
    START,
    V2_BY_TIME,
    V2_IDS,
    V2_TIME,
    V3_BY_TIME,
    V3_IDS,
    V3_TIME,
    FakeStore,
    calm,
    dice,
    leave,
    walk,
    walk_and_check,
)

SCANS = {
    2: ReanchoredTime(V2_TIME, V2_BY_TIME, V2_IDS),
    3: ReanchoredTime(V3_TIME, V3_BY_TIME, V3_IDS),
}
SINCE = START - 100_000 * SECOND


def spread(dice):
    return dice.uniform(3600, 90_000)


def crowded(dice):
    """Most in one second, as after an import."""
    return 7000 if dice.random() < 0.7 else dice.uniform(6990, 7010)


def bordering(dice):
    """Few seconds, each with some rows, so that every page ends within one."""
    return 7000 + dice.randint(0, 20)


def recent(dice):
    return dice.uniform(0, 5)


SPREADS = [spread, crowded, bordering, recent]
SINCES = [SINCE, START - 7005 * SECOND, START - 7000 * SECOND, START - 3 * SECOND]


@pytest.mark.parametrize("moments", SPREADS)
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_lost_while_rows_come_change_and_go(seed, version, moments):
    """Also where the store takes the bounds for exclusive ones: rows of one second were lost."""
    since = SINCES[seed // 2 % 4]
    store = FakeStore(
        seed,
        version,
        includes_since=seed % 2 == 0,
        includes_until=seed % 8 < 4,
        shrink_rate=seed % 3 / 10,
    ).fill(range(dice(seed).randint(0, 150)), moments=moments)
    walk_and_check(
        store,
        SCANS[version],
        Bounds(since=since),
        limit=(10, 20, 1, 2, 5)[seed % 5],
        wanted=lambda row: row.modified >= since,
    )


@pytest.mark.parametrize("moments", SPREADS)
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(30))
def test_an_upper_bound(seed, version, moments):
    since, until = SINCE, START - 6995 * SECOND
    store = FakeStore(seed, version, includes_until=seed % 2 == 0).fill(range(100), moments=moments)
    walk_and_check(
        store,
        SCANS[version],
        Bounds(since=since, until=until),
        wanted=lambda row: since <= row.modified <= until,
    )


@pytest.mark.parametrize("default_order", ["id", "-id", "name"])
@pytest.mark.parametrize("refuses", [True, False])
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(20))
def test_a_server_that_does_not_sort_by_time(seed, version, refuses, default_order):
    """It is walked by id instead."""
    chance = dice(seed)
    rises = chance.random() < 0.7  # so that a list by id looks like one by time
    store = FakeStore(
        seed,
        version,
        sorts=frozenset({"id"}),
        refuses_other_sorts=refuses,
        default_order=default_order,
    ).fill(range(100))
    if rises:
        for row in store.rows.values():
            row.modified = SINCE + row.id * 60 * SECOND
        for row in chance.sample(list(store.rows.values()), 3):
            row.modified -= 2000 * SECOND
    since = SINCE + 10 * SECOND
    walk_and_check(
        store,
        SCANS[version],
        Bounds(since=since),
        wanted=lambda row: row.modified >= since,
    )
    assert store.tally.fallbacks == {"walked_by_id": 1}


def test_a_list_by_id_that_begins_like_one_by_time():
    """The regression: times rose with ids on the first page, so it was taken for sorted by time.

    The bound moved on, and a row with a higher id and an earlier time was never asked for.
    """
    store = calm(version=2, sorts=frozenset({"id"})).fill(range(1, 41))
    for row in store.rows.values():
        row.modified = SINCE + row.id * 60 * SECOND
    store.rows[33].modified = SINCE + 90 * SECOND
    done = walk_and_check(store, SCANS[2], Bounds(since=SINCE))
    assert len(done.rows) == 40


@pytest.mark.parametrize("default_order", ["id", "name"])
def test_a_first_page_of_one_second_proves_no_order(default_order):
    """Rows of one import, in whatever order, look sorted by time."""
    store = calm(version=2, sorts=frozenset({"id"}), default_order=default_order)
    store.fill(range(1, 41))
    for row in store.rows.values():
        row.modified = SINCE + 500 * SECOND
        row.name = f"{row.id * 7 % 10:02}" if row.id <= 10 else f"{row.id:02}"
    store.rows[25].modified = SINCE + 90 * SECOND
    done = walk_and_check(store, SCANS[2], Bounds(since=SINCE))
    assert len(done.versions) == 40


@pytest.mark.parametrize(("includes_since", "most"), [(True, 14), (False, 13)])
def test_a_crowded_second_is_read_once(includes_since, most):
    """Ten pages by id, and around them the pages that end and begin with that second."""
    store = calm(version=2, includes_since=includes_since).fill(range(1, 103))
    for row in store.rows.values():
        row.modified = SINCE + 500 * SECOND
    store.rows[50].modified = SINCE + 90 * SECOND
    store.rows[30].modified = SINCE + 900 * SECOND
    done = walk_and_check(store, SCANS[2], Bounds(since=SINCE))
    assert len(done.versions) == len(done.rows) == 102
    assert len(store.requests) <= most + 1


def test_a_crowded_second_that_is_the_last_one_wanted():
    store = calm(version=2).fill(range(1, 60))
    for row in store.rows.values():
        row.modified = SINCE + (500 if row.id < 50 else 100 + row.id * 7 % 10) * SECOND
    until = SINCE + 500 * SECOND
    done = walk_and_check(store, SCANS[2], Bounds(since=SINCE, until=until))
    assert len(done.versions) == 59


def test_an_order_that_shows_is_not_asked_about():
    store = calm(version=2).fill(range(1, 41))
    walk(store, SCANS[2], Bounds(since=SINCE))
    assert "date_modified:desc" not in {params["sort"] for params in store.requests}
    for row in store.rows.values():
        row.modified = SINCE + row.id * SECOND
    store.requests.clear()
    walk(store, SCANS[2], Bounds(since=SINCE))
    asked = [params["sort"] for params in store.requests]
    assert asked.count("date_modified:desc") == 1
    assert asked.count("date_modified:asc") == len(asked) - 1


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("count", [0, 1, 9, 25, 95])
def test_requests_of_a_quiet_store(count, version):
    """Each page repeats the last row of the one before."""
    store = calm(version=version).fill(range(count))
    for number, row in enumerate(store.rows.values()):
        row.modified = SINCE + number * 61 % 997 * SECOND * 2
    assert len(walk(store, SCANS[version], Bounds(since=SINCE)).rows) == count
    assert len(store.requests) <= max(1, -(-count // 9)) + 1


@pytest.mark.parametrize("moments", SPREADS)
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_a_walk_resumes_after_any_of_its_pages(seed, version, moments):
    """From a position on, inclusive, everything is met that was not written before it."""

    def filled():
        return FakeStore(seed, version, includes_since=seed % 2 == 0).fill(
            range(60), moments=moments
        )

    scan = SCANS[version]
    count = sum(1 for _ in scan.pages(filled().reader(5), Bounds(since=SINCE)))
    for stop in range(1, count + 1):
        store = filled()
        before = {row.id: row.version for row in store.rows.values()}
        seen: dict[int, int] = {}
        position = SINCE
        for number, page in enumerate(scan.pages(store.reader(5), Bounds(since=SINCE)), start=1):
            seen |= {row["id"]: row["version"] for row in page.rows}
            if isinstance(page.position, str):  # as `Bookmark` does
                position = max(position, type(START).fromisoformat(page.position))
            if number == stop:
                break
        later = walk(store, scan, Bounds(since=position))
        assert set(before) & set(store.rows) <= set(seen) | set(later.versions)


@pytest.mark.parametrize("moments", SPREADS)
def test_a_server_that_ignores_the_bounds_of_time(moments):
    """The regression: the same first page came for ever."""
    for seed in range(20):
        store = FakeStore(seed, filters_time=False).fill(range(80), moments=moments)
        walk_and_check(store, SCANS[3], Bounds(since=SINCES[seed % 4]))


def test_a_store_that_changes_as_fast_as_it_is_read(monkeypatch):
    """The walk ends; what changed after the run began is met by the next run."""
    monkeypatch.setattr(by_time, "MAX_CHASE", 20)
    store = FakeStore(
        events=(30, 40), event_kinds=("modify",), seconds=5.0, default_order="id"
    ).fill(range(100))
    done = walk(store, SCANS[3], Bounds(since=SINCE))
    assert len(store.requests) < 100
    missed = [row for row in store.rows.values() if row.id not in done.versions]
    assert all(row.modified > store.run_started() for row in missed)


def test_a_walk_that_is_left_leaves_nothing_behind():
    store = calm().fill(range(200))
    leave(store, SCANS[3], Bounds(since=SINCE), after=5)


def test_rows_without_a_time_are_refused():
    def forget(_request, answer):
        return [{**row, "date_modified": ""} for row in answer]

    store = calm(version=2, twist=forget).fill(range(30))
    with pytest.raises(InconsistentList, match="without a readable `date_modified`"):
        walk(store, SCANS[2], Bounds(since=SINCE))


def test_an_empty_answer_that_counts_rows_is_no_end():
    def hollow(_request, answer):
        return {**answer, "data": []} if len(store.requests) == 4 else answer

    store = calm(twist=hollow).fill(range(100))
    with pytest.raises(InconsistentList, match="with 0 rows"):
        walk(store, SCANS[3], Bounds(since=SINCE))


def test_without_a_lower_bound_it_starts_at_the_beginning():
    store = calm().fill(range(50))
    assert len(walk(store, SCANS[3], Bounds()).rows) == 50
    assert store.requests[0]["date_modified:min"] == "1970-01-01T00:00:00+00:00"
