"""Metafields, price lists and what the catalogue has beside its main lists."""

from __future__ import annotations

import pytest

from tap_bigcommerce.sandbox.resources.metafields import PLACES

PRODUCT_TAX = "/v3/tax/products/properties"


def by_cursor(client, path, **query):
    """All rows of a list, following the links as they are given."""
    answer, rows = client.json(path, **query), []
    while True:
        rows += answer["data"]
        link = answer["meta"]["cursor_pagination"]["links"].get("next")
        if link is None:
            return rows
        answer = client.json(path, **dict(part.split("=") for part in link[1:].split("&")))


@pytest.mark.parametrize("kind", PLACES)
def test_a_cursor_walk_meets_every_metafield_once(client, shop, kind):
    path, _ = PLACES[kind]
    assert by_cursor(client, path, limit=7) == list(shop.rows(f"{kind}_metafields"))


def test_metafields_are_bounded_by_when_they_changed(client, shop):
    rows = sorted(shop.rows("product_metafields"), key=lambda row: row["date_modified"])
    some = rows[20:40]
    found = client.v3(
        "/v3/catalog/products/metafields",
        date_modified__min=some[0]["date_modified"],
        date_modified__max=some[-1]["date_modified"],
    )
    ids = {row["id"] for row in found}
    assert {row["id"] for row in some} <= ids
    assert len(ids) < len(rows)


@pytest.mark.parametrize("path", ["/v3/pricelists", "/v3/pricelists/1/records"])
def test_who_names_a_page_of_prices_gets_no_cursors_and_may_not_send_one(client, path):
    first = client.json(path, limit=3)
    assert first["meta"].keys() == {"pagination", "cursor_pagination"}
    assert client.json(path, limit=3, page=1)["meta"].keys() == {"pagination"}
    cursor = first["meta"]["cursor_pagination"]["end_cursor"]
    assert client.json(path, limit=3, after=cursor)["meta"].keys() == {"cursor_pagination"}
    assert client.get(path, page=1, after=cursor).status_code == 422


def test_records_have_tiers_and_sku_on_demand(client):
    path = "/v3/pricelists/1/records"
    assert not client.json(path)["data"][0].keys() & {"sku", "bulk_pricing_tiers"}
    assert "sku" in client.json(path, include="sku")["data"][0]


def test_a_price_list_that_is_not_there_has_no_records(client):
    assert client.get("/v3/pricelists/9999/records").status_code == 404
    assert client.json("/v3/pricelists/2/records")["data"] == []


def test_tax_properties_come_in_pages_of_fifty_whatever_limit_says(client, shop):
    first = client.json("/v3/tax/properties", limit=250)
    assert len(first["data"]) == first["meta"]["pagination"]["per_page"] == 50
    rows = first["data"] + client.json("/v3/tax/properties", page=2)["data"]
    assert rows == list(shop.rows("tax_properties"))


def test_tax_properties_of_products_are_told_to_who_names_products(client, shop):
    assert client.get(PRODUCT_TAX).status_code == 422
    wanted = [row["product_id"] for row in shop.rows("product_tax_properties")][:3]
    answer = client.json(PRODUCT_TAX, product_id__in=",".join(map(str, wanted)))
    assert [row["product_id"] for row in answer["data"]] == wanted


def test_customs_information_counts_its_pages_under_another_name(client):
    pages = client.json("/v3/shipping/products/customs-information", limit=10)["meta"]["pagination"]
    assert pages["total_page"] > 1
    assert "total_pages" not in pages


@pytest.mark.parametrize(("name", "field"), [("channel", "channels"), ("category", "categories")])
def test_pairs_are_those_that_products_name(client, shop, name, field):
    path, key = f"/v3/catalog/products/{name}-assignments", f"{name}_id"
    products = list(shop.rows("products"))
    named = {(row["id"], other) for row in products for other in row[field]}
    assert {(row["product_id"], row[key]) for row in client.v3(path, limit=250)} == named
    one = products[5]
    found = client.v3(path, product_id__in=one["id"])
    assert [row[key] for row in found] == one[field]


def test_products_of_a_category_come_by_their_place_and_the_others_last(client, shop):
    orders = []
    for id_ in shop.store.catalog.categories.ids:
        rows = client.v3(f"/v3/catalog/categories/{id_}/products/sort-order", limit=250)
        places = [row["sort_order"] for row in rows]
        orders.append(places)
        assert places == sorted(places, key=lambda place: (place is None, place or 0))
    assert any(None in places and places[0] is not None for places in orders)
    assert client.get("/v3/catalog/categories/9999/products/sort-order").status_code == 404


@pytest.mark.parametrize(
    ("name", "stream"), [("options", "product_options"), ("modifiers", "modifiers")]
)
def test_values_have_a_list_of_their_own(client, shop, name, stream):
    row = next(row for row in shop.rows(stream) if row["option_values"])
    path = f"/v3/catalog/products/{row['product_id']}/{name}/{row['id']}/values"
    assert client.v3(path, limit=1) == row["option_values"]
    assert client.get(path.replace(f"/{row['id']}/", "/1/")).status_code == 404
