"""`derive_weights`: which nodes get weights, in which groups, and what is said of them."""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import Any

import polars as pl
import pytest

import icredit
from conftest import AS_OF
from icredit.methods.cases import By
from icredit.methods.pairwise import priorities
from icredit.methods.weighting import marks, shares
from icredit.scheme import Scheme
from icredit.scheme.judgements import parse_judgements
from icredit.scheme.weights import effective_weights
from icredit.scoring.weighting import Method
from little import STAGES, category, frame, indicator, scheme

#: Forty rows, so that nobody says there are too few: a rises, b is a or nothing, c turns a round.
A = [index / 39 for index in range(40)]
B = [value if index % 3 else 0.0 for index, value in enumerate(A)]
C = [1 - value for value in A]


@pytest.fixture(scope="module")
def rules() -> Scheme:
    """Two categories and an indicator at the top; the first has weights by stage, and a bonus."""
    return scheme(
        category(
            "left",
            indicator("a", weight={"young": 1, "old": 3}),
            indicator("b", weight={"young": 1, "old": 1}),
            indicator("extra", value="f", bonus=True, weight=0.1),
            weight=2,
        ),
        category("right", indicator("c"), indicator("d"), indicator("e"), weight=1),
        indicator("n", value="n / 40.0", weight=1),
        stages=STAGES,
    )


def rows(**changes: list[Any]) -> pl.DataFrame:
    """Return forty enterprises, the even ones young; `changes` replaces columns."""
    columns: dict[str, list[Any]] = {"a": A, "b": B, "c": C, "d": A[::-1], "e": B[::-1], "n": [*range(40)]}
    return frame(**{**columns, "stage": ["young", "old"] * 20, "kind": ["x", "y", "y", None] * 10, **changes})


def derived(
    rules: Scheme, data: pl.DataFrame | None = None, *, method: Method = "sd", **rest: Any
) -> icredit.Weighting:
    """Return the weights of a frame, by default that of `rows`."""
    return icredit.derive_weights(rows() if data is None else data, rules, method=method, as_of=AS_OF, **rest)


def said(found: icredit.Weighting) -> list[str]:
    """Return the rules of all remarks."""
    return [remark.rule for remark in found.remarks]


# ---- which nodes ------------------------------------------------------------------------------------------------- #


def test_every_family_gets_weights(rules: Scheme) -> None:
    """By default the children of the top and of each category, but never a bonus, which keeps its weight."""
    found = derived(rules)
    assert [family.node for family in found.families] == ["score", "left", "right"]
    assert list(found.changes) == ["left", "right", "n", "a", "b", "c", "d", "e"]
    by_id = {node.id: node for node in found.scheme.nodes()}
    assert by_id["extra"].weight == 0.1
    assert by_id["a"].weight == found.changes["a"]
    assert found.base is rules


@pytest.mark.parametrize("method", ["sd", "entropy", "critic", "pca"])
def test_the_method_sees_the_scores_of_the_scored_table(method: Method, rules: Scheme) -> None:
    """Scores after normalisation under the scheme as it is, one column a child; what is left is the formula."""
    table = icredit.score(rows(), rules, as_of=AS_OF)
    found = derived(rules, method=method)
    for node, children in {"score": ["left", "right", "n"], "left": ["a", "b"], "right": ["c", "d", "e"]}.items():
        expected = marks(shares(method, table.select(children)))
        assert {child: found.changes[child] for child in children} == expected, node


def test_marks_of_a_family_sum_to_a_hundred(rules: Scheme) -> None:
    """In ten-thousandths exactly."""
    found = derived(rules, method="critic")
    for family in found.families:
        weights = [found.changes[child] for child in family.ids]
        assert sum(round(weight * 10_000) for weight in weights if isinstance(weight, float)) == 1_000_000


def test_a_cost_counts_in_its_right_direction() -> None:
    """Where less is better, the score is turned round, and with it every correlation: CRITIC sees agreement."""
    cost = indicator("c", direction="lower")
    same = scheme(indicator("a"), indicator("b"), cost)
    found = derived(same, method="critic")
    agreeing = derived(scheme(indicator("a"), indicator("b"), indicator("d")), rows(d=A), method="critic")
    assert [found.changes[name] for name in "abc"] == [agreeing.changes[name] for name in "abd"]
    assert "same" in said(found)


