"""Looking at a form: the workbook that `icredit template` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.datavalidation import DataValidation


def page_of(path: Path) -> Any:
    """Return the sheet that is filled in: the one the workbook opens with."""
    book = openpyxl.load_workbook(path)
    return book[book.active.title]


def headers_of(page: Any) -> dict[str, int]:
    """Return header -> number of its column."""
    return {cell.value: cell.column for cell in page[1] if cell.value is not None}


def validation_of(page: Any, column: int) -> DataValidation | None:
    """Return what the workbook checks in the first cell below a header."""
    coordinate = page.cell(2, column).coordinate
    found = [one for one in page.data_validations.dataValidation if coordinate in one.sqref]
    assert len(found) <= 1
    return found[0] if found else None


def entries_of(page: Any, column: int) -> list[str]:
    """Return the entries of a drop-down by looking up the cells that its formula names."""
    validation = validation_of(page, column)
    assert validation is not None
    assert validation.type == "list"
    sheet, cells = validation.formula1.rsplit("!", 1)
    lists = page.parent[sheet.strip("'")]
    return [row[0].value for row in lists[cells.replace("$", "")]]
