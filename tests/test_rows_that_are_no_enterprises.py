"""Totals, notes, headers and numbers of columns are left out and listed; an enterprise never is, whatever its row says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import filings
import icredit
from conftest import AS_OF
from filings import AnyCell, AnyRows
from icredit.scheme import Scheme
from traps.fixtures import HEADER, delimited, enterprise, xlsx

TALL: list[AnyCell] = ["序号", *HEADER, "职工总数（人）"]


def read(folder: Path, scheme: Scheme, rows: AnyRows) -> icredit.Submission:
    """Read the rows as a CSV."""
    path = folder / "rows.csv"
    path.write_bytes(delimited(rows))
    return icredit.read(path, scheme, as_of=AS_OF)


def tall(number: int) -> list[AnyCell]:
    """A made-up enterprise with a number in front."""
    return [number, *enterprise(number), 120]


def left_out(submission: icredit.Submission) -> list[tuple[int, str]]:
    """Row and kind of what was left out."""
    return [(stray.row, stray.kind) for stray in submission.files[0].left_out]


# --------------------------------------------------------------------------------------------------------------------
# Below the enterprises, and between them


@pytest.mark.parametrize(
    "text",
    [
        "合计", "合 计", "总计", "小计", "共计", "累计", "本页小计", "全区合计", "长沙高新区小计", "合计：", "合计（2家）",
        "合计2家", "共2家企业", "总计金额", "平均", "平均值", "中位数", "最大值", "Total", "TOTAL:", "Grand total", "Average",
        "其中：上市企业",
    ],
)  # fmt: skip
def test_totals(tmp_path: Path, national: Scheme, text: str) -> None:
    """A total is one in whichever of the first columns it says so, below the enterprises or between them."""
    rows: AnyRows = [
        TALL, tall(1), [text, None, None, 2600, 120], tall(2), [None, text, None, 5200], [None, None, text, 5200],
    ]  # fmt: skip
    rows = [[*row, *[None] * (5 - len(row))] for row in rows]
    submission = read(tmp_path, national, rows)
    assert left_out(submission) == [(3, "total"), (5, "total"), (6, "total")]
    assert submission.frame.height == submission.rows_read == 2


@pytest.mark.parametrize(
    "text",
    [
        "注：金额为审计数", "注1：", "备注：无", "说明：", "填表说明", "* 注：带*为必填", "数据来源：国家统计局", "来源:统计局",
        "制表人：张三", "填表人（签字）：", "审核人：        填表人：", "单位负责人：", "联系电话：0731-88888888", "填报日期：2025-03-01",
        "填报单位（盖章）", "2025年3月1日", "长沙高新区管委会", "1.本表由各高新区填报", "（以上数据未经审计）", "第1页 共3页", "以下空白",
        "Note: audited", "Source: x", "Prepared by: x", "END",
    ],
)  # fmt: skip
def test_notes_and_signatures(tmp_path: Path, national: Scheme, text: str) -> None:
    """What stands alone below the enterprises is a note, in the first column or merged over all of them."""
    for row in ([text, None, None, None, None], [text] * 5):
        submission = read(tmp_path, national, [TALL, tall(1), row])
        assert left_out(submission) == [(3, "note")]
        assert submission.rows_read == 1


def test_a_note_goes_on(tmp_path: Path, national: Scheme) -> None:
    """Rows with one text behind a note are its continuation, whatever they begin with; a row of cells ends it."""
    rows: AnyRows = [
        HEADER, enterprise(1), ["注：1.甲", None, None], ["2.2012年起", None, None], [None, None, "3"], enterprise(2),
        [None, None, "3"],
    ]  # fmt: skip
    submission = read(tmp_path, national, rows)
    assert left_out(submission) == [(3, "note"), (4, "note"), (5, "note"), (7, "note")]
    assert submission.rows_read == 2


@pytest.mark.parametrize("text", ["一、成长期", "长沙高新区", "续表：2024年度填报表"])
def test_headings_between_enterprises(tmp_path: Path, national: Scheme, text: str) -> None:
    """The name of a group over the enterprises that follow is no enterprise, merged or not, in whichever column."""
    for row in ([text, None, None, None, None], [None, text, None, None, None], [text] * 5):
        submission = read(tmp_path, national, [TALL, row, tall(1), row, tall(2)])
        assert left_out(submission) == [(2, "note"), (4, "note")]
        assert submission.rows_read == 2


@pytest.mark.parametrize("cells", [[None] * 5, ["", " ", "\u3000", "\t", "\xa0"]])
def test_blank_rows_are_nothing(tmp_path: Path, national: Scheme, cells: Sequence[AnyCell]) -> None:
    """A blank row is no row: it is not even listed."""
    submission = read(tmp_path, national, [TALL, cells, tall(1), cells, tall(2), cells])
    assert left_out(submission) == []
    assert submission.frame["source_row"].to_list() == [3, 5]


@pytest.mark.parametrize("cells", [[3, None, None, None, None], ["——"] * 5, ["3", "", " ", None, ""]])
def test_rows_that_nobody_filled_in(tmp_path: Path, national: Scheme, cells: Sequence[AnyCell]) -> None:
    """A number in front alone, or dashes, are listed as not filled in, between enterprises and below them."""
    submission = read(tmp_path, national, [TALL, tall(1), cells, tall(2), cells])
    assert left_out(submission) == [(3, "unfilled"), (5, "unfilled")]


# --------------------------------------------------------------------------------------------------------------------
# Under the header


@pytest.mark.parametrize(
    "cells",
    [
        ["栏次", "甲", "乙", 1, 2],
        ["甲", "乙", "丙", 1, 2],
        [1, 2, 3, 4, 5],
        [0, 1, 2, 3, 4],
        ["（1）", "（2）", "（3）", "（4）", "（5）"],
        ["—", "—", "(1)", "(2)", "(3)"],
        ["A", "B", "C", "D", "E"],
        [1, 2, 3, 4, "5=4/3"],
        ["行次", None, None, 1, "2=1×100%"],
    ],
)
def test_numbers_of_columns(tmp_path: Path, national: Scheme, cells: Sequence[AnyCell]) -> None:
    """甲 乙 1 2 under a header numbers the columns, with or without the formulas by which they are filled."""
    submission = read(tmp_path, national, [TALL, cells, tall(1)])
    assert left_out(submission) == [(2, "column numbers")]


@pytest.mark.parametrize(
    "cells", [[1, 2, 3, 5, 4], [7, 8, 9, 10, 11], ["甲", "乙", 1, 2, 120.5], ["B", "A", "C", "D", "E"]]
)
def test_what_does_not_count_up_is_no_number_of_columns(
    tmp_path: Path, national: Scheme, cells: Sequence[AnyCell]
) -> None:
    """Numbers that do not count the columns up are an enterprise's, whose code is wrong."""
    submission = read(tmp_path, national, [TALL, cells, tall(1)])
    assert left_out(submission) == []
    assert "IC301" in submission.findings["rule"].to_list()


