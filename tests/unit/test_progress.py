"""What is said of a run while it goes on, on a terminal and elsewhere."""

from __future__ import annotations

import io
import logging
import os
import re
import threading
from types import SimpleNamespace

import pytest

from tap_bigcommerce import progress
from tap_bigcommerce.api.clock import Clock, Stopped
from tap_bigcommerce.api.limiter import Limiter
from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.progress import Figures, Progress, Screen, fitted, terminal_columns
from tap_bigcommerce.summary import Written
from tests.unit.streams.fakes import Offline, Orders, daily_orders, envelope

USED_UP = {
    "X-Rate-Limit-Requests-Quota": "10",
    "X-Rate-Limit-Requests-Left": "0",
    "X-Rate-Limit-Time-Window-Ms": "30000",
    "X-Rate-Limit-Time-Reset-Ms": "12000",
}


class Terminal(io.StringIO):
    """A terminal as far as anybody can tell; `screen` is what a person sees."""

    columns = 80

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 99

    def screen(self):
        """Lines, as the few codes that are used leave them."""
        rows, row, column = [""], 0, 0
        text = self.getvalue()
        while text:
            if text.startswith("\x1b[J"):
                rows = [*rows[:row], rows[row][:column]]
                text = text[3:]
            elif text.startswith("\x1b[1A"):
                row, text = max(row - 1, 0), text[4:]
            elif text[0] == "\r":
                column, text = 0, text[1:]
            elif text[0] == "\n":
                row, column, text = row + 1, 0, text[1:]
                rows += [""] * (row + 1 - len(rows))
            else:
                assert text[0] != "\x1b", "a code that is not known here"
                rows[row] = rows[row][:column].ljust(column) + text[0] + rows[row][column + 1 :]
                column, text = column + 1, text[1:]
        return rows


class Fake:
    """A run that is where a test wants it."""

    def __init__(self, *names, quota=450, left=312):
        self.selected = [SimpleNamespace(name=name) for name in names]
        self.now_s = 1000.0
        self.written = {}
        self.failures = {}
        self.totals = {}
        self.requests = 0
        clock = SimpleNamespace(monotonic=lambda: self.now_s)
        self.limiter = SimpleNamespace(clock=clock, quota=quota, left=left, wait_s=0.0)

    def begin(self, name, rows=0):
        self.written[name] = Written(self.now_s, rows=rows)

    def end(self, name):
        self.written[name].ended_s = self.now_s


@pytest.fixture
def run():
    return Fake("brands", "orders", "products")


@pytest.fixture
def terminal(monkeypatch):
    """A terminal for stderr, a pipe for stdout."""
    made = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout", io.StringIO())
    sizes = {99: lambda: os.terminal_size((made.columns, 24))}
    monkeypatch.setattr("os.get_terminal_size", lambda number: sizes[number]())
    return made


def said(figures):
    return ", ".join(figures.parts())


# The figures.


def test_a_run_that_has_just_begun_has_little_to_say(run):
    run.limiter.quota = run.limiter.left = None
    assert said(Figures(run)) == "0 of 3 streams, 0 rows, 0 requests, after 0:00:00"


def test_every_figure_has_its_place(run):
    figures = Figures(run)
    run.begin("brands", 400)
    run.end("brands")
    run.begin("orders", 12_000)
    run.requests, run.totals["orders"] = 1_058, 50_000
    run.now_s += 10
    assert said(figures) == (
        "1 of 3 streams, 12,400 rows, orders 12,000 of 50,000, done in 0:00:31, "
        "1,058 requests, 1,240 rows/s, quota 312 of 450, after 0:00:10"
    )


def test_a_wait_for_the_quota_is_said_near_the_front(run):
    run.limiter.wait_s = 11.6
    assert list(Figures(run).parts())[2] == "waits 12 s for quota"


def test_streams_that_failed_or_were_never_begun_are_done_too(run):
    run.begin("brands")
    run.end("brands")
    run.failures = {"brands": "503", "orders": "not read, because of: 503"}
    assert next(Figures(run).parts()) == "2 of 3 streams"


def test_rows_per_second_are_those_of_late_and_not_told_too_early(run):
    figures, words = Figures(run), ""
    run.begin("orders", 1000)
    run.now_s += progress.LEAST_S / 2
    assert "rows/s" not in said(figures)
    for _ in range(100):
        run.now_s += 1
        run.written["orders"].rows += 50
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


