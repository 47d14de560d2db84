"""How a scan asks for pages of one list: now, or ahead of need.

The pool's threads fetch bytes; who walks the list decodes them here.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from tap_bigcommerce.api.client import Request
from tap_bigcommerce.api.pages import UnreadablePage, outline
from tap_bigcommerce.api.pages import decode as decode_whole
from tap_bigcommerce.api.pool import ANYWHERE
from tap_bigcommerce.scans.errors import UnreadableAnswer

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Future
    from datetime import datetime

    from tap_bigcommerce.api.client import Answer, Client, Tally
    from tap_bigcommerce.api.pages import Page, Parse
    from tap_bigcommerce.api.pool import Place, Pool

    Params = Mapping[str, str]


LOOK_AHEAD: t.Final = 16
"""Pages asked for ahead of the one being read. A constant, so that what is asked for, where it is
learned from the answers, does not depend on the workers."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A page that has been asked for."""

    _reader: Reader
    _request: Request
    _future: Future[Answer]

    def page(self) -> Page:
        """The page, when it is there."""
        return self._reader.read(self._request, self._future.result())

    def outline(self) -> Page:
        """The page with nothing but the ids of its rows."""
        return self._reader.read(self._request, self._future.result(), outline)

    def drop(self) -> None:
        """Nobody waits for it any more: it is not sent, unless it already was."""
        self._future.cancel()


@dataclass(frozen=True, slots=True)
class Reader:
    """Pages of one list, with the parameters that every request of it carries."""

    client: Client
    pool: Pool
    path: str
    params: Params
    limit: int | None
    """Rows to ask for in a page; None for an endpoint without pages."""
    decode: Callable[[Iterable[bytes], int | None, Parse], Page]
    tally: Tally
    run_started: Callable[[], datetime]
    """When the run began, by the store's clock; known from the first answer on."""
    place: Place = ANYWHERE
    """Whose turn it is, and how many requests this endpoint takes at once."""

    def get(self, params: Params) -> Page:
        """The page for these parameters."""
        return self.start(params).page()

    def start(self, params: Params) -> Pending:
        """Ask for a page that is needed soon."""
        request = self._request(params)
        return Pending(self, request, self.pool.submit_at(self.place, self._fetch, request))

    def ahead(self, wanted: Iterable[Params]) -> Iterator[Page]:
        """Pages for all of these parameters, in their order, several in flight."""
        asked: list[Request] = []

        def requests() -> Iterator[Request]:
            for params in wanted:
                asked.append(self._request(params))
                yield asked[-1]

        for answer in self.pool.ordered(
            self._fetch, requests(), place=self.place, ahead=LOOK_AHEAD
        ):
            yield self.read(asked.pop(0), answer)

    def read(self, request: Request, answer: Answer, parse: Parse = decode_whole) -> Page:
        """Decode an answer.

        Raises:
            UnreadableAnswer: JSON that is no page of this list.
        """
        try:
            return self.decode(answer.bodies, answer.limit, parse)
        except (UnreadablePage, ValueError, RecursionError) as error:
            msg = f"GET {request.path} answered with JSON of an unknown form: {error}"
            raise UnreadableAnswer(msg) from None

    def fetch(self, params: Params) -> Answer:
        """The undecoded answer, for a worker."""
        return self._fetch(self._request(params))

    def _fetch(self, request: Request) -> Answer:
        return self.client.get(request, tally=self.tally)

    def _request(self, params: Params) -> Request:
        limit = {"limit": str(self.limit)} if self.limit else {}
        return Request(self.path, {**self.params, **limit, **params})
