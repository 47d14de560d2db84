"""What the environment and the arguments make of a connection, and how bodies are read."""

from __future__ import annotations

import io
import tracemalloc
import zlib

import pytest
import requests
import urllib3

from tap_bigcommerce.api import wire

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
URL = "https://api.example.test/stores/abc"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in (*PROXIES, *map(str.upper, PROXIES), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def test_without_anything_there_is_no_proxy_and_the_usual_authorities():
    assert wire.environment(URL, proxy_url=None, ca_bundle=None) == {"proxies": {}, "verify": True}


def test_the_environment_counts(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ca.pem")
    found = wire.environment(URL, proxy_url=None, ca_bundle=None)
    assert found == {"proxies": {"https": "http://proxy.example:3128"}, "verify": "/etc/ca.pem"}


def test_an_exception_from_the_proxy_counts_too(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "example.test")
    assert wire.environment(URL, proxy_url=None, ca_bundle=None)["proxies"] == {}


def test_arguments_count_more(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ca.pem")
    found = wire.environment(URL, proxy_url="http://mine.example", ca_bundle="/mine.pem")
    assert found["proxies"]["https"] == "http://mine.example"
    assert found["verify"] == "/mine.pem"


@pytest.mark.parametrize("value", ["abc", "tap-bigcommerce/1.0 (+https://example.test)", "a  b"])
def test_headers_may_have_inner_spaces_unless_they_are_secret(value):
    assert wire.checked_headers({"A": value}, ()) == {"A": value}


class Held:
    """A lock that counts."""

    def __init__(self) -> None:
        self.times = 0
        self.is_held = False

    def __enter__(self) -> None:
        self.times += 1
        self.is_held = True

    def __exit__(self, *_: object) -> None:
        self.is_held = False


@pytest.mark.parametrize(("size", "times"), [(99, 0), (100, 0), (101, 1), (1000, 1)])
def test_large_bodies_are_read_one_at_a_time(monkeypatch, size, times):
    """Or the bound of one body would be a bound for each of eight."""
    monkeypatch.setattr(wire, "LARGE_BODY_BYTES", 100)
    monkeypatch.setattr(wire, "READ_BYTES", 10)
    held, response = Held(), requests.Response()
    response.raw = urllib3.HTTPResponse(io.BytesIO(b"x" * size), preload_content=False)
    assert wire.read_body(response, 1000, held) == b"x" * size
    assert (held.times, held.is_held) == (times, False)


def test_a_small_body_that_unpacks_to_hundreds_of_megabytes_takes_none_of_them():
    """Before 2.6 urllib3 unpacked all that it had read at once."""
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(2**20)
    packed = b"".join([*(packer.compress(zeros) for _ in range(256)), packer.flush()])
    response = requests.Response()
    headers = {"Content-Encoding": "gzip"}
    response.raw = urllib3.HTTPResponse(io.BytesIO(packed), headers, preload_content=False)
    tracemalloc.start()
    try:
        with pytest.raises(wire.TooLarge):
            wire.read_body(response, 4 * 2**20)
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()
