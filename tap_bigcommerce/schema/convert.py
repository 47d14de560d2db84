"""From BigCommerce's form of a row to the declared one.

A record class is compiled once into a function of a row. What a field cannot take is never lost
and never stops the run: the field becomes null, and the value is reported as found, together
with the fields that nobody declared; the caller keeps both in `_extra`.

The forms met on the wire are those of the reference: decimals as texts, numbers or both; dates
as ISO 8601, RFC 2822, `YYYY-MM-DD HH:MM:SS`, UNIX seconds or an object with a zone; unset as
null, `''`, `'0'` or `0000-00-00`; an object without members as `[]`.
"""

from __future__ import annotations

import re
import typing as t
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import msgspec

from tap_bigcommerce.schema.record import DecimalForm, Record, fields_of

if t.TYPE_CHECKING:
    from collections.abc import Callable

INT64_MAX: t.Final = 2**63 - 1
"""Targets keep integers in 64 bits."""

MAX_EXPONENT: t.Final = 1000
"""Decimals beyond 10^±1000 are no amounts, and targets that spell them out would choke."""

_ENCODER: t.Final = msgspec.json.Encoder(decimal_format="number")
_INTEGER: t.Final = re.compile(r"[+-]?\d{1,30}")
_DECIMAL: t.Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?")
_MONTHS: t.Final = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}


class Misfit(ValueError):  # noqa: N818 (an answer of a converter, not a failure)
    """The value does not fit the field's type."""


class Found(t.NamedTuple):
    """A value that has no place in the declared record."""

    path: str
    """Names and indexes from the row's top, such as `images[2].alt`."""
    value: t.Any
    is_declared: bool
    """True for a declared field whose value does not fit, False for an undeclared one."""


if t.TYPE_CHECKING:
    Scalar = Callable[[t.Any], t.Any]
    Nested = Callable[[t.Any, list[Found]], t.Any]
    Convert = Callable[[dict[str, t.Any], list[Found]], dict[str, t.Any]]


def compile_record(record: type[Record], decimals: DecimalForm) -> Convert:
    """Function that brings one row into the form of `record`.

    It takes the row and a list, to which it adds what it found beyond the declaration. It
    returns a new dict with the declared fields that the row has, in the row's order.
    """
    scalars: dict[str, Scalar] = {}
    nested: dict[str, Nested] = {}
    for name, field in fields_of(record).items():
        if scalar := _scalar(field.type, decimals):
            scalars[name] = scalar
        else:
            nested[name] = _nested(field.type, decimals)

    def convert(row: dict[str, t.Any], found: list[Found]) -> dict[str, t.Any]:
        out: dict[str, t.Any] = {}
        for name, value in row.items():
            try:
                if (scalar := scalars.get(name)) is not None:
                    out[name] = None if value is None else scalar(value)
                elif (inner := nested.get(name)) is not None:
                    if value is None:
                        out[name] = None
                        continue
                    mark = len(found)
                    out[name] = inner(value, found)
                    if len(found) > mark:
                        _lead(found, mark, name)
                else:
                    found.append(Found(name, value, is_declared=False))
            except Misfit:
                out[name] = None
                found.append(Found(name, value, is_declared=True))
        return out

    return convert


def _lead(found: list[Found], mark: int, prefix: str) -> None:
    """Put `prefix` before the paths from `mark` on."""
    for index in range(mark, len(found)):
        path = found[index].path
        joined = f"{prefix}{path}" if path.startswith("[") else f"{prefix}.{path}"
        found[index] = found[index]._replace(path=joined)


def _nested(hint: t.Any, decimals: DecimalForm) -> Nested:  # noqa: ANN401
    if t.get_origin(hint) is list:
        (item,) = t.get_args(hint)
        return _list(item, decimals)
    members = compile_record(hint, decimals)

    def convert(value: t.Any, found: list[Found]) -> t.Any:  # noqa: ANN401
        return members(value, found) if type(value) is dict else _no_object(value)

    return convert


def _list(item: t.Any, decimals: DecimalForm) -> Nested:  # noqa: ANN401
    scalar = _scalar(item, decimals)
    inner = None if scalar else _nested(item, decimals)

    def convert(value: t.Any, found: list[Found]) -> list[t.Any] | None:  # noqa: ANN401
        if type(value) is not list:
            return _no_list(value)
        out = []
        for index, element in enumerate(value):
            mark = len(found)
            try:
                if element is None:
                    out.append(None)
                elif scalar:
                    out.append(scalar(element))
                elif inner:
                    out.append(inner(element, found))
            except Misfit:
                out.append(None)
                found.append(Found("", element, is_declared=True))
            if len(found) > mark:
                _lead(found, mark, f"[{index}]")
        return out

    return convert


def _no_list(value: t.Any) -> list[t.Any] | None:  # noqa: ANN401
    if value == {}:
        return []
    if value == "":
        return None
    raise Misfit


def _no_object(value: t.Any) -> None:  # noqa: ANN401
    """None for the forms in which PHP sends an object without members."""
    if value not in ([], ""):
        raise Misfit


def _scalar(hint: t.Any, decimals: DecimalForm) -> Scalar | None:  # noqa: ANN401
    if hint is Decimal:
        if decimals.schema["type"] == "number":
            return to_decimal
        return _decimal_text(decimals)
    return _SCALARS.get(hint)


