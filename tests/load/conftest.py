"""A small store, the programs that load it, and the figures of every load at the end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.postgres import postgres_server
from tests.support.store import store as sandbox_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.sandbox import Sandbox
    from tests.load.tables import Loaded
    from tests.support.postgres import PostgresServer


@pytest.fixture(scope="session")
def make_store() -> Callable[[], Sandbox]:
    """Function that makes a store in which every stream has rows, the large ones hundreds."""
    return lambda: sandbox_store(orders=400, products=120, customers=150)


@pytest.fixture
def store(make_store: Callable[[], Sandbox]) -> Iterator[Sandbox]:
    """Such a store, for one test alone."""
    with make_store() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Function that gives the path of a program by its environment variable, or skips."""

    def path_of(variable: str) -> str:
        path = os.environ.get(variable)
        if not path:
            pytest.skip(f"{variable} is not set: `python3 dev.py test` sets it")
        return path

    return path_of


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server that ends with the session."""
    try:
        with postgres_server() as server:
            yield server
    except FileNotFoundError as error:
        pytest.skip(str(error))


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[str, Loaded], None]:
    """Function that prints the table of a load, and keeps its sum for the end of the session."""

    def note(title: str, loaded: Loaded) -> None:
        print(f"{title}\n{loaded}")  # noqa: T201 - pytest shows it when asked or when the test fails
        counts = str(loaded.together).splitlines()[0]
        record_property(title, f"{counts}, {sum(loaded.gone.values())} rows gone")

    return note
