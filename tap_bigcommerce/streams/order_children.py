"""What an order consists of: lines, fees, taxes and coupons.

Every row leads with its order: `order_id`, and `order_date_modified` as the replication key,
because the endpoints have no filter by time. Addresses, consignments and shipments are in
`order_fulfillment.py`, payments in `order_transactions.py`.

Source: REST Management API, "Orders V2" (Order Products, Order Fees, Order Taxes, Order Coupons).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

from tap_bigcommerce.scans.errors import UnreadableAnswer
from tap_bigcommerce.schema.record import Personal, Record, fields_of
from tap_bigcommerce.streams.children import PartStream
from tap_bigcommerce.streams.gaps import Gaps
from tap_bigcommerce.streams.order_embeds import fees_of, lines_of, unwrapped_fees
from tap_bigcommerce.streams.orders import Orders
from tap_bigcommerce.streams.v2 import V2ChildStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.api.pages import Row
    from tap_bigcommerce.tap import TapBigCommerce


UNDOCUMENTED: Final = frozenset({"fulfillment_source"})
"""Fields of lines that only some stores send, so that a line without them lacks nothing."""


class OrderChild(Record):
    """What every row that belongs to an order begins with."""

    order_id: int
    order_date_modified: datetime


class V2OrderChildStream(V2ChildStream):
    """Rows of the V2 API that belong to an order."""

    replication_key = parent_date = "order_date_modified"
    parent = Orders
    parent_key = "order_id"


class AppliedDiscount(Record):
    """A line's share of a discount."""

    id: Annotated[str, "What kind of discount, such as total-coupon or manual-discount."]
    amount: Decimal
    name: str
    code: Annotated[str, "The coupon's; null for a manual discount."]
    target: Annotated[str, "order or product"]


class ChosenOption(Record):
    """What the shopper chose or entered for an option or modifier."""

    id: int
    option_id: int
    order_product_id: int
    product_option_id: int
    display_name: Annotated[str, "As display_name_customer."]
    display_value: Annotated[str, "As display_value_customer."]
    value: Annotated[str, "ID of the value, the entered text, or JSON text on an uploaded file."]
    type: Annotated[
        str,
        "Checkbox, Date field, File Upload, Multi-line text field, Multiple choice, "
        "Product Pick List, Swatch or Text field",
    ]
    name: Annotated[str, "For internal use."]
    display_style: str
    display_name_customer: Annotated[str, "As the shopper saw it."]
    display_name_merchant: Annotated[str, "As the control panel shows it."]
    display_value_customer: str
    display_value_merchant: str


class ConfigurableField(Record):
    """An entered text; only stores of the old catalogue (V2) have such fields."""

    name: str
    value: str


class OrderProduct(OrderChild):
    """A line of an order; totals are before discounts, except the last field."""

    id: int
    product_id: Annotated[int, "0 for a custom product, which the catalogue does not have."]
    order_pickup_method_id: Annotated[int, "ID of the pickup consignment; 0 without pickup."]
    order_address_id: Annotated[int, "ID in order_shipping_addresses; 0 when nothing is shipped."]
    name: Annotated[str, "As name_customer."]
    sku: str
    type: Annotated[str, "physical, digital or giftcertificate"]
    base_price: Decimal
    price_ex_tax: Decimal
    price_inc_tax: Decimal
    price_tax: Annotated[Decimal, "On one piece."]
    base_total: Decimal
    total_ex_tax: Decimal
    total_inc_tax: Decimal
    total_tax: Decimal
    quantity: int
    base_cost_price: Annotated[Decimal, "What the product costs the merchant."]
    cost_price_inc_tax: Decimal
    cost_price_ex_tax: Decimal
    weight: Decimal
    width: Decimal
    height: Decimal
    depth: Decimal
    cost_price_tax: Decimal
    is_refunded: bool
    quantity_refunded: int
    refund_amount: Annotated[Decimal, "Deprecated, always 0: see order_refunds."]
    return_id: int
    wrapping_id: int
    wrapping_name: str
    base_wrapping_cost: Decimal
    wrapping_cost_ex_tax: Decimal
    wrapping_cost_inc_tax: Decimal
    wrapping_cost_tax: Decimal
    wrapping_message: Annotated[str, Personal]
    quantity_shipped: int
    event_name: Annotated[str, "What the date means, such as a delivery date."]
    event_date: Annotated[datetime, "A day that the shopper chose."]
    fixed_shipping_cost: Decimal
    ebay_item_id: str
    ebay_transaction_id: str
    option_set_id: int
    parent_order_product_id: Annotated[int, "ID of the line that this one came along with."]
    is_bundled_product: bool
    bin_picking_number: str
    external_id: Annotated[str, "Of the order, not of the line, in another system."]
    # Not in the reference, but in answers that others published, one of April 2026: an empty text.
    fulfillment_source: str
    brand: str
    applied_discounts: list[AppliedDiscount]
    product_options: list[ChosenOption]
    configurable_fields: list[ConfigurableField]
    upc: str
    variant_id: Annotated[int, "0 or absent for a custom product."]
    name_customer: Annotated[str, "As the shopper saw it."]
    name_merchant: Annotated[str, "As the control panel shows it."]
    gift_certificate_id: int
    discounted_total_inc_tax: Annotated[
        Decimal, "After every discount and with tax: what the shopper paid for the line."
    ]