@pytest.mark.parametrize(
    "cells",
    [
        [None, "必填", "必填", "必填", "选填"],
        [None, "（必填）", "*必填项", "按审计报告填写", "年末数"],
        [None, "18位文本", "文本", "数值", "整数"],
        ["", "", "", "两位小数", ""],
        [None, None, None, "按审计报告", "年末数"],
        ["No.", "text", "text", "number", "integer"],
    ],
)
def test_advice_under_the_header(tmp_path: Path, national: Scheme, cells: Sequence[AnyCell]) -> None:
    """What says how the columns are to be filled is no enterprise; the same below enterprises is."""
    assert left_out(read(tmp_path, national, [TALL, cells, tall(1)])) == [(2, "header")]
    if cells[1]:
        below = read(tmp_path, national, [TALL, tall(1), cells, tall(2)])
        assert below.rejected == 1


def test_an_example_is_an_error(tmp_path: Path, national: Scheme) -> None:
    """The row of an example that was left in has something like a code: nobody but its author can say that it is none."""
    rows: AnyRows = [HEADER, ["91430100MA4XXXXXXX", "某某公司", 100], enterprise(1)]
    submission = read(tmp_path, national, rows)
    assert left_out(submission) == []
    assert submission.findings.select("row", "rule").rows() == [(2, "IC302")]


