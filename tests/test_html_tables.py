"""Web pages and XML files that are called workbooks: every table as it shows, and nothing that a crafted page could do."""

from __future__ import annotations

import html as standard_html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grids import cells, faults, numbers, refusal, spoiled, survives
from icredit.intake.sources import html, spreadsheetml
from icredit.intake.sources.grid import Content, Grid
from icredit.intake.sources.signature import kind_of


def read(page: str, encoding: str = "utf-8") -> list[Grid]:
    """The tables of a page."""
    return html.read_grids(Content("file", page.encode(encoding)))


def table(inside: str) -> Grid:
    """The one table of a page."""
    (grid,) = read(f"<html><body><table>{inside}</table></body></html>")
    return grid


def texts(inside: str) -> list[list[str | None]]:
    """The cells of the one table of a page."""
    return [row for _, row in table(inside).rows()]


visible = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=10)


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.lists(visible, min_size=1, max_size=4), min_size=1, max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    closed=st.booleans(),
)
def test_every_cell_is_what_was_written(rows: list[list[str]], encoding: str, closed: bool) -> None:  # noqa: FBT001
    """Any texts, in any encoding, with end tags or without, come back where they stood."""
    td, tr = ("</td>", "</tr>") if closed else ("", "")
    body = "".join(
        "<tr>" + "".join(f"<td>{standard_html.escape(text)}{td}" for text in row) + tr for row in [["示例", "x"], *rows]
    )
    (grid,) = read(f"<html><meta charset=gb2312><table>{body}</table></html>", encoding)
    assert cells(grid) == {(1, 0): "示例", (1, 1): "x"} | {
        (line, place): text for line, row in enumerate(rows, start=2) for place, text in enumerate(row) if text
    }
    assert numbers(grid) == set()


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("a<br>b", "a\nb"),
        ("a <br/> <BR /> b", "a\n\nb"),
        ("<p>a</p>\n<p>b</p>", "a\nb"),
        ("<div>a<br></div><div>b</div>", "a\nb"),
        ("\n  a\n\t b  ", "a b"),
        ("<font color='red'>12</font>.<b>5</b>%", "12.5%"),
        ("a&nbsp;b", "a\xa0b"),
        ("&nbsp;", None),
        ("<br>", None),
        ("&lt;b&gt; &amp;amp; &#20225;&#x4E1A;", "<b> &amp; 企业"),
        ("1 < 2 > 1", "1 < 2 > 1"),
        ("a<!-- <td>no -->b<![if x]>c<?x y?>d", "abcd"),
        ("a<style>td {x: y}</style><script>if (a<b) '</td>'</script>b", "ab"),
        ("12<comment>批注</comment>", "12"),
        ("<a title='a>b' href=\"x'>\">c</a>", "c"),
        ("&#99999999999999999999;", "\ufffd"),
    ],
)
def test_texts(inside: str, text: str | None) -> None:
    """A cell is the text that a browser shows, with its line breaks."""
    assert texts(f"<tr><td>{inside}</td><td>end</td></tr>") == [[text, "end"]]


def test_the_number_that_excel_hides_in_a_cell_is_not_taken() -> None:
    """What counts is what the page shows; attributes of Excel and formats with quotes of their own change nothing."""
    assert texts(
        """<tr><td x:num="0.125" style='mso-number-format:"0\\.0%"'>12.5%<td x:str style=mso-x:"\\@">007</tr>"""
    ) == [["12.5%", "007"]]


def test_spans() -> None:
    """Cells stand beside those that reach down from above, as in a browser; merged ones are told."""
    grid = table(
        "<thead><tr><th rowspan=2>代码</th><th colspan='2'>收入</th><th rowspan=\"2\">备注</th></tr>"
        "<tr><th>本年</th><th>上年</th></tr></thead><tbody><tr><td>1<td>2<td>3<td>4</tr></tbody>"
    )
    assert [row for _, row in grid.rows()] == [
        ["代码", "收入", None, "备注"],
        [None, "本年", "上年", None],
        ["1", "2", "3", "4"],
    ]
    assert grid.merged == ((1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 2, 3))


def test_spans_that_are_none() -> None:
    """A span that is no number is one cell; zero rows are all that follow."""
    grid = table("<tr><td colspan=x rowspan=-1>a<td rowspan=0>b<td>c<tr><td>d<td>e<tr><td>f")
    assert [row for _, row in grid.rows()] == [["a", "b", "c"], ["d", None, "e"], ["f", None, None]]
    assert grid.merged == ((1, 1, 3, 1),)


