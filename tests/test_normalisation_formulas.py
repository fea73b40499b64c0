"""Normalisation: every method gives what its formula gives, written out or in exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icredit.errors import SchemeError
from icredit.methods.normalisation import Goalposts, MinMax
from icredit.methods.step import Direction
from little import (
    MINMAX,
    STAGES,
    code,
    frame,
    goalposts,
    indicator,
    measured,
    minmax,
    run_step,
    scheme,
    scored,
    scored_by,
    scores,
)

# Any number whose difference from any other is a number too.
ANY = st.floats(-8e307, 8e307)
ENDS = st.floats(-1e12, 1e12)
DIRECTIONS = st.sampled_from(("higher", "lower"))


def plain_share(value: float, low: float, high: float, direction: str) -> float:
    """Return the share of the scale in exact fractions: 0 at the worse end, 1 at the better, limited to both."""
    x, lower, upper = Fraction(value), Fraction(low), Fraction(high)
    share = (x - lower) / (upper - lower) if direction == "higher" else (upper - x) / (upper - lower)
    return float(min(max(share, Fraction(0)), Fraction(1)))


def test_minmax_spreads_a_batch_over_the_scale() -> None:
    """Min-max gives the worst value 0, the best 100, and the others (x - min) / (max - min) of the scale."""
    rules = scheme(indicator("a", normalise=MINMAX), scale=[0, 100])
    assert scores(rules, a=[2, 5, 10]) == [0, 100 * (5 - 2) / (10 - 2), 100]


def test_minmax_where_lower_is_better() -> None:
    """With `direction: lower` the share is (max - x) / (max - min)."""
    rules = scheme(indicator("a", normalise=MINMAX, direction="lower"))
    assert scores(rules, a=[2, 5, 10]) == [1, (10 - 5) / (10 - 2), 0]


def test_minmax_on_a_scale_that_does_not_begin_at_zero() -> None:
    """The share is laid on the scheme's scale: lower end + share times its length."""
    rules = scheme(indicator("a", normalise=MINMAX), scale=[1, 11])
    assert scores(rules, a=[2, 5, 10]) == [1, 1 + (11 - 1) * (5 - 2) / (10 - 2), 11]


def test_minmax_takes_negative_values() -> None:
    """Losses are values like any other."""
    rules = scheme(indicator("a", normalise=MINMAX))
    assert scores(rules, a=[-30, -10, 10]) == [0, (-10 + 30) / (10 + 30), 1]


def test_minmax_leaves_missing_values_out_of_the_bounds() -> None:
    """A missing value neither becomes a bound nor gets a share."""
    rules = scheme(indicator("a", normalise=MINMAX))
    assert scores(rules, "a", a=[4, None, 6, 8]) == [0, None, (6 - 4) / (8 - 4), 1]


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        ((), [0, (2 - 1) / 8, (3 - 1) / 8, (5 - 1) / 8, (7 - 1) / 8, 1]),
        (("stage",), [0, 1 / 6, 1 / 3, 2 / 3, 1, 0.5]),
        (("zone",), [0, 1 / 2, 1, 0, 1 / 2, 1]),
        (("province",), [0, 1 / 4, 1 / 2, 1, 0, 1]),
        (("kind",), [0, 0, (3 - 1) / (9 - 1), (5 - 2) / (7 - 2), 1, 1]),
        (("stage", "zone"), [0, 1 / 2, 1, 0, 1, 0.5]),
    ],
)
def test_minmax_compares_within_the_groups_named(within: tuple[str, ...], expected: list[float]) -> None:
    """`within` takes no column, the stage, the zone, the province, a text field of the scheme, or several at once."""
    rules = scheme(indicator("a", normalise=minmax(*within)), stages=STAGES)
    found = scores(
        rules,
        "a",
        a=[1, 2, 3, 5, 7, 9],
        stage=["young"] * 5 + ["old"],
        zone=["changsha"] * 3 + ["wuhan"] * 3,
        province=["湖南"] * 4 + ["湖北"] * 2,
        kind=["x", "y", "x", "y", "y", "x"],
    )
    assert found == pytest.approx(expected, abs=1e-15)


def test_enterprises_without_the_group_are_a_group_of_their_own() -> None:
    """Those in no zone are compared with each other, not with everybody and not with nobody."""
    rules = scheme(indicator("a", normalise=minmax("zone")))
    found = scores(rules, "a", a=[1, 2, 3, 5, 9], zone=["changsha", "changsha", None, None, None])
    assert found == [0, 1, 0, (5 - 3) / (9 - 3), 1]


