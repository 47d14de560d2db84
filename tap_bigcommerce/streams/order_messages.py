"""What is said about orders: messages to and from customers, and whom the store tells.

Source: BigCommerce's REST Management API, "Orders V2" (Order Messages) and "Orders V3" (Order
Settings).
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (records' annotations are read at run time)
from typing import Annotated

from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.by_channel import ByChannelStream, OfChannel
from tap_bigcommerce.streams.order_children import OrderChild, V2OrderChildStream
from tap_bigcommerce.streams.singletons import OfStore, V3Singleton


class OrderMessage(OrderChild):
    """What merchant or customer wrote to the other about an order."""

    id: int
    staff_id: Annotated[int, "Who wrote it in the control panel."]
    customer_id: int
    type: Annotated[str, "admin or customer: who wrote it"]
    subject: Annotated[str, Personal]
    message: Annotated[str, Personal]
    status: Annotated[str, "read or unread"]
    is_flagged: bool
    date_created: datetime
    # The reference has no fields of it, and its example is empty.
    customer: Annotated[dict, "Undocumented.", Personal]  # type: ignore[type-arg]  # of no fixed shape


class OrderMessages(V2OrderChildStream):
    """Messages about orders; a request for each order."""

    name = "order_messages"
    path = "/v2/orders/{order_id}/messages"
    record = OrderMessage
    primary_keys = ("order_id", "id")
    foreign_keys = {"customer_id": "customers.id"}
    outlives = frozenset({"customer_id"})
    scope = ("store_v2_orders_read_only",)


class Recipients(Record):
    """Who gets one kind of e-mail."""

    email_addresses: Annotated[list[str], "Empty when it is off.", Personal]


class OrderNotifications(Record):
    """E-mails that an order sets off."""

    order_placed: Recipients
    forward_invoice: Recipients


class OrderSetting(Record):
    """Who hears of new orders."""

    notifications: OrderNotifications


class StoreOrderSettings(OrderSetting, OfStore):  # fields of the last base come first
    """The same, for channels without settings of their own."""


class OrderSettings(V3Singleton):
    """Who is told of new orders, for all channels."""

    name = "order_settings"
    path = "/v3/orders/settings"
    record = StoreOrderSettings
    scope = ("store_v2_orders_read_only",)
    selected_by_default = False


class ChannelOrderSettings(OrderSetting, OfChannel):
    """What a channel has instead; null addresses where it has the store's."""


class OrderSettingsByChannel(ByChannelStream):
    """Who is told of new orders of one channel."""

    name = "order_settings_by_channel"
    path = "/v3/orders/settings/channels/{channel_id}"
    record = ChannelOrderSettings
    scope = ("store_v2_orders_read_only",)


STREAMS = (OrderMessages, OrderSettings, OrderSettingsByChannel)
