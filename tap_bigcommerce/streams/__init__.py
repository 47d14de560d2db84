"""Every stream of the tap, by domain."""

from __future__ import annotations

from tap_bigcommerce.streams import (
    catalog,
    customers,
    inventory,
    marketing,
    order_children,
    order_fulfillment,
    orders,
    product_options,
    store,
)

STREAMS = (
    *catalog.STREAMS,
    *product_options.STREAMS,
    *inventory.STREAMS,
    *customers.STREAMS,
    *orders.STREAMS,
    *order_children.STREAMS,
    *order_fulfillment.STREAMS,
    *marketing.STREAMS,
    *store.STREAMS,
)
