"""Parquet: typed already, but taken as text like everything else, so that one set of rules decides what is valid."""

from __future__ import annotations

import datetime as dt
import io

import polars as pl

from icredit.errors import InputError, reader_said
from icredit.intake.header import HeaderMatcher
from icredit.intake.rules import CODE_NUMBER
from icredit.intake.sources.table import ROW, CellFault, Content, TextTable, require_header
from icredit.scheme.fields import USCC

# Whether a row has anything in it, in whatever column.
_FILLED = "source.filled"


def read(content: Content, matcher: HeaderMatcher, sheet: str | None = None) -> TextTable:
    """The text table of a Parquet file; row numbers count the file's rows from 1. `sheet` is not used."""
    try:
        frame = pl.read_parquet(io.BytesIO(content.data))
    except BaseException as error:  # noqa: BLE001  # see reader_said
        raise _unreadable(content, error) from None
    header = require_header(matcher.best([frame.columns]), content.name, matcher)
    nested = [
        column.header
        for column in header.columns
        if frame.dtypes[column.index].is_nested() or frame.dtypes[column.index] in (pl.Binary, pl.Object)
    ]
    if nested:
        raise InputError(f"{content.name}: the column '{nested[0]}' holds lists or structures, not cells")
    try:
        table = frame.select(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW),
            pl.any_horizontal(_filled(frame)).alias(_FILLED),
            **{column.field: _text(frame, column.index) for column in header.columns},
        )
    except pl.exceptions.PolarsError as error:
        raise _unreadable(content, error) from None
    table = table.filter(_FILLED).drop(_FILLED)
    code = next(column for column in header.columns if column.field == USCC)
    faults = []
    if frame.dtypes[code.index].is_numeric():
        present = table.filter(pl.col(USCC).is_not_null())
        faults = [CellFault(row, CODE_NUMBER, USCC, text) for row, text in present.select(ROW, USCC).iter_rows()]
    return TextTable(
        content.name,
        None,
        table,
        tuple(header.columns),
        tuple(header.unknown),
        tuple(faults),
        sha256=content.sha256,
        size=len(content.data),
    )


def _unreadable(content: Content, error: BaseException) -> InputError:
    return InputError(f"{content.name}: not a readable Parquet file: {reader_said(error)}", hint="write it anew")


def _filled(frame: pl.DataFrame) -> list[pl.Expr]:
    """Per column, whether a row has anything in it."""
    return [
        (pl.col(name).str.strip_chars() != "") if dtype == pl.String else pl.col(name).is_not_null()
        for name, dtype in frame.schema.items()
    ]


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
