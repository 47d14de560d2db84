"""How B2B Edition answers: a host, a quota and headers of its own, lists by offset, UNIX dates.

Source: BigCommerce's B2B Edition REST Management V3 API.
"""

from __future__ import annotations

import typing as t
from collections import Counter

from tap_bigcommerce.api.b2b_pages import read_b2b
from tap_bigcommerce.scans import (
    CheckedPages,
    IdFilter,
    OffsetReader,
    ReanchoredPages,
    UnixTimeFilter,
)
from tap_bigcommerce.schema.values import or_none, to_integer
from tap_bigcommerce.streams.base import BigCommerceStream
from tap_bigcommerce.streams.children import POSITION, Asked, ChildStream
from tap_bigcommerce.streams.lists import ListStream
from tap_bigcommerce.streams.scopes import panel_names

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tap_bigcommerce.api.pages import Page, Row

MODIFIED: t.Final = UnixTimeFilter("updatedAt", since="minModified", until="maxModified")
OLDEST_FIRST: t.Final = CheckedPages(sort={"sortBy": "createdAt", "orderBy": "ASC"})
"""By when rows were made, which is the order of their ids, too, so that one pass is enough."""
WITH_EXTRA_FIELDS: t.Final = {"isIncludeExtraFields": "1"}


def by_modification(id_field: str, ascending: str = "ASC") -> ReanchoredPages:
    """The walk over a list that is filtered and sorted by `updatedAt`."""
    ids = IdFilter(above="", below="", is_inclusive=False, ascending={}, field=id_field)
    return ReanchoredPages(MODIFIED, {"sortBy": "updatedAt", "orderBy": ascending}, ids)


class B2BEdition(BigCommerceStream):
    """What all lists of B2B Edition have in common."""

    decode = staticmethod(read_b2b)
    paging = OffsetReader
    # The reference names no parameter for it; the control panel calls it so.
    scope = ("B2B Edition",)
    # The lowest of the maxima that the reference states. Many of its lists state none.
    page_limit: t.ClassVar[int | None] = 200
    selected_by_default = False
    # What a token without the scope gets is not documented, nor what a store without B2B Edition.
    missing_statuses = frozenset({401, 403, 404})
    sign_of_life = "/api/v3/io/payments"
    is_b2b = True

    def what_is_missing(self, scopes: Iterable[str]) -> str:
        """What to do where nothing may be read."""
        return (
            "The store does not have B2B Edition or this part of it, or the API account lacks the "
            f"scope {panel_names(scopes)}. Create an account with it (Settings > Store-level API "
            f"accounts), or deselect {self.name}."
        )


class B2BStream(B2BEdition, ListStream):
    """A list of B2B Edition."""


class B2BChildStream(B2BEdition, ChildStream):
    """Rows of B2B Edition that belong to a parent. Nothing says that they move its date."""

    page_limit: t.ClassVar[int | None] = None
    parent_field: t.ClassVar[str] = ""
    """Where a parent has what the path takes, if that is not its id."""

    def ask(self, parent: Row) -> Asked:
        """Ask the parent's own endpoint for its rows, and go on meanwhile."""
        params = {**self.params, **self.params_for(parent)}
        key = {self.parent_key: self._key_of(parent)}
        return Asked(self, self.reader(params, self.tally, **key), parent)

    def params_for(self, parent: Row) -> Mapping[str, str]:  # noqa: ARG002 (of most, nothing)
        """What this parent is asked for with, beside the path."""
        return {}

    def unwrap(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows; with their position among those that the other keys do not tell apart."""
        keys = self.keys()
        if POSITION not in keys:
            return rows
        others = [key for key in keys if key not in {self.parent_key, POSITION}]
        counts: Counter[tuple[int | None, ...]] = Counter()
        placed = []
        for row in rows:
            known = tuple(or_none(to_integer, row.get(key)) for key in others)
            placed.append({**row, POSITION: counts[known]})
            counts[known] += 1
        return placed

    def rows(self, page: Page, found: Sequence[Sequence[Row]]) -> Iterator[Row]:
        """All rows of the page's parents, each led by its parent's key."""
        for parent, rows in zip(page.rows, found, strict=True):
            for row in rows:
                yield {**row, self.parent_key: self._key_of(parent)}

    def kept(self, parent: Row) -> Row:
        """What the path takes, where that is not the parent's id."""
        return {self.parent_field: parent.get(self.parent_field)} if self.parent_field else {}

    @classmethod
    def rules_out(cls, parent: Row) -> bool:
        """Whether the parent has nothing to ask for its rows with."""
        return bool(cls.parent_field) and cls._key_of(parent) is None

    @classmethod
    def _key_of(cls, parent: Row) -> int | None:
        if not cls.parent_field:
            return t.cast("int", cls.parent.id_of(parent))
        return t.cast("int | None", or_none(to_integer, parent.get(cls.parent_field)))

    def _is_there(self, parent: Row) -> bool:  # noqa: ARG002 (not asked for)
        """Taken for granted: few parents have a path of their own, and it is not always this."""
        return True
