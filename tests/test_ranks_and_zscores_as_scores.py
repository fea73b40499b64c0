"""Ranks, Borda counts, percentile ranks and z-scores as scores: their formulas, ties, and groups of equals."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icredit.methods.step import Direction
from little import frame, indicator, scheme, scored, scores

NUMBERS = st.integers(-5, 5).map(float) | st.floats(-1e6, 1e6)
VALUES = st.lists(st.none() | NUMBERS, min_size=1, max_size=12)
DIRECTIONS = st.sampled_from(["higher", "lower"])


def by(method: str, **rest: Any) -> Any:
    """Return a scheme of one indicator normalised by the method."""
    direction = rest.pop("direction", "higher")
    return scheme(indicator("a", normalise={"method": method} | rest, direction=direction))


def ranks(values: list[float | None], direction: Direction) -> list[int | None]:
    """Return the rank of every value: 1 more than the number of values that are worse."""
    sign = 1 if direction == "higher" else -1
    present = [sign * x for x in values if x is not None]
    return [None if x is None else 1 + sum(other < sign * x for other in present) for x in values]


@settings(deadline=None, max_examples=60)
@given(values=VALUES, direction=DIRECTIONS)
def test_rank_counts_those_that_are_worse(values: list[float | None], direction: Direction) -> None:
    """A rank is 1 plus the number of worse values, a Borda count the number itself; missing stays missing."""
    expected = ranks(values, direction)
    assert scores(by("rank", direction=direction), "a", a=values) == expected
    assert scores(by("borda", direction=direction), "a", a=values) == [None if r is None else r - 1 for r in expected]


@settings(deadline=None, max_examples=60)
@given(values=VALUES, direction=DIRECTIONS)
def test_percentile_rank_is_the_share_left_behind(values: list[float | None], direction: Direction) -> None:
    """A percentile rank is (rank - 1) / (n - 1), and one half where nobody can be told apart."""
    present = [x for x in values if x is not None]
    expected = [
        None if r is None else 0.5 if len(set(present)) == 1 else pytest.approx((r - 1) / (len(present) - 1))
        for r in ranks(values, direction)
    ]
    assert scores(by("percentile_rank", direction=direction), "a", a=values) == expected


@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(st.none() | st.integers(-(10**6), 10**6).map(float), min_size=1, max_size=12), direction=DIRECTIONS
)
def test_zscore_is_its_formula(values: list[float | None], direction: Direction) -> None:
    """A z-score is the distance to the mean in standard deviations over n - 1, put onto the mean and deviation asked for."""
    present = [x for x in values if x is not None]
    sign = 1 if direction == "higher" else -1
    expected: list[Any] = []
    for x in values:
        if x is None:
            expected.append(None)
        elif len(set(present)) == 1:
            expected.append(50)
        else:
            away = (x - statistics.mean(present)) / statistics.stdev(present)
            expected.append(pytest.approx(50 + sign * 10 * away, abs=1e-9))
    assert scores(by("zscore", direction=direction, mean=50, deviation=10), "a", a=values) == expected


def test_equal_values_share_the_lowest_rank() -> None:
    """Of 1, 3, 3, 7 the two in the middle both have rank 2, and the best has 4."""
    assert scores(by("rank"), "a", a=[3.0, 1.0, 7.0, 3.0]) == [2, 1, 4, 2]
    assert scores(by("percentile_rank", range=[0, 90]), "a", a=[3.0, 1.0, 7.0, 3.0]) == [30, 0, 90, 30]


def test_ranks_count_within_groups() -> None:
    """Groups are ranked for themselves, and whoever names no group belongs to one."""
    rows = frame(a=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], zone=["x", "x", "y", "y", None, None])
    table = scored(scheme(indicator("a", normalise={"method": "rank", "within": ["zone"]})), rows)
    assert table["a"].to_list() == [1, 2, 1, 2, 1, 2]


def test_the_zscores_of_a_group_do_not_depend_on_the_order_of_rows() -> None:
    """Not even in the last bit, although sums of floating-point numbers do."""
    numbers = [(-1.0) ** n * n**1.7 for n in range(1, 400)]
    orders = [numbers, numbers[::-1], numbers[200:] + numbers[:200], sorted(numbers)]
    found = [dict(zip(order, scores(by("zscore"), "a", a=order), strict=True)) for order in orders]
    assert all(scores_of == found[0] for scores_of in found)


def test_what_is_too_little_earns_by_the_method() -> None:
    """`missing: zero` earns rank 0 and Borda 0, which nobody with a value has less than."""
    for method in ("rank", "borda"):
        rules = scheme(indicator("a", normalise={"method": method}, missing="zero"))
        assert scores(rules, "a", a=[None, 5.0])[0] == 0


def test_the_worst_value_stands_in_for_a_missing_one() -> None:
    """`missing: worst` gives what the worst of the group has: the lowest value, or the highest where lower is better."""
    rules = scheme(indicator("a", normalise={"method": "zscore"}, missing="worst"))
    mean, deviation = 2.0, math.sqrt((1 + 1 + 1 + 9) / 3)  # of 1, 1, 1, 5
    assert scores(rules, "a", a=[None, 1.0, 1.0, 5.0]) == pytest.approx([(x - mean) / deviation for x in (1, 1, 1, 5)])
    lower = scheme(indicator("a", normalise={"method": "rank"}, missing="worst", direction="lower"))
    assert scores(lower, "a", a=[None, 1.0, 5.0]) == [1, 3, 1]
