"""An item of the inventory has a key that no other item has, or the stream says so."""

from __future__ import annotations

import pytest

from tests.unit.streams.fakes import Offline


@pytest.fixture(scope="module")
def stream():
    return Offline(lambda _: b"").stream("inventory_items")


@pytest.mark.parametrize(
    ("identity", "keys"),
    [
        ({"product_id": 7, "variant_id": 9}, (7, 9)),
        ({"product_id": "7", "variant_id": "9"}, (7, 9)),
        ({"product_id": 7, "variant_id": None}, (7, 0)),
        ({"product_id": 7}, (7, 0)),
        ({"product_id": 7, "variant_id": 0}, (7, 0)),
        ({"variant_id": 9}, (0, 9)),
    ],
    ids=repr,
)
def test_keys_are_taken_out_of_the_identity(stream, identity, keys):
    record = stream.convert({"identity": identity, "locations": []})
    assert (record["product_id"], record["variant_id"]) == keys


@pytest.mark.parametrize(
    "row",
    [
        {"locations": []},
        {"identity": None},
        {"identity": {}},
        {"identity": []},
        {"identity": "sku-1"},
        {"identity": {"sku": "sku-1"}},
        {"identity": {"product_id": None, "variant_id": None}},
        {"identity": {"product_id": "none", "variant_id": ""}},
    ],
    ids=repr,
)
def test_an_item_without_any_identity_fails_the_stream(stream, row):
    """All of them got the key 0, 0: in a target that updates by key, one row was left of all."""
    with pytest.raises(Exception, match="no usable `product_id`, which is its key"):
        stream.convert(row)
