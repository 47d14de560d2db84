"""Lists that are short enough to be made anew for every answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.listing import Listing
from tap_bigcommerce.sandbox.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_bigcommerce.sandbox.filters import Filter
    from tap_bigcommerce.sandbox.store.world import Row

_NO_FILTERS: Mapping[str, Filter] = {}


def fixed(
    rows: Sequence[Row],
    filters: Mapping[str, Filter] = _NO_FILTERS,
    *,
    key: str = "",
    sorts: Sequence[str] = (),
) -> Listing:
    """A list of these rows, in their order.

    Args:
        rows: All of them.
        filters: What the list can be limited by.
        key: Field of whole numbers that the rows are in order of; without one, their places are.
        sorts: Fields to sort by.
    """
    by_key = {row[key] if key else place: row for place, row in enumerate(rows, start=1)}
    table = Table("fixed")
    compared = {one.field for one in filters.values()}.union(sorts)

    def at(row: Row, name: str) -> int:
        return int(datetime.fromisoformat(row[name]).timestamp()) if name in compared else 0

    table.fill(
        (id_, at(row, "date_created"), at(row, "date_modified")) for id_, row in by_key.items()
    )
    return Listing(table, by_key.__getitem__, filters, key=key, sorts=sorts)
