"""How wide ranges of ids are, and how many are in flight: what a walk by id may guess.

A wrong guess costs requests, never rows. What is decided here follows from constants and from
answers in their order, so that requests do not depend on the workers.
"""

from __future__ import annotations

import math
import statistics
import typing as t
from collections import deque

if t.TYPE_CHECKING:
    from collections.abc import Sequence

AT_ONCE: t.Final = 16
"""Ranges of one page in flight; twice the usual workers, as answers come in no order."""
LONG: t.Final = 4
"""Pages of a range where ids have gaps: what a guess wastes is a part of its last page."""
LONG_AT_ONCE: t.Final = 8
"""Such ranges in flight. Their pages wait as bytes, 32 at most, as in `Reader`."""
SPARE: t.Final = 1
"""Requests that a walk may cost more than its rows fill."""
SPARE_PER_PAGE: t.Final = 0.03
"""And so many for each page: enough for 8 in flight up to 10 % of gaps; 2 % are not."""
SMALL: t.Final = 120
"""Pages of a list that is to cost as many requests: 25,000 rows and some gaps. If nothing counts
its rows, ranges are only guessed where the pages lately read had no gap at all."""
AT_ONCE_PER_PAGE: t.Final = 0.1
"""Ranges more in flight for each page read of a list that is small, or whose rows nothing counts:
the last pages of a dense stretch may be followed by nothing for long."""
RECENT: t.Final = 16
"""Pages that show how many ids the next ones will span."""
ENOUGH: t.Final = 8
"""Pages that show how much that varies."""
CAUTION: t.Final = 2.0
"""Standard deviations by which a long range is narrower than its pages are expected to be."""


def rounds_for(pages: int, *, gaps: float | None, is_counted: bool) -> int:
    """Answers that are waited for one after the other, for so many pages of a list.

    Args:
        pages: What follows the newest and the oldest page.
        gaps: Ids without a row, for each row; None where nobody knows.
        is_counted: Whether a list that is small is believed to have the rows that it counts.
    """
    is_small = pages + 2 <= SMALL
    is_dense = gaps is not None and gaps * pages <= max(SPARE, SPARE_PER_PAGE * pages)
    if is_dense and (is_counted or not is_small):
        return -(-pages // AT_ONCE)
    if is_small and not is_counted and gaps != 0:
        return pages
    learned = min(pages, ENOUGH - 1) if gaps != 0 else 0
    rest = pages - learned
    if not is_small:
        return learned + -(-rest // LONG_AT_ONCE) + LONG - 1  # the last ranges are in flight alone
    more = AT_ONCE_PER_PAGE / (1 + SPARE)  # the ranges in flight become more with the pages
    return learned + math.ceil(math.log1p(more * rest) / AT_ONCE_PER_PAGE) + (rest > 0)


class Widths:
    """The ranges of one list, from what its pages show."""

    def __init__(self, limit: int, above: int | None, newest: tuple[int, int]) -> None:
        """Prepare for a list.

        Args:
            limit: Rows in a page.
            above: Up to this id nothing is read; None for a list that is read whole.
            newest: The lowest and the highest id of the newest page, up to which is read.
        """
        self._limit = limit
        self._at, self._below = above, newest[0]
        self._asked = self._rows = 0
        self._rows_left: int | None = None
        self._lacking = SPARE_PER_PAGE
        self._most_rows = 0
        self._recent = deque([newest[1] - newest[0] + 1.0], maxlen=RECENT)

    def learn(self, ids: Sequence[int]) -> None:
        """Take an answer into account: the next ids of the list, or none in this range."""
        if ids:
            start = ids[0] - 1 if self._at is None else self._at
            if not self._asked:
                self._most_rows = self._below - 1 - start
            self._recent.append((ids[-1] - start) * self._limit / len(ids))
            self._at = ids[-1]
        self._asked += 1
        self._rows += len(ids)
        if self._rows_left is not None:
            self._rows_left -= len(ids)

    def expect(self, rows_left: int) -> None:
        """Believe that so many rows follow, until what comes contradicts it."""
        self._rows_left = rows_left
        self._lacking = max(SPARE_PER_PAGE, SPARE * self._limit / max(rows_left, 1))
        self._most_rows = min(self._most_rows, self._rows + rows_left)

    @property
    def is_small(self) -> bool:
        """Whether the list has few pages, as far as is known."""
        return max(self._most_rows, self._rows) <= SMALL * self._limit

    def ranges(self) -> tuple[int, int]:
        """Ids in the next range and ranges in flight; for one in flight the width is no matter."""
        if self._is_counted_dense():
            return self._limit, AT_ONCE
        spent = self._asked - self._rows / self._limit
        waste = 1 - self._limit / statistics.fmean(self._recent)
        width, at_once = self._limit, AT_ONCE  # holds no row too many, however dense ids are
        if self._rows_left is None or self.is_small:
            more = int(SPARE + AT_ONCE_PER_PAGE * self._asked - spent)
            at_once = min(at_once, 1 + max(more, 0))  # heavy pages come in smaller ones
        if self._rows_left is None and self.is_small:
            return width, 1 if waste else at_once
        if waste > SPARE_PER_PAGE:
            width, at_once = self._long(), min(at_once, LONG_AT_ONCE)
        is_worth = width and spent <= SPARE + SPARE_PER_PAGE * self._asked
        return width, at_once if is_worth else 1

    def _long(self) -> int:
        """Ids that are likely to fit `LONG` pages; 0 when it is not known how they vary."""
        count = len(self._recent)
        if count < ENOUGH:
            return 0
        # Of the range itself, and of the mean that it is expected to have.
        variance = statistics.variance(self._recent) * (LONG + LONG**2 / count)
        width = int(LONG * statistics.fmean(self._recent) - CAUTION * math.sqrt(variance))
        return max(self._limit, width)

    def _is_counted_dense(self) -> bool:
        """Whether all gaps that are left, wherever they are, cost little enough."""
        if self._rows_left is None or self._at is None:
            return False
        gaps = self._below - 1 - self._at - self._rows_left
        # Less than none: some rows were deleted since, or the count was of something else.
        return 0 <= gaps <= self._lacking * self._rows_left
