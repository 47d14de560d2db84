"""The plain reader that the tap is compared with: one request at a time, page after page.

It reads as connectors do that embed nothing: each list by its pages of 250, and what belongs to a
row by one request for that row. It keeps its connection open, unpacks gzip, writes each row at
once, and waits where a 429 says so. Where the API has a list over all parents (variants), it uses
that. With `--every N` it reads what belongs to every Nth parent only, for an estimate.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from benchmarks.workloads import WORKLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE_ROWS = 250
NO_CONTENT = 204
TOO_MANY_REQUESTS = 429


class Reader:
    """Gets pages."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._base = f"{config['api_url']}/stores/{config['store_id']}"
        self._session = requests.Session()
        self._session.headers["X-Auth-Token"] = config["access_token"]
        self.requests = 0

    def pages(self, path: str) -> Iterator[list[dict[str, Any]]]:
        """Every page of a list, until one is not full."""
        page = 1
        while True:
            rows = self._get(path, page)
            yield rows
            if len(rows) < PAGE_ROWS:
                return
            page += 1

    def _get(self, path: str, page: int) -> list[dict[str, Any]]:
        while True:
            self.requests += 1
            response = self._session.get(
                self._base + path, params={"limit": PAGE_ROWS, "page": page}, timeout=60
            )
            if response.status_code != TOO_MANY_REQUESTS:
                break
            time.sleep(int(response.headers["X-Rate-Limit-Time-Reset-Ms"]) / 1000)
        response.raise_for_status()
        if response.status_code == NO_CONTENT:
            return []
        answer = response.json()
        if isinstance(answer, dict):
            answer = answer.get("data", answer.get("fees", [answer]))
        rows: list[dict[str, Any]] = answer
        return rows


def write(stream: str, row: dict[str, Any]) -> None:
    """One row to stdout."""
    message = {"type": "RECORD", "stream": stream, "record": row}
    sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")


def main() -> None:
    """Read one workload; what it took, by part, goes to the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path)
    parser.add_argument("--workload", choices=WORKLOADS)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    work = WORKLOADS[options.workload]
    reader = Reader(json.loads(options.config.read_text()))
    ids: list[int] = []
    began = _now()
    for path in work.lists:
        for page in reader.pages(path):
            for row in page:
                write(path, row)
                if path == work.lists[0]:
                    ids.append(row["id"])
    listed = _now()
    list_requests = reader.requests
    chosen = ids[options.every // 2 :: options.every]
    for id_ in chosen:
        for path in work.children:
            for page in reader.pages(path.format(id=id_)):
                for row in page:
                    write(path, row)
    ended = _now()
    report = {
        "parents": len(ids),
        "parents_read": len(chosen),
        "list": _part(began, listed, list_requests),
        "children": _part(listed, ended, reader.requests - list_requests),
    }
    options.report.write_text(json.dumps(report))


def _now() -> tuple[float, float]:
    return time.monotonic(), time.process_time()


def _part(began: tuple[float, float], ended: tuple[float, float], asked: int) -> dict[str, float]:
    return {"requests": asked, "wall_s": ended[0] - began[0], "cpu_s": ended[1] - began[1]}


if __name__ == "__main__":
    main()
