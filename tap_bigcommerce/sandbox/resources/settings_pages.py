"""Settings of the store and of its channels, analytics, and filters of searches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.resources.fixed import channel_asked, counted_page, one, unpaged
from tap_bigcommerce.sandbox.routes import Route
from tap_bigcommerce.sandbox.store.settings_pages import SETTINGS, STORE_WIDE
from tap_bigcommerce.sandbox.store.store_info import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.listing import Answer, Call
    from tap_bigcommerce.sandbox.store import Store
    from tap_bigcommerce.sandbox.store.world import Row


def routes(store: Store) -> Iterator[Route]:
    """All of these endpoints."""
    pages = store.settings_pages
    for name in SETTINGS:
        yield Route(f"/v3/settings/{name}", scopes.INFORMATION, partial(_settings, name))
    yield Route(
        "/v3/settings/analytics",
        scopes.CONTENT,
        lambda call: unpaged(pages.providers(channel_asked(call))),
    )
    filters = "/v3/settings/search/filters"
    yield Route(filters, scopes.INFORMATION, lambda _: unpaged(pages.filters()))
    yield Route(f"{filters}/available", scopes.INFORMATION, lambda _: unpaged(pages.available()))
    yield Route(f"{filters}/contexts", scopes.INFORMATION, _contexts)


def truth(store: Store) -> dict[str, Callable[[], Iterable[Row]]]:
    """All rows of these streams."""
    pages, store_hash = store.settings_pages, store.world.store_hash
    channels = [channel[0] for channel in CHANNELS]

    def of_store(name: str) -> list[Row]:
        return [{"store_hash": store_hash, **pages.of(name, None)}]

    def of_channels(name: str) -> list[Row]:
        return [{"channel_id": channel, **pages.of(name, channel)} for channel in channels]

    return {
        **{_stream(name): partial(of_store, name) for name in SETTINGS},
        **{
            f"{_stream(name)}_by_channel": partial(of_channels, name)
            for name in SETTINGS.keys() - STORE_WIDE
        },
        "analytics_providers": lambda: pages.providers(None),
        "analytics_providers_by_channel": lambda: (
            row for channel in channels for row in pages.providers(channel)
        ),
        "search_filters": pages.filters,
        "search_filters_available": pages.available,
        "search_filter_contexts": pages.contexts,
    }


def _stream(name: str) -> str:
    """What the tap calls a page of settings."""
    short = name.removeprefix("store/") if name.endswith("measurement") else name
    return "settings_" + short.replace("/", "_").replace("-", "_")


def _settings(name: str, call: Call) -> Answer:
    channel = None if name in STORE_WIDE else channel_asked(call)
    return one(call.store.settings_pages.of(name, channel))


def _contexts(call: Call) -> Answer:
    rows = call.store.settings_pages.contexts()
    for name in ("channel_id", "category_id"):
        if name in call.query:
            rows = [row for row in rows if str(row["context"].get(name)) == call.query[name]]
    return counted_page(call, rows)
