"""A store in memory that changes before each answer, and answers at a moment of its own choice.

The scans talk to it through the real `Reader` and the real decoding; only the network, the
threads and the clock are played, all from one seed.
"""

from __future__ import annotations

import json
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, cast

from tap_bigcommerce.api.client import Answer, Request, Tally
from tap_bigcommerce.api.errors import RequestRefused
from tap_bigcommerce.api.pages import read_v2, read_v3
from tap_bigcommerce.scans import IdFilter, TimeFilter
from tap_bigcommerce.scans.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.api.pool import Place
    from tap_bigcommerce.scans import Bounds, Scan

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

V3_IDS = IdFilter(
    above="id:greater",
    below="id:less",
    is_inclusive=False,
    ascending={"sort": "id", "direction": "asc"},
    descending={"sort": "id", "direction": "desc"},
)
V3_TIME = TimeFilter("date_modified", since="date_modified:min", until="date_modified:max")
V3_BY_TIME = {"sort": "date_modified", "direction": "asc"}
V2_IDS = IdFilter(
    above="min_id",
    below="max_id",
    is_inclusive=True,
    ascending={"sort": "id:asc"},
    descending={"sort": "id:desc"},
)
V2_TIME = TimeFilter("date_modified", since="min_date_modified", until="max_date_modified")
V2_BY_TIME = {"sort": "date_modified:asc"}

MAX_REQUESTS = 5000
"""More than any walk here needs: whoever asks for more would never end."""


class EndlessError(AssertionError):
    """A walk that does not end."""


def dice(seed: int) -> Random:
    """Chance that comes out the same each time."""
    return Random(seed)  # noqa: S311 (nothing secret)


@dataclass
class Row:
    """A row, its versions counted from 1."""

    id: int
    modified: datetime
    version: int = 1
    name: str = ""
    parent: int = 0


