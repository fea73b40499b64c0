"""A cell means exactly one value: flags, choices, names, text and cells of workbooks; missing is missing, not zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import filings
import icredit
from cells import SCHEME, bits, read_cell, read_column, rules, values
from conftest import AS_OF
from icredit.scheme.fields import submission_fields

# --------------------------------------------------------------------------------------------------------------------
# Flags, choices, names


YES = [
    "是",
    "有",
    "对",
    "√",
    "✓",
    "✔",
    "✔\ufe0f",
    "☑",
    "☑\ufe0e",
    "1.0",
    "１．０",
    "true",
    "TRUE",
    "True",
    "yes",
    "Yes",
    "y",
    "Y",
    "1",
    " 是 ",
    "ＹＥＳ",
    "１",
]
NO = [
    "否",
    "无",
    "错",
    "×",
    "✗",
    "✘",
    "✖\ufe0f",
    "0.0",
    "false",
    "FALSE",
    "no",
    "No",
    "n",
    "N",
    "0",
    "\u3000否",
    "ｎｏ",
]


def test_flags(tmp_path: Path) -> None:
    """Yes and no may be written in both languages, with ticks, crosses, one and zero."""
    assert values(tmp_path, "是否上市", YES + NO, "listed") == [True] * len(YES) + [False] * len(NO)


@pytest.mark.parametrize(
    "text",
    ["也许", "2", "是否", "1.00", "-1", "yes please", "是是", "01", "①", "☒", "☐", "□", "X", "ｘ", "是/否", "没"],
)
def test_what_is_neither_yes_nor_no_is_refused(tmp_path: Path, text: str) -> None:
    """Anything else than yes and no is refused."""
    assert rules(tmp_path, "是否上市", [text]) == [["IC206"]]


def test_choices(tmp_path: Path) -> None:
    """A choice is named by id, by label in both languages or by alias, whatever the case, width and blanks."""
    state = ["state", "STATE", "国有", " 国有 ", "国 有", "国企", "State-owned", "state-OWNED", "ｓｔａｔｅ"]
    private = ["private", "民营", "Private"]
    found = values(tmp_path, "企业类型", state + private, "form")
    assert found == ["state"] * len(state) + ["private"] * len(private)
    assert values(tmp_path, "发展阶段", ["初创期", "young", "Old", "成熟期"], "stage") == [
        "young",
        "young",
        "old",
        "old",
    ]


@pytest.mark.parametrize(
    ("header", "text"), [("企业类型", "外资"), ("企业类型", "国"), ("发展阶段", "上市期"), ("阶段", "1")]
)
def test_what_is_no_choice_is_refused_and_the_choices_are_told(tmp_path: Path, header: str, text: str) -> None:
    """A text that names no choice is refused, and the message lists the choices."""
    finding = read_column(tmp_path, header, [text]).findings.row(0, named=True)
    assert finding["rule"] == "IC207"
    assert finding["message_zh"].endswith("国有、民营" if header == "企业类型" else "初创期、稳定期")


@pytest.mark.parametrize(
    "text",
    [
        *"changsha Changsha 长沙 长沙高新区 长沙高新技术产业开发区 长沙国家高新技术产业开发区 国家长沙高新技术产业开发区".split(),
        *(" 长沙高新区", "长沙 高新区", "ｃｈａｎｇｓｈａ"),
    ],
)
def test_a_zone_by_any_of_its_names(tmp_path: Path, text: str) -> None:
    """Slug, short name, full name and the ways people write them are one zone; its province comes from the register."""
    submission = read_column(tmp_path, "所属高新区", [text])
    assert submission.findings.is_empty()
    assert submission.frame.select("zone", "province").row(0) == ("changsha", "湖南")


def test_an_unknown_zone_is_refused_with_the_nearest(tmp_path: Path) -> None:
    """A zone that is not in the register is refused, and the message names one that may have been meant."""
    finding = read_column(tmp_path, "所属高新区", ["长沙高薪区"]).findings.row(0, named=True)
    assert finding["rule"] == "IC311"
    assert "长沙高新区" in finding["message_zh"]
    assert "changsha" in finding["message_en"]


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("湖南", "湖南"),
        ("湖南省", "湖南"),
        (" 湖 南 ", "湖南"),
        ("北京市", "北京"),
        ("内蒙古自治区", "内蒙古"),
        ("内蒙", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("新疆维吾尔自治区", "新疆"),
        ("新疆生产建设兵团", "新疆(兵团)"),
    ],
)
def test_provinces(tmp_path: Path, text: str, province: str) -> None:
    """A province is known by its short and its official name."""
    assert values(tmp_path, "省份", [text], "province") == [province]


def test_an_unknown_province_is_refused(tmp_path: Path) -> None:
    """What is no province is refused, with the nearest."""
    finding = read_column(tmp_path, "省份", ["湖难"]).findings.row(0, named=True)
    assert (finding["rule"], "湖南" in finding["message_zh"]) == ("IC312", True)


def test_text_is_kept_but_for_its_invisible_ends(tmp_path: Path) -> None:
    """Text loses blanks and marks at its ends, which nobody sees, and nothing else."""
    cells = [" 甲 ", "\u3000甲\xa0", "\ufeff甲\u200b", "甲  乙", "=1+1", "１２", "无", "\u200b \u200b甲\u200b \u200b"]
    assert values(tmp_path, "备注", cells, "remark") == ["甲", "甲", "甲", "甲  乙", "=1+1", "１２", "无", "甲"]


def test_length_counts_characters(tmp_path: Path) -> None:
    """A limit of five means five characters, whatever bytes they take; what nobody sees at the ends does not count."""
    cells = ["示例企业甲", "𠮷𠮷𠮷𠮷𠮷", "  示例企业甲\u200b"]
    assert values(tmp_path, "备注", cells, "remark") == ["示例企业甲", "𠮷𠮷𠮷𠮷𠮷", "示例企业甲"]
    assert rules(tmp_path, "备注", ["示例企业甲乙", "abcdef"]) == [["IC208"]] * 2


# --------------------------------------------------------------------------------------------------------------------
# Missing is missing

BLANK = ["", " ", "\t", "\u3000", "\xa0", "\u200b", "\ufeff \u200b", "\u200b \u200b \u200b"]
MARKS = (
    "- -- — —— – / \\ ／ － 无 未公开 未填报 不详 暂无 N/A n/a NA null NULL None NaN nan #N/A ｎ／ａ ——— ―― ‐ ‑ ─ ﹣ // n.a. Nil NaT <NA> (NULL) （ｎｕｌｌ） \\N "
    "不公开 未披露 未提供 未填写 未填 未知 不适用".split()
)
SPACED = ["N / A", "n/ a", "未 公 开", "－ －", "无\u200b", "\u202a无\u202c", "# N/A", "n\xa0/\xa0a"]
COLUMNS = [
    ("销售额", "sales"),
    ("销售额（元）", "sales"),
    ("增速", "growth"),
    ("占比（%）", "quota"),
    ("人数", "heads"),
    ("开业日期", "opened"),
    ("企业类型", "form"),
    ("发展阶段", "stage"),
    ("所属高新区", "zone"),
    ("省份", "province"),
]


@pytest.mark.parametrize(("header", "field"), COLUMNS)
def test_marks_of_missing_are_missing_not_zero(tmp_path: Path, header: str, field: str) -> None:
    """What people write into a cell that has nothing to say is missing, in columns of every kind."""
    cells = [*BLANK, *MARKS, *SPACED, " 无 ", "\u3000—\u3000"]
    assert values(tmp_path, header, cells, field) == [None] * len(cells)


def test_marks_of_missing_in_flags(tmp_path: Path) -> None:
    """In a flag 无 is no; the other marks are missing."""
    cells = [*BLANK, *(mark for mark in MARKS if mark != "无")]
    assert values(tmp_path, "是否上市", [*cells, "无"], "listed") == [None] * len(cells) + [False]


@pytest.mark.parametrize("blank", BLANK)
def test_a_required_cell_that_is_blank_is_an_error(tmp_path: Path, blank: str) -> None:
    """A code or a name of which nothing can be seen is blank."""
    rows = [["uscc", "name", "备注"], [blank, "示例", "甲"], [filings.code(1), blank, "甲"]]
    path = tmp_path / "blank.csv"
    path.write_text(filings.csv_text(rows), "utf-8", newline="")
    findings = icredit.read(path, SCHEME, as_of=AS_OF).findings
    assert findings.select("row", "column", "rule").rows() == [(2, "uscc", "IC209"), (3, "name", "IC209")]


def test_a_column_that_is_not_there_is_missing(tmp_path: Path) -> None:
    """A field without a column is missing in every row, with its own type."""
    frame = read_column(tmp_path, "备注", ["甲"]).frame
    assert frame.select("sales", "heads", "opened", "listed", "zone").row(0) == (None,) * 5
    assert frame.schema["sales"] == pl.Float64
    assert frame.schema["heads"] == pl.Int64
    assert frame.schema["opened"] == pl.Date
    assert frame.schema["listed"] == pl.Boolean
    assert frame.schema["zone"] == pl.String


def test_a_lookup_that_found_nothing_is_missing_in_text_too(tmp_path: Path) -> None:
    """#N/A is no text: a name that a formula did not find is a name that is missing."""
    assert values(tmp_path, "备注", ["#N/A", "＃ｎ／ａ", "N/A"], "remark") == [None, None, "N/A"]
    assert read_cell("name", "#N/A") == (None, ["IC209"])


