"""What a run says at its end of each selected stream: a table for people, JSON for orchestrators.

Rows are those that were written. Requests stand with the stream in whose name they were sent: what
several streams take out of one list is on one line, and what is sent in nobody's name, or in that
of a stream that is not selected, in the sum alone. Seconds are those in which a stream was being
written; while it waits for its turn it may already be read.

In a long table the streams that need no look share its last line: those that were read and had no
rows, and those whose turn never came. The JSON has a line for each.
"""

from __future__ import annotations

import json
import typing as t
from collections import Counter
from dataclasses import asdict, dataclass

from tap_bigcommerce.columns import aligned

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from tap_bigcommerce.api.client import Fallback
    from tap_bigcommerce.run import Run
    from tap_bigcommerce.streams.base import BigCommerceStream

Outcome = t.Literal["read", "incomplete", "skipped", "failed", "interrupted", "not reached"]
"""Interrupted: the run ended in the middle of the stream. Not reached: it ended before."""

HEAD: t.Final = (
    "stream",
    "replication",
    "rows",
    "requests",
    "retries",
    "waited",
    "seconds",
    "notes",
    "bookmark",
)
NUMBERS: t.Final = frozenset({"rows", "requests", "retries", "waited", "seconds"})
SPARE: t.Final = ("replication", "waited", "retries", "bookmark")
"""What is left out first where a terminal is too narrow; a bookmark says the replication, too."""
CUT: t.Final = "..."
MANY: t.Final = 30
"""Streams of which not all are looked at one by one."""
FALLBACKS: t.Final[Mapping[Fallback, str]] = {
    "asked_alone": "asked one by one",
    "smaller_page": "in smaller pages",
    "read_again": "read again",
    "walked_by_id": "walked by id",
    "page_after_page": "page after page",
}
"""What they are called in the table; `Fallback` says what they are."""


@dataclass(slots=True)
class Written:
    """What has been written of a stream, and when, by the run's clock."""

    began_s: float
    ended_s: float | None = None
    rows: int = 0
    listed: int = 0
    """Rows of the list that was walked for them."""
    is_whole: bool = False
    """Whether the stream was read to its end."""


@dataclass(frozen=True, slots=True)
class Line:
    """How one stream went."""

    stream: str
    outcome: Outcome
    replication: str
    """The SDK's word: FULL_TABLE or INCREMENTAL."""
    rows: int
    requests: int
    retries: int
    rejected: int
    """Answers with 429."""
    waited_for_quota_s: float
    seconds: float
    bookmark: str | None
    unknown_fields: dict[str, int]
    """Values of each that are in `_extra`."""
    misfits: dict[str, int]
    """Values of declared fields that are in `_extra`, as they are of another type."""
    fallbacks: dict[Fallback, int]
    warnings: list[str]
    error: str | None
    """Why it failed or was skipped, and what to do."""

    def notes(self) -> str:
        """What is not as it should be, in a few words; the log says it in full."""
        said = [] if self.outcome == "read" else [str(self.outcome)]
        if count := len(self.unknown_fields):
            said.append(_counted(count, "unknown field"))
        if count := len(self.misfits):
            said.append(_counted(count, "field") + " of another type")
        said += (
            f"{self.fallbacks[how]:,} {words}"
            for how, words in FALLBACKS.items()
            if how in self.fallbacks
        )
        return ", ".join(said)

    def is_plain(self) -> bool:
        """Whether nobody misses it in a table."""
        return not self.rows and self.notes() in {"", "not reached"}

    def cells(self) -> tuple[str, ...]:
        """What stands in the table."""
        return (
            self.stream,
            "full" if self.replication == "FULL_TABLE" else self.replication.lower(),
            f"{self.rows:,}",
            f"{self.requests:,}",
            f"{self.retries:,}" if self.retries else "",
            f"{self.waited_for_quota_s:.1f}" if self.waited_for_quota_s >= 0.05 else "",  # noqa: PLR2004 - less is shown as 0.0
            f"{self.seconds:.1f}",
            self.notes(),
            (self.bookmark or "").removesuffix("+00:00"),
        )


