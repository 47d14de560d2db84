"""What goes wrong first, each tried through the command: a sentence that says what to do, a code.

What servers and networks do is in `test_network.py`, what `tap-bigcommerce-oauth` meets in
`test_oauth.py`; here are the ways in which somebody new to the tap goes wrong.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tap_bigcommerce import hints
from tap_bigcommerce.problems import PREFIX
from tap_bigcommerce.sandbox import Faults
from tap_bigcommerce.sandbox import cli as sandbox_cli
from tap_bigcommerce.tap import TapBigCommerce
from tests.support.store import catalog, settings_for, store

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
FILES = ("config", "catalog", "state")


@dataclass(frozen=True)
class Said:
    """What a command ended with."""

    code: int | None
    words: str
    """On stderr, and in the log."""
    out: str

    def ends(self, code: int, words: str) -> None:
        """Check the code and the sentence, and that nothing looks like a crash."""
        assert (self.code, words in self.words) == (code, True), self.words[-2000:]
        assert "Traceback" not in self.words


@dataclass
class Commands:
    """The tap's command in this process, and in one of its own."""

    shop: Sandbox
    folder: Path
    caplog: pytest.LogCaptureFixture
    brief: dict[str, Any] = field(default_factory=lambda: {"max_retries": 0})

    def arguments(self, *options: str, **files: Any) -> list[str]:
        """The options, and those for files with this content: text, bytes or a value as JSON."""
        given = {
            "config": settings_for(self.shop, **self.brief),
            "catalog": catalog(["brands", "orders"]),
        }
        found = list(options)
        for name, content in {**given, **files}.items():
            if content is None:
                continue
            path = self.folder / f"{name}.json"
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content if isinstance(content, str) else json.dumps(content))
            found.append(f"--{name}={path}")
        return found

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Those of the store with changes; without what is changed to None."""
        found = {**settings_for(self.shop), **self.brief, **changes}
        return {name: value for name, value in found.items() if value is not None}

    def __call__(self, *options: str, env: dict[str, str] | None = None, **files: Any) -> Said:
        """Run it in this process."""
        self.caplog.clear()
        result = CliRunner(env=env).invoke(
            TapBigCommerce.get_singer_command(), self.arguments(*options, **files)
        )
        assert isinstance(result.exception, SystemExit | None), result.exc_info
        return Said(
            result.exit_code, result.stderr + "\n".join(self.caplog.messages), result.stdout
        )

    def shell(self, line: str, *options: str, env: dict[str, str] | None = None) -> Said:
        """Run it in a shell, in the place of {}."""
        command = shlex.join([sys.executable, "-m", "tap_bigcommerce", *self.arguments(*options)])
        done = subprocess.run(  # noqa: S603 - ours
            ["bash", "-c", line.replace("{}", command)],  # noqa: S607 - as any user's
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **(env or {})},
        )
        return Said(done.returncode, done.stderr, done.stdout)


@pytest.fixture(scope="module")
def shop():
    with store(orders=5, products=3, customers=3) as sandbox:
        yield sandbox


@pytest.fixture
def tap(shop, tmp_path, caplog, monkeypatch):
    caplog.set_level("INFO")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    thresholds = gc.get_threshold()
    yield Commands(shop, tmp_path, caplog)
    gc.set_threshold(*thresholds)
    logging.captureWarnings(capture=False)  # the SDK's command turns it on


# Settings with a wrong value.


@pytest.mark.parametrize("command", [[], ["--test"], ["--plan"]], ids=repr)
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"store_id": "me@shop.example"}, "store_id must be the store hash, such as abc123, or"),
        ({"store_id": "https://shop.example/api/v2/"}, "store_id must be the store hash, such"),
        ({"store_id": "YOUR_STORE_HASH"}, "store_id still holds a placeholder: write the part"),
        ({"access_token": "<token>"}, "access_token still holds a placeholder: write the value"),
        ({"access_token": "two words"}, "access_token contains a space or a line break: copy the"),
        ({"access_token": "abc\n"}, "access_token contains a space or a line break: copy the"),
        ({"access_token": '"abc123"'}, "access_token stands in quotes of its own: write it with"),
        ({"access_token": "\u2019abc123\u2019"}, "access_token stands in quotes of its own"),
        ({"access_token": "X-Auth-Token: abc"}, "access_token begins with a name: write the value"),
        ({"access_token": "Bearer abc"}, "access_token begins with a name: write the value behind"),
        (
            {"access_token": "https://store-abc.mybigcommerce.com/api/v2/"},
            "access_token is an address: write the value that BigCommerce issued.",
        ),
        (
            {"access_token": "9" * 64, "client_secret": "9" * 64},
            "access_token repeats the client ID or secret: write the access token, a third value.",
        ),
        ({"access_token": None}, "access_token is missing: write the token that BigCommerce shows"),
        (
            {"access_token": None, "auth_scheme": "OAuth"},
            "access_token is missing: let `tap-bigcommerce-oauth` write it into the file.",
        ),
        ({"auth_scheme": "Basic"}, "auth_scheme must be PersonalAccessToken or OAuth."),
        ({"api_url": "http://api.bigcommerce.com"}, "api_url would send the access token unencr"),
        ({"api_url": "api.bigcommerce.com"}, "api_url must be an address that begins with https"),
        (
            {"api_url": "https://api.bigcommerce.com/stores/abc123/v3/"},
            "api_url must be the base address alone, without /stores/, /v2, /v3, user name or que",
        ),
        ({"api_url": "https://api.bigcommerce.com/v3"}, "which store it is says store_id."),
        (
            {"b2b_api_url": "https://api-b2b.bigcommerce.com/api/v3/io"},
            "b2b_api_url must be the base address alone",
        ),
        ({"proxy_url": "proxy:3128"}, "proxy_url must be an address that begins with https://"),
        ({"ca_bundle": "/no/such.pem"}, "ca_bundle names a file that does not exist: write the"),
        ({"ca_bundle": __file__}, "ca_bundle names a file without certificates that can be read"),
        ({"start_date": "31.01.2024"}, "start_date must be a date or a time in ISO 8601, such as"),
        ({"start_date": "2999-01-01"}, "start_date lies in the future: write an earlier date. (By"),
        (
            {"start_date": "2024-02-01", "end_date": "2024-01-01"},
            "end_date must be later than start_date; a date alone means its midnight.",
        ),
        ({"max_concurrency": "eight"}, "max_concurrency must be a whole number from 1 to 64."),
        ({"emit_deletes": "perhaps"}, "emit_deletes must be true or false."),
        ({"channel_ids": "all"}, "channel_ids must hold whole numbers from 1 on, such as [1, 2]."),
        ({"acces_token": "abc"}, "acces_token is not a setting: write access_token."),
        ({"store_hash": "abc"}, "store_hash is not a setting: write store_id."),
        ({"api_path": "abc"}, "api_path is not a setting: write store_id."),
        ({"token": "abc"}, "token is not a setting: write access_token."),
        (
            {"config": {"store_id": "abc"}},
            "config is not a setting: write what is in it at the top of the file.",
        ),
    ],
    ids=lambda one: json.dumps(one)[:60] if isinstance(one, dict) else "",
)
def test_a_setting_is_refused(tap, command, changes, words):
    said = tap(*command, config=tap.settings(**changes))
    said.ends(1, words)
    assert len(tap.shop.journal) == 0
    assert "{" not in said.out


@pytest.mark.parametrize(
    "given",
    [
        "https://api.bigcommerce.com/stores/{}/v3/",
        "stores/{}",
        "https://store-{}.mybigcommerce.com/api/v2/",
        "https://store-{}.mybigcommerce.com/manage/settings",
    ],
)
def test_what_is_copied_with_the_hash_in_it_is_understood(tap, given):
    """The path of a legacy account, too: it is of the same store."""
    store_id, api_url = given.format(tap.shop.store_hash), f"{tap.shop.api_url}/"
    assert tap(config=tap.settings(store_id=store_id, api_url=api_url)).code == 0


# Settings from the environment.


def variables(settings, **others):
    return {f"{PREFIX}{name.upper()}": str(value) for name, value in {**settings, **others}.items()}


def test_the_environment_alone_is_enough(tap):
    said = tap("--config=ENV", config=None, env=variables(tap.settings()))
    assert said.code == 0
    assert '"stream":"orders"' in said.out


@pytest.mark.parametrize("command", [[], ["--test"]], ids=repr)
@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"emit_deletes": "ture"}, "emit_deletes must be true or false."),
        ({"quota_share": "0,9"}, "quota_share must be a number above 0 and at most 1."),
        ({"page_size": "many"}, "page_size must be a whole number from 1 to 250."),
        ({"stream_maps": "none"}, "TAP_BIGCOMMERCE_STREAM_MAPS cannot be read: write it as JSON."),
        ({"flattening_max_depth": "x"}, "TAP_BIGCOMMERCE_FLATTENING_MAX_DEPTH cannot be read"),
    ],
)
def test_a_variable_is_refused(tap, command, others, words):
    """The SDK took what is not true for false, and showed a traceback for the others."""
    env = variables(tap.settings(), **others)
    tap("--config=ENV", *command, config=None, env=env).ends(1, words)


def test_a_variable_that_nobody_reads_is_named(tap):
    env = variables(tap.settings(), store_hash="abc")
    said = tap("--config=ENV", config=None, env=env)
    words = "TAP_BIGCOMMERCE_STORE_HASH is no setting and not read: write TAP_BIGCOMMERCE_STORE_ID."
    said.ends(0, words)


def test_variables_without_the_option_are_pointed_out(tap):
    words = "TAP_BIGCOMMERCE_... variables are set, and not read: add --config=ENV."
    tap(config=None, env=variables(tap.settings())).ends(1, words)
    tap("--config=env", config=None).ends(2, "write ENV for the environment")


@pytest.mark.parametrize("command", [[], ["--test"], ["--plan"]], ids=repr)
def test_without_any_settings_it_is_said_where_to_write_them(tap, command):
    said = tap(*command, config=None)
    said.ends(1, "Write the settings into a file, as in sample_config.json, and add --config=FILE.")
    for name in ("store_id", "auth_scheme", "access_token"):
        said.ends(1, f"{name} is missing: write ")


# Files.


GOOD = '{"store_id": "abc123", "auth_scheme": "PersonalAccessToken", "access_token": "abc"}'


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "its file is empty: write a JSON object, or leave the option out."),
        (GOOD[:-1] + ",}", ": remove the comma before the closing brace."),
        (GOOD[:-1] + ",\n}\n", ": remove the comma before the closing brace."),
        ("{'store_id': 'abc123'}", ': write names and text in straight double quotes, "so".'),
        ("{\u201cstore_id\u201d: 1}", ': write names and text in straight double quotes, "so".'),
        ('{\n// mine\n"store_id": 1}', "at line 2, column 1: JSON has no comments: remove it."),
        ("# mine\nstore_id: abc123\n", "at line 1, column 1: JSON has no comments: remove it."),
        ("store_id: abc123\n", 'at line 1, column 1: write it as {"name": "value", ...}.'),
        ('store_id = "abc123"\n', 'at line 1, column 1: write it as {"name": "value", ...}.'),
        ('{"a": "b"\n"c": "d"}', "at line 2, column 1: write a comma before it."),
        (GOOD[:-1], ": correct it."),
        ('["abc123"]', "but not an object: write {} around names and values."),
        (GOOD.encode("utf-16"), "its file is not text in UTF-8: save it again as UTF-8."),
        (GOOD.encode("utf-16-le"), "its file is not text in UTF-8: save it again as UTF-8."),
        ('{"a": "\u00e4"}'.encode("latin-1"), "its file is not text in UTF-8: save it again"),
    ],
    ids=range(15),
)
def test_a_file_that_is_no_json_is_refused(tap, name, content, words):
    said = tap(**{name: content})
    said.ends(2, words)
    assert f"Invalid value for --{name}: its file is " in said.words


def test_a_file_with_a_byte_order_mark_is_read(tap):
    files = {"config": tap.settings(), "catalog": catalog(["orders"]), "state": {"bookmarks": {}}}
    marked = {name: b"\xef\xbb\xbf" + json.dumps(one).encode() for name, one in files.items()}
    assert tap(**marked).code == 0


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_there_is_refused(tap, name):
    given: dict[str, Any] = {name: None}
    tap(f"--{name}={tap.folder}", **given).ends(2, "Is a directory")
    tap(f"--{name}={tap.folder / 'none'}", **given).ends(2, "No such file or directory")


def test_settings_in_the_place_of_a_file_are_not_repeated(tap):
    """The token stood in the message."""
    said = tap(f"--config={GOOD}", config=None)
    said.ends(2, "Invalid value for --config: write the JSON into a file and give its path")
    assert "abc123" not in said.words


BOOKMARK = {"replication_key": "date_modified", "replication_key_value": "2025-05-01T00:00:00Z"}
STATE = {"bookmarks": {"orders": BOOKMARK}}
NOTHING: dict[str, Any] = {"bookmarks": {}}


def test_of_a_whole_log_of_states_the_last_is_used(tap):
    log = "".join(json.dumps(one) + "\n" for one in (NOTHING, STATE))
    tap.shop.journal.clear()
    assert tap(state=log).code == 0
    asked = [entry.query for entry in tap.shop.journal if entry.path == "/v2/orders"]
    assert asked
    assert all("min_date_modified" in query for query in asked)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (json.dumps(STATE) + '\n{"bookm', "line 2, column 1: its last line is cut off: remove it"),
        ({"type": "STATE", "value": STATE}, "State has no `bookmarks`: give the `value` of the l"),
        ({"singer_state": STATE}, "State has no `bookmarks`: give what `singer_state` holds."),
        ({**STATE, "store_id": "xyz789"}, "State is of the store 'xyz789', and `store_id` is"),
    ],
    ids=["cut off", "message", "meltano", "of another store"],
)
def test_what_is_no_state_is_refused(tap, state, words):
    tap(state=state).ends(2 if isinstance(state, str) else 1, words)


def test_the_catalog_of_another_tap_is_refused(tap):
    entry = {"tap_stream_id": "users", "schema": {"properties": {}}, "metadata": []}
    words = "Catalog names no stream of this tap: give what --discover prints."
    commands: tuple[tuple[str, ...], ...] = ((), ("--test",), ("--plan",))
    for command in commands:
        tap(*command, catalog={"streams": [entry]}).ends(1, words)


def test_a_catalog_that_selects_nothing_is_said_to_be_one(tap):
    entries = catalog(["orders"])
    for entry in entries["streams"]:
        entry["metadata"] = [{"breadcrumb": [], "metadata": {}}]
    said = tap(catalog=entries)
    said.ends(0, 'the catalog selects no stream: set "selected" to true in the metadata of some')
    assert "deselected" not in said.words


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--tests", "No such option '--tests'. Did you mean '--test'?"),
        ("config.json", "Got unexpected extra argument (config.json)"),
        ("--summary-file=/no/such/file", "'--summary-file': '/no/such/file': No such file or dir"),
        ("--summary-file=/", "'--summary-file': '/': Is a directory"),
        ("--summary-file=-", "'--summary-file': stdout is for the messages: name a file."),
    ],
)
def test_an_option_is_refused(tap, option, words):
    tap(option, catalog=None).ends(2, words)  # which click leaves open


# The store and the token.


@pytest.mark.parametrize(
    "token", ["0123456789abcdef" * 2 + "01234567", "9" * 64], ids=["legacy key", "client secret"]
)
@pytest.mark.parametrize("command", [[], ["--test"], ["--plan"]], ids=repr)
def test_what_is_no_token_of_the_store_is_told_apart_from_one(tap, command, token):
    said = tap(*command, config=tap.settings(access_token=token))
    said.ends(1, "A client secret or the key of a legacy API account is no token. Create a new one")


@pytest.mark.parametrize("command", [[], ["--test"]], ids=repr)
def test_another_store_fails_a_run_as_it_fails_a_test(tap, command):
    """Every stream was skipped for want of its scope, and the run ended with 0."""
    said = tap(*command, config=tap.settings(store_id="zzz999"))
    said.ends(1, "Store unknown: the token opens nothing of zzz999. Check `store_id`: it is wrong")
    assert '"RECORD"' not in said.out


def test_a_token_without_scopes_reads_nothing_and_says_so(tap):
    token = tap.shop.add_token([])
    said = tap(config=tap.settings(access_token=token))
    said.ends(0, "nothing was read: all streams were skipped. --test shows what the token lacks.")
    tap("--test", config=tap.settings(access_token=token)).ends(
        1, 'Scope missing: the API account lacks "Orders" (read-only), "Products" (read-only). '
    )
    strict = tap.settings(access_token=token, on_missing_scope="fail")
    tap(config=strict).ends(1, "FAILED: ")


def test_a_store_that_cannot_be_asked_is_not_called_unknown(tap):
    with store(orders=1, products=1, customers=1) as sandbox:
        sandbox.faults.script("/v3/hooks", "503", 9)
        config = settings_for(sandbox, access_token=sandbox.add_token([]), **tap.brief)
        tap(config=config).ends(0, "nothing was read: all streams were skipped.")


def test_one_scope_more_than_none_is_not_nothing(tap):
    token = tap.shop.add_token(["store_v2_orders_read_only"])
    said = tap(config=tap.settings(access_token=token))
    assert said.code == 0
    assert "nothing was read" not in said.words


def test_streams_of_b2b_edition_without_it_are_skipped_and_the_others_read(tap):
    token = tap.shop.add_token(["store_v2_orders_read_only"])
    given = {
        "config": tap.settings(access_token=token),
        "catalog": catalog(["b2b_companies", "orders"]),
    }
    said = tap(**given)
    said.ends(0, "skipped: b2b_companies. ")
    assert '"stream":"orders"' in said.out
    tap("--test", **given).ends(1, 'the API account lacks "B2B Edition" (modify)')


@pytest.mark.parametrize("command", [[], ["--test"], ["--plan"]], ids=repr)
def test_the_sandbox_that_is_not_started_is_asked_for(tap, command):
    config = {**json.loads((ROOT / "sample_config.json").read_text()), **tap.brief}
    config["api_url"] = "http://127.0.0.1:1"
    words = "127.0.0.1 refuses the connection. Start the sandbox there with `tap-bigcommerce-sand"
    tap(*command, config=config).ends(1, words)


@pytest.mark.parametrize("command", [[], ["--test"]], ids=repr)
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("503", "The store is in maintenance, suspended or past its trial, or BigCommerce is down"),
        ("html", "the answer is a web page. Check `api_url` (`b2b_api_url` for B2B Edition), and"),
    ],
)
def test_a_store_that_answers_something_else(tap, command, kind, words):
    """Suspended, or behind the login page of a network."""
    faults = Faults(rate=1, kinds=(kind,), max_consecutive=99)
    with store(orders=1, products=1, customers=1, faults=faults) as sandbox:
        tap(*command, config=settings_for(sandbox, **tap.brief)).ends(1, words)


# The machine.


@pytest.mark.parametrize(
    ("began", "theirs", "words"),
    [
        (timedelta(), timedelta(hours=-5), "300 minutes ahead of the store's"),
        (timedelta(), timedelta(hours=5), "300 minutes behind the store's"),
        (timedelta(), timedelta(minutes=4), ""),
        # What waited an hour for its first answer is not behind.
        (timedelta(hours=-1), timedelta(), ""),
    ],
)
def test_a_clock_that_is_off_is_said(began, theirs, words):
    now = datetime.now(UTC)
    said = "".join(hints._clock(now + theirs, now + began))
    assert words in said
    assert bool(words) is bool(said)


def rows(said):
    """The records in order, without the time at which they were read."""
    messages = [json.loads(line) for line in said.out.splitlines()]
    return [(one["stream"], one["record"]) for one in messages if one["type"] == "RECORD"]


def test_without_a_disk_for_what_waits_all_rows_come_and_it_is_said(tmp_path, caplog):
    """What has no room is asked for again. No file may have a byte, as on a disk that is full."""
    with store(orders=2500, products=600, customers=1500) as sandbox:
        tap = Commands(sandbox, tmp_path, caplog)
        names = ("brands", "customers", "order_products", "orders", "product_images", "products")
        (tmp_path / "wide.json").write_text(json.dumps(catalog(names)))
        wide = f"--catalog={tmp_path / 'wide.json'}"
        whole = tap.shell("{} " + wide)
        # Coverage would want to write, too.
        bare = tap.shell(
            "set -o pipefail; unset COVERAGE_PROCESS_CONFIG; ulimit -f 0; {} " + wide + " | cat"
        )
    words = "no temporary file can be written: what is read ahead of its turn and does not fit"
    bare.ends(0, words)
    assert words not in whole.words
    assert len(bare.out) > 8 * 2**20  # more than outboxes keep in memory
    assert rows(bare) == rows(whole)


def test_a_folder_for_temporary_files_that_is_of_no_use_is_said(tap):
    """Python took another one without a word."""
    said = tap.shell("{}", env={"TMPDIR": "/no/such/folder"})
    said.ends(0, "TMPDIR cannot be written: temporary files are in ")


@pytest.mark.parametrize("options", [[], ["--discover"], ["--test"], ["--plan"]], ids=repr)
def test_a_full_disk_behind_stdout_is_one_sentence(tap, options):
    said = tap.shell("{} > /dev/full", *options)
    said.ends(1, "stdout cannot be written: No space left on device. Make room, and run again.")


def test_a_file_that_nobody_foresaw_keeps_its_traceback(tap, monkeypatch):
    """It is a bug, and not about stdout."""

    def fail(_):
        raise PermissionError(13, "Permission denied", "elsewhere")

    monkeypatch.setattr(TapBigCommerce, "check", fail)
    with pytest.raises(PermissionError, match="elsewhere"):
        TapBigCommerce.get_singer_command().main(tap.arguments("--test"))


@pytest.mark.parametrize("reader", ["head -n 1", "false"])
def test_a_target_that_ends_early_is_said(tap, reader):
    said = tap.shell("{} | " + reader + "; exit ${PIPESTATUS[0]}")
    said.ends(1, "The target ended before the tap did: see what it said. Run again with the last")


def test_without_stdout_there_is_nowhere_to_write(tap):
    tap.shell("{} >&-").ends(1, "stdout is closed: lead it into a target or a file.")


def test_without_stderr_the_run_goes_on(tap):
    """It had no summary to write, and ended before its first message."""
    said = tap.shell("{} 2>&-")
    assert (said.code, '"RECORD"' in said.out) == (0, True)


@pytest.mark.skipif(not shutil.which("script"), reason="makes the terminal")
def test_who_runs_it_bare_on_a_terminal_is_told_of_targets(tap):
    """In the last lines, as all rows come before them."""
    said = tap.shell("script -qec '{}' /dev/null")
    assert said.code == 0
    (last,) = said.out.splitlines()[-1:]
    assert "stdout is a terminal, and nobody stores the rows: lead it into a target" in last


# Python.


def test_an_old_python_is_told_before_anything_is_imported():
    words = "tap-bigcommerce needs Python 3.11, 3.12 or 3.13, and this is 3.10."
    program = "import sys; sys.version_info = (3, 10, 13); import tap_bigcommerce.tap"
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr.strip()) == (1, words)


def test_what_is_not_installed_is_named():
    """Who runs it out of a clone has Python and nothing else."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "tap_bigcommerce"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert done.stderr.strip().endswith(" -m pip install .")
    assert " is not installed. In the tap's folder: " in done.stderr
    assert "Traceback" not in done.stderr


# The sandbox.


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--port=99999"], 2, "99999 is no port: choose one up to 65535, or 0 for any"),
        (["--port=http"], 2, "http is not a whole number from 0 on"),
        (["--orders=many"], 2, "many is not a whole number from 0 on"),
        (["--epoch=soon"], 2, "soon is not an instant in ISO 8601, such as 20"),
        (["--fault-rate=2"], 2, "2 is more than 1"),
        (["--fault-rate=often"], 2, "often is not a number from 0 on"),
        (["--events-per-second=-1"], 2, "-1 is not a number from 0 on"),
        (["--quirk=over_quota"], 2, "over_quota needs a value: over_quota=429"),
        (["--port=0", "--ready-file=/no/such/file"], 1, "--ready-file cannot be written: No such"),
    ],
)
def test_the_sandbox_refuses_in_a_sentence(monkeypatch, capsys, options, code, words):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    small = ["--orders=0", "--products=1", "--customers=0"]
    try:
        ended = sandbox_cli.main([*small, *options])
    except SystemExit as end:
        ended = end.code  # type: ignore[assignment] # argparse's is a number
    assert ended == code
    assert words in capsys.readouterr().err.splitlines()[-1]
