"""What is said of a run while it goes on, on a terminal and elsewhere."""

from __future__ import annotations

import io
import logging
import os
import threading
from types import SimpleNamespace

import pytest

from tap_bigcommerce import progress
from tap_bigcommerce.progress import Figures, Progress, Screen, fitted, terminal_columns
from tap_bigcommerce.summary import Written


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
    monkeypatch.setattr(progress.sys, "stdout", io.StringIO())
    sizes = {99: lambda: os.terminal_size((made.columns, 24))}
    monkeypatch.setattr(progress.os, "get_terminal_size", lambda number: sizes[number]())
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
    figures = Figures(run)
    run.begin("orders", 1000)
    run.now_s += progress.LEAST_S / 2
    assert "rows/s" not in said(figures)
    for _ in range(100):
        run.now_s += 1
        run.written["orders"].rows += 50
        words = said(figures)
    assert " 50 rows/s" in words


def test_nothing_written_for_long_is_no_pace_and_no_promise(run):
    figures = Figures(run)
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


def test_no_colour_is_used(run, terminal):
    """So `NO_COLOR` has nothing to forbid."""
    screen = Progress(run, terminal)
    screen.tell()
    assert "\x1b[" in terminal.getvalue()
    assert "m" not in terminal.getvalue().replace("streams", "").split("\x1b[", 1)[1].split(" ")[0]


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


def test_a_terminal_that_is_gone_does_not_end_the_run(run, terminal, monkeypatch):
    gone = threading.Event()

    def write(_):
        gone.set()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(terminal, "write", write)
    with Progress(run, terminal, every_s=0.001):
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
    ("term", "is_piped", "every_s"),
    [
        ("xterm", True, progress.DRAW_EVERY_S),
        ("dumb", True, progress.LOG_EVERY_S),
        (None, True, progress.LOG_EVERY_S),
        ("xterm", False, progress.LOG_EVERY_S),
    ],
)
def test_a_terminal_without_codes_or_with_messages_on_it_gets_log_lines(
    run, terminal, monkeypatch, term, is_piped, every_s
):
    monkeypatch.delenv("TERM")
    if term:
        monkeypatch.setenv("TERM", term)
    if not is_piped:
        monkeypatch.setattr(progress.sys, "stdout", Terminal())
    assert Progress(run, terminal)._every_s == every_s


def test_what_is_no_terminal_has_no_width(tmp_path):
    with (tmp_path / "file").open("w") as file:
        assert terminal_columns(file) is None
    assert terminal_columns(io.StringIO()) is None


def test_a_closed_stream_has_no_width(tmp_path):
    file = (tmp_path / "file").open("w")
    file.close()
    assert terminal_columns(file) is None
