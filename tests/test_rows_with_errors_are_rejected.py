"""A row with an error is kept out and told: where, what, by which rule, in both languages; a warning is told and kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import filings
import icredit
from conftest import AS_OF, ERRORS_CSV
from icredit.scheme import Scheme

EVERY_KIND = filings.every_kind()


def read_rows(folder: Path, rows: filings.Rows, scheme: Scheme, name: str = "rows.csv") -> icredit.Submission:
    """Read the rows as a CSV."""
    (folder / name).write_text(filings.csv_text(rows), "utf-8", newline="")
    return icredit.read(folder / name, scheme, as_of=AS_OF)


# --------------------------------------------------------------------------------------------------------------------
# The sample of mistakes: what each enterprise's name says is wrong, the rules that tell it, and the columns

MISTAKES: dict[str, list[tuple[str, str | None]]] = {
    "正确之一": [],
    "正确之二": [],
    "金额不是数字": [("IC201", "净利润（万元）")],
    "数量带小数": [("IC202", "近两年承担建设省级及以上研发或创新平台数量（个）")],
    "金额为负": [("IC203", "企业技术合同成交额（万元）")],
    "数量为负": [("IC203", "与主营业务相关的发明专利申请量（件）")],
    "日期不存在": [("IC205", "成立日期")],
    "是否栏填也许": [("IC206", "严重失信")],
    "发展阶段不存在": [("IC207", "发展阶段")],
    "代码为空": [("IC209", "统一社会信用代码")],
    "代码位数不足": [("IC301", "统一社会信用代码")],
    "代码含禁用字母I": [("IC301", "统一社会信用代码")],
    "代码校验位错误": [("IC302", "统一社会信用代码")],
    "代码变成科学计数法": [("IC303", "统一社会信用代码")],
    "高新区不存在": [("IC311", "所属高新区")],
    "省份不存在": [("IC312", "所在省份")],
    "科技人员多于职工": [("IC401", "科技人员数（人）; 职工总数（人）")],
    "研究生多于职工": [("IC401", "职工总数（人）; 研究生以上人员数（人）")],
    "高新收入大于营业收入": [("IC401", "高新技术产品收入（万元）; 营业收入（万元）")],
    "成立日期在未来": [("IC401", "成立日期")],
    "发展阶段和营业收入都未填": [("IC401", "发展阶段; 营业收入（万元）")],
    "警告：代码为小写": [("IC304", "统一社会信用代码")],
    "警告：研发费用大于营业收入": [("IC402", "研发费用金额（万元）; 营业收入（万元）")],
    "警告：净资产为负": [("IC402", "净资产（万元）")],
    "多一个单元格": [("IC101", None)],
    "少三个单元格": [("IC101", None)],
    "警告：重复填报且完全相同": [("IC305", "统一社会信用代码")],
    "重复填报但营业收入不同": [("IC306", "统一社会信用代码"), ("IC306", "统一社会信用代码")],
}
NAMELESS = [("IC209", "企业名称")]
WARNINGS = {"IC304", "IC305", "IC313", "IC402"}


@pytest.fixture(scope="module")
def mistakes(national: Scheme) -> icredit.Submission:
    """The sample of mistakes, read."""
    return icredit.read(ERRORS_CSV, national, as_of=AS_OF)


def lines_of_the_sample() -> list[tuple[int, dict[str, str]]]:
    """Every line of the sample of mistakes, with its number."""
    with ERRORS_CSV.open(encoding="utf-8-sig", newline="") as file:
        return list(enumerate(csv.DictReader(file), start=2))


def test_every_line_of_the_sample_gives_what_its_name_says(mistakes: icredit.Submission) -> None:
    """Each kind of mistake is found by its own rule, in its own column, on its own line, and nothing else is."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    for line, row in lines_of_the_sample():
        rows = mistakes.findings.filter(pl.col("row") == line)
        key = row["企业名称"].removeprefix("示例（").removesuffix("）")
        found.setdefault(key, []).extend(rows.select("rule", "column").rows())
    assert found == {**MISTAKES, "": NAMELESS}


