"""One walk over a list, shared by every stream of the run that reads from it.

`orders`, their products, consignments, addresses and fees come out of the same pages. The first
of these streams walks the list, with everything embedded that any of them needs and from the
earliest bookmark of all; the others read the pages from the spool.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.scans import Bounds
from tap_bigcommerce.streams.spool import Spool

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.streams.base import BigCommerceStream, ListStream


class Listing:
    """The pages of one list in one run."""

    def __init__(self, owner: ListStream, members: Sequence[BigCommerceStream]) -> None:
        """Prepare a walk.

        Args:
            owner: The stream whose list it is, selected or not.
            members: Selected streams that read from it; the owner is one of them if selected.
        """
        self._owner = owner
        self._waiting = {member.name for member in members}
        self._params = merged_params(member.list_params() for member in members)
        bounds = [bounds for member in members if (bounds := _bounds(member))]
        self._bounds = _widest(bounds) if len(bounds) > 1 else None
        self._spool = Spool() if len(members) > 1 else None
        self._is_spooled = False
        self._failure: FatalAPIError | None = None

    def pages(self, member: BigCommerceStream, bounds: Bounds) -> Iterator[Page]:
        """Pages with the rows that this member wants, in the walk's order.

        Raises:
            FatalAPIError: The walk failed, now or for an earlier member.
        """
        self._waiting.discard(member.name)
        if self._failure:
            raise self._failure
        if self._spool and self._is_spooled and self._spool.has_room:
            pages = self._spool.read()
        else:
            pages = self._walk(member, self._bounds or bounds)
        wanted = _filter(self._owner, self._bounds, bounds)
        for page in pages:
            yield replace(page, rows=list(filter(wanted, page.rows))) if wanted else page
        if not self._waiting:
            self.close()

    def close(self) -> None:
        """Free the space, whoever has not read yet."""
        if self._spool:
            self._spool.close()
        self._is_spooled = False

    def _walk(self, member: BigCommerceStream, bounds: Bounds) -> Iterator[Page]:
        params = {**self._params, **self._owner.channel_params()}
        reader = self._owner.reader(params, member.tally)
        if self._spool:
            self._spool.close()
        try:
            for page in self._owner.walk(reader, bounds):
                if self._spool and self._waiting:
                    self._spool.write(page)
                yield page
        except FatalAPIError as error:
            self._failure = error
            raise
        self._is_spooled = True


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


def _bounds(member: BigCommerceStream) -> Bounds | None:
    """What a member wants; None for one that cannot be read, which is said when it is its turn."""
    try:
        bookmark = member.bookmark()
    except FatalAPIError:
        return None
    return bookmark.bounds if bookmark else Bounds()


def _widest(bounds: Sequence[Bounds]) -> Bounds:
    """Bounds that hold all of these."""
    times = [one.since for one in bounds if one.since is not None]
    # Rows below such an id may be among those that changed, which other members want.
    ids = [one.after_id for one in bounds if one.after_id is not None]
    return replace(
        bounds[0],
        since=min(times) if len(times) == len(bounds) else None,
        after_id=min(ids) if len(ids) == len(bounds) else None,
    )


def _filter(
    owner: ListStream, walked: Bounds | None, wanted: Bounds
) -> Callable[[Row], bool] | None:
    """Which rows of the walk are within a member's own bounds; None when all are."""
    if walked is None or (walked.since, walked.after_id) == (wanted.since, wanted.after_id):
        return None
    since, after_id, time = wanted.since, wanted.after_id, owner.time

    def is_wanted(row: Row) -> bool:
        if since is not None and time is not None:
            moment = time.or_none(row)
            return moment is None or moment >= since  # without a time: wanted rather than lost
        return after_id is None or owner.id_of(row) > after_id

    return is_wanted
