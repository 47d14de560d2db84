"""Each conversion of a single value, at its edges."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_bigcommerce.schema.record import DECIMAL_FORMS
from tap_bigcommerce.schema.values import (
    INT64_MAX,
    MAX_REMEMBERED,
    Misfit,
    Remembering,
    to_boolean,
    to_decimal,
    to_decimal_text,
    to_instant,
    to_integer,
    to_list,
    to_number_json,
    to_object,
    to_text,
)
from tests.unit.schema.settings import REPEATABLE
from tests.unit.schema.validity import named

THIRTY_DIGITS = "123456789012345678901234567890"
NO_NUMBERS = [
    "NaN",
    "sNaN",
    "Infinity",
    "-inf",
    "1_000",
    "1,234.50",
    "12,5",
    "$12.50",
    "12.50 USD",
    "1 000",
    "--1",
    "1e",
    ".",
    "e5",
    "0x10",
    "12\x00",
    "\u0661\u0662",  # twelve in Arabic digits, which int() and Decimal() take
    "\uff11",  # a wide 1
    "twelve",
    "9" * 1_000_000,
    "1" * 1_000_000 + "x",
    ["1"],
    [0],
    {"value": 1},
]
TEXT = to_decimal_text(DECIMAL_FORMS["string"])


def digits(number):
    return Decimal(number).as_tuple()


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "0.0000",
        "12.50",
        "-12.50",
        "+7.1",
        "-0.0",
        "007.10",
        ".5",
        "5.",
        "1E+400",
        "1e-400",
        "1.50E+3",
        "9007199254740993",
        THIRTY_DIGITS,
        f"{THIRTY_DIGITS}.{THIRTY_DIGITS}",
        "0." + "3" * 1000,
    ],
    ids=named,
)
def test_a_decimal_text_keeps_exactly_its_digits(text):
    assert digits(to_decimal(text)) == digits(text)


@pytest.mark.parametrize(
    "number", [Decimal("1.10"), Decimal("-0.0"), Decimal("1E+400"), Decimal(THIRTY_DIGITS)]
)
def test_a_decimal_number_is_as_it_came(number):
    assert to_decimal(number) is number


@pytest.mark.parametrize("number", [0, -7, 2**53 + 1, 2**63, 2**64, -(10**30)], ids=named)
def test_a_whole_number_stays_one_in_a_decimal_field(number):
    assert to_decimal(number) is number


def test_equal_decimals_with_other_digits_are_not_taken_for_one_another():
    """What is remembered of texts must not be found by a number that only equals it."""
    forms = ["1.0", "1.00", "1", "1.000", "01.0", "-0", "0", "0.0"]
    texts = [bytes(to_number_json(form)).decode() for form in forms * 2]
    assert texts == [str(Decimal(form)) for form in forms * 2]
    assert digits(to_number_json(Decimal("1.00"))) == digits("1.00")


@pytest.mark.parametrize("value", [7, Decimal("1.10"), "", [], {}], ids=repr)
def test_only_a_text_becomes_json_before_the_record_does(value):
    assert to_number_json(value) == to_decimal(value)
    assert not isinstance(to_number_json(value), msgspec.Raw)


def test_a_text_is_converted_once():
    asked = []

    def convert(value):
        asked.append(value)
        return value

    remembering = Remembering(convert)
    for value in ["a", "b", "a", ["a"], ["a"]]:
        assert remembering(value) == value
    assert asked == ["a", "b", ["a"], ["a"]]


def test_what_does_not_fit_is_refused_each_time():
    for _ in range(2):
        with pytest.raises(Misfit):
            to_number_json("1,000")


def test_no_more_is_remembered_than_there_is_room_for():
    remembering = Remembering(str.upper)
    texts = [f"text {number}" for number in range(2 * MAX_REMEMBERED + 1)]
    for text in texts:
        assert remembering(text) == text.upper()
        assert len(remembering.of_text) <= MAX_REMEMBERED


def test_blanks_around_a_number_do_not_matter():
    assert digits(to_decimal(" 12.50\n")) == digits("12.50")
    assert to_integer("\t3 ") == 3


@pytest.mark.parametrize("blank", [" ", "\n"], ids=named)
def test_a_blank_text_is_no_number(blank):
    assert to_decimal(blank) is None
    assert to_integer(blank) is None


@pytest.mark.parametrize("unset", ["", [], {}], ids=named)
def test_what_php_makes_of_a_value_that_is_not_there_is_null(unset):
    """The reference's own examples have `{}` for a price that is not set."""
    for convert in (to_integer, to_decimal, to_boolean, to_instant):
        assert convert(unset) is None


@pytest.mark.parametrize("value", NO_NUMBERS, ids=named)
def test_what_is_no_number_does_not_fit(value):
    for convert in (to_decimal, to_integer):
        with pytest.raises(Misfit):
            convert(value)


@pytest.mark.parametrize(
    "value",
    [
        "1E+1001",
        "1E-1001",
        "1E+999999999999",
        Decimal("1E+999999999"),
        Decimal("1E-999999999"),
        10**1001,
        -(10**1001),
        1.5,
        None,
    ],
    ids=named,
)
def test_a_number_of_absurd_magnitude_or_kind_does_not_fit(value):
    with pytest.raises(Misfit):
        to_decimal(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (2**53 + 1, 2**53 + 1),
        (INT64_MAX, INT64_MAX),
        (-INT64_MAX, -INT64_MAX),
        ("9007199254740993", 2**53 + 1),
        (str(INT64_MAX), INT64_MAX),
        ("-3", -3),
        ("+3", 3),
        ("007", 7),
        ("3.000", 3),
        ("1e3", 1000),
        (Decimal("3.0"), 3),
        (Decimal("-0.0"), 0),
    ],
    ids=named,
)
def test_a_whole_number_in_any_form_is_an_integer(value, expected):
    integer = to_integer(value)
    assert integer == expected
    assert type(integer) is int


