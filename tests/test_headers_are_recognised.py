"""Headers: every name of a field is known in every spelling, units are converted, and what is not known is never taken."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
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
from icredit.cli.main import main
from icredit.intake.header import HeaderMatcher
from icredit.scheme import Scheme
from icredit.scheme.fields import submission_fields

EVERY_KIND = filings.every_kind()


def read_rows(folder: Path, rows: filings.Rows, scheme: Scheme = EVERY_KIND) -> icredit.Submission:
    """Read the rows as a CSV."""
    path = folder / "rows.csv"
    path.write_text(filings.csv_text(rows), "utf-8", newline="")
    return icredit.read(path, scheme, as_of=AS_OF)


def read_header(folder: Path, header: str, cell: str, scheme: Scheme = EVERY_KIND) -> icredit.Submission:
    """Read one enterprise with one cell under the header."""
    return read_rows(folder, [["uscc", "name", header], [filings.code(1), "示例", cell]], scheme)


def columns(submission: icredit.Submission) -> Mapping[str, str]:
    """Field -> header of the first file."""
    return submission.files[0].columns


# --------------------------------------------------------------------------------------------------------------------
# Names


def test_every_field_by_every_name(national: Scheme) -> None:
    """Each field of the national scheme is known by id, Chinese and English label and alias, alone or with its unit."""
    fields = submission_fields(national)
    matcher = HeaderMatcher(fields)
    for name, spec in fields.items():
        for header in (name, spec.label.zh, spec.label.en, *spec.aliases):
            units = [f"（{spec.unit}）", f"({spec.unit})", f" [{spec.unit}]"] if spec.unit else []
            for written in (header, *(header + unit for unit in units)):
                match = matcher.match([[written]], 0)
                assert [column.field for column in match.columns] == [name], written
                assert [column.shift for column in match.columns] == [0], written
                assert not match.problems, written


@pytest.mark.parametrize(
    "header",
    [
        "销售额",
        " 销售额 ",
        "销 售 额",
        "销售\n额",
        "\u3000销售额\xa0",
        "\ufeff销售额",
        "销售额\u200b",
        "Sales",
        "SALES",
        "sAlEs",
        "ｓａｌｅｓ",
        "销售总额",
        "销售额（万元）",
        "销售额(万元)",
        "销售额 （ 万元 ）",
        "销售额\n（万元）",
        "销售额［万元］",
        "Sales (CNY 10k)",
        "sales(cny10K)",
        "销售额（人民币万元）",
    ],
)
def test_a_header_in_any_spelling(tmp_path: Path, header: str) -> None:
    """Case, width, blanks, line breaks and invisible marks make no difference, nor does the kind of bracket."""
    submission = read_header(tmp_path, header, "12.5")
    assert submission.frame["sales"].to_list() == [12.5]
    assert not submission.files[0].unknown


def test_the_credit_code_behind_a_second_byte_order_mark(tmp_path: Path) -> None:
    """A file saved twice with a byte-order mark still has a credit-code column."""
    text = filings.csv_text([["统一社会信用代码", "企业名称"], [filings.code(1), "示例"]])
    (tmp_path / "twice.csv").write_bytes(b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode())
    assert icredit.read(tmp_path / "twice.csv", EVERY_KIND, as_of=AS_OF).rows_read == 1


def test_the_order_of_columns_does_not_matter(tmp_path: Path) -> None:
    """Columns may stand in any order, with unknown and blank ones between them."""
    rows = [
        ["备注", "联系人", "销售额", "", "企业名称", "统一社会信用代码"],
        ["甲", "示例人", "7", "x", "示例", filings.code(1)],
    ]
    submission = read_rows(tmp_path, rows)
    assert submission.frame.select("uscc", "name", "sales", "remark").row(0) == (filings.code(1), "示例", 7.0, "甲")
    assert submission.files[0].unknown == ("联系人",)


def test_brackets_that_belong_to_a_name(tmp_path: Path, national: Scheme) -> None:
    """高新技术产品（服务）收入 is a name with brackets of its own, and may have a unit behind it."""
    for header, cell in (("高新技术产品（服务）收入", "3"), ("高新技术产品(服务)收入（元）", "30000")):
        assert read_header(tmp_path, header, cell, national).files[0].columns["hightech_revenue"] == header


def test_words_in_brackets_behind_a_text_or_date(tmp_path: Path) -> None:
    """A column that holds no numbers may explain itself in brackets: 开业日期（年-月-日）."""
    rows = [
        ["统一社会信用代码（18位）", "企业名称（全称）", "开业日期（年-月-日）"],
        [filings.code(1), "示例", "2020-01-02"],
    ]
    submission = read_rows(tmp_path, rows)
    assert list(columns(submission)) == ["uscc", "name", "opened"]


@settings(deadline=None, max_examples=60)
@given(
    cells=st.lists(
        st.text(max_size=8)
        | st.sampled_from(["uscc", "销售额", "人数", "（", "元）", "销售额（", "((", "销售额（元"])
        | st.none(),
        max_size=8,
    )
)
def test_any_row_can_be_read_as_a_header(cells: list[str | None]) -> None:
    """Whatever stands in a row, each cell is a field, unknown, blank or a problem, and no field comes twice."""
    match = HeaderMatcher(submission_fields(EVERY_KIND)).match([cells], 0)
    fields = [column.field for column in match.columns]
    assert len(fields) == len(set(fields))
    assert len(match.columns) + len(match.unknown) <= len(cells)


# --------------------------------------------------------------------------------------------------------------------
# Where the header stands


@pytest.mark.parametrize("above", [0, 1, 2, 39])
def test_rows_above_the_header_are_titles(tmp_path: Path, above: int) -> None:
    """Up to 39 rows of title, notes or nothing may stand above the header; row numbers count them."""
    titles = [["2024年度企业创新积分填报表", "", ""], ["填表说明：统一社会信用代码为18位", "", ""], ["", "", ""]]
    rows = [*[titles[n % 3] for n in range(above)], ["uscc", "name", "sales"], [filings.code(1), "示例", "1"]]
    submission = read_rows(tmp_path, rows)
    assert submission.frame["source_row"].to_list() == [above + 2]


def test_ragged_titles_above_the_header(tmp_path: Path) -> None:
    """Titles need not have as many cells as the table."""
    text = f"填报表\n\n单位：万元,2024\nuscc,name,sales\n{filings.code(1)},示例,1\n"
    (tmp_path / "rows.csv").write_text(text, "utf-8")
    assert icredit.read(tmp_path / "rows.csv", EVERY_KIND, as_of=AS_OF).frame["source_row"].to_list() == [5]


def test_a_header_below_row_40_is_not_looked_for(tmp_path: Path) -> None:
    """Where the first forty rows hold no header, the file is refused, and the user is told which column to add."""
    rows = [*[["填报表", "", ""]] * 40, ["uscc", "name", "sales"], [filings.code(1), "示例", "1"]]
    with pytest.raises(icredit.InputError, match=r"rows\.csv: no header found.*统一社会信用代码"):
        read_rows(tmp_path, rows)


def test_the_row_that_recognises_most_is_the_header(tmp_path: Path) -> None:
    """A line of instructions that names the credit code is no header beside the real one."""
    rows = [
        ["统一社会信用代码", "必填", "数字"],
        ["统一社会信用代码", "企业名称", "销售额"],
        [filings.code(1), "示例", "1"],
    ]
    submission = read_rows(tmp_path, rows)
    assert list(columns(submission)) == ["uscc", "name", "sales"]
    assert submission.rows_read == 1


@pytest.mark.parametrize(
    ("header", "label"), [(["uscc", "sales"], "企业名称"), (["企业名称", "sales"], "统一社会信用代码")]
)
def test_required_columns_must_be_there(tmp_path: Path, header: list[str], label: str) -> None:
    """A file without a column that every row must fill is refused, naming the column."""
    with pytest.raises(icredit.InputError, match=label):
        read_rows(tmp_path, [header, ["x", "1"]])


# --------------------------------------------------------------------------------------------------------------------
# What is not known


def test_unknown_columns_are_noted_with_what_they_may_mean(tmp_path: Path, national: Scheme) -> None:
    """A column that means no field is left out, named, and the nearest field suggested."""
    rows = [["uscc", "name", "营业收人（万元）", "联系电话"], [filings.code(1), "示例", "5", "0731"]]
    (report,) = read_rows(tmp_path, rows, national).files
    assert report.unknown == ("营业收人（万元）", "联系电话")
    (note,) = report.notes
    assert "2 columns not used" in note
    assert "'营业收人（万元）' (did you mean '营业收入'?)" in note
    assert "'联系电话'" in note


def test_many_unknown_columns_are_counted(tmp_path: Path) -> None:
    """The note names five columns and counts the rest."""
    rows = [["uscc", "name", *(f"附加{n}" for n in range(12))], [filings.code(1), "示例", *["x"] * 12]]
    (note,) = read_rows(tmp_path, rows).files[0].notes
    assert "12 columns not used" in note
    assert "and 7 more" in note


@pytest.mark.parametrize(
    "header",
    [
        "营业收入（2023年）",
        "营业收入（上年）",
        "营业收入(预计)",
        "营业收入（万元）（2023）",
        "营业收入2023",
        "营业收入占比",
    ],
)
def test_words_in_brackets_that_are_no_unit_make_another_column(tmp_path: Path, national: Scheme, header: str) -> None:
    """营业收入（2023年） is another year's figure, not 营业收入: it is never taken, and the user is told."""
    submission = read_header(tmp_path, header, "77", national)
    assert "revenue" not in columns(submission)
    assert submission.files[0].unknown == (header,)
    assert 77.0 not in [value for name in ("revenue", "revenue_last") for value in submission.frame[name]]
    assert "营业收入" in submission.files[0].notes[0]


