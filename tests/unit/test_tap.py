"""The tap as its user meets it: discovery, the test of a connection, a run, and what is refused."""

from __future__ import annotations

import json
import logging
import sys
from copy import deepcopy

import pytest
from click.testing import CliRunner
from singer_sdk.exceptions import ConfigValidationError

from tap_bigcommerce.api import errors
from tap_bigcommerce.run import Run
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.tap import TapBigCommerce
from tests.unit.streams.fakes import (
    CONFIG,
    FakeClient,
    InlinePool,
    Offline,
    Orders,
    catalog,
    daily_orders,
    entry_of,
    root,
    some_orders,
)

NAMES = {stream.name for stream in STREAMS}
STATE = {
    "orders": {
        "replication_key": "date_modified",
        "replication_key_value": "2026-11-03T00:00:00+00:00",
    }
}


class Cli:
    """The command line, with answers in place of a network."""

    def __init__(self, folder, monkeypatch):
        self._folder = folder
        self.client = FakeClient(lambda _: b"")
        monkeypatch.setattr(Run, "client", property(lambda _: self.client))
        monkeypatch.setattr(Run, "b2b_client", property(lambda _: self.client))
        monkeypatch.setattr(Run, "pool", property(lambda _: InlinePool()))

    def answers(self, answer):
        self.client = FakeClient(answer)

    def file(self, name, value):
        path = self._folder / name
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return str(path)

    def __call__(self, *args, config=CONFIG, **files):
        given = [] if config is None else ["--config", self.file("config.json", config)]
        for name, value in files.items():
            given += [f"--{name}", self.file(f"{name}.json", value)]
        return CliRunner().invoke(TapBigCommerce.get_singer_command(), [*args, *given])


@pytest.fixture
def cli(tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    yield Cli(tmp_path, monkeypatch)
    logging.captureWarnings(capture=False)  # the SDK's command turns it on


def messages(result):
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith('{"type"')]


def errors_in(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


# Discovery.


def test_discovery_needs_no_settings_and_asks_nothing(cli):
    result = cli("--discover", config=None)
    assert result.exit_code == 0
    catalog = json.loads(result.stdout)
    assert {entry["tap_stream_id"] for entry in catalog["streams"]} == NAMES
    assert cli.client.asked == []


def test_discovery_names_keys_and_replication(cli):
    entries = {e["stream"]: e for e in json.loads(cli("--discover").stdout)["streams"]}
    assert entries["order_products"]["key_properties"] == ["order_id", "id"]
    assert entries["order_products"]["replication_key"] == "order_date_modified"
    assert entries["order_products"]["replication_method"] == "INCREMENTAL"
    assert entries["brands"].get("replication_key") is None


@pytest.mark.parametrize("config", [{"decimal_type": "float"}, {"page_size": "many"}, {"x": 1}])
def test_discovery_is_not_stopped_by_wrong_settings(cli, config):
    """A wrong `decimal_type` was a KeyError."""
    result = cli("--discover", config=config)
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)["streams"]) == len(NAMES)


def test_about_needs_no_settings(cli):
    result = cli("--about", "--format", "json", config=None)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["name"] == "tap-bigcommerce"


# What is refused.


@pytest.mark.parametrize("command", [[], ["--test"], ["--test=schema"]], ids=repr)
def test_wrong_settings_are_said_in_sentences_and_nothing_is_asked(cli, caplog, command):
    """`--test` showed a traceback, and none of the sentences."""
    result = cli(*command, config={"store_id": "abc123", "acess_token": "x" * 20, "page_size": 0})
    assert result.exit_code == 1
    said = errors_in(caplog)
    assert "acess_token is not a setting: write access_token." in said
    assert "page_size must be a whole number from 1 to 250." in said
    assert any(line.startswith("auth_scheme is missing: write ") for line in said)
    assert any(line.startswith("access_token is missing: write ") for line in said)
    assert cli.client.asked == []
    assert messages(result) == []
    assert isinstance(result.exception, SystemExit)


