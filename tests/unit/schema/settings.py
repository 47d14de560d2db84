"""How hypothesis runs here: the same examples every time, with no clock and no files."""

from __future__ import annotations

from hypothesis import settings

REPEATABLE = settings(derandomize=True, database=None, deadline=None, max_examples=300)
