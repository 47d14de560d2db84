"""RECORD messages of one stream, a page at a time.

The SDK makes a message object, a dict and a flush of each record, which costs more than its JSON.
"""

from __future__ import annotations

import sys
import typing as t
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import msgspec
from singer_sdk.contrib.msgspec import MsgSpecWriter

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from singer_sdk.helpers.types import Record as SingerRecord
    from singer_sdk.singerlib.encoding.simple import Message


class _Message(msgspec.Struct, tag_field="type", tag="RECORD", gc=False, omit_defaults=True):
    stream: str
    record: dict[str, t.Any]
    version: int | None = None
    time_extracted: str = ""


WRITE_BYTES: t.Final = 2**16
"""What a pipe takes at once: a signal waits for no more than this to be read."""

# As the SDK's own, so that not a byte differs.
_ENCODER: t.Final = msgspec.json.Encoder(decimal_format="number")
_DECODER: t.Final = msgspec.json.Decoder(_Message, float_hook=Decimal)


class RecordLines:
    """A stream's records as lines of Singer messages, and back."""

    def __init__(self, stream: str, version: int | None = None) -> None:
        """For the stream of this name, and this version of its table."""
        self._stream, self._version = stream, version

    def write(self, records: Iterable[SingerRecord]) -> tuple[bytes, int]:
        """Lines, one for each record, extracted now, and how many.

        Each record is encoded before the next is made.
        """
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")  # as the SDK writes it
        numbers = count()
        lines = _ENCODER.encode_lines(
            _Message(self._stream, record, self._version, now)
            for record, _ in zip(records, numbers, strict=False)
        )
        return lines, next(numbers)

    @staticmethod
    def read(body: bytes) -> Iterator[SingerRecord]:
        """The records in lines."""
        for message in _DECODER.decode_lines(body):
            yield message.record


class LineWriter(MsgSpecWriter):
    """The SDK's writer, which also takes many messages at once and never stops inside of one."""

    def __init__(self) -> None:
        """Begin without an order to stop."""
        super().__init__()
        self._is_writing = False
        self._exit_code: int | None = None

    def write_message(self, message: Message) -> None:
        """Write one message."""
        self._write(self.format_message(message))

    def write_lines(self, body: bytes) -> None:
        """Write messages that are lines already."""
        start = 0
        while start < len(body):
            end = body.rfind(b"\n", start, start + WRITE_BYTES) + 1
            end = end or body.index(b"\n", start + WRITE_BYTES) + 1
            self._write(body[start:end])
            start = end

    def stop(self, exit_code: int) -> None:
        """Exit, now or behind the message that is being written; told twice, now.

        Python calls this in the middle of a write that waits for the reader. Half a message would
        be the reader's end, too.
        """
        is_told_again = self._exit_code is not None
        # For the next write, too: Python drops an exit that falls into a `__del__`.
        self._exit_code = exit_code
        if not self._is_writing or is_told_again:
            sys.exit(exit_code)

    def _write(self, lines: bytes | bytearray) -> None:
        self._is_writing = True
        try:
            rest = bytes(lines)
            while rest:  # unbuffered, what a signal interrupts is written in part
                rest = rest[sys.stdout.buffer.write(rest) :]
            sys.stdout.flush()
        finally:
            self._is_writing = False
        if self._exit_code is not None:
            sys.exit(self._exit_code)
