"""Processes whose time and memory are measured, and the sandbox that they talk to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tap_bigcommerce.sandbox.b2b import PREFIX as B2B_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

UNLIMITED = 16_101_495
WINDOW_MS = 30_000
ROOT = Path(__file__).parent.parent
TAP = (sys.executable, "-m", "tap_bigcommerce")

_RECORD = b'{"type":"RECORD"'
_STATE = b'{"type":"STATE"'
_CHUNK_BYTES = 1 << 20
_READY_S = 60
_TOO_MANY_REQUESTS = 429
_LAST_LINES = 15


class FailedError(Exception):
    """A measured process failed, so that its figures mean nothing."""


@dataclass(frozen=True)
class Usage:
    """What one process took, and what came out of it."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    records: int
    state: bytes
    """The last STATE message."""
    last_line: bytes


def measure(command: Sequence[str]) -> Usage:
    """Run a program to its end. Its output is counted as it comes and kept nowhere.

    The kernel's peak of a child is at least what its parent had, so this process stays small.

    Raises:
        FailedError: The program did not end with 0.
    """
    with tempfile.TemporaryFile() as log:
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=log
        )
        with process:
            records, state, last_line = _drain(process)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.monotonic() - began
        if process.returncode:
            log.seek(0)
            lines = log.read().decode(errors="replace").splitlines()[-_LAST_LINES:]
            raise FailedError("\n".join([f"{' '.join(command[1:4])} failed:", *lines]))
    # Kilobytes on Linux, bytes on macOS.
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    return Usage(
        wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / unit, records, state, last_line
    )


def _drain(process: subprocess.Popen[bytes]) -> tuple[int, bytes, bytes]:
    """How many records come, the last state and the last line."""
    records = 0
    state = last_line = rest = b""
    while process.stdout and (chunk := process.stdout.read(_CHUNK_BYTES)):
        whole, newline, rest = (rest + chunk).rpartition(b"\n")
        if not newline:
            continue
        records += whole.count(_RECORD)
        last_line = whole[whole.rfind(b"\n") + 1 :]
        at = whole.rfind(_STATE)
        if at >= 0:
            state = whole[at:].partition(b"\n")[0]
    return records, state, last_line


def _environment() -> dict[str, str]:
    # What is measured talks to this machine, whatever proxy the machine uses.
    return {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


@dataclass(frozen=True)
class Asked:
    """What a server was asked."""

    requests: int
    refused: int
    most_in_flight: int


class Server:
    """A sandbox in a process of its own, whose limits can be changed while it runs."""

    def __init__(self, *options: str) -> None:
        self._options = options
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it, and wait until it listens."""
        ready = self.folder / "ready"
        command = [sys.executable, "-m", "tap_bigcommerce.sandbox.cli", "--port=0"]
        command += [f"--ready-file={ready}", f"--quota={UNLIMITED}", f"--b2b-quota={UNLIMITED}"]
        command += self._options
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + _READY_S
        while not (ready.exists() and ready.read_text().endswith("\n")):
            if self._process.poll() is not None or time.monotonic() > deadline:
                message = "the sandbox did not start"
                raise FailedError(message)
            time.sleep(0.02)
        self.url = ready.read_text().strip()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        self._folder.cleanup()

    def limit(self, *, latency_ms: int = 0, quota: int = UNLIMITED) -> None:
        """Set how long answers wait and how many there may be; a new window begins."""
        self._call(
            f"limits?latency_ms={latency_ms}&quota={quota}&window_ms={WINDOW_MS}", is_post=True
        )

    def change(self, events: int) -> None:
        """Let things happen in the store."""
        self._call(f"events?n={events}", is_post=True)

    def forget_requests(self) -> None:
        """Begin to count requests anew."""
        self._call("journal/clear", is_post=True)

    def journal(self) -> list[dict[str, Any]]:
        """Every request since."""
        found: list[dict[str, Any]] = json.loads(self._call("journal"))
        return found

    def asked(self) -> Asked:
        """What was asked since, in numbers."""
        journal = self.journal()
        return Asked(
            requests=len(journal),
            refused=sum(entry["status"] == _TOO_MANY_REQUESTS for entry in journal),
            most_in_flight=max((entry["in_flight"] for entry in journal), default=0),
        )

    def get(self, target: str) -> Any:  # noqa: ANN401 - any JSON
        """An answer of the API."""
        settings = self.settings
        headers = {"X-Auth-Token": settings["access_token"]}
        address = f"{self.url}/stores/{settings['store_id']}{target}"
        return json.loads(self._open(urllib.request.Request(address, headers=headers)))  # noqa: S310 - on this machine

    def _call(self, what: str, *, is_post: bool = False) -> bytes:
        method = "POST" if is_post else "GET"
        return self._open(urllib.request.Request(f"{self.url}/_sandbox/{what}", method=method))  # noqa: S310 - on this machine

    def _open(self, request: urllib.request.Request) -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request) as response:
            body: bytes = response.read()
        return body

    def write(self, name: str, content: object) -> str:
        """Write a JSON file that lives as long as the server; its path."""
        path = self.folder / name
        path.write_text(json.dumps(content))
        return str(path)

    def config(self, **settings: object) -> str:
        """The path of the tap's settings for this server, one file for each set of them."""
        name = "-".join(["config", *(f"{name}-{value}" for name, value in settings.items())])
        return self.write(f"{name}.json", {**self.settings, **settings})

    @property
    def settings(self) -> dict[str, Any]:
        """What the tap has to know of this server."""
        sample = json.loads((ROOT / "sample_config.json").read_text())
        return {**sample, "api_url": self.url, "b2b_api_url": self.url + B2B_PREFIX}

    def catalog(self, streams: Sequence[str]) -> str:
        """The path of a catalog that selects these streams, as far as the tap has them."""
        content = discover(self.config())
        for stream in content["streams"]:
            is_selected = stream["tap_stream_id"] in streams
            for entry in stream["metadata"]:
                if not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = is_selected
        return self.write("catalog.json", content)

    def tap(self, streams: Sequence[str], **settings: object) -> list[str]:
        """The command line that reads these streams."""
        return [
            *TAP,
            f"--config={self.config(**settings)}",
            f"--catalog={self.catalog(streams)}",
        ]


def discover(config: str) -> dict[str, Any]:
    """The tap's catalog."""
    command = [*TAP, f"--config={config}", "--discover"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