def test_several_tables() -> None:
    """Every table with something in it is a grid, numbered; hidden ones are marked; a single one has no name."""
    grids = read(
        "<table><tr><td> </table><table><tr><td>a</table><TABLE style='Display: none'><tr><td>b</TABLE>"
        "<table><td>c</table>"
    )
    assert [(grid.sheet, grid.hidden, cells(grid)) for grid in grids] == [
        ("table 1", False, {(1, 0): "a"}),
        ("table 2", True, {(1, 0): "b"}),
        ("table 3", False, {(1, 0): "c"}),
    ]
    assert table("<tr><td>a").sheet is None


def test_a_table_inside_another() -> None:
    """A table in a cell is a grid of its own and leaves the cell around it with its own text."""
    outer, inner = read("<table><tr><td>a<table><tr><td>b</td><td>c</table>d</td><td>e</table>")
    assert cells(outer) == {(1, 0): "ad", (1, 1): "e"}
    assert cells(inner) == {(1, 0): "b", (1, 1): "c"}


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("gb2312", "gb18030", "企业㐀𠀀"),  # what the page calls gb2312 may hold more
        ("gb2312", "utf-8", "企业"),  # and may not be it
        ("utf-8", "gb18030", "企业"),
        ("big5", "big5", "企業創新"),
        ("big5", "big5hkscs", "企業㗎"),  # what the page calls Big5 may hold what Hong Kong added
        ("Big5-HKSCS", "big5hkscs", "企業㗎"),
        ("windows-1252", "cp1252", "caf\xe9 \u20ac"),
    ],
)
def test_encodings(charset: str, encoding: str, text: str) -> None:
    """UTF-8 is sure where it fits; else the page says what it is, else it is GB18030."""
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><table><td>{text}</table>'
    assert cells(read(page, encoding)[0]) == {(1, 0): text}


