"""What must hold for any enterprises under the national scheme: better is never worse, and only what is filed counts."""

from __future__ import annotations

import csv
import io
import math
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import icredit
from conftest import AS_OF, NATIONAL, SAMPLE_CSV
from icredit.methods.aggregation import AGGREGATIONS
from icredit.scheme import Scheme
from icredit.scheme.fields import typed_schema
from icredit.scored_table import RANKS
from little import code
from plain_yaml import dump_yaml, load_yaml

Row = dict[str, Any]

STAGES = ("startup", "growth", "mature")

#: More of these is better, whatever else is filed; a blank may be filled in with anything.
MORE_IS_BETTER = (
    *("rd_staff", "invention_applications", "pct_applications", "contract_turnover"),
    *("hightech_revenue", "postgraduates", "rd_tax_relief"),
    *("fresh_graduates", "platforms", "awards", "projects", "venture_capital"),
)
#: More of these is better than a smaller number; a blank may stand for a better rate filed directly.
MORE_IS_BETTER_THAN_LESS = ("rd_expense", "net_profit")
#: Rates that count only where amounts are blank, so that more is better or changes nothing.
RATES = ("rd_expense_growth", "rd_intensity", "revenue_growth", "return_on_net_assets")

# A failing batch is small already; to make it smaller would take minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
PROPERTY = settings(deadline=None, max_examples=10, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])


def values_of(field: str, dtype: pl.DataType) -> st.SearchStrategy[Any]:
    """Return what enterprises may file in a field: often nothing or zero, else small, large, or a loss."""
    if dtype == pl.Int64():
        return st.none() | st.just(0) | st.integers(0, 500)
    lowest = 0 if field not in ("net_profit", "net_assets", *RATES) else -10_000_000
    return st.none() | st.just(0.0) | st.integers(lowest, 20_000_000).map(lambda cents: cents / 100)


def rows_of(scheme: Scheme, **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Row]:
    """Return a strategy of enterprises with a stage, most of them in a zone, and anything in the number fields."""
    numbers = {name: values_of(name, dtype) for name, dtype in typed_schema(scheme).items() if dtype.is_numeric()}
    return st.fixed_dictionaries(
        {
            **numbers,
            "stage": st.sampled_from(STAGES),
            "zone": st.sampled_from((None, "changsha", "wuhan")),
            "serious_dishonesty": st.sampled_from((None, False, False, True)),
            **fixed,
        }
    )


def batches(scheme: Scheme, **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Row]]:
    """Return a strategy of one to seven enterprises with codes of their own."""
    several = st.lists(rows_of(scheme, **fixed), min_size=1, max_size=7)
    return several.map(lambda rows: [{"uscc": code(index), **row} for index, row in enumerate(rows)])


NATIONAL_SCHEME = icredit.load_scheme(NATIONAL)
BATCHES = batches(NATIONAL_SCHEME)


def frame(rows: list[Row], scheme: Scheme = NATIONAL_SCHEME) -> pl.DataFrame:
    """Return the typed frame of enterprises."""
    schema = typed_schema(scheme)
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in schema}, schema=schema)


def score(
    rows: list[Row], scheme: Scheme = NATIONAL_SCHEME, reference: icredit.Reference | None = None
) -> pl.DataFrame:
    """Return the scored table with values."""
    return icredit.score(frame(rows, scheme), scheme, reference=reference, values=True, as_of=AS_OF)


def reference_of(rows: list[Row], scheme: Scheme = NATIONAL_SCHEME) -> icredit.Reference:
    """Return the constants of a batch."""
    return icredit.measure(frame(rows, scheme).lazy(), scheme, AS_OF)


def fixed_scale(rows: list[Row], scheme: Scheme = NATIONAL_SCHEME) -> icredit.Reference:
    """Return the constants of a batch in which every stage has two enterprises that filed every number."""
    numbers = {name: dtype for name, dtype in typed_schema(scheme).items() if dtype.is_numeric()}
    anchors: list[Row] = [
        {"uscc": code(900 + index), "stage": stage, **dict.fromkeys(numbers, amount)}
        for index, (stage, amount) in enumerate((stage, amount) for stage in STAGES for amount in (1, 1000))
    ]
    return reference_of([*rows, *anchors], scheme)


def score_columns(scheme: Scheme) -> list[str]:
    """Return the columns of the scored table that hold a score."""
    return ["score", *(node.id for node in scheme.nodes())]


