"""The SDK's own suite, against a small sandbox, with every attribute test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.testing import SuiteConfig, get_tap_test_class
from singer_sdk.testing.templates import AttributeTestTemplate

from tap_bigcommerce.tap import TapBigCommerce
from tests.support.store import SECRET, store

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG: dict[str, Any] = {
    "store_id": "sandbox",
    "auth_scheme": "PersonalAccessToken",
    "access_token": SECRET,
    "api_url": "http://127.0.0.1:9",
    "b2b_api_url": "http://127.0.0.1:9",
}
"""The suite keeps this very object; the addresses change once a sandbox runs."""

SUITE = get_tap_test_class(
    TapBigCommerce,
    config=CONFIG,
    include_stream_attribute_tests=True,
    # All rows are looked at, not the first 150 of each stream.
    suite_config=SuiteConfig(max_records_limit=None),
    parse_env_config=False,
)


# Warnings of this suite's, that no row has a certain field, are no finding: most fields of
# BigCommerce's answers are optional, `_extra` is there only when something is in it, and what a
# small store has is chance. `tests/sync/test_full.py` compares every field of every row instead.
@pytest.mark.filterwarnings("ignore:Fields in transformed catalog but not in records")
@pytest.mark.filterwarnings("ignore:No records were available to test")
class TestSdk(SUITE):  # type: ignore[valid-type, misc] # a class made by a function
    """What the SDK expects of every tap."""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def sandbox(cls) -> Iterator[None]:
        """A store with some rows of everything."""
        with store(orders=60, products=80) as sandbox:
            CONFIG["api_url"] = sandbox.api_url
            CONFIG["b2b_api_url"] = sandbox.b2b_api_url
            yield

    @pytest.fixture(autouse=True)
    @classmethod
    def own_values(cls, monkeypatch) -> None:
        """Test each attribute: the SDK keeps the values of the first, and looks at no others."""
        values: Any = AttributeTestTemplate.non_null_attribute_values
        monkeypatch.setattr(AttributeTestTemplate, values.attrname, property(values.func))
