"""Streams whose rows belong to a parent: an order's products, a product's images.

They walk their parents' list instead of being called for each parent by the SDK, which would
write a SCHEMA and a STATE for every order. Their bookmark is the parents' modification time.
Where a parent's row has its children embedded, provably all of them, it costs nothing more; the
other parents are asked one by one, side by side, unless their row says that there is nothing.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from tap_bigcommerce.api.client import Answer, Request
from tap_bigcommerce.api.errors import NotFound, RequestRefused
from tap_bigcommerce.scans import Bounds, CheckedPages
from tap_bigcommerce.scans.errors import InconsistentList, UnreadableAnswer
from tap_bigcommerce.schema.record import fields_of
from tap_bigcommerce.schema.values import or_none, to_instant, value_at
from tap_bigcommerce.streams.base import BigCommerceStream

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans.reader import Reader
    from tap_bigcommerce.streams.lists import ListStream

    Wants = Callable[[Row], bool] | None


FORWARD: t.Final = CheckedPages(only_grows=True)
"""Page by page. Whatever moves rows meanwhile moves the parent's date, so the next run reads it."""
POSITION: t.Final = "position"
"""Field for the place in a list, where nothing else tells parts of a row apart."""
_NOT_FOUND: t.Final = 404
CHILDLESS: t.Final = "_childless"
"""Names of the streams that a parent has no rows for, in what is kept of the parent's row."""


