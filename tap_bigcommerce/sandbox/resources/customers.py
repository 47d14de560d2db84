"""Customers, addresses, groups, subscribers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import BadValueError
from tap_bigcommerce.sandbox.filters import v3
from tap_bigcommerce.sandbox.listing import Answer, Call, Listing, v2_page, v3_page
from tap_bigcommerce.sandbox.paging import cursor, cursor_pagination, position, window
from tap_bigcommerce.sandbox.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

    Key = Callable[[int], list[Any]]

INCLUDES = (
    "addresses",
    "storecredit",
    "attributes",
    "formfields",
    "shopper_profile_id",
    "segment_ids",
)
_DATES = {
    **v3("date_created", "date", "min", "max"),
    **v3("date_modified", "date", "min", "max"),
}


def routes(store: Store) -> Iterator[Route]:
    """All customer endpoints."""
    people = store.customers

    def named(id_: int) -> Row:
        row = people.row(id_)
        return {**row, "name": f"{row['first_name']} {row['last_name']}"}

    def addressed(id_: int) -> Row:
        row = people.address_row(id_)
        return {**row, "name": f"{row['first_name']} {row['last_name']}"}

    customers = Listing(
        people.table,
        named,
        {
            **_DATES,
            **v3("id", "int", "in", eq=False),
            **v3("company", "text", "in", eq=False),
            **v3("customer_group_id", "int", "in", eq=False),
            **v3("email", "text", "in", eq=False),
            **v3("name", "text", "in", "like", eq=False),
            **v3("phone", "text", "in", eq=False),
            **v3("registration_ip_address", "text", "in", eq=False),
        },
        sorts=("date_created", "last_name", "date_modified"),
        sort_has_direction=True,
    )
    addresses = Listing(
        people.addresses.table,
        addressed,
        {
            **v3("id", "int", "in", eq=False),
            **v3("customer_id", "int", "in", eq=False),
            **v3("company", "text", "in", eq=False),
            **v3("name", "text", "in", eq=False),
        },
    )
    subscribers = Listing(
        people.subscribers,
        people.subscriber_row,
        {
            **_DATES,
            **v3("id", "int", "in"),
            **v3("email", "text"),
            **v3("first_name", "text"),
            **v3("last_name", "text"),
            **v3("source", "text"),
            **v3("order_id", "int"),
        },
    )
    groups = Listing(
        people.groups,
        people.group_row,
        {
            **_DATES,
            **v3("name", "text", "like"),
            **v3("is_default", "bool"),
            **v3("is_group_for_guests", "bool"),
        },
    )
    yield Route("/v3/customers", scopes.CUSTOMERS, lambda call: _customers(call, customers))
    yield Route(
        "/v3/customers/addresses", scopes.CUSTOMERS, lambda call: _addresses(call, addresses)
    )
    yield Route(
        "/v3/customers/subscribers", scopes.CUSTOMERS, lambda call: v3_page(call, subscribers)
    )
    yield Route(
        "/v2/customer_groups",
        scopes.CUSTOMERS,
        lambda call: v2_page(call, groups),
        max_concurrent=40,
    )


def _addresses(call: Call, listing: Listing) -> Answer:
    includes = call.words("include", ("formfields",))
    return v3_page(call, listing, lambda id_: call.store.customers.address_row(id_, includes))


def _customers(call: Call, listing: Listing) -> Answer:
    includes = call.words("include", INCLUDES)

    def row(id_: int) -> Row:
        return call.store.customers.row(id_, includes)

    if "after" in call.query and "before" in call.query:
        raise BadValueError(field="after", message="after and before exclude each other")
    if "after" in call.query or "before" in call.query:
        return _beside_cursor(call, listing, row)
    answer = v3_page(call, listing, row)
    is_first = call.query.get("page", "1") == "1"
    if is_first or not call.store.quirks.cursors_on_first_page_only:
        total = answer.payload["meta"]["pagination"]["total"]
        start = (int(call.query.get("page", "1")) - 1) * window(call.query).limit
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
