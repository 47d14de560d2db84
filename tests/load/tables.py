"""A database's tables against the store: rows brought back into the form of records, compared.

What a leaf may have become is decided in `tests/support/compare.py`; here is what databases need
besides: how they give values back, rows that the store has no longer, and parents' dates.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.support.compare import Comparison, compare_rows, instant, raw_key
from tests.support.store import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tap_bigcommerce.sandbox import Sandbox

    Row = dict[str, Any]
    Schema = Mapping[str, Any]
    Key = tuple[str, ...]


def _as_selected(entry: dict[str, Any]) -> dict[str, Any]:
    """A stream of the catalog without the fields that are left out unless they are asked for."""
    for item in entry["metadata"]:
        if item["metadata"].get("selected-by-default") is False and item["breadcrumb"]:
            entry["schema"]["properties"].pop(item["breadcrumb"][-1])
    return entry


STREAMS = {entry["tap_stream_id"]: _as_selected(entry) for entry in catalog()["streams"]}
"""The discovered streams by name, with their decimals declared as numbers."""

_PLAIN_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_PARENTS = {
    "order_date_modified": ("orders", "order_id"),
    "product_date_modified": ("products", "product_id"),
}


def decimal_itself(value: Any) -> Any:
    """A decimal from a column or from JSON that keeps decimals."""
    return value


def decimal_from_text(value: Any) -> Any:
    """A decimal from its text; anything but plain digits is left, to be called different."""
    is_plain = isinstance(value, str) and _PLAIN_DECIMAL.fullmatch(value)
    return Decimal(value) if is_plain else value


def decimal_from_double(value: Any) -> Any:
    """The shortest decimal that means the double."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def nearest_double(value: Any) -> Any:
    """What a double can hold of a decimal as BigCommerce sent it."""
    try:
        return decimal_from_double(float(value))
    except (TypeError, ValueError):
        return value


class Keeping(NamedTuple):
    """How a database keeps values under one `decimal_type`."""

    decimal: Callable[[Any], Any] = decimal_itself
    """Reads the decimal in a column."""
    nested_decimal: Callable[[Any], Any] = decimal_itself
    """Reads a decimal inside JSON."""
    possible_decimal: Callable[[Any], Any] = decimal_itself
    """What is left of a decimal as it was sent, where a type cannot hold all of it."""
    has_digits: bool = True
    """Whether 1.50 is still 1.50, and not 1.5."""
    has_blanks: bool = True
    """Whether an empty text is still one, and not null."""


EXACT = Keeping()
# target-duckdb writes CSV, in which null and an empty text are the same.
AS_DOUBLES = Keeping(
    decimal_from_double, possible_decimal=nearest_double, has_digits=False, has_blanks=False
)
AS_TEXTS = Keeping(decimal_from_text, decimal_from_text, has_blanks=False)
# NUMERIC(38, 10): the same amount with more zeros. Inside jsonb are texts.
OF_FIXED_SCALE = Keeping(nested_decimal=decimal_from_text, has_digits=False)


@dataclass
class Loaded:
    """The comparison of all tables after a load."""

    by_stream: dict[str, Comparison] = field(default_factory=dict)
    keys: dict[str, set[Key]] = field(default_factory=dict)
    """Keys of the rows in the store."""
    gone: dict[str, int] = field(default_factory=dict)
    """Rows that a table has and the store has no longer."""

    @property
    def together(self) -> Comparison:
        """The figures of all streams."""
        total = Comparison()
        for one in self.by_stream.values():
            total.add(one)
        return total

    def __str__(self) -> str:
        """A line for each stream, and the sum."""
        line = "{:<26}{:>7}{:>9}{:>10}{:>8}{:>6}{:>13}"
        rows = [line.format("stream", "rows", "leaves", "decimals", "dates", "gone", "differences")]
        named = [*self.by_stream.items(), ("together", self.together)]
        gone = {**self.gone, "together": sum(self.gone.values())}
        for name, one in named:
            figures = (one.rows, one.leaves, one.decimals, one.dates, gone[name])
            rows.append(line.format(name, *figures, len(one.differences)))
        return "\n".join(rows)


