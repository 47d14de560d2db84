"""Long lists, one for each parent: all of each, side by side, within bounds of their own."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api import errors
from tap_bigcommerce.streams.per_parent import AT_ONCE
from tests.unit.streams.fakes import Offline, at, day, envelope

STREAM = "price_list_records"
PAGE = 2
"""Records in a page, whatever is asked for."""


class PriceLists:
    """Price lists with so many records each, by cursor; None for one that is gone by then."""

    def __init__(self, *counts: int | None) -> None:
        self.counts = dict(enumerate(counts, 1))

    def __call__(self, request):
        if request.path == "/v3/pricelists":
            return envelope([{"id": n, "date_modified": day(1)} for n in self.counts])
        number = int(request.path.split("/")[3])
        assert request.path == f"/v3/pricelists/{number}/records"
        count = self.counts[number]
        if count is None:
            return errors.NotFound(request.path, status=404)
        start = int(request.params.get("after", 0))
        rows = [record(n) for n in range(start + 1, count + 1)][:PAGE]
        cursors = {"links": {"next": f"?after={start + PAGE}"} if start + PAGE < count else {}}
        return {"data": rows, "meta": {"cursor_pagination": cursors}}


def record(number):
    return {"variant_id": number, "currency": "usd", "date_modified": day(1 + number % 9)}


def read(answer, *, state=None):
    offline = Offline(answer, select=[STREAM], state=state, page_size=PAGE)
    offline.sync()
    return offline, offline.messages.rows(STREAM)


def keys(rows):
    return [(row["price_list_id"], row["variant_id"]) for row in rows]


@pytest.mark.parametrize("counts", [(), (0,), (1,), (PAGE,), (5, 0, 3), (7,) * 3 * AT_ONCE])
def test_every_row_of_every_list_arrives_once_with_its_parent(counts):
    offline, rows = read(PriceLists(*counts))
    assert offline.run.failures == {}
    assert len(keys(rows)) == len(set(keys(rows)))
    wanted = {(n, m) for n, count in enumerate(counts, 1) for m in range(1, count + 1)}
    assert set(keys(rows)) == wanted


def test_lists_are_read_side_by_side_and_no_more_of_them_than_that():
    """Their first pages are asked for at once; further lists begin where others end."""
    offline, _ = read(PriceLists(*[3] * (AT_ONCE + 2)))
    lists = [int(path.split("/")[3]) for path in offline.client.paths()[1:]]
    assert lists[:AT_ONCE] == list(range(1, AT_ONCE + 1))
    assert lists[AT_ONCE : 2 * AT_ONCE] == list(range(1, AT_ONCE + 1))
    assert lists[2 * AT_ONCE :] == [AT_ONCE + 1, AT_ONCE + 2] * 2


def test_a_list_that_was_deleted_meanwhile_is_passed_over():
    offline, rows = read(PriceLists(2, None, 1))
    assert offline.run.failures == {}
    assert set(keys(rows)) == {(1, 1), (1, 2), (3, 1)}


def test_lists_that_are_found_for_no_parent_are_not_passed_over_in_silence():
    """Otherwise a store without the feature would have an empty table, and nobody a hint."""
    offline, rows = read(PriceLists(None, None))
    assert rows == []
    assert "404 for GET /v3/pricelists/2/records" in offline.run.skipped[STREAM]


def test_each_list_is_asked_for_what_changed_since_the_stream_s_own_bookmark():
    """Whether a record moves its price list's date is not documented, so all lists are asked."""
    offline, _ = read(PriceLists(1, 1), state={STREAM: at(day(5))})
    asked = {request.path: request.params for request in offline.client.asked}
    assert "date_modified:min" not in asked.pop("/v3/pricelists")
    assert {params["date_modified:min"] for params in asked.values()} == {
        "2026-11-04T23:59:59+00:00"
    }
    assert len(asked) == 2


def test_the_bookmark_moves_when_all_lists_are_read():
    """The first list's latest change may be later than the others', which may still fail."""

    def breaks(request):
        if request.path == "/v3/pricelists/2/records" and "after" in request.params:
            return errors.ServerTrouble(request.path, status=503)
        return PriceLists(8, 8)(request)

    offline, rows = read(breaks)
    assert len(rows) >= PAGE
    assert STREAM in offline.run.failures
    assert not offline.bookmarks[STREAM].get("replication_key_value")
    offline, rows = read(PriceLists(8, 8))
    assert offline.bookmarks[STREAM]["replication_key_value"] == day(9)


def test_a_scope_that_is_missing_for_the_parents_is_named():
    offline, _ = read(lambda request: errors.Forbidden(request.path, status=403))
    assert '"Products" (read-only)' in offline.run.skipped[STREAM]


def test_a_trial_reads_one_list():
    offline = Offline(PriceLists(*[3] * 5), select=[STREAM])
    stream = offline.stream(STREAM)
    stream.ABORT_AT_RECORD_COUNT = 1
    assert next(iter(stream.get_records(None)))["price_list_id"] == 1
    assert offline.client.paths()[:2] == ["/v3/pricelists", "/v3/pricelists/1/records"]
    assert not any("/2/" in path for path in offline.client.paths())
