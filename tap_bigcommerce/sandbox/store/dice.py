"""Randomness as a function of a key: the same (seed, kind, id) always rolls the same numbers.

`random.Random` would do, but seeding it takes longer than rendering a small row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")

_MASK = (1 << 64) - 1
_STEP = 6364136223846793005
_ODD = 1442695040888963407


def mix(value: int) -> int:
    """64 well mixed bits of `value` (the finalizer of splitmix64)."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def salt(seed: int, kind: str) -> int:
    """A number that keeps the rolls of one kind of row apart from those of every other."""
    return mix(seed * 0x1_0000_0001 + crc32(kind.encode()))


class Dice:
    """A stream of numbers that depends on nothing but its key."""

    __slots__ = ("_state",)

    def __init__(self, salted: int, key: int) -> None:
        self._state = mix(salted ^ (key * 0x9E3779B97F4A7C15 & _MASK))

    def roll(self, sides: int) -> int:
        """A whole number from 0 to `sides` - 1."""
        self._state = state = (self._state * _STEP + _ODD) & _MASK
        return (state >> 33) % sides

    def chance(self, per_thousand: int) -> bool:
        """True in that many of a thousand throws."""
        return self.roll(1000) < per_thousand

    def pick(self, values: Sequence[_T]) -> _T:
        """One of `values`, each as likely as the others."""
        return values[self.roll(len(values))]

    def uuid(self) -> str:
        """A version 4 UUID."""
        high, low = self._bits(), self._bits()
        text = f"{high:016x}{low:016x}"
        variant = "89ab"[int(text[16], 16) & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def _bits(self) -> int:
        self._state = state = (self._state * _STEP + _ODD) & _MASK
        return mix(state)
