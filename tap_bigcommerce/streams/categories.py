"""Categories: the trees that they grow in, and the order in which each shows its products.

Source: REST Catalog API, "Category Trees" and page "Categories" (with "Product Sort Order").
"""

from __future__ import annotations

from typing import Annotated

from tap_bigcommerce.scans import CheckedPages, Once
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.v3 import V3ChildStream, V3Stream


class CategoryTree(Record):
    """A menu of categories, shown by a channel at most."""

    id: int
    name: str
    channels: Annotated[list[int], "IDs of the channels that show it."]


class CategoryTrees(V3Stream):
    """Trees of categories and the channels that show them."""

    name = "category_trees"
    path = "/v3/catalog/trees"
    record = CategoryTree
    primary_keys = ("id",)
    foreign_keys = {"channels": "channels.id"}
    channel_filter = "channel_id:in"
    scope = ("store_v2_products_read_only",)
    page_limit = None
    full_scan = Once()


class CategoryUrl(Record):
    """Where the storefront shows a category."""

    path: str
    is_customized: Annotated[bool, "False: the path that BigCommerce made of the name."]


class Category(Record):
    """A node of a category tree, with its page on the storefront."""

    category_id: int
    category_uuid: str
    name: str
    tree_id: int
    parent_id: Annotated[int, "0 at the top of the tree."]
    description: Annotated[str, "HTML."]
    views: int
    sort_order: Annotated[int, "Lowest first."]
    page_title: str
    meta_keywords: list[str]
    meta_description: str
    layout_file: str
    image_url: str
    is_visible: bool
    search_keywords: Annotated[str, "Separated by commas."]
    default_product_sort: Annotated[str, "use_store_settings, featured, newest, price_asc, ..."]
    url: CategoryUrl


class Categories(V3Stream):
    """Categories of all trees, so of all channels."""

    name = "categories"
    path = "/v3/catalog/trees/categories"
    record = Category
    primary_keys = ("category_id",)
    foreign_keys = {"tree_id": "category_trees.id", "parent_id": "categories.category_id"}
    scope = ("store_v2_products_read_only",)
    id_field = "category_id"
    full_scan = CheckedPages(key="category_id")


class CategoryProduct(Record):
    """Where a product stands in a category that is sorted by featured items."""

    category_id: int
    product_id: int
    sort_order: Annotated[int, "Lowest first; null, behind all others, where nobody set one."]


class CategoryProductSortOrders(V3ChildStream):
    """Places of products in categories, one request per category."""

    name = "category_product_sort_orders"
    path = "/v3/catalog/categories/{category_id}/products/sort-order"
    record = CategoryProduct
    primary_keys = ("category_id", "product_id")
    foreign_keys = {"product_id": "products.id"}
    scope = ("store_v2_products_read_only",)
    parent = Categories
    parent_key = "category_id"
    selected_by_default = False
    # They come by their place, so that any of them may be pushed to another page.
    pages_of_parent = CheckedPages(key="product_id")


STREAMS = (CategoryTrees, Categories, CategoryProductSortOrders)
