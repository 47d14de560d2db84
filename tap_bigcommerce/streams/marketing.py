"""Reductions: coupons, promotions and gift certificates; and banners.

Source: BigCommerce's REST Management API, "Marketing" (Coupons, Gift Certificates, Banners),
"Promotions" (with "Coupon Codes") and "Promotion Settings".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, cast

from tap_bigcommerce.scans import Bounds, CheckedPages, Cursor, Keyset
from tap_bigcommerce.schema.record import Personal, Record, fields_of
from tap_bigcommerce.streams.per_parent import PerParentStream
from tap_bigcommerce.streams.singletons import OfStore, V3Singleton
from tap_bigcommerce.streams.v2 import V2_IDS, V2Stream
from tap_bigcommerce.streams.v3 import V3Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans.reader import Reader


class CouponTarget(Record):
    """Products or categories that a coupon makes cheaper."""

    ids: list[int]
    entity: Annotated[str, "products or categories"]


class CouponRestriction(Record):
    """Where a coupon is valid; null for everywhere, which comes as an empty array."""

    countries: Annotated[str, "ISO 3166-1 alpha-2; a list is kept as JSON text"]


class Coupon(Record):
    """A code of the older kind. Those of type promotion only point to a promotion's code."""

    id: int
    date_created: datetime
    num_uses: int
    name: str
    type: Annotated[
        str,
        "per_item_discount, percentage_discount, per_total_discount, shipping_discount, "
        "free_shipping, or promotion, whose other fields hold nothing of use",
    ]
    amount: Annotated[Decimal, "Money, or a percentage for type percentage_discount."]
    min_purchase: Decimal
    expires: Annotated[datetime, "Null when it never does."]
    enabled: bool
    code: str
    applies_to: CouponTarget
    max_uses: int
    max_uses_per_customer: int
    restricted_to: CouponRestriction
    shipping_methods: list[str]


class PromotionChannel(Record):
    """A channel in which a promotion runs."""

    id: int


class PromotionCustomer(Record):
    """Who is eligible for a promotion."""

    group_ids: Annotated[list[int], "Only these groups; 0 is who has none, guests included."]
    minimum_order_count: Annotated[int, "Completed orders that the customer must have."]
    excluded_group_ids: list[int]
    # `id` with a list of segments, or `not`, `and`, `or` around further ones of these.
    segments: Annotated[dict, "Segments combined with not, and, or, one inside another."]  # type: ignore[type-arg]  # of no fixed shape


class PromotionRule(Record):
    """What a promotion does, and what the cart must hold for it."""

    # One of five actions, most with item matchers that nest not, and, or.
    action: Annotated[dict, "cart_value, cart_items, gift_item, fixed_price_set or shipping"]  # type: ignore[type-arg]  # of no fixed shape
    apply_once: Annotated[bool, "False repeats the rule as often as the cart satisfies it."]
    stop: Annotated[bool, "Whether later rules are skipped once this one applied."]
    # A cart with item matchers as above, or `and` around conditions.
    condition: Annotated[dict, "cart, or `and` with a list of conditions"]  # type: ignore[type-arg]  # of no fixed shape


class PromotionNotification(Record):
    """A message on the storefront about a promotion."""

    content: str
    type: Annotated[str, "UPSELL, ELIGIBLE or APPLIED"]
    locations: Annotated[list[str], "HOME_PAGE, PRODUCT_PAGE, CART_PAGE, CHECKOUT_PAGE"]


class PromotionCountry(Record):
    """A country of a promotion's shipping addresses."""

    iso2_country_code: str


class PromotionCountries(Record):
    """Countries that a promotion names."""

    countries: list[PromotionCountry]


class PromotionAddress(Record):
    """Shipping addresses that a promotion asks for: in `countries`, or not in those of `not`."""

    countries: list[PromotionCountry]
    # `not` is a keyword, so it cannot be annotated as its neighbour is.
    __annotations__["not"] = "PromotionCountries"


