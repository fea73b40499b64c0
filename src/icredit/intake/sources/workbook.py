"""Workbooks: .xlsx, .xlsm, .xls, .ods, read by calamine with the type of every cell kept."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
import python_calamine

from icredit.errors import InputError, reader_said
from icredit.intake.header import HEADER_WITHIN, HeaderMatch, HeaderMatcher
from icredit.intake.rules import CODE_NUMBER
from icredit.intake.sources.table import ROW, CellFault, Content, TextTable, require_header
from icredit.scheme.fields import USCC
from icredit.text import did_you_mean

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Rows = Sequence[Sequence[Cell]]

# Whole numbers up to here are exact in the floating point that workbooks store.
_EXACT = 2**53

# What the container of a protected .xlsx calls its content.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

# A sheet with so many recognised columns is worth a word when it is not read.
_TABLE_FIELDS = 3


def read(content: Content, matcher: HeaderMatcher, sheet: str | None = None) -> TextTable:
    """The text table of the sheet named, or of the visible sheet whose header recognises most fields."""
    try:
        book = python_calamine.load_workbook(io.BytesIO(content.data))
        name, rows, match, others = _best_sheet(content, book, matcher, sheet)
    except InputError:
        raise
    except python_calamine.PasswordError:
        raise _protected(content) from None
    except BaseException as error:  # noqa: BLE001  # see reader_said
        problem = reader_said(error)
        if _ENCRYPTED in content.data or _asks_for_password(content.name):
            raise _protected(content) from None
        raise InputError(
            f"{content.name}: not a readable workbook: {problem}", hint="open it in Excel and save it anew"
        ) from None
    where = f"{content.name} [{name}]"
    header = require_header(match, where, matcher)
    frame, faults = _table(rows, header)
    notes = [f"{where} was read; {content.name} also has [{other}], which was not" for other in others]
    return TextTable(
        content.name,
        name,
        frame,
        tuple(header.columns),
        tuple(header.unknown),
        tuple(faults),
        tuple(notes),
        sha256=content.sha256,
        size=len(content.data),
    )


def _protected(content: Content) -> InputError:
    return InputError(f"{content.name}: the workbook is protected by a password", hint="save it without one")


def _asks_for_password(name: str) -> bool:
    """Whether calamine, given the file itself, says that it is protected; of bytes it does not."""
    try:
        python_calamine.load_workbook(name)
    except python_calamine.PasswordError:
        return True
    except BaseException as error:  # noqa: BLE001  # what else is wrong has been told
        reader_said(error)
    return False


def _best_sheet(
    content: Content, book: CalamineWorkbook, matcher: HeaderMatcher, wanted: str | None
) -> tuple[str, Rows, HeaderMatch | None, list[str]]:
    names = book.sheet_names
    if wanted is not None and wanted not in names:
        hint = f"sheets: {', '.join(names)}{did_you_mean(wanted, names)}"
        raise InputError(f"{content.name}: no sheet '{wanted}'", hint=hint)
    visible = [
        meta.name
        for meta in book.sheets_metadata
        if meta.visible == python_calamine.SheetVisibleEnum.Visible
        and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    best: tuple[str, Rows, HeaderMatch | None] | None = None
    others: list[str] = []
    for name in [wanted] if wanted is not None else visible:
        rows: Rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        match = matcher.best([[to_text(cell) for cell in row] for row in rows[:HEADER_WITHIN]])
        if best is None or (match.score if match else 0) > (best[2].score if best[2] else 0):
            if best is not None and _is_table(best[2]):
                others.append(best[0])
            best = (name, rows, match)
        elif _is_table(match):
            others.append(name)
    if best is None:
        raise InputError(f"{content.name}: the workbook has no visible sheet", hint="name a hidden one with --sheet")
    return *best, others


def _is_table(match: HeaderMatch | None) -> bool:
    """Whether a sheet looks like enterprises too, not like a page that mentions a credit code."""
    return match is not None and match.score >= _TABLE_FIELDS


def to_text(cell: Cell) -> str | None:
    """A cell's value as text, exactly: 123 for 123.0, the shortest text that gives the number back, ISO dates."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def _table(rows: Rows, header: HeaderMatch) -> tuple[pl.DataFrame, list[CellFault]]:
    numbers: list[int] = []
    cells: dict[str, list[str | None]] = {column.field: [] for column in header.columns}
    faults: list[CellFault] = []
    for number, row in enumerate(rows[header.row + 1 :], start=header.row + 2):
        texts = [to_text(cell) for cell in row]
        if not any(text is not None and text.strip() for text in texts):
            continue
        numbers.append(number)
        for column in header.columns:
            cells[column.field].append(texts[column.index])
            if column.field == USCC and isinstance(row[column.index], int | float):
                faults.append(CellFault(number, CODE_NUMBER, USCC, texts[column.index]))
    schema = {ROW: pl.Int64(), **{column.field: pl.String() for column in header.columns}}
    return pl.DataFrame({ROW: numbers, **cells}, schema=schema), faults
