"""B2B Edition: all of its streams, by its own address, headers, quota and errors."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tap_bigcommerce.api.quota import Reading
from tap_bigcommerce.plan import NOT_RECKONED, Plan
from tap_bigcommerce.sandbox import Quirks
from tap_bigcommerce.sandbox.b2b import QUOTA
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.b2b_base import B2BEdition
from tap_bigcommerce.tap import TapBigCommerce
from tests.support.compare import compared
from tests.support.store import (
    SECRET,
    QuickClock,
    catalog,
    settings_for,
    store,
    stream_names,
    sync,
)

B2B = tuple(str(stream.name) for stream in STREAMS if issubclass(stream, B2BEdition))
LISTS = ("b2b_companies", "b2b_orders", "b2b_quotes", "b2b_users", "b2b_super_admins")
SMALL = {"orders": 30, "products": 10, "customers": 10}


def paths(sandbox):
    """How often each path was asked for."""
    return Counter(entry.path for entry in sandbox.journal)


def test_there_are_all_of_them_and_none_is_selected_by_itself():
    assert len(B2B) == 34
    assert {name for name in stream_names() if name.startswith("b2b_")} == set(B2B)
    assert not any(stream.selected_by_default for stream in STREAMS if stream.name in B2B)


@pytest.mark.parametrize("page_size", [3, 10, 250])
def test_every_row_and_every_leaf_arrives(page_size):
    with store(**SMALL, seed=5) as sandbox:
        outcome = sync(sandbox, *B2B, page_size=page_size)
        assert outcome.code == 0, outcome.said()
        assert all(outcome.records.values()), "a stream without a row proves nothing"
        assert compared(sandbox, outcome).differences == []


def test_what_is_not_documented_is_kept():
    with store(**SMALL, quirks=Quirks(extra_fields=True)) as sandbox:
        outcome = sync(sandbox, *LISTS)
        assert compared(sandbox, outcome).differences == []
        assert all(row["_extra"]["beta_score"] == 1 for row in outcome.records["b2b_quotes"])


def test_heavy_pages_are_asked_for_in_parts():
    """Three times too heavy in a page of forty; rows of no part are lost."""
    with store(**SMALL) as sandbox:
        sandbox.faults.script("/api/v3/io/users", "504", times=3)
        outcome = sync(sandbox, "b2b_users", page_size=40)
        assert outcome.code == 0, outcome.said()
        assert compared(sandbox, outcome).differences == []
        limits = [entry.query["limit"] for entry in sandbox.journal]
    assert limits[:4] == ["40", "40", "40", "10"]


def test_orders_and_quotes_of_all_channels_and_years_come():
    """Unasked, the lists have one channel's, and of orders those of the last year."""
    with store(**SMALL) as sandbox:
        outcome = sync(sandbox, "b2b_orders", "b2b_quotes")
        edge = datetime.fromtimestamp(sandbox.store.world.epoch, UTC) - timedelta(days=365)
    for name in ("b2b_orders", "b2b_quotes"):
        assert {row["channelId"] for row in outcome.records[name]} == {1, 664179}
    times = [datetime.fromisoformat(row["updatedAt"]) for row in outcome.records["b2b_orders"]]
    assert min(times) < edge < max(times)


@pytest.mark.parametrize("channels", [[1], [664179], [1, 664179]])
def test_channels_are_those_of_the_settings(channels):
    with store(**SMALL) as sandbox:
        outcome = sync(sandbox, "b2b_orders", "b2b_quotes", channel_ids=channels)
        assert "/api/v3/io/channels" not in paths(sandbox)
        later = sync(sandbox, "b2b_orders", channel_ids=[1, 664179], state=outcome.state)
    assert {row["channelId"] for row in later.records["b2b_orders"]} >= {1, 664179} - set(channels)
    for name in ("b2b_orders", "b2b_quotes"):
        assert {row["channelId"] for row in outcome.records[name]} == set(channels)


