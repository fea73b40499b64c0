"""XML written in the plain way: what one element holds is cut into pieces, what stands around it goes to the parser.

Excel, WPS, LibreOffice and the usual libraries all write the many cells of a sheet, and the many texts of a workbook,
in one way, which a regular expression takes apart several times faster than an XML parser could. Whoever cuts must
prove that every piece is plain to its last character. Everything else is left to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

import polars as pl

from icredit.intake.sources.xlsx.elements import Attributes, Told, read_elements

# Size at which a piece is cut. It takes ten times as much memory while it is taken apart.
_PIECE_SIZE = 4 * 2**20

# What cannot be cut is never larger: one row, or what stands before the first.
_LARGEST_PIECE = 8 * 2**20

#: Characters that XML cannot contain, for the inside of a class in a regular expression of polars.
NO_CHARACTERS = r"\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}"

_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")


class NotPlainError(ValueError):
    """The XML is not written in the plain way."""


class PlainXml:
    """XML whose element `tag`, written without a prefix, is to be cut behind the bytes `behind`."""

    def __init__(self, stream: Iterable[bytes], tag: str, behind: bytes) -> None:
        self._stream = iter(stream)
        self._tag = tag
        self._behind = behind
        self._head = self._tail = b""

    def pieces(self) -> Iterator[bytes]:
        """All that the element holds.

        Raises:
            NotPlainError: there is no such element, it has no end, or something in it is too large.
        """
        buffer = self._begin()
        if self._head.endswith(b"/>"):
            self._tail = bytes(buffer)
            return
        last = f"</{self._tag}>".encode()
        searched = 0
        while (end := buffer.find(last, searched)) < 0:
            cut = buffer.rfind(self._behind) + len(self._behind)
            if cut >= _PIECE_SIZE:
                with memoryview(buffer) as whole:
                    piece = bytes(whole[:cut])
                del buffer[:cut]
                yield piece
            searched = max(len(buffer) - len(last), 0)  # it may begin in one block and end in the next
            self._grow(buffer)
        yield bytes(buffer[:end])
        self._tail = bytes(buffer[end:])

    def read_around(self, told: Told | None = None) -> None:
        """Tell of the elements around the pieces, and of the one that held them; to be called after `pieces`.

        Raises:
            NotPlainError: the pieces were no content of such an element: it stood in a comment, or the XML is damaged.
        """
        met = 0

        def begin(parent: str, name: str, attributes: Attributes) -> None:
            nonlocal met
            met += name == self._tag
            if told is not None:
                told(parent, name, attributes)

        try:
            read_elements(chain((self._head, self._tail), self._stream), begin)
        except ValueError:
            raise NotPlainError from None
        if met != 1:
            raise NotPlainError

    def _begin(self) -> bytearray:
        """What follows the tag that begins the element."""
        buffer = bytearray()
        begin = f"<{self._tag}".encode()
        while (at := buffer.find(begin)) < 0 or (end := buffer.find(b">", at) + 1) == 0:
            self._grow(buffer)
        declared = _ENCODING.search(buffer.partition(b"?>")[0])
        if declared is not None and declared[1].lower() != b"utf-8":
            raise NotPlainError
        self._head = bytes(buffer[:end])
        del buffer[:end]
        return buffer

    def _grow(self, buffer: bytearray) -> None:
        block = next(self._stream, b"")
        if not block or len(buffer) > _LARGEST_PIECE:
            raise NotPlainError
        buffer += block


def split(piece: bytes, mark: str) -> pl.Series:
    """The text of a piece split at the mark, without a Python object for each part.

    Raises:
        NotPlainError: it is no UTF-8.
    """
    try:
        text = pl.Series([piece], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        raise NotPlainError from None
    return text.str.split(mark).explode(empty_as_null=False, keep_nulls=True)
