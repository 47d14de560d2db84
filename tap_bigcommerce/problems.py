"""What is wrong with the settings that were given, each time a sentence that says what to write.

No sentence repeats a value: it might be a secret in the wrong place.
"""

from __future__ import annotations

import difflib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from singer_sdk import Tap
from singer_sdk.configuration._dict_config import parse_environment_config

from tap_bigcommerce.settings import (
    DECLARATIONS,
    REFUSED,
    SANDBOX_HASH,
    SANDBOX_TOKEN,
    SANDBOX_URL,
    SDK_SETTINGS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMES = frozenset(it.name for it in DECLARATIONS) | SDK_SETTINGS
PREFIX = "TAP_BIGCOMMERCE_"
# What others call it, and what is spelled like something else.
MEANT = {
    **dict.fromkeys(("api_path", "hash", "store", "store_url"), "store_id"),
    **dict.fromkeys(("api_key", "key", "password", "token", "x_auth_token"), "access_token"),
    **dict.fromkeys(("auth_type", "authentication"), "auth_scheme"),
    **dict.fromkeys(("base_url", "host", "url"), "api_url"),
    "secret": "client_secret",
}


def problems(config: Mapping[str, Any], now: datetime | None = None) -> list[str]:
    """Everything that is wrong with the configuration."""
    if wrapper := next((name for name in config if _holds_settings(config, name)), ""):
        return [f"{wrapper} is not a setting: write what is in it at the top of the file."]
    return [
        *_unknown_settings(config),
        *_wrong_values(config),
        *_contradictions(config, now or datetime.now(UTC)),
    ]


def _unknown_settings(config: Mapping[str, Any]) -> Iterator[str]:
    for given in config:
        if given in REFUSED:
            yield f"{given} is not supported ({REFUSED[given]}): remove it."
        elif given not in NAMES:
            meant = _meant(given)
            advice = f"write {meant}" if meant else "remove it; --about lists every setting"
            yield f"{given} is not a setting: {advice}."


def _holds_settings(config: Mapping[str, Any], name: str) -> bool:
    value = config[name]
    return name not in NAMES and isinstance(value, dict) and bool(NAMES & value.keys())


def _meant(given: str) -> str:
    name = given.lower().replace("-", "_")
    return MEANT.get(name) or next(iter(difflib.get_close_matches(name, sorted(NAMES), n=1)), "")


def _wrong_values(config: Mapping[str, Any]) -> Iterator[str]:
    for it in DECLARATIONS:
        if it.is_required and it.given_in(config) is None:
            is_oauth = it.name == "access_token" and config.get("auth_scheme") == "OAuth"
            advice = "let `tap-bigcommerce-oauth` write it into the file." if is_oauth else ""
            yield f"{it.name} is missing: {advice or it.if_missing}"
            continue
        try:
            it.read(config)
        except ValueError as error:
            yield str(error)


def _contradictions(config: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """What is wrong between values that are each right; unreadable ones are reported elsewhere."""
    values: dict[str, Any] = {}
    for it in DECLARATIONS:
        try:
            values[it.name] = it.read(config)
        except ValueError:
            values[it.name] = None
    start, end = values["start_date"], values["end_date"]
    if start and start > now:
        yield (
            "start_date lies in the future: write an earlier date. "
            f"(By the clock of this machine it is {now:%Y-%m-%dT%H:%M:%SZ}.)"
        )
    if start and end and end <= start:
        yield "end_date must be later than start_date; a date alone means its midnight."
    token = values["access_token"]
    if token and token in {values["client_id"], values["client_secret"]}:
        yield "access_token repeats the client ID or secret: write the access token, a third value."
    is_sandbox = values["store_id"] == SANDBOX_HASH or token == SANDBOX_TOKEN
    if is_sandbox and values["api_url"] == "https://api.bigcommerce.com":
        yield (
            f"api_url must be the sandbox's, such as {SANDBOX_URL}, "
            "as store_id or access_token is the sandbox's."
        )


# Where they were given.


def in_environment() -> dict[str, Any]:
    """The settings in the environment.

    Ours stay text, which their readers understand: the SDK makes false of whatever is not true.

    Raises:
        ValueError: One of the SDK's cannot be read. The text is a sentence.
    """
    schema: dict[str, Any] = {}
    Tap.append_builtin_config(schema)
    found: dict[str, Any] = {}
    for name, declared in schema["properties"].items():
        try:
            # For the first of them, it also reads what is in a file .env into the environment.
            found |= parse_environment_config({"properties": {name: declared}}, PREFIX)
        except ValueError:
            message = f"{PREFIX}{name.upper()} cannot be read: write it as JSON."
            raise ValueError(message) from None
    ours = {it.name: os.environ.get(PREFIX + it.name.upper()) for it in DECLARATIONS}
    return {name: value for name, value in ours.items() if value is not None} | found


def misspelled_variables() -> Iterator[str]:
    """Variables that nobody reads, and what may be meant."""
    for variable in sorted(os.environ):
        name = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and name not in NAMES and (meant := _meant(name)):
            yield f"{variable} is no setting and not read: write {PREFIX}{meant.upper()}."


def where_to_write() -> str:
    """What to do where no settings were given at all."""
    set_ones = [PREFIX + it.name.upper() for it in DECLARATIONS if it.is_required]
    if any(os.environ.get(one) for one in set_ones):
        return f"{PREFIX}... variables are set, and not read: add --config=ENV."
    return "Write the settings into a file, as in sample_config.json, and add --config=FILE."
