"""Web pages with tables, which many systems give out as .xls: every table of the page becomes a grid."""

from __future__ import annotations

import re
from collections.abc import Mapping

from icredit.errors import InputError
from icredit.intake.sources.grid import Content, Grid
from icredit.intake.sources.grid_builder import GridBuilder, Room
from icredit.intake.sources.markup import Token, attributes, tokens
from icredit.intake.sources.refusals import unreadable
from icredit.intake.sources.text import decode

# Encodings that a page may name, beside UTF-8 and GB18030 (with GBK and GB2312), which its bytes show.
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_-]+)""", re.IGNORECASE)
_CHARSETS = {"big5": "big5hkscs", "big5-hkscs": "big5hkscs", "windows-1252": "cp1252", "iso-8859-1": "cp1252"}
_HEAD = 4096

_BLANKS = re.compile(r"[ \t\r\n\f]+")
# Paragraphs end in one line break, however many elements end there. The mark is a character that no page holds.
_MARK = "\x01"
_GAPS = re.compile(r"[ \n\x01]+")
_BLOCKS = {"p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "center", "pre"}
_CELLS = {"td", "th"}

# The limits of the HTML standard.
_MOST_COLUMNS, _MOST_ROWS = 1_000, 65_534

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def read_grids(content: Content) -> list[Grid]:
    """Every table of a page that shows anything, in order; `table 1` and so on where there are several.

    A table inside a cell of another is a grid of its own, and no part of that cell's text.

    Raises:
        InputError: the page has no table, is cut off, too large, or in an encoding that is not known.
    """
    page = _Page(content)
    try:
        for token in tokens(_decoded(content)):
            page.take(token)
    except ValueError:  # a character reference of thousands of digits
        raise unreadable(content, "it is damaged") from None
    if page.open:
        raise InputError(
            f"{content.name}: this web page ends within a table: it is cut off",
            hint="fetch it anew, or open it in Excel, see that nothing is missing, and save it as .xlsx",
        )
    tables = [table.builder for table in page.tables if not table.builder.is_empty]
    if not tables and page.has_frames:
        raise InputError(
            f"{content.name}: this is a web page whose sheets are in other files, in the folder that belongs to it",
            hint="open it in Excel and save it as .xlsx",
        )
    if not tables:
        raise InputError(
            f"{content.name}: this is a web page without a table", hint="look at it in a browser: is it the right one?"
        )
    if len(tables) > 1:
        for number, table in enumerate(tables, start=1):
            table.sheet = f"table {number}"
    return [table.build() for table in tables]


def _decoded(content: Content) -> str:
    """The text of the page. UTF-8 is sure where it fits, whatever the page says; else it is what the page says."""
    try:
        return content.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        match = _CHARSET.search(content.data[:_HEAD])
        encoding = _CHARSETS.get(match[1].decode().lower()) if match else None
        if encoding is None or content.data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return decode(content)[0].decode()
        return content.data.decode(encoding, "replace")


class _Table:
    """One table as its tags come: where cells stand depends on those above that reach down."""

    def __init__(self, room: Room, *, hidden: bool) -> None:
        self.builder = GridBuilder(room, None, hidden=hidden)
        self.texts: list[str] | None = None
        self._room = room
        self._row = self._column = self._width = 0
        self._in_row = False
        self._reaches: dict[int, int] = {}
        self._place = (0, 0)

    def start_row(self) -> None:
        self.end_row()
        self._row += 1
        self._column = 0
        self._in_row = True

    def end_row(self) -> None:
        self.end_cell()
        self._in_row = False

    def start_cell(self, said: Mapping[str, str]) -> None:
        self.end_cell()
        if not self._in_row:
            self.start_row()
        while self._reaches.get(self._column, 0) >= self._row:
            self._column += 1
        columns = min(_span(said.get("colspan")) or 1, _MOST_COLUMNS)
        # A cell that spans no rows reaches down to the end.
        rows = min(_span(said.get("rowspan")) or _MOST_ROWS, _MOST_ROWS)
        self._place = (self._row, self._column)
        last_row, last_column = self._row + rows - 1, self._column + columns - 1
        self._width = max(self._width, last_column + 1)
        self._room.require(self._row * self._width)
        if rows > 1:
            self._reaches.update(dict.fromkeys(range(self._column, last_column + 1), last_row))
        if rows > 1 or columns > 1:
            self.builder.merge(*self._place, last_row, last_column)
        self._column = last_column + 1
        self.texts = []

    def end_cell(self) -> None:
        if self.texts is None:
            return
        text = _GAPS.sub(_gap, "".join(self.texts)).strip(" \n")
        # Systems write a no-break space where a cell is empty.
        self.builder.put(*self._place, text if text.strip("\xa0 \n") else None)
        self.texts = None


def _gap(match: re.Match[str]) -> str:
    """What blanks, line breaks and ends of paragraphs in a row are together."""
    return "\n" if _MARK in match[0] else "\n" * match[0].count("\n") or " "


def _span(value: str | None) -> int:
    """What colspan or rowspan say; 1 where they say nothing that is a number."""
    match = re.match(r"\s*(\d{1,9})", value or "", re.ASCII)
    return int(match[1]) if match else 1


class _Page:
    """The tables of a page as its tags come."""

    def __init__(self, content: Content) -> None:
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.has_frames = False
        self._room = Room(content.name, len(content.data))

    def take(self, token: Token) -> None:
        """Follow one tag or text."""
        name = token.value
        if token.kind == "text":
            self._write(_BLANKS.sub(" ", name))
        elif name == "table":
            self._table(token)
        elif name == "frameset":
            self.has_frames = True
        elif name == "br":
            self._write("\n")
        elif name in _BLOCKS:
            self._write(_MARK)
        elif self.open and name == "tr":
            self.open[-1].start_row() if token.kind == "start" else self.open[-1].end_row()
        elif self.open and name in _CELLS:
            self.open[-1].start_cell(attributes(token)) if token.kind == "start" else self.open[-1].end_cell()

    def _table(self, token: Token) -> None:
        if token.kind == "start":
            hidden = _HIDDEN.search(attributes(token).get("style", "")) is not None
            self.tables.append(_Table(self._room, hidden=hidden))
            self.open.append(self.tables[-1])
        elif self.open:
            self.open.pop().end_row()

    def _write(self, text: str) -> None:
        if self.open and self.open[-1].texts is not None:
            self.open[-1].texts.append(text)
