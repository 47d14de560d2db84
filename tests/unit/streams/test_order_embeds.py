"""Embedded rows are used where they prove complete, and nowhere else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tap_bigcommerce.streams.order_embeds import (
    addresses_of,
    consignments_of,
    fees_of,
    is_link,
    lines_of,
    unwrapped_fees,
    without_lines,
)

LINK = {"url": "https://example.com/orders/1/consignments", "resource": "/orders/1/consignments"}
WARNING = {"__warning__": {"message": "read the rest elsewhere"}}


def line(number, quantity=1, **fields):
    return {"id": number, "quantity": quantity, **fields}


def shipping(*lines, number=7, **fields):
    return {"id": number, "city": "Ulm", "line_items": list(lines), **fields}


def order(consignments, *, items=0, addresses=None, **fields):
    if addresses is None:
        kinds = consignments if isinstance(consignments, dict) else {}
        addresses = len(kinds.get("shipping") or ())
    counts = {"items_total": items, "shipping_address_count": addresses}
    return {"id": 1, "consignments": consignments, **counts, **fields}


# Consignments.


def test_consignments_are_taken_as_they_are():
    kinds = {"shipping": [shipping(line(1))], "pickups": [], "email": {}}
    assert consignments_of(order(kinds, items=1)) == kinds


@pytest.mark.parametrize("nothing", [[], {}, {"shipping": []}, {"email": [], "downloads": None}])
def test_nothing_embedded_is_believed_of_an_order_without_items(nothing):
    assert not any((consignments_of(order(nothing)) or {}).values())
    assert consignments_of(order(nothing)) is not None
    assert lines_of(order(nothing)) == []
    assert addresses_of(order(nothing)) == []


@pytest.mark.parametrize("nothing", [[], {}, {"shipping": []}, {"email": [], "downloads": None}])
@pytest.mark.parametrize("items", [3, "3", None, "", "many"], ids=repr)
def test_nothing_embedded_is_not_believed_of_an_order_with_items(nothing, items):
    """Some orders come without what belongs to them (bigcommerce/dev-docs#2052). Consignments used
    to be believed even then, and their row came out empty."""
    for read in (consignments_of, lines_of, addresses_of):
        assert read(order(nothing, items=items)) is None


@pytest.mark.parametrize(
    "odd",
    [
        None,
        LINK,
        "",
        "none",
        7,
        [shipping()],
        [LINK],
        {"shipping": shipping()},
        {"shipping": LINK},
        {"shipping": {"0": shipping()}},
        {"shipping": "none"},
        {"shipping": [None]},
        {"shipping": ["none"]},
        {"pickups": [[]]},
        {"downloads": {"line_items": []}},
        {"email": [{"gift_certificates": []}]},
        {"email": "a@example.com"},
        {"email": {"gift_certificates": {"line_items": []}}},
        {"email": {"gift_certificates": [7]}},
    ],
)
def test_an_odd_shape_is_left_to_the_order_s_own_endpoint(odd):
    """Some of these used to end the stream with an AttributeError."""
    one = order(odd, items=1, addresses=1)
    assert consignments_of(one) is None
    assert lines_of(one) is None
    assert addresses_of(one) is None


@pytest.mark.parametrize("count", [0, 2, "2", None, "", "one"], ids=repr)
def test_another_number_of_addresses_means_that_one_may_be_missing(count):
    one = {**order({"shipping": [shipping(line(1))]}, items=1), "shipping_address_count": count}
    assert addresses_of(one) is None
    assert lines_of(one) == [line(1)]


def test_addresses_of_an_order_that_does_not_count_them_are_not_believed():
    one = order({"shipping": [shipping(line(1))]}, items=1)
    del one["shipping_address_count"]
    assert addresses_of(one) is None


def test_consignments_lose_their_lines_and_warnings_and_nothing_else():
    row = {
        "shipping": [{**shipping(line(1)), **WARNING, "form_fields": [{"name": "x", "value": []}]}],
        "email": {"gift_certificates": [{"recipient_email": "a@example.com", "line_items": [1]}]},
        "downloads": [],
        "other": {"nested": [{"line_items": LINK, "kept": None}]},
    }
    before = repr(row)
    assert without_lines(row) == {
        "shipping": [{"id": 7, "city": "Ulm", "form_fields": [{"name": "x", "value": []}]}],
        "email": {"gift_certificates": [{"recipient_email": "a@example.com"}]},
        "downloads": [],
        "other": {"nested": [{"kept": None}]},
    }
    assert repr(row) == before


# Lines.


def test_lines_of_every_kind_add_up():
    kinds = {
        "shipping": [shipping(line(1, 2), number=7), shipping(line(2), number=8)],
        "pickups": [{"line_items": [line(3)]}],
        "downloads": [{"line_items": [line(4)]}],
        "email": {"gift_certificates": [{"line_items": [line(5, type="giftcertificate")]}]},
    }
    rows = lines_of(order(kinds, items=6))
    assert rows
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("quantity", [2, "2", "2.0", Decimal("2.00"), "2.0000"], ids=repr)
@pytest.mark.parametrize("items", [2, "2", Decimal(2), "2.0"], ids=repr)
def test_quantities_are_compared_as_numbers(quantity, items):
    one = order({"shipping": [shipping(line(1, quantity))]}, items=items)
    assert lines_of(one) == [line(1, quantity)]


def test_fractions_add_up_exactly():
    lines = [line(n, Decimal("0.1")) for n in range(3)]
    assert lines_of(order({"shipping": [shipping(*lines)]}, items="0.3")) == lines


@pytest.mark.parametrize("items", [1, 3, 0, "0", None, "", "two", {}], ids=repr)
def test_lines_that_do_not_add_up_are_not_believed(items):
    assert lines_of(order({"shipping": [shipping(line(1, 2))]}, items=items)) is None


def test_lines_of_an_order_without_items_total_are_not_believed():
    one = order({"shipping": [shipping(line(1, 2))]}, items=2)
    del one["items_total"]
    assert lines_of(one) is None


@pytest.mark.parametrize("quantity", [None, "", "two", [], {}], ids=repr)
def test_a_line_without_a_quantity_proves_nothing(quantity):
    one = order({"shipping": [shipping(line(1, 2), line(2, quantity))]}, items=2)
    assert lines_of(one) is None


def test_a_consignment_that_warns_is_not_believed_even_if_it_adds_up():
    one = order({"shipping": [{**shipping(line(1)), **WARNING}]}, items=1)
    assert lines_of(one) is None


def test_one_line_twice_cannot_stand_for_a_missing_one():
    one = order({"shipping": [shipping(line(1), line(1))]}, items=2)
    assert lines_of(one) is None


def test_lines_without_ids_are_not_believed():
    one = order({"shipping": [shipping({"quantity": 1}, {"quantity": 1})]}, items=2)
    assert lines_of(one) is None


@pytest.mark.parametrize("lines", [LINK, None, "none", 7, [7], [[line(1)]], [line(1), None]])
def test_lines_in_an_odd_shape_are_not_believed(lines):
    one = order({"shipping": [shipping(line_items=lines)]}, items=1)
    assert lines_of(one) is None


def test_a_consignment_without_lines_is_not_believed():
    consignment = shipping()
    del consignment["line_items"]
    assert lines_of(order({"shipping": [consignment]})) is None


def test_a_single_line_may_come_without_a_list():
    one = order({"shipping": [shipping(line_items=line(1, url="u", resource="r"))]}, items=1)
    assert lines_of(one) == [line(1, url="u", resource="r")]


@pytest.mark.parametrize("nothing", [[], {}])
def test_no_lines_in_either_form_of_nothing(nothing):
    assert lines_of(order({"shipping": [shipping(line_items=nothing)]})) == []


# Addresses.


def test_shipping_consignments_are_the_addresses():
    lines = [line(1, order_address_id="7"), line(2)]
    one = order({"shipping": [shipping(*lines, cost=Decimal("5.90"))]}, items=2)
    assert addresses_of(one) == [{"id": 7, "city": "Ulm", "cost": Decimal("5.90")}]


def test_addresses_do_not_need_lines():
    one = order({"shipping": [shipping(line_items=LINK)]}, items=9)
    assert addresses_of(one) == [{"id": 7, "city": "Ulm"}]


@pytest.mark.parametrize(
    ("link", "quotes"),
    [
        ("/orders/1/shipping_addresses", "/orders/1/shipping_addresses/7/shipping_quotes"),
        ("/orders/1/shippingaddresses", "/orders/1/shippingaddresses/7/shippingquotes"),
    ],
)
def test_quotes_are_where_the_address_s_own_endpoint_says(link, quotes):
    links = {"shipping_addresses": {"url": f"https://example.com{link}", "resource": link}}
    embedded = shipping(shipping_quotes={"url": "u", "resource": "r"})
    rows = addresses_of(order({"shipping": [embedded]}, items=1, **links))
    there = {"url": f"https://example.com{quotes}", "resource": quotes}
    assert rows == [{"id": 7, "city": "Ulm", "shipping_quotes": there}]


def test_quotes_that_are_not_embedded_are_not_made_up_and_without_a_model_stay():
    links = {"shipping_addresses": {"url": "u", "resource": "r"}}
    assert addresses_of(order({"shipping": [shipping()]}, items=1, **links)) == [
        {"id": 7, "city": "Ulm"}
    ]
    embedded = shipping(shipping_quotes=LINK)
    assert addresses_of(order({"shipping": [embedded]}, items=1)) == [
        {"id": 7, "city": "Ulm", "shipping_quotes": LINK}
    ]


@pytest.mark.parametrize("address", [8, "8", 0], ids=repr)
def test_a_line_that_names_another_address_shows_that_the_ids_are_different_ones(address):
    one = order({"shipping": [shipping(line(1, order_address_id=address))]}, items=1)
    assert addresses_of(one) is None


@pytest.mark.parametrize("number", [None, "", "seven"], ids=repr)
def test_an_address_without_an_id_is_asked_for(number):
    """It has no key. It used to fail the stream although the order's own endpoint has it."""
    assert addresses_of(order({"shipping": [shipping(number=number)]}, items=1)) is None


def test_a_digital_order_has_no_addresses():
    assert addresses_of(order({"downloads": [{"line_items": [line(1)]}]}, items=1)) == []


# Fees.

FEE = {"id": 1, "type": "custom_fee", "base_cost": "1.50"}


@pytest.mark.parametrize(
    ("fees", "rows"),
    [
        ([], []),
        ({}, []),
        ([FEE], [FEE]),
        ([FEE, {**FEE, "id": 2}], [FEE, {**FEE, "id": 2}]),
        (FEE, [FEE]),
        ({"fees": [FEE]}, [FEE]),
        ({"fees": FEE}, [FEE]),
        ({"fees": []}, []),
        ({"fees": {}}, []),
        ({"fees": None}, []),
        ({"fees": ""}, []),
        ({"url": "u", "resource": "r", **FEE}, [{"url": "u", "resource": "r", **FEE}]),
    ],
)
def test_fees_come_in_three_shapes(fees, rows):
    """`{}` used to count as one fee, which has no ID and so failed the stream."""
    assert unwrapped_fees(fees) == rows
    assert fees_of({"id": 1, "fees": fees}) == rows


@pytest.mark.parametrize(
    "fees", [None, "", "none", 7, [7], [None], [[FEE]], {"fees": [7]}], ids=repr
)
def test_fees_in_another_shape_are_asked_for(fees):
    assert fees_of({"id": 1, "fees": fees}) is None


def test_a_link_to_fees_and_no_word_of_fees_are_asked_for():
    assert fees_of({"id": 1, "fees": LINK}) is None
    assert fees_of({"id": 1}) is None


@pytest.mark.parametrize(
    ("value", "is_one"),
    [(LINK, True), ({**LINK, "id": 1}, False), ({"url": "u"}, False), ({}, False)],
)
def test_a_link_says_where_and_has_no_id(value, is_one):
    assert is_link(value) is is_one
