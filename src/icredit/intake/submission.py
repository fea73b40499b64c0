"""Reading submissions: files -> one typed table of valid rows, findings, and an account of every file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from icredit.ahead import ahead
from icredit.errors import InputError
from icredit.intake import rules
from icredit.intake.account import FileReport, report
from icredit.intake.across import AcrossChecks
from icredit.intake.doubts import column_doubts
from icredit.intake.duplicates import Duplicates, find_duplicates
from icredit.intake.findings import Finding, Place, findings_frame
from icredit.intake.read_file import FileReader
from icredit.intake.rows import TABLE, Kept, Key, Rows, Store
from icredit.intake.sources import FoundFiles, by_name, dispatch, find_files
from icredit.intake.sources.grid import ROW
from icredit.intake.strays import Stray
from icredit.intake.table import TextTable
from icredit.intake.validate import TableValidator
from icredit.progress import SILENT, Part, Phase, Progress
from icredit.scheme.fields import ZONE
from icredit.scheme.load import load_scheme
from icredit.scheme.model import Scheme
from icredit.text import counted, listed, shown
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
    progress.begin(Phase.READ, _total(paths))
    parts = _read_all(paths, _PartReader(scheme, zones, sheet, slug, as_of, store or Store(), progress))
    tables = [part.table for part in parts]
    findings = [finding for part in parts for finding in part.findings]
    differing = [finding for part in parts for finding in part.differing]
    schema = pl.Schema({**TableValidator(scheme, zones).schema, TABLE: pl.Int64()})
    rows = Rows(schema, tuple(kept for part in parts for kept in part.kept))
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


class _Part(NamedTuple):
    """What came of one file.

    Attributes:
        table: the file's table without its cells, which are typed by now.
        report: the account of the file.
        kept: the rows of which every cell is right.
        wrong: those of them that break a check of the scheme.
        findings: what was found in single cells and whole columns.
        differing: what was found of provinces and zones.
        broken: what was found by the checks of the scheme.
    """

    table: TextTable
    report: FileReport
    kept: Sequence[Kept] = ()
    wrong: Sequence[Key] = ()
    findings: Sequence[Finding] = ()
    differing: Sequence[Finding] = ()
    broken: Sequence[Finding] = ()


class _PartReader:
    """Reads and validates one file after the other."""

    def __init__(
        self,
        scheme: Scheme,
        zones: ZoneRegister,
        sheet: str | None,
        zone: str | None,
        as_of: date,
        store: Store,
        progress: Progress,
    ) -> None:
        self._scheme = scheme
        self._zones = zones
        self._sheet = sheet
        self._zone = zone
        self._as_of = as_of
        self._store = store
        self._progress = progress
        self._reader = FileReader(scheme)
        self._validator = TableValidator(scheme, zones)
        self._across = AcrossChecks(scheme)

    def read(self, path: Path, number: int) -> _Part | InputError:
        """What came of the file with a number, or why nothing did."""
        self._progress.at(path.name)
        size = _size(path) or 0
        part = Part(self._progress.advance, size, size)
        try:
            return self._read(path, number, part)
        except InputError as error:
            return error
        finally:
            part.finish()

    def _read(self, path: Path, number: int, part: Part) -> _Part:
        kept: list[Kept] = []
        wrong: list[Key] = []
        findings: list[Finding] = []
        differing: list[Finding] = []
        broken: list[Finding] = []
        strays: list[Stray] = []
        rows, zoned = 0, False
        for table in ahead(self._reader.pieces(path, self._sheet)):
            # Reading a piece of a file is about half of what there is to do with it.
            half = _read_at_once(table.size) // 2
            part.advance(half)
            checked = Part(part.advance, half, table.frame.height)
            validated = self._validator.validate(table, checked.advance)
            checked.finish()
            frame = validated.frame.with_columns(pl.lit(number, pl.Int64).alias(TABLE))
            slug = self._zone_of(table, path)
            if slug is not None:
                frame = frame.with_columns(pl.lit(slug).alias(ZONE))
            frame, of_zones = self._across.provinces(frame, table, self._zones)
            of_checks = self._across.checks(frame, table, self._as_of)
            kept.append(self._store.keep(frame))
            wrong += of_checks[0]
            findings += validated.findings
            differing += of_zones
            broken += of_checks[1]
            strays += table.strays
            rows += table.frame.height
            zoned = zoned or (ZONE in table.frame.columns and _says_anything(table.frame[ZONE]))
        table = table._replace(frame=table.frame.clear(), strays=tuple(strays), faults=())

        def values(name: str) -> pl.Series:
            return pl.concat([one.frame([name]) for one in kept])[name]

        findings += column_doubts(table, values, self._scheme)
        notes = self._zone_notes(table, path, blank=bool(rows) and not zoned)
        account = report(table, rows, self._reader.matcher, self._zone_of(table, path), notes)
        return _Part(table, account, kept, wrong, findings, differing, broken)

    def unreadable(self, path: Path, error: InputError) -> _Part:
        """The account of a file that could not be read."""
        name = shown(path)
        # The message names the file already, as every message does.
        said = error.message.removeprefix(name).lstrip(" :")
        reason = " ".join((said if error.hint is None else f"{said}; {error.hint}").split())
        finding = Finding(rules.UNREADABLE, Place(name, None, None), None, {"reason": reason})
        table = TextTable(name, None, pl.DataFrame(), ())
        return _Part(table, FileReport(name, unreadable=reason), findings=[finding])

    def _zone_of(self, table: TextTable, path: Path) -> str | None:
        """The zone of a file's enterprises where no column says it."""
        if table.column(ZONE) is not None:
            return None
        named = self._zones.named_in(path.stem)
        return self._zone or (named[0].slug if len(named) == 1 else None)

    def _zone_notes(self, table: TextTable, path: Path, *, blank: bool) -> list[str]:
        """What is to be said of the zone; `blank` if there are enterprises, none of which has one in its column."""
        named = self._zones.named_in(path.stem)
        names = ", ".join(f"{zone.label} ({zone.slug})" for zone in named)
        said = ""
        if table.column(ZONE) is not None:
            if self._zone is not None:
                said = "has a zone column, so --zone was not applied"
            elif named and blank:
                said = f"the zone column is blank and stays so, although the file is called after {names}"
        elif self._zone is None and len(named) == 1:
            said = f"no zone column; {names} was taken from the file's name"
        elif self._zone is None and named:
            said = f"no zone column, and the file's name names several zones, so none was taken: {names}"
        return [f"{table.where}: {said}"] if said else []


def _says_anything(cells: pl.Series) -> bool:
    return bool((cells.cast(pl.String).str.strip_chars() != "").any())


def _without_zone(parts: Sequence[_Part]) -> list[str]:
    """What is to be said of files that know no zone, where others of the batch do: they may have been forgotten."""
    read = [part.report for part in parts if part.report.rows]
    silent = [report.file for report in read if report.zone is None and ZONE not in report.columns]
    if not silent or len(silent) == len(read):
        return []
    return [
        f"{counted(len(silent), 'file')} without a zone, as neither a column nor the name says one: {listed(silent)}"
    ]


def _size(path: Path) -> int | None:
    """The bytes of a file; None if they come through a pipe, or there is none."""
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


def _read_at_once(size: int) -> int:
    """The bytes of a file that become one table."""
    if size <= dispatch.LARGE:
        return size
    from icredit.intake.sources.large_text import piece_size  # noqa: PLC0415  # only large files need it

    return piece_size()


def _total(paths: Sequence[Path]) -> int | None:
    sizes = [_size(path) for path in paths]
    return None if None in sizes else sum(size for size in sizes if size is not None)


def _read_all(paths: Sequence[Path], reader: _PartReader) -> list[_Part]:
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
