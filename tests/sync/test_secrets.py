"""Secrets are in a request's headers, rows are on stdout, and neither is anywhere else."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from tap_bigcommerce.sandbox import Faults
from tap_bigcommerce.streams import outbox
from tests.support.store import SECRET, Program, store, sync

if TYPE_CHECKING:
    from pathlib import Path

    from tap_bigcommerce.sandbox import Sandbox

CLIENT_SECRET = "cl13nt-s3cr3t-of-an-app"
PASSWORD = "pr0xy-p4ssw0rd"
EVERYTHING = """
version: 1
disable_existing_loggers: false
handlers: {all: {class: logging.StreamHandler, stream: ext://sys.stderr}}
loggers:
  urllib3: {level: DEBUG, handlers: [all]}
  urllib3.connectionpool: {level: DEBUG, handlers: [all]}
  requests: {level: DEBUG, handlers: [all]}
root: {level: DEBUG, handlers: [all]}
"""
"""A user's own configuration of logging: all that any library has to say."""


def talkative(folder: Path) -> dict[str, str]:
    """An environment in which everything is logged, and temporary files have a place."""
    config = folder / "logging.yaml"
    config.write_text(EVERYTHING)
    (folder / "temporary").mkdir()
    return {"SINGER_SDK_LOG_CONFIG": str(config), "TMPDIR": str(folder / "temporary")}


def addresses(sandbox: Sandbox) -> set[str]:
    """E-mail addresses of the store's customers, and of those who ordered without being one."""
    found = {row["email"] for row in sandbox.rows("customers")}
    return found | {row["billing_address"]["email"] for row in sandbox.rows("orders")}


TROUBLES: dict[str, tuple[str, ...]] = {
    "an error of every kind": ("500", "429-bare", "reset", "html", "bad-gzip", "cut-json"),
    "refusals": ("403", "404", "401"),
    "redirects": ("redirect", "redirect-self"),
    "too much": ("drip", "bomb"),
}


@pytest.mark.parametrize("trouble", [*TROUBLES, "a schema surprise", "a proxy"])
def test_no_line_of_any_logger_has_a_secret_or_an_address(tmp_path, trouble):
    bounds = {"max_retries": 1, "retry_budget_s": 1, "request_timeout": 1}
    options: dict[str, Any] = {
        "auth_scheme": "OAuth",
        "client_id": "a-client-id",
        "client_secret": CLIENT_SECRET,
        "redirect_uri": "https://app.example/callback",
        "on_missing_scope": "fail",
        **bounds,
    }
    environment = talkative(tmp_path)
    paths = ("/v2/orders/*/coupons", "/v3/customers*", "/v3/catalog/brands", "/v2/coupons")
    with store(orders=20, customers=30) as sandbox:
        known = addresses(sandbox)
        if trouble == "a schema surprise":
            odd = b'"email_of":"a@b.cd","id":"x",'
            sandbox.faults.rewrite("*", lambda body: body.replace(b'"id":', odd))
        elif trouble == "a proxy":
            options["proxy_url"] = f"http://user:{PASSWORD}@127.0.0.1:1"
            options["api_url"] = "https://api.example.test"
        for kind in TROUBLES.get(trouble, ()):
            for path in paths:
                sandbox.faults.script(path, kind, times=3)  # type: ignore[arg-type] # one of them
        program = Program(tmp_path, environment=environment)
        streams = ("customers", "orders", "order_coupons", "brands", "coupons")
        outcome = program.run(sandbox, *streams, log_level="DEBUG", **options)
    assert outcome.code == 1
    assert "GET /v" in outcome.stderr
    for secret in (SECRET, CLIENT_SECRET, PASSWORD, *known, "a@b.cd"):
        assert secret not in outcome.stderr
    assert SECRET not in b"".join(outcome.lines).decode()
    assert "Traceback" not in outcome.stderr
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("option", ["--discover", "--about", "--about=markdown", "--plan"])
def test_no_other_output_has_a_secret(tmp_path, option):
    program = Program(tmp_path, ("-m", "tap_bigcommerce", option.partition("=")[0]), {})
    if option == "--about=markdown":
        program = Program(tmp_path, ("-m", "tap_bigcommerce", "--about", "--format=markdown"))
    options = {"client_secret": CLIENT_SECRET, "client_id": "a-client-id"}
    with store(orders=5) as sandbox:
        outcome = program.run(sandbox, "orders", log_level="DEBUG", **options)
    assert outcome.code == 0, outcome.stderr
    said = b"\n".join(outcome.lines).decode() + outcome.stderr
    assert len(said) > 100
    assert SECRET not in said
    assert CLIENT_SECRET not in said


def test_what_waits_on_disk_is_the_user_s_alone_and_has_no_name(monkeypatch):
    made: list[os.stat_result] = []
    real = tempfile.TemporaryFile

    def watched(**options: Any) -> Any:
        file = real(**options)
        made.append(os.fstat(file.fileno()))
        return file

    monkeypatch.setattr(tempfile, "TemporaryFile", watched)
    monkeypatch.setattr(outbox, "MAX_MEMORY_BYTES", 0)
    mask = os.umask(0)
    try:
        with store(orders=40) as sandbox:
            assert sync(sandbox).code == 0
    finally:
        os.umask(mask)
    assert made
    assert {file.st_mode & 0o777 for file in made} == {0o600}
    assert {file.st_nlink for file in made} == {0}


@pytest.mark.parametrize("trouble", ["faults", "forbidden", "unauthorized", "gone", "odd"])
def test_no_log_line_has_the_token(tmp_path, trouble):
    """Every line that a run can write, with errors of every kind provoked."""
    options: dict[str, Any] = {"max_retries": 1, "retry_budget_s": 5}
    faults = Faults(rate=0.9, kinds=("500", "reset", "truncated", "html", "bad-gzip"))
    shop = store(orders=20, faults=faults if trouble == "faults" else None)
    streams = ("orders", "customers", "order_coupons", "brands")
    with shop as sandbox:
        if trouble == "forbidden":
            token = sandbox.add_token(())
            options |= {"access_token": token, "on_missing_scope": "fail"}
        elif trouble == "unauthorized":
            options["access_token"] = f"{SECRET}-of-another-store"
        elif trouble == "odd":
            options["page_size"] = "many"
        elif trouble == "gone":
            options["api_url"] = sandbox.api_url
            sandbox.stop()
        outcome = Program(tmp_path).run(sandbox, *streams, log_level="DEBUG", **options)
    assert outcome.code != 0
    assert SECRET not in outcome.stderr
    assert SECRET not in b"\n".join(outcome.lines).decode()
    assert len(outcome.stderr) > 100
