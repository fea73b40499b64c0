"""Old and new weights side by side: each node's share of the whole, in every case that either tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from icredit._version import __version__
from icredit.methods.cases import STAGE
from icredit.output.console import cell
from icredit.output.overlay import Overlay, as_data
from icredit.scheme.weights import Case, effective_weights, weight_cases
from icredit.scoring.weighting import Weighting

if TYPE_CHECKING:
    from rich.table import Table

    from icredit.scheme.nodes import Node

#: How many cases stand side by side on a screen.
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Compared:
    """The shares of all nodes in one case, under the scheme as it was and with the new weights."""

    case: Case
    old: Mapping[str, float]
    new: Mapping[str, float]


def compared(made: Weighting) -> list[Compared]:
    """Old and new shares in every case."""
    return [
        Compared(case, effective_weights(made.base, case), effective_weights(made.scheme, case))
        for case in weight_cases(made.base, made.scheme)
    ]


def weights_table(made: Weighting) -> Table:
    """The tree for a terminal: of every node the share it had, and the one it has now."""
    from rich.table import Table  # noqa: PLC0415  # only tables need it

    cases = compared(made)[:_SHOWN]
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("指标")
    table.add_column("id", no_wrap=True)
    for found in cases:
        table.add_column(cell(_label(found.case, made)), justify="right", no_wrap=True)
    for depth, node in _nodes(made.base.indicators, 0):
        shares = [f"{100 * found.old[node.id]:.2f} → {100 * found.new[node.id]:.2f} %" for found in cases]
        cells = ["  " * depth + node.label.zh, node.id, *shares]
        table.add_row(*(cell(text) for text in cells), style="bold" if depth == 0 else None)
    return table


def cases_left(made: Weighting) -> int:
    """How many cases the table does not show."""
    return max(0, len(weight_cases(made.base, made.scheme)) - _SHOWN)


def _nodes(nodes: tuple[Node, ...], depth: int) -> Iterator[tuple[int, Node]]:
    for node in nodes:
        yield depth, node
        yield from _nodes(getattr(node, "indicators", ()), depth + 1)


def _label(case: Case, made: Weighting) -> str:
    stages = {stage.id: stage.label.zh for stage in made.base.stages}
    named = [
        "其他 other" if value is None else stages.get(value, value) if column == STAGE else value
        for column, value in case.items()
    ]
    return " ".join(named) or "权重 weight"


def weights_summary(overlay: Overlay) -> dict[str, Any]:
    """All there is to say of new weights, for programs."""
    made = overlay.weighting
    return {
        "icredit": __version__,
        "method": made.method,
        "scheme": {"id": made.base.id, "edition": made.base.edition, "sha256": made.base.digest},
        "inputs": [{"file": one.file, "sha256": one.sha256} for one in overlay.inputs],
        "as_of": None if overlay.as_of is None else overlay.as_of.isoformat(),
        "within": made.within,
        "enterprises": made.rows.get(None),
        "groups": {case: count for case, count in made.rows.items() if case is not None},
        "levels": [family.node for family in made.families],
        "change": {node: as_data(weight) for node, weight in made.changes.items()},
        "shares": [
            {"node": node, "case": dict(found.case), "old": found.old[node], "new": found.new[node]}
            for found in compared(made)
            for node in found.old
        ],
        "consistency": {
            node: {"lambda_max": found.lambda_max, "index": found.index, "ratio": found.ratio}
            for node, found in made.consistency.items()
        },
        "warnings": [
            {
                "rule": remark.rule,
                "level": remark.node,
                "case": remark.case,
                "nodes": list(remark.children),
                "numbers": dict(remark.numbers),
                "text": remark.sentence(),
            }
            for remark in made.remarks
        ],
    }
