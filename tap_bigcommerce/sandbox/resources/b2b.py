"""B2B Edition's endpoints, which have a host of their own."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.resources.b2b_lists import Numbered, all_of, envelope, one, page
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store import b2b_companies as sizes
from tap_bigcommerce.sandbox.store import b2b_sales
from tap_bigcommerce.sandbox.store.world import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.listing import Answer, Call
    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

    Find = Callable[[int], list[Row]]

_DATES = ("minModified", "maxModified", "minCreated", "maxCreated")
_YEAR = 365 * DAY


def lists(store: Store) -> dict[str, tuple[str, Numbered]]:
    """Streams with their paths and lists."""
    of, sales = store.b2b_companies, store.b2b_sales

    def extra(values: Find) -> Callable[[int], Row]:
        return lambda number: {"extraFields": values(number)}

    fields = Numbered(sizes.EXTRA_FIELDS, of.extra_field)
    by_time = ("createdAt", "updatedAt")
    return {
        "b2b_companies": (
            "/companies",
            Numbered(
                sizes.COMPANIES,
                of.company,
                sorts=("updatedAt",),
                filters=True,
                added=extra(of.company_extra),
            ),
        ),
        "b2b_company_extra_fields": ("/companies/extra-fields", fields),
        "b2b_company_roles": ("/companies/roles", Numbered(sizes.ROLES, of.role)),
        "b2b_addresses": (
            "/addresses",
            Numbered(sizes.ADDRESSES, of.address, 249, added=extra(of.address_extra)),
        ),
        "b2b_address_extra_fields": (
            "/addresses/extra-fields",
            Numbered(sizes.EXTRA_FIELDS, of.extra_field, 249),
        ),
        "b2b_users": (
            "/users",
            Numbered(
                sizes.USERS,
                of.user,
                filters=True,
                added=extra(partial(of.extra_values, "user")),
                is_descending=True,
            ),
        ),
        "b2b_user_extra_fields": ("/users/extra-fields", fields),
        "b2b_super_admins": (
            "/companies/super-admins",
            Numbered(
                sizes.SUPER_ADMINS,
                of.super_admin,
                200,
                filters=True,
                added=extra(partial(of.extra_values, "super")),
                is_descending=True,
            ),
        ),
        "b2b_sales_staff": ("/sales-staffs", Numbered(sizes.STAFF, of.staff, is_descending=True)),
        "b2b_order_extra_fields": (
            "/orders/extra-fields",
            Numbered(sizes.EXTRA_FIELDS, sales.order_extra_field, 200),
        ),
        "b2b_quote_extra_fields": (
            "/rfq/extra-fields",
            Numbered(sizes.EXTRA_FIELDS, sales.quote_extra_field),
        ),
        "b2b_invoice_extra_fields": ("/ip/invoices/extra-fields", fields),
        "b2b_invoices": (
            "/ip/invoices",
            Numbered(
                b2b_sales.INVOICES, sales.invoice, sorts=by_time, added=extra(sales.invoice_extra)
            ),
        ),
        "b2b_invoice_payments": (
            "/ip/payments",
            Numbered(b2b_sales.PAYMENTS, sales.payment, sorts=by_time),
        ),
        "b2b_receipts": (
            "/ip/receipts",
            Numbered(b2b_sales.PAYMENTS, sales.receipt, sorts=by_time),
        ),
        "b2b_receipt_lines": (
            "/ip/receipt-lines",
            Numbered(b2b_sales.PAYMENTS, sales.receipt_line, sorts=by_time),
        ),
    }


def routes(store: Store) -> Iterator[Route]:
    """All of B2B Edition's endpoints."""
    of = store.b2b_companies

    def get(path: str, handle: Callable[[Call], Answer]) -> Route:
        return Route(f"/api/v3/io{path}", scopes.B2B, handle)

    for path, listing in lists(store).values():
        yield get(path, partial(_list, listing))
    yield get("/orders", partial(_orders, _order_list(store)))
    yield get("/rfq", partial(_quotes, _quote_list(store)))
    yield get("/companies/permissions", lambda _: all_of(_each(sizes.PERMISSIONS, of.permission)))
    yield get("/channels", lambda _: all_of(_each(len(sizes.CHANNELS), of.channel)))
    yield get("/payments", lambda _: all_of(_payment_methods()))
    yield get("/rfq/custom/shipping-methods", lambda _: all_of(_shipping_methods()))
    yield get("/company-payment-methods", partial(_company_methods, store))
    for name, find in (("attachments", of.attachments), ("credit", of.credit)):
        yield get(f"/companies/{{companyId}}/{name}", partial(_of_company, find))
    yield get("/companies/{companyId}/payment-terms", partial(_of_company, of.terms))
    yield get("/companies/{companyId}/subsidiaries", partial(_paged, of.subsidiaries))
    yield get("/super-admins/{superAdminId}/companies", partial(_admin_companies, store))
    yield get("/sales-staffs/{salesStaffId}", partial(_staff, store))
    yield get("/orders/{bcOrderId}/products", partial(_lines, store))
    yield get("/rfq/{quote_id}", partial(_quote, store))
    yield get("/ip/payments/{paymentId}/transactions", partial(_transactions, store))
    yield get("/users/{userId}", lambda call: one(of.user(_number(call, sizes.FIRST_USER, 31))))
    yield get("/shopping-list", partial(_shopping_lists, store))
    yield get("/shopping-list/{shoppingListId}", partial(_shopping_list, store))


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All rows of these streams."""
    of, sales = store.b2b_companies, store.b2b_sales
    company, numbers = sizes.FIRST_COMPANY, range(sizes.COMPANIES)
    return {
        **{name: listing.whole for name, (_, listing) in lists(store).items()},
        "b2b_orders": _order_list(store).whole,
        "b2b_quotes": _quote_list(store).whole,
        "b2b_company_permissions": lambda: _each(sizes.PERMISSIONS, of.permission),
        "b2b_channels": lambda: _each(len(sizes.CHANNELS), of.channel),
        "b2b_payment_methods": _payment_methods,
        "b2b_quote_custom_shipping_methods": _shipping_methods,
        "b2b_company_payment_methods": of.company_payment_methods,
        "b2b_company_attachments": _below("company_id", company, numbers, of.attachments),
        "b2b_company_subsidiaries": _below("company_id", company, numbers, of.subsidiaries),
        "b2b_company_credit": _below("company_id", company, numbers, lambda n: [of.credit(n)]),
        "b2b_company_payment_terms": _below(
            "company_id", company, numbers, lambda n: [of.terms(n)]
        ),
        "b2b_super_admin_companies": _below(
            "super_admin_id", 900, range(sizes.SUPER_ADMINS), of.super_admin_companies
        ),
        "b2b_sales_staff_companies": _below(
            "sales_staff_id", 20_000, range(sizes.STAFF), of.staff_companies
        ),
        "b2b_order_products": _below(
            "bc_order_id",
            100,
            range(b2b_sales.ORDERS),
            lambda n: _numbered_alike(sales.order_lines(n)),
        ),
        "b2b_quote_details": _below(
            "quote_id", 66_000, range(b2b_sales.QUOTES), lambda n: [sales.quote_detail(n)]
        ),
        "b2b_invoice_payment_transactions": _below(
            "payment_id",
            70,
            range(b2b_sales.PAYMENTS),
            lambda n: [
                {"position": place, **row} for place, row in enumerate(sales.transactions(n))
            ],
        ),
        "b2b_shopping_lists": lambda: _each(sizes.LISTS, of.shopping_list),
        "b2b_shopping_list_items": _below(
            "shopping_list_id", 300, range(sizes.LISTS), of.list_items
        ),
    }


def _below(key: str, first: int, numbers: Iterable[int], find: Find) -> Callable[[], Iterator[Row]]:
    """Rows of all parents, each with its parent's key."""
    return lambda: ({key: first + number, **row} for number in numbers for row in find(number))


