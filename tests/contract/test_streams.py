"""Every stream is well formed: what a target, a catalog and a reader count on."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import socket
import string
import typing as t
from datetime import datetime

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from tap_bigcommerce import streams
from tap_bigcommerce.schema.record import DECIMAL_FORMS, EXTRA, Record, fields_of, schema_of
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.base import BigCommerceStream
from tap_bigcommerce.streams.by_channel import ByChannelParameterStream
from tap_bigcommerce.streams.children import POSITION, ChildStream, PartStream
from tap_bigcommerce.streams.lists import ListStream
from tap_bigcommerce.streams.order_quotes import OrderShippingQuotes
from tap_bigcommerce.streams.per_parent import PerParentStream
from tap_bigcommerce.streams.scopes import PANEL_NAMES
from tap_bigcommerce.tap import TapBigCommerce

MODULES = [
    importlib.import_module(f"{streams.__name__}.{found.name}")
    for found in pkgutil.iter_modules(streams.__path__)
]
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
CHILDREN = [stream for stream in STREAMS if issubclass(stream, ChildStream)]
PARTS = [stream for stream in STREAMS if issubclass(stream, PartStream)]
# Of a class without one it is the SDK's property.
REPLICATION_KEYS = {
    stream.name: stream.replication_key
    for stream in STREAMS
    if isinstance(stream.replication_key, str)
}
INCREMENTAL = [stream for stream in STREAMS if stream.name in REPLICATION_KEYS]

each = pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
each_part = pytest.mark.parametrize("stream", PARTS, ids=lambda stream: stream.name)
each_child = pytest.mark.parametrize("stream", CHILDREN, ids=lambda stream: stream.name)
each_incremental = pytest.mark.parametrize("stream", INCREMENTAL, ids=lambda stream: stream.name)


def defined_in(module, base):
    """Classes of a kind that the module itself defines, with what they are built on."""
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, base) and kind.__module__ == module.__name__
    ]


def schema(stream, decimals="number"):
    """What is declared unless secrets are asked for."""
    return schema_of(
        stream.record,
        keys=stream.keys(),
        decimals=DECIMAL_FORMS[decimals],
        is_declared=lambda field: not field.is_secret,
    )


def parts(model, path="$"):
    """Every schema within a schema, with its place."""
    yield path, model
    for name, inner in model.get("properties", {}).items():
        yield from parts(inner, f"{path}.{name}")
    if "items" in model:
        yield from parts(model["items"], f"{path}[]")


def placeholders(path):
    return [name for _, name, _, _ in string.Formatter().parse(path) if name is not None]


def test_every_stream_that_a_module_defines_is_read():
    """A class that nobody names would be dead, or worse, missed."""
    defined = {
        stream
        for module in MODULES
        for stream in defined_in(module, BigCommerceStream)
        if "name" in vars(stream)
    }
    assert defined == set(STREAMS)
    assert len(STREAMS) == len(defined)


def test_each_module_closes_with_its_own_streams():
    for module in MODULES:
        own = [stream for stream in defined_in(module, BigCommerceStream) if "name" in vars(stream)]
        assert list(getattr(module, "STREAMS", ())) == own


def test_no_two_streams_share_a_name():
    names = [stream.name for stream in STREAMS]
    assert sorted(set(names)) == sorted(names)


@each
def test_the_name_could_be_a_table_s(stream):
    assert SNAKE_CASE.fullmatch(stream.name)
    assert len(stream.name) <= 63  # Postgres cuts the rest


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for module in MODULES
        for base in (BigCommerceStream, Record)
        for kind in defined_in(module, base)
    ],
    ids=lambda kind: kind.__qualname__,
)
def test_the_docstring_says_something_that_the_name_does_not(kind):
    text = vars(kind).get("__doc__") or ""
    first = text.split("\n", 1)[0]
    assert first.endswith((".", ".)")), first
    words = set(re.findall(r"[a-z]+", first.lower()))
    named = set(re.findall(r"[A-Z]?[a-z]+", kind.__name__.lower())) | {kind.__name__.lower()}
    assert len(words - named) >= 2, first


@each
def test_the_schema_is_json_schema(stream):
    Draft202012Validator.check_schema(schema(stream))


@each
def test_keys_are_fields_of_the_record_and_never_null(stream):
    model = schema(stream)
    assert stream.keys()
    assert model["required"] == list(stream.keys())
    for key in stream.primary_keys:
        assert fields_of(stream.record)[key].type in {int, str}
        assert model["properties"][key]["type"] in {"integer", "string"}


@each
def test_keys_from_inside_the_row_are_where_they_are_looked_for(stream):
    for key, path in stream.key_paths.items():
        assert key in stream.primary_keys
        kind = stream.record
        for name in path:
            kind = fields_of(kind)[name].type
        assert kind is fields_of(stream.record)[key].type


@each_incremental
def test_the_replication_key_is_a_time_in_the_record(stream):
    assert fields_of(stream.record)[stream.replication_key].type is datetime
    assert schema(stream)["properties"][stream.replication_key]["format"] == "date-time"


@each
def test_a_time_that_the_api_filters_by_is_the_replication_key(stream):
    if stream.time is not None:
        assert stream.time.field == stream.replication_key
    if stream.changed_scan is not None:
        assert stream.time is not None


@each
def test_the_path_names_its_version_and_only_what_is_filled_in(stream):
    assert re.match(r"/v[23]/[a-z]|/api/v3/io/[a-z]", stream.path)
    asked = stream.whole if issubclass(stream, PartStream) else stream
    is_by_parent = issubclass(asked, ChildStream | PerParentStream)
    if is_by_parent and getattr(asked, "counted_by", None) == asked.path:
        is_by_parent = False  # one list for all, which is asked for some of them by a filter
    if issubclass(asked, ByChannelParameterStream):
        is_by_parent = False
    filled = [asked.parent_key] if is_by_parent else []
    if asked is OrderShippingQuotes:  # an order's address is below the order
        filled += ["order_address_id"]
    assert placeholders(stream.path) == filled


@each_child
def test_a_child_carries_its_parent_s_key_and_time(stream):
    assert issubclass(stream.parent, ListStream)
    assert stream.parent in STREAMS
    fields = fields_of(stream.record)
    (key,) = stream.parent.keys()
    assert fields[stream.parent_key].type is fields_of(stream.parent.record)[key].type
    if stream.parent_date is None:
        return
    assert list(fields)[:2] == [stream.parent_key, stream.parent_date]
    assert fields[stream.parent_date].type is datetime
    assert stream.parent_date == stream.replication_key
    assert fields_of(stream.parent.record)["date_modified"].type is datetime


@each_part
def test_a_part_is_where_its_stream_looks_for_it(stream):
    assert stream.whole in STREAMS
    kind = stream.whole.record
    for name in stream.part.split("."):
        kind = fields_of(kind)[name].type
    (item,) = t.get_args(kind)
    own = fields_of(stream.record).keys() - stream.carries.keys() - {POSITION}
    assert own == fields_of(item).keys() - stream.carries.keys()


@each_part
def test_a_part_carries_fields_of_the_whole(stream):
    fields, whole = fields_of(stream.record), fields_of(stream.whole.record)
    lead = [name for name, source in stream.carries.items() if name == source]
    assert list(fields)[: len(lead)] == lead == [name for name in whole if name in lead]
    for name, source in stream.carries.items():
        assert fields[name].type is whole[source].type
    if POSITION in fields:
        assert fields[POSITION].type is int
        assert stream.primary_keys[-1] == POSITION
    assert REPLICATION_KEYS.get(stream.name) == REPLICATION_KEYS.get(stream.whole.name)


@each
def test_a_list_in_batches_is_batched_by_a_stream(stream):
    if stream.batched_by is not None:
        assert issubclass(stream.batched_by, ListStream)
        assert stream.batched_by in STREAMS


@each
def test_the_scope_has_a_name_that_a_merchant_can_tick(stream):
    assert stream.scope or stream.path.startswith("/v3/hooks")  # for which none is needed
    assert set(stream.scope) <= PANEL_NAMES.keys()


def test_no_scope_is_named_for_nothing():
    assert {scope for stream in STREAMS for scope in stream.scope} == PANEL_NAMES.keys()


@each
def test_a_page_is_no_larger_than_the_api_allows(stream):
    assert stream.page_limit is None or 1 <= stream.page_limit <= 250


@each
def test_every_part_of_the_schema_has_one_type(stream):
    """Targets break on unions, and cut or refuse what is longer than they were told."""
    model = schema(stream)
    for path, part in parts(model):
        types = part["type"] if isinstance(part["type"], list) else [part["type"]]
        (kind,) = set(types) - {"null"}
        assert kind in {"integer", "number", "string", "boolean", "object", "array"}, path
        assert not part.keys() & {"maxLength", "additionalProperties", "enum", "anyOf", "oneOf"}, (
            path
        )
        assert (kind == "array") is ("items" in part), path
        assert "properties" not in part or (kind == "object" and part["properties"]), path
        assert part.get("format") in {None, "date-time"}, path


@each
def test_an_object_of_no_fixed_shape_is_one_on_purpose(stream):
    free = {
        path
        for path, part in parts(schema(stream))
        if "object" in part["type"] and "properties" not in part
    }
    declared = {path for path in free if path != f"$.{EXTRA}"}
    assert f"$.{EXTRA}" in free
    assert declared <= {
        # Conditions that hold further conditions.
        "$.customer.segments",
        "$.rules[].action",
        "$.rules[].condition",
        # What a shopper's browser, a carrier or a widget was given, and what nobody documents.
        "$.customer",
        "$.shipping_provider_quote[]",
        *(f"$.{place}widget_configuration" for place in ("", "widget.")),
        *(f"$.{place}storefront_api_query_params" for place in ("", "widget.")),
        # Inputs of widgets, which nest, and texts by the names that merchants give them.
        *(f"$.{place}schema[]" for place in ("", "widget_template.", "widget.widget_template.")),
        *(f"$.{place}translations[].keys" for place in ("", "template.")),
        # Maps whose keys are countries, or what the store's tax provider named.
        "$.hs_codes",
        "$.tax_properties",
        # What a theme or a way to ship has settings for.
        "$.settings",
        # Companies below a company, each with those below it.
        "$.subsidiaries[]",
        # What a merchant, another system or a gateway wrote.
        "$.details.details.lineItems[].customFields",
        "$.details.details.shipments[].customFields",
        "$.details.header.billingAddress.customFields",
        "$.details.header.customerFields",
        "$.details.header.shippingAddresses[].customFields",
        "$.moduleData.transactions[].rawTransaction[]",
        # Objects of which nothing is documented.
        "$.valueConfig.listOfValue[]",
    }


@each
def test_field_names_are_usable_as_columns(stream):
    for path, part in parts(schema(stream)):
        names = [name.lower() for name in part.get("properties", ())]
        assert len(set(names)) == len(names), path
        assert all(re.fullmatch(r"\w{1,63}", name) for name in names), path


@each
def test_descriptions_are_short_and_say_something(stream):
    for path, part in parts(schema(stream)):
        text = part.get("description")
        assert text is None or 0 < len(text.strip()) <= 200, path


@each
@pytest.mark.parametrize("decimals", sorted(DECIMAL_FORMS.keys() - {"number"}))
def test_the_form_of_decimals_changes_decimals_alone(stream, decimals):
    usual, other = dict(parts(schema(stream))), dict(parts(schema(stream, decimals)))
    form = DECIMAL_FORMS[decimals].schema
    assert usual.keys() == other.keys()
    for path, part in usual.items():
        own = {name: value for name, value in part.items() if name not in {"properties", "items"}}
        if "number" in part["type"]:
            own |= {**form, "type": [form["type"], "null"]}
        assert {name: other[path].get(name) for name in own} == own, path
        assert other[path].keys() - {"properties", "items"} == own.keys(), path


@pytest.fixture(scope="module")
def catalog():
    """What `--discover` prints without any settings, and without a network."""

    def refuse(*_):
        pytest.fail("discovery went to the network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        answer = CliRunner().invoke(TapBigCommerce.cli, ["--discover"])
    assert answer.exit_code == 0, answer.output
    return {entry["tap_stream_id"]: entry for entry in json.loads(answer.stdout)["streams"]}


def test_discovery_lists_every_stream_and_needs_no_settings(catalog):
    assert catalog.keys() == {stream.name for stream in STREAMS}


@each
def test_the_catalog_has_the_stream_as_it_is_declared(stream, catalog):
    entry = catalog[stream.name]
    root = next(one["metadata"] for one in entry["metadata"] if one["breadcrumb"] == [])
    assert entry["schema"] == schema(stream)
    assert entry["key_properties"] == list(stream.keys())
    assert entry.get("replication_key") == REPLICATION_KEYS.get(stream.name)
    method = "INCREMENTAL" if stream in INCREMENTAL else "FULL_TABLE"
    assert entry["replication_method"] == method
    assert root["table-key-properties"] == list(stream.keys())
