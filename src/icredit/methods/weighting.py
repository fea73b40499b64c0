"""Weights from data: the scores of siblings into each one's share of their node (OECD/JRC handbook, step 6).

Every method is a function from a frame, a column of scores a sibling, to the importance of each; `shares` makes weights
of it. The scores are those after normalisation, in which more is always better, so that no method needs to know which
indicators are costs. A missing score is left out; nothing depends on the order of the rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import combinations

import polars as pl

from icredit.methods.eigen import Matrix, eigenpairs
from icredit.methods.statistics import deviation, mean
from icredit.methods.statistics import total as sum_of

Importance = dict[str, float]
Correlations = Mapping[tuple[str, str], float | None]

#: A column whose values differ by less than this, beside the largest of them, is constant.
NOISE = 1e-9


def equal(scores: pl.DataFrame) -> Importance:
    """1 for each. Source: OECD/JRC handbook, step 6, equal weighting."""
    return dict.fromkeys(scores.columns, 1.0)


def sd(scores: pl.DataFrame) -> Importance:
    """The standard deviation of each column, over n - 1: who differs more decides more.

    Source: Diakoulaki, Mavrotas and Papayannakis (1995), who compare CRITIC with it.
    """
    return dict(scores.select(deviation(pl.col(name)) for name in scores.columns).row(0, named=True))


def entropy(scores: pl.DataFrame) -> Importance:
    """1 - e for each column, with p_i = x_i / sum(x) and e = -sum(p_i ln p_i) / ln(n): the more unequal, the more.

    Computed as the sum of (r ln r - r + 1) / n over r = n p, divided by ln(n). That is the same number, but a sum of
    terms none of which is below zero, so that the small difference of a nearly even column is not lost in rounding.
    Source: Shannon (1948); as weights, Zeleny (1982), Multiple Criteria Decision Making, and Hwang and Yoon (1981).

    Raises:
        ValueError: a score is below zero.
    """
    found: Importance = {}
    for name in scores.columns:
        values = scores[name].drop_nulls().sort()
        if values[0] < 0:
            raise ValueError(name)
        ratio = values / values.mean()
        terms = pl.when(ratio > 0).then(ratio * ratio.log()).otherwise(0.0) - ratio + 1
        found[name] = max(0.0, pl.select(mean(terms)).item()) / math.log(values.len())
    return found


def critic(scores: pl.DataFrame) -> Importance:
    """C_j = s_j sum_k (1 - r_jk): the standard deviation times the conflict with the others.

    Source: Diakoulaki, Mavrotas and Papayannakis (1995), Determining objective weights in multiple criteria problems:
    the CRITIC method, Computers & Operations Research 22(7). A correlation that the data do not tell counts as 0.
    """
    spread = sd(scores)
    conflict: dict[str, list[float]] = {name: [] for name in scores.columns}
    for (left, right), correlation in correlations(scores).items():
        # What rounding leaves of a perfect correlation is no conflict.
        part = 1 - (correlation or 0.0)
        for name in (left, right):
            conflict[name].append(part if part > NOISE else 0.0)
    return {name: spread[name] * math.fsum(parts) for name, parts in conflict.items()}


def pca(scores: pl.DataFrame) -> Importance:
    """The sum of squared loadings a_jk^2 of each column on the principal components retained: eigenvalue 1 or more.

    The handbook scales the squared loadings of a component to the sum 1, a_jk^2 / l_k, and weights components by their
    share of the variance, l_k / sum(l): together a_jk^2 / sum(l). It rotates the components before and counts only the
    highest loading of each indicator; the sum over all components retained is what no rotation changes, and has no
    threshold at which weights would jump. Squares are never negative: see `first_loadings`.
    Source: OECD/JRC handbook (2008), step 6, weights based on principal components analysis or factor analysis.
    """
    found = dict.fromkeys(scores.columns, 0.0)
    for value, vector in retained(scores):
        for name, part in zip(scores.columns, vector, strict=True):
            found[name] += value * part * part
    return found


def retained(scores: pl.DataFrame) -> list[tuple[float, list[float]]]:
    """The principal components of the correlations with an eigenvalue of 1 or more (Kaiser's rule), largest first.

    The largest is never below 1. Exactly 1 counts, or of columns without any correlation only one would.
    """
    found = correlations(scores)
    matrix: Matrix = [
        [
            1.0 if left == right else found.get((left, right), found.get((right, left))) or 0.0
            for right in scores.columns
        ]
        for left in scores.columns
    ]
    return [(value, vector) for value, vector in eigenpairs(matrix) if value >= 1 - NOISE]


def first_loadings(scores: pl.DataFrame) -> Importance:
    """The loading of each column on the first component, turned so that most of it is positive.

    One below zero pulls against the others: its square counts as if it agreed with them.
    """
    value, vector = retained(scores)[0]
    sign = math.copysign(math.sqrt(value), math.fsum(vector))
    return {name: sign * part for name, part in zip(scores.columns, vector, strict=True)}


#: How weights are found from data.
METHODS: Mapping[str, Callable[[pl.DataFrame], Importance]] = {
    "equal": equal,
    "sd": sd,
    "entropy": entropy,
    "critic": critic,
    "pca": pca,
}


def shares(method: str, scores: pl.DataFrame) -> Importance:
    """Each column's weight, a share, together 1; one row an enterprise, one column of points a sibling.

    A constant column tells nobody from anybody and weighs nothing, except by `equal`; where all are constant, or nothing
    sets one above another, those that vary (or else all) weigh the same.

    Args:
        method: a name in `METHODS`.
        scores: at least one column, and one row.

    Raises:
        ValueError: as `entropy`.
    """
    counted = scores.columns if method == "equal" else varying(scores)
    important = METHODS[method](scores.select(counted)) if counted else {}
    total = math.fsum(important.values())
    if not total > 0:
        important = equal(scores.select(counted or scores.columns))
        total = float(len(important))
    return {name: important.get(name, 0.0) / total for name in scores.columns}


def varying(scores: pl.DataFrame) -> list[str]:
    """The columns whose values differ by more than `NOISE` beside the largest of them."""
    found = scores.select(_varies(pl.col(name)) for name in scores.columns).row(0, named=True)
    return [name for name, varies in found.items() if varies]


def correlations(scores: pl.DataFrame) -> Correlations:
    """Pearson's correlation of every pair of columns over the rows that have both; None where either is constant."""
    # A pair at a time and a step at a time: polars takes long to plan one query of all pairs, however few the rows.
    pairs = combinations(scores.columns, 2)
    return {(left, right): _correlation(scores.select(x=left, y=right).drop_nulls()) for left, right in pairs}


def _correlation(rows: pl.DataFrame) -> float | None:
    x, y = pl.col("x"), pl.col("y")
    if not rows.select(_varies(x) & _varies(y)).item():
        return None
    # Products are sorted before they are added: the order of rows, and of the two columns, changes no bit.
    found = sum_of(x * y) / (sum_of(x * x) * sum_of(y * y)).sqrt()
    value: float | None = rows.select(x - mean(x), y - mean(y)).select(found.fill_nan(None).clip(-1.0, 1.0)).item()
    return value


def _varies(values: pl.Expr) -> pl.Expr:
    """Whether the values present differ by more than rounding."""
    low, high = values.min(), values.max()
    return (high - low > NOISE * pl.max_horizontal(low.abs(), high.abs())).fill_null(False)


def marks(weights: Mapping[str, float], total: int = 100, decimals: int = 4) -> dict[str, float]:
    """Weights as rounded marks that sum to `total` exactly.

    The method of the largest remainder (Hamilton's): all are rounded down, and the units left go to those that lost
    most, the first of equals first.

    Source: Balinski and Young (1982), Fair Representation, on Hamilton's method.

    Args:
        weights: 0 or more, in any unit, not all 0.
        total: the sum of the marks.
        decimals: of a mark.
    """
    unit = 10**decimals
    exact = {name: Fraction(weight) for name, weight in weights.items()}
    whole = sum(exact.values())
    quotas = {name: weight * total * unit / whole for name, weight in exact.items()}
    floors = {name: math.floor(quota) for name, quota in quotas.items()}
    lost = sorted(quotas, key=lambda name: floors[name] - quotas[name])
    for name in lost[: total * unit - sum(floors.values())]:
        floors[name] += 1
    return {name: units / unit for name, units in floors.items()}
