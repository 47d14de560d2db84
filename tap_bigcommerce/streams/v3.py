"""How V3 answers: `data` in an envelope whose `meta` counts rows, filters with operators."""

from __future__ import annotations

from tap_bigcommerce.api.pages import read_v3
from tap_bigcommerce.scans import IdFilter, TimeFilter
from tap_bigcommerce.streams.base import ListStream
from tap_bigcommerce.streams.children import ChildStream

V3_IDS = IdFilter(
    # `id:greater`, not `id:min`: on one store `id:min=1` returned nothing.
    above="id:greater",
    below="id:less",
    is_inclusive=False,
    ascending={"sort": "id", "direction": "asc"},
    descending={"sort": "id", "direction": "desc"},
)

V3_MODIFIED = TimeFilter("date_modified", since="date_modified:min", until="date_modified:max")


class V3Stream(ListStream):
    """A list of the V3 API."""

    decode = staticmethod(read_v3)


class V3ChildStream(ChildStream):
    """Rows of the V3 API that belong to a parent."""

    decode = staticmethod(read_v3)
