"""Which of the rows that were there are gone: BigCommerce leaves no trace of a deleted row.

Nothing but ids is asked for. Where the API counts rows within bounds of ids, an unchanged count
says that none is gone from there, for one request; otherwise the part where some are is narrowed
down. That never takes more requests than reading the ids of all rows.
"""

from __future__ import annotations

import typing as t
from itertools import pairwise

from tap_bigcommerce.scans.bounds import Bounds
from tap_bigcommerce.scans.by_id import IdRanges, Keyset
from tap_bigcommerce.schema.values import or_none, to_integer

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import IdFilter, Scan
    from tap_bigcommerce.scans.by_id import Counter
    from tap_bigcommerce.scans.reader import Params, Reader


FEW: t.Final = 8
"""Blocks that are read rather than counted first, where a count is a request of its own."""


def gone(
    scan: Scan, reader: Reader, known: Sequence[int], *, is_all: bool, id_field: str = "id"
) -> list[int]:
    """The known ids that a list does not have any more, ascending.

    Args:
        scan: How the list is read whole.
        reader: Reads ids alone.
        known: Ascending, without duplicates.
        is_all: Whether the list had no other rows than these between the lowest and the highest
            of them; if not, counts say nothing.
        id_field: Where rows have their ids.
    """
    if not known:
        return []
    if not isinstance(scan, IdRanges | Keyset):
        pages = scan.pages(reader, Bounds())
        here = {or_none(to_integer, row.get(id_field)) for page in pages for row in page.rows}
        return [number for number in known if number not in here]
    blocks = _Blocks(scan.ids, known, reader)
    if not is_all:
        return blocks.gone(0, len(blocks))
    return _by_counts(blocks, scan.counter) if scan.counter else _by_totals(blocks)


def _by_totals(blocks: _Blocks) -> list[int]:
    """Each answer has the ids of a block, and counts the rows of that one and all that follow."""
    gone: list[int] = []
    lacking = {len(blocks): 0}
    places = [0]
    while places:
        for place, page in zip(places, blocks.first_pages(places), strict=True):
            if page.total is None:
                return blocks.gone(0, len(blocks))
            lacking[place] = blocks.known_from(place) - page.total
            gone += blocks.gone_by(place, page)
        places = [(first + end) // 2 for first, end in _unequal(lacking) if end - first > 1]
    return sorted(gone)


def _by_counts(blocks: _Blocks, counter: Counter) -> list[int]:
    """Counts narrow down where rows are lacking, if that takes less than reading all ids."""
    count = len(blocks)
    lacking: dict[int, int | None] = {count: 0}
    places = [0] if count > FEW else []
    while places:
        for place in places:
            rows = blocks.count(counter, place)
            lacking[place] = None if rows is None else blocks.known_from(place) - rows
        total = lacking[0]
        if total is None or not 0 <= total * (count.bit_length() + 1) < count:
            return blocks.gone(0, count)
        places = [(first + end) // 2 for first, end in _unequal(lacking) if end - first > 1]
    stretches = _unequal(lacking) if 0 in lacking else [(0, count)]
    return [number for first, end in stretches for number in blocks.gone(first, end)]


def _unequal(lacking: Mapping[int, int | None]) -> list[tuple[int, int]]:
    """Stretches in which rows are lacking, from a block that was counted to the next such one."""
    return [
        (first, end) for first, end in pairwise(sorted(lacking)) if lacking[first] != lacking[end]
    ]


class _Blocks:
    """The known ids in blocks of as many as a page has, numbered from 0."""

    def __init__(self, ids: IdFilter, known: Sequence[int], reader: Reader) -> None:
        self._ids, self._known, self._reader = ids, known, reader
        self._size = reader.limit or 1

    def __len__(self) -> int:
        return (len(self._known) + self._size - 1) // self._size

    def known_from(self, place: int) -> int:
        """Known ids in this block and all that follow."""
        return len(self._known) - place * self._size

    def first_pages(self, places: Iterable[int]) -> Iterator[Page]:
        """For each of these blocks the first page of it and all that follow."""
        return self._reader.ahead(self._bounds(place, len(self)) for place in places)

    def count(self, counter: Counter, place: int) -> int | None:
        """Rows of the list in this block and all that follow, if the API says."""
        return counter.count(self._reader, self._bounds(place, len(self)))

    def gone(self, first: int, end: int) -> list[int]:
        """The ids of some blocks that the list does not have any more."""
        above, below = self._limits(first, end)
        return self._lacking(first, end, Keyset(self._ids).between(self._reader, above, below, {}))

    def gone_by(self, place: int, page: Page) -> list[int]:
        """The same for a block, by the page that begins with it."""
        above, below = self._limits(place, place + 1)
        ids = self._ids.ascend(page, above)
        pages = [page]
        if ids and ids[-1] < below - 1 and not page.is_last:  # there are others than we know
            pages += Keyset(self._ids).between(self._reader, ids[-1], below, {})
        return self._lacking(place, place + 1, pages)

    def _lacking(self, first: int, end: int, pages: Iterable[Page]) -> list[int]:
        here = {self._ids.of(row) for page in pages for row in page.rows}
        known = self._known[first * self._size : end * self._size]
        return [number for number in known if number not in here]

    def _bounds(self, first: int, end: int) -> Params:
        return self._ids.between(*self._limits(first, end))

    def _limits(self, first: int, end: int) -> tuple[int, int]:
        """The ids around some blocks, both excluded."""
        last = min(end * self._size, len(self._known)) - 1
        above = self._known[first * self._size - 1] if first else self._known[0] - 1
        return above, self._known[last] + 1
