"""What is asked for: bounds of time and of ids, and what a row says of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from tap_bigcommerce.api.pages import Page
from tap_bigcommerce.scans import TimeFilter
from tap_bigcommerce.scans.errors import InconsistentList
from tests.unit.scans.fake_store import V2_IDS, V3_IDS, V3_TIME

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def page_of(*ids):
    return Page([{"id": number} for number in ids])


def test_a_bound_has_seconds_and_an_offset():
    """A bare date would get the present time of day added."""
    assert V3_TIME.params(NOON) == {"date_modified:min": "2026-11-01T12:00:00+00:00"}
    half = NOON.replace(microsecond=500_000)
    assert V3_TIME.params(None, half) == {"date_modified:max": "2026-11-01T12:00:00+00:00"}


def test_a_window_is_a_second_wider():
    """The reference calls the same bound inclusive in one place and exclusive in another."""
    assert V3_TIME.around(NOON, NOON) == {
        "date_modified:min": "2026-11-01T11:59:59+00:00",
        "date_modified:max": "2026-11-01T12:00:01+00:00",
    }
    assert V3_TIME.around(None, None) == {}


def test_an_upper_bound_that_the_api_does_not_know_is_left_out():
    assert TimeFilter("created", since="created:min").params(NOON, NOON).keys() == {"created:min"}


@pytest.mark.parametrize(
    "text", ["2026-11-01T12:00:00Z", "Sun, 01 Nov 2026 12:00:00 +0000", "2026-11-01T14:00:00+02:00"]
)
def test_a_row_s_time_in_any_form(text):
    moment = V3_TIME.of({"date_modified": text})
    assert moment == NOON
    assert moment.tzinfo in {UTC, timezone(timedelta(0))}


@pytest.mark.parametrize("value", [None, "", "0000-00-00 00:00:00", "soon", {}, []])
def test_a_row_without_a_time(value):
    assert V3_TIME.or_none({"date_modified": value}) is None
    with pytest.raises(InconsistentList):
        V3_TIME.of({"date_modified": value})


def test_ids_between_two_others():
    """Both are excluded, whether the filter includes its bound or not."""
    assert V3_IDS.between(3, 9) == {**V3_IDS.ascending, "id:greater": "3", "id:less": "9"}
    assert V2_IDS.between(3, 9) == {**V2_IDS.ascending, "min_id": "4", "max_id": "8"}
    assert V2_IDS.between(None, None) == V2_IDS.ascending
    assert V2_IDS.between(0, None) == {**V2_IDS.ascending, "min_id": "1"}


def test_a_row_s_id_in_any_form():
    for value in (7, "7", Decimal("7.0")):
        assert V3_IDS.of({"id": value}) == 7


def test_ids_that_rise_within_their_bounds():
    assert V3_IDS.ascend(page_of(4, 5, 8), 3, 9) == [4, 5, 8]
    assert V3_IDS.ascend(page_of(), 3, 9) == []


@pytest.mark.parametrize("ids", [(3, 4), (4, 9), (5, 4), (4, 4), (1,), (10,)])
def test_ids_that_do_not(ids):
    with pytest.raises(InconsistentList, match="between 3 and 9"):
        V3_IDS.ascend(page_of(*ids), 3, 9)
