"""Reading submissions: files -> one typed table of valid rows, findings, and an account of every file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from icredit.errors import InputError
from icredit.intake.account import FileReport
from icredit.intake.duplicates import Duplicates, find_duplicates
from icredit.intake.findings import findings_frame
from icredit.intake.part import PartReader, ReadFile, size_of
from icredit.intake.rows import Rows, Store
from icredit.intake.sources import FoundFiles, by_name, find_files
from icredit.intake.sources.grid import ROW
from icredit.progress import SILENT, Phase, Progress
from icredit.scheme.fields import ZONE
from icredit.scheme.load import load_scheme
from icredit.scheme.model import Scheme
from icredit.text import counted, listed
from icredit.zones import ZoneRegister, load_zones


@dataclass(frozen=True, slots=True)
class Submission:
    """What one or more files of enterprises hold.

    Attributes:
        rows: the valid rows, one an enterprise: a typed column per field of the scheme, in the fields' units, then
            `source_table` (index into `files`) and `source_row`.
        findings: everything wrong or doubtful, one row each; errors and warnings.
        files: an account of every file, also of those that could not be read.
        rows_read: rows of enterprises in all files; blank rows, totals and notes are none.
        rejected: rows that are not in `rows` because of an error.
        merged: rows that are not in `rows` because another row of the enterprise counts.
        as_of: what checks called `today`.
        notes: what is to be said of the batch, one sentence each; of a single file, its account says it.
    """

    rows: Rows
    findings: pl.DataFrame
    files: tuple[FileReport, ...]
    rows_read: int
    rejected: int
    merged: int
    as_of: date = field(default_factory=date.today)
    notes: tuple[str, ...] = ()

    @property
    def frame(self) -> pl.DataFrame:
        """The valid rows as one frame."""
        return self.rows.frame()

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
    store: Store | None = None,
    progress: Progress = SILENT,
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
        store: what keeps the rows, until it is left; default: they stay in memory, however many they are.
        progress: hears how far reading is, in bytes of the files; default: nobody does.

    Raises:
        InputError: no file can be read; one that lacks a required column cannot.
        OutputError: the store cannot write rows.
        UsageError: the zone is unknown.
    """
    scheme = scheme or load_scheme()
    zones = zones or load_zones()
    as_of = as_of or date.today()
    slug = zones.find(zone).slug if zone is not None else None
    if not isinstance(files, FoundFiles):
        files = find_files([files] if isinstance(files, str | Path) else files)
    paths = files.files if duplicates == "last" else sorted(files.files, key=by_name)
    progress.begin(Phase.READ, _total([files.moved.get(path, path) for path in paths]))
    reader = PartReader(scheme, zones, sheet, slug, as_of, store or Store(), progress, files.moved)
    parts = _read_all(paths, reader)
    tables = [part.table for part in parts]
    findings = [finding for part in parts for finding in part.findings]
    differing = [finding for part in parts for finding in part.differing]
    rows = Rows(reader.schema, tuple(kept for part in parts for kept in part.kept))
    rows = rows if rows.on_disk else rows.held()
    dropped, repeated, merged = find_duplicates(rows, tables, [*findings, *differing], duplicates, scheme)
    rows = rows.without([*dropped, *(key for part in parts for key in part.wrong)], ROW)
    rows = rows if rows.on_disk else rows.held()
    # What gave way to another filing has been told; its other faults do not matter.
    told = {(tables[table].file, row) for table, row in dropped}
    broken = [one for part in parts for one in part.broken if (one.place.file, one.place.row) not in told]
    rows_read = sum(part.report.rows for part in parts)
    return Submission(
        rows,
        findings_frame([*findings, *differing, *repeated, *broken]),
        tuple(part.report for part in parts),
        rows_read,
        rows_read - rows.height - merged,
        merged,
        as_of,
        (*files.notes, *_without_zone(parts)),
    )


def _without_zone(parts: Sequence[ReadFile]) -> list[str]:
    """What is to be said of files that know no zone, where others of the batch do: they may have been forgotten."""
    read = [part.report for part in parts if part.report.rows]
    silent = [report.file for report in read if report.zone is None and ZONE not in report.columns]
    if not silent or len(silent) == len(read):
        return []
    return [
        f"{counted(len(silent), 'file')} without a zone, as neither a column nor the name says one: {listed(silent)}"
    ]


def _total(paths: Sequence[Path]) -> int | None:
    sizes = [size_of(path) for path in paths]
    return None if None in sizes else sum(size for size in sizes if size is not None)


def _read_all(paths: Sequence[Path], reader: PartReader) -> list[ReadFile]:
    """All files, in order, several at a time.

    Raises:
        InputError: none can be read.
    """
    with ThreadPoolExecutor(max_workers=min(len(paths), os.cpu_count() or 1)) as pool:
        results = list(pool.map(reader.read, paths, range(len(paths))))
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
