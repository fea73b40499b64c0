"""What becomes of missing data: the four rules, indicators that do not apply, coverage, and who is not ranked."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icredit.scheme import effective_weights
from little import (
    MINMAX,
    STAGES,
    category,
    frame,
    indicator,
    label,
    measured,
    minmax,
    scheme,
    scored,
    scored_by,
    scores,
)

RESULT = ("status", "rank", "score", "grade", "coverage")
GRADES = [{"id": "A", "minimum": 0.5}, {"id": "B", "minimum": 0}]


def result(table: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Return status, rank, score, grade and coverage of every row."""
    return table.select(RESULT).rows()


# ---- the four rules ---------------------------------------------------------------------------------------------- #


def test_zero_earns_the_lower_end_of_the_scale() -> None:
    """A blank under `zero` scores 1 on a scale from 1 to 11, and its weight counts: (1 * 1 + 3 * 6) / (1 + 3)."""
    rules = scheme(indicator("a", weight=1, missing="zero"), indicator("b", weight=3), scale=[1, 11])
    table = scored(rules, a=[None], b=[0.5])
    assert table.select("a", "b", "score").row(0) == (1, 6, (1 * 1 + 3 * 6) / 4)


def test_zero_is_the_lower_end_where_lower_is_better_too() -> None:
    """Silence about pollution is not a clean record."""
    rules = scheme(indicator("a", missing="zero", direction="lower"), scale=[0, 100])
    assert scores(rules, a=[None, 0.0, 1.0]) == [0, 100, 0]


def test_zero_is_nothing_where_the_value_is_the_score() -> None:
    """Marks that an expression gives begin at 0, whatever the scale: a blank earns 0 and not the scale's 5."""
    rules = scheme(indicator("a", missing="zero", normalise={"method": "none"}), scale=[5, 10])
    assert scores(rules, a=[None, 7.0]) == [0, 7]


def test_exclude_gives_the_weight_to_the_siblings() -> None:
    """A blank under `exclude` leaves b with its 3 and c with its 2: (3 * 0.5 + 2 * 0.25) / (3 + 2)."""
    rules = scheme(indicator("a", weight=7), indicator("b", weight=3), indicator("c", weight=2))
    table = scored(rules, a=[None], b=[0.5], c=[0.25])
    assert table["a"].to_list() == [None]
    assert table["score"].to_list() == [(3 * 0.5 + 2 * 0.25) / (3 + 2)]


def test_exclude_is_the_rule_where_none_is_said() -> None:
    """A scheme that says nothing of missing data excludes."""
    unsaid, said = (scheme(indicator("a", **rest), indicator("b")) for rest in ({}, {"missing": "exclude"}))
    assert scores(unsaid, a=[None, 1], b=[0.5, 0.5]) == scores(said, a=[None, 1], b=[0.5, 0.5]) == [0.5, 0.75]


@pytest.mark.parametrize(("filed", "median"), [([0.1, 0.2, 0.9], 0.2), ([0.1, 0.2, 0.4, 0.9], (0.2 + 0.4) / 2)])
def test_impute_takes_the_median_of_those_present(filed: list[float], median: float) -> None:
    """A blank under `impute` is taken as the median of the batch, the mean of the middle two where their number is even."""
    rules = scheme(indicator("a", missing="impute"))
    assert scores(rules, "a", a=[None, *filed]) == pytest.approx([median, *filed])


def test_impute_takes_the_median_of_the_group_compared_with() -> None:
    """The median is that of the stage where the normalisation is within the stage."""
    rules = scheme(indicator("a", missing="impute", normalise=minmax("stage")), stages=STAGES)
    found = scores(rules, "a", a=[0, 1, 4, None, 10, 50, None], stage=["young"] * 4 + ["old"] * 3)
    # The young have the median 1 of 0 to 4, the old (10 + 50) / 2 of 10 to 50.
    assert found == [0, 1 / 4, 1, 1 / 4, 0, 1, 0.5]


def test_imputed_values_are_winsorised_with_the_others() -> None:
    """Imputation comes first, so that its values count in the quantiles."""
    rules = scheme(indicator("a", missing="impute", normalise=MINMAX, treat={"winsorise": [0, 0.75]}))
    # 0, 2, 2 (the median), 2 (the median), 10: the 0.75 quantile is 2. Without the imputed ones it would be 6.
    assert scores(rules, "a", a=[0, 2, None, None, 10]) == [0, 1, 1, 1, 1]