def test_every_kind_of_row_left_out_has_its_word_in_both_languages(tmp_path: Path, national: Scheme) -> None:
    """The account of a file counts what was left out and names each kind with its rows and how they begin."""
    rows: AnyRows = [
        TALL, ["甲", "乙", "丙", 1, 2], tall(1), TALL, tall(2), [3, None, None, None, None], ["合计", None, None, 5200, 240],
        ["制表人：示例", None, None, None, None],
    ]  # fmt: skip
    notes = read(tmp_path, national, rows).files[0].notes
    assert notes[-1].split(": ", 1)[1] == (
        "5 rows left out as no enterprise: 栏次 column numbers: row 2 '甲'; 表头 header: row 4 '序号'; "
        "说明 note: row 8 '制表人：示例'; 合计 total: row 7 '合计'; 未填写 not filled in: row 6 '3'"
    )


# --------------------------------------------------------------------------------------------------------------------
# The header again


def test_the_header_repeated_on_every_page(tmp_path: Path, national: Scheme) -> None:
    """The same header in the middle is left out, with the title of the page above it."""
    rows: AnyRows = [["填报表"], TALL, tall(1), ["填报表（续）"], TALL, tall(2)]
    submission = read(tmp_path, national, rows)
    assert left_out(submission) == [(4, "note"), (5, "header")]
    assert submission.frame["source_row"].to_list() == [3, 6]


def test_a_header_of_two_rows_repeated(tmp_path: Path, national: Scheme) -> None:
    """Both rows of a header are known again, and neither is taken for another header."""
    header: AnyRows = [[*HEADER[:2], "营业收入（万元）", None], [None, None, "本年", "上年"]]
    rows = [*header, enterprise(1, 2500), *header, enterprise(2, 2500)]
    submission = read(tmp_path, national, rows)
    assert left_out(submission) == [(4, "header"), (5, "header")]
    assert submission.frame.height == 2


@pytest.mark.parametrize(
    "second",
    [
        ["企业名称", "统一社会信用代码", "营业收入（万元）"],
        ["统一社会信用代码", "企业名称", "净利润（万元）"],
        ["统一社会信用代码", "企业名称", "上年营业收入（万元）"],
        ["统一社会信用代码", "企业名称", "营业收入（元）"],
        ["统一社会信用代码", "企业名称", "注册资本（万元）"],
    ],
)
def test_a_second_table_with_other_columns_is_refused(
    tmp_path: Path, national: Scheme, second: Sequence[AnyCell]
) -> None:
    """Below a header whose columns, or units, are others, the cells would be read as something else."""
    with pytest.raises(icredit.InputError, match=r"row 4 is a second header") as caught:
        read(tmp_path, national, [HEADER, enterprise(1), [], second, enterprise(2)])
    assert caught.value.hint == "split the table there into two files"


# --------------------------------------------------------------------------------------------------------------------
# And never an enterprise


@pytest.mark.parametrize(
    "cells",
    [
        [None, filings.code(2), None, None, None],
        [None, filings.code(2), "合计", "5200", "240"],
        [1, filings.code(2).lower(), "统一社会信用代码", "营业收入（万元）", "注：1"],
        [None, "9.199E+17", "合计", None, None],
        [None, "919900000000018", "总计", None, None],
        [None, None, "示例企业2号", None, None],
        [None, None, None, "2600", None],
        [None, "不详", "示例企业2号", "2600", "120"],
        [2, "无", "示例企业2号", None, None],
        [None, "无代码", None, "2600", None],
    ],
)
def test_what_may_be_an_enterprise_is_one(tmp_path: Path, national: Scheme, cells: Sequence[AnyCell]) -> None:
    """A row with something like a code, with a name, or with a number in the middle of the table is read, and judged."""
    submission = read(tmp_path, national, [TALL, tall(1), cells, tall(3)])
    assert left_out(submission) == []
    assert submission.rows_read == 3


