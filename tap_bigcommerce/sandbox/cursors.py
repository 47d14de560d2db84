"""Lists that are walked by cursor, and by page too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox.errors import BadValueError
from tap_bigcommerce.sandbox.listing import Answer, v3_page
from tap_bigcommerce.sandbox.paging import cursor, cursor_pagination, position, window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tap_bigcommerce.sandbox.listing import Call, Listing
    from tap_bigcommerce.sandbox.store.world import Row

    Key = Callable[[int], list[Any]]


def cursor_page(
    call: Call,
    listing: Listing,
    row: Callable[[int], Row] | None = None,
    *,
    only_on_first: bool = False,
    excludes_page: bool = False,
) -> Answer:
    """Rows after or before a cursor, or on a page, with cursors beside the count of pages.

    Args:
        call: The request.
        listing: The list.
        row: Renders a row, where that is not the listing's own.
        only_on_first: Whether later pages come without cursors.
        excludes_page: Whether whoever names a page gets no cursors, and may not send one.
    """
    render = row or listing.row
    if "after" in call.query and "before" in call.query:
        raise BadValueError(field="after", message="after and before exclude each other")
    if "after" in call.query or "before" in call.query:
        if excludes_page and "page" in call.query:
            raise BadValueError(field="page", message="page excludes after and before")
        return _beside_cursor(call, listing, render)
    answer = v3_page(call, listing, render)
    page = int(call.query.get("page", "1"))
    if excludes_page and "page" in call.query:
        return answer
    if page == 1 or not only_on_first:
        total = answer.payload["meta"]["pagination"]["total"]
        start = (page - 1) * window(call.query).limit
        answer.payload["meta"]["cursor_pagination"] = _cursors(
            call,
            listing,
            answer.ids,
            has_previous=start > 0,
            has_next=start + len(answer.ids) < total,
        )
    return answer


def _beside_cursor(call: Call, listing: Listing, row: Callable[[int], Row]) -> Answer:
    """The rows after or before a cursor. `page` means nothing then."""
    ids = listing.matching(call, is_v3=True)
    order = listing.order(call)
    limit = window({name: call.query[name] for name in call.query if name != "page"}).limit
    is_after = "after" in call.query
    name = "after" if is_after else "before"
    mark = position(name, call.query[name])

    def key(id_: int) -> list[Any]:
        value = listing.sort_value(id_, order.field)
        return [list(value) if isinstance(value, tuple) else value, id_]

    try:
        # Where the cursor points, whether its row still exists or not.
        at = _count_until(ids, mark, key, is_descending=order.is_descending, is_after=is_after)
    except (TypeError, IndexError) as error:
        raise BadValueError(name, f"{name} is not a cursor of this list") from error
    start, stop = (at, at + limit) if is_after else (max(0, at - limit), at)
    page = ids[start:stop]
    rows = [row(id_) for id_ in page]
    block = _cursors(
        call, listing, page, has_previous=start > 0, has_next=start + len(page) < len(ids)
    )
    return Answer({"data": rows, "meta": {"cursor_pagination": block}}, rows, page)


def _count_until(
    ids: Sequence[int], mark: list[Any], key: Key, *, is_descending: bool, is_after: bool
) -> int:
    """How many of the sorted `ids` stand before a cursor, or up to it."""
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        here = key(ids[middle])
        is_before = here > mark if is_descending else here < mark
        if is_before or (is_after and here == mark):
            low = middle + 1
        else:
            high = middle
    return low


def _cursors(
    call: Call, listing: Listing, page: Sequence[int], *, has_previous: bool, has_next: bool
) -> dict[str, Any]:
    field = listing.order(call).field
    limit = window({name: call.query[name] for name in call.query if name != "page"}).limit

    def mark(id_: int) -> str:
        return cursor([listing.sort_value(id_, field), id_])

    return cursor_pagination(
        call.query,
        limit=limit,
        start=mark(page[0]) if page else None,
        end=mark(page[-1]) if page else None,
        count=len(page),
        has_previous=has_previous,
        has_next=has_next,
    )
