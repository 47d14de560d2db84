"""Misbehaviour: it comes as ordered, and it ends."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tap_bigcommerce.sandbox import Faults
from tap_bigcommerce.sandbox.faults import KINDS, TRICKS, FaultPlan

PATHS = [f"/v2/orders/{id_}" for id_ in range(100, 140)]


def outcome(client, path, **query):
    """A word for what came of a request."""
    try:
        response = client.get(path, **query)
        return f"{response.status_code} {len(response.json())}"
    except requests.exceptions.JSONDecodeError:
        return "not JSON"
    except requests.RequestException as error:
        return type(error).__name__


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("500", "500 1"),
        ("502", "502 1"),
        ("503", "503 1"),
        ("504", "504 1"),
        ("429", "429 1"),
        ("429-bare", "429 1"),
        ("reset", "ConnectionError"),
        ("truncated", "ChunkedEncodingError"),
        ("chunked-cut", "ChunkedEncodingError"),
        ("cut-json", "not JSON"),
        ("html", "not JSON"),
        ("empty", "not JSON"),
        ("slow", "200 50"),
        ("bad-gzip", "ContentDecodingError"),
    ],
)
def test_each_fault_comes_as_often_as_ordered(opened, kind, seen):
    sandbox, client = opened(faults=Faults(slow_ms=1))
    sandbox.faults.script("/v2/order*", kind, times=2)
    assert outcome(client, "/v2/store") == outcome(client, "/v2/store")
    outcomes = [outcome(client, "/v2/orders") for _ in range(3)]
    assert outcomes == [seen, seen, "200 50"]
    assert [entry.fault for entry in sandbox.journal] == ["", "", kind, kind, ""]


def test_every_kind_was_tried():
    with pytest.raises(ValueError, match="not a kind of fault"):
        FaultPlan(Faults()).script("/", "explosion")  # type: ignore[arg-type]  # it is refused
    marked = next(
        mark
        for mark in test_each_fault_comes_as_often_as_ordered.pytestmark
        if mark.name == "parametrize"
    )
    assert {kind for kind, _ in marked.args[1]} == set(KINDS)


@pytest.mark.parametrize("trick", [*TRICKS])
def test_each_trick_is_one(opened, trick):
    """And none of them is a fault that comes by itself."""
    assert trick not in KINDS
    sandbox, _ = opened()
    sandbox.faults.script("/v2/orders", trick)
    head = {"X-Auth-Token": sandbox.token}
    url = f"{sandbox.api_url}/stores/sandbox/v2/orders"
    with requests.get(url, headers=head, stream=True, timeout=30, allow_redirects=False) as answer:
        if trick.isdecimal():
            assert answer.status_code == int(trick)
        elif trick in {"bomb", "flood"}:
            assert sum(len(part) for part in answer.iter_content(2**20)) == 300 * 2**20
        elif trick == "drip":
            assert answer.raw.read(3) == b"   "
        elif trick == "odd-headers":
            said = answer.headers["X-Rate-Limit-Requests-Left"]
            assert not said.isdecimal() or int(said) in {0, 10**20 - 1}
            assert len(answer.json()) == 50
        else:
            host = "localhost" if trick == "redirect" else "127.0.0.1"
            assert answer.headers["Location"] == url.replace("127.0.0.1", host)


def test_answers_can_be_rewritten(opened):
    sandbox, client = opened()
    sandbox.faults.rewrite("/v2/order*", lambda body: b'{"was": %d}' % len(body))
    assert client.get("/v2/orders").json()["was"] > 1000
    assert "id" in client.get("/v2/store").json()
    sandbox.faults.clear()
    assert len(client.get("/v2/orders").json()) == 50


def test_a_429_can_come_without_headers(opened):
    sandbox, client = opened()
    sandbox.faults.script("*", "429-bare")
    sandbox.faults.script("*", "429")
    assert "X-Rate-Limit-Requests-Left" not in client.get("/v2/store").headers
    assert "X-Rate-Limit-Requests-Left" in client.get("/v2/store").headers


def test_scripts_can_be_withdrawn(opened):
    sandbox, client = opened()
    sandbox.faults.script("*", "500", times=100)
    sandbox.faults.clear()
    assert client.get("/v2/store").status_code == 200


@pytest.mark.parametrize("worst", [1, 3])
def test_a_request_gets_through_in_the_end(opened, worst):
    faults = Faults(rate=1, kinds=("503",), max_consecutive=worst)
    _, client = opened(faults=faults)
    for path in PATHS[:5]:
        statuses = [client.get(path).status_code for _ in range(2 * worst + 2)]
        assert statuses == ([503] * worst + [200]) * 2


def test_the_same_seed_fails_the_same_requests_whatever_the_order(opened):
    faults = Faults(rate=0.4, kinds=("500", "503"), seed=5)

    def statuses(paths, workers):
        _, client = opened(faults=faults)
        with ThreadPoolExecutor(workers) as pool:
            found = pool.map(lambda path: client.get(path).status_code, paths)
            return dict(zip(paths, found, strict=True))

    one_by_one = statuses(PATHS, 1)
    assert statuses(PATHS[::-1], 6) == one_by_one
    assert 5 < sum(status != 200 for status in one_by_one.values()) < 30
    other = Faults(rate=0.4, kinds=("500", "503"), seed=6)
    faults = other
    assert statuses(PATHS, 1) != one_by_one


def test_half_a_document_looks_whole(opened):
    sandbox, client = opened()
    sandbox.faults.script("/v2/orders", "cut-json")
    answer = client.get("/v2/orders")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)


def test_gzip_only_when_asked_for(shop):
    url = f"{shop.api_url}/stores/sandbox/v2/orders"
    head = {"X-Auth-Token": shop.token, "Accept-Encoding": "identity"}
    plain = requests.get(url, headers=head, timeout=30)
    assert "Content-Encoding" not in plain.headers
    head["Accept-Encoding"] = "gzip"
    packed = requests.get(url, headers=head, timeout=30, stream=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.raw.read()) == plain.content
