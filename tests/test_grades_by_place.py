"""Grades for the best tenth, the next fifth and so on: among all who are ranked, or within groups, and on a saved scale."""

from __future__ import annotations

from typing import Any

import pytest

import icredit
from conftest import AS_OF
from icredit.errors import SchemeError
from icredit.scoring import Reference
from little import STAGES, code, frame, full, indicator, scheme, scored, scored_by

GRADES = [{"id": "A", "top": 0.2}, {"id": "B", "top": 0.5}, {"id": "C", "top": 1}]


def rules(**rest: Any) -> Any:
    """Return a scheme whose grades go by place."""
    return scheme(indicator("a"), grades=GRADES, stages=STAGES, **rest)


TENTHS = [n / 10 for n in range(10)]


def test_the_best_fifth_of_ten() -> None:
    """Two of ten are the best fifth, three more the better half; whoever has no rank has no grade."""
    table = scored(rules(), frame(a=[*TENTHS, None]))
    assert table["grade"].to_list() == [*"CCCCCBBBAA", None]


def test_those_who_share_a_place_share_the_grade() -> None:
    """Three share the first place of five: all are among the best fifth, and nobody is in the next half."""
    assert scored(rules(), frame(a=[0.9, 0.9, 0.9, 0.1, 0.0]))["grade"].to_list() == ["A", "A", "A", "C", "C"]


def test_nobody_of_a_few_is_among_the_best_tenth() -> None:
    """The best of four is more than a fifth of them."""
    assert scored(rules(), frame(a=[0.9, 0.5, 0.2, 0.1]))["grade"].to_list() == ["B", "B", "C", "C"]


def test_within_stages() -> None:
    """`grades_within` makes the groups of which the grades are shares."""
    rows = frame(a=TENTHS, stage=["young"] * 5 + ["old"] * 5)
    table = scored(rules(ranking={"grades_within": ["stage"]}), rows)
    assert table["grade"].to_list() == [*"CCCBA", *"CCCBA"]


def test_a_late_enterprise_gets_the_grade_it_would_have_got() -> None:
    """On a saved scale the points decide with which each grade began, and nobody is the best of one."""
    reference = icredit.measure(full(frame(a=TENTHS), rules()), rules(), AS_OF)
    kept = Reference.from_json(reference.to_json())
    for points, grade in ((0.95, "A"), (0.8, "A"), (0.79, "B"), (0.5, "B"), (0.49, "C"), (-1.0, "C")):
        assert scored_by(kept, rules(), frame(a=[points]))["grade"].to_list() == [grade], points


def test_a_saved_scale_within_stages() -> None:
    """Each group has points of its own with which grades begin."""
    chosen = rules(ranking={"grades_within": ["stage"]})
    rows = frame(a=TENTHS, stage=["young"] * 5 + ["old"] * 5)
    reference = icredit.measure(full(rows, chosen), chosen, AS_OF)
    late = frame(a=[0.4, 0.4], stage=["young", "old"])
    assert scored_by(reference, chosen, late)["grade"].to_list() == ["A", "C"]


@pytest.mark.parametrize(
    ("grades", "says"),
    [
        ([{"id": "A", "top": 0.1}, {"id": "B", "minimum": 5}], "all must go one way"),
        ([{"id": "A"}], "needs a 'minimum', or as 'top' a share"),
        ([{"id": "A", "top": 0.5}, {"id": "B", "top": 0.2}], "each with a larger share"),
        ([{"id": "A", "top": 10}], "top is a share between 0 and 1"),
    ],
)
def test_grades_that_cannot_be_meant(grades: list[dict[str, Any]], says: str) -> None:
    """Grades of two kinds, of neither, in the wrong order or beyond everybody are faults."""
    with pytest.raises(SchemeError) as refused:
        scheme(indicator("a"), grades=grades)
    assert says in str(refused.value)


def test_groups_without_grades_by_place() -> None:
    """`grades_within` would do nothing where grades go by score."""
    with pytest.raises(SchemeError, match="grades_within is for grades by place"):
        scheme(indicator("a"), grades=[{"id": "A", "minimum": 0}], ranking={"grades_within": ["stage"]})


@pytest.mark.parametrize("method", ["rank", "borda", "percentile_rank"])
@pytest.mark.parametrize("within", [[], ["zone"]])
def test_ranks_on_a_saved_scale(method: str, within: list[str]) -> None:
    """Scored by its own reference a batch gets its own ranks, together and one by one."""
    chosen = scheme(indicator("a", normalise={"method": method, "within": within}, direction="lower"))
    rows = frame(a=[3.0, 1.0, None, 7.0, 3.0, 2.0], zone=["x", "x", "x", None, None, None])
    batch = scored(chosen, rows)
    kept = Reference.from_json(icredit.measure(full(rows, chosen), chosen, AS_OF).to_json())
    assert scored_by(kept, chosen, rows).equals(batch)
    for index in range(6):
        alone = rows.filter(rows["uscc"] == code(index))
        assert scored_by(kept, chosen, alone)["a"].to_list() == [batch["a"][index]]


def test_a_value_between_those_of_the_saved_scale() -> None:
    """A newcomer gets the place it would have had: 1 more than the number of those it leaves behind."""
    chosen = scheme(indicator("a", normalise={"method": "percentile_rank"}))
    reference = icredit.measure(full(frame(a=[1.0, 2.0, 2.0, 5.0]), chosen), chosen, AS_OF)
    found = scored_by(reference, chosen, frame(a=[0.0, 1.5, 2.0, 3.0, 9.0]))["a"].to_list()
    assert found == pytest.approx([0, 1 / 3, 1 / 3, 1, 1])
