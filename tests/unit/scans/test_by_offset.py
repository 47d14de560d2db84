"""Lists by offset that change while they are read: nothing is lost, whatever order they have."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tap_bigcommerce.api.b2b_pages import read_b2b
from tap_bigcommerce.api.client import Answer
from tap_bigcommerce.scans import (
    Bounds,
    CheckedPages,
    IdFilter,
    OffsetReader,
    ReanchoredPages,
    UnixTimeFilter,
)
from tap_bigcommerce.scans.errors import InconsistentList
from tests.unit.scans.fake_store import SECOND, START, FakeStore, Row, dice, walk, walk_and_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_bigcommerce.api.client import Request, Tally
    from tap_bigcommerce.scans.reader import Reader

TIME = UnixTimeFilter("updatedAt", since="minModified", until="maxModified")
IDS = IdFilter(above="", below="", is_inclusive=False, ascending={})
SCAN = ReanchoredPages(TIME, {"sortBy": "updatedAt", "orderBy": "ASC"}, IDS)
SINCE = START - 50_000 * SECOND
LIMITS = (10, 20, 50)


@dataclass
class OffsetStore(FakeStore):
    """A list of B2B Edition, and how it says its counts."""

    counts_in: str = "meta.pagination"
    says_limit: bool = True

    def get(self, request: Request, tally: Tally) -> Answer:  # noqa: ARG002 (as the client's)
        parts = request.smaller() if self.dice.random() < self.shrink_rate else ()
        limit = parts[0].limit if len(parts) == 1 else request.limit
        return Answer(200, tuple(map(self.answer, parts or [request])), 4, limit)

    def answer(self, request: Request) -> bytes:
        names = {"minModified": "date_modified:min", "maxModified": "date_modified:max"}
        params = dict(request.params)
        for name, own in names.items():
            if name in params:
                moment = datetime.fromtimestamp(int(params[name]), START.tzinfo)
                params[own] = moment.isoformat()
        if params.get("sortBy") == "updatedAt":
            params |= {"sort": "date_modified", "direction": params["orderBy"].lower()}
        body: dict[str, Any] = json.loads(super().answer(type(request)(request.path, params)))
        size, total = self._size(params), len(self._matching(params))
        counts: dict[str, Any] = {"totalCount": total, "offset": int(params.get("offset", 0))}
        counts["limit"] = size if self.says_limit else int(params["limit"])
        data: Any = body["data"]
        meta: dict[str, Any] = {"message": "SUCCESS"}
        if self.counts_in == "data.pagination":
            data = {"list": data, "pagination": counts} if data else []
        elif self.counts_in == "meta":
            meta |= counts
        elif self.counts_in:
            meta["pagination"] = counts
        return json.dumps({"code": 200, "data": data, "meta": meta}).encode()

    def _wire(self, row: Row) -> dict[str, Any]:
        return {
            "id": row.id,
            "updatedAt": str(int(row.modified.timestamp())),
            "version": row.version,
        }

    def _selected(self, params: Mapping[str, str]) -> tuple[list[Row], bool]:
        rows, size, start = self._ordered(params), self._size(params), int(params.get("offset", 0))
        return rows[start : start + size], len(rows) > start + size

    def reader(self, limit: int | None, params: Mapping[str, str] | None = None) -> Reader:
        plain = super().reader(limit, params)
        given = {one.name: getattr(plain, one.name) for one in fields(plain)}

        def decode(*args: Any) -> Any:
            return read_b2b(*args, inside="list")

        return OffsetReader(**{**given, "decode": decode})


def full(seed: int) -> range:
    return range(1, 1 + dice(seed).randint(0, 150))


@pytest.mark.parametrize("counts_in", ["meta.pagination", "meta", "data.pagination", ""])
@pytest.mark.parametrize("seed", range(30))
def test_pages_in_order_of_ids(seed, counts_in):
    """One pass from the last page to the first, wherever the counts stand."""
    rate = seed % 3 / 10 if counts_in else 0  # parts need counts to be told from pages
    store = OffsetStore(seed, counts_in=counts_in, shrink_rate=rate).fill(full(seed))
    done = walk_and_check(store, CheckedPages(), Bounds(), limit=LIMITS[seed % 3])
    numbers = [row["id"] for row in done.rows]
    assert len(numbers) == len(set(numbers))
    assert all("page" not in request for request in store.requests)


@pytest.mark.parametrize("seed", range(30))
def test_pages_in_reverse_order_of_ids(seed):
    """As many lists come: rows that are born push the others back."""
    store = OffsetStore(
        seed, default_order="-id", events=(0, 0), event_kinds=("create", "delete")
    ).fill(range(1, 100))
    store.before_answer = lambda fake: fake.event("create") if len(fake.requests) == seed else None
    walk_and_check(store, CheckedPages(), Bounds())


@pytest.mark.parametrize("says_limit", [True, False])
@pytest.mark.parametrize("cap", [7, 20])
def test_a_server_s_own_size_of_pages_is_kept_to(cap, says_limit):
    """Whether it admits to it, or repeats the limit that it does not follow."""
    store = OffsetStore(cap=cap, events=(0, 0), says_limit=says_limit).fill(range(1, 131))
    done = walk(store, CheckedPages(), Bounds(), limit=50)
    assert sorted(done.versions) == list(range(1, 131))


@pytest.mark.parametrize("seed", range(60))
def test_a_list_is_walked_from_time_to_time(seed):
    """All of it, and what changes meanwhile; at no more than the first page's proof beside."""
    store = OffsetStore(
        seed,
        includes_since=seed % 2 == 0,
        shrink_rate=seed % 3 / 10,
        events=(0, 1),
        default_order=("id", "-id")[seed % 2],
    ).fill(full(seed))
    walk_and_check(store, SCAN, Bounds(), limit=LIMITS[seed % 3])


