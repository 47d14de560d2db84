"""Whatever a row holds, the record and what was found beyond it together hold it too."""

from __future__ import annotations

import json
import typing as t
from datetime import datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_bigcommerce.schema.record import DECIMAL_FORMS, EXTRA, Record, fields_of, schema_of
from tests.unit.schema.settings import REPEATABLE
from tests.unit.schema.thing import Thing, converted, emitted
from tests.unit.schema.validity import ENCODER, complaints

TEXTS = st.text(max_size=8) | st.sampled_from(["", "0", "1", "true", "-0.0", "1E+400", "NaN"])
NUMBERS = (
    st.integers()
    | st.integers(-(2**70), 2**70)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, 1, Decimal("1.10"), Decimal("-0.0"), Decimal("1E+5000"), 2**63])
)


class OddThing(Thing):
    """A thing with one more field, to put a misfit in."""

    odd: int


LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
UNKNOWN = st.sampled_from(["news", "more", "id2", "_extra"])
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(UNKNOWN | st.sampled_from(["id", "alt", "name"]), inner, max_size=3)
    ),
    max_leaves=6,
)
INSTANTS = st.sampled_from(
    [
        "Sun, 01 Nov 2026 12:00:00 +0000",
        "2026-11-01T12:00:00Z",
        "2026-11-01T06:00:00.500-06:00",
        "2026-11-01 12:00:00",
        "2026-11-01",
        "1793534400",
        1793534400,
        Decimal("1793534400.25"),
        "",
        "0",
        "0000-00-00 00:00:00",
        {"date": "2026-11-01 12:00:00", "timezone_type": 3, "timezone": "UTC"},
        {"date": "2026-11-01 12:00:00", "timezone": "UTC", "news": 1},
    ]
)


def plausible(hint):
    """Values that a field of this type might really have."""
    if t.get_origin(hint) is list:
        (item,) = t.get_args(hint)
        return st.lists(plausible(item) | JSON, max_size=3) | st.just({})
    if isinstance(hint, type) and issubclass(hint, Record):
        return rows_of(hint) | st.just([])
    return {
        int: NUMBERS | NUMBERS.map(str),
        str: JSON,
        bool: st.booleans() | st.sampled_from([0, 1, "0", "1", "true", "False", "", 2]),
        Decimal: NUMBERS | NUMBERS.map(str),
        datetime: INSTANTS,
        dict: st.dictionaries(UNKNOWN, JSON, max_size=2) | st.just([]),
    }[hint]


def rows_of(record):
    return st.builds(
        lambda known, unknown: {**unknown, **known},
        st.fixed_dictionaries(
            {},
            optional={
                name: plausible(field.type) | st.none() | JSON
                for name, field in fields_of(record).items()
            },
        ),
        st.dictionaries(UNKNOWN, JSON, max_size=1),
    )


ROWS = rows_of(Thing)


def same(one, other):
    """Equal to the last digit."""
    return ENCODER.encode(one) == ENCODER.encode(other)


def same_number(value, out):
    if value in UNSET or (isinstance(value, str) and not value.strip()):
        return out is None
    return out is not None and Decimal(value) == out


UNSET: tuple[t.Any, ...] = ("", [], {})


def same_digits(value, out):
    return same_number(value, out) and (
        out is None or Decimal(value).as_tuple() == Decimal(out).as_tuple()
    )


def same_text(value, out):
    return (
        value == out
        if isinstance(value, str)
        else same(json.loads(out, parse_float=Decimal), value)
    )


def same_truth(value, out):
    if value in UNSET or out is None:
        return value in UNSET and out is None
    return str(value).lower() in ({"1", "true"} if out else {"0", "false"}) or value == int(out)


def same_instant(value, out):
    """By the standard library's own readers, one for each form."""
    if out is None:
        return value in (0, "0", "0000-00-00 00:00:00", *UNSET) or not str(value).strip(" 0.-+eE")
    if isinstance(value, dict):
        assert value["timezone"] == "UTC"
        value = value["date"]
    try:
        since_epoch = timedelta(seconds=float(value))
    except (TypeError, ValueError):
        readers = (datetime.fromisoformat, parsedate_to_datetime)
        moment = next(filter(None, (read(value) for read in readers if _reads(read, value))))
        since_epoch = moment.replace(tzinfo=moment.tzinfo or UTC) - EPOCH
    return abs(datetime.fromisoformat(out) - EPOCH - since_epoch) < timedelta(milliseconds=1)


