"""The walk by page number."""

from __future__ import annotations

import enum
import itertools
import typing as t
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta

from tap_bigcommerce.api.errors import NotFound
from tap_bigcommerce.api.retry import SHRINK_SIZES
from tap_bigcommerce.scans.circle import Circle
from tap_bigcommerce.scans.cost import Cost
from tap_bigcommerce.scans.errors import InconsistentList, check_whole, say_starts_over
from tap_bigcommerce.schema.values import or_none, to_integer, value_at

if t.TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from datetime import datetime

    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans.bounds import Bounds, TimeFilter
    from tap_bigcommerce.scans.cost import Extent
    from tap_bigcommerce.scans.reader import Reader

MAX_PASSES: t.Final = 5
"""Times that a list without a provable order is read before the scan gives up."""
MAX_IDLE: t.Final = 3
"""Pages in a row without anything new that a walk passes over before it doubts the list."""
SETTLED: t.Final = timedelta(minutes=1)
"""How long before the run a time must be, that no change can get any more: for clocks that
differ and copies of the data that lag."""


class _Window(enum.Enum):
    """Whether rows can enter a list other than at its end."""

    CLOSED = enum.auto()
    OPEN = enum.auto()
    """They can, so rising ids prove nothing."""
    LATE = enum.auto()
    """They do, but the next run reads all of this again: it is no failure if passes never agree."""


