"""What carriers asked for shipping when orders were placed.

The only list two levels below orders: the order's addresses have to be known to ask for it.

Source: REST Management API, "Orders V2" (Order Shipping Address Quotes).
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (records' annotations are read at run time)
from typing import TYPE_CHECKING, Annotated, Final, cast

from tap_bigcommerce.streams.children import Asked
from tap_bigcommerce.streams.order_children import OrderChild, V2OrderChildStream
from tap_bigcommerce.streams.order_embeds import addresses_of
from tap_bigcommerce.streams.order_fulfillment import CONSIGNMENTS, OrderShippingAddresses
from tap_bigcommerce.streams.orders import Orders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_bigcommerce.api.pages import Row

ADDRESSES: Final = "_addresses"
"""IDs of an order's addresses, in what is kept of the order's row."""


class OrderShippingQuote(OrderChild):
    """What one carrier wanted for shipping to one address."""

    order_address_id: Annotated[int, "ID in order_shipping_addresses."]
    id: str
    uuid: str
    timestamp: datetime
    shipping_provider_id: Annotated[str, "Such as bcstatic or bcrealtime."]
    # The carrier's own answer.
    shipping_provider_quote: Annotated[list[dict], "Empty for rates that the merchant set."]  # type: ignore[type-arg]  # of no fixed shape
    provider_code: Annotated[str, "Such as shipping_byweight or upsready."]
    carrier_code: str
    rate_code: str
    rate_id: str
    method_id: Annotated[int, "ID in shipping_methods."]


class OrderShippingQuotes(V2OrderChildStream):
    """Shipping quotes of orders from a storefront; a request for each address."""

    # Others have none, by the reference. But `order_source` is what whoever made the order said.
    name = "order_shipping_quotes"
    path = "/v2/orders/{order_id}/shipping_addresses/{order_address_id}/shipping_quotes"
    record = OrderShippingQuote
    primary_keys = ("order_id", "id")
    foreign_keys = {"order_address_id": "order_shipping_addresses.id"}
    page_limit = None
    scope = ("store_v2_orders_read_only",)
    asked_by = CONSIGNMENTS
    selected_by_default = False

    @classmethod
    def rules_out(cls, parent: Row) -> bool:
        """Whether the order has no address."""
        return addresses_of(parent) == []

    def kept(self, parent: Row) -> Row:
        """The addresses, if the order has all of them embedded."""
        found = addresses_of(parent)
        return {} if found is None else {ADDRESSES: [row["id"] for row in found]}

    def ask(self, parent: Row) -> Asked:
        """Ask for the quotes of each of the order's addresses."""
        return _Quotes(self, parent)

    def unwrap(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Quotes with the carrier's answer in a list, which it is not always by the reference."""
        name = "shipping_provider_quote"
        return [
            {**row, name: [row[name]]} if isinstance(row.get(name), dict) and row[name] else row
            for row in rows
        ]


class _Quotes(Asked):
    """The quotes of all addresses of an order, on their way."""

    def __init__(self, quotes: OrderShippingQuotes, order: Row) -> None:
        self.parent = order
        key, addresses = Orders.id_of(order), order.get(ADDRESSES)
        if addresses is None:
            stream = cast("OrderShippingAddresses", quotes.run.stream(OrderShippingAddresses))
            addresses = [row["id"] for row in stream.own_rows(order)]
        self._asked = {
            address: Asked(
                quotes,
                quotes.reader({}, quotes.tally, order_id=key, order_address_id=address),
                order,
            )
            for address in addresses
        }

    def rows(self) -> Sequence[Row]:
        return [
            {**row, "order_address_id": address}
            for address, one in self._asked.items()
            for row in one.rows()
        ]

    @property
    def is_missing(self) -> bool:
        return bool(self._asked) and all(one.is_missing for one in self._asked.values())

    def drop(self) -> None:
        for one in self._asked.values():
            one.drop()


STREAMS = (OrderShippingQuotes,)
