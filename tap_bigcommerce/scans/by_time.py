"""The walk from time to time."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.scans.by_id import Keyset

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import Bounds, IdFilter, TimeFilter
    from tap_bigcommerce.scans.reader import Reader


class _OtherOrder(Exception):  # noqa: N818 (turns to the other walk, never leaves this module)
    """The list does not come in the order that was asked for."""


@dataclass(frozen=True, slots=True)
class ReanchoredTime:
    """From time to time: after each page the lower bound moves to the last time seen.

    The list is sorted by modification time. A row that is modified meanwhile moves to the end,
    where it is met again; rows behind the bound cannot shift the ones ahead of it. The bound is
    inclusive, so rows of the same second come twice and are dropped the second time. More rows
    in one second than a page holds are walked by id within that second.
    """

    time: TimeFilter
    ascending: Mapping[str, str]
    ids: IdFilter

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in rising order of time.

        The reference is at odds with itself on how to ask for this order. A store that refuses
        or ignores it is walked by id within the same window, which is as safe.
        """
        try:
            yield from self._by_time(reader, bounds)
        except _OtherOrder:
            yield from Keyset(self.ids, self.time).pages(reader, bounds)

    def _by_time(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        anchor = bounds.since or datetime.fromtimestamp(0, UTC)
        seen: set[tuple[int, datetime]] = set()
        try:
            page = reader.get(self._params(anchor, bounds))
        except RequestRefused:
            raise _OtherOrder from None
        while page.rows:
            times = [self.time.of(row) for row in page.rows]
            if times != sorted(times):
                raise _OtherOrder
            last = times[-1]
            keys = [(self.ids.of(row), time) for row, time in zip(page.rows, times, strict=True)]
            rows = [row for row, key in zip(page.rows, keys, strict=True) if key not in seen]
            is_stuck = last.replace(microsecond=0) <= anchor
            if not page.is_last and not is_stuck:  # asked for while this page is being written
                anchor = last.replace(microsecond=0)
                pending = reader.start(self._params(anchor, bounds))
            seen = {key for key in (*seen, *keys) if key[1] >= anchor}
            if rows:
                yield replace(page, rows=rows, position=last.isoformat())
            if page.is_last:
                return
            if is_stuck:
                yield from self._second(reader, anchor, seen)
                anchor += timedelta(seconds=1)
                seen = set()
                pending = reader.start(self._params(anchor, bounds))
            page = pending.page()

    def _params(self, since: datetime, bounds: Bounds) -> dict[str, str]:
        return {**self.ascending, **self.time.params(since, bounds.until)}

    def _second(
        self, reader: Reader, second: datetime, seen: set[tuple[int, datetime]]
    ) -> Iterator[Page]:
        """Rows of one second, from id to id."""
        end = second + timedelta(seconds=1)
        # One second more than wanted, as nothing promises that the upper bound is inclusive.
        fixed = self.time.params(second, end)
        for page in Keyset(self.ids).between(reader, None, None, fixed):
            rows = [
                row
                for row in page.rows
                if (time := self.time.of(row)) < end and (self.ids.of(row), time) not in seen
            ]
            if rows:
                yield replace(page, rows=rows, position=None)
