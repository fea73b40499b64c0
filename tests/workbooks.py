"""Workbooks (.xlsx) written by hand, part by part, and read into grids by icredit, openpyxl and calamine."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from xml.sax.saxutils import quoteattr

import openpyxl
import polars as pl
import python_calamine
import xlsxwriter
from openpyxl.utils import get_column_letter

import filings
from filings import AnyRows, Formula, Shown, Wrong
from grids import cells
from icredit.intake.sources.grid import Content, Grid
from icredit.intake.sources.xlsx import open_sheets
from icredit.intake.sources.xlsx.cells import SCHEMA, Merged, plain_cells
from icredit.intake.sources.xlsx.parsed_cells import parsed_cells
from icredit.intake.sources.xlsx.plain_xml import NotPlainError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'

#: A place (row from 1, column from 0) and what is there.
Texts = Mapping[tuple[int, int], str]


def sheet_xml(rows: str, *, after: str = "", before: str = "") -> str:
    """The XML of a sheet with the rows given as XML."""
    return f'{DECLARATION}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def strings_xml(*texts: str) -> str:
    """The XML of shared strings, each text as XML between `si` tags."""
    return f'{DECLARATION}<sst xmlns="{MAIN}">{"".join(f"<si>{text}</si>" for text in texts)}</sst>'


def styles_xml(*formats: int | str) -> str:
    """The XML of cell styles, one a number format: a built-in number, or a code of its own."""
    codes: dict[int | str, int] = {
        code: 164 + place for place, code in enumerate(dict.fromkeys(formats)) if isinstance(code, str)
    }
    own = "".join(f"<numFmt numFmtId='{number}' formatCode={quoteattr(str(code))}/>" for code, number in codes.items())
    used = "".join(f'<xf numFmtId="{codes.get(form, 0) or form}"/>' for form in formats)
    # Styles of styles come first and mean nothing for cells.
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f"<cellXfs>{used}</cellXfs></styleSheet>"
    )


@dataclass
class Book:
    """The parts of a workbook; each may be changed, or taken away with None."""

    sheets: Sequence[str | bytes] = ()
    strings: str | bytes | None = None
    styles: str | bytes | None = None
    properties: str = ""
    states: Sequence[str] = ()
    changed: Mapping[str, str | bytes | None] = field(default_factory=dict)

    def parts(self) -> dict[str, str | bytes]:
        """Every part by its name."""
        numbers = range(1, len(self.sheets) + 1)
        related = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
        parts: dict[str, str | bytes | None] = {
            "[Content_Types].xml": _content_types(len(self.sheets)),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": self.workbook(),
            "xl/_rels/workbook.xml.rels": relations(
                *related, ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
            ),
            "xl/styles.xml": styles_xml(0) if self.styles is None else self.styles,
            "xl/sharedStrings.xml": strings_xml() if self.strings is None else self.strings,
            **{f"xl/worksheets/sheet{number}.xml": self.sheets[number - 1] for number in numbers},
            **self.changed,
        }
        return {name: part for name, part in parts.items() if part is not None}

    def workbook(self) -> str:
        """The XML of the workbook's main part."""
        sheets = "".join(
            f'<sheet name="表{number}" sheetId="{number}" r:id="r{number}"'
            f'{f""" state="{self.states[number - 1]}" """ if self.states else ""}/>'
            for number in range(1, len(self.sheets) + 1)
        )
        return (
            f'{DECLARATION}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr{self.properties}/>'
            f"<sheets>{sheets}</sheets></workbook>"
        )

    def data(self) -> bytes:
        """The file."""
        return filings.zipped(self.parts())


