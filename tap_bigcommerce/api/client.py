"""One GET request: sent when the quota allows, again when that can help, an answer or an error.

Knows HTTP and the manners of BigCommerce's servers. Knows no streams, lists or records.
"""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from math import gcd, inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import msgspec
import requests
import urllib3.exceptions

from tap_bigcommerce.api import errors, wire
from tap_bigcommerce.api.errors import ApiError, QuotaExhausted, ServerTrouble, TokenRejected
from tap_bigcommerce.api.retry import SHRINK_SIZES, Effort, Patience, RetryPolicy
from tap_bigcommerce.api.sizes import Sizes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from requests.adapters import HTTPAdapter

    from tap_bigcommerce.api.clock import Clock
    from tap_bigcommerce.api.limiter import Limiter, Ticket

logger = logging.getLogger(__name__)

SAY_WAIT_S = 5.0  # a longer silence looks like a hang
# Cutting a page finer than this costs more requests than it can be worth.
MIN_PART = 5
NO_CONTENT = 204
TOO_LARGE = 413  # by the reference, a `limit` above the endpoint's, which it does not always name
TOO_MANY_REQUESTS = 429
MAX_ERROR_BYTES = 2**20
# Whether a server answers at all: some seconds of an outage, but no fault that heals at once.
SIGN_OF_LIFE = RetryPolicy(max_retries=2, budget_s=60.0)


@dataclass(frozen=True, slots=True)
class Request:
    """What to get. `path` begins with /v2 or /v3 and has neither host nor store."""

    path: str
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    # False where a page that is shorter than its `limit`, or comes in parts, would be misread.
    can_shrink: bool = True

    @property
    def limit(self) -> int | None:
        """Rows that are asked for."""
        limit = self.params.get("limit", "")
        return int(limit) if limit.isdecimal() else None

    def smaller(self) -> tuple[Request, ...]:
        """A smaller page from the same place, or the parts with the same rows.

        The latter for numbered pages and offsets: a page number only means something together with
        its `limit`, and what follows an offset goes by it, too.
        """
        limit = self.limit
        if not self.can_shrink or not limit:
            return ()
        page, offset = self.params.get("page"), self.params.get("offset")
        if page is None and offset is None:
            sizes = (size for size in SHRINK_SIZES if size < limit)
            return tuple(self._with(limit=size) for size in list(sizes)[:1])
        divisors = (gcd(limit, size) for size in SHRINK_SIZES)
        size = next((part for part in divisors if MIN_PART <= part < limit), None)
        place = page or offset or ""
        if size is None or not place.isdecimal() or page == "0":
            return ()
        parts = limit // size
        if page is None:
            starts = (int(place) + part * size for part in range(parts))
            return tuple(self._with(limit=size, offset=start) for start in starts)
        first = (int(page) - 1) * parts + 1
        return tuple(self._with(limit=size, page=number) for number in range(first, first + parts))

    def _with(self, **params: int) -> Request:
        texts = {name: str(value) for name, value in params.items()}
        return replace(self, params={**self.params, **texts})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came. No content (204) is one empty body."""

    status: int
    bodies: tuple[bytes, ...]  # more than one when a page had to be cut into parts
    attempts: int
    limit: int | None  # rows that were really asked for; all parts together

    @property
    def body(self) -> bytes:
        """The only body."""
        (body,) = self.bodies
        return body

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(map(len, self.bodies))


Fallback = Literal["asked_alone", "smaller_page", "read_again", "walked_by_id", "page_after_page"]
"""What costs more than planned: a parent is asked for what its embedded rows do not prove to be all
of; a page is asked for in smaller ones; a list is read once more, from id to id instead of from
time to time, or one page after the other instead of side by side."""


class Tally:
    """Counts for a run or a stream, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waited_until = 0.0
        self.requests = 0
        self.retries = 0
        self.rejected = 0  # 429
        self.waited_quota_s = 0.0  # of the clock: eight threads that wait together wait once
        self.fallbacks: dict[Fallback, int] = {}

    def count(self, *, requests: int = 0, retries: int = 0, rejected: int = 0) -> None:
        """Add to the counts."""
        with self._lock:
            self.requests += requests
            self.retries += retries
            self.rejected += rejected

    def wait(self, until: float, seconds: float) -> None:
        """Add a wait that ended at the clock's `until`."""
        with self._lock:
            self.waited_quota_s += max(until - max(until - seconds, self._waited_until), 0.0)
            self._waited_until = max(self._waited_until, until)

    def fell_back(self, how: Fallback) -> None:
        """Note that something went another way than planned."""
        with self._lock:
            self.fallbacks[how] = self.fallbacks.get(how, 0) + 1


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes


