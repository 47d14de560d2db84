"""The test of a connection: which scopes the token has, and what the selected streams need.

One request for each scope, as streams of one scope are open or closed together. What one request
cannot tell is told by comparing several: a store's plan from a scope, a wrong store from a token
without scopes.
"""

from __future__ import annotations

import re
import time
import typing as t
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.api.client import Request
from tap_bigcommerce.api.errors import (
    ApiError,
    Forbidden,
    NotFound,
    TokenRejected,
    Unreachable,
)
from tap_bigcommerce.api.pages import UnreadablePage
from tap_bigcommerce.api.pool import ANYWHERE
from tap_bigcommerce.schema.values import value_at
from tap_bigcommerce.streams.scopes import least, needs, panel_names

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from tap_bigcommerce.api.client import Answer
    from tap_bigcommerce.api.pages import Row
    from tap_bigcommerce.run import Run
    from tap_bigcommerce.settings import Settings
    from tap_bigcommerce.streams.base import BigCommerceStream
    from tap_bigcommerce.streams.lists import ListStream
    from tap_bigcommerce.streams.scopes import Needs

MOST_REQUESTS: t.Final = 25
MOST_S: t.Final = 7.0
"""When answers are no longer waited for. The whole program is to take less than ten seconds."""
ANSWER_S: t.Final = 4.0
"""For one row, even a slow store needs less."""
RETRIES: t.Final = 2

INFORMATION: t.Final = "store_v2_information_read_only"
B2B_EDITION: t.Final = "B2B Edition"
"""Asked about where a stream of it is selected alone: most stores do not have it."""
ANYONE: t.Final = ""
"""In place of a scope, for what every token of the store may read."""
PROBED_BY: t.Final = {
    INFORMATION: "store_information",
    "store_v2_products_read_only": "products",
    "store_inventory_read_only": "inventory_items",
    "store_locations_read_only": "inventory_locations",
    "store_v2_customers_read_only": "customers",
    "store_v2_customers": "segment_shopper_profiles",
    "store_stored_payment_instruments_read_only": "customer_stored_instruments",
    "store_v2_orders_read_only": "orders",
    "store_v2_transactions_read_only": "order_transactions",
    "store_order_fulfillment_read_only": "order_pickups",
    "store_v2_marketing_read_only": "coupons",
    "store_content_checkout_read_only": "checkout_settings",
    "store_v2_content_read_only": "pages",
    "store_themes_read_only": "themes",
    "store_channel_settings_read_only": "channels",
    "store_channel_listings_read_only": "channel_listings",
    "store_sites_read_only": "sites",
    "store_payments_methods_read": "payment_methods",
    "store_logs_read_only": "store_logs",
    "store_infrastructure_projects_read_only": "infrastructure_projects",
    "store_fulfillment_methods_read_only": "pickup_methods",
    "store_cart_read_only": "cart_metafields",
    B2B_EDITION: "b2b_payment_methods",
    ANYONE: "webhooks",
}
"""For each scope a stream that needs no other, and that every plan has if any of them has."""
FILTERS: t.Final = {"order_pickups": {"order_id:in": "1"}}
"""Of lists that have no pages and may be long."""
BY_PLAN: t.Final = {
    # First, because its rows lead to the probe for the right to modify customers.
    "segments": ("segments", "shopper_profiles", "segment_shopper_profiles"),
    "customer_groups": ("customer_groups",),
    "price_lists": ("price_lists", "price_list_records", "price_list_assignments"),
    # Last: a plan with segments has them, too, so that they can be left out for want of requests.
    "search_filters": ("search_filters", "search_filters_available", "search_filter_contexts"),
}
"""Lists that only some plans have, and the streams that they stand for.

Source: BigCommerce docs, "Currencies", "Customer segmentation", "Contextual filters"; REST
Management API, "Customer Groups".
"""
MADE_UP: t.Final = {"segment_id": "00000000-0000-4000-8000-000000000000"}
"""Ids in paths where the store has no row to take them from; numbers are 1."""

HEAD: t.Final = ("scope", "verdict", "selected", "streams")
REMEDIES: t.Final = {
    "PersonalAccessToken": "Create one with them (Settings > Store-level API accounts)",
    "OAuth": "Give them to the app (Developer Portal), let the store's owner agree, "
    "and get a token again with tap-bigcommerce-oauth",
}

