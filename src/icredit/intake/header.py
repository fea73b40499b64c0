"""Recognising a header: which column holds which field, and in which unit.

A header may be one row or several, with groups above (研发费用 over 本年 and 上年), units below or beside (（万元）, _万元,
万元 in a row of their own), numbers and stars in front.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from icredit import units
from icredit.intake.header_names import YEAR, FieldNames, Meaning, says_period
from icredit.intake.header_rows import Cells, column_parts, is_data, is_title
from icredit.scheme.fields import NAME, NUMERIC_TYPES, USCC
from icredit.scheme.model import FieldSpec
from icredit.text import fold, pattern

#: How many rows at the top of a table may be something else than the header.
HEADER_WITHIN = 40

#: How many rows a header may have.
TALLEST = 4

# Cells that are looked at in search of a header, each as often as it is: ten rows of 300 columns, all of which look like
# headers. Of a wider table the uppermost rows are tried.
_MOST_TRIED = 15_000

# A number that is no year.
_NUMBER = pattern(r"(?!20\d\d$)[-+(]*[\d.,]+[%)]?")

# A day; what a column holds may be of a year or a month, but a day stands in a row of data.
_DAY = pattern(r"\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?(?:\s.*)?|\d{8}")

# Groups of columns whose names say nothing of what is counted: 基本信息, 财务指标, 二、人员情况.
_NEUTRAL = pattern(
    r".*(?:信息|情况|指标|数据|状况|内容|项目|名称|标识|类别?|部分|表)|(?:基本|财务|经营|人员|企业|研发|创新|知识产权|information|data)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was recognised. `shift` is the power of ten from its unit to the field's."""

    index: int
    header: str
    field: str
    shift: int = 0
    unit: str | None = None


@dataclass(slots=True)
class HeaderMatch:
    """What rows say when they are read as a header.

    Attributes:
        row: index of the first of the rows; `last` is that of the last.
        width: number of cells.
        problems: why the header cannot be used, although it is one.
        year: the year that was taken as the one evaluated, where headers name years.
        aside: group above the names of columns that was left out of their meaning -> the columns below it.
    """

    row: int
    last: int
    width: int
    columns: list[Column] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    year: int | None = None
    aside: dict[str, list[str]] = field(default_factory=dict)

    @property
    def score(self) -> int:
        """How many fields were recognised; rows without a credit-code column are no header."""
        fields = {column.field for column in self.columns}
        return len(fields) if USCC in fields else 0

    @property
    def units(self) -> int:
        """How many columns state a unit."""
        return sum(column.unit is not None for column in self.columns)