# --------------------------------------------------------------------------------------------------------------------
# What cannot be read, and what must not be


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("<html><body>会话已过期，请重新登录</body></html>", "without a table"),
        ("<html><table></table></html>", "without a table"),
        (f"<html><table><td>&#{'9' * 5000};</table></html>", "damaged"),
        ("", "without a table"),
        (
            '<html><![if !vml]><frameset rows="*,39"><frame src="a.files/sheet001.htm"></frameset></html>',
            "in other files",
        ),
        ("<html><table><tr><td>a</td></tr>", "cut off"),
        ("<html><table><tr><td>a</td><td title='", "cut off"),
        ("<html><table><tr><td>a<!-- b </table>", "cut off"),
        ("<html><table><tr><td>a<script>b</table>", "cut off"),
    ],
)
def test_pages_without_a_whole_table(page: str, problem: str) -> None:
    """A login page, frames whose sheets are elsewhere, half a table: each refused as what it is, with what to do."""
    assert problem in refusal(html.read_grids, page.encode())


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<a b='>' ", "<a b=\"'>", "</a ", "<!--", "<!a ", "<script>", "<table", "<", "&#9", "<td a=", "<br>"],
)
def test_markup_that_never_ends(piece: str) -> None:
    """Much of tags, quotes or comments that never end takes no longer than as much of anything."""
    page = "<table><tr><td>" + piece * (2**16 // len(piece))
    assert "cut off" in refusal(html.read_grids, page.encode())


@pytest.mark.parametrize(
    "inside",
    [
        "<tr>" + "<td colspan=1000>" * 20 + "<td>x",
        "<tr>" + "<td rowspan=65534>" * 2_000 + "<tr><td>" * 2_000,
        "<tr><td>x<tr>" + "<td>" * 16_000 + "<td>x" * 1000,
        "<tr>" + "<td>x" * 16_000 + "<tr><td>x" * 2_000,
    ],
)
def test_a_table_that_claims_too_much(inside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small page that would fill memory, or take for ever to lay out, is refused before it does."""
    monkeypatch.setattr("icredit.intake.sources.grid_builder.MOST_CELLS", 1_000_000)
    assert "too large" in refusal(html.read_grids, f"<table>{inside}</table>".encode())


def test_a_page_cut_anywhere() -> None:
    """A page that ends before its table does is refused, wherever it ends."""
    page = "<html><table><tr><td title='x'>代码</td><td>&lt;2</td></tr><!-- x --></table>".encode()
    for end in range(len(page)):
        refusal(html.read_grids, page[:end])


def test_a_damaged_page_gives_a_refusal_or_a_grid() -> None:
    """Of hundreds of damaged pages, not one gives anything but a refusal or a grid."""
    page = "<html><table><tr><td rowspan=2>代码</td><td>&#20225;</td></tr><tr><td colspan='3'>x<br>y</td></tr></table>"
    assert survives(html.read_grids, spoiled(page.encode(), count=400)) > 0


@pytest.mark.parametrize(
    ("head", "page"),
    [
        (b"<html>", True),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html PUBLIC '-//W3C'>", True),
        ("<HTML xmlns:x='urn:x'>".encode("utf-16"), True),
        (b"<!-- made by a system --><!-- and another -->\n<table border=1>", True),
        (b"<?xml version='1.0'?><html>", True),
        (b"<meta http-equiv=Content-Type>", True),
        (b"<tables>", False),
        (b"<!--" + b"--><!--" * 2000, False),
        (b"<b", False),
        (b"uscc,<html>", False),
        (b"", False),
    ],
)
def test_what_looks_like_a_page(head: bytes, page: bool) -> None:  # noqa: FBT001
    """A page is known by how it begins."""
    assert (kind_of(head) == "html") is page


# --------------------------------------------------------------------------------------------------------------------
# SpreadsheetML

BOOK = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:html="http://www.w3.org/TR/REC-html40">
 <Styles>
  <Style ss:ID="Default"><NumberFormat/></Style>
  <Style ss:ID="s1"><NumberFormat ss:Format="0.0%"/></Style>
  <Style ss:ID="s2" ss:Parent="s1"><Font/></Style>
  <Style ss:ID="s3"><NumberFormat ss:Format="Percent"/></Style>
  <Style ss:ID="s4"><NumberFormat ss:Format="0.0&quot;%&quot;"/></Style>
 </Styles>
 {sheets}
</Workbook>"""


def book(*sheets: str) -> list[Grid]:
    """The sheets of a workbook in XML."""
    return spreadsheetml.read_grids(Content("file", BOOK.format(sheets="".join(sheets)).encode()))


def worksheet(inside: str, name: str = "填报") -> str:
    """A worksheet of rows that are XML already."""
    return f'<Worksheet ss:Name="{name}"><Table>{inside}</Table></Worksheet>'


def data(kind: str, text: str) -> str:
    """What a cell holds."""
    return f'<Data ss:Type="{kind}">{text}</Data>'


def test_values_in_xml() -> None:
    """Numbers, texts, truth values, dates and times, each as its cell says; errors and formulas without results."""
    values = [
        data("Number", "123"),
        data("Number", "1.0E-2"),
        data("String", "一&#10; 二 "),
        data("Boolean", "1"),
        data("DateTime", "2024-03-01T00:00:00.000"),
        data("DateTime", "2024-03-01T08:30:00.000"),
        data("DateTime", "1899-12-31T08:30:00.000"),
        data("Error", "#DIV/0!"),
        data("Error", "#N/A"),
        '<ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>粗</B>体</ss:Data>',
        data("String", "x") + f"<Comment ss:Author='a'>{data('String', '批注')}</Comment>",
        "",
    ]
    (grid,) = book(
        worksheet("<Row>" + "".join(f"<Cell>{value}</Cell>" for value in values) + '<Cell ss:Formula="=1"/></Row>')
    )
    assert [row for _, row in grid.rows()] == [
        [
            "123",
            "0.01",
            "一\n 二 ",
            "true",
            "2024-03-01",
            "2024-03-01 08:30:00",
            "08:30:00",
            "#DIV/0!",
            "#N/A",
            "粗体",
            "x",
        ]
    ]
    assert numbers(grid) == {(1, place) for place in (0, 1, 4, 5, 6)}
    assert faults(grid) == [(1, 7, "IC210", "#DIV/0!"), (1, 12, "IC211", None)]


def test_places_and_spans_in_xml() -> None:
    """Rows and cells stand where their index says; merged ones take their room."""
    eighth = data("Number", "0.125")
    (grid,) = book(
        worksheet(
            f'<Row ss:Index="3"><Cell ss:MergeAcross="1" ss:MergeDown="1">{eighth}</Cell><Cell>{eighth}</Cell></Row>'
            f'<Row><Cell ss:Index="4">{eighth}</Cell></Row>'
        )
    )
    assert cells(grid) == dict.fromkeys([(3, 0), (3, 2), (4, 3)], "0.125")
    assert grid.merged == ((3, 0, 4, 1),)


def test_a_cell_outside_of_a_row_is_none() -> None:
    """What stands in a table or in another element than a row has no place, and changes no cell that has one."""
    stray = f"<Cell>{data('String', '外')}</Cell>"
    (grid,) = book(worksheet(f"{stray}<Row><Cell>{data('String', 'x')}</Cell></Row>{stray}<Other>{stray}</Other>"))
    assert cells(grid) == {(1, 0): "x"}
    assert grid.merged == ()


def test_percentages_in_xml() -> None:
    """A cell has the format of its style, or of its row's, its column's, its style's parent's."""
    eighth = data("Number", "0.125")
    styles = ['ss:StyleID="s1"', 'ss:StyleID="s2"', 'ss:StyleID="s3"', 'ss:StyleID="s4"', 'ss:StyleID="Default"', ""]
    (grid,) = book(
        worksheet(
            '<Column ss:StyleID="Default"/><Column ss:Index="6" ss:Span="1" ss:StyleID="s1"/>'
            f"<Row>{''.join(f'<Cell {style}>{eighth}</Cell>' for style in styles)}</Row>"
            f'<Row ss:StyleID="s3"><Cell>{eighth}</Cell></Row>'
        )
    )
    expected = ["12.5%", "12.5%", "12.5%", "0.125", "0.125", "12.5%"]
    assert [row for _, row in grid.rows()] == [expected, ["12.5%", *[None] * 5]]


def test_sheets_in_xml() -> None:
    """Every worksheet is a grid, hidden ones marked; the workbook says from when its dates count."""
    options = '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions>'
    hidden = worksheet("<Row><Cell><Data>x</Data></Cell></Row>", "二").replace("</Table>", f"</Table>{options}")
    settings = '<ExcelWorkbook xmlns="urn:schemas-microsoft-com:office:excel"><Date1904/></ExcelWorkbook>'
    grids = book(settings, worksheet("", "一"), hidden, worksheet("", "三"))
    assert [(grid.sheet, grid.hidden) for grid in grids] == [("一", False), ("二", True), ("三", False)]
    assert all(grid.epoch_1904 for grid in grids)


def test_xml_in_the_encoding_of_chinese_windows() -> None:
    """XML that says it is in gb2312 is read, although XML parsers do not know it."""
    page = BOOK.replace('version="1.0"', 'version="1.0" encoding="gb2312"')
    page = page.format(sheets=worksheet(f"<Row><Cell>{data('String', '企业')}</Cell></Row>"))
    (grid,) = spreadsheetml.read_grids(Content("file", page.encode("gb18030")))
    assert (grid.sheet, cells(grid)) == ("填报", {(1, 0): "企业"})


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (BOOK.format(sheets=""), "no worksheet"),
        (BOOK.format(sheets=worksheet("<Row>")), "XML is damaged"),
        (BOOK.format(sheets=worksheet('<Row ss:Index="0"/>')), "damaged"),
        (BOOK.format(sheets=worksheet('<Row ss:Index="99999999"><Cell><Data>x</Data></Cell></Row>')), "too large"),
        (BOOK.format(sheets="<Row><Cell/></Row>"), "outside"),
        (BOOK.replace("<Workbook", "<!DOCTYPE a [<!ENTITY b 'c'>]><Workbook"), "document type"),
    ],
)
def test_xml_that_cannot_be_read(page: str, problem: str) -> None:
    """No sheet, damage, impossible places, entities: refused in one sentence with what to do."""
    assert problem in refusal(spreadsheetml.read_grids, page.encode())


def test_damaged_xml_gives_a_refusal_or_a_grid() -> None:
    """Of hundreds of damaged XML files, not one gives anything but a refusal or a grid."""
    rows = f'<Row><Cell ss:Index="2" ss:MergeAcross="1">{data("Number", "1")}</Cell><Cell>{data("String", "示例")}</Cell></Row>'
    page = BOOK.format(sheets=worksheet(rows)).encode()
    start = re.search(rb"<Styles>", page)
    assert start is not None
    damaged = (page[: start.start()] + rest for rest in spoiled(page[start.start() :], count=400))
    assert survives(spreadsheetml.read_grids, damaged) > 0
