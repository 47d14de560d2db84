"""The table: each workload read plainly and by the tap, at two latencies, with and without quota.

A reader that mostly waits is measured on a part and scaled, and its row says so.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from benchmarks.processes import TAP, UNLIMITED, WINDOW_MS, FailedError, Server, measure
from benchmarks.workloads import CATALOGUE, ORDER_GRAPH, PER_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.workloads import Workload

QUOTA = 450
"""A Pro plan's requests in 30 seconds."""
LATENCY_MS = 200
PLAIN = "plain reader"


@dataclass(frozen=True)
class Sizes:
    """How much is read. `samples` is for what takes minutes to hours at 200 ms a request."""

    order_graph: int
    catalogue: int
    per_order: int
    per_order_in_quota: int
    """Parents of the per-order streams in the rows with a quota: 250 take a window of 30 s."""
    plain_parents: int
    """Parents that the plain reader reads at 200 ms; fifty times as many at 0 ms."""
    one_worker_parents: int
    """Orders whose streams the tap reads with one worker at 200 ms."""
    rounds: int
    quota_workers: tuple[int, ...]
    """What is read under the quota; without any, nothing is."""


QUICK = Sizes(500, 500, 60, 60, 3, 30, 1, ())
DEFAULT = Sizes(10_000, 20_000, 2_000, 430, 50, 100, 1, (1, 8, 16))
FULL = Sizes(10_000, 20_000, 2_000, 2_000, 500, 2_000, 3, (1, 8, 16))


@dataclass(frozen=True)
class Row:
    """One line of the table; the fastest of its rounds."""

    workload: str
    parents: int
    latency_ms: int
    quota: int | None
    reader: str
    requests: int
    refused: int
    most_in_flight: int
    """As the server saw it: whether `max_concurrency` was obeyed, and used."""
    wall_s: float
    cpu_s: float
    peak_mb: float
    records: int | None
    basis: str = "measured"
    times_plain: float = 0.0
    times_one_worker: float = 0.0


@dataclass(frozen=True)
class Cell:
    """Circumstances under which all readers read one workload."""

    work: Workload
    parents: int
    latency_ms: int
    quota: int | None
    workers: tuple[int, ...] = (1, 8, 16)


def cells(sizes: Sizes) -> Iterator[Cell]:
    """All circumstances, those with the same store together."""
    stores = (
        (ORDER_GRAPH, sizes.order_graph, sizes.order_graph),
        (CATALOGUE, sizes.catalogue, sizes.catalogue),
        (PER_ORDER, sizes.per_order, sizes.per_order_in_quota),
    )
    for work, parents, parents_in_quota in stores:
        for latency_ms in (0, LATENCY_MS):
            yield Cell(work, parents, latency_ms, None)
        for latency_ms in (0, LATENCY_MS) if sizes.quota_workers else ():
            yield Cell(work, parents_in_quota, latency_ms, QUOTA, sizes.quota_workers)


def run(sizes: Sizes) -> list[dict[str, object]]:
    """The table's rows."""
    rows: list[Row] = []
    for (work, parents), group in groupby(cells(sizes), lambda cell: (cell.work, cell.parents)):
        with _server(work, parents) as server:
            _warm(server, work)
            plain: dict[int, Row] = {}
            for cell in group:
                found = _cell(server, cell, sizes, plain.get(cell.latency_ms))
                plain.setdefault(cell.latency_ms, found[0])
                rows += found
    return [asdict(row) for row in rows]


def _server(work: Workload, parents: int) -> Server:
    others = {"orders": 20, "products": 300, "customers": 500}
    return Server(*(f"--{name}={n}" for name, n in {**others, work.parents: parents}.items()))


def _warm(server: Server, work: Workload) -> None:
    """Let the sandbox make each page once: it keeps them, so making them is not measured."""
    measure(server.tap(work.streams, max_concurrency=16))


def _cell(server: Server, cell: Cell, sizes: Sizes, plain: Row | None) -> list[Row]:
    """All readers by turns, the fastest of each; the plain one first, unless that is known."""
    best: dict[str, Row] = {PLAIN: plain} if plain else {}
    for _ in range(sizes.rounds):
        turns = [] if plain else [_plain(server, cell, sizes)]
        turns += [_tap(server, cell, workers, sizes) for workers in cell.workers]
        for row in turns:
            known = best.get(row.reader)
            if known is None or row.wall_s < known.wall_s:
                best[row.reader] = row
    if cell.quota:
        best[PLAIN] = _in_quota(best[PLAIN], cell.quota)
    one = best.get(_name(1))
    found = []
    for row in best.values():
        ratio = one.wall_s / row.wall_s if one and row.reader != PLAIN else 0.0
        times_plain = best[PLAIN].wall_s / row.wall_s
        found.append(replace(row, times_plain=times_plain, times_one_worker=ratio))
        print(_line(found[-1]), file=sys.stderr, flush=True)
    return found