@pytest.mark.parametrize(
    "value",
    [
        2**63,
        -(2**63),
        2**64,
        10**30,
        str(2**63),
        "3.5",
        Decimal("3.5"),
        Decimal("1E+400"),
        "1E+400",
    ],
    ids=named,
)
def test_an_integer_that_is_none_or_beyond_64_bits_does_not_fit(value):
    with pytest.raises(Misfit):
        to_integer(value)


@pytest.mark.parametrize("convert", [to_integer, to_decimal, to_number_json, TEXT])
@pytest.mark.parametrize("value", [True, False])
def test_true_and_false_are_no_numbers(convert, value):
    """Two rows whose ids are true and 1 would be one."""
    with pytest.raises(Misfit):
        convert(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("1", True),
        ("0", False),
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("FALSE", False),
        (Decimal("1.0"), True),
        (Decimal("0.0"), False),
    ],
    ids=named,
)
def test_a_boolean_in_any_form(value, expected):
    assert to_boolean(value) is expected


@pytest.mark.parametrize(
    "value", [2, -1, "yes", "no", "on", "2", " true", Decimal("0.5"), [1], {"a": 1}], ids=named
)
def test_what_is_no_boolean_does_not_fit(value):
    """Truth as Python has it would make `"no"` true."""
    with pytest.raises(Misfit):
        to_boolean(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ""),
        (" as it is ", " as it is "),
        ("nul \x00 inside", "nul \x00 inside"),
        ("\U0001f6d2 caf\u00e9", "\U0001f6d2 caf\u00e9"),
        (5, "5"),
        (-(10**30), "-1" + "0" * 30),
        (Decimal("5.10"), "5.10"),
        (True, "true"),
        (False, "false"),
        ([], "[]"),
        ({}, "{}"),
        (["a", 1, None, Decimal("1.10")], '["a",1,null,1.10]'),
        ({"\u00e9": [True]}, '{"\u00e9":[true]}'),
    ],
    ids=named,
)
def test_a_text_field_takes_anything_as_text(value, expected):
    assert to_text(value) == expected


def test_a_megabyte_of_text_is_passed_on_without_a_copy():
    text = "\u00e9" * 1_000_000
    assert to_text(text) is text


def test_an_object_or_what_php_sends_for_an_empty_one():
    model = {"any": {"thing": [1, Decimal("1.10")]}}
    assert to_object(model) is model
    assert to_object({}) == {}
    assert to_object([]) is None
    assert to_object("") is None


@pytest.mark.parametrize("value", [[1], "text", 0, False, Decimal(0)], ids=named)
def test_what_is_no_object_does_not_fit(value):
    with pytest.raises(Misfit):
        to_object(value)


def test_a_list_or_what_php_sends_for_an_empty_one():
    items = [1, None]
    assert to_list(items) is items
    assert to_list({}) == []
    assert to_list("") is None


@pytest.mark.parametrize("value", [{"0": 1}, "text", 0, False], ids=named)
def test_what_is_no_list_does_not_fit(value):
    with pytest.raises(Misfit):
        to_list(value)


@REPEATABLE
@given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers())
def test_any_number_keeps_its_digits_or_does_not_fit(number):
    try:
        forms = to_decimal(str(number)), to_decimal(number)
    except Misfit:
        assert abs(Decimal(number).adjusted()) > 1000
        return
    assert [digits(form) for form in forms] == [digits(number)] * 2


@REPEATABLE
@given(st.text(alphabet="0123456789+-.eE_ ,NaInf", max_size=30) | st.text())
def test_a_text_is_a_finite_number_null_or_misfit(text):
    try:
        number = to_decimal(text)
    except Misfit:
        return
    assert number is None if not text.strip() else digits(number) == digits(text)


DECIMAL_38_10 = to_decimal_text(DECIMAL_FORMS["x-singer.decimal"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12.50", "12.50"),
        (Decimal("12.50"), "12.50"),
        (7, "7"),
        ("-0.0", "-0.0"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
        ("1E+400", "1" + "0" * 400),
        (THIRTY_DIGITS, THIRTY_DIGITS),
        ("", None),
    ],
    ids=named,
)
def test_a_decimal_as_text_has_its_digits_and_no_exponent(value, expected):
    assert TEXT(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "0.0000",
        "-12.50",
        "1.0000000001",
        "9" * 28,
        "-" + "9" * 28 + "." + "9" * 10,
        "1." + "1" + "0" * 50,  # nothing but zeros too many
    ],
    ids=named,
)
def test_a_decimal_within_38_digits_and_10_places_fits(text):
    assert DECIMAL_38_10(text) == text


@pytest.mark.parametrize(
    "text", ["1" + "0" * 28, "0.00000000001", "1E+400", "1E-400", "NaN"], ids=named
)
def test_a_decimal_that_a_column_of_38_digits_would_cut_does_not_fit(text):
    with pytest.raises(Misfit):
        DECIMAL_38_10(text)
