"""Rows that stand inside the rows of another stream: choices in lines, consignments in orders."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.streams.fakes import Offline, Orders, order
from tests.unit.streams.test_order_children import line, with_lines

SHIPPED = {"id": 5, "city": "Ulm", "base_cost": "5.9000", "line_items": []}
LINK = {"url": "https://example.com/orders/7/products", "resource": "/orders/7/products"}


def read(stream, *orders, others=None, select=None):
    offline = Offline(Orders(*orders, others=others), select=select or [stream])
    offline.sync()
    assert offline.run.failures == {}
    return offline.messages.rows(stream), len(offline.client.asked) - 1


def choice(number, **fields):
    return {"id": number, "order_product_id": 1, "display_name": "Colour", **fields}


def options(*lines):
    return read("order_product_options", with_lines(7, *lines))


# What was chosen in lines.


def test_choices_of_all_lines_are_rows_led_by_the_order():
    rows, requests = options(
        line(1, product_options=[choice(10), choice(11)]),
        line(2, product_options=[]),
        line(3, product_options=[choice(10, order_product_id=3)]),
    )
    keys = [(row["order_id"], row["order_product_id"], row["id"]) for row in rows]
    assert keys == [(7, 1, 10), (7, 1, 11), (7, 3, 10)]
    assert {row["order_date_modified"] for row in rows} == {"2026-11-01T00:00:00+00:00"}
    assert requests == 0


def test_a_choice_that_does_not_name_its_line_gets_its_number():
    rows, _ = options(line(4, product_options=[{"id": 10, "value": "69"}]))
    assert [(row["order_product_id"], row["id"], row["value"]) for row in rows] == [(4, 10, "69")]


@pytest.mark.parametrize("nothing", [None, [], {}], ids=repr)
def test_a_line_without_choices_has_no_rows(nothing):
    assert options(line(1, product_options=nothing)) == ([], 0)


def test_a_single_choice_may_come_without_a_list():
    rows, _ = options(line(1, product_options=choice(10)))
    assert [row["id"] for row in rows] == [10]


def test_values_of_every_kind_are_texts():
    """An upload is JSON in a text; numbers occur too."""
    values = ["69", 69, '{"originalName":"logo.jpeg"}', "", None]
    rows, _ = options(
        line(1, product_options=[choice(n, value=value) for n, value in enumerate(values, 1)])
    )
    assert [row["value"] for row in rows] == [
        "69",
        "69",
        '{"originalName":"logo.jpeg"}',
        "",
        None,
    ]


def test_what_nobody_declared_is_kept_with_the_choice():
    rows, _ = options(line(1, product_options=[choice(10, swatch={"hex": "#fff"})]))
    assert rows[0]["_extra"] == {"swatch": {"hex": "#fff"}}


def test_lines_that_do_not_prove_complete_are_read_alone_for_their_choices():
    cut = with_lines(7, line(1), items=2)
    own = [line(1, product_options=[choice(10)]), line(2, product_options=[choice(12)])]
    rows, requests = read("order_product_options", cut, others={"/7/products": own})
    assert [(row["order_product_id"], row["id"]) for row in rows] == [(1, 10), (1, 12)]
    assert requests == 1


def test_lines_and_their_choices_cost_the_pages_of_orders_alone():
    one = with_lines(7, line(1, product_options=[choice(10)]))
    both = ["order_products", "order_product_options"]
    rows, requests = read("order_product_options", one, select=both)
    assert [row["id"] for row in rows] == [10]
    assert requests == 0


def test_an_order_read_alone_is_read_once_for_lines_and_choices():
    cut = with_lines(7, line(1), items=2)
    own = [line(1, product_options=[choice(10)]), line(2)]
    both = ["order_products", "order_product_options"]
    rows, requests = read("order_product_options", cut, others={"/7/products": own}, select=both)
    assert [row["id"] for row in rows] == [10]
    assert requests == 1


# Consignments.

KINDS: dict[str, dict[str, Any]] = {
    "order_shipping_consignments": {"shipping": [SHIPPED, {**SHIPPED, "id": 6}]},
    "order_pickup_consignments": {"pickups": [{"id": 3, "location": {"id": 1, "city": "Ulm"}}]},
    "order_download_consignments": {
        "downloads": [{"recipient_email": "a@example.com"}, {"recipient_email": "a@example.com"}]
    },
    "order_email_consignments": {
        "email": {
            "gift_certificates": [
                {"recipient_email": "a@example.com", "line_items": [LINK]},
                {"recipient_email": "b@example.com", "line_items": [LINK]},
            ]
        }
    },
}
ALL = {kind: found for kinds in KINDS.values() for kind, found in kinds.items()}
each = pytest.mark.parametrize("stream", KINDS)


def consigned(kinds, **counts):
    return order(7, consignments=kinds, **{"shipping_address_count": 2, "items_total": 4, **counts})


def numbers(rows, key):
    return [row[key] for row in rows]


def test_each_kind_is_a_stream_of_its_own():
    shipping, pickups, downloads, emails = (read(stream, consigned(ALL))[0] for stream in KINDS)
    assert numbers(shipping, "id") == [5, 6]
    assert [str(cost) for cost in numbers(shipping, "base_cost")] == ["5.9000", "5.9000"]
    assert numbers(pickups, "id") == [3]
    assert pickups[0]["location"] == {"id": 1, "city": "Ulm"}
    assert numbers(downloads, "position") == [0, 1]
    assert numbers(emails, "position") == [0, 1]
    assert numbers(emails, "recipient_email") == ["a@example.com", "b@example.com"]
    for row in (*shipping, *pickups, *downloads, *emails):
        assert row["order_id"] == 7
        assert row["order_date_modified"] == "2026-11-01T00:00:00+00:00"
        assert not row.keys() & {"line_items", "_extra"}


@each
def test_a_consignment_is_the_same_from_the_order_s_own_endpoint(stream):
    embedded, _ = read(stream, consigned(ALL))
    own, requests = read(stream, order(7), others={"/7/consignments": ALL})
    assert own == embedded
    assert requests == 1


@each
@pytest.mark.parametrize("nothing", [None, [], {}, "absent"], ids=repr)
def test_a_kind_that_an_order_does_not_have_gives_no_rows(stream, nothing):
    (kind,) = KINDS[stream]
    kinds = {**ALL, kind: nothing}
    if nothing == "absent":
        del kinds[kind]
    assert read(stream, consigned(kinds)) == ([], 0)


def test_email_without_gift_certificates_gives_no_rows():
    forms: list[Any] = [{}, {"gift_certificates": None}, {"gift_certificates": []}]
    for found in forms:
        assert read("order_email_consignments", consigned({**ALL, "email": found})) == ([], 0)


@each
@pytest.mark.parametrize("odd", [LINK, [LINK], "none", {"shipping": LINK}, None], ids=repr)
def test_links_and_odd_forms_in_place_of_consignments_are_asked_for(stream, odd):
    rows, requests = read(stream, consigned(odd), others={"/7/consignments": ALL})
    assert rows == read(stream, consigned(ALL))[0]
    assert requests == 1


def test_positions_start_anew_with_each_order():
    orders = [{**consigned(ALL), "id": number} for number in (7, 8)]
    rows, _ = read("order_download_consignments", *orders)
    assert [(row["order_id"], row["position"]) for row in rows] == [(7, 0), (7, 1), (8, 0), (8, 1)]


def test_all_consignments_cost_the_pages_of_orders_alone():
    select = [*KINDS, "order_consignments"]
    assert read("order_consignments", consigned(ALL), select=select)[1] == 0
