"""Codes of promotions that have many, what promotions may do, and banners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import wire
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.store.marketing import Marketing
    from tap_bigcommerce.sandbox.store.world import Row, World

BANNERS = 9
MANY_CODES = 300
"""More than a page, for one promotion in three."""

PROMOTION_SETTINGS: Row = {
    "promotions_apply_on_products_with_custom_product_price": False,
    "promotions_triggered_by_products_with_zero_product_price": True,
    "number_of_coupons_allowed_at_checkout": 1,
    "promotions_applied_on_original_product_price": True,
}
"""`/v3/promotions/settings`, without an envelope."""


def code_rows(marketing: Marketing, promotion: int) -> list[Row]:
    """`/v3/promotions/{promotion_id}/codes`: none of an automatic one, its one of a single one."""
    row = marketing.promotion_row(promotion)
    if row["redemption_type"] != "COUPON":
        return []
    if row["coupon_type"] == "SINGLE":
        return [row["codes"]]
    dice = marketing.world.dice("promotion.codes", promotion)
    made = marketing.promotions.created_at(promotion)
    count = MANY_CODES if promotion % 18 == 0 else dice.roll(12)
    return [
        {
            "id": promotion * 1000 + at,
            "code": f"BULK-{promotion}-{dice.roll(10**6):06d} {at}",
            "current_uses": dice.roll(2),
            "max_uses": 1,
            "max_uses_per_customer": 0,
            "created": wire.iso(made + at),
        }
        for at in range(count)
    ]


def banner_rows(world: World) -> list[Row]:
    """`/v2/banners`: dates are UNIX seconds in strings."""
    rows: list[Row] = []
    for id_ in range(1, 1 + BANNERS):
        is_custom = id_ % 3 == 0
        since = world.epoch - id_ * DAY
        rows.append(
            {
                "id": id_,
                "name": f"Banner #{id_}",
                "content": "<p>5 > 3 &amp; “sale” 🎉</p>" if id_ % 2 else "",
                "page": ("home_page", "category_page", "brand_page", "search_page")[id_ % 4],
                "item_id": str(20 + id_) if id_ % 4 in {1, 2} else "0",
                "location": "top" if id_ % 2 else "bottom",
                # One example of the reference has V2's usual form.
                "date_created": wire.rfc2822(since) if id_ == 1 else str(since),
                "date_type": "custom" if is_custom else "always",
                "date_from": str(since) if is_custom else "0",
                "date_to": str(since + 30 * DAY) if is_custom else "0",
                "visible": "0" if id_ == 4 else "1",  # noqa: PLR2004 - the hidden one
            }
        )
    return rows