def test_levels_are_chosen_by_their_node(rules: Scheme) -> None:
    """`score` is the top; the others keep what they had."""
    assert list(derived(rules, levels=["right"]).changes) == ["c", "d", "e"]
    found = derived(rules, levels=["score"])
    assert list(found.changes) == ["left", "right", "n"]
    share = {node: found.changes[node] / 100 for node in found.changes}  # type: ignore[operator]  # one set of weights
    assert effective_weights(found.scheme, "old")["a"] == pytest.approx(share["left"] * 3 / 4)


def test_only_scored_enterprises_count(rules: Scheme) -> None:
    """What a vetoed enterprise scored changes no weight."""
    vetoed = rules.model_copy(update={"vetoes": scheme(indicator("a"), vetoes=[VETO]).vetoes})
    bad = [False] * 40 + [True]
    more = rows(**{name: [*values, 1.0] for name, values in {"a": A, "b": B, "c": C, "d": A[::-1], "e": B[::-1]}.items()},
                n=[*range(40), 0], stage=["young", "old"] * 20 + ["old"], kind=[None] * 41, bad=bad)  # fmt: skip
    assert derived(vetoed, more).changes == derived(rules).changes
    assert derived(vetoed, more).rows == {None: 40}


VETO = {"when": "bad", "message": {"zh": "x", "en": "x"}}


def test_where_weights_are_no_shares_they_stay() -> None:
    """A sum adds marks and a maximum takes the best child: neither is weighed, nor is an only child."""
    rules = scheme(
        category("added", indicator("a"), indicator("b"), aggregate="sum"),
        category("best", indicator("c"), indicator("d"), aggregate="maximum"),
        category("single", indicator("e")),
    )
    assert list(derived(rules).changes) == ["added", "best", "single"]
    for level, why in (("added", "no shares"), ("best", "no shares"), ("single", "no two children")):
        with pytest.raises(icredit.UsageError, match=why):
            derived(rules, levels=[level])
    with pytest.raises(icredit.UsageError, match="nothing to weigh"):
        derived(scheme(indicator("a"), indicator("b"), aggregate="sum"))


# ---- groups ------------------------------------------------------------------------------------------------------ #


def test_weights_by_stage_are_those_of_each_stage_alone(rules: Scheme) -> None:
    """A mapping by stage holds for each what its enterprises alone would give."""
    table = icredit.score(rows(), rules, as_of=AS_OF)
    found = derived(rules, method="critic", within="stage")
    for stage in ("young", "old"):
        alone = marks(shares("critic", table.filter(pl.col("stage") == stage).select("c", "d", "e")))
        assert {name: found.changes[name][stage] for name in "cde"} == alone  # type: ignore[index]  # by stage
    assert found.rows == {None: 40, "young": 20, "old": 20}
    assert sum(
        effective_weights(found.scheme, "old")[name] for name in ("a", "b", "c", "d", "e", "n")
    ) == pytest.approx(1)


def test_a_stage_without_enterprises_keeps_its_weights(rules: Scheme) -> None:
    """Nobody old was scored: of a and b with 3 and 1 marks, a keeps three quarters, and it is said."""
    found = derived(rules, rows(stage=["young"] * 40), within="stage")
    assert found.changes["a"]["old"] == 75  # type: ignore[index]  # by stage
    assert found.changes["c"] == {"young": found.changes["c"]["young"], "old": 33.3334}  # type: ignore[index]
    assert said(found).count("empty_group") == 1


def test_weights_by_another_column_have_a_rest(rules: Scheme) -> None:
    """By a text field: weights for each value, and under `otherwise` those of all enterprises."""
    found = derived(rules, within="kind")
    weight = found.changes["c"]
    assert isinstance(weight, By)
    assert (weight.by, list(weight.cases)) == ("kind", ["x", "y"])
    assert weight.otherwise == derived(rules).changes["c"]
    assert weight.cases["x"] == derived(rules, rows().filter(pl.col("kind") == "x")).changes["c"]
    assert found.rows == {None: 40, "x": 10, "y": 20}


