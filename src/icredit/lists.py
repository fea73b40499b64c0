"""A ranked list: what it is asked for, what it is made from, and how it is made and written.

`rank` makes a list because somebody asks for it, `verify` because a list says how it was made; neither knows more of it
than what stands here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, get_args

import polars as pl

from icredit._version import __version__
from icredit.errors import OutputError, reader_said
from icredit.output.atomic import FileGroup
from icredit.output.columns import SCORE_EN, SCORE_ZH, Labels, TableColumn
from icredit.output.failures import output_errors
from icredit.output.manifest import load_manifest, manifest_path, sha256_of, to_json
from icredit.output.ranked_list import Selection
from icredit.output.scored import ScoredFile, sheet_rows
from icredit.output.tables import write_table, written_with
from icredit.plain_files import MOST_BYTES, read_plain
from icredit.ranking import rank
from icredit.text import shown
from icredit.zones import ZoneRegister, read_zones

FORMAT = "icredit-list-1"


@dataclass(frozen=True, slots=True)
class ListAsked:
    """What a list is asked for; nothing in it is left to be looked up, but the meaning of names.

    Attributes:
        zone: zones, by any of their names.
        province: provinces.
        stage: stages, by id or label.
        grade: grades.
        top: the last rank.
        by: the score to rank by, by id or label.
        labels: the language of headers.
        zones: the file that adds to the zone register.
    """

    zone: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    top: int = 500
    by: str = "score"
    labels: Labels = "id"
    zones: Path | None = None

    def options(self) -> dict[str, Any]:
        """Everything, as the list's manifest keeps it."""
        kept = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {**kept, "zones": None if self.zones is None else shown(self.zones)}

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> ListAsked:
        """What the list was asked for that says how it was made.

        Raises:
            KeyError, TypeError, ValueError: it does not say it.
        """
        found = {**manifest["options"], "zones": None}
        several = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
        asked = cls(**{**found, **several})
        texts = (*asked.zone, *asked.province, *asked.stage, *asked.grade, asked.by)
        if not all(isinstance(text, str) for text in texts) or type(asked.top) is not int:
            raise TypeError("an option of another type")
        if asked.labels not in get_args(Labels):
            raise ValueError("an option that does not exist")
        return asked

    def on(self, zones: Path | None) -> ListAsked:
        """The same, with a file of zones that stands elsewhere."""
        return replace(self, zones=zones)


