"""The ids that a target has: a set that survives in the state, small enough for it."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_bigcommerce.streams.known_ids import CHUNK_IDS, KnownIds

IDS = st.integers(1, 3 * CHUNK_IDS) | st.sampled_from([1, CHUNK_IDS - 1, CHUNK_IDS, 2**53])


@given(st.lists(IDS), st.lists(IDS), st.lists(IDS))
def test_it_is_a_set_of_ids_in_order(first, gone, later):
    known = KnownIds(first)
    known.discard(gone)
    known = KnownIds.of_state(json.loads(json.dumps(known.state())))
    known.add(later)
    assert list(known) == sorted(set(first) - set(gone) | set(later))
    assert list(known.sorted()) == list(known)
    assert all(number in known for number in known)
    assert not any(number in known for number in {0, *first, *gone} - {*known})
    assert list(KnownIds.of_state(known.state())) == list(known)


def test_what_is_no_id_is_left_out():
    assert list(KnownIds([0, -5, 7])) == [7]


def test_what_has_become_empty_leaves_the_state():
    known = KnownIds([5])
    known.discard([5, 6])
    assert known.state() == {}


@pytest.mark.parametrize(("gaps", "most_bytes"), [(0.0, 1_500), (0.01, 25_000), (0.5, 200_000)])
def test_a_million_ids_fit_into_a_state(gaps, most_bytes):
    chance = random.Random(1)  # noqa: S311 (nothing secret)
    known = KnownIds(n for n in range(1, 1_000_001) if chance.random() >= gaps)
    assert len(json.dumps(known.state())) <= most_bytes


@pytest.mark.parametrize(
    "chunks",
    [
        [],
        "eJw=",
        {"0": 5},
        {"0": "no base64"},
        {"0": "AAAA"},
        {"x": KnownIds([1]).state()["0"]},
        {"-1": KnownIds([1]).state()["0"]},
        {"0": KnownIds([1]).state()["0"][:-8]},
    ],
)
def test_another_state_is_refused(chunks):
    with pytest.raises(ValueError):  # noqa: PT011 (whatever the words: the caller has its own)
        KnownIds.of_state(chunks)
