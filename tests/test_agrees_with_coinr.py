"""A published composite indicator comes out as COINr computes it: 51 units, 49 indicators, four levels, missing cells.

The schemes stand in `schemes/asem`, and icredit's own commands are run with them. The data and the results of COINr stand
beside the repository, not in it; without them these tests are skipped.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from conftest import ROOT
from icredit.cli.main import main
from icredit.errors import ExitStatus

ASEM = ROOT.parent / "shared" / "conformance" / "asem"
SCHEMES = ROOT / "tests" / "schemes" / "asem"

pytestmark = pytest.mark.skipif(not ASEM.is_dir(), reason="no shared/conformance/asem beside the repository")

Row = dict[str, str]


@cache
def table(name: str) -> list[Row]:
    """Return the rows of one of their files."""
    with (ASEM / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_unit(name: str) -> dict[str, Row]:
    """Return the rows of one of their files by the unit they speak of."""
    return {row["uCode"]: row for row in table(name)}


def indicators() -> list[str]:
    """Return the names of the indicators."""
    return [row["iCode"] for row in table("meta") if row["Level"] == "1"]


def aggregates() -> list[str]:
    """Return the names of all nodes between the indicators and the index."""
    return [row["iCode"] for row in table("meta") if row["Level"] in ("2", "3")]


def own(names: list[str]) -> dict[str, str]:
    """Return columns that they call as we do."""
    return {name: name for name in names}


def scores_of_nodes() -> dict[str, str]:
    """Return the columns of all aggregates, ours -> theirs."""
    return own(aggregates()) | {"score": "Index"}


class Scored:
    """What `icredit score` made of the data under one of the schemes."""

    def __init__(self, scheme: str, folder: Path) -> None:
        self.path = folder / f"{scheme}.parquet"
        command = ["score", ASEM / "data.csv", "--scheme", SCHEMES / f"{scheme}.yaml", "--steps", "-o", self.path, "-q"]
        assert main([str(word) for word in command]) == ExitStatus.DONE
        self.table = pl.read_parquet(self.path)
        self.list_by = cache(self._list_by)

    def _list_by(self, node: str) -> pl.DataFrame:
        """Return what `icredit rank` makes of the table by one of its scores."""
        listed = self.path.with_suffix(f".{node}.parquet")
        by = "score" if node == "Index" else node
        command = ["rank", self.path, "--by", by, "--top", "1000", "-o", listed, "-q"]
        assert main([str(word) for word in command]) == ExitStatus.DONE
        return pl.read_parquet(listed)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scored]:
    """Return what gives the scored table of a scheme, each made once."""
    folder = tmp_path_factory.mktemp("asem")
    return cache(lambda scheme: Scored(scheme, folder))


def number(cell: str) -> object:
    """Return what a cell of theirs demands: missing, or a number to 1e-9."""
    return pytest.approx(float(cell), rel=0, abs=1e-9) if cell else None


def assert_columns(found: pl.DataFrame, expected: str, columns: dict[str, str], *, relative: bool = False) -> None:
    """Every unit has their number in each of the columns, named ours -> theirs; where theirs is none, ours is not asked."""
    theirs = by_unit(expected)
    assert sorted(found["uscc"].to_list()) == sorted(theirs)
    for row in found.iter_rows(named=True):
        for ours, name in columns.items():
            cell = theirs[row["uscc"]][name]
            if cell in ("Inf", "NaN"):
                continue
            wanted = pytest.approx(float(cell), rel=1e-9) if relative and cell else number(cell)
            assert row[ours] == wanted, (row["uscc"], ours)


def assert_ranks(scored: Scored, expected: str, theirs_is: str = "rank_{}", ours: str = "rank") -> None:
    """The rank of every unit in every aggregate is theirs exactly.

    A list holds those who have a score of the whole; where some have none, theirs are counted among the others.
    """
    theirs = by_unit(expected)
    scored_units = set(scored.table.filter(pl.col("status") == "scored")["uscc"])
    for node in ("Index", *aggregates()):
        column = theirs_is.format(node)
        ranks = {code: int(row[column]) for code, row in theirs.items() if row[column] and code in scored_units}
        if len(scored_units) < len(theirs):
            ranks = {code: 1 + sum(other < rank for other in ranks.values()) for code, rank in ranks.items()}
        assert dict(scored.list_by(node).select("uscc", ours).iter_rows()) == ranks, node


def test_the_files_are_what_they_are_said_to_be() -> None:
    """51 units, 49 indicators of which 63 cells are missing, 8 pillars and 2 sub-indices."""
    assert len(table("data")) == 51
    assert len(indicators()) == 49
    assert len(aggregates()) == 8 + 2
    assert sum(not row[name] for row in table("data") for name in indicators()) == 63
    assert sum(row["Direction"] == "-1" for row in table("meta")) > 0


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("index", "A_normalised_minmax_0_100"),
        ("minmax_1_100", "A_normalised_minmax_1_100"),
        ("goalposts", "A_normalised_goalposts"),
        ("zscore", "A_normalised_zscore"),
        ("rank", "A_normalised_rank"),
        ("borda", "A_normalised_borda"),
        ("percentile_rank", "A_normalised_prank"),
        ("distance_to_maximum", "A_normalised_dist2max"),
        ("distance_to_target", "A_normalised_dist2targ"),
        ("fraction_of_maximum", "A_normalised_fracmax"),
    ],
)
def test_normalised(scored: Callable[[str], Scored], scheme: str, expected: str) -> None:
    """Every one of the 51 * 49 cells is theirs by each of ten methods, lower directions included."""
    assert_columns(scored(scheme).table, expected, own(indicators()))


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("index", "A_scores_amean"),
        ("geometric", "A_scores_gmean"),
        ("harmonic", "A_scores_hmean"),
        ("geometric_sub_indices", "A_scores_amean_gmean_amean"),
        ("availability_090", "A_scores_amean_datthresh090"),
        ("other_weights", "A_scores_amean_weights_alt"),
        ("other_weights_geometric", "A_scores_gmean_weights_alt"),
        ("zscore", "A_scores_zscore_amean"),
        ("goalposts", "A_scores_goalposts_amean"),
        ("index", "expected_scores"),
        ("geometric", "expected_scores_gmean"),
        ("treated", "B_scores_amean"),
        ("treated", "expected_scores_published_example"),
        ("treated_geometric", "B_scores_gmean"),
    ],
)
def test_scores_and_ranks(scored: Callable[[str], Scored], scheme: str, expected: str) -> None:
    """Scores of all nodes are theirs, and the rank of every unit in each of them."""
    found = scored(scheme)
    assert_columns(found.table, expected, scores_of_nodes())
    assert_ranks(found, expected)


@pytest.mark.parametrize(("scheme", "expected"), [("index", "expected_scores"), ("geometric", "expected_scores_gmean")])
def test_normalised_cells_beside_scores(scored: Callable[[str], Scored], scheme: str, expected: str) -> None:
    """A file with scores and normalised cells of the same run agrees in both."""
    assert_columns(scored(scheme).table, expected, {name: f"n_{name}" for name in indicators()})


@pytest.mark.parametrize(
    ("step", "expected"), [("value", "B_denominated"), ("imputed", "B_imputed"), ("treated", "B_treated")]
)
def test_every_stage_of_the_published_example(scored: Callable[[str], Scored], step: str, expected: str) -> None:
    """Values over their denominators, then imputed, then treated, are theirs to 1e-9 of their size."""
    columns = {f"{name}.{step}": name for name in indicators()}
    assert_columns(scored("treated").table, expected, columns, relative=True)


def test_the_published_example(scored: Callable[[str], Scored]) -> None:
    """Its normalised cells are theirs, and the best six countries with two decimals are those that COINr published."""
    found = scored("treated")
    assert_columns(found.table, "B_normalised", own(indicators()))
    best = found.table.sort("rank").head(6).select("uscc", pl.col("score").round(2)).rows()
    assert best == [("CHE", 68.38), ("NLD", 64.82), ("DNK", 64.80), ("NOR", 64.47), ("BEL", 63.54), ("SWE", 63.00)]


def test_ranks_within_a_group(scored: Callable[[str], Scored]) -> None:
    """The rank within a group of income, which is a stage here, is theirs, of the index and of every node below it."""
    assert_ranks(scored("treated"), "B_groupranks_GDPpc_group", "{}", "stage_rank")


def test_what_was_treated(scored: Callable[[str], Scored]) -> None:
    """As many values were winsorised as COINr reports, and none was transformed instead."""
    details = {
        row["iCode"]: int(row["winsorise.nwin"]) for row in table("B_treatment_details") if row["winsorise.nwin"]
    }
    found = scored("treated").table
    for name in indicators():
        moved = found.filter(pl.col(f"{name}.treated") != pl.col(f"{name}.imputed")).height
        assert moved == details.get(name, 0), name


def test_a_fraction_of_the_maximum_is_a_number_where_theirs_is_none(scored: Callable[[str], Scored]) -> None:
    """Where the least of a cost is zero COINr divides by it; with the rule of icredit everybody has a share instead."""
    theirs = table("A_normalised_fracmax")
    broken = [name for name in indicators() if any(row[name] in ("Inf", "NaN") for row in theirs)]
    assert broken
    ours = scored("fraction_of_maximum_inverse").table
    filed = by_unit("data")
    for name in broken:
        for code, share in ours.select("uscc", name).iter_rows():
            cell = filed[code][name]
            assert share == (None if not cell else 1 if float(cell) == 0 else 0), (code, name)
            assert share is None or math.isfinite(share)
