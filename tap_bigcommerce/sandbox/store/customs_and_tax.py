"""What customs and tax providers are told of products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.world import Row, World

TAX_PROPERTIES = 57


class CustomsAndTax:
    """Rows that follow from the product alone."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._opened = world.epoch - 600 * DAY

    def customs(self, product_id: int) -> Row | None:
        """`/v3/shipping/products/customs-information`; most products have none."""
        dice = self._world.dice("customs", product_id)
        if not dice.chance(600):
            return None
        made = self._opened + dice.roll(500 * DAY)
        return {
            "product_id": product_id,
            "country_of_origin": dice.pick(("US", "DE", "CN")),
            "commodity_description": dice.pick(("Baseball caps", "", "Töpfe & Pfannen")),
            "international_shipping": dice.chance(800),
            "hs_codes": dice.pick(({"ALL": "501000", "CA": "508313"}, {"US": "641000"}, {})),
            "created_at": wire.iso(made).replace("T", " "),
            "updated_at": wire.iso(made + DAY).replace("T", " "),
        }

    def tax_property(self, id_: int) -> Row:
        """`/v3/tax/properties`."""
        made = wire.iso(self._opened + id_ * DAY).replace("T", " ")
        return {
            "id": id_,
            "code": f"A-{self._world.seed}-{id_}",
            "display_name": f"Question {id_}?",
            "description": "" if id_ % 3 else "Food Industry",
            "created_at": made,
            "updated_at": made,
            "type": "CUSTOMER" if id_ % 4 == 0 else "PRODUCT",
        }

    def product_tax(self, product_id: int) -> Row | None:
        """`/v3/tax/products/properties`; some products have none."""
        dice = self._world.dice("product_tax", product_id)
        if not dice.chance(800):
            return None
        codes = [f"A-{self._world.seed}-{1 + dice.roll(TAX_PROPERTIES)}" for _ in range(2)]
        return {
            "product_id": product_id,
            "tax_properties": {code: str(dice.roll(300)) for code in codes},
        }
