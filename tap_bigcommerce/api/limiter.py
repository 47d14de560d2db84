"""Who may send when: the store's quota, shared by all threads of this tap.

It lets requests go so that this tap stays within its share, leaves other apps what they may still
need, and meets no 429 that could be avoided. What the answers' headers mean is said by `windows`;
here are the threads that wait, and the 429s that hold all of them back.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import backoff

from tap_bigcommerce.api.quota import MAX_WAIT_S, WINDOW_S, Reading, retry_after_s
from tap_bigcommerce.api.retry import growing_waits
from tap_bigcommerce.api.windows import FLOOR_S, RESET_MARGIN_S, Windows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_bigcommerce.api.clock import Clock

REJECTED_WAIT = "BigCommerce answered 429 (too many requests)"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave for one try."""

    sent_at: float
    window: int  # which of the windows that the limiter has seen
    waited_s: float


class Limiter:
    """Who may send when. One for all threads that share a quota.

    At most `share` (0 to 1) of each window is used, but one request at least.
    Every `acquire` is followed by exactly one of `learn`, `rejected` and `forget`.
    """

    def __init__(
        self,
        share: float,
        *,
        clock: Clock,
        jitter: Callable[[float], float] = backoff.full_jitter,
    ) -> None:
        self.clock = clock
        self.windows = Windows(share)
        self._jitter = jitter
        self._lock = threading.Lock()
        self._answers = 0  # changes whenever a waiting thread should look again
        self._sleepers = 0
        self._told_until = -math.inf

        self._blocked_until = -math.inf
        self._rejected_at = -math.inf
        self._storms = 0  # of 429s, since the last answer to what was sent after one
        self._overload_waits = growing_waits(FLOOR_S, MAX_WAIT_S / 2)

    @property
    def quota(self) -> int | None:
        """Requests per window; None while unknown."""
        reading = self.windows.reading
        return reading.quota if reading else None

    @property
    def left(self) -> int | None:
        """What is left in the window by the newest answer; None while unknown."""
        reading = self.windows.reading
        return reading.left if reading else None

    @property
    def window_s(self) -> float | None:
        """The length of a window; None while unknown."""
        reading = self.windows.reading
        return reading.window_s if reading else None

    @property
    def per_window(self) -> int | None:
        """This tap's share of a window; None while unknown, or when nothing limits it."""
        return self.windows.per_window

    @property
    def wait_s(self) -> float:
        """How long the wait that was told last still goes on; 0 when nobody waits."""
        return max(self._told_until - self.clock.monotonic(), 0.0) if self._sleepers else 0.0

    def acquire(self, on_wait: Callable[[float, str], None] | None = None) -> Ticket:
        """Wait until a request may go. `on_wait(seconds, reason)` is told once per common wait."""
        started = self.clock.monotonic()
        while True:
            with self._lock:
                now = self.clock.monotonic()
                wait_s, reason = self._wait(now)
                if wait_s <= 0:
                    self.windows.send(now)
                    return Ticket(now, self.windows.number, now - started)
                answers = self._answers
                self._sleepers += 1
                until = now + wait_s
                if reason != REJECTED_WAIT:  # a few go before the reset, but not all who wait
                    until = max(until, self.windows.resets_at or until)
                is_news = bool(reason) and until > self._told_until + FLOOR_S
                if is_news:
                    self._told_until = until
            try:
                if is_news and on_wait:
                    on_wait(until - now, reason)
                self.clock.sleep(wait_s, until=partial(self._has_changed, answers))
            finally:
                with self._lock:
                    self._sleepers -= 1

    def learn(self, ticket: Ticket, headers: Mapping[str, str]) -> None:
        """Take in an answer that is no 429."""
        reading = Reading.of(headers)
        with self._lock:
            self.windows.answered()
            if ticket.sent_at > self._rejected_at and self._storms:
                self._storms = 0
                self._overload_waits = growing_waits(FLOOR_S, MAX_WAIT_S / 2)
            self.windows.learn(ticket.sent_at, ticket.window, reading, self.clock.monotonic())
        self._tell()

    def forget(self, ticket: Ticket) -> None:  # noqa: ARG002 - the same form as its siblings
        """End a try without an answer."""
        with self._lock:
            self.windows.answered()
        self._tell()

    def rejected(self, ticket: Ticket, headers: Mapping[str, str]) -> float:
        """Take in a 429 and hold everybody back. The seconds until the next try.

        The longer of `X-Retry-After` and `X-Rate-Limit-Time-Reset-Ms`; a 429 without either means
        that the platform is overloaded: exponential, full jitter.
        """
        reading = Reading.of(headers)
        with self._lock:
            now = self.clock.monotonic()
            self.windows.answered()
            hints = (retry_after_s(headers), self.windows.reset_after(headers, now))
            hint_s = max((hint for hint in hints if hint is not None), default=None)
            is_new = ticket.sent_at > self._rejected_at
            self._storms += is_new  # what was in flight together is one event, not eight
            wait_s = 0.0
            if hint_s is not None:
                floor_s = min(FLOOR_S * 2 ** min(self._storms - 1, 10), WINDOW_S)
                wait_s = min(max(hint_s, floor_s), MAX_WAIT_S) + RESET_MARGIN_S
            elif is_new:
                wait_s = self._jitter(next(self._overload_waits))
            self._blocked_until = max(self._blocked_until, now + wait_s)
            self._rejected_at = now
            self.windows.refused(ticket.window, reading, now)
            wait_s = max(self._blocked_until - now, 0.0)
        self._tell()
        return wait_s

    def _wait(self, now: float) -> tuple[float, str]:
        """Seconds until it makes sense to ask again, 0 to go, and why. The lock is held."""
        if now < self._blocked_until:
            return self._blocked_until - now, REJECTED_WAIT
        return self.windows.wait(now, is_careful=self._storms > 0)

    def _has_changed(self, answers: int) -> bool:
        return self._answers != answers

    def _tell(self) -> None:
        with self._lock:
            self._answers += 1
            has_sleepers = self._sleepers > 0
        if has_sleepers:
            self.clock.wake()
