"""The network fails in every way at once, or for good: nothing is lost, and nothing hangs.

`FAULTS=10000 pytest tests/sync/test_network.py -k campaign` provokes as many faults.
"""

from __future__ import annotations

import logging
import os
import socket
import ssl
import threading
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import pytest

from tap_bigcommerce.sandbox import Faults
from tests.support import certificates
from tests.support.compare import compared
from tests.support.store import Outcome, store, stream_names, sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ALL_FAULTS = int(os.environ.get("FAULTS", "300"))
PER_RUN = 57
"""At least so many faults has a run at a rate of 10 %; the store of each run is another."""
PATIENT: dict[str, Any] = {"retry_budget_s": 86_400, "request_timeout": 600, "max_retries": 12}


@pytest.mark.parametrize("seed", range(1, ALL_FAULTS // PER_RUN + 1))
def test_campaign_of_all_faults(seed, record_property):
    """Every tenth answer fails, each kind as often as the others: all rows come, each once."""
    faults = Faults(rate=0.1, seed=seed, slow_ms=1)
    with store(seed=seed, orders=110, customers=150, faults=faults) as sandbox:
        outcome = sync(sandbox, page_size=20, **PATIENT)
        hits = Counter(entry.fault for entry in sandbox.journal if entry.fault)
        assert outcome.code == 0, outcome.said(logging.ERROR)
        assert compared(sandbox, outcome).differences == []
    kinds = " ".join(f"{kind}:{count}" for kind, count in sorted(hits.items()))
    record_property("faults", f"{hits.total()} of {len(sandbox.journal)} requests: {kinds}")
    assert len(hits) > len(Faults().kinds) // 2


# Nobody there, or nobody any more.


class Silent:
    """Takes connections, and then does something or nothing with each until the test ends."""

    def __init__(
        self, talk: Callable[[socket.socket], None] | None = None, *, hears: bool = True
    ) -> None:
        self._talk = talk
        self._hears = hears
        self._taken: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.place = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._take, daemon=True)

    @property
    def count(self) -> int:
        """Connections so far."""
        return len(self._taken)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for connection in self._taken:
            connection.close()

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._taken.append(connection)
            if self._talk:
                with suppress(OSError):
                    if self._hears:
                        connection.recv(65_536)
                    self._talk(connection)
                    connection.shutdown(socket.SHUT_RDWR)


def says(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(answer)


OF_STORE = [name for name in stream_names() if not name.startswith("b2b_")]
"""B2B Edition is another host, whose trouble is its own."""


def failures(outcome: Outcome) -> list[str]:
    """The last lines, which name each stream once."""
    assert outcome.code == 1
    found = [line for line in outcome.said(logging.ERROR) if line.startswith("FAILED")]
    names = [name for line in found for name in line.split(". ")[0][len("FAILED: ") :].split(", ")]
    assert sorted(names) == sorted(outcome.schemas)
    assert all(records == [] for records in outcome.records.values())
    return found


def test_a_server_that_never_answers_ends_the_run_after_one_stream_s_patience():
    """Else each of a hundred streams would be waited for as long as the first."""
    with Silent() as silent, store() as shop:
        url = f"http://{silent.place}"
        outcome = sync(
            shop, *OF_STORE, api_url=url, request_timeout=1, max_retries=1, retry_budget_s=3
        )
        asked = silent.count
    first, *others = failures(outcome)
    assert "the answer did not arrive in time" in first
    assert all("not read, because of: No answer" in line for line in others)
    assert asked <= 2 + 2 * 3 + 3, "one page in its sizes, and a sign of life"


def test_a_store_that_is_down_ends_the_run_after_one_stream_s_patience():
    with store() as sandbox:
        sandbox.faults.script("*", "503", times=10**6)
        outcome = sync(sandbox, *OF_STORE)
        paths = Counter(entry.path for entry in sandbox.journal)
    first, *others = failures(outcome)
    assert "503 for GET " in first
    assert all("not read, because of: 503" in line for line in others)
    assert len(paths) == 2
    assert paths["/v2/time"] == 3


def test_a_quota_that_others_use_up_for_good_ends_the_run_too():
    with store() as sandbox:
        sandbox.faults.script("*", "429-bare", times=10**6)
        outcome = sync(sandbox, *OF_STORE)
    first, *others = failures(outcome)
    assert "Other apps use up the store's API quota" in first
    assert all("not read, because of: 429" in line for line in others)


# What cannot be reached is one sentence that says what to do.

PLAIN = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
LOGIN = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
NO = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("answer", "settings", "words"),
    [
        (PLAIN, {"api_url": "https://{place}"}, "127.0.0.1 does not speak TLS on this port. Check"),
        (LOGIN, {"proxy_url": "http://{place}"}, "`proxy_url` with a user name and a password"),
        (
            NO,
            {"proxy_url": "http://{place}"},
            "the proxy does not connect to api.example.test (403",
        ),
        (PLAIN, {"proxy_url": "https://{place}"}, "no TLS connection to the proxy. Check `proxy_"),
        (PLAIN, {"proxy_url": "http://127.0.0.1:1"}, "the proxy cannot be reached. Check `proxy_u"),
        (PLAIN, {"api_url": "https://no-such-host.invalid"}, "no-such-host.invalid cannot be res"),
    ],
)
def test_what_cannot_be_reached_is_said_in_a_sentence(monkeypatch, answer, settings, words):
    known = socket.getaddrinfo

    def look_up(host: str, *args: Any, **options: Any) -> Any:
        if host.endswith(".invalid"):  # which is not to be asked for outside of this machine
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with Silent(says(answer)) as server, store() as shop:
        given = {name: url.format(place=server.place) for name, url in settings.items()}
        outcome = sync(shop, *OF_STORE, **{"api_url": "https://api.example.test", **given})
    first, *others = failures(outcome)
    assert words in first
    assert all("not read, because of: " in line for line in others)


def encrypted(folder: Path, certificate: str) -> Callable[[socket.socket], None]:
    """Speaks TLS with this certificate, and answers what is asked with a 401."""
    ours = folder / "server.pem"
    ours.write_text(certificates.KEY + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours)

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection.dup(), server_side=True) as speaking:
            speaking.recv(65_536)
            speaking.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")

    return talk


@pytest.mark.parametrize(
    ("certificate", "is_trusted", "words"),
    [
        (certificates.EXPIRED, True, "is not trusted (certificate has expired). Check `api_url`"),
        (certificates.ELSEWHERE, True, "certificate is not valid for '127.0.0.1'"),
        (certificates.GOOD, False, "or set `ca_bundle` to the authority that your proxy signs"),
        (certificates.GOOD, True, "401 for GET "),
    ],
    ids=["expired", "of another host", "of nobody known", "good"],
)
def test_a_certificate_is_trusted_or_the_run_ends_at_once(tmp_path, certificate, is_trusted, words):
    bundle = tmp_path / "ca.pem"
    bundle.write_text(certificate)
    settings: dict[str, Any] = {"ca_bundle": str(bundle)} if is_trusted else {}
    with store() as shop, Silent(encrypted(tmp_path, certificate), hears=False) as server:
        outcome = sync(shop, *OF_STORE, api_url=f"https://{server.place}", **settings)
        asked = server.count
    first, *others = failures(outcome)
    assert words in first
    assert all("not read, because of: " in line for line in others)
    assert asked == 1
