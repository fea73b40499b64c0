"""Reading a column of cells: what each is read as, or which rule it breaks."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, ValidationError

import filings
import icredit
from conftest import AS_OF
from icredit.intake.readings import Note
from icredit.intake.row_model import row_model
from icredit.scheme import parse_scheme
from icredit.zones import bundled_zones

SCHEME = filings.every_kind()
ZONES = bundled_zones()

#: pydantic's own words for a broken constraint -> the rule that is reported.
KINDS = {"greater_than_equal": "IC203", "less_than_equal": "IC204", "string_too_long": "IC208", "string_type": "IC209"}


@lru_cache
def _model(scheme: str, field: str, shift: int, epoch_1904: bool) -> type[BaseModel]:  # noqa: FBT001
    return row_model(parse_scheme(scheme), ZONES, {field: shift}, epoch_1904=epoch_1904)


def read_cell(
    field: str, text: str, *, scheme: str = filings.EVERY_KIND, shift: int = 0, epoch_1904: bool = False
) -> tuple[Any, list[str]]:
    """The value that the row model gives a cell, None if it is refused; and the rules that speak of the cell."""
    notes: list[Note] = []
    cells = {"uscc": filings.code(1), "name": "示例", field: text}
    try:
        row = _model(scheme, field, shift, epoch_1904).model_validate(cells, context=notes)
    except ValidationError as error:
        return None, [KINDS.get(one["type"], one["type"]) for one in error.errors() if one["loc"] == (field,)]
    assert all(note.field == field for note in notes)
    return getattr(row, field), [note.rule.code for note in notes]


def read_column(folder: Path, header: str, cells: Sequence[str]) -> icredit.Submission:
    """A CSV of one enterprise a cell, with the cells in a column under the header."""
    rows = [["uscc", "name", header], *([filings.code(n), "示例", cell] for n, cell in enumerate(cells))]
    path = folder / "column.csv"
    path.write_text(filings.csv_text(rows), "utf-8", newline="")
    return icredit.read(path, SCHEME, as_of=AS_OF)


def values(folder: Path, header: str, cells: Sequence[str], field: str) -> list[object]:
    """The values of cells that are all accepted."""
    submission = read_column(folder, header, cells)
    assert submission.errors.is_empty(), submission.errors
    return submission.frame[field].to_list()


def rules(folder: Path, header: str, cells: Sequence[str]) -> list[list[str]]:
    """The rules that each cell breaks."""
    findings = read_column(folder, header, cells).findings
    return [findings.filter(pl.col("row") == line)["rule"].to_list() for line in range(2, len(cells) + 2)]


def bits(number: object) -> bytes:
    """A floating-point number to the last bit, the sign of zero included."""
    assert isinstance(number, float)
    return struct.pack("d", number)
