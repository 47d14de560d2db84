"""The store itself: sales channels, content pages, settings and currencies.

Source: BigCommerce's REST Management API, "Channels", "Store Information" and "Currencies"
(V2); REST Content API, "Pages V3"; REST Payments API, "Methods" (V2, deprecated).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.scans import CheckedPages, Once
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.v2 import V2Stream
from tap_bigcommerce.streams.v3 import V3_MODIFIED, V3Stream


class ChannelCurrencies(Record):
    """Currencies in which a channel sells."""

    channel_id: int
    enabled_currencies: Annotated[list[str], "ISO 4217"]
    default_currency: Annotated[str, "ISO 4217"]


class Channel(Record):
    """A place to sell: a storefront, a marketplace, a point of sale, a marketing site."""

    id: int
    external_id: str
    is_listable_from_ui: Annotated[bool, "Whether the control panel can list products on it."]
    is_enabled: Annotated[bool, "Deprecated: see `status`."]
    is_visible: Annotated[bool, "Whether the control panel shows it."]
    status: Annotated[
        str,
        "prelaunch, active, inactive, connected, disconnected, archived, deleted or terminated",
    ]
    name: str
    type: Annotated[str, "pos, marketplace, storefront or marketing"]
    platform: Annotated[str, "Such as bigcommerce, amazon, ebay."]
    date_created: datetime
    date_modified: datetime
    icon_url: str
    # In the reference's schema of a single channel; the list has it with `include` alone.
    currencies: ChannelCurrencies


class Page(Record):
    """A page of a storefront; `type` says which of the later fields it has."""

    id: int
    channel_id: int
    name: str
    is_visible: Annotated[bool, "Whether menus show it."]
    parent_id: Annotated[int, "0 for no parent."]
    sort_order: Annotated[int, "Lower comes first in the parent's menu."]
    type: Annotated[str, "page, raw, contact_form, link or blog"]
    is_homepage: bool
    is_customers_only: bool
    url: Annotated[str, "Relative to the storefront."]
    meta_title: str
    meta_keywords: Annotated[str, "Separated by commas."]
    meta_description: str
    search_keywords: Annotated[str, "Separated by commas."]
    email: Annotated[str, Personal, "Receives what is sent with a contact form."]
    contact_fields: Annotated[str, "Fields of a contact form, separated by commas."]
    body: str
    content_type: Annotated[str, "Media type of a raw page's body."]
    link: Annotated[str, "Where a page of type link leads."]


class DateFormat(Record):
    """Patterns of dates in PHP's letters, such as `M jS Y`."""

    display: str
    export: str
    extended_display: str


class TimeZone(Record):
    """The store's zone. Dates of the API are in UTC anyway."""

    name: Annotated[str, "Such as America/Chicago."]
    raw_offset: Annotated[int, "Seconds from UTC in winter."]
    dst_offset: Annotated[int, "Seconds from UTC in summer."]
    dst_correction: Annotated[bool, "Whether the zone has summer time."]
    date_format: DateFormat


class Logo(Record):
    """The store's logo; null without one, which comes as an empty array."""

    url: str


class StorefrontLimits(Record):
    """How many storefronts there are."""

    active: int
    total_including_inactive: int


class StoreFeatures(Record):
    """What the store has switched on or is entitled to."""

    stencil_enabled: Annotated[bool, "Whether the theme is a Stencil theme."]
    sitewidehttps_enabled: bool
    facebook_catalog_id: Annotated[str, "Empty for none."]
    checkout_type: Annotated[str, "optimized, single, single_customizable or klarna"]
    wishlists_enabled: bool
    graphql_storefront_api_enabled: bool
    shopper_consent_tracking_enabled: bool
    multi_storefront_enabled: bool
    storefront_limits: StorefrontLimits


