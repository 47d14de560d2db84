"""What is said of a run while it goes on, on a terminal and elsewhere."""

from __future__ import annotations

import io
import logging
import os
import re
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from tap_bigcommerce import progress
from tap_bigcommerce.api.clock import Clock, Stopped
from tap_bigcommerce.api.limiter import Limiter
from tap_bigcommerce.progress import Figures, Progress, Screen, fitted, terminal_size
from tap_bigcommerce.summary import Written
from tests.unit.streams.fakes import Offline, Orders, at, daily_orders, day, envelope
from tools.terminal import Terminal

USED_UP = {
    "X-Rate-Limit-Requests-Quota": "10",
    "X-Rate-Limit-Requests-Left": "0",
    "X-Rate-Limit-Time-Window-Ms": "30000",
    "X-Rate-Limit-Time-Reset-Ms": "12000",
}


class Tty(io.StringIO):
    """A terminal as far as anybody can tell; `shows` is what a person sees."""

    def __init__(self):
        super().__init__()
        self.shows = Terminal(columns=80, height=6)

    def isatty(self):
        return True

    def fileno(self):
        return 99

    def write(self, text):
        self.shows.feed(text)
        return super().write(text)


PARENTS = {"order_products": "orders"}


class Fake:
    """A run that is where a test wants it."""

    def __init__(self, *names, quota=450, left=312):
        self.selected = [
            SimpleNamespace(name=name, owner=PARENTS.get(name, name)) for name in names
        ]
        self.now_s = 1000.0
        self.written = {}
        self.failures = {}
        self.totals = {}
        self.requests = 0
        clock = SimpleNamespace(monotonic=lambda: self.now_s)
        self.limiter = SimpleNamespace(clock=clock, quota=quota, left=left, wait_s=0.0)

    def stream(self, owner):
        return SimpleNamespace(name=owner)

    def begin(self, name, rows=0, listed=0):
        self.written[name] = Written(self.now_s, rows=rows, listed=listed or rows)

    def write(self, name, rows):
        self.written[name].rows += rows
        self.written[name].listed += rows

    def end(self, name):
        self.written[name].ended_s = self.now_s


@pytest.fixture
def run():
    return Fake("brands", "orders", "products")


@pytest.fixture
def terminal(monkeypatch):
    """A terminal for stderr, a pipe for stdout."""
    made = Tty()
    sizes = {99: lambda: os.terminal_size((made.shows.columns, made.shows.height))}
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout", io.StringIO())
    monkeypatch.setattr("os.get_terminal_size", lambda number: sizes[number]())
    monkeypatch.setattr("os.tcgetpgrp", lambda _: os.getpgrp())
    return made


def show(screen, line):
    screen.show(iter([(line,)]))


def said(figures):
    return ", ".join(part[0] for part in figures.parts())


# The figures.


def test_a_run_that_has_just_begun_has_little_to_say(run):
    run.limiter.quota = run.limiter.left = None
    assert said(Figures(run)) == "0 of 3 streams, 0 rows, 0 requests, after 0:00:00"


def test_every_figure_has_its_place(run):
    figures = Figures(run)
    run.begin("brands", 400)
    run.end("brands")
    run.begin("orders", 2_000)
    run.requests, run.totals["orders"] = 1_058, 50_000
    said(figures)
    run.now_s += 10
    run.write("orders", 10_000)
    assert said(figures) == (
        "1 of 3 streams, 12,400 rows, orders 12,000 of 50,000, done in 0:00:38, "
        "1,058 requests, 1,240 rows/s, quota 312 of 450, after 0:00:10"
    )


def test_rows_that_belong_to_others_are_on_their_way_through_these():
    """How many lines orders have is not counted anywhere; how many orders there are is."""
    run: Any = Fake("order_products")
    figures = Figures(run)
    run.begin("order_products", rows=700, listed=250)
    run.totals["order_products"] = 1_000
    assert "order_products at 250 of 1,000 orders, 0 requests" in said(figures)
    run.now_s += 10
    run.written["order_products"].listed += 250
    assert "order_products at 500 of 1,000 orders, done in 0:00:20" in said(figures)


