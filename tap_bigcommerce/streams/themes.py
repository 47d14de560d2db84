"""How storefronts look: themes, their saved settings, the templates that come with them.

Source: BigCommerce's REST Management API, "Themes".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

from tap_bigcommerce.api.errors import Forbidden, NotFound
from tap_bigcommerce.scans import Bounds, CheckedPages, Once
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.channels import ChannelActiveThemes
from tap_bigcommerce.streams.per_parent import PerParentStream
from tap_bigcommerce.streams.store import Channels
from tap_bigcommerce.streams.v3 import V3Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans.reader import Reader


class ThemeVariation(Record):
    """A style that a theme comes in."""

    description: str
    external_id: str
    name: str
    uuid: str


class Theme(Record):
    """A theme that the store has."""

    variations: list[ThemeVariation]
    uuid: str
    name: str
    is_private: bool
    is_active: bool
    updated_at: datetime


class Themes(V3Stream):
    """Themes of the store with their variations."""

    # `updated_at` is no filter: every row is read anyway. Full table.
    name = "themes"
    path = "/v3/themes"
    record = Theme
    primary_keys = ("uuid",)
    scope = ("store_themes_read_only",)
    page_limit = None
    full_scan = Once()
    selected_by_default = False


class ThemeConfiguration(Record):
    """Colours, fonts and switches of a theme as they were saved."""

    uuid: str
    theme_uuid: str
    variation_id: str
    # Each theme has settings of its own.
    settings: Annotated[dict, "What the theme's schema has."]  # type: ignore[type-arg]  # of no fixed shape
    date_created: datetime
    site_id: Annotated[int, "0 for the configuration that the theme came with."]


class ThemeConfigurations(PerParentStream):
    """Saved settings of themes: those that they came with, and those that channels use."""

    # The endpoint wants a filter. What a theme came with belongs to no channel, so its variations
    # are asked for; and channels, should one use a variation that the theme no longer lists.
    name = "theme_configurations"
    path = "/v3/themes/{uuid}/configurations"
    parent_key = "uuid"
    batched_by = Channels
    record = ThemeConfiguration
    primary_keys = ("uuid",)
    foreign_keys = {"theme_uuid": "themes.uuid", "site_id": "sites.id"}
    scope = ("store_themes_read_only",)
    selected_by_default = False

    def walk(
        self, reader: Reader, bounds: Bounds, ids: Callable[[], Iterator[int]]
    ) -> Iterator[Page]:
        """Pages theme by theme, what a theme is asked for side by side.

        Raises:
            NotFound: No theme has configurations.
        """
        filters = self._filters_of_channels(ids)
        missing, is_offered = None, False
        for theme in self._themes():
            try:
                yield from self._of(theme, filters, reader, bounds)
                is_offered = True
            except NotFound as error:  # the theme was deleted since it was listed
                missing = error
        if missing and not is_offered:
            raise missing

    def _of(
        self, theme: Row, filters: list[dict[str, str]], reader: Reader, bounds: Bounds
    ) -> Iterator[Page]:
        """A theme's configurations, each once, however many filters let it through."""
        own = replace(reader, path=reader.path.format(uuid=theme.get("uuid")))
        variations = theme.get("variations") or ()
        filters = [*({"variation_uuid": str(one.get("uuid"))} for one in variations), *filters]
        seen: set[Any] = set()
        firsts = own.ahead({**one, "page": "1"} for one in filters)
        for one, first in zip(filters, firsts, strict=True):
            for page in CheckedPages(key="uuid", sort=one).rest(own, bounds, first):
                rows = [row for row in page.rows if row.get("uuid") not in seen]
                seen.update(row.get("uuid") for row in rows)
                yield replace(page, rows=rows, position=None)  # of one list among many

    def _filters_of_channels(self, ids: Callable[[], Iterator[int]]) -> list[dict[str, str]]:
        try:
            channels = ",".join(map(str, ids()))
        except Forbidden:  # the token may read themes, but not channels
            return []
        return [{"channel_id:in": channels}] if channels else []

    def _themes(self) -> Iterator[Row]:
        themes = self.run.stream(Themes)
        for page in themes.full_scan.pages(themes.reader({}, themes.tally), Bounds()):
            yield from page.rows


class CustomTemplates(Record):
    """File names of templates that a merchant can choose for single items, by kind of item."""

    version_uuid: str
    product: list[str]
    category: list[str]
    brand: list[str]
    page: list[str]


class ThemeCustomTemplates(PerParentStream):
    """Templates to choose from in the themes that channels show, one row for each version."""

    name = "theme_custom_templates"
    path = "/v3/themes/custom-templates/{version_uuid}"
    parent_key = "version_uuid"
    batched_by = Channels
    record = CustomTemplates
    primary_keys = ("version_uuid",)
    scope = ("store_themes_read_only",)
    page_limit = None
    full_scan = Once()
    selected_by_default = False

    def walk(
        self, reader: Reader, bounds: Bounds, ids: Callable[[], Iterator[int]]
    ) -> Iterator[Page]:
        """A page for each version that a channel shows, however many channels show it.

        Raises:
            NotFound: No version has templates.
        """
        del bounds
        themes = cast("ChannelActiveThemes", self.run.stream(ChannelActiveThemes))
        asked = [themes.ask({"id": channel}) for channel in ids()]
        rows = (row for one in asked for row in one.rows())
        versions = dict.fromkeys(row.get("active_theme_version_uuid") for row in rows)
        pending = {
            uuid: replace(reader, path=reader.path.format(version_uuid=uuid)).start({})
            for uuid in versions
            if uuid
        }
        missing, is_offered = None, False
        for uuid, answer in pending.items():
            try:
                page = answer.page()
            except NotFound as error:  # another version is shown by now
                missing = error
                continue
            is_offered = True
            yield replace(page, rows=[{"version_uuid": uuid, **row} for row in page.rows])
        if missing and not is_offered:
            raise missing


STREAMS = (Themes, ThemeConfigurations, ThemeCustomTemplates)