@pytest.mark.parametrize("seed", range(60))
def test_changes_are_walked_from_time_to_time(seed):
    store = OffsetStore(seed, includes_since=seed % 2 == 0, events=(0, 1)).fill(full(seed))
    walk_and_check(store, SCAN, Bounds(since=SINCE), wanted=lambda row: row.modified >= SINCE)


@pytest.mark.parametrize("includes_since", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_a_second_with_more_rows_than_a_page_is_read_by_pages(seed, includes_since):
    """A bulk edit: the bound cannot move on within the second."""
    store = OffsetStore(seed, includes_since=includes_since, events=(0, 0)).fill(
        range(1, 91), moments=lambda dice: dice.choice((5000, 7000, 7000, 7000, 9000))
    )
    done = walk(store, SCAN, Bounds(), limit=10)
    assert sorted(done.versions) == list(range(1, 91))
    assert len(done.rows) == 90


@pytest.mark.parametrize("seed", range(20))
def test_a_list_that_ignores_the_order_is_read_by_pages(seed):
    store = OffsetStore(seed, sorts=frozenset(), events=(0, 0)).fill(range(1, 121))
    done = walk(store, SCAN, Bounds(), limit=10)
    assert sorted(done.versions) == list(range(1, 121))


def test_a_list_that_ignores_the_offset_fails():
    """Loudly: its first page again and again is no list."""
    store = OffsetStore(events=(0, 0)).fill(range(1, 121))
    store._selected = lambda params: (store._ordered(params)[:10], True)  # type: ignore[method-assign] # a server that lies
    with pytest.raises(InconsistentList):
        walk(store, CheckedPages(), Bounds())


def test_a_time_is_asked_for_in_unix_seconds_and_never_as_nothing():
    moment = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
    assert TIME.params(moment) == {"minModified": "1793491200"}
    assert TIME.params(None, moment) == {"maxModified": "1793491200"}
    assert TIME.params(datetime.fromtimestamp(0, moment.tzinfo)) == {"minModified": "1"}
    assert TIME.params(None) == {}
