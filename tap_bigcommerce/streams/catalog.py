"""Products with their variants and images, brands, and the catalogue in figures.

Source: REST Catalog API, pages "Products" (with "Images", "Videos", "Custom Fields", "Bulk Pricing
Rules" and "Summary"), "Product Variants" (with "Variants (Batch)") and "Brands".
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

from tap_bigcommerce.scans import IdRanges, ReanchoredTime
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.singletons import OfStore, V3Singleton
from tap_bigcommerce.streams.v3 import V3_IDS, V3_MODIFIED, V3ChildStream, V3Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.api.pages import Row

PRODUCT_ORDER: Final = {"sort": "date_modified", "direction": "asc"}
USUAL_CAPS: Final = frozenset({50, 100, 250})
"""No cap on embedded rows is documented; a list of just this length might be a cut one."""


class CustomUrl(Record):
    """Where the storefront shows a product or a brand."""

    url: Annotated[str, "Path without the host."]
    is_customized: Annotated[bool, "False: the path that BigCommerce made of the name."]


class ProductUrl(CustomUrl):
    """Where the storefront shows a product."""

    create_redirect: Annotated[bool, "Whether a change of the URL keeps the old one working."]


class CustomField(Record):
    """A named text that the product page shows as a specification."""

    id: int
    name: str
    value: str


class BulkPricingRule(Record):
    """A lower price from a quantity on."""

    id: int
    quantity_min: Annotated[int, "Inclusive."]
    quantity_max: Annotated[int, "Inclusive; 0 for no upper bound."]
    type: Annotated[str, "price: off each piece, percent: off the price, fixed: the new price"]
    amount: Annotated[Decimal, "For percent a fraction by the reference: 0.1 is 10 %."]


class Image(Record):
    """An uploaded picture and the sizes that BigCommerce made of it."""

    id: int
    product_id: int
    is_thumbnail: Annotated[bool, "True for the product's main image."]
    sort_order: Annotated[int, "Lowest first."]
    description: str
    image_file: Annotated[str, "Path of the original on BigCommerce's side."]
    url_zoom: str
    url_standard: str
    url_thumbnail: str
    url_tiny: str
    date_modified: datetime


class GalleryImage(Image):
    """One of all images of a product."""

    # The schema has `image_url` and no `image_file`, the examples and real answers the reverse.
    image_url: str


class Video(Record):
    """A film on a video site, shown on the product page."""

    title: str
    description: str
    sort_order: Annotated[int, "Lowest first."]
    type: Annotated[str, "youtube"]
    video_id: Annotated[str, "The site's own ID."]
    id: int
    product_id: int
    length: Annotated[str, "Running time as the site words it."]


class ParentRelation(Record):
    """A product that offers this one as an option or modifier of its own (a pick list)."""

    type: Annotated[str, "variant_option or modifier"]
    product_id: Annotated[int, "The parent's."]
    attribute_id: Annotated[int, "The parent's variant option or modifier."]


class Product(Record):
    """What the store sells, as a whole; each form that can be bought is a variant."""

    id: int
    name: str
    type: Annotated[str, "physical or digital"]
    sku: str
    description: Annotated[str, "HTML."]
    weight: Annotated[Decimal, "In the store's unit of weight."]
    width: Annotated[Decimal, "In the store's unit of length."]
    depth: Decimal
    height: Decimal
    price: Annotated[Decimal, "With or without tax, as the store is set."]
    cost_price: Decimal
    retail_price: Annotated[Decimal, "0 when not set."]
    sale_price: Annotated[Decimal, "0 when not set."]
    map_price: Annotated[Decimal, "Lowest price that may be advertised."]
    tax_class_id: Annotated[int, "No meaning while taxes are automatic."]
    product_tax_code: Annotated[str, "Code of a tax provider such as Avalara."]
    categories: Annotated[list[int], "IDs of categories."]
    brand_id: Annotated[int, "0 for no brand."]
    # `brand_name` is left out: it is only written, in place of the ID.
    # The reference says "default location", the inventory guide "all that can be sold".
    inventory_level: Annotated[int, "May be the default location's only; see inventory_items."]
    inventory_warning_level: int
    inventory_tracking: Annotated[str, "none, product or variant: where stock is counted"]
    fixed_cost_shipping_price: Decimal
    is_free_shipping: bool
    is_visible: bool
    is_featured: bool
    related_products: Annotated[list[int], "IDs of products; -1 is no product's."]
    warranty: Annotated[str, "HTML."]
    bin_picking_number: str
    layout_file: str
    upc: str
    search_keywords: Annotated[str, "Separated by commas."]
    availability_description: str
    availability: Annotated[str, "available, disabled or preorder"]
    gift_wrapping_options_type: Annotated[str, "any, none or list"]
    gift_wrapping_options_list: Annotated[list[int], "IDs, when the type is list."]
    sort_order: Annotated[int, "Lowest first."]
    condition: Annotated[str, "New, Used or Refurbished"]
    is_condition_shown: bool
    order_quantity_minimum: int
    order_quantity_maximum: Annotated[int, "0 for no maximum."]
    page_title: str
    meta_keywords: list[str]
    meta_description: str
    view_count: Annotated[int, "Deprecated by BigCommerce."]
    preorder_release_date: datetime
    preorder_message: str
    is_preorder_only: Annotated[bool, "True: pre-ordering ends by itself on the release date."]
    is_price_hidden: bool
    price_hidden_label: Annotated[str, "Shown in place of a hidden price."]
    custom_url: ProductUrl
    open_graph_type: Annotated[str, "product, album, book, drink, food, game, movie, ..."]
    open_graph_title: str
    open_graph_description: str
    open_graph_use_meta_description: bool
    open_graph_use_product_name: bool
    open_graph_use_image: bool
    gtin: Annotated[str, "Global Trade Item Number."]
    mpn: Annotated[str, "Manufacturer's part number."]
    date_last_imported: datetime
    reviews_rating_sum: Annotated[Decimal, "Divide by reviews_count for the average."]
    reviews_count: int
    total_sold: int
    custom_fields: list[CustomField]
    bulk_pricing_rules: list[BulkPricingRule]
    images: list[GalleryImage]
    primary_image: Image
    videos: list[Video]
    parent_relations: list[ParentRelation]
    date_created: datetime
    date_modified: Annotated[datetime, "Need not move when a variant changes."]
    base_variant_id: Annotated[int, "Null when the product has options."]
    calculated_price: Annotated[Decimal, "Sale price if there is one, else the price."]
    # `options` and `modifiers` are not asked for: they cut the page to 10 products. `variants`
    # and `reviews` are not either. All four are streams of their own.
    option_set_id: Annotated[int, "Left from V2."]
    option_set_display: Annotated[str, "Left from V2."]
    channels: Annotated[list[int], "IDs of the channels that sell the product."]


class Products(V3Stream):
    """Products with images, videos, custom fields, bulk prices, channels and parents inside."""

    name = "products"
    path = "/v3/catalog/products"
    include = (
        "bulk_pricing_rules",
        "channels",
        "custom_fields",
        "images",
        "parent_relations",
        "primary_image",
        "videos",
    )
    time = V3_MODIFIED
    full_scan = IdRanges(V3_IDS, V3_MODIFIED)
    changed_scan = ReanchoredTime(V3_MODIFIED, PRODUCT_ORDER, V3_IDS)
    channel_filter = "channel_id:in"
    id_params = {"include_fields": "sku"}  # ids come anyway; `id` itself is no value of it
    record = Product
    primary_keys = ("id",)
    foreign_keys = {
        "tax_class_id": "tax_classes.id",
        "categories": "categories.category_id",
        "brand_id": "brands.id",
        "related_products": "products.id",
        "parent_relations.product_id": "products.id",
        "base_variant_id": "product_variants.id",
        "channels": "channels.id",
    }
    replication_key = "date_modified"
    scope = ("store_v2_products_read_only",)

    def normalise(self, row: Row) -> Row:
        """The row without what streams of their own have embedded."""
        own = row.copy()
        for name in ("variants", "reviews"):
            own.pop(name, None)
        return own


class ProductChild(Record):
    """What every row that belongs to a product begins with."""

    product_id: int
    product_date_modified: datetime


class ProductChildStream(V3ChildStream):
    """Rows that belong to a product and change with it."""

    primary_keys = ("product_id", "id")
    replication_key = parent_date = "product_date_modified"
    parent = Products
    parent_key = "product_id"
    scope = ("store_v2_products_read_only",)

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """The product's rows, unless their number might be a cap."""
        return uncapped(parent.get(self.embed["include"])) if self.embed else None


