"""A missing scope is named as the control panel names it."""

from __future__ import annotations

import pytest

from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.scopes import PANEL_NAMES, panel_names


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
    ],
)
def test_any_one_of_several_scopes_will_do(scopes, words):
    assert panel_names(scopes) == words
