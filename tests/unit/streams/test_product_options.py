"""Options and modifiers, embedded in short pages of products or from their own endpoints."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api.errors import NotFound
from tap_bigcommerce.schema.record import fields_of
from tap_bigcommerce.streams.product_options import Modifier, ProductOption, ProductOptions
from tests.unit.schema.thing import converted
from tests.unit.streams.fakes import Offline, envelope

DATE = "2026-11-01T00:00:00Z"
LEAD = {"product_id", "product_date_modified"}
RECORDS = {"options": ProductOption, "modifiers": Modifier}
STREAMS = {"options": "product_options", "modifiers": "modifiers"}
each = pytest.mark.parametrize("name", RECORDS)


def choice(kind, number, /, *missing, **fields):
    """An option or modifier with all its fields, less some."""
    whole = {**dict.fromkeys(fields_of(RECORDS[kind]).keys() - LEAD), "id": number, **fields}
    return {field: value for field, value in whole.items() if field not in missing}


def product(name, number, *rows, **fields):
    return {"id": number, "date_modified": DATE, name: list(rows), **fields}


def read(name, *products, own=None):
    """Rows of a stream, and the products whose own endpoint was asked."""
    asked = []

    def answer(request):
        if request.path == "/v3/catalog/products":
            return envelope(list(products))
        number = int(request.path.split("/")[4])
        assert request.path == f"/v3/catalog/products/{number}/{name}"
        asked.append(number)
        return envelope((own or {}).get(number, []))

    offline = Offline(answer, select=[STREAMS[name]])
    offline.sync()
    assert offline.run.failures == {}
    return offline.messages.rows(STREAMS[name]), asked


def ids(rows):
    return [(row["product_id"], row["id"]) for row in rows]


@each
def test_complete_rows_are_taken_from_the_products(name):
    rows, asked = read(
        name, product(name, 7, choice(name, 1), choice(name, 2)), product(name, 8, choice(name, 3))
    )
    assert ids(rows) == [(7, 1), (7, 2), (8, 3)]
    assert {row["product_date_modified"] for row in rows} == {"2026-11-01T00:00:00+00:00"}
    assert asked == []


@each
def test_a_product_with_an_empty_list_has_none(name):
    assert read(name, product(name, 7)) == ([], [])


@each
@pytest.mark.parametrize("odd", [None, {}, "", {"data": []}, [7], [None], [[]]], ids=repr)
def test_an_odd_form_is_asked_for(name, odd):
    rows, asked = read(name, {**product(name, 7), name: odd}, own={7: [choice(name, 1)]})
    assert ids(rows) == [(7, 1)]
    assert asked == [7]


@each
def test_products_without_the_list_are_asked_one_by_one(name):
    products = [product(name, number) for number in (7, 8)]
    for one in products:
        del one[name]
    rows, asked = read(name, *products, own={8: [choice(name, 1)]})
    assert ids(rows) == [(8, 1)]
    assert sorted(asked) == [7, 8]


@each
@pytest.mark.parametrize("count", [50, 100, 250])
def test_a_list_of_a_suspicious_length_is_asked_for(name, count):
    whole = [choice(name, number) for number in range(1, count + 4)]
    rows, asked = read(name, product(name, 7, *whole[:count]), own={7: whole})
    assert len(rows) == count + 3
    assert asked == [7]


# The schema of embedded options has no `name`, that of their own endpoint has.


def test_a_name_that_only_embedded_options_lack_sends_every_product_to_its_endpoint():
    products = [product("options", n, choice("options", n, "name")) for n in (7, 8)]
    own = {n: [choice("options", n, name=f"Size{n}")] for n in (7, 8)}
    rows, asked = read("options", *products, product("options", 9), own=own)
    assert [row["name"] for row in rows] == ["Size7", "Size8"]
    assert asked == [7, 8]


def test_a_name_that_options_lack_everywhere_is_found_out_once():
    nameless = {n: [choice("options", n, "name")] for n in (7, 8, 9)}
    rows, asked = read(
        "options", *(product("options", n, *nameless[n]) for n in nameless), own=nameless
    )
    assert ids(rows) == [(7, 7), (8, 8), (9, 9)]
    assert asked == [7]


def test_a_product_that_was_deleted_teaches_nothing():
    nameless = {n: [choice("options", n, "name")] for n in (7, 8, 9)}
    own = {8: nameless[8]}
    rows, asked = read("options", *(product("options", n, *nameless[n]) for n in nameless), own=own)
    assert ids(rows) == [(8, 8), (9, 9)]
    assert asked == [7, 8]


@each
def test_what_one_type_may_lack_another_may_not(name):
    swatch, picked = (
        choice(name, number, "config", type=type_)
        for number, type_ in ((1, "swatch"), (2, "product_list"))
    )
    whole = choice(name, 2, type="product_list", config={"product_list_shipping_calc": "none"})
    rows, asked = read(
        name, product(name, 7, swatch), product(name, 8, picked), own={7: [swatch], 8: [whole]}
    )
    assert [row.get("config") for row in rows] == [None, {"product_list_shipping_calc": "none"}]
    assert asked == [7, 8]


# Simple products.


@pytest.mark.parametrize("base", [112, "112"], ids=repr)
@pytest.mark.parametrize("option_set", [None, 0], ids=repr)
def test_a_simple_product_has_no_options(base, option_set):
    one = {"id": 7, "base_variant_id": base, "option_set_id": option_set}
    assert ProductOptions.rules_out(one)
    assert read("options", {**one, "date_modified": DATE}, own={7: [choice("options", 1)]}) == (
        [],
        [],
    )


@pytest.mark.parametrize(
    "said",
    [
        {"base_variant_id": None, "option_set_id": None},
        {"base_variant_id": 0, "option_set_id": None},
        {"base_variant_id": "", "option_set_id": None},
        {"base_variant_id": "none", "option_set_id": None},
        {"base_variant_id": 112, "option_set_id": 21},
        {"base_variant_id": 112, "option_set_id": []},
        {"base_variant_id": 112},
        {"option_set_id": None},
        {},
    ],
    ids=repr,
)
def test_any_other_product_may_have_options(said):
    assert not ProductOptions.rules_out({"id": 7, **said})


# Values.


@pytest.mark.parametrize("nothing", [None, {}, []], ids=repr)
def test_settings_and_data_may_be_nothing_in_any_form(nothing):
    value = {"id": 1, "label": "Red", "value_data": nothing}
    row = choice("options", 1, config=nothing, option_values=[value])
    out, found = converted(row, ProductOption)
    assert found == []
    assert not out["config"]
    assert not out["option_values"][0]["value_data"]


def test_adjusters_keep_their_digits():
    adjusters = {
        "price": {"adjuster": "relative", "adjuster_value": "5.10"},
        "weight": {"adjuster": None, "adjuster_value": 0},
        "image_url": "",
        "purchasing_disabled": {"status": False, "message": ""},
    }
    row = choice("modifiers", 1, option_values=[{"id": 1, "adjusters": adjusters}])
    out, found = converted(row, Modifier)
    assert found == []
    assert str(out["option_values"][0]["adjusters"]["price"]["adjuster_value"]) == "5.10"


def test_dates_and_numbers_of_settings_are_read_in_every_form():
    config = {
        "default_value": 100,
        "date_earliest_value": "2026-11-01",
        "date_latest_value": "",
        "number_lowest_value": "12.5",
        "file_max_size": "5",
    }
    out, found = converted(choice("modifiers", 1, config=config), Modifier)
    assert found == []
    assert out["config"]["default_value"] == "100"
    assert out["config"]["date_earliest_value"] == "2026-11-01T00:00:00+00:00"
    assert out["config"]["date_latest_value"] is None
    assert str(out["config"]["number_lowest_value"]) == "12.5"
    assert out["config"]["file_max_size"] == 5


# Values as rows of their own, and whether an option has them all.


def values(count, first=1):
    return [{"id": number, "label": f"Value {number}"} for number in range(first, first + count)]


def read_values(name, row, all_values):
    """Rows of values of one option or modifier, and the paths that were asked."""
    whole, parts = (
        STREAMS[name],
        {"options": "product_option_values", "modifiers": "modifier_values"},
    )

    def answer(request):
        if request.path == "/v3/catalog/products":
            return envelope([product(name, 7, row)])
        if request.path == f"/v3/catalog/products/7/{name}":
            return envelope([{**row, "product_id": 7}])
        assert request.path == f"/v3/catalog/products/7/{name}/{row['id']}/values"
        return all_values if isinstance(all_values, Exception) else envelope(all_values)

    offline = Offline(answer, select=[whole, parts[name]])
    messages = offline.sync()
    assert offline.run.failures == {}
    (option,) = messages.rows(whole)
    assert [one["id"] for one in option["option_values"]] == [
        one["id"] for one in messages.rows(parts[name])
    ]
    paths = [path.partition("/7/")[2] for path in offline.client.paths()]
    return messages.rows(parts[name]), [path for path in paths if path]


@each
@pytest.mark.parametrize("count", [0, 1, 49, 51])
def test_values_come_with_their_option(name, count):
    rows, asked = read_values(name, choice(name, 5, option_values=values(count)), [])
    assert [row["id"] for row in rows] == list(range(1, count + 1))
    assert {(row["product_id"], row[f"{name[:-1]}_id"]) for row in rows} <= {(7, 5)}
    assert asked == []


@each
@pytest.mark.parametrize("count", [50, 100, 250])
def test_as_many_values_as_may_be_a_cap_are_asked_for(name, count):
    row = choice(name, 5, option_values=values(count))
    rows, asked = read_values(name, row, values(count + 1))
    assert len(rows) == count + 1
    assert asked == [name, f"{name}/5/values"]


@each
def test_an_option_that_is_gone_by_then_keeps_the_values_that_it_came_with(name):
    row = choice(name, 5, option_values=values(50))
    rows, _ = read_values(name, row, NotFound("/v3", status=404))
    assert len(rows) == 50
