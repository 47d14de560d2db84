"""Walks of lists that are cut by the server: one answer, cursors, page numbers."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from tap_bigcommerce.scans.errors import InconsistentList

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import Bounds, TimeFilter
    from tap_bigcommerce.scans.reader import Reader

MAX_PASSES: t.Final = 5
"""Times that a list without a provable order is read before the scan gives up."""


@dataclass(frozen=True, slots=True)
class Once:
    """One answer holds everything: a singleton, or a list without pages.

    When pagination shows up in the answer anyway, the other pages are read as `CheckedPages`
    does.
    """

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """The page, and the others if it says that there are any."""
        page = reader.get({})
        if page.total_pages is None or page.is_last:
            yield page
        else:
            yield from CheckedPages().pages(reader, bounds)


@dataclass(frozen=True, slots=True)
class Cursor:
    """From cursor to cursor: `links.next` as given.

    A cursor stands for a row, not for a number of rows, so nothing before it can shift what
    comes after. The first request carries neither `page` nor a cursor: only then does the
    answer hold one. A store that gives none is read as `CheckedPages`.
    """

    time: TimeFilter | None = None

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in the list's own order."""
        fixed = self.time.params(bounds.since, bounds.until) if self.time else {}
        page = reader.get(fixed)
        if page.next_params is None and not page.is_last:
            yield from CheckedPages(self.time).pages(reader, bounds)
            return
        followed: set[str] = set()
        while page.next_params and page.rows:
            params = {name: text for name, text in page.next_params.items() if name != "page"}
            cursor = params.get("after") or params.get("before") or str(params)
            if cursor in followed:
                msg = "a cursor leads back to a page that was read before"
                raise InconsistentList(msg)
            followed.add(cursor)
            pending = reader.start({**fixed, **params})
            yield page
            page = pending.page()
        yield page


@dataclass(frozen=True, slots=True)
class CheckedPages:
    """From the last page to the first.

    For lists that only know `page` and `limit`. A row that goes moves later rows towards the
    front, that is towards pages not yet read: they are met twice, not never, and dropped the
    second time. Rows that are born stand at the end of a list in order of ids. So a list whose
    ids turn out to rise is read completely in one pass.

    Any other order could also push rows towards the back. Such a list is read again until a
    pass brings nothing new.

    With a time filter, rows modified meanwhile would enter the list in its middle. The window is
    closed at the run's start, so that they can only leave it, and what left is read from there.

    One page alone is one answer, which nothing can shift.
    """

    time: TimeFilter | None = None
    key: str = "id"
    sort: Mapping[str, str] = field(default_factory=dict)
    only_grows: bool = False
    """Rows are never deleted and come in order of ids, so that one pass forward is enough."""

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in the order in which they were read."""
        since = bounds.since
        while True:
            fixed = {**self.sort, **self._window(since, bounds.until)}
            first = reader.get({**fixed, "page": "1"})
            if first.is_last or self.only_grows:
                yield first
                yield from self._forward(reader, fixed, first)
                return
            if not self.time or not self.time.until or since is None or bounds.until:
                yield from self._passes(reader, fixed, first)
                return
            closed = {**self.sort, **self._window(since, reader.run_started())}
            yield from self._passes(reader, closed, reader.get({**closed, "page": "1"}))
            since = reader.run_started()

    def _window(self, since: datetime | None, until: datetime | None) -> dict[str, str]:
        return self.time.params(since, until) if self.time else {}

    def _passes(self, reader: Reader, fixed: Mapping[str, str], first: Page) -> Iterator[Page]:
        seen: set[t.Any] = set()

        def unseen(page: Page) -> Iterator[Page]:
            rows = []
            for row in page.rows:
                key = row.get(self.key, repr(row))
                if key not in seen:
                    seen.add(key)
                    rows.append(row)
            if rows:
                yield replace(page, rows=rows)

        pages = first.total_pages
        if pages is None:  # nothing says where the list ends
            yield from unseen(first)
            pages = 1
            for page in self._forward(reader, fixed, first):
                yield from unseen(page)
                pages += 1
        for _ in range(MAX_PASSES):
            before, lowest, is_rising = len(seen), None, True
            for page in self._backward(reader, fixed, pages):
                keys = [row.get(self.key) for row in page.rows]
                is_rising = is_rising and _rises(keys, lowest)
                lowest = keys[0] if keys else lowest
                yield from unseen(page)
            if is_rising or len(seen) == before:
                return
        msg = (
            f"{len(seen)} rows seen where the API counted {first.total}, and each reading brings "
            "others: the list changes faster than it can be read"
        )
        raise InconsistentList(msg)

    @staticmethod
    def _backward(reader: Reader, fixed: Mapping[str, str], pages: int) -> Iterator[Page]:
        """All pages from the last to the first; the first one again, as it may have shifted."""
        pending = reader.start({**fixed, "page": str(pages)})
        for number in range(pages - 1, -1, -1):
            page = pending.page()
            if number:  # only now, as its rows may have shifted until this page was answered
                pending = reader.start({**fixed, "page": str(number)})
            yield page

    @staticmethod
    def _forward(reader: Reader, fixed: Mapping[str, str], first: Page) -> Iterator[Page]:
        """Pages after the first, until one is the last."""
        page, number = first, 1
        while not page.is_last:
            number += 1
            following = reader.get({**fixed, "page": str(number)})
            if not following.rows:
                return
            if following.rows == page.rows:
                msg = f"page {number} repeats page {number - 1}: the endpoint ignores `page`"
                raise InconsistentList(msg)
            page = following
            yield page


def _rises(keys: list[t.Any], following: t.Any) -> bool:  # noqa: ANN401
    """Whether numbers rise, and start before the page that follows them.

    Not that they end before it: rows that moved up are met on both pages.
    """
    if not all(isinstance(key, int) for key in keys):
        return False
    if any(left >= right for left, right in zip(keys, keys[1:], strict=False)):
        return False
    return not keys or following is None or keys[0] <= following