def test_impute_cannot_help_where_nobody_filed() -> None:
    """A group without any value has no median: missing, and its weight goes to the siblings."""
    rules = scheme(indicator("a", missing="impute"), indicator("b"))
    table = scored(rules, a=[None, None], b=[0.25, 0.5])
    assert table.select("a", "score").rows() == [(None, 0.25), (None, 0.5)]


def test_what_is_imputed_is_not_backed_by_data() -> None:
    """Coverage and the value column tell that the number is not the enterprise's own."""
    rules = scheme(indicator("a", weight=1, missing="impute"), indicator("b", weight=3))
    table = scored(rules, a=[None, 0.5], b=[0.5, 0.5])
    assert table["coverage"].to_list() == [3 / 4, 1]
    assert table["a.value"].to_list() == [None, 0.5]


def test_a_reference_imputes_its_own_median() -> None:
    """A late enterprise gets the median of the batch it is compared with, not of the late ones."""
    rules = scheme(indicator("a", missing="impute"))
    reference = measured(rules, a=[0.1, 0.3, 0.8])
    assert scored_by(reference, rules, a=[None, 0.9, 0.9])["a"].to_list() == [0.3, 0.9, 0.9]


def test_reject_scores_nobody_without_the_number() -> None:
    """A blank under `reject` makes the enterprise insufficient, without a score, a rank or a grade; others are ranked."""
    rules = scheme(indicator("a", missing="reject"), indicator("b"), grades=GRADES)
    table = scored(rules, a=[None, 0.5], b=[1, 0.75])
    assert result(table) == [("insufficient", None, None, None, 0.5), ("scored", 1, (0.5 + 0.75) / 2, "A", 1)]


def test_reject_does_not_ask_for_what_does_not_apply() -> None:
    """An enterprise to which the indicator does not apply is scored without it."""
    rules = scheme(indicator("a", missing="reject", applies="c > 0"), indicator("b"))
    table = scored(rules, a=[None, None, None], b=[0.5, 0.5, 0.5], c=[0, 1, None])
    assert table["status"].to_list() == ["scored", "insufficient", "insufficient"]


# ---- indicators that do not apply -------------------------------------------------------------------------------- #


@pytest.mark.parametrize("missing", ["zero", "exclude", "impute"])
def test_what_does_not_apply_is_left_out(missing: str) -> None:
    """Where `applies` is false there is no score, the weight goes to the siblings, and coverage does not ask for it."""
    rules = scheme(
        indicator("a", weight=5, missing=missing, applies="c > 0"),
        indicator("b", weight=3),
        indicator("d", weight=2),
    )
    table = scored(rules, a=[None, 0.9], b=[0.5, 0.5], c=[0, 0], d=[None, 0.25])
    assert table["a"].to_list() == [None, None]
    assert table["score"].to_list() == [0.5, (3 * 0.5 + 2 * 0.25) / (3 + 2)]
    assert table["coverage"].to_list() == [3 / (3 + 2), 1]


@pytest.mark.parametrize(("missing", "expected"), [("zero", 0.0), ("exclude", None), ("impute", 0.75)])
def test_where_it_is_unknown_whether_it_applies_it_does(missing: str, expected: float | None) -> None:
    """A blank base leaves the condition unknown: the indicator applies, and its own rule for missing data holds."""
    rules = scheme(indicator("a", missing=missing, applies="c > 0"), indicator("b"))
    table = scored(rules, a=[None, 0.75], b=[0.5, 0.5], c=[None, None])
    assert table["a"].to_list() == [expected, 0.75]
    assert table["coverage"].to_list() == [1 / 2, 1]


def test_what_does_not_apply_does_not_set_the_scale_for_others() -> None:
    """A value without meaning is left out of the bounds that the others are compared with."""
    rules = scheme(indicator("a", normalise=MINMAX, applies="c > 0"))
    assert scores(rules, "a", a=[1, 2, 3, 1000], c=[1, 1, 1, 0]) == [0, 0.5, 1, None]


