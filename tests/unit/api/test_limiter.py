"""What the limiter makes of single answers; `test_limiter_simulation.py` has whole windows."""

from __future__ import annotations

import threading

import pytest

from tap_bigcommerce.api.clock import Clock, Stopped
from tap_bigcommerce.api.limiter import REJECTED_WAIT, Limiter, Ticket
from tap_bigcommerce.api.quota import MAX_WAIT_S
from tap_bigcommerce.api.windows import PACED_WAIT, PROBES, QUOTA_WAIT, RESET_MARGIN_S
from tests.unit.api.virtual import FakeClock, VirtualClock


def limiter_for(share=0.9, clock=None, jitter=lambda wait: wait):
    return Limiter(share, clock=clock or FakeClock(), jitter=jitter)


def headers(left, quota=150, reset_ms: object = 29_999, window_ms: object = 30_000):
    return {
        "X-Rate-Limit-Requests-Left": str(left),
        "X-Rate-Limit-Requests-Quota": str(quota),
        "X-Rate-Limit-Time-Reset-Ms": str(reset_ms),
        "X-Rate-Limit-Time-Window-Ms": str(window_ms),
    }


def acquire_all(limiter, most=1000):
    """Tickets that go without a wait; the first wait is undone by the fake clock's `Stopped`."""
    tickets: list[Ticket] = []
    clock = limiter.clock
    clock.stop()
    try:
        while len(tickets) < most:
            tickets.append(limiter.acquire())
    except Stopped:
        pass
    clock._is_stopped = False
    return tickets


def acquire_window(limiter):
    """Tickets of one window, those included that wait to be spread over it."""
    tickets = []
    while limiter.windows.room(limiter.clock.now) > 0:
        tickets.append(limiter.acquire())
    return tickets


def test_few_requests_go_before_anything_is_known():
    limiter = limiter_for()
    tickets = acquire_all(limiter)
    assert len(tickets) == PROBES
    assert (limiter.quota, limiter.left) == (None, None)
    limiter.learn(tickets[0], headers(149))
    assert (limiter.quota, limiter.left) == (150, 149)
    assert len(acquire_window(limiter)) == 135 - PROBES


def test_a_display_may_know_the_window_and_our_share_of_it():
    limiter = limiter_for()
    assert (limiter.window_s, limiter.per_window) == (None, None)
    limiter.learn(limiter.acquire(), headers(149))
    assert (limiter.window_s, limiter.per_window) == (30.0, 135)
    unlimited = limiter_for()
    unlimited.learn(unlimited.acquire(), headers(16_101_000, quota=16_101_495))
    assert unlimited.per_window is None


def test_alone_nearly_all_goes_at_once_and_the_rest_shows_what_comes():
    """5 of 135, evenly until shortly before the reset."""
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(149))
    assert len(acquire_all(limiter)) == 129
    began = limiter.clock.now
    waits = [ticket.sent_at - began for ticket in acquire_window(limiter)]
    assert waits == pytest.approx([4.5, 9.0, 13.5, 18.0, 22.5], abs=0.1)


def test_while_the_reset_is_not_known_more_is_kept_to_see_it():
    """Reset-Ms says the whole window, so the window may end at any time: 40 of 135."""
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(149, reset_ms=30_000))
    assert len(acquire_all(limiter)) == 94


def test_a_reset_that_was_seen_tells_the_next_ones_until_we_have_drifted():
    """Seen within 1 s: 5 are kept back to watch. A slow answer 4 s after the next: 40 again."""
    limiter = limiter_for()
    for left in range(149, 119, -1):
        limiter.learn(limiter.acquire(), headers(left, reset_ms=30_000))
    limiter.clock.now += 1
    limiter.learn(limiter.acquire(), headers(149, reset_ms=30_000))
    limiter.learn(limiter.acquire(), headers(148, reset_ms=30_000))
    assert limiter.windows.paced() == 5
    limiter.clock.now += 30.1
    probe = limiter.acquire()
    limiter.clock.now += 4
    limiter.learn(probe, headers(145, reset_ms=30_000))
    assert limiter.windows.paced() == 40


