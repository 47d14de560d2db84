"""Whether a target that runs were loaded into has what the store has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.compare import compare_rows

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox import Sandbox
    from tests.support.store import Target

UNDATED = {
    # The store changes it without a new date: a new address is not a new customer.
    "customers": {"address_count"},
}


def differences(sandbox: Sandbox, target: Target) -> list[str]:
    """Between the store and a target; rows that the store deleted are no difference."""
    found = []
    for stream, schema in target.schemas.items():
        keys = schema["key_properties"]
        raw = list(sandbox.rows(stream))
        total = compare_rows(stream, schema["schema"], keys, raw, target.records(stream))
        found += [
            what
            for what in total.differences
            if "the store has no such row" not in what
            and not any(f": {name}" in what for name in UNDATED.get(stream, ()))
        ]
    return found
