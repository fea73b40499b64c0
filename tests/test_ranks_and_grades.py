"""Ranks and grades: on the rounded score, ties share the best rank, rows in an order that nothing else decides."""

from __future__ import annotations

import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from conftest import AS_OF
from little import STAGES, code, frame, goalposts, indicator, label, scheme, scored

ONE = [indicator("a")]

# An enterprise's score is its `a`, exactly: (a - 0) / (1 - 0) on a scale from 0 to 1.
NAMES = ["changsha", "wuhan", None]


def rules(**rest: Any) -> icredit.Scheme:
    """Return the scheme whose score is the field a; `rest` are further keys."""
    return scheme(*ONE, stages=STAGES, **rest)


def test_ties_share_the_best_rank() -> None:
    """Four enterprises of which two are equal have the ranks 1, 2, 2 and 4."""
    assert scored(rules(), a=[0.5, 0.9, 0.5, 0.1])["rank"].to_list() == [2, 1, 2, 4]


def test_rows_stand_in_rank_order_and_equals_in_order_of_code() -> None:
    """Within a tie the smaller credit code stands first, however the rows came in."""
    rows = frame(a=[0.5, 0.9, 0.5, 0.5, 0.9])
    expected = [(1, code(1)), (1, code(4)), (3, code(0)), (3, code(2)), (3, code(3))]
    for seed in range(5):
        shuffled = rows.sample(fraction=1, shuffle=True, seed=seed)
        assert icredit.score(shuffled, rules(), as_of=AS_OF).select("rank", "uscc").rows() == expected


def test_ranks_in_the_zone_and_the_stage() -> None:
    """Each zone and each stage counts its own ranks, with its own ties."""
    table = scored(
        rules(),
        a=[0.9, 0.8, 0.8, 0.7, 0.6, 0.5],
        zone=["changsha", "wuhan", "changsha", "changsha", "wuhan", "wuhan"],
        stage=["old", "young", "old", "young", "old", "young"],
    )
    assert table["rank"].to_list() == [1, 2, 2, 4, 5, 6]
    assert table["zone_rank"].to_list() == [1, 1, 2, 3, 2, 3]
    assert table["stage_rank"].to_list() == [1, 1, 2, 2, 3, 3]


def test_an_enterprise_in_no_zone_has_no_rank_in_it() -> None:
    """Those outside every zone are ranked overall but do not compete with each other for a place in no zone."""
    table = scored(rules(), a=[0.9, 0.8, 0.7], zone=[None, "wuhan", None], stage=["old", None, "old"])
    assert table["rank"].to_list() == [1, 2, 3]
    assert table["zone_rank"].to_list() == [None, 1, None]
    assert table["stage_rank"].to_list() == [1, None, 2]


def test_rows_without_a_rank_stand_last_in_order_of_code() -> None:
    """Vetoed and insufficient rows follow the ranked ones, take no place from anybody, and have no rank of any kind."""
    table = icredit.score(
        frame(
            a=[0.9, None, 0.2, 0.8, None, 0.3],
            bad=[True, False, None, True, True, False],
            zone=["wuhan"] * 6,
            stage=["old"] * 6,
        ),
        rules(vetoes=[{"when": "bad", "message": label("bad")}]),
        as_of=AS_OF,
    )
    assert table.select("uscc", "status", "rank", "zone_rank", "stage_rank").rows() == [
        (code(5), "scored", 1, 1, 1),
        (code(2), "scored", 2, 2, 2),
        (code(0), "vetoed", None, None, None),
        (code(1), "insufficient", None, None, None),
        (code(3), "vetoed", None, None, None),
        (code(4), "vetoed", None, None, None),
    ]


@pytest.mark.parametrize(
    ("decimals", "expected"), [(0, [1, 1, 1, 4]), (1, [1, 1, 1, 4]), (2, [1, 1, 3, 4]), (3, [1, 2, 3, 4])]
)
def test_scores_are_ranked_on_the_decimals_of_the_scheme(decimals: int, expected: list[int]) -> None:
    """What differs beyond the decimals is a tie; the score itself is told in full."""
    table = scored(rules(ranking={"decimals": decimals}), a=[0.642, 0.641, 0.629, 0.111])
    assert table["rank"].to_list() == expected
    assert table["score"].to_list() == [0.642, 0.641, 0.629, 0.111]


def test_noise_in_the_last_bits_is_no_difference() -> None:
    """(0.1 + 0.2 + 0.3) / 3 is a hair above 0.2 in binary and ties with three times 0.2."""
    table = scored(scheme(*map(indicator, "bcd")), b=[0.1, 0.2], c=[0.2, 0.2], d=[0.3, 0.2])
    assert table["rank"].to_list() == [1, 1]


@pytest.mark.parametrize("half", [0.125, 0.375, 0.625, 0.145, 0.285, 0.565, 0.575, 0.005])
def test_halves_are_rounded_up_as_people_and_excel_round(half: float) -> None:
    """On two decimals 0.285 ties with 0.29, not with 0.28, although the float is a hair below the half."""
    up = float(Decimal(repr(half)).quantize(Decimal("0.01"), ROUND_HALF_UP))
    table = scored(rules(ranking={"decimals": 2}), a=[half, up, up - 0.01])
    assert table["rank"].to_list() == [1, 1, 3]


