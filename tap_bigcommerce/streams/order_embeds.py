"""What orders have embedded, and whether it is all there.

`include=consignments.line_items,fees` saves one request per order and stream, but live stores cut
it: after 50 lines a consignment ends with a `__warning__`, and some orders come with no lines at
all or with lines that lack fields (bigcommerce/docs#960, dev-docs#2052). So embedded rows are used
only where they prove complete. A function here returns None when they do not.

Source: REST Management API, "Orders V2", parameter `include` of "Get All Orders".
"""

from __future__ import annotations

import typing as t

from tap_bigcommerce.schema.values import or_none, to_decimal

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.api.pages import Row

WARNING: t.Final = "__warning__"
LINES: t.Final = "line_items"
KINDS: t.Final = ("shipping", "pickups", "downloads")
_LEFT_OUT: t.Final = frozenset({LINES, WARNING})
_NESTED: t.Final = frozenset({dict, list})
_ROWS: t.Final = frozenset({dict})


def consignments_of(order: Row) -> Row | None:
    """An order's consignments by kind, if there are any and all have the documented form."""
    embedded = order.get("consignments")
    if embedded == []:
        embedded = {}
    if not isinstance(embedded, dict) or is_link(embedded) or _each(embedded) is None:
        return None
    is_empty = not any(embedded.values())
    if is_empty and _count(order, "items_total") != 0:  # what is ordered is handed over somehow
        return None
    return embedded


def without_lines(consignments: Row) -> Row:
    """The same without lines, which are rows of `order_products`, and warnings about them."""
    return {
        name: _without_lines(value) if type(value) in _NESTED else value
        for name, value in consignments.items()
        if name not in _LEFT_OUT
    }


def _without_lines(value: t.Any) -> t.Any:  # noqa: ANN401
    if type(value) is dict:
        return without_lines(value)
    return [_without_lines(item) if type(item) in _NESTED else item for item in value]


def addresses_of(order: Row) -> Sequence[Row] | None:
    """An order's shipping addresses, which are its shipping consignments, as many as it counts."""
    consignments = consignments_of(order)
    if consignments is None:
        return None
    shipping: list[Row] = consignments.get("shipping") or []
    if len(shipping) != _count(order, "shipping_address_count"):
        return None
    for consignment in shipping:
        # Nothing promises that a consignment's id is its address's; the lines show whether it is.
        own = _count(consignment, "id")
        named = {_count(line, "order_address_id") for line in _lines(consignment) or ()}
        if own is None or not named <= {own, None}:
            return None
    links = order.get("shipping_addresses")
    return [{**without_lines(one), **_quotes(links, one)} for one in shipping]


def _quotes(addresses: t.Any, consignment: Row) -> Row:  # noqa: ANN401
    """The link to an address's quotes, where its own endpoint says that they are.

    The reference spells it `shippingaddresses/1/shippingquotes`, stores `shipping_addresses/1/
    shipping_quotes`: as the order's link to its addresses.
    """
    if not isinstance(addresses, dict) or "shipping_quotes" not in consignment:
        return {}
    key = consignment["id"]
    link = {
        part: f"{place}/{key}/shipping{'_' if str(place).endswith('_addresses') else ''}quotes"
        for part, place in addresses.items()
    }
    return {"shipping_quotes": link}


def fees_of(order: Row) -> Sequence[Row] | None:
    """An order's fees, or None where there is only the link to them."""
    fees = order.get("fees")
    return None if isinstance(fees, dict) and is_link(fees) else unwrapped_fees(fees)


def unwrapped_fees(fees: t.Any) -> Sequence[Row] | None:  # noqa: ANN401
    """Fees out of their three forms: a list, `{"fees": [...]}`, or one fee."""
    if isinstance(fees, dict) and "fees" in fees:
        fees = fees["fees"] or []
    if isinstance(fees, dict):
        fees = [fees] if fees else []
    return fees if _is_rows(fees) else None


def lines_of(order: Row) -> Sequence[Row] | None:
    """An order's lines, if no consignment warns and their quantities add up to the order's."""
    consignments = consignments_of(order)
    if consignments is None:
        return None
    lines: list[Row] = []
    for consignment in _each(consignments) or ():
        rows = _lines(consignment)
        if rows is None or WARNING in consignment:
            return None
        lines.extend(rows)
    pieces = [_count(line, "quantity") for line in lines]
    is_known = None not in pieces and len({_count(line, "id") for line in lines}) == len(lines)
    return lines if is_known and sum(pieces) == _count(order, "items_total") else None


def is_link(value: Row) -> bool:
    """Whether this is where something is, rather than the thing itself."""
    return "url" in value and "resource" in value and "id" not in value


def _each(consignments: Row) -> Sequence[Row] | None:
    """Consignments of every kind, or None where one has no documented form."""
    email = consignments.get("email") or {}
    if not isinstance(email, dict):
        return None
    found: list[Row] = []
    for kind in (*map(consignments.get, KINDS), email.get("gift_certificates")):
        if kind and not _is_rows(kind):
            return None
        found += kind or ()
    return found


def _lines(consignment: Row) -> list[Row] | None:
    """Embedded lines; a single one may come without a list. None for a link to them."""
    lines = consignment.get(LINES)
    if isinstance(lines, dict) and not is_link(lines):
        lines = [lines] if lines else []
    return lines if _is_rows(lines) else None


def _is_rows(value: t.Any) -> t.TypeGuard[list[Row]]:  # noqa: ANN401
    return type(value) is list and {*map(type, value)} <= _ROWS


def _count(row: Row, name: str) -> t.Any:  # noqa: ANN401
    value = row.get(name)
    return value if type(value) is int else or_none(to_decimal, value)
