"""A small threaded HTTP/1.1 server: keep-alive, gzip, little else. Faults are acted out here."""

from __future__ import annotations

import socket
import struct
import zlib
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from tap_bigcommerce.sandbox.kept import packed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from io import BufferedReader

    from tap_bigcommerce.sandbox.app import App, Response
    from tap_bigcommerce.sandbox.login import Login

    Control = Callable[[str, str, bytes], Response]

HOST = "127.0.0.1"
_BACKLOG = 128
_SMALLEST_GZIP = 256
_LINE_LIMIT = 65_536
_MISSING = 512
"""Bytes that a truncated answer promises and does not send."""
_TRICK_MIB = 300
_DRIP_S = 0.02
_BLANKS = b" " * 2**20
_ODD_LIMITS = ("-5", "many", "1e999", "", "0", "99999999999999999999", "nan", "1.5")
"""What headers of the quota may say that no store says."""
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on with no time: closing the socket resets the connection."""


class _CutError(Exception):
    """The connection is to end here."""


class Server:
    """Listens on the loopback interface, one thread a connection."""

    def __init__(self, app: App, login: Login, control: Control, *, port: int) -> None:
        self._app = app
        self._login = login
        self._control = control
        self._odd = 0
        self._slow_s = app.faults.faults.slow_ms / 1000
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind((HOST, port))
        except OSError:
            self._listener.close()
            raise
        self._listener.listen(_BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self._stopping = Event()
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._acceptor = Thread(target=self._accept, name="sandbox-accept", daemon=True)

    def start(self) -> None:
        """Accept connections from now on."""
        self._acceptor.start()

    def stop(self) -> None:
        """Close every connection and the port."""
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if self._acceptor.is_alive():
            self._acceptor.join()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(connection)
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        try:
            # A client that goes away in the middle is its own business.
            with suppress(OSError, _CutError):
                while not self._stopping.is_set() and self._exchange(connection, reader):
                    pass
        finally:
            with self._lock:
                self._open.discard(connection)
            with suppress(OSError):
                reader.close()
            connection.close()

    def _exchange(self, connection: socket.socket, reader: BufferedReader) -> bool:
        """One request and its answer; whether another may follow."""
        line = reader.readline(_LINE_LIMIT).decode("latin-1").split()
        if len(line) != len(("method", "target", "version")):
            return False
        method, target, version = line
        headers = _headers(reader)
        length = int(headers.get("content-length", "0"))
        body = reader.read(length) if length else b""
        keeps = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        if target.startswith("/_sandbox/"):
            response = self._control(method, target, body)
        elif self._login.answers(target):
            response = self._login.respond(method, target, headers, body)
        else:
            response = self._app.respond(method, target, headers)
            if response.status == HTTPStatus.OK and not response.fault:
                path = "/" + target.partition("?")[0].split("/", 3)[-1]
                response.body = self._app.faults.rewritten(path, response.body)
            if response.fault in {"redirect", "redirect-self"}:
                host = "localhost" if response.fault == "redirect" else HOST
                response.status, response.body = HTTPStatus.FOUND, b""
                response.headers.append(("Location", f"http://{host}:{self.port}{target}"))
        self._send(connection, response, headers, is_head=method == "HEAD", keeps=keeps)
        return keeps

    def _send(
        self,
        connection: socket.socket,
        response: Response,
        asked: Mapping[str, str],
        *,
        is_head: bool,
        keeps: bool,
    ) -> None:
        fault = response.fault
        if fault in {"bomb", "drip", "flood"}:
            self._send_too_much(connection, response)
        if fault == "odd-headers":
            self._odd += 1
            response.headers = _odd_headers(response.headers, self._odd)
        if fault == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            raise _CutError
        _spoil(response)
        body = _pack(response, asked)
        if not keeps:
            response.headers.append(("Connection", "close"))
        if fault == "chunked-cut":
            response.headers.append(("Transfer-Encoding", "chunked"))
            half = body[: len(body) // 2]
            connection.sendall(_head(response) + f"{len(body) + 8:x}\r\n".encode() + half)
            raise _CutError
        if response.status != HTTPStatus.NO_CONTENT:
            promised = len(body) + (_MISSING if fault == "truncated" else 0)
            response.headers.append(("Content-Length", str(promised)))
        if is_head:
            body = b""
        if fault == "slow":
            self._send_slowly(connection, _head(response), body)
            return
        connection.sendall(_head(response) + body)
        if fault == "truncated":
            raise _CutError

    def _send_too_much(self, connection: socket.socket, response: Response) -> None:
        """Send until the client goes away, or all of it."""
        body = _bomb() if response.fault == "bomb" else b""
        if body:
            response.headers.append(("Content-Encoding", "gzip"))
        connection.sendall(_head(response) + body)
        if response.fault == "flood":
            for _ in range(_TRICK_MIB):
                connection.sendall(_BLANKS)
        elif response.fault == "drip":
            while not self._stopping.wait(_DRIP_S):
                connection.sendall(b" ")
        raise _CutError

    def _send_slowly(self, connection: socket.socket, head: bytes, body: bytes) -> None:
        connection.sendall(head)
        step = len(body) // 4 + 1
        for start in range(0, len(body), step):
            self._stopping.wait(self._slow_s / 4)
            connection.sendall(body[start : start + step])


@cache
def _bomb() -> bytes:
    pack = zlib.compressobj(wbits=zlib.MAX_WBITS + 16)  # gzip's header around it
    return b"".join([pack.compress(_BLANKS) for _ in range(_TRICK_MIB)]) + pack.flush()


def _odd_headers(headers: list[tuple[str, str]], number: int) -> list[tuple[str, str]]:
    """The same headers, but those of the quota say what cannot be, each time something else."""
    return [
        (name, _ODD_LIMITS[(number + place) % len(_ODD_LIMITS)] if "Rate-Limit" in name else value)
        for place, (name, value) in enumerate(headers)
    ]


def _headers(reader: BufferedReader) -> dict[str, str]:
    found: dict[str, str] = {}
    while True:
        line = reader.readline(_LINE_LIMIT).decode("latin-1").strip()
        if not line:
            return found
        name, _, value = line.partition(":")
        found[name.strip().lower()] = value.strip()


def _spoil(response: Response) -> None:
    """Make the body something else, in an answer that looks well."""
    if response.fault == "html":
        response.body = b"<html><body>Just a moment...</body></html>"
        response.content_type = "text/html"
        response.status = HTTPStatus.OK
    elif response.fault == "empty":
        response.body = b""
        response.status = HTTPStatus.OK
    elif response.fault == "cut-json":
        response.body = response.body[: len(response.body) // 2]


def _pack(response: Response, asked: Mapping[str, str]) -> bytes:
    """The body as it is sent, with its headers noted."""
    body = response.body
    if body:
        response.headers.append(("Content-Type", response.content_type))
    if response.fault == "bad-gzip":
        response.headers.append(("Content-Encoding", "gzip"))
        return b"\x1f\x8b\x08\x00" + body[:64]
    if len(body) >= _SMALLEST_GZIP and "gzip" in asked.get("accept-encoding", ""):
        response.headers.append(("Content-Encoding", "gzip"))
        is_whole = response.kept is not None and response.kept.body is body
        return response.kept.packed() if response.kept and is_whole else packed(body)
    return body


def _head(response: Response) -> bytes:
    lines = [
        f"HTTP/1.1 {response.status:d} {_REASONS.get(response.status, '')}",
        *(f"{name}: {value}" for name, value in response.headers),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