# --------------------------------------------------------------------------------------------------------------------
# Errors of formulas

ERRORS = [
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "Err:502",
    "err:508",
]


@pytest.mark.parametrize("field", sorted(submission_fields(SCHEME)))
def test_the_error_of_a_formula_is_an_error_in_every_column(field: str) -> None:
    """What a spreadsheet shows of a failed formula is never a value, in columns of any kind, in any case and width."""
    for text in ERRORS:
        wide = text.translate({ord(c): ord(c) + 0xFEE0 for c in text if c.isascii()})
        for shown in (text, text.lower(), f" {text}\xa0", wide):
            assert read_cell(field, shown) == (None, ["IC210"]), shown


def test_text_that_only_looks_like_an_error_is_text(tmp_path: Path) -> None:
    """A text that begins like an error, or speaks of one, is no error."""
    cells = ["#1", "#", "##", "Erry", "Err:5", "E:502", "#REF"]
    assert values(tmp_path, "备注", cells, "remark") == cells


# --------------------------------------------------------------------------------------------------------------------
# Cells of workbooks, which have types of their own


def in_workbook(folder: Path, header: str, cells: Sequence[object]) -> icredit.Submission:
    """A workbook with the cells, one an enterprise, in a column under the header."""
    book = Workbook()
    sheet = book.active
    sheet.append(["uscc", "name", header])
    for number, cell in enumerate(cells):
        sheet.append([filings.code(number), "示例", cell])
    book.save(folder / "column.xlsx")
    return icredit.read(folder / "column.xlsx", SCHEME, as_of=AS_OF)


