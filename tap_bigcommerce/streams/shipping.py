"""How orders can be handed over: zones, methods, pickup, and what shoppers are told of it.

Source: BigCommerce's REST Management API, "Shipping" (V2: Zones, Methods; V3: Settings) and
"Pickup Methods".
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.scans import CheckedPages, Once
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.by_channel import ByChannelStream
from tap_bigcommerce.streams.children import PartStream
from tap_bigcommerce.streams.singletons import OfStore, V3Singleton
from tap_bigcommerce.streams.v2 import V2ChildStream, V2Stream
from tap_bigcommerce.streams.v3 import V3_MODIFIED, V3Stream


class ZoneLocation(Record):
    """A country, state or postal code; `type` of the zone says which."""

    id: int
    zip: str
    country_iso2: Annotated[str, "ISO 3166-1 alpha-2"]
    state_iso2: str


class FreeShipping(Record):
    """From when on a zone's shipping costs nothing."""

    enabled: bool
    minimum_sub_total: Decimal
    exclude_fixed_shipping_products: bool


class HandlingFee(Record):
    """What shipping costs more: an amount or a percentage, of which the other is absent."""

    fixed_surcharge: Decimal
    percentage_surcharge: Decimal


class ZoneHandlingFee(HandlingFee):
    """A handling fee of all methods of a zone."""

    display_separately: Annotated[bool, "Whether checkout shows it by itself."]


class ShippingZone(Record):
    """A part of the world to which shipping is offered."""

    id: int
    name: str
    type: Annotated[str, "zip, country, state or global"]
    locations: Annotated[list[ZoneLocation], "Up to 40,000; see `shipping_zone_locations`."]
    free_shipping: FreeShipping
    handling_fees: ZoneHandlingFee
    enabled: bool


class ShippingZones(V2Stream):
    """Parts of the world with shipping methods of their own."""

    name = "shipping_zones"
    path = "/v2/shipping/zones"
    record = ShippingZone
    primary_keys = ("id",)
    scope = ("store_v2_information_read_only",)
    page_limit = None
    full_scan = Once()


class ShippingZoneLocation(ZoneLocation):
    """An entry of `shipping_zones.locations` as a row of its own."""

    zone_id: int


class ShippingZoneLocations(PartStream):
    """Countries, states and postal codes by shipping zone."""

    name = "shipping_zone_locations"
    record = ShippingZoneLocation
    primary_keys = ("zone_id", "id")
    whole = ShippingZones
    part = "locations"
    carries = {"zone_id": "id"}


class ShippingMethod(Record):
    """A way to ship, with what it costs."""

    zone_id: int
    id: int
    name: str
    type: Annotated[
        str,
        "perorder, peritem, weight, total, freeshipping, or a carrier: auspost, canadapost, "
        "endicia, usps, fedex, royalmail, upsready",
    ]
    # A rate, ranges of weights or totals, or options of a carrier: each type has its own.
    settings: Annotated[dict, "Depends on type."]  # type: ignore[type-arg]  # of no fixed shape
    enabled: bool
    handling_fees: HandlingFee
    is_fallback: Annotated[bool, "Whether it is offered when a carrier gives no rates."]
    channel_ids: list[int]


class ShippingMethods(V2ChildStream):
    """Ways to ship, by zone; accounts at carriers cannot be read."""

    name = "shipping_methods"
    path = "/v2/shipping/zones/{zone_id}/methods"
    parent = ShippingZones
    parent_key = "zone_id"
    record = ShippingMethod
    primary_keys = ("zone_id", "id")
    foreign_keys = {"channel_ids": "channels.id"}
    scope = ("store_v2_information_read_only",)
    page_limit = None


class ChannelShippingCheckout(Record):
    """What a channel's checkout says of shipping."""

    out_of_delivery_zone_message: Annotated[str, "For addresses to which nothing is shipped."]


class ShippingCheckout(ChannelShippingCheckout):
    """What every checkout says of shipping."""

    country_list_strategy: Annotated[
        str, "DISPLAY_ALL_COUNTRIES or DISPLAY_ONLY_SHIPPABLE_COUNTRIES"
    ]


class ShippingSetting(OfStore):
    """The store's own, where a channel has none."""

    checkout: ShippingCheckout


class ShippingSettings(V3Singleton):
    """One row: what checkouts say of shipping."""

    name = "shipping_settings"
    path = "/v3/shipping/settings"
    record = ShippingSetting
    scope = ("store_v2_products_read_only",)
    selected_by_default = False


class ChannelShippingSetting(Record):
    """What a channel has in place of the store's own."""

    channel_id: int
    checkout: ChannelShippingCheckout


class ShippingSettingsByChannel(ByChannelStream):
    """What each channel's checkout says of shipping."""

    name = "shipping_settings_by_channel"
    path = "/v3/shipping/settings/channels/{channel_id}"
    record = ChannelShippingSetting
    scope = ("store_v2_products_read_only",)


class PickupMethod(Record):
    """How shoppers collect at a location."""

    id: int
    location_id: int
    display_name: str
    collection_instructions: str
    collection_time_description: Annotated[str, "When it can be collected, in words."]
    location_identity: Annotated[int, "Deprecated: see location_id."]
    date_created: datetime
    date_modified: datetime


class PickupMethods(V3Stream):
    """Ways to collect orders, by location."""

    name = "pickup_methods"
    path = "/v3/pickup/methods"
    record = PickupMethod
    primary_keys = ("id",)
    foreign_keys = {"location_id": "inventory_locations.id"}
    replication_key = "date_modified"
    scope = ("store_fulfillment_methods_read_only",)
    time = V3_MODIFIED
    full_scan = changed_scan = CheckedPages(V3_MODIFIED)
    selected_by_default = False


STREAMS = (
    ShippingZones,
    ShippingZoneLocations,
    ShippingMethods,
    ShippingSettings,
    ShippingSettingsByChannel,
    PickupMethods,
)
