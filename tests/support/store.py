"""A sandbox store, and runs of the tap against it: in this process or in one of its own."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from contextlib import redirect_stdout
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from unittest import mock

import msgspec

from tap_bigcommerce.api.clock import Clock
from tap_bigcommerce.api.windows import ANSWER_S
from tap_bigcommerce.sandbox import Sandbox
from tap_bigcommerce.tap import TapBigCommerce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

EPOCH = "2025-06-01T00:00:00Z"
"""Where the opening data of test stores ends: before any clock that a test may run by."""

SECRET = "s3cr3t-t0ken-that-nobody-may-see"

_ORDINARY = {"auth_scheme": "PersonalAccessToken", "lookback_s": 0}
# Loggers whose lines a user sees; the SDK's metrics are not among them.
_LOGGERS = ("tap-bigcommerce", "tap_bigcommerce")
# What a JSON reader makes of a decimal must not lose digits.
_DECODER = msgspec.json.Decoder(float_hook=Decimal)

Message = dict[str, Any]
Record = dict[str, Any]
Key = tuple[Any, ...]


def store(**options: Any) -> Sandbox:
    """A sandbox whose opening data is older than every clock; small unless told otherwise."""
    sizes = {"orders": 120, "products": 60, "customers": 80}
    return Sandbox(**{"epoch": EPOCH, "token": SECRET, **sizes, **options})


def calm(sandbox: Sandbox) -> AbstractContextManager[object]:
    """A while in which the store changes nothing, whatever it was told to do at each request."""
    return mock.patch.object(sandbox.store, "events")


class QuickClock(Clock):
    """Real time plus the waits that nobody had to sit through.

    A retry is made at once. Who waits for the quota moves the clock, after a moment for what is
    in flight. Who waits for an answer waits for the answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self._skipped_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped_s

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        with self._changed:
            self._skipped_s += seconds

    def sleep(self, seconds: float, until: Callable[[], bool] | None = None) -> None:
        wakes_at = self.monotonic() + seconds
        if until is None or seconds == ANSWER_S:
            super().sleep(0 if until is None else seconds, until)
            return
        with self._changed:
            if not self._changed.wait_for(until, timeout=0.002):
                self._skipped_s = max(self._skipped_s, wakes_at - time.monotonic())
        super().sleep(0)


class Output:
    """Takes the place of stdout; breaks like a closed pipe after `limit` lines."""

    def __init__(self, limit: int | None = None) -> None:
        self.lines: list[bytes] = []
        self.buffer = self
        self._limit = limit

    def write(self, data: bytes | bytearray) -> int:
        for line in bytes(data).splitlines(keepends=True):
            if len(self.lines) == self._limit:
                raise BrokenPipeError
            self.lines.append(line)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


@dataclass
class Outcome:
    """What a run wrote, said and ended with."""

    lines: list[bytes]
    code: int | None
    """None when the output broke before the end."""
    log: list[logging.LogRecord] = field(default_factory=list)
    stderr: str = ""

    @cached_property
    def messages(self) -> list[Message]:
        """Singer messages in order; numbers with a point are `Decimal`."""
        return [_DECODER.decode(line) for line in self.lines]

    @cached_property
    def schemas(self) -> dict[str, Message]:
        """The SCHEMA message of each stream."""
        return {one["stream"]: one for one in self.messages if one["type"] == "SCHEMA"}

    @cached_property
    def records(self) -> dict[str, list[Record]]:
        """Records of each stream that has a SCHEMA message, in order."""
        found: dict[str, list[Record]] = {name: [] for name in self.schemas}
        for one in self.messages:
            if one["type"] == "RECORD":
                found.setdefault(one["stream"], []).append(one["record"])
        return found

    @property
    def states(self) -> list[dict[str, Any]]:
        """Values of the STATE messages."""
        return [one["value"] for one in self.messages if one["type"] == "STATE"]

    @property
    def state(self) -> dict[str, Any] | None:
        """The last STATE, as a runner hands it to the next run."""
        return deepcopy(self.states[-1]) if self.states else None

    def bookmark(self, stream: str) -> str | None:
        """The stream's bookmark in the last STATE."""
        bookmarks = (self.state or {}).get("bookmarks", {})
        value: str | None = bookmarks.get(stream, {}).get("replication_key_value")
        return value

    def keys(self, stream: str) -> list[Key]:
        """Primary keys of the stream's records, in order."""
        names = self.schemas[stream]["key_properties"]
        return [tuple(record[name] for name in names) for record in self.records[stream]]

    def said(self, level: int = logging.WARNING) -> list[str]:
        """Lines of the log from this level on."""
        return [one.getMessage() for one in self.log if one.levelno >= level]


