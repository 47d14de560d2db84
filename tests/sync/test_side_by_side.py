"""Streams are read side by side, over sockets and in threads, as if it were one after the other."""

from __future__ import annotations

import logging
import re
import signal
import tempfile
import threading
from collections import Counter
from contextlib import contextmanager, redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from tap_bigcommerce.scans.reader import LOOK_AHEAD
from tap_bigcommerce.streams import outbox as outbox_module
from tap_bigcommerce.streams.base import BigCommerceStream
from tap_bigcommerce.streams.lines import RecordLines
from tap_bigcommerce.streams.order_transactions import OrderTransactions
from tap_bigcommerce.streams.outbox import Room
from tap_bigcommerce.streams.walks import TRIAL_ROWS, Walks
from tap_bigcommerce.tap import TapBigCommerce
from tests.support.compare import compared
from tests.support.store import (
    SECRET,
    Output,
    Program,
    QuickClock,
    Target,
    catalog,
    settings_for,
    store,
    stream_names,
    sync,
)
from tests.sync.equality import differences

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from tap_bigcommerce.sandbox import Sandbox
    from tests.support.store import Outcome

LAST_S = 120
"""How long a test waits for a thread before it calls it hung."""

WHEN = re.compile(rb',"(time_extracted|started|time)":"[^"]*"|,"version":\d{13}(?=[,}])')

SIZES = {"orders": 90, "products": 70, "customers": 90}


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    """No thread of a run outlives it for longer than its last answer takes."""
    others = set(threading.enumerate())  # what earlier tests asked for of stores that are gone
    yield
    walks_end("walk", "fetch", others=others)


