"""A row in its declared form; what has no place in it is found, never lost."""

from __future__ import annotations

import copy
from decimal import Decimal

import pytest

from tap_bigcommerce.schema.convert import Found, compile_record
from tap_bigcommerce.schema.record import DECIMAL_FORMS, schema_of
from tests.unit.schema.thing import Picture, Point, Thing, converted, emitted
from tests.unit.schema.validity import ENCODER, complaints

NOON = "2026-11-01T12:00:00+00:00"
FITTING = {
    "id": 1,
    "name": "a thing",
    "is_on": True,
    "price": Decimal("12.50"),
    "made": "Sun, 01 Nov 2026 12:00:00 +0000",
    "free": {"a": {"b": [1, None, Decimal("1.10")]}},
    "point": {"name": "here", "visible": False, "not": 3},
    "main": {"id": 7, "alt": "front", "taken": "2026-11-01 12:00:00"},
    "images": [{"id": 8, "alt": "back", "taken": "1793534400"}, None, {}],
    "tags": ["x", "", None],
    "counts": [1, None, 2],
    "flags": [True, None],
    "prices": ["0.10", 3, None],
    "dates": ["2026-11-01", None, "0"],
    "frees": [{"any": 1}, {}, None],
    "grid": [[1, 2], [], None, [3]],
    "galleries": [[{"id": 9}], []],
}


def test_a_row_that_fits_changes_in_dates_and_decimals_alone():
    out, found = converted(FITTING)
    assert found == []
    assert out == {
        **FITTING,
        "made": NOON,
        "main": {"id": 7, "alt": "front", "taken": NOON},
        "images": [{"id": 8, "alt": "back", "taken": NOON}, None, {}],
        "prices": [Decimal("0.10"), 3, None],
        "dates": ["2026-11-01T00:00:00+00:00", None, None],
    }
    assert str(out["prices"][0]) == "0.10"


def test_the_row_itself_stays_as_it_is():
    """It may be read again, for another stream."""
    for row in (FITTING, {**FITTING, "news": 1, "images": [{"id": "x", "more": 2}]}):
        before = copy.deepcopy(row)
        out, _ = converted(row)
        assert out is not row
        assert row == before


def test_fields_come_in_the_order_of_the_row():
    row = dict(reversed(FITTING.items()))
    assert list(converted(row)[0]) == list(row)
    assert list(converted({"news": 1, **row})[0]) == list(row)


def test_a_field_that_the_row_lacks_is_not_made_up():
    assert converted({}) == ({}, [])
    assert converted({"id": 1}) == ({"id": 1}, [])


def test_null_is_null_everywhere():
    row = dict.fromkeys(FITTING)
    assert converted(row) == (row, [])


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"id": "1", "is_on": "1", "name": 5}, {"id": 1, "is_on": True, "name": "5"}),
        ({"point": [], "main": "", "free": []}, {"point": None, "main": None, "free": None}),
        ({"images": {}, "tags": "", "grid": {}}, {"images": [], "tags": None, "grid": []}),
        ({"tags": [1, True, ["a"]]}, {"tags": ["1", "true", '["a"]']}),
        ({"counts": ["1", "", 2]}, {"counts": [1, None, 2]}),
        ({"images": [[], {"id": "8"}]}, {"images": [None, {"id": 8}]}),
        ({"price": {}, "id": [], "is_on": {}}, {"price": None, "id": None, "is_on": None}),
        ({"galleries": [{}, [[]]]}, {"galleries": [[], [None]]}),
        ({"main": {"taken": ""}, "made": "0"}, {"main": {"taken": None}, "made": None}),
    ],
    ids=repr,
)
def test_other_forms_of_the_same_are_brought_to_the_declared_one(row, expected):
    assert converted(row) == (expected, [])


