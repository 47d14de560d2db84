"""`--plan` says what the run then needs, for a handful of requests."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, cast
from unittest import mock

import pytest

from tap_bigcommerce.plan import Plan
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.survey import PROBES
from tap_bigcommerce.tap import TapBigCommerce
from tests.support.store import QuickClock, catalog, settings_for, store, sync

if TYPE_CHECKING:
    from tap_bigcommerce.streams.base import BigCommerceStream

GRAPH = (
    "orders",
    "order_products",
    "order_consignments",
    "order_shipping_addresses",
    "order_fees",
)
CATALOGUE = ("products", "product_variants", "product_images")
PER_ORDER = ("order_shipments", "order_transactions")
DEFAULT = tuple(stream.name for stream in STREAMS if stream.selected_by_default)
BOUND = 0.1
"""How far a plan may be from what the run needs."""


def planned(sandbox, *streams, state=None, **settings):
    """The plan, and what it cost."""
    sandbox.journal.clear()
    with mock.patch("tap_bigcommerce.run.Clock", QuickClock):
        tap = TapBigCommerce(
            config=settings_for(sandbox, **settings), state=state, catalog=catalog(streams)
        )
        plan = Plan(tap.run, cast("list[BigCommerceStream]", [*tap.streams.values()]))
        plan.make()
        tap.run.end()
    assert len(sandbox.journal) <= PROBES
    return plan


def compare(sandbox, *streams, record_property, state=None, bound=BOUND, **settings):
    """Plan a run and make it."""
    plan = planned(sandbox, *streams, state=state, **settings)
    probes = len(sandbox.journal)
    sandbox.journal.clear()
    outcome = sync(sandbox, *streams, state=state, **settings)
    assert outcome.code == 0, outcome.said()
    said, needed = sum(line.requests for line in plan.lines.values()), len(sandbox.journal)
    error = said / needed - 1
    words = f"{said} requests planned by {probes}, {needed} needed: {error:+.1%}"
    record_property("plan", words)
    assert abs(error) <= bound, words
    for stream, line in plan.lines.items():
        if line.rows is not None:
            assert line.rows == len(outcome.records[stream.name]), stream.name
    return plan, outcome


@pytest.fixture(scope="module")
def shop():
    with store(orders=700, products=300, customers=300) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    "streams",
    [GRAPH, CATALOGUE, PER_ORDER, GRAPH[1:], DEFAULT],
    ids=["orders", "catalogue", "per order", "children alone", "all by default"],
)
def test_a_plan_is_within_a_tenth_of_what_the_run_needs(shop, streams, record_property):
    plan, outcome = compare(shop, *streams, record_property=record_property)
    counted = {stream.name: line.rows for stream, line in plan.lines.items() if line.rows}
    assert counted.items() <= {name: len(rows) for name, rows in outcome.records.items()}.items()
    most = {"orders", "products"} | ({"product_variants"} if len(streams) < PROBES else set())
    assert counted.keys() >= most & set(streams)


def test_where_few_of_many_orders_are_asked_their_number_is_an_estimate(record_property):
    """One in seventy is incomplete, and a seventh of them is looked into: chance has its part."""
    with store(orders=10_000, products=60, customers=80) as sandbox:
        plan, _ = compare(sandbox, *GRAPH, record_property=record_property, bound=0.2)
    assert "~" in plan.text()
    assert "10,000" in plan.text()


def test_what_changed_since_the_last_run_is_planned_alone(record_property):
    with store(orders=300, products=120, customers=120) as sandbox:
        state = sync(sandbox).state
        sandbox.store.events(150)
        plan, _ = compare(sandbox, *DEFAULT, state=state, record_property=record_property)
        assert "since 2025-06-01 00:00" in plan.text()
        compare(sandbox, *GRAPH, *PER_ORDER, state=state, record_property=record_property)


def test_a_child_that_was_never_read_is_planned_whole_the_others_are_not(shop, record_property):
    state = sync(shop, "orders").state
    streams = ("orders", "order_products", "order_transactions")
    plan, _ = compare(shop, *streams, state=state, record_property=record_property)
    lines = {stream.name: line for stream, line in plan.lines.items()}
    assert lines["order_transactions"].requests == 700
    assert 0 < lines["orders"].rows < 700


def test_the_channels_that_are_wanted_are_planned_alone(shop, record_property):
    plan, _ = compare(shop, *DEFAULT, record_property=record_property, channel_ids=[1])
    rows = {stream.name: line.rows for stream, line in plan.lines.items()}
    assert 0 < rows["orders"] < 700
    # Variants are then read in batches of products, of which a plan cannot know how many turn out
    # larger than a page.
    compare(shop, *CATALOGUE, record_property=record_property, bound=0.3, channel_ids=[1])


def test_ids_that_no_other_stream_reads_are_counted_once(shop):
    """Stock is read in batches of products, which nobody else reads here."""
    plan = planned(shop, "inventory_items", "customer_addresses")
    (addresses, stock) = plan.lines.values()
    assert stock.requests > 2
    assert addresses.requests > 2
    with_parents = planned(shop, "inventory_items", "products", "customer_addresses", "customers")
    requests = {stream.name: line.requests for stream, line in with_parents.lines.items()}
    assert stock.requests == requests["inventory_items"] + requests["products"]
    assert addresses.requests == requests["customer_addresses"] + requests["customers"]


def test_two_streams_that_need_the_same_ids_read_them_once(shop):
    """Of some channels only, variants too are read in batches of products."""
    names, pages = ("inventory_items", "product_variants"), 2
    alone = [
        line.requests
        for name in names
        for line in planned(shop, name, channel_ids=[1]).lines.values()
    ]
    both = planned(shop, *names, channel_ids=[1]).lines.values()
    assert sum(line.requests for line in both) == sum(alone) - pages


def test_what_the_token_may_not_read_is_said_and_the_plan_goes_on(shop):
    token = shop.add_token(["store_v2_products_read_only"])
    text = planned(shop, "brands", "customers", "orders", "order_fees", access_token=token).text()
    lines = {line.split(" ")[0]: line for line in text.splitlines() if line}
    assert re.search(r' 0 +scope missing: "Orders" \(read-only\)$', lines["orders"])
    assert lines["order_fees"].endswith('scope missing: "Orders" (read-only)')
    assert 'scope missing: "Customers" (read-only)' in lines["customers"]
    assert "scope" not in lines["brands"]


def program(folder, sandbox, *options, **settings):
    """The tap's own command."""
    path = folder / "config.json"
    path.write_text(json.dumps(settings_for(sandbox, **settings)))
    command = [sys.executable, "-m", "tap_bigcommerce", "--config", str(path), "--plan", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def test_the_command_prints_a_table_and_nothing_else(tmp_path, shop):
    done = program(tmp_path, shop)
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["stream", "replication", "rows", "requests", "time"]
    names = [row.split()[0] for row in rows[: rows.index("")]]
    assert names == sorted(one.name for one in STREAMS if one.selected_by_default)
    assert re.search(r"^In all about [\d,]+ requests, ", done.stdout, re.MULTILINE)
    assert f"This plan took {PROBES} requests." in done.stdout
    assert '"type"' not in done.stdout


def test_a_token_that_cannot_read_is_said_as_in_a_run(tmp_path, shop):
    done = program(tmp_path, shop, access_token="wrong")
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.search(r"FAILED: \w+\. 401 for GET", done.stderr)
    assert "Check `access_token` and `store_id`" in done.stderr
