"""OAuth scopes as tokens carry them. A modify scope opens what its read-only form opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

PRODUCTS = ("store_v2_products_read_only",)
ORDERS = ("store_v2_orders_read_only",)
TRANSACTIONS = ("store_v2_transactions_read_only",)
REFUNDS = (*TRANSACTIONS, *ORDERS)
CUSTOMERS = ("store_v2_customers_read_only",)
MARKETING = ("store_v2_marketing_read_only",)
CONTENT = ("store_v2_content_read_only",)
INFORMATION = ("store_v2_information_read_only",)
CHANNELS = ("store_channel_settings_read_only",)
INVENTORY = ("store_inventory_read_only",)
LOCATIONS = ("store_locations_read_only",)
CARTS = ("store_cart_read_only",)
CUSTOMERS_MODIFY = ("store_v2_customers",)
STORED_INSTRUMENTS = ("store_stored_payment_instruments_read_only",)
ORDER_FULFILLMENT = ("store_order_fulfillment_read_only",)
CHECKOUT = ("store_content_checkout_read_only",)
SCRIPTS = (*CONTENT, *CHECKOUT)
LISTINGS = ("store_channel_listings_read_only",)
SITES = ("store_sites_read_only",)
THEMES = ("store_themes_read_only",)
LOGS = ("store_logs_read_only",)
PROJECTS = ("store_infrastructure_projects_read_only",)
FULFILLMENT = ("store_fulfillment_methods_read_only",)
PAYMENT_METHODS = ("store_payments_methods_read",)
B2B = ("store_b2b_edition",)
ANY: tuple[str, ...] = ()

ALL = frozenset(
    {
        *PRODUCTS,
        *REFUNDS,
        *CUSTOMERS,
        *MARKETING,
        *CONTENT,
        *INFORMATION,
        *CHANNELS,
        *INVENTORY,
        *LOCATIONS,
        *CUSTOMERS_MODIFY,
        *STORED_INSTRUMENTS,
        *ORDER_FULFILLMENT,
        *CHECKOUT,
        *LISTINGS,
        *SITES,
        *THEMES,
        *LOGS,
        *PROJECTS,
        *FULFILLMENT,
        *PAYMENT_METHODS,
        *CARTS,
        *B2B,
    }
)

_READ_ONLY = "_read_only"


def opens(granted: Collection[str], needed: tuple[str, ...]) -> bool:
    """Whether a token with the scopes `granted` may read what any one of `needed` opens."""
    return not needed or any(
        scope in granted or scope.removesuffix(_READ_ONLY) in granted for scope in needed
    )
