"""How V2 answers: bare arrays without totals, 204 for an empty page, filters with `min_`."""

from __future__ import annotations

from tap_bigcommerce.api.pages import read_v2
from tap_bigcommerce.scans import IdFilter
from tap_bigcommerce.streams.children import ChildStream
from tap_bigcommerce.streams.lists import ListStream

V2_IDS = IdFilter(above="min_id", below="max_id", is_inclusive=True, ascending={})
"""Ids of lists that come in their order anyway."""


class V2Stream(ListStream):
    """A list of the V2 API."""

    decode = staticmethod(read_v2)


class V2ChildStream(ChildStream):
    """Rows of the V2 API that belong to a parent."""

    decode = staticmethod(read_v2)
