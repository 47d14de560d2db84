"""A store that lives while it is read, and who watches that nothing gets lost meanwhile."""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

from tests.support import store as runs
from tests.support.compare import KEY_PATHS, compare_row, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tap_bigcommerce.sandbox import Sandbox
    from tests.support.store import Outcome, Target

    Key = tuple[str, ...]
    Row = Mapping[str, Any]
    Dates = dict[str, dict[int, int]]

EVENTS_PER_SECOND = 50
_STREAMS = {entry["tap_stream_id"]: entry for entry in runs.catalog()["streams"]}
_PARENTS = {
    "order_date_modified": ("orders", "order_id"),
    "product_date_modified": ("products", "product_id"),
}

_READ_BY_ID = frozenset({"coupons", "gift_certificates"})
"""Streams without dates, of which a run that is interrupted says up to which id it came."""


class Life:
    """Fifty things a second happen, and the store's clock moves with them, not with the machine's.

    An hour behind ours, so that the tap goes by the store's clock.
    """

    def __init__(self, seed: int, per_request: float) -> None:
        """Prepare for a store.

        Args:
            seed: Of what happens besides the store's own events.
            per_request: Events before each answer. With 200 ms an answer, 1.25 when 8 are in
                flight and 10 when there is but one.
        """
        self.events = 0
        self._dice = random.Random(seed)  # noqa: S311 - not for secrets
        self._per_request = per_request
        self._owed = 0.0
        self._now = time.time() - 3600
        self._lock = Lock()

    def clock(self) -> float:
        """The store's time."""
        return self._now

    def rest(self, seconds: float) -> None:
        """Let time pass in which nothing happens."""
        self._now += seconds

    @contextmanager
    def hostile_to(self, sandbox: Sandbox) -> Iterator[None]:
        """Let things happen before each answer, and first rows of lists go with some of them.

        All later rows then slip to earlier pages.
        """
        happen, store = sandbox.store.events, sandbox.store
        catalog = store.catalog
        lists = (catalog.brands, catalog.categories, catalog.products, store.customers.subscribers)

        def events(_: int) -> None:
            with self._lock:
                self._owed += self._per_request
                count, self._owed = int(self._owed), self._owed % 1
            with store.lock:
                for _ in range(count):
                    self._now += 1 / EVENTS_PER_SECOND
                    happen(1)
                    self.events += 1
                table = self._dice.choice(lists)
                if count and len(table) > 4 and self._dice.random() < 1 / 4:
                    first = table.ids[0]
                    if table is catalog.products:
                        catalog.variants.remove_of(first)
                    table.remove(first)

        with mock.patch.object(store, "events", side_effect=events):
            yield


@dataclass
class Moment:
    """The store at one moment."""

    rows: dict[str, dict[Key, Row]]
    """By stream and key."""
    dates: Dates
    """When the rows of lists were modified, in UNIX seconds, by stream and id."""

    @classmethod
    def of(cls, sandbox: Sandbox, streams: Iterable[str]) -> Moment:
        """Every row of these streams now."""
        with sandbox.store.lock:
            rows: dict[str, dict[Key, Row]] = {
                name: {_raw_key(name, row): row for row in sandbox.rows(name)} for name in streams
            }
            return cls(rows, _dates(sandbox))

    def parts(self, stream: str) -> dict[int, list[Key]]:
        """Keys of a stream's rows by the id of the row that they belong to."""
        _, field_ = _walked(stream)
        found: dict[int, list[Key]] = defaultdict(list)
        for key, row in self.rows[stream].items():
            found[int(row[field_])].append(key)
        return found


class Seen(NamedTuple):
    """A stream's state when it was written, and how the store was then."""

    lines: int
    """Messages up to there."""
    stream: str
    state: Mapping[str, Any]
    dates: Mapping[int, int]
    """Of the list that the stream walks."""


class Witness:
    """Looks at the store whenever STATE is written by a run in this process."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._known: dict[str, Any] = {}
        self.seen: list[Seen] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch."""
        look = self._look

        class Watched(runs.Output):
            def write(self, data: bytes | bytearray) -> int:
                size = super().write(data)
                last = json.loads(self.lines[-1]) if b'"STATE"' in self.lines[-1][:40] else {}
                if last.get("type") == "STATE":
                    look(last["value"], len(self.lines))
                return size

        with mock.patch.object(runs, "Output", Watched):
            yield

    def _look(self, state: Mapping[str, Any], lines: int) -> None:
        now: Dates | None = None
        for stream, part in state.get("bookmarks", {}).items():
            if part and part != self._known.get(stream):
                now = now or _dates(self._sandbox)
                self._known[stream] = part
                owner, _ = _walked(stream)
                self.seen.append(Seen(lines, stream, part, now.get(owner, {})))


