"""`icredit template --previous`: this year's form begins with what last year's file already says."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from command_line import clean_csv, credit_code, enterprise, read_csv, snapshot, write_csv
from command_line import icredit as run
from conftest import AS_OF, NATIONAL
from forms import headers_of, page_of
from icredit import units
from icredit.cli import template as command
from icredit.output import template
from icredit.output.form_cells import fill_in
from icredit.scheme import Scheme

Captured = pytest.CaptureFixture[str]
Row = dict[str, Any]

CODE, NAME, ZONE, PROVINCE, STAGE = "统一社会信用代码", "企业名称", "所属高新区", "所在省份", "发展阶段"
RD, RD_LAST = "研发费用金额（万元）", "上年研发费用金额（万元）"
REVENUE, REVENUE_LAST = "营业收入（万元）", "上年营业收入（万元）"
IDENTITY = (CODE, NAME, ZONE, PROVINCE)
GREY = "00D9D9D9"


@pytest.fixture(autouse=True)
def few_free_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form with few free rows, which is quicker to write; what it holds does not depend on their number."""
    monkeypatch.setattr(template, "ROWS", 20)


def begun(folder: Path, previous: str, *words: str) -> list[Row]:
    """Begin a form with last year's file and return its rows by header, cells that are blank left out."""
    target = folder / "form.xlsx"
    assert run("template", "--previous", previous, "-o", target, "--force", "--scheme", NATIONAL, *words) == 0
    page = page_of(target)
    rows = [
        {
            header: page.cell(line, column)
            for header, column in headers_of(page).items()
            if page.cell(line, column).value is not None
        }
        for line in range(2, page.max_row + 1)
    ]
    return [row for row in rows if row]


def values(rows: Sequence[Row]) -> list[Row]:
    """Return the values of cells."""
    return [{header: cell.value for header, cell in row.items()} for row in rows]


def complete(form: Path, target: Path, this_year: Mapping[str, object]) -> Path:
    """Fill this year's columns of every enterprise that stands in a form."""
    book = openpyxl.load_workbook(form)
    page = book[book.active.title]
    for line in range(2, page.max_row + 1):
        if page.cell(line, 1).value is not None:
            for header, value in this_year.items():
                page.cell(line, headers_of(page)[header]).value = value
    book.save(target)
    return target


# From last year's submission


def test_what_is_filled_in(folder: Path) -> None:
    """Identity, what stays the same and last year's amounts are filled in; stage and this year's columns are blank."""
    row = enterprise(
        1, **{STAGE: "成长期", "成立日期": "2015-03-01", "技术领域": "电子信息", "严重失信": "否", PROVINCE: "湖南"}
    )
    write_csv(folder / "last.csv", [row])

    (found,) = values(begun(folder, "last.csv"))

    assert found == {
        CODE: credit_code(1),
        NAME: "示例企业1号",
        ZONE: "长沙高新区",
        PROVINCE: "湖南",
        "成立日期": datetime(2015, 3, 1),  # noqa: DTZ001  # a workbook knows no zones
        "技术领域": "电子信息",
        RD_LAST: 301,
        REVENUE_LAST: 3000,
    }


def test_how_it_looks(folder: Path) -> None:
    """What is filled in is grey, codes are text, cells can be typed over, and the page of help says what grey means."""
    clean_csv(folder / "last.csv", 2)
    for row in begun(folder, "last.csv"):
        assert {cell.fill.fgColor.rgb for cell in row.values()} == {GREY}
        assert (row[CODE].data_type, row[CODE].number_format) == ("s", "@")
        assert (row[REVENUE_LAST].data_type, row[REVENUE_LAST].number_format) == ("n", "#,##0.00")
    book = openpyxl.load_workbook(folder / "form.xlsx")
    assert not any(page.protection.sheet for page in book.worksheets)
    page = page_of(folder / "form.xlsx")
    assert page.cell(2, headers_of(page)[REVENUE]).fill.fill_type is None
    assert any("灰色" in str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row)


