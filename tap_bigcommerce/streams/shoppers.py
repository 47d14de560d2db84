"""Shoppers as marketing sees them: segments, their members, and wishlists.

Segments and shopper profiles are a feature of BigCommerce's Enterprise plans.

Source: BigCommerce's REST Management API, "Customer Segmentation" and "Wishlists".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.api.pages import decode, read_v3
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.v3 import NOT_ON_PLAN, V3ChildStream, V3Stream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_bigcommerce.api.pages import Page, Parse


class Segment(Record):
    """Shoppers that promotions and prices can be made for."""

    id: Annotated[str, "UUID"]
    name: str
    description: str
    created_at: datetime
    updated_at: datetime


class Segments(V3Stream):
    """Groups of shoppers for promotions; a thousand at most."""

    # `updated_at` is no filter: every row is read anyway. Full table.
    name = "segments"
    path = "/v3/segments"
    record = Segment
    primary_keys = ("id",)
    scope = ("store_v2_customers_read_only",)
    missing_statuses = NOT_ON_PLAN
    selected_by_default = False


class ShopperProfile(Record):
    """The side of a customer that can be in segments."""

    id: Annotated[str, "UUID"]
    customer_id: int
    created_at: datetime
    updated_at: datetime


class ShopperProfiles(V3Stream):
    """Profiles of registered customers; who buys as a guest has none."""

    # `updated_at` is no filter: every row is read anyway. Full table.
    name = "shopper_profiles"
    path = "/v3/shopper-profiles"
    record = ShopperProfile
    primary_keys = ("id",)
    foreign_keys = {"customer_id": "customers.id"}
    scope = ("store_v2_customers_read_only",)
    missing_statuses = NOT_ON_PLAN
    selected_by_default = False


class SegmentShopperProfile(Record):
    """A profile as the member of one segment."""

    segment_id: Annotated[str, "UUID"]
    id: Annotated[str, "UUID of the profile."]
    customer_id: int
    created_at: datetime
    updated_at: datetime


class SegmentShopperProfiles(V3ChildStream):
    """Who is in which segment; BigCommerce wants the right to modify customers for it."""

    name = "segment_shopper_profiles"
    path = "/v3/segments/{segment_id}/shopper-profiles"
    record = SegmentShopperProfile
    primary_keys = ("segment_id", "id")
    foreign_keys = {"id": "shopper_profiles.id", "customer_id": "customers.id"}
    parent = Segments
    parent_key = "segment_id"
    scope = ("store_v2_customers",)
    missing_statuses = NOT_ON_PLAN
    selected_by_default = False


class WishlistItem(Record):
    """A product on a wishlist."""

    id: int
    product_id: int
    variant_id: int


class Wishlist(Record):
    """What one customer would like to have."""

    id: int
    customer_id: int
    name: Annotated[str, Personal]
    is_public: bool
    token: Annotated[str, "Part of the address that a public list is shared by."]
    items: list[WishlistItem]


def read_wishlists(bodies: Iterable[bytes], limit: int | None, parse: Parse = decode) -> Page:
    """Page of wishlists. The reference counts 0 rows beside five of them: then nothing counts."""
    page = read_v3(bodies, limit, parse)
    if page.total is None or page.total >= len(page.rows):
        return page
    return replace(page, total=None, total_pages=None)


class Wishlists(V3Stream):
    """Wishlists of customers with their items."""

    name = "wishlists"
    path = "/v3/wishlists"
    decode = staticmethod(read_wishlists)
    record = Wishlist
    primary_keys = ("id",)
    foreign_keys = {
        "customer_id": "customers.id",
        "items.product_id": "products.id",
        "items.variant_id": "product_variants.id",
    }
    outlives = frozenset({"items.product_id", "items.variant_id"})
    scope = ("store_v2_customers_read_only",)


STREAMS = (Segments, ShopperProfiles, SegmentShopperProfiles, Wishlists)
