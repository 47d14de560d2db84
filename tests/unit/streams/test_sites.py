"""Sites, whose pages are counted in another way, and certificates, which may be null."""

from __future__ import annotations

import pytest

from tests.unit.streams.fakes import Offline


def read(stream, answer, **config):
    offline = Offline(answer, select=[stream], **config)
    offline.sync()
    assert offline.run.failures == {}
    return offline, offline.messages.rows(stream)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 25])
def test_sites_are_read_to_their_end_without_a_number_of_pages(count):
    def answer(request):
        start = (int(request.params["page"]) - 1) * 10
        rows = [{"id": number} for number in range(1, 1 + count)][start : start + 10]
        counts = {"offset": start, "limit": 10, "total_items": count}
        return {"data": rows, "meta": {"pagination": counts}}

    _, rows = read("sites", answer, page_size=10)
    assert sorted(row["id"] for row in rows) == list(range(1, 1 + count))


def test_a_host_without_a_certificate_has_no_row():
    named = {"common_name": "a.example.com", "validity_not_after": "2018-01-04T04:15:50.000Z"}
    answer = {"data": [None, named, None], "meta": {}}
    assert read("site_certificates", lambda _: answer)[1] == [named]