def test_what_was_read_before_a_stream_s_turn_is_no_promise(run):
    figures = Figures(run)
    run.begin("orders", 40_000)
    run.totals["orders"] = 50_000
    said(figures)
    run.now_s += 10
    run.write("orders", 100)
    assert "orders 40,100 of 50,000, done in 0:16:30" in said(figures)


def test_between_two_pages_the_time_that_is_left_goes_down(run):
    """Each of 250 orders that are asked one by one, which takes several windows of the quota."""
    figures = Figures(run)
    run.begin("orders")
    run.totals["orders"] = 1_000
    said(figures)
    run.now_s += 100
    run.write("orders", 250)
    assert "done in 0:05:00, 0 requests" in said(figures)
    run.now_s += 50
    assert "done in 0:04:10, 0 requests, 0 rows/s" in said(figures)


def test_where_pages_do_not_come_any_more_the_time_that_is_left_goes_up(run):
    figures = Figures(run)
    run.begin("orders")
    run.totals["orders"] = 1_000
    said(figures)
    run.now_s += 100
    run.write("orders", 250)
    said(figures)
    run.now_s += 110
    assert "done in 0:10:30" in said(figures)


def test_each_stream_has_its_own_pace(run):
    figures = Figures(run)
    run.begin("brands", 1)
    said(figures)
    run.now_s += 10
    run.write("brands", 1_000)
    said(figures)
    run.end("brands")
    run.begin("orders", 10)
    run.totals["orders"] = 20
    assert "orders 10 of 20, 0 requests" in said(figures)


def test_a_wait_for_the_quota_is_said_near_the_front(run):
    run.limiter.wait_s = 11.6
    assert list(Figures(run).parts())[2] == ("waits 12 s for quota",)


def test_streams_that_failed_or_were_never_begun_are_done_too(run):
    run.begin("brands")
    run.end("brands")
    run.failures = {"brands": "503", "orders": "not read, because of: 503"}
    assert next(Figures(run).parts()) == ("2 of 3 streams",)


def test_rows_per_second_are_those_of_late_and_not_told_too_early(run):
    figures, words = Figures(run), ""
    run.begin("orders", 1000)
    run.now_s += progress.LEAST_S / 2
    assert "rows/s" not in said(figures)
    for _ in range(100):
        run.now_s += 1
        run.write("orders", 50)
        words = said(figures)
    assert " 50 rows/s" in words


def test_nothing_written_for_long_is_no_pace_and_no_promise(run):
    figures, words = Figures(run), ""
    run.begin("orders", 100)
    run.totals["orders"] = 200
    for _ in range(40):
        run.now_s += 1
        words = said(figures)
    assert " 0 rows/s" in words
    assert "orders 100 of 200" in words
    assert "done in" not in words


@pytest.mark.parametrize("total", [0, 99, 100])
def test_a_total_that_is_not_the_whole_is_none(run, total):
    """Of a list that is read in parts, an answer may count one part alone."""
    run.begin("orders", 100)
    run.totals["orders"] = total
    assert ", orders, " in said(Figures(run))


def test_a_quota_that_is_no_limit_is_not_said(run):
    run.limiter.quota = 16_101_495
    assert "quota" not in said(Figures(run))


def test_totals_are_those_of_whole_lists_and_hold_for_what_belongs_to_their_rows():
    brands = envelope([{"id": 1, "name": "x"}], total=1)
    orders = Orders(*daily_orders(3))

    def answer(request):
        if request.path.endswith("/count"):
            return {"count": 3}
        return brands if request.path.endswith("/brands") else orders(request)

    offline = Offline(answer, select=["brands", "order_fees", "order_taxes", "orders"])
    offline.client.gives_counts = True
    offline.sync()
    assert offline.run.totals == {"brands": 1, "order_fees": 3, "order_taxes": 3, "orders": 3}
    listed = {name: one.listed for name, one in offline.run.written.items()}
    assert listed == offline.run.totals


