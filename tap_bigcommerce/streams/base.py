"""What every stream does: walk its list, convert its rows, move its bookmark.

A concrete stream only declares. `v2.py` and `v3.py` say how the two API versions answer and
filter, `children.py` how rows that belong to a parent are found.
"""

from __future__ import annotations

import typing as t
from array import array
from copy import deepcopy
from datetime import UTC, datetime
from functools import cached_property

from singer_sdk import Stream
from singer_sdk.exceptions import FatalAPIError
from singer_sdk.helpers._catalog import pop_deselected_record_properties
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform

from tap_bigcommerce.api.pages import decode
from tap_bigcommerce.api.pool import Place
from tap_bigcommerce.scans import Bounds, CheckedPages
from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.scans.reader import Reader
from tap_bigcommerce.schema.convert import compile_record
from tap_bigcommerce.schema.personal import Privacy
from tap_bigcommerce.schema.record import DECIMAL_FORMS, EXTRA, fields_of, schema_of
from tap_bigcommerce.schema.values import value_at
from tap_bigcommerce.streams.bookmark import Bookmark
from tap_bigcommerce.streams.deletes import DELETED_AT, Deletes
from tap_bigcommerce.streams.lines import LineWriter, RecordLines
from tap_bigcommerce.streams.outbox import Batch
from tap_bigcommerce.streams.scopes import panel_names

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from singer_sdk.helpers.types import Context
    from singer_sdk.helpers.types import Record as SingerRecord
    from singer_sdk.metrics import Counter
    from singer_sdk.singerlib import Catalog

    from tap_bigcommerce.api.client import Client, Tally
    from tap_bigcommerce.api.pages import Page, Parse, Row
    from tap_bigcommerce.run import Run
    from tap_bigcommerce.scans import Scan, TimeFilter
    from tap_bigcommerce.schema.convert import Convert, Found
    from tap_bigcommerce.schema.record import Record
    from tap_bigcommerce.streams.children import ChildStream
    from tap_bigcommerce.streams.lists import ListStream
    from tap_bigcommerce.tap import TapBigCommerce


CLOCK_PATH: t.Final = "/v2/time"


