"""Query parameters to conditions: which exist for a list, what their values mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal

from tap_bigcommerce.sandbox.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Kind = Literal["int", "number", "text", "date", "bool"]
Op = Literal["eq", "not", "min", "max", "greater", "less", "in", "not_in", "like"]

RANGE: tuple[Op, ...] = ("min", "max", "greater", "less")
SETS: tuple[Op, ...] = ("in", "not_in")

_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_UNIX = re.compile(r"\d{9,11}\Z")
_TRUE = {"true": True, "1": True, "false": False, "0": False}
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Filter:
    """What a parameter compares, and how."""

    field: str
    op: Op
    kind: Kind


@dataclass(frozen=True)
class Condition:
    """A filter with its value. Hashable, so that a selection can be found again."""

    field: str
    op: Op
    value: Any

    def holds(self, actual: Any) -> bool:  # noqa: ANN401 - the value of any field
        """Whether a row's value passes."""
        return _HOLDS[self.op](actual, self.value)


def v3(field: str, kind: Kind, *ops: Op, eq: bool = True) -> dict[str, Filter]:
    """`field`, `field:min` and so on."""
    found = {f"{field}:{op}": Filter(field, op, kind) for op in ops}
    return {field: Filter(field, "eq", kind), **found} if eq else found


def v2_range(field: str, kind: Kind) -> dict[str, Filter]:
    """`min_field` and `max_field`."""
    return {
        f"min_{field}": Filter(field, "min", kind),
        f"max_{field}": Filter(field, "max", kind),
    }


def conditions(
    filters: Mapping[str, Filter],
    query: Mapping[str, str],
    *,
    now: float,
    date_only_gets_time: bool,
) -> Iterator[Condition]:
    """The conditions of a request. Parameters that are not filters of the list are ignored."""
    for name, text in query.items():
        filter_ = filters.get(name)
        if filter_ is None:
            continue
        read = _READ[filter_.kind]
        try:
            if filter_.op in SETS:
                yield Condition(
                    filter_.field, filter_.op, tuple(read(part) for part in text.split(","))
                )
            elif filter_.kind == "date":
                low, high = _date(text, now, date_only_gets_time=date_only_gets_time)
                yield from _dated(filter_, low, high)
            else:
                yield Condition(filter_.field, filter_.op, read(text))
        except (ValueError, KeyError, OverflowError) as error:
            raise BadValueError(name, f"{name} is not valid") from error


def _dated(filter_: Filter, low: int, high: int) -> Iterator[Condition]:
    if filter_.op == "eq":
        yield Condition(filter_.field, "min", low)
        yield Condition(filter_.field, "max", high)
    else:
        yield Condition(filter_.field, filter_.op, low)


def is_day(text: str) -> bool:
    """Whether a value is a date without a time, whose meaning may depend on the time of day."""
    return _DATE_ONLY.match(text) is not None


def _date(text: str, now: float, *, date_only_gets_time: bool) -> tuple[int, int]:
    """(first second, last second) that a date parameter means.

    A date alone is completed with the time of day of the request where that quirk is on.
    """
    if is_day(text):
        day = datetime.fromisoformat(text).replace(tzinfo=UTC)
        if date_only_gets_time:
            at = int((day + timedelta(seconds=int(now) % _DAY_SECONDS)).timestamp())
            return at, at
        return int(day.timestamp()), int(day.timestamp()) + _DAY_SECONDS - 1
    if _UNIX.match(text):
        return int(text), int(text)
    # A plus sign that was not escaped arrives as a space.
    found = _iso(text) or _iso(text.replace(" ", "+")) or parsedate_to_datetime(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    at = int(found.timestamp())
    return at, at


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _integer(text: str) -> int:
    return int(text.strip())


_READ: dict[Kind, Callable[[str], Any]] = {
    "int": _integer,
    "number": float,
    "text": str.casefold,
    "bool": lambda text: _TRUE[text.casefold()],
    "date": str,
}


def _fold(value: Any) -> Any:  # noqa: ANN401 - the value of any field
    return value.casefold() if isinstance(value, str) else value


def _order(actual: Any, value: Any) -> int:  # noqa: ANN401 - the values of any field
    if actual is None:
        return -1
    number = float(actual)
    return int(number > value) - int(number < value)


_HOLDS: dict[Op, Callable[[Any, Any], bool]] = {
    "eq": lambda actual, value: _fold(actual) == value,
    "not": lambda actual, value: _fold(actual) != value,
    "min": lambda actual, value: _order(actual, value) >= 0,
    "max": lambda actual, value: _order(actual, value) <= 0,
    "greater": lambda actual, value: _order(actual, value) > 0,
    "less": lambda actual, value: _order(actual, value) < 0,
    "in": lambda actual, value: any(_fold(one) in value for one in _each(actual)),
    "not_in": lambda actual, value: not any(_fold(one) in value for one in _each(actual)),
    "like": lambda actual, value: value.strip("%") in str(actual).casefold(),
}


def _each(actual: Any) -> list[Any]:  # noqa: ANN401 - the value of any field
    return actual if isinstance(actual, list) else [actual]
