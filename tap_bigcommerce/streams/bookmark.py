"""How far a stream has come: the part of the state that is its own.

The SDK can keep one value per stream, for streams sorted by it or at their end. Ours also resume
a backfill that walks by id, and never pass the time at which the run began, so the streams keep
their state themselves, in the SDK's form:

    {"replication_key": "date_modified", "replication_key_value": "2026-11-01T12:00:00+00:00"}

and, while a first read is under way, `{"backfill": {"after_id", "started", "latest"}}`.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.scans import Bounds

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_bigcommerce.settings import Settings

State = dict[str, t.Any]

MOST_AHEAD: t.Final = timedelta(days=1)
"""Clocks of two machines differ by less; a bookmark further ahead is a mistake."""


class UnreadableState(FatalAPIError):  # noqa: N818 (named as the SDK's are)
    """The state given to the run is no state of this stream."""


@dataclass(slots=True)
class Bookmark:
    """One stream's state, read at the start and moved when rows are written."""

    state: State
    """The stream's part of the tap's state; changed in place."""
    key: str
    settings: Settings
    started: Callable[[], datetime]
    """When this run began, by the store's clock."""
    bounds: Bounds = field(init=False)
    _value: datetime | None = field(init=False)
    _began: datetime | None = field(init=False, default=None)
    _latest: str = field(init=False, default="")
    """Time of the latest row, ISO 8601 in UTC, so that times compare as texts."""

    def __post_init__(self) -> None:
        """Read the state.

        Raises:
            UnreadableState: A value in it is no date, no id, or lies in the future.
        """
        self._value = self._read_value()
        after_id = self._read_backfill() if self._value is None else None
        since = self._value and self._value - timedelta(seconds=self.settings.lookback_s)
        if self.settings.start_date:
            since = max(since, self.settings.start_date) if since else self.settings.start_date
        self.bounds = Bounds(
            since=since,
            until=self.settings.end_date,
            after_id=after_id if since is None else None,
        )

    def _read_value(self) -> datetime | None:
        if self.state.get("replication_key") != self.key:
            return None
        value, now = _moment(self.state, "replication_key_value"), self.started()
        if value is None or value <= now:
            return value
        if value - now > MOST_AHEAD:
            raise _unreadable(self.state, "replication_key_value", "a date in the past")
        # Were it kept, nothing modified before it would be read from now on.
        self.state["replication_key_value"] = _text(now)
        return now

    def _read_backfill(self) -> int | None:
        """The id that an interrupted first read got to."""
        backfill = self.state.get("backfill") or {}
        if not isinstance(backfill, dict):
            raise _unreadable(self.state, "backfill", "an object")
        after_id = backfill.get("after_id")
        if after_id is not None and type(after_id) is not int:
            raise _unreadable(backfill, "after_id", "a whole number")
        began, latest = _moment(backfill, "started"), _moment(backfill, "latest")
        if began is None:  # nothing says since when the rows up to that id may have changed
            return None
        self._began, self._latest = began, _text(latest) if latest else ""
        return after_id

    def written(self, latest: str | None, position: str | int | None) -> None:
        """Rows up to `position`, the latest of them modified at `latest`, have been written."""
        if latest and latest > self._latest:
            self._latest = latest
        if isinstance(position, int) and self.bounds.since is None:
            self.state["backfill"] = {
                "after_id": max(position, self.bounds.after_id or position),
                "started": _text(self._cap()),
                "latest": self._latest,
            }
        elif isinstance(position, str) and self.bounds.since is not None:
            self._move(position)

    def start_over(self) -> None:
        """Rows may be missing before the last position, so a first read may not resume there."""
        self.state.pop("backfill", None)

    def complete(self) -> None:
        """Every row within the bounds has been written."""
        self.state.pop("backfill", None)
        if self._latest:
            self._move(self._latest)

    def _move(self, value: str) -> None:
        """Move the bookmark forward, never past the start of the run nor backwards."""
        moved = min(datetime.fromisoformat(value), self._cap()).replace(microsecond=0)
        if self._value is None or moved > self._value:
            self._value = moved
            self.state.update(replication_key=self.key, replication_key_value=_text(moved))

    def _cap(self) -> datetime:
        """What the bookmark may not pass: the start of the run, or of the first, resumed one."""
        return min(filter(None, (self.started(), self._began, self.settings.end_date)))


def _moment(state: State, name: str) -> datetime | None:
    """A time of the state in UTC with full seconds, as rows have them."""
    value = state.get(name)
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value).replace(microsecond=0)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        raise _unreadable(state, name, "a date") from None
    if moment < datetime.fromtimestamp(0, UTC):
        raise _unreadable(state, name, "a date since 1970")
    return moment


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _unreadable(state: State, name: str, wanted: str) -> UnreadableState:
    given = state[name]
    return UnreadableState(
        f"State: `{name}` is {given!r}, not {wanted}. Correct or remove the stream's state."
    )
