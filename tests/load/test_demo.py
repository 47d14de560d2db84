"""The demo, as a newcomer runs it: it holds the database against the store, twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import demo

SIZES = ("--orders=40", "--products=20", "--customers=20")


@pytest.fixture
def made(program, tmp_path, monkeypatch):
    """The demo with a store that is small: `run` runs it once more and gives its exit code."""
    target = Path(program("TAP_TEST_TARGET_DUCKDB"))
    for name, one in (("TAP", Path(sys.executable)), ("TARGET_DUCKDB", target)):
        environment = SimpleNamespace(ensure=lambda: None, executable=one.with_name)
        monkeypatch.setattr(demo, name, environment)
    monkeypatch.setenv("NO_PROXY", "")  # which the demo changes
    monkeypatch.setenv("no_proxy", "")

    folder = tmp_path / "output"
    return SimpleNamespace(
        run=lambda: demo.run(is_fresh=False, folder=folder, sizes=SIZES),
        python=target.with_name("python"),
        database=folder / "store.duckdb",
    )


def counts(out):
    """The table's lines by their stream."""
    lines = out[: out.index("\n\nRevenue")].splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("stream "))
    return {line.split()[0]: line for line in lines[head + 1 :]}


@pytest.mark.load
def test_the_demo_agrees_with_the_store_and_so_it_does_some_changes_later(made, capsys):
    assert made.run() == 0
    first = capsys.readouterr().out
    assert first.startswith("A new store")
    assert len(counts(first)) > 60
    assert counts(first)["orders"].split()[1:4] == ["40", "40", "40"]

    assert made.run() == 0
    later = capsys.readouterr().out
    assert later.startswith("The store, 40 changes later")
    assert counts(later).keys() == counts(first).keys()
    assert "this one began at its bookmarks" in later


@pytest.mark.load
def test_the_demo_fails_where_a_row_is_missing_and_says_where(made, capsys):
    """A demo that cannot fail would prove nothing."""
    assert made.run() == 0
    capsys.readouterr()
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])"
    statement = "delete from orders where id = (select min(id) from orders)"
    command = [made.python, "-c", code, made.database, statement]
    subprocess.run(command, check=True)  # noqa: S603 - ours
    assert made.run() == 1
    table = counts(capsys.readouterr().out)
    assert [name for name, line in table.items() if line.endswith("<- differs")] == ["orders"]


def test_parts_of_a_key_may_stand_in_an_object_and_one_that_is_not_there_is_0():
    """The regression: a form field is a customer's or an address's, and the demo ended there."""
    row = {"name": "x", "customer_id": 7, "identity": {"sku": "a"}}
    assert demo._key(row, ["customer_id", "address_id", "sku"]) == ("7", "0", "a")
