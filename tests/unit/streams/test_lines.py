"""A page of RECORD messages at once: as the SDK would write them, and never half a message."""

from __future__ import annotations

import io
import sys
import typing as t
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import msgspec
import pytest
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.singerlib import RecordMessage

from tap_bigcommerce.api.pages import decode
from tap_bigcommerce.streams import lines as module
from tap_bigcommerce.streams.lines import LineWriter, RecordLines

if t.TYPE_CHECKING:
    from collections.abc import Callable

ODD = decode(
    rb"""[{
    "big": 123456789012345678901234567890, "low": -9223372036854775809,
    "cents": 1.10, "zero": 0.0000000000, "negative": -0.0, "huge": 1E+400, "exponent": 1e5,
    "long": 12345678901234567.1234567890123456789, "tiny": 1E-400,
    "text": "\u00e9\ud83d\ude00\u0000\u2028\"\\/\n",
    "nested": {"list": [[], {}, null, true, [1.50]]},
    "": "nameless", "a.b": 1
}]"""
)[0]


class Stdout:
    """Takes the place of stdout: notes each write and takes `most` bytes of it."""

    def __init__(self, most: int | None = None) -> None:
        self.buffer = self
        self.writes: list[bytes] = []
        self.flushes = 0
        self.meanwhile: Callable[[], object] = bool
        self._most = most

    def write(self, data: bytes) -> int:
        self.writes.append(bytes(data[: self._most]))
        self.meanwhile()
        return len(self.writes[-1])

    def flush(self) -> None:
        self.flushes += 1

    @property
    def written(self) -> bytes:
        return b"".join(self.writes)


def in_place_of_stdout(monkeypatch, made):
    monkeypatch.setattr(module, "sys", SimpleNamespace(stdout=made, exit=sys.exit))
    return made


@pytest.fixture
def stdout(monkeypatch):
    return in_place_of_stdout(monkeypatch, Stdout())


@pytest.fixture
def writer():
    return LineWriter()


# The form.


def test_lines_are_what_the_sdk_writes_to_the_byte(monkeypatch):
    now = datetime(2026, 11, 22, 12, 30, 1, 123456, tzinfo=UTC)
    clock = type("Clock", (), {"now": staticmethod(lambda _: now)})
    monkeypatch.setattr(module, "datetime", clock)
    records = [ODD, {"id": 1}, {}]
    theirs = b""
    for record in records:
        message = RecordMessage(stream="orders", record=record, time_extracted=now)
        theirs += MsgSpecWriter().format_message(message)
    ours, count = RecordLines("orders").write(records)
    assert count == len(records)
    assert ours.replace(b"+00:00", b"Z") == theirs  # either is UTC


def test_no_records_are_no_line():
    assert RecordLines("orders").write([]) == (b"", 0)
    assert list(RecordLines.read(b"")) == []


def test_amounts_that_are_json_already_come_out_as_they_are():
    body, _ = RecordLines("orders").write([{"id": 1, "total_tax": msgspec.Raw(b"1.10")}])
    assert b'"record":{"id":1,"total_tax":1.10}' in body


def test_records_come_back_as_they_were():
    """For whom the SDK has something to do with them."""
    records = [ODD, {"id": 2}]
    back = list(RecordLines.read(RecordLines("orders").write(records)[0]))
    assert repr(back) == repr(records)
    assert back[0]["big"] == 123456789012345678901234567890
    assert str(back[0]["cents"]) == "1.10"
    assert back[0]["huge"] == Decimal("1E+400")


# Writing.


def numbered(*sizes):
    return b"".join(str(n).encode() * size + b"\n" for n, size in enumerate(sizes))


@pytest.mark.parametrize(
    ("body", "writes"),
    [
        (b"", []),
        (numbered(3), [b"000\n"]),
        (numbered(3, 3), [b"000\n111\n"]),
        (numbered(4, 4, 1), [b"0000\n1111\n", b"2\n"]),
        (numbered(3, 30, 3), [b"000\n", b"1" * 30 + b"\n", b"222\n"]),
        (numbered(9), [b"000000000\n"]),
        (numbered(10), [b"0000000000\n"]),
        (numbered(9, 9), [b"000000000\n", b"111111111\n"]),
    ],
    ids=repr,
)
def test_as_many_whole_lines_as_a_pipe_takes_are_written_at_once(
    monkeypatch, stdout, writer, body, writes
):
    monkeypatch.setattr(module, "WRITE_BYTES", 10)
    writer.write_lines(body)
    assert stdout.writes == writes
    assert stdout.flushes == len(writes)


def test_what_is_taken_in_part_is_written_on(monkeypatch, writer):
    """Unbuffered, as with PYTHONUNBUFFERED, a write that a signal interrupts is a part."""
    stdout = in_place_of_stdout(monkeypatch, Stdout(most=3))
    writer.write_lines(numbered(4, 4))
    writer.write_message(RecordMessage(stream="orders", record={"id": 1}))
    assert stdout.written.startswith(b"0000\n1111\n{")
    assert stdout.written.endswith(b"}\n")
    assert max(map(len, stdout.writes)) == 3


def test_one_message_is_written_as_by_the_sdk(monkeypatch, stdout, writer):
    message = RecordMessage(stream="orders", record=ODD, time_extracted=datetime.now(UTC))
    writer.write_message(message)
    theirs = Stdout()
    monkeypatch.setattr(sys, "stdout", theirs)
    MsgSpecWriter().write_message(message)
    assert stdout.written == theirs.written


# The order to stop.


def test_told_to_stop_between_messages_it_stops_at_once(stdout, writer):
    with pytest.raises(SystemExit) as stopped:
        writer.stop(143)
    assert stopped.value.code == 143
    assert stdout.writes == []


def test_told_to_stop_within_a_message_it_stops_behind_it(monkeypatch, writer):
    stdout = in_place_of_stdout(monkeypatch, Stdout(most=2))
    monkeypatch.setattr(module, "WRITE_BYTES", 6)

    def once():
        stdout.meanwhile = bool
        writer.stop(143)

    stdout.meanwhile = once
    with pytest.raises(SystemExit) as stopped:
        writer.write_lines(numbered(5, 5))
    assert stopped.value.code == 143
    assert stdout.written == b"00000\n"


def test_told_twice_it_stops_where_it_is(stdout, writer):
    """Whoever reads may never read on."""

    def twice():
        writer.stop(143)
        writer.stop(130)

    stdout.meanwhile = twice
    with pytest.raises(SystemExit) as stopped:
        writer.write_lines(b"0\n")
    assert stopped.value.code == 130


def test_after_a_broken_pipe_it_stops_at_once(monkeypatch, writer):
    class Broken(io.BytesIO):
        @property
        def buffer(self):
            return self

        def write(self, _):
            raise BrokenPipeError

    in_place_of_stdout(monkeypatch, Broken())
    with pytest.raises(BrokenPipeError):
        writer.write_lines(b"0\n")
    with pytest.raises(SystemExit):
        writer.stop(143)
