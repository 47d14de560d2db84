"""Life in the store: orders come in, prices move, customers leave. Seeded like everything else."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.store import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_bigcommerce.sandbox.store.store import Store
    from tap_bigcommerce.sandbox.store.table import Table


class Events:
    """Makes one thing happen after the other, each dated now."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        # Not for secrets: the same seed has to give the same events.
        self._random = Random(seed)  # noqa: S311
        self._kinds: list[Callable[[int], None]] = [
            *[self._new_order] * 6,
            *[self._order_moves_on] * 8,
            self._order_archived,
            self._order_refunded,
            *[self._product_changed] * 3,
            self._product_added,
            self._product_deleted,
            *[self._variant_changed] * 4,
            self._variant_added,
            self._variant_deleted,
            *[self._customer_changed] * 3,
            *[self._customer_added] * 2,
            self._customer_deleted,
            *[self._address_changed] * 2,
            self._address_added,
            self._address_deleted,
            self._category_renamed,
            self._category_added,
            self._category_deleted,
            self._brand_added,
            self._brand_deleted,
            self._group_touched,
            self._subscriber_added,
            self._subscriber_changed,
            self._subscriber_deleted,
            self._coupon_used,
            self._coupon_added,
            self._coupon_deleted,
            self._promotion_used,
            self._promotion_added,
            self._promotion_deleted,
        ]

    def happen(self, count: int) -> None:
        """Let `count` things happen."""
        for _ in range(count):
            self._random.choice(self._kinds)(self._store.world.now())

    def _any(self, table: Table) -> int | None:
        return table.ids[self._random.randrange(len(table))] if len(table) else None

    def _new_order(self, now: int) -> None:
        self._store.orders.add_order(now)

    def _order_moves_on(self, now: int) -> None:
        id_ = self._any(self._store.orders.table)
        if id_ is not None:
            status = self._random.choice(words.STATUS_SHARES)
            self._store.world.change("order", id_, status_id=status, staff_notes=f"Seen {now}")
            self._order_changed(id_, now)

    def _order_archived(self, now: int) -> None:
        id_ = self._any(self._store.orders.table)
        if id_ is not None:
            self._store.world.change("order", id_, is_deleted=True)
            self._order_changed(id_, now)

    def _order_refunded(self, now: int) -> None:
        id_ = self._any(self._store.orders.table)
        if id_ is not None and not self._store.orders.is_full_refund(id_):
            self._store.orders.add_refund(id_, now)
            self._order_changed(id_, now)

    def _order_changed(self, id_: int, now: int) -> None:
        self._store.orders.table.touch(id_, now)
        self._store.orders.forget()

    def _product_changed(self, now: int) -> None:
        catalog = self._store.catalog
        id_ = self._any(catalog.products)
        if id_ is not None:
            price = (100 + self._random.randrange(25_000)) * 100
            self._store.world.change("product", id_, price=price)
            catalog.products.touch(id_, now)

    def _product_added(self, now: int) -> None:
        catalog = self._store.catalog
        id_ = catalog.products.add(now)
        facts = catalog.facts(id_)
        for _ in range(max(1, facts.colours) * max(1, facts.sizes)):
            catalog.variants.add(id_, now)

    def _product_deleted(self, now: int) -> None:
        del now
        catalog = self._store.catalog
        id_ = self._any(catalog.products)
        if id_ is not None:
            catalog.variants.remove_of(id_)
            catalog.products.remove(id_)

    def _variant_changed(self, now: int) -> None:
        variants = self._store.catalog.variants
        id_ = self._any(variants.table)
        if id_ is not None:
            price = (100 + self._random.randrange(25_000)) * 100
            level = self._random.randrange(60)
            self._store.world.change("variant", id_, price=price, level=level)
            variants.table.touch(id_, now)
            self._product_of_variant_moves(variants.parent_of(id_), now)

    def _variant_added(self, now: int) -> None:
        catalog = self._store.catalog
        id_ = self._any(catalog.products)
        if id_ is not None and catalog.takes_variant(id_):
            catalog.variants.add(id_, now)
            self._product_of_variant_moves(id_, now)

    def _variant_deleted(self, now: int) -> None:
        variants = self._store.catalog.variants
        id_ = self._any(variants.table)
        # A product keeps its last variant.
        if id_ is not None and len(variants.of(variants.parent_of(id_))) > 1:
            variants.table.remove(id_)
            self._product_of_variant_moves(variants.parent_of(id_), now)

    def _product_of_variant_moves(self, product_id: int, now: int) -> None:
        if self._store.quirks.variants_move_products:
            self._store.catalog.products.touch(product_id, now)

    def _customer_changed(self, now: int) -> None:
        customers = self._store.customers
        id_ = self._any(customers.table)
        if id_ is not None:
            phone = f"555-02{self._random.randrange(100):02d}"
            self._store.world.change("customer", id_, phone=phone)
            customers.table.touch(id_, now)

    def _customer_added(self, now: int) -> None:
        customers = self._store.customers
        id_ = customers.table.add(now)
        customers.addresses.add(id_, now)

    def _customer_deleted(self, now: int) -> None:
        del now
        customers = self._store.customers
        id_ = self._any(customers.table)
        if id_ is not None:
            customers.addresses.remove_of(id_)
            customers.table.remove(id_)

    def _address_changed(self, now: int) -> None:
        addresses = self._store.customers.addresses.table
        id_ = self._any(addresses)
        if id_ is not None:
            street = f"{self._random.randrange(1, 900)} New Road"
            self._store.world.change("address", id_, street=street)
            addresses.touch(id_, now)

    def _address_added(self, now: int) -> None:
        customers = self._store.customers
        id_ = self._any(customers.table)
        if id_ is not None:
            customers.addresses.add(id_, now)
            # Its address count is a field of the customer.
            customers.table.touch(id_, now)

    def _address_deleted(self, now: int) -> None:
        customers = self._store.customers
        id_ = self._any(customers.addresses.table)
        if id_ is not None:
            customers.addresses.table.remove(id_)
            customers.table.touch(customers.addresses.parent_of(id_), now)

    def _category_renamed(self, now: int) -> None:
        id_ = self._any(self._store.catalog.categories)
        if id_ is not None:
            self._store.world.change("category", id_, name=f"Renamed {now}")
            self._store.catalog.categories.touch(id_, now)

    def _category_added(self, now: int) -> None:
        self._store.catalog.categories.add(now)

    def _category_deleted(self, now: int) -> None:
        del now
        self._delete(self._store.catalog.categories)

    def _brand_added(self, now: int) -> None:
        self._store.catalog.brands.add(now)

    def _brand_deleted(self, now: int) -> None:
        del now
        self._delete(self._store.catalog.brands)

    def _group_touched(self, now: int) -> None:
        id_ = self._any(self._store.customers.groups)
        if id_ is not None:
            self._store.customers.groups.touch(id_, now)

    def _subscriber_added(self, now: int) -> None:
        self._store.customers.subscribers.add(now)

    def _subscriber_changed(self, now: int) -> None:
        subscribers = self._store.customers.subscribers
        id_ = self._any(subscribers)
        if id_ is not None:
            consents = ["abandoned_cart"] if self._random.random() > 1 / 2 else []
            self._store.world.change("subscriber", id_, consents=consents)
            subscribers.touch(id_, now)

    def _subscriber_deleted(self, now: int) -> None:
        del now
        self._delete(self._store.customers.subscribers)

    def _coupon_used(self, now: int) -> None:
        coupons = self._store.marketing.coupons
        id_ = self._any(coupons)
        if id_ is not None:
            self._store.world.change("coupon", id_, num_uses=500 + self._random.randrange(99))
            coupons.touch(id_, now)

    def _coupon_added(self, now: int) -> None:
        self._store.marketing.coupons.add(now)

    def _coupon_deleted(self, now: int) -> None:
        del now
        self._delete(self._store.marketing.coupons)

    def _promotion_used(self, now: int) -> None:
        promotions = self._store.marketing.promotions
        id_ = self._any(promotions)
        if id_ is not None:
            self._store.world.change("promotion", id_, uses=self._random.randrange(900))
            promotions.touch(id_, now)

    def _promotion_added(self, now: int) -> None:
        self._store.marketing.promotions.add(now)

    def _promotion_deleted(self, now: int) -> None:
        del now
        self._delete(self._store.marketing.promotions)

    def _delete(self, table: Table) -> None:
        id_ = self._any(table)
        if id_ is not None:
            table.remove(id_)
