"""From a grid to a text table: what the header says of the columns, and which rows are enterprises."""

from __future__ import annotations

from itertools import groupby

import polars as pl

from icredit.errors import InputError
from icredit.intake.find_header import find_header
from icredit.intake.grid_rows import filled_rows, head_rows, last_header_row, merged_downwards
from icredit.intake.header import HeaderMatch, HeaderMatcher
from icredit.intake.header_rows import stated_units
from icredit.intake.rules import CODE_NUMBER, WIDTH
from icredit.intake.sources.grid import ROW, Content, Grid, Opened, name_of
from icredit.intake.strays import Stray, StrayFinder
from icredit.intake.table import CellFault, TextTable
from icredit.scheme.fields import USCC
from icredit.text import listed

# Codes, and what is perhaps a code with something wrong: of the rows with any other text some may be no enterprises.
_CODED = r"^[0-9A-Z]{18}$"
_LIKELY = r"^\s*(?:[0-9A-Za-z]\s*){15,20}$"


def lay_out(
    content: Content, opened: Opened, matcher: HeaderMatcher, *, coded: bool, sheet: str | None = None
) -> TextTable:
    """The text table of a file.

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
    grid = found.sheet.load(None)
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
    body = grid.frame.slice(grid.frame[ROW].search_sorted(first, side="right"))
    if grid.merged:
        body, said = merged_downwards(grid, body, columns, matcher)
        notes += [f"{where}: {one}" for one in said]
    rows = [cells for _, cells in head[header.row : header.last + 1]]
    finder = StrayFinder(columns, rows, matcher, coded=coded)
    code = next(column.index for column in columns if column.field == USCC)
    kept, strays = _without_strays(grid, body, finder, code, where, coded=coded)
    read = set() if not grid.faults else set(kept[ROW].to_list())
    fields = {column.index: column.field for column in columns}
    faults = [
        CellFault(fault.row, fault.rule, fields[fault.column], fault.value)
        for fault in grid.faults
        if fault.column in fields and fault.row in read
    ]
    faults += _wrong_widths(grid, kept, head[header.last][0])
    numbers = kept.filter(pl.col(ROW).is_in(list(grid.numbers(code)))).select(ROW, name_of(code))
    if coded:
        faults += [CellFault(row, CODE_NUMBER, USCC, text) for row, text in numbers.iter_rows()]
    return TextTable(
        content.name,
        found.sheet.name,
        kept.select(ROW, **{column.field: pl.col(name_of(column.index)) for column in columns}),
        tuple(columns),
        tuple(header.unknown),
        tuple(faults),
        tuple(notes),
        tuple(strays),
        header_row=head[header.last][0],
        epoch_1904=grid.epoch_1904,
        encoding=opened.encoding,
        size=len(content.data),
    )


def _require_no_problem(match: HeaderMatch, where: str) -> None:
    if match.problems:
        more = f" (and {len(match.problems) - 1} more)" if len(match.problems) > 1 else ""
        raise InputError(f"{where}: {match.problems[0]}{more}", hint="correct the header row and read the file again")


def _without_strays(
    grid: Grid, body: pl.DataFrame, finder: StrayFinder, code: int, where: str, *, coded: bool
) -> tuple[pl.DataFrame, list[Stray]]:
    """The rows of enterprises, and the others that are not blank."""
    sure = _sure(body, pl.col(name_of(code))) if coded else pl.repeat(False, body.height, eager=True)
    if sure.all():
        return body, []
    enterprises = body[ROW].filter(sure)
    doubtful = filled_rows(body.filter(~sure))
    strays: list[Stray] = []
    passed = 0
    for (number, cells), above in zip(grid.rows(doubtful), enterprises.search_sorted(doubtful[ROW]), strict=True):
        if above > passed:
            finder.pass_enterprises()
        passed = above
        leading, trailing = coded and above == 0 < enterprises.len(), coded and above == enterprises.len()
        kind = finder.kind(cells, leading=leading, trailing=trailing)
        if kind is None:
            continue
        if kind == "header" and finder.other_header(cells, leading=leading):
            raise InputError(
                f"{where}: row {number} is a second header, whose columns or units are not those of the first",
                hint="split the table there into two files",
            )
        strays.append(Stray(number, kind, next(cell for cell in cells if cell and cell.strip()).strip()))
    gone = {stray.row for stray in strays}
    rest = [number for number in doubtful[ROW] if number not in gone]
    kept = sure | body[ROW].is_in(rest) if rest else sure
    return (body if kept.all() else body.filter(kept)), strays


def _sure(body: pl.DataFrame, code: pl.Expr) -> pl.Series:
    """Which rows are enterprises by their codes, right or wrong."""
    plain = body.select(code.str.contains(_CODED).fill_null(False)).to_series()
    if plain.all():
        return plain
    other = pl.when(~plain).then(code)
    likely = other.str.contains(_LIKELY) & other.str.contains(r"\d")
    return body.select(pl.lit(plain) | likely.fill_null(False)).to_series()


def _wrong_widths(grid: Grid, kept: pl.DataFrame, header_row: int) -> list[CellFault]:
    """Rows of a delimited file with cells too few, or with more that hold something."""
    if grid.lengths is None:
        return []
    lengths = grid.frame.select(ROW, length=grid.lengths)
    expected = lengths.filter(pl.col(ROW) == header_row)["length"][0]
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
