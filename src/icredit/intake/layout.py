"""From a grid to a text table: what the header says of the columns, and which rows are enterprises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import polars as pl

from icredit.errors import InputError
from icredit.intake.find_header import find_header
from icredit.intake.grid_rows import filled_rows, head_rows, last_header_row, merged_downwards
from icredit.intake.header import HeaderMatch, HeaderMatcher
from icredit.intake.header_rows import stated_units
from icredit.intake.rules import CODE_NUMBER, WIDTH
from icredit.intake.sources.grid import ROW, Content, Grid, Opened, in_text, name_of, text_of
from icredit.intake.strays import Stray, StrayFinder
from icredit.intake.table import CellFault, TextTable
from icredit.queries import collect_row_by_row
from icredit.scheme.fields import USCC
from icredit.text import listed

# Codes, and what is perhaps a code with something wrong: of the rows with any other text some may be no enterprises.
_CODED = r"^[0-9A-Z]{18}$"
_LIKELY = r"^\s*(?:[0-9A-Za-z]\s*){15,20}$"


def lay_out(
    content: Content, opened: Opened, matcher: HeaderMatcher, *, coded: bool, sheet: str | None = None
) -> Iterator[TextTable]:
    """The text table of a file, in one piece or several: rows that follow each other, and what is amiss with them.

    Whatever else a table has is that of the whole file, and the same in every piece.

    Args:
        content: the file.
        opened: its sheets.
        matcher: knows the headers of the scheme.
        coded: whether enterprises are named by credit codes.
        sheet: the sheet to read; default: the visible one whose header fits best.

    Raises:
        InputError: no such sheet, no header, or one with contradictions.
    """
    found = find_header(content, opened, matcher, sheet)
    header, where = found.match, found.where
    pieces = found.sheet.pieces()
    grid = next(pieces)
    notes = [*opened.notes]
    notes += [f"{where} was read; {content.name} also has [{other}], which was not" for other in found.others]
    head = head_rows(grid)
    taken = matcher.take_stated(header, stated_units([cells for _, cells in head[: header.last]]))
    _require_no_problem(header, where)
    columns = header.columns
    for unit, group in groupby(sorted(taken, key=lambda column: column.unit or ""), lambda column: column.unit):
        named = listed([f"'{column.header}'" for column in group])
        notes.append(f"{where}: the unit {unit} above the table was taken for {named}")
    for heading, names in header.aside.items():
        below = listed([f"'{name}'" for name in names])
        notes.append(f"{where}: '{heading}' stands above {below} and was left out of their meaning")
    if header.year is not None:
        notes.append(
            f"{where}: headers name years; {header.year} was taken as the year evaluated, {header.year - 1} as the last"
        )
    for column in columns:
        if column.index in grid.refused:
            raise InputError(f"{where}: the column '{column.header}' {grid.refused[column.index]}")
    first = last_header_row(grid, head, header)
    body = _part(grid, int(grid.frame[ROW].search_sorted(first, side="right")))
    if grid.merged:
        spread, said = merged_downwards(grid, body.frame, columns, matcher)
        body = body._replace(frame=spread)
        notes += [f"{where}: {one}" for one in said]
    rows = [cells for _, cells in head[header.row : header.last + 1]]
    code = next(column.index for column in columns if column.field == USCC)
    finder = StrayFinder(columns, rows, matcher, coded=coded)
    strays = _Strays(finder, code if coded else None, where)
    fields = {column.index: column.field for column in columns}
    width = _width(grid, head[header.last][0])
    table = TextTable(
        content.name,
        found.sheet.name,
        pl.DataFrame(),
        tuple(columns),
        tuple(header.unknown),
        notes=tuple(notes),
        header_row=head[header.last][0],
        epoch_1904=grid.epoch_1904,
        encoding=opened.encoding,
        size=content.size,
    )
    for one in _ending_in_enterprises(body, pieces, code if coded else None):
        kept, left_out = strays.split(one)
        read = set() if not one.faults else set(kept[ROW].to_list())
        faults = [
            CellFault(fault.row, fault.rule, fields[fault.column], fault.value)
            for fault in one.faults
            if fault.column in fields and fault.row in read
        ]
        faults += _wrong_widths(one, kept, width)
        if coded:
            numbers = in_text(kept.filter(pl.col(ROW).is_in(list(one.numbers(code)))).select(ROW, name_of(code)))
            faults += [CellFault(row, CODE_NUMBER, USCC, text) for row, text in numbers.iter_rows()]
        frame = kept.select(ROW, **{column.field: pl.col(name_of(column.index)) for column in columns})
        yield table._replace(frame=frame, faults=tuple(faults), strays=tuple(left_out))


def _ending_in_enterprises(first: Grid, others: Iterator[Grid], code: int | None) -> Iterator[Grid]:
    """The same rows in other pieces, of which all but the last end with an enterprise.

    What a row below the last enterprise is can depend on whether another one follows.
    """
    held = first
    for grid in others:
        end = held.frame.height if code is None else _behind_last_enterprise(held.frame, code)
        if end:
            yield _part(held, 0, end)
        held = _joined(_part(held, end), grid) if end < held.frame.height else grid
    yield held


# So many rows at the end of a piece are looked at first.
_LOOKED_AT = 1_000


def _behind_last_enterprise(frame: pl.DataFrame, code: int) -> int:
    """The number of rows down to the last that is an enterprise; 0 without any."""
    for count in (_LOOKED_AT, frame.height):
        begin = max(frame.height - count, 0)
        places = _sure(frame.slice(begin), code).arg_true()
        if places.len():
            return begin + int(places[-1]) + 1
    return 0


def _part(grid: Grid, begin: int, end: int | None = None) -> Grid:
    length = None if end is None else end - begin
    lengths = None if grid.lengths is None else grid.lengths.slice(begin, length)
    return grid._replace(frame=grid.frame.slice(begin, length), lengths=lengths)


def _joined(above: Grid, below: Grid) -> Grid:
    """Two pieces of delimited text as one; nothing but rows differs between them."""
    frame = pl.concat([in_text(above.frame), in_text(below.frame)], how="diagonal")
    return below._replace(frame=frame, lengths=pl.concat([_lengths(above), _lengths(below)]))


def _lengths(grid: Grid) -> pl.Series:
    if grid.lengths is not None:
        return grid.lengths
    return pl.select(pl.repeat(grid.width, grid.frame.height, dtype=pl.Int32)).to_series()


def _require_no_problem(match: HeaderMatch, where: str) -> None:
    if match.problems:
        more = f" (and {len(match.problems) - 1} more)" if len(match.problems) > 1 else ""
        raise InputError(f"{where}: {match.problems[0]}{more}", hint="correct the header row and read the file again")


class _Strays:
    """Goes through the pieces of a table and tells enterprises from other rows."""

    def __init__(self, finder: StrayFinder, code: int | None, where: str) -> None:
        """Know the table; `code` is the column of credit codes, None if enterprises are not named by such."""
        self._finder = finder
        self._code = code
        self._where = where
        self._above = 0

    def split(self, grid: Grid) -> tuple[pl.DataFrame, list[Stray]]:
        """The rows of enterprises, and the others that are not blank.

        A piece that another one follows ends with an enterprise, so that below its last one stands nothing.
        """
        body, coded = grid.frame, self._code is not None
        sure = pl.repeat(False, body.height, eager=True) if self._code is None else _sure(body, self._code)
        before, enterprises = self._above, body[ROW].filter(sure)
        self._above += enterprises.len()
        if sure.all():
            if enterprises.len():
                self._finder.pass_enterprises()
            return body, []
        doubtful = filled_rows(in_text(body.filter(~sure)))
        strays: list[Stray] = []
        passed = 0
        for (number, cells), place in zip(grid.rows(doubtful), enterprises.search_sorted(doubtful[ROW]), strict=True):
            if place > passed:
                self._finder.pass_enterprises()
            passed = place
            leading = coded and before + place == 0 < enterprises.len()
            kind = self._finder.kind(cells, leading=leading, trailing=coded and place == enterprises.len())
            if kind is None:
                continue
            if kind == "header" and self._finder.other_header(cells, leading=leading):
                raise InputError(
                    f"{self._where}: row {number} is a second header, whose columns or units are not those of the first",
                    hint="split the table there into two files",
                )
            strays.append(Stray(number, kind, next(cell for cell in cells if cell and cell.strip()).strip()))
        if enterprises.len() > passed:
            self._finder.pass_enterprises()
        gone = {stray.row for stray in strays}
        rest = [number for number in doubtful[ROW] if number not in gone]
        kept = sure | body[ROW].is_in(rest) if rest else sure
        return (body if kept.all() else body.filter(kept)), strays


def _sure(body: pl.DataFrame, column: int) -> pl.Series:
    """Which rows are enterprises by their codes, right or wrong."""
    code = text_of(name_of(column), body.schema[name_of(column)])
    coded = code.str.contains(_CODED).fill_null(False)
    plain = collect_row_by_row(body, lambda rows: rows.select(coded)).to_series()
    if plain.all():
        return plain
    other = pl.when(~plain).then(code)
    likely = other.str.contains(_LIKELY) & other.str.contains(r"\d")
    return body.select(pl.lit(plain) | likely.fill_null(False)).to_series()


def _width(grid: Grid, header_row: int) -> int:
    """The number of cells that the header has in a delimited file."""
    if grid.lengths is None:
        return grid.width
    return int(grid.lengths[grid.frame[ROW].search_sorted(header_row)])


def _wrong_widths(grid: Grid, kept: pl.DataFrame, expected: int) -> list[CellFault]:
    """Rows of a delimited file with cells too few, or with more that hold something."""
    if grid.lengths is None:
        return []
    lengths = grid.frame.select(ROW, length=grid.lengths)
    odd = lengths.filter(pl.col("length") != expected)
    if odd.is_empty():
        return []
    beyond = [pl.col(name_of(index)).is_not_null() for index in range(expected, grid.width)]
    wrong = kept.join(odd, on=ROW, how="inner", maintain_order="left").filter(
        (pl.col("length") < expected) | (pl.any_horizontal(beyond) if beyond else pl.lit(False))
    )
    faults = []
    for number, *cells, length in wrong.iter_rows():
        values: dict[str, object] = {"found": length, "expected": expected}
        faults.append(CellFault(number, WIDTH, None, ",".join(cell or "" for cell in cells[:length]), values))
    return faults
