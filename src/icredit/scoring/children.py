"""A node's children as its aggregation takes them, with what the scheme tells of them before any row is seen.

Most scores cannot be missing and most weights are above 0; what is known need not be asked of every row.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from icredit.methods.aggregation import Child
from icredit.methods.cases import cases_of, column_of, number
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Indicator, Node

# The column that a weight differs by, and the values for which there is one.
_Cases = tuple[str | None, frozenset[str | None]]


def score_column(node: str) -> str:
    """Name of the column that holds a node's score while the query runs; fields may have the same id as nodes."""
    return f"{node}.score"


def weight_column(node: str) -> str:
    """Name of the column that holds a node's weight, if it differs by case."""
    return f"{node}.weight"


def with_weights(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """Add the weights that differ by case, each of which is used several times."""
    return frame.with_columns(
        number(node.weight).alias(weight_column(node.id))
        for node in scheme.nodes()
        if node.weight is not None and column_of(node.weight) is not None
    )


def children(nodes: Sequence[Node], scheme: Scheme) -> list[Child]:
    """Siblings as children, in their order, over a frame with their scores (in points) and weights (of any unit)."""
    alike = len({_cases(node) for node in nodes}) == 1
    return [
        Child(
            pl.col(score_column(node.id)),
            _weight(node),
            filled=_is_filled(node, scheme),
            weighs=alike and _is_positive(node),
        )
        for node in nodes
    ]


def _weight(node: Node) -> pl.Expr:
    if node.weight is None:
        return pl.lit(1.0)
    return number(node.weight) if column_of(node.weight) is None else pl.col(weight_column(node.id))


def _cases(node: Node) -> _Cases:
    if node.weight is None:
        return None, frozenset((None,))
    return column_of(node.weight), frozenset(cases_of(node.weight))


def _is_positive(node: Node) -> bool:
    return node.weight is None or all(weight > 0 for weight in cases_of(node.weight).values())


def _is_filled(node: Node, scheme: Scheme) -> bool:
    """Whether a node has a score wherever it has a weight."""
    if isinstance(node, Indicator):
        return node.missing == "zero" and node.applies is None and node.normalise.floor(scheme.scale) is not None
    if node.aggregate != "arithmetic" or node.minimum_availability is not None or node.cap is not None:
        return False
    below = [part for part in node.indicators if not part.bonus]
    cases = {_cases(part) for part in below}
    # A mean is missing in a row in which its children have no weights.
    weighed = all(None in named or (column, named) == _cases(node) for column, named in cases)
    return weighed and len(cases) == 1 and any(_is_positive(part) and _is_filled(part, scheme) for part in below)
