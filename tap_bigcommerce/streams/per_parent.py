"""Lists of which each parent has one, too long to be held in memory: a price list's records.

Where the rows of a parent are few, `children.py` is the place. Here each parent's list is walked
from cursor to cursor, within bounds of its own, and those of several parents side by side.
"""

from __future__ import annotations

import typing as t
from collections import deque
from dataclasses import replace
from itertools import islice

from tap_bigcommerce.api.errors import NotFound
from tap_bigcommerce.streams.v3 import V3Stream

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tap_bigcommerce.api.client import Tally
    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans import Bounds
    from tap_bigcommerce.scans.reader import Pending, Reader

AT_ONCE: t.Final = 10
"""Lists that are walked side by side. A constant, so that rows come in the same order whatever the
number of workers."""


class ListScan(t.Protocol):
    """A scan whose first page can be asked for ahead."""

    def opening(self, bounds: Bounds) -> dict[str, str]:
        """Parameters of the first request."""
        ...

    def rest(self, reader: Reader, bounds: Bounds, first: Page) -> Iterator[Page]:
        """The first page, which has been read, and the others."""
        ...


class PerParentStream(V3Stream):
    """A list for each row of the stream in `batched_by`; its scans are `ListScan`s."""

    parent_key: t.ClassVar[str]
    """Field that takes the parent's id, and its placeholder in the path."""
    _missing: NotFound | None = None
    """The endpoint was not found for a parent."""
    _is_offered = False
    """The endpoint was found for a parent."""

    def reader(self, params: Mapping[str, str], tally: Tally, **keys: object) -> Reader:
        """Reader of this stream's path, in which the parent's id is still to be filled in."""
        keys = {self.parent_key: f"{{{self.parent_key}}}", **keys}
        return super().reader(params, tally, **keys)

    def walk(
        self, reader: Reader, bounds: Bounds, ids: Callable[[], Iterator[int]]
    ) -> Iterator[Page]:
        """Pages of each parent's list; of several in turn, as each waits for its next page.

        Raises:
            NotFound: No parent has such a list.
        """
        lists = (self._begun(reader, bounds, parent) for parent in ids())
        under_way = deque(islice(lists, 1 if self.is_trial else AT_ONCE))
        while under_way:
            pages = under_way.popleft()
            if page := next(pages, None):
                under_way.append(pages)
                yield page
            else:
                under_way.extend(islice(lists, 1))
        if self._missing and not self._is_offered:
            raise self._missing

    def _begun(self, reader: Reader, bounds: Bounds, parent: int) -> Iterator[Page]:
        """Ask for the first page of a list; the pages, when they are wanted."""
        reader = replace(reader, path=reader.path.format(**{self.parent_key: parent}))
        scan = t.cast("ListScan", self.scan(bounds))
        return self._rest(scan, reader, bounds, reader.start(scan.opening(bounds)), parent)

    def _rest(
        self, scan: ListScan, reader: Reader, bounds: Bounds, first: Pending, parent: int
    ) -> Iterator[Page]:
        try:
            opened = first.page()
            self._is_offered = True
            for page in scan.rest(reader, bounds, opened):
                rows = [{**row, self.parent_key: parent} for row in page.rows]
                yield replace(page, rows=rows, position=None)  # of one list among many
        except NotFound as error:  # the parent was deleted since it was listed
            self._missing = error