def test_no_settings_at_all_are_said_one_by_one(cli, caplog):
    assert cli(config=None).exit_code == 1
    missing = [line.split()[0] for line in errors_in(caplog) if "is missing: " in line]
    assert missing == ["store_id", "auth_scheme", "access_token"]


def test_batches_are_refused_with_the_reason(cli, caplog):
    assert cli(config={**CONFIG, "batch_config": {}}).exit_code == 1
    assert any(line.startswith("batch_config is not supported (") for line in errors_in(caplog))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            {"type": "STATE", "value": {"bookmarks": {}}},
            "State has no `bookmarks`: give the `value`",
        ),
        ({"orders": {}}, "State has no `bookmarks`"),
        ({"bookmarks": ["orders"]}, "State has no `bookmarks`"),
        ({"bookmarks": {"orders": "2026-11-01"}}, "State: `orders` is not an object."),
        ({"bookmarks": {"orders": None}}, "State: `orders` is not an object."),
    ],
    ids=repr,
)
def test_what_is_no_state_is_refused_before_everything_is_read_again(cli, caplog, state, words):
    """A whole STATE message was taken for no state, a bookmark of another tap for a traceback."""
    result = cli(state=state)
    assert result.exit_code == 1
    assert any(line.startswith(words) for line in errors_in(caplog))
    assert cli.client.asked == []


@pytest.mark.parametrize("state", [{}, {"bookmarks": {}}, {"bookmarks": None}], ids=repr)
def test_an_empty_state_is_one(state):
    assert not TapBigCommerce(config=CONFIG, state=state).state.get("bookmarks")


# A run.


def test_a_run_that_went_well_ends_with_0_and_its_state(cli):
    cli.answers(some_orders())
    result = cli(catalog=catalog("orders"))
    assert result.exit_code == 0
    written = messages(result)
    assert [one["record"]["id"] for one in written if one["type"] == "RECORD"] == [1, 2, 3, 4, 5]
    assert written[-1]["value"]["bookmarks"]["orders"]["replication_key_value"].startswith(
        "2026-11-05"
    )


def test_a_run_with_a_failed_stream_ends_with_1_after_all_others_were_read(cli, caplog):
    def answer(request):
        if request.path == "/v3/catalog/brands":
            return errors.ServerTrouble(request.path, status=503)
        return some_orders()(request)

    cli.answers(answer)
    result = cli(catalog=catalog("brands", "orders"))
    assert result.exit_code == 1
    assert len([one for one in messages(result) if one["type"] == "RECORD"]) == 5
    assert errors_in(caplog)[-1].startswith("FAILED: brands. 503 for GET /v3/catalog/brands")


def nothing_but_webhooks(request):
    """What a token without scopes may read."""
    if request.path == "/v3/hooks":
        return {"data": []}
    return errors.Forbidden(request.path, status=403)


def test_a_run_without_a_scope_ends_with_0_unless_told_otherwise(cli, caplog):
    cli.answers(nothing_but_webhooks)
    assert cli(catalog=catalog("brands")).exit_code == 0
    assert caplog.messages[-1].startswith("nothing was read: all streams were skipped. --test")
    strict = {**CONFIG, "on_missing_scope": "fail"}
    assert cli(catalog=catalog("brands"), config=strict).exit_code == 1


def test_a_state_is_taken_up(cli):
    cli.answers(some_orders())
    result = cli(catalog=catalog("orders"), state={"bookmarks": STATE})
    assert [o["record"]["id"] for o in messages(result) if o["type"] == "RECORD"] == [3, 4, 5]


def test_bookmarks_of_streams_that_are_not_selected_stay_in_the_state():
    other = {"replication_key": "date_modified", "replication_key_value": "2026-01-01"}
    state = {"products": other, "a_stream_of_old": other, **STATE}
    offline = Offline(some_orders(), select=["orders"], state=state)
    last = offline.sync().states()[-1]
    assert last["products"] == last["a_stream_of_old"] == other


