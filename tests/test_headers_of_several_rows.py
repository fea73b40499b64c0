"""Headers of several rows: groups, units and years above, below and beside the names of columns, merged or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import filings
import icredit
from conftest import AS_OF
from filings import AnyCell, AnyRows, Merged
from icredit.intake.header import HeaderMatcher
from icredit.intake.header_rows import is_title, stated_units
from icredit.scheme import Scheme
from icredit.scheme.fields import submission_fields
from traps.fixtures import delimited, xlsx

WHO: list[AnyCell] = ["统一社会信用代码", "企业名称"]


def read(folder: Path, scheme: Scheme, rows: AnyRows, merged: Merged | None = None) -> icredit.Submission:
    """Read the rows as a CSV, or as a workbook with cells merged."""
    path = folder / ("rows.csv" if merged is None else "rows.xlsx")
    path.write_bytes(delimited(rows) if merged is None else xlsx(rows, merged=merged))
    return icredit.read(path, scheme, as_of=AS_OF)


def values(submission: icredit.Submission) -> dict[str, object]:
    """Field -> what was read of the only enterprise, beside its code and name."""
    row = submission.frame.row(0, named=True)
    names = submission.files[0].columns.keys() - {"uscc", "name"}
    return {name: row[name] for name in names}


def unknown(submission: icredit.Submission) -> tuple[str, ...]:
    """Headers of columns that were not used."""
    return submission.files[0].unknown


def below(*cells: AnyCell) -> list[AnyCell]:
    """A made-up enterprise with the cells behind its code and name."""
    return [filings.code(1), "示例", *cells]


# --------------------------------------------------------------------------------------------------------------------
# Groups

TWO: AnyRows = [[*WHO, "营业收入（元）", None, "职工总数"], [None, None, "本年", "上年", None], below(30000, 20000, 7)]
THREE: AnyRows = [
    ["基本信息", None, "财务指标（千元）", None, None, None, "人员（人）"],
    [*WHO, "研发费用", None, "营业收入", None, "职工总数"],
    [None, None, "本年", "上年", "本年", "上年", None],
    below(30, 20, 5000, 4000, 7),
]
TWO_MERGED = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 2, 4)]
THREE_MERGED = [(1, 0, 1, 1), (1, 2, 1, 5), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3), (2, 4, 2, 5), (2, 6, 3, 6)]
READ_TWO = {"revenue": 3.0, "revenue_last": 2.0, "staff": 7}
READ_THREE = {"rd_expense": 3.0, "rd_expense_last": 2.0, "revenue": 500.0, "revenue_last": 400.0, "staff": 7}


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize(
    ("rows", "ranges", "expected"), [(TWO, TWO_MERGED, READ_TWO), (THREE, THREE_MERGED, READ_THREE)]
)
def test_groups_over_columns(
    tmp_path: Path,
    national: Scheme,
    rows: AnyRows,
    ranges: Merged,
    expected: Mapping[str, object],
    merged: bool,  # noqa: FBT001
) -> None:
    """Two and three rows, in merged cells of a workbook and with blanks in a CSV, mean the same."""
    submission = read(tmp_path, national, rows, ranges if merged else None)
    assert values(submission) == expected
    assert unknown(submission) == ()
    assert submission.frame["source_row"].to_list() == [len(rows)]


def test_titles_above_a_header_of_two_rows(tmp_path: Path, national: Scheme) -> None:
    """Titles merged over the whole width are no groups, and the rows of the header are counted below them."""
    titles: AnyRows = [["创新积分填报表", None, None, None, None], ["填报单位：长沙高新区", None, None, None, "附件1"]]
    merged = [(1, 0, 1, 4), *((top + 2, left, last + 2, right) for top, left, last, right in TWO_MERGED)]
    submission = read(tmp_path, national, [*titles, *TWO], merged)
    assert values(submission) == READ_TWO
    assert submission.frame["source_row"].to_list() == [5]


@pytest.mark.parametrize("group", ["财务指标", "二、经营情况", "基本信息", "成长经营指标"])
def test_a_group_that_only_sorts_is_left_out_silently(tmp_path: Path, national: Scheme, group: str) -> None:
    """财务指标 over 营业收入 adds nothing."""
    submission = read(tmp_path, national, [["企业", None, group], [*WHO, "营业收入（万元）"], below(5000)])
    assert values(submission) == {"revenue": 5000.0}
    assert submission.files[0].notes == ()


def test_a_group_that_may_mean_something_is_told(tmp_path: Path, national: Scheme) -> None:
    """境外 over 营业收入 may be another figure: it is read, and the user is told."""
    submission = read(
        tmp_path, national, [[None, None, "境外", None], [*WHO, "营业收入（万元）", "净利润（万元）"], below(5000, 20)]
    )
    assert values(submission) == {"revenue": 5000.0, "net_profit": 20.0}
    (note,) = submission.files[0].notes
    assert "'境外' stands above '营业收入（万元）', '净利润（万元）' and was left out of their meaning" in note


@pytest.mark.parametrize("group", ["本年累计", "预计", "2025年计划", "同期", "2024年"])
def test_a_time_or_a_change_above_is_never_left_out(tmp_path: Path, national: Scheme, group: str) -> None:
    """What stands below a period that no field has is not known, in one row or in two."""
    above = read(
        tmp_path, national, [[None, None, None, group], [*WHO, "营业收入（万元）", "净利润（万元）"], below(5000, 20)]
    )
    assert values(above) == {"revenue": 5000.0}
    assert unknown(above) == (f"{group} 净利润（万元）",)
    under = read(
        tmp_path, national, [[*WHO, "营业收入（万元）", "净利润（万元）"], [None, None, None, group], below(5000, 20)]
    )
    assert values(under) == {"revenue": 5000.0}
    assert unknown(under) == (f"净利润（万元） {group}",)


@pytest.mark.parametrize("first", ["上年", "本年"])
def test_last_year_above(tmp_path: Path, national: Scheme, first: str) -> None:
    """上年 and 本年 over the same names tell them apart, whichever comes first."""
    second = "本年" if first == "上年" else "上年"
    rows: AnyRows = [
        [None, None, first, None, second, None],
        [*WHO, "营业收入", "研发费用", "营业收入", "研发费用"],
        below(1, 2, 3, 4),
    ]
    read_first, read_second = ("_last", "") if first == "上年" else ("", "_last")
    assert values(read(tmp_path, national, rows)) == {
        f"revenue{read_first}": 1.0,
        f"rd_expense{read_first}": 2.0,
        f"revenue{read_second}": 3.0,
        f"rd_expense{read_second}": 4.0,
    }


def test_last_year_alone_above(tmp_path: Path, national: Scheme) -> None:
    """A group 上年 without a group 本年 beside it still means last year, although the names below would do alone."""
    rows: AnyRows = [[None, None, None, "上年"], [*WHO, "职工总数", "营业收入"], below(7, 5000)]
    with_last = read(tmp_path, national, [*rows])
    assert with_last.files[0].columns.keys() == {"uscc", "name", "staff", "revenue_last"}


# --------------------------------------------------------------------------------------------------------------------
# Units


@pytest.mark.parametrize(
    "rows",
    [
        [[*WHO, "营业收入", "职工总数"], [None, None, "元", "人"]],
        [[*WHO, "营业收入", "职工总数"], ["—", "/", "（元）", "(人)"]],
        [[*WHO, "营业收入", "职工总数"], [None, None, "单位：元", "单位：人"]],
        [[None, None, "元", "人"], [*WHO, "营业收入", "职工总数"]],
        [["单位：元"], [*WHO, "营业收入", "职工总数"]],
        [[None, None, None, "单位：元"], [*WHO, "营业收入", "职工总数"]],
        [["填报单位：长沙高新区", None, "单位：元"], [*WHO, "营业收入", "职工总数"]],
        [["创新积分填报表（元）"], [*WHO, "营业收入", "职工总数"]],
        [["创新积分填报表", None, None, "2024年"], ["（单位：元）"], [*WHO, "营业收入", "职工总数"]],
        [["注：1.金额单位：元；人数单位：人。"], [*WHO, "营业收入", "职工总数"]],
        [["单位：元、人、%"], [*WHO, "营业收入", "职工总数"]],
        [["计量单位（元/人）"], [*WHO, "营业收入", "职工总数"]],
        [["经营（元）", None, None, None], [*WHO, "营业收入", "职工总数"]],
        [[*WHO, "营业收入（元，保留两位小数）", "职工总数（人，整数）"]],
    ],
)
def test_units_wherever_they_stand(tmp_path: Path, national: Scheme, rows: AnyRows) -> None:
    """In a row above or below the names, in a title, beside a title, in a note: 元 holds for money, 人 for persons."""
    submission = read(tmp_path, national, [*rows, below("50000000", "7")])
    assert values(submission) == {"revenue": 5000.0, "staff": 7}
    assert any("元 -> 万元 (/ 10,000)" in note for note in submission.files[0].notes)


@pytest.mark.parametrize(
    ("title", "units"),
    [
        (["单位：万元"], ["万元"]),
        (["金额单位：人民币千元"], ["人民币千元"]),
        (["单位:万元,人"], ["万元", "人"]),
        (["单位：万元（人数除外）"], ["万元"]),
        (["填报单位：万家科技"], []),
        (["附件（1）"], []),
        (["创新积分填报表（2024）"], []),
        (["创新积分填报表（万元）"], ["万元"]),
        (["创新积分填报表（万元）", "附件（元）"], []),
        (["单位：万美元"], ["万美元"]),
    ],
)
def test_units_that_titles_state(title: Sequence[str], units: list[str]) -> None:
    """A unit is stated behind 单位, or in the bracket at the end of a title that stands alone."""
    assert stated_units([title]) == units


def test_a_stated_unit_is_for_columns_without_one(tmp_path: Path, national: Scheme) -> None:
    """A unit in the header of a column wins over that of the title, and the note names the columns that took the title's."""
    rows: AnyRows = [["单位：元"], [*WHO, "营业收入（万元）", "净利润"], below(5000, 30000)]
    submission = read(tmp_path, national, rows)
    assert values(submission) == {"revenue": 5000.0, "net_profit": 3.0}
    assert "the unit 元 above the table was taken for '净利润'" in submission.files[0].notes[0]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([["单位：元"], ["单位：万元"], [*WHO, "营业收入"]], "state several units for '营业收入': 元, 万元"),
        ([["单位：元、万元"], [*WHO, "营业收入"]], "state several units for '营业收入': 元, 万元"),
        ([["单位：万元、万美元"], [*WHO, "营业收入"]], "state several units for '营业收入': 万元, 万美元"),
        ([["单位：万美元"], [*WHO, "营业收入"]], "the unit 万美元 above the table cannot be turned into 万元"),
        ([[*WHO, "营业收入"], [None, None, "人"]], "the unit of the column '营业收入 人' cannot be turned into 万元"),
        ([[*WHO, "职工总数"], [None, None, "万元"]], "the unit of the column '职工总数 万元' cannot be turned into 人"),
    ],
)
def test_units_that_contradict(tmp_path: Path, national: Scheme, rows: AnyRows, problem: str) -> None:
    """Units that cannot both be meant, or that are of another kind, are never chosen between."""
    with pytest.raises(icredit.InputError, match="correct the header row") as caught:
        read(tmp_path, national, [*rows, below(1)])
    assert problem in str(caught.value)


