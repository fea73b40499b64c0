"""`icredit validate --annotate` gives back the submitter's own workbook with the faults marked, and nothing else changed."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

import icredit as api
from command_line import CLEAN, clean_csv, enterprise, faulty_csv, icredit, snapshot
from filings import ods, unzipped, zipped
from icredit.intake.findings import SCHEMA
from icredit.output.annotate import annotate

Captured = pytest.CaptureFixture[str]

RED, AMBER, PLAIN = "FFFFC7CE", "FFFFEB9C", "00000000"
HEADERS = list(CLEAN)
PROFIT, ASSETS = "净利润（万元）", "净资产（万元）"


def address(header: str, row: int) -> str:
    """Return the cell of a column in a workbook of `book`."""
    return f"{'ABCDEFGHIJKLMNOP'[HEADERS.index(header)]}{row}"


def book(path: Path, *rows: Mapping[str, str]) -> openpyxl.Workbook:
    """Write a workbook with the header in row 1 and return it for further changes."""
    made = openpyxl.Workbook()
    made.active.title = "填报 数据"
    made.active.append(HEADERS)
    for row in rows:
        made.active.append([row[header] for header in HEADERS])
    made.save(path)
    return made


def faulty_book(path: Path) -> openpyxl.Workbook:
    """Write a workbook with an error in row 3, and a warning in row 4."""
    return book(
        path,
        enterprise(1),
        enterprise(2, **{PROFIT: "不是数字"}),
        enterprise(3, **{ASSETS: "-1"}),
        enterprise(4),
    )


def marked(path: Path, sheet: str = "填报 数据") -> dict[str, str]:
    """Return the coloured cells of a sheet below its header."""
    cells = [cell for row in openpyxl.load_workbook(path)[sheet].iter_rows(min_row=2) for cell in row]
    return {cell.coordinate: cell.fill.fgColor.rgb for cell in cells if cell.fill.fgColor.rgb != PLAIN}


def findings(path: Path) -> list[dict[str, Any]]:
    """Return the findings of a file without its name."""
    return api.read(path).findings.drop("file").to_dicts()


def finding(rule: str, **rest: Any) -> dict[str, Any]:
    """Return a finding on the sheet of `book`."""
    words = {"level": "error", "rule": rule, "message_zh": f"{rule}中文", "message_en": f"{rule} English"}
    return {**dict.fromkeys(SCHEMA), "file": "in.xlsx", "sheet": "填报 数据", **words, **rest}


def annotated(path: Path, found: Sequence[Mapping[str, Any]]) -> openpyxl.Workbook:
    """Return the workbook annotated with findings of any kind."""
    data = annotate(path, pl.DataFrame(list(found), schema=dict(SCHEMA), orient="row")).data
    return openpyxl.load_workbook(io.BytesIO(data))


# What is marked


def test_faulty_cells_are_coloured_and_commented(folder: Path, capsys: Captured) -> None:
    """An error is red, a warning amber; the comment says rule, level and message in both languages."""
    faulty_book(folder / "in.xlsx")

    assert icredit("validate", "in.xlsx", "--annotate", "checked.xlsx") == 1

    assert marked(folder / "checked.xlsx") == {address(PROFIT, 3): RED, address(ASSETS, 4): AMBER}
    page = openpyxl.load_workbook(folder / "checked.xlsx")["填报 数据"]
    comment = page[address(PROFIT, 3)].comment.text
    assert comment.endswith("\nIC201 错误 error\n应为数字\nnot a number")
    assert page[address(PROFIT, 3)].value == "不是数字"
    assert "in.xlsx: 2 findings marked in checked.xlsx" in capsys.readouterr().err


def test_one_comment_for_several_findings(folder: Path) -> None:
    """A cell with an error and a warning is red and has one comment with both, after what was written there before."""
    made = faulty_book(folder / "in.xlsx")
    made.active["C2"].comment = Comment("请核对\n第二行", "张三")
    made.save(folder / "in.xlsx")

    page = annotated(
        folder / "in.xlsx",
        [finding("IC402", row=2, cell="C2", level="warning"), finding("IC201", row=2, cell="B2, C2")],
    )["填报 数据"]

    assert [page[place].fill.fgColor.rgb for place in ("B2", "C2", "D2")] == [RED, RED, PLAIN]
    assert page["C2"].comment.author == "张三"
    text = page["C2"].comment.text
    assert text.startswith("请核对\n第二行\n")
    assert text.index("IC402 警告 warning") < text.index("IC201 错误 error")
    assert "IC402" not in page["B2"].comment.text


def test_findings_without_a_cell(folder: Path) -> None:
    """A finding on a row marks its first filled cell, one on the file or on an unknown sheet stands in the list alone."""
    made = faulty_book(folder / "in.xlsx")
    made.active["A3"].value = None
    made.save(folder / "in.xlsx")

    found = [finding("IC101", row=3), finding("IC110"), finding("IC305", sheet="别的", row=2), finding("IC101", row=99)]
    checked = annotated(folder / "in.xlsx", found)

    coloured = [cell.coordinate for row in checked["填报 数据"] for cell in row if cell.fill.fgColor.rgb != PLAIN]
    assert coloured == ["B3", "A99"]
    assert [checked["校验结果"].cell(row, 2).value for row in range(5, 9)] == [one["rule"] for one in found]


def test_merged_cells(folder: Path) -> None:
    """A finding inside merged cells marks the one that can be seen."""
    made = faulty_book(folder / "in.xlsx")
    made.active.merge_cells("B3:C4")
    made.save(folder / "in.xlsx")

    page = annotated(folder / "in.xlsx", [finding("IC201", row=4, cell="C4")])["填报 数据"]

    assert page["B3"].fill.fgColor.rgb == RED
    assert "IC201" in page["B3"].comment.text
    assert [str(area) for area in page.merged_cells.ranges] == ["B3:C4"]


def test_the_list_links_to_the_cells(folder: Path) -> None:
    """The workbook opens with the list of all findings, each with a link to its cell, and no text of it is a formula."""
    faulty_book(folder / "in.xlsx")

    checked = annotated(
        folder / "in.xlsx",
        [finding("IC201", row=3, cell="C3, D3", value="=1+1"), finding("IC101", row=4, name="示\x07例")],
    )

    page = checked.active
    assert (checked.sheetnames, page.title) == (["校验结果", "填报 数据"], "校验结果")
    assert [sheet.sheet_view.tabSelected for sheet in checked] == [True, False]
    assert page["A1"].value.endswith("错误2项，警告0项  2 errors, 0 warnings")
    assert [page.cell(row, 3).hyperlink.location for row in (5, 6)] == ["'填报 数据'!C3", "'填报 数据'!A4"]
    assert (page["F5"].value, page["F5"].data_type) == ("=1+1", "s")
    assert page["D6"].value == r"示\x07例"


@pytest.mark.parametrize("lines", [1, 12])
def test_comments_fit_their_text(folder: Path, lines: int) -> None:
    """A comment has room for each of its lines and for a line more."""
    faulty_book(folder / "in.xlsx")

    data = annotate(
        folder / "in.xlsx",
        pl.DataFrame(
            [finding("IC201", row=2, cell="B2", message_zh="\n".join("字" * lines))], schema=dict(SCHEMA), orient="row"
        ),
    ).data

    (drawing,) = [part for name, part in unzipped(data).items() if name.endswith(".vml")]
    (height,) = re.findall(rb"height:(\d+)px", drawing)
    assert int(height) >= 16 * (lines + 4)


# What comes back


def test_the_copy_is_read_like_the_original(folder: Path) -> None:
    """Validating the copy finds the same, and annotating it again marks the same once."""
    faulty_book(folder / "in.xlsx")
    before = findings(folder / "in.xlsx")

    for name, source in (("first.xlsx", "in.xlsx"), ("second.xlsx", "first.xlsx")):
        assert icredit("validate", source, "--annotate", name, "--quiet") == 1
        assert findings(folder / name) == before
    sheets = [openpyxl.load_workbook(folder / name) for name in ("first.xlsx", "second.xlsx")]
    assert sheets[0].sheetnames == sheets[1].sheetnames
    place = address(PROFIT, 3)
    assert sheets[0]["填报 数据"][place].comment.text == sheets[1]["填报 数据"][place].comment.text


def test_a_corrected_copy_loses_its_marks(folder: Path) -> None:
    """What was corrected in the copy is no longer marked in the next one; the submitter's comment stays."""
    made = faulty_book(folder / "in.xlsx")
    made.active[address(PROFIT, 3)].comment = Comment("请核对", "张三")
    made.save(folder / "in.xlsx")
    icredit("validate", "in.xlsx", "--annotate", "checked.xlsx", "--quiet")
    copy = openpyxl.load_workbook(folder / "checked.xlsx")
    copy["填报 数据"][address(PROFIT, 3)] = "5"
    copy.save(folder / "corrected.xlsx")

    assert icredit("validate", "corrected.xlsx", "--annotate", "again.xlsx", "--quiet") == 0

    assert marked(folder / "again.xlsx") == {address(ASSETS, 4): AMBER}
    assert openpyxl.load_workbook(folder / "again.xlsx")["填报 数据"][address(PROFIT, 3)].comment.text == "请核对"


