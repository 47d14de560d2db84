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
    }
)

_READ_ONLY = "_read_only"


def opens(granted: Collection[str], needed: tuple[str, ...]) -> bool:
    """Whether a token with the scopes `granted` may read what any one of `needed` opens."""
    return not needed or any(
        scope in granted or scope.removesuffix(_READ_ONLY) in granted for scope in needed
    )
