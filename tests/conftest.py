"""What holds for all tests: how workers share them, what is measured, which figures are shown."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[1]
UNMEASURED = (
    "tests/load/",
    *(
        f"tests/sync/test_{name}.py"
        for name in (
            *("faults", "full", "hostile_server", "incremental", "interrupted", "mutation"),
            *("network", "odd_lists", "personal", "plan", "requests", "secrets", "side_by_side"),
            *("unknown", "written_to"),
        )
    ),
    "tests/unit/api/test_limiter_shared.py",
    "tests/unit/api/test_limiter_simulation.py",
    "tests/unit/scans/test_widths.py",
    "tests/unit/schema/test_nothing_lost.py",
)
"""All streams, the same many times, or on a large scale: traced, these take twice as long."""


@cache
def _shares(path: str) -> bool:
    """Whether the tests of a file share something that each worker would have to make."""
    return bool(re.search(r'scope="(class|module)"', (ROOT / path).read_text()))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Give tests out one by one, but those that share something together, and first.

    xdist's own `loadgroup` does nothing with pytest 9.2: it writes to an attribute of tests that
    is no longer read.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - not there in every environment

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc] # a class without types
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return path if _shares(path) else nodeid

    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure what a test runs, if it is to be measured."""
    paused = []
    # More than one: pytest-cov leaves those that are not a worker's own running beneath it.
    while item.nodeid.startswith(UNMEASURED) and (running := coverage.Coverage.current()):
        running.stop()
        paused.append(running)
    if paused:
        # By this coverage follows tests into other processes. It is set again by `start`.
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
    try:
        return (yield)
    finally:
        for one in reversed(paused):
            one.start()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests gave to `record_property`: nothing judges them."""
    for report in terminalreporter.getreports("passed"):
        for name, figures in report.user_properties:
            terminalreporter.write_line(f"{report.head_line}: {name}: {figures}")
