"""Fetching ahead: in order, bounded, and gone when nobody reads any more."""

from __future__ import annotations

import gc
import itertools
import subprocess
import sys
import threading
import weakref
from concurrent.futures import CancelledError

import pytest

from tap_bigcommerce.api import pool as pool_module
from tap_bigcommerce.api.pool import Place, Pool


@pytest.fixture
def pool():
    made = Pool(4)
    yield made
    made.close()


def no_size(_result) -> int:
    return 0


def counted(taken):
    """All numbers, each noted when it is taken."""
    for number in itertools.count():
        taken.append(number)
        yield number


class Gates:
    """Tasks that end when they are told to."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.started: list[int] = []
        self.gates: dict[int, threading.Event] = {}
        self.begun = threading.Event()
        self._changed = threading.Condition(self.lock)
        self._running: set[int] = set()
        self._together: list[set[int]] = []

    def wait_for(self, count: int) -> None:
        """Until so many tasks have started."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.started) >= count, timeout=60)

    def most(self, numbers) -> int:
        """How many of these ran at once."""
        return max(len(together & set(numbers)) for together in self._together)

    def gate(self, number: int) -> threading.Event:
        with self.lock:
            return self.gates.setdefault(number, threading.Event())

    def __call__(self, number: int) -> int:
        with self._changed:
            self.started.append(number)
            self._running.add(number)
            self._together.append(set(self._running))
            self._changed.notify_all()
        self.begun.set()
        self.gate(number).wait()
        with self.lock:
            self._running.discard(number)
        return number


def test_a_task_runs_in_another_thread(pool):
    assert pool.submit(threading.get_ident).result() != threading.get_ident()
    assert pool.submit(max, 1, 2, key=lambda number: -number).result() == 1


def test_a_task_may_raise_anything(pool):
    def fail() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        pool.submit(fail).result()
    assert pool.submit(int, "3").result() == 3


def test_results_come_in_order_whatever_ends_first(pool):
    gates = Gates()
    results = pool.ordered(gates, range(3), size=no_size)
    for number in (2, 1, 0):
        gates.gate(number).set()
    assert list(results) == [0, 1, 2]


@pytest.mark.parametrize("workers", [1, 2, 16])
def test_the_number_of_threads_changes_nothing(workers):
    pool = Pool(workers)
    assert list(pool.ordered(str, range(500), size=len)) == [str(n) for n in range(500)]
    pool.close()


def test_nothing_in_nothing_out(pool):
    assert list(pool.ordered(str, [])) == []


def test_items_are_taken_only_as_far_ahead_as_allowed_and_by_the_caller(pool):
    taken: list[int] = []

    def items():
        for number in itertools.count():
            taken.append(threading.get_ident())
            yield number

    results = pool.ordered(str, items(), ahead=3, size=len)
    assert taken == []
    assert next(results) == "0"
    assert len(taken) == 3
    assert next(results) == "1"
    assert len(taken) == 4
    assert set(taken) == {threading.get_ident()}
    results.close()


def test_the_default_is_one_item_for_each_worker(pool):
    taken: list[int] = []
    results = pool.ordered(str, counted(taken), size=len)
    next(results)
    assert len(taken) == 4
    results.close()


def test_bytes_that_nobody_has_read_bound_the_look_ahead(pool, monkeypatch):
    """Room for 100 bytes, 40 each: one is read, two may wait for it, not 50."""
    monkeypatch.setattr(pool_module, "MAX_AHEAD_BYTES", 100)
    taken: list[int] = []
    results = pool.ordered(lambda _: 40, counted(taken), ahead=50, size=lambda size: size)
    for _ in range(50):  # asked for before the size of any was known
        next(results)
    most = 0
    for number in range(51, 80):
        next(results)
        most = max(most, len(taken) - number + 1)
    assert most <= 3
    results.close()


def test_one_result_larger_than_the_bound_still_comes(pool, monkeypatch):
    monkeypatch.setattr(pool_module, "MAX_AHEAD_BYTES", 10)
    assert list(pool.ordered(lambda n: n, range(5), size=lambda _: 1000)) == [0, 1, 2, 3, 4]


def test_the_size_of_an_answer_is_its_own(pool):
    class Sized:
        size = 3

    assert len(list(pool.ordered(lambda _: Sized(), range(3)))) == 3


def test_an_exception_is_raised_at_its_place(pool):
    def fetch(number):
        if number == 2:
            raise ValueError(number)
        return number

    results = pool.ordered(fetch, range(9), size=no_size)
    assert next(results) == 0
    assert next(results) == 1
    with pytest.raises(ValueError, match="2"):
        next(results)
    assert list(results) == []


def test_an_exception_of_the_items_comes_after_what_they_gave(pool):
    def items():
        yield 1
        yield 2
        raise LookupError

    results = pool.ordered(str, items(), size=len)
    assert [next(results), next(results)] == ["1", "2"]
    with pytest.raises(LookupError):
        next(results)


def test_closing_early_drops_what_has_not_begun(pool):
    """Four are in flight, four wait for a thread; the reader goes away and is not held up."""
    gates = Gates()
    gates.gate(0).set()
    results = pool.ordered(gates, range(100), ahead=9, size=no_size)
    assert next(results) == 0
    results.close()
    for number in range(100):
        gates.gate(number).set()
    assert pool.submit(int, "3").result() == 3
    assert len(gates.started) <= 6


def test_a_result_that_was_read_is_not_kept(pool):
    class Page:
        size = 1

    results = pool.ordered(lambda _: Page(), range(3), ahead=1)
    seen = weakref.ref(next(results))
    next(results)
    gc.collect()
    assert seen() is None
    results.close()


