"""Channels' themes, menus, currencies and listings; sites; themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.filters import Filter, v3
from tap_bigcommerce.sandbox.listing import Answer, Listing
from tap_bigcommerce.sandbox.paging import window
from tap_bigcommerce.sandbox.resources.catalog import page_of_rows
from tap_bigcommerce.sandbox.resources.fixed import channel_in, one, unpaged, wanted
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store.channel_parts import SITES
from tap_bigcommerce.sandbox.store.store_info import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.listing import Call
    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row

_LISTING_PARAMETERS = {"limit", "after"}
_LISTING_FILTERS = {
    **v3("date_created", "date", "min", "max"),
    **v3("date_modified", "date", "min", "max"),
    "product_id:in": Filter("product_id", "in", "int"),
}


def routes(store: Store) -> Iterator[Route]:
    """All of these endpoints."""
    parts = store.channel_parts
    channel, settings = "/v3/channels/{channel_id}", scopes.CHANNELS
    yield Route(
        f"{channel}/active-theme",
        settings,
        lambda call: one(parts.active_theme(channel_in(call))),
    )
    yield Route(
        f"{channel}/channel-menus", settings, lambda call: one(parts.menus(channel_in(call)))
    )
    yield Route(
        "/v3/channels/currency-assignments", settings, lambda _: unpaged(_currencies(store))
    )
    yield Route(f"{channel}/listings", scopes.LISTINGS, _listings)
    yield Route("/v3/sites", scopes.SITES, _sites)
    yield Route("/v3/sites/{site_id}/routes", scopes.SITES, _routes)
    yield Route("/v3/sites/certificates", scopes.SITES, lambda _: _certificates(store))
    yield Route("/v3/themes", scopes.THEMES, lambda _: unpaged(parts.themes()))
    yield Route("/v3/themes/{uuid}/configurations", scopes.THEMES, _configurations)
    yield Route("/v3/themes/custom-templates/{version_uuid}", scopes.THEMES, _templates)


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All rows of these streams."""
    parts = store.channel_parts
    channels = [channel[0] for channel in CHANNELS]
    sites = [parts.site(number) for number in range(SITES)]

    def by_channel(find: Callable[[int], Row | None]) -> Callable[[], Iterable[Row]]:
        return lambda: (
            {"channel_id": channel, **row} for channel in channels if (row := find(channel))
        )

    return {
        "channel_active_themes": by_channel(parts.active_theme),
        "channel_menus": by_channel(parts.menus),
        "channel_currency_assignments": lambda: _currencies(store),
        "channel_listings": lambda: (
            parts.listing(channel, id_)
            for channel, table in parts.listings.items()
            for id_ in table.ids
        ),
        "sites": lambda: sites,
        "site_routes": lambda: (
            {"site_id": site["id"], **row} for site in sites for row in parts.routes(site["id"])
        ),
        "site_certificates": parts.certificates,
        "themes": parts.themes,
        "theme_configurations": lambda: (
            row for number in (1, 2, 3) for row in parts.configurations(number)
        ),
        "theme_custom_templates": lambda: (
            {"version_uuid": version, **parts.templates(version)} for version in parts.versions
        ),
    }


def _currencies(store: Store) -> list[Row]:
    return [store.info.with_currencies(row)["currencies"] for row in store.info.channels]


def _listings(call: Call) -> Answer:
    """Pages that begin after a listing; an unknown channel has none, and `page` is refused."""
    odd = [name for name in call.query if name not in {*_LISTING_PARAMETERS, *_LISTING_FILTERS}]
    if odd:
        raise ProblemError(
            422, f"The filter(s): {', '.join(odd)} are not valid filter parameter(s)."
        )
    (channel,) = call.ids
    parts = call.store.channel_parts
    table = parts.listings.get(channel)
    ids: list[int] = []
    if table:
        listing = Listing(
            table, lambda id_: parts.listing(channel, id_), _LISTING_FILTERS, key="listing_id"
        )
        ids = list(listing.matching(call, is_v3=True))
    total, limit = len(ids), window({**call.query, "page": "1"}).limit
    after = int(call.query.get("after", "0"))
    following = [id_ for id_ in ids if id_ > after]
    page = following[:limit]
    rows = [parts.listing(channel, id_) for id_ in page]
    links = {"current": f"?limit={limit}" + (f"&after={after}" if after else "")}
    if len(following) > limit:
        links["next"] = f"?limit={limit}&after={page[-1]}"
    if after:
        links["previous"] = f"?limit={limit}"
    meta = {"count": len(rows), "total": total, "links": links, "total_pages": -(-total // limit)}
    return Answer({"data": rows, "meta": {"pagination": meta}}, rows, page)


def _sites(call: Call) -> Answer:
    """Pages counted in another way than everywhere else."""
    rows = [call.store.channel_parts.site(number) for number in range(SITES)]
    types = set(call.words("url_type:in"))
    rows = [
        row
        for row in wanted(call, rows, "channel_id")
        if not types or types & {url["type"] for url in row["urls"]}
    ]
    answer = page_of_rows(call, rows)
    shown = window(call.query)
    answer.payload["meta"]["pagination"] = {
        "offset": (shown.page - 1) * shown.limit,
        "limit": shown.limit,
        "total_items": len(rows),
    }
    return answer


def _routes(call: Call) -> Answer:
    (site,) = call.ids
    parts = call.store.channel_parts
    if site not in {parts.site(number)["id"] for number in range(SITES)}:
        raise ProblemError(404)
    rows = parts.routes(site)
    if "type" in call.query:
        rows = [row for row in rows if row["type"] == call.query["type"]]
    answer = page_of_rows(call, rows)
    meta = answer.payload["meta"]["pagination"]
    meta["total_page"] = meta.pop("total_pages")  # as the reference spells it
    return answer


def _certificates(store: Store) -> Answer:
    """With null for a host without one: the reference allows for it."""
    rows = store.channel_parts.certificates()
    return Answer({"data": [rows[0], None, *rows[1:]], "meta": {}}, rows)


def _configurations(call: Call) -> Answer:
    parts = call.store.channel_parts
    theme = call.ids[0]
    number = next((n for n in range(1, 5) if parts.theme(n)["uuid"] == theme), None)
    if number is None:
        raise ProblemError(404)
    if not call.query.keys() & {"uuid:in", "channel_id:in", "variation_uuid"}:
        raise ProblemError(400, "At least one filter must be provided")
    rows = wanted(call, parts.configurations(number), "uuid")
    if "variation_uuid" in call.query:
        rows = [row for row in rows if row["variation_id"] == call.query["variation_uuid"]]
    if "channel_id:in" in call.query:
        rows = [row for row in rows if row["site_id"]]
    answer = page_of_rows(call, rows)
    answer.payload["meta"] = {}
    return answer


def _templates(call: Call) -> Answer:
    version = call.ids[0]
    parts = call.store.channel_parts
    return one(parts.templates(version) if version in parts.versions else None)