def _numbered_alike(rows: list[Row]) -> list[Row]:
    """Lines with their position among those of the same product."""
    ids = [row["id"] for row in rows]
    return [{"position": ids[:place].count(row["id"]), **row} for place, row in enumerate(rows)]


def _each(count: int, row: Callable[[int], Row]) -> list[Row]:
    return [row(number) for number in range(count)]


def _payment_methods() -> list[Row]:
    methods = sizes.PAYMENT_METHODS
    return [{"id": id_, "paymentCode": code, "paymentTitle": title} for id_, code, title in methods]


def _shipping_methods() -> list[Row]:
    return [{"customShippingMethodName": name} for name in b2b_sales.SHIPPING_METHODS]


def _order_list(store: Store) -> Numbered:
    return Numbered(
        b2b_sales.ORDERS,
        store.b2b_sales.order,
        200,
        sorts=("updatedAt", "createdAt"),
        filters=True,
        added=store.b2b_sales.order_extra,
        added_by="showExtra",
    )


def _quote_list(store: Store) -> Numbered:
    sorts = ("updatedAt", "createdAt")
    return Numbered(b2b_sales.QUOTES, store.b2b_sales.quote, sorts=sorts, filters=True)


def _list(listing: Numbered, call: Call) -> Answer:
    return page(call, listing.rows(call), listing.most)


