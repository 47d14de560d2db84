"""What went wrong, sorted by what to do next.

An error carries BigCommerce's own words and never a body, a query, a header or a secret.
It is made as a value and raised outside of any `except`, because the exceptions of `requests`
hold the request with its headers, and `__context__` would carry them into a log.

Source: BigCommerce docs, "API status codes" and "Migration: errors".
"""

# ruff: noqa: N818 - the names say what happened

from __future__ import annotations

import json
import re
import ssl
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
import urllib3.exceptions as u3
from singer_sdk.exceptions import FatalAPIError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_SAID = 300  # characters of BigCommerce's message; the rest is noise in a log line
_PROXY_WANTS_LOGIN = 407
MIN_SECRET = 4  # a shorter "secret" would mask half of every sentence

_WHERE = "`api_url` (`b2b_api_url` for B2B Edition)"
_ADDRESS = f"Check {_WHERE}"
_HERE = frozenset({"127.0.0.1", "localhost"})
_START = f"Start the sandbox there with `tap-bigcommerce-sandbox`, or check {_WHERE}."
_PROXY_LOGIN = "Write `proxy_url` with a user name and a password: http://user:password@host:port."

_EMAIL = re.compile(r"[^\s@<>\"'(),:;=]+@[^\s@<>\"'(),:;=]+")
# In the words of http.client, which has no type for it.
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
# What TLS makes of an answer in plain text; how OpenSSL's versions call it.
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})
# OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and _HAS_EXPIRED.
_OF_ANOTHER_TIME = frozenset({9, 10})


class ApiError(FatalAPIError):
    """A request that has no answer that can be used.

    `remedy` is what to do next; whoever knows more (the scope's name, say) may set it.
    """

    remedy = ""
    is_retriable = False  # can the same request succeed later?
    method = "GET"  # the only one this tap uses

    def __init__(
        self,
        path: str,
        *,
        status: int | None = None,
        said: str = "",
        remedy: str | None = None,
        is_retriable: bool | None = None,
    ) -> None:
        super().__init__(path, status, said)
        self.path = path
        self.status = status
        self.said = said
        self.tries = 1
        if remedy is not None:
            self.remedy = remedy
        if is_retriable is not None:
            self.is_retriable = is_retriable

    @property
    def sentence(self) -> str:
        """What happened: status, place, BigCommerce's words."""
        what = "No answer" if self.status is None else str(self.status)
        tries = f" ({self.tries} tries)" if self.tries > 1 else ""
        said = self.said or _phrase(self.status)
        sentence = f"{what} for {self.method} {self.path}{tries}" + (f": {said}" if said else "")
        return sentence.rstrip(".") + "."

    def __str__(self) -> str:
        """What happened and what to do next."""
        return f"{self.sentence} {self.remedy}".rstrip()

    def __repr__(self) -> str:
        """Class and sentence."""
        return f"{type(self).__name__}({str(self)!r})"


class TokenRejected(ApiError):
    """401."""

    remedy = (
        "Check `access_token` and `store_id`: a token opens one store, as long as its API account "
        "exists. A client secret or the key of a legacy API account is no token. "
        "Create a new one in Settings > Store-level API accounts."
    )


class Forbidden(ApiError):
    """403."""

    remedy = (
        "The API account lacks a scope, or the store's plan lacks the feature. "
        "Create an account with the scope in Settings > Store-level API accounts, "
        "or deselect the stream."
    )


class NotFound(ApiError):
    """404: gone meanwhile, switched off, or a wrong store."""

    remedy = (
        "It was deleted meanwhile, the store does not have this feature, or `store_id` is wrong."
    )


class RequestRefused(ApiError):
    """BigCommerce understood and will not: trying again cannot help."""

    remedy = "BigCommerce refuses this request; please report it with this line."


class ServerTrouble(ApiError):
    """5xx, timeouts and broken answers, to the end of the tries."""

    is_retriable = True
    remedy = "Run again later: what was read is kept in the state."


class QuotaExhausted(ApiError):
    """429 to the end of the tries."""

    is_retriable = True
    remedy = (
        "Other apps use up the store's API quota. "
        "Run at a quieter time, or raise `quota_share` or `retry_budget_s`."
    )
    wait_s = 0.0  # as the limiter decided


class Unreachable(ApiError):
    """Nobody answered: name, network, TLS or proxy."""

    is_retriable = True
    remedy = f"{_ADDRESS}, `proxy_url` and the network."


