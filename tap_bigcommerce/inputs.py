"""What is given to a run beside its settings: a state and a catalog, written by whoever.

Whatever in them would make the SDK stumble, or make it read something else than is meant, is
refused in a sentence that says what to write. What a stream makes of its own part of a state is in
`streams/bookmark.py`.
"""

from __future__ import annotations

import json
import typing as t
from collections import Counter
from decimal import Decimal

import msgspec

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_bigcommerce.streams.base import BigCommerceStream

_ENCODER: t.Final = msgspec.json.Encoder()
METHODS: t.Final = ("FULL_TABLE", "INCREMENTAL")
INCLUSIONS: t.Final = ("available", "automatic", "unsupported")
_CUT_OFF: t.Final = "Cut off"
_VALUE: t.Final = "the `value` of the last STATE message"
_BEGINNINGS: t.Final = frozenset("{[")
_COMMENTS: t.Final = frozenset("/#")
_ENDS: t.Final = frozenset("}]")
_ODD_QUOTES: t.Final = frozenset("'\u201c\u201d\u2018\u2019")
"""Those of Python, and those that word processors put in the place of straight ones."""


class UnusableInput(ValueError):  # noqa: N818 (what it is, not a programming error)
    """A file that holds something else than it has to; the text is a sentence."""


def read_object(file: t.IO[str], what: str, *, is_log: bool = False) -> dict[str, t.Any]:
    """The JSON object in a file; in a log with one on each line, the last.

    Raises:
        UnusableInput: It is something else.
    """
    try:
        text = file.read().removeprefix("\ufeff")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # PowerShell 5 writes UTF-16 behind `>`
        msg = f"{what} is not text in UTF-8: save it again as UTF-8."
        raise UnusableInput(msg)
    if not text.strip():
        msg = f"{what} is empty: write a JSON object, or leave the option out."
        raise UnusableInput(msg)
    try:
        value = _value_in(text, is_log=is_log)
    except json.JSONDecodeError as error:
        place = f"at line {error.lineno}, column {error.colno}"
        msg = f"{what} is not JSON, {place}: {_remedy(text, error)}."
        raise UnusableInput(msg) from None
    except RecursionError:
        msg = f"{what} is nested too deeply: correct it."
        raise UnusableInput(msg) from None
    if not isinstance(value, dict):
        msg = f"{what} is JSON, but not an object: write {{}} around names and values."
        raise UnusableInput(msg)
    return value


def _value_in(text: str, *, is_log: bool) -> t.Any:  # noqa: ANN401 (any JSON value)
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        if not is_log or error.msg != "Extra data":
            raise
        begins_at = text.rstrip().rfind("\n") + 1
        try:
            return json.loads(text[begins_at:], parse_float=Decimal)
        except json.JSONDecodeError:
            raise json.JSONDecodeError(_CUT_OFF, text, begins_at) from None


def _remedy(text: str, error: json.JSONDecodeError) -> str:
    """What to write, for what people take for JSON."""
    here, before = text[error.pos :].lstrip(), text[: error.pos].rstrip()
    first = here[:1]
    # Python 3.13 has words of its own for it, and points to the comma; others point behind it.
    is_trailing = "trailing comma" in error.msg or (before[-1:] == "," and first in _ENDS)
    cases = (
        (error.msg == _CUT_OFF, "its last line is cut off: remove it"),
        (error.msg == "Extra data", "only one JSON object is wanted"),
        (is_trailing, "remove the comma before the closing brace"),
        (first in _ODD_QUOTES, 'write names and text in straight double quotes, "so"'),
        (first in _COMMENTS, "JSON has no comments: remove it"),
        # YAML, TOML, a file of variables.
        (not before and first not in _BEGINNINGS, 'write it as {"name": "value", ...}'),
        (error.msg.startswith("Expecting ','") and first == '"', "write a comma before it"),
    )
    return next((words for is_so, words in cases if is_so), "correct it")


def state_problems(state: Mapping[str, t.Any], store_hash: str) -> list[str]:
    """Why this cannot be the state of a run of this store."""
    if not state:
        return []
    bookmarks = state.get("bookmarks", ())
    if bookmarks is None:
        return []
    if not isinstance(bookmarks, dict):
        holder = "what `singer_state` holds" if "singer_state" in state else _VALUE
        return [f"State has no `bookmarks`: give {holder}."]
    given = state.get("store_id")
    if given is not None and given != store_hash:
        whose = f"State is of the store {given!r}, and `store_id` is {store_hash!r}"
        return [f"{whose}: give the state of this store, or none to read everything."]
    try:
        _ENCODER.encode(bookmarks)
    except UnicodeEncodeError:
        return ["State holds text that cannot be written again. Correct or remove it."]
    wrong = [(name, what) for name, part in bookmarks.items() if (what := _no_bookmark(part))]
    return [f"State: `{name}` {what}. Correct or remove it." for name, what in wrong]


def _no_bookmark(part: t.Any) -> str:  # noqa: ANN401 (any JSON value)
    """Why the SDK, which looks for its own progress in a bookmark, cannot take this one."""
    if not isinstance(part, dict):
        return "is not an object"
    partitions = part.get("partitions", [])
    if not isinstance(partitions, list) or not all(isinstance(one, dict) for one in partitions):
        return "has `partitions` that are no objects"
    if not all(isinstance(one.get("progress_markers", {}), dict) for one in (part, *partitions)):
        return "has `progress_markers` that are no object"
    return ""


