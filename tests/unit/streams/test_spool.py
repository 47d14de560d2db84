"""What is read from the spool is what the walk gave, to the digit; a full disk loses nothing."""

from __future__ import annotations

import errno
import io
import json
from decimal import Decimal

import pytest

from tap_bigcommerce.api.pages import Page, decode
from tap_bigcommerce.streams import spool as module
from tap_bigcommerce.streams.spool import Spool

ODD = rb"""[{
    "big": 123456789012345678901234567890, "low": -9223372036854775809,
    "cents": 1.10, "zero": 0.0000000000, "negative": -0.0, "huge": 1E+400, "exponent": 1e5,
    "long": 12345678901234567.1234567890123456789,
    "text": "\u00e9\ud83d\ude00\u0000\"\\/", "lone": "\ud800", "nan": NaN,
    "nested": {"list": [[], {}, null, true, [1.50]]}, "": "nameless", "a.b": 1
}]"""


_made: list[Spool] = []


def written(*pages):
    _made.append(Spool())
    for page in pages:
        _made[-1].write(page)
    return _made[-1]


@pytest.fixture(autouse=True)
def _no_open_files():
    yield
    while _made:
        _made.pop().close()


def test_rows_come_back_as_they_came():
    rows = decode(ODD)
    (page,) = written(Page(rows)).read()
    assert page.rows == rows
    assert repr(page.rows) == repr(rows)
    assert page.rows[0]["big"] == 123456789012345678901234567890
    assert str(page.rows[0]["cents"]) == "1.10"
    assert page.rows[0]["huge"] == Decimal("1E+400")


def test_pages_come_in_order_and_more_than_once():
    pages = [Page([{"id": n}], position=n, total=3) for n in range(3)]
    spool = written(*pages)
    for _ in range(2):
        read = list(spool.read())
        assert read == pages
        assert [page.position for page in read] == [0, 1, 2]


def test_what_is_spooled_is_the_page_as_it_was():
    """The SDK removes deselected properties from the very objects that the page holds."""
    page = Page([{"id": 1, "billing_address": {"city": "Ulm"}}])
    spool = written(page)
    page.rows[0]["billing_address"].clear()
    assert next(spool.read()).rows == [{"id": 1, "billing_address": {"city": "Ulm"}}]


def test_an_empty_page_is_a_page():
    assert list(written(Page([])).read()) == [Page([])]


def test_an_unused_spool_has_nothing():
    spool = Spool()
    assert list(spool.read()) == []
    spool.close()


def test_a_spool_that_grows_too_large_gives_up_all_it_has(monkeypatch):
    monkeypatch.setattr(module, "MAX_SPOOL_BYTES", 30)
    spool = written(Page([{"id": 1}]), Page([{"id": 2}]), Page([{"id": 3}]))
    assert spool.has_room
    spool.write(Page([{"id": 4}]))
    assert not spool.has_room
    assert list(spool.read()) == []
    spool.write(Page([]))
    assert list(spool.read()) == []


class FullDisk(io.BytesIO):
    """Takes what fits a buffer, and fails when it is to reach the disk, also on closing."""

    def flush(self):
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self):
        super().close()
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_costs_requests_and_not_the_stream(monkeypatch, caplog):
    """The pages are fetched again. It used to be the error of the stream that walked."""
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: FullDisk())
    caplog.set_level("INFO", "tap-bigcommerce")
    spool = written(Page([{"id": 1}]))
    assert not spool.has_room
    assert list(spool.read()) == []
    assert "No space left on device" in caplog.text


def test_nobody_can_find_the_file():
    spool = written(Page([{"id": 1}]))
    assert isinstance(spool._file.name, int)


def test_reading_on_in_a_closed_spool_is_an_error_and_not_an_end():
    spool = written(Page([{"id": 1}]), Page([{"id": 2}]))
    pages = spool.read()
    next(pages)
    spool.close()
    with pytest.raises(ValueError, match="closed file"):
        next(pages)


def test_a_closed_spool_can_be_filled_anew():
    spool = written(Page([{"id": 1}]))
    spool.close()
    spool.write(Page([{"id": 2}]))
    assert [json.dumps(page.rows) for page in spool.read()] == ['[{"id": 2}]']
