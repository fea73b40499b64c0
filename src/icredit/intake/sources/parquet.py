"""Parquet: typed already, but taken as text like everything else, so that one set of rules decides what is valid."""

from __future__ import annotations

import datetime as dt
import io

import polars as pl

from icredit.errors import InputError, reader_said
from icredit.intake.sources.grid import ROW, Content, Grid, Opened, Sheet, grid_frame, name_of


def open_parquet(content: Content) -> Opened:
    """A Parquet file; row 0 holds the names of its columns, and the rows of the file count from 1.

    Raises:
        InputError: it is damaged.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(content.data))
        grid = _grid(frame)
    except BaseException as error:  # noqa: BLE001  # see reader_said
        problem = reader_said(error)
        raise InputError(f"{content.name}: not a readable Parquet file: {problem}", hint="write it anew") from None

    def load(last_row: int | None) -> Grid:
        return grid

    return Opened((Sheet(None, False, load),))  # never hidden


def _grid(frame: pl.DataFrame) -> Grid:
    nested = {
        index: "holds lists or structures, not cells"
        for index, dtype in enumerate(frame.dtypes)
        if dtype.is_nested() or dtype in (pl.Binary, pl.Object)
    }
    header = grid_frame([(0, frame.columns)], frame.width)
    cells = frame.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW),
        *(
            (pl.lit(None, pl.String) if index in nested else _text(frame, index)).alias(name_of(index))
            for index in range(frame.width)
        ),
    )

    def numbers(column: int) -> list[int]:
        numeric = frame.dtypes[column].is_numeric()
        return cells.filter(pl.col(name_of(column)).is_not_null())[ROW].to_list() if numeric else []

    return Grid(pl.concat([header, cells]), numbers=numbers, refused=nested)


def _text(frame: pl.DataFrame, index: int) -> pl.Expr:
    column = pl.col(frame.columns[index])
    dtype = frame.dtypes[index]
    if dtype.is_float():
        # 123.0 is 123: a count may come as a float. Beyond 2^53 a float is no exact whole number.
        whole = column.is_finite() & (column == column.floor()) & (column.abs() < 2**53)
        text = column.cast(pl.String)
        exact = pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(text)
        return pl.when(column.is_not_nan()).then(exact)
    if dtype == pl.Datetime:
        # Other programs keep dates as timestamps at midnight.
        return (
            pl.when(column.dt.time() == dt.time())
            .then(column.dt.date().cast(pl.String))
            .otherwise(column.cast(pl.String))
        )
    text = column.dt.to_string() if dtype == pl.Duration else column.cast(pl.String)
    return pl.when(text != "").then(text)
