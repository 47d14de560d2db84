"""Logs, webhooks, projects, countries, taxes, shipping, pickup and payment methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.cursors import cursor_page
from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.filters import Filter, v3
from tap_bigcommerce.sandbox.listing import Answer, Listing, v3_page
from tap_bigcommerce.sandbox.paging import pagination, window
from tap_bigcommerce.sandbox.resources.catalog import page_of_rows
from tap_bigcommerce.sandbox.resources.fixed import (
    bare,
    bare_page,
    channel_in,
    counted_page,
    one,
    unpaged,
    wanted,
)
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store import back_office as sizes
from tap_bigcommerce.sandbox.store.store_info import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.listing import Call
    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

_SEVERITIES = {"success": 1, "notice": 2, "warning": 3, "errors": 4}
_DATES = {
    **v3("date_created", "date", "min", "max"),
    **v3("date_modified", "date", "min", "max"),
}


def routes(store: Store) -> Iterator[Route]:
    """All of these endpoints."""
    office = store.back_office
    projects = Listing(
        office.projects, office.project, {**_DATES, "name:like": Filter("name", "like", "text")}
    )
    logs = Listing(
        office.logs,
        lambda id_: {**office.log(id_), "severity": _SEVERITIES[office.log(id_)["severity"]]},
        {
            **v3("type", "text", "not"),
            **v3("module", "text", "not"),
            **v3("severity", "int", "min", "max"),
            **v3("id", "int", "in", eq=False),
        },
        modified="",
        sorts=("date_created", "type"),
    )
    pickup = Listing(
        office.pickup_methods,
        office.pickup_method,
        {**_DATES, **v3("id", "int", "in", eq=False)},
        sorts=("date_modified", "name"),
        sort_has_direction=True,
    )
    yield Route("/v3/store/systemlogs", scopes.LOGS, lambda call: v3_page(call, logs, office.log))
    yield Route("/v3/hooks", scopes.ANY, _webhooks)
    yield Route("/v3/hooks/admin", scopes.ANY, _webhook_admin)
    yield Route(
        "/v3/infrastructure/projects",
        scopes.PROJECTS,
        lambda call: _cursors_only(cursor_page(call, projects)),
    )
    information: tuple[tuple[str, Callable[[Call], Answer]], ...] = (
        ("/v2/countries", lambda call: bare_page(call, _countries(store))),
        ("/v2/countries/states", lambda call: bare_page(call, _states(store))),
        ("/v2/tax_classes", _tax_classes),
        ("/v3/tax/zones", lambda call: unpaged(wanted(call, office.tax_zones()))),
        ("/v3/tax/rates", _tax_rates),
        ("/v3/tax/settings", lambda _: one(office.tax_settings())),
        ("/v2/shipping/zones", lambda _: bare(_zones(store))),
        ("/v2/shipping/zones/{zone_id}/methods", _methods),
    )
    for path, handle in information:
        yield Route(path, scopes.INFORMATION, handle)
    yield Route("/v3/shipping/settings", scopes.PRODUCTS, lambda _: one(_SHIPPING))
    yield Route(
        "/v3/shipping/settings/channels/{channel_id}",
        scopes.PRODUCTS,
        lambda call: one(_shipping_of(channel_in(call))),
    )
    yield Route("/v3/pickup/methods", scopes.FULFILLMENT, lambda call: v3_page(call, pickup))
    yield Route(
        "/v2/payments/methods",
        scopes.PAYMENT_METHODS,
        lambda call: bare_page(call, office.payment_methods()),
    )


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All rows of these streams."""
    office = store.back_office
    key = {"store_hash": store.world.store_hash}
    return {
        "system_time": lambda: [key],  # the time is another one at each request
        "store_logs": lambda: map(office.log, office.logs.ids),
        "webhooks": lambda: map(office.webhook, range(sizes.WEBHOOKS)),
        "webhook_admin_info": lambda: [{**key, **office.webhook_admin()}],
        "infrastructure_projects": lambda: map(office.project, office.projects.ids),
        "countries": lambda: _countries(store),
        "states": lambda: _states(store),
        "tax_classes": lambda: _classes(store),
        "tax_zones": office.tax_zones,
        "tax_rates": lambda: _rates(store),
        "tax_settings": lambda: [{**key, **office.tax_settings()}],
        "shipping_zones": lambda: _zones(store),
        "shipping_zone_locations": lambda: (
            {"zone_id": zone["id"], **place}
            for zone in _zones(store)
            for place in zone["locations"]
        ),
        "shipping_methods": lambda: (
            {"zone_id": zone["id"], **row}
            for zone in _zones(store)
            for row in office.methods(zone["id"])
        ),
        "shipping_settings": lambda: [{**key, **_SHIPPING}],
        "shipping_settings_by_channel": lambda: (
            {"channel_id": channel[0], **_shipping_of(channel[0])} for channel in CHANNELS
        ),
        "pickup_methods": lambda: map(office.pickup_method, office.pickup_methods.ids),
        "payment_methods": office.payment_methods,
    }


