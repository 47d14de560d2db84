"""What merchants and apps put into storefront pages: widgets, scripts, layouts.

Source: BigCommerce's REST Management API, "Widgets", "Scripts" and "Custom Template Associations".
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from tap_bigcommerce.scans import CheckedPages
from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.streams.v3 import V3Stream


class WidgetTemplate(Record):
    """What widgets of one kind look like, and what can be set in them."""

    name: str
    # Inputs in sections in tabs in lists, one inside another without end.
    schema: Annotated[list[dict], "What the page builder shows."]  # type: ignore[type-arg]  # of no fixed shape
    template: Annotated[str, "HTML with Handlebars."]
    storefront_api_query: Annotated[str, "GraphQL that brings the widget its data."]
    uuid: str
    kind: Annotated[str, "custom, or BigCommerce's name for one of its own."]
    date_created: datetime
    date_modified: datetime
    current_version_uuid: str
    icon_name: str
    # The last three are in the reference's examples only.
    channel_id: Annotated[int, "0 for every channel."]
    client_rerender: bool
    template_engine: Annotated[str, "Such as handlebars_v3."]


class WidgetTemplates(V3Stream):
    """Templates that widgets are made of."""

    name = "widget_templates"
    path = "/v3/content/widget-templates"
    record = WidgetTemplate
    primary_keys = ("uuid",)
    foreign_keys = {"channel_id": "channels.id"}
    scope = ("store_v2_content_read_only",)
    full_scan = CheckedPages(key="uuid")
    selected_by_default = False


class Widget(Record):
    """A template with content."""

    name: str
    description: str
    # As the template's `schema` has it.
    widget_configuration: Annotated[dict, "Values for the template."]  # type: ignore[type-arg]  # of no fixed shape
    uuid: str
    widget_template: WidgetTemplate
    date_created: datetime
    date_modified: datetime
    version_uuid: Annotated[str, "Of the template."]
    channel_id: int
    # In the reference's examples only, and empty there.
    storefront_api_query_params: Annotated[dict, "Variables of the template's GraphQL."]  # type: ignore[type-arg]  # of no fixed shape


class Widgets(V3Stream):
    """Widgets, each with its whole template."""

    name = "widgets"
    path = "/v3/content/widgets"
    record = Widget
    primary_keys = ("uuid",)
    foreign_keys = {"widget_template.uuid": "widget_templates.uuid", "channel_id": "channels.id"}
    scope = ("store_v2_content_read_only",)
    channel_filter = "channel_id:in"
    full_scan = CheckedPages(key="uuid")
    selected_by_default = False


class Placement(Record):
    """Where a widget is shown."""

    uuid: str
    template_file: Annotated[str, "Which pages, such as pages/home."]
    date_created: datetime
    date_modified: datetime
    channel_id: int
    entity_id: Annotated[str, "The one product, category, ... whose page it is; empty for all."]
    sort_order: int
    region: Annotated[str, "Place in the page."]
    status: Annotated[str, "active or inactive"]
    widget: Widget


class Placements(V3Stream):
    """Places of widgets, each with its whole widget."""

    name = "placements"
    path = "/v3/content/placements"
    record = Placement
    primary_keys = ("uuid",)
    foreign_keys = {"widget.uuid": "widgets.uuid", "channel_id": "channels.id"}
    scope = ("store_v2_content_read_only",)
    channel_filter = "channel_id:in"
    full_scan = CheckedPages(key="uuid")
    selected_by_default = False


class Script(Record):
    """Code of an app in storefront pages."""

    name: str
    uuid: str
    date_created: datetime
    date_modified: datetime
    description: str
    html: Annotated[str, "For kind script_tag."]
    src: Annotated[str, "For kind src."]
    auto_uninstall: Annotated[bool, "Whether it goes when its app is uninstalled."]
    load_method: Annotated[str, "default, async or defer"]
    location: Annotated[str, "head or footer"]
    visibility: Annotated[str, "storefront, all_pages, checkout or order_confirmation"]
    kind: Annotated[str, "src or script_tag"]
    api_client_id: str
    consent_category: Annotated[str, "essential, functional, analytics, targeting or unknown"]
    enabled: bool
    channel_id: int
    integrity_hashes: Annotated[list[str], "By which browsers know the script."]


class Scripts(V3Stream):
    """Scripts that this API account made, and no others; those of checkouts by a scope more."""

    # Sorted by time, they could be read up to the last change known. They are few: full table.
    name = "scripts"
    path = "/v3/content/scripts"
    record = Script
    primary_keys = ("uuid",)
    foreign_keys = {"channel_id": "channels.id"}
    scope = ("store_v2_content_read_only", "store_content_checkout_read_only")
    channel_filter = "channel_id:in"
    full_scan = CheckedPages(key="uuid", sort={"sort": "date_created", "direction": "asc"})
    selected_by_default = False


class CustomTemplateAssociation(Record):
    """A product, category, brand or page with a layout of its own."""

    id: int
    channel_id: int
    entity_type: Annotated[str, "product, category, brand or page"]
    entity_id: int
    file_name: Annotated[str, "The layout, a file of the theme."]
    is_valid: Annotated[bool, "Whether the active theme has such a file."]
    date_created: datetime
    date_modified: datetime


class CustomTemplateAssociations(V3Stream):
    """Layouts of single products, categories, brands and pages."""

    name = "custom_template_associations"
    path = "/v3/storefront/custom-template-associations"
    record = CustomTemplateAssociation
    primary_keys = ("id",)
    foreign_keys = {"channel_id": "channels.id"}
    scope = ("store_themes_read_only",)
    channel_filter = "channel_id"
    selected_by_default = False


STREAMS = (WidgetTemplates, Widgets, Placements, Scripts, CustomTemplateAssociations)