def assert_nothing_fell(table: pl.DataFrame, scheme: Scheme, changed: Mapping[str, str]) -> None:
    """No score of a changed enterprise is below that of the first; `changed` says what was changed under each code."""
    scores = {row["uscc"]: row for row in table.iter_rows(named=True)}
    before = scores[code(0)]
    for name, what in changed.items():
        for column in score_columns(scheme):
            if before[column] is not None:
                assert scores[name][column] is not None, (what, column)
                assert scores[name][column] >= before[column] - 1e-9, (what, column)


@PROPERTY
@given(rows=BATCHES, more=st.integers(1, 1_000_000), data=st.data())
def test_a_better_field_never_lowers_a_score(rows: list[Row], more: int, data: st.DataObject) -> None:
    """With the scale of a batch fixed, more of any good thing, filed or not before, lowers no score of any level."""
    reference = fixed_scale(rows)
    schema = typed_schema(NATIONAL_SCHEME)
    base = data.draw(st.sampled_from(rows)) | {"uscc": code(0)}
    variants = [base]
    changed: dict[str, str] = {}

    def add(field: str, value: float) -> None:
        variants.append(
            base | {"uscc": code(len(variants)), field: int(value) if schema[field] == pl.Int64() else value}
        )
        changed[variants[-1]["uscc"]] = f"{field}: {base[field]} -> {value}"

    for field in MORE_IS_BETTER:
        add(field, (base[field] or 0) + more)
        if base[field] is None:
            add(field, 0)
    for field in (*MORE_IS_BETTER_THAN_LESS, *RATES):
        if base[field] is not None:
            add(field, base[field] + more)
    if base["staff"] is not None and base["staff"] > 1:
        add("staff", max(1, base["staff"] - more))
    assert_nothing_fell(score(variants, reference=reference), NATIONAL_SCHEME, changed)


@PROPERTY
@given(rows=BATCHES, index=st.integers(0, 6), field=st.sampled_from(MORE_IS_BETTER), more=st.integers(1, 10**6))
def test_a_better_field_never_worsens_the_rank_on_a_fixed_scale(
    rows: list[Row], index: int, field: str, more: int
) -> None:
    """With the scale fixed, who files more of a good thing is not overtaken by anybody for it."""
    rows = [row | {"serious_dishonesty": False} for row in rows]
    index %= len(rows)
    reference = fixed_scale(rows)
    better = [row | {field: (row[field] or 0) + more} if row is rows[index] else row for row in rows]
    before, after = (dict(score(one, reference=reference).select("uscc", "rank").iter_rows()) for one in (rows, better))
    assert after[code(index)] <= before[code(index)]


@cache
def valued_scheme(aggregate: str, direction: str) -> Scheme:
    """Return the national scheme with one field for each indicator's value, another mean and another direction."""
    said = load_yaml(NATIONAL.read_text("utf-8"))
    said["fields"] = {}
    for top in said["indicators"]:
        top["aggregate"] = aggregate
        for leaf in top["indicators"]:
            leaf.pop("applies", None)
            leaf |= {"value": f"v_{leaf['id']}", "direction": direction}
            said["fields"][leaf["value"]] = {"label": {"zh": leaf["value"], "en": leaf["value"]}, "type": "share"}
    return icredit.parse_scheme(
        dump_yaml(said | {"aggregate": aggregate, "checks": [], "vetoes": [], "stages": list_of_stages()})
    )


def list_of_stages() -> list[dict[str, Any]]:
    """Return the national stages, which only a submission can choose."""
    return [{"id": name, "label": {"zh": name, "en": name}, "when": "false"} for name in STAGES]


@settings(deadline=None, max_examples=3, phases=PHASES)
@given(data=st.data())
@pytest.mark.parametrize("direction", ["higher", "lower"])
@pytest.mark.parametrize("aggregate", sorted(AGGREGATIONS))
def test_a_better_indicator_value_never_lowers_a_score(aggregate: str, direction: str, data: st.DataObject) -> None:
    """A better value of any indicator lowers neither its score, its category's nor the total, with whatever mean."""
    scheme = valued_scheme(aggregate, direction)
    numbers = st.none() | st.just(0.0) | st.integers(-100, 1000).map(lambda tenths: tenths / 10)
    fields = [name for name in typed_schema(scheme) if name.startswith("v_")]
    row = st.fixed_dictionaries(dict.fromkeys(fields, numbers) | {"stage": st.sampled_from(STAGES)})
    rows: list[Row] = [
        {"uscc": code(i), **one} for i, one in enumerate(data.draw(st.lists(row, min_size=1, max_size=4)))
    ]
    better = data.draw(st.floats(1e-6, 1e4)) * (1 if direction == "higher" else -1)
    variants: list[Row] = [rows[0]]
    for field in fields:
        variants.append(rows[0] | {"uscc": code(len(variants)), field: (rows[0][field] or 0.0) + better})
    changed = {code(index): field for index, field in enumerate(fields, 1)}
    table = score(variants, scheme, fixed_scale(rows, scheme))
    assert_nothing_fell(table, scheme, changed)


