"""Values that break loads elsewhere, one in a row, into both databases."""

from __future__ import annotations

import pytest

from tap_bigcommerce.sandbox.store.customers import Customers
from tests.load.pipe import duckdb_settings, load, program_with
from tests.load.readers import duckdb_rows, postgres_rows
from tests.load.tables import AS_TEXTS, EXACT, compare_tables
from tests.support.store import store as sandbox_store

pytestmark = pytest.mark.load

_TEXTS = [
    *("", " ", "NULL", "null", "\\N", "nan", "true", '"', '""', "'", "\\", "\\u0000", "[1]"),
    *("\r\n", "\r", "\n", "\t", ",", " lead", "trail ", "\ufeff", "\u2028", "\x01\x1f\x7f", "😀"),
    *("x" * 300_000, '{"a": 1}', "2026-01-01", "1e5", "-0", "; drop table customers"),
    # Declared as text, sent as something else.
    *(7, 1.5, True, ["a", 1], {"a": {"b": None}}, [], {}, None),
]
_INTEGERS = [0, -1, 2**31, 2**63 - 1, 1 - 2**63, 2**63, 10**20, "12", "1.0", 1.5, "", "many", True]
_DECIMALS = [
    *("123456789012345678901234567890.123456789012345", "0.10000000000000000000000001", 1e-7),
    *("-12.3400", "0", 0, 19.99, "", "1,000.00", "NaN", "1e1001", None),
]
_DATES = [
    *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59+00:00"),
    *("2024-05-05T05:05:05+05:30", "2024-05-05T05:05:05.123456Z"),
    "Sun, 05 May 2024 05:05:05 -0800",
    *("0000-00-00 00:00:00", "2026-02-30T00:00:00Z", "10000-01-01T00:00:00Z", "", "soon", None),
]
_UNDOCUMENTED = [10**25, {"x": [2**70, "🙂", None], 'odd "name"; ': {}}, "", 0, False, [[]], None]
_VALUES = [
    *(("company", value) for value in _TEXTS),
    *(("customer_group_id", value) for value in _INTEGERS),
    *(("store_credit_amounts", [{"amount": value}]) for value in _DECIMALS),
    *(("date_modified", value) for value in _DATES),
    *(("undocumented", value) for value in _UNDOCUMENTED),
]


@pytest.fixture
def store_with(monkeypatch):
    """Function that makes a store whose customers each have one of these fields."""

    def make(fields):
        sandbox = sandbox_store(orders=1, products=1, customers=len(fields))
        ids = list(sandbox.store.customers.table.ids)
        odd = dict(zip(ids, fields, strict=True))
        row = Customers.row

        def odd_row(self, id_, *arguments):
            return {**row(self, id_, *arguments), **dict([odd[id_]])}

        monkeypatch.setattr(Customers, "row", odd_row)
        return sandbox

    return make


def test_they_load_into_postgresql(store_with, postgres, program, tmp_path, report):
    """What a field cannot take is in `_extra`; a batch has them all."""
    target = program("TAP_TEST_TARGET_POSTGRES")
    command = program_with(target, postgres.target_settings("awkward"), tmp_path)
    with store_with(_VALUES) as store:
        load(store, command, tmp_path, "customers")
        read = postgres_rows(postgres, "awkward")
        loaded = compare_tables(store, read, EXACT, streams=["customers"])
        report("PostgreSQL, awkward values", loaded)
        assert loaded.together.differences == []


def test_they_load_into_duckdb(store_with, program, tmp_path, report):
    """The same, with decimals as texts."""
    target, database = program("TAP_TEST_TARGET_DUCKDB"), tmp_path / "awkward.duckdb"
    with store_with(_VALUES) as store:
        command = program_with(target, duckdb_settings(database), tmp_path)
        load(store, command, tmp_path, "customers", decimal_type="string")
        read = duckdb_rows(target, database)
        loaded = compare_tables(store, read, AS_TEXTS, streams=["customers"])
        report("DuckDB, awkward values", loaded)
        assert loaded.together.differences == []


_NULS = [
    ("company", "a\0b"),
    ("form_fields", [{"value": "a\0b"}]),
    ("undocumented", {"deep": ["\0", {"er": "\0"}], "na\0me": 1}),
]


def test_a_nul_anywhere_does_not_cost_the_batch(store_with, postgres, program, tmp_path):
    """PostgreSQL holds none. The target could replace it in columns alone, and only if it is told.

    What came is kept as the text of its JSON.
    """
    told_nothing = {"sanitize_null_text_characters": False}
    command = program_with(
        program("TAP_TEST_TARGET_POSTGRES"),
        postgres.target_settings("nul") | told_nothing,
        tmp_path,
    )
    with store_with(_NULS) as store:
        load(store, command, tmp_path, "customers")
    rows = sorted(postgres_rows(postgres, "nul")("customers"), key=lambda row: row["id"])
    assert rows[0]["company"] == "a\ufffdb"
    assert rows[0]["_extra"] == {"company as JSON": r'"a\u0000b"'}
    assert rows[1]["form_fields"][0]["value"] == "a\ufffdb"
    assert rows[1]["_extra"] == {"form_fields[0].value as JSON": r'"a\u0000b"'}
    assert rows[2]["_extra"] == {
        "undocumented": {
            "deep": ["\ufffd", {"er": "\ufffd", "er as JSON": r'"\u0000"'}],
            "deep as JSON": r'["\u0000", {"er": "\u0000"}]',
            "na\ufffdme": 1,
            "na\ufffdme as JSON": r'{"na\u0000me": 1}',
        }
    }
