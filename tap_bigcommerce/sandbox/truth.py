"""The truth: every row of a stream now, complete, whatever the endpoints make of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.app import EXTRA_FIELDS
from tap_bigcommerce.sandbox.resources import TRUTHS
from tap_bigcommerce.sandbox.resources.customers import INCLUDES as CUSTOMER_INCLUDES
from tap_bigcommerce.sandbox.store.consignments import (
    consignments,
    shipping_address_row,
    shipping_boxes,
)
from tap_bigcommerce.sandbox.store.line_rows import line_row
from tap_bigcommerce.sandbox.store.order_children import coupon_rows, shipment_rows, tax_rows
from tap_bigcommerce.sandbox.store.order_rows import INCLUDES as ORDER_INCLUDES
from tap_bigcommerce.sandbox.store.order_rows import OrderRows, fee_rows
from tap_bigcommerce.sandbox.store.payments import certificate_row, refund_row, transaction_rows
from tap_bigcommerce.sandbox.store.product_rows import INCLUDES as PRODUCT_INCLUDES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.orders import Order
    from tap_bigcommerce.sandbox.store.table import Table
    from tap_bigcommerce.sandbox.store.world import Row


CONSIGNMENTS = {
    "order_shipping_consignments": "shipping",
    "order_pickup_consignments": "pickups",
    "order_download_consignments": "downloads",
    "order_email_consignments": "email",
}
"""Streams of consignments, and where these are in an order's."""
NESTED = CONSIGNMENTS.keys() | {
    "order_refund_items",
    "order_refund_payments",
    "order_shipment_items",
    "order_product_options",
    "shipping_zone_locations",
    "product_variant_option_values",
    "product_option_values",
    "modifier_values",
}
"""Streams without a list of their own: their rows are inside of others."""


