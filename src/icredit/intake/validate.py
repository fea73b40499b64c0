"""From a text table to typed rows: the screen passes the plainly valid ones, pydantic decides about the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from icredit.intake.findings import Finding, Place, column_letters
from icredit.intake.row_model import row_model
from icredit.intake.screen import compile_screen
from icredit.intake.sources.grid import ROW, in_text
from icredit.intake.table import CellFault, TextTable
from icredit.intake.verdicts import Cells, Judge, Said
from icredit.progress import SILENT, Advance
from icredit.queries import collect, in_parts
from icredit.scheme.fields import NAME, USCC, typed_schema
from icredit.scheme.model import Scheme
from icredit.zones import ZoneRegister

# Before the name of a field: whether its cell passed the screen; by itself: whether all of the row's did.
_OK = "screen.ok."

_NOTHING: Mapping[str, int | str] = {}

# Parts screened at once.
_AT_ONCE = 2


class Validated(NamedTuple):
    """The valid rows of a table, typed, with `source_row`; what was found in all of them; how many the screen stopped."""

    frame: pl.DataFrame
    findings: list[Finding]
    stopped: int


class TableValidator:
    """Validates the text tables of one scheme."""

    def __init__(self, scheme: Scheme, zones: ZoneRegister) -> None:
        self._scheme = scheme
        self._zones = zones
        #: Column -> type of the rows this gives.
        self.schema = {ROW: pl.Int64(), **typed_schema(scheme)}
        # Compiling takes longer than validating a small file, and the columns of many files are the same.
        self._compiled = lru_cache(maxsize=64)(self._compile)

    def validate(
        self,
        table: TextTable,
        advance: Advance = SILENT.advance,
        constant: Mapping[str, int | str] = _NOTHING,
    ) -> Validated:
        """The typed rows of a table, in the fields' units: every field is a column, null where the table has none for it.

        A row with an error is not among them; nothing is raised about a cell.

        Args:
            table: what a file holds.
            advance: is told of rows that are done, many at a time.
            constant: column -> what it holds in every row, for fields without a column in the table, and for other names.
        """
        judge, screen = self._compiled(
            tuple((column.field, column.shift, table.frame.schema[column.field]) for column in table.columns),
            epoch_1904=table.epoch_1904,
        )
        there = {ROW, *(column.field for column in table.columns), *constant}
        same = [pl.Series(name, [None], dtype) for name, dtype in self.schema.items() if name not in there]
        same += [pl.Series(name, [value]) for name, value in constant.items()]
        columns = [*dict.fromkeys([*self.schema, *constant])]

        def screened_part(part: pl.DataFrame) -> pl.DataFrame:
            # Every column in one piece: where columns are cut in different places, polars copies them to compare them.
            found = collect(screen(part.rechunk().lazy()))
            return found.with_columns(one.new_from_index(0, part.height) for one in same)

        faults: dict[int, list[CellFault]] = {}
        for fault in table.faults:
            faults.setdefault(fault.row, []).append(fault)
        frames: list[pl.DataFrame] = []
        findings: list[Finding] = []
        stopped = 0
        parts = in_parts(table.frame)
        # While Python is busy with the stopped rows of one part, polars screens the next; and a look-up in one keeps no
        # other waiting.
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as ahead:
            for part, screened in zip(parts, ahead.map(screened_part, parts), strict=True):
                advance(part.height)
                ok = screened[_OK]
                if faults:
                    ok &= ~screened[ROW].is_in(list(faults))
                if ok.all():
                    frames.append(self._typed(screened[columns]))
                    continue
                repaired, found = self._by_pydantic(
                    table, judge, in_text(part.filter(~ok)), screened.filter(~ok), columns, faults
                )
                clean = self._typed(screened[columns].filter(ok))
                frames.append(pl.concat([clean, repaired]).sort(ROW) if repaired.height else clean)
                findings += found
                stopped += ok.len() - int(ok.sum())
        return Validated(pl.concat(frames), findings, stopped)

    def _compile(
        self, columns: tuple[tuple[str, int, pl.DataType], ...], *, epoch_1904: bool
    ) -> tuple[Judge, Callable[[pl.LazyFrame], pl.LazyFrame]]:
        """Judge and screen of tables with these fields, each with the shift of its unit and its type, and this epoch.

        The screen gives the rows typed, and says of each cell, and of the whole row, whether it passed.
        """
        shifts = {name: shift for name, shift, _ in columns if shift}
        model = row_model(self._scheme, self._zones, shifts, epoch_1904=epoch_1904)
        screens = compile_screen(model, {name: dtype for name, _, dtype in columns})
        # A lazy query computes once what a cell's verdict and its value have in common.
        query = [
            pl.col(ROW),
            *(screen.passed.alias(_OK + name) for name, screen in screens.items()),
            *(screen.value.alias(name) for name, screen in screens.items()),
        ]
        all_passed = pl.all_horizontal(pl.col(_OK + name) for name in screens).alias(_OK)
        return Judge(model, self._scheme), lambda rows: rows.select(query).with_columns(all_passed)

    def _typed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows whose cells passed, with the types of the fields, which most values have by now."""
        other = [pl.col(name).cast(dtype) for name, dtype in self.schema.items() if frame.schema[name] != dtype]
        return frame.with_columns(other) if other else frame

    def _by_pydantic(
        self,
        table: TextTable,
        judge: Judge,
        stopped: pl.DataFrame,
        screened: pl.DataFrame,
        columns: list[str],
        faults: Mapping[int, list[CellFault]],
    ) -> tuple[pl.DataFrame, list[Finding]]:
        """What pydantic says of the rows that the screen stopped; `screened` is what the screen made of their cells, and
        `columns` are those of the result.

        Fields know nothing of each other, so only the cells that did not pass are asked about: the value of one that
        passed is the one pydantic would give.
        """
        findings = _Findings(table, stopped)
        accepted: list[int] = []
        values: dict[str, tuple[list[int], list[Any]]] = {}
        for place, (row, cells) in enumerate(zip(stopped[ROW].to_list(), _unsure(stopped, screened), strict=True)):
            verdict = judge.verdict(cells)
            wrong = faults.get(row, ())
            findings.add(place, *(Said(fault.rule, fault.field, fault.value, fault.values) for fault in wrong))
            if verdict.values is None:
                told = {fault.field for fault in wrong}
                # A row of the wrong width has its cells in the wrong columns: what they hold says nothing more.
                if None not in told:
                    findings.add(place, *(said for said in verdict.said if said.field not in told))
            elif not wrong:
                for name, value in verdict.values.items():
                    at, read = values.setdefault(name, ([], []))
                    at.append(len(accepted))
                    read.append(value)
                accepted.append(place)
                findings.add(place, *verdict.said)
        frame = self._typed(screened[accepted, columns])
        mended = [
            frame[name].scatter(at, pl.Series(read, dtype=self.schema[name])) for name, (at, read) in values.items()
        ]
        return frame.with_columns(mended), findings.found


