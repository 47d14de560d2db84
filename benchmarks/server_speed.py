"""What the sandbox itself can serve, so that it is known not to be what the others measure."""

from __future__ import annotations

import socket
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from benchmarks.processes import Server

_PAGE_ROWS = 250
_GRAPH = "include=consignments.line_items,fees&consignment_structure=object"
CONNECTIONS = 16


def run(*, orders: int, seconds: float) -> list[dict[str, Any]]:
    """Answers a second over 16 connections: pages of the order graph, and one order's answers."""
    found = []
    with Server(f"--orders={orders}", "--products=300", "--customers=500") as server:
        pages = [
            f"/v2/orders?limit={_PAGE_ROWS}&page={page}&{_GRAPH}"
            for page in range(1, orders // _PAGE_ROWS + 1)
        ]
        ids = [entry["id"] for entry in server.get("/v2/orders?limit=250")]
        cases = {
            "order pages, first time": (pages, 1),
            "order pages, kept": (pages, 1_000_000),
            "one order's shipments": ([f"/v2/orders/{id_}/shipments" for id_ in ids], 1_000_000),
        }
        for title, (paths, turns) in cases.items():
            answers, size, took_s = _serve(server, paths, turns, seconds)
            result = {
                "answers": title,
                "per_second": answers / took_s,
                "megabytes_per_second": size / took_s / 1e6,
            }
            found.append(result)
            print(
                f"sandbox, {title}: {result['per_second']:.0f} a second, "
                f"{result['megabytes_per_second']:.0f} MB/s packed",
                file=sys.stderr,
                flush=True,
            )
    return found


def _serve(server: Server, paths: list[str], turns: int, seconds: float) -> tuple[int, int, float]:
    """(answers, bytes, seconds) of all connections together."""
    port = urlsplit(server.url).port or 0
    prefix = f"/stores/{server.settings['store_id']}"
    token = str(server.settings["access_token"])
    with ProcessPoolExecutor(CONNECTIONS) as pool:
        jobs = [
            pool.submit(
                ask, port, [prefix + path for path in paths[at::CONNECTIONS]], token, turns, seconds
            )
            for at in range(CONNECTIONS)
        ]
        done = [job.result() for job in jobs]
    # From the first connection to the last answer: starting the processes is left out.
    took_s = max(ended for *_, ended in done) - min(began for _, _, began, _ in done)
    return sum(one[0] for one in done), sum(one[1] for one in done), took_s


def ask(
    port: int, paths: list[str], token: str, turns: int, seconds: float
) -> tuple[int, int, float, float]:
    """Get the paths over one connection again and again; (answers, bytes, began, ended)."""
    count = size = 0
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        reader = connection.makefile("rb")
        for _ in range(turns):
            for path in paths:
                if time.monotonic() - began > seconds:
                    return count, size, began, time.monotonic()
                connection.sendall(
                    f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: {token}\r\n"
                    "Accept-Encoding: gzip\r\n\r\n".encode()
                )
                size += _read(reader)
                count += 1
    return count, size, began, time.monotonic()


def _read(reader: Any) -> int:  # noqa: ANN401 - what makefile gives
    length = 0
    while (line := reader.readline()) not in {b"\r\n", b""}:
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return len(reader.read(length))
