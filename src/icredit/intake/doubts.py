"""Doubts about whole columns: numbers that look as if they were filed in another unit than the one taken."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from icredit import units
from icredit.intake import rules
from icredit.intake.findings import Finding, Place, column_letters
from icredit.intake.header import Column
from icredit.intake.table import TextTable
from icredit.scheme.model import Scheme
from icredit.text import plain

# So far outside its usual range a median is a slip of unit rather than an unusual batch.
_OUTSIDE = 10

# So many values other than zero say something of a column; one or two enterprises may be unusual.
_ENOUGH = 3

# The units that amounts are mistaken for, the most frequent first.
_LIKELY = ("元", "千元", "亿元", "百万元", "万元")


def column_doubts(table: TextTable, values_of: Callable[[str], pl.Series], scheme: Scheme) -> list[Finding]:
    """Warnings about columns of a table, one at most a column: amounts far outside the usual, fractions for percent.

    Args:
        table: the table.
        values_of: the valid rows' values of a field, in its unit; some may be missing.
        scheme: whose fields say what is usual.
    """
    findings = []
    for column in table.columns:
        spec = scheme.fields.get(column.field)
        if spec is None:
            continue
        if spec.type == "amount" and spec.usual is not None and spec.unit is not None and column.unit is None:
            found = _unit_doubt(values_of(column.field), spec.unit, spec.usual)
            if found is not None:
                findings.append(Finding(rules.UNIT_DOUBTFUL, _place(table, column), column.header, found))
        # Without a shift the values are as people filed them.
        elif (
            spec.type == "share"
            and spec.unit == "%"
            and not column.shift
            and _looks_like_fractions(values_of(column.field))
        ):
            doubt = Finding(rules.SHARE_DOUBTFUL, _place(table, column), column.header, {"unit": spec.unit})
            findings.append(doubt)
    return findings


def _unit_doubt(values: pl.Series, unit: str, usual: tuple[float, float]) -> dict[str, str] | None:
    low, high = usual
    filed = values.filter(values != 0)
    median = filed.abs().median()
    if filed.len() < _ENOUGH or not isinstance(median, float) or low / _OUTSIDE <= median <= high * _OUTSIDE:
        return None
    for likely in _LIKELY:
        shift = units.shift(likely, unit)
        if shift and low / _OUTSIDE <= median * 10.0**shift <= high * _OUTSIDE:
            return {"unit": unit, "median": plain(median), "likely": likely}
    return None


def _looks_like_fractions(values: pl.Series) -> bool:
    filed = values.filter(values != 0)
    return filed.len() >= _ENOUGH and bool((filed.abs() <= 1).all())


def _place(table: TextTable, column: Column) -> Place:
    cell = f"{column_letters(column.index)}{table.header_row}" if table.sheet is not None else None
    return Place(table.file, table.sheet, table.header_row, column=column.header, cell=cell)