def to_integer(value: t.Any) -> int | None:  # noqa: ANN401
    """Whole number; `''` is null.

    Raises:
        Misfit: No whole number, or one beyond 64 bits.
    """
    if type(value) is not int:
        if value == "":
            return None
        if isinstance(value, str) and _INTEGER.fullmatch(value):
            value = int(value)
        else:
            number = to_decimal(value)
            if number is None or number != int(number):
                raise Misfit
            value = int(number)
    if -INT64_MAX <= value <= INT64_MAX:
        return t.cast("int", value)
    raise Misfit


def to_decimal(value: t.Any) -> Decimal | int | None:  # noqa: ANN401
    """Number with exactly the digits that came; `''` is null.

    Raises:
        Misfit: No finite number, or one of an absurd magnitude.
    """
    kind = type(value)
    if kind is int:
        return t.cast("int", value)
    if kind is bool:
        return int(value)
    if kind is str:
        if value == "":
            return None
        # Decimal() alone would also take "NaN", "Infinity" and "1_000".
        if not _DECIMAL.fullmatch(value):
            raise Misfit
        try:
            value = Decimal(value)
        except InvalidOperation:
            raise Misfit from None
    elif kind is not Decimal:
        raise Misfit
    if -MAX_EXPONENT <= value.adjusted() <= MAX_EXPONENT:
        return t.cast("Decimal", value)
    raise Misfit


def _decimal_text(form: DecimalForm) -> Scalar:
    def convert(value: t.Any) -> str | None:  # noqa: ANN401
        number = to_decimal(value)
        if number is None:
            return None
        number = Decimal(number)
        if form.scale is not None and form.precision is not None:
            trimmed = number.normalize() if len(number.as_tuple().digits) <= 28 else number  # noqa: PLR2004
            exponent = t.cast("int", trimmed.as_tuple().exponent)
            if -exponent > form.scale or trimmed.adjusted() >= form.precision - form.scale:
                raise Misfit
        return format(number, "f")

    return convert


def to_text(value: t.Any) -> str:  # noqa: ANN401
    """Text as it is; a number's digits; anything else as JSON text."""
    if type(value) is str:
        return value
    if type(value) is Decimal:
        return str(value)
    return _ENCODER.encode(value).decode()


def to_boolean(value: t.Any) -> bool | None:  # noqa: ANN401
    """True or false from JSON's own, 0 and 1, or their texts; `''` is null.

    Raises:
        Misfit: None of these.
    """
    if value is True or value is False:
        return t.cast("bool", value)
    try:
        return _BOOLEANS[value.lower() if type(value) is str else value]
    except (KeyError, TypeError):
        raise Misfit from None


_BOOLEANS: t.Final[dict[t.Any, bool | None]] = {
    1: True,
    0: False,
    "1": True,
    "0": False,
    "true": True,
    "false": False,
    "": None,
}

# What PHP and MySQL make of a date that was never set.
_UNSET_DATES: t.Final = ("0000-00-00", "-0001-11-30")



def to_instant(value: t.Any) -> str | None:  # noqa: ANN401
    """Instant as ISO 8601 in UTC, `2026-11-01T12:00:00+00:00`; the forms of unset are null.

    A time without zone is UTC, a date without time its midnight.

    Raises:
        Misfit: No instant in any form that BigCommerce is known to send.
    """
    if type(value) is str:
        # The usual forms first, by slicing: twenty times as fast as a parser.
        text = value
        if len(text) == 31 and text[25:] == " +0000" and text[8:11] in _MONTHS:  # noqa: PLR2004
            text = f"{text[12:16]}-{_MONTHS[text[8:11]]}-{text[5:7]}T{text[17:25]}+00:00"
        elif len(text) == 20 and text[19] == "Z":  # noqa: PLR2004
            text = f"{text[:19]}+00:00"
        if len(text) == 25 and text[10] == "T" and text[19:] == "+00:00":  # noqa: PLR2004
            try:
                datetime.fromisoformat(text)
            except ValueError:
                pass
            else:
                return text
    moment = _parse_instant(value)
    try:
        return None if moment is None else moment.astimezone(UTC).isoformat()
    except OverflowError:
        raise Misfit from None


def _parse_instant(value: t.Any) -> datetime | None:  # noqa: ANN401
    if type(value) is dict and type(value.get("date")) is str:
        return _parse_zoned(value)
    if type(value) is Decimal or type(value) is int:
        return _from_unix(value)
    if type(value) is not str:
        raise Misfit
    text = value.strip()
    if text in {"", "0"} or text.startswith(_UNSET_DATES):
        return None
    if _INTEGER.fullmatch(text):
        return _from_unix(int(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            raise Misfit from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parse_zoned(value: dict[str, t.Any]) -> datetime:
    """The object form of the blog: `date` is local to `timezone`."""
    try:
        moment = datetime.fromisoformat(value["date"])
        zone = value.get("timezone") or "UTC"
        if moment.tzinfo:
            return moment
        if zone[0] in "+-":
            return datetime.fromisoformat(f"{value['date']}{zone}")
        return moment.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, TypeError, OSError):
        raise Misfit from None


def _from_unix(seconds: Decimal | int) -> datetime | None:
    if seconds == 0:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            seconds=int(seconds), microseconds=int(seconds % 1 * 1_000_000)
        )
    except (OverflowError, ValueError):
        raise Misfit from None


def to_object(value: t.Any) -> dict[str, t.Any] | None:  # noqa: ANN401
    """Object of no fixed shape, as it came.

    Raises:
        Misfit: No object.
    """
    return value if type(value) is dict else _no_object(value)


_SCALARS: t.Final[dict[type, Scalar]] = {
    int: to_integer,
    str: to_text,
    bool: to_boolean,
    datetime: to_instant,
    dict: to_object,
}
