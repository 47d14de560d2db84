"""What orders have embedded, and whether it is all there.

`include=consignments.line_items,fees` saves one request per order and stream, but live stores cut
it: after 50 lines a consignment ends with a `__warning__`, and some orders come with no lines at
all or with lines that lack fields (bigcommerce/docs#960, dev-docs#2052). So embedded rows are used
only where they prove complete. A function here returns None when they do not.

Source: REST Management API, "Orders V2", parameter `include` of "Get All Orders".
"""

from __future__ import annotations

import typing as t

from tap_bigcommerce.schema.convert import Misfit, to_decimal

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_bigcommerce.api.pages import Row

WARNING: t.Final = "__warning__"
LINES: t.Final = "line_items"


def consignments_of(order: Row) -> Row | None:
    """An order's consignments by kind, or None where there is only the link to them."""
    embedded = order.get("consignments")
    if embedded in ([], {}):
        return {}
    return embedded if isinstance(embedded, dict) and not is_link(embedded) else None


def without_lines(consignments: Row) -> Row:
    """The same without lines, which are rows of `order_products`, and warnings about them."""

    def strip(value: t.Any) -> t.Any:  # noqa: ANN401
        if isinstance(value, list):
            return [strip(item) for item in value]
        if isinstance(value, dict):
            return {
                name: strip(item) for name, item in value.items() if name not in {LINES, WARNING}
            }
        return value

    return t.cast("Row", strip(consignments))


def addresses_of(order: Row) -> Sequence[Row] | None:
    """An order's shipping addresses, which are its shipping consignments."""
    consignments = consignments_of(order)
    if consignments is None:
        return None
    shipping = consignments.get("shipping") or []
    if not isinstance(shipping, list) or len(shipping) != _count(order, "shipping_address_count"):
        return None
    for consignment in shipping:
        # Nothing promises that a consignment's id is its address's; the lines show whether it is.
        own, lines = _count(consignment, "id"), _rows(consignment.get(LINES)) or ()
        if any(_count(line, "order_address_id") not in {own, None} for line in lines):
            return None
    return [without_lines(consignment) for consignment in shipping]


def fees_of(order: Row) -> Sequence[Row] | None:
    """An order's fees, or None where there is only the link to them."""
    fees = order.get("fees")
    return None if isinstance(fees, dict) and is_link(fees) else unwrapped_fees(fees)


def unwrapped_fees(fees: t.Any) -> Sequence[Row] | None:  # noqa: ANN401
    """Fees out of their three forms: a list, `{"fees": [...]}`, or one fee."""
    if isinstance(fees, dict):
        fees = fees.get("fees", [fees])
    if isinstance(fees, list) and all(isinstance(fee, dict) for fee in fees):
        return fees
    return None


def lines_of(order: Row) -> Sequence[Row] | None:
    """An order's lines, if no consignment warns and their quantities add up to the order's."""
    consignments = consignments_of(order)
    if consignments is None:
        return None
    lines: list[Row] = []
    for consignment in _each(consignments):
        rows = _rows(consignment.get(LINES))
        if rows is None or WARNING in consignment:
            return None
        lines.extend(rows)
    pieces = sum(_count(line, "quantity") or 0 for line in lines)
    return lines if pieces == _count(order, "items_total") else None


def is_link(value: Row) -> bool:
    """Whether this is where something is, rather than the thing itself."""
    return "url" in value and "resource" in value and "id" not in value


def _each(consignments: Row) -> Iterator[Row]:
    """Consignments of every kind."""
    for kind in ("shipping", "pickups", "downloads"):
        yield from consignments.get(kind) or ()
    yield from (consignments.get("email") or {}).get("gift_certificates") or ()


def _rows(lines: t.Any) -> list[Row] | None:  # noqa: ANN401
    """Embedded lines; a single one may come without a list. None for a link to them."""
    if isinstance(lines, dict):
        return None if is_link(lines) else [lines]
    return lines if isinstance(lines, list) else None


def _count(row: Row, name: str) -> t.Any:  # noqa: ANN401
    try:
        return to_decimal(row.get(name))
    except Misfit:
        return None
