"""From BigCommerce's form of a row to the declared one.

A record class is compiled once into a function of a row. What a field cannot take is never lost
and never stops the run: the field becomes null, and the value is reported as found, together
with the fields that nobody declared; the caller keeps both in `_extra`.

Most rows have nothing to report, which `fitting.py` finds out in C. The others are taken field by
field, and an object inside them is again looked at as a whole first.
"""

from __future__ import annotations

import json
import re
import typing as t
from datetime import datetime
from decimal import Decimal

import msgspec

from tap_bigcommerce.schema.fitting import fitting_type, mender
from tap_bigcommerce.schema.record import DecimalForm, Record, fields_of
from tap_bigcommerce.schema.values import (
    Misfit,
    to_boolean,
    to_decimal_text,
    to_instant,
    to_integer,
    to_list,
    to_number_json,
    to_object,
    to_text,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_bigcommerce.schema.fitting import Remembered
    from tap_bigcommerce.schema.values import Scalar

    Row = dict[str, t.Any]
    Scalars = Mapping[t.Any, Scalar]
    Nested = Callable[[t.Any, list["Found"]], t.Any]
    Convert = Callable[[Row, list["Found"]], Row]


class Found(t.NamedTuple):
    """A value that has no place in the declared record."""

    path: str
    """Names and indexes from the row's top, such as `images[2].alt`.

    A name with a dot, a bracket or nothing in it is quoted: `images[2]["alt.text"]`.
    """
    value: t.Any
    is_declared: bool
    """True for a declared field whose value does not fit, False for an undeclared one."""


def compile_record(record: type[Record], decimals: DecimalForm) -> Convert:
    """Function that brings one row into the form of `record`.

    It takes the row and a list, to which it adds what it found beyond the declaration. It
    returns a new dict with the declared fields that the row has, in the row's order, whose
    values are ready to be encoded as JSON. Objects and lists inside it may be the row's own.
    """
    is_number = decimals.schema["type"] == "number"
    mended = {
        Decimal: to_number_json if is_number else to_decimal_text(decimals),
        datetime: to_instant,
    }
    others = {int: to_integer, str: to_text, bool: to_boolean, dict: to_object}
    return _record(record, mended, {**mended, **others})


def _record(record: type[Record], mended: Remembered, scalars: Scalars) -> Convert:
    """Conversion of a row, or of an object inside it: at once if it fits, else by its fields.

    Args:
        record: The declared form.
        mended: Conversions of what has to be converted even where it fits, by declared type.
        scalars: All conversions of single values.
    """
    fields = fields_of(record)
    fits = fitting_type(record)
    mend = mender(record, mended)
    converts = {name: _value(field.type, mended, scalars) for name, field in fields.items()}
    as_is = {name: field.type for name, field in fields.items() if field.type in {str, bool}}

    def convert(row: Row, found: list[Found]) -> Row:
        try:
            msgspec.convert(row, fits)
            return mend(row) if mend else row.copy()
        except (msgspec.ValidationError, Misfit):
            unknown = row.keys() - converts.keys()
        if unknown:
            # When BigCommerce adds a field, every row has it, and all but it still fits.
            found.extend(
                Found(_segment(name), value, is_declared=False)
                for name, value in row.items()
                if name in unknown
            )
            return convert({name: row[name] for name in row if name not in unknown}, found)
        out: Row = {}
        for name, value in row.items():
            if type(value) is as_is.get(name):
                out[name] = value
                continue
            mark = len(found)
            out[name] = converts[name](value, found)
            if len(found) > mark:
                _lead(found, mark, _segment(name))
        return out

    return convert


def _value(hint: t.Any, mended: Remembered, scalars: Scalars) -> Nested:  # noqa: ANN401
    """Conversion of any value to a declared type; null stays null."""
    if scalar := scalars.get(hint):
        take = _scalar(scalar)
    elif t.get_origin(hint) is list:
        (item,) = t.get_args(hint)
        take = _list(item, mended, scalars)
    else:
        take = _object(hint, mended, scalars)

    def convert(value: t.Any, found: list[Found]) -> t.Any:  # noqa: ANN401
        if value is None:
            return None
        try:
            return take(value, found)
        except Misfit:
            found.append(Found("", value, is_declared=True))
            return None

    return convert


def _scalar(scalar: Scalar) -> Nested:
    return lambda value, _found: scalar(value)


def _object(record: type[Record], mended: Remembered, scalars: Scalars) -> Nested:
    members = _record(record, mended, scalars)

    def convert(value: t.Any, found: list[Found]) -> t.Any:  # noqa: ANN401
        row = to_object(value)
        return None if row is None else members(row, found)

    return convert


def _list(item: t.Any, mended: Remembered, scalars: Scalars) -> Nested:  # noqa: ANN401
    element = _value(item, mended, scalars)

    def convert(value: t.Any, found: list[Found]) -> list[t.Any] | None:  # noqa: ANN401
        items = to_list(value)
        if items is None:
            return None
        out = []
        for index, one in enumerate(items):
            mark = len(found)
            out.append(element(one, found))
            if len(found) > mark:
                _lead(found, mark, f"[{index}]")
        return out

    return convert


_QUOTED: t.Final = re.compile(r'^$|[.\[\]"]')


def _segment(name: str) -> str:
    """A name as part of a path, in a way that no two paths look alike."""
    return f"[{json.dumps(name)}]" if _QUOTED.search(name) else name


def _lead(found: list[Found], mark: int, segment: str) -> None:
    """Put `segment` before the paths from `mark` on."""
    for index in range(mark, len(found)):
        path = found[index].path
        dot = "." if path and path[0] != "[" else ""
        found[index] = found[index]._replace(path=f"{segment}{dot}{path}")
