"""How far a stream has come: the part of the state that is its own.

The SDK can keep one value per stream, for streams sorted by it or at their end. Ours also resume
a read that was interrupted, and never pass the time at which the run began, so the streams keep
their state themselves, in the SDK's form:

    {"replication_key": "date_modified", "replication_key_value": "2026-11-01T12:00:00+00:00"}

While a read is under way that could not go on by that value, `backfill` says where it is:
`{"after_id", "started", "latest"}`, or with `place`, `since` and `until` for `after_id`; and, of
a stream that is read whole each time, the `version` that its rows were written with.
Where `channel_ids` limits the stream, `channels` are those that all of this holds for.
Where deletes are looked for, `known_ids` are the rows that the target has (`deletes.py`).
"""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from singer_sdk.exceptions import FatalAPIError

from tap_bigcommerce.scans import Bounds

if t.TYPE_CHECKING:
    from tap_bigcommerce.settings import Settings

State = dict[str, t.Any]

KNOWN_IDS: t.Final = "known_ids"
"""Where the ids of rows are that the target has (`deletes.py`)."""
OWN: t.Final = ("replication_key", "replication_key_value", "backfill", "channels")
"""What says how far a stream has come."""
MOST_AHEAD: t.Final = timedelta(days=1)
"""A bookmark that is ahead of the store's clock by more is a mistake, not a local time."""
STALE: t.Final = timedelta(hours=12)
"""After this, a stream that is read whole each time is not resumed: nothing would tell which of
the rows that were read before have changed, and its reader expects the store of today."""


class UnreadableState(FatalAPIError):  # noqa: N818 (named as the SDK's are)
    """The state given to the run is no state of this stream."""


class _Run(t.Protocol):
    """What a bookmark has to know of the run."""

    @property
    def settings(self) -> Settings: ...

    def started(self) -> datetime:
        """When it began, by the store's clock."""
        ...

    def store_time(self) -> datetime | None:
        """The store's clock, which is asked for it if need be."""
        ...


