"""Reading submissions: files -> one typed table of valid rows, findings, and an account of every file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from icredit.errors import InputError
from icredit.intake.across import TABLE, AcrossChecks
from icredit.intake.findings import Finding, findings_frame
from icredit.intake.header import HeaderMatcher
from icredit.intake.sources import TextTable, find_files, read_table
from icredit.intake.validate import TableValidator
from icredit.scheme.fields import ZONE, submission_fields
from icredit.scheme.load import load_scheme
from icredit.scheme.model import Scheme
from icredit.text import counted
from icredit.zones import ZoneRegister, load_zones

#: How many headers a note names; the rest is counted.
_LISTED = 5


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was read from one file."""

    file: str
    sheet: str | None
    rows: int
    sha256: str
    size: int
    encoding: str | None
    columns: dict[str, str]
    unknown: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """What one or more files of enterprises hold.

    Attributes:
        frame: the valid rows, one an enterprise: a typed column per field of the scheme, in the fields' units, then
            `source_table` (index into `files`) and `source_row`.
        findings: everything wrong or doubtful, one row each; errors and warnings.
        files: an account of every file read.
        rows_read: rows of all files, blank ones not counted.
        rejected: rows that are not in `frame` because of an error.
        merged: rows that are not in `frame` because they repeat another one exactly.
    """

    frame: pl.DataFrame
    findings: pl.DataFrame
    files: tuple[FileReport, ...]
    rows_read: int
    rejected: int
    merged: int
    as_of: date = field(default_factory=date.today)

    @property
    def errors(self) -> pl.DataFrame:
        """The findings that kept a row from being scored."""
        return self.findings.filter(pl.col("level") == "error")

    @property
    def warnings(self) -> pl.DataFrame:
        """The findings that did not."""
        return self.findings.filter(pl.col("level") == "warning")


def read(
    files: str | Path | Iterable[str | Path],
    scheme: Scheme | None = None,
    *,
    zones: ZoneRegister | None = None,
    sheet: str | None = None,
    zone: str | None = None,
    as_of: date | None = None,
) -> Submission:
    """Read and validate submissions.

    Args:
        files: a file, folder or pattern, or several; `-` is CSV on standard input.
        scheme: whose fields and checks apply; default as `load_scheme()`.
        zones: the zone register; default as `load_zones()`.
        sheet: the sheet of a workbook; default: the one whose header fits best.
        zone: the zone of the enterprises in files that have no zone column, by any of its names.
        as_of: what checks call `today`; default: the day of the run.

    Raises:
        InputError: a file cannot be read, or lacks a required column.
        UsageError: the zone is unknown.
    """
    scheme = scheme or load_scheme()
    zones = zones or load_zones()
    as_of = as_of or date.today()
    slug = zones.find(zone).slug if zone is not None else None
    matcher = HeaderMatcher(submission_fields(scheme))
    paths = find_files([files] if isinstance(files, str | Path) else files)
    tables = [read_table(path, matcher, sheet) for path in paths]
    validator = TableValidator(scheme, zones)
    findings: list[Finding] = []
    frames: list[pl.DataFrame] = []
    for index, table in enumerate(tables):
        _require_columns(table, scheme)
        validated = validator.validate(table)
        frame = validated.frame.with_columns(pl.lit(index, pl.Int64).alias(TABLE))
        if slug is not None and not _has_column(table, ZONE):
            frame = frame.with_columns(pl.lit(slug).alias(ZONE))
        frames.append(frame)
        findings += validated.findings
    rows_read = sum(table.frame.height for table in tables)
    across = AcrossChecks(scheme, tables)
    frame, found = across.provinces(pl.concat(frames), zones)
    findings += found
    frame, found = across.duplicates(frame)
    merged = sum(finding.rule.level == "warning" for finding in found)
    findings += found
    frame, found = across.checks(frame, as_of)
    findings += found
    rejected = rows_read - frame.height - merged
    return Submission(
        frame,
        findings_frame(findings),
        tuple(_report(table, matcher, slug) for table in tables),
        rows_read,
        rejected,
        merged,
        as_of,
    )


def _has_column(table: TextTable, name: str) -> bool:
    return any(column.field == name for column in table.columns)


def _require_columns(table: TextTable, scheme: Scheme) -> None:
    lacking = [
        spec.label.zh
        for name, spec in submission_fields(scheme).items()
        if spec.required and not _has_column(table, name)
    ]
    if lacking:
        where = table.file if table.sheet is None else f"{table.file} [{table.sheet}]"
        hint = "headers found but not known: " + ", ".join(table.unknown[:_LISTED]) if table.unknown else None
        raise InputError(f"{where}: no column for {', '.join(lacking)}, which must be filled", hint=hint)


def _report(table: TextTable, matcher: HeaderMatcher, zone: str | None) -> FileReport:
    notes = list(table.notes)
    if table.unknown:
        shown = []
        for header in table.unknown[:_LISTED]:
            near = matcher.suggestion(header)
            shown.append(f"'{header}'" + (f" (did you mean '{near}'?)" if near else ""))
        more = f" and {len(table.unknown) - _LISTED} more" if len(table.unknown) > _LISTED else ""
        notes.append(f"{table.file}: {counted(len(table.unknown), 'column')} not used: {', '.join(shown)}{more}")
    converted = [column for column in table.columns if column.shift]
    if converted:
        shown = [f"'{column.header}' by 10^{column.shift}" for column in converted[:_LISTED]]
        more = f" and {len(converted) - _LISTED} more" if len(converted) > _LISTED else ""
        notes.append(f"{table.file}: units converted: {', '.join(shown)}{more}")
    if zone is not None and _has_column(table, ZONE):
        notes.append(f"{table.file}: has a zone column, so --zone was not applied")
    return FileReport(
        table.file,
        table.sheet,
        table.frame.height,
        table.sha256,
        table.size,
        table.encoding,
        {column.field: column.header for column in table.columns},
        table.unknown,
        tuple(notes),
    )
