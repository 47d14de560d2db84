"""What a test of a connection found, as a table, and as sentences that say what to do."""

from __future__ import annotations

import typing as t

from tap_bigcommerce.columns import aligned
from tap_bigcommerce.probes import B2B_EDITION, INFORMATION, Verdict
from tap_bigcommerce.schema.values import value_at
from tap_bigcommerce.streams.scopes import least, needs, panel_names

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tap_bigcommerce.check import Check
    from tap_bigcommerce.probes import Finding
    from tap_bigcommerce.streams.base import BigCommerceStream
    from tap_bigcommerce.streams.scopes import Needs

HEAD: t.Final = ("scope", "verdict", "selected", "streams")
REMEDIES: t.Final = {
    "PersonalAccessToken": "Create one with them (Settings > Store-level API accounts)",
    "OAuth": "Give them to the app (Developer Portal), let the store's owner agree, "
    "and get a token again with tap-bigcommerce-oauth",
}
UNKNOWN_STORE: t.Final = (
    "Store unknown: the token opens nothing of {}. "
    "Check `store_id`: it is wrong, or the token is another store's."
)
_NAMES_WIDTH: t.Final = 60


def table_of(check: Check) -> str:
    """The findings as a table, and the least that has to be ticked."""
    selected = check.selected
    scopes = least([one for stream in selected for one in needs(type(stream))])
    count = len(selected) - len(check.closed)
    return "\n".join(
        [
            _about_store(check),
            "",
            *aligned([HEAD, *_lines(check)]),
            "",
            f"{count} of the {len(selected)} selected streams can be read.",
            f"The least that they need: {panel_names(scopes, ', ') or 'no scope'}.",
            f"Requests: {check.requests}, in {check.seconds:.1f} s.",
        ]
    )


def reasons_of(check: Check) -> list[str]:
    """Why selected streams cannot be read, and what to do."""
    closed: dict[Verdict, dict[BigCommerceStream, Finding]] = {}
    for stream, found in check.closed.items():
        closed.setdefault(found.verdict, {})[stream] = found
    return [_reason(check, verdict, streams) for verdict, streams in closed.items()]


def _about_store(check: Check) -> str:
    settings = check.run.settings
    place = f"Store {settings.store_hash} at {settings.api_url}"
    if check.findings[INFORMATION].verdict is Verdict.NO_SCOPE:
        return f"{place}: to know its name takes {panel_names([INFORMATION])}."
    row = check.store
    said = {
        "": row.get("name"),
        "domain ": row.get("domain"),
        "plan ": row.get("plan_name"),
        "currency ": row.get("currency"),
        "time zone ": value_at(row, ("timezone", "name")),
    }
    words = ", ".join(f"{word}{value}" for word, value in said.items() if value)
    return f"{place}: {words}" if words else place


def _lines(check: Check) -> Iterator[tuple[str, ...]]:
    """A line for each scope, and one for what of it the plan lacks."""
    groups: dict[tuple[Needs, Finding], list[BigCommerceStream]] = {}
    for stream in check.streams.values():
        if B2B_EDITION in stream.scope and B2B_EDITION not in check.findings:
            continue
        found = check.own_finding(stream)
        groups.setdefault((stream.scope, found), []).append(stream)
    for (scope, found), streams in groups.items():
        selected = [one.name for one in streams if one.selected]
        others = [one.name for one in streams if not one.selected]
        yield (
            panel_names(scope) or "(none)",
            found.verdict,
            f"{len(selected)} of {len(streams)}",
            _shortened(selected + others),
        )


def _reason(check: Check, verdict: Verdict, streams: Mapping[BigCommerceStream, Finding]) -> str:
    names = ", ".join(stream.name for stream in streams)
    words = next(found.words for found in streams.values())
    if verdict is Verdict.NO_SCOPE:
        wanted = [one for stream in streams for one in needs(type(stream))]
        lacking = least([one for one in wanted if not check.any_of(one).is_readable])
        return (
            f"Scope missing: the API account lacks {panel_names(lacking, ', ')}. "
            f"{REMEDIES[check.run.settings.auth_scheme]}, or deselect: {names}."
        )
    if verdict is Verdict.NOT_ON_PLAN:
        return (
            "Not on this plan: the store's plan lacks the feature, or it is switched off. "
            f"Deselect: {names}."
        )
    if verdict is Verdict.WRONG_STORE:
        return UNKNOWN_STORE.format(check.run.settings.store_hash)
    if verdict is Verdict.UNANSWERED:
        return f"{words} So it is not known of: {names}."
    return f"{verdict.capitalize()}: {words}"


def _shortened(names: Sequence[str]) -> str:
    """Names up to a width, and how many more there are."""
    shown = list(names)
    while len(", ".join(shown)) > _NAMES_WIDTH:
        shown.pop()
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
