"""The global lists of metafields, one for each kind of resource."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.cursors import cursor_page
from tap_bigcommerce.sandbox.filters import v3
from tap_bigcommerce.sandbox.listing import Listing
from tap_bigcommerce.sandbox.resources.catalog import trimmed
from tap_bigcommerce.sandbox.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.listing import Answer, Call
    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

PLACES = {
    "product": ("/v3/catalog/products/metafields", scopes.PRODUCTS),
    "variant": ("/v3/catalog/variants/metafields", scopes.PRODUCTS),
    "brand": ("/v3/catalog/brands/metafields", scopes.PRODUCTS),
    "category": ("/v3/catalog/categories/metafields", scopes.PRODUCTS),
    "location": ("/v3/inventory/locations/metafields", scopes.LOCATIONS),
    "customer": ("/v3/customers/metafields", scopes.CUSTOMERS),
    "order": ("/v3/orders/metafields", scopes.ORDERS),
    "cart": ("/v3/carts/metafields", scopes.CARTS),
    "channel": ("/v3/channels/metafields", scopes.CHANNELS),
    "store": ("/v3/store/metafields", scopes.INFORMATION),
}
_FILTERS = {
    **v3("key", "text", "in"),
    **v3("namespace", "text", "in"),
    **v3("date_created", "date", "min", "max"),
    **v3("date_modified", "date", "min", "max"),
}


def routes(store: Store) -> Iterator[Route]:
    """One list for each kind of resource."""
    for kind, (path, scope) in PLACES.items():
        row = partial(store.metafields.row, kind)
        listing = Listing(store.metafields.tables[kind], row, _FILTERS)
        yield Route(path, scope, partial(_metafields, listing))


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All metafields."""

    def rows(kind: str) -> Iterator[Row]:
        for id_ in list(store.metafields.tables[kind].ids):
            yield store.metafields.row(kind, id_)

    return {f"{kind}_metafields": partial(rows, kind) for kind in PLACES}


def _metafields(listing: Listing, call: Call) -> Answer:
    return trimmed(call, cursor_page(call, listing))
