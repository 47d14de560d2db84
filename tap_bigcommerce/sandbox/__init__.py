"""A BigCommerce on your own machine, for demonstrations and tests.

It imitates the documented API and the habits that are not documented, serves a store that follows
from a seed, and misbehaves when told to. It shares no code with the tap.
"""

from __future__ import annotations

from tap_bigcommerce.sandbox.faults import Faults
from tap_bigcommerce.sandbox.journal import Journal, JournalEntry
from tap_bigcommerce.sandbox.quirks import Quirks
from tap_bigcommerce.sandbox.sandbox import Sandbox

__all__ = ["Faults", "Journal", "JournalEntry", "Quirks", "Sandbox"]
