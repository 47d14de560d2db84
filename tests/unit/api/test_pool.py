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
from tap_bigcommerce.api.pool import Pool


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

    def gate(self, number: int) -> threading.Event:
        with self.lock:
            return self.gates.setdefault(number, threading.Event())

    def __call__(self, number: int) -> int:
        with self.lock:
            self.started.append(number)
        self.begun.set()
        self.gate(number).wait()
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
    next(results)
    most = 0
    for number in range(2, 30):
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
