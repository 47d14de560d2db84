"""Pages, cursors, sort orders and filters, as the reference describes them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from tap_bigcommerce.sandbox import Quirks

SORTS = ("date_created:asc", "date_modified:asc", "date_modified:desc", "last_name:asc")


def test_a_page_has_50_rows_unless_asked(client):
    assert len(client.json("/v2/orders")) == 50
    answer = client.json("/v3/customers")
    assert len(answer["data"]) == answer["meta"]["pagination"]["per_page"] == 50


def test_a_limit_above_the_maximum_is_lowered_without_a_word(client):
    assert len(client.json("/v2/orders", limit=1000)) == 250
    answer = client.json("/v3/customers", limit=1000)
    assert answer["meta"]["pagination"]["per_page"] == len(answer["data"]) == 250


@pytest.mark.parametrize("word", ["options", "modifiers"])
def test_options_and_modifiers_shrink_the_page_to_ten(client, word):
    answer = client.json("/v3/catalog/products", limit=250, include=f"variants,{word}")
    assert answer["meta"]["pagination"]["per_page"] == len(answer["data"]) == 10


def test_v3_pages_tell_where_they_are(client, shop):
    answer = client.json("/v3/catalog/products", limit=100, page=2, sort="id")
    pages = answer["meta"]["pagination"]
    assert (pages["total"], pages["count"], pages["per_page"]) == (320, 100, 100)
    assert (pages["current_page"], pages["total_pages"]) == (2, 4)
    assert pages["links"]["previous"] == "?sort=id&page=1&limit=100"
    assert pages["links"]["next"] == "?sort=id&page=3&limit=100"
    assert [row["id"] for row in answer["data"]] == list(shop.store.catalog.products.ids[100:200])


def test_the_last_page_has_no_next_and_later_ones_are_empty(client):
    last = client.json("/v3/catalog/products", limit=250, page=2)
    assert len(last["data"]) == 70
    assert "next" not in last["meta"]["pagination"]["links"]
    assert client.json("/v3/catalog/products", limit=250, page=9)["data"] == []


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/v3/catalog/products", "id"),
        ("/v3/catalog/variants", "id"),
        ("/v3/catalog/brands", "id"),
        ("/v3/catalog/trees/categories", "category_id"),
        ("/v3/customers", "id"),
        ("/v3/customers/addresses", "id"),
        ("/v3/customers/subscribers", "id"),
        ("/v3/orders/payment_actions/refunds", "id"),
        ("/v2/orders", "id"),
        ("/v2/coupons", "id"),
        ("/v2/gift_certificates", "id"),
    ],
)
def test_without_a_sort_rows_come_by_id(client, path, key):
    answer = client.json(path, limit=250)
    rows = answer if isinstance(answer, list) else answer["data"]
    ids = [row[key] for row in rows]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("sort", [None, *SORTS])
def test_a_cursor_walk_meets_every_customer_once(client, shop, sort):
    query = {"limit": 70} | ({"sort": sort} if sort else {})
    answer, walked = client.json("/v3/customers", **query), []
    while True:
        walked += [row["id"] for row in answer["data"]]
        links = answer["meta"]["cursor_pagination"]["links"]
        if "next" not in links:
            break
        answer = client.json("/v3/customers" + links["next"])
    assert sorted(walked) == list(shop.store.customers.table.ids)
    assert walked == [row["id"] for row in client.v3("/v3/customers", **query)]


def test_a_cursor_leads_back_as_well(client):
    first = client.json("/v3/customers", limit=20)
    second = client.json("/v3/customers" + first["meta"]["cursor_pagination"]["links"]["next"])
    back = client.json("/v3/customers" + second["meta"]["cursor_pagination"]["links"]["previous"])
    assert back["data"] == first["data"]


def test_cursors_come_with_the_first_page_and_after_a_cursor_only(client):
    """Quirk 17: who starts at page 2 never sees a cursor."""
    first = client.json("/v3/customers", limit=20)
    assert {"pagination", "cursor_pagination"} == set(first["meta"])
    assert set(client.json("/v3/customers", limit=20, page=2)["meta"]) == {"pagination"}
    after = first["meta"]["cursor_pagination"]["end_cursor"]
    # page means nothing beside a cursor
    beside = client.json("/v3/customers", limit=20, after=after, page=5)
    assert set(beside["meta"]) == {"cursor_pagination"}
    assert beside["data"] == client.json("/v3/customers", limit=20, page=2)["data"]


def test_a_cursor_survives_the_row_it_was_made_from(opened):
    sandbox, client = opened()
    first = client.json("/v3/customers", limit=10)
    last = first["data"][-1]["id"]
    sandbox.store.customers.table.remove(last)
    second = client.json("/v3/customers" + first["meta"]["cursor_pagination"]["links"]["next"])
    assert second["data"][0]["id"] > last
    assert len(second["data"]) == 10


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v3/customers", {"page": "x"}),
        ("/v3/customers", {"limit": "0"}),
        ("/v3/customers", {"after": "!"}),
        ("/v3/customers", {"after": "eyJpZCI6N30"}),
        ("/v3/customers", {"after": "a", "before": "b"}),
        ("/v3/customers", {"after": "WyJ4IiwgMV0"}),
        ("/v3/customers", {"sort": "id:asc"}),
        ("/v3/customers", {"include": "everything"}),
        ("/v3/customers", {"id__in": "1,two"}),
        ("/v3/customers", {"date_modified__min": "yesterday"}),
        ("/v3/catalog/products", {"sort": "colour"}),
        ("/v3/orders/payment_actions/refunds", {"created__min": "2026-01-01"}),
        ("/v3/content/pages", {"channel_id": "x"}),
    ],
)
def test_v3_refuses_a_value_that_cannot_be_with_422(client, path, query):
    response = client.get(path, **query)
    assert response.status_code == 422
    body = response.json()
    assert set(body) == {"status", "title", "type", "errors"}
    assert list(body["errors"]) == [next(iter(query)).replace("__", ":")]


@pytest.mark.parametrize(
    "query", [{"min_id": "x"}, {"min_date_modified": "soon"}, {"sort": "id:up"}, {"page": "-1"}]
)
def test_v2_refuses_a_value_that_cannot_be_with_400(client, query):
    response = client.get("/v2/orders", **query)
    assert response.status_code == 400
    assert [set(one) for one in response.json()] == [{"status", "message"}]


def test_unknown_parameters_are_ignored_except_by_pages(client):
    assert client.get("/v3/customers", colour="blue").status_code == 200
    assert client.get("/v2/orders", colour="blue").status_code == 200
    assert client.get("/v3/content/pages", sort="id").status_code == 400


def test_order_ids_start_at_100_with_a_few_gaps(client):
    ids = [row["id"] for row in client.v2("/v2/orders", limit=250)]
    assert ids[0] == 100
    assert len(ids) == 1200
    assert 0 < ids[-1] - 99 - len(ids) < 10


def test_order_ids_can_be_walked_by_range(client):
    rows = client.json("/v2/orders", min_id=150, max_id=160, limit=250)
    assert [row["id"] for row in rows] == list(range(150, 161))


@pytest.mark.parametrize("form", ["rfc2822", "iso"])
def test_date_bounds_of_orders_are_inclusive_in_both_forms(client, form):
    rows = client.json("/v2/orders", limit=250, sort="date_modified:asc")
    times = [parsedate_to_datetime(row["date_modified"]) for row in rows]
    assert times == sorted(times)
    low, high = times[20], times[40]
    text = (lambda at: at.strftime("%a, %d %b %Y %H:%M:%S +0000")) if form == "rfc2822" else str
    found = client.v2(
        "/v2/orders", limit=250, min_date_modified=text(low), max_date_modified=text(high)
    )
    wanted = {row["id"] for row, at in zip(rows, times, strict=True) if low <= at <= high}
    assert {row["id"] for row in found} == wanted
    assert len(wanted) >= 21


def test_descending_is_ascending_backwards(client):
    up = [row["id"] for row in client.v2("/v2/orders", limit=250, sort="date_modified:asc")]
    down = [row["id"] for row in client.v2("/v2/orders", limit=250, sort="date_modified:desc")]
    assert up == down[::-1]


def test_more_rows_share_a_second_than_fit_on_a_page(client):
    rows = client.v2("/v2/orders", limit=250)
    times = [row["date_modified"] for row in rows]
    assert max(times.count(time) for time in set(times)) == 300


@pytest.mark.parametrize(
    ("path", "query", "holds"),
    [
        ("/v2/orders", {"status_id": 2}, lambda row: row["status_id"] == 2),
        ("/v2/orders", {"customer_id": 0}, lambda row: row["customer_id"] == 0),
        ("/v2/orders", {"min_total": 100}, lambda row: float(row["total_inc_tax"]) >= 100),
        ("/v2/coupons", {"exclude_type": "promotion"}, lambda row: row["type"] != "promotion"),
        ("/v2/coupons", {"min_id": 60}, lambda row: row["id"] >= 60),
        ("/v2/customer_groups", {"is_default": "true"}, lambda row: row["is_default"]),
        (
            "/v2/customer_groups",
            {"date_modified__min": "2026-03-01T00:00:00Z"},
            lambda row: row["date_modified"] >= "2026-03-01 00:00:00",
        ),
    ],
)
def test_v2_filters(client, path, query, holds):
    found = client.v2(path, limit=250, **query)
    everything = client.v2(path, limit=250)
    assert found == [row for row in everything if holds(row)]
    assert 0 < len(found) < len(everything)


@pytest.mark.parametrize(
    ("path", "query", "holds"),
    [
        ("/v3/catalog/products", {"id__greater": 200}, lambda row: row["id"] > 200),
        ("/v3/catalog/products", {"id__less": 200}, lambda row: row["id"] < 200),
        ("/v3/catalog/products", {"id__min": 200}, lambda row: row["id"] >= 200),
        ("/v3/catalog/products", {"id__max": 200}, lambda row: row["id"] <= 200),
        ("/v3/catalog/products", {"id__in": "78,80"}, lambda row: row["id"] in {78, 80}),
        ("/v3/catalog/products", {"id__not_in": "78"}, lambda row: row["id"] != 78),
        ("/v3/catalog/products", {"type": "digital"}, lambda row: row["type"] == "digital"),
        ("/v3/catalog/products", {"is_visible": "false"}, lambda row: not row["is_visible"]),
        ("/v3/catalog/products", {"condition": "used"}, lambda row: row["condition"] == "Used"),
        ("/v3/catalog/products", {"categories": "20"}, lambda row: row["categories"] == [20]),
        ("/v3/catalog/products", {"categories__in": "20"}, lambda row: 20 in row["categories"]),
        (
            "/v3/catalog/products",
            {"date_modified__min": "2026-01-01T00:00:00Z", "id__greater": 150},
            lambda row: row["date_modified"] >= "2026-01-01" and row["id"] > 150,
        ),
        ("/v3/catalog/variants", {"product_id__in": "78,81"}, lambda row: row["product_id"] < 82),
        ("/v3/catalog/brands", {"name__like": "brown"}, lambda row: "Brown" in row["name"]),
        ("/v3/catalog/trees/categories", {"parent_id__in": "0"}, lambda row: not row["parent_id"]),
        ("/v3/customers", {"id__in": "3,4"}, lambda row: row["id"] in {3, 4}),
        (
            "/v3/customers",
            {"customer_group_id__in": "1"},
            lambda row: row["customer_group_id"] == 1,
        ),
        ("/v3/customers/addresses", {"customer_id__in": "7"}, lambda row: row["customer_id"] == 7),
        (
            "/v3/customers/subscribers",
            {"date_created__min": "2026-01-01T00:00:00Z"},
            lambda row: row["date_created"] >= "2026-01-01",
        ),
        ("/v3/channels", {"available": "false"}, lambda row: row["status"] == "disconnected"),
        ("/v3/channels", {"type__in": "pos"}, lambda row: row["id"] == 1 or row["type"] == "pos"),
        ("/v3/promotions", {"redemption_type": "coupon"}, lambda row: "coupon_type" in row),
        ("/v3/content/pages", {"channel_id": 1}, lambda row: row["channel_id"] == 1),
        ("/v3/content/pages", {"id__in": "2,3"}, lambda row: row["id"] in {2, 3}),
        (
            "/v3/content/pages",
            {"name__like": "page 1"},
            lambda row: row["id"] in {1, *range(10, 15)},
        ),
        ("/v3/content/pages", {"name": "Page 2: FAQ & más"}, lambda row: row["id"] == 2),
        ("/v3/channels", {"date_modified__min": "2025-01-01"}, lambda row: row["id"] > 667159),
        ("/v3/inventory/locations", {"location_id__in": "1"}, lambda row: row["id"] == 1),
        ("/v3/inventory/locations", {"is_active": "false"}, lambda row: not row["enabled"]),
        ("/v3/inventory/locations", {"type_id__in": "VIRTUAL"}, lambda row: row["id"] == 3),
        (
            "/v3/customers/subscribers",
            {"date_modified": "2026-07-24T00:00:01Z"},
            lambda row: row["date_modified"] == "2026-07-24T00:00:01Z",
        ),
    ],
)
def test_v3_filters(client, path, query, holds):
    found = client.v3(path, limit=250, **query)
    everything = client.v3(path, limit=250)
    if path.endswith("variants"):
        found = [row for row in found if row["product_id"] in {78, 81}]
        everything = [row for row in everything if row["product_id"] in {78, 81}]
        assert found == everything != []
        return
    assert found == [row for row in everything if holds(row)]
    assert 0 < len(found) < len(everything)


def test_refunds_are_filtered_by_creation_and_have_no_paging_meta(client):
    answer = client.json("/v3/orders/payment_actions/refunds", limit=250)
    assert answer["meta"] == {}
    bound = answer["data"][10]["created"]
    later = client.json("/v3/orders/payment_actions/refunds", limit=250, created__min=bound)["data"]
    assert later == [row for row in answer["data"] if row["created"] >= bound]


def test_a_date_alone_means_the_present_time_of_that_day(opened):
    """Quirk 7: the morning of the day is left out."""
    noon = datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp()
    days = {}
    for is_on in (True, False):
        _, client = opened(
            orders=0, products=300, clock=lambda: noon, quirks=Quirks(date_only_gets_time=is_on)
        )
        day = client.v3("/v3/catalog/products", limit=250, sort="date_modified")[150][
            "date_modified"
        ][:10]
        rows = client.v3("/v3/catalog/products", limit=250, date_modified__min=day)
        days[is_on] = min(row["date_modified"] for row in rows)
        assert days[is_on] >= (f"{day}T12:00:00" if is_on else day)
    assert days[True] > days[False]


def test_one_location_can_be_chosen_for_stock(client):
    rows = client.json("/v3/inventory/items", location_id__in=2)["data"]
    assert {place["location_id"] for row in rows for place in row["locations"]} == {2}


def test_reviews_can_be_chosen_by_status(shop, client):
    for review in shop.rows("product_reviews"):
        path = f"/v3/catalog/products/{review['product_id']}/reviews"
        answer = client.get(path, status=1)
        found = answer.json()["data"] if answer.status_code == 200 else []
        assert (review["status"] == "approved") is (review["id"] in [row["id"] for row in found])


def test_channels_tell_their_currencies_when_asked(client):
    rows = client.json("/v3/channels", include="currencies")["data"]
    assert {row["currencies"]["channel_id"] for row in rows} == {row["id"] for row in rows}


def test_fields_can_be_chosen_and_the_id_stays(client):
    rows = client.json("/v3/catalog/products", include_fields="name,price")["data"]
    assert {frozenset(row) for row in rows} == {frozenset(("id", "name", "price"))}
    rows = client.json("/v3/catalog/products", include_fields="name", include="images")["data"]
    assert set(rows[0]) == {"id", "name", "images"}
    rows = client.json("/v3/catalog/trees/categories", exclude_fields="name")["data"]
    assert all("name" not in row and "category_id" in row for row in rows)