def test_who_wants_less_of_a_list_than_others_is_promised_nothing():
    """`orders` has the first of them already."""
    orders = Orders(*daily_orders(3), others={"/orders/count": {"count": 3}})
    state = {"orders": at(day(3))}
    offline = Offline(orders, select=["order_fees", "orders"], state=state)
    offline.client.gives_counts = True
    offline.sync()
    assert offline.run.totals == {"order_fees": 3}


def test_an_answer_that_counts_one_batch_of_parents_is_no_total():
    parents = envelope([{"id": 7}])
    addresses = envelope([{"id": 1, "customer_id": 7}], total=1)
    offline = Offline(
        lambda request: addresses if request.path.endswith("/addresses") else parents,
        select=["customer_addresses"],
    )
    offline.sync()
    assert offline.messages.rows("customer_addresses")
    assert offline.run.totals == {}


def test_the_largest_total_is_taken_for_the_whole():
    offline = Offline(Orders())
    for total in (None, 30, 50, 20):
        offline.run.expect(offline.stream("products"), total)
    assert offline.run.totals == {"products": 50}


def test_the_limiter_says_how_long_whoever_waits_still_waits():
    class Skipping(Clock):
        now_s = 0.0

        def monotonic(self):
            return self.now_s

        def sleep(self, seconds, until=None):
            del until
            self.now_s += 2
            seen.append((limiter.wait_s, seconds - 2))
            self.now_s += seconds - 2

    seen: list[tuple[float, float]] = []
    limiter = Limiter(1.0, clock=Skipping())
    limiter.learn(limiter.acquire(), USED_UP)
    assert limiter.wait_s == 0
    limiter.acquire()
    ((told_s, left_s),) = seen
    assert told_s == pytest.approx(left_s)
    assert left_s > 9
    assert limiter.wait_s == 0


def test_a_wait_that_was_broken_off_is_over():
    class Ending(Clock):
        def sleep(self, seconds, until=None):
            del seconds, until
            raise Stopped

    limiter = Limiter(1.0, clock=Ending())
    limiter.learn(limiter.acquire(), USED_UP)
    with pytest.raises(Stopped):
        limiter.acquire()
    assert limiter.wait_s == 0


# The terminal.


def test_a_line_gets_as_many_figures_as_there_is_room_for():
    texts = ["3 of 70 streams", "12,400 rows", "product_variant_option_values", "58 requests"]
    parts = [(text,) for text in texts]
    assert fitted(iter(parts), 40) == "3 of 70 streams, 12,400 rows"
    assert fitted(iter(parts), 41) == "3 of 70 streams, 12,400 rows, 58 requests"
    assert fitted(iter(parts), 10) == "3 of 70..."
    assert fitted(iter(parts), 200) == ", ".join(texts)


def test_in_less_room_a_stream_is_said_to_be_on_its_way_in_fewer_words():
    """And never the time alone, as if it were that of the run."""
    run: Any = Fake("order_products")
    figures = Figures(run)
    run.begin("order_products")
    run.totals["order_products"] = 1_000
    said(figures)
    run.now_s += 10
    run.written["order_products"].listed += 80
    ways = {fitted(figures.parts(), columns) for columns in range(20, 200)}
    found = {
        match[1]
        for way in ways
        if (match := re.search(r"rows, (order_products.*?)(?=, \d|$)", way))
    }
    assert found == {
        "order_products at 80 of 1,000 orders, done in 0:01:55",
        "order_products 8%, done in 0:01:55",
        "order_products done in 0:01:55",
        "order_products",
    }
    assert not [way for way in ways if "done in" in way and "order_products" not in way]


