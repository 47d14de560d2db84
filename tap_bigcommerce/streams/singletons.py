"""What a store has one of, such as a page of settings: one object without an ID of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.lists import ListStream
from tap_bigcommerce.streams.v2 import V2Stream
from tap_bigcommerce.streams.v3 import V3Stream, read_bare

if TYPE_CHECKING:
    from tap_bigcommerce.api.pages import Row


class OfStore(Record):
    """What the row of a singleton begins with."""

    store_hash: Annotated[str, "As in API paths, and store_information.id; added by the tap."]


class Singleton(ListStream):
    """One row, told apart from those of other stores by the store."""

    primary_keys = ("store_hash",)
    page_limit = None
    full_scan = Once()

    def normalise(self, row: Row) -> Row:
        """The row with its key."""
        return {"store_hash": self.run.settings.store_hash, **row}


class V2Singleton(Singleton, V2Stream):
    """A bare object."""


class V3Singleton(Singleton, V3Stream):
    """An object, as `data` in an envelope or without one."""

    decode = staticmethod(read_bare)
