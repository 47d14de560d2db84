"""What can be wrong with a list although every request for it succeeded."""

from __future__ import annotations

import logging
import typing as t

from singer_sdk.exceptions import FatalAPIError

if t.TYPE_CHECKING:
    from tap_bigcommerce.api.pages import Page
    from tap_bigcommerce.scans.reader import Reader

logger = logging.getLogger("tap-bigcommerce")


class InconsistentList(FatalAPIError):  # noqa: N818 (named for what it finds, as the SDK's are)
    """The answers contradict each other or the question, so rows may be missing."""


class UnreadableAnswer(FatalAPIError):  # noqa: N818
    """JSON, but not the form of this list."""


def check_whole(page: Page) -> None:
    """The first page of a list has the rows that it counts, or as many as a page holds.

    Checked before a walk goes on, so that no later run resumes behind rows that did not come.

    Raises:
        InconsistentList: It has fewer. For one store, a filter on ids made all rows vanish.
    """
    counted = 0 if page.is_last else 1
    if page.total is not None and page.per_page is not None:
        counted = min(page.total, page.per_page)
    is_cut = page.is_last and page.total is not None and len(page.rows) < page.total
    if len(page.rows) < counted or (page.total and not page.rows) or is_cut:
        msg = f"an answer with {len(page.rows)} rows that counts {page.total or 'more pages'}"
        raise InconsistentList(msg)


def say_starts_over(reader: Reader) -> None:
    """Say that an interrupted walk cannot go on where it was."""
    reader.tally.fell_back("read_again")
    logger.warning(
        "%s is read from its beginning: it is not known any more where an earlier run stopped",
        reader.path,
    )
