"""What only several cells or several rows show: provinces against zones, enterprises filed twice, the scheme's checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any, Literal

import polars as pl

from icredit.intake import rules
from icredit.intake.findings import Finding, Place, column_letters
from icredit.intake.readings.codes import tidied
from icredit.intake.sources.grid import ROW
from icredit.intake.table import TextTable
from icredit.queries import collect
from icredit.scheme.expressions import TODAY, compile_expression
from icredit.scheme.fields import NAME, PROVINCE, USCC, ZONE, for_expressions, submission_fields, typed_schema
from icredit.scheme.model import Scheme
from icredit.text import clean
from icredit.zones import ZoneRegister

#: Name of the column with the number of the table a row comes from.
TABLE = "source_table"

#: What becomes of an enterprise that is filed more than once with different data.
Duplicates = Literal["error", "last"]

_REGISTERED = "register.province"
_VARIANTS = "duplicates.variants"

# Table and row: where a filing stands in the order of files and rows.
_Key = tuple[int, int]


class AcrossChecks:
    """The checks over the typed rows of all tables; every method returns the rows that stay and what it found."""

    def __init__(self, scheme: Scheme, tables: list[TextTable]) -> None:
        self._scheme = scheme
        self._tables = tables
        self._columns = [{column.field: column for column in table.columns} for table in tables]
        self._fields = list(typed_schema(scheme))
        specs = submission_fields(scheme)
        self._labels = {name: spec.label.zh for name, spec in specs.items()}
        self._coded = specs[USCC].format == "credit_code"

    def provinces(self, frame: pl.DataFrame, zones: ZoneRegister) -> tuple[pl.DataFrame, list[Finding]]:
        """The province of the zone where there is one; a different one filed is a warning."""
        provinces = {zone.slug: zone.province for zone in zones}
        registered = pl.col(ZONE).replace_strict(provinces, default=None, return_dtype=pl.String)
        frame = frame.with_columns(registered.alias(_REGISTERED))
        # 新疆 filed for a zone of 新疆(兵团) is not a contradiction.
        differs = ~pl.col(_REGISTERED).str.starts_with(pl.col(PROVINCE))
        findings = [
            Finding(rules.PROVINCE_DIFFERS, self._place(row, PROVINCE), row[PROVINCE], {"province": row[_REGISTERED]})
            for row in frame.select(TABLE, ROW, USCC, NAME, PROVINCE, _REGISTERED).filter(differs).iter_rows(named=True)
        ]
        frame = frame.with_columns(pl.coalesce(_REGISTERED, PROVINCE).alias(PROVINCE)).drop(_REGISTERED)
        return frame, findings

    def duplicates(
        self, frame: pl.DataFrame, findings: Iterable[Finding], rule: Duplicates
    ) -> tuple[pl.DataFrame, list[Finding], int]:
        """Rows of one enterprise: identical ones are counted once; of different ones all are errors, or the last counts.

        Args:
            frame: the valid rows, in the order of files and rows.
            findings: what was found so far: a row that was refused is a filing of its enterprise, too.
            rule: what becomes of different filings.

        Returns:
            The rows that stay, what was found, and how many rows gave way to another one that counts.
        """
        order = {table.file: index for index, table in enumerate(self._tables)}
        refused: dict[str, list[tuple[_Key, Place]]] = {}
        for finding in findings:
            place = finding.place
            if finding.rule.level == "error" and place.uscc is not None and place.row is not None:
                refused.setdefault(self._code(place.uscc), []).append(((order[place.file], place.row), place))
        filed, codes = pl.col(USCC), frame[USCC]
        # Different hashes are those of different codes, and numbers are compared in a third of the time of text.
        if codes.hash().n_unique() == codes.len() and not (refused and codes.is_in(list(refused)).any()):
            return frame, [], 0
        repeated = (
            frame.filter(filed.is_not_null() & (filed.is_duplicated() | filed.is_in(list(refused))))
            .select(TABLE, ROW, USCC, NAME, pl.struct(self._fields).n_unique().over(USCC).alias(_VARIANTS))
            .sort(USCC, maintain_order=True)
        )
        found: list[Finding] = []
        dropped: list[_Key] = []
        merged = 0
        for code, group in groupby(repeated.iter_rows(named=True), lambda row: row[USCC]):
            rows = list(group)
            keys = [(row[TABLE], row[ROW]) for row in rows]
            places = [self._place(row, USCC) for row in rows]
            others = [other for other in refused.get(code, []) if rule == "error" or other[0] > keys[-1]]
            if others:
                gone, broken, seen = range(len(rows)), rules.DUPLICATE_CONFLICT, [max(others, key=_key)[1]] * len(rows)
            elif rows[0][_VARIANTS] == 1:
                gone, broken, seen = range(1, len(rows)), rules.DUPLICATE_SAME, [places[0]] * len(rows)
            elif rule == "last":
                gone, broken, seen = range(len(rows) - 1), rules.DUPLICATE_LAST, [places[-1]] * len(rows)
            else:
                gone, broken, seen = range(len(rows)), rules.DUPLICATE_CONFLICT, [places[1], *places[:1] * len(rows)]
            found += [Finding(broken, places[index], code, {"other": str(seen[index])}) for index in gone]
            dropped += [keys[index] for index in gone]
            merged += len(gone) if broken.level == "warning" else 0
        if not dropped:
            return frame, [], 0
        leaving = pl.DataFrame(dropped, schema={TABLE: pl.Int64, ROW: pl.Int64}, orient="row")
        return frame.join(leaving, on=[TABLE, ROW], how="anti", maintain_order="left"), found, merged

    def checks(self, frame: pl.DataFrame, as_of: date) -> tuple[pl.DataFrame, list[Finding]]:
        """The scheme's checks; a row that breaks one of level error goes."""
        if not self._scheme.checks:
            return frame, []
        compiled = [compile_expression(check.when) for check in self._scheme.checks]
        broken = [f"check.{index}" for index in range(len(compiled))]
        # An unknown condition (a missing number in it) is not a broken rule.
        conditions = [one.expression.fill_null(False).alias(name) for one, name in zip(compiled, broken, strict=True)]
        marks = collect(for_expressions(frame.lazy(), self._scheme, as_of).with_columns(conditions).select(broken))
        findings: list[Finding] = []
        for check, one, name in zip(self._scheme.checks, compiled, broken, strict=True):
            rule = rules.CHECK_ERROR if check.level == "error" else rules.CHECK_WARNING
            involved = sorted(one.names - {TODAY}, key=self._fields.index)
            shown_of = list(dict.fromkeys((TABLE, ROW, USCC, NAME, *involved)))
            # By index: a filter would go through whole columns once a check.
            for row in frame.select(shown_of)[marks[name].arg_true()].iter_rows(named=True):
                filed = ["" if row[field] is None else str(row[field]) for field in involved]
                shown = "; ".join(filed) if any(filed) else None
                place = self._place(row, *involved)
                findings.append(Finding(rule, place, shown, {"zh": check.message.zh, "en": check.message.en}))
        errors = [name for check, name in zip(self._scheme.checks, broken, strict=True) if check.level == "error"]
        wrong = marks.select(pl.any_horizontal(errors) if errors else pl.lit(False)).to_series()
        return frame.filter(~wrong) if wrong.any() else frame, findings

    def _place(self, row: Mapping[str, Any], *fields: str) -> Place:
        table = self._tables[row[TABLE]]
        columns = self._columns[row[TABLE]]
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

    def _code(self, text: str) -> str:
        """A credit code as it would be read, so that a refused row is known for a filing of its enterprise."""
        return tidied(text) if self._coded else clean(text)


def _key(filing: tuple[_Key, Place]) -> _Key:
    return filing[0]
