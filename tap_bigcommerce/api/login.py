"""A grant code for an access token: the one request that is no GET and asks no store.

A code can be used once, so nothing is tried again.

Source: BigCommerce docs, "Single-click app OAuth flow"; how refusals are worded:
github.com/matthewvolk/bigrequest/issues/114, bigcommerce/bigcommerce-api-php#281.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import requests
import urllib3.exceptions
from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.api import errors, wire
from tap_bigcommerce.api.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATH = "/oauth2/token"
ANSWER_S = 30.0
MAX_BYTES = 2**20
_NETWORK = "Check `login_url`, `proxy_url`, `ca_bundle` and the network."
_NEW_CODE = "Begin again: each installation gives a new code."
_WORN = ("used", "expired", "already")
_WORN_CODE = f"the code was used before, or is too old. {_NEW_CODE}"
_WRONG_CODE = f"the code is wrong, was used before, or is too old. {_NEW_CODE}"
_REDIRECT = (
    "the redirect URI is not the app's. "
    "Write the Auth Callback URL of the Developer Portal as `redirect_uri`, letter for letter."
)
_SECRET = "the client secret is wrong. Copy `client_secret` again from the Developer Portal."  # noqa: S105 - words
_CLIENT = (
    "the client ID is wrong, or the secret is another app's. "
    "Copy `client_id` and `client_secret` again from the Developer Portal."
)
_SCOPE = (
    "the scopes are not those that were agreed to. They were changed in the Developer Portal, "
    f"or the address was cut when it was copied. {_NEW_CODE}"
)
_OWNER = (
    "the store refuses the installation. "
    "Only its owner may install an app, or somebody whom the owner lets."
)
_SENTENCES = {
    # The first that was spoken of. "grant" before "client": to whom a code was issued is said, too.
    "redirect": _REDIRECT,
    "secret": _SECRET,
    "invalid grant": _WRONG_CODE,
    "scope": _SCOPE,
    "client": _CLIENT,
    "owner": _OWNER,
    "code": _WRONG_CODE,
}


class LoginRefused(FatalAPIError):  # noqa: N818 - named for what happened, as all of this room
    """There is no token; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the browser brings back when the merchant has agreed."""

    code: str = field(repr=False)
    scope: str
    context: str
    """`stores/` and the store's hash."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a grant was exchanged for."""

    access_token: str = field(repr=False)
    scopes: tuple[str, ...]
    context: str


def exchange(  # noqa: PLR0913 - settings, each passed by name
    grant: Grant,
    *,
    login_url: str,
    client_id: str,
    client_secret: str,
    redirect_uri: str,
    user_agent: str,
    proxy_url: str | None = None,
    ca_bundle: str | None = None,
) -> Token:
    """The token for a grant.

    Raises:
        LoginRefused: There is none.
    """
    secrets = (client_secret, grant.code)
    request = {
        "client_id": client_id,
        "client_secret": client_secret,
        "code": grant.code,
        "scope": grant.scope,
        "context": grant.context,
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
    }
    # An answer in another format than JSON has to be asked for: 406 otherwise.
    headers = {"Accept": "application/json", "User-Agent": user_agent}
    outcome = _post(login_url, request, headers, proxy_url=proxy_url, ca_bundle=ca_bundle)
    if isinstance(outcome, LoginRefused):
        raise outcome
    status, body = outcome
    answer = _object(body)
    if 300 <= status < 400:  # noqa: PLR2004 - the statuses that redirect
        msg = f"{status} for POST {PATH}: the server redirects. Check `login_url`."
        raise LoginRefused(msg)
    if status != requests.codes.ok:
        raise _refusal(status, answer, body, secrets)
    token, scope = answer.get("access_token"), answer.get("scope")
    if not isinstance(token, str) or not token or not token.isascii():
        msg = f"{status} for POST {PATH}: the answer holds no access token. Check `login_url`."
        raise LoginRefused(msg)
    scopes = scope.split() if isinstance(scope, str) else []
    return Token(token, tuple(scopes), str(answer.get("context") or grant.context))


def _post(
    login_url: str,
    request: Mapping[str, str],
    headers: Mapping[str, str],
    *,
    proxy_url: str | None,
    ca_bundle: str | None,
) -> tuple[int, bytes] | LoginRefused:
    """Status and body. What fails is returned, not raised: see `errors`."""
    url = login_url + PATH
    adapter = wire.Wire(pool_size=1, answer_s=ANSWER_S, clock=Clock())
    try:
        environment = wire.environment(url, proxy_url=proxy_url, ca_bundle=ca_bundle)
        prepared = requests.Request("POST", url, headers=dict(headers), json=dict(request))
        timeout_s = (wire.CONNECT_S, ANSWER_S)
        with adapter.send(
            prepared.prepare(), stream=True, timeout=timeout_s, **environment
        ) as response:
            return response.status_code, wire.read_body(response, MAX_BYTES)
    except wire.TooLarge:
        return LoginRefused(f"POST {PATH}: the answer is too large. Check `login_url`.")
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        found = errors.unanswered(PATH, error, host=urlsplit(login_url).hostname or "the server")
        found.method, found.remedy = "POST", _NETWORK
        return LoginRefused(str(found))
    finally:
        adapter.close()


def _refusal(
    status: int, answer: Mapping[str, Any], body: bytes, secrets: tuple[str, ...]
) -> LoginRefused:
    """The sentence for what the login server said; its own words where there is none for them."""
    said = "; ".join(_texts(answer)) or errors.said_in(body)
    words = errors.masked(said, secrets)[: errors.MAX_SAID]
    known = said.lower().replace("_", " ")
    sentence = next((it for what, it in _SENTENCES.items() if what in known), "")
    if sentence is _WRONG_CODE and any(word in known for word in _WORN):
        sentence = _WORN_CODE
    if not sentence:
        return LoginRefused(f"{status} for POST {PATH}: {words or 'refused'}. {_NEW_CODE}")
    return LoginRefused(f"{status} for POST {PATH} ({words}): {sentence}")


def _texts(answer: Mapping[str, Any]) -> Iterator[str]:
    for name in ("error", "error_description"):
        if isinstance(answer.get(name), str) and answer[name]:
            yield str(answer[name]).rstrip(".")


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}
