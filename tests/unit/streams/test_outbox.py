"""What a walk has read waits for its reader: bounded, in order, and to the byte as it was."""

from __future__ import annotations

import errno
import io
import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest

from tap_bigcommerce.streams import outbox as module
from tap_bigcommerce.streams.outbox import Batch, Dropped, Outbox, Room

if t.TYPE_CHECKING:
    from collections.abc import Callable, Generator

LAST_S = 60
"""How long a test waits for a thread before it calls it hung."""


class WatchedRoom(Room):
    """Tells when somebody begins to wait."""

    def __init__(self, *most_bytes: int) -> None:
        super().__init__(*most_bytes)
        self.waits = threading.Semaphore(0)
        wait = self.changed.wait

        def watched(timeout: float | None = None) -> bool:
            self.waits.release()
            return wait(timeout)

        self.changed.wait = watched  # type: ignore[method-assign]

    def somebody_waits(self) -> None:
        assert self.waits.acquire(timeout=LAST_S), "nobody waits"


@pytest.fixture
def room():
    return WatchedRoom()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(4) as made:
        yield made


@pytest.fixture(autouse=True)
def _little_memory(monkeypatch):
    """Ten bytes ahead, thirty where somebody reads."""
    monkeypatch.setattr(module, "MAX_MEMORY_BYTES", 10)
    monkeypatch.setattr(module, "MAX_WAITING_BYTES", 30)


def batch(text: str) -> Batch:
    return Batch(text.encode())


def filled(room: Room, *texts: str) -> Outbox:
    outbox = Outbox(room)
    put_all(outbox, *texts)
    return outbox


def put_all(outbox: Outbox, *texts: str) -> None:
    for text in texts:
        outbox.put(batch(text))


def texts(outbox: Outbox) -> list[str]:
    return [one.body.decode() for one in outbox]


def walked_by_the_reader(outbox: Outbox, *steps: Callable[[], None]) -> list[Callable[[], None]]:
    """Let the outbox be filled when its reader asks."""
    left = list(steps)

    def pump() -> None:
        left.pop(0)()

    outbox.pump = pump
    return left


# In order, complete, unchanged.


def test_batches_come_in_order_with_all_that_belongs_to_them(room):
    """Also those which were on disk in between."""
    outbox = Outbox(room)
    put = [Batch(b"x" * n, rows=n, latest=f"2026-11-{n:02}", position=n * 10) for n in range(1, 12)]
    for one in put:
        outbox.put(one)
    assert outbox._file
    outbox.end()
    assert list(outbox) == put


def test_bytes_come_back_as_they_were(room):
    body = bytes(range(256)) + "é😀".encode() + b"\n\x00"
    outbox = Outbox(room)
    outbox.put(Batch(body))
    outbox.end()
    assert [one.body for one in outbox] == [body]


def test_a_batch_without_rows_still_moves_the_bookmark(room):
    outbox = Outbox(room)
    outbox.put(Batch(b"", latest="2026-11-01", position=7))
    outbox.end()
    assert list(outbox) == [Batch(b"", latest="2026-11-01", position=7)]


def test_an_outbox_without_batches_has_none(room):
    outbox = Outbox(room)
    outbox.end()
    assert list(outbox) == []


def test_what_is_small_stays_in_memory(room):
    outbox = filled(room, "12345", "67890")
    assert outbox._file is None
    outbox.put(batch("!"))
    assert outbox._file
    outbox.close()


def test_the_reader_gets_on_disk_and_in_memory_what_was_put_meanwhile(room):
    outbox = filled(room, "in memory.", "on disk")
    batches = iter(outbox)
    assert next(batches).body == b"in memory."
    outbox.need(is_this_one=True)
    outbox.put(batch("in memory again"))
    outbox.end()
    assert [one.body for one in batches] == [b"on disk", b"in memory again"]


def test_nobody_can_find_the_file(room):
    outbox = filled(room, "12345678901")
    assert outbox._file
    assert isinstance(outbox._file.name, int)
    outbox.close()


def test_a_reader_waits_for_what_is_not_there_yet(room, threads):
    outbox = Outbox(room)
    read = threads.submit(texts, outbox)
    for text in "012":
        room.somebody_waits()
        outbox.put(batch(text))
    outbox.end()
    assert read.result(LAST_S) == ["0", "1", "2"]


# The end, and errors.


