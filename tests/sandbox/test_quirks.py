"""The habits that BigCommerce does not document: each can be seen, each can be switched off."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tap_bigcommerce.sandbox import Quirks

WHOLE = {"include": "consignments.line_items,fees", "consignment_structure": "object"}


def included_lines(order):
    """Line items of all consignments of an order."""
    boxes = order["consignments"]
    groups = [boxes.get(name, []) for name in ("shipping", "pickups", "downloads")]
    groups.append(boxes.get("email", {}).get("gift_certificates", []))
    return [line for group in groups for box in group for line in box["line_items"]]


def warnings(order):
    """Consignments that say that they are cut."""
    return [box for box in order["consignments"].get("shipping", ()) if "__warning__" in box]


def by_id(rows):
    """Rows in the order of their ids."""
    return sorted(rows, key=lambda row: row["id"])


def test_included_lines_are_those_of_the_order_except_where_they_are_known_not_to_be(shop, client):
    """Quirks 1 and 2: the list of incomplete orders is exact, and nothing else differs."""
    differing = [
        order["id"]
        for order in client.v2("/v2/orders", limit=250, **WHOLE)
        if by_id(included_lines(order))
        != (client.v2(f"/v2/orders/{order['id']}/products", limit=250))
    ]
    assert differing == shop.incomplete_orders
    # about one in a hundred, and the big ones
    assert 10 < len(differing) < 30


def test_more_than_50_lines_are_cut_with_a_warning(client):
    orders = client.v2("/v2/orders", limit=250, **WHOLE)
    cut = [order for order in orders if warnings(order)]
    assert len(cut) > 2
    for order in cut:
        assert [len(box["line_items"]) for box in warnings(order)] == [50] * len(warnings(order))
        assert order["items_total"] > sum(line["quantity"] for line in included_lines(order))
        everything = client.v2(f"/v2/orders/{order['id']}/products", limit=250)
        assert order["items_total"] == sum(line["quantity"] for line in everything)


def test_lines_of_an_order_come_50_at_a_time_unless_more_are_asked_for(shop, client):
    """Quirk 4."""
    big = next(
        id_ for id_ in shop.store.orders.table.ids if len(shop.store.orders.facts(id_).lines) > 59
    )
    assert len(client.json(f"/v2/orders/{big}/products")) == 50
    assert len(client.json(f"/v2/orders/{big}/products", page=2)) > 9
    assert len(client.json(f"/v2/orders/{big}/products", limit=250)) > 59


def test_thin_lines_are_empty_or_lack_measures(shop, client):
    quirks = shop.store.quirks
    ids = list(shop.store.orders.table.ids)
    thin = {id_: quirks.thin_line_items_of(id_) for id_ in ids if quirks.thin_line_items_of(id_)}
    assert set(thin.values()) == {"empty", "unmeasured"}
    for id_, thinness in thin.items():
        lines = included_lines(client.json(f"/v2/orders/{id_}", **WHOLE))
        if thinness == "empty":
            assert lines == []
        else:
            assert all({"weight", "height", "depth"}.isdisjoint(line) for line in lines)


def test_without_the_quirks_includes_are_complete(opened):
    quirks = Quirks(cut_line_items=False, thin_line_items=False)
    sandbox, client = opened(orders=700, quirks=quirks)
    orders = client.v2("/v2/orders", limit=250, **WHOLE)
    lines = [line for order in orders for line in by_id(included_lines(order))]
    assert lines == list(sandbox.rows("order_products"))
    assert sandbox.incomplete_orders == []


def test_an_empty_v2_page_has_no_body(client, opened):
    """Quirk 9."""
    answer = client.get("/v2/orders", page=99)
    assert (answer.status_code, answer.content) == (204, b"")
    _, plain = opened(quirks=Quirks(empty_v2_is_204=False))
    assert plain.json("/v2/orders", page=99) == []


@pytest.mark.parametrize(
    ("path", "stream", "parent"),
    [
        ("/v3/catalog/products/{}/images", "product_images", "products"),
        ("/v3/catalog/products/{}/reviews", "product_reviews", "products"),
        ("/v2/orders/{}/shipments", "order_shipments", "orders"),
        ("/v3/orders/{}/transactions", "order_transactions", "orders"),
        ("/v2/orders/{}/coupons", "order_coupons", "orders"),
    ],
)
def test_parents_without_children_answer_204(shop, client, path, stream, parent):
    key = "product_id" if parent == "products" else "order_id"
    with_children = {int(row[key]) for row in shop.rows(stream)}
    childless = next(row["id"] for row in shop.rows(parent) if row["id"] not in with_children)
    answer = client.get(path.format(childless))
    assert (answer.status_code, answer.content) == (204, b"")


def test_paging_of_transactions_can_be_broken(opened):
    """Quirk 5."""
    for is_broken in (True, False):
        sandbox, client = opened(orders=600, quirks=Quirks(transactions_ignore_page=is_broken))
        counts = Counter(row["order_id"] for row in sandbox.rows("order_transactions"))
        ((order, most),) = counts.most_common(1)
        assert most > 250
        pages = [
            client.json(f"/v3/orders/{order}/transactions", limit=250, page=page)["data"]
            for page in (1, 2)
        ]
        assert (pages[0] == pages[1]) is is_broken


def test_transactions_can_be_down(opened):
    """Quirk 6."""
    _, client = opened(quirks=Quirks(transactions_down=True))
    assert client.get("/v3/orders/100/transactions").status_code == 503


def test_a_list_can_ignore_the_page(opened):
    """Quirk 10."""
    _, client = opened(quirks=Quirks(ignores_page=("/v3/customers", "/v2/orders")))
    for path in ("/v3/customers", "/v2/orders"):
        third, first = (client.json(path, limit=10, page=page) for page in (3, 1))
        assert (third == first) if path == "/v2/orders" else (third["data"] == first["data"])


def test_heavy_pages_time_out_until_they_are_small(opened):
    """Quirk 12."""
    sandbox, client = opened(orders=300, products=200, quirks=Quirks(heavy_page_rows=50))
    heavy = [id_ for id_ in sandbox.store.orders.table.ids if sandbox.store.quirks.is_heavy(id_)]
    assert heavy
    assert client.get("/v2/orders", limit=250).status_code == 504
    assert client.get("/v2/orders", limit=50).status_code == 200
    assert client.get("/v3/catalog/products", limit=250).status_code == 504
    assert client.get("/v3/catalog/products", limit=50).status_code == 200


def test_id_min_can_find_nothing(opened):
    """Quirk 13."""
    _, client = opened(quirks=Quirks(id_min_is_empty=True))
    assert client.json("/v3/catalog/products", id__min=1)["data"] == []
    assert len(client.json("/v3/catalog/products", id__greater=0)["data"]) == 20


def test_some_ids_from_elsewhere_are_integers_and_some_strings(shop, opened):
    """Quirk 16."""
    kinds = {type(row["external_id"]) for row in shop.rows("orders")}
    assert kinds == {int, str, type(None)}
    sandbox, _ = opened(orders=600, quirks=Quirks(mixed_types=False))
    kinds = {type(row["external_id"]) for row in sandbox.rows("orders")}
    assert kinds == {str, type(None)}


def test_fields_can_appear_that_nobody_documented(opened):
    """Quirk 18."""
    sandbox, client = opened(quirks=Quirks(extra_fields=True))
    assert all(row["beta_score"] == 1 for row in client.json("/v3/customers")["data"])
    assert all(row["beta_score"] == 1 for row in client.json("/v2/orders"))
    assert client.json("/v2/store")["beta_score"] == 1
    assert next(sandbox.rows("brands"))["beta_labels"] == {"new": True}


@pytest.mark.parametrize("shape", ["wrapped", "array", "object"])
def test_fees_come_in_three_shapes(opened, shape):
    sandbox, client = opened(orders=300, quirks=Quirks(fees_shape=shape))
    fee = next(sandbox.rows("order_fees"))
    answer = client.json(f"/v2/orders/{fee.pop('order_id')}/fees")
    assert answer == {"wrapped": {"fees": [fee]}, "array": [fee], "object": fee}[shape]


@pytest.mark.parametrize("is_named", [True, False])
def test_embedded_options_have_a_name_or_not(opened, is_named):
    """Their own endpoint names them in any case."""
    sandbox, client = opened(quirks=Quirks(names_embedded_options=is_named))
    for product in client.v3("/v3/catalog/products", include="options"):
        own = client.v3(f"/v3/catalog/products/{product['id']}/options")
        assert all("name" in option for option in own)
        if not is_named:
            for option in own:
                del option["name"]
        assert product["options"] == own
    assert all("name" in row for row in sandbox.rows("product_options"))


def test_archived_orders_are_listed_or_not(opened):
    for is_listed in (True, False):
        sandbox, client = opened(orders=600, quirks=Quirks(lists_archived_orders=is_listed))
        rows = client.v2("/v2/orders", limit=250)
        assert any(row["is_deleted"] for row in rows) is is_listed
        assert [row["id"] for row in rows] == [row["id"] for row in sandbox.rows("orders")]
        assert client.json("/v2/orders/count")["count"] == len(rows)


def test_customers_are_included_with_ten_addresses_and_no_word_about_the_rest(client):
    rows = client.v3("/v3/customers", limit=250, include="addresses,attributes")
    cut = [row for row in rows if row["address_count"] > len(row["addresses"])]
    assert cut
    assert {len(row["addresses"]) for row in cut} == {10}
    assert any(row["attribute_count"] > len(row["attributes"]) == 10 for row in rows)
    for row in cut:
        found = client.v3("/v3/customers/addresses", limit=250, customer_id__in=row["id"])
        assert len(found) == row["address_count"]


def test_without_the_object_structure_consignments_are_a_list(client):
    row = client.json("/v2/orders/101", include="consignments")
    assert isinstance(row["consignments"], list)
    assert set(client.json("/v2/orders/101")["consignments"]) == {"url", "resource"}


def test_quirks_are_values():
    assert replace(Quirks(), seed=3) != Quirks()
