"""`tap-bigcommerce-sandbox`: the sandbox as a program."""

from __future__ import annotations

import argparse
import math
import signal
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from tap_bigcommerce.sandbox.b2b import QUOTA as B2B_QUOTA
from tap_bigcommerce.sandbox.faults import KINDS, Faults
from tap_bigcommerce.sandbox.login import REDIRECT_URI
from tap_bigcommerce.sandbox.quirks import Quirks
from tap_bigcommerce.sandbox.sandbox import EPOCH, STORE_HASH, TOKEN, WINDOW_MS, Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

PORT = 8765
QUOTA = 450
"""A Pro plan's requests per 30 seconds."""
_REFUSED = 1
_MOST_PORTS = 65_535


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; 1 when that cannot be."""
    options = _parser().parse_args(argv)
    stopping = Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    sandbox = _sandbox(options)
    sandbox.login.redirect_uri = options.redirect_uri
    if options.events:
        sandbox.store.events(options.events)
    try:
        sandbox.start()
    except OSError as error:
        return _refused(
            f"Port {options.port} cannot be used ({error.strerror}): "
            "choose another with --port, or 0 for any."
        )
    try:
        if options.ready_file:
            try:
                Path(options.ready_file).write_text(sandbox.api_url + "\n", encoding="utf-8")
            except OSError as error:
                return _refused(f"--ready-file cannot be written: {error.strerror}.")
        sys.stdout.write(
            f"BigCommerce sandbox at {sandbox.api_url}"
            f" store_id={sandbox.store_hash} access_token={sandbox.token}\n"
        )
        sys.stdout.flush()
        stopping.wait()
    finally:
        sandbox.stop()
    return 0


def _refused(words: str) -> int:
    sys.stderr.write(words + "\n")
    return _REFUSED


def _sandbox(options: argparse.Namespace) -> Sandbox:
    return Sandbox(
        seed=options.seed,
        orders=options.orders,
        products=options.products,
        customers=options.customers,
        epoch=options.epoch,
        store_hash=options.store_id,
        token=options.access_token,
        quota=options.quota,
        window_ms=options.window_ms,
        other_requests=options.other_requests,
        b2b_quota=options.b2b_quota,
        latency_ms=options.latency_ms,
        faults=Faults(
            rate=options.fault_rate,
            kinds=tuple(options.fault_kinds),
            seed=options.seed,
            max_consecutive=options.max_consecutive_faults,
            slow_ms=options.slow_ms,
        ),
        quirks=Quirks(seed=options.seed, **dict(options.quirk)),
        churn_per_request=options.churn_per_request,
        events_per_second=options.events_per_second,
        port=options.port,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tap-bigcommerce-sandbox",
        description="A BigCommerce on your own machine, filled from a seed.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=_port, default=PORT, help="port on 127.0.0.1, 0 for any")
    add("--ready-file", help="file to write the URL to once listening")
    add("--store-id", default=STORE_HASH, help="the store hash in the path")
    add("--access-token", default=TOKEN, help="a token with every scope")
    add("--redirect-uri", default=REDIRECT_URI, help="callback address of the app to install")
    data = parser.add_argument_group("data")
    add = data.add_argument
    add("--seed", type=int, default=1, help="everything follows from it")
    add("--orders", type=_count, default=2000, help="how many orders")
    add("--products", type=_some, default=300, help="how many products")
    add("--customers", type=_count, default=500, help="how many customers")
    add("--epoch", type=_instant, default=EPOCH, help="instant at which the opening data ends")
    add("--events", type=_count, default=0, help="changes to make before serving")
    add("--churn-per-request", type=_count, default=0, help="changes before each answer")
    add("--events-per-second", type=_rate, default=0, help="changes made meanwhile")
    limits = parser.add_argument_group("limits")
    add = limits.add_argument
    add("--quota", type=_some, default=QUOTA, help="requests per window")
    add("--window-ms", type=_some, default=WINDOW_MS, help="length of a window")
    add("--other-requests", type=_count, default=0, help="requests another client makes a window")
    add("--b2b-quota", type=_some, default=B2B_QUOTA, help="requests a minute to B2B Edition")
    add("--latency-ms", type=_count, default=0, help="how long every answer waits")
    faults = parser.add_argument_group("faults")
    add = faults.add_argument
    add("--fault-rate", type=_part, default=0.0, help="part of the requests that fail, 0 to 1")
    add("--fault-kinds", nargs="+", choices=KINDS, default=list(KINDS), help="how they fail")
    add("--max-consecutive-faults", type=_count, default=3, help="failures of one request in a row")
    add("--slow-ms", type=_count, default=200, help="how long a slow body takes")
    add(
        "--quirk",
        action="append",
        type=_quirk,
        default=[],
        metavar="NAME=VALUE",
        help=f"change a habit: {', '.join(one.name for one in fields(Quirks))}",
    )
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        message = f"{text} is not a whole number from 0 on"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _port(text: str) -> int:
    value = _count(text)
    if value > _MOST_PORTS:
        message = f"{text} is no port: choose one up to {_MOST_PORTS}, or 0 for any"
        raise argparse.ArgumentTypeError(message)
    return value


def _rate(text: str) -> float:
    """A number from 0 on."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < math.inf:
        message = f"{text} is not a number from 0 on"
        raise argparse.ArgumentTypeError(message)
    return value


def _part(text: str) -> float:
    value = _rate(text)
    if value > 1:
        message = f"{text} is more than 1"
        raise argparse.ArgumentTypeError(message)
    return value


def _instant(text: str) -> str:
    """ISO 8601, checked here so that a mistake is told before the store is built."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        message = f"{text} is not an instant in ISO 8601, such as {EPOCH}"
        raise argparse.ArgumentTypeError(message) from None
    return text


def _some(text: str) -> int:
    value = _count(text)
    if not value:
        message = "at least 1 is needed"
        raise argparse.ArgumentTypeError(message)
    return value


def _quirk(text: str) -> tuple[str, Any]:
    """`name=value`, read as the type the quirk has."""
    name, _, value = text.partition("=")
    default = getattr(Quirks(), name, None)
    if name not in {one.name for one in fields(Quirks)}:
        message = f"{name} is not a quirk"
        raise argparse.ArgumentTypeError(message)
    if not value:
        message = f"{name} needs a value: {name}={default}"
        raise argparse.ArgumentTypeError(message)
    if isinstance(default, bool):
        if value not in {"true", "false"}:
            message = f"{name} is true or false"
            raise argparse.ArgumentTypeError(message)
        return name, value == "true"
    if isinstance(default, tuple):
        return name, tuple(value.split(","))
    return name, value if isinstance(default, str) else _count(value)


if __name__ == "__main__":
    sys.exit(main())