class Target:
    """The simplest target there is: the last record of each key."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[Key, Record]] = {}
        self.schemas: dict[str, Message] = {}
        self.state: dict[str, Any] | None = None

    def load(self, outcome: Outcome) -> None:
        """Take in what a run wrote."""
        self.state = outcome.state or self.state
        self.schemas |= outcome.schemas
        for stream, records in outcome.records.items():
            table = self.rows.setdefault(stream, {})
            table.update(zip(outcome.keys(stream), records, strict=True))

    def records(self, stream: str) -> list[Record]:
        """The rows of one stream."""
        return list(self.rows.get(stream, {}).values())


@cache
def _full_catalog(decimal_type: str) -> bytes:
    settings = {"store_id": "abc123", "access_token": SECRET, "decimal_type": decimal_type}
    return json.dumps(TapBigCommerce(config={**_ORDINARY, **settings}).catalog_dict).encode()


def stream_names() -> list[str]:
    """Names of all streams of the tap."""
    return [entry["tap_stream_id"] for entry in catalog()["streams"]]


def catalog(
    streams: Iterable[str] = (), full_table: Iterable[str] = (), decimal_type: str = "number"
) -> dict[str, Any]:
    """The discovered catalog with some streams selected, all by default."""
    wanted, whole = set(streams), set(full_table)
    found: dict[str, Any] = json.loads(_full_catalog(decimal_type))
    for entry in found["streams"]:
        name = entry["tap_stream_id"]
        root = next(item for item in entry["metadata"] if not item["breadcrumb"])
        root["metadata"]["selected"] = not wanted or name in wanted
        if name in whole:
            entry["replication_method"] = "FULL_TABLE"
    return found


def settings_for(sandbox: Sandbox, **settings: Any) -> dict[str, Any]:
    """A configuration that reads this sandbox."""
    place = {"store_id": sandbox.store_hash, "access_token": sandbox.token}
    url = {}
    if "api_url" not in settings:  # who gives one may have closed the sandbox
        url = {"api_url": sandbox.api_url, "b2b_api_url": sandbox.b2b_api_url}
    return {**_ORDINARY, **place, **url, **settings}


def sync(  # noqa: PLR0913 - what a run can be given
    sandbox: Sandbox,
    *streams: str,
    state: Mapping[str, Any] | None = None,
    full_table: Iterable[str] = (),
    stop_after: int | None = None,
    clock: Callable[[], Clock] = QuickClock,
    given_catalog: dict[str, Any] | None = None,
    **settings: Any,
) -> Outcome:
    """Run the tap in this process.

    Args:
        sandbox: The store.
        streams: Which streams to select, all by default.
        state: The STATE of an earlier run.
        full_table: Streams that the catalog forces to be read whole.
        stop_after: How many messages the reader takes before it closes the pipe.
        clock: By which the tap waits.
        given_catalog: In place of the discovered one with `streams` and `full_table`.
        settings: The tap's.
    """
    output, heard = Output(stop_after), _Heard()
    code: int | None = None
    with mock.patch("tap_bigcommerce.run.Clock", clock), heard, redirect_stdout(output):  # type: ignore[type-var] # what the SDK's writer needs
        tap = TapBigCommerce(
            config=settings_for(sandbox, **settings),
            state=deepcopy(dict(state)) if state else None,
            catalog=given_catalog
            or catalog(streams, full_table, settings.get("decimal_type", "number")),
        )
        try:
            tap.sync_all()
            code = tap.run.end()
        except BrokenPipeError:
            tap.run.end()
    return Outcome(output.lines, code, heard.records)


class _Heard(logging.Handler):
    """Keeps what the tap logs while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def __enter__(self) -> None:
        self._levels = [(one := logging.getLogger(name), one.level) for name in _LOGGERS]
        for logger, _ in self._levels:
            logger.addHandler(self)
            logger.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        for logger, level in self._levels:
            logger.removeHandler(self)
            logger.setLevel(level)


@dataclass(frozen=True)
class Program:
    """The tap as a process of its own, with its files in a folder."""

    folder: Path
    main: tuple[str, ...] = ("-m", "tap_bigcommerce")
    """What Python is to run."""
    environment: Mapping[str, str] = field(default_factory=dict)

    def start(
        self,
        sandbox: Sandbox,
        *streams: str,
        state: Mapping[str, Any] | None = None,
        log_level: str = "INFO",
        **settings: Any,
    ) -> subprocess.Popen[bytes]:
        """Start it; stdout is a pipe, stderr the file `log` in the folder."""
        files = {
            "config": settings_for(sandbox, **settings),
            "catalog": catalog(streams, (), settings.get("decimal_type", "number")),
            **({"state": state} if state else {}),
        }
        command = [sys.executable, *self.main]
        for name, content in files.items():
            path = self.folder / f"{name}.json"
            path.write_text(json.dumps(content))
            command += [f"--{name}", str(path)]
        environment = {**os.environ, "LOGLEVEL": log_level, **self.environment}
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own program
                command, stdout=subprocess.PIPE, stderr=log, env=environment
            )

    def run(self, sandbox: Sandbox, *streams: str, **options: Any) -> Outcome:
        """Run it to its end."""
        with self.start(sandbox, *streams, **options) as process:
            out, _ = process.communicate()
        log = (self.folder / "log").read_text()
        return Outcome(out.splitlines(), process.returncode, stderr=log)


def bookmarks(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """(stream, value) of every bookmark in every STATE of a run."""
    for state in outcome.states:
        for stream, part in state.get("bookmarks", {}).items():
            if "replication_key_value" in part:
                yield stream, part["replication_key_value"]