def _orders(listing: Numbered, call: Call) -> Answer:
    """Those of the last year and of the first channel, unless others are asked for."""
    rows = _of_channels(call, listing.rows(call))
    if not any(name in call.query for name in _DATES):
        rows = [row for row in rows if row["updatedAt"] > call.store.world.epoch - _YEAR]
    return page(call, rows, listing.most)


def _quotes(listing: Numbered, call: Call) -> Answer:
    return page(call, _of_channels(call, listing.rows(call)), inside="list")


def _of_channels(call: Call, rows: list[Row]) -> list[Row]:
    words = call.words("channelIds[]") or ["1"]
    if not all(word.isdecimal() for word in words):
        raise ProblemError(400, "channelIds must be an array")
    return [row for row in rows if str(row["channelId"]) in words]


def _company_methods(store: Store, call: Call) -> Answer:
    rows = sorted(
        store.b2b_companies.company_payment_methods(),
        key=lambda row: row[call.query.get("sortBy", "updatedAt")],
        reverse=call.query.get("orderBy", "DESC") == "DESC",
    )
    return page(call, rows)


def _number(call: Call, first: int, count: int) -> int:
    """The number of the row whose id is in the path."""
    number: int = call.ids[0] - first
    if not 0 <= number < count:
        raise ProblemError(404, "This resource is not found.")
    return number


def _of_company(find: Callable[[int], Row | list[Row]], call: Call) -> Answer:
    found = find(_number(call, sizes.FIRST_COMPANY, sizes.COMPANIES))
    return one(found) if isinstance(found, dict) else all_of(found)


def _paged(find: Find, call: Call) -> Answer:
    return page(call, find(_number(call, sizes.FIRST_COMPANY, sizes.COMPANIES)))


def _admin_companies(store: Store, call: Call) -> Answer:
    number = _number(call, 900, sizes.SUPER_ADMINS)
    return page(call, store.b2b_companies.super_admin_companies(number), 200)


def _staff(store: Store, call: Call) -> Answer:
    number = _number(call, 20_000, sizes.STAFF)
    row, rows = store.b2b_companies.staff(number), store.b2b_companies.staff_companies(number)
    data = {
        "id": row["id"],
        "email": row["email"],
        "name": row["salesRepName"],
        "phoneNumber": "",
        "assignedCompanies": rows,
    }
    return envelope(data, rows)


def _lines(store: Store, call: Call) -> Answer:
    return all_of(store.b2b_sales.order_lines(_number(call, 100, b2b_sales.ORDERS)))


def _quote(store: Store, call: Call) -> Answer:
    number = _number(call, 66_000, b2b_sales.QUOTES)
    made = time.gmtime(store.b2b_sales.quote_made_at(number))
    if call.query.get("date") != time.strftime("%m/%d/%Y", made):
        raise ProblemError(404, "Quote does not exist.")
    return one(store.b2b_sales.quote_detail(number))


def _transactions(store: Store, call: Call) -> Answer:
    return all_of(store.b2b_sales.transactions(_number(call, 70, b2b_sales.PAYMENTS)))


def _shopping_lists(store: Store, call: Call) -> Answer:
    user = call.query.get("userId", "")
    number = int(user) - sizes.FIRST_USER if user.isdecimal() else -1
    if not 0 <= number < sizes.USERS:
        raise ProblemError(422, "userId: no such user")
    return page(call, store.b2b_companies.seen_lists(number), 249)


def _shopping_list(store: Store, call: Call) -> Answer:
    number = _number(call, 300, sizes.LISTS)
    items = store.b2b_companies.list_items(number)
    answer = page(call, items)
    row = store.b2b_companies.shopping_list(number)
    answer.payload["data"] = {**row, "items": answer.rows}
    return answer
