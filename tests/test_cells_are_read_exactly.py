"""A cell means exactly one value: numbers to the last bit, dates, flags, choices, names; all else is refused by a rule."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import filings
import icredit
from conftest import AS_OF

SCHEME = filings.every_kind()


def read_column(folder: Path, header: str, cells: Sequence[str]) -> icredit.Submission:
    """A CSV of one enterprise a cell, with the cells in a column under the header."""
    rows = [["uscc", "name", header], *([filings.code(n), "示例", cell] for n, cell in enumerate(cells))]
    path = folder / "column.csv"
    path.write_text(filings.csv_text(rows), "utf-8", newline="")
    return icredit.read(path, SCHEME, as_of=AS_OF)


def values(folder: Path, header: str, cells: Sequence[str], field: str) -> list[object]:
    """The values of cells that are all accepted."""
    submission = read_column(folder, header, cells)
    assert submission.errors.is_empty(), submission.errors
    return submission.frame[field].to_list()


def rules(folder: Path, header: str, cells: Sequence[str]) -> list[list[str]]:
    """The rules that each cell breaks."""
    findings = read_column(folder, header, cells).findings
    return [findings.filter(pl.col("row") == line)["rule"].to_list() for line in range(2, len(cells) + 2)]


def bits(number: object) -> bytes:
    """A floating-point number to the last bit, the sign of zero included."""
    assert isinstance(number, float)
    return struct.pack("d", number)


# --------------------------------------------------------------------------------------------------------------------
# Numbers

# unit: power of ten of one yuan, of one
YUAN = {
    "元": 0,
    "千元": 3,
    "万元": 4,
    "百万元": 6,
    "亿元": 8,
    "人民币万元": 4,
    "CNY": 0,
    "CNY 10k": 4,
    "million CNY": 6,
}
AMOUNTS = {"sales": ("销售额", 4), "profit": ("利润", 0), "debt": ("负债", 3), "capital": ("资本", 6)}
PARTS = {"%": -2, "‰": -3, "1": 0, "％": -2}
SHARES = {"growth": ("增速", -2), "quota": ("占比", 0)}

numerals = st.builds(
    lambda whole, part, exponent: whole + part + exponent,
    st.integers(0, 10**9).map(str) | st.integers(0, 10**20).map(lambda n: "0." + str(n)),
    st.integers(0, 10**18).map(lambda n: "" if n % 3 else "." + str(n)),
    st.integers(-12, 3).map(lambda n: f"e{n}" if n % 2 else ""),
).filter(lambda text: text.count(".") < 2)


@settings(deadline=None, max_examples=80)
@given(
    field=st.sampled_from(sorted(AMOUNTS)),
    unit=st.sampled_from(sorted(YUAN)),
    brackets=st.sampled_from(["（{}）", "({})", " [{}]", "［{}］"]),
    texts=st.lists(numerals, min_size=1, max_size=12),
)
def test_an_amount_in_any_unit_is_exact(
    tmp_path_factory: pytest.TempPathFactory, field: str, unit: str, brackets: str, texts: list[str]
) -> None:
    """A number under a header with any unit of money is the nearest float of the exact number in the field's unit."""
    label, own = AMOUNTS[field]
    exact = [Fraction(Decimal(text)) * Fraction(10) ** (YUAN[unit] - own) for text in texts]
    kept = [(text, number) for text, number in zip(texts, exact, strict=True) if number <= 10**15]
    header = label + brackets.format(unit)
    found = values(tmp_path_factory.getbasetemp(), header, [text for text, _ in kept], field)
    assert [bits(number) for number in found] == [bits(float(number)) for _, number in kept]


@settings(deadline=None, max_examples=40)
@given(
    field=st.sampled_from(sorted(SHARES)),
    unit=st.sampled_from(sorted(PARTS)),
    tenths=st.lists(st.integers(0, 10**4), min_size=1, max_size=8),
    percent=st.booleans(),
)
def test_a_share_in_any_unit_is_exact(
    tmp_path_factory: pytest.TempPathFactory,
    field: str,
    unit: str,
    tenths: list[int],
    percent: bool,  # noqa: FBT001  # hypothesis names its arguments
) -> None:
    """A share is converted from the unit of its column; a cell that says % itself is in per cent whatever the header."""
    label, own = SHARES[field]
    texts = [str(Decimal(tenth) / 10**6) for tenth in tenths]
    power = (-2 if percent else PARTS[unit]) - own
    found = values(
        tmp_path_factory.getbasetemp(), f"{label}（{unit}）", [text + "%" * percent for text in texts], field
    )
    exact = [Fraction(tenth, 10**6) * Fraction(10) ** power for tenth in tenths]
    assert [bits(number) for number in found] == [bits(float(number)) for number in exact]


