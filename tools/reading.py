"""How a stream is read and what that costs, in words, from what the stream declares."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from tap_bigcommerce.scans import CheckedPages, Once, ParentBatches
from tap_bigcommerce.scans.cost import Extent
from tap_bigcommerce.streams.b2b_channels import B2BChannelledStream
from tap_bigcommerce.streams.by_channel import ByChannelStream, ListOfChannelStream
from tap_bigcommerce.streams.children import ChildStream, PartStream
from tap_bigcommerce.streams.lists import OF_ONE_CHANNEL, ListStream
from tap_bigcommerce.streams.per_parent import AT_ONCE, PerParentStream
from tools.references import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.scans import Scan
    from tap_bigcommerce.streams.base import BigCommerceStream

ROWS = 10_000
"""For which costs are said."""
BY_CHANNEL = (ByChannelStream, ListOfChannelStream, B2BChannelledStream)
"""Bases of what is asked for channel by channel, or for some channels anyway."""

_FIRST_WORDS = re.compile(r"[^.:]+")
_PLACEHOLDER = re.compile(r"{(\w+)}")


def reading(stream: type[BigCommerceStream]) -> str:
    """One paragraph."""
    return " ".join(_sentences(stream))


def _sentences(stream: type[BigCommerceStream]) -> Iterator[str]:
    if issubclass(stream, PartStream):
        yield f"Taken out of the rows of `{name_of(stream.whole)}`, at no further request."
    elif issubclass(stream, ChildStream):
        yield from _of_child(stream)
    elif issubclass(stream, PerParentStream):
        yield from _of_lists(stream)
    elif issubclass(stream, ListStream):
        yield from _of_list(stream)
    if stream.at_once:
        yield f"BigCommerce takes {stream.at_once} of these requests at once at most."
    if stream.channel_filter in OF_ONE_CHANNEL:
        yield "The setting `channel_ids` limits it, where it names one channel."
    elif stream.channel_filter or issubclass(stream, BY_CHANNEL):
        yield "The setting `channel_ids` limits it."


def _of_child(stream: type[ChildStream]) -> Iterator[str]:
    parent, limit = name_of(stream.parent), stream.embed_limit
    if limit:
        yield f"Embedded in pages of {limit} `{parent}`, asked for by their ids."
    elif stream.embed:
        yield f"Embedded in the pages of `{parent}`: read together, they cost no more."
    else:
        *_, last = _PLACEHOLDER.findall(stream.path) or [stream.parent_key]
        each = "each" if last == stream.parent_key else f"each `{{{last}}}` of each"
        changed = " that changed" if stream.parent_date else ""
        yield f"One request for {each} row of `{parent}`{changed}, side by side."
    if stream.embed:
        yield "What does not prove complete there is asked for by itself."
    if stream.rules_out.__func__ is not ChildStream.rules_out.__func__:  # type: ignore[attr-defined]  # of class methods
        yield f"Not asked for where a row of `{parent}` shows that there is nothing."
    if stream.counted_by:
        yield f"`{stream.counted_by}` counts them all, for one request."


def _of_lists(stream: type[PerParentStream]) -> Iterator[str]:
    if stream.walk is not PerParentStream.walk:
        yield f"A list for each `{{{stream.parent_key}}}`."
    elif stream.batched_by:
        parent = name_of(stream.batched_by)
        yield f"A list for each row of `{parent}`, {AT_ONCE} of them side by side."
        yield f"{_walk(stream.full_scan)}."


def _of_list(stream: type[ListStream]) -> Iterator[str]:
    changed = stream.changed_scan
    own = changed if changed and changed != stream.full_scan else None
    yield f"{_walk(stream.full_scan)}."
    if own:
        yield f"Changes: {_walk(own).lower()}."
    if isinstance(stream.full_scan, Once) or not stream.page_limit:
        return
    of = f" of as many `{name_of(stream.batched_by)}`" if stream.batched_by else ""
    costs = f"{ROWS:,} rows{of} take {_requests(stream, stream.full_scan):,} requests"
    if changed:
        costs += f", {ROWS:,} changed ones {_requests(stream, changed, has_since=True):,}"
    yield f"{costs}."


def _walk(scan: Scan) -> str:
    """How the scan walks, in its own first words."""
    if isinstance(scan, CheckedPages) and scan.only_grows:
        return "From the first page to the last, as rows are only added"
    words = _FIRST_WORDS.match(inspect.getdoc(type(scan)) or "")
    by = f", by `{scan.filter}`" if isinstance(scan, ParentBatches) else ""
    return f"{words[0] if words else ''}{by}"


def _requests(stream: type[ListStream], scan: Scan, *, has_since: bool = False) -> int:
    parents = ROWS if stream.batched_by else 0
    return scan.cost(Extent(ROWS, stream.page_limit or 1, parents, has_since)).requests
