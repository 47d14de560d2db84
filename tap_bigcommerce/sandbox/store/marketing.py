"""Coupons and promotions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire
from tap_bigcommerce.sandbox.store.catalog import FIRST_VARIANT
from tap_bigcommerce.sandbox.store.table import Table
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.catalog import Catalog
    from tap_bigcommerce.sandbox.store.dice import Dice
    from tap_bigcommerce.sandbox.store.world import Row, World

COUPONS = 70
PROMOTIONS = 60
_TYPES = (
    "per_item_discount",
    "percentage_discount",
    "per_total_discount",
    "shipping_discount",
    "free_shipping",
    "promotion",
)


def coupon_type(id_: int) -> str:
    """A coupon's type follows from its id."""
    return _TYPES[id_ % len(_TYPES)]


def coupon_code(world: World, id_: int) -> str:
    """What a shopper types in."""
    return f"SAVE{id_}-{world.dice('coupon.code', id_).roll(10**6):06d}"


class Marketing:
    """Renders coupons and promotions."""

    def __init__(self, world: World, catalog: Catalog) -> None:
        self.world = world
        self._catalog = catalog
        self.coupons = Table("coupons")
        self.promotions = Table("promotions")
        self.coupons.fill(
            (id_, world.epoch - (800 - id_) * DAY, world.epoch) for id_ in range(1, 1 + COUPONS)
        )
        self.promotions.fill(
            (id_, world.epoch - (400 - id_) * DAY, world.epoch) for id_ in range(1, 1 + PROMOTIONS)
        )

    def coupon_row(self, id_: int) -> Row:
        """`/v2/coupons`."""
        dice = self.world.dice("coupon", id_)
        changed = self.world.changed("coupon", id_)
        type_ = coupon_type(id_)
        created = self.coupons.created_at(id_)
        is_promotion = type_ == "promotion"
        categories = self._catalog.opening_categories
        return {
            "id": id_,
            "name": f'Coupon №{id_} "{type_}"',
            "type": type_,
            "amount": wire.money(0 if is_promotion else (1 + dice.roll(30)) * 5_000),
            "min_purchase": wire.money(dice.pick((0, 0, 250_000))),
            "expires": wire.rfc2822_or_empty(created + 900 * DAY if dice.chance(300) else 0),
            "enabled": changed.get("enabled", dice.chance(800)),
            "code": coupon_code(self.world, id_),
            "applies_to": {
                "entity": "categories",
                "ids": [0] if dice.chance(700) else [dice.pick(categories)],
            },
            "num_uses": changed.get("num_uses", dice.roll(500)),
            "max_uses": dice.pick((0, 0, 1000)),
            "max_uses_per_customer": dice.roll(2),
            # PHP writes an empty map as an array.
            "restricted_to": {"countries": "AU"} if dice.chance(150) else [],
            "shipping_methods": None
            if is_promotion
            else (["shipping_endicia"] if dice.chance(200) else []),
            "date_created": wire.rfc2822(created),
        }

    def promotion_row(self, id_: int) -> Row:
        """`/v3/promotions`, automatic ones and coupon ones."""
        dice = self.world.dice("promotion", id_)
        is_coupon = id_ % 3 == 0
        start = self.promotions.created_at(id_)
        row: Row = {
            "id": id_,
            "redemption_type": "COUPON" if is_coupon else "AUTOMATIC",
            "name": f"Promotion {id_}: ½ price & more",
            "display_name": "" if dice.chance(300) else "WOW!!!",
            "created_from": dice.pick(("react_ui", "legacy_ui", "api")),
            "channels": [{"id": 1}, {"id": 664179}][: 1 + id_ % 2],
            "customer": {
                "group_ids": [1, 2] if dice.chance(300) else [],
                "minimum_order_count": dice.roll(3),
                "excluded_group_ids": [],
                "segments": self._segments(dice),
            },
            "rules": [self._rule(dice) for _ in range(1 + dice.roll(2))],
            "current_uses": self.world.changed("promotion", id_).get("uses", dice.roll(90)),
            "max_uses": dice.pick((0, 100)),
            "status": dice.pick(("ENABLED", "ENABLED", "DISABLED", "INVALID")),
            "start_date": wire.iso(start),
            "end_date": None if dice.chance(600) else wire.iso(start + 500 * DAY),
            "stop": False,
            "can_be_used_with_other_promotions": dice.chance(500),
            "currency_code": dice.pick(("USD", "*", "EUR")),
            "notifications": [
                {
                    "content": "Congratulations! %ACTION.FREE_PRODUCT%",
                    "type": dice.pick(("UPSELL", "ELIGIBLE", "APPLIED")),
                    "locations": ["HOME_PAGE", "CART_PAGE"],
                }
            ][: dice.roll(2)],
            "shipping_address": {"countries": [{"iso2_country_code": "US"}]}
            if dice.chance(500)
            else {"not": {"countries": [{"iso2_country_code": "US"}]}},
            "schedule": {
                "week_frequency": 1 + dice.roll(3),
                "week_days": ["Monday", "Saturday"],
                "daily_start_time": "01:20:00",
                "daily_end_time": "23:59:00",
            },
        }
        is_bulk = id_ % 6 == 0
        if is_coupon:
            row["coupon_overrides_other_promotions"] = False
            row["coupon_overrides_automatic_when_offering_higher_discounts"] = False
            row["multiple_codes"] = {"has_multiple_codes": is_bulk}
            row["coupon_type"] = "BULK" if is_bulk else "SINGLE"
        if is_coupon and not is_bulk:
            row["codes"] = {
                "id": id_,
                "code": f"PROMO-{id_}",
                "current_uses": row["current_uses"],
                "max_uses": 0,
                "max_uses_per_customer": 1,
                "created": wire.iso(start, ".000Z"),
            }
        return row

    def _segments(self, dice: Dice) -> Row:
        one: Row = {"id": [dice.uuid()]}
        forms: tuple[Row, ...] = (one, {"not": one}, {"and": [one, one]}, {"or": [one, one]})
        return dice.pick(forms)

    def _items(self, dice: Dice, depth: int = 0) -> Row:
        """A matcher of items. Matchers may contain each other."""
        catalog = self._catalog
        simple: tuple[Row, ...] = (
            {"brands": [dice.pick(catalog.opening_brands)]},
            {"categories": [dice.pick(catalog.opening_categories)]},
            {"products": [dice.pick(catalog.opening_ids)]},
            {"variants": [catalog.variants.born(dice.pick(catalog.opening_ids))[0]]},
            {"product_option": {"type": "string_match", "name": "Color", "values": ["Rosé"]}},
            {"product_custom_field": {"name": "ISBN", "values": ["9781234567897"]}},
        )
        if depth > 1 or dice.chance(500):
            return dice.pick(simple)
        inner = self._items(dice, depth + 1)
        forms: tuple[Row, ...] = (
            {"not": inner},
            {"and": [inner, dice.pick(simple)]},
            {"or": [inner, dice.pick(simple)]},
        )
        return dice.pick(forms)

    def _rule(self, dice: Dice) -> Row:
        percentage: Row = {"percentage_amount": "10"}
        fixed: Row = {"fixed_amount": "2.50"}
        most = dice.pick(("20", None))
        chosen: Row = {
            "items": self._items(dice),
            "strategy": dice.pick(("LEAST_EXPENSIVE", "MOST_EXPENSIVE_ONLY")),
            "exclude_items_on_sale": dice.chance(500),
            "include_items_considered_by_condition": dice.chance(500),
        }
        present: Row = {"quantity": 1, "product_id": dice.pick(self._catalog.opening_ids)}
        if dice.chance(500):
            present = {"quantity": 1, "variant_id": FIRST_VARIANT}
        actions: tuple[Row, ...] = (
            {
                "cart_value": {
                    "discount": dice.pick((percentage, fixed)),
                    "maximum_allowed_discount_amount": most,
                }
            },
            {
                "cart_items": {
                    **chosen,
                    "discount": dice.pick((percentage, fixed)),
                    "maximum_allowed_discount_amount": most,
                    "as_total": dice.chance(500),
                    "quantity": 2,
                    "add_free_item": False,
                }
            },
            {"gift_item": present},
            {"fixed_price_set": {**chosen, "quantity": 3, "fixed_price": "12.95"}},
            {"shipping": {"free_shipping": True, "zone_ids": dice.pick(("*", [1, 2]))}},
        )
        condition: Row = {
            "items": self._items(dice),
            "minimum_spend": "12.95",
            "minimum_quantity": 1,
        }
        spend: Row = {"cart": {"minimum_spend": "10"}}
        return {
            "action": dice.pick(actions),
            "apply_once": dice.chance(500),
            "stop": False,
            "condition": {"cart": condition}
            if dice.chance(700)
            else {"and": [spend, {"cart": condition}]},
        }
