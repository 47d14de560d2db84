"""`tap-bigcommerce-oauth`: the access token of an app, by way of the store's owner's browser.

An app is installed in a browser, which is then sent to the app's callback address with a code.
The code comes here through a port of this machine, or is pasted, and is exchanged for the token,
which goes into the configuration and nowhere else.

Source: BigCommerce docs, "Single-click app OAuth flow", "External installation".
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
import typing as t
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import monotonic
from urllib.parse import parse_qsl, urlencode, urlsplit

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce import inputs
from tap_bigcommerce.api.login import Grant, Token, exchange
from tap_bigcommerce.settings import DECLARATIONS, Settings
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.scopes import least, needs, opens, panel_names

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tap_bigcommerce.streams.scopes import Needs

HOST: t.Final = "127.0.0.1"
WAIT_S: t.Final = 600
"""For somebody who signs in, reads what is asked and agrees."""
NEEDED: t.Final = ("store_id", "client_id", "client_secret", "redirect_uri")
USED: t.Final = (*NEEDED, "login_url", "proxy_url", "ca_bundle", "user_agent")
_TALK_S: t.Final = 5.0
"""A browser that connects and says nothing is not waited for."""
_DONE: t.Final = (
    "<!doctype html><title>tap-bigcommerce</title><p>Received. Go back to the terminal."
)


class Refused(ValueError):  # noqa: N818 - what happened, in a sentence
    """There will be no token."""


def main(argv: Sequence[str] | None = None) -> int:
    """Get a token; 1 when there is none, 130 when somebody pressed Ctrl-C."""
    options = _parser().parse_args(argv)
    try:
        _run(options)
    except (Refused, FatalAPIError, inputs.UnusableInput) as error:
        sys.stderr.write(f"No token: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("No token: stopped.\n")
        return 130
    return 0


def _run(options: argparse.Namespace) -> None:
    path = Path(options.config)
    config = _read(path)
    settings = settings_of(config, os.environ)
    state = secrets.token_urlsafe(24)
    redirect_uri = settings.redirect_uri or ""
    _say(steps(settings, state))
    port = options.port if options.port is not None else _local_port(redirect_uri)
    answer = pasted() if options.paste or port is None else received(redirect_uri, port)
    grant = grant_in(answer, state, settings.store_hash)
    token = exchange(
        grant,
        login_url=settings.login_url,
        client_id=settings.client_id or "",
        client_secret=settings.client_secret or "",
        redirect_uri=redirect_uri,
        user_agent=settings.user_agent,
        proxy_url=settings.proxy_url,
        ca_bundle=settings.ca_bundle,
    )
    if token.context != grant.context:
        msg = f"the token is of {token.context}, not of {grant.context}."
        raise Refused(msg)
    write(path, {**config, "auth_scheme": "OAuth", "access_token": token.access_token})
    _say(granted(token))
    _say(f"The token of the store {settings.store_hash} is in {path}, which its owner alone reads.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tap-bigcommerce-oauth",
        description="Gets the access token of an app that a store's owner installs, and writes it "
        "into the configuration.",
    )
    add = parser.add_argument
    add("--config", required=True, help="the tap's configuration; receives the token")
    ways = parser.add_mutually_exclusive_group()
    add = ways.add_argument
    add("--paste", action="store_true", help="ask for the address that the browser was sent to")
    add(
        "--port",
        type=int,
        help="receive the browser on this port of 127.0.0.1, where a proxy with a certificate "
        "leads; else the port of redirect_uri where that is this machine's",
    )
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


# The configuration.


def _read(path: Path) -> dict[str, t.Any]:
    try:
        with path.open(encoding="utf-8") as file:
            inputs.read_object(file, str(path))
        with path.open(encoding="utf-8-sig") as file:
            config: dict[str, t.Any] = json.load(file)  # not as decimals: it is written again
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}."
        raise Refused(msg) from None
    return config


def settings_of(config: Mapping[str, t.Any], environment: Mapping[str, str]) -> Settings:
    """The settings that are used here, from the configuration or else the environment.

    Raises:
        Refused: One is missing or wrong.
    """
    found = {
        name: config.get(name) or environment.get(f"TAP_BIGCOMMERCE_{name.upper()}")
        for name in USED
    }
    missing = [name for name in NEEDED if not found[name]]
    if missing:
        titles = {one.name: one.title.lower() for one in DECLARATIONS}
        words = ", ".join(f"{name} ({titles[name]})" for name in missing)
        msg = f"the configuration lacks {words}. The Developer Portal shows what is the app's."
        raise Refused(msg)
    try:
        settings = Settings.from_config(found)
        _local_port(str(settings.redirect_uri))
    except ValueError as error:
        raise Refused(str(error)) from None
    return settings


def write(path: Path, config: Mapping[str, t.Any]) -> None:
    """Write a file that its owner alone may read, whole or not at all.

    Raises:
        Refused: It cannot be written.
    """
    path = path.resolve()  # a link stays one
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:  # made for its owner alone
                json.dump(config, file, indent=2, ensure_ascii=False)
                file.write("\n")
                file.flush()
                os.fsync(number)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}. The token is lost: begin again."
        raise Refused(msg) from None


# The browser.


def steps(settings: Settings, state: str) -> str:
    """What to do in the browser."""
    wanted = least(wanted_scopes())
    query = urlencode(
        {
            "client_id": settings.client_id,
            "response_type": "code",
            "scope": " ".join(wanted),
            "context": f"stores/{settings.store_hash}",
            "redirect_uri": settings.redirect_uri,
            "state": state,
        }
    )
    return "\n".join(
        [
            "1. In the Developer Portal, let the app have",
            f"   the Auth Callback URL {settings.redirect_uri}",
            f"   the scopes {panel_names(wanted, ', ')},",
            "   which all streams need that are selected by default.",
            f"2. As the owner of the store {settings.store_hash}, open this address and agree:",
            f"   {settings.login_url}/oauth2/authorize?{query}",
            "   Or install the app in the control panel, under Apps > My apps > My draft apps.",
            "   The browser is then sent to the callback address.",
            "",
        ]
    )


def wanted_scopes() -> list[Needs]:
    """What the streams need that are selected by default."""
    return [one for kind in STREAMS if kind.selected_by_default for one in needs(kind)]


def pasted() -> str:
    """The address that somebody pastes."""
    _say(
        "3. Paste the address that the browser was sent to, whether a page appeared or not.\n"
        "   (Inside of the control panel it is the address of the frame.)"
    )
    return sys.stdin.readline().strip()


def received(redirect_uri: str, port: int, *, wait_s: float = WAIT_S) -> str:
    """The address that a browser asks for on this machine.

    Raises:
        Refused: None came in time, or the port is not to be had.
    """
    path = urlsplit(redirect_uri).path or "/"
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        timeout = _TALK_S

        def do_GET(self) -> None:
            is_it = urlsplit(self.path).path == path
            if is_it:
                came.append(self.path)
            body = _DONE.encode() if is_it else b""
            self.send_response(200 if is_it else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the line would hold the code."""

    try:
        server = HTTPServer((HOST, port), Handler)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "no such port"
        msg = f"port {port} cannot be used ({why}): choose another, or use --paste."
        raise Refused(msg) from None
    with server:
        _say(f"3. Waiting for the browser on {HOST}:{server.server_port}; Ctrl-C gives up.")
        ends_at = monotonic() + wait_s
        while not came and (left_s := ends_at - monotonic()) > 0:
            server.timeout = left_s
            server.handle_request()
    if not came:
        msg = "no browser came. On another machine than the browser's, use --paste."
        raise Refused(msg)
    return came[0]


