"""The store's quota, shared by all threads of this tap and with the merchant's other apps.

BigCommerce counts requests in fixed windows and says in every answer how many are left.
From consecutive answers the limiter learns quota, window and what others use. It lets requests go
so that this tap stays within its share, leaves others what they may still need, and meets no 429
that could be avoided. A window's share may be used at once; then everybody waits for the reset.

Source: BigCommerce docs, "API rate limits"; `X-Rate-Limit-Time-Reset-Ms` is described there both as
the time that is left and as the length of the window, so neither is taken for granted.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import backoff

from tap_bigcommerce.api.retry import growing_waits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_bigcommerce.api.clock import Clock

# Requests in flight while nothing is known of a window: enough to learn, few enough to be wrong.
PROBES = 3
# Some stores have no request quota and say 16,101,495 per 30 s. No tap comes near this.
UNPACED_QUOTA = 100_000
WINDOW_S = 30.0  # when an answer does not say
MAX_WAIT_S = 120.0  # four windows; a header that asks for hours is taken for this much
# A wait that brought nothing is followed by a longer one, from this on.
FLOOR_S = 1.0
# Headers are cut to milliseconds, and clocks are not the same.
RESET_MARGIN_S = 0.05
# What others may take between an answer and our next request, as a part of the quota, and at most.
MARGIN_PART, MAX_MARGIN = 0.02, 5
ANSWER_S = 60.0  # how long to sleep at most while an answer is due; it wakes us

QUOTA_WAIT = "this tap's share of the store's API quota is used up until the quota resets"
REJECTED_WAIT = "BigCommerce answered 429 (too many requests)"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave for one try."""

    sent_at: float
    window: int  # which of the windows that the limiter has seen
    waited_s: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The quota as one answer says it. Values that cannot be are None."""

    quota: int
    left: int
    window_s: float
    reset_s: float | None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Reading | None:
        """None when the answer does not say quota and rest."""
        quota = _number(headers, "X-Rate-Limit-Requests-Quota")
        left = _number(headers, "X-Rate-Limit-Requests-Left")
        if quota is None or left is None:
            return None
        window_s = _seconds(headers, "X-Rate-Limit-Time-Window-Ms", 0.001)
        reset_s = _seconds(headers, "X-Rate-Limit-Time-Reset-Ms", 0.001)
        window_s = window_s or reset_s or WINDOW_S
        if reset_s is not None and reset_s > window_s:
            reset_s = None
        elif reset_s is not None and reset_s < window_s and reset_s % 1 == 0:
            reset_s += min(1, window_s / 10)  # was rounded, and who knows which way
        return cls(int(quota), min(max(int(left), 0), int(quota)), window_s, reset_s)


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
        self._share = share
        self._jitter = jitter
        self._lock = threading.Lock()
        self._answers = 0  # changes whenever a waiting thread should look again
        self._sleepers = 0
        self._told_until = -math.inf

        self._window = 0
        self._is_probing = True  # no answer from this window yet
        self._spare = 0  # what the last window still had: these may go while probing
        self._in_flight = 0
        self._used = 0  # ours in this window, in flight included
        self._others = 0  # of other apps in this window, at least
        self._carried = 0  # ours before this window, if it turns out to be the last one still
        self._last_reset = -math.inf

        self._reading: Reading | None = None  # the newest, `left` the lowest of the window
        self._lowest_at = -math.inf  # when that came
        self._doubtful: list[int] = []  # `left` of answers from this window or the next
        self._seen_left = math.inf  # the lowest of those, when the next had come
        self._began: tuple[float, Reading] | None = None  # the window's first answer, and when
        self._resets_at: float | None = None
        self._counts_down: bool | None = None  # what Reset-Ms turned out to mean
        self._is_steady = True  # windows follow each other without a gap
        self._vain_waits = 0
        self._floor = -math.inf  # no window is taken to end before this

        self._blocked_until = -math.inf
        self._rejected_at = -math.inf
        self._storms = 0
        self._overload_waits = growing_waits(FLOOR_S, MAX_WAIT_S / 2)

    @property
    def quota(self) -> int | None:
        """Requests per window; None while unknown."""
        return self._reading.quota if self._reading else None

    @property
    def left(self) -> int | None:
        """What is left in the window by the newest answer; None while unknown."""
        return self._reading.left if self._reading else None

    def acquire(self, on_wait: Callable[[float, str], None] | None = None) -> Ticket:
        """Wait until a request may go. `on_wait(seconds, reason)` is told once per common wait."""
        started = self.clock.monotonic()
        while True:
            with self._lock:
                now = self.clock.monotonic()
                wait_s, reason = self._wait(now)
                if wait_s <= 0:
                    self._in_flight += 1
                    self._used += 1
                    return Ticket(now, self._window, now - started)
                answers = self._answers
                self._sleepers += 1
                is_news = bool(reason) and now + wait_s > self._told_until + FLOOR_S
                if is_news:
                    self._told_until = now + wait_s
            try:
                if is_news and on_wait:
                    on_wait(wait_s, reason)
                self.clock.sleep(wait_s, until=partial(self._has_changed, answers))
            finally:
                with self._lock:
                    self._sleepers -= 1

    def learn(self, ticket: Ticket, headers: Mapping[str, str]) -> None:
        """Take in an answer that is no 429."""
        reading = Reading.of(headers)
        with self._lock:
            now = self.clock.monotonic()
            self._in_flight -= 1
            if ticket.sent_at > self._rejected_at and self._storms:
                self._storms = 0
                self._overload_waits = growing_waits(FLOOR_S, MAX_WAIT_S / 2)
            if reading:
                self._take_in(ticket, reading, now)
            elif self._reading is None:
                self._is_probing = False  # a server without a quota
        self._tell()

    def forget(self, ticket: Ticket) -> None:  # noqa: ARG002 - the same form as its siblings
        """End a try without an answer. It stays counted: the server may have."""
        with self._lock:
            self._in_flight -= 1
        self._tell()

    def rejected(self, ticket: Ticket, headers: Mapping[str, str]) -> float:
        """Take in a 429 and hold everybody back. The seconds until the next try.

        The longer of `X-Retry-After` and `X-Rate-Limit-Time-Reset-Ms`; a 429 without either means
        that the platform is overloaded: exponential, full jitter.
        """
        reading = Reading.of(headers)
        hints = (
            _seconds(headers, "X-Retry-After", 1),
            _seconds(headers, "Retry-After", 1),
            _seconds(headers, "X-Rate-Limit-Time-Reset-Ms", 0.001),
        )
        hint_s = max((hint for hint in hints if hint is not None), default=None)
        with self._lock:
            now = self.clock.monotonic()
            self._in_flight -= 1
            if ticket.window == self._window:
                self._used = max(self._used - 1, self._in_flight)  # refused, so not used
            if reading:
                self._reading = reading
            if self._is_probing:
                self._is_steady = False  # the window that was to begin had not
            if ticket.sent_at > self._rejected_at:
                # Answers to what was in flight together are one event, not eight.
                self._storms += 1
                if hint_s is None:
                    wait_s = self._jitter(next(self._overload_waits))
                else:
                    floor_s = min(FLOOR_S * 2 ** min(self._storms - 1, 10), WINDOW_S)
                    wait_s = min(max(hint_s, floor_s), MAX_WAIT_S) + RESET_MARGIN_S
                self._blocked_until = max(self._blocked_until, now + wait_s)
            elif hint_s is not None:
                wait_s = min(hint_s, MAX_WAIT_S) + RESET_MARGIN_S
                self._blocked_until = max(self._blocked_until, now + wait_s)
            self._rejected_at = now
            self._open(spare=0)
            wait_s = max(self._blocked_until - now, 0.0)
        self._tell()
        return wait_s

    # What follows is called with the lock held.

    def _wait(self, now: float) -> tuple[float, str]:
        """Seconds until it makes sense to ask again, 0 to go, and why."""
        if now < self._blocked_until:
            return self._blocked_until - now, REJECTED_WAIT
        if self._resets_at is not None and now >= self._resets_at:
            self._open(spare=max(self._room(), 0))
        if self._is_probing:
            if self._in_flight < self._probes():
                return 0, ""
            if self._spare > 0:
                self._spare -= 1
                return 0, ""
            return ANSWER_S, ""
        if self._resets_at is None or self._room() > 0:
            return 0, ""
        return self._resets_at - now, QUOTA_WAIT

    def _room(self) -> int:
        """How many more may go in this window, by what is known."""
        reading = self._reading
        if reading is None or self._is_probing:
            return 0
        share = self._part(reading.quota)
        kept = max(reading.quota - share - self._others, 0)
        margin = 0 if self._share >= 1 else min(int(reading.quota * MARGIN_PART), MAX_MARGIN)
        return min(share - self._used, reading.left - self._in_flight - max(kept, margin))

    def _part(self, quota: int) -> int:
        """This tap's part of a window; the addend undoes what 0.9 * 150 loses in floating point."""
        return max(1, int(quota * self._share + 1e-9))

    def _probes(self) -> int:
        if self._storms or self._vain_waits:
            return 1
        return min(PROBES, self._part(self._reading.quota)) if self._reading else PROBES

    def _take_in(self, ticket: Ticket, reading: Reading, now: float) -> None:
        if reading.quota >= UNPACED_QUOTA:
            self._reading, self._resets_at, self._is_probing = reading, None, False
            return
        if ticket.window != self._window:
            return  # sent before the window was seen to begin: its `left` may be the old one
        if self._is_probing or self._reading is None or self._resets_at is None:
            self._begin(ticket, reading, now)
        else:
            rise = reading.left - self._reading.left
            is_later = ticket.sent_at >= self._lowest_at  # or it may just have been overtaken
            is_much = rise > reading.quota // 10  # a store may count in several places
            if is_later and is_much:
                self._open(spare=0)  # the reset came before its time
                self._used += 1
                self._carried, self._last_reset = 0, -math.inf
                self._begin(ticket, reading, now)
            elif is_much or (is_later and rise > 0):
                self._doubtful.append(reading.left)
            else:
                self._go_on(ticket, reading, now)
        # The server's count is the truth, whatever we thought of what was in flight at the reset.
        left = (self._reading or reading).left
        gone = reading.quota - int(min(left, self._seen_left))
        self._used = min(self._used, gone + self._in_flight)
        self._others = max(self._others, reading.quota - left - self._used)

    def _open(self, *, spare: int) -> None:
        """A window may have begun; the next answer will tell."""
        if not self._is_probing:
            self._carried, self._last_reset = 0, self._resets_at or -math.inf
        used = min(self._in_flight + len(self._doubtful), self._used)
        self._carried += self._used - used
        self._seen_left = min(self._doubtful, default=math.inf)
        self._doubtful.clear()
        self._window += 1
        self._used = used
        self._others = 0
        self._is_probing = True
        self._spare = spare
        self._resets_at = None

    def _begin(self, ticket: Ticket, reading: Reading, now: float) -> None:
        """Take the first answer of a window."""
        began = (now, reading)
        if self._counts_down is False:
            resets_at = now + reading.window_s
            if self._reading and reading.left <= self._reading.left:
                self._is_steady = False
            if self._is_steady and 0 <= ticket.sent_at - self._last_reset < reading.window_s:
                # Reckoned anew from each arrival, our windows would drift from the store's.
                resets_at = self._last_reset - RESET_MARGIN_S + reading.window_s
        else:
            # An upper bound, whether Reset-Ms means what is left or the whole window.
            resets_at = now + (reading.window_s if reading.reset_s is None else reading.reset_s)
            if self._began and self._is_last_window(reading, resets_at):
                self._used += self._carried
                if self._last_reset <= ticket.sent_at:
                    # We came when Reset-Ms had told us to, so it means something else.
                    self._counts_down = False
                    began = self._began
                    resets_at = max(resets_at, began[0] + reading.window_s)
        self._carried, self._last_reset = 0, -math.inf
        self._began = began
        self._take_lowest(reading, now)
        self._is_probing = False
        self._floor = -math.inf
        if self._room() > 0:
            self._vain_waits = 0
        else:
            floor_s = min(FLOOR_S * 2 ** min(self._vain_waits, 10), reading.window_s)
            self._floor = now + floor_s
            self._vain_waits += 1
        self._resets_at = max(resets_at + RESET_MARGIN_S, self._floor)

    def _is_last_window(self, reading: Reading, resets_at: float) -> bool:
        """Whether we came too early, and the window that was to be over goes on."""
        return (
            self._reading is not None
            and reading.left <= self._reading.left
            and resets_at < self._last_reset + reading.window_s / 2
        )

    def _go_on(self, ticket: Ticket, reading: Reading, now: float) -> None:
        """Take a further answer of the same window: its rest only falls."""
        if self._reading is None or self._resets_at is None or self._began is None:
            return
        if reading.left <= self._reading.left:
            self._take_lowest(reading, now)
        began_at, first = self._began
        if reading.reset_s is None or first.reset_s is None:
            self._counts_down = False
            return
        gap_s = ticket.sent_at - began_at
        is_constant = first.reset_s == reading.reset_s == reading.window_s
        if gap_s > 0 and first.reset_s - reading.reset_s > gap_s / 2:
            self._counts_down = True
        elif gap_s >= reading.window_s / 10 or (gap_s > 0 and is_constant):
            self._counts_down = False
        if self._counts_down is not False:
            resets_at = min(self._resets_at, now + reading.reset_s + RESET_MARGIN_S)
            self._resets_at = max(resets_at, self._floor)

    def _take_lowest(self, reading: Reading, now: float) -> None:
        self._reading = reading
        self._lowest_at = now

    # What follows is called without it.

    def _has_changed(self, answers: int) -> bool:
        return self._answers != answers

    def _tell(self) -> None:
        with self._lock:
            self._answers += 1
            has_sleepers = self._sleepers > 0
        if has_sleepers:
            self.clock.wake()


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(headers.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _seconds(headers: Mapping[str, str], name: str, unit_s: float) -> float | None:
    """A length of time; at most `MAX_WAIT_S`, and None when it is none."""
    value = _number(headers, name)
    return None if value is None or value < 0 else min(value * unit_s, MAX_WAIT_S)
