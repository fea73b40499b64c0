"""Traps of credit codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import filings
from filings import AnyCell
from traps.fixtures import CODE, HEADER, delimited, enterprise, quoted, table, xlsx
from traps.trap import Trap

GOOD = filings.coded("91990000MA1234567")

#: A code whose weighted sum is a multiple of 31, so that 31 - 0 has no character and the check digit is 0.
ZERO = next(code for number in range(100) if (code := filings.code(number)).endswith("0"))

#: A code without the last digits that Excel does not keep.
ROUNDED = "919900000000012000"


def _code(zh: str, en: str, text: str, **does: Any) -> Trap:
    data = delimited([HEADER, [text, *enterprise(1)[1:]]])
    return Trap(zh, en, {"填报.csv": data}, f"`{CODE}`<br>{quoted(text)}", **does)


def _typed(zh: str, en: str, cell: AnyCell, shown: str, **does: Any) -> Trap:
    return Trap(
        zh, en, {"填报.xlsx": xlsx([HEADER, [cell, *enterprise(1)[1:]]])}, f".xlsx: `{CODE}`<br>{shown}", **does
    )


REPAIRED: dict[str, Any] = {"rows": [{"uscc": GOOD}], "findings": ["IC304 2"]}

TRAPS: Sequence[Trap] = (
    _code("小写字母", "Lower case", GOOD.lower(), **REPAIRED),
    _code("中间有空格", "Spaces inside", f"{GOOD[:8]} {GOOD[8:16]} {GOOD[16:]}", **REPAIRED),
    _code("首尾有空格", "Spaces around", f" \u3000{GOOD}\xa0", **REPAIRED),
    _code("全角字符", "Full-width characters", "".join(chr(ord(one) + 0xFEE0) for one in GOOD), **REPAIRED),
    _code("为了变成文本，前面加了单引号", "An apostrophe in front, to make it text", f"'{GOOD}", **REPAIRED),
    _code("为了变成文本，后面加了制表符", "A tab behind, to make it text", f"{GOOD}\t", **REPAIRED),
    _code("系统导出时写成公式", "Exported as a formula", f'="{GOOD}"', **REPAIRED),
    _code("科学计数法", "Scientific notation", "9.199E+17", findings=["IC303 2"]),
    _code("末三位变成000", "The last three digits have become 000", ROUNDED, findings=["IC303 2"]),
    _typed(
        "Excel存成了数字",
        "Stored by Excel as a number",
        919900000000000018.0,
        "数字 number 919900000000000018",
        findings=["IC303 A2"],
    ),
    _typed(
        "数字，显示为18位",
        "A number shown with 18 digits",
        filings.Shown(919900000000012345.0, "0" * 18),
        "数字 number, 格式 format `000000000000000000`",
        findings=["IC303 A2"],
    ),
    _code(
        "错一位，校验位不符",
        "One character wrong, so the check digit does not fit",
        GOOD[:10] + "9" + GOOD[11:],
        findings=["IC302 2"],
    ),
    _code("把0写成字母O", "The letter O for the digit 0", GOOD.replace("0000", "OOOO"), findings=["IC301 2"]),
    _code("字母表之外的字母", "A letter outside the alphabet", GOOD[:10] + "I" + GOOD[11:], findings=["IC301 2"]),
    _code("少一位", "A character left out", GOOD[:-1], findings=["IC301 2"]),
    _code("填了组织机构代码", "The old organisation code", "MA1234567", findings=["IC301 2"]),
    _code("填了旧的注册号", "The old registration number", "110108001234567", findings=["IC301 2"]),
    _code("没有填", "Blank", "", findings=["IC209 2"]),
    _code(
        "校验位为0：公开的算法常漏掉最后一次取余，会误判三十一分之一的代码",
        "Check digit 0: the published algorithm often forgets the last modulo and refuses one valid code in 31",
        ZERO,
        rows=[{"uscc": ZERO}],
    ),
    _code(
        "前两位是字母",
        "Letters in the first two places",
        (code := filings.coded("A1990000MA1234567")),
        rows=[{"uscc": code}],
    ),
    table(
        "代码中的行政区划与实际不同",
        "The district inside the code is not that of the zone",
        [
            [CODE, "企业名称", "所属高新区", "营业收入（万元）"],
            [(elsewhere := filings.coded("91110108MA1234567")), "示例企业1号", "长沙高新区", "2600"],
        ],
        rows=[{"uscc": elsewhere, "zone": "changsha", "province": "湖南"}],
    ),
    table(
        "同一企业填了两行，数据相同",
        "One enterprise in two rows with the same data",
        [HEADER, enterprise(1), enterprise(1, revenue="2,600.0")],
        rows=[{"revenue": 2600.0}],
        findings=["IC305 3"],
    ),
    table(
        "同一企业填了两行，数据不同",
        "One enterprise in two rows with different data",
        [HEADER, enterprise(1), enterprise(1, revenue="3900")],
        findings=["IC306 2", "IC306 3"],
    ),
    table(
        "更正后重新填报，以最后一次为准",
        "Filed again after a correction, and the last counts",
        [HEADER, enterprise(1), enterprise(1, revenue="3900")],
        rows=[{"revenue": 3900.0}],
        findings=["IC307 2"],
        options={"duplicates": "last"},
        words="--duplicates last",
    ),
    table(
        "同一企业的代码一行大写、一行小写",
        "One enterprise in two rows, its code once in lower case",
        [HEADER, [GOOD, *enterprise(1)[1:]], [GOOD.lower(), *enterprise(1, revenue="3900")[1:]]],
        findings=["IC306 2", "IC304 3", "IC306 3"],
    ),
)
