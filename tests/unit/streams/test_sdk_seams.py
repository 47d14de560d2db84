"""What the tap replaces in the SDK, or relies on, is still there and still called.

When one of these fails after an update of singer-sdk: find what took the place of the method, and
override that, before anything else. The streams keep their bookmarks themselves; should the SDK
write its own beside them, runs would skip rows without any error.
"""

from __future__ import annotations

import inspect
import json
from contextlib import redirect_stdout
from unittest import mock

import pytest
from singer_sdk import Stream, Tap, metrics
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers import _state
from singer_sdk.helpers.capabilities import PluginCapabilities
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib import RecordMessage

from tap_bigcommerce.problems import problems
from tap_bigcommerce.streams.base import BigCommerceStream
from tap_bigcommerce.streams.lines import LineWriter
from tap_bigcommerce.tap import TapBigCommerce
from tests.support.store import Output
from tests.unit.streams.fakes import (
    Messages,
    Offline,
    Orders,
    catalog,
    deselect,
    entry_of,
    order,
)

OVERRIDDEN = [
    (Stream, BigCommerceStream, "get_records", ("self", "context")),
    (Stream, BigCommerceStream, "get_replication_key_signpost", ("self", "context=None")),
    (
        Stream,
        BigCommerceStream,
        "_increment_stream_state",
        ("self", "latest_record", "*context=None"),
    ),
    (Stream, BigCommerceStream, "_write_starting_replication_value", ("self", "context")),
    (Tap, TapBigCommerce, "_validate_config", ("self", "*raise_errors=True")),
    (Tap, TapBigCommerce, "cb_test", ("ctx", "param", "value")),
    (
        Tap,
        TapBigCommerce,
        "invoke",
        ("*about=False", "*about_format=None", "*config=None", "*state=None", "*catalog=None"),
    ),
    (Tap, TapBigCommerce, "discover_streams", ("self",)),
    (Tap, TapBigCommerce, "load_state", ("self", "state")),
    (Tap, TapBigCommerce, "setup_mapper", ("self",)),
    (Tap, TapBigCommerce, "_handle_termination", ("self", "signum", "frame")),
]


def shape(function):
    """Names, kinds and defaults of the parameters, in one line each."""
    return tuple(
        ("*" if one.kind is one.KEYWORD_ONLY else "")
        + one.name
        + ("" if one.default is one.empty else f"={one.default}")
        for one in inspect.signature(function).parameters.values()
    )


@pytest.mark.parametrize(
    ("theirs", "ours", "name", "expected"), OVERRIDDEN, ids=[one[2] for one in OVERRIDDEN]
)
def test_what_is_overridden_is_still_there_and_takes_the_same(theirs, ours, name, expected):
    assert hasattr(theirs, name), (
        f"singer-sdk no longer has {theirs.__name__}.{name}: the override in {ours.__name__} is "
        "dead code. Find what replaced it."
    )
    assert name in vars(ours), f"{ours.__name__} no longer overrides {name}"
    assert shape(getattr(theirs, name)) == expected, (
        f"singer-sdk changed the parameters of {theirs.__name__}.{name}: change its override in "
        f"{ours.__name__} and this list."
    )
    own = shape(getattr(ours, name))
    assert own[: len(expected)] == expected
    assert all(one.startswith("*") and "=" in one for one in own[len(expected) :])


def test_the_state_writer_is_still_there():
    writer = Offline(Orders()).tap.state_writer
    assert isinstance(writer, _state.StateWriter), "Tap.state_writer is something else now"
    assert shape(writer.write_state) == ("state",), "StateWriter.write_state takes something else"


def test_a_state_that_is_the_same_is_not_written_twice():
    """So that the streams can write it behind every page."""
    offline = Offline(Orders(), state={"orders": {}})
    for _ in range(2):
        offline.tap.state_writer.write_state(offline.tap.state)
    assert len(offline.messages) == 1


def test_a_stream_s_state_is_the_tap_s_and_is_changed_in_place():
    offline = Offline(Orders(), state={"orders": {"replication_key": "x"}})
    state = offline.stream("orders").state_manager.stream_state
    state["replication_key"] = "y"
    assert offline.tap.state["bookmarks"]["orders"] == {"replication_key": "y"}, (
        "StreamStateManager.stream_state is a copy now: bookmarks would not reach the STATE"
    )


def test_the_sdk_keeps_no_bookmark_of_its_own():
    """With its own, an unsorted stream leaves `progress_markers`, `starting_replication_value` and
    a signpost, and its bookmark would pass the start of the run."""
    state = {"orders": {"replication_key": "date_modified", "replication_key_value": "2026-11-01"}}
    orders = Orders(*[order(n, f"2026-11-0{n}T00:00:00+00:00") for n in range(1, 6)])
    for given in (None, state):
        offline = Offline(orders, select=["orders"], state=given, page_size=2)
        for written in offline.sync().states():
            keys = set(written["orders"])
            assert keys <= {"replication_key", "replication_key_value", "backfill"}, (
                f"singer-sdk writes {keys} into the state: which method does it call now?"
            )


