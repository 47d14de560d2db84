"""A tap without a network: what would be asked of BigCommerce is answered here, in one thread."""

from __future__ import annotations

import json
from concurrent.futures import Future
from copy import deepcopy
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from singer_sdk.contrib.msgspec import MsgSpecWriter

from tap_bigcommerce.api.client import Answer, Tally
from tap_bigcommerce.api.pages import decode
from tap_bigcommerce.streams.walks import Walks
from tap_bigcommerce.tap import TapBigCommerce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tap_bigcommerce.api.client import Request
    from tap_bigcommerce.api.pool import Place

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONFIG: dict[str, Any] = {
    "store_id": "abc123",
    "auth_scheme": "PersonalAccessToken",
    "access_token": "s3cr3tvalue0fthestore",
    "lookback_s": 0,
}


class FakeClient:
    """Answers from a function of the request: JSON bytes, a value to be JSON, or an error."""

    gives_counts = False

    def __init__(self, answer: Callable[[Request], Any]) -> None:
        self._answer = answer
        self.asked: list[Request] = []
        """All but requests for counts of rows, where these are not given."""
        self.server_started: datetime | None = NOW
        self.is_closed = False
        self.is_alive = True
        self.is_token_good = False
        self.stats = Tally()

    def answers(self, _path: str) -> bool:
        return self.is_alive

    def still_opens(self, _path: str) -> bool:
        return self.is_token_good

    def get(self, request: Request, tally: Tally | None = None) -> Answer:
        if request.path.endswith("/count") and not self.gives_counts:
            return Answer(status=204, bodies=(b"",), attempts=1, limit=None)
        self.asked.append(request)
        self.stats.count(requests=1)
        if tally:
            tally.count(requests=1)
        value = self._answer(request)
        if isinstance(value, Exception):
            raise value
        if isinstance(value, Answer):
            return value
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return Answer(status=200, bodies=(body,), attempts=1, limit=request.limit)

    def paths(self) -> list[str]:
        return [request.path for request in self.asked]

    def close(self) -> None:
        self.is_closed = True


class InlinePool:
    """Work that is done when it is asked for."""

    def __init__(self) -> None:
        self.is_closed = False

    def submit_at(self, _: Place, fn: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args))
        except Exception as error:  # noqa: BLE001 - raised by who asks for the result
            future.set_exception(error)
        return future

    def ordered(self, fn: Callable[[Any], Any], items: Iterable[Any], **_: Any) -> Iterator[Any]:
        yield from map(fn, items)

    def close(self) -> None:
        self.is_closed = True


class Messages(list[dict[str, Any]]):
    """What a target would get."""

    def __bool__(self) -> bool:
        """Always: the SDK would take an empty one for none."""
        return True

    def write_message(self, message: Any) -> None:
        self.append(decode(bytes(MsgSpecWriter().serialize_message(message))))

    def rows(self, stream: str) -> list[dict[str, Any]]:
        return [m["record"] for m in self if m["type"] == "RECORD" and m["stream"] == stream]

    def states(self) -> list[dict[str, Any]]:
        return [m["value"]["bookmarks"] for m in self if m["type"] == "STATE"]

    def streams(self) -> set[str]:
        return {m["stream"] for m in self if m["type"] == "SCHEMA"}


class Offline:
    """A tap, what it asked for and what it wrote."""

    def __init__(
        self,
        answer: Callable[[Request], Any],
        *,
        state: Mapping[str, Any] | None = None,
        select: Sequence[str] | None = None,
        catalog: Mapping[str, Any] | None = None,
        **config: Any,
    ) -> None:
        self.messages = Messages()
        self.tap = TapBigCommerce(
            config={**CONFIG, **config},
            state={"bookmarks": dict(state)} if state else None,
            catalog=dict(catalog) if catalog else None,
            message_writer=self.messages,
        )
        for name, stream in self.tap.streams.items():
            if select is not None:
                stream.selected = name in select
        self.client = FakeClient(answer)
        self.pool = InlinePool()
        self.run = self.tap.run
        self.run.client = self.client  # type: ignore[assignment]
        self.run.pool = self.pool  # type: ignore[assignment]
        self.run._began = NOW
        self.run.walks = Walks(self.run._streams.values(), at_once=0)

    def sync(self) -> Messages:
        self.tap.sync_all()
        self.exit_code = self.run.end()
        return self.messages

    @property
    def bookmarks(self) -> dict[str, Any]:
        return self.tap.state.get("bookmarks", {})

    def stream(self, name: str) -> Any:
        return self.tap.streams[name]


