"""Killed at any moment and resumed with the last STATE, a backfill comes out complete."""

from __future__ import annotations

import fcntl
import random
import signal
from itertools import pairwise

import pytest

from tests.support.compare import Comparison, compare_rows
from tests.support.store import Outcome, Program, Target, store, sync
from tests.sync.equality import differences

STREAMS = (
    "customers",
    "order_consignments",
    "order_products",
    "order_coupons",
    "orders",
    "product_images",
    "product_variants",
    "products",
)
RESUMES = {
    "order_consignments": "order_id",
    "order_products": "order_id",
    "order_coupons": "order_id",
    "orders": "id",
    "product_images": "product_id",
    "products": "id",
}
"""Streams whose backfill goes on where it was, and the id by which their list is walked."""
PAGE = 20
SIZES = {"orders": 90, "products": 50, "customers": 60}


def read_twice(first: Outcome, second: Outcome) -> dict[str, int]:
    """How many rows of each list a resumed run read again, beyond those at a bookmark."""
    found = {}
    for stream, key in RESUMES.items():
        bookmark = first.bookmark(stream)
        date = "date_modified" if key == "id" else f"{key.removesuffix('_id')}_date_modified"
        rows = [row for row in second.records.get(stream, ()) if row[date] != bookmark]
        before = {row[key] for row in first.records.get(stream, ())}
        found[stream] = len({row[key] for row in rows} & before)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_run_cut_off_three_times_and_resumed_is_a_whole_one(seed):
    """The reader closes the pipe after so many messages, wherever that is."""
    dice = random.Random(seed)  # noqa: S311 - the same seed has to cut at the same place
    target = Target()
    with store(seed=seed, **SIZES) as sandbox:
        total = len(sync(sandbox, *STREAMS, page_size=PAGE).lines)
        outcomes = []
        for _ in range(3):
            stop = dice.randrange(1, total * 2 // 3)
            outcome = sync(sandbox, *STREAMS, state=target.state, page_size=PAGE, stop_after=stop)
            target.load(outcome)
            outcomes.append(outcome)
        last = sync(sandbox, *STREAMS, state=target.state, page_size=PAGE)
        assert last.code == 0
        target.load(last)
        assert differences(sandbox, target) == []
        outcomes.append(last)
    for earlier, later in pairwise(outcomes):
        if earlier.code is None:  # it was cut off, and not by its own end
            assert all(count <= PAGE for count in read_twice(earlier, later).values())


@pytest.mark.parametrize("seed", range(3))
def test_rows_changed_between_the_two_halves_are_not_lost(seed):
    """They lie behind the id where the backfill goes on; their turn comes after it."""
    dice = random.Random(seed)  # noqa: S311 - the same seed has to cut at the same place
    target = Target()
    with store(seed=seed, **SIZES) as sandbox:
        total = len(sync(sandbox, *STREAMS, page_size=PAGE).lines)
        stop = dice.randrange(total // 4, total)
        target.load(sync(sandbox, *STREAMS, page_size=PAGE, stop_after=stop))
        sandbox.store.events(120)
        for _ in range(2):
            outcome = sync(sandbox, *STREAMS, state=target.state, page_size=PAGE)
            assert outcome.code == 0
            target.load(outcome)
        assert differences(sandbox, target) == []


def test_an_incremental_run_cut_off_goes_on_from_its_last_page():
    target = Target()
    with store(**SIZES) as sandbox:
        target.load(sync(sandbox, *STREAMS))
        sandbox.store.events(400)
        whole = len(sync(sandbox, *STREAMS, state=target.state, page_size=PAGE).lines)
        for stop in range(whole // 10, whole, whole // 3):
            cut = sync(sandbox, *STREAMS, state=target.state, page_size=PAGE, stop_after=stop)
            resumed = Target()
            resumed.rows = {name: dict(rows) for name, rows in target.rows.items()}
            resumed.state, resumed.schemas = target.state, dict(target.schemas)
            resumed.load(cut)
            outcome = sync(sandbox, *STREAMS, state=resumed.state, page_size=PAGE)
            resumed.load(outcome)
            assert differences(sandbox, resumed) == []


def whole_lines(data: bytes) -> list[bytes]:
    """Lines up to the last line break; what a kill left of another is no message."""
    return [line for line in data.splitlines(keepends=True) if line.endswith(b"\n")]


@pytest.mark.parametrize(
    ("sign", "after"),
    [
        (signal.SIGKILL, 40),
        (signal.SIGKILL, 333),
        (signal.SIGKILL, 500),
        (signal.SIGTERM, 40),
        (signal.SIGTERM, 444),
        (None, 200),
        (None, 500),
    ],
)
def test_a_killed_process_is_resumed_by_the_next(tmp_path, sign, after):
    """`kill -9`, SIGTERM as of a scheduler, or a target that went away."""
    target = Target()
    with store(**SIZES) as sandbox:
        process = Program(tmp_path).start(sandbox, *STREAMS, page_size=PAGE)
        assert process.stdout
        with process:
            taken = b"".join(process.stdout.readline() for _ in range(after))
            if sign is None:
                process.stdout.close()
            else:
                process.send_signal(sign)
                taken += process.stdout.read()
        killed = Outcome(whole_lines(taken), process.returncode)
        if sign == signal.SIGTERM:
            assert taken.endswith(b"\n"), "a half message would be a target's end"
        assert process.returncode == {signal.SIGKILL: -9, signal.SIGTERM: 143, None: 1}[sign]
        target.load(killed)
        outcome = Program(tmp_path).run(sandbox, *STREAMS, state=target.state, page_size=PAGE)
        assert outcome.code == 0, outcome.stderr
        target.load(outcome)
        assert differences(sandbox, target) == []
        assert all(count <= PAGE for count in read_twice(killed, outcome).values())


@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="Linux sizes its pipes")
def test_a_reader_that_is_slow_and_then_gone_gets_whole_messages_only(tmp_path):
    """SIGTERM while the tap waits for room in the pipe."""
    with store(orders=600) as sandbox:
        process = Program(tmp_path).start(sandbox, "orders")
        assert process.stdout
        with process:
            # A page of orders is many times larger, so the tap is in the middle of writing one.
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
            first = b"".join(process.stdout.readline() for _ in range(3))
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
        total = Comparison()
        killed = Outcome(whole_lines(first + rest), process.returncode)
        schema = killed.schemas["orders"]
        rows = {row["id"]: row for row in sandbox.rows("orders")}
        for record in killed.records["orders"]:
            raw = [rows[record["id"]]]
            total.add(compare_rows("orders", schema["schema"], ["id"], raw, [record]))
        assert total.differences == []
        assert (first + rest).endswith(b"\n")
