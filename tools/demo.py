"""`dev.py demo`: the sandbox, the tap and a database, with rows counted at every station.

The first run reads everything; each later one meets the same store some changes later.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tools.environments import ROOT, TAP, TARGET_DUCKDB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Key = tuple[str, ...]

OUTPUT = ROOT / "output"
_EVENTS_BETWEEN_RUNS = 40
# A store on a plan without a request quota. A Pro plan's would take the first run ten minutes, as
# five of the streams cost a request for each order.
_QUOTA = 1_000_000
# Generous for a laptop under load; the sandbox is ready in a second or two.
_READY_SECONDS = 60
_STOP_SECONDS = 10
_PROGRESS_SECONDS = 0.2
_LAST_LINES = 15


class DemoError(Exception):
    """A program of the demo failed; its last lines are shown."""

    def __init__(self, message: str, log: Path) -> None:
        lines = log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
        super().__init__("\n".join([f"{message}. Its last lines:", *lines]))


@dataclass
class Emitted:
    """What the tap wrote in one run."""

    rows: Counter[str] = field(default_factory=Counter)
    keys: dict[str, list[str]] = field(default_factory=dict)
    bookmark_properties: dict[str, list[str]] = field(default_factory=dict)

    def note(self, line: bytes) -> None:
        """Count one message."""
        # Records are recognised by their beginning: parsing each would double the demo's time.
        if line.startswith(b'{"type":"RECORD","stream":"'):
            self.rows[line[27 : line.index(b'"', 27)].decode()] += 1
            return
        message = json.loads(line)
        if message["type"] == "RECORD":
            self.rows[message["stream"]] += 1
        elif message["type"] == "SCHEMA":
            self.keys[message["stream"]] = list(message.get("key_properties") or ())
            self.bookmark_properties[message["stream"]] = message.get("bookmark_properties") or []


@dataclass(frozen=True)
class Files:
    """What one run of the demo leaves for the next."""

    folder: Path

    @property
    def database(self) -> Path:
        """The rows."""
        return self.folder / "store.duckdb"

    @property
    def state(self) -> Path:
        """The state that the target confirmed last."""
        return self.folder / "state.json"

    @property
    def history(self) -> Path:
        """The rows that each run emitted by stream."""
        return self.folder / "demo.json"


def run(*, is_fresh: bool, folder: Path = OUTPUT, sizes: Sequence[str] = ()) -> int:
    """Run the demo once; the exit code is 0 when the database has what the store has.

    Args:
        is_fresh: Forget earlier runs.
        folder: For what it makes.
        sizes: Options of a sandbox that is smaller than usual.
    """
    TAP.ensure()
    TARGET_DUCKDB.ensure()
    if is_fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    files = Files(folder)
    # What the demo talks to is on this machine, whatever proxy the machine uses.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    history = _history(files)
    events = len(history) * _EVENTS_BETWEEN_RUNS
    print(f"The store, {events} changes later" if events else "A new store", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, _sandbox(Path(name), events, sizes) as url:
        emitted = _sync(Path(name), url, files)
        seconds = time.monotonic() - began
        in_store = {name: _keys_in_store(url, name, keys) for name, keys in emitted.keys.items()}
    found = _query(files.database, emitted.keys)
    before = history[-1] if history else {}
    counts = [
        Count(stream, emitted.rows[stream], found["rows"].get(stream, []), in_store[stream])
        for stream in sorted(emitted.keys)
    ]
    _print_counts(counts, emitted, before, json.loads(files.state.read_text()))
    for title, table in found["answers"].items():
        print(f"\n{title}")
        _print_table(table["columns"], table["rows"])
    print(f"\n{emitted.rows.total()} rows in {seconds:.1f} s.", end=" ")
    if before:
        print(f"The run before emitted {sum(before.values())}: this one began at its bookmarks.")
    print(f"The data is in {os.path.relpath(files.database)}. ", end="")
    print("Run the command again for what changed, or with --fresh to begin anew.")
    if gone := sum(count.gone for count in counts):
        print(f"{gone} rows are gone from the store since; BigCommerce does not tell of deletions.")
    if not all(count.agrees for count in counts) or (gone and not before):
        print("The database and the store differ: see the table.")
        return 1
    files.history.write_text(json.dumps([*history, emitted.rows]))
    return 0


@dataclass
class Count:
    """One stream's rows at every station."""

    stream: str
    emitted: int
    in_database: list[list[Any]]
    in_store: set[Key] | None

    @property
    def _stored(self) -> set[Key]:
        return {tuple(map(str, key)) for key in self.in_database}

    @property
    def gone(self) -> int:
        """Rows of the database that the store has no longer."""
        return len(self._stored - self.in_store) if self.in_store is not None else 0

    @property
    def agrees(self) -> bool:
        """Whether every row of the store is in the database, once."""
        if self.in_store is None:
            return len(self.in_database) >= self.emitted
        return self.in_store <= self._stored and len(self.in_database) == len(self._stored)


