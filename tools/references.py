"""How streams refer to each other: what they declare, and what follows from a parent or a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tap_bigcommerce.streams import STREAMS
from tap_bigcommerce.streams.children import ChildStream, PartStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_bigcommerce.streams.base import BigCommerceStream

BY_NAME: dict[str, type[BigCommerceStream]] = {str(stream.name): stream for stream in STREAMS}


def name_of(stream: type[BigCommerceStream]) -> str:
    """The stream's name, which the SDK declares as an instance's."""
    return str(stream.name)  # type: ignore[misc]  # our classes have it


class Reference(NamedTuple):
    """A field that names a row of another stream."""

    path: tuple[str, ...]
    """Names that lead to the field."""
    target: str
    field: str
    """The target's field with the same value."""
    others: tuple[str, ...]
    """Further keys of the target, which have the same names here."""
    is_lasting: bool
    """Whether the field stays when the row that it names is deleted."""
    belongs: bool
    """Whether the row belongs to the one that it names, as to a parent or whole."""

    @property
    def source(self) -> str:
        """The field with what it stands in, as in `foreign_keys`."""
        return ".".join(self.path)


def references(stream: type[BigCommerceStream]) -> Iterator[Reference]:
    """The stream's references, those to what its rows belong to first."""
    owners = _owners(stream)
    inherited, lasting = _inherited(stream)
    for source, key in {**owners, **inherited, **stream.foreign_keys}.items():
        target, field = key.split(".")
        keys = BY_NAME[target].keys()
        yield Reference(
            path=tuple(source.split(".")),
            target=target,
            field=field,
            others=tuple(other for other in keys if other != field),
            is_lasting=source in stream.outlives | lasting,
            belongs=source in owners,
        )


def _owners(stream: type[BigCommerceStream]) -> Mapping[str, str]:
    """Fields that name what the row belongs to."""
    if issubclass(stream, ChildStream):
        (key,) = stream.parent.keys()
        return {stream.parent_key: f"{name_of(stream.parent)}.{key}"}
    if issubclass(stream, PartStream):
        # What a field of the whole names there, it names here; its key names the whole itself.
        whole, keys = name_of(stream.whole), stream.whole.keys()
        named = {**_owners(stream.whole), **stream.whole.foreign_keys}
        return {
            name: named.get(source, f"{whole}.{source}")
            for name, source in stream.carries.items()
            if source in named or source in keys
        }
    return {}


def _inherited(stream: type[BigCommerceStream]) -> tuple[dict[str, str], set[str]]:
    """What the whole says of the fields of its part; and those that outlive what they name."""
    if not issubclass(stream, PartStream):
        return {}, set()
    before = f"{stream.part}."
    nested = {
        source.removeprefix(before): key
        for source, key in stream.whole.foreign_keys.items()
        if source.startswith(before)
    }
    return nested, {source for source in nested if f"{before}{source}" in stream.whole.outlives}
