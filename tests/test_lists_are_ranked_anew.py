"""Lists out of a scored table: any selection, by any score, with every rank counted anew inside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from conftest import AS_OF
from icredit.scored_table import RANKS
from icredit.zones import bundled_zones
from little import STAGES, category, code, frame, indicator, label, scheme

RULES = scheme(
    category("x", indicator("a"), weight=3),
    category("y", indicator("b"), weight=1),
    stages=STAGES,
    grades=[{"id": "A", "minimum": 0.6}, {"id": "B", "minimum": 0.3}, {"id": "C", "minimum": 0}],
    vetoes=[{"when": "bad", "message": label("bad")}],
)

#: Ten enterprises: score = (3 a + b) / 4.
ROWS = pl.DataFrame(
    [
        # a, b, zone, province, stage, bad
        (1.0, 0.0, "changsha", "湖南", "young", None),  # 0.75
        (0.8, 0.6, "changsha", "湖南", "old", None),  # 0.75
        (0.8, 0.2, "xiangyang", "湖北", "young", None),  # 0.65
        (0.4, 0.8, "zhuzhou", "湖南", "old", None),  # 0.5
        (0.4, 0.8, "shihezi", "新疆(兵团)", "old", None),  # 0.5
        (0.4, 0.4, "urumqi", "新疆", "young", None),  # 0.4
        (0.2, 0.6, None, "湖南", "young", None),  # 0.3
        (0.2, None, None, None, "old", None),  # 0.2
        (1.0, 1.0, "changsha", "湖南", "young", True),  # vetoed
        (None, None, "changsha", "湖南", "old", None),  # insufficient
    ],
    schema={
        "a": pl.Float64,
        "b": pl.Float64,
        "zone": pl.String,
        "province": pl.String,
        "stage": pl.String,
        "bad": pl.Boolean,
    },
    orient="row",
)


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    """The scored table of the ten, with values."""
    return icredit.score(frame(**ROWS.to_dict(as_series=False)), RULES, values=True, as_of=AS_OF)


def places(listed: pl.DataFrame) -> list[tuple[int, int]]:
    """Return the number of every enterprise listed with its rank, in order."""
    return [(int(name[4:]), rank) for name, rank in listed.select("uscc", "rank").iter_rows()]


def test_without_a_selection_all_ranked_rows_are_listed(table: pl.DataFrame) -> None:
    """The list of everybody is the table without its unranked rows, ranks and all."""
    assert places(table)[:4] == [(0, 1), (1, 1), (2, 3), (3, 4)]
    listed = icredit.rank(table)
    assert listed.equals(table.filter(pl.col("rank").is_not_null()))
    assert listed.height == 8


@pytest.mark.parametrize(
    "name", ["changsha", "长沙", "长沙高新区", "长沙高新技术产业开发区", "长沙国家高新区", "Changsha", " 长沙 高新区 "]
)
def test_a_zone_by_any_of_its_names(table: pl.DataFrame, name: str) -> None:
    """Slug, short name, full name and the usual ways to write them select the one zone."""
    assert places(icredit.rank(table, zone=name)) == [(0, 1), (1, 1)]


@pytest.mark.parametrize("name", ["湖南", "湖南省", " 湖南 "])
def test_a_province_with_and_without_its_ending(table: pl.DataFrame, name: str) -> None:
    """A province is known by its short and its official name, and holds its enterprises in no zone too."""
    assert places(icredit.rank(table, province=name)) == [(0, 1), (1, 1), (3, 3), (6, 4)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("新疆", [(4, 1), (5, 2)]),
        ("新疆维吾尔自治区", [(4, 1), (5, 2)]),
        ("新疆兵团", [(4, 1)]),
        ("新疆(兵团)", [(4, 1)]),
        ("新疆生产建设兵团", [(4, 1)]),
    ],
)
def test_xinjiang_includes_the_corps_but_not_the_other_way_round(
    table: pl.DataFrame, name: str, expected: list[tuple[int, int]]
) -> None:
    """新疆 means the whole region, 新疆(兵团) the corps alone."""
    assert places(icredit.rank(table, province=name)) == expected


def test_a_stage_and_a_grade(table: pl.DataFrame) -> None:
    """A stage or a grade selects its enterprises."""
    assert places(icredit.rank(table, stage="old")) == [(1, 1), (3, 2), (4, 2), (7, 4)]
    assert places(icredit.rank(table, grade="B")) == [(3, 1), (4, 1), (5, 3), (6, 4)]


def test_several_names_mean_any_of_them(table: pl.DataFrame) -> None:
    """Two zones, provinces, stages or grades are their union, and a name given twice is no fault."""
    assert places(icredit.rank(table, zone=["xiangyang", "长沙", "长沙高新区"])) == [(0, 1), (1, 1), (2, 3)]
    assert places(icredit.rank(table, province=("湖北省", "新疆"))) == [(2, 1), (4, 2), (5, 3)]
    assert places(icredit.rank(table, stage=["old", "young"])) == places(icredit.rank(table))
    assert places(icredit.rank(table, grade=["A", "C"])) == [(0, 1), (1, 1), (2, 3), (7, 4)]


def test_several_kinds_of_selection_mean_all_of_them(table: pl.DataFrame) -> None:
    """In Hunan and old and of grade B there is one."""
    assert places(icredit.rank(table, province="湖南", stage="old", grade="B")) == [(3, 1)]


def test_all_three_ranks_are_counted_anew(table: pl.DataFrame) -> None:
    """Among the old and those of grade B the ranks, overall, in the zone and in the stage, begin at 1."""
    listed = icredit.rank(table, stage="old")
    assert listed["zone_rank"].to_list() == [1, 1, 1, None]
    assert listed["stage_rank"].to_list() == [1, 2, 2, 4]
    weak = icredit.rank(table, grade="B").select("uscc", *RANKS).rows()
    assert weak == [(code(3), 1, 1, 1), (code(4), 1, 1, 1), (code(5), 3, 1, 1), (code(6), 4, None, 2)]


def test_columns_scores_and_grades_stay_as_they_are(table: pl.DataFrame) -> None:
    """A list has the columns of its table in their order, and only the ranks differ."""
    listed = icredit.rank(table, zone="xiangyang")
    assert listed.columns == table.columns
    whole = table.filter(pl.col("uscc") == code(2))
    assert listed.drop(RANKS).equals(whole.drop(RANKS))
    assert listed.select(RANKS).rows() == [(1, 1, 1)]


@pytest.mark.parametrize(
    ("top", "listed"), [(1, 2), (2, 2), (3, 3), (4, 5), (5, 5), (6, 6), (8, 8), (500, 8), (None, 8)]
)
def test_a_top_list_ends_with_everybody_of_its_last_rank(table: pl.DataFrame, top: int | None, listed: int) -> None:
    """Two share rank 1 and two rank 4: the top 1 has two rows and the top 4 has five; None lists all."""
    assert icredit.rank(table, top=top).height == listed


def test_500_places_are_listed_unless_said_otherwise() -> None:
    """The national list has 500 places; of 600 equals all stand on it."""
    rising = frame(a=[x / 1000 for x in range(600)], b=[0.5] * 600)
    assert icredit.rank(icredit.score(rising, RULES, as_of=AS_OF)).height == 500
    equal = frame(a=[0.5] * 600, b=[0.5] * 600)
    assert icredit.rank(icredit.score(equal, RULES, as_of=AS_OF)).height == 600


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("x", [(0, 1), (1, 2), (2, 2), (3, 4), (4, 4), (5, 4), (6, 7), (7, 7)]),
        ("a", [(0, 1), (1, 2), (2, 2), (3, 4), (4, 4), (5, 4), (6, 7), (7, 7)]),
        ("y", [(3, 1), (4, 1), (1, 3), (6, 3), (5, 5), (2, 6), (0, 7)]),
    ],
)
def test_by_a_category_or_an_indicator(table: pl.DataFrame, by: str, expected: list[tuple[int, int]]) -> None:
    """Any score column ranks; an enterprise that has no such score is not on the list, and unranked rows never are."""
    assert places(icredit.rank(table, by=by)) == expected


def test_by_a_category_within_a_selection(table: pl.DataFrame) -> None:
    """Selection, another score and a short list go together, and the ranks in the zone go by that score too."""
    listed = icredit.rank(table, province="湖南", by="y", top=2)
    assert places(listed) == [(3, 1), (1, 2), (6, 2)]
    by_y = icredit.rank(table, zone="changsha", by="y")
    assert by_y.select("uscc", *RANKS).rows() == [(code(1), 1, 1, 1), (code(0), 2, 2, 1)]


def test_another_score_ties_on_the_decimals_given() -> None:
    """Categories of 0.641 and 0.642 differ on the fourth decimal and are equal on two."""
    table = icredit.score(frame(a=[0.641, 0.642, 0.633], b=[0.1] * 3), RULES, as_of=AS_OF)
    assert places(icredit.rank(table, by="x")) == [(1, 1), (0, 2), (2, 3)]
    assert places(icredit.rank(table, by="x", decimals=2)) == [(0, 1), (1, 1), (2, 3)]


def test_another_score_counts_on_four_decimals() -> None:
    """Unless it is said otherwise: 0.12344 and 0.12336 are 0.1234 each, and 0.12346 is more."""
    table = icredit.score(frame(a=[0.12336, 0.12346, 0.12344], b=[0.1] * 3), RULES, as_of=AS_OF)
    assert places(icredit.rank(table, by="a")) == [(1, 1), (0, 2), (2, 2)]


def test_the_score_ties_as_in_the_table() -> None:
    """Whoever ties on the scheme's decimals ties in every list by score, though the scores differ further on."""
    coarse = scheme(indicator("a"), ranking={"decimals": 1})
    table = icredit.score(frame(a=[0.71, 0.72, 0.58], zone=["xiangyang"] * 3), coarse, as_of=AS_OF)
    assert places(icredit.rank(table, zone="xiangyang")) == [(0, 1), (1, 1), (2, 3)]


