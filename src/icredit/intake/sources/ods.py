"""OpenDocument spreadsheets (.ods), as LibreOffice and WPS Office write them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import IO

from icredit.errors import InputError, reader_said
from icredit.intake.rules import CELL_ERROR, NOT_CALCULATED, Rule
from icredit.intake.sources.cell_text import (
    NOT_AVAILABLE,
    duration_text,
    iso_text,
    number_text,
    parsed_number,
    truth_text,
)
from icredit.intake.sources.grid import Content, Grid, percent_text
from icredit.intake.sources.grid_builder import GridBuilder, Room
from icredit.intake.sources.limits import (
    ALWAYS_UNPACKED,
    LONGEST_TEXT,
    MOST_PACKED,
    MOST_SHEETS,
    too_many_sheets,
)
from icredit.intake.sources.refusals import no_sheet, protected, unreadable
from icredit.intake.sources.xml_events import read_xml

# A gigabyte of XML is ten million cells; what a file unpacks to beyond that is meant to fill memory.
_MOST_BYTES = 2**30

# Cells with something in them that a file may have by repeating others: forms are filled in with 0 to their last row.
_MOST_REPEATED = 1_000_000
_CHUNK = 2**16

_OFFICE, _TABLE, _TEXT, _STYLE = (
    f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0 " for name in ("office", "table", "text", "style")
)
_DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 "
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"

_CELLS = {_TABLE + "table-cell", _TABLE + "covered-table-cell"}
_COVERED = _TABLE + "covered-table-cell"
_ROW = _TABLE + "table-row"
_SHEET = _TABLE + "table"
_SPREADSHEET = _OFFICE + "spreadsheet"
_PARAGRAPH = _TEXT + "p"

# Blanks that are meant stand in a paragraph as elements, for blanks in XML are layout. Until those are cleared away,
# characters that XML cannot hold stand for the others.
_BLANK = "\0"
_CHARACTERS = {_TEXT + "tab": "\1", _TEXT + "line-break": "\2"}
_AS_TYPED = str.maketrans("\0\1\2", " \t\n")

# What floats beside the text of a cell or above it.
_BESIDE = {_OFFICE + "annotation", _TEXT + "note", _TEXT + "ruby-text"}

# What cells with errors show; before version 4, LibreOffice did not mark them otherwise.
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|Err:\d+")

_DURATION = re.compile(
    r"P(?:(?P<days>\d{1,9})D)?T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:\.\d+)?)S)?"
)
_COUNT = re.compile(r"0*[1-9][0-9]{0,9}")
_BLANKS = re.compile(r"[ \t\r\n]+")
# More than any program makes: elements within elements.
_DEEPEST = 1_000


def read_grids(content: Content) -> list[Grid]:
    """Every sheet of an .ods workbook, in order. What lies hidden under merged cells is left out.

    Raises:
        InputError: the file is damaged, protected, too large, or no such workbook.
    """
    reader = _Reader(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
            if _is_encrypted(archive):
                raise protected(content)
            with archive.open("content.xml") as part:
                read_xml(_chunks(part, len(content.data)), reader)
    except InputError:
        raise
    except KeyError:
        raise unreadable(content, "it is no OpenDocument spreadsheet") from None
    except ValueError as error:
        raise unreadable(content, reader_said(error)) from None
    except Exception as error:  # noqa: BLE001  # zip archives are damaged in many ways
        reader_said(error)
        raise unreadable(content, "it is damaged") from None
    if not reader.sheets:
        raise no_sheet(content)
    return [sheet.build(epoch_1904=reader.epoch_1904) for sheet in reader.sheets]


def _is_encrypted(archive: zipfile.ZipFile) -> bool:
    try:
        with archive.open("META-INF/manifest.xml") as part:
            return b":encryption-data" in part.read(2**24)
    except KeyError:
        return False


def _chunks(part: IO[bytes], packed: int) -> Iterator[bytes]:
    most = min(_MOST_BYTES, ALWAYS_UNPACKED + MOST_PACKED * packed)
    size = 0
    while chunk := part.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise ValueError(f"it unpacks to more than {most / 2**20:,.0f} MB, which no table of its size needs")
        yield chunk


class _Reader:
    """Follows content.xml: one sheet, one row, one cell at a time."""

    def __init__(self, content: Content) -> None:
        self.sheets: list[GridBuilder] = []
        self.epoch_1904 = False
        self._file = content.name
        self._room = Room(content.name, len(content.data))
        self._path: list[str] = []
        self._style = ""
        self._hidden = set[str]()
        self._sheet: GridBuilder | None = None
        self._row = self._rows = self._column = 0
        self._cells: list[tuple[int, _Cell]] = []
        self._length = self._repeated = 0
        self._cell: _Cell | None = None
        self._cell_depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """See `Handler`."""
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise ValueError("it is damaged")
        if self._cell is not None:
            self._cell.start(name, attributes, len(self._path) - self._cell_depth)
        elif self._sheet is None:
            if name == _SHEET and parent == _SPREADSHEET:
                hidden = attributes.get(_TABLE + "style-name") in self._hidden
                if len(self.sheets) >= MOST_SHEETS:
                    raise too_many_sheets(self._file)
                self._sheet = GridBuilder(self._room, attributes.get(_TABLE + "name"), hidden=hidden)
                self._row = 1
            else:
                self._outside(name, attributes)
        elif name == _ROW:
            self._rows = _count(attributes, _TABLE + "number-rows-repeated")
            self._column = self._length = 0
            self._cells = []
        elif name in _CELLS and parent == _ROW:
            self._cell = _Cell(name, attributes)
            self._cell_depth = len(self._path)

    def end(self, name: str) -> None:
        """See `Handler`."""
        if self._cell is not None:
            if len(self._path) > self._cell_depth:
                self._cell.end(len(self._path) - self._cell_depth)
            else:
                if not self._cell.is_blank:
                    self._room.require(self._column)
                    self._length += self._cell.length
                    if self._length > LONGEST_TEXT:
                        raise self._room.too_large()
                    self._cells.append((self._column, self._cell))
                self._column += self._cell.repeated
                self._cell = None
        elif name == _ROW and self._sheet is not None:
            self._end_row(self._sheet)
        elif name == _SHEET and self._sheet is not None and self._path[-2] == _SPREADSHEET:
            self.sheets.append(self._sheet)
            self._sheet = None
        self._path.pop()

    def text(self, text: str) -> None:
        """See `Handler`."""
        if self._cell is not None:
            self._cell.text(text)

    def _outside(self, name: str, attributes: Mapping[str, str]) -> None:
        """Styles and settings, which stand before the sheets."""
        if name == _STYLE + "style":
            self._style = attributes.get(_STYLE + "name", "")
        elif name == _STYLE + "table-properties" and attributes.get(_TABLE + "display") == "false":
            self._hidden.add(self._style)
        elif name == _TABLE + "null-date":
            self.epoch_1904 = attributes.get(_TABLE + "date-value") == "1904-01-01"

    def _end_row(self, sheet: GridBuilder) -> None:
        cells = self._rows * sum(cell.repeated for _, cell in self._cells)
        self._repeated += cells - len(self._cells)
        if self._repeated > _MOST_REPEATED:
            raise self._room.too_large()
        for row in range(self._row, self._row + self._rows) if self._cells else ():
            for first, cell in self._cells:
                for column in range(first, first + cell.repeated):
                    cell.put(sheet, row, column)
        self._row += self._rows


class _Cell:
    """One cell: what it holds and what it shows."""

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.repeated = _count(attributes, _TABLE + "number-columns-repeated")
        self._covered = name == _COVERED
        self._attributes = attributes
        self._paragraphs: list[list[str]] = []
        self.length = 0
        self._beside = 0

    def start(self, name: str, attributes: Mapping[str, str], depth: int) -> None:
        """An element begins inside the cell, `depth` levels below it."""
        if self._beside:
            return
        if name in _BESIDE or name.startswith(_DRAW) or (depth == 1 and name != _PARAGRAPH):
            self._beside = depth
        elif depth == 1:
            self._paragraphs.append([])
            self.text("")
        elif name == _TEXT + "s":
            self.text(_BLANK * _count(attributes, _TEXT + "c", most=2**16))
        elif name in _CHARACTERS:
            self.text(_CHARACTERS[name])

    def end(self, depth: int) -> None:
        """An element ends inside the cell, `depth` levels below it."""
        if depth == self._beside:
            self._beside = 0

    def text(self, text: str) -> None:
        """A piece of text inside the cell."""
        if self._paragraphs and not self._beside:
            self.length += len(text) + 1
            if self.length > LONGEST_TEXT:
                raise ValueError("a cell holds more text than any program writes")
            self._paragraphs[-1].append(text)

    def put(self, sheet: GridBuilder, row: int, column: int) -> None:
        """Put the cell where it stands, once for every place it is repeated to."""
        text, number, fault = self._content
        if fault is CELL_ERROR:
            sheet.put_error(row, column, text or "#ERROR!")
        elif fault is NOT_CALCULATED:
            sheet.put_not_calculated(row, column)
        else:
            sheet.put(row, column, text, number=number)
        last_row = row + _count(self._attributes, _TABLE + "number-rows-spanned") - 1
        last_column = column + _count(self._attributes, _TABLE + "number-columns-spanned") - 1
        if (last_row, last_column) != (row, column):
            sheet.merge(row, column, last_row, last_column)

    @property
    def is_blank(self) -> bool:
        """Whether the cell shows nothing, and nothing is wrong with it."""
        text, _, fault = self._content
        return self._covered or not (text or fault)

    @cached_property
    def _content(self) -> tuple[str, bool, Rule | None]:
        """Text, whether it was stored as a number, and what is wrong."""
        lines = map("".join, self._paragraphs)
        shown = "\n".join(_BLANKS.sub(" ", line).strip(" ").translate(_AS_TYPED) for line in lines)
        formula = self._attributes.get(_TABLE + "formula")
        kind = self._attributes.get(_OFFICE + "value-type")
        if self._attributes.get(_CALC_TYPE) == "error" or (formula is not None and _ERROR.fullmatch(shown)):
            return shown, False, None if shown == NOT_AVAILABLE else CELL_ERROR
        if kind is None:
            # A formula whose result is empty text has an empty paragraph; one that was never calculated has none.
            return shown, False, NOT_CALCULATED if formula is not None and not self._paragraphs else None
        name, text_of = _VALUES.get(kind, ("string-value", None))
        value = self._attributes.get(_OFFICE + name)
        if value is None or text_of is None:
            return shown if value is None else value, False, None
        # LibreOffice keeps truth values of .xlsx workbooks as formulas that give 1 and show TRUE.
        if formula is not None and (value, shown) in {("1", "TRUE"), ("0", "FALSE")}:
            return truth_text(value == "1"), False, None
        text = text_of(value)
        return (shown or value) if text is None else text, kind != "boolean", None


def _number(value: str) -> str | None:
    number = parsed_number(value)
    return None if number is None else number_text(number)


def _percentage(value: str) -> str | None:
    number = parsed_number(value)
    return None if number is None else percent_text(number)


def _duration(value: str) -> str | None:
    match = _DURATION.fullmatch(value)
    if match is None:
        return None
    days, hours, minutes = (int(match[unit] or 0) for unit in ("days", "hours", "minutes"))
    seconds = float(match["seconds"] or 0)
    return duration_text(((days * 24 + hours) * 60 + minutes) * 60 + round(seconds))


def _truth(value: str) -> str:
    return truth_text(value == "true")


# Of each type of value: the attribute that holds it, and its text; None where it is not valid.
_VALUES: Mapping[str, tuple[str, Callable[[str], str | None]]] = {
    "float": ("value", _number),
    "currency": ("value", _number),
    "percentage": ("value", _percentage),
    "date": ("date-value", iso_text),
    "time": ("time-value", _duration),
    "boolean": ("boolean-value", _truth),
}


def _count(attributes: Mapping[str, str], name: str, *, most: int = 2**31) -> int:
    """How often something is repeated, or how far it reaches: 1 unless it says otherwise."""
    value = attributes.get(name)
    if value is None:
        return 1
    if not _COUNT.fullmatch(value) or int(value) > most:
        raise ValueError("it is damaged")
    return int(value)
