"""Pages: V2's bare arrays, V3's `meta.pagination`, cursors."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tap_bigcommerce.sandbox.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEFAULT_LIMIT = 50
MAX_LIMIT = 250


@dataclass(frozen=True)
class Window:
    """Which part of a list is asked for."""

    page: int
    limit: int

    def cut(self, ids: Sequence[int]) -> Sequence[int]:
        """The ids on the page."""
        start = (self.page - 1) * self.limit
        return ids[start : start + self.limit]


def window(
    query: Mapping[str, str], *, max_limit: int = MAX_LIMIT, ignores_page: bool = False
) -> Window:
    """`page` and `limit`. A limit above the maximum is lowered without a word."""
    page = 1 if ignores_page else _positive(query, "page", 1)
    return Window(page, min(_positive(query, "limit", min(DEFAULT_LIMIT, max_limit)), max_limit))


def _positive(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise BadValueError(name, f"{name} must be a positive integer")
    return value


def pagination(query: Mapping[str, str], shown: Window, count: int, total: int) -> dict[str, Any]:
    """`meta.pagination`. Links repeat the filters."""
    pages = -(-total // shown.limit)
    links = {"current": _link(query, shown, shown.page)}
    if shown.page > 1:
        links["previous"] = _link(query, shown, shown.page - 1)
    if shown.page < pages:
        links["next"] = _link(query, shown, shown.page + 1)
    return {
        "total": total,
        "count": count,
        "per_page": shown.limit,
        "current_page": shown.page,
        "total_pages": pages,
        "links": links,
    }


def _link(query: Mapping[str, str], shown: Window, page: int) -> str:
    rest = {name: query[name] for name in query if name not in {"page", "limit"}}
    return "?" + urlencode({**rest, "page": page, "limit": shown.limit}, safe=",:")


def cursor(position: Sequence[Any]) -> str:
    """Opaque to clients: the sort value and id of a row."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def position(name: str, text: str) -> list[Any]:
    """What `cursor` hid."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadValueError(name, f"{name} is not a cursor") from error
    if not isinstance(found, list):
        raise BadValueError(name, f"{name} is not a cursor")
    return found


def cursor_pagination(  # noqa: PLR0913 - the parts of the block
    query: Mapping[str, str],
    *,
    limit: int,
    start: str | None,
    end: str | None,
    count: int,
    has_previous: bool,
    has_next: bool,
) -> dict[str, Any]:
    """`meta.cursor_pagination`. There is no `next` on the last page."""
    rest = {name: query[name] for name in query if name not in {"page", "limit", "after", "before"}}
    rest["limit"] = str(limit)
    links = {"current": "?" + urlencode({**rest, **_kept(query)}, safe=",:")}
    if has_previous and start is not None:
        links["previous"] = "?" + urlencode({**rest, "before": start}, safe=",:")
    if has_next and end is not None:
        links["next"] = "?" + urlencode({**rest, "after": end}, safe=",:")
    block: dict[str, Any] = {"count": count, "per_page": limit, "links": links}
    if start is not None:
        block["start_cursor"] = start
        block["end_cursor"] = end
    return block


def _kept(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query[name] for name in ("after", "before") if name in query}