# --------------------------------------------------------------------------------------------------------------------
# Contradictions


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("销售额", "销售额"),
        ("销售额", "sales"),
        ("销售额（万元）", "销售额（元）"),
        ("销售总额", "Sales"),
        ("企业名称", "单位名称"),
        ("备注", "备注（必填）"),
    ],
)
def test_two_columns_for_one_field_are_refused(tmp_path: Path, first: str, second: str) -> None:
    """Of two columns for one field nobody can say which counts: the file is refused, naming both."""
    rows = [["uscc", "name" if first != "企业名称" else "x", first, second], [filings.code(1), "示例", "1", "1"]]
    with pytest.raises(icredit.InputError) as caught:
        read_rows(tmp_path, rows)
    assert f"'{first}' and '{second}' both mean" in str(caught.value)


@pytest.mark.parametrize(
    "header", ["销售额（人）", "销售额（%）", "人数（万元）", "奖项（%）", "增速（万元）", "占比（人）", "利润（件）"]
)
def test_a_unit_of_another_kind_is_refused(tmp_path: Path, header: str) -> None:
    """Money cannot be counted in persons, nor persons in money: the file is refused, naming the column."""
    with pytest.raises(icredit.InputError, match=header):
        read_header(tmp_path, header, "1")


@pytest.mark.parametrize(
    "header", ["人数（人）", "人数（名）", "人数（个）", "人数（persons）", "奖项（件）", "奖项（次）"]
)
def test_things_are_counted_in_whatever_word(tmp_path: Path, header: str) -> None:
    """Persons, pieces and times are all one each."""
    submission = read_header(tmp_path, header, "3")
    assert 3 in submission.frame.select("heads", "prizes").row(0)


