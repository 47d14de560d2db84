"""What is given to a run is refused in a sentence, or followed."""

from __future__ import annotations

import io
from copy import deepcopy
from itertools import count

import pytest

from tap_bigcommerce.inputs import (
    UnusableInput,
    catalog_problems,
    catalog_remarks,
    read_object,
    state_problems,
)
from tests.unit.streams.fakes import Offline, catalog, entry_of, root, some_orders

NOTHING_SELECTED = 'the catalog selects no stream: set "selected" to true in the metadata of some'
KEYS = {"orders": ("id",), "order_products": ("order_id", "id")}
DISCOVERED = catalog("orders", "order_products")


def changed(change, name="orders"):
    """The discovered catalog after a change of one entry."""
    entries = deepcopy(DISCOVERED)
    change(entry_of(entries, name))
    return entries


# Files.


def test_an_object_is_read_with_all_its_digits():
    assert str(read_object(io.StringIO('\ufeff{"a": 1.10}'), "It")["a"]) == "1.10"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty: write a JSON object, or leave the option out."),
        (" \n", "is empty"),
        ("{bad", "is not JSON, at line 1, column 2: correct it."),
        (
            '{"a": 1}\n{"a": 2}',
            "line 2, column 1: only one JSON object is wanted.",
        ),
        ("[1]", "is JSON, but not an object"),
        ("null", "is JSON, but not an object"),
        ('"state.json"', "is JSON, but not an object"),
        ("[" * 100_000, "is nested too deeply"),
    ],
)
def test_anything_else_is_refused(text, words):
    with pytest.raises(UnusableInput) as refused:
        read_object(io.StringIO(text), "It")
    assert words in str(refused.value)


def test_bytes_that_are_no_text_are_refused():
    file = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00"), encoding="utf-8")
    with pytest.raises(UnusableInput, match="not text in UTF-8"):
        read_object(file, "It")


# States.


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"bookmarks": {}},
        {"bookmarks": None},
        {"bookmarks": {"orders": {}}, "store_id": "abc123"},
        {"bookmarks": {"orders": {"partitions": [{"context": {}}]}}},
        {"bookmarks": {}, "currently_syncing": "orders"},
    ],
)
def test_a_state_may_be_empty_or_of_another_version(state):
    assert state_problems(state, "abc123") == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"orders": {}}, "State has no `bookmarks`"),
        ({"bookmarks": []}, "State has no `bookmarks`"),
        ({"bookmarks": {"orders": {"a": "\ud800"}}}, "State holds text that cannot"),
        ({"bookmarks": {"\ud800": {}}}, "State holds text that cannot"),
        ({"bookmarks": {}, "store_id": "xyz789"}, "State is of the store 'xyz789'"),
        ({"bookmarks": {}, "store_id": ["abc123"]}, "State is of the store ['abc123']"),
        ({"bookmarks": {"orders": "2026"}}, "State: `orders` is not an object."),
        ({"bookmarks": {"orders": {"partitions": 5}}}, "State: `orders` has `partitions`"),
        ({"bookmarks": {"orders": {"partitions": [5]}}}, "State: `orders` has `partitions`"),
        ({"bookmarks": {"orders": {"progress_markers": 5}}}, "State: `orders` has `progress"),
        (
            {"bookmarks": {"orders": {"partitions": [{"progress_markers": 5}]}}},
            "State: `orders` has `progress_markers`",
        ),
    ],
)
def test_a_state_of_another_store_or_kind_is_refused(state, words):
    (problem,) = state_problems(state, "abc123")
    assert problem.startswith(words)


# Catalogs.


def test_what_discovery_gives_is_followed():
    assert catalog_problems(DISCOVERED, KEYS) == []


@pytest.mark.parametrize("given", [{}, {"streams": {}}, {"streams": None}, {"streams": "orders"}])
def test_what_is_no_catalog_is_refused(given):
    assert catalog_problems(given, KEYS) == [
        "Catalog has no list `streams`: give what --discover prints."
    ]


@pytest.mark.parametrize("entry", ["orders", None, {}, {"tap_stream_id": 5}, {"stream": "orders"}])
def test_an_entry_without_a_name_is_refused_by_its_number(entry):
    entries = {"streams": [entry_of(DISCOVERED, "orders"), entry]}
    (problem,) = catalog_problems(entries, KEYS)
    assert problem.startswith("Catalog: entry 2 has no `tap_stream_id`.")


