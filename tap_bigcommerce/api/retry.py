"""Again, and when? What a request may cost before it is given up.

Which errors can heal is said by the errors themselves (`errors.py`).
How long a 429 waits is decided by the limiter, which hears of everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import backoff

from tap_bigcommerce.api.errors import QuotaExhausted, ServerTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.api.errors import ApiError

FIRST_WAIT_S = 0.5
MAX_WAIT_S = 60.0  # longer pauses than a minute only make an outage longer

# A page that is too heavy for the store stays too heavy: three failures are enough to see that.
SHRINK_AFTER = 3
# Both divide 250, so that a page can be cut into smaller ones that hold the same rows.
SHRINK_SIZES = (50, 10)

# Other apps may win the race for a shared quota many times in a row. No run needs more than this.
MAX_REJECTIONS = 60


def growing_waits(first_s: float, most_s: float) -> Iterator[float]:
    """`first_s`, doubling up to `most_s`, for ever."""
    waits = backoff.expo(base=2, factor=first_s, max_value=most_s)
    next(waits)  # what backoff's own decorators send into
    return waits


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The bounds of one request: tries after the first for each page size, and seconds over all."""

    max_retries: int
    budget_s: float
    jitter: Callable[[float], float] = backoff.full_jitter


class Effort:
    """What one request has cost so far, over every page size it was asked in."""

    def __init__(self, policy: RetryPolicy) -> None:
        self.policy = policy
        self.tries = 0
        self.spent_s = 0.0
        self.is_spent = False
        self.is_doubted = False  # a 401 that may be a mistake has been asked about

    def spend(self, seconds: float) -> bool:
        """Take `seconds` from the budget, if it has them."""
        self.is_spent = self.is_spent or self.spent_s + seconds > self.policy.budget_s
        if not self.is_spent:
            self.spent_s += seconds
        return not self.is_spent


class Patience:
    """Whether one page size is tried again."""

    def __init__(self, effort: Effort, *, can_shrink: bool) -> None:
        self._effort = effort
        self._policy = effort.policy
        self._can_shrink = can_shrink
        self._waits = growing_waits(FIRST_WAIT_S, MAX_WAIT_S)
        self._failures = 0
        self._troubles = 0
        self._rejections = 0

    def wait_after(self, error: ApiError) -> float | None:
        """Seconds to wait before the next try, or None when this size is given up.

        A 429 is not a failed try, but it takes its time from the budget, and there is a bound.
        """
        if not error.is_retriable:
            return None
        if isinstance(error, QuotaExhausted):
            self._rejections += 1
            wait_s = error.wait_s
            has_tries = self._rejections <= MAX_REJECTIONS
        else:
            self._failures += 1
            self._troubles = self._troubles + 1 if isinstance(error, ServerTrouble) else 0
            wait_s = self._policy.jitter(next(self._waits))
            has_tries = self._failures <= self._policy.max_retries and not (
                self._can_shrink and self._troubles >= SHRINK_AFTER
            )
        return wait_s if has_tries and self._effort.spend(wait_s) else None
