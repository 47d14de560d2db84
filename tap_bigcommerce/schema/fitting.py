"""The quick way for rows that already have the declared form, as nearly all have.

msgspec checks a whole row in C, with everything nested in it, in a tenth of the time that a loop
over its values takes. It says only yes or no; on no, `convert.py` goes through the row. What
remains of a fitting row are dates and decimals, whose forms msgspec does not know.
"""

from __future__ import annotations

import typing as t
from datetime import datetime
from decimal import Decimal

import msgspec

from tap_bigcommerce.schema.record import Record, fields_of, is_record
from tap_bigcommerce.schema.values import INT64_MAX

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_bigcommerce.schema.values import Remembering, Scalar

    Row = dict[str, t.Any]
    Remembered = Mapping[t.Any, Remembering]

_Int64 = t.Annotated[int, msgspec.Meta(ge=-INT64_MAX, le=INT64_MAX)]


def fitting_type(hint: t.Any) -> t.Any:  # noqa: ANN401 (annotations are any objects)
    """Type to which `msgspec.convert` brings what fits; dates and decimals are not looked at."""
    if hint is int:
        return _Int64
    if hint in {str, bool, dict}:
        return hint
    if hint in {Decimal, datetime}:
        return t.Any
    if t.get_origin(hint) is list:
        (item,) = t.get_args(hint)
        return list[fitting_type(item) | None]  # type: ignore[misc]
    fields = fields_of(hint)
    # Members have numbers for names, because a field's may be a keyword.
    return msgspec.defstruct(
        hint.__name__,
        [
            (f"m{number}", fitting_type(field.type) | None, None)
            for number, field in enumerate(fields.values())
        ],
        rename={f"m{number}": name for number, name in enumerate(fields)},
        forbid_unknown_fields=True,
        gc=False,
    )


def mender(record: type[Record], scalars: Remembered) -> Callable[[Row], Row] | None:
    """Conversion of the dates and decimals of a row that fits; None for a record without any.

    The conversion raises `Misfit` for a date or decimal that it cannot take.
    """
    fields = fields_of(record)
    leaves = [
        (names, scalar.of_text, scalar.of_other)
        for hint, scalar in scalars.items()
        if (names := [name for name, field in fields.items() if field.type is hint])
    ]
    nested = [
        (name, convert)
        for name, field in fields.items()
        if field.type not in scalars and (convert := _value_mender(field.type, scalars))
    ]
    if not leaves and not nested:
        return None

    def mend(row: Row) -> Row:
        out = row.copy()
        value_of = row.get
        for names, of_text, of_other in leaves:
            for name in names:
                value = value_of(name)
                if type(value) is str:
                    out[name] = of_text[value]
                elif value is not None:
                    out[name] = of_other(value)
        for name, convert in nested:
            value = value_of(name)
            if value:
                out[name] = convert(value)
        return out

    return mend


def _value_mender(hint: t.Any, scalars: Remembered) -> Scalar | None:  # noqa: ANN401
    if hint in scalars:
        return t.cast("Scalar", scalars[hint])
    if t.get_origin(hint) is list:
        (item,) = t.get_args(hint)
        element = _value_mender(item, scalars)
        return element and (
            lambda values: [None if value is None else element(value) for value in values]
        )
    return mender(hint, scalars) if is_record(hint) else None
