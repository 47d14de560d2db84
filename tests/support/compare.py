"""Is what arrived what the store has? Leaf by leaf, with rules of its own.

Nothing here comes from the tap's conversion: both would be wrong together. What a leaf may have
become follows from the type that the SCHEMA message promised for it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_bigcommerce.sandbox import Sandbox
    from tests.support.store import Outcome

Row = Mapping[str, Any]
Key = tuple[str, ...]

EXTRA = "_extra"

ELSEWHERE: dict[str, frozenset[str]] = {
    # Embedded for other streams; in the order itself they are links, see `_without_embeds`.
    "orders": frozenset({"consignments", "fees"}),
    # Streams of their own.
    "products": frozenset({"variants", "options", "modifiers", "reviews"}),
    # Cut after ten, so read from lists of their own.
    "customers": frozenset({"addresses", "attributes"}),
}
"""Members of the store's rows that are not the stream's to carry."""

SECRETS = frozenset({"prelaunch_password", "api_secret", "headers"})
"""Members that a row has only where its schema does."""

MOVING = {"system_time": frozenset({"time"})}
"""Members that say something else each time that they are asked for."""

LINES = frozenset({"line_items", "__warning__"})
"""Rows of `order_products`, and the store's note that some of them are missing."""

KEY_PATHS: dict[str, dict[str, tuple[str, ...]]] = {
    "inventory_items": {
        "product_id": ("identity", "product_id"),
        "variant_id": ("identity", "variant_id"),
    },
    # A row has one of them; the other is 0.
    "customer_form_field_values": {"customer_id": ("customer_id",), "address_id": ("address_id",)},
    "search_filter_contexts": {
        "channel_id": ("context", "channel_id"),
        "category_id": ("context", "category_id"),
    },
}
"""Keys that stand inside another object of the store's row."""

ADDED = frozenset(
    {"store_hash", "order_id", "order_date_modified", "product_id", "product_date_modified"}
)
"""What the tap adds to rows that do not say where they belong to, or how old that is."""

TWO_FORMS = frozenset({"order_shipping_addresses"})
"""Read inside of orders its amounts are numbers, 5.1; alone they are texts, "5.1000"."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RFC2822 = re.compile(
    r"(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"
)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?)?"
    r"(?:(Z)|([+-])(\d\d):?(\d\d))?"
)
_UNSET_DATES = frozenset({"", "0", "0000-00-00", "0000-00-00 00:00:00"})
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}
_MAX_NAMED = 20


@dataclass
class Comparison:
    """What was compared, and what differs."""

    rows: int = 0
    leaves: int = 0
    decimals: int = 0
    dates: int = 0
    in_extra: int = 0
    differences: list[str] = field(default_factory=list)

    def add(self, other: Comparison) -> None:
        """Count the other's in."""
        self.rows += other.rows
        self.leaves += other.leaves
        self.decimals += other.decimals
        self.dates += other.dates
        self.in_extra += other.in_extra
        self.differences += other.differences

    def __str__(self) -> str:
        counts = (
            f"{self.rows} rows, {self.leaves} leaves, {self.decimals} decimals, "
            f"{self.dates} dates, {self.in_extra} in {EXTRA}, {len(self.differences)} differences"
        )
        return "\n".join([counts, *self.differences[:_MAX_NAMED]])


def compared(sandbox: Sandbox, outcome: Outcome, *streams: str) -> Comparison:
    """All records of a full run with all rows of the store, keys checked to be unique."""
    total = Comparison()
    for stream in streams or outcome.schemas:
        schema, keys = outcome.schemas[stream], outcome.keys(stream)
        names, records = schema["key_properties"], outcome.records[stream]
        total.add(compare_rows(stream, schema["schema"], names, sandbox.rows(stream), records))
        total.differences += [f"{stream} {key}: came twice" for key in _repeated(keys)]
    return total


