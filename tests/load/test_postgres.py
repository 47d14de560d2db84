"""Into PostgreSQL by meltanolabs-target-postgres: every row, every cent, every date."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.load.pipe import load, program_with
from tests.load.readers import postgres_rows
from tests.load.tables import EXACT, OF_FIXED_SCALE, STREAMS, Loaded, compare_tables

if TYPE_CHECKING:
    from tap_bigcommerce.sandbox import Sandbox

pytestmark = pytest.mark.load

_EVENTS = 300


class Loads(NamedTuple):
    """What was found after a whole load, and after one more that followed some changes."""

    whole: Loaded
    later: Loaded
    store: Sandbox
    """The store after the changes."""


@pytest.fixture(scope="module")
def target(program):
    return program("TAP_TEST_TARGET_POSTGRES")


@pytest.fixture(scope="module")
def loads(make_store, postgres, target, tmp_path_factory):
    folder = tmp_path_factory.mktemp("postgres")
    command = program_with(target, postgres.target_settings("store"), folder)
    with make_store() as store:
        state = load(store, command, folder)
        whole = compare_tables(store, postgres_rows(postgres, "store"), EXACT)
        store.store.events(_EVENTS)
        load(store, command, folder, state=state)
        later = compare_tables(store, postgres_rows(postgres, "store"), EXACT, earlier=whole)
    return Loads(whole, later, store)


def test_every_stream_has_rows_decimals_and_dates_to_compare(loads):
    """A comparison of nothing would find no difference either."""
    together = loads.whole.together
    assert loads.whole.by_stream.keys() == STREAMS.keys()
    assert [name for name, one in loads.whole.by_stream.items() if not one.rows] == []
    assert together.decimals > 40_000
    assert together.dates > 5_000


def test_every_table_equals_the_store(loads, report):
    """Each decimal with its digits, inside jsonb too."""
    report("PostgreSQL", loads.whole)
    assert loads.whole.together.differences == []


def test_an_incremental_run_brings_the_tables_up_to_date(loads, report):
    """Apart from rows that are gone from the store, which nothing reports."""
    report("PostgreSQL, after changes", loads.later)
    assert loads.later.together.differences == []


def _one_more_cent_inside(boxes):
    return [{**boxes[0], "cost_ex_tax": boxes[0]["cost_ex_tax"] + Decimal("0.01")}, *boxes[1:]]


@pytest.mark.parametrize(
    ("stream", "column", "change"),
    [
        ("orders", "total_inc_tax", lambda amount: amount + Decimal("0.01")),
        ("orders", "total_ex_tax", lambda amount: Decimal(str(amount)[:-1])),
        ("orders", "date_created", lambda _: "2025-01-01T00:00:01"),
        ("orders", "external_order_id", lambda _: None),
        ("orders", "id", lambda id_: id_ + 10**9),
        ("order_taxes", "order_date_modified", lambda _: "2025-01-01T00:00:01"),
        ("order_consignments", "shipping", _one_more_cent_inside),
    ],
)
def test_the_comparison_notices_one_change(loads, postgres, stream, column, change):
    """Or it would be no proof that it finds nothing elsewhere."""
    rows = postgres_rows(postgres, "store")(stream)
    row = next(row for row in rows if row[column] is not None)
    row[column] = change(row[column])
    found = compare_tables(
        loads.store, lambda _: rows, EXACT, streams=[stream], earlier=loads.whole
    )
    assert len(found.together.differences) == (2 if column == "id" else 1)


def test_decimals_declared_as_x_singer_are_numeric_and_exact(
    store, postgres, target, tmp_path, report
):
    """Columns are NUMERIC(38, 10), so zeros follow; inside jsonb are texts."""
    command = program_with(target, postgres.target_settings("scaled"), tmp_path)
    load(store, command, tmp_path, decimal_type="x-singer.decimal")
    loaded = compare_tables(store, postgres_rows(postgres, "scaled"), OF_FIXED_SCALE)
    report("PostgreSQL, x-singer.decimal", loaded)
    assert loaded.together.differences == []
    columns = postgres.query(
        "select table_name, column_name, data_type, numeric_precision, numeric_scale"
        " from information_schema.columns where table_schema = 'scaled'"
    )
    declared = {
        (stream, name)
        for stream, entry in STREAMS.items()
        for name, schema in entry["schema"]["properties"].items()
        if "number" in schema["type"]
    }
    numeric = {
        (one["table_name"], one["column_name"])
        for one in columns
        if (one["data_type"], one["numeric_precision"], one["numeric_scale"]) == ("numeric", 38, 10)
    }
    assert numeric == declared


@pytest.mark.usefixtures("loads")
def test_an_address_has_the_same_link_wherever_it_was_read(postgres):
    found = postgres.query(
        "select distinct split_part(shipping_quotes->>'resource', '/', 4) as form"
        " from store.order_shipping_addresses"
    )
    assert [one["form"] for one in found] == ["shippingaddresses"]