TEXTS = st.sampled_from(
    [*HEADER, "合计", "小计", "注：1.甲", "2.乙", "数据来源：统计局", "填表人：张三", "必填", "文本", "栏次", "甲", "乙", "—", "", None, " ",
     "示例企业", "长沙", "1", "2", "3", "4", "2600", "0.5", "2025年3月", "Total", "一、成长期"]
)  # fmt: skip
CODES = st.one_of(
    st.integers(1, 50).map(filings.code),
    st.integers(1, 50).map(lambda number: filings.code(number).lower()),
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=15, max_size=20),
    st.sampled_from(["9.199E+17", "9.1990012E17", " 91990000MA12345670 ", "９１９９００００ＭＡ１２３４５６７０"]),
)
ROWS = st.lists(st.lists(TEXTS, min_size=5, max_size=5), max_size=4)


@settings(deadline=None, max_examples=40)
@given(code=CODES, cells=st.lists(TEXTS, min_size=4, max_size=4), above=ROWS, below=ROWS)
def test_a_row_with_a_plausible_code_is_kept(
    tmp_path_factory: pytest.TempPathFactory,
    national: Scheme,
    code: str,
    cells: list[str | None],
    above: list[list[str | None]],
    below: list[list[str | None]],
) -> None:
    """Whatever its other cells and its neighbours say, it is an enterprise's row, and judged as one."""
    row = [cells[0], code, *cells[1:]]
    path = tmp_path_factory.getbasetemp() / "kept.csv"
    path.write_bytes(delimited([TALL, *above, row, *below]))
    try:
        submission = icredit.read(path, national, as_of=AS_OF)
    except icredit.InputError as error:
        assert "second header" in error.message or "cannot be turned" in error.message or "both mean" in error.message  # noqa: PT017
        return
    place = 2 + len(above)
    assert place not in [stray.row for stray in submission.files[0].left_out]
    judged = submission.findings.filter(pl.col("row") == place).height > 0
    assert judged or place in submission.frame["source_row"].to_list()


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(st.lists(TEXTS | CODES, min_size=5, max_size=5), max_size=8))
def test_no_row_vanishes(
    tmp_path_factory: pytest.TempPathFactory, national: Scheme, rows: list[list[str | None]]
) -> None:
    """Every row below the header that is not blank is an enterprise's, valid or with a finding, or it is listed."""
    path = tmp_path_factory.getbasetemp() / "vanish.csv"
    path.write_bytes(delimited([TALL, *rows]))
    try:
        submission = icredit.read(path, national, as_of=AS_OF)
    except icredit.InputError:
        return
    kept = set(submission.frame["source_row"].to_list())
    found = set(submission.findings.drop_nulls("row")["row"].to_list())
    listed = {stray.row for stray in submission.files[0].left_out}
    filled = {number for number, row in enumerate(rows, start=2) if any(cell and cell.strip() for cell in row)}
    header = {row for row in filled if row <= 5 and row not in kept | found | listed}
    assert filled - kept - found - listed <= header, "only rows of the header may be in none of these"
    assert len(filled) == submission.rows_read + len(listed) + len(header)
    assert not kept & listed


# --------------------------------------------------------------------------------------------------------------------
# Columns in doubt


def medians(folder: Path, scheme: Scheme, header: str, cells: Sequence[AnyCell]) -> list[tuple[str, str]]:
    """Rule and message of what is found in a column as a whole."""
    rows: AnyRows = [[*HEADER, header], *[enterprise(number, cell) for number, cell in enumerate(cells, start=1)]]
    findings = read(folder, scheme, rows).findings.filter(pl.col("rule").is_in(["IC111", "IC112"]))
    return findings.select("rule", "message_en").rows()