class Client:
    """GET for all threads. One for all that share a base URL and a limiter.

    Args:
        base_url: Scheme, host and everything before a request's path.
        headers: Sent with every request, the token among them.
        secrets: What no message may contain.
        limiter: Shared by all clients of the same quota.
        retry: The bounds of one request.
        request_timeout_s: Until the answer begins, and until it is complete.
        pool_size: Connections, and with them requests in flight.
        proxy_url: Else the environment's.
        ca_bundle: Else the environment's.
        clock: Else the limiter's.
        adapter: Else the network.

    Raises:
        ConfigValidationError: a header value that cannot be sent.
    """

    def __init__(  # noqa: PLR0913 - settings, each passed by name
        self,
        *,
        base_url: str,
        headers: Mapping[str, str],
        secrets: tuple[str, ...],
        limiter: Limiter,
        retry: RetryPolicy,
        request_timeout_s: float,
        pool_size: int,
        proxy_url: str | None = None,
        ca_bundle: str | None = None,
        clock: Clock | None = None,
        adapter: HTTPAdapter | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._host = urlsplit(base_url).hostname or "the server"
        self._headers = wire.checked_headers(headers, secrets)
        self._headers.setdefault("Accept", "application/json")
        self._headers.setdefault("Accept-Encoding", "gzip, deflate")
        self._secrets = secrets
        self._limiter = limiter
        self._retry = retry
        self._clock = clock or limiter.clock
        self._timeout_s = (min(wire.CONNECT_S, request_timeout_s), request_timeout_s)
        self._environment = wire.environment(
            self._base_url, proxy_url=proxy_url, ca_bundle=ca_bundle
        )
        self._adapter = adapter or wire.Wire(
            pool_size=pool_size, answer_s=request_timeout_s, clock=self._clock
        )
        self._sizes = Sizes()
        self._one_large = threading.Lock()
        self._first = threading.Lock()
        self._has_answer = False
        self._is_let_in = False  # the token opened something
        self._first_sent_s = math.inf
        # When the first request was sent, by the first answer's `Date`, in UTC.
        self.server_started: datetime | None = None
        self.stats = Tally()
        # They log every URL with its query, which ours leaves out on purpose, and headers that
        # cannot be read with a traceback.
        logging.getLogger("urllib3").setLevel(logging.ERROR)

    def get(self, request: Request, tally: Tally | None = None) -> Answer:
        """The answer, however many tries and waits it takes within the bounds.

        Raises:
            ApiError: of the kind that says what to do next.
            Stopped: when the run ends meanwhile.
        """
        effort = Effort(self._retry)
        tallies = (self.stats,) if tally is None else (self.stats, tally)
        replies, limit = self._collect(request, effort, tallies)
        # Past the end of a list come empty pages, which add nothing to the parts before them.
        bodies = tuple(reply.body for reply in replies if reply.body) or (b"",)
        return Answer(replies[0].status, bodies, effort.tries, limit)

    def answers(self, path: str) -> bool:
        """Whether the server answers a request for `path`, be it with a refusal."""
        outcome = self._look_for(path)
        return not (isinstance(outcome, ApiError) and outcome.is_retriable)

    def still_opens(self, path: str) -> bool:
        """Whether the token, which opened something before, opens `path` now."""
        return self._is_let_in and isinstance(self._look_for(path), _Reply)

    def _look_for(self, path: str) -> _Reply | ApiError:
        """A sign of life, with little patience."""
        return self._persist(Request(path), Effort(SIGN_OF_LIFE), (self.stats,))

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()

    def _collect(
        self, request: Request, effort: Effort, tallies: tuple[Tally, ...]
    ) -> tuple[list[_Reply], int | None]:
        """Replies that together hold the page, and its real limit."""
        parts = request.smaller()
        if not parts or self._sizes.allow(request):
            outcome = self._persist(request, effort, tallies)
            if isinstance(outcome, _Reply):
                self._sizes.came(request)
                return [outcome], request.limit
            is_rule = outcome.status == TOO_LARGE
            heals = (is_rule or isinstance(outcome, ServerTrouble)) and not effort.is_spent
            if not parts or not heals:
                outcome.tries = effort.tries
                raise outcome
            rows = parts[0].limit or 0
            self._sizes.failed(request, rows, is_rule=is_rule)
            logger.info("%s Asking for %s rows at a time.", outcome.sentence, rows)
        for tally in tallies:
            tally.fell_back("smaller_page")
        if len(parts) == 1:
            return self._collect(parts[0], effort, tallies)
        replies: list[_Reply] = []
        for part in parts:
            replies += self._collect(part, effort, tallies)[0]
            if _is_end(replies[-1].body, part):
                break
        return replies, request.limit

    def _persist(
        self, request: Request, effort: Effort, tallies: tuple[Tally, ...]
    ) -> _Reply | ApiError:
        """Ask until there is an answer or no sense in asking."""
        patience = Patience(effort, can_shrink=bool(request.smaller()))
        while True:
            self._clock.check()
            ticket = self._limiter.acquire(on_wait=_say_wait)
            for tally in tallies:
                tally.count(requests=1)
                tally.wait(ticket.sent_at, ticket.waited_s)
            effort.tries += 1
            with self._first:
                self._first_sent_s = min(self._first_sent_s, ticket.sent_at)
            outcome = self._try(request, ticket)
            if isinstance(outcome, _Reply):
                self._is_let_in = True
                return outcome
            if isinstance(outcome, TokenRejected) and self._is_let_in and not effort.is_doubted:
                # It was right a moment ago, and what a single 401 costs is the whole run.
                outcome.is_retriable = effort.is_doubted = True
            is_quota = isinstance(outcome, QuotaExhausted)
            effort.spent_s += self._clock.monotonic() - ticket.sent_at
            wait_s = patience.wait_after(outcome)
            for tally in tallies:
                tally.count(rejected=is_quota, retries=wait_s is not None)
            if wait_s is None:
                return outcome
            if not is_quota:  # for those the limiter waits, with all others
                if wait_s > SAY_WAIT_S:
                    _say_wait(wait_s, outcome.sentence)
                self._clock.sleep(wait_s)

    def _try(self, request: Request, ticket: Ticket) -> _Reply | ApiError:
        """Send once. What fails is returned, not raised: see `errors`."""
        path = request.path
        # Without a Session nobody adds cookies or credentials of their own.
        prepared = requests.Request("GET", self._url(request), headers=self._headers)
        is_settled = False
        try:
            response = self._adapter.send(
                prepared.prepare(), stream=True, timeout=self._timeout_s, **self._environment
            )
            with response:
                wait_s = self._settle(ticket, response)
                is_settled = True
                outcome = self._read(path, response)
        except wire.TooLarge:
            return errors.too_large(path, wire.MAX_BODY_BYTES)
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
            UnicodeError,
        ) as error:
            logger.debug("GET %s failed: %s", path, type(error).__name__)
            return errors.unanswered(path, error, host=self._host)
        finally:
            if not is_settled:
                self._limiter.forget(ticket)
        if isinstance(outcome, QuotaExhausted):
            outcome.wait_s = wait_s
        milliseconds = (self._clock.monotonic() - ticket.sent_at) * 1000
        logger.debug("GET %s %s %.0f ms", path, response.status_code, milliseconds)
        return outcome

    def _settle(self, ticket: Ticket, response: requests.Response) -> float:
        """Let the limiter learn, and take the time of the first answer. Seconds to wait."""
        with self._first:
            if not self._has_answer:
                self._has_answer = True
                # The answer may show the store as it was when it was asked for.
                elapsed_s = self._clock.monotonic() - self._first_sent_s
                self.server_started = _date(response.headers.get("Date", ""), elapsed_s)
        if response.status_code == TOO_MANY_REQUESTS:
            return self._limiter.rejected(ticket, response.headers)
        self._limiter.learn(ticket, response.headers)
        return 0.0

    def _read(self, path: str, response: requests.Response) -> _Reply | ApiError:
        status = response.status_code
        if status == NO_CONTENT:
            response.raw.drain_conn()  # read to its end, a connection can be used again
            return _Reply(status, b"")
        if not 200 <= status < 300:  # noqa: PLR2004 - success
            moved_to = _host(response.headers.get("Location", ""))
            body = _error_body(response)
            return errors.refusal(path, status, body, secrets=self._secrets, moved_to=moved_to)
        body = wire.read_body(response, wire.MAX_BODY_BYTES, self._one_large)
        if not body:
            said = "the answer is empty"
        elif body[:16].strip() == b"null":
            said = "the answer is null"
        elif wire.is_json(body):
            return _Reply(status, body)
        elif body[:16].lstrip()[:1] == b"<":
            return errors.web_page(path, status)
        else:
            said = "the answer is not JSON, not whole, or nested too deep"
        return ServerTrouble(path, status=status, said=said)

    def _url(self, request: Request) -> str:
        query = wire.query(request.params)
        return self._base_url + request.path + (f"?{query}" if query else "")


