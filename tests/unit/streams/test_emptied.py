"""A list that comes without its rows is asked for once more before a target drops them."""

from __future__ import annotations

import pytest

from tap_bigcommerce.streams.known_ids import KnownIds
from tests.unit.streams.fakes import Offline, envelope

BRANDS = [{"id": number, "name": "x"} for number in (1, 2, 300)]
KNOWN = KnownIds([1, 2, 300]).state()


def read(*answers):
    """Brands, when the list answers this, the last answer for ever."""
    left = list(answers)
    offline = Offline(
        lambda _: envelope(left.pop(0) if len(left) > 1 else left[0]),
        select=["brands"],
        state={"brands": {"known_ids": KNOWN}},
        emit_deletes=True,
    )
    offline.sync()
    deleted = [row["id"] for row in offline.messages.rows("brands") if "_sdc_deleted_at" in row]
    is_activated = any(one["type"] == "ACTIVATE_VERSION" for one in offline.messages)
    return offline, deleted, is_activated


def test_rows_that_come_the_second_time_are_not_gone():
    offline, deleted, is_activated = read([], BRANDS)
    assert deleted == []
    assert not is_activated
    assert "seemed to be gone" in offline.run.failures["brands"]
    assert offline.bookmarks["brands"]["known_ids"] == KNOWN


def test_a_list_without_rows_is_believed_the_second_time(caplog):
    offline, deleted, is_activated = read([])
    assert deleted == [1, 2, 300]
    assert is_activated
    assert "the store has none of its 3 rows any more" in caplog.text
    assert len(offline.client.asked) == 2


@pytest.mark.parametrize("left", [BRANDS[:1], [{"id": 7, "name": "new"}, *BRANDS[1:]]])
def test_a_list_with_some_of_its_rows_is_believed_at_once(left):
    offline, deleted, _ = read(left)
    assert deleted == sorted({1, 2, 300} - {row["id"] for row in left})
    assert len(offline.client.asked) == 1
