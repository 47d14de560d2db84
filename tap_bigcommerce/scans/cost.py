"""What a walk takes, from how much there is to read. Each scan says it of itself."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a list there is to read."""

    rows: int
    size: int
    """Rows in a page."""
    parents: int = 0
    """Ids that the list is walked in batches of."""
    has_since: bool = False
    """Whether only what changed since some time is read."""
    gaps: float | None = None
    """Ids without a row, for each row, as far as some pages show."""

    @property
    def pages(self) -> int:
        """Pages that the rows fill; an empty list has one too."""
        return max(-(-self.rows // self.size), 1)


class Cost(t.NamedTuple):
    """What a walk takes when nothing goes wrong."""

    requests: int
    rounds: int
    """Answers that are waited for one after the other."""
    opening: int = 1
    """Those of them that come before the first rows are handed over."""
