"""A published composite indicator comes out as COINr computes it: 51 units, 49 indicators, four levels, missing cells.

The files stand beside the repository, not in it; without them these tests are skipped.
"""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import polars as pl
import pytest
import yaml

import icredit
from conftest import AS_OF, ROOT
from icredit.scheme import Scheme

ASEM = ROOT.parent / "shared" / "conformance" / "asem"

pytestmark = pytest.mark.skipif(not ASEM.is_dir(), reason="no shared/conformance/asem beside the repository")

Row = dict[str, str]
Weights = dict[str, float]

LEVELS = {2: "pillar", 3: "sub-index", 4: "index"}


@cache
def table(name: str) -> list[Row]:
    """Return the rows of one of the files."""
    with (ASEM / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_unit(name: str) -> dict[str, Row]:
    """Return the rows of one of the files by the unit they speak of."""
    return {row["uCode"]: row for row in table(name)}


def indicators() -> list[str]:
    """Return the names of the indicators."""
    return [row["iCode"] for row in table("meta") if row["Level"] == "1"]


def aggregates() -> list[str]:
    """Return the names of all nodes between the indicators and the index."""
    return [row["iCode"] for row in table("meta") if row["Level"] in ("2", "3")]


def scheme(
    *,
    scale: tuple[int, int] = (0, 100),
    aggregate: dict[int, str] | str = "arithmetic",
    weights: Weights | None = None,
    goalposts: bool = False,
    denominate: bool = False,
) -> Scheme:
    """Return the scheme of the index as YAML says it; `aggregate` may be said by level, 2 for the pillars."""
    methods = aggregate if isinstance(aggregate, dict) else dict.fromkeys(LEVELS, aggregate)
    ends = {row["iCode"]: (float(row["goalpost_lower"]), float(row["goalpost_upper"])) for row in table("goalposts")}

    def node(row: Row) -> dict[str, Any]:
        name, level = row["iCode"], int(row["Level"])
        made: dict[str, Any] = {"id": name, "label": label(name)}
        made["weight"] = weights[name] if weights is not None else float(row["Weight"])
        if level > 1:
            return made | {"aggregate": methods[level], "indicators": children(name)}
        made["value"] = f"{name} / {row['Denominator']}" if denominate and row["Denominator"] else name
        made["direction"] = "lower" if row["Direction"] == "-1" else "higher"
        made["normalise"] = {"method": "minmax"}
        if goalposts:
            made["normalise"] = {"method": "goalposts", "lower": ends[name][0], "upper": ends[name][1]}
        return made

    def children(parent: str) -> list[dict[str, Any]]:
        return [node(row) for row in table("meta") if row["Parent"] == parent]

    amounts = [row["iCode"] for row in table("meta") if row["Type"] in ("Indicator", "Denominator")]
    said = {
        "id": "asem",
        "title": label("示例"),
        "edition": "2018",
        "scale": list(scale),
        "fields": {"uscc": {"label": label("编号"), "type": "text"}}
        | {name: {"label": label(name), "type": "amount", "unit": "元"} for name in amounts},
        "aggregate": methods[4],
        "indicators": children("Index"),
        "ranking": {"decimals": 12},
    }
    return icredit.parse_scheme(yaml.safe_dump(said, allow_unicode=True))


def label(text: str) -> dict[str, str]:
    """Return a label that says the same in both languages."""
    return {"zh": text, "en": text}


def units(name: str = "data", group: str | None = None) -> pl.DataFrame:
    """Return the units of a file as typed rows, if asked with one of their groups in the place of the zone."""
    numbers = [row["iCode"] for row in table("meta") if row["Type"] in ("Indicator", "Denominator")]
    rows, groups = table(name), by_unit("data")
    columns: dict[str, list[Any]] = {"uscc": [row["uCode"] for row in rows]}
    for number in numbers:
        if number in rows[0]:
            columns[number] = [float(row[number]) if row[number] else None for row in rows]
    if group is not None:
        columns["zone"] = [groups[code][group] for code in columns["uscc"]]
    return pl.DataFrame(columns)


def scored(rules: Scheme, rows: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the scored table of the units with its values."""
    return icredit.score(units() if rows is None else rows, rules, values=True, as_of=AS_OF)


def number(cell: str) -> Any:
    """Return what a cell of theirs demands: missing, or a number to 1e-9."""
    return pytest.approx(float(cell), rel=0, abs=1e-9) if cell else None


def assert_columns(found: pl.DataFrame, expected: str, columns: dict[str, str]) -> None:
    """Every unit has their number in each of the columns, named ours -> theirs."""
    theirs = by_unit(expected)
    assert sorted(found["uscc"].to_list()) == sorted(theirs)
    for row in found.iter_rows(named=True):
        for ours, name in columns.items():
            assert row[ours] == number(theirs[row["uscc"]][name]), (row["uscc"], ours)


def assert_ranks(found: pl.DataFrame, expected: str, rank: str = "rank_{}") -> None:
    """The rank of every unit in every aggregate is theirs exactly."""
    theirs = by_unit(expected)
    for node in ("Index", *aggregates()):
        by = "score" if node == "Index" else node
        ranked = icredit.rank(found, by=by, top=None, decimals=12)
        ours = dict(ranked.select("uscc", "rank").iter_rows())
        column = rank.format(node)
        assert ours == {code: int(row[column]) for code, row in theirs.items() if row[column]}, node


def own(names: list[str]) -> dict[str, str]:
    """Return columns that they call as we do."""
    return {name: name for name in names}


def scores_of_nodes() -> dict[str, str]:
    """Return the columns of all aggregates, ours -> theirs."""
    return own(aggregates()) | {"score": "Index"}


def test_the_files_are_what_they_are_said_to_be() -> None:
    """51 units, 49 indicators of which 63 cells are missing, 8 pillars and 2 sub-indices."""
    assert len(table("data")) == 51
    assert len(indicators()) == 49
    assert len(aggregates()) == 8 + 2
    assert sum(not row[name] for row in table("data") for name in indicators()) == 63
    assert sum(row["Direction"] == "-1" for row in table("meta")) > 0


@pytest.mark.parametrize(
    ("scale", "expected"), [((0, 100), "A_normalised_minmax_0_100"), ((1, 100), "A_normalised_minmax_1_100")]
)
def test_minmax(scale: tuple[int, int], expected: str) -> None:
    """Every one of the 51 * 49 cells is theirs on the scales 0 to 100 and 1 to 100, lower directions included."""
    assert_columns(scored(scheme(scale=scale)), expected, own(indicators()))


def test_goalposts() -> None:
    """Every cell between goalposts is theirs, limited to them, lower directions included."""
    assert_columns(scored(scheme(goalposts=True)), "A_normalised_goalposts", own(indicators()))


@pytest.mark.parametrize(
    ("aggregate", "scale", "expected"),
    [
        ("arithmetic", (0, 100), "A_scores_amean"),
        ("geometric", (1, 100), "A_scores_gmean"),
        ("harmonic", (1, 100), "A_scores_hmean"),
        ({2: "arithmetic", 3: "geometric", 4: "arithmetic"}, (1, 100), "A_scores_amean_gmean_amean"),
    ],
)
def test_aggregation(aggregate: dict[int, str] | str, scale: tuple[int, int], expected: str) -> None:
    """Scores of all nodes and their ranks are theirs with the same mean at all levels, and with two kinds of mean."""
    found = scored(scheme(scale=scale, aggregate=aggregate))
    assert_columns(found, expected, scores_of_nodes())
    assert_ranks(found, expected)


@pytest.mark.parametrize(
    ("aggregate", "scale", "expected"),
    [
        ("arithmetic", (0, 100), "A_scores_amean_weights_alt"),
        ("geometric", (1, 100), "A_scores_gmean_weights_alt"),
    ],
)
def test_other_weights(aggregate: str, scale: tuple[int, int], expected: str) -> None:
    """Weights of 1 to 5 at every level give their scores and ranks."""
    weights = {row["iCode"]: float(row["Weight"]) for row in table("weights_alt")}
    found = scored(scheme(scale=scale, aggregate=aggregate, weights=weights))
    assert_columns(found, expected, scores_of_nodes())
    assert_ranks(found, expected)


def test_goalposts_aggregated() -> None:
    """Scores and ranks on goalposts are theirs."""
    found = scored(scheme(goalposts=True))
    assert_columns(found, "A_scores_goalposts_amean", scores_of_nodes())
    assert_ranks(found, "A_scores_goalposts_amean")


@pytest.mark.parametrize(
    ("aggregate", "scale", "expected"),
    [("arithmetic", (0, 100), "expected_scores"), ("geometric", (1, 100), "expected_scores_gmean")],
)
def test_scores_ranks_and_cells_of_one_file(aggregate: str, scale: tuple[int, int], expected: str) -> None:
    """A file with scores, ranks and normalised cells of the same run agrees in all three."""
    found = scored(scheme(scale=scale, aggregate=aggregate))
    assert_columns(found, expected, scores_of_nodes() | {name: f"n_{name}" for name in indicators()})
    assert_ranks(found, expected)


def test_values_by_denominator() -> None:
    """A value such as `Flights / Population` is theirs to 1e-9 of its size."""
    found = scored(scheme(denominate=True))
    theirs = by_unit("B_denominated")
    for row in found.iter_rows(named=True):
        for name in indicators():
            cell = theirs[row["uscc"]][name]
            assert row[f"{name}.value"] == (pytest.approx(float(cell), rel=1e-9) if cell else None), name


@pytest.mark.parametrize(
    ("aggregate", "scale", "expected"),
    [("arithmetic", (0, 100), "B_scores_amean"), ("geometric", (1, 100), "B_scores_gmean")],
)
def test_the_published_index_from_its_treated_data(aggregate: str, scale: tuple[int, int], expected: str) -> None:
    """From their treated data the published scores and ranks follow."""
    found = scored(scheme(scale=scale, aggregate=aggregate), units("B_treated"))
    assert_columns(found, expected, scores_of_nodes())
    assert_ranks(found, expected)
    if aggregate == "arithmetic":
        assert_columns(found, "B_normalised", own(indicators()))
        best = found.sort("rank").head(6).select("uscc", pl.col("score").round(2)).rows()
        published = [("CHE", 68.38), ("NLD", 64.82), ("DNK", 64.80), ("NOR", 64.47), ("BEL", 63.54), ("SWE", 63.00)]
        assert best == published


def test_ranks_within_a_group() -> None:
    """A rank in the zone is their rank within a group, of the index and of every node below it."""
    found = scored(scheme(), units("B_treated", group="GDPpc_group"))
    theirs = by_unit("B_groupranks_GDPpc_group")
    for node in ("Index", *aggregates()):
        ranked = icredit.rank(found, by="score" if node == "Index" else node, top=None, decimals=12)
        ours = dict(ranked.select("uscc", "zone_rank").iter_rows())
        assert ours == {code: int(row[node]) for code, row in theirs.items() if row[node]}, node
