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


class UnreadableState(FatalAPIError):  # noqa: N818 (named as the SDK's are)
    """The state given to the run is no state of this stream."""


@dataclass(slots=True)
class Bookmark:
    """One stream's state, read at the start and moved when rows are written.

    Times are ISO 8601 in UTC with full seconds, so that they compare as texts.
    """

    state: State
    """The stream's part of the tap's state; changed in place."""
    key: str
    settings: Settings
    started: Callable[[], datetime]
    """When this run began, by the store's clock."""
    bounds: Bounds = field(init=False)
    _latest: str = field(init=False, default="")
    _began: datetime | None = field(init=False)

    def __post_init__(self) -> None:
        """Read the state.

        Raises:
            UnreadableState: A value in it is no date, or no id.
        """
        backfill = self.state.get("backfill") or {}
        value = None
        if self.state.get("replication_key") == self.key:
            value = self._moment(self.state, "replication_key_value")
        began = self._moment(backfill, "started") if value is None else None
        after_id = backfill.get("after_id") if began else None
        if after_id is not None and not isinstance(after_id, int):
            msg = f"State: `after_id` is {after_id!r}, not a number. Remove the stream's state."
            raise UnreadableState(msg)
        self._latest = str(backfill.get("latest") or "") if began else ""
        self._began = began
        since = value - timedelta(seconds=self.settings.lookback_s) if value else None
        if self.settings.start_date:
            since = max(since, self.settings.start_date) if since else self.settings.start_date
        self.bounds = Bounds(
            since=since,
            until=self.settings.end_date,
            after_id=after_id if since is None else None,
        )

    def written(self, latest: str | None, position: str | int | None) -> None:
        """Rows up to `position`, the latest of them modified at `latest`, have been written."""
        if latest and latest > self._latest:
            self._latest = latest
        if isinstance(position, int) and self.bounds.since is None:
            self.state["backfill"] = {
                "after_id": max(position, self.bounds.after_id or position),
                "started": self._cap().isoformat(timespec="seconds"),
                "latest": self._latest,
            }
        elif isinstance(position, str) and self.bounds.since is not None:
            self._move(position)

    def complete(self) -> None:
        """Every row within the bounds has been written."""
        self.state.pop("backfill", None)
        if self._latest:
            self._move(self._latest)

    def _move(self, value: str) -> None:
        """Move the bookmark forward, never past the start of the run nor backwards."""
        moved = min(datetime.fromisoformat(value), self._cap()).isoformat(timespec="seconds")
        if self.state.get("replication_key") != self.key:
            self.state.update(replication_key=self.key, replication_key_value=moved)
        elif moved > str(self.state.get("replication_key_value") or ""):
            self.state["replication_key_value"] = moved

    def _cap(self) -> datetime:
        """What the bookmark may not pass: the start of the run, or of the first, resumed one."""
        began = self._began or self.started()
        return min(began, self.settings.end_date) if self.settings.end_date else began

    @staticmethod
    def _moment(state: State, name: str) -> datetime | None:
        value = state.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            msg = f"State: `{name}` is {value!r}, not a date. Correct or remove the stream's state."
            raise UnreadableState(msg) from None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