# The test of a connection.


def test_a_wrong_token_fails_the_test_after_one_request(cli, caplog):
    cli.answers(lambda request: errors.TokenRejected(request.path, status=401))
    assert cli("--test").exit_code == 1
    assert len(cli.client.asked) == 1
    assert "Check `access_token` and `store_id`" in errors_in(caplog)[-1]


def test_the_test_of_an_empty_store_succeeds_and_writes_no_message(cli):
    result = cli("--test")
    assert result.exit_code == 0
    assert "70 of the 70 selected streams can be read." in result.stdout
    assert messages(result) == []


@pytest.mark.parametrize("policy", ["skip", "fail"])
def test_a_missing_scope_is_told_by_the_test(cli, caplog, policy):
    def answer(request):
        is_closed = request.path.startswith("/v3/channels")
        return errors.Forbidden(request.path, status=403) if is_closed else b""

    cli.answers(answer)
    result = cli("--test", config={**CONFIG, "on_missing_scope": policy})
    assert result.exit_code == 1
    assert 'lacks "Channel listings" (read-only), "Channel settings" (read-only)' in caplog.text


def test_the_test_is_about_the_streams_that_the_catalog_selects(cli):
    def answer(request):
        is_open = request.path in {"/v2/orders", "/v3/hooks"}
        return [] if is_open else errors.Forbidden(request.path, status=403)

    cli.answers(answer)
    assert cli("--test", catalog=catalog("orders", "order_fees")).exit_code == 0
    assert cli("--test", catalog=catalog("orders", "order_transactions")).exit_code == 1


def test_the_sdk_s_own_test_still_reads_a_row_of_each_stream(cli, capsys):
    """Its suite calls it."""
    cli.answers(lambda request: some_orders()(request) if request.path == "/v2/orders" else b"")
    tap = TapBigCommerce(config=CONFIG)
    assert tap.run_connection_test()
    assert tap.run.end() == 0
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    rows = [one["stream"] for one in written if one["type"] == "RECORD"]
    assert "orders" in rows
    assert sorted(rows) == sorted(set(rows))


def test_the_test_of_schemas_asks_nothing(cli):
    result = cli("--test=schema")
    assert result.exit_code == 0
    assert {one["stream"] for one in messages(result)} == NAMES
    assert cli.client.asked == []


# A catalog; see also streams/test_selection.py.


def test_another_replication_key_in_the_catalog_is_refused(cli, caplog):
    entries = catalog("orders")
    entry_of(entries, "orders")["replication_key"] = "id"
    cli.answers(some_orders())
    assert cli(catalog=entries).exit_code == 1
    last = "FAILED: orders. Catalog: orders has no replication key `id`. Write date_modified."
    assert errors_in(caplog)[-1] == last


@pytest.mark.parametrize("is_selected", [True, False])
def test_a_selected_stream_that_is_unknown_is_named(cli, caplog, is_selected):
    """The SDK is silent: a table stops being filled, and nobody knows why."""
    entries = catalog("orders")
    unknown = deepcopy(entry_of(entries, "orders"))
    unknown["tap_stream_id"] = unknown["stream"] = "ordes"
    root(unknown)["selected"] = is_selected
    entries["streams"].append(unknown)
    cli.answers(some_orders())
    result = cli(catalog=entries)
    assert result.exit_code == 0
    assert {one["stream"] for one in messages(result) if one["type"] == "SCHEMA"} == {"orders"}
    words = "the catalog selects ordes, which is not a stream"
    assert (words in caplog.text) is is_selected


# Files that hold something else.


