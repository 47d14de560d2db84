"""One walk serves many streams, and each gets what it would have got alone."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tap_bigcommerce.api.client import Tally
from tap_bigcommerce.api.pages import Page, decode
from tap_bigcommerce.scans import Bounds, TimeFilter
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.streams.listing import Listing, kept_ids, merged_params
from tap_bigcommerce.streams.orders import Orders
from tap_bigcommerce.streams.outbox import Batch, Dropped, Room

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tap_bigcommerce.api.pages import Row

T0 = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = {number: T0 + timedelta(days=number) for number in range(10)}


def row(number: int, day: int | None = None, **fields: t.Any) -> Row:
    """Ids rise with time unless told otherwise."""
    moment = DAYS[number if day is None else day]
    return {"id": number, "date_modified": moment.isoformat(), **fields}


class Member:
    """A stream that reads from the list."""

    run = SimpleNamespace(expect=lambda _member, _total: None)
    whole_asked: Child | None = None

    def __init__(self, name: str, bounds: Bounds | None = None, **params: str) -> None:
        self.name = name
        self.tally = Tally()
        self.bounds = bounds or Bounds()
        self._params = params

    def list_params(self) -> dict[str, str]:
        return self._params

    def batch(self, page: Page, found: Sequence[Sequence[Row]]) -> Batch:
        text = json.dumps([one["id"] for one in page.rows] if not found else [*found])
        return Batch(text.encode(), len(page.rows), position=page.position)


class Child(Member):
    """A stream of what belongs to the rows: `{id}0`, embedded in pages that are small enough."""

    counted_by = None
    asked_by: t.ClassVar[dict[str, str]] = {}
    embed: t.ClassVar[dict[str, str]] = {}
    embed_limit: int | None = None
    is_embedded_whole = True

    def __init__(self, name: str, bounds: Bounds | None = None, **params: str) -> None:
        super().__init__(name, bounds, **params)
        self.seen: list[Row] = []
        self.childless: set[int] = set()

    def check_offered(self, _asked: t.Any) -> None:
        """It is."""

    @property
    def whole_asked(self) -> Child:  # type: ignore[override]
        return self

    def rules_out(self, parent: Row) -> bool:
        return parent["id"] in self.childless

    def kept(self, parent: Row) -> Row:
        return {"note": parent["note"]} if "note" in parent else {}

    def embedded(self, parent: Row) -> Sequence[Row]:
        """What would be asked for, to see for whom."""
        self.seen.append(parent)
        return [{"id": f"{parent['id']}0"}]


class Small(Child):
    """A stream whose rows are embedded in pages of two."""

    embed: t.ClassVar = {"include": "small"}
    embed_limit = 2


class Owner(Member):
    """The stream whose list it is: three rows a page, by id from the start or by time."""

    time: TimeFilter | None = TimeFilter("date_modified", since="since")
    ids_in = "id:in"
    batched_by = None
    id_of = staticmethod(Orders.id_of)

    def __init__(self, *rows: Row) -> None:
        super().__init__("orders")
        self.rows = list(rows) or [row(n) for n in range(1, 8)]
        self.walks: list[Bounds] = []
        self.asked: list[dict[str, str]] = []
        self.tallies: list[Tally] = []
        self.fails_after: int | None = None
        self.error: Exception = InconsistentList("the list is odd")
        self.gone: set[int] = set()

    def channel_params(self) -> dict[str, str]:
        return {"channel_id": "7"}

    params: t.ClassVar[dict[str, str]] = {"fields": "few"}

    def reader(self, params: dict[str, str], tally: Tally) -> Reader:
        self.asked.append(params)
        self.tallies.append(tally)
        return Reader(self, params, 250)

    def walk(self, _: Reader, bounds: Bounds, _ids: Callable[[], Iterator[int]]) -> Iterator[Page]:
        self.walks.append(bounds)
        rows = [one for one in self.rows if self._is_within(one, bounds)]
        for number, start in enumerate(range(0, len(rows), 3)):
            if number == self.fails_after:
                raise self.error
            page = rows[start : start + 3]
            by_time = bounds.since is not None
            yield Page(page, position=page[-1]["date_modified"] if by_time else page[-1]["id"])

    def _is_within(self, one: Row, bounds: Bounds) -> bool:
        moment = datetime.fromisoformat(one["date_modified"]) if one["date_modified"] else T0
        return (bounds.since is None or moment >= bounds.since) and (
            bounds.after_id is None or one["id"] > bounds.after_id
        )


@dataclass(frozen=True)
class Reader:
    """Asks for some rows of the list again."""

    owner: Owner
    params: dict[str, str]
    limit: int

    def ahead(self, wanted: Iterable[dict[str, str]]) -> Iterator[Page]:
        for params in wanted:
            self.owner.asked.append(params)
            numbers = {int(number) for number in params["id:in"].split(",")} - self.owner.gone
            yield Page([one for one in self.owner.rows if one["id"] in numbers])


def listing(owner: Owner, *members: Member, **options: t.Any) -> t.Any:
    return Listing(owner, members, Room(), iter, **options)  # type: ignore[arg-type]  # they only look like streams


def batches(made: t.Any, member: Member) -> list[Batch]:
    """As the run reads them."""
    source = made.rows[member.name]
    while source:
        source.walk.need(source.outbox)
        source = source.walk.after
    return list(made.rows[member.name].outbox)


def ids(made: t.Any, member: Member) -> list[t.Any]:
    return [number for batch in batches(made, member) for number in json.loads(batch.body)]


def children(made: t.Any, member: Member) -> list[str]:
    return [one["id"] for found in ids(made, member) for one in found]


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


def test_the_list_is_asked_for_what_all_need_in_the_first_member_s_name():
    owner = Owner()
    a, b = Member("a", include="x"), Member("b", include="y")
    ids(listing(owner, a, b), a)
    assert owner.asked == [{"include": "x,y", "channel_id": "7"}]
    assert owner.tallies == [a.tally]


def test_where_the_list_s_own_stream_is_read_the_requests_are_its_own():
    owner = Owner()
    a = Member("a")
    ids(listing(owner, a, owner), a)
    assert owner.tallies == [owner.tally]


def test_nothing_is_asked_for_before_somebody_reads():
    owner = Owner()
    listing(owner, Member("a"), Child("b"))
    assert owner.asked == []
    assert owner.walks == []


# One walk for all.


def test_every_member_gets_every_row_from_one_walk():
    owner = Owner()
    members = [Member(name) for name in "abc"]
    made = listing(owner, *members)
    assert [ids(made, member) for member in members] == [[1, 2, 3, 4, 5, 6, 7]] * 3
    assert len(owner.walks) == 1


def test_positions_come_along():
    a, b = Member("a"), Member("b")
    made = listing(Owner(), a, b)
    for member in (a, b):
        assert [batch.position for batch in batches(made, member)] == [3, 6, 7]


def test_a_member_alone_is_walked_with_its_own_bounds():
    owner = Owner()
    alone = Member("a", Bounds(since=DAYS[5]))
    assert ids(listing(owner, alone), alone) == [5, 6, 7]
    assert owner.walks == [alone.bounds]


def test_what_has_been_read_is_not_read_as_empty():
    """A tap object can be used twice. Once, there were no rows the second time, and no error."""
    a, b = Member("a"), Member("b")
    made = listing(Owner(), a, b)
    assert ids(made, a) == ids(made, b) == [1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(Dropped):
        ids(made, a)


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
    resumed, fresh = Member("a", Bounds(after_id=5)), Member("b")
    made = listing(Owner(), resumed, fresh)
    assert ids(made, resumed) == [6, 7]
    assert ids(made, fresh) == [1, 2, 3, 4, 5, 6, 7]


def test_a_resumed_first_read_does_not_hide_changes_from_the_others():
    """`orders` had a bookmark, `order_shipments` was added and killed at id 4. The shared walk
    began behind id 4, and changes to the orders before it never came; the bookmark of `orders`
    moved all the same."""
    owner = Owner(row(1, day=9), row(2, day=2), row(3, day=8), row(5), row(6), row(7))
    changed, resumed = Member("a", Bounds(since=DAYS[7])), Member("b", Bounds(after_id=4))
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


# When it goes wrong.


def test_a_reader_that_stops_early_takes_nothing_from_the_others():
    owner = Owner()
    a, b, c = (Member(name) for name in "abc")
    made = listing(owner, a, b, c)
    made.rows["a"].walk.need(made.rows["a"].outbox)
    next(iter(made.rows["a"].outbox))
    made.rows["a"].outbox.close()
    assert ids(made, b) == ids(made, c) == [1, 2, 3, 4, 5, 6, 7]
    assert len(owner.walks) == 1


def test_a_walk_that_fails_fails_for_all_and_is_not_repeated():
    owner = Owner()
    owner.fails_after = 1
    a, b, c = Member("a"), Member("b"), Child("c")
    made = listing(owner, a, b, c)
    for member in (a, b, c):
        with pytest.raises(InconsistentList, match="the list is odd"):
            ids(made, member)
    assert len(owner.walks) == 1


# What no page of the list has is asked for parent by parent, in a further walk.


def test_a_further_walk_gets_the_parents_of_the_first():
    owner = Owner()
    a, b = Member("a"), Child("b")
    made = listing(owner, a, b)
    assert children(made, b) == [f"{n}0" for n in range(1, 8)]
    assert ids(made, a) == [1, 2, 3, 4, 5, 6, 7]
    assert len(owner.walks) == 1


def test_a_further_walk_stands_where_the_first_stood():
    b = Child("b")
    assert [batch.position for batch in batches(listing(Owner(), b), b)] == [3, 6, 7]


def test_of_parents_only_what_is_needed_is_kept():
    owner = Owner(row(1, subtotal="1.00"), row(2))
    b = Child("b")
    children(listing(owner, b), b)
    assert [sorted(parent) for parent in b.seen] == [["_childless", "date_modified", "id"]] * 2


def test_what_rows_are_asked_by_is_asked_for_and_kept():
    owner = Owner(row(1, note="a"), row(2))
    a, b = Member("a"), Child("b")
    b.asked_by = {"include": "notes"}  # type: ignore[misc]  # of one stream alone
    made = listing(owner, a, b)
    children(made, b)
    assert owner.asked[0]["include"] == "notes"
    assert [parent.get("note") for parent in b.seen] == ["a", None]


def test_a_list_that_nobody_reads_is_walked_as_lightly_as_it_can_be():
    owner = Owner()
    b = Child("b", include="of no use here")
    children(listing(owner, b), b)
    assert owner.asked == [{"fields": "few", "channel_id": "7"}]


def test_a_parent_that_has_nothing_is_not_asked():
    a, b = Child("a"), Child("b")
    b.childless = {1, 2, 3, 6}
    made = listing(Owner(), a, b)
    assert children(made, a) == [f"{n}0" for n in range(1, 8)]
    found = [one for batch in batches(made, b) for one in json.loads(batch.body)]
    assert [one[0]["id"] for one in found if one] == ["40", "50", "70"]
    assert [parent["id"] for parent in b.seen] == [4, 5, 7]


def test_parents_that_no_member_of_a_further_walk_wants_are_not_kept():
    owner = Owner()
    a, b = Member("a"), Child("b", Bounds(since=DAYS[6]))
    made = listing(owner, a, b)
    assert ids(made, b) == [[{"id": "60"}], [{"id": "70"}]]
    assert [parent["id"] for parent in b.seen] == [6, 7]


def test_members_of_a_further_walk_get_their_own_parts():
    whole = Child("whole")
    early, late = Member("a", Bounds(since=DAYS[4])), Member("b", Bounds(since=DAYS[7]))
    early.whole_asked = late.whole_asked = whole
    made = listing(Owner(), early, late)
    assert children(made, early) == ["40", "50", "60", "70"]
    assert children(made, late) == ["70"]
    assert [parent["id"] for parent in whole.seen] == [4, 5, 6, 7]


def test_a_parent_without_an_id_fails_those_who_would_ask_for_it():
    """Its rows cannot be found; those of the list itself are there all the same."""
    owner = Owner(row(1), {**row(2), "id": None})
    owner.walk = lambda *_: iter([Page(owner.rows)])  # type: ignore[method-assign]
    a, b = Member("a"), Child("b")
    made = listing(owner, a, b)
    assert ids(made, a) == [1, None]
    with pytest.raises(InconsistentList, match="without a whole number as `id`"):
        children(made, b)


# What is embedded only in small pages comes from asking for the same parents again.


def test_small_pages_are_asked_for_by_the_ids_of_large_ones():
    owner = Owner()
    a, b = Member("a"), Small("b", include="small")
    made = listing(owner, a, b)
    assert children(made, b) == [f"{n}0" for n in range(1, 8)]
    asked = [one["id:in"] for one in owner.asked if "id:in" in one]
    assert asked == ["1,2", "3", "4,5", "6", "7"]
    assert {"include": "small"} in owner.asked
    assert all("date_modified" in parent for parent in b.seen)


def test_the_position_follows_the_last_small_page():
    """Killed in between, a run that resumed behind the large page would miss the others."""
    b = Small("b")
    found = [
        (len(json.loads(batch.body)), batch.position) for batch in batches(listing(Owner(), b), b)
    ]
    assert [pair for pair in found if pair != (0, None)] == [
        *[(2, None), (1, None), (0, 3)],
        *[(2, None), (1, None), (0, 6)],
        *[(1, None), (0, 7)],
    ]


def test_parents_that_have_nothing_are_not_asked_for_again():
    owner = Owner()
    b = Small("b")
    b.childless = {2, 4, 5, 6}
    assert children(listing(owner, b), b) == ["10", "30", "70"]
    assert [one["id:in"] for one in owner.asked if "id:in" in one] == ["1,3", "7"]


def test_where_one_of_two_has_something_the_parent_is_asked_for():
    owner = Owner(row(1), row(2))
    a, b = Small("a"), Small("b")
    a.childless, b.childless = {1, 2}, {2}
    made = listing(owner, a, b)
    assert children(made, b) == ["10"]
    assert children(made, a) == []
    assert [one["id:in"] for one in owner.asked if "id:in" in one] == ["1"]


def test_what_would_not_be_whole_is_not_asked_for_again():
    owner = Owner()
    b = Small("b")
    b.is_embedded_whole = False
    assert children(listing(owner, b), b) == [f"{n}0" for n in range(1, 8)]
    assert not [one for one in owner.asked if "id:in" in one]


def test_a_parent_that_does_not_come_again_stays_as_it_was_kept():
    owner = Owner()
    owner.gone = {2, 7}
    b = Small("b")
    assert children(listing(owner, b), b) == [f"{n}0" for n in range(1, 8)]


def test_a_list_that_fails_fails_the_small_pages_too():
    owner = Owner()
    owner.fails_after = 1
    b = Small("b")
    with pytest.raises(InconsistentList, match="the list is odd"):
        children(listing(owner, b), b)


# Ids for lists that are walked in batches of this one.


def test_ids_come_out_of_a_walk_over_the_whole_list():
    owner, variants = Owner(row(1), row("2", day=2), row(3)), Member("variants")  # type: ignore[arg-type]  # as V2 may write it
    made = listing(owner, owner, batched=[variants])
    assert list(kept_ids(made.ids["variants"].outbox)) == [1, 2, 3]


@pytest.mark.parametrize("bounds", [Bounds(since=DAYS[1]), Bounds(after_id=2)], ids=repr)
def test_a_walk_over_a_part_of_the_list_has_not_all_ids(bounds):
    owner = Owner()
    owner.bounds = bounds
    assert listing(owner, owner, batched=[Member("variants")]).ids == {}


def test_what_is_kept_is_json():
    owner = Owner(row(1))
    made = listing(owner, owner, batched=[Member("variants")])
    (batch,) = made.ids["variants"].outbox
    assert decode(batch.body) == [{**row(1), "_childless": []}]
