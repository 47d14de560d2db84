"""A server that answers what no store would: it is refused with a sentence or repaired.

Never a traceback, a hang or memory without a bound, and nothing lost in silence.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.compare import compared
from tests.support.store import SECRET, Outcome, Program, store, sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_bigcommerce.sandbox import Sandbox

    Change = Callable[[bytes], bytes]

# One stream for each way in which a list is walked, and the path that its rows come from.
PATHS = {
    "brands": "/v3/catalog/brands",
    "customers": "/v3/customers",
    "customer_addresses": "/v3/customers/addresses",
    "coupons": "/v2/coupons",
    "orders": "/v2/orders",
    "order_coupons": "/v2/orders/*/coupons",
    "order_transactions": "/v3/orders/*/transactions",
    "product_options": "/v3/catalog/products*",
    "products": "/v3/catalog/products",
}
MOST_REQUESTS = 150
"""The longest of these walks has 42 pages; what is endless has more than any number."""
PEAK_BYTES = 300 * 2**20


def changed(change: Callable[[Any], Any]) -> Change:
    """A body whose JSON is changed."""
    return lambda body: json.dumps(change(json.loads(body))).encode()


def data(value: object) -> Change:
    """Something else where the rows were."""
    return changed(lambda page: value if isinstance(page, list) else {**page, "data": value})


def counts(**values: object) -> Change:
    """Other numbers in `meta.pagination`."""

    def change(page: Any) -> Any:
        if isinstance(page, dict) and "pagination" in page.get("meta", {}):
            page["meta"]["pagination"].update(values)
        return page

    return changed(change)


def each_row(change: Callable[[dict[str, Any]], None]) -> Change:
    def of_page(page: Any) -> Any:
        found = page if isinstance(page, list) else page["data"]
        for row in found if isinstance(found, list) else [found]:
            change(row)
        return page

    return changed(of_page)


def ids(change: Callable[[Any], object]) -> Change:
    return each_row(lambda row: row.update(id=change(row["id"])) if "id" in row else None)


def circling(page: Any) -> Any:
    """Every page's next one is the same."""
    if isinstance(page, dict) and page.get("meta", {}).get("cursor_pagination"):
        page["meta"]["cursor_pagination"]["links"] = {"next": "?limit=10&after=MQ"}
    return page


REFUSED: dict[str, Change] = {
    "a text": lambda _: b'"x"',
    "a number": lambda _: b"3",
    "true": lambda _: b"true",
    "null": lambda _: b"null",
    "no rows but a text": data("x"),
    "rows that are null": data([None]),
    "rows that are texts": data(["x"]),
    "rows that are lists": data([[1]]),
    "rows without anything": data([{}]),
    "too deep": lambda _: b"[" * 10_000 + b"]" * 10_000,
    "ids that are null": ids(lambda _: None),
    "ids that are objects": ids(lambda _: {"a": 1}),
    "ids that are texts": ids(lambda _: "x"),
    "ids beyond 64 bits": ids(lambda _: 10**30),
    "ids with a fraction": ids(lambda number: number + 0.5),
}
REPAIRED: dict[str, Change] = {
    "ids in texts": ids(str),
    "ids as floats": ids(float),
    "a key that comes twice": lambda body: body.replace(b'{"id":', b'{"id":999999,"id":'),
    "a negative total": counts(total=-5),
    "negative pages": counts(total_pages=-1),
    "counts that are texts": counts(total="many", total_pages="some"),
    "counts that are null": counts(total=None, total_pages=None),
    "counts with a fraction": counts(total=1.5, total_pages=2.5),
    "pages of no rows": counts(per_page=0),
    "pages of fewer rows than none": counts(per_page=-3),
    "meta that is a list": changed(lambda p: {**p, "meta": []} if "meta" in p else p),
}
EITHER: dict[str, Change] = {
    "an object without anything": lambda _: b"{}",
    "data that is null": data(None),
    "data that is an object": data({}),
    "a huge total": counts(total=10**12),
    "a milliard pages": counts(total_pages=10**9),
    "a huge total and pages": counts(total=10**12, total_pages=10**9),
    "no pages": counts(total_pages=0),
    "another page than asked for": counts(current_page=77),
    "the last page at once": counts(current_page=3, total_pages=3),
    "pages of one row": counts(per_page=1),
    "cursors in a circle": changed(circling),
}


def hostile(sandbox: Sandbox, stream: str, change: Change) -> Outcome:
    """A run over one stream, whose end says how it went and whose requests are bounded."""
    sandbox.faults.rewrite(PATHS[stream], change)
    outcome = sync(sandbox, stream, page_size=10)
    assert len(sandbox.journal) <= MOST_REQUESTS
    failed = [line for line in outcome.said(logging.ERROR) if line.startswith("FAILED")]
    assert len(failed) == outcome.code
    assert not any(re.search(r"[a-z]Error: ", line) for line in failed), "not foreseen"
    return outcome