def test_what_does_not_apply_is_not_imputed_to_others() -> None:
    """A value without meaning is left out of the median that others get."""
    rules = scheme(indicator("a", missing="impute", applies="c > 0"))
    assert scores(rules, "a", a=[0.1, 0.2, None, 0.9, 0.9], c=[1, 1, 1, 0, 0])[2] == pytest.approx((0.1 + 0.2) / 2)


def test_a_category_of_which_nothing_applies_is_left_out() -> None:
    """Then the weight of the category goes to the other categories, in the score and in the coverage."""
    rules = scheme(
        category("x", indicator("a", applies="c > 0", missing="zero"), weight=3),
        category("y", indicator("b"), indicator("d"), weight=1),
    )
    table = scored(rules, a=[None], b=[0.5], c=[0], d=[None])
    assert table.select("x", "y", "score", "coverage").row(0) == (None, 0.5, 0.5, 0.5)


def test_an_enterprise_to_which_nothing_applies_is_insufficient() -> None:
    """There is nothing to score: no score, no coverage, no rank."""
    table = scored(scheme(indicator("a", applies="c > 0", missing="zero"), grades=GRADES), a=[1, 1], c=[0, 1])
    assert result(table) == [("insufficient", None, None, None, 0), ("scored", 1, 1, "A", 1)]


# ---- coverage ---------------------------------------------------------------------------------------------------- #


def test_coverage_is_the_weight_backed_by_data() -> None:
    """Weights multiply down the tree: x has 60 of 100, in it a has 1 of 4 and b 3 of 4; c has the other 40."""
    rules = scheme(
        category("x", indicator("a", weight=1), indicator("b", weight=3), weight=60), indicator("c", weight=40)
    )
    table = scored(rules, a=[1, None, 1, None, None], b=[1, 1, None, None, None], c=[1, 1, 1, 1, None])
    expected = [1, 0.6 * 3 / 4 + 0.4, 0.6 * 1 / 4 + 0.4, 0.4, 0]
    assert table["coverage"].to_list() == pytest.approx(expected, abs=1e-12)


def test_coverage_is_exactly_1_where_everything_is_filed() -> None:
    """Shares that do not add up to 1 in binary still cover all: 1, not 0.9999999999999999."""
    for weights in ((1, 1, 1), (0.1, 0.2, 0.7), (7, 11, 13), (18, 12, 55.5)):
        rules = scheme(*(indicator(name, weight=weight) for name, weight in zip("abc", weights, strict=True)))
        assert scored(rules, a=[1], b=[1], c=[1])["coverage"].to_list() == [1]


def test_coverage_uses_the_weights_of_the_stage() -> None:
    """The same blank costs the young 1 of 4 and the old 3 of 4."""
    rules = scheme(
        indicator("a", weight={"young": 1, "old": 3}), indicator("b", weight={"young": 3, "old": 1}), stages=STAGES
    )
    table = scored(rules, a=[None, None], b=[1, 1], stage=["young", "old"])
    assert table["coverage"].to_list() == [3 / 4, 1 / 4]


def test_what_has_no_weight_needs_no_data() -> None:
    """A blank of weight zero lowers no coverage."""
    assert scored(scheme(indicator("a", weight=0), indicator("b", weight=1)), a=[None], b=[1])["coverage"][0] == 1


def marks(full: float) -> dict[str, Any]:
    """Return a table that gives full marks for 1 or more, and half of them for less."""
    return {"method": "tiers", "tiers": [{"at_least": 1, "marks": full}], "otherwise": full / 2}


def test_marks_that_are_added_weigh_what_they_can_earn() -> None:
    """Of 20 + 30 + 50 marks a blank for the 50 leaves half covered; within a part of 50 the halves weigh 10 and 40."""
    rules = scheme(
        indicator("a", normalise=marks(20)),
        indicator("b", normalise={"method": "piecewise", "points": [[0, 30], [1, 0]]}),
        category("x", indicator("c", normalise=marks(10)), indicator("d", normalise=marks(40)), aggregate="sum"),
        aggregate="sum",
    )
    assert effective_weights(rules) == pytest.approx({"a": 0.2, "b": 0.3, "x": 0.5, "c": 0.1, "d": 0.4})
    table = scored(rules, a=[1, 1, None], b=[1, 1, None], c=[None, 1, 1], d=[None, None, 1])
    assert table["coverage"].to_list() == pytest.approx([(20 + 30) / 100, (20 + 30 + 10) / 100, (10 + 40) / 100])


