"""Functions that read a stream's table, each as its database gives values back."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.postgres import PostgresServer

    Row = dict[str, Any]

_DUCKDB_SCRIPT = Path(__file__).with_name("print_duckdb.py")


def postgres_rows(server: PostgresServer, schema: str) -> Callable[[str], list[Row]]:
    """Function that reads a table in this schema."""
    return lambda stream: server.query(f'select * from {schema}."{stream}"')  # noqa: S608 - a table's name


def duckdb_rows(target: str, database: Path) -> Callable[[str], list[Row]]:
    """The same for a DuckDB file, read by the library of the target that wrote it."""
    command = [str(Path(target).with_name("python")), str(_DUCKDB_SCRIPT), str(database)]
    printed = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - our own
    tables: dict[str, list[Row]] = defaultdict(list)
    for line in printed.splitlines():
        table, row = json.loads(line)
        tables[table].append(row)
    return tables.__getitem__
