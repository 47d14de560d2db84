"""A catalog decides what is read, field by field; the state stays true whatever it leaves out."""

from __future__ import annotations

import pytest

from tests.unit.streams.fakes import Offline, catalog, deselect, entry_of, root, some_orders

STATE = {
    "orders": {
        "replication_key": "date_modified",
        "replication_key_value": "2026-11-03T00:00:00+00:00",
    }
}


def test_only_what_is_selected_is_read():
    messages = Offline(some_orders(), catalog=catalog("orders")).sync()
    assert messages.streams() == {"orders"}


def test_a_stream_that_the_catalog_does_not_name_is_not_read():
    offline = Offline(some_orders(), catalog=catalog("orders", drop=["products", "brands"]))
    assert offline.sync().streams() == {"orders"}


def test_an_empty_catalog_reads_nothing():
    offline = Offline(some_orders(), catalog={"streams": []})
    assert offline.sync() == []
    assert offline.exit_code == 0


def test_a_child_is_read_without_its_parent():
    offline = Offline(some_orders(), catalog=catalog("order_fees", "order_taxes"))
    assert offline.sync().streams() == {"order_fees", "order_taxes"}
    assert offline.run.failures == {}


def test_deselected_fields_are_in_neither_schema_nor_records():
    entries = catalog("orders")
    deselect(entry_of(entries, "orders"), "status_id")
    deselect(entry_of(entries, "orders"), "billing_address", "city")
    messages = Offline(some_orders(), catalog=entries).sync()
    (schema,) = [one["schema"]["properties"] for one in messages if one["type"] == "SCHEMA"]
    assert "status_id" not in schema
    assert "city" not in schema["billing_address"]["properties"]
    assert all(row["billing_address"] == {} for row in messages.rows("orders"))


def test_without_the_field_of_the_bookmark_it_moves_all_the_same():
    entries = catalog("orders")
    deselect(entry_of(entries, "orders"), "date_modified")
    offline = Offline(some_orders(), catalog=entries)
    assert all("date_modified" not in row for row in offline.sync().rows("orders"))
    assert offline.bookmarks["orders"]["replication_key_value"].startswith("2026-11-05")


def test_extra_can_be_deselected():
    orders = some_orders(1)
    orders.rows[0]["novelty"] = 1
    entries = catalog("orders")
    assert Offline(orders, catalog=entries).sync().rows("orders")[0]["_extra"] == {"novelty": 1}
    deselect(entry_of(entries, "orders"), "_extra")
    assert "_extra" not in Offline(orders, catalog=entries).sync().rows("orders")[0]


@pytest.mark.parametrize("where", ["entry", "metadata"])
def test_full_table_by_the_catalog_reads_everything(where):
    entries = catalog("orders")
    entry = entry_of(entries, "orders")
    entry.pop("replication_method", None)
    if where == "entry":
        entry["replication_method"] = "FULL_TABLE"
    else:
        root(entry)["forced-replication-method"] = "FULL_TABLE"
    offline = Offline(some_orders(), catalog=entries, state=STATE)
    assert len(offline.sync().rows("orders")) == 5
    assert offline.messages.states()[-1] == STATE


def test_a_field_that_is_unknown_changes_nothing():
    entries = catalog("orders")
    entry = entry_of(entries, "orders")
    entry["schema"]["properties"]["colour"] = {"type": ["string", "null"]}
    entry["metadata"].append(
        {"breadcrumb": ["properties", "colour"], "metadata": {"selected": True}}
    )
    messages = Offline(some_orders(), catalog=entries).sync()
    assert messages == [
        {**one, "time_extracted": mine["time_extracted"]} if "time_extracted" in one else one
        for one, mine in zip(
            Offline(some_orders(), catalog=catalog("orders")).sync(), messages, strict=True
        )
    ]


def test_a_catalog_of_an_earlier_version_does_not_hide_new_fields():
    entries = catalog("orders")
    entry = entry_of(entries, "orders")
    del entry["schema"]["properties"]["status_id"]
    entry["metadata"] = [m for m in entry["metadata"] if "status_id" not in m["breadcrumb"]]
    orders = some_orders(1)
    orders.rows[0]["status_id"] = 11
    messages = Offline(orders, catalog=entries).sync()
    (schema,) = [one["schema"]["properties"] for one in messages if one["type"] == "SCHEMA"]
    assert "status_id" in schema
    assert messages.rows("orders")[0]["status_id"] == 11


def test_a_catalog_without_keys_leaves_the_stream_without_keys():
    """Some tools rewrite catalogs. The rows still come."""
    entries = catalog("orders")
    entry = entry_of(entries, "orders")
    entry["key_properties"] = []
    root(entry).pop("table-key-properties", None)
    offline = Offline(some_orders(), catalog=entries)
    assert len(offline.sync().rows("orders")) == 5
