"""Storefronts as B2B Edition knows them, and the lists that show one of them unless told otherwise.

Source: BigCommerce's B2B Edition REST Management V3 API, "Channel".
"""

# ruff: noqa: N815 - B2B Edition's names are mixed

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.api.errors import Forbidden, NotFound
from tap_bigcommerce.scans import Once
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.schema.values import or_none, to_integer
from tap_bigcommerce.streams.b2b_base import B2BStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.api.client import Tally
    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans import Bounds
    from tap_bigcommerce.scans.reader import Reader

DEFAULT_CHANNEL = 1


class B2BChannel(Record):
    """A storefront."""

    id: Annotated[int, "B2B Edition's own."]
    channelId: Annotated[int, "As channels.id."]
    name: str
    type: str
    platform: str
    status: Annotated[str, "active, inactive, archived, prelaunch and others"]
    site: str
    isVisible: bool
    isEnabled: bool
    iconUrl: str
    b2bEnabled: bool
    allowGlobalLogins: Annotated[bool, "Whether its customers may use other channels."]
    createdAt: datetime
    updatedAt: datetime


class B2BChannels(B2BStream):
    """Storefronts as B2B Edition knows them; of stores with several only."""

    name = "b2b_channels"
    path = "/api/v3/io/channels"
    record = B2BChannel
    primary_keys = ("id",)
    foreign_keys = {"channelId": "channels.id"}
    page_limit = None
    full_scan = Once()


class B2BChannelledStream(B2BStream):
    """A list that has one channel's rows unless it is told which channels are wanted."""

    def channels(self) -> tuple[int, ...]:
        """The setting `channel_ids`."""
        return self.run.settings.channel_ids

    def walk(
        self, reader: Reader, bounds: Bounds, ids: Callable[[], Iterator[int]]
    ) -> Iterator[Page]:
        """Pages of the list within these bounds, of all channels."""
        return super().walk(self._of_channels(reader), bounds, ids)

    def _id_reader(self, tally: Tally) -> Reader:
        return self._of_channels(super()._id_reader(tally))

    def _of_channels(self, reader: Reader) -> Reader:
        wanted = self.channels() or self._all_channels()
        # With a comma, as the reference shows it, and not once for each.
        channels = {"channelIds[]": ",".join(map(str, wanted))}
        return replace(reader, params={**reader.params, **channels})

    def _all_channels(self) -> list[int]:
        """Ids of all channels; the default one alone in a store without others."""
        channels = self.run.stream(B2BChannels).reader({}, self.tally)
        try:
            rows = channels.get({}).rows
        except (Forbidden, NotFound):
            rows = []
        found = {or_none(to_integer, row.get("channelId")) for row in rows}
        return sorted({DEFAULT_CHANNEL, *(one for one in found if one is not None)})


STREAMS = (B2BChannels,)
