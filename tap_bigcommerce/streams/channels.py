"""What belongs to a sales channel: its theme, its menus, its currencies, what it lists.

Source: BigCommerce's REST Management API, "Channels" (Channel Active Theme, Currency
Assignments, Channel Listings, Channel Menus).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.scans import Once
from tap_bigcommerce.scans.by_last_key import LastKey
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.by_channel import ByChannelStream, ListOfChannelStream
from tap_bigcommerce.streams.store import ChannelCurrencies
from tap_bigcommerce.streams.v3 import V3_MODIFIED, V3Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.streams.children import Asked


class ChannelActiveTheme(Record):
    """The theme that a channel shows, and what of it was saved and not published yet."""

    channel_id: int
    active_theme_uuid: str
    active_theme_configuration_uuid: str
    active_theme_version_uuid: Annotated[str, "theme_custom_templates.version_uuid"]
    saved_theme_configuration_uuid: Annotated[
        str, "Another than the active one while changes wait to be published."
    ]


class ChannelActiveThemes(ByChannelStream):
    """Which theme each channel shows; none for channels without one or with an old Blueprint."""

    name = "channel_active_themes"
    path = "/v3/channels/{channel_id}/active-theme"
    record = ChannelActiveTheme
    foreign_keys = {
        "active_theme_uuid": "themes.uuid",
        "active_theme_configuration_uuid": "theme_configurations.uuid",
        "active_theme_version_uuid": "theme_custom_templates.version_uuid",
        "saved_theme_configuration_uuid": "theme_configurations.uuid",
    }
    scope = ("store_channel_settings_read_only",)

    def check_offered(self, asked: Sequence[Asked]) -> None:
        """Nothing: not found is what a channel without a theme answers, so all of them may."""


class ChannelCurrencyAssignments(V3Stream):
    """Currencies of each channel; the same as `channels.currencies`, a row for each channel."""

    name = "channel_currency_assignments"
    path = "/v3/channels/currency-assignments"
    record = ChannelCurrencies
    primary_keys = ("channel_id",)
    foreign_keys = {"channel_id": "channels.id"}
    scope = ("store_channel_settings_read_only",)
    page_limit = None
    full_scan = Once()
    selected_by_default = False


class ListedVariant(Record):
    """A variant as a channel lists it."""

    channel_id: int
    product_id: int
    variant_id: int
    external_id: Annotated[str, "In the channel's own system."]
    state: Annotated[
        str,
        "active, disabled, error, pending, pending_disable, pending_delete, queued, rejected, "
        "submitted or deleted",
    ]
    name: Annotated[str, "In place of the catalogue's."]
    description: Annotated[str, "In place of the catalogue's."]
    date_created: datetime
    date_modified: datetime


class ChannelListing(Record):
    """A product as a channel lists it."""

    channel_id: int
    listing_id: int
    external_id: Annotated[str, "In the channel's own system."]
    product_id: int
    state: Annotated[
        str,
        "active, disabled, error, pending, pending_disable, pending_delete, "
        "partially_rejected, queued, rejected, submitted or deleted",
    ]
    name: Annotated[str, "In place of the catalogue's."]
    description: Annotated[str, "In place of the catalogue's."]
    date_created: datetime
    date_modified: datetime
    variants: list[ListedVariant]


class ChannelListings(ListOfChannelStream):
    """Products as marketplaces, advertisers and tills list them, one list for each channel."""

    name = "channel_listings"
    path = "/v3/channels/{channel_id}/listings"
    record = ChannelListing
    primary_keys = ("channel_id", "listing_id")
    foreign_keys = {
        "channel_id": "channels.id",
        "product_id": "products.id",
        "variants.variant_id": "product_variants.id",
    }
    replication_key = "date_modified"
    scope = ("store_channel_listings_read_only",)
    time = V3_MODIFIED
    full_scan = changed_scan = LastKey("listing_id", "after", V3_MODIFIED)


class AppSection(Record):
    """An entry of a channel's menu that leads to a page of the channel's app."""

    title: str
    query_path: Annotated[str, "What the app is given as `section`."]


class ChannelMenu(Record):
    """What the control panel's menu shows below a channel."""

    channel_id: int
    bigcommerce_protected_app_sections: Annotated[
        list[str], "Pages of BigCommerce's own, whose settings then belong to the channel."
    ]
    custom_app_sections: list[AppSection]


class ChannelMenus(ByChannelStream):
    """Entries of each channel's menu in the control panel, one row for each channel."""

    name = "channel_menus"
    path = "/v3/channels/{channel_id}/channel-menus"
    record = ChannelMenu
    scope = ("store_channel_settings_read_only",)


STREAMS = (ChannelActiveThemes, ChannelCurrencyAssignments, ChannelListings, ChannelMenus)