@PROPERTY
@given(rows=BATCHES, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: list[Row], order: random.Random) -> None:
    """However the rows are shuffled, the table is the same to the last bit."""
    shuffled = order.sample(rows, len(rows))
    assert_frame_equal(score(shuffled), score(rows), check_exact=True)


@pytest.mark.parametrize("column", ["stage", "revenue", "zone", "uscc"])
def test_the_order_of_a_file_changes_nothing(
    sample: icredit.Submission, sample_table: pl.DataFrame, national: Scheme, column: str
) -> None:
    """The sample filed stage by stage, zone by zone or by rising revenue gives the bytes of the sample as it is."""
    stages = sample_table.select("uscc", pl.col("stage").alias("found"))
    rows = sample.frame.join(stages, on="uscc").with_columns(stage="found").drop("found")
    table = icredit.score(rows.sort(column, "uscc"), national, values=True, as_of=AS_OF)
    assert table.write_csv() == sample_table.write_csv()


_IN_THREADS = """
import hashlib, sys
from datetime import date
import polars as pl
import icredit
scheme = icredit.load_scheme(sys.argv[1])
rows = icredit.read(sys.argv[2], scheme, as_of=date(2026, 1, 15)).frame
stages = icredit.score(rows, scheme, as_of=date(2026, 1, 15)).select("uscc", found="stage")
rows = rows.join(stages, on="uscc").with_columns(stage="found").drop("found").sort("stage", "uscc")
table = icredit.score(rows, scheme, values=True, as_of=date(2026, 1, 15))
print(pl.thread_pool_size(), hashlib.sha256(table.write_csv().encode()).hexdigest())
"""


def test_the_number_of_threads_changes_nothing() -> None:
    """With one processor or three, a file filed stage by stage gives the same bytes."""
    found = []
    for threads in ("1", "3"):
        command = [sys.executable, "-c", _IN_THREADS, str(NATIONAL), str(SAMPLE_CSV)]
        done = subprocess.run(
            command, env=os.environ | {"POLARS_MAX_THREADS": threads}, capture_output=True, text=True, check=True
        )
        used, digest = done.stdout.split()
        assert used == threads
        found.append(digest)
    assert found[0] == found[1]


@PROPERTY
@given(rows=BATCHES)
def test_scoring_with_the_own_reference_gives_the_same_bytes(rows: list[Row]) -> None:
    """A batch scored by the constants found in it, even through JSON, is the batch scored without a reference."""
    reference = icredit.Reference.from_json(reference_of(rows).to_json())
    assert score(rows, reference=reference).write_csv() == score(rows).write_csv()


@PROPERTY
@given(rows=BATCHES)
def test_scores_stay_on_the_scale_and_are_numbers(rows: list[Row]) -> None:
    """Every score is missing or within 0 and 100, every coverage within 0 and 1, and NaN and infinity appear nowhere."""
    table = score(rows)
    for column in score_columns(NATIONAL_SCHEME):
        assert all(x is None or 0 <= x <= 100 for x in table[column].to_list()), column
    assert all(0 <= x <= 1 for x in table["coverage"].to_list())
    for column in table.select(pl.col(pl.Float64)).columns:
        assert all(x is None or math.isfinite(x) for x in table[column].to_list()), column
    assert sorted(table["uscc"].to_list()) == [row["uscc"] for row in rows]


