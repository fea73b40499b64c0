"""Workbooks for people: a formatted table that fits Chinese text, prints well, and cannot run anything."""

from __future__ import annotations

import functools
import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from rich.cells import cell_len

from icredit.errors import OutputError
from icredit.output.columns import TableColumn
from icredit.progress import SILENT, Advance

#: The name of the sheet that says what a list is and what it is not.
ABOUT = "说明 About"

#: Rows of one sheet, by the format's definition.
MAXIMUM_ROWS = 1_048_576

# Rows after which it is told how far a sheet is.
_TOLD = 1_000

# Cells that are held in memory before a workbook is written by way of temporary files.
_IN_MEMORY = 500_000

_FONT = "等线"
_WIDEST = 46
_NARROWEST = 6
_ABOUT_WIDTH = 90

#: Points that a line of text takes.
LINE = 15

# How much of its column's width a line fills for certain.
_FILLED = 8 / 9

# Lines of the tallest row that the format allows, 409 points.
_TALLEST = 27
_FROZEN_AT_MOST = 6

# The same content gives the same bytes: no creation time in the file.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table and what stands around it.

    Attributes:
        headers: column id -> header text.
        title: the line above the table; none: the table begins in the first row.
        subtitle: a smaller line below the title.
        about: lines of a second sheet, 说明 About: what this list is and what it is not.
        tints: column id -> the background of each of its cells as #RRGGBB, None for none.
    """

    name: str
    frame: pl.DataFrame
    columns: Sequence[TableColumn]
    headers: Mapping[str, str]
    title: str | None = None
    subtitle: str | None = None
    about: Sequence[tuple[str, str]] = field(default=())
    tints: Mapping[str, Sequence[str | None]] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The row of the headers, from 0."""
        return 0 if self.title is None else 3


def write_workbook(path: Path, *sheets: Sheet, advance: Advance = SILENT.advance) -> None:
    """Write sheets as .xlsx; `advance` is told of rows that are written, many at a time.

    Raises:
        OutputError: more rows than a sheet can hold.
    """
    for sheet in sheets:
        if sheet.frame.height + sheet.first + 1 > MAXIMUM_ROWS:
            raise OutputError(
                f"{sheet.frame.height:,} rows do not fit into a sheet of {MAXIMUM_ROWS:,}", hint="write .csv instead"
            )
    # Text is written as text whatever it looks like: no formulas, no links, no numbers out of credit codes.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    content = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch:
        # Large tables go through files of their own, row by row; small ones need none.
        large = max(sheet.frame.height * len(sheet.columns) for sheet in sheets) > _IN_MEMORY
        book = xlsxwriter.Workbook(
            content, {**options, "constant_memory": large, "in_memory": not large, "tmpdir": scratch}
        )
        book.set_properties({"created": _CREATED})
        formats = _Formats(book)
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            _layout(page, sheet, formats)
            _cells(page, sheet, formats, advance)
            if sheet.about:
                _about(book.add_worksheet(ABOUT), sheet.about, formats)
        book.close()
    path.write_bytes(content.getvalue())


class _Formats:
    """The cell formats of a workbook."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
        self.title = book.add_format({**base, "bold": True, "font_size": 16})
        self.subtitle = book.add_format({**base, "font_color": "#595959"})
        self.header = book.add_format(
            {**base, "bold": True, "bg_color": "#DDEBF7", "border": 1, "align": "center", "text_wrap": True}
        )
        self.wrapped = book.add_format({**base, "text_wrap": True, "valign": "top"})
        self.bold = book.add_format({**base, "bold": True, "valign": "top"})
        cell = {**base, "border": 1, "border_color": "#BFBFBF"}
        self._text = book.add_format({**cell, "num_format": "@", "shrink": True})
        self._centre = book.add_format({**cell, "align": "center"})
        self._rank = book.add_format({**cell, "align": "center", "num_format": "0"})
        self._points = book.add_format({**cell, "num_format": "0.00"})
        self._percent = book.add_format({**cell, "num_format": "0%"})
        self._number = book.add_format({**cell, "num_format": "#,##0.00"})
        self._prose = book.add_format({**cell, "num_format": "@", "text_wrap": True})
        self._tinted = functools.cache(lambda colour: book.add_format({**cell, "num_format": "@", "bg_color": colour}))

    def of(self, column: TableColumn) -> Any:
        """The format of a column's cells."""
        if column.id == "coverage":
            return self._percent
        if column.id in ("stage", "status", "grade"):
            return self._centre
        by_kind = {
            "rank": self._rank,
            "count": self._rank,
            "identity": self._text,
            "value": self._number,
            "prose": self._prose,
        }
        return by_kind.get(column.kind, self._points)

    def tinted(self, colour: str) -> Any:
        """The format of a text cell with a background."""
        return self._tinted(colour)


