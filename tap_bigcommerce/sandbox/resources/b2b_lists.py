"""How B2B Edition's lists answer: filters, sort orders, offsets and the envelope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.listing import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_bigcommerce.sandbox.listing import Call
    from tap_bigcommerce.sandbox.store.world import Row

DEFAULT_LIMIT = 10


@dataclass(frozen=True)
class Numbered:
    """Rows by number from 0, and what a list of them can do."""

    count: int
    row: Callable[[int], Row]
    most: int = 250
    sorts: tuple[str, ...] = ()
    """Fields to sort by, the first of which is the default; none for the order of numbers."""
    filters: bool = False
    """Whether there are filters on `createdAt` and `updatedAt`."""
    added: Callable[[int], Row] | None = None
    """What a parameter adds to rows."""
    added_by: str = "isIncludeExtraFields"
    is_descending: bool = False
    """Whether later rows come first where nothing else is asked for."""

    def rows(self, call: Call) -> list[Row]:
        """Rows that pass the filters, sorted."""
        is_more = call.query.get(self.added_by) in {"1", "true"}
        found = [
            {**self.row(number), **(self.added(number) if self.added and is_more else {})}
            for number in range(self.count)
        ]
        if self.filters:
            found = [row for row in found if _is_within(row, call.query)]
        order = call.query.get("orderBy", "DESC" if self.is_descending or self.sorts else "ASC")
        if order.upper() not in {"ASC", "DESC"}:
            raise ProblemError(422, "orderBy is ASC or DESC")
        if self.sorts:
            field = call.query.get("sortBy", self.sorts[0])
            if field not in self.sorts:
                raise ProblemError(422, f"sortBy does not know {field}")
            found.sort(key=lambda row: int(row[field]))
        return found[::-1] if order.upper() == "DESC" else found

    def whole(self) -> list[Row]:
        """Every row with all that can be added to it."""
        numbers = range(self.count)
        return [{**self.row(n), **(self.added(n) if self.added else {})} for n in numbers]


def _is_within(row: Row, query: dict[str, str]) -> bool:
    """After the one time and before the other, both left out."""
    for field, since, until in (
        ("updatedAt", "minModified", "maxModified"),
        ("createdAt", "minCreated", "maxCreated"),
    ):
        seconds = int(row[field])
        if since in query and not seconds > _number(query, since):
            return False
        if until in query and not seconds < _number(query, until):
            return False
    return True


def page(call: Call, rows: list[Row], most: int = 250, *, inside: str = "") -> Answer:
    """A part of a list; `inside` an object, as quotes have it."""
    limit = _number(call.query, "limit", DEFAULT_LIMIT)
    offset = _number(call.query, "offset", 0)
    if not 1 <= limit <= most:
        raise ProblemError(422, f"limit is from 1 to {most}")
    shown = rows[offset : offset + limit]
    counts = {"totalCount": len(rows), "limit": limit, "offset": offset}
    if inside:
        return envelope({inside: shown, "pagination": counts}, shown)
    return envelope(shown, shown, pagination=counts)


def all_of(rows: list[Row]) -> Answer:
    """A list without pages."""
    return envelope(rows, rows)


def one(row: Row) -> Answer:
    """One object."""
    return envelope(row, [row])


def envelope(data: Any, rows: list[Row], **meta: Row) -> Answer:  # noqa: ANN401 - a list or an object
    """The form of all answers."""
    return Answer({"code": 200, "data": data, "meta": {"message": "SUCCESS", **meta}}, rows)


def _number(query: dict[str, str], name: str, default: int = 0) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise ProblemError(422, f"{name}: A valid integer is required.")
    return int(text)
