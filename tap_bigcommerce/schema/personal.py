"""What rows are not to show: personal data as the setting `personal_data` says, and secrets.

Record classes mark what tells who somebody is (`Personal`), and what lets somebody in (`Secret`).
Of what nobody declared, all that stands beside a personal field counts as personal, and as secret
what begins with a secret's name.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import typing as t

import msgspec

from tap_bigcommerce.schema.record import Record, fields_of, is_record

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from tap_bigcommerce.schema.convert import Found
    from tap_bigcommerce.schema.record import Field

    Row = dict[str, t.Any]

KEEP, HASH, DROP = "keep", "hash", "drop"
"""Values of the setting `personal_data`."""

_SEGMENT: t.Final = re.compile(r'\[\d+\]|\[("(?:[^"\\]|\\.)*")\]|[^.\[]+')


class Privacy:
    """What is done to personal data and to secrets."""

    def __init__(self, how: str, key: str, *, has_secrets: bool = False) -> None:
        """Prepare.

        Args:
            how: `keep`, `hash` or `drop` personal data.
            key: Secret of the hash. The same text gives the same hash as long as it is the same.
            has_secrets: Whether secrets are wanted.
        """
        self._has_secrets = has_secrets
        self._is_kept = how == KEEP
        self._is_hashed = how == HASH
        self._key = key.encode()

    def is_declared(self, field: Field) -> bool:
        """Whether the field is part of the schema. A hash is a text, so of others none is kept."""
        if field.is_secret and not self._has_secrets:
            return False
        is_text = field.type in {str, list[str]}
        return self._is_kept or not field.is_personal or (self._is_hashed and is_text)

    def cleaner(self, record: type[Record]) -> Callable[[Row], Row] | None:
        """What makes of a converted row one that may be shown; None for nothing to do."""
        changes = dict(self._changes(record))
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
        """What was found beyond the declaration, as far as it may be shown."""
        return [shown for one in found if (shown := self._shown(record, one))]

    def _shown(self, record: type[Record], one: Found) -> Found | None:
        marks = _marks(record, one.path)
        if marks.is_secret and not self._has_secrets:
            return None
        if self._is_kept or not marks.is_personal:
            return one
        return one._replace(value=self._hash(one.value)) if self._is_hashed else None

    def _changes(
        self, record: type[Record]
    ) -> Iterator[tuple[str, Callable[[t.Any], t.Any] | None]]:
        """Fields to change, and how; None for those to leave out."""
        for name, field in fields_of(record).items():
            if not self.is_declared(field):
                yield name, None
            elif field.is_personal and self._is_hashed:
                yield name, self._hash if field.type is str else _each(self._hash)
            elif change := self._nested(field.type):
                yield name, change

    def _nested(self, hint: t.Any) -> Callable[[t.Any], t.Any] | None:  # noqa: ANN401
        if t.get_origin(hint) is list:
            (item,) = t.get_args(hint)
            change = self._nested(item)
            return change and _each(change)
        return self.cleaner(hint) if is_record(hint) else None

    def _hash(self, value: t.Any) -> str:  # noqa: ANN401
        """64 hexadecimal digits."""
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def _each(change: Callable[[t.Any], t.Any]) -> Callable[[t.Any], t.Any]:
    return lambda values: [value and change(value) for value in values]


class _Marks(t.NamedTuple):
    is_personal: bool
    is_secret: bool


def _marks(record: type[Record], path: str) -> _Marks:
    """The marks of what stands at a path, of what holds it, and of what it holds."""
    kind: t.Any = record
    for segment in _SEGMENT.finditer(path):
        if t.get_origin(kind) is list:
            (kind,) = t.get_args(kind)
            continue
        fields = _members(kind)
        name = segment[0] if segment[1] is None else msgspec.json.decode(segment[1])
        if name not in fields:
            like = [field for known, field in fields.items() if name.startswith(known)]
            return _Marks(_any(fields.values()).is_personal, _any(like).is_secret)
        field = fields[name]
        if field.is_personal or field.is_secret:
            return _any([field])
        kind = field.type
    return _held(kind)


def _held(kind: t.Any) -> _Marks:  # noqa: ANN401 (an annotation is any object)
    """The marks of all that a value of this type holds."""
    fields = _members(kind).values()
    return _any([*fields, *(_held(field.type) for field in fields)])


def _members(kind: t.Any) -> Mapping[str, Field]:  # noqa: ANN401
    """Fields of a record or of those in a list; none of other types."""
    while t.get_origin(kind) is list:
        (kind,) = t.get_args(kind)
    return fields_of(kind) if is_record(kind) else {}


def _any(marked: Collection[Field | _Marks]) -> _Marks:
    return _Marks(any(one.is_personal for one in marked), any(one.is_secret for one in marked))
