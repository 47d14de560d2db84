"""The threads that fetch, whose turn it is, and bounded look-ahead for who reads in order.

The threads are daemons of our own. Those of `ThreadPoolExecutor` are joined at exit, so that Ctrl-C
would wait for the slowest answer, and they know no turns.
"""

from __future__ import annotations

import operator
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

# Pages that wait to be read. Eight full pages of products are about 10 MB.
MAX_AHEAD_BYTES = 64 * 2**20

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task stands in the line."""

    turn: int = 0
    """Tasks with a lower turn go first: of what is needed first."""
    lane: str = ""
    at_once: int | None = None
    """Tasks of the same lane that may run at once."""


ANYWHERE = Place()


@dataclass(order=True, slots=True)
class _Task:
    turn: int
    number: int
    place: Place = field(compare=False)
    future: Future[Any] = field(compare=False)
    call: Callable[[], Any] = field(compare=False)


@dataclass(slots=True)
class _Lane:
    running: int = 0
    waiting: list[_Task] = field(default_factory=list)


class Pool:
    """Up to `workers` threads that fetch; each starts with a task.

    Tasks do not submit tasks: all threads could wait for each other.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._line: list[_Task] = []
        self._lanes: dict[str, _Lane] = {}
        self._numbers = count()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    def submit(self, fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run `fn` in a thread."""
        return self.submit_at(ANYWHERE, fn, *args, **kwargs)

    def submit_at(
        self, place: Place, fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> Future[R]:
        """Run `fn` in a thread when it is its turn."""
        future: Future[R] = Future()
        task = _Task(place.turn, next(self._numbers), place, future, lambda: fn(*args, **kwargs))
        with self._changed:
            if self._is_closed:
                msg = "the pool is closed"
                raise RuntimeError(msg)
            self._line_up(task)
            if len(self._threads) < self.workers:
                thread = threading.Thread(target=self._work, name="fetch", daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def ordered(
        self,
        fn: Callable[[T], R],
        items: Iterable[T],
        *,
        place: Place = ANYWHERE,
        ahead: int | None = None,
        size: Callable[[R], int] = operator.attrgetter("size"),
    ) -> Generator[R, None, None]:
        """`fn` of each item, in the items' order.

        At most `ahead` (default: as many as there are workers) are in flight or unread, and about
        `MAX_AHEAD_BYTES` unread: what is in flight is taken for the largest seen so far. `items` is
        advanced here, in the caller's thread, and may be endless. What `fn` or `items` raises is
        raised at its place. Closing the generator drops what is pending.
        """
        ahead = ahead or self.workers
        pending: deque[Future[R]] = deque()
        iterator = iter(items)
        has_more = True
        largest = 0
        try:
            while True:
                while has_more and len(pending) < ahead:
                    sizes = [size(future.result()) for future in pending if _has_result(future)]
                    largest = max([largest, *sizes])
                    flying = len(pending) - len(sizes)
                    if pending and sum(sizes) + (flying + 1) * largest > MAX_AHEAD_BYTES:
                        break
                    try:
                        item = next(iterator)
                    except StopIteration:
                        has_more = False
                    except Exception as error:  # noqa: BLE001 - raised below, after what precedes it
                        has_more = False
                        broken: Future[R] = Future()
                        broken.set_exception(error)
                        pending.append(broken)
                    else:
                        pending.append(self.submit_at(place, fn, item))
                if not pending:
                    return
                result = pending.popleft().result()
                largest = max(largest, size(result))
                yield result
                del result  # or it would stay in memory while the next is awaited
        finally:
            for future in pending:
                future.cancel()

    def close(self) -> None:
        """Drop what has not begun and let the threads end. What is in flight is not waited for."""
        with self._changed:
            self._is_closed = True
            waiting = [task for lane in self._lanes.values() for task in lane.waiting]
            for task in self._line + waiting:
                task.future.cancel()
            self._line.clear()
            self._lanes.clear()
            self._changed.notify_all()

    def _line_up(self, task: _Task) -> None:
        """Let a task wait for a thread, or for its lane."""
        if task.place.at_once is not None:
            lane = self._lanes.setdefault(task.place.lane, _Lane())
            if lane.running >= task.place.at_once:
                heappush(lane.waiting, task)
                return
            lane.running += 1
        heappush(self._line, task)
        self._changed.notify()

    def _leave(self, place: Place) -> None:
        """Let the next of the same lane move up."""
        with self._changed:
            lane = self._lanes.get(place.lane)
            if place.at_once is None or lane is None:
                return
            lane.running -= 1
            if lane.waiting:
                self._line_up(heappop(lane.waiting))

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._line and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return
                task = heappop(self._line)
            _run(task.future, task.call)
            self._leave(task.place)
            del task  # or the last page would stay in memory until the next one comes


def _run(future: Future[R], call: Callable[[], R]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - whoever asks for the result gets it
        future.set_exception(error)
    else:
        future.set_result(result)


def _has_result(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
