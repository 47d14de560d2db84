"""Personal data: hashed so that joins survive, or gone, wherever it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import pytest

from tap_bigcommerce.schema.convert import Found, compile_record
from tap_bigcommerce.schema.personal import Privacy
from tap_bigcommerce.schema.record import DECIMAL_FORMS, Personal, Record, fields_of


class Address(Record):
    """A place where somebody lives."""

    street: Annotated[str, Personal, "With the number."]
    country: str


class Person(Record):
    """Somebody, with all that can be marked."""

    id: int
    email: Annotated[str, Personal]
    nicknames: Annotated[list[str], Personal]
    born: Annotated[datetime, Personal]
    home: Address
    others: list[Address]
    tier: str


ROW = {
    "id": 5,
    "email": "ann@example.com",
    "nicknames": ["ann", "ann@example.com", ""],
    "born": "1990-01-01T00:00:00+00:00",
    "home": {"street": "Main 1", "country": "US"},
    "others": [{"street": "Side 2", "country": "DE"}, None],
    "tier": "gold",
}


def cleaned(how, key, row):
    clean = Privacy(how, key).cleaner(Person)
    assert clean
    return clean(row)


def test_what_is_no_personal_data_stays_as_it_is():
    assert Privacy("hash", "key").cleaner(type("Plain", (Record,), {})) is None


def test_dropped_it_is_gone_from_row_and_schema():
    privacy = Privacy("drop", "")
    assert cleaned("drop", "", ROW) == {
        "id": 5,
        "home": {"country": "US"},
        "others": [{"country": "DE"}, None],
        "tier": "gold",
    }
    declared = [name for name, field in fields_of(Person).items() if privacy.is_declared(field)]
    assert declared == ["id", "home", "others", "tier"]


def test_hashed_the_same_text_stays_the_same_everywhere():
    row = cleaned("hash", "key", ROW)
    assert row["email"] == row["nicknames"][1] != row["nicknames"][0]
    assert len(row["email"]) == 64
    assert "born" not in row  # no hash is a date
    assert row["home"]["country"] == "US"
    assert row == cleaned("hash", "key", ROW)
    assert row != cleaned("hash", "other", ROW)


def test_nothing_to_hide_is_not_hidden():
    row = cleaned("hash", "key", {"email": "", "home": None, "nicknames": []})
    assert row == {"email": "", "home": None, "nicknames": []}


def test_the_row_itself_stays_as_it_is():
    before = repr(ROW)
    cleaned("hash", "key", ROW)
    assert repr(ROW) == before


@pytest.mark.parametrize("how", ["hash", "drop"])
def test_what_is_kept_beside_the_declared_fields_is_no_leak(how):
    found: list[Found] = []
    row = {
        "id": "five",
        "secret_name": "Ann",
        "home": {"flat.no": "2", "country": "US"},
        "others": [{"country": "DE"}, {"street": 5, "odd[0]": "Side 2"}],
        "born": "no date",
    }
    compile_record(Person, DECIMAL_FORMS["number"])(row, found)
    kept = {one.path: one.value for one in Privacy(how, "key").found(Person, found)}
    assert kept.pop("id") == "five"
    assert len(kept) == (0 if how == "drop" else 4)
    assert all(len(value) == 64 for value in kept.values())


@pytest.mark.parametrize("how", ["hash", "drop"])
def test_what_does_not_fit_and_holds_personal_data_is_no_leak(how):
    found: list[Found] = []
    row = {"home": "Main 1", "others": {"street": "Side 2"}, "tier": ["gold"]}
    compile_record(Person, DECIMAL_FORMS["number"])(row, found)
    kept = {one.path: one.value for one in Privacy(how, "key").found(Person, found)}
    assert kept.pop("tier", None) in (["gold"], None)
    assert all(len(value) == 64 for value in kept.values())
    assert set(kept) == (set() if how == "drop" else {"home", "others"})