def test_a_closed_pool_takes_nothing_and_drops_what_waits():
    pool = Pool(1)
    gates = Gates()
    running = pool.submit(gates, 0)
    waiting = pool.submit(gates, 1)
    gates.begun.wait()
    pool.close()
    with pytest.raises(CancelledError):
        waiting.result()
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(gates, 2)
    gates.gate(0).set()
    assert running.result() == 0
    for thread in pool._threads:
        thread.join()


def test_threads_start_with_the_first_tasks():
    pool = Pool(8)
    counts = [len(pool._threads)]
    for _ in range(10):
        pool.submit(int).result()
        counts.append(len(pool._threads))
    assert counts == [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8]
    pool.close()


def test_a_program_ends_although_a_request_is_in_flight():
    """Were its thread joined at exit, as those of `ThreadPoolExecutor` are, this would hang."""
    code = (
        "import threading\n"
        "from tap_bigcommerce.api.pool import Pool\n"
        "begun = threading.Event()\n"
        "def task():\n"
        "    begun.set()\n"
        "    threading.Event().wait()\n"
        "Pool(2).submit(task)\n"
        "begun.wait()\n"
        "raise SystemExit(3)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=60)  # noqa: S603 - our own code
    assert done.returncode == 3


# Turns: what is needed first goes first.


def busy(pool, gates):
    """Let every thread work until its gate is opened; the numbers are below zero."""
    tasks = [pool.submit(gates, -1 - number) for number in range(pool.workers)]
    gates.wait_for(pool.workers)
    return tasks


def test_what_is_needed_first_goes_first_and_else_whoever_came_first():
    pool, gates = Pool(1), Gates()
    busy(pool, gates)
    turns = {10: 2, 11: 0, 12: 1, 13: 0, 14: 2}
    tasks = [pool.submit_at(Place(turn), gates, number) for number, turn in turns.items()]
    for number in (-1, *turns):
        gates.gate(number).set()
    for task in tasks:
        task.result()
    assert gates.started == [-1, 11, 13, 12, 10, 14]
    pool.close()


def test_the_order_of_results_is_that_of_the_items_whatever_their_turn():
    pool, gates = Pool(1), Gates()
    busy(pool, gates)
    urgent = pool.submit_at(Place(0), gates, 99)
    results = pool.ordered(gates, range(3), place=Place(5), size=no_size)
    for number in (-1, 99, 0, 1, 2):
        gates.gate(number).set()
    assert list(results) == [0, 1, 2]
    assert urgent.result() == 99
    assert gates.started == [-1, 99, 0, 1, 2]
    pool.close()


# Lanes: as many at once as an endpoint takes.


def in_lane(pool, gates, numbers, **options):
    place = Place(**{"lane": "a", "at_once": 1, **options})
    return [pool.submit_at(place, gates, number) for number in numbers]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_no_more_of_a_lane_run_at_once_than_allowed(at_once):
    """The others wait without keeping a thread from the rest."""
    pool, gates = Pool(4), Gates()
    tasks = in_lane(pool, gates, range(6), at_once=at_once)
    gates.wait_for(at_once)
    others = [pool.submit(gates, 100 + number) for number in range(4 - at_once)]
    gates.wait_for(4)
    assert sorted(gates.started) == [*range(at_once), *range(100, 104 - at_once)]
    for number in (*range(6), *range(100, 104)):
        gates.gate(number).set()
    assert [task.result() for task in tasks + others] == [
        *range(6),
        *range(100, 104 - at_once),
    ]
    assert gates.most(range(6)) <= at_once
    pool.close()


def test_lanes_do_not_wait_for_each_other():
    pool, gates = Pool(2), Gates()
    first, second = in_lane(pool, gates, [1, 2]), in_lane(pool, gates, [3, 4], lane="b")
    gates.wait_for(2)
    assert sorted(gates.started) == [1, 3]
    for number in range(1, 5):
        gates.gate(number).set()
    assert [task.result() for task in first + second] == [1, 2, 3, 4]
    pool.close()


def test_in_a_lane_too_what_is_needed_first_goes_first():
    pool, gates = Pool(2), Gates()
    first = in_lane(pool, gates, [1])
    gates.wait_for(1)
    later = in_lane(pool, gates, [2], turn=7) + in_lane(pool, gates, [3], turn=1)
    for number in (1, 2, 3):
        gates.gate(number).set()
    for task in first + later:
        task.result()
    assert gates.started == [1, 3, 2]
    pool.close()


def test_who_gives_up_waiting_in_a_lane_holds_up_nobody_behind():
    pool, gates = Pool(1), Gates()
    first, dropped, last = in_lane(pool, gates, [1, 2, 3])
    assert dropped.cancel()
    for number in (1, 3):
        gates.gate(number).set()
    assert (first.result(), last.result()) == (1, 3)
    assert gates.started == [1, 3]
    pool.close()


def test_a_task_that_fails_leaves_its_lane():
    def fail():
        raise LookupError

    pool = Pool(1)
    failed = pool.submit_at(Place(0, "a", 1), fail)
    with pytest.raises(LookupError):
        failed.result()
    assert pool.submit_at(Place(0, "a", 1), int, "3").result() == 3
    pool.close()


def test_closing_drops_what_waits_for_its_lane():
    pool, gates = Pool(2), Gates()
    running, waiting = in_lane(pool, gates, [1, 2])
    gates.wait_for(1)
    pool.close()
    with pytest.raises(CancelledError):
        waiting.result()
    gates.gate(1).set()
    assert running.result() == 1
    for thread in pool._threads:
        thread.join()
    assert gates.started == [1]
