"""A PostgreSQL server for one test session: made, used and gone."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_USER = "tap"
# Nothing in it is worth keeping after a crash, so nothing waits for the disk.
_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@dataclass(frozen=True)
class PostgresServer:
    """How to connect. Everyone on this machine may, with any password."""

    host: str
    port: int
    user: str
    password: str
    database: str

    def target_settings(self, schema: str) -> dict[str, object]:
        """A configuration of meltanolabs-target-postgres that loads into this schema."""
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
            "default_target_schema": schema,
            "add_record_metadata": True,
            "sanitize_null_text_characters": True,
        }

    def query(self, select: str) -> list[dict[str, Any]]:
        """The rows of a SELECT, numbers with every digit that is stored."""
        as_json = f"select coalesce(json_agg(found), '[]') from ({select}) as found"  # noqa: S608 - a test's own
        address = f"host={self.host} port={self.port} user={self.user} dbname={self.database}"
        command = [str(_program("psql")), "--no-psqlrc", "--no-align", "--tuples-only"]
        found = _output([*command, f"--command={as_json}", address])
        rows: list[dict[str, Any]] = json.loads(found, parse_float=Decimal)
        return rows


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server on a free port of 127.0.0.1, and stop it at the end."""
    as_owner = _owner()
    # Directly under /tmp: the path of the server's socket must stay below 108 characters.
    folder = Path(tempfile.mkdtemp(prefix="tap-postgres-"))
    data = folder / "data"
    pg_ctl = str(_program("pg_ctl"))
    try:
        if as_owner:
            shutil.chown(folder, "postgres")
        initdb = [str(_program("initdb")), "--pgdata", str(data), "--username", _USER]
        _output([*as_owner, *initdb, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
        port = _free_port()
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {_OPTIONS}"
        start = [pg_ctl, "--pgdata", str(data), "--wait", "--options", options]
        # The log goes to a file: a pipe would stay open in the server, and be waited for.
        _output([*as_owner, *start, "--log", str(folder / "log"), "start"])
        try:
            yield PostgresServer("127.0.0.1", port, _USER, _USER, "postgres")
        finally:
            stop = [pg_ctl, "--pgdata", str(data), "--wait", "--mode=immediate", "stop"]
            _output([*as_owner, *stop])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> list[str]:
    """What to put before a command: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    pwd.getpwnam("postgres")
    return ["runuser", "-u", "postgres", "--"]


def _program(name: str) -> Path:
    """One of PostgreSQL's programs: Debian's newest, not what it has on PATH to choose among them.

    That is a Perl script, which takes longer than most of our queries.
    """
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda it: float(it.parts[-3])
    )
    if installed:
        return installed[-1]
    found = shutil.which(name)
    if found:
        return Path(found)
    message = f"{name} is not installed: load tests need PostgreSQL's server programs."
    raise FileNotFoundError(message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _output(command: list[str]) -> str:
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, check=False, cwd="/"
        )
        out.seek(0)
        errors.seek(0)
        if done.returncode:
            message = f"{command} failed: {errors.read()}{out.read()}"
            raise RuntimeError(message)
        return out.read()
