"""The comparison that all others rest on notices what it is there to notice."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.support.compare import compare_row, compare_rows, instant

SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "price": {"type": ["number", "null"]},
        "when": {"type": ["string", "null"], "format": "date-time"},
        "is_new": {"type": ["boolean", "null"]},
        "name": {"type": ["string", "null"]},
        "tags": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
        "place": {
            "type": ["object", "null"],
            "properties": {"city": {"type": ["string", "null"]}},
        },
        "_extra": {"type": ["object", "null"]},
    },
}
RAW = {
    "id": "7",
    "price": "12.3400",
    "when": "Wed, 10 Jan 2018 21:05:30 +0000",
    "is_new": 1,
    "name": 5,
    "tags": ["a", None],
    "place": {"city": "Rye", "beta": {"x": [1.5]}},
    "unknown": 0,
}
RECORD: dict[str, Any] = {
    "id": 7,
    "price": Decimal("12.3400"),
    "when": "2018-01-10T21:05:30+00:00",
    "is_new": True,
    "name": "5",
    "tags": ["a", None],
    "place": {"city": "Rye"},
    "_extra": {"place.beta": {"x": [Decimal("1.5")]}, "unknown": 0},
}


def differences(raw, record):
    return compare_row("any", SCHEMA, raw, record).differences


def test_what_is_right_is_no_difference():
    found = compare_row("any", SCHEMA, RAW, RECORD)
    assert found.differences == []
    assert (found.rows, found.decimals, found.dates, found.in_extra) == (1, 1, 1, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"id": 8},
        {"price": Decimal("12.34")},
        {"price": Decimal("12.3401")},
        {"price": 12.34},
        {"price": "12.3400"},
        {"price": None},
        {"when": "2018-01-10T21:05:31+00:00"},
        {"when": "2018-01-10T21:05:30Z"},
        {"when": None},
        {"is_new": False},
        {"is_new": 1},
        {"name": "5.0000000001"},
        {"name": None},
        {"tags": ["a"]},
        {"tags": [None, "a"]},
        {"tags": None},
        {"place": None},
        {"place": {}},
        {"place": {"city": "Rye", "zip": "1"}},
        {"_extra": {"unknown": 0}},
        {"_extra": {"place.beta": {"x": [Decimal("1.50")]}, "unknown": False}},
        {"_extra": {**RECORD["_extra"], "invented": 1}},
        {"invented": 1},
    ],
    ids=str,
)
def test_what_is_altered_is_a_difference(change):
    assert differences(RAW, {**RECORD, **change})


@pytest.mark.parametrize("name", RECORD)
def test_what_is_absent_is_a_difference(name):
    assert differences(RAW, {key: RECORD[key] for key in RECORD if key != name})


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("price", ""),
        ("when", ""),
        ("when", "0"),
        ("when", "0000-00-00 00:00:00"),
        ("is_new", ""),
        ("place", []),
        ("place", ""),
        ("tags", ""),
    ],
)
def test_the_forms_of_unset_are_null(name, raw):
    extra = {} if name != "place" else {"_extra": {"unknown": 0}}
    assert differences({**RAW, name: raw}, {**RECORD, name: None, **extra}) == []
    assert differences({**RAW, name: raw}, {**RECORD, **extra})


def test_rows_are_compared_both_ways():
    other = {**RECORD, "id": 8}
    missing = compare_rows("any", SCHEMA, ["id"], [RAW], [other]).differences
    assert missing == ["any ('7',): did not arrive", "any ('8',): the store has no such row"]


def test_dates_in_every_form_are_moments():
    moment = datetime(2018, 1, 10, 21, 5, 30, tzinfo=UTC)
    forms = (
        "Wed, 10 Jan 2018 21:05:30 +0000",
        "Wed, 10 Jan 2018 22:05:30 +0100",
        "2018-01-10T21:05:30Z",
        "2018-01-10T21:05:30.000Z",
        "2018-01-10T16:05:30-05:00",
        "2018-01-10 21:05:30",
        "1515618330",
        1515618330,
    )
    assert {instant(form) for form in forms} == {moment}
    assert instant("2018-01-10") == datetime(2018, 1, 10, tzinfo=UTC)
    with pytest.raises(ValueError, match="is no date"):
        instant("soon")
