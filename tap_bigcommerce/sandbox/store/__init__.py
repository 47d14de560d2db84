"""The data of the sandbox: a believable store that follows from a seed."""

from __future__ import annotations

from tap_bigcommerce.sandbox.store.store import Store

__all__ = ["Store"]