def test_the_rest_of_the_workbook_stays(folder: Path) -> None:
    """Other sheets, fonts, fills, widths, drop-downs, rich text and hidden sheets are as they were."""
    made = faulty_book(folder / "in.xlsx")
    page = made.active
    page["A1"].value = CellRichText(TextBlock(InlineFont(color="FFFF0000"), "统一社会"), "信用代码")
    page["B3"].font, page["B3"].fill = Font(bold=True, name="等线"), PatternFill("solid", fgColor="FF00FF00")
    page[address(PROFIT, 3)].font = Font(italic=True)
    page.column_dimensions["B"].width = 33
    page.add_data_validation(DataValidation(type="list", formula1='"是,否"', sqref="C2:C9"))
    made.create_sheet("说明")["A1"] = "说明"
    made.create_sheet("选项").sheet_state = "hidden"
    made.save(folder / "in.xlsx")

    icredit("validate", "in.xlsx", "--annotate", "checked.xlsx", "--quiet")

    checked = openpyxl.load_workbook(folder / "checked.xlsx", rich_text=True)
    kept = checked["填报 数据"]
    assert checked.sheetnames == ["校验结果", "填报 数据", "说明", "选项"]
    assert str(kept["A1"].value) == HEADERS[0]
    assert isinstance(kept["A1"].value, CellRichText)
    assert (kept["B3"].font.b, kept["B3"].fill.fgColor.rgb) == (True, "FF00FF00")
    assert kept[address(PROFIT, 3)].font.i
    assert kept.column_dimensions["B"].width == 33
    assert str(kept.data_validations.dataValidation[0].sqref) == "C2:C9"
    assert (checked["说明"]["A1"].value, checked["选项"].sheet_state) == ("说明", "hidden")
    values = [[cell.value for cell in row] for row in kept.iter_rows(min_row=2)]
    assert values == [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]


