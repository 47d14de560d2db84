"""What a run wants of a list, and how the list is asked for it."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from tap_bigcommerce.scans.errors import InconsistentList
from tap_bigcommerce.schema.values import or_none, to_instant, to_integer

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tap_bigcommerce.api.pages import Page, Row
    from tap_bigcommerce.scans.cost import Cost, Extent
    from tap_bigcommerce.scans.reader import Reader


SECOND: t.Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The part of a list that a run wants."""

    since: datetime | None = None
    """Inclusive lower bound of the modification time."""
    until: datetime | None = None
    """Inclusive upper bound of the modification time."""
    after_id: int | None = None
    """Rows up to this id, or those of parents up to it, were written by an earlier run."""
    place: Mapping[str, t.Any] | None = None
    """Where a walk that goes neither by id nor by time goes on: what its scan wrote itself."""
    parents: Iterable[int] = ()
    """Ids of the parents whose rows are wanted, for `ParentBatches`."""
    parents_rise: bool = False
    """Whether they surely come in order of the ids, so that all up to one of them can be done."""

    @property
    def is_resumed(self) -> bool:
        """Whether an earlier run read a part of what is wanted."""
        return self.after_id is not None or self.place is not None


class Scan(t.Protocol):
    """A way to walk a list."""

    def pages(self, reader: Reader, bounds: Bounds) -> Iterator[Page]:
        """Pages with every row of the list within the bounds."""
        ...

    def cost(self, extent: Extent) -> Cost:
        """What that takes."""
        ...


@dataclass(frozen=True, slots=True)
class TimeFilter:
    """Names of the parameters that bound a list by time, and the field that they compare."""

    field: str
    since: str
    until: str | None = None

    def params(self, since: datetime | None, until: datetime | None = None) -> dict[str, str]:
        """Parameters for a window.

        Always with seconds and offset: BigCommerce completes a bare date with the present time.
        """
        bounds = {self.since: since, self.until: until}
        return {
            name: moment.isoformat(timespec="seconds")
            for name, moment in bounds.items()
            if name and moment
        }

    def around(self, since: datetime | None, until: datetime | None) -> dict[str, str]:
        """Parameters for a window that is a second wider on both sides.

        The reference calls the same bound inclusive in one place and exclusive in another.
        """
        return self.params(since and since - SECOND, until and until + SECOND)

    def of(self, row: Row) -> datetime:
        """The row's time.

        Raises:
            InconsistentList: The row has none, so the list cannot be walked by it.
        """
        moment = self.or_none(row)
        if moment is None:
            msg = f"a row without a readable `{self.field}` in a list that is walked by it"
            raise InconsistentList(msg)
        return moment

    def or_none(self, row: Row) -> datetime | None:
        """The row's time, if it has one that can be read."""
        text: str | None = or_none(to_instant, row.get(self.field))
        return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class UnixTimeFilter(TimeFilter):
    """The same in UNIX seconds."""

    def params(self, since: datetime | None, until: datetime | None = None) -> dict[str, str]:
        """Parameters for a window; never 0, which a server may take for none."""
        bounds = {self.since: since, self.until: until}
        return {
            name: str(max(int(moment.timestamp()), 1))
            for name, moment in bounds.items()
            if name and moment
        }


@dataclass(frozen=True, slots=True)
class IdFilter:
    """Names of the parameters that bound a list by id and sort it by id."""

    above: str
    below: str
    is_inclusive: bool
    ascending: Mapping[str, str]
    descending: Mapping[str, str] | None = None
    field: str = "id"

    def between(self, above: int | None, below: int | None) -> dict[str, str]:
        """Parameters for the ids between two others, both excluded, ascending."""
        shift = 1 if self.is_inclusive else 0
        params = dict(self.ascending)
        if above is not None:
            params[self.above] = str(above + shift)
        if below is not None:
            params[self.below] = str(below - shift)
        return params

    def of(self, row: Row) -> int:
        """The row's id."""
        number: int | None = or_none(to_integer, row.get(self.field))
        if number is None:
            msg = f"a row without a whole number as `{self.field}` in a list that is walked by it"
            raise InconsistentList(msg)
        return number

    def ascend(self, page: Page, above: int | None, below: int | None = None) -> list[int]:
        """The page's ids, checked to rise within the bounds.

        Raises:
            InconsistentList: They do not: the filter or the order was ignored.
        """
        ids = [self.of(row) for row in page.rows]
        bounded = [above, *ids] if above is not None else ids
        if any(left >= right for left, right in itertools.pairwise(bounded)) or (
            ids and below is not None and ids[-1] >= below
        ):
            msg = f"asked for ids between {above} and {below} in rising order, got others"
            raise InconsistentList(msg)
        return ids
