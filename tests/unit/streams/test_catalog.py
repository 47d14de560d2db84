"""Images come out of the pages of products unless there may be more of them."""

from __future__ import annotations

import pytest

from tests.unit.streams.fakes import Offline, envelope

DATE = "2026-11-01T00:00:00Z"


def images(count):
    return [{"id": n, "image_file": f"{n}.png"} for n in range(1, count + 1)]


def product_images(embedded, own=()):
    product = {"id": 7, "date_modified": DATE, "images": embedded}

    def answer(request):
        if request.path == "/v3/catalog/products":
            return envelope([product])
        assert request.path == "/v3/catalog/products/7/images"
        return envelope(own)

    offline = Offline(answer, select=["product_images"])
    rows = offline.sync().rows("product_images")
    assert offline.run.failures == {}
    return rows, len(offline.client.asked) - 1


@pytest.mark.parametrize("count", [0, 1, 49, 51, 99, 101])
def test_embedded_images_are_rows(count):
    rows, requests = product_images(images(count))
    assert [row["id"] for row in rows] == list(range(1, count + 1))
    assert {row["product_id"] for row in rows} <= {7}
    assert requests == 0


@pytest.mark.parametrize("count", [50, 100, 250])
def test_a_list_of_a_suspicious_length_is_asked_for(count):
    rows, requests = product_images(images(count), own=images(count + 3))
    assert len(rows) == count + 3
    assert requests == 1


@pytest.mark.parametrize("odd", [None, {}, "", {"data": []}, [7], [None], [[]]], ids=repr)
def test_images_in_an_odd_shape_are_asked_for(odd):
    """A list of anything but objects used to end the stream with a TypeError."""
    rows, requests = product_images(odd, own=images(2))
    assert len(rows) == 2
    assert requests == 1


def test_images_without_products_ask_for_images_alone():
    offline = Offline(lambda _: envelope([]), select=["product_images"])
    offline.sync()
    assert offline.client.asked[0].params["include"] == "images"


def test_images_and_products_share_the_pages_of_products():
    product = {"id": 7, "date_modified": DATE, "images": images(2)}
    offline = Offline(lambda _: envelope([product]), select=["product_images", "products"])
    messages = offline.sync()
    assert len(messages.rows("product_images")) == 2
    assert len(messages.rows("products")[0]["images"]) == 2
    assert len(offline.client.asked) == 1


# Variants, which are in the pages of products too, and which another list counts.


class Catalogue:
    """Products with their variants, of which `most` are embedded."""

    def __init__(self, *counts, most=None, totals=None):
        self.variants = {
            product: [{"id": 1000 * product + n, "product_id": product} for n in range(count)]
            for product, count in enumerate(counts, 1)
        }
        self._most = most
        self._totals = list(totals or [])

    def __call__(self, request):
        if request.path == "/v3/catalog/products":
            return envelope([self._product(number, request) for number in self.variants])
        if request.path == "/v3/catalog/variants":
            assert request.params["limit"] == "1"
            total = self._totals.pop(0) if self._totals else sum(map(len, self.variants.values()))
            return envelope([], total=total, total_pages=total)
        number = int(request.path.split("/")[4])
        assert request.path == f"/v3/catalog/products/{number}/variants"
        return envelope(self.variants[number])

    def _product(self, number, request):
        row = {"id": number, "date_modified": DATE}
        if "variants" in request.params.get("include", ""):
            row["variants"] = self.variants[number][: self._most]
        return row


def read_variants(catalogue, *others, **config):
    offline = Offline(catalogue, select=["product_variants", *others], **config)
    messages = offline.sync()
    assert offline.run.failures == {}
    asked = [path.removeprefix("/v3/catalog/") for path in offline.client.paths()]
    return [row["id"] for row in messages.rows("product_variants")], asked


def test_variants_come_with_their_products_and_are_counted():
    rows, asked = read_variants(Catalogue(1, 3), "products")
    assert rows == [1000, 2000, 2001, 2002]
    assert asked == ["products", "variants"]


def test_variants_are_counted_once_for_all_who_read_them():
    rows, asked = read_variants(Catalogue(1, 3), "product_variant_option_values")
    assert len(rows) == 4
    assert asked == ["products", "variants"]


def test_a_product_s_own_row_has_no_variants():
    offline = Offline(Catalogue(2), select=["product_variants", "products"])
    (product,) = offline.sync().rows("products")
    assert "variants" not in product
    assert "_extra" not in product


def test_as_many_variants_as_may_be_a_cap_are_asked_for():
    rows, asked = read_variants(Catalogue(1, 50, 2))
    assert len(rows) == 53
    assert asked == ["products", "products/2/variants", "variants"]


def test_a_product_always_has_a_variant():
    rows, asked = read_variants(Catalogue(2, 1, most=0))
    assert rows == [1000, 1001, 2000]
    assert "products/2/variants" in asked


def test_where_fewer_variants_come_than_are_counted_the_longest_lists_are_asked_for():
    """A cap that nobody documents cuts the longest lists to one length."""
    catalogue = Catalogue(3, 9, 1, *[8] * 300, most=3)
    rows, asked = read_variants(catalogue)
    assert set(rows) == {row["id"] for some in catalogue.variants.values() for row in some}
    assert "products/3/variants" not in asked


def test_variants_that_were_deleted_meanwhile_are_not_missed():
    rows, asked = read_variants(Catalogue(3, 4, totals=[8, 7]))
    assert len(rows) == 7
    assert asked == ["products", "variants", "variants"]


def test_a_store_that_counts_more_than_it_has_is_believed_no_more_than_its_lists():
    rows, asked = read_variants(Catalogue(3, 4, 4, totals=[20, 20]))
    assert len(rows) == 11
    assert asked[3:] == ["products/2/variants", "products/3/variants"]


def test_variants_of_some_channels_only_are_not_counted():
    rows, asked = read_variants(Catalogue(2, 1), channel_ids=[1])
    assert rows == [1000, 1001, 2000]
    assert asked == ["products"]
