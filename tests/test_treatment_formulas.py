"""Treatment: quantiles, winsorising and the logarithm give what their formulas give."""

from __future__ import annotations

import math
import statistics
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from icredit.methods.statistics import quantile
from icredit.methods.treatment import log, winsorise
from little import MINMAX, STAGES, indicator, measured, minmax, run_step, scheme, scored, scored_by, scores

SANE = st.floats(-1e12, 1e12)


def plain_quantile(values: list[float], level: float) -> float:
    """Return the type 7 quantile: at place (n - 1) level of the sorted values, between neighbours in proportion."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * level
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def found_quantile(values: list[float | None], level: float) -> Any:
    """Return the quantile of a column as the treatment finds it."""
    return pl.DataFrame({"x": values}, schema={"x": pl.Float64}).select(quantile(pl.col("x"), level)).item()


def test_a_quantile_lies_between_neighbours_in_proportion() -> None:
    """Of five values the 0.1 quantile stands at place 4 * 0.1: four tenths of the way from the first to the second."""
    assert found_quantile([50, 10, 40, 20, 30], 0.1) == pytest.approx(10 + 0.4 * (20 - 10), rel=1e-15)
    assert found_quantile([50, 10, 40, 20, 30], 0.5) == 30
    assert found_quantile([50, 10, 40, 20, 30], 1) == 50


def test_a_quantile_is_of_the_values_present() -> None:
    """Missing values do not count: of 10 and 20 the 0.25 quantile is 12.5 however many are missing."""
    assert found_quantile([None, 20, None, 10, None], 0.25) == 10 + 0.25 * (20 - 10)
    assert found_quantile([None, None], 0.25) is None


def test_winsorising_pulls_extremes_to_the_quantiles() -> None:
    """Between the 0.1 and the 0.75 quantile nothing changes; beyond, values become the quantile."""
    values = [1.0, 2, 3, 4, 1000]
    low, high = 1 + 0.4 * (2 - 1), 4  # places 4 * 0.1 and 4 * 0.75
    assert run_step(winsorise(0.1, 0.75), values) == pytest.approx([low, 2, 3, 4, high], rel=1e-15)


def test_winsorising_then_minmax() -> None:
    """The bounds of a min-max that follows are the quantiles."""
    rules = scheme(indicator("a", normalise=MINMAX, treat={"winsorise": [0.25, 0.75]}))
    # Quantiles 2 and 4 of 1, 2, 3, 4, 1000.
    assert scores(rules, a=[1, 2, 3, 4, 1000]) == [0, 0, (3 - 2) / (4 - 2), 1, 1]


def test_winsorising_at_0_and_1_changes_nothing() -> None:
    """The 0 and 1 quantiles are the extremes themselves."""
    assert run_step(winsorise(0, 1), [3, -7, None, 1e9]) == [3, -7, None, 1e9]


def test_winsorising_is_done_within_the_groups_of_the_normalisation() -> None:
    """A giant among the old does not touch the quantiles of the young."""
    rules = scheme(indicator("a", normalise=minmax("stage"), treat={"winsorise": [0, 0.75]}), stages=STAGES)
    found = scores(rules, "a", a=[1, 2, 3, 4, 9, 10, 20, 30, 40, 9000], stage=["young"] * 5 + ["old"] * 5)
    assert found == pytest.approx([0, 1 / 3, 2 / 3, 1, 1] * 2, rel=1e-15)


@pytest.mark.parametrize("within", [(), ("stage",), ("zone",)])
def test_winsorise_levels_may_differ_by_stage(within: tuple[str, ...]) -> None:
    """The young are cut at their levels and the old at theirs, in whatever groups the quantiles are taken."""
    levels = [{"young": 0.25, "old": 0}, {"young": 0.75, "old": 1}]
    rules = scheme(indicator("a", normalise=minmax(*within), treat={"winsorise": levels}), stages=STAGES)
    zones = ["changsha", "zhuzhou", "changsha", "zhuzhou", "changsha"] * 2
    columns: dict[str, list[Any]] = {
        "a": [1, 2, 3, 4, 5, 2, 3, 4, 5, 6],
        "stage": ["young"] * 5 + ["old"] * 5,
        "zone": zones,
    }
    groups = [tuple(columns[name][row] for name in within) for row in range(10)]

    def treated(row: int) -> float:
        value = float(columns["a"][row])
        group = [float(x) for x, key in zip(columns["a"], groups, strict=True) if key == groups[row]]
        if columns["stage"][row] == "young":
            value = min(max(value, plain_quantile(group, 0.25)), plain_quantile(group, 0.75))
        return value

    expected = []
    for row, group in enumerate(groups):
        compared = [treated(other) for other in range(10) if groups[other] == group]
        expected.append((treated(row) - min(compared)) / (max(compared) - min(compared)))
    assert scores(rules, "a", **columns) == pytest.approx(expected, abs=1e-12)


def test_levels_that_differ_in_the_seventh_digit_are_two_levels() -> None:
    """The young are cut at 0.4999999 of the way from 0 to 10,000,000 and the old at 0.5, not both at the same."""
    levels = [0, {"young": 0.4999999, "old": 0.5}]
    rules = scheme(indicator("a", normalise=MINMAX, treat={"winsorise": levels}), stages=STAGES)
    table = scored(rules, a=[0, 10_000_000, 10_000_000, 0], stage=["young", "young", "old", "old"])
    # Of 0, 0, 1e7 and 1e7 the quantile at level p stands at place 3 p: between the second and the third value.
    young, old = (3 * 0.4999999 - 1) * 1e7, (3 * 0.5 - 1) * 1e7
    assert table["a"].to_list() == pytest.approx([0, young / old, 1, 0], abs=1e-12)
    assert young / old < 1 - 1e-8


def test_the_logarithm_is_of_the_distance_from_the_minimum() -> None:
    """log: ln(x - min + 0.01 (max - min)), so the minimum becomes ln(0.01 range)."""
    found = run_step(log(), [0, 10, None, 90, 100])
    expected = [math.log(1), math.log(10 + 1), None, math.log(90 + 1), math.log(100 + 1)]
    assert [x is None for x in found] == [x is None for x in expected]
    assert [x for x in found if x is not None] == pytest.approx([x for x in expected if x is not None], rel=1e-12)


def test_the_logarithm_takes_zeros_and_losses() -> None:
    """Values of -50, 0 and 50 are 0, 50 and 100 above the minimum, with a shift of 1."""
    assert run_step(log(), [-50, 0, 50]) == pytest.approx([0, math.log(50 + 1), math.log(100 + 1)], abs=1e-12)


def test_the_logarithm_of_equals_tells_nobody_apart() -> None:
    """A group of equals becomes 0 and then earns the middle of the scale."""
    assert run_step(log(), [7, 7, None]) == [0, 0, None]
    assert scores(scheme(indicator("a", normalise=MINMAX, treat={"transform": "log"})), a=[7, 7]) == [0.5, 0.5]


def test_winsorising_comes_before_the_logarithm() -> None:
    """The logarithm's minimum and maximum are those of the winsorised values."""
    treat = {"winsorise": [0.25, 0.75], "transform": "log"}
    rules = scheme(indicator("a", normalise=MINMAX, treat=treat))
    # Quantiles 2 and 6 of 1, 2, 3, 6, 1000; the shift is 0.01 * (6 - 2).
    ends = math.log(0.04), math.log(4 + 0.04)
    middle = (math.log(3 - 2 + 0.04) - ends[0]) / (ends[1] - ends[0])
    assert scores(rules, a=[1, 2, 3, 6, 1000]) == pytest.approx([0, 0, middle, 1, 1], abs=1e-12)


