"""Made-up submissions for the tests of intake: credit codes, a scheme with a field of every kind, files of every format.

The old binary workbook (.xls) and the OpenDocument one (.ods) are written here byte by byte, from their published
formats, because no writer of them is worth a dependency.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from icredit.scheme import Scheme, parse_scheme

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Cell = str | float | bool | None
Rows = Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Shown:
    """A number with the format that its cell shows it in."""

    number: float
    form: str


@dataclass(frozen=True)
class Wrong:
    """A cell with an error, such as #DIV/0!."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A formula with its result; None where it was never calculated, or in .xls where its result is empty text."""

    result: str | float | bool | Wrong | None


#: What the writers of .xls and .ods take beside.
AnyCell = Cell | Shown | Wrong | Formula | dt.date | dt.time
AnyRows = Sequence[Sequence[AnyCell]]
#: First row and column, last row and column of merged cells; rows count from 1, columns from 0.
Merged = Sequence[tuple[int, int, int, int]]

# One field of every type, with and without unit and bounds; no checks, so that only cells decide.
EVERY_KIND = """
id: every-kind
title: {zh: 各类字段, en: every kind of field}
edition: "1"
fields:
  sales: {label: {zh: 销售额, en: Sales}, aliases: [销售总额], type: amount, unit: 万元, minimum: 0}
  profit: {label: {zh: 利润, en: Profit}, type: amount, unit: 元}
  worth: {label: {zh: 市值, en: Worth}, type: amount, unit: 亿元, minimum: -2.5, maximum: 2.5}
  debt: {label: {zh: 负债, en: Debt}, type: amount, unit: 千元}
  capital: {label: {zh: 资本, en: Capital}, type: amount, unit: 百万元}
  growth: {label: {zh: 增速, en: Growth}, type: share, unit: "%"}
  quota: {label: {zh: 占比, en: Quota}, type: share, unit: "1", minimum: 0, maximum: 1}
  heads: {label: {zh: 人数, en: Heads}, type: count, unit: 人}
  prizes: {label: {zh: 奖项, en: Prizes}, type: count, unit: 项, minimum: 1, maximum: 5}
  remark: {label: {zh: 备注, en: Remark}, type: text, max_length: 5}
  opened: {label: {zh: 开业日期, en: Opened}, type: date}
  listed: {label: {zh: 是否上市, en: Listed}, type: flag}
  form:
    label: {zh: 企业类型, en: Form}
    type: choice
    choices:
      - {id: state, label: {zh: 国有, en: State-owned}, aliases: [国企]}
      - {id: private, label: {zh: 民营, en: Private}}
stages:
  - {id: young, label: {zh: 初创期, en: Young}, when: "sales < 1"}
  - {id: old, label: {zh: 稳定期, en: Old}, aliases: [成熟期], when: "sales >= 1"}
indicators:
  - {id: size, label: {zh: 规模, en: Size}, value: sales, normalise: {method: goalposts, lower: 0, upper: 1}}
"""


def every_kind() -> Scheme:
    """The scheme with a field of every kind."""
    return parse_scheme(EVERY_KIND, "every-kind.yaml")


def check_digit(body: str) -> str:
    """The check digit of 17 characters, as GB 32100-2015 writes it."""
    total = sum(ALPHABET.index(character) * 3**place for place, character in enumerate(body))
    return ALPHABET[(31 - total % 31) % 31]


def coded(body: str) -> str:
    """17 characters with their check digit."""
    return body + check_digit(body)


def code(number: int) -> str:
    """The code of a made-up enterprise; no authority issues codes for the division 9199."""
    return coded(f"9199{number:013}")


def csv_text(rows: Rows, *, delimiter: str = ",", newline: str = "\n", quote_all: bool = False) -> str:
    """The rows as delimited text."""
    file = io.StringIO(newline="")
    writer = csv.writer(
        file, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    )
    writer.writerows(rows)
    return file.getvalue()


# --------------------------------------------------------------------------------------------------------------------
# OpenDocument


