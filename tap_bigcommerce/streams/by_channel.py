"""What each sales channel has: its theme, its menus, its own settings, what it lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.per_parent import PerParentStream
from tap_bigcommerce.streams.store import Channels
from tap_bigcommerce.streams.v3 import V3ChildStream, read_bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tap_bigcommerce.api.client import Tally
    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans import Bounds
    from tap_bigcommerce.scans.reader import Reader


class OfChannel(Record):
    """What the row of a channel begins with."""

    channel_id: int


class ByChannelStream(V3ChildStream):
    """One answer for each channel, without the channel's ID in it."""

    decode = staticmethod(read_bare)
    parent = Channels
    parent_key = "channel_id"
    primary_keys: ClassVar[tuple[str, ...]] = ("channel_id",)
    page_limit = None
    selected_by_default = False

    def embedded(self, parent: Row) -> Sequence[Row] | None:
        """Nothing of channels that the setting `channel_ids` leaves out."""
        wanted = self.run.settings.channel_ids
        return () if wanted and self.parent.id_of(parent) not in wanted else None


class ByChannelParameterStream(ByChannelStream):
    """The same where the path has no place for the channel, which is a parameter then."""

    def reader(self, params: Mapping[str, str], tally: Tally, **keys: object) -> Reader:
        """Reader with the channel as a parameter."""
        return super().reader({**params, **{key: str(keys[key]) for key in keys}}, tally)


class ListOfChannelStream(PerParentStream):
    """A list for each channel, of those that the setting `channel_ids` names."""

    parent_key = "channel_id"
    batched_by = Channels

    def channels(self) -> tuple[int, ...]:
        """The setting `channel_ids`."""
        return self.run.settings.channel_ids

    def walk(
        self, reader: Reader, bounds: Bounds, ids: Callable[[], Iterator[int]]
    ) -> Iterator[Page]:
        """Pages of the lists."""
        wanted = self.channels()
        return super().walk(
            reader, bounds, lambda: (one for one in ids() if not wanted or one in wanted)
        )