@pytest.mark.parametrize(("unit", "fits"), [("株", True), ("个", True), ("棵", False), ("万元", False), ("吨", False)])
def test_things_with_a_word_of_their_own_are_counted_in_pieces_too(tmp_path: Path, unit: str, fits: bool) -> None:  # noqa: FBT001
    """A count of 株 may be headed by its own word or by 个; by money or a weight the file is refused, and a word that
    nobody knows is no unit, so that the column is not known.
    """
    trees = filings.EVERY_KIND.replace(
        "fields:\n", "fields:\n  trees: {label: {zh: 树, en: Trees}, type: count, unit: 株}\n"
    )
    scheme = icredit.parse_scheme(trees)
    if fits:
        assert read_header(tmp_path, f"树（{unit}）", "3", scheme).frame["trees"].to_list() == [3]
    elif unit == "棵":
        assert read_header(tmp_path, f"树（{unit}）", "3", scheme).files[0].unknown == ("树（棵）",)
    else:
        with pytest.raises(icredit.InputError, match=f"the unit of the column '树（{unit}）' cannot be turned into 株"):
            read_header(tmp_path, f"树（{unit}）", "3", scheme)


@pytest.mark.parametrize(
    "inside",
    ["元", "元，必填", "必填，元", "元 必填", "必填；单位：元", "元、必填、保留 2 位小数", "保留两位小数、必填，元"],
)
def test_a_unit_counts_wherever_its_bracket_states_it(tmp_path: Path, inside: str) -> None:
    """Advice may stand on either side of the unit: 20,000 元 are 2 万元, and never 20,000 of them."""
    submission = read_header(tmp_path, f"销售额（{inside}）", "20000")
    assert submission.frame["sales"].to_list() == [20_000 / 10_000]


