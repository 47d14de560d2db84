"""From a request to an answer: token, quota, scope, route, quirks, journal. No sockets here."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import msgspec

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.filters import is_day
from tap_bigcommerce.sandbox.journal import Journal, JournalEntry
from tap_bigcommerce.sandbox.kept import Kept, KeptAnswers
from tap_bigcommerce.sandbox.listing import Answer, Call
from tap_bigcommerce.sandbox.resources import ROUTES
from tap_bigcommerce.sandbox.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_bigcommerce.sandbox.faults import FaultPlan, Kind
    from tap_bigcommerce.sandbox.quota import Quota
    from tap_bigcommerce.sandbox.routes import Route
    from tap_bigcommerce.sandbox.store import Store

ENCODER = msgspec.json.Encoder(decimal_format="number")
JSON = "application/json"
TEXT = "text/plain"

EXTRA_FIELDS = {"beta_score": 1, "beta_labels": {"new": True}}
"""What rows have that nobody documented (quirk 18)."""


@dataclass
class Response:
    """What goes back. `fault` is for the server to act out."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)
    fault: Kind | None = None
    kept: Kept | None = None
    """The same body where it is kept, so that it is packed once."""


class App:
    """The API of one store."""

    def __init__(
        self, store: Store, quota: Quota, faults: FaultPlan, *, churn: int, latency_s: float
    ) -> None:
        self.store = store
        self.quota = quota
        self.faults = faults
        self.journal = Journal()
        self.tokens: dict[str, frozenset[str]] = {}
        self.routes = Routes(route for routes in ROUTES for route in routes(store))
        self._churn = churn
        self.latency_s = latency_s
        self.prefix = f"/stores/{store.world.store_hash}"
        self.b2b: App | None = None
        """B2B Edition's API, at a prefix of its own."""
        self._kept = KeptAnswers()
        self._lock = Lock()
        self._number = 0
        self._in_flight = 0
        self._busy: Counter[str] = Counter()

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Response:
        """Answer one request. Header names are in lower case."""
        if self.b2b and target.startswith(self.b2b.prefix + "/"):
            return self.b2b.respond(method, target, headers)
        raw_path, _, raw_query = target.partition("?")
        path = unquote(raw_path)
        short = path.removeprefix(self.prefix)
        route, ids = self.routes.find(short)
        asked = _Asked(
            method=method,
            path=short,
            raw_query=raw_query,
            query=_parameters(raw_query),
            token=headers.get("x-auth-token", ""),
            is_own_store=self._is_own_store(path, headers),
            route=route,
            ids=ids,
        )
        key = route.path if route else ""
        with self._lock:
            self._number += 1
            number = self._number
            self._in_flight += 1
            in_flight = self._in_flight
            self._busy[key] += 1
            busy = self._busy[key]
        grant = self.quota.take()
        fault: Kind | None = None
        row_count = 0
        try:
            if self.latency_s:
                time.sleep(self.latency_s)
            if not grant.is_granted:
                response = self._over_quota(short)
                response.headers += self.quota.refusal_headers(grant, self.store.quirks)
            else:
                fault = self.faults.of(short, f"{short}?{raw_query}")
                response, row_count = self._answer(asked, fault, busy)
                if fault != "429-bare":
                    response.headers += self.quota.headers(grant, self.store.quirks)
        finally:
            with self._lock:
                self._in_flight -= 1
                self._busy[key] -= 1
        response.headers.append(("Date", _http_date(self.store.world.now())))
        response.fault = fault
        self.journal.append(
            JournalEntry(
                number=number,
                method=method,
                path=short,
                query=asked.query,
                status=response.status,
                token=asked.token,
                row_count=row_count,
                fault=fault or "",
                in_flight=in_flight,
            )
        )
        return response

    def _is_own_store(self, path: str, headers: Mapping[str, str]) -> bool:
        del headers
        return path.startswith(self.prefix + "/")

    def _wrong_store(self) -> ProblemError:
        # The documentation: 403 for a wrong URL, too.
        return ProblemError(403, "The store is not the one the token belongs to.")

    def _problem(self, problem: ProblemError, path: str) -> Response:
        payload: Any = problem.payload(is_v3=path.startswith("/v3"))
        return Response(problem.status, ENCODER.encode(payload))

    def _over_quota(self, path: str) -> Response:
        status = 500 if self.store.quirks.over_quota == "500" else 429
        return self._problem(ProblemError(status), path)

    def _answer(self, asked: _Asked, fault: Kind | None, busy: int) -> tuple[Response, int]:
        if fault is not None and fault[:3].isdecimal():
            return self._problem(ProblemError(int(fault[:3])), asked.path), 0
        if self._churn:
            self.store.events(self._churn)
        try:
            return self._handle(asked, self._permitted(asked, busy))
        except _UnknownTokenError as error:
            return Response(401, str(error).encode(), TEXT), 0
        except ProblemError as problem:
            return self._problem(problem, asked.path), 0

    def _permitted(self, asked: _Asked, busy: int) -> Route:
        granted = self._scopes_of(asked.token)
        if not asked.is_own_store:
            raise self._wrong_store()
        route = asked.route
        if route is None:
            raise ProblemError(404)
        if asked.method not in {"GET", "HEAD"}:
            raise ProblemError(405)
        if not scopes.opens(granted, route.scopes):
            raise ProblemError(403)
        if route.max_concurrent is not None and busy > route.max_concurrent:
            raise ProblemError(429, "Too many concurrent requests")
        return route

    def _scopes_of(self, token: str) -> frozenset[str]:
        if not token:
            raise ProblemError(401, "X-Auth-Token header is required")
        granted = self.tokens.get(token)
        if granted is None:
            message = "Unauthorized"
            raise _UnknownTokenError(message)
        return granted

    def _handle(self, asked: _Asked, route: Route) -> tuple[Response, int]:
        key = (asked.path, asked.raw_query)
        with self.store.lock:
            version = self.store.version
            kept = self._kept.find(key, version)
            if kept is not None:
                return Response(kept.status, kept.body, kept=kept), kept.row_count
            # Handlers may change the query; the journal keeps what was asked.
            query = dict(asked.query)
            call = Call(self.store, asked.path, query, asked.ids, self.store.world.now())
            answer = route.handle(call)
            self._spoil(answer)
        if self._is_bodiless(asked.path, answer):
            return Response(204), 0
        kept = Kept(answer.status, ENCODER.encode(answer.payload), len(answer.rows))
        if not any(map(is_day, asked.query.values())):
            self._kept.keep(key, version, kept)
        return Response(kept.status, kept.body, kept=kept), kept.row_count

    def _is_bodiless(self, short: str, answer: Answer) -> bool:
        if answer.payload is None:
            return True
        return (
            answer.payload == [] and short.startswith("/v2") and (self.store.quirks.empty_v2_is_204)
        )

    def _spoil(self, answer: Answer) -> None:
        quirks = self.store.quirks
        heavy = quirks.heavy_page_rows
        if (
            heavy is not None
            and len(answer.rows) > heavy
            and any(quirks.is_heavy(id_) for id_ in answer.ids)
        ):
            raise ProblemError(504)
        if quirks.extra_fields and answer.rows:
            # New objects: some rows are shared between requests.
            answer.rows = [{**row, **EXTRA_FIELDS} for row in answer.rows]
            if isinstance(answer.payload, list):
                answer.payload = answer.rows
            elif isinstance(answer.payload.get("data"), list):
                answer.payload["data"] = answer.rows
            elif len(answer.rows) == 1 and "data" in answer.payload:
                answer.payload["data"] = answer.rows[0]
            elif len(answer.rows) == 1:
                answer.payload = answer.rows[0]


@dataclass(frozen=True)
class _Asked:
    method: str
    path: str
    raw_query: str
    query: dict[str, str]
    token: str
    is_own_store: bool
    route: Route | None
    ids: tuple[Any, ...]


class _UnknownTokenError(Exception):
    """The answer to it is plain text."""


def _parameters(raw_query: str) -> dict[str, str]:
    """Parameters of a query; one that comes twice becomes one with a comma."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(raw_query, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _http_date(seconds: int) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(seconds))