def _unsure(stopped: pl.DataFrame, screened: pl.DataFrame) -> Iterator[Cells]:
    """Of every row the cells that did not pass."""
    unsure: list[list[tuple[str, str | None]]] = [[] for _ in range(stopped.height)]
    for name in stopped.columns[1:]:
        places = (~screened[_OK + name]).arg_true()
        for place, text in zip(places.to_list(), stopped[name].gather(places).to_list(), strict=True):
            unsure[place].append((name, text))
    return map(tuple, unsure)


class _Findings:
    """The findings in some rows of a table; `rows` holds their texts."""

    def __init__(self, table: TextTable, rows: pl.DataFrame) -> None:
        self.found: list[Finding] = []
        self._table = table
        self._columns = {column.field: column for column in table.columns}
        self._rows = rows[ROW].to_list()
        self._codes, self._names = (
            rows[name].to_list() if name in rows.columns else [None] * rows.height for name in (USCC, NAME)
        )

    def add(self, place: int, *found: Said) -> None:
        """Add what was found in the row at a place."""
        row, sheet = self._rows[place], self._table.sheet
        for said in found:
            column = None if said.field is None else self._columns.get(said.field)
            cell = f"{column_letters(column.index)}{row}" if column is not None and sheet is not None else None
            header = column.header if column is not None else said.field
            where = Place(self._table.file, sheet, row, self._codes[place], self._names[place], header, cell)
            self.found.append(Finding(said.rule, where, said.value, said.values))
