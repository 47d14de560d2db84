"""What the catalogue has beside its main lists: trees, pairs, rules, values, customs and tax."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import BadValueError, ProblemError
from tap_bigcommerce.sandbox.listing import Answer
from tap_bigcommerce.sandbox.paging import pagination, window
from tap_bigcommerce.sandbox.resources.catalog import page_of_rows, trimmed
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store.customs_and_tax import TAX_PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.listing import Call
    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

    Rows = Callable[[], Iterable[Row]]


def routes(store: Store) -> Iterator[Route]:
    """All of these endpoints."""
    parts = store.product_parts

    def get(path: str, handle: Callable[[Call], Answer]) -> Route:
        return Route(f"/v3/catalog{path}", scopes.PRODUCTS, handle)

    yield get("/trees", _trees)
    yield get("/categories/{category_id}/products/sort-order", _sort_order)
    for name, find in _PAIRS.items():
        yield get(f"/products/{name}-assignments", partial(_pairs, f"{name}_id", find))
    yield get("/products/{product_id}/complex-rules", _complex_rules)
    for name, wholes in (("options", parts.options), ("modifiers", parts.modifiers)):
        yield get(f"/products/{{product_id}}/{name}/{{id}}/values", partial(_values, wholes))
    yield Route("/v3/shipping/products/customs-information", scopes.PRODUCTS, _customs)
    yield Route("/v3/tax/properties", scopes.INFORMATION, _tax_properties)
    yield Route("/v3/tax/products/properties", scopes.INFORMATION, _product_tax)


def truth(store: Store) -> dict[str, Rows]:
    """All rows of these streams, and of those that are parts of products' parts."""
    told, summary = store.customs_and_tax, store.catalog.summary
    return {
        "catalog_summary": lambda: [{"store_hash": store.world.store_hash, **summary()}],
        "category_trees": lambda: _tree_rows(store),
        "category_product_sort_orders": lambda: (
            {"category_id": category, **row}
            for category in list(store.catalog.categories.ids)
            for row in _sorted_products(store, category)
        ),
        "tax_properties": lambda: map(told.tax_property, range(1, 1 + TAX_PROPERTIES)),
        **{
            stream: partial(_of_products, store, find)
            for stream, find in _product_children(store).items()
        },
    }


def _product_children(store: Store) -> dict[str, Callable[[int], Iterable[Row]]]:
    parts, told = store.product_parts, store.customs_and_tax

    def values(wholes: Callable[[int], list[Row]], key: str, id_: int) -> Iterator[Row]:
        for whole in wholes(id_):
            for value in whole["option_values"]:
                yield {key: whole["id"], **value}

    def chosen(id_: int) -> Iterator[Row]:
        for variant in store.product_rows.variants(id_):
            for value in variant["option_values"]:
                yield {"variant_id": variant["id"], **value}

    def pairs(name: str, id_: int) -> Iterable[Row]:
        return ({f"{name}_id": other} for other in _PAIRS[name](store, id_))

    return {
        "complex_rules": parts.complex_rules,
        "product_option_values": partial(values, parts.options, "option_id"),
        "modifier_values": partial(values, parts.modifiers, "modifier_id"),
        "product_variant_option_values": chosen,
        **{f"product_{name}_assignments": partial(pairs, name) for name in _PAIRS},
        "product_customs_information": lambda id_: filter(None, [told.customs(id_)]),
        "product_tax_properties": lambda id_: filter(None, [told.product_tax(id_)]),
    }


def _of_products(store: Store, find: Callable[[int], Iterable[Row]]) -> Iterator[Row]:
    for id_ in list(store.catalog.products.ids):
        for row in find(id_):
            yield {**row, "product_id": id_}


_PAIRS: dict[str, Callable[[Store, int], list[int]]] = {
    "channel": lambda store, id_: store.product_parts.channels(id_),
    "category": lambda store, id_: store.product_rows.categories(id_),
}


