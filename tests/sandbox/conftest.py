"""A sandbox over a real socket, and a client without any cleverness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from tap_bigcommerce.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable


class Client:
    """Sends one request; believes nothing."""

    def __init__(self, sandbox: Sandbox, token: str | None = None):
        self._base = f"{sandbox.api_url}/stores/{sandbox.store_hash}"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["X-Auth-Token"] = sandbox.token if token is None else token

    def get(self, path, **query):
        """One answer, whatever its status. `id__in` stands for `id:in`."""
        return self._session.get(
            self._base + path,
            params={name.replace("__", ":"): value for name, value in query.items()},
            timeout=30,
        )

    def json(self, path, **query):
        """The body of an answer that has to be good."""
        response = self.get(path, **query)
        assert response.status_code == 200, f"{path}: {response.status_code} {response.text}"
        return response.json()

    def v2(self, path, **query):
        """All rows of a V2 list."""
        rows: list[dict[str, Any]] = []
        page = 1
        while True:
            response = self.get(path, page=page, **query)
            if response.status_code == 204:
                return rows
            assert response.status_code == 200, response.text
            rows += response.json()
            page += 1

    def v3(self, path, **query):
        """All rows of a V3 list, by page."""
        rows: list[dict[str, Any]] = []
        page = 1
        while True:
            answer = self.json(path, page=page, **query)
            rows += answer["data"]
            if page >= answer["meta"]["pagination"]["total_pages"]:
                return rows
            page += 1

    def close(self):
        """Let go of the connection."""
        self._session.close()


@pytest.fixture(scope="session")
def shop():
    """A store that nobody changes. Tests that change one open their own."""
    with Sandbox(seed=1, orders=1200, products=320, customers=300) as sandbox:
        yield sandbox


@pytest.fixture
def client(shop):
    """A client of the shop with every scope."""
    client = Client(shop)
    yield client
    client.close()


@pytest.fixture
def opened():
    """Opens sandboxes and clients, and closes them at the end of the test."""
    closing: list[Callable[[], None]] = []

    def open_(token=None, **options):
        sandbox = Sandbox(**{"orders": 60, "products": 20, "customers": 40, **options})
        sandbox.start()
        client = Client(sandbox, token)
        closing.extend((client.close, sandbox.stop))
        return sandbox, client

    yield open_
    for close in closing:
        close()
