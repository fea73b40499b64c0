"""What only several cells or several rows show: provinces against zones, enterprises filed twice, the scheme's checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from icredit.intake import rules
from icredit.intake.findings import Finding, Place, column_letters
from icredit.intake.sources.table import ROW, TextTable
from icredit.scheme.expressions import TODAY, compile_expression
from icredit.scheme.fields import NAME, PROVINCE, USCC, ZONE, for_expressions, submission_fields, typed_schema
from icredit.scheme.model import Scheme
from icredit.zones import ZoneRegister

#: Name of the column with the number of the table a row comes from.
TABLE = "source_table"

_REGISTERED = "register.province"
_COUNT = "duplicates.count"


class AcrossChecks:
    """The checks over the typed rows of all tables; every method returns the rows that stay and what it found."""

    def __init__(self, scheme: Scheme, tables: list[TextTable]) -> None:
        self._scheme = scheme
        self._tables = tables
        self._fields = list(typed_schema(scheme))
        self._labels = {name: spec.label.zh for name, spec in submission_fields(scheme).items()}

    def provinces(self, frame: pl.DataFrame, zones: ZoneRegister) -> tuple[pl.DataFrame, list[Finding]]:
        """The province of the zone where there is one; a different one filed is a warning."""
        provinces = {zone.slug: zone.province for zone in zones}
        registered = pl.col(ZONE).replace_strict(provinces, default=None, return_dtype=pl.String)
        frame = frame.with_columns(registered.alias(_REGISTERED))
        # 新疆 filed for a zone of 新疆(兵团) is not a contradiction.
        differs = ~pl.col(_REGISTERED).str.starts_with(pl.col(PROVINCE))
        findings = [
            Finding(rules.PROVINCE_DIFFERS, self._place(row, PROVINCE), row[PROVINCE], {"province": row[_REGISTERED]})
            for row in frame.filter(differs).iter_rows(named=True)
        ]
        frame = frame.with_columns(pl.coalesce(_REGISTERED, PROVINCE).alias(PROVINCE)).drop(_REGISTERED)
        return frame, findings

    def duplicates(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
        """Rows of one enterprise: identical ones are counted once, different ones are all errors."""
        repeated = frame.filter(pl.col(USCC).is_not_null() & pl.col(USCC).is_duplicated())
        if repeated.is_empty():
            return frame, []
        findings: list[Finding] = []
        dropped: list[tuple[int, int]] = []
        for group in repeated.partition_by(USCC, maintain_order=True):
            places = [self._place(row, USCC) for row in group.iter_rows(named=True)]
            keys = list(group.select(TABLE, ROW).iter_rows())
            code = group[USCC][0]
            if group.select(self._fields).unique().height == 1:
                for place, key in zip(places[1:], keys[1:], strict=True):
                    findings.append(Finding(rules.DUPLICATE_SAME, place, code, {"other": str(places[0])}))
                    dropped.append(key)
            else:
                for index, place in enumerate(places):
                    other = places[0] if index else places[1]
                    findings.append(Finding(rules.DUPLICATE_CONFLICT, place, code, {"other": str(other)}))
                dropped += keys
        gone = pl.DataFrame(dropped, schema={TABLE: pl.Int64, ROW: pl.Int64}, orient="row")
        return frame.join(gone, on=[TABLE, ROW], how="anti", maintain_order="left"), findings

    def checks(self, frame: pl.DataFrame, as_of: date) -> tuple[pl.DataFrame, list[Finding]]:
        """The scheme's checks; a row that breaks one of level error goes."""
        if not self._scheme.checks:
            return frame, []
        compiled = [compile_expression(check.when) for check in self._scheme.checks]
        broken = [f"check.{index}" for index in range(len(compiled))]
        # An unknown condition (a missing number in it) is not a broken rule.
        conditions = [one.expression.fill_null(False).alias(name) for one, name in zip(compiled, broken, strict=True)]
        computed = for_expressions(frame.lazy(), self._scheme, as_of).with_columns(conditions).select(broken)
        marked = frame.with_columns(computed.collect())
        findings: list[Finding] = []
        for check, one, name in zip(self._scheme.checks, compiled, broken, strict=True):
            rule = rules.CHECK_ERROR if check.level == "error" else rules.CHECK_WARNING
            involved = sorted(one.names - {TODAY}, key=self._fields.index)
            for row in marked.filter(pl.col(name)).iter_rows(named=True):
                filed = ["" if row[field] is None else str(row[field]) for field in involved]
                shown = "; ".join(filed) if any(filed) else None
                place = self._place(row, *involved)
                findings.append(Finding(rule, place, shown, {"zh": check.message.zh, "en": check.message.en}))
        errors = [name for check, name in zip(self._scheme.checks, broken, strict=True) if check.level == "error"]
        if not errors:
            return frame, findings
        return frame.filter(~marked.select(pl.any_horizontal(errors)).to_series()), findings

    def _place(self, row: Mapping[str, Any], *fields: str) -> Place:
        table = self._tables[row[TABLE]]
        columns = {column.field: column for column in table.columns}
        cells = ", ".join(f"{column_letters(columns[name].index)}{row[ROW]}" for name in fields if name in columns)
        return Place(
            table.file,
            table.sheet,
            row[ROW],
            row[USCC],
            row[NAME],
            "; ".join(columns[name].header if name in columns else self._labels[name] for name in fields),
            cells if table.sheet is not None and cells else None,
        )