def compare_tables(
    sandbox: Sandbox,
    stored_rows: Callable[[str], Iterable[Row]],
    keeping: Keeping,
    *,
    streams: Iterable[str] = tuple(STREAMS),
    earlier: Loaded | None = None,
) -> Loaded:
    """Compare tables with all rows that the store has now.

    Args:
        sandbox: The store.
        stored_rows: Function that reads a stream's table.
        keeping: How the database keeps values.
        streams: Whose tables to compare, all by default.
        earlier: What was found after an earlier load: tables may still have rows from then.
    """
    loaded = Loaded()
    for stream in streams:
        names, schema = STREAMS[stream]["key_properties"], STREAMS[stream]["schema"]
        raw = {raw_key(stream, row, names): row for row in sandbox.rows(stream)}
        rows = [_as_record(schema, row, keeping) for row in stored_rows(stream)]
        stored = {tuple(str(row[name]) for name in names): row for row in rows}
        gone = (stored.keys() - raw.keys()) & (earlier.keys[stream] if earlier else set())
        compared = compare_rows(
            stream,
            schema,
            names,
            [_with_decimals(schema, row, keeping.possible_decimal) for row in raw.values()],
            [row for key, row in stored.items() if key not in gone],
            keeps_digits=keeping.has_digits,
        )
        if len(rows) > len(stored):
            compared.differences.append(f"{stream}: {len(rows) - len(stored)} keys are there twice")
        pairs = [(key, row, stored[key]) for key, row in raw.items() if key in stored]
        _compare_parents_dates(sandbox, stream, pairs, compared)
        if keeping.has_blanks:
            compared.differences += _lost_blanks(stream, pairs)
        loaded.by_stream[stream] = compared
        loaded.keys[stream] = set(raw)
        loaded.gone[stream] = len(gone)
    return loaded


def _as_record(schema: Schema, row: Row, keeping: Keeping) -> Row:
    """The stored row as the tap sent it, as far as a database keeps that."""
    record = {}
    in_small = {name.lower(): value for name, value in row.items()}  # as target-duckdb has names
    for name, declared in schema["properties"].items():
        value = row[name] if name in row else in_small[name.lower()]
        if value is not None and declared.get("format") == "date-time":
            # Columns are without a zone; what is in them has to be UTC.
            value = f"{value}+00:00"
        elif isinstance(value, str) and {"object", "array"} & set(declared["type"]):
            value = json.loads(value, parse_float=Decimal)
        if "number" in declared["type"]:
            record[name] = keeping.decimal(value)
        else:
            record[name] = _with_decimals(declared, value, keeping.nested_decimal)
    return record


def _with_decimals(schema: Schema, value: Any, decimal: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        declared = schema.get("properties", {})
        return {
            name: _with_decimals(declared[name], item, decimal) if name in declared else item
            for name, item in value.items()
        }
    # A list may also stand where a text is declared; it is kept as JSON text.
    if isinstance(value, list) and "items" in schema:
        return [_with_decimals(schema["items"], item, decimal) for item in value]
    return decimal(value) if "number" in schema["type"] else value


def _compare_parents_dates(
    sandbox: Sandbox, stream: str, pairs: Iterable[tuple[Key, Row, Row]], compared: Comparison
) -> None:
    """Every child carries its parent's modification time, as the parent has it now."""
    for name in _PARENTS.keys() & STREAMS[stream]["schema"]["properties"].keys():
        parents, parent_key = _PARENTS[name]
        dates = {row["id"]: instant(row["date_modified"]) for row in sandbox.rows(parents)}
        for key, raw, row in pairs:
            compared.dates += 1
            compared.leaves += 1
            # A transaction's order is a text.
            date = dates[int(raw[parent_key])]
            if row[name] is None or datetime.fromisoformat(row[name]) != date:
                compared.differences.append(f"{stream} {key}: {name} is {row[name]}, not {date}")


def _lost_blanks(stream: str, pairs: Iterable[tuple[Key, Row, Row]]) -> Iterator[str]:
    """Empty texts that are no longer."""
    texts = [
        name
        for name, declared in STREAMS[stream]["schema"]["properties"].items()
        if "string" in declared["type"] and "format" not in declared
    ]
    for key, raw, row in pairs:
        for name in texts:
            if raw.get(name) == "" != row[name]:
                yield f"{stream} {key}: {name}: '' became {row[name]!r}"