class Doorman:
    """Sees each request before the sandbox answers it, and may let it wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: Counter[str] = Counter()
        self.seen: set[str] = set()
        self.most: Counter[str] = Counter()
        """The most requests at once, by the end of the path."""
        self.waits_for: dict[str, str] = {}
        """Which ends of paths are not answered before which others were asked for."""

    @contextmanager
    def watches(self, sandbox: Sandbox) -> Iterator[None]:
        app, respond = sandbox._app, sandbox._app.respond

        def watched(method: str, target: str, headers: Any) -> Any:
            name = target.partition("?")[0].rpartition("/")[2]
            with self._changed:
                self.seen.add(name)
                self._running[name] += 1
                self.most[name] = max(self.most[name], self._running[name])
                self._changed.notify_all()
                if other := self.waits_for.get(name):
                    assert self._changed.wait_for(lambda: other in self.seen, LAST_S)
            try:
                return respond(method, target, headers)
            finally:
                with self._changed:
                    self._running[name] -= 1

        with mock.patch.object(app, "respond", watched):
            yield


def untimed(outcome: Outcome) -> list[bytes]:
    """The messages, but for when the run was and its rows were extracted."""
    return [WHEN.sub(b"", line) for line in outcome.lines]


def bookmarks(outcome: Outcome) -> dict[str, Any]:
    """The last state of the streams that have one."""
    state = outcome.state or {}
    return {name: value for name, value in state["bookmarks"].items() if value}


def walks_end(*names: str, others: Collection[threading.Thread] = ()) -> None:
    """Wait for the threads that a run leaves behind."""
    for thread in threading.enumerate():
        if thread.name in names and thread not in others:
            thread.join(LAST_S)
            assert not thread.is_alive(), f"a {thread.name} hangs"


def asked(sandbox: Sandbox) -> Counter[str]:
    """Requests, each with how often it was made."""
    return Counter(f"{entry.path}?{sorted(entry.query.items())}" for entry in sandbox.journal)


@contextmanager
def one_by_one() -> Iterator[None]:
    """One stream is read after the other, in the thread that writes."""
    make = Walks.__init__
    with mock.patch.object(Walks, "__init__", lambda walks, streams, _: make(walks, streams, 0)):
        yield


@contextmanager
def little_room(memory_bytes: int = 0, waiting_bytes: int = 1, **room: int) -> Iterator[None]:
    """What waits to be written has to be on disk, or nowhere."""
    with (
        mock.patch.object(outbox_module, "MAX_MEMORY_BYTES", memory_bytes),
        mock.patch.object(outbox_module, "MAX_WAITING_BYTES", waiting_bytes),
        mock.patch("tap_bigcommerce.streams.walks.Room", partial(Room, **room)),
    ):
        yield


# The same, however it is read.


def test_the_number_of_workers_changes_neither_messages_nor_requests():
    """Messages in their order, byte for byte but for the time of extraction."""
    with store(seed=5, **SIZES) as sandbox:
        with one_by_one():
            expected = sync(sandbox, max_concurrency=1, page_size=17)
        requests = asked(sandbox)
        assert expected.code == 0
        for workers in (1, 8, 16):
            sandbox.journal.clear()
            outcome = sync(sandbox, max_concurrency=workers, page_size=17)
            assert outcome.code == 0
            assert untimed(outcome) == untimed(expected)
            assert asked(sandbox) == requests


def test_the_lines_of_every_stream_are_what_the_sdk_would_write():
    """It is the SDK that leaves out here what is not selected, in every stream and object."""
    chosen = catalog()
    for entry in chosen["streams"]:
        keys = entry["key_properties"]
        places = [
            item
            for item in entry["metadata"]
            if item["breadcrumb"] and item["breadcrumb"][-1] not in keys
        ]
        for item in places[::4]:
            item["metadata"].update(selected=False, inclusion="available")
    with store(seed=6, **SIZES) as sandbox:
        for given in (None, chosen):
            ours = sync(sandbox, given_catalog=given)
            with mock.patch.object(BigCommerceStream, "_is_written_as_is", return_value=False):
                theirs = sync(sandbox, given_catalog=given)
            assert ours.code == theirs.code == 0
            rows = [line for line in untimed(ours) if b'"RECORD"' in line[:20]]
            assert rows == [line for line in untimed(theirs) if b'"RECORD"' in line[:20]]
            assert ours.state == theirs.state
            assert {json_stream(row) for row in rows} == set(stream_names())


def json_stream(line: bytes) -> str:
    return line.partition(b'"stream":"')[2].partition(b'"')[0].decode()


def test_streams_are_asked_for_before_their_turn():
    """`customers` are not answered before somebody asks for `orders`, whose turn is later."""
    doorman = Doorman()
    doorman.waits_for = {"customers": "orders"}
    with store(**SIZES) as sandbox, doorman.watches(sandbox):
        outcome = sync(sandbox, "brands", "customers", "orders", max_concurrency=2)
        assert compared(sandbox, outcome).differences == []
    assert outcome.code == 0


def test_what_an_endpoint_takes_at_once_is_kept(monkeypatch):
    """BigCommerce limits some endpoints apart from the quota; the rest is not held up."""
    monkeypatch.setattr(OrderTransactions, "at_once", 2)
    doorman = Doorman()
    with store(**SIZES) as sandbox, doorman.watches(sandbox):
        outcome = sync(sandbox, "order_transactions", "order_coupons", max_concurrency=8)
        assert compared(sandbox, outcome).differences == []
    assert doorman.most["transactions"] <= 2
    assert outcome.code == 0


# Readers that are slower than the store.


class SlowOutput(Output):
    """A target that takes nothing after so many lines until it is told to go on."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._most = lines
        self.is_stuck = threading.Event()
        self.goes_on = threading.Event()

    def write(self, data: bytes | bytearray) -> int:
        if len(self.lines) >= self._most and not self.goes_on.is_set():
            self.is_stuck.set()
            assert self.goes_on.wait(LAST_S)
        return super().write(data)