CRUMB = '`breadcrumb` is not a list of names: write [] for the stream, ["properties", "name"]'


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: e.update(schema="object"), "`schema` is not an object."),
        (lambda e: e.update(schema=None), "`schema` is not an object."),
        (lambda e: e.update(metadata={}), "`metadata` is not a list."),
        (lambda e: e.update(metadata=None), "`metadata` is not a list."),
        (lambda e: e.update(metadata=["selected"]), CRUMB),
        (lambda e: e.update(metadata=[{"metadata": {}}]), CRUMB),
        (lambda e: e["metadata"][0].update(breadcrumb="properties"), CRUMB),
        (lambda e: e["metadata"][0].update(breadcrumb=5), CRUMB),
        (lambda e: e["metadata"][0].update(breadcrumb=[["properties"]]), CRUMB),
        (
            lambda e: e.update(metadata=[{"breadcrumb": ["properties", "id"], "metadata": []}]),
            "`metadata` of id is not an object.",
        ),
        (lambda e: root(e).update(selected="false"), "`selected` of the stream must be true or"),
        (
            lambda e: root(e).update({"selected-by-default": 1}),
            "`selected-by-default` of the stream must be true or false.",
        ),
        (
            lambda e: root(e).update(inclusion="maybe"),
            "`inclusion` of the stream must be available, automatic or unsupported.",
        ),
        (
            lambda e: e.update(replication_method="LOG_BASED"),
            "`replication_method` is 'LOG_BASED'. Write FULL_TABLE or INCREMENTAL.",
        ),
        (
            lambda e: (
                root(e).update({"forced-replication-method": 5}) or e.pop("replication_method")
            ),
            "`replication_method` is 5. Write FULL_TABLE or INCREMENTAL.",
        ),
        (
            lambda e: e.update(key_properties=["email"]),
            """`key_properties` is ['email']. Write ["id"].""",
        ),
        (lambda e: e.update(key_properties="id"), "`key_properties` is 'id'."),
        (
            lambda e: root(e).update({"table-key-properties": ["x"]}) or e.pop("key_properties"),
            "`key_properties` is ['x'].",
        ),
    ],
    ids=count(),
)
def test_an_entry_that_cannot_be_followed_is_refused(change, words):
    (problem,) = catalog_problems(changed(change), KEYS)
    assert problem.startswith(f"Catalog: orders: {words}")


def test_an_entry_that_is_not_selected_may_ask_for_anything():
    def change(entry):
        root(entry)["selected"] = False
        entry["key_properties"] = ["email"]

    assert catalog_problems(changed(change), KEYS) == []


def test_a_stream_that_is_named_twice_is_refused():
    entry = entry_of(DISCOVERED, "orders")
    (problem,) = catalog_problems({"streams": [entry, entry]}, KEYS)
    assert problem == "Catalog names orders more than once. Remove the others."


@pytest.mark.parametrize(
    ("root_metadata", "is_selected"),
    [
        ({"selected": True}, True),
        ({"selected": False}, False),
        ({"selected-by-default": True}, True),
        ({"selected": False, "selected-by-default": True}, False),
        ({"inclusion": "automatic", "selected": False}, True),
        ({"inclusion": "unsupported", "selected": True}, False),
        ({}, False),
        (None, True),
    ],
)
def test_a_stream_is_selected_by_the_sdk_s_rules(root_metadata, is_selected):
    """Checked against the SDK itself."""
    metadata = [] if root_metadata is None else [{"breadcrumb": [], "metadata": root_metadata}]
    given = {"streams": [{"tap_stream_id": "orders", "schema": {}, "metadata": metadata}]}
    offline = Offline(some_orders(), catalog=given)
    assert offline.stream("orders").selected is is_selected
    remarks = list(catalog_remarks(given, offline.tap.own_streams))
    assert remarks == ([] if is_selected else [NOTHING_SELECTED])


def test_what_is_asked_for_in_vain_is_remarked():
    def change(entry):
        for path in (["nope"], ["billing_address", "properties", "town"], ["status"]):
            crumb = ["properties", *path]
            entry["metadata"].append({"breadcrumb": crumb, "metadata": {"selected": True}})
        crumb = ["properties", "gone"]
        entry["metadata"].append({"breadcrumb": crumb, "metadata": {"selected": False}})

    given = changed(change)
    root(entry_of(given, "brands")).update(selected=True)
    entry_of(given, "brands")["replication_method"] = "INCREMENTAL"
    assert list(catalog_remarks(given, Offline(some_orders()).tap.own_streams)) == [
        "brands has no date to be INCREMENTAL by: it is read whole each time",
        "the catalog selects orders.nope, which is not a field",
        "the catalog selects orders.billing_address.town, which is not a field",
    ]


def test_keys_that_a_catalog_leaves_out_are_the_stream_s_own():
    """A target would append every row again; and without its date, all history would come again."""

    def change(entry):
        for name in ("key_properties", "replication_key", "replication_method"):
            entry.pop(name, None)
        for name in ("table-key-properties", "replication-key", "forced-replication-method"):
            root(entry).pop(name, None)

    offline = Offline(some_orders(), catalog=changed(change, "orders"))
    stream = offline.stream("orders")
    assert stream.primary_keys == ("id",)
    assert (stream.replication_key, stream.replication_method) == ("date_modified", "INCREMENTAL")
