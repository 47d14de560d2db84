"""One walk serves many streams, and each gets what it would have got alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tap_bigcommerce.api.client import Tally
from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.scans import Bounds, TimeFilter
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.streams import spool
from tap_bigcommerce.streams.bookmark import UnreadableState
from tap_bigcommerce.streams.listing import Listing, merged_params

T0 = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = {number: T0 + timedelta(days=number) for number in range(10)}


def row(number: int, day: int | None = None) -> dict[str, Any]:
    """Ids rise with time unless told otherwise."""
    moment = DAYS[number if day is None else day]
    return {"id": number, "date_modified": moment.isoformat()}


class Member:
    """A stream that reads from the list."""

    def __init__(self, name: str, bounds: Bounds | Exception | None = None, **params: str) -> None:
        self.name = name
        self.tally = Tally()
        self._bounds = bounds
        self._params = params

    def list_params(self) -> dict[str, str]:
        return self._params

    def bookmark(self) -> Any:
        if isinstance(self._bounds, Exception):
            raise self._bounds
        return self._bounds and type("Mark", (), {"bounds": self._bounds})

    @property
    def bounds(self) -> Bounds:
        return self._bounds if isinstance(self._bounds, Bounds) else Bounds()


class Owner(Member):
    """The stream whose list it is: two rows a page, by id from the start or by time."""

    time: TimeFilter | None = TimeFilter("date_modified", since="since")

    def id_of(self, row: dict[str, Any]) -> int:
        return int(row["id"])

    def __init__(self, *rows: dict[str, Any]) -> None:
        super().__init__("orders")
        self.rows = list(rows) or [row(n) for n in range(1, 8)]
        self.walks: list[Bounds] = []
        self.asked: list[dict[str, str]] = []
        self.tallies: list[Tally] = []
        self.fails_after: int | None = None
        self.error: Exception = InconsistentList("the list is odd")

    def channel_params(self) -> dict[str, str]:
        return {"channel_id": "7"}

    def reader(self, params: dict[str, str], tally: Tally) -> None:
        self.asked.append(params)
        self.tallies.append(tally)

    def walk(self, _reader: None, bounds: Bounds):
        self.walks.append(bounds)
        rows = [one for one in self.rows if self._is_within(one, bounds)]
        for number, start in enumerate(range(0, len(rows), 2)):
            if number == self.fails_after:
                raise self.error
            page = rows[start : start + 2]
            by_time = bounds.since is not None
            yield Page(page, position=page[-1]["date_modified"] if by_time else page[-1]["id"])

    def _is_within(self, one: dict[str, Any], bounds: Bounds) -> bool:
        moment = datetime.fromisoformat(one["date_modified"]) if one["date_modified"] else T0
        return (bounds.since is None or moment >= bounds.since) and (
            bounds.after_id is None or one["id"] > bounds.after_id
        )


_made: list[Listing] = []


def listing(owner: Owner, *members: Member) -> Listing:
    _made.append(Listing(owner, members))  # type: ignore[arg-type]  # they only look like streams
    return _made[-1]


@pytest.fixture(autouse=True)
def _no_open_files():
    yield
    while _made:
        _made.pop().close()


def pages_of(made: Any, member: Member) -> Any:
    """Pages as this member gets them."""
    return made.pages(member, member.bounds)


def ids(made: Listing, member: Member) -> list[int]:
    return [one["id"] for page in pages_of(made, member) for one in page.rows]


# What is asked for.


@pytest.mark.parametrize(
    ("wanted", "merged"),
    [
        ([], {}),
        ([{}], {}),
        ([{"include": ""}], {"include": ""}),
        ([{"include": "a"}, {"include": "a"}], {"include": "a"}),
        ([{"include": "a,b"}, {"x": "1"}, {"include": "c,a"}], {"x": "1", "include": "a,b,c"}),
        ([{"include": "c"}, {"include": "c.lines"}], {"include": "c.lines"}),
        ([{"include": "c.lines"}, {"include": "c"}], {"include": "c.lines"}),
        ([{"include": "c"}, {"include": "cd"}], {"include": "c,cd"}),
    ],
)
def test_what_the_members_need_embedded_is_asked_for_together(wanted, merged):
    assert merged_params(wanted) == merged


def test_the_list_is_asked_for_what_all_need_in_the_first_reader_s_name():
    owner = Owner()
    a, b = Member("a", include="x"), Member("b", include="y")
    made = listing(owner, a, b)
    ids(made, a)
    assert owner.asked == [{"include": "x,y", "channel_id": "7"}]
    assert owner.tallies == [a.tally]


# One walk for all.


def test_every_member_gets_every_row_from_one_walk():
    owner = Owner()
    members = [Member(name) for name in "abc"]
    made = listing(owner, *members)
    assert [ids(made, member) for member in members] == [[1, 2, 3, 4, 5, 6, 7]] * 3
    assert len(owner.walks) == 1


def test_positions_come_along_from_the_spool():
    a, b = Member("a"), Member("b")
    made = listing(Owner(), a, b)
    walked = [page.position for page in pages_of(made, a)]
    assert [page.position for page in pages_of(made, b)] == walked == [2, 4, 6, 7]


def test_a_member_alone_is_walked_with_its_own_bounds_and_without_a_spool():
    owner = Owner()
    alone = Member("a", Bounds(since=DAYS[5]))
    made = listing(owner, alone)
    assert ids(made, alone) == [5, 6, 7]
    assert owner.walks == [alone.bounds]
    assert made._spool is None


def test_the_space_is_free_when_the_last_member_has_read():
    a, b = Member("a"), Member("b")
    made = listing(Owner(), a, b)
    ids(made, a)
    assert made._spool
    assert made._spool._file
    ids(made, b)
    assert made._spool._file is None


def test_whoever_reads_again_gets_everything_again():
    """A tap object can be used twice. The emptied spool used to be read: no rows, no error."""
    owner = Owner()
    a, b = Member("a"), Member("b")
    made = listing(owner, a, b)
    for member in (a, b, a, b):
        assert ids(made, member) == [1, 2, 3, 4, 5, 6, 7]


# Members that have come less far than others.


def test_the_walk_starts_at_the_earliest_bookmark_and_each_gets_its_own_part():
    owner = Owner()
    early, late = Member("a", Bounds(since=DAYS[3])), Member("b", Bounds(since=DAYS[6]))
    made = listing(owner, late, early)
    assert ids(made, late) == [6, 7]
    assert ids(made, early) == [3, 4, 5, 6, 7]
    assert owner.walks == [early.bounds]


def test_one_that_is_read_whole_makes_the_walk_whole():
    owner = Owner()
    changed, whole = Member("a", Bounds(since=DAYS[6])), Member("b")
    made = listing(owner, changed, whole)
    assert ids(made, changed) == [6, 7]
    assert ids(made, whole) == [1, 2, 3, 4, 5, 6, 7]
    assert owner.walks == [Bounds()]


def test_first_reads_at_different_ids_go_on_from_the_lowest():
    owner = Owner()
    far, near = Member("a", Bounds(after_id=5)), Member("b", Bounds(after_id=2))
    made = listing(owner, far, near)
    assert ids(made, far) == [6, 7]
    assert ids(made, near) == [3, 4, 5, 6, 7]
    assert owner.walks == [Bounds(after_id=2)]


def test_a_first_read_that_has_not_begun_makes_the_others_walk_from_the_start():
    owner = Owner()
    resumed, fresh = Member("a", Bounds(after_id=5)), Member("b", Bounds())
    made = listing(owner, resumed, fresh)
    assert ids(made, resumed) == [6, 7]
    assert ids(made, fresh) == [1, 2, 3, 4, 5, 6, 7]


def test_a_resumed_first_read_does_not_hide_changes_from_the_others():
    """`orders` had a bookmark, `order_shipments` was added and killed at id 4. The shared walk
    began behind id 4, and changes to the orders before it never came; the bookmark of `orders`
    moved all the same."""
    owner = Owner(row(1, day=9), row(2, day=2), row(3, day=8), row(5), row(6), row(7))
    changed, resumed = Member("orders", Bounds(since=DAYS[7])), Member("b", Bounds(after_id=4))
    made = listing(owner, changed, resumed)
    assert ids(made, changed) == [1, 3, 7]
    assert ids(made, resumed) == [5, 6, 7]


def test_the_end_date_stays_on_the_walk():
    owner = Owner()
    a = Member("a", Bounds(since=DAYS[1], until=DAYS[4]))
    b = Member("b", Bounds(since=DAYS[2], until=DAYS[4]))
    ids(listing(owner, a, b), a)
    assert owner.walks == [a.bounds]


@pytest.mark.parametrize("modified", [None, "", "soon"])
def test_a_row_whose_time_cannot_be_read_is_wanted_rather_than_lost(modified):
    owner = Owner(row(1), {"id": 2, "date_modified": modified}, row(9))
    owner._is_within = lambda *_: True  # type: ignore[method-assign]
    early, late = Member("a", Bounds(since=DAYS[1])), Member("b", Bounds(since=DAYS[9]))
    assert ids(listing(owner, early, late), late) == [2, 9]


def test_where_the_list_has_no_time_everything_is_wanted():
    owner = Owner()
    owner.time = None
    whole, changed = Member("a"), Member("b", Bounds(since=DAYS[6]))
    assert ids(listing(owner, whole, changed), changed) == [1, 2, 3, 4, 5, 6, 7]


def test_a_member_with_a_wrong_state_does_not_make_the_others_read_everything():
    """It says so when it is its turn, and is not read. It used to count as read whole."""
    owner = Owner()
    wrong = Member("a", UnreadableState("no date"))
    late, later = Member("b", Bounds(since=DAYS[5])), Member("c", Bounds(since=DAYS[6]))
    made = listing(owner, wrong, late, later)
    assert ids(made, late) == [5, 6, 7]
    assert ids(made, later) == [6, 7]
    assert owner.walks == [late.bounds]


def test_of_two_members_one_with_a_wrong_state_leaves_the_other_its_own_bounds():
    owner = Owner()
    wrong, good = Member("a", UnreadableState("no date")), Member("b", Bounds(since=DAYS[6]))
    assert ids(listing(owner, wrong, good), good) == [6, 7]
    assert owner.walks == [good.bounds]


# When it goes wrong.


def test_when_the_first_reader_stops_early_the_next_one_walks_itself():
    """`--test` stops every stream after a row."""
    owner = Owner()
    a, b, c = (Member(name) for name in "abc")
    made = listing(owner, a, b, c)
    pages = pages_of(made, a)
    next(pages)
    pages.close()
    assert ids(made, b) == ids(made, c) == [1, 2, 3, 4, 5, 6, 7]
    assert len(owner.walks) == 2


def test_when_all_stop_early_each_walks_itself():
    owner = Owner()
    members = [Member(name) for name in "abc"]
    made = listing(owner, *members)
    for member in members:
        pages = pages_of(made, member)
        assert next(pages).rows == [row(1), row(2)]
        pages.close()
    assert len(owner.walks) == 3


def test_a_reader_of_the_spool_that_stops_early_takes_nothing_from_the_next():
    owner = Owner()
    a, b, c = (Member(name) for name in "abc")
    made = listing(owner, a, b, c)
    ids(made, a)
    pages = pages_of(made, b)
    next(pages)
    pages.close()
    assert ids(made, c) == [1, 2, 3, 4, 5, 6, 7]
    assert len(owner.walks) == 1


def test_a_walk_that_fails_fails_for_all_and_is_not_repeated():
    owner = Owner()
    owner.fails_after = 2
    a, b = Member("a"), Member("b")
    made = listing(owner, a, b)
    got = []
    with pytest.raises(InconsistentList):
        got += [page.position for page in pages_of(made, a)]
    with pytest.raises(InconsistentList, match="the list is odd"):
        ids(made, b)
    assert len(owner.walks) == 1


def test_what_came_before_the_failure_was_given():
    owner = Owner()
    owner.fails_after = 2
    a = Member("a")
    pages = pages_of(listing(owner, a, Member("b")), a)
    assert [next(pages).position, next(pages).position] == [2, 4]
    with pytest.raises(InconsistentList):
        next(pages)


def test_a_fault_of_our_own_does_not_condemn_the_list():
    """A stream whose conversion fails ends; the next one tries the list itself."""
    owner = Owner()
    owner.fails_after, owner.error = 1, KeyError("oops")
    a, b = Member("a"), Member("b")
    made = listing(owner, a, b)
    with pytest.raises(KeyError):
        ids(made, a)
    owner.fails_after = None
    assert ids(made, b) == [1, 2, 3, 4, 5, 6, 7]


def test_beyond_the_room_of_the_spool_each_walks_itself(monkeypatch):
    monkeypatch.setattr(spool, "MAX_SPOOL_BYTES", 100)
    owner = Owner()
    members = [Member(name, Bounds(since=DAYS[n])) for n, name in enumerate("abc", 1)]
    made = listing(owner, *members)
    assert [len(ids(made, member)) for member in members] == [7, 6, 5]
    assert owner.walks == [members[0].bounds] * 3


def test_pages_are_not_changed_by_the_filter():
    page = Page([row(1), row(2)], total=2, position=2)
    owner = Owner()
    owner.walk = lambda *_: iter([page])  # type: ignore[method-assign]
    a, b = Member("a"), Member("b", Bounds(after_id=1))
    (got,) = pages_of(listing(owner, a, b), b)
    assert got == replace(page, rows=[row(2)])
    assert got.position == 2
    assert len(page.rows) == 2
