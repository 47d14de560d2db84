"""The JSON Schema that follows from a record class."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import pytest
from jsonschema import Draft202012Validator

from tap_bigcommerce.schema.record import (
    DECIMAL_FORMS,
    EXTRA,
    Field,
    Record,
    fields_of,
    schema_of,
)
from tap_bigcommerce.schema.shapes import FormField, Link
from tests.unit.schema.thing import Picture, Point, Thing


class Parent(Record):
    """What leads."""

    parent_id: int


class Own(Record):
    """What follows."""

    id: int
    note: Annotated[str, "A note."]


class Child(Own, Parent):
    """Fields of the last base come first."""

    price: Annotated[Decimal, "Money."]


def test_each_type_has_one_json_type_and_may_be_null():
    properties = schema_of(Thing)["properties"]
    picture = {
        "type": ["object", "null"],
        "properties": {
            "id": {"type": ["integer", "null"]},
            "alt": {"type": ["string", "null"]},
            "taken": {"type": ["string", "null"], "format": "date-time"},
        },
    }
    assert properties == {
        "id": {"type": ["integer", "null"], "description": "The key."},
        "name": {"type": ["string", "null"]},
        "is_on": {"type": ["boolean", "null"]},
        "price": {"type": ["number", "null"]},
        "made": {"type": ["string", "null"], "format": "date-time"},
        "free": {"type": ["object", "null"]},
        "point": {
            "type": ["object", "null"],
            "properties": {
                "name": {"type": ["string", "null"]},
                "visible": {"type": ["boolean", "null"]},
                "not": {"type": ["integer", "null"]},
            },
        },
        "main": picture,
        "images": {"type": ["array", "null"], "items": picture},
        "tags": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
        "counts": {"type": ["array", "null"], "items": {"type": ["integer", "null"]}},
        "flags": {"type": ["array", "null"], "items": {"type": ["boolean", "null"]}},
        "prices": {"type": ["array", "null"], "items": {"type": ["number", "null"]}},
        "dates": {
            "type": ["array", "null"],
            "items": {"type": ["string", "null"], "format": "date-time"},
        },
        "frees": {"type": ["array", "null"], "items": {"type": ["object", "null"]}},
        "grid": {
            "type": ["array", "null"],
            "items": {"type": ["array", "null"], "items": {"type": ["integer", "null"]}},
        },
        "galleries": {
            "type": ["array", "null"],
            "items": {"type": ["array", "null"], "items": picture},
        },
        EXTRA: properties[EXTRA],
    }
    assert properties[EXTRA]["type"] == ["object", "null"]


def test_keys_are_required_and_not_null():
    schema = schema_of(Child, keys=("parent_id", "id"))
    assert schema["required"] == ["parent_id", "id"]
    assert schema["properties"]["parent_id"] == {"type": "integer"}
    assert schema["properties"]["note"]["type"] == ["string", "null"]


def test_a_key_that_is_no_field_is_a_mistake():
    with pytest.raises(KeyError, match="uid"):
        schema_of(Child, keys=("uid",))


def test_fields_of_the_last_base_come_first_and_those_added_by_us_last():
    assert list(schema_of(Child)["properties"]) == ["parent_id", "id", "note", "price", EXTRA]
    assert fields_of(Child)["note"] == Field(str, "A note.")
    assert fields_of(Child)["id"] == Field(int, None)


def test_a_name_that_python_reserves_can_be_declared():
    assert list(fields_of(Point)) == ["name", "visible", "not"]


@pytest.mark.parametrize("form", sorted(DECIMAL_FORMS))
def test_a_decimal_has_the_form_of_the_setting_and_keeps_its_description(form):
    declared = DECIMAL_FORMS[form].schema
    assert schema_of(Child, decimals=DECIMAL_FORMS[form])["properties"]["price"] == {
        **declared,
        "type": [declared["type"], "null"],
        "description": "Money.",
    }


def test_schemas_share_nothing_that_a_change_to_one_could_reach():
    one, other = schema_of(Child), schema_of(Child)
    one["properties"]["id"]["type"] = "changed"
    one["properties"]["price"]["type"].append("changed")
    assert other == schema_of(Child)
    assert DECIMAL_FORMS["number"].schema == {"type": "number"}


@pytest.mark.parametrize("record", [Thing, Picture, Child, Link, FormField])
def test_the_schema_is_one(record):
    Draft202012Validator.check_schema(schema_of(record))


def record_with(hint):
    return type("Odd", (Record,), {"__annotations__": {"field": hint}})


@pytest.mark.parametrize(
    "hint",
    [float, object, list, int | None, dict[str, int], list[float], tuple[int], bytes],
    ids=str,
)
def test_any_other_type_is_refused_with_the_name_of_the_field(hint):
    with pytest.raises(TypeError, match=r"Odd\.field"):
        fields_of(record_with(hint))


def test_a_class_that_is_no_record_is_refused():
    with pytest.raises(TypeError, match=r"Odd\.field"):
        fields_of(record_with(datetime.__class__))
