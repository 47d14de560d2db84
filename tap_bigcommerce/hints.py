"""What somebody who runs the tap for the first time may have overlooked.

Nothing of it is an error of a stream; each is a sentence that is logged before or after a run.
"""

from __future__ import annotations

import os
import sys
import tempfile
import typing as t
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tap_bigcommerce.api.client import Request
from tap_bigcommerce.api.errors import ApiError, Forbidden
from tap_bigcommerce.check_report import UNKNOWN_STORE
from tap_bigcommerce.problems import misspelled_variables

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from tap_bigcommerce.run import Run

OPEN_PATH: t.Final = "/v3/hooks"
"""What every token of the store may read."""
CLOCK_MAY_BE_OFF: t.Final = timedelta(minutes=5)
"""Beyond what a network could explain."""
NO_TARGET: t.Final = (
    "stdout is a terminal, and nobody stores the rows: lead it into a target, such as "
    "`| target-jsonl`."
)


def before(*, reads_environment: bool) -> Iterator[str]:
    """What shows before a run."""
    yield from _disk()
    if reads_environment:
        yield from misspelled_variables()
    if sys.stdout.isatty():
        yield NO_TARGET


def _disk() -> Iterator[str]:
    """Python takes another directory without a word where TMPDIR is of no use."""
    wanted = os.environ.get("TMPDIR")
    try:
        found = Path(tempfile.gettempdir())
    except OSError:
        yield (
            "no temporary file can be written: what is read ahead of its turn and does not fit "
            "into memory is asked for again. Make room, or set TMPDIR."
        )
    else:
        if wanted and Path(wanted).resolve() != found.resolve():
            yield f"TMPDIR cannot be written: temporary files are in {found}."


def doubt_store(run: Run) -> None:
    """Fail where every stream was skipped for want of a scope, and the store is not the token's.

    BigCommerce answers both with 403. What needs no scope tells them apart.
    """
    own = [stream.name for stream in run.selected if not stream.is_b2b]
    if not own or not all(name in run.skipped for name in own):
        return
    try:
        run.client.get(Request(OPEN_PATH))
    except Forbidden:
        words = UNKNOWN_STORE.format(run.settings.store_hash)
        run.failures |= dict.fromkeys(own, words)
        for name in own:
            del run.skipped[name]
    except ApiError:  # of anything else, nothing follows
        return


def after(run: Run, began: datetime) -> Iterator[str]:
    """What shows after a run that began then, by this machine's clock; behind its last line."""
    yield from _clock(run.client.server_started, began)
    if run.selected and all(stream.name in run.skipped for stream in run.selected):
        yield "nothing was read: all streams were skipped. --test shows what the token lacks."
    if run.written and sys.stdout.isatty():
        yield NO_TARGET


def _clock(theirs: datetime | None, began: datetime) -> Iterator[str]:
    """Whether the store's clock at the first answer can be right beside ours."""
    if theirs is None:
        return
    off, which = max((began - theirs, "ahead of"), (theirs - datetime.now(UTC), "behind"))
    if off > CLOCK_MAY_BE_OFF:
        yield (
            f"the clock of this machine is {off.total_seconds() / 60:,.0f} minutes {which} the "
            "store's: set it. Nothing is lost by it; more may be read again."
        )
