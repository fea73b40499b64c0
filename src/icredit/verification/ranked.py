"""Verifying a ranked list: it is made again out of the scored table, which is verified in its turn."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from icredit.errors import IcreditError, InputError, reader_said
from icredit.lists import ListAsked, has_about, make_list
from icredit.output.atomic import FileGroup
from icredit.output.columns import bare
from icredit.output.manifest import load_manifest, manifest_path, sha256_of
from icredit.output.scored import sheet_rows
from icredit.output.tables import written_with
from icredit.plain_files import MOST_BYTES, read_plain
from icredit.progress import SILENT, Progress
from icredit.verification.manifests import Made
from icredit.verification.places import Places
from icredit.verification.report import Report, brief
from icredit.verification.rows import Table, TableDifference, compare
from icredit.verification.table import add_rows, compare_files, say_if_edited, verify_table, versions


def verify_list(made: Made, given: Sequence[Path] = (), progress: Progress = SILENT) -> list[Report]:
    """Make a list again out of its scored table, and compare; then verify the table, if its inputs are there.

    Args:
        made: the list, and what it says of how it was made.
        given: files and folders in which the table and its inputs are by now.
        progress: hears how far making the table again is.

    Raises:
        InputError: the table is not there or cannot be read; the list does not say how it was made.
    """
    report = Report(made.file.name)
    edited = "output" in made.said and say_if_edited(report, "list", made.file, made.said["output"]["sha256"])
    try:
        table, asked = _sources(made, given, report)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, IcreditError):
            raise
        raise InputError(f"{made.where}: does not say how the list was made", hint="was it edited?") from None
    with tempfile.TemporaryDirectory(prefix="icredit-verify-") as folder:
        again = Path(folder) / f"list{made.file.suffix}"
        try:
            found = make_list(table, asked)
            with FileGroup() as group:
                found.write(again, group, datetime.now(UTC), _as_said(made.said))
                group.commit()
        except IcreditError as error:
            if report.agrees:
                raise
            report.add("rerun", f"the list cannot be made again: {error.message}")
        else:
            _compare(made, again, report, edited=edited)
    if report.agrees:
        report.what = f"{made.file.name}, made again from {table.name} ({brief(sha256_of(table))}), has the same bytes"
    versions(report, made.said, written_with(made.file))
    return [report, *_of_table(table, given, report, progress)]


def _sources(made: Made, given: Sequence[Path], report: Report) -> tuple[Path, ListAsked]:
    """The scored table and what the list is asked for; what is not as it was is reported."""
    said = made.said
    places = Places(made.where.parent, made.file.name, given)
    table = places.require("the scored table", said["table"]["file"], said["table"]["sha256"])
    now = sha256_of(table)
    if now != said["table"]["sha256"]:
        report.add("table", f"{table.name} is another one: {brief(said['table']['sha256'])} then, {brief(now)} now")
    asked = ListAsked.of(said)
    if said["zones"] is not None:
        zones = places.require("the zone register", said["zones"]["file"], said["zones"]["sha256"])
        if sha256_of(zones) != said["zones"]["sha256"]:
            report.add("zones", f"{said['zones']['file']} has another content")
        asked = asked.on(zones)
    manifest = load_manifest(table)
    scheme = {key: manifest["scheme"][key] for key in ("id", "edition", "sha256")} if manifest else None
    if scheme != said["scheme"]:
        missing = f"; {manifest_path(table).name} is not there" if manifest is None else ""
        report.add("scheme", f"the manifest beside {table.name} names another scheme than the list{missing}")
    return table, asked


def _as_said(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in ("output", "started", "finished")}


def _compare(made: Made, again: Path, report: Report, *, edited: bool) -> None:
    if made.file.exists() and sha256_of(again) == sha256_of(made.file):
        return
    if "output" not in made.said:
        changed = report.agrees
        report.add("list", f"{made.file.name} is not the list that comes of the table: {brief(sha256_of(made.file))}")
        if changed:
            report.notes.append("the table is the one that it names, so the list was changed after it was written")
    elif sha256_of(again) != made.said["output"]["sha256"]:
        report.add("list", f"made again, it has other bytes: {brief(sha256_of(again))}")
    elif edited:
        report.notes.append("made again, the list has the bytes that were written then")
    if made.file.exists():
        add_rows(report, _compare_workbooks if has_about(made.file) else compare_files, made.file, again)


def _compare_workbooks(file: Path, again: Path) -> TableDifference:
    made = _of_workbook(again)
    codes = {column.header(labels) for column in bare(["uscc"]) for labels in ("id", "zh", "en")}
    found = _of_workbook(file)
    header = next((name for name in made.schema if name in codes and name in found.schema), None)
    if header is None:
        raise InputError(f"{file.name}: its list has no column of credit codes")
    return compare(found, made, header)


class _Held:
    """A table in memory as `Table`."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self.schema: Mapping[str, pl.DataType] = frame.schema

    def select(self, names: Sequence[str]) -> pl.DataFrame:
        """See `Table`."""
        return self._frame.select(names)


def _of_workbook(path: Path) -> Table:
    """The list in a workbook, with the headers that it shows."""
    from icredit.output.list_sheet import HEADERS  # noqa: PLC0415  # the other formats can do without

    try:
        rows = sheet_rows(read_plain(path, MOST_BYTES))
        headers, body = rows[HEADERS], rows[HEADERS + 1 :]
        columns = {
            str(header): pl.Series([None if row[index] == "" else row[index] for row in body], strict=False)
            for index, header in enumerate(headers)
        }
        return _Held(pl.DataFrame(columns))
    except BaseException as error:  # noqa: BLE001  # see reader_said
        raise InputError(f"{path.name}: its first sheet is no list: {reader_said(error)}") from None


def _of_table(table: Path, given: Sequence[Path], report: Report, progress: Progress) -> list[Report]:
    """The verification of the table, if all that it needs is there; if not, the list's report says so."""
    content = load_manifest(table)
    if content is None:
        report.notes.append(f"{table.name} has no manifest beside it, so that it was not verified itself")
        return []
    try:
        return [verify_table(Made(table, content, manifest_path(table)), given, progress)]
    except InputError as error:
        report.notes.append(f"{table.name} itself was not verified: {error.message}")
        return []
