"""Walks from id to id."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from tap_bigcommerce.scans.errors import InconsistentList

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import Bounds, IdFilter, TimeFilter
    from tap_bigcommerce.scans.reader import Reader

SPECULATION: t.Final = 8
"""Id ranges asked for at once. A constant, so that requests do not depend on the workers."""


@dataclass(frozen=True, slots=True)
class Keyset:
    """From id to id: `id > last seen`, ascending.

    Ids do not move, so whatever is changed, inserted or deleted meanwhile, the row after the
    last one is the row after the last one. Resumes at the last id.
    """

    ids: IdFilter
    window: TimeFilter | None = None

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in rising order of ids."""
        fixed = self.window.params(bounds.since, bounds.until) if self.window else {}
        yield from self.between(reader, bounds.after_id, None, fixed)

    def between(
        self, reader: Reader, above: int | None, below: int | None, fixed: Mapping[str, str]
    ) -> Iterator[Page]:
        """Pages with the ids between two others, both excluded."""
        pending = reader.start({**self.ids.between(above, below), **fixed})
        while True:
            page = pending.page()
            ids = self.ids.ascend(page, above, below)
            if not ids:
                return
            above = ids[-1]
            if not page.is_last:  # asked for while this page is being written
                pending = reader.start({**self.ids.between(above, below), **fixed})
            yield replace(page, position=above)
            if page.is_last:
                return


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
        fixed = self.window.params(bounds.since, bounds.until) if self.window else {}
        newest = reader.get({**(self.ids.descending or {}), **fixed})
        rows = sorted(newest.rows, key=self.ids.of)
        if not newest.is_last and self.ids.of(newest.rows[-1]) != self.ids.of(rows[0]):
            # The order was ignored, so this is not the newest page.
            yield from Keyset(self.ids, self.window).pages(reader, bounds)
            return
        after, count = bounds.after_id, len(rows)
        if not newest.is_last:
            for page in self._climb(reader, after, self.ids.of(rows[0]), fixed):
                count += len(page.rows)
                yield page
        if after is not None:
            rows = [row for row in rows if self.ids.of(row) > after]
        elif newest.total is not None and count < newest.total:
            self._explain(reader, fixed, count, self.ids.of(rows[-1]))
        if rows:
            yield replace(newest, rows=rows, position=self.ids.of(rows[-1]))

    def _explain(
        self, reader: Reader, fixed: Mapping[str, str], count: int, highest: int
    ) -> None:
        """Rows may have been deleted meanwhile; then the list counts fewer by now as well."""
        now = reader.get({**self.ids.between(None, highest + 1), **fixed, "limit": "1"})
        if now.total is not None and count < now.total:
            msg = f"{count} rows read, but the API counts {now.total}"
            raise InconsistentList(msg)

    def _climb(
        self, reader: Reader, above: int | None, below: int, fixed: Mapping[str, str]
    ) -> Iterator[Page]:
        width = 1
        while ranges := self._next_ranges(above, below, width, reader.limit):
            asked = [
                reader.start({**self.ids.between(low, high), **fixed}) for low, high in ranges
            ]
            is_dense = True
            for (low, high), pending in zip(ranges, asked, strict=True):
                page = pending.page()
                ids = self.ids.ascend(page, low, high)
                is_dense = is_dense and len(ids) == page.limit == ids[-1] - ids[0] + 1
                if ids:
                    yield replace(page, position=ids[-1])
                elif not page.is_last:
                    msg = f"no rows between ids {low} and {high}, where the API counts some"
                    raise InconsistentList(msg)
                above = high - 1 if page.is_last else ids[-1]
                if not page.is_last and high != below:
                    # More than a page: a smaller page had to be asked for, or the server cuts.
                    yield from Keyset(self.ids).between(reader, above, high, fixed)
                    above = high - 1
            width = min(2 * width, SPECULATION) if is_dense else 1

    @staticmethod
    def _next_ranges(
        above: int | None, below: int, width: int, limit: int | None
    ) -> list[tuple[int | None, int]]:
        if above is not None and above >= below - 1:
            return []
        if width == 1 or above is None or not limit:
            return [(above, below)]
        ranges: list[tuple[int | None, int]] = []
        while len(ranges) < width and above < below - 1:
            high = min(above + limit + 1, below)
            ranges.append((above, high))
            above = high - 1
        return ranges
