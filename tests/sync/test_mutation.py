"""The store is written to while it is read, and nothing that was there is missed."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from tests.support.compare import compare_row, moment
from tests.support.store import Outcome, Target, calm, store, sync
from tests.sync.equality import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {
    "orders": "id",
    "products": "id",
    "customers": "id",
    "categories": "category_id",
    "brands": "id",
    "subscribers": "id",
    "product_variants": "id",
    "customer_addresses": "id",
}
Rows = dict[str, dict[int, dict[str, Any]]]
"""By stream and key."""
DATED = frozenset({"orders", "products", "customers", "subscribers"})
SIZES = {"orders": 100, "products": 70, "customers": 80}


def snapshot(sandbox) -> Rows:
    """Every row of every stream by its key, at one moment."""
    with sandbox.store.lock:
        return {
            stream: {row[key]: row for row in sandbox.rows(stream)} for stream, key in KEYS.items()
        }


@dataclass
class Losses:
    """Rows that were there all the time and did not arrive, or arrived as they had been before."""

    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    checked: int = 0

    def check(self, outcome: Outcome, target: Target, start: Rows, end: Rows, old: Rows) -> None:
        """What a target has after a run, against the store at the run's start and end.

        Args:
            outcome: The run.
            target: What it was loaded into.
            start: The store when the run began.
            end: The store when the run had ended.
            old: The store when an earlier run had loaded the target; {} if none had.
        """
        for stream, key in KEYS.items():
            rows = {row[key]: row for row in target.records(stream)}
            schema = outcome.schemas[stream]["schema"]
            for id_ in start[stream].keys() & end[stream].keys():
                self.checked += 1
                was, row = start[stream][id_], rows.get(id_)
                if row is None:
                    self.missing.append(f"{stream} {id_}")
                elif stream in DATED:
                    if moment(row["date_modified"]) < moment(was["date_modified"]):
                        self.stale.append(f"{stream} {id_}")
                elif not self._is_current(stream, schema, row, was, end, old):
                    self.stale.append(f"{stream} {id_}")

    @staticmethod
    def _is_current(stream, schema, row, was, end, old) -> bool:  # noqa: PLR0913, PLR0917 - one row, seen often
        """Whether a row without a date is no older than the start.

        It is that of the start, or changed during the run and is not what it had been before.
        """

        def is_like(raw) -> bool:
            return not compare_row(stream, schema, raw, row).differences

        id_ = was[KEYS[stream]]
        if is_like(was) or is_like(end[stream][id_]):
            return True
        before = old.get(stream, {}).get(id_)
        return end[stream][id_] != was and not (before and is_like(before))


@contextmanager
def hostile(sandbox, seed: int) -> Iterator[None]:
    """Besides what happens anyway, first rows of lists go: the later ones slip to earlier pages."""
    dice, happen = random.Random(seed), sandbox.store.events  # noqa: S311 - not for secrets
    catalog, people = sandbox.store.catalog, sandbox.store.customers
    lists = (catalog.brands, catalog.categories, catalog.products, people.subscribers)

    def events(count: int) -> None:
        happen(count)
        table = dice.choice(lists)
        if len(table) > 4 and dice.random() < 1 / 2:
            first = table.ids[0]
            if table is catalog.products:
                catalog.variants.remove_of(first)
            table.remove(first)

    with mock.patch.object(sandbox.store, "events", side_effect=events):
        yield


def catch_up(sandbox, target: Target) -> None:
    """Two more runs, of a store that has come to rest, make a target equal to it."""
    with calm(sandbox):
        for _ in range(2):
            outcome = sync(sandbox, *KEYS, state=target.state)
            assert outcome.code == 0, outcome.said()
            target.load(outcome)
        assert differences(sandbox, target) == []


@pytest.mark.parametrize("first_seed", [0, 10, 20, 30])
def test_a_full_run_misses_nothing_that_was_there_all_the_time(first_seed, record_property):
    losses, events = Losses(), 0
    for seed in range(first_seed, first_seed + 10):
        churn = 3 + seed % 8
        with store(seed=seed, churn_per_request=churn, **SIZES) as sandbox:
            target, start = Target(), snapshot(sandbox)
            with hostile(sandbox, seed):
                outcome = sync(sandbox, *KEYS, page_size=12 + 8 * (seed % 3))
            assert outcome.code == 0, outcome.said()
            events += churn * len(sandbox.journal)
            target.load(outcome)
            losses.check(outcome, target, start, snapshot(sandbox), {})
            catch_up(sandbox, target)
    record_property("changes", f"{events} during 10 runs, {losses.checked} rows checked")
    assert losses.missing == []
    assert losses.stale == []


@pytest.mark.parametrize("first_seed", [100, 110])
def test_an_incremental_run_misses_nothing_either(first_seed, record_property):
    losses, events = Losses(), 0
    for seed in range(first_seed, first_seed + 10):
        churn, behind_s = 3 + seed % 8, [3600.0]

        def clock(behind_s=behind_s):
            return time.time() - behind_s[0]

        with store(seed=seed, churn_per_request=churn, clock=clock, **SIZES) as sandbox:
            target = Target()
            with calm(sandbox):
                target.load(sync(sandbox, *KEYS))
            old = snapshot(sandbox)
            sandbox.store.events(150)
            # These were an hour ago. What follows comes some seconds into the run, not in the very
            # second of its start, in which the whole of such a short run would lie.
            behind_s[0] = -5
            start = snapshot(sandbox)
            sandbox.journal.clear()
            page_size = 12 + 8 * (seed % 3)
            with hostile(sandbox, seed):
                outcome = sync(sandbox, *KEYS, state=target.state, page_size=page_size)
            assert outcome.code == 0, outcome.said()
            events += churn * len(sandbox.journal)
            target.load(outcome)
            losses.check(outcome, target, start, snapshot(sandbox), old)
            catch_up(sandbox, target)
    record_property("changes", f"{events} during 10 runs, {losses.checked} rows checked")
    assert losses.missing == []
    assert losses.stale == []


def test_a_bulk_edit_right_before_a_run_is_read():
    """All subscribers changed within the minute before it, and none of them earlier."""
    with store(customers=100) as sandbox:
        first = sync(sandbox, "subscribers")
        table = sandbox.store.customers.subscribers
        for id_ in list(table.ids):
            table.touch(id_, int(time.time()))
        outcome = sync(sandbox, "subscribers", state=first.state, page_size=10)
        assert outcome.code == 0, outcome.said()
        assert len(outcome.records["subscribers"]) == len(table)
