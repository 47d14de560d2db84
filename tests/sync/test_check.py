"""`--test` against a store: five kinds of token, each told apart."""

from __future__ import annotations

import json
import subprocess
import sys
from unittest import mock

import pytest

from tap_bigcommerce.check import MOST_REQUESTS, Check, hasty
from tap_bigcommerce.check_report import table_of
from tap_bigcommerce.probes import B2B_EDITION, PROBED_BY, Verdict
from tap_bigcommerce.run import Run
from tap_bigcommerce.sandbox import Faults
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.scopes import least, needs
from tap_bigcommerce.tap import TapBigCommerce
from tests.support.store import QuickClock, catalog, settings_for, store

ORDERS = "store_v2_orders_read_only"
EVERYTHING = tuple(stream.name for stream in STREAMS)


@pytest.fixture(scope="module")
def shop():
    with store(orders=5, products=3, customers=3) as sandbox:
        yield sandbox


def made(sandbox, *streams, **settings):
    tap = TapBigCommerce(
        config=settings_for(sandbox, **settings), catalog=catalog(streams) if streams else None
    )
    check = Check(Run(hasty(tap.settings), tap.own_streams.values()), tap.own_streams.values())
    check.make()
    return check


def checked(sandbox, *streams, **settings):
    sandbox.journal.clear()
    check = made(sandbox, *streams, **settings)
    assert len(sandbox.journal) <= MOST_REQUESTS
    return check


def verdicts(check):
    return {one.verdict for one in check.findings.values()}


def test_a_token_with_all_scopes_reads_everything(shop):
    check = checked(shop, *EVERYTHING)
    assert verdicts(check) == {Verdict.READABLE}
    assert not check.closed
    assert {entry.status for entry in shop.journal} <= {200, 204}
    text = table_of(check)
    assert "The Corner Shop, domain sandbox.example.com, plan Pro, currency USD" in text
    assert f"{len(EVERYTHING)} of the {len(EVERYTHING)} selected streams can be read." in text


@pytest.mark.parametrize("scope", [one for one in PROBED_BY if one not in {"", B2B_EDITION}])
def test_a_token_with_one_scope_has_that_one(shop, scope):
    check = checked(shop, access_token=shop.add_token([scope]))
    readable = {one for one, found in check.findings.items() if found.is_readable}
    also = {"store_v2_customers_read_only"} if scope == "store_v2_customers" else set()
    assert readable == {scope, "", *also}


def test_what_a_test_calls_readable_a_token_with_the_least_scopes_reads(shop):
    names = ("order_transactions", "channel_listings", "segment_shopper_profiles", "scripts")
    kinds = [stream for stream in STREAMS if stream.name in names]
    scopes = least([one for kind in kinds for one in needs(kind)])
    assert not checked(shop, *names, access_token=shop.add_token(scopes)).closed
    for scope in scopes:
        fewer = shop.add_token(set(scopes) - {scope})
        assert checked(shop, *names, access_token=fewer).closed, scope


def test_a_token_without_scopes_is_not_one_of_another_store(shop):
    assert verdicts(checked(shop, access_token=shop.add_token([]))) == {
        Verdict.NO_SCOPE,
        Verdict.READABLE,  # what needs none
    }
    assert verdicts(checked(shop, store_id="zzz999")) == {Verdict.WRONG_STORE}


def test_a_wrong_token_and_a_wrong_host_are_known_by_one_request(shop):
    assert verdicts(checked(shop, access_token="wr0ng-token")) == {Verdict.WRONG_TOKEN}
    assert len(shop.journal) == 1
    assert verdicts(checked(shop, api_url="http://127.0.0.1:9")) == {Verdict.UNREACHABLE}


def test_an_empty_store_is_readable():
    with store(orders=0, products=1, customers=0) as sandbox:
        assert verdicts(checked(sandbox)) == {Verdict.READABLE}


def test_faults_that_heal_change_no_verdict():
    """One refusal of each request, and one try more."""
    faults = Faults(rate=0.3, kinds=("503", "reset"), seed=3, max_consecutive=1)
    shop = store(orders=5, products=3, customers=3, faults=faults)
    with shop as sandbox, mock.patch("tap_bigcommerce.run.Clock", QuickClock):
        assert verdicts(made(sandbox)) == {Verdict.READABLE}
        assert {entry.fault for entry in sandbox.journal} >= {"503", ""}


def test_what_the_plan_lacks_is_told_from_what_the_token_lacks(shop):
    for path in ("/v3/pricelists", "/v3/segments"):
        shop.faults.script(path, "403", 1)
    check = checked(shop, "products", "price_lists", "customers", "segments")
    closed = {stream.name: found.verdict for stream, found in check.closed.items()}
    plan = Verdict.NOT_ON_PLAN
    assert closed == {"price_lists": plan, "segments": plan}


@pytest.mark.parametrize(("scopes", "code"), [([ORDERS], 0), ([], 1)])
def test_the_command_prints_the_table_and_ends_by_it(tmp_path, shop, scopes, code):
    files = {
        "config": settings_for(shop, access_token=shop.add_token(scopes)),
        "catalog": catalog(["orders", "order_fees"]),
    }
    command = [sys.executable, "-m", "tap_bigcommerce", "--test"]
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
        command += [f"--{name}", str(tmp_path / f"{name}.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == code, done.stderr
    lines = done.stdout.splitlines()
    assert lines[2].split() == ["scope", "verdict", "selected", "streams"]
    assert 'The least that they need: "Orders" (read-only).' in lines
    assert '"type"' not in done.stdout
    assert ("Scope missing: " in done.stderr) is bool(code)
