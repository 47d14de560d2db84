"""The tap and a target in one pipe, each a process of its own."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from tests.support.store import Program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tap_bigcommerce.sandbox import Sandbox

_LAST_CHARACTERS = 4000


def load(
    sandbox: Sandbox,
    target: Sequence[str],
    folder: Path,
    *streams: str,
    state: Mapping[str, Any] | None = None,
    ends_with: int = 0,
    **settings: Any,
) -> dict[str, Any]:
    """Load all streams or some, whole or since `state`; the state that the target confirms.

    The tap ends with the exit code `ends_with`.
    """
    log = folder / "target.log"
    start = Program(folder).start(sandbox, *streams, state=state, **settings)
    with (
        start as tap,
        log.open("wb") as target_log,
        subprocess.Popen(  # noqa: S603 - from a requirement file of this project
            target, stdin=tap.stdout, stdout=subprocess.PIPE, stderr=target_log, cwd=folder
        ) as loader,
    ):
        assert tap.stdout
        # The target alone reads it now: should it die, the tap hears of it.
        tap.stdout.close()
        confirmed = loader.communicate()[0].splitlines()
    assert loader.returncode == 0, log.read_text()[-_LAST_CHARACTERS:]
    assert tap.returncode == ends_with, (folder / "log").read_text()[-_LAST_CHARACTERS:]
    last: dict[str, Any] = json.loads(confirmed[-1])
    return last


def program_with(program: str, settings: Mapping[str, Any], folder: Path) -> list[str]:
    """The command of a target with these settings."""
    config = folder / "target.json"
    config.write_text(json.dumps(settings))
    return [program, "--config", str(config)]


def duckdb_settings(database: Path) -> dict[str, object]:
    """A configuration of target-duckdb 0.8.0 that loads into this file."""
    return {
        "path": str(database),
        "default_target_schema": "main",
        # Without them a row is lost of streams that have text columns alone.
        "add_metadata_columns": True,
    }
