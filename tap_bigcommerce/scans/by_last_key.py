"""The walk of lists that take the last row's key where others take a page or a cursor."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from tap_bigcommerce.scans.bounds import IdFilter
from tap_bigcommerce.scans.cost import Cost
from tap_bigcommerce.scans.errors import InconsistentList

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import Bounds, TimeFilter
    from tap_bigcommerce.scans.cost import Extent
    from tap_bigcommerce.scans.reader import Reader


@dataclass(frozen=True, slots=True)
class LastKey:
    """From the last row of a page to the rows with higher keys.

    As safe as `Keyset`, for lists that know no other filter by key and refuse `page`. Their
    answers do not number pages, so only the rows that came tell whether there are more.
    """

    field: str
    after: str
    """Parameter that takes the field's value of the last row."""
    time: TimeFilter | None = None

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages in rising order of keys."""
        yield from self.rest(reader, bounds, reader.get(self.opening(bounds)))

    def opening(self, bounds: Bounds) -> dict[str, str]:
        """Parameters of the first request."""
        return self.time.around(bounds.since, bounds.until) if self.time else {}

    def rest(self, reader: Reader, bounds: Bounds, first: Page) -> Iterator[Page]:
        """The first page, which has been read, and the others.

        Raises:
            InconsistentList: Keys do not rise, or fewer rows came than the answers count.
        """
        fixed = self.opening(bounds)
        keys = IdFilter(self.after, "", is_inclusive=False, ascending={}, field=self.field)
        page, last, count = first, None, 0
        if first.total and not first.rows:
            msg = f"an answer without rows that counts {first.total}"
            raise InconsistentList(msg)
        while page.rows:
            last = keys.ascend(page, last)[-1]
            count += len(page.rows)
            if page.is_last and count >= (first.total or 0):
                yield page
                return
            pending = reader.start({**fixed, self.after: str(last)})
            try:
                yield page
                page = pending.page()
            finally:
                pending.drop()
        if count < (first.total or 0) and not bounds.since:  # rows may have been deleted meanwhile
            now = reader.get({**fixed, "limit": "1"})
            if now.total is not None and count < now.total:
                msg = f"{count} rows read, but the API counts {now.total}"
                raise InconsistentList(msg)

    def cost(self, extent: Extent) -> Cost:
        """Its pages, each asked for from the last key of the one before."""
        return Cost(extent.pages, extent.pages)