def test_a_blank_form_says_nothing_of_grey_cells(folder: Path) -> None:
    """Without last year's file nothing is grey, and nothing is said of it."""
    assert run("template") == 0
    book = openpyxl.load_workbook(folder / "template.xlsx")
    assert not any("灰色" in str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row)


AMOUNTS = ["0", "0.01", "1234.5678", "0.30000000000000004", "123456789012.34", "0.1234567890123456", "99999999999.99"]


def test_a_form_begun_and_filled_in_has_no_finding(folder: Path, national: Scheme) -> None:
    """With this year's columns filled in nothing is wrong, and last year's amounts are last year's, to the last bit."""
    last = [
        enterprise(n, **{RD: text, REVENUE: text, "高新技术产品收入（万元）": "0"})
        for n, text in enumerate(AMOUNTS, start=1)
    ]
    write_csv(folder / "last.csv", [{**row, RD_LAST: "", REVENUE_LAST: ""} for row in last])
    begun(folder, "last.csv")
    # Net assets above zero, and amounts so that growth is neither vast nor nothing, are filed by each enterprise itself.
    this_year = {
        "职工总数（人）": 120,
        "科技人员数（人）": 40,
        "净利润（万元）": 5,
        "净资产（万元）": 50,
        "高新技术产品收入（万元）": 0,
    }
    complete(folder / "form.xlsx", folder / "filled.xlsx", this_year)
    book = openpyxl.load_workbook(folder / "filled.xlsx")
    page = book[book.active.title]
    headers = headers_of(page)
    for line, text in enumerate(AMOUNTS, start=2):
        page.cell(line, headers[REVENUE]).value = float(text) * 1.2
        page.cell(line, headers[RD]).value = float(text) * 1.1
    book.save(folder / "filled.xlsx")

    assert icredit.read(folder / "filled.xlsx", national, as_of=AS_OF).findings.is_empty()
    # openpyxl, which filled it in, keeps 16 digits; the form itself has them all.
    form = icredit.read(folder / "form.xlsx", national.model_copy(update={"checks": ()}), as_of=AS_OF)
    for name in ("revenue_last", "rd_expense_last"):
        assert [Fraction(x) for x in form.frame[name]] == [Fraction(float(text)) for text in AMOUNTS]


def test_the_sample_goes_from_year_to_year(sample: icredit.Submission, folder: Path, national: Scheme) -> None:
    """All 3,000 enterprises of the sample are filled in, each with its amounts of last year, blank where it filed none."""
    begun_file = folder / "form.xlsx"
    assert run("template", "--previous", NATIONAL.parent / "samples" / "enterprises.csv", "-o", begun_file, "-q") == 0
    again = icredit.read(begun_file, national.model_copy(update={"checks": ()}), as_of=AS_OF)
    assert again.findings.is_empty()
    last = sample.frame.sort("uscc")
    for name, source in (
        ("rd_expense_last", "rd_expense"),
        ("revenue_last", "revenue"),
        *((n, n) for n in ("uscc", "name", "zone", "province", "founded", "technical_field")),
    ):
        assert again.frame[name].to_list() == last[source].to_list(), name
    assert again.frame["stage"].null_count() == again.frame["revenue"].null_count() == 3000


def test_amounts_in_another_unit(folder: Path) -> None:
    """Amounts filed in 元 stand in the form in 万元, exactly."""
    rows = [{CODE: credit_code(1), NAME: "示例", "营业收入（元）": "1234567.89", "研发费用金额（元）": "0.07"}]
    write_csv(folder / "last.csv", rows)
    (found,) = values(begun(folder, "last.csv"))
    assert (found[REVENUE_LAST], found[RD_LAST]) == (123.456789, 0.000007)


@pytest.mark.parametrize("ending", ["csv", "txt", "xlsx", "parquet"])
def test_every_kind_of_file(folder: Path, ending: str) -> None:
    """The form is the same whatever kind of file last year's submission is."""
    clean_csv(folder / "plain.csv", 3)
    rows = read_csv(folder / "plain.csv")
    path = folder / f"last.{ending}"
    if ending == "parquet":
        pl.DataFrame(rows).write_parquet(path)
    elif ending == "xlsx":
        book = openpyxl.Workbook()
        for line in (list(rows[0]), *(list(row.values()) for row in rows)):
            book.active.append(line)
        book.save(path)
    else:
        text = (folder / "plain.csv").read_text("utf-8")
        path.write_bytes(text.encode("gb18030" if ending == "txt" else "utf-8-sig"))
    assert values(begun(folder, path.name)) == values(begun(folder, "plain.csv"))


