"""Fragments that records of several domains share."""

from __future__ import annotations

from typing import Annotated

from tap_bigcommerce.schema.record import Record


class Link(Record):
    """Where BigCommerce keeps the rows that belong to a record."""

    url: str
    resource: str


class FormField(Record):
    """A custom form field with what was entered."""

    name: str
    # A text, a number or a list of texts on the wire: numbers become text, lists JSON text.
    value: Annotated[str, "A list is kept as JSON text."]
