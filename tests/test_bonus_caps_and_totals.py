"""Bonus nodes on top of full marks, caps, nodes that need most of their children, power means, further totals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from icredit.errors import SchemeError
from icredit.scheme import effective_weights
from little import STAGES, category, frame, indicator, label, scheme, scored, scores


def test_a_bonus_comes_on_top() -> None:
    """The bonus is left out of the mean; its weight times its score is added, and the sum ends at the cap."""
    rules = scheme(indicator("a", weight=2), indicator("b", weight=2), indicator("c", bonus=True, weight=0.3), cap=1.2)
    found = scores(rules, a=[1.0, 0.5, 1.0, 1.0], b=[1.0, 0.5, None, 1.0], c=[1.0, 1.0, 0.5, None])
    assert found == pytest.approx([1.2, 0.5 + 0.3, 1 + 0.15, 1])


def test_a_bonus_of_a_category() -> None:
    """A category may be a bonus, and may hold one; without a weight it is added mark for mark."""
    rules = scheme(
        category("main", indicator("a"), indicator("b", bonus=True)),
        category("extra", indicator("c"), indicator("d"), bonus=True),
    )
    table = scored(rules, frame(a=[0.4], b=[0.2], c=[0.1], d=[0.3]))
    assert table.select("main", "extra", "score").row(0) == pytest.approx((0.6, 0.2, 0.8))


def test_a_bonus_alone_makes_no_score() -> None:
    """Where nothing is there that it could be added to, there is no score."""
    table = scored(scheme(indicator("a"), indicator("b", bonus=True)), frame(a=[None], b=[1.0]))
    assert table.select("score", "status", "coverage").row(0) == (None, "insufficient", 0)


def test_a_bonus_that_is_always_there_makes_no_category_always_there() -> None:
    """Where the only other child of a category is blank it has no score, and its sibling stands for the whole."""
    rules = scheme(
        category("x", indicator("a"), indicator("b", bonus=True, missing="zero"), weight=3), indicator("c", weight=1)
    )
    table = scored(rules, frame(a=[None, 0.2], b=[1.0, None], c=[0.6, 0.6]))
    assert table["x"].to_list() == [None, 0.2]
    assert table["score"].to_list() == pytest.approx([0.6, (3 * 0.2 + 1 * 0.6) / (3 + 1)])


def test_a_bonus_has_no_share_of_the_weight() -> None:
    """Effective weights and coverage speak of the siblings alone."""
    rules = scheme(indicator("a"), indicator("b"), category("extra", indicator("c"), bonus=True))
    assert effective_weights(rules) == {"a": 1 / 2, "b": 1 / 2, "extra": 0, "c": 0}
    assert scored(rules, frame(a=[1.0], b=[1.0], c=[None]))["coverage"].to_list() == [1]


def test_a_cap_may_differ_by_stage() -> None:
    """A cap limits a node without a bonus as well, and may differ by stage."""
    rules = scheme(
        category("x", indicator("a"), cap={"young": 0.5, "old": 0.8}), category("y", indicator("b")), stages=STAGES
    )
    table = scored(rules, frame(a=[0.9, 0.9], b=[0.0, 0.0], stage=["young", "old"]))
    assert table["x"].to_list() == [0.5, 0.8]


def test_a_node_needs_enough_of_its_children() -> None:
    """With fewer children than the share that must be there a node has no score; a bonus is not counted."""
    rules = scheme(
        category("x", *(indicator(name) for name in "abc"), indicator("d", bonus=True), minimum_availability=2 / 3),
        category("y", indicator("e")),
    )
    rows = frame(a=[1.0, 1.0], b=[0.0, None], c=[None, None], d=[1.0, 1.0], e=[0.0, 0.0])
    assert scored(rules, rows)["x"].to_list() == [1 / 2 + 1, None]


def test_the_whole_needs_enough_of_its_nodes() -> None:
    """The same holds for the score of the whole."""
    rules = scheme(indicator("a"), indicator("b"), minimum_availability=1)
    assert scored(rules, frame(a=[1.0, 1.0], b=[1.0, None]))["status"].to_list() == ["scored", "insufficient"]


@settings(deadline=None, max_examples=60)
@given(
    x=st.floats(0.01, 1),
    y=st.floats(0.01, 1),
    weight=st.floats(0.1, 10),
    power=st.floats(-5, 5).filter(lambda p: abs(p) > 0.05),
)
def test_power_means(x: float, y: float, weight: float, power: float) -> None:
    """A power mean is its formula, and lies between its children."""
    rules = scheme(indicator("a", weight=weight), indicator("b", weight=1), aggregate={"power": power})
    (found,) = scores(rules, a=[x], b=[y])
    assert found == pytest.approx(((weight * x**power + y**power) / (weight + 1)) ** (1 / power), rel=1e-9)
    assert found is not None
    assert min(x, y) <= found <= max(x, y)


@pytest.mark.parametrize(("power", "expected"), [(2, 0.5**0.5), (0.5, 0.5**2), (-0.5, 0), (-2, 0)])
def test_power_means_of_zero(power: float, expected: float) -> None:
    """Nothing in one child makes nothing of the whole where the exponent is negative."""
    rules = scheme(indicator("a"), indicator("b"), aggregate={"power": power})
    assert scores(rules, a=[0.0], b=[1.0]) == pytest.approx([expected])


def test_totals_with_other_weights() -> None:
    """A total takes nodes of any level with weights of its own; what is missing is left out."""
    totals = [
        {"id": "bank", "label": label("bank"), "weights": {"x": 1, "c": 3}},
        {"id": "best", "label": label("best"), "weights": {"a": 1, "c": 1}, "aggregate": "maximum"},
    ]
    rules = scheme(category("x", indicator("a"), indicator("b")), indicator("c"), totals=totals)
    table = scored(rules, frame(a=[0.2, 0.2], b=[0.4, 0.4], c=[0.9, None]))
    assert table["bank"].to_list() == pytest.approx([(0.3 + 3 * 0.9) / 4, 0.3])
    assert table["best"].to_list() == [0.9, 0.2]


def test_totals_by_expressions() -> None:
    """A total may compute with fields, values, scores and the totals before it."""
    totals = [
        {"id": "twice", "label": label("twice"), "value": "2 * a.score + b.value"},
        {"id": "more", "label": label("more"), "value": "twice.score + score + c"},
        {"id": "none", "label": label("none"), "value": "1 / (c - c)"},
    ]
    table = scored(scheme(indicator("a"), indicator("b"), totals=totals), frame(a=[0.2], b=[0.6], c=[5.0]))
    assert table.select("twice", "more", "none").row(0) == (pytest.approx(1.0), pytest.approx(1.0 + 0.4 + 5), None)


def test_a_list_by_another_total() -> None:
    """Enterprises can be ranked by a further total; its column stands before those of the categories."""
    totals = [{"id": "other", "label": label("other"), "weights": {"b": 1}}]
    table = scored(
        scheme(indicator("a", weight=9), indicator("b", weight=1), totals=totals), frame(a=[1.0, 0.0], b=[0.0, 1.0])
    )
    names = table.columns
    assert names[names.index("coverage") + 1 : names.index("a")] == ["other"]
    assert icredit.rank(table, by="other")["uscc"].to_list() == icredit.rank(table)["uscc"].to_list()[::-1]


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ({"totals": [{"id": "t", "label": label("t")}]}, "needs either weights or a value"),
        ({"totals": [{"id": "t", "label": label("t"), "weights": {"b": 1}}]}, "unknown node 'b'"),
        ({"totals": [{"id": "t", "label": label("t"), "weights": {"a": 0}}]}, "are all zero"),
        ({"totals": [{"id": "a", "label": label("t"), "weights": {"a": 1}}]}, "duplicate id"),
        ({"totals": [{"id": "grade", "label": label("t"), "weights": {"a": 1}}]}, "a column of scored tables"),
        ({"totals": [{"id": "t", "label": label("t"), "value": "t.score"}]}, "unknown field 't.score'"),
        ({"totals": [{"id": "t", "label": label("t"), "value": "1", "aggregate": "sum"}]}, "by its expression alone"),
        ({"aggregate": {"power": 0}}, "write: aggregate: geometric"),
        ({"aggregate": {"power": 99}}, "'power'"),
        ({"aggregate": "arithmetics"}, "did you mean 'arithmetic'"),
        ({"minimum_availability": 2}, "is a share between 0 and 1"),
    ],
)
def test_what_cannot_be_meant(rest: dict[str, Any], says: str) -> None:
    """Totals, methods and shares that cannot be meant are faults that say so."""
    with pytest.raises(SchemeError) as refused:
        scheme(indicator("a"), **rest)
    assert says in str(refused.value)


def test_a_bonus_needs_something_to_come_on_top_of() -> None:
    """A node whose children are all bonuses is a fault."""
    with pytest.raises(SchemeError, match="a bonus needs a sibling that is none"):
        scheme(indicator("a", bonus=True))


def test_a_total_uses_no_score_that_there_is_not() -> None:
    """Whoever has no score of the whole has none in the expression of a total either."""
    totals = [{"id": "t", "label": label("t"), "value": "case when score is null then 1 else 2 end"}]
    rules = scheme(indicator("a"), indicator("b", missing="reject"), totals=totals)
    assert scored(rules, frame(a=[1.0, 1.0], b=[None, 1.0]))["t"].to_list() == [1, 2]
