"""Ids that are gone: all of them, no others, and in no more requests than all ids fill pages."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.scans import CheckedPages, IdRanges, Keyset
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.scans.sweep import gone
from tests.unit.scans.fake_store import V2_IDS, V3_IDS, FakeStore, calm, dice

PAGE = 10
FULL_PAGE = 250


def sweeps():
    return {
        "V3": (calm(version=3), IdRanges(V3_IDS)),
        "V2": (calm(version=2), Keyset(V2_IDS)),
        "without totals": (calm(version=3, has_totals=False), IdRanges(V3_IDS)),
    }


def pages(rows, size=PAGE):
    return -(-rows // size)


@pytest.mark.parametrize("kind", sweeps())
@pytest.mark.parametrize("seed", range(40))
def test_what_was_deleted_is_found_and_nothing_else(kind, seed):
    """Few of them or many, anywhere or side by side."""
    store, scan = sweeps()[kind]
    chance = dice(seed)
    known = sorted(chance.sample(range(1, 2000), chance.choice((1, 7, 10, 39, 40, 200, 401))))
    store.fill(known)
    count = min(len(known), chance.choice((0, 1, 3, 10, 40, 200)))
    first = chance.randint(0, len(known) - count)
    deleted = chance.choice((sorted(chance.sample(known, count)), known[first : first + count]))
    for number in deleted:
        del store.rows[number]
    store.fill([*store.rows, *range(2000, 2000 + chance.randint(0, 30))])  # born since
    assert gone(scan, store.reader(PAGE), known, is_all=True) == deleted
    assert len(store.requests) <= pages(len(known))


def deletions(known):
    """Each way in which some rows can go."""
    count = len(known)
    yield from (known[-n:] for n in (1, 2, 100, 249, 250, 251, 500, 750, count) if n <= count)
    yield from (known[:n] for n in (1, 250, 251) if n <= count)
    yield from (known[start::step] for start in (0, 249) for step in (2, 250, 251))
    yield known[50:]
    yield [*known[:300], *known[350:]]
    yield [known[0], *known[-199:]]


@pytest.mark.parametrize("kind", sweeps())
@pytest.mark.parametrize("rows", [300, 500, 1000, 2001, 2250, 2500])
def test_no_way_to_delete_takes_more_requests_than_reading_all_ids(kind, rows):
    """Of thousands of orders many were deleted, and counting them first cost a request more."""
    known = list(range(1, rows + 1))
    for deleted in deletions(known):
        store, scan = sweeps()[kind]
        store.fill(set(known).difference(deleted))
        assert gone(scan, store.reader(FULL_PAGE), known, is_all=True) == deleted
        assert len(store.requests) <= pages(rows, FULL_PAGE), (len(deleted), deleted[0])


@pytest.mark.parametrize("kind", sweeps())
def test_that_nothing_is_gone_takes_one_request(kind):
    store, scan = sweeps()[kind]
    store.fill(range(1, 1 + PAGE * 40))
    assert gone(scan, store.reader(PAGE), list(store.rows), is_all=True) == []
    assert len(store.requests) == 1


@pytest.mark.parametrize("kind", sweeps())
def test_one_row_is_found_in_a_few_requests(kind):
    store, scan = sweeps()[kind]
    store.fill(range(1, 1 + PAGE * 64))
    known = list(store.rows)
    del store.rows[333]
    assert gone(scan, store.reader(PAGE), known, is_all=True) == [333]
    assert len(store.requests) <= 7  # the last, and one for each halving of 64


@pytest.mark.parametrize("kind", sweeps())
@pytest.mark.parametrize("rows", [200, 900, 3000])
@pytest.mark.parametrize("cap", [50, 100])
def test_a_page_that_a_server_cut_proves_nothing_of_what_follows(kind, rows, cap):
    """It gives no page of more than 50 or 100 rows, whatever `limit` says."""
    known = list(range(1, rows + 1))
    for deleted in (known[:100], known[100:130]):
        store, scan = sweeps()[kind]
        store.cap = cap
        store.fill(set(known).difference(deleted))
        assert gone(scan, store.reader(FULL_PAGE), known, is_all=True) == deleted


@pytest.mark.parametrize("kind", sweeps())
@pytest.mark.parametrize("unknown", [range(90, 100), range(1, 30), range(45, 56)])
def test_rows_that_nobody_knew_of_hide_nothing_that_is_there(kind, unknown):
    """Archived orders that were brought back, and were not modified by it."""
    store, scan = sweeps()[kind]
    store.fill(range(1, 101))
    known = [number for number in store.rows if number not in unknown]
    assert gone(scan, store.reader(PAGE), known, is_all=True) == []


def test_a_store_that_ignores_page_numbers_is_read_from_id_to_id():
    store = calm(version=2).fill(range(1, 1 + PAGE * 8))
    known = list(store.rows)
    del store.rows[33]
    ordered = store._ordered
    store._selected = lambda params: (ordered(params)[:PAGE], True)  # type: ignore[method-assign] # a store that lies
    assert gone(Keyset(V2_IDS), store.reader(PAGE), known, is_all=True) == [33]


def test_a_list_whose_later_pages_come_without_rows_deletes_nothing():
    """As if page numbers had a limit, which nobody documents."""
    store = calm(version=2).fill(range(1, 1 + PAGE * 50))
    store.twist = lambda request, answer: [] if int(request.params.get("page", 1)) > 20 else answer
    known = list(store.rows)
    assert gone(Keyset(V2_IDS), store.reader(PAGE), known, is_all=True) == []


def test_a_page_beyond_the_last_one_may_be_refused():
    store = calm(version=2).fill(range(1, 1 + PAGE * 4))
    known = list(store.rows)
    for number in known[-PAGE:]:
        del store.rows[number]

    def refuse(request, answer):
        if not answer and "page" in request.params:
            raise RequestRefused(request.path, status=400)
        return answer

    store.twist = refuse
    assert gone(Keyset(V2_IDS), store.reader(PAGE), known, is_all=True) == known[-PAGE:]


@pytest.mark.parametrize("kind", sweeps())
@pytest.mark.parametrize("seed", range(10))
def test_pages_that_come_in_parts_delete_nothing_wrongly(kind, seed):
    """Between two parts of a page rows move, so that one of them may be in neither."""
    store, scan = sweeps()[kind]
    store.dice, store.shrink_rate, store.events = dice(seed), 0.3, (0, 3)
    store.event_kinds = ("delete",)
    store.fill(range(1, 2500))
    known = list(store.rows)
    lacking = gone(scan, store.reader(FULL_PAGE), known, is_all=True)
    assert not set(lacking) & set(store.rows)


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


@pytest.mark.parametrize("kind", sweeps())
@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_wrongly_gone_while_the_store_is_written_to(kind, seed):
    store, scan = sweeps()[kind]
    store.dice, store.events = dice(seed), (0, 6)
    store.fill(range(1, 300))
    known = list(store.rows)
    lacking = gone(scan, store.reader(PAGE), known, is_all=True)
    assert not set(lacking) & set(store.rows)
    store.events = (0, 0)
    rest = [number for number in known if number not in lacking]
    found = {*lacking, *gone(scan, store.reader(PAGE), rest, is_all=True)}
    assert found == set(known) - set(store.rows)


def test_a_filter_that_is_ignored_deletes_nothing():
    store = calm(version=3, filters_ids=False).fill(range(1, 60))
    with pytest.raises(InconsistentList):
        gone(IdRanges(V3_IDS), store.reader(PAGE), list(range(30, 60)), is_all=True)


def test_nothing_known_asks_for_nothing():
    store = calm(version=3)
    assert gone(IdRanges(V3_IDS), store.reader(PAGE), [], is_all=True) == []
    assert not store.requests


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
