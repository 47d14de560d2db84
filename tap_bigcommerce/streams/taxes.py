"""Taxes that BigCommerce computes itself: classes, zones, rates, and how it goes about it.

Source: BigCommerce's REST Management API, "Tax Classes" (V2), "Tax Rates and Zones" and
"Tax Settings".
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.singletons import OfStore, V3Singleton
from tap_bigcommerce.streams.v2 import V2Stream
from tap_bigcommerce.streams.v3 import V3Stream


class TaxClass(Record):
    """A kind of goods or services that has rates of its own."""

    # A text on the wire, but a number wherever another row refers to it.
    id: int
    name: str
    created_at: datetime
    updated_at: datetime


class TaxClasses(V2Stream):
    """Classes that products, shipping and wrapping are taxed by."""

    # `updated_at` is no filter: every row is read anyway. Full table.
    name = "tax_classes"
    path = "/v2/tax_classes"
    record = TaxClass
    primary_keys = ("id",)
    scope = ("store_v2_information_read_only",)


class ZonePriceDisplay(Record):
    """How shoppers of a tax zone see prices."""

    show_inclusive: Annotated[bool, "Whether tax is in them."]
    show_both_on_detail_view: Annotated[bool, "With and without tax on a product's page."]
    show_both_on_list_view: Annotated[bool, "With and without tax where products are listed."]


class TaxLocation(Record):
    """Where shoppers of a tax zone are."""

    country_code: Annotated[str, "ISO 3166-1 alpha-2"]
    subdivision_codes: Annotated[list[str], "ISO 3166-2, without the country"]
    postal_codes: list[str]


class ShopperTarget(Record):
    """Which shoppers a tax zone is for; empty for the default zone, which takes all others."""

    locations: list[TaxLocation]
    customer_groups: Annotated[list[int], "Only these; empty for all."]


class TaxZone(Record):
    """Shoppers who are taxed alike."""

    id: Annotated[int, "1 is the default zone."]
    name: str
    enabled: bool
    price_display_settings: ZonePriceDisplay
    shopper_target_settings: ShopperTarget


class TaxZones(V3Stream):
    """Places and customer groups with taxes of their own."""

    name = "tax_zones"
    path = "/v3/tax/zones"
    record = TaxZone
    primary_keys = ("id",)
    foreign_keys = {"shopper_target_settings.customer_groups": "customer_groups.id"}
    scope = ("store_v2_information_read_only",)
    page_limit = None
    full_scan = Once()


class ClassRate(Record):
    """What a tax takes of one class."""

    rate: Annotated[Decimal, "Percent."]
    tax_class_id: int


class TaxRate(Record):
    """A tax of a zone."""

    class_rates: list[ClassRate]
    enabled: bool
    id: int
    name: Annotated[str, "Shoppers may see it."]
    priority: Annotated[int, "Taxes of a higher priority are computed upon those of a lower one."]
    tax_zone_id: int


class TaxRates(V3Stream):
    """Taxes by zone, with a percentage for each tax class."""

    # Neither `page` nor `limit` is documented, but answers number their pages.
    name = "tax_rates"
    path = "/v3/tax/rates"
    record = TaxRate
    primary_keys = ("id",)
    foreign_keys = {"class_rates.tax_class_id": "tax_classes.id", "tax_zone_id": "tax_zones.id"}
    scope = ("store_v2_information_read_only",)
    page_limit = None
    full_scan = Once()


class PriceDisplay(Record):
    """How prices are shown to those who are not shoppers; ZONE, INCLUSIVE or EXCLUSIVE."""

    control_panel_price_display_strategy: str
    invoice_price_display_strategy: str


class TaxSetting(OfStore):
    """How the store computes tax."""

    tax_entered_with_prices: Annotated[bool, "Whether the merchant enters prices with tax."]
    price_display_settings: PriceDisplay
    fallback_strategy: Annotated[
        str, "FIXED, BASIC or DISABLE: what is done when a tax provider does not answer."
    ]
    should_subtract_store_tax: Annotated[
        bool, "Whether the store's own tax is taken off prices with tax before others are added."
    ]
    should_use_geolocation_to_determine_guest_shopper_tax_zone: bool
    guest_shopper_tax_zone_id: Annotated[int, "For guests who cannot be located."]
    store_tax_zone_id: Annotated[int, "Whose tax is subtracted."]
    document_submission_strategy: Annotated[str, "ON_PAYMENT_CAPTURE or ON_ORDER_CREATION"]
    rounding_strategy: Annotated[str, "NO_ROUNDING or RATE_ROUNDING"]


class TaxSettings(V3Singleton):
    """One row: how tax is entered, computed, rounded and shown."""

    name = "tax_settings"
    path = "/v3/tax/settings"
    record = TaxSetting
    foreign_keys = {
        "guest_shopper_tax_zone_id": "tax_zones.id",
        "store_tax_zone_id": "tax_zones.id",
    }
    scope = ("store_v2_information_read_only",)
    selected_by_default = False


STREAMS = (TaxClasses, TaxZones, TaxRates, TaxSettings)
