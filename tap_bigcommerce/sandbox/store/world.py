"""What every part of the store needs: the seed, the clock, and what was changed since opening."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox.store.dice import Dice, salt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]
"""One record as it goes over the wire."""

DAY = 86_400
_TIE_ROWS = 400
"""Rows of one bulk edit: more than a page of 250 shares one second."""
_TIE_AGE = 100 * DAY


@dataclass
class World:
    """Seed, clock and changes. `epoch` is where the opening data ends, in UNIX seconds."""

    seed: int
    epoch: int
    store_hash: str
    clock: Callable[[], float]
    changes: dict[tuple[str, int], Row] = field(default_factory=dict)
    _ahead: float = field(init=False)
    _salts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # On a machine whose clock is behind the opening data the store's clock runs ahead.
        self._ahead = max(0.0, self.epoch - self.clock())

    def dice(self, kind: str, id_: int) -> Dice:
        """The dice of one row, always rolling the same."""
        salted = self._salts.get(kind)
        if salted is None:
            salted = self._salts[kind] = salt(self.seed, kind)
        return Dice(salted, id_)

    def now(self) -> int:
        """The store's clock, in UNIX seconds. It never shows a time before `epoch`."""
        return int(self.clock() + self._ahead)

    def change(self, kind: str, id_: int, **facts: object) -> None:
        """Overrule facts of one row from now on."""
        self.changes.setdefault((kind, id_), {}).update(facts)

    def changed(self, kind: str, id_: int) -> Row:
        """The overruled facts of one row."""
        return self.changes.get((kind, id_), _NOTHING)

    def history(
        self, kind: str, ids: list[int], days: int, youngest_days: int = 0
    ) -> Iterator[tuple[int, int, int]]:
        """(id, created, modified) of rows created one after the other over `days` days.

        Most rows change soon after they are made and some long after; a bulk edit gave
        hundreds of them one and the same modification time.
        """
        count = len(ids)
        start = self.epoch - (days + youngest_days) * DAY
        gap = max(1, days * DAY // max(1, count))
        tie = range(count // 3, count // 3 + min(_TIE_ROWS, count // 4))
        tied_at = self.epoch - _TIE_AGE + self.seed % DAY
        for place, id_ in enumerate(ids):
            dice = self.dice(kind + ".history", id_)
            created = start + days * DAY * place // count + dice.roll(gap)
            reach = 3600 if dice.chance(500) else 9 * DAY if dice.chance(800) else 300 * DAY
            modified = min(created + dice.roll(reach), self.epoch)
            yield id_, created, tied_at if place in tie else modified


_NOTHING: Row = {}
