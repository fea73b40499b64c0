"""Which rows and columns of two tables differ. No more than a few columns of both are in memory at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, Protocol

import polars as pl

from icredit.text import counted, listed, plain

#: So many rows that differ are told.
TOLD = 5

# So many cells of a row that differ are told.
_CELLS = 3

# Columns of both tables that are compared at once.
_AT_ONCE = 8

_ROW, _OTHER, _TIMES = "row", "other row", "times"


class Table(Protocol):
    """A table of which only those columns are read that are asked for."""

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        """The columns' types."""

    def select(self, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of all rows."""


class Cell(NamedTuple):
    """A cell that differs; numbers as they are, None for an empty one."""

    uscc: str
    column: str
    found: Any
    made: Any


@dataclass(frozen=True, slots=True)
class TableDifference:
    """What differs between a table that was found and the same table made again.

    Attributes:
        lost: columns that only the one made again has.
        added: columns that only the one found has.
        only_found: credit codes of rows that only the one found has, the first of them.
        only_made: the same of the one made again.
        found_more: how many rows only the one found has.
        made_more: how many only the other.
        common: rows that both have.
        differing: how many of them differ.
        columns: column -> in how many rows it differs.
        cells: the cells of the first rows that differ.
    """

    lost: Sequence[str]
    added: Sequence[str]
    only_found: Sequence[str]
    only_made: Sequence[str]
    found_more: int
    made_more: int
    common: int
    differing: int
    columns: Mapping[str, int]
    cells: Sequence[Cell]

    def about_columns(self) -> list[str]:
        """What is to be said of columns that only one table has."""
        said = []
        if self.lost:
            said.append(f"{counted(len(self.lost), 'column')} not in the file: {listed(self.lost)}")
        if self.added:
            said.append(f"{counted(len(self.added), 'column')} only in the file: {listed(self.added)}")
        return said

    def about_rows(self) -> list[str]:
        """What is to be said of rows: how many, and in which columns."""
        said = []
        if self.made_more:
            said.append(f"{counted(self.made_more, 'row')} not in the file: {_codes(self.only_made, self.made_more)}")
        if self.found_more:
            said.append(
                f"{counted(self.found_more, 'row')} only in the file: {_codes(self.only_found, self.found_more)}"
            )
        if self.differing:
            columns = listed([f"{name} ({count:,})" for name, count in self.columns.items()])
            width = counted(len(self.columns), "column")
            said.append(f"{self.differing:,} of {counted(self.common, 'row')} differ, in {width}: {columns}")
        if not said and not self.about_columns():
            said.append("the same cells, in another order of rows or written in another way")
        return said

    def first_rows(self) -> list[str]:
        """The first rows that differ, a line each: what stands in the file, and what does made again."""
        lines = []
        for uscc, group in groupby(self.cells, key=lambda cell: cell.uscc):
            cells = [f"{cell.column} {_value(cell.found)}, made again {_value(cell.made)}" for cell in group]
            more = f"; and in {counted(len(cells) - _CELLS, 'more column')}" if len(cells) > _CELLS else ""
            lines.append(f"{uscc}: {'; '.join(cells[:_CELLS])}{more}")
        return lines


def compare(found: Table, made: Table, key: str = "uscc") -> TableDifference:
    """Compare two tables by the key of their rows; a key that stands twice is compared in order."""
    names = [name for name in found.schema if name in made.schema and name != key]
    rows = _keys(found, key, _ROW).join(
        _keys(made, key, _OTHER), on=[key, _TIMES], how="full", coalesce=True, nulls_equal=True
    )
    only_found = rows.filter(pl.col(_OTHER).is_null()).sort(_ROW)[key]
    only_made = rows.filter(pl.col(_ROW).is_null()).sort(_OTHER)[key]
    both = rows.drop_nulls([_ROW, _OTHER]).sort(_ROW)
    differs = pl.repeat(value=False, n=both.height, dtype=pl.Boolean, eager=True)
    columns: dict[str, int] = {}
    cells: list[tuple[int, Cell]] = []
    for begin in range(0, len(names), _AT_ONCE):
        some = names[begin : begin + _AT_ONCE]
        left, right = found.select(some)[both[_ROW]], made.select(some)[both[_OTHER]]
        for name in some:
            one, other = left[name], right[name]
            if one.dtype != other.dtype:
                one, other = one.cast(pl.String), other.cast(pl.String)
            here = one.ne_missing(other)
            if not here.any():
                continue
            columns[name] = int(here.sum())
            differs |= here
            # The first rows of all that differ are among the first of every column in which they do.
            cells += [(row, Cell(both[key][row], name, one[row], other[row])) for row in here.arg_true().head(TOLD)]
    first = set(differs.arg_true().head(TOLD))
    return TableDifference(
        [name for name in made.schema if name not in found.schema],
        [name for name in found.schema if name not in made.schema],
        only_found.head(TOLD).to_list(),
        only_made.head(TOLD).to_list(),
        only_found.len(),
        only_made.len(),
        both.height,
        int(differs.sum()),
        columns,
        [cell for row, cell in sorted(cells, key=lambda pair: pair[0]) if row in first],
    )


def _keys(table: Table, key: str, number: str) -> pl.DataFrame:
    return table.select([key]).with_row_index(number).with_columns(pl.int_range(pl.len()).over(key).alias(_TIMES))


def _codes(codes: Sequence[str], number: int) -> str:
    more = f" and {number - len(codes):,} more" if number > len(codes) else ""
    return ", ".join(map(str, codes)) + more


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    return plain(value) if isinstance(value, float | int) else f"'{value}'"
