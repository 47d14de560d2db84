"""How a walk notices that it goes round in a circle."""

from __future__ import annotations

import typing as t

from tap_bigcommerce.scans.errors import InconsistentList

if t.TYPE_CHECKING:
    from tap_bigcommerce.api.pages import Page


class Circle:
    """Notices when pages come round again: one page is kept, for twice as long each time."""

    def __init__(self) -> None:
        self._kept: tuple[int, str, str] | None = None
        self._left = self._span = 1

    def check(self, page: Page) -> None:
        """Compare a page with the one that is kept.

        Raises:
            InconsistentList: It is the same.
        """
        if not page.rows:
            return
        looks = (len(page.rows), repr(page.rows[0]), repr(page.rows[-1]))
        if looks == self._kept:
            msg = "a page repeats an earlier one: the endpoint ignores `page`, or its cursor"
            raise InconsistentList(msg)
        self._left -= 1
        if not self._left:
            self._kept = looks
            self._left = self._span = 2 * self._span