def test_marks_of_the_sdk_in_an_old_state_do_no_harm():
    old = {
        "replication_key": "date_modified",
        "replication_key_value": "2026-11-03T00:00:00+00:00",
        "replication_key_signpost": "2026-11-30T00:00:00+00:00",
        "starting_replication_value": "2026-10-01T00:00:00+00:00",
        "progress_markers": {
            "Note": "Progress is not resumable if interrupted.",
            "replication_key": "date_modified",
            "replication_key_value": "2026-11-20T00:00:00+00:00",
        },
    }
    orders = Orders(*[order(n, f"2026-11-0{n}T00:00:00+00:00") for n in range(1, 6)])
    offline = Offline(orders, select=["orders"], state={"orders": old})
    rows = offline.sync().rows("orders")
    assert [row["id"] for row in rows] == [3, 4, 5]
    assert offline.messages.states()[-1]["orders"] == {
        "replication_key": "date_modified",
        "replication_key_value": "2026-11-05T00:00:00+00:00",
    }


def test_declared_keys_can_be_replaced_by_a_catalog():
    """The base class keeps the declared one before the SDK applies a catalog."""
    stream = Offline(Orders()).stream("orders")
    stream.replication_key = "id"
    assert (stream.own_key, stream.replication_key) == ("date_modified", "id")


def test_a_refused_configuration_still_carries_its_sentences():
    error = ConfigValidationError("summary", errors=["sentence"], schema={})
    assert error.errors == ["sentence"]


def test_batches_are_a_capability_that_can_be_left_out():
    assert PluginCapabilities.BATCH in Tap.capabilities
    assert PluginCapabilities.BATCH not in TapBigCommerce.capabilities


# Batches are written as lines, past the SDK, unless it would change them.


ODD = rb"""[{
    "id": 7, "date_modified": "Sun, 01 Nov 2026 00:00:00 +0000", "fees": [], "consignments": [],
    "subtotal_tax": 1.10, "total_tax": "0.0000000000",
    "items_total": 123456789012345678901234567890,
    "external_id": 12, "status": "\u00e9\ud83d\ude00\"", "novelty": {"deep": [1.50, 1E+400, {}]},
    "billing_address": {"city": "Ulm", "country_iso2": "DE", "planet": "Earth", "form_fields": []}
}, {"id": 8, "date_modified": "Mon, 02 Nov 2026 00:00:00 +0000", "billing_address": null}]"""
"""Amounts in all forms, values that do not fit, fields that nobody documents."""


def answer(request):
    return ODD if request.path == "/v2/orders" else []


class Written:
    """What a tap writes to stdout, and what it says of it."""

    def __init__(self, caplog, select=("orders",), deselected=(), *, by_the_sdk=False, **config):
        entries = catalog(*select)
        for path in deselected:
            deselect(entry_of(entries, "orders"), *path)
        self.offline = Offline(answer, catalog=entries, **config)
        self.writer = Writer()
        tap, output = self.offline.tap, Output()
        tap.message_writer = tap.state_writer._message_writer = self.writer
        caplog.set_level("INFO")
        caplog.clear()
        with redirect_stdout(output):  # type: ignore[type-var]  # what the writer needs of it
            if by_the_sdk:
                with mock.patch.object(BigCommerceStream, "_is_written_as_is", return_value=False):
                    tap.sync_all()
            else:
                tap.sync_all()
        self.exit_code = tap.run.end()
        self.messages = [json.loads(line) for line in output.lines]
        self.records = [
            line.rpartition(b',"time_extracted"')[0]
            for line in output.lines
            if line.startswith(b'{"type":"RECORD"')
        ]
        said = [one.args for one in caplog.records if one.name == "singer_sdk.metrics"]
        self.counted = sum(
            point.value for (point,) in said if point.metric == metrics.Metric.RECORD_COUNT
        )


class Writer(LineWriter):
    """Notes whether it was given lines."""

    has_lines = False

    def write_lines(self, body):
        self.has_lines = True
        super().write_lines(body)


CHOICES = {
    "all": (),
    "without a field": (["status"], ["date_modified"]),
    "without a field of a field": (["billing_address", "city"], ["billing_address", "form_fields"]),
    "without objects": (["billing_address"], ["_extra"]),
}


@pytest.mark.parametrize("deselected", CHOICES.values(), ids=CHOICES.keys())
@pytest.mark.parametrize("decimals", ["number", "string"])
def test_lines_are_what_the_sdk_would_write(caplog, deselected, decimals):
    """But for when they were extracted. In tests/sync it is so for every stream."""
    ours = Written(caplog, deselected=deselected, decimal_type=decimals)
    theirs = Written(caplog, deselected=deselected, decimal_type=decimals, by_the_sdk=True)
    assert ours.writer.has_lines
    assert not theirs.writer.has_lines
    assert len(ours.records) == 2
    assert ours.records == theirs.records
    assert [one["type"] for one in ours.messages] == [one["type"] for one in theirs.messages]
    assert ours.messages[-1] == theirs.messages[-1]
    for path in deselected:
        assert f'"{path[-1]}"'.encode() not in b"".join(ours.records)


