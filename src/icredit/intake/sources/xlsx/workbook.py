"""The sheets of an .xlsx or .xlsm workbook as grids."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TypeVar

import polars as pl

from icredit.errors import InputError, reason_of
from icredit.intake.sources.grid import Content, Grid, Sheet
from icredit.intake.sources.refusals import no_sheet, protected, unreadable
from icredit.intake.sources.xlsx.cells import plain_cells
from icredit.intake.sources.xlsx.parsed_cells import parsed_cells
from icredit.intake.sources.xlsx.parts import Package, PasswordError, SheetPart
from icredit.intake.sources.xlsx.plain_xml import NotPlainError
from icredit.intake.sources.xlsx.sheet import SheetCells
from icredit.intake.sources.xlsx.strings import shared_strings
from icredit.intake.sources.xlsx.values import Values

T = TypeVar("T")


def open_sheets(content: Content) -> list[Sheet]:
    """The worksheets in order, each read when it is asked for.

    Raises:
        InputError: the workbook is damaged, or protected by a password, or has no worksheet.
    """
    book = _guarded(content, lambda: _Workbook(content))
    if not book.sheets:
        raise no_sheet(content)
    return [Sheet(part.name, part.hidden, partial(_load, book, part)) for part in book.sheets]


def _load(book: _Workbook, part: SheetPart, last_row: int | None) -> Grid:
    return _guarded(book.content, lambda: book.grid(part, last_row))


class _Workbook:
    def __init__(self, content: Content) -> None:
        self.content = content
        self._package = Package(content.data)
        self.sheets = self._package.sheets
        visible = [part for part in self.sheets if not part.hidden]
        self._only = visible[0] if len(visible) == 1 else None
        self._whole: Grid | None = None

    def grid(self, part: SheetPart, last_row: int | None) -> Grid:
        """The cells of one sheet, to `last_row` if it is given.

        Of the only sheet that is not hidden all will be asked for. It is read at once and kept: for a few rows, too, it
        has to be unpacked to its end, where the merged ranges stand.
        """
        if part is not self._only:
            return self._read(part, last_row)
        if self._whole is None:
            self._whole = self._read(part, None)
        return self._whole

    def _read(self, part: SheetPart, last_row: int | None) -> Grid:
        cells = SheetCells(self.content.name, self._values, len(self.content.data))
        try:
            merged = plain_cells(self._package.stream(part.part), cells.take, last_row, cells.shown)
        except NotPlainError:
            cells = SheetCells(self.content.name, self._values, len(self.content.data))
            merged = parsed_cells(self._package.stream(part.part), cells.add, last_row)
        return Grid(
            cells.frame(),
            part.name,
            part.hidden,
            tuple(cells.faults),
            tuple(merged),
            numbers=cells.numbers,
            epoch_1904=self._package.epoch_1904,
        )

    @cached_property
    def _values(self) -> Values:
        part = self._package.strings
        strings = pl.Series(dtype=pl.String())
        if part is not None:
            strings = shared_strings(lambda: self._package.stream(part), self.content.name, len(self.content.data))
        return Values(strings, self._package.styles(), self._package.epoch_1904)


def _guarded(content: Content, read: Callable[[], T]) -> T:
    """What `read` gives; what a damaged file raises becomes a sentence."""
    try:
        return read()
    except InputError:
        raise
    except PasswordError:
        raise protected(content) from None
    except ValueError as error:
        raise unreadable(content, reason_of(error)) from None
