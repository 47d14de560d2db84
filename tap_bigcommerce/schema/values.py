"""One value, from the forms in which BigCommerce sends it to the declared one.

The forms are those of the reference: decimals as texts, numbers or both; dates as ISO 8601,
RFC 2822, `YYYY-MM-DD HH:MM:SS`, UNIX seconds or an object with a zone; unset as null, `''`, `'0'`,
`0000-00-00`, `{}` or `[]`. Each function takes any JSON value but null, and raises `Misfit` for
what it cannot take without loss.
"""

from __future__ import annotations

import re
import typing as t
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tap_bigcommerce.schema.record import DecimalForm

    Scalar = Callable[[t.Any], t.Any]

INT64_MAX: t.Final = 2**63 - 1
"""Targets keep integers in 64 bits."""

MAX_EXPONENT: t.Final = 1000
"""Decimals beyond 10^±1000 are no amounts, and targets that spell them out would choke."""

_MAX_NUMBER: t.Final = 10**MAX_EXPONENT

MAX_REMEMBERED: t.Final = 16_384
"""Texts of one conversion: some megabytes at most."""

UNSET: t.Final[tuple[t.Any, ...]] = ("", [], {})
"""What PHP makes of a value, an object or a list that is not there."""

_ENCODER: t.Final = msgspec.json.Encoder(decimal_format="number")
# Decimal() alone would also take "NaN", "Infinity", "1_000" and digits of other scripts.
_DECIMAL: t.Final = re.compile(
    r"[+-]?(\d{1,1000}(\.\d{0,1000})?|\.\d{1,1000})([eE][+-]?\d{1,4})?", re.ASCII
)
_RFC_2822: t.Final = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d(?::\d\d)?)"
    r"(?: (?:UTC?|GMT|Z|([+-]\d{4})))?",
    re.ASCII,
)
_MONTHS: t.Final = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
# What PHP and MySQL make of a date that was never set.
_UNSET_DATES: t.Final = ("0000-00-00", "-0001-11-30")
_LAST_SECOND: t.Final = 253_402_300_799  # of the year 9999
_EPOCH: t.Final = datetime(1970, 1, 1, tzinfo=UTC)
_BOOLEANS: t.Final[dict[t.Any, bool]] = {
    1: True,
    0: False,
    "1": True,
    "0": False,
    "true": True,
    "false": False,
}


class Misfit(ValueError):  # noqa: N818 (an answer of a converter, not a failure)
    """The value does not fit the field's type."""


class _Remembered(dict[str, t.Any]):
    """What a conversion made of texts. To look a text up takes half as long as with `lru_cache`."""

    def __init__(self, convert: Callable[[str], t.Any]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, text: str) -> t.Any:  # noqa: ANN401
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        value = self[text] = self._convert(text)
        return value


class Remembering:
    """A conversion that remembers what it made of texts, because amounts and dates repeat.

    Of an order's amounts half are `0.0000`, and every line repeats its order's date.
    """

    def __init__(self, convert: Scalar, *, of_text: Callable[[str], t.Any] | None = None) -> None:
        """Remember for `convert`, or for what does the same with texts."""
        self.of_text = _Remembered(of_text or convert)
        """To be looked up at once where a value is known to be a text."""
        self.of_other = convert

    def __call__(self, value: t.Any) -> t.Any:  # noqa: ANN401
        """The converted value, text or not."""
        return self.of_text[value] if type(value) is str else self.of_other(value)


def or_none(convert: Scalar, value: t.Any) -> t.Any:  # noqa: ANN401
    """The converted value, or None where it is null or does not fit."""
    try:
        return convert(value)
    except Misfit:
        return None


def value_at(row: Mapping[str, t.Any], names: Iterable[str]) -> t.Any:  # noqa: ANN401
    """The value inside a row that these names lead to; None where there is none."""
    value: t.Any = row
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def to_integer(value: t.Any) -> int | None:  # noqa: ANN401
    """Whole number; the forms of unset are null, here and below.

    Raises:
        Misfit: No whole number, or one beyond 64 bits.
    """
    if type(value) is not int:
        number = to_decimal(value)
        if number is None:
            return None
        if number != int(number):
            raise Misfit
        value = int(number)
    if -INT64_MAX <= value <= INT64_MAX:
        return t.cast("int", value)
    raise Misfit


def to_decimal(value: t.Any) -> Decimal | int | None:  # noqa: ANN401
    """Number with exactly the digits that came.

    Raises:
        Misfit: No finite number, or one of an absurd magnitude.
    """
    kind = type(value)
    if kind is str:
        return decimal_of_text(value)
    if kind is Decimal:
        if -MAX_EXPONENT <= value.adjusted() <= MAX_EXPONENT:
            return t.cast("Decimal", value)
    elif kind is int:
        if -INT64_MAX <= value <= INT64_MAX or -_MAX_NUMBER < value < _MAX_NUMBER:
            return t.cast("int", value)
    elif value in UNSET:
        return None
    raise Misfit


def decimal_of_text(text: str) -> Decimal | None:
    """`to_decimal` for texts.

    Raises:
        Misfit: As there.
    """
    text = text.strip()
    if not text:
        return None
    if not _DECIMAL.fullmatch(text):
        raise Misfit
    number = Decimal(text)
    if -MAX_EXPONENT <= number.adjusted() <= MAX_EXPONENT:
        return number
    raise Misfit


