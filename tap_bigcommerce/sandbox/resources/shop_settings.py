"""Settings and e-mail templates, for the whole store and by channel; promotion codes, banners."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.cursors import cursor_page
from tap_bigcommerce.sandbox.errors import BadValueError, ProblemError
from tap_bigcommerce.sandbox.filters import v2_range, v3
from tap_bigcommerce.sandbox.fixed import fixed
from tap_bigcommerce.sandbox.listing import Answer, Call, v2_page
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store import shop_settings as rows_of
from tap_bigcommerce.sandbox.store.promotion_codes import (
    PROMOTION_SETTINGS,
    banner_rows,
    code_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

    Settings = Callable[[int | None], Row]

_SETTINGS: tuple[tuple[str, str, tuple[str, ...], Settings], ...] = (
    # stream, path, scopes, rows; with `/channels/{channel_id}` and `_by_channel` for those
    ("customer_settings", "/v3/customers/settings", scopes.CUSTOMERS, rows_of.customer_settings),
    ("order_settings", "/v3/orders/settings", scopes.ORDERS, rows_of.order_settings),
    ("cart_settings", "/v3/carts/settings", scopes.INFORMATION, rows_of.cart_settings),
    ("checkout_settings", "/v3/checkouts/settings", scopes.CHECKOUT, rows_of.checkout_settings),
    (
        "abandoned_cart_settings",
        "/v3/abandoned-carts/settings",
        scopes.INFORMATION,
        rows_of.abandoned_cart_settings,
    ),
)
_STOREFRONTS_ONLY = "checkout_settings"
_BARE = frozenset({"order_settings"})
_EMAILS = "/v3/marketing/abandoned-cart-emails"


def routes(store: Store) -> Iterator[Route]:
    """All endpoints of settings that this module has, and of codes and banners."""
    for stream, path, scope, find in _SETTINGS:
        yield Route(path, scope, partial(_settings, stream, find))
        yield Route(path + "/channels/{channel_id}", scope, partial(_of_channel, stream, find))
    yield Route(
        "/v3/promotions/settings",
        scopes.MARKETING,
        lambda _: Answer(dict(PROMOTION_SETTINGS), [PROMOTION_SETTINGS]),
    )
    yield Route("/v3/promotions/{promotion_id}/codes", scopes.MARKETING, _codes, max_concurrent=10)
    banners = fixed(banner_rows(store.world), v2_range("id", "int"), key="id")
    yield Route("/v2/banners", scopes.MARKETING, lambda call: v2_page(call, banners))
    yield Route(
        _EMAILS, scopes.INFORMATION, lambda call: _emails(call, rows_of.abandoned_cart_emails)
    )
    yield Route(_EMAILS + "/settings", scopes.INFORMATION, _email_settings)
    yield Route(
        "/v3/marketing/email-templates",
        scopes.INFORMATION,
        lambda call: _emails(call, rows_of.email_templates),
    )


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All rows by stream."""
    channels = [(row["id"], row["type"]) for row in store.info.channels]
    hash_ = {"store_hash": store.world.store_hash}

    def of_store(find: Settings) -> list[Row]:
        return [{**hash_, **_without_meta(find(None))}]

    def by_channel(stream: str, find: Settings) -> list[Row]:
        return [
            {"channel_id": id_, **_without_meta(find(id_))}
            for id_, type_ in channels
            if stream != _STOREFRONTS_ONLY or type_ == "storefront"
        ]

    def own(find: Callable[[int | None], list[Row]]) -> list[Row]:
        return [{"channel_id": id_, **row} for id_, _ in channels for row in find(id_)]

    found: dict[str, Callable[[], Iterable[Row]]] = {}
    for stream, _, _, find in _SETTINGS:
        found[stream] = partial(of_store, find)
        found[f"{stream}_by_channel"] = partial(by_channel, stream, find)
    return {
        **found,
        "promotion_settings": lambda: [{**hash_, **PROMOTION_SETTINGS}],
        "promotion_codes": lambda: (
            {"promotion_id": id_, **row}
            for id_ in list(store.marketing.promotions.ids)
            for row in code_rows(store.marketing, id_)
        ),
        "banners": lambda: banner_rows(store.world),
        "abandoned_cart_emails": rows_of.abandoned_cart_emails,
        "abandoned_cart_email_settings": lambda: (
            {"channel_id": id_, **rows_of.abandoned_cart_email_settings(id_)} for id_, _ in channels
        ),
        "abandoned_cart_emails_by_channel": partial(own, rows_of.abandoned_cart_emails),
        "email_templates": rows_of.email_templates,
        "email_templates_by_channel": partial(own, rows_of.email_templates),
    }


def _without_meta(row: Row) -> Row:
    return {name: row[name] for name in row if name != "meta"}


def _settings(stream: str, find: Settings, call: Call, channel: int | None = None) -> Answer:
    del call
    row = find(channel)
    payload: Any = row if stream in _BARE else {"data": row, "meta": {}}
    return Answer(payload, [row])


def _of_channel(stream: str, find: Settings, call: Call) -> Answer:
    type_ = _channel_type(call, call.ids[0])
    if stream == _STOREFRONTS_ONLY and type_ != "storefront":
        raise BadValueError(field="channelId", message="Invalid channelId")
    return _settings(stream, find, call, call.ids[0])


def _channel_type(call: Call, id_: int) -> str:
    for row in call.store.info.channels:
        if row["id"] == id_:
            type_: str = row["type"]
            return type_
    raise ProblemError(404)


def _email_settings(call: Call) -> Answer:
    text = call.query.get("channel_id", "")
    if not text.isdecimal():
        raise BadValueError(field="channel_id", message="channel_id is required")
    _channel_type(call, int(text))
    row = rows_of.abandoned_cart_email_settings(int(text))
    return Answer(row, [row])


def _emails(call: Call, find: Callable[[int | None], list[Row]]) -> Answer:
    channel = None
    if "channel_id" in call.query:
        channel = int(call.query["channel_id"])
        _channel_type(call, channel)
    rows = find(channel)
    return Answer({"data": rows, "meta": {}}, rows)


def _codes(call: Call) -> Answer:
    marketing = call.store.marketing
    if call.ids[0] not in marketing.promotions:
        raise ProblemError(404)
    rows = code_rows(marketing, call.ids[0])
    return cursor_page(call, fixed(rows, v3("code", "text"), key="id"), excludes_page=True)
