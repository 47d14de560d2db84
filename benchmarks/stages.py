"""Where the tap's CPU goes, stage by stage: what shows why it is slower than a bare loop.

Stages are timed from outside, each without what is called inside of it and by the clock of its own
thread. That costs a little itself, most where a stage is entered for each row.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tap_bigcommerce.api.client import Client
from tap_bigcommerce.scans.reader import Reader
from tap_bigcommerce.streams.base import BigCommerceStream
from tap_bigcommerce.streams.children import Children
from tap_bigcommerce.streams.lines import RecordLines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STAGES: tuple[tuple[str, type, str], ...] = (
    ("ask, and see that an answer is whole", Client, "get"),
    ("decode", Reader, "read"),
    ("look for embedded children", Children, "__init__"),
    ("check and convert", BigCommerceStream, "convert"),
    ("lead children with their parents, encode", RecordLines, "write"),
)
REST = "walk, free pages, write, move bookmarks and state"


class Stages:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()
        self._inner = threading.local()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Time the stages meanwhile."""
        with ExitStack() as patches:
            for stage, owner, name in _STAGES:
                timed = self._timed(stage, getattr(owner, name))
                patches.enter_context(patch.object(owner, name, timed))
            yield

    def shares(self, whole_s: float) -> dict[str, float]:
        """Parts of all CPU seconds, the rest among them."""
        found = {stage: self.seconds[stage] / whole_s for stage, _, _ in _STAGES}
        return {**found, REST: 1 - sum(found.values())}

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed on
            before = getattr(self._inner, "seconds", 0.0)
            self._inner.seconds = 0.0
            began = time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                took_s = time.thread_time() - began
                with self._lock:
                    self.seconds[stage] += took_s - self._inner.seconds
                self._inner.seconds = before + took_s

        return timed
