"""The Python API: what a notebook does with icredit, and what it is told when it cannot be meant."""

from __future__ import annotations

import inspect
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import icredit
from conftest import AS_OF, NATIONAL, SAMPLE_CSV
from icredit.scheme import Scheme
from icredit.scheme.fields import typed_schema
from little import (
    MINMAX,
    STAGES,
    category,
    code,
    frame,
    full,
    goalposts,
    indicator,
    label,
    minmax,
    scheme,
    scored,
    scores,
)

# ---- a notebook -------------------------------------------------------------------------------------------------- #


def test_the_usage_in_the_docstring_runs(folder: Path, sample_table: pl.DataFrame) -> None:
    """The lines that `help(icredit)` shows, with the sample in the place of data.xlsx, give Changsha's best hundred."""
    usage = [line for line in (icredit.__doc__ or "").splitlines() if "=" in line or line.startswith("import")]
    assert len(usage) == 5
    found: dict[str, Any] = {}
    exec("\n".join(usage).replace('"data.xlsx"', repr(str(SAMPLE_CSV))), found)  # noqa: S102  # it is our own text
    assert isinstance(found["scheme"], Scheme)
    assert isinstance(found["submission"], icredit.Submission)
    assert found["table"].drop("rank").height == sample_table.height
    top = found["top"]
    assert set(top["zone"]) == {"changsha"}
    assert top["rank"][0] == 1
    assert top.filter(pl.col("rank") < top["rank"].max()).height < 100 <= top.height


def test_the_bundled_scheme_is_used_where_none_is_named(folder: Path, national: Scheme) -> None:
    """`load_scheme()` and `score(frame)` without a scheme mean the national one."""
    assert icredit.load_scheme() == national
    rows = frame(revenue=[100.0, 300.0, 50_000.0], rd_expense=[10.0, 2.0, 700.0])
    assert_frame_equal(icredit.score(rows, as_of=AS_OF), icredit.score(rows, national, as_of=AS_OF))


def test_a_scheme_in_the_current_folder_is_used_where_none_is_named(folder: Path) -> None:
    """./indicators.yaml goes before the bundled scheme."""
    text = NATIONAL.read_text("utf-8").replace("id: ics-national-2024", "id: ours")
    (folder / "indicators.yaml").write_text(text, "utf-8")
    assert icredit.load_scheme().id == "ours"


RULES = scheme(indicator("a", weight=1), indicator("b", weight=3))


def test_score_takes_a_frame_a_lazy_frame_and_a_submission(
    sample: icredit.Submission, sample_table: pl.DataFrame, national: Scheme
) -> None:
    """All three give the same table; a LazyFrame stays lazy."""
    eager = icredit.score(sample.frame, national, values=True, as_of=AS_OF)
    lazy = icredit.score(sample.frame.lazy(), national, values=True, as_of=AS_OF)
    assert isinstance(eager, pl.DataFrame)
    assert isinstance(lazy, pl.LazyFrame)
    assert isinstance(sample_table, pl.DataFrame)
    assert_frame_equal(eager, sample_table, check_exact=True)
    assert_frame_equal(lazy.collect(), sample_table, check_exact=True)


