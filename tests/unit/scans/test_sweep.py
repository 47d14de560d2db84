"""Ids that are gone: all of them, no others, and in no more requests than reading all ids takes."""

from __future__ import annotations

import pytest

from tap_bigcommerce.scans import CheckedPages, Counter, IdRanges, Keyset
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.scans.sweep import FEW, gone
from tests.unit.scans.fake_store import V2_IDS, V3_IDS, FakeStore, calm, dice

COUNTER = Counter("/v2/list/count")
PAGE = 10


def counting(store):
    """Let it answer counts, too."""

    def twist(request, answer):
        if request.path == COUNTER.path:
            return {"count": len(store._matching(request.params))}
        return answer

    store.twist = twist
    return store


def sweeps():
    return {
        "V3": (FakeStore(version=3, events=(0, 0)), IdRanges(V3_IDS)),
        "V2": (FakeStore(version=2, events=(0, 0)), Keyset(V2_IDS)),
        "V2 with counts": (
            counting(FakeStore(version=2, events=(0, 0))),
            IdRanges(V2_IDS, counter=COUNTER),
        ),
        "without totals": (FakeStore(version=3, has_totals=False, events=(0, 0)), IdRanges(V3_IDS)),
    }


def pages(rows):
    return -(-rows // PAGE)


@pytest.mark.parametrize("kind", sweeps())
@pytest.mark.parametrize("seed", range(12))
def test_what_was_deleted_is_found_and_nothing_else(kind, seed):
    store, scan = sweeps()[kind]
    chance = dice(seed)
    known = sorted(chance.sample(range(1, 2000), chance.randint(1, 400)))
    store.fill(known)
    deleted = sorted(chance.sample(known, min(len(known), chance.choice((0, 1, 3, 40)))))
    for number in deleted:
        del store.rows[number]
    store.fill([*store.rows, *range(2000, 2000 + chance.randint(0, 30))])  # born since
    is_all = kind != "V2"
    assert gone(scan, store.reader(PAGE), known, is_all=is_all) == deleted
    # One to count first, where that has to be asked for by itself; one where a full last page
    # does not say that it is the last.
    most = pages(len(known)) + (kind != "V3")
    assert len(store.requests) <= most


@pytest.mark.parametrize(("kind", "most"), [("V3", 1), ("V2 with counts", 1)])
def test_that_nothing_is_gone_takes_one_request(kind, most):
    store, scan = sweeps()[kind]
    store.fill(range(1, 1 + PAGE * 40))
    assert gone(scan, store.reader(PAGE), list(store.rows), is_all=True) == []
    assert len(store.requests) == most


@pytest.mark.parametrize("kind", ["V3", "V2 with counts"])
def test_one_row_is_found_in_a_few_requests(kind):
    store, scan = sweeps()[kind]
    store.fill(range(1, 1 + PAGE * 64))
    known = list(store.rows)
    del store.rows[333]
    assert gone(scan, store.reader(PAGE), known, is_all=True) == [333]
    assert len(store.requests) <= 8  # the first, and one for each halving of 64


def test_few_ids_are_read_without_counting_them_first():
    store, scan = sweeps()["V2 with counts"]
    store.fill(range(1, 1 + PAGE * FEW))
    known = list(store.rows)
    del store.rows[5]
    assert gone(scan, store.reader(PAGE), known, is_all=True) == [5]
    assert len(store.requests) == FEW


@pytest.mark.parametrize("kind", sweeps())
@pytest.mark.parametrize("seed", range(8))
def test_other_rows_among_the_known_ones_hide_nothing(kind, seed):
    """As many came as went, so that no count differs."""
    store, scan = sweeps()[kind]
    chance = dice(seed)
    ids = sorted(chance.sample(range(1, 900), 300))
    others = set(chance.sample(ids, 20))
    store.fill(ids)
    known = [number for number in ids if number not in others]
    deleted = sorted(chance.sample(known, 20))
    for number in deleted:
        del store.rows[number]
    assert gone(scan, store.reader(PAGE), known, is_all=False) == deleted


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_wrongly_gone_while_the_store_is_written_to(seed):
    store = FakeStore(seed=seed, version=3, events=(0, 6)).fill(range(1, 300))
    known = list(store.rows)
    lacking = gone(IdRanges(V3_IDS), store.reader(PAGE), known, is_all=True)
    assert not set(lacking) & set(store.rows)
    store.events = (0, 0)
    rest = [number for number in known if number not in lacking]
    found = {*lacking, *gone(IdRanges(V3_IDS), store.reader(PAGE), rest, is_all=True)}
    assert found == set(known) - set(store.rows)


def test_a_filter_that_is_ignored_deletes_nothing():
    store = calm(version=3, filters_ids=False).fill(range(1, 60))
    with pytest.raises(InconsistentList):
        gone(IdRanges(V3_IDS), store.reader(PAGE), list(range(30, 60)), is_all=True)


def test_nothing_known_asks_for_nothing():
    store = calm(version=3)
    assert gone(IdRanges(V3_IDS), store.reader(PAGE), [], is_all=True) == []
    assert not store.requests


def test_a_count_that_is_not_answered_is_done_without():
    store, scan = sweeps()["V2 with counts"]
    store.fill(range(1, 1 + PAGE * 20))
    store.twist = lambda request, answer: {} if request.path == COUNTER.path else answer
    known = list(store.rows)
    del store.rows[77]
    assert gone(scan, store.reader(PAGE), known, is_all=True) == [77]


@pytest.mark.parametrize("seed", range(8))
def test_a_list_without_a_filter_on_ids_is_read_whole(seed):
    store = FakeStore(seed=seed, version=3, events=(0, 4)).fill(range(1, 120))
    known = list(store.rows)
    lacking = gone(CheckedPages(), store.reader(PAGE), known, is_all=True)
    assert not set(lacking) & set(store.rows)
    store.events = (0, 0)
    rest = [number for number in known if number not in lacking]
    found = {*lacking, *gone(CheckedPages(), store.reader(PAGE), rest, is_all=True)}
    assert found == set(known) - set(store.rows)
