"""A sheet put together: cells that come some at a time become rows and columns, within bounds."""

from __future__ import annotations

import polars as pl

from icredit.errors import InputError
from icredit.intake.sources.grid import ROW, GridFault, name_of
from icredit.intake.sources.grid_builder import Room
from icredit.intake.sources.xlsx.cells import LAST_COLUMN, LAST_ROW
from icredit.intake.sources.xlsx.values import Values

# Each is told with its address; nobody mends more one by one.
_MOST_FAULTS = 1_000_000

# Rows put together at once, at least: a column of a frame takes as much room as some fifty cells.
_ROWS_AT_ONCE = 64


class SheetCells:
    """Collects the cells of one sheet."""

    def __init__(self, file: str, values: Values) -> None:
        self.faults: list[GridFault] = []
        self._file = file
        self._values = values
        self._room = Room(file)
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
        outside = ~pl.col("row").is_between(1, LAST_ROW) | (pl.col("column") >= LAST_COLUMN)
        if cells.filter(outside).height:
            raise ValueError("it has a cell where no sheet has rows or columns")
        told, faults = self._values.told(_last_of_each(cells))
        self.faults += faults
        if len(self.faults) > _MOST_FAULTS:
            raise InputError(
                f"{self._file}: more than {_MOST_FAULTS:,} cells hold an error or a formula that was never calculated",
                hint="open it in Excel, let it calculate, and save it",
            )
        self._room.take(characters=int(told["text"].str.len_bytes().sum()))
        self._numbers.append(
            told.filter("numeric").select(pl.col("row").cast(pl.Int32), pl.col("column").cast(pl.Int16))
        )
        self._waiting.append(told.select("row", "column", "text"))
        self._columns |= set(told["column"].unique())
        self._height += told["row"].n_unique()
        self._room.require(self._height * len(self._columns))
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
    ranks = {name: (pl.col(name).rank("dense") - 1).cast(pl.Int64) for name in ("row", "column")}
    places = told.select("text", place=ranks["column"] * height + ranks["row"]).sort("place")
    if places.height < height * columns.len():
        every = pl.DataFrame({"place": pl.int_range(height * columns.len(), eager=True)})
        places = every.join(places, on="place", how="left", maintain_order="left")
    texts = places["text"]
    cut = [texts.slice(index * height, height).alias(name_of(column)) for index, column in enumerate(columns)]
    return pl.DataFrame([rows.alias(ROW), *cut])
