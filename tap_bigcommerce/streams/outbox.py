"""What walks have read and the streams have not written yet, in memory and on disk."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import typing as t
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

logger = logging.getLogger("tap-bigcommerce")

MAX_DISK_BYTES: t.Final = 16 * 2**30
"""Of all outboxes together, and half of what is free at most: more than a million orders with their
lines. What is beyond is fetched again instead."""
MAX_MEMORY_BYTES: t.Final = 2**20
"""Of one outbox. A run has a hundred of them, and most streams are smaller."""
MAX_WAITING_BYTES: t.Final = 8 * 2**20
"""Of the outbox that is being emptied: some pages, so that neither side waits for the other."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one page as a target gets them, or as the next walk needs them."""

    body: bytes
    rows: int = 0
    latest: str | None = None
    """The latest modification time among the parents or rows of the page."""
    position: t.Any = None
    """Where a walk stands when these rows are written; None when it cannot resume."""
    ids: Sequence[int] = ()
    """Ids of the rows, where rows that are gone are looked for."""
    listed: int = 0
    """Rows of the list that was walked: these, or the ones that they belong to."""


class Dropped(Exception):  # noqa: N818 (an order of things, not a failure)
    """There was no room for what a walk had read, so it has to be read again."""


class Room:
    """The lock of all outboxes of a run, and the disk space that they share."""

    def __init__(self, most_bytes: int | None = None) -> None:
        """Make room, as much as the disk can spare; nothing is taken yet."""
        self.changed = threading.Condition()
        self._free_bytes = _spare_bytes() if most_bytes is None else most_bytes

    def take(self, count: int) -> bool:
        """Take so many bytes if they are there."""
        has_room = count <= self._free_bytes
        if has_room:
            self._free_bytes -= count
        return has_room

    def free(self, count: int) -> None:
        """Give bytes back."""
        self._free_bytes += count

    def fill(self) -> None:
        """Nothing more fits, until something is given back."""
        self._free_bytes = 0


def _spare_bytes() -> int:
    try:
        return min(MAX_DISK_BYTES, shutil.disk_usage(tempfile.gettempdir()).free // 2)
    except OSError:  # no directory for temporary files: what has no room is fetched again
        return 0


class _Place(t.NamedTuple):
    start: int
    size: int


class Outbox:
    """The batches that one walk has ready for one reader, in order.

    The file has no name: nobody can open it, and it is gone with the process.
    """

    def __init__(self, room: Room) -> None:
        """Make an empty outbox; a file follows when there is more than fits into memory."""
        self._room = room
        self._batches: deque[tuple[Batch, _Place | None]] = deque()
        self._memory_bytes = 0
        self._file: t.IO[bytes] | None = None
        self._file_bytes = 0
        self._has_ended = False
        self._is_read = False
        self._error: Exception | None = None
        self.pump: Callable[[], None] | None = None
        """Lets the walk go a step in the reader's thread; None when it has a thread of its own."""
        self.is_needed = False
        """Whether somebody waits for this outbox."""
        self.is_walk_needed = False
        """Whether somebody waits for this or another outbox of the same walk."""
        self.is_closed = False
        """Whether nothing more can be read from it, because it was read, failed or was dropped."""

    def put(self, batch: Batch) -> None:
        """Add a batch. Waits while the reader is slower than the walk, or has its turn later.

        Where waiting would also hold back what somebody does wait for, everything in here is
        dropped instead, and its reader is told so.
        """
        size = len(batch.body)
        with self._room.changed:
            while not (self.is_closed or self._keep(batch, size)):
                if self.pump or (self.is_walk_needed and not self.is_needed):
                    self._end(Dropped())
                    self.is_closed = True
                    self._free()
                    return
                self._room.changed.wait()
            self._room.changed.notify_all()

    def end(self, error: Exception | None = None) -> None:
        """Nothing follows; the reader gets the error behind the last batch."""
        with self._room.changed:
            self._end(error)

    def need(self, *, is_this_one: bool) -> None:
        """Somebody waits for this outbox, or for another one of the same walk."""
        with self._room.changed:
            self.is_needed, self.is_walk_needed = is_this_one, True
            self._room.changed.notify_all()

    def close(self) -> None:
        """Nobody reads on; free the space."""
        with self._room.changed:
            self.is_closed = True
            self._free()
            self._room.changed.notify_all()

    def __iter__(self) -> Iterator[Batch]:
        """The batches, while the walk goes on; once.

        Raises:
            Dropped: There was no room, or it has been read or closed before.
            Exception: What the walk failed with.
        """
        if self._is_read:
            raise Dropped
        self._is_read = True
        try:
            while (batch := self._take()) is not None:
                yield batch
        finally:
            self.close()

    def _take(self) -> Batch | None:
        while True:
            with self._room.changed:
                if self._batches:
                    batch = self._next()
                    self._room.changed.notify_all()
                    return batch
                if self._error:
                    raise self._error
                if self.is_closed:
                    raise Dropped
                if self._has_ended:
                    return None
                if self.pump is None:
                    self._room.changed.wait()
                    continue
            self.pump()

    # What follows is called with the lock held.

    def _keep(self, batch: Batch, size: int) -> bool:
        """Keep a batch, if there is room."""
        if self.is_needed:
            in_memory = self.pump is not None or self._memory_bytes < MAX_WAITING_BYTES
        else:
            in_memory = self._memory_bytes + size <= MAX_MEMORY_BYTES
        if in_memory:
            self._memory_bytes += size
            self._batches.append((batch, None))
        elif self.is_needed or (place := self._write(batch.body, size)) is None:
            return False
        else:
            self._batches.append((replace(batch, body=b""), place))
        return True

    def _next(self) -> Batch:
        batch, place = self._batches.popleft()
        if place is None or self._file is None:
            self._memory_bytes -= len(batch.body)
            return batch
        self._file.seek(place.start)
        return replace(batch, body=self._file.read(place.size))

    def _write(self, body: bytes, size: int) -> _Place | None:
        """Where the body is in the file; None when it does not fit."""
        if not self._room.take(size):
            return None
        place = _Place(self._file_bytes, size)
        self._file_bytes += size
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="tap-bigcommerce-")  # noqa: SIM115
            self._file.seek(place.start)
            self._file.write(body)
            self._file.flush()  # what cannot be written is to fail here, not when it is read
        except OSError as error:  # a full disk costs requests, not the stream
            logger.info("rows cannot be kept on disk (%s): they are read later", error.strerror)
            self._room.fill()
            return None
        return place

    def _end(self, error: Exception | None) -> None:
        self._has_ended = True
        self._error = self._error or error
        self._room.changed.notify_all()

    def _free(self) -> None:
        self._batches.clear()
        self._memory_bytes = 0
        if self._file:
            with suppress(OSError):  # of a full disk, once more
                self._file.close()
            self._file = None
        self._room.free(self._file_bytes)
        self._file_bytes = 0