def test_beyond_a_reference_the_logarithm_ends_at_its_bounds() -> None:
    """A late enterprise below the reference's minimum or above its maximum earns the ends, never NaN."""
    rules = scheme(indicator("a", normalise=MINMAX, treat={"transform": "log"}))
    reference = measured(rules, a=[0, 100])
    found = scored_by(reference, rules, a=[-1000, 0, 10, 100, 1e90])["a"].to_list()
    middle = (math.log(10 + 1) - math.log(1)) / (math.log(100 + 1) - math.log(1))
    assert found == pytest.approx([0, 0, middle, 1, 1], abs=1e-12)


def test_the_logarithm_of_the_smallest_numbers_is_a_number() -> None:
    """Where 0.01 (max - min) is too small for a float, shares are still between 0 and 1 and rise with the values."""
    rules = scheme(indicator("a", normalise=MINMAX, treat={"transform": "log"}))
    found = scores(rules, "a", a=[0.0, 5e-324, 1e-323])
    assert all(x is not None and 0 <= x <= 1 for x in found), found


def test_the_logarithm_of_values_as_far_apart_as_numbers_go_is_a_number() -> None:
    """Where max - min is more than a float holds, shares are still between 0 and 1, or missing."""
    rules = scheme(indicator("a", normalise=MINMAX, treat={"transform": "log"}))
    found = scores(rules, "a", a=[-1.7e308, 0, 1.7e308])
    assert all(x is None or 0 <= x <= 1 for x in found), found


