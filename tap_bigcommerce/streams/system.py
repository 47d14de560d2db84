"""What runs behind the store: its clock, its log, its webhooks, what BigCommerce hosts for it.

Source: BigCommerce's REST Management API, "Store Information" (Time), "Store Logs", "Webhooks"
and "Infrastructure Hosting" (Projects).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.scans import Cursor
from tap_bigcommerce.schema.record import Personal, Record, Secret
from tap_bigcommerce.schema.values import or_none, to_list
from tap_bigcommerce.streams.singletons import OfStore, V2Singleton, V3Singleton
from tap_bigcommerce.streams.v3 import V3_MODIFIED, V3Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans import Bounds
    from tap_bigcommerce.scans.reader import Reader


class Clock(OfStore):
    """The time by which the store dates what it changes."""

    time: datetime


class SystemTime(V2Singleton):
    """One row: what the store's clock showed when it was asked."""

    name = "system_time"
    path = "/v2/time"
    record = Clock
    scope = ("store_v2_information_read_only",)
    selected_by_default = False


class StoreLog(Record):
    """Something that the store noted about its own work."""

    id: int
    type: Annotated[
        str,
        "general, payment, shipping, tax, notification, emailintegration, ordersettings or design",
    ]
    module: Annotated[str, "Such as theme+download, or a gateway."]
    severity: Annotated[str, "A word, such as success or errors."]
    summary: str
    message: Annotated[str, "A text, or an object as JSON text."]
    date_created: datetime


class StoreLogs(V3Stream):
    """What the control panel shows as store logs; BigCommerce keeps them for 365 days."""

    # No filter by time. Entries come in order of creation unless another order is asked for.
    name = "store_logs"
    path = "/v3/store/systemlogs"
    record = StoreLog
    primary_keys = ("id",)
    scope = ("store_logs_read_only",)
    selected_by_default = False


class Webhook(Record):
    """An address that BigCommerce tells of events."""

    id: int
    client_id: str
    store_hash: str
    scope: Annotated[str, "The events, such as store/order/created or store/order/*."]
    destination: str
    # Whoever made the webhook chose their names; the receiver knows the sender by them.
    headers: Annotated[dict, "Sent along, by name.", Secret]  # type: ignore[type-arg]  # of no fixed shape
    is_active: Annotated[bool, "BigCommerce deactivates what did not answer for 90 days."]
    created_at: datetime
    updated_at: datetime


class Webhooks(V3Stream):
    """Webhooks of the API account that the token belongs to; others' are not shown."""

    # `updated_at` is no filter: every row is read anyway. Full table.
    name = "webhooks"
    path = "/v3/hooks"
    record = Webhook
    primary_keys = ("id",)
    scope = ()
    selected_by_default = False


class WebhookWithStatus(Webhook):
    """A webhook, and what became of it."""

    status: Annotated[str, "inactive, active or deactivated"]


class DeliveryFailure(Record):
    """Why events could not be delivered to a host."""

    failure_description: str
    count: int
    timestamp: datetime


class BlockedDomain(Record):
    """A host that gets no events for a while, because it did not answer."""

    destination: str
    time_left: Annotated[int, "Seconds until it gets events again."]
    reasons: list[DeliveryFailure]


class WebhookAdmin(OfStore):
    """How the webhooks of an API account are doing."""

    emails: Annotated[list[str], "Who is told of webhooks that fail.", Personal]
    hooks_list: list[WebhookWithStatus]
    blocked_domains: list[BlockedDomain]


class WebhookAdminInfo(V3Singleton):
    """One row: notification addresses, webhooks with their status, and hosts that are blocked."""

    name = "webhook_admin_info"
    path = "/v3/hooks/admin"
    record = WebhookAdmin
    scope = ()
    selected_by_default = False

    def walk(
        self,
        reader: Reader,
        bounds: Bounds,  # noqa: ARG002 (there is one row)
        ids: Callable[[], Iterator[int]],  # noqa: ARG002
    ) -> Iterator[Page]:
        """The row, with the webhooks of all pages: `meta` counts those, not rows."""
        first = reader.get({})
        (row,) = first.rows or ({},)
        hooks = or_none(to_list, row.get("hooks_list")) or []
        for number in range(2, 1 + (first.total_pages or 1)):
            (more,) = reader.get({"page": str(number)}).rows or ({},)
            known = [hook.get("id") for hook in hooks]  # in case that `page` is ignored
            hooks += [
                hook
                for hook in or_none(to_list, more.get("hooks_list")) or ()
                if hook.get("id") not in known
            ]
        yield first


class HostingProject(Record):
    """A project of BigCommerce's own hosting, such as a storefront."""

    uuid: str
    name: str
    date_created: datetime
    date_modified: datetime


class InfrastructureProjects(V3Stream):
    """Storefronts and other programs that BigCommerce hosts for the store."""

    name = "infrastructure_projects"
    path = "/v3/infrastructure/projects"
    record = HostingProject
    primary_keys = ("uuid",)
    replication_key = "date_modified"
    scope = ("store_infrastructure_projects_read_only",)
    time = V3_MODIFIED
    full_scan = changed_scan = Cursor(V3_MODIFIED)
    selected_by_default = False


STREAMS = (SystemTime, StoreLogs, Webhooks, WebhookAdminInfo, InfrastructureProjects)