def test_the_new_scheme_scores(rules: Scheme) -> None:
    """The scheme with the new weights is a scheme: its score is the weighted mean of the old categories."""
    found = derived(rules, levels=["score"])
    old = icredit.score(rows(), rules, as_of=AS_OF).sort("uscc")
    new = icredit.score(rows(), found.scheme, as_of=AS_OF).sort("uscc")
    weights = {node: pl.lit(found.changes[node]) for node in ("left", "right", "n")}
    expected = old.select(sum(pl.col(node) * weight / 100 for node, weight in weights.items()))
    assert new["score"].to_list() == pytest.approx(expected.to_series().to_list(), rel=1e-12)


def test_the_order_of_rows_changes_nothing(rules: Scheme) -> None:
    """Weights and remarks are the same whatever order the enterprises come in."""
    for method in ("sd", "entropy", "critic", "pca"):
        once = derived(rules, method=method, within="stage")
        again = derived(rules, rows().sample(fraction=1, shuffle=True, seed=3), method=method, within="stage")
        assert (again.changes, again.remarks) == (once.changes, once.remarks)


# ---- what is said ------------------------------------------------------------------------------------------------ #


def remarks_about(method: Method, **columns: list[Any]) -> dict[str, str]:
    """Return rule -> sentence for a scheme of the columns given."""
    found = derived(scheme(*(indicator(name) for name in columns)), frame(**columns), method=method)
    return {remark.rule: remark.sentence() for remark in found.remarks}


MIXED = [A[index * 7 % 40] for index in range(40)]


def test_a_column_half_of_zeros_is_told() -> None:
    """Thirty of forty scores are 0; entropy gives that column most of the weight, and says why that means little."""
    told = remarks_about("entropy", a=A, b=MIXED, c=[0.0] * 30 + A[:20:2])
    assert told["one_value"].startswith("score: 78% of the scores of c are 0: its weight of ")
    assert told["concentrated"].startswith("score: c alone gets ")
    assert "one_value" in remarks_about("sd", a=A, c=[0.0] * 30 + A[:20:2])


def test_few_different_scores_and_flat_ones_are_told() -> None:
    """Four different scores, and a deviation under a hundredth of the scale."""
    told = remarks_about("sd", a=A, c=[0.2, 0.5, 0.7, 0.9] * 10, d=[0.5 + value / 1000 for value in MIXED])
    assert told["few_values"].startswith("score: c has only 4 different scores")
    assert told["flat"].startswith("score: the scores of d hardly differ (standard deviation 0.0003)")


def test_constant_columns_are_told() -> None:
    """Weight 0 for one constant column; where all are constant, that all weigh the same."""
    assert remarks_about("critic", a=A, b=MIXED, c=[0.5] * 40)["constant"] == (
        "score: all scores of c are equal: its weight is 0"
    )
    assert "all weigh the same" in remarks_about("entropy", a=[1.0] * 40, c=[0.5] * 40)["all_constant"]


def test_few_enterprises_are_told() -> None:
    """Twelve are fewer than thirty for any method, and fewer than five for each of three by CRITIC."""
    columns = {"a": A[:12], "b": MIXED[:12], "c": A[11::-1]}
    assert remarks_about("sd", **columns)["few_rows"].startswith("only 12 enterprises: ")
    assert "12 enterprises for 3 children" in remarks_about("critic", **columns)["few_rows_each"]
    assert "few_rows_each" not in remarks_about("sd", **columns)


def test_small_groups_are_told_in_one_sentence(rules: Scheme) -> None:
    """Groups of 20 and 20 are one remark, not one for each family."""
    (told,) = [remark.sentence() for remark in derived(rules, within="stage").remarks if remark.rule == "small_groups"]
    assert told.startswith("2 of 2 groups have fewer than 30 enterprises")
    assert told.endswith("young (20), old (20)")


def test_doubles_are_told() -> None:
    """Two columns that say the same count twice; by CRITIC there may be nothing else."""
    told = remarks_about("sd", a=A, b=[value / 2 for value in A], c=MIXED)
    assert told["same"].startswith("score: a and b say the same (correlation 1.000), and together weigh ")
    assert "no_difference" in remarks_about("critic", a=A, b=[value / 2 for value in A])


