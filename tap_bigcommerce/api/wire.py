"""The connection: `requests`' adapter with a bound on time and size, and the spelling of a URL.

The adapter is used without a `requests.Session`, so nothing here could follow a redirect with the
token, keep a cookie or send what is in `~/.netrc`.
"""

from __future__ import annotations

import http.client
import io
import json
import re
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

import msgspec
import requests
from requests.adapters import HTTPAdapter
from singer_sdk.exceptions import ConfigValidationError
from urllib3.exceptions import ProtocolError

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from urllib3.connectionpool import HTTPConnectionPool

    from tap_bigcommerce.api.clock import Clock

# Several times any page of 250 rows that BigCommerce is known to send. A larger one is asked for in
# parts.
MAX_BODY_BYTES = 64 * 2**20
# What is larger than this is read one at a time, so that the bound of all is not a bound each.
LARGE_BODY_BYTES = 8 * 2**20
READ_BYTES = 2**20  # 10 KiB, as `requests` reads, costs more than the rest of a request
CONNECT_S = 10.0

_SENDABLE = re.compile(r"[!-~]+( +[!-~]+)*")


class TooLarge(Exception):  # noqa: N818 - the room's errors say what happened
    """The body is larger than `MAX_BODY_BYTES`."""


class Wire(HTTPAdapter):
    """An adapter whose answers are complete after `answer_s` seconds or fail.

    It keeps up to `pool_size` connections; a request beyond that waits for one.
    A socket's own timeout begins anew with every byte: a server that sends one a second would hold
    a thread for days.
    """

    def __init__(self, *, pool_size: int, answer_s: float, clock: Clock) -> None:
        self._answer_s = answer_s
        self._clock = clock
        self._timed: dict[type, type] = {}
        super().__init__(pool_maxsize=pool_size, pool_block=True, max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:  # noqa: ANN401 - as is
        """The pool as `requests` makes it, with connections that watch the time."""
        pool = cast("HTTPConnectionPool", super().get_connection_with_tls_context(*args, **kwargs))
        plain: type = pool.ConnectionCls
        if plain not in self._timed.values():
            pool.ConnectionCls = self._timed.setdefault(plain, self._timed_type(plain))
        return pool

    def _timed_type(self, plain: type) -> type:
        def response(sock: socket.socket, *args: Any, **kwargs: Any) -> http.client.HTTPResponse:  # noqa: ANN401 - as is
            answer = http.client.HTTPResponse(sock, *args, **kwargs)
            deadline = self._clock.monotonic() + self._answer_s
            raw = answer.fp.detach()
            answer.fp = io.BufferedReader(_TimedReader(raw, deadline, self._clock))
            return answer

        return type("Timed" + plain.__name__, (plain,), {"response_class": staticmethod(response)})


class _TimedReader(io.RawIOBase):
    """Reads from a socket until the deadline, and a socket's timeout beyond it at most."""

    def __init__(self, raw: io.RawIOBase, deadline: float, clock: Clock) -> None:
        self._raw = raw
        self._deadline = deadline
        self._clock = clock

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - the buffer protocol has no name in 3.11
        if self._clock.monotonic() >= self._deadline:
            msg = "the answer did not arrive in time"
            raise TimeoutError(msg)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def environment(url: str, *, proxy_url: str | None, ca_bundle: str | None) -> dict[str, Any]:
    """Proxies and certificates for `url`: the arguments, else what the environment says."""
    proxies = {"http": proxy_url, "https": proxy_url} if proxy_url else {}
    with requests.Session() as session:
        found = session.merge_environment_settings(url, proxies, True, ca_bundle, None)  # noqa: FBT003 - positional there
    return {"proxies": dict(found["proxies"]), "verify": found["verify"]}


def checked_headers(headers: Mapping[str, str], secrets: tuple[str, ...]) -> dict[str, str]:
    """`headers`, when they can be sent.

    Raises:
        ConfigValidationError: names the header, never the value.
    """
    for name, value in headers.items():
        if not _SENDABLE.fullmatch(value) or (value in secrets and " " in value):
            msg = (
                f"The value for the header {name} is empty, or has a space, a line break or a "
                "character that HTTP cannot carry. Copy it again from where it was issued."
            )
            raise ConfigValidationError(msg)
    return dict(headers)


def query(params: Mapping[str, str]) -> str:
    """`params` as BigCommerce spells them: `id:in=1,2` as it is, the `+` of an offset as %2B."""
    return urlencode(params, quote_via=quote, safe=":,")


def read_body(
    response: requests.Response,
    most_bytes: int,
    one_large: AbstractContextManager[object] = nullcontext(),  # noqa: B008 - has no state
) -> bytes:
    """The whole body, decompressed.

    Args:
        response: What has begun to come.
        most_bytes: Of the body.
        one_large: Is entered for what is larger than `LARGE_BODY_BYTES`.

    Raises:
        TooLarge: and the connection is not used again.
    """
    body = io.BytesIO()  # gives the bytes away without a copy
    with ExitStack() as held:
        is_large = False
        while chunk := _read(response):
            size = body.tell() + len(chunk)
            if size > most_bytes:
                raise TooLarge
            if size > LARGE_BODY_BYTES and not is_large:
                is_large = True
                held.enter_context(one_large)
            body.write(chunk)
        return body.getvalue()


def _read(response: requests.Response) -> bytes:
    try:
        chunk: bytes = response.raw.read(READ_BYTES, decode_content=True)
    except ValueError:  # a chunk of negative length
        msg = "the answer's framing is broken"
        raise ProtocolError(msg) from None
    return chunk


def is_json(body: bytes) -> bool:
    """Whether the syntax is whole. NaN, lone surrogates, stray bytes are the reader's to judge."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)  # builds nothing, but reads to the last brace
    except RecursionError:
        return False
    except (msgspec.MsgspecError, ValueError):
        pass
    else:
        return True
    try:
        json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return False
    return True