def test_a_store_without_further_channels_has_the_default_one():
    """403 by the reference, where there is one storefront only."""
    with store(**SMALL) as sandbox:
        sandbox.faults.script("/api/v3/io/channels", "403", times=10)
        outcome = sync(sandbox, "b2b_orders", "b2b_channels")
        assert outcome.code == 0
        assert {row["channelId"] for row in outcome.records["b2b_orders"]} == {1}
    assert [line for line in outcome.said() if line.startswith("skipped: b2b_channels.")]


def test_only_what_changed_is_asked_for_again():
    with store(**SMALL) as sandbox:
        first = sync(sandbox, *LISTS)
        sandbox.journal.clear()
        second = sync(sandbox, *LISTS, state=first.state)
        asked = [entry for entry in sandbox.journal if "limit" in entry.query]
        assert all(int(entry.query["minModified"]) > 1 for entry in asked)
    for name in LISTS:
        latest = max(row["updatedAt"] for row in first.records[name])
        assert first.bookmark(name) == second.bookmark(name) == latest
        assert 0 < len(second.records[name]) < len(first.records[name])


def test_a_window_of_time_has_its_rows_alone():
    since, until = "2024-06-01T00:00:00Z", "2025-01-01T00:00:00Z"
    with store(**SMALL) as sandbox:
        outcome = sync(sandbox, "b2b_orders", start_date=since, end_date=until, page_size=3)
        rows = list(sandbox.rows("b2b_orders"))
    low, high = (int(datetime.fromisoformat(text).timestamp()) for text in (since, until))
    wanted = {row["id"] for row in rows if low <= row["updatedAt"] <= high}
    assert wanted
    assert wanted <= {row["id"] for row in outcome.records["b2b_orders"]}
    assert len(outcome.records["b2b_orders"]) < len(rows)


def test_rows_that_are_gone_are_told_by_their_own_ids():
    """Companies, quotes and addresses have theirs under another name than `id`."""
    names = ("b2b_companies", "b2b_quotes", "b2b_orders", "b2b_addresses")
    with store(**SMALL) as sandbox:
        first = sync(sandbox, *names, emit_deletes=True)
        again = sync(sandbox, *names, emit_deletes=True, state=first.state)
    for outcome in (first, again):
        assert outcome.code == 0, outcome.said()
        for name in names:
            gone = [row for row in outcome.records[name] if row.get("_sdc_deleted_at")]
            assert gone == [], name


def test_lines_of_one_product_are_told_apart():
    with store(**SMALL) as sandbox:
        outcome = sync(sandbox, "b2b_order_products")
    keys = outcome.keys("b2b_order_products")
    assert len(set(keys)) == len(keys)
    assert {position for _, _, position in keys} == {0, 1}


def test_a_transaction_without_an_id_is_a_row_all_the_same():
    with store(**SMALL) as sandbox:
        outcome = sync(sandbox, "b2b_invoice_payment_transactions")
    rows = outcome.records["b2b_invoice_payment_transactions"]
    assert {row.get("transactionId") is None for row in rows} == {True, False}
    keys = outcome.keys("b2b_invoice_payment_transactions")
    assert len(set(keys)) == len(keys)


def test_a_shopping_list_that_several_users_see_comes_once():
    with store(**SMALL) as sandbox:
        outcome = sync(sandbox, "b2b_shopping_lists")
        seen = sum(e.row_count for e in sandbox.journal if e.path == "/api/v3/io/shopping-list")
        users = {row["id"] for row in sandbox.rows("b2b_users")}
        asked = {e.query["userId"] for e in sandbox.journal if "userId" in e.query}
    assert asked == {str(user) for user in users}
    assert len(outcome.records["b2b_shopping_lists"]) < seen
    keys = outcome.keys("b2b_shopping_lists")
    assert len(set(keys)) == len(keys)


