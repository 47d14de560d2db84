"""Shipping quotes: each address of an order is asked, whose list is read as seldom as can be."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api.errors import NotFound, ServerTrouble
from tap_bigcommerce.streams.order_quotes import OrderShippingQuotes
from tests.unit.streams.fakes import Offline, Orders, order

STREAM = "order_shipping_quotes"


def addressed(number, *addresses, count=None, **fields):
    """An order with these addresses embedded, as many as it counts unless told otherwise."""
    shipping = [{"id": address, "line_items": []} for address in addresses]
    return order(
        number,
        consignments={"shipping": shipping} if shipping else [],
        shipping_address_count=len(addresses) if count is None else count,
        **fields,
    )


def quote(number, **fields):
    return {"id": str(number), "timestamp": "Mon, 30 Jul 2018 15:32:35 +0000", **fields}


def quotes(*orders, select=(STREAM,), **others):
    ends = {path.replace("__", "/"): answer for path, answer in others.items()}
    return Offline(Orders(*orders, others=ends), select=list(select))


def test_each_address_is_asked_and_named_in_its_rows():
    offline = quotes(
        addressed(7, 71, 72),
        addressed(8, 81),
        __71__shipping_quotes=quote(1),
        __72__shipping_quotes=quote(2),
        __81__shipping_quotes=quote(3),
    )
    rows = offline.sync().rows(STREAM)
    assert [(row["order_id"], row["order_address_id"], row["id"]) for row in rows] == [
        (7, 71, "1"),
        (7, 72, "2"),
        (8, 81, "3"),
    ]
    assert offline.client.paths() == [
        "/v2/orders",
        *(
            f"/v2/orders/{place}/shipping_quotes"
            for place in (
                "7/shipping_addresses/71",
                "7/shipping_addresses/72",
                "8/shipping_addresses/81",
            )
        ),
    ]


def test_the_orders_are_asked_for_with_their_addresses():
    offline = quotes(addressed(7, 71))
    offline.sync()
    assert offline.client.asked[0].params["include"] == "consignments"
    assert offline.client.asked[0].params["consignment_structure"] == "object"


def test_whoever_reads_orders_anyway_shares_the_pages():
    offline = quotes(addressed(7, 71), select=(STREAM, "orders", "order_fees"))
    offline.sync()
    (first, *others) = offline.client.asked
    assert first.params["include"] == "fees,consignments"
    assert "/v2/orders" not in [request.path for request in others]


def test_an_order_without_an_address_is_not_asked():
    offline = quotes(addressed(7))
    assert offline.sync().rows(STREAM) == []
    assert offline.client.paths() == ["/v2/orders"]


def test_a_plan_sees_which_orders_are_asked():
    rules_out = OrderShippingQuotes.rules_out
    assert rules_out(addressed(7))
    assert not rules_out(addressed(7, 71))
    assert not rules_out(addressed(7, count=1))
    assert not rules_out(order(7))


def test_an_order_that_does_not_show_all_of_its_addresses_is_asked_for_them():
    offline = quotes(
        addressed(7, 71, count=2),
        shipping_addresses=[{"id": 71}, {"id": 72}],
        __71__shipping_quotes=quote(1),
        __72__shipping_quotes=quote(2),
    )
    assert [row["order_address_id"] for row in offline.sync().rows(STREAM)] == [71, 72]
    assert offline.client.paths()[1] == "/v2/orders/7/shipping_addresses"


@pytest.mark.parametrize("nothing", [b"", []], ids=["204", "empty"])
def test_an_address_without_a_quote_has_no_row(nothing):
    offline = quotes(addressed(7, 71), __71__shipping_quotes=nothing)
    assert offline.sync().rows(STREAM) == []
    assert offline.exit_code == 0


def test_an_address_that_is_gone_costs_nobody_else_s_quotes():
    gone = NotFound("/v2/orders/7/shipping_addresses/71/shipping_quotes", status=404)
    offline = quotes(
        addressed(7, 71, 72), __71__shipping_quotes=gone, __72__shipping_quotes=quote(2)
    )
    assert [row["order_address_id"] for row in offline.sync().rows(STREAM)] == [72]
    assert offline.exit_code == 0


def test_trouble_with_one_address_fails_the_stream():
    trouble = ServerTrouble("/v2/orders/7/shipping_addresses/71/shipping_quotes", status=503)
    offline = quotes(addressed(7, 71), __71__shipping_quotes=trouble)
    offline.sync()
    assert "503" in offline.run.failures[STREAM]


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ([], []),
        ({}, []),
        ([{"rate": 1}], [{"rate": 1}]),
        ({"rate": 1}, [{"rate": 1}]),  # an object by the reference's words, a list by its schema
    ],
)
def test_what_a_carrier_answered_is_a_list_of_answers(sent, got):
    offline = quotes(addressed(7, 71), __71__shipping_quotes=quote(1, shipping_provider_quote=sent))
    (row,) = offline.sync().rows(STREAM)
    assert row["shipping_provider_quote"] == got
    assert "_extra" not in row
