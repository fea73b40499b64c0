"""Aggregation: every method gives what its formula gives, with children missing, without weight, or at zero."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icredit.methods import aggregation as methods
from icredit.methods.aggregation import AGGREGATIONS
from little import STAGES, category, indicator, scheme, scored, scores

MEANS = ("arithmetic", "geometric", "harmonic")
EXTREMES = ("maximum", "minimum")

#: Children's scores and weights: anything that a scale from 0 to 100 and sane weights can hold, with many zeros.
SCORES = st.none() | st.just(0.0) | st.floats(1e-9, 100)
WEIGHTS = st.just(0.0) | st.floats(1e-3, 1e3)
CHILDREN = st.lists(st.tuples(SCORES, WEIGHTS), min_size=1, max_size=8)

Child = tuple[float | None, float]


def aggregated(method: str, children: Sequence[Child]) -> float | None:
    """Return what a method makes of one node's children."""
    row = pl.DataFrame(
        {f"x{i}": [x] for i, (x, _) in enumerate(children)}, schema={f"x{i}": pl.Float64 for i in range(len(children))}
    )
    found: float | None = row.select(
        AGGREGATIONS[method](
            [methods.Child(pl.col(f"x{i}"), pl.lit(weight)) for i, (_, weight) in enumerate(children)],
        )
    ).item()
    return found


def plain_arithmetic(counted: list[tuple[float, float]]) -> float:
    """Return sum(w x) / sum(w)."""
    return statistics.fmean([x for x, _ in counted], [w for _, w in counted])


def plain_geometric(counted: list[tuple[float, float]]) -> float:
    """Return exp(sum(w ln x) / sum(w)), 0 if a score is 0."""
    if min(x for x, _ in counted) == 0:
        return 0.0
    return math.exp(math.fsum(w * math.log(x) for x, w in counted) / math.fsum(w for _, w in counted))


def plain_harmonic(counted: list[tuple[float, float]]) -> float:
    """Return sum(w) / sum(w / x), 0 if a score is 0."""
    return statistics.harmonic_mean([x for x, _ in counted], [w for _, w in counted])


PLAIN: dict[str, Callable[[list[tuple[float, float]]], float]] = {
    "arithmetic": plain_arithmetic,
    "geometric": plain_geometric,
    "harmonic": plain_harmonic,
    "maximum": lambda counted: max(x for x, _ in counted),
    "minimum": lambda counted: min(x for x, _ in counted),
    "sum": lambda counted: math.fsum(w * x for x, w in counted),
}


def test_every_method_has_a_plain_formula_here() -> None:
    """A new method comes with its formula in this file."""
    assert set(AGGREGATIONS) == set(PLAIN)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("arithmetic", (1 * 20 + 3 * 60) / (1 + 3)),
        ("geometric", (20 * 60**3) ** (1 / 4)),
        ("harmonic", (1 + 3) / (1 / 20 + 3 / 60)),
        ("maximum", 60),
        ("minimum", 20),
        ("sum", 1 * 20 + 3 * 60),
    ],
)
def test_two_children(method: str, expected: float) -> None:
    """Scores of 20 and 60 with weights 1 and 3."""
    assert aggregated(method, [(20, 1), (60, 3)]) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("method", sorted(AGGREGATIONS))
def test_a_missing_child_is_left_out(method: str) -> None:
    """A missing child takes its weight with it: the result is that of the others alone."""
    assert aggregated(method, [(20, 1), (None, 7), (60, 3)]) == aggregated(method, [(20, 1), (60, 3)])


@pytest.mark.parametrize("method", sorted(AGGREGATIONS))
@pytest.mark.parametrize("score", [90.0, 0.0])
def test_a_child_without_weight_has_no_say(method: str, score: float) -> None:
    """A weight of zero leaves a child out, be it the best, or a zero that would make a geometric mean zero."""
    assert aggregated(method, [(20, 1), (score, 0), (60, 3)]) == aggregated(method, [(20, 1), (60, 3)])


