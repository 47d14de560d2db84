"""What is read: streams for the tap, and the requests of a plain reader for the same rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """One task. A plain reader pages through `lists`; the first one's rows are the parents.

    `children` are asked for once a parent. Streams that the tap does not have are left out.
    """

    name: str
    title: str
    parents: str
    """The sandbox's option for their number."""
    streams: tuple[str, ...]
    lists: tuple[str, ...]
    children: tuple[str, ...]


ORDER_GRAPH = Workload(
    name="order_graph",
    title="orders with lines, consignments, addresses and fees",
    parents="orders",
    streams=(
        "orders",
        "order_products",
        "order_product_options",
        "order_consignments",
        "order_shipping_consignments",
        "order_pickup_consignments",
        "order_download_consignments",
        "order_email_consignments",
        "order_shipping_addresses",
        "order_fees",
    ),
    lists=("/v2/orders",),
    children=(
        "/v2/orders/{id}/products",
        "/v2/orders/{id}/consignments",
        "/v2/orders/{id}/shipping_addresses",
        "/v2/orders/{id}/fees",
    ),
)
CATALOGUE = Workload(
    name="catalogue",
    title="products with variants and images",
    parents="products",
    streams=("products", "product_variants", "product_images"),
    lists=("/v3/catalog/products", "/v3/catalog/variants"),
    # There is no list of the images of all products.
    children=("/v3/catalog/products/{id}/images",),
)
PER_ORDER = Workload(
    name="per_order",
    title="shipments and transactions, which no list embeds",
    parents="orders",
    streams=("order_shipments", "order_transactions"),
    lists=("/v2/orders",),
    children=("/v2/orders/{id}/shipments", "/v3/orders/{id}/transactions"),
)
WORKLOADS = {work.name: work for work in (ORDER_GRAPH, CATALOGUE, PER_ORDER)}
