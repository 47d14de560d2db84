"""Who shares the walk over one list, and what it has to be asked for.

`orders`, their products, consignments, addresses and fees come out of the same pages: the list is
walked once, with everything embedded that any of them needs and from the earliest bookmark of all.
What no page of orders has, such as transactions, is asked for order by order in a further walk,
which gets from the first what it has to know of the orders.
"""

from __future__ import annotations

import typing as t
from collections import deque
from dataclasses import dataclass, replace
from functools import partial

import msgspec

from tap_bigcommerce.api.pages import Page, decode
from tap_bigcommerce.scans import Bounds
from tap_bigcommerce.streams.children import CHILDLESS
from tap_bigcommerce.streams.outbox import Batch, Outbox
from tap_bigcommerce.streams.walk import Count, Sink, Walk

if t.TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from tap_bigcommerce.api.pages import Row
    from tap_bigcommerce.scans.reader import Pending, Reader
    from tap_bigcommerce.streams.base import BigCommerceStream
    from tap_bigcommerce.streams.children import ChildStream
    from tap_bigcommerce.streams.lists import ListStream
    from tap_bigcommerce.streams.outbox import Room

_ENCODER: t.Final = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a stream's rows, or the ids that it walks by, come out."""

    outbox: Outbox
    walk: Walk


class Listing:
    """The walks over one list in one run, and over what belongs to its rows."""

    def __init__(  # noqa: PLR0913 - the last three by name
        self,
        owner: ListStream,
        members: Sequence[BigCommerceStream],
        room: Room,
        ids: Callable[[], Iterator[int]],
        *,
        batched: Sequence[ListStream] = (),
        after: Source | None = None,
        page_rows: int | None = None,
    ) -> None:
        """Prepare the walks; nothing is asked for yet.

        Args:
            owner: The stream whose list it is, selected or not.
            members: Streams that get their rows out of it; the owner is one of them if selected.
            room: For what has been read and not been written yet.
            ids: Ids of the list that this one is walked in batches of.
            batched: Streams that are walked in batches of this list.
            after: Where those ids come out, if another walk of this run has them anyway.
            page_rows: Rows in a page, where a few are enough.
        """
        self._owner = owner
        self._page_rows = page_rows
        self._room = room
        self._ids = ids
        self._wanted = {member: member.bounds for member in members}
        self.bounds = _widest(list(self._wanted.values()))
        self._counts: dict[ChildStream, Pending] = {}
        self._tally = (owner if owner in members else members[0]).tally
        self.rows: dict[str, Source] = {}
        """By the stream's name."""
        self.ids: dict[str, Source] = {}

        groups: dict[Hashable, list[BigCommerceStream]] = {}
        for member in members:
            groups.setdefault(_walked_with(member), []).append(member)
        self.inside = inside = groups.pop(None, [])
        """Streams whose rows come out of the walk over the list itself."""
        self.asked = list(groups.values())
        """Streams whose parents are asked one by one, by the walk that they share."""
        feeds = [(group, Outbox(room)) for group in groups.values()]
        lists = {stream.name: Outbox(room) for stream in batched if self.bounds == Bounds()}
        wanted = [member.list_params() for member in inside] or [dict(owner.params)]
        wanted += [dict(one.asked_by) for group in self.asked for one in _wholes(group)]
        self._params = merged_params(wanted)
        sinks = self._sinks(inside)
        sinks += [self._feed(group, outbox) for group, outbox in feeds]
        sinks += [Sink(outbox, partial(_kept, owner, ())) for outbox in lists.values()]
        walk = Walk(self._pages, sinks, after)
        self._take(inside, sinks, walk)
        self.ids = {name: Source(outbox, walk) for name, outbox in lists.items()}
        for group, outbox in feeds:
            sinks = self._sinks(group)
            pages = partial(self._asked_pages, group, outbox)
            self._take(group, sinks, Walk(pages, sinks, Source(outbox, walk)))

    def _take(
        self, members: Sequence[BigCommerceStream], sinks: Sequence[Sink], walk: Walk
    ) -> None:
        for member, sink in zip(members, sinks, strict=False):
            self.rows[member.name] = Source(sink.outbox, walk)

    def _sinks(self, members: Sequence[BigCommerceStream]) -> list[Sink]:
        return [
            Sink(
                Outbox(self._room),
                member.batch,
                member.whole_asked,
                self._wants(member),
                self._count(member.whole_asked),
            )
            for member in members
        ]

    def _count(self, whole: ChildStream | None) -> Count | None:
        """What compares embedded rows with the API's count; that knows no channels."""
        is_counted = whole and whole.counted_by and not self._owner.channel_params()
        return Count(whole, self._counts) if whole and is_counted else None

    def _feed(self, group: Sequence[BigCommerceStream], outbox: Outbox) -> Sink:
        """What a further walk has to know of the parents that its streams want."""
        wants = [self._wants(member) for member in group]
        is_wanted = None if None in wants else lambda row: any(one(row) for one in wants if one)
        return Sink(outbox, partial(_kept, self._owner, _wholes(group)), wants=is_wanted)

    def _wants(self, member: BigCommerceStream) -> Callable[[Row], bool] | None:
        return _filter(self._owner, self.bounds, self._wanted[member])

    def _pages(self) -> Iterator[Page]:
        """The walk over the list."""
        # Of a list in batches of parents an answer counts one batch, of one that is read on from a
        # page the rows before it, too.
        is_counted = not self._owner.batched_by and self.bounds.place is None
        counted = [member for member in self._wanted if is_counted and not self._wants(member)]
        for page in self._owner.walk(self.reader(), self.bounds, self._ids):
            for member in counted:
                member.run.expect(member, page.total)
            yield page

    def reader(self) -> Reader:
        """Asks for pages of the list with all that the streams need embedded."""
        params = {**self._params, **self._owner.channel_params()}
        reader = self._owner.reader(params, self._tally)
        if self._page_rows and reader.limit:
            return replace(reader, limit=min(reader.limit, self._page_rows))
        return reader

    def _asked_pages(self, group: Sequence[BigCommerceStream], feed: Outbox) -> Iterator[Page]:
        """The parents that a further walk asks for what belongs to them."""
        pages = (replace(NO_PAGE, rows=decode(b.body), position=b.position) for b in feed)
        wholes = _wholes(group)
        if wholes[0].embed_limit is None:
            return pages
        reader = small_reader(self._owner, group)
        return _in_small_pages(pages, reader, self._owner.ids_in, wholes)