def _in_quota(row: Row, quota: int) -> Row:
    """The plain reader under a quota: it uses up each window and waits for the next.

    It takes what its requests take, or what the quota lets through, whichever is longer.
    """
    least_s = row.requests // quota * WINDOW_MS / 1000
    if least_s <= row.wall_s:
        return replace(row, quota=quota)
    return replace(row, quota=quota, wall_s=least_s, basis="computed from requests and quota")


def _plain(server: Server, cell: Cell, sizes: Sizes) -> Row:
    """The plain reader: its lists whole, what belongs to their rows in part; without a quota."""
    sample = sizes.plain_parents * (1 if cell.latency_ms else 50)
    every = max(1, cell.parents // sample)
    report = server.folder / "plain.json"
    server.limit(latency_ms=cell.latency_ms)
    command = [sys.executable, "-m", "benchmarks.naive", f"--config={server.config()}"]
    command += [f"--workload={cell.work.name}", f"--every={every}", f"--report={report}"]
    used = measure(command)
    found = json.loads(report.read_text())
    times = found["parents"] / found["parents_read"]
    children = found["children"]
    requests = found["list"]["requests"] + children["requests"] * times
    wall_s = used.wall_s + children["wall_s"] * (times - 1)
    basis = "measured"
    if times > 1:
        basis = f"estimated from {found['parents_read']} of {found['parents']}"
    return Row(
        workload=cell.work.name,
        parents=cell.parents,
        latency_ms=cell.latency_ms,
        quota=None,
        reader=PLAIN,
        requests=round(requests),
        refused=0,
        most_in_flight=1,
        wall_s=wall_s,
        cpu_s=used.cpu_s + children["cpu_s"] * (times - 1),
        peak_mb=used.peak_mb,
        records=used.records if times == 1 else None,
        basis=basis,
    )


def _tap(server: Server, cell: Cell, workers: int, sizes: Sizes) -> Row:
    is_slow = cell.work is PER_ORDER and workers == 1 and cell.latency_ms > 0 and not cell.quota
    if is_slow and sizes.one_worker_parents < cell.parents:
        return _scaled(cell, workers, sizes.one_worker_parents)
    server.limit(latency_ms=cell.latency_ms, quota=cell.quota or UNLIMITED)
    return _row(server, cell, workers)


def _scaled(cell: Cell, workers: int, parents: int) -> Row:
    """The row of a smaller store, times how much smaller it is; a process starts only once."""
    start = measure([*TAP, "--version"])
    with _server(cell.work, parents) as server:
        _warm(server, cell.work)
        server.limit(latency_ms=cell.latency_ms)
        row = _row(server, cell, workers)
    times = cell.parents / parents
    return replace(
        row,
        requests=round(row.requests * times),
        wall_s=start.wall_s + (row.wall_s - start.wall_s) * times,
        cpu_s=start.cpu_s + (row.cpu_s - start.cpu_s) * times,
        records=None,
        basis=f"estimated from {parents} of {cell.parents}",
    )


def _row(server: Server, cell: Cell, workers: int) -> Row:
    command = server.tap(cell.work.streams, max_concurrency=workers)
    server.forget_requests()
    used = measure(command)
    asked = server.asked()
    if asked.most_in_flight > workers:
        message = f"{asked.most_in_flight} requests at once with {workers} workers"
        raise FailedError(message)
    return Row(
        workload=cell.work.name,
        parents=cell.parents,
        latency_ms=cell.latency_ms,
        quota=cell.quota,
        reader=_name(workers),
        requests=asked.requests,
        refused=asked.refused,
        most_in_flight=asked.most_in_flight,
        wall_s=used.wall_s,
        cpu_s=used.cpu_s,
        peak_mb=used.peak_mb,
        records=used.records,
    )


def _name(workers: int) -> str:
    return f"tap, max_concurrency {workers}"


def _line(row: Row) -> str:
    quota = f"{row.quota} per 30 s" if row.quota else "no quota"
    return (
        f"{row.workload} {row.parents}, {row.latency_ms} ms, {quota}: {row.reader}: "
        f"{row.wall_s:.1f} s, {row.requests} requests, {row.times_plain:.1f} x ({row.basis})"
    )
