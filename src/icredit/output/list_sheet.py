"""A ranked list as a sheet of a workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from icredit.output.columns import Labels, TableColumn
from icredit.output.ranked_list import Selection, for_people
from icredit.output.workbook import Sheet
from icredit.zones import ZoneRegister

#: The name of the sheet that holds the list.
LIST = "榜单 list"

#: The row of its headers, from 0.
HEADERS = 3

#: What stands on the sheet 说明 About before how the list was made, for programs.
VERIFY = "复核 For icredit verify"


def list_sheet(
    frame: pl.DataFrame,
    columns: Sequence[TableColumn],
    selection: Selection,
    zones: ZoneRegister,
    manifest: Mapping[str, Any] | None,
    facts: Mapping[str, Any],
    labels: Labels,
) -> Sheet:
    """The list as a sheet of a workbook, with a second sheet that says what it is; `facts` is how it was made."""
    scheme = (manifest or {}).get("scheme") or {}
    shown, chosen = for_people(frame, columns, selection.by, zones, scheme)
    about = _about(frame, selection, manifest, facts)
    subtitle = "  ".join(text for name, text in about if name in ("评价体系 Scheme", "口径说明 Basis"))
    headers = {column.id: column.header(labels) for column in chosen}
    return Sheet(LIST, shown, chosen, headers, selection.title(), subtitle, about)


def _about(
    frame: pl.DataFrame, selection: Selection, manifest: Mapping[str, Any] | None, facts: Mapping[str, Any]
) -> list[tuple[str, str]]:
    lines = [
        ("榜单 List", selection.title()),
        ("企业数 Enterprises", str(frame.height)),
        ("排名依据 Ranked by", f"{selection.by.zh} {selection.by.en} ({selection.by.id})"),
        ("排名规则 Ranks", "名次在榜单范围内重新计算，同分同名次。Counted within the list; equal scores share a rank."),
        ("积分表 Scored table", Path(facts["table"]["file"]).name),
        ("积分表校验 SHA-256", facts["table"]["sha256"] or "无：积分表来自管道。None: the table came through a pipe."),
    ]
    verify = (VERIFY, json.dumps(facts, ensure_ascii=False))
    if manifest is None:
        return [
            *lines,
            ("评价体系 Scheme", "未知：积分表旁没有manifest文件。Unknown: no manifest beside the table."),
            verify,
        ]
    scheme = manifest["scheme"]
    lines += [
        ("评价体系 Scheme", f"{scheme['title']['zh']} {scheme['edition']} ({scheme['id']})"),
        ("体系校验 SHA-256", scheme["sha256"]),
        ("参评企业 Scored", f"{manifest['counts']['scored']:,}"),
        ("评价期 Period", manifest["options"].get("period") or "未注明 not stated"),
        ("核验日期 As of", manifest["as_of"]),
        ("软件 Software", f"icredit {facts['icredit']}"),
    ]
    if scheme["basis_note"]:
        lines.append(("口径说明 Basis", scheme["basis_note"]))
    return [*lines, verify]
