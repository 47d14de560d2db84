"""Walks over lists that count rows by `offset` and know no ids: those of B2B Edition."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from tap_bigcommerce.api.client import Request
from tap_bigcommerce.scans.bounds import SECOND, Bounds
from tap_bigcommerce.scans.by_page import CheckedPages
from tap_bigcommerce.scans.by_time import ReanchoredTime
from tap_bigcommerce.scans.reader import Reader

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans.reader import Params


@dataclass(frozen=True, slots=True)
class OffsetReader(Reader):
    """Asks for numbered pages by the offset of their first row.

    So what walks by page walks by offset.
    """

    def _request(self, params: Params) -> Request:
        limit = {"limit": str(self.limit)} if self.limit else {}
        asked = {**self.params, **limit, **params}
        if "page" in asked and "limit" in asked:
            asked["offset"] = str((int(asked.pop("page")) - 1) * int(asked["limit"]))
        return Request(self.path, asked)


@dataclass(frozen=True, slots=True)
class ReanchoredPages(ReanchoredTime):
    """From time to time, in a list that has no filter on ids.

    Rows of one second that are more than a page, and a list that ignores the order asked for, are
    read by pages within the same window.
    """

    def _otherwise(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        for page in self._by_page().pages(reader, bounds):
            yield replace(page, position=None)

    def _second(
        self, reader: Reader, second: datetime, since: datetime, seen: Collection[t.Any]
    ) -> Iterator[Page]:
        del since  # pages of a window ask for a second more on both sides anyway

        def is_wanted(row: Row) -> bool:
            time = self.time.of(row)
            return second <= time < second + SECOND and (self.ids.of(row), time) not in seen

        for page in self._by_page().pages(reader, Bounds(since=second, until=second)):
            if rows := list(filter(is_wanted, page.rows)):
                yield replace(page, rows=rows, position=None)

    def _by_page(self) -> CheckedPages:
        return CheckedPages(self.time, self.ids.field)