NO_PAGE: t.Final = Page([])


def _walked_with(member: BigCommerceStream) -> Hashable:
    """What streams that share a further walk have in common; None for the walk over the list."""
    whole = member.whole_asked
    if whole is None or (whole.embed and not whole.embed_limit):
        return None
    return whole.embed_limit or whole


def _wholes(group: Sequence[BigCommerceStream]) -> list[ChildStream]:
    """The streams whose rows are found for each parent, each once."""
    return list(dict.fromkeys(t.cast("ChildStream", one.whole_asked) for one in group))


def small_reader(owner: ListStream, group: Sequence[BigCommerceStream]) -> Reader:
    """Asks for pages of the list as small as they are where these streams' rows are embedded."""
    params = merged_params(member.list_params() for member in group)
    return replace(owner.reader(params, group[0].tally), limit=_wholes(group)[0].embed_limit)


def _kept(
    owner: ListStream, wholes: Sequence[ChildStream], page: Page, _: Sequence[Sequence[Row]]
) -> Batch:
    """What is kept of parents: id, date, who has nothing to ask for, and what is asked by else."""
    names = (owner.time.field,) if owner.time else ()
    rows = [
        {
            "id": owner.id_of(row),
            **{name: row.get(name) for name in names},
            CHILDLESS: [whole.name for whole in wholes if whole.rules_out(row)],
            **{name: value for one in wholes for name, value in one.kept(row).items()},
        }
        for row in page.rows
    ]
    return Batch(_ENCODER.encode(rows), position=page.position)


def kept_ids(outbox: Outbox) -> Iterator[int]:
    """Ids of the parents that were kept."""
    return (row["id"] for batch in outbox for row in decode(batch.body))


def _in_small_pages(
    pages: Iterator[Page], reader: Reader, ids_in: str, wholes: Sequence[ChildStream]
) -> Iterator[Page]:
    """The same parents in pages as small as they are where these children are embedded.

    A parent that does not come any more stays as it was kept, and is asked by itself; so does
    one whose embedded rows would not be whole.
    """

    def is_worth_it(row: Row) -> bool:
        return any(one.is_embedded_whole and one.name not in row[CHILDLESS] for one in wholes)

    size = t.cast("int", reader.limit)
    waiting: deque[tuple[Page, bool]] = deque()

    def wanted() -> Iterator[dict[str, str]]:
        for page in pages:
            rows = [row for row in page.rows if is_worth_it(row)]
            others = [row for row in page.rows if not is_worth_it(row)]
            waiting.append((replace(page, rows=others, position=None), False))
            for start in range(0, len(rows), size):
                part = rows[start : start + size]
                waiting.append((replace(page, rows=part, position=None), True))
                yield {ids_in: ",".join(str(row["id"]) for row in part)}
            waiting.append((replace(page, rows=[], position=page.position), False))

    for answer in reader.ahead(wanted()):
        while not waiting[0][1]:
            yield waiting.popleft()[0]
        page, _ = waiting.popleft()
        came = {row.get("id"): row for row in answer.rows}
        rows = [{**row, **came.get(row["id"], {})} for row in page.rows]
        yield replace(page, rows=rows)
    for page, _ in waiting:
        yield page


def merged_params(wanted: Iterable[dict[str, str]]) -> dict[str, str]:
    """Parameters that satisfy all of these; what they include is joined."""
    params: dict[str, str] = {}
    includes: dict[str, None] = {}
    for one in wanted:
        params.update(one)
        includes.update(dict.fromkeys(filter(None, one.get("include", "").split(","))))
    # `consignments.line_items` brings `consignments` along.
    names = [name for name in includes if not any(n.startswith(f"{name}.") for n in includes)]
    if names:
        params["include"] = ",".join(names)
    return params


def _widest(bounds: Sequence[Bounds]) -> Bounds:
    """Bounds that hold all of these."""
    times = [one.since for one in bounds if one.since is not None]
    # Rows below such an id may be among those that changed, which other members want.
    ids = [one.after_id for one in bounds if one.after_id is not None]
    places = [one.place for one in bounds]
    return replace(
        bounds[0],
        since=min(times) if len(times) == len(bounds) else None,
        after_id=min(ids) if len(ids) == len(bounds) else None,
        place=places[0] if all(place == places[0] for place in places) else None,
    )


def _filter(owner: ListStream, walked: Bounds, wanted: Bounds) -> Callable[[Row], bool] | None:
    """Which rows of the walk are within a member's own bounds; None when all are."""
    if (walked.since, walked.after_id) == (wanted.since, wanted.after_id):
        return None
    since, after_id, time = wanted.since, wanted.after_id, owner.time

    def is_wanted(row: Row) -> bool:
        if since is not None and time is not None:
            moment = time.or_none(row)
            return moment is None or moment >= since  # without a time: wanted rather than lost
        # Of a list in batches of parents, it is a parent's id.
        return after_id is None or bool(owner.batched_by) or owner.id_of(row) > after_id

    return is_wanted
