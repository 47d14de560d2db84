"""How far a run has come, said while it goes on.

On a terminal it is one line below all others, drawn anew four times a second; elsewhere a line of
the log every half a minute. A thread reads what the run counts anyway; nobody waits for it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import typing as t
from collections import deque
from contextlib import ExitStack, suppress
from datetime import timedelta

from tap_bigcommerce.api.limiter import UNPACED_QUOTA
from tap_bigcommerce.summary import cut

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from tap_bigcommerce.run import Run

logger = logging.getLogger("tap-bigcommerce")

DRAW_EVERY_S: t.Final = 0.25
LOG_EVERY_S: t.Final = 30.0
PACE_S: t.Final = 30.0
"""Over which rows per second are measured: pages come in bursts."""
LEAST_S: t.Final = 2.0
"""Before this, a pace says nothing."""
UNKNOWN_COLUMNS: t.Final = 80
"""Of terminals that say 0."""

# The cursor stays on an empty line above ours, so that what other programs write to the same
# terminal, a target above all, does not begin in the middle of it.
CLEAR: t.Final = "\x1b[J"
BELOW: t.Final = "\n{}\x1b[1A\r"


class Figures:
    """What there is to say of a run, the most important first."""

    def __init__(self, run: Run) -> None:
        """Begin to measure."""
        self._run = run
        self._names = [stream.name for stream in run.selected]
        self._began_s = run.limiter.clock.monotonic()
        self._rows: deque[tuple[float, int]] = deque([(self._began_s, 0)])

    def parts(self) -> Iterator[str]:
        """The figures of this moment, each with its name."""
        run, now_s = self._run, self._run.limiter.clock.monotonic()
        # Copied first: the main thread goes on writing.
        written = dict(run.written)
        rows = sum(one.rows for one in written.values())
        pace = self._pace(now_s, rows)
        ended = {name for name, one in written.items() if one.ended_s is not None}
        ended |= set(run.failures)
        yield f"{len(ended)} of {len(self._names)} streams"
        yield f"{rows:,} rows"
        if wait_s := run.limiter.wait_s:
            yield f"waits {wait_s:.0f} s for quota"
        if current := next((name for name in written if name not in ended), None):
            yield from self._stream(current, written[current].rows, pace)
        yield f"{run.requests:,} requests"
        if pace is not None:
            yield f"{pace:,.0f} rows/s"
        limiter = run.limiter
        if limiter.quota is not None and limiter.left is not None and limiter.quota < UNPACED_QUOTA:
            yield f"quota {limiter.left:,} of {limiter.quota:,}"
        yield f"after {_clock(now_s - self._began_s)}"

    def _stream(self, name: str, rows: int, pace: float | None) -> Iterator[str]:
        """The stream that is being written, and when it will be done, where answers count rows."""
        total = self._run.totals.get(name, 0)
        if rows >= total:  # not counted, or not all of it
            yield name
            return
        yield f"{name} {rows:,} of {total:,}"
        if pace:
            yield f"done in {_clock((total - rows) / pace)}"

    def _pace(self, now_s: float, rows: int) -> float | None:
        """Rows per second of late."""
        self._rows.append((now_s, rows))
        while len(self._rows) > 2 and self._rows[1][0] <= now_s - PACE_S:  # noqa: PLR2004 - the ends
            self._rows.popleft()
        began_s, before = self._rows[0]
        seconds = now_s - began_s
        return (rows - before) / seconds if seconds >= LEAST_S else None


class Screen:
    """A terminal with a line that stays below all others; takes the place of its stream."""

    def __init__(self, stream: t.TextIO) -> None:
        """Write to this terminal."""
        self._stream = stream
        # Reentrant: a signal may come in the middle, and what it ends writes, too.
        self._lock = threading.RLock()
        self._line = ""

    def write(self, text: str) -> int:
        """Write above the line."""
        with self._lock:
            line = self._line
            self._put((CLEAR if line else "") + text + _below(line))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def show(self, line: str) -> None:
        """Draw the line anew, or take it away."""
        with self._lock:
            if line or self._line:
                self._put(CLEAR + _below(line))
            self._line = line

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _below(line: str) -> str:
    return BELOW.format(line) if line else ""


class Progress:
    """Says how far a run has come, as long as it is entered."""

    def __init__(
        self, run: Run, stream: t.TextIO | None = None, *, every_s: float | None = None
    ) -> None:
        """Say it on this stream, stderr by default, if it is a terminal; else in the log."""
        self._figures = Figures(run)
        self._stream = stream or sys.stderr
        self._screen = Screen(self._stream) if _is_live(self._stream) else None
        self._every_s = every_s or (DRAW_EVERY_S if self._screen else LOG_EVERY_S)
        self._has_ended = threading.Event()
        self._exits = ExitStack()

    def __enter__(self) -> t.Self:
        if self._screen:
            for handler in _handlers(self._stream):
                self._exits.callback(handler.setStream, handler.stream)
                handler.setStream(t.cast("t.TextIO", self._screen))
        thread = threading.Thread(target=self._go_on, name="progress", daemon=True)
        self._exits.callback(thread.join, 1.0)  # a terminal may be halted by its user
        thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._has_ended.set()
        self._exits.close()
        if self._screen:
            with suppress(OSError):
                self._screen.show("")

    def tell(self) -> None:
        """Say it once."""
        if self._screen:
            columns = terminal_columns(self._stream) or UNKNOWN_COLUMNS
            # In the last column some terminals would go on to the next line.
            self._screen.show(fitted(self._figures.parts(), columns - 1))
        else:
            logger.info("so far: %s", ", ".join(self._figures.parts()))

    def _go_on(self) -> None:
        with suppress(OSError):  # the terminal is gone, the run is not
            while not self._has_ended.wait(self._every_s):
                self.tell()


def fitted(parts: Iterator[str], columns: int) -> str:
    """As many of these as there is room for; the first, whatever there is."""
    line = cut(next(parts), columns)
    for part in parts:
        if len(line) + len(part) + 2 <= columns:
            line += f", {part}"
    return line


def terminal_columns(stream: t.TextIO) -> int | None:
    """How wide the terminal is; None when it is none."""
    try:
        is_terminal = stream.isatty()
        return (os.get_terminal_size(stream.fileno()).columns or None) if is_terminal else None
    except (OSError, ValueError):
        return None


def _is_live(stream: t.TextIO) -> bool:
    """Whether a line can be drawn anew: not where Singer's messages come in between."""
    is_dumb = os.environ.get("TERM", "dumb") == "dumb"
    return stream.isatty() and not is_dumb and not sys.stdout.isatty()


def _handlers(stream: t.TextIO) -> Iterator[logging.StreamHandler[t.TextIO]]:
    """What logs to this stream."""
    for name in ("", *logging.root.manager.loggerDict):
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is stream:
                yield handler


def _clock(seconds: float) -> str:
    """As a clock has it: `0:02:10`."""
    return str(timedelta(seconds=round(seconds)))
