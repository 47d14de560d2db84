"""What the streams of one run share: the client, the walks, and how each stream ended."""

from __future__ import annotations

import logging
import re
import sys
import typing as t
from collections import Counter
from datetime import UTC, datetime
from functools import cached_property

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.api.client import Client, Request, Tally
from tap_bigcommerce.api.clock import Clock
from tap_bigcommerce.api.errors import (
    ApiError,
    QuotaExhausted,
    ServerTrouble,
    TokenRejected,
    Unreachable,
)
from tap_bigcommerce.api.limiter import Limiter
from tap_bigcommerce.api.pool import Pool
from tap_bigcommerce.api.retry import RetryPolicy
from tap_bigcommerce.progress import terminal_size
from tap_bigcommerce.streams.base import CLOCK_PATH
from tap_bigcommerce.streams.walks import Walks
from tap_bigcommerce.summary import Summary, Written

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_bigcommerce.api.client import Fallback
    from tap_bigcommerce.schema.convert import Found
    from tap_bigcommerce.settings import Settings
    from tap_bigcommerce.streams.base import BigCommerceStream

logger = logging.getLogger("tap-bigcommerce")

SAID_AGAIN: t.Final = 3
"""Lines on what could not be read of a stream that are repeated at the end: there may be one for
each of many orders."""


