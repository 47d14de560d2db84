"""What an order has besides lines and boxes: taxes, coupons, shipments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.consignments import shipping_boxes
from tap_bigcommerce.sandbox.store.marketing import coupon_code, coupon_type
from tap_bigcommerce.sandbox.store.people import v2_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.sandbox.store.orders import Order, Orders
    from tap_bigcommerce.sandbox.store.world import Row

_TYPE_NUMBERS = {
    "per_item_discount": 0,
    "percentage_discount": 1,
    "per_total_discount": 2,
    "shipping_discount": 3,
    "free_shipping": 4,
    "promotion": 5,
}


def tax_rows(order: Order, *, details: bool) -> list[Row]:
    """`/v2/orders/{order_id}/taxes`: their amounts add up to the order's tax."""
    if not order.tax_rate:
        return []
    # With automatic tax the order and its address are not named.
    is_automatic = order.id % 10 == 0
    boxes = shipping_boxes(order)
    rows = []
    for at, (type_, line_id, amount) in enumerate(_taxed(order)):
        row: Row = {
            "id": order.id * 500 + at,
            "tax_rate_id": 1,
            "sales_tax_id": "TaxId123",
            "tax_class_id": None if is_automatic else 0,
            "name": "State Tax",
            "class": "Default Tax Class",
            "rate": wire.money(order.tax_rate * 100),
            "priority": 0,
            "priority_amount": wire.money(amount),
            "line_amount": wire.money(amount),
            "order_pickup_method_id": 0,
        }
        if not is_automatic:
            row["order_id"] = order.id
            row["order_address_id"] = boxes[0].id if boxes else 0
        if details:
            row["order_product_id"] = str(line_id) if line_id else ""
            row["line_item_type"] = type_
        rows.append(row)
    return rows


def _taxed(order: Order) -> Iterator[tuple[str, int, int]]:
    _total, tax = order.totals()
    items = 0
    for line in order.lines:
        items += line.tax * line.quantity
        yield "item", line.id, line.tax * line.quantity
    yield "shipping", 0, tax - items


def coupon_rows(orders: Orders, order: Order) -> list[Row]:
    """`/v2/orders/{order_id}/coupons`."""
    return [
        {
            "id": used.id,
            "coupon_id": used.coupon_id,
            "order_id": order.id,
            "code": coupon_code(orders.world, used.coupon_id),
            # All three documented types of amount occur.
            "amount": (5, 5.5, "5.0000")[used.coupon_id % 3],
            "type": _TYPE_NUMBERS[coupon_type(used.coupon_id)],
            "discount": wire.number(used.discount),
        }
        for used in order.coupons
    ]


def shipment_rows(orders: Orders, order: Order) -> list[Row]:
    """`/v2/orders/{order_id}/shipments`: one for each box of which something was sent."""
    rows = []
    for place, box in enumerate(order.boxes):
        sent = [line for line in order.lines if line.box == place and line.shipped]
        if not sent:
            continue
        dice = orders.world.dice("shipment", box.id)
        carrier = dice.pick(words.CARRIERS)
        number = f"{dice.roll(10**9):09d}US"
        rows.append(
            {
                "id": box.id,
                "order_id": order.id,
                "customer_id": order.customer_id,
                "order_address_id": box.id,
                "date_created": wire.rfc2822(order.shipped_at()),
                "tracking_number": number if dice.chance(900) else "",
                "merchant_shipping_cost": wire.money(box.cost // 2),
                "shipping_method": "Ship by Weight",
                "comments": dice.pick(words.NOTES),
                "shipping_provider": carrier if dice.chance(950) else "carrier_1234567",
                "tracking_carrier": carrier,
                "tracking_link": "",
                "shipping_provider_display_name": carrier.upper(),
                "generated_tracking_link": f"https://example.com/track?n={number}",
                "billing_address": v2_address(order.who),
                "shipping_address": v2_address(box.who),
                "items": [
                    {
                        "order_product_id": line.id,
                        "product_id": line.product_id,
                        "quantity": line.shipped,
                    }
                    for line in sent
                ],
            }
        )
    return rows