def test_order_and_duplicates(folder: Path) -> None:
    """Enterprises stand in order of their codes whatever the order of the file, and one filed twice alike stands once."""
    rows = [enterprise(number) for number in (5, 2, 9, 2, 4)]
    write_csv(folder / "last.csv", rows)
    codes = [row[CODE] for row in values(begun(folder, "last.csv"))]
    assert codes == sorted(credit_code(number) for number in (2, 4, 5, 9))


def test_rows_with_errors_are_left_out_and_told(folder: Path, capsys: Captured) -> None:
    """What had errors last year is not passed on: how many rows, and why, is said."""
    rows = [enterprise(1), enterprise(2, **{CODE: credit_code(2)[:-1]}), enterprise(3, **{"净利润（万元）": "abc"})]
    write_csv(folder / "last.csv", rows)

    assert [row[CODE] for row in values(begun(folder, "last.csv"))] == [credit_code(1)]

    told = capsys.readouterr()
    assert "1 enterprise filled in from last.csv" in told.out
    assert "2 of 3 rows of last.csv left out" in told.err
    for part in ("IC301", "IC201", "last.csv:3", "last.csv:4"):
        assert part in told.err


@pytest.mark.parametrize(
    "name", ["=1+1", '=HYPERLINK("x")', "+A1", "-A1", "@SUM(A1)", "'=1", "=", "#标题", "示例_x0041_"]
)
def test_a_text_that_begins_like_a_formula(folder: Path, national: Scheme, name: str) -> None:
    """It stays the text it is, in the form and when the form comes back."""
    write_csv(folder / "last.csv", [enterprise(1, **{NAME: name, "技术领域": name, STAGE: "成长期"})])

    (row,) = begun(folder, "last.csv")
    complete(folder / "form.xlsx", folder / "filled.xlsx", {STAGE: "成长期"})

    assert (row[NAME].data_type, row["技术领域"].data_type) == ("s", "s")
    back = icredit.read(folder / "filled.xlsx", national, as_of=AS_OF).frame
    assert back.select("name", "technical_field").rows() == [(name, name)]


def test_characters_that_a_workbook_cannot_hold(folder: Path, national: Scheme) -> None:
    """A control character in a name is escaped as workbooks do and comes back; no character makes a file unreadable."""
    names = ["示例\x07企业", "示例\ufffe企业", "示例\uffff企业"]
    write_csv(folder / "last.csv", [enterprise(n, **{NAME: name}) for n, name in enumerate(names)])
    begun(folder, "last.csv")
    complete(folder / "form.xlsx", folder / "filled.xlsx", {STAGE: "成长期"})
    found = icredit.read(folder / "filled.xlsx", national, as_of=AS_OF)
    assert (found.frame.height, found.frame["name"][0]) == (3, names[0])


def test_a_day_before_the_calendar_of_spreadsheets(folder: Path, national: Scheme) -> None:
    """A day that a spreadsheet cannot hold is written as text, and comes back as the day it is."""
    days = [date(1872, 12, 26), date(1900, 2, 28), date(1900, 3, 1), date(2024, 2, 29)]
    rows = [enterprise(n, 成立日期=str(day)) for n, day in enumerate(days)]
    write_csv(folder / "last.csv", rows)
    begun(folder, "last.csv")
    complete(folder / "form.xlsx", folder / "filled.xlsx", {STAGE: "成长期"})
    assert icredit.read(folder / "filled.xlsx", national, as_of=AS_OF).frame["founded"].to_list() == days