def _trees(call: Call) -> Answer:
    """No parameters of pages are documented, but pages there are."""
    rows = _tree_rows(call.store)
    ids, channels = set(call.words("id:in")), set(call.words("channel_id:in"))
    rows = [
        row
        for row in rows
        if (not ids or str(row["id"]) in ids)
        and (not channels or channels & {str(channel) for channel in row["channels"]})
    ]
    return page_of_rows(call, rows)


def _tree_rows(store: Store) -> list[Row]:
    channels = {1: [1], 2: [664179]}
    return [
        {"id": id_, "name": f"Tree {id_} of {store.world.seed}", "channels": channels.get(id_, [])}
        for id_ in range(1, 54)
    ]


def _sort_order(call: Call) -> Answer:
    (category,) = call.ids
    if category not in call.store.catalog.categories:
        raise ProblemError(404)
    return page_of_rows(call, _sorted_products(call.store, category))


def _sorted_products(store: Store, category: int) -> list[Row]:
    """By the place that was set; where none was, behind all others."""
    find = store.product_rows.categories
    rows: list[Row] = [
        {"product_id": id_, "sort_order": None if id_ % 3 else (id_ * 7919) % 50}
        for id_ in store.catalog.products.ids
        if category in find(id_)
    ]
    return sorted(rows, key=lambda row: (row["sort_order"] is None, row["sort_order"] or 0))


def _pairs(key: str, find: Callable[[Store, int], list[int]], call: Call) -> Answer:
    products, others = call.words("product_id:in"), set(call.words(f"{key}:in"))
    ids = call.store.catalog.products.ids
    wanted = [int(one) for one in products if int(one) in call.store.catalog.products]
    rows: list[Row] = [
        {"product_id": id_, key: other}
        for id_ in (sorted(wanted) if products else ids)
        for other in find(call.store, id_)
        if not others or str(other) in others
    ]
    return page_of_rows(call, rows)


def _complex_rules(call: Call) -> Answer:
    (product,) = call.ids
    if product not in call.store.catalog.products:
        raise ProblemError(404)
    return trimmed(call, page_of_rows(call, call.store.product_parts.complex_rules(product)))


def _values(wholes: Callable[[int], list[Row]], call: Call) -> Answer:
    product, whole = call.ids
    is_there = product in call.store.catalog.products
    for row in wholes(product) if is_there else ():
        if row["id"] == whole:
            return trimmed(call, page_of_rows(call, row["option_values"]))
    raise ProblemError(404)


def _customs(call: Call) -> Answer:
    products = set(call.words("product_id:in"))
    found = map(call.store.customs_and_tax.customs, call.store.catalog.products.ids)
    rows = [row for row in found if row and (not products or str(row["product_id"]) in products)]
    answer = page_of_rows(call, rows)
    meta = answer.payload["meta"]["pagination"]
    meta["total_page"] = meta.pop("total_pages")  # as the reference spells it
    return answer


def _tax_properties(call: Call) -> Answer:
    ids = set(call.words("id:in"))
    types = {word.upper() for word in call.words("type:in")}
    rows = map(call.store.customs_and_tax.tax_property, range(1, 1 + TAX_PROPERTIES))
    return _page_without_limit(
        call,
        [
            row
            for row in rows
            if (not ids or str(row["id"]) in ids) and (not types or row["type"] in types)
        ],
    )


def _product_tax(call: Call) -> Answer:
    products = set(call.words("product_id:in"))
    if not products:
        raise BadValueError(field="product_id:in", message="product_id:in is required")
    found = map(call.store.customs_and_tax.product_tax, call.store.catalog.products.ids)
    return _page_without_limit(
        call, [row for row in found if row and str(row["product_id"]) in products]
    )


def _page_without_limit(call: Call, rows: list[Row]) -> Answer:
    """Pages of fifty, whatever `limit` says: the reference does not name the parameter."""
    query = {name: call.query[name] for name in call.query if name != "limit"}
    shown = window(query, ignores_page=call.ignores_page)
    start = (shown.page - 1) * shown.limit
    page = rows[start : start + shown.limit]
    meta = {"pagination": pagination(query, shown, len(page), len(rows))}
    return Answer({"data": page, "meta": meta}, page)
