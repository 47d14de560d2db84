"""`python -m tap_bigcommerce`: the tap, where its console script is not on PATH."""

from __future__ import annotations

import sys

try:
    from tap_bigcommerce.tap import TapBigCommerce
except ModuleNotFoundError as error:
    sys.exit(
        f"{error.name} is not installed. In the tap's folder: {sys.executable} -m pip install ."
    )

TapBigCommerce.cli()