class PromotionSchedule(Record):
    """Weekdays and hours in which a promotion runs."""

    week_frequency: Annotated[int, "Every so many weeks."]
    week_days: Annotated[list[str], "Monday to Sunday, spelled out"]
    daily_start_time: Annotated[str, "hh:mm:ss"]
    daily_end_time: Annotated[str, "hh:mm:ss"]


class PromotionCode(Record):
    """A code that lets a shopper use a promotion."""

    id: int
    code: str
    current_uses: int
    max_uses: Annotated[int, "0 for no limit."]
    max_uses_per_customer: Annotated[int, "0 for no limit."]
    created: datetime


class MultipleCodes(Record):
    """Whether a promotion was made for many codes."""

    has_multiple_codes: bool


class Promotion(Record):
    """A reduction by rules: applied to carts as they are (AUTOMATIC) or by code (COUPON)."""

    id: int
    redemption_type: Annotated[str, "AUTOMATIC or COUPON"]
    name: Annotated[str, "The merchant's name for it."]
    display_name: Annotated[str, "The name that shoppers see."]
    channels: Annotated[list[PromotionChannel], "None of them means every channel."]
    customer: PromotionCustomer
    rules: Annotated[list[PromotionRule], "In the order in which they are tried."]
    current_uses: int
    max_uses: int
    status: Annotated[str, "ENABLED, DISABLED, or INVALID, which BigCommerce alone sets"]
    start_date: datetime
    end_date: Annotated[datetime, "Null when it never ends."]
    stop: Annotated[bool, "Whether later promotions are skipped once this one applied."]
    can_be_used_with_other_promotions: bool
    currency_code: Annotated[str, "ISO 4217, or * for every currency"]
    notifications: list[PromotionNotification]
    shipping_address: PromotionAddress
    schedule: PromotionSchedule
    created_from: Annotated[str, "react_ui, legacy_ui or api"]
    # From here on with redemption_type COUPON only.
    codes: Annotated[PromotionCode, "The one code; absent when there may be many."]
    coupon_overrides_other_promotions: bool
    coupon_overrides_automatic_when_offering_higher_discounts: Annotated[
        bool, "Deprecated: see coupon_overrides_other_promotions."
    ]
    multiple_codes: MultipleCodes
    coupon_type: Annotated[str, "SINGLE or BULK: one code or many"]


class GiftCertificate(Record):
    """Money under a code that anyone may redeem who has it."""

    to_name: Annotated[str, Personal]
    to_email: Annotated[str, Personal]
    from_name: Annotated[str, Personal]
    from_email: Annotated[str, Personal]
    amount: Annotated[Decimal, "What it was worth when it was made."]
    id: int
    customer_id: Annotated[int, "The buyer; 0 when that is no account."]
    order_id: Annotated[int, "The order that sold it; 0 when none did."]
    balance: Annotated[Decimal, "What is left to spend."]
    purchase_date: datetime
    expiry_date: datetime
    template: Annotated[str, "The e-mail's theme, such as birthday.html."]
    message: Annotated[str, Personal]
    code: str
    status: Annotated[str, "active, pending, disabled or expired"]
    currency_code: str


class Coupons(V2Stream):
    """Coupon codes with their uses. What a code of type promotion does is in `promotions`."""

    # No modification date, and num_uses grows: new ids alone would miss it. Full table.
    name = "coupons"
    path = "/v2/coupons"
    record = Coupon
    primary_keys = ("id",)
    scope = ("store_v2_marketing_read_only",)
    full_scan = Keyset(V2_IDS)


class Promotions(V3Stream):
    """Automatic and coupon promotions with their rules; codes of bulk ones are not in them."""

    name = "promotions"
    path = "/v3/promotions"
    record = Promotion
    primary_keys = ("id",)
    foreign_keys = {
        "channels.id": "channels.id",
        "customer.group_ids": "customer_groups.id",
        "customer.excluded_group_ids": "customer_groups.id",
    }
    scope = ("store_v2_marketing_read_only",)
    channel_filter = "channels"  # lets those through that hold for all channels, too
    at_once = 40
    full_scan = CheckedPages(sort={"sort": "id", "direction": "asc"})


