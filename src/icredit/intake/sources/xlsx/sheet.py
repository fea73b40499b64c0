"""A sheet put together: cells that come some at a time become rows and columns, within bounds."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from icredit.errors import InputError
from icredit.intake.sources.grid import ROW, GridFault, name_of
from icredit.intake.sources.grid_builder import Room
from icredit.intake.sources.xlsx.cells import LAST_COLUMN, LAST_ROW
from icredit.intake.sources.xlsx.values import Values

# Each is told with its address; nobody mends more one by one.
_MOST_FAULTS = 1_000_000

# Cells are put together at once if no more than so many places of their rows and columns are empty for one that is not.
_EMPTY = 4

# Rows put together at once, at least: a column of a frame takes as much room as some fifty cells.
_ROWS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Shown:
    """What some cells show: `row`, `column` and `text`, or at once as rows and columns where they fill most of them."""

    cells: pl.DataFrame
    wide: pl.DataFrame | None
    faults: list[GridFault]
    numbers: pl.DataFrame
    columns: set[int]
    height: int
    characters: int


class SheetCells:
    """Collects the cells of one sheet."""

    def __init__(self, file: str, values: Values, size: int = 0) -> None:
        self.faults: list[GridFault] = []
        self._file = file
        self._values = values
        self._room = Room(file, size)
        self._height = 0
        self._columns = set[int]()
        self._waiting: list[pl.DataFrame] = []
        self._frames: list[pl.DataFrame] = []
        self._numbers: list[pl.DataFrame] = []

    def add(self, cells: pl.DataFrame) -> None:
        """Take some cells, in the order of the file.

        Raises:
            InputError: there are too many.
            ValueError: one stands where no cell can be, or has no value that a cell can have.
        """
        self.take(self.shown(cells))

    def shown(self, cells: pl.DataFrame) -> Shown:
        """What some cells show. Nothing is collected yet, so that this may run in any thread.

        Raises:
            ValueError: one stands where no cell can be, or has no value that a cell can have.
        """
        row, column = cells["row"], cells["column"]
        if not row.is_between(1, LAST_ROW).all() or not (column < LAST_COLUMN).all():
            raise ValueError("it has a cell where no sheet has rows or columns")
        told, faults = self._values.told(_last_of_each(cells))
        texts = told.select("row", "column", "text")
        columns, height = set(told["column"].unique()), told["row"].n_unique()
        filled = 0 < told.height >= _ROWS_AT_ONCE * len(columns) and told.height * _EMPTY >= height * len(columns)
        return Shown(
            texts,
            _wide(texts) if filled else None,
            faults,
            told.filter("numeric").select(pl.col("row").cast(pl.Int32), pl.col("column").cast(pl.Int16)),
            columns,
            height,
            int(told["text"].str.len_bytes().sum()),
        )

    def take(self, shown: Shown) -> None:
        """Take what some cells show, in the order of the file.

        Raises:
            InputError: there are too many.
        """
        self.faults += shown.faults
        if len(self.faults) > _MOST_FAULTS:
            raise InputError(
                f"{self._file}: more than {_MOST_FAULTS:,} cells hold an error or a formula that was never calculated",
                hint="open it in Excel, let it calculate, and save it",
            )
        self._room.take(characters=shown.characters)
        self._numbers.append(shown.numbers)
        self._columns |= shown.columns
        self._height += shown.height
        self._room.require(self._height * len(self._columns))
        if shown.wide is not None:
            self._put_together()
            self._frames.append(shown.wide)
        elif shown.cells.height:
            self._waiting.append(shown.cells)
        if sum(some.height for some in self._waiting) >= _ROWS_AT_ONCE * len(self._columns):
            self._put_together()

    def _put_together(self) -> None:
        if self._waiting:
            self._frames.append(
                _wide(self._waiting[0] if len(self._waiting) == 1 else _last_of_each(pl.concat(self._waiting)))
            )
            self._waiting.clear()

    def frame(self) -> pl.DataFrame:
        """The cells as a grid has them."""
        self._put_together()
        frame = pl.concat([pl.DataFrame(schema={ROW: pl.Int64()}), *self._frames], how="diagonal")
        if (frame[ROW].diff() <= 0).any():
            frame = frame.group_by(ROW).agg(pl.all().drop_nulls().last()).sort(ROW)
        return frame.select(ROW, *map(name_of, sorted(self._columns)))

    def numbers(self, column: int) -> list[int]:
        """The rows whose cell in a column was stored as a number."""
        return [row for some in self._numbers for row in some.filter(pl.col("column") == column)["row"]]


def _last_of_each(cells: pl.DataFrame) -> pl.DataFrame:
    """A place that is written twice holds what was written last, as in Excel."""
    place = cells.select(pl.col("row") * LAST_COLUMN + pl.col("column")).to_series()
    rising = (place.diff() > 0).all()
    return cells if rising else cells.unique(["row", "column"], keep="last", maintain_order=True)


def _wide(told: pl.DataFrame) -> pl.DataFrame:
    """Cells as rows and columns. All columns are cut out of one, because a sheet may have 16,384 of them."""
    rows, columns = told["row"].unique().sort(), told["column"].unique().sort()
    height = rows.len()
    places = _ranks(told["column"], columns) * height + _ranks(told["row"], rows)
    # Texts cannot be put in their places one by one, but numbers of texts can.
    numbers = pl.repeat(None, height * columns.len(), dtype=pl.Int64, eager=True)
    texts = told["text"].gather(numbers.scatter(places, pl.int_range(told.height, eager=True)))
    cut = [texts.slice(index * height, height).alias(name_of(column)) for index, column in enumerate(columns)]
    return pl.DataFrame([rows.alias(ROW), *cut])


def _ranks(numbers: pl.Series, different: pl.Series) -> pl.Series:
    """The place of every number among the different ones, which ascend."""
    first, last = different[0], different[-1]
    unbroken = last - first < different.len()
    ranks = numbers - first if unbroken else different.search_sorted(numbers)
    return ranks.cast(pl.Int64)