def _number_json_of_text(text: str) -> msgspec.Raw | None:
    number = decimal_of_text(text)
    return None if number is None else msgspec.Raw(_ENCODER.encode(number))


to_number_json: t.Final = Remembering(to_decimal, of_text=_number_json_of_text)
"""`to_decimal`, but a text becomes the JSON of its number, `msgspec.Raw`."""


def to_decimal_text(form: DecimalForm) -> Remembering:
    """Like `to_decimal`, but to a text without exponent, for targets whose numbers are floats."""

    def convert(value: t.Any) -> str | None:  # noqa: ANN401
        number = to_decimal(value)
        if number is None:
            return None
        text = format(Decimal(number), "f")
        if form.scale is not None and form.precision is not None:
            whole, _, fraction = text.lstrip("-").partition(".")
            places = len(fraction.rstrip("0"))
            if places > form.scale or len(whole.lstrip("0")) > form.precision - form.scale:
                raise Misfit
        return text

    return Remembering(convert)


def to_text(value: t.Any) -> str:  # noqa: ANN401
    """Text as it is; a number's digits; anything else as JSON text."""
    if type(value) is str:
        return value
    if type(value) is Decimal:
        return str(value)
    return _ENCODER.encode(value).decode()


def to_boolean(value: t.Any) -> bool | None:  # noqa: ANN401
    """True or false from JSON's own, 0 and 1, or their texts.

    Raises:
        Misfit: None of these.
    """
    if value in UNSET:
        return None
    try:
        return _BOOLEANS[value.lower() if type(value) is str else value]
    except (KeyError, TypeError):
        raise Misfit from None


@Remembering
def to_instant(value: t.Any) -> str | None:  # noqa: ANN401
    """Instant as ISO 8601 in UTC, `2026-11-01T12:00:00+00:00`.

    A time without zone is UTC, a date without time its midnight. What is finer than a
    microsecond is cut.

    Raises:
        Misfit: No instant in any form that BigCommerce is known to send.
    """
    if type(value) is str:
        # The usual forms first, by slicing: a parser takes several times as long.
        text, size = value, len(value)
        if size == 31 and text[25:] == " +0000":  # noqa: PLR2004 (Sun, 01 Nov 2026 12:00:00 +0000)
            month = _MONTHS.get(text[8:11])
            text = f"{text[12:16]}-{month}-{text[5:7]}T{text[17:25]}+00:00"
        elif size == 20 and text[19] == "Z":  # noqa: PLR2004
            text = f"{text[:19]}+00:00"
        if (
            text[19:] == "+00:00"
            # `fromisoformat` also takes weeks, and times without colons.
            and text[7] == "-"
            and text[10] == "T"
            and text[13] == text[16] == ":"
        ):
            try:
                datetime.fromisoformat(text)
            except ValueError:
                pass
            else:
                return text
    try:
        moment = _parse_instant(value)
        return None if moment is None else moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise Misfit from None


def _parse_instant(value: t.Any) -> datetime | None:  # noqa: ANN401
    kind = type(value)
    if value in UNSET:
        return None
    if kind is dict:
        return _parse_zoned(value)
    if kind is Decimal or kind is int:
        return _from_unix(value)
    if kind is not str:
        raise Misfit
    text = value.strip()
    if not text or text.startswith(_UNSET_DATES):
        return None
    if _DECIMAL.fullmatch(text):
        return _from_unix(Decimal(text))
    if match := _RFC_2822.fullmatch(text):
        day, month, year, time, offset = match.groups()
        text = f"{year}-{_MONTHS.get(month)}-{day:>02}T{time}{offset or ''}"
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _from_unix(seconds: Decimal | int) -> datetime | None:
    if seconds == 0:
        return None
    if not -_LAST_SECOND <= seconds <= _LAST_SECOND:
        raise Misfit
    whole = int(seconds)
    return _EPOCH + timedelta(seconds=whole, microseconds=int((seconds - whole) * 1_000_000))


def _parse_zoned(value: dict[str, t.Any]) -> datetime | None:
    """The object form of the blog: `date` is local to `timezone`."""
    date, zone = value.get("date"), value.get("timezone") or "UTC"
    if (
        type(date) is not str
        or type(zone) is not str
        or not value.keys() <= {"date", "timezone", "timezone_type"}
    ):
        raise Misfit
    moment = None if date.startswith(_UNSET_DATES) else datetime.fromisoformat(date)
    if moment is None or moment.tzinfo:
        return moment
    if zone in {"UTC", "GMT", "Z"}:
        return moment.replace(tzinfo=UTC)
    if zone[0] in "+-":
        return datetime.fromisoformat(f"{moment.isoformat()}{zone}")
    try:
        return moment.replace(tzinfo=ZoneInfo(zone))
    except (KeyError, OSError):
        raise Misfit from None


def to_object(value: t.Any) -> dict[str, t.Any] | None:  # noqa: ANN401
    """Object of no fixed shape, as it came.

    Raises:
        Misfit: No object.
    """
    if type(value) is dict:
        return t.cast("dict[str, t.Any]", value)
    if value in UNSET:
        return None
    raise Misfit


def to_list(value: t.Any) -> list[t.Any] | None:  # noqa: ANN401
    """List with its items as they came; `{}` is an empty one.

    Raises:
        Misfit: No list.
    """
    if type(value) is list:
        return value
    if value in UNSET:
        return [] if value == {} else None
    raise Misfit
