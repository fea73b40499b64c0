"""Rows below a header that are no enterprises: totals, notes, a second header, numbers of columns, rows not filled in.

They are left out and listed, never scored and never dropped in silence. A row with something like a credit code in its
code column is an enterprise whatever else it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from icredit.intake.header import Column, HeaderMatcher
from icredit.intake.header_rows import Cells
from icredit.scheme.fields import NAME, USCC
from icredit.text import fold, narrow, pattern

Kind = Literal["total", "note", "header", "column numbers", "unfilled"]

#: What each kind is called for people.
NAMES: Mapping[Kind, tuple[str, str]] = {
    "total": ("合计", "total"),
    "note": ("说明", "note"),
    "header": ("表头", "header"),
    "column numbers": ("栏次", "column numbers"),
    "unfilled": ("未填写", "not filled in"),
}

_TOTAL = pattern(
    r"(?:[一-龥]{0,12}(?:合计|总计|小计|共计|累计)(?:金额|数)?|平均[值数]?|均值|中位数|最大值|最小值|标准差|"
    r"grandtotal|subtotal|totals?|sum|average|mean|median|max|min)(?:[:：(（].*|\d+(?:家|户|个)(?:企业)?)?"
    r"|(?:合计|总计)?共\d+(?:家|户|个).*|其中[:：].*"
)
_NOTE = pattern(
    r"[(（【\[*※]{0,2}(?:备?注(?:释)?\d*[:：.、)）】]|附注|说明\d*[:：)）】]|(?:填报|填表|编制)?说明$|(?:填表|填报|编制|指标)说明|(?:数据|资料)?来源[:：]|"
    r"(?:制表|填表|填报|经办|审核|复核|统计|单位|部门)(?:人|负责人)?(?:签字|签章|盖章)?[:：]|(?:联系|填报|制表)?(?:电话|日期|时间|方式|单位)[:：]|"
    r"(?:notes?|sources?|remarks?|disclaimers?|preparedby|checkedby)\d*[:：.])"
)
# What a credit code looks like, right or wrong, also as a spreadsheet leaves it.
_CODE = pattern(r"(?=.*\d)[0-9A-Z]{15,20}|\d(?:\.\d+)?E\+?\d+")

# What a row under the header says of its columns, where it is no unit: （必填）, 18位文本, 数值, required.
_ADVICE = pattern(
    r"[(（\[【*]*(?:\d+位|非?必填项?|选填项?|可填|可空|不填|文本|文字|字符|数值|数字|整数|小数|日期|格式|下拉|选择|自动|公式|型|类|"
    r"text|string|number|integer|date|required|optional|[、,，/()（）])+[)）\]】*]*",
)
_DASHES = pattern(r"[-—–―_/\\.…·*]+")
_CHINESE = pattern(r"[一-龥]")

_ORDINALS = "甲乙丙丁戊己庚辛壬癸"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What stands in front of the numbers of columns; 4=3/2 and (4)=(3)/(2)*100% say how a column is computed.
_NUMBERED = pattern(r"栏次|栏目|列次|行次|序号|编号|项次|代码")
_COLUMN_NUMBER = pattern(r"\(?(\d{1,3})\)?(?:=[\d()+\-*/×÷%.]+)?")

# So much of a cell tells what it is.
_ENOUGH = 100

# The first cells of a row, in which a total says that it is one.
_LEADING = 4


class Stray(NamedTuple):
    """A row that was left out, and what it begins with."""

    row: int
    kind: Kind
    text: str


class StrayFinder:
    """Goes through the doubtful rows of one table from top to bottom."""

    def __init__(
        self, columns: Sequence[Column], header: Sequence[Cells], matcher: HeaderMatcher, *, coded: bool
    ) -> None:
        """Know the table.

        Args:
            columns: those that were recognised.
            header: the rows of the header.
            matcher: knows the headers of the scheme.
            coded: whether enterprises are named by credit codes, so that a code can be told from any other text.
        """
        self._code = next(column.index for column in columns if column.field == USCC)
        self._name = next((column.index for column in columns if column.field == NAME), self._code)
        self._columns = {column.index: column for column in columns}
        self._header = [_filled(cells) for cells in header]
        self._matcher = matcher
        self._coded = coded
        self._after_note = False

    def kind(self, cells: Sequence[str | None], *, leading: bool, trailing: bool) -> Kind | None:
        """What a row is if it is no enterprise, else None.

        Args:
            cells: the row.
            leading: no enterprise stands above it.
            trailing: no enterprise stands below it.
        """
        filled = _filled(cells)
        kind = self._judge(filled, cells, leading=leading, trailing=trailing) if filled else None
        self._after_note = kind == "note"
        return kind

    def pass_enterprises(self) -> None:
        """Know that rows were passed over which are enterprises: what follows is no continuation of a note above them."""
        self._after_note = False

    def other_header(self, cells: Sequence[str | None], *, leading: bool) -> bool:
        """Whether a row is a header that gives the columns other meanings, or other units, than the first one does."""
        filled = _filled(cells)
        if any(filled.items() <= row.items() for row in self._header):
            return False
        match = self._matcher.match([cells], 0)
        if match.score <= 1:
            return False
        known = {column.index for column in match.columns}
        renamed = any(index in self._columns and index not in known for index in filled)
        return (renamed and not leading) or any(self._differs(column) for column in match.columns)

    def _differs(self, column: Column) -> bool:
        first = self._columns.get(column.index)
        other_unit = first is not None and column.unit is not None and column.shift != first.shift
        return first is None or column.field != first.field or other_unit

    def _judge(
        self, filled: Mapping[int, str], cells: Sequence[str | None], *, leading: bool, trailing: bool
    ) -> Kind | None:
        code = narrow(cells[self._code] or "") if self._code < len(cells) else ""
        texts = list(filled.values())
        # With nothing in any column that is known there is nothing to score.
        unknown = self._coded and not filled.keys() & self._columns.keys()
        kind: Kind | None = None
        if self._coded and _CODE.fullmatch("".join(code.split()).upper()):
            kind = None
        elif self._repeats_header(filled, cells):
            kind = "header"
        elif any(_TOTAL.fullmatch(text) for text in texts[:_LEADING]) and self._has_no_code(filled, _TOTAL.fullmatch):
            kind = "total"
        elif _are_column_numbers(texts):
            kind = "column numbers"
        elif _NOTE.match(texts[0]) and self._has_no_code(filled, _NOTE.match):
            kind = "note"
        elif all(_DASHES.fullmatch(text) for text in texts) or (unknown and all(map(str.isdigit, texts))):
            kind = "unfilled"
        elif self._coded and self._explains(filled, leading=leading):
            kind = "header"
        elif len(set(texts)) == 1 and len(texts) != 2:  # noqa: PLR2004  # the same in two cells is no merged heading
            kind = "note" if self._after_note or (self._coded and self._speaks(filled, trailing=trailing)) else None
        return "note" if kind is None and unknown else kind

    def _repeats_header(self, filled: Mapping[int, str], cells: Sequence[str | None]) -> bool:
        for row in self._header:
            same = sum(row.get(index) == text for index, text in filled.items())
            if row.get(self._code, "") == filled.get(self._code) or (same > 1 and same * 2 >= len(filled)):
                return True
        return self._matcher.may_be_header(filled.values()) and self._matcher.match([cells], 0).score > 1

    def _has_no_code(self, filled: Mapping[int, str], says: Callable[[str], object]) -> bool:
        """Whether the cell for the code is blank, or itself says what the row is: 平均 may also be somebody's name."""
        code = filled.get(self._code)
        return code is None or _DASHES.fullmatch(code) is not None or bool(says(code))

    def _explains(self, filled: Mapping[int, str], *, leading: bool) -> bool:
        """Whether a row above all enterprises says how the columns are to be filled."""
        if not leading:
            return False
        named = [filled[index] for index in (self._code, self._name) if index in filled]
        if named:
            return all(_ADVICE.fullmatch(text) or _DASHES.fullmatch(text) for text in named)
        told = len(set(filled.values())) > 1 or filled.keys() & self._columns.keys()
        return bool(told) and not any(_has_digit(text) for text in filled.values())

    def _speaks(self, filled: Mapping[int, str], *, trailing: bool) -> bool:
        """Whether the one text of a row, perhaps in several merged cells, is a heading or a signature."""
        nameless = not filled.keys() & {self._code, self._name}
        text = next(iter(filled.values()))
        if nameless:
            return trailing or _CHINESE.search(text) is not None
        return self._code in filled and (_CHINESE.search(text) is not None or (trailing and not _has_digit(text)))


def _filled(cells: Sequence[str | None]) -> dict[int, str]:
    return {index: text for index, cell in enumerate(cells) if cell and (text := fold(cell[:_ENOUGH]))}


def _are_column_numbers(texts: Sequence[str]) -> bool:
    """甲 乙 1 2 3, or 1 2 3 4, or A B C: what forms write under their headers."""
    said = [text for text in texts if not _DASHES.fullmatch(text) and not _NUMBERED.fullmatch(text)]
    if len(said) + (len(said) < len(texts)) <= 2:  # noqa: PLR2004  # one or two numbers may be anything
        return False
    if "".join(said) in _LETTERS:
        return True
    numbers = [_COLUMN_NUMBER.fullmatch(text) for text in said if text.strip("()") not in _ORDINALS]
    values = [int(number[1]) for number in numbers if number is not None]
    if not values or len(values) < len(numbers):
        return False
    return values[0] <= 1 + len(texts) and values == list(range(values[0], values[0] + len(values)))


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
