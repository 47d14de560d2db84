"""Lists that count, page or ask for rights as no others do: whole, and for few requests."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from tap_bigcommerce.sandbox import Quirks
from tap_bigcommerce.sandbox.store.consignments import shipping_boxes
from tests.support.compare import compared
from tests.support.store import store, sync

READ_ONLY = ("store_v2_customers_read_only", "store_v2_orders_read_only")


def requests(sandbox) -> Counter[str]:
    """Requests by path."""
    return Counter(entry.path for entry in sandbox.journal)


@pytest.mark.parametrize("page_size", [10, 250])
def test_a_list_that_counts_no_rows_is_read_to_its_end(page_size):
    """Wishlists come with a count of 0; 64 of them are one page or seven."""
    with store(customers=60) as sandbox:
        outcome = sync(sandbox, "wishlists", page_size=page_size)
        assert compared(sandbox, outcome).differences == []
    assert outcome.code == 0
    assert len(outcome.records["wishlists"]) == 64


def test_a_list_that_counts_no_rows_is_whole_when_its_pages_come_in_parts():
    """A part that counts no pages was once taken for the last: 60 of 64 lists came."""
    with store(customers=60, quirks=Quirks(heavy_page_rows=10)) as sandbox:
        outcome = sync(sandbox, "wishlists")
        assert any(entry.status == 504 for entry in sandbox.journal)
        assert compared(sandbox, outcome).differences == []
    assert outcome.code == 0


def test_pages_that_nobody_documents_are_followed():
    """An answer of 50 that counts more; `limit` is not sent, as nobody knows of it."""
    with store(customers=400) as sandbox:
        outcome = sync(sandbox, "tax_customers")
        assert compared(sandbox, outcome).differences == []
        pages = -(-len(outcome.records["tax_customers"]) // 50)
        assert pages > 2
        # In order of customers, so that one pass from the end is enough.
        assert len(sandbox.journal) == pages + 1
        assert all("limit" not in entry.query for entry in sandbox.journal)


def test_quotes_cost_a_request_for_each_address():
    streams = ("orders", "order_shipping_addresses", "order_shipping_quotes")
    with store(orders=260) as sandbox:
        outcome = sync(sandbox, *streams)
        assert compared(sandbox, outcome).differences == []
        orders = map(sandbox.store.orders.facts, sandbox.store.orders.table.ids)
        addresses = sum(len(shipping_boxes(order)) for order in orders)
        asked = requests(sandbox)
    assert asked.pop("/v2/orders") == 2
    asked.pop("/v2/orders/count", None)
    assert sum(asked.values()) == addresses
    assert all(path.endswith("/shipping_quotes") for path in asked)


def test_only_promotions_with_many_codes_are_asked_for_them():
    with store() as sandbox:
        outcome = sync(sandbox, "promotion_codes")
        assert compared(sandbox, outcome).differences == []
        rows = list(sandbox.rows("promotions"))
        asked = requests(sandbox)
    bulk = [row["id"] for row in rows if row.get("coupon_type") == "BULK"]
    assert bulk
    assert asked.pop("/v3/promotions") == 1
    assert asked.keys() == {f"/v3/promotions/{number}/codes" for number in bulk}
    # Each of its pages once.
    codes = Counter(row["promotion_id"] for row in outcome.records["promotion_codes"])
    assert sum(asked.values()) == sum(max(-(-codes[number] // 250), 1) for number in bulk)


def test_settings_of_channels_that_are_not_wanted_are_not_read():
    with store() as sandbox:
        outcome = sync(sandbox, "cart_settings_by_channel", channel_ids=[1, 670001])
        assert [row["channel_id"] for row in outcome.records["cart_settings_by_channel"]] == [
            1,
            670001,
        ]
        assert requests(sandbox).keys() == {
            "/v3/channels",
            "/v3/carts/settings/channels/1",
            "/v3/carts/settings/channels/670001",
        }


def test_who_may_only_read_customers_is_told_what_members_of_segments_take():
    """The one list that wants the right to modify: skipped, with the name to tick."""
    with store() as sandbox:
        token = sandbox.add_token(READ_ONLY)
        outcome = sync(sandbox, "segments", "segment_shopper_profiles", access_token=token)
    assert outcome.code == 0
    assert outcome.records["segments"]
    assert outcome.records["segment_shopper_profiles"] == []
    (line,) = [line for line in outcome.said(logging.WARNING) if line.startswith("skipped")]
    assert line.startswith("skipped: segment_shopper_profiles.")
    assert 'the scope "Customers" (modify)' in line
