"""Many seeded stores that are written to while they are read; nothing that was there is missed.

`TAP_TEST_MUTATION_RUNS=100` makes it a hundred full runs and a hundred incremental ones.
"""

from __future__ import annotations

import os
from copy import deepcopy

import pytest

from tap_bigcommerce.sandbox.quirks import Quirks
from tests.support.store import Target, calm, store, sync
from tests.sync.equality import differences
from tests.sync.life import EVENTS_PER_SECOND, Life, Losses, Moment, Witness

LISTS = (
    "orders",
    "order_refunds",
    "gift_certificates",
    "products",
    "brands",
    "categories",
    "customers",
    "customer_addresses",
    "customer_groups",
    "subscribers",
    "coupons",
    "promotions",
    "inventory_items",
    # Out of the pages of orders and products.
    "order_products",
    "order_product_options",
    "order_consignments",
    "order_shipping_addresses",
    "order_fees",
    "product_variants",
    "product_images",
)
"""Every kind of scan is among them."""
ASKED = (
    "orders",
    "order_shipments",
    "order_taxes",
    "order_coupons",
    "order_transactions",
    "products",
    "product_options",
)
"""Streams whose parents are asked one by one, and these parents."""
SIZES = {"orders": 100, "products": 70, "customers": 80}
RUNS = int(os.environ.get("TAP_TEST_MUTATION_RUNS", "12"))
BATCH = 4
BATCHES = [range(first, min(first + BATCH, RUNS)) for first in range(0, RUNS, BATCH)]


class Trial:
    """One store, and a run that reads it while it lives."""

    def __init__(self, seed: int, losses: Losses) -> None:
        self.seed = seed
        self.losses = losses
        is_asked = seed % 4 == 3
        self.streams = ASKED if is_asked else LISTS
        # A changed order costs further requests where orders are asked one by one. With more
        # events to a request the store would change faster than it can be read.
        self.per_request = 0.4 if is_asked else 2 + seed % 9
        self.life = Life(seed, self.per_request)
        self.target = Target()
        self.store = store(
            seed=seed,
            churn_per_request=1,
            clock=self.life.clock,
            quirks=Quirks(lists_archived_orders=seed % 5 > 0, variants_move_products=seed % 7 == 0),
            **SIZES,
        )

    def load_before(self) -> None:
        """Load the store as it is; then things happen to it, in minutes or all in one second."""
        with calm(self.store):
            self.target.load(sync(self.store, *self.streams))
        self.life.rest((0, 7, 61, 1800)[self.seed % 4])
        for _ in range(120):
            self.life.rest(self.seed % 2 * 3)
            self.store.store.events(1)
        if self.seed % 3 == 0:
            self._edit_half(int(self.life.clock()))
        self.life.rest((0, 0.5, 30, 90)[self.seed // 4 % 4])

    def _edit_half(self, now: int) -> None:
        inside = self.store.store
        people, catalog = inside.customers, inside.catalog
        for table in (inside.orders.table, catalog.products, people.table, people.subscribers):
            for id_ in list(table.ids)[::2]:
                table.touch(id_, now)
        inside.orders.forget()

    def run(self) -> None:
        """Read the store while it lives, and look for losses."""
        sandbox, before, witness = self.store, deepcopy(self.target), Witness(self.store)
        start = Moment.of(sandbox, self.streams)
        # The first answer is given after the first events.
        started = int(self.life.clock() + int(self.per_request) / EVENTS_PER_SECOND)
        with self.life.hostile_to(sandbox), witness.watching():
            outcome = sync(
                sandbox,
                *self.streams,
                state=self.target.state,
                page_size=12 + 8 * (self.seed % 3),
            )
        assert outcome.code == 0, outcome.said()
        end = Moment.of(sandbox, self.streams)
        self.target.load(outcome)
        self.losses.check_rows(outcome, self.target, start, end)
        self.losses.check_states(outcome, witness, before, started, end)

    def catch_up(self) -> None:
        """Two more runs, of a store that has come to rest, make the target equal to it."""
        self.life.rest(1)
        with calm(self.store):
            for _ in range(2):
                outcome = sync(self.store, *self.streams, state=self.target.state)
                assert outcome.code == 0, outcome.said()
                self.target.load(outcome)
            self.losses.found += differences(self.store, self.target)


@pytest.mark.parametrize("kind", ["full", "incremental"])
@pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_nothing_is_lost(kind, seeds, record_property):
    losses, events = Losses(), 0
    for seed in seeds:
        trial = Trial(seed, losses)
        with trial.store:
            if kind == "incremental":
                trial.load_before()
            trial.run()
            trial.catch_up()
            events += trial.life.events
    checked = f"{losses.rows} rows and {losses.states} states checked"
    record_property("written to", f"{events} events in {len(seeds)} runs, {checked}")
    assert losses.found == []
