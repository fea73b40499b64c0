"""The third part of the query: scores up the tree, and how much of the weight is backed by data."""

from __future__ import annotations

import polars as pl

from icredit.methods.aggregation import AGGREGATIONS
from icredit.methods.arithmetic import add, divide
from icredit.methods.staged import by_stage, number
from icredit.scheme.model import Category, Indicator, Node, Scheme, effective_weights
from icredit.scoring.constants import share
from icredit.scoring.values import applies_column, value_column

#: Name of the column with the share of the weight backed by data.
COVERAGE = "coverage"

#: Decimals of the coverage: enough for any use, few enough to hide the noise of adding shares.
_COVERAGE_DECIMALS = 12


def score_column(node: str) -> str:
    """Name of the column that holds a node's score while the query runs; fields may have the same id as nodes."""
    return f"{node}.score"


def with_scores(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """Add the score of every indicator, of every category from the bottom up, and the score of the whole as `score`."""
    frame = frame.with_columns(_indicator_score(leaf, scheme).alias(score_column(leaf.id)) for leaf in scheme.leaves)
    for level in _levels(scheme.indicators):
        frame = frame.with_columns(
            _aggregate(node.aggregate, node.indicators).alias(score_column(node.id)) for node in level
        )
    return frame.with_columns(_aggregate(scheme.aggregate, scheme.indicators).alias("score"))


def with_coverage(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """Add the share of an enterprise's weight that data back: of the indicators that apply to it, those with a value."""
    staged = has_staged_weights(scheme)
    shares = {stage: effective_weights(scheme, stage) for stage in scheme.stage_ids} if staged else {}
    flat = {} if staged else effective_weights(scheme, None)
    counted: list[pl.Expr] = []
    lacking: list[pl.Expr] = []
    for leaf in scheme.leaves:
        weights = {stage: of_stage[leaf.id] for stage, of_stage in shares.items()}
        weight = by_stage(weights, pl.lit) if weights else pl.lit(flat[leaf.id])
        if leaf.applies is not None:
            weight = pl.when(pl.col(applies_column(leaf.id))).then(weight)
        counted.append(weight)
        lacking.append(pl.when(pl.col(value_column(leaf.id)).is_null()).then(weight))
    total = add(counted)
    # Counting what lacks, not what is there, makes full coverage exactly 1.
    covered = (1 - divide(add(lacking), total)).round(_COVERAGE_DECIMALS).clip(0.0, 1.0)
    return frame.with_columns(pl.when(total > 0).then(covered).otherwise(0.0).alias(COVERAGE))


def has_staged_weights(scheme: Scheme) -> bool:
    """Whether a weight differs by stage."""
    return any(isinstance(node.weight, dict) for node in scheme.nodes())


def rejected(scheme: Scheme) -> pl.Expr:
    """Whether a value is missing that the scheme does not do without (`missing: reject`)."""
    reasons = []
    for leaf in scheme.leaves:
        if leaf.missing == "reject":
            lacks = pl.col(value_column(leaf.id)).is_null()
            reasons.append(lacks & pl.col(applies_column(leaf.id)) if leaf.applies is not None else lacks)
    return pl.any_horizontal(reasons) if reasons else pl.lit(False)


def _indicator_score(leaf: Indicator, scheme: Scheme) -> pl.Expr:
    lower, upper = scheme.scale
    score = lower + (upper - lower) * share(leaf)
    if leaf.missing == "zero":
        score = score.fill_null(lower)
    return pl.when(pl.col(applies_column(leaf.id))).then(score) if leaf.applies is not None else score


def _aggregate(method: str, children: tuple[Node, ...]) -> pl.Expr:
    scores = [pl.col(score_column(child.id)) for child in children]
    weights = [number(1.0 if child.weight is None else child.weight) for child in children]
    return AGGREGATIONS[method](scores, weights)


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
