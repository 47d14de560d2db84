"""Rows that a target has and the store does not have any more.

BigCommerce leaves no trace of a deleted row. So the ids that were written are kept in the state,
as `known_ids`, and those that are found to be gone are written once more, with the time.
"""

from __future__ import annotations

import typing as t

from tap_bigcommerce.streams.bookmark import KNOWN_IDS, UnreadableState
from tap_bigcommerce.streams.known_ids import KnownIds

if t.TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable

    from tap_bigcommerce.streams.bookmark import State

DELETED_AT: t.Final = "_sdc_deleted_at"
"""Property with the time at which a row was found to be gone."""


class Deletes:
    """The ids of one stream that its target has."""

    def __init__(self, state: State) -> None:
        """Read the stream's state.

        Raises:
            UnreadableState: The ids in it cannot be read.
        """
        self._state = state
        self.is_new = state.get(KNOWN_IDS) is None
        """Whether nothing is known of earlier runs."""
        try:
            self._known = KnownIds.of_state(state.get(KNOWN_IDS) or {})
        except ValueError as error:
            msg = f"State: `known_ids` cannot be read ({error}). Remove it, or the stream's state."
            raise UnreadableState(msg) from None
        self._read = KnownIds()

    def written(self, ids: Iterable[int]) -> None:
        """The target has these rows now."""
        ids = tuple(ids)
        self._read.add(ids)
        self._known.add(ids)
        self._save()

    def known(self) -> array[int]:
        """All ids that the target has, ascending."""
        return self._known.sorted()

    def unread(self) -> list[int]:
        """Known ids that were not read in this run, ascending."""
        return [number for number in self._known if number not in self._read]

    def gone(self, ids: Iterable[int]) -> None:
        """The target knows that these rows are gone."""
        self._known.discard(ids)
        self._save()

    def _save(self) -> None:
        self._state[KNOWN_IDS] = self._known.state()
