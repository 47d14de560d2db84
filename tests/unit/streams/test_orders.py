"""An order looks the same whatever other streams need embedded in it."""

from __future__ import annotations

import pytest

from tests.unit.streams.fakes import Offline, Orders, order

LINES = {"shipping": [{"id": 1, "line_items": []}]}
ORDER_CHILDREN = ["order_products", "order_consignments", "order_shipping_addresses", "order_fees"]


@pytest.fixture(scope="module")
def stream():
    return Offline(Orders()).stream("orders")


@pytest.mark.parametrize("embedded", [LINES, [], {}, None, "", [{"id": 1}]], ids=repr)
@pytest.mark.parametrize("name", ["consignments", "fees"])
def test_what_is_embedded_becomes_the_link_that_would_be_there(stream, name, embedded):
    plain = order(7)
    assert stream.normalise({**plain, name: embedded}) == plain


def test_links_stay_as_they_are(stream):
    plain = order(7, consignments={"url": "https://example.com/elsewhere", "resource": "/e"})
    assert stream.normalise(plain) == plain


def test_a_single_fee_with_its_own_address_is_no_link(stream):
    fee = {"id": 1, "url": "u", "resource": "r"}
    assert stream.normalise({**order(7), "fees": fee}) == order(7)


def test_what_the_order_does_not_have_is_not_made_up(stream):
    bare = {"id": 7, "date_modified": None}
    assert stream.normalise(bare) == bare


def test_the_row_of_the_walk_is_not_changed(stream):
    row = {**order(7), "fees": []}
    before = repr(row)
    stream.normalise(row)
    assert repr(row) == before


@pytest.mark.parametrize(
    "model",
    [
        None,
        "",
        {},
        [],
        [{"id": 1}],
        "https://example.com/orders/7/products",
        {"url": "https://example.com/orders/7/products"},
        {"id": 1, "url": "u", "resource": "r"},
    ],
    ids=repr,
)
def test_without_a_model_there_is_no_link(stream, model):
    """A list in its place used to be an AttributeError; an absent one gave `{}`."""
    row = stream.normalise({**order(7), "products": model, "fees": [], "consignments": LINES})
    assert row["fees"] is None
    assert row["consignments"] is None
    assert row["products"] == model


def test_the_link_follows_its_model_in_the_old_form_too(stream):
    """It used to come out as `products.jsonfees`."""
    model = {
        "url": "https://products.example.com/api/v2/orders/7/products.json",
        "resource": "/orders/7/products",
    }
    assert stream.normalise({**order(7), "products": model, "fees": []})["fees"] == {
        "url": "https://products.example.com/api/v2/orders/7/fees.json",
        "resource": "/orders/7/fees",
    }


def test_records_are_the_same_with_and_without_children():
    plain = order(7, consignments=order(7)["consignments"])
    full = {**plain, "fees": [], "consignments": {}}
    alone = Offline(Orders(plain), select=["orders"]).sync()
    together = Offline(Orders(full), select=["orders", *ORDER_CHILDREN]).sync()
    assert alone.rows("orders") == together.rows("orders")


def test_the_graph_of_orders_costs_one_request():
    full = order(7, fees=[], consignments={})
    orders = Orders(full, order(8, fees=[], consignments=[]))
    offline = Offline(orders, select=["orders", *ORDER_CHILDREN])
    offline.sync()
    (request,) = offline.client.asked
    assert set(request.params["include"].split(",")) == {"consignments.line_items", "fees"}
    assert offline.run.failures == {}
