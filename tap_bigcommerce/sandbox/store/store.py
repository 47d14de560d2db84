"""The store: all domains together, one lock, and what can happen to them."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store.b2b_companies import B2BCompanies
from tap_bigcommerce.sandbox.store.b2b_sales import B2BSales
from tap_bigcommerce.sandbox.store.back_office import BackOffice
from tap_bigcommerce.sandbox.store.catalog import Catalog
from tap_bigcommerce.sandbox.store.channel_parts import ChannelParts
from tap_bigcommerce.sandbox.store.consignments import is_incomplete
from tap_bigcommerce.sandbox.store.content import Content
from tap_bigcommerce.sandbox.store.customers import Customers
from tap_bigcommerce.sandbox.store.customs_and_tax import CustomsAndTax
from tap_bigcommerce.sandbox.store.events import Events
from tap_bigcommerce.sandbox.store.marketing import Marketing
from tap_bigcommerce.sandbox.store.metafields import Metafields
from tap_bigcommerce.sandbox.store.order_rows import OrderRows
from tap_bigcommerce.sandbox.store.orders import Orders
from tap_bigcommerce.sandbox.store.prices import Prices
from tap_bigcommerce.sandbox.store.product_parts import ProductParts
from tap_bigcommerce.sandbox.store.product_rows import ProductRows
from tap_bigcommerce.sandbox.store.settings_pages import SettingsPages
from tap_bigcommerce.sandbox.store.shoppers import Shoppers
from tap_bigcommerce.sandbox.store.store_info import StoreInfo
from tap_bigcommerce.sandbox.store.variant_rows import VariantRows
from tap_bigcommerce.sandbox.store.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_bigcommerce.sandbox.quirks import Quirks


class Store:
    """Everything the API can show.

    Rows are computed when they are asked for. Whoever reads or changes holds `lock`, so that one
    answer shows one moment.
    """

    def __init__(  # noqa: PLR0913 - the size of a store has several dimensions
        self,
        *,
        seed: int,
        orders: int,
        products: int,
        customers: int,
        epoch: int,
        store_hash: str,
        clock: Callable[[], float],
        quirks: Quirks,
    ) -> None:
        self.lock = RLock()
        self.quirks = quirks
        self.world = World(seed=seed, epoch=epoch, store_hash=store_hash, clock=clock)
        self.info = StoreInfo(self.world)
        self.catalog = Catalog(self.world, products)
        self.customers = Customers(self.world, self.catalog, customers=customers, orders=orders)
        self.shoppers = Shoppers(self.world, self.customers, self.catalog)
        self.content = Content(self.world)
        self.marketing = Marketing(self.world, self.catalog)
        self.orders = Orders(self.world, self.catalog, self.customers, orders)
        self.variant_rows = VariantRows(self.catalog, self.info)
        self.product_parts = ProductParts(self.variant_rows)
        self.product_rows = ProductRows(self.variant_rows, self.product_parts, quirks)
        self.order_rows = OrderRows(self.orders, quirks)
        self.metafields = Metafields(self.world, self.catalog, self.customers, orders=orders)
        self.prices = Prices(self.world, self.catalog)
        self.customs_and_tax = CustomsAndTax(self.world)
        self.channel_parts = ChannelParts(self.world, self.catalog)
        self.back_office = BackOffice(self.world)
        self.settings_pages = SettingsPages(self.world)
        self.b2b_companies = B2BCompanies(
            self.world, list(self.customers.table.ids), list(self.catalog.products.ids)
        )
        self.b2b_sales = B2BSales(self.world, self.b2b_companies)
        self._events = Events(self, seed)

        self._tables = (
            self.catalog.products,
            self.catalog.variants.table,
            self.catalog.brands,
            self.catalog.categories,
            self.customers.table,
            self.customers.addresses.table,
            self.customers.subscribers,
            self.customers.groups,
            self.marketing.coupons,
            self.marketing.promotions,
            self.orders.table,
            self.orders.refunds,
            self.orders.gift_certificates,
            *self.metafields.tables.values(),
            *self.prices.tables,
        )

    @property
    def version(self) -> int:
        """Changes so far."""
        return sum(table.version for table in self._tables)

    def events(self, count: int) -> None:
        """Let `count` random things happen, dated now: rows are created, changed, deleted."""
        with self.lock:
            self._events.happen(count)

    def incomplete_orders(self) -> list[int]:
        """Ids of orders whose included line items are not those of the per-order endpoint."""
        with self.lock:
            return [
                id_
                for id_ in self.orders.table.ids
                if is_incomplete(self.orders.facts(id_), self.quirks)
            ]