def test_negative_loadings_are_told() -> None:
    """One column that falls as the others rise, with its loading."""
    noisy = [(value + other) / 2 for value, other in zip(A, MIXED, strict=True)]
    told = remarks_about("pca", a=A, b=noisy, c=C)
    assert told["negative_loading"].startswith("score: c pulls against its siblings (loading -0.")
    assert "always gives each the half" in remarks_about("pca", a=A, b=MIXED)["two_children"]


def test_missing_scores_are_told() -> None:
    """Thirty of forty are missing; and where two columns never meet, their correlation is unknown."""
    lacking = [None] * 30 + MIXED[30:]
    told = remarks_about("critic", a=A, b=lacking, c=[*MIXED[:30], *[None] * 10])
    assert told["missing"] == "score: 75% of the enterprises have no score of b"
    assert "the correlation of b and c is unknown" in told["unknown_correlation"]


def test_nothing_is_said_of_good_data() -> None:
    """Forty different scores that hardly correlate: no remark."""
    for method in ("sd", "critic"):
        assert remarks_about(method, a=A, b=MIXED, c=[A[index * 11 % 40] for index in range(40)]) == {}


# ---- without data ------------------------------------------------------------------------------------------------ #


def test_equal_weights_need_no_data(rules: Scheme) -> None:
    """Of three children 33.3334 and twice 33.3333; of two, 50."""
    found = icredit.derive_weights(None, rules, method="equal")
    assert [found.changes[name] for name in "cde"] == [33.3334, 33.3333, 33.3333]
    assert (found.changes["a"], found.changes["b"]) == (50, 50)
    assert found.rows == {}
    assert effective_weights(found.scheme, "old") == effective_weights(found.scheme, "young")


def test_without_a_scheme_the_usual_one_is_weighed() -> None:
    """As everywhere, that is the one that `load_scheme` finds."""
    assert icredit.derive_weights(method="equal").base == icredit.load_scheme()


JUDGED = "node_a,node_b,judgement\nc,d,2\nd,e,2\nc,e,4\nleft,right,3\nright,n,3\nleft,n,{}\n"


def test_judgements_weigh_the_families_that_they_are_about(rules: Scheme) -> None:
    """4 : 2 : 1 for three children; the top by its eigenvector; the family that nobody judged stays as it was."""
    judged = parse_judgements(JUDGED.format(9), rules)
    found = icredit.derive_weights(None, rules, method="ahp", judgements=judged)
    assert [found.changes[name] for name in "cde"] == [57.1429, 28.5714, 14.2857]
    top = priorities([[1, 3, 9], [1 / 3, 1, 3], [1 / 9, 1 / 3, 1]])
    assert [found.changes[name] for name in ("left", "right", "n")] == pytest.approx(
        [100 * weight for weight in top.weights], abs=1e-4
    )
    assert "a" not in found.changes
    assert found.consistency["right"].ratio == pytest.approx(0, abs=1e-9)
    assert list(icredit.derive_weights(None, rules, method="ahp", judgements=judged, levels=["right"]).changes) == [
        *"cde"
    ]


def test_judgements_that_contradict_each_other_are_refused(rules: Scheme) -> None:
    """Left is three times right, right three times n, and n as important as left: far over the limit, unless any will do."""
    judged = parse_judgements(JUDGED.format("1/9"), rules)
    with pytest.raises(icredit.DataError, match=r"children of score contradict each other: consistency ratio \d\.\d\d"):
        icredit.derive_weights(None, rules, method="ahp", judgements=judged)
    found = icredit.derive_weights(None, rules, method="ahp", judgements=judged, max_inconsistency=None)
    assert said(found) == ["inconsistent"]
    mild = parse_judgements(JUDGED.format(5), rules)
    ratio = icredit.derive_weights(None, rules, method="ahp", judgements=mild).consistency["score"].ratio
    assert 0 < ratio < 0.1
    with pytest.raises(icredit.DataError):
        icredit.derive_weights(None, rules, method="ahp", judgements=mild, max_inconsistency=ratio / 2)


