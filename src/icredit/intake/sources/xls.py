"""Workbooks of Excel 97 to 2003 (.xls) and before, read by xlrd.

What such a file cannot say: a formula that was never calculated, in a workbook where others were, looks like one whose
result is empty, and some writers store 0 instead. Only where no formula has a result are they reported.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from typing import Any

import xlrd

from icredit.errors import InputError, reader_said
from icredit.intake.sources.biff import Biff, read_biff
from icredit.intake.sources.cell_text import NOT_AVAILABLE, number_text, serial_text, shows_percent, truth_text
from icredit.intake.sources.grid import Content, Grid, percent_text
from icredit.intake.sources.grid_builder import GridBuilder, Room
from icredit.intake.sources.refusals import no_sheet, protected, unreadable

# The two bits of a sheet's state that say whether it is hidden.
_HIDDEN = 3


def read_grids(content: Content) -> list[Grid]:
    """Every worksheet of an .xls workbook, in order.

    Raises:
        InputError: the file is damaged, protected, too large, or no such workbook.
    """
    try:
        biff = read_biff(content.data)
        if biff.encrypted:
            raise protected(content)
        grids = list(_grids(content, biff))
    except InputError:
        raise
    except (ValueError, xlrd.XLRDError) as error:
        raise unreadable(content, reader_said(error)) from None
    except Exception as error:  # noqa: BLE001  # xlrd does not check what it unpacks
        reader_said(error)
        raise unreadable(content, "it is damaged") from None
    if not grids:
        raise no_sheet(content)
    return grids


def _grids(content: Content, biff: Biff) -> Iterator[Grid]:
    book = xlrd.open_workbook(
        file_contents=biff.stream,
        logfile=_Nowhere(),
        formatting_info=True,
        # Rows end with their last cell, and one sheet at a time is in memory twice.
        ragged_rows=True,
        on_demand=True,
        # Who writes texts of one byte a character and does not say how is a Chinese program of the Windows of then.
        encoding_override=None if biff.has_codepage else "gb18030",
    )
    percent = _percent_formats(book)
    room = Room(content.name, len(content.data))
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        builder = GridBuilder(room, sheet.name, hidden=bool(sheet.visibility & _HIDDEN))
        _fill(builder, sheet, percent, epoch_1904=bool(book.datemode))
        for row, column in sorted(biff.not_calculated[number]) if biff.not_calculated else ():
            builder.put_not_calculated(row + 1, column)
        for first_row, end_row, first_column, end_column in sheet.merged_cells:
            if first_row < end_row and first_column < end_column:
                builder.merge(first_row + 1, first_column, end_row, end_column - 1)
        book.unload_sheet(number)
        yield builder.build(epoch_1904=bool(book.datemode))


class _Nowhere(io.TextIOBase):
    """Where xlrd's warnings go."""

    def write(self, text: str) -> int:
        """Take note of nothing."""
        return len(text)


def _percent_formats(book: Any) -> frozenset[int]:
    """The cell formats that show numbers as percentages."""
    keys = {key for key, form in book.format_map.items() if shows_percent(form.format_str or "")}
    return frozenset(form.xf_index for form in book.xf_list if form.format_key in keys)


def _fill(builder: GridBuilder, sheet: Any, percent: frozenset[int], *, epoch_1904: bool) -> None:
    for row in range(sheet.nrows):
        values = sheet.row_values(row)
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), values, strict=True)):
            if kind == xlrd.XL_CELL_BOOLEAN:
                builder.put(row + 1, column, truth_text(value))
            elif kind == xlrd.XL_CELL_ERROR and _ERRORS.get(value) == NOT_AVAILABLE:
                builder.put(row + 1, column, NOT_AVAILABLE)
            elif kind == xlrd.XL_CELL_ERROR:
                builder.put_error(row + 1, column, _ERRORS.get(value, "#ERROR!"))
            elif isinstance(value, str):
                builder.put(row + 1, column, value)
            elif not math.isfinite(value):
                builder.put_error(row + 1, column, "#NUM!")
            else:
                text = serial_text(value, epoch_1904=epoch_1904) if kind == xlrd.XL_CELL_DATE else None
                if text is None:
                    shown = sheet.cell_xf_index(row, column) in percent
                    text = percent_text(value) if shown else number_text(value)
                builder.put(row + 1, column, text, number=True)


_ERRORS: Mapping[int, str] = xlrd.error_text_from_code
