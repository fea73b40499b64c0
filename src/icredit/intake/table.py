"""The text table: what every format becomes. All cells are text, and every row knows where it stood in its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from icredit.intake.header import Column
from icredit.intake.rules import Rule
from icredit.intake.strays import Stray


class CellFault(NamedTuple):
    """Something that only the reader of a format can see, such as a credit code stored as a number."""

    row: int
    rule: Rule
    field: str | None = None
    value: str | None = None
    values: Mapping[str, object] = {}


class TextTable(NamedTuple):
    """One table of one file.

    Attributes:
        frame: a column per recognised field, and `source_row`; rows that are no enterprises are left out. Cells are text,
            or where the file itself has types, numbers and dates.
        columns: how each field's column was recognised.
        unknown: headers that mean no field.
        faults: what the reader found wrong; such rows are not in doubt, they are errors.
        notes: what a user should know, one sentence each.
        strays: rows that are no enterprises, but not blank.
        header_row: number of the header's last row.
        epoch_1904: whether serial dates count from 1904.
    """

    file: str
    sheet: str | None
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    unknown: tuple[str, ...] = ()
    faults: tuple[CellFault, ...] = ()
    notes: tuple[str, ...] = ()
    strays: tuple[Stray, ...] = ()
    header_row: int = 1
    epoch_1904: bool = False
    encoding: str | None = None
    sha256: str = ""
    size: int = 0

    def column(self, field: str | None) -> Column | None:
        """The column of a field, if the table has one."""
        return next((column for column in self.columns if column.field == field), None)

    @property
    def where(self) -> str:
        """File and sheet, for messages."""
        return self.file if self.sheet is None else f"{self.file} [{self.sheet}]"
