"""What one tap can know of a store's quota: the window that is open, and who used how much of it.

BigCommerce counts requests in fixed windows and says in every answer how many are left.
From consecutive answers `Windows` learns quota, window and what others use, and from that says when
the next request may go. Alone, the tap uses a window's share at once and waits for the reset. When
others want as much, it spreads its requests over the window: two taps then come to equal parts.

Nothing here waits or locks: `now` is an argument, and the limiter holds its lock.

Source: BigCommerce docs, "API rate limits"; `X-Rate-Limit-Time-Reset-Ms` is described there both as
the time that is left and as the length of the window, so neither is taken for granted.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tap_bigcommerce.api.quota import WINDOW_S, Reading, reset_in_s

if TYPE_CHECKING:
    from collections.abc import Mapping

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


class Windows:
    """The windows of a quota, one after the other, as seen by who uses `share` (0 to 1) of each."""

    def __init__(self, share: float) -> None:
        self._share = share
        self.number = 0
        self.in_flight = 0
        self.reading: Reading | None = None  # the newest, `left` the lowest of the window
        self.resets_at: float | None = None  # at the latest
        self.others = 0  # used by other apps in this window, at least

        self._is_probing = True  # no answer from this window yet
        self._spare = 0  # what the last window still had: these may go while probing
        self._used = 0  # ours in this window, in flight included
        self._risen = 0  # answers that may be of the next window
        self._carried = 0  # ours before this window, if it turns out to be the last one still

        self._lowest_at = -math.inf  # when `reading` came
        self._began_at = -math.inf  # when the window's first answer came
        self._slack_s = math.inf  # how much earlier than `resets_at` the reset may be
        self._last_reset = -math.inf
        self._is_reset_true = True  # until Reset-Ms sent us too early
        self._vain_waits = 0
        self._floor = -math.inf  # no window is taken to end before this

        self._was_contested = False  # the last window
        self._next_at = -math.inf  # when the next paced request may go
        self._others_per_s = 0.0
        self._mark = (-math.inf, 0)  # when that was last measured, and `others` then

    @property
    def per_window(self) -> int | None:
        """Our share of a window; None while unknown, or when nothing limits it."""
        reading = self.reading
        return self._part(reading.quota) if reading and reading.quota < UNPACED_QUOTA else None

    def wait(self, now: float, *, is_careful: bool) -> tuple[float, str]:
        """Seconds until it makes sense to ask again, 0 to go, and why.

        Who is careful sends one request at a time.
        """
        if self.resets_at is not None and now >= self.resets_at:
            self._open(spare=max(self.room(now), 0))
        if self._is_probing or (is_careful and self.in_flight):
            return 0 if self._may_probe(is_careful=is_careful) else ANSWER_S, ""
        if self.resets_at is None or self.room(now) > self.paced():
            return 0, ""
        if self.room(now) <= 0:
            return self.resets_at - now, QUOTA_WAIT
        return self._next_at - now, PACED_WAIT if self._is_shared() else QUOTA_WAIT

    def send(self, now: float) -> None:
        """Count a request that goes."""
        self.in_flight += 1
        self._used += 1
        self._pace(now)

    def answered(self) -> None:
        """Count a request that came back, or never will. It stays used: the server may have."""
        self.in_flight -= 1

    def learn(self, sent_at: float, window: int, reading: Reading | None, now: float) -> None:
        """Take in what an answer says that was let through."""
        if reading:
            self._take_in(sent_at, window, reading, now)
        elif self.reading is None:
            self._is_probing = False  # a server without a quota

    def refused(self, window: int, reading: Reading | None, now: float) -> None:
        """Take in what a 429 says."""
        if self._is_probing:
            self.reading = reading or self.reading
            self._open(spare=0)
        elif reading and window == self.number:
            self._go_on(reading, now)
            self._count(reading)

    def reset_after(self, headers: Mapping[str, str], now: float) -> float | None:
        """Seconds until the quota resets, by a 429 and by what was known before."""
        window_s = self.reading.window_s if self.reading else WINDOW_S
        known_s = (self.resets_at or self._last_reset + window_s) - now
        reset_s = reset_in_s(headers)
        # What says the whole window says no more than that it is not longer.
        if reset_s is None or reset_s < window_s or known_s <= 0:
            return reset_s
        return min(reset_s, known_s)

    def room(self, now: float) -> int:
        """How many more may go in this window, by what is known."""
        reading = self.reading
        if reading is None or self._is_probing:
            return 0
        left = reading.left - self.in_flight - self._margin(reading, now)
        return min(self._part(reading.quota) - self._used, left)

    def paced(self) -> int:
        """How many of this window's last requests do not go at once."""
        if self.reading is None:
            return 0
        share = self._part(self.reading.quota)
        if self._is_shared():
            return share
        return int(share * (SIGHT_PART if self._is_aligned() else SEARCH_PART))

    def _may_probe(self, *, is_careful: bool) -> bool:
        """Whether one more may go while nothing is known of the window, or after a 429."""
        if self.in_flight < self._probes(is_careful=is_careful):
            return True
        if self._spare <= 0 or is_careful:
            return False
        self._spare -= 1
        return True

    def _probes(self, *, is_careful: bool) -> int:
        if is_careful or self._vain_waits:
            return 1
        return min(PROBES, self._part(self.reading.quota)) if self.reading else PROBES

    def _part(self, quota: int) -> int:
        """Our part of a window; the addend undoes what 0.9 * 150 loses in floating point."""
        return max(1, int(quota * self._share + 1e-9))

    def _margin(self, reading: Reading, now: float) -> int:
        """What others may take before our next request comes."""
        if not self.others:
            return 0
        taken = self._others_per_s * (now - self._lowest_at + LATENCY_S)
        most = max(int((reading.quota - self.others) * MARGIN_PART), 1)
        return min(most, 1 + math.ceil(taken))

    def _pace(self, now: float) -> None:
        """Spread evenly what is left.

        Everybody who does so has the same pace at the same time, with any number of threads, and
        the less is left the slower all become.
        """
        room = self.room(now)
        if room > 0 and self.resets_at is not None and self.reading:
            rest_s = self.resets_at - now - self.reading.window_s * GUARD_PART
            self._next_at = now + rest_s / (room + 1)

    def _is_shared(self) -> bool:
        return self._was_contested or self._is_contested()

    def _is_contested(self) -> bool:
        """Whether others use so much of what is kept for them that they may want more."""
        if self.reading is None:
            return False
        kept = self.reading.quota - self._part(self.reading.quota)
        return self.others >= max(kept / 2, 1)

    def _is_aligned(self) -> bool:
        """Whether it is known when the window ends."""
        return self.reading is not None and self._slack_s <= self.reading.window_s * GUARD_PART

    def _take_in(self, sent_at: float, window: int, reading: Reading, now: float) -> None:
        if reading.quota >= UNPACED_QUOTA:
            self.reading, self.resets_at, self._is_probing = reading, None, False
            return
        if window != self.number:
            return  # sent before the window was seen to begin: its `left` may be the old one
        if self._is_probing or self.reading is None or self.resets_at is None:
            self._begin(reading, now)
        elif reading.left - self.reading.left > reading.quota * RISE_PART:
            if sent_at < self._lowest_at:
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
            self._carried, self._last_reset = 0, self.resets_at or -math.inf
            self._was_contested = self._is_contested()
        used = min(self.in_flight + self._risen, self._used)
        self._carried += self._used - used
        self.number += 1
        self._used = used
        self._risen = 0
        self.others = 0
        self._is_probing = True
        self._spare = spare
        self.resets_at = None
        self._mark = math.inf, 0

    def _begin(self, reading: Reading, now: float) -> None:
        """Take the first answer of a window."""
        reset_s = reading.reset_s if self._is_reset_true else None
        resets_at = now + (reading.window_s if reset_s is None else reset_s)
        if (
            self.reading is not None
            and reading.left <= self.reading.left
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
        self.reading, self._lowest_at = reading, now
        self.resets_at = resets_at + RESET_MARGIN_S
        self._floor = -math.inf
        self._is_probing = False
        self._go_on(reading, now)
        self._count(reading)
        self._mark = now, self.others
        if came_at_reset and not self.others:
            self._slack_s = 0.0  # if it was earlier, nobody minds
        if self.room(now) > 0:
            self._vain_waits = 0
        else:
            floor_s = min(FLOOR_S * 2 ** min(self._vain_waits, 10), reading.window_s)
            self._floor = now + floor_s
            self._vain_waits += 1
            self.resets_at = max(self.resets_at, self._floor)

    def _go_on(self, reading: Reading, now: float) -> None:
        """Take an answer of this window: its rest only falls."""
        if self.reading is None or reading.left <= self.reading.left:
            self.reading, self._lowest_at = reading, now
            self._risen = 0  # those were overtaken
        if reading.reset_s is None or not self._is_reset_true or self.resets_at is None:
            return
        if reading.reset_s < reading.window_s:
            self._slack_s = 0.0
        # The earliest is right, whether Reset-Ms means what is left or the whole window.
        resets_at = min(self.resets_at, now + reading.reset_s + RESET_MARGIN_S)
        self.resets_at = max(resets_at, self._floor)

    def _count(self, reading: Reading) -> None:
        """Take the server's count for the truth, whatever we thought was ours."""
        gone = reading.quota - (self.reading or reading).left
        self._used = min(self._used, gone + self.in_flight)
        self.others = max(self.others, gone - self._used)
        marked_at, others = self._mark
        passed_s = self._lowest_at - marked_at
        if passed_s >= reading.window_s * PACE_PART:
            self._others_per_s = (self.others - others) / passed_s
            self._mark = self._lowest_at, self.others
