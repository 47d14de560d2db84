"""Countries and states as BigCommerce numbers them.

Source: BigCommerce's REST Management API, "Geography" (V2).
"""

from __future__ import annotations

from typing import Annotated

from tap_bigcommerce.schema.record import Record
from tap_bigcommerce.schema.shapes import Link
from tap_bigcommerce.streams.v2 import V2Stream


class Country(Record):
    """A country or territory."""

    id: int
    country: Annotated[str, "Its name in English."]
    country_iso2: Annotated[str, "ISO 3166-1 alpha-2"]
    country_iso3: Annotated[str, "ISO 3166-1 alpha-3"]
    states: Annotated[Link, "The rows of `states` with this country_id."]


class Countries(V2Stream):
    """Every country that BigCommerce knows; the same for all stores."""

    name = "countries"
    path = "/v2/countries"
    record = Country
    primary_keys = ("id",)
    scope = ("store_v2_information_read_only",)
    selected_by_default = False


class State(Record):
    """A state, province or county."""

    id: int
    state: Annotated[str, "Its name."]
    state_abbreviation: str
    country_id: int


class States(V2Stream):
    """States of all countries, in one list; the same for all stores."""

    name = "states"
    path = "/v2/countries/states"
    record = State
    primary_keys = ("id",)
    foreign_keys = {"country_id": "countries.id"}
    scope = ("store_v2_information_read_only",)
    selected_by_default = False


STREAMS = (Countries, States)
