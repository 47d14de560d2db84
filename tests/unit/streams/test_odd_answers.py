"""Answers that have another form than those of their API version: each is read all the same."""

from __future__ import annotations

import json

import pytest

from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.api.pages import UnreadablePage
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.streams.content import read_tags
from tap_bigcommerce.streams.shoppers import Segments, read_wishlists
from tap_bigcommerce.streams.v3 import read_bare
from tests.unit.streams.fakes import Offline, envelope


def body(value):
    return [json.dumps(value).encode()]


# Without an envelope.

SETTING = {"use_global": True}


@pytest.mark.parametrize(
    "answer",
    [SETTING, {**SETTING, "meta": {}}, {"data": SETTING, "meta": {}}, {"data": SETTING}],
    ids=["bare", "bare with meta", "enveloped", "without meta"],
)
def test_an_object_is_read_with_or_without_an_envelope(answer):
    assert read_bare(body(answer), None).rows == [SETTING]


def test_a_list_is_read_without_an_envelope():
    assert read_bare(body([{"token": "a"}, {"token": "b"}]), None).rows == [
        {"token": "a"},
        {"token": "b"},
    ]


def test_no_content_is_no_row():
    assert read_bare([b""], None).rows == []


@pytest.mark.parametrize("answer", ["no", 7, [7], [["a"]]])
def test_what_is_no_row_is_refused(answer):
    with pytest.raises(UnreadablePage):
        read_bare(body(answer), None)


@pytest.mark.parametrize(
    "answer",
    [{"promotions_applied_on_original_product_price": True}, {"meta": {}}, {}],
    ids=["some", "nothing but meta", "nothing"],
)
def test_settings_are_a_row_of_their_store(answer):
    offline = Offline(lambda _: answer, select=["promotion_settings"])
    (row,) = offline.sync().rows("promotion_settings")
    assert row["store_hash"] == "abc123"
    assert "_extra" not in row


# Of channels.


def by_channel(answers, stream):
    """A run over channels 1 and 2, whose settings answer by the end of the path or the query."""

    def answer(request):
        if request.path == "/v3/channels":
            return envelope([{"id": 1}, {"id": 2}])
        return answers[int(request.params.get("channel_id") or request.path.split("/")[-1])]

    return Offline(answer, select=[stream])


def test_a_channel_can_be_a_parameter():
    offline = by_channel({1: {"use_global": True}, 2: {"use_global": False}}, STREAM)
    rows = offline.sync().rows(STREAM)
    assert {row["channel_id"]: row["use_global"] for row in rows} == {1: True, 2: False}


STREAM = "abandoned_cart_email_settings"


def refusal(status):
    return RequestRefused("/v3/checkouts/settings/channels/2", status=status, said="Invalid")


def test_a_channel_that_is_no_storefront_has_no_checkout():
    stream = "checkout_settings_by_channel"
    offline = by_channel({1: {"data": {"checkout_type": "opc"}}, 2: refusal(422)}, stream)
    (row,) = offline.sync().rows(stream)
    assert row["channel_id"] == 1
    assert offline.exit_code == 0


@pytest.mark.parametrize(
    ("stream", "status"),
    [("checkout_settings_by_channel", 400), ("cart_settings_by_channel", 422)],
)
def test_no_other_refusal_is_taken_for_an_answer(stream, status):
    offline = by_channel({1: {"data": {}}, 2: refusal(status)}, stream)
    offline.sync()
    assert str(status) in offline.run.failures[stream]


# Counts that are none.


def wishlists(count, **counts):
    return read_wishlists(body(envelope([{"id": n} for n in range(count)], **counts)), 250)


@pytest.mark.parametrize("count", [50, 250])
def test_a_count_that_is_less_than_the_rows_says_nothing(count):
    """The reference shows five wishlists and counts none: the list may go on."""
    page = wishlists(count, total=0, total_pages=0)
    assert page.total is None
    assert not page.is_last


def test_a_short_page_is_the_last_whatever_is_counted():
    assert wishlists(5, total=0, total_pages=0).is_last


def test_a_right_count_is_believed():
    page = wishlists(50, total=120, total_pages=3)
    assert (page.total, page.total_pages) == (120, 3)
    assert wishlists(0, total=0, total_pages=0).is_last


# Lists in lists.


@pytest.mark.parametrize(
    "answer",
    [[{"tag": "a"}, {"tag": "b"}], [[{"tag": "a"}, {"tag": "b"}]], [[{"tag": "a"}], {"tag": "b"}]],
    ids=["as usual", "as in the schema", "both"],
)
def test_tags_are_found_at_any_depth(answer):
    assert read_tags(body(answer), None).rows == [{"tag": "a"}, {"tag": "b"}]


def test_no_tags_are_no_rows():
    assert read_tags([b""], None).rows == read_tags(body([[]]), None).rows == []


# Keys that are no numbers, or missing.


def test_a_segment_s_id_is_a_text():
    assert Segments.id_of({"id": "7e1b"}) == "7e1b"


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": ""}, {"id": 7}], ids=str)
def test_a_segment_without_an_id_has_no_members_that_could_be_found(row):
    with pytest.raises(InconsistentList, match="/v3/segments without a text"):
        Segments.id_of(row)


def test_a_form_field_is_of_a_customer_or_of_an_address():
    rows = [
        {"customer_id": 3, "name": "Size", "value": 12.50},
        {"address_id": 4, "name": "Size", "value": ["a", "b"]},
    ]
    offline = Offline(lambda _: envelope(rows), select=["customer_form_field_values"])
    got = offline.sync().rows("customer_form_field_values")
    assert [(row["customer_id"], row["address_id"], row["value"]) for row in got] == [
        (3, 0, "12.5"),
        (0, 4, '["a","b"]'),
    ]


def test_a_form_field_of_nobody_cannot_be_stored():
    row = {"name": "Size", "value": "12"}
    offline = Offline(lambda _: envelope([row]), select=["customer_form_field_values"])
    offline.sync()
    assert "no usable `customer_id`" in offline.run.failures["customer_form_field_values"]