_TYPES: dict[int, type[ApiError]] = {
    401: TokenRejected,
    403: Forbidden,
    404: NotFound,
    408: ServerTrouble,
    429: QuotaExhausted,
}
# 5xx that say "never", not "not now".
_PERMANENT = frozenset({501, 505, 507})
_REMEDIES = {
    413: "Set a smaller `page_size`.",
    423: "The resource is locked in the store; unlock it there and run again.",
    503: "The store is in maintenance, suspended or past its trial, or BigCommerce is down. "
    "If its control panel opens, run again later: what was read is kept in the state.",
    507: "The store has reached a limit of its plan; see the message, or ask BigCommerce.",
}

# The first that fits, as `requests` and urllib3 wrap one kind in another: every error of a new
# connection is a timeout to urllib3, every error of TLS a connection error to `requests`.
_FATES: tuple[tuple[tuple[type[BaseException], ...], type[ApiError], str], ...] = (
    ((u3.NameResolutionError,), Unreachable, "the host name {host} cannot be resolved"),
    ((ConnectionRefusedError,), Unreachable, "{host} refuses the connection"),
    ((u3.ConnectTimeoutError,), Unreachable, "no connection to {host}"),
    (
        (requests.exceptions.Timeout, u3.TimeoutError, TimeoutError),
        ServerTrouble,
        "the answer did not arrive in time",
    ),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), ServerTrouble, "the connection was cut"),
    ((ssl.SSLError, u3.SSLError), Unreachable, "no TLS connection to {host}"),
    (
        (u3.DecodeError, requests.exceptions.ContentDecodingError),
        ServerTrouble,
        "the answer cannot be decompressed",
    ),
    (
        (
            u3.HTTPError,
            ConnectionError,
            requests.exceptions.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
        ),
        ServerTrouble,
        "the connection was cut",
    ),
)
# Errors of a connection to their libraries, but there never was one.
_UNSENDABLE = (requests.exceptions.InvalidURL, u3.LocationValueError)


def refusal(
    path: str,
    status: int,
    body: bytes,
    *,
    secrets: tuple[str, ...] = (),
    moved_to: str | None = None,
) -> ApiError:
    """The error for an answer with this status. `moved_to` is the host that a 3xx points to."""
    if 300 <= status < 400:  # noqa: PLR2004 - the statuses that redirect
        said = f"the server redirects to {moved_to}" if moved_to else "the server redirects"
        remedy = f"{_ADDRESS}: the token is sent to no other address."
        return RequestRefused(path, status=status, said=masked(said, secrets), remedy=remedy)
    if status == _PROXY_WANTS_LOGIN:
        return Unreachable(path, status=status, remedy=_PROXY_LOGIN, is_retriable=False)
    kind = _TYPES.get(status, ServerTrouble if _is_trouble(status) else RequestRefused)
    return kind(path, status=status, said=said_in(body, secrets), remedy=_REMEDIES.get(status))


def _is_trouble(status: int) -> bool:
    return status >= 500 and status not in _PERMANENT  # noqa: PLR2004 - the server's errors


def too_large(path: str, most_bytes: int) -> ApiError:
    """An answer that does not fit. The same request cannot do better; a smaller page can."""
    said = f"the answer is larger than {most_bytes // 2**20} MiB"
    remedy = "Set a smaller `page_size`."
    return ServerTrouble(path, said=said, remedy=remedy, is_retriable=False)


def web_page(path: str, status: int) -> ApiError:
    """HTML in the place of JSON: of a server in trouble, or of one that is no API."""
    remedy = (
        f"{_ADDRESS}, and whether the network wants a login in a browser; else run again later."
    )
    return ServerTrouble(path, status=status, said="the answer is a web page", remedy=remedy)


