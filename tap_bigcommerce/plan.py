"""What a run needs, said before it begins: rows, requests and time of each selected stream.

Nothing is extracted and no state changes. What walks cost is said by the scans themselves, what
there is to walk by `Survey`; here the one is applied to the other.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.api.errors import ApiError, Forbidden
from tap_bigcommerce.columns import aligned
from tap_bigcommerce.scans import Bounds, Once
from tap_bigcommerce.scans.cost import Cost, Extent
from tap_bigcommerce.streams.per_parent import AT_ONCE, PerParentStream
from tap_bigcommerce.streams.scopes import panel_names
from tap_bigcommerce.survey import PROBES, Survey

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tap_bigcommerce.api.pages import Row
    from tap_bigcommerce.run import Run
    from tap_bigcommerce.streams.base import BigCommerceStream
    from tap_bigcommerce.streams.children import ChildStream
    from tap_bigcommerce.streams.listing import Listing
    from tap_bigcommerce.streams.lists import ListStream

HEAD: t.Final = ("stream", "replication", "rows", "requests", "time", "")
NUMBERS: t.Final = frozenset({"rows", "requests", "time"})
READING: t.Final = 4
"""Times as long as decoding a page it takes from its arrival until the next one is asked for, as it
is unpacked, and other rows are converted at the same time. Measured, as the next."""
WRITING: t.Final = 4
"""And so many until its rows are written, while the next page comes."""
ASSUMED: t.Final = "one page assumed"
NOT_RECKONED: t.Final = "not reckoned"


@dataclass(slots=True, eq=False)
class Line:
    """What one stream needs."""

    stream: BigCommerceStream
    replication: str = "full"
    rows: int | None = None
    requests: int = 0
    work_s: float = 0.0
    """How long the requests take with all workers on them."""
    rounds_s: float = 0.0
    """How long it takes to wait for those answers that are waited for one after the other."""
    opening_s: float = 0.0
    """How long it takes until the first rows come; before that, nothing else is asked for."""
    opening_work_s: float = 0.0
    """What part of `work_s` that is."""
    own_s: float = 0.0
    """How long this program has to do with what comes."""
    is_about: bool = False
    """Whether the requests are estimated from some of the parents."""
    note: str = ""


class Plan:
    """What the selected streams of a run need."""

    def __init__(self, run: Run, streams: Iterable[BigCommerceStream]) -> None:
        """Find out which walks there are; nothing is asked for yet."""
        self.run = run
        self.lines = {stream: Line(stream) for stream in streams if stream.selected}
        self._listings: dict[Listing, list[BigCommerceStream]] = {}
        self._with_ids: set[ListStream] = set()
        """Lists whose ids are read by themselves, once for all that need them."""
        for stream, line in self.lines.items():
            if stream.is_b2b:  # a plan has one quota to reckon with, the store's
                line.note = NOT_RECKONED
                continue
            try:
                self._place(stream, line)
            except FatalAPIError as error:  # of the state or the catalog
                line.note = str(error)
        self._survey = Survey(run, self._listings)

    def make(self) -> None:
        """Ask what has to be known, and reckon.

        Raises:
            TokenRejected: Nothing can be read.
            Unreachable: Nobody answers.
        """
        self._survey.ask()
        for listing, members in self._listings.items():
            owner = self._survey.owner(members[0])
            self._reckon(listing, owner, members)
            if error := self._survey.refused.get(owner):
                for member in members:
                    self._refuse(self.lines[member], owner, error)
        for stream, line in self.lines.items():
            if error := self._survey.refused.get(stream):
                self._refuse(line, stream, error)

    def _place(self, stream: BigCommerceStream, line: Line) -> None:
        """Find the walk that the stream takes part in."""
        bounds, listing = stream.bounds, self.run.walks.listing(stream)
        if bounds.since:
            line.replication = f"since {bounds.since:%Y-%m-%d %H:%M}"
        elif bounds.after_id is not None:
            line.replication = f"resumes at id {bounds.after_id}"
        self._listings.setdefault(listing, []).append(stream)

    # Requests.

    def _reckon(
        self, listing: Listing, owner: ListStream, members: Sequence[BigCommerceStream]
    ) -> None:
        """What the walk over a list needs, and the walks that follow from it."""
        total, sample = self._survey.total, self._survey.sample(listing)
        first = self.lines[owner if owner in members else members[0]]
        rows = total(owner, listing.bounds)
        if rows is None and sample:
            rows = len(sample)
            first.note = "at least"
        parents = self._ids(first, owner) if owner.batched_by else 0
        scan, size = owner.scan(listing.bounds), listing.reader().limit or 1
        if isinstance(owner, PerParentStream) and parents:
            first.note = "at least"
            cost = Cost(parents, -(-parents // AT_ONCE))
        elif rows is None or parents is None:
            first.note = "" if isinstance(scan, Once) else ASSUMED
            cost = Cost(1, 1)
        else:
            is_changed = listing.bounds.since is not None
            gaps = self._survey.gaps(listing)
            cost = scan.cost(Extent(rows, size, parents, has_since=is_changed, gaps=gaps))
        self._add(first, owner, cost)
        for member in members:
            if member is owner:
                self.lines[member].rows = total(owner, member.bounds)
            elif member is member.whole_asked:
                self.lines[member].rows = total(member, Bounds())
        self._reckon_inside(first, owner, listing, rows or 0)
        for group in listing.asked:
            self._reckon_asked(group, rows, sample, size)

    def _reckon_inside(self, first: Line, owner: ListStream, listing: Listing, rows: int) -> None:
        """What the walk over a list needs for what belongs to its rows."""
        for whole, group in _by_whole(listing.inside).items():
            if self._ask_singly(whole, group, rows, self._survey.sample(listing)):
                first.rounds_s += self._survey.latency_s(whole)  # of those in the last page
            # Each stream compares with the list's own count.
            if whole.counted_by and rows and not owner.channel_params():
                self._add(self.lines[group[0]], whole, Cost(len(group), 1, 0))

    def _ids(self, line: Line, owner: ListStream) -> int | None:
        """Ids that a list is walked in batches of, and what they cost unless they come anyway."""
        parent = self._survey.list_of(t.cast("type[ListStream]", owner.batched_by))
        count = self._survey.total(parent, Bounds())
        are_there = any(
            parent is self._survey.owner(members[0]) and owner.name in listing.ids
            for listing, members in self._listings.items()
        )
        if not are_there:
            self._pay_ids(line, parent, count)
        return count

    def _pay_ids(self, line: Line, parent: ListStream, count: int | None) -> None:
        if count is not None and parent not in self._with_ids:
            self._with_ids.add(parent)
            size = self._survey.reader(parent).limit or 1
            self._add(line, parent, parent.full_scan.cost(Extent(count, size)))

    def _reckon_asked(
        self, group: Sequence[BigCommerceStream], rows: int | None, sample: Sequence[Row], size: int
    ) -> None:
        """What a further walk needs for what belongs to the rows of a list."""
        if rows is None:
            owner = self._survey.owner(group[0])
            self.lines[group[0]].note = f"and one for each of {owner.name}"
            return
        wholes = _by_whole(group)
        parents, limit = sample, next(iter(wholes)).embed_limit
        if limit:
            wanted = [row for row in sample if not all(one.rules_out(row) for one in wholes)]
            page = min(size, len(sample))  # small pages are made of each large one's rows
            share = len(wanted) / max(len(sample), 1)
            pages = self._wanted(group, rows) / max(page, 1)
            requests = round(pages * -(-page * share // limit))
            self._add(self.lines[group[0]], self._survey.owner(group[0]), Cost(requests, 0, 0))
            parents = self._survey.small_page(group, wanted)
            rows = round(self._wanted(group, rows) * share)
        for whole, some in wholes.items():
            self._ask_singly(whole, some, rows, parents)

    def _ask_singly(
        self,
        whole: ChildStream,
        group: Sequence[BigCommerceStream],
        rows: int,
        parents: Sequence[Row],
    ) -> int:
        """Those parents that have to be asked by themselves, judged by some; and what they need."""
        line = self.lines[whole if whole in self.lines else group[0]]
        lessons = -self._survey.lessons
        asked = sum(self._survey.has_to_ask(whole, parent) for parent in parents)
        lessons += self._survey.lessons
        wanted = rows if whole.embed_limit else self._wanted(group, rows)
        if not parents:
            asked = 0 if whole.embed else wanted
        elif len(parents) < wanted:
            asked = round(wanted * asked / len(parents))
            line.is_about = line.is_about or asked > 0
        self._add(line, whole, Cost(asked + lessons, 0, 0))
        return asked

    def _wanted(self, group: Sequence[BigCommerceStream], rows: int) -> int:
        """Parents that these streams want, of so many that are walked."""
        owner = self._survey.owner(group[0])
        counts = [self._survey.total(owner, member.bounds) for member in group]
        return max((count for count in counts if count is not None), default=rows)

    def _refuse(self, line: Line, stream: BigCommerceStream, error: ApiError) -> None:
        """Say that a stream cannot be read."""
        line.requests, line.work_s, line.rounds_s = 0, 0.0, 0.0
        line.note = error.sentence
        if isinstance(error, Forbidden):
            line.note = f"scope missing: {panel_names(stream.scope)}"

    # Time.

    def _add(self, line: Line, stream: BigCommerceStream, cost: Cost) -> None:
        """Add requests of a stream's path."""
        latency_s = self._survey.latency_s(stream)
        at_once = min(self.run.settings.max_concurrency, stream.at_once or cost.requests or 1)
        line.requests += cost.requests
        line.work_s += cost.requests * latency_s / at_once
        if not cost.opening or not cost.requests:  # while another walk goes on
            line.rounds_s = max(line.rounds_s, cost.rounds * latency_s)
            return
        decoding_s = self._survey.decoding_s(stream)
        line.own_s += cost.requests * (READING + WRITING) * decoding_s
        # Ids that are read for a walk by batches come before it.
        line.opening_s = line.rounds_s + cost.opening * latency_s
        line.opening_work_s = line.work_s - (cost.requests - cost.opening) * latency_s / at_once
        line.rounds_s += cost.rounds * (latency_s + READING * decoding_s) + WRITING * decoding_s

    def _seconds(self, lines: Sequence[Line]) -> float:
        """How long these take together: by the workers or the longest walk, or by the quota."""
        asking = [line for line in lines if line.requests]
        if not asking:
            return 0.0
        work_s = asking[0].opening_s - asking[0].opening_work_s + sum(one.work_s for one in asking)
        own_s = sum(line.own_s for line in asking)
        seconds = max(own_s, work_s, *(line.rounds_s for line in asking))
        limiter, requests = self.run.limiter, sum(line.requests for line in asking)
        if limiter.per_window and limiter.window_s:
            windows = (requests - 1) // limiter.per_window  # that are used up
            left = requests - windows * limiter.per_window
            return max(seconds, windows * limiter.window_s + seconds * left / requests)
        return seconds

    # Words.

    def text(self) -> str:
        """The plan as a table."""
        lines = list(self.lines.values())
        rows = aligned([HEAD, *map(self._cells, lines)], NUMBERS)
        requests = sum(line.requests for line in lines)
        about = "about " if any(line.is_about or line.note for line in lines) else ""
        used = PROBES - self._survey.probes.left
        return "\n".join(
            [
                *rows,
                "",
                f"In all {about}{requests:,} requests, {_duration(self._seconds(lines))}.",
                self._quota(),
                f"This plan took {used} requests.",
            ]
        )

    def _cells(self, line: Line) -> tuple[str, ...]:
        rows = "" if line.rows is None else f"{line.rows:,}"
        requests = f"{'~' * line.is_about}{line.requests:,}"
        seconds = _duration(self._seconds([line])) if line.requests else ""
        return line.stream.name, line.replication, rows, requests, seconds, line.note

    def _quota(self) -> str:
        limiter, share = self.run.limiter, self.run.settings.quota_share
        if limiter.quota is None or limiter.window_s is None:
            return "The store states no quota."
        quota = f"Quota: {limiter.quota:,} requests per {limiter.window_s:.0f} s"
        if limiter.per_window is None:
            return f"{quota}, which is no limit."
        return f"{quota}, of which {share:.0%} ({limiter.per_window:,}) are for this tap."


def _by_whole(
    members: Iterable[BigCommerceStream],
) -> dict[ChildStream, list[BigCommerceStream]]:
    """Members by the stream whose rows are found for each parent."""
    groups: dict[ChildStream, list[BigCommerceStream]] = {}
    for member in members:
        if whole := member.whole_asked:
            groups.setdefault(whole, []).append(member)
    return groups


def _duration(seconds: float) -> str:
    """As people say it: `40 s`, `4 min 10 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 1:
        return "under 1 s"
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
