"""A bookmark says what was written: never more, and no less than it has to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tap_bigcommerce.scans import Bounds
from tap_bigcommerce.settings import Settings
from tap_bigcommerce.streams.bookmark import Bookmark, UnreadableState
from tests.unit.streams.fakes import CONFIG, NOW

KEY = "date_modified"
OCTOBER = "2026-10-01T00:00:00+00:00"
NOVEMBER = "2026-11-01T00:00:00+00:00"
FIRST_RUN = "2026-11-10T00:00:00+00:00"


@dataclass
class FakeRun:
    settings: Settings
    now: datetime = NOW
    store_now: datetime | None = None
    asked: int = 0

    def started(self):
        return self.now

    def store_time(self):
        self.asked += 1
        return self.store_now


def a_run(**config):
    times = {name: config.pop(name) for name in ("now", "store_now") if name in config}
    return FakeRun(Settings.from_config({**CONFIG, **config}), **times)


def bookmark(state=None, *, key=KEY, channels=(), **config):
    return Bookmark({} if state is None else state, key, a_run(**config), channels)


def at(value):
    return {"replication_key": KEY, "replication_key_value": value}


def backfill(after_id=500, started=FIRST_RUN, latest=NOVEMBER, **more):
    return {"backfill": {"after_id": after_id, "started": started, "latest": latest, **more}}


def moment(text):
    return datetime.fromisoformat(text).astimezone(UTC)


# Where a run starts.


def test_without_state_everything_is_wanted():
    bounds = bookmark().bounds
    assert (bounds.since, bounds.until, bounds.after_id) == (None, None, None)


@pytest.mark.parametrize(
    "value",
    [
        NOVEMBER,
        "2026-11-01T00:00:00Z",
        "2026-11-01T00:00:00",
        "2026-11-01 00:00:00",
        "2026-11-01",
        "2026-11-01T02:00:00+02:00",
        "2026-10-31T19:00:00-05:00",
        "2026-11-01T00:00:00.000000Z",
        "2026-11-01T00:00:00.999+00:00",
    ],
)
def test_a_bookmark_is_understood_in_every_form_of_a_date(value):
    """Fractions are cut off: within a second, rows cannot be told apart by time."""
    assert bookmark(at(value)).bounds.since == moment(NOVEMBER)


def test_an_incremental_read_starts_a_little_before_its_bookmark():
    since = bookmark(at(NOVEMBER), lookback_s=90).bounds.since
    assert since == moment(NOVEMBER) - timedelta(seconds=90)


@pytest.mark.parametrize(
    ("state", "start", "since"),
    [
        ({}, OCTOBER, OCTOBER),
        (at(NOVEMBER), OCTOBER, NOVEMBER),
        (at(OCTOBER), NOVEMBER, NOVEMBER),
        (backfill(), OCTOBER, OCTOBER),
    ],
)
def test_the_later_of_bookmark_and_start_date_counts(state, start, since):
    bounds = bookmark(state, start_date=start).bounds
    assert bounds.since == moment(since)
    assert bounds.after_id is None


def test_the_end_date_is_the_upper_bound():
    assert bookmark(end_date=NOVEMBER).bounds.until == moment(NOVEMBER)


def test_a_backfill_goes_on_after_its_last_id():
    assert bookmark(backfill()).bounds.after_id == 500


@pytest.mark.parametrize(
    "state",
    [
        {},
        at(None),
        at(""),
        {"partitions": []},
        {"starting_replication_value": None},
        {"backfill": None},
        {"backfill": {}},
    ],
)
def test_a_state_that_says_nothing_means_everything(state):
    bounds = bookmark(state).bounds
    assert (bounds.since, bounds.after_id) == (None, None)


@pytest.mark.parametrize(
    ("state", "what"),
    [
        ({"replication_key": "{key}", "replication_key_value": NOVEMBER}, "is '{key}'"),
        ({"replication_key_value": NOVEMBER}, "`replication_key` is None"),
        ({"replication_key": 5, "replication_key_value": NOVEMBER}, "`replication_key` is 5"),
        ({"date_modified": NOVEMBER}, "`date_modified` is not known"),
        ({"partitions": [{"context": {"id": 1}}]}, "`partitions` is not known"),
        ({"progress_markers": {"replication_key_value": NOVEMBER}}, "`progress_markers` is not"),
    ],
)
def test_another_tap_s_bookmark_is_refused_and_not_lost_without_a_word(state, what):
    """It used to be taken for none, so that a history of years was read again in silence."""
    before = repr(state)
    with pytest.raises(UnreadableState) as refused:
        bookmark(state)
    assert what in str(refused.value)
    assert "Write `date_modified` as replication_key" in str(refused.value)
    assert repr(state) == before


def test_a_stream_that_is_read_whole_asks_nothing_of_another_s_bookmark():
    state = {"replication_key": "date_created", "replication_key_value": NOVEMBER}
    assert bookmark(state, key=None).bounds == Bounds()


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (at("yesterday"), "replication_key_value"),
        (at("Sun, 01 Nov 2026 00:00:00 +0000"), "replication_key_value"),
        (at(1793491200), "replication_key_value"),
        (at({"value": NOVEMBER}), "replication_key_value"),
        (at([NOVEMBER]), "replication_key_value"),
        (at(value=True), "replication_key_value"),
        (at("0001-01-01T00:00:00+05:00"), "replication_key_value"),
        (at("0001-01-01"), "replication_key_value"),
        (at("2206-11-01T00:00:00+00:00"), "replication_key_value"),
        ({"backfill": "500"}, "backfill"),
        ({"backfill": [500]}, "backfill"),
        ({"backfill": {"after_id": 500}}, "started"),  # since when may they have changed?
        ({"backfill": {"after_id": 500, "started": None}}, "started"),
        ({"backfill": {"place": 500, "started": FIRST_RUN}}, "place"),
        ({"channels": 5}, "channels"),
        ({"channels": ["1"]}, "channels"),
        (backfill(after_id="500"), "after_id"),
        (backfill(after_id=500.5), "after_id"),
        (backfill(after_id=True), "after_id"),
        (backfill(started="soon"), "started"),
        (backfill(latest="soon"), "latest"),
        (backfill(latest=20261101), "latest"),
    ],
)
def test_what_cannot_be_a_state_is_refused_by_name_and_left_as_it_is(state, name):
    before = repr(state)
    with pytest.raises(UnreadableState, match=f"State: `{name}` is .* remove the stream's state"):
        bookmark(state)
    assert repr(state) == before


def test_a_wrong_latest_is_noticed_before_the_list_is_read():
    """It used to be parsed when a first read was complete: hours of reading, then an error, and
    the place to resume already removed from the state."""
    with pytest.raises(UnreadableState):
        bookmark(backfill(latest="2026-13-01"))


def test_a_bookmark_a_little_ahead_is_brought_back_to_now():
    """A local time written as UTC. Kept as it was, runs would read nothing until the clock had
    passed it, and then begin behind everything that was modified meanwhile."""
    state = at("2026-11-22T20:00:00+00:00")
    assert bookmark(state).bounds.since == NOW
    assert state == at(NOW.isoformat())


def test_a_bookmark_far_ahead_is_refused():
    with pytest.raises(UnreadableState, match="not a date in the past"):
        bookmark(at("2030-01-01T00:00:00+00:00"))


def test_a_machine_whose_clock_is_behind_takes_the_store_s_word_for_a_bookmark():
    """Its clock had stopped for years: a right bookmark was refused as one of the future."""
    behind = NOW - timedelta(days=900)
    state = at(NOVEMBER)
    assert bookmark(state, now=behind, store_now=NOW).bounds.since == moment(NOVEMBER)
    assert state == at(NOVEMBER)
    with pytest.raises(UnreadableState, match="not a date in the past"):
        bookmark(at("2027-11-01T00:00:00+00:00"), now=behind, store_now=NOW)


def test_a_bookmark_a_little_ahead_is_brought_back_to_the_store_s_time():
    state = at((NOW + timedelta(hours=5)).isoformat())
    store_now = NOW + timedelta(hours=2)
    assert bookmark(state, store_now=store_now).bounds.since == store_now


def test_the_store_is_only_asked_for_the_time_when_there_is_a_doubt():
    run = a_run(store_now=NOW)
    Bookmark(at(NOVEMBER), KEY, run)
    assert run.asked == 0


# Where it moves to.


def test_an_incremental_bookmark_follows_the_pages():
    state = at(OCTOBER)
    mark = bookmark(state)
    mark.written(NOVEMBER, "2026-10-20T00:00:00+00:00")
    assert state == at("2026-10-20T00:00:00+00:00")
    mark.complete()
    assert state == at(NOVEMBER)


def test_a_bookmark_has_full_seconds():
    state = at(OCTOBER)
    mark = bookmark(state)
    mark.written(None, "2026-10-20T00:00:00.999999+00:00")
    assert state == at("2026-10-20T00:00:00+00:00")
    mark.written("2026-11-01T00:00:00.500000+00:00", None)
    mark.complete()
    assert state == at(NOVEMBER)


def test_a_bookmark_never_moves_backwards():
    state = at(NOVEMBER)
    mark = bookmark(state, lookback_s=3600)
    mark.written("2026-10-31T23:30:00+00:00", "2026-10-31T23:30:00+00:00")
    mark.complete()
    assert state == at(NOVEMBER)


@pytest.mark.parametrize(
    ("value", "earlier"),
    [
        ("2026-10-31T20:00:00-05:00", "2026-11-01T00:30:00+00:00"),
        ("2026-11-01T01:00:00Z", "2026-11-01T00:59:59+00:00"),
    ],
)
def test_times_are_compared_as_times_and_not_as_texts(value, earlier):
    """As texts, `2026-10-31T20:00-05:00` stands before `2026-11-01T00:30+00:00`."""
    state = at(value)
    mark = bookmark(state)
    mark.written(earlier, earlier)
    mark.complete()
    assert state == at(value)
    mark.written(None, "2026-11-01T02:00:00+00:00")
    assert state == at("2026-11-01T02:00:00+00:00")


def test_a_bookmark_never_passes_the_start_of_the_run():
    """A row that is modified while the list is read may be younger than one that was changed
    after it had been read."""
    mark = bookmark()
    mark.written("2026-11-22T12:05:00+00:00", None)
    mark.complete()
    assert mark.state == at(NOW.isoformat())


def test_the_start_by_the_store_s_clock_counts_once_it_is_known():
    """Our clock is an hour ahead; the store tells its time with the first answer."""
    run = a_run(now=NOW + timedelta(hours=1))
    mark = Bookmark({}, KEY, run)
    run.now = NOW
    mark.written((NOW + timedelta(minutes=30)).isoformat(), None)
    mark.complete()
    assert mark.state == at(NOW.isoformat())


def test_a_bookmark_never_passes_the_end_date():
    mark = bookmark(start_date=OCTOBER, end_date="2026-10-15T00:00:00Z")
    mark.written(NOVEMBER, "2026-10-15T00:00:01+00:00")
    mark.complete()
    assert mark.state == at("2026-10-15T00:00:00+00:00")


def test_a_slice_before_the_bookmark_leaves_it_where_it_is():
    state = at(NOVEMBER)
    mark = bookmark(state, end_date=OCTOBER)
    mark.complete()
    assert state == at(NOVEMBER)


@pytest.mark.parametrize("state", [{}, at(NOVEMBER)])
def test_an_empty_list_moves_nothing(state):
    before = dict(state)
    bookmark(state).complete()
    assert state == before


@pytest.mark.parametrize("latest", [None, ""])
def test_a_page_without_dates_moves_nothing_by_itself(latest):
    mark = bookmark()
    mark.written(latest, None)
    mark.complete()
    assert mark.state == {}


def test_a_page_without_dates_keeps_the_latest_so_far():
    mark = bookmark()
    mark.written(NOVEMBER, None)
    mark.written("", None)
    mark.complete()
    assert mark.state == at(NOVEMBER)


def test_an_id_moves_no_bookmark_in_time():
    """A store that ignores the order by time is walked by id within the window."""
    state = at(OCTOBER)
    mark = bookmark(state)
    mark.written(NOVEMBER, 4711)
    assert state == at(OCTOBER)
    mark.complete()
    assert state == at(NOVEMBER)


def test_a_time_is_no_place_to_resume_a_first_read():
    mark = bookmark()
    mark.written(NOVEMBER, NOVEMBER)
    assert mark.state == {}


# First reads that take several runs.


def test_a_first_read_says_where_it_is():
    mark = bookmark()
    mark.written(NOVEMBER, 250)
    mark.written(OCTOBER, 500)
    assert mark.state == backfill(started=NOW.isoformat())


def test_a_resumed_read_keeps_the_start_of_the_first_attempt():
    """Rows up to the id were read then; what changed since is for the next run to read."""
    state = backfill()
    mark = bookmark(state)
    mark.written("2026-11-21T00:00:00+00:00", 750)
    assert state == backfill(after_id=750, latest="2026-11-21T00:00:00+00:00")
    mark.complete()
    assert state == at(FIRST_RUN)


def test_a_resumed_read_that_finds_nothing_more_is_complete():
    state = backfill(latest="2026-11-01T02:00:00+02:00")
    bookmark(state).complete()
    assert state == at(NOVEMBER)


def test_a_first_read_of_rows_without_dates_ends_without_a_bookmark():
    state = backfill(latest="")
    bookmark(state).complete()
    assert state == {}


def test_a_resumed_read_never_falls_behind_its_id():
    """It shares a walk with a stream that has come less far."""
    state = backfill()
    bookmark(state).written(OCTOBER, 250)
    assert state["backfill"]["after_id"] == 500


def test_a_first_start_in_the_future_caps_nothing():
    """The machine of the first attempt was ahead by years."""
    state = backfill(started="2031-01-01T00:00:00+00:00")
    mark = bookmark(state)
    mark.written("2026-11-22T12:05:00+00:00", None)
    mark.complete()
    assert state == at(NOW.isoformat())


def test_a_start_date_takes_the_place_of_an_unfinished_first_read():
    state = backfill()
    mark = bookmark(state, start_date=OCTOBER)
    mark.written(NOVEMBER, "2026-10-20T00:00:00+00:00")
    assert state["replication_key_value"] == "2026-10-20T00:00:00+00:00"
    resumed = bookmark(state, start_date=OCTOBER)
    assert resumed.bounds.since == moment("2026-10-20T00:00:00+00:00")
    resumed.written(NOVEMBER, None)
    resumed.complete()
    assert state == at(NOVEMBER)


def test_a_first_read_up_to_an_end_date_remembers_that_end():
    """Resumed without the end date, the rows before the id were still only read up to it."""
    mark = bookmark(end_date=OCTOBER)
    mark.written("2026-09-01T00:00:00+00:00", 500)
    resumed = bookmark(mark.state)
    resumed.written(NOVEMBER, 750)
    resumed.complete()
    assert mark.state == at(OCTOBER)


# Walks that go neither by id nor by time.

PLACE = {"query": {"after": "abc"}, "rows": 500}


def placed(place=PLACE, since=None, until=None, started=FIRST_RUN, latest=NOVEMBER):
    window = {"since": since, "until": until}
    return {"backfill": {"place": place, **window, "started": started, "latest": latest}}


def test_a_place_is_kept_and_handed_back_as_it_is():
    mark = bookmark()
    mark.written(NOVEMBER, PLACE)
    assert mark.state == placed(started=NOW.isoformat())
    resumed = bookmark(mark.state, now=NOW + timedelta(days=40))
    assert resumed.bounds.place == PLACE
    resumed.complete()
    assert mark.state == at(NOVEMBER)


def test_a_place_within_a_window_of_time_is_one_of_that_window_only():
    state = at(OCTOBER)
    mark = bookmark(state, lookback_s=60)
    mark.written(NOVEMBER, PLACE)
    assert state["replication_key_value"] == OCTOBER
    assert bookmark(dict(state), lookback_s=60).bounds.place == PLACE
    assert bookmark(dict(state), lookback_s=90).bounds.place is None
    assert bookmark(dict(state), lookback_s=60, end_date=NOVEMBER).bounds.place is None
    assert bookmark(dict(state), start_date=NOVEMBER).bounds.place is None


def test_what_an_abandoned_place_holds_caps_nothing():
    mark = bookmark(placed(since=OCTOBER, started=OCTOBER, latest=OCTOBER))
    mark.written(NOVEMBER, None)
    mark.complete()
    assert mark.state == at(NOVEMBER)


# Streams that are read whole each time.


def test_a_whole_read_is_resumed_and_leaves_nothing_behind():
    mark = bookmark(key=None)
    mark.written(None, None)
    assert mark.state == {}
    mark.written(None, 500)
    resumed = bookmark(mark.state, key=None, start_date=NOVEMBER, end_date=NOVEMBER)
    assert resumed.bounds == Bounds(after_id=500)
    resumed.complete()
    assert resumed.state == {}


@pytest.mark.parametrize(("hours", "after_id"), [(11, 500), (13, None)])
def test_a_whole_read_is_not_resumed_on_another_day(hours, after_id):
    """Half of yesterday's store with half of today's is neither."""
    state = bookmark(backfill(started=NOW.isoformat(), version=7), key=None).state
    assert bookmark(state, key=None, now=NOW + timedelta(hours=hours)).bounds.after_id == after_id


def test_a_whole_read_leaves_the_bookmark_of_incremental_ones_alone():
    state = at(NOVEMBER)
    mark = bookmark(state, key=None)
    mark.written(FIRST_RUN, 500)
    assert bookmark(state).bounds.since == moment(NOVEMBER)
    mark.complete()
    assert state == at(NOVEMBER)


# Channels.


def test_a_bookmark_says_what_channels_it_holds_for():
    mark = bookmark(channels=(1, 2))
    mark.written(NOVEMBER, None)
    mark.complete()
    assert mark.state == {**at(NOVEMBER), "channels": [1, 2]}


@pytest.mark.parametrize("state", [at(NOVEMBER), backfill()])
@pytest.mark.parametrize(
    ("known", "channels", "added"),
    [
        ([1], (1, 2, 3), [2, 3]),
        ([1], (), "all channels"),
        ([1, 2], (2, 1), ""),
        ([1, 2], (2,), ""),
        (None, (2,), ""),
    ],
)
def test_rows_of_an_added_channel_are_read_from_their_start(state, known, channels, added):
    """The bookmark was kept, and the history of the added channel never came."""
    state = {**state, "channels": known} if known else dict(state)
    state["known_ids"] = {}  # what the target has, it has
    mark = bookmark(state, channels=channels)
    assert mark.added_channels == added
    assert (mark.bounds == Bounds()) is bool(added)
    assert (state == {"known_ids": {}}) is bool(added)


def test_a_narrower_limit_is_noted_when_the_bookmark_moves():
    """What changed in the other channel since then is not read."""
    state = {**at(OCTOBER), "channels": [1, 2]}
    mark = bookmark(state, channels=(2,))
    assert state["channels"] == [1, 2]
    mark.written(None, NOVEMBER)
    assert state == {**at(NOVEMBER), "channels": [2]}


@pytest.mark.parametrize("known", [None, [1, 2], [1]])
def test_rows_of_a_channel_that_is_left_out_are_not_taken_for_deleted(known):
    """The list does not show them any more, but the store has them."""
    state = {**at(OCTOBER), "known_ids": {}, **({"channels": known} if known else {})}
    bookmark(state, channels=(2,))
    assert "known_ids" not in state


@pytest.mark.parametrize("channels", [(), (1, 2), (1, 2, 3)])
def test_what_the_target_has_of_channels_that_are_still_read_is_remembered(channels):
    state = {**at(OCTOBER), "known_ids": {}, "channels": [1, 2]}
    bookmark(state, channels=channels)
    assert "known_ids" in state