def compare_rows(  # noqa: PLR0913 - what a comparison is of
    stream: str,
    schema: Mapping[str, Any],
    keys: Sequence[str],
    raw_rows: Iterable[Row],
    rows: Iterable[Row],
    *,
    keeps_digits: bool = True,
) -> Comparison:
    """Compare all rows of a stream with the store's, in both directions.

    Args:
        stream: Its name.
        schema: JSON Schema of its SCHEMA message.
        keys: Its primary keys.
        raw_rows: The store's rows.
        rows: Emitted records or rows of a database; of several with one key the last counts.
        keeps_digits: Whether 1.50 must be 1.50, and not 1.5 as in columns of a fixed scale.
    """
    arrived = {_key(row, keys): row for row in rows}
    total = Comparison()
    for raw in raw_rows:
        key = raw_key(stream, raw, keys)
        row = arrived.pop(key, None)
        if row is None:
            total.rows += 1
            total.differences.append(f"{stream} {key}: did not arrive")
        else:
            one = compare_row(stream, schema, raw, row, keeps_digits=keeps_digits)
            one.differences = [f"{stream} {key}: {what}" for what in one.differences]
            total.add(one)
    total.differences += [f"{stream} {key}: the store has no such row" for key in arrived]
    return total


def compare_row(
    stream: str,
    schema: Mapping[str, Any],
    raw: Row,
    row: Row,
    *,
    keeps_digits: bool = True,
) -> Comparison:
    """Compare one row with the store's."""
    keeps_digits = keeps_digits and stream not in TWO_FORMS
    comparer = _Comparer(_loaded(row.get(EXTRA)) or {}, keeps_digits=keeps_digits)
    may_add = ADDED | KEY_PATHS.get(stream, {}).keys() | MOVING.get(stream, frozenset())
    comparer.members("", schema, _expected(stream, raw), row, may_add)
    for name, path in KEY_PATHS.get(stream, {}).items():
        inner: Any = raw
        for step in path:
            inner = inner.get(step) if inner else None
        if row.get(name) != (inner or 0):
            comparer.differs(name, inner, row.get(name))
    comparer.result.differences += [
        f"{EXTRA} has {path!r}, which the store has not"
        for path in comparer.extra.keys() - comparer.accounted
    ]
    comparer.result.rows = 1
    return comparer.result


def instant(raw: object) -> datetime | None:
    """The moment that a date of BigCommerce means; None for one that was never set.

    Raises:
        ValueError: It is no date in any form that BigCommerce is known to send.
    """
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return _unix(Decimal(raw))
    if isinstance(raw, Mapping):  # the blog's, local to its zone
        when, zone = str(raw["date"]), str(raw["timezone"]).replace("UTC", "+00:00")
        return None if when.startswith("0000") else instant(f"{when}{zone}")
    if not isinstance(raw, str):
        message = f"{raw!r} is no date"
        raise ValueError(message)  # noqa: TRY004 - one error type for "no date"
    if raw in _UNSET_DATES:
        return None
    if re.fullmatch(r"\d+", raw):
        return _unix(Decimal(raw))
    if match := _RFC2822.fullmatch(raw):
        _, name, _, _, _, _, sign, *offset = match.groups()
        day, year, hour, minute, second = map(int, match.group(1, 3, 4, 5, 6))
        month = _MONTHS.index(name.lower()) + 1
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC) - _offset(sign, *offset)
    if match := _ISO.fullmatch(raw):
        *_, fraction, _, sign, hours, minutes = match.groups()
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        micros = int((fraction or "").ljust(6, "0"))
        local = datetime(year, month, day, hour, minute, second, micros, tzinfo=UTC)
        return local - (_offset(sign, hours, minutes) if sign else timedelta())
    message = f"{raw!r} is no date"
    raise ValueError(message)


def moment(raw: object) -> datetime:
    """The moment that a date means, where it is known to be set."""
    found = instant(raw)
    assert found, f"{raw!r} is unset"
    return found


def _unix(seconds: Decimal) -> datetime | None:
    if not seconds:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 10**6))


def _offset(sign: str, hours: str, minutes: str) -> timedelta:
    return timedelta(hours=int(hours), minutes=int(minutes)) * (1 if sign == "+" else -1)


def _repeated(keys: Sequence[object]) -> list[object]:
    return [key for key, count in Counter(keys).items() if count > 1]


def _key(row: Row, keys: Sequence[str]) -> Key:
    return tuple(str(row.get(name)) for name in keys)