def test_a_part_that_takes_the_best_can_earn_its_best() -> None:
    """Beside 20 marks stands the better of 60 and 80, which are 80 of 100, and whose two ways share them evenly."""
    rules = scheme(
        indicator("a", normalise=marks(20)),
        category("x", indicator("b", normalise=marks(60)), indicator("c", normalise=marks(80)), aggregate="maximum"),
        aggregate="sum",
    )
    assert effective_weights(rules) == pytest.approx({"a": 0.2, "x": 0.8, "b": 0.4, "c": 0.4})


def test_a_factor_and_a_range_count_among_marks() -> None:
    """Twice a range up to 0.3 beside a range up to 0.4 is 0.6 beside 0.4; a bonus has no share."""
    rules = scheme(
        indicator("a", weight=2, normalise={"method": "flag", "range": [0.1, 0.3]}),
        indicator("b", weight=1, normalise={"method": "flag", "range": [0, 0.4]}),
        indicator("c", weight=9, bonus=True),
        aggregate="sum",
    )
    assert effective_weights(rules) == pytest.approx({"a": 0.6, "b": 0.4, "c": 0})


def test_a_sum_of_penalties_falls_back_on_the_weights() -> None:
    """Where nothing can be earned there are no marks to weigh by, and the weights stand for themselves."""
    rules = scheme(
        indicator("a", weight=3, normalise=marks(-20)), indicator("b", weight=1, normalise=marks(0)), aggregate="sum"
    )
    assert effective_weights(rules) == {"a": 3 / 4, "b": 1 / 4}


@pytest.mark.parametrize("missing", ["zero", "exclude"])
@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "maximum", "sum"])
def test_coverage_tells_of_data_whatever_the_rule(missing: str, aggregate: str) -> None:
    """Neither the rule for missing data nor the kind of mean changes how much was filed."""
    rules = scheme(indicator("a", weight=1, missing=missing), indicator("b", weight=4), aggregate=aggregate)
    assert scored(rules, a=[None], b=[0.5])["coverage"].to_list() == [4 / 5]


@settings(deadline=None, max_examples=40)
@given(
    weights=st.lists(st.integers(0, 9), min_size=6, max_size=6).filter(lambda ws: sum(ws[:3]) > 0 < sum(ws[3:])),
    rows=st.lists(st.lists(st.sampled_from((None, 0.0, 0.5)), min_size=6, max_size=6), min_size=1, max_size=4),
)
def test_coverage_and_score_are_plain_arithmetic(weights: list[int], rows: list[list[float | None]]) -> None:
    """For any blanks: the share of the weight filed, and the mean of means over what is there."""
    names = "abcdef"
    leaves = [indicator(name, weight=weight) for name, weight in zip(names, weights, strict=True)]
    rules = scheme(category("x", *leaves[:3], weight=2), category("y", *leaves[3:], weight=3))
    table = scored(rules, **{name: [row[i] for row in rows] for i, name in enumerate(names)})
    for found, row in zip(table.iter_rows(named=True), rows, strict=True):
        means, covered = {}, 0.0
        for node, part, share in (("x", slice(0, 3), 2 / 5), ("y", slice(3, 6), 3 / 5)):
            filed = [(w, x) for w, x in zip(weights[part], row[part], strict=True) if x is not None]
            total = sum(w for w, _ in filed)
            means[node] = sum(w * x for w, x in filed) / total if total else None
            covered += share * total / sum(weights[part])
        there = [(w, mean) for w, mean in ((2, means["x"]), (3, means["y"])) if mean is not None]
        score = sum(w * mean for w, mean in there) / sum(w for w, _ in there) if there else None
        assert found["coverage"] == pytest.approx(covered, abs=1e-11)
        for name, wanted in (*means.items(), ("score", score)):
            assert found[name] == (None if wanted is None else pytest.approx(wanted, abs=1e-12))
        assert found["status"] == ("insufficient" if score is None else "scored")