class Run:
    """One run of the tap."""

    def __init__(self, settings: Settings, streams: Iterable[BigCommerceStream]) -> None:
        """Prepare a run; nothing is sent yet."""
        self.settings = settings
        self._streams = {type(stream): stream for stream in streams}
        self._began = datetime.now(UTC).replace(microsecond=0)
        self._tallies: dict[str, Tally] = {}
        self.unknown: dict[str, dict[str, int]] = {}
        """Values by stream and field that nobody declared."""
        self.misfits: dict[str, dict[str, int]] = {}
        """Values by stream and field that are not of the declared type."""
        self.written: dict[str, Written] = {}
        """By stream, in the order in which their turn came."""
        self.totals: dict[str, int] = {}
        """Rows of the list that is walked for a stream, as far as answers counted them."""
        self._ended_by: dict[Client, ApiError] = {}
        """By whom nothing can be read any more, and why."""
        self._clock_error: Unreachable | None = None
        self.failures: dict[str, str] = {}
        self._unread: set[str] = set()  # for want of an answer to another stream
        self.skipped: dict[str, str] = {}
        self.warnings: dict[str, list[str]] = {}
        """What could not be read, by stream."""
        self.summary_file: t.IO[str] | None = None

    @cached_property
    def limiter(self) -> Limiter:
        """Who keeps to the quota."""
        return Limiter(share=self.settings.quota_share, clock=Clock())

    @cached_property
    def client(self) -> Client:
        """The one client of the store's API, with the one limiter."""
        settings = self.settings
        return self._client(f"{settings.api_url}/stores/{settings.store_hash}", {}, self.limiter)

    @cached_property
    def b2b_client(self) -> Client:
        """The one client of B2B Edition, which has a host and a quota of its own."""
        settings = self.settings
        limiter = Limiter(share=settings.quota_share, clock=self.limiter.clock)
        return self._client(settings.b2b_api_url, {"X-Store-Hash": settings.store_hash}, limiter)

    def _client(self, base_url: str, headers: dict[str, str], limiter: Limiter) -> Client:
        settings = self.settings
        return Client(
            base_url=base_url,
            headers={
                "X-Auth-Token": settings.access_token,
                "Accept": "application/json",
                # Demanded by some of the specs even where nothing is sent.
                "Content-Type": "application/json",
                "User-Agent": settings.user_agent,
                **headers,
            },
            secrets=(settings.access_token,),
            limiter=limiter,
            retry=RetryPolicy(settings.max_retries, settings.retry_budget_s),
            request_timeout_s=settings.request_timeout_s,
            pool_size=settings.max_concurrency,
            proxy_url=settings.proxy_url,
            ca_bundle=settings.ca_bundle,
        )

    @cached_property
    def pool(self) -> Pool:
        """The threads that fetch."""
        return Pool(self.settings.max_concurrency)

    @cached_property
    def walks(self) -> Walks:
        """The walks over lists; one more at a time than there are workers, so that none idles.

        Their threads find the clients and the one pool made: from Python 3.12 on, two threads
        that come at once could each make one.
        """
        _ = self.client, self.pool, [one.client for one in self.selected]
        return Walks(self._streams.values(), self.settings.max_concurrency + 1)

    def stream(self, kind: type[BigCommerceStream]) -> BigCommerceStream:
        """The stream of this class."""
        return self._streams[kind]

    def started(self) -> datetime:
        """When the run began, by the store's clock if that is behind ours.

        A bookmark never passes this. Were it ahead of the store's clock, it could pass changes
        that were made after a row was read. Meant for after the first answer.
        """
        theirs = (client.server_started for client in self.clients())
        return min([self._began, *filter(None, theirs)])

    def clients(self) -> Iterable[Client]:
        """Those that were made."""
        yield self.client
        if "b2b_client" in vars(self):
            yield self.b2b_client

    def close_clients(self) -> None:
        """Close the connections."""
        for client in self.clients():
            client.close()

    def store_time(self) -> datetime | None:
        """What the store's clock said first, asked for where nothing has been asked yet.

        Raises:
            Unreachable: Nobody answers.
        """
        if self.client.server_started is None and self._clock_error is None:
            try:
                self.client.get(Request(CLOCK_PATH, {}))
            except Unreachable as error:
                self._clock_error = error
            except FatalAPIError as error:  # whatever the answer is, it is dated
                logger.debug("the store's clock: %s", error)
        if self._clock_error:
            raise self._clock_error
        return self.client.server_started

    def tally(self, stream: str) -> Tally:
        """Counts of one stream's requests."""
        return self._tallies.setdefault(stream, Tally())

    @property
    def selected(self) -> list[BigCommerceStream]:
        """The streams that are to be written, in that order."""
        return [stream for stream in self._streams.values() if stream.selected]

    @property
    def fallbacks(self) -> dict[Fallback, int]:
        """What went another way than planned, for all streams together."""
        counts: Counter[Fallback] = Counter()
        for tally in self._tallies.values():
            counts.update(tally.fallbacks)
        return dict(counts)

    @property
    def requests(self) -> int:
        """Requests in the names of streams so far; for any thread."""
        return sum(tally.requests for tally in tuple(self._tallies.values()))

    # How streams go, and how they end.

    def begin(self, stream: BigCommerceStream) -> None:
        """Note that a stream is being written from now on."""
        self.written[stream.name] = Written(self.limiter.clock.monotonic())

    def wrote(self, stream: BigCommerceStream, rows: int, listed: int) -> None:
        """Count rows that were written, and those of the list that they came out of."""
        if written := self.written.get(stream.name):
            written.rows += rows
            written.listed += listed

    def expect(self, stream: BigCommerceStream, total: int | None) -> None:
        """Note how many rows an answer counts of the list; of part of it, it may be fewer."""
        if total:
            self.totals[stream.name] = max(total, self.totals.get(stream.name, 0))

    def _stop(self, stream: BigCommerceStream, *, is_whole: bool) -> None:
        if written := self.written.get(stream.name):
            written.ended_s, written.is_whole = self.limiter.clock.monotonic(), is_whole

    def may_read(self, stream: BigCommerceStream) -> bool:
        """Whether reading can succeed at all; if not, the stream is noted as failed."""
        error = self._ended_by.get(stream.client)
        if error is None:
            return True
        words = f"not read, because of: {error}"
        self._unread.add(stream.name)
        (self.skipped if self._is_missing(stream, error) else self.failures)[stream.name] = words
        return False

    def fail(self, stream: BigCommerceStream, error: Exception) -> None:
        """Note that a stream ended with an error, and what it means for the others."""
        self._stop(stream, is_whole=False)
        if isinstance(error, Unreachable) or self._is_dead_after(stream, error):
            self._ended_by[stream.client] = t.cast("ApiError", error)
        if isinstance(error, ApiError) and error.status in stream.missing_statuses:
            error.remedy = stream.what_is_missing(self._scope(stream, error))
            if self._is_missing(stream, error):
                self.skipped[stream.name] = str(error)
                logger.warning("%s skipped: %s", stream.name, error)
                return
        words = str(error) or type(error).__name__
        if not isinstance(error, FatalAPIError):  # not foreseen, so it has no sentence of its own
            words = f"{type(error).__name__}: {words}"
        self.failures[stream.name] = words
        logger.error("%s failed: %s", stream.name, words)

    def _is_missing(self, stream: BigCommerceStream, error: ApiError) -> bool:
        """Whether the stream is passed over, as the store or the token does not have it."""
        is_missing = error.status in stream.missing_statuses and not stream.is_begun
        return is_missing and self.settings.on_missing_scope == "skip"

    @staticmethod
    def _is_dead_after(stream: BigCommerceStream, error: Exception) -> bool:
        """Whether it is not one list that fails, so that each stream would wait as long as this."""
        if isinstance(error, TokenRejected):  # a lone 401 may be a refusal in other words
            return not stream.client.still_opens(stream.sign_of_life)
        is_doubtful = isinstance(error, ServerTrouble | QuotaExhausted) and error.is_retriable
        return is_doubtful and not stream.client.answers(stream.sign_of_life)

    def _scope(self, stream: BigCommerceStream, error: ApiError) -> Iterable[str]:
        """Scopes of what was asked for, which may be the list of the stream's parents."""
        owners = (s.scope for s in self._streams.values() if s.path == error.path)
        return next(owners, stream.scope)

    def warn(self, stream: BigCommerceStream, words: str) -> None:
        """Say what could not be read of a stream, now and at the end."""
        self.warnings.setdefault(stream.name, []).append(words)
        logger.warning("%s: %s", stream.name, words)

    def is_incomplete(self, stream: BigCommerceStream) -> bool:
        """Whether not all of a stream could be read, or of the one that it is a part of."""
        return any(one.name in self.warnings for one in (stream, stream.whole_asked) if one)

    def finish(self, stream: BigCommerceStream) -> None:
        """Note that a stream was read to its end."""
        self._stop(stream, is_whole=True)
        tally = self.tally(stream.name)
        logger.info(
            "%s finished: %s requests, %s retries, %.1f s waited for quota",
            stream.name,
            tally.requests,
            tally.retries,
            tally.waited_quota_s,
        )

    def report_found(self, stream: BigCommerceStream, found: Iterable[Found]) -> None:
        """Count what does not fit the declaration, and say it once per stream and field."""
        for one in found:
            path = re.sub(r"\[\d+\]", "[]", one.path)
            counts = (self.misfits if one.is_declared else self.unknown).setdefault(stream.name, {})
            if path not in counts:
                what = "a value of another type" if one.is_declared else "not documented"
                logger.warning(
                    "%s: `%s` is %s; kept in the property `_extra`", stream.name, path, what
                )
            counts[path] = counts.get(path, 0) + 1

    def end(self) -> int:
        """Say how the run went; the exit code.

        The last lines name each stream that failed, with cause and remedy.
        """
        self.limiter.clock.stop()  # or what is in flight would be tried again
        self.walks.close()
        self.pool.close()
        self.close_clients()
        exit_code = 1 if self.failures else 0
        if self.written or self.summary_file:  # not where nothing was to be written
            self.sum_up(exit_code)
        self._repeat()
        return exit_code

    def _repeat(self) -> None:
        """Say once more what was not as it should be; failures last."""
        for name, counts in (*self.unknown.items(), *self.misfits.items()):
            for path, count in tuple(counts.items()):
                logger.warning("%s: %s values of `%s` are in `_extra`", name, count, path)
        for name, warnings in self.warnings.items():
            for words in warnings[:SAID_AGAIN]:
                logger.warning("incomplete: %s: %s", name, words)
            if (more := len(warnings) - SAID_AGAIN) > 0:
                logger.warning("incomplete: %s: %s more such lines above", name, more)
        for words in _together(self.skipped):
            logger.warning("skipped: %s", words)
        for name, words in self.failures.items():
            if name not in self._unread:
                logger.error("FAILED: %s. %s", name, words)
        unread = {name: words for name, words in self.failures.items() if name in self._unread}
        for words in _together(unread):
            logger.error("FAILED: %s", words)

    def sum_up(self, exit_code: int) -> None:
        """Say how each stream went."""
        summary = Summary(self, exit_code)
        # One message, so that whoever reads JSON lines or adds a prefix gets it in one piece.
        size = terminal_size(sys.stderr)
        logger.info("%s", summary.text(size.columns if size else None))
        if self.summary_file:
            try:
                self.summary_file.write(summary.json())
                self.summary_file.flush()
            except OSError as error:  # what failed is still to be said
                logger.warning("--summary-file cannot be written: %s", error.strerror)


def _together(reasons: dict[str, str]) -> Iterable[str]:
    """Streams and the reason, those with one reason together: a scope opens many."""
    names: dict[str, list[str]] = {}
    for name, words in reasons.items():
        reason = re.sub(r"(?<= for GET )[^ :]+", "", words)
        names.setdefault(reason.replace(f"deselect {name}.", ""), []).append(name)
    for name, *others in names.values():
        words = reasons[name]
        if others:
            words = words.replace(f"deselect {name}.", "deselect them.")
        yield f"{', '.join((name, *others))}. {words}"
