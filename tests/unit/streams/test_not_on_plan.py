"""What the store's plan does not have is passed over, and does not fail the run."""

from __future__ import annotations

import pytest

from tap_bigcommerce.api import errors
from tests.unit.streams.fakes import Offline

OF_SOME_PLANS = [
    "price_lists",
    "price_list_records",
    "price_list_assignments",
    "segments",
    "segment_shopper_profiles",
    "shopper_profiles",
    "search_filters",
    "search_filters_available",
    "search_filter_contexts",
]
REFUSALS = [errors.Forbidden("/v3/x", status=403), errors.NotFound("/v3/x", status=404)]


def end_of(stream, error):
    offline = Offline(lambda _: error, select=[stream])
    offline.sync()
    return offline


@pytest.mark.parametrize("error", REFUSALS, ids=str)
@pytest.mark.parametrize("stream", OF_SOME_PLANS)
def test_what_some_plans_have_is_passed_over_however_it_is_refused(stream, error):
    """A store without Enterprise, whose answer to this nobody documents, failed with a 404."""
    offline = end_of(stream, error)
    assert offline.run.failures == {}
    assert "the store's plan lacks the feature" in offline.run.skipped[stream]
    assert offline.exit_code == 0


def test_what_every_plan_has_is_not_passed_over_where_it_is_not_found():
    offline = end_of("brands", errors.NotFound("/v3/catalog/brands", status=404))
    assert offline.exit_code == 1


def test_no_scope_is_called_for_where_none_is_needed():
    """It read: the API account lacks the scope , or the store's plan lacks the feature."""
    said = end_of("webhooks", errors.Forbidden("/v3/hooks", status=403)).run.skipped["webhooks"]
    assert said.endswith("The store or its plan lacks the feature: deselect webhooks.")
