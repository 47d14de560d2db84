"""Pages on streams: one for each module, with a line for each field, and their index.

They are the snapshot of the schema, too: what changes in it shows as a changed line of prose.
"""

from __future__ import annotations

import inspect
import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args, get_origin

from tap_bigcommerce.schema.record import EXTRA, Record, fields_of, is_record
from tap_bigcommerce.streams.scopes import PANEL_NAMES
from tools import erd
from tools.domains import DOMAINS, MODULES, domains, module_of, streams_of
from tools.reading import reading
from tools.references import BY_NAME, name_of, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tap_bigcommerce.streams.base import BigCommerceStream

    Stream = type[BigCommerceStream]

TYPES = {
    int: "integer",
    str: "string",
    bool: "boolean",
    Decimal: "decimal",
    datetime: "date-time",
    dict: "object of no fixed shape",
}
_SPECIAL = re.compile(r"[|<*]")


def page(module: str) -> str:
    """The page on a module's streams."""
    # Not the module's name alone, which may be a stream's: headings are what links lead to.
    lines = [f"# Streams: {module.replace('_', ' ')}", "", *_about(module), ""]
    streams = streams_of(module)
    lines += (f"- [{name}](#{name})" for name in map(name_of, streams))
    for stream in streams:
        lines += ["", f"## {name_of(stream)}", "", summary(stream), "", *_facts(stream), ""]
        lines += ["| Field | Type | |", "|:--|:--|:--|"]
        lines += (f"| {' | '.join(cells)} |" for cells in _fields(stream))
    return "\n".join(lines) + "\n"


def index() -> str:
    """The index of all pages, by domain."""
    lines = [
        "# Streams",
        "",
        f"{len(BY_NAME)} streams, each with its fields, keys and cost on the page of its domain.",
        "A stream with a bookmark is read from there on; one without is read whole each time.",
        "*Italic* streams are not selected by default: select them by name.",
        "",
        "Meltano's own default, `select: ['*.*']`, selects these, too: B2B Edition, and streams",
        "with a request for each customer, channel or category.",
        "The `select` of [meltano.yml](../../meltano.yml) names the others; add what you need,",
        "as in `meltano select tap-bigcommerce themes '*'`.",
        "",
        "An arrow names the other stream's field that has the same value.",
        "In the pictures keys are underlined, and what is named stands to the left.",
        "0, -1, null and an empty text name nothing.",
        "BigCommerce promises no integrity: rows are deleted while others name them.",
        "",
        f"Every stream has one field more, `{EXTRA}`, an object.",
        "It keeps what BigCommerce sent beyond the declared fields, and what did not fit, by path.",
        "*Personal* fields are hashed or dropped as the setting `personal_data` says.",
        "*Secret* fields are left out unless the setting `include_secrets` is true.",
        "",
    ]
    lines += [f"- [{domain}](#{_anchor(domain)})" for domain in DOMAINS]
    for domain, streams in domains().items():
        lines += ["", f"## {domain}", ""]
        if erd.is_worth_drawing(streams):
            lines += [f"![How these streams refer to each other]({picture(domain)})", ""]
        lines += ["| Stream | | Key | Bookmark | Scope |", "|:--|:--|:--|:--|:--|"]
        for stream in streams:
            key, bookmark = _code(stream.keys()), _code(_replication_key(stream))
            cells = (_link(stream), summary(stream), key, bookmark, scope(stream))
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def overview() -> str:
    """The README's table: streams by domain."""
    lines = [
        f"{len(BY_NAME)} streams. Fields, keys, bookmarks, scopes and cost of each, and pictures",
        "of how they refer to each other, are in [docs/streams](docs/streams/README.md).",
        "*Italic* streams are not selected by default.",
        "",
        "| | Streams | Scopes |",
        "|:--|:--|:--|",
    ]
    for domain, streams in domains().items():
        links = ", ".join(_link(stream, "docs/streams/") for stream in streams)
        scopes = ", ".join(dict.fromkeys(scope(stream) for stream in streams))
        title = f"[{domain}](docs/streams/README.md#{_anchor(domain)})"
        lines.append(f"| {title} | {links} | {scopes} |")
    return "\n".join(lines) + "\n"


def picture(domain: str) -> str:
    """File name of the domain's picture."""
    return f"{_anchor(domain)}.svg"


def summary(stream: Stream) -> str:
    """The stream's line in the docs."""
    return (inspect.getdoc(stream) or "").partition("\n")[0]


def scope(stream: Stream) -> str:
    """What to tick in the control panel."""
    return " or ".join(PANEL_NAMES[name] for name in stream.scope) or "none"


def _about(module: str) -> list[str]:
    """What the module says of itself, and its source, as paragraphs."""
    paragraphs = (inspect.getdoc(MODULES[module]) or "").split("\n\n")
    own = [paragraphs[0], *(one for one in paragraphs if one.startswith("Source:"))]
    return "\n\n".join(" ".join(one.split()) for one in own).split("\n")


def _facts(stream: Stream) -> Iterator[str]:
    yield f"- Key: {_code(stream.keys())}"
    bookmark = _replication_key(stream)
    yield f"- Replication: {f'from the bookmark {_code(bookmark)} on' if bookmark else 'whole'}"
    yield f"- Scope: {scope(stream)}"
    yield f"- Path: `{stream.path}`"
    yield f"- Reading: {reading(stream)}"
    if not stream.selected_by_default:
        yield "- Not selected by default."


def _replication_key(stream: Stream) -> tuple[str, ...]:
    """The replication key, if the class has one; else the attribute is the SDK's property."""
    key: object = stream.replication_key
    return (key,) if isinstance(key, str) else ()


def _fields(stream: Stream) -> Iterator[tuple[str, str, str]]:
    """Cells of each field's line: its name, its type and what is to be said of it."""
    keys, named = stream.keys(), {one.source: one for one in references(stream)}
    for path, field in _flat(stream.record):
        words = []
        if path in keys:
            words.append("Key.")
        if field.is_secret:
            words.append("*Secret.*")
        if field.is_personal:
            words.append("*Personal.*")
        if field.description:
            words.append(_escaped(_sentence(field.description)))
        if one := named.get(path.replace("[]", "")):
            target = BY_NAME[one.target]
            others = f" with the same {_code(one.others)}" if one.others else ""
            gone = ", which may be gone" if one.is_lasting else ""
            words.append(f"→ {_link(target)}.`{one.field}`{others}{gone}.")
        yield f"`{path}`", _type(field.type), " ".join(words)


def _flat(record: type[Record], before: str = "") -> Iterator[tuple[str, Any]]:
    """Fields and those inside of them, each with its path; `[]` stands for each of a list."""
    for name, field in fields_of(record).items():
        path, kind = f"{before}{name}", field.type
        yield path, field
        while get_origin(kind) is list:
            (kind,) = get_args(kind)
            path += "[]"
        if is_record(kind):
            yield from _flat(kind, f"{path}.")


def _type(kind: Any) -> str:  # noqa: ANN401 (an annotation is any object)
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        return f"list: {_type(item)}"
    return TYPES.get(kind, "object")


def _link(stream: Stream, folder: str = "") -> str:
    name, mark = name_of(stream), "" if stream.selected_by_default else "*"
    return f"{mark}[{name}]({folder}{module_of(stream)}.md#{name}){mark}"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "...")) else f"{text}."


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", text)


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