def uncapped(rows: object) -> list[Row] | None:
    """Embedded rows of which none was cut off, as far as their number shows."""
    if not isinstance(rows, list) or len(rows) in USUAL_CAPS:
        return None
    return rows if all(isinstance(row, dict) for row in rows) else None


class OptionValue(Record):
    """What was chosen for one option, such as red for colour."""

    option_display_name: str
    label: str
    id: int
    option_id: int


class ProductVariant(Record):
    """A form of a product that can be bought; null prices and measures are the product's."""

    id: int
    product_id: int
    cost_price: Decimal
    price: Decimal
    sale_price: Decimal
    retail_price: Decimal
    map_price: Decimal  # in the reference's examples of a product's own list only
    weight: Decimal
    width: Decimal
    height: Decimal
    depth: Decimal
    is_free_shipping: bool
    fixed_cost_shipping_price: Decimal
    purchasing_disabled: bool
    purchasing_disabled_message: str
    upc: str
    image_url: str  # in the schema of a product's own list only, as mpn, gtin, calculated_weight
    inventory_level: Annotated[int, "May be the default location's only; see inventory_items."]
    inventory_warning_level: int
    bin_picking_number: str
    mpn: Annotated[str, "Manufacturer's part number."]
    gtin: Annotated[str, "Global Trade Item Number."]
    sku: str
    sku_id: Annotated[int, "ID of V2's SKU; null for a base variant."]
    option_values: Annotated[list[OptionValue], "Empty for a base variant."]
    calculated_price: Annotated[Decimal, "After sale price and price rules."]
    calculated_weight: Decimal


