"""The token is in the request's header and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from tap_bigcommerce.sandbox import Faults
from tests.support.store import SECRET, Program, store


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
