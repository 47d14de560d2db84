"""Which paths there are, which scopes open them, and who answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_bigcommerce.sandbox.listing import Answer, Call

    Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """A path (as `/v3/customers` or `/v2/orders/{id}/taxes`), any one of `scopes`, a handler."""

    path: str
    scopes: tuple[str, ...]
    handle: Handler
    max_concurrent: int | None = None
    """How many requests the endpoint takes at a time, where documented."""


class Routes:
    """Finds the route of a path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._fixed: dict[str, Route] = {}
        self._open: list[tuple[re.Pattern[str], Route]] = []
        for route in routes:
            if "{" in route.path:
                pattern = re.sub(r"\{\w*uuid\}", "([^/]+)", route.path)
                pattern = re.sub(r"\{\w+\}", "([0-9]+)", pattern)
                self._open.append((re.compile(pattern + r"\Z"), route))
            else:
                self._fixed[route.path] = route

    def __iter__(self) -> Iterator[Route]:
        yield from self._fixed.values()
        yield from (route for _, route in self._open)

    def find(self, path: str) -> tuple[Route | None, tuple[Any, ...]]:
        """The route of a path and the ids in it: numbers, or texts where the path says uuid."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed, ()
        for pattern, route in self._open:
            match = pattern.match(path)
            if match is not None:
                return route, tuple(map(_id, match.groups()))
        return None, ()


def _id(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
