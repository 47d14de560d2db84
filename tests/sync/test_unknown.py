"""What BigCommerce sends beyond its own reference is kept, named once, and stops nothing."""

from __future__ import annotations

import copy
import logging
from decimal import Decimal

import pytest

from tap_bigcommerce.sandbox import Quirks
from tap_bigcommerce.sandbox import app as sandbox_app
from tap_bigcommerce.sandbox.truth import NESTED
from tests.support.compare import Comparison, compare_rows
from tests.support.store import Outcome, store, sync


class Tamperer:
    """Encodes answers as the sandbox does, after a change to every row of a list."""

    def __init__(self, change) -> None:
        self._encoder = sandbox_app.ENCODER
        self._change = change

    def encode(self, payload) -> bytes:
        payload = copy.deepcopy(payload)
        rows = payload.get("data", ()) if isinstance(payload, dict) else payload  # or a count
        for row in rows:
            self._change(row)
        return self._encoder.encode(payload)


def tampered(monkeypatch, stream: str, change, **options) -> tuple[Outcome, Comparison]:
    """A run against answers with changed rows, compared with rows changed in the same way."""
    monkeypatch.setattr(sandbox_app, "ENCODER", Tamperer(change))
    with store(**{"orders": 40, "products": 40, **options}) as sandbox:
        outcome = sync(sandbox, stream)
        raw = copy.deepcopy(list(sandbox.rows(stream)))
    for row in raw:
        change(row)
    schema = outcome.schemas[stream]
    keys = schema["key_properties"]
    return outcome, compare_rows(stream, schema["schema"], keys, raw, outcome.records[stream])


def warned(outcome: Outcome, path: str) -> list[str]:
    """Lines that name a field when it is first met."""
    return [line for line in outcome.said() if f"`{path}` is " in line]


def test_a_field_that_nobody_documented_is_in_extra_and_named_once():
    """Quirk 18, in every stream at once."""
    with store(quirks=Quirks(extra_fields=True), orders=60) as sandbox:
        outcome = sync(sandbox)
    assert outcome.code == 0
    embedded = {"order_consignments", "order_shipping_addresses", "order_fees", "order_products"}
    embedded |= NESTED | {
        "bulk_pricing_rules",
        "custom_fields",
        "modifiers",
        "product_category_assignments",
        "product_channel_assignments",
        "product_images",
        "product_options",
        "product_reviews",
        "product_variants",
        "product_videos",
        "promotion_codes",
    }
    for stream in outcome.schemas.keys() - embedded:
        for row in outcome.records[stream]:
            assert row["_extra"]["beta_labels"] == {"new": True}, stream
            assert "beta_score" in row["_extra"]
        lines = [line for line in warned(outcome, "beta_score") if line.startswith(f"{stream}: ")]
        assert len(lines) == 1


def test_new_fields_at_any_depth_arrive_with_their_path(monkeypatch):
    def change(row):
        row["loyalty"] = {"points": Decimal("12.50"), "tiers": ["gold", None, 3]}
        row["custom_url"]["canonical"] = f"/c/{row['id']}"
        for image in row["images"]:
            image["blur_hash"] = "LEHV6n"
        for video in row["videos"]:
            video["captions"] = [{"lang": "en", "size": 2**70}]

    outcome, found = tampered(monkeypatch, "products", change)
    assert outcome.code == 0
    assert found.differences == []
    for path in ("loyalty", "custom_url.canonical", "images[].blur_hash", "videos[].captions"):
        assert len(warned(outcome, path)) == 1, path
    assert found.in_extra > 2 * found.rows


def test_new_fields_of_what_is_embedded_in_orders_arrive(monkeypatch):
    def change(row):
        for consignment in row.get("consignments", {}).get("shipping", ()):
            consignment["carbon_grams"] = Decimal("0.125")

    monkeypatch.setattr(sandbox_app, "ENCODER", Tamperer(change))
    with store(orders=40) as sandbox:
        outcome = sync(sandbox, "order_consignments", "order_shipping_addresses", "orders")
    assert outcome.code == 0
    addresses = outcome.records["order_shipping_addresses"]
    assert all(row["_extra"] == {"carbon_grams": Decimal("0.125")} for row in addresses)
    shipped = [row for row in outcome.records["order_consignments"] if row.get("shipping")]
    assert shipped
    for row in shipped:
        assert row["_extra"]["shipping[0].carbon_grams"] == Decimal("0.125")
    assert all(not row.get("_extra") for row in outcome.records["orders"])


ODD_VALUES = {
    "subtotal_ex_tax": ("twelve", "NaN", "1_000", True, [1], {"a": "1.50"}, "1e5000"),
    "date_created": ("soon", "2025-13-45", ["2025-01-01"], "Mon, 99 Foo 2025 00:00:00 +0000"),
    "items_total": ("a few", 2**70, 1.5, "12.7", {}, {"n": 1}),
    "is_deleted": ("maybe", 2, [], -1),
    "customer_message": (12, True, ["a", 1], {"text": "a"}, Decimal("1.10")),
    "billing_address": ("nowhere", 12, ["a"], True),
    "shipping_addresses": ("none", [1]),
}
"""Values that do not fit, by field of an order."""


@pytest.mark.parametrize("field", ODD_VALUES)
def test_a_value_of_a_wrong_type_is_neither_lost_nor_fatal(monkeypatch, field):
    values = ODD_VALUES[field]

    def change(row):
        row[field] = values[row["id"] % len(values)]

    outcome, found = tampered(monkeypatch, "orders", change)
    assert outcome.code == 0, outcome.said(logging.ERROR)
    assert found.rows == 40
    assert found.differences == []
    assert len(warned(outcome, field)) <= 1


def test_items_of_a_list_that_do_not_fit_keep_their_place(monkeypatch):
    def change(row):
        row["categories"] = [*row["categories"], "none", None, {"id": 5}, "17"]
        row["images"] = [*row["images"], "no image", None]

    outcome, found = tampered(monkeypatch, "products", change)
    assert outcome.code == 0
    assert found.differences == []
    assert len(warned(outcome, "categories[]")) == 1


def test_texts_that_targets_choke_on_arrive_as_they_are(monkeypatch):
    odd = (
        "'; DROP TABLE orders; --",
        "\u2028",
        "\U0001d518",
        '"\\',
        "a\tb\nc",
        "é" * 5000,
        "null",
        "",
    )

    def change(row):
        row["name"] = odd[row["id"] % len(odd)] + "\U0001f6d2"

    outcome, found = tampered(monkeypatch, "brands", change, products=300)
    assert outcome.code == 0
    assert found.differences == []


def test_a_row_without_its_key_fails_its_stream_and_says_so(monkeypatch):
    def change(row):
        if "page_title" in row and row["id"] % 7 == 0:
            row["id"] = None

    monkeypatch.setattr(sandbox_app, "ENCODER", Tamperer(change))
    with store(products=200) as sandbox:
        outcome = sync(sandbox, "brands", "currencies")
    assert outcome.code == 1
    assert "no usable `id`" in outcome.said(logging.ERROR)[-1]
    assert outcome.records["currencies"]
