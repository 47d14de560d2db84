"""What hangs on products, and prices and metafields: their cost, and what a second run brings."""

from __future__ import annotations

from tests.support.compare import compared
from tests.support.store import store, sync

IN_PAGES_OF_PRODUCTS = (
    "products",
    "product_images",
    "product_videos",
    "product_reviews",
    "custom_fields",
    "bulk_pricing_rules",
    "product_variants",
    "product_channel_assignments",
    "product_category_assignments",
)
COUNTED = 3
"""Of these, lists whose rows another list counts."""


def test_what_pages_of_products_carry_costs_these_pages_alone():
    with store(products=300) as sandbox:
        outcome = sync(sandbox, *IN_PAGES_OF_PRODUCTS)
        assert outcome.code == 0
        assert compared(sandbox, outcome).differences == []
        assert len(sandbox.journal) == 2 + COUNTED


def test_a_second_run_reads_what_changed_of_prices_and_metafields():
    streams = ("price_list_records", "product_metafields", "store_metafields")
    with store() as sandbox:
        first = sync(sandbox, *streams)
        prices, metafields = sandbox.store.prices, sandbox.store.metafields
        now = sandbox.store.world.now()
        changed = prices.records[3].ids[4]
        sandbox.store.world.change("price_record.3", changed, price=123_400)
        prices.records[3].touch(changed, now)
        field = metafields.tables["product"].ids[7]
        sandbox.store.world.change("metafield", field, value="green")
        metafields.tables["product"].touch(field, now)
        sandbox.journal.clear()
        second = sync(sandbox, *streams, state=first.state)
        assert second.code == 0
        lists = len(prices.lists)
        assert len(sandbox.journal) == lists + 3
    variant = changed // 10
    rows = {(row["price_list_id"], row["variant_id"]): row for row in second.records[streams[0]]}
    assert str(rows[3, variant]["price"]) == "12.34"
    assert len(rows) < len(first.records[streams[0]]) / 2
    values = {row["id"]: row["value"] for row in second.records["product_metafields"]}
    assert values[field] == "green"
    assert len(values) < 10


def test_nothing_of_a_price_list_is_lost_at_small_pages():
    with store() as sandbox:
        outcome = sync(sandbox, "price_lists", "price_list_records", page_size=7, max_concurrency=3)
        assert outcome.code == 0
        assert compared(sandbox, outcome).differences == []
        one = sync(sandbox, "price_list_records", page_size=7, max_concurrency=1)
        assert one.keys("price_list_records") == outcome.keys("price_list_records")


def test_a_store_without_price_lists_says_so_and_reads_the_rest():
    with store() as sandbox:
        token = sandbox.add_token(["store_v2_information_read_only"])
        outcome = sync(sandbox, "price_list_records", "currencies", access_token=token)
    assert outcome.code == 0
    assert outcome.records["currencies"]
    assert any("price_list_records skipped: 403" in line for line in outcome.said())