@dataclass(frozen=True, slots=True)
class CheckedPages:
    """From the last page to the first.

    For lists that only know `page` and `limit`. A row that goes moves later rows towards the
    front, that is towards pages not yet read: they are met twice, not never, and dropped the
    second time. Rows that are born stand at the end of a list in order of ids. So a list whose
    ids turn out to rise is read completely in one pass.

    Any other order could also push rows towards the back. Such a list is read again until a
    pass brings nothing new and the rows are as many as the answers count.

    With a time filter, rows modified meanwhile would enter the list in its middle. The window is
    closed before the run's start, so that they can only leave it; what is later is read after:
    up to the run's start, and then the rest, which the next run reads in any case.

    One page alone is one answer, which nothing can shift. Unless it was too heavy and came in
    parts: those are read again as the pages that they are.

    A whole read that was interrupted goes on in a later run: rows that stood before a row in order
    of ids still do, on the same pages or earlier ones. It sees the list as one read with a pause
    would have: what was born meanwhile belongs to the next one.
    """

    time: TimeFilter | None = None
    key: str = "id"
    """Field that no two rows share."""
    sort: Mapping[str, str] = field(default_factory=dict)
    only_grows: bool = False
    """Rows are never deleted and come in order of ids, so that one pass forward is enough."""

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in the order in which they were read."""
        params = self._params(bounds.since, bounds.until)
        place = _Place.out_of(bounds.place)
        if place and reader.limit and bounds.since is None:
            size = min(place.size, reader.limit)
            is_done = yield from self._resumed(reader, {**params, "limit": str(size)}, place)
            if is_done:
                return
            say_starts_over(reader)
        yield from self._whole(reader, bounds, reader.get({**params, "page": "1"}))

    def _resumed(
        self, reader: Reader, fixed: Mapping[str, str], place: _Place
    ) -> Generator[Page, None, bool]:
        """What an interrupted read has left; whether that completes it."""
        size = int(fixed["limit"])
        if self.only_grows:
            number = place.rows // size + 1
            first = reader.get({**fixed, "page": str(number)})
            if (first.total or place.rows) < place.rows or first.per_page not in {None, size}:
                return False
            yield from self._onward(reader, fixed, first, number)
            return True
        number = -(-place.rows // size)
        one = _Pass(self.key, below=place.id)
        for page in _backward(reader, fixed, number, can_grow=False) if number else ():
            one.add(page)
            if not one.is_rising:
                return False
            yield replace(page, position=one.place(page))
        return len(one.keys) >= min([number * size, *one.totals])

    @staticmethod
    def _onward(
        reader: Reader, fixed: Mapping[str, str], first: Page, number: int = 1
    ) -> Iterator[Page]:
        """The pages of a list that only grows; each says how many rows were read."""
        size = int(fixed.get("limit", first.limit or 0))
        for before, page in enumerate(_forward(reader, fixed, first, number), start=number - 1):
            place = asdict(_Place((before + 1) * size, size, 0))
            yield page if page.is_last else replace(page, position=place)

    def cost(self, extent: Extent) -> Cost:
        """Its pages; the first twice where there are more, and once what came meanwhile."""
        requests = extent.pages
        if requests > 1 and not self.only_grows:
            requests += 2 if extent.has_since and self.time and self.time.until else 1
        return Cost(requests, requests, min(requests, 2))

    def rest(self, reader: Reader, bounds: Bounds, first: Page) -> Iterator[Page]:
        """The first page, which has been read, and the others; part of another walk.

        Raises:
            InconsistentList: No order in which the list could be read completely.
        """
        for page in self._whole(reader, bounds, first):
            yield replace(page, position=None)

    def _whole(self, reader: Reader, bounds: Bounds, first: Page) -> Iterator[Page]:
        check_whole(first)
        if self.only_grows or _is_alone(first):
            params = {**_page_size(first), **self._params(bounds.since, bounds.until)}
            is_placed = bounds.since is None
            for page in self._onward(reader, params, first):
                yield page if is_placed else replace(page, position=None)
            return
        sent: dict[t.Any, t.Any] = {}
        for page in self._windows(reader, bounds, first):
            rows = [row for row in page.rows if self._is_news(row, sent)]
            if rows:
                position = page.position if bounds.since is None else None
                yield replace(page, rows=rows, position=position)

    def _is_news(self, row: Row, sent: dict[t.Any, t.Any]) -> bool:
        """Whether this row has not come yet, or not with this time."""
        key, moment = key_of(row, self.key), self.time and row.get(self.time.field)
        is_news = key not in sent or sent[key] != moment
        sent[key] = moment
        return is_news

    def _windows(self, reader: Reader, bounds: Bounds, first: Page) -> Iterator[Page]:
        """Pages of one window of time after the other; rows may repeat."""
        check_whole(first)
        since, until = bounds.since, bounds.until
        size = _page_size(first)
        fixed = {**size, **self._params(since, until)}
        if _is_alone(first):
            yield first
        elif since is None or self.time is None:
            yield from self._passes(reader, fixed, first, _Window.CLOSED)
        elif not self.time.until:
            yield from self._passes(reader, fixed, first, _Window.OPEN)
        else:
            began = reader.run_started()
            edge = next((edge for edge in (began - SETTLED, began) if since < edge), None)
            if edge is None:
                yield from self._passes(reader, fixed, first, _Window.LATE)
                return
            kind = _Window.OPEN if edge == began else _Window.CLOSED
            if until and until <= edge:
                yield from self._passes(reader, fixed, first, kind)
                return
            closed = {**size, **self._params(since, edge)}
            # What is later may only make it fewer pages, unless all of it is later.
            times = [self.time.or_none(row) for row in first.rows]
            is_later = all(time and time > edge for time in times)
            if is_later or first.total_pages is None:
                first = reader.get({**closed, "page": "1"})
            if _is_alone(first):
                yield first
            else:
                yield from self._passes(reader, closed, first, kind)
            following = reader.get({**size, **self._params(edge, until), "page": "1"})
            yield from self._windows(reader, replace(bounds, since=edge), following)

    def _params(self, since: datetime | None, until: datetime | None) -> dict[str, str]:
        return {**self.sort, **(self.time.around(since, until) if self.time else {})}

    def _passes(
        self, reader: Reader, fixed: Mapping[str, str], first: Page, window: _Window
    ) -> Iterator[Page]:
        """Passes over the list until one is known to have completed it."""
        seen: set[t.Any] = set()
        pages, counted = first.total_pages, first.total
        if pages is None:  # nothing says where the list ends
            pages = 0
            for page in _forward(reader, fixed, first):
                pages += 1
                seen.update(key_of(row, self.key) for row in page.rows)
                yield page
        for number in _readings(reader):
            one = _Pass(self.key)
            for page in _backward(reader, fixed, pages, can_grow=number > 0):
                one.add(page)
                is_placed = number == 0 and window is _Window.CLOSED
                yield replace(page, position=one.place(page)) if is_placed else page
                if one.is_lost:
                    break
            is_quiet = one.keys <= seen
            seen |= one.keys
            if one.is_lost:
                first = reader.get({**fixed, "page": "1"})
                yield first
                if _is_alone(first):
                    return
                seen.update(key_of(row, self.key) for row in first.rows)
                pages = first.total_pages or pages
                continue
            is_sure = one.is_rising and window is _Window.CLOSED
            is_full = len(seen) >= min(one.totals, default=0)
            # Too few rows in order of ids are explained by births and deaths, if any were counted.
            is_explained = is_full or (is_quiet and len(one.totals) > 1)
            if (is_sure and is_explained) or (is_quiet and is_full):
                return
            pages = one.total_pages or pages
            counted = max(one.totals, default=None)
        if window is _Window.LATE:
            return
        msg = (
            f"{len(seen)} rows seen where the API counts {counted or 'none'}, and {MAX_PASSES} "
            "readings did not agree: the list changes faster than it can be read, its pages "
            "overlap, or it ignores `page`"
        )
        raise InconsistentList(msg)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a read of the whole list was interrupted."""

    rows: int
    """Rows that stand before it in the list."""
    size: int
    """Rows in a page."""
    id: int
    """The lowest id that was read, in a list that is read from its end."""

    @classmethod
    def out_of(cls, place: Mapping[str, t.Any] | None) -> t.Self | None:
        """The place in a state; None where there is none, or not one of this scan."""
        numbers = [(place or {}).get(name) for name in cls.__slots__]
        if all(type(number) is int and number >= 0 for number in numbers) and numbers[1]:
            return cls(*t.cast("list[int]", numbers))
        return None

    @classmethod
    def before(cls, page: Page, lowest: int) -> dict[str, int] | None:
        """The place in front of a page, for a state; None where pages have no number."""
        if page.parts > 1 or not page.page_number or not page.per_page:
            return None
        return asdict(cls((page.page_number - 1) * page.per_page, page.per_page, lowest))