_NAMESPACES = (
    " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (
            ("office", "office"),
            ("table", "table"),
            ("text", "text"),
            ("style", "style"),
            ("draw", "drawing"),
        )
    )
    + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def ods(
    sheets: Mapping[str, AnyRows], *, hidden: Sequence[str] = (), password: bool = False, merged: Merged = ()
) -> bytes:
    """An .ods workbook; `merged` are cells of every sheet."""
    off = ' table:style-name="off"'
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}{off if name in hidden else ''}>"
        + "".join(
            "<table:table-row>"
            + "".join(_ods_cell(cell, _ods_span(merged, line, place)) for place, cell in enumerate(row))
            + "</table:table-row>"
            for line, row in enumerate(rows, start=1)
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    return ods_of(tables, password=password)


def ods_of(tables: str, *, settings: str = "", password: bool = False) -> bytes:
    """An .ods workbook of tables that are XML already; the style `off` hides a table."""
    style = '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.2">'
        f"<office:automatic-styles>{style}</style:style></office:automatic-styles>"
        f"<office:body><office:spreadsheet>{settings}{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    locked = '<manifest:encryption-data manifest:checksum="x"/>' if password else ""
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{locked}'
        "</manifest:file-entry></manifest:manifest>"
    )
    return zipped({"mimetype": _ODS, "META-INF/manifest.xml": manifest, "content.xml": content})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of the parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The parts of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _ods_span(merged: Merged, line: int, place: int) -> str:
    for row, column, last_row, last_column in merged:
        if (row, column) == (line, place):
            across, down = last_column - column + 1, last_row - row + 1
            return f' table:number-columns-spanned="{across}" table:number-rows-spanned="{down}"'
    return ""


def _ods_cell(cell: AnyCell, more: str = "") -> str:
    if isinstance(cell, Formula):
        more += ' table:formula="of:=[.A1]"'
        cell = cell.result
    if cell is None:
        return f"<table:table-cell{more}/>"
    if isinstance(cell, Wrong):
        said = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
        return f"<table:table-cell{more} {said}><text:p>{cell.text}</text:p></table:table-cell>"
    if isinstance(cell, str):
        return f'<table:table-cell{more} office:value-type="string">{_ods_text(cell)}</table:table-cell>'
    return f"<table:table-cell{more} {_ods_value(cell)}/>"


def _ods_value(cell: float | bool | Shown | dt.date | dt.time) -> str:  # noqa: FBT001  # a cell like others
    if isinstance(cell, bool):
        return f'office:value-type="boolean" office:boolean-value="{str(cell).lower()}"'
    if isinstance(cell, Shown):
        kind = "percentage" if "%" in cell.form else "float"
        return f'office:value-type="{kind}" office:value="{cell.number!r}"'
    if isinstance(cell, dt.date):
        return f'office:value-type="date" office:date-value="{cell.isoformat()}"'
    if isinstance(cell, dt.time):
        return f'office:value-type="time" office:time-value="{cell:PT%HH%MM%SS}"'
    return f'office:value-type="float" office:value="{cell!r}"'


def _ods_text(text: str) -> str:
    """Paragraphs, with elements for the blanks that XML would not keep."""
    lines = (escape(line).replace("\t", "<text:tab/>") for line in text.split("\n"))
    return "".join(f"<text:p>{re.sub(' +', _ods_blanks, line)}</text:p>" for line in lines)


def _ods_blanks(match: re.Match[str]) -> str:
    return f'<text:s text:c="{len(match[0])}"/>'


# --------------------------------------------------------------------------------------------------------------------
# The old binary workbook: BIFF8 records in a stream of a compound file

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls(
    sheets: Mapping[str, AnyRows],
    *,
    hidden: Sequence[str] = (),
    password: bool = False,
    merged: Merged = (),
    epoch_1904: bool = False,
    beside: bytes = b"",
    in_sheets: bytes = b"",
) -> bytes:
    """An .xls workbook of Excel 97 to 2003; `merged` are cells of every sheet, the last two further records."""
    forms = ["General", *_XLS_FORMS.values()]
    forms += {cell.form: None for rows in sheets.values() for row in rows for cell in row if isinstance(cell, Shown)}
    bodies = [_xls_sheet(rows, merged, forms, epoch_1904=epoch_1904, more=in_sheets) for rows in sheets.values()]
    start = _xls_begin(0x0005) + record(0x0042, b"\xb0\x04") + record(0x0022, struct.pack("<H", epoch_1904))
    if password:
        start += record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    for key, form in enumerate(forms):
        text = form.encode("utf-16-le")
        start += record(0x041E, struct.pack("<HHB", 164 + key, len(form), 1) + text)
    start += b"".join(record(0x00E0, struct.pack("<HHH14x", 0, 164 + key, 0)) for key in range(len(forms)))
    start += beside
    names = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in sheets]
    end = record(0x000A, b"")
    offset = len(start) + sum(len(name) + 10 for name in names) + len(end)
    bounds = b""
    for sheet, name, body in zip(sheets, names, bodies, strict=True):
        bounds += record(0x0085, struct.pack("<IBB", offset, sheet in hidden, 0) + name)
        offset += len(body)
    return compound_file({"Workbook": start + bounds + end + b"".join(bodies)})


_XLS_FORMS: Mapping[type, str] = {
    dt.date: "yyyy-mm-dd",
    dt.datetime: 'yyyy"年"m"月"d"日" hh:mm:ss',
    dt.time: "[$-804]hh:mm:ss;@",
}
_XLS_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


