"""Reading submissions: files -> one typed table of valid rows, findings, and an account of every file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import polars as pl

from icredit.errors import InputError
from icredit.intake import rules
from icredit.intake.account import FileReport, report
from icredit.intake.across import TABLE, AcrossChecks, Duplicates
from icredit.intake.doubts import column_doubts
from icredit.intake.findings import Finding, Place, findings_frame
from icredit.intake.read_file import FileReader
from icredit.intake.sources import FoundFiles, by_name, find_files
from icredit.intake.table import TextTable
from icredit.intake.validate import TableValidator
from icredit.scheme.fields import ZONE
from icredit.scheme.load import load_scheme
from icredit.scheme.model import Scheme
from icredit.text import counted, listed, shown
from icredit.zones import ZoneRegister, load_zones


@dataclass(frozen=True, slots=True)
class Submission:
    """What one or more files of enterprises hold.

    Attributes:
        frame: the valid rows, one an enterprise: a typed column per field of the scheme, in the fields' units, then
            `source_table` (index into `files`) and `source_row`.
        findings: everything wrong or doubtful, one row each; errors and warnings.
        files: an account of every file, also of those that could not be read.
        rows_read: rows of enterprises in all files; blank rows, totals and notes are none.
        rejected: rows that are not in `frame` because of an error.
        merged: rows that are not in `frame` because another row of the enterprise counts.
        as_of: what checks called `today`.
        notes: what is to be said of the batch, one sentence each; of a single file, its account says it.
    """

    frame: pl.DataFrame
    findings: pl.DataFrame
    files: tuple[FileReport, ...]
    rows_read: int
    rejected: int
    merged: int
    as_of: date = field(default_factory=date.today)
    notes: tuple[str, ...] = ()

    @property
    def errors(self) -> pl.DataFrame:
        """The findings that kept a row, or a whole file, from being scored."""
        return self.findings.filter(pl.col("level") == "error")

    @property
    def warnings(self) -> pl.DataFrame:
        """The findings that did not."""
        return self.findings.filter(pl.col("level") == "warning")

    @property
    def unreadable(self) -> tuple[FileReport, ...]:
        """The files from which nothing could be read."""
        return tuple(file for file in self.files if file.unreadable is not None)


def read(
    files: str | Path | Iterable[str | Path] | FoundFiles,
    scheme: Scheme | None = None,
    *,
    zones: ZoneRegister | None = None,
    sheet: str | None = None,
    zone: str | None = None,
    as_of: date | None = None,
    duplicates: Duplicates = "error",
) -> Submission:
    """Read and validate submissions.

    A file that cannot be read is a finding, as long as another one can; a file without a zone column takes its zone
    from `zone`, or else from its name (长沙高新区.xlsx). The order in which files are named changes nothing, except
    which of different filings is the last.

    Args:
        files: a file, folder or pattern, or several; `-` is CSV on standard input. Or what `find_files` made of them.
        scheme: whose fields and checks apply; default as `load_scheme()`.
        zones: the zone register; default as `load_zones()`.
        sheet: the sheet of a workbook; default: the one whose header fits best.
        zone: the zone of the enterprises in files that have no zone column, by any of its names.
        as_of: what checks call `today`; default: the day of the run.
        duplicates: what becomes of an enterprise filed more than once with different data: `error` on all its rows, or
            the `last` in the order of the files and rows counts.

    Raises:
        InputError: no file can be read; one that lacks a required column cannot.
        UsageError: the zone is unknown.
    """
    scheme = scheme or load_scheme()
    zones = zones or load_zones()
    as_of = as_of or date.today()
    slug = zones.find(zone).slug if zone is not None else None
    if not isinstance(files, FoundFiles):
        files = find_files([files] if isinstance(files, str | Path) else files)
    paths = files.files if duplicates == "last" else sorted(files.files, key=by_name)
    parts = _read_all(paths, _PartReader(scheme, zones, sheet, slug))
    tables = [part.table for part in parts]
    findings = [finding for part in parts for finding in part.findings]
    frame = pl.concat(part.frame.with_columns(pl.lit(index, pl.Int64).alias(TABLE)) for index, part in enumerate(parts))
    across = AcrossChecks(scheme, tables)
    frame, found = across.provinces(frame, zones)
    findings += found
    frame, found, merged = across.duplicates(frame, findings, duplicates)
    findings += found
    frame, found = across.checks(frame, as_of)
    findings += found
    rows_read = sum(part.report.rows for part in parts)
    return Submission(
        frame,
        findings_frame(findings),
        tuple(part.report for part in parts),
        rows_read,
        rows_read - frame.height - merged,
        merged,
        as_of,
        (*files.notes, *_without_zone(parts)),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What came of one file; `table` without its cells, which are typed by now."""

    table: TextTable
    frame: pl.DataFrame
    findings: list[Finding]
    report: FileReport