def _layout(page: Any, sheet: Sheet, formats: _Formats) -> None:
    first = sheet.first
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, _width(sheet, column))
    last = len(sheet.columns) - 1
    page.freeze_panes(first + 1, _frozen(sheet.columns))
    page.autofilter(first, 0, first + max(sheet.frame.height, 1), last)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(first)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.set_footer("&C第 &P / &N 页")
    page.print_area(0, 0, first + sheet.frame.height, last)
    if sheet.title is not None:
        page.set_row(0, 28)
        page.write_string(0, 0, sheet.title, formats.title)
        page.write_string(1, 0, sheet.subtitle or "", formats.subtitle)
    page.set_row(first, 34)


def _frozen(columns: Sequence[TableColumn]) -> int:
    """The columns up to the enterprise's name stay in view, if they leave room for others."""
    names = [index for index, column in enumerate(columns) if column.id == "name"]
    return names[0] + 1 if names and names[0] < _FROZEN_AT_MOST else 0


def _width(sheet: Sheet, column: TableColumn) -> float:
    """Wide enough for the widest of the first cells, where a Chinese character is two; headers may wrap to two lines."""
    header = (cell_len(sheet.headers[column.id]) + 1) // 2 + 4
    if sheet.frame.schema[column.id] == pl.String:
        cells = [cell_len(text) for text in sheet.frame[column.id].head(1000).to_list() if text]
        # A code's capitals are wider than the average letter that a column's width counts.
        content = max(cells, default=0) * (1.15 if column.id == "uscc" else 1) + 2
    else:
        content = 12.0 if column.kind == "value" else 8.0
    return min(max(header, content, _NARROWEST), _WIDEST)


def _cells(page: Any, sheet: Sheet, formats: _Formats, advance: Advance) -> None:
    first = sheet.first
    names = [column.id for column in sheet.columns]
    for index, name in enumerate(names):
        page.write_string(first, index, sheet.headers[name], formats.header)
    styles = [formats.of(column) for column in sheet.columns]
    tints = {names.index(name): colours for name, colours in sheet.tints.items()}
    prose = {index: _width(sheet, column) for index, column in enumerate(sheet.columns) if column.kind == "prose"}
    for number, row in enumerate(sheet.frame.select(names).iter_rows(), start=first + 1):
        if prose:
            page.set_row(number, LINE * max(lines_of(row[index], width) for index, width in prose.items()))
        for index, (value, own) in enumerate(zip(row, styles, strict=True)):
            colour = tints[index][number - first - 1] if index in tints else None
            style = own if colour is None else formats.tinted(colour)
            if value is None:
                page.write_blank(number, index, None, style)
            elif isinstance(value, str):
                page.write_string(number, index, value, style)
            else:
                page.write_number(number, index, value, style)
        if (number - first) % _TOLD == 0:
            advance(_TOLD)
    advance(sheet.frame.height % _TOLD)


def _about(page: Any, lines: Sequence[tuple[str, str]], formats: _Formats) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 28)
    page.set_column(1, 1, _ABOUT_WIDTH)
    for index, (name, text) in enumerate(lines):
        page.set_row(index, LINE * lines_of(text, _ABOUT_WIDTH))
        page.write_string(index, 0, name, formats.bold)
        page.write_string(index, 1, text, formats.wrapped)


def lines_of(text: str | None, width: float) -> int:
    """The lines that a text takes: a row does not grow by itself, and a word may leave the end of a line empty."""
    room = max(int(width * _FILLED), 1)
    needed = sum(max(-(-cell_len(line) // room), 1) for line in (text or "").split("\n"))
    return min(needed, _TALLEST)
