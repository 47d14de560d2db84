"""Time, as an argument: whatever waits in this room asks a `Clock`, which a test may replace."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Stopped(Exception):  # noqa: N818 - a request to end, not an error
    """The run is ending; whoever waits gives up."""


class Clock:
    """The real clock. `stop` ends every sleep, present and future."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_stopped = False

    def monotonic(self) -> float:
        """Seconds since some instant; only differences mean anything."""
        return time.monotonic()

    def wall(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float, until: Callable[[], bool] | None = None) -> None:
        """Wait for `seconds`, or less: `until` is asked again after every `wake`.

        Raises:
            Stopped: when `stop` was called, before or meanwhile.
        """

        def is_over() -> bool:
            return self._is_stopped or (until is not None and until())

        with self._changed:
            self._changed.wait_for(is_over, timeout=seconds)
        self.check()

    def check(self) -> None:
        """Go on.

        Raises:
            Stopped: when `stop` was called.
        """
        if self._is_stopped:
            raise Stopped

    def wake(self) -> None:
        """Let every sleeper ask its `until` again."""
        with self._changed:
            self._changed.notify_all()

    def stop(self) -> None:
        """End every sleep with `Stopped`. Safe in a signal handler: the lock is reentrant."""
        self._is_stopped = True
        self.wake()
