"""docs/traps.md: the table of all traps, made by reading every one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from icredit.intake.rules import CHECK_ERROR, CHECK_WARNING, RULES
from icredit.intake.strays import NAMES, Kind
from icredit.scheme.fields import submission_fields
from traps.fixtures import quoted
from traps.trap import Outcome, Trap, national, outcome

_CHECKS = {CHECK_ERROR.code, CHECK_WARNING.code}

Groups = Mapping[tuple[str, str], Sequence[Trap]]

_HEAD = """<!-- Made by "python tests/test_every_trap.py > docs/traps.md" from the traps in tests/traps: change them there. -->

# 陷阱一览 / Traps

填报数据中容易读错的情况，以及icredit如何处理。表中每一行都是一项测试：左边是收到的内容，中间是能说明问题的最小文件，右边是用全国试行版评价体系
（`indicators.yaml`）读取的实际结果。编号见[规则](findings.md)，单元格的各种写法见[单元格](cells.md)。

What arrives in submissions and is easily misread, and what icredit does. Every row is a test: what arrives, the smallest
file that shows it, and what came of reading it with the national scheme (`indicators.yaml`). The codes are explained in
[findings](findings.md), all forms of cells in [cells](cells.md). `⏎` is a line break inside a cell, `⇥` a tab, `␣` a
no-break or full-width space, `9199…18` a credit code.
"""


def page(groups: Groups) -> str:
    """The page about the traps."""
    return "\n".join([_HEAD, *(_section(zh, en, traps) for (zh, en), traps in groups.items())])


def _section(zh: str, en: str, traps: Sequence[Trap]) -> str:
    lines = [f"## {zh} / {en}", "", "| 收到的内容 What arrives | 最小示例 Fixture | icredit |", "|---|---|---|"]
    for trap in traps:
        shown = trap.shown + (f"<br>`{trap.words}`" if trap.words else "")
        lines.append(f"| {trap.zh}<br>{trap.en} | {shown} | {'<br>'.join(_did(trap, outcome(trap)))} |")
    return "\n".join([*lines, ""])


def _did(trap: Trap, found: Outcome) -> Iterator[str]:
    if found.refused is not None:
        yield f"**拒绝 refused**: {_plain(found.refused)}"
        return
    for number, row in enumerate(trap.rows, start=1):
        whom = f" {number}" if len(trap.rows) > 1 else ""
        said = "; ".join(f"{_label(name)} = {_value(value)}" for name, value in row.items())
        yield f"读取 read{whom}" + (f": {said}" if said else "")
    if not trap.rows:
        yield "没有可评分的企业 no row is scored"
    for column, value in trap.values.items():
        yield f"`{column}` = {_value(value)}"
    for code, places in groupby(sorted(found.findings), lambda finding: finding.split(" ", 1)[0]):
        rule = RULES[code]
        level = "错误 error" if rule.level == "error" else "警告 warning"
        where = ", ".join(dict.fromkeys(_place(place.split(" ")[1:]) for place in places))
        # What a check of the scheme says is the scheme's own; every other rule has one title for all.
        title = found.said[code] if code in _CHECKS else f"{rule.title.zh} {rule.title.en}"
        yield f"{level} [{code}](findings.md#{code.lower()}) {title} ({where})"
    for stray in found.left_out:
        number_, kind = stray.split(" ", 1)
        yield f"不计 left out: {_place([number_])}, {' '.join(NAMES[_kind(kind)])}"
    shown = [note for note in found.notes if " left out as no enterprise: " not in note]
    yield from (f"*{_plain(note)}*" for note in shown)


def _place(parts: Sequence[str]) -> str:
    """A, b.csv, A2 and 2 as a reader says them: the file, then cell or row."""
    return " ".join(f"第{part}行 row {part}" if part.isdigit() else part for part in parts)


def _kind(text: str) -> Kind:
    return next(kind for kind in NAMES if kind == text)


def _label(name: str) -> str:
    fields = submission_fields(national())
    unit = fields[name].unit
    return fields[name].label.zh + (f"（{unit}）" if unit else "")


def _value(value: object) -> str:
    match value:
        case None:
            return "缺失 missing"
        case bool():
            return "是 true" if value else "否 false"
        case float():
            return repr(value).removesuffix(".0")
        case str():
            return quoted(f"{value[:4]}…{value[-2:]}" if len(value) == 18 and value.isalnum() else value)
        case dt.date():
            return value.isoformat()
    return str(value)


def _plain(text: str) -> str:
    """A message as text of Markdown."""
    text = text.replace("\\", "\\\\").replace("|", "¦").replace("*", "\\*").replace("<", "&lt;").replace("_", "\\_")
    return text.replace("填报.csv: ", "").replace("填报.xlsx: ", "").replace("`", "'")
