"""What goes where: consignments in their four forms, and order shipping addresses.

The included lines are where BigCommerce falls short of its own per-order endpoint: quirks 1 and 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire
from tap_bigcommerce.sandbox.store.line_rows import line_row
from tap_bigcommerce.sandbox.store.people import form_values, v2_address

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.quirks import Quirks
    from tap_bigcommerce.sandbox.store.orders import Box, Line, Order, Orders
    from tap_bigcommerce.sandbox.store.world import Row

LINES_PER_CONSIGNMENT = 50
_MEASURES = ("weight", "height", "depth")
_LIST_OF = {"shipping": "shipping", "pickup": "pickups", "download": "downloads"}


def shipping_boxes(order: Order) -> list[Box]:
    """Consignments that go to an address."""
    return [box for box in order.boxes if box.type == "shipping"]


def consignments(orders: Orders, order: Order, quirks: Quirks, *, with_lines: bool) -> Row:
    """`/v2/orders/{order_id}/consignments`. Forms that the order does not have are absent."""
    found: Row = {}
    for place, box in enumerate(order.boxes):
        lines = [line for line in order.lines if line.box == place]
        if not lines and box.type != "shipping":
            continue
        row = _box_row(orders, order, box, lines)
        row["line_items"] = (
            _included(orders, order, lines, quirks)
            if with_lines
            else [_link(orders, order, line) for line in lines]
        )
        if with_lines and quirks.cut_line_items and len(lines) > LINES_PER_CONSIGNMENT:
            row["__warning__"] = {
                "line_items": f"Only the first {LINES_PER_CONSIGNMENT} are shown. Read the rest"
                f" from /v2/orders/{order.id}/products."
            }
        if box.type == "gift":
            found.setdefault("email", {"gift_certificates": []})["gift_certificates"].append(row)
        else:
            found.setdefault(_LIST_OF[box.type], []).append(row)
    return found


def is_incomplete(order: Order, quirks: Quirks) -> bool:
    """Whether the included lines of an order differ from those of its own endpoint."""
    if quirks.thin_line_items_of(order.id) and order.lines:
        return True
    if not quirks.cut_line_items:
        return False
    sizes = [0] * len(order.boxes)
    for line in order.lines:
        sizes[line.box] += 1
    return max(sizes) > LINES_PER_CONSIGNMENT


def shipping_address_row(orders: Orders, order: Order, box: Box) -> Row:
    """`/v2/orders/{order_id}/shipping_addresses`: costs are strings here."""
    row = _shipping_row(orders, order, box, _lines_in(order, box))
    for name in _COSTS:
        row[name] = wire.money(round(row[name] * wire.UNIT))
    row["order_id"] = order.id
    resource = f"/orders/{order.id}/shippingaddresses/{box.id}/shippingquotes"
    row["shipping_quotes"] = {"url": orders_url(orders) + resource, "resource": resource}
    return row


def orders_url(orders: Orders) -> str:
    """What links begin with."""
    return f"https://api.bigcommerce.com/stores/{orders.world.store_hash}/v2"


def _included(orders: Orders, order: Order, lines: list[Line], quirks: Quirks) -> list[Row]:
    thinness = quirks.thin_line_items_of(order.id)
    if thinness == "empty":
        return []
    shown = lines[:LINES_PER_CONSIGNMENT] if quirks.cut_line_items else lines
    rows = [line_row(orders, order, line) for line in shown]
    if thinness == "unmeasured":
        for row in rows:
            for name in _MEASURES:
                del row[name]
    return rows


def _link(orders: Orders, order: Order, line: Line) -> Row:
    resource = f"/orders/{order.id}/products/{line.id}"
    return {"url": orders_url(orders) + resource, "resource": resource}


def _lines_in(order: Order, box: Box) -> list[Line]:
    return [line for line in order.lines if order.boxes[line.box].id == box.id]


def _box_row(orders: Orders, order: Order, box: Box, lines: list[Line]) -> Row:
    if box.type == "shipping":
        return _shipping_row(orders, order, box, lines)
    if box.type == "pickup":
        return _pickup_row(box)
    return {"recipient_email": box.who.email}


_COSTS = (
    "base_cost",
    "cost_ex_tax",
    "cost_inc_tax",
    "cost_tax",
    "base_handling_cost",
    "handling_cost_ex_tax",
    "handling_cost_inc_tax",
    "handling_cost_tax",
)


def _shipping_row(orders: Orders, order: Order, box: Box, lines: list[Line]) -> Row:
    resource = f"/orders/{order.id}/consignments/shipping/{box.id}/shipping_quotes"
    dice = orders.world.dice("box", box.id)
    return {
        "id": box.id,
        **v2_address(box.who),
        "form_fields": [{"name": name, "value": value} for name, value in form_values(dice)]
        if dice.chance(100)
        else [],
        "items_total": sum(line.quantity for line in lines),
        "items_shipped": sum(line.shipped for line in lines),
        "shipping_method": "Free Shipping" if not box.cost else "Ship by Weight",
        "base_cost": wire.number(box.cost),
        "cost_ex_tax": wire.number(box.cost),
        "cost_inc_tax": wire.number(box.cost + box.tax),
        "cost_tax": wire.number(box.tax),
        "cost_tax_class_id": 2,
        "base_handling_cost": wire.number(box.handling),
        "handling_cost_ex_tax": wire.number(box.handling),
        "handling_cost_inc_tax": wire.number(box.handling + box.handling_tax),
        "handling_cost_tax": wire.number(box.handling_tax),
        "handling_cost_tax_class_id": 2,
        "shipping_zone_id": 1,
        "shipping_zone_name": "United States",
        "shipping_quotes": {"url": orders_url(orders) + resource, "resource": resource},
    }


def _pickup_row(box: Box) -> Row:
    return {
        "id": box.id,
        "pickup_method_id": 1,
        "pickup_method_display_name": "Pick Up",
        "collection_instructions": 'Ring twice & say "order"',
        "collection_time_description": "9am to 6pm",
        "location": {
            "id": 1,
            "name": "Default location",
            "code": "BC-LOCATION-1",
            "address_line_1": "1 Central Park",
            "address_line_2": "",
            "city": "Austin",
            "state": "Texas",
            "postal_code": "78701",
            "country_alpha2": "US",
            "email": "location1@example.com",
            "phone": "800-555-0198",
        },
    }
