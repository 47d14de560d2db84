"""An incremental run over every stream of a small store: many short lists, at 200 ms an answer."""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks.processes import Server, discover, measure

LATENCY_MS = 200
_EVENTS = 40


def run(*, orders: int) -> list[dict[str, Any]]:
    """Wall time with 8 and 16 workers against what the same requests take one after the other."""
    found = []
    for workers in (8, 16):
        with Server(f"--orders={orders}", "--products=100", "--customers=100") as server:
            streams = [it["tap_stream_id"] for it in discover(server.config())["streams"]]
            command = server.tap(streams, max_concurrency=workers)
            state = json.loads(measure(command).state)["value"]
            server.change(_EVENTS)
            server.limit(latency_ms=LATENCY_MS)
            server.forget_requests()
            used = measure([*command, f"--state={server.write('state.json', state)}"])
            asked = server.asked()
        waited_s = asked.requests * LATENCY_MS / 1000
        found.append(
            {
                "max_concurrency": workers,
                "streams": len(streams),
                "requests": asked.requests,
                "most_in_flight": asked.most_in_flight,
                "records": used.records,
                "wall_s": used.wall_s,
                "sequential_latency_s": waited_s,
                "times": waited_s / used.wall_s,
            }
        )
        print(
            f"incremental, {len(streams)} streams, {workers} workers: {used.wall_s:.1f} s, "
            f"{waited_s / used.wall_s:.1f} x its latencies one after the other",
            file=sys.stderr,
            flush=True,
        )
    return found
