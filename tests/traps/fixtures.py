"""The smallest files that show a trap: a table with one odd cell, in text or as a workbook of any kind."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
import xlsxwriter

import filings
from filings import AnyCell, AnyRows, Formula, Merged, Shown, Wrong
from traps.trap import Trap

#: The columns that every row of the national scheme needs.
CODE, NAME, REVENUE = "统一社会信用代码", "企业名称", "营业收入（万元）"
HEADER: list[AnyCell] = [CODE, NAME, REVENUE]


def enterprise(number: int, *more: AnyCell, revenue: AnyCell = "2600") -> list[AnyCell]:
    """The row of a made-up enterprise below `HEADER`."""
    return [filings.code(number), f"示例企业{number}号", revenue, *more]


def delimited(rows: AnyRows, encoding: str = "utf-8", **format_: Any) -> bytes:
    """The rows as text."""
    return filings.csv_text([[None if cell is None else str(cell) for cell in row] for row in rows], **format_).encode(
        encoding
    )


def xlsx(
    sheets: Mapping[str, AnyRows] | AnyRows,
    *,
    merged: Merged = (),
    hidden: Sequence[str] = (),
    epoch_1904: bool = False,
) -> bytes:
    """The rows as a workbook; formulas that were never calculated need `never_calculated`."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "date_1904": epoch_1904}) as book:
        for name, rows in sheets.items() if isinstance(sheets, Mapping) else [("填报", sheets)]:
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    _write(book, sheet, place, column, cell)
            for first, left, last, right in merged:
                sheet.merge_range(first - 1, left, last - 1, right, rows[first - 1][left])
            if name in hidden:
                sheet.hide()
            else:
                sheet.activate()
    return file.getvalue()


def _write(book: Any, sheet: Any, row: int, column: int, cell: AnyCell) -> None:
    match cell:
        case None:
            pass
        case Shown(number, form):
            sheet.write_number(row, column, number, book.add_format({"num_format": form}))
        case Wrong(text):
            sheet.write_formula(row, column, "=1/0", None, text)
        case Formula(result):
            sheet.write_formula(row, column, "=1+1", None, result)
        case dt.date():
            sheet.write_datetime(row, column, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
        case str():
            sheet.write_string(row, column, cell)
        case _:
            sheet.write(row, column, cell)


def never_calculated(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook in which texts that begin with = are formulas without results."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell(zh: str, en: str, header: str, text: str, **does: Any) -> Trap:
    """A CSV with one enterprise, whose cell below the header is the trap."""
    return Trap(zh, en, {"填报.csv": delimited(_beside(header, text))}, f"`{header}`<br>{quoted(text)}", **does)


def in_workbook(zh: str, en: str, header: str, content: AnyCell, shown: str, **does: Any) -> Trap:
    """A workbook with one enterprise, whose cell D2 (C2 for revenue) is the trap."""
    data = xlsx(_beside(header, content))
    return Trap(zh, en, {"填报.xlsx": data}, f".xlsx: `{header}`<br>{shown}", **does)


def _beside(header: str, content: AnyCell) -> list[list[AnyCell]]:
    """One enterprise with a cell below a header, which takes the place of revenue if it is that."""
    if header.startswith("营业收入"):
        return [[CODE, NAME, header], enterprise(1, revenue=content)]
    return [[*HEADER, header], enterprise(1, content)]


def table(zh: str, en: str, cells: AnyRows, **does: Any) -> Trap:
    """A whole table as CSV."""
    return Trap(zh, en, {"填报.csv": delimited(cells)}, shown_rows(cells), **does)


def as_file(zh: str, en: str, file: str, data: bytes, shown: str, **does: Any) -> Trap:
    """A file whose bytes are the trap, described in words."""
    return Trap(zh, en, {file: data}, shown, **does)


def shown_rows(rows: AnyRows) -> str:
    """Rows for readers, credit codes shortened."""
    return "<br>".join(quoted(" ¦ ".join(_shown(one) for one in row)) for row in rows)


def _shown(content: AnyCell) -> str:
    text = "" if content is None else str(content)
    return f"{text[:4]}…{text[-2:]}" if len(text) == 18 and text.startswith("9199") else text


def quoted(text: str) -> str:
    """Text as code in a table of Markdown; what cannot be seen is written out."""
    for mark, name in {"\n": "⏎", "\r": "⏎", "\t": "⇥", "\u3000": "␣", "\xa0": "␣", "|": "¦", "\0": "NUL"}.items():
        text = text.replace(mark, name)
    return f"`{text}`" if text else "（空）blank"
