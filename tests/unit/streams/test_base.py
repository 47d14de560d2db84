"""From a row to a record, and from a stream's declaration to requests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.api.errors import Forbidden
from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.streams.base import BigCommerceStream
from tap_bigcommerce.streams.v2 import V2ChildStream, V2Stream
from tap_bigcommerce.streams.v3 import V3ChildStream, V3Stream
from tests.unit.streams.fakes import (
    NOW,
    Offline,
    Orders,
    at,
    daily_orders,
    day,
    envelope,
    ids,
    order,
)

# One row.


@pytest.fixture(scope="module")
def offline():
    return Offline(Orders())


def test_what_is_not_declared_is_kept_under_its_path(offline):
    row = order(7, novelty=[1, {"deep": 1}], items_total="many")
    row["billing_address"] = {"city": "Ulm", "planet": "Earth", "form_fields": [{"colour": "red"}]}
    record = offline.stream("orders").convert(row)
    assert record["items_total"] is None
    assert record["billing_address"]["city"] == "Ulm"
    assert record["_extra"] == {
        "novelty": [1, {"deep": 1}],
        "items_total": "many",
        "billing_address.planet": "Earth",
        "billing_address.form_fields[0].colour": "red",
    }


def test_a_row_that_fits_has_no_extra(offline):
    assert "_extra" not in offline.stream("orders").convert(order(7))


@pytest.mark.parametrize("number", [None, "", "seven", [], {}, 7.5, True, False], ids=repr)
def test_a_row_without_its_key_is_an_error_that_names_it(offline, number):
    with pytest.raises(FatalAPIError, match="a row of /v2/orders has no usable `id`, which"):
        offline.stream("orders").convert({**order(7), "id": number})


def test_big_numbers_and_digits_reach_the_target_as_they_came():
    body = (
        b'[{"id": 7, "date_modified": "", "subtotal_tax": 1.10, "total_tax": "0.0000000000",'
        b' "items_total": 123456789012345678901234567890, "odd": 1E+400, "small": 1.50}]'
    )
    row = Offline(lambda _: body, select=["orders"]).sync().rows("orders")[0]
    assert str(row["subtotal_tax"]) == "1.10"
    assert str(row["total_tax"]) == "0E-10"
    assert row["items_total"] is None
    assert row["_extra"]["items_total"] == 123456789012345678901234567890
    assert str(row["_extra"]["odd"]) == "1E+400"
    assert str(row["_extra"]["small"]) == "1.50"


@pytest.mark.parametrize("form", ["number", "string", "x-singer.decimal", " string "])
def test_decimals_are_declared_as_the_setting_says(form):
    stream = Offline(Orders(), decimal_type=form).stream("orders")
    assert ("string" in stream.schema["properties"]["total_tax"]["type"]) is (form != "number")


# What is asked for.


@pytest.mark.parametrize(
    ("stream", "channels", "params"),
    [
        ("orders", [], {}),
        ("orders", [7], {"channel_id": "7"}),
        ("orders", [7, 8], {}),  # one channel is all that this filter takes
        ("products", [7, 8], {"channel_id:in": "7,8"}),
        ("brands", [7], {}),
    ],
)
def test_channels_are_filtered_where_the_api_can(stream, channels, params):
    offline = Offline(Orders(), channel_ids=channels)
    assert offline.stream(stream).channel_params() == params


@pytest.mark.parametrize(("size", "limit"), [(250, 250), (10, 10)])
def test_a_page_has_as_many_rows_as_the_setting_says(size, limit):
    offline = Offline(Orders(), page_size=size)
    stream = offline.stream("orders")
    assert stream.reader({}, stream.tally).limit == limit
    statuses = offline.stream("order_statuses")
    assert statuses.reader({}, statuses.tally).limit is None


def test_a_deselected_stream_with_an_include_asks_for_it_only_for_itself(offline):
    assert offline.stream("product_images").list_params() == {"include": "images"}
    assert "images" in offline.stream("products").list_params()["include"].split(",")
    assert "include" not in offline.stream("orders").list_params()


@pytest.mark.parametrize("stream", [V2Stream, V2ChildStream])
def test_v2_answers_with_bare_arrays(stream):
    assert stream.decode([b'[{"id": 1}]'], 250).rows == [{"id": 1}]
    assert stream.decode([b""], 250).rows == []


@pytest.mark.parametrize("stream", [V3Stream, V3ChildStream])
def test_v3_answers_with_envelopes(stream):
    page = stream.decode([b'{"data": [{"id": 1}], "meta": {"pagination": {"total": 9}}}'], 250)
    assert page.rows == [{"id": 1}]
    assert page.total == 9


def test_the_base_leaves_to_its_children_what_only_they_know(offline):
    stream = offline.stream("orders")
    for call in (
        lambda: BigCommerceStream.decode([], None),
        lambda: BigCommerceStream.owner.__get__(stream),
        lambda: BigCommerceStream.whole_asked.__get__(stream),
        lambda: BigCommerceStream.rows(stream, Page([]), ()),
        lambda: BigCommerceStream.latest(stream, Page([])),
        lambda: BigCommerceStream.list_params(stream),
    ):
        with pytest.raises(NotImplementedError):
            call()


# A catalog that asks for something else.


@pytest.mark.parametrize(("stream", "key"), [("orders", "id"), ("orders", "date_created")])
def test_another_replication_key_is_refused_before_anything_is_read(stream, key):
    """The filters of the API are on one field only. A number as the key was a TypeError."""
    offline = Offline(Orders(*daily_orders(2)), select=[stream, "order_fees"])
    offline.stream(stream).replication_key = key
    offline.sync()
    assert offline.run.failures == {
        stream: f"Catalog: {stream} has no replication key `{key}`. Write date_modified."
    }
    assert ids(offline) == []


def test_a_stream_without_a_replication_key_cannot_be_given_one():
    offline = Offline(lambda _: envelope([]), select=["brands"])
    offline.stream("brands").replication_key = "name"
    offline.sync()
    assert offline.run.failures["brands"].endswith("no replication key `name`. Leave it out.")


def test_another_replication_key_does_not_matter_to_a_stream_that_is_read_whole():
    offline = Offline(Orders(*daily_orders(2)), select=["orders"])
    stream = offline.stream("orders")
    stream.replication_key, stream.forced_replication_method = "customer_id", "FULL_TABLE"
    offline.sync()
    assert ids(offline) == [1, 2]


def test_without_a_replication_key_the_stream_is_read_whole():
    offline = Offline(Orders(*daily_orders(2)), select=["orders"], state={"orders": at(day(2))})
    offline.stream("orders").replication_key = None
    offline.sync()
    assert ids(offline) == [1, 2]


# Lists in batches of their parents.


def stock(request):
    if request.path == "/v3/catalog/products":
        return envelope([{"id": n} for n in (1, 2, 3)])
    wanted = request.params.get("product_id:in", "1,2,3").split(",")
    return envelope([{"identity": {"product_id": int(n), "variant_id": 5}} for n in wanted])


def test_batches_are_made_of_the_parents_ids():
    offline = Offline(stock, select=["inventory_items"])
    rows = offline.sync().rows("inventory_items")
    assert [row["product_id"] for row in rows] == [1, 2, 3]
    assert offline.client.asked[0].params["include_fields"] == "sku"
    assert offline.client.asked[1].params["product_id:in"] == "1,2,3"


def test_rows_are_read_without_their_parents_where_these_are_forbidden():
    def answer(request):
        if request.path == "/v3/catalog/products":
            return Forbidden(request.path, status=403)
        return stock(request)

    offline = Offline(answer, select=["inventory_items"])
    assert len(offline.sync().rows("inventory_items")) == 3
    assert offline.run.skipped == offline.run.failures == {}


def test_ids_of_parents_are_asked_for_once():
    offline = Offline(stock, select=["inventory_items", "product_variants"])
    offline.sync()
    assert offline.client.paths().count("/v3/catalog/products") == 1


def test_ids_of_parents_that_are_read_anyway_are_not_asked_for():
    offline = Offline(stock, select=["inventory_items", "products"])
    assert len(offline.sync().rows("inventory_items")) == 3
    (asked,) = (one for one in offline.client.asked if one.path == "/v3/catalog/products")
    assert "include_fields" not in asked.params


def test_the_walk_is_that_for_changes_only_with_a_lower_bound(monkeypatch, offline):
    stream = offline.stream("orders")
    walks = []
    scan = type("Scan", (), {"pages": lambda self, _reader, bounds: walks.append((self, bounds))})
    full, changed = scan(), scan()
    monkeypatch.setattr(type(stream), "full_scan", full)
    monkeypatch.setattr(type(stream), "changed_scan", changed)
    stream.walk(None, stream.bounds, iter)
    stream.walk(None, replace(stream.bounds, since=NOW), iter)
    assert [walk for walk, _ in walks] == [full, changed]


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": ""}, {"id": "x"}, {"id": True}], ids=repr)
def test_a_parent_in_a_batch_without_an_id_is_an_error_and_not_left_out(offline, row):
    with pytest.raises(
        InconsistentList, match="a row of /v2/orders without a whole number as `id`"
    ):
        offline.stream("orders").id_of(row)
