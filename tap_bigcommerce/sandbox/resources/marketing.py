"""Coupons, promotions, gift certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.filters import Filter, v2_range, v3
from tap_bigcommerce.sandbox.listing import Answer, Call, Listing, v2_page, v3_page
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store.payments import certificate_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row


def routes(store: Store) -> Iterator[Route]:
    """All marketing endpoints."""
    marketing = store.marketing
    coupons = Listing(
        marketing.coupons,
        marketing.coupon_row,
        {
            **v2_range("id", "int"),
            "id": Filter("id", "eq", "int"),
            "code": Filter("code", "eq", "text"),
            "name": Filter("name", "eq", "text"),
            "type": Filter("type", "eq", "text"),
            "exclude_type": Filter("type", "not", "text"),
        },
    )

    def channelled(id_: int) -> Row:
        row = marketing.promotion_row(id_)
        channels = [channel["id"] for channel in row["channels"]]
        code = row.get("codes", {}).get("code", "")
        return {**row, "channels": channels, "code": code}

    promotions = Listing(
        marketing.promotions,
        channelled,
        {
            **v3("id", "int"),
            **v3("name", "text"),
            **v3("code", "text"),
            **v3("currency_code", "text"),
            **v3("redemption_type", "text"),
            **v3("status", "text"),
            "channels": Filter("channels", "in", "int"),
            "query": Filter("name", "like", "text"),
        },
        sorts=("id", "name", "start_date"),
    )
    certificates = Listing(
        store.orders.gift_certificates,
        lambda id_: certificate_row(store.orders, id_),
        {
            **v2_range("id", "int"),
            **{
                name: Filter(name, "eq", "text")
                for name in ("code", "to_name", "to_email", "from_name", "from_email")
            },
            "order_id": Filter("order_id", "eq", "int"),
        },
        sorts=("id",),
    )
    yield Route("/v2/coupons", scopes.MARKETING, lambda call: v2_page(call, coupons))
    yield Route("/v2/gift_certificates", scopes.MARKETING, lambda call: v2_page(call, certificates))
    yield Route(
        "/v3/promotions",
        scopes.MARKETING,
        lambda call: _promotions(call, promotions),
        max_concurrent=40,
    )


def _promotions(call: Call, listing: Listing) -> Answer:
    return v3_page(call, listing, call.store.marketing.promotion_row)