def test_a_header_without_a_unit_means_the_unit_of_the_field(tmp_path: Path) -> None:
    """A bare header, or one with the field's own unit, changes nothing."""
    for header in ("市值", "市值（亿元）", "Worth", "worth", "Worth (亿元)"):
        assert values(tmp_path, header, ["1.25", "-2.5"], "worth") == [1.25, -2.5]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        (" 12.50 ", 12.5),
        ("\u300012\xa0", 12.0),
        ("\ufeff12\u200b", 12.0),
        ("+3", 3.0),
        ("-3.25", -3.25),
        (".5", 0.5),
        ("5.", 5.0),
        ("007", 7.0),
        ("1,234.5", 1234.5),
        ("-1,234,567", -1234567.0),
        ("1，234", 1234.0),
        ("１２．５", 12.5),
        ("1 234 567.5", 1234567.5),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        ("0", 0.0),
        ("0.1", 0.1),
        ("1e-400", 0.0),
    ],
)
def test_numbers_as_people_write_them(tmp_path: Path, text: str, number: float) -> None:
    """Blanks around, thousands separators, full-width digits and exponents are read as the number they mean."""
    assert values(tmp_path, "利润", [text], "profit") == [number]


@pytest.mark.parametrize(
    "text",
    [
        *"abc 1.2.3 1,23 12,34 1,2345 ,5 1,234,5 5- 1_000 0x10 1e 1e+ inf -Infinity 12万 12元 约12 1-2 ١٢ 12.5% 5‰ .".split(),
        *("12 34", "3 3", "1\n2", "１２ ３"),
        *("10²", "10⁴", "①", "⒈5", "½", "1⁄2"),  # digits that are no decimal digits: 10² is 100, not 102
        "1e00001x",
        "12\u200b34",
        "12\x0034",
        "示例" * 300,
    ],
)
def test_what_is_no_number_is_refused(tmp_path: Path, text: str) -> None:
    """Text of which it is not plain what number it means is refused, never guessed."""
    assert rules(tmp_path, "利润", [text]) == [["IC201"]]


def test_a_huge_exponent_is_out_of_range(tmp_path: Path) -> None:
    """A number beyond all bounds is too large or too small, in columns of any unit, and infinity is no value."""
    for header in ("利润", "利润（亿元）", "利润（百万元）"):
        assert rules(tmp_path, header, ["1e400", "-1e400", "1e9999"]) == [["IC204"], ["IC203"], ["IC204"]]


def test_bounds_are_part_of_the_range(tmp_path: Path) -> None:
    """The smallest and the largest valid value are valid; the nearest floats beyond are not, after conversion."""
    assert values(tmp_path, "市值", ["-2.5", "2.5", "2.4999999999999996"], "worth") == [-2.5, 2.5, 2.5 - 2**-51]
    assert rules(tmp_path, "市值", ["-2.5000000000000004", "2.5000000000000004"]) == [["IC203"], ["IC204"]]
    assert values(tmp_path, "市值（元）", ["-250000000", "250000000.00"], "worth") == [-2.5, 2.5]
    assert rules(tmp_path, "市值（元）", ["-250000001", "250000001"]) == [["IC203"], ["IC204"]]
    assert values(tmp_path, "销售额", ["0", "-0", "1e15"], "sales") == [0.0, 0.0, 1e15]
    assert rules(tmp_path, "销售额", ["-0.01", "1000000000000001"]) == [["IC203"], ["IC204"]]


# --------------------------------------------------------------------------------------------------------------------
# Counts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("12.0", 12),
        ("12.", 12),
        ("1,200", 1200),
        ("1e3", 1000),
        ("1.2e3", 1200),
        ("１２", 12),
        ("+5", 5),
        ("0005", 5),
        ("-0", 0),
        ("999999999999999", 10**15 - 1),
        ("1000000000000000", 10**15),
    ],
)
def test_counts(tmp_path: Path, text: str, number: int) -> None:
    """A count is a whole number, however it is written."""
    assert values(tmp_path, "人数", [text], "heads") == [number]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("3.5", "IC202"),
        ("999999999999999.5", "IC202"),
        ("0.0000001", "IC202"),
        ("-1", "IC203"),
        ("1000000000000001", "IC204"),
        ("1e300", "IC204"),
        ("三", "IC201"),
        ("12%", "IC201"),
    ],
)
def test_what_is_no_count_is_refused(tmp_path: Path, text: str, rule: str) -> None:
    """Fractions, numbers below zero and beyond all bounds are no counts."""
    assert rules(tmp_path, "人数", [text]) == [[rule]]