class Summary:
    """How a run went."""

    def __init__(self, run: Run, exit_code: int) -> None:
        """Take stock of a run, now."""
        now_s = run.limiter.clock.monotonic()
        began_s = min((one.began_s for one in run.written.values()), default=now_s)
        tallies = [client.stats for client in run.clients()]
        self.lines = [_line(run, stream, now_s) for stream in run.selected]
        self.totals: dict[str, t.Any] = {
            "exit_code": exit_code,
            "started": run.started().isoformat(),
            "seconds": round(now_s - began_s, 3),
            "rows": sum(line.rows for line in self.lines),
            "requests": sum(one.requests for one in tallies),
            "retries": sum(one.retries for one in tallies),
            "rejected": sum(one.rejected for one in tallies),
            "waited_for_quota_s": round(sum(one.waited_quota_s for one in tallies), 3),
            "fallbacks": run.fallbacks,
        }

    def json(self) -> str:
        """Everything, for programs."""
        lines = [asdict(line) for line in self.lines]
        return json.dumps({**self.totals, "streams": lines}, indent=2) + "\n"

    def text(self, columns: int | None = None) -> str:
        """The sums, and the table, in lines of no more than so many columns."""
        table, headline = self.table(columns), self.headline()
        if len(self.lines) <= MANY:
            return f"{headline}\n{table}"
        # The first line is far up by now.
        counts = Counter(line.outcome for line in self.lines if line.is_plain())
        left_out = [f"{counts['read']:,} without rows"] if counts["read"] else []
        left_out += [f"{counts['not reached']:,} not reached"] if counts["not reached"] else []
        closing = [f"and {', '.join(left_out)}"] if left_out else []
        return "\n".join([headline, table, *closing, headline])

    def headline(self) -> str:
        """The sums, and how many streams did not end as they should."""
        total = self.totals
        outcomes = Counter(line.outcome for line in self.lines if line.outcome != "read")
        troubles = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.items())
        return (
            f"{_counted(len(self.lines), 'stream')}{f' ({troubles})' if troubles else ''}, "
            f"{total['rows']:,} rows, "
            f"{total['requests']:,} requests, {total['retries']:,} retries, "
            f"{total['waited_for_quota_s']:.1f} s waited for quota, {total['seconds']:.1f} s"
        )

    def table(self, columns: int | None = None) -> str:
        """A line for each stream that is worth one, none longer than so many columns."""
        is_long = len(self.lines) > MANY
        lines = [line for line in self.lines if not (is_long and line.is_plain())]
        cells = [HEAD, *(line.cells() for line in lines)]
        by_name = dict(zip(HEAD, zip(*cells, strict=True), strict=True))
        for name in HEAD:
            if not any(by_name[name][1:]):  # it says nothing of any stream
                del by_name[name]
        rows = aligned(zip(*by_name.values(), strict=True), NUMBERS)
        for name in SPARE:
            if columns and any(len(row) > columns for row in rows):
                by_name.pop(name, None)
                rows = aligned(zip(*by_name.values(), strict=True), NUMBERS)
        return "\n".join(cut(row, columns) if columns else row for row in rows)


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}{'s' * (count != 1)}"


def cut(text: str, columns: int) -> str:
    """The text, no longer than so many columns."""
    return text if len(text) <= columns else (text[: columns - len(CUT)] + CUT)[:columns]


def _line(run: Run, stream: BigCommerceStream, now_s: float) -> Line:
    name = stream.name
    written, tally = run.written.get(name), run.tally(name)
    ended_s = written.ended_s if written and written.ended_s is not None else now_s
    state = stream.tap_state.get("bookmarks", {}).get(name, {})
    bookmark = state.get("replication_key_value")
    return Line(
        stream=name,
        outcome=_outcome(run, stream, written),
        replication=stream.replication_method,
        rows=written.rows if written else 0,
        requests=tally.requests,
        retries=tally.retries,
        rejected=tally.rejected,
        waited_for_quota_s=round(tally.waited_quota_s, 3),
        seconds=round(ended_s - written.began_s, 3) if written else 0.0,
        bookmark=bookmark if isinstance(bookmark, str) else None,
        unknown_fields=dict(run.unknown.get(name, {})),
        misfits=dict(run.misfits.get(name, {})),
        fallbacks=dict(tally.fallbacks),
        warnings=list(run.warnings.get(name, ())),
        error=run.failures.get(name) or run.skipped.get(name),
    )


def _outcome(run: Run, stream: BigCommerceStream, written: Written | None) -> Outcome:
    if stream.name in run.skipped:
        return "skipped"
    if stream.name in run.failures:
        return "failed" if written else "not reached"
    if written is None:
        return "not reached"
    if not written.is_whole:
        return "interrupted"
    return "incomplete" if run.is_incomplete(stream) else "read"