def _readings(reader: Reader) -> Iterator[int]:
    """Numbers of the readings of a list, as long as another one may bring them to agree."""
    yield 0
    for number in range(1, MAX_PASSES):
        reader.tally.fell_back("read_again")
        yield number


def _is_alone(first: Page) -> bool:
    """Whether the list is this one answer."""
    return first.is_last and first.parts == 1


class _Pass:
    """What one pass from the last page to the first showed."""

    def __init__(self, key: str, below: int | None = None) -> None:
        self._key = key
        self.keys: set[t.Any] = set()
        self._lowest: t.Any = below
        self._idle = 0
        self.is_rising = True
        self.totals: set[int] = set()
        self.total_pages: int | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the pages are not where the count puts them."""
        return self._idle > MAX_IDLE

    def place(self, page: Page) -> dict[str, int] | None:
        """Where a later run goes on when the rows up to this page are written."""
        if not self.is_rising or not page.rows or not isinstance(self._lowest, int):
            return None
        return _Place.before(page, self._lowest)

    def add(self, page: Page) -> None:
        """Take a page into account."""
        keys = [key_of(row, self._key) for row in page.rows]
        is_idle = self.keys.issuperset(keys)
        self._idle = self._idle + 1 if is_idle else 0
        self.keys.update(keys)
        self.is_rising = self.is_rising and _rises(keys, self._lowest)
        self._lowest = keys[0] if keys else self._lowest
        if page.total is not None:
            self.totals.add(page.total)
        self.total_pages = page.total_pages


def _backward(
    reader: Reader, fixed: Mapping[str, str], pages: int, *, can_grow: bool
) -> Iterator[Page]:
    """All pages from the last to the first.

    The first one again, as it may have shifted. Each is asked for only when the one after it
    was answered, because until then its rows may shift.
    """
    pending = reader.start({**fixed, "page": str(pages)})
    try:
        for number in range(pages, 0, -1):
            page = pending.page()
            if page.parts > 1:
                yield from _one_by_one(reader, fixed, number, page)
            if number > 1:
                pending = reader.start({**fixed, "page": str(number - 1)})
            if page.parts == 1:
                yield page
            if can_grow and number == pages and page.total_pages is None:
                # Nothing else says that the list grew.
                yield from itertools.islice(_forward(reader, fixed, page, pages), 1, None)
    finally:
        pending.drop()


def _one_by_one(
    reader: Reader, fixed: Mapping[str, str], number: int, page: Page
) -> Iterator[Page]:
    """A page that came in parts, as smaller pages from the last to the first."""
    size = next((n for n in SHRINK_SIZES if page.limit and n < page.limit), None)
    if page.parts == 1 or not page.limit or not size:
        yield page
        return
    parts = page.limit // size
    for part in range(number * parts, (number - 1) * parts, -1):
        smaller = {**fixed, "limit": str(size)}
        answer = reader.get({**smaller, "page": str(part)})
        for one in _one_by_one(reader, smaller, part, answer):
            if one.rows:  # a list that is not counted may end anywhere in the page
                yield replace(one, total_pages=page.total_pages)


def _forward(
    reader: Reader, fixed: Mapping[str, str], page: Page, number: int = 1
) -> Iterator[Page]:
    """This page, which has been read, and those after it until one is the last."""
    circle = Circle()
    yield page
    while not page.is_last:
        circle.check(page)
        number += 1
        try:
            page = reader.get({**fixed, "page": str(number)})
        except NotFound:  # one way to say that a list has ended
            if page.total_pages is not None:
                raise
            return
        if page.rows:
            yield page
        elif not page.is_last:
            msg = f"page {number} has no rows, although it counts {page.total_pages} pages"
            raise InconsistentList(msg)


def _page_size(first: Page) -> dict[str, str]:
    """The size of pages where the server has another than was asked for.

    Only then a page that must be asked for in parts has the same rows as in one.
    """
    if first.limit is None or first.is_last:
        return {}
    size = len(first.rows) if first.total_pages is None else first.per_page
    return {"limit": str(size)} if size and size < first.limit else {}


def key_of(row: Row, name: str) -> t.Any:  # noqa: ANN401
    """What tells a row apart: the field of this name, dotted where nested, else all of the row."""
    value = value_at(row, name.split("."))
    number = or_none(to_integer, value)
    if number is not None:
        return number
    return value if isinstance(value, str) and value else repr(row)


def _rises(keys: list[t.Any], following: t.Any) -> bool:  # noqa: ANN401
    """Whether numbers rise, and start before the page that follows them.

    Not that they end before it: rows that moved up are met on both pages.
    """
    if not all(isinstance(key, int) for key in keys):
        return False
    if any(left >= right for left, right in itertools.pairwise(keys)):
        return False
    return not keys or following is None or keys[0] <= following