@pytest.mark.parametrize(
    ("row", "expected", "path", "value"),
    [
        ({"id": "x"}, {"id": None}, "id", "x"),
        ({"id": 2**63}, {"id": None}, "id", 2**63),
        ({"price": "1,000"}, {"price": None}, "price", "1,000"),
        ({"made": "soon"}, {"made": None}, "made", "soon"),
        ({"is_on": "maybe"}, {"is_on": None}, "is_on", "maybe"),
        ({"free": [1]}, {"free": None}, "free", [1]),
        ({"main": [1]}, {"main": None}, "main", [1]),
        ({"main": {"taken": [0]}}, {"main": {"taken": None}}, "main.taken", [0]),
        ({"images": {"0": {}}}, {"images": None}, "images", {"0": {}}),
        ({"images": [{}, {"id": "x"}]}, {"images": [{}, {"id": None}]}, "images[1].id", "x"),
        ({"images": [{}, 5]}, {"images": [{}, None]}, "images[1]", 5),
        ({"counts": [1, "x"]}, {"counts": [1, None]}, "counts[1]", "x"),
        ({"prices": ["NaN"]}, {"prices": [None]}, "prices[0]", "NaN"),
        ({"dates": ["0", "soon"]}, {"dates": [None, None]}, "dates[1]", "soon"),
        ({"frees": [{}, 1]}, {"frees": [{}, None]}, "frees[1]", 1),
        ({"grid": [[1], [2, "x"]]}, {"grid": [[1], [2, None]]}, "grid[1][1]", "x"),
        ({"grid": [5]}, {"grid": [None]}, "grid[0]", 5),
        (
            {"galleries": [[], [{"id": [0]}]]},
            {"galleries": [[], [{"id": None}]]},
            "galleries[1][0].id",
            [0],
        ),
    ],
    ids=repr,
)
def test_what_does_not_fit_is_null_in_its_place_and_found_with_its_path(row, expected, path, value):
    assert converted(row) == (expected, [Found(path, value, is_declared=True)])


@pytest.mark.parametrize(
    ("row", "expected", "path"),
    [
        ({"news": 5}, {}, "news"),
        ({"point": {"news": 5}}, {"point": {}}, "point.news"),
        ({"images": [{}, {"news": 5}]}, {"images": [{}, {}]}, "images[1].news"),
        ({"galleries": [[], [{"news": 5}]]}, {"galleries": [[], [{}]]}, "galleries[1][0].news"),
        ({"__warning__": 5}, {}, "__warning__"),
        ({"main.id": 5}, {}, '["main.id"]'),
        ({"main": {"a.b": 5}}, {"main": {}}, 'main["a.b"]'),
        ({"images[0]": 5}, {}, '["images[0]"]'),
        ({"": 5}, {}, '[""]'),
        ({'"': 5}, {}, r'["\""]'),
        ({"main": {"": 5}}, {"main": {}}, 'main[""]'),
        ({"caf\u00e9 au lait": 5}, {}, "caf\u00e9 au lait"),
        ({"m0": 5}, {}, "m0"),
    ],
    ids=repr,
)
def test_an_undeclared_field_is_found_at_every_depth(row, expected, path):
    assert converted(row) == (expected, [Found(path, 5, is_declared=False)])


def test_an_undeclared_null_is_found_too():
    """That the field is there is news enough."""
    assert converted({"news": None}) == ({}, [Found("news", None, is_declared=False)])


def test_one_odd_value_costs_the_row_nothing_else():
    out, found = converted({**FITTING, "news": {"deep": [1]}, "id": "x"})
    assert out == {**converted(FITTING)[0], "id": None}
    assert sorted(one.path for one in found) == ["id", "news"]


def test_what_was_found_before_keeps_its_path():
    found = [Found("earlier", 1, is_declared=False)]
    compile_record(Thing, DECIMAL_FORMS["number"])({"main": {"news": 2}}, found)
    assert [one.path for one in found] == ["earlier", "main.news"]


def test_a_column_of_38_digits_does_not_cut_a_decimal():
    out, found = converted({"price": "0.00000000001", "prices": [1]}, decimals="x-singer.decimal")
    assert out == {"price": None, "prices": ["1"]}
    assert found == [Found("price", "0.00000000001", is_declared=True)]


@pytest.mark.parametrize("decimals", sorted(DECIMAL_FORMS))
def test_what_is_emitted_is_valid_and_encodes(decimals):
    row = {
        **FITTING,
        "name": "\x00 \U0001f6d2 " + "x" * 1_000_000,
        "price": "-0.0",
        "news": Decimal("1E+400"),
        "counts": [2**64, 2**53 + 1],
        "images": [{"alt": ["a", {"b": None}], "taken": {"date": "2026-11-01 12:00:00"}}],
    }
    schema = schema_of(Thing, keys=["id"], decimals=DECIMAL_FORMS[decimals])
    assert complaints(emitted(row, decimals=decimals), schema) == []


def test_exactly_the_digits_that_came_reach_the_target():
    row = {"price": "12345678901234567890.1200", "prices": ["-0.0", Decimal("1.10"), 7, "1E+400"]}
    assert ENCODER.encode(emitted(row)) == (
        b'{"price":12345678901234567890.1200,"prices":[-0.0,1.10,7,1E+400]}'
    )


def test_a_record_without_dates_and_decimals_is_copied_too():
    row = {"name": "here"}
    out, _ = converted(row, Point)
    assert out == row
    assert out is not row


def test_a_record_may_stand_alone():
    assert converted({"id": 1, "taken": 1793534400}, Picture)[0] == {"id": 1, "taken": NOON}
