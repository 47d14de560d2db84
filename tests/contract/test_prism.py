"""Every request of the tap as BigCommerce's own documents want it.

Prism (`npm install @stoplight/prism-cli`) stands between the tap and the sandbox, for one document
at a time. PRISM names its program; without it, or without the documents, these tests are skipped.
Prism takes parameters that no document has; those are looked for here.
What the sandbox answers is held against the documents in `tests/sandbox/test_openapi.py`.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import threading
import typing as t
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.children import PartStream
from tests.contract.reference import (
    CATALOGUE,
    PUBLISHED,
    SPECS,
    VERSION,
    Reference,
    document,
    resolved,
)
from tests.support.store import store, sync

PRISM = os.environ.get("PRISM", "")

pytestmark = [
    pytest.mark.skipif(not PRISM, reason="PRISM is not set: the path of Prism's program"),
    pytest.mark.skipif(
        not (SPECS.is_dir() and CATALOGUE.is_file()),
        reason=f"no OpenAPI documents of BigCommerce in {SPECS}: set BIGCOMMERCE_OPENAPI",
    ),
]

LIMITED_IN_WORDS = "/catalog/categories/{category_id}/products/sort-order"
# What is asked for all the same: path, objection, reason.
EXPLAINED = {
    ("/receipts", "parameter offset must be > 0"): "its own words and examples begin at 0",
    ("/inventory/items", "parameter product_id:in must be integer"): "a list, by its own words",
    ("/orders", "parameter sort must be equal to one of"): "the direction, by its own words",
    ("/customers/subscribers", "must have required property 'id'"): "lists all, by its own words",
    (LIMITED_IN_WORDS, "parameter limit is not documented"): "documented in words",
    ("", "parameter page is not documented"): "after an answer that numbers its pages",
}


def documents():
    """Documents, what stands before their paths, and the streams that they are the source of."""
    found = defaultdict(list)
    for stream in STREAMS if CATALOGUE.is_file() else ():
        if not issubclass(stream, PartStream):
            entry = Reference(stream).entry
            before = entry["path"].removesuffix(re.sub(VERSION, "", entry["path"]))
            found[entry["spec"], before].append(stream)
    return [
        pytest.param(spec, before, streams, id=spec) for (spec, before), streams in found.items()
    ]


@pytest.fixture(scope="module")
def specs(tmp_path_factory):
    """The documents, naming each other by where they are in place of where they were published."""
    folder = tmp_path_factory.mktemp("openapi")
    for path in SPECS.rglob("*.y*ml"):
        copy = folder / path.relative_to(SPECS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text().replace(PUBLISHED, f"{folder}/"))
    return folder


class Operation(t.NamedTuple):
    """Something that can be read."""

    path: str
    parameters: frozenset[str]


class Router(ThreadingHTTPServer):
    """Hands on to Prism what its document has a path for, and all else to the sandbox."""

    def __init__(self, sandbox, prism_port, spec, before):
        self.sandbox, self.prism_port, self.before = sandbox, prism_port, before
        self.operations = {
            re.compile(re.sub(r"{\w+}", "[^/]+", path)): Operation(path, names(spec, methods))
            for path, methods in document(spec)["paths"].items()
            if "get" in methods
        }
        self.asked: Counter[str] = Counter()
        self.objections: Counter[tuple[str, str]] = Counter()
        super().__init__(("127.0.0.1", 0), Handler)

    def operation(self, path):
        """The operation of a path; of several, the one with the fewest placeholders."""
        own = path.removeprefix(self.before)
        found = [one for pattern, one in self.operations.items() if pattern.fullmatch(own)]
        return (
            min(found, key=lambda one: one.path.count("{"), default=None) if own != path else None
        )

    def note(self, operation, query, violations):
        """Count a request, and what there is to object to it."""
        self.asked[operation.path] += 1
        unknown = {name for name, _ in parse_qsl(query)} - operation.parameters
        said = [f"parameter {name} is not documented" for name in unknown]
        # Cut off where they are too many; those of the request come first.
        found = re.findall(r'{"location":\["request".*?"message":(".*?(?<!\\)")}', violations)
        said += map(json.loads, found)
        self.objections.update((operation.path, one) for one in said)


class Handler(BaseHTTPRequestHandler):
    """One connection of the tap."""

    protocol_version = "HTTP/1.1"
    server: Router

    def do_GET(self):
        """Ask whom it concerns, and note what Prism says."""
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        own = re.sub(r"^/stores/\w+", "", path)
        operation = self.server.operation(own)
        port, target = port_of(self.server.sandbox, own), self.path
        if operation:
            port, target = self.server.prism_port, f"{own.removeprefix(self.server.before)}?{query}"
        connection = http.client.HTTPConnection("127.0.0.1", port)
        kept = [name for name in self.headers if name.lower() not in {"host", "accept-encoding"}]
        connection.request("GET", target, headers={name: self.headers[name] for name in kept})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if operation:
            self.server.note(operation, query, answer.getheader("sl-violations") or "")
        self.send_response(answer.status)
        for name, text in answer.getheaders():
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, text)
        if answer.status != http.HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing."""


@pytest.mark.parametrize(("spec", "before", "streams"), documents())
def test_requests_are_as_the_document_wants_them(specs, spec, before, streams, record_property):
    with store(orders=30, products=30, customers=30) as sandbox:
        is_b2b = before.startswith("/api")
        place = "" if is_b2b else f"/stores/{sandbox.store_hash}"
        upstream = f"http://127.0.0.1:{port_of(sandbox, before)}{place}{before}"
        command = [PRISM, "proxy", "-h", "127.0.0.1", "-p", "0", str(specs / spec), upstream]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as prism:  # noqa: S603 - as PRISM names it
            try:
                assert prism.stdout
                port = listening(prism)
                threading.Thread(target=prism.stdout.read, daemon=True).start()
                with Router(sandbox, port, spec, before) as router:
                    threading.Thread(target=router.serve_forever, daemon=True).start()
                    outcomes = list(
                        runs(sandbox, f"http://127.0.0.1:{router.server_port}", streams)
                    )
                    router.shutdown()
            finally:
                prism.terminate()
    record_property("requests", router.asked.total())
    record_property("paths", len(router.asked))
    assert [outcome.code for outcome in outcomes] == [0, 0, 0], outcomes[-1].said()
    assert [one for one in router.objections if not is_explained(*one)] == []


def runs(sandbox, address, streams):
    """All rows, what changed since, and those of one channel with the deleted ones."""
    names = [stream.name for stream in streams]
    place = {"api_url": address, "b2b_api_url": address}
    yield (first := sync(sandbox, *names, **place))
    sandbox.store.events(20)
    yield sync(sandbox, *names, state=first.state, **place)
    yield sync(sandbox, *names, channel_ids=[1], emit_deletes=True, **place)


def names(spec, methods):
    """Names of an operation's parameters."""
    parts = (*methods.get("parameters", ()), *methods["get"].get("parameters", ()))
    return frozenset(resolved(part, spec)["name"] for part in parts)


def port_of(sandbox, path):
    """Where the sandbox answers for a path."""
    return urlsplit(sandbox.b2b_api_url if path.startswith("/api") else sandbox.api_url).port


def is_explained(path, said):
    """Whether there is a reason to ask all the same."""
    return any(known in {path, ""} and words in said for known, words in EXPLAINED)


def listening(prism):
    """The port, once Prism has one."""
    said = []
    for line in prism.stdout:
        said.append(line)
        if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    return pytest.fail("".join(said))