def _local_port(redirect_uri: str) -> int | None:
    """The port of an address that a browser on this machine can reach without a certificate.

    Raises:
        Refused: It is no address.
    """
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port or 80
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "redirect_uri must be a whole address, such as https://app.example.com/auth."
        raise Refused(msg)
    return port if parts.scheme == "http" and parts.hostname in {HOST, "localhost"} else None


def grant_in(url: str, state: str, store_hash: str) -> Grant:
    """The grant in the address that the browser was sent to, if it is of this store.

    Raises:
        Refused: There is none, or it is another's.
    """
    query = dict(parse_qsl(urlsplit(url.strip().strip("\"'")).query))
    if query.get("error"):
        words = " ".join((query.get("error_description") or query["error"]).split())
        msg = f"the scopes were not agreed to ({words}). All of them have to be, to install an app."
        raise Refused(msg)
    code, context = query.get("code"), query.get("context")
    if not code or not context:
        msg = (
            "the address has no `code` or no `context`: copy it whole, with all behind the "
            "question mark. The address of an app that is opened, not installed, has none."
        )
        raise Refused(msg)
    # An installation from the control panel has no state of ours to bring back.
    if "state" in query and not secrets.compare_digest(query["state"].encode(), state.encode()):
        msg = "the address answers another request than this one's: begin again."
        raise Refused(msg)
    if context != f"stores/{store_hash}":
        msg = f"the app was installed in {context}, and store_id is {store_hash}: change one."
        raise Refused(msg)
    return Grant(code, query.get("scope", ""), context)


def granted(token: Token) -> str:
    """What the token opens, and what it leaves closed."""
    wanted = [kind for kind in STREAMS if kind.selected_by_default]
    closed = [kind for kind in wanted if not all(opens(token.scopes, one) for one in needs(kind))]
    lines = [f"Granted: {panel_names(token.scopes, ', ') or 'no scope'}."]
    if closed:
        lacking = least(
            [one for kind in closed for one in needs(kind) if not opens(token.scopes, one)]
        )
        names = ", ".join(str(kind.name) for kind in closed)
        lines.append(f"Not granted: {panel_names(lacking, ', ')}, so these are closed: {names}.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
