"""The walk from time to time."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.scans.bounds import SECOND
from tap_bigcommerce.scans.by_id import Keyset
from tap_bigcommerce.scans.cost import Cost
from tap_bigcommerce.scans.errors import check_whole

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans.bounds import Bounds, IdFilter, TimeFilter
    from tap_bigcommerce.scans.cost import Extent
    from tap_bigcommerce.scans.reader import Pending, Reader

    _Key = tuple[int, datetime]

EPOCH: t.Final = datetime.fromtimestamp(0, UTC)
NOTHING: t.Final = timedelta()
PROBE_ROWS: t.Final = 10
"""Enough to tell an order from its reverse, and light."""
MAX_CHASE: t.Final = 1000
"""Pages of rows modified since the run began that are read, so that a walk ends in a store that
changes as fast as it is read. What is left belongs to the next run."""


class _OtherOrder(Exception):  # noqa: N818 (turns to the other walk, never leaves this module)
    """The list does not come in the order that was asked for."""


@dataclass(frozen=True, slots=True)
class ReanchoredTime:
    """From time to time: after each page the lower bound moves to the last time seen.

    The list is sorted by modification time. A row that is modified meanwhile moves to the end,
    where it is met again; rows behind the bound cannot shift the ones ahead of it. The bound is
    inclusive, so rows of the same second come twice and are dropped the second time. The bound
    asked for is a second lower until the store shows that it includes it. More rows in one
    second than a page holds are walked by id within that second.
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
            yield from self._otherwise(reader, bounds)

    def cost(self, extent: Extent) -> Cost:
        """Its pages, of which each begins with the last row of the one before."""
        rest = max(extent.rows - extent.size, 0)
        requests = 1 + -(-rest // max(extent.size - 1, 1))
        return Cost(requests, requests)

    def _otherwise(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        reader.tally.fell_back("walked_by_id")
        yield from Keyset(self.ids, self.time).pages(reader, bounds)

    def _by_time(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        anchor = (bounds.since or EPOCH).replace(microsecond=0)  # earlier rows are all read
        asked, overlap = max(anchor - SECOND, EPOCH), SECOND
        seen: set[_Key] = set()
        chased = 0
        page = self._first(reader, bounds, asked)
        pending: Pending | None = None
        try:
            while times := self._times(page, asked):
                if times[0] < asked + SECOND:
                    overlap = NOTHING  # the store does include the lower bound
                keys = [(self.ids.of(r), time) for r, time in zip(page.rows, times, strict=True)]
                rows = [
                    row
                    for row, key in zip(page.rows, keys, strict=True)
                    if key[1] >= anchor and key not in seen
                ]
                last = times[-1].replace(microsecond=0)
                is_crowded = last <= anchor
                chased += times[0] > reader.run_started()
                is_end = page.is_last or chased > MAX_CHASE
                if not is_end and not is_crowded:  # asked for while this page is being written
                    asked = last - overlap
                    pending = reader.start(self._params(asked, bounds))
                if rows:
                    yield replace(page, rows=rows, position=times[-1].isoformat())
                if is_end:
                    return
                latest = {key for key in keys if key[1] >= last}
                if not is_crowded:
                    anchor, seen = last, latest
                elif asked < anchor and not overlap:
                    seen |= latest
                    pending = reader.start(self._params(anchor, bounds))
                    asked = anchor
                else:
                    seen |= latest
                    yield from self._second(reader, anchor, anchor - overlap, seen)
                    anchor, seen = anchor + SECOND, set()
                    if bounds.until and anchor > bounds.until:
                        return
                    asked = anchor - overlap
                    pending = reader.start(self._params(asked, bounds))
                page = t.cast("Pending", pending).page()
        finally:
            if pending:
                pending.drop()

    def _first(self, reader: Reader, bounds: Bounds, asked: datetime) -> Page:
        """The first page of a list that is sorted by time.

        Not only by the looks of it: a list by id may begin like one by time, and its rows with
        higher ids and earlier times would stay behind the bound.
        """
        params = self._params(asked, bounds)
        reverse = {name: _reversed(text) for name, text in self.ascending.items()}
        try:
            page = reader.get(params)
            times = self._times(page, asked)
            if page.is_last or self._cannot_be_by_id(page, times):
                return page
            top = reader.get({**params, **reverse, "limit": str(PROBE_ROWS)})
        except RequestRefused:
            raise _OtherOrder from None
        falling = [self.time.of(row) for row in top.rows]
        is_reverse = falling == sorted(falling, reverse=True)
        if not is_reverse or not max(falling, default=asked) >= times[-1] > times[0]:
            raise _OtherOrder
        return page

    def _cannot_be_by_id(self, page: Page, times: list[datetime]) -> bool:
        ids = [self.ids.of(row) for row in page.rows]
        rising = sorted(ids)
        return times[0] < times[-1] and ids not in (rising, rising[::-1])

    def _times(self, page: Page, asked: datetime) -> list[datetime]:
        """The rows' times, rising from what was asked for."""
        check_whole(page)
        times = [self.time.of(row) for row in page.rows]
        if times and (times[0] < asked or times != sorted(times)):
            raise _OtherOrder
        return times

    def _params(self, since: datetime, bounds: Bounds) -> dict[str, str]:
        until = bounds.until + SECOND if bounds.until else None
        return {**self.ascending, **self.time.params(since, until)}

    def _second(
        self, reader: Reader, second: datetime, since: datetime, seen: Collection[_Key]
    ) -> Iterator[Page]:
        """Rows of one second, from id to id, without those that have come."""
        end = second + SECOND

        def is_wanted(row: Row) -> bool:
            time = self.time.of(row)
            return second <= time < end and (self.ids.of(row), time) not in seen

        for page in Keyset(self.ids).between(reader, None, None, self.time.params(since, end)):
            if rows := list(filter(is_wanted, page.rows)):
                yield replace(page, rows=rows, position=None)


def _reversed(order: str) -> str:
    return order.replace("asc", "desc").replace("ASC", "DESC")
