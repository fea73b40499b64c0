"""Traps of numbers as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from traps.fixtures import REVENUE, cell
from traps.trap import Trap

PROFIT, STAFF, RATE, PATENTS = "净利润（万元）", "职工总数（人）", "研发费用增速（%）", "发明专利申请量（件）"


def _missing(text: str) -> Trap:
    return cell(f"缺失：{text or '空白'}", f"Missing: {text or 'blank'}", PROFIT, text, rows=[{"net_profit": None}])


def _refused(zh: str, en: str, text: str, header: str = REVENUE, rule: str = "IC201", **does: Any) -> Trap:
    return cell(zh, en, header, text, findings=[f"{rule} 2"], **does)


TRAPS: Sequence[Trap] = (
    cell("千位分隔符", "Thousands separators", REVENUE, "1,234,567.5", rows=[{"revenue": 1234567.5}]),
    cell("全角数字、逗号和点", "Full-width digits and signs", REVENUE, "１，２３４．５", rows=[{"revenue": 1234.5}]),
    cell("括号表示负数", "Brackets for a negative number", PROFIT, "（1,234.5）", rows=[{"net_profit": -1234.5}]),
    cell("排版用的减号", "The minus of typesetters", PROFIT, "−12", rows=[{"net_profit": -12.0}]),
    _refused("减号在后", "A minus behind", "12-", PROFIT),
    cell("“亿”", "亿 in the cell", REVENUE, "1.2亿", rows=[{"revenue": 12000.0}], findings=["IC212 2"]),
    cell("“万元”与表头相同", "The unit of the header again", REVENUE, "500万元", rows=[{"revenue": 500.0}]),
    cell(
        "“元”与表头不同",
        "Another unit than the header's",
        REVENUE,
        "26000000元",
        rows=[{"revenue": 2600.0}],
        findings=["IC212 2"],
    ),
    _refused("单位种类不符", "A unit of another kind", "35人", rule="IC215"),
    _refused("只有货币符号", "A sign of the currency alone", "¥500", rule="IC215"),
    _refused("外币", "Foreign money", "500万美元"),
    _refused("区间", "A range", "0.20-0.37"),
    _refused("约数", "An estimate", "约500"),
    _refused("中文大写数字", "Chinese numerals", "壹佰万元"),
    _refused("错误的分隔", "Separators in wrong places", "12,34"),
    cell("百分号", "A percent sign", RATE, "12.5%", rows=[{"rd_expense_growth": 12.5}]),
    cell("全角百分号", "A full-width percent sign", RATE, "12.5％", rows=[{"rd_expense_growth": 12.5}]),
    cell(
        "小数列中的百分号",
        "A percent sign among fractions",
        "研发费用增速（小数）",
        "12.5%",
        rows=[{"rd_expense_growth": 12.5}],
        notes=["units converted"],
    ),
    cell("千分号", "A per-mille sign", RATE, "125‰", rows=[{"rd_expense_growth": 12.5}], findings=["IC212 2"]),
    cell("科学计数法", "Scientific notation", REVENUE, "2.6E+3", rows=[{"revenue": 2600.0}]),
    _refused("人数有小数", "Half a person", "35.5", STAFF, "IC202"),
    cell("人数写“1.2万”", "1.2万 persons", STAFF, "1.2万", rows=[{"staff": 12000}], findings=["IC212 2"]),
    _refused("研发费用为负", "A negative expenditure", "-5", "研发费用金额（万元）", "IC203"),
    _refused("无穷大", "Infinity", "inf"),
    _refused("大得无法表示的数", "A number too large to hold", "1e400", rule="IC204"),
    *(_missing(text) for text in ("", "—", "-", "/", "无", "未公开", "N/A", "NULL", "#N/A")),
    cell(
        "件数填“无”：填报人自己知道，就是0",
        "无 in a count that the enterprise itself knows: zero",
        PATENTS,
        "无",
        rows=[{"invention_applications": 0}],
    ),
    cell(
        "件数填“未公开”：缺失，不是0",
        "Not published: missing, not zero",
        PATENTS,
        "未公开",
        rows=[{"invention_applications": None}],
    ),
    cell("人数填“无”：没有回答", "无 for staff: no answer", STAFF, "无", rows=[{"staff": None}]),
)
