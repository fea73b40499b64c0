"""What the columns of a scored table mean, in words: headers for people, kinds for layout, widths for Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from icredit import units

Kind = Literal["rank", "identity", "result", "category", "indicator", "value", "count", "prose"]
Labels = Literal["id", "zh", "en"]

#: What makes the label of an indicator the header of its score.
SCORE_ZH, SCORE_EN = "得分", ", score"

_FIXED: Mapping[str, tuple[Kind, str, str]] = {
    "rank": ("rank", "名次", "Rank"),
    "zone_rank": ("rank", "区内名次", "Rank in zone"),
    "stage_rank": ("rank", "阶段内名次", "Rank in stage"),
    "uscc": ("identity", "统一社会信用代码", "Credit code"),
    "name": ("identity", "企业名称", "Enterprise"),
    "zone": ("identity", "所属高新区", "Zone"),
    "province": ("identity", "所在省份", "Province"),
    "stage": ("identity", "发展阶段", "Stage"),
    "status": ("result", "状态", "Status"),
    "score": ("result", "总分", "Score"),
    "grade": ("result", "等级", "Grade"),
    "coverage": ("result", "数据覆盖率", "Coverage"),
}

#: Columns that only some schemes have.
_SOMETIMES: Mapping[str, tuple[Kind, str, str]] = {
    "verdict": ("result", "评价结论", "Verdict"),
    "reason": ("prose", "结论理由", "Reason"),
}

#: The columns that mean the same in every scheme.
KNOWN: Mapping[str, tuple[Kind, str, str]] = {**_FIXED, **_SOMETIMES}

#: Whether an enterprise passes, in words.
VERDICTS: Mapping[str, str] = {"passed": "通过", "passed_directly": "直接通过", "failed": "未通过"}


class TableColumn(NamedTuple):
    """One column of a scored table."""

    id: str
    kind: Kind
    zh: str
    en: str
    unit: str | None = None

    def header(self, labels: Labels) -> str:
        """The header in the wanted words."""
        if labels == "id":
            return self.id
        if self.unit is None:
            return self.zh if labels == "zh" else self.en
        return f"{self.zh}（{self.unit}）" if labels == "zh" else f"{self.en} ({units.english(self.unit)})"

    def as_dict(self) -> dict[str, Any]:
        """The column as the manifest keeps it."""
        return self._asdict()


def bare(names: Iterable[str]) -> list[TableColumn]:
    """The columns of a table whose scheme is not at hand: the fixed ones in words, the others by their ids."""
    return [
        TableColumn(name, *KNOWN[name]) if name in KNOWN else TableColumn(name, _guess(name), name, name)
        for name in names
    ]


def _guess(name: str) -> Kind:
    return "value" if name.endswith((".value", ".imputed", ".treated")) else "indicator"
