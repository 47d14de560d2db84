"""Streams whose rows belong to a parent: an order's products, a product's images.

They walk their parents' list instead of being called for each parent by the SDK, which would
write a SCHEMA and a STATE for every order. Their bookmark is the parents' modification time.
Where a parent's row has its children embedded, provably all of them, it costs nothing more; the
other parents are asked one by one, side by side.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from tap_bigcommerce.api.client import Answer, Request
from tap_bigcommerce.api.errors import NotFound
from tap_bigcommerce.scans import Bounds, CheckedPages
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.schema.values import or_none, to_instant
from tap_bigcommerce.streams.base import BigCommerceStream

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans.reader import Reader
    from tap_bigcommerce.streams.base import ListStream


FORWARD: t.Final = CheckedPages(only_grows=True)
"""Page by page. Whatever moves rows meanwhile moves the parent's date, so the next run reads it."""


class ChildStream(BigCommerceStream):
    """Rows that belong to the rows of another stream."""

    parent: t.ClassVar[type[ListStream]]
    parent_key: t.ClassVar[str]
    """Field that takes the parent's id."""
    parent_date: t.ClassVar[str]
    """Field that takes the parent's modification time; the replication key."""
    embed: t.ClassVar[Mapping[str, str]] = {}
    """Parameters with which the parents' list embeds these rows."""

    def list_params(self) -> dict[str, str]:
        """What the parents' list has to embed."""
        return {**self.parent.params, **self.embed}

    def embedded(self, parent: Row) -> Sequence[Row] | None:  # noqa: ARG002
        """The parent's rows if they are embedded in it, provably all; None to ask for them."""
        return None

    def unwrap(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Rows out of the endpoint's own answer."""
        return rows

    def converted_pages(self, bounds: Bounds) -> Iterator[tuple[Page, str | None]]:
        """One page of rows for each page of parents."""
        for page in self.run.listing(self).pages(self, bounds):
            found = [self.embedded(parent) for parent in page.rows]
            asked = self._ask(
                [parent for parent, rows in zip(page.rows, found, strict=True) if rows is None]
            )
            out: list[Row] = []
            latest = ""
            for parent, embedded in zip(page.rows, found, strict=True):
                rows = next(asked) if embedded is None else embedded
                date: str | None = or_none(to_instant, parent.get("date_modified"))
                latest = max(latest, date or "")
                lead = {self.parent_key: self.parent.id_of(parent), self.parent_date: date}
                out += [self.convert({**row, **lead}) for row in rows]
            yield replace(page, rows=out), latest

    def _ask(self, parents: Sequence[Row]) -> Iterator[Sequence[Row]]:
        """Rows of each parent from its own endpoint, in order."""
        readers = [self._reader(parent) for parent in parents]
        answers = self.run.pool.ordered(_first_page, readers)
        for reader, answer in zip(readers, answers, strict=True):
            yield self._rows(reader, answer)

    def own_rows(self, parent: Row) -> Sequence[Row]:
        """The parent's rows from its own endpoint."""
        reader = self._reader(parent)
        return self._rows(reader, _first_page(reader))

    def _reader(self, parent: Row) -> Reader:
        return self.reader(self.params, self.tally, **{self.parent_key: self.parent.id_of(parent)})

    def _rows(self, reader: Reader, answer: Answer) -> Sequence[Row]:
        """All rows, with the further pages of a parent that has many.

        Raises:
            InconsistentList: The answers contradict each other.
        """
        first = reader.read(Request(reader.path, {}), answer)
        rows: list[Row] = []
        fault = ""
        try:
            for page in FORWARD.rest(reader, Bounds(), first):
                rows += page.rows
        except InconsistentList as error:
            fault = f"{reader.path}: {error}"
        if not first.is_last:  # a page that came twice must not stand for one that did not come
            rows = list({repr(row): row for row in rows}.values())
        if first.total is not None and len(rows) < first.total:
            fault = fault or f"{reader.path}: a page is missing"
            fault += f"; {len(rows)} rows came, but the API counts {first.total}"
        if fault and self.page_limit:
            raise InconsistentList(fault)
        if fault:  # no paging is documented, so nothing can be done, and the others are worth it
            self.run.warn(self, fault)
        return self.unwrap(rows)


def _first_page(reader: Reader) -> Answer:
    """The first page; no content for a parent that was deleted since it was listed."""
    # With its number: should it come in parts, they are to be the parts of this page.
    try:
        return reader.fetch({"page": "1"} if reader.limit else {})
    except NotFound:
        return Answer(status=404, bodies=(b"",), attempts=1, limit=None)
