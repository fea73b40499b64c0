"""The tree of a scheme for people: effective weights in every case, methods, and how far each part is confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from icredit.methods.cases import in_case
from icredit.output import console
from icredit.output.scheme_words import case_in_words, method_of, numbers_of
from icredit.output.wrapping import wrap_lines
from icredit.scheme.nodes import Category, Indicator, Node
from icredit.scheme.weights import Case, effective_weights, shares_below, weight_cases
from icredit.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from icredit.scheme.model import Scheme
    from icredit.scheme.parts import Basis

#: The header of the weights where there is but one case.
_WEIGHT = "权重 weight"

_LABEL, _ID = "指标", "id"
_ENGLISH, _METHOD, _NUMBERS, _BASIS = "indicator", "方法 method", "参数 numbers", "依据 basis"

# What a narrow terminal can do without, the least needed first. The id says in English what the label says in Chinese.
_SPARED = (_ENGLISH, _NUMBERS, _BASIS, _METHOD)

# Cells between two columns, and those that a label needs before others are spared for it.
_GAP = 2
_NARROWEST = 16

#: What marks an indicator whose wording is not official where the column that says so does not fit.
DOUBT = "*"


@dataclass(frozen=True, slots=True)
class _Row:
    depth: int
    cells: dict[str, str]
    weights: list[str]
    doubtful: bool


def lines(scheme: Scheme) -> str:
    """The tree for a pipe: a row a node, cells between tabs, labels indented by depth."""
    cases = _headers(scheme)
    texts = ["\t".join([_LABEL, _ENGLISH, _ID, *cases, _METHOD, _NUMBERS, _BASIS])]
    for row in _rows(scheme):
        cells = row.cells
        shown = [cells[_ENGLISH], cells[_ID], *row.weights, cells[_METHOD], cells[_NUMBERS], cells[_BASIS]]
        texts.append("\t".join([cells[_LABEL], *map(console.visible, shown)]))
    return "\n".join(texts)


def tables(scheme: Scheme, width: int) -> tuple[list[Table], bool]:
    """The tree for a terminal of some width, and whether doubtful indicators are marked.

    What does not fit is spared; weights of more cases than fit stand in tables one below the other.
    """
    rows, cases = list(_rows(scheme)), _headers(scheme)
    widths = {name: _width(name, [row.cells[name] for row in rows]) for name in (_LABEL, _ID, *_SPARED)}
    weights = [_width(case, [row.weights[index] for row in rows]) for index, case in enumerate(cases)]
    fixed = widths[_ID] + _GAP + min(widths[_LABEL] + len(DOUBT), _NARROWEST)
    kept = list(_SPARED)
    while kept and fixed + sum(widths[name] + _GAP for name in kept) + sum(one + _GAP for one in weights) > width:
        kept.remove(next(name for name in _SPARED if name in kept))
    fits = max(1, (width - fixed) // (max(weights) + _GAP))
    taken = sum(widths[name] + _GAP for name in (_ID, *kept)) + sum(one + _GAP for one in weights[:fits])
    room = max(min(widths[_LABEL] + len(DOUBT), width - taken), _NARROWEST)
    numbered = list(enumerate(cases))
    drawn = [_table(rows, numbered[start : start + fits], kept, room) for start in range(0, len(cases), fits)]
    return drawn, _BASIS not in kept and any(row.doubtful for row in rows)


def _table(rows: list[_Row], cases: list[tuple[int, str]], kept: list[str], room: int) -> Table:
    from rich import box  # noqa: PLC0415  # only a terminal needs it
    from rich.table import Table  # noqa: PLC0415  # see above

    shown = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    before = [name for name in (_LABEL, _ENGLISH, _ID) if name in kept or name not in _SPARED]
    behind = [name for name in (_METHOD, _NUMBERS, _BASIS) if name in kept]
    for name in before:
        shown.add_column(name, overflow="fold", no_wrap=name == _ID)
    for _, case in cases:
        shown.add_column(console.cell(case), justify="right", overflow="fold", no_wrap=True)
    for name in behind:
        shown.add_column(name, overflow="fold", no_wrap=name != _NUMBERS)
    for row in rows:
        mark = DOUBT if row.doubtful and _BASIS not in kept else ""
        # Broken here, so that what is below keeps the indent.
        label = "\n".join(map(console.cell, wrap_lines([row.cells[_LABEL] + mark], room)))
        cells = [row.cells[name] for name in before[1:]]
        cells += [row.weights[index] for index, _ in cases] + [row.cells[name] for name in behind]
        shown.add_row(label, *map(console.cell, cells), style="bold" if row.depth == 0 else None)
    return shown


def _width(header: str, cells: list[str]) -> int:
    return max(map(cell_len, (header, *cells)))


def _headers(scheme: Scheme) -> list[str]:
    """The header of the weights of every case."""
    return [case_in_words(case, scheme) or _WEIGHT for case in weight_cases(scheme)]


def _rows(scheme: Scheme) -> Iterator[_Row]:
    cases = weight_cases(scheme)
    shares = [effective_weights(scheme, case) for case in cases]

    def descend(nodes: tuple[Node, ...], depth: int, shares: list[dict[str, float]], form: str) -> Iterator[_Row]:
        for node in nodes:
            own = _basis_of(node, scheme)
            cells = {
                _LABEL: "  " * depth + console.visible(node.label.zh),
                _ENGLISH: node.label.en,
                _ID: node.id,
                _METHOD: method_of(node),
                _NUMBERS: numbers_of(node),
                _BASIS: own,
            }
            weights = [
                _bonus(node, case) if node.bonus else form.format(100 * share[node.id])
                for case, share in zip(cases, shares, strict=True)
            ]
            yield _Row(depth, cells, weights, isinstance(node, Indicator) and own != "official")
            if isinstance(node, Category) and node.bonus:
                inside = [shares_below(node, scheme, case) for case in cases]
                yield from descend(node.indicators, depth + 1, inside, "({:.2f} %)")
            elif isinstance(node, Category):
                yield from descend(node.indicators, depth + 1, shares, form)

    yield from descend(scheme.indicators, 0, shares, "{:.2f} %")


def _basis_of(node: Node, scheme: Scheme) -> Basis:
    """The basis of an indicator; a category has the scheme's, unless all its indicators have another one."""
    found = {leaf.basis or scheme.basis.indicators for leaf in node.nodes() if isinstance(leaf, Indicator)}
    return found.pop() if len(found) == 1 else scheme.basis.indicators


def _bonus(node: Node, case: Case) -> str:
    """The factor by which the score of a bonus comes on top."""
    factor = 1.0 if node.weight is None else in_case(node.weight, case)
    return "+" + plain(factor or 0.0)
