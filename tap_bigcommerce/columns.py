"""Tables for a terminal."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

GAP: t.Final = "  "


def aligned(rows: Iterable[Sequence[str]], numbers: Collection[str] = ()) -> list[str]:
    """A line for each row, the first of which is the head.

    Args:
        rows: Cells, as many in each.
        numbers: Heads of the columns that stand to the right.
    """
    padded = []
    for head, *cells in zip(*rows, strict=True):
        width = max(map(len, (head, *cells)))
        pad = str.rjust if head in numbers else str.ljust
        padded.append([pad(cell, width) for cell in (head, *cells)])
    return [GAP.join(cells).rstrip() for cells in zip(*padded, strict=True)]
