"""`meltano run` as the project's own meltano.yml has it, on a copy of that file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.load.readers import duckdb_rows, postgres_rows
from tests.load.tables import AS_DOUBLES, EXACT, Loaded, compare_tables

pytestmark = [pytest.mark.load, pytest.mark.meltano]

_ROOT = Path(__file__).parents[2]
_EVENTS = 100
_LAST_CHARACTERS = 6000
_QUIET = {
    "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
    "MELTANO_CLI_DISABLE_VERSION_CHECK": "1",
    # Nobody answers there: who asks Meltano's hub fails.
    "MELTANO_HUB_URL": "http://127.0.0.1:9",
    # The Pythons on this machine are enough.
    "UV_PYTHON_DOWNLOADS": "never",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder with a meltano.yml that differs only in where the tap is installed from."""
    folder = tmp_path_factory.mktemp("project")
    text = (_ROOT / "meltano.yml").read_text()
    here = "pip_url: -e ."
    assert text.count(f"{here}\n") == 1
    (folder / "meltano.yml").write_text(text.replace(here, f"{here[:-1]}{_ROOT}"))
    (folder / "output").mkdir()
    return folder


def test_two_runs_into_two_targets_leave_what_the_store_has(
    program, project, store, postgres, report
):
    """Installed as declared; the second run begins at Meltano's own state, some changes later."""
    duckdb = program("TAP_TEST_TARGET_DUCKDB")
    meltano = _Meltano(program("TAP_TEST_MELTANO"), project, _environment(store, postgres))
    database = project / "output" / "meltano.duckdb"
    loaders = {
        "target-duckdb": (lambda: duckdb_rows(duckdb, database), AS_DOUBLES),
        "target-postgres": (lambda: postgres_rows(postgres, "bigcommerce"), EXACT),
    }
    loaded: dict[str, Loaded] = {}
    meltano("install")
    for when in ("", ", after changes"):
        for loader, (read, keeping) in loaders.items():
            store.journal.clear()
            meltano("run", "tap-bigcommerce", loader)
            asked = [one.query for one in store.journal if one.path == "/v2/orders"]
            assert asked
            assert all(("min_date_modified" in query) == bool(when) for query in asked)
            earlier = loaded.get(loader)
            loaded[loader] = compare_tables(store, read(), keeping, earlier=earlier)
            report(f"Meltano, {loader}{when}", loaded[loader])
            assert loaded[loader].together.differences == []
        store.store.events(_EVENTS)


class _Meltano:
    """Runs Meltano in the project; what it said, when it ended well."""

    def __init__(self, program, project, environment):
        self._program, self._project, self._environment = program, project, environment

    def __call__(self, *arguments):
        done = subprocess.run(  # noqa: S603 - from a requirement file of this project
            [self._program, *arguments],
            cwd=self._project,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = done.stdout.decode()
        assert done.returncode == 0, said[-_LAST_CHARACTERS:]
        return said


def _environment(store, postgres):
    """Where the store and the server are; the file's own settings for the rest."""
    server = {
        "HOST": postgres.host,
        "PORT": str(postgres.port),
        "USER": postgres.user,
        "PASSWORD": postgres.password,
        "DATABASE": postgres.database,
    }
    return {
        **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        **_QUIET,
        "TAP_BIGCOMMERCE_API_URL": store.api_url,
        "TAP_BIGCOMMERCE_B2B_API_URL": store.b2b_api_url,
        "TAP_BIGCOMMERCE_STORE_ID": store.store_hash,
        "TAP_BIGCOMMERCE_ACCESS_TOKEN": store.token,
        # What an extractor without a `select` selects, too.
        "TAP_BIGCOMMERCE__SELECT": '["*.*"]',
        **{f"TARGET_POSTGRES_{name}": value for name, value in server.items()},
    }
