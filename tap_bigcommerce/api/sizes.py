"""How large a page of each list may be, as learned from those that were too large.

A page that is too heavy for the store fails after a minute, and three times before it is cut. Its
neighbours are as heavy as a rule, and so is the same list of another parent.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tap_bigcommerce.api.client import Request

# What made pages heavy may be behind: so many are cut before one is asked for in one piece again.
CUT_BEFORE_NEXT = 20

_ID = re.compile(r"/\d+(?=/|$)")


@dataclass(slots=True)
class _Largest:
    rows: int
    is_rule: bool  # the endpoint's own maximum, which does not change
    cut: int = 0  # pages since


class Sizes:
    """For all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._largest: dict[str, _Largest] = {}

    def allow(self, request: Request) -> bool:
        """Whether to ask for this page in one piece."""
        with self._lock:
            largest = self._largest.get(_list_of(request))
            if largest is None or (request.limit or 0) <= largest.rows:
                return True
            largest.cut += 1
            return not largest.is_rule and largest.cut > CUT_BEFORE_NEXT

    def failed(self, request: Request, rows: int, *, is_rule: bool) -> None:
        """Learn that a page was too large; the next ones are asked for by so many `rows`."""
        with self._lock:
            self._largest[_list_of(request)] = _Largest(rows, is_rule)

    def came(self, request: Request) -> None:
        """Learn that a page came in one piece."""
        with self._lock:
            largest = self._largest.get(_list_of(request))
            if largest and (request.limit or 0) > largest.rows:
                del self._largest[_list_of(request)]


def _list_of(request: Request) -> str:
    return _ID.sub("/*", request.path)
