"""What only several cells of a row show: provinces against zones, and the scheme's checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from icredit.intake import rules
from icredit.intake.findings import Finding, Place, column_letters
from icredit.intake.rows import TABLE, Key
from icredit.intake.sources.grid import ROW
from icredit.intake.table import TextTable
from icredit.queries import collect_row_by_row
from icredit.scheme.expressions import TODAY, compile_expression
from icredit.scheme.fields import NAME, PROVINCE, USCC, ZONE, for_expressions, submission_fields, typed_schema
from icredit.scheme.model import Scheme
from icredit.zones import ZoneRegister

_REGISTERED = "register.province"
_DIFFERS = "register.differs"


class Places:
    """Says where the cells of typed rows stand in their table."""

    def __init__(self, scheme: Scheme, table: TextTable) -> None:
        self._table = table
        self._columns = {column.field: column for column in table.columns}
        self._labels = {name: spec.label.zh for name, spec in submission_fields(scheme).items()}

    def of(self, row: Mapping[str, Any], *fields: str) -> Place:
        """The cells of some fields in a row, of which number, code and name are known."""
        table, columns = self._table, self._columns
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


class AcrossChecks:
    """The checks over the typed rows of any table of one scheme."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._fields = list(typed_schema(scheme))
        self._compiled = [compile_expression(check.when) for check in scheme.checks]

    def provinces(
        self, frame: pl.DataFrame, table: TextTable, zones: ZoneRegister
    ) -> tuple[pl.DataFrame, list[Finding]]:
        """The rows with the province of the zone where there is one; a different one filed is a warning.

        Args:
            frame: typed rows with their numbers in the table.
            table: where they come from.
            zones: the register, whose provinces count.

        Returns:
            As many rows in the same order, and a finding for each that differs.
        """
        provinces = {zone.slug: zone.province for zone in zones}
        registered = pl.col(ZONE).replace_strict(provinces, default=None, return_dtype=pl.String)
        # 新疆 filed for a zone of 新疆(兵团) is not a contradiction.
        differs = ~pl.col(_REGISTERED).str.starts_with(pl.col(PROVINCE))
        found = collect_row_by_row(
            frame,
            lambda rows: rows.select(registered.alias(_REGISTERED), PROVINCE).select(
                _REGISTERED,
                pl.coalesce(_REGISTERED, PROVINCE).alias(PROVINCE),
                differs.fill_null(False).alias(_DIFFERS),
            ),
        )
        places = Places(self._scheme, table)
        at = found[_DIFFERS].arg_true()
        rows = frame[[ROW, USCC, NAME, PROVINCE]][at].hstack(found[[_REGISTERED]][at])
        findings = [
            Finding(rules.PROVINCE_DIFFERS, places.of(row, PROVINCE), row[PROVINCE], {"province": row[_REGISTERED]})
            for row in rows.iter_rows(named=True)
        ]
        return frame.with_columns(found[PROVINCE]), findings

    def checks(self, frame: pl.DataFrame, table: TextTable, as_of: date) -> tuple[list[Key], list[Finding]]:
        """The rows that break one of the scheme's checks of level error, and what was found by all of its checks.

        A check whose condition is unknown, because a number in it is missing, is not broken.

        Args:
            frame: typed rows in the fields' units, with their numbers in the table.
            table: where they come from.
            as_of: what checks call `today`.
        """
        if not self._scheme.checks:
            return [], []
        broken = [f"check.{index}" for index in range(len(self._compiled))]
        # An unknown condition (a missing number in it) is not a broken rule.
        conditions = [
            one.expression.fill_null(False).alias(name) for one, name in zip(self._compiled, broken, strict=True)
        ]
        marks = collect_row_by_row(frame, lambda rows: for_expressions(rows, self._scheme, as_of).select(conditions))
        hit = marks.select(pl.all().any()).row(0)
        if not any(hit):
            return [], []
        findings: list[Finding] = []
        places = Places(self._scheme, table)
        for check, one, name, is_hit in zip(self._scheme.checks, self._compiled, broken, hit, strict=True):
            if not is_hit:
                continue
            rule = rules.CHECK_ERROR if check.level == "error" else rules.CHECK_WARNING
            involved = sorted(one.names - {TODAY}, key=self._fields.index)
            shown_of = list(dict.fromkeys((ROW, USCC, NAME, *involved)))
            # By index: a filter would go through whole columns once a check.
            for row in frame.select(shown_of)[marks[name].arg_true()].iter_rows(named=True):
                filed = ["" if row[field] is None else str(row[field]) for field in involved]
                shown = "; ".join(filed) if any(filed) else None
                message = {"zh": check.message.zh, "en": check.message.en}
                findings.append(Finding(rule, places.of(row, *involved), shown, message))
        errors = [name for check, name in zip(self._scheme.checks, broken, strict=True) if check.level == "error"]
        wrong = marks.select(pl.any_horizontal(errors) if errors else pl.lit(False)).to_series()
        return (frame.filter(wrong).select(TABLE, ROW).rows() if wrong.any() else []), findings