@pytest.mark.parametrize("at_once", [1, 7])
def test_how_many_rows_are_looked_at_at_once_changes_nothing(
    tmp_path: Path, national: Scheme, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Rows and findings of a file of many parts are those of one: of cells, codes, provinces and several cells."""
    filed = tmp_path / "filed.csv"
    filed.write_text(ERRORS_CSV.read_text("utf-8-sig").replace(",湖南,", ",青海,"), "utf-8")
    whole = icredit.read(filed, national, as_of=AS_OF)
    monkeypatch.setattr("icredit.queries._ROWS", at_once)
    parts = icredit.read(filed, national, as_of=AS_OF)
    assert parts.frame.equals(whole.frame)
    assert parts.findings.equals(whole.findings)
    assert {"IC201", "IC301", "IC313", "IC401", "IC402"} <= {*whole.findings["rule"]}


def test_rows_with_errors_are_not_in_the_table_and_others_are(mistakes: icredit.Submission) -> None:
    """The table holds exactly the lines without an error, once each, in their order."""
    wrong = {line for line, level in mistakes.findings.select("row", "level").rows() if level == "error"}
    merged = {line for line, rule in mistakes.findings.select("row", "rule").rows() if rule == "IC305"}
    lines = [line for line, _ in lines_of_the_sample()]
    assert mistakes.frame["source_row"].to_list() == [line for line in lines if line not in wrong | merged]
    assert mistakes.rows_read == len(lines) == 31
    assert mistakes.rejected == len(wrong) == 24
    assert mistakes.merged == len(merged) == 1


def test_errors_and_warnings_are_all_the_findings(mistakes: icredit.Submission) -> None:
    """Every finding is an error or a warning, as its rule is."""
    assert mistakes.errors.height + mistakes.warnings.height == mistakes.findings.height
    for rule, level in mistakes.findings.select("rule", "level").rows():
        assert level == ("warning" if rule in WARNINGS else "error")


def test_a_finding_says_everything(mistakes: icredit.Submission) -> None:
    """A finding names file, row, column, enterprise, value, level and rule, and says what is wrong in both languages."""
    finding = mistakes.findings.row(by_predicate=pl.col("rule") == "IC202", named=True)
    assert finding == {
        "file": str(ERRORS_CSV),
        "sheet": None,
        "row": 5,
        "cell": None,
        "column": "近两年承担建设省级及以上研发或创新平台数量（个）",
        "uscc": "91991522MA4FW5356F",
        "name": "示例（数量带小数）",
        "value": "3.5",
        "level": "error",
        "rule": "IC202",
        "message_zh": "应为整数",
        "message_en": "not a whole number",
    }


def test_every_message_is_filled_in(mistakes: icredit.Submission) -> None:
    """No message shows a gap, a Python value or the wrong language."""
    for zh, en in mistakes.findings.select("message_zh", "message_en").rows():
        assert not [gap for gap in ("{", "}", "None", "nan") if gap in zh + en]
        assert any("\u4e00" <= character <= "\u9fff" for character in zh)
        assert any("a" <= character <= "z" for character in en)


def test_bounds_are_told_with_their_unit(tmp_path: Path) -> None:
    """A number out of range is told the bound, in the unit of the field, whatever the unit of the column."""
    rows = [["uscc", "name", "市值（元）", "奖项"], [filings.code(1), "示例", "-1000000000", "6"]]
    findings = read_rows(tmp_path, rows, EVERY_KIND).findings
    assert [message.rpartition("value ")[2] for message in findings["message_en"]] == ["-2.5亿元", "5项"]


def test_the_same_in_a_workbook_has_sheet_and_cells(
    tmp_path: Path, national: Scheme, mistakes: icredit.Submission
) -> None:
    """In a workbook each finding also names the sheet and the cell, or the cells of a check."""
    book = Workbook()
    sheet = book.active
    sheet.title = "填报"
    header = list(lines_of_the_sample()[0][1])
    sheet.append(header)
    for _, row in lines_of_the_sample():
        sheet.append([row[name] or None for name in header])
    book.save(tmp_path / "errors.xlsx")
    findings = icredit.read(tmp_path / "errors.xlsx", national, as_of=AS_OF).findings
    simple = mistakes.findings.filter(pl.col("rule") != "IC101")
    # A workbook has no rows of the wrong width: the one cut short lacks only cells that may be blank.
    assert (
        findings.select("row", "column", "value", "rule").rows()
        == simple.select("row", "column", "value", "rule").rows()
    )
    assert set(findings["sheet"]) == {"填报"}
    cells = dict(findings.filter(pl.col("rule") != "IC306").select("row", "cell").rows())
    letters = {name: chr(ord("A") + place) for place, name in enumerate(header[:26])} | {header[26]: "AA"}
    assert cells[4] == f"{letters['净利润（万元）']}4" == "T4"
    assert cells[9] == "AA9"
    assert cells[19] == f"{letters['科技人员数（人）']}19, {letters['职工总数（人）']}19" == "J19, K19"
    assert all(cells[row] is not None for row in cells)


# --------------------------------------------------------------------------------------------------------------------
# Several faults


def test_several_faults_in_one_row_are_all_told(tmp_path: Path) -> None:
    """One pass shows everything that is wrong with a row."""
    rows = [
        ["uscc", "name", "销售额", "人数", "开业日期", "是否上市", "企业类型", "所属高新区", "备注"],
        ["123", "", "abc", "1.5", "昨天", "也许", "外资", "长沙高薪区", "六个字的备注"],
    ]
    findings = read_rows(tmp_path, rows, EVERY_KIND).findings
    assert sorted(findings.select("column", "rule").rows()) == sorted(
        [
            ("uscc", "IC301"),
            ("name", "IC209"),
            ("销售额", "IC201"),
            ("人数", "IC202"),
            ("开业日期", "IC205"),
            ("是否上市", "IC206"),
            ("企业类型", "IC207"),
            ("所属高新区", "IC311"),
            ("备注", "IC208"),
        ]
    )


def test_a_row_of_the_wrong_width_is_told_once(tmp_path: Path) -> None:
    """Where a separator is missing the cells stand in the wrong columns, and what they hold says nothing more."""
    rows = [["uscc", "name", "销售额", "人数"], ["示例", "abc", "x"], [filings.code(1), "示例", "1", "2"]]
    findings = read_rows(tmp_path, rows, EVERY_KIND).findings
    assert findings.select("row", "rule", "value").rows() == [(2, "IC101", "示例,abc,x")]


def test_several_broken_checks_are_all_told(tmp_path: Path, national: Scheme) -> None:
    """A row that breaks two checks is told both, and is one rejected row."""
    rows = [
        ["uscc", "name", "营业收入（万元）", "高新技术产品收入（万元）", "职工总数", "科技人员数"],
        [filings.code(1), "示例", "1", "2", "3", "4"],
    ]
    submission = read_rows(tmp_path, rows, national)
    assert submission.findings["rule"].to_list() == ["IC401", "IC401"]
    assert submission.rejected == 1


def test_a_code_stored_as_a_number_hides_no_other_fault(tmp_path: Path) -> None:
    """What only the reader of a workbook sees does not keep the other cells from being told."""
    book = Workbook()
    for row in (["uscc", "name", "人数"], [919900000000000000, "示例", 1.5]):
        book.active.append(row)
    book.save(tmp_path / "numbers.xlsx")
    findings = icredit.read(tmp_path / "numbers.xlsx", EVERY_KIND, as_of=AS_OF).findings
    assert findings.select("cell", "rule").rows() == [("A2", "IC303"), ("C2", "IC202")]


def test_long_values_are_cut(tmp_path: Path) -> None:
    """A finding repeats at most 200 characters of a cell."""
    rows = [["uscc", "name"], [filings.code(1), "示例" * 150]]
    (value,) = read_rows(tmp_path, rows, EVERY_KIND).findings["value"]
    assert value == "示例" * 100 + "…"


# --------------------------------------------------------------------------------------------------------------------
# Checks


@pytest.mark.parametrize(
    ("cells", "broken"),
    [
        ({"营业收入": "5", "职工总数": "", "科技人员数": "9"}, False),
        ({"营业收入": "5", "职工总数": "9", "科技人员数": ""}, False),
        ({"营业收入": "5", "职工总数": "9", "科技人员数": "9"}, False),
        ({"营业收入": "5", "职工总数": "8", "科技人员数": "9"}, True),
        ({"营业收入": "5", "高新技术产品收入": "5.000001"}, False),
        ({"营业收入": "5", "高新技术产品收入": "5.01"}, True),
        ({"营业收入": "", "发展阶段": "初创期", "高新技术产品收入": "7"}, False),
        ({"营业收入": "5", "成立日期": "2026-01-15"}, False),
        ({"营业收入": "5", "成立日期": "2026-01-16"}, True),
        ({"营业收入": "无", "发展阶段": "—"}, True),
        ({"营业收入": "0", "发展阶段": ""}, False),
        ({"营业收入": "", "发展阶段": "成长期"}, False),
    ],
)
def test_a_check_with_a_missing_number_is_not_broken(
    tmp_path: Path,
    national: Scheme,
    cells: dict[str, str],
    broken: bool,  # noqa: FBT001  # parametrised
) -> None:
    """Checks hold what is filed against each other; of what is missing nothing is known. `today` is the --as-of date."""
    # With its unit stated nobody doubts that a revenue of 5 is meant.
    header = [f"{name}（万元）" if name.endswith("收入") else name for name in cells]
    rows = [["uscc", "name", *header], [filings.code(1), "示例", *cells.values()]]
    submission = read_rows(tmp_path, rows, national)
    assert submission.findings["rule"].to_list() == ["IC401"] * broken
    assert submission.frame.height == 1 - broken


def test_a_check_over_a_column_that_is_not_there(tmp_path: Path, national: Scheme) -> None:
    """A broken check names the columns there are by their headers and the others by their labels."""
    findings = read_rows(tmp_path, [["uscc", "name", "收入"], [filings.code(1), "示例", "1"]], national).findings
    assert findings.select("rule", "column").rows() == [("IC401", "发展阶段; 营业收入")]


# --------------------------------------------------------------------------------------------------------------------
# Enterprises filed more than once


def three_files(folder: Path, *files: Sequence[Sequence[str]]) -> icredit.Submission:
    """Read several files of code, name and sales."""
    paths = []
    for index, rows in enumerate(files):
        path = folder / f"{index}.csv"
        path.write_text(filings.csv_text([["uscc", "name", "sales"], *rows]), "utf-8", newline="")
        paths.append(path)
    return icredit.read(paths, EVERY_KIND, as_of=AS_OF)


def test_identical_rows_are_counted_once(tmp_path: Path) -> None:
    """Of rows that say the same, in one file or several, the first stays; the others are warnings that name it."""
    row = [filings.code(1), "示例", "5"]
    submission = three_files(tmp_path, [row, row], [row], [[filings.code(1), " 示例 ", "5.0"]])
    assert submission.frame.select("source_table", "source_row").rows() == [(0, 2)]
    assert (submission.rows_read, submission.rejected, submission.merged) == (4, 0, 3)
    assert submission.findings["rule"].to_list() == ["IC305"] * 3
    assert all(f"{tmp_path / '0.csv'}:2" in message for message in submission.findings["message_zh"])


def test_rows_that_differ_are_all_errors(tmp_path: Path) -> None:
    """Where one enterprise is filed with different data nobody can say which is right: none is scored, each names another."""
    submission = three_files(
        tmp_path,
        [[filings.code(1), "示例", "5"], [filings.code(2), "示例", "5"]],
        [[filings.code(1), "示例", "6"]],
        [[filings.code(1), "示例", "5"]],
    )
    assert submission.frame["uscc"].to_list() == [filings.code(2)]
    assert (submission.rejected, submission.merged) == (3, 0)
    others = [message.rpartition("see ")[2] for message in submission.findings["message_en"]]
    assert others == [f"{tmp_path / '1.csv'}:2", f"{tmp_path / '0.csv'}:2", f"{tmp_path / '0.csv'}:2"]


def test_a_blank_against_a_number_is_a_difference(tmp_path: Path) -> None:
    """A row that lacks what another one files is not the same."""
    submission = three_files(tmp_path, [[filings.code(1), "示例", "5"]], [[filings.code(1), "示例", ""]])
    assert submission.rejected == 2


# --------------------------------------------------------------------------------------------------------------------
# Provinces and zones


@pytest.mark.parametrize(
    ("zone", "filed", "province", "rules"),
    [
        ("长沙", "", "湖南", []),
        ("长沙", "湖南省", "湖南", []),
        ("长沙", "湖北", "湖南", ["IC313"]),
        ("", "湖北", "湖北", []),
        ("", "", None, []),
        ("石河子", "新疆", "新疆(兵团)", []),
        ("石河子", "新疆兵团", "新疆(兵团)", []),
        ("石河子", "甘肃", "新疆(兵团)", ["IC313"]),
    ],
)
def test_the_province_of_the_zone_counts(
    tmp_path: Path, zone: str, filed: str, province: str | None, rules: list[str]
) -> None:
    """A zone brings its province; another one filed is a warning on that cell, and the row is kept."""
    rows = [["uscc", "name", "所属高新区", "所在省份"], [filings.code(1), "示例", zone, filed]]
    submission = read_rows(tmp_path, rows, EVERY_KIND)
    assert submission.frame["province"].to_list() == [province]
    assert submission.findings["rule"].to_list() == rules
    if rules:
        finding = submission.findings.row(0, named=True)
        assert (finding["column"], finding["level"]) == ("所在省份", "warning")
        assert province is not None
        assert province in finding["message_zh"]


def test_the_zone_of_files_without_a_zone_column(tmp_path: Path) -> None:
    """--zone, by any name, is the zone of every row of a file that has no zone column, and of no other file's."""
    (tmp_path / "a.csv").write_text(f"uscc,name,省份\n{filings.code(1)},示例,湖北\n", "utf-8")
    (tmp_path / "b.csv").write_text(
        f"uscc,name,zone\n{filings.code(2)},示例,\n{filings.code(3)},示例,武汉东湖\n", "utf-8"
    )
    for name in ("changsha", "长沙", "长沙高新技术产业开发区"):
        submission = icredit.read(tmp_path, EVERY_KIND, zone=name, as_of=AS_OF)
        assert submission.frame["zone"].to_list()[:2] == ["changsha", None]
        assert submission.frame["province"].to_list()[:2] == ["湖南", None]
        assert submission.findings["rule"].to_list() == ["IC313"]
        assert submission.files[0].notes == ()
        assert "--zone was not applied" in submission.files[1].notes[0]


def test_an_unknown_zone_option_is_wrong_usage(tmp_path: Path) -> None:
    """A zone that is not in the register is refused before anything is read, with the nearest names."""
    with pytest.raises(icredit.UsageError, match="unknown zone '长沙高薪区'") as caught:
        icredit.read(tmp_path / "nothing.csv", EVERY_KIND, zone="长沙高薪区")
    assert caught.value.hint is not None
    assert "changsha" in caught.value.hint


def test_a_zone_of_an_own_register(tmp_path: Path) -> None:
    """A register that adds a zone makes its names valid and brings its province."""
    (tmp_path / "zones.csv").write_text(
        "slug,short_name,full_name,province\nshili,示例,示例高新技术产业开发区,湖南\n", "utf-8"
    )
    (tmp_path / "a.csv").write_text(f"uscc,name,zone\n{filings.code(1)},示例,示例高新区\n", "utf-8")
    zones = icredit.load_zones(tmp_path / "zones.csv")
    submission = icredit.read(tmp_path / "a.csv", EVERY_KIND, zones=zones, as_of=AS_OF)
    assert submission.frame.select("zone", "province").row(0) == ("shili", "湖南")


# --------------------------------------------------------------------------------------------------------------------
# The sums

cells = st.tuples(
    st.sampled_from([filings.code(n) for n in range(4)] + [filings.code(1).lower(), "123", "", "9.1990012E+17"]),
    st.sampled_from(["示例甲", "示例乙", "", "示例" * 150]),
    st.sampled_from(["", "5", "5.0", "6", "abc", "-1", "无"]),
    st.sampled_from(["", "长沙", "长沙高薪区"]),
    st.sampled_from(["", "湖南", "湖北", "湖难"]),
    st.sampled_from(["", "2020-01-01", "2099-01-01", "2020-02-30"]),
)
widths = st.sampled_from([6, 6, 6, 6, 6, 5, 7])


@settings(deadline=None, max_examples=80)
@given(files=st.lists(st.lists(st.tuples(cells, widths), max_size=6), min_size=1, max_size=3))
def test_every_row_is_kept_rejected_or_merged(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[tuple[str, ...], int]]]
) -> None:
    """Rows read are rows kept, rows with an error and rows merged; each of these counts can be made from the findings."""
    scheme = checked()
    folder = tmp_path_factory.getbasetemp()
    written = 0
    paths = []
    for index, rows in enumerate(files):
        shaped = [[*row, "多余"][:width] for row, width in rows]
        written += sum(any(cell for cell in row) for row in shaped)
        paths.append(folder / f"sums-{index}.csv")
        text = filings.csv_text([["uscc", "name", "sales", "zone", "province", "opened"], *shaped])
        paths[-1].write_text(text, "utf-8", newline="")
    submission = icredit.read(paths, scheme, as_of=AS_OF)
    findings = submission.findings
    wrong = set(findings.filter(pl.col("level") == "error").select("file", "row").rows())
    merged = set(findings.filter(pl.col("rule") == "IC305").select("file", "row").rows())
    kept = {(submission.files[t].file, row) for t, row in submission.frame.select("source_table", "source_row").rows()}
    # A row with a date and nothing else is what stands below a signature.
    assert submission.rows_read == written - sum(len(report.left_out) for report in submission.files)
    assert submission.rows_read == submission.frame.height + submission.rejected + submission.merged
    assert (submission.rejected, submission.merged, submission.frame.height) == (
        len(wrong),
        len(merged - wrong),
        len(kept),
    )
    assert not kept & wrong
    assert not kept & merged
    assert submission.frame["uscc"].is_unique().all()
    assert sum(report.rows for report in submission.files) == submission.rows_read


