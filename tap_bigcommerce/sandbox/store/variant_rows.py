"""Variants as records: the per-product form, the shorter form of the global list, stock levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire, words

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.catalog import Catalog
    from tap_bigcommerce.sandbox.store.store_info import StoreInfo
    from tap_bigcommerce.sandbox.store.world import Row

_ONLY_PER_PRODUCT = ("image_url", "mpn", "gtin", "calculated_weight")
"""The global list's schema does not have these."""


class VariantRows:
    """Renders variants and their stock."""

    def __init__(self, catalog: Catalog, info: StoreInfo) -> None:
        self.catalog = catalog
        self.world = catalog.world
        self._info = info

    def option_ids(self, product_id: int) -> list[int]:
        """Colour first, size second, as far as the product has them."""
        facts = self.catalog.facts(product_id)
        sizes = [product_id * 10 + 2] if facts.sizes else []
        return [product_id * 10 + 1, *sizes] if facts.colours else []

    def values(self, variant_id: int) -> list[tuple[str, int, str]]:
        """(option's name, place of the value among the option's, label) of a variant."""
        product_id = self.catalog.variants.parent_of(variant_id)
        facts = self.catalog.facts(product_id)
        if not facts.colours:
            return []
        size, colour = divmod(self.catalog.variants.place(variant_id), facts.colours)
        sizes = max(1, facts.sizes)
        if size >= sizes:
            # Added after opening, in one of the colours that were spare.
            late = self.catalog.variants.place(variant_id) - facts.colours * sizes
            colour, size = facts.colours + late // sizes, late % sizes
        values = [("Color", colour, colour_label(colour))]
        if facts.sizes:
            values.append(("Size", size, words.SIZES[size]))
        return values

    def row(self, variant_id: int) -> Row:
        """`/v3/catalog/products/{product_id}/variants`."""
        product_id = self.catalog.variants.parent_of(variant_id)
        facts = self.catalog.facts(product_id)
        dice = self.world.dice("variant", variant_id)
        is_base = not facts.colours
        own_price = None if is_base or dice.chance(700) else facts.price + 10_000 * dice.roll(9)
        own_price = self.world.changed("variant", variant_id).get("price", own_price)
        price = facts.price if own_price is None else own_price
        own_weight = None if is_base or dice.chance(800) else facts.weight + 5_000
        options = self.option_ids(product_id)
        return {
            "id": variant_id,
            "product_id": product_id,
            "sku": facts.sku if is_base else f"{facts.sku}-{variant_id}",
            "sku_id": None if is_base else variant_id - 34,
            "price": _or_none(own_price),
            "calculated_price": wire.number(price),
            "sale_price": _or_none(price * 8 // 10 if dice.chance(50) else None),
            "retail_price": _or_none(None),
            "weight": _or_none(own_weight),
            "calculated_weight": wire.number(facts.weight if own_weight is None else own_weight),
            "width": 5 if dice.chance(200) else None,
            "height": 5.25 if dice.chance(200) else None,
            "depth": 0 if dice.chance(200) else None,
            "is_free_shipping": dice.chance(50),
            "fixed_cost_shipping_price": 10 if dice.chance(30) else None,
            "purchasing_disabled": dice.chance(20),
            "purchasing_disabled_message": "",
            "image_url": "",
            "cost_price": wire.number(facts.cost) if dice.chance(300) else None,
            "upc": "" if dice.chance(600) else f"{dice.roll(10**12):012d}",
            "mpn": "" if dice.chance(800) else f"MPN-{variant_id}",
            "gtin": "" if dice.chance(900) else f"{dice.roll(10**12):012d}",
            "inventory_level": self.level(variant_id) if facts.tracking == "variant" else 0,
            "inventory_warning_level": dice.roll(5),
            "bin_picking_number": dice.pick(("", "", "B-12")),
            "option_values": [
                {
                    "id": option * 100 + at,
                    "label": label,
                    "option_id": option,
                    "option_display_name": name,
                }
                for option, (name, at, label) in zip(options, self.values(variant_id), strict=True)
            ],
        }

    def list_row(self, variant_id: int) -> Row:
        """`/v3/catalog/variants`."""
        row = self.row(variant_id)
        for name in _ONLY_PER_PRODUCT:
            del row[name]
        return row

    def level(self, variant_id: int) -> int:
        """Stock on hand, over all locations."""
        level: int | None = self.world.changed("variant", variant_id).get("level")
        return self.opening_level(variant_id) if level is None else level

    def opening_level(self, variant_id: int) -> int:
        """Stock on hand before anything happened."""
        return self.world.dice("stock", variant_id).roll(60)

    def stock_row(self, variant_id: int) -> Row:
        """`/v3/inventory/items`."""
        product_id = self.catalog.variants.parent_of(variant_id)
        facts = self.catalog.facts(product_id)
        is_base = not facts.colours
        left = self.level(variant_id)
        places = []
        for place, location in enumerate(self._info.locations):
            on_hand = left if place == len(self._info.locations) - 1 else left * 2 // 3
            left -= on_hand
            safety = variant_id % 3
            places.append(
                {
                    "location_id": location["id"],
                    "location_code": location["code"],
                    "location_name": location["label"],
                    "available_to_sell": max(0, on_hand - safety),
                    "total_inventory_onhand": on_hand,
                    "location_enabled": location["enabled"],
                    "settings": {
                        "safety_stock": safety,
                        "is_in_stock": on_hand > 0,
                        "warning_level": variant_id % 5,
                        "bin_picking_number": "" if variant_id % 4 else f"{variant_id % 90}",
                    },
                }
            )
        return {
            "identity": {
                "sku": facts.sku if is_base else f"{facts.sku}-{variant_id}",
                "variant_id": variant_id,
                "product_id": product_id,
                "sku_id": None if is_base else variant_id - 34,
            },
            "locations": places,
        }


def colour_label(place: int) -> str:
    """The name of a colour; later ones are numbered."""
    count = len(words.COLOURS)
    return words.COLOURS[place] if place < count else f"{words.COLOURS[place % count]} {place}"


def _or_none(amount: int | None) -> wire.Number | None:
    return None if amount is None else wire.number(amount)
