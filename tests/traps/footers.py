"""Traps of rows that are no enterprises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import filings
from filings import AnyCell
from traps.fixtures import HEADER, enterprise, shown_rows, table
from traps.trap import Trap

TWO = [{"revenue": 2600.0}, {"revenue": 2600.0}]
TALL = ["序号", *HEADER, "职工总数（人）"]


def _one(number: int) -> list[AnyCell]:
    return [str(number), *enterprise(number), "120"]


def after(zh: str, en: str, *rows: Sequence[AnyCell], **does: Any) -> Trap:
    """Rows behind two enterprises."""
    made = table(zh, en, [HEADER, enterprise(1), enterprise(2), *rows], rows=TWO, **does)
    return Trap(**{**vars(made), "shown": "…<br>" + shown_rows(rows)})


def under(zh: str, en: str, row: Sequence[AnyCell], kind: str, **does: Any) -> Trap:
    """A row between header and enterprises, in a table with numbered rows."""
    given = {"rows": TWO, "left_out": [f"2 {kind}"], "notes": ["not used: '序号'", "left out"]} | does
    made = table(zh, en, [TALL, row, _one(1), _one(2)], **given)
    return Trap(**{**vars(made), "shown": shown_rows([TALL, row]) + "<br>…"})


OUT = ["left out as no enterprise"]

TRAPS: Sequence[Trap] = (
    after("合计行", "A total", ["合计", None, "5200"], left_out=["4 total"], notes=OUT),
    after(
        "合计写在名称列", "A total in the column of names", [None, "总 计：", "5200"], left_out=["4 total"], notes=OUT
    ),
    after("平均值", "A mean", ["平均值", None, "2600"], left_out=["4 total"], notes=OUT),
    after(
        "注和续行",
        "A note and its continuation",
        ["注：1.金额为审计数。", None, None],
        ["2.人数为年末数。", None, None],
        left_out=["4 note", "5 note"],
        notes=OUT,
    ),
    after("数据来源", "A source", ["数据来源：国家统计局", None, None], left_out=["4 note"], notes=OUT),
    after(
        "签字和日期",
        "A signature and a date",
        ["填表人：张三", "审核人：李四", "2025年3月1日"],
        left_out=["4 note"],
        notes=OUT,
    ),
    after("空行", "Blank rows", [None, None, None], ["", "\u3000", " "]),
    after("横线", "A row of dashes", ["——", "——", "——"], left_out=["4 unfilled"], notes=OUT),
    table(
        "中间重复表头",
        "The header again in the middle",
        [HEADER, enterprise(1), HEADER, enterprise(2)],
        rows=TWO,
        left_out=["3 header"],
        notes=OUT,
    ),
    table(
        "中间另有表头，列的位置不同",
        "A second header with columns in other places",
        [HEADER, enterprise(1), [HEADER[1], HEADER[0], HEADER[2]], ["示例企业2号", filings.code(2), "2600"]],
        refused="row 3 is a second header, whose columns or units are not those of the first",
    ),
    table(
        "中间另有表头，单位不同",
        "A second header with another unit",
        [HEADER, enterprise(1), [*HEADER[:2], "营业收入（元）"], enterprise(2)],
        refused="row 3 is a second header, whose columns or units",
    ),
    table(
        "中间的小计和分组标题",
        "Subtotals and headings in the middle",
        [HEADER, ["一、成长期"], enterprise(1), ["小计", None, "2600"], ["二、稳定期"], enterprise(2)],
        rows=TWO,
        left_out=["2 note", "4 total", "5 note"],
        notes=OUT,
    ),
    under("栏次", "Numbers of columns", ["栏次", "甲", "乙", "1", "2"], "column numbers"),
    under("栏次和计算公式", "Numbers of columns with formulas", ["1", "2", "3", "4", "5=4/3"], "column numbers"),
    under(
        "填写要求自成一行",
        "Advice in a row of its own",
        [None, "（必填）", "（必填）", "按审计报告填写", "选填"],
        "header",
    ),
    table(
        "只有序号、没有填写的行",
        "Numbered rows that nobody filled in",
        [TALL, _one(1), ["2", None, None, None, None], _one(3)],
        rows=TWO,
        left_out=["3 unfilled"],
        notes=["not used: '序号'", "left out"],
    ),
    table(
        "名称像合计的企业",
        "An enterprise called like a total",
        [HEADER, [filings.code(1), "合计", "2600"]],
        rows=[{"name": "合计", "revenue": 2600.0}],
    ),
    table(
        "有数据、没有代码和名称的行",
        "Numbers without a code and a name",
        [HEADER, enterprise(1), [None, None, "2600"], enterprise(2)],
        rows=TWO,
        findings=["IC209 3", "IC209 3"],
    ),
    table(
        "没有代码的企业",
        "An enterprise without a code",
        [HEADER, enterprise(1), [None, "示例企业2号", "2600"]],
        rows=TWO[:1],
        findings=["IC209 3"],
    ),
    table(
        "示例行没有删去",
        "The example row was left in",
        [HEADER, ["91430100MA4XXXXXXX", "示例公司", "100"], enterprise(1)],
        rows=[{"revenue": 2600.0}],
        findings=["IC302 2"],
    ),
)
