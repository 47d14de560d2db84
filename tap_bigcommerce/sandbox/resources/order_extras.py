"""Messages, shipping quotes and pickups of orders; the parts of refunds and shipments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.listing import Answer, Call
from tap_bigcommerce.sandbox.paging import window
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store.consignments import shipping_boxes
from tap_bigcommerce.sandbox.store.order_children import shipment_rows
from tap_bigcommerce.sandbox.store.order_extras import (
    has_quotes,
    message_rows,
    pickup_rows,
    quote_row,
    quote_rows,
)
from tap_bigcommerce.sandbox.store.payments import refund_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.orders import Order
    from tap_bigcommerce.sandbox.store.world import Row


def routes(store: Store) -> Iterator[Route]:
    """Endpoints below orders that `orders.py` has not."""
    del store
    yield Route("/v2/orders/{order_id}/messages", scopes.ORDERS, _messages)
    yield Route(
        "/v2/orders/{order_id}/shipping_addresses/{address_id}/shipping_quotes",
        scopes.ORDERS,
        _quotes,
    )
    yield Route("/v3/orders/pickups", scopes.ORDER_FULFILLMENT, _pickups)


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All rows by stream."""
    orders = store.orders

    def of_orders(find: Callable[[Order], Iterable[Row]]) -> Callable[[], Iterable[Row]]:
        def rows() -> Iterator[Row]:
            shows_all = store.quirks.lists_archived_orders
            for id_ in list(orders.table.ids):
                order = orders.facts(id_)
                if shows_all or not order.is_deleted:
                    yield from ({"order_id": id_, **row} for row in find(order))

        return rows

    def of_refunds(name: str) -> Iterator[Row]:
        for id_ in list(orders.refunds.ids):
            refund = refund_row(orders, id_)
            lead = {"refund_id": id_, "order_id": refund["order_id"], "created": refund["created"]}
            for place, row in enumerate(refund[name]):
                yield {**lead, **({} if "id" in row else {"position": place}), **row}

    return {
        "order_messages": of_orders(lambda order: message_rows(orders, order)),
        "order_shipping_quotes": of_orders(
            lambda order: quote_rows(orders, store.order_rows, order)
        ),
        "order_pickups": lambda: pickup_rows(orders),
        "order_shipment_items": of_orders(
            lambda order: (
                {"shipment_id": shipment["id"], "position": place, **item}
                for shipment in shipment_rows(orders, order)
                for place, item in enumerate(shipment["items"])
            )
        ),
        "order_refund_items": lambda: of_refunds("items"),
        "order_refund_payments": lambda: of_refunds("payments"),
    }


def _order(call: Call) -> Order:
    if call.ids[0] not in call.store.orders.table:
        raise ProblemError(404)
    order: Order = call.store.orders.facts(call.ids[0])
    return order


def _messages(call: Call) -> Answer:
    shown = window(call.query, ignores_page=call.ignores_page)
    rows = message_rows(call.store.orders, _order(call))
    rows = rows[(shown.page - 1) * shown.limit :][: shown.limit]
    return Answer(rows, rows)


def _quotes(call: Call) -> Answer:
    order = _order(call)
    box = next((box for box in shipping_boxes(order) if box.id == call.ids[1]), None)
    if box is None:
        raise ProblemError(404)
    if not has_quotes(call.store.order_rows, order):
        return Answer(None, status=204)
    row = quote_row(call.store.orders, order, box)
    return Answer(row, [row])


def _pickups(call: Call) -> Answer:
    rows = pickup_rows(call.store.orders)
    for name, field in (("order_id:in", "order_id"), ("pickup_id:in", "id")):
        if wanted := call.words(name):
            rows = [row for row in rows if str(row[field]) in wanted]
    return Answer({"data": rows}, rows)
