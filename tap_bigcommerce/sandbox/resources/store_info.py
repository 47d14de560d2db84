"""The store itself, its channels, currencies and pages, and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import BadValueError, ProblemError
from tap_bigcommerce.sandbox.filters import conditions, v3
from tap_bigcommerce.sandbox.listing import Answer, Call
from tap_bigcommerce.sandbox.paging import window
from tap_bigcommerce.sandbox.resources.catalog import page_of_rows
from tap_bigcommerce.sandbox.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.sandbox.store import Store

_AVAILABLE = {"prelaunch", "active", "inactive", "connected"}
_PAGE_PARAMETERS = {"channel_id", "id:in", "name", "name:like", "limit", "page", "include"}
_CHANNEL_DATES = {
    **v3("date_created", "date", "min", "max"),
    **v3("date_modified", "date", "min", "max"),
}


def routes(store: Store) -> Iterator[Route]:
    """All endpoints of the store itself."""
    del store
    yield Route("/v2/time", scopes.ANY, _time)
    yield Route("/v2/store", scopes.INFORMATION, _store)
    yield Route("/v2/currencies", scopes.INFORMATION, _currencies)
    yield Route("/v3/channels", scopes.CHANNELS, _channels)
    yield Route("/v3/content/pages", scopes.CONTENT, _pages)


def _time(call: Call) -> Answer:
    row = {"time": int(call.now)}
    return Answer(row, [row])


def _store(call: Call) -> Answer:
    row = call.store.info.store()
    return Answer(row, [row])


def _currencies(call: Call) -> Answer:
    shown = window(call.query, ignores_page=call.ignores_page)
    start = (shown.page - 1) * shown.limit
    rows = call.store.info.currencies[start : start + shown.limit]
    return Answer(rows, rows)


def _channels(call: Call) -> Answer:
    rows = call.store.info.channels
    if "available" in call.query:
        is_wanted = call.query["available"] == "true"
        rows = [row for row in rows if (row["status"] in _AVAILABLE) is is_wanted]
    for field in ("status", "type", "platform"):
        words = call.words(f"{field}:in")
        # Channel 1 is always there.
        rows = [row for row in rows if not words or row[field] in words or row["id"] == 1]
    for one in conditions(
        _CHANNEL_DATES,
        call.query,
        now=call.now,
        date_only_gets_time=call.store.quirks.date_only_gets_time,
    ):
        rows = [row for row in rows if one.holds(call.store.info.channel_time(row, one.field))]
    if "currencies" in call.words("include", ("currencies",)):
        rows = [call.store.info.with_currencies(row) for row in rows]
    return page_of_rows(call, rows)


def _pages(call: Call) -> Answer:
    for name in call.query:
        if name not in _PAGE_PARAMETERS:
            raise ProblemError(400, f"{name} is not a parameter of this endpoint")
    with_body = "body" in call.words("include", ("body",))
    info = call.store.info
    rows = [info.page_row(row["id"], with_body=with_body) for row in info.pages]
    ids = call.words("id:in")
    if ids:
        rows = [row for row in rows if str(row["id"]) in ids]
    if "channel_id" in call.query:
        if not call.query["channel_id"].isdecimal():
            raise BadValueError(field="channel_id", message="channel_id must be a number")
        rows = [row for row in rows if row["channel_id"] == int(call.query["channel_id"])]
    if "name" in call.query:
        rows = [row for row in rows if row["name"] == call.query["name"]]
    if "name:like" in call.query:
        wanted = call.query["name:like"].strip("%").casefold()
        rows = [row for row in rows if wanted in row["name"].casefold()]
    return page_of_rows(call, rows)