def test_who_finds_a_window_untouched_came_in_time():
    limiter = limiter_for()
    for _ in range(2):
        limiter.learn(limiter.acquire(), headers(149, reset_ms=30_000))
        limiter.clock.now += 30.1
    limiter.learn(limiter.acquire(), headers(149, reset_ms=30_000))
    assert limiter.windows.paced() == 5


def test_who_meets_others_that_want_more_spreads_the_requests():
    """Half of the 15 that are kept for others are used: they may want more, in this window too."""
    told = []
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(141))
    assert limiter.acquire(on_wait=lambda *what: told.append(what)).waited_s == 0
    limiter.acquire(on_wait=lambda *what: told.append(what))
    assert limiter.clock.sleeps == [pytest.approx(27 / 133, rel=0.01)]
    assert told == [(pytest.approx(30.05, abs=0.1), PACED_WAIT)]


def test_others_that_stay_well_within_their_part_slow_nobody_down():
    """7 of the 15 that are kept for them."""
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(142))
    assert len(acquire_all(limiter)) == 129


def test_tries_without_an_answer_make_room_for_the_next_probe():
    limiter = limiter_for()
    for _ in range(10):
        tickets = acquire_all(limiter)
        assert len(tickets) == PROBES
        for ticket in tickets:
            limiter.forget(ticket)


def test_no_headers_mean_no_pacing():
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), {})
    assert len(acquire_all(limiter)) == 1000


@pytest.mark.parametrize("quota", [100_000, 16_101_495])
def test_a_quota_beyond_reach_is_none(quota):
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(quota - 1, quota=quota))
    assert len(acquire_all(limiter)) == 1000
    assert limiter.quota == quota


@pytest.mark.parametrize(
    "broken",
    [{"X-Rate-Limit-Requests-Left": "many"}, {"X-Rate-Limit-Requests-Quota": "nan"}, {}],
)
def test_headers_that_say_nothing_are_no_headers(broken):
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), {**headers(1), **broken} if broken else {})
    assert len(acquire_all(limiter)) == 1000


@pytest.mark.parametrize(
    ("share", "quota", "room"),
    [(0.9, 150, 135), (1.0, 150, 150), (0.5, 450, 225), (0.9, 1, 1), (0.1, 5, 1), (0.9, 10, 9)],
)
def test_the_share_is_used_to_the_last_request_and_not_beyond(share, quota, room):
    limiter = limiter_for(share)
    ticket = limiter.acquire()
    limiter.learn(ticket, headers(quota - 1, quota=quota))
    assert 1 + len(acquire_window(limiter)) == room


def test_what_others_have_not_used_of_their_part_is_kept_for_them():
    """150 in all, 15 of them for others, of which they have used 5: the other 10 stay."""
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(144))
    assert len(acquire_window(limiter)) == 134


def test_others_who_used_more_leave_us_the_rest_but_a_margin():
    """100 are gone when we come: 50 are left, of which 1 is kept, as others may be quicker."""
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(50))
    assert len(acquire_window(limiter)) == 49


def test_the_margin_is_what_others_take_meanwhile():
    """They take 2 a second; nothing was heard for 0.5 s, and an answer takes 0.3 s."""
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(100))
    limiter.clock.now += 2
    limiter.learn(limiter.acquire(), headers(95))
    assert limiter.windows.room(limiter.clock.now + 0.5) == 95 - 3
    limiter.clock.now += 31
    limiter.learn(limiter.acquire(), headers(100))
    assert limiter.windows.room(limiter.clock.now + 0.5) == 100 - 3, "as in the last window"
    limiter.clock.now += 2
    limiter.learn(limiter.acquire(), headers(91))
    assert limiter.windows.room(limiter.clock.now + 0.5) == 91 - 4


@pytest.mark.parametrize("share", [0.5, 0.9, 1.0])
@pytest.mark.parametrize("quota", [0, 1, 2, 150])
def test_a_window_that_is_empty_at_the_start_is_waited_for(share, quota):
    clock = FakeClock()
    limiter = limiter_for(share, clock)
    limiter.learn(limiter.acquire(), headers(0, quota=quota, reset_ms=12_345))
    limiter.acquire()
    assert clock.sleeps == [pytest.approx(12.345 + RESET_MARGIN_S)]


def test_who_had_quota_left_need_not_wait_for_the_first_answer_of_the_next_window():
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(149))
    limiter.clock.now += 31
    assert len(acquire_all(limiter)) == PROBES + 134