def record(kind: int, data: bytes) -> bytes:
    """A record of an .xls workbook."""
    return struct.pack("<HH", kind, len(data)) + data


def _xls_begin(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))


def serial(moment: dt.date | dt.time, *, epoch_1904: bool = False) -> float:
    """The day count of a date from March 1900 on, or of a time of day, as spreadsheets keep it."""
    if isinstance(moment, dt.time):
        return (moment.hour * 3600 + moment.minute * 60 + moment.second) / 86_400
    time = moment.time() if isinstance(moment, dt.datetime) else dt.time()
    epoch = dt.date(1904, 1, 1) if epoch_1904 else dt.date(1899, 12, 30)
    return dt.date(moment.year, moment.month, moment.day).toordinal() - epoch.toordinal() + serial(time)


def _xls_sheet(rows: AnyRows, merged: Merged, forms: Sequence[str], *, epoch_1904: bool, more: bytes) -> bytes:
    width = max(map(len, rows), default=0)
    parts = [_xls_begin(0x0010), record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))]
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            parts.append(_xls_cell(line, place, cell, forms, epoch_1904=epoch_1904))
    if merged:
        ranges = (struct.pack("<HHHH", row - 1, last - 1, left, right) for row, left, last, right in merged)
        parts.append(record(0x00E5, struct.pack("<H", len(merged)) + b"".join(ranges)))
    return b"".join([*parts, more, record(0x000A, b"")])


def _xls_cell(line: int, place: int, cell: AnyCell, forms: Sequence[str], *, epoch_1904: bool) -> bytes:
    form = 0
    if isinstance(cell, dt.date | dt.time):
        form = forms.index(_XLS_FORMS[type(cell)])
        cell = serial(cell, epoch_1904=epoch_1904)
    elif isinstance(cell, Shown):
        form, cell = forms.index(cell.form), cell.number
    where = struct.pack("<HHH", line, place, form)
    match cell:
        case None:
            return b""
        case bool():
            return record(0x0205, where + struct.pack("<BB", cell, 0))
        case int() | float():
            return record(0x0203, where + struct.pack("<d", cell))
        case Wrong():
            return record(0x0205, where + struct.pack("<BB", _XLS_ERRORS[cell.text], 1))
        case Formula():
            return _xls_formula(where, cell.result)
    text = cell.encode("utf-16-le")
    return record(0x0204, where + struct.pack("<HB", len(text) // 2, 1) + text)


def _xls_formula(where: bytes, result: str | float | bool | Wrong | None) -> bytes:  # noqa: FBT001  # a cell like others
    match result:
        case None:
            kept = b"\3\0\0\0\0\0\xff\xff"
        case bool():
            kept = struct.pack("<BxB3xH", 1, result, 0xFFFF)
        case int() | float():
            kept = struct.pack("<d", result)
        case Wrong():
            kept = struct.pack("<BxB3xH", 2, _XLS_ERRORS[result.text], 0xFFFF)
        case str():
            text = result.encode("utf-16-le")
            string = record(0x0207, struct.pack("<HB", len(text) // 2, 1) + text)
            return record(0x0006, where + b"\0\0\0\0\0\0\xff\xff" + bytes(8)) + string
    return record(0x0006, where + kept + bytes(8))


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file, the container of old workbooks and of encrypted new ones; every stream in sectors of its own."""
    # A stream below 4,096 bytes would live in the mini stream; zeros at the end of a workbook mean nothing.
    padded = {name: data.ljust(max(4096, -(-len(data) // _SECTOR) * _SECTOR), b"\0") for name, data in streams.items()}
    # The allocation table comes first, then the directory. A sector of the table holds 128 entries, some of them its own.
    tables = -(-(1 + sum(map(len, padded.values())) // _SECTOR) // 127)
    chain = [*[_FAT] * tables, _END]
    entries = [_entry("Root Entry", 5, child=1)]
    for index, (name, data) in enumerate(padded.items(), start=1):
        first, count = len(chain), len(data) // _SECTOR
        chain += [*range(first + 1, first + count), _END]
        entries.append(
            _entry(name, 2, sibling=index + 1 if index < len(streams) else _FREE, start=first, size=len(data))
        )
    assert tables <= 109, "the header names 109 sectors of the allocation table"
    assert len(entries) <= _SECTOR // 128, "one sector of the directory holds four entries"
    table = struct.pack(f"<{128 * tables}I", *chain, *[_FREE] * (128 * tables - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, tables, tables, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    return header + table + b"".join(entries).ljust(_SECTOR, b"\0") + b"".join(padded.values())


def _entry(name: str, kind: int, *, sibling: int = _FREE, child: int = _FREE, start: int = 0, size: int = 0) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBIII", len(text), kind, 1, _FREE, sibling, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