def test_an_error_comes_behind_what_was_read_before_it(room):
    outbox = filled(room, "1", "2")
    outbox.end(LookupError("the list is odd"))
    batches = iter(outbox)
    assert [next(batches).body, next(batches).body] == [b"1", b"2"]
    with pytest.raises(LookupError, match="the list is odd"):
        next(batches)


def test_the_first_error_counts(room):
    outbox = Outbox(room)
    outbox.end(LookupError())
    outbox.end(KeyError())
    outbox.end()
    with pytest.raises(LookupError):
        list(outbox)


def test_an_error_wakes_the_reader(room, threads):
    outbox = Outbox(room)
    read = threads.submit(texts, outbox)
    room.somebody_waits()
    outbox.end(LookupError())
    with pytest.raises(LookupError):
        read.result(LAST_S)


def test_what_has_been_read_cannot_be_read_again(room):
    """A tap object can be used twice: nothing would come, as if the store were empty."""
    outbox = filled(room, "1")
    outbox.end()
    assert texts(outbox) == ["1"]
    with pytest.raises(Dropped):
        texts(outbox)


def test_what_failed_is_tried_again_when_it_is_read_again(room):
    outbox = Outbox(room)
    outbox.end(LookupError())
    for error in (LookupError, Dropped):
        with pytest.raises(error):
            texts(outbox)


@pytest.mark.parametrize("has_ended", [True, False])
def test_what_was_closed_unread_is_not_empty(room, has_ended):
    """An empty outbox that had ended well would move the bookmark past rows that nobody got."""
    outbox = filled(room, "1", "2")
    if has_ended:
        outbox.end()
    outbox.close()
    with pytest.raises(Dropped):
        texts(outbox)


def test_closing_tells_a_reader_in_the_middle(room, threads):
    outbox = Outbox(room)
    read = threads.submit(texts, outbox)
    room.somebody_waits()
    outbox.close()
    with pytest.raises(Dropped):
        read.result(LAST_S)


# Who is faster waits, and nobody for ever.


def test_a_walk_waits_for_a_reader_who_is_slower(room, threads):
    outbox = Outbox(room)
    outbox.need(is_this_one=True)
    for text in ("x" * 29, "y" * 29):  # the last one may be larger than what was left
        outbox.put(batch(text))
    walk = threads.submit(outbox.put, batch("z"))
    room.somebody_waits()
    assert not walk.done()
    assert outbox._memory_bytes == 58
    assert outbox._file is None, "what is read at once needs no disk"
    batches = iter(outbox)
    next(batches)
    walk.result(LAST_S)
    outbox.end()
    assert [one.body[:1] for one in batches] == [b"y", b"z"]


def test_a_walk_waits_for_room_as_long_as_nobody_needs_it(threads):
    room = WatchedRoom(25)
    first, second = filled(room, "1" * 10), filled(room, "2" * 10, "2" * 20)
    walk = threads.submit(first.put, batch("x" * 15))
    room.somebody_waits()
    second.end()
    assert texts(second) == ["2" * 10, "2" * 20]
    walk.result(LAST_S)
    first.end()
    assert texts(first) == ["1" * 10, "x" * 15]


def test_a_walk_that_waits_for_room_goes_on_when_its_reader_comes(threads):
    room = WatchedRoom(0)
    outbox = filled(room, "1" * 10)
    walk = threads.submit(outbox.put, batch("2" * 10))
    room.somebody_waits()
    outbox.need(is_this_one=True)
    walk.result(LAST_S)
    outbox.end()
    assert texts(outbox) == ["1" * 10, "2" * 10]


def test_a_walk_never_waits_for_one_reader_while_another_waits_for_the_walk(threads):
    """Main waits for `b`, the walk for room in `a`: what `a` has is read again later."""
    room = WatchedRoom(0)
    a, b = filled(room, "1" * 10), Outbox(room)
    walk = threads.submit(a.put, batch("2"))
    room.somebody_waits()
    for outbox in (a, b):
        outbox.need(is_this_one=outbox is b)
    walk.result(LAST_S)
    assert a.is_closed
    with pytest.raises(Dropped):
        texts(a)
    assert not b.is_closed


def test_what_is_dropped_gives_its_room_to_others():
    room = Room(20)
    a, b = filled(room, "1" * 10, "1" * 15), Outbox(room)
    a.need(is_this_one=False)
    a.put(batch("1" * 15))
    assert a.is_closed
    b.put(batch("2" * 20))
    assert b._file
    b.close()