class BigCommerceStream(Stream):
    """A list of BigCommerce's API as a Singer stream."""

    path: t.ClassVar[str]
    """Path below `/stores/{hash}`, with the version."""
    record: t.ClassVar[type[Record]]
    scope: t.ClassVar[tuple[str, ...]]
    """OAuth scopes, any one of which suffices to read."""
    include: t.ClassVar[tuple[str, ...]] = ()
    """What the endpoint is asked to embed."""
    params: t.ClassVar[Mapping[str, str]] = {}
    """What else every request of this list carries."""
    page_limit: t.ClassVar[int | None] = 250
    """The most rows in a page; None for endpoints without the parameter `limit`."""
    at_once: t.ClassVar[int | None] = None
    """Requests that the endpoint takes at once, where BigCommerce limits them."""
    full_scan: t.ClassVar[Scan] = CheckedPages()
    changed_scan: t.ClassVar[Scan | None] = None
    """How rows modified since the bookmark are read; None where the API cannot tell them."""
    time: t.ClassVar[TimeFilter | None] = None
    """The modification time of rows and the filters on it."""
    batched_by: t.ClassVar[type[ListStream] | None] = None
    """Stream whose ids make the batches of a `ParentBatches` scan."""
    id_params: t.ClassVar[Mapping[str, str]] = {}
    """Parameters that leave nothing but the ids of rows."""
    ids_in: t.ClassVar[str] = "id:in"
    """Parameter that limits the list to some ids."""
    channel_filter: t.ClassVar[str | None] = None
    """Parameter that limits the list to the setting `channel_ids`."""
    id_field: t.ClassVar[str] = "id"
    """Where a row has its id."""
    key_paths: t.ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Keys that stand inside another object on the wire."""
    paging: t.ClassVar[type[Reader]] = Reader
    """How the API is asked for pages."""
    missing_statuses: t.ClassVar[frozenset[int]] = frozenset({403})
    """What answers where the token or the store does not have what is asked for."""
    sign_of_life: t.ClassVar[str] = CLOCK_PATH
    """What a server answers as long as it answers anything: the lightest there is."""
    is_b2b: t.ClassVar[bool] = False
    """Whether it is of B2B Edition, which has a client of its own and is in no plan."""
    foreign_keys: t.ClassVar[Mapping[str, str]] = {}
    """Fields that name rows of other streams, as `stream.field`; dots lead into what is nested.
    What belongs to a parent or whole names it without being told, and what the whole names."""
    outlives: t.ClassVar[frozenset[str]] = frozenset()
    """Those of the `foreign_keys` that stay when the row they name is deleted."""

    # Rows are converted and pruned here, compiled once; the SDK's own pass would cost as much as
    # everything else together and change nothing.
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    is_listed = False
    """Whether the rows have a list of their own."""

    _tap: TapBigCommerce

    @staticmethod
    def decode(bodies: Iterable[bytes], limit: int | None, parse: Parse = decode) -> Page:
        """Page in an answer, as the API version writes it."""
        raise NotImplementedError

    def __init__(self, tap: TapBigCommerce) -> None:
        """Bind the stream to a tap, with a schema that follows its settings."""
        self._decimals = DECIMAL_FORMS[tap.early("decimal_type")]
        key = tap.early("personal_data_key") or tap.early("access_token") or ""
        has_secrets = tap.early("include_secrets")
        self._privacy = Privacy(tap.early("personal_data"), key, has_secrets=has_secrets)
        schema = schema_of(
            self.record,
            keys=self.keys(),
            decimals=self._decimals,
            is_declared=self._privacy.is_declared,
        )
        self._is_swept = bool(tap.early("emit_deletes") and self._can_be_swept())
        if self._is_swept:
            schema["properties"][DELETED_AT] = {"type": ["string", "null"], "format": "date-time"}
        super().__init__(tap, schema=schema)
        self.own_key = self.replication_key
        """The replication key as declared; a catalog may name another."""
        self._counter: Counter | None = None
        self.is_begun = False
        """Whether a page has been read: a scope that was missing would have shown by then."""

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """Names of the primary keys, as declared."""
        return t.cast("tuple[str, ...]", cls.primary_keys)

    def apply_catalog(self, catalog: Catalog) -> None:
        """Take over what a catalog decides: which rows and fields, not what they are known by."""
        super().apply_catalog(catalog)
        self.primary_keys = self.keys()
        self.replication_key = self.replication_key or self.own_key

    @cached_property
    def _convert(self) -> Convert:
        """Conversion of rows, compiled for the streams that are read."""
        return compile_record(self.record, self._decimals)

    @cached_property
    def _clean(self) -> Callable[[SingerRecord], SingerRecord] | None:
        """What makes of a converted row one that may be shown."""
        return self._privacy.cleaner(self.record)

    @cached_property
    def _lines(self) -> RecordLines:
        """Form of the stream's messages."""
        return RecordLines(self.name, self.version)

    @cached_property
    def _has_deselected(self) -> bool:
        """Whether the catalog leaves fields out."""
        return not all(self.mask.values())

    @property
    def run(self) -> Run:
        """What the streams of this run share."""
        return self._tap.run

    @property
    def client(self) -> Client:
        """Who asks for this stream's rows."""
        return self.run.b2b_client if self.is_b2b else self.run.client

    @property
    def tally(self) -> Tally:
        """Counts of this stream's requests."""
        return self.run.tally(self.name)

    def get_records(self, context: Context | None) -> Iterator[SingerRecord]:  # noqa: ARG002
        """Converted rows in the order of the scan; the bookmark moves behind them.

        A stream that fails ends here and leaves its state where its last written row was. The
        others go on, and the run ends with an error that names it.
        """
        if not self.run.may_read(self):
            return
        if not self.is_trial:
            self.run.begin(self)
        try:
            yield from self._records()
        except BrokenPipeError:  # nobody reads on, so there is no other stream to save
            raise
        except FatalAPIError as error:
            self.run.fail(self, error)
        except Exception as error:  # a fault in one stream must not cost the others
            self.logger.debug("unexpected error", exc_info=True)
            self.run.fail(self, error)

    def _records(self) -> Iterator[SingerRecord]:
        bookmark, deletes = self.bookmark, self._deletes
        self._stream_version = self.version
        try:
            for batch in self.run.walks.batches(self):
                self.is_begun = True
                yield from self._written(batch)
                if deletes:
                    deletes.written(batch.ids)
                bookmark.written(batch.latest, batch.position)
                self._write_state()
        except InconsistentList:
            bookmark.start_over()
            self._write_state()
            raise
        bookmark.complete()
        self._write_state()
        if deletes:
            yield from self._deleted(deletes)
        if self.version and not self.run.is_incomplete(self):
            self._write_activate_version_message(self.version)
        self.run.finish(self)

    def _deleted(self, deletes: Deletes) -> Iterator[SingerRecord]:
        """Write the rows that are gone from the store."""
        bounds = self.bounds
        if bounds.since or bounds.until:
            gone = self.gone(deletes)
        else:  # what an interrupted run had read before is not known any more
            gone = [] if bounds.is_resumed else deletes.unread()
        if gone and len(gone) == len(deletes.known()):
            self.check_emptied(gone)
        (key,) = self.keys()
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [{key: number, DELETED_AT: moment} for number in gone]
        # Of the version before, so that a target that removes earlier versions removes them, too.
        self._stream_version = self.version and self.version - 1
        lines = RecordLines(self.name, self._stream_version)
        yield from self._written(Batch(*lines.write(rows)))
        deletes.gone(gone)
        self._write_state()

    def check_emptied(self, gone: Sequence[int]) -> None:
        """Doubt that all rows are gone; nothing can be asked for rows without a list of their own.

        Raises:
            FatalAPIError: Some are there.
        """

    def gone(self, deletes: Deletes) -> list[int]:
        """Ids of rows that are gone, where only changes were read.

        Raises:
            FatalAPIError: The list cannot be read.
        """
        raise NotImplementedError

    def _written(self, batch: Batch) -> Iterator[SingerRecord]:
        """Write a batch as it is; or its records, where the SDK has something to do with them."""
        if self._counter is None:
            yield from self._lines.read(batch.body)
        elif batch.rows:
            t.cast("LineWriter", self._tap.message_writer).write_lines(batch.body)
            self.state_manager.is_flushed = False
            self._counter.increment(batch.rows)
        self.run.wrote(self, batch.rows, batch.listed)

    def get_record_counter(self, **tags: t.Any) -> Counter:  # noqa: ANN401 (the SDK's own)
        """The SDK's counter of this sync, which asks for it when it begins to write.

        From then on batches are written as they are, unless the SDK would change or end them.
        """
        counter = super().get_record_counter(**tags)
        self._counter = counter if self._is_written_as_is() else None
        return counter

    def _is_written_as_is(self) -> bool:
        (first, *others) = self.stream_maps
        is_mapped = others or type(first) is not SameRecordTransform or first.flattening_enabled
        is_limited = is_mapped or self.is_trial
        return isinstance(self._tap.message_writer, LineWriter) and not is_limited

    @property
    def is_trial(self) -> bool:
        """Whether a row or two are all that is wanted."""
        return self.ABORT_AT_RECORD_COUNT is not None

    def _write_state(self) -> None:
        """Write the state now; the SDK would do so only after a row."""
        self._tap.state_writer.write_state(self._tap.state)

    @cached_property
    def bookmark(self) -> Bookmark:
        """How far the stream has come.

        Raises:
            FatalAPIError: The catalog asks for another replication key.
            UnreadableState: The state is none of this stream.
        """
        state = t.cast("dict[str, t.Any]", self._tap.state)
        state["store_id"] = self.run.settings.store_hash  # so that no other store's run takes it
        is_dated = self.replication_method == "INCREMENTAL" and self.replication_key
        if is_dated and self.replication_key != self.own_key:
            wanted = f"Write {self.own_key}" if self.own_key else "Leave it out"
            msg = f"Catalog: {self.name} has no replication key `{self.replication_key}`. {wanted}."
            raise FatalAPIError(msg)
        owner = t.cast("ListStream", self.run.stream(self.owner))
        bookmark = Bookmark(
            self.state_manager.stream_state,
            self.replication_key if is_dated else None,
            self.run,
            owner.channels(),
        )
        if bookmark.added_channels:
            words = "%s is read from its start: `channel_ids` now names %s, not in its bookmark"
            self.logger.warning(words, self.name, bookmark.added_channels)
        return bookmark

    @property
    def version(self) -> int | None:
        """Version of the table, for targets that drop earlier ones; None where rows are added.

        None also where a column has this name: target-postgres cannot activate such a table.
        """
        is_whole = self.bookmark.key is None and not self.is_trial
        is_free = "version" not in fields_of(self.record)
        return self.bookmark.version if is_whole and is_free else None

    @property
    def emit_activate_version_messages(self) -> bool:
        """False: the SDK would send them before the rows, which empties some targets first."""
        return False

    @classmethod
    def _can_be_swept(cls) -> bool:
        """Whether rows that are gone can be told: by a single number for a key."""
        (key, *others) = cls.keys()
        is_read_whole = not isinstance(cls.replication_key, str)
        is_number = fields_of(cls.record)[key].type is int
        return not others and is_number and (is_read_whole or cls.is_listed)

    @cached_property
    def _deletes(self) -> Deletes | None:
        """The rows that the target has, where it is to be told of those that are gone."""
        if not self._is_swept or self.is_trial:
            return None
        return Deletes(self.state_manager.stream_state)

    @property
    def bounds(self) -> Bounds:
        """What the run wants of the stream."""
        return self.bookmark.bounds

    @property
    def is_ready(self) -> bool:
        """Whether the stream can begin. If not, its turn comes, and the error with it."""
        try:
            return self.bounds is not None
        except FatalAPIError:
            return False

    @property
    def owner(self) -> type[ListStream]:
        """The stream whose list is walked."""
        raise NotImplementedError

    @property
    def whole_asked(self) -> ChildStream | None:
        """The stream whose rows are found for each row of the list; None for the list's own."""
        raise NotImplementedError

    def rows(self, page: Page, found: Sequence[Sequence[Row]]) -> Iterator[Row]:
        """This stream's rows of one page.

        Args:
            page: Of the list that is walked.
            found: The rows that belong to each row of the page, where there is a `whole_asked`.
        """
        raise NotImplementedError

    def latest(self, page: Page) -> str | None:
        """The latest modification time in a page."""
        raise NotImplementedError

    def batch(self, page: Page, found: Sequence[Sequence[Row]]) -> Batch:
        """This stream's rows of one page, as a target gets them."""
        records: Iterator[SingerRecord] = map(self.convert, self.rows(page, found))
        ids = array("q")
        if self._is_swept:
            records = self._noting(records, ids)
        if self._has_deselected:
            records = map(self._pruned, records)
        lines, count = self._lines.write(records)
        return Batch(lines, count, self.latest(page), page.position, ids, len(page.rows))

    def _noting(self, records: Iterable[SingerRecord], ids: array[int]) -> Iterator[SingerRecord]:
        (key,) = self.keys()
        for record in records:
            ids.append(record[key])
            yield record

    def convert(self, row: Row) -> SingerRecord:
        """The row in its declared form, with what is beyond it in `_extra`.

        Raises:
            FatalAPIError: The row lacks a key, so that no target could store it.
        """
        found: list[Found] = []
        record = self._convert(row, found)
        if self._clean:
            record, found = self._clean(record), self._privacy.found(self.record, found)
        if self.key_paths:
            self._take_keys(record)
        if found:
            record[EXTRA] = {one.path: one.value for one in found}
            self.run.report_found(self, found)
        for key in self.primary_keys:
            if record.get(key) is None:
                msg = f"a row of {self.path} has no usable `{key}`, which is its key"
                raise FatalAPIError(msg)
        return record

    def _pruned(self, record: SingerRecord) -> SingerRecord:
        """The record without what the catalog leaves out."""
        record = deepcopy(record)  # what is inside may be another stream's too
        pop_deselected_record_properties(record, self.schema, self.mask)
        return record

    def _take_keys(self, record: SingerRecord) -> None:
        """Take keys out of the object that holds them."""
        for key, path in self.key_paths.items():
            record[key] = value_at(record, path)
        if any(record[key] is not None for key in self.key_paths):
            # A product without variants has no variant's id, and a key may not be null.
            record.update({key: 0 for key in self.key_paths if record[key] is None})

    def what_is_missing(self, scopes: Iterable[str]) -> str:
        """What to do where nothing may be read."""
        names = panel_names(scopes)
        if not names:
            return f"The store or its plan lacks the feature: deselect {self.name}."
        return (
            f"The API account lacks the scope {names}, or the store's plan lacks the feature. "
            "Create an account with it (Settings > Store-level API accounts), "
            f"or deselect {self.name}."
        )

    def list_params(self) -> dict[str, str]:
        """What this stream needs of the list that is walked."""
        raise NotImplementedError

    def reader(self, params: Mapping[str, str], tally: Tally, **keys: object) -> Reader:
        """Reader of this stream's path; `keys` fill its placeholders."""
        limit = self.page_limit and min(self.page_limit, self.run.settings.page_size)
        return self.paging(
            client=self.client,
            pool=self.run.pool,
            path=self.path.format(**keys),
            params=params,
            limit=limit,
            decode=self.decode,
            tally=tally,
            run_started=self.run.started,
            place=Place(self.run.walks.turn(self), self.path, self.at_once),
        )

    # The SDK's own bookkeeping of one value per stream would overwrite ours (`bookmark.py`).

    def get_replication_key_signpost(self, context: Context | None = None) -> None:  # noqa: ARG002
        """None: `Bookmark` itself never passes the start of the run."""
        return

    def _increment_stream_state(
        self, latest_record: SingerRecord, *, context: Context | None = None
    ) -> None:
        """Nothing: `Bookmark` moves when a page is written."""

    def _write_starting_replication_value(self, context: Context | None) -> None:
        """Nothing: `Bookmark` reads the state itself."""
