"""One walk serves everybody who wants something of its pages, and one's trouble is one's own."""

from __future__ import annotations

import threading
import typing as t
from concurrent.futures import Future

import pytest

from tap_bigcommerce.api.client import Tally
from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.streams.children import Asked
from tap_bigcommerce.streams.orders import Orders
from tap_bigcommerce.streams.outbox import Batch, Outbox, Room
from tap_bigcommerce.streams.walk import SAMPLE, Count, Sink, Walk

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_bigcommerce.api.pages import Row

LAST_S = 60


class Answer(Asked):
    """One parent's rows, on their way."""

    def __init__(self, whole: Child, number: int) -> None:
        self._child, self._number = whole, number
        whole.events.append(f"ask {number}")

    def rows(self) -> Sequence[Row]:
        self._child.events.append(f"read {self._number}")
        if self._number == self._child.fails_at:
            raise LookupError(self._number)
        return [{"id": 10 * self._number}]

    def drop(self) -> None:
        self._child.events.append(f"drop {self._number}")


class Child:
    """Asks for the rows of each parent that does not have them embedded."""

    name = "children"
    parent = Orders
    embed: t.ClassVar = {"include": "children"}

    def __init__(self) -> None:
        self.tally = Tally()
        self.events: list[str] = []
        self.fails_at = 0

    def check_offered(self, _asked: t.Any) -> None:
        """It is."""

    def rules_out(self, _parent: Row) -> bool:
        return False

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        rows: list[Row] | None = parent.get("rows")
        return rows

    def ask(self, parent: Row) -> Answer:
        return Answer(self, parent["id"])


class Pages:
    """A list in pages of one row each."""

    def __init__(self, *rows: Row | Exception) -> None:
        self.rows = list(rows)
        self.taken = 0
        self.is_closed = False

    def __call__(self) -> Iterator[Page]:
        try:
            for row in self.rows:
                if isinstance(row, Exception):
                    raise row
                self.taken += 1
                yield Page([row], position=row["id"])
        finally:
            self.is_closed = True


def rows(*numbers: int, **fields: t.Any) -> list[Row]:
    return [{"id": number, **fields} for number in numbers]


def shown(page: Page, found: Sequence[Sequence[Row]]) -> Batch:
    """A batch that shows what it was made of."""
    text = " ".join(f"{row['id']}" for row in page.rows)
    text += "".join(f":{one['id']}" for each in found for one in each)
    return Batch(text.encode(), position=page.position)


def sink(room: Room | None = None, **fields: t.Any) -> Sink:
    return Sink(Outbox(room or Room()), **{"batch": shown, **fields})


def walk_to(pages: Pages, *sinks: Sink) -> Walk:
    return Walk(pages, sinks)


def read(one: Sink) -> list[str]:
    return [batch.body.decode() for batch in one.outbox]


# Everybody gets everything.


def test_every_reader_gets_every_page():
    pages, (a, b) = Pages(*rows(1, 2, 3)), (sink(), sink())
    walk_to(pages, a, b)
    assert read(a) == read(b) == ["1", "2", "3"]
    assert pages.taken == 3


def test_nothing_is_asked_for_before_somebody_reads():
    pages = Pages(*rows(1))
    walk_to(pages, sink())
    assert pages.taken == 0


def test_the_reader_s_thread_goes_no_further_than_needed():
    pages, a = Pages(*rows(1, 2, 3)), sink()
    walk_to(pages, a)
    batches = iter(a.outbox)
    assert next(batches).body == b"1"
    assert pages.taken == 1
    next(batches)
    assert pages.taken == 2


def test_in_a_thread_of_its_own_it_is_the_same_and_the_end_is_told():
    pages, (a, b) = Pages(*rows(1, 2, 3)), (sink(), sink())
    walk, ended = walk_to(pages, a, b), threading.Event()
    assert walk.start(then=ended.set)
    assert not walk.start(then=ended.set), "a walk begins once"
    assert read(b) == read(a) == ["1", "2", "3"]
    assert ended.wait(LAST_S)


