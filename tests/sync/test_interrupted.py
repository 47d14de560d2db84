"""Killed at any moment and resumed with the last STATE, a backfill comes out complete."""

from __future__ import annotations

import fcntl
import os
import random
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
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


KILLS = int(os.environ.get("TAP_TEST_KILLS", "24"))
"""Processes that are killed, over all signals."""
CHAIN = 4
"""Times that one backfill is killed at most before it may end."""
CODES = {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}
LISTS = {
    "customers": "/v3/customers",
    "subscribers": "/v3/customers/subscribers",
    "order_refunds": "/v3/orders/payment_actions/refunds",
    "categories": "/v3/catalog/trees/categories",
    "coupons": "/v2/coupons",
    "inventory_items": "/v3/inventory/items",
}
"""Streams with a list of their own, one for each way to walk that is not by ranges of ids."""
FRESH = ("brands", "pages")
"""Streams whose list is one page: read again by every run."""


class Backfill:
    """A store, the program that reads it, and a target that what it wrote was loaded into."""

    def __init__(self, folder, seed):
        self.dice = random.Random(seed)  # noqa: S311 - the same seed has to kill at the same line
        self.folder = folder / str(seed)
        self.folder.mkdir()
        self.program = Program(self.folder)
        self.target = Target()
        self.kills = 0
        self.faults = []

    def run(self, sandbox, sign, after):
        """Kill the program when it has written so many lines; whether it was still at work."""
        process = self.program.start(
            sandbox, *STREAMS, *LISTS, *FRESH, state=self.target.state, page_size=PAGE
        )
        assert process.stdout
        with process:
            taken = b"".join(process.stdout.readline() for _ in range(after))
            if sign:
                process.send_signal(sign)
            # Of a target that dies, too, nothing more comes.
            rest = process.stdout.read()
        is_killed = sign is not None and process.returncode != 0
        if is_killed and process.returncode != CODES[sign]:
            self.faults.append(f"{process.returncode}: {(self.folder / 'log').read_text()[-2000:]}")
        lines = whole_lines(taken + rest)
        if is_killed and sign != signal.SIGKILL:
            if not (taken + rest).endswith(b"\n"):
                self.faults.append("half a message, which would be a target's end")
            if b'"type":"STATE"' not in lines[-1]:
                self.faults.append(f"the last line is {lines[-1][:60]!r}")
        if is_killed and self.dice.random() < 0.3:
            lines = lines[:after]
        outcome = Outcome(lines, process.returncode)
        self.target.load(outcome)
        self.kills += is_killed
        return outcome, is_killed


def written_twice(first, second):
    """Rows of each stream that a resumed run wrote again, although the first had written them."""
    found = read_twice(first, second)
    for stream in LISTS:
        keys = set(first.keys(stream)) if stream in first.records else set()
        again = set(second.keys(stream)) if stream in second.records else set()
        bookmark = first.bookmark(stream)
        rows = second.records.get(stream, ())
        at_bookmark = {row["id"] for row in rows if bookmark in row.values()} if bookmark else set()
        found[stream] = len({key for key in keys & again if key[0] not in at_bookmark})
    return found


def is_under_way(outcome, stream):
    """Whether the stream is in the middle of a read by the outcome's last state."""
    bookmarks = (outcome.state or {}).get("bookmarks", {})
    return "backfill" in bookmarks.get(stream, {})


@pytest.mark.parametrize(
    ("stream", "page"),
    [
        ("customers", 7),
        ("subscribers", 7),
        ("order_refunds", 1),
        ("categories", 2),
        ("coupons", 7),
        ("inventory_items", 20),
    ],
)
def test_a_list_of_any_kind_goes_on_behind_the_last_page_that_was_written(stream, page):
    """Most of them used to start over, however far they had come."""
    with store(**SIZES) as sandbox:
        whole = sync(sandbox, stream, page_size=page)
        keys = sorted(whole.keys(stream))
        assert len(keys) > 3 * page
        for stop in range(2, len(whole.lines), page // 2 + 1):
            first = sync(sandbox, stream, page_size=page, stop_after=stop)
            before = first.keys(stream)
            if len(before) == len(keys) and not is_under_way(first, stream):
                break  # a whole read, and the next one is a new one
            sandbox.journal.clear()
            second = sync(sandbox, stream, page_size=page, state=first.state)
            after = second.keys(stream)
            assert sorted({*before, *after}) == keys
            assert len(before) + len(after) <= len(keys) + page
            asked = sum(one.row_count for one in sandbox.journal if one.path == LISTS[stream])
            if stream == "inventory_items":  # batches that overflow are asked for again in halves
                asked //= 2
            # What starts over looks at the first page twice; a cursor is proved by a count.
            assert asked <= len(after) + 2 * page + 1
            assert second.bookmark(stream) == whole.bookmark(stream)


def kill_again_and_again(folder, sign, seed, most, lines):
    """A backfill that is killed until it ends; how often, and what was wrong."""
    backfill = Backfill(folder, seed)
    with store(seed=seed, latency_ms=2, **SIZES) as sandbox:
        earlier, outcome = None, Outcome([], None)
        for attempt in range(CHAIN + 1):
            is_last = attempt == min(CHAIN, most)
            after = 0 if is_last else backfill.dice.randrange(1, lines // 2)
            outcome, is_killed = backfill.run(sandbox, None if is_last else sign, after)
            if earlier:
                twice = written_twice(earlier, outcome)
                backfill.faults += [
                    f"{count} rows of {stream} were written twice"
                    for stream, count in twice.items()
                    if count > PAGE and (stream in RESUMES or is_under_way(earlier, stream))
                ]
            earlier = outcome
            if not is_killed:
                break
        if outcome.code != 0:
            backfill.faults.append(f"exit code {outcome.code} at the end")
        backfill.faults += differences(sandbox, backfill.target)
        asked = {
            stream: sum(one.row_count for one in sandbox.journal if one.path == path)
            - sum(1 for _ in sandbox.rows(stream))
            for stream, path in LISTS.items()
        }
    return backfill.kills, backfill.faults, asked


@pytest.mark.parametrize("sign", CODES, ids=lambda sign: sign.name)
def test_a_backfill_that_is_killed_at_random_moments_comes_out_whole(
    tmp_path, record_property, sign
):
    """`kill -9`, SIGTERM as of a scheduler, Ctrl-C; with a target that lives on or dies, too."""
    kills, seed = 0, 0
    asked_again: Counter[str] = Counter()
    with store(**SIZES) as sandbox:
        lines = len(sync(sandbox, *STREAMS, *LISTS, *FRESH, page_size=PAGE).lines)
    at_once = min(4, os.cpu_count() or 1)
    with ThreadPoolExecutor(at_once) as pool:
        while kills < KILLS // len(CODES):
            seeds = range(seed, seed + at_once)
            most = -(-(KILLS // len(CODES) - kills) // at_once)
            done = [
                pool.submit(kill_again_and_again, tmp_path, sign, seed, most, lines)
                for seed in seeds
            ]
            for seed, one in zip(seeds, done, strict=True):
                killed, faults, asked = one.result()
                assert faults == [], seed
                kills += killed
                asked_again.update(asked)
            seed = seeds.stop
    record_property("kills", kills)
    record_property("rows asked for again", dict(asked_again))


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
