"""Tax properties of products are answered to who names products, and to nobody else."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api import errors
from tests.unit.streams.fakes import Offline, envelope

STREAM = "product_tax_properties"
PATH = "/v3/tax/products/properties"


class Store:
    """Products, some of them with tax properties, which come at most fifty at a time."""

    def __init__(self, products, has=bool, *, counts=True):
        self.products = range(1, products + 1)
        self._has = has
        self._counts = counts

    def __call__(self, request):
        if request.path != PATH:
            return envelope([{"id": n} for n in self.products])
        wanted = map(int, request.params["product_id:in"].split(","))
        rows = [{"product_id": n, "tax_properties": {"A": "1"}} for n in wanted if self._has(n)]
        page = envelope(rows[:50], total=len(rows), per_page=50, total_pages=-(-len(rows) // 50))
        return page if self._counts else {"data": rows[:50], "meta": {}}


def read(answer):
    offline = Offline(answer, select=[STREAM])
    offline.sync()
    asked = [len(one.params["product_id:in"].split(",")) for one in offline.client.asked[1:]]
    return offline, [row["product_id"] for row in offline.messages.rows(STREAM)], asked


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("products", [1, 50, 51, 600])
def test_all_of_them_arrive_whether_the_answers_count_or_not(products, counts):
    offline, rows, asked = read(Store(products, counts=counts))
    assert offline.run.failures == {}
    assert rows == list(range(1, products + 1))
    assert max(asked) <= 50


def test_no_limit_is_asked_for_where_none_is_documented():
    """A server that refuses parameters that it does not know refused all of the list."""
    offline, _, _ = read(Store(120))
    assert {tuple(one.params) for one in offline.client.asked[1:]} == {("product_id:in",)}


def test_where_few_products_have_any_more_are_named_at_once():
    _, rows, asked = read(Store(2000, lambda number: number % 20 == 0))
    assert len(rows) == 100
    assert asked[0] == 50
    assert max(asked) > 100


def test_a_token_that_may_not_read_products_cannot_read_these():
    """The list was asked for without products, and its refusal was an error of another kind."""

    def answer(request):
        return errors.Forbidden(request.path, status=403)

    offline, _, _ = read(answer)
    assert offline.run.failures == {}
    assert "403 for GET /v3/catalog/products" in offline.run.skipped[STREAM]
    assert '"Products" (read-only)' in offline.run.skipped[STREAM]