@pytest.mark.parametrize("inside", ["元，含税", "元，必填，含税", "含税，必填，元", "必填，上年，元", "元，必填，万元"])
def test_what_is_no_advice_beside_a_unit_makes_another_column(tmp_path: Path, inside: str) -> None:
    """One clause that is advice does not excuse another that is none, nor a second unit: the column is not taken."""
    submission = read_header(tmp_path, f"销售额（{inside}）", "20000")
    assert submission.files[0].unknown == (f"销售额（{inside}）",)
    assert submission.frame["sales"].to_list() == [None]


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("销售额（请按万元填写）", True),
        ("销售额（必填，单位为万元）", True),
        ("销售额（满500元填写）", True),
        ("销售额（百万元以上填写）", True),
        ("销售额（请按元填写）", False),
        ("销售额（必填，单位为元）", False),
        ("销售额（必填/元）", False),
        ("销售额（请填写百万元）", False),
        ("利润（请按元填写）", True),
        ("利润（请按美元填写）", False),
    ],
)
def test_another_unit_within_advice_is_not_passed_over(tmp_path: Path, header: str, taken: bool) -> None:  # noqa: FBT001
    """A sentence that names another unit than the field's makes another column; one that names a threshold does not."""
    submission = read_header(tmp_path, header, "20000")
    assert [*submission.frame["sales"], *submission.frame["profit"]].count(20_000) == taken
    assert submission.files[0].unknown == (() if taken else (header,))


@pytest.mark.parametrize("inside", ["必填，年-月-日", "年、月、日，必填", "年/月/日", "格式：年月日"])
def test_years_and_months_of_a_date_are_no_units(tmp_path: Path, inside: str) -> None:
    """How a date is to be written is advice, in whatever way its parts are listed."""
    submission = read_header(tmp_path, f"开业日期（{inside}）", "2020-01-02")
    assert submission.frame["opened"].to_list() == [date(2020, 1, 2)]


def test_units_that_were_converted_are_noted(tmp_path: Path) -> None:
    """The user is told of each conversion and its power of ten."""
    rows = [
        ["uscc", "name", "销售额（元）", "占比（%）", "利润（元）"],
        [filings.code(1), "示例", "12345678", "45", "5"],
    ]
    submission = read_rows(tmp_path, rows)
    assert submission.frame.select("sales", "quota", "profit").row(0) == (1234.5678, 0.45, 5.0)
    (note,) = submission.files[0].notes
    assert "'销售额（元）' 元 -> 万元 (/ 10,000)" in note
    assert "'占比（%）' % -> 1 (/ 100)" in note
    assert "利润" not in note


