"""What a test of a connection asks for, and what an answer says of the scope that it stands for.

One list for each scope, as streams of one scope are open or closed together.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from enum import StrEnum

from tap_bigcommerce.api.errors import ApiError, Forbidden, NotFound, TokenRejected, Unreachable

if t.TYPE_CHECKING:
    from tap_bigcommerce.streams.base import BigCommerceStream

INFORMATION: t.Final = "store_v2_information_read_only"
B2B_EDITION: t.Final = "B2B Edition"
"""Asked about where a stream of it is selected alone: most stores do not have it."""
ANYONE: t.Final = ""
"""In place of a scope, for what every token of the store may read."""
PROBED_BY: t.Final = {
    INFORMATION: "store_information",
    "store_v2_products_read_only": "products",
    "store_inventory_read_only": "inventory_items",
    "store_locations_read_only": "inventory_locations",
    "store_v2_customers_read_only": "customers",
    "store_v2_customers": "segment_shopper_profiles",
    "store_stored_payment_instruments_read_only": "customer_stored_instruments",
    "store_v2_orders_read_only": "orders",
    "store_v2_transactions_read_only": "order_transactions",
    "store_order_fulfillment_read_only": "order_pickups",
    "store_v2_marketing_read_only": "coupons",
    "store_content_checkout_read_only": "checkout_settings",
    "store_v2_content_read_only": "pages",
    "store_themes_read_only": "themes",
    "store_channel_settings_read_only": "channels",
    "store_channel_listings_read_only": "channel_listings",
    "store_sites_read_only": "sites",
    "store_payments_methods_read": "payment_methods",
    "store_logs_read_only": "store_logs",
    "store_infrastructure_projects_read_only": "infrastructure_projects",
    "store_fulfillment_methods_read_only": "pickup_methods",
    "store_cart_read_only": "cart_metafields",
    B2B_EDITION: "b2b_payment_methods",
    ANYONE: "webhooks",
}
"""For each scope a stream that needs no other, and that every plan has if any of them has."""
FILTERS: t.Final = {"order_pickups": {"order_id:in": "1"}}
"""Of lists that have no pages and may be long."""
BY_PLAN: t.Final = {
    # First, because its rows lead to the probe for the right to modify customers.
    "segments": ("segments", "shopper_profiles", "segment_shopper_profiles"),
    "customer_groups": ("customer_groups",),
    "price_lists": ("price_lists", "price_list_records", "price_list_assignments"),
    # Last: a plan with segments has them, too, so that they can be left out for want of requests.
    "search_filters": ("search_filters", "search_filters_available", "search_filter_contexts"),
}
"""Lists that only some plans have, and the streams that they stand for.

Source: BigCommerce docs, "Currencies", "Customer segmentation", "Contextual filters"; REST
Management API, "Customer Groups".
"""
MADE_UP: t.Final = {"segment_id": "00000000-0000-4000-8000-000000000000"}
"""Ids in paths where the store has no row to take them from; numbers are 1."""

_OF_PLAN: t.Final = re.compile(r"\b(plan|upgrade|enterprise)\b", re.IGNORECASE)
_LIMIT_OF_PLAN: t.Final = 507
_UNDERSTOOD: t.Final = frozenset({400, 409, 422})
"""Who may ask is looked at before what is asked, which may be about ids that are made up."""
_REDIRECTS: t.Final = range(300, 400)


class Verdict(StrEnum):
    """What a scope, and with it a stream, was found to be."""

    READABLE = "readable"
    NO_SCOPE = "scope missing"
    NOT_ON_PLAN = "not on this plan"
    WRONG_TOKEN = "token wrong"  # noqa: S105 - words
    WRONG_STORE = "store unknown"
    UNREACHABLE = "host unreachable"
    UNANSWERED = "no answer"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, and the sentence of the error behind it."""

    verdict: Verdict
    words: str = ""

    @property
    def is_readable(self) -> bool:
        """Whether rows would have come."""
        return self.verdict is Verdict.READABLE


READABLE: t.Final = Finding(Verdict.READABLE)
NOT_ASKED: t.Final = Finding(Verdict.UNANSWERED, "Not asked for.")
FOR_ALL: t.Final = frozenset({Verdict.WRONG_TOKEN, Verdict.WRONG_STORE, Verdict.UNREACHABLE})
"""Verdicts of the first answer that no other answer would change."""


def verdict_on(error: ApiError, stream: BigCommerceStream) -> Verdict:
    """What an error says of the scope that a stream stands for."""
    status = error.status or 0
    is_made_up = "{" in stream.path or stream.name in FILTERS
    verdict = Verdict.UNANSWERED
    if isinstance(error, TokenRejected):
        verdict = Verdict.WRONG_TOKEN
    elif isinstance(error, Unreachable) or status in _REDIRECTS:
        verdict = Verdict.UNREACHABLE
    elif isinstance(error, Forbidden):
        verdict = Verdict.NOT_ON_PLAN if _OF_PLAN.search(error.said) else Verdict.NO_SCOPE
    elif isinstance(error, NotFound) and stream.name == PROBED_BY[INFORMATION]:
        verdict = Verdict.WRONG_STORE  # every store has it
    elif is_made_up and (status in _UNDERSTOOD or isinstance(error, NotFound)):
        verdict = Verdict.READABLE
    elif isinstance(error, NotFound) or status == _LIMIT_OF_PLAN:
        verdict = Verdict.NOT_ON_PLAN
    return verdict