def test_after_a_window_that_began_empty_one_looks_at_the_next():
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(0, reset_ms=1_001))
    limiter.clock.now += 2
    assert len(acquire_all(limiter)) == 1


def test_the_wait_for_a_reset_is_told_once():
    """Two threads wait for the same reset; one line says so."""
    clock = VirtualClock()
    limiter = limiter_for(clock=clock)
    told = []
    waits = []

    def work() -> None:
        ticket = limiter.acquire(on_wait=lambda *what: told.append(what))
        waits.append(ticket.waited_s)
        limiter.learn(ticket, headers(149))

    limiter.learn(limiter.acquire(), headers(0, reset_ms=20_000.5))
    clock.run(work, work)
    assert told == [(pytest.approx(20.0505), QUOTA_WAIT)]
    assert waits == [pytest.approx(20.0505)] * 2


def test_answers_that_overtake_each_other_change_nothing():
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(149))
    limiter.clock.now += 1
    tickets = [limiter.acquire() for _ in range(60)]
    limiter.clock.now += 1
    for ticket, left in zip(tickets, range(89, 149), strict=True):  # the last sent is first
        limiter.learn(ticket, headers(left))
    assert limiter.left == 89
    assert len(acquire_window(limiter)) == 135 - 61


def test_left_jumping_up_is_a_new_window():
    clock = FakeClock()
    limiter = limiter_for(clock=clock)
    limiter.learn(limiter.acquire(), headers(20))
    clock.now += 1
    limiter.learn(limiter.acquire(), headers(149))
    assert len(acquire_window(limiter)) == 134


def test_an_answer_from_before_the_reset_that_comes_late_is_no_news():
    clock = FakeClock()
    limiter = limiter_for(clock=clock)
    limiter.learn(limiter.acquire(), headers(140, reset_ms=1001))
    late = limiter.acquire()
    clock.now += 2
    limiter.learn(limiter.acquire(), headers(149))
    limiter.learn(late, headers(139, reset_ms=1))
    assert limiter.left == 149


@pytest.mark.parametrize("reset_ms", [0, 3, -5, "soon", 10**9, "inf", ""])
def test_an_absurd_reset_neither_blocks_nor_spins(reset_ms):
    """A wait that ends with nothing left is followed by a longer one, a window at most."""
    clock = FakeClock()
    limiter = limiter_for(clock=clock)
    for _ in range(8):
        limiter.learn(limiter.acquire(), headers(0, reset_ms=reset_ms))
    assert min(clock.sleeps) >= 1.0
    assert max(clock.sleeps) < 31.1


@pytest.mark.parametrize(
    ("hints", "wait_s"),
    [
        ({"X-Retry-After": "7", "X-Rate-Limit-Time-Reset-Ms": "3000"}, 7),
        ({"X-Retry-After": "3", "X-Rate-Limit-Time-Reset-Ms": "7000"}, 7),
        ({"X-Retry-After": "7"}, 7),
        ({"Retry-After": "7"}, 7),
        ({"X-Rate-Limit-Time-Reset-Ms": "7000"}, 7),
        ({"X-Retry-After": "0"}, 1),
        ({"X-Retry-After": "7200"}, MAX_WAIT_S),
        (
            {
                "X-Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT",
                "X-Rate-Limit-Time-Reset-Ms": "7000",
            },
            7,
        ),
        ({"X-Retry-After": "-4", "X-Rate-Limit-Time-Reset-Ms": "7000"}, 7),
    ],
)
def test_a_429_holds_everybody_back_for_the_longer_of_its_headers(hints, wait_s):
    clock = FakeClock()
    limiter = limiter_for(clock=clock)
    assert limiter.rejected(limiter.acquire(), hints) == pytest.approx(wait_s + RESET_MARGIN_S)
    told = []
    ticket = limiter.acquire(on_wait=lambda _, reason: told.append(reason))
    assert ticket.waited_s == pytest.approx(wait_s + RESET_MARGIN_S)
    assert told == [REJECTED_WAIT]


