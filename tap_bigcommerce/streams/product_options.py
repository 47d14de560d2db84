"""What shoppers choose or enter when they buy a product: options and modifiers.

A combination of option values is a variant; modifiers change what is done to it, not which one
it is.

Source: REST Catalog API, pages "Product Variant Options" and "Product Modifiers" (with "Configs"
and "Option Values"), and parameter `include` of "Get All Products".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.api.errors import NotFound
from tap_bigcommerce.scans import Bounds, CheckedPages
from tap_bigcommerce.schema.record import Record, fields_of
from tap_bigcommerce.schema.shapes import Adjuster
from tap_bigcommerce.schema.values import or_none, to_integer
from tap_bigcommerce.streams.catalog import USUAL_CAPS, ProductChild, ProductChildStream
from tap_bigcommerce.streams.children import PartStream
from tap_bigcommerce.streams.gaps import Gaps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.api.pages import Row
    from tap_bigcommerce.tap import TapBigCommerce


class OptionConfig(Record):
    """Settings by type; where nothing is chosen from a list, they limit what may be entered."""

    default_value: Annotated[str, "A text, a number or an ISO 8601 date, by type."]
    checked_by_default: bool
    checkbox_label: str
    date_limited: bool
    date_limit_mode: Annotated[str, "earliest, range or latest"]
    date_earliest_value: datetime
    date_latest_value: datetime
    file_types_mode: Annotated[str, "specific or all"]
    file_types_supported: Annotated[list[str], "images, documents, other"]
    file_types_other: Annotated[list[str], "File extensions."]
    file_max_size: Annotated[int, "In KB."]
    text_characters_limited: bool
    text_min_length: int
    text_max_length: int
    text_lines_limited: bool
    text_max_lines: int
    number_limited: bool
    number_limit_mode: Annotated[str, "lowest, highest or range"]
    number_lowest_value: Decimal
    number_highest_value: Decimal
    number_integers_only: bool
    product_list_adjusts_inventory: Annotated[bool, "Whether it counts as a sale of the product."]
    product_list_adjusts_pricing: Annotated[bool, "Whether the product's price is added."]
    product_list_shipping_calc: Annotated[
        str, "What is added to the parcel: none, weight, or package (weight and dimensions)"
    ]


class ValueData(Record):
    """What a value stands for, by type of its option or modifier.

    The reference lists the members in words only.
    """

    colors: Annotated[list[str], "Of a swatch, up to three: #RRGGBB."]
    image_url: Annotated[str, "Pattern of a swatch."]
    product_id: Annotated[int, "Product in a pick list."]
    checked_value: Annotated[bool, "Whether this is the ticked state of a checkbox."]


class ChoiceValue(Record):
    """One of the values to choose from."""

    is_default: Annotated[bool, "Not used for swatches."]
    label: str
    sort_order: Annotated[int, "Lowest first."]
    value_data: ValueData
    id: int


class PurchasingDisabled(Record):
    """Whether the choice of a value ends the sale."""

    status: bool
    message: Annotated[str, "Shown in place of the sale."]


class Adjusters(Record):
    """What the choice of a value changes."""

    price: Adjuster
    weight: Adjuster
    image_url: Annotated[str, "Picture that is shown then."]
    purchasing_disabled: PurchasingDisabled


class AdjustingValue(ChoiceValue):
    """One of the values of a modifier."""

    # Between `value_data` and `id` in the reference.
    adjusters: Adjusters
    option_id: Annotated[int, "The modifier's ID."]


class ProductOption(ProductChild):
    """What tells variants of a product apart, such as size or colour."""

    id: Annotated[int, "product_variants.option_values[].option_id refers to it."]
    display_name: Annotated[str, "As the shopper sees it."]
    type: Annotated[
        str,
        "radio_buttons, rectangles, dropdown, product_list, product_list_with_images or swatch",
    ]
    config: OptionConfig
    sort_order: Annotated[int, "Lowest first."]
    option_values: list[ChoiceValue]
    name: Annotated[str, "Made by BigCommerce of the display name, a time and the product."]


class Modifier(ProductChild):
    """What a shopper may add to a product or have done to it, such as an engraving."""

    type: Annotated[
        str,
        "date, checkbox, file, text, multi_line_text, numbers_only_text, radio_buttons, "
        "rectangles, dropdown, product_list, product_list_with_images or swatch",
    ]
    required: Annotated[bool, "Whether the shopper must choose."]
    sort_order: Annotated[int, "Lowest first."]
    config: OptionConfig
    display_name: Annotated[str, "As the shopper sees it."]
    id: int
    name: Annotated[str, "Made by BigCommerce of the display name, a time and the product."]
    option_values: Annotated[list[AdjustingValue], "Empty for types that are entered."]


class ProductChoiceStream(ProductChildStream):
    """Options or modifiers, which are embedded only in pages of 10 products."""

    embed_limit = 10

    def __init__(self, tap: TapBigCommerce) -> None:
        """Prepare to learn which fields embedded rows may lack."""
        super().__init__(tap)
        added = {self.parent_key, self.parent_date}
        self._gaps = Gaps(fields_of(self.record).keys() - added, lambda row: (row.get("type"),))

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """The product's rows, if they lack no value and no field that their own endpoint has."""
        rows = super().embedded(parent)
        if rows is None or any(map(_may_lack_values, rows)):
            return None
        return rows and self._gaps.settle(rows, lambda: self.own_rows(parent))

    def unwrap(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Rows of the product's own list, with the values that may have been cut off."""
        return [self._with_all_values(row) if _may_lack_values(row) else row for row in rows]

    def _with_all_values(self, row: Row) -> Row:
        own = self.reader({}, self.tally, product_id=row.get("product_id"))
        reader = replace(own, path=f"{own.path}/{row.get('id')}/values")
        try:
            pages = list(CheckedPages().pages(reader, Bounds()))
        except NotFound:  # it was deleted meanwhile
            return row
        return {**row, "option_values": [value for page in pages for value in page.rows]}

    @property
    def is_embedded_whole(self) -> bool:
        """Whether no embedded row has lacked anything so far."""
        return not self._gaps.has_lacks


def _may_lack_values(row: Row) -> bool:
    """Whether the number of values might be a cap; nothing says that there is one."""
    values = row.get("option_values")
    return isinstance(values, list) and len(values) in USUAL_CAPS


class ProductOptions(ProductChoiceStream):
    """Options of products with their values: what variants are combinations of."""

    name = "product_options"
    path = "/v3/catalog/products/{product_id}/options"
    record = ProductOption
    foreign_keys = {"option_values.value_data.product_id": "products.id"}
    embed = {"include": "options"}

    @classmethod
    def rules_out(cls, parent: Row) -> bool:
        """Whether the product is a simple one.

        `base_variant_id` is null for complex products, so says the reference, and BigCommerce's
        guide to the catalogue calls those simple that have no options. `option_set_id` goes with
        options of the old catalogue (V2), which need not have variants.
        """
        if not {"base_variant_id", "option_set_id"} <= parent.keys():
            return False
        base = or_none(to_integer, parent["base_variant_id"])
        return base is not None and base > 0 and parent["option_set_id"] in (None, 0)


class Modifiers(ProductChoiceStream):
    """Modifiers of products with their values and what these do to price and weight.

    No field of a product proves that it has none: the guide calls a product with modifiers
    complex, but the reference ties `base_variant_id` to variants.
    """

    name = "modifiers"
    path = "/v3/catalog/products/{product_id}/modifiers"
    record = Modifier
    foreign_keys = {"option_values.value_data.product_id": "products.id"}
    embed = {"include": "modifiers"}


class OptionPart(ProductChild):
    """What a row that is part of an option begins with."""

    option_id: int


class ProductOptionValue(ChoiceValue, OptionPart):
    """An entry of `product_options.option_values` as a row of its own."""


class ProductOptionValues(PartStream):
    """Values to choose from, such as red: each variant has one of each option."""

    name = "product_option_values"
    record = ProductOptionValue
    primary_keys = ("product_id", "option_id", "id")
    whole = ProductOptions
    part = "option_values"
    carries = {"option_id": "id"}


class ModifierPart(ProductChild):
    """What a row that is part of a modifier begins with."""

    modifier_id: int


class ModifierValue(AdjustingValue, ModifierPart):
    """An entry of `modifiers.option_values` as a row of its own."""


class ModifierValues(PartStream):
    """Values of modifiers to choose from, with what they do to price and weight."""

    name = "modifier_values"
    record = ModifierValue
    primary_keys = ("product_id", "modifier_id", "id")
    whole = Modifiers
    part = "option_values"
    carries = {"modifier_id": "id"}
    selected_by_default = False


STREAMS = (ProductOptions, Modifiers, ProductOptionValues, ModifierValues)
