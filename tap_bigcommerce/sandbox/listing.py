"""A list endpoint: its table, filters, sort orders and rows, and the pages it is read in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox import paging
from tap_bigcommerce.sandbox.errors import BadValueError
from tap_bigcommerce.sandbox.filters import Condition, Filter, conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.table import Table
    from tap_bigcommerce.sandbox.store.world import Row

_BOUNDS = {"min", "max", "greater", "less"}


@dataclass
class Call:
    """One request, as a handler sees it."""

    store: Store
    path: str
    query: dict[str, str]
    ids: tuple[Any, ...]
    now: float

    def words(self, name: str, allowed: Sequence[str] | None = None) -> list[str]:
        """A comma separated parameter. Words outside of `allowed` are refused."""
        text = self.query.get(name, "")
        found = [word.strip() for word in text.split(",") if word.strip()]
        if allowed is not None:
            for word in found:
                if word not in allowed:
                    raise BadValueError(name, f"{name} does not know {word}")
        return found

    @property
    def ignores_page(self) -> bool:
        """Quirk 10."""
        return self.path in self.store.quirks.ignores_page


@dataclass
class Answer:
    """What a handler gives back. `ids` are those of the rows, for quirks that pick some."""

    payload: Any
    rows: list[Row] = field(default_factory=list)
    ids: Sequence[int] = ()
    status: int = 200


@dataclass(frozen=True)
class Order:
    """A sort order."""

    field: str
    is_descending: bool


@dataclass(frozen=True)
class Listing:
    """What is special about a list.

    `created` and `modified` name the fields that the table holds the times of.
    """

    table: Table
    row: Callable[[int], Row]
    filters: Mapping[str, Filter]
    key: str = "id"
    created: str = "date_created"
    modified: str = "date_modified"
    sorts: Sequence[str] = ()
    sort_has_direction: bool = False
    """Whether a sort reads `date_modified:asc`; otherwise `direction` says so."""

    def matching(self, call: Call, *, is_v3: bool) -> Sequence[int]:
        """Ids of all rows that pass the filters, sorted. Slices of it are the pages."""
        wanted = tuple(
            conditions(
                self.filters,
                call.query,
                now=call.now,
                date_only_gets_time=is_v3 and call.store.quirks.date_only_gets_time,
            )
        )
        order = self.order(call)
        if not wanted and order == Order(self.key, is_descending=False):
            return self.table.ids
        # What rows say may depend on other tables too.
        moment = call.store.version if self._reads_rows(wanted, order) else 0
        return self.table.remember((wanted, order, moment), lambda: self._select(wanted, order))

    def order(self, call: Call) -> Order:
        """The sort order asked for, ascending ids without."""
        text = call.query.get("sort")
        direction = call.query.get("direction", "asc")
        if text is None:
            return Order(self.key, direction == "desc" and not self.sort_has_direction)
        if self.sort_has_direction:
            text, _, direction = text.partition(":")
            direction = direction or "asc"
        if text not in self.sorts or direction not in {"asc", "desc"}:
            raise BadValueError(field="sort", message=f"sort does not know {call.query['sort']}")
        return Order(text, direction == "desc")

    def sort_value(self, id_: int, field_: str) -> Any:  # noqa: ANN401 - of any field
        """What a row is sorted by; rows with the same value follow by id."""
        if field_ == self.key:
            return id_
        if field_ == self.modified:
            return self.table.modified_at(id_)
        if field_ == self.created:
            return self.table.created_at(id_)
        value = self.row(id_)[field_]
        return (0, value) if isinstance(value, int | float) else (1, str(value or "").casefold())

    def _reads_rows(self, wanted: Sequence[Condition], order: Order) -> bool:
        known = {self.key, self.created, self.modified}
        return order.field not in known or any(one.field not in known for one in wanted)

    def _select(self, wanted: Sequence[Condition], order: Order) -> Sequence[int]:
        ids = self._by_time_or_id(wanted, order)
        rest = [one for one in wanted if not self._is_indexed(one)]
        if rest:
            ids = [id_ for id_ in ids if self._passes(id_, rest)]
        if order.field not in {self.key, self.modified}:
            ids = sorted(ids, key=lambda id_: (self.sort_value(id_, order.field), id_))
        return list(reversed(ids)) if order.is_descending else ids

    def _by_time_or_id(self, wanted: Sequence[Condition], order: Order) -> Sequence[int]:
        low, high = _bounds([one for one in wanted if one.field == self.modified])
        first, last = _bounds([one for one in wanted if one.field == self.key])
        is_timed = low is not None or high is not None
        if not is_timed and order.field != self.modified:
            return self.table.between(first, last)
        ids = self.table.modified_between(low, high)
        if first is not None or last is not None:
            ids = [
                id_
                for id_ in ids
                if (first is None or id_ >= first) and (last is None or id_ <= last)
            ]
        return ids if order.field == self.modified else sorted(ids)

    def _is_indexed(self, one: Condition) -> bool:
        return one.field in {self.key, self.modified} and one.op in _BOUNDS

    def _passes(self, id_: int, wanted: Sequence[Condition]) -> bool:
        row: Row | None = None
        for one in wanted:
            if one.field == self.key:
                actual: Any = id_
            elif one.field == self.modified:
                actual = self.table.modified_at(id_)
            elif one.field == self.created:
                actual = self.table.created_at(id_)
            else:
                row = self.row(id_) if row is None else row
                actual = row.get(one.field)
            if not one.holds(actual):
                return False
        return True


def v2_page(call: Call, listing: Listing, row: Callable[[int], Row] | None = None) -> Answer:
    """A bare array."""
    ids = listing.matching(call, is_v3=False)
    shown = paging.window(call.query, ignores_page=call.ignores_page).cut(ids)
    render = row or listing.row
    rows = [render(id_) for id_ in shown]
    return Answer(rows, rows, shown)


def v3_page(
    call: Call,
    listing: Listing,
    row: Callable[[int], Row] | None = None,
    *,
    max_limit: int = paging.MAX_LIMIT,
) -> Answer:
    """`data` with `meta.pagination`."""
    ids = listing.matching(call, is_v3=True)
    shown = paging.window(call.query, max_limit=max_limit, ignores_page=call.ignores_page)
    page = shown.cut(ids)
    render = row or listing.row
    rows = [render(id_) for id_ in page]
    meta = {"pagination": paging.pagination(call.query, shown, len(rows), len(ids))}
    return Answer({"data": rows, "meta": meta}, rows, page)


def _bounds(wanted: Sequence[Condition]) -> tuple[int | None, int | None]:
    low: int | None = None
    high: int | None = None
    for one in wanted:
        if one.op in {"min", "greater"}:
            value = one.value + (one.op == "greater")
            low = value if low is None else max(low, value)
        elif one.op in {"max", "less"}:
            value = one.value - (one.op == "less")
            high = value if high is None else min(high, value)
    return low, high
