"""Waiting that can be woken and stopped."""

from __future__ import annotations

import threading
from datetime import UTC

import pytest

from tap_bigcommerce.api.clock import Clock, Stopped


def test_time_goes_on_and_the_wall_clock_is_utc():
    clock = Clock()
    assert clock.monotonic() <= clock.monotonic()
    assert clock.wall().tzinfo is UTC


def test_a_sleep_that_is_over_returns_at_once():
    Clock().sleep(3600, until=lambda: True)
    Clock().sleep(0)


@pytest.mark.parametrize("seconds", [0, 3600])
def test_a_stopped_clock_lets_nobody_sleep(seconds):
    clock = Clock()
    clock.stop()
    with pytest.raises(Stopped):
        clock.sleep(seconds)


def sleeper(clock, until=None):
    """A thread that sleeps for an hour, and what came of it."""
    ended: list[str] = []
    asked = threading.Event()

    def check() -> bool:
        asked.set()
        return until is not None and until()

    def sleep() -> None:
        try:
            clock.sleep(3600, until=check)
            ended.append("woken")
        except Stopped:
            ended.append("stopped")

    thread = threading.Thread(target=sleep, daemon=True)
    thread.start()
    asked.wait()
    return thread, ended


def test_stop_ends_a_sleep_that_has_begun():
    clock = Clock()
    thread, ended = sleeper(clock)
    clock.stop()
    thread.join()
    assert ended == ["stopped"]


def test_wake_ends_a_sleep_whose_reason_is_gone():
    clock, gone = Clock(), threading.Event()
    thread, ended = sleeper(clock, until=gone.is_set)
    clock.wake()
    gone.set()
    clock.wake()
    thread.join()
    assert ended == ["woken"]
