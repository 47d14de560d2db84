"""`python -m tap_bigcommerce.sandbox`: the sandbox, where its console script is not on PATH."""

from __future__ import annotations

import sys

from tap_bigcommerce.sandbox.cli import main

sys.exit(main())
