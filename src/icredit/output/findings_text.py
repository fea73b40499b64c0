"""Findings for a person at a terminal: counts per rule, then the first findings, as a table or, where that is too narrow,
as a few lines each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from icredit.output.console import visible
from icredit.output.findings_counts import count_by_rule
from icredit.text import counted

#: A terminal narrower than this shows findings as lines.
TABLE_FROM = 120

# From this width on, levels and messages are told in both languages.
_BOTH_FROM = 150

_LEVELS = {"error": "错误", "warning": "警告"}
_STYLES = {"error": "red", "warning": "yellow"}

# What a column of the table may take at most, as a share of the terminal; the message has what is left.
_SHARES = {"where": 0.14, "name": 0.14, "column": 0.18, "value": 0.15}
_HEADERS = {
    "level": ("级别", "level"),
    "rule": ("规则", "rule"),
    "count": ("次数", "count"),
    "where": ("位置", "cell"),
    "name": ("企业", "enterprise"),
    "column": ("列", "column"),
    "value": ("内容", "value"),
    "message": ("说明", "message"),
}


def findings_text(findings: pl.DataFrame, width: int, limit: int) -> Iterator[RenderableType]:
    """What a terminal of some width shows: all findings counted, the first `limit` of them listed, 0 for all."""
    if findings.is_empty():
        return
    yield _counts(count_by_rule(findings), width)
    listed = findings.head(limit) if limit else findings
    totals = {key: group.height for key, group in findings.partition_by("file", "sheet", as_dict=True).items()}
    widths = _widths(listed, width)
    for key, group in listed.partition_by("file", "sheet", as_dict=True, maintain_order=True).items():
        file, sheet = key
        where = f"{file} [{sheet}]" if sheet else str(file)
        yield Text.assemble(
            "\n", (visible(where), "bold"), (f"  {counted(totals[key], 'finding')}", "dim"), overflow="fold"
        )
        rows = group.iter_rows(named=True)
        if width < TABLE_FROM:
            yield from (part for row in rows for part in _lines(row))
        else:
            yield _table(rows, widths, both=width >= _BOTH_FROM)
    if listed.height < findings.height:
        yield Text(
            f"\n前{listed.height:,}条，共{findings.height:,}条  showing {listed.height:,} of {findings.height:,}; "
            "--limit 0 shows all"
        )


def _counts(counts: pl.DataFrame, width: int) -> Table:
    both = width >= TABLE_FROM
    table = _bare()
    for name in ("level", "rule"):
        table.add_column(_header(name, both=both), no_wrap=True)
    table.add_column(_header("count", both=both), justify="right", no_wrap=True)
    table.add_column(_header("message", both=both), overflow="fold")
    for row in counts.iter_rows(named=True):
        cells = (_level(row["level"], both=both), row["rule"], f"{row['count']:,}", _message(row, both=both))
        table.add_row(*cells)
    return table


def _table(rows: Iterator[Mapping[str, Any]], widths: Mapping[str, int], *, both: bool) -> Table:
    table = _bare()
    for name in _SHARES:
        table.add_column(_header(name, both=both), width=widths[name], overflow="fold")
    for name in ("level", "rule"):
        table.add_column(_header(name, both=both), no_wrap=True)
    table.add_column(_header("message", both=both), overflow="fold")
    for row in rows:
        cells = [_where(row), *(row[name] or "" for name in ("name", "column", "value"))]
        table.add_row(
            *(Text(visible(cell)) for cell in cells),
            _level(row["level"], both=both),
            row["rule"],
            _message(row, both=both),
        )
    return table


def _lines(row: Mapping[str, Any]) -> Sequence[RenderableType]:
    """One finding as lines: where and what rule, what was filed, what is wrong with it."""
    head = Text.assemble(
        (_where(row), "bold"), "  ", _level(row["level"], both=True), f" {row['rule']}", overflow="fold"
    )
    if row["name"]:
        head.append(f"  {visible(row['name'])}")
    filed = ": ".join(visible(row[name]) for name in ("column", "value") if row[name])
    said = [filed] if filed else []
    said.append(visible(f"{row['message_zh']} {row['message_en']}"))
    return [head, *(Padding(Text(line, overflow="fold"), (0, 0, 0, 4), expand=False) for line in said)]


def _widths(findings: pl.DataFrame, width: int) -> dict[str, int]:
    """As wide as the widest cell, but no wider than a column's share of the terminal."""
    cells: dict[str, list[str]] = {name: [] for name in _SHARES}
    for row in findings.iter_rows(named=True):
        cells["where"].append(_where(row))
        for name in ("name", "column", "value"):
            cells[name].append(visible(row[name] or ""))
    both = width >= _BOTH_FROM
    return {
        name: max(
            cell_len(_header(name, both=both)), min(int(share * width), max(map(cell_len, cells[name]), default=0))
        )
        for name, share in _SHARES.items()
    }


def _header(name: str, *, both: bool) -> str:
    zh, en = _HEADERS[name]
    return f"{zh} {en}" if both else zh


def _message(row: Mapping[str, Any], *, both: bool) -> Text:
    return Text(visible(f"{row['message_zh']} {row['message_en']}" if both else row["message_zh"]))


def _where(row: Mapping[str, Any]) -> str:
    """The cell, else the row, of the file that stands above."""
    if row["cell"]:
        return str(row["cell"])
    return "" if row["row"] is None else f"行 row {row['row']}"


def _level(level: str, *, both: bool) -> Text:
    word = _LEVELS.get(level, level)
    return Text(f"{word} {level}" if both else word, style=_STYLES.get(level, ""))


def _bare() -> Table:
    return Table(header_style="bold", show_edge=False, pad_edge=False)
