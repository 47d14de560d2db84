"""Record classes and the JSON Schema that follows from them.

A record class is a list of annotations, one for each field of BigCommerce's answer.
`schema_of` turns it into the JSON Schema of a stream, `convert.py` into the function that
brings rows into that form; both read the same `fields_of`.

msgspec and the SDK can compile classes to JSON Schema too. msgspec writes `anyOf` with `null`
and `$ref`, which targets read badly, and both would still leave the conversion to us.
"""

from __future__ import annotations

import typing as t
from datetime import datetime
from decimal import Decimal

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

JsonSchema = dict[str, t.Any]

EXTRA = "_extra"
"""Name of the property that keeps what BigCommerce sent beyond the declared fields."""


class Record:
    """One row of a stream, or one object inside it.

    Annotations are `int`, `str`, `bool`, `Decimal`, `datetime`, `dict` (an object of no fixed
    shape), another record class, or a `list` of these. `Annotated[..., "text"]` adds a
    description, `Annotated[..., Personal]` or `Secret` a mark. Every field may be null, except a
    stream's keys.
    """


class Personal:
    """Mark of a field that tells who somebody is, for the setting `personal_data`."""


class Secret:
    """Mark of a field that lets somebody in, for the setting `include_secrets`."""


class Field(t.NamedTuple):
    """One annotation of a record class, taken apart."""

    type: t.Any
    """`int`, `str`, `bool`, `Decimal`, `datetime`, `dict`, a record class or `list[...]`."""
    description: str | None
    is_personal: bool = False
    is_secret: bool = False


class DecimalForm(t.NamedTuple):
    """How decimals are declared; the value of the setting `decimal_type`."""

    schema: JsonSchema
    precision: int | None = None
    scale: int | None = None


DECIMAL_FORMS: t.Final[dict[str, DecimalForm]] = {
    "number": DecimalForm({"type": "number"}),
    "string": DecimalForm({"type": "string"}),
    # 38 digits are the most that Snowflake, DuckDB and Redshift hold. Ten of them stand after
    # the point because exchange rates have ten. A decimal that needs more goes to `_extra`.
    "x-singer.decimal": DecimalForm(
        {"type": "string", "format": "x-singer.decimal", "precision": 38, "scale": 10},
        precision=38,
        scale=10,
    ),
}

_SCALARS: t.Final[dict[type, JsonSchema]] = {
    int: {"type": "integer"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    dict: {"type": "object"},
}
# Evaluating annotations is most of the work of discovery.
_FIELDS: t.Final[dict[type[Record], Mapping[str, Field]]] = {}


def fields_of(record: type[Record]) -> Mapping[str, Field]:
    """Fields of a record class by name, inherited ones first.

    Raises:
        TypeError: An annotation is none of those that a record may have.
    """
    if record not in _FIELDS:
        _FIELDS[record] = {
            name: _field(f"{record.__name__}.{name}", hint)
            for name, hint in t.get_type_hints(record, include_extras=True).items()
        }
    return _FIELDS[record]


def schema_of(
    record: type[Record],
    *,
    keys: Collection[str] = (),
    decimals: DecimalForm = DECIMAL_FORMS["number"],
    is_declared: Callable[[Field], bool] = lambda _: True,
) -> JsonSchema:
    """JSON Schema of a stream: the record's fields and `_extra`; `keys` may not be null."""
    schema = _object(record, decimals, is_declared)
    properties = schema["properties"]
    for key in keys:
        properties[key]["type"] = properties[key]["type"][0]
    properties[EXTRA] = {
        "type": ["object", "null"],
        "description": "What BigCommerce sent beyond the declared fields, by path.",
    }
    return {"type": "object", "properties": properties, "required": list(keys)}


def _field(where: str, hint: t.Any) -> Field:  # noqa: ANN401 (an annotation is any object)
    notes: list[t.Any] = []
    if t.get_origin(hint) is t.Annotated:
        hint, *notes = t.get_args(hint)
    item = hint
    while t.get_origin(item) is list:
        (item,) = t.get_args(item)
    if item not in _SCALARS and item is not Decimal and not is_record(item):
        msg = f"{where}: a record has no fields of type {hint!r}"
        raise TypeError(msg)
    description = next((note for note in notes if isinstance(note, str)), None)
    return Field(hint, description, Personal in notes, Secret in notes)


def is_record(hint: t.Any) -> t.TypeGuard[type[Record]]:  # noqa: ANN401
    """Whether an annotation is a record class."""
    return isinstance(hint, type) and issubclass(hint, Record)


def _object(
    record: type[Record], decimals: DecimalForm, is_declared: Callable[[Field], bool]
) -> JsonSchema:
    properties = {}
    for name, field in fields_of(record).items():
        if not is_declared(field):
            continue
        properties[name] = _nullable(_type_schema(field.type, decimals, is_declared))
        if field.description:
            properties[name]["description"] = field.description
    return {"type": "object", "properties": properties}


def _type_schema(
    hint: t.Any,  # noqa: ANN401
    decimals: DecimalForm,
    is_declared: Callable[[Field], bool],
) -> JsonSchema:
    if hint is Decimal:
        return decimals.schema
    if t.get_origin(hint) is list:
        (item,) = t.get_args(hint)
        return {"type": "array", "items": _nullable(_type_schema(item, decimals, is_declared))}
    return _object(hint, decimals, is_declared) if is_record(hint) else _SCALARS[hint]


def _nullable(schema: JsonSchema) -> JsonSchema:
    return {**schema, "type": [schema["type"], "null"]}
