"""Orders, the statuses that they go through, and refunds.

What belongs to one order is in the modules named `order_...`.

Source: REST Management API, "Orders V2" (Orders, Order Status) and "Orders V3" (Payment Actions:
Get All Refunds).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

from tap_bigcommerce.scans import (
    CheckedPages,
    Counter,
    IdFilter,
    IdRanges,
    Once,
    ReanchoredTime,
    TimeFilter,
)
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.schema.shapes import FormField, Link
from tap_bigcommerce.streams.children import PartStream
from tap_bigcommerce.streams.order_embeds import is_link
from tap_bigcommerce.streams.v2 import V2Stream
from tap_bigcommerce.streams.v3 import V3Stream

if TYPE_CHECKING:
    from tap_bigcommerce.api.pages import Row

ORDER_IDS = IdFilter(
    above="min_id",
    below="max_id",
    is_inclusive=True,
    ascending={},  # the documented default; the parameter's schema has no place for `:asc`
    descending={"sort": "id:desc"},
)
ORDER_MODIFIED = TimeFilter("date_modified", since="min_date_modified", until="max_date_modified")
REFUND_CREATED = TimeFilter("created", since="created:min", until="created:max")

OF_REFUND: Final = {"order_id": "order_id", "created": "created", "refund_id": "id"}
"""What parts of refunds take from their refund."""

TaxClassId = Annotated[int, "Without meaning when the store's tax is automatic."]


class OrderAddress(Record):
    """A postal address as it was when the order was placed."""

    first_name: Annotated[str, Personal]
    last_name: Annotated[str, Personal]
    company: Annotated[str, Personal]
    street_1: Annotated[str, Personal]
    street_2: Annotated[str, Personal]
    city: Annotated[str, Personal]
    state: str
    zip: Annotated[str, Personal]
    country: str
    country_iso2: str
    phone: Annotated[str, Personal]
    email: Annotated[str, Personal]


class BillingAddress(OrderAddress):
    """Who pays."""

    form_fields: list[FormField]


class Order(Record):
    """One purchase; amounts are in the transactional currency, `default_currency_code`.

    With `include`, `consignments` and `fees` arrive as the children themselves. Those are streams
    of their own, so here they are always the link.
    """

    id: int
    date_modified: datetime
    date_shipped: Annotated[datetime, "When the whole order had been shipped."]
    cart_id: str
    status: Annotated[str, "BigCommerce's name; the merchant's is in custom_status."]
    subtotal_tax: Decimal
    shipping_cost_tax: Decimal
    shipping_cost_tax_class_id: TaxClassId
    handling_cost_tax: Decimal
    handling_cost_tax_class_id: TaxClassId
    wrapping_cost_tax: Decimal
    wrapping_cost_tax_class_id: TaxClassId
    payment_status: Annotated[
        str,
        "authorized, captured, capture pending, declined, held for review, paid, "
        "partially refunded, pending, refunded, void, void pending or empty",
    ]
    store_credit_amount: Annotated[Decimal, "Paid with store credit."]
    gift_certificate_amount: Annotated[Decimal, "Paid with gift certificates."]
    currency_id: Annotated[int, "Display currency."]
    currency_code: Annotated[str, "Display currency."]
    currency_exchange_rate: Annotated[Decimal, "From the store's default to the display currency."]
    default_currency_id: Annotated[int, "Transactional currency."]
    default_currency_code: Annotated[str, "Transactional currency: what the shopper pays in."]
    store_default_currency_code: str
    store_default_to_transactional_exchange_rate: Decimal
    coupon_discount: Decimal
    shipping_address_count: int
    is_deleted: Annotated[bool, "Archived."]
    total_tax: Decimal
    is_tax_inclusive_pricing: Annotated[
        bool, "True: the *_inc_tax amounts are exact, *_ex_tax is estimated. False: vice versa."
    ]
    is_email_opt_in: bool
    order_source: Annotated[
        str, "www, mobile, manual, external (by API), checkout_api, buybutton, amazon, ..."
    ]
    consignments: Link
    products: Link
    shipping_addresses: Link
    coupons: Link
    status_id: Annotated[int, "0 is Incomplete: the shopper got as far as the payment page."]
    billing_address: BillingAddress
    fees: Link
    base_handling_cost: Decimal
    base_shipping_cost: Decimal
    base_wrapping_cost: Decimal
    channel_id: int
    customer_id: Annotated[int, "0 for a guest."]
    customer_message: Annotated[str, Personal]
    date_created: datetime
    discount_amount: Decimal
    ebay_order_id: Annotated[str, "0 when not from eBay."]
    external_id: Annotated[str, "Read-only ID in another system; see external_order_id."]
    external_merchant_id: str
    external_source: Annotated[str, "M-MIG marks history brought along from another platform."]
    geoip_country: str
    geoip_country_iso2: str
    handling_cost_ex_tax: Decimal
    handling_cost_inc_tax: Decimal
    ip_address: Annotated[str, Personal, "IPv4."]
    ip_address_v6: Annotated[str, Personal]
    items_shipped: Annotated[int, "Pieces, not lines."]
    items_total: Annotated[int, "Pieces, not lines."]
    order_is_digital: bool
    payment_method: str
    # A text or a number on the wire.
    payment_provider_id: Annotated[str, "The payment's ID at the provider, not the provider's."]
    refunded_amount: Annotated[Decimal, "Always 0: see order_refunds."]
    shipping_cost_ex_tax: Decimal
    shipping_cost_inc_tax: Decimal
    staff_notes: Annotated[str, Personal]
    subtotal_ex_tax: Decimal
    subtotal_inc_tax: Decimal
    tax_provider_id: Annotated[
        str, "BasicTaxProvider is manual tax, AvaTaxProvider Avalara; empty: unknown or by API."
    ]
    customer_locale: str
    external_order_id: Annotated[str, "ID in another system, as an API client set it."]
    total_ex_tax: Decimal
    total_inc_tax: Decimal
    wrapping_cost_ex_tax: Decimal
    wrapping_cost_inc_tax: Decimal
    # The last two are in the reference's examples only. There the type is null or {}, so a text
    # would be news; as one it loads whatever comes.
    credit_card_type: str
    custom_status: Annotated[str, "The status as the merchant named it."]


class Orders(V2Stream):
    """Orders in every status, incomplete ones too; lines, addresses and fees have own streams."""

    name = "orders"
    path = "/v2/orders"
    record = Order
    primary_keys = ("id",)
    foreign_keys = {
        "currency_id": "currencies.id",
        "default_currency_id": "currencies.id",
        "status_id": "order_statuses.id",
        "channel_id": "channels.id",
        "customer_id": "customers.id",
    }
    outlives = frozenset({"currency_id", "default_currency_id", "customer_id"})
    replication_key = "date_modified"
    scope = ("store_v2_orders_read_only",)
    time = ORDER_MODIFIED
    full_scan = IdRanges(ORDER_IDS, ORDER_MODIFIED, Counter("/v2/orders/count", ("channel_id",)))
    changed_scan = ReanchoredTime(ORDER_MODIFIED, {"sort": "date_modified:asc"}, ORDER_IDS)
    channel_filter = "channel_id"

    def normalise(self, row: Row) -> Row:
        """Links again in place of what is embedded for other streams."""
        links: Row = {
            name: _link(row, name)
            for name in ("consignments", "fees")
            if name in row and not (isinstance(row[name], dict) and is_link(row[name]))
        }
        return {**row, **links}


def _link(order: Row, name: str) -> Row | None:
    """The link that the order would have, after the model of the one to its products."""
    model = order.get("products")
    if not isinstance(model, dict) or not is_link(model):
        return None
    parts = {part: str(model[part]).rpartition("products") for part in ("url", "resource")}
    return {part: f"{before}{name}{after}" for part, (before, _, after) in parts.items()}


class OrderStatus(Record):
    """A step in an order's life; the steps are the same in every store, their labels are not."""

    id: Annotated[int, "0 is Incomplete."]
    name: str
    system_label: str
    custom_label: Annotated[str, "The merchant's name for it."]
    system_description: str
    order: Annotated[int, "Place in the control panel's list."]  # in the reference's examples only


