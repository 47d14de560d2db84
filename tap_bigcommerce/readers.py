"""How a given setting becomes a value: from JSON, or from text where it comes by the environment.

Every reader returns the value or raises `ValueError` with the rest of a sentence that begins with
the setting's name. No sentence repeats what was given: it might be a secret in the wrong place.
"""

from __future__ import annotations

import math
import re
import ssl
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

# What templates leave in the place of a value, and variables that nobody filled in.
_PLACEHOLDER = re.compile(
    r"<.*>|\[.*\]|\{.*\}|\$\{?\w+\}?|%\w+%|x{3,}|\*+|\.{3}|"
    r"(your|my|the)[-_ ].*|(change|replace|insert|fill)[-_ ]?(me|this|in|here)|"
    r"todo|tbd|none|null|undefined|placeholder|string|token|secret|"
    r"(access|auth|api|x-auth)[-_ ]?(token|key)|store[-_ ]?(id|hash)",
    re.IGNORECASE,
)
# A line of a header, a form or a file of variables instead of the value in it.
_NAMED = re.compile(r"(x-auth-token|bearer|access_?token|api_?key)\s*[:= ]", re.IGNORECASE)
_QUOTES = frozenset("\"'`\u201c\u201d\u2018\u2019")
_HASH_IN_PATH = re.compile(r"(?:^|/)stores/([0-9a-z]+)", re.IGNORECASE)
# Further storefronts carry their channel behind the hash: store-abc123-2.mybigcommerce.com.
_HASH_IN_HOST = re.compile(r"(?:^|//)store-([0-9a-z]+)(?:-\d+)?\.mybigcommerce\.com", re.IGNORECASE)
_API_PATH = re.compile(r"/stores(/|$)|/(v2|v3)$|/api/v3/io(/|$)")
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


def text(given: object) -> str:
    """The text without surrounding blanks."""
    if not isinstance(given, str):
        message = "must be text in quotes."
        raise ValueError(message)  # noqa: TRY004 - one error type for every reader
    return given.strip()


def credential(given: object) -> str:
    """The text, if it can have been issued: one word of printable ASCII, not a placeholder."""
    value = text(given)
    if _PLACEHOLDER.fullmatch(value):
        message = "still holds a placeholder: write the value that BigCommerce issued."
        raise ValueError(message)
    if value[:1] in _QUOTES or value[-1:] in _QUOTES:
        message = "stands in quotes of its own: write it without them."
        raise ValueError(message)
    if "://" in value:
        message = "is an address: write the value that BigCommerce issued."
        raise ValueError(message)
    if _NAMED.match(value):
        message = "begins with a name: write the value behind it alone."
        raise ValueError(message)
    if not isinstance(given, str) or re.search(r"\s", given):
        message = "contains a space or a line break: copy the value again, alone and in one piece."
        raise ValueError(message)
    if not (value.isascii() and value.isprintable()):
        message = "contains characters that no issued value has: copy it again as plain text."
        raise ValueError(message)
    return value


def store_hash(given: object) -> str:
    """The store hash out of itself, an API path, an API address or the store's own address."""
    value = str(given) if type(given) is int else text(given)
    found = _HASH_IN_PATH.search(value) or _HASH_IN_HOST.search(value)
    if found:
        return found[1].lower()
    if _PLACEHOLDER.fullmatch(value):
        message = "still holds a placeholder: write the part after /stores/ in your API path."
        raise ValueError(message)
    if not re.fullmatch(r"[0-9A-Za-z]+", value):
        message = (
            "must be the store hash, such as abc123, or the API path"
            " https://api.bigcommerce.com/stores/abc123/v3/ that contains it."
        )
        raise ValueError(message)
    return value


def one_of(*choices: str) -> Callable[[object], str]:
    """A reader of one of these words, spelled as they are."""

    def read(given: object) -> str:
        value = text(given)
        if value in choices:
            return value
        meant = [choice for choice in choices if choice.casefold() == value.casefold()]
        message = (
            f"must be spelled {meant[0]}."
            if meant
            else f"must be {', '.join(choices[:-1])} or {choices[-1]}."
        )
        raise ValueError(message)

    return read