def raw_key(stream: str, raw: Row, keys: Iterable[str]) -> Key:
    """Keys of the store's row, as texts; 0 for one that it does not have."""
    found = []
    for name in keys:
        value: Any = raw
        for step in KEY_PATHS.get(stream, {}).get(name, (name,)):
            value = value.get(step) if value else None
        found.append(str(0 if value is None else value))
    return tuple(found)


def _expected(stream: str, raw: Row) -> Row:
    """The store's row without what belongs to other streams."""
    left = {name: raw[name] for name in raw if name not in ELSEWHERE.get(stream, ())}
    if stream == "orders":
        left |= _order_links(raw)
    if stream in {"order_consignments", "order_shipping_addresses"}:
        left = _without_lines(left)
    return left


def _order_links(raw: Row) -> dict[str, Any]:
    """What an order says where nothing is embedded, by the example of its products."""
    model = raw["products"]
    return {
        name: {part: model[part].replace("/products", f"/{name}") for part in ("url", "resource")}
        for name in ("consignments", "fees")
    }


def _without_lines(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_lines(value[name]) for name in value if name not in LINES}
    return [_without_lines(item) for item in value] if isinstance(value, list) else value


def _loaded(value: Any) -> Any:
    """A nested value; some databases give it back as text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_float=Decimal)
    except ValueError:
        return value


def _number(value: object) -> Decimal | None:
    """The number that was written, with its digits."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, float):
        value = repr(value)  # what is on the wire is the shortest text that means the float
    if not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and "_" not in str(value) else None


def _type_of(schema: Mapping[str, Any]) -> str:
    types = schema.get("type", "object")
    named = [types] if isinstance(types, str) else [one for one in types if one != "null"]
    kind: str = named[0]
    return "date-time" if schema.get("format") == "date-time" else kind


