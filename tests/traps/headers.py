"""Traps of headers: where they stand, what they mean, in which unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import filings
from filings import AnyCell, AnyRows
from icredit.text import unspaced
from traps.fixtures import CODE, HEADER, NAME, delimited, enterprise, shown_rows, table
from traps.trap import Trap

#: One enterprise's code and name.
WHO: list[AnyCell] = [filings.code(1), "示例企业1号"]
REV = "营业收入（万元）"


def header(zh: str, en: str, text: str, cell: str, **does: Any) -> Trap:
    """One column beside code, name and revenue."""
    first = "营业" in unspaced(text) or text.startswith("Ｒ")
    rows: AnyRows = [[CODE, NAME, text], [*WHO, cell]] if first else [[*HEADER, text], enterprise(1, cell)]
    return Trap(zh, en, {"填报.csv": delimited(rows)}, shown_rows([[text], [cell]]), **does)


def below(zh: str, en: str, *rows: Sequence[AnyCell], **does: Any) -> Trap:
    """A whole table."""
    return table(zh, en, rows, **does)


YEARS = "2024 was taken as the year evaluated, 2023 as the last"

TRAPS: Sequence[Trap] = (
    below(
        "表头之上有标题、说明和空行",
        "Titles, notes and blank rows above the header",
        ["2024年度创新积分填报表"],
        ["注：统一社会信用代码为18位"],
        [],
        HEADER,
        enterprise(1),
        rows=[{"revenue": 2600.0}],
    ),
    header(
        "表头中有换行和空格",
        "Line breaks and blanks in a header",
        "营 业\n收入 （ 万元 ）",
        "2600",
        rows=[{"revenue": 2600.0}],
    ),
    header(
        "全角字符和方括号",
        "Full-width forms and square brackets",
        "Ｒｅｖｅｎｕｅ［万元］",
        "2600",
        rows=[{"revenue": 2600.0}],
    ),
    header(
        "序号、星号和填写要求",
        "Numbers, stars and advice",
        "*3.营业收入（万元，必填）",
        "2600",
        rows=[{"revenue": 2600.0}],
    ),
    header(
        "“其中”开头",
        "“Of which” in front",
        "其中：高新技术产品收入（万元）",
        "2000",
        rows=[{"hightech_revenue": 2000.0}],
    ),
    header(
        "单位是元",
        "The unit is yuan",
        "营业收入（元）",
        "26000000",
        rows=[{"revenue": 2600.0}],
        notes=["元 -> 万元 (/ 10,000)"],
    ),
    header(
        "单位在填写要求之后",
        "The unit behind advice",
        "营业收入（必填，元）",
        "26000000",
        rows=[{"revenue": 2600.0}],
        notes=["元 -> 万元 (/ 10,000)"],
    ),
    header(
        "单位是千元，在逗号之后",
        "千元 behind a comma",
        "营业收入,千元",
        "26000",
        rows=[{"revenue": 2600.0}],
        notes=["千元 -> 万元 (/ 10)"],
    ),
    header(
        "单位是亿元，在下划线之后",
        "亿元 behind an underscore",
        "营业收入_亿元",
        "0.26",
        rows=[{"revenue": 2600.0}],
        notes=["亿元 -> 万元 (x 10,000)"],
    ),
    header(
        "千分数", "Per mille", "研发费用增速（‰）", "125", rows=[{"rd_expense_growth": 12.5}], notes=["‰ -> % (/ 10)"]
    ),
    header(
        "小数",
        "Fractions",
        "研发费用增速（小数）",
        "0.125",
        rows=[{"rd_expense_growth": 12.5}],
        notes=["小数 -> % (x 100)"],
    ),
    below(
        "单位在标题行",
        "The unit in a title row",
        ["填报单位：长沙高新区", "填报日期：2025年3月", "单位：元"],
        [CODE, NAME, "营业收入", "职工总数"],
        [*WHO, "26000000", "120"],
        rows=[{"revenue": 2600.0, "staff": 120}],
        notes=["the unit 元 above the table was taken for '营业收入'", "units converted"],
    ),
    below(
        "标题行写明几种单位",
        "Several units in a title row",
        ["单位：元、人"],
        [CODE, NAME, "营业收入", "职工总数"],
        [*WHO, "26000000", "120"],
        rows=[{"revenue": 2600.0, "staff": 120}],
        notes=["the unit 人 above the table", "the unit 元 above the table", "units converted"],
    ),
    below(
        "标题行的单位互相矛盾",
        "Title rows that contradict each other",
        ["单位：元"],
        ["金额单位：万元"],
        [CODE, NAME, "营业收入"],
        [*WHO, "2600"],
        refused="the rows above the table state several units for '营业收入': 元, 万元",
    ),
    below(
        "标题行的单位是外币",
        "Foreign money in a title row",
        ["单位：万美元"],
        [CODE, NAME, "营业收入"],
        [*WHO, "2600"],
        refused="the unit 万美元 above the table cannot be turned into 万元",
    ),
    below(
        "“附件（1）”不是单位",
        "“Annex (1)” states no unit",
        ["附件（1）"],
        [*HEADER, "研发费用增速"],
        enterprise(1, "12.5"),
        rows=[{"rd_expense_growth": 12.5}],
    ),
    below(
        "单位自成一行",
        "Units in a row of their own",
        [CODE, NAME, "营业收入", "职工总数"],
        ["—", "—", "元", "人"],
        [*WHO, "26000000", "120"],
        rows=[{"revenue": 2600.0, "staff": 120}],
        notes=["units converted"],
    ),
    below(
        "两行表头，没有合并",
        "A header of two rows, nothing merged",
        [CODE, NAME, "营业收入（万元）", None],
        [None, None, "本年", "上年"],
        [*WHO, "2600", "2500"],
        rows=[{"revenue": 2600.0, "revenue_last": 2500.0}],
    ),
    below(
        "三行表头，单位在最上面",
        "A header of three rows, the unit at the top",
        ["基本信息", None, "财务指标（元）", None],
        [CODE, NAME, "营业收入", None],
        [None, None, "本年", "上年"],
        [*WHO, "26000000", "25000000"],
        rows=[{"revenue": 2600.0, "revenue_last": 2500.0}],
        notes=["units converted"],
    ),
    below(
        "上面一行写着“上年”",
        "“Last year” in the row above",
        [None, None, "上年", "本年"],
        [CODE, NAME, REV, REV],
        [*WHO, "2500", "2600"],
        rows=[{"revenue": 2600.0, "revenue_last": 2500.0}],
    ),
    below(
        "上面一行写着“本年累计”",
        "“Year to date” in the row above",
        [None, None, None, "本年累计"],
        [*HEADER, "净利润（万元）"],
        enterprise(1, "200"),
        rows=[{"net_profit": None}],
        notes=["1 column not used: '本年累计 净利润（万元）' (did you mean '净利润'?)"],
    ),
    below(
        "上面一行另有含义",
        "Something else in the row above",
        [None, None, None, "境外"],
        [*HEADER, "净利润（万元）"],
        enterprise(1, "200"),
        rows=[{"net_profit": 200.0}],
        notes=["'境外' stands above '净利润（万元）' and was left out of their meaning"],
    ),
    below(
        "表头写年份：今年和上年",
        "Years: this one and the last",
        [CODE, NAME, "2024年营业收入（万元）", "2023年营业收入（万元）"],
        [*WHO, "2600", "2500"],
        rows=[{"revenue": 2600.0, "revenue_last": 2500.0}],
        notes=[YEARS],
    ),
    below(
        "只有一个年份：不知是哪一年的数",
        "One year alone may be either",
        [*HEADER, "净利润（2024年）"],
        enterprise(1, "200"),
        rows=[{"net_profit": None}],
        notes=["not used: '净利润（2024年）' (did you mean '净利润'?)"],
    ),
    header(
        "单位种类不符",
        "A unit of another kind",
        "营业收入（人）",
        "2600",
        refused="the unit of the column '营业收入（人）' cannot be turned into 万元",
    ),
    header("外币", "Foreign money", "营业收入（万美元）", "2600", refused="cannot be turned into 万元"),
    header("计量单位不符：吨", "A measure: tonnes", "营业收入（吨）", "2600", refused="cannot be turned into 万元"),
    header(
        "人年不是人数", "Person-years are no persons", "科技人员数（人年）", "40", refused="cannot be turned into 人"
    ),
    below(
        "没有写单位，数值像元",
        "No unit, and numbers that look like yuan",
        [CODE, NAME, "营业收入"],
        [*WHO, "26000000"],
        [filings.code(2), "示例企业2号", "31000000"],
        [filings.code(3), "示例企业3号", "47000000"],
        rows=[{"revenue": 26000000.0}, {"revenue": 31000000.0}, {"revenue": 47000000.0}],
        findings=["IC111 1"],
    ),
    below(
        "按百分数读取，数值都在0到1之间",
        "Percentages that all lie between 0 and 1",
        [*HEADER, "研发费用增速（%）"],
        *[enterprise(number, f"0.{number}") for number in range(1, 6)],
        rows=[{"rd_expense_growth": number / 10} for number in range(1, 6)],
        findings=["IC112 1"],
    ),
    below(
        "同一字段两列",
        "Two columns for one field",
        [*HEADER, "营业总收入"],
        enterprise(1, "2700"),
        refused="'营业收入（万元）' and '营业总收入' both mean 营业收入",
    ),
    header(
        "表头写错字",
        "A misspelt header",
        "净利闰（万元）",
        "200",
        rows=[{"net_profit": None}],
        notes=["not used: '净利闰（万元）' (did you mean '净利润'?)"],
    ),
    header(
        "名称相近、含义不同",
        "A like name of another meaning",
        "净利润（预计）",
        "200",
        rows=[{"net_profit": None}],
        notes=["not used: '净利润（预计）'"],
    ),
    below(
        "缺少必填的列",
        "A required column is not there",
        [CODE, REV],
        [filings.code(1), "2600"],
        refused="no column for 企业名称, which must be filled",
    ),
    below("没有表头", "No header", enterprise(1), enterprise(2), refused="no header found"),
    below(
        "列的顺序任意，有用不到的列",
        "Any order, and columns that are not needed",
        ["联系人", REV, NAME, CODE],
        ["张三", "2600", "示例企业1号", filings.code(1)],
        rows=[{"revenue": 2600.0}],
        notes=["1 column not used: '联系人'"],
    ),
    below(
        "icredit自己写的积分表",
        "A scored table of icredit's own",
        ["rank", "uscc", "name", "score", "coverage"],
        ["1", filings.code(1), "示例企业1号", "80", "1"],
        refused="this is a scored table or list that icredit wrote, not a submission",
    ),
)
