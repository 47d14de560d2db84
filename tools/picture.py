"""`python -m tools.picture`: docs/run.svg, a real run on a terminal, in its middle and at its end.

The tap runs against a sandbox, on a terminal of the system's own; what it writes there is shown as
a person would have seen it.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import termios
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tap_bigcommerce.sandbox import Sandbox
from tools.environments import ROOT
from tools.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PICTURE = ROOT / "docs" / "run.svg"

_STREAMS = (
    "brands",
    "categories",
    "customers",
    "order_products",
    "order_shipping_addresses",
    "orders",
    "product_images",
    "product_options",
    "product_variants",
    "products",
)
_COMMAND = (
    "SINGER_SDK_LOG_CONFIG=short.yaml"
    " tap-bigcommerce --config config.json --catalog catalog.json > store.jsonl"
)
_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"short": {"format": "%(message)s"}},
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "short"}},
    "loggers": {"singer_sdk.metrics": {"handlers": [], "propagate": False}},
    "root": {"level": "INFO", "handlers": ["terminal"]},
}
"""The SDK's usual lines are longer than a picture is wide."""
_MOMENT = re.compile(r"order_products at [4-6],\d+ of .*, done in ")
"""What the line says when it is drawn."""
_COLUMNS, _LINES = 110, 40
_LOOK_SECONDS = 0.1

# All lengths are in pixels.
_CHARACTER, _LINE, _PAD, _BAR = 7.25, 17, 14, 30
_FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"


@dataclass(frozen=True)
class Window:
    """A terminal's window, and what is in it."""

    title: str
    lines: Sequence[str]

    @property
    def height(self) -> int:
        """Of the window with its bar."""
        return _BAR + _LINE * len(self.lines) + _PAD


def main() -> None:
    """Draw the picture anew."""
    with tempfile.TemporaryDirectory() as folder:
        middle, end = _run(Path(folder))
    *lines, last = middle
    while not lines[-1]:
        lines.pop()
    windows = Window("while it runs", [*lines, "", last]), Window("at its end", end)
    PICTURE.write_text(draw(windows, "A run of tap-bigcommerce on a terminal"))


def _run(folder: Path) -> tuple[list[str], list[str]]:
    """What a terminal shows in the middle of a run, and the summary at its end."""
    with Sandbox(orders=10_000, quota=450, latency_ms=400) as sandbox:
        settings = {**json.loads((ROOT / "sample_config.json").read_text())}
        settings |= {"api_url": sandbox.api_url, "access_token": sandbox.token}
        (folder / "config.json").write_text(json.dumps(settings))
        (folder / "catalog.json").write_text(json.dumps(_catalog(folder)))
        (folder / "short.yaml").write_text(json.dumps(_LOGGING))  # which is YAML, too
        terminal = Terminal(_COLUMNS, _LINES)
        terminal.feed(f"$ {_COMMAND}\n")
        middle: list[str] = []
        for text in on_a_terminal(_COMMAND, folder):
            terminal.feed(text)
            if not middle and _MOMENT.search(terminal.lines[-1]):
                middle = terminal.lines
    begin = next(n for n, line in enumerate(terminal.text) if " s waited for quota, " in line)
    return middle, [*terminal.text[begin:], "$"]


def _catalog(folder: Path) -> dict[str, object]:
    """The tap's own, with some streams selected."""
    command = [_program("tap-bigcommerce"), "--config", "config.json", "--discover"]
    asked = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    catalog: dict[str, list[dict[str, object]]] = json.loads(asked.stdout)
    for entry in catalog["streams"]:
        entry["selected"] = entry["tap_stream_id"] in _STREAMS
    return {"streams": [one for one in catalog["streams"] if one["selected"]]}


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def on_a_terminal(command: str, folder: Path) -> Iterator[str]:
    """What a command writes to its terminal, as it comes.

    Raises:
        CalledProcessError: It failed.
    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (_LINES, _COLUMNS))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # What the first process of a session opens becomes its terminal.
    script = f"exec 0<>{os.ttyname(theirs)} 2>&0; {command}"
    try:
        with subprocess.Popen(
            ["/bin/sh", "-c", script],
            cwd=folder,
            env={"PATH": path, "TERM": "xterm"},
            start_new_session=True,
        ) as process:
            has_ended = False
            while not has_ended:
                has_ended = process.poll() is not None
                while select.select([ours], [], [], _LOOK_SECONDS)[0]:
                    text = os.read(ours, 65536).decode(errors="replace")
                    yield text.replace("\r\n", "\n")
    finally:
        os.close(ours)
        os.close(theirs)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def draw(windows: Sequence[Window], title: str) -> str:
    """The windows, one below the other, as SVG."""
    longest = max(len(line) for window in windows for line in window.lines)
    width = longest * _CHARACTER + 2 * _PAD
    height = sum(window.height + _PAD for window in windows) - _PAD
    size = f'width="{width:.0f}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:.0f} {height}"',
        f'  font-family="{_FONTS}" font-size="12">',
        f"<title>{escape(title)}</title>",
    ]
    top = 0
    for window in windows:
        parts += _drawn(window, top, width)
        top += window.height + _PAD
    return "\n".join([*parts, "</svg>"]) + "\n"


def _drawn(window: Window, top: int, width: float) -> Iterator[str]:
    frame = f'y="{top}" width="{width:.0f}" height="{window.height}" rx="8"'
    yield f'<rect {frame} fill="#1f2430"/>'
    for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        yield f'<circle cx="{18 + 18 * number}" cy="{top + 15}" r="5" fill="{colour}"/>'
    centre = f'x="{width / 2:.0f}" y="{top + 19}" text-anchor="middle"'
    yield f'<text {centre} fill="#8a93a6">{escape(window.title)}</text>'
    for number, line in enumerate(window.lines, 1):
        if line:
            # Its length, too: so columns stand below each other in any font.
            length = len(line) * _CHARACTER
            place = f'x="{_PAD}" y="{top + _BAR + _LINE * number - 4}" textLength="{length:.2f}"'
            style = 'fill="#e6e9ef" xml:space="preserve" style="white-space:pre"'
            yield f"<text {place} {style}>{escape(line)}</text>"


if __name__ == "__main__":
    main()
