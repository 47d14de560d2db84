"""Pages of B2B Edition's lists, in the forms in which they come."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tap_bigcommerce.api.b2b_pages import read_b2b
from tap_bigcommerce.api.pages import UnreadablePage
from tap_bigcommerce.api.quota import Reading, reset_in_s

ROWS = [{"id": 1}, {"id": 2}]


def answer(data: Any, code: int = 200, **meta: Any) -> bytes:
    return json.dumps({"code": code, "data": data, "meta": {"message": "SUCCESS", **meta}}).encode()


def counts(total: int, limit: int, offset: int) -> dict[str, int]:
    return {"totalCount": total, "limit": limit, "offset": offset}


@pytest.mark.parametrize(
    "body",
    [
        answer(ROWS, pagination=counts(9, 2, 4)),
        answer(ROWS, **counts(9, 2, 4)),
        answer({"list": ROWS, "pagination": counts(9, 2, 4)}),
    ],
)
def test_counts_become_numbers_of_pages(body):
    page = read_b2b([body], 2, inside="list")
    assert page.rows == ROWS
    assert (page.total, page.total_pages, page.page_number, page.per_page) == (9, 5, 3, 2)
    assert not page.is_last


def test_the_last_page_is_known_by_the_counts():
    assert read_b2b([answer(ROWS, pagination=counts(2, 10, 0))], 10).is_last
    assert read_b2b([answer(ROWS, pagination=counts(12, 10, 10))], 10).is_last
    assert read_b2b([answer([], pagination=counts(0, 10, 0))], 10).is_last


def test_a_count_of_nothing_beside_rows_is_none():
    """As an example in the reference has it."""
    page = read_b2b([answer({"items": ROWS}, pagination=counts(0, 0, 0))], 250, inside="items")
    assert page.rows == ROWS
    assert page.is_last


def test_a_full_page_that_counts_nothing_is_not_the_last():
    """Rows behind it were lost: 0 was taken for the count of the list."""
    rows = [{"id": number} for number in range(250)]
    page = read_b2b([answer({"items": rows}, pagination=counts(0, 0, 0))], 250, inside="items")
    assert (page.total, page.total_pages) == (None, None)
    assert not page.is_last


@pytest.mark.parametrize(("rows", "is_last"), [(0, True), (7, True), (10, False), (200, False)])
def test_without_counts_a_page_of_a_usual_size_may_be_cut(rows, is_last):
    """Ten are what comes where `limit` is not heard."""
    page = read_b2b([answer([{"id": number} for number in range(rows)])], 240)
    assert page.is_last is is_last
    assert page.total is None


def test_parts_are_one_page_of_the_size_that_was_asked_for():
    bodies = [answer(ROWS, pagination=counts(9, 2, 4)), answer(ROWS, pagination=counts(9, 2, 6))]
    page = read_b2b(bodies, 4)
    assert page.rows == ROWS + ROWS
    assert (page.parts, page.total_pages, page.page_number, page.per_page) == (2, 3, 2, None)


@pytest.mark.parametrize(("data", "rows"), [({}, []), ({"id": 1}, [{"id": 1}]), ([], [])])
def test_one_object_is_one_row_and_an_empty_one_is_none(data, rows):
    assert read_b2b([answer(data)], None).rows == rows


def test_an_empty_list_of_quotes_comes_without_its_object():
    assert read_b2b([answer([])], 10, inside="list").rows == []


def test_decimals_keep_their_digits():
    (row,) = read_b2b([b'{"data": [{"subtotal": 1495.10}], "meta": {}}'], 10).rows
    assert str(row["subtotal"]) == str(Decimal("1495.10"))


@pytest.mark.parametrize(
    "body",
    [b"[]", b'{"meta": {}}', b'{"data": 1}', b'{"data": [1]}', b'{"data": null}'],
)
def test_what_is_no_page_is_refused(body):
    with pytest.raises(UnreadablePage):
        read_b2b([body], 10)


def test_an_object_without_its_list_is_refused():
    with pytest.raises(UnreadablePage, match="without `items`"):
        read_b2b([answer({"id": 1})], 10, inside="items")


def test_an_error_that_says_success_is_one():
    """Else a refusal would be read as a list without rows."""
    with pytest.raises(UnreadablePage, match="404"):
        read_b2b([answer({}, code=404)], 10)


# The quota, in headers of B2B Edition's own.

HEADERS = {
    "X-Requests-Allocated": "150 times/60 s",
    "X-Requests-Window-Length": "1 times",
    "X-Requests-Remaining": "149 times",
    "X-Request-Window-Resets-After": "0.3973509933774834 s",
}


def test_the_quota_is_read_with_its_units():
    assert Reading.of(HEADERS) == Reading(150, 149, 60.0, 0.3973509933774834)
    assert reset_in_s(HEADERS) == 0.3973509933774834


@pytest.mark.parametrize(
    ("change", "reading"),
    [
        ({"X-Requests-Allocated": "many"}, None),
        ({"X-Requests-Allocated": "150 times/0 s"}, None),
        ({"X-Requests-Remaining": ""}, None),
        ({"X-Requests-Remaining": "-1 times"}, Reading(150, 0, 60.0, 0.3973509933774834)),
        ({"X-Requests-Remaining": "999"}, Reading(150, 150, 60.0, 0.3973509933774834)),
        ({"X-Request-Window-Resets-After": "soon"}, Reading(150, 149, 60.0, None)),
        ({"X-Request-Window-Resets-After": "61 s"}, Reading(150, 149, 60.0, None)),
    ],
)
def test_headers_that_cannot_be_are_no_quota(change, reading):
    assert Reading.of({**HEADERS, **change}) == reading