def test_totals_are_those_of_whole_lists_alone():
    """Of a list in batches of parents an answer counts one batch; children it does not count."""
    orders = Orders(*daily_orders(3))
    brands = envelope([{"id": 1, "name": "x"}], total=1)
    offline = Offline(
        lambda request: brands if request.path.endswith("/brands") else orders(request),
        select=["brands", "order_fees", "orders"],
    )
    offline.sync()
    assert offline.run.totals == {"brands": 1}
    for name in ("customer_addresses", "order_fees"):
        offline.stream(name).batch(Page([], total=9), ())
        assert name not in offline.run.totals


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
    parts = ["3 of 70 streams", "12,400 rows", "product_variant_option_values", "58 requests"]
    assert fitted(iter(parts), 40) == "3 of 70 streams, 12,400 rows"
    assert fitted(iter(parts), 41) == "3 of 70 streams, 12,400 rows, 58 requests"
    assert fitted(iter(parts), 10) == "3 of 70..."
    assert fitted(iter(parts), 200) == ", ".join(parts)


@pytest.mark.parametrize("columns", [20, 40, 80, 140])
def test_the_line_never_fills_the_terminal(run, terminal, columns):
    terminal.columns = columns
    run.begin("orders", 12_000)
    shown = Progress(run, terminal)
    shown.tell()
    line = terminal.screen()[1]
    assert line.startswith("0 of 3")
    assert len(line) < columns


def test_a_terminal_that_does_not_say_its_width_has_the_usual_one(run, terminal):
    terminal.columns = 0
    run.begin("product_variant_option_values", 12_000)
    Progress(run, terminal).tell()
    assert 60 < len(terminal.screen()[1]) < 80


def test_the_line_is_drawn_anew_in_its_place(terminal):
    screen = Screen(terminal)
    screen.show("10 rows, and much more")
    screen.show("20 rows")
    assert terminal.screen() == ["", "20 rows"]
    screen.show("")
    assert terminal.screen() == [""]


def test_a_log_line_comes_out_whole_above_the_line(terminal):
    screen = Screen(terminal)
    screen.write("first\n")
    screen.show("10 rows")
    screen.write("second\nthird\n")
    screen.show("20 rows")
    assert terminal.screen() == ["first", "second", "third", "", "20 rows"]


def test_what_another_program_writes_comes_out_whole_too(terminal):
    screen = Screen(terminal)
    screen.show("10 rows, and much more")
    terminal.write("the target's\n")
    screen.show("20 rows")
    screen.write("ours\n")
    screen.show("")
    assert terminal.screen() == ["the target's", "ours", ""]


def test_nothing_is_written_to_a_terminal_without_a_line(terminal):
    Screen(terminal).show("")
    assert terminal.getvalue() == ""


def test_the_cursor_is_moved_and_nothing_is_coloured(run, terminal):
    """So `NO_COLOR` has nothing to forbid."""
    Progress(run, terminal).tell()
    assert set(re.findall(r"\x1b\[\d*[A-Za-z]", terminal.getvalue())) == {"\x1b[J", "\x1b[1A"}


def test_logs_go_around_the_line_while_it_is_there(run, terminal):
    log = logging.getLogger("tap-bigcommerce.some_stream")
    handler = logging.StreamHandler(terminal)
    log.addHandler(handler)
    try:
        with Progress(run, terminal, every_s=1000) as shown:
            shown.tell()
            log.warning("between")
            assert terminal.screen()[0] == "between"
            assert terminal.screen()[2].startswith("0 of 3 streams")
        log.warning("after")
    finally:
        log.removeHandler(handler)
    assert handler.stream is terminal
    assert terminal.screen() == ["between", "after", ""]


def test_the_line_is_drawn_without_anybody_asking_and_gone_at_the_end(run, terminal, monkeypatch):
    drawn = threading.Event()
    show = Screen.show

    def shown(self, line):
        show(self, line)
        drawn.set()

    monkeypatch.setattr(Screen, "show", shown)
    with Progress(run, terminal, every_s=0.001):
        assert drawn.wait(timeout=30)
    assert terminal.screen() == [""]
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
        monkeypatch.setattr("sys.stdout", Terminal())
    shown = Progress(run, terminal)
    shown.tell()
    assert bool(terminal.getvalue()) is is_live
    assert shown._every_s == (progress.DRAW_EVERY_S if is_live else progress.LOG_EVERY_S)


def test_what_is_no_terminal_has_no_width(tmp_path):
    with (tmp_path / "file").open("w") as file:
        assert terminal_columns(file) is None
    assert terminal_columns(io.StringIO()) is None


def test_a_closed_stream_has_no_width(tmp_path):
    file = (tmp_path / "file").open("w")
    file.close()
    assert terminal_columns(file) is None