class RankedList(NamedTuple):
    """A list that was made.

    Attributes:
        frame: its rows, with all columns of the table.
        columns: what they mean.
        table: the scored table's file.
        manifest: that of the table, if there is one.
        zones: the zone register.
        selection: what was selected, in words.
        asked: the same as it was asked for.
    """

    frame: pl.DataFrame
    columns: Sequence[TableColumn]
    table: Path
    manifest: Mapping[str, Any] | None
    zones: ZoneRegister
    selection: Selection
    asked: ListAsked

    @property
    def scheme(self) -> Mapping[str, Any]:
        """What the table's manifest says of the scheme."""
        return (self.manifest or {}).get("scheme") or {}

    def write(self, output: Path, group: FileGroup, started: datetime, facts: Mapping[str, Any] | None = None) -> None:
        """Write the list in the format of its name; a workbook says itself how it was made, beside others a manifest does.

        Args:
            output: where it shall stand.
            group: to which it belongs; not committed yet.
            started: when the run began.
            facts: what it shall say of how it was made; default: what `facts` finds.

        Raises:
            OutputError: it cannot be written.
        """
        staged = group.stage(output)
        facts = self.facts(output) if facts is None else facts
        if has_about(output):
            from icredit.output.list_sheet import list_sheet  # noqa: PLC0415  # the other formats can do without
            from icredit.output.workbook import write_workbook  # noqa: PLC0415  # see above

            sheet = list_sheet(
                self.frame, self.columns, self.selection, self.zones, self.manifest, facts, self.asked.labels
            )
            with output_errors(output):
                write_workbook(staged, sheet)
            return
        write_table([self.frame], staged, output, self.columns, self.asked.labels)
        about = {"file": shown(output), "sha256": sha256_of(staged), "rows": self.frame.height}
        times = {
            "started": started.astimezone(UTC).isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        group.seal(manifest_path(output), to_json({**facts, "output": about, **times}))

    def table_hash(self) -> str | None:
        """SHA-256 of the scored table; none of one that came through a pipe and cannot be read again."""
        return sha256_of(self.table) if self.table.is_file() else None

    def facts(self, output: Path) -> dict[str, Any]:
        """Everything that decided a list in `output`; a path to the table from its folder, as both may move together."""
        zones = self.asked.zones
        scheme = {key: self.scheme[key] for key in ("id", "edition", "sha256")} if self.scheme else None
        return {
            "format": FORMAT,
            "icredit": __version__,
            "polars": pl.__version__,
            **written_with(output),
            "table": {"file": shown(_seen_from(output.parent, self.table)), "sha256": self.table_hash()},
            "scheme": scheme,
            "options": self.asked.options(),
            "zones": None if zones is None else {"file": shown(zones), "sha256": sha256_of(zones)},
        }


def has_about(output: Path) -> bool:
    """Whether a list of this name has a sheet that says what it is, and needs no manifest."""
    return output.suffix.lower() == ".xlsx"


def files_of(output: Path) -> list[Path]:
    """The files of a list."""
    return [output] if has_about(output) else [output, manifest_path(output)]


def refuse_other_manifest(output: Path) -> None:
    """Refuse a list whose manifest would take the place of that of a scored table; raises OutputError."""
    content = None if has_about(output) else load_manifest(output)
    if content is not None and Path(content["output"]["file"]).name != output.name:
        raise OutputError(
            f"{manifest_path(output)}: is the manifest of {Path(content['output']['file']).name}, which would lose it",
            hint="name another file with -o",
        )


def make_list(table: Path, asked: ListAsked) -> RankedList:
    """Make a list out of a scored table.

    Raises:
        InputError: the table or the zones cannot be read.
        UsageError: an unknown zone, province, stage, grade or column.
    """
    register = read_zones(asked.zones)
    scored = ScoredFile(table)
    columns, manifest = scored.columns, scored.manifest
    scheme = (manifest or {}).get("scheme") or {}
    by = _column(asked.by, columns)
    stages = [_stage(name, scheme) for name in asked.stage]
    frame = rank(
        scored,
        zone=asked.zone,
        province=asked.province,
        stage=stages,
        grade=asked.grade,
        top=asked.top,
        by=by,
        decimals=scheme.get("decimals", 4),
        zones=register,
    )
    selection = Selection(
        zones=tuple(register.find(name).label for name in asked.zone),
        provinces=asked.province,
        stages=tuple(_stage_label(stage, scheme) for stage in stages),
        grades=asked.grade,
        top=asked.top,
        by=next(column for column in columns if column.id == by),
    )
    return RankedList(frame, columns, table, manifest, register, selection, asked)


def said_by_workbook(path: Path) -> dict[str, Any] | None:
    """What the sheet 说明 About of a workbook says of how the list was made, if it is a list's."""
    from icredit.output.list_sheet import VERIFY  # noqa: PLC0415  # only workbooks need it
    from icredit.output.workbook import ABOUT  # noqa: PLC0415  # see above

    try:
        rows = sheet_rows(read_plain(path, MOST_BYTES), ABOUT)
        said = json.loads(next(str(row[1]) for row in rows if row[0] == VERIFY))
    except BaseException as error:  # noqa: BLE001  # see reader_said; whoever reads the table tells it
        reader_said(error)
        return None
    return said if isinstance(said, dict) and said.get("format") == FORMAT else None


def _seen_from(folder: Path, table: Path) -> str:
    try:
        return os.path.relpath(table, folder)
    except ValueError:  # on another disk
        return str(table)


def _column(name: str, columns: Sequence[TableColumn]) -> str:
    """A column by its id or the label of a score; anything else is left for `rank` to refuse."""
    for column in columns:
        labels = (column.zh, column.en, column.zh.removesuffix(SCORE_ZH), column.en.removesuffix(SCORE_EN))
        if name == column.id or (column.kind not in ("value", "identity") and name in labels):
            return column.id
    return name


def _stage(name: str, scheme: Mapping[str, Any]) -> str:
    for stage, label in (scheme.get("stages") or {}).items():
        if name in (stage, label["zh"], label["en"]):
            return str(stage)
    return name


def _stage_label(stage: str, scheme: Mapping[str, Any]) -> str:
    label = (scheme.get("stages") or {}).get(stage)
    return str(label["zh"]) if label else stage