def test_checks_of_what_is_typed_reach_beyond_what_is_filled_in(folder: Path) -> None:
    """Drop-downs and checks hold for the rows filled in and for as many free ones as in a blank form."""
    clean_csv(folder / "last.csv", 7)
    begun(folder, "last.csv")
    page = page_of(folder / "form.xlsx")
    for one in page.data_validations.dataValidation:
        (area,) = one.sqref.ranges
        assert (area.min_row, area.max_row) == (2, 1 + 7 + template.ROWS)
    assert page.cell(1 + 7 + template.ROWS, 1).number_format == "@"


def test_what_the_file_does_not_say(folder: Path, capsys: Captured) -> None:
    """Columns that last year's file lacks are named, and stay blank."""
    write_csv(folder / "last.csv", [{CODE: credit_code(1), NAME: "示例", REVENUE: "5"}])
    (row,) = values(begun(folder, "last.csv"))
    assert row == {CODE: credit_code(1), NAME: "示例", REVENUE_LAST: 5}
    note = next(line for line in capsys.readouterr().err.splitlines() if "does not say" in line)
    for label, named in (("成立日期", True), ("技术领域", True), ("上年研发费用金额", True), ("上年营业收入", False)):
        assert (label in note) == named


def test_quiet_is_quiet(folder: Path, capsys: Captured) -> None:
    """With --quiet nothing is said of what was left out or lacks."""
    write_csv(folder / "last.csv", [enterprise(1), enterprise(2, **{CODE: "x"})])
    begun(folder, "last.csv", "-q")
    assert capsys.readouterr() == ("", "")


# Other schemes


KEYS = """\
id: keys
title: {zh: 示例, en: Example}
edition: "1"
fields:
  stage: {label: {zh: 发展阶段, en: Stage}, type: choice, carry_over: true}
  sales: {label: {zh: 销售额, en: Sales}, type: amount, unit: 亿元}
  sales_last: {label: {zh: 上年销售额, en: Sales last year}, type: amount, unit: 元, last_year_of: sales}
  sales_before: {label: {zh: 前年销售额, en: Sales before}, type: amount, unit: 千元, last_year_of: sales_last}
  quota: {label: {zh: 占比, en: Quota}, type: share, unit: "%"}
  quota_last: {label: {zh: 上年占比, en: Quota last year}, type: share, last_year_of: quota}
  heads_last: {label: {zh: 上年人数, en: Heads last year}, type: count, unit: 名, last_year_of: heads}
  heads: {label: {zh: 人数, en: Heads}, type: count, unit: 人, required: true}
  listed: {label: {zh: 上市, en: Listed}, type: flag, carry_over: true}
  kind: {label: {zh: 类型, en: Kind}, type: choice, carry_over: true, choices: [{id: a, label: {zh: 甲, en: A}}]}
  hidden: {label: {zh: 不问, en: Hidden}, type: text, carry_over: true, template: false}
stages: [{id: young, label: {zh: 青年期, en: Young}, when: "sales < 1"}, {id: old, label: {zh: 老年期, en: Old}, when: "sales >= 1"}]
indicators:
  - {id: sales, label: {zh: 销售额, en: Sales}, unit: 亿元, value: sales, normalise: {method: goalposts, lower: 0, upper: 4}}
  - {id: double, label: {zh: 两倍, en: Double}, unit: 亿元, value: 2 * sales, normalise: {method: goalposts, lower: 0, upper: 4}}
"""


def test_fields_of_every_kind(folder: Path) -> None:
    """Amounts and shares go into the unit of this year's field, choices, flags and a stage kept on purpose into words."""
    (folder / "keys.yaml").write_text(KEYS, "utf-8")
    row = {
        CODE: credit_code(1),
        NAME: "示例",
        STAGE: "old",
        "销售额": "1.2345",
        "上年销售额": "70",
        "占比": "12.3",
        "人数": "7",
        "上市": "有",
        "类型": "a",
        "不问": "x",
    }
    write_csv(folder / "last.csv", [row])
    (found,) = values(begun(folder, "last.csv", "--scheme", "keys.yaml"))
    assert found == {
        CODE: credit_code(1),
        NAME: "示例",
        STAGE: "老年期",
        "上市": "是",
        "类型": "甲",
        "上年销售额（元）": 123450000,
        "前年销售额（千元）": 0.07,
        "上年占比": 0.123,
        "上年人数（名）": 7,
    }


