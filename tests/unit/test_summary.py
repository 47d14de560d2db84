"""What a run says of each stream at its end: counts, outcomes, a table and JSON."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from typing import get_args

import pytest

from tap_bigcommerce.api import errors
from tap_bigcommerce.api.client import Fallback, Tally
from tap_bigcommerce.api.clock import Clock
from tap_bigcommerce.schema.convert import Found
from tap_bigcommerce.summary import FALLBACKS, MANY, Line, Summary, cut
from tests.unit.streams.fakes import FakeClient, Offline, Orders, daily_orders, envelope

STREAMS = ("brands", "order_fees", "orders")


class StillClock(Clock):
    """Stands still, unless told otherwise."""

    now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr("tap_bigcommerce.run.Clock", StillClock)


@pytest.fixture
def offline(clock):  # noqa: ARG001 - stands still
    orders = Orders(*daily_orders(5), others={"/brands": envelope([{"id": 1, "name": "x"}])})
    return Offline(orders, select=STREAMS)


def lines(offline, exit_code=0):
    return {line.stream: line for line in Summary(offline.run, exit_code).lines}


def headline(caplog):
    """The message with the table, a line each."""
    (said,) = [one.getMessage() for one in caplog.records if " s waited for quota, " in one.message]
    return said.splitlines()


# What is counted.


def test_every_selected_stream_and_no_other_has_a_line_in_the_order_of_writing(offline):
    offline.sync()
    assert tuple(lines(offline)) == STREAMS


def test_rows_requests_and_bookmarks_are_those_of_the_run(offline):
    offline.sync()
    found = lines(offline)
    rows = {name: len(offline.messages.rows(name)) for name in STREAMS}
    assert {name: line.rows for name, line in found.items()} == rows
    assert rows["orders"] == 5
    assert sum(line.requests for line in found.values()) == len(offline.client.asked)
    assert found["orders"].bookmark == offline.bookmarks["orders"]["replication_key_value"]
    assert found["brands"].bookmark is None
    assert {line.outcome for line in found.values()} == {"read"}
    assert Summary(offline.run, 0).totals == {
        "exit_code": 0,
        "started": "2026-11-22T12:00:00+00:00",
        "seconds": 0.0,
        "rows": sum(rows.values()),
        "requests": len(offline.client.asked),
        "retries": 0,
        "rejected": 0,
        "waited_for_quota_s": 0.0,
        "fallbacks": {},
    }


def test_seconds_are_those_in_which_a_stream_was_written(offline):
    run, clock = offline.run, offline.run.limiter.clock
    run.begin(offline.stream("brands"))
    clock.now_s += 2
    run.finish(offline.stream("brands"))
    clock.now_s += 4
    run.begin(offline.stream("orders"))
    clock.now_s += 8
    found = lines(offline)
    assert {name: line.seconds for name, line in found.items()} == {
        "brands": 2,
        "order_fees": 0,
        "orders": 8,
    }
    assert Summary(run, 0).totals["seconds"] == 14


def test_retries_and_waits_stand_with_their_stream(offline):
    tally = offline.run.tally("orders")
    tally.count(requests=7, retries=2, rejected=1)
    tally.wait(10.0, 2.5)
    line = lines(offline)["orders"]
    assert (line.requests, line.retries, line.rejected) == (7, 2, 1)
    assert line.waited_for_quota_s == 2.5


def test_what_the_sdk_maps_is_counted_too(clock):  # noqa: ARG001 - stands still
    orders = Orders(*daily_orders(5))
    maps = {"orders": {"id": "record['id']"}}
    offline = Offline(orders, select=["orders"], stream_maps=maps)
    offline.sync()
    assert lines(offline)["orders"].rows == 5


def test_a_trial_is_not_summed_up(offline, caplog):
    caplog.set_level(logging.INFO)
    for stream in offline.tap.streams.values():
        stream.ABORT_AT_RECORD_COUNT = 1
    list(offline.stream("brands").get_records(None))
    offline.run.end()
    assert "1 stream" not in caplog.text
    assert "3 streams" not in caplog.text


# How streams end.


def test_each_outcome_is_told_from_the_others(offline):
    run = offline.run
    for name, error in (
        ("brands", errors.Forbidden("/v3/catalog/brands", status=403)),
        ("orders", KeyError("id")),
    ):
        run.begin(offline.stream(name))
        run.fail(offline.stream(name), error)
    found = lines(offline, 1)
    assert [found[name].outcome for name in STREAMS] == ["skipped", "not reached", "failed"]
    assert found["orders"].error == "KeyError: 'id'"
    assert "403 for GET" in (found["brands"].error or "")
    assert found["order_fees"].error is None


def test_a_failed_stream_s_time_ends_with_it(offline):
    offline.run.begin(offline.stream("brands"))
    offline.run.fail(offline.stream("brands"), KeyError("id"))
    offline.run.limiter.clock.now_s += 60
    assert lines(offline, 1)["brands"].seconds == 0


def test_what_follows_a_dead_store_is_not_reached(clock):  # noqa: ARG001 - stands still
    offline = Offline(lambda _: errors.Unreachable("/v2/orders"), select=STREAMS)
    offline.sync()
    found = lines(offline, 1)
    assert [found[name].outcome for name in STREAMS] == ["failed", "not reached", "not reached"]
    assert (found["orders"].error or "").startswith("not read, because of: ")


def test_a_stream_in_whose_middle_the_run_ends_is_interrupted(offline):
    rows = offline.stream("orders").get_records(None)
    next(rows)
    assert lines(offline, 143)["orders"].outcome == "interrupted"


def test_a_stream_of_which_not_all_came_is_incomplete(offline):
    run = offline.run
    for name in STREAMS:
        run.begin(offline.stream(name))
        run.finish(offline.stream(name))
    run.warn(offline.stream("order_fees"), "not all fees of order 7 came")
    found = lines(offline)
    assert [found[name].outcome for name in STREAMS] == ["read", "incomplete", "read"]
    assert found["order_fees"].warnings == ["not all fees of order 7 came"]


def test_unknown_fields_are_counted_and_their_values_never_shown(offline):
    run, stream = offline.run, offline.stream("orders")
    run.begin(stream)
    mail = Found("email", "someone@example.com", is_declared=False)
    run.report_found(stream, [mail, mail, Found("x", 1, is_declared=True)])
    run.finish(stream)
    summary = Summary(run, 0)
    assert lines(offline)["orders"].unknown_fields == {"email": 2}
    assert lines(offline)["orders"].misfits == {"x": 1}
    assert "1 unknown field, 1 field of another type" in summary.table()
    assert "someone" not in summary.json() + summary.table()


def test_what_is_part_of_an_incomplete_stream_is_incomplete_too(clock):  # noqa: ARG001 - stands still
    offline = Offline(Orders(), select=["order_product_options"])
    stream = offline.stream("order_product_options")
    offline.run.begin(stream)
    offline.run.finish(stream)
    offline.run.warn(offline.stream("order_products"), "not all lines of order 7 came")
    assert lines(offline)["order_product_options"].outcome == "incomplete"


# How it is shown.


def line(**changes):
    values = {
        "stream": "orders",
        "outcome": "read",
        "replication": "INCREMENTAL",
        "rows": 1234567,
        "requests": 58,
        "retries": 0,
        "rejected": 0,
        "waited_for_quota_s": 0.0,
        "seconds": 12.345,
        "bookmark": "2026-11-23T04:35:48+00:00",
        "unknown_fields": {},
        "misfits": {},
        "fallbacks": {},
        "warnings": [],
        "error": None,
    }
    return Line(**{**values, **changes})


def table(*some, columns=None):
    summary = Summary.__new__(Summary)
    summary.lines = list(some)
    return summary.table(columns).splitlines()


def test_columns_are_aligned_and_numbers_to_the_right():
    brands = line(stream="brands", replication="FULL_TABLE", rows=66, requests=1, bookmark=None)
    assert table(line(), brands) == [
        "stream  replication       rows  requests  seconds  bookmark",
        "orders  incremental  1,234,567        58     12.3  2026-11-23T04:35:48",
        "brands  full                66         1     12.3",
    ]


def test_a_column_that_says_nothing_is_left_out_and_comes_back_when_it_does():
    assert "retries" not in table(line())[0]
    head, row = table(line(retries=2, waited_for_quota_s=61.26, outcome="failed"))
    assert head.split()[4:8] == ["retries", "waited", "seconds", "notes"]
    assert row.split()[4:8] == ["2", "61.3", "12.3", "failed"]


@pytest.mark.parametrize("columns", [1, 2, 3, 4, 20, 40, 60, 80, 100, 140])
def test_no_line_is_wider_than_the_terminal(columns):
    long = line(stream="product_variant_option_values", retries=3, waited_for_quota_s=9.9)
    rows = table(long, line(outcome="interrupted", unknown_fields={"a": 1}), columns=columns)
    assert len(rows) == 3
    assert max(map(len, rows)) <= columns


def test_a_narrow_table_gives_up_what_matters_least_first():
    full = line(retries=3, waited_for_quota_s=9.9, outcome="failed")
    whole = table(full)
    width = max(map(len, whole))
    assert table(full, columns=width) == whole
    (head, *_) = table(full, columns=width - 1)
    assert "replication" not in head
    assert {"waited", "retries"} <= set(head.split())
    (head, row) = table(full, columns=50)
    assert head.split() == ["stream", "rows", "requests", "seconds", "notes"]
    assert row.endswith("failed")


def test_ways_that_were_not_planned_are_counted_and_told():
    tally = Tally()
    for _ in range(1200):
        tally.fell_back("asked_alone")
    tally.fell_back("read_again")
    head, row = table(line(outcome="incomplete", fallbacks=tally.fallbacks))
    assert head.split()[5] == "notes"
    assert "  incomplete, 1,200 asked one by one, 1 read again  2026" in row


def test_every_way_that_was_not_planned_has_a_name():
    assert set(FALLBACKS) == set(get_args(Fallback))


def many(**others):
    """More streams than are looked at, most of them without rows, and some others."""
    quiet = [line(stream=f"quiet_{n}", rows=0, bookmark=None) for n in range(MANY)]
    return [*quiet, *(line(stream=name, **changes) for name, changes in others.items())]


def test_of_many_streams_those_that_need_no_look_share_a_line():
    summary = Summary.__new__(Summary)
    summary.lines = many(
        orders={},
        empty_but_odd={"rows": 0, "unknown_fields": {"x": 1}},
        fees={"rows": 0, "outcome": "skipped"},
        taxes={"rows": 0, "outcome": "not reached"},
        coupons={"rows": 0, "outcome": "not reached"},
    )
    summary.totals = {"rows": 1, "requests": 2, "retries": 0, "waited_for_quota_s": 0, "seconds": 1}
    first, head, *rows, closing, last = summary.text().splitlines()
    assert first == last
    assert first.startswith("35 streams (1 skipped, 2 not reached), 1 rows")
    assert head.startswith("stream ")
    assert [row.split()[0] for row in rows] == ["orders", "empty_but_odd", "fees"]
    assert closing == "and 30 without rows, 2 not reached"


def test_where_all_of_many_streams_have_rows_nothing_is_left_out():
    summary = Summary.__new__(Summary)
    summary.lines = [line() for _ in range(MANY + 1)]
    summary.totals = {"rows": 1, "requests": 2, "retries": 0, "waited_for_quota_s": 0, "seconds": 1}
    first, _, *rows, last = summary.text().splitlines()
    assert first == last
    assert len(rows) == MANY + 1


def test_few_streams_are_all_in_the_table():
    summary = Summary.__new__(Summary)
    summary.lines = many()
    summary.totals = {"rows": 1, "requests": 2, "retries": 0, "waited_for_quota_s": 0, "seconds": 1}
    assert len(summary.text().splitlines()) == 2 + MANY


def test_what_is_cut_says_so():
    assert cut("bookmark", 8) == "bookmark"
    assert cut("bookmarks", 8) == "bookm..."


def test_the_table_is_one_message_before_the_warnings_and_the_failures(offline, caplog):
    caplog.set_level(logging.INFO)
    run = offline.run
    run.begin(offline.stream("orders"))
    run.warn(offline.stream("orders"), "not all came")
    run.fail(offline.stream("orders"), KeyError("id"))
    assert run.end() == 1
    said = [one.getMessage() for one in caplog.records]
    place = next(n for n, words in enumerate(said) if "\n" in words)
    assert said[place].startswith("3 streams (2 not reached, 1 failed), 0 rows, 0 requests, ")
    assert said[place + 1 :] == [
        "incomplete: orders: not all came",
        "FAILED: orders. KeyError: 'id'",
    ]


def said_at_the_end(offline, caplog, *begins):
    offline.run.end()
    said = [one.getMessage() for one in caplog.records]
    return [words for words in said if words.startswith(begins)]


def test_streams_with_one_reason_share_a_line(offline, caplog):
    """Each has its own path and its own advice; what to do is the same."""
    run = offline.run
    for name in ("order_fees", "brands", "orders"):
        run.begin(offline.stream(name))
        run.fail(offline.stream(name), errors.Forbidden(f"/v2/{name}", status=403))
    said = said_at_the_end(offline, caplog, "skipped:")
    assert len(said) == 2
    assert said[0].startswith("skipped: order_fees, orders. 403 for GET /v2/order_fees: ")
    assert '"Orders" (read-only)' in said[0]
    assert said[0].endswith("or deselect them.")
    assert said[1].startswith("skipped: brands. 403 for GET /v2/brands: ")
    assert said[1].endswith("or deselect brands.")


def test_streams_that_a_dead_store_ended_share_a_line(clock, caplog):  # noqa: ARG001 - stands still
    offline = Offline(lambda _: errors.Unreachable("/v2/orders"), select=STREAMS)
    offline.sync()
    said = said_at_the_end(offline, caplog, "FAILED:")
    assert [words.split(".")[0] for words in said[-2:]] == [
        "FAILED: brands",
        "FAILED: order_fees, orders",
    ]


def test_of_many_orders_that_could_not_be_read_a_few_are_named_again(offline, caplog):
    run = offline.run
    for number in range(10):
        run.warn(offline.stream("order_fees"), f"order {number}")
    assert said_at_the_end(offline, caplog, "incomplete:") == [
        "incomplete: order_fees: order 0",
        "incomplete: order_fees: order 1",
        "incomplete: order_fees: order 2",
        "incomplete: order_fees: 7 more such lines above",
    ]


def test_requests_of_both_apis_are_in_the_sum(offline):
    offline.run.client.stats.count(requests=3, retries=1)
    other = offline.run.b2b_client = FakeClient(lambda _: None)
    other.stats.count(requests=4, rejected=1)
    totals = Summary(offline.run, 0).totals
    assert (totals["requests"], totals["retries"], totals["rejected"]) == (7, 1, 1)


def test_one_stream_is_no_streams(offline, caplog):
    caplog.set_level(logging.INFO)
    for name in ("brands", "order_fees"):
        offline.stream(name).selected = False
    offline.sync()
    first, head, *rows = headline(caplog)
    assert re.match(r"1 stream, 5 rows, ", first)
    assert head.startswith("stream")
    assert len(rows) == 1


# The file.


def test_the_file_has_everything_as_json(offline):
    file = offline.run.summary_file = io.StringIO()
    offline.sync()
    written = json.loads(file.getvalue())
    assert [one["stream"] for one in written["streams"]] == list(STREAMS)
    assert written["exit_code"] == 0
    assert written["streams"][2]["rows"] == 5
    assert written["streams"][2]["replication"] == "INCREMENTAL"


def test_a_file_that_cannot_be_written_costs_no_other_word(offline, caplog):
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    offline.run.summary_file = Full()
    offline.run.begin(offline.stream("orders"))
    offline.run.fail(offline.stream("orders"), KeyError("id"))
    assert offline.run.end() == 1
    said = [one.getMessage() for one in caplog.records]
    assert "--summary-file cannot be written: No space left on device" in said
    assert said[-1] == "FAILED: orders. KeyError: 'id'"


def test_a_run_that_a_signal_ends_before_its_first_stream_is_summed_up(offline, monkeypatch):
    file = offline.run.summary_file = io.StringIO()
    monkeypatch.setattr(offline.tap, "sync_all", lambda: sys.exit(143))
    with pytest.raises(SystemExit):
        offline.tap.sync_or_stop()
    written = json.loads(file.getvalue())
    assert (written["exit_code"], written["requests"]) == (143, 0)
    assert [one["outcome"] for one in written["streams"]] == ["not reached"] * 3


def test_a_run_of_no_streams_leaves_no_empty_file(clock, caplog):  # noqa: ARG001 - stands still
    caplog.set_level(logging.INFO)
    offline = Offline(Orders(), select=[])
    file = offline.run.summary_file = io.StringIO()
    offline.sync()
    assert json.loads(file.getvalue())["streams"] == []
    assert "0 streams, 0 rows" in caplog.text