def shop() -> Sandbox:
    return store(orders=40, products=20, customers=60)


@pytest.mark.parametrize("stream", PATHS)
@pytest.mark.parametrize("trick", REFUSED)
def test_what_is_no_page_is_refused(stream, trick):
    with shop() as sandbox:
        outcome = hostile(sandbox, stream, REFUSED[trick])
        if outcome.code == 0:  # it has nothing of the kind on its pages
            assert stream == "product_options"
            assert compared(sandbox, outcome).differences == []


@pytest.mark.parametrize("stream", PATHS)
@pytest.mark.parametrize("trick", REPAIRED)
def test_what_can_be_understood_is_read(stream, trick):
    with shop() as sandbox:
        outcome = hostile(sandbox, stream, REPAIRED[trick])
        assert outcome.code == 0, outcome.said(logging.ERROR)
        missing = [d for d in compared(sandbox, outcome).differences if "came twice" not in d]
        assert missing == []


@pytest.mark.parametrize("stream", PATHS)
@pytest.mark.parametrize("trick", EITHER)
def test_nothing_is_lost_in_silence(stream, trick):
    """Either all rows come, or the run says which list contradicts itself."""
    with shop() as sandbox:
        outcome = hostile(sandbox, stream, EITHER[trick])
        is_said = outcome.code == 1 or any("incomplete" in line for line in outcome.said())
        lost = [d for d in compared(sandbox, outcome).differences if "did not arrive" in d]
        assert is_said or not lost


def test_rows_that_came_are_kept_where_the_count_is_a_lie():
    """Transactions have no paging that is documented, so a wrong count is a warning."""
    with shop() as sandbox:
        outcome = hostile(sandbox, "order_transactions", counts(total=10**6))
        assert compared(sandbox, outcome).differences == []
    assert any("the API counts 1000000" in line for line in outcome.said())


# Answers that are wrong as messages.


@pytest.mark.parametrize("trick", ["redirect", "redirect-self"])
def test_a_redirect_is_not_followed_and_gets_no_token(trick):
    with shop() as sandbox:
        sandbox.faults.script("/v3/catalog/brands", trick, times=99)
        outcome = sync(sandbox, "brands", "categories")
        asked = [entry.path for entry in sandbox.journal]
        assert compared(sandbox, outcome, "categories").differences == []
    assert asked.count("/v3/catalog/brands") == 1
    assert "the token is sent to no other address" in outcome.said(logging.ERROR)[-1]


def test_numbers_of_the_quota_that_cannot_be_are_survived():
    """Each answer says something else: -5, letters, infinity, nothing."""
    with shop() as sandbox:
        sandbox.faults.script("*", "odd-headers", times=10**6)
        outcome = sync(sandbox, *PATHS)
        assert outcome.code == 0, outcome.said(logging.ERROR)
        assert compared(sandbox, outcome).differences == []


PEAK = """
import atexit, pathlib, sys
from tap_bigcommerce.tap import TapBigCommerce
def say():  # not `ru_maxrss`, which is at least what the parent had
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    print("peak", next(line.split()[1] for line in lines if "VmHWM" in line), file=sys.stderr)
atexit.register(say)
TapBigCommerce.cli()
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is said by Linux")
@pytest.mark.parametrize(
    ("trick", "timeout_s", "words"),
    [
        ("flood", 60, "the answer is larger than 64 MiB"),
        ("bomb", 60, "the answer is larger than 64 MiB"),
        ("drip", 1, "the answer did not arrive in time"),
    ],
)
def test_an_answer_without_end_is_bounded(tmp_path: Path, record_property, trick, timeout_s, words):
    """300 MiB as they are, 300 MiB out of 300 kB, and a byte now and then for ever."""
    with shop() as sandbox:
        sandbox.faults.script("/v2/orders/*/coupons", trick, times=10**6)
        tries: dict[str, Any] = {"max_retries": 1, "retry_budget_s": 3}
        bounds = {"request_timeout": timeout_s, **tries}
        streams = ("brands", "order_coupons", "orders")
        outcome = Program(tmp_path, main=("-c", PEAK)).run(sandbox, *streams, **bounds)
        assert compared(sandbox, outcome, "brands", "orders").differences == []
    assert outcome.code == 1
    assert "Traceback" not in outcome.stderr
    assert SECRET not in outcome.stderr
    assert "FAILED: order_coupons. No answer for GET /v2/orders/" in outcome.stderr
    assert words in outcome.stderr
    peak = int(outcome.stderr.split("peak ")[-1]) * 1024
    record_property(trick, f"{peak // 2**20} MiB at the peak")
    assert peak < PEAK_BYTES
