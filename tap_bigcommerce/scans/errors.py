"""What can be wrong with a list although every request for it succeeded."""

from __future__ import annotations

from singer_sdk.exceptions import FatalAPIError


class InconsistentList(FatalAPIError):  # noqa: N818 (named for what it finds, as the SDK's are)
    """The answers contradict each other or the question, so rows may be missing."""


class UnreadableAnswer(FatalAPIError):  # noqa: N818
    """JSON, but not the form of this list."""
