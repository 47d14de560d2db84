"""What an answer's headers say of the store's quota, as numbers that can be.

Source: BigCommerce docs, "API rate limits"; for B2B Edition, "About Our APIs", whose values carry
their unit: `150 times/60 s`, `150 times`, `0.3973509933774834 s`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_RATE = re.compile(r"\s*(\d+)\s*times\s*/\s*(\d+(?:\.\d+)?)\s*s\s*", re.IGNORECASE | re.ASCII)

WINDOW_S = 30.0  # when an answer does not say
MAX_WAIT_S = 120.0  # four windows; a header that asks for hours is taken for this much


@dataclass(frozen=True, slots=True)
class Reading:
    """The quota as one answer says it. Values that cannot be are None."""

    quota: int
    left: int
    window_s: float
    reset_s: float | None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Reading | None:
        """None when the answer does not say quota and rest."""
        if rate := _RATE.fullmatch(headers.get("X-Requests-Allocated", "")):
            return cls._of_b2b(headers, int(rate[1]), float(rate[2]))
        quota = _number(headers, "X-Rate-Limit-Requests-Quota")
        left = _number(headers, "X-Rate-Limit-Requests-Left")
        if quota is None or left is None:
            return None
        window_s = _seconds(headers, "X-Rate-Limit-Time-Window-Ms", 0.001)
        reset_s = reset_in_s(headers)
        window_s = window_s or reset_s or WINDOW_S
        if reset_s is not None and reset_s > window_s:
            reset_s = None
        elif reset_s is not None and reset_s < window_s and reset_s % 1 == 0:
            reset_s += min(1, window_s / 10)  # was rounded, and who knows which way
        return cls(int(quota), min(max(int(left), 0), int(quota)), window_s, reset_s)

    @classmethod
    def _of_b2b(cls, headers: Mapping[str, str], quota: int, window_s: float) -> Reading | None:
        left = _number(headers, "X-Requests-Remaining")
        window_s = min(window_s, MAX_WAIT_S)
        if left is None or not window_s > 0:
            return None
        reset_s = reset_in_s(headers)
        if reset_s is not None and reset_s > window_s:
            reset_s = None
        return cls(quota, min(max(int(left), 0), quota), window_s, reset_s)


def reset_in_s(headers: Mapping[str, str]) -> float | None:
    """What `X-Rate-Limit-Time-Reset-Ms` says, or B2B Edition's header, on any answer."""
    reset_s = _seconds(headers, "X-Rate-Limit-Time-Reset-Ms", 0.001)
    return _seconds(headers, "X-Request-Window-Resets-After", 1) if reset_s is None else reset_s


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """What a 429 asks for besides: the longer, when it asks twice."""
    hints = (_seconds(headers, "X-Retry-After", 1), _seconds(headers, "Retry-After", 1))
    return max((hint for hint in hints if hint is not None), default=None)


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(headers.get(name, "").removesuffix("times").removesuffix("s"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _seconds(headers: Mapping[str, str], name: str, unit_s: float) -> float | None:
    """A length of time; at most `MAX_WAIT_S`, and None when it is none."""
    value = _number(headers, name)
    return None if value is None or value < 0 else min(value * unit_s, MAX_WAIT_S)
