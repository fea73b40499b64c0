"""Winsorising one extreme value after the other until the values pass, clipping, and logarithms."""

from __future__ import annotations

import math
import statistics
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from conftest import AS_OF
from icredit.methods.treatment import WinsorisePoints
from little import category, frame, indicator, scheme, scored

NONE = {"method": "none"}


def g1(values: list[float]) -> float:
    """Return the skewness of type 2: G1 = g1 sqrt(n (n - 1)) / (n - 2)."""
    n, mean = len(values), statistics.fmean(values)
    second, third = (sum((x - mean) ** k for x in values) / n for k in (2, 3))
    return float(third / second**1.5 * math.sqrt(n * (n - 1)) / (n - 2))


def g2(values: list[float]) -> float:
    """Return the excess kurtosis of type 2: G2 = ((n + 1) g2 + 6) (n - 1) / ((n - 2) (n - 3))."""
    n, mean = len(values), statistics.fmean(values)
    second, fourth = (sum((x - mean) ** k for x in values) / n for k in (2, 4))
    return ((n + 1) * (fourth / second**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))


def passes(values: list[float]) -> bool:
    """Return whether values are near enough to a normal distribution; too few or equal ones are."""
    if len(values) < 4 or len(set(values)) == 1:
        return True
    return round(abs(g1(values)), 10) < 2 or round(g2(values), 10) < 3.5


def one_by_one(values: list[float], points: int) -> tuple[list[float], bool]:
    """Return the values with at most so many extremes moved to the next value, and whether they pass."""
    kept = sorted(values)
    low = high = 0
    while not passes(kept) and low + high < min(points, len(values) - 1):
        if g1(kept) >= 0:
            high += 1
        else:
            low += 1
        ordered = sorted(values)
        kept = [min(max(x, ordered[low]), ordered[-1 - high]) for x in ordered]
    bounds = kept[0], kept[-1]
    return [min(max(x, bounds[0]), bounds[1]) for x in values], passes(kept)


def treated(rows: pl.DataFrame, **treat: Any) -> list[float | None]:
    """Return the values of `a` after treatment."""
    rules = scheme(category("all", indicator("a", treat=treat, normalise=NONE)))
    return scored(rules, rows)["a"].to_list()


SKEWED = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 100.0]


def test_one_giant_becomes_the_next() -> None:
    """One value far above nine others is moved to the highest of them, and then they pass."""
    assert not passes(SKEWED)
    assert passes([*SKEWED[:-1], 9.0])
    assert treated(frame(a=SKEWED), winsorise={"points": 5}) == [*SKEWED[:-1], 9.0]


def test_one_dwarf_becomes_the_next() -> None:
    """The same at the lower end."""
    values = [-x for x in SKEWED]
    assert treated(frame(a=values), winsorise={}) == [*values[:-1], -9.0]


def test_two_giants_are_moved_to_the_third() -> None:
    """The one moved first moves on with the second."""
    values = [*(float(n) for n in range(1, 31)), 900.0, 1000.0]
    expected, passed = one_by_one(values, 5)
    assert passed
    assert expected[-2:] == [30, 30]
    assert treated(frame(a=values), winsorise={}) == expected


def test_not_more_than_the_points_allowed() -> None:
    """Values that do not pass in time stay as far as they came, or are transformed instead if the scheme says so."""
    values = [0.0] * 60 + [1000.0 + n for n in range(4)]
    expected, passed = one_by_one(values, 2)
    assert not passed
    assert treated(frame(a=values), winsorise={"points": 2}) == expected
    shift = 0.01 * 1003
    logs = [pytest.approx(math.log(x + shift)) for x in values]
    assert treated(frame(a=values), winsorise={"points": 2, "otherwise": "log"}) == logs
    assert treated(frame(a=values), winsorise={"points": 2, "otherwise": "log1p"}) == [
        pytest.approx(math.log1p(x)) for x in values
    ]


def test_what_passes_is_left_alone() -> None:
    """Values that pass are neither moved nor transformed, and fewer than four are not judged."""
    values = [1.0, 2.0, 3.0, 4.0, 5.0]
    assert treated(frame(a=values), winsorise={"points": 0, "otherwise": "log"}) == values
    assert treated(frame(a=[1.0, 2.0, 1e9]), winsorise={}) == [1, 2, 1e9]
    assert treated(frame(a=[4.0, 4.0, 4.0, 4.0, None]), winsorise={}) == [4, 4, 4, 4, None]


