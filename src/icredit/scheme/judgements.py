"""A file of pairwise judgements: how much more important one indicator is than its sibling, on Saaty's scale of 1 to 9.

CSV in either of two shapes. A list has a row a pair and the columns `node_a`, `node_b` and `judgement`, in any order.
A matrix has ids in its first row and first column; several stand below each other with a blank line between. Both may
hold judgements of any number of families. What is wrong is told all at once, each fault with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, groupby
from pathlib import Path

from icredit.errors import Fault, InputError, SchemeError
from icredit.methods.pairwise import LARGEST
from icredit.plain_files import MOST_TABLE_BYTES, read_plain
from icredit.scheme.families import Family, families
from icredit.scheme.model import Scheme
from icredit.text import clean, did_you_mean, fold, listed, narrow, plain, shortened

_COLUMNS = ("node_a", "node_b", "judgement")
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,18})?(/\d{1,9}(\.\d{1,18})?)?", re.ASCII)

# A judgement and its reciprocal agree if they do so rounded to two decimals: 8 and 0.13.
_ROUNDED = 0.05

# 1/9 as somebody may have rounded it.
_SMALLEST = 0.105

Row = tuple[int, list[str]]
#: The judgements of each family by its node, a matrix in the order of the children.
Judgements = Mapping[str, list[list[float]]]


@dataclass(frozen=True, slots=True)
class _Judged:
    value: float
    line: int
    exact: bool


def read_judgements(path: Path, scheme: Scheme) -> Judgements:
    """The judgements in a CSV file.

    Raises:
        InputError: the file cannot be read.
        SchemeError: with every fault and its line.
    """
    content = read_plain(path, MOST_TABLE_BYTES)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return parse_judgements(content.decode(encoding), scheme, str(path))
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path}: not text", hint="save the judgements as CSV")


def parse_judgements(text: str, scheme: Scheme, shown: str = "judgements.csv") -> Judgements:
    """The judgements that a CSV text holds; `shown` names it in messages.

    Raises:
        SchemeError: with every fault and its line.
    """
    parser = _Parser(scheme)
    try:
        parser.read(list(_rows(text)))
    except csv.Error as error:
        raise SchemeError(shown, [Fault(1, f"not CSV: {error}")]) from None
    found = parser.matrices()
    if not found and not parser.faults:
        columns = ",".join(_COLUMNS)
        parser.faults.append(Fault(1, f"no judgements: a list has the columns {columns}, a matrix ids as headers"))
    if parser.faults:
        raise SchemeError(shown, parser.faults)
    return found


def _rows(text: str) -> Iterator[Row]:
    """Line and cells of every row that is no comment; a blank row has none."""
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in reader:
        if not (cells and cells[0].startswith("#")):
            kept = [clean(cell) for cell in cells]
            yield reader.line_num, kept if any(kept) else []


class _Parser:
    """Collects judgements and faults; the matrices come last, when all is read."""

    def __init__(self, scheme: Scheme) -> None:
        self.faults: list[Fault] = []
        self._judged: dict[str, dict[tuple[str, str], _Judged]] = {}
        self._families = {family.node: family for family in families(scheme)}
        self._family_of = {child: family for family in self._families.values() for child in family.ids}
        self._bonus = {child for family in self._families.values() for child in family.bonus}

    def read(self, rows: Sequence[Row]) -> None:
        """Take in all rows of a list, or of matrices with blank rows between."""
        filled = [row for row in rows if row[1]]
        header = [fold(cell) for cell in filled[0][1]] if filled else []
        if set(_COLUMNS) <= set(header):
            self._list([header.index(name) for name in _COLUMNS], filled[1:])
            return
        for has_cells, block in groupby(rows, key=lambda row: bool(row[1])):
            if has_cells:
                self._matrix(*block)

    def _list(self, places: Sequence[int], rows: Sequence[Row]) -> None:
        for line, cells in rows:
            left, right, judgement = (cells[place] if place < len(cells) else "" for place in places)
            if self._known(left, line) and self._known(right, line):
                self._judge(left, right, judgement, line)

    def _matrix(self, header: Row, *rows: Row) -> None:
        line, (_, *ids) = header
        ids = ids[: max((place for place, name in enumerate(ids, 1) if name), default=0)]
        known = [self._known(name, line) for name in ids]
        if not ids:
            self._fault(line, f"neither a list with the columns {','.join(_COLUMNS)} nor a matrix with ids as headers")
            return
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            self._fault(line, f"'{name}' stands twice in the header")
        seen: list[str] = []
        for at, (name, *cells) in rows:
            if not self._known(name, at):
                continue
            if name not in ids or name in seen:
                why = "stands twice" if name in seen else f"is no column of the matrix in line {line}"
                self._fault(at, f"the row '{name}' {why}")
                continue
            seen.append(name)
            for other, fine, cell in zip(ids, known, cells, strict=False):
                if other == name and cell and _value(cell) != 1:
                    self._fault(at, f"'{name}' is as important as itself: 1, not '{shortened(cell, 20)}'")
                elif fine and other != name and cell:
                    self._judge(name, other, cell, at)

    def _known(self, name: str, line: int) -> bool:
        if name in self._family_of:
            return True
        if name in self._bonus:
            self._fault(line, f"'{name}' is a bonus, which shares no weight with its siblings")
        elif not name:
            self._fault(line, "an id is missing")
        else:
            self._fault(line, f"unknown node '{shortened(name, 64)}'{did_you_mean(name, self._family_of)}")
        return False

    def _judge(self, left: str, right: str, text: str, line: int) -> None:
        family, other = self._family_of[left], self._family_of[right]
        value = _value(text)
        if left == right:
            self._fault(line, f"'{left}' is compared with itself")
        elif family.node != other.node:
            places = f"one is a child of {family.node}, the other of {other.node}"
            self._fault(line, f"'{left}' and '{right}' are no siblings: {places}")
        elif value is None:
            self._fault(line, f"'{shortened(text, 20)}' is no judgement of {left} to {right}{_hint(text)}")
        elif not _SMALLEST <= value <= 9:  # noqa: PLR2004  # Saaty's scale
            self._fault(line, f"the judgement {text} of {left} to {right} is not between 1/9 and 9")
        else:
            self._record(family, left, right, _Judged(value, line, exact=value >= 1))

    def _record(self, family: Family, left: str, right: str, judged: _Judged) -> None:
        """Keep a judgement under its pair in the order of the scheme."""
        pair = (left, right)
        if family.ids.index(left) > family.ids.index(right):
            pair = (right, left)
            judged = _Judged(1 / judged.value, judged.line, judged.exact)
        pairs = self._judged.setdefault(family.node, {})
        before = pairs.setdefault(pair, judged)
        if abs(before.value / judged.value - 1) > _ROUNDED:
            said = f"{pair[0]} to {pair[1]} is {_short(judged.value)} here and {_short(before.value)} in line {before.line}"
            self._fault(judged.line, f"contradicts another judgement: {said}")
        elif judged.exact and not before.exact:  # of 3 and 0.33, 3 is what was meant
            pairs[pair] = judged

    def matrices(self) -> dict[str, list[list[float]]]:
        """A full matrix for every family of which something was judged."""
        found = {}
        for node, pairs in self._judged.items():
            ids = self._families[node].ids
            line = min(judged.line for judged in pairs.values())
            missing = [f"{left} to {right}" for left, right in combinations(ids, 2) if (left, right) not in pairs]
            if len(ids) > LARGEST:
                self._fault(line, f"{node} has {len(ids)} children; judgements of more than {LARGEST} cannot be tested")
            elif missing:
                # Where something was said that could not be read, that fault stands for what is missing.
                if not self.faults:
                    self._fault(line, f"missing judgements among the children of {node}: {listed(missing)}")
            else:
                found[node] = [[_of(pairs, left, right) for right in ids] for left in ids]
        return found

    def _fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(line, message))


def _of(pairs: Mapping[tuple[str, str], _Judged], left: str, right: str) -> float:
    if left == right:
        return 1.0
    return pairs[left, right].value if (left, right) in pairs else 1 / pairs[right, left].value


def _value(text: str) -> float | None:
    """5, 0.2 or 1/5 as a number."""
    text = "".join(narrow(text).split())
    if not _NUMBER.fullmatch(text):
        return None
    above, _, below = text.partition("/")
    divisor = Fraction(below or 1)
    return float(Fraction(above) / divisor) if divisor else None


def _short(value: float) -> str:
    """3 or 1/3, whichever is what people write."""
    for number, form in ((value, "{}"), (1 / value, "1/{}")):
        if abs(number - round(number)) < 1e-9:  # noqa: PLR2004  # what rounding leaves
            return form.format(round(number))
    return plain(round(value, 4))


def _hint(text: str) -> str:
    if re.search(r"[月日]|[A-Za-z]{3}|\d[-/]\d+[-/]\d", text):
        return ": a spreadsheet program has made a date of a fraction; write 0.3333 for 1/3, or turn the pair round"
    return ": write 1 to 9, or 1/2 to 1/9"
