"""Walks over what should need no pages."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from tap_bigcommerce.api.errors import NotFound, RequestRefused
from tap_bigcommerce.api.pages import USUAL_CUTS
from tap_bigcommerce.scans.by_page import CheckedPages, key_of
from tap_bigcommerce.scans.cost import Cost
from tap_bigcommerce.scans.errors import InconsistentList, check_whole

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.bounds import Bounds
    from tap_bigcommerce.scans.cost import Extent
    from tap_bigcommerce.scans.reader import Reader

MOST_ROWS: t.Final = 250
"""In a page, wherever the reference does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Once:
    """One answer holds everything: a singleton, or a list without pages.

    When there turn out to be pages anyway, they are read as `CheckedPages` does.
    """

    key: str = "id"
    """Field that no two rows share."""

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """The page, and the others if there are any."""
        page, paged = reader.get({}), CheckedPages(key=self.key)
        check_whole(page)
        if page.total_pages is None and len(page.rows) in USUAL_CUTS:
            if self._has_pages(reader, page):
                size = len(page.rows)
                first = replace(page, limit=size)
                yield from paged.rest(replace(reader, limit=size), bounds, first)
            else:
                yield page
        elif page.is_last:
            yield page
        else:
            yield from paged.rest(reader, bounds, page)

    def cost(self, extent: Extent) -> Cost:  # noqa: ARG002 (as its siblings)
        """One request."""
        return Cost(1, 1)

    def _has_pages(self, reader: Reader, page: Page) -> bool:
        """Whether the list is cut into pages, where it has as many rows as a page might."""
        try:
            following = reader.get({"page": "2"})
        except (NotFound, RequestRefused):
            return False
        repeated = {key_of(row, self.key) for row in following.rows} & {
            key_of(row, self.key) for row in page.rows
        }
        return len(repeated) < len(page.rows) / 2


@dataclass(frozen=True, slots=True)
class UnnamedPages(CheckedPages):
    """Rows of one parent, from an endpoint that documents no pages, yet may count more rows.

    Live stores are said to take `limit` there and to ignore `page` (codat/codat-docs#610). So the
    largest page is asked for before a second one. Others may refuse either.
    """

    only_grows: bool = True

    def rest(self, reader: Reader, bounds: Bounds, first: Page) -> Iterator[Page]:
        """The rows in as few pages as possible, or the first page where nothing gets further.

        Raises:
            InconsistentList: Not all pages can be had.
        """
        if not first.is_last:
            reader, first = _with_most_rows(reader, first)
        try:
            yield from CheckedPages.rest(self, reader, bounds, first)
        except RequestRefused:
            msg = "the endpoint refuses `page`"
            raise InconsistentList(msg) from None


def _with_most_rows(reader: Reader, first: Page) -> tuple[Reader, Page]:
    """The first page, as large as may be asked for, and who asks for others of that size."""
    larger = replace(reader, limit=MOST_ROWS)
    try:
        page = larger.get({})
    except RequestRefused:
        return reader, first
    return (larger, page) if len(page.rows) > len(first.rows) else (reader, first)
