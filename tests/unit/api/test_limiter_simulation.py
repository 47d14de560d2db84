"""Minutes against a store that counts, in a moment: the share is used and no 429 comes."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api.limiter import Limiter
from tests.unit.api.virtual import Run, Store, VirtualClock


def simulate(share=0.9, seconds=250.0, workers=8, latency_s=0.2, other_gap_s=None, **store):
    clock = VirtualClock()
    limiter = Limiter(share, clock=clock, jitter=lambda wait: wait)
    run = Run(Store(clock, **store), limiter, seconds, workers, latency_s, other_gap_s)
    return run()


# A window that begins while the first answers come is seen one or two requests late, once.
SEEN_LATE = 2


def assert_used(run, share=0.9, part=0.95, over=0):
    most = int(run.store.quota * share + 1e-9)
    windows = run.full_windows()
    assert len(windows) > 5
    assert min(windows) >= part * most, windows
    assert max(windows[:1]) <= most + SEEN_LATE, windows
    assert max(windows[1:]) <= most + over, windows


@pytest.mark.parametrize("workers", [4, 8, 16])
@pytest.mark.parametrize("latency_s", [0.02, 0.2, 0.8])
@pytest.mark.parametrize("phase_s", [0.0, 7.3, 27.0, 29.8])
def test_every_window_is_used_and_no_429_comes(phase_s, latency_s, workers):
    run = simulate(phase_s=phase_s, latency_s=latency_s, workers=workers)
    assert run.store.rejected == 0
    assert_used(run)


def test_the_whole_quota_can_be_asked_for():
    run = simulate(share=1.0, phase_s=3.0)
    assert run.store.rejected == 0
    assert_used(run, share=1.0, part=1.0)


@pytest.mark.parametrize("share", [0.9, 1.0])
@pytest.mark.parametrize(
    "reset", ["left", "whole seconds", "window", "in seconds", "zero", "hours", "absent"]
)
@pytest.mark.parametrize("phase_s", [3.0, 12.3, 27.5])
def test_reset_may_mean_anything(phase_s, reset, share):
    """Time left, the whole window, seconds instead of milliseconds, nonsense, nothing."""
    run = simulate(share=share, phase_s=phase_s, reset=reset)
    assert run.store.rejected == 0
    assert_used(run, share=share)


@pytest.mark.parametrize("reset", ["left", "window"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_windows_may_begin_with_their_first_request(share, reset):
    run = simulate(share=share, reset=reset, starts_with_request=True)
    assert run.store.rejected == 0
    assert_used(run, share=share, over=PROBES_TOO_EARLY)


# Whether windows stand still or begin with a request, a Reset-Ms that never falls does not say.
# To find out costs a few requests, once.
PROBES_TOO_EARLY = 3


@pytest.mark.parametrize("other_gap_s", [6.0, 3.0, 2.0])
@pytest.mark.parametrize("phase_s", [3.0, 22.0])
def test_another_app_gets_its_part_and_we_get_ours(phase_s, other_gap_s):
    """Others ask for 5, 10 and 15 per window; 15 are theirs."""
    run = simulate(phase_s=phase_s, other_gap_s=other_gap_s)
    assert run.store.rejected == 0
    assert_used(run)
    theirs = [run.store.others.get(window, 0) for window in sorted(run.store.ours)[1:-1]]
    assert sum(theirs) / len(theirs) >= min(15, 30 / other_gap_s) - 2


@pytest.mark.parametrize("quota", [4, 5, 10, 450])
@pytest.mark.parametrize("share", [0.9, 1.0])
def test_small_and_large_quotas(quota, share):
    run = simulate(share=share, quota=quota, phase_s=5.0)
    assert run.store.rejected == 0
    assert_used(run, share=share)


@pytest.mark.parametrize("quota", [1, 2, 3])
def test_a_quota_below_the_first_probes_is_overdrawn_once(quota):
    run = simulate(quota=quota, phase_s=5.0)
    assert run.store.rejected == 3 - quota
    assert run.store.ours[0] == quota
    assert set(run.full_windows()) == {max(quota - 1, 1)}


def test_short_windows():
    run = simulate(quota=20, window_s=1.0, phase_s=0.5, latency_s=0.1, seconds=60)
    assert run.store.rejected == 0
    assert_used(run)


def test_few_are_in_flight_before_the_first_answer_and_all_workers_later():
    run = simulate(workers=16, seconds=10, latency_s=3.0)
    assert run.in_flight_at_first_answer == 3
    assert run.most_in_flight == 16


@pytest.mark.parametrize("store", [{"quota": 16_101_495}, {"quota": 10**9, "has_headers": False}])
def test_without_a_quota_only_the_workers_limit(store):
    """8 workers at 0.2 s are 40 per second."""
    run = simulate(seconds=60, **store)
    assert sum(run.store.ours.values()) == pytest.approx(60 * 8 / 0.2, rel=0.05)


def test_a_hidden_quota_is_found_by_429s_and_used():
    """No header says anything: waits grow from 1 s, so that at most 16 s of a window are lost."""
    run = simulate(has_headers=False)
    assert min(run.full_windows()) == run.store.quota
    assert run.store.rejected / len(run.full_windows()) < 16


def test_a_simulation_comes_out_the_same_every_time():
    runs = [simulate(seconds=60, other_gap_s=0.7) for _ in range(2)]
    assert runs[0].store.ours == runs[1].store.ours
