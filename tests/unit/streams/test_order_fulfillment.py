"""Consignments and addresses, embedded or from their own endpoints."""

from __future__ import annotations

from typing import Any

import pytest

from tap_bigcommerce.streams.order_fulfillment import OrderShipments
from tests.unit.streams.fakes import Offline, Orders, order

PARCEL = {"id": 5, "city": "Ulm", "line_items": {"url": "u", "resource": "r"}}


def read(stream, one, own=()):
    end = stream.removeprefix("order_")
    offline = Offline(Orders(one, others={f"/7/{end}": own}), select=[stream])
    offline.sync()
    assert offline.run.failures == {}
    return offline.messages.rows(stream), len(offline.client.asked) - 1


def embedded(kinds, **counts):
    return order(7, consignments=kinds, **{"shipping_address_count": 1, **counts})


def test_consignments_are_one_row_of_an_order():
    one = embedded({"shipping": [PARCEL], "pickups": [{"id": 3}], "email": []})
    rows, requests = read("order_consignments", one)
    assert requests == 0
    (row,) = rows
    assert row["order_id"] == 7
    assert row["shipping"] == [{"id": 5, "city": "Ulm"}]
    assert row["pickups"] == [{"id": 3}]
    assert row["email"] is None


def test_consignments_from_their_own_endpoint_are_the_same_row():
    kinds = {"shipping": [{**PARCEL, "line_items": [{"id": 1}], "__warning__": {}}]}
    assert (
        read("order_consignments", order(7), own=kinds)[0]
        == (read("order_consignments", embedded({"shipping": [PARCEL]}))[0])
    )


def test_empty_consignments_of_an_order_with_items_are_asked_for():
    """The row used to come out without any consignment."""
    rows, requests = read(
        "order_consignments", embedded([], items_total=2), own={"shipping": [PARCEL]}
    )
    assert requests == 1
    assert rows[0]["shipping"] == [{"id": 5, "city": "Ulm"}]


@pytest.mark.parametrize("kinds", [[], {}], ids=repr)
def test_an_order_without_items_has_a_row_without_consignments(kinds):
    rows, requests = read("order_consignments", embedded(kinds, shipping_address_count=0))
    assert [row["order_id"] for row in rows] == [7]
    assert requests == 0


def test_a_kind_that_nobody_declared_is_kept():
    one = embedded({"shipping": [PARCEL], "drones": [{"id": 1, "line_items": []}]})
    (row,) = read("order_consignments", one)[0]
    assert row["_extra"] == {"drones": [{"id": 1}]}


def test_addresses_are_the_shipping_consignments():
    rows, requests = read("order_shipping_addresses", embedded({"shipping": [PARCEL]}))
    assert [(row["order_id"], row["id"], row["city"]) for row in rows] == [(7, 5, "Ulm")]
    assert requests == 0


def test_addresses_that_are_too_few_are_asked_for():
    one = embedded({"shipping": [PARCEL]}, shipping_address_count=2)
    rows, requests = read("order_shipping_addresses", one, own=[{"id": 5}, {"id": 6}])
    assert [row["id"] for row in rows] == [5, 6]
    assert requests == 1


def test_a_digital_order_costs_nothing():
    one = embedded({"downloads": [{"recipient_email": ""}]}, shipping_address_count=0)
    assert read("order_shipping_addresses", one) == ([], 0)


# Shipments that there cannot be.

SENT_ON = "Wed, 25 Jun 2025 05:22:10 +0000"
UNSENT: dict[str, Any] = {
    "items_shipped": 0,
    "date_shipped": "",
    "status_id": 11,
    "order_is_digital": False,
}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"items_shipped": "0"},
        {"items_shipped": "0.0000"},
        {"date_shipped": None},
        {"status_id": "11"},
        {"status_id": 0},
        {"status_id": 4},
        {"order_is_digital": True, "status_id": 10},
        {"order_is_digital": True, "status_id": 10, "date_shipped": SENT_ON},
    ],
    ids=repr,
)
def test_an_order_of_which_nothing_was_sent_is_not_asked_for_shipments(said):
    one = order(7, **{**UNSENT, **said})
    assert OrderShipments.rules_out(one)
    assert read("order_shipments", one, own=[{"id": 1}]) == ([], 0)


@pytest.mark.parametrize(
    "said",
    [
        {"items_shipped": 1},
        {"items_shipped": None},
        {"items_shipped": ""},
        {"items_shipped": "none"},
        {"items_shipped": 2, "order_is_digital": True},
        {"date_shipped": SENT_ON},
        {"date_shipped": "0"},
        {"status_id": 2},
        {"status_id": 3},
        {"status_id": "10"},
        {"status_id": None},
        {"status_id": "", "order_is_digital": "true"},
    ],
    ids=repr,
)
def test_an_order_that_may_have_been_sent_is_asked_for_shipments(said):
    one = order(7, **{**UNSENT, **said})
    rows, requests = read("order_shipments", one, own=[{"id": 1}])
    assert [(row["order_id"], row["id"]) for row in rows] == [(7, 1)]
    assert requests == 1


@pytest.mark.parametrize("name", ["items_shipped", "date_shipped", "status_id"])
def test_a_field_that_is_absent_rules_nothing_out(name):
    one = order(7, **UNSENT)
    del one[name]
    assert not OrderShipments.rules_out(one)
