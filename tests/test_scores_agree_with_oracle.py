"""Every column of the scored table agrees with an independent computation in plain Python, to 1e-9."""

from __future__ import annotations

import csv
import math
import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import icredit
from conftest import AS_OF, NATIONAL, ROOT, SAMPLE_CSV
from icredit.scheme import Scheme
from oracle import scored_table

ZONES = ROOT / "src" / "icredit" / "data" / "zones.csv"


def assert_same(table: pl.DataFrame, expected: list[dict[str, object]]) -> None:
    """Both tables have the same columns and rows in the same order; numbers differ by at most 1e-9."""
    assert table.columns == list(expected[0])
    assert table.height == len(expected)
    for column in table.columns:
        for row, (found, wanted) in enumerate(zip(table[column].to_list(), (e[column] for e in expected), strict=True)):
            if isinstance(wanted, float) and found is not None:
                same = math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
            else:
                same = found == wanted
            assert same, f"{column}, row {row}, {expected[row]['uscc']}: {found} instead of {wanted}"


def test_every_column_of_the_sample(sample_table: pl.DataFrame) -> None:
    """The 51 columns of 3,000 enterprises are what the contract says."""
    assert_same(sample_table, scored_table(SAMPLE_CSV, NATIONAL, ZONES, AS_OF))


def thinned(target: Path, *, blanks: float, rates: bool) -> Path:
    """The sample with cells blanked at random and, if asked, the four rates filed where their amounts may be missing."""
    chance = random.Random(7)  # noqa: S311  # a sample, not a secret
    given = ["研发费用增速（%）", "研发费用占营业收入的比例（%）", "营业收入增长率（%）", "净资产利润率（%）"]
    with SAMPLE_CSV.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for header in row:
            # Without revenue the stage must be filed, and the sample files it only where revenue is missing.
            if "（" in header and header != "营业收入（万元）" and chance.random() < blanks:
                row[header] = ""
        if rates:
            row.update((header, f"{chance.gauss(20, 30 if header != given[1] else 0):.2f}") for header in given)
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return target


@pytest.mark.parametrize(("blanks", "rates"), [(0.4, False), (0.4, True), (0.95, False)])
def test_every_column_of_a_sample_full_of_gaps(tmp_path: Path, national: Scheme, blanks: float, rates: bool) -> None:  # noqa: FBT001
    """Missing cells, rates filed in place of amounts, and rows with almost nothing agree as well."""
    path = thinned(tmp_path / "gaps.csv", blanks=blanks, rates=rates)
    as_of = date(2026, 1, 15)
    table = icredit.score(icredit.read(path, national, as_of=as_of), national, values=True)
    assert_same(table, scored_table(path, NATIONAL, ZONES, as_of))


def test_other_numbers_in_the_scheme(tmp_path: Path) -> None:
    """Another scale, coarse decimals that make many ties, and a minimum coverage agree as well."""
    text = NATIONAL.read_text("utf-8")
    text = text.replace("scale: [0, 100]", "scale: [1, 11]").replace("{id: A, minimum: 60}", "{id: A, minimum: 6.5}")
    text = text.replace(
        "{decimals: 4, ties: min, minimum_coverage: 0.0}", "{decimals: 1, ties: min, minimum_coverage: 0.9}"
    )
    path = tmp_path / "other.yaml"
    path.write_text(text, "utf-8")
    scheme = icredit.load_scheme(path)
    table = icredit.score(icredit.read(SAMPLE_CSV, scheme, as_of=AS_OF), scheme, values=True)
    assert table["status"].value_counts().height == 3
    assert_same(table, scored_table(SAMPLE_CSV, path, ZONES, AS_OF))
