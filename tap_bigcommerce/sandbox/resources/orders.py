"""Orders and everything below them: V2, with V3 for transactions and refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import BadValueError, ProblemError
from tap_bigcommerce.sandbox.filters import Filter, v2_range, v3
from tap_bigcommerce.sandbox.listing import Answer, Call, Listing, v2_page, v3_page
from tap_bigcommerce.sandbox.paging import window
from tap_bigcommerce.sandbox.resources.catalog import page_of_rows
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store.consignments import (
    consignments,
    shipping_address_row,
    shipping_boxes,
)
from tap_bigcommerce.sandbox.store.line_rows import line_row
from tap_bigcommerce.sandbox.store.order_children import coupon_rows, shipment_rows, tax_rows
from tap_bigcommerce.sandbox.store.order_rows import INCLUDES, fee_rows
from tap_bigcommerce.sandbox.store.payments import refund_row, transaction_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_bigcommerce.sandbox.routes import Handler
    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.orders import Order
    from tap_bigcommerce.sandbox.store.world import Row

_FILTERS = {
    **v2_range("id", "int"),
    **v2_range("date_created", "date"),
    **v2_range("date_modified", "date"),
    "min_total": Filter("total_inc_tax", "min", "number"),
    "max_total": Filter("total_inc_tax", "max", "number"),
    "customer_id": Filter("customer_id", "eq", "int"),
    "status_id": Filter("status_id", "eq", "int"),
    "channel_id": Filter("channel_id", "eq", "int"),
    "email": Filter("email", "eq", "text"),
    "cart_id": Filter("cart_id", "eq", "text"),
    "payment_method": Filter("payment_method", "eq", "text"),
    "external_order_id": Filter("external_order_id", "eq", "text"),
    "is_deleted": Filter("is_deleted", "eq", "bool"),
}
_SORTS = (
    "id",
    "customer_id",
    "date_created",
    "date_modified",
    "status_id",
    "channel_id",
    "external_id",
)


def routes(store: Store) -> Iterator[Route]:
    """All order endpoints."""
    orders = store.orders

    def flat(id_: int) -> Row:
        row = store.order_rows.row(id_)
        return {**row, "email": row["billing_address"]["email"]}

    # `is_deleted` is no parameter of the API, only of the list without archived orders.
    public = {name: one for name, one in _FILTERS.items() if name != "is_deleted"}
    listing = Listing(
        orders.table,
        flat,
        public if store.quirks.lists_archived_orders else _FILTERS,
        sorts=_SORTS,
        sort_has_direction=True,
    )
    refunds = Listing(
        orders.refunds,
        lambda id_: refund_row(orders, id_),
        {
            **v3("created", "date", "min", "max", eq=False),
            **v3("id", "int", "in", eq=False),
            **v3("order_id", "int", "in", eq=False),
            "transaction_id": Filter("payments", "like", "text"),
        },
        modified="created",
    )

    def get(path: str, handle: Handler) -> Route:
        return Route("/v2" + path, scopes.ORDERS, handle)

    yield get("/orders", lambda call: _orders(call, listing))
    yield get("/orders/count", lambda call: _count(call, listing))
    yield get("/orders/{order_id}", _order)
    yield get("/order_statuses", _statuses)
    yield get(
        "/orders/{order_id}/products",
        _children(lambda _, order: [line_row(orders, order, line) for line in order.lines]),
    )
    yield get(
        "/orders/{order_id}/shipping_addresses",
        _children(
            lambda _, order: [
                shipping_address_row(orders, order, box) for box in shipping_boxes(order)
            ]
        ),
    )
    yield get("/orders/{order_id}/coupons", _children(lambda _, order: coupon_rows(orders, order)))
    yield get(
        "/orders/{order_id}/shipments", _children(lambda _, order: shipment_rows(orders, order))
    )
    yield get(
        "/orders/{order_id}/taxes",
        _children(lambda call, order: tax_rows(order, details=call.query.get("details") == "true")),
    )
    yield get("/orders/{order_id}/fees", _fees)
    yield get("/orders/{order_id}/consignments", _consignments)
    yield Route("/v3/orders/{order_id}/transactions", scopes.TRANSACTIONS, _transactions)
    yield Route(
        "/v3/orders/payment_actions/refunds",
        scopes.REFUNDS,
        lambda call: _refunds(call, refunds),
    )


def _orders(call: Call, listing: Listing) -> Answer:
    _hide_archived(call)
    includes, as_object = _includes(call)
    return v2_page(
        call,
        listing,
        lambda id_: call.store.order_rows.row(id_, includes, consignments_as_object=as_object),
    )


def _hide_archived(call: Call) -> None:
    if not call.store.quirks.lists_archived_orders:
        call.query["is_deleted"] = "false"


def _includes(call: Call) -> tuple[list[str], bool]:
    as_object = call.query.get("consignment_structure") == "object"
    return call.words("include", INCLUDES), as_object


def _count(call: Call, listing: Listing) -> Answer:
    _hide_archived(call)
    ids = listing.matching(call, is_v3=False)
    counts: dict[int, int] = {}
    for id_ in ids:
        status = call.store.orders.facts(id_).status_id
        counts[status] = counts.get(status, 0) + 1
    statuses = [
        {
            **{name: row[name] for name in row if name != "order"},
            "sort_order": row["order"],
            "count": counts.get(id_, 0),
        }
        for id_, row in enumerate(call.store.info.order_statuses)
    ]
    return Answer({"statuses": statuses, "count": len(ids)})


def _find(call: Call) -> Order:
    if call.ids[0] not in call.store.orders.table:
        raise ProblemError(404)
    order: Order = call.store.orders.facts(call.ids[0])
    return order


def _order(call: Call) -> Answer:
    _find(call)
    includes, as_object = _includes(call)
    row = call.store.order_rows.row(call.ids[0], includes, consignments_as_object=as_object)
    return Answer(row, [row], call.ids)


def _statuses(call: Call) -> Answer:
    rows = call.store.info.order_statuses
    return Answer(rows, rows)


def _children(find: Callable[[Call, Order], Sequence[Row]]) -> Handler:
    def handle(call: Call) -> Answer:
        shown = window(call.query, ignores_page=call.ignores_page)
        start = (shown.page - 1) * shown.limit
        rows = list(find(call, _find(call)))[start : start + shown.limit]
        return Answer(rows, rows)

    return handle


def _fees(call: Call) -> Answer:
    rows = fee_rows(_find(call))
    shape = call.store.quirks.fees_shape
    payload: Any = {"fees": rows}
    if shape == "array":
        payload = rows
    elif shape == "object" and len(rows) == 1:
        payload = rows[0]
    return Answer(payload, rows)


def _consignments(call: Call) -> Answer:
    order = _find(call)
    includes = call.words("include", ("consignments.line_items",))
    row = consignments(call.store.orders, order, call.store.quirks, with_lines=bool(includes))
    return Answer(row, [row])


def _transactions(call: Call) -> Answer:
    if call.store.quirks.transactions_down:
        raise ProblemError(503)
    rows = transaction_rows(call.store.orders, _find(call))
    if not rows:
        return Answer(None, status=204)
    if call.store.quirks.transactions_ignore_page:
        call.query.pop("page", None)
    return page_of_rows(call, rows)


def _refunds(call: Call, listing: Listing) -> Answer:
    for name in ("created:min", "created:max"):
        if name in call.query and "T" not in call.query[name]:
            raise BadValueError(name, f"{name} must be an RFC 3339 date-time")
    answer = v3_page(call, listing)
    # The response schema has an empty `meta`.
    answer.payload["meta"] = {}
    return answer
