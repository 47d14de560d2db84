"""Metafields: texts that apps keep with a resource, under a namespace and a key.

Each kind of resource has one list of all its metafields, so none is asked for by resource. With
`permission_set` app_only, a metafield is seen only by the API account that made it.

Source: REST Catalog API and REST Management API, operations "Get All ... Metafields" of products,
variants, brands, categories, locations, customers, orders, carts, channels and the store.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from tap_bigcommerce.scans import Cursor
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.v3 import V3_MODIFIED, V3Stream


class KeptText(Record):
    """A text with its name, and who may see and change it."""

    permission_set: Annotated[
        str, "app_only, read, write, read_and_sf_access or write_and_sf_access"
    ]
    namespace: str
    key: str
    value: str
    description: str
    resource_type: Annotated[
        str, "brand, product, variant, category, cart, channel, location, order, customer or store"
    ]
    date_created: datetime
    date_modified: datetime
    owner_client_id: Annotated[str, "Client ID of the API account that made it."]


class Metafield(KeptText):
    """A text that an app keeps with a resource."""

    id: int
    resource_id: int


class PersonMetafield(Metafield):
    """A text that an app keeps with a person or what a person bought."""

    value: Annotated[str, Personal]


class StoreMetafield(KeptText):
    """A text that an app keeps with the store; both its ids are texts, too."""

    id: str
    resource_id: str


class CartMetafield(StoreMetafield):
    """A text that an app keeps with a cart, whose id is a UUID."""

    value: Annotated[str, Personal]


class MetafieldStream(V3Stream):
    """All metafields of one kind of resource."""

    record: ClassVar[type[KeptText]] = Metafield
    primary_keys = ("id",)
    replication_key = "date_modified"
    time = V3_MODIFIED
    full_scan = changed_scan = Cursor(V3_MODIFIED)


class ProductMetafields(MetafieldStream):
    """Texts that apps keep with products."""

    name = "product_metafields"
    path = "/v3/catalog/products/metafields"
    foreign_keys = {"resource_id": "products.id"}
    scope = ("store_v2_products_read_only",)


class VariantMetafields(MetafieldStream):
    """Texts that apps keep with variants of products."""

    name = "variant_metafields"
    path = "/v3/catalog/variants/metafields"
    foreign_keys = {"resource_id": "product_variants.id"}
    scope = ("store_v2_products_read_only",)


class BrandMetafields(MetafieldStream):
    """Texts that apps keep with brands."""

    name = "brand_metafields"
    path = "/v3/catalog/brands/metafields"
    foreign_keys = {"resource_id": "brands.id"}
    scope = ("store_v2_products_read_only",)


class CategoryMetafields(MetafieldStream):
    """Texts that apps keep with categories."""

    name = "category_metafields"
    path = "/v3/catalog/categories/metafields"
    foreign_keys = {"resource_id": "categories.category_id"}
    scope = ("store_v2_products_read_only",)


class LocationMetafields(MetafieldStream):
    """Texts that apps keep with the locations of stock."""

    name = "location_metafields"
    path = "/v3/inventory/locations/metafields"
    foreign_keys = {"resource_id": "inventory_locations.id"}
    scope = ("store_locations_read_only",)
    selected_by_default = False


class CustomerMetafields(MetafieldStream):
    """Texts that apps keep with customers."""

    name = "customer_metafields"
    path = "/v3/customers/metafields"
    foreign_keys = {"resource_id": "customers.id"}
    record = PersonMetafield
    scope = ("store_v2_customers_read_only",)


class OrderMetafields(MetafieldStream):
    """Texts that apps keep with orders."""

    name = "order_metafields"
    path = "/v3/orders/metafields"
    foreign_keys = {"resource_id": "orders.id"}
    record = PersonMetafield
    scope = ("store_v2_orders_read_only",)


class CartMetafields(MetafieldStream):
    """Texts that apps keep with carts, which no other list names while they are open."""

    name = "cart_metafields"
    path = "/v3/carts/metafields"
    record = CartMetafield
    scope = ("store_cart_read_only",)
    selected_by_default = False


class ChannelMetafields(MetafieldStream):
    """Texts that apps keep with channels."""

    name = "channel_metafields"
    path = "/v3/channels/metafields"
    foreign_keys = {"resource_id": "channels.id"}
    scope = ("store_channel_settings_read_only",)
    selected_by_default = False


class StoreMetafields(MetafieldStream):
    """Texts that apps keep with the store as a whole."""

    name = "store_metafields"
    path = "/v3/store/metafields"
    record = StoreMetafield
    scope = ("store_v2_information_read_only",)


STREAMS = (
    ProductMetafields,
    VariantMetafields,
    BrandMetafields,
    CategoryMetafields,
    LocationMetafields,
    CustomerMetafields,
    OrderMetafields,
    CartMetafields,
    ChannelMetafields,
    StoreMetafields,
)
