"""Walks from id to id."""

from __future__ import annotations

import logging
import typing as t
from array import array
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, replace
from itertools import islice

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.scans.cost import Cost
from tap_bigcommerce.scans.errors import InconsistentList, check_whole
from tap_bigcommerce.scans.widths import LONG, Widths, rounds_for
from tap_bigcommerce.schema.values import or_none, to_integer

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import Bounds, IdFilter, TimeFilter
    from tap_bigcommerce.scans.cost import Extent
    from tap_bigcommerce.scans.reader import Pending, Reader

logger = logging.getLogger("tap-bigcommerce")


@dataclass(frozen=True, slots=True)
class Keyset:
    """From id to id: `id > last seen`, ascending.

    Ids do not move, so whatever is changed, inserted or deleted meanwhile, the row after the
    last one is the row after the last one. Resumes at the last id.
    """

    ids: IdFilter
    window: TimeFilter | None = None
    counter: Counter | None = None
    """Counts the rows of a list whose pages do not."""

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in rising order of ids.

        Raises:
            InconsistentList: Fewer rows came than the answers count.
        """
        fixed = self.window.around(bounds.since, bounds.until) if self.window else {}
        total, after = None, bounds.after_id
        read = array("q")
        for page in self.between(reader, after, None, fixed):
            total = total or page.total
            read.extend(map(self.ids.of, page.rows))
            yield page
        if read and not bounds.since:
            self.check(reader, fixed, after, read, total)

    def cost(self, extent: Extent) -> Cost:
        """Its pages, each asked for from the last id of the one before."""
        return Cost(extent.pages, extent.pages)

    def between(
        self, reader: Reader, above: int | None, below: int | None, fixed: Mapping[str, str]
    ) -> Iterator[Page]:
        """Pages with the ids between two others, both excluded.

        Raises:
            InconsistentList: The answers contradict the question or themselves.
        """
        stretch = _Stretch(reader, self.ids, fixed, above, below)
        try:
            while not stretch.is_done:
                page = stretch.take()
                stretch.ask()  # it comes while this page is being written
                if page.rows:
                    yield page
        finally:
            stretch.drop()

    def check(
        self,
        reader: Reader,
        fixed: Mapping[str, str],
        above: int | None,
        read: Sequence[int],
        total: int | None,
    ) -> None:
        """As many rows were read as the list counted, or as it counts by now if some were deleted.

        A counter of its own may count what the list does not show, such as archived orders. So
        rows are not missing where reading the list again brings none that did not come.

        Not for lists with a lower bound of time, which rows enter while they are read.

        Args:
            reader: Asks again.
            fixed: Parameters besides the ids.
            above: Up to this id nothing was read.
            read: Ids of the rows that were, ascending.
            total: How many the first answer counted, if it did.

        Raises:
            InconsistentList: There are more.
        """
        if total is not None and len(read) >= total:
            return
        within = {**fixed, **self.ids.between(above, read[-1] + 1)}
        if self.counter:
            now = self.counter.count(reader, within)
        else:
            now = None if total is None else reader.get({**within, "limit": "1"}).total
        if now is None or len(read) >= now:
            return
        if self.counter:
            if now == self.counter.count(reader, self.ids.between(read[-1], None)):
                return  # it ignores the bounds, so it says nothing of what was read
            reader.tally.fell_back("read_again")
            if not self._has_others(reader, fixed, above, read):
                words = "%s: %s rows are there, read twice; %s counts %s, some of them not listed"
                logger.warning(words, reader.path, len(read), self.counter.path, now)
                return
        msg = f"{len(read)} rows read, but the API counts {now}"
        raise InconsistentList(msg)

    def _has_others(
        self, reader: Reader, fixed: Mapping[str, str], above: int | None, read: Sequence[int]
    ) -> bool:
        """Whether the list has rows among those that were read; nothing is embedded this time."""
        params = {name: text for name, text in reader.params.items() if name != "include"}
        size = reader.limit or 1
        last = [*read[size - 1 : -1 : size], read[-1]]
        asked = (
            {**self.ids.between(low, high + 1), **fixed}
            for low, high in zip([above, *last], last, strict=False)
        )
        for page, high in zip(replace(reader, params=params).ahead(asked), last, strict=False):
            ids = [self.ids.of(row) for row in page.rows]
            if any(read[bisect_left(read, number)] != number for number in ids):
                return True
            if not page.is_last and max(ids, default=high) < high:
                return True  # it was too heavy for the store, and what was cut off may be others
        return False


@dataclass(frozen=True, slots=True)
class Counter:
    """An endpoint that answers `count`: the rows of a list whose pages do not count them."""

    path: str
    filters: tuple[str, ...] = ()
    """Parameters of the list that it knows as well, besides bounds of ids and times."""

    def count(self, reader: Reader, bounds: Mapping[str, str]) -> int | None:
        """The rows within these bounds; None where the endpoint does not say."""
        filters = {name: text for name, text in reader.params.items() if name in self.filters}
        counting = replace(reader, path=self.path, params=filters, limit=None)
        try:
            rows = counting.get({name: bounds[name] for name in bounds if name != "sort"}).rows
        except FatalAPIError:  # no reason not to read the list
            return None
        count: int | None = or_none(to_integer, rows[0].get("count")) if rows else None
        return count


@dataclass(frozen=True, slots=True)
class IdRanges:
    """Ranges of ids side by side.

    As safe as `Keyset`: every range is walked from id to id, and where one ends the next begins.
    The newest page is read first and shows where ids end; then the list is climbed from its
    lowest id. How wide ranges are, and how many are in flight, only decides what they cost.
    """

    ids: IdFilter
    window: TimeFilter | None = None
    counter: Counter | None = None
    """Asked once, for lists that may be long."""

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in rising order of ids; rows born meanwhile belong to the next run.

        Raises:
            InconsistentList: Fewer rows came than the answers count.
        """
        fixed = self.window.around(bounds.since, bounds.until) if self.window else {}
        after = bounds.after_id
        newest = self._newest(reader, after, fixed)
        if newest is None:
            if self.ids.descending:
                reader.tally.fell_back("page_after_page")
            yield from self._keyset.pages(reader, bounds)
            return
        if not newest.rows:
            return
        highest = self.ids.of(newest.rows[-1])
        read = array("q")
        total = newest.total
        if total is None and self.counter:
            total = self.counter.count(reader, {**fixed, **self.ids.between(after, highest + 1)})
        if not newest.is_last:
            for page in self._climb(reader, after, newest, fixed, total):
                read.extend(map(self.ids.of, page.rows))
                yield replace(page, total=total)  # its own would be that of a range
        if not bounds.since:
            read.extend(map(self.ids.of, newest.rows))
            self._keyset.check(reader, fixed, after, read, total)
        yield replace(newest, position=highest, total=total)

    def cost(self, extent: Extent) -> Cost:
        """Its pages, side by side as far as `Widths` lets them."""
        counts = int(self.counter is not None)
        first, rest = min(extent.pages, 2), max(extent.pages - 2, 0)  # the newest and the oldest
        rounds = min(rounds_for(rest, gaps=extent.gaps, is_counted=not counts), rest)
        return Cost(extent.pages + counts, counts + first + rounds, counts + first)

    @property
    def _keyset(self) -> Keyset:
        return Keyset(self.ids, self.window, self.counter)

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
        self,
        reader: Reader,
        above: int | None,
        newest: Page,
        fixed: Mapping[str, str],
        total: int | None,
    ) -> Iterator[Page]:
        """The pages below the newest one, of a list with so many rows, if that is known."""
        below, highest = (self.ids.of(newest.rows[place]) for place in (0, -1))
        widths = Widths(reader.limit or 1, above, (below, highest))
        ahead = deque([_Stretch(reader, self.ids, fixed, above, below)])
        top, is_first = below - 1, True
        try:
            while ahead:
                head = ahead[0]
                page = head.take()
                widths.learn([self.ids.of(row) for row in page.rows])
                # A short list of V2 is to cost its pages, and guesses may cost one more.
                if is_first and total is not None and not (self.counter and widths.is_small):
                    widths.expect(total - len(newest.rows) - len(page.rows))
                is_first = False
                if head.is_done:
                    ahead.popleft()
                elif len(ahead) == 1 and head.is_idle and top == below - 1:
                    ahead.popleft()  # what is left of the list may as well be read side by side
                    top = page.position
                else:
                    head.ask()
                width, at_once = widths.ranges()
                while top < below - 1 and len(ahead) < at_once:
                    high = min(top + width + 1, below) if at_once > 1 else below
                    ahead.append(_Stretch(reader, self.ids, fixed, top, high))
                    top = high - 1
                if page.rows:
                    yield page  # others come while it is being written
                if ahead and not ahead[0].has_kept:
                    for stretch in islice(ahead, 1, None):
                        stretch.look()
        finally:
            for stretch in ahead:
                stretch.drop()


