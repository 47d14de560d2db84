"""What buyers of companies mean to order again.

Source: BigCommerce's B2B Edition REST Management V3 API, "Shopping List".
"""

# ruff: noqa: N815 - B2B Edition's names are mixed

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

from tap_bigcommerce.api.b2b_pages import read_b2b
from tap_bigcommerce.api.client import Answer, Request
from tap_bigcommerce.api.errors import NotFound, RequestRefused
from tap_bigcommerce.scans import CheckedPages
from tap_bigcommerce.scans.reader import LOOK_AHEAD
from tap_bigcommerce.schema.record import Personal, Record
from tap_bigcommerce.streams.b2b_base import B2BChildStream, B2BStream
from tap_bigcommerce.streams.b2b_people import B2BUsers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans import Bounds
    from tap_bigcommerce.scans.reader import Reader

GONE = Answer(status=404, bodies=(), attempts=1, limit=None)


class ShoppingList(Record):
    """What somebody means to order."""

    id: int
    name: str
    description: str
    status: Annotated[int, "0 approved, 20 deleted, 30 draft, 40 ready for approval"]
    companyId: int
    userId: Annotated[int, "Who made it, as b2b_users.id."]
    createdAt: datetime
    updatedAt: datetime
    channelId: int
    channelName: str


class B2BShoppingLists(B2BStream):
    """What buyers mean to order; one request per user, as each may see other lists."""

    name = "b2b_shopping_lists"
    path = "/api/v3/io/shopping-list"
    record = ShoppingList
    primary_keys = ("id",)
    foreign_keys = {
        "companyId": "b2b_companies.companyId",
        "userId": "b2b_users.id",
        "channelId": "channels.id",
    }
    channel_filter = "channelId"
    # Fewer than 250, as the reference has it, and such that a heavy page can be cut.
    page_limit = 240
    batched_by = B2BUsers

    def walk(
        self, reader: Reader, bounds: Bounds, ids: Callable[[], Iterator[int]]
    ) -> Iterator[Page]:
        """Pages of what each user may see, without lists that an earlier one saw."""
        seen: set[object] = set()
        for own, first in self._first_pages(reader, ids()):
            for page in CheckedPages().rest(own, bounds, first):
                rows = [row for row in page.rows if row.get("id") not in seen]
                seen.update(row.get("id") for row in rows)
                yield replace(page, rows=rows, position=None)

    def _first_pages(self, reader: Reader, users: Iterator[int]) -> Iterator[tuple[Reader, Page]]:
        """For each user a reader of their lists, and the first page."""
        asked: list[Reader] = []

        def readers() -> Iterator[Reader]:
            for user in users:
                asked.append(replace(reader, params={**reader.params, "userId": str(user)}))
                yield asked[-1]

        for answer in reader.pool.ordered(
            self._first_page, readers(), place=reader.place, ahead=LOOK_AHEAD
        ):
            own = asked.pop(0)
            if answer is not GONE:
                yield own, own.read(Request(own.path), answer)

    def _first_page(self, own: Reader) -> Answer:
        try:
            return own.fetch({"page": "1"})
        except (NotFound, RequestRefused):
            if self._is_user(own):
                raise
            return GONE

    def _is_user(self, own: Reader) -> bool:
        """Whether there is such a user; there was when users were listed."""
        path = f"{B2BUsers.path}/{own.params['userId']}"
        try:
            replace(own, path=path, params={}, limit=None).fetch({})
        except NotFound:
            return False
        return True


class ListOption(Record):
    """What was chosen of a product's options."""

    optionId: str
    optionValue: str


class ShoppingListItem(Record):
    """A product that somebody means to order."""

    shopping_list_id: int
    id: int
    productId: int
    variantId: int
    quantity: int
    sortOrder: int
    optionList: ListOption
    productNote: Annotated[str, Personal]


class B2BShoppingListItems(B2BChildStream):
    """What is on shopping lists; one request per list."""

    name = "b2b_shopping_list_items"
    path = "/api/v3/io/shopping-list/{shopping_list_id}"
    record = ShoppingListItem
    primary_keys = ("shopping_list_id", "id")
    foreign_keys = {"productId": "products.id"}
    page_limit = 250
    parent = B2BShoppingLists
    parent_key = "shopping_list_id"
    decode = staticmethod(partial(read_b2b, inside="items"))


STREAMS = (B2BShoppingLists, B2BShoppingListItems)
