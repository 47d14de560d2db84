"""What an order has that few ask for: messages, shipping quotes, pickups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.consignments import shipping_boxes

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.order_rows import OrderRows
    from tap_bigcommerce.sandbox.store.orders import Box, Order, Orders
    from tap_bigcommerce.sandbox.store.world import Row

_HAND_MADE = frozenset({"manual", "external"})
"""Sources of orders that no shopper was quoted anything for."""


def message_rows(orders: Orders, order: Order) -> list[Row]:
    """`/v2/orders/{order_id}/messages`: one order in three has some."""
    dice = orders.world.dice("message", order.id)
    count = dice.pick((0, 0, 0, 0, 1, 2, 5))
    created = orders.table.created_at(order.id)
    return [
        {
            "id": order.id * 10 + at,
            "order_id": order.id,
            "staff_id": dice.roll(3),
            "customer_id": order.customer_id,
            "type": dice.pick(("admin", "customer")),
            "subject": f"Re: Order #{order.id}",
            "message": dice.pick(words.NOTES) or "Danke 🙏",
            "status": dice.pick(("read", "unread")),
            "is_flagged": dice.chance(100),
            "date_created": wire.rfc2822(created + at * 3600),
            "customer": {},
        }
        for at in range(count)
    ]


def has_quotes(rows: OrderRows, order: Order) -> bool:
    """Whether the order came from a storefront."""
    return rows.row(order.id)["order_source"] not in _HAND_MADE


def quote_row(orders: Orders, order: Order, box: Box) -> Row:
    """`/v2/orders/{order_id}/shipping_addresses/{id}/shipping_quotes`."""
    dice = orders.world.dice("quote", box.id)
    is_live = dice.chance(300)
    row: Row = {
        "id": str(box.id * 2),
        "uuid": dice.uuid(),
        "timestamp": wire.rfc2822(orders.table.created_at(order.id)),
        "shipping_provider_id": "bcrealtime" if is_live else "bcstatic",
        "shipping_provider_quote": [],
        "provider_code": "upsready" if is_live else "shipping_byweight",
        "carrier_code": "",
        "rate_code": "",
        "rate_id": "",
        "method_id": 3 if is_live else 1,
    }
    if is_live:
        row["shipping_provider_quote"] = [
            {
                "rate": {"value": "44.11", "unit": "USD"},
                "transitTime": "1 business day",
                "name": "UPS Next Day Air®",
                "carrierCode": {},
                "dates": [],
            }
        ]
    return row


def quote_rows(orders: Orders, rows: OrderRows, order: Order) -> list[Row]:
    """The quotes of all addresses of an order."""
    boxes = shipping_boxes(order) if has_quotes(rows, order) else []
    return [{**quote_row(orders, order, box), "order_address_id": box.id} for box in boxes]


def pickup_rows(orders: Orders) -> list[Row]:
    """`/v3/orders/pickups`: what is collected of all orders."""
    rows: list[Row] = []
    for id_ in orders.table.ids:
        order = orders.facts(id_)
        for place, box in enumerate(order.boxes):
            lines = [line for line in order.lines if line.box == place]
            if box.type == "pickup" and lines:
                rows.append(_pickup_row(orders, order, box, [line.id for line in lines]))
    return rows


def _pickup_row(orders: Orders, order: Order, box: Box, lines: list[int]) -> Row:
    created = orders.table.created_at(order.id)
    quantities = {line.id: line.quantity for line in order.lines}
    return {
        "id": box.id,
        "pickup_method_id": 1,
        "order_id": order.id,
        "ready_at": wire.iso(created + 7200, "Z"),
        "created_at": wire.iso(created, ".150539Z"),
        "updated_at": wire.iso(created + 9000, ".150539Z"),
        "pickup_items": [
            {
                "id": line * 3,
                "order_product_id": line,
                "quantity": quantities[line],
                "status": "COLLECTED" if line % 2 else "AWAITING_COLLECTION",
                "collected_at": wire.iso(created + 9000, ".150539Z") if line % 2 else None,
            }
            for line in lines
        ],
    }
