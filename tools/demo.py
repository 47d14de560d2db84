"""`dev.py demo`: the sandbox, the tap and a database, with rows counted at every station.

The first run reads everything; each later one meets the same store some changes later.
"""

from __future__ import annotations

import json
import shutil
import subprocess
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
    from collections.abc import Iterator

OUTPUT = ROOT / "output"
DATABASE = OUTPUT / "store.duckdb"
STATE = OUTPUT / "state.json"
_HISTORY = OUTPUT / "demo.json"
_EVENTS_BETWEEN_RUNS = 40
# Generous for a laptop under load; the sandbox is ready in a second or two.
_READY_SECONDS = 60
_STOP_SECONDS = 10
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


def run(*, is_fresh: bool) -> int:
    """Run the demo once; the exit code is 0 when every count agrees."""
    TAP.ensure()
    TARGET_DUCKDB.ensure()
    if is_fresh:
        shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(exist_ok=True)
    history = _history()
    events = len(history) * _EVENTS_BETWEEN_RUNS
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, _sandbox(Path(folder), events) as url:
        print(f"A store with {events} changes since the first run" if events else "A new store")
        emitted = _sync(Path(folder), url)
        seconds = time.monotonic() - began
        in_store = {name: _count_in_store(url, name) for name in emitted.keys}
    report = _query(sorted(emitted.keys))
    before = history[-1] if history else {}
    is_complete = _print_counts(emitted, before, report["rows"], in_store)
    for title, table in report["answers"].items():
        print(f"\n{title}")
        _print_table(table["columns"], table["rows"])
    print(f"\n{emitted.rows.total()} rows in {seconds:.1f} s.", end=" ")
    if before:
        print(f"The run before emitted {sum(before.values())}: this one began at its bookmarks.")
    print(f"The data is in {DATABASE.relative_to(ROOT)}. ", end="")
    print("Run the command again for what changed, or with --fresh to begin anew.")
    if not is_complete:
        print("Counts differ: rows were lost, or remain though the store has none.")
        return 1
    _HISTORY.write_text(json.dumps([*history, emitted.rows]))
    return 0


def _history() -> list[dict[str, int]]:
    """The rows that each earlier run emitted by stream; without a whole past, a clean beginning."""
    if all(path.exists() for path in (DATABASE, STATE, _HISTORY)):
        history: list[dict[str, int]] = json.loads(_HISTORY.read_text())
        return history
    for path in (DATABASE, STATE, _HISTORY):
        path.unlink(missing_ok=True)
    return []


@contextmanager
def _sandbox(folder: Path, events: int) -> Iterator[str]:
    """A sandbox on a free port, after so many changes to its store; yields its address."""
    ready = folder / "ready"
    log = folder / "sandbox.log"
    command = [str(TAP.executable("tap-bigcommerce-sandbox")), "--port=0"]
    command += [f"--ready-file={ready}", f"--events={events}"]
    with log.open("wb") as out, _running(command, stdout=out, stderr=out) as process:
        deadline = time.monotonic() + _READY_SECONDS
        # The address is there when its line is complete.
        while not (ready.exists() and ready.read_text().endswith("\n")):
            if process.poll() is not None or time.monotonic() > deadline:
                message = "The sandbox did not start"
                raise DemoError(message, log)
            time.sleep(0.05)
        yield ready.read_text().strip()


def _sync(folder: Path, url: str) -> Emitted:
    """Run the tap into the target, count what passes, keep the state that the target confirms."""
    settings = {**json.loads((ROOT / "sample_config.json").read_text()), "api_url": url}
    target_settings = {
        "path": str(DATABASE),
        "default_target_schema": "main",
        # Without them target-duckdb 0.8.0 loses a row of streams that have text columns alone.
        "add_metadata_columns": True,
        # For the streams with a single row and no key.
        "primary_key_required": False,
    }
    for name, content in (("tap", settings), ("target", target_settings)):
        (folder / f"{name}.json").write_text(json.dumps(content))
    tap_command = [str(TAP.executable("tap-bigcommerce")), f"--config={folder / 'tap.json'}"]
    if STATE.exists():
        tap_command.append(f"--state={STATE}")
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
        STATE.write_text(confirmed[-1])
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
    for line in tap.stdout:
        emitted.note(line)
        try:
            target.stdin.write(line)
        except BrokenPipeError:
            # The target is gone; its exit code and its log tell more than the pipe.
            tap.terminate()
            break
    with suppress(BrokenPipeError):
        target.stdin.close()


def _count_in_store(url: str, stream: str) -> int | None:
    """How many rows the sandbox says it has, or None where it does not say."""
    address = f"{url}/_sandbox/rows/{stream}"
    try:
        with urllib.request.urlopen(address) as response:  # noqa: S310 - on this machine
            return sum(1 for _ in response)
    except urllib.error.HTTPError:
        return None


def _query(streams: list[str]) -> dict[str, Any]:
    """Row counts and two answers, asked where the database's library is."""
    script = Path(__file__).with_name("demo_queries.py")
    command = [str(TARGET_DUCKDB.executable("python")), str(script), str(DATABASE), *streams]
    asked = subprocess.run(command, capture_output=True, text=True, check=True)
    answers: dict[str, Any] = json.loads(asked.stdout)
    return answers


def _print_counts(
    emitted: Emitted,
    before: dict[str, int],
    in_database: dict[str, int],
    in_store: dict[str, int | None],
) -> bool:
    """Print a line for each stream; whether the database holds what the store does."""
    bookmarks = json.loads(STATE.read_text()).get("bookmarks", {})
    columns = ["stream", "emitted now", "in the database", "in the store", "bookmark", ""]
    if before:
        columns.insert(1, "before")
    rows = []
    is_complete = True
    for stream in sorted(emitted.keys):
        found, expected = in_database.get(stream, 0), in_store[stream]
        # A stream without a key is appended to on each run, so only its presence can be asked.
        if emitted.keys[stream]:
            agrees = expected is None or found == expected
        else:
            agrees = found >= emitted.rows[stream]
        is_complete = is_complete and agrees
        key = ", ".join(emitted.bookmark_properties[stream])
        value = bookmarks.get(stream, {}).get("replication_key_value", "")
        bookmark = f"{key} {value}" if key else "read whole"
        store = "?" if expected is None else expected
        mark = "" if agrees else "<- differs"
        row = [stream, emitted.rows[stream], found, store, bookmark, mark]
        if before:
            row.insert(1, before.get(stream, 0))
        rows.append(row)
    print()
    _print_table(columns, rows)
    return is_complete


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
