"""The files of one scoring run: the table, the rejects, the reference, the manifest; together or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from icredit.errors import UsageError
from icredit.intake import Submission
from icredit.output import manifest as manifests
from icredit.output.atomic import FileGroup, refuse_overwriting_inputs
from icredit.output.columns import Labels
from icredit.output.failures import output_errors
from icredit.output.file_hash import FileHash
from icredit.output.scheme_columns import describe
from icredit.output.tables import csv_text, grows, require_format, write_table, written_with
from icredit.progress import SILENT, Phase, Progress
from icredit.scheme.model import Scheme
from icredit.scoring import Done, Reference, ScoredTable
from icredit.text import shown


class RunFiles(NamedTuple):
    """Where the files of a run go. The rejects and the manifest stand beside the table."""

    table: Path
    reference: Path | None = None

    @property
    def rejects(self) -> Path:
        """scores.csv -> scores.rejects.csv."""
        return manifests.rejects_path(self.table)

    @property
    def manifest(self) -> Path:
        """scores.csv -> scores.manifest.json."""
        return manifests.manifest_path(self.table)

    def earlier(self) -> list[Path]:
        """What an earlier run wrote where this one will write, by the manifest that it left."""
        content = manifests.load_manifest(self.table)
        if content is None or Path(content["output"]["file"]).name != self.table.name:
            return []
        return [self.table, self.rejects, self.manifest]

    def check(self, inputs: list[Path]) -> None:
        """Refuse a table of no known format, and any file that is an input of the run."""
        require_format(self.table)
        own = [self.table, self.rejects, self.manifest]
        if self.reference is not None and os.path.realpath(self.reference) in map(os.path.realpath, own):
            raise UsageError(
                f"{self.reference}: the run writes another file there", hint="save the reference elsewhere"
            )
        refuse_overwriting_inputs([*own, *([self.reference] if self.reference else [])], inputs)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run computed, and how it was asked for."""

    submission: Submission
    scheme: Scheme
    table: ScoredTable
    options: Mapping[str, Any]
    started: datetime
    labels: Labels
    values: bool = False
    steps: bool = False
    reference: Reference | None = None
    made: Reference | None = None
    account: Mapping[str, Done] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)

    def write(
        self, files: RunFiles, into: FileGroup | None = None, progress: Progress = SILENT
    ) -> tuple[dict[str, Any], list[str]]:
        """Write all files, by default as a group of their own, and return the manifest and the names of the files.

        Raises:
            OutputError: one of them cannot be written; then none is.
        """
        progress.begin(Phase.WRITE, self.table.height)
        progress.at(files.table.name)
        columns = describe(self.scheme, values=self.values, steps=self.steps)
        with into or FileGroup() as group:
            staged = group.stage(files.table)
            with FileHash(staged) as digest:
                pieces = self.table.pieces(let_go=True)
                frames = digest.follow(pieces) if grows(files.table) else pieces
                write_table(frames, staged, files.table, columns, self.labels, progress.advance)
                with output_errors(files.table):
                    sha256 = digest.hexdigest()
            written = [files.table]
            beside = {}
            if self.submission.errors.height:
                text = csv_text(self.submission.errors)
                beside["rejects"] = manifests.written(files.rejects, group.write_text(files.rejects, text, "utf-8-sig"))
                written.append(files.rejects)
            else:
                group.remove(files.rejects)
            if files.reference is not None and self.made is not None:
                staged = group.write_text(files.reference, self.made.to_json())
                beside["saved_reference"] = manifests.written(files.reference, staged)
                written.append(files.reference)
            content = manifests.manifest(
                self.submission,
                self.scheme,
                self.table,
                columns,
                output={
                    "file": shown(files.table),
                    "labels": self.labels,
                    "sha256": sha256,
                    **written_with(files.table),
                },
                beside=beside,
                options=self.options,
                hashes=self.hashes,
                reference=self.reference,
                account=self.account,
                started=self.started,
            )
            group.seal(files.manifest, manifests.to_json(content))
            written.append(files.manifest)
            group.commit()
        return content, [str(path) for path in written]
