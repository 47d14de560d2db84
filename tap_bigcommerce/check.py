"""The test of a connection: which scopes the token has, and what the selected streams need.

What one request cannot tell is told by comparing several: a store's plan from a scope, a wrong
store from a token without scopes. What is asked for is in `probes.py`, how it is said in
`check_report.py`.
"""

from __future__ import annotations

import time
import typing as t
from contextlib import suppress
from dataclasses import replace

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.api.client import Request
from tap_bigcommerce.api.errors import ApiError
from tap_bigcommerce.api.pages import UnreadablePage
from tap_bigcommerce.api.pool import ANYWHERE
from tap_bigcommerce.probes import (
    ANYONE,
    B2B_EDITION,
    BY_PLAN,
    FILTERS,
    FOR_ALL,
    INFORMATION,
    MADE_UP,
    NOT_ASKED,
    PROBED_BY,
    READABLE,
    Finding,
    Verdict,
    verdict_on,
)
from tap_bigcommerce.streams.scopes import needs

if t.TYPE_CHECKING:
    from collections.abc import Iterable
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
        self.streams = {stream.name: stream for stream in streams}
        self.seconds = 0.0
        self._by_plan: dict[str, Finding] = {}
        self._rows: dict[str, Row | None] = {}
        """The first row of each list that was read."""
        self._began = time.monotonic()
        self._until = self._began + most_s

    def make(self) -> None:
        """Ask, and close what is asked by."""
        try:
            self._ask_all()
        finally:
            self.run.limiter.clock.stop()  # or what is in flight would be tried again
            self.run.pool.close()
            self.run.close_clients()
        self.seconds = time.monotonic() - self._began

    def _ask_all(self) -> None:
        self._probe([INFORMATION])
        first = self.findings[INFORMATION]
        if first.verdict in FOR_ALL:
            self.findings = dict.fromkeys(PROBED_BY, first)
        else:
            nested = [one for one in PROBED_BY if "{" in self.streams[PROBED_BY[one]].path]
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
        return [stream for stream in self.streams.values() if stream.selected]

    @property
    def closed(self) -> dict[BigCommerceStream, Finding]:
        """Those of the selected streams that cannot be read, and why."""
        found = {stream: self.finding(stream) for stream in self.selected}
        return {stream: one for stream, one in found.items() if not one.is_readable}

    def finding(self, stream: BigCommerceStream) -> Finding:
        """Whether a stream can be read; if not, the first reason."""
        found = (self.any_of(needed) for needed in needs(type(stream)))
        closed = next((one for one in found if not one.is_readable), None)
        return self._by_plan.get(stream.name) or closed or READABLE

    def any_of(self, scopes: Needs) -> Finding:
        """The best that any one of these scopes gives."""
        found = [self.findings.get(one, NOT_ASKED) for one in scopes or (ANYONE,)]
        return next((one for one in found if one.is_readable), found[0])

    def own_finding(self, stream: BigCommerceStream) -> Finding:
        """Whether its own scope and the plan open a stream, whatever its parents need."""
        return self._by_plan.get(stream.name) or self.any_of(stream.scope)

    @property
    def store(self) -> Row:
        """What the store says of itself; empty where that may not be read."""
        return self._rows.get(PROBED_BY[INFORMATION]) or {}

    # Requests.

    def _probe(self, scopes: Iterable[str]) -> None:
        """Ask for a row of each scope's stream, side by side."""
        asked = {scope: self._ask(PROBED_BY[scope]) for scope in scopes}
        for scope, answer in asked.items():
            self.findings[scope] = self._heard(PROBED_BY[scope], answer)

    def _ask_about_plan(self, names: Iterable[str]) -> None:
        """Ask for lists that only some plans have, where another list has shown the scope."""
        readable = [one for one in names if self.any_of(self.streams[one].scope).is_readable]
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
        stream = self.streams[name]
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
        stream = self.streams[name]
        try:
            answer = pending.result(timeout=max(self._until - time.monotonic(), 0))
        except TimeoutError:
            words = f"No answer for GET {stream.path} in time. Test again later."
            return Finding(Verdict.UNANSWERED, words)
        except ApiError as error:
            verdict = verdict_on(error, stream)
            has_remedy = verdict in FOR_ALL or verdict is Verdict.UNANSWERED
            return Finding(verdict, str(error) if has_remedy else error.sentence)
        # A scope is a scope, whatever the row looks like.
        with suppress(UnreadablePage, ValueError):
            self._rows[name] = next(iter(stream.decode(answer.bodies, answer.limit).rows), None)
        return READABLE
