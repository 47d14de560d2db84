"""Walks by page number, and of lists that should need none."""

from __future__ import annotations

import enum
import itertools
import typing as t
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.api.pages import USUAL_CUTS
from tap_bigcommerce.api.retry import SHRINK_SIZES
from tap_bigcommerce.scans.cost import Cost
from tap_bigcommerce.scans.errors import InconsistentList, check_whole
from tap_bigcommerce.schema.values import or_none, to_integer

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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
    """They do, but the next run reads all of this again: it need not be complete."""


@dataclass(frozen=True, slots=True)
class Once:
    """One answer holds everything: a singleton, or a list without pages.

    When there turn out to be pages anyway, they are read as `CheckedPages` does.
    """

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """The page, and the others if there are any."""
        page = reader.get({})
        check_whole(page)
        if page.total_pages is None and len(page.rows) in USUAL_CUTS:
            if self._has_pages(reader, page):
                size = len(page.rows)
                first = replace(page, limit=size)
                yield from CheckedPages().rest(replace(reader, limit=size), bounds, first)
            else:
                yield page
        elif page.is_last:
            yield page
        else:
            yield from CheckedPages().rest(reader, bounds, page)

    def cost(self, extent: Extent) -> Cost:  # noqa: ARG002 (as its siblings)
        """One request."""
        return Cost(1, 1)

    @staticmethod
    def _has_pages(reader: Reader, page: Page) -> bool:
        """Whether the list is cut into pages, where it has as many rows as a page might."""
        try:
            following = reader.get({"page": "2"})
        except RequestRefused:
            return False
        repeated = {_key(row, "id") for row in following.rows} & {
            _key(row, "id") for row in page.rows
        }
        return len(repeated) < len(page.rows) / 2


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
        yield from self.rest(reader, bounds, reader.get({**params, "page": "1"}))

    def cost(self, extent: Extent) -> Cost:
        """Its pages; the first twice where there are more, and once what came meanwhile."""
        requests = extent.pages
        if requests > 1 and not self.only_grows:
            requests += 2 if extent.has_since and self.time and self.time.until else 1
        return Cost(requests, requests)

    def rest(self, reader: Reader, bounds: Bounds, first: Page) -> Iterator[Page]:
        """The first page, which has been read, and the others.

        Raises:
            InconsistentList: No order in which the list could be read completely.
        """
        check_whole(first)
        if self.only_grows or _is_alone(first):
            params = {**_page_size(first), **self._params(bounds.since, bounds.until)}
            yield from _forward(reader, params, first)
            return
        sent: dict[t.Any, t.Any] = {}
        for page in self._windows(reader, bounds, first):
            rows = [row for row in page.rows if self._is_news(row, sent)]
            if rows:
                yield replace(page, rows=rows)

    def _is_news(self, row: Row, sent: dict[t.Any, t.Any]) -> bool:
        """Whether this row has not come yet, or not with this time."""
        key, moment = _key(row, self.key), self.time and row.get(self.time.field)
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
                seen.update(_key(row, self.key) for row in page.rows)
                yield page
        for number in range(MAX_PASSES):
            one = _Pass(self.key)
            for page in _backward(reader, fixed, pages, can_grow=number > 0):
                one.add(page)
                yield page
                if one.is_lost:
                    break
            is_quiet = one.keys <= seen
            seen |= one.keys
            if one.is_lost:
                first = reader.get({**fixed, "page": "1"})
                yield first
                if _is_alone(first):
                    return
                seen.update(_key(row, self.key) for row in first.rows)
                pages = first.total_pages or pages
                continue
            is_sure = one.is_rising and window is _Window.CLOSED
            is_full = len(seen) >= min(one.totals, default=0)
            # Too few rows in order of ids are explained by births and deaths, if any were counted.
            is_explained = is_full or (is_quiet and len(one.totals) > 1)
            if (is_sure and is_explained) or (is_quiet and is_full) or window is _Window.LATE:
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


def _is_alone(first: Page) -> bool:
    """Whether the list is this one answer."""
    return first.is_last and first.parts == 1


class _Pass:
    """What one pass from the last page to the first showed."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.keys: set[t.Any] = set()
        self._lowest: t.Any = None
        self._idle = 0
        self.is_rising = True
        self.totals: set[int] = set()
        self.total_pages: int | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the pages are not where the count puts them."""
        return self._idle > MAX_IDLE

    def add(self, page: Page) -> None:
        """Take a page into account."""
        keys = [_key(row, self._key) for row in page.rows]
        is_idle = self.keys.issuperset(keys)
        self._idle = self._idle + 1 if is_idle else 0
        self.keys.update(keys)
        self.is_rising = self.is_rising and _rises(keys, self._lowest)
        self._lowest = keys[0] if keys else self._lowest
        if page.total is not None:
            self.totals.add(page.total)
        self.total_pages = page.total_pages


class Circle:
    """Notices when pages come round again: one page is kept, for twice as long each time."""

    def __init__(self) -> None:
        self._kept: tuple[int, str, str] | None = None
        self._left = self._span = 1

    def check(self, page: Page) -> None:
        """Compare a page with the one that is kept.

        Raises:
            InconsistentList: It is the same.
        """
        if not page.rows:
            return
        looks = (len(page.rows), repr(page.rows[0]), repr(page.rows[-1]))
        if looks == self._kept:
            msg = "a page repeats an earlier one: the endpoint ignores `page`, or its cursor"
            raise InconsistentList(msg)
        self._left -= 1
        if not self._left:
            self._kept = looks
            self._left = self._span = 2 * self._span


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
        page = reader.get({**fixed, "page": str(number)})
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


def _key(row: Row, name: str) -> t.Any:  # noqa: ANN401 (whatever tells rows apart)
    value = row.get(name)
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
