"""What was asked and what was answered, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import overload


@dataclass(frozen=True)
class JournalEntry:
    """One request to the API."""

    number: int
    method: str
    path: str
    """As `/v3/customers`, without the store."""
    query: Mapping[str, str]
    status: int
    token: str
    row_count: int
    fault: str
    """The kind of fault that hit the request, or an empty string."""
    in_flight: int
    """Requests that were being answered when this one came, itself included."""


class Journal(Sequence[JournalEntry]):
    """Entries in the order in which requests were answered."""

    def __init__(self) -> None:
        self._entries: list[JournalEntry] = []
        self._lock = Lock()

    def append(self, entry: JournalEntry) -> None:
        """Note a request."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget all entries. Numbers go on counting."""
        with self._lock:
            self._entries.clear()

    def matching(self, wanted: str | Callable[[JournalEntry], bool] = "") -> Iterator[JournalEntry]:
        """Entries whose path begins with `wanted`, or for which it is true."""
        for entry in list(self._entries):
            if wanted(entry) if callable(wanted) else entry.path.startswith(wanted):
                yield entry

    def count(self, wanted: object = "") -> int:
        """How many entries match a path prefix or a predicate."""
        if isinstance(wanted, JournalEntry):
            return self._entries.count(wanted)
        if isinstance(wanted, str) or callable(wanted):
            return sum(1 for _ in self.matching(wanted))
        return 0

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> JournalEntry: ...

    @overload
    def __getitem__(self, place: slice) -> list[JournalEntry]: ...

    def __getitem__(self, place: int | slice) -> JournalEntry | list[JournalEntry]:
        return self._entries[place]
