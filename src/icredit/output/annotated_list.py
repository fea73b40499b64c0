"""The sheet of an annotated workbook that lists its findings, with links to the cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from icredit.output.console import visible
from icredit.output.findings_workbook import COLOURS, LEVELS
from icredit.output.workbook import LINE, lines_of
from icredit.text import counted

#: The name of the sheet.
TITLE = "校验结果"

# By this beginning of its first cell the sheet is known when the workbook comes back.
_MARK = "icredit 校验结果 findings"

_ASKED = (
    "请按说明修改标红（错误）的单元格，核对标黄（警告）的单元格，然后重新提交本文件。"
    "Correct the red cells (errors), check the amber ones (warnings) and submit this file again."
)

# No column is called as a field of a scheme may be: the sheet must never be taken for the submission.
_COLUMNS = {
    "级别 level": 14,
    "规则 rule": 9,
    "位置 cell": 20,
    "企业 enterprise": 26,
    "列 column": 26,
    "填写内容 value": 22,
    "问题 what is wrong": 46,
    "in English": 46,
}
_HEADER_ROW = 4

_FONT = "等线"
_THIN = Side(style="thin", color="BFBFBF")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def drop_list(book: Any) -> None:
    """Remove the list of an earlier check."""
    for page in book.worksheets:
        if str(page["A1"].value or "").startswith(_MARK) and len(book.sheetnames) > 1:
            book.remove(page)


def add_list(book: Any, findings: pl.DataFrame) -> None:
    """Put the list of findings before the other sheets and show it when the workbook is opened."""
    page = book.create_sheet(TITLE, 0)
    views = [view for other in book for view in other.views.sheetView]
    views += [view for chart in book.chartsheets for view in chart.sheetViews.sheetView]
    for view in views:  # two selected sheets would be edited together
        view.tabSelected = False
    page.sheet_view.tabSelected = True
    book.active = 0
    levels = findings["level"]
    errors, warnings = int((levels == "error").sum()), int((levels == "warning").sum())
    _write(page["A1"], f"{_MARK}: 错误{errors:,}项，警告{warnings:,}项  {counted(errors, 'error')}, ")
    page["A1"].value += counted(warnings, "warning")
    page["A1"].font = Font(name=_FONT, bold=True, size=14)
    _write(page["A2"], _ASKED)
    page["A2"].font = Font(name=_FONT)
    for index, (header, width) in enumerate(_COLUMNS.items(), start=1):
        cell = page.cell(_HEADER_ROW, index)
        _write(cell, header)
        cell.font, cell.border = Font(name=_FONT, bold=True), _BORDER
        cell.fill = PatternFill("solid", fgColor="FFDDEBF7")
        page.column_dimensions[get_column_letter(index)].width = width
    for number, finding in enumerate(findings.iter_rows(named=True), start=_HEADER_ROW + 1):
        _row(page, number, finding, linked=finding["sheet"] in book.sheetnames)
    page.freeze_panes = f"A{_HEADER_ROW + 1}"
    page.auto_filter.ref = f"A{_HEADER_ROW}:{get_column_letter(len(_COLUMNS))}{_HEADER_ROW + max(findings.height, 1)}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _row(page: Any, number: int, finding: Mapping[str, Any], *, linked: bool) -> None:
    place = finding["cell"] or ("" if finding["row"] is None else f"第{finding['row']}行 row {finding['row']}")
    texts = [LEVELS[finding["level"]], finding["rule"], f"{finding['sheet'] or ''} {place}".strip()]
    texts += [finding[name] or "" for name in ("name", "column", "value", "message_zh", "message_en")]
    for index, text in enumerate(texts, start=1):
        cell = page.cell(number, index)
        _write(cell, text)
        cell.font, cell.alignment, cell.border = Font(name=_FONT, size=10), _WRAPPED, _BORDER
    needed = max(lines_of(text, width) for text, width in zip(texts, _COLUMNS.values(), strict=True))
    page.row_dimensions[number].height = LINE * needed
    for index in (1, 2):
        page.cell(number, index).fill = PatternFill("solid", fgColor=COLOURS[finding["level"]].replace("#", "FF"))
    if linked and place:
        first = finding["cell"].split(",")[0] if finding["cell"] else f"A{finding['row']}"
        cell = page.cell(number, 3)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(finding['sheet'])}!{first}")
        cell.font = Font(name=_FONT, size=10, color="FF0563C1", underline="single")


def _write(cell: Any, text: str) -> None:
    """Write text as text, even if it begins like a formula or means to steer a terminal."""
    cell.value = visible(text)
    cell.data_type = "s"