FOREIGN = (
    "吨 万吨 公斤 千克 米 公里 平方米 亩 公顷 天 个月 年 小时 工时 人年 人月 千瓦时 万千瓦时 吨标准煤 倍 美元 万美元 "
    "亿欧元 港元 日元 英镑 USD 万USD HK$ € 元/人 万元/年 件/人"
).split()


@pytest.mark.parametrize("unit", FOREIGN)
def test_units_that_nobody_can_convert(tmp_path: Path, national: Scheme, unit: str) -> None:
    """Foreign money and measures behind a known name are refused, whether the field is an amount, a count or a share."""
    for name in ("营业收入", "职工总数", "研发费用增速"):
        with pytest.raises(icredit.InputError, match="cannot be turned into"):
            read(tmp_path, national, [[*WHO, f"{name}（{unit}）"], below(1)])


@pytest.mark.parametrize(
    "header", ["产量（吨）", "能耗（吨标准煤）", "用地面积（亩）", "进出口额（万美元）", "成立年限（年）"]
)
def test_measures_behind_other_names_are_nobodys_business(tmp_path: Path, national: Scheme, header: str) -> None:
    """A column that no field means may have any unit."""
    submission = read(tmp_path, national, [[*WHO, "营业收入（万元）", header], below(5000, 1)])
    assert unknown(submission) == (header,)


