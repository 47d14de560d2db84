"""Rows that belong to a parent: all of them, each with its parent, none left out in silence."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api.client import Answer
from tap_bigcommerce.api.errors import NotFound, RequestRefused, ServerTrouble
from tap_bigcommerce.api.pages import Page
from tests.unit.streams.fakes import Offline, Orders, envelope, order

OCTOBER = "2026-10-01T00:00:00+00:00"
NOVEMBER = "2026-11-01T00:00:00+00:00"


def shipment(number, **fields):
    return {"id": number, "tracking_number": f"T{number}", **fields}


def shipments(*orders, others, **options):
    return Offline(Orders(*orders, others=others), select=["order_shipments"], **options)


def failure(offline):
    offline.sync()
    (words,) = offline.run.failures.values()
    return words


# One parent.


def test_each_row_gets_its_parent_s_id_and_date():
    offline = shipments(order(7, NOVEMBER), others={"/7/shipments": [shipment(1), shipment(2)]})
    rows = offline.sync().rows("order_shipments")
    assert [(row["order_id"], row["id"]) for row in rows] == [(7, 1), (7, 2)]
    assert {row["order_date_modified"] for row in rows} == {NOVEMBER}
    assert offline.bookmarks["order_shipments"] == {
        "replication_key": "order_date_modified",
        "replication_key_value": NOVEMBER,
    }


def test_what_the_row_says_of_its_parent_does_not_count():
    row = shipment(1, order_id="something else", order_date_modified="never")
    (got,) = shipments(order(7), others={"/7/shipments": [row]}).sync().rows("order_shipments")
    assert got["order_id"] == 7
    assert got["order_date_modified"] == NOVEMBER


def test_rows_come_in_the_order_of_their_parents():
    others = {f"/{n}/shipments": [shipment(10 * n)] for n in (1, 2, 3)}
    rows = shipments(order(3), order(1), order(2), others=others).sync().rows("order_shipments")
    assert [row["order_id"] for row in rows] == [1, 2, 3]


def test_the_child_is_read_without_its_parent_being_selected():
    offline = shipments(order(7), others={"/7/shipments": [shipment(1)]})
    assert offline.sync().streams() == {"order_shipments"}
    assert not offline.messages.rows("orders")
    assert "orders" not in offline.bookmarks


def test_nothing_is_embedded_that_no_selected_stream_reads():
    offline = shipments(order(7), others={})
    offline.sync()
    assert "include" not in offline.client.asked[0].params


def test_a_parent_that_was_deleted_meanwhile_has_no_rows():
    gone = NotFound("/v2/orders/7/shipments", status=404)
    others = {"/7/shipments": gone, "/8/shipments": [shipment(1)]}
    offline = shipments(order(7), order(8), others=others)
    assert [row["order_id"] for row in offline.sync().rows("order_shipments")] == [8]
    assert offline.run.failures == {}


def test_any_other_error_of_a_parent_fails_the_stream_and_keeps_the_bookmark():
    trouble = ServerTrouble("/v2/orders/8/shipments", status=503)
    others = {"/7/shipments": [shipment(1)], "/8/shipments": trouble}
    state = {"replication_key": "order_date_modified", "replication_key_value": OCTOBER}
    offline = shipments(order(7), order(8), others=others, state={"order_shipments": dict(state)})
    assert "503 for GET /v2/orders/8/shipments" in failure(offline)
    assert offline.bookmarks["order_shipments"] == state


def test_no_content_is_no_rows():
    offline = shipments(order(7), others={"/7/shipments": b""})
    assert offline.sync().rows("order_shipments") == []
    assert offline.run.failures == {}


@pytest.mark.parametrize(
    "body", [b'"none"', b"[7]", b'[["id"]]', b"[null]", b"7", b"true"], ids=repr
)
def test_json_that_holds_no_rows_fails_the_stream(body):
    words = failure(shipments(order(7), others={"/7/shipments": body}))
    assert "GET /v2/orders/7/shipments answered with JSON of an unknown form" in words


def test_a_row_without_its_key_fails_the_stream():
    words = failure(shipments(order(7), others={"/7/shipments": [{"tracking_number": "T1"}]}))
    assert words == "a row of /v2/orders/{order_id}/shipments has no usable `id`, which is its key"


# Parents that are odd.


def test_an_id_in_a_text_is_an_id():
    offline = shipments(order(7), others={"/7/shipments": [shipment(1)]})
    child = offline.stream("order_shipments")
    assert child.own_rows({"id": "7"}) == [shipment(1)]


@pytest.mark.parametrize("parent", [{}, {"id": None}, {"id": ""}, {"id": "seven"}, {"id": 7.5}])
def test_a_parent_without_an_id_fails_the_stream(parent):
    """`/v2/orders/None/shipments` is a 404, which means no rows: they were lost in silence."""
    offline = shipments(order(7), others={})
    offline.stream("orders").walk = lambda *_: iter([Page([parent])])
    assert failure(offline) == "a row of /v2/orders without a whole number as `id`"
    assert offline.client.asked == []


@pytest.mark.parametrize("date", [None, "", "0", "soon", [], {}], ids=repr)
def test_a_parent_without_a_date_still_has_its_rows(date):
    orders = Orders(order(7), others={"/7/shipments": [shipment(1)]})
    orders.rows[0]["date_modified"] = date
    offline = Offline(orders, select=["order_shipments"])
    (row,) = offline.sync().rows("order_shipments")
    assert row["order_date_modified"] is None
    assert offline.bookmarks["order_shipments"] == {}


def test_the_latest_parent_is_the_bookmark_even_if_it_has_no_rows():
    offline = shipments(
        order(7, OCTOBER), order(8, NOVEMBER), others={"/7/shipments": [shipment(1)]}
    )
    offline.sync()
    assert offline.bookmarks["order_shipments"]["replication_key_value"] == NOVEMBER


def test_a_first_read_without_any_row_is_complete_in_the_last_state():
    """The SDK writes a STATE only after a row: the target kept the unfinished first read."""
    offline = shipments(order(7, NOVEMBER), others={})
    assert offline.sync().states()[-1]["order_shipments"] == {
        "replication_key": "order_date_modified",
        "replication_key_value": NOVEMBER,
    }


# A parent with several pages of rows.


def paged(rows, limit):
    """The endpoint, as V2 pages it."""

    def answer(request):
        assert request.params["limit"] == str(limit)
        start = (int(request.params["page"]) - 1) * limit
        return rows[start : start + limit]

    return answer


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 9])
def test_all_pages_of_a_parent_are_read(count):
    rows = [shipment(n) for n in range(count)]
    offline = shipments(order(7), others={"/7/shipments": paged(rows, 4)}, page_size=4)
    assert len(offline.sync().rows("order_shipments")) == count


@pytest.mark.parametrize("cut", [50, 100])
def test_a_server_that_cuts_pages_does_not_cut_rows(cut):
    """V2 gives 50 rows whatever `limit` says, on some endpoints (bigcommerce-api-php#53)."""
    rows = [shipment(n) for n in range(2 * cut + 1)]

    def answer(request):
        start = (int(request.params["page"]) - 1) * cut
        return rows[start : start + cut]

    offline = shipments(order(7), others={"/7/shipments": answer})
    assert len(offline.sync().rows("order_shipments")) == len(rows)


def test_the_first_page_is_asked_for_by_number():
    """Without it, a client that has to ask for less at a time asks for the first 100 rows instead
    of for 250 in parts. With pages of 250 from there on, rows 101 to 250 were lost."""
    offline = shipments(order(7), others={"/7/shipments": []})
    offline.sync()
    (request,) = offline.client.asked[1:]
    assert request.params == {"limit": "250", "page": "1"}
    assert [part.params["page"] for part in request.smaller()] == ["1", "2", "3", "4", "5"]


def test_a_page_in_parts_is_one_page():
    parts = tuple(f'[{{"id": {n}}}]'.encode() for n in (1, 2))
    whole = Answer(status=200, bodies=parts, attempts=3, limit=250)
    offline = shipments(order(7), others={"/7/shipments": whole})
    assert [row["id"] for row in offline.sync().rows("order_shipments")] == [1, 2]


def test_a_list_may_end_with_a_page_that_is_not_found():
    """It used to be taken for an order that was deleted between two of its pages."""

    def answer(request):
        is_there = request.params["page"] == "1"
        return [shipment(n) for n in range(50)] if is_there else NotFound(request.path, status=404)

    offline = shipments(order(7), others={"/7/shipments": answer})
    assert len(offline.sync().rows("order_shipments")) == 50


def test_an_endpoint_that_ignores_the_page_is_noticed():
    rows = [shipment(n) for n in range(4)]
    words = failure(shipments(order(7), others={"/7/shipments": rows}, page_size=4))
    assert words.startswith("/v2/orders/7/shipments: a page repeats an earlier one")


def transactions(answer):
    orders = Orders(order(7), others={"/7/transactions": answer})
    return Offline(orders, select=["order_transactions"])


def test_an_endpoint_without_limit_is_asked_for_no_page():
    offline = transactions(envelope([{"id": 1, "order_id": "7"}]))
    assert [row["order_id"] for row in offline.sync().rows("order_transactions")] == [7]
    assert offline.client.asked[1].params == {}


def test_pages_that_show_up_in_the_answer_are_followed():
    def answer(request):
        number = int(request.params.get("page", 1))
        return envelope([{"id": number}], total=3, total_pages=3, current_page=number)

    offline = transactions(answer)
    assert [row["id"] for row in offline.sync().rows("order_transactions")] == [1, 2, 3]


def unnamed(count, takes):
    """An endpoint with so many rows that takes only some parameters, and refuses no other."""

    def answer(request):
        params = {name: int(request.params[name]) for name in takes if name in request.params}
        size, number = params.get("limit", 50), params.get("page", 1)
        rows = [{"id": n + 1} for n in range(count)][(number - 1) * size : number * size]
        pages = -(-count // size)
        return envelope(rows, total=count, total_pages=pages, current_page=number, per_page=size)

    return answer


@pytest.mark.parametrize(
    ("takes", "count", "came", "requests"),
    [
        ({"limit"}, 50, 50, 1),
        ({"limit"}, 120, 120, 2),
        ({"limit"}, 260, 250, 3),
        ({"limit", "page"}, 260, 260, 3),
        ({"page"}, 120, 120, 4),
        ((), 120, 50, 3),
    ],
)
def test_where_no_paging_is_documented_the_largest_page_is_tried_first(
    takes, count, came, requests
):
    """Stores that ignore `page` there take `limit`: of 120 transactions, 70 used to be missing."""
    offline = transactions(unnamed(count, takes))
    assert len(offline.sync().rows("order_transactions")) == came
    assert len(offline.client.asked) == 1 + requests


@pytest.mark.parametrize("refused", [{"page"}, {"limit"}, {"page", "limit"}])
def test_a_refused_parameter_that_is_not_documented_costs_no_other_order(refused, caplog):
    """One order with many transactions used to fail the stream."""
    many = unnamed(120, {"limit", "page"} - refused)

    def answer(request):
        return (
            RequestRefused(request.path, status=400)
            if refused & request.params.keys()
            else many(request)
        )

    orders = Orders(
        order(7), order(8), others={"/7/transactions": answer, "/8/transactions": envelope([])}
    )
    offline = Offline(orders, select=["order_transactions"])
    count = 50 if len(refused) > 1 else 120
    assert len(offline.sync().rows("order_transactions")) == count
    assert offline.run.failures == {}
    told = "the endpoint refuses `page`; 50 rows came, but the API counts 120"
    assert (told in caplog.text) == (count == 50)


def without_rows(request):
    """A second page that is counted, but empty."""
    if request.params.get("page", "1") == "1":
        return envelope([{"id": 1}], total=2, total_pages=2, current_page=1)
    return envelope([], total=2, total_pages=2, current_page=2)


def without_content(request):
    return b"" if request.params.get("page", "1") != "1" else without_rows(request)


def the_same_again(request):
    """An endpoint that ignores `page`, but counts as if it did not."""
    number = int(request.params.get("page", 1))
    return envelope([{"id": 1}, {"id": 2}], total=3, total_pages=2, current_page=number)


def nothing_at_all(_request):
    return envelope([], total=2, total_pages=1)


HOLES = [without_rows, without_content, the_same_again, nothing_at_all]


@pytest.mark.parametrize("answer", HOLES)
def test_fewer_rows_than_the_api_counts_fail_the_stream(answer):
    def answers(request):
        if request.path == "/v3/catalog/products":
            return envelope([{"id": 7, "images": None}])
        return answer(request)

    words = failure(Offline(answers, select=["product_images"], page_size=2))
    assert words.startswith("/v3/catalog/products/7/images: ")
    assert "rows came, but the API counts " in words


@pytest.mark.parametrize("answer", HOLES)
def test_where_no_paging_is_documented_missing_rows_are_told_and_the_others_come(answer, caplog):
    """Paging of transactions is said not to work (codatio/codat-docs#610). A second page without
    rows used to end the list in silence."""
    other = envelope([{"id": 9}])
    orders = Orders(
        order(7), order(8), others={"/7/transactions": answer, "/8/transactions": other}
    )
    offline = Offline(orders, select=["order_transactions"])
    assert offline.sync().rows("order_transactions")[-1]["id"] == 9
    assert offline.run.failures == {}
    last = caplog.records[-1].getMessage()
    assert last.startswith("incomplete: order_transactions: /v3/orders/7/transactions: ")
    assert "rows came, but the API counts " in last


def test_a_server_that_cuts_pages_is_asked_for_pages_of_that_size():
    """Else a page that must be asked for in parts would have other rows: the parts of 250 rows,
    not those of 50."""
    rows = [shipment(n) for n in range(121)]

    def answer(request):
        start = (int(request.params["page"]) - 1) * 50
        return rows[start : start + 50]

    offline = shipments(order(7), others={"/7/shipments": answer})
    offline.sync()
    assert [one.params["limit"] for one in offline.client.asked[1:]] == ["250", "50", "50"]