class _Stretch:
    """The rows between two ids, both excluded, page after page; the first is asked for at once."""

    def __init__(
        self,
        reader: Reader,
        ids: IdFilter,
        fixed: Mapping[str, str],
        above: int | None,
        below: int | None,
    ) -> None:
        self._reader, self._ids, self._fixed = reader, ids, fixed
        self._above, self._below = above, below
        self._is_read = False
        self._pending: Pending | None = None
        self._kept: deque[Pending] = deque()
        width = 0 if above is None or below is None else below - above - 1
        self._is_long = width > (reader.limit or 1)
        self.ask()

    @property
    def has_kept(self) -> bool:
        """Whether the next page is there."""
        return bool(self._kept)

    @property
    def is_idle(self) -> bool:
        """Whether every page that was asked for has been taken."""
        return not self._pending and not self._kept

    @property
    def is_done(self) -> bool:
        """Whether all rows have been taken."""
        return self._is_read and not self._kept

    def ask(self) -> None:
        """Ask for the next page, unless there is none or it is on its way."""
        if not self._is_read and not self._pending:
            bounds = self._ids.between(self._above, self._below)
            self._pending = self._reader.start({**bounds, **self._fixed})

    def take(self) -> Page:
        """The next page.

        Raises:
            InconsistentList: The answers contradict the question or themselves.
        """
        page = self._kept.popleft().page() if self._kept else self._read(self._due.page())
        last = self._ids.of(page.rows[-1]) if page.rows else None
        return replace(page, position=last)

    def look(self) -> None:
        """Read on before its turn. The page is kept as it came: here its ids are enough."""
        pending = self._pending
        if not pending or not self._is_long or len(self._kept) >= LONG:
            return
        try:
            self._read(self._due.outline())
        except FatalAPIError:
            return  # not before the pages that come before it
        self._kept.append(pending)
        self.ask()

    def drop(self) -> None:
        """Nobody waits for it any more."""
        if self._pending:
            self._pending.drop()

    @property
    def _due(self) -> Pending:
        return t.cast("Pending", self._pending)

    def _read(self, page: Page) -> Page:
        check_whole(page)
        ids = self._ids.ascend(page, self._above, self._below)
        self._pending = None
        self._above = ids[-1] if ids else self._above
        is_full = bool(ids) and self._below is not None and ids[-1] >= self._below - 1
        self._is_read = not ids or page.is_last or is_full
        return page