def test_a_slow_reader_holds_the_walk_back():
    """Nothing is fetched that would only wait: memory stays flat at any size of the store."""
    waiting, page = threading.Event(), 5
    output = SlowOutput(lines=20)
    most_bytes = 20_000

    class WatchedRoom(Room):
        def __init__(self) -> None:
            super().__init__()
            wait = self.changed.wait

            def watched(timeout: float | None = None) -> bool:
                if threading.current_thread().name == "walk" and output.is_stuck.is_set():
                    waiting.set()
                return wait(timeout)

            self.changed.wait = watched  # type: ignore[method-assign]

    with (
        store(orders=1_000, products=60, customers=80) as sandbox,
        mock.patch.object(outbox_module, "MAX_WAITING_BYTES", most_bytes),
        mock.patch("tap_bigcommerce.streams.walks.Room", WatchedRoom),
        mock.patch("tap_bigcommerce.run.Clock", QuickClock),
    ):
        tap = TapBigCommerce(
            config=settings_for(sandbox, page_size=page), catalog=catalog(["orders"])
        )
        with redirect_stdout(output):  # type: ignore[type-var]  # what the writer needs of it
            run = threading.Thread(target=tap.sync_all)
            run.start()
            assert output.is_stuck.wait(LAST_S)
            assert waiting.wait(LAST_S), "the walk goes on although nobody reads"
            source = tap.run.walks._source(tap.streams["orders"])  # type: ignore[arg-type]  # one of ours
            kept = [len(batch.body) for batch, _ in source.outbox._batches]
            assert sum(kept) < most_bytes + max(kept)
            assert source.outbox._file is None
            assert len(sandbox.journal) <= len(kept) + 20 / page + 2 * LOOK_AHEAD < 1_000 / page
            output.goes_on.set()
            run.join(LAST_S)
        assert tap.run.end() == 0
        records = [line for line in output.lines if line.startswith(b'{"type":"RECORD"')]
        assert len(records) == 1_000


def test_what_waits_for_its_turn_may_be_on_disk():
    with store(seed=7, **SIZES) as sandbox:
        expected = sync(sandbox, page_size=17)
        requests = asked(sandbox)
        sandbox.journal.clear()
        with (
            little_room(),
            mock.patch("tempfile.TemporaryFile", side_effect=tempfile.TemporaryFile) as files,
        ):
            outcome = sync(sandbox, page_size=17)
        assert outcome.code == 0
        assert untimed(outcome) == untimed(expected)
        assert asked(sandbox) == requests
    assert files.call_count > 10


@pytest.mark.parametrize("workers", [1, 8])
@pytest.mark.parametrize("most_bytes", [0, 5_000])
def test_without_room_streams_are_read_again_and_nothing_is_lost(workers, most_bytes):
    with store(seed=8, **SIZES) as sandbox:
        with little_room(most_bytes=most_bytes):
            outcome = sync(sandbox, max_concurrency=workers, page_size=25)
        assert outcome.code == 0, outcome.said(logging.ERROR)
        target = Target()
        target.load(outcome)
        assert differences(sandbox, target) == []
        whole = sync(sandbox, page_size=25)
        assert outcome.state == whole.state
        for stream in stream_names():
            assert set(outcome.keys(stream)) == set(whole.keys(stream))


@pytest.mark.parametrize("most_bytes", [0, 5_000])
@pytest.mark.parametrize("stop_after", [150, 700, 1500])
def test_cut_off_while_streams_are_read_again_a_run_is_resumed(most_bytes, stop_after):
    """A bookmark that had moved past what was dropped would lose it for good."""
    target = Target()
    with store(seed=9, **SIZES) as sandbox:
        codes = []
        for stop in (stop_after, None):
            with little_room(most_bytes=most_bytes):
                outcome = sync(sandbox, state=target.state, page_size=25, stop_after=stop)
            target.load(outcome)
            codes.append(outcome.code)
        assert codes == [None, 0]
        assert differences(sandbox, target) == []


# When it goes wrong, nothing is left behind.


def test_one_stream_s_failure_costs_the_others_nothing():
    """In the middle of its walk, which others share."""

    def failing(lines: RecordLines, records: Any) -> tuple[bytes, int]:
        rows = list(records)
        if lines._stream == "order_fees" and rows:
            raise KeyError(lines._stream)
        return write(lines, rows)

    write = RecordLines.write
    with store(**SIZES) as sandbox:
        with mock.patch.object(RecordLines, "write", failing):
            outcome = sync(sandbox, page_size=25)
        others = [name for name in stream_names() if name != "order_fees"]
        assert compared(sandbox, outcome, *others).differences == []
    assert outcome.code == 1
    failed = [line for line in outcome.said(logging.ERROR) if line.startswith("FAILED")]
    assert failed == ["FAILED: order_fees. KeyError: 'order_fees'"]


def test_a_wrong_token_ends_the_run_after_one_request_however_many_walk():
    names = [name for name in stream_names() if not name.startswith("b2b_")]
    with store() as sandbox:
        outcome = sync(
            sandbox, *names, access_token=f"{SECRET}-of-another-store", max_concurrency=16
        )
        assert len(sandbox.journal) == 1
    assert outcome.code == 1


