"""A scheme that uses every method, treatment and rule at once: same bytes in any order, nothing that is no number."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from conftest import AS_OF
from icredit.scheme import Scheme
from icredit.scoring import Reference
from little import STAGES, category, frame, full, goalposts, indicator, label, scheme, scored_by

GROUPS: dict[str, Any] = {"within": ["stage", "zone"], "minimum_group": 3}
BY_POINTS = {"winsorise": {"points": 3, "otherwise": "log"}, "within": ["stage"]}

#: Everything that `normalise` can say, and beside it what else an indicator can say.
METHODS: list[dict[str, Any]] = [
    {"normalise": {"method": "minmax"} | GROUPS, "treat": {"winsorise": [0.1, 0.9], "transform": "log"}},
    {"normalise": goalposts(-1, 3) | {"clamp": False}, "missing": "zero"},
    {"normalise": {"method": "zscore", "mean": 50, "deviation": 10} | GROUPS, "treat": BY_POINTS},
    {"normalise": {"method": "percentile_rank"} | GROUPS, "missing": "worst"},
    {"normalise": {"method": "rank"}, "direction": "lower"},
    {"normalise": {"method": "borda", "within": ["kind"]}, "treat": {"winsorise": {}}},
    {"normalise": {"method": "distance_to_maximum"}, "missing": "impute", "impute": {"by": "mean", "within": ["zone"]}},
    {"normalise": {"method": "distance_to_target", "target": 2, "clamp": False}, "treat": {"transform": "log1p"}},
    {"normalise": {"method": "fraction_of_maximum", "within": ["zone"]}, "direction": "lower"},
    {"normalise": {"method": "fraction_of_maximum", "clamp": False}, "missing": "impute"},
    {"normalise": {"method": "tiers", "tiers": [{"at_least": 1, "marks": 5}]}, "treat": {"clip": {"lower": 0}}},
    {"normalise": {"method": "piecewise", "points": [[0, 0], [1, 5], [3, 6]]}, "treat": {"transform": "ln"}},
    {"normalise": {"method": "flag"}, "applies": "b > 0"},
    {"normalise": {"method": "none"}, "bonus": True, "weight": 0.1},
]

NODES = [{**indicator(f"x{index}", **method), "value": "abcdef"[index % 6]} for index, method in enumerate(METHODS)]

RULES: Scheme = scheme(
    category("first", *NODES[:5], aggregate={"young": "geometric", "old": {"power": -0.5}}),
    category("second", *NODES[5:9], aggregate="harmonic", minimum_availability=0.5),
    category("third", *NODES[9:], aggregate="sum", cap=1000, weight=None),
    totals=[{"id": "other", "label": label("other"), "weights": {"first": 1, "x3": 2}}],
    verdict={"require": [{"when": "score > 1", "message": label("more")}]},
    grades=[{"id": "A", "top": 0.3}, {"id": "B", "top": 1}],
    ranking={"grades_within": ["stage"]},
    stages=STAGES,
)


def batch(rows: int, seed: int = 1) -> pl.DataFrame:
    """Return made-up enterprises, with gaps, ties and outliers."""
    draw = random.Random(seed)  # noqa: S311  # made-up numbers
    numbers: dict[str, list[Any]] = {
        name: [
            None if draw.random() < 0.1 else round(draw.lognormvariate(0, 2), draw.choice([0, 3])) for _ in range(rows)
        ]
        for name in "abcdef"
    }
    groups: dict[str, list[Any]] = {
        "stage": [draw.choice(["young", "old"]) for _ in range(rows)],
        "zone": [draw.choice(["x", "y", "z", None]) for _ in range(rows)],
        "kind": [draw.choice(["soft", None]) for _ in range(rows)],
    }
    return frame(**numbers, **groups)


def table_of(rows: pl.DataFrame, reference: Reference | None = None) -> pl.DataFrame:
    """Return the scored table with all steps."""
    return icredit.score(full(rows, RULES).collect(), RULES, reference=reference, steps=True, as_of=AS_OF)


def test_the_order_of_rows_changes_nothing() -> None:
    """Shuffled rows give the same table, to the last bit."""
    rows = batch(400)
    expected = table_of(rows)
    assert expected["grade"].n_unique() == 2
    for seed in range(3):
        assert table_of(rows.sample(fraction=1, shuffle=True, seed=seed)).equals(expected)


def test_a_saved_scale_gives_the_same_table() -> None:
    """By its own reference, kept as text, the batch gets the same table but for what was counted within it."""
    rows = batch(150)
    reference = icredit.measure(full(rows, RULES), RULES, AS_OF)
    kept = Reference.from_json(reference.to_json())
    assert table_of(rows, kept).equals(table_of(rows))


def test_one_enterprise_gets_its_points_alone() -> None:
    """Scored alone on the saved scale an enterprise gets all the scores it has in the batch."""
    rows = batch(60)
    reference = icredit.measure(full(rows, RULES), RULES, AS_OF)
    together = table_of(rows).sort("uscc").drop("rank", "zone_rank", "stage_rank")
    for index in range(0, 60, 7):
        alone = table_of(rows[index], reference).drop("rank", "zone_rank", "stage_rank")
        assert alone.equals(together[index])


def test_no_enterprises_and_one() -> None:
    """An empty batch gives an empty table with the same columns, a single enterprise is its own best and worst."""
    columns = table_of(batch(10)).columns
    assert table_of(batch(10).clear()).columns == columns
    assert table_of(batch(1)).height == 1
    assert scored_by(icredit.measure(full(batch(1), RULES), RULES, AS_OF), RULES, batch(1)).height == 1


EXTREMES = st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e15, -1e15, 1e-300, 5e-324, 1e99, -1e99])


@settings(deadline=None, max_examples=20)
@given(
    rows=st.lists(
        st.tuples(*[st.none() | EXTREMES | st.floats(-1e6, 1e6)] * 6, st.sampled_from(["young", "old", None])),
        min_size=1,
        max_size=8,
    )
)
def test_nothing_is_ever_no_number(rows: list[tuple[Any, ...]]) -> None:
    """Whatever is filed, no cell of the table is NaN or infinite."""
    columns = list(zip(*rows, strict=True))
    filed = {name: list(values) for name, values in zip("abcdef", columns, strict=False)}
    table = table_of(frame(**filed, stage=list(columns[6])))
    numbers = table.select(pl.selectors.float())
    assert numbers.select(pl.all().is_nan().any() | pl.all().is_infinite().any()).row(0) == (False,) * numbers.width


@pytest.mark.parametrize("threads", ["1", "2", "8"])
def test_the_number_of_threads_changes_nothing(threads: str) -> None:
    """The same table comes of any number of threads; each is a process of its own."""
    code = "import test_every_method_at_once as t; print(t.table_of(t.batch(400)).hash_rows().sum())"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(told.stdout) == table_of(batch(400)).hash_rows().sum()
