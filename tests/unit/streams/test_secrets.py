"""Secrets are in no schema and no row, unless the setting `include_secrets` asks for them."""

from __future__ import annotations

import json

import pytest

from tests.unit.streams.fakes import CONFIG, Offline, catalog, entry_of, envelope

SECRET = "mezt1f77gd"
FORMS = [
    *(SECRET, 12, {"text": SECRET}, [SECRET], [{SECRET: 1}], f"{SECRET}\0"),
    *({"a.b": f"\ud800{SECRET}"}, True, 1.5),
]
HOOK = {"id": 7, "destination": "https://example.com"}
CHANNEL = {"id": 1, "date_modified": "2026-01-01T00:00:00Z"}


def with_secret(secret):
    """Answers by path."""
    hooks = [{**HOOK, "headers": secret}]
    return {
        "/v3/settings/storefront/status": {"data": {"prelaunch_password": secret}, "meta": {}},
        "/v3/settings/analytics": envelope([{"id": 2, "channel_id": 1, "api_secret": secret}]),
        "/v3/hooks": envelope(hooks),
        "/v3/hooks/admin": {"data": {"hooks_list": hooks}, "meta": {}},
        "/v3/channels": envelope([CHANNEL]),
    }


STREAMS = {
    "settings_storefront_status": {"store_hash": CONFIG["store_id"]},
    "settings_storefront_status_by_channel": {"channel_id": 1},
    "analytics_providers": {"id": 2, "channel_id": 1},
    "analytics_providers_by_channel": {"id": 2, "channel_id": 1},
    "webhooks": HOOK,
    "webhook_admin_info": {"store_hash": CONFIG["store_id"], "hooks_list": [HOOK]},
}
"""Streams with secrets, and what is left of a row without them."""
each = pytest.mark.parametrize("stream", STREAMS)


def selecting_all(stream, **selection):
    """A catalog that selects every field of a stream in so many words, as Meltano's `*.*` does."""
    entries = catalog(stream)
    for place in entry_of(entries, stream)["metadata"]:
        place["metadata"] |= {"selected": True, **selection}
    return entries


def read(stream, secret, entries=None, **config):
    answers = with_secret(secret)
    offline = Offline(
        lambda request: answers[request.path], catalog=entries or selecting_all(stream), **config
    )
    offline.sync()
    assert offline.run.failures == {}
    (schema,) = [one["schema"] for one in offline.messages if one["type"] == "SCHEMA"]
    (row,) = offline.messages.rows(stream)
    return schema, row, json.dumps(offline.messages)


@each
@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_a_secret_is_nowhere_whatever_its_form(stream, form):
    """What does not fit its type, and what cannot be stored, would be kept in `_extra`."""
    _, row, written = read(stream, form)
    assert row == STREAMS[stream]
    assert SECRET not in written


@each
def test_a_secret_is_in_no_schema(stream):
    schema, *_ = read(stream, SECRET)
    assert not {"prelaunch_password", "api_secret", "headers"} & set(json.dumps(schema).split('"'))


def test_a_secret_is_not_in_what_holds_it_and_does_not_fit():
    answer = {"data": {"hooks_list": f"X-Auth: {SECRET}", "other": 1}, "meta": {}}
    offline = Offline(lambda _: answer, catalog=selecting_all("webhook_admin_info"))
    (row,) = offline.sync().rows("webhook_admin_info")
    assert row == {"store_hash": CONFIG["store_id"], "hooks_list": None, "_extra": {"other": 1}}


@each
def test_a_catalog_of_a_run_with_secrets_does_not_ask_for_them(stream):
    """As it selects all that was there to be selected, no more is meant by it."""
    entries = selecting_all(stream)
    properties = entry_of(entries, stream)["schema"]["properties"]
    properties |= {name: {"type": "string"} for name in ("prelaunch_password", "api_secret")}
    _, row, _ = read(stream, SECRET, entries)
    assert row == STREAMS[stream]


@each
def test_who_asks_for_secrets_gets_them(stream):
    secret = {"X-Auth": SECRET} if "webhook" in stream else SECRET
    schema, row, written = read(stream, secret, include_secrets=True)
    assert SECRET in written
    assert "_extra" not in row
    assert {"prelaunch_password", "api_secret", "headers"} & set(json.dumps(schema).split('"'))


def test_personal_data_is_no_secret_and_a_secret_no_personal_data():
    _, row, _ = read("webhooks", {"X-Auth": SECRET}, include_secrets=True, personal_data="drop")
    assert row == {**HOOK, "headers": {"X-Auth": SECRET}}