def test_rows_that_are_not_wanted_are_left_out_with_what_belongs_to_them():
    child = Child()
    a = sink(whole=child, wants=lambda row: row["id"] != 2)
    b = sink(whole=child, wants=lambda row: row["id"] != 3)
    page = Page(rows(1, 2, 3, 4), position=4)
    Walk(lambda: iter([page]), [a, b])
    assert read(a) == ["1 3 4:10:30:40"]
    assert read(b) == ["1 2 4:10:20:40"]
    assert page.rows == rows(1, 2, 3, 4)


def test_what_nobody_wants_is_not_asked_for():
    child = Child()
    Walk(lambda: iter([Page(rows(1, 2))]), [a := sink(whole=child, wants=lambda r: r["id"] == 2)])
    assert read(a) == ["2:20"]
    assert child.events == ["ask 2", "read 2"]


# Failures.


def test_the_list_s_failure_is_everybody_s_behind_what_came():
    a, b = sink(), sink()
    walk_to(Pages(*rows(1, 2), LookupError("odd")), a, b)
    for one in (a, b):
        batches = iter(one.outbox)
        assert [next(batches).body, next(batches).body] == [b"1", b"2"]
        with pytest.raises(LookupError, match="odd"):
            next(batches)


def test_a_list_that_cannot_be_begun_fails_too():
    def refused() -> Iterator[Page]:
        raise LookupError

    Walk(refused, [a := sink()])
    with pytest.raises(LookupError):
        read(a)


def test_a_row_that_cannot_be_converted_ends_its_reader_alone():
    def picky(page: Page, found: Sequence[Sequence[Row]]) -> Batch:
        if page.rows[0]["id"] == 2:
            raise KeyError(page.rows[0]["id"])
        return shown(page, found)

    a, b = sink(batch=picky), sink()
    walk_to(Pages(*rows(1, 2, 3)), a, b)
    assert read(b) == ["1", "2", "3"]
    batches = iter(a.outbox)
    assert next(batches).body == b"1"
    with pytest.raises(KeyError):
        next(batches)


def test_a_fault_in_what_is_wanted_ends_its_reader_alone():
    a, b = sink(wants=lambda row: row["none"]), sink()
    walk_to(Pages(*rows(1, 2)), a, b)
    with pytest.raises(KeyError):
        read(a)
    assert read(b) == ["1", "2"]


def test_children_that_cannot_be_read_end_their_readers_alone():
    child = Child()
    child.fails_at = 2
    a, b, c = sink(whole=child), sink(whole=child), sink()
    walk_to(Pages(*rows(1, 2, 3)), a, b, c)
    assert read(c) == ["1", "2", "3"]
    for one in (a, b):
        batches = iter(one.outbox)
        assert next(batches).body == b"1:10"
        with pytest.raises(LookupError):
            next(batches)


def test_a_walk_whose_thread_cannot_start_does_not_make_its_readers_wait_for_ever(monkeypatch):
    """Whoever came second waited for a thread that there never was."""
    starts = iter([RuntimeError("can't start new thread"), None])
    start = threading.Thread.start

    def scarce(thread: threading.Thread) -> None:
        if error := next(starts):
            raise error
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", scarce)
    a, ended = sink(), threading.Event()
    walk = walk_to(Pages(*rows(1)), a)
    with pytest.raises(RuntimeError):
        walk.start(then=ended.set)
    assert walk.start(then=ended.set)
    assert read(a) == ["1"]
    assert ended.wait(LAST_S)


def test_the_end_is_told_after_a_failure_too():
    ended = threading.Event()
    walk_to(Pages(LookupError()), a := sink()).start(then=ended.set)
    with pytest.raises(LookupError):
        read(a)
    assert ended.wait(LAST_S)


# Readers that go away.


