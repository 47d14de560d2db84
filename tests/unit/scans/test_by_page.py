"""By page number: checked, so that no row slips from one page to another unseen."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest

from tap_bigcommerce.api.errors import NotFound, RequestRefused
from tap_bigcommerce.scans import Bounds, CheckedPages, Once, TimeFilter
from tap_bigcommerce.scans.errors import InconsistentList
from tests.unit.scans.fake_store import (
    SECOND,
    START,
    V2_TIME,
    V3_TIME,
    FakeStore,
    calm,
    dice,
    leave,
    now_and_then,
    walk,
    walk_and_check,
)
from tests.unit.scans.halves import begin, go_on, ids

SINCE = START - 50_000 * SECOND
KINDS = [(3, True), (3, False), (2, False)]


@pytest.mark.parametrize(("version", "has_totals"), KINDS)
@pytest.mark.parametrize("seed", range(120))
def test_a_list_in_order_of_ids(seed, version, has_totals):
    store = FakeStore(seed, version, has_totals=has_totals, shrink_rate=seed % 3 / 10).fill(
        range(dice(seed).randint(0, 150))
    )
    if seed % 5 == 0:
        store.event_kinds = ("delete",)
    done = walk_and_check(store, CheckedPages(), Bounds(), limit=(10, 20, 30)[seed % 3])
    numbers = [row["id"] for row in done.rows]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(("version", "has_totals"), KINDS)
@pytest.mark.parametrize("default_order", ["name", "-id", "time"])
@pytest.mark.parametrize("seed", range(60))
def test_a_list_in_another_order(seed, default_order, version, has_totals):
    """Read again until nothing new comes; one that never settles is refused."""
    store = FakeStore(
        seed,
        version,
        has_totals=has_totals,
        default_order=default_order,
        event_kinds=("create", "modify", "delete"),
        events=(0, 1),
        modifies_names=True,
    ).fill(range(dice(seed).randint(20, 100)))
    with contextlib.suppress(InconsistentList):
        walk_and_check(store, CheckedPages(), Bounds())
    assert len(store.requests) < 100


@pytest.mark.parametrize("default_order", ["name", "-id"])
@pytest.mark.parametrize("seed", range(20))
def test_a_list_in_another_order_settles(seed, default_order):
    """A store that changes now and then does not stop the walk."""
    store = calm(seed, default_order=default_order, before_answer=now_and_then(0.04)).fill(
        range(100)
    )
    walk_and_check(store, CheckedPages(), Bounds())


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(100))
def test_a_window_of_time(seed, version):
    """Rows that leave it are met in the window after it."""
    time = V2_TIME if version == 2 else V3_TIME
    since = (SINCE, START - 70 * SECOND, START - 20 * SECOND)[seed % 3]

    def moments(dice):
        return dice.choice((dice.uniform(3600, 90_000), dice.uniform(0, 90)))

    store = FakeStore(
        seed,
        version,
        includes_since=seed % 2 == 0,
        includes_until=seed % 4 < 2,
        events=(0, 1),
    ).fill(range(dice(seed).randint(0, 150)), moments=moments)
    walk_and_check(
        store,
        CheckedPages(time),
        Bounds(since=since),
        wanted=lambda row: row.modified >= since,
        is_late_optional=True,
    )
    assert len(store.requests) < 200


@pytest.mark.parametrize("seed", range(60))
def test_a_window_that_is_long_past(seed):
    since, until = SINCE, START - 20_000 * SECOND
    store = FakeStore(seed).fill(range(150))
    walk_and_check(
        store,
        CheckedPages(V3_TIME),
        Bounds(since=since, until=until),
        wanted=lambda row: since <= row.modified <= until,
    )


def test_a_row_modified_in_the_second_of_the_start():
    """The regression: the window was closed with the second of the run's start in it.

    Rows modified later in that second entered the window in its middle and pushed others to
    pages that were already read.
    """
    store = calm(seconds=0.0).fill(range(0, 200, 2))
    pages = CheckedPages(V3_TIME).pages(store.reader(10), Bounds(since=SINCE))
    wanted = {row.id for row in store.rows.values() if row.modified >= SINCE}
    seen = set()
    for number, page in enumerate(pages):
        seen |= {row["id"] for row in page.rows}
        if number == 1:  # old rows with low ids
            for row in list(store.rows.values())[:40]:
                row.modified = max(row.modified, store.run_started())
    assert wanted <= seen


@pytest.mark.parametrize(("left", "requests"), [(0, 24), (1, 28), (10, 26), (15, 28)])
def test_a_bulk_edit_right_before_the_run(left, requests):
    """The regression: the closed window was counted by the open one, and all its pages empty."""
    store = calm().fill(range(100))
    for row in list(store.rows.values())[left:]:
        row.modified = START - 20 * SECOND
    since = START - 90_001 * SECOND
    done = walk_and_check(store, CheckedPages(V3_TIME), Bounds(since=since))
    assert len(done.rows) == 100
    assert len(store.requests) == requests


def test_a_row_that_changes_after_it_was_read_comes_again():
    def change(store):
        if len(store.requests) == 8:
            store.rows[99].modified, store.rows[99].version = store.now, 2

    store = calm(before_answer=change).fill(range(100))
    done = walk(store, CheckedPages(V3_TIME), Bounds(since=START - 90_001 * SECOND))
    assert [row["version"] for row in done.rows if row["id"] == 99] == [1, 2]
    assert len(done.rows) == 101


def test_what_the_next_run_reads_in_any_case_stops_no_walk():
    store = calm(twist=count_like(10**9)).fill(range(55), moments=lambda _: -60)
    walk(store, CheckedPages(V3_TIME), Bounds(since=START + 30 * SECOND))
    assert len(store.requests) < 60


def test_more_changes_since_the_start_than_a_page_holds():
    """The regression: the walk began anew at the run's start for ever."""

    def calm_down(store):
        if len(store.requests) > 15:
            store.events = (0, 0)

    store = FakeStore(events=(20, 20), event_kinds=("modify",), before_answer=calm_down).fill(
        range(200)
    )
    walk_and_check(
        store,
        CheckedPages(V3_TIME),
        Bounds(since=SINCE),
        wanted=lambda row: row.modified >= SINCE,
        is_late_optional=True,
    )
    assert len(store.requests) < 250


