"""Answers kept while the store does not change: rendering a page takes longer than sending it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from threading import Lock

# The pages of 10,000 orders with all that belongs to them are 75 MB.
_MOST_BYTES = 192_000_000
# Smaller ones are made nearly as fast as they are found. One of them tells the time.
_LEAST_BYTES = 4_096


@dataclass
class Kept:
    """One answer."""

    status: int
    body: bytes
    row_count: int
    _packed: bytes = field(default=b"", init=False)

    def packed(self) -> bytes:
        """The body in gzip's form, packed when first asked for."""
        self._packed = self._packed or packed(self.body)
        return self._packed


class KeptAnswers:
    """Answers by request, for one version of the store."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version = 0
        self._bytes = 0
        self._answers: dict[tuple[str, str], Kept] = {}

    def find(self, key: tuple[str, str], version: int) -> Kept | None:
        """The answer to a path and query, if it was kept and the store is as it was."""
        with self._lock:
            return self._answers.get(key) if version == self._version else None

    def keep(self, key: tuple[str, str], version: int, answer: Kept) -> None:
        """Keep an answer, unless it is small or there are too many."""
        size = len(answer.body)
        if size < _LEAST_BYTES:
            return
        with self._lock:
            if version != self._version:
                self._answers.clear()
                self._bytes = 0
                self._version = version
            if key not in self._answers and self._bytes + size <= _MOST_BYTES:
                self._answers[key] = answer
                self._bytes += size


def packed(body: bytes) -> bytes:
    """Bytes in gzip's form."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()
