"""The test of a connection: what answers say of scopes, plans, stores and hosts."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from tap_bigcommerce.api import errors
from tap_bigcommerce.check import MOST_REQUESTS, Check, hasty
from tap_bigcommerce.check_report import reasons_of, table_of
from tap_bigcommerce.probes import BY_PLAN, PROBED_BY, Verdict
from tap_bigcommerce.run import Run
from tap_bigcommerce.settings import Settings
from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.scopes import PANEL_NAMES
from tap_bigcommerce.tap import TapBigCommerce
from tests.unit.streams.fakes import CONFIG, FakeClient, InlinePool, catalog

KINDS = {stream.name: stream for stream in STREAMS}
ORDERS = "store_v2_orders_read_only"
TRANSACTIONS = "store_v2_transactions_read_only"
LISTINGS = "store_channel_listings_read_only"
EMPTY_V3 = {"data": [], "meta": {"pagination": {"total": 0}}}


def checked(answer, *streams, is_made=True, **settings):
    """A check with answers in place of a network."""
    tap = TapBigCommerce(
        config={**CONFIG, **settings}, catalog=catalog(*streams) if streams else None
    )
    run = Run(tap.settings, tap.own_streams.values())
    run.client = FakeClient(answer)  # type: ignore[assignment] # in its place
    run.b2b_client = run.client  # of whose requests some are by another path
    run.pool = InlinePool()  # type: ignore[assignment] # in its place
    check = Check(run, tap.own_streams.values())
    if is_made:
        check.make()
    return check


def empty(request):
    return [] if request.path.startswith("/v2") else EMPTY_V3


def closed(*beginnings, kind=errors.Forbidden, status=403, said=""):
    """A store that is empty, and refuses paths that begin so."""

    def answer(request):
        if request.path.startswith(beginnings):
            return kind(request.path, status=status, said=said)
        return empty(request)

    return answer


def verdict(check, name):
    return check.finding(check.streams[name]).verdict


def test_every_scope_has_a_probe_that_needs_no_other_scope_of_its_own():
    assert PROBED_BY.keys() - {""} == PANEL_NAMES.keys()
    for scope, name in PROBED_BY.items():
        assert KINDS[name].scope == ((scope,) if scope else ())


def test_the_lists_of_some_plans_are_probes_of_no_other_scope():
    of_some_plans = {name for group in BY_PLAN.values() for name in group}
    assert of_some_plans & {*PROBED_BY.values()} == {"segment_shopper_profiles"}
    assert of_some_plans <= KINDS.keys()


@pytest.mark.parametrize("answer", [empty, closed("/v2", "/v3")], ids=["all", "none"])
def test_no_selection_needs_more_requests_than_a_test_may_take(answer):
    check = checked(answer, *KINDS)
    assert len(check.run.client.asked) == check.requests <= MOST_REQUESTS


def test_b2b_edition_is_asked_about_where_it_is_selected():
    path = "/api/v3/io/payments"
    check = checked(empty, "orders")
    assert path not in check.run.client.paths()
    assert "B2B Edition" not in table_of(check)
    check = checked(empty, "b2b_quote_details")
    assert path in check.run.client.paths()
    assert not check.closed
    check = checked(closed("/api/v3/io"), "b2b_quote_details", "orders")
    assert [stream.name for stream in check.closed] == ["b2b_quote_details"]
    assert 'lacks "B2B Edition" (modify)' in reasons_of(check)[0]


def test_one_row_is_asked_for():
    check = checked(empty)
    limits = {one.path: one.params.get("limit") for one in check.run.client.asked}
    assert limits["/v2/orders"] == limits["/v3/catalog/products"] == "1"
    assert limits["/v2/store"] is None


def test_ids_in_paths_are_those_of_real_rows():
    def answer(request):
        rows = {"/v2/orders": [{"id": 77}], "/v3/segments": {"data": [{"id": "a-b"}]}}
        return rows.get(request.path) or empty(request)

    paths = checked(answer).run.client.paths()
    assert "/v3/orders/77/transactions" in paths
    assert "/v3/segments/a-b/shopper-profiles" in paths
    assert "/v3/channels/1/listings" in paths


def test_rows_without_an_id_end_nothing():
    check = checked(lambda one: [{"a": 1}] if one.path.startswith("/v2") else {"data": [{"a": 1}]})
    assert not check.closed
    assert "/v3/orders/1/transactions" in check.run.client.paths()


def test_an_unreadable_row_is_a_row_all_the_same():
    assert not checked(lambda _: b'"rows"').closed


# Scopes.


def test_a_stream_needs_the_scope_of_its_parents_too():
    check = checked(closed("/v2/orders"), "order_transactions", "order_refunds")
    assert check.findings[TRANSACTIONS].is_readable
    assert verdict(check, "order_transactions") is Verdict.NO_SCOPE
    assert [stream.name for stream in check.closed] == ["order_transactions"]
    (reason,) = reasons_of(check)
    assert reason.startswith('Scope missing: the API account lacks "Orders" (read-only). Create')
    assert reason.endswith("or deselect: order_transactions.")


def test_any_one_of_several_scopes_opens_a_stream():
    nothing_but = closed("/v2", "/v3/c", "/v3/i")
    assert verdict(checked(nothing_but, "order_refunds"), "order_refunds") is Verdict.READABLE
    neither = closed("/v2", "/v3/orders")
    assert verdict(checked(neither, "order_refunds"), "order_refunds") is Verdict.NO_SCOPE


def test_a_parent_that_is_not_there_shows_that_the_scope_is():
    check = checked(closed("/v3/orders/", kind=errors.NotFound, status=404))
    assert check.findings[TRANSACTIONS].is_readable


@pytest.mark.parametrize("status", [400, 422])
def test_a_question_that_makes_no_sense_is_refused_only_to_who_may_ask(status):
    check = checked(closed("/v3/channels/", kind=errors.RequestRefused, status=status))
    assert check.findings[LISTINGS].is_readable


def test_an_app_is_given_scopes_elsewhere_than_an_account():
    (reason,) = reasons_of(checked(closed("/v2/orders"), "orders", auth_scheme="OAuth"))
    assert "tap-bigcommerce-oauth" in reason
    assert "Store-level" not in reason


# Plans.


def test_a_list_that_is_refused_although_its_scope_is_there_is_not_on_this_plan():
    check = checked(closed("/v3/segments", "/v3/pricelists"), "segments", "price_lists")
    assert verdict(check, "price_lists") is Verdict.NOT_ON_PLAN
    assert verdict(check, "segment_shopper_profiles") is Verdict.NOT_ON_PLAN
    assert check.findings["store_v2_products_read_only"].is_readable
    (reason,) = reasons_of(check)
    assert reason.startswith("Not on this plan: ")
    assert "price_lists" in reason


def test_without_the_scope_a_plan_is_not_judged():
    check = checked(closed("/v3/segments", "/v3/customers"), "segments")
    assert verdict(check, "segments") is Verdict.NO_SCOPE
    assert "/v3/segments" not in check.run.client.paths()


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        (errors.NotFound, 404, ""),
        (errors.Forbidden, 403, "Your plan does not include this feature"),
        (errors.RequestRefused, 507, ""),
    ],
)
def test_a_feature_that_the_store_lacks_is_no_missing_scope(kind, status, said):
    answer = closed("/v3/infrastructure", kind=kind, status=status, said=said)
    check = checked(answer, "infrastructure_projects")
    assert verdict(check, "infrastructure_projects") is Verdict.NOT_ON_PLAN


def test_the_plan_is_only_asked_about_for_what_is_selected():
    assert "/v3/pricelists" not in checked(empty, "products").run.client.paths()
    assert "/v3/pricelists" in checked(empty, "price_list_records").run.client.paths()


# Stores, tokens, hosts.


def test_a_token_that_opens_nothing_but_what_needs_no_scope_lacks_scopes():
    check = checked(closed("/v2", "/v3/c", "/v3/o", "/v3/i", "/v3/p", "/v3/s", "/v3/t"))
    assert {one.verdict for one in check.findings.values()} == {Verdict.READABLE, Verdict.NO_SCOPE}
    assert check.findings[""].is_readable


def test_a_token_that_opens_nothing_at_all_is_another_store_s():
    check = checked(closed("/v2", "/v3"), "orders")
    assert {one.verdict for one in check.findings.values()} == {Verdict.WRONG_STORE}
    (reason,) = reasons_of(check)
    assert reason.startswith("Store unknown: the token opens nothing of abc123. Check `store_id`")


@pytest.mark.parametrize(
    ("kind", "status", "wanted"),
    [
        (errors.NotFound, 404, Verdict.WRONG_STORE),
        (errors.TokenRejected, 401, Verdict.WRONG_TOKEN),
        (errors.Unreachable, None, Verdict.UNREACHABLE),
        (errors.RequestRefused, 302, Verdict.UNREACHABLE),
    ],
)
def test_what_the_first_answer_says_of_all_is_not_asked_again(kind, status, wanted):
    check = checked(closed("/", kind=kind, status=status))
    assert {one.verdict for one in check.findings.values()} == {wanted}
    assert check.requests == 1
    assert len(reasons_of(check)) == 1
    assert wanted in table_of(check)


def test_what_is_not_answered_is_said_and_nothing_is_concluded():
    answer = closed("/v3/orders", kind=errors.ServerTrouble, status=503)
    check = checked(answer, "order_transactions", "orders")
    assert [stream.name for stream in check.closed] == ["order_transactions"]
    (reason,) = reasons_of(check)
    assert reason.startswith("503 for GET /v3/orders/1/transactions: Service Unavailable. Run")


def test_a_store_in_trouble_is_not_taken_for_an_unknown_one():
    def answer(request):
        if request.path == "/v2/store":
            return errors.ServerTrouble(request.path, status=503)
        return errors.Forbidden(request.path, status=403)

    check = checked(answer)
    assert check.findings[ORDERS].verdict is Verdict.NO_SCOPE


class Silent(InlinePool):
    """Answers that never come."""

    def submit_at(self, *_):
        return Future()


def test_answers_are_not_waited_for_for_ever():
    check = checked(empty, "orders", "brands", is_made=False)
    check.run.pool, check._until = Silent(), 0.0
    check.make()
    assert {one.verdict for one in check.findings.values()} == {Verdict.UNANSWERED}
    (reason,) = reasons_of(check)
    assert reason.startswith("No answer for GET /v")
    assert reason.endswith("in time. Test again later. So it is not known of: brands, orders.")
    assert check.run.client.is_closed


def test_a_test_is_less_patient_than_a_run_unless_that_is_less_patient():
    settings = hasty(Settings.from_config(CONFIG))
    assert (settings.max_retries, settings.request_timeout_s, settings.retry_budget_s) == (2, 4, 4)
    own = {**CONFIG, "max_retries": 0, "request_timeout": 1, "retry_budget_s": 0}
    assert hasty(Settings.from_config(own)) == Settings.from_config(own)


# Words.


def test_the_store_is_named():
    store = {
        "name": "The Shop",
        "domain": "shop.example",
        "plan_name": "Pro",
        "currency": "EUR",
        "timezone": {"name": "Europe/Vienna"},
    }
    text = table_of(checked(lambda one: store if one.path == "/v2/store" else empty(one)))
    assert text.startswith(
        "Store abc123 at https://api.bigcommerce.com: The Shop, domain shop.example, plan Pro, "
        "currency EUR, time zone Europe/Vienna\n"
    )


def test_a_store_s_name_takes_a_scope():
    text = table_of(checked(closed("/v2/store")))
    assert text.splitlines()[0].endswith(
        ': to know its name takes "Information & settings" (read-only).'
    )


def test_the_table_says_what_each_scope_gives():
    text = table_of(checked(closed("/v3/themes"), "orders", "themes"))
    lines = {line.split("  ")[0]: line for line in text.splitlines() if line}
    assert "scope missing" in lines['"Themes" (read-only)']
    assert "1 of 4" in lines['"Themes" (read-only)']
    assert "readable" in lines['"Orders" (read-only)']
    assert "orders, order_consignments" in lines['"Orders" (read-only)']
    assert "1 of the 2 selected streams can be read." in lines
    assert 'The least that they need: "Orders" (read-only), "Themes" (read-only).' in lines


def test_what_the_plan_lacks_has_a_line_of_its_own():
    text = table_of(checked(closed("/v3/segments"), "customers", "segments"))
    customers = [line for line in text.splitlines() if line.startswith('"Customers" (read-only)')]
    assert sorted("not on this plan" in line for line in customers) == [False, True]
