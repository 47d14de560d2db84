"""Misbehaviour on demand: at a seeded rate, or by script.

Whether a request fails depends on the seed, the request and how often it was tried, not on what
happens at the same time. After `max_consecutive` failures in a row a request gets through.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock
from typing import TYPE_CHECKING, Literal, get_args
from zlib import crc32

from tap_bigcommerce.sandbox.store.dice import Dice, salt

if TYPE_CHECKING:
    from collections.abc import Callable

Fault = Literal[
    "500",
    "502",
    "503",
    "504",
    "429",
    "429-bare",
    "reset",
    "truncated",
    "chunked-cut",
    "cut-json",
    "html",
    "empty",
    "slow",
    "bad-gzip",
]
KINDS: tuple[Fault, ...] = get_args(Fault)
"""`429-bare` has no rate-limit headers, `truncated` promises more bytes than come, `chunked-cut`
ends inside a chunk, `cut-json` is a complete answer with half of a document, `html` and `empty`
come with status 200, `slow` arrives in pieces, `bad-gzip` cannot be unpacked."""

Trick = Literal[
    "401",
    "403",
    "404",
    "bomb",
    "drip",
    "flood",
    "odd-headers",
    "redirect",
    "redirect-self",
]
TRICKS: tuple[Trick, ...] = get_args(Trick)
"""What nobody has seen a store do, by script alone. `bomb` unpacks to 300 MiB, `flood` sends as
much as it is, `drip` sends a byte now and then for ever, `odd-headers` says numbers of the quota
that cannot be, and the redirects lead to another host and to the same address."""

Kind = Fault | Trick


@dataclass(frozen=True)
class Faults:
    """A seeded rate of faults. `slow_ms` is how long a slow body takes."""

    rate: float = 0.0
    kinds: tuple[Fault, ...] = KINDS
    seed: int = 1
    max_consecutive: int = 3
    slow_ms: int = 200


@dataclass
class _Script:
    path: str
    kind: Kind
    left: int


class FaultPlan:
    """Decides which request fails and how."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._salt = salt(faults.seed, "faults")
        self._tries: dict[int, tuple[int, int]] = {}
        self._scripts: list[_Script] = []
        self._changes: list[tuple[str, Callable[[bytes], bytes]]] = []
        self._lock = Lock()

    def script(self, path: str, kind: Kind, times: int = 1) -> None:
        """Let the next `times` requests for `path` fail.

        `path` is as in the journal and may contain `*`: `/v2/orders*`.
        """
        if kind not in KINDS + TRICKS:
            message = f"{kind!r} is not a kind of fault, one of {', '.join(KINDS + TRICKS)} is"
            raise ValueError(message)
        with self._lock:
            self._scripts.append(_Script(path, kind, times))

    def rewrite(self, path: str, change: Callable[[bytes], bytes]) -> None:
        """Let whole answers for `path` have another body. `path` is as in `script`."""
        with self._lock:
            self._changes.append((path, change))

    def rewritten(self, path: str, body: bytes) -> bytes:
        """The body that an answer has instead."""
        with self._lock:
            changes = [change for pattern, change in self._changes if fnmatchcase(path, pattern)]
        for change in changes:
            body = change(body)
        return body

    def clear(self) -> None:
        """Forget all scripts and changes of bodies."""
        with self._lock:
            self._scripts.clear()
            self._changes.clear()

    def of(self, path: str, target: str) -> Kind | None:
        """What happens to a request. `target` is the path with its query."""
        with self._lock:
            for script in self._scripts:
                if script.left > 0 and fnmatchcase(path, script.path):
                    script.left -= 1
                    return script.kind
            if self.faults.rate <= 0:
                return None
            key = crc32(target.encode())
            tries, in_a_row = self._tries.get(key, (0, 0))
            dice = Dice(self._salt, key << 16 | tries & 0xFFFF)
            is_hit = (
                in_a_row < self.faults.max_consecutive
                and dice.roll(1_000_000) < self.faults.rate * 1_000_000
            )
            self._tries[key] = (tries + 1, in_a_row + 1 if is_hit else 0)
            return dice.pick(self.faults.kinds) if is_hit else None