class ChildStream(BigCommerceStream):
    """Rows that belong to the rows of another stream."""

    parent: t.ClassVar[type[ListStream]]
    parent_key: t.ClassVar[str]
    """Field that takes the parent's id."""
    parent_date: t.ClassVar[str | None] = None
    """Field that takes the parent's modification time, the replication key; None for rows whose
    changes do not move it, which are read whole each time."""
    embed: t.ClassVar[Mapping[str, str]] = {}
    """Parameters with which the parents' list embeds these rows."""
    embed_limit: t.ClassVar[int | None] = None
    """The most parents in a page that embeds these rows, where that is less than else."""

    asked_by: t.ClassVar[Mapping[str, str]] = {}
    """Parameters with which the parents' list says what these rows are asked by."""
    absent: t.ClassVar[frozenset[int]] = frozenset({404})
    """Statuses by which the endpoint says that a parent has none of these rows."""
    counted_by: t.ClassVar[str | None] = None
    """Path of a list that counts the rows of all parents, where there is one."""

    _is_offered = False
    """Whether the endpoint was found for any parent."""

    @property
    def is_embedded_whole(self) -> bool:
        """Whether it is worth a further request to have these rows embedded."""
        return True

    @property
    def pages_of_parent(self) -> CheckedPages:
        """How the pages of one parent's rows are walked."""
        return FORWARD if self.parent_date else CheckedPages()

    @property
    def owner(self) -> type[ListStream]:
        """The stream whose list is walked."""
        return self.parent

    @property
    def whole_asked(self) -> ChildStream:
        """The stream whose rows are found for each parent."""
        return self

    def list_params(self) -> dict[str, str]:
        """What the parents' list has to embed."""
        return {**self.parent.params, **self.embed}

    @classmethod
    def rules_out(cls, parent: Row) -> bool:  # noqa: ARG003 (where the API has such fields)
        """Whether the parent's row proves that it has no rows here; absent fields prove nothing."""
        return False

    def embedded(self, parent: Row) -> Sequence[Row] | None:  # noqa: ARG002
        """The parent's rows if they are embedded in it, provably all; None to ask for them."""
        return None

    def kept(self, parent: Row) -> Row:  # noqa: ARG002 (its id is enough for most)
        """What has to be known of the parent to ask for its rows, besides its id."""
        return {}

    def unwrap(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Rows out of the endpoint's own answer."""
        return rows

    def rows(self, page: Page, found: Sequence[Sequence[Row]]) -> Iterator[Row]:
        """All rows of the page's parents, each led by its parent's key and date."""
        for parent, rows in zip(page.rows, found, strict=True):
            if rows:
                lead: Row = {self.parent_key: self.parent.id_of(parent)}
                if self.parent_date:
                    lead[self.parent_date] = _date(parent)
                for row in rows:
                    yield {**row, **lead}

    def latest(self, page: Page) -> str | None:
        """The latest date of the page's parents, with rows or without."""
        return max((_date(parent) or "" for parent in page.rows), default=None)

    def own_rows(self, parent: Row) -> Sequence[Row]:
        """The parent's rows from its own endpoint, instead of those that are embedded."""
        self.tally.fell_back("asked_alone")
        return self.ask(parent).rows()

    def ask(self, parent: Row) -> Asked:
        """Ask the parent's own endpoint for its rows, and go on meanwhile."""
        key = {self.parent_key: self.parent.id_of(parent)}
        return Asked(self, self.reader(self.params, self.tally, **key), parent)

    def counter(self) -> Reader:
        """Asks the list that counts the rows of all parents."""
        reader = self.reader({}, self.tally, **{self.parent_key: 0})
        return replace(reader, path=t.cast("str", self.counted_by))

    def check_offered(self, asked: Sequence[Asked]) -> None:
        """Tell parents that are gone from an endpoint that the store does not have.

        Raises:
            NotFound: It was found for no parent so far, although one of these is there.
        """
        self._is_offered = self._is_offered or not all(one.is_missing for one in asked)
        if asked and not self._is_offered and self._is_there(asked[-1].parent):
            said = f"not found for any of {len(asked)} parents, which are there"
            remedy = f"The store or its plan lacks the feature: deselect {self.name}."
            raise NotFound(self.path, status=404, said=said, remedy=remedy)

    def _is_there(self, parent: Row) -> bool:
        """Whether a parent can be read by itself. What is archived counts as gone."""
        reader = self.run.stream(self.parent).reader({}, self.tally)
        path = f"{self.parent.path}/{self.parent.id_of(parent)}"
        try:
            page = replace(reader, path=path, limit=None).get({})
        except (NotFound, RequestRefused):
            return False
        return any(not row.get("is_deleted") for row in page.rows)

    def check_paging(self, fault: str) -> None:
        """Say that not all rows of a parent came.

        Raises:
            InconsistentList: They should have.
        """
        if self.page_limit:
            raise InconsistentList(fault)
        # No paging is documented, so nothing can be done, and the others are worth it.
        self.run.warn(self, fault)


class Asked:
    """One parent's rows, on their way from its own endpoint."""

    def __init__(self, whole: ChildStream, reader: Reader, parent: Row) -> None:
        """Ask for the first page."""
        self.parent = parent
        self._whole = whole
        self._reader = reader
        self._answer = reader.pool.submit_at(reader.place, _first_page, reader, whole.absent)

    def rows(self) -> Sequence[Row]:
        """All rows, with the further pages of a parent that has many.

        Raises:
            InconsistentList: The answers contradict each other.
        """
        reader = self._reader
        first = reader.read(Request(reader.path, {}), self._answer.result())
        rows: list[Row] = []
        fault = ""
        try:
            for page in self._whole.pages_of_parent.rest(reader, Bounds(), first):
                rows += page.rows
        except NotFound:
            return ()  # the parent was deleted between two of its pages
        except InconsistentList as error:
            rows = rows or first.rows
            fault = f"{reader.path}: {error}"
        if not first.is_last:  # a page that came twice must not stand for one that did not come
            rows = list({repr(row): row for row in rows}.values())
        only_grows = self._whole.pages_of_parent.only_grows  # the other walk counts by itself
        if only_grows and first.total is not None and len(rows) < first.total:
            fault = fault or f"{reader.path}: a page is missing"
            fault += f"; {len(rows)} rows came, but the API counts {first.total}"
        if fault:
            self._whole.check_paging(fault)
        return self._whole.unwrap(rows)

    @property
    def is_missing(self) -> bool:
        """Whether there is no such parent, or no such endpoint."""
        return self._answer.result().status == _NOT_FOUND

    def drop(self) -> None:
        """Nobody waits for it any more."""
        self._answer.cancel()


def _first_page(reader: Reader, absent: frozenset[int]) -> Answer:
    """The first page; no content for a parent that was deleted since it was listed."""
    # With its number: should it come in parts, they are to be the parts of this page.
    try:
        return reader.fetch({"page": "1"} if reader.limit else {})
    except (NotFound, RequestRefused) as error:
        if error.status not in absent:
            raise
        return Answer(status=_NOT_FOUND, bodies=(b"",), attempts=1, limit=None)


class Children:
    """The rows of one stream that belong to a page of parents."""

    def __init__(self, whole: ChildStream, parents: Sequence[Row], wants: Sequence[Wants]) -> None:
        """Look into the parents, and ask for what they do not have embedded.

        Args:
            whole: The stream.
            parents: Rows of the parents' list, or what was kept of them.
            wants: Which parents each reader wants; None for all.
        """
        self._whole = whole
        self._found: list[Sequence[Row] | Asked] = []
        self._error: Exception | None = None
        try:
            for parent in parents:
                is_wanted = any(one is None or one(parent) for one in wants)
                self._found.append(self._look(whole, parent) if is_wanted else ())
        except Exception as error:  # noqa: BLE001 - raised to each reader of these rows alone
            self._error = error

    @property
    def is_asking(self) -> bool:
        """Whether rows are on their way."""
        return any(isinstance(found, Asked) for found in self._found)

    def rows(self) -> Sequence[Sequence[Row]]:
        """The rows of each parent.

        Raises:
            Exception: What the rows of a parent could not be read for, each time.
        """
        asked = [found for found in self._found if isinstance(found, Asked)]
        try:
            for number, found in enumerate(self._found):
                if isinstance(found, Asked):
                    self._found[number] = found.rows() if self._error is None else ()
            if self._error is None:
                self._whole.check_offered(asked)
        except Exception as error:  # noqa: BLE001 - raised below, and to the next reader again
            self._error = error
            self.drop()
        if self._error:
            raise self._error
        return t.cast("Sequence[Sequence[Row]]", self._found)

    def drop(self) -> None:
        """Nobody waits for what is on its way."""
        for found in self._found:
            if isinstance(found, Asked):
                found.drop()

    def _look(self, whole: ChildStream, parent: Row) -> Sequence[Row] | Asked:
        if whole.name in parent.get(CHILDLESS, ()) or whole.rules_out(parent):
            return ()
        rows = whole.embedded(parent)
        if rows is not None:
            return rows
        if whole.embed:
            whole.tally.fell_back("asked_alone")
        return whole.ask(parent)


class PartStream(BigCommerceStream):
    """Rows that are parts of another stream's rows, taken out of them at no further request."""

    whole: t.ClassVar[type[ListStream | ChildStream]]
    part: t.ClassVar[str]
    """Where the parts are in the row: a name, or several with dots between them."""
    carries: t.ClassVar[Mapping[str, str]] = {}
    """Fields that come from the row: their names here, and there."""

    def __init_subclass__(cls) -> None:
        """Take from the whole what is said of it already."""
        cls.path, cls.scope = cls.whole.path, cls.whole.scope
        if issubclass(cls.whole, ChildStream):
            key, date = cls.whole.parent_key, cls.whole.parent_date
            cls.carries = {key: key, **({date: date} if date else {}), **cls.carries}
            cls.replication_key = date  # type: ignore[assignment, method-assign]  # as a declaration does
        super().__init_subclass__()

    @property
    def origin(self) -> ListStream | ChildStream:
        """The stream whose rows are taken apart."""
        return t.cast("ListStream | ChildStream", self._tap.run.stream(self.whole))

    @property
    def owner(self) -> type[ListStream]:
        """The stream whose list is walked."""
        return self.origin.owner

    @property
    def whole_asked(self) -> ChildStream | None:
        """The stream whose rows are found for each parent."""
        return self.origin.whole_asked

    def list_params(self) -> dict[str, str]:
        """What the list has to embed for the whole."""
        return self.origin.list_params()

    def rows(self, page: Page, found: Sequence[Sequence[Row]]) -> Iterator[Row]:
        """All parts of the rows, each with what it carries and, where declared, its position."""
        is_counted = POSITION in fields_of(self.record)
        for row in self.origin.rows(page, found):
            parts = self._parts(row)
            carried = {name: row.get(source) for name, source in self.carries.items()}
            for position, part in enumerate(parts):
                yield {**carried, **part, **({POSITION: position} if is_counted else {})}

    def _parts(self, row: Row) -> Sequence[Row]:
        value = value_at(row, self.part.split("."))
        parts = value if isinstance(value, list) else [value] if value else []
        if not all(isinstance(part, dict) for part in parts):
            msg = f"GET {self.path} answered with `{self.part}` of an unknown form"
            raise UnreadableAnswer(msg)
        return parts

    def latest(self, page: Page) -> str | None:
        """As for the whole."""
        return self.origin.latest(page)


def _date(parent: Row) -> str | None:
    date: str | None = or_none(to_instant, parent.get("date_modified"))
    return date
