"""Orders with what B2B Edition knows of them; amounts and addresses are in `orders`.

Source: BigCommerce's B2B Edition REST Management V3 API, "Order".
"""

# ruff: noqa: N815 - B2B Edition's names are mixed

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.b2b_base import MODIFIED, B2BChildStream, by_modification
from tap_bigcommerce.streams.b2b_channels import B2BChannelledStream
from tap_bigcommerce.streams.b2b_extra_fields import ExtraFieldValue
from tap_bigcommerce.streams.children import POSITION


class MoneyFormat(Record):
    """How amounts of an order are written."""

    currencyLocation: Annotated[str, "left or right"]
    currencyToken: str
    decimalToken: str
    decimalPlaces: int
    thousandsToken: str


class OrderAddresses(Record):
    """Addresses of a company that an order was made with."""

    billingAddressId: int
    shippingAddressId: int


class B2BOrder(Record):
    """An order, of a company, another customer or a guest."""

    id: Annotated[int, "B2B Edition's own."]
    bcOrderId: Annotated[int, "As orders.id."]
    totalIncTax: Decimal
    poNumber: Annotated[str, "The buyer's number of the purchase order."]
    status: str
    customStatus: str
    # A whole number by the reference's schema, a UUID in its examples.
    cartId: str
    items: Annotated[int, "Pieces in all."]
    usdIncTax: Decimal
    companyId: int
    currencyCode: Annotated[str, "ISO 4217"]
    money: list[MoneyFormat]
    statusCode: Annotated[int, "As order_statuses.id."]
    isArchived: bool
    channelId: int
    channelName: str
    # Added fields of an earlier kind, empty in newer stores.
    extraInt1: int
    extraInt2: int
    extraInt3: int
    extraInt4: int
    extraInt5: int
    extraStr1: str
    extraStr2: str
    extraStr3: str
    extraStr4: str
    extraStr5: str
    extraText: str
    extraInfo: list[OrderAddresses]
    extraFields: list[ExtraFieldValue]
    createdAt: datetime
    updatedAt: datetime


class B2BOrders(B2BChannelledStream):
    """Orders with company, number of the purchase order and added fields."""

    name = "b2b_orders"
    path = "/api/v3/io/orders"
    record = B2BOrder
    primary_keys = ("id",)
    foreign_keys = {
        "bcOrderId": "orders.id",
        "companyId": "b2b_companies.companyId",
        "statusCode": "order_statuses.id",
        "channelId": "channels.id",
    }
    replication_key = "updatedAt"
    # Without a filter on time the list has the orders of the last year alone.
    params = {"showExtra": "true", "minCreated": "1", "minModified": "1"}
    time = MODIFIED
    full_scan = changed_scan = by_modification("id")


class B2BOrderOption(Record):
    """What was chosen of a product's options."""

    id: int
    optionId: int
    productOptionId: int
    orderProductId: Annotated[int, "As order_products.id."]
    displayName: str
    displayNameCustomer: str
    displayNameMerchant: str
    displayValue: str
    displayValueCustomer: str
    displayValueMerchant: str
    value: Annotated[str, "An ID where there are values to choose from."]
    type: str
    name: str
    displayStyle: str


class B2BOrderProduct(Record):
    """A line of an order."""

    bc_order_id: Annotated[int, "As orders.id."]
    id: Annotated[int, "Of the product, by the reference: two variants of it would share it."]
    position: Annotated[int, "0, and more for further lines of the same `id`; added by the tap."]
    productId: int
    createdAt: datetime
    updatedAt: datetime
    productName: str
    variantSku: str
    variantId: int
    productBrandName: str
    quantity: int
    options: list[B2BOrderOption]


class B2BOrderProducts(B2BChildStream):
    """Lines of orders; one request per order, for less than `order_products` has."""

    name = "b2b_order_products"
    path = "/api/v3/io/orders/{bc_order_id}/products"
    record = B2BOrderProduct
    primary_keys = ("bc_order_id", "id", POSITION)
    foreign_keys = {"bc_order_id": "orders.id", "productId": "products.id"}
    parent = B2BOrders
    parent_key = "bc_order_id"
    parent_field = "bcOrderId"


STREAMS = (B2BOrders, B2BOrderProducts)
