"""Parquet: typed already, but what its cells mean is decided by the rules for text, as with everything else.

The names and the first rows become text, among which a header is looked for; further columns keep their types where a
field's reading knows what their text would mean (see `Reading.screen_typed`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import polars as pl

from icredit.errors import InputError, reader_said
from icredit.intake.sources.grid import ROW, Content, Grid, Opened, Sheet, grid_frame, in_text, name_of
from icredit.intake.sources.limits import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LINES,
    too_many_cells,
    too_many_columns,
    too_many_lines,
)
from icredit.intake.sources.parquet_footer import read_footer

# What repeats is stored once. But 10 million enterprises with 60 columns, most of them empty, still have a code and a name
# each, which differ: some 30 bytes that do not pack, for 60 cells.
_CELLS_A_BYTE = 8

# Lists and structures within each other; polars follows them with a stack that ends the program when it is full.
_DEEPEST = 100

# Bytes that pages and texts may unpack to in any case, and how many times the size of the file.
_ALWAYS_ALLOWED, _MOST_PACKED = 300_000_000, 20

# Rows in which a header may still stand; what follows keeps its types.
_HEAD = 200


def open_parquet(content: Content) -> Opened:
    """A Parquet file; row 0 holds the names of its columns, and the rows of the file count from 1.

    Raises:
        InputError: it is damaged, or holds more than a table needs.
    """
    try:
        _refuse_large(content)
        frame = pl.read_parquet(io.BytesIO(content.data))
        _refuse_long(content, frame)
        table = _Table(frame)
        table.head()
    except InputError:
        raise
    except BaseException as error:  # noqa: BLE001  # see reader_said
        problem = reader_said(error)
        raise InputError(f"{content.name}: not a readable Parquet file: {problem}", hint="write it anew") from None
    return Opened((Sheet(None, False, table.load, table.pieces),))  # never hidden


def _refuse_large(content: Content) -> None:
    """Refuse what would unpack to more than fits, by the footer. What the footer conceals polars does not read."""
    footer = read_footer(content.data)
    size = len(content.data)
    if footer.levels > _DEEPEST:
        raise InputError(
            f"{content.name}: lists within lists, {footer.levels:,} levels deep", hint="ask for it again as CSV"
        )
    if footer.columns > MOST_COLUMNS:
        raise too_many_columns(content.name, footer.columns)
    if footer.rows > MOST_LINES:
        raise too_many_lines(content.name)
    if footer.rows * footer.columns > max(MOST_CELLS, _CELLS_A_BYTE * size):
        raise too_many_cells(content.name)
    if footer.unpacked > _most_bytes(content):
        raise _unpacks_to(content, footer.unpacked)


def _refuse_long(content: Content, frame: pl.DataFrame) -> None:
    """Refuse texts that stand once in the file and often in the table."""
    texts = sum(frame.select(pl.col(pl.String).str.len_bytes().cast(pl.UInt64).sum()).row(0))
    if texts > _most_bytes(content):
        raise _unpacks_to(content, texts)


def _most_bytes(content: Content) -> int:
    return max(_ALWAYS_ALLOWED, _MOST_PACKED * len(content.data))


def _unpacks_to(content: Content, size: int) -> InputError:
    return InputError(
        f"{content.name}: it would unpack to {size / 2**20:,.0f} MB, which no table needs",
        hint="ask for it again as CSV",
    )


class _Table:
    def __init__(self, frame: pl.DataFrame) -> None:
        self._names = frame.columns
        self._dtypes = frame.dtypes
        self._refused = {
            index: "holds lists or structures, not cells"
            for index, dtype in enumerate(frame.dtypes)
            if dtype.is_nested() or dtype in (pl.Binary, pl.Object)
        }
        cells = [
            (pl.lit(None, pl.String) if index in self._refused else _cells(frame, index)).alias(name_of(index))
            for index in range(frame.width)
        ]
        self._rows = frame.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW), *cells)

    def load(self, last_row: int | None) -> Grid:
        """The rows to a row, or all, as text."""
        return self._grid(self._rows if last_row is None else self._rows.head(last_row), header=True)

    def head(self) -> Grid:
        """The names and the first rows as text."""
        return self.load(_HEAD)

    def pieces(self) -> Iterator[Grid]:
        """All rows: the first as text, the others with their types."""
        yield self.head()
        if self._rows.height > _HEAD:
            yield self._grid(self._rows.slice(_HEAD), header=False)

    def _grid(self, rows: pl.DataFrame, *, header: bool) -> Grid:
        frame = rows
        if header:
            frame = pl.concat([grid_frame([(0, self._names)], len(self._names)), in_text(rows)])

        def numbers(column: int) -> list[int]:
            if not self._dtypes[column].is_numeric():
                return []
            return rows.filter(pl.col(name_of(column)).is_not_null())[ROW].to_list()

        return Grid(frame, numbers=numbers, refused=self._refused)


def _cells(frame: pl.DataFrame, index: int) -> pl.Expr:
    """The cells of a column; text in which nothing stands is missing, and so is a number that is none."""
    name, dtype = frame.columns[index], frame.dtypes[index]
    if dtype == pl.String:
        return pl.when(pl.col(name) != "").then(pl.col(name))
    return pl.col(name).fill_nan(None) if dtype.is_float() else pl.col(name)
