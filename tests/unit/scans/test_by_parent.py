"""By a few parents at a time: each answer holds all of its parents' rows."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.scans import Bounds, ParentBatches
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.scans.reader import LOOK_AHEAD
from tests.unit.scans.fake_store import FakeStore, calm, dice, leave, walk, walk_and_check
from tests.unit.scans.halves import begin, go_on, ids

SCAN = ParentBatches("parent_id", "parent_id:in")


def family(store, sizes):
    """Parents 1, 2, 3, ... with so many rows each."""
    store.fill(range(1, sum(sizes) + 1))
    parents = [parent for parent, size in enumerate(sizes, start=1) for _ in range(size)]
    store.dice.shuffle(parents)
    for row, parent in zip(store.rows.values(), parents, strict=True):
        row.parent = parent
    return store


SIZES = {
    "even": lambda dice: [dice.randint(0, 4) for _ in range(60)],
    "one heavy": lambda dice: [dice.choice((1, 1, 1, 35)) for _ in range(20)],
    "growing": lambda _: list(range(20)),
    "one parent": lambda dice: [dice.randint(0, 60)],
    "none": lambda _: [],
    "no rows": lambda _: [0] * 30,
}


@pytest.mark.parametrize("has_totals", [True, False])
@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("seed", range(50))
def test_nothing_is_lost_while_rows_come_change_and_go(seed, shape, has_totals):
    store = FakeStore(seed, has_totals=has_totals, shrink_rate=seed % 3 / 10)
    sizes = SIZES[shape](dice(seed))
    family(store, sizes)
    walk_and_check(
        store,
        SCAN,
        Bounds(parents=range(1, len(sizes) + 1)),
        limit=(10, 20)[seed % 2],
    )


@pytest.mark.parametrize("seed", range(30))
def test_parents_that_go_meanwhile_take_only_their_own_rows_along(seed):

    def bury(store):
        parent = store.dice.randint(1, 50)
        store.rows = {n: row for n, row in store.rows.items() if row.parent != parent}

    store = family(FakeStore(seed, before_answer=bury), [3] * 50)
    walk_and_check(store, SCAN, Bounds(parents=range(1, 51)))


def test_only_the_parents_that_were_asked_for():
    store = family(calm(), [3] * 50)
    done = walk(store, SCAN, Bounds(parents=[7, 9, 4000]))
    assert {row["parent_id"] for row in done.rows} == {7, 9}
    assert len(store.requests) == 1


def test_a_batch_fills_a_page():
    """The answers say how many rows a parent has; the more of them, the fuller the next one."""
    store = family(calm(), [1] * 2000)
    walk(store, SCAN, Bounds(parents=range(1, 2001)), limit=100)
    sizes = [request["parent_id:in"].count(",") + 1 for request in store.requests]
    assert sizes[:2] == [50, 50]
    assert max(sizes) > 70


def test_a_few_parents_with_few_rows_do_not_make_all_others_overflow():
    """The oldest products had two variants, the others three: nearly every page overflowed."""
    store = family(calm(), [2] * 50 + [3] * 1950)
    walk(store, SCAN, Bounds(parents=range(1, 2001)), limit=250)
    assert len(store.requests) < 1.4 * (50 * 2 + 1950 * 3) / 250


def test_requests_do_not_depend_on_when_answers_come():
    seen = set()
    for seed in range(20):
        store = family(calm(), [*range(12)] * 10)
        store.dice = dice(seed)
        walk(store, SCAN, Bounds(parents=range(1, 121)))
        seen.add(str(sorted(store.requests, key=str)))
    assert len(seen) == 1


def test_parents_are_taken_as_they_are_needed():
    taken = []

    def parents():
        for number in range(1, 10_000):
            taken.append(number)
            yield number

    store = family(calm(), [1] * 9999)
    leave(store, SCAN, Bounds(parents=parents()), after=2)
    assert len(taken) < 10 * (LOOK_AHEAD + 3)


def test_an_ignored_filter_is_noticed():
    store = family(calm(filters_parents=False), [3] * 50)
    with pytest.raises(InconsistentList, match="asked for rows by `parent_id:in`"):
        walk(store, SCAN, Bounds(parents=range(1, 20)))
    assert len(store.requests) < 10


def test_a_parent_within_another_object():
    def nest(_request, answer):
        for row in answer["data"]:
            row["identity"] = {"product": str(row.pop("parent_id"))}
        return answer

    store = family(calm(twist=nest), [3] * 20)
    scan = ParentBatches("identity.product", "parent_id:in")
    assert len(walk(store, scan, Bounds(parents=range(1, 21))).rows) == 60


@pytest.mark.parametrize("parent", [None, "x", {}, 1.5])
def test_rows_without_a_parent_are_refused(parent):
    def forget(_request, answer):
        for row in answer["data"]:
            row["parent_id"] = parent
        return answer

    store = family(calm(twist=forget), [3] * 20)
    with pytest.raises(InconsistentList):
        walk(store, SCAN, Bounds(parents=range(1, 21)))


def test_a_server_that_ignores_the_page_of_one_parent():
    def lie(_request, answer):
        answer["data"] = [{"id": n, "parent_id": 1, "version": 1} for n in range(10)]
        return answer

    store = family(calm(twist=lie), [300])
    with pytest.raises(InconsistentList):
        walk(store, SCAN, Bounds(parents=[1]))
    assert len(store.requests) < 40


def test_a_filter_that_takes_one_parent_only():
    """The schema of `/v3/inventory/items` types `product_id:in` as one number. A store that holds
    to it is read by pages."""

    def refuse(request, answer):
        if "," in request.params.get("parent_id:in", ""):
            raise RequestRefused(request.path, status=422)
        return answer

    for seed in range(10):
        store = family(FakeStore(seed, twist=refuse), [2] * 20)
        walk_and_check(store, SCAN, Bounds(parents=range(1, 21)))


# Later runs.


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("shape", ["even", "one heavy", "growing"])
def test_a_later_run_goes_on_behind_the_last_parent_that_is_done(seed, shape):
    sizes = SIZES[shape](dice(seed))
    store = family(FakeStore(seed), sizes)
    before = set(store.rows)
    bounds = Bounds(parents=range(1, len(sizes) + 1), parents_rise=True)
    begun = begin(store, SCAN, bounds, pages=1 + seed % 3)
    done = go_on(store, SCAN, bounds, begun)
    assert before & set(store.rows) <= {*ids(begun), *done.versions}


def test_what_is_done_is_not_asked_for_again():
    store = family(calm(), [2] * 60)
    bounds = Bounds(parents=range(1, 61), parents_rise=True)
    begun = begin(store, SCAN, bounds, pages=3)
    done = go_on(store, SCAN, bounds, begun)
    assert sorted(ids(begun) + [row["id"] for row in done.rows]) == list(range(1, 121))


def test_a_parent_whose_rows_came_in_part_is_not_done():
    store = family(calm(), [1, 35, 1])
    bounds = Bounds(parents=[1, 2, 3], parents_rise=True)
    for pages in range(1, 7):
        begun = begin(store, SCAN, bounds, pages=pages)
        assert [page.position for page in begun[1:4]] == [None] * len(begun[1:4])
        done = go_on(store, SCAN, bounds, begun)
        assert len({*ids(begun), *done.versions}) == 37


def test_parents_in_any_order_give_no_position():
    """All up to one of them would be taken for done, and are not."""
    store = family(calm(), [2] * 60)
    begun = begin(store, SCAN, Bounds(parents=[9, 3, *range(10, 60)]), pages=3)
    assert [page.position for page in begun] == [None] * 3
