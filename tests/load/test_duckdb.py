"""Into DuckDB by target-duckdb: as doubles with the decimals' usual type, exact as texts."""

from __future__ import annotations

import pytest

from tests.load.pipe import duckdb_settings, load, program_with
from tests.load.readers import duckdb_rows
from tests.load.tables import AS_DOUBLES, AS_TEXTS, compare_tables

pytestmark = pytest.mark.load

_EVENTS = 300
_KEEPING = {"number": AS_DOUBLES, "string": AS_TEXTS}


@pytest.mark.parametrize("decimal_type", _KEEPING)
def test_every_table_equals_the_store_and_so_it_does_after_an_incremental_run(
    decimal_type, program, store, tmp_path, report
):
    """DOUBLE for a number, the exact text for a string."""
    target = program("TAP_TEST_TARGET_DUCKDB")
    database, keeping = tmp_path / "store.duckdb", _KEEPING[decimal_type]
    command = program_with(target, duckdb_settings(database), tmp_path)
    state = load(store, command, tmp_path, decimal_type=decimal_type)
    whole = compare_tables(store, duckdb_rows(target, database), keeping)
    report(f"DuckDB, {decimal_type}", whole)
    assert whole.together.differences == []

    store.store.events(_EVENTS)
    load(store, command, tmp_path, state=state, decimal_type=decimal_type)
    later = compare_tables(store, duckdb_rows(target, database), keeping, earlier=whole)
    report(f"DuckDB, {decimal_type}, after changes", later)
    assert later.together.differences == []
