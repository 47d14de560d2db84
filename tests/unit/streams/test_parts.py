"""Parts of another stream's rows: all of them, each with what it carries and where it stood."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.children import PartStream
from tap_bigcommerce.streams.order_fulfillment import OrderConsignments
from tap_bigcommerce.streams.orders import Orders as OrderList
from tests.unit.streams.fakes import Offline, Orders, order

DATE = "2026-11-01T00:00:00+00:00"


class Recipient(Record):
    order_id: int
    order_date_modified: str
    position: int
    email: str


class Recipients(PartStream):
    """Of no such stream, to test what every stream of its kind does."""

    name = "recipients"
    record = Recipient
    primary_keys = ("order_id", "position")
    whole = OrderConsignments
    part = "email.recipients"


class Coupon(Record):
    order_id: int
    code: str


class Coupons(PartStream):
    """Parts of a list's own rows, without a place."""

    name = "coupons_of_orders"
    record = Coupon
    primary_keys = ("order_id", "code")
    whole = OrderList
    part = "coupons"
    carries: ClassVar = {"order_id": "id"}


@pytest.fixture
def tap():
    return Offline(Orders()).tap


def parts(stream, row, parent=None):
    """What comes out of one row of the whole."""
    page = Page([parent or order(7, DATE)])
    return list(stream.rows(page, [[row]]))


def test_parts_carry_their_parent_s_key_and_date_and_their_place(tap):
    row = {"email": {"recipients": [{"email": "a@b.example"}, {"email": "c@d.example"}]}}
    lead = {"order_id": 7, "order_date_modified": DATE}
    assert parts(Recipients(tap), row) == [
        {**lead, "email": "a@b.example", "position": 0},
        {**lead, "email": "c@d.example", "position": 1},
    ]


def test_what_the_part_says_itself_counts_but_for_its_place(tap):
    row = {"email": {"recipients": [{"order_id": 8, "position": 9}]}}
    (part,) = parts(Recipients(tap), row)
    assert part["order_id"] == 8
    assert part["position"] == 0


@pytest.mark.parametrize(
    "email",
    [None, "", [], {}, "none", 7, {"recipients": None}, {"recipients": []}, {"recipients": {}}],
    ids=repr,
)
def test_what_is_not_there_has_no_parts(tap, email):
    assert parts(Recipients(tap), {"email": email}) == []
    assert parts(Recipients(tap), {}) == []


def test_one_object_is_one_part(tap):
    """As of consignments, which are lists in one form of the answer and objects in another."""
    (part,) = parts(Recipients(tap), {"email": {"recipients": {"email": "a@b.example"}}})
    assert part["email"] == "a@b.example"


def test_parts_of_a_list_s_own_rows_carry_what_is_named(tap):
    stream = Coupons(tap)
    page = Page([order(7, coupons=[{"code": "A"}]), order(8, coupons=[{"code": "B"}])])
    assert list(stream.rows(page, ())) == [
        {"order_id": 7, "code": "A"},
        {"order_id": 8, "code": "B"},
    ]


def test_the_whole_says_what_is_asked_for_and_how_far_it_came(tap):
    stream: Any = Recipients(tap)
    whole = tap.streams["order_consignments"]
    assert (stream.path, stream.scope) == (whole.path, whole.scope)
    assert stream.replication_key == "order_date_modified"
    assert stream.owner is whole.owner is OrderList
    assert stream.whole_asked is whole
    assert stream.list_params() == whole.list_params()
    assert stream.latest(Page([order(7, DATE)])) == DATE


def test_a_whole_that_is_a_list_is_not_asked_for_by_parent(tap):
    stream = Coupons(tap)
    assert stream.whole_asked is None
    assert stream.owner is OrderList
    assert stream.replication_key is None