def test_a_lazy_frame_is_not_computed_before_it_is_asked_for() -> None:
    """`score` of a LazyFrame looks at its columns, not at its rows."""

    def fail(rows: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError(rows)

    rows = frame(a=[0.5], b=[0.5])
    lazy = icredit.score(rows.lazy().map_batches(fail, schema=rows.schema), RULES, as_of=AS_OF)
    assert lazy.collect_schema().names()[:4] == ["rank", "zone_rank", "stage_rank", "uscc"]
    with pytest.raises((AssertionError, pl.exceptions.PolarsError)):
        lazy.collect()


def test_the_columns_stand_in_the_order_of_the_contract() -> None:
    """Ranks, identity, result, categories from the top, indicators, and values only when asked for."""
    rules = scheme(category("x", category("y", indicator("b")), indicator("a")), indicator("c"))
    rows = frame(a=[0.5], b=[0.5], c=[0.5])
    fixed = "rank zone_rank stage_rank uscc name zone province stage status score grade coverage".split()
    plain = icredit.score(rows, rules, as_of=AS_OF)
    assert plain.columns == [*fixed, "x", "y", "b", "a", "c"]
    assert scored(rules, rows).columns == [*plain.columns, "b.value", "a.value", "c.value"]


def test_the_types_of_the_table_do_not_depend_on_the_rows() -> None:
    """Ranks are whole numbers, scores floats and names text, in a full, an empty and an all-missing table."""
    rows = frame(a=[0.5, 1.0], b=[0.5, None], zone=["changsha", None])
    schema = scored(RULES, rows).schema
    assert {schema[name] for name in ("rank", "zone_rank", "stage_rank")} == {pl.Int64()}
    assert {schema[name] for name in ("score", "coverage", "a", "a.value")} == {pl.Float64()}
    assert {schema[name] for name in ("uscc", "name", "zone", "stage", "status", "grade")} == {pl.String()}
    assert scored(RULES, rows.clear()).schema == schema
    assert scored(RULES, a=[None], b=[None]).schema == schema


def test_an_empty_frame_gives_an_empty_table() -> None:
    """No rows, no error, every column; within groups and with every treatment too."""
    treat = {"winsorise": [0.1, 0.9], "transform": "log"}
    rules = scheme(
        indicator("a", normalise=minmax("zone"), treat=treat, missing="impute"), indicator("b", normalise=MINMAX)
    )
    assert scored(rules, frame(a=[0.5]).clear()).height == 0


def test_absent_columns_count_as_missing() -> None:
    """A frame without a column scores as one in which nobody filed it."""
    absent = scored(RULES, a=[0.5, 0.25])
    assert absent["coverage"].to_list() == [1 / 4, 1 / 4]
    assert_frame_equal(absent, scored(RULES, a=[0.5, 0.25], b=[None, None], zone=[None, None]))
    assert absent["name"].to_list() == [None, None]


def test_columns_of_ones_own_are_ignored() -> None:
    """Whatever else a notebook keeps in its frame, even under a name of the table, changes nothing."""
    own: dict[str, list[Any]] = {"score": [9.0], "rank": ["x"], "a.value": [7], "today": [1], "备注": ["示例"]}
    assert_frame_equal(scored(RULES, a=[0.5], b=[0.5], **own), scored(RULES, a=[0.5], b=[0.5]))


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt32, pl.Int64, pl.Float32, pl.Decimal(10, 2), pl.Null])
def test_numbers_of_any_kind_are_numbers(dtype: Any) -> None:
    """Whole numbers, decimals and short floats do for a share, whole ones and null for a count."""
    cell = None if dtype == pl.Null else Decimal(1) if dtype == pl.Decimal(10, 2) else 1
    rows = frame(a=[cell], n=[cell]).with_columns(pl.col("a", "n").cast(dtype))
    table = scored(scheme(indicator("a"), indicator("n")), rows)
    expected = None if cell is None else 1.0
    assert table.select("a", "n").row(0) == (expected, expected)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("a", ["0.5"]),
        ("a", [True]),
        ("a", [date(2026, 1, 1)]),
        ("a", [[0.5]]),
        ("n", ["3"]),
        ("day", ["2026-01-01"]),
        ("day", [datetime(2026, 1, 1)]),  # noqa: DTZ001  # what a notebook has
        ("day", [20260101]),
        ("bad", ["是"]),
        ("bad", [1]),
        ("kind", [3]),
        ("zone", [7]),
        ("stage", [1]),
    ],
)
def test_a_column_of_another_type_is_refused(name: str, cells: list[Any]) -> None:
    """What cannot be meant is a UsageError that names the column, not a guess; lazily too."""
    rows = frame(a=[0.5]).with_columns(pl.Series(name, cells))
    for given in (rows, rows.lazy()):
        with pytest.raises(icredit.UsageError, match=f"'{name}'"):
            icredit.score(given, RULES, as_of=AS_OF)


