"""What can be wrong with a list although every request for it succeeded."""

from __future__ import annotations

import typing as t

from singer_sdk.exceptions import FatalAPIError

if t.TYPE_CHECKING:
    from tap_bigcommerce.api.pages import Page


class InconsistentList(FatalAPIError):  # noqa: N818 (named for what it finds, as the SDK's are)
    """The answers contradict each other or the question, so rows may be missing."""


class UnreadableAnswer(FatalAPIError):  # noqa: N818
    """JSON, but not the form of this list."""


def check_not_hollow(page: Page) -> None:
    """A page without rows counts none.

    Raises:
        InconsistentList: It does. For one store, a filter on ids made rows vanish in this way.
    """
    if not page.rows and (page.total or not page.is_last):
        msg = f"an answer without rows, although it counts {page.total or 'more pages'}"
        raise InconsistentList(msg)
