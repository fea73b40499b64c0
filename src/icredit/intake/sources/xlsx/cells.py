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
from typing import Any

import polars as pl

from icredit.intake.sources.xlsx.elements import Attributes
from icredit.intake.sources.xlsx.escapes import SPECIAL, resolved
from icredit.intake.sources.xlsx.plain_xml import NO_CHARACTERS, NotPlainError, PlainXml, split

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

#: Takes some cells, or what was made of them, in the order of the file.
Keep = Callable[[Any], None]

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

# In these expressions every character decides what the next may be: no two alternatives begin alike. Only then can the
# engine note the groups in one pass; otherwise a cell takes it twice as long.
_INSIDE = rf"[^<>/{NO_CHARACTERS}]*"
_TEXT = rf"([^<{NO_CHARACTERS}]+)?"
_FORMULA = rf"(f)(?: {_INSIDE})?(?:/>|>[^<{NO_CHARACTERS}]*</f>)<"
_VALUE = rf"v ?(?:/>|>{_TEXT}</v>)<"
_INLINE = rf'is><t(?: (?:xml:space="preserve" ?)?)?(?:/>|>{_TEXT}</t>)</is><'
_BETWEEN = rf"(?:<(?:/row>|row(?: [^<>{NO_CHARACTERS}]*)?>)|[ \t\r\n])*$"
_PIECE = rf'^r="([A-Z]{{1,3}})([0-9]{{1,7}})"({_INSIDE})(?:/>|><(?:{_FORMULA})?(?:{_VALUE}|{_INLINE})?/c>){_BETWEEN}'

# Excel writes the style before the type, Apache POI in the order in which they were set.
_ATTRIBUTES = r'^(?: s="([0-9]{1,6})")?(?: t="([a-zA-Z]{1,9})"(?: s="([0-9]{1,6})")?)?(?: (?:cm|vm|ph)="[0-9]+")* ?$'

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


def plain_cells(
    stream: Iterable[bytes],
    keep: Keep,
    last_row: int | None = None,
    made: Callable[[pl.DataFrame], object] = lambda cells: cells,
) -> list[Merged]:
    """Hand over the cells of a sheet written in the plain way, some at a time; the result is its merged ranges.

    Args:
        stream: the XML.
        keep: is given the cells that hold anything, or what is made of them.
        last_row: how far to read; None for all. Some cells beyond it may come as well.
        made: what is to be made of some cells by themselves. It runs in several threads, beside `keep`.

    Raises:
        NotPlainError: the sheet is written in another way. What was handed over by then is void.
    """
    xml = PlainXml(stream, "sheetData", b"</row>")
    ranges = MergedRanges()
    taken = deque[Future[tuple[object, int]]]()
    reached = 0

    def hand_over() -> int:
        some, row = taken.popleft().result()
        keep(some)
        return max(reached, row)

    def take(piece: bytes) -> tuple[object, int]:
        cells = _take_apart(piece)
        return made(cells), int(cells.select(pl.col("row").max().fill_null(0)).item())

    with ThreadPoolExecutor(max_workers=_PIECES_AT_ONCE) as pool:
        for piece in xml.pieces():
            if last_row is None or reached <= last_row:
                taken.append(pool.submit(take, piece))
            if len(taken) > _PIECES_AT_ONCE:
                reached = hand_over()
        while taken:
            reached = hand_over()
    xml.read_around(ranges.see)
    return ranges.all


def _take_apart(piece: bytes) -> pl.DataFrame:
    cells = split(piece, "<c ")
    if not cells.head(1).str.contains("^" + _BETWEEN).all():
        raise NotPlainError
    if cells.len() == 1:
        return pl.DataFrame(schema=SCHEMA)
    letters, row, attributes, formula, value, inline = (
        cells.slice(1).str.extract_groups(_PIECE).struct.unnest().get_columns()
    )
    if row.null_count():
        raise NotPlainError
    columns = {name: column_number(name) for name in letters.unique()}
    style, kind = _style_and_type(attributes)
    value = _either(value, inline)
    return _holding(
        pl.DataFrame(
            {
                "row": row.cast(pl.Int64),
                "column": letters.replace_strict(columns, return_dtype=pl.Int32),
                "style": style,
                "type": kind,
                "value": resolved(value) if any(mark in piece for mark in SPECIAL) else value,
                "formula": formula.is_not_null(),
            }
        )
    )


def _style_and_type(attributes: pl.Series) -> tuple[pl.Series, pl.Series]:
    """What the attributes of every cell say; only the few that differ are taken apart."""
    different = attributes.unique()
    style, kind, later = different.str.extract_groups(_ATTRIBUTES).struct.unnest().get_columns()
    if not different.str.contains(_ATTRIBUTES).all() or (later.is_not_null() & style.is_not_null()).any():
        raise NotPlainError
    places = attributes.cast(pl.Enum(different)).to_physical()
    return _either(style, later).cast(pl.Int32).gather(places), kind.gather(places)


def _either(one: pl.Series, other: pl.Series) -> pl.Series:
    if other.null_count() == other.len():
        return one
    return other if one.null_count() == one.len() else one.zip_with(one.is_not_null(), other)


def filled(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells that hold something; an empty value is none."""
    value = pl.col("value")
    return _holding(cells.with_columns(pl.when(value != "").then(value).alias("value")))


def _holding(cells: pl.DataFrame) -> pl.DataFrame:
    holds = cells["value"].is_not_null() | cells["formula"]
    return cells if holds.all() else cells.filter(holds)