def _reads(read, value):
    try:
        read(value)
    except ValueError:
        return False
    return True


EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
UTC = EPOCH.tzinfo
SAME = {
    int: same_number,
    Decimal: same_digits,
    str: same_text,
    bool: same_truth,
    datetime: same_instant,
    dict: lambda value, out: same(value or None, out or None),
}


# Forms of an empty object or list, and what becomes of them.
EMPTY: list[t.Any] = [(None, None), ("", None), ([], None), ({}, [])]


def lost(hint, value, out, found, path):
    """Paths of values that are neither in the record nor among what was found.

    What was found is taken out of `found`, so that what is left there was made up.
    """
    if path in found:
        return [] if same(found.pop(path), value) and out is None else [path]
    if hint in SAME:
        both_null = value is None and out is None
        return [] if both_null or SAME[hint](value, out) else [path]
    if value is None or not isinstance(value, list if t.get_origin(hint) is list else dict):
        return [] if (value, out) in EMPTY else [path]
    if isinstance(value, list):
        (item,) = t.get_args(hint)
        return [
            missing
            for index, (one, its) in enumerate(zip(value, out, strict=True))
            for missing in lost(item, one, its, found, f"{path}[{index}]")
        ]
    fields = fields_of(hint)
    missing = []
    for name, member in value.items():
        at = f"{path}.{name}" if path else name
        if name in fields:
            missing += lost(fields[name].type, member, out[name], found, at)
        elif at not in found or not same(found.pop(at), member):
            missing.append(at)
    return missing


@REPEATABLE
@given(ROWS)
def test_every_leaf_is_in_the_record_or_found(row):
    out, found = converted(row)
    by_path = {one.path: one.value for one in found}
    assert len(by_path) == len(found)
    assert lost(Thing, row, out, by_path, "") == []
    assert by_path == {}


@REPEATABLE
@given(ROWS, st.sampled_from(sorted(DECIMAL_FORMS)))
def test_any_row_is_valid_once_converted(row, decimals):
    schema = schema_of(Thing, decimals=DECIMAL_FORMS[decimals])
    assert complaints(emitted(row, decimals=decimals), schema) == []


@REPEATABLE
@given(ROWS)
def test_the_quick_way_and_the_thorough_one_say_the_same(row):
    """A value that does not fit is what sends a row the thorough way."""
    out, found = converted(row, OddThing)
    thorough, more = converted({**row, "odd": "x"}, OddThing)
    assert same({**out, "odd": None}, thorough)
    by_path = {one.path: one for one in more if one.path != "odd"}
    assert {one.path: one for one in found} == by_path


@REPEATABLE
@given(ROWS)
def test_converting_twice_changes_nothing(row):
    """A row may come from a parent that has been converted before."""
    out, _ = converted(row)
    again, found = converted(out)
    assert found == []
    assert same(out, again)


NAMES = st.text(alphabet='a0.[]"\\', max_size=3)
DEEP = st.recursive(
    st.just(0),
    lambda inner: (
        st.dictionaries(NAMES | st.sampled_from(["main", "images"]), inner, max_size=3)
        | st.lists(inner, max_size=2)
    ),
    max_leaves=8,
)


@REPEATABLE
@given(
    st.fixed_dictionaries({}, optional={"main": DEEP, "images": DEEP, "galleries": DEEP}),
    st.dictionaries(NAMES, DEEP, max_size=3),
)
def test_no_two_values_are_found_at_the_same_path(known, unknown):
    """The second would overwrite the first in `_extra`."""
    _, found = converted({**unknown, **known})
    assert len({one.path for one in found}) == len(found)


@pytest.mark.parametrize("name", [EXTRA, "news", "__warning__"])
def test_a_field_named_as_ours_is_kept_inside_ours(name):
    assert emitted({name: {"a": 1}}) == {EXTRA: {name: {"a": 1}}}
