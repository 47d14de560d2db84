"""Fields that embedded rows lack: missing everywhere, or only where the rows are embedded?

Some fields are missing from some kinds of rows everywhere, such as `variant_id` of a line that is
not in the catalogue; others only from embedded rows, such as the weight of some lines
(bigcommerce/dev-docs#2052) and, by its schema, the name of an option. The rows' own endpoint tells
which it is.
"""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from tap_bigcommerce.api.pages import Row

    Gap = tuple[object, ...]


class Gaps:
    """Which kinds of rows may lack which fields; found out once for each kind and gap."""

    def __init__(self, fields: Collection[str], kind: Callable[[Row], Gap]) -> None:
        """Know the fields of a whole row, and what tells kinds of rows apart."""
        self._fields = frozenset(fields)
        self._kind = kind
        self._are_everywhere: dict[Gap, bool] = {}

    @property
    def has_lacks(self) -> bool:
        """Whether embedded rows were found to lack what their own endpoint has."""
        return not all(self._are_everywhere.values())

    def settle(self, rows: Sequence[Row], ask: Callable[[], Sequence[Row]]) -> Sequence[Row] | None:
        """The embedded rows, if they lack no field that their own endpoint has; else None.

        A gap not met before is settled by asking for the parent's own rows, which are the answer.
        """
        gaps = {gap for row in rows if (gap := self._gap(row))}
        unknown = gaps - self._are_everywhere.keys()
        if unknown:
            own = ask()
            if own:  # a parent that was deleted meanwhile has none, and teaches nothing
                real = {self._gap(row) for row in own}
                self._are_everywhere.update({gap: gap in real for gap in unknown})
            return own
        return rows if all(self._are_everywhere[gap] for gap in gaps) else None

    def _gap(self, row: Row) -> Gap | None:
        """Kind of the row and the fields that it lacks; None when it lacks none."""
        missing = sorted(self._fields - row.keys())
        return (*self._kind(row), *missing) if missing else None