def test_formulas_keep_their_values(folder: Path) -> None:
    """Formulas stay formulas and what they last came to stays beside them, so that the copy can be read at once."""
    content = folder / "in.xlsx"
    with xlsxwriter.Workbook(content) as made:
        page = made.add_worksheet("填报 & 数据")
        page.write_row(0, 0, HEADERS)
        for number in (1, 2):
            page.write_row(number, 0, list(enterprise(number).values()))
        profit, assets, name = (HEADERS.index(header) for header in (PROFIT, ASSETS, "企业名称"))
        page.write_formula(1, profit, "=1/3", None, 1 / 3)
        page.write_formula(1, assets, "=0-5", None, -5)
        page.write_formula(2, profit, '="不是"&"数<字"', None, "不是数<字")
        page.write_formula(2, name, '=IF(TRUE,"甲 ","")', None, "甲 ")
    before = findings(content)
    assert [one["value"] for one in before] == ["-5.0", "不是数<字"]

    icredit("validate", "in.xlsx", "--annotate", "checked.xlsx", "--quiet")

    assert findings(folder / "checked.xlsx") == before
    formulas = openpyxl.load_workbook(folder / "checked.xlsx")["填报 & 数据"]
    values = openpyxl.load_workbook(folder / "checked.xlsx", data_only=True)["填报 & 数据"]
    assert formulas[address(PROFIT, 2)].value == "=1/3"
    assert formulas[address(PROFIT, 3)].value == '="不是"&"数<字"'
    assert [values[address(header, 2)].value for header in (PROFIT, ASSETS)] == [pytest.approx(1 / 3), -5]
    assert [values[address(header, 3)].value for header in (PROFIT, "企业名称")] == ["不是数<字", "甲 "]


