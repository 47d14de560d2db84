"""One page of a list: V2's bare arrays and V3's envelopes, decoded.

A page knows how many rows it has and what the answer says of the rest of the list. How a list
is walked is decided elsewhere (`scans/`).
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

import msgspec

from tap_bigcommerce.api.storable import storable

if t.TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, t.Any]

_DECODER: t.Final = msgspec.json.Decoder(float_hook=Decimal)
_NUL: t.Final = re.compile(rb"\\u0000")  # twice as fast here as `in`: half a millisecond a megabyte
"""The only way to write it in JSON; what is found may also be a backslash before `u0000`."""

# Sizes at which servers cut pages on their own. A page that is shorter than asked for and has
# one of these sizes may be such a cut, so one more request makes sure.
USUAL_CUTS: t.Final = frozenset({10, 20, 25, 30, 50, 100, 150, 200, 250})


class UnreadablePage(ValueError):  # noqa: N818 (what the page is, not a programming error)
    """JSON, but neither rows nor an envelope around rows."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one answer, in the answer's order."""

    rows: list[Row]
    limit: int | None = None
    """Rows that were asked for."""
    total: int | None = None
    """Rows of the whole list under the same filters, where the answer gives it."""
    total_pages: int | None = None
    page_number: int | None = None
    per_page: int | None = None
    """Rows that the server puts into a page, where the answer gives it and is in one part."""
    parts: int = 1
    """Answers that it was put together from; rows may have moved between two of them."""
    has_cursors: bool = False
    next_params: dict[str, str] | None = None
    """Query of the next page as a cursor list gives it."""
    position: t.Any = field(default=None, compare=False)
    """Where a walk stands when all rows up to here are written; None when it cannot resume."""

    @property
    def is_last(self) -> bool:
        """Whether the list surely ends with this page.

        By the envelope's own count where there is one; otherwise by a page that is shorter than
        asked for and no usual cut.
        """
        if self.total_pages is not None and self.page_number is not None:
            return self.page_number >= self.total_pages
        count = len(self.rows)
        return self.limit is None or (count < self.limit and count not in USUAL_CUTS)


class _Key(t.TypedDict, total=False):
    id: t.Any


class _Keys(t.TypedDict, total=False):
    data: list[_Key]
    meta: t.Any


_OUTLINE: t.Final = msgspec.json.Decoder(_Keys | list[_Key])


def outline(body: bytes) -> t.Any:  # noqa: ANN401 (any JSON value)
    """A page with nothing but the ids of its rows, for a quarter of the time.

    Raises:
        ValueError: No JSON.
    """
    try:
        return _OUTLINE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return decode(body)


def decode(body: bytes) -> t.Any:  # noqa: ANN401 (any JSON value)
    """JSON value with exact decimals.

    Raises:
        ValueError: No JSON.
    """
    try:
        value = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Lone surrogates, NaN, a byte order mark or a stray byte: msgspec refuses them, Python
        # reads them.
        text = body.decode("utf-8-sig", errors="surrogateescape")
        return storable(json.loads(text, parse_float=Decimal, strict=False))
    return storable(value) if _NUL.search(body) else value


Parse = t.Callable[[bytes], t.Any]


def read_v2(bodies: Iterable[bytes], limit: int | None, parse: Parse = decode) -> Page:
    """Page of a V2 list: a bare array, one object, or nothing (204).

    Raises:
        UnreadablePage: Anything else.
    """
    parts = [_rows(parse(body)) for body in bodies if body]
    return Page([row for part in parts for row in part], limit=limit, parts=max(len(parts), 1))


def read_v3(bodies: Iterable[bytes], limit: int | None, parse: Parse = decode) -> Page:
    """Page of a V3 list: `data` and `meta`, or nothing (204).

    Several bodies are the parts of one page that had to be asked for in smaller pages; their
    numbers are counted in pages of `limit` again.

    Raises:
        UnreadablePage: No `data`.
    """
    rows: list[Row] = []
    metas: list[Row] = []
    for body in bodies:
        if not body:
            continue
        envelope = parse(body)
        if not isinstance(envelope, dict) or "data" not in envelope:
            msg = "an object with `data` was due"
            raise UnreadablePage(msg)
        meta = envelope.get("meta")
        metas.append(meta if isinstance(meta, dict) else {})
        if envelope["data"] is None and _count(metas[-1].get("pagination"), "total") != 0:
            msg = "`data` is null, and nothing says that there are no rows"
            raise UnreadablePage(msg)
        rows.extend(_rows(envelope["data"]))
    meta = metas[-1] if metas else {}
    pagination, cursors = meta.get("pagination"), meta.get("cursor_pagination")
    total = _count(pagination, "total")
    # Two spellings of the same: customs information and site routes leave out the s.
    total_pages = _count(pagination, "total_pages", "total_page")
    page_number = _count(pagination, "current_page")
    per_page = _count(pagination, "per_page") if len(metas) == 1 else None
    if len(metas) > 1 and limit and total is not None:
        total_pages = -(-total // limit)
        part = _count(metas[0].get("pagination"), "current_page") or 1
        part_size = _count(metas[0].get("pagination"), "per_page") or limit
        page_number = (part - 1) * part_size // limit + 1
    return Page(
        rows,
        limit=limit,
        total=total,
        total_pages=total_pages,
        page_number=page_number,
        per_page=per_page,
        parts=max(len(metas), 1),
        has_cursors=bool(cursors),
        next_params=_next_params(cursors),
    )


def _rows(data: t.Any) -> list[Row]:  # noqa: ANN401
    if isinstance(data, dict):
        return [data]
    if data is None:
        return []
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        return data
    msg = "a list of objects was due"
    raise UnreadablePage(msg)


def _count(meta: t.Any, *names: str) -> int | None:  # noqa: ANN401
    """Non-negative count under one of its names; counts of absurd servers are as good as none."""
    for name in names:
        value = meta.get(name) if isinstance(meta, dict) else None
        if type(value) is int and value >= 0:
            return value
    return None


def _next_params(cursors: t.Any) -> dict[str, str] | None:  # noqa: ANN401
    links = cursors.get("links") if isinstance(cursors, dict) else None
    link = links.get("next") if isinstance(links, dict) else None
    if not isinstance(link, str):
        return None
    _, _, query = link.partition("#")[0].partition("?")
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    # A plus stays one: cursors may be base64, and nothing in these links has blanks.
    return {unquote(name): unquote(text) for name, _, text in pairs} or None
