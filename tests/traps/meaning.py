"""Traps of meaning: every cell is readable, and still not everything may be computed from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import filings
from traps.fixtures import CODE, NAME, delimited, shown_rows
from traps.trap import Row, Trap

#: What an ordinary enterprise files.
USUAL = {
    "研发费用金额（万元）": "300",
    "上年研发费用金额（万元）": "250",
    "科技人员数（人）": "40",
    "职工总数（人）": "120",
    "研究生以上人员数（人）": "20",
    "高新技术产品收入（万元）": "2000",
    "营业收入（万元）": "3000",
    "上年营业收入（万元）": "2500",
    "研发费用加计扣除所得税减免额（万元）": "40",
    "净利润（万元）": "200",
    "净资产（万元）": "1500",
}
SOUND: Sequence[Row] = [{}]


def files(zh: str, en: str, odd: Mapping[str, str], **does: Any) -> Trap:
    """One enterprise that files what is odd, and the usual beside it."""
    row = USUAL | {f"{name}（{'人' if name.endswith('数') else '万元'}）": text for name, text in odd.items()}
    assert row.keys() == USUAL.keys()
    data = delimited([[CODE, NAME, *row], [filings.code(1), "示例企业1号", *row.values()]])
    return Trap(zh, en, {"填报.csv": data}, shown_rows([list(odd), list(odd.values())]), **does)


TRAPS: Sequence[Trap] = (
    files(
        "上年研发费用为0：增速无意义",
        "Nothing spent last year: growth has no meaning",
        {"研发费用金额": "300", "上年研发费用金额": "0"},
        rows=SOUND,
        values={"rd_growth.value": None},
    ),
    files(
        "上年营业收入为负：增长率无意义",
        "Negative revenue last year: growth has no meaning",
        {"营业收入": "3000", "上年营业收入": "-5"},
        rows=SOUND,
        findings=["IC402 2"],
        values={"revenue_growth.value": None},
    ),
    files(
        "营业收入为0：占比无意义",
        "No revenue: a ratio to it has no meaning",
        {"营业收入": "0", "高新技术产品收入": "0"},
        rows=SOUND,
        values={"rd_intensity.value": None},
    ),
    files(
        "亏损除以负的净资产，看上去像盈利",
        "A loss over negative net assets looks like a profit",
        {"净利润": "-200", "净资产": "-1500"},
        rows=SOUND,
        findings=["IC402 2"],
        values={"return_on_net_assets.value": None},
    ),
    files(
        "科技人员多于职工", "More R&D staff than staff", {"科技人员数": "150", "职工总数": "120"}, findings=["IC401 2"]
    ),
    files(
        "研究生多于职工",
        "More postgraduates than staff",
        {"研究生以上人员数": "150", "职工总数": "120"},
        findings=["IC401 2"],
    ),
    files(
        "高新收入大于营业收入",
        "High-tech revenue above revenue",
        {"高新技术产品收入": "3001", "营业收入": "3000"},
        findings=["IC401 2"],
    ),
    files(
        "研发费用是营业收入的934,628%",
        "R&D of 934,628 % of revenue",
        {"研发费用金额": "28038840", "上年研发费用金额": "28000000"},
        rows=SOUND,
        findings=["IC402 2"],
    ),
    files(
        "一年增长超过1000%",
        "Growth beyond 1000 %",
        {"营业收入": "30000", "上年营业收入": "2500"},
        rows=SOUND,
        findings=["IC402 2"],
    ),
    files(
        "降到上年的十分之一以下",
        "Less than a tenth of last year",
        {"研发费用金额": "2", "上年研发费用金额": "250", "研发费用加计扣除所得税减免额": "0"},
        rows=SOUND,
        findings=["IC402 2"],
    ),
    files(
        "减免额填成了扣除额",
        "The amount deducted for the tax saved",
        {"研发费用金额": "300", "研发费用加计扣除所得税减免额": "300"},
        rows=SOUND,
        findings=["IC402 2"],
    ),
    files(
        "没有填报职工总数：检查不成立，占比缺失",
        "No staff filed: the check says nothing, the share is missing",
        {"科技人员数": "40", "职工总数": "—"},
        rows=SOUND,
        values={"rd_staff_share.value": None},
    ),
)