@settings(deadline=None, max_examples=40)
@given(numbers=st.lists(st.floats(0, 1e15), min_size=1, max_size=10))
def test_numbers_of_a_workbook_are_exact(tmp_path_factory: pytest.TempPathFactory, numbers: list[float]) -> None:
    """A number in a workbook is the float that stands there; in another unit, its shortest decimal is converted."""
    rows: list[list[filings.Cell]] = [[filings.code(n), "示例", number, number] for n, number in enumerate(numbers)]
    # The old format keeps the bits; writers of .xlsx round to sixteen digits.
    path = tmp_path_factory.getbasetemp() / "numbers.xls"
    path.write_bytes(filings.xls({"填报": [["uscc", "name", "销售额", "利润（万元）"], *rows]}))
    frame = icredit.read(path, SCHEME, as_of=AS_OF).frame
    small = [number for number in numbers if number <= 10**11]
    assert [bits(number) for number in frame["sales"]] == [bits(n) for n in numbers if n <= 10**11]
    assert [bits(number) for number in frame["profit"]] == [bits(float(Fraction(repr(n)) * 10**4)) for n in small]


def test_typed_cells_of_a_workbook(tmp_path: Path) -> None:
    """Whole numbers, dates, times at midnight and truth values in cells of their own types are read as what they are."""
    assert in_workbook(tmp_path, "人数", [3, 3.0, "3", 10**15, None]).frame["heads"].to_list() == [
        3,
        3,
        3,
        10**15,
        None,
    ]
    day = date(2020, 2, 29)
    midnight = datetime(2020, 2, 29)  # noqa: DTZ001  # workbooks know no time zones
    assert (
        in_workbook(tmp_path, "开业日期", [day, midnight, "2020/2/29", 20200229]).frame["opened"].to_list() == [day] * 4
    )
    afternoon = datetime(2020, 2, 29, 15, 30, 15, 500)  # noqa: DTZ001  # see above
    dates = in_workbook(tmp_path, "开业日期", [afternoon, 43890, 43890.25])
    assert dates.frame["opened"].to_list() == [day] * 3
    assert dates.findings["rule"].to_list() == ["IC213"] * 2
    flags = in_workbook(tmp_path, "是否上市", [True, False, 1, 0, "是"]).frame["listed"].to_list()
    assert flags == [True, False, True, False, True]


def test_cells_of_the_wrong_type_are_refused(tmp_path: Path) -> None:
    """A time without a date, a number that counts no day, and a truth value for a number or a date are refused."""
    dates = in_workbook(tmp_path, "开业日期", [time(9), 12, 99999, True]).findings
    assert dates["rule"].to_list() == ["IC205"] * 4
    numbers = in_workbook(tmp_path, "人数", [True, date(2020, 2, 29), 2.5]).findings
    assert numbers["rule"].to_list() == ["IC201", "IC201", "IC202"]
