"""A store's quota shared with other apps and other taps.

One event after the other, without threads: a limiter that would sleep says so by `_Blocked`.
"""

from __future__ import annotations

import heapq
from itertools import count
from random import Random

import pytest

from tap_bigcommerce.api.limiter import Limiter
from tests.unit.api.virtual import Store, VirtualClock

WINDOW_S = 30.0


class _Blocked(Exception):  # noqa: N818 - a way to return, not an error
    pass


class Events(VirtualClock):
    """The clock of everybody."""

    def __init__(self):
        super().__init__()
        self._queue = []
        self._numbers = count()

    def sleep(self, seconds, until=None):  # noqa: ARG002 - an answer asks everybody anyway
        raise _Blocked(seconds)

    def at(self, when, function, *arguments):
        heapq.heappush(self._queue, (when, next(self._numbers), function, arguments))

    def run_for(self, seconds):
        while self._queue and self._queue[0][0] < seconds:
            self.now, _, function, arguments = heapq.heappop(self._queue)
            function(*arguments)


class Tap:
    """Workers that want as much as they can get."""

    def __init__(  # noqa: PLR0913 - what a tap may differ in
        self, store, *, share=0.9, workers=8, latency_s=0.2, starts_s=0.0, seed=1
    ):
        self.store, self.events = store, store.clock
        self.limiter = Limiter(share, clock=store.clock, jitter=lambda wait: wait)
        self.idle, self.latency_s = workers, latency_s
        self.random = Random(seed)  # noqa: S311 - the same every time is what we want
        self.used = {}
        self.rejected = self.avoidable = 0
        self._left = {}  # by window, as the answers that have come say
        self._in_flight = 0
        self._look = 0
        self.events.at(starts_s, self._go, 0)

    def _go(self, look):
        if look != self._look:
            return
        while self.idle > 0:
            try:
                ticket = self.limiter.acquire()
            except _Blocked as blocked:
                self._look += 1
                self.events.at(self.events.now + blocked.args[0], self._go, self._look)
                return
            known = {window: left - self._in_flight for window, left in self._left.items()}
            self.idle -= 1
            self._in_flight += 1
            self.events.at(self.events.now + self._way(), self._arrive, ticket, known)

    def _way(self):
        return self.latency_s / 2 * self.random.uniform(0.6, 1.4)

    def _arrive(self, ticket, known):
        status, headers = self.store.handle()
        window = self.store.window()
        if status == 200:
            self.used[window] = self.used.get(window, 0) + 1
        elif known.get(window, 1) <= 0:
            self.avoidable += 1
        answer = (ticket, status, headers, window)
        self.events.at(self.events.now + self._way(), self._answer, *answer)

    def _answer(self, ticket, status, headers, window):
        self.idle += 1
        self._in_flight -= 1
        left = int(headers["X-Rate-Limit-Requests-Left"])
        self._left[window] = min(left, self._left.get(window, left))
        if status == 429:
            self.rejected += 1
            self.limiter.rejected(ticket, headers)
        else:
            self.limiter.learn(ticket, headers)
        self._look += 1
        self._go(self._look)


# When an app asks, as parts of a window, for each of its windows.
def evenly(part):
    return lambda random, _, quota: [random.random() for _ in range(int(part * quota))]


def in_bursts(random, _, quota):
    at = random.random()
    many = int(random.choice([0, 0.2, 0.4, 0.6]) * quota)
    return [min(at + random.random() * 0.03, 0.999) for _ in range(many)]


def at_the_start(random, _, quota):
    return [random.random() * 0.02 for _ in range(int(random.choice([0, 0.3, 0.6]) * quota))]


def changing(random, _, quota):
    return [random.random() for _ in range(int(random.uniform(0, 0.6) * quota))]


def now_and_then(random, number, quota):
    return evenly(0.6)(random, number, quota) if number // 3 % 2 else []


APPS = {
    "none": evenly(0),
    "its part": evenly(0.1),
    "more": evenly(0.3),
    "much": evenly(0.6),
    "changing": changing,
    "in bursts": in_bursts,
    "at the start": at_the_start,
    "now and then": now_and_then,
}


def store_with(app="none", *, seed=1, windows=10, **how):
    events = Events()
    store = Store(events, **how)
    random = Random(seed)  # noqa: S311 - the same every time is what we want
    for number in range(windows + 1):
        for part in APPS[app](random, number, store.quota):
            when = (number + part) * WINDOW_S - store.phase_s
            if when > 0:
                events.at(when, lambda: store.handle(is_ours=False))
    return store


def full_windows(store, taps, since=0, windows=10):
    """For each that all worked in from start to end: what each tap used, and the app."""
    first = int(store.starts_with_request or bool(store.phase_s)) + since
    numbers = range(first, max(store.ours) if store.starts_with_request else windows)
    return [([tap.used.get(n, 0) for tap in taps], store.others.get(n, 0)) for n in numbers]