@pytest.mark.parametrize("option", ["config", "catalog", "state"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "its file is empty"),
        ("{", "its file is not JSON, at line 1, column 2"),
        ("[]", "its file is JSON, but not an object"),
        ("null", "its file is JSON, but not an object"),
    ],
)
def test_a_file_that_is_no_json_object_is_refused_in_a_sentence(cli, option, text, words):
    """It was a traceback, or taken for no file at all."""
    result = cli(**{option: text})
    assert result.exit_code == 2
    assert f"Invalid value for --{option}: {words}" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("option", ["config", "catalog", "state"])
def test_a_folder_or_nothing_in_place_of_a_file_is_refused(cli, tmp_path, option):
    for path, words in ((tmp_path, "Is a directory"), (tmp_path / "none", "No such file")):
        result = cli(f"--{option}", str(path), config=None if option == "config" else CONFIG)
        assert result.exit_code == 2
        assert words in result.stderr
        assert "Traceback" not in result.output


def test_a_catalog_that_cannot_be_followed_is_refused_before_anything_is_asked(cli, caplog):
    entries = catalog("orders")
    entry_of(entries, "orders")["key_properties"] = ["email"]
    root(entry_of(entries, "orders"))["selected"] = True
    assert cli(catalog=entries).exit_code == 1
    assert errors_in(caplog) == [
        """Catalog: orders: `key_properties` is ['email']. Write ["id"]."""
    ]
    assert cli.client.asked == []


@pytest.mark.parametrize("maps", [{"orders": 5}, {"orders": {"x": "1 +"}}])
def test_a_stream_map_that_cannot_be_used_is_refused_in_a_sentence(cli, caplog, maps):
    result = cli(catalog=catalog("orders"), config={**CONFIG, "stream_maps": maps})
    assert result.exit_code == 1
    (line,) = errors_in(caplog)
    assert line.startswith("stream_maps cannot be used: ")


def test_the_state_of_another_store_is_refused(cli, caplog):
    assert cli(state={"bookmarks": STATE, "store_id": "xyz789"}).exit_code == 1
    assert errors_in(caplog)[-1].startswith("State is of the store 'xyz789'")
    assert cli.client.asked == []


# What the tap object holds.


def test_settings_and_run_are_made_once():
    tap = TapBigCommerce(config=CONFIG)
    assert tap.settings is tap.settings
    assert tap.run is tap.run
    assert tap.run.settings is tap.settings


def test_a_signal_ends_the_tap_as_shells_expect():
    with pytest.raises(SystemExit) as ended:
        TapBigCommerce(config=CONFIG)._handle_termination(15, None)
    assert ended.value.code == 143


def test_a_run_that_a_signal_ends_has_the_state_as_its_last_line(monkeypatch):
    """A target flushes at a STATE; without one at the end it waits for what never comes."""
    offline = Offline(Orders(*daily_orders(5)), select=["orders"], page_size=2)
    stream = offline.stream("orders")
    written = stream.bookmark.written

    def stop(*given):
        written(*given)
        offline.tap._handle_termination(2, None)

    monkeypatch.setattr(type(stream.bookmark), "written", lambda _, *given: stop(*given))
    with pytest.raises(SystemExit) as ended:
        offline.tap.sync_or_stop()
    assert ended.value.code == 130
    assert [message["type"] for message in offline.messages][-2:] == ["RECORD", "STATE"]
    assert offline.messages.states()[-1]["orders"]["backfill"]["after_id"] == 2


def test_the_access_token_is_in_no_message_of_a_refused_configuration():
    config = {**CONFIG, "client_id": CONFIG["access_token"]}
    with pytest.raises(ConfigValidationError) as refused:
        TapBigCommerce(config=config)
    assert CONFIG["access_token"] not in "".join(map(str, refused.value.errors))


def test_a_stream_map_of_a_stream_that_is_not_selected_ends_nothing():
    """Its schema had lost its keys, and the SDK refused the map."""
    maps = {"orders": {"status": None}}
    offline = Offline(Orders(*daily_orders(2)), select=["order_fees"], stream_maps=maps)
    offline.tap.setup_mapper()
    offline.sync()
    assert offline.exit_code == 0
