"""Marks by tiers with stated bounds, and along straight lines: exactly at, just below and just above every bound."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icredit.errors import SchemeError
from little import STAGES, frame, indicator, label, scheme, scored, scores

HAIR = 1e-9


def tiers(*table: dict[str, Any], **rest: Any) -> Any:
    """Return a scheme of one indicator with marks by the table."""
    return scheme(indicator("a", normalise={"method": "tiers", "tiers": list(table)} | rest))


@pytest.mark.parametrize(
    ("bound", "below", "at", "above"),
    [("at_least", 0, 7, 7), ("above", 0, 0, 7), ("at_most", 7, 7, 0), ("below", 7, 0, 0)],
)
def test_each_bound_is_what_it_says(bound: str, below: float, at: float, above: float) -> None:
    """The value at the bound itself belongs to the tier if the bound says so, and only then."""
    rules = tiers({bound: 30, "marks": 7})
    assert scores(rules, "a", a=[30 - HAIR, 30.0, 30 + HAIR, None]) == [below, at, above, None]


def test_the_first_tier_that_holds_counts() -> None:
    """A table from the top: what reaches several tiers has the marks of the first."""
    rules = tiers({"at_least": 30, "marks": 20}, {"at_least": 25, "marks": 16}, {"at_least": 10, "marks": 4})
    assert scores(rules, "a", a=[31.0, 30.0, 29.999, 25.0, 24.999, 10.0, 9.999]) == [20, 20, 16, 16, 4, 4, 0]


def test_two_bounds_and_the_rest() -> None:
    """A tier between two bounds, and marks of their own for whatever is in no tier."""
    rules = tiers({"above": 55, "at_most": 75, "marks": 5}, {"at_most": 55, "marks": 10}, otherwise=1)
    assert scores(rules, "a", a=[55.0, 55.001, 75.0, 75.001]) == [10, 5, 5, 1]


def test_percentages_are_compared_as_people_compute_them() -> None:
    """29 of 100 are 29 %, although 100 times 0.29 is a hair less in floating point."""
    node = {
        "id": "x",
        "label": label("x"),
        "value": "100 * a",
        "normalise": {"method": "tiers", "tiers": [{"at_least": 29, "marks": 1}]},
    }
    assert 100 * 0.29 < 29
    assert scores(scheme(node), "x", a=[0.29, 0.2899999]) == [1, 0]


def test_marks_and_bounds_of_each_stage() -> None:
    """Both may differ by stage."""
    table = [{"at_least": {"young": 10, "old": 5}, "marks": {"young": 3, "old": 4}}]
    rules = scheme(indicator("a", normalise={"method": "tiers", "tiers": table}), stages=STAGES)
    assert scored(rules, frame(a=[9.0, 10.0, 5.0], stage=["young", "young", "old"]))["a"].to_list() == [0, 3, 4]


def test_nothing_filed_earns_the_fewest_marks() -> None:
    """`missing: zero` earns the smallest marks of the table, `exclude` none at all."""
    table = {"method": "tiers", "tiers": [{"at_least": 5, "marks": 10}], "otherwise": 2}
    assert scores(scheme(indicator("a", normalise=table, missing="zero")), "a", a=[None, 5.0]) == [2, 10]
    assert scores(scheme(indicator("a", normalise=table)), "a", a=[None, 5.0]) == [None, 10]


POINTS = [[0, 0], [5, 60], [10, 100]]


@settings(deadline=None, max_examples=60)
@given(values=st.lists(st.none() | st.floats(-100, 100), min_size=1, max_size=8))
def test_marks_along_lines(values: list[float | None]) -> None:
    """Between two points marks rise evenly; before the first and behind the last they stay."""

    def marks(x: float) -> float:
        if x <= 0 or x >= 10:
            return 0 if x <= 0 else 100
        return 60 * x / 5 if x < 5 else 60 + 40 * (x - 5) / 5

    rules = scheme(indicator("a", normalise={"method": "piecewise", "points": POINTS}))
    expected = [None if x is None else pytest.approx(marks(x), abs=1e-9) for x in values]
    assert scores(rules, "a", a=values) == expected


def test_marks_need_not_begin_where_the_values_do() -> None:
    """From 0.2 marks at a value of 1 to 0.8 at 3: whoever is below 1 has 0.2, halfway is 0.5."""
    rules = scheme(indicator("a", normalise={"method": "piecewise", "points": [[1, 0.2], [3, 0.8]]}))
    assert scores(rules, "a", a=[0.5, 1.0, 2.0, 4.0]) == pytest.approx([0.2, 0.2, 0.5, 0.8])


def test_marks_at_the_points() -> None:
    """At a point marks are those of the point, to the last digit."""
    rules = scheme(indicator("a", normalise={"method": "piecewise", "points": POINTS}, missing="zero"))
    assert scores(rules, "a", a=[0.0, 5.0, 10.0, -1.0, 11.0, None]) == [0, 60, 100, 0, 100, 0]


@pytest.mark.parametrize(
    ("method", "says"),
    [
        ({"method": "tiers", "tiers": [{"marks": 5}]}, "a tier needs a bound"),
        (
            {"method": "tiers", "tiers": [{"at_least": 1, "above": 2, "marks": 5}]},
            "one lower bound and one upper bound",
        ),
        ({"method": "tiers", "tiers": [{"at_least": 5, "below": 5, "marks": 5}]}, "nothing lies between 5 and 5"),
        ({"method": "tiers", "tiers": []}, "'tiers'"),
        ({"method": "piecewise", "points": [[1, 0], [1, 5]]}, "must rise"),
        ({"method": "piecewise", "points": [[1, 0]]}, "'points'"),
        ({"method": "minmax", "range": [5, 5]}, "the range must rise, not [5, 5]"),
        ({"method": "minmax", "minimum_group": 5}, "minimum_group is for groups"),
        ({"method": "tiers", "tiers": [{"at_least": 1, "marks": 5}], "range": [0, 1]}, "unknown key 'range'"),
    ],
)
def test_tables_that_cannot_be_meant(method: dict[str, Any], says: str) -> None:
    """What a table or method cannot mean is a fault that says so."""
    with pytest.raises(SchemeError) as refused:
        scheme(indicator("a", normalise=method))
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ({"normalise": {"method": "none"}, "direction": "lower"}, "leave the direction out"),
        ({"normalise": {"method": "zscore"}, "missing": "zero"}, "'zero' has no meaning for the method 'zscore'"),
        ({"impute": {"by": "mean"}}, "which is not the rule here"),
        ({"treat": {"within": ["zone"]}}, "nothing in this treatment looks at a group"),
        ({"treat": {"clip": {}}}, "clip needs a lower or an upper bound"),
        ({"treat": {"clip": {"lower": 5, "upper": 5}}}, "lower 5 is not below upper 5"),
        ({"treat": {"winsorise": {"points": -1}}}, "'points'"),
    ],
)
def test_keys_that_would_do_nothing(rest: dict[str, Any], says: str) -> None:
    """A key that could change nothing, or has no meaning here, is a fault."""
    with pytest.raises(SchemeError) as refused:
        scheme(indicator("a", **rest))
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ({"normalise": {"method": "minmax", "within": "stage"}}, ["'within' must be a list, in square brackets"]),
        (
            {"normalise": {"method": "tiers", "tiers": [{"at_leest": 5, "marks": 3}]}},
            ["unknown key 'at_leest' (did you mean 'at_least'?)"],
        ),
    ],
)
def test_one_slip_is_one_fault(rest: dict[str, Any], says: list[str]) -> None:
    """A misspelt bound or a list without brackets is told once, in words that say how to write it."""
    with pytest.raises(SchemeError) as refused:
        scheme(indicator("a", **rest))
    assert [fault.message for fault in refused.value.faults] == says


def test_a_node_in_a_condition_is_pointed_out() -> None:
    """Whoever writes the id of a node where its score is meant is told how to write that."""
    with pytest.raises(SchemeError, match=r"unknown field 'x' .*\(write x.score or x.value\)"):
        scheme({**indicator("x"), "value": "a"}, vetoes=[{"when": "x > 5", "message": label("x")}])


def test_an_edition_that_looks_like_a_number() -> None:
    """A year without quotes is a number in YAML; the message says how to write it."""
    with pytest.raises(SchemeError, match="'edition' must be text; put it in quotes: \"2024\""):
        scheme(indicator("a"), edition=2024)