@pytest.mark.parametrize("columns", [20, 40, 80, 140])
def test_the_line_is_the_last_one_and_never_fills_it(run, terminal, columns):
    terminal.shows.resize(columns, 6)
    run.begin("orders", 12_000)
    Progress(run, terminal).tell()
    *others, line = terminal.shows.lines
    assert others == [""] * 5
    assert line.startswith("0 of 3")
    assert len(line) < columns


def test_the_line_is_drawn_anew_in_its_place(terminal):
    screen = Screen(terminal)
    show(screen, "10 rows, and much more")
    show(screen, "20 rows")
    assert terminal.shows.lines == [*[""] * 5, "20 rows"]
    screen.clear()
    assert terminal.shows.text == []


def test_what_anybody_writes_is_whole_and_above_the_line(terminal):
    """As a target does that logs to the same terminal: many lines at once, and half ones."""
    terminal.write("$ tap | target\n")
    screen = Screen(terminal)
    show(screen, "10 rows")
    terminal.write("".join(f"row {n}\n" for n in range(1, 10)))
    terminal.write("half a line ...")
    show(screen, "20 rows")
    terminal.write(" and its end\n" + "x" * 85)
    show(screen, "30 rows")
    assert terminal.shows.lines[-1] == "30 rows"
    terminal.write("\n$")
    screen.clear()
    rows = [f"row {n}" for n in range(1, 10)]
    rest = ["half a line ... and its end", "x" * 80, "xxxxx", "$"]
    assert terminal.shows.text == ["$ tap | target", *rows, *rest]


@pytest.mark.parametrize("lines_before", [0, 4, 5, 6, 20])
def test_wherever_the_cursor_is_the_line_finds_room(terminal, lines_before):
    before = [f"line {n}" for n in range(lines_before)]
    terminal.write("\n".join(before) + "...")
    screen = Screen(terminal)
    show(screen, "10 rows")
    terminal.write("end\nlast")
    screen.clear()
    assert terminal.shows.text == ("\n".join(before) + "...end\nlast").split("\n")


@pytest.mark.parametrize("size", [(80, 4), (80, 10), (20, 6), (140, 30)])
def test_a_terminal_may_change_its_size(terminal, size):
    screen = Screen(terminal)
    terminal.write("before\n")
    show(screen, "10 rows")
    terminal.shows.resize(*size)
    show(screen, "20 rows")
    assert "10 rows" not in terminal.shows.lines
    terminal.write("after\n")
    assert terminal.shows.lines[-1] == "20 rows"
    screen.clear()
    assert terminal.shows.text == ["before", "after"]


def test_a_terminal_of_two_lines_has_none_to_spare(terminal):
    screen = Screen(terminal)
    show(screen, "10 rows")
    terminal.shows.resize(80, 2)
    show(screen, "20 rows")
    assert terminal.shows.text == []
    terminal.shows.resize(80, 3)
    show(screen, "30 rows")
    assert terminal.shows.lines[-1] == "30 rows"


def test_while_another_program_has_the_terminal_the_line_is_gone(terminal, monkeypatch):
    """The run was sent into the background, and its user is in an editor."""
    screen = Screen(terminal)
    show(screen, "10 rows")
    monkeypatch.setattr("os.tcgetpgrp", lambda _: os.getpgrp() + 1)
    show(screen, "20 rows")
    assert terminal.shows.text == []
    written = len(terminal.getvalue())
    show(screen, "30 rows")
    assert len(terminal.getvalue()) == written
    monkeypatch.setattr("os.tcgetpgrp", lambda _: os.getpgrp())
    show(screen, "40 rows")
    assert terminal.shows.lines[-1] == "40 rows"


def test_nothing_is_written_to_a_terminal_without_a_line(terminal):
    Screen(terminal).clear()
    assert terminal.getvalue() == ""


def test_nothing_is_coloured(run, terminal):
    """So `NO_COLOR` has nothing to forbid."""
    shown = Progress(run, terminal)
    shown.tell()
    assert "\x1b[" in terminal.getvalue()
    assert not re.findall(r"\x1b\[[\d;]*m", terminal.getvalue())


