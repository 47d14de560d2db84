"""Customers, addresses, groups, subscribers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.cursors import cursor_page
from tap_bigcommerce.sandbox.filters import v3
from tap_bigcommerce.sandbox.listing import Answer, Call, Listing, v2_page, v3_page
from tap_bigcommerce.sandbox.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

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

    is_odd = call.store.quirks.cursors_on_first_page_only
    return cursor_page(call, listing, row, only_on_first=is_odd)
