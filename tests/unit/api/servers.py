"""Two ends of a wire for the client's tests: an adapter that answers from a list, and a socket."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import threading
from typing import TYPE_CHECKING, Any, Self

import urllib3
from requests.adapters import HTTPAdapter

from tap_bigcommerce.api.client import Client
from tap_bigcommerce.api.limiter import Limiter
from tap_bigcommerce.api.retry import RetryPolicy
from tests.unit.api.virtual import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "s3cr3t-t0k3n"
BASE = "https://api.example.test/stores/abc"

# (status, body), (status, body, headers) or what to raise
Scripted = tuple[Any, ...] | Exception


class FakeAdapter(HTTPAdapter):
    """Answers from `script`, the last item for ever; remembers what was asked."""

    def __init__(self, script: list[Scripted] | Callable[[str], Scripted]) -> None:
        super().__init__()
        self.script = script
        self.urls: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.options: list[dict[str, Any]] = []

    def send(self, request, **options):  # type: ignore[override]  # always called by name
        self.urls.append(request.url)
        self.headers.append(dict(request.headers))
        self.options.append(options)
        if callable(self.script):
            item = self.script(request.url)
        else:
            item = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(item, Exception):
            raise item
        status, body, *headers = item
        raw = urllib3.HTTPResponse(
            io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode()),
            headers=headers[0] if headers else {},
            status=status,
            preload_content=False,
        )
        return self.build_response(request, raw)


def client_for(script, *, clock=None, limiter=None, **settings) -> tuple[Client, FakeAdapter]:
    adapter = FakeAdapter(script)
    return client(adapter=adapter, clock=clock, limiter=limiter, **settings), adapter


def client(*, clock=None, limiter=None, max_retries=4, budget_s=1000.0, **settings) -> Client:
    clock = clock or FakeClock()
    values: dict[str, Any] = {
        "base_url": BASE,
        "headers": {"X-Auth-Token": TOKEN, "User-Agent": "tap-bigcommerce test"},
        "secrets": (TOKEN,),
        "limiter": limiter or Limiter(0.9, clock=clock, jitter=lambda wait: wait),
        "retry": RetryPolicy(max_retries, budget_s, jitter=lambda wait: wait),
        "request_timeout_s": 30.0,
        "pool_size": 8,
        **settings,
    }
    return Client(**values)


class Loopback:
    """A server that sends what a function writes, for each connection one."""

    def __init__(self, *talks: Callable[[socket.socket], None]) -> None:
        self.heads: list[bytes] = []
        self._talks = list(talks)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/stores/abc"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._thread.join()

    def hear(self, connection: socket.socket) -> None:
        """Take in one request."""
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65536)
        self.heads.append(head)

    def _serve(self) -> None:
        for talk in self._talks:
            connection, _ = self._listener.accept()
            with connection, contextlib.suppress(ConnectionError):
                self.hear(connection)
                talk(connection)


def answers(server: list[Loopback], *parts: bytes) -> Callable[[socket.socket], None]:
    """Answer one request after the other on the same connection."""

    def talk(connection: socket.socket) -> None:
        for number, part in enumerate(parts):
            if number:
                server[0].hear(connection)
            connection.sendall(part)

    return talk


def sends(*parts: bytes) -> Callable[[socket.socket], None]:
    """Send these bytes, then close."""

    def talk(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return talk


def dribbles(head: bytes) -> Callable[[socket.socket], None]:
    """Send `head`, then bytes for ever."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b" ")

    return talk
