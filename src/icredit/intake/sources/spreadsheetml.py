"""SpreadsheetML 2003, the workbook in one XML file that Excel calls "XML Spreadsheet 2003"; often named .xls or .xml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from icredit.errors import InputError, reader_said
from icredit.intake.sources.cell_text import (
    NOT_AVAILABLE,
    iso_text,
    number_text,
    parsed_number,
    shows_percent,
    truth_text,
)
from icredit.intake.sources.grid import Content, Grid, percent_text
from icredit.intake.sources.grid_builder import GridBuilder, Room
from icredit.intake.sources.limits import LONGEST_TEXT, MOST_COLUMNS, MOST_SHEETS, too_many_sheets
from icredit.intake.sources.refusals import no_sheet, unreadable
from icredit.intake.sources.text import decode
from icredit.intake.sources.xml_events import read_xml

_SS = "urn:schemas-microsoft-com:office:spreadsheet "
_EXCEL = "urn:schemas-microsoft-com:office:excel "

_CHUNK = 2**16

# More than any program makes: styles, and elements within elements.
_MOST_STYLES, _DEEPEST = 100_000, 1_000

# Times of day have the day before the calendar begins; that day itself is midnight.
_DAY_ZERO = ("1899-12-31T", "1904-01-01T")
_INDEX = re.compile(r"[0-9]{1,9}")


def read_grids(content: Content) -> list[Grid]:
    """Every worksheet of the workbook, in order.

    Raises:
        InputError: the file is damaged, too large, or no such workbook.
    """
    text, _ = decode(content)
    reader = _Reader(content)
    try:
        # Excel's XML may say that it is in gb2312, which the parser does not know; it is in UTF-8 by now.
        read_xml(_chunks(text), reader, encoding="utf-8")
    except InputError:
        raise
    except ValueError as error:
        raise unreadable(content, reader_said(error)) from None
    if not reader.sheets:
        raise no_sheet(content)
    return [sheet.build(epoch_1904=reader.epoch_1904) for sheet in reader.sheets]


def _chunks(data: bytes) -> Iterator[bytes]:
    return (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))


class _Reader:
    """Follows the workbook: one sheet, one row, one cell at a time."""

    def __init__(self, content: Content) -> None:
        self.sheets: list[GridBuilder] = []
        self.epoch_1904 = False
        self._file = content.name
        self._room = Room(content.name, len(content.data))
        self._path: list[str] = []
        self._style = ""
        self._percent: dict[str, bool] = {}
        self._row = self._column = self._next_column = 0
        # The styles of the table, its columns and the row, which cells without one of their own have.
        self._table_style: str | None = None
        self._column_styles: dict[int, str] = {}
        self._row_style: str | None = None
        self._cell: Mapping[str, str] = {}
        self._type: str | None = None
        self._texts: list[str] = []
        self._length = 0
        self._collects = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """See `Handler`."""
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if len(self._path) > _DEEPEST or len(self._percent) > _MOST_STYLES:
            raise ValueError("it is damaged")
        if name == _EXCEL + "Date1904":
            self.epoch_1904 = True
        elif name == _EXCEL + "Visible":
            self._collect()
        else:
            self._begin(parent, name, attributes)

    def _begin(self, parent: str, name: str, attributes: Mapping[str, str]) -> None:
        match parent.removeprefix(_SS), name.removeprefix(_SS):
            case _, "Style":
                self._style = attributes.get(_SS + "ID", "")
                # A style has what its parent has, unless it says otherwise; parents stand before.
                self._percent[self._style] = self._percent.get(attributes.get(_SS + "Parent", ""), False)
            case "Style", "NumberFormat":
                form = attributes.get(_SS + "Format", "")
                self._percent[self._style] = form == "Percent" or shows_percent(form)
            case "Workbook", "Worksheet":
                if len(self.sheets) >= MOST_SHEETS:
                    raise too_many_sheets(self._file)
                self.sheets.append(GridBuilder(self._room, attributes.get(_SS + "Name")))
            case "Worksheet", "Table":
                self._row = self._next_column = 0
                self._table_style = attributes.get(_SS + "StyleID")
                self._column_styles = {}
            case "Table", "Column":
                self._style_columns(attributes)
            case "Table", "Row":
                self._row = _index(attributes, "Index", self._row + 1)
                self._row_style = attributes.get(_SS + "StyleID")
                self._next_column = 0
            case "Row", "Cell":
                self._column = _index(attributes, "Index", self._next_column + 1) - 1
                self._next_column = self._column + 1 + _index(attributes, "MergeAcross", 0)
                self._cell, self._type = attributes, None
            case "Cell", "Data":
                self._type = attributes.get(_SS + "Type", "String")
                self._collect()
            case _:
                pass

    def end(self, name: str) -> None:
        """See `Handler`."""
        self._path.pop()
        if name == _SS + "Cell" and self._path[-1:] == [_SS + "Row"]:
            if not self.sheets:
                raise ValueError("it has cells outside of a sheet")
            self._end_cell(self.sheets[-1])
        elif name in {_SS + "Data", _EXCEL + "Visible"}:
            self._collects = False
            if name == _EXCEL + "Visible" and self.sheets:
                self.sheets[-1].hidden = "".join(self._texts).strip() != "SheetVisible"

    def text(self, text: str) -> None:
        """See `Handler`."""
        if self._collects:
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise ValueError("a cell holds more text than any program writes")
            self._texts.append(text)

    def _collect(self) -> None:
        self._texts, self._length, self._collects = [], 0, True

    def _style_columns(self, attributes: Mapping[str, str]) -> None:
        first = _index(attributes, "Index", self._next_column + 1)
        last = first + _index(attributes, "Span", 0)
        style = attributes.get(_SS + "StyleID")
        if last > MOST_COLUMNS:
            raise ValueError("it is damaged")
        if style is not None:
            self._column_styles.update(dict.fromkeys(range(first - 1, last), style))
        self._next_column = last

    def _end_cell(self, sheet: GridBuilder) -> None:
        row, column = self._row, self._column
        text = "".join(self._texts)
        number = None
        match self._type:
            case None if _SS + "Formula" in self._cell:
                sheet.put_not_calculated(row, column)
                text = ""
            case None:
                text = ""
            case "Error" if text.strip() != NOT_AVAILABLE:
                sheet.put_error(row, column, text or "#ERROR!")
                text = ""
            case "Boolean":
                text = truth_text(text.strip() == "1")
            case "DateTime":
                number = _time_text(text) or iso_text(text)
            case "Number" if (value := parsed_number(text.strip())) is not None:
                number = percent_text(value) if self._shows_percent(column) else number_text(value)
            case _:
                pass
        sheet.put(row, column, number or text, number=number is not None)
        last_row = row + _index(self._cell, "MergeDown", 0)
        if (last_row, self._next_column - 1) != (row, column):
            sheet.merge(row, column, last_row, self._next_column - 1)

    def _shows_percent(self, column: int) -> bool:
        styles = (self._cell.get(_SS + "StyleID"), self._row_style, self._column_styles.get(column), self._table_style)
        style = next((style for style in styles if style is not None), "Default")
        return self._percent.get(style, False)


def _time_text(text: str) -> str | None:
    """The text of a time of day, None of anything else."""
    shown = iso_text(text) if text.startswith(_DAY_ZERO) else None
    return shown[len("1899-12-31 ") :] or "00:00:00" if shown else None


def _index(attributes: Mapping[str, str], name: str, otherwise: int) -> int:
    """A place or a count; a place counts from 1."""
    value = attributes.get(_SS + name)
    if value is None:
        return otherwise
    if not _INDEX.fullmatch(value) or (name == "Index" and int(value) < 1):
        raise ValueError("it is damaged")
    return int(value)
