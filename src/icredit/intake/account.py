"""The account of a file: what was read from it, and everything about that which its user should know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from icredit.intake.header import Column, HeaderMatcher
from icredit.intake.strays import NAMES, Stray
from icredit.intake.table import TextTable
from icredit.text import counted, listed, shortened

# For so many unknown headers it is looked for what was meant; that takes time, and there may be hundreds.
_GUESSED = 5


class FileReport(NamedTuple):
    """What was read from one file.

    Attributes:
        rows: rows of enterprises, right or wrong.
        columns: field -> header of the column it was read from.
        unknown: headers of columns that were not used.
        left_out: rows that are no enterprises: totals, notes, repeated headers.
        zone: the zone taken for all its enterprises, from the name of the file or as the caller said.
        unreadable: why nothing was read; None for a file that was.
    """

    file: str
    sheet: str | None = None
    rows: int = 0
    sha256: str = ""
    size: int = 0
    encoding: str | None = None
    columns: Mapping[str, str] = {}
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[Stray, ...] = ()
    zone: str | None = None
    unreadable: str | None = None


def report(table: TextTable, rows: int, matcher: HeaderMatcher, zone: str | None, notes: Iterable[str]) -> FileReport:
    """The account of a file that was read; `notes` adds to what its table has to say."""
    return FileReport(
        table.file,
        table.sheet,
        rows,
        table.sha256,
        table.size,
        table.encoding,
        {column.field: column.header for column in table.columns},
        table.unknown,
        (*table.notes, *_notes(table, matcher), *notes),
        table.strays,
        zone,
    )


def _notes(table: TextTable, matcher: HeaderMatcher) -> list[str]:
    notes = []
    if table.unknown:
        present = {column.field for column in table.columns}
        shown = [_unknown(header, matcher.suggestion(header, present)) for header in table.unknown[:_GUESSED]]
        shown += table.unknown[_GUESSED:]
        notes.append(f"{table.where}: {counted(len(table.unknown), 'column')} not used: {listed(shown)}")
    converted = [_conversion(column, matcher) for column in table.columns if column.shift]
    if converted:
        notes.append(f"{table.where}: units converted: {listed(converted)}")
    if table.strays:
        notes.append(
            f"{table.where}: {counted(len(table.strays), 'row')} left out as no enterprise: {_strays(table.strays)}"
        )
    return notes


def _unknown(header: str, near: str | None) -> str:
    return f"'{header}'" + (f" (did you mean '{near}'?)" if near else "")


def _conversion(column: Column, matcher: HeaderMatcher) -> str:
    factor = f"x {10**column.shift:,}" if column.shift > 0 else f"/ {10**-column.shift:,}"
    return f"'{column.header}' {column.unit} -> {matcher.wanted_unit(column)} ({factor})"


def _strays(strays: Sequence[Stray]) -> str:
    said = []
    for kind, group in groupby(sorted(strays, key=lambda stray: (stray.kind, stray.row)), lambda stray: stray.kind):
        named = [f"{stray.row} '{shortened(stray.text, 20)}'" for stray in group]
        chinese, english = NAMES[kind]
        said.append(f"{chinese} {english}: row {listed(named)}")
    return "; ".join(said)
