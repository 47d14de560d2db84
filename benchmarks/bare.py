"""A program that gets addresses one after the other, decodes and encodes their rows, and no more.

What the tap's process is compared with: `requests` and msgspec alone, for the same requests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec
import requests


def main() -> None:
    """Read the file of addresses and the token that the arguments name."""
    addresses, token = json.loads(Path(sys.argv[1]).read_text())
    session = requests.Session()
    session.headers["X-Auth-Token"] = token
    decode = msgspec.json.Decoder().decode
    encode = msgspec.json.Encoder().encode
    out = sys.stdout.buffer
    for address in addresses:
        body = session.get(address, timeout=60).content
        answer = decode(body) if body else []
        if isinstance(answer, dict):
            answer = answer.get("data", answer)
        for row in answer if isinstance(answer, list) else [answer]:
            out.write(encode({"type": "RECORD", "stream": "rows", "record": row}) + b"\n")


if __name__ == "__main__":
    main()