class GiftCertificates(V2Stream):
    """Gift certificates with what is left of them. Whoever knows a `code` can spend it."""

    # No modification date, and balances shrink: new ids alone would miss it. Full table.
    name = "gift_certificates"
    path = "/v2/gift_certificates"
    record = GiftCertificate
    primary_keys = ("id",)
    foreign_keys = {"customer_id": "customers.id", "order_id": "orders.id"}
    outlives = frozenset({"customer_id", "order_id"})
    scope = ("store_v2_marketing_read_only",)
    full_scan = Keyset(replace(V2_IDS, ascending={"sort": "id", "direction": "asc"}))


class CodeOfPromotion(PromotionCode):
    """A code with the promotion that it is for."""

    promotion_id: int


class PromotionCodes(PerParentStream):
    """Codes of coupon promotions: the one of a promotion, or thousands, each for one shopper."""

    name = "promotion_codes"
    path = "/v3/promotions/{promotion_id}/codes"
    record = CodeOfPromotion
    primary_keys = ("promotion_id", "id")
    foreign_keys = {"promotion_id": "promotions.id"}
    parent_key = "promotion_id"
    scope = ("store_v2_marketing_read_only",)
    at_once = 10
    full_scan = Cursor()

    def walk(
        self,
        reader: Reader,
        bounds: Bounds,
        ids: Callable[[], Iterator[int]],  # noqa: ARG002 (of all promotions, most without codes)
    ) -> Iterator[Page]:
        """The code that a promotion's row says to be its only one; then the lists of the others."""
        # Not by `redemption_type`: the reference has the filter take `coupon`, and rows say COUPON.
        promotions = cast("Promotions", self.run.stream(Promotions))
        others: list[int] = []
        for page in promotions.full_scan.pages(promotions.reader({}, self.tally), Bounds()):
            rows = []
            for promotion in page.rows:
                if promotion.get("redemption_type") == "AUTOMATIC":
                    continue
                key = Promotions.id_of(promotion)
                if (code := only_code(promotion)) is None:
                    others.append(key)
                else:
                    rows.append({**code, self.parent_key: key})
            yield replace(page, rows=rows)
        yield from super().walk(reader, bounds, lambda: iter(others))


def only_code(promotion: Row) -> Row | None:
    """The code of a promotion with a single one, where the promotion's row has all of it."""
    code, several = promotion.get("codes"), promotion.get("multiple_codes") or {}
    is_single = promotion.get("coupon_type") == "SINGLE" and not several.get("has_multiple_codes")
    is_whole = isinstance(code, dict) and fields_of(PromotionCode).keys() <= code.keys()
    return code if is_single and is_whole else None


class PromotionSetting(OfStore):
    """How promotions go together."""

    promotions_apply_on_products_with_custom_product_price: bool
    promotions_triggered_by_products_with_zero_product_price: bool
    number_of_coupons_allowed_at_checkout: int
    promotions_applied_on_original_product_price: Annotated[
        bool, "False: each is applied to what the one before it left of the price."
    ]


class PromotionSettings(V3Singleton):
    """What promotions are allowed to do, for the whole store."""

    name = "promotion_settings"
    path = "/v3/promotions/settings"
    record = PromotionSetting
    scope = ("store_v2_marketing_read_only",)
    selected_by_default = False


class Banner(Record):
    """A block of HTML at the top or bottom of storefront pages."""

    id: int
    date_created: datetime
    name: str
    content: Annotated[str, "HTML."]
    page: Annotated[str, "home_page, category_page, brand_page or search_page"]
    location: Annotated[str, "top or bottom"]
    date_type: Annotated[str, "always or custom"]
    date_from: Annotated[datetime, "For custom."]
    date_to: Annotated[datetime, "For custom."]
    visible: bool
    item_id: Annotated[int, "The one category or brand; 0 for none."]


class Banners(V2Stream):
    """Banners of the storefront."""

    name = "banners"
    path = "/v2/banners"
    record = Banner
    primary_keys = ("id",)
    scope = ("store_v2_marketing_read_only",)
    full_scan = Keyset(V2_IDS)
    selected_by_default = False


STREAMS = (Coupons, Promotions, GiftCertificates, PromotionCodes, PromotionSettings, Banners)