def _error_body(response: requests.Response) -> bytes:
    """The status is the news; a body that does not come changes nothing."""
    try:
        return wire.read_body(response, MAX_ERROR_BYTES)
    except (wire.TooLarge, urllib3.exceptions.HTTPError, OSError):
        return b""


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_end(body: bytes, part: Request) -> bool:
    """Whether a list ends with this part of a page, as far as a glance can tell."""
    if not body or body.strip() == b"[]":
        return True
    try:
        counts = msgspec.json.decode(body, type=_Envelope).meta.pagination
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    # Some lists count nothing, whatever is on them.
    if page := part.params.get("page"):
        return int(page) >= (counts.total_pages or inf)
    return int(part.params["offset"]) + (part.limit or 0) >= (counts.total or inf)


class _Pagination(msgspec.Struct):
    total_pages: int | None = None
    total: int | None = msgspec.field(default=None, name="totalCount")  # of B2B Edition


class _Meta(msgspec.Struct):
    pagination: _Pagination = msgspec.field(default_factory=_Pagination)


class _Envelope(msgspec.Struct):
    meta: _Meta = msgspec.field(default_factory=_Meta)


def _date(text: str, ago_s: float) -> datetime | None:
    """So many seconds before a date, to the full second."""
    try:
        moment = parsedate_to_datetime(text) - timedelta(seconds=math.ceil(ago_s))
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # HTTP knows no other zone


def _say_wait(seconds: float, reason: str) -> None:
    if seconds > SAY_WAIT_S:
        logger.info("waiting %.0f s: %s", seconds, reason)