class OrderStatuses(V2Stream):
    """Names of `orders.status_id`, BigCommerce's and the merchant's."""

    name = "order_statuses"
    path = "/v2/order_statuses"
    record = OrderStatus
    primary_keys = ("id",)
    scope = ("store_v2_orders_read_only",)
    page_limit = None
    full_scan = Once()


class RefundAdjustment(Record):
    """What was kept back from an item's refund, such as a service fee."""

    amount: Annotated[Decimal, "Negative."]
    description: str


class RefundItem(Record):
    """What was refunded."""

    item_type: Annotated[str, "PRODUCT, GIFT_WRAPPING, SHIPPING, HANDLING, ORDER or FEE"]
    item_id: Annotated[
        int,
        "ID in order_products for PRODUCT and GIFT_WRAPPING, in order_shipping_addresses for "
        "SHIPPING and HANDLING, in orders for ORDER.",
    ]
    reason: Annotated[str, Personal]
    quantity: Annotated[int, "Of PRODUCT only."]
    adjustments: Annotated[list[RefundAdjustment], "Of PRODUCT only."]
    requested_amount: Decimal


class RefundPayment(Record):
    """One way in which money went back."""

    id: int
    provider_id: Annotated[str, "Such as storecredit."]
    amount: Decimal
    offline: bool
    is_declined: bool
    declined_message: str
    transaction_id: Annotated[str, "BigCommerce's, not the provider's."]


