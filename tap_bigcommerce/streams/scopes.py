"""OAuth scopes of API accounts and their names in BigCommerce's control panel.

Source: BigCommerce docs, "API accounts", table of OAuth scopes.
"""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable

PANEL_NAMES: t.Final = {
    "store_channel_settings_read_only": "Channel settings",
    "store_inventory_read_only": "Store Inventory",
    "store_locations_read_only": "Store Locations",
    "store_v2_content_read_only": "Content",
    "store_v2_customers_read_only": "Customers",
    "store_v2_information_read_only": "Information & settings",
    "store_v2_marketing_read_only": "Marketing",
    "store_v2_orders_read_only": "Orders",
    "store_v2_products_read_only": "Products",
    "store_v2_transactions_read_only": "Order transactions",
}


def panel_names(scopes: Iterable[str]) -> str:
    """What to tick for any one of these scopes: `"Orders" (read-only)`."""
    return " or ".join(f'"{PANEL_NAMES.get(scope, scope)}" (read-only)' for scope in scopes)
