"""What customs and tax providers are told of products.

Source: REST Management API, "Shipping V3" (Customs Information) and "Tax Properties".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.scans import CheckedPages, Once, ParentBatches
from tap_bigcommerce.scans.unsized import UnsizedReader
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.catalog import Products
from tap_bigcommerce.streams.v3 import V3Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans import Bounds
    from tap_bigcommerce.scans.reader import Reader


class CustomsInformation(Record):
    """What a product is declared as when it is shipped abroad."""

    product_id: int
    country_of_origin: Annotated[str, "ISO 3166-1 alpha-2"]
    commodity_description: str
    international_shipping: Annotated[bool, "Whether it is shipped abroad at all."]
    # By country, with ALL for those that are not named.
    hs_codes: Annotated[dict, "Codes of the Harmonized System by country, or ALL."]  # type: ignore[type-arg]  # of no fixed shape
    created_at: datetime
    updated_at: datetime


class ProductCustomsInformation(V3Stream):
    """Origin and customs codes of products that are shipped abroad."""

    # `updated_at` is no filter: every row is read anyway. Full table.
    name = "product_customs_information"
    path = "/v3/shipping/products/customs-information"
    record = CustomsInformation
    primary_keys = ("product_id",)
    foreign_keys = {"product_id": "products.id"}
    scope = ("store_v2_products_read_only",)
    full_scan = CheckedPages(key="product_id")
    selected_by_default = False


class TaxProperty(Record):
    """A question that a tax provider asks of each product or customer."""

    id: int
    code: Annotated[str, "The tax provider's name of it."]
    display_name: str
    description: str
    created_at: datetime
    updated_at: datetime
    type: Annotated[str, "PRODUCT or CUSTOMER"]


class TaxProperties(V3Stream):
    """What the store's tax provider wants to know of products and customers."""

    name = "tax_properties"
    path = "/v3/tax/properties"
    record = TaxProperty
    primary_keys = ("id",)
    scope = ("store_v2_information_read_only",)
    page_limit = None
    full_scan = Once()
    selected_by_default = False


class ProductTaxProperty(Record):
    """What the tax provider is told of one product."""

    product_id: int
    # By the codes of the store's own tax properties.
    tax_properties: Annotated[dict, "Values by tax_properties.code."]  # type: ignore[type-arg]  # of no fixed shape


class ProductTaxProperties(V3Stream):
    """Values of tax properties by product."""

    name = "product_tax_properties"
    path = "/v3/tax/products/properties"
    record = ProductTaxProperty
    primary_keys = ("product_id",)
    foreign_keys = {"product_id": "products.id"}
    scope = ("store_v2_information_read_only",)
    page_limit = 50  # of the examples; no parameter for it is documented
    paging = UnsizedReader
    batched_by = Products
    full_scan = ParentBatches("product_id", "product_id:in", key="product_id")
    selected_by_default = False

    def walk(
        self, reader: Reader, bounds: Bounds, ids: Callable[[], Iterator[int]]
    ) -> Iterator[Page]:
        """Pages by products; the endpoint answers to nobody who does not name some."""
        return self.full_scan.pages(reader, replace(bounds, parents=ids()))


STREAMS = (ProductCustomsInformation, TaxProperties, ProductTaxProperties)
