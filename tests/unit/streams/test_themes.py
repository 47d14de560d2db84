"""Themes' settings, filter by filter, and templates, version by version."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api import errors
from tests.unit.streams.fakes import Offline, day, envelope

THEMES = {"a": ["a1", "a2"], "b": [], "c": ["c1"]}
OF_CHANNELS = {"a": ["a1", "a9"], "b": ["b9"], "c": []}
"""Variations whose settings channels use; those of old are not listed any more."""
ALL = {f"{one}-{n}" for one in ("a1", "a2", "a9", "b9", "c1") for n in (1, 2)}


def configurations(request, *, ignores_filter=False):
    """Two of each variation; without a filter the endpoint refuses."""
    if request.path == "/v3/themes":
        rows = [
            {"uuid": uuid, "variations": [{"uuid": one} for one in variations]}
            for uuid, variations in THEMES.items()
        ]
        return {"data": rows, "meta": {}}
    if request.path == "/v3/channels":
        return envelope([{"id": number, "date_modified": day(1)} for number in (1, 5)])
    _, _, _, theme, _ = request.path.split("/")
    if request.params.get("channel_id:in") == "1,5":
        variations = OF_CHANNELS[theme]
    else:
        variations = [request.params["variation_uuid"]]
    if ignores_filter:
        variations = sorted({*THEMES[theme], *OF_CHANNELS[theme]})
    rows = [
        {"uuid": f"{one}-{number}", "theme_uuid": theme} for one in variations for number in (1, 2)
    ]
    size = int(request.params["limit"])
    start = (int(request.params["page"]) - 1) * size
    return {"data": rows[start : start + size], "meta": {}}


def read(stream, answer, **config):
    offline = Offline(answer, select=[stream], **config)
    offline.sync()
    return offline, offline.messages.rows(stream)


def uuids(rows):
    found = [row["uuid"] for row in rows]
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize("page_size", [1, 2, 250])
@pytest.mark.parametrize("ignores_filter", [False, True])
def test_all_saved_settings_arrive_once(page_size, ignores_filter):
    def answer(request):
        return configurations(request, ignores_filter=ignores_filter)

    offline, rows = read("theme_configurations", answer, page_size=page_size)
    assert offline.run.failures == {}
    assert uuids(rows) == ALL
    assert {row["theme_uuid"] for row in rows} == set(THEMES)


def test_each_theme_is_asked_for_each_variation_and_for_the_channels():
    offline, _ = read("theme_configurations", configurations)
    asked = [path.split("/")[3] for path in offline.client.paths() if "configurations" in path]
    assert asked == ["a", "a", "a", "b", "c", "c"]


def test_without_the_scope_for_channels_variations_are_left():
    def answer(request):
        if request.path == "/v3/channels":
            return errors.Forbidden(request.path, status=403)
        return configurations(request)

    offline, rows = read("theme_configurations", answer)
    assert offline.run.failures == offline.run.skipped == {}
    assert uuids(rows) == {one for one in ALL if "9-" not in one}


def test_a_theme_that_was_deleted_meanwhile_is_passed_over():
    def answer(request):
        if "/a/" in request.path:
            return errors.NotFound(request.path, status=404)
        return configurations(request)

    offline, rows = read("theme_configurations", answer)
    assert offline.run.failures == {}
    assert uuids(rows) == {one for one in ALL if one[0] != "a"}


@pytest.mark.parametrize("stream", ["theme_configurations", "theme_custom_templates"])
def test_what_is_found_nowhere_is_a_failure(stream):
    """Otherwise a store without the feature would have an empty table, and nobody a hint."""

    def answer(request):
        if "configurations" in request.path or "templates" in request.path:
            return errors.NotFound(request.path, status=404)
        return templates(request) if "channels" in request.path else configurations(request)

    offline, rows = read(stream, answer)
    assert rows == []
    assert "404 for GET /v3/themes/" in offline.run.failures[stream]


VERSIONS = {1: "v1", 2: "v2", 3: "v1", 4: "none", 5: "gone", 6: None}


def templates(request):
    if request.path == "/v3/channels":
        return envelope([{"id": number, "date_modified": day(1)} for number in VERSIONS])
    *_, number, last = request.path.split("/")
    if last == "active-theme":
        version = VERSIONS[int(number)]
        if version == "none":
            return errors.NotFound(request.path, status=404)
        return {"data": {"active_theme_version_uuid": version}, "meta": {}}
    if last == "gone":
        return errors.NotFound(request.path, status=404)
    return {"data": {"product": [f"{last}.html"], "category": []}, "meta": {}}


def test_a_version_is_one_row_however_many_channels_show_it():
    offline, rows = read("theme_custom_templates", templates)
    assert offline.run.failures == {}
    assert rows == [
        {"version_uuid": version, "product": [f"{version}.html"], "category": []}
        for version in ("v1", "v2")
    ]
    asked = [path for path in offline.client.paths() if "custom-templates" in path]
    assert asked == [f"/v3/themes/custom-templates/{one}" for one in ("v1", "v2", "gone")]
