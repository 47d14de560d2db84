"""How long and how often a request is tried again."""

from __future__ import annotations

from itertools import islice

import pytest

from tap_bigcommerce.api.errors import NotFound, QuotaExhausted, ServerTrouble, Unreachable
from tap_bigcommerce.api.retry import (
    MAX_REJECTIONS,
    Effort,
    Patience,
    RetryPolicy,
    growing_waits,
)

TROUBLE = ServerTrouble("/v2/orders", status=503)
AWAY = Unreachable("/v2/orders")


def patience(max_retries=9, budget_s=1e6, *, can_shrink=False, jitter=lambda wait: wait):
    effort = Effort(RetryPolicy(max_retries, budget_s, jitter=jitter))
    return Patience(effort, can_shrink=can_shrink), effort


def test_waits_double_up_to_their_bound():
    assert list(islice(growing_waits(0.5, 60), 9)) == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_the_standard_jitter_draws_from_the_whole_range():
    """Full jitter: clients that failed together do not come back together."""
    policy = RetryPolicy(1, 1)
    draws = [policy.jitter(8.0) for _ in range(200)]
    assert 0 <= min(draws) < 2
    assert 6 < max(draws) <= 8


def test_failures_wait_longer_each_time_until_the_tries_are_used_up():
    waiting, effort = patience(max_retries=3)
    assert [waiting.wait_after(TROUBLE) for _ in range(4)] == [0.5, 1, 2, None]
    assert effort.spent_s == 3.5


def test_no_retries_means_none():
    assert patience(max_retries=0)[0].wait_after(TROUBLE) is None


def test_what_cannot_heal_is_not_tried_again():
    assert patience()[0].wait_after(NotFound("/v2/orders", status=404)) is None


def test_the_budget_bounds_the_waits():
    waiting, effort = patience(budget_s=3.0)
    assert [waiting.wait_after(TROUBLE) for _ in range(3)] == [0.5, 1, None]
    assert effort.is_spent
    assert not effort.spend(0.0)


@pytest.mark.parametrize("wait_s", [0.0, 30.0])
def test_a_429_is_not_a_failed_try_but_is_bounded(wait_s):
    error = QuotaExhausted("/v2/orders", status=429)
    error.wait_s = wait_s
    waiting, effort = patience(max_retries=0)
    waits = [waiting.wait_after(error) for _ in range(MAX_REJECTIONS + 1)]
    assert waits == [wait_s] * MAX_REJECTIONS + [None]
    assert effort.spent_s == wait_s * MAX_REJECTIONS


def test_a_429_takes_its_time_from_the_budget():
    error = QuotaExhausted("/v2/orders", status=429)
    error.wait_s = 30.0
    waiting, _ = patience(budget_s=70)
    assert [waiting.wait_after(error) for _ in range(3)] == [30, 30, None]


def test_a_page_that_could_be_smaller_is_given_up_after_three_failures_in_a_row():
    waiting, _ = patience(can_shrink=True)
    answers = [waiting.wait_after(error) for error in (TROUBLE, TROUBLE, AWAY, TROUBLE, TROUBLE)]
    assert None not in answers
    assert waiting.wait_after(TROUBLE) is None