def test_a_reader_who_went_away_costs_the_others_nothing():
    made: list[int] = []

    def noted(page: Page, found: Sequence[Sequence[Row]]) -> Batch:
        made.append(page.rows[0]["id"])
        return shown(page, found)

    a, b = sink(batch=noted), sink()
    walk_to(Pages(*rows(1, 2, 3)), a, b)
    next(iter(a.outbox))
    a.outbox.close()
    assert read(b) == ["1", "2", "3"]
    assert made == [1]


def test_when_nobody_reads_any_more_the_walk_ends():
    pages, (a, b) = Pages(*rows(1, 2, 3)), (sink(), sink())
    walk = walk_to(pages, a, b)
    next(iter(a.outbox))
    a.outbox.close()
    b.outbox.close()
    walk._step()
    assert pages.is_closed
    assert pages.taken == 2
    walk._step()


def test_what_nobody_waits_for_any_more_is_not_sent():
    """250 orders of a page, and 250 of the next one, were asked for their shipments; all of them
    still were when their only reader had gone, as it does after a row in `--test`."""
    child, pages = Child(), Pages(*rows(1, 2, 3, 4))
    a = sink(whole=child)
    walk = walk_to(pages, a)
    assert next(iter(a.outbox)).body == b"1:10"
    walk.close()
    assert pages.is_closed
    assert child.events == ["ask 1", "ask 2", "read 1", "drop 2"]


def test_what_was_asked_for_a_reader_who_went_away_is_dropped():
    child = Child()
    a = sink(whole=child)
    walk = walk_to(Pages(*rows(1, 2, 3, 4)), a)
    next(iter(a.outbox))
    a.outbox.close()
    walk._step()
    assert child.events == ["ask 1", "ask 2", "read 1", "ask 3", "drop 2", "drop 3"]


# Looking ahead.


def test_while_a_page_waits_for_its_children_the_next_one_s_are_asked_for():
    child = Child()
    walk_to(Pages(*rows(1, 2, 3)), a := sink(whole=child))
    assert read(a) == ["1:10", "2:20", "3:30"]
    assert child.events == ["ask 1", "ask 2", "read 1", "ask 3", "read 2", "read 3"]


def test_a_page_that_waits_for_nothing_does_not_wait():
    child, pages = Child(), Pages(*rows(1, 2, rows=[{"id": 5}]))
    walk_to(pages, a := sink(whole=child))
    assert next(iter(a.outbox)).body == b"1:5"
    assert pages.taken == 1


def test_pages_keep_their_order_whether_they_wait_or_not():
    embedded = {"rows": [{"id": 5}]}
    pages = Pages({"id": 1}, {"id": 2, **embedded}, {"id": 3, **embedded}, {"id": 4}, {"id": 5})
    walk_to(pages, a := sink(whole=Child()))
    assert read(a) == ["1:10", "2:5", "3:5", "4:40", "5:50"]


def test_a_page_that_waits_for_its_children_is_not_lost_when_the_next_one_fails():
    walk_to(Pages(*rows(1), LookupError()), a := sink(whole=Child()))
    batches = iter(a.outbox)
    assert next(batches).body == b"1:10"
    with pytest.raises(LookupError):
        next(batches)


# Rows that the API counts elsewhere.


class Counted(Child):
    """Rows in their parents, perhaps not all of them, and the API's count: before, and after."""

    def __init__(self, *totals: int | Exception | None) -> None:
        super().__init__()
        self._totals = list(totals)
        self.alone: dict[int, int] = {}
        """How many rows a parent has when it is asked itself."""

    def counter(self) -> t.Any:
        return self

    def start(self, params: dict[str, str]) -> t.Any:
        assert params == {"limit": "1"}
        self.events.append("count")
        total = self._totals.pop(0)
        future: Future[Page] = Future()
        if isinstance(total, Exception):
            future.set_exception(total)
        else:
            future.set_result(Page([], total=total))
        return type("Pending", (), {"page": staticmethod(future.result)})

    def own_rows(self, parent: Row) -> Sequence[Row]:
        self.events.append(f"look at {parent['id']}")
        return rows(*range(self.alone[parent["id"]]))