def test_quantiles_of_values_as_far_apart_as_numbers_go_are_numbers() -> None:
    """A reference never holds infinity, which JSON could not."""
    rules = scheme(indicator("a", normalise=MINMAX, treat={"winsorise": [0.1, 0.9]}))
    assert "Infinity" not in measured(rules, a=[-1.7e308, 1.7e308]).to_json()


@settings(deadline=None, max_examples=60)
@given(values=st.lists(SANE, min_size=2, max_size=15), percent=st.integers(1, 99))
def test_quantiles_are_those_of_the_standard_library(values: list[float], percent: int) -> None:
    """The quantile equals `statistics.quantiles(method='inclusive')`, Excel's PERCENTILE.INC."""
    expected = statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
    assert found_quantile([*values, None], percent / 100) == pytest.approx(expected, rel=1e-12, abs=1e-3)


@settings(deadline=None, max_examples=60)
@given(values=st.lists(st.none() | SANE, min_size=1, max_size=15), levels=st.tuples(*[st.integers(0, 100)] * 2))
def test_winsorising_is_its_formula(values: list[float | None], levels: tuple[int, int]) -> None:
    """For any values and levels each becomes max(low quantile, min(high quantile, x)); missing stays missing."""
    low, high = sorted(level / 100 for level in levels)
    present = [x for x in values if x is not None]
    expected = [
        None if x is None else max(plain_quantile(present, low), min(plain_quantile(present, high), x)) for x in values
    ]
    found = run_step(winsorise(low, high), values)
    for got, wanted in zip(found, expected, strict=True):
        assert got == (None if wanted is None else pytest.approx(wanted, rel=1e-12, abs=1e-3))


@settings(deadline=None, max_examples=150)
@given(values=st.lists(st.none() | st.floats(-1e15, 1e15), min_size=1, max_size=15))
def test_the_logarithm_is_its_formula_and_never_infinite(values: list[float | None]) -> None:
    """For any values the result is ln(x - min + 0.01 (max - min)), finite, or 0 where all are equal."""
    present = [x for x in values if x is not None]
    assume(not present or max(present) == min(present) or max(present) - min(present) > 1e-290)
    for got, x in zip(run_step(log(), values), values, strict=True):
        if x is None:
            assert got is None
            continue
        span = max(present) - min(present)
        assert got == pytest.approx(math.log(x - min(present) + 0.01 * span) if span else 0.0, rel=1e-12, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(values=st.lists(st.integers(-1_000_000, 1_000_000), min_size=2, max_size=12), factor=st.floats(1e-9, 1e9))
def test_log_then_minmax_does_not_depend_on_the_unit(values: list[int], factor: float) -> None:
    """With the range r, a value earns ln(((x - min) / r + 0.01) / 0.01) / ln(1.01 / 0.01), in whatever unit."""
    rules = scheme(indicator("a", normalise=MINMAX, treat={"transform": "log"}))
    low, span = min(values), max(values) - min(values)
    expected = [math.log(((x - low) / span + 0.01) / 0.01) / math.log(1.01 / 0.01) if span else 0.5 for x in values]
    assert scores(rules, a=[float(x) for x in values]) == pytest.approx(expected, abs=1e-9)
    assert scores(rules, a=[x * factor for x in values]) == pytest.approx(expected, abs=1e-9)
