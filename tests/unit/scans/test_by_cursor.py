"""From cursor to cursor, whatever the links look like."""

from __future__ import annotations

import itertools

import pytest

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.scans import Bounds, Cursor
from tap_bigcommerce.scans.errors import InconsistentList
from tests.unit.scans.fake_store import (
    SECOND,
    START,
    V3_TIME,
    FakeStore,
    calm,
    dice,
    leave,
    walk,
    walk_and_check,
)
from tests.unit.scans.halves import begin, go_on, ids

SINCE = START - 50_000 * SECOND


@pytest.mark.parametrize("has_totals", [True, False])
@pytest.mark.parametrize("ending", ["nothing", "link"])
@pytest.mark.parametrize("cursors", ["full", "bare", "absolute", ""])
@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_lost_while_rows_come_change_and_go(seed, cursors, ending, has_totals):
    store = FakeStore(
        seed,
        cursors=cursors,
        cursors_end_with=ending,
        has_totals=has_totals,
        shrink_rate=seed % 3 / 10,
        includes_since=seed % 2 == 0,
    ).fill(range(dice(seed).randint(0, 150)))
    since = SINCE if seed % 3 else None
    walk_and_check(
        store,
        Cursor(V3_TIME),
        Bounds(since=since),
        limit=(10, 20, 1, 2)[seed % (4 if cursors else 2)],
        params={"include": "addresses"},
        wanted=lambda row: since is None or row.modified >= since,
        is_late_optional=not cursors,  # then it is `CheckedPages`
    )
    assert all(params["include"] == "addresses" for params in store.requests)
    assert not any("page" in params and "after" in params for params in store.requests)