def unanswered(path: str, error: Exception, *, host: str) -> ApiError:
    """The error for a request that broke on the way, in one sentence."""
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = getattr(cause, "verify_message", "") or "verification failed"
            said = f"the TLS certificate of {host} is not trusted ({why})"
            remedy = f"{_ADDRESS}, or set `ca_bundle` to the authority that your proxy signs with."
            if getattr(cause, "verify_code", None) in _OF_ANOTHER_TIME:
                remedy += " Check the clock of this machine, too."
            return Unreachable(path, said=said, remedy=remedy, is_retriable=False)
    if any(isinstance(cause, requests.exceptions.ProxyError | u3.ProxyError) for cause in causes):
        return _by_proxy(path, causes, host)
    if any(getattr(cause, "reason", None) in _NOT_TLS for cause in causes if _is_tls(cause)):
        said = f"{host} does not speak TLS on this port"
        return Unreachable(path, said=said, remedy=f"{_ADDRESS}: its port.", is_retriable=False)
    if not any(isinstance(cause, _UNSENDABLE) for cause in causes):
        for kinds, fate, said in _FATES:
            if any(isinstance(cause, kinds) for cause in causes):
                is_here = ConnectionRefusedError in kinds and host in _HERE
                return fate(path, said=said.format(host=host), remedy=_START if is_here else None)
    # What is left is raised before a byte is sent: a URL that is none, an unreadable CA bundle.
    said = "the request cannot be sent with these settings"
    remedy = (
        f"{_ADDRESS}, `proxy_url` and `ca_bundle`, or where these are not set HTTPS_PROXY and "
        "REQUESTS_CA_BUNDLE."
    )
    return Unreachable(path, said=said, remedy=remedy, is_retriable=False)


def _by_proxy(path: str, causes: tuple[BaseException, ...], host: str) -> Unreachable:
    """What a proxy said of the tunnel to `host`, or why nothing can be heard of it."""
    found = next(filter(None, (_TUNNEL.search(str(cause)) for cause in causes)), None)
    if found is None:
        said, remedy = "the proxy cannot be reached", "Check `proxy_url`"
        if any(_is_tls(cause) for cause in causes):
            said, remedy = "no TLS connection to the proxy", f"{remedy}: most begin with http://"
        return Unreachable(path, said=said, remedy=f"{remedy}, or HTTPS_PROXY where it is not set.")
    status = int(found[1])
    if status == _PROXY_WANTS_LOGIN:
        said = "the proxy wants a user name and a password, or refuses these (407)"
        return Unreachable(path, said=said, remedy=_PROXY_LOGIN, is_retriable=False)
    said = f"the proxy does not connect to {host} ({status})"
    remedy = f"Let the proxy allow {host}, or set another `proxy_url`."
    return Unreachable(path, said=said, remedy=remedy, is_retriable=_is_trouble(status))


def _is_tls(cause: BaseException) -> bool:
    return isinstance(cause, ssl.SSLError | u3.SSLError)


def said_in(body: bytes, secrets: tuple[str, ...] = ()) -> str:
    """BigCommerce's own message in an error body: short, without secrets; "" if there is none."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if isinstance(answer, list):  # V2: [{"status": 400, "message": "..."}]
        parts = [_text(item.get("message")) for item in answer if isinstance(item, dict)]
    elif isinstance(answer, dict):
        parts = list(_object_parts(answer))
    else:
        parts = []
    said = masked("; ".join(dict.fromkeys(part for part in parts if part)), secrets)
    return said if len(said) <= MAX_SAID else said[: MAX_SAID - 1] + "…"


def masked(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret and every e-mail address replaced."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= MIN_SECRET:
            text = text.replace(secret, "***")
    return _EMAIL.sub("***", text)


def _object_parts(answer: dict[str, Any]) -> Iterator[str]:
    """V3: {title, detail | errors}; B2B: {data: {errMsg}, meta: {message}}."""
    for key in ("title", "detail", "message"):
        yield _text(answer.get(key))
    match answer.get("errors"):
        case dict() as errors:
            for name, error in errors.items():
                text = _text(error)
                yield f"{_text(name)}: {text}" if name and text else text
        case list() as errors:
            yield from (_text(error) for error in errors)
    for outer, inner in (("meta", "message"), ("data", "errMsg")):
        holder = answer.get(outer)
        if isinstance(holder, dict):
            yield _text(holder.get(inner))


def _text(value: object) -> str:
    """One line of printable characters."""
    if isinstance(value, dict):
        value = value.get("message") or value.get("title")
    if not isinstance(value, str):
        return ""
    return "".join(filter(str.isprintable, " ".join(value.split())))


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status).phrase if status else ""
    except ValueError:
        return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps; `requests` and urllib3 each have their own way to wrap."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [
                cause.__cause__,
                cause.__context__,
                getattr(cause, "reason", None),
                *cause.args,
            ]
