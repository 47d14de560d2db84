"""Lines and fees of orders: embedded where that is provably all, else from the order itself."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api.errors import NotFound
from tap_bigcommerce.schema.record import fields_of
from tap_bigcommerce.streams.order_children import UNDOCUMENTED, OrderProduct
from tests.unit.streams.fakes import Offline, Orders, order

WHOLE = dict.fromkeys(
    fields_of(OrderProduct).keys() - {"order_id", "order_date_modified"} - UNDOCUMENTED
)


def line(number, *missing, quantity=1, **fields):
    whole = {**WHOLE, "id": number, "quantity": quantity, "type": "physical", "product_id": 77}
    return {name: value for name, value in {**whole, **fields}.items() if name not in missing}


def with_lines(number, *lines, items=None, **fields):
    consignment = {"id": 1, "line_items": list(lines), **fields}
    total = sum(one["quantity"] for one in lines) if items is None else items
    return order(
        number,
        consignments={"shipping": [consignment]},
        items_total=total,
        shipping_address_count=1,
    )


def products(*orders, others=None):
    return Offline(Orders(*orders, others=others), select=["order_products"])


def lines_of(offline):
    return [(row["order_id"], row["id"]) for row in offline.sync().rows("order_products")]


def asked(offline):
    """Orders whose own endpoint was asked."""
    return [int(path.split("/")[3]) for path in offline.client.paths() if "/products" in path]


# Lines.


def test_complete_lines_cost_nothing_more():
    offline = products(with_lines(7, line(1), line(2)), with_lines(8, line(3, quantity=5)))
    assert lines_of(offline) == [(7, 1), (7, 2), (8, 3)]
    assert asked(offline) == []


def test_an_order_that_does_not_prove_complete_is_read_alone():
    cut = with_lines(7, line(1), items=2)
    offline = products(cut, with_lines(8, line(3)), others={"/7/products": [line(1), line(2)]})
    assert lines_of(offline) == [(7, 1), (7, 2), (8, 3)]
    assert asked(offline) == [7]


def test_a_warning_sends_to_the_order_s_own_endpoint():
    warned = with_lines(7, line(1), __warning__={"message": "more elsewhere"})
    offline = products(warned, others={"/7/products": [line(1)]})
    assert lines_of(offline) == [(7, 1)]
    assert asked(offline) == [7]


def test_a_field_that_lines_of_this_kind_never_have_is_found_out_once():
    custom = {"product_id": 0}
    orders = [with_lines(n, line(n, "variant_id", **custom)) for n in (7, 8, 9)]
    offline = products(*orders, others={"/7/products": [line(7, "variant_id", **custom)]})
    assert lines_of(offline) == [(7, 7), (8, 8), (9, 9)]
    assert asked(offline) == [7]


def test_a_field_that_only_the_embedded_line_lacks_sends_every_such_order_to_its_endpoint():
    """Weights are missing from some embedded lines (bigcommerce/dev-docs#2052)."""
    orders = [with_lines(n, line(n, "weight")) for n in (7, 8)]
    others = {f"/{n}/products": [line(n, weight=n)] for n in (7, 8)}
    offline = products(*orders, others=others)
    offline.sync()
    assert [row["weight"] for row in offline.messages.rows("order_products")] == [7, 8]
    assert asked(offline) == [7, 8]


def test_a_kind_of_line_is_its_type_and_whether_the_catalogue_has_it():
    """What custom products may lack, others may not."""
    custom = line(1, "weight", product_id=0)
    offline = products(
        with_lines(7, custom),
        with_lines(8, line(2, "weight")),
        with_lines(9, line(3, "weight", product_id=0, type="digital")),
        others={"/7/products": [custom], "/8/products": [line(2, weight=1)]},
    )
    offline.sync()
    assert asked(offline) == [7, 8, 9]


def test_another_gap_of_the_same_kind_is_another_question():
    offline = products(
        with_lines(7, line(1, "weight")),
        with_lines(8, line(2, "weight", "height")),
        others={"/7/products": [line(1, "weight")], "/8/products": [line(2, "weight", height=3)]},
    )
    offline.sync()
    assert offline.messages.rows("order_products")[1]["height"] == 3
    assert asked(offline) == [7, 8]


def test_one_unknown_gap_is_enough_to_ask():
    known, unknown = line(1, "weight"), line(2, "height")
    offline = products(
        with_lines(7, known),
        with_lines(8, known, unknown),
        with_lines(9, known, unknown),
        others={"/7/products": [known], "/8/products": [known, line(2)]},
    )
    assert len(lines_of(offline)) == 3
    assert asked(offline) == [7, 8, 9]


@pytest.mark.parametrize("gone", [NotFound("/v2/orders/7/products", status=404), []], ids=repr)
def test_an_order_that_was_deleted_teaches_nothing(gone):
    """Its endpoint has no lines, so the gap seemed to be one of the embedded lines alone, and
    every later order with a custom product was asked for: a request for each."""
    custom = {"product_id": 0}
    orders = [with_lines(n, line(n, "variant_id", **custom)) for n in (7, 8, 9)]
    others = {"/7/products": gone, "/8/products": [line(8, "variant_id", **custom)]}
    offline = products(*orders, others=others)
    assert lines_of(offline) == [(8, 8), (9, 9)]
    assert asked(offline) == [7, 8]


@pytest.mark.parametrize("name", sorted(UNDOCUMENTED))
def test_what_only_some_stores_send_may_be_missing(name):
    assert name not in line(1)
    offline = products(with_lines(7, line(1)))
    assert lines_of(offline) == [(7, 1)]
    assert asked(offline) == []


def test_gift_certificates_are_lines_too():
    mail = {"gift_certificates": [{"line_items": [line(1, type="giftcertificate", product_id=0)]}]}
    one = order(7, consignments={"email": mail}, items_total=1)
    assert lines_of(products(one)) == [(7, 1)]


def test_lines_are_not_asked_for_again_by_the_next_stream():
    both = ["order_products", "order_consignments"]
    offline = Offline(Orders(with_lines(7, line(1))), select=both)
    offline.sync()
    assert offline.client.paths() == ["/v2/orders"]
    (row,) = offline.messages.rows("order_consignments")
    assert row["shipping"] == [{"id": 1}]


# Fees.

FEE = {"id": 1, "type": "custom_fee", "base_cost": "1.50"}


def fees(embedded, own=()):
    offline = Offline(
        Orders(order(7, fees=embedded), others={"/7/fees": own}), select=["order_fees"]
    )
    offline.sync()
    return offline


@pytest.mark.parametrize("form", [[FEE], {"fees": [FEE]}, FEE, {"fees": FEE}], ids=repr)
def test_fees_are_the_same_in_every_shape_and_from_both_places(form):
    link = order(7)["fees"]
    for offline in (fees(form), fees(link, own=form)):
        (row,) = offline.messages.rows("order_fees")
        assert (row["order_id"], row["id"], str(row["base_cost"])) == (7, 1, "1.50")


@pytest.mark.parametrize("nothing", [[], {}, {"fees": []}, {"fees": None}, {"fees": {}}], ids=repr)
def test_no_fees_in_any_form_of_nothing(nothing):
    for offline in (fees(nothing), fees(order(7)["fees"], own=nothing)):
        assert offline.messages.rows("order_fees") == []
        assert offline.run.failures == {}


def test_fees_in_an_unknown_form_fail_the_stream():
    """They used to be left out."""
    offline = fees(order(7)["fees"], own={"fees": [7]})
    assert offline.run.failures == {
        "order_fees": "GET /v2/orders/{order_id}/fees answered with JSON of an unknown form"
    }
    assert offline.bookmarks["order_fees"] == {}
