"""The store's quota, shared by all threads of this tap and with the merchant's other apps.

BigCommerce counts requests in fixed windows and says in every answer how many are left.
From consecutive answers the limiter learns quota, window and what others use. It lets requests go
so that this tap stays within its share, leaves others what they may still need, and meets no 429
that could be avoided. Alone, the tap uses a window's share at once and waits for the reset. When
others want as much, it spreads its requests over the window: two taps then come to equal parts.

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

from tap_bigcommerce.api.quota import (
    MAX_WAIT_S,
    WINDOW_S,
    Reading,
    reset_in_s,
    retry_after_s,
)
from tap_bigcommerce.api.retry import growing_waits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_bigcommerce.api.clock import Clock

# Requests in flight while nothing is known of a window: enough to learn, few enough to be wrong.
PROBES = 3
# Some stores have no request quota and say 16,101,495 per 30 s. No tap comes near this.
UNPACED_QUOTA = 100_000
# A wait that brought nothing is followed by a longer one, from this on.
FLOOR_S = 1.0
# Headers are cut to milliseconds, and clocks are not the same.
RESET_MARGIN_S = 0.05
# `left` rises by more than this part of the quota only at a reset; a store may count in several
# places.
RISE_PART = 0.1
# What of our share does not go at once, so that we keep seeing what others use and where windows
# begin: little, or much while the latter is not known.
SIGHT_PART, SEARCH_PART = 0.04, 0.3
# Paced requests end so long before the reset, as a part of the window: it may come earlier.
GUARD_PART = 0.1
# How long others' pace is measured, as a part of the window, and how much of what they leave us
# may stay unused because they may be quicker.
PACE_PART, MARGIN_PART = 0.05, 0.05
LATENCY_S = 0.3  # of one request, at most as a rule
ANSWER_S = 60.0  # how long to sleep at most while an answer is due; it wakes us

QUOTA_WAIT = "this tap's share of the store's API quota is used up until the quota resets"
PACED_WAIT = "others use the store's API quota too, so requests are spread until it resets"
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
        self._risen = 0  # answers that may be of the next window
        self._carried = 0  # ours before this window, if it turns out to be the last one still

        self._reading: Reading | None = None  # the newest, `left` the lowest of the window
        self._lowest_at = -math.inf  # when that came
        self._began_at = -math.inf  # when the window's first answer came
        self._resets_at: float | None = None  # at the latest
        self._slack_s = math.inf  # how much earlier it may be
        self._last_reset = -math.inf
        self._is_reset_true = True  # until Reset-Ms sent us too early
        self._vain_waits = 0
        self._floor = -math.inf  # no window is taken to end before this

        self._was_contested = False  # the last window
        self._next_at = -math.inf  # when the next paced request may go
        self._others_per_s = 0.0
        self._mark = (-math.inf, 0)  # when that was last measured, and `_others` then

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

    @property
    def window_s(self) -> float | None:
        """The length of a window; None while unknown."""
        return self._reading.window_s if self._reading else None

    @property
    def per_window(self) -> int | None:
        """This tap's share of a window; None while unknown, or when nothing limits it."""
        reading = self._reading
        return self._part(reading.quota) if reading and reading.quota < UNPACED_QUOTA else None

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
                    self._in_flight += 1
                    self._used += 1
                    self._pace(now)
                    return Ticket(now, self._window, now - started)
                answers = self._answers
                self._sleepers += 1
                until = now + wait_s
                if reason != REJECTED_WAIT:  # a few go before the reset, but not all who wait
                    until = max(until, self._resets_at or until)
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
        with self._lock:
            now = self.clock.monotonic()
            self._in_flight -= 1
            hints = (retry_after_s(headers), self._reset_after(headers, now))
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
            if self._is_probing:
                self._reading = reading or self._reading
                self._open(spare=0)
            elif reading and ticket.window == self._window:
                self._go_on(reading, now)
                self._count(reading)
            wait_s = max(self._blocked_until - now, 0.0)
        self._tell()
        return wait_s

    # What follows is called with the lock held.

    def _wait(self, now: float) -> tuple[float, str]:
        """Seconds until it makes sense to ask again, 0 to go, and why."""
        if now < self._blocked_until:
            return self._blocked_until - now, REJECTED_WAIT
        if self._resets_at is not None and now >= self._resets_at:
            self._open(spare=max(self._room(now), 0))
        if self._is_probing or (self._storms and self._in_flight):
            return 0 if self._may_probe() else ANSWER_S, ""
        if self._resets_at is None or self._room(now) > self._paced():
            return 0, ""
        if self._room(now) <= 0:
            return self._resets_at - now, QUOTA_WAIT
        return self._next_at - now, PACED_WAIT if self._is_shared() else QUOTA_WAIT

    def _may_probe(self) -> bool:
        """Whether one more may go while nothing is known of the window, or after a 429."""
        if self._in_flight < self._probes():
            return True
        if self._spare <= 0 or self._storms:
            return False
        self._spare -= 1
        return True

    def _probes(self) -> int:
        if self._storms or self._vain_waits:
            return 1
        return min(PROBES, self._part(self._reading.quota)) if self._reading else PROBES

    def _part(self, quota: int) -> int:
        """This tap's part of a window; the addend undoes what 0.9 * 150 loses in floating point."""
        return max(1, int(quota * self._share + 1e-9))

    def _room(self, now: float) -> int:
        """How many more may go in this window, by what is known."""
        reading = self._reading
        if reading is None or self._is_probing:
            return 0
        left = reading.left - self._in_flight - self._margin(reading, now)
        return min(self._part(reading.quota) - self._used, left)

    def _margin(self, reading: Reading, now: float) -> int:
        """What others may take before our next request comes."""
        if not self._others:
            return 0
        taken = self._others_per_s * (now - self._lowest_at + LATENCY_S)
        return min(int((reading.quota - self._others) * MARGIN_PART), 1 + math.ceil(taken))

    def _paced(self) -> int:
        """How many of this window's last requests do not go at once."""
        if self._reading is None:
            return 0
        share = self._part(self._reading.quota)
        if self._is_shared():
            return share
        return int(share * (SIGHT_PART if self._is_aligned() else SEARCH_PART))

    def _pace(self, now: float) -> None:
        """Spread evenly what is left.

        Everybody who does so has the same pace at the same time, with any number of threads, and
        the less is left the slower all become.
        """
        room = self._room(now)
        if room > 0 and self._resets_at is not None and self._reading:
            rest_s = self._resets_at - now - self._reading.window_s * GUARD_PART
            self._next_at = now + rest_s / (room + 1)

    def _is_shared(self) -> bool:
        return self._was_contested or self._is_contested()

    def _is_contested(self) -> bool:
        """Whether others use so much of what is kept for them that they may want more."""
        if self._reading is None:
            return False
        kept = self._reading.quota - self._part(self._reading.quota)
        return self._others >= max(kept / 2, 1)

    def _is_aligned(self) -> bool:
        """Whether it is known when the window ends."""
        return self._reading is not None and self._slack_s <= self._reading.window_s * GUARD_PART

    def _reset_after(self, headers: Mapping[str, str], now: float) -> float | None:
        """Seconds until the quota resets, by a 429 and by what was known before."""
        reading = self._reading
        window_s = reading.window_s if reading else WINDOW_S
        known_s = (self._resets_at or self._last_reset + window_s) - now
        reset_s = reset_in_s(headers)
        # What says the whole window says no more than that it is not longer.
        if reset_s is None or reset_s < window_s or known_s <= 0:
            return reset_s
        return min(reset_s, known_s)

    def _take_in(self, ticket: Ticket, reading: Reading, now: float) -> None:
        if reading.quota >= UNPACED_QUOTA:
            self._reading, self._resets_at, self._is_probing = reading, None, False
            return
        if ticket.window != self._window:
            return  # sent before the window was seen to begin: its `left` may be the old one
        if self._is_probing or self._reading is None or self._resets_at is None:
            self._begin(reading, now)
        elif reading.left - self._reading.left > reading.quota * RISE_PART:
            if ticket.sent_at < self._lowest_at:
                self._risen += 1  # or it was just overtaken
                return
            slack_s = now - self._lowest_at
            self._open(spare=0)  # the reset came before its time
            self._used += 1
            self._carried, self._last_reset = 0, -math.inf
            self._begin(reading, now)
            self._slack_s = min(self._slack_s, slack_s)
        else:
            self._go_on(reading, now)
        self._count(reading)

    def _open(self, *, spare: int) -> None:
        """A window may have begun; the next answer will tell."""
        if not self._is_probing:
            self._carried, self._last_reset = 0, self._resets_at or -math.inf
            self._was_contested = self._is_contested()
        used = min(self._in_flight + self._risen, self._used)
        self._carried += self._used - used
        self._window += 1
        self._used = used
        self._risen = 0
        self._others = 0
        self._is_probing = True
        self._spare = spare
        self._resets_at = None
        self._mark = math.inf, 0

    def _begin(self, reading: Reading, now: float) -> None:
        """Take the first answer of a window."""
        reset_s = reading.reset_s if self._is_reset_true else None
        resets_at = now + (reading.window_s if reset_s is None else reset_s)
        if (
            self._reading is not None
            and reading.left <= self._reading.left
            and resets_at < self._last_reset + reading.window_s / 2
        ):
            # We came when Reset-Ms had told us to, and the last window goes on.
            self._used += self._carried
            self._is_reset_true = False
            resets_at = max(resets_at, self._began_at + reading.window_s)
        else:
            self._began_at = now
        came_at_reset = self._last_reset > -math.inf
        self._slack_s += now - self._last_reset
        self._carried, self._last_reset = 0, -math.inf
        self._reading, self._lowest_at = reading, now
        self._resets_at = resets_at + RESET_MARGIN_S
        self._floor = -math.inf
        self._is_probing = False
        self._go_on(reading, now)
        self._count(reading)
        self._mark = now, self._others
        if came_at_reset and not self._others:
            self._slack_s = 0.0  # if it was earlier, nobody minds
        if self._room(now) > 0:
            self._vain_waits = 0
        else:
            floor_s = min(FLOOR_S * 2 ** min(self._vain_waits, 10), reading.window_s)
            self._floor = now + floor_s
            self._vain_waits += 1
            self._resets_at = max(self._resets_at, self._floor)

    def _go_on(self, reading: Reading, now: float) -> None:
        """Take an answer of this window: its rest only falls."""
        if self._reading is None or reading.left <= self._reading.left:
            self._reading, self._lowest_at = reading, now
            self._risen = 0  # those were overtaken
        if reading.reset_s is None or not self._is_reset_true or self._resets_at is None:
            return
        if reading.reset_s < reading.window_s:
            self._slack_s = 0.0
        # The earliest is right, whether Reset-Ms means what is left or the whole window.
        resets_at = min(self._resets_at, now + reading.reset_s + RESET_MARGIN_S)
        self._resets_at = max(resets_at, self._floor)

    def _count(self, reading: Reading) -> None:
        """Take the server's count for the truth, whatever we thought was ours."""
        gone = reading.quota - (self._reading or reading).left
        self._used = min(self._used, gone + self._in_flight)
        self._others = max(self._others, gone - self._used)
        marked_at, others = self._mark
        passed_s = self._lowest_at - marked_at
        if passed_s >= reading.window_s * PACE_PART:
            self._others_per_s = (self._others - others) / passed_s
            self._mark = self._lowest_at, self._others

    # What follows is called without it.

    def _has_changed(self, answers: int) -> bool:
        return self._answers != answers

    def _tell(self) -> None:
        with self._lock:
            self._answers += 1
            has_sleepers = self._sleepers > 0
        if has_sleepers:
            self.clock.wake()