# --------------------------------------------------------------------------------------------------------------------
# Which sheet


def workbook(folder: Path, sheets: Mapping[str, Sequence[Sequence[str]]], hidden: Sequence[str] = ()) -> Path:
    """A workbook with the sheets, the hidden ones hidden."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def sheet_of(number: int, *more: str) -> list[list[str]]:
    """A sheet with one enterprise."""
    return [["uscc", "name", *more], [filings.code(number), "示例", *["1"] * len(more)]]


NOTES = [["填表说明"], ["统一社会信用代码为18位"]]


def test_the_sheet_whose_header_fits_best_is_read(tmp_path: Path) -> None:
    """Of several sheets the one that recognises most fields is read; other sheets of enterprises are named."""
    sheets = {
        "说明": NOTES,
        "旧": sheet_of(1, "sales"),
        "填报": sheet_of(2, "sales", "heads"),
        "附": sheet_of(3, "heads"),
    }
    path = workbook(tmp_path, sheets)
    submission = icredit.read(path, EVERY_KIND, as_of=AS_OF)
    assert submission.files[0].sheet == "填报"
    assert submission.frame["uscc"].to_list() == [filings.code(2)]
    notes = "\n".join(submission.files[0].notes)
    assert "[旧], which was not" in notes
    assert "[附], which was not" in notes
    assert "说明" not in notes


def test_of_equal_sheets_the_first_is_read(tmp_path: Path) -> None:
    """Where sheets fit equally well the first counts, and the other is named."""
    submission = icredit.read(
        workbook(tmp_path, {"甲": sheet_of(1, "heads"), "乙": sheet_of(2, "sales")}), EVERY_KIND, as_of=AS_OF
    )
    assert submission.files[0].sheet == "甲"
    assert "[乙], which was not" in submission.files[0].notes[0]


def test_hidden_sheets_are_read_only_when_named(tmp_path: Path) -> None:
    """A hidden sheet is passed over, however well it fits, unless it is asked for."""
    path = workbook(tmp_path, {"旧": sheet_of(1, "sales", "heads"), "新": sheet_of(2)}, hidden=["旧"])
    usual = icredit.read(path, EVERY_KIND, as_of=AS_OF)
    assert (usual.files[0].sheet, usual.files[0].notes) == ("新", ())
    assert icredit.read(path, EVERY_KIND, sheet="旧", as_of=AS_OF).frame["uscc"].to_list() == [filings.code(1)]


def test_a_workbook_of_hidden_sheets_alone(tmp_path: Path) -> None:
    """Where every sheet is hidden none is read, and the message names them."""
    path = tmp_path / "hidden.ods"
    path.write_bytes(filings.ods({"甲": sheet_of(1), "乙": sheet_of(2)}, hidden=["甲", "乙"]))
    with pytest.raises(icredit.InputError, match="no visible sheet") as caught:
        icredit.read(path, EVERY_KIND, as_of=AS_OF)
    assert caught.value.hint == "name a hidden one with --sheet: 甲, 乙"


def test_a_sheet_may_be_named(tmp_path: Path) -> None:
    """The sheet asked for is read, though another fits better."""
    path = workbook(tmp_path, {"甲": sheet_of(1), "乙": sheet_of(2, "sales")})
    assert icredit.read(path, EVERY_KIND, sheet="甲", as_of=AS_OF).frame["uscc"].to_list() == [filings.code(1)]


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    """An unknown sheet is an error that lists the sheets."""
    path = workbook(tmp_path, {"填报数据": sheet_of(1), "说明": NOTES})
    with pytest.raises(icredit.InputError, match="no sheet '填报'") as caught:
        icredit.read(path, EVERY_KIND, sheet="填报", as_of=AS_OF)
    assert caught.value.hint is not None
    assert "填报数据, 说明" in caught.value.hint
    assert "did you mean '填报数据'?" in caught.value.hint


def test_a_sheet_of_a_file_without_sheets(tmp_path: Path) -> None:
    """A CSV has no sheets, and asking for one is an error."""
    (tmp_path / "rows.csv").write_text(filings.csv_text(sheet_of(1)), "utf-8")
    with pytest.raises(icredit.InputError, match="only a workbook has sheets"):
        icredit.read(tmp_path / "rows.csv", EVERY_KIND, sheet="甲")


def test_a_workbook_without_a_table(tmp_path: Path) -> None:
    """A workbook none of whose sheets is a table of enterprises is refused, naming a sheet."""
    with pytest.raises(icredit.InputError, match=r"book\.xlsx \[说明\]: no header found"):
        icredit.read(workbook(tmp_path, {"说明": [["填表说明"]]}), EVERY_KIND, as_of=AS_OF)


def test_columns_of_a_sheet_that_begins_in_the_middle(tmp_path: Path) -> None:
    """A table that does not begin in A1 keeps its true rows, columns and cells."""
    path = workbook(
        tmp_path, {"填报": [[], [], ["", "", "uscc", "name", "sales"], ["", "", filings.code(1), "示例", "x"]]}
    )
    findings = icredit.read(path, EVERY_KIND, as_of=AS_OF).findings
    assert findings.select("row", "cell").rows() == [(4, "E4")]


# --------------------------------------------------------------------------------------------------------------------
# What icredit wrote itself


@pytest.fixture(scope="module")
def own_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything icredit writes, made by its own commands."""
    folder = tmp_path_factory.mktemp("own")
    for labels in ("id", "zh", "en"):
        for ending in ("csv", "xlsx", "parquet"):
            table = folder / f"{labels}.{ending}"
            assert main(["score", str(ERRORS_CSV), "--labels", labels, "-o", str(table), "-q"]) == 0
            top = folder / f"top-{labels}.{ending}"
            assert main(["rank", str(folder / "id.csv"), "--labels", labels, "-o", str(top), "-q"]) == 0
    assert main(["validate", str(ERRORS_CSV), "-o", str(folder / "findings.csv"), "-q"]) == 1
    return folder


