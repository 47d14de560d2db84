"""What hangs on a product comes out of its page, as far as that proves to be all."""

from __future__ import annotations

import pytest

from tests.unit.streams.fakes import Offline, envelope

DATE = "2026-11-01T00:00:00Z"
PRODUCTS = "/v3/catalog/products"


def read(stream, *products, own=None, total=None):
    """Rows of a stream, and what was asked besides the products."""

    def answer(request):
        if request.path == PRODUCTS:
            return envelope([{"date_modified": DATE, **row} for row in products])
        if request.params.get("limit") == "1":
            return envelope([], total=total or 0, total_pages=total or 0)
        return envelope((own or {}).get(request.path, []))

    offline = Offline(answer, select=[stream])
    offline.sync()
    assert offline.run.failures == {}
    asked = [request for request in offline.client.asked if request.path != PRODUCTS]
    return offline.messages.rows(stream), asked


def paths(asked):
    return [request.path for request in asked]


# Videos, custom fields and bulk prices.

EMBEDDED = {
    "product_videos": ("videos", f"{PRODUCTS}/7/videos"),
    "custom_fields": ("custom_fields", f"{PRODUCTS}/7/custom-fields"),
    "bulk_pricing_rules": ("bulk_pricing_rules", f"{PRODUCTS}/7/bulk-pricing-rules"),
}


@pytest.mark.parametrize("stream", EMBEDDED)
def test_embedded_rows_carry_their_product_and_its_date(stream):
    name, _ = EMBEDDED[stream]
    rows, asked = read(stream, {"id": 7, name: [{"id": 1}, {"id": 2}]}, {"id": 8, name: []})
    assert [(row["product_id"], row["id"]) for row in rows] == [(7, 1), (7, 2)]
    assert {row["product_date_modified"] for row in rows} == {"2026-11-01T00:00:00+00:00"}
    assert asked == []


@pytest.mark.parametrize("stream", EMBEDDED)
def test_as_many_rows_as_may_be_a_cap_are_asked_for(stream):
    name, path = EMBEDDED[stream]
    whole = [{"id": n} for n in range(1, 54)]
    rows, asked = read(stream, {"id": 7, name: whole[:50]}, own={path: whole})
    assert len(rows) == 53
    assert paths(asked) == [path]


def test_one_bulk_price_that_comes_as_an_object_is_a_row():
    """The reference declares the list as one object."""
    path = EMBEDDED["bulk_pricing_rules"][1]
    rows, asked = read("bulk_pricing_rules", {"id": 7}, own={path: {"id": 5, "amount": ".10"}})
    assert [(row["id"], str(row["amount"])) for row in rows] == [(5, "0.10")]
    assert "limit" not in asked[0].params


# Reviews.

REVIEWS = f"{PRODUCTS}/7/reviews"


def review(number, *missing):
    whole = {
        "id": number,
        **dict.fromkeys(("title", "text", "status", "rating", "email", "name"), "1"),
        **dict.fromkeys(("date_reviewed", "date_created", "date_modified"), DATE),
    }
    return {name: value for name, value in whole.items() if name not in missing}


@pytest.mark.parametrize("count", [0, 1, 2, None])
def test_reviews_come_with_the_product_that_counts_no_more_of_them(count):
    """The count may be of approved reviews alone."""
    product = {"id": 7, "reviews_count": count, "reviews": [review(1), review(2)]}
    rows, asked = read("product_reviews", product)
    assert [(row["product_id"], row["id"]) for row in rows] == [(7, 1), (7, 2)]
    assert asked == []


UNSURE = {
    "fewer than it counts": {"reviews_count": 3, "reviews": [review(1), review(2)]},
    "none of one": {"reviews_count": 1, "reviews": []},
    "not embedded": {"reviews_count": 0},
    "null": {"reviews": None},
    "as many as a cap": {"reviews": [review(n) for n in range(50)]},
    "without a field": {"reviews": [review(1, "email")]},
}


@pytest.mark.parametrize("product", UNSURE.values(), ids=UNSURE.keys())
def test_reviews_that_may_not_be_all_are_asked_for(product):
    whole = [review(n) for n in range(1, 61)]
    rows, asked = read("product_reviews", {"id": 7, **product}, own={REVIEWS: whole})
    assert [row["id"] for row in rows] == list(range(1, 61))
    assert paths(asked) == [REVIEWS]


def test_a_product_s_own_row_has_no_reviews():
    product = {"id": 7, "date_modified": DATE, "reviews": [review(1)]}
    offline = Offline(lambda _: envelope([product]), select=["product_reviews", "products"])
    (row,) = offline.sync().rows("products")
    assert "reviews" not in row
    assert "_extra" not in row


# Pairs with channels and categories.

PAIRS = {
    "product_channel_assignments": ("channels", "channel_id", f"{PRODUCTS}/channel-assignments"),
    "product_category_assignments": (
        "categories",
        "category_id",
        f"{PRODUCTS}/category-assignments",
    ),
}
each_pair = pytest.mark.parametrize("stream", PAIRS)


@each_pair
def test_pairs_are_what_products_name_as_many_as_their_own_list_counts(stream):
    name, key, path = PAIRS[stream]
    rows, asked = read(stream, {"id": 7, name: [3, 4]}, {"id": 8, name: []}, total=2)
    assert [(row["product_id"], row[key]) for row in rows] == [(7, 3), (7, 4)]
    assert paths(asked) == [path]
    assert asked[0].params == {"limit": "1"}


@each_pair
def test_a_product_that_may_name_more_is_asked_for_alone(stream):
    name, key, path = PAIRS[stream]
    whole = [{"product_id": 7, key: n} for n in range(1, 53)]
    for named in ({name: list(range(1, 51))}, {}, {name: None}):
        rows, asked = read(stream, {"id": 7, **named}, own={path: whole}, total=52)
        assert [row[key] for row in rows] == list(range(1, 53))
        assert [one.params.get("product_id:in") for one in asked] == ["7", None]


@each_pair
def test_where_fewer_pairs_come_than_are_counted_the_longest_lists_are_asked_for(stream):
    name, key, path = PAIRS[stream]
    whole = [{"product_id": 7, key: n} for n in range(1, 6)]
    rows, _ = read(
        stream, {"id": 7, name: [1, 2, 3]}, {"id": 8, name: [1]}, own={path: whole}, total=6
    )
    assert {(row["product_id"], row[key]) for row in rows} == {(8, 1)} | {
        (7, n) for n in range(1, 6)
    }


# Parts of variants.


def test_values_of_variants_carry_product_and_variant():
    value = {"id": 100, "option_id": 10, "label": "Red", "option_display_name": "Colour"}
    variants = [{"id": 5, "product_id": 7, "option_values": [value]}, {"id": 6, "product_id": 7}]
    rows, _ = read("product_variant_option_values", {"id": 7, "variants": variants}, total=2)
    assert rows == [{"product_id": 7, "variant_id": 5, **value}]
