"""Price lists, their records and assignments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.cursors import cursor_page
from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.filters import v3
from tap_bigcommerce.sandbox.listing import Listing
from tap_bigcommerce.sandbox.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.listing import Answer, Call
    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

_DATES = {
    **v3("date_created", "date", "min", "max"),
    **v3("date_modified", "date", "min", "max"),
}
_AMOUNTS = ("price", "sale_price", "retail_price", "map_price", "calculated_price")
_INCLUDES = ("bulk_pricing_tiers", "sku")


def routes(store: Store) -> Iterator[Route]:
    """All endpoints of price lists."""
    prices = store.prices
    lists = Listing(
        prices.lists,
        prices.list_row,
        {**_DATES, **v3("id", "int", "in", eq=False), **v3("name", "text", "like")},
    )
    assignments = Listing(
        prices.assignments,
        prices.assignment_row,
        {
            name: filter_
            for field in ("id", "price_list_id", "customer_group_id", "channel_id")
            for name, filter_ in v3(field, "int", "in").items()
        },
    )
    filters = {
        **_DATES,
        **v3("variant_id", "int", "in", eq=False),
        **v3("product_id", "int", "in", eq=False),
        **v3("sku", "text", "in"),
        **v3("currency", "text", "in"),
        **{n: f for amount in _AMOUNTS for n, f in v3(amount, "number", "min", "max").items()},
    }
    records = {
        list_: Listing(table, partial(prices.record_row, list_), filters)
        for list_, table in prices.records.items()
    }
    yield Route("/v3/pricelists", scopes.PRODUCTS, partial(_page, lists))
    yield Route("/v3/pricelists/assignments", scopes.PRODUCTS, partial(_page, assignments))
    yield Route(
        "/v3/pricelists/{price_list_id}/records",
        scopes.PRODUCTS,
        partial(_records, records),
        max_concurrent=10,
    )


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All rows; records with every include."""
    prices = store.prices

    def records() -> Iterator[Row]:
        for list_ in list(prices.lists.ids):
            for id_ in list(prices.records[list_].ids):
                yield prices.record_row(list_, id_)

    return {
        "price_lists": lambda: [prices.list_row(id_) for id_ in prices.lists.ids],
        "price_list_records": records,
        "price_list_assignments": lambda: [
            prices.assignment_row(id_) for id_ in prices.assignments.ids
        ],
    }


def _page(listing: Listing, call: Call) -> Answer:
    answer = cursor_page(call, listing, excludes_page=True)
    if "pagination" in answer.payload["meta"]:
        del answer.payload["meta"]["pagination"]["links"]  # here they are with the cursors alone
    return answer


def _records(listings: dict[int, Listing], call: Call) -> Answer:
    (list_,) = call.ids
    if list_ not in call.store.prices.lists:
        raise ProblemError(404)
    answer = _page(listings[list_], call)
    left_out = set(_INCLUDES) - set(call.words("include"))
    for row in answer.rows:
        for name in left_out:
            del row[name]
    return answer
