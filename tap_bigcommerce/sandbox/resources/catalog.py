"""Products and what belongs to them, brands, categories, inventory. All V3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.filters import RANGE, SETS, Filter, v3
from tap_bigcommerce.sandbox.listing import Answer, Call, Listing, v3_page
from tap_bigcommerce.sandbox.paging import pagination, window
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store.product_rows import INCLUDES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.sandbox.routes import Handler
    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

SHORT_PAGE = 10
"""Products per page with options or modifiers."""
_SHORTENERS = ("options", "modifiers")

_PRODUCT_FILTERS = {
    **v3("id", "int", *RANGE, *SETS),
    **v3("date_modified", "date", "min", "max"),
    **v3("date_last_imported", "date", "not", "min", "max"),
    **v3("inventory_level", "int", *RANGE, *SETS),
    **v3("sku", "text", "in"),
    **v3("name", "text", "like"),
    **v3("mpn", "text"),
    **v3("upc", "text"),
    **v3("price", "number"),
    **v3("weight", "number"),
    **v3("condition", "text"),
    **v3("brand_id", "int"),
    **v3("is_visible", "bool"),
    **v3("is_featured", "bool"),
    **v3("is_free_shipping", "bool"),
    **v3("total_sold", "int"),
    **v3("type", "text"),
    **v3("availability", "text"),
    "categories:in": Filter("categories", "in", "int"),
    # As documented: products that are in this category and in no other.
    "categories": Filter("only_category", "eq", "int"),
    "inventory_low": Filter("inventory_low", "eq", "bool"),
    "out_of_stock": Filter("out_of_stock", "eq", "bool"),
    "channel_id:in": Filter("channels", "in", "int"),
    "keyword": Filter("name", "like", "text"),
}
_PRODUCT_SORTS = (
    "id",
    "name",
    "sku",
    "price",
    "date_modified",
    "date_last_imported",
    "inventory_level",
    "is_visible",
    "total_sold",
    "calculated_price",
)


def routes(store: Store) -> Iterator[Route]:
    """All catalogue and inventory endpoints."""
    catalog = store.catalog
    rows = store.variant_rows

    def filtered_by(id_: int) -> Row:
        row = store.product_rows.row(id_, ("channels",))
        is_tracked = row["inventory_tracking"] != "none"
        level, categories = row["inventory_level"], row["categories"]
        return {
            **row,
            "date_last_imported": catalog.products.created_at(id_)
            if row["date_last_imported"]
            else None,
            "only_category": categories[0] if len(categories) == 1 else None,
            "inventory_low": is_tracked and level <= row["inventory_warning_level"],
            "out_of_stock": is_tracked and level == 0,
        }

    products = Listing(
        catalog.products,
        filtered_by,
        _PRODUCT_FILTERS,
        sorts=_PRODUCT_SORTS,
    )
    brands = Listing(
        catalog.brands,
        catalog.brand_row,
        {
            **v3("id", "int", *RANGE, *SETS),
            **v3("name", "text", "like"),
            **v3("page_title", "text"),
        },
        sorts=("name",),
    )
    categories = Listing(
        catalog.categories,
        catalog.category_row,
        {
            **v3("category_id", "int", *SETS, eq=False),
            **v3("category_uuid", "text", *SETS, eq=False),
            **v3("tree_id", "int", *SETS, eq=False),
            **v3("parent_id", "int", *SETS, eq=False),
            **v3("page_title", "text", "like"),
            **v3("name", "text", "like"),
            **v3("is_visible", "bool"),
            "keyword": Filter("name", "like", "text"),
        },
        key="category_id",
    )
    variants = Listing(
        catalog.variants.table,
        rows.list_row,
        {
            **v3("id", "int"),
            **v3("sku", "text"),
            **v3("upc", "text"),
            **v3("product_id", "int", "in", eq=False),
        },
    )
    items = Listing(
        catalog.variants.table,
        lambda id_: rows.stock_row(id_)["identity"],
        {
            **v3("variant_id", "int", "in", eq=False),
            **v3("product_id", "int", "in", eq=False),
            **v3("sku", "text", "in", eq=False),
        },
        key="variant_id",
    )

    def get(path: str, handle: Handler) -> Route:
        return Route("/v3/catalog" + path, scopes.PRODUCTS, handle)

    yield get("/products", lambda call: _products(call, products))
    yield get("/variants", lambda call: trimmed(call, _variants(call, variants)))
    yield get("/brands", lambda call: trimmed(call, v3_page(call, brands)))
    yield get(
        "/trees/categories",
        lambda call: trimmed(call, v3_page(call, categories), "category_id"),
    )
    yield get("/summary", _summary)
    parts = store.product_parts
    for name, find, is_bare_when_empty in (
        ("variants", store.product_rows.variants, False),
        ("images", parts.images, True),
        ("reviews", parts.reviews, True),
        ("videos", parts.videos, False),
        ("custom-fields", parts.custom_fields, False),
        ("bulk-pricing-rules", parts.bulk_pricing_rules, False),
        ("options", parts.options, False),
        ("modifiers", parts.modifiers, False),
    ):
        yield get(
            "/products/{product_id}/" + name, _children(find, is_bare_when_empty=is_bare_when_empty)
        )
    yield get("/products/{product_id}", _product)
    yield Route("/v3/inventory/items", scopes.INVENTORY, lambda call: _items(call, items))
    yield Route("/v3/inventory/locations", scopes.LOCATIONS, _locations, max_concurrent=50)


def _products(call: Call, listing: Listing) -> Answer:
    includes = call.words("include", INCLUDES)
    max_limit = SHORT_PAGE if any(word in includes for word in _SHORTENERS) else 250
    if call.store.quirks.id_min_is_empty and "id:min" in call.query:
        call.query["id:in"] = "0"
    answer = v3_page(
        call,
        listing,
        lambda id_: call.store.product_rows.row(id_, includes),
        max_limit=max_limit,
    )
    return trimmed(call, answer)


def _summary(call: Call) -> Answer:
    row = call.store.catalog.summary()
    return Answer({"data": row, "meta": {}}, [row])


def _product(call: Call) -> Answer:
    _exists(call)
    row = call.store.product_rows.row(call.ids[0], call.words("include", INCLUDES))
    return Answer({"data": row, "meta": {}}, [row], call.ids)


def _variants(call: Call, listing: Listing) -> Answer:
    parents = call.query.get("product_id:in")
    if parents and all(part.strip().isdecimal() for part in parents.split(",")):
        # As the filter would, without looking at every variant of a large store.
        find = call.store.catalog.variants
        found = sorted({id_ for part in parents.split(",") for id_ in find.of(int(part))})
        return _page_of(call, found, listing.row)
    return v3_page(call, listing)


def _items(call: Call, listing: Listing) -> Answer:
    places = set(call.words("location_id:in"))
    codes = set(call.words("location_code:in"))

    def row(id_: int) -> Row:
        found = call.store.variant_rows.stock_row(id_)
        if places or codes:
            found["locations"] = [
                place
                for place in found["locations"]
                if str(place["location_id"]) in places or place["location_code"] in codes
            ]
        return found

    return v3_page(call, listing, row)


def _locations(call: Call) -> Answer:
    rows = call.store.info.locations
    ids = set(call.words("location_id:in"))
    codes = set(call.words("location_code:in"))
    types = set(call.words("type_id:in"))
    rows = [
        row
        for row in rows
        if (not ids or str(row["id"]) in ids)
        and (not codes or row["code"] in codes)
        and (not types or row["type_id"] in types)
    ]
    for name, field in (("is_active", "enabled"), ("storefront_visibility",) * 2):
        if name in call.query:
            wanted = call.query[name] == "true"
            rows = [row for row in rows if row[field] is wanted]
    return page_of_rows(call, rows)


def _children(find: Callable[[int], list[Row]], *, is_bare_when_empty: bool) -> Handler:
    def handle(call: Call) -> Answer:
        _exists(call)
        rows = find(call.ids[0])
        status = call.query.get("status")
        if status in {"0", "1"}:
            word = "approved" if status == "1" else "pending"
            rows = [row for row in rows if row.get("status") == word]
        if not rows and is_bare_when_empty:
            return Answer(None, status=204)
        return trimmed(call, page_of_rows(call, rows))

    return handle


def page_of_rows(call: Call, rows: list[Row]) -> Answer:
    """A V3 page of rows that are all there already."""
    shown = window(call.query, ignores_page=call.ignores_page)
    start = (shown.page - 1) * shown.limit
    page = rows[start : start + shown.limit]
    meta = {"pagination": pagination(call.query, shown, len(page), len(rows))}
    return Answer({"data": page, "meta": meta}, page)


def _page_of(call: Call, ids: list[int], row: Callable[[int], Row]) -> Answer:
    shown = window(call.query, ignores_page=call.ignores_page)
    page = shown.cut(ids)
    rows = [row(id_) for id_ in page]
    meta = {"pagination": pagination(call.query, shown, len(rows), len(ids))}
    return Answer({"data": rows, "meta": meta}, rows, page)


def _exists(call: Call) -> None:
    if call.ids[0] not in call.store.catalog.products:
        raise ProblemError(404)


def trimmed(call: Call, answer: Answer, key: str = "id") -> Answer:
    """Apply `include_fields` and `exclude_fields`; the id always stays."""
    keep = set(call.words("include_fields"))
    drop = set(call.words("exclude_fields"))
    if not keep and not drop:
        return answer
    if keep:
        keep |= {key, *call.words("include")}
    rows: list[dict[str, Any]] = [
        {
            name: value
            for name, value in row.items()
            if name == key or (name not in drop and (not keep or name in keep))
        }
        for row in answer.rows
    ]
    answer.payload["data"] = rows
    answer.rows = rows
    return answer
