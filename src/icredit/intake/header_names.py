"""What the header of one column means: which field, and in which unit.

Nothing is dropped from a header that could change what the column means: a year, 上年, 累计, 增速.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from icredit import units
from icredit.intake.header_rows import BRACKETED, NUMBER, is_unit, unit_alone
from icredit.scheme.fields import NUMERIC_TYPES
from icredit.scheme.model import FieldSpec
from icredit.text import fold, nearest, pattern

# GDP_亿元, 硫含量,μg/g, 营业收入 万元, 营业收入：万元, 营业收入/万元, 营业收入，单位：万元.
_TAILED = pattern(
    r"(?P<stem>.+?)\s*[\s_,、:;/\-—]\s*(?:单位\s*[:：]?\s*)?(?P<unit>[^\s_,、:;/]+(?: [^\s_,、:;/]+)?)", re.DOTALL
)

# Stars that mark what must be filled, numbers in front: 1. 2、 (3) 04 四、, and 其中 before a name that says what it is.
_BEFORE = pattern(
    r"^(?:[*★☆※#●]+|\(\d{1,3}\)|\d{1,3}[.、)](?!\d)|0?\d{1,2}\s*(?=[^\W\d])|[一二三四五六七八九十]{1,3}[、.]|其中[:：]?|"
    r"(?:本年度|本年|当年|年末)(?=[^\W\d_]))\s*"
)
_BEHIND = pattern(r"\s*[*★☆※#:：]+$")

# How often something is taken off the ends of a name; people write two or three things around one.
_MOST_TAKEN_OFF = 12

# What a bracket may say that does not change the meaning of a column.
_ADVICE = pattern(
    r"年-?月-?日|必填|选填|可填|填写|请填|下拉|文本|格式|盖章|全称|示例|18位|十八位|是/否|是或否|有/无|保留.*小数|整数|"
    r"yyyy|required|optional",
    re.IGNORECASE,
)

# What separates the clauses of a bracket, and the one list in which years and months are no units.
_BETWEEN = pattern(r"[,，;；、]")
_DATE = pattern(r"年\W?月\W?日")

# An amount's unit within a sentence of advice, such as 请按元填写; 500元以上 and 万元以上 say who is to fill the column.
_MONEY = pattern(r"(?<![\d十百千万亿])[十百千万亿]*(?:美|欧|日|港)?元(?!以[上下])")

# Words that say of which time, or of what change, a number is: a header without them means something else.
_PERIOD = pattern(
    r"(?:19|20)\d\d|上年|去年|上期|前年|往年|上一年|上季|同期|累计|增长|增速|增减|减少|其中|占比|比重|计划|预计|目标|"
    r"last|previous|prior|growth|plan|target|of which",
    re.IGNORECASE,
)

# Words that name the year evaluated, which is what every field without a word means.
_THIS_YEAR = "本年度|本年数|本年|当年|年末数|年末|年底"
_SAYS_THIS_YEAR = pattern(_THIS_YEAR)

# A year as headers write it, with the bracket or dash around it: 2024年度, (2024), _2024年末.
YEAR = pattern(r"[\s_(\[【\-]*(?<!\d)(?P<year>20\d\d)\s*(?:年度|年末|年底|年)?[)\]】]?[\s_\-]*")

# The unit of fractions, which may only stand in brackets: elsewhere a 1 numbers a column or a footnote.
_FRACTION = "1"


class Meaning(NamedTuple):
    """What a header means; `field` is None where it is not known.

    Attributes:
        unit: the unit that it states.
        aside: names of groups above that were left out, because the name below says all.
    """

    field: str | None = None
    unit: str | None = None
    aside: tuple[str, ...] = ()


UNKNOWN = Meaning()


def says_period(text: str) -> bool:
    """Whether a text says of which time, or of what change, a number is."""
    return _PERIOD.search(unicodedata.normalize("NFKC", text)) is not None


class FieldNames:
    """Every header by which the fields of a scheme may be named."""

    def __init__(self, fields: Mapping[str, FieldSpec]) -> None:
        self._fields = fields
        self._names = {
            fold(text): name
            for name, spec in fields.items()
            for text in (name, spec.label.zh, spec.label.en, *spec.aliases)
        }
        # The same headers come with every file, and the rows around them are tried as headers in many ways.
        self._known = lru_cache(maxsize=10_000)(self._read)
        self._own_units = {fold(spec.unit) for spec in fields.values() if spec.unit is not None} - {_FRACTION}

    def meaning(self, parts: Sequence[str]) -> Meaning:
        """The field and the unit of a column, from the cells of its header from top to bottom.

        A group above may be left out if it says nothing of time or change; its unit holds for what it fits below.
        """
        return self._known(tuple(parts))

    def _read(self, parts: tuple[str, ...]) -> Meaning:
        if any(NUMBER.fullmatch(part) for part in parts):
            return UNKNOWN
        whole = self._names.get(fold("".join(parts)))
        if whole is not None:
            return Meaning(whole)
        pieces = [self._piece(part) for part in parts]
        # A cell that is a unit and nothing else speaks of the names above and below it.
        alone = {unit for stem, unit in pieces if not stem and unit}
        named = [(stem, unit) for stem, unit in pieces if stem]
        for begin, _ in enumerate(named):
            above = named[:begin]
            if any(says_period(stem) for stem, _ in above):
                break
            stems = [stem for stem, _ in named[begin:]]
            name, unit = self._in_any_order(stems)
            if name is None:
                name, unit = self._in_any_order([stem for stem in stems if not _SAYS_THIS_YEAR.fullmatch(stem)])
            if name is None:
                continue
            stated = ({unit, *(unit for _, unit in named[begin:])} | alone) - {None}
            if len(stated) > 1 or not all(self._may_have(name, one) for one in stated if one is not None):
                break
            group = next((one for _, one in reversed(above) if one and self.shift(name, one) is not None), None)
            inherits = self._fields[name].type in NUMERIC_TYPES
            return Meaning(name, next(iter(stated), group if inherits else None), tuple(stem for stem, _ in above))
        return UNKNOWN

    def shift(self, name: str, unit: str | None) -> int | None:
        """The power of ten from a unit to that of a field, 4 from 万元 to 元; None if it is of another kind."""
        wanted = self._fields[name].unit
        if unit is None or (wanted is not None and fold(unit) == fold(wanted)):
            return 0
        if self._fields[name].type == "count" and units.kind_of(wanted or "") is None:
            # Things are counted in whatever word; only an amount or a share cannot be a count.
            return 0 if units.kind_of(unit) in (None, "count") and units.unconvertible(unit) is None else None
        return units.shift(unit, wanted or "1")

    def suggestion(self, header: str, present: Collection[str]) -> str | None:
        """The label of the field that an unknown header may have meant; none of those that have a column already."""
        text = unicodedata.normalize("NFKC", header)
        stem = BRACKETED.fullmatch(text)
        without_year = self.meaning([YEAR.sub(" ", text).strip()]).field
        if without_year is not None:
            return None if without_year in present else self._fields[without_year].label.zh
        labels = [spec.label.zh for name, spec in self._fields.items() if name not in present]
        near = nearest(stem["stem"] if stem else header, labels, limit=1)
        return near[0] if near else None

    def _piece(self, part: str) -> tuple[str, str | None]:
        """A cell without the unit at its end, and the unit; the whole of it where that is a name."""
        text = unicodedata.normalize("NFKC", part)
        if fold(text) in self._names:
            return text, None
        unit = unit_alone(text)
        if unit is not None:
            return "", unit
        bracketed = BRACKETED.fullmatch(text.strip())
        if bracketed is not None and self._is_unit(inside := bracketed["inside"].strip()):
            return bracketed["stem"], inside
        return text, None

    def _in_any_order(self, stems: Sequence[str]) -> tuple[str | None, str | None]:
        for text in dict.fromkeys((" ".join(stems), " ".join(reversed(stems)))):
            name, unit = self._name_and_unit(text)
            if name is not None:
                return name, unit
        return None, None

    def _may_have(self, name: str, unit: str) -> bool:
        kind = self._fields[name].type
        return kind == "share" if unit == _FRACTION else kind in NUMERIC_TYPES

    def _agrees(self, name: str, advised: Sequence[str]) -> bool:
        """Whether the units in advice are the field's own: what else a sentence means by one is not guessed."""
        return self._fields[name].type not in NUMERIC_TYPES or all(self.shift(name, one) == 0 for one in advised)

    def _name_and_unit(self, text: str) -> tuple[str | None, str | None]:
        unit: str | None = None
        advised: list[str] = []
        for _ in range(_MOST_TAKEN_OFF):
            name = self._names.get(fold(text))
            if name is not None:
                return (name, unit) if unit or self._agrees(name, advised) else (None, None)
            shorter = _BEHIND.sub("", _BEFORE.sub("", text)).strip()
            if shorter == text:
                stem, stated = self._without_tail(text)
                if stem is None or (stated and unit):
                    return None, None
                if stated is None:
                    advised += _MONEY.findall(text[len(stem) :])
                shorter, unit = stem, stated or unit
            text = shorter
        return None, None

    def _without_tail(self, text: str) -> tuple[str | None, str | None]:
        """The text without the unit or the advice at its end, and the unit; None if the end is neither."""
        bracketed = BRACKETED.fullmatch(text)
        if bracketed is not None:
            inside = _DATE.sub("年-月-日", bracketed["inside"].strip())
            if self._is_unit(inside) or inside == _FRACTION:
                return bracketed["stem"], inside
            stated, others = self._clauses(inside)
            if stated:
                advised = len(stated) == 1 and all(_ADVICE.search(one) for one in others)
                return (bracketed["stem"], stated[0]) if advised else (None, None)
            advice = _SAYS_THIS_YEAR.fullmatch(inside) or (_ADVICE.search(inside) and not says_period(inside))
            return (bracketed["stem"], None) if advice else (None, None)
        tailed = _TAILED.fullmatch(text)
        if tailed is not None and self._is_unit(tailed["unit"].strip("()[]【】〔〕")):
            return tailed["stem"], tailed["unit"].strip("()[]【】〔〕")
        return None, None

    def _clauses(self, inside: str) -> tuple[list[str], list[str]]:
        """The units that a bracket states, wherever it does, each once, and what else its clauses say."""
        stated: dict[str, None] = {}
        others = []
        for clause in map(str.strip, _BETWEEN.split(inside)):
            words = [clause] if self._unit(clause) else clause.split()
            stated.update((unit, None) for word in words if (unit := self._unit(word)) is not None)
            others.append(" ".join(word for word in words if self._unit(word) is None))
        return list(stated), [one for one in others if one]

    def _unit(self, text: str) -> str | None:
        return text if self._is_unit(text) else unit_alone(text)

    def _is_unit(self, text: str) -> bool:
        return is_unit(text) or fold(text) in self._own_units
