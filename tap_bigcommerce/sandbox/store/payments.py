"""Where the money went: transactions, refunds, gift certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.orders import Line, Order, Orders
    from tap_bigcommerce.sandbox.store.world import Row

TRANSACTION_IDS = 400
_MANY = 310
"""Transactions of one order in 503: more than a page of 250."""
_CARDS = ("visa", "master", "american_express", "discover")


def transaction_rows(orders: Orders, order: Order) -> list[Row]:
    """`/v3/orders/{order_id}/transactions`."""
    if order.status_id in words.UNPAID:
        return []
    total, tax = order.totals()
    dice = orders.world.dice("transaction", order.id)
    is_card = dice.chance(700)
    count = 1 + int(dice.chance(200))
    if (order.id + orders.world.seed) % 503 == 0:
        count = _MANY
    events = ["authorization", "capture"] if count > 1 else ["purchase"]
    events += ["pending"] * (count - 2)
    amounts = [total + tax] * len(events)
    for refund in orders.refunds_of.get(order.id, ()):
        events.append("refund")
        amounts.append(refund_total(orders, refund)[0])
    gateway = dice.pick(words.GATEWAYS)
    return [
        _transaction(
            order, order.id * TRANSACTION_IDS + at, event, amount, gateway, is_card=is_card
        )
        for at, (event, amount) in enumerate(zip(events, amounts, strict=True))
    ]


def _transaction(  # noqa: PLR0913 - one argument a fact of the payment
    order: Order, id_: int, event: str, amount: int, gateway: str, *, is_card: bool
) -> Row:
    has_certificate = not is_card and id_ % 4 == 0
    has_credit = not is_card and id_ % 4 == 1
    is_first = id_ % TRANSACTION_IDS == 0
    row: Row = {
        "id": id_,
        # A string here, a number everywhere else.
        "order_id": str(order.id),
        "event": event,
        "method": "credit_card" if is_card else "custom",
        "amount": wire.number(amount),
        "currency": order.currency.code,
        "gateway": gateway,
        "gateway_transaction_id": "" if id_ % 7 == 0 else f"ch_{id_:012x}",
        "payment_method_id": f"{gateway}.card" if is_card else gateway,
        "status": "ok",
        "test": False,
        "fraud_review": id_ % 50 == 0,
        "offline": None if is_card else {"display_name": "Pay at the till"},
        "custom": None if is_card else {"payment_method": "Invoice"},
        "payment_instrument_token": None,
        "provider_instrument_token": None,
        "provider_customer_id": None,
        "date_created": wire.iso(order.created + (id_ % TRANSACTION_IDS) * 30),
        "gift_certificate": {
            "code": f"MB{order.id}",
            "original_balance": 100,
            "starting_balance": 100,
            "remaining_balance": 35.42,
            "status": "active",
        }
        if has_certificate
        else None,
        "store_credit": {"remaining_balance": 35.42} if has_credit else None,
        "custom_provider_field_result": {
            "receipt_number": None,
            "authorization_code": f"{id_ % 1_000_000:06d}",
            "fraud_response": None,
            "amount_received": None,
        }
        if id_ % 9 == 0
        else None,
    }
    if not is_first:
        row["reference_transaction_id"] = id_ - id_ % TRANSACTION_IDS
    if is_card:
        row["avs_result"] = {
            "code": "Y",
            "message": "Matches",
            "street_match": "Y",
            "postal_match": "",
        }
        row["cvv_result"] = {"code": "M", "message": ""}
        row["credit_card"] = {
            "card_type": _CARDS[id_ % len(_CARDS)],
            "card_iin": "411111",
            "card_last4": f"{id_ % 10_000:04d}",
            "card_expiry_month": 1 + id_ % 12,
            "card_expiry_year": 2027 + id_ % 5,
        }
    return row


def refund_total(orders: Orders, id_: int) -> tuple[int, int]:
    """(amount paid back, tax in it). An adjustment of the tax has a negative tax."""
    order = orders.facts(orders.refund_order[id_])
    kind = orders.refund_kind(order.id, orders.refunds_of[order.id].index(id_))
    if kind == "tax":
        return 12_300, -12_300
    if kind == "full":
        total, tax = order.totals()
        return total + tax, tax
    line = order.lines[0]
    return line.price + line.tax, line.tax


def refund_row(orders: Orders, id_: int) -> Row:
    """`/v3/orders/payment_actions/refunds`."""
    order = orders.facts(orders.refund_order[id_])
    kind = orders.refund_kind(order.id, orders.refunds_of[order.id].index(id_))
    amount, tax = refund_total(orders, id_)
    if kind == "full":
        items = [_refunded(line, line.quantity, id_) for line in order.lines]
    elif kind == "partial":
        items = [_refunded(order.lines[0], 1, id_)]
    else:
        items = []
    dice = orders.world.dice("refund", id_)
    is_declined = dice.chance(30)
    return {
        "id": id_,
        "order_id": order.id,
        "user_id": dice.roll(9),
        "created": wire.iso(orders.refunds.created_at(id_)),
        "reason": dice.pick(("", "Broken", 'Customer said "no"')),
        "total_amount": wire.number(amount),
        "total_tax": wire.number(tax),
        "uses_merchant_override_values": kind == "tax",
        "items": items,
        "payments": [
            {
                "id": id_ * 3,
                "provider_id": dice.pick((*words.GATEWAYS, "storecredit")),
                "amount": wire.number(amount),
                "offline": dice.chance(100),
                "is_declined": is_declined,
                "declined_message": "Card expired" if is_declined else "",
                "transaction_id": f"{order.id * TRANSACTION_IDS}",
            }
        ],
    }


def _refunded(line: Line, quantity: int, refund: int) -> Row:
    amount = (line.price + line.tax) * quantity
    return {
        "item_type": "PRODUCT",
        "item_id": line.id,
        "reason": "",
        "quantity": quantity,
        "requested_amount": wire.number(amount),
        "adjustments": [{"amount": -10.2, "description": "Service fee"}] if refund % 4 == 0 else [],
    }


def certificate_row(orders: Orders, id_: int) -> Row:
    """`/v2/gift_certificates`."""
    order = orders.facts(orders.certificate_order[id_])
    line = order.lines[-1]
    dice = orders.world.dice("certificate", id_)
    bought = orders.gift_certificates.created_at(id_)
    return {
        "id": id_,
        "code": f"{id_:03d}-5E2-BO4-{dice.roll(1000):03d}",
        "amount": wire.money(line.price),
        "status": dice.pick(("active", "active", "pending", "disabled", "expired")),
        "balance": wire.money(line.price * dice.roll(5) // 4),
        "to_name": dice.pick(words.FIRST_NAMES),
        "to_email": f"friend{id_}@example.com",
        "from_name": order.who.first,
        "from_email": order.who.email,
        "order_id": order.id,
        "customer_id": order.customer_id,
        "template": dice.pick(("celebration.html", "general.html", "christmas.html")),
        "message": dice.pick(words.NOTES),
        "purchase_date": str(bought),
        "expiry_date": "0" if dice.chance(500) else str(bought + 365 * DAY),
        "currency_code": order.currency.code,
    }
