"""Time that passes only when everybody sleeps, and a store that counts requests in windows.

Threads are real, but one runs at a time, so a simulation of an hour takes a second and comes out
the same every time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tap_bigcommerce.api.clock import Clock, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_bigcommerce.api.limiter import Limiter

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClock(Clock):
    """For one thread: a sleep is over at once, and is remembered."""

    def __init__(self, tick_s: float = 0.0) -> None:
        super().__init__()
        self.now = 1000.0
        self.tick_s = tick_s  # what passes whenever somebody looks
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        self.now += self.tick_s
        return self.now

    def wall(self) -> datetime:
        return EPOCH + timedelta(seconds=self.now)

    def sleep(self, seconds: float, until: Callable[[], bool] | None = None) -> None:
        if self._is_stopped:
            raise Stopped
        if until is None or not until():
            assert len(self.sleeps) < 10_000, "nobody else could end this wait"
            self.sleeps.append(seconds)
            self.now += seconds


@dataclass(eq=False)
class _Sleeper:
    wakes_at: float
    until: Callable[[], bool] | None
    gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def is_due(self) -> bool:
        return self.until is not None and self.until()


class VirtualClock(Clock):
    """For many threads, started by `run`."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._sleepers: list[_Sleeper] = []
        self._baton = threading.Semaphore(0)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, until: Callable[[], bool] | None = None) -> None:
        if not (until and until()):
            sleeper = _Sleeper(self.now + seconds, until)
            self._sleepers.append(sleeper)
            self._baton.release()
            sleeper.gate.acquire()

    def wake(self) -> None:
        """Nothing to do: `until` is asked before time moves."""

    def run(self, *functions: Callable[[], None]) -> None:
        """Until all have returned."""
        errors: list[BaseException] = []

        def body(function: Callable[[], None], start: _Sleeper) -> None:
            start.gate.acquire()
            try:
                function()
            except BaseException as error:  # noqa: BLE001 - raised below, in the test's thread
                errors.append(error)
            self._baton.release()

        for function in functions:
            start = _Sleeper(self.now, None)
            self._sleepers.append(start)
            threading.Thread(target=body, args=(function, start), daemon=True).start()
        while self._sleepers:
            due = next((sleeper for sleeper in self._sleepers if sleeper.is_due()), None)
            due = due or min(self._sleepers, key=lambda sleeper: sleeper.wakes_at)
            self._sleepers.remove(due)
            self.now = max(self.now, due.wakes_at) if not due.is_due() else self.now
            due.gate.release()
            self._baton.acquire()
        if errors:
            raise errors[0]


@dataclass
class Store:
    """A quota in fixed windows of `window_s`, the first one `phase_s` old."""

    clock: VirtualClock
    quota: int = 150
    window_s: float = 30.0
    phase_s: float = 0.0
    reset: str = "left"  # what Reset-Ms says: left, window, seconds, absent, zero, hours
    has_headers: bool = True
    starts_with_request: bool = False  # a window begins with its first request
    ours: dict[int, int] = field(default_factory=dict)
    others: dict[int, int] = field(default_factory=dict)
    rejected: int = 0
    rejected_others: int = 0
    _opened: float = -1e9
    _number: int = 0

    def window(self) -> int:
        if self.starts_with_request:
            if self.clock.now >= self._opened + self.window_s:
                self._opened = self.clock.now
                self._number += 1
            return self._number
        return int((self.clock.now + self.phase_s) // self.window_s)

    def handle(self, *, is_ours: bool = True) -> tuple[int, dict[str, str]]:
        window = self.window()
        used = self.ours.get(window, 0) + self.others.get(window, 0)
        if used >= self.quota:
            if is_ours:
                self.rejected += 1
            else:
                self.rejected_others += 1
            return 429, self.headers(0)
        counts = self.ours if is_ours else self.others
        counts[window] = counts.get(window, 0) + 1
        return 200, self.headers(self.quota - used - 1)

    def headers(self, left: int) -> dict[str, str]:
        if not self.has_headers:
            return {}
        if self.starts_with_request:
            rest_s = self._opened + self.window_s - self.clock.now
        else:
            rest_s = self.window_s - (self.clock.now + self.phase_s) % self.window_s
        reset = {
            "left": int(rest_s * 1000),
            "whole seconds": int(rest_s) * 1000,
            "window": int(self.window_s * 1000),
            "in seconds": int(rest_s),
            "zero": 0,
            "hours": 36_000_000,
            "absent": None,
        }[self.reset]
        headers = {
            "X-Rate-Limit-Requests-Quota": str(self.quota),
            "X-Rate-Limit-Requests-Left": str(left),
            "X-Rate-Limit-Time-Window-Ms": str(int(self.window_s * 1000)),
        }
        return headers if reset is None else {**headers, "X-Rate-Limit-Time-Reset-Ms": str(reset)}


@dataclass
class Run:
    """Workers that want as much as they can get from a store, for a while."""

    store: Store
    limiter: Limiter
    seconds: float
    workers: int = 8
    latency_s: float = 0.2
    other_gap_s: float | None = None  # another app asks this often
    most_in_flight: int = 0
    in_flight_at_first_answer: int = 0

    def __call__(self) -> Run:
        random = Random(7)  # noqa: S311 - the same every time is what we want
        clock = self.store.clock
        in_flight = 0

        def half() -> float:
            return self.latency_s / 2 * random.uniform(0.5, 1.5)

        def work() -> None:
            nonlocal in_flight
            while clock.now < self.seconds:
                ticket = self.limiter.acquire()
                in_flight += 1
                self.most_in_flight = max(self.most_in_flight, in_flight)
                clock.sleep(half())
                status, headers = self.store.handle()
                clock.sleep(half())
                self.in_flight_at_first_answer = self.in_flight_at_first_answer or in_flight
                in_flight -= 1
                if status == 429:
                    self.limiter.rejected(ticket, headers)
                else:
                    self.limiter.learn(ticket, headers)

        def other() -> None:
            while self.other_gap_s and clock.now < self.seconds:
                clock.sleep(self.other_gap_s * random.uniform(0.5, 1.5))
                self.store.handle(is_ours=False)

        clock.run(*[work] * self.workers, other)
        return self

    def full_windows(self) -> list[int]:
        """What we used in each window that lay wholly within the run."""
        store = self.store
        first = 1 if store.phase_s or store.starts_with_request else 0
        last = int((self.seconds + store.phase_s) // store.window_s)
        if store.starts_with_request:
            last = max(store.ours)
        return [store.ours.get(number, 0) for number in range(first, last)]
