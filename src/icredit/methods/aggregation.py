"""Aggregation: the scores of a node's children into the node's score (OECD/JRC handbook, step 6).

Every method takes the children row by row; a missing child is left out and the weights of the others stand for the
whole. A node without any child present is missing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

import polars as pl
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Strict, Tag

from icredit.methods.arithmetic import add, divide, in_pairs
from icredit.methods.cases import By, by_case, kind_of

Name = Literal["arithmetic", "geometric", "harmonic", "maximum", "minimum", "sum"]
Scores = Sequence[pl.Expr]


class Child(NamedTuple):
    """The score of one child and its weight among its siblings.

    Attributes:
        score: a number, or missing.
        weight: 0 or more, or missing where the row is in none of the cases in which the weights of a node differ.
        filled: whether the score is known never to be missing.
        weighs: whether the weight is known to be above 0 wherever it is not missing, and to be missing only together
            with those of all siblings.
    """

    score: pl.Expr
    weight: pl.Expr
    filled: bool = False
    weighs: bool = False


Children = Sequence[Child]


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


def _counted(children: Children) -> list[Child]:
    """The children, with a score only where they have weight."""
    return [Child(pl.when(child.weight > 0).then(child.score), child.weight) for child in children]


def _scores(children: Children) -> list[pl.Expr]:
    return [child.score for child in children]


def _weights_present(children: Children) -> pl.Expr:
    """The weights of the children that count, which are those present, added up."""
    return add([pl.when(child.score.is_not_null()).then(child.weight) for child in children])


def _mean(mean: pl.Expr, scores: Scores) -> pl.Expr:
    """A mean without the noise of floating point that would put it above its best or below its worst child."""
    return mean.clip(pl.min_horizontal(*scores), pl.max_horizontal(*scores))


def arithmetic(children: Children) -> pl.Expr:
    """sum(w x) / sum(w) over the children present; missing if their weights add up to nothing.

    Source: OECD/JRC handbook, step 6, additive aggregation; COINr, `a_amean`.
    """
    # This mean is most of what a batch is asked for, so that what is known of a child beforehand is not asked of every
    # row. Rows without weights come out missing, because the sum of their weights does.
    counted = [child if child.weighs else masked for child, masked in zip(children, _counted(children), strict=True)]
    weights, products = [], []
    for child in counted:
        product = child.score * child.weight
        if child.filled and child.weighs:
            weights.append(child.weight)
            products.append(product)
        else:
            weights.append(pl.when(child.score.is_not_null()).then(child.weight).fill_null(0.0))
            products.append(product.fill_null(0.0))
    total = in_pairs(weights)
    return _mean(pl.when(total > 0).then(divide(in_pairs(products), total)), _scores(counted))


def _of_positive(
    children: Children,
    part: Callable[[pl.Expr, pl.Expr], pl.Expr],
    mean: Callable[[pl.Expr, pl.Expr], pl.Expr],
) -> pl.Expr:
    """mean(sum of part(x, w), sum(w)) over the children present: 0 as soon as one with weight is 0, missing if one is
    below.
    """
    counted = _counted(children)
    total = _weights_present(counted)
    parts = add([pl.when(child.score > 0).then(part(child.score, child.weight)) for child in counted])
    scores = _scores(counted)
    lowest = pl.min_horizontal(*scores)
    found = _mean(mean(parts, total), scores)
    return pl.when((total > 0) & (lowest > 0)).then(found).when(lowest == 0).then(0.0)


def geometric(children: Children) -> pl.Expr:
    """exp(sum(w ln x) / sum(w)) over the children present: 0 as soon as one with weight is 0, missing if one is below.

    Source: OECD/JRC handbook, step 6, geometric aggregation; COINr, `a_gmean`.
    """
    return _of_positive(
        children,
        lambda score, weight: score.log() * weight,
        lambda logs, total: divide(logs, total).exp(),
    )


def harmonic(children: Children) -> pl.Expr:
    """sum(w) / sum(w / x) over the children present: 0 as soon as one with weight is 0, missing if one is below.

    Source: Hardy, Littlewood and Pólya (1934), Inequalities, chapter II; COINr, `a_hmean`.
    """
    return _of_positive(
        children,
        lambda score, weight: weight / score,
        lambda parts, total: divide(total, parts),
    )


def power(children: Children, exponent: float) -> pl.Expr:
    """(sum(w x^p) / sum(w))^(1/p) over the children present; missing if one with weight is below 0, and for p < 0 it is
    0 as soon as one is 0. The exponent is not 0, which is the geometric mean: the scheme's checks refuse it.

    Source: Hardy, Littlewood and Pólya (1934), Inequalities, chapter II, the mean of order p.
    """
    if exponent < 0:
        return _of_positive(
            children,
            lambda score, weight: score.pow(exponent) * weight,
            lambda parts, total: divide(parts, total).pow(1 / exponent),
        )
    counted = _counted(children)
    total = _weights_present(counted)
    parts = add([child.score.pow(exponent) * child.weight for child in counted])
    scores = _scores(counted)
    mean = _mean(divide(parts, total).pow(1 / exponent), scores)
    return pl.when((total > 0) & (pl.min_horizontal(*scores) >= 0)).then(mean)


def maximum(children: Children) -> pl.Expr:
    """The score of the best child that has weight; how much weight makes no difference."""
    return pl.max_horizontal(*_scores(_counted(children)))


def minimum(children: Children) -> pl.Expr:
    """The score of the worst child that has weight; how much weight makes no difference."""
    return pl.min_horizontal(*_scores(_counted(children)))


def total(children: Children) -> pl.Expr:
    """sum(w x) over the children present, not divided by weights: with the weight 1, plain addition of marks.

    It grows with the number of children present, so that its end is no longer that of the scheme's scale.
    """
    counted = _counted(children)
    present = pl.any_horizontal(*(child.score.is_not_null() for child in counted))
    return pl.when(present).then(add([child.score * child.weight for child in counted]))


AGGREGATIONS: Mapping[str, Callable[[Children], pl.Expr]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "maximum": maximum,
    "minimum": minimum,
    "sum": total,
}


def aggregated(aggregation: Aggregation, children: Children) -> pl.Expr:
    """The score of a node by its method, or by the method of each row's case; missing where the row is in none.

    Args:
        aggregation: the name of a method, a `Power`, or either of them by case.
        children: the node's children, at least one; scores and weights of one frame, a number or missing in each row.
    """

    def of_method(method: Any) -> pl.Expr:
        if isinstance(method, Power):
            return power(children, method.power)
        return AGGREGATIONS[method](children)

    return by_case(aggregation, of_method)
