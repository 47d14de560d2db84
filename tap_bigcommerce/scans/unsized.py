"""Lists whose pages have a size that nobody can ask for."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from tap_bigcommerce.api.client import Request
from tap_bigcommerce.api.pages import decode
from tap_bigcommerce.scans.reader import Reader

if t.TYPE_CHECKING:
    from tap_bigcommerce.api.client import Answer
    from tap_bigcommerce.api.pages import Page, Parse
    from tap_bigcommerce.scans.reader import Params


@dataclass(frozen=True, slots=True)
class UnsizedReader(Reader):
    """Knows the rows of a page, and does not ask for them: V3 may refuse a `limit`."""

    def read(self, request: Request, answer: Answer, parse: Parse = decode) -> Page:
        """Decode an answer: as many rows as a page has may not be all."""
        return Reader.read(self, request, replace(answer, limit=self.limit), parse)

    def _request(self, params: Params) -> Request:
        return Request(self.path, {**self.params, **params})