def test_bounds_of_a_count(tmp_path: Path) -> None:
    """A count keeps within the bounds that the scheme sets."""
    assert values(tmp_path, "奖项（项）", ["1", "5"], "prizes") == [1, 5]
    assert rules(tmp_path, "奖项（个）", ["0", "6"]) == [["IC203"], ["IC204"]]


@settings(deadline=None, max_examples=40)
@given(numbers=st.lists(st.integers(0, 10**15), min_size=1, max_size=20))
def test_every_whole_number_is_exact(tmp_path_factory: pytest.TempPathFactory, numbers: list[int]) -> None:
    """Counts of up to sixteen digits lose nothing."""
    assert values(tmp_path_factory.getbasetemp(), "人数", [str(n) for n in numbers], "heads") == numbers


# --------------------------------------------------------------------------------------------------------------------
# Dates, flags, choices, names


@settings(deadline=None, max_examples=40)
@given(days=st.lists(st.dates(), min_size=1, max_size=6))
def test_every_date_in_every_form(tmp_path_factory: pytest.TempPathFactory, days: list[date]) -> None:
    """A date may be written with hyphens, slashes, dots, in Chinese or in eight digits, with or without zeros."""
    texts = [
        text
        for day in days
        for y, m, d in [(f"{day.year:04}", day.month, day.day)]
        for text in (
            *(f"{y}-{m:02}-{d:02}", f"{y}/{m:02}/{d:02}", f"{y}.{m:02}.{d:02}", f"{y}年{m:02}月{d:02}日"),
            *(f"{y}-{m}-{d}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日"),
            *(f"{y}{m:02}{d:02}", f" {y}-{m:02}-{d:02} 00:00:00"),
        )
    ]
    found = values(tmp_path_factory.getbasetemp(), "开业日期", texts, "opened")
    assert found == [day for day in days for _ in range(10)]


@pytest.mark.parametrize(
    "text",
    [
        *"2023-02-29 2023-02-30 2023-13-01 2023-00-10 2023-01-00 0000-01-01 10000-01-01 23-01-01 01/02/2023 2023-01 2023年3月 "
        "2023 43831 2023-01-01T00:00:00 20230230 202301011 yesterday -2023-01-01 +2023-01-01 2023--01-01".split(),
        *("2023-01-01 08:30:00", "2023 - 01 - 01", "١٩٩٩-01-01", "2023-0²-01", "示例" * 300),
    ],
)
def test_what_is_no_date_is_refused(tmp_path: Path, text: str) -> None:
    """A day that no calendar has, or that is not plain, is refused."""
    assert rules(tmp_path, "开业日期", [text]) == [["IC205"]]


YES = ["是", "有", "√", "✓", "true", "TRUE", "True", "yes", "Yes", "y", "Y", "1", " 是 ", "ＹＥＳ", "１"]
NO = ["否", "无", "×", "false", "FALSE", "no", "No", "n", "N", "0", "\u3000否", "ｎｏ"]


def test_flags(tmp_path: Path) -> None:
    """Yes and no may be written in both languages, with ticks, crosses, one and zero."""
    assert values(tmp_path, "是否上市", YES + NO, "listed") == [True] * len(YES) + [False] * len(NO)


@pytest.mark.parametrize("text", ["也许", "2", "是否", "1.0", "yes please", "是是", "01"])
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
MARKS = "- -- — —— – / \\ ／ － 无 未公开 未填报 不详 暂无 N/A n/a NA null NULL None NaN nan #N/A ｎ／ａ".split()
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
    cells = [*BLANK, *MARKS, " 无 ", "\u3000—\u3000"]
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
    flags = in_workbook(tmp_path, "是否上市", [True, False, 1, 0, "是"]).frame["listed"].to_list()
    assert flags == [True, False, True, False, True]


def test_cells_of_the_wrong_type_are_refused(tmp_path: Path) -> None:
    """A date with a time of day, a time, a serial number that is no date, and a truth value for a number are refused."""
    afternoon = datetime(2020, 2, 29, 15, 30)  # noqa: DTZ001  # workbooks know no time zones
    dates = in_workbook(tmp_path, "开业日期", [afternoon, time(9), 43831, True]).findings
    assert dates["rule"].to_list() == ["IC205"] * 4
    numbers = in_workbook(tmp_path, "人数", [True, date(2020, 2, 29), 2.5]).findings
    assert numbers["rule"].to_list() == ["IC201", "IC201", "IC202"]