def test_a_zone_without_enterprises_makes_an_empty_list(table: pl.DataFrame) -> None:
    """A known zone in which nobody is ranked gives the table's columns and no row."""
    listed = icredit.rank(table, zone="shenzhen")
    assert listed.height == 0
    assert listed.schema == table.schema
    assert icredit.rank(table, zone="changsha", grade="B").height == 0
    assert icredit.rank(table, province="西藏", by="y", top=3).height == 0


def test_a_table_without_rows_makes_an_empty_list(table: pl.DataFrame) -> None:
    """Nothing in, nothing out."""
    assert icredit.rank(table.clear(), zone="changsha").height == 0


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"zone": "changsa"}, ["'changsa'", "长沙高新区 (changsha)"]),
        ({"zone": ["changsha", "长纱"]}, ["'长纱'", "长沙高新区"]),
        ({"zone": ""}, ["''", "icredit zones"]),
        ({"province": "湖蓝"}, ["'湖蓝'", "湖南"]),
        ({"province": "Hunan"}, ["'Hunan'", "湖南"]),
        ({"stage": "yung"}, ["'yung'", "young"]),
        ({"stage": ["old", "middle"]}, ["'middle'", "old, young"]),
        ({"grade": "E"}, ["'E'", "A, B, C"]),
        ({"by": "scoer"}, ["'scoer'", "did you mean 'score'", "score, x, y, a, b"]),
        ({"by": "a.value"}, ["'a.value'", "score, x, y, a, b"]),
        ({"by": "uscc"}, ["'uscc'", "score, x, y, a, b"]),
        ({"by": "coverage"}, ["'coverage'", "score, x, y, a, b"]),
        ({"by": "rank"}, ["'rank'", "score, x, y, a, b"]),
        ({"by": "zone_rank"}, ["'zone_rank'", "score, x, y, a, b"]),
        ({"top": 0}, ["not 0"]),
        ({"top": -5}, ["not -5"]),
    ],
)
def test_what_is_unknown_is_refused_with_what_is_near(
    table: pl.DataFrame, asked: dict[str, Any], told: Sequence[str]
) -> None:
    """An unknown zone, province, stage, grade or column is a UsageError that names it and what it may have meant."""
    with pytest.raises(icredit.UsageError) as caught:
        icredit.rank(table, **asked)
    for words in told:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("column", "asked"),
    [
        ("zone", {"zone": "changsha"}),
        ("province", {"province": "湖南"}),
        ("stage", {"stage": "old"}),
        ("grade", {"grade": "A"}),
        ("status", {}),
        ("rank", {}),
        ("uscc", {}),
    ],
)
def test_a_table_without_the_column_asked_for_is_refused(
    table: pl.DataFrame, column: str, asked: dict[str, Any]
) -> None:
    """A table from which somebody took a column is refused with its name, not with a traceback of another library."""
    with pytest.raises(icredit.IcreditError, match=column):
        icredit.rank(table.drop(column), **asked)


