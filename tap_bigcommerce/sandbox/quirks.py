"""Which of BigCommerce's undocumented habits the sandbox has. Numbers are those of the quirk list.

The defaults are what a store may do on any day; what breaks a naive client at once is off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_THIN_EVERY = 97

Thinness = Literal["", "empty", "unmeasured"]


@dataclass(frozen=True)
class Quirks:
    """Switches, one a habit."""

    cut_line_items: bool = True
    """1: included line items end at 50 a consignment, with a `__warning__`."""
    thin_line_items: bool = True
    """2: the included line items of about one order in a hundred are empty or lack measures."""
    transactions_ignore_page: bool = False
    """5: every page of an order's transactions is the first."""
    transactions_down: bool = False
    """6: order transactions answer 503."""
    date_only_gets_time: bool = True
    """7: a V3 date filter without a time means the current time of that day."""
    variants_move_products: bool = False
    """8: off as observed: a change of a variant leaves the product's `date_modified` alone."""
    empty_v2_is_204: bool = True
    """9: an empty V2 page has no body."""
    ignores_page: tuple[str, ...] = ()
    """10: paths (as `/v3/catalog/brands`) whose lists never get past page 1."""
    heavy_page_rows: int | None = None
    """12: pages of more rows than this answer 504 when a heavy order or product is on them."""
    id_min_is_empty: bool = False
    """13: `id:min` finds no products."""
    reset_is_window: bool = False
    """14: `X-Rate-Limit-Time-Reset-Ms` is the whole window, not what is left of it."""
    over_quota: Literal["429", "429-odd", "429-bare", "500"] = "429"
    """15: what exceeding the quota answers: with headers, with wrong ones, with none, as a 500."""
    mixed_types: bool = True
    """16: `external_id` and `payment_provider_id` are integers on some orders."""
    cursors_on_first_page_only: bool = True
    """17: `cursor_pagination` comes with page 1 and after a cursor, not with later pages."""
    extra_fields: bool = False
    """18: rows have a field that nobody has documented."""
    fees_shape: Literal["wrapped", "array", "object"] = "wrapped"
    """`/v2/orders/{id}/fees`: `{"fees": [...]}`, the bare array, or a bare object for one fee."""
    names_embedded_options: bool = False
    """Options inside of products have a `name`, which only their own endpoint's schema has."""
    lists_archived_orders: bool = True
    """Archived orders stay in the list, with `is_deleted`."""
    seed: int = 1
    """Which orders and products are affected."""

    def thin_line_items_of(self, order_id: int) -> Thinness:
        """What is wrong with the included line items of an order."""
        place, remainder = divmod(order_id + self.seed, _THIN_EVERY)
        if not self.thin_line_items or remainder:
            return ""
        return "empty" if place % 2 else "unmeasured"

    def is_heavy(self, id_: int) -> bool:
        """Whether a product or order makes its page slow."""
        return (id_ + self.seed) % 61 == 0