@pytest.mark.parametrize("header", ["营业收入_1", "营业收入 1", "营业收入（1）", "研发费用增速_1", "职工总数-1"])
def test_a_number_behind_a_name_is_no_unit(tmp_path: Path, national: Scheme, header: str) -> None:
    """1 is the unit of fractions in a scheme; behind a name it counts columns of one name, or footnotes."""
    submission = read(tmp_path, national, [[*WHO, "净利润（万元）", header], below(5, 1)])
    assert unknown(submission) == (header,)


# --------------------------------------------------------------------------------------------------------------------
# Years


@pytest.mark.parametrize(
    "rows",
    [
        [[*WHO, "2024年营业收入（万元）", "2023年营业收入（万元）"]],
        [[*WHO, "营业收入（2024年）（万元）", "营业收入（2023年）（万元）"]],
        [[*WHO, "营业收入_2024", "营业收入_2023"]],
        [[*WHO, "营业收入（万元）", None], [None, None, "2024年度", "2023年度"]],
        [[*WHO, "营业收入（万元）", None], [None, None, 2024, 2023]],
        [[None, None, "2024年", "2023年"], [*WHO, "营业收入（万元）", "营业收入（万元）"]],
    ],
)
def test_two_years(tmp_path: Path, national: Scheme, rows: AnyRows) -> None:
    """Of a year and the one before it, the later is the one evaluated; which years were taken is told."""
    submission = read(tmp_path, national, [*rows, below(5000, 4000)])
    assert values(submission) == {"revenue": 5000.0, "revenue_last": 4000.0}
    assert any("2024 was taken as the year evaluated, 2023 as the last" in note for note in submission.files[0].notes)


