"""From a text table to typed rows: the screen passes the plainly valid ones, pydantic decides about the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import BaseModel, ValidationError

from icredit.intake import rules
from icredit.intake.findings import Finding, Place, column_letters
from icredit.intake.row_model import row_model
from icredit.intake.screen import compile_screen
from icredit.intake.sources.table import ROW, CellFault, TextTable
from icredit.scheme.fields import NAME, USCC, typed_schema
from icredit.scheme.model import Scheme
from icredit.text import plain
from icredit.zones import ZoneRegister

_OK = "screen.ok"


@dataclass(frozen=True, slots=True)
class Validated:
    """The valid rows of a table, typed, with `source_row`; and what was found in all of them."""

    frame: pl.DataFrame
    findings: list[Finding]
    stopped: int


class TableValidator:
    """Validates the text tables of one scheme."""

    def __init__(self, scheme: Scheme, zones: ZoneRegister) -> None:
        self._scheme = scheme
        self._zones = zones
        self._schema = {ROW: pl.Int64(), **typed_schema(scheme)}

    def validate(self, table: TextTable) -> Validated:
        """The typed rows of a table: every field is a column, null where the table has no column for it."""
        shifts = {column.field: column.shift for column in table.columns if column.shift}
        model = row_model(self._scheme, self._zones, shifts)
        names = [column.field for column in table.columns]
        screens = compile_screen(model, names)
        passed = [screen.passed for screen in screens.values()]
        screened = table.frame.select(
            ROW,
            pl.all_horizontal(*passed).alias(_OK),
            *(screen.value.alias(name) for name, screen in screens.items()),
        )
        faulty = [fault.row for fault in table.faults]
        ok = pl.col(_OK) & ~pl.col(ROW).is_in(faulty) if faulty else pl.col(_OK)
        clean = self._typed(screened.filter(ok).drop(_OK))
        stopped = table.frame.filter(~screened.select(ok).to_series())
        repaired, findings = self._by_pydantic(table, model, stopped)
        rows = pl.concat([clean, repaired]).sort(ROW) if repaired.height else clean
        return Validated(rows, findings, stopped.height)

    def _typed(self, frame: pl.DataFrame) -> pl.DataFrame:
        missing = [name for name in self._schema if name not in frame.columns]
        return frame.with_columns(pl.lit(None).alias(name) for name in missing).select(
            pl.col(name).cast(dtype) for name, dtype in self._schema.items()
        )

    def _by_pydantic(
        self, table: TextTable, model: type[BaseModel], stopped: pl.DataFrame
    ) -> tuple[pl.DataFrame, list[Finding]]:
        faults: dict[int, list[CellFault]] = {}
        for fault in table.faults:
            faults.setdefault(fault.row, []).append(fault)
        accepted: list[dict[str, Any]] = []
        findings: list[Finding] = []
        for raw in stopped.iter_rows(named=True):
            row = raw.pop(ROW)
            notes: list[tuple[rules.Rule, dict[str, Any]]] = []
            found = [self._at(table, raw, row, f.rule, f.field, f.value, f.values) for f in faults.get(row, [])]
            told = {f.field for f in faults.get(row, [])}
            try:
                values = model.model_validate(raw, context=notes)
            except ValidationError as error:
                # A row of the wrong width has its cells in the wrong columns: what they hold says nothing more.
                if None not in told:
                    found += self._errors(table, raw, row, error, told)
            else:
                if not found:
                    accepted.append({ROW: row, **dict(values)})
                    found = [self._at(table, raw, row, rule, USCC, raw.get(USCC), ctx) for rule, ctx in notes]
            findings += found
        return pl.DataFrame(accepted, schema=self._schema, orient="row"), findings

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
        column = next((column for column in table.columns if column.field == name), None)
        cell = f"{column_letters(column.index)}{row}" if column is not None and table.sheet is not None else None
        place = Place(
            table.file, table.sheet, row, raw.get(USCC), raw.get(NAME), column.header if column else name, cell
        )
        return Finding(rule, place, value, values)