class HeaderMatcher:
    """Knows every header by which a scheme's fields may be named."""

    def __init__(self, fields: Mapping[str, FieldSpec]) -> None:
        self._fields = fields
        self._names = FieldNames(fields)
        code = fields[USCC]
        self._codes = {fold(text) for text in (USCC, code.label.zh, code.label.en, *code.aliases)}
        self._signs_of_code = [_signs([name]) for name in self._codes]
        self._last_year = {spec.last_year_of: name for name, spec in fields.items() if spec.last_year_of}

    def best(self, rows: Sequence[Cells]) -> HeaderMatch | None:
        """The rows among the first that recognise most fields, then most units, then the fewest and the uppermost.

        None if no rows are a header.
        """
        best: HeaderMatch | None = None
        rows = rows[:HEADER_WITHIN]
        tried = 0
        data = [is_data(row) for row in rows]
        signs = [_signs(cell or "" for cell in row) for row in rows]
        for first in range(len(rows)):
            for last in range(first, min(first + TALLEST, len(rows))):
                if data[last] or tried > _MOST_TRIED:
                    break
                # Most rows are enterprises. Without the characters of a name for the code they have no column for it.
                written = set().union(*signs[first : last + 1])
                if not any(name <= written for name in self._signs_of_code):
                    continue
                if last > first and is_title(rows[first], rows[first + 1]):
                    break
                tried += (last - first + 1) * len(rows[last])
                match = self.match(rows[first : last + 1], first)
                if match.score and (best is None or _rank(match) > _rank(best)):
                    best = match
        return best and self._with_periods(rows, best)

    def _with_periods(self, rows: Sequence[Cells], match: HeaderMatch) -> HeaderMatch:
        """The match, with the row above or below it where that says of which time its columns are: 上年 over 营业收入."""
        first, last = match.row, match.last
        if first > 0 and not is_title(rows[first - 1], rows[first]):
            taller = self.match(rows[first - 1 : last + 1], first - 1)
            if self._differ(match, taller, rows[first - 1 : last + 1], 0):
                match, first = taller, first - 1
            else:
                match.aside = taller.aside
        if last + 1 < len(rows) and self._only_explains(match, rows[last + 1]):
            taller = self.match(rows[first : last + 2], first)
            if self._differ(match, taller, rows[first : last + 2], -1):
                match = taller
        return match

    def _differ(self, match: HeaderMatch, taller: HeaderMatch, rows: Sequence[Cells], place: int) -> bool:
        """Whether a row more, first or last of the rows, says of a time and so makes another header of them."""
        if not taller.score:
            return False
        fields, more = ({column.index: column.field for column in one.columns} for one in (match, taller))
        parts = dict(enumerate(column_parts(rows, taller.width)))
        return fields != more and any(says_period(parts[index][place]) for index in fields if parts[index])

    def _only_explains(self, match: HeaderMatch, row: Cells) -> bool:
        """Whether a row below a header has neither a code nor a name, nor any number but years, nor a day."""
        identity = {column.index for column in match.columns if column.field in (USCC, NAME)}
        said = {index: cell.strip() for index, cell in enumerate(row) if cell and cell.strip()}
        data = any(_NUMBER.fullmatch(text) or _DAY.fullmatch(text) for text in said.values())
        return not said.keys() & identity and not data

    def may_be_header(self, folded: Iterable[str]) -> bool:
        """Whether one of the cells has a name for the credit code in it, without which no row is a header."""
        said = "\n".join(folded)
        return any(name in said for name in self._codes)

    def nearest(self, rows: Sequence[Cells]) -> tuple[int, list[str]]:
        """Index and known headers of the row that names most fields, where none of the rows is a header."""
        rows = rows[: 1 + _MOST_TRIED // max(1, *map(len, rows))] if rows else rows
        named = [[column.header for column in self.match([cells], row).columns] for row, cells in enumerate(rows)]
        best = max(range(len(named)), key=lambda row: (len(named[row]), -row), default=0)
        return best, named[best] if named else []

    @property
    def code_label(self) -> str:
        """What the column is called that every header must have."""
        return self._fields[USCC].label.zh

    def match(self, rows: Sequence[Cells], row: int) -> HeaderMatch:
        """Read rows as one header; `row` is the index of the first in the table."""
        width = max(map(len, rows), default=0)
        found = HeaderMatch(row, row + len(rows) - 1, width)
        headers = {index: parts for index, parts in enumerate(column_parts(rows, width)) if parts}
        meanings = {index: self._names.meaning(parts) for index, parts in headers.items()}
        found.year = self._read_years(headers, meanings)
        taken: dict[str, str] = {}
        for index, parts in headers.items():
            header = " ".join(parts)
            name, unit = meanings[index].field, meanings[index].unit
            if name is None:
                found.unknown.append(header)
                continue
            if name in taken:
                found.problems.append(
                    f"the columns '{taken[name]}' and '{header}' both mean {self._fields[name].label.zh}"
                )
                continue
            taken[name] = header
            for group in meanings[index].aside:
                if not _NEUTRAL.fullmatch(group):
                    found.aside.setdefault(group, []).append(parts[-1])
            shift = self._names.shift(name, unit)
            if shift is None:
                wanted = self._fields[name].unit or "1"
                found.problems.append(f"the unit of the column '{header}' cannot be turned into {wanted}")
            found.columns.append(Column(index, header, name, shift or 0, unit))
        return found

    def _read_years(self, headers: Mapping[int, Sequence[str]], meanings: dict[int, Meaning]) -> int | None:
        """Find the meaning of headers that name a year, and return the year taken as the one evaluated.

        Where headers name a year and the one before it, the later is the one evaluated and the earlier the last; one
        year alone may be either. A header without a year wins over one with: of 营业收入 and 2023年营业收入 the second
        is not known to be either.
        """
        dated = {index: _dated(parts) for index, parts in headers.items() if meanings[index].field is None}
        years = {index: year for index, (year, _) in dated.items() if year is not None}
        latest = max(years.values(), default=None)
        if latest is None or latest - 1 not in years.values():
            return None
        taken = {meaning.field for meaning in meanings.values()}
        used = False
        for index, year in years.items():
            meaning = self._names.meaning(dated[index][1])
            name = meaning.field
            if year != latest and name is not None:
                name = self._last_year.get(name) if year + 1 == latest else None
            if name is not None and name not in taken:
                meanings[index] = meaning._replace(field=name)
                used = True
        return latest if used else None

    def take_stated(self, match: HeaderMatch, stated: Sequence[str]) -> list[Column]:
        """Give every column without a unit the one of its kind that is stated for the whole table.

        Returns:
            The columns that took one. Units that contradict each other are a problem of the match, and so is foreign
            money over an amount; units of other kinds are meant for other columns.
        """
        taken = []
        for place, column in enumerate(match.columns):
            spec = self._fields[column.field]
            if column.unit is not None or spec.type not in NUMERIC_TYPES or spec.unit is None:
                continue
            shifts = {unit: shift for unit in stated if (shift := units.shift(unit, spec.unit)) is not None}
            foreign = [unit for unit in stated if spec.type == "amount" and units.unconvertible(unit) == "money"]
            if len(set(shifts.values())) + len(foreign) > 1:
                said = ", ".join([*shifts, *foreign])
                match.problems.append(f"the rows above the table state several units for '{column.header}': {said}")
            elif foreign:
                match.problems.append(f"the unit {foreign[0]} above the table cannot be turned into {spec.unit}")
            elif shifts:
                unit, shift = next(iter(shifts.items()))
                match.columns[place] = Column(column.index, column.header, column.field, shift, unit)
                taken.append(match.columns[place])
        return taken

    def suggestion(self, header: str, present: Collection[str]) -> str | None:
        """The label of the field that an unknown header may have meant; none of those that have a column already."""
        return self._names.suggestion(header, present)

    def is_number(self, column: Column) -> bool:
        """Whether the column's field is an amount, a count or a share."""
        return self._fields[column.field].type in NUMERIC_TYPES

    def wanted_unit(self, column: Column) -> str:
        """The unit of the column's field."""
        return self._fields[column.field].unit or "1"


def _dated(parts: Sequence[str]) -> tuple[int | None, list[str]]:
    """The first year that a header names, and the header without it."""
    for place, part in enumerate(parts):
        text = unicodedata.normalize("NFKC", part)
        match = YEAR.search(text)
        if match is not None:
            rest = YEAR.sub(" ", text, count=1).strip()
            return int(match["year"]), [*parts[:place], *([rest] if rest else []), *parts[place + 1 :]]
    return None, list(parts)


def _rank(match: HeaderMatch) -> tuple[int, int, int, int]:
    return match.score, match.units, match.row - match.last, -match.row


def _signs(texts: Iterable[str]) -> set[str]:
    """The characters that texts consist of, however they are composed in a header of several cells."""
    return set(unicodedata.normalize("NFKD", "".join(map(fold, texts))))
