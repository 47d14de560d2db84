"""The store's request quota: fixed windows, shared by everybody who asks."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_bigcommerce.sandbox.quirks import Quirks

UNLIMITED = 16_101_495
"""What an enterprise store answers: no limit is a huge number, not a missing header (quirk 11)."""


@dataclass(frozen=True)
class Grant:
    """Whether a request may go on, and what the rate-limit headers say about it."""

    is_granted: bool
    left: int
    reset_ms: int


class Quota:
    """Counts requests. `others` are what another client uses up, evenly over each window."""

    def __init__(self, limit: int, window_ms: int, others: int, clock: Callable[[], float]) -> None:
        self.limit = limit
        self.window_ms = window_ms
        self.others = others
        self._clock = clock
        self._lock = Lock()
        self._started = clock()
        self._used = 0

    def change(self, limit: int, window_ms: int, others: int) -> None:
        """Begin a first window of another size."""
        with self._lock:
            self.limit, self.window_ms, self.others = limit, window_ms, others
            self._started = self._clock()
            self._used = 0

    def take(self) -> Grant:
        """Count one request. A refused one does not count."""
        with self._lock:
            passed_ms = int((self._clock() - self._started) * 1000)
            if passed_ms >= self.window_ms:
                windows = passed_ms // self.window_ms
                self._started += windows * self.window_ms / 1000
                passed_ms -= windows * self.window_ms
                self._used = 0
            foreign = self.others * passed_ms // self.window_ms
            left = self.limit - foreign - self._used
            is_granted = left > 0
            if is_granted:
                self._used += 1
                left -= 1
            return Grant(is_granted, max(0, left), self.window_ms - passed_ms)

    def headers(self, grant: Grant, quirks: Quirks) -> list[tuple[str, str]]:
        """The rate-limit headers of any answer."""
        reset = self.window_ms if quirks.reset_is_window else grant.reset_ms
        return [
            ("X-Rate-Limit-Time-Window-Ms", str(self.window_ms)),
            ("X-Rate-Limit-Time-Reset-Ms", str(reset)),
            ("X-Rate-Limit-Requests-Quota", str(self.limit)),
            ("X-Rate-Limit-Requests-Left", str(grant.left)),
        ]

    def refusal_headers(self, grant: Grant, quirks: Quirks) -> list[tuple[str, str]]:
        """The headers of a 429, as well-behaved as the quirk lets them be."""
        if quirks.over_quota in {"429-bare", "500"}:
            return []
        if quirks.over_quota == "429-odd":
            # Both exist in the documentation; here they contradict each other.
            return [
                ("X-Rate-Limit-Time-Reset-Ms", "0"),
                ("X-Rate-Limit-Requests-Left", "-1"),
                ("X-Retry-After", str(-(-grant.reset_ms // 1000))),
            ]
        return [
            *self.headers(grant, quirks),
            ("X-Retry-After", str(-(-grant.reset_ms // 1000))),
        ]
