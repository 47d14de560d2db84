"""Endpoints without filters, over rows that are all there: one, or as many as fit an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.errors import BadValueError, ProblemError
from tap_bigcommerce.sandbox.listing import Answer
from tap_bigcommerce.sandbox.paging import pagination, window
from tap_bigcommerce.sandbox.store.store_info import CHANNELS

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.listing import Call
    from tap_bigcommerce.sandbox.store.world import Row


def one(row: Row | None) -> Answer:
    """An object in an envelope; 404 without one."""
    if row is None:
        raise ProblemError(404)
    return Answer({"data": row, "meta": {}}, [row])


def unpaged(rows: list[Row]) -> Answer:
    """A whole list in an envelope."""
    return Answer({"data": rows, "meta": {}}, rows)


def bare(rows: list[Row]) -> Answer:
    """A whole list as V2 writes it."""
    return Answer(rows, rows)


def bare_page(call: Call, rows: list[Row]) -> Answer:
    """A page of a list as V2 writes it."""
    shown = window(call.query, ignores_page=call.ignores_page)
    start = (shown.page - 1) * shown.limit
    return bare(rows[start : start + shown.limit])


def counted_page(call: Call, rows: list[Row]) -> Answer:
    """Pages of fifty, whatever `limit` says: the reference does not name the parameter."""
    query = {name: call.query[name] for name in call.query if name != "limit"}
    shown = window(query, ignores_page=call.ignores_page)
    start = (shown.page - 1) * shown.limit
    page = rows[start : start + shown.limit]
    return Answer(
        {"data": page, "meta": {"pagination": pagination(query, shown, len(page), len(rows))}},
        page,
    )


def wanted(call: Call, rows: list[Row], field: str = "id") -> list[Row]:
    """Rows that pass the filter `field:in`."""
    words = call.words(f"{field}:in")
    return [row for row in rows if not words or str(row[field]) in words]


def channel_in(call: Call) -> int:
    """The channel that the path names.

    Raises:
        ProblemError: There is none of this number.
    """
    channel_id: int = call.ids[0]
    if channel_id not in {channel[0] for channel in CHANNELS}:
        raise ProblemError(404)
    return channel_id


def channel_asked(call: Call) -> int | None:
    """The channel that the query names.

    Raises:
        BadValueError: There is none of this number.
    """
    text = call.query.get("channel_id")
    if text is None:
        return None
    if text not in {str(channel[0]) for channel in CHANNELS}:
        raise BadValueError(field="channel_id", message="channel_id is not a channel")
    return int(text)
