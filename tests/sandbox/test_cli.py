"""The sandbox as a program."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
import requests

from tap_bigcommerce.sandbox import Sandbox
from tap_bigcommerce.sandbox.cli import _parser, _sandbox, main

COMMAND = (sys.executable, "-m", "tap_bigcommerce.sandbox.cli")
SMALL = ("--orders", "10", "--products", "5", "--customers", "5")


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(tmp_path, name):
    ready = tmp_path / "ready"
    with subprocess.Popen(  # noqa: S603 - the command is ours
        [*COMMAND, *SMALL, "--port", "0", "--ready-file", str(ready), "--events", "5"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = ready.read_text().strip()
        assert line == (
            f"BigCommerce sandbox at {url} store_id=sandbox access_token=sandbox-access-token\n"
        )
        answer = requests.get(
            f"{url}/stores/sandbox/v2/time",
            headers={"X-Auth-Token": "sandbox-access-token"},
            timeout=30,
        )
        assert answer.headers["X-Rate-Limit-Requests-Quota"] == "450"
        process.send_signal(name)
        assert process.wait(timeout=30) == 0


def test_a_port_that_is_taken_is_one_sentence(capsys, monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with Sandbox(orders=0, products=1, customers=0) as sandbox:
        port = sandbox.api_url.rpartition(":")[2]
        assert main([*SMALL, "--port", port]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert told.startswith(f"Port {port} cannot be used")


def test_every_option_reaches_the_sandbox():
    options = [
        *("--seed", "9", "--store-id", "abc", "--access-token", "t0", "--quota", "7"),
        *("--window-ms", "1000", "--fault-rate", "0.5", "--fault-kinds", "503", "reset"),
        *("--quirk", "cut_line_items=false", "--quirk", "heavy_page_rows=40"),
        *("--quirk", "ignores_page=/v2/orders,/v3/customers", "--quirk", "fees_shape=array"),
    ]
    sandbox = _sandbox(_parser().parse_args([*SMALL, *options]))
    assert (sandbox.store_hash, sandbox.token) == ("abc", "t0")
    assert (sandbox.quota.limit, sandbox.quota.window_ms) == (7, 1000)
    faults, quirks = sandbox.faults.faults, sandbox.store.quirks
    assert (faults.rate, faults.kinds, faults.seed) == (0.5, ("503", "reset"), 9)
    assert (quirks.cut_line_items, quirks.heavy_page_rows, quirks.seed) == (False, 40, 9)
    assert quirks.ignores_page == ("/v2/orders", "/v3/customers")
    assert quirks.fees_shape == "array"


@pytest.mark.parametrize(
    "options",
    [
        ("--orders", "-1"),
        ("--products", "0"),
        ("--epoch", "soon"),
        ("--fault-kinds", "explosion"),
        ("--quirk", "colour=blue"),
        ("--quirk", "cut_line_items=perhaps"),
    ],
)
def test_a_wrong_option_is_refused(options, capsys):
    with pytest.raises(SystemExit):
        main(options)
    assert options[0] in capsys.readouterr().err
