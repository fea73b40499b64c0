"""The third part of the query: scores up the tree, further totals, and how much of the weight is backed by data."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from icredit.methods.aggregation import Child, aggregated
from icredit.methods.arithmetic import add, divide
from icredit.methods.cases import cases_of, column_of, number
from icredit.scheme.expressions import compile_expression
from icredit.scheme.model import Scheme, Total
from icredit.scheme.nodes import Category, Indicator, Node
from icredit.scheme.weights import Case, effective_weights, weight_cases
from icredit.scoring.children import children, score_column, with_weights
from icredit.scoring.constants import scores
from icredit.scoring.values import LARGEST, applies_column, value_column

#: Name of the column with the share of the weight backed by data.
COVERAGE = "coverage"

#: Decimals of the coverage: enough for any use, few enough to hide the noise of adding shares.
_COVERAGE_DECIMALS = 12


def with_scores(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """Add the score of every indicator, of every category from the bottom up, and the score of the whole as `score`."""
    frame = frame.with_columns(_indicator_score(leaf, scheme).alias(score_column(leaf.id)) for leaf in scheme.leaves)
    frame = with_weights(frame, scheme)
    for level in _levels(scheme.indicators):
        frame = frame.with_columns(_node_score(node, scheme).alias(score_column(node.id)) for node in level)
    return frame.with_columns(_node_score(scheme, scheme).alias("score"))


def with_totals(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """Add the further totals, each as it may use those before it."""
    for total in scheme.totals:
        frame = frame.with_columns(_total(total).alias(score_column(total.id)))
    return frame


def _total(total: Total) -> pl.Expr:
    if total.value is not None:
        found = compile_expression(total.value).expression.cast(pl.Float64)
        return pl.when(found.abs() <= LARGEST).then(found)
    weights = total.weights or {}
    return aggregated(
        total.aggregate, [Child(pl.col(score_column(node)), number(weight)) for node, weight in weights.items()]
    )


def with_coverage(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """Add the share of an enterprise's weight that data back: of the indicators that apply to it, those with a value.

    From 0 to 1; 0 where no indicator with weight applies. The weights are those of `icredit.scheme.weights`.
    """
    shares = [(case, effective_weights(scheme, case)) for case in weight_cases(scheme)]
    counted: list[pl.Expr] = []
    lacking: list[pl.Expr] = []
    for leaf in scheme.leaves:
        weight = _share([(case, of_case[leaf.id]) for case, of_case in shares])
        if leaf.applies is not None:
            weight = pl.when(pl.col(applies_column(leaf.id))).then(weight)
        counted.append(weight)
        lacking.append(pl.when(pl.col(value_column(leaf.id)).is_null()).then(weight))
    total = add(counted)
    # Counting what lacks, not what is there, makes full coverage exactly 1.
    covered = (1 - divide(add(lacking), total)).round(_COVERAGE_DECIMALS).clip(0.0, 1.0)
    return frame.with_columns(pl.when(total > 0).then(covered).otherwise(0.0).alias(COVERAGE))


def _share(shares: Sequence[tuple[Case, float]]) -> pl.Expr:
    """The share of each row's case, column by column; missing in a case that is none of them."""
    first, share = shares[0]
    if not first:
        return pl.lit(share)
    column = next(iter(first))
    chosen = pl.lit(None)
    # What is not named has no case of its own: it comes under everything else.
    for value in sorted(dict.fromkeys(case[column] for case, _ in shares), key=lambda value: value is not None):
        of_value = _share(
            [({key: of for key, of in case.items() if key != column}, s) for case, s in shares if case[column] == value]
        )
        chosen = of_value if value is None else pl.when(pl.col(column) == value).then(of_value).otherwise(chosen)
    return chosen


def weighed(scheme: Scheme) -> pl.Expr:
    """Whether a row has weights at all: none has that is in no case of a weight that differs."""
    known: list[pl.Expr] = []
    for node in scheme.nodes():
        column = None if node.weight is None else column_of(node.weight)
        if node.weight is not None and column is not None and None not in cases_of(node.weight):
            known.append(pl.col(column).is_in(list(cases_of(node.weight))))
    return pl.all_horizontal(known).fill_null(False) if known else pl.lit(True)


def with_valid_score(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """Take away the score of whoever lacks a value that must be there, or has no weights of its own.

    Without them an enterprise has no score, whatever the weights that all share would add up to.
    """
    return frame.with_columns(pl.when(~rejected(scheme) & weighed(scheme)).then(pl.col("score")).alias("score"))


def rejected(scheme: Scheme) -> pl.Expr:
    """Whether a value is missing that the scheme does not do without (`missing: reject`)."""
    reasons = []
    for leaf in scheme.leaves:
        if leaf.missing == "reject":
            lacks = pl.col(value_column(leaf.id)).is_null()
            reasons.append(lacks & pl.col(applies_column(leaf.id)) if leaf.applies is not None else lacks)
    return pl.any_horizontal(reasons) if reasons else pl.lit(False)


def _indicator_score(leaf: Indicator, scheme: Scheme) -> pl.Expr:
    score = scores(leaf, scheme)
    if not leaf.normalise.limited:
        # A quotient can be beyond all numbers; like such a value it is missing.
        score = pl.when(score.abs() <= LARGEST).then(score)
    if leaf.missing == "zero":
        score = score.fill_null(leaf.normalise.floor(scheme.scale))
    return pl.when(pl.col(applies_column(leaf.id))).then(score) if leaf.applies is not None else score


def _node_score(node: Category | Scheme, scheme: Scheme) -> pl.Expr:
    """The children's scores as one, the bonus on top, within the cap."""
    counted = [child for child in node.indicators if not child.bonus]
    score = aggregated(node.aggregate, children(counted, scheme))
    if node.minimum_availability is not None:
        present = add([pl.col(score_column(child.id)).is_not_null().cast(pl.Float64) for child in counted])
        enough = present / len(counted) >= number(node.minimum_availability)
        score = pl.when(enough.fill_null(True)).then(score)
    bonus = children([child for child in node.indicators if child.bonus], scheme)
    if bonus:
        score = score + add([child.score * child.weight for child in bonus])
    if node.cap is not None:
        score = score.clip(upper_bound=number(node.cap))
    return score


def _levels(nodes: tuple[Node, ...]) -> list[list[Category]]:
    """The categories by level, the deepest first, so that children stand before their parents."""
    levels: list[list[Category]] = []

    def descend(siblings: tuple[Node, ...], depth: int) -> None:
        for node in siblings:
            if isinstance(node, Category):
                while len(levels) <= depth:
                    levels.append([])
                levels[depth].append(node)
                descend(node.indicators, depth + 1)

    descend(nodes, 0)
    return levels[::-1]