@pytest.mark.parametrize("method", sorted(AGGREGATIONS))
def test_a_node_with_no_child_present_is_missing(method: str) -> None:
    """Nothing is made of nothing: neither zero nor NaN."""
    assert aggregated(method, [(None, 1), (None, 3)]) is None


@pytest.mark.parametrize("method", sorted(AGGREGATIONS))
def test_a_node_whose_children_present_have_no_weight_is_missing(method: str) -> None:
    """The only child with weight is missing, and the one present counts for nothing."""
    assert aggregated(method, [(50, 0), (None, 3)]) is None


@pytest.mark.parametrize(
    ("method", "expected"),
    [("arithmetic", 3 * 60 / 4), ("geometric", 0), ("harmonic", 0), ("maximum", 60), ("minimum", 0), ("sum", 3 * 60)],
)
def test_a_child_at_zero(method: str, expected: float) -> None:
    """A zero makes the geometric and harmonic mean zero, not minus infinity, an error or missing."""
    assert aggregated(method, [(0, 1), (60, 3)]) == expected


@pytest.mark.parametrize("method", ["geometric", "harmonic"])
def test_these_means_have_no_meaning_below_zero(method: str) -> None:
    """A scale may begin below zero; then a mean of ratios is missing rather than NaN, zero or not beside it."""
    assert aggregated(method, [(-5, 1), (60, 3)]) is None
    assert aggregated(method, [(-5, 1), (0, 1)]) is None


@pytest.mark.parametrize("method", sorted(AGGREGATIONS))
@pytest.mark.parametrize("scale", [1e-3, 7.0])
def test_only_a_sum_depends_on_the_size_of_the_weights(method: str, scale: float) -> None:
    """Marks of 20/50/30 and shares of 0.2/0.5/0.3 mean the same to all but a sum."""
    children = [(20.0, 20.0), (50.0, 50.0), (90.0, 30.0)]
    times = scale if method == "sum" else 1
    found = aggregated(method, [(x, w * scale) for x, w in children])
    assert found == pytest.approx(PLAIN[method](children) * times, rel=1e-14)


@settings(deadline=None, max_examples=60)
@given(children=CHILDREN)
@pytest.mark.parametrize("method", sorted(AGGREGATIONS))
def test_every_method_is_its_formula(method: str, children: list[Child]) -> None:
    """For any children a method equals plain Python over those present with weight, is finite, and else missing."""
    counted = [(x, w) for x, w in children if x is not None and w > 0]
    expected = pytest.approx(PLAIN[method](counted), rel=1e-9, abs=1e-300) if counted else None
    found = aggregated(method, children)
    assert found == expected
    assert found is None or math.isfinite(found)


@settings(deadline=None, max_examples=60)
@given(children=CHILDREN)
@pytest.mark.parametrize("method", [*MEANS, *EXTREMES])
def test_a_node_lies_between_its_worst_and_best_child(method: str, children: list[Child]) -> None:
    """All but a sum stay between the extremes of the children that count, but for the last bits of a float."""
    counted = [x for x, w in children if x is not None and w > 0]
    found = aggregated(method, children)
    if found is not None:
        assert min(counted) * (1 - 1e-12) <= found <= max(counted) * (1 + 1e-12)


@settings(deadline=None, max_examples=60)
@given(children=st.lists(st.tuples(st.floats(0.01, 100), st.floats(0.1, 10)), min_size=1, max_size=6))
def test_the_means_stand_in_their_known_order(children: list[Child]) -> None:
    """In rising order: minimum <= harmonic <= geometric <= arithmetic <= maximum."""
    found = [aggregated(name, children) for name in ("minimum", "harmonic", "geometric", "arithmetic", "maximum")]
    values = [x for x in found if x is not None]
    assert len(values) == 5
    for lower, higher in itertools.pairwise(values):
        assert lower <= higher * (1 + 1e-12)


@pytest.mark.parametrize("method", [*MEANS, *EXTREMES])
def test_a_perfect_enterprise_never_earns_more_than_the_scale(method: str) -> None:
    """Children that all stand at 100 never make 100.00000000000001, whatever the weights: the scale is a promise."""
    for first in range(1, 40):
        for second in (0.1, 0.3, 0.7, 1.1):
            weights = [first / 10, second, 0.2, 1 / 3]
            found = aggregated(method, [(100.0, weight) for weight in weights])
            assert found is not None
            assert 100 * (1 - 1e-12) <= found <= 100, weights


