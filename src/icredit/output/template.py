"""The workbook that enterprises fill in, made from a scheme's fields: blank, or begun with last year's file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from rich.cells import cell_len

from icredit.output.failures import output_errors
from icredit.output.form_cells import fill_in, number_format, write_text
from icredit.scheme.fields import USCC, ZONE, submission_fields
from icredit.scheme.model import FieldSpec, Scheme
from icredit.text import counted, plain
from icredit.zones import ZoneRegister

DATA_SHEET, HELP_SHEET, LIST_SHEET = "填报数据", "填报说明", "选项"

#: Rows free to be filled in, with drop-downs and formats, below those that were filled in from last year's file.
ROWS = 2000

_FONT = "等线"
_REQUIRED_FILL = PatternFill("solid", fgColor="FCE4D6")
_OPTIONAL_FILL = PatternFill("solid", fgColor="DDEBF7")
_LINE = Side(style="thin", color="BFBFBF")


def write_template(
    path: Path, target: Path, scheme: Scheme, zones: ZoneRegister, previous: pl.DataFrame | None = None
) -> int:
    """Write the workbook of a scheme and return how many columns it asks for.

    Args:
        path: the file written.
        target: where it will stand, for messages.
        scheme: whose fields are asked for.
        zones: the register of the drop-down.
        previous: the enterprises filled in from last year's file, if any; see `icredit.previous`.

    Raises:
        OutputError: it cannot be written.
    """
    fields = {name: spec for name, spec in submission_fields(scheme).items() if spec.template}
    book = Workbook()
    page = book.active
    page.title = DATA_SHEET
    page.freeze_panes = "C2"
    page.row_dimensions[1].height = 64
    _printed(page)
    lists = _Lists(book.create_sheet(LIST_SHEET))
    for index, (name, spec) in enumerate(fields.items(), start=1):
        _column(page, index, name, spec, lists, zones, last=ROWS + 1 + (0 if previous is None else previous.height))
    if previous is not None:
        fill_in(page, fields, previous, zones)
    _help(book.create_sheet(HELP_SHEET, 1), fields, scheme, filled_in=previous is not None)
    book.properties.creator = "icredit"
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)  # noqa: DTZ001  # the format has no zone
    content = BytesIO()
    with output_errors(target):
        book.save(content)
        path.write_bytes(content.getvalue())
    return len(fields)


def header_text(spec: FieldSpec) -> str:
    """The header of a field's column: label and unit."""
    return f"{spec.label.zh}（{spec.unit}）" if spec.unit else spec.label.zh


def _printed(page: Any) -> None:
    """Landscape and as wide as one sheet of paper."""
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


class _Lists:
    """The hidden sheet that holds the values of drop-downs."""

    def __init__(self, page: Any) -> None:
        self._page = page
        page.sheet_state = "hidden"
        self._columns = 0

    def add(self, values: list[str]) -> str:
        """Write a list and return the formula that a drop-down refers to it by."""
        self._columns += 1
        letter = get_column_letter(self._columns)
        for row, value in enumerate(values, start=1):
            write_text(self._page.cell(row, self._columns), value)
        return f"'{LIST_SHEET}'!${letter}$1:${letter}${len(values)}"