def _history(files: Files) -> list[dict[str, int]]:
    """The rows that each earlier run emitted by stream; without a whole past, a clean beginning."""
    paths = files.database, files.state, files.history
    if all(path.exists() for path in paths):
        history: list[dict[str, int]] = json.loads(files.history.read_text())
        return history
    for path in paths:
        path.unlink(missing_ok=True)
    return []


@contextmanager
def _sandbox(folder: Path, events: int, sizes: Sequence[str]) -> Iterator[str]:
    """A sandbox on a free port, after so many changes to its store; yields its address."""
    ready = folder / "ready"
    log = folder / "sandbox.log"
    command = [str(TAP.executable("tap-bigcommerce-sandbox")), "--port=0"]
    command += [f"--ready-file={ready}", f"--events={events}", f"--quota={_QUOTA}", *sizes]
    with log.open("wb") as out, _running(command, stdout=out, stderr=out) as process:
        deadline = time.monotonic() + _READY_SECONDS
        # The address is there when its line is complete.
        while not (ready.exists() and ready.read_text().endswith("\n")):
            if process.poll() is not None or time.monotonic() > deadline:
                message = "The sandbox did not start"
                raise DemoError(message, log)
            time.sleep(0.05)
        yield ready.read_text().strip()


def _sync(folder: Path, url: str, files: Files) -> Emitted:
    """Run the tap into the target, count what passes, keep the state that the target confirms."""
    settings = {**json.loads((ROOT / "sample_config.json").read_text()), "api_url": url}
    target_settings = {
        "path": str(files.database),
        "default_target_schema": "main",
        # Without them target-duckdb 0.8.0 loses a row of streams that have text columns alone.
        "add_metadata_columns": True,
        # For the streams with a single row and no key.
        "primary_key_required": False,
    }
    for name, content in (("tap", settings), ("target", target_settings)):
        (folder / f"{name}.json").write_text(json.dumps(content))
    tap_command = [str(TAP.executable("tap-bigcommerce")), f"--config={folder / 'tap.json'}"]
    if files.state.exists():
        tap_command.append(f"--state={files.state}")
    target_command = [str(TARGET_DUCKDB.executable("target-duckdb"))]
    target_command.append(f"--config={folder / 'target.json'}")
    emitted = Emitted()
    logs = {name: folder / f"{name}.log" for name in ("tap", "target")}
    states = folder / "states"
    with (
        logs["tap"].open("wb") as tap_log,
        logs["target"].open("wb") as target_log,
        states.open("wb") as states_file,
        _running(tap_command, stdout=subprocess.PIPE, stderr=tap_log) as tap,
        _running(
            target_command, stdin=subprocess.PIPE, stdout=states_file, stderr=target_log
        ) as target,
    ):
        _pass_on(tap, target, emitted)
        codes = {"tap": tap.wait(), "target": target.wait()}
    confirmed = states.read_text().splitlines()
    if confirmed:
        files.state.write_text(confirmed[-1])
    # The target first: when it fails, the tap is stopped for it.
    for name, code in reversed(codes.items()):
        if code:
            message = f"The {name} failed with exit code {code}"
            raise DemoError(message, logs[name])
    return emitted


