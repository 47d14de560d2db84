"""Channels' parts, sites, themes, settings, taxes, shipping, logs: filters, pages and refusals."""

from __future__ import annotations

import pytest

from tap_bigcommerce.sandbox.store.back_office import TAX_RATES, WEBHOOKS
from tap_bigcommerce.sandbox.store.channel_parts import SITES

LISTINGS = "/v3/channels/664179/listings"


def ids(answer, name="id"):
    return [row[name] for row in answer["data"]]


# Channels.


def test_listings_go_on_after_the_last_one(client, shop):
    wanted = list(shop.store.channel_parts.listings[664179].ids)
    found: list[int] = []
    after: dict[str, int] = {}
    for _ in range(-(-len(wanted) // 50)):
        answer = client.json(LISTINGS, limit=50, **after)
        assert answer["meta"]["pagination"]["total"] == len(wanted)
        found += ids(answer, "listing_id")
        after = {"after": found[-1]}
    assert client.json(LISTINGS, **after)["data"] == []
    assert found == wanted


@pytest.mark.parametrize("odd", [{"page": 1}, {"sort": "id"}, {"limit": "a"}])
def test_listings_refuse_what_is_no_parameter(client, odd):
    assert client.get(LISTINGS, **odd).status_code == 422


def test_listings_of_a_time_and_of_products(client):
    everything = client.json(LISTINGS, limit=250)["data"]
    middle = sorted(row["date_modified"] for row in everything)[len(everything) // 2]
    late = client.json(LISTINGS, date_modified__min=middle, limit=250)["data"]
    assert late == [row for row in everything if row["date_modified"] >= middle]
    product = everything[0]["product_id"]
    of_product = client.json(LISTINGS, product_id__in=product)["data"]
    assert of_product == [row for row in everything if row["product_id"] == product]


def test_an_unknown_channel_has_no_listings_and_nothing_else(client):
    assert client.json("/v3/channels/77/listings")["data"] == []
    for path in ("active-theme", "channel-menus"):
        assert client.get(f"/v3/channels/77/{path}").status_code == 404
    assert client.get("/v3/shipping/settings/channels/77").status_code == 404
    assert client.get("/v3/settings/logo", channel_id=77).status_code == 422


def test_a_till_has_no_theme(client):
    assert client.get("/v3/channels/670001/active-theme").status_code == 404


# Sites and themes.


def test_sites_are_counted_in_another_way(client):
    answer = client.json("/v3/sites", limit=20, page=3)
    assert answer["meta"]["pagination"] == {"offset": 40, "limit": 20, "total_items": SITES}
    assert len(answer["data"]) == SITES - 40


def test_sites_of_a_channel_and_with_a_checkout(client):
    assert {row["channel_id"] for row in client.json("/v3/sites", channel_id__in=1)["data"]} == {1}
    for row in client.json("/v3/sites", url_type__in="checkout")["data"]:
        assert "checkout" in {url["type"] for url in row["urls"]}


def test_routes_of_a_kind_and_of_no_site(client):
    path = "/v3/sites/1000/routes"
    assert {row["type"] for row in client.json(path, type="brand")["data"]} == {"brand"}
    assert "total_page" in client.json(path)["meta"]["pagination"]
    assert client.get("/v3/sites/7/routes").status_code == 404


def test_configurations_want_a_filter(client):
    theme = client.json("/v3/themes")["data"][0]
    path = f"/v3/themes/{theme['uuid']}/configurations"
    assert client.get(path).status_code == 400
    (first, *_) = theme["variations"]
    rows = client.json(path, variation_uuid=first["uuid"], limit=250)["data"]
    assert {row["variation_id"] for row in rows} == {first["uuid"]}
    assert {row["site_id"] for row in rows} >= {0}
    assert 0 not in {row["site_id"] for row in client.json(path, channel_id__in=1)["data"]}
    assert client.json(path, uuid__in=rows[3]["uuid"])["data"] == [rows[3]]


@pytest.mark.parametrize("path", ["/v3/themes/{}/configurations", "/v3/themes/custom-templates/{}"])
def test_an_unknown_theme(client, path):
    unknown = path.format("00000000-0000-4000-8000-000000000000")
    assert client.get(unknown, variation_uuid="a").status_code == 404


# Settings.


def test_a_channel_s_settings_are_null_where_they_are_the_store_s(client):
    own = client.json("/v3/settings/storefront/product", channel_id=1)["data"]
    store = client.json("/v3/settings/storefront/product")["data"]
    assert own.keys() == store.keys()
    assert {name for name in own if own[name] is None}
    assert all(own[name] in {None, store[name]} for name in own)


def test_what_channels_cannot_set_is_the_store_s(client):
    path = "/v3/settings/store/locale"
    assert client.json(path, channel_id=1) == client.json(path)


def test_contexts_of_a_channel_and_of_a_category(client):
    path = "/v3/settings/search/filters/contexts"
    (of_channel,) = client.json(path, channel_id=1)["data"]
    assert of_channel["context"] == {"channel_id": 1}
    assert len(client.json(path, category_id=25)["data"]) == 1
    assert len(client.json(path, limit=250)["data"]) == 50


# The rest.


def test_rates_come_in_pages_that_nobody_documents(client):
    first = client.json("/v3/tax/rates", limit=250)
    assert len(first["data"]) == 50
    assert first["meta"]["pagination"]["total_pages"] == 2
    assert len(client.json("/v3/tax/rates", page=2)["data"]) == TAX_RATES - 50
    assert ids(client.json("/v3/tax/rates", id__in="3,5")) == [3, 5]
    zones = {row["tax_zone_id"] for row in client.json("/v3/tax/rates", tax_zone_id__in=2)["data"]}
    assert zones == {2}


def test_tax_classes_end_at_page_fifty(client):
    assert client.get("/v2/tax_classes", page=50).status_code == 204
    assert client.get("/v2/tax_classes", page=51).status_code == 400


def test_methods_of_no_zone(client):
    assert client.get("/v2/shipping/zones/77/methods").status_code == 404


def test_webhooks_by_what_they_are(client):
    for name, value in (("is_active", "false"), ("scope", "store/order/*")):
        rows = client.json("/v3/hooks", limit=250, **{name: value})["data"]
        assert 0 < len(rows) < WEBHOOKS
        assert {str(row[name]).lower() for row in rows} == {value}
    hook = client.json("/v3/hooks")["data"][0]
    assert client.json("/v3/hooks", destination=hook["destination"])["data"] == [hook]


def test_the_one_object_about_webhooks_has_them_in_pages(client):
    first, second = (client.json("/v3/hooks/admin", page=page) for page in (1, 2))
    hooks = first["data"]["hooks_list"] + second["data"]["hooks_list"]
    assert len({hook["id"] for hook in hooks}) == WEBHOOKS
    assert first["data"]["emails"] == second["data"]["emails"]


def test_logs_by_severity_and_order(client):
    rows = client.json("/v3/store/systemlogs", severity__min=4, limit=250)["data"]
    assert {row["severity"] for row in rows} == {"errors"}
    newest = client.json("/v3/store/systemlogs", sort="date_created", direction="desc", limit=3)
    assert ids(newest) == sorted(ids(newest), reverse=True)


def test_projects_have_cursors_and_no_pages(client):
    first = client.json("/v3/infrastructure/projects", limit=50)
    assert set(first["meta"]) == {"cursor_pagination"}
    after = first["meta"]["cursor_pagination"]["end_cursor"]
    second = client.json("/v3/infrastructure/projects", limit=50, after=after)
    assert not set(ids(first, "uuid")) & set(ids(second, "uuid"))
    assert "next" not in second["meta"]["cursor_pagination"]["links"]


def test_pickup_methods_by_time(client):
    rows = client.json("/v3/pickup/methods", sort="date_modified:asc", limit=250)["data"]
    dates = [row["date_modified"] for row in rows]
    assert dates == sorted(dates)
    late = client.json("/v3/pickup/methods", date_modified__min=dates[-3], limit=250)["data"]
    assert sorted(ids({"data": late})) == sorted(row["id"] for row in rows[-3:])
