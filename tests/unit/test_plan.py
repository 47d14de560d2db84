"""A plan: what scans say they cost, and how that becomes requests and time."""

from __future__ import annotations

import re
import sys
import threading
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from click.testing import CliRunner

from tap_bigcommerce.api.client import Tally
from tap_bigcommerce.api.errors import Forbidden, NotFound, TokenRejected
from tap_bigcommerce.api.pool import ANYWHERE
from tap_bigcommerce.plan import Plan
from tap_bigcommerce.run import Run
from tap_bigcommerce.scans import (
    Bounds,
    CheckedPages,
    Cursor,
    IdRanges,
    Keyset,
    Once,
    ParentBatches,
    ReanchoredTime,
    Scan,
)
from tap_bigcommerce.scans.cost import Extent
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.survey import PROBES, NoMoreProbes, Probes, Waits
from tap_bigcommerce.tap import TapBigCommerce
from tests.unit.scans.fake_store import (
    SECOND,
    START,
    V3_BY_TIME,
    V3_IDS,
    V3_TIME,
    calm,
    walk,
)
from tests.unit.streams.fakes import CONFIG, FakeClient, catalog, order

if TYPE_CHECKING:
    from datetime import datetime

    from tap_bigcommerce.plan import Line

SINCE = START - 100_000 * SECOND

# What scans cost.

SCANS: dict[str, tuple[Scan, datetime | None]] = {
    "by id": (IdRanges(V3_IDS), None),
    "from id to id": (Keyset(V3_IDS), None),
    "by time": (ReanchoredTime(V3_TIME, V3_BY_TIME, V3_IDS), SINCE),
    "by page": (CheckedPages(), None),
    "by page, what changed": (CheckedPages(V3_TIME), SINCE),
    "by page, only grows": (CheckedPages(only_grows=True), None),
    "by cursor": (Cursor(), None),
}


@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 20, 95, 300])
@pytest.mark.parametrize("name", SCANS)
def test_a_scan_costs_what_it_says(name, rows):
    scan, since = SCANS[name]
    store = calm(1, cursors="full").fill(range(1, rows + 1))
    walk(store, scan, Bounds(since=since))
    cost = scan.cost(Extent(rows, 10, has_since=since is not None))
    assert cost.requests == len(store.requests)
    assert cost.rounds <= cost.requests


def test_what_needs_no_pages_costs_one_request():
    assert Once().cost(Extent(0, 1)) == (1, 1, 1)


@pytest.mark.parametrize("parents", [0, 1, 10, 11, 45, 400])
@pytest.mark.parametrize("each", [0, 1, 3])
def test_batches_of_parents_cost_what_they_say(parents, each):
    store = calm(1).fill(range(1, parents * each + 1))
    for number, row in enumerate(store.rows.values()):
        row.parent = number // each + 1
    scan = ParentBatches("parent_id", "parent_id:in")
    walk(store, scan, Bounds(parents=range(1, parents + 1)))
    cost = scan.cost(Extent(parents * each, 10, parents))
    assert cost.requests == len(store.requests)


def test_a_long_list_by_id_is_read_side_by_side():
    cost = IdRanges(V3_IDS).cost(Extent(1_000_000, 250))
    assert cost.requests == 4_000
    assert cost.rounds < 1_000


# A handful of requests.


def test_no_more_is_sent_than_the_handful():
    probes = Probes(2, 2, Waits())
    try:
        answers = [probes.submit_at(ANYWHERE, int, text) for text in ("1", "2")]
        assert [answer.result() for answer in answers] == [1, 2]
        with pytest.raises(NoMoreProbes):
            probes.submit_at(ANYWHERE, int, "3")
    finally:
        probes.close()
    assert probes.left == 0


@dataclass
class Limited:
    """What came for a `limit`."""

    limit: int | None


def test_waiting_for_the_quota_is_no_latency():
    waits = Waits()
    probes = Probes(1, 1, waits)

    def answer():
        waits.wait(3_600.0, 3_600.0)
        return Limited(250)

    try:
        probes.submit_at(ANYWHERE, answer).result()
    finally:
        probes.close()
    assert probes.seconds[ANYWHERE.lane] == [0.0]