@PROPERTY
@given(rows=BATCHES)
def test_everything_perfect_and_everything_at_worst_are_the_ends_of_the_scale(rows: list[Row]) -> None:
    """Whoever is at the top of every indicator has 100, whoever files nothing but zeros among better ones has 0."""
    stage = rows[0]["stage"]
    names = [name for name, dtype in typed_schema(NATIONAL_SCHEME).items() if dtype.is_numeric()]
    nothing = {"uscc": code(900), "stage": stage} | dict.fromkeys(names, 0) | {"net_assets": -1.0}
    # Without rates, which would be used where amounts are missing, and with every base far below what is built on it.
    best = dict.fromkeys(names, 10**9) | dict.fromkeys(RATES)
    best |= {
        "uscc": code(901),
        "stage": stage,
        "staff": 10**9,
        "revenue_last": 1.0,
        "rd_expense_last": 1.0,
        "net_assets": 1.0,
    }
    table = score([*(row | {"stage": stage} for row in rows), nothing, best]).filter(pl.col("uscc") >= code(900))
    assert dict(table.select("uscc", "score").iter_rows()) == pytest.approx({code(900): 0, code(901): 100}, abs=1e-9)


@PROPERTY
@given(rows=BATCHES, others=BATCHES, stage=st.sampled_from(STAGES))
def test_enterprises_of_another_stage_change_nobodys_score(rows: list[Row], others: list[Row], stage: str) -> None:
    """Whoever else stands in the other stages, scores, coverage, grades and ranks within this stage stay the same."""
    here = [row | {"stage": stage} for row in rows]
    elsewhere = [
        row
        | {"uscc": code(500 + i), "stage": row["stage"] if row["stage"] != stage else STAGES[STAGES.index(stage) - 1]}
        for i, row in enumerate(others)
    ]
    alone = score(here).drop("rank", "zone_rank").sort("uscc")
    together = score([*here, *elsewhere]).drop("rank", "zone_rank").filter(pl.col("stage") == stage).sort("uscc")
    assert_frame_equal(together, alone, check_exact=True)


@PROPERTY
@given(rows=BATCHES, factor=st.floats(1e-6, 1e6), field=st.sampled_from(("rd_tax_relief", "hightech_revenue")))
def test_the_unit_of_a_field_that_is_only_compared_changes_nothing(rows: list[Row], factor: float, field: str) -> None:
    """Multiplying by any c > 0 what only feeds a min-max leaves every score and rank; its value is c times as large."""
    whole = [row | {field: None if row[field] is None else float(int(row[field]) % 10_000)} for row in rows]
    scaled = [row | {field: None if row[field] is None else row[field] * factor} for row in whole]
    before, after = score(whole).sort("uscc"), score(scaled).sort("uscc")
    value = f"{field}.value"
    ranks = () if before["score"].round(3).is_unique().all() else RANKS  # a near tie may fall either way
    assert_frame_equal(after.drop(value, *ranks), before.drop(value, *ranks), rel_tol=0, abs_tol=1e-9)
    assert_frame_equal(after.select(value), before.select(pl.col(value) * factor), rel_tol=1e-12, abs_tol=0)


def refiled(target: Path, rows: list[dict[str, str]], units: Mapping[str, int], turn: list[str]) -> Path:
    """The rows with every amount in the units given, in turn; the decimal point is moved, nothing is computed."""
    headers: dict[str, tuple[str, int]] = {}
    amounts = [header for header in rows[0] if header.endswith("（万元）")]
    for index, header in enumerate(amounts):
        unit = turn[index % len(turn)]
        headers[header] = (header.replace("万元", unit), 4 - units[unit])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([headers[header][0] if header in headers else header for header in rows[0]])
    for row in rows:
        cells = []
        for header, cell in row.items():
            shift = headers[header][1] if header in headers else 0
            cells.append(format(Decimal(cell).scaleb(shift), "f") if cell and shift else cell)
        writer.writerow(cells)
    target.write_text(out.getvalue(), "utf-8")
    return target


@pytest.mark.parametrize("turn", [["元"], ["亿元"], ["千元"], ["百万元"], ["元", "万元", "亿元"]])
def test_the_unit_in_the_header_changes_nothing(tmp_path: Path, national: Scheme, turn: list[str]) -> None:
    """The same amounts filed in 元 or 亿元, or in a mixture of units, give the same bytes as in 万元."""
    units = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}
    with SAMPLE_CSV.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))[:400]
    tables = []
    for name, chosen in (("before.csv", ["万元"]), ("after.csv", turn)):
        submission = icredit.read(refiled(tmp_path / name, rows, units, chosen), national, as_of=AS_OF)
        assert submission.frame.height == 400
        assert submission.findings.filter(pl.col("level") == "error").is_empty()
        tables.append(icredit.score(submission, national, values=True).write_csv())
    assert tables[0] == tables[1]
