"""What a run has to say for itself: the short summary of `score`, and findings in a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.cells import cell_len, set_cell_size

from icredit.output.console import visible
from icredit.output.findings_counts import count_by_rule
from icredit.text import counted

if TYPE_CHECKING:
    from icredit.intake import Submission
    from icredit.scheme.model import Scheme
    from icredit.scheme.parts import Basis
    from icredit.scoring import ScoredTable

#: How many findings are listed where only a glance is wanted; the rest is counted.
LISTED = 5

_PARTS = {
    "indicators": "指标",
    "weights": "权重",
    "stages": "阶段划分",
    "normalisation": "标准化",
    "grades": "等级",
}


def basis_note(scheme: Scheme) -> str | None:
    """What keeps project defaults, and what others report, from being taken for official rules; None if there is
    nothing of either.
    """
    notes: list[str] = []
    chinese, english = _named(scheme, "project-default")
    if english:
        notes.append(f"{chinese}为项目默认值，非官方公布。Project defaults, not official: {english}.")
    chinese, english = _named(scheme, "reported")
    if english:
        notes.append(
            f"{chinese}据第三方转述，未经官方文本核实。Reported by others, not confirmed as official: {english}."
        )
    return " ".join(notes) or None


def _named(scheme: Scheme, basis: Basis) -> tuple[str, str]:
    """The parts of a scheme that have a basis, in Chinese and English, and how many indicators have it by themselves."""
    parts = scheme.parts_by_basis(basis)
    chinese, english = [_PARTS[part] for part in parts], list(parts)
    doubtful = 0 if "indicators" in parts else sum(leaf.basis == basis for leaf in scheme.leaves)
    if doubtful:
        chinese.append(f"{doubtful}项指标的选取或本版口径")
        english.append(f"the choice or wording of {counted(doubtful, 'indicator')} in this edition")
    return "、".join(chinese), ", ".join(english)


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