@pytest.mark.parametrize("values", [[0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 100.0], [0.1, 0.1, 0.1, 0.7]])
def test_a_skewness_of_exactly_two_does_not_pass(values: list[float]) -> None:
    """Three equal values and a fourth have G1 = 2 and G2 = 4, whatever floating point makes of them."""
    assert treated(frame(a=values), winsorise={}) == [values[0]] * 4


def test_each_group_is_judged_for_itself() -> None:
    """What is an outlier among some may be ordinary among others; `within` of the treatment says among whom."""
    rows = frame(a=[*SKEWED, *(x * 20 for x in SKEWED[:5])], zone=["x"] * 10 + ["y"] * 5)
    found = treated(rows, winsorise={}, within=["zone"])
    assert found == [*SKEWED[:-1], 9.0, *(x * 20 for x in SKEWED[:5])]


@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(st.integers(0, 3).map(float) | st.integers(0, 500).map(float), min_size=1, max_size=40),
    points=st.integers(0, 6),
)
def test_the_procedure_is_what_it_is_described_as(values: list[float], points: int) -> None:
    """For any values the bounds are those of a plain program written from the description."""
    found = WinsorisePoints(points=points, otherwise="log").find(pl.Series(sorted(values)))
    expected, passed = one_by_one(values, points)
    assert (found["winsorise_lower"], found["winsorise_upper"]) == (min(expected), max(expected))
    assert found["winsorise_otherwise"] == float(not passed)


def test_later_statistics_see_the_treated_values() -> None:
    """Min-max behind winsorising by points ends at the bound that was found, not at the giant."""
    rules = scheme(indicator("a", treat={"winsorise": {}}, normalise={"method": "minmax"}))
    assert scored(rules, frame(a=SKEWED))["a"].to_list() == [pytest.approx((min(x, 9) - 1) / 8) for x in SKEWED]


def test_a_group_in_which_nobody_filed_stays_so() -> None:
    """No values have no bounds, and nothing is wrong with them; another group is treated all the same."""
    assert WinsorisePoints().find(pl.Series([], dtype=pl.Float64)) == dict.fromkeys(
        ("winsorise_lower", "winsorise_upper", "winsorise_otherwise"), None
    )
    rows = frame(a=[None, None, *map(float, SKEWED)], kind=["empty", "empty", *["full"] * len(SKEWED)])
    found = treated(rows, winsorise={"points": 1, "otherwise": "log1p"}, within=["kind"])
    alone = treated(frame(a=list(map(float, SKEWED))), winsorise={"points": 1, "otherwise": "log1p"})
    assert found == [None, None, *alone]
    assert alone != SKEWED


def test_fixed_bounds() -> None:
    """Clipping moves values to fixed bounds, either of them or both."""
    rows = frame(a=[-5.0, 0.0, 7.0, None])
    assert treated(rows, clip={"lower": 0, "upper": 5}) == [0, 0, 5, None]
    assert treated(rows, clip={"upper": 5}) == [-5, 0, 5, None]
    assert treated(rows, clip={"lower": -1}) == [-1, 0, 7, None]


def test_logarithms() -> None:
    """Ln is missing where there is none, log1p takes zero."""
    rows = frame(a=[0.0, 1.0, math.e, -1.0])
    assert treated(rows, transform="ln") == [None, 0, pytest.approx(1), None]
    assert treated(rows, transform="log1p") == [0, pytest.approx(math.log(2)), pytest.approx(math.log1p(math.e)), None]


def test_the_steps_are_shown() -> None:
    """The table can show the value as filed, after imputation, and after treatment."""
    rules = scheme(
        indicator(
            "a", missing="impute", treat={"clip": {"upper": 6}, "transform": "log1p"}, normalise={"method": "minmax"}
        )
    )
    table = icredit.score(frame(a=[2.0, None, 10.0]), rules, steps=True, as_of=AS_OF).sort("uscc")
    assert table["a.value"].to_list() == [2, None, 10]
    assert table["a.imputed"].to_list() == [2, 6, 10]
    assert table["a.treated"].to_list() == [pytest.approx(math.log1p(x)) for x in (2, 6, 6)]
