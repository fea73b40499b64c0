"""Distances to the best and to a target, fractions of the maximum, flags, and the value as it is."""

from __future__ import annotations

from typing import Any

import pytest

from little import STAGES, frame, indicator, label, scheme, scored, scores

VALUES = [0.0, 2.0, None, 10.0]


def by(method: str, direction: str = "higher", **rest: Any) -> Any:
    """Return a scheme of one indicator normalised by the method."""
    return scheme(indicator("a", normalise={"method": method} | rest, direction=direction))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (by("distance_to_maximum"), [1 - 10 / 10, 1 - 8 / 10, None, 1]),
        (by("distance_to_maximum", "lower"), [1, 1 - 2 / 10, None, 0]),
        (by("distance_to_maximum", range=[10, 20]), [10, 12, None, 20]),
        (by("distance_to_target", target=5), [0, 2 / 5, None, 1]),
        (by("distance_to_target", target=5, clamp=False), [0, 2 / 5, None, 10 / 5]),
        (by("distance_to_target", "lower", target=5), [1, 1, None, 0]),
        (by("distance_to_target", "lower", target=5, clamp=False), [10 / 5, 8 / 5, None, 0]),
        (by("fraction_of_maximum"), [0, 2 / 10, None, 1]),
        (by("fraction_of_maximum", "lower"), [1, 0, None, 0]),
        (by("flag"), [0, 1, None, 1]),
        (by("flag", "lower", range=[0, 30]), [30, 0, None, 0]),
        (by("none"), [0, 2, None, 10]),
    ],
)
def test_formula(rules: Any, expected: list[float | None]) -> None:
    """Each method is its formula, and what is missing stays missing."""
    assert scores(rules, "a", a=VALUES) == [x if x is None else pytest.approx(x, abs=1e-12) for x in expected]


def test_the_smallest_cost_earns_most() -> None:
    """Where lower is better a value earns the minimum over it: half as good is half the points."""
    assert scores(by("fraction_of_maximum", "lower"), "a", a=[2.0, 4.0, 8.0]) == [1, 1 / 2, 1 / 4]


def test_a_minimum_of_zero_divides_nothing_by_zero() -> None:
    """Whoever has no cost at all is best; next to that nobody else is any fraction of it; COINr's number is missing."""
    assert scores(by("fraction_of_maximum", "lower"), "a", a=[0.0, 3.0, 0.0]) == [1, 0, 1]
    assert scores(by("fraction_of_maximum", "lower", mirror="negate"), "a", a=[0.0, 3.0]) == [None, None]


def test_nothing_is_better_than_no_cost() -> None:
    """Whoever has a cost of nothing or less has all of the range, no more and no less, also without limits."""
    rules = by("fraction_of_maximum", "lower", clamp=False)
    assert scores(rules, "a", a=[-3.0, 0.0, 2.0]) == [1, 1, 0]
    assert scores(rules, "a", a=[1 / 4, 1 / 2, 2.0]) == [1, 1 / 2, 1 / 8]


def test_coinrs_number_is_to_be_had() -> None:
    """With `mirror: negate` a cost is divided by the smallest one, so that it rises as it gets worse."""
    rules = by("fraction_of_maximum", "lower", mirror="negate", clamp=False)
    assert scores(rules, "a", a=[2.0, 4.0, 8.0]) == [1, 2, 4]


def test_fractions_of_losses() -> None:
    """A negative value earns nothing, unless its own number is asked for; where nobody has anything, all are alike."""
    assert scores(by("fraction_of_maximum"), "a", a=[-5.0, 5.0, 10.0]) == [0, 1 / 2, 1]
    assert scores(by("fraction_of_maximum", clamp=False), "a", a=[-5.0, 5.0, 10.0]) == [-1 / 2, 1 / 2, 1]
    assert scores(by("fraction_of_maximum"), "a", a=[0.0, -1 / 2]) == [1 / 2, 0]


def test_a_target_that_everybody_has_reached() -> None:
    """Where even the worst is as good as the target, everybody has all of it."""
    assert scores(by("distance_to_target", target=1), "a", a=[1.0, 3.0]) == [1, 1]
    assert scores(by("distance_to_target", "lower", target=5), "a", a=[1.0, 3.0]) == [1, 1]


def test_nobody_can_be_told_apart() -> None:
    """A single value, or equal ones, earn the middle of the range."""
    assert scores(by("distance_to_maximum"), "a", a=[7.0]) == [1 / 2]
    assert scores(by("distance_to_maximum", range=[0, 30]), "a", a=[7.0, 7.0, None]) == [15, 15, None]


def test_goalposts_without_limits() -> None:
    """With `clamp: false` a value beyond the goalposts earns more than all, or less than nothing."""
    rules = scheme(indicator("a", normalise={"method": "goalposts", "lower": 2, "upper": 6, "clamp": False}))
    assert scores(rules, "a", a=[0.0, 4.0, 8.0]) == [-1 / 2, 1 / 2, 3 / 2]


@pytest.mark.parametrize(
    ("rules", "values"),
    [
        (by("distance_to_target", target=1e-50, clamp=False), [0.0, 1e60]),
        (by("fraction_of_maximum", clamp=False), [1e-50, -1e60]),
    ],
)
def test_a_quotient_beyond_all_numbers_is_missing(rules: Any, values: list[float]) -> None:
    """1e60 / 1e-50 is 1e110, more than any score may be, and -1e110 is less."""
    first, beyond = scores(rules, "a", a=values)
    assert first is not None
    assert beyond is None


def test_a_target_of_each_stage() -> None:
    """A target may differ by stage; who is in none has no share."""
    method = {"method": "distance_to_target", "target": {"young": 10, "old": 5}}
    rules = scheme(indicator("a", normalise=method), stages=STAGES)
    rows = frame(a=[0.0, 2.0, 2.0, 2.0], stage=["young", "young", "old", None])
    assert scored(rules, rows)["a"].to_list() == [0, 2 / 10, 2 / 5, None]


def test_marks_given_by_an_expression() -> None:
    """With the method `none` an expression says the score itself, whatever the scale."""
    node = {
        "id": "x",
        "label": label("x"),
        "value": "case when a > 1 then 20 else 5 end",
        "normalise": {"method": "none"},
    }
    assert scores(scheme(node), "x", a=[2.0, 1.0, None]) == [20, 5, 5]
