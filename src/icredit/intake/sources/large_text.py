"""Delimited text that is too large to be held in memory: read in pieces, each of whole lines.

A line is a row as long as no quotation mark lets a cell go on in the next one. A file that has such marks is read as a
whole, like a small one.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from icredit.errors import InputError, reason_of
from icredit.intake.sources import text as whole
from icredit.intake.sources.grid import Content, Grid, Opened, Sheet
from icredit.intake.sources.limits import LONGEST_TEXT, too_long

# Bytes of a piece: enough for polars to be fast, and so few that the memory of one serves for the next; of more than
# 32 MiB the system would hand out and clear new memory each time.
_PIECE = 12 * 2**20

# Bytes that are looked at to tell the encoding: they stay in the processor's cache.
_LOOKED_AT = 2**20

_GB18030 = "gb18030"


@dataclass(frozen=True, slots=True)
class _LargeText:
    """A file, and the encoding that all of it has."""

    name: str
    path: Path
    encoding: str

    def pieces(self) -> Iterator[bytes]:
        """The text as UTF-8, in pieces of whole lines."""
        for piece in _pieces(self.path, self.name, _PIECE):
            yield piece if self.encoding == whole.UTF_8 else piece.decode(self.encoding).encode()

    def head(self, delimiter: str, last_row: int | None) -> Grid:
        """The first rows; or all of them, which nobody asks for who knows that there are pieces."""
        first = next(self.pieces())
        return whole.load(first if last_row is not None else b"".join(self.pieces()), delimiter, self.name, last_row)

    def grids(self, delimiter: str) -> Iterator[Grid]:
        """All rows; every grid has at least the columns of the first."""
        width, line = 0, 1
        for piece in self.pieces():
            if line == 1:
                grid = whole.load(piece, delimiter, self.name)
                width = grid.width
            else:
                grid = whole.load_more(piece, delimiter, self.name, width, line)
            yield grid
            line += piece.count(b"\n")


def open_large_text(content: Content, path: Path) -> Opened:
    """A large delimited file, of whose content only the beginning is at hand, once for every delimiter it may have.

    Raises:
        InputError: it cannot be read, or its bytes are no text.
    """
    encoding = _encoding(path, content.name)
    if encoding is None:
        return whole.open_text(Content(content.name, b"".join(_pieces(path, content.name, _PIECE))))
    text = _LargeText(content.name, path, encoding)
    sheets = [
        Sheet(None, False, partial(text.head, delimiter), partial(text.grids, delimiter))
        for delimiter in whole.DELIMITERS
    ]  # never hidden
    return Opened(tuple(sheets), encoding)


def piece_size() -> int:
    """Bytes of a piece, but for the end of a line."""
    return _PIECE


def _encoding(path: Path, name: str) -> str | None:
    """How the lines of a file are encoded; None if they cannot be told apart by their ends."""
    utf_8 = True
    for piece in _pieces(path, name, _LOOKED_AT):
        if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or not whole.is_simple(piece):
            return None
        if whole.long_line(piece) is not None:
            raise too_long(name, "line")
        utf_8 = utf_8 and whole.is_utf_8(piece)
    return whole.UTF_8 if utf_8 else _GB18030 if _is_gb18030(path, name) else None


def _is_gb18030(path: Path, name: str) -> bool:
    """Whether each line is; no character of several bytes has one that looks like the end of a line."""
    try:
        for piece in _pieces(path, name, _LOOKED_AT):
            piece.decode(_GB18030)
    except UnicodeError:
        return False
    return True


def _pieces(path: Path, name: str, size: int) -> Iterator[bytes]:
    """The bytes of a file, about so many at once, cut behind ends of lines."""
    begin = 0
    try:
        with path.open("rb") as file:
            while True:
                # The end of the line is looked for first: so all is read at once, and nothing copied.
                file.seek(begin + size - 1)
                rest = file.readline(LONGEST_TEXT)
                if len(rest) == LONGEST_TEXT and b"\r" not in rest:
                    raise too_long(name, "line")
                file.seek(begin)
                piece = file.read(size - 1 + len(rest))
                if not piece:
                    return
                begin += len(piece)
                yield piece
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {reason_of(error)}") from None
