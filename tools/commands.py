"""The command line of `dev.py`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tools import bench, checks, demo, environments

if TYPE_CHECKING:
    from collections.abc import Callable


def run(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    ours, others = _split(arguments)
    parser = argparse.ArgumentParser(prog="dev.py", description="The project's commands.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo_parser = commands.add_parser("demo", help="sync a BigCommerce of its own into a database")
    demo_parser.add_argument("--fresh", action="store_true", help="forget earlier runs first")
    commands.add_parser("test", help="run every check; arguments after -- go to pytest")
    check_parser = commands.add_parser("check", help="run one check")
    check_parser.add_argument("part", choices=sorted(checks.PARTS))
    commands.add_parser("bench", help="measure; arguments after -- go to the benchmarks")
    commands.add_parser("docs", help="write what is generated")
    commands.add_parser("lock", help="compile the requirement files")
    given = parser.parse_args(ours)
    command: Callable[[], int] = {
        "demo": lambda: demo.run(is_fresh=given.fresh),
        "test": lambda: checks.run_all(others),
        "check": lambda: checks.PARTS[given.part](others),
        "bench": lambda: bench.run(others),
        "docs": checks.write_docs,
        "lock": environments.lock,
    }[given.command]
    try:
        return command()
    except (environments.SetupError, demo.DemoError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1 :]
