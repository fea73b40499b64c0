"""The rows at the top of a table, before anybody asks which field a column holds.

Which of them are titles, which unit they state for the whole table, and what the rows of a header say of each column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from icredit import units
from icredit.text import pattern

Cells = Sequence[str | None]

#: 营业收入（万元）, Revenue (CNY 10k), 营业收入[元]; 营业收入（单位：万元）. What *+ took it does not give back: blanks
#: without end must not be tried in every way.
BRACKETED = pattern(
    r"(?P<stem>.*?\S)\s*+[(\[【〔](?:\s*+单位\s*+[:：]?\s*+)?+(?P<inside>[^()\[\]【】〔〕]+)[)\]】〕]", re.DOTALL
)

# What stands beside a title for the whole table, never over a group of columns: 单位：万元, （单位：元）, 填报日期：2025年3月, 注：….
_LABEL = pattern(
    r"(?:注|备注|说明|附注|填[表报]说明|notes?)\d*:.*|[(\[【]?\s*(?:(?:填报|填表|制表|编制|申报|报送|报告|统计|金额|计量|货币|数据|截止|联系|推荐|主管|报表)?"
    r"(?:单位|日期|时间|年份|年度|期间|编号|表号|文号|人|电话|部门|机关|高新区|园区)(?:名称)?"
    r"(?:[(\[【][签盖][字章]?章?[)\]】])?\s*[:：].*|单位\s*[(\[【][^)\]】]+[)\]】])",
    re.DOTALL | re.IGNORECASE,
)

# 单位：万元, 金额单位:人民币千元, 计量单位：万元、人, 单位（元）; what they say ends where something else begins.
_STATES = pattern(r"单位\s*[:：(\[【]")
_ENDS = pattern(r"[。:：]")

# Cells of a header that say nothing of their column: dashes, and the number of the column.
_EMPTY = pattern(r"[-—–―/\\]*|[(（]?\d{1,3}[)）]?")

#: What stands in cells of data and in no header; most of the rows among which a header is looked for are data.
NUMBER = pattern(r"[-+]?[\d,]*(?:\d{5}|\.\d+)(?:[eE][-+]?\d+)?%?")

_YEAR = pattern(r"[(\[]?(?:19|20)\d\d(?:年?度?|年末|年底|[-年./]\d{1,2}月?(?:[-./]?\d{1,2}日?)?)[)\]]?")

# So much of a cell may belong to the name of a column, which is looked for in many ways and told in messages.
_LONGEST_NAME = 200

_BETWEEN = pattern(r"[\s,，、;；/和及与()\[\]【】]+")


def unit_alone(text: str) -> str | None:
    """The unit that is all a cell says: 万元, （万元）, 单位：万元."""
    bare = unicodedata.normalize("NFKC", text).strip().strip("()[]【】〔〕").strip()
    bare = re.sub(r"^单位\s*[:：]\s*", "", bare)
    return bare if is_unit(bare) else None


def unit_at_end(text: str) -> str | None:
    """The unit in the bracket at the end of a heading: 财务指标（万元）."""
    match = BRACKETED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    inside = match["inside"].strip() if match else ""
    return inside if is_unit(inside) else None


def is_unit(text: str) -> bool:
    """Whether a text is a unit that may stand anywhere in a header; 1 is none, which numbers columns and footnotes."""
    return not text.isdigit() and (units.kind_of(text) is not None or units.unconvertible(text) is not None)


def is_data(row: Cells) -> bool:
    """Whether most of what a row says are numbers that no header has: with a decimal point, or with five digits."""
    said = [cell for cell in row if cell and cell.strip()]
    return 2 * sum(NUMBER.fullmatch(cell.strip()) is not None for cell in said) > len(said)


def is_title(row: Cells, below: Cells) -> bool:
    """Whether a row stands above the table as a whole: a title over all of it, or what is said beside a title."""
    said = [(index, _narrow(cell)) for index, cell in enumerate(row) if cell and cell.strip()]
    over = [(index, text) for index, text in said if not _is_label(text)]
    years = {text for _, text in over if _YEAR.fullmatch(text)}
    if len(years) == 1 and years != {text for _, text in said}:
        # 2024年 beside a title belongs to the title; alone in its row it is a group of columns.
        over = [(index, text) for index, text in over if text not in years]
    if not over:
        return bool(said)
    begin = next((index for index, cell in enumerate(below) if cell and cell.strip()), 0)
    return len({text for _, text in over}) == 1 and over[0][0] <= begin


def stated_units(rows: Sequence[Cells]) -> list[str]:
    """The units that rows above the names of columns state for the whole table, each once, in order."""
    found: dict[str, None] = {}
    for cells in rows:
        filled = [unicodedata.normalize("NFKC", cell).strip() for cell in cells if cell and cell.strip()]
        for text in filled:
            statements = [_ENDS.split(part, maxsplit=1)[0] for part in _STATES.split(text)[1:]]
            if statements:
                said = (part for statement in statements for part in _BETWEEN.split(statement))
                found.update(dict.fromkeys(part for part in said if is_unit(part)))
            elif len(set(filled)) == 1 and (unit := unit_at_end(text)):
                found[unit] = None
    return list(found)


def column_parts(rows: Sequence[Cells], width: int) -> Iterator[list[str]]:
    """Per column the cells of its header from top to bottom, without blanks and repetitions."""
    said = [[None if cell and _is_label(_narrow(cell)) else cell for cell in cells] for cells in rows[:-1]]
    filled: list[Cells] = []
    for number, cells in enumerate([*said, *rows[-1:]], start=1):
        filled.append(_spread(cells, rows[number:], filled[-1] if filled else None))
    for index in range(width):
        parts: list[str] = []
        for cells in filled:
            cell = " ".join(((cells[index] if index < len(cells) else None) or "").split())[:_LONGEST_NAME].rstrip()
            if not _EMPTY.fullmatch(cell) and (not parts or parts[-1] != cell):
                parts.append(cell)
        yield parts


def _spread(cells: Cells, below: Sequence[Cells], above: Cells | None) -> Cells:
    """A group's name over all of its columns: a blank with something below belongs to the group on its left.

    Not so where another group stands above it, and a unit holds for its own column only.
    """
    if not below:
        return cells
    spread: list[str | None] = []
    for index, cell in enumerate(cells):
        left = spread[-1] if spread else None
        alike = above is None or _at(above, index) == _at(above, index - 1)
        belongs = left is not None and alike and any(_at(row, index) for row in below) and unit_alone(left) is None
        spread.append(left if belongs and _at(cells, index) == "" else cell)
    return spread


def _at(cells: Cells, index: int) -> str:
    return (cells[index] or "").strip() if 0 <= index < len(cells) else ""


def _is_label(text: str) -> bool:
    # Few cells have a colon or the word, and only they are worth a closer look.
    return (":" in text or "单位" in text) and _LABEL.fullmatch(text) is not None


def _narrow(text: str) -> str:
    return " ".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split())