@pytest.mark.parametrize("spared", ["name", "coverage"])
def test_a_table_without_names_or_coverage_is_ranked(table: pl.DataFrame, spared: str) -> None:
    """What no list looks at may be missing: the list is the same without that column."""
    whole = icredit.rank(table, zone="changsha")
    assert whole.drop(spared).equals(icredit.rank(table.drop(spared), zone="changsha"))


@pytest.mark.parametrize("column", ["a.value", "a.imputed", "a.treated", "coverage", "rank", "uscc", "grade"])
def test_only_scores_are_ranked_by(column: str) -> None:
    """Values on their way to scores, in units of their own, are no scores, and neither is any other column."""
    steps = icredit.score(frame(**ROWS.to_dict(as_series=False)), RULES, steps=True, as_of=AS_OF)
    assert column in steps.columns
    with pytest.raises(icredit.UsageError, match=f"cannot rank by '{column}'") as caught:
        icredit.rank(steps, by=column)
    assert caught.value.hint == "columns: score, x, y, a, b"


def test_ranks_of_any_type_are_ranks(table: pl.DataFrame) -> None:
    """Ranks that another program keeps as unsigned numbers, which have no negative, are ranked alike."""
    unsigned = table.with_columns(pl.col(*RANKS).cast(pl.UInt32))
    assert icredit.rank(unsigned, zone="changsha")["uscc"].equals(icredit.rank(table, zone="changsha")["uscc"])


