"""What is asked before a run to know what it needs: a handful of requests, side by side.

Totals come from the lists themselves. What part of the orders or products has to be asked one by
one shows in some of their pages, looked into by the functions that decide it in a run.
"""

from __future__ import annotations

import math
import statistics
import threading
import time
import typing as t
from collections import defaultdict
from dataclasses import replace

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.api.client import Tally
from tap_bigcommerce.api.errors import ApiError, TokenRejected, Unreachable
from tap_bigcommerce.api.pages import read_v3
from tap_bigcommerce.api.pool import Pool
from tap_bigcommerce.scans import Bounds, Cursor, IdRanges, Keyset, ParentBatches, ReanchoredTime
from tap_bigcommerce.streams.children import ChildStream
from tap_bigcommerce.streams.listing import small_reader
from tap_bigcommerce.streams.lists import ListStream
from tap_bigcommerce.streams.per_parent import PerParentStream

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from tap_bigcommerce.api.pages import Row
    from tap_bigcommerce.api.pool import Place
    from tap_bigcommerce.run import Run
    from tap_bigcommerce.scans import Counter
    from tap_bigcommerce.scans.reader import Pending, Reader
    from tap_bigcommerce.streams.base import BigCommerceStream
    from tap_bigcommerce.streams.listing import Listing

    Key = tuple[BigCommerceStream, Bounds]
    Listings = Mapping[Listing, Sequence[BigCommerceStream]]

P = t.ParamSpec("P")
R = t.TypeVar("R")

PROBES: t.Final = 8
"""Requests that a plan takes, at most."""
LESSONS: t.Final = 2
"""Of these, kept for rows that are embedded with gaps: whether these are gaps elsewhere too decides
between no further request and one for each parent."""
LONG: t.Final = (IdRanges, ReanchoredTime, Cursor, ParentBatches, Keyset)
"""How long lists are walked; their totals are asked for first."""


class NoMoreProbes(FatalAPIError):  # noqa: N818 (an order of things, not a failure)
    """A plan may not cost more."""


class Waits(Tally):
    """Counts that also know how long each thread has waited for the quota."""

    def __init__(self) -> None:
        """Begin."""
        super().__init__()
        self._own = threading.local()

    @property
    def own_s(self) -> float:
        """How long the calling thread has."""
        seconds: float = getattr(self._own, "seconds", 0.0)
        return seconds

    def wait(self, until: float, seconds: float) -> None:
        """Add a wait of the calling thread."""
        super().wait(until, seconds)
        self._own.seconds = self.own_s + seconds


