"""What a field is said to name is there: each value is the key of a row of the other stream."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tap_bigcommerce.schema.record import fields_of
from tap_bigcommerce.streams import STREAMS
from tests.support.store import store, sync
from tools import erd
from tools.domains import domains
from tools.references import BY_NAME, references

SVG = "{http://www.w3.org/2000/svg}"
NOTHING = (None, 0, -1, "")
"""What stands in a field that names no row: guests have the customer 0."""

UNSEEN = {
    "customer_settings.customer_group_settings.guest_customer_group_id",
    "customer_settings_by_channel.customer_group_settings.guest_customer_group_id",
    "order_fees.tax_class_id",
    "order_taxes.order_pickup_method_id",
    "order_taxes.tax_class_id",
    "product_option_values.value_data.product_id",
    "product_options.option_values.value_data.product_id",
    "promotions.customer.excluded_group_ids",
}
"""Fields that name no row in any store of the sandbox, so that only the reference speaks for them.
"""

INVENTED = {
    "customers.segment_ids",
    "customers.shopper_profile_id",
    "search_filter_contexts.category_id",
}
"""Fields in which the sandbox names rows that it does not have."""

REFERENCES = [(stream, reference) for stream in STREAMS for reference in references(stream)]

DRAWN = {domain: streams for domain, streams in domains().items() if erd.is_worth_drawing(streams)}

each = pytest.mark.parametrize(
    ("stream", "reference"),
    REFERENCES,
    ids=[f"{stream.name}.{one.source}-{one.target}.{one.field}" for stream, one in REFERENCES],
)


def type_at(record, path):
    """Type of the field that these names lead to, without the lists around it."""
    kind = record
    for name in path:
        kind = fields_of(kind)[name].type
        while getattr(kind, "__args__", None):
            (kind,) = kind.__args__
    return kind


def named(row, path, around):
    """Values of a field with what stands around each: the objects that it is in, and the row."""
    values = row if isinstance(row, list) else [row]
    for value in values:
        if not path:
            yield value, around
        elif value is not None:
            (name, *rest) = path
            yield from named(value.get(name), rest, {**around, **value})


@pytest.fixture(scope="module")
def rows():
    """Every row of a store by stream."""
    with store(orders=150, products=120, customers=200) as sandbox:
        outcome = sync(sandbox)
    assert outcome.code == 0, outcome.said()
    return outcome.records


@each
def test_a_foreign_key_is_of_the_type_of_what_it_names(stream, reference):
    target = BY_NAME[reference.target]
    keys = target.keys()
    assert reference.field in keys
    assert type_at(stream.record, reference.path) is type_at(target.record, [reference.field])


@each
def test_a_foreign_key_names_a_row_that_is_there(stream, reference, rows):
    """One that outlives its row at least names one that is there still."""
    keys = (reference.field, *reference.others)
    known = {tuple(row[key] for key in keys) for row in rows[reference.target]}
    values = {
        (value, *(around.get(key) for key in reference.others))
        for row in rows[stream.name]
        for value, around in named(row, reference.path, {})
        if value not in NOTHING
    }
    name = f"{stream.name}.{reference.source}"
    assert (not values) == (name in UNSEEN)
    gone = values - known
    if reference.is_lasting:
        assert values & known or name in UNSEEN
    else:
        assert bool(gone) == (name in INVENTED), sorted(gone)[:5]


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_only_a_foreign_key_can_outlive_a_row(stream):
    assert stream.outlives <= stream.foreign_keys.keys()


@pytest.mark.parametrize("domain", DRAWN)
def test_boxes_of_a_picture_stand_apart_within_its_frame(domain):
    drawn = ET.fromstring(erd.draw(DRAWN[domain], domain))  # noqa: S314 (our own)
    frame, *rest = [
        tuple(float(one.get(name, 0)) for name in ("x", "y", "width", "height"))
        for one in drawn.iter(f"{SVG}rect")
    ]
    boxes = rest[::2]  # each is followed by its head
    texts = [(float(one.attrib["x"]), float(one.attrib["y"])) for one in drawn.iter(f"{SVG}text")]
    for x, y in texts:
        assert any(inside((x, y, 0, 0), box) for box in boxes)
    for number, box in enumerate(boxes):
        assert inside(box, frame)
        assert not any(overlap(box, other) for other in boxes[:number])


@pytest.mark.parametrize("domain", DRAWN)
def test_no_line_of_a_picture_passes_behind_a_box(domain):
    drawn = ET.fromstring(erd.draw(DRAWN[domain], domain))  # noqa: S314 (our own)
    boxes = [
        tuple(float(one.attrib[name]) for name in ("x", "y", "width", "height"))
        for one in list(drawn.iter(f"{SVG}rect"))[1::2]
    ]
    ways = [re.findall(r"[\d.]+", one.attrib["d"]) for one in drawn.iter(f"{SVG}path")][::2]
    assert ways
    for way in ways:
        _, _, lane, end, right = map(float, way)
        assert not any(overlap((right, end, lane - right, 0), box) for box in boxes)


def inside(one, other):
    return all(
        other[axis] <= one[axis] and one[axis] + one[axis + 2] <= other[axis] + other[axis + 2]
        for axis in (0, 1)
    )


def overlap(one, other):
    return all(
        one[axis] < other[axis] + other[axis + 2] and other[axis] < one[axis] + one[axis + 2]
        for axis in (0, 1)
    )
