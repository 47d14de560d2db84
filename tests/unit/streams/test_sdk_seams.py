"""What the tap replaces in the SDK, or relies on, is still there and still called.

When one of these fails after an update of singer-sdk: find what took the place of the method, and
override that, before anything else. The streams keep their bookmarks themselves; should the SDK
write its own beside them, runs would skip rows without any error.
"""

from __future__ import annotations

import inspect

import pytest
from singer_sdk import Stream, Tap
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers import _state
from singer_sdk.helpers.capabilities import PluginCapabilities

from tap_bigcommerce.streams.base import BigCommerceStream
from tap_bigcommerce.tap import TapBigCommerce
from tests.unit.streams.fakes import Offline, Orders, order

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
    assert shape(getattr(ours, name)) == expected


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
