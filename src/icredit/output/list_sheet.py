"""A ranked list as a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from icredit._version import __version__
from icredit.output.columns import Labels, TableColumn
from icredit.output.manifest import sha256_of
from icredit.output.ranked_list import Selection, for_people
from icredit.output.workbook import Sheet
from icredit.zones import ZoneRegister


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
