"""Which annotated copy of which submission goes where, decided before anything is read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from icredit.errors import InputError, UsageError
from icredit.intake.sources.find import ENDINGS
from icredit.output.annotate import ANNOTATED, annotate
from icredit.output.atomic import FileGroup, refuse_overwriting_inputs
from icredit.output.failures import output_errors
from icredit.output.places import Place
from icredit.text import counted, shown

# How many files a note names; the rest is counted.
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Copies:
    """Where the copies go.

    Attributes:
        targets: workbook -> its copy.
        folder: the folder of the copies, unless a single copy was named.
        others: submissions of kinds that cannot be annotated.
    """

    targets: dict[Path, Path]
    folder: Path | None
    others: tuple[Path, ...]

    @property
    def single(self) -> list[Path]:
        """The copy, where one was named."""
        return list(self.targets.values()) if self.folder is None else []

    @property
    def place(self) -> Place | None:
        """The place of the folder, which one run writes at a time."""
        return Place.whole(self.folder) if self.folder is not None else None

    def write(self, findings: pl.DataFrame, group: FileGroup) -> list[str]:
        """Stage the copies of all workbooks that have findings, and return what there is to say about them.

        Raises:
            InputError: the only workbook cannot be copied.
            OutputError: a copy cannot be written.
        """
        by_file = {key[0]: found for key, found in findings.partition_by("file", as_dict=True).items()}
        notes: list[str] = []
        if self.folder is not None and any(shown(source) in by_file for source in self.targets):
            with output_errors(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
        place = self.place
        for source, target in self.targets.items():
            found = by_file.get(shown(source))
            if found is None:
                notes.append(f"{source}: no findings, no annotated copy")
                group.remove(target, place)  # that of an earlier check says what is no longer true
                continue
            try:
                copy = annotate(source, found)
            except InputError as error:
                if len(self.targets) == 1:
                    raise
                notes.append(str(error))
                continue
            staged = group.stage(target, place)
            with output_errors(target):
                staged.write_bytes(copy.data)
            notes.append(f"{source}: {counted(found.height, 'finding')} marked in {target}")
            notes += [f"{target}: {lost}" for lost in copy.lost]
        untouched = [str(path) for path in self.others if shown(path) in by_file]
        if untouched:
            named = ", ".join(untouched[:_LISTED])
            more = f" and {len(untouched) - _LISTED} more" if len(untouched) > _LISTED else ""
            notes.append(f"not annotated, because only {' and '.join(ANNOTATED)} can be: {named}{more}")
        return notes


def plan_copies(path: Path, sources: Sequence[Path], inputs: Sequence[Path]) -> Copies:
    """Where the annotated copies of submissions go.

    Args:
        path: what the user named: the copy of the only workbook, or a folder.
        sources: the submissions.
        inputs: all files that must not be overwritten.

    Raises:
        UsageError: there is nothing to annotate, or `path` does not suit the submissions.
        OutputError: a copy would overwrite an input.
    """
    workbooks = [source for source in sources if source.suffix.lower() in ANNOTATED]
    others = tuple(source for source in sources if source not in workbooks)
    if not workbooks:
        raise UsageError(
            f"{sources[0]}: only {' and '.join(ANNOTATED)} workbooks can be annotated",
            hint="save it as .xlsx and check that, or write the findings with -o findings.xlsx",
        )
    ending = path.suffix.lower()
    if ending in ENDINGS and not path.is_dir():
        _require_one(path, workbooks)
        targets, folder = {workbooks[0]: path}, None
    else:
        if os.path.realpath(path) in {os.path.realpath(source.parent) for source in sources}:
            raise UsageError(
                f"--annotate {path}: the submissions themselves stand there, and the copies would be read with them",
                hint="name another folder; it is made if it is missing",
            )
        targets, folder = _in_folder(path, workbooks), path
    refuse_overwriting_inputs(targets.values(), inputs)
    return Copies(targets, folder, others)


def _require_one(path: Path, workbooks: Sequence[Path]) -> None:
    if len(workbooks) > 1:
        raise UsageError(
            f"--annotate {path}: {len(workbooks)} workbooks are checked, which do not fit into one",
            hint="name a folder; it is made if it is missing",
        )
    ending = workbooks[0].suffix.lower()
    if path.suffix.lower() != ending:
        raise UsageError(
            f"--annotate {path}: the copy of {workbooks[0]} must end in {ending}, as it does itself",
            hint="or name a folder",
        )


def _in_folder(folder: Path, workbooks: Sequence[Path]) -> dict[Path, Path]:
    """changsha.xlsx -> changsha.checked.xlsx; further files of one name are numbered."""
    used: Counter[str] = Counter()
    targets = {}
    for source in workbooks:
        stem = source.stem.removesuffix(".checked")
        name = f"{stem}.checked{source.suffix.lower()}"
        used[name.casefold()] += 1  # one name where capitals do not count
        if used[name.casefold()] > 1:
            name = f"{stem}.checked-{used[name.casefold()]}{source.suffix.lower()}"
        targets[source] = folder / name
    return targets
