"""Weights from data: every method gives what its formula gives, on frames small enough to compute by hand."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from random import Random

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from icredit.methods.eigen import eigenpairs
from icredit.methods.weighting import METHODS, correlations, first_loadings, marks, retained, shares, varying

Column = Sequence[float | None]

#: Scores as a scheme gives them: of some size or nothing, many of them equal.
SCORES = st.one_of(st.sampled_from([0.0, 50.0, 100.0]), st.floats(0.001, 100, allow_subnormal=False))


def frame(**columns: Column) -> pl.DataFrame:
    """Return scores as a frame of floating-point numbers."""
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Float64))


@st.composite
def frames(draw: st.DrawFn, missing: bool = False) -> pl.DataFrame:  # noqa: FBT001  # a switch of the strategy
    """Draw two to five columns of three to twelve scores, with or without some missing."""
    width, height = draw(st.integers(2, 5)), draw(st.integers(3, 12))
    cell = st.one_of(st.none(), SCORES) if missing else SCORES
    return frame(**{name: draw(st.lists(cell, min_size=height, max_size=height)) for name in "abcde"[:width]})


def close(found: dict[str, float], expected: dict[str, float], tolerance: float = 1e-9) -> bool:
    """Return whether two sets of weights are the same but for rounding."""
    return found.keys() == expected.keys() and all(abs(found[name] - expected[name]) <= tolerance for name in found)


# ---- by hand ----------------------------------------------------------------------------------------------------- #


def test_equal_weights_ask_no_data() -> None:
    """Each of four siblings has a quarter, also one whose scores never differ."""
    scores = frame(a=[1, 2], b=[5, 5], c=[None, None], d=[0, 100])
    assert shares("equal", scores) == {"a": 1 / 4, "b": 1 / 4, "c": 1 / 4, "d": 1 / 4}


def test_standard_deviations_are_shared_out() -> None:
    """Deviations over n - 1 of 1 and 3 give a quarter and three quarters; the missing score does not count."""
    scores = frame(a=[1, 2, 3, None], b=[10, 10 + 3, 10 + 6, None])
    assert METHODS["sd"](scores) == pytest.approx({"a": 1, "b": 3}, rel=1e-15)
    assert shares("sd", scores) == pytest.approx({"a": 1 / 4, "b": 3 / 4}, rel=1e-15)


def test_entropy_is_that_of_the_shares_of_a_column() -> None:
    """With e = -sum(p ln p) / ln 4: of two shares of a half, e = ln 2 / ln 4 = 1/2; of one share of 1, e = 0."""
    scores = frame(half=[5, 5, 0, 0], one=[0, 0, 7, 0])
    assert METHODS["entropy"](scores) == pytest.approx({"half": 1 - 1 / 2, "one": 1 - 0}, rel=1e-12)
    assert shares("entropy", scores) == pytest.approx({"half": 1 / 3, "one": 2 / 3}, rel=1e-12)


def test_entropy_counts_the_enterprises_that_have_a_score() -> None:
    """Of three scores present the logarithm is of 3: p = 1/2, 1/4, 1/4 have the entropy (3/2) ln 2 / ln 3."""
    found = METHODS["entropy"](frame(a=[2, None, 1, 1, None]))
    assert found["a"] == pytest.approx(1 - 1.5 * math.log(2) / math.log(3), rel=1e-12)


def test_entropy_of_a_nearly_even_column_is_not_lost_in_rounding() -> None:
    """For two values 1 - d and 1 + d the exact 1 - e is d^2 / (2 ln 2) to first order, however small d is."""
    d = 1e-5
    found = METHODS["entropy"](frame(a=[1 - d, 1 + d]))
    assert found["a"] == pytest.approx(d * d / (2 * math.log(2)), rel=1e-4)


def test_entropy_refuses_scores_below_zero() -> None:
    """There is no share of a sum in which some count against it; the error names the column."""
    with pytest.raises(ValueError, match="b"):
        shares("entropy", frame(a=[1, 2], b=[-1, 2]))


def test_critic_is_deviation_times_conflict() -> None:
    """With r_ab = 1, r_ac = r_bc = -1 and deviations 1, 2, 1: C = 1 (0 + 2), 2 (0 + 2), 1 (2 + 2)."""
    scores = frame(a=[1, 2, 3], b=[2, 4, 6], c=[3, 2, 1])
    assert METHODS["critic"](scores) == pytest.approx({"a": 1 * 2, "b": 2 * 2, "c": 1 * 4}, rel=1e-12)
    assert shares("critic", scores) == pytest.approx({"a": 2 / 10, "b": 4 / 10, "c": 4 / 10}, rel=1e-12)


def test_critic_sees_no_conflict_in_perfect_agreement() -> None:
    """Columns that are multiples of each other leave nothing to choose by: all weigh the same."""
    scores = frame(a=[1, 2, 4], b=[0.1, 0.2, 0.4], c=[3, 6, 12])
    assert shares("critic", scores) == {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}


def test_principal_components_of_one_block_and_a_stranger() -> None:
    """Two equal columns and one without correlation have eigenvalues 2, 1, 0: squared loadings are 1 for each."""
    scores = frame(a=[0, 0, 1, 1], b=[0, 0, 1, 1], c=[0, 1, 0, 1])
    assert [value for value, _ in retained(scores)] == pytest.approx([2, 1], rel=1e-12)
    assert METHODS["pca"](scores) == pytest.approx({"a": 1, "b": 1, "c": 1}, rel=1e-12)


def test_principal_components_of_three_columns() -> None:
    """With r_ab = r and no other correlation, r > 0, only 1 + r and 1 are retained: (1 + r) / 2 for a and b, 1 for c."""
    scores = frame(a=[-1, -1, 1, 1, 0, 0, 0, 0], b=[-1, 1, 1, 1, -1, -1, 0, 0], c=[0] * 6 + [-1, 1])
    r = statistics.correlation(scores["a"].to_list(), scores["b"].to_list())
    expected = {"a": (1 + r) / 2, "b": (1 + r) / 2, "c": 1.0}
    assert METHODS["pca"](scores) == pytest.approx(expected, rel=1e-12)


def test_two_columns_share_equally_by_principal_components() -> None:
    """Of two columns the first component is (1, 1) or (1, -1), whatever their correlation."""
    assert shares("pca", frame(a=[1, 2, 9], b=[3, 1, 4])) == pytest.approx({"a": 1 / 2, "b": 1 / 2}, rel=1e-12)


def test_a_child_that_pulls_against_the_others_has_a_negative_loading() -> None:
    """Of three columns with one reversed, its loading is -1 and the others' 1; its weight is positive all the same."""
    scores = frame(a=[1, 2, 3], b=[2, 3, 4], c=[9, 8, 7])
    assert first_loadings(scores) == pytest.approx({"a": 1, "b": 1, "c": -1}, rel=1e-12)
    assert shares("pca", scores) == pytest.approx({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, rel=1e-12)


def test_correlations_are_over_the_rows_that_have_both() -> None:
    """Without the rows that lack one of the two, a and b rise together; a and c have only one row in common."""
    found = correlations(frame(a=[1, 2, 3, 90, None], b=[2, 4, 6, None, 1], c=[None, None, None, 1, 5]))
    assert found["a", "b"] == pytest.approx(1, rel=1e-12)
    assert found["a", "c"] is None


@pytest.mark.parametrize("method", ["sd", "entropy", "critic", "pca"])
def test_a_constant_column_weighs_nothing(method: str) -> None:
    """A column whose scores are equal, zero or missing gets 0, and the others what they would get without it."""
    scores = frame(a=[1, 2, 4], b=[0.1, 0.1, 0.1], c=[0, 0, 0], d=[None] * 3, e=[1, 0, 1], f=[7, None, None])
    found = shares(method, scores)
    assert {name for name, weight in found.items() if weight == 0} == {"b", "c", "d", "f"}
    assert {name: found[name] for name in "ae"} == shares(method, scores.select("a", "e"))


@pytest.mark.parametrize("method", list(METHODS))
def test_where_nothing_differs_all_weigh_the_same(method: str) -> None:
    """Constant and missing columns alone share equally."""
    assert shares(method, frame(a=[3, 3], b=[None, None], c=[0, 0], d=[1, 1])) == dict.fromkeys("abcd", 1 / 4)


def test_noise_of_rounding_is_no_difference() -> None:
    """0.1 + 0.2 and 0.3 are one score."""
    assert varying(frame(a=[0.1 + 0.2, 0.3], b=[0.3, 0.31])) == ["b"]


# ---- oracles ----------------------------------------------------------------------------------------------------- #


@given(frames())
@settings(deadline=None, max_examples=30)
def test_the_first_three_methods_agree_with_plain_python(scores: pl.DataFrame) -> None:
    """Deviation, entropy and CRITIC of columns that vary are those of the `statistics` module and of the textbook."""
    columns = {name: scores[name].to_list() for name in varying(scores)}
    assume(len(columns) == scores.width)
    spread = {name: statistics.stdev(values) for name, values in columns.items()}
    assert METHODS["sd"](scores) == pytest.approx(spread, rel=1e-9)
    textbook = {}
    for name, values in columns.items():
        parts = [value / math.fsum(values) for value in values]
        textbook[name] = 1 + math.fsum(p * math.log(p) for p in parts if p > 0) / math.log(len(parts))
    assert METHODS["entropy"](scores) == pytest.approx(textbook, rel=1e-6, abs=1e-12)
    conflict = {
        name: sum(1 - statistics.correlation(columns[name], columns[other]) for other in columns if other != name)
        for name in columns
    }
    expected = {name: spread[name] * conflict[name] for name in columns}
    assert METHODS["critic"](scores) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(st.integers(1, 7), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_eigenpairs_satisfy_their_equation(size: int, random: Random) -> None:
    """A v = l v, vectors of length 1 that stand upright on each other, the trace the sum of the eigenvalues."""
    draw = random.uniform
    matrix = [[0.0] * size for _ in range(size)]
    for row in range(size):
        for column in range(row + 1):
            matrix[row][column] = matrix[column][row] = draw(-1, 1)
    found = eigenpairs(matrix)
    assert [value for value, _ in found] == sorted((value for value, _ in found), reverse=True)
    assert sum(value for value, _ in found) == pytest.approx(sum(matrix[k][k] for k in range(size)), abs=1e-12)
    for value, vector in found:
        product = [math.fsum(x * y for x, y in zip(row, vector, strict=True)) for row in matrix]
        assert product == pytest.approx([value * part for part in vector], abs=1e-12)
        for _, other in found:
            inner = math.fsum(x * y for x, y in zip(vector, other, strict=True))
            assert inner == pytest.approx(1 if other is vector else 0, abs=1e-12)


def test_eigenvalues_of_fifty_columns() -> None:
    """Where every correlation is 1/2, one eigenvalue is 1 + 49/2 and the others are 1/2."""
    found = [value for value, _ in eigenpairs([[1.0 if i == j else 0.5 for j in range(50)] for i in range(50)])]
    assert found == pytest.approx([1 + 49 / 2, *[1 / 2] * 49], rel=1e-10)


# ---- properties -------------------------------------------------------------------------------------------------- #


@pytest.mark.parametrize("method", list(METHODS))
@given(scores=frames(missing=True))
@settings(deadline=None, max_examples=30)
def test_weights_are_shares(method: str, scores: pl.DataFrame) -> None:
    """No weight is negative or not a number, and together they are 1."""
    found = shares(method, scores)
    assert list(found) == scores.columns
    assert all(0 <= weight <= 1 for weight in found.values())
    assert math.fsum(found.values()) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("method", list(METHODS))
@given(scores=frames(missing=True), random=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_the_order_of_rows_changes_no_bit(method: str, scores: pl.DataFrame, random: Random) -> None:
    """Shuffled rows give the same weights, to the last bit."""
    order = list(range(scores.height))
    random.shuffle(order)
    assert shares(method, scores[order]) == shares(method, scores)


@pytest.mark.parametrize("method", list(METHODS))
@given(scores=frames(missing=True))
@settings(deadline=None, max_examples=30)
def test_the_order_of_columns_only_changes_the_order_of_weights(method: str, scores: pl.DataFrame) -> None:
    """Each column keeps its weight wherever it stands; all methods but the iterative one keep every bit."""
    if method == "pca":
        # Where an eigenvalue lies on the limit, rounding decides whether its component is retained.
        values = [value for value, _ in eigenpairs(_matrix(scores))]
        assume(all(abs(value - 1) > 1e-6 for value in values))
    turned = shares(method, scores.select(reversed(scores.columns)))
    assert close(turned, shares(method, scores), 1e-9 if method == "pca" else 1e-15)


def _matrix(scores: pl.DataFrame) -> list[list[float]]:
    columns = varying(scores)
    found = correlations(scores.select(columns))
    return [[1.0 if a == b else found.get((a, b), found.get((b, a))) or 0.0 for b in columns] for a in columns]


@pytest.mark.parametrize("method", list(METHODS))
@given(scores=frames(), times=st.integers(2, 4))
@settings(deadline=None, max_examples=30)
def test_enterprises_filed_several_times_over_change_nothing(method: str, scores: pl.DataFrame, times: int) -> None:
    """A batch repeated as a whole has the same weights: they tell of proportions, not of numbers."""
    if method == "pca":
        assume(all(abs(value - 1) > 1e-6 for value, _ in eigenpairs(_matrix(scores))))
    if method == "critic":  # where hardly anything is in conflict, what is left is rounding
        assume(all(1 - (found or 0) > 1e-3 for found in correlations(scores.select(varying(scores))).values()))
    repeated = pl.concat([scores] * times)
    assert close(shares(method, repeated), shares(method, scores), 1e-6)


# ---- marks ------------------------------------------------------------------------------------------------------- #


def test_marks_go_to_the_largest_remainders() -> None:
    """Of 10 units 1/6, 1/3 and 1/2 are owed 1.67, 3.33 and 5: after rounding down, the first gets what is left."""
    assert marks({"a": 1 / 6, "b": 1 / 3, "c": 1 / 2}, total=10, decimals=0) == {"a": 2, "b": 3, "c": 5}


def test_equal_marks_that_do_not_divide_go_to_the_first() -> None:
    """100 in three parts: the first has the unit that is left."""
    assert marks({"a": 1, "b": 1, "c": 1}) == {"a": 33.3334, "b": 33.3333, "c": 33.3333}


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(any))
@settings(deadline=None, max_examples=30)
def test_marks_sum_to_a_hundred(weights: list[float]) -> None:
    """In units of the last decimal the sum is exact, and no mark is a unit or more away from its share."""
    found = marks({str(index): weight for index, weight in enumerate(weights)})
    units = [round(mark * 10_000) for mark in found.values()]
    assert sum(units) == 1_000_000
    for mark, unit, weight in zip(found.values(), units, weights, strict=True):
        assert mark == unit / 10_000
        assert abs(mark - 100 * weight / math.fsum(weights)) < 1.001e-4
