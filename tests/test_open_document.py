"""OpenDocument spreadsheets: every cell exactly, repeated ones at no cost, and damage refused at once."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import filings
from filings import Formula, Shown, Wrong
from grids import cells, faults, numbers, refusal, shown_all, spoiled, survives
from icredit.intake.sources.grid import Content, Grid
from icredit.intake.sources.ods import read_grids


def read(data: bytes) -> list[Grid]:
    """The sheets of a workbook."""
    return read_grids(Content("file", data))


def row(*tags: str, repeated: int = 1) -> str:
    """A row of cells that are XML already."""
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(tags)}</table:table-row>'


def cell(text: str = "", said: str = "") -> str:
    """A cell with what is inside and what its tag says."""
    return f"<table:table-cell {said}>{text}</table:table-cell>"


def blank(repeated: int) -> str:
    """Cells without anything."""
    return f'<table:table-cell table:number-columns-repeated="{repeated}"/>'


def sheet(*rows: str, settings: str = "") -> Grid:
    """The one sheet of a workbook of rows that are XML already."""
    table = f'<table:table table:name="填报">{"".join(rows)}</table:table>'
    (grid,) = read(filings.ods_of(table, settings=settings))
    return grid


anything = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**53), 2**53).map(float)
    | st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]) | st.sampled_from(" \t\n"), max_size=20)
    | st.builds(Shown, st.floats(-1e6, 1e6).map(lambda number: round(number, 6)), st.sampled_from(["0.00", "0.0%"]))
    | st.dates()
    | st.datetimes().map(lambda moment: moment.replace(microsecond=0))
    | st.times().map(lambda time: time.replace(microsecond=0))
)


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.lists(anything, max_size=5), max_size=5))
def test_every_cell_is_what_was_written(rows: list[list[filings.AnyCell]]) -> None:
    """Numbers, texts with any blanks, truth values, dates, times and percentages come back exactly where they stood."""
    (grid,) = read(filings.ods({"填报": rows}))
    assert cells(grid) == shown_all(rows)
    assert numbers(grid) == {
        (line, place)
        for line, row in enumerate(rows, start=1)
        for place, cell in enumerate(row)
        if cell is not None and not isinstance(cell, str | bool)
    }


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ('office:value-type="currency" office:currency="CNY" office:value="12.50"', "12.5"),
        ('office:value-type="float" office:value="1E+022"', "1e+22"),
        ('office:value-type="float" office:value="9007199254740993"', "9007199254740992.0"),
        ('office:value-type="percentage" office:value="0.0000001"', "0.00001%"),
        ('office:value-type="date" office:date-value="2024-03-01T08:29:59.999999997"', "2024-03-01 08:30:00"),
        ('office:value-type="date" office:date-value="2024-02-29T23:59:59.9999999"', "2024-03-01"),
        ('office:value-type="time" office:time-value="PT08H29M59.999999997S"', "08:30:00"),
        ('office:value-type="time" office:time-value="PT36H00M00S"', "36:00:00"),
        ('office:value-type="time" office:time-value="P1DT12H"', "36:00:00"),
        ('office:value-type="string" office:string-value="  二  三 "', "  二  三 "),
        # Dates that no calendar has, and numbers that are none, are what the cell shows.
        ('office:value-type="date" office:date-value="-0044-03-15"', "shown"),
        ('office:value-type="float" office:value="1_000"', "shown"),
        ('office:value-type="float" office:value="1e999"', "shown"),
        ('office:value-type="percentage" office:value="nan"', "shown"),
        # What LibreOffice makes of truth values in .xlsx workbooks.
        ('table:formula="of:=TRUE()" office:value-type="float" office:value="1"', "1"),
    ],
)
def test_values(said: str, text: str) -> None:
    """A value is what the cell holds, not what it shows."""
    assert cells(sheet(row(cell("<text:p>shown</text:p>", said)))) == {(1, 0): text}


def test_truth_values_that_are_formulas() -> None:
    """A formula that gives 1 and shows TRUE is a truth value; a number that was typed is a number."""
    said = 'office:value-type="float" office:value='
    tags = [
        cell("<text:p>TRUE</text:p>", f'table:formula="of:=1=1" {said}"1"'),
        cell("<text:p>FALSE</text:p>", f'table:formula="of:=1=2" {said}"0"'),
        cell("<text:p>TRUE</text:p>", f'{said}"1"'),
    ]
    assert cells(sheet(row(*tags))) == {(1, 0): "true", (1, 1): "false", (1, 2): "1"}


def test_texts() -> None:
    """Paragraphs are lines; spans and links are text; layout, comments, drawings and notes are not."""
    beside = "<office:annotation><text:p>批注</text:p></office:annotation>"
    drawn = "<draw:frame><draw:text-box><text:p>图</text:p></draw:text-box></draw:frame>"
    text = (
        f"{beside}<text:p>\n  一<text:span>二<text:s text:c='2'/></text:span> <text:a>三</text:a>{drawn}\n</text:p>\n"
        f"<text:p/>{drawn}<text:p>四<text:tab/>五<text:line-break/>六<text:note><text:p>注</text:p></text:note></text:p>"
    )
    assert cells(sheet(row(cell(text)))) == {(1, 0): "一二   三\n\n四\t五\n六"}


def test_errors_and_formulas() -> None:
    """Errors are faults in whatever way they are marked, and so is a formula without any result."""
    grid = sheet(
        row(filings._ods_cell(Formula(Wrong("#DIV/0!"))), filings._ods_cell(Wrong("Err:502"))),
        row(cell("<text:p>#VALUE!</text:p>", 'table:formula="x" office:value-type="float" office:value="0"')),
        row(cell("<text:p>Err:508</text:p>", 'office:value-type="string"')),
        row(filings._ods_cell(Formula(Wrong("#N/A")))),
        row(cell("", 'table:formula="of:=[.A1]"'), cell("<text:p/>", 'table:formula="of:=&quot;&quot;"')),
    )
    assert cells(grid) == {
        (1, 0): "#DIV/0!",
        (1, 1): "Err:502",
        (2, 0): "#VALUE!",
        (3, 0): "Err:508",
        (4, 0): "#N/A",
    }
    assert faults(grid) == [
        (1, 0, "IC210", "#DIV/0!"),
        (1, 1, "IC210", "Err:502"),
        (2, 0, "IC210", "#VALUE!"),
        (5, 0, "IC211", None),
    ]


def test_repeated_cells() -> None:
    """Repeated cells and rows stand where they are repeated to; blank ones cost nothing, up to the last row there is."""
    x = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="2"/>'
    grid = sheet(
        row(blank(16384), repeated=2), row(blank(3), x, blank(16379), repeated=2), row(blank(16384), repeated=1048572)
    )
    assert cells(grid) == dict.fromkeys([(3, 3), (3, 4), (4, 3), (4, 4)], "1")
    assert numbers(grid) == {(3, 3), (3, 4), (4, 3), (4, 4)}


def test_a_cell_far_away() -> None:
    """A cell in the last column and one in the last row make no table of all that lies between."""
    x = cell("<text:p>x</text:p>")
    grid = sheet(row(x, repeated=2000), row(blank(16_383), x), row(repeated=1_046_574), row(x))
    assert (grid.width, grid.frame.shape) == (16_384, (2002, 3))
    assert grid.frame["source_row"][-1] == 1_048_576


def test_merged_and_covered_cells() -> None:
    """Merged cells are told; what lies hidden under them is not there."""
    covered = "<table:covered-table-cell><text:p>hidden</text:p></table:covered-table-cell>"
    span = 'table:number-columns-spanned="2" table:number-rows-spanned="2"'
    grid = sheet(
        row(cell("<text:p>合并</text:p>", span), covered, cell("<text:p>x</text:p>")),
        row(covered, covered, cell("<text:p>y</text:p>")),
    )
    assert cells(grid) == {(1, 0): "合并", (1, 2): "x", (2, 2): "y"}
    assert grid.merged == ((1, 0, 2, 1),)


def test_rows_in_groups_and_tables_elsewhere() -> None:
    """Rows in headers and groups count; tables in other places, and cells that only record a change, do not."""
    one = row(cell("<text:p>x</text:p>"))
    groups = (
        f"<table:table-header-rows>{one}</table:table-header-rows><table:table-row-group>{one}</table:table-row-group>"
    )
    change = f"<table:tracked-changes><table:table>{one}</table:table></table:tracked-changes>"
    grid = sheet(groups, settings=change)
    assert cells(grid) == {(1, 0): "x", (2, 0): "x"}


def test_sheets_in_order_with_hidden_ones() -> None:
    """Every sheet is a grid, hidden ones marked."""
    grids = read(filings.ods({"一": [["x"]], "二": [], "三<&": [["z"]]}, hidden=["二"]))
    assert [(grid.sheet, grid.hidden, cells(grid)) for grid in grids] == [
        ("一", False, {(1, 0): "x"}),
        ("二", True, {}),
        ("三<&", False, {(1, 0): "z"}),
    ]


def test_the_epoch_of_1904() -> None:
    """The grid says from when numbers that are dates count."""
    null = '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    assert sheet(row(), settings=null).epoch_1904
    assert not sheet(row()).epoch_1904


# --------------------------------------------------------------------------------------------------------------------
# What cannot be read, and what must not be


def test_a_password() -> None:
    """A protected workbook is refused as that."""
    assert "protected by a password" in refusal(read_grids, filings.ods({"填报": [["x"]]}, password=True))


def with_content(content: bytes, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with the content given."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("content.xml", content)
    return file.getvalue()


ROOM = "too large"


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (row(cell("<text:p>x</text:p>"), repeated=30_000_000), ROOM),
        (row(cell("<text:p>x</text:p>", 'table:number-columns-repeated="30000000"')), ROOM),
        (row(cell("<text:p>x</text:p>"), repeated=1) + row(repeated=2**31) + row(cell("<text:p>x</text:p>")), ROOM),
        (row(blank(20_000), cell("<text:p>x</text:p>")), ROOM),
        (row(cell(f"<text:p>{'x' * 1_000_000}</text:p>"), repeated=1000), ROOM),
        (row(cell("<text:p><text:s text:c='999999999'/></text:p>")), "damaged"),
        (row(cell("<text:p>x</text:p>"), repeated=-1), "damaged"),
        ("<table:shapes>" * 2000 + "</table:shapes>" * 2000, "damaged"),
    ],
)
def test_a_workbook_that_claims_too_much(table: str, problem: str) -> None:
    """A small file that would fill memory is refused before it does."""
    assert problem in refusal(read_grids, filings.ods_of(f'<table:table table:name="填报">{table}</table:table>'))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Content that unpacks to more than its file can need is left where that shows; so is a tag that never ends."""
    monkeypatch.setattr("icredit.intake.sources.ods._MOST_BYTES", 2**22)
    assert "it unpacks to more than" in refusal(read_grids, with_content(b"<a>" + b" " * 2**23))
    monkeypatch.setattr("icredit.intake.sources.xml_events._LONGEST", 2**20)
    assert "without an end" in refusal(read_grids, with_content(b"<a b='" + b"x" * 2**21))
    monkeypatch.setattr("icredit.intake.sources.ods.LONGEST_TEXT", 2**20)
    long = row(cell("<text:p>" + "x" * 2**21 + "</text:p>"))
    assert "more text" in refusal(read_grids, filings.ods_of(f"<table:table>{long}</table:table>"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (b'<!DOCTYPE a SYSTEM "http://localhost/a"><a/>', "document type"),
        (b"", "XML"),
        (b"<a>", "XML"),
        (b"<a/>", "no worksheet"),
        (b"\xff\xfe<<>>", "XML"),
    ],
)
def test_content_that_is_no_spreadsheet(content: bytes, problem: str) -> None:
    """XML with entities of its own, damaged or of something else is refused."""
    assert problem in refusal(read_grids, with_content(content))


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6" + bytes(18), filings.zipped({"a.txt": "x"}), b"uscc,name\n"])
def test_what_is_no_workbook(data: bytes) -> None:
    """Nothing, half an archive, an archive of something else: refused in one sentence with what to do."""
    assert "not a readable workbook" in refusal(read_grids, data)