def _column(
    page: Any, index: int, name: str, spec: FieldSpec, lists: _Lists, zones: ZoneRegister, *, last: int
) -> None:
    """Header, note, formats and checks of one column, down to the row `last`."""
    letter = get_column_letter(index)
    header = page.cell(1, index)
    write_text(header, header_text(spec))
    header.font = Font(name=_FONT, bold=True)
    header.fill = _REQUIRED_FILL if spec.required else _OPTIONAL_FILL
    header.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
    header.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    note = "\n".join(_note(spec))
    header.comment = Comment(note, "icredit", width=280, height=24 + 20 * (note.count("\n") + 1))
    dimension = page.column_dimensions[letter]
    widths = {USCC: 24, "name": 34, ZONE: 20}
    dimension.width = widths.get(name, max(12, min(26, cell_len(header_text(spec)) // 2 + 4)))
    # The format of the column holds for cells that are still empty: a code typed there stays text.
    dimension.number_format = number_format(spec)
    for row in range(2, last + 1):
        if spec.type == "text":  # some programs mind only the cell's own format
            page.cell(row, index).number_format = "@"
    validation = _validation(name, spec, lists, zones)
    if validation is not None:
        validation.add(f"{letter}2:{letter}{last}")
        page.add_data_validation(validation)


def _validation(name: str, spec: FieldSpec, lists: _Lists, zones: ZoneRegister) -> DataValidation | None:
    title, prompt = spec.label.zh[:32], "\n".join(_note(spec))[:255]
    choices: list[str] = []
    if name == ZONE:
        choices = [zone.label for zone in zones]
    elif spec.type == "choice":
        choices = [choice.label.zh for choice in spec.choices]
    elif spec.type == "flag":
        choices = ["是", "否"]
    if choices:
        found = DataValidation(type="list", formula1=lists.add(choices), allow_blank=not spec.required)
        found.error = "请从下拉列表中选择"
    elif spec.type in ("amount", "share", "count"):
        found = _bounds(spec)
    elif name == USCC and spec.format == "credit_code":
        found = DataValidation(type="textLength", operator="equal", formula1="18", allow_blank=False)
        found.error = "统一社会信用代码应为18位文本"
    elif spec.type == "date":
        found = DataValidation(type="date", operator="greaterThan", formula1="1", allow_blank=True)
        found.error = "请填写日期，如2019-03-01"
    else:
        return None
    found.errorTitle, found.promptTitle, found.prompt = "填报有误", title, prompt
    found.showErrorMessage = found.showInputMessage = True
    return found


def _bounds(spec: FieldSpec) -> DataValidation:
    kind = "whole" if spec.type == "count" else "decimal"
    low = 0.0 if spec.type == "count" and spec.minimum is None else spec.minimum
    bounds: dict[str, str] = {"operator": "between", "formula1": "-1000000000000000", "formula2": "1000000000000000"}
    if low is not None:
        bounds["formula1"] = plain(low)
    if spec.maximum is not None:
        bounds["formula2"] = plain(spec.maximum)
    found = DataValidation(type=kind, allow_blank=not spec.required, **bounds)
    found.error = ("应为整数" if spec.type == "count" else "应为数字") + (
        f"，不小于{plain(low)}" if low is not None else ""
    )
    return found


def _note(spec: FieldSpec) -> list[str]:
    lines = [spec.label.en]
    if spec.note is not None:
        lines += [spec.note.zh, spec.note.en]
    if spec.unit is not None:
        lines.append(f"单位 unit：{spec.unit}")
    lines.append("必填 required" if spec.required else "没有数据请留空，不要填0 leave blank if unknown; 0 means none")
    if spec.type in ("text", "choice", "date", "flag") and not spec.required:
        lines[-1] = "可留空 may be blank"
    return lines


def _help(page: Any, fields: Mapping[str, FieldSpec], scheme: Scheme, *, filled_in: bool) -> None:
    grey = "灰色单元格取自上年填报，请核对，可直接修改。Grey cells come from last year's file: check and correct them."
    rows: list[list[str]] = [
        [f"{scheme.title.zh}  {scheme.title.en}  {scheme.edition}"],
        ["每家企业一行；请勿改动表头。One enterprise a row; leave the header as it is."],
        [f"橙色列必填，蓝色列有数据才填。本表共{counted(len(fields), '列', '列')}。Orange columns are required."],
        [grey] if filled_in else [],
        ["列 column", "English", "单位 unit", "类型 type", "说明 note"],
    ]
    types = {
        "amount": "金额 amount",
        "count": "整数 count",
        "share": "比率 share",
        "text": "文本 text",
        "date": "日期 date",
        "flag": "是/否 yes or no",
        "choice": "选项 choice",
    }
    for spec in fields.values():
        note = f"{spec.note.zh} {spec.note.en}" if spec.note else ""
        required = "必填 required；" if spec.required else ""
        rows.append([spec.label.zh, spec.label.en, spec.unit or "", types[spec.type], required + note])
    for number, row in enumerate(rows, start=1):
        for index, text in enumerate(row, start=1):
            write_text(page.cell(number, index), text)
    _printed(page)
    for letter, width in zip("ABCDE", (44, 52, 12, 18, 60), strict=True):
        page.column_dimensions[letter].width = width
    page["A1"].font = Font(name=_FONT, bold=True, size=14)
    for cell in page[5]:
        cell.font = Font(name=_FONT, bold=True)
        cell.fill = _OPTIONAL_FILL