@pytest.mark.parametrize("direction", ["higher", "lower"])
@pytest.mark.parametrize("scale", [(0, 100), (1, 11)])
def test_a_group_of_equals_earns_the_middle_of_the_scale(scale: tuple[float, float], direction: str) -> None:
    """Where nobody can be told apart everybody earns half the scale, in either direction."""
    rules = scheme(indicator("a", normalise=MINMAX, direction=direction), scale=list(scale))
    middle = (scale[0] + scale[1]) / 2
    assert scores(rules, "a", a=[7, 7, None, 7]) == [middle, middle, None, middle]


def test_an_enterprise_alone_in_its_group_earns_the_middle() -> None:
    """A group of one has no worst and no best."""
    rules = scheme(indicator("a", normalise=minmax("stage")), stages=STAGES)
    assert scores(rules, "a", a=[0, 1, 3], stage=["young", "old", "old"]) == [0.5, 0, 1]


def test_a_group_with_one_value_among_missing_ones_earns_the_middle() -> None:
    """Missing values do not make a group of one larger."""
    rules = scheme(indicator("a", normalise=minmax("stage")), stages=STAGES)
    assert scores(rules, "a", a=[9, None, 1, 3], stage=["young", "young", "old", "old"]) == [0.5, None, 0, 1]


def test_a_value_beyond_a_reference_of_equals_is_better_or_worse() -> None:
    """Against a reference whose values were all 7, more than 7 earns all, 7 half and less nothing; lower mirrored."""
    for direction, expected in (("higher", [0, 0.5, 1]), ("lower", [1, 0.5, 0])):
        rules = scheme(indicator("a", normalise=MINMAX, direction=direction))
        reference = measured(rules, a=[7, 7])
        assert scored_by(reference, rules, a=[6.9, 7, 7.1])["a"].to_list() == expected


def test_a_value_beyond_the_bounds_of_a_reference_ends_at_the_scale() -> None:
    """Against a reference of 10 to 20, the values 5 and 50 earn the ends and 12 earns (12 - 10) / (20 - 10)."""
    rules = scheme(indicator("a", normalise=MINMAX))
    reference = measured(rules, a=[10, 20])
    assert scored_by(reference, rules, a=[5, 12, 50])["a"].to_list() == [0, (12 - 10) / (20 - 10), 1]


def test_goalposts_where_higher_is_better() -> None:
    """Between goalposts at -20 and 60 a value earns (x + 20) / (60 + 20)."""
    rules = scheme(indicator("a", normalise=goalposts(-20, 60)), scale=[0, 100])
    assert scores(rules, a=[-20, 0, 30, 60]) == [0, 100 * 20 / 80, 100 * 50 / 80, 100]


def test_goalposts_where_lower_is_better() -> None:
    """Mirrored: a value at the lower goalpost earns all, at the upper nothing."""
    rules = scheme(indicator("a", normalise=goalposts(-20, 60), direction="lower"), scale=[0, 100])
    assert scores(rules, a=[-20, 0, 30, 60]) == [100, 100 * 60 / 80, 100 * 30 / 80, 0]


@pytest.mark.parametrize(("direction", "expected"), [("higher", [0, 0, 1, 1]), ("lower", [1, 1, 0, 0])])
def test_beyond_the_goalposts_nothing_more_is_earned_or_lost(direction: str, expected: list[float]) -> None:
    """Growth of +100,000 % earns what the upper goalpost earns."""
    rules = scheme(indicator("a", normalise=goalposts(-20, 60), direction=direction))
    assert scores(rules, a=[-17209, -20.5, 60.5, 100_000]) == expected


def test_goalposts_may_differ_by_stage() -> None:
    """Each stage has its own goalposts, either of them or both."""
    ends = goalposts({"young": 0, "old": 10}, {"young": 40, "old": 20})
    rules = scheme(indicator("a", normalise=ends), indicator("b", normalise=goalposts(0, ends["upper"])), stages=STAGES)
    table = scored(rules, a=[12, 12], b=[12, 12], stage=["young", "old"])
    assert table["a"].to_list() == [12 / 40, (12 - 10) / (20 - 10)]
    assert table["b"].to_list() == [12 / 40, 12 / 20]


def test_goalposts_compare_with_nobody() -> None:
    """What others file changes nothing."""
    rules = scheme(indicator("a", normalise=goalposts(0, 8)))
    alone = scores(rules, a=[3])
    assert scores(rules, a=[3, 1e9, -1e9, None])[0] == alone[0] == 3 / 8