def macro_book(path: Path) -> None:
    """Write a workbook that holds a project of macros."""
    faulty_book(path)
    parts = unzipped(path.read_bytes())
    kinds, links = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts[kinds] = parts[kinds].replace(main, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    parts[kinds] = parts[kinds].replace(
        b"<Override", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override', 1
    )
    parts[links] = parts[links].replace(
        b"</Relationships>",
        b'<Relationship Id="macros" Target="vbaProject.bin" '
        b'Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"/></Relationships>',
    )
    parts["xl/vbaProject.bin"] = b"macros"
    path.write_bytes(zipped(parts))


def test_macros_stay(folder: Path, capsys: Captured) -> None:
    """The copy of an .xlsm is an .xlsm with its macros; no other ending will do."""
    macro_book(folder / "in.xlsm")

    assert icredit("validate", "in.xlsm", "--annotate", "checked.xlsx") == 2
    assert "must end in .xlsm" in capsys.readouterr().err
    assert icredit("validate", "in.xlsm", "--annotate", "checked.xlsm") == 1

    parts = unzipped((folder / "checked.xlsm").read_bytes())
    assert parts["xl/vbaProject.bin"] == b"macros"
    assert b"macroEnabled" in parts["[Content_Types].xml"]
    assert findings(folder / "checked.xlsm") == findings(folder / "in.xlsm")


def test_what_is_lost_is_told(folder: Path, capsys: Captured) -> None:
    """What openpyxl cannot write back is named, never dropped in silence."""
    faulty_book(folder / "in.xlsx")
    parts = unzipped((folder / "in.xlsx").read_bytes())
    parts["xl/media/image1.png"] = parts["xl/media/image2.png"] = b"picture"
    (folder / "in.xlsx").write_bytes(zipped(parts))

    icredit("validate", "in.xlsx", "--annotate", "checked.xlsx")

    assert "checked.xlsx: the copy lacks 2 pictures of the original" in capsys.readouterr().err


# Where the copies go


def test_a_folder_of_copies(folder: Path, capsys: Captured) -> None:
    """Every workbook with findings gets its copy in the folder, which is made; the others and other kinds are told."""
    for name in ("a", "b"):
        (folder / "in" / name).mkdir(parents=True)
    faulty_book(folder / "in" / "a" / "长沙.xlsx")
    book(folder / "in" / "b" / "长沙.xlsx", enterprise(11, **{PROFIT: "x"}))
    book(folder / "in" / "b" / "clean.xlsx", enterprise(21))
    faulty_csv(folder / "in" / "b" / "flat.csv", 0, 1)
    copies = folder / "out" / "checked"
    copies.mkdir(parents=True)
    (copies / "clean.checked.xlsx").write_bytes(b"of an earlier check")

    assert icredit("validate", "in/a", "in/b", "--annotate", "out/checked") == 1

    err = capsys.readouterr().err
    assert sorted(path.name for path in copies.iterdir()) == ["长沙.checked-2.xlsx", "长沙.checked.xlsx"]
    assert marked(copies / "长沙.checked-2.xlsx").keys() == {address(PROFIT, 2)}
    assert "in/b/clean.xlsx: no findings" in err
    assert "only .xlsx and .xlsm can be: in/b/flat.csv" in err


def test_a_copy_into_a_folder(folder: Path) -> None:
    """A single workbook can be copied into a folder as well, with nothing but its copy in it."""
    faulty_book(folder / "in.xlsx")

    assert icredit("validate", "in.xlsx", "--annotate", "checked", "--quiet") == 1

    assert [path.name for path in (folder / "checked").iterdir()] == ["in.checked.xlsx"]


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        (["in.csv", "--annotate", "out.xlsx"], 2, "in.csv: only .xlsx and .xlsm workbooks can be annotated"),
        (["in.ods", "--annotate", "out.ods"], 2, "in.ods: only .xlsx and .xlsm workbooks can be annotated"),
        (["-", "--annotate", "out"], 2, "only .xlsx and .xlsm workbooks can be annotated"),
        (["in.xlsx", "--annotate", "out.xls"], 2, "must end in .xlsx"),
        (["in.xlsx", "b.xlsx", "--annotate", "out.xlsx"], 2, "name a folder"),
        (["in.xlsx", "--annotate", "."], 2, "the submissions themselves stand there"),
        (["in.xlsx", "--annotate", "in.xlsx"], 4, "is an input of this run"),
        (["in.xlsx", "--annotate", "link.xlsx"], 4, "is an input of this run"),
        (["in.xlsx", "--annotate", "out.xlsx", "-o", "./out.xlsx"], 2, "cannot write the same file"),
        (["in.xlsx", "--annotate", "missing/out.xlsx"], 4, "the folder does not exist"),
        (["in.xlsx", "--annotate", "in.csv/out"], 4, "not a folder"),
        (["odd.xlsx", "--annotate", "out.xlsx"], 3, "odd.xlsx: no annotated copy can be made"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_refusals(folder: Path, capsys: Captured, words: list[str], status: int, reason: str) -> None:
    """What cannot be annotated or must not be overwritten is refused in two lines, and nothing is written."""
    clean_csv(folder / "in.csv")
    faulty_book(folder / "in.xlsx")
    book(folder / "b.xlsx", enterprise(11))
    (folder / "in.ods").write_bytes(ods({"填报": [HEADERS, list(enterprise(1).values())]}))
    (folder / "link.xlsx").symlink_to("in.xlsx")
    odd_book(folder / "odd.xlsx")
    before = snapshot(folder)

    assert icredit("validate", *words) == status

    told = capsys.readouterr()
    assert reason in told.err
    assert told.out == ""
    assert len(told.err.splitlines()) <= 2
    assert snapshot(folder) == before


def odd_book(path: Path) -> None:
    """Write a workbook with a style that is not there: calamine reads it, openpyxl raises an IndexError."""
    faulty_book(path)
    parts = unzipped(path.read_bytes())
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'<c r="A2"', b'<c s="999" r="A2"')
    path.write_bytes(zipped(parts))


def test_an_odd_workbook_among_several(folder: Path, capsys: Captured) -> None:
    """A workbook that cannot be copied is told, and the others are copied."""
    (folder / "in").mkdir()
    odd_book(folder / "in" / "odd.xlsx")
    book(folder / "in" / "plain.xlsx", enterprise(11, **{PROFIT: "x"}))

    assert icredit("validate", "in", "--annotate", "out") == 1

    assert [path.name for path in (folder / "out").iterdir()] == ["plain.checked.xlsx"]
    assert "in/odd.xlsx: no annotated copy can be made" in capsys.readouterr().err