@dataclass
class Losses:
    """What runs should have brought, and what they wrongly promised to need no more."""

    found: list[str] = field(default_factory=list)
    rows: int = 0
    states: int = 0

    def check_rows(self, outcome: Outcome, target: Target, start: Moment, end: Moment) -> None:
        """What was there from start to end has come in a version no older than at the start.

        Args:
            outcome: The run.
            target: What it was loaded into.
            start: The store when the run began.
            end: The store when the run had ended.
        """
        for stream, there in start.rows.items():
            date, (owner, id_field) = _STREAMS[stream].get("replication_key"), _walked(stream)
            # What is read whole has come in this very run.
            records = target.records(stream) if date else outcome.records[stream]
            rows = {_key(stream, row): row for row in records}
            schema = outcome.schemas[stream]["schema"]
            was_dated, is_dated = start.dates[owner], end.dates[owner]
            for key in there.keys() & end.rows[stream].keys():
                was, is_, row = there[key], end.rows[stream][key], rows.get(key)
                id_ = int(was[id_field] if owner != stream else key[-1])
                is_as_old = was_dated[id_] == is_dated.get(id_)
                self.rows += 1
                if owner != stream and not is_as_old:
                    continue  # parts, such as parcels, go and come again with the whole
                if row is None:
                    self.found.append(f"{stream} {key} did not come")
                elif date and _seconds(row[date]) < was_dated[id_]:
                    self.found.append(f"{stream} {key} is of {row[date]}")
                elif (
                    is_as_old
                    and was == is_
                    and (found := compare_row(stream, schema, was, row).differences)
                ):
                    self.found.append(f"{stream} {key} is not as it was: {found}")

    def check_states(
        self, outcome: Outcome, witness: Witness, before: Target, started: int, end: Moment
    ) -> None:
        """No bookmark passed the run's start, nor a row that had not been written as it was.

        Args:
            outcome: The run.
            witness: Who saw what it wrote.
            before: What was loaded by earlier runs.
            started: The store's time when it gave the first answer, in UNIX seconds.
            end: The store when the run had ended.
        """
        written: dict[str, dict[Key, int]] = {
            stream: {_key(stream, row): _date(stream, row) for row in rows.values()}
            for stream, rows in before.rows.items()
        }
        at, messages = 0, outcome.messages
        for seen in witness.seen:
            for message in messages[at : seen.lines]:
                if message["type"] == "RECORD":
                    stream, row = message["stream"], message["record"]
                    written.setdefault(stream, {})[_key(stream, row)] = _date(stream, row)
            at = seen.lines
            self.states += 1
            bookmark = seen.state.get("replication_key_value")
            if bookmark and _seconds(bookmark) > started:
                self.found.append(f"{seen.stream}: {bookmark} is after the start of the run")
            self._check_state(seen, written.get(seen.stream, {}), end)

    def _check_state(self, seen: Seen, written: Mapping[Key, int], end: Moment) -> None:
        bookmark, backfill = seen.state.get("replication_key_value"), seen.state.get("backfill", {})
        after_id, since = backfill.get("after_id") or 0, _seconds(backfill.get("started"))
        owner, _ = _walked(seen.stream)
        if not _STREAMS[seen.stream].get("replication_key"):
            if seen.stream in _READ_BY_ID:
                lost = [i for i in seen.dates if i <= after_id and (str(i),) not in written]
                self.found += [f"{seen.stream} {id_} passed by {seen.state}" for id_ in lost]
            return
        parts = end.parts(seen.stream) if owner != seen.stream else None
        for id_, date in seen.dates.items():
            if date >= (_seconds(bookmark) if bookmark or id_ > after_id else since):
                continue
            # The parts of a row are known as they were at the end.
            is_known = parts is None or end.dates[owner].get(id_) == date
            for key in [(str(id_),)] if parts is None else parts.get(id_, ()):
                if is_known and written.get(key, 0) < date:
                    self.found.append(f"{seen.stream} {key} of {date} passed by {seen.state}")


def _dates(sandbox: Sandbox) -> Dates:
    store = sandbox.store
    catalog, people, marketing = store.catalog, store.customers, store.marketing
    tables = {
        "orders": store.orders.table,
        "order_refunds": store.orders.refunds,
        "gift_certificates": store.orders.gift_certificates,
        "products": catalog.products,
        "product_variants": catalog.variants.table,
        "inventory_items": catalog.variants.table,
        "brands": catalog.brands,
        "categories": catalog.categories,
        "customers": people.table,
        "customer_addresses": people.addresses.table,
        "customer_groups": people.groups,
        "subscribers": people.subscribers,
        "coupons": marketing.coupons,
        "promotions": marketing.promotions,
    }
    with store.lock:
        dates = {
            name: dict(zip(one.ids, one.modified, strict=True)) for name, one in tables.items()
        }
        if not store.quirks.lists_archived_orders:  # which for the API are gone
            gone = [id_ for id_ in dates["orders"] if store.orders.facts(id_).is_deleted]
            for id_ in gone:
                del dates["orders"][id_]
    return dates


def _walked(stream: str) -> tuple[str, str]:
    """The list that is walked for a stream, and the field with the id of that list's row."""
    return _PARENTS.get(_STREAMS[stream].get("replication_key") or "", (stream, "id"))


def _key(stream: str, row: Row) -> Key:
    return tuple(str(row[name]) for name in _STREAMS[stream]["key_properties"])


def _raw_key(stream: str, row: Row) -> Key:
    found = []
    for name in _STREAMS[stream]["key_properties"]:
        value: Any = row
        for step in KEY_PATHS.get(stream, {}).get(name, (name,)):
            value = value[step]
        found.append(str(value))
    return tuple(found)


def _date(stream: str, row: Row) -> int:
    """The row's, or its parent's; 0 for rows without."""
    name = _STREAMS[stream].get("replication_key")
    return _seconds(row[name]) if name else 0


def _seconds(text: str | None) -> int:
    return int(moment(text).timestamp()) if text else 0