@dataclass(slots=True)
class Bookmark:
    """One stream's state, read at the start and moved when rows are written."""

    state: State
    """The stream's part of the tap's state; changed in place."""
    key: str | None
    """The replication key; None for a stream that is read whole each time."""
    run: _Run
    channels: tuple[int, ...] = ()
    """What the stream is limited to, if it is."""
    bounds: Bounds = field(init=False)
    added_channels: list[int] | str = field(init=False, default="")
    """Channels whose rows the state does not hold for, so that everything is read again."""
    version: int = field(init=False)
    """Version of the table of a stream that is read whole each time: when that began, in ms."""
    _value: datetime | None = field(init=False)
    _began: datetime | None = field(init=False, default=None)
    _latest: str = field(init=False, default="")
    """Time of the latest row, ISO 8601 in UTC, so that times compare as texts."""

    def __post_init__(self) -> None:
        """Read the state.

        Raises:
            UnreadableState: It is of another form, holds no date or no id, or lies in the future.
        """
        known = self._known_channels()
        if self.channels and not (known and set(known) <= set(self.channels)):
            self.state.pop(KNOWN_IDS, None)  # the rows of channels left out now are not gone
        if self._has_new_channels(known):
            for name in OWN:
                self.state.pop(name, None)
        settings = self.run.settings
        self.version = time.time_ns() // 1_000_000
        self._value = self._read_value() if self.key else None
        since = self._value and self._value - timedelta(seconds=settings.lookback_s)
        if self.key and settings.start_date:
            since = max(since, settings.start_date) if since else settings.start_date
        self.bounds = Bounds(since=since, until=settings.end_date if self.key else None)
        self._read_backfill()

    def _known_channels(self) -> list[int] | None:
        known = self.state.get("channels")
        is_list = isinstance(known, list) and all(type(number) is int for number in known)
        if known is not None and not is_list:
            raise _unreadable(self.state, "channels", "a list of whole numbers")
        return t.cast("list[int] | None", known)

    def _has_new_channels(self, known: list[int] | None) -> bool:
        """Whether there are channels that earlier runs left out."""
        if known is None:
            return False
        added = sorted(set(self.channels) - set(known))
        if self.channels and not added:
            return False
        self.added_channels = added or "all channels"
        return True

    def _read_value(self) -> datetime | None:
        """The bookmark, brought back to now where it is a little ahead."""
        value = _moment(self.state, "replication_key_value")
        self._check_is_ours(value)
        if value is None:
            return None
        now = self.run.started()
        if value > now:  # whose clock is wrong, the state's or this machine's?
            now = max(now, self.run.store_time() or now)
        if value <= now:
            return value
        if value - now > MOST_AHEAD:
            raise _unreadable(self.state, "replication_key_value", "a date in the past")
        # Were it kept, nothing modified before it would be read from now on.
        self.state["replication_key_value"] = _text(now)
        return now

    def _check_is_ours(self, value: datetime | None) -> None:
        """Whether it is a bookmark of this stream, or nothing at all.

        Raises:
            UnreadableState: It is another tap's, which is not to be lost without a word.
        """
        key = self.state.get("replication_key")
        known = {*OWN, "known_ids"}
        foreign = [name for name, what in self.state.items() if what and name not in known]
        if value and key != self.key:
            what = f"`replication_key` is {key!r}"
        elif foreign and not value and not self.state.get("backfill"):
            what = f"`{foreign[0]}` is not known"
        else:
            return
        msg = (
            f"State: {what}. Write `{self.key}` as replication_key and a date as "
            "replication_key_value, or remove the stream's state."
        )
        raise UnreadableState(msg)

    def _read_backfill(self) -> None:
        """Go on where an interrupted read got to, if this run wants the same rows."""
        backfill = self.state.get("backfill") or {}
        if not isinstance(backfill, dict):
            raise _unreadable(self.state, "backfill", "an object")
        if not backfill:
            return
        after_id, place = backfill.get("after_id"), backfill.get("place")
        if after_id is not None and type(after_id) is not int:
            raise _unreadable(backfill, "after_id", "a whole number")
        if place is not None and not isinstance(place, dict):
            raise _unreadable(backfill, "place", "an object")
        began, latest = _moment(backfill, "started"), _moment(backfill, "latest")
        if began is None:  # nothing says since when the rows that were read may have changed
            raise _unreadable(backfill, "started", "a date")
        window = self._window()
        is_same = window.items() <= backfill.items() if place else self._value is None
        # Without the version of the rows that were read, targets would drop them for these.
        version = backfill.get("version", self.key and self.version)
        is_stale = self.key is None and self.run.started() - began > STALE
        if not is_same or is_stale or type(version) is not int:
            return
        self.version = version
        self._began, self._latest = began, _text(latest) if latest else ""
        since, until = self.bounds.since, self.bounds.until
        if place:
            self.bounds = Bounds(since=since, until=until, place=place)
        elif since is None:
            self.bounds = Bounds(until=until, after_id=after_id)

    def written(self, latest: str | None, position: str | int | State | None) -> None:
        """Rows up to `position`, the latest of them modified at `latest`, have been written."""
        if latest and latest > self._latest:
            self._latest = latest
        since = self.bounds.since
        if isinstance(position, int) and since is None:
            self._save({"after_id": max(position, self.bounds.after_id or position)})
        elif isinstance(position, dict):
            self._save({"place": position, **self._window()})
        elif isinstance(position, str) and since is not None:
            self._move(position)

    def start_over(self) -> None:
        """Rows may be missing before the last position, so a read may not resume there."""
        self.state.pop("backfill", None)

    def complete(self) -> None:
        """Every row within the bounds has been written."""
        # In this order: a signal may have the state written in between.
        if self.key and self._latest:
            self._move(self._latest)
        self.state.pop("backfill", None)

    def _window(self) -> State:
        """The bounds in time, for the state."""
        since, until = self.bounds.since, self.bounds.until
        return {"since": since and _text(since), "until": until and _text(until)}

    def _save(self, reached: State) -> None:
        """Note where a later run goes on."""
        started = _text(self._cap())
        self._note_channels()
        version = {} if self.key else {"version": self.version}
        self.state["backfill"] = {**reached, "started": started, "latest": self._latest, **version}

    def _move(self, value: str) -> None:
        """Move the bookmark forward, never past the start of the run nor backwards."""
        moved = min(datetime.fromisoformat(value), self._cap()).replace(microsecond=0)
        if self._value is None or moved > self._value:
            self._value = moved
            self._note_channels()
            self.state.update(replication_key=self.key, replication_key_value=_text(moved))

    def _note_channels(self) -> None:
        if self.channels:
            self.state["channels"] = list(self.channels)

    def _cap(self) -> datetime:
        """What the bookmark may not pass: the start of the run, or of the first, resumed one."""
        return min(filter(None, (self.run.started(), self._began, self.bounds.until)))


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
    given = state.get(name)
    return UnreadableState(
        f"State: `{name}` is {given!r}, not {wanted}. Correct or remove the stream's state."
    )
