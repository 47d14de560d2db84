"""Secrets are declared, and left out of a run unless the catalog selects them by name."""

from __future__ import annotations

import pytest

from tests.unit.streams.fakes import Offline, catalog, entry_of

STREAM, SECRET = "settings_storefront_status", "prelaunch_password"


def read(entries, value="mezt1f77gd"):
    answer = {"data": {"prelaunch_message": "Soon", SECRET: value}, "meta": {}}
    offline = Offline(lambda _: answer, catalog=entries)
    offline.sync()
    (schema,) = [one["schema"]["properties"] for one in offline.messages if one["type"] == "SCHEMA"]
    return schema, offline.messages.rows(STREAM)[0]


def metadata_of(entries, name):
    places = entry_of(entries, STREAM)["metadata"]
    return next(one["metadata"] for one in places if one["breadcrumb"] == ["properties", name])


def test_the_catalog_offers_the_secret_and_does_not_select_it():
    entries = catalog(STREAM)
    assert SECRET in entry_of(entries, STREAM)["schema"]["properties"]
    assert metadata_of(entries, SECRET)["selected-by-default"] is False
    assert "selected-by-default" not in metadata_of(entries, "prelaunch_message")


@pytest.mark.parametrize("value", ["mezt1f77gd", 12, {"text": "mezt1f77gd"}, ["a"]], ids=str)
def test_the_secret_is_nowhere(value):
    """Whatever its form: what does not fit its type would be kept in `_extra`."""
    schema, row = read(catalog(STREAM), value)
    assert SECRET not in schema
    assert row == {"store_hash": "abc123", "prelaunch_message": "Soon"}


def test_a_catalog_without_a_word_on_the_secret_leaves_it_out():
    """As those that another version discovered, or that somebody wrote by hand."""
    entries = catalog(STREAM)
    entry = entry_of(entries, STREAM)
    entry["metadata"] = [one for one in entry["metadata"] if SECRET not in one["breadcrumb"]]
    assert SECRET not in read(entries)[1]


def test_who_selects_the_secret_gets_it():
    entries = catalog(STREAM)
    metadata_of(entries, SECRET)["selected"] = True
    schema, row = read(entries)
    assert SECRET in schema
    assert row[SECRET] == "mezt1f77gd"
