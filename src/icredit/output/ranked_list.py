"""A ranked list for people: its title, which columns it shows, and how it looks in a workbook and on a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from icredit._version import __version__
from icredit.output.columns import VERDICTS, Labels, TableColumn
from icredit.output.console import terminal_width, visible
from icredit.output.manifest import sha256_of
from icredit.output.workbook import Sheet
from icredit.zones import ZoneRegister

#: Columns of a list beside the categories' scores; a printed list has no room for 18 indicators.
_SHOWN = ("rank", "uscc", "name", "zone", "province", "stage", "score", "grade", "coverage", "verdict", "reason")

#: Columns of a list on the screen, in the order in which they are given room.
_ON_SCREEN = ("rank", "name", "score", "grade", "zone", "stage", "uscc", "coverage")


#: How many of them are there on the narrowest screen: rank, name and score.
_ALWAYS = 3

# Cells between two columns; the name gives way to other columns until so much is left of it, and at last to nothing.
_BETWEEN = 3
_NAME_AT_LEAST = 24
_NAME_NARROWEST = 8


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list was asked for."""

    zones: tuple[str, ...]
    provinces: tuple[str, ...]
    stages: tuple[str, ...]
    grades: tuple[str, ...]
    top: int
    by: TableColumn

    def title(self) -> str:
        """The title of the list: 长沙高新区企业创新积分榜 前100名."""
        where = "、".join((*self.zones, *self.provinces)) or "全部"
        who = "、".join(self.stages) + "企业" if self.stages else "企业"
        grade = f"（{'、'.join(self.grades)}级）" if self.grades else ""
        what = "创新积分" if self.by.id == "score" else f"创新积分（{self.by.zh}）"
        return f"{where}{who}{what}榜{grade} 前{self.top}名"


def for_people(
    frame: pl.DataFrame, columns: Sequence[TableColumn], by: TableColumn, zones: ZoneRegister, scheme: Mapping[str, Any]
) -> tuple[pl.DataFrame, list[TableColumn]]:
    """The columns a person wants to see, with zones, stages and verdicts in words."""
    chosen = [
        column
        for column in columns
        if column.id in _SHOWN or column.kind == "category" or (column.id == by.id and by.kind != "rank")
    ]
    zone_names = {zone.slug: zone.label for zone in zones}
    stage_names = {stage: label["zh"] for stage, label in (scheme.get("stages") or {}).items()}
    words = {"zone": zone_names, "stage": stage_names, "verdict": {name: label.zh for name, label in VERDICTS.items()}}
    named = frame.select(column.id for column in chosen)
    named = named.with_columns(pl.col(name).replace(said) for name, said in words.items() if name in named.columns)
    return named, chosen


def list_sheet(
    frame: pl.DataFrame,
    columns: Sequence[TableColumn],
    selection: Selection,
    zones: ZoneRegister,
    manifest: Mapping[str, Any] | None,
    table: Path,
    labels: Labels,
) -> Sheet:
    """The list as a sheet of a workbook, with a second sheet that says what it is."""
    scheme = (manifest or {}).get("scheme") or {}
    shown, chosen = for_people(frame, columns, selection.by, zones, scheme)
    about = _about(frame, selection, manifest, table)
    subtitle = "  ".join(text for name, text in about if name in ("评价体系 Scheme", "口径说明 Basis"))
    headers = {column.id: column.header(labels) for column in chosen}
    return Sheet("榜单 list", shown, chosen, headers, selection.title(), subtitle, about)


def _about(
    frame: pl.DataFrame, selection: Selection, manifest: Mapping[str, Any] | None, table: Path
) -> list[tuple[str, str]]:
    lines = [
        ("榜单 List", selection.title()),
        ("企业数 Enterprises", str(frame.height)),
        ("排名依据 Ranked by", f"{selection.by.zh} {selection.by.en} ({selection.by.id})"),
        ("排名规则 Ranks", "名次在榜单范围内重新计算，同分同名次。Counted within the list; equal scores share a rank."),
        ("积分表 Scored table", table.name),
    ]
    if manifest is None:
        return [*lines, ("评价体系 Scheme", "未知：积分表旁没有manifest文件。Unknown: no manifest beside the table.")]
    scheme = manifest["scheme"]
    lines += [
        ("积分表校验 SHA-256", sha256_of(table)),
        ("评价体系 Scheme", f"{scheme['title']['zh']} {scheme['edition']} ({scheme['id']})"),
        ("体系校验 SHA-256", scheme["sha256"]),
        ("参评企业 Scored", f"{manifest['counts']['scored']:,}"),
        ("评价期 Period", manifest["options"].get("period") or "未注明 not stated"),
        ("核验日期 As of", manifest["as_of"]),
        ("软件 Software", f"icredit {__version__}"),
    ]
    if scheme["basis_note"]:
        lines.append(("口径说明 Basis", scheme["basis_note"]))
    return lines


def screen_table(
    frame: pl.DataFrame,
    columns: Sequence[TableColumn],
    selection: Selection,
    zones: ZoneRegister,
    scheme: Mapping[str, Any],
    labels: Labels,
) -> Table:
    """The list for a terminal, with as many columns as fit."""
    named, chosen = for_people(frame, columns, selection.by, zones, scheme)
    by_id = {column.id: column for column in chosen}
    wanted = [name for name in dict.fromkeys((*_ON_SCREEN[:2], selection.by.id, *_ON_SCREEN[2:])) if name in by_id]
    cells = {name: [_cell(name, value) for value in named[name].to_list()] for name in wanted}
    widths = {
        name: max([cell_len(by_id[name].header(labels)), *(cell_len(cell) for cell in cells[name])]) for name in wanted
    }
    fitting = _fitting(widths, terminal_width())
    shown = Table(
        title=Text(visible(selection.title())),
        title_style="bold",
        title_justify="left",
        header_style="bold",
        show_edge=False,
        pad_edge=False,
    )
    for name, cells_wide in fitting.items():
        left = by_id[name].kind == "identity" or name == "grade"
        header = Text(visible(by_id[name].header(labels)))
        shown.add_column(
            header, justify="left" if left else "right", width=cells_wide, no_wrap=True, overflow="ellipsis"
        )
    for index in range(frame.height):
        shown.add_row(*(Text(cells[name][index]) for name in fitting))
    return shown


def _fitting(widths: Mapping[str, int], room: int) -> dict[str, int]:
    """The columns that there is room for, in order of their worth, and how wide each is; the name takes what is left."""
    fitting: dict[str, int] = {}
    left = room + _BETWEEN
    for name, width in widths.items():
        need = min(width, _NAME_AT_LEAST) if name == "name" else width
        if len(fitting) < _ALWAYS or left >= need + _BETWEEN:
            fitting[name] = need
            left -= need + _BETWEEN
    if "name" in fitting:
        fitting["name"] = max(min(widths["name"], fitting["name"] + left), _NAME_NARROWEST)
    return fitting


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.0%}" if name == "coverage" else f"{value:.2f}"
    return visible(str(value))
