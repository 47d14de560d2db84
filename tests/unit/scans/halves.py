"""A walk that is left in the middle, and a later one that goes on where it was."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from tests.unit.scans.fake_store import walk

if TYPE_CHECKING:
    from collections.abc import Generator

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans import Bounds, Scan
    from tests.unit.scans.fake_store import FakeStore, Walk


def begin(
    store: FakeStore, scan: Scan, bounds: Bounds, *, pages: int, limit: int = 10
) -> list[Page]:
    """The first so many pages; nothing more is asked for."""
    walking = cast("Generator[Page, None, None]", scan.pages(store.reader(limit), bounds))
    begun = list(islice(walking, pages))
    walking.close()
    assert store.pool.is_idle()
    return begun


def go_on(
    store: FakeStore, scan: Scan, bounds: Bounds, begun: list[Page], *, limit: int = 10
) -> Walk:
    """The walk of a later run, from the last position that the first one had."""
    position: Any = next((page.position for page in reversed(begun) if page.position), None)
    where = {"after_id" if isinstance(position, int) else "place": position}
    store.requests.clear()
    return walk(store, scan, replace(bounds, **where), limit)


def ids(begun: list[Page]) -> list[int]:
    """IDs of the rows in these pages."""
    return [row["id"] for page in begun for row in page.rows]
