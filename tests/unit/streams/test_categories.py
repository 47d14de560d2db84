"""Categories have an id of another name, by which their products are asked for."""

from __future__ import annotations

from tests.unit.streams.fakes import Offline, envelope

STREAM = "category_product_sort_orders"


def answer(request):
    if request.path == "/v3/catalog/trees/categories":
        return envelope([{"category_id": n, "name": str(n)} for n in (18, 19)])
    number = int(request.path.split("/")[4])
    assert request.path == f"/v3/catalog/categories/{number}/products/sort-order"
    page, pages = int(request.params["page"]), {18: 2, 19: 1}[number]
    # By their place, so that ids do not rise from page to page.
    rows = [{"product_id": 90 - page, "sort_order": page}, {"product_id": page, "sort_order": None}]
    return envelope(rows, total=2 * pages, total_pages=pages, current_page=page, per_page=2)


def test_places_of_all_products_in_each_category():
    offline = Offline(answer, select=[STREAM], page_size=2)
    rows = offline.sync().rows(STREAM)
    assert offline.run.failures == {}
    assert sorted((row["category_id"], row["product_id"]) for row in rows) == [
        (18, 1),
        (18, 2),
        (18, 88),
        (18, 89),
        (19, 1),
        (19, 89),
    ]


def test_a_product_that_moves_to_an_earlier_page_meanwhile_is_met_there():
    places = [1, 2, 3, 4]

    def moving(request):
        if request.path == "/v3/catalog/trees/categories":
            return envelope([{"category_id": 18}])
        page = int(request.params["page"])
        rows = [{"product_id": n, "sort_order": n} for n in places[2 * page - 2 : 2 * page]]
        if places[-1] == 4:
            places.insert(0, places.pop())  # a merchant drags the last one to the top
        return envelope(rows, total=4, total_pages=2, current_page=page, per_page=2)

    offline = Offline(moving, select=[STREAM], page_size=2)
    rows = offline.sync().rows(STREAM)
    assert {row["product_id"] for row in rows} == {1, 2, 3, 4}


def test_categories_and_their_products_share_the_list():
    offline = Offline(answer, select=["categories", STREAM], page_size=2)
    offline.sync()
    assert offline.client.paths().count("/v3/catalog/trees/categories") == 1
    assert [row["category_id"] for row in offline.messages.rows("categories")] == [18, 19]