@pytest.mark.parametrize("seed", range(40))
def test_what_left_the_window_is_met_in_the_next(seed):
    """In a store that changes at a human pace, within the same run."""
    store = calm(seed, before_answer=now_and_then(0.2)).fill(range(150))
    walk_and_check(
        store, CheckedPages(V3_TIME), Bounds(since=SINCE), wanted=lambda row: row.modified >= SINCE
    )


def test_a_filter_without_an_upper_bound():
    """The window cannot be closed, so rising ids prove nothing and every pass is repeated."""
    time = TimeFilter("date_modified", since="date_modified:min")
    for seed in range(60):
        store = FakeStore(seed, events=(0, 1)).fill(range(60))
        with contextlib.suppress(InconsistentList):
            walk_and_check(
                store,
                CheckedPages(time),
                Bounds(since=SINCE),
                wanted=lambda row: row.modified >= SINCE,
            )


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 95, 100])
def test_requests_where_the_api_counts(count):
    """One page is one request; the first of many is asked for again."""
    pages = max(1, -(-count // 10))
    store = calm().fill(range(count))
    assert len(walk(store, CheckedPages(), Bounds()).rows) == count
    assert len(store.requests) == pages + (pages > 1)


@pytest.mark.parametrize("count", [1, 10, 11, 95])
def test_requests_of_a_window(count):
    """One more, for what was modified since it was closed."""
    pages = -(-count // 10)
    store = calm().fill(range(count))
    assert len(walk(store, CheckedPages(V3_TIME), Bounds(since=START - 90_001 * SECOND)).rows)
    assert len(store.requests) == (pages + 2 if pages > 1 else 1)


def test_requests_of_a_page_that_comes_in_parts():
    """Its three parts, and the same again from the last to the first."""

    def weigh(store):
        store.shrink_rate = 1.0 if len(store.requests) == 2 else 0.0

    store = calm(before_answer=weigh).fill(range(100))
    ids = [row["id"] for row in walk(store, CheckedPages(), Bounds(), limit=30).rows]
    assert sorted(ids) == list(range(100))
    assert len(store.requests) == 1 + 4 + 2 + 3


@pytest.mark.parametrize("count", [0, 1, 9, 11, 19, 25, 95])
def test_requests_where_nothing_counts(count):
    pages = max(1, -(-count // 10))
    store = calm(version=2).fill(range(count))
    assert len(walk(store, CheckedPages(), Bounds()).rows) == count
    assert len(store.requests) == (2 * pages if pages > 1 else 1)


@pytest.mark.parametrize("count", [1, 10, 95])
def test_a_list_that_only_grows_is_read_once(count):
    for seed in range(20):
        store = FakeStore(seed, event_kinds=("create",)).fill(range(count))
        walk_and_check(store, CheckedPages(only_grows=True), Bounds())
        assert len(store.requests) < count // 10 + 20


def test_the_order_that_was_asked_for():
    scan = CheckedPages(sort={"sort": "id", "direction": "asc"})
    for seed in range(40):
        store = FakeStore(seed, default_order="name").fill(range(100))
        walk_and_check(store, scan, Bounds())
        assert all(params["sort"] == "id" for params in store.requests)
        assert len(store.requests) < 30


def test_a_row_pushed_back_in_a_list_that_looked_rising():
    """The regression: three names happened to rise with the ids, so one pass was thought enough.

    The count gives it away.
    """
    store = calm(default_order="name").fill(range(1, 31))
    for row in store.rows.values():
        row.name = f"{row.id:03}"
    pages = CheckedPages().pages(store.reader(10), Bounds())
    seen = {row["id"] for row in next(pages).rows}
    store.rows[5].name = "999"  # from the first page, not read, to the last
    seen |= {row["id"] for page in pages for row in page.rows}
    assert seen == set(range(1, 31))


def test_a_row_pushed_beyond_what_was_the_last_page():
    """Where nothing counts the pages, the end may have moved when the list is read again."""

    def change(store):
        match len(store.requests):
            case 2:  # row 19, not read, moves up to the first page, which is
                del store.rows[29]
            case 4:  # and behind all others before it is met
                store.rows[19].name = "999"
                for number in (50, 51, 52):
                    store.rows[number] = replace(store.rows[1], id=number, name=f"{number + 500}")

    store = calm(version=2, default_order="name", before_answer=change).fill(range(30))
    for row in store.rows.values():
        row.name = f"{100 - row.id:03}"
    walk_and_check(store, CheckedPages(), Bounds())


@pytest.mark.parametrize("gone", [10, 50, 95])
def test_many_rows_deleted_at_once(gone):
    """Pages of the first count stand empty then."""
    store = calm().fill(range(100))
    pages = CheckedPages().pages(store.reader(10), Bounds())
    seen = {row["id"] for row in next(pages).rows}
    for number in range(gone):
        del store.rows[number]
    seen |= {row["id"] for page in pages for row in page.rows}
    assert seen >= set(store.rows)
    assert len(store.requests) < 30


@pytest.mark.parametrize("count", [9, 10, 50, 51])
def test_a_page_behind_the_last_one_that_is_not_found(count):
    """Lists of V2 do not say how many pages they have, and may answer so behind the last one."""

    def strict(request, answer):
        if not answer:
            raise NotFound(request.path, status=404)
        return answer

    store = calm(version=2, twist=strict).fill(range(count))
    assert len(walk(store, CheckedPages(), Bounds()).versions) == count


def count_like(total, total_pages=None):
    def lie(_request, answer):
        pagination = answer["meta"]["pagination"]
        pagination["total"] = total
        pagination["total_pages"] = total if total_pages is None else total_pages
        return answer

    return lie


@pytest.mark.parametrize("total", [0, -1, -(10**9), 10**9, 10**30, "many", None, 1.5, True])
def test_absurd_counts_end(total):
    """The regression: a billion pages were asked for, one by one."""
    store = calm(twist=count_like(total)).fill(range(55))
    with contextlib.suppress(InconsistentList):
        walk(store, CheckedPages(), Bounds())
    assert len(store.requests) < 40


def test_pages_that_grow_for_ever():
    def lie(request, answer):
        number = int(request.params["page"])
        answer["meta"]["pagination"]["total_pages"] = number + 1
        return answer

    for only_grows in (True, False):
        store = calm(twist=lie).fill(range(55))
        with contextlib.suppress(InconsistentList):
            walk(store, CheckedPages(only_grows=only_grows), Bounds())
        assert len(store.requests) < 40


@pytest.mark.parametrize(("version", "has_totals"), KINDS)
@pytest.mark.parametrize("length", [1, 2, 5])
def test_an_ignored_page_number(length, version, has_totals):
    """The regression: pages in turn were read for ever, as none was like the one before."""

    def lie(request, answer):
        first = int(request.params["page"]) % length * 10
        rows = [{"id": first + n, "version": 1} for n in range(10)]
        return rows if version == 2 else {**answer, "data": rows}

    store = calm(version=version, has_totals=has_totals, twist=lie)
    store.fill(range(1000))
    with pytest.raises(InconsistentList):
        walk(store, CheckedPages(), Bounds())
    assert len(store.requests) < 60


@pytest.mark.parametrize("cap", [7, 10, 50, 100])
def test_a_server_that_cuts_pages(cap):
    """Asked for in its own size from then on, as a page in parts would have other rows."""
    for version in (2, 3):
        if version == 2 and cap not in {50, 100}:
            continue
        for seed in range(5):
            store = FakeStore(seed, version, cap=cap, shrink_rate=0.3).fill(range(330))
            walk_and_check(store, CheckedPages(), Bounds(), limit=250)


def test_rows_without_an_id_are_told_apart_by_all_they_hold():
    def forget(_request, answer):
        for row in answer["data"]:
            row["uuid"] = f"u{row.pop('id')}"
        return answer

    for key in ("id", "uuid"):
        store = calm(twist=forget).fill(range(55))
        pages = CheckedPages(key=key).pages(store.reader(10), Bounds())
        uuids = [row["uuid"] for page in pages for row in page.rows]
        assert len(uuids) == len(set(uuids)) == 55


def test_ids_in_text_rise_as_well():
    def quote(_request, answer):
        return [{**row, "id": str(row["id"])} for row in answer]

    store = calm(version=2, twist=quote).fill(range(95, 150))
    pages = CheckedPages().pages(store.reader(10), Bounds())
    assert sum(len(page.rows) for page in pages) == 55
    assert len(store.requests) == 12


def test_a_page_between_others_that_is_empty():
    def hollow(request, answer):
        if request.params.get("page") == "3":
            answer["data"] = []
        return answer

    store = calm(twist=hollow).fill(range(55))
    with pytest.raises(InconsistentList, match="page 3 has no rows, although"):
        walk(store, CheckedPages(only_grows=True), Bounds())
    store = calm(twist=hollow).fill(range(55))
    with pytest.raises(InconsistentList, match="45 rows seen where the API counts 55"):
        walk(store, CheckedPages(), Bounds())


def test_an_empty_first_page_that_counts_rows():
    store = calm(twist=count_like(55, 6))
    with pytest.raises(InconsistentList, match="with 0 rows"):
        walk(store, CheckedPages(), Bounds())


def test_a_walk_that_is_left_leaves_nothing_behind():
    store = calm().fill(range(200))
    leave(store, CheckedPages(), Bounds(), after=5)


# Later runs.


@pytest.mark.parametrize("only_grows", [True, False])
@pytest.mark.parametrize("limit", [10, 4, 25])
@pytest.mark.parametrize("pages", range(1, 10))
def test_a_later_run_reads_what_is_left(pages, limit, only_grows):
    """Also with pages of another size."""
    scan = CheckedPages(only_grows=only_grows)
    store = calm().fill(range(100))
    begun = begin(store, scan, Bounds(), pages=pages)
    done = go_on(store, scan, Bounds(), begun, limit=limit)
    again = len(begun[-1].rows) if begun[-1].position is None else 0
    left = 100 - len(ids(begun)) + again
    assert {*ids(begun), *done.versions} == set(range(100))
    assert left <= len(done.rows) < left + 10
    assert len(store.requests) <= -(-left // min(limit, 10)) + 1


@pytest.mark.parametrize("key", ["id", "category_id"])
@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_lost_between_two_runs_of_a_store_that_changes(seed, key):
    def rename(_request, answer):
        answer["data"] = [{**row, key: row["id"]} for row in answer["data"]]
        return answer

    store = FakeStore(seed, shrink_rate=seed % 3 / 10, twist=rename).fill(range(100))
    before = set(store.rows)
    scan = CheckedPages(key=key)
    begun = begin(store, scan, Bounds(), pages=1 + seed % 11)
    for _ in range(seed % 4):
        store.happen(most=5)
    done = go_on(store, scan, Bounds(), begun)
    assert before & set(store.rows) <= {*ids(begun), *done.versions}


@pytest.mark.parametrize("default_order", ["name", "-id", "time"])
@pytest.mark.parametrize("seed", range(10))
def test_a_list_in_another_order_starts_over(seed, default_order):
    store = FakeStore(seed, events=(0, 0), default_order=default_order).fill(range(60))
    begun = begin(store, CheckedPages(), Bounds(), pages=2 + seed % 3)
    assert len({row["id"] for row in go_on(store, CheckedPages(), Bounds(), begun).rows}) == 60


def test_a_list_that_comes_in_another_order_now_is_read_whole(caplog):
    store = calm().fill(range(100))
    begun = begin(store, CheckedPages(), Bounds(), pages=4)
    store.default_order = "-id"
    assert len(go_on(store, CheckedPages(), Bounds(), begun).versions) == 100
    assert "is read from its beginning" in caplog.text
    assert store.tally.fallbacks == {"read_again": 2}  # and once more because of the order


@pytest.mark.parametrize(("default_order", "readings"), [("id", 1), ("-id", 2)])
def test_further_readings_of_a_list_are_counted(default_order, readings):
    store = calm(default_order=default_order).fill(range(100))
    walk_and_check(store, CheckedPages(), Bounds())
    again = {"read_again": readings - 1} if readings > 1 else {}
    assert store.tally.fallbacks == again


def test_a_list_that_only_grows_and_shrank_is_read_whole():
    store = calm().fill(range(100))
    scan = CheckedPages(only_grows=True)
    begun = begin(store, scan, Bounds(), pages=5)
    for number in range(60):
        del store.rows[number]
    assert len(go_on(store, scan, Bounds(), begun).rows) == 40


@pytest.mark.parametrize(
    "place",
    [{}, {"rows": "50", "size": 10, "id": 50}, {"rows": 50, "size": 0, "id": 50}, {"rows": -1}],
)
def test_what_is_no_place_of_this_walk_means_everything(place):
    store = calm().fill(range(100))
    assert len(walk(store, CheckedPages(), Bounds(place=place)).rows) == 100


def test_a_window_of_time_has_no_place():
    """Rows enter it and leave it, so they stand on other pages in the next run."""
    store = calm().fill(range(100))
    begun = begin(store, CheckedPages(V3_TIME), Bounds(since=SINCE), pages=3)
    assert [page.position for page in begun] == [None] * 3
    bounds = Bounds(since=SINCE, place={"rows": 10, "size": 10, "id": 10})
    whole = walk(store, CheckedPages(V3_TIME), Bounds(since=SINCE))
    assert len(walk(store, CheckedPages(V3_TIME), bounds).rows) == len(whole.rows)


# Lists without pages.


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("count", [0, 1, 49])
def test_a_list_without_pages_is_one_request(count, version):
    store = calm(version=version, has_totals=False).fill(range(count))
    assert len(walk(store, Once(), Bounds(), limit=None).rows) == count
    assert len(store.requests) == 1


@pytest.mark.parametrize("count", [50, 51, 120])
@pytest.mark.parametrize(("version", "has_totals"), KINDS)
def test_a_list_that_turns_out_to_have_pages(version, has_totals, count):
    for seed in range(10):
        store = FakeStore(seed, version, has_totals=has_totals).fill(range(count))
        walk_and_check(store, Once(), Bounds(), limit=None)


@pytest.mark.parametrize(
    "refusal", [RequestRefused("/v2/x", status=422), NotFound("/v2/x", status=404), None]
)
def test_fifty_rows_that_are_all(refusal):
    """As many as a page usually has: a second one is asked for, and is not there."""

    def whole(request, _answer):
        if refusal and "page" in request.params:
            raise refusal
        return [{"id": number, "version": 1} for number in range(100)]

    store = calm(version=2, twist=whole)
    assert len(walk(store, Once(), Bounds(), limit=None).rows) == 100
    assert len(store.requests) == 2


def test_one_object_is_one_row():
    store = calm(version=2, twist=lambda *_: {"id": 1, "version": 1})
    assert len(walk(store, Once(), Bounds(), limit=None).rows) == 1
