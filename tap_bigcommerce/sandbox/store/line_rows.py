"""One line of an order as a record: `/v2/orders/{order_id}/products`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire
from tap_bigcommerce.sandbox.store.orders import LINE_IDS

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.orders import Line, Order, Orders
    from tap_bigcommerce.sandbox.store.world import Row

_ZERO = "0.0000"
_SAME: Row = {
    "refund_amount": _ZERO,
    "return_id": 0,
    "wrapping_id": 0,
    "wrapping_name": None,
    "base_wrapping_cost": _ZERO,
    "wrapping_cost_ex_tax": _ZERO,
    "wrapping_cost_inc_tax": _ZERO,
    "wrapping_cost_tax": _ZERO,
    "wrapping_message": "",
    "event_name": None,
    "event_date": None,
    "fixed_shipping_cost": _ZERO,
    "ebay_item_id": "",
    "ebay_transaction_id": "",
    "option_set_id": None,
    "parent_order_product_id": None,
    "is_bundled_product": False,
    "bin_picking_number": "",
    "external_id": None,
    "upc": "",
    "gift_certificate_id": None,
}
"""What most lines have in common: copying it is several times faster than building it."""


def line_row(orders: Orders, order: Order, line: Line) -> Row:
    """One line with all its fields."""
    quantity = line.quantity
    box = order.boxes[line.box]
    price_inc = line.price + line.tax
    money = wire.money
    weight = money(line.weight)
    row: Row = {
        "id": line.id,
        "order_id": order.id,
        "product_id": line.product_id,
        "variant_id": line.variant_id,
        "order_pickup_method_id": box.id if box.type == "pickup" else 0,
        "order_address_id": box.id if box.type == "shipping" else 0,
        "name": line.name,
        "name_customer": line.name,
        "name_merchant": line.name,
        "sku": line.sku,
        "type": line.type,
        "base_price": money(line.price),
        "price_ex_tax": money(line.price),
        "price_inc_tax": money(price_inc),
        "price_tax": money(line.tax),
        "base_total": money(line.price * quantity),
        "total_ex_tax": money(line.price * quantity),
        "total_inc_tax": money(price_inc * quantity),
        "total_tax": money(line.tax * quantity),
        "quantity": quantity,
        "base_cost_price": money(line.cost),
        "cost_price_inc_tax": money(line.cost),
        "cost_price_ex_tax": money(line.cost),
        "cost_price_tax": _ZERO,
        # A number on some lines, a string on others.
        "weight": wire.number(line.weight) if line.id % 5 == 0 else weight,
        "width": "5.0000",
        "height": "5.2500",
        "depth": _ZERO,
        "is_refunded": 0 < quantity <= line.refunded,
        "quantity_refunded": line.refunded,
        "quantity_shipped": line.shipped,
        "brand": line.brand,
        "applied_discounts": [],
        "product_options": [],
        "configurable_fields": [],
        "discounted_total_inc_tax": money(price_inc * quantity - line.discount),
        **_SAME,
    }
    if line.discount:
        row["applied_discounts"] = [
            {
                "id": "coupon",
                "amount": money(line.discount),
                "name": "Coupon",
                "code": f"SAVE{order.coupons[0].coupon_id}",
                "target": "order",
            }
        ]
    if line.wrapping:
        _wrap(row, order, line)
    if line.type == "giftcertificate":
        row["gift_certificate_id"] = orders.certificate_of.get(order.id)
    if line.variant_id and line.id % 3 == 0:
        _describe(row, line)
    return row


def _wrap(row: Row, order: Order, line: Line) -> None:
    tax = line.wrapping * order.tax_rate // 10_000
    row["wrapping_id"] = 7
    row["wrapping_name"] = "Gift paper"
    row["wrapping_message"] = "Happy birthday 🎂"
    # Per order the API shows a number here now and then.
    row["base_wrapping_cost"] = (
        wire.number(line.wrapping) if line.id % 2 else wire.money(line.wrapping)
    )
    row["wrapping_cost_ex_tax"] = wire.money(line.wrapping)
    row["wrapping_cost_tax"] = wire.money(tax)
    row["wrapping_cost_inc_tax"] = wire.money(line.wrapping + tax)


def _describe(row: Row, line: Line) -> None:
    """Options, configurable fields, events and bundles, on a third of the lines."""
    row["option_set_id"] = line.product_id
    row["bin_picking_number"] = "B-12"
    row["upc"] = f"{line.variant_id:012d}"
    row["product_options"] = [
        _option(line, place, choice) for place, choice in enumerate(_CHOICES[: 1 + line.id % 2])
    ]
    if line.id % 60 == 0:
        row["product_options"][0]["type"] = "File Upload"
        row["product_options"][0]["value"] = '{"originalName":"logo.jpeg","size":1024}'
    if line.id % 9 == 0:
        row["configurable_fields"] = [{"name": "Engraving", "value": 'For "Zoë"'}]
    if line.id % 12 == 0:
        row["event_name"] = "Delivery day"
        row["event_date"] = "2026-12-24"
    if line.id % 15 == 0 and line.id % LINE_IDS:
        row["parent_order_product_id"] = line.id - line.id % LINE_IDS
        row["is_bundled_product"] = True
    if line.id % 21 == 0:
        row["external_id"] = f"ext-{line.id}"


_CHOICES = (
    ("Color", "Couleur", "Rosé", "Swatch", ""),
    ("Size", "Taille", "XL", "Multiple choice", "Rectangle"),
)
"""(name, name for the shopper, value, type, style)."""


def _option(line: Line, place: int, choice: tuple[str, str, str, str, str]) -> Row:
    name, shown_name, value, type_, style = choice
    option = line.product_id * 10 + 1 + place
    return {
        "id": line.id * 2 + place,
        "option_id": option,
        "order_product_id": line.id,
        "product_option_id": option,
        "display_name": name,
        "display_name_customer": shown_name,
        "display_name_merchant": name,
        "display_value": value,
        "display_value_customer": value,
        "display_value_merchant": value,
        "value": str(69 + place),
        "type": type_,
        "name": f"Option {option}",
        "display_style": style,
    }