class OrderRefund(Record):
    """Money given back on an order."""

    id: int
    order_id: int
    user_id: Annotated[int, "Who made the refund in the control panel."]
    created: datetime
    reason: Annotated[str, Personal]
    total_amount: Decimal
    total_tax: Annotated[Decimal, "Negative when tax was collected by refunding less."]
    uses_merchant_override_values: Annotated[bool, "The merchant gave amount and tax."]
    items: Annotated[list[RefundItem], "Empty when only tax was adjusted."]
    payments: list[RefundPayment]


class OrderRefunds(V3Stream):
    """Refunds of all orders in one list, by their own time of creation."""

    name = "order_refunds"
    path = "/v3/orders/payment_actions/refunds"
    record = OrderRefund
    primary_keys = ("id",)
    foreign_keys = {"order_id": "orders.id"}
    replication_key = "created"
    scope = ("store_v2_transactions_read_only", "store_v2_orders_read_only")
    time = REFUND_CREATED
    # The reference promises the order of ids, and nothing takes a refund back.
    full_scan = changed_scan = CheckedPages(REFUND_CREATED, only_grows=True)


class RefundPart(Record):
    """What a part of a refund begins with as a row of its own."""

    order_id: int
    created: Annotated[datetime, "When the refund was made."]
    refund_id: int


class UnnumberedRefundPart(RefundPart):
    """What it begins with where BigCommerce gives it no ID."""

    position: Annotated[int, "Place in the refund's list, from 0; added by the tap as a key."]


class OrderRefundItem(RefundItem, UnnumberedRefundPart):  # fields of the last base come first
    """An entry of `order_refunds.items` as a row of its own."""


class OrderRefundItems(PartStream):
    """What was refunded, thing by thing."""

    name = "order_refund_items"
    record = OrderRefundItem
    primary_keys = ("refund_id", "position")
    replication_key = "created"
    whole = OrderRefunds
    part = "items"
    carries = OF_REFUND


class OrderRefundPayment(RefundPayment, RefundPart):
    """An entry of `order_refunds.payments` as a row of its own."""


class OrderRefundPayments(PartStream):
    """How the money of refunds went back."""

    name = "order_refund_payments"
    record = OrderRefundPayment
    primary_keys = ("refund_id", "id")
    replication_key = "created"
    whole = OrderRefunds
    part = "payments"
    carries = OF_REFUND


STREAMS = (Orders, OrderStatuses, OrderRefunds, OrderRefundItems, OrderRefundPayments)