# ---- who is not ranked ------------------------------------------------------------------------------------------- #


def test_too_little_coverage_is_not_ranked() -> None:
    """Under a minimum of 0.7, coverage of 0.7 is scored and of 0.6 insufficient: its score is told, but no rank or grade."""
    rules = scheme(
        indicator("a", weight=3),
        indicator("b", weight=3),
        indicator("c", weight=4),
        ranking={"minimum_coverage": 0.7},
        grades=GRADES,
    )
    table = scored(rules, a=[1, None, 1], b=[None, 1, 1], c=[1, 1, None])
    assert result(table) == [
        ("scored", 1, 1, "A", 0.7),
        ("scored", 1, 1, "A", 0.7),
        ("insufficient", None, 1, None, 0.6),
    ]


def test_the_minimum_coverage_may_differ_by_stage() -> None:
    """Half the data do for the young, not for the old."""
    rules = scheme(*map(indicator, "ab"), stages=STAGES, ranking={"minimum_coverage": {"young": 0.5, "old": 0.51}})
    table = scored(rules, a=[1, 1], b=[None, None], stage=["young", "old"])
    assert table["status"].to_list() == ["scored", "insufficient"]


def test_an_enterprise_that_filed_nothing_is_insufficient() -> None:
    """No value, no score, coverage 0, and no rank, even without a minimum."""
    table = scored(scheme(*map(indicator, "ab"), grades=GRADES), a=[None, 0.2], b=[None, 0.4])
    assert result(table)[0] == ("insufficient", None, None, None, 0)


def test_an_enterprise_that_filed_nothing_is_scored_where_silence_counts_as_zero() -> None:
    """Under `zero` it has the lower end of the scale and coverage 0; only a minimum coverage takes it out."""
    rules = scheme(indicator("a", missing="zero"), grades=GRADES)
    assert result(scored(rules, a=[None, 1]))[0] == ("scored", 2, 0, "B", 0)
    strict = scheme(indicator("a", missing="zero"), grades=GRADES, ranking={"minimum_coverage": 0.01})
    assert result(scored(strict, a=[None, 1]))[0] == ("insufficient", None, 0, None, 0)


VETOES = [{"when": "bad", "message": label("bad")}, {"when": "c > 10", "message": label("too much")}]


def test_a_veto_takes_an_enterprise_out_of_the_ranking() -> None:
    """Any of the vetoes does; the score is told, the place goes to the next, and an unknown condition is no veto."""
    rules = scheme(indicator("a"), vetoes=VETOES, grades=GRADES)
    table = scored(rules, a=[1, 0.9, 0.8, 0.7], bad=[True, None, False, None], c=[0, 11, 10, None])
    assert result(table) == [
        ("vetoed", None, 1, None, 1),
        ("vetoed", None, 0.9, None, 1),
        ("scored", 1, 0.8, "A", 1),
        ("scored", 2, 0.7, "A", 1),
    ]


def test_a_veto_is_told_even_where_data_are_too_few() -> None:
    """Who is vetoed is vetoed, whatever else is missing."""
    rules = scheme(indicator("a", missing="reject"), vetoes=VETOES, ranking={"minimum_coverage": 0.5})
    assert scored(rules, a=[None], bad=[True])["status"].to_list() == ["vetoed"]


STAGED = {"young": 1, "old": 3}


@pytest.mark.parametrize("other", [STAGED, 2])
@pytest.mark.parametrize("stage", [None, "ancient"])
def test_without_a_stage_weights_are_unknown(stage: str | None, other: Any) -> None:
    """Where any weight depends on the stage, an enterprise without one (or with one that the scheme does not know) is
    insufficient; it is not scored on the weights that happen not to depend on it.
    """
    rules = scheme(indicator("a", weight=STAGED), indicator("b", weight=other), stages=STAGES, grades=GRADES)
    table = scored(rules, a=[1, 1], b=[0.5, 0.5], stage=[stage, "young"])
    assert result(table)[0][:2] == ("insufficient", None)
    assert table["status"].to_list() == ["insufficient", "scored"]
    assert table["stage_rank"].to_list() == [None, 1]


