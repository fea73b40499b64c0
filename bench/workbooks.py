"""The same enterprises as workbooks, in the ways that workbooks differ inside.

Text stands in every cell, as programs write it that keep memory constant, or once in a table of shared strings, as
Excel writes it. The cells are plain, or mixed: percentages by format, formulas with their cached results, cell errors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from bench.form import RATES, SHEET_COLUMNS

#: In mixed workbooks every so many rows one enterprise has a #DIV/0! and the next one an #N/A.
ERROR_EVERY = 200

_COLUMNS = {name: index for index, name in enumerate(SHEET_COLUMNS)}
_DIVIDED = {"rd_intensity": ("rd_expense", "revenue"), "return_on_net_assets": ("net_profit", "net_assets")}


def write_workbook(path: Path, frame: pl.DataFrame, *, shared: bool, mixed: bool) -> None:
    """Write the columns of the workbooks; `shared` and `mixed` as above."""
    with xlsxwriter.Workbook(path, {"constant_memory": not shared}) as book:
        sheet = book.add_worksheet("填报数据")
        sheet.write_row(0, 0, SHEET_COLUMNS.values())
        formats = {"text": book.add_format({"num_format": "@"}), "date": book.add_format({"num_format": "yyyy-mm-dd"})}
        percent = book.add_format({"num_format": "0.00%"})
        writers = {pl.String: sheet.write_string, pl.Date: sheet.write_datetime}
        styles = {pl.String: formats["text"], pl.Date: formats["date"]}
        plain = {
            name: (index, writers.get(type(dtype), sheet.write_number), styles.get(type(dtype)))
            for name, index in _COLUMNS.items()
            if (dtype := frame.schema[name]) and not (mixed and name in RATES)
        }
        for line, row in enumerate(frame.iter_rows(named=True), start=1):
            for name, (index, write, style) in plain.items():
                if row[name] is not None:
                    write(line, index, row[name], style)
            if mixed:
                _rates(sheet, line, row, percent)


def _rates(sheet: Any, line: int, row: dict[str, Any], percent: Any) -> None:
    """Write what Excel has when somebody lets it calculate the rates: formula, cached result, format."""
    for place, (name, (upper, lower)) in enumerate(_DIVIDED.items()):
        above, below = (xl_rowcol_to_cell(line, _COLUMNS[field]) for field in (upper, lower))
        formula, value = f"={above}/{below}", row[name] / 100
        if line % ERROR_EVERY == place:
            formula, value = (f"={above}/0", "#DIV/0!") if place == 0 else (f"=VLOOKUP({above},A1:A1,1,0)", "#N/A")
        sheet.write_formula(line, _COLUMNS[name], formula, percent, value)
