"""Which of the rows that were there are gone: BigCommerce leaves no trace of a deleted row.

Nothing but ids is asked for. In order of ids, a page's number says how many rows come before it:
as many as were known, if none of them is gone. So the last page is asked for first, and where rows
are lacking before a page, the one in their middle. Each request reads ids that no other one reads,
so that there are never more of them than it takes to read them all.
"""

from __future__ import annotations

import typing as t
from bisect import bisect_left
from dataclasses import dataclass

from tap_bigcommerce.api.errors import NotFound, RequestRefused
from tap_bigcommerce.scans.bounds import Bounds
from tap_bigcommerce.scans.by_id import IdRanges, Keyset
from tap_bigcommerce.schema.values import or_none, to_integer

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import IdFilter, Scan
    from tap_bigcommerce.scans.reader import Params, Reader


def gone(
    scan: Scan, reader: Reader, known: Sequence[int], *, is_all: bool, id_field: str = "id"
) -> list[int]:
    """The known ids that a list does not have any more, ascending.

    Args:
        scan: How the list is read whole.
        reader: Reads ids alone.
        known: Ascending, without duplicates.
        is_all: Whether the list had no other rows than these between the lowest and the highest
            of them; if not, the numbers of pages say nothing.
        id_field: Where rows have their ids.
    """
    if not known:
        return []
    if not isinstance(scan, IdRanges | Keyset):
        pages = scan.pages(reader, Bounds())
        here = {or_none(to_integer, row.get(id_field)) for page in pages for row in page.rows}
        return [number for number in known if number not in here]
    if is_all:
        try:
            return _Sweep(scan.ids, known, reader).gone()
        except (RequestRefused, NotFound):
            pass  # a page beyond the last one, which lists may answer as they like
    return _Sweep(scan.ids, known, reader).by_ids(0, len(known))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Known ids from one place to another."""

    first: int
    end: int
    most: int
    """Rows of them that are there at most."""
    is_exact: bool
    """Whether that is how many there are."""
    page: int
    """Number of the page to ask for."""


class _Sweep:
    """The search for what is gone from one list."""

    def __init__(self, ids: IdFilter, known: Sequence[int], reader: Reader) -> None:
        self._ids, self._known, self._reader = ids, known, reader
        self._size = reader.limit or 1
        self._largest = 0
        """Rows of the largest page: the list cuts none to fewer."""
        self._gone: list[int] = []
        self._asked = 0
        self._has_ended_early = False
        """Whether a page came without rows."""
        self._stretches: list[_Stretch] = []
        self._doubtful: list[tuple[int, int, int]] = []
        """Rows of pages that were the last if they were not cut, and the ids behind them."""

    def gone(self) -> list[int]:
        """What is gone of all ids.

        Raises:
            RequestRefused: There is no page of some number.
            NotFound: The same.
        """
        count = len(self._known)
        pages = -(-count // self._size)
        self._stretches = [_Stretch(0, count, count, is_exact=False, page=pages)]
        while stretches := self._stretches:
            self._stretches = []
            self._asked += len(stretches)
            asked = ({**self._within(s.first, s.end), "page": str(s.page)} for s in stretches)
            for stretch, page in zip(stretches, self._reader.ahead(asked), strict=True):
                self._learn(stretch, page)
        for rows, first, end in self._doubtful:
            is_last = rows < self._largest
            self._gone += self._known[first:end] if is_last else self.by_ids(first, end)
        if self._has_ended_early and self._asked < pages:
            self._check_end()
        return sorted(self._gone)

    def _check_end(self) -> None:
        """Ask by id for what comes last: a list may have rows where pages have numbers no more."""
        gone, at = set(self._gone), len(self._known)
        while at and self._known[at - 1] in gone:
            at -= 1
        behind = set(self._known[at:])
        self._gone = [*gone.difference(behind), *self.by_ids(at, len(self._known))]

    def by_ids(self, first: int, end: int) -> list[int]:
        """What is gone of some ids, from id to id."""
        if first == end:
            return []
        above, below = self._known[first] - 1, self._known[end - 1] + 1
        pages = Keyset(self._ids).between(self._reader, above, below, {})
        return self._lacking(first, end, (self._ids.of(row) for page in pages for row in page.rows))

    def _learn(self, stretch: _Stretch, page: Page) -> None:
        """Take the page of a stretch into account."""
        first, end = stretch.first, stretch.end
        above, below = self._known[first] - 1, self._known[end - 1] + 1
        ids = self._ids.ascend(page, above, below)
        before = (stretch.page - 1) * self._size
        if not ids:
            self._has_ended_early = True
            self._search(first, end, before, is_exact=False)
            return
        places = [bisect_left(self._known, number) for number in ids]
        is_known = all(self._known[at] == number for at, number in zip(places, ids, strict=True))
        if page.parts > 1 or not is_known or places[0] - first < before:
            self._gone += self.by_ids(first, end)
            return
        self._largest = max(self._largest, len(ids))
        self._gone += self._lacking(places[0], places[-1] + 1, ids)
        self._search(first, places[0], before, is_exact=True)
        behind, rest = places[-1] + 1, stretch.most - before - self._size
        if behind == end:
            return
        if len(ids) == self._size:
            self._search(behind, end, rest, is_exact=stretch.is_exact)
        elif page.is_last or self._is_followed_by_none(stretch):
            self._gone += self._known[behind:end]
        else:
            self._doubtful.append((len(ids), behind, end))

    def _is_followed_by_none(self, stretch: _Stretch) -> bool:
        """Whether the page has been asked for because the next one came without rows."""
        return not stretch.is_exact and stretch.most == self._size < len(self._known)

    def _search(self, first: int, end: int, most: int, *, is_exact: bool) -> None:
        """Look into a stretch that has, or at most has, so many rows; unless that says enough."""
        if most <= 0:
            self._gone += self._known[first:end]
        elif not is_exact or most < end - first:
            page = (-(-most // self._size) + 1) // 2
            self._stretches.append(_Stretch(first, end, most, is_exact, page))

    def _lacking(self, first: int, end: int, here: Iterable[int]) -> list[int]:
        here = set(here)
        return [number for number in self._known[first:end] if number not in here]

    def _within(self, first: int, end: int) -> Params:
        return self._ids.between(self._known[first] - 1, self._known[end - 1] + 1)
