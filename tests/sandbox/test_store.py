"""The data: it follows from the seed, agrees with itself, and can change while it is read."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest

from tap_bigcommerce.sandbox import Quirks, Sandbox
from tap_bigcommerce.sandbox.store.table import Children, Table

STREAMS = Sandbox(orders=0, customers=0, products=1).streams
SEEDLESS = (
    *("b2b_payment_methods", "b2b_quote_custom_"),
    *("analytics_", "channel_currency", "channel_menus", "countries", "payment_methods", "search_"),
    *("settings_", "shipping_", "site", "states", "system_time", "tax_", "webhook"),
    *("abandoned_cart_", "banners", "blog_", "cart_settings", "checkout_settings", "custom_templ"),
    *("customer_attributes", "customer_settings", "email_templates", "order_settings"),
    *("promotion_settings", "redirects"),
)
"""How streams begin whose rows are the same in all stores."""
NOW = 1_795_000_000


def everything(sandbox):
    """All rows of all streams."""
    return {stream: list(sandbox.rows(stream)) for stream in STREAMS}


def small(**options):
    """A store without a server."""
    return Sandbox(**{"orders": 120, "products": 40, "customers": 60, **options})


def test_the_same_seed_is_the_same_store():
    assert everything(small(seed=7)) == everything(small(seed=7))


def test_another_seed_is_another_store():
    one, other = everything(small(seed=7)), everything(small(seed=8))
    alike = {stream for stream in STREAMS if one[stream] == other[stream]}
    alike -= {"order_statuses", "channels", "currencies", "inventory_locations", "pages"}
    assert not [stream for stream in alike if not stream.startswith(SEEDLESS)]


def test_the_same_events_happen_again():
    stores = [small(clock=lambda: NOW), small(clock=lambda: NOW)]
    for sandbox in stores:
        sandbox.store.events(400)
    one, other = map(everything, stores)
    assert one == other
    assert one != everything(small())


@pytest.mark.parametrize("stream", STREAMS)
def test_every_stream_has_rows_that_differ(shop, stream):
    rows = list(shop.rows(stream))
    assert rows
    assert len(rows) == len({repr(row) for row in rows})


def money(row, name):
    """A V2 amount."""
    return Decimal(row[name])


def test_an_orders_sums_are_those_of_its_lines(shop):
    lines: dict[int, list[Any]] = {}
    for line in shop.rows("order_products"):
        lines.setdefault(line["order_id"], []).append(line)
    for order in shop.rows("orders"):
        own = lines[order["id"]]
        assert order["items_total"] == sum(line["quantity"] for line in own)
        assert order["items_shipped"] == sum(line["quantity_shipped"] for line in own)
        for name in ("ex_tax", "inc_tax"):
            total = sum(money(line, f"total_{name}") for line in own)
            assert money(order, f"subtotal_{name}") == total
        costs = sum(
            money(order, f"{name}_cost_ex_tax") for name in ("shipping", "handling", "wrapping")
        )
        fees = sum(Decimal(str(fee["cost_ex_tax"])) for fee in order["fees"])
        reductions = money(order, "discount_amount") + money(order, "coupon_discount")
        assert money(order, "total_ex_tax") == (
            money(order, "subtotal_ex_tax") + costs + fees - reductions
        )
        assert money(order, "total_inc_tax") == (
            money(order, "total_ex_tax") + money(order, "total_tax")
        )


def test_children_add_up_to_their_order(shop):
    orders = {order["id"]: order for order in shop.rows("orders")}
    taxes: dict[int, Decimal] = defaultdict(Decimal)
    coupons: dict[int, Decimal] = defaultdict(Decimal)
    shipped: Counter[int] = Counter()
    for tax in shop.rows("order_taxes"):
        taxes[tax["order_id"]] += money(tax, "line_amount")
    for coupon in shop.rows("order_coupons"):
        coupons[coupon["order_id"]] += Decimal(str(coupon["discount"]))
    for shipment in shop.rows("order_shipments"):
        shipped[shipment["order_id"]] += sum(item["quantity"] for item in shipment["items"])
    addresses = Counter(row["order_id"] for row in shop.rows("order_shipping_addresses"))
    for id_, order in orders.items():
        assert taxes[id_] == money(order, "total_tax")
        assert coupons[id_] == money(order, "coupon_discount")
        assert shipped[id_] == order["items_shipped"]
        assert addresses[id_] == order["shipping_address_count"]


def test_what_rows_point_at_exists(shop):
    def ids(stream, name="id"):
        return {row[name] for row in shop.rows(stream)}

    orders, products, customers = ids("orders"), ids("products"), ids("customers")
    variants, certificates = ids("product_variants"), ids("gift_certificates")
    for line in shop.rows("order_products"):
        assert line["order_id"] in orders
        assert line["product_id"] in products | {0}
        assert line["variant_id"] in variants | {0}
        assert line["gift_certificate_id"] in certificates | {None}
    assert ids("orders", "customer_id") <= customers | {0}
    assert ids("customer_addresses", "customer_id") <= customers
    assert ids("product_variants", "product_id") == products
    assert ids("order_refunds", "order_id") <= orders
    assert ids("gift_certificates", "order_id") <= orders
    assert ids("subscribers", "order_id") <= orders | {None}
    assert ids("products", "brand_id") <= ids("brands") | {0}
    categories = ids("categories", "category_id")
    assert {one for row in shop.rows("products") for one in row["categories"]} <= categories


def test_there_is_something_of_everything(shop):
    orders = list(shop.rows("orders"))
    assert {order["status_id"] for order in orders} >= {0, 2, 3, 4, 10, 11, 14}
    assert sum(order["customer_id"] == 0 for order in orders) > 50
    assert {order["currency_code"] for order in orders} == {"USD", "EUR", "GBP", "JPY"}
    boxes = {name for order in orders for name in order["consignments"]}
    assert boxes == {"shipping", "pickups", "downloads", "email"}
    places = {row["position"] for row in shop.rows("order_download_consignments")}
    assert places == {0, 1}
    chosen = Counter(len(line["product_options"]) for line in shop.rows("order_products"))
    assert chosen.keys() == {0, 1, 2}
    assert any(order["order_is_digital"] for order in orders)
    lines = Counter(line["order_id"] for line in shop.rows("order_products"))
    assert sum(60 <= count <= 121 for count in lines.values()) >= 3
    assert any(len(order["currency_exchange_rate"]) == 26 for order in orders)
    refunds = list(shop.rows("order_refunds"))
    assert any(refund["total_tax"] < 0 and not refund["items"] for refund in refunds)
    adjustments = [
        one for refund in refunds for item in refund["items"] for one in item["adjustments"]
    ]
    assert any(one["amount"] < 0 for one in adjustments)
    values = {
        type(field["value"])
        for order in orders
        for field in order["billing_address"]["form_fields"]
    }
    assert values == {str, float, list}
    assert any(isinstance(row["price"], Decimal) for row in shop.rows("products"))


def test_a_product_has_options_or_a_base_variant(shop):
    complex_ones = {row["product_id"] for row in shop.rows("product_options")}
    assert complex_ones
    for product in shop.rows("products"):
        is_complex = product["id"] in complex_ones
        assert (product["base_variant_id"] is None) is is_complex
        assert (product["option_set_id"] is not None) is is_complex


def test_variants_are_made_of_values_of_their_product_s_options():
    """Those too that came later; and each combination is one variant only."""
    sandbox = small(products=15, clock=lambda: NOW)
    youngest = max(row["id"] for row in sandbox.rows("product_variants"))
    events = sandbox.store._events
    for event in (events._variant_deleted, events._variant_added):
        for _ in range(300):
            event(NOW)
    values = {
        value["id"]: (option["product_id"], option["id"], option["display_name"], value["label"])
        for option in sandbox.rows("product_options")
        for value in option["option_values"]
    }
    combinations = []
    variants = list(sandbox.rows("product_variants"))
    assert variants[-1]["id"] > youngest + 10
    for variant in variants:
        for one in variant["option_values"]:
            said = (one["option_id"], one["option_display_name"], one["label"])
            assert values[one["id"]] == (variant["product_id"], *said)
        combinations.append(tuple(one["id"] for one in variant["option_values"]))
    assert max(Counter(filter(None, combinations)).values()) == 1


def test_options_change_with_their_product_and_not_with_variants():
    sandbox = small(clock=lambda: NOW)
    events = sandbox.store._events
    streams = ("product_options", "modifiers")
    before = {stream: list(sandbox.rows(stream)) for stream in streams}
    for _ in range(50):
        events._variant_added(NOW)
        events._variant_deleted(NOW)
    assert {stream: list(sandbox.rows(stream)) for stream in streams} == before
    for _ in range(50):
        events._product_changed(NOW)
    for stream in streams:
        assert list(sandbox.rows(stream)) != before[stream]


def test_streams_of_parts_say_what_stands_inside_of_others(shop):
    choices = []
    for line in shop.rows("order_products"):
        choices += [{"order_id": line["order_id"], **one} for one in line["product_options"]]
    assert list(shop.rows("order_product_options")) == choices
    assert all(one["order_product_id"] for one in choices)
    found: dict[str, list[Any]] = {name: [] for name in ("shipping", "pickup", "download", "email")}
    for order in shop.rows("order_consignments"):
        email = order.get("email", {"gift_certificates": []})
        lists = (order.get(name, []) for name in ("shipping", "pickups", "downloads"))
        for name, boxes in zip(found, (*lists, email["gift_certificates"]), strict=True):
            for place, box in enumerate(boxes):
                row = {key: value for key, value in box.items() if key != "line_items"}
                lead = {} if "id" in box else {"position": place}
                found[name].append({"order_id": order["order_id"], **lead, **row})
    for name, rows in found.items():
        assert list(shop.rows(f"order_{name}_consignments")) == rows


def test_children_that_do_not_name_their_parent_get_its_key(shop):
    assert all("order_id" in row for row in shop.rows("order_fees"))
    assert all("order_id" in row for row in shop.rows("order_consignments"))
    assert all("product_id" in row for row in shop.rows("product_reviews"))


def test_events_create_change_and_delete_dated_by_the_clock():
    sandbox = small(clock=lambda: NOW)
    before = {stream: list(sandbox.rows(stream)) for stream in ("orders", "customers", "products")}
    sandbox.store.events(500)
    for stream, old in before.items():
        new = {row["id"]: row for row in sandbox.rows(stream)}
        gone = {row["id"] for row in old} - set(new)
        fresh = set(new) - {row["id"] for row in old}
        assert fresh
        assert min(fresh) > max(row["id"] for row in old)
        assert bool(gone) is (stream != "orders")
        changed = [row["id"] for row in old if row["id"] in new and new[row["id"]] != row]
        assert changed


@pytest.mark.parametrize("stream", ["orders", "customers", "products", "subscribers"])
def test_no_row_changes_without_its_date(stream):
    """An incremental read can find every change. Variants move no product: quirk 8."""
    sandbox = small(clock=lambda: NOW)
    embedded = {"variants", "addresses"}

    def rows():
        return {
            row["id"]: {name: value for name, value in row.items() if name not in embedded}
            for row in sandbox.rows(stream)
        }

    for _ in range(10):
        before = rows()
        sandbox.store.events(40)
        after = rows()
        changed = [id_ for id_ in after if before.get(id_) != after[id_]]
        assert all(_modified(sandbox, stream, id_) == NOW for id_ in changed)


def _modified(sandbox, stream, id_):
    store = sandbox.store
    table = {
        "orders": store.orders.table,
        "customers": store.customers.table,
        "products": store.catalog.products,
        "subscribers": store.customers.subscribers,
    }[stream]
    return table.modified_at(id_)


@pytest.mark.parametrize("is_moving", [True, False])
def test_a_variants_change_moves_its_product_only_where_told_so(is_moving):
    """Quirk 8."""
    sandbox = small(clock=lambda: NOW, quirks=Quirks(variants_move_products=is_moving))
    before = {row["id"]: row["date_modified"] for row in sandbox.rows("products")}
    events = sandbox.store._events
    for _ in range(30):
        events._variant_changed(NOW)
    after = {row["id"]: row["date_modified"] for row in sandbox.rows("products")}
    assert (before != after) is is_moving


def test_nothing_happens_to_what_is_not_there():
    sandbox = small(orders=0, customers=0, products=1)
    sandbox.store.events(2000)
    assert len(everything(sandbox)["orders"]) > 100


def test_rows_can_be_compared_with_answers_one_by_one(shop, client):
    """Whoever walks the truth may ask the server meanwhile."""
    for row in shop.rows("customer_groups"):
        assert row in client.json("/v2/customer_groups")


def test_past_refunds_stay_as_they_are():
    sandbox = small(orders=300, clock=lambda: NOW)
    before = list(sandbox.rows("order_refunds"))
    sandbox.store.events(3000)
    after = list(sandbox.rows("order_refunds"))
    assert after[: len(before)] == before
    assert len(after) > len(before) > 0


def test_a_list_can_change_between_two_pages(opened):
    sandbox, client = opened(churn_per_request=5)
    client.get("/v2/store")
    version = sandbox.store.version
    assert version > 0
    client.get("/v2/store")
    assert sandbox.store.version > version


def test_page_numbers_lose_rows_while_rows_are_deleted(opened):
    """The reason for every careful scan: the sandbox can show the loss."""
    sandbox, client = opened(customers=100, orders=0)
    first = client.json("/v3/customers", limit=50)["data"]
    for row in first[:10]:
        sandbox.store.customers.table.remove(row["id"])
    second = client.json("/v3/customers", limit=50, page=2)["data"]
    missed = set(sandbox.store.customers.table.ids) - {row["id"] for row in (*first, *second)}
    assert len(missed) == 10


def test_the_store_can_live_by_itself(opened):
    sandbox, client = opened(events_per_second=2000)
    while not sandbox.store.version:
        client.get("/v2/time")
    assert sandbox.store.version


def test_the_clock_never_shows_a_time_before_the_data_ends():
    sandbox = small(clock=lambda: 0.0)
    sandbox.store.events(50)
    assert sandbox.store.world.now() == sandbox.store.world.epoch
    sandbox = small(epoch="2020-01-01T00:00:00", clock=lambda: NOW)
    assert sandbox.store.world.now() == NOW


def test_a_large_store_keeps_ids_and_dates_only():
    """200,000 orders: some megabytes, and one page costs what it costs in a small store."""
    sandbox = Sandbox(orders=200_000, products=1000, customers=5000)
    table = sandbox.store.orders.table
    arrays = (table.ids, table.created, table.modified, table.by_modified)
    assert sum(len(array) * array.itemsize for array in arrays) < 7_000_000
    assert len(table) == 200_000
    assert list(table.modified) == [table.modified_at(id_) for id_ in table.ids]
    assert table.modified_between(None, None) == [
        id_ for _, id_ in sorted(zip(table.modified, table.ids, strict=True))
    ]
    sandbox.store.events(100)
    assert len(table) > 200_000


def test_a_table_keeps_its_order_through_changes():
    table = Table("rows")
    table.fill((id_, 100 + id_, 500) for id_ in range(1, 6))
    assert table.add(700) == 6
    table.touch(2, 800)
    table.remove(4)
    assert list(table.ids) == [1, 2, 3, 5, 6]
    assert table.modified_between(None, None) == [1, 3, 5, 6, 2]
    assert table.modified_between(501, 800) == [6, 2]
    assert list(table.between(2, 5)) == [2, 3, 5]
    assert (table.created_at(3), table.modified_at(2)) == (103, 800)
    assert 4 not in table
    with pytest.raises(KeyError):
        table.touch(4, 900)
    assert table.add(900) == 7


def test_children_know_their_parent_even_when_they_came_late():
    children = Children(Table("children"))
    children.fill([(10, 2, 0), (11, 0, 0), (12, 3, 0)], first_id=100)
    assert (children.of(10), children.of(11), children.of(12)) == (
        [100, 101],
        [],
        [102, 103, 104],
    )
    late = children.add(11, 5)
    children.table.remove(103)
    assert (children.of(11), children.of(12), children.of(99)) == ([late], [102, 104], [])
    assert [children.parent_of(id_) for id_ in (101, 102, 103, late)] == [10, 12, 12, 11]
    assert (children.place(104), children.place(late)) == (2, 0)
    children.remove_of(12)
    assert children.of(12) == []


def test_rows_may_be_changed_by_whoever_asked_for_them(shop):
    row = next(shop.rows("order_statuses"))
    row["name"] = "mine"
    assert next(shop.rows("order_statuses"))["name"] == "Incomplete"


def test_the_epoch_ends_the_opening_data():
    sandbox = small(epoch="2024-06-01T00:00:00Z", clock=time.time)
    dates = [row["date_modified"] for row in sandbox.rows("products")]
    assert max(dates) <= "2024-06-01T00:00:00+00:00"