@pytest.mark.parametrize("cursors", ["full", "bare", "absolute"])
@pytest.mark.parametrize("has_totals", [True, False])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 95, 100])
def test_one_request_for_each_page(count, has_totals, cursors):
    store = calm(cursors=cursors, has_totals=has_totals).fill(range(count))
    assert len(walk(store, Cursor(), Bounds()).rows) == count
    assert len(store.requests) == max(1, -(-count // 10))


def test_the_plus_of_an_offset_survives_the_link():
    """The regression: a link with `+00:00` came back as a blank and filtered by nonsense."""
    store = calm(cursors="full").fill(range(50))
    walk(store, Cursor(V3_TIME), Bounds(since=SINCE))
    assert len({params["date_modified:min"] for params in store.requests}) == 1
    assert len(store.requests) > 1


def test_a_smaller_page_stays_the_only_one():
    """The regression: after a page that was too heavy, its link asked for small ones for ever."""

    def weigh(store):
        store.shrink_rate = 1.0 if len(store.requests) == 2 else 0.0

    store = calm(cursors="full", has_totals=False, before_answer=weigh).fill(range(200))
    walk(store, Cursor(), Bounds(), limit=50)
    assert [params["limit"] for params in store.requests].count("10") == 1


def circle_of(length):
    """Pages that come round again under cursors that are always new."""
    numbers = itertools.count(1)

    def lie(_request, _answer):
        number = next(numbers)
        first = number % length * 10
        return {
            "data": [{"id": first + n, "version": 1} for n in range(10)],
            "meta": {"cursor_pagination": {"links": {"next": f"?after={number}"}}},
        }

    return lie


@pytest.mark.parametrize("length", [1, 2, 3, 7, 20])
def test_pages_that_come_round_again(length):
    """The regression: only a cursor that came twice was noticed."""
    store = calm(twist=circle_of(length))
    with pytest.raises(InconsistentList, match="repeats"):
        walk(store, Cursor(), Bounds())
    assert len(store.requests) < 5 * length + 5


def test_a_cursor_that_leads_back():
    def lie(_request, answer):
        answer["meta"]["cursor_pagination"]["links"] = {"next": "?after=30"}
        return answer

    store = calm(cursors="full", has_totals=False, twist=lie).fill(range(200))
    with pytest.raises(InconsistentList, match="leads back"):
        walk(store, Cursor(), Bounds())
    assert len(store.requests) < 5


def test_empty_pages_in_between_are_passed_over():
    """Where a server filters after it has cut its pages."""

    def sift(_request, answer):
        answer["data"] = [row for row in answer["data"] if not 20 <= row["id"] < 40]
        return answer

    store = calm(cursors="full", has_totals=False, twist=sift).fill(range(100))
    assert len(walk(store, Cursor(), Bounds()).rows) == 80


def test_empty_pages_for_ever():
    def lie(_request, _answer):
        links = {"next": f"?after={len(store.requests)}"}
        return {"data": [], "meta": {"cursor_pagination": {"links": links}}}

    store = calm(twist=lie)
    walk(store, Cursor(), Bounds())
    assert len(store.requests) < 6


@pytest.mark.parametrize("drop", ["links", "cursors"])
@pytest.mark.parametrize("has_totals", [True, False])
def test_cursors_that_stop_midway(has_totals, drop):
    """Then pages are counted instead. Links alone, without a count, are taken for the end."""

    def forget(request, answer):
        if "after" in request.params and int(request.params["after"]) >= 40:
            if drop == "links":
                answer["meta"]["cursor_pagination"]["links"] = {}
            else:
                answer["meta"].pop("cursor_pagination")
        return answer

    store = calm(cursors="full", has_totals=has_totals, twist=forget)
    store.fill(range(1, 101))
    done = walk(store, Cursor(), Bounds())
    assert len(done.versions) == (100 if has_totals or drop == "cursors" else 50)


def test_a_last_page_without_cursors_is_known_by_the_count():
    def forget(request, answer):
        if request.params.get("after") == "89":
            answer["meta"].pop("cursor_pagination")
        return answer

    store = calm(cursors="full", twist=forget).fill(range(100))
    assert len(walk(store, Cursor(), Bounds()).rows) == 100
    assert len(store.requests) == 10


@pytest.mark.parametrize("link", [None, "", "?", "/v3/list", 7, [], "https://[broken"])
def test_links_that_lead_nowhere(link):
    def lie(request, answer):
        if "page" not in request.params:
            answer["meta"]["cursor_pagination"] = {"links": {"next": link}}
        return answer

    for has_totals in (True, False):
        store = calm(has_totals=has_totals, twist=lie).fill(range(35))
        done = walk(store, Cursor(), Bounds())
        assert len(done.rows) == (35 if has_totals else 10)


def test_a_walk_that_is_left_leaves_nothing_behind():
    store = calm(cursors="full").fill(range(200))
    leave(store, Cursor(), Bounds(), after=5)


# Later runs.


@pytest.mark.parametrize("since", [None, SINCE])
@pytest.mark.parametrize("cursors", ["full", "bare", "absolute"])
def test_a_later_run_goes_on_at_the_first_page_that_was_not_written(cursors, since):
    store = calm(cursors=cursors).fill(range(100))
    whole = walk(store, Cursor(V3_TIME), Bounds(since=since)).rows
    begun = begin(store, Cursor(V3_TIME), Bounds(since=since), pages=4)
    done = go_on(store, Cursor(V3_TIME), Bounds(since=since), begun)
    assert ids(begun) + [row["id"] for row in done.rows] == [row["id"] for row in whole]
    assert len(store.requests) == -(-len(done.rows) // 10) + 1  # and a count


def test_a_row_that_went_between_two_runs_is_no_reason_to_read_it_all_again():
    store = calm(cursors="full").fill(range(100))
    begun = begin(store, Cursor(), Bounds(), pages=4)
    for gone in (3, 5, 70):
        del store.rows[gone]
    done = go_on(store, Cursor(), Bounds(), begun)
    assert [row["id"] for row in done.rows] == [n for n in range(40, 100) if n != 70]


def refuse(request, _answer):
    raise RequestRefused(request.path, status=422)


def return_nothing(_request, _answer):
    return {"data": [], "meta": {"cursor_pagination": {"links": {}}}}


def begin_anew(_request, answer):
    """As a server that overlooks a cursor that it does not know."""
    answer["data"] = [{"id": number, "version": 1} for number in range(10)]
    answer["meta"]["cursor_pagination"]["links"] = {"next": "?after=9"}
    return answer


@pytest.mark.parametrize("forget", [refuse, return_nothing, begin_anew])
def test_a_store_that_forgot_the_cursor_is_read_from_its_beginning(forget, caplog):
    store = calm(cursors="full").fill(range(100))
    begun = begin(store, Cursor(), Bounds(), pages=4)
    answers = [forget]
    store.twist = lambda *given: answers.pop()(*given) if answers else given[1]
    done = go_on(store, Cursor(), Bounds(), begun)
    assert {row["id"] for row in done.rows} == set(range(100))
    assert (forget is begin_anew) or "is read from its beginning" in caplog.text


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"query": {"after": 5}, "rows": 10},
        {"query": "after", "rows": 10},
        {"query": {}, "rows": 10},
        {"query": {"after": "39"}, "rows": "10"},
        {"query": {"after": "39"}, "rows": -1},
        {"rows": 10, "size": 10, "id": 5},
    ],
)
def test_what_is_no_place_of_this_walk_means_everything(place):
    store = calm(cursors="full").fill(range(100))
    assert len(walk(store, Cursor(), Bounds(place=place)).rows) == 100


def test_part_of_another_walk_has_no_position():
    store = calm(cursors="full").fill(range(100))
    reader = store.reader(10)
    pages = list(Cursor().rest(reader, Bounds(), reader.get({})))
    assert [page.position for page in pages] == [None] * 10


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_lost_between_two_runs_of_a_store_that_changes(seed):
    store = FakeStore(seed, cursors="full").fill(range(100))
    before = set(store.rows)
    begun = begin(store, Cursor(), Bounds(), pages=1 + seed % 8)
    done = go_on(store, Cursor(), Bounds(), begun)
    assert before & set(store.rows) <= {*ids(begun), *done.versions}