def relations(*related: tuple[str, str], kinds: str = OFFICE) -> str:
    """The XML of relations, each a kind and a target; they are called r1, r2, …"""
    told = "".join(
        f'<Relationship Id="r{number}" Type="{kinds}/{kind}" Target={quoteattr(target)}/>'
        for number, (kind, target) in enumerate(related, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{told}</Relationships>'


def _content_types(sheets: int) -> str:
    """What openpyxl and calamine want to know; icredit goes by relations alone."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = [
        ("xl/workbook.xml", "sheet.main"),
        ("xl/styles.xml", "styles"),
        ("xl/sharedStrings.xml", "sharedStrings"),
        *((f"xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, sheets + 1)),
    ]
    told = "".join(f'<Override PartName="/{part}" ContentType="{kind}.{what}+xml"/>' for part, what in parts)
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<Types xmlns="{types}">{default}<Default Extension="xml" ContentType="application/xml"/>{told}</Types>'


def read(data: bytes) -> list[Grid]:
    """Every sheet of a workbook."""
    return [sheet.load(None) for sheet in open_sheets(Content("file", data))]


def read_rows(
    rows: str, *, strings: Sequence[str] = (), styles: Sequence[int | str] = (0,), properties: str = ""
) -> Grid:
    """The grid of rows given as XML."""
    book = Book([sheet_xml(rows)], strings_xml(*strings), styles_xml(*styles), properties)
    (grid,) = read(book.data())
    return grid


Way = tuple[list[tuple[object, ...]], list[Merged]]


def plain_way(xml: bytes) -> Way | None:
    """Cells and merged ranges by the regular expression; None if it leaves the sheet to the parser."""
    frames = [pl.DataFrame(schema=SCHEMA)]
    try:
        merged = plain_cells(_blocks(xml), frames.append)
    except NotPlainError:
        return None
    return pl.concat(frames).rows(), merged


def parsed_way(xml: bytes) -> Way | str:
    """Cells and merged ranges by the XML parser, or what it says of damaged XML."""
    frames = [pl.DataFrame(schema=SCHEMA)]
    try:
        merged = parsed_cells(_blocks(xml), frames.append)
    except ValueError as error:
        return str(error)
    return pl.concat(frames).rows(), merged


def _blocks(xml: bytes) -> list[bytes]:
    """The XML in small blocks, so that their ends fall everywhere."""
    return [xml[at : at + 997] for at in range(0, len(xml), 997)]


def by_openpyxl(data: bytes) -> list[list[list[object]]]:
    """The values of every sheet as openpyxl reads them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Workbook contains no default style")
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]


def by_calamine(data: bytes) -> Sequence[Sequence[Sequence[object]]]:
    """The values of every sheet as calamine reads them, from A1 on; empty cells and errors are empty text."""
    book = python_calamine.load_workbook(io.BytesIO(data))
    return [book.get_sheet_by_index(place).to_python(skip_empty_area=False) for place in range(len(book.sheet_names))]


def letters_of(column: int) -> str:
    """The letters of a column from 0."""
    return str(get_column_letter(column + 1))


def row_of(*inside: str) -> str:
    """A row of cells of attributes and content."""
    return '<row r="1">' + "".join(f'<c r="{letters_of(n)}1"{one}</c>' for n, one in enumerate(inside)) + "</row>"


def texts_of(grid: Grid) -> list[str | None]:
    """The texts of the first row."""
    found = cells(grid)
    return [found.get((1, column)) for column in range(grid.width)]


EXPONENT = re.compile(r"(-?[0-9.]+e[-+]?[0-9]+|-?0\.0000[0-9]+|-?[0-9]{17,})(%?)")


def same(text: str) -> str:
    """The text, but a number that may be written with or without an exponent always as one."""
    match = EXPONENT.fullmatch(text)
    return text if match is None else f"{Decimal(match[1]).normalize()}{match[2]}"


# --------------------------------------------------------------------------------------------------------------------
# Written by the usual libraries

PERCENT = '0.0%;[Red]-0.0%;"none"'


def openpyxl_book(rows: AnyRows) -> bytes:
    """The rows as openpyxl writes them; it knows no results of formulas."""
    book = openpyxl.Workbook()
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            target = book.active.cell(line, place)
            match value:
                case Formula():
                    target.value = "=1+1"
                case Shown():
                    target.value, target.number_format = value.number, value.form
                case Wrong():
                    target.value = value.text
                case str():
                    target.value, target.data_type = value, "s"
                case _:
                    target.value = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xlsxwriter_book(rows: AnyRows, *, inline: bool = False) -> bytes:
    """The rows as xlsxwriter writes them, texts shared or inline."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": inline}) as book:
        forms = {
            dt.datetime: book.add_format({"num_format": "yyyy/m/d h:mm:ss"}),
            dt.date: book.add_format({"num_format": 14}),
            dt.time: book.add_format({"num_format": "hh:mm:ss"}),
            Shown: book.add_format({"num_format": PERCENT}),
        }
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                match value:
                    case Formula(known):
                        given = known.text if isinstance(known, Wrong) else known
                        sheet.write_formula(line, place, "=1+1", None, "" if given is None else given)
                    case Wrong():
                        sheet.write_formula(line, place, "=1+1", None, value.text)
                    case Shown():
                        sheet.write_number(line, place, value.number, forms[Shown])
                    case bool():
                        sheet.write_boolean(line, place, value)
                    case str():
                        sheet.write_string(line, place, value)
                    case dt.date() | dt.time():
                        sheet.write_datetime(line, place, value, forms[type(value)])
                    case int() | float():
                        sheet.write_number(line, place, value)
    return file.getvalue()


def xlsxwriter_book_inline(rows: AnyRows) -> bytes:
    """As `xlsxwriter_book`, without shared texts."""
    return xlsxwriter_book(rows, inline=True)
