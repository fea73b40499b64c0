"""The columns of a scheme's scored table, in words."""

from __future__ import annotations

from collections.abc import Iterable

from icredit.output.columns import KNOWN, SCORE_EN, SCORE_ZH, TableColumn
from icredit.scheme.model import Scheme
from icredit.scoring.pipeline import imputed_column, table_columns, treated_column
from icredit.scoring.values import value_column


def describe(scheme: Scheme, *, values: bool, steps: bool = False) -> list[TableColumn]:
    """The columns of a scheme's scored table, with headers that are all different in each language."""
    columns: dict[str, TableColumn] = {name: TableColumn(name, *words) for name, words in KNOWN.items()}
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


def _distinct(columns: Iterable[TableColumn]) -> list[TableColumn]:
    seen: set[str] = set()
    found = []
    for column in columns:
        own = column
        if {column.header("zh"), column.header("en")} & seen:
            own = column._replace(zh=f"{column.zh} {column.id}", en=f"{column.en} {column.id}")
        seen |= {own.header("zh"), own.header("en")}
        found.append(own)
    return found
