"""A group with too few values is compared within a larger one, imputation has groups of its own, and both are told."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

import icredit
from conftest import AS_OF
from icredit.scoring import Done
from icredit.scoring.account import account_of, account_query
from icredit.scoring.pipeline import prepared
from little import code, frame, full, indicator, scheme, scored, scored_by

WITHIN = {"within": ["zone", "kind"], "minimum_group": 3}

#: Three of one kind in zone x, one of another kind there, and one of the first kind in zone y.
ROWS: dict[str, list[Any]] = {
    "a": [0.0, 2.0, 10.0, 6.0, 20.0],
    "zone": ["x", "x", "x", "x", "y"],
    "kind": ["k", "k", "k", "other", "k"],
}


def by(method: str, **rest: Any) -> Any:
    """Return a scheme of one indicator compared within groups of three or more."""
    return scheme(indicator("a", normalise={"method": method} | WITHIN, **rest))


def done(rules: Any, rows: pl.DataFrame) -> dict[str, Done]:
    """Return what was done to the values of each indicator."""
    ready = prepared(full(rows, rules), rules, as_of=AS_OF)
    counts = account_query(ready, rules)
    assert counts is not None
    return account_of(counts.collect(), rules)


def test_the_first_group_that_is_large_enough_counts() -> None:
    """Three of a kind are compared with each other, the fourth with its zone, the last with everybody."""
    expected = [0, 2 / 10, 1, 6 / 10, 1]  # of 0..10, 0..10, 0..10, zone x: 0..10, all: 0..20
    assert scored(by("minmax"), frame(**ROWS))["a"].to_list() == pytest.approx(expected)


def test_ranks_are_counted_in_the_group_that_stands_in() -> None:
    """The fourth is third of the four in its zone, the last the best of all five."""
    assert scored(by("rank"), frame(**ROWS))["a"].to_list() == [1, 2, 3, 3, 5]


def test_only_values_make_a_group_large() -> None:
    """Enterprises that filed nothing are none that one could be compared with."""
    rows = ROWS | {"a": [0.0, 2.0, None, 6.0, 20.0]}
    # Two of a kind have values, so all of zone x are compared with each other: 0, 2, 6.
    assert scored(by("minmax"), frame(**rows))["a"].to_list() == [0, pytest.approx(2 / 6), None, 1, 1]


def test_who_was_compared_elsewhere_is_told() -> None:
    """The account says how many were compared within which larger groups."""
    assert done(by("minmax"), frame(**ROWS)) == {"a": Done(0, 0, {("zone",): 1, (): 1})}


def test_imputed_and_treated_values_are_counted() -> None:
    """The account says how many values were imputed, and how many were beyond the bounds."""
    rules = scheme(
        indicator("a", missing="impute", treat={"clip": {"upper": 5}}, normalise={"method": "minmax"}),
        indicator("b", normalise={"method": "minmax"}),
    )
    rows = frame(a=[None, 1.0, 2.0, 9.0], b=[1.0, None, 1.0, 1.0])
    assert done(rules, rows) == {"a": Done(1, 1, {})}


def test_a_batch_without_rules_has_no_account() -> None:
    """Where nothing can be imputed, treated or compared elsewhere there is nothing to count."""
    rules = scheme(indicator("a"))
    assert account_query(prepared(full(frame(a=[1.0]), rules), rules, as_of=AS_OF), rules) is None


def test_groups_of_imputation_are_its_own() -> None:
    """A missing value becomes the mean of its zone, though all are compared with each other."""
    rules = scheme(
        indicator("a", missing="impute", impute={"by": "mean", "within": ["zone"]}, normalise={"method": "minmax"})
    )
    rows = frame(a=[0.0, 4.0, None, 10.0, None], zone=["x", "x", "x", "y", "y"])
    assert scored(rules, rows)["a"].to_list() == pytest.approx([0, 0.4, 0.2, 1, 1])


def test_a_missing_value_is_not_made_up_where_it_has_no_meaning() -> None:
    """An indicator that does not apply is not imputed, and does not move the median of the others."""
    rules = scheme(
        indicator("a", missing="impute", applies="b > 0", normalise={"method": "minmax"}), indicator("c", weight=None)
    )
    table = scored(rules, frame(a=[0.0, 2.0, 10.0, None, 99.0], b=[1.0, 1.0, 1.0, 1.0, 0.0], c=[0.0] * 5))
    assert table["a"].to_list() == pytest.approx([0, 0.2, 1, 0.2, None])


def test_a_saved_scale_keeps_the_groups_that_stand_in() -> None:
    """Scored alone by a reference, everybody gets the points of the batch, and a group that is new those of all."""
    rules = by("minmax")
    batch = scored(rules, frame(**ROWS))
    reference = icredit.measure(full(frame(**ROWS), rules), rules, AS_OF)
    for index in range(5):
        alone = frame(**ROWS).filter(pl.col("uscc") == code(index))
        assert scored_by(reference, rules, alone)["a"].to_list() == [batch["a"][index]]
    stranger = frame(a=[5.0], zone=["z"], kind=["k"])
    assert scored_by(reference, rules, stranger)["a"].to_list() == [5 / 20]


@pytest.mark.parametrize("treat", [{}, {"winsorise": [0, 1]}, {"winsorise": {"points": 5}}])
def test_what_was_made_up_makes_no_group_larger(treat: Any) -> None:
    """A value that stands in for a missing one is none that was filed, whatever treatment follows."""
    rules = by("rank", missing="worst", treat=treat)
    rows = frame(a=[1.0, 4.0, None, 2.0, 3.0, 5.0], zone=["x"] * 3 + ["y"] * 3, kind=["k"] * 6)
    # Two of zone x filed something, so they are ranked among all, with 1 as the stand-in; zone y for itself.
    assert scored(rules, rows)["a"].to_list() == [1, 5, 1, 1, 2, 3]
    assert done(rules, rows)["a"].compared_within == {(): 3}


@pytest.mark.parametrize("treat", [{"winsorise": {"points": 5}}, {"winsorise": {"points": 5}, "transform": "log"}])
def test_a_larger_group_is_treated_as_one(treat: Any) -> None:
    """What is an outlier in a zone is none among all, and whoever is compared with all is so with it as it was filed."""
    rules = by("minmax", treat=treat)
    values = [*(float(n) for n in range(1, 10)), 1000.0, 950.0, 960.0, 970.0]
    rows = frame(a=[*values, 5.0], zone=["x"] * 10 + ["z"] * 3 + ["y"], kind=["k"] * 14)
    shift = 0.01 * 999
    share = (5 - 1) / 999
    if "transform" in treat:
        share = math.log((4 + shift) / shift) / math.log((999 + shift) / shift)
    assert scored(rules, rows)["a"].to_list()[-1] == pytest.approx(share)
    assert scored(rules, rows)["a"].to_list()[9] == 1