def test_what_the_sdk_says_of_streams_that_nobody_wants_is_not_said(run, caplog):
    """200 lines of it would be all that there is to see."""
    caplog.set_level(logging.INFO)
    offline = Offline(Orders(), select=["orders"])
    with Progress(run, io.StringIO(), every_s=1000):
        offline.sync()
    assert "orders finished" in caplog.text
    assert "Skipping deselected" not in caplog.text


def test_after_the_run_everything_is_said_again(run, monkeypatch, caplog):
    own = logging.getLogger("a-logger-that-no-other-run-uses")
    monkeypatch.setattr(progress, "logger", own)
    with Progress(run, io.StringIO(), every_s=1000):
        own.warning(progress.SKIPPED, "brands")
    own.warning(progress.SKIPPED, "orders")
    assert caplog.messages == ["Skipping deselected stream 'orders'."]


def test_the_line_is_drawn_without_anybody_asking_and_gone_at_the_end(run, terminal, monkeypatch):
    drawn = threading.Event()
    show_once = Screen.show

    def shown(self, parts):
        show_once(self, parts)
        drawn.set()

    monkeypatch.setattr(Screen, "show", shown)
    with Progress(run, terminal, every_s=0.001):
        assert drawn.wait(timeout=30)
        assert terminal.shows.text != []
    assert terminal.shows.text == []
    assert not any(thread.name == "progress" for thread in threading.enumerate())


@pytest.mark.parametrize("lines", [0, 1])
def test_a_terminal_that_is_gone_does_not_end_the_run(run, terminal, monkeypatch, lines):
    gone = threading.Event()

    def write(_):
        gone.set()
        raise OSError(5, "Input/output error")

    with Progress(run, terminal, every_s=0.001) as shown:
        for _ in range(lines):
            shown.tell()
        monkeypatch.setattr(terminal, "write", write)
        assert gone.wait(timeout=30)


# Elsewhere.


def test_where_there_is_no_terminal_the_log_says_it(run, caplog):
    caplog.set_level(logging.INFO)
    run.begin("orders", 7)
    stream = io.StringIO()
    Progress(run, stream).tell()
    assert stream.getvalue() == ""
    assert caplog.messages == [
        "so far: 0 of 3 streams, 7 rows, orders, 0 requests, quota 312 of 450, after 0:00:00"
    ]


@pytest.mark.parametrize(
    ("where", "is_live"),
    [
        (("xterm", "a pipe"), True),
        (("dumb", "a pipe"), False),
        (("", "a pipe"), False),
        (("xterm", "the terminal"), False),
    ],
)
def test_a_terminal_without_codes_or_with_messages_on_it_gets_log_lines(
    run, terminal, monkeypatch, where, is_live
):
    term, messages_go_to = where
    monkeypatch.delenv("TERM")
    if term:
        monkeypatch.setenv("TERM", term)
    if messages_go_to == "the terminal":
        monkeypatch.setattr("sys.stdout", Tty())
    shown = Progress(run, terminal)
    shown.tell()
    assert bool(terminal.getvalue()) is is_live
    assert shown._every_s == (progress.DRAW_EVERY_S if is_live else progress.LOG_EVERY_S)


def test_a_terminal_that_does_not_say_its_size_gets_log_lines(run, terminal, caplog):
    caplog.set_level(logging.INFO)
    terminal.shows.columns = 0
    Progress(run, terminal).tell()
    assert terminal.getvalue() == ""
    assert caplog.messages[0].startswith("so far: ")


def test_what_is_no_terminal_has_no_size(tmp_path):
    with (tmp_path / "file").open("w") as file:
        assert terminal_size(file) is None
    assert terminal_size(io.StringIO()) is None


def test_a_closed_stream_has_no_size(tmp_path):
    file = (tmp_path / "file").open("w")
    file.close()
    assert terminal_size(file) is None
