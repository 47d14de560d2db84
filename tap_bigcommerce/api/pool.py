"""Bounded look-ahead: threads fetch, the caller's thread reads in order.

The threads are daemons of our own. Those of `ThreadPoolExecutor` are joined at exit, so that Ctrl-C
would wait for the slowest answer.
"""

from __future__ import annotations

import operator
import queue
import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

# Pages that wait to be read. Eight full pages of products are about 10 MB.
MAX_AHEAD_BYTES = 64 * 2**20

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")

_Task = tuple[Future[Any], "Callable[[], Any]"]


class Pool:
    """Up to `workers` threads that fetch; each starts with a task.

    Tasks do not submit tasks: all threads could wait for each other.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    def submit(self, fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run `fn` in a thread."""
        future: Future[R] = Future()
        with self._lock:
            if self._is_closed:
                msg = "the pool is closed"
                raise RuntimeError(msg)
            self._tasks.put((future, lambda: fn(*args, **kwargs)))
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
                        pending.append(self.submit(fn, item))
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
        with self._lock:
            self._is_closed = True
            while not self._tasks.empty():
                task = self._tasks.get()
                if task:
                    task[0].cancel()
            for _ in self._threads:
                self._tasks.put(None)

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None:
                return
            _run(*task)
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
