"""Settings of the storefront: pages of categories and products, search, security, SEO, analytics.

What single channels have in their place is in `settings_by_channel.py`.

Source: BigCommerce's REST Management API, "Settings" (Storefront, Analytics).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Record, Secret
from tap_bigcommerce.streams.settings_store import SettingsStream
from tap_bigcommerce.streams.singletons import OfStore
from tap_bigcommerce.streams.v3 import V3Stream

if TYPE_CHECKING:
    from tap_bigcommerce.api.pages import Row


class CategoryPages(OfStore):
    """What a category's page shows."""

    category_tree_depth: Annotated[int, "Levels of the menu, 1 to 8."]
    default_product_sort: Annotated[
        str,
        "featured, bestselling, newest, alphaasc, alphadesc, pricedesc, priceasc, "
        "avgcustomerreview or relevance",
    ]
    listing_mode: Annotated[
        str, "current_category_only, child_categories or child_categories_if_category_empty"
    ]


class SettingsStorefrontCategory(SettingsStream):
    """One row: what pages of categories show, in which order."""

    name = "settings_storefront_category"
    path = "/v3/settings/storefront/category"
    record = CategoryPages


class ProductPages(OfStore):
    """What a product's page shows."""

    show_product_price: bool
    show_product_sku: bool
    show_product_weight: bool
    show_product_brand: bool
    show_product_shipping: bool
    show_product_rating: bool
    show_add_to_cart_link: bool
    default_preorder_message: str
    show_breadcrumbs_product_pages: Annotated[str, "show_one or show_none"]
    show_add_to_cart_qty_box: bool
    show_add_to_wishlist: bool
    hide_price_from_guests: bool


class SettingsStorefrontProduct(SettingsStream):
    """One row: what pages of products show."""

    name = "settings_storefront_product"
    path = "/v3/settings/storefront/product"
    record = ProductPages


class RobotsTxt(OfStore):
    """What search engines are told."""

    robots_txt_ssl: str


class SettingsStorefrontRobotstxt(SettingsStream):
    """One row: the robots.txt of the storefront."""

    name = "settings_storefront_robotstxt"
    path = "/v3/settings/storefront/robotstxt"
    record = RobotsTxt


class SearchSettings(OfStore):
    """How search results are sorted and narrowed down."""

    content_product_sort: Annotated[str, "relevance, alphaasc or alphadesc"]
    default_product_sort: Annotated[
        str,
        "featured, bestselling, newest, alphaasc, alphadesc, pricedesc, priceasc, "
        "avgcustomerreview or relevance",
    ]
    product_filtering_enabled: Annotated[bool, "Whether `search_filters` are shown."]
    search_suggest: Annotated[bool, "Whether results show while a shopper types."]


class SettingsStorefrontSearch(SettingsStream):
    """One row: how shoppers search."""

    name = "settings_storefront_search"
    path = "/v3/settings/storefront/search"
    record = SearchSettings


class ContentSecurityPolicy(Record):
    """The header of this name."""

    enabled: bool
    header_value: str


class StrictTransportSecurity(Record):
    """The header of this name."""

    enabled: bool
    include_preload: bool
    include_subdomains: bool
    max_age: Annotated[str, "zero_seconds, five_minutes or one_year"]


class FrameOptions(Record):
    """The header X-Frame-Options."""

    allowed_url: Annotated[str, "For allow_from_url."]
    enabled: bool
    setting: Annotated[str, "deny, same_origin or allow_from_url"]


class SecuritySettings(OfStore):
    """Headers that the storefront sends."""

    csp_header: ContentSecurityPolicy
    hsts: StrictTransportSecurity
    sitewide_https_enabled: bool
    x_frame_options_header: FrameOptions


class SettingsStorefrontSecurity(SettingsStream):
    """One row: HTTPS and security headers of the storefront."""

    name = "settings_storefront_security"
    path = "/v3/settings/storefront/security"
    record = SecuritySettings


class SeoSettings(OfStore):
    """What search engines show of the homepage."""

    meta_description: str
    meta_keywords: Annotated[str, "Separated by commas."]
    page_title: str
    www_redirect: Annotated[str, "www, no-www or none"]


class SettingsStorefrontSeo(SettingsStream):
    """One row: title, description and keywords of the homepage."""

    name = "settings_storefront_seo"
    path = "/v3/settings/storefront/seo"
    record = SeoSettings


class StorefrontStatus(OfStore):
    """What shoppers see of a storefront that is not open."""

    down_for_maintenance_message: str
    prelaunch_message: str
    prelaunch_password: Annotated[str, "Opens a storefront that is not launched yet.", Secret]


class SettingsStorefrontStatus(SettingsStream):
    """One row: what shoppers see of the storefront while it is closed."""

    name = "settings_storefront_status"
    path = "/v3/settings/storefront/status"
    record = StorefrontStatus


class AnalyticsProvider(Record):
    """An account at a service that watches shoppers."""

    id: int
    channel_id: int
    name: str
    code: Annotated[str, "The account's, as in GA-1234567890."]
    enabled: bool
    data_tag_enabled: bool
    version: Decimal
    api_secret: Annotated[str, Secret]


class AnalyticsProviders(V3Stream):
    """Web analytics of the storefront; `channel_id` is 0 where all channels share it."""

    name = "analytics_providers"
    path = "/v3/settings/analytics"
    record = AnalyticsProvider
    primary_keys = ("channel_id", "id")
    foreign_keys = {"channel_id": "channels.id"}
    scope = ("store_v2_content_read_only",)
    page_limit = None
    full_scan = Once()
    selected_by_default = False

    def normalise(self, row: Row) -> Row:
        """The row with its key: without a channel, the answer is that of all."""
        return {**row, "channel_id": row.get("channel_id") or 0}


STREAMS = (
    SettingsStorefrontCategory,
    SettingsStorefrontProduct,
    SettingsStorefrontRobotstxt,
    SettingsStorefrontSearch,
    SettingsStorefrontSecurity,
    SettingsStorefrontSeo,
    SettingsStorefrontStatus,
    AnalyticsProviders,
)
