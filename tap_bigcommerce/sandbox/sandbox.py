"""The sandbox as one object: a store, its API, and a server on the loopback interface."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.app import App
from tap_bigcommerce.sandbox.b2b import PREFIX as B2B_PREFIX
from tap_bigcommerce.sandbox.b2b import B2BApp, B2BQuota
from tap_bigcommerce.sandbox.control import Control
from tap_bigcommerce.sandbox.faults import FaultPlan, Faults
from tap_bigcommerce.sandbox.login import Login
from tap_bigcommerce.sandbox.quirks import Quirks
from tap_bigcommerce.sandbox.quota import UNLIMITED, Quota
from tap_bigcommerce.sandbox.server import HOST, Server
from tap_bigcommerce.sandbox.store import Store
from tap_bigcommerce.sandbox.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from types import TracebackType

    from tap_bigcommerce.sandbox.journal import Journal
    from tap_bigcommerce.sandbox.store.world import Row

EPOCH = "2026-11-01T00:00:00Z"
"""Where the opening data ends. Fixed, so that a seed means the same store every day."""
TOKEN = "sandbox-access-token"  # noqa: S105 - opens nothing but the sandbox
STORE_HASH = "sandbox"
WINDOW_MS = 30_000
_TICK_S = 0.05


class Sandbox:
    """A BigCommerce on this machine.

    `with Sandbox(seed=1, orders=2000) as sandbox:` serves `sandbox.api_url` until the block ends.
    """

    def __init__(  # noqa: PLR0913 - every dimension of the store and of its behaviour
        self,
        *,
        seed: int = 1,
        orders: int = 2000,
        products: int = 300,
        customers: int = 500,
        epoch: str = EPOCH,
        store_hash: str = STORE_HASH,
        token: str = TOKEN,
        quota: int = UNLIMITED,
        window_ms: int = WINDOW_MS,
        other_requests: int = 0,
        b2b_quota: int = UNLIMITED,
        latency_ms: int = 0,
        faults: Faults | None = None,
        quirks: Quirks | None = None,
        churn_per_request: int = 0,
        events_per_second: float = 0,
        clock: Callable[[], float] = time.time,
        port: int = 0,
    ) -> None:
        """Build the store. Nothing listens before `start`.

        Args:
            seed: Everything in the store follows from it.
            orders: How many orders there are.
            products: How many products, at least one.
            customers: How many customers.
            epoch: ISO 8601 instant at which the opening data ends.
            store_hash: The store's id in the path.
            token: A token with every scope.
            quota: Requests per window.
            window_ms: Length of a quota window.
            other_requests: Requests per window that another client makes.
            b2b_quota: Requests per minute to B2B Edition.
            latency_ms: How long every answer waits first.
            faults: Seeded faults, none by default.
            quirks: Which oddities the store has.
            churn_per_request: Changes made to the data before each answer.
            events_per_second: Changes made to the data by a thread of its own.
            clock: UNIX seconds; dates changes, not the quota.
            port: A port on the loopback interface, 0 for any.
        """
        if products < 1:
            message = "a sandbox needs at least one product"
            raise ValueError(message)
        moment = datetime.fromisoformat(epoch)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        self.store_hash = store_hash
        self.token = token
        self.store = Store(
            seed=seed,
            orders=orders,
            products=products,
            customers=customers,
            epoch=int(moment.timestamp()),
            store_hash=store_hash,
            clock=clock,
            quirks=quirks or Quirks(),
        )
        self.faults = FaultPlan(faults or Faults())
        self.quota = Quota(quota, window_ms, other_requests, time.monotonic)
        self._app = App(
            self.store,
            self.quota,
            self.faults,
            churn=churn_per_request,
            latency_s=latency_ms / 1000,
        )
        self._app.tokens[token] = scopes.ALL
        self.b2b_quota = B2BQuota.per_minute(b2b_quota)
        self._app.b2b = B2BApp(self._app, self.b2b_quota, churn=churn_per_request)
        self.login = Login(store_hash, self._issue)
        """The app that may be installed; `login_url` is `api_url`."""
        self._app_token = ""
        self._truth = Truth(self.store)
        self._events_per_second = events_per_second
        self._port = port
        self._server: Server | None = None
        self._stopping = Event()
        self._life: Thread | None = None

    def __enter__(self) -> Self:
        """Start serving."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self.stop()

    def start(self) -> None:
        """Listen. `api_url` is known from here on.

        Raises:
            OSError: The port is taken.
        """
        control = Control(self._app, self._truth)
        self._server = Server(self._app, self.login, control.respond, port=self._port)
        self._server.start()
        if self._events_per_second:
            self._life = Thread(target=self._live, name="sandbox-events", daemon=True)
            self._life.start()

    def stop(self) -> None:
        """Close the port and all connections."""
        self._stopping.set()
        if self._life is not None:
            self._life.join()
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def api_url(self) -> str:
        """What takes the place of `https://api.bigcommerce.com`."""
        if self._server is None:
            message = "the sandbox is not running: use `with Sandbox() as sandbox:` or start()"
            raise RuntimeError(message)
        return f"http://{HOST}:{self._server.port}"

    @property
    def b2b_api_url(self) -> str:
        """What takes the place of `https://api-b2b.bigcommerce.com`."""
        return self.api_url + B2B_PREFIX

    @property
    def journal(self) -> Journal:
        """What was asked."""
        return self._app.journal

    @property
    def streams(self) -> tuple[str, ...]:
        """Names that `rows` knows."""
        return self._truth.streams

    def add_token(self, granted: Collection[str]) -> str:
        """A token with some scopes only, as `store_v2_orders_read_only`."""
        token = f"{self.token}-{len(self._app.tokens)}"
        self._app.tokens[token] = frozenset(granted)
        return token

    def _issue(self, granted: Collection[str]) -> str:
        """A token for the app; its earlier one opens nothing from then on."""
        self._app.tokens.pop(self._app_token, None)
        self._app_token = f"app-{self.token}-{secrets.token_hex(8)}"
        self._app.tokens[self._app_token] = frozenset(granted)
        return self._app_token

    def rows(self, stream: str) -> Iterator[Row]:
        """Every row of a stream now, with all includes; a child carries its parent's key.

        Numbers are `int`, `float` or, where a float would lose digits, `Decimal`.
        While the store is changing, hold `store.lock` and take them all at once.
        """
        rows = self._truth.rows(stream)
        while True:
            # Not held while the caller has the row: it may want to ask the server something.
            with self.store.lock:
                row = next(rows, None)
            if row is None:
                return
            yield row

    @property
    def incomplete_orders(self) -> list[int]:
        """Orders whose included line items are cut, empty or lack fields."""
        return self.store.incomplete_orders()

    def _live(self) -> None:
        owed = 0.0
        while not self._stopping.wait(_TICK_S):
            owed += self._events_per_second * _TICK_S
            self.store.events(int(owed))
            owed -= int(owed)
