"""`/_sandbox/`: what a test in another process needs. Not part of the API, not in the journal."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tap_bigcommerce.sandbox.app import ENCODER, Response
from tap_bigcommerce.sandbox.faults import Kind  # noqa: TC001 - msgspec reads the annotation

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox.app import App
    from tap_bigcommerce.sandbox.truth import Truth

_NO_CONTENT = 204
_BAD_REQUEST = 400
_NOT_FOUND = 404


class Script(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `POST /_sandbox/faults`, alone or in a list."""

    path: str
    kind: Kind
    times: int = 1


class Control:
    """Answers the control endpoints."""

    def __init__(self, app: App, truth: Truth) -> None:
        self._app = app
        self._truth = truth

    def respond(self, method: str, target: str, body: bytes) -> Response:
        """Answer one request to `/_sandbox/...`."""
        parts = urlsplit(target)
        path = parts.path.removeprefix("/_sandbox/")
        query = dict(parse_qsl(parts.query))
        try:
            if method == "POST":
                return self._post(path, query, body)
            return self._get(path)
        except (ValueError, msgspec.MsgspecError) as error:
            return Response(_BAD_REQUEST, ENCODER.encode({"error": str(error)}))

    def _get(self, path: str) -> Response:
        if path == "journal":
            return _json([asdict(entry) for entry in self._app.journal])
        if path == "incomplete_orders":
            return _json(self._app.store.incomplete_orders())
        if path == "streams":
            return _json(self._truth.streams)
        if path.startswith("rows/"):
            with self._app.store.lock:
                lines = [ENCODER.encode(row) for row in self._truth.rows(path[5:])]
            return Response(200, b"\n".join([*lines, b""]), "application/jsonl")
        return Response(_NOT_FOUND)

    def _post(self, path: str, query: dict[str, str], body: bytes) -> Response:
        if path == "journal/clear":
            self._app.journal.clear()
        elif path == "limits":
            quota = self._app.quota
            quota.change(
                int(query.get("quota", quota.limit)),
                int(query.get("window_ms", quota.window_ms)),
                int(query.get("other_requests", quota.others)),
            )
            if "latency_ms" in query:
                self._app.latency_s = int(query["latency_ms"]) / 1000
        elif path == "events":
            self._app.store.events(int(query.get("n", "1")))
        elif path == "faults":
            found = msgspec.json.decode(body, type=list[Script] | Script)
            for script in [found] if isinstance(found, Script) else found:
                self._app.faults.script(script.path, script.kind, script.times)
        else:
            return Response(_NOT_FOUND)
        return Response(_NO_CONTENT)


def _json(value: object) -> Response:
    return Response(200, ENCODER.encode(value))
