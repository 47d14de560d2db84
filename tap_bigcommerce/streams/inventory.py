"""Stock by item and location, and the locations.

Source: REST Management API, Inventory, pages "Items" and "Locations".
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from tap_bigcommerce.scans import ParentBatches
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.catalog import Products
from tap_bigcommerce.streams.v3 import V3Stream


class ItemIdentity(Record):
    """Which variant of the catalogue an inventory item is."""

    sku: str
    variant_id: int
    product_id: int
    sku_id: Annotated[int, "ID of V2's SKU; null for a base variant."]


class ItemSettings(Record):
    """How one location keeps one item."""

    safety_stock: Annotated[int, "Held back from sale."]
    is_in_stock: Annotated[bool, "Can be bought, whatever the quantity."]
    warning_level: int
    bin_picking_number: str


class ItemLocation(Record):
    """Stock of one item at one location."""

    location_id: int
    location_code: str
    location_name: str
    available_to_sell: Annotated[int, "On hand without the safety stock."]
    total_inventory_onhand: int
    location_enabled: bool
    settings: ItemSettings


class InventoryItem(Record):
    """A variant with its stock everywhere."""

    # Both are taken out of `identity`, so that they can be keys.
    product_id: int
    variant_id: int
    identity: ItemIdentity
    locations: list[ItemLocation]


class InventoryItems(V3Stream):
    """Stock of every variant at every location; written behind the scenes, so it may lag."""

    name = "inventory_items"
    path = "/v3/inventory/items"
    record = InventoryItem
    primary_keys = ("product_id", "variant_id")
    foreign_keys = {
        "product_id": "products.id",
        "variant_id": "product_variants.id",
        "locations.location_id": "inventory_locations.id",
    }
    key_paths: ClassVar = {
        "product_id": ("identity", "product_id"),
        "variant_id": ("identity", "variant_id"),
    }
    scope = ("store_inventory_read_only",)
    batched_by = Products
    full_scan = ParentBatches("identity.product_id", "product_id:in", "identity.variant_id")


class OpeningHours(Record):
    """From when to when a location is open on a weekday."""

    open: bool
    opening: Annotated[str, "HH:MM in the location's time zone."]
    closing: Annotated[str, "HH:MM in the location's time zone."]


class OperatingHours(Record):
    """An ordinary week."""

    sunday: OpeningHours
    monday: OpeningHours
    tuesday: OpeningHours
    wednesday: OpeningHours
    thursday: OpeningHours
    friday: OpeningHours
    saturday: OpeningHours


class GeoCoordinates(Record):
    """A point on the map, in degrees."""

    latitude: Decimal
    longitude: Decimal


class LocationAddress(Record):
    """Where a location is and how to reach it."""

    address1: str
    address2: str
    city: str
    state: str
    zip: str
    email: Annotated[str, Personal]
    phone: Annotated[str, Personal]
    geo_coordinates: GeoCoordinates
    # The reference says three letters, all its examples have two.
    country_code: Annotated[str, "ISO 3166-1."]


class SpecialHours(Record):
    """Opening hours of a day that is not ordinary."""

    label: str
    date: Annotated[datetime, "A day; midnight UTC."]
    open: bool
    opening: Annotated[str, "HH:MM in the location's time zone."]
    closing: Annotated[str, "HH:MM in the location's time zone."]
    all_day: bool
    annual: Annotated[bool, "Every year on this day."]


class InventoryLocation(Record):
    """A warehouse or shop that stock is counted at."""

    id: int
    code: Annotated[str, "Chosen by the merchant, unique."]
    label: str
    description: str
    managed_by_external_source: Annotated[bool, "True: another system owns the stock figures."]
    type_id: Annotated[str, "PHYSICAL or VIRTUAL"]
    enabled: bool
    operating_hours: OperatingHours
    time_zone: Annotated[str, "Name in the tz database, such as Etc/UTC."]
    created_at: datetime
    updated_at: datetime
    address: LocationAddress
    storefront_visibility: bool
    special_hours: list[SpecialHours]


class InventoryLocations(V3Stream):
    """Places that stock is counted at, disabled ones too."""

    name = "inventory_locations"
    path = "/v3/inventory/locations"
    record = InventoryLocation
    primary_keys = ("id",)
    scope = ("store_locations_read_only",)
    at_once = 50


STREAMS = (InventoryItems, InventoryLocations)
