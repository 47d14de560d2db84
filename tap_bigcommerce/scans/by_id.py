"""Walks from id to id."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.scans.errors import InconsistentList, check_whole

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import Bounds, IdFilter, TimeFilter
    from tap_bigcommerce.scans.reader import Reader

SPECULATION: t.Final = 8
"""Id ranges asked for at once. A constant, so that requests do not depend on the workers."""
SPARE: t.Final = 1
"""Requests that wrong guesses may cost a walk, and one more for each `DENSE_PAGES` right ones."""
DENSE_PAGES: t.Final = 10


@dataclass(frozen=True, slots=True)
class Keyset:
    """From id to id: `id > last seen`, ascending.

    Ids do not move, so whatever is changed, inserted or deleted meanwhile, the row after the
    last one is the row after the last one. Resumes at the last id.
    """

    ids: IdFilter
    window: TimeFilter | None = None

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in rising order of ids.

        Raises:
            InconsistentList: Fewer rows came than the answers count.
        """
        fixed = self.window.around(bounds.since, bounds.until) if self.window else {}
        total, count, after = None, 0, bounds.after_id
        for page in self.between(reader, after, None, fixed):
            total = total or page.total
            count += len(page.rows)
            yield page
        if count and not bounds.since:
            highest = page.position
            _check_total(reader, {**fixed, **self.ids.between(after, highest + 1)}, count, total)

    def between(
        self, reader: Reader, above: int | None, below: int | None, fixed: Mapping[str, str]
    ) -> Iterator[Page]:
        """Pages with the ids between two others, both excluded.

        Raises:
            InconsistentList: The answers contradict the question or themselves.
        """
        pending = reader.start({**self.ids.between(above, below), **fixed})
        try:
            while True:
                page = pending.page()
                check_whole(page)
                ids = self.ids.ascend(page, above, below)
                if not ids:
                    return
                above = ids[-1]
                is_end = page.is_last or (below is not None and above >= below - 1)
                if not is_end:  # asked for while this page is being written
                    pending = reader.start({**self.ids.between(above, below), **fixed})
                yield replace(page, position=above)
                if is_end:
                    return
        finally:
            pending.drop()


@dataclass(frozen=True, slots=True)
class IdRanges:
    """Ranges of ids side by side.

    As safe as `Keyset`. The newest page is read first and shows where ids end; then the list is
    climbed from its lowest id. Where ids are dense, a range as wide as a page is exactly one
    full page, so several can be in flight without knowing their rows and without one request
    more. Where ids have gaps, ranges would come half empty: there it goes on as `Keyset`.
    """

    ids: IdFilter
    window: TimeFilter | None = None

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in rising order of ids; rows born meanwhile belong to the next run.

        Raises:
            InconsistentList: Fewer rows came than the answers count.
        """
        fixed = self.window.around(bounds.since, bounds.until) if self.window else {}
        after = bounds.after_id
        newest = self._newest(reader, after, fixed)
        if newest is None:
            yield from Keyset(self.ids, self.window).pages(reader, bounds)
            return
        count = len(newest.rows)
        if not newest.is_last:
            for page in self._climb(reader, after, self.ids.of(newest.rows[0]), fixed):
                count += len(page.rows)
                yield page
        if not newest.rows:
            return
        highest = self.ids.of(newest.rows[-1])
        if not bounds.since:
            params = {**fixed, **self.ids.between(after, highest + 1)}
            _check_total(reader, params, count, newest.total)
        yield replace(newest, position=highest)

    def _newest(self, reader: Reader, after: int | None, fixed: Mapping[str, str]) -> Page | None:
        """The rows with the highest ids, ascending; None where the API cannot give them."""
        if self.ids.descending is None:
            return None
        try:
            page = reader.get({**self.ids.between(after, None), **self.ids.descending, **fixed})
        except RequestRefused:  # the reference is at odds with itself on `sort=id:desc`
            return None
        check_whole(page)
        ids = [self.ids.of(row) for row in page.rows]
        if after is not None and any(number <= after for number in ids):
            return None
        rows = sorted(page.rows, key=self.ids.of)
        # The order may be ignored, and one row alone does not show whether it is.
        is_proven = len(rows) > 1 and ids == [self.ids.of(row) for row in reversed(rows)]
        return replace(page, rows=rows) if page.is_last or is_proven else None

    def _climb(
        self, reader: Reader, above: int | None, below: int, fixed: Mapping[str, str]
    ) -> Iterator[Page]:
        guesses = _Guesses(reader.limit or 1)
        while above is None or above < below - 1:
            ranges = guesses.ranges(above, below)
            asked = [reader.start({**self.ids.between(low, high), **fixed}) for low, high in ranges]
            try:
                for (low, high), pending in zip(ranges, asked, strict=True):
                    page = pending.page()
                    check_whole(page)
                    ids = self.ids.ascend(page, low, high)
                    guesses.learn(page, ids, below)
                    if ids:
                        yield replace(page, position=ids[-1])
                    above = high - 1 if page.is_last else ids[-1]
                    if above < high - 1 and high != below:
                        # A smaller page had to be asked for, or the server cuts.
                        yield from Keyset(self.ids).between(reader, above, high, fixed)
                        above = high - 1
            finally:
                for pending in asked:
                    pending.drop()


def _check_total(reader: Reader, params: Mapping[str, str], count: int, total: int | None) -> None:
    """As many rows were read as the list counted, or as it counts by now if some were deleted.

    Not for lists with a lower bound of time, which rows enter while they are read.

    Raises:
        InconsistentList: There are more.
    """
    if total is None or count >= total:
        return
    now = reader.get({**params, "limit": "1"})
    if now.total is not None and count < now.total:
        msg = f"{count} rows read, but the API counts {now.total}"
        raise InconsistentList(msg)


class _Guesses:
    """How many ranges of ids are likely to be full pages."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._asked = self._rows = self._dense_pages = 0
        self._is_dense = False
        self._gaps: int | None = None

    def ranges(self, above: int | None, below: int) -> list[tuple[int | None, int]]:
        """The ranges to ask for next: one with all that is left, or several that fit a page."""
        width = self._width()
        if width == 1 or above is None:
            ranges: list[tuple[int | None, int]] = [(above, below)]
        else:
            ranges = [
                (low, min(low + self._limit + 1, below))
                for low in range(above, min(above + width * self._limit, below - 1), self._limit)
            ]
        self._asked += len(ranges)
        self._is_dense = True
        return ranges

    def learn(self, page: Page, ids: list[int], below: int) -> None:
        """Take an answer into account."""
        self._rows += len(ids)
        is_dense = bool(ids) and len(ids) == page.limit == ids[-1] - ids[0] + 1
        self._dense_pages += is_dense
        self._is_dense = self._is_dense and is_dense
        if ids and page.total is not None and self._asked == 1:
            self._gaps = below - ids[0] - page.total

    def _width(self) -> int:
        if not self._is_dense:
            return 1
        spent = self._asked - self._rows / self._limit
        spare = int(SPARE + self._dense_pages // DENSE_PAGES - spent)
        if self._gaps is not None and self._gaps // self._limit <= spare:
            return SPECULATION
        return max(1, min(1 + spare, SPECULATION))
