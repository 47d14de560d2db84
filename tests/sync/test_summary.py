"""What a run says at its end is what it did: held against the store's journal and the output."""

from __future__ import annotations

import json
import logging
import re
import signal
from collections import Counter

import pytest

from tap_bigcommerce.sandbox.quirks import Quirks
from tests.support.store import SECRET, Program, store, sync

STREAMS = ("brands", "customers", "order_coupons", "orders", "products")


@pytest.fixture
def program(tmp_path):
    options = ("--summary-file", str(tmp_path / "summary.json"))
    return Program(tmp_path, main=("-m", "tap_bigcommerce", *options))


def summary(program):
    text = (program.folder / "summary.json").read_text()
    assert SECRET not in text
    return json.loads(text)


def by_stream(written, name):
    return {one["stream"]: one[name] for one in written["streams"]}


def test_a_run_is_summed_up_to_the_row_and_the_request(program):
    with store() as sandbox:
        outcome = program.run(sandbox, *STREAMS)
        requests = len(sandbox.journal)
    written = summary(program)
    assert by_stream(written, "rows") == {name: len(outcome.records[name]) for name in STREAMS}
    assert by_stream(written, "bookmark") == {name: outcome.bookmark(name) for name in STREAMS}
    assert set(by_stream(written, "outcome").values()) == {"read"}
    assert sum(by_stream(written, "requests").values()) == requests
    assert (written["requests"], written["retries"]) == (requests, 0)
    assert written["exit_code"] == outcome.code == 0
    table = outcome.stderr[outcome.stderr.index("5 streams, ") :].splitlines()
    assert [row.split()[0] for row in table[1:]] == ["stream", *STREAMS]


def test_what_cost_more_than_planned_is_told_with_its_number(program):
    """Lines of some orders do not prove complete, and a page of 250 is too heavy."""
    with store(orders=300, quirks=Quirks(heavy_page_rows=100)) as sandbox:
        outcome = program.run(sandbox, "order_products", "orders")
        asked = Counter(re.sub(r"/\d+", "/N", one.path) for one in sandbox.journal)
    fallbacks = by_stream(summary(program), "fallbacks")
    alone = asked["/v2/orders/N/products"]
    assert alone > 1
    assert fallbacks["order_products"] == {"asked_alone": alone}
    smaller = fallbacks["orders"]["smaller_page"]
    assert smaller >= outcome.stderr.count(" rows at a time.") > 0
    assert summary(program)["fallbacks"] == {"asked_alone": alone, "smaller_page": smaller}
    assert f"{alone} asked one by one" in outcome.stderr
    assert f"{smaller} in smaller pages" in outcome.stderr


def test_a_failed_stream_is_in_the_file_and_in_the_last_line(program):
    with store(orders=30) as sandbox:
        sandbox.faults.script("/v3/catalog/brands", "404", times=10**6)
        sandbox.faults.script("/v3/customers", "403", times=10**6)
        outcome = program.run(sandbox, *STREAMS)
    written = summary(program)
    assert written["exit_code"] == outcome.code == 1
    outcomes = by_stream(written, "outcome")
    assert (outcomes["brands"], outcomes["customers"]) == ("failed", "skipped")
    assert {outcomes[name] for name in STREAMS[2:]} == {"read"}
    *_, skipped, last = outcome.stderr.splitlines()
    assert skipped.endswith("skipped: customers. " + by_stream(written, "error")["customers"])
    assert last.endswith("FAILED: brands. " + by_stream(written, "error")["brands"])


def test_a_wrong_token_is_summed_up_too(program):
    with store(orders=1) as sandbox:
        outcome = program.run(sandbox, *STREAMS, access_token="wrong")
    written = summary(program)
    assert (written["exit_code"], written["requests"]) == (outcome.code, 1)
    outcomes = by_stream(written, "outcome")
    assert [outcomes[name] for name in STREAMS] == ["failed", *["not reached"] * 4]


def first_record(process):
    """Wait until the tap is in the middle of a stream: a pipe does not hold all of it."""
    assert any(b'"type":"RECORD"' in line for line in process.stdout)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_a_signal_ends_is_summed_up(program, number, code):
    with store(orders=400) as sandbox, program.start(sandbox, "orders", "products") as process:
        first_record(process)
        process.send_signal(number)
        out, _ = process.communicate()
    written = summary(program)
    assert written["exit_code"] == process.returncode == code
    assert by_stream(written, "outcome") == {"orders": "interrupted", "products": "not reached"}
    assert json.loads(out.splitlines()[-1])["type"] == "STATE"
    assert written["rows"] <= out.count(b'"type":"RECORD"')


def test_a_run_whose_reader_goes_away_is_summed_up(program):
    with store(orders=400) as sandbox, program.start(sandbox, "orders", "products") as process:
        first_record(process)
        process.stdout.close()
        process.wait()
    written = summary(program)
    assert (written["exit_code"], process.returncode) == (1, 1)
    assert by_stream(written, "outcome") == {"orders": "interrupted", "products": "not reached"}


def test_an_earlier_run_s_summary_does_not_stand_for_this_one_s(program):
    (program.folder / "summary.json").write_text('{"exit_code": 0}')
    with store(orders=1) as sandbox:
        outcome = program.run(sandbox, "orders", page_size=0)
    assert outcome.code == 1
    assert (program.folder / "summary.json").read_text() == ""


@pytest.mark.parametrize(
    ("place", "words"), [("-", "stdout is for the messages"), ("no/such/folder", "No such file")]
)
def test_a_file_that_cannot_be_written_is_said_before_the_run(tmp_path, place, words):
    program = Program(tmp_path, main=("-m", "tap_bigcommerce", "--summary-file", place))
    with store(orders=1) as sandbox:
        outcome = program.run(sandbox, "orders")
        assert len(sandbox.journal) == 0
    assert outcome.code == 2
    assert outcome.lines == []
    assert words in outcome.stderr


def test_retries_are_counted_where_they_were_made():
    with store(orders=30) as sandbox:
        sandbox.faults.script("/v3/catalog/brands", "503", times=2)
        outcome = sync(sandbox, *STREAMS)
        requests = len(sandbox.journal)
    (said,) = [words for words in outcome.said(logging.INFO) if "\n" in words]
    assert f" {requests} requests, 2 retries, " in said
    (brands,) = re.findall(r"^brands .*$", said, re.MULTILINE)
    assert brands.split()[3:5] == ["3", "2"]
