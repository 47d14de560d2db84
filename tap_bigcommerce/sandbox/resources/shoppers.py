"""Attributes, form fields, consents, cards, segments, wishlists and tax data of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.cursors import cursor_page
from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.filters import v3
from tap_bigcommerce.sandbox.fixed import fixed
from tap_bigcommerce.sandbox.listing import Answer, Call, v3_page
from tap_bigcommerce.sandbox.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

_DATES = {
    **v3("date_created", "date", "min", "max"),
    **v3("date_modified", "date", "min", "max"),
}
_VALUE_FILTERS = {
    **_DATES,
    **v3("customer_id", "int", "in", eq=False),
    **v3("attribute_id", "int", "in", eq=False),
}
_FIELD_FILTERS = {**v3("customer_id", "int"), **v3("address_id", "int")}
_TAX_PAGE = 50
"""Rows of an answer, whatever is asked for: `page` and `limit` are not documented."""


def routes(store: Store) -> Iterator[Route]:
    """Endpoints about customers other than their accounts."""
    people = store.shoppers

    def get(path: str, handle: Callable[[Call], Answer]) -> Route:
        return Route(path, scopes.CUSTOMERS, handle)

    yield get("/v3/customers/attributes", _attributes)
    yield get(
        "/v3/customers/attribute-values",
        lambda call: v3_page(call, fixed(people.attribute_values(), _VALUE_FILTERS, key="id")),
    )
    yield get(
        "/v3/customers/form-field-values",
        lambda call: cursor_page(
            call,
            fixed(people.form_field_values(), _FIELD_FILTERS),
            only_on_first=call.store.quirks.cursors_on_first_page_only,
        ),
    )
    yield get("/v3/customers/{customer_id}/consent", _consent)
    yield Route(
        "/v3/customers/{customer_id}/stored-instruments", scopes.STORED_INSTRUMENTS, _instruments
    )
    yield get("/v3/segments", lambda call: _unlinked(_segments(call)))
    yield get(
        "/v3/shopper-profiles", lambda call: _unlinked(v3_page(call, fixed(people.profiles())))
    )
    yield Route("/v3/segments/{segment_uuid}/shopper-profiles", scopes.CUSTOMERS_MODIFY, _members)
    yield get("/v3/wishlists", _wishlists)
    yield Route("/v3/tax/customers", scopes.INFORMATION, _tax_customers)


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All rows by stream."""
    people, customers = store.shoppers, store.customers.table
    return {
        "customer_attributes": people.attributes,
        "customer_attribute_values": people.attribute_values,
        "customer_form_field_values": people.form_field_values,
        "customer_consents": lambda: (
            {"customer_id": id_, **people.consent(id_)} for id_ in customers.ids
        ),
        "customer_stored_instruments": lambda: (
            {"customer_id": id_, **row} for id_ in customers.ids for row in people.instruments(id_)
        ),
        "segments": people.segments,
        "shopper_profiles": people.profiles,
        "segment_shopper_profiles": lambda: (
            {"segment_id": segment["id"], **row}
            for segment in people.segments()
            for row in people.members(segment["id"])
        ),
        "wishlists": people.wishlists,
        "tax_customers": people.tax_customers,
    }


def _attributes(call: Call) -> Answer:
    filters = {**_DATES, **v3("name", "text", "like"), **v3("type", "text")}
    answer = v3_page(call, fixed(call.store.shoppers.attributes(), filters, key="id"))
    # The response schema has an empty `meta`.
    answer.payload["meta"] = {}
    return answer


def _customer(call: Call) -> int:
    id_: int = call.ids[0]
    if id_ not in call.store.customers.table:
        raise ProblemError(404)
    return id_


def _consent(call: Call) -> Answer:
    row = call.store.shoppers.consent(_customer(call))
    return Answer(row, [row])


def _instruments(call: Call) -> Answer:
    rows = call.store.shoppers.instruments(_customer(call))
    return Answer(rows, rows)


def _segments(call: Call) -> Answer:
    rows = call.store.shoppers.segments()
    wanted = call.words("id:in")
    return v3_page(call, fixed([row for row in rows if not wanted or row["id"] in wanted]))


def _members(call: Call) -> Answer:
    try:
        rows = call.store.shoppers.members(call.ids[0])
    except KeyError:
        raise ProblemError(404) from None
    return _unlinked(v3_page(call, fixed(rows)))


def _unlinked(answer: Answer) -> Answer:
    """The same without links between pages, which segments do not have."""
    del answer.payload["meta"]["pagination"]["links"]
    return answer


def _wishlists(call: Call) -> Answer:
    answer = v3_page(
        call, fixed(call.store.shoppers.wishlists(), v3("customer_id", "int"), key="id")
    )
    # As in the reference's example, which shows five.
    answer.payload["meta"]["pagination"].update(total=0, total_pages=0)
    return _unlinked(answer)


def _tax_customers(call: Call) -> Answer:
    filters = v3("customer_id", "int", "in", eq=False)
    call.query["limit"] = str(_TAX_PAGE)
    rows = list(call.store.shoppers.tax_customers())
    return v3_page(call, fixed(rows, filters, key="customer_id"))