@given(number=st.floats(-1e15, 1e15, allow_nan=False), by=st.integers(-8, 8))
def test_moving_the_decimal_point_is_exact(number: float, by: int) -> None:
    """The number nearest to what the digits say with their point moved; nothing is lost on the way."""
    assert units.moved(number, by) == float(Fraction(repr(number)) * Fraction(10) ** by)


PROFIT, ZONES = icredit.load_scheme(NATIONAL).fields["net_profit"], icredit.load_zones()


@settings(deadline=None, max_examples=30)
@given(numbers=st.lists(st.floats(-1e15, 1e15, allow_nan=False), min_size=1, max_size=30))
def test_every_digit_of_an_amount_is_written(numbers: list[float]) -> None:
    """What the workbook's file says of a number is that number; seventeen digits are kept where it takes seventeen."""
    book = openpyxl.Workbook()
    fill_in(book.active, {"net_profit": PROFIT}, pl.DataFrame({"net_profit": numbers}), ZONES)
    cells = [book.active.cell(line, 1) for line in range(2, len(numbers) + 2)]
    assert [float(str(cell.value)) for cell in cells] == numbers
    assert {cell.data_type for cell in cells} == {"n"}


# From a scored table


def scored(folder: Path, name: str, *words: str, rows: Sequence[Mapping[str, str]] | None = None) -> str:
    """Score a few enterprises and return the name of the table."""
    write_csv(folder / "source.csv", rows or [enterprise(n, **{REVENUE: f"{3000 + n}.07"}) for n in (3, 1, 2)])
    assert run("score", "source.csv", "-o", name, "-q", "--scheme", NATIONAL, *words) == 0
    return name


@pytest.mark.parametrize(
    ("ending", "labels"),
    [("csv", "id"), ("xlsx", "id"), ("parquet", "id"), ("ndjson", "id"), ("csv", "zh"), ("xlsx", "zh"), ("csv", "en")],
)
def test_a_scored_table_with_values(folder: Path, ending: str, labels: str) -> None:
    """In any format and language it gives identity and the amounts that are values, exactly; never a score."""
    table = scored(folder, f"scores.{ending}", "--values", "--labels", labels)
    assert values(begun(folder, table)) == [
        {
            CODE: credit_code(n),
            NAME: f"示例企业{n}号",
            ZONE: "长沙高新区",
            PROVINCE: "湖南",
            RD_LAST: 300 + n,
            REVENUE_LAST: float(f"{3000 + n}.07"),
        }
        for n in (1, 2, 3)
    ]


def test_a_scored_table_without_values(folder: Path, capsys: Captured) -> None:
    """It gives identity alone; what it does not say is named."""
    rows = values(begun(folder, scored(folder, "scores.csv")))
    assert [set(row) for row in rows] == [set(IDENTITY)] * 3
    told = capsys.readouterr().err
    assert "does not say" in told
    assert "上年营业收入" in told


def test_a_derived_stage_is_not_carried_over(folder: Path) -> None:
    """The stage in a scored table is last year's judgement, even for a scheme that keeps filed stages."""
    (folder / "keys.yaml").write_text(KEYS, "utf-8")
    write_csv(folder / "last.csv", [{CODE: credit_code(1), NAME: "示例", "销售额": "2", "人数": "7"}])
    assert run("score", "last.csv", "--scheme", "keys.yaml", "--values", "-q") == 0
    (row,) = values(begun(folder, "scores.csv", "--scheme", "keys.yaml"))
    assert row == {CODE: credit_code(1), NAME: "示例", "上年销售额（元）": 200000000}


def test_a_name_that_csv_made_harmless(folder: Path) -> None:
    """The apostrophe that a scored CSV puts before =1+1 is not part of the name."""
    table = scored(folder, "scores.csv", rows=[enterprise(1, **{NAME: "=1+1"})])
    assert "'=1+1" in (folder / table).read_text("utf-8-sig")
    (row,) = begun(folder, table)
    assert (row[NAME].value, row[NAME].data_type) == ("=1+1", "s")


