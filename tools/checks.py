"""Every check, alone and together."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tools import environments
from tools.environments import DEV, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Programs that tests run in environments of their own: the variable that carries the path of each.
_PROGRAMS = (
    ("TAP_TEST_TARGET_DUCKDB", environments.TARGET_DUCKDB, "target-duckdb"),
    ("TAP_TEST_TARGET_POSTGRES", environments.TARGET_POSTGRES, "target-postgres"),
    ("TAP_TEST_SINGER_CHECK_TAP", environments.SINGER_TOOLS, "singer-check-tap"),
    ("TAP_TEST_MELTANO", environments.MELTANO, "meltano"),
)
# One for each core; of more the last to begin would have little left to do.
_WORKERS = ("--numprocesses=auto", "--maxprocesses=8")
_COVERAGE = ("--cov", "--cov-report=term")
_LEAST_COVERED = "--cov-fail-under=95"  # percent, by branch; of all tests, not of some


def lint(_: list[str]) -> int:
    """Rules and layout, by ruff."""
    return max(_dev("ruff", "check"), _dev("ruff", "format", "--check"))


def types(_: list[str]) -> int:
    """Types, by mypy."""
    return _dev("mypy")


def docs(_: list[str]) -> int:
    """Whether what is generated follows from its source."""
    return _dev("python", "-m", "tools.docs", "--check")


def write_docs() -> int:
    """Write what is generated."""
    return _dev("python", "-m", "tools.docs")


def unit(arguments: list[str]) -> int:
    """The tests that need the tap's own environment alone."""
    return _pytest(["-m", "not load and not meltano", *arguments], {})[0]


PARTS: dict[str, Callable[[list[str]], int]] = {
    "lint": lint,
    "types": types,
    "docs": docs,
    "unit": unit,
}


def run_all(arguments: list[str]) -> int:
    """Everything, to the end even when a part fails; pytest's closing line comes last."""
    programs = {}
    for variable, environment, name in _PROGRAMS:
        environment.ensure()
        programs[variable] = str(environment.executable(name))
    failed = []
    for check in (lint, types, docs):
        print(f"== {check.__name__}", flush=True)
        if check([]):
            failed.append(check.__name__)
    print("== tests", flush=True)
    bar = () if arguments else (_LEAST_COVERED,)
    code, closing_line = _pytest([*_COVERAGE, *bar, *arguments], programs)
    if failed:
        print(f"Failed before the tests: {', '.join(failed)}\n{closing_line}", flush=True)
    return code or int(bool(failed))


def _dev(program: str, *arguments: str) -> int:
    DEV.ensure()
    command = [str(DEV.executable(program)), *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _pytest(arguments: list[str], variables: Mapping[str, str]) -> tuple[int, str]:
    """Run pytest with these environment variables; its exit code and its closing line."""
    DEV.ensure()
    color = ["--color=yes"] if sys.stdout.isatty() else []
    command = [str(DEV.executable("python")), "-m", "pytest", *color, *_WORKERS, *arguments]
    environment = {**os.environ, **variables}
    closing_line = ""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as pytest:
        for line in pytest.stdout or ():
            print(line, end="", flush=True)
            closing_line = line.strip() or closing_line
    return pytest.returncode, closing_line
