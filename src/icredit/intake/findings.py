"""Findings: what is wrong or doubtful, where exactly, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import polars as pl

from icredit.intake.rules import Rule

#: Columns of findings and of the rejects file, in order.
SCHEMA: Mapping[str, pl.DataType] = {
    "file": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int64(),
    "cell": pl.String(),
    "column": pl.String(),
    "uscc": pl.String(),
    "name": pl.String(),
    "value": pl.String(),
    "level": pl.String(),
    "rule": pl.String(),
    "message_zh": pl.String(),
    "message_en": pl.String(),
}

#: Longest value that a finding repeats; a row of many findings repeats its name in each.
SHOWN_LENGTH = 200


class Place(NamedTuple):
    """A row of a file, or without one the whole file; `column` is the header of the cell meant, `cell` its address in a workbook."""

    file: str
    sheet: str | None
    row: int | None
    uscc: str | None = None
    name: str | None = None
    column: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        where = self.file if self.sheet is None else f"{self.file}[{self.sheet}]"
        return where if self.row is None else f"{where}:{self.row}"


class Finding(NamedTuple):
    """One broken rule at one place."""

    rule: Rule
    place: Place
    value: str | None = None
    values: Mapping[str, Any] = {}

    def row(self) -> tuple[str | int | None, ...]:
        """The finding as a row of the findings table, in the order of `SCHEMA`."""
        zh, en = self.rule.message(self.values)
        place = self.place
        return (
            place.file,
            place.sheet,
            place.row,
            place.cell,
            place.column,
            _begun(place.uscc),
            _begun(place.name),
            _begun(self.value),
            self.rule.level,
            self.rule.code,
            zh,
            en,
        )


def _begun(text: str | None) -> str | None:
    """As much of a text as a finding repeats."""
    return text if text is None or len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"


def findings_frame(findings: Iterable[Finding]) -> pl.DataFrame:
    """The findings as a table, in order of file, sheet and row; findings of one row keep their order."""
    # Column by column: polars takes long to turn rows into columns.
    columns = list(zip(*(finding.row() for finding in findings), strict=True)) or [()] * len(SCHEMA)
    frame = pl.DataFrame(dict(zip(SCHEMA, columns, strict=True)), schema=dict(SCHEMA))
    return frame.sort("file", "sheet", "row", maintain_order=True)


def column_letters(index: int) -> str:
    """The letters of a column in a workbook, counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
