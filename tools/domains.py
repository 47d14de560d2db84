"""Which modules of `tap_bigcommerce/streams` the docs show together, and in which order."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tap_bigcommerce.streams import STREAMS

if TYPE_CHECKING:
    from types import ModuleType

    from tap_bigcommerce.streams.base import BigCommerceStream

    Stream = type[BigCommerceStream]

DOMAINS: dict[str, tuple[str, ...]] = {
    "Products": (
        "catalog",
        "product_parts",
        "product_options",
        "categories",
        "price_lists",
        "customs_and_tax",
        "inventory",
    ),
    "Customers": ("customers", "customer_details", "shoppers"),
    "Orders": (
        "orders",
        "order_children",
        "order_transactions",
        "order_fulfillment",
        "order_quotes",
        "order_messages",
    ),
    "Marketing": ("marketing", "emails"),
    "Content": ("content", "widgets"),
    "Store and channels": ("store", "channels", "sites", "themes", "system", "geography"),
    "Shipping and taxes": ("shipping", "taxes"),
    "Settings": (
        "settings_store",
        "settings_storefront",
        "settings_by_channel",
        "search_filters",
        "carts",
    ),
    "Metafields": ("metafields",),
    "B2B Edition": (
        "b2b_companies",
        "b2b_people",
        "b2b_channels",
        "b2b_orders",
        "b2b_quotes",
        "b2b_invoices",
        "b2b_shopping_lists",
        "b2b_extra_fields",
    ),
}
STRAYS = "More"


def module_of(stream: Stream) -> str:
    """The module's name without its package: that of its page, too."""
    return stream.__module__.rpartition(".")[2]


MODULES: dict[str, ModuleType] = {
    module_of(stream): sys.modules[stream.__module__] for stream in STREAMS
}
"""Modules with streams, by name."""


def streams_of(*modules: str) -> list[Stream]:
    """The streams of these modules in their order."""
    return [stream for stream in STREAMS if module_of(stream) in modules]


def domains() -> dict[str, list[Stream]]:
    """Streams by domain; those of modules that are in none come last."""
    listed = {module for modules in DOMAINS.values() for module in modules}
    strays = tuple(module for module in MODULES if module not in listed)
    found = {domain: streams_of(*modules) for domain, modules in DOMAINS.items()}
    return {**found, STRAYS: streams_of(*strays)} if strays else found
