"""The walk from cursor to cursor."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from tap_bigcommerce.scans.by_page import MAX_IDLE, CheckedPages, Circle
from tap_bigcommerce.scans.cost import Cost
from tap_bigcommerce.scans.errors import InconsistentList, check_whole

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
    """

    time: TimeFilter | None = None

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in the list's own order.

        Raises:
            InconsistentList: Cursors that lead in a circle.
        """
        fixed = self.time.around(bounds.since, bounds.until) if self.time else {}
        # The link repeats our parameters in its own spelling, and the `limit` of an answer that
        # had to be a smaller one.
        own = {*reader.params, *fixed, "page", "limit"}
        first = page = reader.get(fixed)
        check_whole(first)
        if first.total_pages is not None and first.is_last:
            yield first
            return
        count, idle = 0, 0
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
                    yield page
                page = pending.page()
            finally:
                pending.drop()
        count += len(page.rows)
        if page is first and first.total_pages is not None:
            has_ended = False  # more pages, but no cursors
        else:
            is_counted = first.total is not None and count >= first.total
            has_ended = page.has_cursors or page.is_last or is_counted
        if has_ended and (bounds.since or self._is_complete(reader, fixed, first.total, count)):
            yield page
        else:
            yield from CheckedPages(self.time).pages(reader, bounds)

    def cost(self, extent: Extent) -> Cost:
        """Its pages, each of which names the next."""
        return Cost(extent.pages, extent.pages)

    @staticmethod
    def _is_complete(reader: Reader, fixed: dict[str, str], total: int | None, count: int) -> bool:
        """Whether the rows are as many as the answers count, now if not at the start."""
        if total is None or count >= total:
            return True
        now = reader.get({**fixed, "limit": "1"})
        return now.total is None or count >= now.total
