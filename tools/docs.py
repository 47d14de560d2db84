"""Writes what follows from the settings and the streams into the files that repeat it.

Runs in the environment `dev`: `python3 dev.py docs`, with `--check` to ask whether anything lags.
Hand-written text stays: in `README.md` and `meltano.yml` only what is between two markers is
replaced. `sample_config.json` and all of `docs/streams` are generated whole.
"""

from __future__ import annotations

import json
import sys
from functools import partial
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
from tools import erd, stream_pages
from tools.domains import MODULES, domains
from tools.references import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
PAGES = "docs/streams"


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
    """`meltano.yml` with the extractor's settings and selection between their markers."""
    settings = {
        "settings": [_meltano_setting(it) for it in DECLARATIONS],
        "settings_group_validation": [[it.name for it in DECLARATIONS if it.is_required]],
    }
    usual = [name for name, stream in BY_NAME.items() if stream.selected_by_default]
    select = {"select": [f"{name}.*" for name in usual]}
    text = _between(current, "    # <settings>\n", "    # </settings>\n", _yaml(settings))
    return _between(text, "    # <select>\n", "    # </select>\n", _yaml(select))


def _yaml(part: dict[str, Any]) -> str:
    """Lines of an extractor's definition."""
    text = yaml.safe_dump(part, sort_keys=False, width=100, allow_unicode=True)
    return "".join(f"    {line}\n" for line in text.splitlines())


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
    table = stream_pages.overview()
    return _between(text, "<!-- streams -->\n", "<!-- /streams -->\n", table)


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


def _between(text: str, begin: str, end: str, content: str) -> str:
    """The text with everything between two markers replaced."""
    head, found, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        message = f"the markers {begin.strip()} and {end.strip()} are missing"
        raise ValueError(message)
    return f"{head}{begin}{content}{end}{tail}"


def _whole(make: Callable[[], str], _: str) -> str:
    """A file that is generated from its first line to its last."""
    return make()


def _pages() -> dict[str, Callable[[], str]]:
    pages = {"README.md": stream_pages.index}
    pages |= {f"{module}.md": partial(stream_pages.page, module) for module in MODULES}
    for domain, streams in domains().items():
        if erd.is_worth_drawing(streams):
            pages[stream_pages.picture(domain)] = partial(erd.draw, streams, domain)
    return pages


# Every file with something generated in it, and what it becomes, given what it is.
GENERATED: dict[str, Callable[[str], str]] = {
    "sample_config.json": sample_config,
    "meltano.yml": meltano,
    "README.md": readme,
    **{f"{PAGES}/{name}": partial(_whole, make) for name, make in _pages().items()},
}


def generated(name: str) -> tuple[str, str]:
    """What the file is, and what it should be."""
    path = ROOT / name
    current = path.read_text(encoding="utf-8") if path.exists() else ""
    return current, GENERATED[name](current)


def left_over() -> list[str]:
    """Pages of what is no more."""
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / PAGES).glob("*")}
    return sorted(found - GENERATED.keys())


def main(arguments: list[str]) -> int:
    """Write the files that lag, or with `--check` name them."""
    is_check = "--check" in arguments
    code = 0
    for name in GENERATED:
        try:
            current, wanted = generated(name)
        except ValueError as error:
            print(f"{name} is left as it is: {error}.")
            code = 1
            continue
        if wanted == current:
            continue
        if is_check:
            print(f"{name} lags: run python3 dev.py docs.")
            code = 1
        else:
            path = ROOT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
            print(f"{name} written.")
    for name in left_over():
        if is_check:
            print(f"{name} is about what is no more: run python3 dev.py docs.")
            code = 1
        else:
            (ROOT / name).unlink()
            print(f"{name} removed.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
