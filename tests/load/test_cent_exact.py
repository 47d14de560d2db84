"""From bytes on the wire to rows in PostgreSQL: every form of every value, generated.

hypothesis makes the rows, one at a time, and one load takes them all. The server is none of the
sandbox: it sends the JSON as it was generated, digit by digit.
"""

from __future__ import annotations

import json
import typing as t
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tap_bigcommerce.schema.record import Record, fields_of
from tap_bigcommerce.streams.catalog import Products
from tap_bigcommerce.streams.customers import CustomerGroups, Customers
from tap_bigcommerce.streams.marketing import Coupons, GiftCertificates, Promotions
from tap_bigcommerce.streams.orders import Order, OrderRefunds, Orders
from tests.load.pipe import load, program_with
from tests.load.readers import postgres_rows
from tests.load.tables import EXACT, compare_tables
from tests.support.store import SECRET

if t.TYPE_CHECKING:
    from tap_bigcommerce.sandbox import Sandbox

pytestmark = pytest.mark.load

STREAMS = (
    Orders,
    OrderRefunds,
    Products,
    Customers,
    CustomerGroups,
    Coupons,
    GiftCertificates,
    Promotions,
)
"""Both versions, every form of date, decimals as texts and as numbers, and objects inside."""
ROWS = 201
"""Of each stream: fewer than a page, and no number that a cut might have."""

LINKS = ("products", "consignments", "fees")
LINK = '{"url":"https://x/orders/1/products","resource":"/orders/1/products"}'

# Strategies give JSON as it stands in an answer, because 1.50, 1.5 and 15e-1 are one number.


def as_text(token: str) -> str:
    """A token inside of quotes, as V2 has its numbers."""
    return json.dumps(token)


