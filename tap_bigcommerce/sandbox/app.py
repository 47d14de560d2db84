"""From a request to an answer: token, quota, scope, route, quirks, journal. No sockets here."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import msgspec

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import Problem
from tap_bigcommerce.sandbox.faults import FaultPlan
from tap_bigcommerce.sandbox.journal import Journal, JournalEntry
from tap_bigcommerce.sandbox.listing import Answer, Call
from tap_bigcommerce.sandbox.resources import catalog, customers, marketing, orders, store_info
from tap_bigcommerce.sandbox.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_bigcommerce.sandbox.faults import Kind
    from tap_bigcommerce.sandbox.quota import Quota
    from tap_bigcommerce.sandbox.routes import Route
    from tap_bigcommerce.sandbox.store import Store

ENCODER = msgspec.json.Encoder(decimal_format="number")
JSON = "application/json"
TEXT = "text/plain"

_V2_EMPTY_PATHS_WITH_BODY = ("/fees",)


@dataclass
class Response:
    """What goes back. `fault` is for the server to act out."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)
    fault: Kind | None = None


class App:
    """The API of one store."""

    def __init__(self, store: Store, quota: Quota, faults: FaultPlan, *, churn: int) -> None:
        self.store = store
        self.quota = quota
        self.faults = faults
        self.churn = churn
        self.journal = Journal()
        self.tokens: dict[str, frozenset[str]] = {}
        modules = (catalog, orders, customers, marketing, store_info)
        self.routes = Routes(
            route for module in modules for route in module.routes(store)
        )
        self._prefix = f"/stores/{store.world.store_hash}"
        self._lock = Lock()
        self._number = 0
        self._in_flight = 0
        self._busy: dict[str, int] = {}

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Response:
        """Answer one request. Header names are in lower case."""
        raw_path, _, raw_query = target.partition("?")
        path = unquote(raw_path)
        query = _parameters(raw_query)
        short = path.removeprefix(self._prefix)
        token = headers.get("x-auth-token", "")
        with self._lock:
            self._number += 1
            number = self._number
            self._in_flight += 1
            in_flight = self._in_flight
        grant = self.quota.take()
        fault: Kind | None = None
        row_count = 0
        try:
            if not grant.is_granted:
                response = self._over_quota(short)
                response.headers += self.quota.refusal_headers(grant, self.store.quirks)
            else:
                fault = self.faults.of(short, f"{short}?{raw_query}")
                response, row_count = self._answer(method, path, short, query, token, fault)
                if fault != "429-bare":
                    response.headers += self.quota.headers(grant, self.store.quirks)
        finally:
            with self._lock:
                self._in_flight -= 1
        response.fault = fault
        self.journal.append(
            JournalEntry(
                number=number,
                method=method,
                path=short,
                query=query,
                status=response.status,
                token=token,
                row_count=row_count,
                fault=fault or "",
                in_flight=in_flight,
            )
        )
        return response

    def _over_quota(self, path: str) -> Response:
        status = 500 if self.store.quirks.over_quota == "500" else 429
        return _problem(Problem(status), path)

    def _answer(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        path: str,
        short: str,
        query: dict[str, str],
        token: str,
        fault: Kind | None,
    ) -> tuple[Response, int]:
        if fault is not None and fault[:3].isdecimal():
            return _problem(Problem(int(fault[:3])), short), 0
        if self.churn:
            self.store.events(self.churn)
        try:
            granted = self._scopes_of(token)
            if not path.startswith(self._prefix + "/"):
                # The documentation: 403 for a wrong URL, too.
                raise Problem(403, "The store is not the one the token belongs to.")
            route, ids = self.routes.find(short)
            if method not in {"GET", "HEAD"}:
                raise Problem(405)
            if not scopes.opens(granted, route.scopes):
                raise Problem(403)
            return self._handle(route, short, query, ids)
        except _Unauthorized as error:
            return Response(401, str(error).encode(), TEXT), 0
        except Problem as problem:
            return _problem(problem, short), 0

    def _scopes_of(self, token: str) -> frozenset[str]:
        if not token:
            raise Problem(401, "X-Auth-Token header is required")
        granted = self.tokens.get(token)
        if granted is None:
            message = "Unauthorized"
            raise _Unauthorized(message)
        return granted

    def _handle(
        self, route: Route, short: str, query: dict[str, str], ids: tuple[int, ...]
    ) -> tuple[Response, int]:
        with self._lock:
            busy = self._busy[route.path] = self._busy.get(route.path, 0) + 1
        try:
            if route.max_concurrent is not None and busy > route.max_concurrent:
                raise Problem(429, "Too many concurrent requests")
            with self.store.lock:
                call = Call(self.store, short, query, ids, time_of(self.store))
                answer = route.handle(call)
                self._spoil(answer)
            if self._is_bodiless(short, answer):
                return Response(204), 0
            return (
                Response(answer.status, ENCODER.encode(answer.payload)),
                len(answer.rows),
            )
        finally:
            with self._lock:
                self._busy[route.path] -= 1

    def _is_bodiless(self, short: str, answer: Answer) -> bool:
        if answer.payload is None:
            return True
        return answer.payload == [] and short.startswith("/v2") and (
            self.store.quirks.empty_v2_is_204
        )

    def _spoil(self, answer: Answer) -> None:
        quirks = self.store.quirks
        heavy = quirks.heavy_page_rows
        if (
            heavy is not None
            and len(answer.rows) > heavy
            and any(quirks.is_heavy(id_) for id_ in answer.ids)
        ):
            raise Problem(504)
        if quirks.extra_fields and answer.rows:
            # New objects: some rows are shared between requests.
            for at, row in enumerate(answer.rows):
                answer.rows[at] = {**row, "beta_score": at, "beta_labels": {"new": True}}
            if isinstance(answer.payload, list):
                answer.payload = answer.rows
            elif isinstance(answer.payload.get("data"), list):
                answer.payload["data"] = answer.rows


class _Unauthorized(Exception):
    """A token that nobody knows. The answer is plain text."""


def time_of(store: Store) -> float:
    """The store's clock."""
    return store.world.clock()


def _parameters(raw_query: str) -> dict[str, str]:
    """Parameters of a query; one that comes twice becomes one with a comma."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(raw_query, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _problem(problem: Problem, path: str) -> Response:
    payload: Any = problem.payload(is_v3=path.startswith("/v3"))
    return Response(problem.status, ENCODER.encode(payload))


def http_date() -> str:
    """The Date header."""
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
