"""How orders reach their recipients: addresses, consignments, shipments and pickups.

Source: REST Management API, "Orders V2" (Order Shipping Addresses, Order Consignments, Order
Shipments) and "Pickup".
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.schema.shapes import FormField, Link
from tap_bigcommerce.schema.values import or_none, to_integer
from tap_bigcommerce.streams.children import PartStream
from tap_bigcommerce.streams.order_children import OrderChild, V2OrderChildStream
from tap_bigcommerce.streams.order_embeds import addresses_of, consignments_of, without_lines
from tap_bigcommerce.streams.orders import OrderAddress, TaxClassId
from tap_bigcommerce.streams.v3 import V3Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.api.pages import Row

CONSIGNMENTS: Final = {"include": "consignments", "consignment_structure": "object"}
SENT: Final = frozenset({2, 3, 10})
"""IDs of the statuses Shipped, Partially Shipped and Completed."""


class ShippingConsignment(Record):
    """An address with what is shipped there; the costs are those of shipping and handling.

    The same fields make a row of `order_shipping_addresses`.
    """

    id: int
    first_name: Annotated[str, Personal]
    last_name: Annotated[str, Personal]
    company: Annotated[str, Personal]
    street_1: Annotated[str, Personal]
    street_2: Annotated[str, Personal]
    city: Annotated[str, Personal]
    zip: Annotated[str, Personal]
    country: str
    country_iso2: str
    state: str
    email: Annotated[str, Personal]
    phone: Annotated[str, Personal]
    form_fields: list[FormField]
    # `line_items` are left out of every consignment: they are links, or the rows of
    # `order_products` when the request asks for them. So is `__warning__`, by which BigCommerce
    # says that some of them are missing.
    items_total: Annotated[int, "Pieces, not lines."]
    items_shipped: Annotated[int, "Pieces, not lines."]
    shipping_method: str
    # Numbers here, decimal strings in the list of shipping addresses.
    base_cost: Decimal
    cost_ex_tax: Decimal
    cost_inc_tax: Decimal
    cost_tax: Decimal
    cost_tax_class_id: TaxClassId
    base_handling_cost: Decimal
    handling_cost_ex_tax: Decimal
    handling_cost_inc_tax: Decimal
    handling_cost_tax: Decimal
    handling_cost_tax_class_id: TaxClassId
    shipping_zone_id: int
    shipping_zone_name: str
    shipping_quotes: Link


class OrderShippingAddress(ShippingConsignment, OrderChild):
    """The shipping consignment as a row; `OrderChild` comes last to lead the row."""


class OrderShippingAddresses(V2OrderChildStream):
    """Where orders are shipped and what that costs."""

    name = "order_shipping_addresses"
    path = "/v2/orders/{order_id}/shipping_addresses"
    record = OrderShippingAddress
    primary_keys = ("order_id", "id")
    foreign_keys = {"shipping_zone_id": "shipping_zones.id"}
    outlives = frozenset({"shipping_zone_id"})
    scope = ("store_v2_orders_read_only",)
    embed = CONSIGNMENTS

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """The order's shipping consignments."""
        return addresses_of(parent)


class PickupLocation(Record):
    """Where the shopper collects."""

    id: int
    name: str
    code: str
    address_line_1: str
    address_line_2: str
    city: str
    state: str
    postal_code: str
    country_alpha2: str
    email: Annotated[str, Personal]
    phone: Annotated[str, Personal]


class PickupConsignment(Record):
    """What is collected at one location."""

    id: Annotated[int, "order_products.order_pickup_method_id refers to it."]
    pickup_method_id: int
    pickup_method_display_name: str
    collection_instructions: str
    collection_time_description: Annotated[str, "When it can be collected, in words."]
    location: PickupLocation


class DigitalConsignment(Record):
    """What one person downloads."""

    recipient_email: Annotated[str, Personal]


class GiftCertificateConsignment(Record):
    """Gift certificates for one person."""

    recipient_email: Annotated[str, Personal]


class EmailConsignments(Record):
    """What is sent by e-mail."""

    gift_certificates: list[GiftCertificateConsignment]


class OrderConsignment(OrderChild):
    """The ways in which one order reaches its recipients; a way that is not used may be absent."""

    pickups: list[PickupConsignment]
    shipping: list[ShippingConsignment]
    downloads: list[DigitalConsignment]
    email: EmailConsignments