class ProductVariants(V3ChildStream):
    """Variants of all products, read whole: neither they nor their product date a change."""

    name = "product_variants"
    path = "/v3/catalog/products/{product_id}/variants"
    record = ProductVariant
    primary_keys = ("id",)
    foreign_keys = {
        "option_values.option_id": "product_options.id",
        "option_values.id": "product_option_values.id",
    }
    scope = ("store_v2_products_read_only",)
    parent = Products
    parent_key = "product_id"
    embed = {"include": "variants"}
    counted_by = "/v3/catalog/variants"

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """The product's variants, unless their number might be a cap; there is always one."""
        return uncapped(parent.get("variants")) or None


class ProductImage(GalleryImage, ProductChild):  # fields of the last base come first
    """An image of `products.images` as a row of its own."""


class ProductImages(ProductChildStream):
    """Images of products, taken out of the pages of products."""

    name = "product_images"
    path = "/v3/catalog/products/{product_id}/images"
    record = ProductImage
    embed = {"include": "images"}


class Brand(Record):
    """A maker, with its page on the storefront."""

    id: int
    name: str
    page_title: str
    meta_keywords: list[str]
    meta_description: str
    search_keywords: Annotated[str, "Separated by commas."]
    image_url: str
    custom_url: CustomUrl


class Brands(V3Stream):
    """Makers of products."""

    name = "brands"
    path = "/v3/catalog/brands"
    record = Brand
    primary_keys = ("id",)
    scope = ("store_v2_products_read_only",)


class Summary(OfStore):
    """Counts, prices and dates over all variants."""

    inventory_count: Annotated[int, "Pieces of all variants."]
    inventory_value: Decimal
    primary_category_id: Annotated[int, "The category with the most products."]
    primary_category_name: str
    variant_count: int
    highest_variant_price: Decimal
    average_variant_price: Decimal
    lowest_variant_price: Decimal
    oldest_variant_date: datetime
    newest_variant_date: datetime


class CatalogSummary(V3Singleton):
    """One row: how many variants there are, at which prices, and what the stock is worth."""

    name = "catalog_summary"
    path = "/v3/catalog/summary"
    record = Summary
    foreign_keys = {"primary_category_id": "categories.category_id"}
    scope = ("store_v2_products_read_only",)
    selected_by_default = False


STREAMS = (Products, ProductVariants, ProductImages, Brands, CatalogSummary)
