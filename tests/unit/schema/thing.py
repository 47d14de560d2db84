"""A record with a field of every type, for tests of what happens to rows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from tap_bigcommerce.schema.convert import Found, compile_record
from tap_bigcommerce.schema.record import DECIMAL_FORMS, EXTRA, Record


class Picture(Record):
    """An object inside the row."""

    id: int
    alt: str
    taken: datetime


class Point(Record):
    """An object without dates and decimals."""

    name: str
    visible: bool
    # A keyword cannot be annotated as its neighbours are.
    __annotations__["not"] = "int"


class Thing(Record):
    """Every type that a field may have."""

    id: Annotated[int, "The key."]
    name: str
    is_on: bool
    price: Decimal
    made: datetime
    free: dict  # type: ignore[type-arg]  # of no fixed shape
    point: Point
    main: Picture
    images: list[Picture]
    tags: list[str]
    counts: list[int]
    flags: list[bool]
    prices: list[Decimal]
    dates: list[datetime]
    frees: list[dict]  # type: ignore[type-arg]
    grid: list[list[int]]
    galleries: list[list[Picture]]


def converted(row, record=Thing, decimals="number"):
    """The row in its declared form, as a target reads it, and what was found beyond it."""
    found: list[Found] = []
    return as_read(compile_record(record, DECIMAL_FORMS[decimals])(row, found)), found


def as_read(value):
    """The same value, with numbers in place of their JSON."""
    if isinstance(value, msgspec.Raw):
        return Decimal(bytes(value).decode())
    if isinstance(value, dict):
        return {name: as_read(item) for name, item in value.items()}
    return [as_read(item) for item in value] if isinstance(value, list) else value


def emitted(row, record=Thing, decimals="number"):
    """The row as a stream emits it."""
    out, found = converted(row, record, decimals)
    return {**out, EXTRA: {one.path: one.value for one in found}} if found else out