def test_a_user_who_is_gone_has_no_lists_and_one_who_is_there_has():
    """A list that is not found for a user who is there is a fault, not a user without lists."""
    with store(**SMALL) as sandbox:
        whole = sync(sandbox, "b2b_shopping_lists")
        sandbox.faults.script("/api/v3/io/shopping-list", "404")
        sandbox.faults.script("/api/v3/io/users/*", "404")
        gone = sync(sandbox, "b2b_shopping_lists", max_concurrency=1)
        sandbox.faults.script("/api/v3/io/shopping-list", "404")
        there = sync(sandbox, "b2b_shopping_lists", max_concurrency=1, on_missing_scope="fail")
    assert gone.code == 0
    assert set(whole.keys("b2b_shopping_lists")) >= set(gone.keys("b2b_shopping_lists"))
    assert there.code == 1


def test_who_looks_after_no_company_is_not_asked_for_companies():
    with store(**SMALL) as sandbox:
        sync(sandbox, "b2b_sales_staff_companies")
        idle = [row["id"] for row in sandbox.rows("b2b_sales_staff") if not row["companyCount"]]
        assert idle
        assert not {f"/api/v3/io/sales-staffs/{id_}" for id_ in idle} & paths(sandbox).keys()


# A store without it.


@pytest.mark.parametrize("status", ["401", "403", "404"])
def test_a_store_without_b2b_edition_is_no_failure(status):
    """What such a store answers is not documented; whatever it is, the others are read."""
    with store(**SMALL) as sandbox:
        sandbox.faults.script("/api/v3/io/*", status, times=10**6)
        outcome = sync(sandbox, *B2B, "brands")
        assert compared(sandbox, outcome, "brands").differences == []
    assert outcome.code == 0
    lines = [line for line in outcome.said() if line.startswith("skipped: ")]
    names = [name for line in lines for name in line.split(". ")[0].split(": ")[1].split(", ")]
    assert sorted(names) == sorted(B2B)
    assert all("does not have B2B Edition or this part of it" in line for line in lines)
    assert not any(outcome.records[name] for name in B2B)


def test_a_token_without_the_scope_is_told_which_one():
    with store(**SMALL) as sandbox:
        token = sandbox.add_token({"store_v2_products_read_only"})
        outcome = sync(sandbox, "b2b_companies", "brands", access_token=token)
        failed = sync(sandbox, "b2b_companies", access_token=token, on_missing_scope="fail")
    assert outcome.code == 0
    assert outcome.records["brands"]
    (line,) = [line for line in outcome.said() if line.startswith("skipped: ")]
    assert 'lacks the scope "B2B Edition" (modify)' in line
    assert "deselect b2b_companies" in line
    assert failed.code == 1


def test_a_rejected_token_is_not_sent_again_and_again():
    with store(**SMALL) as sandbox:
        sandbox.faults.script("/api/v3/io/*", "401", times=10**6)
        sync(sandbox, *B2B, max_concurrency=1)
        # The lists whose walks were begun before the first answer was there.
        assert len(sandbox.journal) < len(B2B) / 2


@pytest.mark.parametrize(
    ("stream", "path", "status"),
    [
        ("b2b_company_credit", "/api/v3/io/companies/*/credit", "404"),
        ("b2b_company_subsidiaries", "/api/v3/io/companies/*/subsidiaries", "404"),
        ("b2b_quote_details", "/api/v3/io/rfq/6*", "404"),
    ],
)
def test_a_part_that_is_switched_off_is_skipped(stream, path, status):
    with store(**SMALL) as sandbox:
        sandbox.faults.script(path, status, times=10**6)
        outcome = sync(sandbox, stream, "b2b_companies", "b2b_quotes")
    assert outcome.code == 0
    assert [line for line in outcome.said() if line.startswith(f"skipped: {stream}.")]
    assert outcome.records["b2b_companies"]


