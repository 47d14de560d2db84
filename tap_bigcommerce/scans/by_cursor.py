"""The walk from cursor to cursor."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.scans.by_page import MAX_IDLE, CheckedPages
from tap_bigcommerce.scans.circle import Circle
from tap_bigcommerce.scans.cost import Cost
from tap_bigcommerce.scans.errors import InconsistentList, check_whole, say_starts_over

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import Bounds, TimeFilter
    from tap_bigcommerce.scans.cost import Extent
    from tap_bigcommerce.scans.reader import Reader


@dataclass(frozen=True, slots=True)
class Cursor:
    """From cursor to cursor: `links.next` as given.

    A cursor stands for a row, not for a number of rows, so nothing before it can shift what
    comes after. The first request carries neither `page` nor a cursor: only then does the
    answer hold one. A store that gives none, or stops giving them, is read as `CheckedPages`.

    A later run goes on at the cursor of the first page that was not written. It counts the rows
    in the end, and reads the list as `CheckedPages` if the store forgot the cursor.
    """

    time: TimeFilter | None = None

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in the list's own order."""
        place = bounds.place or {}
        query, count = place.get("query"), place.get("rows")
        is_query = isinstance(query, dict) and all(isinstance(q, str) for q in query.values())
        if query and is_query and type(count) is int and count > 0:
            try:
                page = reader.get({**query, **self.opening(bounds)})
            except RequestRefused:
                say_starts_over(reader)
            else:
                yield from self._follow(reader, bounds, page, count)
                return
        yield from self._whole(reader, bounds, reader.get(self.opening(bounds)))

    def opening(self, bounds: Bounds) -> dict[str, str]:
        """Parameters of the first request."""
        return self.time.around(bounds.since, bounds.until) if self.time else {}

    def rest(self, reader: Reader, bounds: Bounds, first: Page) -> Iterator[Page]:
        """The first page, which has been read, and the others; part of another walk."""
        for page in self._whole(reader, bounds, first):
            yield replace(page, position=None)

    def _whole(self, reader: Reader, bounds: Bounds, first: Page) -> Iterator[Page]:
        check_whole(first)
        if first.total_pages is not None and first.is_last:
            yield first
        else:
            yield from self._follow(reader, bounds, first, 0)

    def _follow(self, reader: Reader, bounds: Bounds, first: Page, count: int) -> Iterator[Page]:
        """A page that has been read, and those that its cursor leads to.

        Args:
            reader: Asks for them.
            bounds: What is wanted.
            first: The page.
            count: Rows before it.

        Raises:
            InconsistentList: Cursors that lead in a circle.
        """
        fixed = self.opening(bounds)
        # The link repeats our parameters in its own spelling, and the `limit` of an answer that
        # had to be a smaller one.
        own = {*reader.params, *fixed, "page", "limit"}
        is_resumed, page, idle = count > 0, first, 0
        followed: set[str] = set()
        circle = Circle()
        while page.next_params and idle <= MAX_IDLE:
            params = {name: text for name, text in page.next_params.items() if name not in own}
            cursor = params.get("after") or params.get("before") or str(params)
            if cursor in followed and page.rows:
                msg = "a cursor leads back to a page that was read before"
                raise InconsistentList(msg)
            followed.add(cursor)
            circle.check(page)
            idle = 0 if page.rows else idle + 1
            count += len(page.rows)
            pending = reader.start({**fixed, **params})
            try:
                if page.rows:
                    yield replace(page, position={"query": params, "rows": count})
                page = pending.page()
            finally:
                pending.drop()
        count += len(page.rows)
        if is_resumed:  # by a cursor that the store may have forgotten: the count must prove it
            is_whole = self._is_counted(reader, fixed, count)
        elif page is first and first.total_pages is not None:
            is_whole = False  # more pages, but no cursors
        else:
            is_whole = first.total is not None and count >= first.total
            if page.has_cursors or page.is_last:
                is_sure = bool(bounds.since) or first.total is None
                is_whole = is_whole or is_sure or self._is_counted(reader, fixed, count)
        if is_whole:
            yield page
        else:
            if is_resumed:
                say_starts_over(reader)
            yield from CheckedPages(self.time).pages(reader, bounds)

    def cost(self, extent: Extent) -> Cost:
        """Its pages, each of which names the next."""
        return Cost(extent.pages, extent.pages)

    @staticmethod
    def _is_counted(reader: Reader, fixed: dict[str, str], count: int) -> bool:
        """Whether the rows are as many as the API counts by now."""
        total = reader.get({**fixed, "limit": "1"}).total
        return total is None or count >= total
