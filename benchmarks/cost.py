"""CPU for a record, memory, start-up: what the tap costs where nothing has to be waited for."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks.processes import TAP, FailedError, Server, Usage, measure
from benchmarks.workloads import CATALOGUE, ORDER_GRAPH

COMPLETE = ("--quirk=cut_line_items=false", "--quirk=thin_line_items=false")
"""Every order shows all of its lines where it is listed."""


@dataclass(frozen=True)
class Sizes:
    """How much is read, and how often."""

    rows: int
    rounds: int
    memory_orders: tuple[int, ...]


QUICK = Sizes(1_000, 3, (500, 2_000))
DEFAULT = Sizes(5_000, 9, (5_000, 50_000))
FULL = Sizes(10_000, 15, (5_000, 50_000, 500_000))

# What is read, and the least part of the bare loop's speed that the design asks for.
_CASES: tuple[tuple[str, tuple[str, ...], float | None], ...] = (
    # Images are inside products: what is written is what came.
    ("products with variants and images", ("products", "product_variants"), 0.6),
    ("the same, images also as rows of their own", CATALOGUE.streams, None),
    ("orders with lines", ("orders", "order_products"), 0.5),
    ("the order graph", ORDER_GRAPH.streams, None),
)


def cpu(sizes: Sizes) -> list[dict[str, Any]]:
    """For each case: in one process, and as whole processes."""
    found = []
    with Server(f"--orders={sizes.rows}", f"--products={sizes.rows}") as server:
        for title, streams, bar in _CASES:
            result: dict[str, Any] = {"case": title, "bar": bar, **_inside(server, streams, sizes)}
            result["processes"] = _outside(server, streams, sizes.rounds)
            found.append(result)
            print(
                f"cpu, {title}: {result['speed_of_bare']:.2f} of the bare loop's speed",
                file=sys.stderr,
                flush=True,
            )
    return found


def _inside(server: Server, streams: tuple[str, ...], sizes: Sizes) -> dict[str, Any]:
    task = {
        "config": server.config(),
        "catalog": server.catalog(streams),
        "rounds": sizes.rounds,
    }
    done = measure([sys.executable, "-m", "benchmarks.pipeline", json.dumps(task)])
    result: dict[str, Any] = json.loads(done.last_line)
    return result


def _outside(server: Server, streams: tuple[str, ...], rounds: int) -> dict[str, Any]:
    """The tap's process against one with `requests` and msgspec alone, each less its start-up."""
    command = server.tap(streams)
    server.forget_requests()
    records = measure(command).records
    base = f"{server.url}/stores/{server.settings['store_id']}"
    addresses = [
        f"{base}{entry['path']}?{urlencode(entry['query'], safe=',:')}"
        for entry in server.journal()
    ]
    listed = server.write("addresses.json", [addresses, server.settings["access_token"]])
    commands = {
        "tap": command,
        "tap_start": [*TAP, "--version"],
        "bare": [sys.executable, "-m", "benchmarks.bare", listed],
        "bare_start": [sys.executable, "-c", "import requests, msgspec"],
    }
    least = _least(commands, rounds)
    ours = least["tap"].cpu_s - least["tap_start"].cpu_s
    theirs = least["bare"].cpu_s - least["bare_start"].cpu_s
    # What is left of two start-ups that differ by a tenth of a second says nothing when small.
    is_clear = ours > least["tap_start"].cpu_s / 2
    return {
        "requests": len(addresses),
        "records": records,
        "tap_cpu_s": ours,
        "bare_cpu_s": theirs,
        "tap_cpu_us_per_record": ours / records * 1e6 if is_clear else None,
        "speed_of_bare": theirs / ours if is_clear else None,
    }


def memory(sizes: Sizes) -> list[dict[str, Any]]:
    """The peak for the order graph of small and large stores, every order complete."""
    found = []
    for orders in sizes.memory_orders:
        with Server(f"--orders={orders}", "--products=300", *COMPLETE) as server:
            command = server.tap(ORDER_GRAPH.streams)
            server.forget_requests()
            used = measure(command)
            requests = server.asked().requests
        found.append(
            {
                "orders": orders,
                "records": used.records,
                "requests": requests,
                "peak_mb": used.peak_mb,
                "wall_s": used.wall_s,
                "cpu_s": used.cpu_s,
            }
        )
        print(f"memory, {orders} orders: {used.peak_mb:.0f} MB", file=sys.stderr, flush=True)
    return found


def start_up(sizes: Sizes) -> dict[str, float]:
    """`--version` against the import of the SDK alone, and against the SDK's smallest tap."""
    commands = {
        "tap": [*TAP, "--version"],
        "import_sdk": [sys.executable, "-c", "import singer_sdk"],
        "bare_tap": [sys.executable, "-m", "benchmarks.bare_tap", "--version"],
    }
    least = _least(commands, sizes.rounds * 2)
    return {
        **{f"{name}_cpu_s": used.cpu_s for name, used in least.items()},
        "times_import_sdk": least["tap"].cpu_s / least["import_sdk"].cpu_s,
        "times_bare_tap": least["tap"].cpu_s / least["bare_tap"].cpu_s,
        "bar": 2.0,
    }


def _least(commands: dict[str, list[str]], rounds: int) -> dict[str, Usage]:
    """Each program by turns; of each the run that took the least CPU.

    Raises:
        FailedError: There was no round.
    """
    least: dict[str, Usage] = {}
    for _ in range(rounds):
        for name, command in commands.items():
            used = measure(command)
            if name not in least or used.cpu_s < least[name].cpu_s:
                least[name] = used
    if not least:
        message = "nothing was measured"
        raise FailedError(message)
    return least