CHECK = """
checks:
  - {level: error, when: "opened > today", message: {zh: 开业日期在未来, en: opened in the future}}
  - {level: warning, when: "sales > 5", message: {zh: 销售额过大, en: sales too large}}
indicators:"""


def checked() -> Scheme:
    """The scheme of every kind with two checks."""
    return icredit.parse_scheme(filings.EVERY_KIND.replace("\nindicators:", CHECK))


def test_findings_stand_in_order_of_file_and_row(tmp_path: Path) -> None:
    """Findings are sorted by file and row, whatever step of the reading found them."""
    rows = [
        [filings.code(1), "示例", "9", "2099-01-01"],
        [filings.code(2), "", "9", ""],
        [filings.code(3), "示例", "9", ""],
        [filings.code(3), "示例", "8", ""],
    ]
    submission = read_rows(tmp_path, [["uscc", "name", "sales", "opened"], *rows], checked())
    assert submission.findings.select("row", "rule").rows() == [
        (2, "IC401"),
        (2, "IC402"),
        (3, "IC209"),
        (4, "IC306"),
        (5, "IC306"),
    ]


def test_as_of_is_what_checks_call_today(tmp_path: Path) -> None:
    """The same file is right or wrong depending on the day it is held against, and on nothing else."""
    (tmp_path / "a.csv").write_text(f"uscc,name,opened\n{filings.code(1)},示例,2024-06-01\n", "utf-8")
    assert icredit.read(tmp_path / "a.csv", checked(), as_of=date(2024, 6, 1)).rejected == 0
    assert icredit.read(tmp_path / "a.csv", checked(), as_of=date(2024, 5, 31)).rejected == 1


def test_findings_are_the_rejects_file(mistakes: icredit.Submission) -> None:
    """Findings written as CSV come back as they were."""
    back = pl.read_csv(io.BytesIO(mistakes.findings.write_csv().encode()), schema=dict(mistakes.findings.schema))
    assert back.equals(mistakes.findings)