class OrderConsignments(V2OrderChildStream):
    """How orders are handed over, one row per order: shipped, picked up, downloaded, e-mailed."""

    name = "order_consignments"
    path = "/v2/orders/{order_id}/consignments"
    record = OrderConsignment
    primary_keys = ("order_id",)
    foreign_keys = {
        "pickups.pickup_method_id": "pickup_methods.id",
        "pickups.location.id": "inventory_locations.id",
        "shipping.id": "order_shipping_addresses.id",
        "shipping.shipping_zone_id": "shipping_zones.id",
    }
    outlives = frozenset(
        {
            "pickups.pickup_method_id",
            "pickups.location.id",
            "shipping.shipping_zone_id",
        }
    )
    scope = ("store_v2_orders_read_only",)
    page_limit = None
    embed = CONSIGNMENTS

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """The order's consignments as one row."""
        consignments = consignments_of(parent)
        return None if consignments is None else [without_lines(consignments)]

    def unwrap(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The same from the order's own endpoint."""
        return [without_lines(row) for row in rows]


class OrderShippingConsignment(ShippingConsignment, OrderChild):
    """An entry of `order_consignments.shipping` as a row of its own."""


class OrderShippingConsignments(PartStream):
    """Addresses and shipping costs by consignment: the rows of `order_shipping_addresses`."""

    name = "order_shipping_consignments"
    record = OrderShippingConsignment
    primary_keys = ("order_id", "id")
    whole = OrderConsignments
    part = "shipping"


class OrderPickupConsignment(PickupConsignment, OrderChild):
    """An entry of `order_consignments.pickups` as a row of its own."""


class OrderPickupConsignments(PartStream):
    """What shoppers collect, with the location and its opening times."""

    name = "order_pickup_consignments"
    record = OrderPickupConsignment
    primary_keys = ("order_id", "id")
    whole = OrderConsignments
    part = "pickups"


class UnnumberedConsignment(OrderChild):
    """What a row begins with that BigCommerce gives no ID."""

    position: Annotated[int, "Place in the order's list, from 0; added by the tap as a key."]


class OrderDownloadConsignment(DigitalConsignment, UnnumberedConsignment):
    """An entry of `order_consignments.downloads` as a row of its own."""


class OrderDownloadConsignments(PartStream):
    """Who gets the digital products of orders."""

    name = "order_download_consignments"
    record = OrderDownloadConsignment
    primary_keys = ("order_id", "position")
    whole = OrderConsignments
    part = "downloads"


class OrderEmailConsignment(GiftCertificateConsignment, UnnumberedConsignment):
    """An entry of `order_consignments.email.gift_certificates` as a row of its own."""


class OrderEmailConsignments(PartStream):
    """Who gets the gift certificates that were bought with orders."""

    name = "order_email_consignments"
    record = OrderEmailConsignment
    primary_keys = ("order_id", "position")
    whole = OrderConsignments
    part = "email.gift_certificates"


class ShipmentItem(Record):
    """How many of a line are in the parcel."""

    order_product_id: int
    product_id: int
    quantity: int


class OrderShipment(OrderChild):
    """A parcel that left; an order may have several to one address."""

    id: int
    customer_id: int
    order_address_id: int
    date_created: datetime
    tracking_number: str
    merchant_shipping_cost: Annotated[Decimal, "What the merchant paid."]
    shipping_method: str
    shipping_provider: Annotated[str, "Such as usps, or carrier_ with the ID of another carrier."]
    tracking_carrier: Annotated[str, "AfterShip's code of the carrier."]
    tracking_link: Annotated[str, "Given with the shipment; else see generated_tracking_link."]
    comments: Annotated[str, Personal]
    billing_address: OrderAddress
    shipping_address: OrderAddress
    items: list[ShipmentItem]
    shipping_provider_display_name: str
    generated_tracking_link: Annotated[str, "Made by BigCommerce where tracking_link is empty."]


class OrderShipments(V2OrderChildStream):
    """Parcels of orders with their tracking numbers."""

    name = "order_shipments"
    path = "/v2/orders/{order_id}/shipments"
    record = OrderShipment
    primary_keys = ("order_id", "id")
    foreign_keys = {
        "customer_id": "customers.id",
        "order_address_id": "order_shipping_addresses.id",
        "items.order_product_id": "order_products.id",
        "items.product_id": "products.id",
    }
    outlives = frozenset({"customer_id", "items.product_id"})
    scope = ("store_v2_orders_read_only",)

    @classmethod
    def rules_out(cls, parent: Row) -> bool:
        """Whether nothing of the order can have left.

        The reference does not tie shipments to the count of shipped pieces alone, so the count
        has to be borne out: by the kind of order, or by the date and the status.
        """
        if or_none(to_integer, parent.get("items_shipped")) != 0:
            return False
        if parent.get("order_is_digital") is True:
            return True
        status = or_none(to_integer, parent.get("status_id"))
        is_dated = parent.get("date_shipped", "unknown") not in ("", None)
        return status is not None and status not in SENT and not is_dated


class UnnumberedShipmentPart(OrderChild):
    """What a part of a shipment begins with as a row of its own."""

    shipment_id: int
    position: Annotated[int, "Place in the shipment's list, from 0; added by the tap as a key."]


class OrderShipmentItem(ShipmentItem, UnnumberedShipmentPart):
    """An entry of `order_shipments.items` as a row of its own."""


class OrderShipmentItems(PartStream):
    """How many of which line are in which parcel."""

    name = "order_shipment_items"
    record = OrderShipmentItem
    primary_keys = ("order_id", "shipment_id", "position")
    whole = OrderShipments
    part = "items"
    carries = {"shipment_id": "id"}


class PickupItem(Record):
    """How many of a line are collected."""

    id: int
    order_product_id: int
    quantity: int
    status: Annotated[str, "AWAITING_COLLECTION or COLLECTED"]
    collected_at: datetime


class OrderPickup(Record):
    """What is, or was, ready to be collected of an order."""

    id: int
    pickup_method_id: int
    order_id: int
    ready_at: datetime
    created_at: datetime
    updated_at: datetime
    pickup_items: list[PickupItem]


class OrderPickups(V3Stream):
    """Pickups of all orders, from when they were made ready to when they were collected."""

    # `updated_at` is no filter: every row is read anyway. Full table.
    name = "order_pickups"
    path = "/v3/orders/pickups"
    record = OrderPickup
    primary_keys = ("id",)
    foreign_keys = {
        "pickup_method_id": "pickup_methods.id",
        "order_id": "orders.id",
        "pickup_items.order_product_id": "order_products.id",
    }
    outlives = frozenset({"pickup_method_id"})
    page_limit = None
    scope = ("store_order_fulfillment_read_only",)
    full_scan = Once()
    selected_by_default = False


STREAMS = (
    OrderShippingAddresses,
    OrderConsignments,
    OrderShippingConsignments,
    OrderPickupConsignments,
    OrderDownloadConsignments,
    OrderEmailConsignments,
    OrderShipments,
    OrderShipmentItems,
    OrderPickups,
)
