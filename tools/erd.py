"""Pictures of how streams refer to each other, as SVG.

A box is a stream with its keys and the fields that name other rows. What is named stands to the
left. No line follows from others: an option value's leads to its option, which has one to the
product. None passes behind a third box. A nested field has one only where a box would stand alone
without. A reference without a line is written beside its field; so are those to other domains,
unless the streams of a domain hardly name each other. Then what they name elsewhere has a box, too,
drawn lightly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

from tools.references import BY_NAME, name_of, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tap_bigcommerce.streams.base import BigCommerceStream
    from tools.references import Reference

    Stream = type[BigCommerceStream]

FEW_LINES = 2
"""With no more, a picture would show nothing that a table does not."""

# All lengths are in pixels.
_CHARACTER = 7.25
"""Width of one, in a monospaced font of 12 pixels."""
_FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"
_LINE, _HEAD, _PAD = 17, 22, 8
_GAP = 14
"""Between boxes in a column."""
_LANE, _MARGIN = 9, 18
_COLOURS = (
    *("#0b62a8", "#b3480a", "#2c7a2c", "#8a2c8a", "#8a6d00", "#00797a"),
    *("#a8123a", "#4a4a9c", "#6b3f1d", "#51606f", "#c2408f", "#5c7a00"),
)
_GREY = ' fill="#6b7280"'
_PLAIN, _LIGHT = ("#6b7280", "#e8ecf2", ""), ("#c3c9d4", "#ffffff", _GREY)
"""Colours of frames and heads, and what colours texts."""
_SWEEPS = 6
"""Passes that bring boxes closer to what they have lines with."""


@dataclass
class _Row:
    name: str
    is_key: bool
    reference: Reference | None = None
    has_line: bool = False

    @property
    def names(self) -> str:
        """What the field names, where no line leads there."""
        one = self.reference
        return f" → {one.target}.{one.field}" if one and not self.has_line else ""


@dataclass
class _Box:
    """A stream in the picture."""

    name: str
    rows: list[_Row]
    is_guest: bool = False
    """Whether the stream is of another domain."""
    rank: int = 0
    x: float = 0
    y: float = 0
    named: list[_Box] = field(default_factory=list)
    """Boxes that a line leads to from here."""
    naming: list[_Box] = field(default_factory=list)

    @property
    def width(self) -> float:
        longest = max(len(self.name), *(len(row.name + row.names) for row in self.rows))
        return longest * _CHARACTER + 2 * _PAD

    @property
    def height(self) -> float:
        return _HEAD + _LINE * len(self.rows) + _PAD / 2

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


class _Line(NamedTuple):
    source: _Box
    row: int
    target: _Box
    belongs: bool

    @property
    def field(self) -> str:
        return self.source.rows[self.row].name


def is_worth_drawing(streams: Sequence[Stream]) -> bool:
    """Whether there is more than a table would say."""
    return _says_more(_graph(streams)[1])


def _says_more(lines: Sequence[_Line]) -> bool:
    return len({line.target.name for line in lines}) > 1 and len(lines) > FEW_LINES


def draw(streams: Sequence[Stream], title: str) -> str:
    """The picture of these streams."""
    boxes, lines = _graph(streams)
    lanes = _place(_columns(boxes), lines)
    while hidden := next((line for line in lines if _is_hidden(line, lanes, boxes)), None):
        lines.remove(hidden)
        hidden.source.rows[hidden.row].has_line = False
        hidden.source.named.remove(hidden.target)
        hidden.target.naming.remove(hidden.source)
        lanes = _place(_columns(boxes), lines)
    width = max(box.x + box.width for box in boxes) + _MARGIN
    height = max(box.y + box.height for box in boxes) + _MARGIN
    colours = {
        name: _COLOURS[number % len(_COLOURS)]
        for number, name in enumerate(dict.fromkeys(line.target.name for line in lines))
    }
    size = f'width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:.0f} {height:.0f}"',
        f'  font-family="{_FONTS}" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect {size} fill="#ffffff"/>',
    ]
    parts += (_drawn_line(line, lanes, colours[line.target.name]) for line in lines)
    parts += (part for box in boxes for part in _drawn_box(box))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _graph(streams: Sequence[Stream]) -> tuple[list[_Box], list[_Line]]:
    """Boxes that a line begins or ends at, and the lines."""
    alone = _connected([_Box(name_of(stream), list(_rows(stream))) for stream in streams])
    if _says_more(alone[1]):
        return alone
    own = [_Box(name_of(stream), list(_rows(stream))) for stream in streams]
    named = {one.target for stream in streams for one in references(stream)}
    guests = named - {box.name for box in own}
    return _connected([*(_guest(BY_NAME[name]) for name in sorted(guests)), *own])


def _guest(stream: Stream) -> _Box:
    keys = stream.keys()
    return _Box(name_of(stream), [_Row(key, is_key=True) for key in keys], is_guest=True)


def _connected(drawn: Iterable[_Box]) -> tuple[list[_Box], list[_Line]]:
    boxes = {box.name: box for box in drawn}
    found = [
        _Line(box, number, boxes[one.target], one.belongs)
        for box in boxes.values()
        for number, row in enumerate(box.rows)
        if (one := row.reference) and one.target in boxes and one.target != box.name
    ]
    above = _above(boxes, found)
    lines = []
    for line in found:
        name, target = line.source.name, line.target.name
        is_implied = any(target in _reached(other, above) for other in above[name] - {target})
        if line.source.rows[line.row].has_line and not is_implied:
            lines.append(line)
            line.source.named.append(line.target)
            line.target.naming.append(line.source)
        else:
            line.source.rows[line.row].has_line = False
    return [box for box in boxes.values() if box.named or box.naming], lines


def _above(boxes: Iterable[str], found: Iterable[_Line]) -> dict[str, set[str]]:
    """What each box names, without circles; its fields are marked that may have a line."""
    above: dict[str, set[str]] = {name: set() for name in boxes}
    # Where two streams name each other, the one that belongs to the other stands to the right.
    for line in sorted(found, key=lambda line: (not line.belongs, "." in line.field)):
        name, target = line.source.name, line.target.name
        connected = {end for source in above if above[source] for end in (source, *above[source])}
        is_needed = "." not in line.field or not {name, target} <= connected
        if is_needed and name not in _reached(target, above):
            above[name].add(target)
            line.source.rows[line.row].has_line = True
    return above


def _rows(stream: Stream) -> Iterator[_Row]:
    keys, named = stream.keys(), {one.source: one for one in references(stream)}
    for key in keys:
        if key not in named:
            yield _Row(key, is_key=True)
    for name, one in named.items():
        yield _Row(name, name in keys, one)


def _reached(name: str, above: Mapping[str, set[str]]) -> set[str]:
    """What can be come to from here, this included."""
    reached, left = set(), [name]
    while left:
        one = left.pop()
        if one not in reached:
            reached.add(one)
            left.extend(above[one])
    return reached


def _columns(boxes: Sequence[_Box]) -> list[list[_Box]]:
    """Boxes by how far they are from what names nothing, as close as may be to what names them."""

    def rank(box: _Box) -> int:
        return max((rank(one) + 1 for one in box.named), default=0)

    for box in boxes:
        box.rank = rank(box)
    for box in sorted(boxes, key=lambda one: -one.rank):
        if box.naming:
            box.rank = min(one.rank for one in box.naming) - 1
    last = max(box.rank for box in boxes)
    return [[box for box in boxes if box.rank == rank] for rank in range(last + 1)]


def _place(columns: Sequence[list[_Box]], lines: Sequence[_Line]) -> dict[tuple[int, str], float]:
    """Give every box its place, and every line that goes up or down its lane: by rank, target."""
    lanes: dict[tuple[int, str], float] = {}
    x: float = _MARGIN
    for rank, column in enumerate(columns):
        targets = dict.fromkeys(line.target.name for line in lines if line.source.rank == rank)
        for name in targets:
            lanes[rank, name] = x
            x += _LANE
        x += _MARGIN if targets else 0
        for box in column:
            box.x = x
        x += max(box.width for box in column) + _MARGIN
    for column in columns:
        _stack(column)
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 else reversed(columns):
            wanted = {box.name: _wanted(box) for box in column}
            column.sort(key=lambda box: wanted[box.name])
            _stack(column, wanted)
    tallest = max(range(len(columns)), key=lambda rank: sum(one.height for one in columns[rank]))
    _stack(columns[tallest])
    for rank in (*reversed(range(tallest)), *range(tallest + 1, len(columns))):
        _stack(columns[rank], {box.name: _wanted(box) for box in columns[rank]})
    top = min(box.y for column in columns for box in column)
    for column in columns:
        for box in column:
            box.y += _MARGIN - top
    return lanes


def _is_hidden(line: _Line, lanes: Mapping[tuple[int, str], float], boxes: Iterable[_Box]) -> bool:
    """Whether it passes behind a box, and neither of its ends would stand alone without it."""
    source, target = line.source, line.target
    if len(source.named + source.naming) == 1 or len(target.named + target.naming) == 1:
        return False
    left, right = target.x + target.width, lanes[source.rank, target.name]
    y = target.y + _HEAD / 2
    return any(left < box.x < right and box.y <= y <= box.y + box.height for box in boxes)


def _wanted(box: _Box) -> float:
    """Where the box would stand in the middle of those that it has lines with."""
    return fmean(other.middle for other in (*box.named, *box.naming)) - box.height / 2


def _stack(column: Sequence[_Box], wanted: Mapping[str, float] | None = None) -> None:
    """Put boxes one below the other, each as near to where it would stand as the others allow."""
    free: float | None = None
    for box in column:
        box.y = wanted[box.name] if wanted else 0
        if free is not None:
            box.y = max(box.y, free)
        free = box.y + box.height + _GAP
    if wanted:  # what was pushed down by those above pushes them up by half
        push = fmean(box.y - wanted[box.name] for box in column)
        for box in column:
            box.y -= push
        for upper, lower in pairwise(column):
            lower.y = max(lower.y, upper.y + upper.height + _GAP)


def _drawn_line(line: _Line, lanes: Mapping[tuple[int, str], float], colour: str) -> str:
    source, target = line.source, line.target
    lane = lanes[source.rank, target.name]
    begin = source.y + _HEAD + _LINE * (line.row + 0.5)
    end = target.y + _HEAD / 2
    right = target.x + target.width
    return (
        f'<path d="M{source.x:.1f} {begin:.1f}H{lane:.1f}V{end:.1f}H{right + 6:.1f}" fill="none" '
        f'stroke="{colour}" stroke-width="1.4"/>'
        f'<path d="M{right:.1f} {end:.1f}l8 -4v8z" fill="{colour}"/>'
    )


def _drawn_box(box: _Box) -> Iterator[str]:
    line, head, ink = _LIGHT if box.is_guest else _PLAIN
    frame = f'x="{box.x:.1f}" width="{box.width:.1f}" stroke="{line}"'
    left = box.x + _PAD
    yield f'<rect {frame} y="{box.y:.1f}" height="{box.height:.1f}" fill="#ffffff"/>'
    yield f'<rect {frame} y="{box.y:.1f}" height="{_HEAD}" fill="{head}"/>'
    yield _text(left, box.y + _HEAD - 7, box.name, f' font-weight="bold"{ink}')
    for number, row in enumerate(box.rows, 1):
        style = ink + (' text-decoration="underline"' if row.is_key else "")
        y = box.y + _HEAD + _LINE * number - 4
        yield _text(left, y, row.name, style)
        if row.names:
            begin = left + (len(row.name) + 1) * _CHARACTER
            yield _text(begin, y, row.names.strip(), _GREY)


def _text(x: float, y: float, text: str, style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{style}>{escape(text)}</text>'
