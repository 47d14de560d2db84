"""How V3 answers: `data` in an envelope whose `meta` counts rows, filters with operators."""

from __future__ import annotations

import typing as t

from tap_bigcommerce.api.pages import decode, read_v3
from tap_bigcommerce.scans import IdFilter, TimeFilter
from tap_bigcommerce.streams.children import ChildStream
from tap_bigcommerce.streams.lists import ListStream

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from tap_bigcommerce.api.pages import Page, Parse

V3_IDS = IdFilter(
    # `id:greater`, not `id:min`: on one store `id:min=1` returned nothing.
    above="id:greater",
    below="id:less",
    is_inclusive=False,
    ascending={"sort": "id", "direction": "asc"},
    descending={"sort": "id", "direction": "desc"},
)

NOT_ON_PLAN: t.Final = frozenset({403, 404})
"""What may answer for a feature that the store's plan lacks: the reference does not say."""

V3_MODIFIED = TimeFilter("date_modified", since="date_modified:min", until="date_modified:max")


class V3Stream(ListStream):
    """A list of the V3 API."""

    decode = staticmethod(read_v3)


class V3ChildStream(ChildStream):
    """Rows of the V3 API that belong to a parent."""

    decode = staticmethod(read_v3)


def read_bare(bodies: Iterable[bytes], limit: int | None, parse: Parse = decode) -> Page:
    """Page of an endpoint that may leave the envelope out.

    The reference shows some settings without it, and some now with it and now without.

    Raises:
        UnreadablePage: Neither rows nor an envelope around rows.
    """
    return read_v3(bodies, limit, lambda body: _enveloped(parse(body)))


def _enveloped(answer: t.Any) -> dict[str, t.Any]:  # noqa: ANN401 (any JSON value)
    if not isinstance(answer, dict):
        return {"data": answer}
    if "data" in answer:
        return answer
    return {"data": {name: answer[name] for name in answer if name != "meta"}}