@pytest.mark.parametrize("cells", [[919900000000000000], [b"9199"], [9.199e17]])
def test_codes_that_are_no_text_are_refused(cells: list[Any]) -> None:
    """A code that went through a number has lost digits."""
    with pytest.raises(icredit.UsageError, match="'uscc'"):
        icredit.score(pl.DataFrame({"uscc": cells, "a": [0.5]}), RULES, as_of=AS_OF)


def test_a_frame_without_codes_is_refused() -> None:
    """Rows that cannot be named cannot be ranked."""
    with pytest.raises(icredit.UsageError, match="no column 'uscc'"):
        icredit.score(pl.DataFrame({"a": [0.5]}), RULES, as_of=AS_OF)


def test_a_count_with_a_fraction_is_never_cut_off_silently() -> None:
    """1.5 persons in a notebook's frame are refused or stay 1.5; they do not become 1."""
    rules = scheme(indicator("n", normalise=goalposts(0, 10)))
    try:
        table = scored(rules, n=[1.5])
    except icredit.IcreditError as error:
        assert "'n'" in str(error)  # noqa: PT017  # either answer will do
    else:
        assert table["n.value"].to_list() == [1.5]


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), 1e30])
def test_a_count_that_is_no_count_ends_in_no_traceback(cell: float) -> None:
    """NaN, as pandas writes a missing count, is missing; what no count can be is missing or refused by icredit."""
    rules = scheme(indicator("n", normalise=goalposts(0, 10)), indicator("a"))
    try:
        table = scored(rules, n=[cell, 5.0], a=[0.5, 0.5])
    except icredit.IcreditError:
        assert cell == cell  # noqa: PLR0124  # NaN alone is a blank
    else:
        assert table["n"].to_list()[1] == 0.5
        assert table["n"].to_list()[0] in (None, 1.0)


# ---- the day ----------------------------------------------------------------------------------------------------- #


def test_today_is_the_day_given_or_that_of_the_submission(tmp_path: Path) -> None:
    """`as_of` says what expressions call today; a submission brings the day it was read for; a frame without either
    means the day of the run.
    """
    rules = scheme(indicator("x", value="year(today) - year(day)", normalise=goalposts(0, 100)))
    path = tmp_path / "ages.csv"
    path.write_text("uscc,name,day\n9199A,示例一,2000-06-01\n", "utf-8")
    submission = icredit.read(path, rules, as_of=date(2011, 1, 1))
    age = pl.col("x.value")
    assert icredit.score(submission, rules, values=True).select(age).item() == 11
    assert icredit.score(submission, rules, values=True, as_of=date(2020, 1, 1)).select(age).item() == 20
    assert icredit.score(submission.frame, rules, values=True, as_of=date(2030, 1, 1)).select(age).item() == 30
    before = date.today()
    found = icredit.score(submission.frame, rules, values=True).select(age).item()
    assert found in {day.year - 2000 for day in (before, date.today())}


# ---- measuring --------------------------------------------------------------------------------------------------- #


def test_measure_takes_what_read_gives(sample: icredit.Submission, national: Scheme) -> None:
    """A reference is made of a submission's frame, and scoring with it is scoring without."""
    reference = icredit.measure(sample.frame.lazy(), national, AS_OF)
    assert isinstance(reference, icredit.Reference)
    with_it = icredit.score(sample.frame, national, reference=reference, as_of=AS_OF)
    assert_frame_equal(with_it, icredit.score(sample.frame, national, as_of=AS_OF), check_exact=True)


def test_measure_takes_what_score_takes() -> None:
    """A frame that `score` accepts, with columns absent and whole numbers for floats, has a reference."""
    rules = scheme(indicator("a", normalise=MINMAX), indicator("b"))
    rows = frame(a=[1, 2, 4])
    assert (
        icredit.measure(rows.lazy(), rules, AS_OF).to_json()
        == icredit.measure(full(rows, rules), rules, AS_OF).to_json()
    )


# ---- what a scheme may say --------------------------------------------------------------------------------------- #


