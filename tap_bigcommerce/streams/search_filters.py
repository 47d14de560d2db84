"""By what shoppers can narrow down a list of products; on the plans Pro and Enterprise.

Source: BigCommerce's REST Management API, "Settings" (Search Filters).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar

from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.v3 import NOT_ON_PLAN, V3Stream


class SearchFilter(Record):
    """A filter as the storefront shows it; `type` says which of the later fields it has."""

    id: str
    type: Annotated[str, "product, price, category, brand, rating or other"]
    display_name: str
    is_enabled: bool
    collapsed_by_default: bool
    display_product_count: bool
    items_to_show: Annotated[int, "5, 10 or 15 before a shopper asks for more."]
    sort_by: Annotated[str, "alpha, item_count or, of options, option_values"]
    # From here on with type `other` only.
    show_free_shipping_filter: bool
    show_in_stock_filter: bool
    show_is_featured_filter: bool
    show_product_count: bool


class SearchFilters(V3Stream):
    """Filters of all lists of products that have none of their own."""

    name = "search_filters"
    path = "/v3/settings/search/filters"
    record = SearchFilter
    primary_keys = ("id",)
    scope = ("store_v2_information_read_only",)
    missing_statuses = NOT_ON_PLAN
    page_limit = None
    full_scan = Once()
    selected_by_default = False


class AvailableFilter(Record):
    """What the catalogue could be filtered by."""

    id: str
    name: str
    type: Annotated[str, "category, brand, rating, product, price or other"]
    product_count: Annotated[int, "Absent for price and other."]
    price_range_min: Annotated[Decimal, "For price only."]
    price_range_max: Annotated[Decimal, "For price only."]


class SearchFiltersAvailable(V3Stream):
    """Filters to choose from: categories, brands, prices, options and custom fields."""

    name = "search_filters_available"
    path = "/v3/settings/search/filters/available"
    record = AvailableFilter
    primary_keys = ("id",)
    scope = ("store_v2_information_read_only",)
    missing_statuses = NOT_ON_PLAN
    channel_filter = "channel_id"
    page_limit = None
    full_scan = Once()
    selected_by_default = False


class FilterContext(Record):
    """Where filters are shown in place of the usual ones."""

    channel_id: int
    category_id: int


class ContextualFilters(Record):
    """Filters of a channel, or of a category."""

    # Both are taken out of `context`, so that they can be keys; 0 for whichever is absent.
    channel_id: int
    category_id: int
    context: FilterContext
    data: Annotated[list[SearchFilter], "In the storefront's order."]


class SearchFilterContexts(V3Stream):
    """Filters of channels and categories that have some of their own."""

    # Neither `page` nor `limit` is documented, but answers number their pages.
    name = "search_filter_contexts"
    path = "/v3/settings/search/filters/contexts"
    record = ContextualFilters
    primary_keys = ("channel_id", "category_id")
    foreign_keys = {"channel_id": "channels.id", "category_id": "categories.category_id"}
    key_paths: ClassVar = {
        "channel_id": ("context", "channel_id"),
        "category_id": ("context", "category_id"),
    }
    scope = ("store_v2_information_read_only",)
    missing_statuses = NOT_ON_PLAN
    page_limit = None
    full_scan = Once()
    selected_by_default = False


STREAMS = (SearchFilters, SearchFiltersAvailable, SearchFilterContexts)