@pytest.mark.parametrize(("judgement", "taken"), [(4, True), (3, False)])
def test_the_usual_limit_is_a_tenth(judgement: int, taken: bool, rules: Scheme) -> None:  # noqa: FBT001  # parametrised
    """Left is three times right and right three times n: that left is four times n is 0.06, that it is three times 0.12."""
    judged = parse_judgements(JUDGED.format(judgement), rules)
    found = icredit.derive_weights(None, rules, method="ahp", judgements=judged, max_inconsistency=None)
    q = (3 * 3 / judgement) ** (1 / 3)
    assert found.consistency["score"].ratio == pytest.approx((1 + q + 1 / q - 3) / 2 / 0.58)
    assert (found.consistency["score"].ratio < 0.1) is taken
    assert said(found) == ([] if taken else ["inconsistent"])
    with nullcontext() if taken else pytest.raises(icredit.DataError, match=r"the limit is 0\.1"):
        icredit.derive_weights(None, rules, method="ahp", judgements=judged)


def test_a_ratio_at_the_limit_is_taken(rules: Scheme) -> None:
    """Only judgements with a larger ratio than the limit are refused."""
    mild = parse_judgements(JUDGED.format(5), rules)
    ratio = icredit.derive_weights(None, rules, method="ahp", judgements=mild).consistency["score"].ratio
    assert said(icredit.derive_weights(None, rules, method="ahp", judgements=mild, max_inconsistency=ratio)) == []
    with pytest.raises(icredit.DataError):
        icredit.derive_weights(None, rules, method="ahp", judgements=mild, max_inconsistency=math.nextafter(ratio, 0))


# ---- what cannot be meant ---------------------------------------------------------------------------------------- #


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "median"}, "no method 'median'"),
        ({"method": "equal"}, "takes no submissions"),
        ({"method": "ahp"}, "judgements are for the method ahp"),
        ({"method": "sd", "judgements": {}}, "judgements are for the method ahp"),
        ({"method": "sd", "levels": ["lefts"]}, "no category 'lefts' \\(did you mean 'left'"),
        ({"method": "sd", "levels": ["a"]}, "no category 'a'"),
        ({"method": "sd", "within": "a"}, "nothing can differ by 'a'"),
        ({"method": "sd", "within": "stages"}, "did you mean 'stage'"),
    ],
)
def test_what_does_not_fit_together_is_refused(options: dict[str, Any], message: str, rules: Scheme) -> None:
    """A usage error says what is wrong."""
    with pytest.raises(icredit.UsageError, match=message):
        icredit.derive_weights(rows(), rules, as_of=AS_OF, **options)


def test_data_are_needed_and_groups_need_data(rules: Scheme) -> None:
    """A method from data without any, and groups for a method that is the same in each."""
    with pytest.raises(icredit.UsageError, match="needs submissions"):
        icredit.derive_weights(None, rules, method="sd")
    with pytest.raises(icredit.UsageError, match="the same in every group"):
        icredit.derive_weights(None, rules, method="equal", within="stage")
    judged = parse_judgements(JUDGED.format(9), rules)
    with pytest.raises(icredit.UsageError, match="no judgements about the children of left"):
        icredit.derive_weights(None, rules, method="ahp", judgements=judged, levels=["left"])


def test_nobody_scored_is_a_problem_of_the_data(rules: Scheme) -> None:
    """Without scored enterprises, or without any value of the column, there is nothing to look at."""
    with pytest.raises(icredit.DataError, match="no enterprise was scored"):
        derived(rules, rows().clear())
    with pytest.raises(icredit.DataError, match="no scored enterprise has a kind"):
        derived(rules, rows(kind=[None] * 40), within="kind")


def test_entropy_needs_a_scale_that_begins_at_nothing() -> None:
    """On a scale from -1 there are scores below zero; the indicator is named."""
    rules = scheme(indicator("a"), indicator("b"), scale=[-1, 1])
    with pytest.raises(icredit.UsageError, match="the method entropy needs scores of 0 and more, and a has some below"):
        derived(rules, method="entropy")


def test_groups_by_a_field_need_each_enterprise_once(rules: Scheme) -> None:
    """Of two rows with one code nobody knows whose field is whose."""
    twice = pl.concat([rows(), rows()])
    with pytest.raises(icredit.UsageError, match="several rows have one uscc"):
        derived(rules, twice, within="kind")
