"""The text table: what every format becomes. All cells are text, and every row knows where it stood in its file."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass

import polars as pl

from icredit.errors import InputError
from icredit.intake.header import Column, HeaderMatch, HeaderMatcher
from icredit.intake.rules import Rule
from icredit.text import fold

#: Name of the column with the row number in the file; the first row is 1.
ROW = "source_row"


# Headers by which icredit knows its own tables: a column `revenue` in them is a score, not an amount.
_OWN_TABLES = {
    "a scored table or list": {"rank", "score", "coverage"},
    "a scored table or list with Chinese headers": {"名次", "总分", "数据覆盖率"},
    "a list of findings": {"rule", "level", "message_zh", "message_en"},
}


@dataclass(frozen=True, slots=True)
class CellFault:
    """Something that only the reader of a format can see, such as a credit code stored as a number."""

    row: int
    rule: Rule
    field: str | None = None
    value: str | None = None
    values: dict[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextTable:
    """One table of one file.

    Attributes:
        frame: a text column per recognised field, and `source_row`; blank rows are left out.
        columns: how each field's column was recognised.
        unknown: headers that mean no field.
        faults: what the reader found wrong; such rows are not in doubt, they are errors.
        notes: what a user should know, one sentence each.
    """

    file: str
    sheet: str | None
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    unknown: tuple[str, ...] = ()
    faults: tuple[CellFault, ...] = ()
    notes: tuple[str, ...] = ()
    encoding: str | None = None
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes and what is said of them."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def require_header(match: HeaderMatch | None, where: str, matcher: HeaderMatcher) -> HeaderMatch:
    """The match, if it is a header without contradictions.

    Raises:
        InputError: there is none, two columns mean one field, or a unit does not fit.
    """
    if match is None:
        raise InputError(
            f"{where}: no header found: none of the first rows has a column for the credit code (统一社会信用代码)",
            hint="use the headers of: icredit template",
        )
    unknown = {fold(header) for header in match.unknown}
    for what, marks in _OWN_TABLES.items():
        if marks <= unknown:
            raise InputError(
                f"{where}: this is {what} that icredit wrote, not a submission", hint="name the submissions"
            )
    if match.problems:
        more = f" (and {len(match.problems) - 1} more)" if len(match.problems) > 1 else ""
        raise InputError(f"{where}: {match.problems[0]}{more}", hint="correct the header row and read the file again")
    return match
