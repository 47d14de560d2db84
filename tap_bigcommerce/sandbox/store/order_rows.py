"""Orders as records, with their includes; consignments and fees, which the includes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.consignments import consignments, shipping_boxes
from tap_bigcommerce.sandbox.store.people import form_values, v2_address

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tap_bigcommerce.sandbox.quirks import Quirks
    from tap_bigcommerce.sandbox.store.orders import Order, Orders
    from tap_bigcommerce.sandbox.store.world import Row

INCLUDES = ("consignments", "consignments.line_items", "fees")

_ZERO = "0.0000"
_SAME: Row = {
    "shipping_cost_tax_class_id": 2,
    "handling_cost_tax_class_id": 2,
    "wrapping_cost_tax_class_id": 3,
    "store_credit_amount": _ZERO,
    "gift_certificate_amount": _ZERO,
    # Always 0, whatever was refunded.
    "refunded_amount": _ZERO,
    "default_currency_id": 1,
    "default_currency_code": "USD",
    "store_default_currency_code": "USD",
    "is_tax_inclusive_pricing": False,
    "ebay_order_id": "0",
    "credit_card_type": None,
    "external_merchant_id": None,
    "external_source": None,
    "external_id": None,
    "external_order_id": "",
    "tax_provider_id": "BasicTaxProvider",
    "payment_provider_id": "",
}
_PAID_AS = {4: "refunded", 5: "void", 6: "declined", 13: "held for review"}


class OrderRows:
    """Renders orders."""

    def __init__(self, orders: Orders, quirks: Quirks) -> None:
        self._orders = orders
        self._world = orders.world
        self._quirks = quirks

    def row(
        self, id_: int, includes: Collection[str] = (), *, consignments_as_object: bool = True
    ) -> Row:
        """`/v2/orders`. Consignments come as an object only when asked for that way."""
        order = self._orders.facts(id_)
        row = self._plain(order)
        if "fees" in includes:
            row["fees"] = fee_rows(order)
        if "consignments" in includes or "consignments.line_items" in includes:
            found = consignments(
                self._orders,
                order,
                self._quirks,
                with_lines="consignments.line_items" in includes,
            )
            row["consignments"] = found if consignments_as_object else [found]
        return row

    def _plain(self, order: Order) -> Row:
        id_ = order.id
        world = self._world
        dice = world.dice("order.row", id_)
        changed = world.changed("order", id_)
        money = wire.money
        total, tax = order.totals()
        subtotal, subtotal_tax = order.subtotal(), order.subtotal_tax()
        shipping = sum(box.cost for box in order.boxes)
        shipping_tax = sum(box.tax for box in order.boxes)
        handling = sum(box.handling for box in order.boxes)
        handling_tax = sum(box.handling_tax for box in order.boxes)
        wrapping = sum(line.wrapping for line in order.lines)
        wrapping_tax = wrapping * order.tax_rate // 10_000
        shipped = sum(line.shipped for line in order.lines)
        status = words.STATUSES[order.status_id]
        is_shipped = shipped > 0
        country = order.who.place
        rate = f"{money(order.currency.rate)}000000"
        row: Row = {
            "id": id_,
            "customer_id": order.customer_id,
            "date_created": wire.rfc2822(order.created),
            "date_modified": wire.rfc2822(order.modified),
            "date_shipped": wire.rfc2822(order.shipped_at()) if is_shipped else "",
            "status_id": order.status_id,
            "status": status.name,
            "custom_status": status.name,
            "subtotal_ex_tax": money(subtotal),
            "subtotal_inc_tax": money(subtotal + subtotal_tax),
            "subtotal_tax": money(subtotal_tax),
            "base_shipping_cost": money(shipping),
            "shipping_cost_ex_tax": money(shipping),
            "shipping_cost_inc_tax": money(shipping + shipping_tax),
            "shipping_cost_tax": money(shipping_tax),
            "base_handling_cost": money(handling),
            "handling_cost_ex_tax": money(handling),
            "handling_cost_inc_tax": money(handling + handling_tax),
            "handling_cost_tax": money(handling_tax),
            "base_wrapping_cost": money(wrapping),
            "wrapping_cost_ex_tax": money(wrapping),
            "wrapping_cost_inc_tax": money(wrapping + wrapping_tax),
            "wrapping_cost_tax": money(wrapping_tax),
            "total_ex_tax": money(total),
            "total_inc_tax": money(total + tax),
            "total_tax": money(tax),
            "items_total": sum(line.quantity for line in order.lines),
            "items_shipped": shipped,
            "payment_method": dice.pick(words.PAYMENT_METHODS),
            "payment_status": _payment_status(order),
            "order_is_digital": order.kind == "digital",
            "ip_address": f"198.51.100.{dice.roll(256)}",
            "ip_address_v6": "" if dice.chance(800) else f"2001:db8::{dice.roll(65_536):x}",
            "geoip_country": country.country,
            "geoip_country_iso2": country.iso2,
            "currency_id": order.currency.id,
            "currency_code": order.currency.code,
            "currency_exchange_rate": rate,
            "store_default_to_transactional_exchange_rate": "1.0000000000",
            "staff_notes": changed.get("staff_notes", dice.pick(words.NOTES)),
            "customer_message": dice.pick(words.NOTES),
            "discount_amount": money(order.discount),
            "coupon_discount": money(sum(used.discount for used in order.coupons)),
            "shipping_address_count": len(shipping_boxes(order)),
            "is_deleted": order.is_deleted,
            "is_email_opt_in": dice.chance(300),
            "order_source": dice.pick(("www", "www", "www", "manual", "mobile")),
            "channel_id": 664179 if dice.chance(40) else 1,
            "cart_id": dice.uuid(),
            "customer_locale": dice.pick(("en", "en", "es-419", "")),
            "billing_address": {
                **v2_address(order.who),
                "form_fields": [{"name": name, "value": value} for name, value in form_values(dice)]
                if dice.chance(100)
                else [],
            },
            **_SAME,
            "products": self._link(id_, "products"),
            "shipping_addresses": self._link(id_, "shippingaddresses"),
            "coupons": self._link(id_, "coupons"),
            "consignments": self._link(id_, "consignments"),
            "fees": self._link(id_, "fees"),
        }
        odd = _ODDITIES.get(dice.roll(50))
        if odd is not None:
            row.update(odd(id_))
            if not self._quirks.mixed_types and row["external_id"] is not None:
                row["external_id"] = str(row["external_id"])
                row["payment_provider_id"] = str(row["payment_provider_id"])
        return row

    def _link(self, id_: int, what: str) -> Row:
        resource = f"/orders/{id_}/{what}"
        return {
            "url": f"https://api.bigcommerce.com/stores/{self._world.store_hash}/v2{resource}",
            "resource": resource,
        }


def fee_rows(order: Order) -> list[Row]:
    """`fees[]` of the include and of `/v2/orders/{order_id}/fees`."""
    rows = []
    for fee in order.fees:
        costs = (fee.cost, fee.cost, fee.cost + fee.tax, fee.tax)
        # Numbers on some orders, strings on others.
        written = [wire.number(cost) if order.id % 2 else wire.money(cost) for cost in costs]
        rows.append(
            {
                "id": fee.id,
                "type": "custom_fee",
                "display_name_customer": fee.name,
                "display_name_merchant": fee.name,
                "source": "v2",
                "base_cost": written[0],
                "cost_ex_tax": written[1],
                "cost_inc_tax": written[2],
                "cost_tax": written[3],
                "tax_class_id": None if fee.id % 4 == 0 else 0,
            }
        )
    return rows


def _payment_status(order: Order) -> str:
    if order.status_id == words.PARTLY_REFUNDED:
        return "partially refunded"
    if order.status_id in words.UNPAID:
        return _PAID_AS.get(order.status_id, "")
    return _PAID_AS.get(order.status_id, "captured" if order.id % 3 else "authorized")


_ODDITIES: dict[int, Callable[[int], Row]] = {
    0: lambda id_: {"external_id": id_ * 7, "payment_provider_id": id_},
    1: lambda id_: {"external_id": f"{id_:09d}", "payment_provider_id": f"pay_{id_}"},
    2: lambda id_: {
        "external_source": "M-MIG",
        "external_merchant_id": "0017",
        "external_order_id": f"shop-{id_}",
    },
    3: lambda _: {"store_credit_amount": "5.5000", "gift_certificate_amount": "0.0001"},
    4: lambda _: {"credit_card_type": {}},
    5: lambda _: {
        "currency_exchange_rate": "123456789012345.0123456789",
        "store_default_to_transactional_exchange_rate": "0.0000000001",
    },
}
"""What one order in fifty each has: an origin elsewhere, credit, enormous digits."""