class OrderProducts(V2OrderChildStream):
    """Lines of orders, read inside their orders where these prove complete."""

    name = "order_products"
    path = "/v2/orders/{order_id}/products"
    record = OrderProduct
    primary_keys = ("order_id", "id")
    foreign_keys = {
        "product_id": "products.id",
        "order_pickup_method_id": "order_pickup_consignments.id",
        "order_address_id": "order_shipping_addresses.id",
        "parent_order_product_id": "order_products.id",
        "variant_id": "product_variants.id",
        "gift_certificate_id": "gift_certificates.id",
    }
    outlives = frozenset({"product_id", "variant_id", "gift_certificate_id"})
    scope = ("store_v2_orders_read_only",)
    embed = {"include": "consignments.line_items", "consignment_structure": "object"}

    def __init__(self, tap: TapBigCommerce) -> None:
        """Prepare to learn which fields lines may lack."""
        super().__init__(tap)
        added = {self.parent_key, self.parent_date}
        fields = fields_of(OrderProduct).keys() - added - UNDOCUMENTED
        self._gaps = Gaps(fields, lambda line: (line.get("type"), bool(line.get("product_id"))))

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """The order's lines, if they add up and lack no field that their own endpoint has."""
        lines = lines_of(parent)
        return lines and self._gaps.settle(lines, lambda: self.own_rows(parent))


class OrderProductOption(ChosenOption, OrderChild):
    """A choice of `order_products.product_options` as a row of its own."""


class OrderProductOptions(PartStream):
    """Sizes, colours, engravings, uploads: what shoppers chose or entered, line by line."""

    name = "order_product_options"
    record = OrderProductOption
    primary_keys = ("order_id", "order_product_id", "id")
    whole = OrderProducts
    part = "product_options"
    carries = {"order_product_id": "id"}


class OrderFee(OrderChild):
    """A charge besides products, shipping and wrapping."""

    id: int
    type: Annotated[str, "custom_fee"]
    display_name_customer: str
    display_name_merchant: str
    source: Annotated[str, "What added the fee."]
    base_cost: Decimal
    # One fee in the reference's examples has `cost_exc_tax` in its place, the next one not: taken
    # for a slip of the pen. Should it be sent, it is in `_extra`.
    cost_ex_tax: Decimal
    cost_inc_tax: Decimal
    cost_tax: Decimal
    tax_class_id: Annotated[int, "Null for the store's default class of fees."]


class OrderFees(V2OrderChildStream):
    """Charges such as package insurance."""

    name = "order_fees"
    path = "/v2/orders/{order_id}/fees"
    record = OrderFee
    primary_keys = ("order_id", "id")
    foreign_keys = {"tax_class_id": "tax_classes.id"}
    outlives = frozenset({"tax_class_id"})
    scope = ("store_v2_orders_read_only",)
    page_limit = None
    embed = {"include": "fees"}

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """The order's fees."""
        return fees_of(parent)

    def unwrap(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Fees out of the endpoint's forms.

        Raises:
            UnreadableAnswer: It has yet another one.
        """
        fees = [unwrapped_fees(row) for row in rows]
        if None in fees:
            msg = f"GET {self.path} answered with JSON of an unknown form"
            raise UnreadableAnswer(msg)
        return [fee for unwrapped in fees for fee in unwrapped or ()]


class OrderTax(OrderChild):
    """What one tax rate added to one line, shipping, handling or wrapping.

    With automatic tax, BigCommerce sends neither order nor address.
    """

    id: int
    order_address_id: Annotated[int, "Null with automatic tax."]
    tax_rate_id: Annotated[int, "Deprecated: see sales_tax_id."]
    sales_tax_id: Annotated[str, "ID of the rate, maybe that of a third-party provider."]
    tax_class_id: int
    name: str
    # A keyword of Python, so its annotation cannot be written like the others.
    __annotations__["class"] = Annotated[
        str, "Name of the tax class; Automatic Tax, or API Tax Override for an order by API."
    ]
    rate: Annotated[Decimal, "In percent."]
    priority: Annotated[int, "Order in which taxes apply."]
    priority_amount: Decimal
    line_amount: Decimal
    order_pickup_method_id: int
    # Only with `details=true`, and then an ID in a string.
    order_product_id: Annotated[int, "ID in order_products, for item and handling only."]
    line_item_type: Annotated[str, "item, shipping, handling or gift-wrapping"]


class OrderTaxes(V2OrderChildStream):
    """Taxes on orders in detail, by line and rate."""

    name = "order_taxes"
    path = "/v2/orders/{order_id}/taxes"
    record = OrderTax
    primary_keys = ("order_id", "id")
    foreign_keys = {
        "order_address_id": "order_shipping_addresses.id",
        "tax_class_id": "tax_classes.id",
        "order_pickup_method_id": "order_pickup_consignments.id",
        "order_product_id": "order_products.id",
    }
    outlives = frozenset({"tax_class_id"})
    scope = ("store_v2_orders_read_only",)
    params = {"details": "true"}


class OrderCoupon(OrderChild):
    """A coupon that was used on an order."""

    id: Annotated[int, "Of this use; the coupon is coupon_id."]
    coupon_id: int
    code: str
    amount: Annotated[Decimal, "Money or percent, as the type says."]
    type: Annotated[
        int,
        "0 off each item, 1 percent, 2 off the total, 3 off shipping, 4 free shipping, 5 promotion",
    ]
    discount: Annotated[Decimal, "Money that it took off this order."]


class OrderCoupons(V2OrderChildStream):
    """Coupons that orders were placed with."""

    name = "order_coupons"
    path = "/v2/orders/{order_id}/coupons"
    record = OrderCoupon
    primary_keys = ("order_id", "id")
    foreign_keys = {"coupon_id": "coupons.id"}
    outlives = frozenset({"coupon_id"})
    scope = ("store_v2_orders_read_only",)


STREAMS = (OrderProducts, OrderProductOptions, OrderFees, OrderTaxes, OrderCoupons)
