"""A terminal of so many lines and columns, as far as what the tap writes to one needs it.

For pictures of a run, and to see in tests what a person would see. It knows the codes that
`tap_bigcommerce/progress.py` uses and no others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CODE = re.compile(r"\x1b(?:\[([\d;]*)([A-Za-z])|([78D]))")


@dataclass
class Terminal:
    """What is on the screen, and what has left it at the top."""

    columns: int = 80
    height: int = 24
    gone: list[str] = field(default_factory=list)
    """Lines that have left the screen at its top."""
    _lines: list[str] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _last: int = 0
    """The last line of those that scroll."""
    _kept: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self._lines = [""] * self.height
        self._last = self.height - 1

    @property
    def lines(self) -> list[str]:
        """The lines on the screen, as many as it has, without blanks at their ends."""
        return [line.rstrip() for line in self._lines]

    @property
    def text(self) -> list[str]:
        """Everything that was written, up to the last line that is not empty."""
        lines = [*self.gone, *self.lines]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def feed(self, text: str) -> None:
        """Write to it."""
        place = 0
        while place < len(text):
            one = text[place]
            if one == "\x1b":
                code = _CODE.match(text, place)
                if not code:
                    message = f"a code that is not known here: {text[place : place + 8]!r}"
                    raise ValueError(message)
                self._obey(code)
                place = code.end()
                continue
            if one == "\n":
                self._column = 0
                self._down()
            elif one == "\r":
                self._column = 0
            else:
                self._put(one)
            place += 1

    def resize(self, columns: int, height: int) -> None:
        """Change the size as xterm does: all lines scroll again, and what fits stays."""
        while self._row >= height:
            self.gone.append(self._lines.pop(0))
            self._row -= 1
        self._lines = (self._lines + [""] * height)[:height]
        self.columns, self.height, self._last = columns, height, height - 1

    def _put(self, one: str) -> None:
        if self._column == self.columns:
            self._column = 0
            self._down()
        line = self._lines[self._row].ljust(self._column)
        self._lines[self._row] = line[: self._column] + one + line[self._column + 1 :]
        self._column += 1

    def _down(self) -> None:
        if self._row == self._last:
            self.gone.append(self._lines.pop(0))
            self._lines.insert(self._last, "")
        elif self._row < self.height - 1:
            self._row += 1

    def _obey(self, code: re.Match[str]) -> None:
        given, letter, short = code.groups()
        numbers = [int(number) for number in (given or "").split(";") if number]
        match letter or short, numbers:
            case "D", []:
                self._down()
            case "7", []:
                self._kept = self._row, self._column
            case "8", []:
                self._row, self._column = self._kept
            case "A", [count]:
                self._row = max(self._row - count, 0)
            case "H", [row, column]:
                self._row, self._column = row - 1, column - 1
            case "r", [1, last]:
                self._last, self._row, self._column = last - 1, 0, 0
            case "r", []:
                self._last, self._row, self._column = self.height - 1, 0, 0
            case "K", []:
                self._lines[self._row] = self._lines[self._row][: self._column]
            case "J", []:
                self._lines[self._row] = self._lines[self._row][: self._column]
                below = self.height - self._row - 1
                self._lines[self._row + 1 :] = [""] * below
            case _:
                message = f"a code that is not known here: {code[0]!r}"
                raise ValueError(message)
