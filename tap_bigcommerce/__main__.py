"""`python -m tap_bigcommerce`: the tap, where its console script is not on PATH."""

from __future__ import annotations

from tap_bigcommerce.tap import TapBigCommerce

TapBigCommerce.cli()
