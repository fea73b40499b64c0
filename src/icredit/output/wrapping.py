"""Breaking text into lines for a terminal, where a Chinese character takes two cells and needs no space to break at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len, chop_cells

from icredit.output.console import visible

# Chinese typesetting (GB/T 15834) begins no line with these, and ends none with those.
_NEVER_FIRST = frozenset("，。；：、！？）》」』】〉”’…%‰,.;:!?)]}*")
_NEVER_LAST = frozenset("（《「『【〈“‘([{")


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text, none wider than `width` cells (at least 2); blanks at a break are dropped.

    What is wider than a line and has no place to break is cut.
    """
    lines = [""]
    for piece in _pieces(text):
        word = piece.rstrip()
        if cell_len(lines[-1] + word) <= width:
            lines[-1] += piece
        else:
            lines += chop_cells(word, width)
            lines[-1] += piece[len(word) :]
    return [line.rstrip() for line in lines if line]


def wrap_lines(lines: Iterable[str], width: int | None) -> list[str]:
    """Lines that fit a terminal, each broken under its own indent and two cells more; as they are without a width."""
    if width is None:
        return [visible(line) for line in lines]
    wrapped: list[str] = []
    for line in map(visible, lines):
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        if cell_len(line) <= width:
            wrapped.append(line)
            continue
        first, *rest = wrap(text, max(width - indent - 2, 2)) or [""]
        wrapped += [" " * indent + first, *(" " * (indent + 2) + part for part in rest)]
    return wrapped


def _pieces(text: str) -> Iterator[str]:
    """The parts of a text between which a line may break; blanks stay at the end of the part before them."""
    start = 0
    for end in range(1, len(text)):
        if _may_break(text[end - 1], text[end]):
            yield text[start:end]
            start = end
    yield text[start:]


def _may_break(before: str, after: str) -> bool:
    if after.isspace() or after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return before.isspace() or cell_len(before) > 1 or cell_len(after) > 1
