"""How a list is walked so that nothing is missed while the store is written to.

A page number over a list that changes loses rows: when a row before it goes, all later rows
move up, and one slips from a page not yet read to a page already read. Each class here walks
in a way that this cannot happen to, and says why. A stream names the safest that its endpoint
supports.

A scan yields pages in order. `Page.position` is where a later run may resume when all rows up
to there have been written; None where it cannot.
"""

from tap_bigcommerce.scans.bounds import Bounds, IdFilter, Scan, TimeFilter, UnixTimeFilter
from tap_bigcommerce.scans.by_cursor import Cursor
from tap_bigcommerce.scans.by_id import Counter, IdRanges, Keyset
from tap_bigcommerce.scans.by_offset import OffsetReader, ReanchoredPages
from tap_bigcommerce.scans.by_page import CheckedPages
from tap_bigcommerce.scans.by_parent import ParentBatches
from tap_bigcommerce.scans.by_time import ReanchoredTime
from tap_bigcommerce.scans.once import Once

__all__ = [
    "Bounds",
    "CheckedPages",
    "Counter",
    "Cursor",
    "IdFilter",
    "IdRanges",
    "Keyset",
    "OffsetReader",
    "Once",
    "ParentBatches",
    "ReanchoredPages",
    "ReanchoredTime",
    "Scan",
    "TimeFilter",
    "UnixTimeFilter",
]