_SHIPPING: Row = {
    "checkout": {
        "country_list_strategy": "DISPLAY_ONLY_SHIPPABLE_COUNTRIES",
        "out_of_delivery_zone_message": "Dahin liefern wir leider nicht 🚚",
    }
}


def _shipping_of(channel_id: int) -> Row:
    message = "" if channel_id % 2 else "Not to your address."
    return {"checkout": {"out_of_delivery_zone_message": message}}


def _countries(store: Store) -> list[Row]:
    return [store.back_office.country(id_) for id_ in range(1, 1 + sizes.COUNTRIES)]


def _states(store: Store) -> list[Row]:
    return [store.back_office.state(id_) for id_ in range(1, 1 + sizes.STATES)]


def _classes(store: Store) -> list[Row]:
    return [store.back_office.tax_class(id_) for id_ in range(1, 1 + sizes.TAX_CLASSES)]


def _rates(store: Store) -> list[Row]:
    return [store.back_office.tax_rate(id_) for id_ in range(1, 1 + sizes.TAX_RATES)]


def _zones(store: Store) -> list[Row]:
    return [store.back_office.zone(id_) for id_ in range(1, 1 + sizes.ZONES)]


def _webhooks(call: Call) -> Answer:
    rows: list[Row] = list(map(call.store.back_office.webhook, range(sizes.WEBHOOKS)))
    if "is_active" in call.query:
        rows = [row for row in rows if row["is_active"] is (call.query["is_active"] == "true")]
    for name in ("scope", "destination"):
        if name in call.query:
            rows = [row for row in rows if row[name] == call.query[name]]
    return page_of_rows(call, rows)


def _webhook_admin(call: Call) -> Answer:
    """One object; the pages that `meta` counts are of its webhooks."""
    row = call.store.back_office.webhook_admin()
    hooks = row["hooks_list"]
    query = {name: call.query[name] for name in call.query if name != "limit"}
    shown = window(query, ignores_page=call.ignores_page)
    start = (shown.page - 1) * shown.limit
    row["hooks_list"] = hooks[start : start + shown.limit]
    meta: dict[str, Any] = pagination(query, shown, len(row["hooks_list"]), len(hooks))
    return Answer({"data": row, "meta": {"pagination": meta}}, [row])


def _cursors_only(answer: Answer) -> Answer:
    meta = answer.payload["meta"]
    meta.pop("pagination", None)
    del meta["cursor_pagination"]["links"]["current"]
    return answer


def _tax_classes(call: Call) -> Answer:
    if call.query.get("page", "1").isdecimal() and int(call.query.get("page", "1")) > 50:  # noqa: PLR2004 - the reference's
        raise ProblemError(400, "page is at most 50")
    return bare_page(call, _classes(call.store))


def _tax_rates(call: Call) -> Answer:
    rows = wanted(call, wanted(call, _rates(call.store)), "tax_zone_id")
    return counted_page(call, rows)


def _methods(call: Call) -> Answer:
    (zone,) = call.ids
    if not 1 <= zone <= sizes.ZONES:
        raise ProblemError(404)
    return bare(call.store.back_office.methods(zone))