def test_an_indicator_may_refer_to_the_values_of_others() -> None:
    """The value of z is made of y and of field c, y of x, whatever their order in the file; it is their values that count, not their
    scores, and a missing one makes it missing.
    """
    rules = scheme(
        indicator("z", value="y + c", normalise=goalposts(0, 1000)),
        category("k", indicator("y", value="10 * x", normalise=goalposts(0, 1000))),
        indicator("x", value="a + b", normalise=goalposts(0, 10)),
    )
    table = scored(rules, a=[1, 2], b=[3, None], c=[5, 6])
    assert table.select("x.value", "y.value", "z.value").rows() == [(4, 40, 45), (None, None, None)]
    assert table.select("x", "y", "z").row(0) == pytest.approx((0.4, 0.04, 0.045))


def test_a_name_that_is_field_and_indicator_means_the_field() -> None:
    """The national scheme has fields and indicators of the same id: in an expression it is what was filed."""
    rules = scheme(
        indicator("a", value="a * 100", normalise=goalposts(0, 100)),
        indicator("x", value="a + 1", normalise=goalposts(0, 10)),
    )
    assert scored(rules, a=[0.5]).select("a.value", "x.value").row(0) == (50, 1.5)


def test_a_value_may_refer_to_another_inside_any_expression() -> None:
    """Functions, texts and cases around the name of an indicator stay what they are."""
    rules = scheme(
        indicator("share", value="a / nullif(b, 0)"),
        indicator("x", value="case when kind = 'share' or share > 0.5 then round(share, 1) else abs(-share) end"),
    )
    table = scored(rules, a=[1, 1, 1, 1], b=[3, 1, 3, 0], kind=["share", "x", "other", None])
    assert table["x.value"].to_list() == [0.3, 1, 1 / 3, None]


def test_a_value_may_differ_by_stage() -> None:
    """The young are judged by a, the old by b / 10, an enterprise without stage by nothing."""
    rules = scheme(
        indicator("x", value={"young": "a", "old": "b / 10"}),
        indicator("y", value={"young": "x / 2", "old": "x"}),
        stages=STAGES,
    )
    table = scored(rules, a=[0.5, 0.5, 0.5], b=[7, 7, 7], stage=["young", "old", None])
    assert table["x.value"].to_list() == pytest.approx([0.5, 0.7, None])
    assert table["y.value"].to_list() == pytest.approx([0.25, 0.7, None])


def test_a_flag_counts_as_one_or_zero() -> None:
    """Yes earns 1, no 0, and a blank is missing."""
    assert scores(scheme(indicator("x", value="bad")), "x", bad=[True, False, None]) == [1, 0, None]


def test_a_submitted_stage_goes_before_the_rules() -> None:
    """Without one, the first rule that holds decides, and a rule that is unknown does not hold."""
    stages = [
        {"id": "young", "label": label("young"), "when": "a < 0.5"},
        {"id": "old", "label": label("old"), "when": "a < 0.9 or b > 0"},
    ]
    rules = scheme(indicator("c"), stages=stages)
    table = scored(
        rules,
        a=[0.1, 0.1, 0.7, 0.95, None, None],
        b=[None, None, None, None, 1, None],
        c=[1] * 6,
        stage=[None, "old", None, None, None, None],
    )
    assert table["stage"].to_list() == ["young", "old", "old", None, "old", None]


@pytest.mark.parametrize("depth", [1, 5, 12])
def test_trees_may_be_deep(depth: int) -> None:
    """Each level halves a's share of the whole; scores and coverage follow all the way up."""
    node = indicator("a")
    for level in range(depth):
        node = category(f"level{level}", node, indicator(f"x{level}", value="b"))
    table = scored(scheme(node), a=[1, 1], b=[0, None])
    share = 1 / 2**depth
    assert table["score"].to_list() == pytest.approx([share, 1])
    assert table["coverage"].to_list() == pytest.approx([1, share], abs=1e-12)
    assert table[f"level{depth - 1}"].to_list() == table["score"].to_list()
    assert table["level0"].to_list() == [0.5, 1]


