"""The login server: an app is installed in a browser, and its grant code becomes a token.

Nobody is asked: the merchant of a sandbox agrees, unless told not to. On the same port as the API.
"""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from tap_bigcommerce.sandbox import scopes
from tap_bigcommerce.sandbox.app import ENCODER, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

CLIENT_ID = "sandbox-client-id"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - opens nothing but the sandbox
REDIRECT_URI = "http://127.0.0.1:8766/auth"
ACCOUNT = "5a1d0c4e-7a53-4f0c-9c0e-2f6b1f3c9d10"
_USER = {"id": 9128, "username": "owner@example.com", "email": "owner@example.com"}


class Login:
    """One app, which one store's owner may install."""

    def __init__(self, store_hash: str, issue: Callable[[Collection[str]], str]) -> None:
        """An app with every scope.

        Args:
            store_hash: The store's.
            issue: Makes a token with some scopes, in place of the app's earlier one.
        """
        self.redirect_uri = REDIRECT_URI
        self.scopes: tuple[str, ...] = tuple(sorted(scopes.ALL))
        self.agrees = True
        """Whether the owner does."""
        self._context = f"stores/{store_hash}"
        self._issue = issue
        self._lock = Lock()
        self._codes: dict[str, str] = {}
        """Scopes that were agreed to, by code."""
        self._used: set[str] = set()

    @staticmethod
    def answers(target: str) -> bool:
        """Whether a request is for the login server."""
        return target.startswith(("/oauth2/", "/app/"))

    def respond(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Response:
        """Answer one request. Header names are in lower case."""
        parts = urlsplit(target)
        if (method, parts.path) == ("GET", f"/app/{CLIENT_ID}/install"):
            return self._agreed(" ".join(self.scopes), external_install="true")
        if (method, parts.path) == ("GET", "/oauth2/authorize"):
            return self._authorize(dict(parse_qsl(parts.query)))
        if (method, parts.path) == ("POST", "/oauth2/token"):
            if "application/json" not in headers.get("accept", ""):
                return _json(HTTPStatus.NOT_ACCEPTABLE, {"error": "Invalid format."})
            return self._exchange(_fields(headers, body))
        return Response(HTTPStatus.NOT_FOUND)

    def _authorize(self, query: dict[str, str]) -> Response:
        """The page on which an owner agrees; what is wrong with the app is told on it."""
        wrong = ""
        if query.get("client_id") != CLIENT_ID:
            wrong = "Invalid client id."
        elif query.get("redirect_uri") != self.redirect_uri:
            wrong = "Parameter redirect_uri does not match registered URI"
        elif not set(query.get("scope", "").split()) <= set(self.scopes):
            wrong = "Invalid scope(s)."
        if wrong:
            return _json(HTTPStatus.BAD_REQUEST, {"error": wrong})
        echoed = {"state": query["state"]} if "state" in query else {}
        return self._agreed(query.get("scope", ""), **echoed)

    def _agreed(self, scope: str, **further: str) -> Response:
        """The way back to the app, with a code or with a refusal."""
        if not self.agrees:
            return self._sent_back(error="access_denied", **further)
        with self._lock:
            code = f"code{len(self._codes) + 1}"
            self._codes[code] = scope
        found = {"code": code, "scope": scope, "context": self._context, "account_uuid": ACCOUNT}
        return self._sent_back(**found, **further)

    def _sent_back(self, **query: str) -> Response:
        location = f"{self.redirect_uri}?{urlencode(query)}"
        return Response(HTTPStatus.FOUND, headers=[("Location", location)])

    def _exchange(self, given: Mapping[str, Any]) -> Response:
        """What a grant code is worth, once."""
        with self._lock:
            if wrong := self._wrong_app(given) or self._wrong_grant(given):
                is_stranger = "owners" in wrong["error"]
                status = HTTPStatus.FORBIDDEN if is_stranger else HTTPStatus.BAD_REQUEST
                return _json(status, wrong)
            code = str(given["code"])
            self._used.add(code)
            agreed = self._codes[code]
            token = self._issue(agreed.split())
        found = {"access_token": token, "scope": agreed, "user": _USER, "owner": _USER}
        return _json(HTTPStatus.OK, {**found, "context": self._context, "account_uuid": ACCOUNT})

    def _wrong_app(self, given: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with who asks; nothing if nothing is."""
        if given.get("client_id") != CLIENT_ID:
            return _error("Invalid client id.")
        if given.get("client_secret") != CLIENT_SECRET:
            return _error("invalid_client", "Parameter client_secret does not match")
        if given.get("redirect_uri") != self.redirect_uri:
            return _error(
                "redirect_uri_mismatch", "Parameter redirect_uri does not match registered URI"
            )
        if given.get("grant_type") != "authorization_code":
            return _error("unsupported_grant_type")
        return {}

    def _wrong_grant(self, given: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with what is brought; nothing if nothing is."""
        code = str(given.get("code"))
        if code in self._used:
            return _error("invalid_grant", "The code was already used")
        if code not in self._codes:
            return _error("Invalid code.")
        if given.get("context") != self._context:
            return _error("Only store owners may install or update apps.")
        if set(str(given.get("scope")).split()) != set(self._codes[code].split()):
            return _error("Invalid scope(s).")
        return {}


def _error(error: str, description: str = "") -> dict[str, str]:
    return {"error": error} | ({"error_description": description} if description else {})


def _fields(headers: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
    """What was posted: JSON, or a form."""
    if "json" not in headers.get("content-type", ""):
        return dict(parse_qsl(body.decode()))
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}


def _json(status: int, payload: object) -> Response:
    return Response(status, ENCODER.encode(payload))
