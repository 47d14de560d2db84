"""The endpoints, by domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.resources import (
    b2b,
    back_office,
    catalog,
    channel_parts,
    content,
    customers,
    marketing,
    metafields,
    order_extras,
    orders,
    prices,
    product_lists,
    settings_pages,
    shop_settings,
    shoppers,
    store_info,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

ROUTES = (
    catalog.routes,
    product_lists.routes,
    prices.routes,
    metafields.routes,
    orders.routes,
    customers.routes,
    marketing.routes,
    store_info.routes,
    channel_parts.routes,
    back_office.routes,
    settings_pages.routes,
    shoppers.routes,
    order_extras.routes,
    content.routes,
    shop_settings.routes,
)
"""What each domain answers to."""
TRUTHS: tuple[Callable[[Store], dict[str, Callable[[], Iterable[Row]]]], ...] = (
    product_lists.truth,
    prices.truth,
    metafields.truth,
    channel_parts.truth,
    back_office.truth,
    settings_pages.truth,
    b2b.truth,
    shoppers.truth,
    order_extras.truth,
    content.truth,
    shop_settings.truth,
)
"""All rows by stream, for the domains that say themselves what theirs are."""