@dataclass
class FakeStore:
    """One list, and the rules by which it answers."""

    seed: int = 0
    version: int = 3
    """V2 or V3."""
    default_order: str = "id"
    """Order without a sort, or where it is ignored: id, -id, name or time."""
    sorts: frozenset[str] = frozenset({"id", "date_modified"})
    refuses_other_sorts: bool = False
    filters_time: bool = True
    filters_ids: bool = True
    filters_parents: bool = True
    includes_since: bool = True
    includes_until: bool = True
    cap: int | None = None
    has_totals: bool = True
    cursors: str = ""
    """How `links.next` looks: full, bare (no filters), absolute, or none at all."""
    cursors_end_with: str = "nothing"
    """What a last page has as next link: nothing, or a link to an empty page."""
    shrink_rate: float = 0.0
    """How often a page is too heavy, so that the client asks for a smaller one."""
    events: tuple[int, int] = (0, 3)
    """The fewest and the most events before an answer."""
    event_kinds: tuple[str, ...] = ("create", "modify", "modify", "delete")
    seconds: float = 2.0
    """The most that passes before an answer."""
    modifies_names: bool = False
    twist: Callable[[Request, Any], Any] | None = None
    """What a lying server makes of an answer, or of its bytes."""
    before_answer: Callable[[FakeStore], None] | None = None
    """What else happens before an answer."""
    rows: dict[int, Row] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    ran: datetime | None = None

    def __post_init__(self) -> None:
        self.dice = dice(self.seed)
        self.tally = Tally()
        self.now = START
        self.next_id = 1

    # What is in it.

    def fill(
        self, ids: Iterable[int], *, moments: Callable[[Random], float] | None = None
    ) -> FakeStore:
        """Add rows, modified so many seconds before the start as `moments` says."""
        ago = moments or (lambda dice: dice.uniform(3600, 90_000))
        for number in ids:
            moment = (START - timedelta(seconds=ago(self.dice))).replace(microsecond=0)
            self.rows[number] = Row(
                number, moment, name=f"{self.dice.random():.6f}", parent=number % 7 + 1
            )
        self.next_id = max(self.rows, default=0) + 1
        return self

    def happen(self, *, most: int | None = None) -> None:
        """Let time pass, and things happen."""
        self.now += timedelta(seconds=self.dice.uniform(0, self.seconds))
        fewest, usual = self.events
        for _ in range(self.dice.randint(min(fewest, most or fewest), most or usual)):
            self.event(self.dice.choice(self.event_kinds))

    def event(self, kind: str) -> None:
        moment = self.now.replace(microsecond=0)
        if kind == "create" or not self.rows:
            self.next_id += self.dice.choice((0, 0, 0, 3))
            self.rows[self.next_id] = Row(
                self.next_id,
                moment,
                name=f"{self.dice.random():.6f}",
                parent=self.next_id % 7 + 1,
            )
            self.next_id += 1
            return
        row = self.rows[self.dice.choice(list(self.rows))]
        if kind == "delete":
            del self.rows[row.id]
        else:
            row.version += 1
            row.modified = moment
            if self.modifies_names:
                row.name = f"{self.dice.random():.6f}"

    # How it answers.

    def get(self, request: Request, tally: Tally) -> Answer:  # noqa: ARG002 (as the client's)
        """As `Client.get`, smaller pages of heavy lists included."""
        parts = request.smaller() if self.dice.random() < self.shrink_rate else ()
        if not parts:
            return Answer(200, (self.answer(request),), 1, request.limit)
        if "page" not in request.params:
            return Answer(200, (self.answer(parts[0]),), 4, parts[0].limit)
        bodies = []
        for part in parts:
            bodies.append(self.answer(part))
            if not self._selected(part.params)[1]:
                break
        return Answer(200, tuple(bodies), 4, request.limit)

    def answer(self, request: Request) -> bytes:
        self.requests.append(dict(request.params))
        if len(self.requests) > MAX_REQUESTS:
            raise EndlessError
        if self.before_answer:
            self.before_answer(self)
        self.happen()
        self.ran = self.ran or self.now.replace(microsecond=0)
        self._check_sort(request)
        data, _ = self._selected(request.params)
        answer: Any = [self._wire(row) for row in data]
        if self.version == 3:
            answer = {"data": answer, "meta": self._meta(request.params, data)}
        if self.twist:
            answer = self.twist(request, answer)
        if isinstance(answer, bytes):
            return answer
        return b"" if answer == [] and self.version == 2 else json.dumps(answer).encode()

    def _check_sort(self, request: Request) -> None:
        name = request.params.get("sort", "id").split(":")[0]
        if self.refuses_other_sorts and name not in self.sorts:
            raise RequestRefused(request.path, status=422)

    def _wire(self, row: Row) -> dict[str, Any]:
        date = (
            row.modified.strftime("%a, %d %b %Y %H:%M:%S +0000")
            if self.version == 2
            else row.modified.isoformat().replace("+00:00", "Z")
        )
        return {
            "id": row.id,
            "date_modified": date,
            "version": row.version,
            "name": row.name,
            "parent_id": row.parent,
        }

    def _matching(self, params: Mapping[str, str]) -> list[Row]:
        rows = list(self.rows.values())
        since = params.get("date_modified:min") or params.get("min_date_modified")
        until = params.get("date_modified:max") or params.get("max_date_modified")
        if self.filters_time and since:
            low = datetime.fromisoformat(since)
            rows = [r for r in rows if r.modified > low - SECOND * self.includes_since]
        if self.filters_time and until:
            high = datetime.fromisoformat(until)
            rows = [r for r in rows if r.modified < high + SECOND * self.includes_until]
        if self.filters_parents and "parent_id:in" in params:
            parents = set(params["parent_id:in"].split(","))
            rows = [r for r in rows if str(r.parent) in parents]
        if self.filters_ids:
            above = max(int(params.get("id:greater", -1)), int(params.get("min_id", 0)) - 1)
            below = min(int(params.get("id:less", 10**9)), int(params.get("max_id", 10**9)) + 1)
            rows = [r for r in rows if above < r.id < below]
        return rows

    def _ordered(self, params: Mapping[str, str]) -> list[Row]:
        name, _, direction = params.get("sort", "").partition(":")
        order = direction or params.get("direction", "asc")
        if name not in self.sorts:
            name, order = self.default_order, "asc"
        keys: dict[str, Callable[[Row], Any]] = {
            "id": lambda row: row.id,
            "-id": lambda row: -row.id,
            "name": lambda row: row.name,
            "date_modified": lambda row: row.modified,
            "time": lambda row: row.modified,
        }
        rows = self._matching(params)
        self.dice.shuffle(rows)  # the order of ties is nobody's business
        return sorted(rows, key=keys[name], reverse=order == "desc")

    def _size(self, params: Mapping[str, str]) -> int:
        limit = int(params.get("limit", 50))
        return min(limit, self.cap) if self.cap else limit

    def _selected(self, params: Mapping[str, str]) -> tuple[list[Row], bool]:
        """The page's rows, and whether there are more after them."""
        rows, size = self._ordered(params), self._size(params)
        if self.cursors and "after" in params:
            after = int(params["after"])
            rows = [row for row in rows if row.id > after]
            return rows[:size], len(rows) > size
        start = (int(params.get("page", 1)) - 1) * size
        return rows[start : start + size], len(rows) > start + size

    def _meta(self, params: Mapping[str, str], data: list[Row]) -> dict[str, Any]:
        meta: dict[str, Any] = {}
        size = self._size(params)
        if self.has_totals and "after" not in params:
            total = len(self._matching(params))
            meta["pagination"] = {
                "total": total,
                "count": len(data),
                "per_page": size,
                "current_page": int(params.get("page", 1)),
                "total_pages": -(-total // size),
            }
        if self.cursors and "page" not in params:
            links: dict[str, str] = {}
            has_more = self._selected(params)[1]
            if data and (has_more or self.cursors_end_with == "link"):
                links["next"] = self._link(params, data[-1].id)
            meta["cursor_pagination"] = {"count": len(data), "per_page": size, "links": links}
        return meta

    def _link(self, params: Mapping[str, str], last: int) -> str:
        own = {name: text for name, text in params.items() if name != "after"}
        if self.cursors == "bare":
            own = {}
        # As it comes: neither colons nor pluses are escaped.
        query = "&".join(f"{name}={text}" for name, text in {**own, "after": last}.items())
        host = (
            "https://api.bigcommerce.com/stores/abc/v3/list" if self.cursors == "absolute" else ""
        )
        return f"{host}?{query}"

    def run_started(self) -> datetime:
        """When the first answer was given, to the second."""
        assert self.ran, "the run's start is not known before the first answer"
        return self.ran

    # What a walk makes of it.

    def reader(self, limit: int | None, params: Mapping[str, str] | None = None) -> Reader:
        self.pool = FakePool(self.dice)
        return Reader(
            client=self,  # type: ignore[arg-type] # plays its only method that is used
            pool=self.pool,  # type: ignore[arg-type] # the same
            path=f"/v{self.version}/list",
            params=params or {},
            limit=limit,
            decode=read_v2 if self.version == 2 else read_v3,
            tally=self.tally,
            run_started=self.run_started,
        )

    def versions(self) -> dict[int, int]:
        return {row.id: row.version for row in self.rows.values()}


def calm(*args: Any, **rules: Any) -> FakeStore:
    """A store in which nothing happens."""
    return FakeStore(*args, **{**rules, "events": (0, 0)})


def now_and_then(rate: float) -> Callable[[FakeStore], None]:
    """One event before some answers, none before the others."""

    def change(store: FakeStore) -> None:
        store.events = (1, 1) if store.dice.random() < rate else (0, 0)

    return change


class FakePool:
    """Threads that take up what they are given sooner or later, in any order."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []
        self.unread: set[int] = set()
        self.most_in_flight = 0

    def submit_at(self, place: Place, fn: Callable[..., Any], *args: Any) -> _FakeFuture:  # noqa: ARG002 (as the pool's)
        future = _FakeFuture(self)
        self.waiting.append((future, partial(fn, *args)))
        self.unread.add(id(future))
        self.most_in_flight = max(self.most_in_flight, len(self.unread))
        self.work()
        return future

    def work(self) -> None:
        """Some of what waits is answered."""
        for task in list(self.waiting):
            if self.dice.random() < 0.3:
                self.answer(task)

    def answer(self, task: tuple[Future[Any], Callable[[], Any]]) -> None:
        self.waiting.remove(task)
        future, call = task
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 (as the pool does)
            future.set_exception(error)

    def ordered(
        self, fn: Callable[[Any], Any], items: Iterable[Any], *, place: Place, ahead: int = 8
    ) -> Iterator[Any]:
        pending: deque[Future[Any]] = deque()
        try:
            for item in items:
                pending.append(self.submit_at(place, fn, item))
                if len(pending) >= ahead:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()

    def is_idle(self) -> bool:
        """Whether nothing is waiting to be sent that nobody will read."""
        return all(future.cancelled() for future, _ in self.waiting)


class _FakeFuture(Future[Any]):
    def __init__(self, pool: FakePool) -> None:
        super().__init__()
        self.pool = pool

    def result(self, timeout: float | None = None) -> Any:
        self.pool.unread.discard(id(self))
        self.pool.work()
        for task in self.pool.waiting:
            if task[0] is self:
                self.pool.answer(task)
                break
        return super().result(timeout)


@dataclass
class Walk:
    """What a scan brought."""

    versions: dict[int, int] = field(default_factory=dict)
    """The newest version of each row."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    pages: int = 0


def walk(
    store: FakeStore,
    scan: Scan,
    bounds: Bounds,
    limit: int | None = 10,
    params: Mapping[str, str] | None = None,
) -> Walk:
    """Read the list, while it changes between pages as well."""
    done = Walk()
    for page in scan.pages(store.reader(limit, params), bounds):
        store.happen(most=2) if store.events[1] else None
        done.pages += 1
        for row in page.rows:
            done.rows.append(row)
            done.versions[row["id"]] = max(row["version"], done.versions.get(row["id"], 0))
    assert store.pool.is_idle()
    return done


def leave(store: FakeStore, scan: Scan, bounds: Bounds, *, after: int) -> None:
    """Stop in the middle; nothing is asked for any more."""
    pages = cast("Generator[Page, None, None]", scan.pages(store.reader(10), bounds))
    for _ in range(after):
        next(pages)
    pages.close()
    assert store.pool.is_idle()


def walk_and_check(  # noqa: PLR0913 (each is named where it is given)
    store: FakeStore,
    scan: Scan,
    bounds: Bounds,
    limit: int | None = 10,
    *,
    params: Mapping[str, str] | None = None,
    wanted: Callable[[Row], bool] = lambda row: True,  # noqa: ARG005
    is_late_optional: bool = False,
) -> Walk:
    """Nothing is lost: what was there at the start comes, unless it was deleted or left the window.

    And it comes in a version no older than it had at the start.
    """
    before = {row.id: row.version for row in store.rows.values() if wanted(row)}
    done = walk(store, scan, bounds, limit, params)
    # Deleted, or out of the window: those that are still wanted must have come.
    still = {row.id for row in store.rows.values() if wanted(row)}
    if is_late_optional:  # the next run begins at this one's start
        still -= {row.id for row in store.rows.values() if row.modified >= store.run_started()}
    lost = [number for number in before if number in still and number not in done.versions]
    assert not lost
    stale = [n for n, version in before.items() if done.versions.get(n, version) < version]
    assert not stale
    return done