def test_years_of_numbers_without_a_field_for_last_year(tmp_path: Path, national: Scheme) -> None:
    """Staff of last year is nobody's field: the column is not used."""
    rows: AnyRows = [
        [*WHO, "2024年营业收入", "2023年营业收入", "2024年末职工总数", "2023年末职工总数"],
        below(5000, 4000, 7, 6),
    ]
    submission = read(tmp_path, national, rows)
    assert values(submission) == {"revenue": 5000.0, "revenue_last": 4000.0, "staff": 7}
    assert unknown(submission) == ("2023年末职工总数",)


@pytest.mark.parametrize("header", ["2024年营业收入（万元）", "营业收入（2024年）", "营业收入2023", "2024年度营业收入"])
def test_one_year_alone_stays_unknown(tmp_path: Path, national: Scheme, header: str) -> None:
    """One year may be the one evaluated or the last: it is not taken, and the name it may mean is told."""
    submission = read(tmp_path, national, [[*WHO, "净利润（万元）", header], below(5, 5000)])
    assert unknown(submission) == (header,)
    assert f"'{header}' (did you mean '营业收入'?)" in submission.files[0].notes[0]


def test_years_that_do_not_follow_each_other_stay_unknown(tmp_path: Path, national: Scheme) -> None:
    """Of 2024 and 2022 neither is known to be the one evaluated."""
    submission = read(tmp_path, national, [[*WHO, "净利润（万元）", "营业收入2024", "营业收入2022"], below(5, 2, 1)])
    assert unknown(submission) == ("营业收入2024", "营业收入2022")


