"""Which rows exist and when each was changed: eight bytes a fact, no rendered row.

A table knows ids and dates only. What a row says is a function of its id, elsewhere.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

_ID_BITS = 28
_ID_MASK = (1 << _ID_BITS) - 1
_REMEMBERED = 8


class Table:
    """Ids in ascending order, with creation and modification times in UNIX seconds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ids = array("q")
        self.created = array("q")
        self.modified = array("q")
        self.by_modified = array("q")
        self.version = 0
        self._next_id = 1
        self._selections: OrderedDict[Hashable, tuple[int, Sequence[int]]] = OrderedDict()

    def fill(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Load (id, created, modified) in ascending order of id, once."""
        for id_, created, modified in rows:
            self.ids.append(id_)
            self.created.append(created)
            self.modified.append(modified)
        self.by_modified = array(
            "q",
            sorted(at << _ID_BITS | id_ for id_, at in zip(self.ids, self.modified, strict=True)),
        )
        self._next_id = self.ids[-1] + 1 if self.ids else 1

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, id_: int) -> bool:
        at = bisect_left(self.ids, id_)
        return at < len(self.ids) and self.ids[at] == id_

    def created_at(self, id_: int) -> int:
        """Creation time of a row that exists."""
        return self.created[self._position(id_)]

    def modified_at(self, id_: int) -> int:
        """Modification time of a row that exists."""
        return self.modified[self._position(id_)]

    def add(self, now: int) -> int:
        """A new row's id. Ids are never used twice."""
        id_ = self._next_id
        self._next_id += 1
        self.ids.append(id_)
        self.created.append(now)
        self.modified.append(now)
        insort(self.by_modified, now << _ID_BITS | id_)
        self.version += 1
        return id_

    def touch(self, id_: int, now: int) -> None:
        """Note a change."""
        at = self._position(id_)
        self._drop_modified(id_, self.modified[at])
        self.modified[at] = now
        insort(self.by_modified, now << _ID_BITS | id_)
        self.version += 1

    def remove(self, id_: int) -> None:
        """Forget a row. It leaves no trace, as at BigCommerce."""
        at = self._position(id_)
        self._drop_modified(id_, self.modified[at])
        del self.ids[at], self.created[at], self.modified[at]
        self.version += 1

    def between(self, low: int | None, high: int | None) -> Sequence[int]:
        """Ids from `low` to `high`, both included, ascending."""
        start = 0 if low is None else bisect_left(self.ids, low)
        stop = len(self.ids) if high is None else bisect_right(self.ids, high)
        return self.ids[start:stop]

    def modified_between(self, low: int | None, high: int | None) -> list[int]:
        """Ids of rows changed from `low` to `high`, both included, oldest change first."""
        start = 0 if low is None else bisect_left(self.by_modified, low << _ID_BITS)
        stop = (
            len(self.by_modified)
            if high is None
            else bisect_left(self.by_modified, (high + 1) << _ID_BITS)
        )
        return [entry & _ID_MASK for entry in self.by_modified[start:stop]]

    def remember(self, key: Hashable, select: Callable[[], Sequence[int]]) -> Sequence[int]:
        """The outcome of `select`, kept while the table does not change: pages share it."""
        known = self._selections.get(key)
        if known is not None and known[0] == self.version:
            self._selections.move_to_end(key)
            return known[1]
        ids = select()
        if isinstance(ids, list):
            ids = array("q", ids)
        self._selections[key] = (self.version, ids)
        while len(self._selections) > _REMEMBERED:
            self._selections.popitem(last=False)
        return ids

    def _position(self, id_: int) -> int:
        at = bisect_left(self.ids, id_)
        if at == len(self.ids) or self.ids[at] != id_:
            raise KeyError(id_)
        return at

    def _drop_modified(self, id_: int, modified: int) -> None:
        del self.by_modified[bisect_left(self.by_modified, modified << _ID_BITS | id_)]


class Children:
    """Ids of rows that belong to a parent: consecutive for the rows the store opened with."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._parents = array("q")
        self._first = array("q")
        self._count = array("q")
        self._extra: dict[int, list[int]] = {}
        self._parent_of_extra: dict[int, int] = {}

    def fill(self, families: Iterable[tuple[int, int, int]], first_id: int) -> None:
        """Load (parent id, number of children, creation time), parents ascending."""
        rows: list[tuple[int, int, int]] = []
        next_id = first_id
        for parent, count, created in families:
            self._parents.append(parent)
            self._first.append(next_id)
            self._count.append(count)
            rows.extend((next_id + at, created, created) for at in range(count))
            next_id += count
        self.table.fill(rows)

    def born(self, parent: int) -> range:
        """Ids that the parent opened with, whether they still exist or not."""
        at = bisect_left(self._parents, parent)
        if at == len(self._parents) or self._parents[at] != parent:
            return range(0)
        return range(self._first[at], self._first[at] + self._count[at])

    def of(self, parent: int) -> list[int]:
        """Ids of the parent's children now, ascending."""
        born = [id_ for id_ in self.born(parent) if id_ in self.table]
        return born + [id_ for id_ in self._extra.get(parent, ()) if id_ in self.table]

    def parent_of(self, id_: int) -> int:
        """The parent of a child, even of one that is gone."""
        extra = self._parent_of_extra.get(id_)
        if extra is not None:
            return extra
        # A childless parent shares its first id with the next parent, which is the one found.
        return self._parents[bisect_right(self._first, id_) - 1]

    def place(self, id_: int) -> int:
        """The child's position among those its parent opened with; later ones count on."""
        parent = self.parent_of(id_)
        born = self.born(parent)
        return id_ - born.start if id_ in born else len(born) + self._extra[parent].index(id_)

    def ever(self, parent: int) -> int:
        """How many children the parent ever had."""
        return len(self.born(parent)) + len(self._extra.get(parent, ()))

    def add(self, parent: int, now: int) -> int:
        """A new child of `parent`."""
        id_ = self.table.add(now)
        self._extra.setdefault(parent, []).append(id_)
        self._parent_of_extra[id_] = parent
        return id_

    def remove_of(self, parent: int) -> None:
        """Remove all children of a parent that goes."""
        for id_ in self.of(parent):
            self.table.remove(id_)
