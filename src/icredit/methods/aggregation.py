"""Aggregation: the scores of a node's children into the node's score (OECD/JRC handbook, step 6).

Every method takes the children's scores and weights row by row; a missing child is left out and the weights of the
others stand for the whole. A node without any child present is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Strict, Tag

from icredit.methods.arithmetic import add, divide
from icredit.methods.cases import By, by_case, kind_of

Name = Literal["arithmetic", "geometric", "harmonic", "maximum", "minimum", "sum"]
Scores = Sequence[pl.Expr]


class Power(BaseModel):
    """The generalised mean with an exponent: 1 is arithmetic, -1 harmonic, and the nearer to 0 the more geometric."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    power: Annotated[float, Strict(), Field(ge=-20, le=20, description="The exponent, not 0.")]


def _is_power(value: Any) -> str:
    return "a name" if isinstance(value, str) else "a power"


Method = Annotated[Annotated[Name, Tag("a name")] | Annotated[Power, Tag("a power")], Discriminator(_is_power)]


def _kind(value: Any) -> str:
    power = isinstance(value, Power) or (isinstance(value, Mapping) and "power" in value)
    return "for all" if power else kind_of(value)


#: How children become one score; may differ by stage or another column.
Aggregation = Annotated[
    Annotated[Method, Tag("for all")]
    | Annotated[By[Method], Tag("by column")]
    | Annotated[dict[str, Method], Tag("by stage")],
    Discriminator(_kind),
]


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


def _of_positive(
    scores: Scores,
    weights: Scores,
    part: Callable[[pl.Expr, pl.Expr], pl.Expr],
    mean: Callable[[pl.Expr, pl.Expr], pl.Expr],
) -> pl.Expr:
    """mean(sum of part(x, w), sum(w)) over the children present: 0 as soon as one with weight is 0, missing if one is
    below.
    """
    counted = _with_weight(scores, weights)
    total = _weights_present(counted, weights)
    parts = add([pl.when(score > 0).then(part(score, weight)) for score, weight in zip(counted, weights, strict=True)])
    lowest = pl.min_horizontal(*counted)
    found = _mean(mean(parts, total), counted)
    return pl.when((total > 0) & (lowest > 0)).then(found).when(lowest == 0).then(0.0)


def geometric(scores: Scores, weights: Scores) -> pl.Expr:
    """exp(sum(w ln x) / sum(w)) over the children present: 0 as soon as one with weight is 0, missing if one is below."""
    return _of_positive(
        scores,
        weights,
        lambda score, weight: score.log() * weight,
        lambda logs, total: divide(logs, total).exp(),
    )


def harmonic(scores: Scores, weights: Scores) -> pl.Expr:
    """sum(w) / sum(w / x) over the children present: 0 as soon as one with weight is 0, missing if one is below."""
    return _of_positive(
        scores,
        weights,
        lambda score, weight: weight / score,
        lambda parts, total: divide(total, parts),
    )


def power(scores: Scores, weights: Scores, exponent: float) -> pl.Expr:
    """(sum(w x^p) / sum(w))^(1/p) over the children present; missing if one with weight is below 0, and for p < 0 it is
    0 as soon as one is 0.
    """
    if exponent < 0:
        return _of_positive(
            scores,
            weights,
            lambda score, weight: score.pow(exponent) * weight,
            lambda parts, total: divide(parts, total).pow(1 / exponent),
        )
    counted = _with_weight(scores, weights)
    total = _weights_present(counted, weights)
    parts = add([score.pow(exponent) * weight for score, weight in zip(counted, weights, strict=True)])
    mean = _mean(divide(parts, total).pow(1 / exponent), counted)
    return pl.when((total > 0) & (pl.min_horizontal(*counted) >= 0)).then(mean)


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


def aggregated(aggregation: Aggregation, scores: Scores, weights: Scores) -> pl.Expr:
    """The score of a node by its method, or by the method of each row's case."""

    def of_method(method: Any) -> pl.Expr:
        if isinstance(method, Power):
            return power(scores, weights, method.power)
        return AGGREGATIONS[method](scores, weights)

    return by_case(aggregation, of_method)
