"""Draws a file of results: `python -m benchmarks.plot RESULTS PICTURE`. Needs matplotlib alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")
# The same results give the same file.
mpl.rcParams["svg.hashsalt"] = "benchmarks"
mpl.rcParams["font.size"] = 9

from matplotlib import pyplot as plt  # noqa: E402 - after the choice of the backend

_PLAIN = "#9a9a9a"
_OURS = ("#c6dbef", "#6baed6", "#2171b5")
_BAR = "#cb181d"
_TITLES = {
    "order_graph": "Order graph",
    "catalogue": "Catalogue",
    "per_order": "Shipments,\ntransactions",
}


def main() -> None:
    """Read, draw, write."""
    source, target = map(Path, sys.argv[1:])
    results = json.loads(source.read_text())
    panels = [(part, draw) for part, draw in _PANELS if results.get(part)]
    if not panels:
        return  # of what was measured, nothing is drawn
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(11, 3.6 * len(panels)), layout="constrained", squeeze=False
    )
    for (part, draw), axis in zip(panels, axes[:, 0], strict=True):
        draw(axis, results[part])
        axis.spines[["top", "right"]].set_visible(False)
    machine = results["machine"]
    figure.suptitle(
        f"tap-bigcommerce against its sandbox, {results['date']}, {machine['cores']} cores, "
        f"Python {machine['python']}, size {results['size']}"
    )
    figure.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None)


def _reading(axis: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - matplotlib is untyped here
    """Wall time by reader, in groups, on a logarithmic scale."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        quota = f"\n{row['quota']} / 30 s" if row["quota"] else ""
        title = _TITLES[row["workload"]]
        label = f"{title}\n{row['parents']:,}\n{row['latency_ms']} ms{quota}"
        groups.setdefault(label, []).append(row)
    readers = list(dict.fromkeys(row["reader"] for row in rows))
    colors = dict(zip(readers, (_PLAIN, *_OURS), strict=False))
    width = 0.2
    for at, group in enumerate(groups.values()):
        for row in group:
            place = at + (readers.index(row["reader"]) - (len(readers) - 1) / 2) * width
            is_measured = row["basis"] == "measured"
            axis.bar(
                place,
                row["wall_s"],
                width * 0.92,
                color=colors[row["reader"]],
                hatch=None if is_measured else "////",
                edgecolor="white" if is_measured else "#555555",
                linewidth=0.5,
            )
            if row["reader"] != readers[0] and row["times_plain"]:
                axis.annotate(
                    f"{row['times_plain']:.3g}x",
                    (place, row["wall_s"]),
                    xytext=(0, 2),
                    textcoords="offset points",
                    ha="center",
                    va="bottom",
                    fontsize=6,
                    rotation=90,
                )
    axis.set_yscale("log")
    low, high = axis.get_ylim()
    axis.set_ylim(low, high * 4)
    axis.set_xticks(range(len(groups)), list(groups), fontsize=6)
    axis.set_ylabel("seconds, logarithmic")
    axis.set_title("Wall time; above the bars: times faster than the plain reader", loc="left")
    handles = [plt.Rectangle((0, 0), 1, 1, color=colors[name]) for name in readers]
    handles.append(
        plt.Rectangle((0, 0), 1, 1, facecolor="white", edgecolor="#555555", hatch="////")
    )
    axis.legend(
        handles, [*readers, "estimated or computed"], ncols=3, fontsize=7, loc="upper right",
        frameon=False,
    )  # fmt: skip


def _cpu(axis: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - as above
    for at, row in enumerate(rows):
        pair = (
            (-0.18, row["speed_of_bare"], _OURS[2], "in one process, pages from memory"),
            (0.18, row["processes"]["speed_of_bare"], _OURS[1], "whole processes, less start-up"),
        )
        for shift, value, color, label in pair:
            if value is None:  # hidden by start-up
                continue
            axis.barh(at + shift, value, 0.34, color=color, label=None if at else label)
            axis.text(value + 0.01, at + shift, f"{value:.2f}", va="center", fontsize=7)
        if row["bar"]:
            axis.plot([row["bar"]] * 2, [at - 0.42, at + 0.42], color=_BAR, linewidth=1.5)
        low, high = row["speed_of_bare_range"]
        axis.plot([low, high], [at - 0.3] * 2, color="black", linewidth=1)
    axis.plot([], [], color="black", linewidth=1, label="least to most of the rounds")
    axis.plot([], [], color=_BAR, label="bar")
    axis.set_yticks(range(len(rows)), [row["case"] for row in rows])
    axis.invert_yaxis()
    axis.set_xlim(0, 1.1)
    axis.set_xlabel("speed, where a bare msgspec loop over the same bytes is 1")
    axis.set_title("CPU from page bytes to RECORD lines", loc="left")
    axis.legend(fontsize=7, loc="lower right", frameon=False)


def _memory(axis: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401 - as above
    limit_mb = 250
    names = [f"{row['orders']:,} orders" for row in rows]
    bars = axis.barh(names, [row["peak_mb"] for row in rows], 0.5, color=_OURS[2])
    axis.bar_label(bars, fmt="%.0f MB", padding=3, fontsize=7)
    axis.axvline(limit_mb, color=_BAR, linewidth=1.5, label="bar")
    axis.invert_yaxis()
    axis.set_xlim(0, max(limit_mb, *(row["peak_mb"] for row in rows)) * 1.15)
    axis.set_xlabel("MB")
    axis.set_title("Peak memory of the tap, order graph", loc="left")
    axis.legend(fontsize=7, loc="lower right", frameon=False)


_PANELS = (("reading", _reading), ("cpu", _cpu), ("memory", _memory))


if __name__ == "__main__":
    main()