def test_without_weights_siblings_count_the_same() -> None:
    """Where no sibling states a weight each has the same."""
    rules = scheme(category("x", *map(indicator, "abc")))
    assert scores(rules, "x", a=[0.1], b=[0.2], c=[0.6]) == pytest.approx([(0.1 + 0.2 + 0.6) / 3])


def test_a_sum_without_weights_is_plain_addition() -> None:
    """Marks are added up as they are."""
    rules = scheme(*map(indicator, "abc"), aggregate="sum")
    assert scores(rules, a=[0.1], b=[0.2], c=[0.6]) == pytest.approx([0.1 + 0.2 + 0.6])


@pytest.mark.parametrize("method", sorted(AGGREGATIONS))
def test_weights_may_differ_by_stage(method: str) -> None:
    """The young and the old with the same scores get each their stage's result; a weight may be zero in one stage."""
    rules = scheme(
        indicator("a", weight={"young": 5, "old": 0}),
        indicator("b", weight={"young": 1, "old": 2}),
        indicator("c", weight=3),
        aggregate=method,
        stages=STAGES,
    )
    found = scores(rules, a=[0.9, 0.9], b=[0.4, 0.4], c=[0.2, 0.2], stage=["young", "old"])
    young = PLAIN[method]([(0.9, 5), (0.4, 1), (0.2, 3)])
    old = PLAIN[method]([(0.4, 2), (0.2, 3)])
    assert found == pytest.approx([young, old], rel=1e-12)


def test_each_node_of_the_tree_has_its_own_method() -> None:
    """A minimum of two below a geometric mean below a sum."""
    rules = scheme(
        category("x", category("y", *map(indicator, "ab"), aggregate="minimum"), indicator("c"), aggregate="geometric"),
        indicator("d"),
        aggregate="sum",
    )
    table = scored(rules, a=[0.9], b=[0.4], c=[0.1], d=[0.7])
    assert table.select("y", "x", "score").row(0) == pytest.approx((0.4, math.sqrt(0.4 * 0.1), math.sqrt(0.04) + 0.7))


def test_a_category_without_any_child_is_left_out_above() -> None:
    """A category nobody can compute gives its weight to its siblings, as a missing indicator does."""
    rules = scheme(
        category("x", *map(indicator, "ab"), weight=9),
        category("y", indicator("c"), weight=1),
    )
    table = scored(rules, a=[None, 0.2], b=[None, 0.4], c=[0.5, 0.5])
    assert table["x"].to_list() == pytest.approx([None, 0.3])
    assert table["score"].to_list() == pytest.approx([0.5, (9 * 0.3 + 1 * 0.5) / 10])


@given(
    children=st.lists(st.tuples(st.floats(0, 100), st.floats(1e-3, 1e3)), min_size=1, max_size=8),
    present=st.lists(st.booleans(), min_size=8, max_size=8),
    weighed=st.booleans(),
)
@settings(max_examples=60)
def test_what_is_known_beforehand_changes_no_bit(
    *, children: list[tuple[float, float]], present: list[bool], weighed: bool
) -> None:
    """A mean is the same number whether or not it is told that scores are there and weights above 0."""
    schema = {f"{name}{i}": pl.Float64 for i in range(len(children)) for name in "xw"}
    row = {f"x{i}": [x if present[i] else None] for i, (x, _) in enumerate(children)}
    row |= {f"w{i}": [w if weighed else None] for i, (_, w) in enumerate(children)}
    frame = pl.DataFrame(row, schema=schema)
    unknown = [methods.Child(pl.col(f"x{i}"), pl.col(f"w{i}")) for i in range(len(children))]
    known = [
        methods.Child(one.score, one.weight, filled=filled, weighs=True)
        for one, filled in zip(unknown, present, strict=False)
    ]
    expected, found = (frame.select(methods.arithmetic(one)).item() for one in (unknown, known))
    assert found == expected
    assert weighed or found is None
