"""The walk by a few parents at a time."""

from __future__ import annotations

import itertools
import math
import typing as t
from collections import deque
from dataclasses import dataclass, replace

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.scans.by_page import CheckedPages
from tap_bigcommerce.scans.cost import Cost
from tap_bigcommerce.scans.errors import InconsistentList, check_whole
from tap_bigcommerce.scans.reader import LOOK_AHEAD
from tap_bigcommerce.schema.values import or_none, to_integer, value_at

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import Bounds
    from tap_bigcommerce.scans.cost import Extent
    from tap_bigcommerce.scans.reader import Reader


@dataclass(frozen=True, slots=True)
class ParentBatches:
    """Rows of a few parents at a time: `product_id:in=1,2,3`.

    Each answer holds all rows of its parents, so it is complete by itself, and batches can be
    read side by side. A batch that turns out larger than a page is halved. Where the parents come
    in order of their ids, a later run goes on behind the last one.
    """

    parent: str
    """Field that names the row's parent, dotted where it is nested."""
    filter: str
    key: str = "id"

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in order of the parents.

        Raises:
            InconsistentList: The filter was ignored.
        """
        sizer = _Sizer(reader.limit or 1)
        done = bounds.after_id
        parents = (number for number in bounds.parents if done is None or number > done)
        batches = sizer.batches(parents)
        asked: deque[list[int]] = deque()

        def requests() -> Iterator[dict[str, str]]:
            for batch in batches:
                asked.append(batch)
                yield self._params(batch)

        for first in itertools.islice(batches, 1):  # alone, so that all others learn from it
            try:
                page = reader.get(self._params(first))
            except RequestRefused:  # in places the reference has the filter take one id only
                yield from CheckedPages(key=self.key).rest(
                    reader, bounds, reader.get({"page": "1"})
                )
                return
            sizer.learn(len(first), page.total or len(page.rows))
            yield from self._whole(reader, bounds, first, page)
        for page in reader.ahead(requests()):
            batch = asked.popleft()
            sizer.learn(len(batch), page.total or len(page.rows))
            yield from self._whole(reader, bounds, batch, page)

    def cost(self, extent: Extent) -> Cost:
        """A first batch to learn from, and those that should then fill pages."""
        if not extent.parents:
            return Cost(0, 0)
        sizer, each = _Sizer(extent.size), extent.rows / extent.parents
        first = min(sizer.size(), extent.parents)
        sizer.learn(first, round(first * each))
        alone, others, left = _halves(first, each, extent.size), 0, extent.parents - first
        while left > 0:
            batch = min(sizer.size(), left)
            others, left = others + 1, left - batch
            if others >= LOOK_AHEAD:  # until then none of them has taught anything
                sizer.learn(batch, round(batch * each))
        return Cost(alone + others, alone + -(-others // LOOK_AHEAD))

    def _whole(
        self, reader: Reader, bounds: Bounds, batch: list[int], page: Page
    ) -> Iterator[Page]:
        check_whole(page)
        self._check(page, batch)
        if page.is_last:
            yield replace(page, position=batch[-1] if bounds.parents_rise else None)
        elif len(batch) > 1:
            middle = len(batch) // 2
            for half in (batch[:middle], batch[middle:]):
                yield from self._whole(reader, bounds, half, reader.get(self._params(half)))
        else:
            pages = CheckedPages(key=self.key, sort=self._params(batch))
            yield from pages.rest(reader, bounds, page)

    def _params(self, batch: list[int]) -> dict[str, str]:
        return {self.filter: ",".join(map(str, batch))}

    def _check(self, page: Page, batch: list[int]) -> None:
        wanted = set(batch)
        for row in page.rows:
            value = value_at(row, self.parent.split("."))
            if or_none(to_integer, value) not in wanted:
                msg = f"asked for rows by `{self.filter}`, got one whose {self.parent} is {value}"
                raise InconsistentList(msg)


def _halves(parents: int, each: float, size: int) -> int:
    """Requests for a batch that is halved until its rows fit into a page."""
    if parents == 1 or parents * each <= size:
        return 1
    middle = parents // 2
    return 1 + sum(_halves(half, each, size) for half in (middle, parents - middle))


class _Sizer:
    """How many parents fill a page, learned from the answers."""

    FILL: t.Final = 0.8  # a batch that overflows costs three requests instead of one
    FEW: t.Final = 50  # parents; what so few show of the others may be wrong by a half
    DOUBT: t.Final = 0.3  # of a page, after so few
    MAX_BATCH: t.Final = 250  # some 2,000 characters of ids, well within what servers take

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parents = self._rows = 0

    def learn(self, parents: int, rows: int) -> None:
        self._parents += parents
        self._rows += rows

    def batches(self, ids: Iterable[int]) -> Iterator[list[int]]:
        """Ids in lists that should fill a page."""
        batch: list[int] = []
        for number in ids:
            batch.append(number)
            if len(batch) >= self.size():
                yield batch
                batch = []
        if batch:
            yield batch

    def size(self) -> int:
        """Parents in the next batch."""
        if not self._parents:
            return min(self.FEW, self._limit)  # a few first, to learn from
        fill = self.FILL - self.DOUBT * min(1, math.sqrt(self.FEW / self._parents))
        wanted = fill * self._limit * self._parents / max(self._rows, 1)
        return max(1, min(int(wanted), self.MAX_BATCH))
