"""Grids built cell by cell, within bounds: a small file must not become more than a computer can hold."""

from __future__ import annotations

import polars as pl

from icredit.errors import InputError
from icredit.intake.rules import CELL_ERROR, NOT_CALCULATED
from icredit.intake.sources.grid import ROW, Grid, GridFault, name_of
from icredit.intake.sources.limits import ALWAYS_UNPACKED, MOST_CELLS, MOST_COLUMNS, MOST_LINES, MOST_PACKED

# Characters of all cells of a file; Chinese ones take three bytes each. Cells may share one text, so that a file can
# claim far more text than it has bytes.
_MOST_CHARACTERS = 300_000_000

# A workbook that uses all of Excel's rows holds more, and has a size of its own: a cell of six characters packs to six bytes.
_CHARACTERS_A_BYTE = 4


class Room:
    """What the sheets of one file may take together."""

    def __init__(self, file: str, size: int = 0) -> None:
        """`size` is that of the file in bytes: a large one has room for more, a small one for less than it may claim."""
        self._file = file
        self._most_cells = max(MOST_CELLS, size)
        packed = min(_MOST_CHARACTERS, ALWAYS_UNPACKED + MOST_PACKED * size)
        self._most_characters = max(packed, _CHARACTERS_A_BYTE * size)
        self._cells = 0
        self._characters = 0

    def take(self, *, cells: int = 0, characters: int = 0) -> None:
        """Count cells or characters.

        Raises:
            InputError: there are too many.
        """
        self._cells += cells
        self._characters += characters
        if self._cells > self._most_cells or self._characters > self._most_characters:
            raise self.too_large()

    def require(self, cells: int) -> None:
        """Refuse in time what is going to take too many cells, without counting them yet.

        Raises:
            InputError: there is no room for so many.
        """
        if self._cells + cells > self._most_cells:
            raise self.too_large()

    def too_large(self) -> InputError:
        """The refusal of a file whose sheets are too large."""
        return InputError(
            f"{self._file}: the sheets are too large: they reach over more than {self._most_cells:,} cells, or hold too much text",
            hint="delete what stands far below or far right of the table, or save the table as CSV UTF-8",
        )


class GridBuilder:
    """One sheet, cell by cell, in any order. Rows count from 1, columns from 0."""

    def __init__(self, room: Room, sheet: str | None, *, hidden: bool = False) -> None:
        self.sheet = sheet
        self.hidden = hidden
        self._room = room
        self._rows = set[int]()
        #: Column -> rows and texts; columns without any text take nothing.
        self._columns: dict[int, tuple[list[int], list[str]]] = {}
        self._numbers: dict[int, list[int]] = {}
        self._faults: list[GridFault] = []
        self._merged: list[tuple[int, int, int, int]] = []

    def put(self, row: int, column: int, text: str | None, *, number: bool = False) -> None:
        """Set what a cell shows; `number` says that it was stored as a number or date. Empty text leaves it empty.

        Raises:
            InputError: the sheet grows too large.
        """
        if not text:
            return
        self._reach(row, column)
        rows, texts = self._columns.setdefault(column, ([], []))
        rows.append(row)
        texts.append(text)
        self._room.take(characters=len(text))
        if number:
            self._numbers.setdefault(column, []).append(row)

    def put_error(self, row: int, column: int, text: str) -> None:
        """Set a cell to an error such as #DIV/0!, which is a fault.

        Raises:
            InputError: the sheet grows too large.
        """
        self.put(row, column, text)
        self._faults.append(GridFault(row, column, CELL_ERROR, text))

    def put_not_calculated(self, row: int, column: int) -> None:
        """Note that a cell's formula has no value, which is a fault.

        Raises:
            InputError: the sheet grows too large.
        """
        self._reach(row, column)
        self._faults.append(GridFault(row, column, NOT_CALCULATED))

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Note merged cells; what of them lies beyond the last row or column with something in it is left out."""
        self._merged.append((first_row, first_column, last_row, last_column))

    @property
    def is_empty(self) -> bool:
        """Whether no cell shows anything."""
        return not self._columns

    def build(self, *, epoch_1904: bool = False) -> Grid:
        """The grid of what was put."""
        numbers = {column: sorted(rows) for column, rows in self._numbers.items()}
        last_row, last_column = max(self._rows, default=0), max(self._columns, default=-1)
        merged = [
            (row, column, min(end_row, last_row), min(end_column, last_column))
            for row, column, end_row, end_column in self._merged
            if row <= last_row and column <= last_column
        ]
        return Grid(
            self._frame(),
            self.sheet,
            self.hidden,
            tuple(self._faults),
            tuple(cells for cells in merged if cells[:2] != cells[2:]),
            numbers=lambda column: numbers.get(column, ()),
            epoch_1904=epoch_1904,
        )

    def _frame(self) -> pl.DataFrame:
        rows = sorted(self._rows)
        places = {row: place for place, row in enumerate(rows)}
        frame = [pl.Series(ROW, rows, dtype=pl.Int64)]
        for column, (filled, texts) in sorted(self._columns.items()):
            cells: list[str | None] = [None] * len(rows)
            for row, text in zip(filled, texts, strict=True):
                cells[places[row]] = text
            frame.append(pl.Series(name_of(column), cells, dtype=pl.String))
        return pl.DataFrame(frame)

    def _reach(self, row: int, column: int) -> None:
        """Count the room that a cell takes where none in its row or column has been yet."""
        if row in self._rows and column in self._columns:
            return
        if row > MOST_LINES or column >= MOST_COLUMNS:
            raise self._room.too_large()
        before = len(self._rows) * len(self._columns)
        self._rows.add(row)
        width = len(self._columns) + (column not in self._columns)
        self._room.take(cells=len(self._rows) * width - before)
