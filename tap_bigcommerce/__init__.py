"""A Singer tap for BigCommerce."""

import sys

# Before anything else is imported: what older versions lack ends in a traceback.
if sys.version_info < (3, 11):  # noqa: UP036 (pip looks at this, running from a clone does not)
    sys.exit(
        "tap-bigcommerce needs Python 3.11, 3.12 or 3.13, and this is {}.{}.".format(
            *sys.version_info[:2]
        )
    )
