"""Recognising the header: which column holds which field, and in which unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from icredit import units
from icredit.scheme.fields import NUMERIC_TYPES, USCC
from icredit.scheme.model import FieldSpec
from icredit.text import fold, nearest

#: How many rows at the top of a table may be something else than the header.
HEADER_WITHIN = 20

# A unit in brackets at the end of a header: 营业收入（万元）, Revenue (CNY 10k), 营业收入[元].
_BRACKETED = re.compile(r"(?P<stem>.+?)\s*[\(\[](?P<unit>[^()\[\]]+)[\)\]]", re.DOTALL)


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
    """What a row says when it is read as a header."""

    row: int
    width: int
    columns: list[Column] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def score(self) -> int:
        """How many fields were recognised; a row without a credit-code column is no header."""
        fields = {column.field for column in self.columns}
        return len(fields) if USCC in fields else 0


class HeaderMatcher:
    """Knows every header by which a scheme's fields may be named."""

    def __init__(self, fields: Mapping[str, FieldSpec]) -> None:
        self._fields = fields
        self._names = {
            fold(text): name
            for name, spec in fields.items()
            for text in (name, spec.label.zh, spec.label.en, *spec.aliases)
        }

    def best(self, rows: Sequence[Sequence[str | None]]) -> HeaderMatch | None:
        """The row among the first that recognises most fields, the upper one of equals; None if no row is a header."""
        matches = [self.match(row, index) for index, row in enumerate(rows[:HEADER_WITHIN])]
        best = max(matches, key=lambda match: match.score, default=None)
        return best if best is not None and best.score else None

    def match(self, cells: Sequence[str | None], row: int) -> HeaderMatch:
        """Read a row as a header; `row` is its index in the table."""
        found = HeaderMatch(row, len(cells))
        taken: dict[str, str] = {}
        for index, cell in enumerate(cells):
            header = " ".join((cell or "").split())
            if not header:
                continue
            name, unit = self._name_and_unit(header)
            if name is None:
                found.unknown.append(header)
                continue
            if name in taken:
                found.problems.append(
                    f"the columns '{taken[name]}' and '{header}' both mean {self._fields[name].label.zh}"
                )
                continue
            taken[name] = header
            shift = self._shift(name, unit)
            if shift is None:
                wanted = self._fields[name].unit or "1"
                found.problems.append(f"the unit of the column '{header}' cannot be turned into {wanted}")
            found.columns.append(Column(index, header, name, shift or 0, unit))
        return found

    def suggestion(self, header: str) -> str | None:
        """The label of the field that an unknown header may have meant."""
        stem = _BRACKETED.fullmatch(unicodedata.normalize("NFKC", header))
        near = nearest(stem["stem"] if stem else header, [spec.label.zh for spec in self._fields.values()], limit=1)
        return near[0] if near else None

    def _name_and_unit(self, header: str) -> tuple[str | None, str | None]:
        name = self._names.get(fold(header))
        if name is not None:
            return name, None
        match = _BRACKETED.fullmatch(unicodedata.normalize("NFKC", header))
        if match is None:
            return None, None
        name = self._names.get(fold(match["stem"]))
        if name is None:
            return None, None
        if self._fields[name].type not in NUMERIC_TYPES:
            return name, None
        # 营业收入（2023年） is not 营业收入 in an odd unit: what is no unit makes the column an unknown one.
        return (name, match["unit"]) if self._is_unit(name, match["unit"]) else (None, None)

    def _is_unit(self, name: str, unit: str) -> bool:
        return units.kind_of(unit) is not None or fold(unit) == fold(self._fields[name].unit or "")

    def _shift(self, name: str, unit: str | None) -> int | None:
        wanted = self._fields[name].unit
        if unit is None or (wanted is not None and fold(unit) == fold(wanted)):
            return 0
        if self._fields[name].type == "count":
            # Things are counted in whatever word; only an amount or a share cannot be a count.
            return 0 if units.kind_of(unit) in (None, "count") else None
        return units.shift(unit, wanted or "1")