def catalog_problems(catalog: Mapping[str, t.Any], keys: Mapping[str, Sequence[str]]) -> list[str]:
    """What in a catalog cannot be followed; `keys` are those of each stream."""
    entries = catalog.get("streams")
    if not isinstance(entries, list):
        return ["Catalog has no list `streams`: give what --discover prints."]
    found: list[str] = []
    names: Counter[str] = Counter()
    for number, entry in enumerate(entries, start=1):
        name = entry.get("tap_stream_id") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            found.append(f"Catalog: entry {number} has no `tap_stream_id`. Write it or remove it.")
            continue
        names[name] += 1
        words = list(_malformed(entry))
        if not words and name in keys and _is_selected(entry):
            words = list(_unfollowable(entry, list(keys[name])))
        found += [f"Catalog: {name}: {one}" for one in words]
    if names and not names.keys() & keys.keys():
        return [*found, "Catalog names no stream of this tap: give what --discover prints."]
    twice = [name for name, count in names.items() if count > 1]
    return found + [f"Catalog names {name} more than once. Remove the others." for name in twice]


def _malformed(entry: Mapping[str, t.Any]) -> Iterator[str]:
    """What is not of a catalog's form."""
    if not isinstance(entry.get("schema", {}), dict):
        yield "`schema` is not an object. Write it as --discover has it."
    metadata = entry.get("metadata", [])
    if not isinstance(metadata, list):
        yield "`metadata` is not a list. Write it as --discover has it."
        return
    for item in metadata:
        crumb = item.get("breadcrumb") if isinstance(item, dict) else None
        if not isinstance(crumb, list) or not all(isinstance(part, str) for part in crumb):
            yield (
                "`breadcrumb` is not a list of names: write [] for the stream, "
                '["properties", "name"] for a field.'
            )
        elif not isinstance(item.get("metadata"), dict):
            yield f"`metadata` of {_path(crumb)} is not an object. Write it as --discover has it."
        else:
            yield from _malformed_item(item["metadata"], _path(crumb))


def _malformed_item(metadata: Mapping[str, t.Any], path: str) -> Iterator[str]:
    for name in ("selected", "selected-by-default"):
        if not isinstance(metadata.get(name), bool | None):
            yield f"`{name}` of {path} must be true or false."
    inclusion = metadata.get("inclusion")
    if inclusion is not None and inclusion not in INCLUSIONS:
        yield f"`inclusion` of {path} must be {', '.join(INCLUSIONS[:-1])} or {INCLUSIONS[-1]}."


def _unfollowable(entry: Mapping[str, t.Any], own: list[str]) -> Iterator[str]:
    """What would make another stream of it."""
    root = _root(entry)
    method = entry.get("replication_method") or root.get("forced-replication-method")
    if method is not None and method not in METHODS:
        yield f"`replication_method` is {method!r}. Write {' or '.join(METHODS)}."
    keys = entry.get("key_properties") or root.get("table-key-properties")
    if keys and (not isinstance(keys, list | tuple) or list(keys) != own):
        yield f"`key_properties` is {keys!r}. Write {json.dumps(own)}."


def catalog_remarks(
    catalog: Mapping[str, t.Any], streams: Mapping[str, BigCommerceStream]
) -> Iterator[str]:
    """What a catalog without problems asks for in vain."""
    selected = [entry for entry in catalog["streams"] if _is_selected(entry)]
    if not selected:
        yield 'the catalog selects no stream: set "selected" to true in the metadata of some'
    for entry in selected:
        name = entry["tap_stream_id"]
        stream = streams.get(name)
        if stream is None:
            yield f"the catalog selects {name}, which is not a stream"
            continue
        for item in entry.get("metadata", []):
            crumb, is_wanted = item["breadcrumb"], item["metadata"].get("selected")
            if is_wanted and not _is_declared(stream.schema, crumb):
                yield f"the catalog selects {name}.{_path(crumb)}, which is not a field"
        method = entry.get("replication_method") or _root(entry).get("forced-replication-method")
        if method == "INCREMENTAL" and not stream.own_key:
            yield f"{name} has no date to be INCREMENTAL by: it is read whole each time"


def _is_declared(schema: Mapping[str, t.Any], crumb: list[str]) -> bool:
    part: t.Any = schema
    for name in crumb:
        part = part.get(name) if isinstance(part, dict) else None
    return part is not None


def _root(entry: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
    """Metadata of the stream itself."""
    metadata: list[Mapping[str, t.Any]] = entry.get("metadata", [])
    return next((item["metadata"] for item in metadata if not item["breadcrumb"]), {})


def _is_selected(entry: Mapping[str, t.Any]) -> bool:
    """Whether the stream is selected, by the SDK's rules."""
    if not entry.get("metadata"):
        return True
    root = _root(entry)
    if root.get("inclusion") in {"unsupported", "automatic"}:
        return bool(root["inclusion"] == "automatic")
    chosen = (root.get(name) for name in ("selected", "selected-by-default"))
    return bool(next((one for one in chosen if one is not None), False))


def _path(crumb: list[str]) -> str:
    return ".".join(crumb[1::2]) or "the stream"