@pytest.mark.parametrize("word", ["本年", "本年度", "当年", "年末", "年末数"])
def test_words_for_the_year_evaluated(tmp_path: Path, national: Scheme, word: str) -> None:
    """本年 below or above a name says what every name means; 上年 and 年初 are another time."""
    rows: AnyRows = [[*WHO, "营业收入（万元）", None, "职工总数", None], [None, None, word, "上年", word, "年初"]]
    submission = read(tmp_path, national, [*rows, below(5000, 4000, 7, 6)])
    assert values(submission) == {"revenue": 5000.0, "revenue_last": 4000.0, "staff": 7}
    assert unknown(submission) == ("职工总数 年初",)


# --------------------------------------------------------------------------------------------------------------------
# What is written around a name


@pytest.mark.parametrize(
    "header",
    [
        "营业收入\n（万元）",
        "营 业 收 入",
        "*营业收入",
        "★营业收入（必填）",
        "1.营业收入",
        "（12）营业收入（万元）",
        "三、营业收入",
        "04 营业收入",
        "①营业收入",
        "营业收入*（万元）",
        "营业收入：",
        "营业收入（万元，必填）",
        "营业收入（请填写审计数）",
        "营业收入,单位：万元",
        "营业收入【万元】",
        "营业收入 - 万元",
        "其中：营业收入（万元）",
        "本年营业收入",
        "当年营业收入（万元）",
        "营业收入（本年）",
        "营业收入（年末）",
    ],
)
def test_what_does_not_change_a_name(tmp_path: Path, national: Scheme, header: str) -> None:
    """Line breaks, blanks, stars, numbers, advice and units leave a name what it is."""
    assert values(read(tmp_path, national, [[*WHO, header], below(5000)])) == {"revenue": 5000.0}


@pytest.mark.parametrize(
    "header",
    [
        "营业收入（上年，必填）",
        "营业收入（预计，请填写）",
        "3年营业收入",
        "营业收入增长",
        "主营业务收入",
        "营业收入（万元）（境外）",
    ],
)
def test_what_changes_a_name(tmp_path: Path, national: Scheme, header: str) -> None:
    """Whatever could make it another figure keeps the column from being used."""
    submission = read(tmp_path, national, [[*WHO, "净利润（万元）", header], below(5, 5000)])
    assert unknown(submission) == (header,)


@pytest.mark.parametrize(
    ("row", "below_it", "title"),
    [
        (["创新积分填报表", None, None], WHO, True),
        (["创新积分填报表", "创新积分填报表", "创新积分填报表"], WHO, True),
        (["填报单位：长沙高新区", None, "单位：万元"], WHO, True),
        (["创新积分填报表", None, "附件：", "2024年"], WHO, False),
        (["创新积分填报表", None, "表号：1", "2024年"], WHO, True),
        ([None, None, "2024年"], WHO, False),
        ([None, None, "研发费用"], WHO, False),
        (["基本信息", None, "研发费用"], WHO, False),
        ([None, "创新积分填报表"], [None, *WHO], True),
        ([None, None], WHO, False),
    ],
)
def test_titles_and_groups(row: Sequence[str | None], below_it: Sequence[AnyCell], title: bool) -> None:  # noqa: FBT001
    """A title stands over the whole table, with what belongs to it beside; a group stands over some of its columns."""
    assert is_title(row, [None if cell is None else str(cell) for cell in below_it]) == title


CELLS = st.sampled_from(
    [
        "uscc",
        "企业名称",
        "营业收入",
        "研发费用（元）",
        "本年",
        "上年",
        "2024年",
        "2023年",
        "万元",
        "人",
        "单位：元",
        "其中",
        "1",
        "—",
        "",
        None,
    ]
)


@settings(deadline=None, max_examples=80)
@given(rows=st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=5))
def test_any_rows_can_be_read_as_a_header(national: Scheme, rows: list[list[str | None]]) -> None:
    """Whatever rows there are, no field comes twice, every cell's column is used, unknown or a problem, and nothing fails."""
    match = HeaderMatcher(submission_fields(national)).best(rows)
    if match is None:
        return
    fields = [column.field for column in match.columns]
    assert "uscc" in fields
    assert len(fields) == len(set(fields))
    assert 0 <= match.row <= match.last < len(rows)
    for column in match.columns:
        said = [row[column.index] for row in rows if column.index < len(row)]
        assert any(cell for cell in said), "a column that was recognised says something in a row"
