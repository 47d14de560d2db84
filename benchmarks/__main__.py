"""All benchmarks of one run, its table, its JSON. `benchmarks.plot` draws it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import cost, reading, report, server_speed, small
from benchmarks.processes import FailedError

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = ("server", "startup", "cpu", "memory", "small", "reading")


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="small stores, in about two minutes")
    size.add_argument(
        "--full", action="store_true", help="nothing estimated that can be waited for"
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--json", type=Path, required=True)
    options = parser.parse_args()
    name = "quick" if options.quick else "full" if options.full else "default"
    costs = {"quick": cost.QUICK, "full": cost.FULL, "default": cost.DEFAULT}[name]
    reads = {"quick": reading.QUICK, "full": reading.FULL, "default": reading.DEFAULT}[name]
    seconds = 1.0 if options.quick else 5.0
    parts: dict[str, Callable[[], Any]] = {
        "server": lambda: server_speed.run(orders=reads.order_graph, seconds=seconds),
        "startup": lambda: cost.start_up(costs),
        "cpu": lambda: cost.cpu(costs),
        "memory": lambda: cost.memory(costs),
        "small": lambda: small.run(orders=reads.per_order // 10),
        "reading": lambda: reading.run(reads),
    }
    began = time.monotonic()
    results: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "size": name,
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.system(),
            "python": platform.python_version(),
        },
    }
    failed = []
    for part in PARTS:
        if part not in options.only:
            continue
        try:
            results[part] = parts[part]()
        except FailedError as error:  # the others took minutes, and are worth having
            print(error, file=sys.stderr)
            failed.append(part)
    results["took_s"] = round(time.monotonic() - began)
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(report.rounded(results), indent=1) + "\n")
    print(report.text(results))
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