def test_a_register_of_ones_own(table: pl.DataFrame, tmp_path: Path) -> None:
    """A provincial zone that only an added register knows can be asked for by any name it has there."""
    extra = tmp_path / "extra.csv"
    extra.write_text(
        "slug,short_name,full_name,province,aliases\nshili,示例,示例省级高新技术产业开发区,湖南,示例园\n", "utf-8"
    )
    register = icredit.load_zones(extra)
    named = table.with_columns(zone=pl.when(pl.col("uscc") == code(3)).then(pl.lit("shili")).otherwise("zone"))
    assert places(icredit.rank(named, zone="示例园", zones=register)) == [(3, 1)]
    with pytest.raises(icredit.UsageError, match="示例园"):
        icredit.rank(named, zone="示例园", zones=bundled_zones())


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_a_list_is_the_ranking_of_its_selection_alone(table: pl.DataFrame, data: st.DataObject) -> None:
    """Any selection has the ranks that its enterprises have when nobody else is in the table."""
    zones = data.draw(st.lists(st.sampled_from(["changsha", "xiangyang", "zhuzhou"]), max_size=2))
    stages = data.draw(st.lists(st.sampled_from(["young", "old"]), max_size=2))
    kept = [
        i
        for i, row in enumerate(ROWS.iter_rows(named=True))
        if (not zones or row["zone"] in zones) and (not stages or row["stage"] in stages)
    ]
    rows = frame(**ROWS.to_dict(as_series=False)).filter(pl.col("uscc").is_in([code(i) for i in kept]))
    alone = icredit.score(rows, RULES, values=True, as_of=AS_OF).filter(pl.col("status") == "scored")
    assert icredit.rank(table, zone=zones, stage=stages, top=None).equals(alone)
