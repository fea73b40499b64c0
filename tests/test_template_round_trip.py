"""The blank workbook asks for what the scheme needs and, filled in, is read and scored without a finding."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import icredit
from command_line import credit_code, read_csv
from command_line import icredit as run
from conftest import AS_OF, NATIONAL
from forms import entries_of, headers_of, page_of, validation_of
from icredit.scheme import Scheme

Captured = pytest.CaptureFixture[str]

# Clean values for every kind of header, and what the row that they make must be read as.
FILED: dict[str, Any] = {
    "所属高新区": "长沙高新区",
    "所在省份": "湖南",
    "发展阶段": "成长期",
    "成立日期": date(2015, 3, 1),
    "技术领域": "电子信息",
    "严重失信": "否",
    "职工总数（人）": 120,
    "科技人员数（人）": 40,
    "研究生以上人员数（人）": 15,
    "营业收入（万元）": 3000.5,
    "高新技术产品收入（万元）": 2000,
    "上年营业收入（万元）": 2500,
    "研发费用金额（万元）": 300.25,
    "上年研发费用金额（万元）": 250,
}


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The blank workbook of the national scheme."""
    path = tmp_path_factory.mktemp("form") / "填报表.xlsx"
    assert run("template", "-o", path, "--scheme", NATIONAL, "--quiet") == 0
    return path