def test_a_token_that_is_withdrawn_in_the_middle_ends_the_run():
    with store(**SIZES) as sandbox:
        whole = len(sync(sandbox, page_size=10).lines)
        respond = sandbox._app._answer
        left = [len(sandbox.journal) // 2]

        def withdrawn(*args: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                sandbox._app.tokens.clear()
            return respond(*args)

        with mock.patch.object(sandbox._app, "_answer", withdrawn):
            outcome = sync(sandbox, page_size=10, max_concurrency=16)
    assert outcome.code == 1
    assert len(outcome.lines) < whole
    failed = [line for line in outcome.said(logging.ERROR) if line.startswith("FAILED")]
    assert all("401 for GET" in line for line in failed)


def test_a_server_that_dies_in_the_middle_ends_the_run():
    with store(**SIZES) as sandbox:
        first = sync(sandbox, page_size=10, stop_after=300)
        url = sandbox.api_url
    outcome = sync(sandbox, page_size=10, api_url=url, state=first.state)
    assert outcome.code == 1
    assert bookmarks(outcome) == bookmarks(first)


@pytest.mark.parametrize("stop_after", [1, 90, 400, 900])
def test_a_target_that_goes_away_leaves_no_thread(stop_after):
    with store(**SIZES) as sandbox, little_room():
        outcome = sync(sandbox, page_size=10, stop_after=stop_after, max_concurrency=16)
    assert outcome.code is None
    assert len(outcome.lines) == stop_after


def test_spilled_files_are_closed_at_the_end():
    made: list[Any] = []
    make: Callable[..., Any] = tempfile.TemporaryFile

    def noted(**options: Any) -> Any:
        made.append(make(**options))
        return made[-1]

    with store(**SIZES) as sandbox, little_room(), mock.patch("tempfile.TemporaryFile", noted):
        sync(sandbox, page_size=10, stop_after=900)
        walks_end("walk")
    assert made
    assert all(file.closed for file in made)


SPILLING = (
    "from tap_bigcommerce.streams import outbox\n"
    "outbox.MAX_MEMORY_BYTES = 0\n"
    "from tap_bigcommerce.tap import TapBigCommerce\n"
    "TapBigCommerce.cli()\n"
)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux shows open files")
@pytest.mark.parametrize(
    ("sign", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130), (None, 0)]
)
def test_files_are_gone_with_the_process_however_it_ends(tmp_path, sign, code):
    """Nobody else could ever have opened them."""
    spills = tmp_path / "spills"
    spills.mkdir()
    program = Program(tmp_path, ("-c", SPILLING), {"TMPDIR": str(spills)})
    streams = ("order_consignments", "order_products", "orders")
    with store(**SIZES) as sandbox:
        process = program.start(sandbox, *streams, page_size=10)
        assert process.stdout
        with process:
            records = 0
            while records <= 20:  # the third page, so that the others of the first are on disk
                records += b'"RECORD"' in process.stdout.readline()
            if sign is not None:
                opened = [link.readlink() for link in Path(f"/proc/{process.pid}/fd").iterdir()]
                assert any(spills in one.parents for one in opened), "nothing is on disk"
                assert list(spills.iterdir()) == []
                process.send_signal(sign)
            process.stdout.read()
    assert process.returncode == code
    assert list(spills.iterdir()) == []


# A trial reads no more than it needs.


@pytest.mark.parametrize("name", stream_names())
def test_the_test_of_one_stream_does_not_read_the_store(name):
    """A request or two for a list, and a few dozen where parents are asked one by one."""
    quick = mock.patch("tap_bigcommerce.run.Clock", QuickClock)
    with store(orders=600, products=500, customers=500) as sandbox, quick:
        tap = TapBigCommerce(config=settings_for(sandbox), catalog=catalog([name]))
        with redirect_stdout(Output()):  # type: ignore[type-var]  # what the writer needs of it
            tap.run_sync_dry_run(1, [tap.streams[name]])
        assert tap.run.end() == 0
        assert len(sandbox.journal) <= 5 * TRIAL_ROWS
