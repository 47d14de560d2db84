"""What the environment and the arguments make of a connection."""

from __future__ import annotations

import pytest

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
