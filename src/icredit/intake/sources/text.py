"""Delimited text: .csv, .tsv, .txt and standard input.

polars parses fast but pads short rows in silence and loses line numbers over quoted line breaks. So it is used only
where a count proves that neither happened: no quote in the file, and exactly as many delimiters as rows times columns.
Everything else goes through Python's csv module, which knows the line of every record.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import polars as pl

from icredit.errors import InputError
from icredit.intake.header import HEADER_WITHIN, HeaderMatch, HeaderMatcher
from icredit.intake.rules import WIDTH
from icredit.intake.sources.table import ROW, CellFault, Content, TextTable, require_header

_DELIMITERS = (",", "\t", ";", "|")

# Quotes, and marks that polars and Python do not agree whether they are blank.
_UNSURE = ('"', "\ufeff", "\x1c", "\x1d", "\x1e", "\x1f", "\x85")

# A line and its end, whichever of the three.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

# A cell may be of any length; the fields say how much of it is valid.
csv.field_size_limit(2**31 - 1)


def read(content: Content, matcher: HeaderMatcher, sheet: str | None = None) -> TextTable:
    """The text table of a delimited file; `sheet` is not used."""
    text, encoding = decode(content)
    delimiter, match = _best_delimiter(text, matcher)
    header = require_header(match, content.name, matcher)
    fast = _fast(text, header, delimiter)
    frame, faults = _exact(text, header, delimiter, content.name) if fast is None else (fast, [])
    return TextTable(
        content.name,
        None,
        frame,
        tuple(header.columns),
        tuple(header.unknown),
        tuple(faults),
        encoding=encoding,
        sha256=content.sha256,
        size=len(content.data),
    )


def decode(content: Content) -> tuple[str, str]:
    """The text of a file and its encoding, decided by strict decoding: UTF-8 first, then GB18030; UTF-16 by its mark.

    Raises:
        InputError: the bytes are none of these.
    """
    data = content.data
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise InputError(f"{content.name}: the text is neither UTF-8, GB18030 nor UTF-16", hint="save it as CSV UTF-8")


def _best_delimiter(text: str, matcher: HeaderMatcher) -> tuple[str, HeaderMatch | None]:
    found: list[tuple[str, HeaderMatch | None]] = []
    for delimiter in _DELIMITERS:
        rows = []
        try:
            for row in csv.reader(_lines(text), delimiter=delimiter):
                rows.append(row)
                if len(rows) == HEADER_WITHIN:
                    break
        except csv.Error:
            continue
        found.append((delimiter, matcher.best(rows)))
    return max(found, key=lambda item: item[1].score if item[1] else 0, default=(",", None))


def _lines(text: str) -> Iterator[str]:
    """The lines of a text with their ends, one after the other: a header is found without cutting up the rest."""
    return (match.group() for match in _LINE.finditer(text))


def _records(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line it begins on."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{name}:{line}: not readable as delimited text: {error}") from None


def _fast(text: str, header: HeaderMatch, delimiter: str) -> pl.DataFrame | None:
    """The table by polars, where that is provably the same as by `_exact`; else None."""
    if any(mark in text for mark in _UNSURE) or "\r" in text.replace("\r\n", ""):
        return None
    start = 0
    for _ in range(header.row + 1):
        start = text.find("\n", start) + 1
        if start == 0:
            return None
    body = text[start:]
    lines = body.count("\n") + (0 if body.endswith("\n") or not body else 1)
    # One column has no delimiters to count.
    if not lines or header.width == 1 or body.count(delimiter) != lines * (header.width - 1):
        return None
    names = [f"c{index}" for index in range(header.width)]
    try:
        frame = pl.read_csv(
            body.encode(),
            has_header=False,
            schema=dict.fromkeys(names, pl.String()),
            separator=delimiter,
            quote_char=None,
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.height != lines:
        return None
    first = header.row + 2
    frame = frame.with_columns(pl.int_range(first, first + lines, dtype=pl.Int64).alias(ROW))
    frame = frame.filter(pl.any_horizontal(pl.col(names).str.strip_chars() != ""))
    return frame.select(ROW, **{column.field: pl.col(f"c{column.index}") for column in header.columns})


def _exact(text: str, header: HeaderMatch, delimiter: str, name: str) -> tuple[pl.DataFrame, list[CellFault]]:
    """The table by Python's csv module; a row with cells too few or too many is a fault."""
    rows: list[int] = []
    cells: dict[str, list[str | None]] = {column.field: [] for column in header.columns}
    faults: list[CellFault] = []
    for index, (line, record) in enumerate(_records(text, delimiter, name)):
        if index <= header.row or not any(cell.strip() for cell in record):
            continue
        if len(record) != header.width and (len(record) < header.width or any(record[header.width :])):
            values: dict[str, object] = {"found": len(record), "expected": header.width}
            faults.append(CellFault(line, WIDTH, value=delimiter.join(record), values=values))
        rows.append(line)
        for column in header.columns:
            cells[column.field].append((record[column.index] if column.index < len(record) else "") or None)
    schema = {ROW: pl.Int64(), **{column.field: pl.String() for column in header.columns}}
    return pl.DataFrame({ROW: rows, **cells}, schema=schema), faults
