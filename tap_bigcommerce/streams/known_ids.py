"""Ids of the rows that a target has, small enough for the state.

A bit for each id, in chunks, compressed: a store counts its ids up, so most chunks are full.
"""

from __future__ import annotations

import binascii
import typing as t
import zlib
from array import array

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CHUNK_IDS: t.Final = 2**16
_CHUNK_BYTES: t.Final = CHUNK_IDS // 8
_BITS: t.Final = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


class KnownIds:
    """A set of whole numbers above 0."""

    def __init__(self, ids: Iterable[int] = ()) -> None:
        """Begin with these."""
        self._chunks: dict[int, bytearray] = {}
        self._texts: dict[int, str] = {}
        self.add(ids)

    @classmethod
    def of_state(cls, chunks: object) -> KnownIds:
        """What `state` gave.

        Raises:
            ValueError: It did not.
        """
        known = cls()
        if not isinstance(chunks, dict):
            msg = "no object"
            raise ValueError(msg)  # noqa: TRY004 (a value of the state, whatever its type)
        for name, text in chunks.items():
            unpack = zlib.decompressobj()
            try:
                bits = unpack.decompress(binascii.a2b_base64(text, strict_mode=True), _CHUNK_BYTES)
            except (zlib.error, TypeError) as error:
                raise ValueError(error) from None
            number = int(name)
            if len(bits) != _CHUNK_BYTES or not unpack.eof or number < 0:
                msg = "a chunk of another size"
                raise ValueError(msg)
            known._chunks[number], known._texts[number] = bytearray(bits), text
        return known

    def state(self) -> dict[str, str]:
        """The set as JSON: base64 texts by chunk. Only what changed is compressed again."""
        for number, bits in self._chunks.items():
            if number not in self._texts:
                packed = zlib.compress(bits, 9)
                self._texts[number] = binascii.b2a_base64(packed, newline=False).decode()
        return {str(number): self._texts[number] for number in sorted(self._chunks)}

    def add(self, ids: Iterable[int]) -> None:
        """Take ids in; what is no id of BigCommerce's is left out."""
        for number in ids:
            if number > 0:
                chunk, bit = divmod(number, CHUNK_IDS)
                bits = self._chunks.get(chunk)
                if bits is None:
                    bits = self._chunks[chunk] = bytearray(_CHUNK_BYTES)
                bits[bit >> 3] |= 1 << (bit & 7)
                self._texts.pop(chunk, None)

    def discard(self, ids: Iterable[int]) -> None:
        """Take ids out, if they are in."""
        for number in ids:
            chunk, bit = divmod(number, CHUNK_IDS)
            if chunk in self._chunks:
                self._chunks[chunk][bit >> 3] &= ~(1 << (bit & 7))
                self._texts.pop(chunk, None)
                if not any(self._chunks[chunk]):
                    del self._chunks[chunk]

    def __contains__(self, number: int) -> bool:
        """Whether it is in."""
        chunk, bit = divmod(number, CHUNK_IDS)
        bits = self._chunks.get(chunk)
        return bits is not None and bool(bits[bit >> 3] >> (bit & 7) & 1)

    def __iter__(self) -> Iterator[int]:
        """Ascending."""
        for number in sorted(self._chunks):
            first = number * CHUNK_IDS
            for place, byte in enumerate(self._chunks[number]):
                if byte:
                    start = first + place * 8
                    for bit in _BITS[byte]:
                        yield start + bit

    def sorted(self) -> array[int]:
        """All of them, ascending: eight bytes each."""
        return array("q", self)
