"""Weights, methods and bounds that differ by stage or by any other column that makes groups."""

from __future__ import annotations

from typing import Any

import pytest

from icredit.errors import SchemeError
from icredit.scheme import effective_weights
from icredit.scheme.weights import weight_cases
from little import STAGES, category, frame, goalposts, indicator, label, scheme, scored

KIND = {"by": "kind", "cases": {"soft": 3, "hard": 1}}


def test_weights_by_a_field() -> None:
    """Each enterprise's weights are those of its kind; one of no kind that is named has none, and no score."""
    rules = scheme(indicator("a", weight=KIND), indicator("b", weight=1))
    table = scored(rules, frame(a=[1.0] * 4, b=[0.0] * 4, kind=["soft", "hard", "else", None]))
    assert table["score"].to_list() == [3 / 4, 1 / 2, None, None]
    assert table["status"].to_list() == ["scored", "scored", "insufficient", "insufficient"]
    assert table["coverage"].to_list() == [1, 1, 0, 0]


def test_weights_of_all_others() -> None:
    """`otherwise` holds for every other value, and for none."""
    rules = scheme(indicator("a", weight=KIND | {"otherwise": 4}), indicator("b", weight=1))
    table = scored(rules, frame(a=[1.0] * 3, b=[0.0] * 3, kind=["soft", "else", None]))
    assert table["score"].to_list() == [3 / 4, 4 / 5, 4 / 5]


def test_weights_by_two_columns() -> None:
    """One node's weight may differ by stage and another's by kind; coverage counts with both."""
    rules = scheme(
        indicator("a", weight={"young": 1, "old": 2}), indicator("b", weight=KIND | {"otherwise": 0}), stages=STAGES
    )
    rows = frame(a=[1.0] * 4, b=[None] * 4, stage=["young", "old", "young", "old"], kind=["soft", "hard", None, "soft"])
    table = scored(rules, rows)
    # Of a and b together, a is there: 1 of 1 + 3, 2 of 2 + 1, 1 of 1 + 0, 2 of 2 + 3.
    assert table["coverage"].to_list() == pytest.approx([1 / 4, 2 / 3, 1, 2 / 5])
    assert len(weight_cases(rules)) == 2 * 3
    assert effective_weights(rules, {"stage": "old", "kind": "soft"}) == {"a": 2 / 5, "b": 3 / 5}
    assert effective_weights(rules, {"stage": "old", "kind": None}) == {"a": 1, "b": 0}


def test_methods_by_stage_and_by_a_field() -> None:
    """How children become one score may differ as well."""
    by_stage = {"young": "arithmetic", "old": {"power": 2}}
    by_kind = {"by": "kind", "cases": {"soft": "maximum"}, "otherwise": "minimum"}
    rules = scheme(
        category("one", indicator("a"), indicator("b"), aggregate=by_stage),
        category("two", indicator("c"), indicator("d"), aggregate=by_kind),
        stages=STAGES,
    )
    numbers = {"a": [0.3] * 2, "b": [0.9] * 2, "c": [0.3] * 2, "d": [0.9] * 2}
    table = scored(rules, frame(**numbers, stage=["young", "old"], kind=["soft", None]))
    assert table["one"].to_list() == pytest.approx([0.6, ((0.3**2 + 0.9**2) / 2) ** 0.5])
    assert table["two"].to_list() == [0.9, 0.3]


def test_goalposts_by_zone() -> None:
    """Bounds may differ by zone; without any that is named a value has no share."""
    rules = scheme(indicator("a", normalise=goalposts(0, {"by": "zone", "cases": {"x": 2, "y": 4}})))
    table = scored(rules, frame(a=[1.0, 1.0, 1.0], zone=["x", "y", "z"]))
    assert table["a"].to_list() == [1 / 2, 1 / 4, None]


def test_grades_by_a_field() -> None:
    """The minima of grades may differ by one column."""
    grades = [
        {"id": "A", "minimum": {"by": "kind", "cases": {"soft": 0.9}, "otherwise": 0.5}},
        {"id": "B", "minimum": 0},
    ]
    table = scored(scheme(indicator("a"), grades=grades), frame(a=[0.8, 0.8, 0.9], kind=["soft", None, "soft"]))
    assert table["grade"].to_list() == ["B", "A", "A"]


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        ({"by": "day", "cases": {"x": 1}}, "nothing can differ by 'day'"),
        ({"by": "kindd", "cases": {"x": 1}}, "did you mean 'kind'"),
        ({"by": "stage", "cases": {"yuong": 1}}, "'stage' is never 'yuong' (did you mean 'young'?)"),
        ({"by": "kind", "cases": {}}, "'weight' must be"),
        ({"by": "kind", "cases": {"x": -1}}, "is below zero"),
        ({"by": "kind", "cases": {"x": 0}, "otherwise": 0}, "are all zero"),
    ],
)
def test_cases_that_cannot_be_meant(weight: dict[str, Any], says: str) -> None:
    """A column that makes no groups, a value it never has, and impossible numbers are faults."""
    with pytest.raises(SchemeError) as refused:
        scheme(indicator("a", weight=weight), stages=STAGES)
    assert says in str(refused.value)


def test_a_stage_cannot_be_called_like_a_key() -> None:
    """A stage named `by` would make a mapping by stage look like another thing."""
    with pytest.raises(SchemeError, match="no stage can be called 'by'"):
        scheme(indicator("a"), stages=[{"id": "by", "label": label("by"), "when": "false"}])


def test_siblings_that_name_different_cases() -> None:
    """Coverage weighs with each row's own case, also where one sibling names a case that another leaves to the rest."""
    first = {"by": "kind", "cases": {"p": 1}, "otherwise": 2}
    second = {"by": "kind", "cases": {"p": 1, "q": 8}, "otherwise": 0}
    rules = scheme(indicator("a", weight=first), indicator("b", weight=second))
    rows = frame(a=[1.0, 1.0, None, 1.0], b=[None, None, 1.0, None], kind=["p", "q", "q", None])
    assert scored(rules, rows)["coverage"].to_list() == pytest.approx([1 / 2, 2 / 10, 8 / 10, 1])


def test_marks_weigh_only_in_the_cases_in_which_they_are_added() -> None:
    """Where one kind adds marks and the others take a mean, coverage counts marks for that kind alone."""
    marks = [{"method": "tiers", "tiers": [{"at_least": 1, "marks": most}]} for most in (20, 60)]
    rules = scheme(
        indicator("a", normalise=marks[0]),
        indicator("b", normalise=marks[1]),
        aggregate={"by": "kind", "cases": {"p": "sum"}, "otherwise": "arithmetic"},
    )
    rows = frame(a=[1.0, 1.0], b=[None, None], kind=["p", "q"])
    assert scored(rules, rows)["coverage"].to_list() == [20 / 80, 1 / 2]


def test_a_share_of_children_in_no_case_is_not_asked_for() -> None:
    """Where a kind has no minimum of availability a node does with any child."""
    rules = scheme(indicator("a"), indicator("b"), minimum_availability={"by": "kind", "cases": {"p": 1.0}})
    rows = frame(a=[1.0, 1.0], b=[None, None], kind=["p", "q"])
    assert scored(rules, rows)["score"].to_list() == [None, 1]
