"""What hangs on a product: videos, reviews, fields, bulk prices, rules, channels and categories.

Source: REST Catalog API, pages "Products" (with "Videos", "Reviews", "Custom Fields", "Bulk Pricing
Rules", "Complex Rules", "Channel Assignments" and "Category Assignments") and "Product Variants".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar

from tap_bigcommerce.schema.record import Personal, Record, fields_of
from tap_bigcommerce.schema.shapes import Adjuster  # noqa: TC001 (annotations are read at run time)
from tap_bigcommerce.schema.values import or_none, to_integer
from tap_bigcommerce.streams.catalog import (
    USUAL_CAPS,
    BulkPricingRule,
    CustomField,
    OptionValue,
    ProductChild,
    ProductChildStream,
    Products,
    ProductVariants,
    Video,
    uncapped,
)
from tap_bigcommerce.streams.children import Asked, PartStream
from tap_bigcommerce.streams.gaps import Gaps
from tap_bigcommerce.streams.v3 import V3ChildStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.api.pages import Row
    from tap_bigcommerce.tap import TapBigCommerce


class ProductVideo(Video, ProductChild):  # fields of the last base come first
    """A film of `products.videos` as a row of its own."""


class ProductVideos(ProductChildStream):
    """Films on products' pages, taken out of the pages of products."""

    name = "product_videos"
    path = "/v3/catalog/products/{product_id}/videos"
    record = ProductVideo
    embed = {"include": "videos"}
    selected_by_default = False


class ProductCustomField(CustomField, ProductChild):
    """A field of `products.custom_fields` as a row of its own."""


class CustomFields(ProductChildStream):
    """Specifications such as an ISBN, taken out of the pages of products."""

    name = "custom_fields"
    path = "/v3/catalog/products/{product_id}/custom-fields"
    record = ProductCustomField
    embed = {"include": "custom_fields"}


class ProductBulkPricingRule(BulkPricingRule, ProductChild):
    """A rule of `products.bulk_pricing_rules` as a row of its own."""


class BulkPricingRules(ProductChildStream):
    """Lower prices from a quantity on, taken out of the pages of products."""

    name = "bulk_pricing_rules"
    path = "/v3/catalog/products/{product_id}/bulk-pricing-rules"
    record = ProductBulkPricingRule
    embed = {"include": "bulk_pricing_rules"}
    page_limit = None


class RuleCondition(Record):
    """What has to be chosen for a rule to apply: a modifier's value, or a variant."""

    id: int
    rule_id: int
    modifier_id: int
    modifier_value_id: int
    variant_id: int
    combination_id: Annotated[int, "ID of V2's SKU or combination."]


class ComplexRule(ProductChild):
    """What a choice changes: price, weight, picture, or whether it can be bought."""

    id: int
    sort_order: Annotated[int, "Lowest first."]
    enabled: bool
    stop: Annotated[bool, "Whether later rules are skipped once this one applied."]
    purchasing_disabled: bool
    purchasing_disabled_message: str
    purchasing_hidden: bool
    image_url: Annotated[str, "Picture that is shown then."]
    price_adjuster: Adjuster
    weight_adjuster: Adjuster
    conditions: list[RuleCondition]


class ComplexRules(ProductChildStream):
    """Changes of price, weight or sale by what is chosen, one request per product."""

    # Not even a simple product is ruled out: a condition may name its one variant.
    name = "complex_rules"
    path = "/v3/catalog/products/{product_id}/complex-rules"
    record = ComplexRule
    foreign_keys = {
        "conditions.modifier_id": "modifiers.id",
        "conditions.modifier_value_id": "modifier_values.id",
        "conditions.variant_id": "product_variants.id",
    }
    selected_by_default = False


class ProductReview(Record):
    """What one shopper wrote about one product."""

    product_id: int
    title: Annotated[str, Personal]
    text: Annotated[str, Personal]
    status: Annotated[str, "approved, disapproved or pending"]
    rating: Annotated[int, "0 to 5"]
    email: Annotated[str, Personal]
    name: Annotated[str, Personal]
    date_reviewed: datetime
    id: int
    date_created: datetime
    date_modified: datetime