def test_halves_below_zero_go_away_from_zero_too() -> None:
    """On a scale from -1 to 1, -0.125 is -0.13."""
    symmetric = scheme(indicator("a", normalise=goalposts(-1, 1)), scale=[-1, 1], ranking={"decimals": 2})
    assert scored(symmetric, a=[-0.125, -0.13, -0.12])["rank"].to_list() == [2, 2, 1]


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(st.none() | st.integers(0, 20), st.sampled_from(NAMES), st.booleans()), max_size=15),
    order=st.randoms(use_true_random=False),
)
def test_ranks_are_counted(rows: list[tuple[int | None, str | None, bool]], order: random.Random) -> None:
    """A rank is one more than the number of scored enterprises with a better score, overall, in the zone, in the stage."""
    scheme_ = rules(vetoes=[{"when": "bad", "message": label("bad")}], ranking={"decimals": 1})
    # Twentieths: on one decimal, neighbours tie in pairs.
    columns: dict[str, list[Any]] = {
        "a": [None if x is None else x / 20 for x, _, _ in rows],
        "zone": [zone for _, zone, _ in rows],
        "bad": [bad for _, _, bad in rows],
        "stage": ["young" if len(rows) % 2 else "old"] * len(rows),
    }
    table = icredit.score(
        frame(**columns).sample(fraction=1, shuffle=True, seed=order.randrange(1000)), scheme_, as_of=AS_OF
    )
    found = {row["uscc"]: row for row in table.iter_rows(named=True)}
    points = {code(i): Decimal(x) / 20 for i, (x, _, bad) in enumerate(rows) if x is not None and not bad}
    points = {name: x.quantize(Decimal("0.1"), ROUND_HALF_UP) for name, x in points.items()}
    zones = {code(i): zone for i, (_, zone, _) in enumerate(rows)}
    for name, row in found.items():
        mine = points.get(name)
        better = [other for other, x in points.items() if mine is not None and x > mine]
        inside = Counter(zones[other] for other in better)
        assert row["rank"] == row["stage_rank"] == (None if mine is None else 1 + len(better))
        assert row["zone_rank"] == (None if mine is None or not zones[name] else 1 + inside[zones[name]])
    assert table["uscc"].to_list() == sorted(found, key=lambda name: (found[name]["rank"] or 10**9, name))


GRADES = [{"id": "A", "minimum": 0.8}, {"id": "B", "minimum": 0.6}, {"id": "C", "minimum": 0.3}]


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (1.0, "A"),
        (0.8, "A"),
        (0.80001, "A"),
        (0.79996, "A"),  # 0.8000 on four decimals
        (0.79995, "A"),  # a half, away from zero
        (0.79994, "B"),  # 0.7999
        (0.6, "B"),
        (0.59995, "B"),
        (0.59994, "C"),
        (0.3, "C"),
        (0.29996, "C"),
        (0.29994, None),
        (0.0, None),
    ],
)
def test_a_grade_is_earned_by_the_rounded_score(score: float, grade: str | None) -> None:
    """The grade goes by the score on four decimals, as it is ranked; below the lowest limit there is none."""
    assert scored(rules(grades=GRADES), a=[score])["grade"].to_list() == [grade]


def test_grades_may_stand_in_any_order() -> None:
    """The limits decide, not the order in the file."""
    for grades in (GRADES, GRADES[::-1], [GRADES[1], GRADES[0], GRADES[2]]):
        assert scored(rules(grades=grades), a=[0.9, 0.7, 0.4, 0.1])["grade"].to_list() == ["A", "B", "C", None]


def test_limits_of_grades_may_differ_by_stage() -> None:
    """0.7 is an A among the young and a B among the old."""
    grades = [{"id": "A", "minimum": {"young": 0.65, "old": 0.75}}, {"id": "B", "minimum": 0.5}]
    table = scored(rules(grades=grades), a=[0.7, 0.7, 0.6, 0.4], stage=["young", "old", "young", "old"])
    assert table["grade"].to_list() == ["A", "B", "B", None]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("best", "second"),
    [
        ({"young": 0.6, "old": 0.9}, {"young": 0.4, "old": 0.65}),
        ({"young": 0.6, "old": 0.6}, {"young": 0.4, "old": 0.55}),
        ({"young": 0.6, "old": 0.6}, {"young": 0.4, "old": 0.7}),
        (0.6, {"young": 0.4, "old": 0.6}),
        (0.6, {"young": 0.4, "old": 0.95}),
    ],
)
def test_the_best_grade_reached_is_that_of_the_own_stage(best: Any, second: Any, turned: bool) -> None:  # noqa: FBT001
    """A young enterprise with 0.85 passed both limits of its stage, 0.6 and 0.4, and has the higher grade; what the
    limits are in another stage is nothing to it.
    """
    grades = [{"id": "A", "minimum": best}, {"id": "B", "minimum": second}]
    table = scored(rules(grades=grades[::-1] if turned else grades), a=[0.85, 0.5, 0.3], stage=["young"] * 3)
    assert table["grade"].to_list() == ["A", "B", None]


def test_a_scheme_without_grades_gives_none() -> None:
    """The column is there and empty."""
    assert scored(rules(), a=[0.9, 0.1])["grade"].to_list() == [None, None]


def test_only_ranked_rows_have_a_grade() -> None:
    """A vetoed enterprise has a score but neither rank nor grade."""
    veto = [{"when": "bad", "message": label("bad")}]
    assert scored(rules(grades=GRADES, vetoes=veto), a=[0.9, 0.9], bad=[True, False])["grade"].to_list() == [None, "A"]
