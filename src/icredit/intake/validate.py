"""From a text table to typed rows: the screen passes the plainly valid ones, pydantic decides about the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl
from pydantic import BaseModel, ValidationError, create_model

from icredit.intake import rules
from icredit.intake.findings import Finding, Place, column_letters
from icredit.intake.readings import Note, Screened
from icredit.intake.row_model import row_model
from icredit.intake.screen import compile_screen
from icredit.intake.sources.grid import ROW
from icredit.intake.table import CellFault, TextTable
from icredit.scheme.fields import NAME, USCC, typed_schema
from icredit.scheme.model import Scheme
from icredit.text import plain
from icredit.zones import ZoneRegister

# Before the name of a field: whether its cell passed the screen.
_OK = "screen.ok."

# Rows screened at once: enough for polars to be fast, few enough not to hold a large batch twice.
_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Validated:
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

    def validate(self, table: TextTable) -> Validated:
        """The typed rows of a table: every field is a column, null where the table has no column for it."""
        model, screens = self._compiled(
            tuple((column.field, column.shift) for column in table.columns), epoch_1904=table.epoch_1904
        )
        faults: dict[int, list[CellFault]] = {}
        for fault in table.faults:
            faults.setdefault(fault.row, []).append(fault)
        frames = [pl.DataFrame(schema=self.schema)]
        findings: list[Finding] = []
        stopped = 0
        for part in table.frame.iter_slices(_ROWS_AT_ONCE):
            # A lazy query computes once what a cell's verdict and its value have in common.
            screened = (
                part.lazy()
                .select(
                    ROW,
                    *(screen.passed.alias(_OK + name) for name, screen in screens.items()),
                    *(screen.value.alias(name) for name, screen in screens.items()),
                )
                .collect()
            )
            passed = pl.all_horizontal(pl.col(_OK + name) for name in screens)
            if faults:
                passed &= ~pl.col(ROW).is_in(list(faults))
            ok = screened.select(passed).to_series()
            if ok.all():
                frames.append(self._typed(screened))
                continue
            repaired, found = self._by_pydantic(table, model, part.filter(~ok), screened.filter(~ok), faults)
            clean = self._typed(screened.filter(ok))
            frames.append(pl.concat([clean, repaired]).sort(ROW) if repaired.height else clean)
            findings += found
            stopped += ok.len() - int(ok.sum())
        return Validated(pl.concat(frames), findings, stopped)

    def _compile(
        self, columns: tuple[tuple[str, int], ...], *, epoch_1904: bool
    ) -> tuple[type[BaseModel], Mapping[str, Screened]]:
        """The model and the screen of tables with these fields, each with the shift of its unit, and this epoch."""
        shifts = {name: shift for name, shift in columns if shift}
        model = row_model(self._scheme, self._zones, shifts, epoch_1904=epoch_1904)
        return model, compile_screen(model, [name for name, _ in columns])

    def _typed(self, frame: pl.DataFrame) -> pl.DataFrame:
        missing = [name for name in self.schema if name not in frame.columns]
        return frame.with_columns(pl.lit(None).alias(name) for name in missing).select(
            pl.col(name).cast(dtype) for name, dtype in self.schema.items()
        )

    def _by_pydantic(
        self,
        table: TextTable,
        model: type[BaseModel],
        stopped: pl.DataFrame,
        screened: pl.DataFrame,
        faults: Mapping[int, list[CellFault]],
    ) -> tuple[pl.DataFrame, list[Finding]]:
        """What pydantic says of the rows that the screen stopped; `screened` is what the screen made of their cells.

        Fields know nothing of each other, so only the cells that did not pass are asked about: the value of one that
        passed is the one pydantic would give.
        """
        names = stopped.columns[1:]
        asked = _about_some_cells(model)
        passed = zip(*(screened[_OK + name].to_list() for name in names), strict=True)
        values = zip(*(screened[name].to_list() for name in names), strict=True)
        accepted: list[dict[str, Any]] = []
        findings: list[Finding] = []
        for raw, ok, value in zip(stopped.iter_rows(named=True), passed, values, strict=True):
            row = raw.pop(ROW)
            notes: list[Note] = []
            found = [self._at(table, raw, row, f.rule, f.field, f.value, f.values) for f in faults.get(row, [])]
            told = {f.field for f in faults.get(row, [])}
            unsure = {name: raw[name] for name, sure in zip(names, ok, strict=True) if not sure}
            try:
                read = asked.model_validate(unsure, context=notes)
            except ValidationError as error:
                # A row of the wrong width has its cells in the wrong columns: what they hold says nothing more.
                if None not in told:
                    found += self._errors(table, raw, row, error, told)
            else:
                if not found:
                    sure = dict(zip(names, value, strict=True))
                    accepted.append({ROW: row, **sure, **{name: getattr(read, name) for name in unsure}})
                    found = [self._at(table, raw, row, n.rule, n.field, raw[n.field], n.values) for n in notes]
            findings += found
        return pl.DataFrame(accepted, schema=self.schema, orient="row"), findings

    def _errors(
        self, table: TextTable, raw: dict[str, Any], row: int, error: ValidationError, told: set[str | None]
    ) -> Iterator[Finding]:
        for detail in error.errors(include_url=False, include_input=False):
            name = str(detail["loc"][0])
            if name in told:
                continue
            text = raw.get(name)
            context: dict[str, Any] = dict(detail.get("ctx", {}))
            kind = detail["type"]
            if text is None or kind == "missing" or kind.endswith("_type"):
                rule = rules.REQUIRED  # blank text, or a mark that means missing, where the field must be filled
            else:
                rule = rules.RULES.get(kind) or rules.PYDANTIC_RULES[kind]
            bound = context.get("ge", context.get("le"))
            if bound is not None:
                unit = self._unit(name)
                context["bound"] = f"{plain(bound)}{unit}"
            context["limit"] = context.get("max_length")
            yield self._at(table, raw, row, rule, name, text, context)

    def _unit(self, name: str) -> str:
        spec = self._scheme.fields.get(name)
        return spec.unit if spec is not None and spec.unit is not None else ""

    def _at(
        self,
        table: TextTable,
        raw: dict[str, Any],
        row: int,
        rule: rules.Rule,
        name: str | None,
        value: str | None,
        values: dict[str, Any],
    ) -> Finding:
        column = table.column(name)
        cell = f"{column_letters(column.index)}{row}" if column is not None and table.sheet is not None else None
        place = Place(
            table.file, table.sheet, row, raw.get(USCC), raw.get(NAME), column.header if column else name, cell
        )
        return Finding(rule, place, value, values)


def _about_some_cells(model: type[BaseModel]) -> type[BaseModel]:
    """The model without the demand that required fields are given: those left out passed the screen."""
    lenient: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if info.is_required():
            given = copy(info)
            given.default = None
            lenient[name] = (info.annotation, given)
    return create_model("Cells", __base__=model, **lenient)
