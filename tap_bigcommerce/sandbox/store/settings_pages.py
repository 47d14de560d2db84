"""The pages of settings, for the store and for its channels, and the filters of searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store.store_info import CHANNELS

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.world import Row, World

SETTINGS: dict[str, Row] = {
    "catalog": {"auto_approve_reviews": False, "enable_product_comparisons": True},
    "email-statuses": {
        "abandoned_cart_email": True,
        "account_details_changed_email": True,
        "combined_order_status_email": False,
        "create_account_email": True,
        "create_guest_account_email": True,
        "gift_certificate_email": True,
        "invoice_email": True,
        "order_message_notification_email": True,
        "product_review_email": False,
        "return_confirmation_email": True,
        "return_statuschange_email": True,
    },
    "inventory": {
        "product_out_of_stock_behavior": "do_nothing",
        "option_out_of_stock_behavior": "label_option",
        "update_stock_behavior": "order_placed",
        "edit_order_stock_adjustment": True,
        "refund_order_stock_adjustment": True,
        "stock_level_display": "show_when_low",
        "default_out_of_stock_message": "Ausverkauft 😢",
        "hide_in_product_filtering": False,
        "show_pre_order_stock_levels": False,
        "show_out_of_stock_message": True,
    },
    "inventory/notifications": {
        "low_stock_notification_address": ["stock@example.com", "owner@example.com"],
        "out_of_stock_notification_address": [],
    },
    "logo": {
        "favicon_url": "",
        "logo_image_url": "https://cdn11.bigcommerce.com/logo.png",
        "logo_text": "The Corner Shop",
        "type": "image",
    },
    "store/locale": {
        "default_shopper_language": "en",
        "shopper_language_selection_method": "default_shopper_language",
        "store_country": "United States",
    },
    "store/profile": {
        "store_address": "1 Main Street\nAustin",
        "store_address_type": "Home Office",
        "store_email": "owner@example.com",
        "store_name": "The Corner Shop",
        "store_phone": "",
    },
    "store/units-of-measurement": {
        "weight_measurement": "LBS",
        "length_measurement": "Inches",
        "decimal_token": ".",
        "thousands_token": ",",
        "decimal_places": 2,
        "factoring_dimension": "depth",
    },
    "storefront/category": {
        "category_tree_depth": 3,
        "default_product_sort": "bestselling",
        "listing_mode": "current_category_only",
    },
    "storefront/product": {
        "show_product_price": True,
        "show_product_sku": True,
        "show_product_weight": False,
        "show_product_brand": True,
        "show_product_shipping": False,
        "show_product_rating": True,
        "show_add_to_cart_link": True,
        "default_preorder_message": "Expected on %%DATE%%",
        "show_breadcrumbs_product_pages": "show_one",
        "show_add_to_cart_qty_box": True,
        "show_add_to_wishlist": True,
        "hide_price_from_guests": False,
    },
    "storefront/robotstxt": {"robots_txt_ssl": "User-agent: *\nDisallow: /cart.php\n"},
    "storefront/search": {
        "content_product_sort": "relevance",
        "default_product_sort": "bestselling",
        "product_filtering_enabled": True,
        "search_suggest": True,
    },
    "storefront/security": {
        "csp_header": {"enabled": True, "header_value": "frame-ancestors 'self';"},
        "hsts": {
            "enabled": False,
            "include_preload": False,
            "include_subdomains": True,
            "max_age": "zero_seconds",
        },
        "sitewide_https_enabled": True,
        "x_frame_options_header": {"allowed_url": "", "enabled": True, "setting": "same_origin"},
    },
    "storefront/seo": {
        "meta_description": "",
        "meta_keywords": "towels,lamps",
        "page_title": "The Corner Shop: Möbel & mehr",
        "www_redirect": "no-www",
    },
    "storefront/status": {
        "down_for_maintenance_message": "Back soon",
        "prelaunch_message": "Coming soon",
        "prelaunch_password": "mezt1f77gd",
    },
}
"""By what follows `/v3/settings/`."""
STORE_WIDE = frozenset({"store/locale"})
"""Those that channels have none of their own of."""

Filters = list[dict[str, object]]


class SettingsPages:
    """Settings as the store and its channels have them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, name: str, channel_id: int | None) -> Row:
        """The store's settings, or what a channel has in their place: null for most."""
        row = SETTINGS[name]
        if channel_id is None:
            return row
        dice = self._world.dice(f"settings.{name}", channel_id)
        return {field: value if dice.chance(300) else None for field, value in row.items()}

    def providers(self, channel_id: int | None) -> list[Row]:
        """`/v3/settings/analytics`: of the default channel unless another is named."""
        channel = CHANNELS[0][0] if channel_id is None else channel_id
        return [
            {
                "id": id_,
                "channel_id": channel,
                "name": name,
                "code": f"G-{channel}" if id_ == 1 else "",
                "enabled": id_ == 1,
                "data_tag_enabled": False,
                "version": (4, 1.5)[id_ % 2],
                "api_secret": f"secret-of-{channel}",
            }
            for id_, name in ((1, "Google Analytics"), (2, "Facebook Pixel"))
        ]

    def filters(self) -> Filters:
        """`/v3/settings/search/filters`: all six shapes."""
        shown: Row = {"collapsed_by_default": False, "is_enabled": True}
        counted: Row = {**shown, "display_product_count": True}
        listed: Row = {**counted, "items_to_show": 10}
        return [
            {"id": "Q2F0", "type": "category", "display_name": "Category", **listed},
            {"id": "QnJh", "type": "brand", "display_name": "", **listed, "sort_by": "alpha"},
            {"id": "cmF0aW5n", "type": "rating", "display_name": "Rating ⭐", **shown},
            {"id": "cHJpY2U=", "type": "price", "display_name": "Price", **shown},
            {
                "id": "U2l6ZQ==",
                "type": "product",
                "display_name": "Size",
                **listed,
                "sort_by": "option_values",
            },
            {
                "id": "b3RoZXI=",
                "type": "other",
                "display_name": "Other",
                **counted,
                "show_free_shipping_filter": True,
                "show_in_stock_filter": False,
                "show_is_featured_filter": False,
                "show_product_count": True,
            },
        ]

    def available(self) -> list[Row]:
        """`/v3/settings/search/filters/available`: all three shapes."""
        return [
            {"id": "Y2F0", "name": "Category", "product_count": 7, "type": "category"},
            {
                "id": "cHJp",
                "name": "Price",
                "price_range_max": 300.99,
                "price_range_min": 6.75,
                "type": "price",
            },
            {"id": "b3Ro", "name": "Other", "type": "other"},
        ]

    def contexts(self) -> list[Row]:
        """`/v3/settings/search/filters/contexts`: one for a channel, the others for categories."""
        filters = self.filters()
        return [
            {
                "context": {"channel_id": 1} if number == 0 else {"category_id": 20 + number},
                "data": filters[: number % 7],
            }
            for number in range(54)
        ]