@pytest.mark.parametrize(
    ("median", "likely"),
    [
        (5.0, None),
        (4.99, "百万元"),
        (30_000, None),
        (30_001, "千元"),
        (30_000_000, "元"),
        (300_000_000, "元"),
        (300_000_001, None),
        (0.0005, "亿元"),
        (0.00049, None),
        (0, None),
    ],
)  # usual: 50 to 3,000; tenfold: 5 to 30,000
def test_amounts_far_from_usual(tmp_path: Path, national: Scheme, median: float, likely: str | None) -> None:
    """The median of a column without a unit is in doubt beyond ten times its usual range, if another unit would suit."""
    found = medians(tmp_path, national, "研发费用金额", [median / 2, median, median, median * 2, 0, 0])
    assert [rule for rule, _ in found] == (["IC111"] if likely else [])
    assert all(f"looks like {likely}" in message for _, message in found)


def test_a_unit_that_is_stated_ends_the_doubt(tmp_path: Path, national: Scheme) -> None:
    """Whoever writes the unit into the header is believed, and whoever states it above the table."""
    assert medians(tmp_path, national, "研发费用金额（万元）", [30_000_000]) == []
    rows: AnyRows = [["单位：万元"], [*HEADER, "研发费用金额"], enterprise(1, 30_000_000)]
    assert "IC111" not in read(tmp_path, national, rows).findings["rule"].to_list()


@pytest.mark.parametrize(
    ("cells", "doubt"),
    [
        (["0.1", "0.2", "-0.3", "1", "0.5"], True),
        (["0.1", "0.2", "-0.3", "1.01", "0.5"], False),
        (["0.1", "0.2"], False),
        (["0.1", "0.2", "0", "0"], False),
        (["0.1", "0.2", "-0.3", "1", "0.5", "0", "—"], True),
        (["12.5%", "8%", "31%", "5%", "9%"], False),
    ],
)
def test_percentages_between_zero_and_one(
    tmp_path: Path,
    national: Scheme,
    cells: Sequence[AnyCell],
    doubt: bool,  # noqa: FBT001
) -> None:
    """Three values other than zero, none above 1, look like fractions; zeros and blanks say nothing."""
    assert [rule for rule, _ in medians(tmp_path, national, "研发费用增速", cells)] == (["IC112"] if doubt else [])


def test_fractions_under_a_header_of_fractions_are_no_doubt(tmp_path: Path, national: Scheme) -> None:
    """研发费用增速（小数） says what it holds."""
    assert medians(tmp_path, national, "研发费用增速（小数）", ["0.1", "0.2", "0.3", "0.4", "0.5"]) == []


def test_merged_cells_hold_for_every_row_they_cover(tmp_path: Path, national: Scheme) -> None:
    """Text merged over several enterprises is that of each; a number may be that of all together, and stays the first's."""
    rows: AnyRows = [
        [*HEADER, "所属高新区", "净利润（万元）"],
        enterprise(1, "长沙", 200),
        enterprise(2),
        enterprise(3),
        ["合计", None, 7800, None, 200],
    ]
    path = tmp_path / "merged.xlsx"
    path.write_bytes(xlsx(rows, merged=[(2, 3, 4, 3), (2, 4, 4, 4)]))
    submission = icredit.read(path, national, as_of=AS_OF)
    assert submission.frame.select("zone", "net_profit").rows() == [
        ("changsha", 200.0), ("changsha", None), ("changsha", None),
    ]  # fmt: skip
    assert left_out(submission) == [(5, "total")]
    assert [note.split(": ", 1)[1] for note in submission.files[0].notes[:2]] == [
        "'所属高新区' has merged cells, whose text was taken for every row they cover: D2:D4",
        "'净利润（万元）' has cells merged over several rows; only the first of them has the number: E2:E4",
    ]
