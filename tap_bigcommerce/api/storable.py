r"""What JSON can carry and targets cannot store: U+0000, halves of surrogate pairs, no numbers.

PostgreSQL refuses U+0000 in every text, and a whole batch with it; the others are no Unicode, or
no JSON at all. In their place stand U+FFFD and null, and what came is kept beside them as text
that any target can store: `"company": "a\ufffdb", "company as JSON": "\"a\\u0000b\""`. Nobody
declared that field, so it ends up in `_extra` and is reported, as all others that nobody declared.
"""

from __future__ import annotations

import json
import re
import typing as t

BESIDE: t.Final = " as JSON"
"""What follows a field's name in the name of the field that keeps what came."""

_UNSTORABLE: t.Final = re.compile("[\0\ud800-\udfff]")


def storable(value: t.Any) -> t.Any:  # noqa: ANN401 (any JSON value, and here)
    """The same value as targets can store it, with what came beside each member that changed.

    Floats are NaN and infinities, as all other numbers are whole or `Decimal`.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float):
        return None
    if isinstance(value, list):
        return [storable(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, item in value.items():
        name = storable(key)
        out[name] = storable(item)
        if name != key:
            out[name + BESIDE] = json.dumps({key: item}, default=str)
        elif _is_changed(item):
            out[name + BESIDE] = json.dumps(item, default=str)
    return out


def _is_changed(value: t.Any) -> bool:  # noqa: ANN401
    """Whether something in a value changes that has no name of its own."""
    if isinstance(value, list):
        return any(map(_is_changed, value))
    return isinstance(value, float) or (isinstance(value, str) and bool(_UNSTORABLE.search(value)))
