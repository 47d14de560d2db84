"""A full sync is the store: every row, every leaf, however it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tap_bigcommerce.sandbox import Quirks
from tests.support.compare import compared
from tests.support.store import catalog, store, stream_names, sync

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("seed", [1, 2])
def test_every_row_and_every_leaf_of_all_streams_arrives(seed, record_property):
    with store(seed=seed, orders=250, products=160, customers=260) as sandbox:
        outcome = sync(sandbox)
        assert outcome.code == 0
        assert set(outcome.schemas) == set(stream_names())
        assert all(outcome.records.values()), "a stream without a row proves nothing"
        total = compared(sandbox, outcome)
    record_property("compared", str(total))
    assert not total.differences
    assert total.decimals > 20_000


def test_what_a_store_does_differently_changes_nothing():
    """Fees in another shape, archived orders hidden, types mixed or not, cursors on every page."""
    quirks = [
        Quirks(fees_shape="array", cursors_on_first_page_only=False, empty_v2_is_204=False),
        Quirks(fees_shape="object", reset_is_window=True, lists_archived_orders=False),
        Quirks(mixed_types=False, id_min_is_empty=True, variants_move_products=True, seed=5),
    ]
    for habits in quirks:
        with store(seed=3, orders=60, customers=120, quirks=habits) as sandbox:
            outcome = sync(sandbox, page_size=50)
            assert outcome.code == 0, outcome.said()
            assert compared(sandbox, outcome).differences == []


def test_a_child_carries_its_parents_date():
    with store(orders=150) as sandbox:
        outcome = sync(sandbox, "orders", "order_products", "products", "product_images")
    orders = {row["id"]: row["date_modified"] for row in outcome.records["orders"]}
    products = {row["id"]: row["date_modified"] for row in outcome.records["products"]}
    for line in outcome.records["order_products"]:
        assert line["order_date_modified"] == orders[line["order_id"]]
    for image in outcome.records["product_images"]:
        assert image["product_date_modified"] == products[image["product_id"]]


def test_concurrency_changes_speed_only():
    """One worker and sixteen: the same messages, byte for byte, but for the time of extraction."""
    with store(seed=4, orders=80, products=100, customers=160) as sandbox:
        one = sync(sandbox, max_concurrency=1, page_size=37)
        asked = sorted(f"{entry.path}?{entry.query}" for entry in sandbox.journal)
        sandbox.journal.clear()
        sixteen = sync(sandbox, max_concurrency=16, page_size=37)
        asked_by_16 = sorted(f"{entry.path}?{entry.query}" for entry in sandbox.journal)
        whole = sync(sandbox)
    assert one.code == sixteen.code == whole.code == 0
    for outcome in (one, sixteen):
        del outcome.records["system_time"][0]["time"]  # which goes on
    assert one.records == sixteen.records
    assert one.state == sixteen.state == whole.state
    assert asked == asked_by_16
    for stream in stream_names():
        assert sorted(one.keys(stream)) == sorted(whole.keys(stream))


@pytest.mark.parametrize("form", ["string", "x-singer.decimal"])
def test_decimals_are_exact_in_every_form(form):
    """Values keep their digits as texts, and the schema says what kind of text."""
    with store(seed=6, orders=100, products=60) as sandbox:
        outcome = sync(sandbox, decimal_type=form)
        assert outcome.code == 0
        total = compared(sandbox, outcome)
        assert total.differences == []
    for schema in outcome.schemas.values():
        assert "number" not in set(_types(schema["schema"])), schema["stream"]
    price = outcome.schemas["products"]["schema"]["properties"]["price"]
    assert price["type"] == ["string", "null"]
    if form == "string":
        assert "format" not in price
    else:
        assert price.items() >= {"format": form, "precision": 38, "scale": 10}.items()
    assert all(isinstance(row["price"], str) for row in outcome.records["products"])


def test_a_stream_that_is_not_selected_costs_and_writes_nothing():
    with store() as sandbox:
        outcome = sync(sandbox, "brands")
        assert {entry.path for entry in sandbox.journal} == {"/v3/catalog/brands"}
    assert set(outcome.schemas) == {"brands"}


def test_a_property_that_is_not_selected_is_in_no_message():
    chosen = catalog(["brands"])
    for item in _entry(chosen, "brands")["metadata"]:
        if item["breadcrumb"][-1:] == ["name"]:
            item["metadata"]["selected"] = False
    with store() as sandbox:
        outcome = sync(sandbox, given_catalog=chosen)
    assert outcome.code == 0
    assert "name" not in outcome.schemas["brands"]["schema"]["properties"]
    assert all("name" not in row for row in outcome.records["brands"])


def test_a_catalog_of_an_earlier_version_hides_no_fields():
    """It lacks a field that records have; undeclared, a target would fail on it or drop it."""
    old = catalog(["brands"])
    entry = _entry(old, "brands")
    del entry["schema"]["properties"]["meta_keywords"]
    entry["metadata"] = [m for m in entry["metadata"] if "meta_keywords" not in m["breadcrumb"]]
    with store() as sandbox:
        outcome = sync(sandbox, given_catalog=old)
        assert compared(sandbox, outcome).differences == []
    assert "meta_keywords" in outcome.schemas["brands"]["schema"]["properties"]


def _entry(chosen: dict[str, Any], stream: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in chosen["streams"] if e["tap_stream_id"] == stream)
    return found


def _types(schema: dict[str, Any]) -> Iterator[str]:
    yield from [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    for inner in [*schema.get("properties", {}).values(), schema.get("items")]:
        if inner:
            yield from _types(inner)
