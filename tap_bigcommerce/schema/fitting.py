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

from tap_bigcommerce.schema.record import Record, fields_of
from tap_bigcommerce.schema.values import INT64_MAX, decimal_of_text, to_decimal

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_bigcommerce.schema.values import Scalar

    Row = dict[str, t.Any]

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


def mender(record: type[Record], scalars: Mapping[t.Any, Scalar]) -> Callable[[Row], Row] | None:
    """Conversion of the dates and decimals of a row that fits; None for a record without any.

    The conversion raises `Misfit` for a date or decimal that it cannot take.
    """
    amounts = [name for name, field in fields_of(record).items() if field.type is Decimal]
    others = [
        (name, convert)
        for name, field in fields_of(record).items()
        if field.type is not Decimal and (convert := _value_mender(field.type, scalars))
    ]
    if not amounts and not others:
        return None
    amount = scalars[Decimal]
    amount_of_text = decimal_of_text if amount is to_decimal else amount

    def mend(row: Row) -> Row:
        out = row.copy()
        value_of = row.get
        for name in amounts:
            value = value_of(name)
            if type(value) is str:
                out[name] = amount_of_text(value)
            elif value is not None:
                out[name] = amount(value)
        for name, convert in others:
            value = value_of(name)
            if value is not None:
                out[name] = convert(value)
        return out

    return mend


def _value_mender(hint: t.Any, scalars: Mapping[t.Any, Scalar]) -> Scalar | None:  # noqa: ANN401
    if hint in {Decimal, datetime}:
        return scalars[hint]
    if t.get_origin(hint) is list:
        (item,) = t.get_args(hint)
        element = _value_mender(item, scalars)
        return element and (
            lambda values: [None if value is None else element(value) for value in values]
        )
    return mender(hint, scalars) if isinstance(hint, type) and issubclass(hint, Record) else None
