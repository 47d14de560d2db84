"""A state that somebody edited, mixed up or damaged: refused in a sentence, or followed."""

from __future__ import annotations

import random
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from singer_sdk.exceptions import ConfigValidationError

from tests.support.store import store, sync

SIZES = {"orders": 30, "products": 12, "customers": 30}
STREAMS = ("customers", "orders", "order_products", "products", "subscribers", "categories")
GARBAGE: tuple[object, ...] = (
    5,
    -1,
    0,
    True,
    False,
    1.5,
    10**30,
    [],
    [None],
    {},
    {"value": 1},
    "x",
    "0",
    "yesterday",
    "2206-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "2026-02-30",
    "\ud800",
    "{key}",
)
SENTENCES = ("Correct or remove", "remove the stream's state")


def places(value, path=()):
    """Where something could be put in place of something else."""
    if path:
        yield path
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield from places(inner, (*path, name))


def damaged(state, dice):
    """The state with garbage somewhere in it."""
    state = deepcopy(state)
    path = dice.choice([one for one in places(state) if len(one) > 1])
    holder = state
    for name in path[:-1]:
        holder = holder[name]
    if dice.random() < 0.2:
        holder["x" + path[-1]] = holder.pop(path[-1])
    else:
        holder[path[-1]] = dice.choice(GARBAGE)
    return state, path


@pytest.fixture(scope="module")
def sandbox():
    with store(**SIZES) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def states(sandbox):
    """The last of a whole run, and some in the middle of a first read."""
    found = sync(sandbox, *STREAMS, page_size=7).states
    middle = [
        next(one for one in found if name in str(one)) for name in ("query", "after_id", "size")
    ]
    return [found[-1], *middle]


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_state_is_refused_in_a_sentence_or_followed(sandbox, states, seed):
    """Never a traceback, and never all of the history again without a word."""
    dice = random.Random(seed)  # noqa: S311 - the same seed has to do the same damage
    whole = states[0]
    state, path = damaged(states[seed % len(states)], dice)
    problems, outcome = [], None
    try:
        outcome = sync(sandbox, *STREAMS, page_size=7, state=state)
    except ConfigValidationError as error:
        problems = error.errors
    if outcome:
        problems = [line for line in outcome.said() if line.startswith("FAILED: ")]
        assert outcome.code == (1 if problems else 0)
        stream = path[1]
        kept = state["bookmarks"].get(stream)
        if seed % len(states) == 0 and kept and "replication_key" in whole["bookmarks"][stream]:
            assert len(outcome.records.get(stream, ())) < sum(1 for _ in sandbox.rows(stream))
    assert all(any(words in line for words in SENTENCES) for line in problems)


def test_the_state_of_another_store_is_refused(sandbox, states):
    """Its bookmarks hold dates that mean nothing here: rows older than they are never came."""
    assert all(state["store_id"] == sandbox.store_hash for state in states)
    state = {**states[0], "store_id": "another1"}
    with pytest.raises(ConfigValidationError) as refused:
        sync(sandbox, "orders", state=state)
    (problem,) = refused.value.errors
    assert problem.startswith("State is of the store 'another1', and `store_id` is 'sandbox'")


def test_a_state_without_a_store_s_name_is_of_an_earlier_version(sandbox, states):
    state = {"bookmarks": states[0]["bookmarks"]}
    outcome = sync(sandbox, "orders", state=state)
    assert outcome.code == 0
    assert len(outcome.records["orders"]) < SIZES["orders"]


def test_one_damaged_bookmark_costs_the_other_streams_nothing(sandbox, states):
    state = deepcopy(states[0])
    state["bookmarks"]["orders"]["replication_key_value"] = "yesterday"
    outcome = sync(sandbox, *STREAMS, state=state)
    assert outcome.code == 1
    (line,) = [line for line in outcome.said() if line.startswith("FAILED: ")]
    assert line == (
        "FAILED: orders. State: `replication_key_value` is 'yesterday', not a date. "
        "Correct or remove the stream's state."
    )
    assert outcome.states[-1]["bookmarks"]["orders"] == state["bookmarks"]["orders"]
    assert (
        outcome.bookmark("products") == states[0]["bookmarks"]["products"]["replication_key_value"]
    )


def test_a_bookmark_in_another_zone_means_the_same_moment(sandbox, states):
    given = states[0]["bookmarks"]["orders"]["replication_key_value"]
    assert given.endswith("+00:00")
    state = deepcopy(states[0])
    state["bookmarks"]["orders"]["replication_key_value"] = given.replace("+00:00", "Z")
    same = sync(sandbox, "orders", state=states[0])
    assert sync(sandbox, "orders", state=state).keys("orders") == same.keys("orders")


def test_a_stream_that_is_not_incremental_any_more_is_read_whole(sandbox, states):
    state = deepcopy(states[0])
    state["bookmarks"]["categories"] = state["bookmarks"]["products"]
    outcome = sync(sandbox, "categories", state=state)
    assert outcome.code == 0
    assert len(outcome.records["categories"]) == sum(1 for _ in sandbox.rows("categories"))


def test_an_added_channel_is_read_from_its_start(sandbox):
    first = sync(sandbox, "orders", channel_ids=[1])
    assert first.states[-1]["bookmarks"]["orders"]["channels"] == [1]
    second = sync(sandbox, "orders", channel_ids=[1, 2], state=first.state)
    assert len(second.records["orders"]) == SIZES["orders"]
    assert any("`channel_ids` now names all channels" in line for line in second.said())
    third = sync(sandbox, "orders", channel_ids=[1, 2], state=second.state)
    assert len(third.records["orders"]) < SIZES["orders"]
    assert not any("`channel_ids`" in line for line in third.said())


def test_a_machine_whose_clock_is_years_behind_follows_a_right_bookmark(
    sandbox, states, monkeypatch
):
    """It was refused as one of the future."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2020, 1, 1, tzinfo=tz or UTC)

    monkeypatch.setattr("tap_bigcommerce.run.datetime", Stopped)
    outcome = sync(sandbox, "orders", state=states[0])
    assert outcome.code == 0
    assert len(outcome.records["orders"]) < SIZES["orders"]
    assert outcome.bookmark("orders") == states[0]["bookmarks"]["orders"]["replication_key_value"]
