"""What a store has one of: its key comes from the settings, and nothing of it gets lost."""

from __future__ import annotations

import pytest

from tests.unit.streams.fakes import CONFIG, Offline

HOOKS = [{"id": number, "status": "active", "headers": {"X-A": str(number)}} for number in range(5)]


def read(stream, answer):
    offline = Offline(answer, select=[stream], include_secrets=True)
    offline.sync()
    assert offline.run.failures == {}
    return offline.messages.rows(stream), offline.client.asked


def test_the_row_is_led_by_its_store():
    answer = {"data": {"robots_txt_ssl": "User-agent: *"}, "meta": {}}
    rows, asked = read("settings_storefront_robotstxt", lambda _: answer)
    assert rows == [{"store_hash": CONFIG["store_id"], "robots_txt_ssl": "User-agent: *"}]
    assert [(request.path, request.params) for request in asked] == [
        ("/v3/settings/storefront/robotstxt", {})
    ]


def test_a_bare_object_is_one_row_too():
    rows, _ = read("system_time", lambda _: {"time": 1529512970})
    assert rows == [{"store_hash": CONFIG["store_id"], "time": "2018-06-20T16:42:50+00:00"}]


@pytest.mark.parametrize(
    ("named", "key"), [({}, 0), ({"channel_id": None}, 0), ({"channel_id": 7}, 7)]
)
def test_analytics_of_all_channels_have_a_key_too(named, key):
    """Without a channel the answer is global, so it need not name one; the stream failed."""
    rows, _ = read("analytics_providers", lambda _: {"data": [{"id": 1, **named}], "meta": {}})
    assert [(row["channel_id"], row["id"]) for row in rows] == [(key, 1)]


@pytest.mark.parametrize("nothing", [{"data": []}, b""], ids=str)
def test_where_there_is_none_there_is_no_row(nothing):
    assert read("tax_settings", lambda _: nothing)[0] == []


def admin(request, *, size=2, ignores_page=False, **row):
    """Webhooks in pages, which `meta` counts in place of rows."""
    page = 1 if ignores_page else int(request.params.get("page", 1))
    row = {"emails": ["a@example.com"], "hooks_list": HOOKS[(page - 1) * size : page * size], **row}
    pages = -(-len(HOOKS) // size)
    counts = {"total": len(HOOKS), "count": 1, "per_page": size}
    meta = {"pagination": {**counts, "current_page": page, "total_pages": pages}}
    return {"data": row, "meta": meta}


@pytest.mark.parametrize("size", [1, 2, 5, 50])
def test_webhooks_of_all_pages_are_in_the_one_row(size):
    rows, asked = read("webhook_admin_info", lambda request: admin(request, size=size))
    (row,) = rows
    assert row["hooks_list"] == HOOKS
    assert row["emails"] == ["a@example.com"]
    assert len(asked) == -(-len(HOOKS) // size)


def test_webhooks_do_not_repeat_where_pages_are_ignored():
    rows, _ = read("webhook_admin_info", lambda request: admin(request, ignores_page=True))
    assert rows[0]["hooks_list"] == HOOKS[:2]


@pytest.mark.parametrize("empty", [None, []])
def test_no_webhooks_are_as_they_came(empty):
    answer = {"data": {"hooks_list": empty, "blocked_domains": []}, "meta": {}}
    rows, _ = read("webhook_admin_info", lambda _: answer)
    assert rows == [{"store_hash": CONFIG["store_id"], "hooks_list": empty, "blocked_domains": []}]
