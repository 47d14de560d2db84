"""Pages that one stream has fetched, kept on disk for the streams after it."""

from __future__ import annotations

import logging
import tempfile
import typing as t
from contextlib import suppress
from dataclasses import replace

import msgspec

from tap_bigcommerce.api.pages import Page, decode

if t.TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("tap-bigcommerce")

MAX_SPOOL_BYTES: t.Final = 4 * 2**30
"""About half a million orders with their lines. What is beyond is fetched again instead."""

_ENCODER: t.Final = msgspec.json.Encoder(decimal_format="number")


class Spool:
    """Pages in a nameless file: nobody can open it, and it is gone with the process."""

    def __init__(self) -> None:
        """Make an empty spool; the file follows with the first page."""
        self._file: t.IO[bytes] | None = None
        self._pages: list[tuple[int, int, Page]] = []
        self._end = 0
        self.has_room = True

    def write(self, page: Page) -> None:
        """Add a page, or give up on all of them when there is no room."""
        if not self.has_room:
            return
        body = _ENCODER.encode(page.rows)
        try:
            self.has_room = self._append(body)
        except OSError as error:  # a full disk costs requests, not the stream
            logger.info("pages cannot be kept on disk (%s): they are fetched again", error.strerror)
            self.has_room = False
        if self.has_room:
            self._pages.append((self._end, len(body), replace(page, rows=[])))
            self._end += len(body)
        else:
            self.close()

    def read(self) -> Iterator[Page]:
        """The pages in the order of writing, rows as they came."""
        if (file := self._file) is None:
            return
        for start, length, page in self._pages:
            file.seek(start)
            yield replace(page, rows=decode(file.read(length)))

    def close(self) -> None:
        """Free the space."""
        if self._file:
            with suppress(OSError):  # of a full disk, once more
                self._file.close()
        self._file, self._pages, self._end = None, [], 0

    def _append(self, body: bytes) -> bool:
        if self._end + len(body) > MAX_SPOOL_BYTES:
            return False
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="tap-bigcommerce-")  # noqa: SIM115
        self._file.seek(self._end)
        self._file.write(body)
        self._file.flush()  # what cannot be written is to fail here, not when it is read
        return True