def test_records_are_counted_as_the_sdk_counts_them(caplog):
    """Runners show this count to their users."""
    assert Written(caplog).counted == Written(caplog, by_the_sdk=True).counted == 2


@pytest.mark.parametrize(
    "mapped",
    [
        {"stream_maps": {"orders": {"number": "id + 1"}}},
        {"stream_maps": {"orders": {"__filter__": "id == 8"}}},
        {"stream_maps": {"orders": {"__alias__": "sales"}}},
        {"stream_maps": {"orders": None}},
        {"flattening_enabled": True, "flattening_max_depth": 2},
    ],
    ids=repr,
)
def test_what_the_sdk_would_change_goes_through_the_sdk(caplog, mapped):
    ours, theirs = Written(caplog, **mapped), Written(caplog, by_the_sdk=True, **mapped)
    assert ours.exit_code == 0
    assert not ours.writer.has_lines
    assert ours.records == theirs.records
    assert ours.counted == theirs.counted


def test_stream_maps_and_flattening_get_the_records_that_they_need(caplog):
    mapped = Written(
        caplog, stream_maps={"orders": {"id": "id", "number": "id + 1", "__else__": None}}
    )
    assert [json.loads(one + b"}")["record"] for one in mapped.records] == [
        {"id": 7, "number": 8},
        {"id": 8, "number": 9},
    ]
    flat = Written(caplog, flattening_enabled=True, flattening_max_depth=2)
    assert b'"billing_address__city":"Ulm"' in flat.records[0]
    assert b'"subtotal_tax":1.10' in flat.records[0]


def test_maps_of_other_streams_do_not_slow_this_one(caplog):
    maps = {"customer_groups": {"number": "id + 1"}}
    written = Written(caplog, ("orders", "customer_groups"), stream_maps=maps)
    assert written.exit_code == 0
    assert written.writer.has_lines


def test_another_writer_gets_messages():
    """As in the tests of the SDK, and in programs that take the tap as a library."""
    offline = Offline(answer, select=["orders"])
    assert isinstance(offline.tap.message_writer, Messages)
    assert [row["id"] for row in offline.sync().rows("orders")] == [7, 8]


def test_a_trial_is_the_sdk_s_to_end(caplog):
    """It counts records as they come, and stops a stream behind the first."""
    with mock.patch.object(BigCommerceStream, "ABORT_AT_RECORD_COUNT", 5):
        tried = Written(caplog)
    assert not tried.writer.has_lines
    assert len(tried.records) == 2


def test_records_come_to_who_does_not_write_them():
    """`get_records` alone, without a sync, is what the SDK's tests of a stream call."""
    offline = Offline(answer)
    stream = offline.stream("orders")
    offline.tap.message_writer = LineWriter()
    assert [record["id"] for record in stream.get_records(None)] == [7, 8]


def test_the_counter_is_asked_for_with_tags_alone():
    assert shape(Stream.get_record_counter) == ("self", "*endpoint=None", "*log_interval=60.0")


def test_a_sync_asks_for_the_counter_before_it_asks_for_records():
    """That is how a stream knows that its records will be written."""
    stream = Offline(answer, select=["orders"]).stream("orders")
    calls = []
    counter = stream.get_record_counter

    def noted_counter(**tags):
        calls.append(f"counter{sorted(tags)}")
        return counter(**tags)

    def noted_records(_context):
        calls.append("records")
        return []

    with (
        mock.patch.object(stream, "get_record_counter", noted_counter),
        mock.patch.object(stream, "get_records", noted_records),
    ):
        stream.sync()
    assert calls == ["counter[]", "records"], (
        "singer-sdk counts records otherwise now: find what a sync calls before its records"
    )


def test_the_sdk_writes_a_record_s_message_as_it_did():
    """What of a message is not in our lines would be lost; a version is none of ours, because
    the setting for it is refused."""
    assert [*inspect.signature(RecordMessage).parameters] == [
        "stream",
        "record",
        "version",
        "time_extracted",
    ], "a RECORD message has other fields now: `lines.py` has to write them"
    config = {"store_id": "abc123", "emit_activate_version_messages": True}
    assert any("emit_activate_version_messages is not" in one for one in problems(config))


def test_a_record_goes_through_what_our_lines_stand_for():
    """Selection, conformance and maps, in this order, and nothing else."""
    calls = [
        "pop_deselected_record_properties",
        "conform_record_data_types",
        "stream_map.transform",
        "RecordMessage",
    ]
    source = inspect.getsource(Stream._generate_record_messages)
    places = [source.find(f"{call}(") for call in calls]
    assert places == sorted(places)
    assert min(places) > 0, "singer-sdk does something else with a record before it writes it"
    assert BigCommerceStream.TYPE_CONFORMANCE_LEVEL is TypeConformanceLevel.NONE


def test_a_stream_without_maps_has_one_that_changes_nothing():
    (only,) = Offline(Orders()).stream("orders").stream_maps
    assert type(only) is SameRecordTransform, "the SDK's map for streams without maps is another"
    assert only.flattening_enabled is False
    assert only.transform(record := {"id": 7}) is record