class ProductReviews(V3ChildStream):
    """Shoppers' reviews of products, read whole: whether they move a product's date is unknown."""

    name = "product_reviews"
    path = "/v3/catalog/products/{product_id}/reviews"
    record = ProductReview
    primary_keys = ("product_id", "id")
    scope = ("store_v2_products_read_only",)
    parent = Products
    parent_key = "product_id"
    embed = {"include": "reviews"}

    def __init__(self, tap: TapBigCommerce) -> None:
        """Prepare to learn which fields embedded reviews may lack: no schema says."""
        super().__init__(tap)
        self._gaps = Gaps(fields_of(self.record).keys() - {self.parent_key}, lambda _: ("review",))

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """The product's reviews: as many as it counts, or more, none of them with a gap."""
        rows = uncapped(parent.get("reviews"))
        if rows is None or len(rows) < (or_none(to_integer, parent.get("reviews_count")) or 0):
            return None
        return rows and self._gaps.settle(rows, lambda: self.own_rows(parent))


class ProductChannel(Record):
    """A channel that sells a product."""

    product_id: int
    channel_id: int


class ProductCategory(Record):
    """A category that a product is in."""

    product_id: int
    category_id: int


class AssignmentStream(V3ChildStream):
    """Pairs that products name as lists of ids, and that a list of their own counts."""

    parent = Products
    parent_key = "product_id"
    scope = ("store_v2_products_read_only",)
    # Categories are in every product; rows count as embedded where something is asked for.
    embed = {"include": "channels"}
    named_in: ClassVar[str]
    """Field of the product."""

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """The product's pairs, unless their number might be a cap."""
        ids = parent.get(self.named_in)
        if not isinstance(ids, list) or len(ids) in USUAL_CAPS:
            return None
        (name,) = set(self.keys()) - {self.parent_key}
        wanted = self._channels()
        return [{name: number} for number in ids if not wanted or number in wanted]

    def ask(self, parent: Row) -> Asked:
        """Ask the list for the product's pairs."""
        params = {"product_id:in": str(self.parent.id_of(parent))}
        if self.channel_filter and (wanted := self._channels()):
            params[self.channel_filter] = ",".join(map(str, wanted))
        return Asked(self, self.reader(params, self.tally), parent)

    def _channels(self) -> tuple[int, ...]:
        """What the setting `channel_ids` limits the pairs to."""
        return self.run.settings.channel_ids if self.channel_filter else ()


class ProductChannelAssignments(AssignmentStream):
    """Which channels sell which products, taken out of the pages of products."""

    name = "product_channel_assignments"
    path = counted_by = "/v3/catalog/products/channel-assignments"
    record = ProductChannel
    primary_keys = ("product_id", "channel_id")
    foreign_keys = {"channel_id": "channels.id"}
    named_in = "channels"
    channel_filter = "channel_id:in"


class ProductCategoryAssignments(AssignmentStream):
    """Which products are in which categories, taken out of the pages of products."""

    name = "product_category_assignments"
    path = counted_by = "/v3/catalog/products/category-assignments"
    record = ProductCategory
    primary_keys = ("product_id", "category_id")
    foreign_keys = {"category_id": "categories.category_id"}
    named_in = "categories"


class VariantPart(Record):
    """What a row that is part of a variant begins with."""

    product_id: int
    variant_id: int


class ProductVariantOptionValue(OptionValue, VariantPart):
    """An entry of `product_variants.option_values` as a row of its own."""


class ProductVariantOptionValues(PartStream):
    """What variants are combinations of, such as red and large."""

    name = "product_variant_option_values"
    record = ProductVariantOptionValue
    primary_keys = ("product_id", "variant_id", "option_id")
    whole = ProductVariants
    part = "option_values"
    carries = {"variant_id": "id"}


STREAMS = (
    ProductVideos,
    CustomFields,
    BulkPricingRules,
    ComplexRules,
    ProductReviews,
    ProductChannelAssignments,
    ProductCategoryAssignments,
    ProductVariantOptionValues,
)
