"""Instants in every form that BigCommerce has for them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_bigcommerce.schema.values import Misfit, to_instant
from tests.unit.schema.settings import REPEATABLE
from tests.unit.schema.validity import RFC_3339, named

NOON = "2026-11-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # ISO 8601, as V3 has it
        ("2026-11-01T12:00:00+00:00", NOON),
        ("2026-11-01T12:00:00Z", NOON),
        ("2026-11-01T12:00:00.000Z", NOON),
        ("2026-11-01T12:00:00-00:00", NOON),
        ("2026-11-01T06:00:00-06:00", NOON),
        ("2026-11-01T17:30:00+0530", NOON),
        ("2026-11-01T12:00:00", NOON),
        ("2026-11-01T12:00", NOON),
        ("2026-11-01T12:00:00.123Z", "2026-11-01T12:00:00.123000+00:00"),
        ("2026-11-01T12:00:00.123456+00:00", "2026-11-01T12:00:00.123456+00:00"),
        ("2026-11-01T12:00:00.123456789Z", "2026-11-01T12:00:00.123456+00:00"),
        # customer groups
        ("2026-11-01 12:00:00", NOON),
        (" 2026-11-01 12:00:00 ", NOON),
        # a day
        ("2026-11-01", "2026-11-01T00:00:00+00:00"),
        ("2024-02-29", "2024-02-29T00:00:00+00:00"),
        # RFC 2822, as V2 has it
        ("Sun, 01 Nov 2026 12:00:00 +0000", NOON),
        ("Sun, 1 Nov 2026 12:00:00 +0000", NOON),
        ("Sun, 01 Nov 2026 06:00:00 -0600", NOON),
        ("Sun, 01 Nov 2026 17:30:00 +0530", NOON),
        ("Sun, 01 Nov 2026 12:00:00 -0000", NOON),
        ("Sun, 01 Nov 2026 12:00:00 GMT", NOON),
        ("Sun, 01 Nov 2026 12:00:00 UTC", NOON),
        ("Sun, 01 Nov 2026 12:00:00", NOON),
        ("01 Nov 2026 12:00", NOON),
        ("Sat, 31 Dec 2022 23:59:59 -0100", "2023-01-01T00:59:59+00:00"),
        # UNIX seconds
        (1793534400, NOON),
        ("1793534400", NOON),
        (Decimal("1793534400.5"), "2026-11-01T12:00:00.500000+00:00"),
        ("1793534400.000001", "2026-11-01T12:00:00.000001+00:00"),
        (Decimal("1.7935344E+9"), NOON),
        ("2026", "1970-01-01T00:33:46+00:00"),  # a year would be a text
        (-1, "1969-12-31T23:59:59+00:00"),
        (Decimal("-1.5"), "1969-12-31T23:59:58.500000+00:00"),
        (253_402_300_799, "9999-12-31T23:59:59+00:00"),
        # the blog's object
        ({"date": "2026-11-01 12:00:00.000000", "timezone_type": 3, "timezone": "UTC"}, NOON),
        ({"date": "2026-11-01 12:00:00", "timezone_type": 2, "timezone": "Z"}, NOON),
        ({"date": "2026-11-01 14:00:00", "timezone_type": 1, "timezone": "+02:00"}, NOON),
        ({"date": "2026-11-01 07:00:00", "timezone": "America/New_York"}, NOON),
        (
            {"date": "2026-07-01 12:00:00", "timezone": "America/New_York"},
            "2026-07-01T16:00:00+00:00",
        ),
        ({"date": "2026-11-01 12:00:00", "timezone": None}, NOON),
        ({"date": "2026-11-01 12:00:00", "timezone": ""}, NOON),
        ({"date": "2026-11-01 12:00:00"}, NOON),
        ({"date": "2026-11-01T06:00:00-06:00", "timezone": "UTC"}, NOON),
    ],
    ids=named,
)
def test_an_instant_in_every_form_of_the_api_is_iso_8601_in_utc(value, expected):
    assert to_instant(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "0",
        0,
        Decimal("0.0"),
        "0.0",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "0000-00-00T00:00:00+00:00",
        "-0001-11-30T00:00:00+00:00",
        {"date": "-0001-11-30 00:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
        {"date": "0000-00-00 00:00:00", "timezone": "UTC"},
    ],
    ids=named,
)
def test_an_instant_that_was_never_set_is_null(value):
    assert to_instant(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "2026-13-01",
        "2026-02-30T00:00:00Z",
        "2026-11-01T25:00:00Z",
        "2026-11-01T12:00:60Z",
        "01/11/2026",
        "11/01/2026 12:00:00",
        "Sun, 01 Nix 2026 12:00:00 +0000",
        "Sun, 31 Nov 2026 12:00:00 +0000",
        "Sun, 01 Nov 2026 25:00:00 +0000",
        "Sun, 01 Nov 2026 12:00:00 CEST",  # a zone that would silently be taken for UTC
        "Nov 1 2026 12:00:00",
        "1793534400000",  # milliseconds
        1793534400000,
        10**30,
        Decimal("1E+400"),
        Decimal("1E+999999999"),
        "1E+400",
        "NaN",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:00:00-05:00",
        "\x00",
        "\U0001f6d2",
        "9" * 1_000_000,
        True,
        False,
        1.5,
        ["2026-11-01"],
        {"news": 1},
        {"date": None},
        {"date": 5, "timezone": "UTC"},
        {"date": "soon", "timezone": "UTC"},
        {"date": "2026-11-01 12:00:00", "timezone": "Nowhere/Land"},
        {"date": "2026-11-01 12:00:00", "timezone": "America"},
        {"date": "2026-11-01 12:00:00", "timezone": "../../etc/passwd"},
        {"date": "2026-11-01 12:00:00", "timezone": "+99:99"},
        {"date": "2026-11-01 12:00:00", "timezone": "\x00"},
        {"date": "2026-11-01 12:00:00", "timezone": 3},
        {"date": "2026-11-01 12:00:00", "timezone": ["UTC"]},
        {"date": "2026-11-01 12:00:00", "timezone": "UTC", "note": "would be lost"},
    ],
    ids=named,
)
def test_what_is_no_instant_does_not_fit(value):
    with pytest.raises(Misfit):
        to_instant(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-W44-7T12:00:00+00:00", NOON),
        ("2026-11-01T12:00.00+00:00", NOON),
        ("2026-11-01T120000.0+00:00", NOON),
    ],
    ids=named,
)
def test_an_unusual_form_as_long_as_the_usual_one_is_not_passed_on_as_it_is(text, expected):
    """Python reads weeks and times without colons; targets do not."""
    assert to_instant(text) == expected


DATE_LIKE = st.text(alphabet="0123456789-:T +.ZWSunNovGMT,", max_size=34)


@REPEATABLE
@given(DATE_LIKE | st.text())
def test_any_text_is_an_instant_null_or_misfit(text):
    try:
        instant = to_instant(text)
    except Misfit:
        return
    assert instant is None or RFC_3339.fullmatch(instant)
    assert instant is None or instant.endswith("+00:00")


@REPEATABLE
@given(st.datetimes(), st.sampled_from(["iso", "iso Z", "rfc", "space"]))
def test_every_second_survives_every_form(moment, form):
    moment = moment.replace(microsecond=0)
    year = f"{moment.year:04}"
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    iso = moment.isoformat()
    text = {
        "iso": f"{iso}+00:00",
        "iso Z": f"{iso}Z",
        "space": iso.replace("T", " "),
        "rfc": f"Mon, {moment.day:02} {months[moment.month - 1]} {year} {iso[11:]} +0000",
    }[form]
    assert to_instant(text) == f"{iso}+00:00"
