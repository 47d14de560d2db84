"""From id to id, and in ranges of ids: every row, in as many requests as it takes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tap_bigcommerce.api.errors import Forbidden, RequestRefused
from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.scans import Bounds, Counter, IdFilter, IdRanges, Keyset, widths
from tap_bigcommerce.scans.errors import InconsistentList
from tests.unit.scans.fake_store import (
    SECOND,
    START,
    V2_IDS,
    V2_TIME,
    V3_IDS,
    V3_TIME,
    FakeStore,
    calm,
    dice,
    leave,
    walk,
    walk_and_check,
)

IDS = {2: V2_IDS, 3: V3_IDS}
TIMES = {2: V2_TIME, 3: V3_TIME}


def dense(dice):
    return range(100, 100 + dice.randint(0, 150))


def sparse(dice):
    return sorted(dice.sample(range(1, 5000), dice.randint(0, 150)))


def patchy(dice):
    """Dense stretches with holes between them."""
    ids: list[int] = []
    number = 1
    for _ in range(dice.randint(0, 6)):
        number += dice.randint(1, 300)
        ids += range(number, number + dice.randint(1, 60))
        number = ids[-1]
    return ids


def exact(dice):
    """A whole number of pages of ten."""
    return range(1, 1 + 10 * dice.randint(0, 12))


SHAPES = [dense, sparse, patchy, exact]


@pytest.fixture
def eager(monkeypatch):
    """Ranges are guessed from the start and whatever they cost, so that a short list has many."""
    monkeypatch.setattr(widths, "SMALL", 0)
    monkeypatch.setattr(widths, "SPARE", 1000)
    monkeypatch.setattr(widths, "ENOUGH", 2)


def scans_of(version):
    ids = IDS[version]
    return [Keyset(ids), IdRanges(ids), IdRanges(replace(ids, descending=None))]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_lost_while_rows_come_change_and_go(seed, version, shape):
    for scan in scans_of(version):
        store = FakeStore(seed, version, shrink_rate=seed % 3 / 10).fill(shape(dice(seed)))
        done = walk_and_check(store, scan, Bounds(), limit=(10, 20, 1, 2, 3)[seed % 5])
        ids = [row["id"] for row in done.rows]
        assert ids == sorted(set(ids))


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_lost_however_ranges_are_guessed(seed, version, shape):
    store = FakeStore(seed, version, shrink_rate=seed % 3 / 10).fill(shape(dice(seed)))
    store.cap = 50 if seed % 4 == 0 else None
    done = walk_and_check(
        store, IdRanges(IDS[version]), Bounds(), limit=(60, 3, 10, 2, 5)[seed % 5]
    )
    ids = [row["id"] for row in done.rows]
    assert ids == sorted(set(ids))


@pytest.mark.usefixtures("eager")
def test_ranges_of_several_pages_are_in_flight_together():
    store = calm(version=2).fill(number for number in range(1, 1000) if number % 7)
    walk(store, IdRanges(V2_IDS), Bounds())
    assert store.pool.most_in_flight >= 8
    assert len(store.requests) <= 110


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("seed", range(10))
def test_what_fails_ahead_does_not_cost_the_pages_before_it(seed):
    """A run that fails in a later range goes on there: up to it, all has been written."""

    def fits(params):
        return int(params.get("min_id", 0)) <= 700 <= int(params.get("max_id", 0))

    def fail(request, answer):
        if fits(request.params):
            raise Forbidden(request.path, status=403)
        return answer

    store = calm(seed, 2).fill(number for number in range(1, 1000) if number % 7)
    pages = IdRanges(V2_IDS).pages(store.reader(10), Bounds())
    seen = [row["id"] for row in next(pages).rows]
    store.twist = fail
    with pytest.raises(Forbidden):
        seen.extend(row["id"] for page in pages for row in page.rows)
    failed = max(int(one.get("min_id", 0)) for one in store.requests if fits(one))
    assert failed > 600
    assert seen == [number for number in range(1, failed) if number % 7]
    assert store.pool.is_idle()


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(40))
def test_a_window_of_time_holds_for_both_kinds_of_bounds(seed, version):
    """The reference calls the same bound inclusive here and exclusive there."""
    since, until = START - 50_000 * SECOND, START - 20_000 * SECOND
    for kind in (Keyset, IdRanges):
        store = FakeStore(
            seed, version, includes_since=seed % 2 == 0, includes_until=seed % 4 < 2
        ).fill(sparse(dice(seed)))
        for row in store.rows.values():
            row.modified = store.dice.choice([since, until, row.modified])
        walk_and_check(
            store,
            kind(IDS[version], TIMES[version]),
            Bounds(since=since, until=until),
            wanted=lambda row: since <= row.modified <= until,
        )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_a_walk_resumes_after_any_of_its_pages(seed, version, shape):
    for scan in scans_of(version):
        pages = FakeStore(seed, version).fill(shape(dice(seed))).reader(10)
        count = sum(1 for _ in scan.pages(pages, Bounds()))
        for stop in range(1, count + 1):
            store = FakeStore(seed, version).fill(shape(dice(seed)))
            before = set(store.rows)
            seen, position = set(), None
            for number, page in enumerate(scan.pages(store.reader(10), Bounds()), start=1):
                seen |= {row["id"] for row in page.rows}
                position = page.position
                assert position == max(seen)
                if number == stop:
                    break
            later = walk(store, scan, Bounds(after_id=position))
            assert not seen & set(later.versions)
            assert (before & set(store.rows)) <= seen | set(later.versions)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("version", [2, 3])
def test_a_walk_of_long_ranges_resumes_after_any_of_its_pages(version):
    ids = [number for number in range(1, 600) if number % 7]
    pages = list(IdRanges(IDS[version]).pages(calm(version=version).fill(ids).reader(10), Bounds()))
    assert [row["id"] for page in pages for row in page.rows] == ids
    for page in pages:
        assert page.position == page.rows[-1]["id"]
        rest = walk(
            calm(version=version).fill(ids), IdRanges(IDS[version]), Bounds(after_id=page.position)
        )
        assert [row["id"] for row in rest.rows] == [
            number for number in ids if number > page.position
        ]


@pytest.mark.usefixtures("eager")
def test_a_walk_of_long_ranges_that_is_left_leaves_nothing_behind():
    for seed in range(10):
        store = calm(seed, 2).fill(number for number in range(1, 1000) if number % 7)
        leave(store, IdRanges(V2_IDS), Bounds(), after=40)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 19, 20, 21, 200, 201, 1000])
def test_a_dense_list_costs_one_request_for_each_full_page(count, version):
    """One more only where a V2 list ends with a full page, as nothing says that it ends there."""
    pages = max(1, -(-count // 10))
    for scan in (Keyset(IDS[version]), IdRanges(IDS[version])):
        store = calm(version=version).fill(range(100, 100 + count))
        assert len(walk(store, scan, Bounds()).rows) == count
        # Ranges end where the newest page begins; unless that is the only one.
        ends_unsaid = version == 2 and count % 10 == 0 and count > 0
        ends_unsaid = ends_unsaid and (isinstance(scan, Keyset) or count == 10)
        assert len(store.requests) == pages + ends_unsaid


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(25))
def test_gaps_cost_ranges_little(seed, version, shape):
    """Two requests more than from id to id, and one for each ten pages that were guessed right."""
    ids = shape(dice(seed))
    counts = []
    for scan in (Keyset(IDS[version]), IdRanges(IDS[version])):
        store = calm(seed, version).fill(ids)
        walk(store, scan, Bounds())
        counts.append(len(store.requests))
    assert counts[1] <= counts[0] + 2 + len(ids) // 100


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("stretch", [50, 200, 1000])
def test_a_list_that_thins_out_costs_ranges_little(stretch, version):
    """The regression: eight ranges were in flight when the dense part ended, all but empty.

    Only where rows are counted and many are so many in flight at once.
    """
    ids = [*range(1, stretch), *range(stretch, 40 * stretch, 97)]
    counts = []
    for scan in (Keyset(IDS[version]), IdRanges(IDS[version])):
        store = calm(version=version).fill(ids)
        walk(store, scan, Bounds())
        counts.append(len(store.requests))
    is_long = version == 3 and len(ids) > 1200
    assert counts[1] <= counts[0] + 3 + (16 if is_long else stretch // 100)


@pytest.mark.parametrize("version", [2, 3])
def test_requests_do_not_depend_on_when_answers_come(version):
    seen = set()
    for seed in range(20):
        store = calm(version=version).fill(patchy(dice(3)))
        store.dice = dice(seed)
        walk(store, IdRanges(IDS[version]), Bounds())
        seen.add(str(store.requests))
    assert len(seen) == 1


def test_dense_ranges_are_in_flight_together():
    store = calm(version=2).fill(range(1, 2000))
    walk(store, IdRanges(V2_IDS), Bounds())
    assert store.pool.most_in_flight == 16
    assert len(store.requests) == 200


def test_where_the_api_counts_its_rows_a_list_without_gaps_is_known_at_once():
    store = calm(version=3).fill(range(1, 110))
    walk(store, IdRanges(V3_IDS), Bounds())
    assert store.pool.most_in_flight == 9
    assert len(store.requests) == 11


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("kind", [Keyset, IdRanges])
def test_a_walk_that_is_left_leaves_nothing_behind(kind, version):
    """The regression: ranges that nobody would read any more still went out to the store."""
    for seed in range(10):
        store = calm(seed, version).fill(range(1, 1000))
        leave(store, kind(IDS[version]), Bounds(), after=50)


def test_a_stretch_between_two_ids_ends_where_it_must():
    store = calm(version=2).fill(range(1, 100))
    pages = list(Keyset(V2_IDS).between(store.reader(10), 0, 21, {}))
    assert [len(page.rows) for page in pages] == [10, 10]
    assert len(store.requests) == 2


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("default_order", ["id", "-id"])
def test_ranges_where_the_order_is_ignored(default_order, seed):
    """A list that always comes by falling ids cannot be walked by id, and that is said."""
    for limit in (1, 2, 10):
        store = FakeStore(seed, sorts=frozenset(), default_order=default_order).fill(range(50))
        if default_order == "id":
            walk_and_check(store, IdRanges(V3_IDS), Bounds(), limit)
        else:
            with pytest.raises(InconsistentList):
                walk(store, IdRanges(V3_IDS), Bounds(), limit)


def test_an_order_that_is_refused():
    """The reference is at odds with itself on `sort=id:desc`; without it there are no ranges."""

    def refuse(request, answer):
        if request.params.get("sort") == "id:desc":
            raise RequestRefused(request.path, status=400)
        return answer

    for seed in range(10):
        store = FakeStore(seed, version=2, twist=refuse).fill(range(1, 60))
        walk_and_check(store, IdRanges(V2_IDS), Bounds())
        assert store.tally.fallbacks == {"page_after_page": 1}


def test_a_single_row_does_not_prove_an_order():
    """The regression: pages of one row looked sorted by falling ids, and all others were lost."""
    store = calm(version=2, sorts=frozenset()).fill(range(1, 30))
    walk_and_check(store, IdRanges(V2_IDS), Bounds(), limit=1)


@pytest.mark.parametrize("kind", [Keyset, IdRanges])
@pytest.mark.parametrize("version", [2, 3])
def test_an_ignored_filter_is_noticed(version, kind):
    store = calm(version=version, filters_ids=False).fill(range(1, 60))
    for after in (None, 5, 58):
        with pytest.raises(InconsistentList):
            walk(store, kind(IDS[version]), Bounds(after_id=after))


@pytest.mark.parametrize("kind", [Keyset, IdRanges])
@pytest.mark.parametrize("cap", [7, 10, 50, 100])
def test_a_server_that_cuts_pages(cap, kind):
    """V3 counts; of V2 only the usual sizes of a cut are known."""
    for version in (2, 3):
        if version == 2 and cap not in {50, 100}:
            continue
        store = FakeStore(cap, version, cap=cap).fill(range(1, 431))
        walk_and_check(store, kind(IDS[version]), Bounds(), limit=250)


@pytest.mark.parametrize("kind", [Keyset, IdRanges])
def test_an_empty_answer_that_counts_rows_is_no_empty_list(kind):
    """On one store, `id:min=1` returned nothing on products."""

    def hollow(_request, answer):
        return {**answer, "data": []}

    store = calm(twist=hollow).fill(range(1, 30))
    with pytest.raises(InconsistentList, match="with 0 rows"):
        walk(store, kind(V3_IDS), Bounds())


def test_rows_that_vanish_from_a_page_are_missed():
    def without_seven(_request, answer):
        return {**answer, "data": [row for row in answer["data"] if row["id"] != 7]}

    store = calm(twist=without_seven).fill(range(1, 30))
    with pytest.raises(InconsistentList, match="with 9 rows that counts 19"):
        walk(store, IdRanges(V3_IDS), Bounds())


@pytest.mark.parametrize("kind", [Keyset, IdRanges])
def test_rows_that_nothing_but_the_first_count_knows_of(kind):
    """Each page is whole by itself; what is missing shows at the end."""

    def without_seven(request, answer):
        pagination = answer["meta"]["pagination"]
        if pagination["total"] < 29 and request.params.get("limit") != "1":
            answer["data"] = [row for row in answer["data"] if row["id"] != 7]
            pagination["total"] = pagination["count"] = len(answer["data"])
        return answer

    store = calm(twist=without_seven).fill([*range(1, 6), *range(7, 31)])
    with pytest.raises(InconsistentList, match="rows read, but the API counts"):
        walk(store, kind(V3_IDS), Bounds(), limit=5)


COUNTER = Counter("/v2/list/count")


def counted(ids, *, more=0, hidden=()):
    """A V2 list and its counter.

    Args:
        ids: Of the rows.
        more: Rows that are counted and never listed, with ids below 1000.
        hidden: Ids of rows that are counted, and not listed with anything embedded.
    """
    store = calm(version=2).fill(ids)
    matching = store._matching

    def twist(request, answer):
        if request.path != COUNTER.path:
            return answer
        is_low = int(request.params.get("min_id", 0)) < 1000
        return {"count": len(matching(request.params)) + more * is_low}

    store.twist = twist
    store._matching = lambda params: [  # type: ignore[method-assign] # a store that lies
        row for row in matching(params) if "include" not in params or row.id not in hidden
    ]
    return store


COUNTED = {
    "Keyset": Keyset(V2_IDS, counter=COUNTER),
    "IdRanges": IdRanges(V2_IDS, counter=COUNTER),
}
each_counted = pytest.mark.parametrize("scan", COUNTED.values(), ids=COUNTED)


@each_counted
@pytest.mark.parametrize("rows", [1, 9, 10, 11, 80, 300])
def test_a_counter_that_counts_what_no_list_shows_makes_no_list_unreadable(scan, rows, caplog):
    """Whether archived orders are listed is not documented, nor whether they are counted."""
    quiet = counted(range(1, 1 + rows))
    walk(quiet, scan, Bounds(), params={"include": "lines"})
    store = counted(range(1, 1 + rows), more=7)
    done = walk(store, scan, Bounds(), params={"include": "lines"})
    assert sorted(done.versions) == list(range(1, 1 + rows))
    (said,) = caplog.messages
    assert f"{rows} rows are there, read twice; /v2/list/count counts {rows + 7}" in said
    again = store.requests[len(quiet.requests) :]
    assert len(again) <= 2 + -(-rows // 10)
    assert not any("include" in params for params in again)


@each_counted
@pytest.mark.parametrize("hidden", [1, 2, 9, 10, 150, 299])
def test_rows_that_the_api_counts_and_lists_at_last_are_not_passed_over(scan, hidden):
    store = counted(range(1, 301), hidden={hidden})
    with pytest.raises(InconsistentList, match="299 rows read, but the API counts 300"):
        walk(store, scan, Bounds(), params={"include": "lines"})


@pytest.mark.parametrize(("heavy", "has_others"), [(10, True), (None, False)])
def test_a_page_that_was_cut_does_not_show_that_there_are_no_others(heavy, has_others):
    """A row behind the cut was passed over with a warning."""

    @dataclass
    class Reader:
        params: dict[str, str]
        limit = 50

        def ahead(self, asked):
            for params in asked:
                low, high = int(params.get("min_id", 1)), int(params["max_id"])
                rows = [{"id": number} for number in range(low, high + 1)]
                yield Page(rows[:heavy], limit=heavy or self.limit)

    scan: Any = Keyset(V2_IDS, counter=COUNTER)
    assert scan._has_others(Reader({}), {}, None, range(1, 121)) is has_others


@pytest.mark.parametrize("wrong", [-1, 0, 10**15, "12", None, True])
@pytest.mark.parametrize("kind", [Keyset, IdRanges])
def test_absurd_counts_end(kind, wrong):
    def lie(_request, answer):
        meta = answer["meta"]["pagination"]
        meta["total"] = meta["total_pages"] = wrong
        return answer

    store = calm(twist=lie).fill(range(1, 60))
    with contextlib.suppress(InconsistentList):
        walk(store, kind(V3_IDS), Bounds())
    assert len(store.requests) < 30


@pytest.mark.parametrize("bad", [None, "x", 1.5, {}, [], True])
@pytest.mark.parametrize("kind", [Keyset, IdRanges])
def test_rows_without_an_id_are_refused(kind, bad):
    def forget(_request, answer):
        return [{**row, "id": bad} for row in answer]

    store = calm(version=2, twist=forget).fill(range(1, 60))
    with pytest.raises(InconsistentList, match="whole number as `id`"):
        walk(store, kind(V2_IDS), Bounds())


def test_a_list_that_only_knows_a_lower_bound():
    """Redirects are filtered by `id:min`, and come by id without being asked."""
    ids = IdFilter(above="min_id", below="max_id", is_inclusive=True, ascending={})
    for seed in range(20):
        store = FakeStore(seed, version=2).fill(patchy(dice(seed)))
        walk_and_check(store, Keyset(ids), Bounds())
