"""Metafields: texts that apps keep with ten kinds of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.orders import opening_order
from tap_bigcommerce.sandbox.store.store_info import CHANNELS
from tap_bigcommerce.sandbox.store.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.sandbox.store.catalog import Catalog
    from tap_bigcommerce.sandbox.store.customers import Customers
    from tap_bigcommerce.sandbox.store.world import Row, World

COUNTS = {
    "product": 140,
    "variant": 120,
    "brand": 60,
    "category": 55,
    "location": 7,
    "customer": 90,
    "order": 110,
    "cart": 52,
    "channel": 6,
    "store": 75,
}
"""How many metafields there are of each kind of resource."""
STORE_NUMBER = "1001197568"
_PERMISSIONS = ("app_only", "read", "write", "read_and_sf_access", "write_and_sf_access")
_VALUES = (
    "blue",
    "42",
    "",
    '{"bin": "B-12", "at": [1, 2.50]}',
    "naïve ☕ 手ぬぐい 😀",
    "line one\r\nline two",
    "null",
)


class Metafields:
    """Renders metafields. Their ids are unique over all kinds."""

    def __init__(
        self, world: World, catalog: Catalog, customers: Customers, *, orders: int
    ) -> None:
        self._world = world
        self.tables = {kind: Table(f"{kind}_metafields") for kind in COUNTS}
        self._resources: dict[str, Sequence[int]] = {
            "product": catalog.opening_ids,
            "variant": catalog.variants.table.ids[:],
            "brand": catalog.opening_brands,
            "category": catalog.opening_categories,
            "location": (1, 2, 3),
            "customer": customers.opening_ids,
            "order": [opening_order(place) for place in range(orders)],
            "cart": range(COUNTS["cart"]),
            "channel": [channel[0] for channel in CHANNELS],
            "store": (0,),
        }
        for place, (kind, count) in enumerate(COUNTS.items()):
            if self._resources[kind]:
                first = 1 + place * 10_000 + world.seed
                ids = list(range(first, first + count))
                self.tables[kind].fill(world.history(f"{kind}.metafield", ids, 300))

    def row(self, kind: str, id_: int) -> Row:
        """A metafield of one kind of resource."""
        dice = self._world.dice("metafield", id_)
        resource = dice.pick(self._resources[kind])
        created = wire.iso(self.tables[kind].created_at(id_))
        modified = wire.iso(self.tables[kind].modified_at(id_))
        row: Row = {
            "id": id_,
            "key": dice.pick(("colour", "Staff Name", "ërp/key", "0")),
            "value": self._world.changed("metafield", id_).get("value", dice.pick(_VALUES)),
            "namespace": dice.pick(("Sales Department", "erp", "my.app")),
            "permission_set": _PERMISSIONS[id_ % len(_PERMISSIONS)],
            "resource_type": kind,
            "resource_id": resource,
            "description": dice.pick(words.NOTES),
            "date_created": created,
            "date_modified": modified,
            "owner_client_id": f"{dice.roll(10**9):09d}abcdefghijklmnopqrstuv",
        }
        if kind == "cart":
            cart = self._world.dice("cart", resource).uuid()
            row |= {"id": str(id_), "resource_id": cart}
        if kind == "store":
            # Its own reference writes these dates with a blank.
            row |= {"id": str(id_), "resource_id": STORE_NUMBER}
            row |= {"date_created": created.replace("T", " ")}
            row |= {"date_modified": modified.replace("T", " ")}
        return row
