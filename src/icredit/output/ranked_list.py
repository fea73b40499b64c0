"""A ranked list for people: its title, and which columns it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from icredit.output.columns import VERDICTS, TableColumn
from icredit.zones import ZoneRegister

#: Columns of a list beside the categories' scores; a printed list has no room for 18 indicators.
_SHOWN = ("rank", "uscc", "name", "zone", "province", "stage", "score", "grade", "coverage", "verdict", "reason")


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
    words = {"zone": zone_names, "stage": stage_names, "verdict": VERDICTS}
    named = frame.select(column.id for column in chosen)
    named = named.with_columns(pl.col(name).replace(said) for name, said in words.items() if name in named.columns)
    return named, chosen
