"""The endpoints, by domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.resources import catalog, customers, marketing, orders, store_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

ROUTES = (catalog.routes, orders.routes, customers.routes, marketing.routes, store_info.routes)
"""What each domain answers to."""
TRUTHS: tuple[Callable[[Store], dict[str, Callable[[], Iterable[Row]]]], ...] = ()
"""All rows by stream, for the domains that say themselves what theirs are."""
