"""Last year's file as the beginning of this year's form: who files, what stays the same, and last year's amounts.

The file is last year's submission, or a scored table, which knows the enterprises and, with `--values`, those amounts
that are an indicator's value. Either way the cells go through intake: what would be an error in this year's form is left
out and told, not passed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from icredit import units
from icredit.errors import InputError, UsageError
from icredit.intake.across import AcrossChecks
from icredit.intake.duplicates import find_duplicates
from icredit.intake.findings import findings_frame
from icredit.intake.header import Column
from icredit.intake.rows import TABLE, Kept, Rows
from icredit.intake.sources.grid import ROW
from icredit.intake.submission import read
from icredit.intake.table import TextTable
from icredit.intake.validate import TableValidator
from icredit.output.columns import TableColumn
from icredit.output.scored import is_scored, read_scored
from icredit.scheme.fields import NAME, NUMERIC_TYPES, PROVINCE, USCC, ZONE, submission_fields
from icredit.scheme.model import FieldSpec, Scheme
from icredit.scoring.values import value_column
from icredit.zones import Zone, ZoneRegister

#: The identity columns that are the same every year. The stage is judged anew: last year's would win over the rules.
_LASTING = (USCC, NAME, ZONE, PROVINCE)


@dataclass(frozen=True, slots=True)
class Previous:
    """What last year's file gives to this year's form.

    Attributes:
        rows: an enterprise a row, in order of credit code; a typed column per field of the form that is filled in, in
            the field's unit.
        findings: everything wrong or doubtful in last year's file, as in `Submission`.
        rows_read: rows of the file.
        rejected: rows left out because of an error.
        notes: what a user should know, one sentence each.
        scored: whether the file is a scored table.
    """

    rows: pl.DataFrame
    findings: pl.DataFrame
    rows_read: int
    rejected: int
    notes: tuple[str, ...]
    scored: bool


@dataclass(frozen=True, slots=True)
class _LastYear:
    """Last year's file by last year's fields: `frame` as in `Submission`, `filed` the fields that the file has."""

    frame: pl.DataFrame
    filed: frozenset[str]
    findings: pl.DataFrame
    rows_read: int
    rejected: int
    notes: tuple[str, ...]
    scored: bool


def read_previous(
    file: str,
    scheme: Scheme,
    zones: ZoneRegister,
    *,
    sheet: str | None = None,
    zone: str | None = None,
    as_of: date | None = None,
) -> Previous:
    """Read last year's file for this year's form.

    Args:
        file: a submission, as `icredit.read` takes it, or a scored table.
        scheme: this year's, whose fields say what is filled in (`last_year_of`, `carry_over`).
        zones: the zone register.
        sheet: the sheet of a submission; default: the one whose header fits best.
        zone: only the enterprises of this zone; a submission without a zone column is all of it.
        as_of: what checks call `today`; default: the day of the run.

    Raises:
        InputError: the file can be read neither way.
        UsageError: the zone is unknown, or a sheet is named for a scored table.
    """
    wanted = zones.find(zone) if zone is not None else None
    if is_scored(Path(file)):
        if sheet is not None:
            raise UsageError(f"{file}: is a scored table, which has one sheet", hint="leave out --sheet")
        found = _scored(Path(file), scheme, zones)
    else:
        found = _submission(file, scheme, zones, sheet, wanted, as_of)
    frame = found.frame.filter(pl.col(ZONE) == wanted.slug) if wanted is not None else found.frame
    rows, blank = _this_year(frame.sort(USCC), found.filed, submission_fields(scheme))
    notes = list(found.notes)
    if blank:
        labels = ", ".join(blank)
        hint = "; last year's submission may" if found.scored else ""
        notes.append(f"{file}: does not say what to fill in for: {labels}{hint}")
    return Previous(rows, found.findings, found.rows_read, found.rejected, tuple(notes), found.scored)


def _submission(
    file: str, scheme: Scheme, zones: ZoneRegister, sheet: str | None, zone: Zone | None, as_of: date | None
) -> _LastYear:
    found = read(file, scheme, zones=zones, sheet=sheet, as_of=as_of)
    frame = found.frame
    if zone is not None:
        nowhere = [index for index, report in enumerate(found.files) if ZONE not in report.columns]
        here = pl.col(TABLE).is_in(nowhere) & pl.col(ZONE).is_null()
        frame = frame.with_columns(
            pl.when(here).then(pl.lit(text)).otherwise(pl.col(name)).alias(name)
            for name, text in ((ZONE, zone.slug), (PROVINCE, zone.province))
        )
    filed = frozenset(name for report in found.files for name in report.columns)
    notes = tuple(note for report in found.files for note in report.notes)
    return _LastYear(
        frame, filed | {ZONE, PROVINCE}, found.findings, found.rows_read, found.rejected, notes, scored=False
    )


def _scored(path: Path, scheme: Scheme, zones: ZoneRegister) -> _LastYear:
    """The identity columns of a scored table and the values that are fields, read like a submission of just these."""
    table, columns, manifest = read_scored(path)
    if NAME not in table.columns:
        raise InputError(f"{path}: no column {NAME}, so nobody knows who the enterprises are", hint="was it edited?")
    found = {name: name for name in _LASTING if name in table.columns}
    digest = manifest["scheme"]["sha256"] if manifest is not None else None
    values = _value_fields({column.id: column for column in columns}, scheme, same=digest in (None, scheme.digest))
    notes = []
    if values and manifest is None:
        values = {}
        notes.append(f"{path}: no manifest beside it, so nobody knows the units of its values, and none is filled in")
    elif values and digest != scheme.digest:
        notes.append(
            f"{path}: was scored under another version of the scheme; its values are filled in where column and unit are "
            "those of today: check them"
        )
    found |= values
    few = scheme.model_copy(update={"fields": {name: spec for name, spec in scheme.fields.items() if name in found}})
    first = 2 if path.suffix.lower() in (".csv", ".xlsx") else 1  # the others have no line for the header
    text = table.select(
        pl.int_range(first, pl.len() + first, dtype=pl.Int64).alias(ROW),
        *(pl.col(column).cast(pl.String).alias(name) for name, column in found.items()),
    )
    source = TextTable(
        str(path), None, text, tuple(Column(index, column, name) for index, (name, column) in enumerate(found.items()))
    )
    validated = TableValidator(few, zones).validate(source)
    frame = validated.frame.with_columns(pl.lit(0, pl.Int64).alias(TABLE))
    frame, differing = AcrossChecks(few).provinces(frame, source, zones)
    rows = Rows(frame.schema, (Kept(frame.height, frame),))
    dropped, repeated, merged = find_duplicates(rows, [source], validated.findings, "error", few)
    frame = rows.without(dropped, ROW).frame()
    return _LastYear(
        frame,
        frozenset(found),
        findings_frame([*validated.findings, *differing, *repeated]),
        table.height,
        table.height - frame.height - merged,
        tuple(notes),
        scored=True,
    )


def _value_fields(columns: Mapping[str, TableColumn], scheme: Scheme, *, same: bool) -> dict[str, str]:
    """Field -> the column of a scored table that holds it: the value of an indicator that is the field and nothing else.

    Under another version of the scheme (`same` is false) the unit stated must be the field's.
    """
    found = {}
    fields = submission_fields(scheme)
    for leaf in scheme.leaves:
        field = leaf.value.strip('"') if isinstance(leaf.value, str) else ""
        column = columns.get(value_column(leaf.id))
        if field not in fields or fields[field].type not in NUMERIC_TYPES or column is None:
            continue
        if same or column.unit == fields[field].unit:
            found[field] = column.id
    return found


def _this_year(
    frame: pl.DataFrame, filed: frozenset[str], fields: Mapping[str, FieldSpec]
) -> tuple[pl.DataFrame, list[str]]:
    """Last year's rows by this year's fields, and the labels of those that the file could not fill in."""
    columns: dict[str, pl.Series] = {}
    blank = []
    for name, spec in fields.items():
        source = name if name in _LASTING or spec.carry_over else spec.last_year_of
        if source is None or not spec.template:
            continue
        if source not in filed:
            blank.append(spec.label.zh)
            continue
        shift = units.shift(fields[source].unit or "1", spec.unit or "1") if spec.type in ("amount", "share") else 0
        columns[name] = frame[source]
        if shift:
            moved = [None if number is None else units.moved(number, shift) for number in frame[source]]
            columns[name] = pl.Series(moved, dtype=pl.Float64)
    return pl.DataFrame(columns), blank
