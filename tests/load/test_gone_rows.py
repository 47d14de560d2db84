"""Rows that go from the store, in a target that removes what is of an earlier version."""

from __future__ import annotations

from itertools import count

import pytest

from tests.load.pipe import load, program_with

pytestmark = pytest.mark.load

GONE = 3
PAGE = 3
WHOLE = 2
"""Answers that come before the trouble begins."""


@pytest.fixture
def loader(program, postgres, tmp_path):
    """Function that loads some streams with `hard_delete`."""

    def run(schema, store, *streams, **options):
        settings = {**postgres.target_settings(schema), "hard_delete": True}
        command = program_with(program("TAP_TEST_TARGET_POSTGRES"), settings, tmp_path)
        return load(store, command, tmp_path, *streams, page_size=PAGE, **options)

    return run


def ids(postgres, schema, stream, where="true"):
    found = postgres.query(f"select id from {schema}.{stream} where {where}")  # noqa: S608 - ours
    return {row["id"] for row in found}


def test_a_read_that_breaks_half_way_leaves_the_old_rows(store, postgres, loader):
    loader("broken", store, "brands")
    before = ids(postgres, "broken", "brands")
    assert len(before) > 2 * PAGE
    with store.store.lock:
        for number in sorted(before)[:GONE]:
            store.store.catalog.brands.remove(number)
    answers = count()
    store.faults.rewrite(
        "/v3/catalog/brands", lambda body: body if next(answers) < WHOLE else body[:-9]
    )
    state = loader("broken", store, "brands", "categories", ends_with=1, max_retries=0)
    assert ids(postgres, "broken", "brands") == before
    store.faults.clear()
    loader("broken", store, "brands", "categories", state=state)
    assert ids(postgres, "broken", "brands") == {row["id"] for row in store.rows("brands")}
    assert len(before) - len(ids(postgres, "broken", "brands")) == GONE


def test_deletes_are_marked_in_streams_of_changes_and_gone_from_whole_tables(
    store, postgres, loader
):
    state = loader("marked", store, "products", "brands", emit_deletes=True)
    products, brands = ids(postgres, "marked", "products"), ids(postgres, "marked", "brands")
    with store.store.lock:
        for number in sorted(products)[:GONE]:
            store.store.catalog.products.remove(number)
        for number in sorted(brands)[:GONE]:
            store.store.catalog.brands.remove(number)
    loader("marked", store, "products", "brands", emit_deletes=True, state=state)
    gone = ids(postgres, "marked", "products", "_sdc_deleted_at is not null")
    assert gone == set(sorted(products)[:GONE])
    assert ids(postgres, "marked", "products") == products
    assert ids(postgres, "marked", "brands") == {row["id"] for row in store.rows("brands")}