class Truth:
    """Rows by stream. Children that do not name their parent get its key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._honest = replace(store.quirks, cut_line_items=False, thin_line_items=False)
        self._streams = {**self._tables(), **self._order_children(), **self._product_children()}
        for truth in TRUTHS:
            self._streams.update(truth(store))

    @property
    def streams(self) -> tuple[str, ...]:
        """Names of all streams that the sandbox has."""
        return tuple(sorted(self._streams))

    def rows(self, stream: str) -> Iterator[Row]:
        """Every row of a stream, in ascending order of its key or its parent's."""
        try:
            find = self._streams[stream]
        except KeyError:
            message = f"the sandbox has no stream {stream!r}, only {', '.join(self.streams)}"
            raise ValueError(message) from None
        for row in find():
            if self._store.quirks.extra_fields and stream not in NESTED:
                yield {**row, **EXTRA_FIELDS}
            else:
                yield dict(row)

    def _tables(self) -> dict[str, Callable[[], Iterable[Row]]]:
        store = self._store
        catalog, people, orders = store.catalog, store.customers, store.orders
        info, marketing = store.info, store.marketing
        order_rows = OrderRows(orders, self._honest)
        variants = catalog.variants.table
        return {
            "products": _each(
                catalog.products, lambda id_: store.product_rows.row(id_, PRODUCT_INCLUDES)
            ),
            "product_variants": _each(variants, store.variant_rows.row),
            "inventory_items": _each(variants, store.variant_rows.stock_row),
            "brands": _each(catalog.brands, catalog.brand_row),
            "categories": _each(catalog.categories, catalog.category_row),
            "customers": _each(people.table, lambda id_: people.row(id_, CUSTOMER_INCLUDES)),
            "customer_addresses": _each(
                people.addresses.table, lambda id_: people.address_row(id_, ("formfields",))
            ),
            "customer_groups": _each(people.groups, people.group_row),
            "subscribers": _each(people.subscribers, people.subscriber_row),
            "orders": lambda: (
                order_rows.row(id_, ORDER_INCLUDES) for id_ in self._listed_orders()
            ),
            "order_refunds": _each(orders.refunds, lambda id_: refund_row(orders, id_)),
            "gift_certificates": _each(
                orders.gift_certificates, lambda id_: certificate_row(orders, id_)
            ),
            "coupons": _each(marketing.coupons, marketing.coupon_row),
            "promotions": _each(marketing.promotions, marketing.promotion_row),
            "order_statuses": lambda: info.order_statuses,
            "channels": lambda: map(info.with_currencies, info.channels),
            "currencies": lambda: info.currencies,
            "inventory_locations": lambda: info.locations,
            "pages": lambda: info.pages,
            "store_information": lambda: [info.store()],
        }

    def _order_children(self) -> dict[str, Callable[[], Iterable[Row]]]:
        orders = self._store.orders
        return {
            "order_products": self._of_orders(
                lambda order: [line_row(orders, order, line) for line in order.lines]
            ),
            "order_shipping_addresses": self._of_orders(
                lambda order: [
                    shipping_address_row(orders, order, box) for box in shipping_boxes(order)
                ]
            ),
            "order_consignments": self._of_orders(
                lambda order: [consignments(orders, order, self._honest, with_lines=True)]
            ),
            "order_product_options": self._of_orders(self._chosen_options),
            **{
                stream: self._of_orders(partial(self._handed_over, kind))
                for stream, kind in CONSIGNMENTS.items()
            },
            "order_fees": self._of_orders(fee_rows),
            "order_taxes": self._of_orders(lambda order: tax_rows(order, details=True)),
            "order_coupons": self._of_orders(lambda order: coupon_rows(orders, order)),
            "order_shipments": self._of_orders(lambda order: shipment_rows(orders, order)),
            "order_transactions": self._of_orders(lambda order: transaction_rows(orders, order)),
        }

    def _chosen_options(self, order: Order) -> Iterator[Row]:
        for line in order.lines:
            yield from line_row(self._store.orders, order, line)["product_options"]

    def _handed_over(self, kind: str, order: Order) -> Iterator[Row]:
        """Consignments of one kind; what has no id is told apart by its place in the order."""
        found = consignments(self._store.orders, order, self._honest, with_lines=False)
        rows = found.get(kind, ())
        for place, row in enumerate(rows["gift_certificates"] if isinstance(rows, dict) else rows):
            del row["line_items"]
            yield row if "id" in row else {"position": place, **row}

    def _product_children(self) -> dict[str, Callable[[], Iterable[Row]]]:
        parts = self._store.product_parts
        return {
            "product_images": self._of_products(parts.images),
            "product_videos": self._of_products(parts.videos),
            "product_reviews": self._of_products(parts.reviews),
            "custom_fields": self._of_products(parts.custom_fields),
            "bulk_pricing_rules": self._of_products(parts.bulk_pricing_rules),
            "product_options": self._of_products(parts.options),
            "modifiers": self._of_products(parts.modifiers),
        }

    def _listed_orders(self) -> list[int]:
        orders = self._store.orders
        shows_all = self._store.quirks.lists_archived_orders
        return [id_ for id_ in orders.table.ids if shows_all or not orders.facts(id_).is_deleted]

    def _of_orders(self, find: Callable[[Order], Iterable[Row]]) -> Callable[[], Iterable[Row]]:
        orders = self._store.orders

        def rows() -> Iterator[Row]:
            for id_ in self._listed_orders():
                for row in find(orders.facts(id_)):
                    yield row if "order_id" in row else {"order_id": id_, **row}

        return rows

    def _of_products(self, find: Callable[[int], Iterable[Row]]) -> Callable[[], Iterable[Row]]:
        def rows() -> Iterator[Row]:
            for id_ in list(self._store.catalog.products.ids):
                for row in find(id_):
                    yield row if "product_id" in row else {"product_id": id_, **row}

        return rows


def _each(table: Table, row: Callable[[int], Row]) -> Callable[[], Iterable[Row]]:
    return lambda: (row(id_) for id_ in list(table.ids))