class _Comparer:
    """Compares one row; what a field cannot take must be in its `_extra`."""

    def __init__(self, extra: Mapping[str, Any], *, keeps_digits: bool) -> None:
        self.extra = extra
        self.accounted: set[str] = set()
        self.result = Comparison()
        self._keeps_digits = keeps_digits

    def differs(self, path: str, raw: object, value: object) -> None:
        self.result.differences.append(f"{path}: {raw!r} became {value!r}")

    def members(
        self,
        path: str,
        schema: Mapping[str, Any],
        raw: Row,
        row: Row,
        may_add: Iterable[str] = (),
    ) -> None:
        """Every member of an object."""
        declared = schema.get("properties", {})
        lead = f"{path}." if path else ""
        for name, value in raw.items():
            if name not in declared and name in SECRETS:
                continue
            if name not in declared:
                self._must_be_extra(f"{lead}{name}", value)
            elif name not in row:
                self.result.leaves += 1
                self.differs(f"{lead}{name}", value, "nothing")
            else:
                self.value(f"{lead}{name}", declared[name], value, row[name])
        for name, value in row.items():
            is_known = name in raw or name in may_add or name == EXTRA or name.startswith("_sdc_")
            if value is not None and not is_known:
                self.differs(f"{lead}{name}", "nothing", value)

    def value(self, path: str, schema: Mapping[str, Any], raw: Any, value: Any) -> None:
        """One member, whatever it is."""
        kind = _type_of(schema)
        if kind in {"object", "array"}:
            self._nested(path, kind, schema, raw, _loaded(value))
            return
        self.result.leaves += 1
        if raw is None or (value is None and raw in ([], {})):  # PHP's forms of nothing
            if value is not None:
                self.differs(path, raw, value)
            return
        check = {
            "date-time": self._is_date,
            "number": self._is_number,
            "integer": self._is_integer,
            "boolean": self._is_boolean,
            "string": self._is_text,
        }[kind]
        is_same = check(raw, value)
        if is_same is None or (not is_same and value is None):
            # It has no place in the field, so it must have found one beside it.
            if value is not None:
                self.differs(path, raw, value)
            self._must_be_extra(path, raw)
        elif not is_same:
            self.differs(path, raw, value)

    def _nested(
        self,
        path: str,
        kind: str,
        schema: Mapping[str, Any],
        raw: Any,
        value: Any,
    ) -> None:
        if kind == "object" and isinstance(raw, Mapping) and isinstance(value, Mapping):
            if "properties" in schema:
                self.members(path, schema, raw, value)
            else:
                self._same(path, raw, value)
        elif kind == "array" and isinstance(raw, list) and isinstance(value, list):
            if len(raw) != len(value):
                self.differs(path, f"{len(raw)} items", f"{len(value)} items")
            for at, (item, other) in enumerate(zip(raw, value, strict=False)):
                self.value(f"{path}[{at}]", schema["items"], item, other)
        elif raw is None or raw in ("", [], {}):
            # PHP's forms of an object without members, and a list without items.
            self.result.leaves += 1
            if value not in (None, [], {}):
                self.differs(path, raw, value)
        elif value is None:
            self._must_be_extra(path, raw)
        else:
            self.differs(path, raw, value)

    def _same(self, path: str, raw: object, value: object) -> None:
        """An object of no fixed shape, or a value in `_extra`: as it came."""
        self.result.leaves += _leaves(raw)
        if not _equal(raw, value):
            self.differs(path, raw, value)

    def _must_be_extra(self, path: str, raw: object) -> None:
        if path not in self.extra:
            self.result.leaves += _leaves(raw)
            self.differs(path, raw, f"nothing, and {EXTRA} has no such path")
            return
        self.accounted.add(path)
        self.result.in_extra += 1
        self._same(f"{EXTRA}.{path}", raw, self.extra[path])

    # Each answers whether the value is what the raw one means; None if the raw one means nothing
    # of this type.

    def _is_date(self, raw: object, value: object) -> bool | None:
        self.result.dates += 1
        try:
            moment = instant(raw)
        except ValueError:
            return None
        if moment is None or value is None:
            return moment is value
        if isinstance(value, datetime):
            return value.astimezone(UTC) == moment
        # One form everywhere, so that texts sort like times.
        is_utc = isinstance(value, str) and value.endswith("+00:00")
        return is_utc and datetime.fromisoformat(str(value)) == moment

    def _is_number(self, raw: object, value: object) -> bool | None:
        self.result.decimals += 1
        if raw == "":
            return value is None
        expected = _number(raw)
        if expected is None:
            return None
        if isinstance(value, bool | str | float):
            return False
        found = _number(value)
        if found is None or found != expected:
            return False
        return not self._keeps_digits or found.as_tuple() == expected.as_tuple()

    def _is_integer(self, raw: object, value: object) -> bool | None:
        if raw == "":
            return value is None
        number = _number(raw)
        if number is None or number != int(number) or abs(number) >= 2**63:
            return None
        return not isinstance(value, bool) and isinstance(value, int) and value == int(number)

    def _is_boolean(self, raw: object, value: object) -> bool | None:
        if raw == "":
            return value is None
        if isinstance(raw, float | Decimal):
            return None
        truth = _TRUTHS.get(str(raw).lower())
        return None if truth is None else value is truth

    def _is_text(self, raw: object, value: object) -> bool:
        """Text as it is; a number in its digits; anything else as JSON text."""
        if not isinstance(value, str):
            return raw == "" and value is None  # an unset decimal that is declared as text
        if isinstance(raw, str):
            has_digits = not self._keeps_digits and re.fullmatch(r"-?\d+\.\d+", raw)
            return value == raw or bool(has_digits and _number(value) == _number(raw))
        if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
            self.result.decimals += isinstance(raw, float | Decimal)
            expected, found = _number(raw), _number(value)
            return found is not None and expected is not None and found == expected
        try:
            return _equal(raw, json.loads(value, parse_float=Decimal))
        except ValueError:
            return False


def _leaves(raw: object) -> int:
    if isinstance(raw, Mapping):
        return sum(map(_leaves, raw.values()))
    return sum(map(_leaves, raw)) if isinstance(raw, list) else 1


def _equal(raw: object, value: object) -> bool:
    """The same JSON value; numbers by value."""
    if isinstance(raw, Mapping):
        return (
            isinstance(value, Mapping)
            and raw.keys() == value.keys()
            and all(_equal(raw[name], value[name]) for name in raw)
        )
    if isinstance(raw, list):
        return isinstance(value, list) and len(raw) == len(value) and all(map(_equal, raw, value))
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        return not isinstance(value, bool | str) and _number(raw) == _number(value)
    return type(raw) is type(value) and raw == value
