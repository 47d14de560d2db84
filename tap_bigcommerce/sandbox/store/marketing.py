"""Coupons and promotions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire
from tap_bigcommerce.sandbox.store.table import Table
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.catalog import Catalog
    from tap_bigcommerce.sandbox.store.world import Row, World

COUPONS = 70
PROMOTIONS = 24
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
                "segments": {"id": [dice.uuid()]},
            },
            "rules": [self._rule(id_ + at) for at in range(1 + dice.roll(2))],
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
        if is_coupon:
            row["codes"] = {
                "id": id_,
                "code": f"PROMO-{id_}",
                "current_uses": row["current_uses"],
                "max_uses": 0,
                "max_uses_per_customer": 1,
                "created": wire.iso(start, ".000Z"),
            }
            row["coupon_overrides_other_promotions"] = False
            row["coupon_overrides_automatic_when_offering_higher_discounts"] = False
            row["multiple_codes"] = {"has_multiple_codes": False}
            row["coupon_type"] = "SINGLE"
        return row

    def _rule(self, key: int) -> Row:
        items = {"brands": [self._catalog.opening_brands[key % 3]]}
        action: Row = (
            {
                "cart_value": {
                    "discount": {"percentage_amount": "10"},
                    "maximum_allowed_discount_amount": "20",
                }
            },
            {
                "cart_items": {
                    "discount": {"fixed_amount": "2.50"},
                    "maximum_allowed_discount_amount": None,
                    "as_total": False,
                    "items": {"not": {"categories": [self._catalog.opening_categories[0]]}},
                    "include_items_considered_by_condition": True,
                    "exclude_items_on_sale": False,
                    "strategy": "LEAST_EXPENSIVE",
                    "quantity": 2,
                    "add_free_item": False,
                }
            },
            {"gift_item": {"quantity": 1, "product_id": self._catalog.opening_ids[0]}},
            {
                "fixed_price_set": {
                    "quantity": 3,
                    "fixed_price": "12.95",
                    "items": {"products": [self._catalog.opening_ids[0]]},
                    "strategy": "MOST_EXPENSIVE",
                    "exclude_items_on_sale": True,
                    "include_items_considered_by_condition": False,
                }
            },
            {"shipping": {"free_shipping": True, "zone_ids": "*" if key % 2 else [1, 2]}},
        )[key % 5]
        condition: Row = {"items": items, "minimum_spend": "12.95", "minimum_quantity": 1}
        return {
            "action": action,
            "apply_once": bool(key % 2),
            "stop": False,
            "condition": {"cart": condition}
            if key % 4
            else {"and": [{"cart": {"minimum_spend": "10"}}, {"cart": {"items": items}}]},
        }
