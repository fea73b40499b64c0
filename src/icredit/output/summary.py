"""What a run has to say for itself: the short summary of `score`, and findings in a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.cells import cell_len, set_cell_size

from icredit.output.basis import basis_note
from icredit.output.console import visible
from icredit.output.findings_counts import count_by_rule
from icredit.text import counted

if TYPE_CHECKING:
    from icredit.intake import Submission
    from icredit.scheme.model import Scheme
    from icredit.scoring import ScoredTable

#: How many findings are listed where only a glance is wanted; the rest is counted.
LISTED = 5


def score_summary(
    scheme: Scheme, counts: Mapping[str, int], table: ScoredTable, files: Sequence[str], zones: Mapping[str, str]
) -> str:
    """The summary that `icredit score` prints."""
    lines = [f"{scheme.title.zh} {scheme.title.en} ({scheme.edition})"]
    note = basis_note(scheme)
    if note is not None:
        lines.append(note)
    lines.append("")
    labels = {
        "files": "文件 files",
        "files_unreadable": "未读文件 files not read",
        "rows_read": "读入 rows read",
        "scored": "已评分 scored",
        "vetoed": "一票否决 vetoed",
        "ineligible": "不符合条件 not eligible",
        "insufficient": "数据不足 insufficient",
        "rejected": "退回 rejected",
        "merged": "重复合并 merged",
        "values_imputed": "插补 values imputed",
        "values_treated": "缩尾 values treated",
        "warnings": "警告 warnings",
    }
    always = ("rows_read", "scored", "rejected", "warnings")
    for name, label in labels.items():
        if name in always or counts[name] > (name == "files"):
            lines.append(f"{_fit(label, 24)}{counts[name]:>10,}")
    top = table.best(LISTED)
    if top.height:
        lines += ["", "前五名 top five"]
        for row in top.iter_rows(named=True):
            grade = row["grade"] or ""
            zone = zones.get(row["zone"] or "", row["zone"] or "")
            who = f"{row['uscc']}  {visible(row['name'] or '')}  {zone}".rstrip()
            lines.append(f"{row['rank']:>4}  {row['score']:>7.2f}  {_fit(grade, 3)}{who}")
    lines += ["", f"已写入 wrote {', '.join(files)}"]
    return "\n".join(lines)


def findings_lines(findings: pl.DataFrame, level: str) -> list[str]:
    """How often each rule of a level was broken, the most frequent first; the rest is counted."""
    counts = count_by_rule(findings.filter(pl.col("level") == level))
    lines = [
        f"  {row['count']:>6,} x {row['rule']} {row['message_zh']} {row['message_en']}"
        for row in counts.head(LISTED).iter_rows(named=True)
    ]
    if counts.height > LISTED:
        rest = counts.slice(LISTED)["count"].sum()
        lines.append(f"  {rest:>6,} more of {counted(counts.height - LISTED, 'other kind')}")
    return lines


def errors_lines(submission: Submission) -> list[str]:
    """The errors of a batch: files that were not read, then of a few errors each, of many how often and the first."""
    unread = submission.unreadable
    lines = [visible(f"  {file.file}: {file.unreadable}") for file in unread[: 2 * LISTED]]
    if len(unread) > 2 * LISTED:
        lines.append(f"  and {counted(len(unread) - 2 * LISTED, 'more file')}")
    in_rows = submission.errors.filter(pl.col("row").is_not_null())
    if in_rows.height > LISTED:
        lines += [*findings_lines(in_rows, "error"), "  the first of them:"]
    return lines + ["  " + finding_line(row) for row in in_rows.head(LISTED).iter_rows(named=True)]


def rule_hint(findings: pl.DataFrame) -> str:
    """Where to read more, with the code of the most frequent error, or else warning."""
    return f"what a finding means: icredit rule {count_by_rule(findings)['rule'][0]}"


def finding_line(row: Mapping[str, Any]) -> str:
    """One finding in a line: where, what, and the value."""
    line = "" if row["row"] is None else f":{row['row']}"
    where = row["file"] + (f"[{row['sheet']}]" if row["sheet"] else "") + line
    cell = f" {row['cell']}" if row["cell"] else ""
    column = f" {row['column']}" if row["column"] else ""
    value = f" '{row['value']}'" if row["value"] is not None else ""
    said = f"{where}:{cell}{column}{value}: {row['level']} {row['rule']}: {row['message_zh']} {row['message_en']}"
    return visible(said)


def _fit(text: str, width: int) -> str:
    return set_cell_size(text, max(width, cell_len(text)))
