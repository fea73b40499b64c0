"""What the columns of a scored table mean, in words: headers for people, kinds for layout, widths for Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from icredit import units
from icredit.scheme.model import Scheme
from icredit.scheme.parts import Label
from icredit.scoring.pipeline import imputed_column, table_columns, treated_column
from icredit.scoring.values import value_column

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

_KNOWN = {**_FIXED, **_SOMETIMES}

#: Whether an enterprise passes, in words.
VERDICTS: Mapping[str, Label] = {
    "passed": Label(zh="通过", en="passed"),
    "passed_directly": Label(zh="直接通过", en="passed directly"),
    "failed": Label(zh="未通过", en="failed"),
}


@dataclass(frozen=True, slots=True)
class TableColumn:
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
        return asdict(self)


def describe(scheme: Scheme, *, values: bool, steps: bool = False) -> list[TableColumn]:
    """The columns of a scheme's scored table, with headers that are all different in each language."""
    columns: dict[str, TableColumn] = {name: TableColumn(name, *words) for name, words in _KNOWN.items()}
    for total in scheme.totals:
        columns[total.id] = TableColumn(total.id, "category", total.label.zh, total.label.en)
    for node in scheme.categories:
        columns[node.id] = TableColumn(node.id, "category", node.label.zh, node.label.en)
    for leaf in scheme.leaves:
        # The score of an indicator must not be read as its value: 营业收入得分 is not 营业收入（万元）.
        columns[leaf.id] = TableColumn(leaf.id, "indicator", leaf.label.zh + SCORE_ZH, leaf.label.en + SCORE_EN)
        name = value_column(leaf.id)
        columns[name] = TableColumn(name, "value", leaf.label.zh, leaf.label.en, leaf.unit)
        name = imputed_column(leaf.id)
        columns[name] = TableColumn(name, "value", leaf.label.zh + "（插补后）", leaf.label.en + ", imputed", leaf.unit)
        # A transformed value is no number of the indicator's unit.
        name = treated_column(leaf.id)
        columns[name] = TableColumn(name, "value", leaf.label.zh + "（处理后）", leaf.label.en + ", treated")
    return _distinct(columns[name] for name in table_columns(scheme, values=values, steps=steps))


def bare(names: Iterable[str]) -> list[TableColumn]:
    """The columns of a table whose scheme is not at hand: the fixed ones in words, the others by their ids."""
    return [
        TableColumn(name, *_KNOWN[name]) if name in _KNOWN else TableColumn(name, _guess(name), name, name)
        for name in names
    ]


def _guess(name: str) -> Kind:
    return "value" if name.endswith((".value", ".imputed", ".treated")) else "indicator"


def _distinct(columns: Iterable[TableColumn]) -> list[TableColumn]:
    seen: set[str] = set()
    found = []
    for column in columns:
        own = column
        if {column.header("zh"), column.header("en")} & seen:
            own = replace(column, zh=f"{column.zh} {column.id}", en=f"{column.en} {column.id}")
        seen |= {own.header("zh"), own.header("en")}
        found.append(own)
    return found
