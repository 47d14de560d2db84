"""B2B Edition's API: the same store at an address of its own, with other headers and errors."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from tap_bigcommerce.sandbox.app import ENCODER, EXTRA_FIELDS, App, Response
from tap_bigcommerce.sandbox.errors import ProblemError
from tap_bigcommerce.sandbox.quota import Quota
from tap_bigcommerce.sandbox.resources import b2b
from tap_bigcommerce.sandbox.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_bigcommerce.sandbox.listing import Answer
    from tap_bigcommerce.sandbox.quirks import Quirks
    from tap_bigcommerce.sandbox.quota import Grant

PREFIX = "/b2b"
"""What stands for the host."""
QUOTA = 150
WINDOW_MS = 60_000


class B2BQuota(Quota):
    """150 requests a minute, said in headers whose values carry their unit."""

    @classmethod
    def per_minute(cls, limit: int) -> Self:
        """A quota that nobody else uses."""
        return cls(limit, WINDOW_MS, 0, time.monotonic)

    def headers(self, grant: Grant, quirks: Quirks) -> list[tuple[str, str]]:
        """The rate-limit headers of any answer."""
        del quirks
        return [
            ("X-Requests-Allocated", f"{self.limit} times/{self.window_ms // 1000} s"),
            ("X-Requests-Window-Length", f"{self.limit - grant.left} times"),
            ("X-Requests-Remaining", f"{grant.left} times"),
            ("X-Request-Window-Resets-After", f"{grant.reset_ms / 1000} s"),
        ]

    def refusal_headers(self, grant: Grant, quirks: Quirks) -> list[tuple[str, str]]:
        """The headers of a 429."""
        return self.headers(grant, quirks)


class B2BApp(App):
    """B2B Edition of the store that another app serves, with its tokens, faults and journal."""

    def __init__(self, app: App, quota: B2BQuota, *, churn: int) -> None:
        super().__init__(app.store, quota, app.faults, churn=churn, latency_s=app.latency_s)
        self.journal, self.tokens = app.journal, app.tokens
        self.routes = Routes(b2b.routes(app.store))
        self.prefix = PREFIX

    def _is_own_store(self, path: str, headers: Mapping[str, str]) -> bool:
        del path
        return headers.get("x-store-hash", "") == self.store.world.store_hash

    def _scopes_of(self, token: str) -> frozenset[str]:
        if token not in self.tokens:
            raise ProblemError(401, "Invalid token header. No credentials provided.")
        return self.tokens[token]

    def _wrong_store(self) -> ProblemError:
        return ProblemError(500)  # "server errors", by the documentation

    def _problem(self, problem: ProblemError, path: str) -> Response:
        del path
        said = problem.message
        payload = {"code": problem.status, "data": {"errMsg": said}, "meta": {"message": said}}
        return Response(problem.status, ENCODER.encode(payload))

    def _spoil(self, answer: Answer) -> None:
        if self.store.quirks.extra_fields:
            for row in answer.rows:
                row.update(EXTRA_FIELDS)