def counted(whole: Counted, *lengths: int) -> Sink:
    """A walk over parents that have so many rows embedded."""
    one = sink(whole=whole, count=Count(whole, {}))  # type: ignore[arg-type]  # it looks like a stream
    parents = [{"id": n, "rows": rows(*range(length))} for n, length in enumerate(lengths, 1)]
    walk_to(Pages(*parents), one)
    return one


@pytest.mark.parametrize(
    ("totals", "asked"),
    [
        ((4,), 1),
        ((3,), 1),  # some were born meanwhile
        ((None,), 1),
        ((5, 4), 2),  # one was deleted meanwhile
        ((5, None), 2),
    ],
)
def test_as_many_rows_as_are_counted_are_all(totals, asked):
    whole = Counted(*totals)
    assert len(read(counted(whole, 2, 0, 2))) == 3
    assert whole.events == ["count"] * asked


def test_the_count_is_asked_for_while_the_walk_goes_on():
    whole = Counted(4)
    batches = iter(counted(whole, 2, 2).outbox)
    next(batches)
    assert whole.events == ["count"]


def test_lists_that_were_cut_off_are_asked_for():
    whole = Counted(9, 9)
    whole.alone = {1: 2, 3: 4}
    batches = read(counted(whole, 2, 1, 2))
    assert batches[3:] == ["1 3:10:30"]
    looks = ["count", "count", "look at 1", "look at 3"]
    assert whole.events == [*looks, "ask 1", "ask 3", "read 1", "read 3"]


def test_lists_that_were_not_cut_off_are_all_although_more_is_counted():
    """Rows were born behind the walk: the next run has them."""
    whole = Counted(9, 9)
    whole.alone = {1: 2, 3: 2}
    assert len(read(counted(whole, 2, 1, 2, 1))) == 4
    assert whole.events == ["count", "count", "look at 1", "look at 3"]


def test_a_few_lists_are_looked_at_and_then_it_is_believed_that_none_is_cut_off():
    whole = Counted(999, 999)
    whole.alone = dict.fromkeys(range(1, 31), 2)
    assert len(read(counted(whole, *[2] * 30))) == 30
    assert whole.events == ["count", "count", *(f"look at {n}" for n in range(1, SAMPLE + 1))]


def test_a_list_that_cannot_be_asked_for_again_is_its_reader_s_failure_alone():
    whole = Counted(9, 9)
    whole.alone, whole.fails_at = {1: 3}, 1
    one = counted(whole, 2)
    with pytest.raises(LookupError):
        read(one)


def test_a_count_that_cannot_be_read_is_its_reader_s_failure_alone():
    whole: t.Any = Counted(LookupError())
    a, b = sink(whole=whole, count=Count(whole, {})), sink()
    walk_to(Pages(*rows(1, rows=[])), a, b)
    assert read(b) == ["1"]
    with pytest.raises(LookupError):
        read(a)


def test_a_list_without_a_page_is_not_counted():
    whole: t.Any = Counted()
    walk_to(Pages(), a := sink(count=Count(whole, {})))
    assert read(a) == []


# Whom the walk must not wait for.


def test_who_waits_for_one_reader_s_part_waits_for_the_walk():
    a, b = sink(), sink()
    walk = walk_to(Pages(*rows(1)), a, b)
    outboxes: list[Outbox] = [a.outbox, b.outbox]
    flags: Callable[[], list[tuple[bool, bool]]] = lambda: [  # noqa: E731 (read twice)
        (one.is_needed, one.is_walk_needed) for one in outboxes
    ]
    assert flags() == [(False, False), (False, False)]
    walk.need(a.outbox)
    assert flags() == [(True, True), (False, True)]
    walk.need(b.outbox)
    assert flags() == [(False, True), (True, True)]
