"""Rows of a grid as people see them: blank ones are nothing, and what a merged cell says it says of all it covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from icredit.intake.findings import column_letters
from icredit.intake.header import HEADER_WITHIN, TALLEST, Column, HeaderMatch, HeaderMatcher
from icredit.intake.sources.grid import ROW, Grid, name_of
from icredit.text import listed

# So much of a cell may say what stands in a header or above a table. Names of columns are looked for in many ways, some of
# which take longer than the text grows.
_LONGEST_HEADING = 1_000


def filled_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a grid's frame that have anything in them."""
    return (
        frame.filter(pl.any_horizontal(pl.exclude(ROW).str.strip_chars() != "")) if frame.width > 1 else frame.clear()
    )


def head_rows(grid: Grid) -> list[tuple[int, list[str | None]]]:
    """Number and cells of the first rows that have anything in them, among which a header may stand."""
    top = filled_rows(grid.frame.head(4 * HEADER_WITHIN)).head(HEADER_WITHIN)
    return list(_merged_across(grid, top.with_columns(pl.exclude(ROW).str.head(_LONGEST_HEADING))))


def _merged_across(grid: Grid, frame: pl.DataFrame) -> Iterator[tuple[int, list[str | None]]]:
    """Rows with what a merged cell says in every column it covers; below its first row it stays blank."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for first, left, _, right in grid.merged:
        if right > left:
            spans.setdefault(first, []).append((left, right))
    for number, cells in grid.rows(frame):
        for left, right in spans.get(number, ()):
            for index in range(left + 1, min(right + 1, len(cells))):
                cells[index] = cells[index] or cells[left]
        yield number, cells


def last_header_row(grid: Grid, head: Sequence[tuple[int, list[str | None]]], header: HeaderMatch) -> int:
    """The number of the last row of the header; cells merged downwards out of it belong to it."""
    begin, last = head[header.row][0], head[header.last][0]
    columns = {column.index for column in header.columns}
    below = [
        end for top, left, end, right in grid.merged if begin <= top <= last < end <= last + TALLEST and left in columns
    ]
    return max([last, *below])


def merged_downwards(
    grid: Grid, body: pl.DataFrame, columns: Sequence[Column], matcher: HeaderMatcher
) -> tuple[pl.DataFrame, list[str]]:
    """The rows, with what a cell merged over several of them says in each; but a number may be that of all together."""
    numbers = set(filled_rows(body)[ROW].to_list())
    notes = []
    for column in columns:
        down = [
            (top, last)
            for top, left, last, right in grid.merged
            if left <= column.index <= right and last > top in numbers
        ]
        if not down:
            continue
        places = listed(
            [f"{column_letters(column.index)}{top}:{column_letters(column.index)}{last}" for top, last in down]
        )
        if matcher.is_number(column):
            notes.append(
                f"'{column.header}' has cells merged over several rows; only the first of them has the number: {places}"
            )
            continue
        texts = dict(body.select(ROW, name_of(column.index)).iter_rows())
        filled = {row: texts[top] for top, last in down for row in range(top + 1, last + 1) if row in numbers}
        spread = pl.col(ROW).replace_strict(filled, default=pl.col(name_of(column.index)), return_dtype=pl.String)
        body = body.with_columns(spread.alias(name_of(column.index)))
        notes.append(f"'{column.header}' has merged cells, whose text was taken for every row they cover: {places}")
    return body, notes