def test_a_server_that_is_down_costs_its_own_streams_alone():
    """By its address nobody answers; the store's other API is read."""
    with store(**SMALL) as sandbox:
        outcome = sync(sandbox, *LISTS, "brands", b2b_api_url="http://127.0.0.1:1")
        assert compared(sandbox, outcome, "brands").differences == []
    assert outcome.code == 1
    lines = [line for line in outcome.said(logging.ERROR) if line.startswith("FAILED: ")]
    names = [name for line in lines for name in line.split(". ")[0].split(": ")[1].split(", ")]
    assert sorted(names) == sorted(LISTS)
    assert any("b2b_api_url" in line for line in lines)


# Who is asked.


def test_the_token_goes_to_b2b_editions_address_alone():
    """With the store's hash in a header, as the path has none."""
    with store(**SMALL) as one, store(**SMALL, store_hash=one.store_hash) as other:
        outcome = sync(one, *B2B, b2b_api_url=other.b2b_api_url)
        assert outcome.code == 0, outcome.said()
        assert len(one.journal) == 0
        assert all(entry.path.startswith("/api/v3/io/") for entry in other.journal)
        assert {entry.token for entry in other.journal} == {SECRET}


def test_the_wrong_store_is_an_error():
    """The documentation: server errors, so nothing tells it from an outage."""
    with store(**SMALL) as sandbox:
        outcome = sync(sandbox, "b2b_companies", store_id="another", max_retries=1)
    assert outcome.code == 1


def test_its_quota_is_kept_to_without_the_other_s():
    """135 of 150 a minute are ours; what the store's API takes is none of them."""
    with store(**SMALL, b2b_quota=QUOTA) as sandbox:
        tap = TapBigCommerce(config=settings_for(sandbox), catalog=catalog(["b2b_companies"]))
        run = tap.run
        limiters = run.limiter, run.b2b_client._limiter
        assert limiters[0] is not limiters[1]
        assert limiters[0].clock is limiters[1].clock
        tap.sync_all()
        assert run.end() == 0
    assert limiters[0].quota is None
    assert (limiters[1].quota, limiters[1].window_s) == (QUOTA, 60.0)
    assert limiters[1].per_window == 135


def test_no_request_is_refused_for_the_quota():
    """More than a minute's requests, by a clock that the sandbox goes by, too."""
    clock = QuickClock()
    with store(**SMALL, b2b_quota=QUOTA) as sandbox:
        sandbox.b2b_quota._clock = clock.monotonic
        sandbox.b2b_quota.change(QUOTA, 60_000, 0)
        outcome = sync(sandbox, *B2B, clock=lambda: clock)
        assert outcome.code == 0, outcome.said()
        assert len(sandbox.journal) > QUOTA
        assert not [entry for entry in sandbox.journal if entry.status == 429]
        assert compared(sandbox, outcome).differences == []


def test_the_headers_of_the_sandbox_are_those_of_the_reference():
    with store(**SMALL, b2b_quota=QUOTA) as sandbox:
        grant = sandbox.b2b_quota.take()
        headers = dict(sandbox.b2b_quota.headers(grant, sandbox.store.quirks))
    reading = Reading.of(headers)
    assert reading is not None
    assert (reading.quota, reading.left, reading.window_s) == (QUOTA, QUOTA - 1, 60.0)


def test_a_plan_says_that_it_does_not_reckon_them():
    with store(**SMALL) as sandbox:
        tap = TapBigCommerce(config=settings_for(sandbox), catalog=catalog([*B2B, "brands"]))
        plan = Plan(tap.run, list(tap.own_streams.values()))
        plan.make()
        tap.run.end()
        assert paths(sandbox).keys() == {"/v3/catalog/brands"}
    notes = {line.stream.name: line.note for line in plan.lines.values()}
    assert {name for name, note in notes.items() if note == NOT_RECKONED} == set(B2B)
    assert all(name in plan.text() for name in B2B)
