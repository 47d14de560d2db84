"""What the README says of messages: each of them is one that somebody can meet."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tap_bigcommerce.api.errors import refusal

ROOT = Path(__file__).parents[2]
SECTION = re.search(
    r"^## When it fails$(.*?)^## ", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
)
ROWS = re.findall(r"^\| (`.*?) \| .* \|$", SECTION[1] if SECTION else "", re.MULTILINE)
MESSAGES = [message for row in ROWS for message in re.findall(r"`([^`]+)`", row)]


@cache
def texts():
    """Every text in the code; of those that are filled in, what stands between."""
    found = set()
    for path in sorted((ROOT / "tap_bigcommerce").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(re.split(r"\{\w*\}|%s", node.value))
    return "\n".join(found)


def test_the_section_quotes_messages():
    assert len(MESSAGES) > 30


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_that_is_quoted_is_said(message):
    status = re.match(r"(\d{3}) for GET \.\.\.$", message)
    if status:
        said = str(refusal("/v2/orders", int(status[1]), b""))
        assert said.startswith(f"{status[1]} for GET /v2/orders: ")
        return
    parts = [part.strip() for part in message.split("...")]
    assert any(len(part) > 5 for part in parts)
    for part in parts:
        assert part in texts()
