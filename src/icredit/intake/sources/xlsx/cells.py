"""The cells of a worksheet's XML as frames, a row a cell.

A sheet of 100,000 rows has two million cells, so no Python object is made per cell: the XML is cut into pieces, one a
cell, and one regular expression takes each apart. The expression covers a piece from end to end, so a sheet passes only
if it is written, to the last character, in the plain way. Any other sheet (other prefixes, cells without address,
comments, rich text inside the cells) goes through an XML parser, which is slower and gives the same cells.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import polars as pl

from icredit.intake.sources.xlsx.elements import Attributes
from icredit.intake.sources.xlsx.escapes import resolved
from icredit.intake.sources.xlsx.plain_xml import NotPlainError, PlainXml, split, text_of

#: A cell: row from 1, column from 0, number of its style, its type as written, its value, whether it has a formula.
SCHEMA = {
    "row": pl.Int64(),
    "column": pl.Int32(),
    "style": pl.Int32(),
    "type": pl.String(),
    "value": pl.String(),
    "formula": pl.Boolean(),
}

#: Excel's own limits.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

# More than one merged range a row; each is a Python object.
_MOST_MERGED = LAST_ROW

#: First row, first column, last row, last column; rows from 1, columns from 0.
Merged = tuple[int, int, int, int]

#: Takes some cells, in the order of the file.
Keep = Callable[[pl.DataFrame], None]

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

_TEXT = r'<t(?: xml:space="preserve")?>'
_BETWEEN = r"(?:</row>|<row(?: [^<>]*)?>|\s)*$"
_PIECE = (
    r'^r="([A-Z]{1,3})([0-9]{1,7})"'
    # Excel writes the style before the type, Apache POI in the order in which they were set.
    r'(?: s="([0-9]{1,6})")?(?: t="([a-zA-Z]{1,9})"(?: s="([0-9]{1,6})")?)?(?: (?:cm|vm|ph)="[0-9]+")*'
    r"(?: ?/>|>(<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?"
    rf"(?:<v ?/>|<v>([^<]*)</v>|<is>(?:<t ?/>|{_TEXT}([^<]*)</t>)</is>)?</c>)" + _BETWEEN
)

_PIECES_AT_ONCE = 2


class MergedRanges:
    """Collects the merged ranges, which stand behind the cells."""

    def __init__(self) -> None:
        self.all: list[Merged] = []

    def see(self, parent: str, name: str, attributes: Attributes) -> None:
        """An element of the sheet begins.

        Raises:
            ValueError: there are more than any program makes.
        """
        if name != "mergeCell":
            return
        first, _, last = attributes.get("ref", "").partition(":")
        corners = cell_of(first), cell_of(last)
        if corners[0] and corners[1]:
            if len(self.all) >= _MOST_MERGED:
                raise ValueError("it has more than a million merged ranges")
            self.all.append((*corners[0], *corners[1]))


def cell_of(reference: str) -> tuple[int, int] | None:
    """Row and column of B7; None if it is no reference."""
    match = _REFERENCE.fullmatch(reference)
    return None if match is None else (int(match[2]), column_number(match[1]))


def column_number(letters: str) -> int:
    """A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def plain_cells(stream: Iterable[bytes], keep: Keep, last_row: int | None = None) -> list[Merged]:
    """Hand over the cells of a sheet written in the plain way, some at a time; the result is its merged ranges.

    Args:
        stream: the XML.
        keep: is given the cells that hold anything.
        last_row: how far to read; None for all. Some cells beyond it may come as well.

    Raises:
        NotPlainError: the sheet is written in another way. What was handed over by then is void.
    """
    xml = PlainXml(stream, "sheetData", b"</row>")
    ranges = MergedRanges()
    taken = deque[Future[pl.DataFrame]]()
    reached = 0

    def hand_over() -> int:
        cells = taken.popleft().result()
        keep(cells)
        return max(reached, int(cells.select(pl.col("row").max().fill_null(0)).item()))

    with ThreadPoolExecutor(max_workers=_PIECES_AT_ONCE) as pool:
        for piece in xml.pieces():
            if last_row is None or reached <= last_row:
                taken.append(pool.submit(_take_apart, piece))
            if len(taken) > _PIECES_AT_ONCE:
                reached = hand_over()
        while taken:
            reached = hand_over()
    xml.read_around(ranges.see)
    return ranges.all


def _take_apart(piece: bytes) -> pl.DataFrame:
    cells = split(text_of(piece), "<c ")
    if not cells.head(1).str.contains("^" + _BETWEEN).all():
        raise NotPlainError
    if cells.len() == 1:
        return pl.DataFrame(schema=SCHEMA)
    taken = cells.slice(1).str.extract_groups(_PIECE).struct.unnest()
    letters, row, style, kind, later, formula, value, inline = taken.get_columns()
    if row.null_count() or (later.is_not_null() & style.is_not_null()).any():
        raise NotPlainError
    columns = {name: column_number(name) for name in letters.unique()}
    return filled(
        pl.DataFrame(
            {
                "row": row.cast(pl.Int64),
                "column": letters.replace_strict(columns, return_dtype=pl.Int32),
                "style": _either(style, later).cast(pl.Int32),
                "type": kind,
                "value": resolved(_either(value, inline)),
                "formula": formula.is_not_null(),
            }
        )
    )


def _either(one: pl.Series, other: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(one, other)).to_series()


def filled(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells that hold something; an empty value is none."""
    value = pl.col("value")
    cells = cells.with_columns(pl.when(value != "").then(value).alias("value"))
    return cells.filter(pl.col("value").is_not_null() | pl.col("formula"))