@pytest.mark.parametrize("workers", [(4, 0.1), (8, 0.2), (16, 0.3)])
@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("quota", [150, 450])
@pytest.mark.parametrize("app", APPS)
def test_what_others_leave_of_our_share_is_used(app, quota, lazy, workers):
    """At least 95 % in every window, and no 429 that the headers had announced."""
    many, latency_s = workers
    phase_s = 0.0 if lazy else 7.3 * many % WINDOW_S
    store = store_with(app, quota=quota, phase_s=phase_s, starts_with_request=lazy)
    tap = Tap(store, workers=many, latency_s=latency_s)
    store.clock.run_for(10 * WINDOW_S)
    for (ours,), theirs in full_windows(store, [tap]):
        assert ours >= 0.95 * min(0.9 * quota, quota - theirs)
    assert tap.avoidable == 0


@pytest.mark.parametrize("app", ["none", "its part", "more", "changing"])
@pytest.mark.parametrize("quota", [150, 450])
def test_a_reset_that_is_never_counted_down_is_found(app, quota):
    """Reset-Ms always says 30 s. The first windows go by until we know when they begin."""
    store = store_with(app, quota=quota, phase_s=21.0, reset="window")
    tap = Tap(store)
    store.clock.run_for(10 * WINDOW_S)
    for (ours,), theirs in full_windows(store, [tap], since=2):
        assert ours >= 0.95 * min(0.9 * quota, quota - theirs)
    assert tap.avoidable == 0


TAPS: dict[str, list[dict[str, float]]] = {
    "alike": [{}, {}],
    "16 and 4 workers": [{"workers": 16}, {"workers": 4}],
    "near and far": [{"latency_s": 0.05}, {"latency_s": 0.3}],
    "one later": [{}, {"starts_s": 47.0}],
    "three": [{}, {}, {}],
    "three that differ": [{"workers": 16}, {"latency_s": 0.05}, {"workers": 4, "starts_s": 40.0}],
    "with all of the quota": [{"share": 1.0}, {"share": 1.0}],
}


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("quota", [150, 450])
@pytest.mark.parametrize("case", TAPS)
def test_taps_on_one_store_share_it_fairly(case, quota, lazy):
    """The slowest gets at least 0.8 of what the quickest gets; together all but a few per cent."""
    phase_s = 0.0 if lazy else 7.3
    store = store_with(quota=quota, phase_s=phase_s, starts_with_request=lazy)
    taps = [Tap(store, seed=seed, **how) for seed, how in enumerate(TAPS[case])]
    store.clock.run_for(22 * WINDOW_S)
    windows = [used for used, _ in full_windows(store, taps, since=2, windows=22)]
    totals = [sum(of_one) for of_one in zip(*windows, strict=True)]
    assert min(totals) >= 0.8 * max(totals)
    assert min(map(sum, windows)) >= 0.97 * quota
    assert sum(tap.rejected for tap in taps) <= 2 * len(taps)


def test_taps_share_fairly_while_an_app_uses_the_quota_too():
    store = store_with("more", quota=450, phase_s=7.3, windows=22)
    taps = [Tap(store, seed=1), Tap(store, seed=2, workers=4)]
    store.clock.run_for(22 * WINDOW_S)
    windows = full_windows(store, taps, since=1, windows=22)
    totals = [sum(used[n] for used, _ in windows) for n in range(2)]
    assert min(totals) >= 0.9 * max(totals)
    assert all(sum(used) + theirs >= 0.97 * 450 for used, theirs in windows)
    assert sum(tap.avoidable for tap in taps) == 0


def test_taps_share_fairly_though_the_reset_is_never_counted_down():
    store = store_with(phase_s=7.3, reset="window")
    taps = [Tap(store, seed=1), Tap(store, seed=2)]
    store.clock.run_for(22 * WINDOW_S)
    windows = [used for used, _ in full_windows(store, taps, since=2, windows=22)]
    totals = [sum(of_one) for of_one in zip(*windows, strict=True)]
    assert min(totals) >= 0.8 * max(totals)
    assert sum(tap.rejected for tap in taps) == 0


def test_who_is_alone_again_bursts_again():
    """The other tap ends after five windows: one window later ours is done in seconds."""
    store = store_with()
    tap, other = Tap(store, seed=1), Tap(store, seed=2)
    store.clock.at(5 * WINDOW_S, setattr, other, "idle", -1000)
    store.clock.run_for(8 * WINDOW_S + 6)
    assert tap.used[3] < 80
    assert tap.used[6] == tap.used[7] == 135
    assert tap.used[8] >= 129
