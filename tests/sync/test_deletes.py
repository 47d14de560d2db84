"""Rows that go from the store go from the target: each once, none wrongly, for few requests."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import pytest

from tap_bigcommerce.streams.known_ids import KnownIds
from tests.support.store import Target, catalog, store, sync

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox import Sandbox

SWEPT = {
    "products": "id",
    "product_variants": "id",
    "customers": "id",
    "orders": "id",
    "categories": "category_id",
    "brands": "id",
    "coupons": "id",
}


@pytest.fixture
def shop():
    with store(orders=700, products=420, customers=260) as sandbox:
        yield sandbox


def delete(sandbox: Sandbox, counts: dict[str, int]) -> dict[str, set[int]]:
    """Delete some rows of each table; the ids that went, by stream."""
    inside = sandbox.store
    tables = {
        "products": inside.catalog.products,
        "customers": inside.customers.table,
        "orders": inside.orders.table,
        "categories": inside.catalog.categories,
        "brands": inside.catalog.brands,
        "coupons": inside.marketing.coupons,
    }
    gone: dict[str, set[int]] = {}
    with inside.lock:
        for name, count in counts.items():
            table = tables[name]
            ids = list(table.ids)
            gone[name] = set(ids[:: max(1, len(ids) // count)][:count])
            for number in gone[name]:
                table.remove(number)
                if name == "products":
                    inside.catalog.variants.remove_of(number)
    return gone


def run(sandbox, target, **options):
    before = len(sandbox.journal)
    outcome = sync(sandbox, *SWEPT, state=target.state, emit_deletes=True, **options)
    assert outcome.code == 0, outcome.said()
    deleted = {
        stream: [row[SWEPT[stream]] for row in rows if row.get("_sdc_deleted_at")]
        for stream, rows in outcome.records.items()
    }
    target.load(outcome)
    return outcome, deleted, len(sandbox.journal) - before


def test_each_row_that_is_gone_is_said_once(shop):
    target = Target()
    _, deleted, _ = run(shop, target)
    assert not any(deleted.values())
    _, deleted, quiet = run(shop, target)
    assert not any(deleted.values())
    variants = {row["id"] for row in shop.rows("product_variants")}
    wanted = delete(
        shop,
        {"products": 7, "customers": 5, "orders": 12, "categories": 3, "brands": 2, "coupons": 1},
    )
    wanted["product_variants"] = variants - {row["id"] for row in shop.rows("product_variants")}
    _, deleted, asked = run(shop, target)
    assert {stream: sorted(ids) for stream, ids in deleted.items()} == {
        stream: sorted(ids) for stream, ids in wanted.items()
    }
    most = sum(ceil(len(target.rows[name]) / 250) for name in ("products", "customers", "orders"))
    assert asked - quiet <= most
    _, deleted, _ = run(shop, target)
    assert not any(deleted.values())


def test_nothing_is_wrongly_gone_while_rows_come_and_change(shop):
    target = Target()
    run(shop, target)
    for _ in range(3):
        with shop.store.lock:
            shop.store.events(60)
        run(shop, target)
    for stream, key in SWEPT.items():
        there = {row[key] for row in shop.rows(stream)}
        said = {row[key] for row in target.records(stream) if row.get("_sdc_deleted_at")}
        assert not said & there
        assert said == {row[key] for row in target.records(stream)} - there


def test_that_nothing_is_gone_takes_a_request_for_each_list(shop):
    target = Target()
    run(shop, target, given_catalog=catalog(["products"]))
    run(shop, target, given_catalog=catalog(["products"]))
    ids = [one for one in shop.journal if one.query.get("include_fields")]
    assert len(ids) == 1


def test_who_begins_to_look_for_them_later_is_told_of_what_goes_from_then_on(shop):
    target = Target()
    target.load(sync(shop, "products", "customers"))
    selected = catalog(["products", "customers"])
    _, deleted, _ = run(shop, target, given_catalog=selected)
    assert not any(deleted.values())
    wanted = delete(shop, {"products": 3, "customers": 2})
    _, deleted, _ = run(shop, target, given_catalog=selected)
    assert {name: set(ids) for name, ids in deleted.items()} == wanted


def test_the_state_holds_the_ids_of_the_rows_that_are_there(shop):
    target = Target()
    run(shop, target)
    delete(shop, {"products": 4, "brands": 1})
    run(shop, target)
    for stream, key in SWEPT.items():
        assert target.state
        known = KnownIds.of_state(target.state["bookmarks"][stream]["known_ids"])
        assert set(known) == {row[key] for row in shop.rows(stream)}


def test_without_the_setting_there_is_nothing_of_it(shop):
    outcome = sync(shop, "brands", "products")
    assert "_sdc_deleted_at" not in outcome.schemas["products"]["schema"]["properties"]
    assert "known_ids" not in str(outcome.state)


@pytest.mark.parametrize("known", [5, ["x"], {"0": "no chunk"}, {"x": 1}])
def test_ids_that_cannot_be_read_are_refused_with_a_sentence(shop, known):
    state = {"bookmarks": {"brands": {"known_ids": known}}}
    outcome = sync(shop, "brands", state=state, emit_deletes=True)
    assert outcome.code == 1
    assert any("`known_ids` cannot be read" in line for line in outcome.said())


# Whole tables.


def versions(outcome, stream):
    """The messages about versions of one stream, in order."""
    return [
        (one["type"], one.get("version"))
        for one in outcome.messages
        if one.get("stream") == stream and one["type"] in {"RECORD", "ACTIVATE_VERSION"}
    ]


def test_a_whole_table_is_activated_behind_its_last_row(shop):
    found = versions(sync(shop, "brands"), "brands")
    (version,) = {number for _, number in found}
    assert version > 1_600_000_000_000
    assert [kind for kind, _ in found].index("ACTIVATE_VERSION") == len(found) - 1
    assert len(found) == len(list(shop.rows("brands"))) + 1


def test_rows_that_are_gone_are_of_an_earlier_version(shop):
    """A target that removes what is of earlier versions is to remove them, too."""
    target = Target()
    run(shop, target)
    delete(shop, {"brands": 2})
    outcome, _, _ = run(shop, target)
    *rows, (kind, active) = versions(outcome, "brands")
    assert kind == "ACTIVATE_VERSION"
    assert [number for _, number in rows[-2:]] == [active - 1] * 2
    assert {number for _, number in rows[:-2]} == {active}


def test_streams_of_changes_have_no_version(shop):
    assert {number for _, number in versions(sync(shop, "products"), "products")} == {None}
    whole = sync(shop, "products", full_table=["products"])
    assert versions(whole, "products")[-1][0] == "ACTIVATE_VERSION"


def test_a_stream_that_fails_is_not_activated(shop):
    shop.faults.script("/v3/catalog/brands", "503", 10**6)
    outcome = sync(shop, "brands", "categories", max_retries=0)
    assert outcome.code == 1
    assert versions(outcome, "brands") == []
    assert versions(outcome, "categories")[-1][0] == "ACTIVATE_VERSION"