_OF_PLAN: t.Final = re.compile(r"\b(plan|upgrade|enterprise)\b", re.IGNORECASE)
_LIMIT_OF_PLAN: t.Final = 507
_UNDERSTOOD: t.Final = frozenset({400, 409, 422})
"""Who may ask is looked at before what is asked."""
_REDIRECTS: t.Final = range(300, 400)
_NAMES_WIDTH: t.Final = 60


class Verdict(StrEnum):
    """What a scope, and with it a stream, was found to be."""

    READABLE = "readable"
    NO_SCOPE = "scope missing"
    NOT_ON_PLAN = "not on this plan"
    WRONG_TOKEN = "token wrong"  # noqa: S105 - words
    WRONG_STORE = "store unknown"
    UNREACHABLE = "host unreachable"
    UNANSWERED = "no answer"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, and the sentence of the error behind it."""

    verdict: Verdict
    words: str = ""

    @property
    def is_readable(self) -> bool:
        """Whether rows would have come."""
        return self.verdict is Verdict.READABLE


READABLE: t.Final = Finding(Verdict.READABLE)
NOT_ASKED: t.Final = Finding(Verdict.UNANSWERED, "Not asked for.")
FOR_ALL: t.Final = frozenset({Verdict.WRONG_TOKEN, Verdict.WRONG_STORE, Verdict.UNREACHABLE})
"""Verdicts of the first answer that no other answer would change."""


def hasty(settings: Settings) -> Settings:
    """The settings with a test's patience."""
    return replace(
        settings,
        request_timeout_s=min(settings.request_timeout_s, ANSWER_S),
        max_retries=min(settings.max_retries, RETRIES),
        retry_budget_s=min(settings.retry_budget_s, ANSWER_S),
    )