def envelope(rows: Sequence[Any], **pagination: int) -> dict[str, Any]:
    """V3's answer; all rows in one page unless told otherwise."""
    counts = {"total": len(rows), "total_pages": 1, "current_page": 1, **pagination}
    return {"data": rows, "meta": {"pagination": counts}}


def rfc(text: str) -> str:
    """A date as V2 writes it."""
    return format_datetime(datetime.fromisoformat(text))


class Orders:
    """The list of orders by the API's filters and orders; the rest of the API is `others`."""

    def __init__(self, *rows: dict[str, Any], others: Mapping[str, Any] | None = None) -> None:
        self.rows = list(rows)
        self.others = dict(others or {})
        """Answers by the end of the path; a function is asked with the request."""
        self.breaks_after: int | None = None
        """Requests after which the server is in trouble."""
        self.error: Exception | None = None

    def __call__(self, request: Request) -> Any:
        if request.path != "/v2/orders":
            return self._other(request)
        if self.breaks_after is not None:
            self.breaks_after -= 1
            if self.breaks_after < 0:
                return self.error
        params = request.params
        rows = [row for row in self.rows if self._is_within(row, params)]
        field, _, direction = params.get("sort", "id:asc").partition(":")
        rows.sort(
            key=lambda row: (_moment(row) if field == "date_modified" else row["id"], row["id"]),
            reverse=direction == "desc",
        )
        return rows[: int(params["limit"])]

    def _other(self, request: Request) -> Any:
        for end, answer in self.others.items():
            if request.path.endswith(end):
                return answer(request) if callable(answer) else answer
        return []

    @staticmethod
    def _is_within(row: dict[str, Any], params: Mapping[str, str]) -> bool:
        least, most = params.get("min_date_modified"), params.get("max_date_modified")
        return (
            int(params.get("min_id", 0)) <= row["id"] <= int(params.get("max_id", row["id"]))
            and (not least or _moment(row) >= datetime.fromisoformat(least))
            and (not most or _moment(row) <= datetime.fromisoformat(most))
        )


def _moment(row: dict[str, Any]) -> datetime:
    return datetime.strptime(row["date_modified"], "%a, %d %b %Y %H:%M:%S %z")


def order(number: int, modified: str = "2026-11-01T00:00:00Z", **fields: Any) -> dict[str, Any]:
    """An order as the list gives it."""
    link = f"https://api.bigcommerce.com/stores/abc123/v2/orders/{number}/"
    links = {
        name: {"url": f"{link}{name}", "resource": f"/orders/{number}/{name}"}
        for name in ("products", "consignments", "fees")
    }
    counts = {"items_total": 0, "shipping_address_count": 0}
    return {"id": number, "date_modified": rfc(modified), **links, **counts, **fields}


def at(value, key="date_modified"):
    """A bookmark."""
    return {"replication_key": key, "replication_key_value": value}


def day(number):
    return f"2026-11-{number:02}T00:00:00+00:00"


def daily_orders(count=9):
    """One order for each of the first days of a month."""
    return [order(n, day(n), fees=[], consignments=[]) for n in range(1, count + 1)]


def ids(offline, stream="orders"):
    return [row["id"] for row in offline.messages.rows(stream)]


def some_orders(count=5):
    return Orders(
        *[
            order(n, f"2026-11-0{n}T00:00:00+00:00", fees=[], billing_address={"city": "Ulm"})
            for n in range(1, count + 1)
        ]
    )


def catalog(*selected, drop=()):
    """The catalog that discovery gives, with these streams selected."""
    entries = deepcopy(TapBigCommerce(validate_config=False, setup_mapper=False).catalog_dict)
    entries["streams"] = [e for e in entries["streams"] if e["tap_stream_id"] not in drop]
    for entry in entries["streams"]:
        root(entry)["selected"] = entry["tap_stream_id"] in selected
    return entries


def entry_of(entries, name):
    return next(entry for entry in entries["streams"] if entry["tap_stream_id"] == name)


def root(entry):
    return next(m["metadata"] for m in entry["metadata"] if not m["breadcrumb"])


def deselect(entry, *path):
    crumb = [part for name in path for part in ("properties", name)]
    (found,) = [m["metadata"] for m in entry["metadata"] if list(m["breadcrumb"]) == crumb]
    found.update(selected=False, inclusion="available")
