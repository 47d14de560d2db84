"""Writes what follows from the settings and the streams into the files that repeat it.

Runs in the environment `dev`: `python3 dev.py docs`, with `--check` to ask whether anything lags.
Hand-written text stays: all but `sample_config.json` is replaced between two markers only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tap_bigcommerce.settings import (
    DECLARATIONS,
    SANDBOX_HASH,
    SANDBOX_TOKEN,
    SANDBOX_URL,
    Declaration,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent


def sample_config(_: str) -> str:
    """A configuration that works as it is against the sandbox."""
    values = {
        "store_id": SANDBOX_HASH,
        "auth_scheme": "PersonalAccessToken",
        "access_token": SANDBOX_TOKEN,
        "api_url": SANDBOX_URL,
    }
    return json.dumps(values, indent=2) + "\n"


def meltano(current: str) -> str:
    """`meltano.yml` with the extractor's settings between its markers."""
    plugin = {
        "settings": [_meltano_setting(it) for it in DECLARATIONS],
        "settings_group_validation": [[it.name for it in DECLARATIONS if it.is_required]],
    }
    text = yaml.safe_dump(plugin, sort_keys=False, width=100, allow_unicode=True)
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    return _between(current, "    # <settings>\n", "    # </settings>\n", indented)


def _meltano_setting(it: Declaration) -> dict[str, Any]:
    schema = it.schema.to_dict()[it.name]
    setting: dict[str, Any] = {"name": it.name, "label": it.title, "kind": _kind(schema)}
    if it.is_secret:
        setting["sensitive"] = True
    if it.choices:
        setting["options"] = [{"label": choice, "value": choice} for choice in it.choices]
    if it.default is not None:
        setting["value"] = it.default
    setting["description"] = it.description
    return setting


def _kind(schema: dict[str, Any]) -> str:
    """Meltano's word for a JSON Schema type."""
    if "enum" in schema:
        return "options"
    if schema.get("format") == "date-time":
        return "date_iso8601"
    if "number" in schema["type"]:
        return "integer" if schema.get("multipleOf") == 1 else "decimal"
    return next(str(name) for name in schema["type"] if name != "null")


def readme(current: str) -> str:
    """`README.md` with the tables of settings and streams between their markers."""
    text = _between(current, "<!-- settings -->\n", "<!-- /settings -->\n", _settings_table())
    return _between(text, "<!-- streams -->\n", "<!-- /streams -->\n", _streams_table())


def _settings_table() -> str:
    rows = ["| Setting | Default | |", "|:--|:--|:--|"]
    for it in DECLARATIONS:
        default = "required" if it.is_required else _default(it)
        description = it.description
        if it.choices:
            description += f" One of {', '.join(f'`{choice}`' for choice in it.choices)}."
        secret = " Secret." if it.is_secret else ""
        rows.append(f"| `{it.name}` | {default} | {description}{secret} |")
    return "\n".join(rows) + "\n"


def _default(it: Declaration) -> str:
    return "" if it.default is None else f"`{json.dumps(it.default).strip(chr(34))}`"


def _streams_table() -> str:
    from tap_bigcommerce.streams import STREAMS, scopes  # noqa: PLC0415 - settings need no streams

    rows = ["| Stream | | Key | Bookmark | Scope |", "|:--|:--|:--|:--|:--|"]
    # Any: the SDK declares as properties of a stream what its class has as attributes.
    streams: list[Any] = sorted(STREAMS, key=lambda it: str(it.name))
    for stream in streams:
        line = (stream.__doc__ or "").strip().splitlines()[0]
        keys = ", ".join(f"`{key}`" for key in stream.primary_keys)
        bookmark = f"`{stream.replication_key}`" if isinstance(stream.replication_key, str) else ""
        scope = " or ".join(scopes.PANEL_NAMES.get(name, name) for name in stream.scope)
        rows.append(f"| `{stream.name}` | {line} | {keys} | {bookmark} | {scope} |")
    return "\n".join(rows) + "\n"


def _between(text: str, begin: str, end: str, content: str) -> str:
    """The text with everything between two markers replaced."""
    head, found, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        message = f"the markers {begin.strip()} and {end.strip()} are missing"
        raise ValueError(message)
    return f"{head}{begin}{content}{end}{tail}"


# Every file with something generated in it, and what it becomes, given what it is.
GENERATED: dict[str, Callable[[str], str]] = {
    "sample_config.json": sample_config,
    "meltano.yml": meltano,
    "README.md": readme,
}


def generated(name: str) -> tuple[str, str]:
    """What the file is, and what it should be."""
    path = ROOT / name
    current = path.read_text(encoding="utf-8") if path.exists() else ""
    return current, GENERATED[name](current)


def main(arguments: list[str]) -> int:
    """Write the files that lag, or with `--check` name them."""
    is_check = "--check" in arguments
    code = 0
    for name in GENERATED:
        try:
            current, wanted = generated(name)
        except (ImportError, ValueError) as error:
            print(f"{name} is left as it is: {error}.")
            code = 1
            continue
        if wanted == current:
            continue
        if is_check:
            print(f"{name} lags: run python3 dev.py docs.")
            code = 1
        else:
            (ROOT / name).write_text(wanted, encoding="utf-8")
            print(f"{name} written.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
