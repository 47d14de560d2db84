"""Personal data in rows: hashed or dropped, where the setting `personal_data` asks for it.

Record classes mark what tells who somebody is (`Personal`). Beside a marked field, one that nobody
declared counts as personal, too.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import typing as t

import msgspec

from tap_bigcommerce.schema.record import Record, fields_of

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_bigcommerce.schema.convert import Found
    from tap_bigcommerce.schema.record import Field

    Row = dict[str, t.Any]

KEEP, HASH, DROP = "keep", "hash", "drop"
"""Values of the setting `personal_data`."""

_SEGMENT: t.Final = re.compile(r'\[\d+\]|\[("(?:[^"\\]|\\.)*")\]|[^.\[]+')


class Privacy:
    """What is done to personal data."""

    def __init__(self, how: str, key: str) -> None:
        """Prepare.

        Args:
            how: `keep`, `hash` or `drop`.
            key: Secret of the hash. The same text gives the same hash as long as it is the same.
        """
        self._is_kept = how == KEEP
        self._is_hashed = how == HASH
        self._key = key.encode()

    def is_declared(self, field: Field) -> bool:
        """Whether the field is part of the schema. A hash is a text, so of others none is kept."""
        is_text = field.type in {str, list[str]}
        return self._is_kept or not field.is_personal or (self._is_hashed and is_text)

    def cleaner(self, record: type[Record]) -> Callable[[Row], Row] | None:
        """What makes a new row without personal data of a converted one; None for nothing to do."""
        changes = {} if self._is_kept else dict(self._changes(record))
        if not changes:
            return None

        def clean(row: Row) -> Row:
            out = {}
            for name, value in row.items():
                if name not in changes:
                    out[name] = value
                elif change := changes[name]:
                    out[name] = value and change(value)
            return out

        return clean

    def found(self, record: type[Record], found: list[Found]) -> list[Found]:
        """What was found beyond the declaration, free of personal data."""
        personal = [one for one in found if not self._is_kept and _is_personal(record, one.path)]
        if not personal:
            return found
        kept = [one for one in found if one not in personal]
        if self._is_hashed:
            kept += [one._replace(value=self._hash(one.value)) for one in personal]
        return kept

    def _changes(
        self, record: type[Record]
    ) -> Iterator[tuple[str, Callable[[t.Any], t.Any] | None]]:
        """Fields to change, and how; None for those to leave out."""
        for name, field in fields_of(record).items():
            if not self.is_declared(field):
                yield name, None
            elif field.is_personal:
                yield name, self._hash if field.type is str else _each(self._hash)
            elif change := self._nested(field.type):
                yield name, change

    def _nested(self, hint: t.Any) -> Callable[[t.Any], t.Any] | None:  # noqa: ANN401
        if t.get_origin(hint) is list:
            (item,) = t.get_args(hint)
            change = self._nested(item)
            return change and _each(change)
        return self.cleaner(hint) if isinstance(hint, type) and issubclass(hint, Record) else None

    def _hash(self, value: t.Any) -> str:  # noqa: ANN401
        """64 hexadecimal digits."""
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def _each(change: Callable[[t.Any], t.Any]) -> Callable[[t.Any], t.Any]:
    return lambda values: [value and change(value) for value in values]


def _is_personal(record: type[Record], path: str) -> bool:
    """Whether the value at a path is personal: marked, or undeclared beside a marked one."""
    kind: t.Any = record
    for segment in _SEGMENT.finditer(path):
        name = segment[0]
        if t.get_origin(kind) is list:
            (kind,) = t.get_args(kind)
            continue
        if not (isinstance(kind, type) and issubclass(kind, Record)):
            return False
        fields = fields_of(kind)
        field = fields.get(name if segment[1] is None else msgspec.json.decode(segment[1]))
        if field is None:
            return any(one.is_personal for one in fields.values())
        if field.is_personal:
            return True
        kind = field.type
    return False
