"""Prints every row of a DuckDB file as JSON lines of `[table, row]`.

Runs in the environment of target-duckdb, where the library that wrote the file is.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime

import duckdb


def main(database: str) -> None:
    """Print all tables."""
    connection = duckdb.connect(database, read_only=True)
    tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    for (table,) in tables:
        found = connection.execute(f'select * from "{table}"')  # noqa: S608 - a table's name
        columns = [column[0] for column in found.description]
        for values in found.fetchall():
            row = dict(zip(columns, values, strict=True))
            sys.stdout.write(json.dumps([table, row], default=_text) + "\n")


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    message = f"{value!r} has a type that no column should have"
    raise TypeError(message)


if __name__ == "__main__":
    main(sys.argv[1])
