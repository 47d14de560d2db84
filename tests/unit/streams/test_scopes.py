"""A missing scope is named as the control panel names it."""

from __future__ import annotations

import pytest

from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.scopes import PANEL_NAMES, least, needs, opens, panel_names


def test_every_stream_s_scope_has_a_name_in_the_panel():
    scopes = {scope for stream in STREAMS for scope in stream.scope}
    assert scopes == PANEL_NAMES.keys()


@pytest.mark.parametrize(
    ("scopes", "words"),
    [
        (["store_v2_orders_read_only"], '"Orders" (read-only)'),
        (
            ["store_v2_transactions_read_only", "store_v2_orders_read_only"],
            '"Order transactions" (read-only) or "Orders" (read-only)',
        ),
        (["store_new_read_only"], '"store_new_read_only" (read-only)'),
        (["store_payments_methods_read"], '"Get payment methods" (read-only)'),
        (["store_v2_customers"], '"Customers" (modify)'),
    ],
)
def test_any_one_of_several_scopes_will_do(scopes, words):
    assert panel_names(scopes) == words


MODIFY = ("store_v2_customers",)
CUSTOMERS = ("store_v2_customers_read_only",)
REFUNDS = ("store_v2_transactions_read_only", "store_v2_orders_read_only")


def test_the_right_to_modify_opens_what_the_right_to_read_does_and_not_the_reverse():
    assert opens(MODIFY, CUSTOMERS)
    assert not opens(CUSTOMERS, MODIFY)
    assert opens({"store_v2_orders"}, REFUNDS)
    assert opens((), ())


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ([], []),
        ([()], []),
        ([REFUNDS], [REFUNDS[0]]),
        ([REFUNDS, (REFUNDS[1],)], [REFUNDS[1]]),
        ([CUSTOMERS, MODIFY], [*MODIFY]),
        ([("a", "b"), ("c", "b")], ["b"]),
    ],
)
def test_the_least_is_named(wanted, chosen):
    assert least(wanted) == chosen


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("orders", [("store_v2_orders_read_only",)]),
        (
            "order_transactions",
            [("store_v2_transactions_read_only",), ("store_v2_orders_read_only",)],
        ),
        ("segment_shopper_profiles", [MODIFY, CUSTOMERS]),
        (
            "channel_listings",
            [("store_channel_listings_read_only",), ("store_channel_settings_read_only",)],
        ),
        ("inventory_items", [("store_inventory_read_only",)]),
    ],
)
def test_what_a_stream_s_parents_need_it_needs_too(name, scopes):
    """Stock is read in batches of products, but without them where they are closed."""
    assert needs(next(stream for stream in STREAMS if stream.name == name)) == scopes