def _pass_on(
    tap: subprocess.Popen[bytes], target: subprocess.Popen[bytes], emitted: Emitted
) -> None:
    if tap.stdout is None or target.stdin is None:
        return
    is_watched, shown = sys.stderr.isatty(), time.monotonic()
    for line in tap.stdout:
        emitted.note(line)
        if is_watched and (now := time.monotonic()) - shown > _PROGRESS_SECONDS:
            shown = now
            print(f"\r{emitted.rows.total():,} rows", end="", file=sys.stderr, flush=True)
        try:
            target.stdin.write(line)
        except BrokenPipeError:
            # The target is gone; its exit code and its log tell more than the pipe.
            tap.terminate()
            break
    if is_watched:
        print("\r", end="", file=sys.stderr)
    with suppress(BrokenPipeError):
        target.stdin.close()


def _keys_in_store(url: str, stream: str, names: list[str]) -> set[Key] | None:
    """The keys of all rows that the sandbox has, or None where rows have no key or it has none."""
    address = f"{url}/_sandbox/rows/{stream}"
    try:
        with urllib.request.urlopen(address) as response:  # noqa: S310 - on this machine
            rows = [json.loads(line) for line in response]
    except urllib.error.HTTPError:
        return None
    return {_key(row, names) for row in rows} if names else None


def _key(row: dict[str, Any], names: list[str]) -> Key:
    """A row's key, whose parts may stand in an object of their own (`identity` of a stock).

    A part that the row does not have is 0: a form field is a customer's or an address's.
    """
    objects = [row, *(value for value in row.values() if isinstance(value, dict))]
    return tuple(str(next((it[name] for it in objects if name in it), 0)) for name in names)


def _query(database: Path, keys: dict[str, list[str]]) -> dict[str, Any]:
    """The keys of all rows and two answers, asked where the database's library is."""
    script = Path(__file__).with_name("demo_queries.py")
    command = [str(TARGET_DUCKDB.executable("python")), str(script), str(database)]
    asked = subprocess.run(
        command, input=json.dumps(keys), stdout=subprocess.PIPE, text=True, check=True
    )
    answers: dict[str, Any] = json.loads(asked.stdout)
    return answers


def _print_counts(
    counts: list[Count], emitted: Emitted, before: dict[str, int], state: dict[str, Any]
) -> None:
    """Print a line for each stream."""
    bookmarks = state.get("bookmarks", {})
    rows = []
    for count in counts:
        key = ", ".join(emitted.bookmark_properties[count.stream])
        value = bookmarks.get(count.stream, {}).get("replication_key_value", "")
        rows.append(
            [
                count.stream,
                *([before.get(count.stream, 0)] if before else []),
                count.emitted,
                len(count.in_database),
                "?" if count.in_store is None else len(count.in_store),
                count.gone or "" if before else "",
                f"{key} {value}" if key else "read whole",
                "" if count.agrees else "<- differs",
            ]
        )
    now = ["before", "now"] if before else ["emitted"]
    gone = "gone since" if before else ""
    print()
    _print_table(["stream", *now, "in the database", "in the store", gone, "bookmark", ""], rows)


def _print_table(columns: list[str], rows: list[list[Any]]) -> None:
    """Print columns as wide as they need to be, numbers to the right."""
    lines = [columns, *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    is_number = [bool(rows) and isinstance(rows[0][at], int | float) for at in range(len(columns))]
    for line in lines:
        cells = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, is_number, strict=True)
        )
        print("  ".join(cells).rstrip())


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


@contextmanager
def _running(
    command: list[str],
    *,
    stdin: int | None = None,
    stdout: int | IO[bytes] | None = None,
    stderr: IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does not outlive the block."""
    process = subprocess.Popen(command, cwd=ROOT, stdin=stdin, stdout=stdout, stderr=stderr)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()