class Check:
    """What a token may read of a store."""

    def __init__(
        self, run: Run, streams: Iterable[BigCommerceStream], *, most_s: float = MOST_S
    ) -> None:
        """Prepare; nothing is asked for yet.

        Args:
            run: With `hasty` settings; it reads nothing.
            streams: All there are.
            most_s: How long answers are waited for.
        """
        self.run = run
        self.requests = 0
        self.findings: dict[str, Finding] = {}
        """By scope."""
        self._streams = {stream.name: stream for stream in streams}
        self._by_plan: dict[str, Finding] = {}
        self._rows: dict[str, Row | None] = {}
        """The first row of each list that was read."""
        self._began = time.monotonic()
        self._until = self._began + most_s
        self._seconds = 0.0

    def make(self) -> None:
        """Ask, and close what is asked by."""
        try:
            self._ask_all()
        finally:
            self.run.limiter.clock.stop()  # or what is in flight would be tried again
            self.run.pool.close()
            self.run.close_clients()
        self._seconds = time.monotonic() - self._began

    def _ask_all(self) -> None:
        self._probe([INFORMATION])
        first = self.findings[INFORMATION]
        if first.verdict in FOR_ALL:
            self.findings = dict.fromkeys(PROBED_BY, first)
        else:
            nested = [one for one in PROBED_BY if "{" in self._streams[PROBED_BY[one]].path]
            elsewhere = {INFORMATION, ANYONE, *nested}
            if not any(B2B_EDITION in stream.scope for stream in self.selected):
                elsewhere.add(B2B_EDITION)
            self._probe([one for one in PROBED_BY if one not in elsewhere])
            self._ask_about_plan(["segments"])
            self._probe(nested)
            if any(one.is_readable for one in self.findings.values()):
                self.findings[ANYONE] = READABLE
                selected = {stream.name for stream in self.selected}
                self._ask_about_plan(
                    [one for one in BY_PLAN if one != "segments" and selected & {*BY_PLAN[one]}]
                )
            else:
                self._tell_store_from_scopes()

    @property
    def selected(self) -> list[BigCommerceStream]:
        """The streams that a run would read."""
        return [stream for stream in self._streams.values() if stream.selected]

    @property
    def closed(self) -> dict[BigCommerceStream, Finding]:
        """Those of the selected streams that cannot be read, and why."""
        found = {stream: self.finding(stream) for stream in self.selected}
        return {stream: one for stream, one in found.items() if not one.is_readable}

    def finding(self, stream: BigCommerceStream) -> Finding:
        """Whether a stream can be read; if not, the first reason."""
        found = (self._any_of(needed) for needed in needs(type(stream)))
        closed = next((one for one in found if not one.is_readable), None)
        return self._by_plan.get(stream.name) or closed or READABLE

    def _any_of(self, scopes: Needs) -> Finding:
        """The best that these scopes give."""
        found = [self.findings.get(one, NOT_ASKED) for one in scopes or (ANYONE,)]
        return next((one for one in found if one.is_readable), found[0])

    # Requests.

    def _probe(self, scopes: Iterable[str]) -> None:
        """Ask for a row of each scope's stream, side by side."""
        asked = {scope: self._ask(PROBED_BY[scope]) for scope in scopes}
        for scope, answer in asked.items():
            self.findings[scope] = self._heard(PROBED_BY[scope], answer)

    def _ask_about_plan(self, names: Iterable[str]) -> None:
        """Ask for lists that only some plans have, where another list has shown the scope."""
        readable = [one for one in names if self._any_of(self._streams[one].scope).is_readable]
        asked = {name: self._ask(name) for name in readable[: MOST_REQUESTS - self.requests]}
        for name, answer in asked.items():
            found = self._heard(name, answer)
            if found.verdict is Verdict.NO_SCOPE:
                found = replace(found, verdict=Verdict.NOT_ON_PLAN)
            if not found.is_readable:
                self._by_plan |= dict.fromkeys(BY_PLAN[name], found)

    def _tell_store_from_scopes(self) -> None:
        """Ask for what needs no scope, as nothing else could be read."""
        self._probe([ANYONE])
        refusals = {Verdict.NO_SCOPE, Verdict.NOT_ON_PLAN}
        if {one.verdict for one in self.findings.values()} <= refusals:
            unknown = replace(self.findings[ANYONE], verdict=Verdict.WRONG_STORE)
            self.findings = dict.fromkeys(PROBED_BY, unknown)

    def _ask(self, name: str) -> Future[Answer]:
        self.requests += 1
        stream = self._streams[name]
        params = {"limit": "1"} if stream.page_limit else FILTERS.get(name, {})
        request = Request(stream.path.format_map(self._ids(stream)), params)
        client = self.run.b2b_client if stream.is_b2b else self.run.client
        return self.run.pool.submit_at(ANYWHERE, client.get, request)

    def _ids(self, stream: BigCommerceStream) -> dict[str, object]:
        """What the placeholder in a path may be, of a real row where one was read."""
        if "{" not in stream.path:
            return {}
        key = t.cast("str", getattr(stream, "parent_key", ""))
        parent = t.cast("type[ListStream]", getattr(stream, "parent", None) or stream.batched_by)
        row = self._rows.get(self.run.stream(parent).name)
        try:
            return {key: parent.id_of(row) if row else MADE_UP.get(key, 1)}
        except FatalAPIError:  # a row without an id
            return {key: MADE_UP.get(key, 1)}

    def _heard(self, name: str, pending: Future[Answer]) -> Finding:
        """What an answer says; it is not waited for beyond the time that a test may take."""
        stream = self._streams[name]
        try:
            answer = pending.result(timeout=max(self._until - time.monotonic(), 0))
        except TimeoutError:
            return Finding(Verdict.UNANSWERED, f"No answer for GET {stream.path} in time.")
        except ApiError as error:
            verdict = _verdict(error, stream)
            return Finding(verdict, str(error) if verdict in FOR_ALL else error.sentence)
        # A scope is a scope, whatever the row looks like.
        with suppress(UnreadablePage, ValueError):
            self._rows[name] = next(iter(stream.decode(answer.bodies, answer.limit).rows), None)
        return READABLE

    # Words.

    def text(self) -> str:
        """The findings as a table, and the least that has to be ticked."""
        table = [HEAD, *self._lines()]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
            for cells in table
        ]
        selected = self.selected
        scopes = least([one for stream in selected for one in needs(type(stream))])
        count = len(selected) - len(self.closed)
        return "\n".join(
            [
                self._about_store(),
                "",
                *lines,
                "",
                f"{count} of the {len(selected)} selected streams can be read.",
                f"The least that they need: {panel_names(scopes, ', ') or 'no scope'}.",
                f"Requests: {self.requests}, in {self._seconds:.1f} s.",
            ]
        )

    def reasons(self) -> list[str]:
        """Why selected streams cannot be read, and what to do."""
        closed: dict[Verdict, dict[BigCommerceStream, Finding]] = {}
        for stream, found in self.closed.items():
            closed.setdefault(found.verdict, {})[stream] = found
        return [self._reason(verdict, streams) for verdict, streams in closed.items()]

    def _about_store(self) -> str:
        settings = self.run.settings
        place = f"Store {settings.store_hash} at {settings.api_url}"
        if self.findings[INFORMATION].verdict is Verdict.NO_SCOPE:
            return f"{place}: to know its name takes {panel_names([INFORMATION])}."
        row = self._rows.get(PROBED_BY[INFORMATION]) or {}
        said = {
            "": row.get("name"),
            "domain ": row.get("domain"),
            "plan ": row.get("plan_name"),
            "currency ": row.get("currency"),
            "time zone ": value_at(row, ("timezone", "name")),
        }
        words = ", ".join(f"{word}{value}" for word, value in said.items() if value)
        return f"{place}: {words}" if words else place

    def _lines(self) -> Iterator[tuple[str, ...]]:
        """A line for each scope, and one for what of it the plan lacks."""
        groups: dict[tuple[Needs, Finding], list[BigCommerceStream]] = {}
        for stream in self._streams.values():
            if B2B_EDITION in stream.scope and B2B_EDITION not in self.findings:
                continue
            found = self._by_plan.get(stream.name) or self._any_of(stream.scope)
            groups.setdefault((stream.scope, found), []).append(stream)
        for (scope, found), streams in groups.items():
            selected = [one.name for one in streams if one.selected]
            others = [one.name for one in streams if not one.selected]
            yield (
                panel_names(scope) or "(none)",
                found.verdict,
                f"{len(selected)} of {len(streams)}",
                _shortened(selected + others),
            )

    def _reason(self, verdict: Verdict, streams: Mapping[BigCommerceStream, Finding]) -> str:
        names = ", ".join(stream.name for stream in streams)
        words = next(found.words for found in streams.values())
        if verdict is Verdict.NO_SCOPE:
            wanted = [one for stream in streams for one in needs(type(stream))]
            lacking = least([one for one in wanted if not self._any_of(one).is_readable])
            return (
                f"Scope missing: the API account lacks {panel_names(lacking, ', ')}. "
                f"{REMEDIES[self.run.settings.auth_scheme]}, or deselect: {names}."
            )
        if verdict is Verdict.NOT_ON_PLAN:
            return (
                "Not on this plan: the store's plan lacks the feature, or it is switched off. "
                f"Deselect: {names}."
            )
        if verdict is Verdict.WRONG_STORE:
            return (
                f"Store unknown: the token opens nothing of {self.run.settings.store_hash}. "
                "Check `store_id`: it is wrong, or the token is another store's."
            )
        if verdict is Verdict.UNANSWERED:
            return f"{words} Test again later. So it is not known of: {names}."
        return f"{verdict.capitalize()}: {words}"


def _verdict(error: ApiError, stream: BigCommerceStream) -> Verdict:
    """What an error says of the scope that a stream stands for."""
    status = error.status or 0
    verdict = Verdict.UNANSWERED
    if isinstance(error, TokenRejected):
        verdict = Verdict.WRONG_TOKEN
    elif isinstance(error, Unreachable) or status in _REDIRECTS:
        verdict = Verdict.UNREACHABLE
    elif isinstance(error, Forbidden):
        verdict = Verdict.NOT_ON_PLAN if _OF_PLAN.search(error.said) else Verdict.NO_SCOPE
    elif isinstance(error, NotFound) and stream.name == PROBED_BY[INFORMATION]:
        verdict = Verdict.WRONG_STORE  # every store has it
    elif status in _UNDERSTOOD or (isinstance(error, NotFound) and "{" in stream.path):
        verdict = Verdict.READABLE
    elif isinstance(error, NotFound) or status == _LIMIT_OF_PLAN:
        verdict = Verdict.NOT_ON_PLAN
    return verdict


def _shortened(names: Sequence[str]) -> str:
    """Names up to a width, and how many more there are."""
    shown = list(names)
    while len(", ".join(shown)) > _NAMES_WIDTH:
        shown.pop()
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
