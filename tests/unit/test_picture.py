"""The picture of a run: what was on a terminal, as SVG."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET

import pytest

from tools.picture import PICTURE, Window, draw, on_a_terminal
from tools.terminal import Terminal

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    return [one.text for one in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 (our own)


def test_every_line_is_in_the_picture_with_its_blanks():
    svg = draw([Window("first", ["$ tap", "", "a  <b>"]), Window("second", ["c"])], "A run")
    assert texts(svg) == ["first", "$ tap", "a  <b>", "second", "c"]


def test_lines_stand_within_their_window():
    svg = draw([Window("first", ["x" * 50, "y"]), Window("second", ["z"])], "A run")
    drawn = ET.fromstring(svg)  # noqa: S314 (our own)
    windows = [
        (float(one.attrib["y"]), float(one.attrib["height"])) for one in drawn.iter(f"{SVG}rect")
    ]
    (top, height), (next_top, _) = windows
    assert next_top > top + height
    assert float(drawn.attrib["height"]) == sum(windows[-1])
    lengths = [
        float(one.attrib["textLength"])
        for one in drawn.iter(f"{SVG}text")
        if "textLength" in one.attrib
    ]
    assert lengths[0] == 50 * lengths[1]
    assert lengths[0] < float(drawn.attrib["width"])


def test_a_command_has_a_terminal_of_its_own_and_is_in_front_there(tmp_path):
    code = (
        "import os, sys; print(sys.stderr.isatty(), sys.stdout.isatty(),"
        " os.tcgetpgrp(2) == os.getpgrp(), *os.get_terminal_size(2), file=sys.stderr)"
    )
    command = f"python -c '{code}' > out"
    assert "".join(on_a_terminal(command, tmp_path)) == "True False True 110 40\n"


def test_a_command_that_fails_gives_no_picture(tmp_path):
    with pytest.raises(subprocess.CalledProcessError):
        list(on_a_terminal("exit 3", tmp_path))


def test_the_picture_in_the_docs_shows_a_run_in_its_middle_and_at_its_end():
    shown = texts(PICTURE.read_text())
    assert any(" done in " in line for line in shown)
    assert any(line.startswith("stream ") for line in shown)


@pytest.mark.parametrize("text", ["\x1b[2J", "\x1b[1;2;3H", "\x1bZ"])
def test_a_code_that_the_terminal_does_not_know_is_an_error(text):
    with pytest.raises(ValueError, match="not known"):
        Terminal().feed(text)