def test_what_one_request_waits_for_is_not_taken_off_another_one():
    """All others wait for the first answer, which would have taken no time at all."""
    waits = Waits()
    probes = Probes(2, 2, waits)
    has_waited = threading.Event()

    def first():
        began = time.monotonic()
        assert has_waited.wait(10)
        while time.monotonic() == began:
            pass
        return Limited(250)

    def other():
        waits.wait(3_600.0, 3_600.0)
        has_waited.set()
        return Limited(1)

    try:
        answers = [probes.submit_at(ANYWHERE, one) for one in (first, other)]
        assert [answer.result().limit for answer in answers] == [250, 1]
    finally:
        probes.close()
    (took_s,) = probes.seconds[ANYWHERE.lane]
    assert took_s > 0
    assert probes.least_s == 0


@pytest.mark.parametrize("limit", [None, 1])
def test_a_count_is_no_page(limit):
    """It comes sooner than 250 rows do."""
    probes = Probes(1, 1, Waits())
    try:
        probes.submit_at(ANYWHERE, Limited, limit).result()
    finally:
        probes.close()
    assert ANYWHERE.lane not in probes.seconds
    assert probes.least_s < 60


def seconds(*lines, per_window=405):
    """How long these take together, in a store with a quota."""
    plan = Plan.__new__(Plan)
    limiter = SimpleNamespace(per_window=per_window, window_s=30.0)
    plan.run = cast("Run", SimpleNamespace(limiter=limiter))
    return plan._seconds([cast("Line", SimpleNamespace(**{**NOTHING, **line})) for line in lines])


NOTHING = {
    "requests": 1,
    "work_s": 0.0,
    "rounds_s": 0.0,
    "opening_s": 0.0,
    "opening_work_s": 0.0,
    "own_s": 0.0,
}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([{"requests": 405, "work_s": 10.0}], 10),
        # The windows that are used up, and what is then left of the work.
        ([{"requests": 1000, "work_s": 20.0}], 60 + 20 * 190 / 1000),
        ([{"requests": 1000, "work_s": 200.0}], 200),
        ([{"work_s": 2.0}, {"rounds_s": 9.0}], 9),
        ([{"work_s": 2.0, "own_s": 3.0}, {"own_s": 4.0}], 7),
        # Nothing else is asked for before the first rows are there.
        ([{"work_s": 2.0, "opening_s": 0.6, "opening_work_s": 0.1}, {"work_s": 3.0}], 5.5),
        ([{"requests": 0, "work_s": 9.0}], 0),
    ],
)
def test_time_goes_by_what_takes_longest(lines, expected):
    assert seconds(*lines) == pytest.approx(expected)


# The command.


class Client(FakeClient):
    """The client, with the counts that a plan looks at."""

    gives_counts = True

    def __init__(self, answer):
        super().__init__(answer)
        self.stats = Tally()


class Command:
    """`--plan`, with answers in place of a network."""

    def __init__(self, monkeypatch):
        self.client = Client(lambda _: b"")
        monkeypatch.setattr(Run, "client", property(lambda _: self.client))

    def tap(self, *streams, state=None, **settings):
        return TapBigCommerce(config={**CONFIG, **settings}, catalog=catalog(*streams), state=state)

    def plan(self, answer, *streams, **options):
        self.client = Client(answer)
        tap = self.tap(*streams, **options)
        plan = Plan(tap.run, tap.streams.values())
        plan.make()
        tap.run.pool.close()
        return plan


