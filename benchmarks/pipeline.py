"""CPU between page bytes and RECORD lines, against a bare msgspec loop over the same bytes.

In: decoding, checking, conversion of dates and decimals, the children's rows, keys and bookmarks,
messages, STATE, the threads and the queue between them, SCHEMA messages. Out: making the Tap,
sockets and gzip, as the pages come from memory. The bare loop decodes each page and encodes each
of its rows once, in a message, and converts nothing; both write to the null device.

The tap's command tunes Python's garbage collector. So does the bare loop here, or the tap would be
praised for a switch that any loop can turn; its speed with Python's own thresholds stands beside.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import statistics
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import msgspec

from benchmarks.replay import Recording
from benchmarks.stages import Stages
from tap_bigcommerce import tap as tap_module
from tap_bigcommerce.tap import TapBigCommerce

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DECODE = msgspec.json.Decoder().decode
_ENCODE = msgspec.json.Encoder().encode


def bare(bodies: Sequence[bytes]) -> int:
    """Decode and encode; how many rows there were."""
    count = 0
    with open(os.devnull, "wb") as out:  # noqa: PTH123 - a device
        for body in bodies:
            for row in rows(_DECODE(body)):
                message = {"type": "RECORD", "stream": "rows", "record": row}
                out.write(_ENCODE(message) + b"\n")
                count += 1
    return count


def rows(answer: Any) -> Sequence[Any]:  # noqa: ANN401 - any JSON
    """The rows of an answer of either version of the API."""
    if isinstance(answer, dict):
        answer = answer.get("data", answer)
    return answer if isinstance(answer, list) else [answer]


def read(config: dict[str, Any], catalog: dict[str, Any]) -> float:
    """CPU seconds of one whole sync in this process.

    Raises:
        RuntimeError: A stream failed.
    """
    tap = TapBigCommerce(config=config, catalog=catalog)
    gc.collect()
    with _silence():
        began = time.process_time()
        tap.sync_all()
        code = tap.run.end()
        took_s = time.process_time() - began
    if code:
        message = "the tap failed"
        raise RuntimeError(message)
    return took_s


def compare(config: dict[str, Any], catalog: dict[str, Any], rounds: int) -> dict[str, Any]:
    """Both by turns, each pair a ratio: what slows the machine down slows both of a pair down."""
    recording = Recording()
    with recording.recording():
        read(config, catalog)
    bodies = recording.bodies
    usual = gc.get_threshold()
    taps_own = getattr(tap_module, "GC_THRESHOLDS", usual)
    took: dict[str, list[float]] = {"bare": [], "bare_usual_gc": [], "tap": []}
    count = 0
    with recording.replaying():
        for _ in range(rounds):
            for name, thresholds in (("bare_usual_gc", usual), ("bare", taps_own)):
                gc.set_threshold(*thresholds)
                gc.collect()
                began = time.process_time()
                count = bare(bodies)
                took[name].append(time.process_time() - began)
            took["tap"].append(read(config, catalog))
        stages = Stages()
        with stages.watched():
            shares = stages.shares(read(config, catalog))
    gc.set_threshold(*usual)
    ratios = _ratios(took["bare"], took["tap"])
    return {
        "answers": len(bodies),
        "megabytes": sum(map(len, bodies)) / 1e6,
        "top_level_rows": count,
        **{f"{name}_cpu_s": statistics.median(times) for name, times in took.items()},
        "speed_of_bare": statistics.median(ratios),
        "speed_of_bare_range": [ratios[0], ratios[-1]],
        "speed_of_bare_usual_gc": statistics.median(_ratios(took["bare_usual_gc"], took["tap"])),
        "stages": shares,
    }


def _ratios(bare_s: Sequence[float], tap_s: Sequence[float]) -> list[float]:
    return sorted(theirs / ours for theirs, ours in zip(bare_s, tap_s, strict=True))


@contextmanager
def _silence() -> Iterator[None]:
    """Messages go to the null device."""
    stdout = sys.stdout
    with open(os.devnull, "w", encoding="utf-8") as nothing:  # noqa: PTH123 - a device
        sys.stdout = nothing
        try:
            yield
        finally:
            sys.stdout = stdout


def main() -> None:
    """Compare as the first argument says, a JSON object; the result goes to stdout."""
    logging.disable(logging.WARNING)
    task = json.loads(sys.argv[1])
    with open(task["config"], "rb") as config, open(task["catalog"], "rb") as catalog:  # noqa: PTH123 - two at once
        result = compare(
            cast("dict[str, Any]", json.load(config)),
            cast("dict[str, Any]", json.load(catalog)),
            task["rounds"],
        )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
