"""Which walks a run has, and which of them are under way.

The streams are written one after the other, as the SDK has it. Their walks are begun earlier, as
many at a time as it takes to keep every worker busy, the next stream's first.
"""

from __future__ import annotations

import threading
import typing as t
from array import array
from collections import deque
from contextlib import closing, suppress
from functools import partial
from itertools import chain

from tap_bigcommerce.streams.listing import Listing, Source, kept_ids
from tap_bigcommerce.streams.outbox import Dropped, Room

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tap_bigcommerce.streams.base import BigCommerceStream
    from tap_bigcommerce.streams.lists import ListStream
    from tap_bigcommerce.streams.outbox import Batch
    from tap_bigcommerce.streams.walk import Walk

TRIAL_ROWS: t.Final = 10
"""Parents in a page of a trial, all of which are asked before the first one's rows are seen."""


class Walks:
    """The walks of one run."""

    def __init__(self, streams: Iterable[BigCommerceStream], at_once: int) -> None:
        """Prepare for these streams.

        Args:
            streams: All of them, in the order in which the SDK writes them.
            at_once: Walks under way at a time; 0 to walk in the caller's thread.
        """
        self._streams = {type(stream): stream for stream in streams}
        self._selected = [stream for stream in self._streams.values() if stream.selected]
        self._at_once = at_once
        self._room = Room()
        self._listings: dict[tuple[type[ListStream], bool], Listing] = {}
        self._ids: dict[type[ListStream], array[int]] = {}
        self._ids_locks: dict[type[ListStream], threading.Lock] = {}
        self._turns: dict[BigCommerceStream, int] = {}
        for turn, stream in enumerate(self._selected):
            for one in self._asked_for(stream):
                self._turns.setdefault(one, turn)
        self._lock = threading.RLock()
        self._waiting: deque[Walk] | None = None
        self._under_way = 0

    def turn(self, stream: BigCommerceStream) -> int:
        """Number of the first stream that needs what is asked for in the name of this one."""
        return self._turns.get(stream, len(self._turns))

    def batches(self, stream: BigCommerceStream) -> Iterator[Batch]:
        """What is to be written of a stream; for the main thread, when the stream's turn comes."""
        if stream.is_trial:  # which others are not to pay for
            yield from self._read_once(self._alone(stream))
            return
        source = self._source(stream)
        if self._at_once:
            self._start(source.walk)
        try:
            for batch in self._read(source):
                self._look_ahead()  # not before an answer shows that the store can be read
                yield batch
            self._look_ahead()
        except Dropped:
            stream.tally.fell_back("read_again")
            yield from self._read_once(self._alone(stream))

    def close(self) -> None:
        """Free the space, whoever has not read yet."""
        for listing in self._listings.values():
            for source in (*listing.rows.values(), *listing.ids.values()):
                source.outbox.close()
                if source.walk.after:
                    source.walk.after.outbox.close()

    def _asked_for(self, stream: BigCommerceStream) -> Iterator[BigCommerceStream]:
        """The streams in whose names requests are sent for this one."""
        owner = self._list_of(stream.owner)
        yield from filter(None, (stream, owner, stream.whole_asked))
        if owner.batched_by:
            yield self._list_of(owner.batched_by)

    def _list_of(self, owner: type[ListStream]) -> ListStream:
        return t.cast("ListStream", self._streams[owner])

    def _source(self, stream: BigCommerceStream) -> Source:
        """Where the stream's rows come out, in a walk that it shares if it can."""
        return self.listing(stream).rows.get(stream.name) or self._alone(stream)

    def listing(self, stream: BigCommerceStream) -> Listing:
        """The walks that a stream shares."""
        return self._listing(stream.owner, is_apart=self._is_apart(stream))

    def _alone(self, stream: BigCommerceStream) -> Source:
        """A walk for nobody else."""
        owner = self._list_of(stream.owner)
        ids = partial(self._ids_for, owner, None)
        whole = stream.whole_asked
        is_asked = whole is not None and not whole.embed
        page_rows = TRIAL_ROWS if is_asked and stream.is_trial else None
        return Listing(owner, [stream], self._room, ids, page_rows=page_rows).rows[stream.name]

    def _listing(self, owner: type[ListStream], *, is_apart: bool) -> Listing:
        """The walks over one list, for all streams that can share them."""
        if (owner, is_apart) not in self._listings:
            stream = self._list_of(owner)
            lists = dict.fromkeys(self._list_of(one.owner) for one in self._selected)
            batched = [one for one in lists if one.batched_by is owner]
            after = self._parents_ids(stream)
            self._listings[owner, is_apart] = Listing(
                stream,
                self._members(owner, is_apart=is_apart),
                self._room,
                partial(self._ids_for, stream, after),
                batched=batched,
                after=after,
            )
        return self._listings[owner, is_apart]

    def _parents_ids(self, stream: ListStream) -> Source | None:
        """Where ids come out that this list is walked by, if another walk has them anyway."""
        parent = stream.batched_by
        for is_apart in (True, False):
            if parent and self._members(parent, is_apart=is_apart):
                ids = self._listing(parent, is_apart=is_apart).ids
                if stream.name in ids:
                    return ids[stream.name]
        return None

    def _members(self, owner: type[ListStream], *, is_apart: bool) -> list[BigCommerceStream]:
        """Selected streams that share a walk; not those whose state cannot be read."""
        members = (one for one in self._selected if one.owner is owner and one.is_ready)
        return [one for one in members if self._is_apart(one) is is_apart]

    def _is_apart(self, stream: BigCommerceStream) -> bool:
        """Whether it is read whole each time, while the others want only what changed.

        In one walk, what they have embedded would come with the whole list.
        """
        owner = stream.owner
        dated = [one for one in self._selected if one.owner is owner and one.own_key]
        wants_changes = [one.bounds.since is not None for one in dated if one.is_ready]
        return stream.own_key is None and bool(wants_changes) and all(wants_changes)

    def _read(self, source: Source) -> Iterator[Batch]:
        needed: Source | None = source
        while needed:
            needed.walk.need(needed.outbox)
            needed = needed.walk.after
        yield from source.outbox

    def _read_once(self, source: Source) -> Iterator[Batch]:
        """Read a walk that nobody else has a part in."""
        with closing(source.walk):
            yield from self._read(source)

    def _look_ahead(self) -> None:
        """Begin the walks whose turn is next; for the main thread, which alone reads state."""
        with self._lock:
            if self._waiting is None:
                ready = (stream for stream in self._selected if stream.is_ready)
                self._waiting = deque(self._source(stream).walk for stream in ready)
            self._start_next()

    def _start_next(self) -> None:
        with self._lock:
            while self._waiting and self._under_way < self._at_once:
                self._start(self._waiting.popleft())

    def _start(self, walk: Walk) -> None:
        with self._lock:
            if walk.after:
                self._start(walk.after.walk)
            self._under_way += walk.start(then=self._ended)

    def _ended(self) -> None:
        with self._lock:
            self._under_way -= 1
            self._start_next()

    def _ids_for(self, stream: ListStream, after: Source | None) -> Iterator[int]:
        """Ids of all rows of the list in whose batches this stream is walked.

        Raises:
            FatalAPIError: They cannot be read.
        """
        parent = t.cast("type[ListStream]", stream.batched_by)
        with suppress(Dropped):
            ids = kept_ids(after.outbox) if after else self._own_ids(stream, parent)
            for first in ids:  # a refusal is to show now, not in the middle of the walk
                return chain((first,), ids)
            return iter(())
        return iter(self._all_ids(parent))

    def _own_ids(self, stream: ListStream, parent: type[ListStream]) -> Iterator[int]:
        if stream.is_trial:  # the first ones are enough
            lister = self._list_of(parent)
            return lister.ids(lister.tally)
        return iter(self._all_ids(parent))

    def _all_ids(self, parent: type[ListStream]) -> Sequence[int]:
        """Ids of a list that no stream reads whole in this run."""
        with self._ids_locks.setdefault(parent, threading.Lock()):
            if parent not in self._ids:
                stream = self._list_of(parent)
                self._ids[parent] = array("q", stream.ids(stream.tally))
            return self._ids[parent]
