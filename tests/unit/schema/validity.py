"""What a target would say of a record: its JSON, held against the schema with formats."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal, localcontext

import msgspec
from jsonschema import Draft202012Validator, FormatChecker

ENCODER = msgspec.json.Encoder(decimal_format="number")
FORMATS = FormatChecker(formats=())
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
PLAIN_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


@FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value):
    if not isinstance(value, str):
        return True
    datetime.fromisoformat(value)
    return RFC_3339.fullmatch(value) is not None


@FORMATS.checks("x-singer.decimal")
def _is_decimal_38_10(value):
    if not isinstance(value, str):
        return True
    if not PLAIN_DECIMAL.fullmatch(value):
        return False
    with localcontext(prec=5000):
        number = Decimal(value)
        return abs(number) < 10**28 and number % Decimal("1E-10") == 0


def named(value):
    """The name of a test's parameter; no two are alike."""
    return repr(value)[:90]


def sent(record):
    """The record as a target reads it."""
    return json.loads(ENCODER.encode(record), parse_float=Decimal)


def complaints(record, schema):
    """Where the record does not fit its schema, and why."""
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(sent(record))]
