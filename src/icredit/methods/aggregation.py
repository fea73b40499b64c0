"""Aggregation: the scores of a node's children into the node's score (OECD/JRC handbook, step 6).

Every method takes the children's scores and weights row by row; a missing child is left out and the weights of the
others stand for the whole. A node without any child present is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import polars as pl

from icredit.methods.arithmetic import add, divide

Aggregation = Literal["arithmetic", "geometric", "harmonic", "maximum", "minimum", "sum"]
Scores = Sequence[pl.Expr]


def _weights_present(scores: Scores, weights: Scores) -> pl.Expr:
    """The weights of the children that count: those present."""
    return add([pl.when(score.is_not_null()).then(weight) for score, weight in zip(scores, weights, strict=True)])


def _mean(mean: pl.Expr, scores: Scores) -> pl.Expr:
    """A mean without the noise of floating point that would put it above its best or below its worst child."""
    return mean.clip(pl.min_horizontal(*scores), pl.max_horizontal(*scores))


def _with_weight(scores: Scores, weights: Scores) -> list[pl.Expr]:
    """The scores of the children that have weight."""
    return [pl.when(weight > 0).then(score) for score, weight in zip(scores, weights, strict=True)]


def arithmetic(scores: Scores, weights: Scores) -> pl.Expr:
    """sum(w x) / sum(w) over the children present; missing if their weights add up to nothing."""
    counted = _with_weight(scores, weights)
    total = _weights_present(counted, weights)
    weighted = add([score * weight for score, weight in zip(counted, weights, strict=True)])
    return _mean(pl.when(total > 0).then(divide(weighted, total)), counted)


def geometric(scores: Scores, weights: Scores) -> pl.Expr:
    """exp(sum(w ln x) / sum(w)) over the children present: 0 as soon as one with weight is 0, missing if one is below."""
    counted = _with_weight(scores, weights)
    total = _weights_present(counted, weights)
    logs = add([pl.when(score > 0).then(score.log() * weight) for score, weight in zip(counted, weights, strict=True)])
    lowest = pl.min_horizontal(*counted)
    mean = _mean(divide(logs, total).exp(), counted)
    return pl.when((total > 0) & (lowest > 0)).then(mean).when(lowest == 0).then(0.0)


def harmonic(scores: Scores, weights: Scores) -> pl.Expr:
    """sum(w) / sum(w / x) over the children present: 0 as soon as one with weight is 0, missing if one is below."""
    counted = _with_weight(scores, weights)
    total = _weights_present(counted, weights)
    parts = add([pl.when(score > 0).then(weight / score) for score, weight in zip(counted, weights, strict=True)])
    lowest = pl.min_horizontal(*counted)
    mean = _mean(divide(total, parts), counted)
    return pl.when((total > 0) & (lowest > 0)).then(mean).when(lowest == 0).then(0.0)


def maximum(scores: Scores, weights: Scores) -> pl.Expr:
    """The best child that has weight."""
    return pl.max_horizontal(*_with_weight(scores, weights))


def minimum(scores: Scores, weights: Scores) -> pl.Expr:
    """The worst child that has weight."""
    return pl.min_horizontal(*_with_weight(scores, weights))


def total(scores: Scores, weights: Scores) -> pl.Expr:
    """sum(w x) over the children present; with the weight 1, plain addition of marks."""
    counted = _with_weight(scores, weights)
    present = pl.any_horizontal(*(score.is_not_null() for score in counted))
    return pl.when(present).then(add([score * weight for score, weight in zip(counted, weights, strict=True)]))


AGGREGATIONS: Mapping[str, Callable[[Scores, Scores], pl.Expr]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "maximum": maximum,
    "minimum": minimum,
    "sum": total,
}
