"""The grid: what every format becomes before anybody asks what it means. Cells as text, exactly where they stood."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from icredit.intake.rules import Rule

#: Name of the column with the row number in the file; the first row is 1.
ROW = "source_row"

# A number in decimals, before the point no more digits than an integer can hold.
_DECIMALS = r"^(-?)([0-9]{1,16})\.([0-9])(?:([0-9])([0-9]*))?$"


class Content(NamedTuple):
    """A file's bytes and what is said of them.

    Attributes:
        name: what the file is called in messages.
        data: its bytes; of a file that is read in pieces only the first ones.
        path: where a file is that is read in pieces; None where `data` is all there is.
        whole: the number of its bytes, if `data` is not all.
    """

    name: str
    data: bytes
    path: Path | None = None
    whole: int = 0

    @property
    def size(self) -> int:
        """The number of bytes."""
        return len(self.data) if self.path is None else self.whole

    def sha256(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        if self.path is None:
            return hashlib.sha256(self.data).hexdigest()
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


class GridFault(NamedTuple):
    """A cell that only the reader of a format can see to be wrong: `column` counts from 0, `row` from 1."""

    row: int
    column: int
    rule: Rule
    value: str | None = None


def no_numbers(column: int) -> list[int]:
    """Of formats that hold nothing but text, no row was stored as a number."""
    return []


class Grid(NamedTuple):
    """One sheet, or one file that has no sheets.

    Attributes:
        frame: `source_row`, ascending, then one text column per column of the sheet, named by its number from 0 (see
            `name_of`). Empty cells are null. Rows and columns without any cell may be left out; none is there twice. Where
            the file itself has types, columns of rows below the header may have them (see `in_text`).
        sheet: the sheet's name; None for formats without sheets.
        hidden: whether the sheet is hidden from its reader.
        faults: cells that hold an error or a formula that was never calculated. Their text is what the cell shows.
        merged: merged cells as (first row, first column, last row, last column), rows from 1, columns from 0.
        lengths: number of cells of every row of a delimited file, in the order of `frame`; None where all are full.
        numbers: column -> the rows whose cell was stored as a number, not as text.
        refused: column -> why its cells cannot be read as text.
        epoch_1904: whether serial dates count from 1904, as in workbooks from old Macintosh programs.
    """

    frame: pl.DataFrame
    sheet: str | None = None
    hidden: bool = False
    faults: tuple[GridFault, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    lengths: pl.Series | None = None
    numbers: Callable[[int], Sequence[int]] = no_numbers
    refused: Mapping[int, str] = {}
    epoch_1904: bool = False

    @property
    def width(self) -> int:
        """Number of columns."""
        return 1 + max((int(name) for name in self.frame.columns[1:]), default=-1)

    def rows(self, frame: pl.DataFrame | None = None) -> Iterable[tuple[int, list[str | None]]]:
        """Row number and cells, of the whole grid or of a part of its frame."""
        frame = self.frame if frame is None else frame
        places, width = [int(name) for name in frame.columns[1:]], self.width
        for number, *found in frame.iter_rows():
            if len(found) == width:
                yield number, found
                continue
            cells: list[str | None] = [None] * width
            for place, cell in zip(places, found, strict=True):
                cells[place] = cell
            yield number, cells


class Sheet(NamedTuple):
    """A sheet that can be read: `load(40)` reads it to row 40, enough to find a header; `load(None)` all of it.

    What is too large to be held as a whole has `in_pieces`: grids of rows that follow each other, the first of them with
    all that may be a header, each with at least its columns.
    """

    name: str | None
    hidden: bool
    load: Callable[[int | None], Grid]
    in_pieces: Callable[[], Iterator[Grid]] | None = None

    def pieces(self) -> Iterator[Grid]:
        """All rows, in one grid or several."""
        if self.in_pieces is not None:
            yield from self.in_pieces()
        else:
            yield self.load(None)


class Opened(NamedTuple):
    """A file that is ready to be read: its sheets in order, how its text is encoded, what its user should know.

    A delimited file has one sheet without a name for every delimiter that is possible.
    """

    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    notes: tuple[str, ...] = ()


def name_of(column: int) -> str:
    """The name in a grid's frame of column 0, 1, …"""
    return str(column)


