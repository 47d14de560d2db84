"""How pages are asked for, now or ahead of need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tap_bigcommerce.scans.errors import UnreadableAnswer
from tests.unit.scans.fake_store import calm


def test_every_request_carries_the_list_s_own_parameters():
    store = calm().fill(range(3))
    store.reader(10, {"include": "images"}).get({"page": "2"})
    assert store.requests == [{"include": "images", "limit": "10", "page": "2"}]


def test_a_scan_may_ask_for_fewer_rows():
    store = calm().fill(range(3))
    assert len(store.reader(10).get({"limit": "1"}).rows) == 1


def test_a_list_without_pages_has_no_limit():
    store = calm().fill(range(3))
    assert len(store.reader(None).get({}).rows) == 3
    assert store.requests == [{}]


def test_pages_ahead_come_in_the_order_in_which_they_were_asked_for():
    for seed in range(20):
        store = calm(seed).fill(range(500))
        wanted = [{"page": str(number)} for number in range(1, 51)]
        pages = list(store.reader(10).ahead(iter(wanted)))
        assert [page.rows[0]["id"] for page in pages] == list(range(0, 500, 10))


def test_what_is_dropped_is_not_sent():
    store = calm()
    reader = store.reader(10)
    pendings = [reader.start({"page": str(number)}) for number in range(50)]
    sent = len(store.requests)
    for pending in pendings:
        pending.drop()
    store.pool.work()
    assert len(store.requests) == sent < 50
    assert store.pool.is_idle()


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"7", b'"text"', b"[1]", b"[[]]", b"{}", b'{"data": [1]}', b"\xff"]
)
def test_an_answer_of_another_form_is_named(answer):
    store = calm(twist=lambda *_: answer)
    reader = store.reader(10)
    if answer == b"":
        assert reader.get({}).rows == []
    else:
        with pytest.raises(UnreadableAnswer, match="GET /v3/list answered with JSON of an unknown"):
            reader.get({})


def test_an_answer_nested_without_end_is_named():
    store = calm(twist=lambda *_: b"[" * 100_000)
    with pytest.raises(UnreadableAnswer):
        store.reader(10).get({})


def test_the_undecoded_answer_for_a_worker():
    store = calm(version=2).fill(range(3))
    reader = replace(store.reader(10), params={"a": "b"})
    assert reader.fetch({}).limit == 10
    assert store.requests == [{"a": "b", "limit": "10"}]