def whole(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(str)


UNSET = st.sampled_from(["null", '""'])
DIGITS = st.one_of(
    st.decimals(-(10**9), 10**9, places=4, allow_nan=False).map(lambda one: format(one, "f")),
    st.decimals(-(10**20), 10**20, places=10, allow_nan=False).map(lambda one: format(one, "f")),
    st.integers(-(10**30), 10**30).map(lambda one: f"{one}.{abs(one) % 10**15:015}"),
    whole(-(10**30), 10**30),
    whole(-(2**53) - 9, -(2**53) + 9),
    whole(2**53 - 9, 2**53 + 9),
    st.sampled_from(["0", "0.0000", "0.1", "1.10", "100.00", "1E-7"]),
).filter(lambda token: not token.startswith("-0") or Decimal(token))  # columns have no -0
DECIMALS = DIGITS | DIGITS.map(as_text) | UNSET
INTEGERS = st.one_of(
    whole(-(2**31), 2**31),
    whole(2**53 - 9, 2**63 - 1),
    whole(1 - 2**63, -(2**53) + 9),
    whole(2**63, 2**70),  # no column takes these
    whole(0, 10**6).map(as_text),
    whole(0, 99).map(lambda one: f"{one}.0"),
    st.sampled_from(['"many"', "1.5", '"1.0"']),
    UNSET,
)
BOOLEANS = st.sampled_from(["true", "false", "0", "1", '"0"', '"1"', '"true"', '"false"']) | UNSET


def moments(first: int, last: int) -> st.SearchStrategy[datetime]:
    start, end = datetime(first, 1, 1), datetime(last, 12, 31)  # noqa: DTZ001 - hypothesis adds no zone to others
    return st.datetimes(start, end).map(lambda one: one.replace(microsecond=0, tzinfo=UTC))


OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


def sign_of(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def rfc_2822(moment: datetime, offset: timedelta) -> str:
    return f"{moment:%a, %d %b %Y %H:%M:%S} {sign_of(offset)}"


def iso(moment: datetime, offset: timedelta) -> str:
    sign = sign_of(offset)
    return f"{moment:%Y-%m-%dT%H:%M:%S}{sign[:3]}:{sign[3:]}"


DATES = st.one_of(
    st.builds(rfc_2822, moments(1980, 2100), OFFSETS).map(as_text),
    st.builds(iso, moments(1950, 2200), OFFSETS).map(as_text),
    moments(1970, 2200).map(lambda one: as_text(f"{one:%Y-%m-%dT%H:%M:%SZ}")),
    st.builds(
        lambda one, ms: as_text(f"{one:%Y-%m-%dT%H:%M:%S}.{ms:03}Z"),
        moments(1990, 2050),
        st.integers(0, 999),
    ),
    moments(1970, 2100).map(lambda one: as_text(f"{one:%Y-%m-%d %H:%M:%S}")),
    moments(1970, 2100).map(lambda one: as_text(f"{one:%Y-%m-%d}")),
    whole(1, 2**32),
    whole(1, 2**32).map(as_text),
    st.sampled_from(['"0"', "0", '"0000-00-00"', '"0000-00-00 00:00:00"', '"soon"']),
    UNSET,
)

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
PLAIN = st.text(CHARACTERS, max_size=20) | st.sampled_from(
    ["0", "null", "\\u0000", "\U0001f600 \u200d\u2028", "a\tb\r\n", "' \" \\", "1e5", "NaN", " "]
)
TEXTS = st.one_of(
    PLAIN.map(as_text),
    PLAIN.map(lambda text: json.dumps(text, ensure_ascii=False)),
    UNSET,
    # `external_id` and others come as numbers, too, and as lists.
    whole(-(10**25), 10**25),
    st.lists(PLAIN, max_size=2).map(json.dumps),
)
LEAVES = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | PLAIN
NAMES = st.sampled_from(["news", "more news", "a.b", 'odd "name"', ""])
OBJECTS = st.recursive(
    st.dictionaries(NAMES, LEAVES, max_size=2),
    lambda inner: st.dictionaries(NAMES, inner | st.lists(inner | LEAVES, max_size=2), max_size=2),
    max_leaves=4,
).map(json.dumps)


def tokens(hint: t.Any) -> st.SearchStrategy[str]:
    """JSON of a value of this declared type, in all forms."""
    if t.get_origin(hint) is list:
        (item,) = t.get_args(hint)
        lists = st.lists(tokens(item), max_size=2).map(lambda items: f"[{','.join(items)}]")
        return lists | st.sampled_from(["null", "[]", "{}"])
    if isinstance(hint, type) and issubclass(hint, Record):
        return rows_of(hint).map(as_object) | st.sampled_from(["null", "[]", "{}"])
    return {
        Decimal: DECIMALS,
        datetime: DATES,
        int: INTEGERS,
        bool: BOOLEANS,
        str: TEXTS,
        dict: OBJECTS | st.sampled_from(["null", "[]"]),
    }[hint]


def rows_of(record: type[Record]) -> st.SearchStrategy[dict[str, str]]:
    fields = {name: tokens(field.type) for name, field in fields_of(record).items()}
    return st.fixed_dictionaries({}, optional=fields)


def as_object(row: dict[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{token}" for name, token in row.items()) + "}"


def generated(record: type[Record], keys: t.Iterable[str]) -> list[str]:
    """Rows of a stream, JSON each, the same ones every time."""
    found: list[str] = []
    is_order = record is Order

    @settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=ROWS,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(rows_of(record), st.dictionaries(st.just("news"), OBJECTS, max_size=1))
    def collect(row: dict[str, str], unknown: dict[str, str]) -> None:
        number = str(len(found) + 1)
        # What belongs to an order is a link to it, which the comparison makes of this one.
        links = {name: LINK.replace("products", name) for name in LINKS} if is_order else {}
        found.append(as_object({**row, **unknown, **links, **dict.fromkeys(keys, number)}))

    collect()
    return found


class Wire:
    """A store of which nothing is known but the JSON of its rows."""

    store_hash = "wire"
    token = SECRET

    def __init__(self, rows: dict[str, list[str]]) -> None:
        self.api_url = self.b2b_api_url = ""
        self._rows = rows
        self._lists = {f"/stores/wire{one.path}": one.name for one in STREAMS}

    def rows(self, stream: str) -> t.Iterator[dict[str, t.Any]]:
        """What was sent, as Python's own reader has it."""
        for row in self._rows[stream]:
            yield json.loads(row, parse_float=Decimal)

    def answer(self, target: str) -> bytes:
        """The list, whole; by falling ids where they are wanted so."""
        url = urlsplit(target)
        query = parse_qs(url.query)
        rows = self._rows[self._lists[url.path]]
        is_falling = "desc" in "".join([*query.get("sort", ()), *query.get("direction", ())])
        body = ",".join(rows[::-1] if is_falling else rows)
        if "/v2/" in url.path:
            return f"[{body}]".encode()
        count = len(rows)
        meta = {
            "total": count,
            "count": count,
            "per_page": 250,
            "current_page": 1,
            "total_pages": 1,
        }
        return f'{{"data":[{body}],"meta":{json.dumps({"pagination": meta})}}}'.encode()

    @contextmanager
    def serve(self) -> t.Iterator[t.Self]:
        """Listen, on this machine alone."""
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = answer(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = Thread(target=server.serve_forever)
            thread.start()
            self.api_url = f"http://127.0.0.1:{server.server_port}"
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


LONG = json.dumps("é😀\n" * 260_000, ensure_ascii=False)
"""A megabyte and more."""


def test_every_form_of_every_value_arrives(postgres, program, tmp_path, report):
    """Decimals with their digits, dates as the instant that they mean; the rest in `_extra`."""
    rows = {one.name: generated(one.record, one.primary_keys) for one in STREAMS}
    rows["products"].append(f'{{"id":{ROWS + 100},"description":{LONG},"price":1.005}}')
    names = list(rows)
    command = program_with(
        program("TAP_TEST_TARGET_POSTGRES"), postgres.target_settings("wire"), tmp_path
    )
    with Wire(rows).serve() as wire:
        store = t.cast("Sandbox", wire)  # of which no more is used
        load(store, command, tmp_path, *names)
        loaded = compare_tables(store, postgres_rows(postgres, "wire"), EXACT, streams=names)
    report("PostgreSQL, generated values", loaded)
    assert loaded.together.differences == [], loaded.together
    assert loaded.together.decimals > 2_000
    assert loaded.together.dates > 500
    assert loaded.together.in_extra > 200
