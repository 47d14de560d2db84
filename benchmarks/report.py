"""The results as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_DIGITS = 4


def rounded(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The same with numbers as exact as they were measured."""
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def text(results: dict[str, Any]) -> str:
    """All tables, in Markdown."""
    machine = results["machine"]
    where = f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}"
    lines = [f"{results['date']}, {where}, size {results['size']}, {results['took_s']} s"]
    for part, table in _TABLES.items():
        if part in results:
            lines += ["", *table(results[part])]
    return "\n".join(lines)


def _reading(rows: list[dict[str, Any]]) -> list[str]:
    names = "workload,parents,latency,quota,reader,requests,429,in flight,wall s,CPU s,peak MB"
    head = (*names.split(","), "x plain", "x 1 worker", "basis")
    return _table(
        head,
        [
            (
                row["workload"],
                f"{row['parents']:,}",
                f"{row['latency_ms']} ms",
                f"{row['quota']}/30 s" if row["quota"] else "none",
                row["reader"],
                f"{row['requests']:,}",
                str(row["refused"]),
                str(row["most_in_flight"]),
                f"{row['wall_s']:,.1f}",
                f"{row['cpu_s']:,.1f}",
                f"{row['peak_mb']:.0f}",
                f"{row['times_plain']:.1f}",
                f"{row['times_one_worker']:.1f}" if row["times_one_worker"] else "",
                row["basis"],
            )
            for row in rows
        ],
    )


def _cpu(rows: list[dict[str, Any]]) -> list[str]:
    head = (
        "CPU", "MB", "bare s", "tap s", "speed of bare", "range", "bare without GC tuning", "bar",
        "as processes", "us a record",
    )  # fmt: skip
    speed = _table(
        head,
        [
            (
                row["case"],
                f"{row['megabytes']:.1f}",
                f"{row['bare_cpu_s']:.3f}",
                f"{row['tap_cpu_s']:.3f}",
                f"{row['speed_of_bare']:.2f}",
                "-".join(f"{ratio:.2f}" for ratio in row["speed_of_bare_range"]),
                f"{row['speed_of_bare_usual_gc']:.2f}",
                "" if row["bar"] is None else str(row["bar"]),
                _or_dash(row["processes"]["speed_of_bare"], 2),
                _or_dash(row["processes"]["tap_cpu_us_per_record"], 0),
            )
            for row in rows
        ],
    )
    return [*speed, "", *_stages(rows)]


def _stages(rows: list[dict[str, Any]]) -> list[str]:
    """How the tap's CPU is divided, beside the part of it that is all of the bare loop's."""
    return _table(
        ("CPU by stage, of the tap's whole", *(row["case"] for row in rows)),
        [
            *(
                (stage, *(f"{row['stages'][stage]:.2f}" for row in rows))
                for stage in rows[0]["stages"]
            ),
            ("(the bare loop: all it does)", *(f"{row['speed_of_bare']:.2f}" for row in rows)),
        ],
    )


def _or_dash(value: float | None, digits: int) -> str:
    """A dash for what start-up hides."""
    return "-" if value is None else f"{value:.{digits}f}"


def _memory(rows: list[dict[str, Any]]) -> list[str]:
    return _table(
        ("memory: orders", "records", "requests", "peak MB", "CPU s"),
        [
            (
                f"{row['orders']:,}",
                f"{row['records']:,}",
                f"{row['requests']:,}",
                f"{row['peak_mb']:.0f}",
                f"{row['cpu_s']:.1f}",
            )
            for row in rows
        ],
    )


def _start_up(found: dict[str, float]) -> list[str]:
    sdk, smallest = found["times_import_sdk"], found["times_bare_tap"]
    taken = f"`--version`: {found['tap_cpu_s']:.2f} s of CPU, {sdk:.2f} x `import singer_sdk`"
    return [f"{taken}, {smallest:.2f} x the SDK's smallest tap (bar: {found['bar']:.0f})"]


def _small(rows: list[dict[str, Any]]) -> list[str]:
    return _table(
        ("incremental, 200 ms: workers", "streams", "requests", "wall s", "latencies s", "x"),
        [
            (
                str(row["max_concurrency"]),
                str(row["streams"]),
                str(row["requests"]),
                f"{row['wall_s']:.1f}",
                f"{row['sequential_latency_s']:.1f}",
                f"{row['times']:.1f}",
            )
            for row in rows
        ],
    )


def _server(rows: list[dict[str, Any]]) -> list[str]:
    return _table(
        ("the sandbox, 16 connections", "answers a second", "MB/s, packed"),
        [
            (row["answers"], f"{row['per_second']:,.0f}", f"{row['megabytes_per_second']:,.1f}")
            for row in rows
        ],
    )


_TABLES: dict[str, Callable[[Any], list[str]]] = {
    "reading": _reading,
    "cpu": _cpu,
    "memory": _memory,
    "startup": _start_up,
    "small": _small,
    "server": _server,
}


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [head, tuple("--" for _ in head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]