TABLES = [
    f"{kind}{labels}.{ending}"
    for kind in ("", "top-")
    for labels in ("id", "zh", "en")
    for ending in ("csv", "xlsx", "parquet")
]


@pytest.mark.parametrize("name", [*TABLES, "id.rejects.csv", "zh.rejects.csv", "findings.csv"])
def test_what_icredit_wrote_is_no_submission(own_files: Path, national: Scheme, name: str) -> None:
    """A scored table, a ranked list or a list of findings given as a submission is refused: its scores are no amounts."""
    with pytest.raises(icredit.InputError, match="icredit wrote, not a submission"):
        icredit.read(own_files / name, national, as_of=AS_OF)


def test_a_submission_may_have_a_column_called_rank(tmp_path: Path) -> None:
    """One column of a name that icredit uses does not make a submission a scored table."""
    submission = read_rows(tmp_path, [["rank", "uscc", "name", "status"], ["1", filings.code(1), "示例", "在营"]])
    assert submission.frame.height == 1


def test_headers_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CSV on standard input is recognised like any other."""
    data = filings.csv_text(
        [["统一社会信用代码", "企业名称", "销售额（元）"], [filings.code(1), "示例", "25000"]]
    ).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    submission = icredit.read("-", EVERY_KIND, as_of=AS_OF)
    assert submission.frame["sales"].to_list() == [2.5]
    assert submission.files[0].file == "<stdin>"


def test_parquet_columns_are_headers(tmp_path: Path) -> None:
    """The names of Parquet columns are read like any header."""
    frame = pl.DataFrame({"统一社会信用代码": [filings.code(1)], "企业名称": ["示例"], "销售额（元）": [25000]})
    frame.write_parquet(tmp_path / "rows.parquet")
    assert icredit.read(tmp_path / "rows.parquet", EVERY_KIND, as_of=AS_OF).frame["sales"].to_list() == [2.5]