@pytest.fixture
def command(monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    return Command(monkeypatch)


ROWS = [order(number) for number in range(1, 251)]


def orders(count, *, total=None):
    """A store with so many orders, which counts them or not."""

    def answer(request):
        if request.path == "/v2/orders/count":
            return NotFound(request.path, status=404) if total is None else {"count": total}
        return ROWS[:count] if request.path == "/v2/orders" else []

    return answer


def requests_of(plan):
    return {stream.name: line.requests for stream, line in plan.lines.items()}


def test_every_order_is_asked_for_what_no_list_has(command):
    plan = command.plan(orders(3, total=3), "orders", "order_transactions", "order_taxes")
    assert requests_of(plan) == {"order_taxes": 3, "order_transactions": 3, "orders": 2}


def test_orders_that_nobody_counts_are_counted_by_their_page(command):
    plan = command.plan(orders(3), "orders", "order_transactions")
    assert requests_of(plan) == {"order_transactions": 3, "orders": 2}
    assert plan.lines[next(s for s in plan.lines if s.name == "orders")].rows == 3


def test_more_orders_than_a_page_that_nobody_counts_are_said_to_be_more(command):
    plan = command.plan(orders(250), "orders", "order_transactions")
    assert requests_of(plan) == {"order_transactions": 250, "orders": 2}
    assert "at least" in plan.text()


def test_what_is_asked_for_each_row_of_a_list_that_was_not_counted_is_said(command):
    """It read as if category_product_sort_orders needed no request at all."""
    empty = {"data": [], "meta": {"pagination": {"total": 0}}}
    plan = command.plan(lambda _: empty, *(stream.name for stream in STREAMS))
    (line,) = [s for s in plan.text().splitlines() if s.startswith("category_product_sort_orders")]
    assert line.endswith("and one for each of categories")


def test_an_unreadable_state_is_said_in_its_line(command):
    state = {"bookmarks": {"orders": {"replication_key": "date_modified"}}}
    state["bookmarks"]["orders"]["replication_key_value"] = "yesterday"
    plan = command.plan(orders(3, total=3), "orders", "order_transactions", state=state)
    lines = plan.text().splitlines()
    assert "State: `replication_key_value` is 'yesterday'" in lines[2]
    assert requests_of(plan) == {"order_transactions": 2 + 3, "orders": 0}


def test_a_first_read_that_was_interrupted_goes_on_at_its_id(command):
    backfill = {"after_id": 7, "started": "2026-11-01T00:00:00+00:00", "latest": ""}
    plan = command.plan(
        orders(3, total=3), "orders", state={"bookmarks": {"orders": {"backfill": backfill}}}
    )
    assert "resumes at id 7" in plan.text()
    assert command.client.asked[0].params["min_id"] == "8"


def test_a_plan_never_takes_more_than_a_handful(command):
    empty = {"data": [], "meta": {"pagination": {"total": 0}}}
    plan = command.plan(lambda _: empty, *(stream.name for stream in STREAMS))
    assert len(command.client.asked) <= PROBES
    assert "one page assumed" in plan.text()


@pytest.mark.parametrize(
    ("requests", "quota", "words"),
    [
        (1, 150, "under 1 s"),
        (135, 150, "under 1 s"),
        (136, 150, "30 s"),
        (1_351, 150, "5 min 0 s"),
        (64_801, 150, "4 h 0 min"),
        (64_801, 16_101_495, "under 1 s"),
    ],
)
def test_a_window_s_share_goes_at_once_and_the_rest_waits(command, requests, quota, words):
    plan = command.plan(orders(1, total=requests), "order_transactions")
    ticket = plan.run.limiter.acquire()
    plan.run.limiter.learn(ticket, headers(quota))
    line = next(iter(plan.lines.values()))
    line.requests, line.work_s, line.rounds_s, line.is_about = requests, 0.0, 0.0, False
    assert f"In all {requests:,} requests, {words}." in plan.text()
    assert f"Quota: {quota:,} requests per 30 s" in plan.text()


def headers(quota):
    return {
        "X-Rate-Limit-Requests-Quota": str(quota),
        "X-Rate-Limit-Requests-Left": str(quota - 1),
        "X-Rate-Limit-Time-Window-Ms": "30000",
        "X-Rate-Limit-Time-Reset-Ms": "30000",
    }


def test_streams_run_side_by_side_so_the_whole_is_less_than_its_parts(command):
    plan = command.plan(orders(3, total=3), "orders", "order_transactions")
    first, second = plan.lines.values()
    first.rounds_s, second.rounds_s = 100.0, 130.0
    assert "requests, 2 min 10 s." in plan.text()


def test_columns_are_aligned(command):
    plan = command.plan(orders(3, total=3), "orders", "order_transactions")
    head, *rows = plan.text().split("\n\n")[0].splitlines()
    assert {row.index(" full") for row in rows} == {head.index(" replication")}
    ends = {row.index(number) + 1 for row, number in zip(rows, ("3 ", "2 "), strict=True)}
    assert ends == {head.index("requests") + len("requests")}


def test_a_rejected_token_ends_the_command_as_it_ends_a_run(command, caplog, tmp_path):
    command.client = Client(lambda request: TokenRejected(request.path, status=401))
    path = tmp_path / "config.json"
    path.write_text('{"store_id": "abc123", "auth_scheme": "OAuth", "access_token": "x"}')
    done = CliRunner().invoke(
        TapBigCommerce.get_singer_command(), ["--config", str(path), "--plan"]
    )
    assert done.exit_code == 1
    assert "stream" not in done.stdout
    failed = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert any(re.match(r"FAILED: \w+\. 401 for GET ", words) for words in failed)


def test_a_missing_scope_is_named_in_the_line(command):
    plan = command.plan(lambda request: Forbidden(request.path, status=403), "customers")
    assert 'scope missing: "Customers" (read-only)' in plan.text()
    assert "In all about 0 requests" in plan.text()