def number(
    *, above: float = -math.inf, least: float = -math.inf, most: float
) -> Callable[[object], float]:
    """A reader of numbers with `above` < number, `least` <= number <= `most`."""
    bound = f"above {above:g} and" if above > -math.inf else f"of at least {least:g} and"

    def read(given: object) -> float:
        value = _float(given)
        if value is None or not (value > above and least <= value <= most):
            message = f"must be a number {bound} at most {most:g}."
            raise ValueError(message)
        return value

    return read


def whole_number(least: int, most: int) -> Callable[[object], int]:
    """A reader of whole numbers from `least` to `most`, both included."""

    def read(given: object) -> int:
        value = _float(given)
        if value is None or value != int(value) or not least <= value <= most:
            message = f"must be a whole number from {least} to {most}."
            raise ValueError(message)
        return int(value)

    return read


def _float(given: object) -> float | None:
    """The finite number that was given as a number or as text, else None."""
    # Decimal: so the SDK reads 0.9 from a configuration file.
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal | str):
        return None
    try:
        # float() would also take 1_000, which JSON and shells do not know.
        value = float(given) if "_" not in str(given) else math.nan
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def boolean(given: object) -> bool:
    """True or false, also as the words that environments use."""
    word = str(given).strip().casefold() if isinstance(given, bool | int | str) else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    message = "must be true or false."
    raise ValueError(message)


def whole_numbers(given: object) -> tuple[int, ...]:
    """Numbers from a list, or from text such as `1,2` or `[1, 2]`; each once, in their order."""
    parts = given.strip().strip("[]").split(",") if isinstance(given, str) else given
    parts = [parts] if type(parts) is int else parts
    if not isinstance(parts, list | tuple):
        message = "must be a list of whole numbers, such as [1, 2]."
        raise ValueError(message)  # noqa: TRY004 - one error type for every reader
    values = [_float(part) for part in parts if part != ""]
    if any(value is None or value != int(value) or value < 1 for value in values):
        message = "must hold whole numbers from 1 on, such as [1, 2]."
        raise ValueError(message)
    return tuple(dict.fromkeys(int(value) for value in values if value is not None))


def moment(given: object) -> datetime:
    """The point in time in UTC: UTC where no offset is given, midnight where no time is."""
    try:
        value = datetime.fromisoformat(text(given))
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        message = (
            "must be a date or a time in ISO 8601, such as 2024-01-31 or 2024-01-31T12:00:00Z."
        )
        raise ValueError(message) from None


def address(given: object) -> str:
    """An API's base address without a closing slash; encrypted, unless it is this machine."""
    value = text(given).rstrip("/")
    parts = _web_address(value, "such as https://api.bigcommerce.com")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        message = (
            "would send the access token unencrypted: write https:// (http:// only to 127.0.0.1)."
        )
        raise ValueError(message)
    if parts.username or parts.query or parts.fragment or _API_PATH.search(parts.path):
        message = (
            "must be the base address alone, without /stores/, /v2, /v3, user name or query: "
            "which store it is says store_id."
        )
        raise ValueError(message)
    return value


def proxy(given: object) -> str:
    """A proxy's address, which may carry a user name and a password."""
    value = text(given)
    _web_address(value, "such as http://proxy.example.com:3128")
    return value


def _web_address(value: str, example: str) -> SplitResult:
    message = f"must be an address that begins with https:// or http://, {example}."
    try:
        parts = urlsplit(value)
        has_valid_port = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(message) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not has_valid_port:
        raise ValueError(message)
    if re.search(r"\s", value):
        raise ValueError(message)
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def existing_path(given: object) -> str:
    """The path of a file or directory that is there."""
    value = text(given)
    if not Path(value).exists():
        message = "names a file that does not exist: write the path of a PEM file or directory."
        raise ValueError(message)
    return value


def certificates(given: object) -> str:
    """The path of certificates: a file that holds some, or a directory."""
    value = existing_path(given)
    try:
        if Path(value).is_file():
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
    except OSError:  # as which ssl says that there is nothing that it can use, too
        message = (
            "names a file without certificates that can be read: write the path of a PEM file."
        )
        raise ValueError(message) from None
    return value


def header(given: object) -> str:
    """Text that fits into one HTTP header."""
    value = text(given)
    if not (value.isascii() and value.isprintable()):
        message = "must be one line of plain ASCII text."
        raise ValueError(message)
    return value
