"""Fragments that records of several domains share."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from tap_bigcommerce.schema.record import Personal, Record


class Link(Record):
    """Where BigCommerce keeps the rows that belong to a record."""

    url: str
    resource: str


class FormField(Record):
    """A custom form field with what was entered."""

    name: str
    # A text, a number or a list of texts on the wire: numbers become text, lists JSON text.
    value: Annotated[str, Personal, "A list is kept as JSON text."]


class Adjuster(Record):
    """How much a choice adds to or takes from a price or weight."""

    adjuster: Annotated[str, "relative (an amount) or percentage; null for no change"]
    adjuster_value: Decimal