def test_a_file_cut_anywhere() -> None:
    """An archive whose end is missing has no list of its parts, and is refused wherever it ends."""
    data = filings.ods({"填报": [["uscc", 1.5], [dt.date(2024, 3, 1), Shown(0.5, "0%")]]})
    for end in range(0, len(data), 29):
        refusal(read_grids, data[:end])


def test_content_cut_anywhere() -> None:
    """Content that ends too early is refused wherever it ends."""
    content = filings.unzipped(filings.ods({"填报": [["uscc", 1.5], [dt.date(2024, 3, 1), None]]}))["content.xml"]
    for end in range(0, len(content), 17):
        refusal(read_grids, with_content(content[:end], zipfile.ZIP_STORED))


def test_a_damaged_file_gives_a_refusal_or_a_grid() -> None:
    """Of hundreds of damaged workbooks, not one gives anything but a refusal or a grid."""
    rows: list[list[filings.AnyCell]] = [["代码", 1.5, True], [dt.date(2024, 3, 1), Formula("x"), Wrong("#REF!")]]
    data = filings.ods({"填报": rows}, merged=[(1, 0, 2, 1)])
    content = filings.unzipped(data)["content.xml"]
    start = content.index(b"<office:body")
    inside = (content[:start] + body for body in spoiled(content[start:], count=200))
    assert survives(read_grids, spoiled(data, count=200)) > 0
    assert survives(read_grids, (with_content(body, zipfile.ZIP_STORED) for body in inside)) > 0