@pytest.mark.parametrize("hints", [{}, {"X-Retry-After": "-1"}, {"X-Retry-After": "nan"}])
def test_a_429_without_headers_waits_exponentially(hints):
    limiter = limiter_for()
    waits = [limiter.rejected(limiter.acquire(), hints) for _ in range(8)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    limiter.learn(limiter.acquire(), {})
    assert limiter.rejected(limiter.acquire(), hints) == 1


def test_a_429_without_headers_has_full_jitter():
    drawn = []

    def quarter(wait_s):
        drawn.append(wait_s)
        return wait_s / 4

    limiter = limiter_for(jitter=quarter)
    assert [limiter.rejected(limiter.acquire(), {}) for _ in range(3)] == [0.25, 0.5, 1.0]
    assert drawn == [1, 2, 4]


@pytest.mark.parametrize("hints", [{}, {"X-Retry-After": "7"}])
def test_rejections_that_were_in_flight_together_are_one_event(hints):
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(149))
    tickets = [limiter.acquire() for _ in range(8)]
    waits = [limiter.rejected(ticket, hints) for ticket in tickets]
    assert waits == [pytest.approx(7 + RESET_MARGIN_S if hints else 1)] * 8


def test_after_a_429_one_request_tries_the_water():
    clock = FakeClock()
    limiter = limiter_for(clock=clock)
    limiter.learn(limiter.acquire(), headers(149))
    limiter.rejected(limiter.acquire(), {"X-Retry-After": "5"})
    clock.now += 6
    (probe,) = acquire_all(limiter)
    limiter.learn(probe, headers(149))
    assert len(acquire_all(limiter)) > 100


def test_a_429_as_the_very_first_answer_is_survived():
    limiter = limiter_for()
    tickets = acquire_all(limiter)
    for ticket in tickets:
        limiter.rejected(ticket, headers(0, reset_ms=9_999))
    limiter.learn(limiter.acquire(), headers(149))
    assert limiter.windows.others == 0, "what others used was another window's"
    assert len(acquire_window(limiter)) == 134


def test_a_429_that_says_the_whole_window_waits_for_the_reset_that_is_known():
    """Or each 429 would move us further into the next window."""
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(20, reset_ms=30_000))
    limiter.clock.now += 25
    refused = limiter.acquire()
    assert limiter.rejected(refused, headers(0, reset_ms=30_000)) == pytest.approx(5.1)
    assert limiter.left == 0


def test_a_429_right_after_a_reset_waits_for_the_next():
    """2 s of the window are over when the 429 says that the reset is 30 s away."""
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(20, reset_ms=30_000))
    limiter.clock.now += 31
    refused = limiter.acquire()
    limiter.clock.now += 1
    assert limiter.rejected(refused, headers(0, reset_ms=30_000)) == pytest.approx(28.1)


def test_a_429_without_headers_does_not_make_us_forget_the_window():
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(149, reset_ms=30_000))
    limiter.clock.now += 20
    limiter.rejected(limiter.acquire(), {})
    limiter.learn(limiter.acquire(), headers(140, reset_ms=30_000))
    acquire_window(limiter)
    assert limiter.clock.now < 1000 + 30


def test_a_stopped_clock_ends_a_wait():
    limiter = limiter_for()
    limiter.learn(limiter.acquire(), headers(0))
    limiter.clock.stop()
    with pytest.raises(Stopped):
        limiter.acquire()


def test_an_answer_wakes_who_waits_for_it():
    """With real threads and the real clock: eight want to go, three may, the answer frees all."""
    limiter = limiter_for(clock=Clock())
    gone = threading.Semaphore(0)
    tickets = []

    def work() -> None:
        tickets.append(limiter.acquire())
        gone.release()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(PROBES):
        gone.acquire()
    assert len(tickets) == PROBES
    limiter.learn(tickets[0], headers(149))
    for thread in threads:
        thread.join()
    assert len(tickets) == 8


def test_many_threads_leave_the_counts_right():
    limiter = limiter_for(1.0, clock=Clock())
    lock = threading.Lock()
    served = 0

    def work() -> None:
        nonlocal served
        for number in range(200):
            ticket = limiter.acquire()
            if number % 10 == 9:
                limiter.forget(ticket)
                continue
            with lock:
                served += 1
                left = 90_000 - served
            limiter.learn(ticket, headers(left, quota=90_000))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert served == 8 * 180
    assert limiter.windows.in_flight == 0
    assert limiter.left == 90_000 - served
