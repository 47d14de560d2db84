"""How orders were paid: transactions, and what gateways, gift certificates and others answered.

Source: REST Management API, "Orders V3" (Transactions).
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (records' annotations are read at run time)
from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.scans.once import UnnamedPages
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.order_children import OrderChild
from tap_bigcommerce.streams.orders import Orders
from tap_bigcommerce.streams.v3 import V3ChildStream


class OfflinePayment(Record):
    """A payment outside the store, such as a check."""

    display_name: str


class CustomPayment(Record):
    """The payment of an order that was entered by hand."""

    payment_method: Annotated[str, "What was typed into the control panel."]


class AvsResult(Record):
    """How the billing address compared with the card issuer's; the codes are the gateway's."""

    code: str
    message: str
    street_match: str
    postal_match: str


class CvvResult(Record):
    """How the card's verification value compared; the codes are the gateway's."""

    code: str
    message: str


class CreditCard(Record):
    """What may be known of a card."""

    card_type: Annotated[str, "Such as visa, master or american_express."]
    card_iin: Annotated[str, "First digits, which name the issuer."]
    card_last4: Annotated[str, Personal]
    card_expiry_month: int
    card_expiry_year: int


class GiftCertificatePayment(Record):
    """The gift certificate that paid."""

    code: str
    original_balance: Annotated[Decimal, "When it was bought."]
    starting_balance: Annotated[Decimal, "Before this transaction."]
    remaining_balance: Decimal
    status: Annotated[str, "active, pending, disabled or expired"]


class StoreCreditPayment(Record):
    """The store credit that paid."""

    remaining_balance: Decimal


class CustomProviderResult(Record):
    """What a custom payment provider answered."""

    receipt_number: str
    authorization_code: str
    fraud_response: str
    amount_received: Annotated[Decimal, "In whole units of the currency, not in cents."]


class OrderTransaction(OrderChild):
    """One event between the store and a payment gateway; some fields depend on the gateway.

    The order's ID is a string on the wire.
    """

    event: Annotated[str, "purchase, authorization, capture, refund, void, pending or settled"]
    method: Annotated[str, "Such as credit_card, token, store_credit, offsite or offline."]
    amount: Decimal
    currency: Annotated[str, "ISO 4217 code."]
    gateway: str
    gateway_transaction_id: str
    test: Annotated[bool, "A test, or the gateway is in test mode."]
    status: Annotated[str, "ok or error"]
    fraud_review: bool
    reference_transaction_id: Annotated[int, "ID of the transaction that this one acts on."]
    offline: OfflinePayment
    custom: CustomPayment
    payment_method_id: str
    id: int
    date_created: datetime
    payment_instrument_token: Annotated[str, "BigCommerce's token for the stored card."]
    provider_instrument_token: Annotated[str, "Beta; only where BigCommerce turned it on."]
    provider_customer_id: Annotated[str, "Beta; only where BigCommerce turned it on."]
    avs_result: AvsResult
    cvv_result: CvvResult
    credit_card: CreditCard
    gift_certificate: GiftCertificatePayment
    store_credit: StoreCreditPayment
    custom_provider_field_result: CustomProviderResult


class OrderTransactions(V3ChildStream):
    """Payments, captures, refunds and voids of orders, as the gateways saw them."""

    name = "order_transactions"
    path = "/v3/orders/{order_id}/transactions"
    replication_key = parent_date = "order_date_modified"
    parent = Orders
    parent_key = "order_id"
    page_limit = None  # neither `limit` nor `page` is documented, but answers count their pages
    pages_of_parent = UnnamedPages()
    record = OrderTransaction
    primary_keys = ("id",)
    foreign_keys = {"reference_transaction_id": "order_transactions.id"}
    scope = ("store_v2_transactions_read_only",)


STREAMS = (OrderTransactions,)