def grid_frame(rows: Iterable[tuple[int, Sequence[str | None]]], width: int) -> pl.DataFrame:
    """A grid's frame from row numbers and cells; short rows are filled up, empty text is null."""
    numbers: list[int] = []
    columns: list[list[str | None]] = [[] for _ in range(width)]
    for number, cells in rows:
        numbers.append(number)
        for index, column in enumerate(columns):
            column.append((cells[index] or None) if index < len(cells) else None)
    data: dict[str, list[int] | list[str | None]] = {ROW: numbers}
    data.update((name_of(index), column) for index, column in enumerate(columns))
    schema = {ROW: pl.Int64(), **{name_of(index): pl.String() for index in range(width)}}
    return pl.DataFrame(data, schema=schema)


def text_of(column: str, dtype: pl.DataType) -> pl.Expr:
    """The cells of a column as the text by which they are read; what is empty or no number is missing."""
    cells = pl.col(column)
    if dtype.is_float():
        # 123.0 is 123: a count may come as a float. Beyond 2^53 a float is no exact whole number.
        whole = cells.is_finite() & (cells == cells.floor()) & (cells.abs() < 2**53)
        text = cells.cast(pl.String)
        exact = pl.when(whole).then(cells.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(text)
        return pl.when(cells.is_not_nan()).then(exact)
    if dtype == pl.Datetime:
        # Other programs keep dates as timestamps at midnight.
        midnight = cells.dt.time() == dt.time()
        return pl.when(midnight).then(cells.dt.date().cast(pl.String)).otherwise(cells.cast(pl.String))
    if dtype == pl.String:
        return cells
    text = cells.dt.to_string() if dtype == pl.Duration else cells.cast(pl.String)
    return pl.when(text != "").then(text)


def in_text(frame: pl.DataFrame) -> pl.DataFrame:
    """A grid's frame with all cells as text."""
    typed = {name: dtype for name, dtype in frame.schema.items() if name != ROW and dtype != pl.String}
    return frame.with_columns(text_of(name, dtype).alias(name) for name, dtype in typed.items()) if typed else frame


def percent_text(number: float) -> str:
    """A number that its cell shows as a percentage, as text: 12.5% for 0.125, exactly."""
    sign, digits, exponent = _decimal(number)
    return f"{sign}{digits}e{exponent + 2}%" if exponent > 0 else f"{sign}{_placed(digits, exponent + 2)}%"


def percent_texts(numbers: pl.Series) -> pl.Series:
    """`percent_text` for many numbers: the point is moved in the text, because 100 times 0.07 is not 7."""
    text = numbers.cast(pl.String)
    sign, whole, first, second, more = text.str.extract_groups(_DECIMALS).struct.unnest().get_columns()
    # The cast takes off zeros that lead.
    moved = (whole + first + second.fill_null("0")).cast(pl.Int64).cast(pl.String)
    behind = pl.select(pl.when(more != "").then("." + more).otherwise(pl.lit(""))).to_series()
    texts = sign + moved + behind + "%"
    # An exponent is rare enough to be taken apart one by one.
    rare = text.filter(texts.is_null()).drop_nulls().unique()
    if rare.len():
        known = {one: percent_text(float(one)) for one in rare if math.isfinite(float(one))}
        odd = text.replace_strict(known, default=None, return_dtype=pl.String)
        return texts.zip_with(texts.is_not_null(), odd)
    return texts


def _decimal(number: float) -> tuple[str, str, int]:
    """Sign, digits and power of ten of the shortest text that gives the number back."""
    text = repr(float(number))
    sign = "-" if text.startswith("-") else ""
    mantissa, _, power = text.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    return sign, whole + fraction, int(power or 0) - len(fraction)


def _placed(digits: str, exponent: int) -> str:
    """The digits with the decimal point where the power of ten puts it."""
    if exponent >= 0:
        return (digits + "0" * exponent).lstrip("0") or "0"
    digits = digits.rjust(1 - exponent, "0")
    return f"{digits[:exponent].lstrip('0') or '0'}.{digits[exponent:]}"
