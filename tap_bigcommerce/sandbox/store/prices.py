"""Price lists, what variants cost by them, and for whom they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words
from tap_bigcommerce.sandbox.store.table import Table
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.catalog import Catalog
    from tap_bigcommerce.sandbox.store.world import Row, World

LISTS = 12
ASSIGNMENTS = 57
_EMPTY_LIST = 2
_LONG_LISTS = 3
_NO_MAXIMUM = 2_147_483_647
_CURRENCIES = ("usd", "eur")


class Prices:
    """Renders price lists. A record's number is its variant's, with the currency's place behind."""

    def __init__(self, world: World, catalog: Catalog) -> None:
        self._world = world
        self._catalog = catalog
        self.lists = Table("price_lists")
        self.assignments = Table("price_list_assignments")
        self.lists.fill(world.history("price_list", list(range(1, 1 + LISTS)), 500))
        opened = world.epoch - 500 * DAY
        self.assignments.fill((id_, opened, opened) for id_ in range(5, 5 + ASSIGNMENTS))
        self.records = {list_: Table(f"price_list_{list_}_records") for list_ in self.lists.ids}
        variants = catalog.variants.table.ids
        for list_, table in self.records.items():
            count = 150 if list_ <= _LONG_LISTS else list_ % 5
            if list_ != _EMPTY_LIST:
                ids = [
                    variant * 10 + place
                    for variant in variants[:count]
                    for place in range(1 + (variant + list_) % len(_CURRENCIES))
                ]
                table.fill(world.history(f"price_list.{list_}", ids, 400))

    @property
    def tables(self) -> list[Table]:
        """All that can change."""
        return [self.lists, self.assignments, *self.records.values()]

    def list_row(self, id_: int) -> Row:
        """`/v3/pricelists`."""
        return {
            "id": id_,
            "name": f"{words.DEPARTMENTS[id_ % len(words.DEPARTMENTS)]} & trade {id_}",
            "date_created": wire.iso(self.lists.created_at(id_), "Z"),
            "date_modified": wire.iso(self.lists.modified_at(id_), "Z"),
            "active": id_ % 7 > 0,
        }

    def record_row(self, list_: int, id_: int) -> Row:
        """`/v3/pricelists/{price_list_id}/records`, with every include."""
        variant, place = divmod(id_, 10)
        table = self.records[list_]
        product = self._catalog.variants.parent_of(variant)
        dice = self._world.dice(f"price_record.{list_}", id_)
        opening = self._catalog.opening_facts(product).price * (70 + dice.roll(30)) // 100
        price = self._world.changed(f"price_record.{list_}", id_).get("price", opening)
        sale = price * 9 // 10 if dice.chance(300) else None
        return {
            "price_list_id": list_,
            "variant_id": variant,
            "price": wire.number(price),
            "sale_price": None if sale is None else wire.number(sale),
            "retail_price": wire.number(price * 12 // 10) if dice.chance(300) else None,
            "map_price": 0 if dice.chance(500) else None,
            "calculated_price": wire.number(price if sale is None else sale),
            "date_created": wire.iso(table.created_at(id_), "Z"),
            "date_modified": wire.iso(table.modified_at(id_), "Z"),
            "currency": _CURRENCIES[place],
            "product_id": product,
            "sku": f"SKU-{variant}" if dice.chance(900) else "",
            "bulk_pricing_tiers": _tiers(dice.roll(4)),
        }

    def assignment_row(self, id_: int) -> Row:
        """`/v3/pricelists/assignments`."""
        return {
            "id": id_,
            "price_list_id": 1 + (id_ + self._world.seed) % LISTS,
            "customer_group_id": id_ % 6,
            "channel_id": 1 if id_ % 3 else 664179,
        }


def _tiers(count: int) -> list[Row]:
    """One tier after the other; the last has no upper bound, said in one way or the other."""
    return [
        {
            "quantity_min": 10 * at,
            "quantity_max": 10 * at + 9 if at < count else (None, _NO_MAXIMUM)[count % 2],
            "type": ("percent", "price", "fixed")[at % 3],
            "amount": at if at % 2 else at + 0.25,
        }
        for at in range(1, count + 1)
    ]