def test_a_reader_who_went_away_holds_nobody_up(room, threads):
    outbox = Outbox(room)
    outbox.need(is_this_one=True)
    outbox.put(batch("1" * 30))
    batches = t.cast("Generator[Batch]", iter(outbox))
    walk = threads.submit(put_all, outbox, "2" * 30, "3" * 30)
    room.somebody_waits()
    next(batches)
    batches.close()
    walk.result(LAST_S)
    assert outbox._memory_bytes == 0
    assert not outbox._batches


def test_space_is_free_when_the_reader_has_read():
    room = Room(25)
    for _ in range(3):
        outbox = filled(room, "1" * 10, "2" * 25)
        outbox.end()
        assert len(texts(outbox)) == 2
        assert outbox._file is None
    outbox = filled(room, "1" * 11)
    outbox.close()
    outbox.close()
    assert room._free_bytes == 25


# A walk without a thread, which goes on when its reader asks.


def test_the_reader_lets_the_walk_go_on(room):
    outbox = Outbox(room)
    outbox.need(is_this_one=True)
    left = walked_by_the_reader(
        outbox,
        lambda: outbox.put(batch("1")),
        lambda: None,
        lambda: outbox.put(batch("2")),
        outbox.end,
    )
    batches = iter(outbox)
    assert next(batches).body == b"1"
    assert len(left) == 3, "no further than needed"
    assert [one.body for one in batches] == [b"2"]


def test_what_the_reader_asks_for_is_never_dropped_for_want_of_room():
    outbox = Outbox(Room(0))
    outbox.need(is_this_one=True)
    walked_by_the_reader(outbox, lambda: put_all(outbox, "1" * 100, "2" * 100), outbox.end)
    assert texts(outbox) == ["1" * 100, "2" * 100]


def test_in_one_thread_nobody_can_wait():
    outbox = Outbox(Room(0))
    walked_by_the_reader(outbox)
    outbox.put(batch("x" * 11))
    assert outbox.is_closed


# A disk that is full, slow, or not there.


class FullDisk(io.BytesIO):
    """Takes what fits a buffer, and fails when it is to reach the disk, also on closing."""

    flushes = 0

    def flush(self):
        FullDisk.flushes += 1
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self):
        super().close()
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def full_disk(monkeypatch):
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: FullDisk())
    monkeypatch.setattr(FullDisk, "flushes", 0)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_costs_requests_and_not_the_stream(room, caplog):
    """It used to be the error of the stream that walked."""
    caplog.set_level("INFO", "tap-bigcommerce")
    outbox = filled(room, "in memory")
    outbox.need(is_this_one=False)
    outbox.put(batch("on disk"))
    with pytest.raises(Dropped):
        texts(outbox)
    assert "No space left on device" in caplog.text


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_not_tried_at_every_change(threads, caplog):
    """Walks that wait for room wake whenever anything is read: each tried again, and said so."""
    caplog.set_level("INFO", "tap-bigcommerce")
    room = WatchedRoom()
    stuck, other = filled(room, "1" * 10), Outbox(room)
    walk = threads.submit(stuck.put, batch("2"))
    room.somebody_waits()
    other.need(is_this_one=True)
    for _ in range(5):
        other.put(batch("x"))
        room.somebody_waits()
    assert FullDisk.flushes == len(caplog.records) == 1
    stuck.close()
    walk.result(LAST_S)
    assert room.take(1), "what was taken in vain is given back"


def test_without_a_place_for_files_it_is_the_same(monkeypatch, room):
    def nowhere(**_):
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryFile", nowhere)
    outbox = filled(room, "in memory")
    outbox.need(is_this_one=False)
    outbox.put(batch("on disk"))
    assert outbox.is_closed


@pytest.mark.parametrize(
    ("free_bytes", "spared"), [(0, 0), (1000, 500), (2**50, module.MAX_DISK_BYTES)]
)
def test_half_of_the_disk_is_left_to_others(monkeypatch, free_bytes, spared):
    usage = type("Usage", (), {"free": free_bytes})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    room = Room()
    assert room.take(spared)
    assert not room.take(1)


def test_without_a_directory_for_files_there_is_no_room(monkeypatch):
    def nowhere():
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    assert not Room().take(1)
