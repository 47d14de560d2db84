"""One page of a B2B Edition list, decoded: `code`, `data` and `meta`, rows counted by an offset.

Source: BigCommerce's B2B Edition REST Management V3 API. Its schemas have the counts in
`meta.pagination`, an example has them in `meta` itself, and quotes have them in `data.pagination`.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from tap_bigcommerce.api.pages import Page, UnreadablePage, decode

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_bigcommerce.api.pages import Parse, Row

# Documented defaults and maxima of `limit`; a page of such a size may be cut.
USUAL_CUTS: t.Final = frozenset({10, 50, 100, 200, 250})
_FIRST_ERROR: t.Final = 400


@dataclass(frozen=True, slots=True)
class OffsetPage(Page):
    """A page of a list that counts rows from an offset, with a number as if it counted pages."""

    @property
    def is_last(self) -> bool:
        """Whether the list surely ends with this page."""
        if self.total_pages is not None and self.page_number is not None:
            return self.page_number >= self.total_pages
        count = len(self.rows)
        return self.limit is None or not count or (count < self.limit and count not in USUAL_CUTS)


def read_b2b(
    bodies: Iterable[bytes], limit: int | None, parse: Parse = decode, *, inside: str = ""
) -> OffsetPage:
    """Page of a B2B Edition list, or of one object.

    Several bodies are the parts of one page that had to be asked for in smaller pages.

    Args:
        bodies: Of the answer.
        limit: Rows that were asked for.
        parse: From JSON.
        inside: Member of `data` that has the rows, where `data` itself is an object.

    Raises:
        UnreadablePage: No `data`, or an error in an answer whose status says success.
    """
    rows: list[Row] = []
    counts: list[Row] = []
    for envelope in map(parse, filter(None, bodies)):
        data, meta = _checked(envelope)
        rows += _rows(data, inside)
        own = data.get("pagination") if isinstance(data, dict) else None
        held = meta.get("pagination")
        counts.append(next((one for one in (own, held) if isinstance(one, dict)), meta))
    first: Row = counts[0] if counts else {}
    # The last part's count: a row may have gone since the first.
    total, offset = _count((counts or [first])[-1], "totalCount"), _count(first, "offset")
    if total is not None and total < (offset or 0) + len(rows):
        total = None  # as in an example of the reference: 0, beside rows
    size = _count(first, "limit") or limit
    if len(counts) > 1:
        size = limit
    elif total is not None and rows and offset is not None and offset + len(rows) < total:
        size = min(size or len(rows), len(rows))  # what a server puts into a page, whatever it says
    is_counted = total is not None and offset is not None and size
    return OffsetPage(
        rows,
        limit=limit,
        total=total,
        total_pages=-(-total // size) if is_counted else None,  # type: ignore[operator] # not None
        page_number=offset // size + 1 if is_counted else None,  # type: ignore[operator] # likewise
        per_page=size if is_counted and len(counts) == 1 else None,
        parts=max(len(counts), 1),
    )


def _checked(envelope: t.Any) -> tuple[t.Any, Row]:  # noqa: ANN401 (any JSON value)
    """`data` and `meta` of an answer that is no error."""
    if not isinstance(envelope, dict) or "data" not in envelope:
        msg = "an object with `data` was due"
        raise UnreadablePage(msg)
    code, meta = envelope.get("code"), envelope.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    if type(code) is int and code >= _FIRST_ERROR:
        msg = f"its `code` is {code}, whatever its status says"
        raise UnreadablePage(msg)
    return envelope["data"], meta


def _rows(data: t.Any, inside: str) -> list[Row]:  # noqa: ANN401 (any JSON value)
    if isinstance(data, dict) and inside and data:
        data = data.get(inside)
        if data is None:
            msg = f"`data` without `{inside}`"
            raise UnreadablePage(msg)
    if isinstance(data, dict):
        return [data] if data else []
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        return data
    msg = "a list of objects was due"
    raise UnreadablePage(msg)


def _count(meta: Row, name: str) -> int | None:
    value = meta.get(name)
    return value if type(value) is int and value >= 0 else None