class Probes(Pool):
    """A pool that takes a handful of requests, and a watch."""

    def __init__(self, workers: int, most: int, waits: Waits) -> None:
        """Prepare for so many requests."""
        super().__init__(workers)
        self.left = most
        self.seconds: dict[str, list[float]] = defaultdict(list)
        """How long pages took, by the path that they are of."""
        self.least_s = math.inf
        """How long an answer took that has next to no rows."""
        self._waits = waits

    def submit_at(
        self, place: Place, fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> Future[R]:
        """Run `fn` in a thread, if it is one of the handful.

        Raises:
            NoMoreProbes: It is not.
        """
        if not self.left:
            raise NoMoreProbes
        self.left -= 1

        def timed() -> R:
            began, waited_s = time.monotonic(), self._waits.own_s
            result = fn(*args, **kwargs)
            waited_s = self._waits.own_s - waited_s
            took_s = max(time.monotonic() - began - waited_s, 0.0)
            if getattr(result, "limit", None) in {None, 1}:  # a count, or a total
                self.least_s = min(self.least_s, took_s)
            else:
                self.seconds[place.lane].append(took_s)
            return result

        return super().submit_at(place, timed)


class Survey:
    """Answers to what a plan has to know."""

    def __init__(self, run: Run, listings: Listings) -> None:
        """Prepare; nothing is asked for yet.

        Args:
            run: Which is not going to read anything.
            listings: The walks of the run, with their streams.
        """
        self._run = run
        self._listings = listings
        run.client.stats = waits = Waits()
        self.probes = Probes(run.settings.max_concurrency, PROBES, waits)
        run.pool = self.probes
        self.refused: dict[BigCommerceStream, ApiError] = {}
        """Lists that cannot be read, and why."""
        self.lessons = 0
        """Parents that are only asked to learn that others need not be."""
        self._totals: dict[Key, int] = {}
        self._samples: dict[Listing, dict[int, Row]] = {}
        self._decoding_s: dict[str, list[float]] = defaultdict(list)
        """How long it took to read the rows out of pages, by the path that they are of."""
        self._gaps: dict[Listing, list[float]] = {}
        sampled = [
            listing
            for listing, members in listings.items()
            if any(member.whole_asked for member in members)
        ]
        self._sampled = sorted(sampled, key=self._is_long, reverse=True)

    def ask(self) -> None:
        """Ask all that is not about single parents.

        Raises:
            TokenRejected: Nothing can be read.
            Unreachable: Nobody answers.
        """
        self._ask_totals()
        self._ask_samples()

    def total(self, stream: BigCommerceStream, bounds: Bounds) -> int | None:
        """Rows of a list within bounds, where the API counts them and was asked."""
        return self._totals.get((stream, bounds))

    def sample(self, listing: Listing) -> list[Row]:
        """Rows of some of the list's pages."""
        return list(self._samples.get(listing, {}).values())

    def gaps(self, listing: Listing) -> float | None:
        """Ids without a row, for each row, in some of the list's pages."""
        found = self._gaps.get(listing)
        return statistics.fmean(found) if found else None

    def owner(self, stream: BigCommerceStream) -> ListStream:
        """The stream whose list is walked for this one."""
        return self.list_of(stream.owner)

    def list_of(self, kind: type[ListStream]) -> ListStream:
        """The stream of this class."""
        return t.cast("ListStream", self._run.stream(kind))

    def reader(self, stream: BigCommerceStream) -> Reader:
        """Asks for bare pages of a list, or of the one that counts a child's rows."""
        if isinstance(stream, ChildStream):
            return stream.counter()
        channels = stream.channel_params() if isinstance(stream, ListStream) else {}
        return stream.reader({**stream.params, **channels}, stream.tally)

    def latency_s(self, stream: BigCommerceStream) -> float:
        """Seconds for a page of the stream's path, or for an answer without many rows.

        The quickest is taken, as some had to wait for a connection of their own.
        """
        pages = self.probes.seconds
        if own := pages.get(stream.path):
            return min(own)
        least_s = min([self.probes.least_s, *(min(some) for some in pages.values())])
        return 0.0 if least_s == math.inf else least_s

    def decoding_s(self, stream: BigCommerceStream) -> float:
        """Seconds to read the rows out of a page of the stream's path, where one was read."""
        return min(self._decoding_s.get(stream.path, (0.0,)))

    def has_to_ask(self, whole: ChildStream, parent: Row) -> bool:
        """Whether a run asks this parent by itself for its rows."""
        if whole.rules_out(parent):
            return False
        left = self.probes.left
        try:
            rows = whole.embedded(parent)
            if self.probes.left < left:  # a gap that was not known before
                rows = whole.embedded(parent)
                self.lessons += rows is not None
        except NoMoreProbes:
            return True  # of a rare kind, as the common ones were met first
        except FatalAPIError as error:
            self._refuse(whole, error)
            return False
        return rows is None

    def small_page(self, group: Sequence[BigCommerceStream], parents: Sequence[Row]) -> list[Row]:
        """Some of these parents with rows that only small pages embed, as a run asks for them."""
        owner = self.owner(group[0])
        reader = small_reader(owner, group)
        size = reader.limit or 1
        some = {owner.id_of(row): row for row in parents[:: max(len(parents) // size, 1)][:size]}
        try:
            rows = reader.get({owner.ids_in: ",".join(map(str, some))}).rows if some else []
            return [{**some.get(owner.id_of(row), {}), **row} for row in rows]
        except FatalAPIError as error:
            self._refuse(owner, error)
            return []

    def _ask_totals(self) -> None:
        """Ask for the totals that matter most, side by side."""
        kept = sum(map(self._is_long, self._sampled)) + (LESSONS if self._sampled else 0)
        pending: list[tuple[Key, Pending]] = []
        counters: list[tuple[Key, Counter]] = []
        for key in self._wanted_totals():
            if self.probes.left <= kept + len(counters):
                break
            stream, bounds = key
            if counter := _counter(stream):
                counters.append((key, counter))
            else:
                params = {**_fixed(stream, bounds), "limit": "1"}
                pending.append((key, self.reader(stream).start(params)))
        for (stream, bounds), counter in counters:  # each waits for its answer
            count = counter.count(self.reader(stream), _fixed(stream, bounds))
            if count is not None:
                self._totals[stream, bounds] = count
        for (stream, bounds), answer in pending:
            try:
                total = answer.page().total
            except FatalAPIError as error:
                self._refuse(stream, error)
            else:
                if total is not None:
                    self._totals[stream, bounds] = total

    def _wanted_totals(self) -> list[Key]:
        """Lists to be counted, the most important first."""
        weights: dict[Key, int] = {}

        def want(stream: BigCommerceStream, bounds: Bounds, weight: int) -> None:
            if isinstance(stream, PerParentStream):  # its lists would have to be asked one by one
                return
            if stream.page_limit and (type(stream).decode is read_v3 or _counter(stream)):
                weights[stream, bounds] = min(weight, weights.get((stream, bounds), weight))

        for listing, members in self._listings.items():
            owner = self._list_in(listing)
            is_parent = any(member.whole_asked for member in members)
            want(owner, listing.bounds, 2 - self._is_long(listing) - is_parent)
            for member in members:
                if member.bounds != listing.bounds:
                    want(owner, member.bounds, 1)
                if member.whole_asked and member.whole_asked.counted_by:
                    want(member.whole_asked, Bounds(), 1)
            if owner.batched_by:
                want(self.list_of(owner.batched_by), Bounds(), 0)
        return sorted(weights, key=weights.__getitem__)

    def _ask_samples(self) -> None:
        """Ask for pages of the lists whose rows have rows of their own, spread over each."""
        pages: dict[Listing, int] = {}
        for listing in self._sampled:
            total = self.total(self._list_in(listing), listing.bounds)
            pages[listing] = max(-(-(total or 0) // (listing.reader().limit or 1)), 1)
        shares = dict.fromkeys(self._sampled, 0)
        for _ in range(self.probes.left - LESSONS):
            if lists := [one for one in self._sampled if shares[one] < pages[one]]:
                shares[min(lists, key=shares.__getitem__)] += 1
        pending: list[tuple[Listing, Pending]] = []
        for listing, share in shares.items():
            fixed = _fixed(self._list_in(listing), listing.bounds)
            for place in range(share):
                number = 1 + (2 * place + 1) * pages[listing] // (2 * share)
                pending.append((listing, listing.reader().start({**fixed, "page": str(number)})))
        for listing, answer in pending:
            self._take(listing, answer)

    def _take(self, listing: Listing, answer: Pending) -> None:
        """Keep a page's rows; the first page also counts the list if nothing else did."""
        owner = self._list_in(listing)
        try:
            page = answer.page()
            began = time.monotonic()
            answer.page()  # the second time it is there
            self._decoding_s[owner.path].append(time.monotonic() - began)
            rows = {owner.id_of(row): row for row in page.rows}
        except FatalAPIError as error:
            self._refuse(owner, error)
            return
        self._samples.setdefault(listing, {}).update(rows)
        if rows:
            span = max(rows) - min(rows) + 1
            self._gaps.setdefault(listing, []).append(span / len(rows) - 1)
        total = len(page.rows) if page.total is None and page.is_last else page.total
        if total is not None:
            self._totals.setdefault((owner, listing.bounds), total)

    def _is_long(self, listing: Listing) -> bool:
        return isinstance(self._list_in(listing).scan(listing.bounds), LONG)

    def _list_in(self, listing: Listing) -> ListStream:
        return self.owner(self._listings[listing][0])

    def _refuse(self, stream: BigCommerceStream, error: FatalAPIError) -> None:
        """Note that a list cannot be read.

        Raises:
            TokenRejected: Nothing can be.
            Unreachable: Nobody answers.
        """
        if isinstance(error, TokenRejected | Unreachable):
            raise error
        if isinstance(error, ApiError):
            self.refused[stream] = error


def _counter(stream: BigCommerceStream) -> Counter | None:
    return getattr(stream.full_scan, "counter", None)


def _fixed(stream: BigCommerceStream, bounds: Bounds) -> dict[str, str]:
    """Parameters that limit a list to what a run wants of it."""
    fixed = stream.time.around(bounds.since, bounds.until) if stream.time else {}
    ids = getattr(stream.full_scan, "ids", None)
    if ids and bounds.after_id is not None:
        fixed |= replace(ids, ascending={}).between(bounds.after_id, None)
    return fixed