def test_a_scheme_without_stages_has_none() -> None:
    """The stage column is there and empty, ranks in the stage too, and nothing else changes."""
    table = scored(RULES, a=[0.5, 1], b=[0.5, 1])
    assert table["stage"].to_list() == [None, None]
    assert table["stage_rank"].to_list() == [None, None]
    assert table["rank"].to_list() == [2, 1]
    assert table["coverage"].to_list() == [1, 1]


@pytest.mark.parametrize(
    ("within", "expected"), [([], [0, 1 / 4, 3 / 4, 1]), (["zone"], [0, 1, 0, 1]), (["stage"], [0, 1 / 4, 3 / 4, 1])]
)
def test_groups_in_a_scheme_without_stages(within: list[str], expected: list[float]) -> None:
    """Nothing in `within` is the whole batch, the zone is the zone, and the stage that nobody has is the whole batch."""
    rules = scheme(indicator("a", normalise=minmax(*within)))
    found = scores(rules, a=[0, 1, 3, 4], zone=["changsha", "changsha", "zhuzhou", "zhuzhou"])
    assert found == expected


def test_a_group_named_twice_is_one_group_or_a_fault() -> None:
    """`within: [zone, zone]` is refused by the scheme's check, or means what [zone] means."""
    try:
        rules = scheme(indicator("a", normalise=minmax("zone", "zone")))
    except icredit.SchemeError:
        return
    assert scores(rules, a=[0, 1], zone=["changsha", "changsha"]) == [0, 1]


def test_weights_of_any_size_are_shares() -> None:
    """Weights so large that their sum is no float any more still are shares, or are refused as a fault."""
    try:
        rules = scheme(indicator("a", weight=1.7e308), indicator("b", weight=1.7e308))
    except icredit.SchemeError:
        return
    assert scores(rules, a=[1], b=[0]) == [0.5]


# ---- the package ------------------------------------------------------------------------------------------------- #


def test_every_public_name_can_be_imported_and_is_documented() -> None:
    """Each member of `__all__` is there, is listed by `dir`, and says in its docstring what it is."""
    assert icredit.__all__ == sorted(set(icredit.__all__), key=icredit.__all__.index)
    for name in icredit.__all__:
        member = getattr(icredit, name)
        assert name in dir(icredit)
        if name != "__version__":
            assert inspect.getdoc(member), name


def test_a_star_import_brings_the_public_names() -> None:
    """`from icredit import *` works in a notebook."""
    found: dict[str, Any] = {}
    exec("from icredit import *", found)  # noqa: S102  # the only place where a star import may stand
    assert set(icredit.__all__) <= set(found)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    """A typo fails as in any module."""
    with pytest.raises(AttributeError, match="scroe"):
        icredit.scroe  # noqa: B018


def test_every_function_and_class_says_what_it_raises() -> None:
    """The verbs of the API name their errors in their docstrings."""
    for verb in (icredit.score, icredit.rank, icredit.read, icredit.load_scheme, icredit.parse_scheme):
        assert "Raises:" in (inspect.getdoc(verb) or ""), verb


def test_the_input_is_left_as_it_was() -> None:
    """Scoring and ranking change no frame in place."""
    rows = frame(a=[0.5, 1.0], b=[0.5, None])
    before = rows.clone()
    table = scored(RULES, rows)
    again = table.clone()
    icredit.rank(table, top=1)
    assert_frame_equal(rows, before)
    assert_frame_equal(table, again)


def test_typed_columns_of_a_submission_fit_the_scheme(sample: icredit.Submission, national: Scheme) -> None:
    """What `read` gives has exactly the fields of the scheme in their types, and where each row came from."""
    schema = dict(sample.frame.schema)
    assert {name: schema.pop(name) for name in typed_schema(national)} == typed_schema(national)
    assert set(schema) == {"source_table", "source_row"}


def test_codes_are_kept_as_they_are() -> None:
    """Leading zeros and letters of a code survive into the table."""
    codes = ["0099", "9199A", "91 99"]
    table = icredit.score(pl.DataFrame({"uscc": codes, "a": [0.1, 0.2, 0.3]}), RULES, as_of=AS_OF)
    assert sorted(table["uscc"].to_list()) == sorted(codes)
    assert code(3) == "919900000000000003"
