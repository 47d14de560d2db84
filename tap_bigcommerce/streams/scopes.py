"""OAuth scopes of API accounts and their names in BigCommerce's control panel.

Source: BigCommerce docs, "API accounts", table of OAuth scopes.
"""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tap_bigcommerce.streams.base import BigCommerceStream

    Needs = tuple[str, ...]

PANEL_NAMES: t.Final = {
    "B2B Edition": "B2B Edition",
    "store_cart_read_only": "Carts",
    "store_channel_listings_read_only": "Channel listings",
    "store_channel_settings_read_only": "Channel settings",
    "store_content_checkout_read_only": "Checkout Content",
    "store_fulfillment_methods_read_only": "Fulfillment methods",
    "store_infrastructure_projects_read_only": "Infrastructure Projects",
    "store_inventory_read_only": "Store Inventory",
    "store_locations_read_only": "Store Locations",
    "store_logs_read_only": "Store logs",
    "store_order_fulfillment_read_only": "Order Fulfillment",
    "store_payments_methods_read": "Get payment methods",
    "store_sites_read_only": "Sites & routes",
    "store_stored_payment_instruments_read_only": "Stored Payment Instruments",
    "store_themes_read_only": "Themes",
    "store_v2_content_read_only": "Content",
    "store_v2_customers": "Customers",
    "store_v2_customers_read_only": "Customers",
    "store_v2_information_read_only": "Information & settings",
    "store_v2_marketing_read_only": "Marketing",
    "store_v2_orders_read_only": "Orders",
    "store_v2_products_read_only": "Products",
    "store_v2_transactions_read_only": "Order transactions",
}


_READ_ONLY: t.Final = "_read_only"


def panel_names(scopes: Iterable[str], between: str = " or ") -> str:
    """What to tick for any one of these scopes: `"Orders" (read-only)`."""
    return between.join(f'"{_panel_name(scope)}" ({_level(scope)})' for scope in scopes)


def opens(granted: Collection[str], needed: Needs) -> bool:
    """Whether these scopes give what any one of `needed` gives."""
    return not needed or any(one in granted or _modify(one) in granted for one in needed)


def needs(kind: type[BigCommerceStream]) -> list[Needs]:
    """Scopes that a stream is read by, any one of each: its own, and its parents'."""
    parent = getattr(kind, "parent", None) or ("{" in kind.path and kind.batched_by)
    return list(dict.fromkeys([kind.scope, *(needs(parent) if parent else ())]))


def least(wanted: Collection[Needs]) -> list[str]:
    """The fewest scopes that give all of these; where it does not matter, the first named."""
    chosen: list[str] = [one for (one, *others) in filter(None, wanted) if not others]
    chosen = [one for one in dict.fromkeys(chosen) if _modify(one) not in chosen]
    while left := [some for some in dict.fromkeys(wanted) if not opens(chosen, some)]:
        offered = [one for some in left for one in some]
        chosen.append(max(offered, key=offered.count))
    return sorted(chosen, key=_panel_name)


def _modify(scope: str) -> str:
    """The scope that gives the same and more; another's name where there is none."""
    return scope.removesuffix(_READ_ONLY) if scope.endswith(_READ_ONLY) else ""


def _panel_name(scope: str) -> str:
    return PANEL_NAMES.get(scope) or PANEL_NAMES.get(scope + _READ_ONLY, scope)


def _level(scope: str) -> str:
    """How much of the scope to tick; one endpoint wants more for reading."""
    return "read-only" if scope.endswith((_READ_ONLY, "_read")) else "modify"
