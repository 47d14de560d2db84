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
