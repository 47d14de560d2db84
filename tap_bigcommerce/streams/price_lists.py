"""Price lists: prices that hold for a group of customers or a channel. Not on every plan.

Source: REST Management API, "Price Lists" (with "Records" and "Assignments").
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.scans import Cursor
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.per_parent import PerParentStream
from tap_bigcommerce.streams.v3 import NOT_ON_PLAN, V3_MODIFIED, V3Stream


class PriceList(Record):
    """A named list of prices."""

    id: int
    date_created: datetime
    date_modified: datetime
    name: str
    active: bool


class PriceLists(V3Stream):
    """Price lists by name; not on every BigCommerce plan."""

    name = "price_lists"
    path = "/v3/pricelists"
    record = PriceList
    primary_keys = ("id",)
    replication_key = "date_modified"
    scope = ("store_v2_products_read_only",)
    missing_statuses = NOT_ON_PLAN
    time = V3_MODIFIED
    full_scan = changed_scan = Cursor(V3_MODIFIED)
    selected_by_default = False


class BulkPricingTier(Record):
    """Another price from a quantity on."""

    quantity_min: int
    quantity_max: Annotated[int, "Null for no upper bound."]
    type: Annotated[str, "price: off each piece, percent: off the price, fixed: the new price"]
    amount: Decimal


class PriceListRecord(Record):
    """What one variant costs in one currency; null prices are the catalogue's."""

    calculated_price: Annotated[Decimal, "Sale price if there is one, else the price."]
    date_created: datetime
    date_modified: datetime
    product_id: int
    price_list_id: int
    variant_id: int
    sku: str
    currency: Annotated[str, "ISO 4217; in small letters in the reference's examples"]
    price: Decimal
    sale_price: Decimal
    retail_price: Decimal
    map_price: Annotated[Decimal, "Lowest price that may be advertised."]
    bulk_pricing_tiers: list[BulkPricingTier]


class PriceListRecords(PerParentStream):
    """Prices by list, variant and currency; not on every BigCommerce plan."""

    name = "price_list_records"
    path = "/v3/pricelists/{price_list_id}/records"
    record = PriceListRecord
    primary_keys = ("price_list_id", "variant_id", "currency")
    foreign_keys = {
        "product_id": "products.id",
        "price_list_id": "price_lists.id",
        "variant_id": "product_variants.id",
    }
    replication_key = "date_modified"
    include = ("bulk_pricing_tiers", "sku")
    scope = ("store_v2_products_read_only",)
    missing_statuses = NOT_ON_PLAN
    batched_by = PriceLists
    parent_key = "price_list_id"
    at_once = 10
    time = V3_MODIFIED
    full_scan = changed_scan = Cursor(V3_MODIFIED)
    selected_by_default = False


class PriceListAssignment(Record):
    """A group of customers and a channel for which a price list holds."""

    id: int
    price_list_id: int
    customer_group_id: int
    channel_id: int


class PriceListAssignments(V3Stream):
    """Where price lists hold; not on every BigCommerce plan."""

    name = "price_list_assignments"
    path = "/v3/pricelists/assignments"
    record = PriceListAssignment
    primary_keys = ("id",)
    foreign_keys = {
        "price_list_id": "price_lists.id",
        "customer_group_id": "customer_groups.id",
        "channel_id": "channels.id",
    }
    scope = ("store_v2_products_read_only",)
    missing_statuses = NOT_ON_PLAN
    channel_filter = "channel_id:in"
    full_scan = Cursor()
    selected_by_default = False


STREAMS = (PriceLists, PriceListRecords, PriceListAssignments)