def test_without_a_stage_weights_that_never_differ_are_known() -> None:
    """Where no number of the scheme depends on the stage, an enterprise without one is scored and covered like any."""
    rules = scheme(indicator("a", weight=1), indicator("b", weight=3), stages=STAGES)
    table = scored(rules, a=[1, 1], b=[None, None], stage=[None, "young"])
    assert table["status"].to_list() == ["scored", "scored"]
    assert table["coverage"].to_list() == [1 / 4, 1 / 4]


# ---- values that cannot be computed ------------------------------------------------------------------------------ #


@pytest.mark.parametrize(
    ("value", "row"),
    [
        ("a / b", {"a": 1.0, "b": 0.0}),
        ("a / b", {"a": -1.0, "b": 0.0}),
        ("a / b", {"a": 0.0, "b": 0.0}),
        ("n / m", {"n": 1, "m": 0}),
        ("n / m", {"n": 0, "m": 0}),
        ("n % m", {"n": 5, "m": 0}),
        ("mod(n, m)", {"n": 5, "m": 0}),
        ("ln(a)", {"a": 0.0}),
        ("ln(a)", {"a": -1.0}),
        ("log10(a)", {"a": 0.0}),
        ("log2(n)", {"n": 0}),
        ("sqrt(a)", {"a": -4.0}),
        ("exp(a)", {"a": 1000.0}),
        ("power(a, b)", {"a": 1e300, "b": 2.0}),
        ("power(a, b)", {"a": -8.0, "b": 0.5}),
        ("power(n, 0 - m)", {"n": 0, "m": 1}),
        ("a * b", {"a": 1e300, "b": 1e300}),
        ("a + null", {"a": 1.0}),
        ("cast(a / b as integer)", {"a": 1.0, "b": 0.0}),
        ("cast(a as integer)", {"a": 1e30}),
        ("cast(kind as double)", {"kind": "示例"}),
        ("year(day) + a", {"day": None, "a": 1.0}),
    ],
)
def test_a_value_that_cannot_be_computed_is_missing(value: str, row: dict[str, Any]) -> None:
    """A division by zero, a logarithm of nothing and their like are missing: not infinite, NaN, zero or an error."""
    rules = scheme(indicator("x", value=value, missing="zero"), indicator("c"))
    table = scored(rules, c=[1.0], **{name: [cell] for name, cell in row.items()})
    assert table.select("x.value", "x", "score", "coverage").row(0) == (None, 0, 0.5, 0.5)


@pytest.mark.parametrize(
    ("value", "n", "expected"),
    [
        ("n / m", 7, 7 / 2),
        ("power(n, m)", 7, 7.0**2),
        ("power(m, 0 - n)", 7, 2.0**-7),
        ("n * n * n * m", 3_000_000, 2 * 3e6**3),
        ("power(n, 3)", 3_000_000, 3e6**3),
        ("cast(a as bigint) / m", 7, 3e12 / 2),
    ],
)
def test_what_can_be_computed_is_a_number(value: str, n: int, expected: float) -> None:
    """Counts divide without loss, and large or negative powers of them neither wrap around nor fail."""
    table = scored(scheme(indicator("x", value=value)), n=[n], m=[2], a=[3e12])
    assert table["x.value"].to_list() == pytest.approx([expected], rel=1e-12)


@pytest.mark.parametrize("cell", [math.nan, math.inf, -math.inf])
def test_a_frame_with_nan_or_infinity_means_missing(cell: float) -> None:
    """NaN in a notebook's frame is no number: not in a value, a stage rule, a condition or a veto."""
    stages = [
        {"id": "young", "label": label("young"), "when": "c < 10"},
        {"id": "old", "label": label("old"), "when": "c >= 10"},
    ]
    rules = scheme(indicator("a", missing="zero"), indicator("b", applies="c < 100"), stages=stages, vetoes=[VETOES[1]])
    columns = ("stage", "status", "score", "coverage", "a", "b", "a.value")
    rows = frame(a=[cell, 0.5], b=[0.5, 0.5], c=[cell, 1.0])
    blank = frame(a=[None, 0.5], b=[0.5, 0.5], c=[None, 1.0])
    assert scored(rules, rows).select(columns).rows() == scored(rules, blank).select(columns).rows()