def test_values_without_a_manifest(folder: Path, capsys: Captured) -> None:
    """Nobody knows their units, so they stay blank, and that is said."""
    table = scored(folder, "scores.csv", "--values")
    (folder / "scores.manifest.json").unlink()
    rows = values(begun(folder, table))
    assert [set(row) for row in rows] == [set(IDENTITY)] * 3
    assert "no manifest" in capsys.readouterr().err


def test_values_of_another_version_of_the_scheme(folder: Path, capsys: Captured) -> None:
    """They are filled in where the column states the unit of today's field, and the user is told to check them."""
    table = scored(folder, "scores.csv", "--values")
    manifest = json.loads((folder / "scores.manifest.json").read_text("utf-8"))
    manifest["scheme"]["sha256"] = "0" * 64
    column = next(one for one in manifest["output"]["columns"] if one["id"] == "rd_expense.value")
    column["unit"] = "亿元"
    (folder / "scores.manifest.json").write_text(json.dumps(manifest), "utf-8")
    rows = values(begun(folder, table))
    assert [set(row) for row in rows] == [{*IDENTITY, REVENUE_LAST}] * 3
    assert "another version of the scheme" in capsys.readouterr().err


def edit(folder: Path, change: Any) -> None:
    """Change the rows of scores.csv as somebody with a spreadsheet would."""
    rows = read_csv(folder / "scores.csv")
    change(rows)
    with (folder / "scores.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_code_that_a_spreadsheet_damaged(folder: Path, capsys: Captured) -> None:
    """A row whose code has become a number is left out and told."""
    scored(folder, "scores.csv", "--values")
    edit(folder, lambda rows: rows[0].update(uscc="9.19900E+17"))
    gone = read_csv(folder / "scores.csv")[0]["name"]
    names = [row[NAME] for row in values(begun(folder, "scores.csv"))]
    assert len(names) == 2
    assert gone not in names
    told = capsys.readouterr().err
    assert "1 of 3 rows of scores.csv left out" in told
    assert "IC303" in told
    assert "scores.csv:2" in told


def test_an_enterprise_twice_in_a_scored_table(folder: Path, capsys: Captured) -> None:
    """Rows that say the same are one enterprise; rows that differ are both left out, as in a submission."""
    scored(folder, "scores.csv", "--values")
    edit(folder, lambda rows: rows.append(dict(rows[0])))
    assert len(begun(folder, "scores.csv")) == 3
    edit(folder, lambda rows: rows[-1].update(name="示例另一家"))
    assert len(begun(folder, "scores.csv")) == 2
    assert "IC306" in capsys.readouterr().err


@pytest.mark.parametrize("gone", ["rank", "stage", "name"])
def test_a_scored_table_that_lost_a_column(folder: Path, capsys: Captured, gone: str) -> None:
    """It is refused; its scores are never taken for amounts."""
    scored(folder, "scores.csv", "--values")
    edit(folder, lambda rows: [row.pop(gone) for row in rows])
    assert run("template", "--previous", "scores.csv") == 3
    assert f"no column {gone}" in capsys.readouterr().err
    assert not (folder / "template.xlsx").exists()


def test_a_scored_table_with_a_score_that_is_none(folder: Path, capsys: Captured) -> None:
    """A table that was edited into nonsense is refused, not read as a submission."""
    scored(folder, "scores.csv")
    edit(folder, lambda rows: rows[0].update(score="good"))
    assert run("template", "--previous", "scores.csv") == 3
    assert "a score is not a number" in capsys.readouterr().err


# One zone


def test_only_one_zone(folder: Path, capsys: Captured) -> None:
    """--zone fills in the enterprises of that zone, by any of its names, from a submission and from a scored table."""
    rows = [enterprise(1), enterprise(2, **{ZONE: "西安高新区"}), enterprise(3, **{ZONE: ""}), enterprise(4)]
    table = scored(folder, "scores.csv", "--values", rows=rows)
    for file, zone in (("source.csv", "长沙高新区"), (table, "changsha")):
        found = values(begun(folder, file, "--zone", zone))
        assert [row[CODE] for row in found] == [credit_code(1), credit_code(4)]
    assert "2 enterprises filled in from scores.csv" in capsys.readouterr().out


def test_a_submission_without_a_zone_column(folder: Path) -> None:
    """All of it is of the zone named, as for `score`, and the form says so."""
    rows = [{key: cell for key, cell in enterprise(n).items() if key != ZONE} for n in (1, 2)]
    write_csv(folder / "last.csv", rows)
    found = values(begun(folder, "last.csv", "--zone", "长沙"))
    assert [(row[CODE], row[ZONE], row[PROVINCE]) for row in found] == [
        (credit_code(n), "长沙高新区", "湖南") for n in (1, 2)
    ]


def test_a_folder_of_submissions(folder: Path) -> None:
    """Last year's files of a whole folder begin one form."""
    (folder / "last").mkdir()
    for n in (2, 1):
        write_csv(folder / "last" / f"{n}.csv", [enterprise(n)])
    assert [row[CODE] for row in values(begun(folder, "last"))] == [credit_code(1), credit_code(2)]


def test_the_sheet_of_last_year(folder: Path) -> None:
    """--sheet says which sheet of last year's workbook is meant."""
    book = openpyxl.Workbook()
    for name, n in (("去年", 1), ("前年", 2)):
        page = book.create_sheet(name)
        for line in (list(enterprise(n)), list(enterprise(n).values())):
            page.append(line)
    book.save(folder / "last.xlsx")
    for name, n in (("去年", 1), ("前年", 2)):
        assert [row[CODE] for row in values(begun(folder, "last.xlsx", "--sheet", name))] == [credit_code(n)]


# What is refused


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["--zone", "changsha"], 2, "--previous"),
        (["--sheet", "x"], 2, "--previous"),
        (["--previous", "last.csv", "--zone", "nowhere"], 2, "unknown zone 'nowhere'"),
        (["--previous", "scores.csv", "--sheet", "x"], 2, "scored table"),
        (["--previous", "none.csv"], 3, "none.csv: no such file"),
        (["--previous", "", "--zone", "changsha"], 3, "no such file"),
        (["--previous", "last.csv", "--sheet", "x"], 3, "only a workbook has sheets"),
        (["--previous", "text.csv"], 3, "no header"),
        (["--previous", "form.xlsx", "-o", "form.xlsx", "--force"], 4, "would be overwritten"),
        (["--previous", "last.csv", "-o", "form.xlsx"], 4, "--force"),
        (["--previous", "last.csv", "--zone", "西安", "--force", "-o", "form.xlsx"], 1, "no enterprise of 西安高新区"),
        (["--previous", "blank.csv", "--force", "-o", "form.xlsx"], 1, "no enterprise to fill in, of 0 rows"),
        (["--previous", "wrong.csv", "--force", "-o", "form.xlsx"], 1, "1 row had errors"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    folder: Path, capsys: Captured, words: list[str], status: int, says: str
) -> None:
    """Each refusal has its status and its words, and leaves every file as it was."""
    clean_csv(folder / "last.csv", 2)
    (folder / "scores.csv").write_text("rank,uscc,name,zone,stage,status,score\n", "utf-8")
    write_csv(folder / "wrong.csv", [enterprise(1, **{CODE: "x"})])
    (folder / "blank.csv").write_text(",".join(enterprise(1)) + "\n", "utf-8")
    (folder / "text.csv").write_text("nothing,of\nthe,kind\n", "utf-8")
    (folder / "form.xlsx").write_bytes(b"hours of typing")
    before = snapshot(folder)
    capsys.readouterr()

    assert run("template", *words) == status

    assert says in capsys.readouterr().err
    assert snapshot(folder) == before


def test_more_enterprises_than_a_person_fills_in(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit the user is told to make one form a zone; at the limit the form is written."""
    clean_csv(folder / "last.csv", 3)
    monkeypatch.setattr(command, "MOST_FILLED_IN", 3)
    assert len(begun(folder, "last.csv")) == 3
    monkeypatch.setattr(command, "MOST_FILLED_IN", 2)
    assert run("template", "--previous", "last.csv") == 2
    assert "--zone" in capsys.readouterr().err
