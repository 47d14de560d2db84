"""What a walk by id costs and how much of it is in flight, over lists with all kinds of gaps."""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from tap_bigcommerce.api.errors import Forbidden
from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.scans import Bounds, Counter, IdRanges
from tap_bigcommerce.scans.cost import Extent
from tap_bigcommerce.scans.widths import Widths
from tests.unit.scans.fake_store import START, V2_IDS, V2_TIME, V3_IDS, dice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

LIMIT = 250
COUNTER = Counter("/v2/list/count", ("channel_id",))


@dataclass
class Shelf:
    """A list of ids whose every answer takes one round, and who asks it."""

    ids: list[int]
    version: int = 2
    workers: int = 8
    counts: Callable[[int], Page] = lambda rows: Page([{"count": rows}])
    asked: list[tuple[str, str]] = field(default_factory=list)
    rounds: float = 0

    def __post_init__(self) -> None:
        self.free = [0.0] * self.workers

    def answer(self, path: str, params: Mapping[str, str], limit: int) -> Page:
        self.asked.append((path, str(sorted(params.items()))))
        above = int(params.get("id:greater", int(params.get("min_id", 1)) - 1))
        below = int(params.get("id:less", int(params.get("max_id", 10**15)) + 1))
        rows = self.ids[bisect_left(self.ids, above + 1) : bisect_left(self.ids, below)]
        if path == COUNTER.path:
            return self.counts(len(rows))
        is_falling = "desc" in f"{params.get('sort')}{params.get('direction')}"
        page = rows[: -limit - 1 : -1] if is_falling else rows[:limit]
        answer = Page([{"id": number} for number in page], limit)
        if self.version == 2:
            return answer
        pages = -(-len(rows) // limit)
        return replace(answer, total=len(rows), total_pages=pages, page_number=1)

    def walk(self, after: int | None = None) -> Shelf:
        """Read it all, and check that it comes in order."""
        seen: list[int] = []
        ids = V2_IDS if self.version == 2 else V3_IDS
        scan = IdRanges(ids, V2_TIME, COUNTER if self.version == 2 else None)
        reader: Any = ShelfReader(self)
        for page in scan.pages(reader, Bounds(after_id=after, until=START)):
            seen += [row["id"] for row in page.rows]
            assert page.position == seen[-1]
        assert seen == self.ids[bisect_left(self.ids, (after or 0) + 1) :]
        return self

    @property
    def extra(self) -> int:
        return len(self.asked) - math.ceil(len(self.ids) / LIMIT)


@dataclass(frozen=True)
class ShelfReader:
    """Plays `Reader`."""

    shelf: Shelf
    path: str = "/list"
    params: Mapping[str, str] = field(default_factory=lambda: {"channel_id": "1", "include": "x"})
    limit: int | None = LIMIT

    def get(self, params: Mapping[str, str]) -> Page:
        return self.start(params).page()

    def start(self, params: Mapping[str, str]) -> ShelfPending:
        shelf = self.shelf
        done = max(shelf.rounds, heapq.heappop(shelf.free)) + 1
        heapq.heappush(shelf.free, done)
        return ShelfPending(shelf, done, {**self.params, **params}, self)


@dataclass(frozen=True)
class ShelfPending:
    """Plays `Pending`."""

    shelf: Shelf
    done: float
    params: Mapping[str, str]
    reader: ShelfReader
    kept: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            page = self.shelf.answer(self.reader.path, self.params, self.reader.limit or 50)
        except Forbidden:
            return
        self.kept.append(page)

    def page(self) -> Page:
        self.shelf.rounds = max(self.shelf.rounds, self.done)
        if not self.kept:
            raise Forbidden(self.reader.path, status=403)
        return self.kept[0]

    outline = page

    def drop(self) -> None:
        pass


def scattered(share: float, pages: int, dice: Random) -> list[int]:
    """Ids of which that share is missing here and there."""
    ids: list[int] = []
    number = 100
    while len(ids) < pages * LIMIT:
        number += 1
        if dice.random() >= share:
            ids.append(number)
    return ids


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("share", [0, 0.004, 0.015, 0.08])
@pytest.mark.parametrize("pages", [2, 4, 9, 20, 41, 100, 200, 400])
def test_a_plan_knows_how_many_answers_are_waited_for(version, share, pages):
    shelf = Shelf(scattered(share, pages, dice(1)), version=version, workers=16).walk()
    scan = IdRanges(V2_IDS if version == 2 else V3_IDS, counter=COUNTER if version == 2 else None)
    gaps = (shelf.ids[-1] - shelf.ids[0] + 1) / len(shelf.ids) - 1
    cost = scan.cost(Extent(len(shelf.ids), LIMIT, gaps=gaps))
    assert cost.rounds == pytest.approx(shelf.rounds, rel=0.1, abs=1)


def holed(ids: list[int], holes: int, size: int) -> list[int]:
    """The same with large holes at even distances."""
    stretch = len(ids) // (holes + 1)
    return [number + min(place // stretch, holes) * size for place, number in enumerate(ids)]


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(
    ("share", "most_extra", "most_rounds"),
    [(0, 2, 56), (0.001, 3, 56), (0.015, 9, 60), (0.05, 13, 75), (0.1, 15, 110), (0.5, 17, 260)],
)
def test_a_long_list_is_read_side_by_side_for_a_few_percent(
    version, share, most_extra, most_rounds
):
    """400 pages with 8 workers: 50 rounds at best. Per 1,000 ids, 0 to 500 are missing."""
    shelf = Shelf(scattered(share, 400, dice(7)), version).walk()
    assert shelf.extra <= most_extra
    assert shelf.rounds <= most_rounds


@pytest.mark.parametrize("workers", [1, 4, 16])
@pytest.mark.parametrize("share", [0, 0.015, 0.1])
def test_what_is_asked_for_does_not_depend_on_the_workers(share, workers):
    ids = scattered(share, 200, dice(3))
    assert Shelf(ids).walk().asked == Shelf(ids, workers=workers).walk().asked


def test_sixteen_workers_read_dense_lists_twice_as_fast_as_eight():
    ids = scattered(0.015, 400, dice(7))
    assert Shelf(ids, workers=16).walk().rounds <= 32


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("share", [0, 0.015, 0.1])
@pytest.mark.parametrize(("holes", "size"), [(1, 100_000), (10, 5000), (100, 1000)])
def test_sudden_holes_cost_the_budget_and_what_is_in_flight(version, share, holes, size):
    shelf = Shelf(holed(scattered(share, 400, dice(5)), holes, size), version).walk()
    assert shelf.extra <= 1 + 2 + 0.03 * 400 + 16


def test_behind_the_only_hole_a_counted_list_is_read_side_by_side_again():
    """What the ranges in flight found empty is more than the budget, but no gaps are left."""
    ids = holed(scattered(0.001, 400, dice(5)), 1, 100_000)
    assert Shelf(ids).walk().rounds <= 70
    unknown = Shelf(ids, counts=lambda _: Page([])).walk()
    assert unknown.rounds > 150


@pytest.mark.parametrize("pages", [2, 40, 100])
def test_a_small_list_with_gaps_costs_its_pages(pages):
    shelf = Shelf(scattered(0.015, pages, dice(1))[: pages * LIMIT - 20]).walk()
    assert shelf.extra == 1  # to count its rows


def test_a_small_list_that_counts_its_rows_costs_one_more_at_most():
    for seed in range(5):
        shelf = Shelf(scattered(0.02, 40, dice(seed)), 3).walk()
        assert shelf.extra <= 1
        assert shelf.rounds <= 9
    assert Shelf(scattered(0.1, 40, dice(1)), 3).walk().extra <= 1
    assert Shelf(scattered(0.1, 100, dice(1)), 3).walk().rounds < 50
    assert Shelf(scattered(0.04, 20, dice(1)), 3).walk().rounds <= 8


def test_a_small_list_whose_ids_begin_high_is_small():
    ids = [10**7 + number for number in scattered(0.015, 40, dice(1))]
    assert Shelf(ids[:-20]).walk().extra == 1


def test_pages_ahead_of_their_turn_are_few():
    """Ranges are wide where ids were rare; then each holds many more pages than it should."""
    ids = [*range(0, 500_000, 20), *range(500_000, 800_000)]
    shelf = Shelf(ids, 2)
    ahead = []
    reader: Any = ShelfReader(shelf)
    for number, _ in enumerate(IdRanges(V2_IDS).pages(reader, Bounds())):
        ahead.append(len(shelf.asked) - number)
    assert max(ahead) <= 8 * 5 + 20


def test_the_counter_is_asked_once():
    def asked(pages, after=None):
        ids = scattered(0.015, pages, dice(1))
        return [params for path, params in Shelf(ids).walk(after).asked if path == COUNTER.path]

    assert len(asked(1)) == 1
    assert len(asked(121)) == 1
    (params,) = asked(300, after=20_000)
    assert "'channel_id', '1'" in params
    assert "max_date_modified" in params
    assert "min_id" in params
    assert "max_id" in params
    assert "include" not in params
    assert len(asked(300, after=50_000)) == 1


def refuse(_rows):
    raise Forbidden(COUNTER.path, status=403)


ANSWERS = {
    "none": refuse,
    "empty": lambda _: Page([]),
    "nameless": lambda _: Page([{}]),
    "text": lambda _: Page([{"count": "many"}]),
    "negative": lambda _: Page([{"count": -5}]),
    "zero": lambda _: Page([{"count": 0}]),
    "half": lambda rows: Page([{"count": rows // 2}]),
    "absurd": lambda _: Page([{"count": 10**15}]),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("share", [0.015, 0.1])
def test_a_counter_that_fails_or_lies_costs_little(answer, share):
    shelf = Shelf(scattered(share, 400, dice(2)), counts=ANSWERS[answer]).walk()
    assert shelf.extra <= 1 + 2 + 0.03 * 400 + 16
    assert shelf.rounds <= 160


def test_pages_much_smaller_than_asked_for_leave_one_range_in_flight():
    """With none the walk ended there, and the rest of the list was lost."""
    widths = Widths(LIMIT, None, (391, 400))
    for low in range(1, 391, 10):  # a store whose pages of more rows answer 504
        widths.learn(range(low, low + 10))
        assert widths.ranges()[1] >= 1
