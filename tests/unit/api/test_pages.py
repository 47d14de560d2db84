"""A page: its rows, and what the answer says of the rest of the list."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tap_bigcommerce.api.pages import Page, UnreadablePage, decode, outline, read_v2, read_v3


def v3(data, **meta):
    return json.dumps({"data": data, "meta": meta}).encode()


def counted(count, **pagination):
    return v3([{"id": number} for number in range(count)], pagination=pagination)


# JSON.


def test_decimals_keep_their_digits():
    assert str(decode(b'{"price": 19.9900}')["price"]) == "19.9900"
    assert decode(b"1e400") == Decimal("1e400")
    assert decode(b"123456789012345678901234567890") == 123456789012345678901234567890


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1.10}', {"a": Decimal("1.10")}),
        (rb'{"a": "\ud83d\ude00", "b": "\\u0000"}', {"a": "\U0001f600", "b": r"\u0000"}),
        (b'{"a": "one\ttwo"}', {"a": "one\ttwo"}),
    ],
)
def test_what_only_looks_odd_comes_as_it_is(body, value):
    assert decode(body) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'{"a": "x\u0000"}', {"a": "x\ufffd", "a as JSON": r'"x\u0000"'}),
        (rb'{"a": "\ud83d"}', {"a": "\ufffd", "a as JSON": r'"\ud83d"'}),
        (b'{"a": "x\xff"}', {"a": "x\ufffd", "a as JSON": r'"x\udcff"'}),
        (rb'{"a": [1, "\u0000"]}', {"a": [1, "\ufffd"], "a as JSON": r'[1, "\u0000"]'}),
        (
            rb'{"a": [{"b": "\u0000"}, {"c": 1.10}]}',
            {"a": [{"b": "\ufffd", "b as JSON": r'"\u0000"'}, {"c": Decimal("1.10")}]},
        ),
        (
            rb'{"a\u0000": 7, "b": "c"}',
            {"a\ufffd": 7, "a\ufffd as JSON": r'{"a\u0000": 7}', "b": "c"},
        ),
        (
            b'{"a": NaN, "b": [-Infinity], "c": 1.10}',
            {
                "a": None,
                "a as JSON": "NaN",
                "b": [None],
                "b as JSON": "[-Infinity]",
                "c": Decimal("1.10"),
            },
        ),
    ],
)
def test_what_no_target_can_store_is_kept_beside_what_it_can(body, value):
    got = decode(body)
    assert got == value
    json.dumps(got, default=str, ensure_ascii=False).encode()
    assert "\0" not in repr(got)


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b'{"a": 1}}', b"nope"])
def test_what_is_no_json(body):
    with pytest.raises(ValueError):  # noqa: PT011 (which one is the decoder's business)
        decode(body)


# V2.


def test_a_bare_array():
    page = read_v2([b'[{"id": 1}, {"id": 2}]'], 250)
    assert page == Page([{"id": 1}, {"id": 2}], limit=250)
    assert page.is_last


def test_one_object_is_one_row():
    assert read_v2([b'{"id": 1}'], None).rows == [{"id": 1}]


@pytest.mark.parametrize("bodies", [[b""], [], [b"[]"], [b"null"]])
def test_no_content_is_no_rows(bodies):
    page = read_v2(bodies, 250)
    assert page.rows == []
    assert page.is_last


def test_parts_are_joined_and_counted():
    page = read_v2([b'[{"id": 1}]', b'[{"id": 2}]', b""], 250)
    assert [row["id"] for row in page.rows] == [1, 2]
    assert page.parts == 2


@pytest.mark.parametrize("body", [b"7", b'"x"', b"[7]", b"[null]", b'[{"id": 1}, 2]', b"true"])
def test_neither_rows_nor_an_object(body):
    with pytest.raises(UnreadablePage):
        read_v2([body], 250)


@pytest.mark.parametrize(
    ("count", "is_last"),
    [(0, True), (1, True), (49, True), (50, False), (51, True), (100, False), (250, False)],
)
def test_a_page_of_a_usual_size_may_be_cut(count, is_last):
    """Nothing says where a V2 list ends, and servers cut at 50 or 100 rows."""
    assert read_v2([json.dumps([{}] * count).encode()], 250).is_last is is_last


def test_without_a_limit_there_is_nothing_to_compare_with():
    assert read_v2([json.dumps([{}] * 50).encode()], None).is_last


# V3.


def test_an_envelope():
    page = read_v3([counted(2, total=7, total_pages=4, current_page=2, per_page=2)], 2)
    assert len(page.rows) == 2
    assert (page.total, page.total_pages, page.page_number, page.per_page) == (7, 4, 2, 2)
    assert not page.is_last


@pytest.mark.parametrize(("number", "is_last"), [(1, False), (3, False), (4, True), (9, True)])
def test_the_envelope_s_own_count_decides(number, is_last):
    page = read_v3([counted(2, total=7, total_pages=4, current_page=number)], 250)
    assert page.is_last is is_last


def test_the_other_spelling_of_total_pages():
    page = read_v3([counted(250, total_page=3, current_page=1)], 250)
    assert page.total_pages == 3


@pytest.mark.parametrize("count", [-1, "7", None, 1.5, True, [], {}])
def test_absurd_counts_are_none(count):
    body = counted(2, total=count, total_pages=count, current_page=count, per_page=count)
    page = read_v3([body], 250)
    assert (page.total, page.total_pages, page.page_number, page.per_page) == (None,) * 4
    assert page.is_last


@pytest.mark.parametrize("meta", [None, [], "x", {"pagination": None}, {"pagination": [1]}, {}])
def test_a_meta_that_says_nothing(meta):
    page = read_v3([json.dumps({"data": [{"id": 1}], "meta": meta}).encode()], 250)
    assert page.rows == [{"id": 1}]
    assert page.is_last


def test_one_object_in_an_envelope_is_one_row():
    assert read_v3([v3({"id": 1})], None).rows == [{"id": 1}]


@pytest.mark.parametrize("body", [v3([]), v3(None, pagination={"total": 0}), b""])
def test_no_rows_in_an_envelope(body):
    assert read_v3([body], 250).rows == []


@pytest.mark.parametrize("meta", [{}, {"pagination": None}, {"pagination": {"total": 3}}])
def test_a_null_in_an_envelope_is_no_empty_list(meta):
    """Nothing tells it from a list that broke on the server, and rows would be lost in silence."""
    with pytest.raises(UnreadablePage, match="`data` is null"):
        read_v3([v3(None, **meta)], 250)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"7", b'{"meta": {}}', v3([1]), v3("x")])
def test_an_envelope_without_data(body):
    with pytest.raises(UnreadablePage):
        read_v3([body], 250)


def test_parts_count_in_pages_of_the_size_that_was_asked_for():
    """The third page of 250, as five of 50."""
    parts = [
        counted(50, total=1234, total_pages=25, current_page=number, per_page=50)
        for number in range(11, 16)
    ]
    page = read_v3(parts, 250)
    assert len(page.rows) == 250
    assert (page.total_pages, page.page_number, page.per_page) == (5, 3, None)
    assert page.parts == 5
    assert not page.is_last


def test_the_last_page_in_parts():
    parts = [
        counted(50, total=1070, total_pages=22, current_page=21, per_page=50),
        counted(20, total=1070, total_pages=22, current_page=22, per_page=50),
    ]
    page = read_v3(parts, 250)
    assert (page.total_pages, page.page_number) == (5, 5)
    assert page.is_last


@pytest.mark.parametrize(
    "link",
    [
        "?after=abc&limit=50",
        "/v3/customers?limit=50&after=abc",
        "https://api.bigcommerce.com/stores/x/v3/customers?after=abc&limit=50#top",
    ],
)
def test_a_link_to_the_next_page(link):
    page = read_v3([v3([{"id": 1}], cursor_pagination={"links": {"next": link}})], 250)
    assert page.has_cursors
    assert page.next_params == {"after": "abc", "limit": "50"}


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("after=a%2Bb%3D%3D", {"after": "a+b=="}),
        ("after=a+b==", {"after": "a+b=="}),
        (
            "date:min=2026-11-01T12:00:00+00:00&x",
            {"date:min": "2026-11-01T12:00:00+00:00", "x": ""},
        ),
        ("id%3Ain=1%2C2", {"id:in": "1,2"}),
    ],
)
def test_a_link_s_query_keeps_its_signs(query, params):
    page = read_v3([v3([], cursor_pagination={"links": {"next": f"?{query}"}})], 250)
    assert page.next_params == params


@pytest.mark.parametrize(
    "cursors",
    [
        {"count": 1},
        {"links": None},
        {"links": ["x"]},
        *({"links": {"next": link}} for link in (None, "", 7, "/v3/list", "?")),
    ],
)
def test_no_link_to_a_next_page(cursors):
    page = read_v3([v3([], cursor_pagination=cursors)], 250)
    assert page.has_cursors
    assert page.next_params is None


def test_a_list_without_cursors():
    page = read_v3([v3([], cursor_pagination=None)], 250)
    assert not page.has_cursors
    assert page.next_params is None


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (read_v2, b'[{"id": 7, "sku": "x"}, {"id": 9}]'),
        (read_v3, b'{"data": [{"id": 7, "sku": "x"}, {"id": 9}], "meta": {}}'),
        (read_v3, b'{"data": {"id": 7, "sku": "\\ud800"}, "meta": {}}'),
    ],
)
def test_an_outline_has_the_ids_of_a_page_and_what_it_says_of_the_list(read, body):
    whole, drawn = read([body], 250), read([body], 250, outline)
    assert [row["id"] for row in drawn.rows] == [row["id"] for row in whole.rows]
    assert drawn.is_last is whole.is_last


def test_an_outline_that_is_no_json_is_an_error_too():
    with pytest.raises(ValueError, match=r"."):
        outline(b"[{")
