"""Findings as a workbook for people: the list, the counts per rule, the counts per file."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from icredit.intake.findings import SCHEMA
from icredit.intake.submission import Submission
from icredit.output.columns import Kind, TableColumn
from icredit.output.findings_counts import count_by_file, count_by_rule
from icredit.output.workbook import Sheet, write_workbook

#: Light red and amber, the colours that spreadsheet programs themselves give to bad and doubtful cells.
COLOURS = {"error": "#FFC7CE", "warning": "#FFEB9C"}

#: The levels in words.
LEVELS = {"error": "错误 error", "warning": "警告 warning"}

#: What the columns of findings are called for people: zh, en.
HEADERS = {
    "file": ("文件", "File"),
    "sheet": ("工作表", "Sheet"),
    "row": ("行", "Row"),
    "cell": ("单元格", "Cell"),
    "column": ("列", "Column"),
    "uscc": ("统一社会信用代码", "Credit code"),
    "name": ("企业名称", "Enterprise"),
    "value": ("填写内容", "Value"),
    "level": ("级别", "Level"),
    "rule": ("规则", "Rule"),
    "message_zh": ("说明", "In Chinese"),
    "message_en": ("英文说明", "In English"),
    "count": ("次数", "Count"),
    "rows": ("行数", "Rows"),
    "errors": ("错误", "Errors"),
    "warnings": ("警告", "Warnings"),
}

# What to do stands before where it came from: an analyst reads from the left.
_ORDER = (
    "level",
    "rule",
    "file",
    "sheet",
    "cell",
    "row",
    "name",
    "uscc",
    "column",
    "value",
    "message_zh",
    "message_en",
)
_NUMBERS = ("row", "count", "rows", "errors", "warnings")
_PROSE = ("column", "value", "message_zh", "message_en")


def write_findings_workbook(submission: Submission, path: Path) -> None:
    """Write the findings as .xlsx; the same findings give the same bytes.

    Raises:
        OutputError: more findings than a sheet can hold.
    """
    findings = submission.findings.select(sorted(SCHEMA, key=_ORDER.index))
    rules = count_by_rule(submission.findings)
    files = count_by_file(submission)
    write_workbook(
        path, _sheet("问题清单 findings", findings), _sheet("按规则 by rule", rules), _sheet("按文件 by file", files)
    )


def _sheet(name: str, frame: pl.DataFrame) -> Sheet:
    columns = [TableColumn(column, _kind(column), *HEADERS[column]) for column in frame.columns]
    tints = {}
    if "level" in frame.columns:
        colours = [COLOURS.get(level) for level in frame["level"]]
        tints = {"level": colours, "rule": colours}
        frame = frame.with_columns(pl.col("level").replace(LEVELS))
    headers = {column.id: f"{column.zh}\n{column.en}" for column in columns}
    return Sheet(name, frame, columns, headers, tints=tints)


def _kind(column: str) -> Kind:
    if column in _NUMBERS:
        return "count"
    return "prose" if column in _PROSE else "identity"