class _PartReader:
    """Reads and validates one file after the other."""

    def __init__(self, scheme: Scheme, zones: ZoneRegister, sheet: str | None, zone: str | None) -> None:
        self._scheme = scheme
        self._zones = zones
        self._sheet = sheet
        self._zone = zone
        self._reader = FileReader(scheme)
        self._validator = TableValidator(scheme, zones)

    def read(self, path: Path) -> _Part | InputError:
        """What came of a file, or why nothing did."""
        try:
            table = self._reader.read(path, self._sheet)
        except InputError as error:
            return error
        validated = self._validator.validate(table)
        frame, rows = validated.frame, table.frame.height
        zone, notes = self._zone_of(table, path)
        table = replace(table, frame=table.frame.clear())
        if zone is not None:
            frame = frame.with_columns(pl.lit(zone).alias(ZONE))
        findings = validated.findings + column_doubts(table, frame, self._scheme)
        return _Part(table, frame, findings, report(table, rows, self._reader.matcher, zone, notes))

    def unreadable(self, path: Path, error: InputError) -> _Part:
        """The account of a file that could not be read."""
        name = shown(path)
        # The message names the file already, as every message does.
        said = error.message.removeprefix(name).lstrip(" :")
        reason = " ".join((said if error.hint is None else f"{said}; {error.hint}").split())
        frame = pl.DataFrame(schema=self._validator.schema)
        finding = Finding(rules.UNREADABLE, Place(name, None, None), None, {"reason": reason})
        table = TextTable(name, None, pl.DataFrame(), ())
        return _Part(table, frame, [finding], FileReport(name, unreadable=reason))

    def _zone_of(self, table: TextTable, path: Path) -> tuple[str | None, list[str]]:
        """The zone of a file's enterprises where no column says it, and what is to be said about that."""
        named = self._zones.named_in(path.stem)
        names = ", ".join(f"{zone.label} ({zone.slug})" for zone in named)
        slug, said = self._zone, ""
        if any(column.field == ZONE for column in table.columns):
            slug = None
            if self._zone is not None:
                said = "has a zone column, so --zone was not applied"
            elif named and table.frame.height and not (table.frame[ZONE].str.strip_chars() != "").any():
                said = f"the zone column is blank and stays so, although the file is called after {names}"
        elif self._zone is None and len(named) == 1:
            slug, said = named[0].slug, f"no zone column; {names} was taken from the file's name"
        elif self._zone is None and named:
            said = f"no zone column, and the file's name names several zones, so none was taken: {names}"
        return slug, [f"{table.where}: {said}"] if said else []


def _without_zone(parts: Sequence[_Part]) -> list[str]:
    """What is to be said of files that know no zone, where others of the batch do: they may have been forgotten."""
    read = [part.report for part in parts if part.report.rows]
    silent = [report.file for report in read if report.zone is None and ZONE not in report.columns]
    if not silent or len(silent) == len(read):
        return []
    return [
        f"{counted(len(silent), 'file')} without a zone, as neither a column nor the name says one: {listed(silent)}"
    ]


def _read_all(paths: Sequence[Path], reader: _PartReader) -> list[_Part]:
    """All files, in order, several at a time.

    Raises:
        InputError: none can be read.
    """
    with ThreadPoolExecutor(max_workers=min(len(paths), os.cpu_count() or 1)) as pool:
        results = list(pool.map(reader.read, paths))
    failed = [result for result in results if isinstance(result, InputError)]
    if len(failed) == len(results):
        first = failed[0]
        if len(failed) == 1:
            raise first
        raise InputError(f"none of {len(failed)} files can be read; the first: {first.message}", hint=first.hint)
    return [
        reader.unreadable(path, result) if isinstance(result, InputError) else result
        for path, result in zip(paths, results, strict=True)
    ]