def test_an_indicator_that_nobody_filed_is_missing_for_all() -> None:
    """Without any value there is no bound, no share and no score."""
    for method in (MINMAX, minmax("zone"), goalposts(0, 1)):
        table = scored(scheme(indicator("a", normalise=method)), a=[None, None])
        assert table.select("a", "score", "rank").rows() == [(None, None, None)] * 2
        assert table["status"].to_list() == ["insufficient"] * 2


@pytest.mark.parametrize("method", [MINMAX, goalposts(-1, 1)])
@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_values_as_far_apart_as_numbers_go_are_shares_or_missing(method: dict[str, Any], direction: str) -> None:
    """Where max - min is more than a float holds, nothing becomes NaN or leaves the scale."""
    table = scored(scheme(indicator("a", normalise=method, direction=direction)), a=[-1.7e308, 0, 0.5, 1.7e308])
    for column in ("a", "score"):
        assert all(x is None or 0 <= x <= 1 for x in table[column].to_list()), table[column].to_list()


def test_goalposts_as_far_apart_as_numbers_go_are_refused_or_right() -> None:
    """Where upper - lower is more than a float holds, the scheme is refused, or the middle earns half."""
    try:
        rules = scheme(indicator("a", normalise=goalposts(-1.7e308, 1.7e308)))
    except SchemeError:
        return
    assert scores(rules, "a", a=[0]) == [0.5]


def test_values_as_close_as_numbers_go_are_told_apart() -> None:
    """The smallest difference that a float holds is a difference."""
    low, high = 1.0, math.nextafter(1.0, 2.0)
    assert scores(scheme(indicator("a", normalise=MINMAX)), a=[low, high]) == [0, 1]
    assert scores(scheme(indicator("a", normalise=MINMAX)), a=[0, 5e-324]) == [0, 1]


@settings(deadline=None, max_examples=150)
@given(values=st.lists(st.none() | ANY, min_size=1, max_size=12), direction=DIRECTIONS)
def test_minmax_is_its_formula(values: list[float | None], direction: Direction) -> None:
    """For any numbers min-max equals the formula in exact fractions; missing stays missing."""
    present = [x for x in values if x is not None]
    low, high = (min(present), max(present)) if present else (0.0, 0.0)
    expected = [
        None if x is None else 0.5 if low == high else pytest.approx(plain_share(x, low, high, direction), abs=1e-12)
        for x in values
    ]
    assert run_step(MinMax(method="minmax").share(direction), values) == expected


@settings(deadline=None, max_examples=150)
@given(values=st.lists(st.none() | ANY, max_size=12), ends=st.tuples(ENDS, ENDS), direction=DIRECTIONS)
def test_goalposts_are_their_formula(
    values: list[float | None], ends: tuple[float, float], direction: Direction
) -> None:
    """For any numbers and any two ends goalposts equal the formula in exact fractions, limited to 0 and 1."""
    low, high = sorted(ends)
    if low == high:
        high = low + max(1.0, abs(low))
    expected = [None if x is None else pytest.approx(plain_share(x, low, high, direction), abs=1e-12) for x in values]
    assert run_step(Goalposts(method="goalposts", lower=low, upper=high).share(direction), values) == expected


@settings(deadline=None, max_examples=25)
@given(
    rows=st.lists(st.tuples(st.none() | st.floats(-1e9, 1e9), st.sampled_from([None, "changsha", "wuhan"])), min_size=1)
)
def test_minmax_in_groups_is_its_formula_in_every_group(rows: list[tuple[float | None, str | None]]) -> None:
    """Groups are found by their names, whatever their size and order."""
    groups: dict[str | None, list[float]] = {}
    for x, zone in rows:
        groups.setdefault(zone, []).extend([] if x is None else [x])
    expected: list[Any] = []
    for x, zone in rows:
        low, high = min(groups[zone], default=0.0), max(groups[zone], default=0.0)
        share = 0.5 if low == high or x is None else plain_share(x, low, high, "higher")
        expected.append(None if x is None else pytest.approx(share, abs=1e-12))
    given_rows = frame(a=[x for x, _ in rows], zone=[zone for _, zone in rows])
    table = scored(scheme(indicator("a", normalise=minmax("zone"))), given_rows)
    assert table["a"].to_list() == expected
    assert table["uscc"].to_list() == [code(index) for index in range(len(rows))]
