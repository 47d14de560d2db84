"""What each channel has one of: asked channel by channel, by path or by parameter."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api import errors
from tap_bigcommerce.schema.record import fields_of
from tap_bigcommerce.streams.settings_by_channel import SettingsLogoByChannel
from tap_bigcommerce.streams.settings_store import SettingsLogo
from tests.unit.streams.fakes import Offline, day, envelope

CHANNELS = (1, 5, 9)
PATHS = {
    "channel_menus": "/v3/channels/{}/channel-menus",
    "channel_active_themes": "/v3/channels/{}/active-theme",
    "shipping_settings_by_channel": "/v3/shipping/settings/channels/{}",
    "settings_logo_by_channel": "/v3/settings/logo",
}
each = pytest.mark.parametrize("stream", PATHS)


def answered(answer):
    def to(request):
        if request.path == "/v3/channels":
            return envelope([{"id": n, "date_modified": day(1)} for n in CHANNELS])
        if request.path.removeprefix("/v3/channels/").isdecimal():
            return {"data": {"id": 1}}
        return answer(request)

    return to


def read(stream, answer, **config):
    offline = Offline(answered(answer), select=[stream], **config)
    offline.sync()
    return offline, offline.messages.rows(stream)


def nothing(_):
    return {"data": {}, "meta": {}}


@each
def test_every_channel_is_asked_once_and_leads_its_row(stream):
    offline, rows = read(stream, nothing)
    assert offline.run.failures == {}
    assert rows == [{"channel_id": number} for number in CHANNELS]
    assert offline.client.paths()[1:] == [PATHS[stream].format(number) for number in CHANNELS]


@each
def test_the_setting_leaves_other_channels_out(stream):
    offline, rows = read(stream, nothing, channel_ids=[5, 77])
    assert rows == [{"channel_id": 5}]
    assert offline.client.paths() == ["/v3/channels", PATHS[stream].format(5)]


def test_settings_of_a_channel_are_the_store_s_asked_with_the_channel():
    offline, _ = read("settings_logo_by_channel", nothing)
    asked = [request.params for request in offline.client.asked[1:]]
    assert asked == [{"channel_id": str(number)} for number in CHANNELS]
    own, store = fields_of(SettingsLogoByChannel.record), fields_of(SettingsLogo.record)
    assert list(own) == ["channel_id", *(name for name in store if name != "store_hash")]


def test_channels_without_a_theme_have_no_row():
    """Not found is what the endpoint answers for them, even where it does so for all."""

    def answer(request):
        if request.path == "/v3/channels/5/active-theme":
            return {"data": {"active_theme_uuid": "a"}}
        return errors.NotFound(request.path, status=404)

    _, rows = read("channel_active_themes", answer)
    assert rows == [{"channel_id": 5, "active_theme_uuid": "a"}]
    offline, rows = read("channel_active_themes", lambda r: errors.NotFound(r.path, status=404))
    assert rows == []
    assert offline.run.failures == {}


def listings(request):
    """Two to a page, as the reference counts them; `page` is no parameter."""
    assert "page" not in request.params
    channel = int(request.path.split("/")[3])
    wanted = [channel * 100 + n for n in range({1: 0, 5: 5, 9: 2}[channel])]
    after = int(request.params.get("after", 0))
    page = [number for number in wanted if number > after][:2]
    rows = [{"channel_id": channel, "listing_id": n, "date_modified": day(2)} for n in page]
    counts = {"count": len(rows), "total": len(wanted), "total_pages": -(-len(wanted) // 2)}
    return {"data": rows, "meta": {"pagination": counts}}


def test_listings_are_read_from_the_last_one_of_each_page():
    offline, rows = read("channel_listings", listings, page_size=2)
    assert offline.run.failures == {}
    keys = [row["listing_id"] for row in rows]
    assert sorted(keys) == [500, 501, 502, 503, 504, 900, 901]
    asked = [r.params.get("after") for r in offline.client.asked if "/5/" in r.path]
    assert asked == [None, "501", "503"]
    assert offline.bookmarks["channel_listings"]["replication_key_value"] == day(2)


def test_listings_of_other_channels_are_left_out_and_the_bookmark_says_so():
    offline, rows = read("channel_listings", listings, channel_ids=[9, 77])
    assert {row["channel_id"] for row in rows} == {9}
    assert offline.client.paths() == ["/v3/channels", "/v3/channels/9/listings"]
    assert offline.bookmarks["channel_listings"]["channels"] == [9, 77]


def test_listings_of_an_added_channel_are_read_from_their_start():
    state = read("channel_listings", listings, channel_ids=[9])[0].bookmarks
    offline, rows = read("channel_listings", listings, state=state, channel_ids=[5, 9])
    assert {row["channel_id"] for row in rows} == {5, 9}
    assert not any("date_modified:min" in request.params for request in offline.client.asked)


PRODUCT = {"id": 3, "channels": [1, 5], "date_modified": day(1)}


def assigned(request):
    """A product in two channels, which its own row may leave out."""
    pairs = [{"product_id": 3, "channel_id": number} for number in (1, 5)]
    wanted = request.params.get("channel_id:in", "1,5").split(",")
    if request.path.endswith("channel-assignments"):
        return envelope([pair for pair in pairs if str(pair["channel_id"]) in wanted])
    return envelope([PRODUCT])


@pytest.mark.parametrize(
    "product", [PRODUCT, {"id": 3, "date_modified": day(1)}], ids=["in", "out"]
)
def test_products_are_assigned_to_the_channels_of_the_setting(product, monkeypatch):
    monkeypatch.setitem(globals(), "PRODUCT", product)
    offline = Offline(assigned, select=["product_channel_assignments"], channel_ids=[5])
    assert offline.sync().rows("product_channel_assignments") == [
        {"product_id": 3, "channel_id": 5}
    ]
