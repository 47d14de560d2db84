"""How far a run has come, said while it goes on.

On a terminal it is its last line, drawn anew four times a second; elsewhere a line of the log every
half a minute. A thread reads what the run counts anyway; nobody waits for it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import typing as t
from collections import deque
from contextlib import suppress
from datetime import timedelta

from tap_bigcommerce.api.windows import UNPACED_QUOTA
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

# The terminal scrolls in the lines above the last one alone, as with `apt`: so what other programs
# write to it, a target above all, never meets ours, not even in the middle of a line.
MAKE_ROOM: t.Final = "\x1bD\x1b[1A\x1b7\x1b[1;{}r\x1b8"
"""Down and up: were the cursor in the last line, it would scroll no more."""
DRAW: t.Final = "\x1b7\x1b[{};1H{}\x1b[K\x1b8"
GIVE_BACK: t.Final = "\x1b7\x1b[r\x1b8\x1b[J"
"""Below the cursor there is nothing but our line, wherever a terminal of another size put it."""
LEAST_LINES: t.Final = 3
"""A terminal can scroll in two or more."""
SKIPPED: t.Final = "Skipping deselected stream '%s'."
"""The SDK says so of each, which leaves nothing else to be seen."""


Part = tuple[str, ...]
"""What is said in one place, and how in less room."""


class Figures:
    """What there is to say of a run, the most important first."""

    def __init__(self, run: Run) -> None:
        """Begin to measure."""
        self._run = run
        self._owners = {stream.name: run.stream(stream.owner).name for stream in run.selected}
        self._began_s = run.limiter.clock.monotonic()
        self._rows = Pace(self._began_s)
        self._way: tuple[str, Way] | None = None
        """The stream that is being written, and its way through its list."""

    def parts(self) -> Iterator[Part]:
        """The figures of this moment, each with its name."""
        run, now_s = self._run, self._run.limiter.clock.monotonic()
        # Copied first: the main thread goes on writing.
        written = dict(run.written)
        rows = sum(one.rows for one in written.values())
        pace = self._rows.at(now_s, rows)
        ended = {name for name, one in written.items() if one.ended_s is not None}
        ended |= set(run.failures)
        yield (f"{len(ended)} of {len(self._owners)} streams",)
        yield (f"{rows:,} rows",)
        if wait_s := run.limiter.wait_s:
            yield (f"waits {wait_s:.0f} s for quota",)
        if current := next((name for name in written if name not in ended), None):
            yield self._stream(current, written[current].listed, now_s)
        yield (f"{run.requests:,} requests",)
        if pace is not None:
            yield (f"{pace:,.0f} rows/s",)
        limiter = run.limiter
        if limiter.quota is not None and limiter.left is not None and limiter.quota < UNPACED_QUOTA:
            yield (f"quota {limiter.left:,} of {limiter.quota:,}",)
        yield (f"after {_clock(now_s - self._began_s)}",)

    def _stream(self, name: str, listed: int, now_s: float) -> Part:
        """The stream that is being written, and when it will be done, where answers count rows."""
        if not self._way or self._way[0] != name:
            self._way = name, Way(now_s, listed)
        total = self._run.totals.get(name, 0)
        left_s = self._way[1].left_s(now_s, listed, total)
        if listed >= total:  # not counted, or not all of it
            return (name,)
        owner = self._owners[name]
        way = f"{listed:,} of {total:,}"
        way = way if name == owner else f"at {way} {owner}"
        percent = f"{listed / total:.0%}"
        if left_s is None:
            return f"{name} {way}", f"{name} {percent}", name
        end = f"done in {_clock(left_s)}"
        return f"{name} {way}, {end}", f"{name} {percent}, {end}", f"{name} {end}", name


class Pace:
    """How many a second of late."""

    def __init__(self, now_s: float) -> None:
        """Begin with nothing."""
        self._seen = deque([(now_s, 0)])

    def at(self, now_s: float, count: int) -> float | None:
        """The pace by now; None where it would say nothing."""
        self._seen.append((now_s, count))
        while len(self._seen) > 2 and self._seen[1][0] <= now_s - PACE_S:  # noqa: PLR2004 - the ends
            self._seen.popleft()
        began_s, before = self._seen[0]
        seconds = now_s - began_s
        return (count - before) / seconds if seconds >= LEAST_S else None


class Way:
    """How far a stream is in its list, of which it takes a page at a time.

    A page of orders that are asked one by one may take longer than a window of the quota.
    """

    def __init__(self, now_s: float, count: int) -> None:
        """Begin; what was read before its turn says nothing of the rest."""
        self._began = self._step = now_s, count

    def left_s(self, now_s: float, count: int, total: int) -> float | None:
        """Seconds until it is done, going on as until the last page; None where nothing tells."""
        if count != self._step[1]:
            self._step = now_s, count
        (began_s, before), (step_s, _) = self._began, self._step
        if now_s - step_s > step_s - began_s:  # that was long ago
            step_s = now_s
        if count == before or step_s - began_s < LEAST_S:
            return None
        due_s = began_s + (step_s - began_s) * (total - before) / (count - before)
        return max(due_s - now_s, 0.0)


class Screen:
    """The last line of a terminal, kept free of everything else."""

    def __init__(self, stream: t.TextIO) -> None:
        """Write to this terminal."""
        self._stream = stream
        # Reentrant: a signal may come in the middle, and what it ends writes, too.
        self._lock = threading.RLock()
        self._size: os.terminal_size | None = None
        """Of the terminal in which the line is."""

    def show(self, parts: Iterator[Part]) -> None:
        """Draw the line anew, of as much as there is room for."""
        size = terminal_size(self._stream)
        if size is None or size.lines < LEAST_LINES or not _is_in_front(self._stream):
            self.clear()
            return
        # In the last column some terminals would go on to the next line.
        line = fitted(parts, size.columns - 1)
        with self._lock:
            text = DRAW.format(size.lines, line)
            if size != self._size:
                self.clear()
                text = MAKE_ROOM.format(size.lines - 1) + text
            self._put(text)
            self._size = size

    def clear(self) -> None:
        """Take the line away."""
        with self._lock:
            if self._size:
                self._put(GIVE_BACK)
            self._size = None

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()  # in one piece


class Progress:
    """Says how far a run has come, as long as it is entered."""

    def __init__(
        self, run: Run, stream: t.TextIO | None = None, *, every_s: float | None = None
    ) -> None:
        """Say it on this stream, stderr by default, if it is a terminal; else in the log."""
        stream = stream or sys.stderr
        self._figures = Figures(run)
        self._screen = Screen(stream) if _is_live(stream) else None
        self._every_s = every_s or (DRAW_EVERY_S if self._screen else LOG_EVERY_S)
        self._has_ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="progress", daemon=True)

    def __enter__(self) -> t.Self:
        logger.addFilter(_is_news)
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._has_ended.set()
        logger.removeFilter(_is_news)
        self._thread.join(1.0)  # a terminal may be halted by its user
        if self._screen:
            with suppress(OSError):
                self._screen.clear()

    def tell(self) -> None:
        """Say it once."""
        if self._screen:
            self._screen.show(self._figures.parts())
        else:
            logger.info("so far: %s", ", ".join(part[0] for part in self._figures.parts()))

    def _go_on(self) -> None:
        with suppress(OSError):  # the terminal is gone, the run is not
            while not self._has_ended.wait(self._every_s):
                self.tell()


def fitted(parts: Iterator[Part], columns: int) -> str:
    """As many of these as there is room for; the first, whatever there is."""
    line = cut(next(parts)[0], columns)
    for part in parts:
        room = columns - len(line) - len(", ")
        line += next((f", {words}" for words in part if len(words) <= room), "")
    return line


def terminal_size(stream: t.TextIO) -> os.terminal_size | None:
    """How large the terminal is; None when it is none, or does not say."""
    try:
        size = os.get_terminal_size(stream.fileno()) if stream.isatty() else None
    except (OSError, ValueError):
        return None
    return size if size and size.columns and size.lines else None


def _is_live(stream: t.TextIO) -> bool:
    """Whether a line can be drawn anew: not where Singer's messages come in between."""
    is_dumb = os.environ.get("TERM", "dumb") == "dumb"
    return terminal_size(stream) is not None and not is_dumb and not sys.stdout.isatty()


def _is_in_front(stream: t.TextIO) -> bool:
    """Whether no other program has the terminal's whole screen, such as an editor or a shell."""
    if not hasattr(os, "tcgetpgrp"):  # on Windows
        return True
    return os.tcgetpgrp(stream.fileno()) == os.getpgrp()


def _is_news(record: logging.LogRecord) -> bool:
    return record.msg != SKIPPED


def _clock(seconds: float) -> str:
    """As a clock has it: `0:02:10`."""
    return str(timedelta(seconds=round(seconds)))