def fill(form: Path, target: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Fill rows into a copy of the form; a header that a row does not name gets 1 where a number is asked for."""
    book = openpyxl.load_workbook(form)
    page = book[book.active.title]
    for number, row in enumerate(rows, start=2):
        for header, column in headers_of(page).items():
            value = row.get(header, 1 if "（" in header else None)
            if value is not None:
                page.cell(number, column).value = value
    book.save(target)
    return target


def filing(number: int, **cells: Any) -> dict[str, Any]:
    """Return a clean row."""
    return {"统一社会信用代码": credit_code(number), "企业名称": f"示例企业{number}号", **FILED, **cells}


# What the form looks like


def test_headers_are_the_fields_with_their_units(form: Path, national: Scheme) -> None:
    """There is a column for each identity field and each field of the scheme that is to be asked for, in its order."""
    asked = [spec for name, spec in national.fields.items() if spec.template]
    assert list(headers_of(page_of(form))) == [
        *["统一社会信用代码", "企业名称", "所属高新区", "所在省份", "发展阶段"],
        *(f"{spec.label.zh}（{spec.unit}）" if spec.unit else spec.label.zh for spec in asked),
    ]
    assert "营业收入（万元）" in headers_of(page_of(form))
    assert "营业收入增长率（%）" not in headers_of(page_of(form)), "a rate is computed from amounts"


def test_every_column_has_a_note(form: Path, national: Scheme) -> None:
    """A note at each header says the English label, the unit, and whether the column must be filled."""
    page = page_of(form)
    notes = {header: page.cell(1, column).comment.text for header, column in headers_of(page).items()}
    for spec in national.fields.values():
        if spec.template:
            note = notes[f"{spec.label.zh}（{spec.unit}）" if spec.unit else spec.label.zh]
            assert spec.label.en in note
            assert spec.unit is None or spec.unit in note
    assert "必填" in notes["统一社会信用代码"]
    assert "必填" in notes["企业名称"]
    assert sum("必填" in note for note in notes.values()) == 2
    assert "没有数据请留空" in notes["净利润（万元）"]
    assert "本年度研发费用合计" in notes["研发费用金额（万元）"]


def test_the_header_is_frozen(form: Path) -> None:
    """Header, code and name stay in view."""
    assert page_of(form).freeze_panes == "C2"


def test_codes_typed_in_stay_text(form: Path) -> None:
    """The cells for codes, and the whole column below them, are formatted as text before anything is typed."""
    page = page_of(form)
    column = headers_of(page)["统一社会信用代码"]
    letter = page.cell(1, column).column_letter
    assert page.column_dimensions[letter].number_format == "@"
    assert {page.cell(row, column).number_format for row in range(2, 1000)} == {"@"}


def test_lists_are_hidden_and_help_is_there(form: Path) -> None:
    """The workbook opens with the form; beside it stand a page of help and the hidden lists."""
    book = openpyxl.load_workbook(form)
    assert book.active.title == book.sheetnames[0]
    assert [page.sheet_state for page in book.worksheets].count("visible") == 2
    help_page = book.worksheets[1]
    texts = {cell.value for row in help_page.iter_rows() for cell in row}
    assert {"营业收入", "Revenue", "万元"} <= texts


def test_nothing_in_the_form_is_a_formula(form: Path) -> None:
    """Headers, help and lists are text."""
    for page in openpyxl.load_workbook(form).worksheets:
        assert not [cell.coordinate for row in page.iter_rows() for cell in row if cell.data_type == "f"]


def test_numbers_are_checked_as_they_are_typed(form: Path, national: Scheme) -> None:
    """Amounts take decimals within the field's bounds, counts take whole numbers from 0."""
    page = page_of(form)
    for name, spec in national.fields.items():
        if not spec.template or spec.type not in ("amount", "count", "share"):
            continue
        found = validation_of(page, headers_of(page)[f"{spec.label.zh}（{spec.unit}）"])
        assert found is not None, name
        assert found.type == ("whole" if spec.type == "count" else "decimal"), name
        assert found.operator == "between"
        assert found.showErrorMessage
        low = 0.0 if spec.type == "count" else spec.minimum
        assert float(found.formula1) == (low if low is not None else -1e15), name
        assert float(found.formula2) == (spec.maximum if spec.maximum is not None else 1e15), name
        assert found.allow_blank


def test_checks_reach_as_far_as_the_form(form: Path) -> None:
    """What is checked in the first row is checked in at least a thousand."""
    page = page_of(form)
    for one in page.data_validations.dataValidation:
        (area,) = one.sqref.ranges
        assert (area.min_row, area.max_row >= 1001) == (2, True)


# What comes back


def test_a_filled_form_has_no_finding(folder: Path, form: Path, capsys: Captured) -> None:
    """Several enterprises typed into the form are scored, and there is nothing to say on standard error."""
    rows = [filing(number, **{"营业收入（万元）": 2500 + number}) for number in range(1, 8)]
    fill(form, folder / "filled.xlsx", rows)

    assert run("score", "filled.xlsx", "--as-of", "2026-01-15") == 0

    told = capsys.readouterr()
    counts = json.loads((folder / "scores.manifest.json").read_text("utf-8"))["counts"]
    assert (counts["rows_read"], counts["scored"]) == (7, 7)
    assert (counts["errors"], counts["warnings"]) == (0, 0)
    assert {row["uscc"] for row in read_csv(folder / "scores.csv")} == {credit_code(number) for number in range(1, 8)}
    assert {row["coverage"] for row in read_csv(folder / "scores.csv")} == {"1.0"}
    assert told.err == ""


def test_values_come_back_as_they_were_typed(folder: Path, form: Path, national: Scheme) -> None:
    """Texts, dates, choices, flags, amounts and counts are read as what was typed."""
    fill(form, folder / "filled.xlsx", [filing(1)])

    row = icredit.read(folder / "filled.xlsx", national, as_of=AS_OF).frame.row(0, named=True)

    expected = {
        "uscc": credit_code(1),
        "name": "示例企业1号",
        "zone": "changsha",
        "province": "湖南",
        "stage": "growth",
        "founded": date(2015, 3, 1),
        "technical_field": "电子信息",
        "serious_dishonesty": False,
        "revenue": 3000.5,
        "rd_expense": 300.25,
        "staff": 120,
        "awards": 1,
        "net_profit": 1.0,
    }
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("header", ["所属高新区", "发展阶段", "严重失信"])
def test_every_entry_of_a_drop_down_is_read(folder: Path, form: Path, national: Scheme, header: str) -> None:
    """Whatever is picked from a list is understood, each entry as something else, and the lists are complete."""
    entries = entries_of(page_of(form), headers_of(page_of(form))[header])
    known: dict[str, tuple[str, set[object]]] = {
        "所属高新区": ("zone", {zone.slug for zone in icredit.load_zones()}),
        "发展阶段": ("stage", {"startup", "growth", "mature"}),
        "严重失信": ("serious_dishonesty", {True, False}),
    }
    field, complete = known[header]
    # The province is left to the zone: filed for another zone it would be a warning.
    rows = [filing(number, **{"所在省份": None, header: entry}) for number, entry in enumerate(entries, start=1)]
    fill(form, folder / "filled.xlsx", rows)

    found = icredit.read(folder / "filled.xlsx", national, as_of=AS_OF)

    assert found.findings.is_empty()
    assert len(entries) == len(set(entries)) == len(complete)
    assert set(found.frame[field]) == complete


def test_an_untouched_form_has_no_rows(folder: Path, form: Path, national: Scheme) -> None:
    """Formatted cells without content are no enterprises."""
    assert icredit.read(form, national).rows_read == 0


def test_the_last_row_of_the_form(folder: Path, form: Path, national: Scheme) -> None:
    """The two thousandth enterprise is read like the first, and rows left free between them are none."""
    rows = [filing(1), *([dict.fromkeys(FILED | headers_of(page_of(form)))] * 1998), filing(2)]

    found = icredit.read(fill(form, folder / "filled.xlsx", rows), national, as_of=AS_OF)

    assert found.frame["uscc"].to_list() == [credit_code(1), credit_code(2)]
    assert found.frame["source_row"].to_list() == [2, 2001]
    assert (found.rows_read, found.findings.height) == (2, 0)


# The command


def test_what_the_command_says(folder: Path, capsys: Captured) -> None:
    """The default name is template.xlsx, and the line printed tells scheme, file and number of columns."""
    assert run("template") == 0

    out = capsys.readouterr().out
    assert "创新积分制" in out
    assert "template.xlsx" in out
    assert f"{len(headers_of(page_of(folder / 'template.xlsx')))} columns" in out


def test_a_form_that_may_have_been_filled_in(folder: Path, capsys: Captured) -> None:
    """An existing file is replaced only with --force."""
    (folder / "form.xlsx").write_bytes(b"hours of typing")

    assert run("template", "-o", "form.xlsx") == 4
    assert (folder / "form.xlsx").read_bytes() == b"hours of typing"
    assert "--force" in capsys.readouterr().err

    assert run("template", "-o", "form.xlsx", "--force") == 0
    assert headers_of(page_of(folder / "form.xlsx"))


OTHER = """\
id: other
title: {zh: 另一体系, en: Another scheme}
edition: "1"
basis: {indicators: official, weights: official, stages: official, normalisation: official, grades: official}
fields:
  zone: {label: {zh: 所属园区, en: Park}, type: text, required: true}
  turnover: {label: {zh: 成交额, en: Turnover}, type: amount, unit: 元, minimum: 1234567, maximum: 123456789012, required: true}
  rate: {label: {zh: 占比, en: Rate}, type: share, unit: "%", minimum: -12.345678, maximum: 100}
  visits: {label: {zh: 次数, en: Visits}, type: count, unit: 次, minimum: 5}
  listed: {label: {zh: 上市, en: Listed}, type: flag}
  kind:
    label: {zh: 类型, en: Kind}
    type: choice
    required: true
    choices:
      - {id: a, label: {zh: "甲,乙类", en: A}}
      - {id: b, label: {zh: "=丙类", en: B}}
      - {id: c, label: {zh: "1", en: C}}
  hidden: {label: {zh: 不问, en: Hidden}, type: text, template: false}
stages:
  - {id: young, label: {zh: 青年期, en: Young}, when: "turnover < 2000000"}
  - {id: old, label: {zh: 老年期, en: Old}, when: "turnover >= 2000000"}
indicators:
  - id: turnover
    label: {zh: 成交额, en: Turnover}
    value: turnover
    normalise: {method: goalposts, lower: 0, upper: 4000000}
"""


@pytest.fixture
def other(folder: Path) -> Path:
    """The form of a scheme with other fields and odd bounds."""
    (folder / "other.yaml").write_text(OTHER, "utf-8")
    assert run("template", "--scheme", "other.yaml", "-o", "other.xlsx", "--quiet") == 0
    return folder / "other.xlsx"


def test_the_form_of_another_scheme(other: Path) -> None:
    """Another scheme asks for its own fields, restated identity included, with its own choices and stages."""
    page = page_of(other)
    headers = headers_of(page)
    assert list(headers) == [
        *["统一社会信用代码", "企业名称", "所属园区", "所在省份", "发展阶段"],
        *["成交额（元）", "占比（%）", "次数（次）", "上市", "类型"],
    ]
    assert entries_of(page, headers["发展阶段"]) == ["青年期", "老年期"]
    assert entries_of(page, headers["类型"]) == ["甲,乙类", "=丙类", "1"]
    assert entries_of(page, headers["上市"]) == ["是", "否"]
    assert "长沙高新区" in entries_of(page, headers["所属园区"])


def test_bounds_are_exact(other: Path) -> None:
    """The bounds that are checked while typing are the scheme's, to the last digit."""
    page = page_of(other)
    headers = headers_of(page)
    bounds = {}
    for header in ("成交额（元）", "占比（%）", "次数（次）"):
        found = validation_of(page, headers[header])
        assert found is not None
        bounds[header] = (float(found.formula1), float(found.formula2))
    assert bounds["成交额（元）"] == (1234567.0, 123456789012.0)
    assert bounds["占比（%）"] == (-12.345678, 100.0)
    assert bounds["次数（次）"] == (5.0, 1e15)


def test_an_entry_that_looks_like_a_formula_is_text(other: Path) -> None:
    """A choice whose label begins with = is an entry of the list, not a formula."""
    for page in openpyxl.load_workbook(other).worksheets:
        assert not [cell.coordinate for row in page.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_form_of_another_scheme_comes_back(other: Path, folder: Path) -> None:
    """Filled in at its bounds, it is read without a finding."""
    rows = [
        {
            "统一社会信用代码": credit_code(number),
            "企业名称": "示例",
            "所属园区": "长沙高新区",
            "发展阶段": "老年期",
            "成交额（元）": turnover,
            "占比（%）": rate,
            "次数（次）": 5,
            "上市": "是",
            "类型": kind,
        }
        for number, (turnover, rate, kind) in enumerate(
            [(1234567, -12.345678, "甲,乙类"), (123456789012, 100, "1")], start=1
        )
    ]
    fill(other, folder / "filled.xlsx", rows)

    found = icredit.read(folder / "filled.xlsx", icredit.load_scheme(folder / "other.yaml"), as_of=AS_OF)

    assert found.findings.is_empty(), found.findings
    assert found.frame["kind"].to_list() == ["a", "c"]
    assert found.frame["turnover"].to_list() == [1234567.0, 123456789012.0]


def test_zones_of_ones_own_are_in_the_list(folder: Path) -> None:
    """`--zones` adds to the drop-down what it adds to the register."""
    (folder / "more.csv").write_text(
        "slug,short_name,full_name,province\nmore,湘示,湘示高新技术产业园区,湖南\n", "utf-8"
    )
    assert run("template", "--zones", "more.csv", "--quiet") == 0

    page = page_of(folder / "template.xlsx")
    assert "湘示高新区" in entries_of(page, headers_of(page)["所属高新区"])


def test_required_columns_stand_out(form: Path) -> None:
    """The headers of columns that must be filled have another colour than the rest."""
    page = page_of(form)
    colours = {header: page.cell(1, column).fill.fgColor.rgb for header, column in headers_of(page).items()}
    required = {colours.pop("统一社会信用代码"), colours.pop("企业名称")}
    assert len(required) == 1
    assert not required & set(colours.values())


def test_a_scheme_without_stages_asks_for_none(folder: Path) -> None:
    """The form has no column for a stage; a stage filed all the same is taken as it stands, and is no error."""
    rules = icredit.load_scheme("tech-sme-2017")
    assert not rules.stages
    assert run("template", "--scheme", "tech-sme-2017", "-o", "form.xlsx", "--quiet") == 0
    assert "发展阶段" not in headers_of(page_of(folder / "form.xlsx"))

    (folder / "filed.csv").write_text(
        f"统一社会信用代码,企业名称,发展阶段\n{credit_code(1)},示例企业,萌芽期\n", "utf-8"
    )
    found = icredit.read("filed.csv", rules, as_of=AS_OF)

    assert found.errors.is_empty()
    assert found.frame["stage"].to_list() == ["萌芽期"]
