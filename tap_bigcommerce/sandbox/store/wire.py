"""How BigCommerce writes numbers and dates. Money inside the store is whole ten-thousandths."""

from __future__ import annotations

import time
from decimal import Decimal
from functools import lru_cache

UNIT = 10_000
"""One dollar, as the store counts money."""

_EXACT_FLOAT = 10**14
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Number = int | float | Decimal


@lru_cache(maxsize=65_536)
def money(amount: int) -> str:
    """V2's decimal string with four places: `"12.3400"`."""
    if amount < 0:
        return "-" + money(-amount)
    return f"{amount // UNIT}.{amount % UNIT:04d}"


def number(amount: int) -> Number:
    """V3's JSON number; a `Decimal` where a float would lose digits."""
    if not amount % UNIT:
        return amount // UNIT
    if abs(amount) < _EXACT_FLOAT:
        return amount / UNIT
    return Decimal(amount) / UNIT


@lru_cache(maxsize=8_192)
def _rfc2822_day(day: int) -> str:
    at = time.gmtime(day * 86_400)
    return f"{_DAYS[at.tm_wday]}, {at.tm_mday:02d} {_MONTHS[at.tm_mon - 1]} {at.tm_year}"


@lru_cache(maxsize=8_192)
def _iso_day(day: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86_400))


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def rfc2822(seconds: int) -> str:
    """V2's date: `"Wed, 10 Jan 2018 21:05:30 +0000"`."""
    day, second = divmod(seconds, 86_400)
    return f"{_rfc2822_day(day)} {_clock(second)} +0000"


def rfc2822_or_empty(seconds: int) -> str:
    """V2's date where 0 stands for unset, which V2 writes as an empty string."""
    return rfc2822(seconds) if seconds else ""


def iso(seconds: int, suffix: str = "+00:00") -> str:
    """V3's date; `suffix` is `+00:00`, `Z` or `.000Z`, by resource."""
    day, second = divmod(seconds, 86_400)
    return f"{_iso_day(day)}T{_clock(second)}{suffix}"


def sql(seconds: int) -> str:
    """The date of customer groups: `"2023-07-17 06:30:41"`."""
    day, second = divmod(seconds, 86_400)
    return f"{_iso_day(day)} {_clock(second)}"


def date(seconds: int) -> str:
    """A calendar day: `"2023-07-17"`."""
    return _iso_day(seconds // 86_400)