class Store(Record):
    """Who runs the store, on which plan, in which units."""

    id: Annotated[str, "The store hash, as in API paths."]
    account_uuid: str
    domain: str
    secure_url: str
    control_panel_base_url: str
    status: str
    name: str
    first_name: Annotated[str, Personal, "The primary contact's, as is last_name."]
    last_name: Annotated[str, Personal]
    address: Annotated[str, Personal, "As displayed, in one text."]
    country: str
    country_code: Annotated[str, "ISO 3166-1 alpha-2"]
    infrastructure_region: Annotated[str, "A region of Google Cloud, such as us-central1."]
    phone: Annotated[str, Personal]
    admin_email: Annotated[str, Personal]
    order_email: Annotated[str, Personal]
    favicon_url: str
    timezone: TimeZone
    language: str
    currency: Annotated[str, "ISO 4217, the default"]
    currency_symbol: str
    decimal_separator: str
    thousands_separator: str
    decimal_places: int
    currency_symbol_location: Annotated[str, "left or right"]
    weight_units: Annotated[str, "The default unit of weights, such as Ounces."]
    dimension_units: Annotated[str, "The default unit of lengths, such as Inches."]
    dimension_decimal_places: int
    dimension_decimal_token: str
    dimension_thousands_token: str
    plan_name: str
    plan_level: str
    plan_is_trial: bool
    industry: str
    logo: Logo
    is_price_entered_with_tax: bool
    store_id: Annotated[int, "A number of its own, not the store hash."]
    default_channel_id: int
    default_site_id: int
    # Empty in the example, and its items have no type in the reference.
    active_comparison_modules: list[str]
    features: StoreFeatures


class Currency(Record):
    """A currency in which prices are charged or only displayed."""

    is_default: bool
    country_iso2: str
    # The reference says 3-letter currency codes, its example has the region EU.
    default_for_country_codes: Annotated[list[str], "Codes of countries or regions."]
    currency_code: Annotated[str, "ISO 4217"]
    currency_exchange_rate: Annotated[Decimal, "What one US dollar is worth in this currency."]
    auto_update: Annotated[bool, "Whether the rate follows Open Exchange Rates."]
    token_location: Annotated[str, "left or right of the amount"]
    token: Annotated[str, "The currency's symbol."]
    decimal_token: str
    thousands_token: str
    decimal_places: int
    name: str
    enabled: bool
    is_transactional: Annotated[bool, "False for display only."]
    use_default_name: bool
    id: int
    last_updated: datetime


class PaymentMethod(Record):
    """A way to pay that is switched on."""

    code: Annotated[str, "The same in all stores, such as squarev2."]
    name: str
    test_mode: Annotated[bool, "Whether the gateway only pretends."]


class Channels(V3Stream):
    """Storefronts, marketplaces and other places to sell, with their currencies."""

    name = "channels"
    path = "/v3/channels"
    record = Channel
    primary_keys = ("id",)
    replication_key = "date_modified"
    include = ("currencies",)
    scope = ("store_channel_settings_read_only",)
    time = V3_MODIFIED
    full_scan = changed_scan = CheckedPages(V3_MODIFIED)


class Pages(V3Stream):
    """Content pages of every storefront with their bodies; blog posts are not among them."""

    name = "pages"
    path = "/v3/content/pages"
    record = Page
    primary_keys = ("id",)
    foreign_keys = {"channel_id": "channels.id", "parent_id": "pages.id"}
    include = ("body",)
    scope = ("store_v2_content_read_only",)
    channel_filter = "channel_id"


class StoreInformation(V2Stream):
    """One row: the store's name, owner, plan, zone, units and features."""

    name = "store_information"
    path = "/v2/store"
    record = Store
    primary_keys = ("id",)
    foreign_keys = {"default_channel_id": "channels.id", "default_site_id": "sites.id"}
    scope = ("store_v2_information_read_only",)
    page_limit = None
    full_scan = Once()


class Currencies(V2Stream):
    """Currencies of the store with their exchange rates."""

    # `last_updated` is no filter: every row is read anyway. Full table.
    name = "currencies"
    path = "/v2/currencies"
    record = Currency
    primary_keys = ("id",)
    scope = ("store_v2_information_read_only",)


class PaymentMethods(V2Stream):
    """Ways to pay, as far as an endpoint knows them that BigCommerce no longer supports."""

    name = "payment_methods"
    path = "/v2/payments/methods"
    record = PaymentMethod
    primary_keys = ("code",)
    scope = ("store_payments_methods_read",)
    full_scan = CheckedPages(key="code")
    selected_by_default = False


STREAMS = (Channels, Pages, StoreInformation, Currencies, PaymentMethods)
