"""One file of a batch: read, validated, its rows kept, and everything that is to be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from icredit.intake.findings import Finding, Place
from icredit.intake.read_file import FileReader
from icredit.intake.rows import TABLE, Kept, Key, Store
from icredit.intake.sources import dispatch
from icredit.intake.strays import Stray
from icredit.intake.table import TextTable
from icredit.intake.validate import TableValidator
from icredit.progress import Part, Progress
from icredit.scheme.fields import ZONE
from icredit.scheme.model import Scheme
from icredit.text import shown
from icredit.zones import ZoneRegister


class ReadFile(NamedTuple):
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


class _Found(NamedTuple):
    """What was found in a piece of a file, as in `ReadFile`."""

    wrong: Sequence[Key]
    findings: Sequence[Finding]
    differing: Sequence[Finding]
    broken: Sequence[Finding]


class PartReader:
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
        moved: Mapping[Path, Path],
    ) -> None:
        self._scheme = scheme
        self._zones = zones
        self._sheet = sheet
        self._zone = zone
        self._as_of = as_of
        self._store = store
        self._progress = progress
        self._moved = moved
        self._reader = FileReader(scheme)
        self._validator = TableValidator(scheme, zones)
        self._across = AcrossChecks(scheme)
        #: Column -> type of the rows that are kept.
        self.schema = pl.Schema({**self._validator.schema, TABLE: pl.Int64()})

    def read(self, path: Path, number: int) -> ReadFile | InputError:
        """What came of the file with a number, or why nothing did."""
        self._progress.at(path.name)
        size = size_of(self._moved.get(path, path)) or 0
        part = Part(self._progress.advance, size, size)
        try:
            return self._read(path, number, part)
        except InputError as error:
            return error
        finally:
            part.finish()

    def _read(self, path: Path, number: int, part: Part) -> ReadFile:
        kept: list[Kept] = []
        wrong: list[Key] = []
        findings: list[Finding] = []
        differing: list[Finding] = []
        broken: list[Finding] = []
        strays: list[Stray] = []
        rows, zoned = 0, False
        # While rows are kept, which may mean written, the next are validated, and those after them read.
        for table, frame, found in ahead(self._validated(path, number, part)):
            kept.append(self._store.keep(frame))
            wrong += found.wrong
            findings += found.findings
            differing += found.differing
            broken += found.broken
            strays += table.strays
            rows += table.frame.height
            zoned = zoned or (ZONE in table.frame.columns and _says_anything(table.frame[ZONE]))
        table = table._replace(frame=table.frame.clear(), strays=tuple(strays), faults=())

        def values(name: str) -> pl.Series:
            return pl.concat([one.frame([name]) for one in kept])[name]

        findings += column_doubts(table, values, self._scheme)
        notes = self._zone_notes(table, path, blank=bool(rows) and not zoned)
        account = report(table, rows, self._reader.matcher, self._zone_of(table, path), notes)
        return ReadFile(table, account, kept, wrong, findings, differing, broken)

    def _validated(self, path: Path, number: int, part: Part) -> Iterator[tuple[TextTable, pl.DataFrame, _Found]]:
        """The pieces of a file, each with its typed rows and what was found in them."""
        for table in ahead(self._reader.pieces(path, self._sheet, self._moved.get(path))):
            # Reading a piece of a file is about half of what there is to do with it.
            half = _read_at_once(table.size) // 2
            part.advance(half)
            checked = Part(part.advance, half, table.frame.height)
            slug = self._zone_of(table, path)
            constant: dict[str, int | str] = {TABLE: number} if slug is None else {TABLE: number, ZONE: slug}
            validated = self._validator.validate(table, checked.advance, constant)
            checked.finish()
            frame, differing = self._across.provinces(validated.frame, table, self._zones)
            wrong, broken = self._across.checks(frame, table, self._as_of)
            yield table, frame, _Found(wrong, validated.findings, differing, broken)

    def unreadable(self, path: Path, error: InputError) -> ReadFile:
        """The account of a file that could not be read."""
        name = shown(path)
        # The message names the file already, as every message does.
        said = error.message.removeprefix(name).lstrip(" :")
        reason = " ".join((said if error.hint is None else f"{said}; {error.hint}").split())
        finding = Finding(rules.UNREADABLE, Place(name, None, None), None, {"reason": reason})
        table = TextTable(name, None, pl.DataFrame(), ())
        return ReadFile(table, FileReport(name, unreadable=reason), findings=[finding])

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


# So many cells are looked at first: those of a column that is filled say so.
_FIRST = 100


def _says_anything(cells: pl.Series) -> bool:
    return any(
        (some.cast(pl.String).str.strip_chars() != "").any() for some in (cells.head(_FIRST), cells.slice(_FIRST))
    )


def size_of(path: Path) -> int | None:
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
