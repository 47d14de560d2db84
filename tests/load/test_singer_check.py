"""The tap's output before a validator that is not ours: singer-check-tap of singer-tools."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.load.tables import STREAMS
from tests.support.store import Program

pytestmark = pytest.mark.load


def test_the_output_of_all_streams_is_valid_and_with_a_state_too(program, store, tmp_path):
    """Every record against its schema, by an old jsonschema; dates by RFC 3339."""
    checker = program("TAP_TEST_SINGER_CHECK_TAP")
    first = Program(tmp_path).run(store)
    assert first.code == 0, first.stderr
    whole = _checked(checker, first, tmp_path)
    assert whole == {name: len(first.records[name]) for name in STREAMS}

    store.store.events(100)
    second = Program(tmp_path).run(store, state=first.state)
    assert second.code == 0, second.stderr
    later = _checked(checker, second, tmp_path)
    assert later == {name: len(second.records[name]) for name in STREAMS}
    assert 0 < later["orders"] < whole["orders"]


def _checked(checker, outcome, folder):
    """How many records the checker counted in each stream, all of them valid."""
    done = subprocess.run(  # noqa: S603 - from a requirement file of this project
        [checker],
        input=b"".join(line + b"\n" for line in outcome.lines),
        capture_output=True,
        check=False,
        cwd=folder,
    )
    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, said
    assert "The output is valid." in said
    return {name: int(count) for name, count in re.findall(r"\| (\w+) +\| (\d+) +\| 1 ", said)}
