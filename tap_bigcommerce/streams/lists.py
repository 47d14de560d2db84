"""Streams that have a list of their own, and how such a list is walked."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from tap_bigcommerce.api.errors import Forbidden
from tap_bigcommerce.scans import Bounds, CheckedPages, IdRanges, Keyset
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.scans.sweep import gone
from tap_bigcommerce.schema.record import fields_of
from tap_bigcommerce.schema.values import or_none, to_instant, to_integer
from tap_bigcommerce.streams.base import BigCommerceStream

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap_bigcommerce.api.client import Tally
    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans import Scan
    from tap_bigcommerce.scans.reader import Reader
    from tap_bigcommerce.streams.deletes import Deletes


OF_ONE_CHANNEL: t.Final = frozenset({"channel_id", "channelId", "channelIds"})
"""Filters that take one channel only; how the last takes several is not documented."""


class ListStream(BigCommerceStream):
    """A stream that has a list of its own."""

    is_listed = True

    @property
    def owner(self) -> type[ListStream]:
        """The stream whose list is walked: this one."""
        return type(self)

    @property
    def whole_asked(self) -> None:
        """None: the rows are the list's own."""
        return

    def rows(self, page: Page, found: Sequence[Sequence[Row]]) -> Iterator[Row]:  # noqa: ARG002
        """The page's own rows."""
        return map(self.normalise, page.rows)

    def latest(self, page: Page) -> str | None:
        """The latest modification time of the page's rows."""
        if not (key := self.own_key):
            return None
        times = (or_none(to_instant, row.get(key)) for row in page.rows)
        return max((time or "" for time in times), default=None)

    def normalise(self, row: Row) -> Row:
        """The row as the list gives it when nothing is embedded for other streams."""
        return row

    def list_params(self) -> dict[str, str]:
        """Parameters of every request of this list."""
        params = dict(self.params)
        if self.include:
            params["include"] = ",".join(self.include)
        return params

    def channels(self) -> tuple[int, ...]:
        """The setting `channel_ids`, where the list can be limited to it."""
        wanted, name = self.run.settings.channel_ids, self.channel_filter
        return () if not name or (name in OF_ONE_CHANNEL and len(wanted) > 1) else wanted

    def channel_params(self) -> dict[str, str]:
        """The filter on the setting `channel_ids`, where the API has one."""
        wanted, name = self.channels(), self.channel_filter
        return {name: ",".join(map(str, wanted))} if wanted and name else {}

    def scan(self, bounds: Bounds) -> Scan:
        """How the list is walked within these bounds."""
        return self.changed_scan if self.changed_scan and bounds.since else self.full_scan

    def walk(
        self, reader: Reader, bounds: Bounds, ids: Callable[[], Iterator[int]]
    ) -> Iterator[Page]:
        """Pages of the list within these bounds.

        Args:
            reader: Asks for them.
            bounds: What is wanted.
            ids: Ids of the list that this one is walked in batches of.
        """
        scan = self.scan(bounds)
        if self.batched_by:
            rise = isinstance(self.batched_by.full_scan, IdRanges | Keyset)
            try:
                bounds = replace(bounds, parents=ids(), parents_rise=rise)
            except Forbidden:  # the token may read these rows, but not their parents
                scan = CheckedPages()
        return scan.pages(reader, bounds)

    def ids(self, tally: Tally) -> Iterator[int]:
        """Ids of all rows, read as lightly as the endpoint can."""
        for page in self.full_scan.pages(self._id_reader(tally), Bounds()):
            for row in page.rows:
                yield self.id_of(row)

    def _id_reader(self, tally: Tally) -> Reader:
        return self.reader({**self.params, **self.id_params, **self.channel_params()}, tally)

    def gone(self, deletes: Deletes) -> list[int]:
        """Ids of rows that are gone: a target's are compared with the list's.

        Raises:
            FatalAPIError: The list cannot be read.
        """
        if deletes.is_new:
            deletes.written(self.ids(self.tally))
            return []
        settings = self.run.settings
        is_all = settings.start_date is None and settings.end_date is None
        reader, known = self._id_reader(self.tally), deletes.known()
        return gone(self.full_scan, reader, known, is_all=is_all, id_field=self.id_field)

    def check_emptied(self, gone: Sequence[int]) -> None:
        """Ask once more for a list all of whose rows are gone, before a target drops them.

        Raises:
            InconsistentList: Some of them are there.
        """
        if not set(gone).isdisjoint(self.ids(self.tally)):
            msg = f"all {len(gone)} rows of {self.path} seemed to be gone, and are there again"
            raise InconsistentList(msg)
        self.logger.warning("%s: the store has none of its %s rows any more", self.name, len(gone))

    @classmethod
    def id_of(cls, row: Row) -> t.Any:  # noqa: ANN401 (a number, or a UUID where that is declared)
        """The row's id.

        Raises:
            InconsistentList: It has none, so what belongs to it cannot be found.
        """
        # What is kept of a row for others has its id by that name.
        value = row.get(cls.id_field, row.get("id"))
        field = fields_of(cls.record).get(cls.id_field)
        if field and field.type is str:
            kind, found = "text", value if isinstance(value, str) else None
        else:
            kind, found = "whole number", or_none(to_integer, value)
        if found is None or found == "":
            msg = f"a row of {cls.path} without a {kind} as `{cls.id_field}`"
            raise InconsistentList(msg)
        return found
