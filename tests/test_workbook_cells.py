"""Cells of .xlsx workbooks: exactly what they show, exactly where they stand, whichever program wrote the XML."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import filings
from filings import AnyCell, AnyRows, Formula, Shown, Wrong
from grids import cells, faults, numbers, shown, shown_all
from icredit.intake.sources.grid import Content
from icredit.intake.sources.xlsx import open_sheets, parsed_cells, parts, plain_xml
from icredit.intake.sources.xlsx import sheet as sheet_module
from workbooks import (
    DECLARATION,
    MAIN,
    PERCENT,
    STRICT,
    Book,
    by_calamine,
    by_openpyxl,
    letters_of,
    openpyxl_book,
    parsed_way,
    plain_way,
    read,
    read_rows,
    same,
    sheet_xml,
    strings_xml,
    styles_xml,
    xlsxwriter_book,
    xlsxwriter_book_inline,
)

SHEET = "xl/worksheets/sheet1.xml"

# --------------------------------------------------------------------------------------------------------------------
# As the usual libraries write them

visible = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=6
)
spaced = st.text(st.sampled_from("a示 \t\n&<>\"';=+"), max_size=8)
day = st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31))
moment = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 30)).map(lambda when: when.replace(microsecond=0))  # noqa: DTZ001
time = st.times().map(lambda when: when.replace(microsecond=0))
# xlsxwriter writes 16 digits; of -0.0, which no workbook holds, other readers make 0.
number = st.one_of(
    st.integers(-(10**15), 10**15),
    st.floats(-1e300, 1e300).map(lambda number: float(f"{number:.16G}") + 0.0),
    st.integers(-(10**6), 10**6).map(lambda cents: cents / 100),
)
result = st.one_of(st.integers(-99, 99), visible, st.sampled_from([Wrong("#DIV/0!"), Wrong("#N/A")]))
cell: st.SearchStrategy[AnyCell] = st.one_of(
    st.none(),
    visible,
    spaced,
    number,
    st.booleans(),
    st.builds(Shown, number, st.just(PERCENT)),
    day,
    moment,
    time,
    st.sampled_from([Wrong("#REF!"), Wrong("#N/A"), Formula(None)]),
    st.builds(Formula, result),
)
sheet = st.lists(st.lists(cell, max_size=5), max_size=5)


def assert_reads(data: bytes, rows: AnyRows) -> None:
    """The one sheet of the workbook reads as the rows, whichever way its XML is taken apart."""
    (grid,) = read(data)
    told = {(line, place): one for line, row in enumerate(rows, start=1) for place, one in enumerate(row)}
    held = {place: one.result if isinstance(one, Formula) else one for place, one in told.items()}
    assert {place: same(text) for place, text in cells(grid).items()} == {
        place: same(text) for place, text in shown_all(rows).items()
    }
    wrong = {place: one.text for place, one in held.items() if isinstance(one, Wrong) and one.text != "#N/A"}
    assert sorted(faults(grid)) == sorted(
        [(*place, "IC210", text) for place, text in wrong.items()]
        + [(*place, "IC211", None) for place, one in told.items() if one == Formula(None)]
    )
    stored = int | float | Shown | dt.date | dt.time
    assert numbers(grid) == {
        place for place, one in held.items() if isinstance(one, stored) and not isinstance(one, bool)
    }
    xml = filings.unzipped(data)[SHEET]
    assert plain_way(xml) == parsed_way(xml)


Writer = Callable[[AnyRows], bytes]


@settings(deadline=None, max_examples=80)
@given(rows=sheet, write=st.sampled_from([xlsxwriter_book, xlsxwriter_book_inline]))
def test_any_cells_that_xlsxwriter_writes(rows: list[list[AnyCell]], write: Writer) -> None:
    """Texts shared or inline, numbers, percentages, dates, errors and formulas are what was written, where it was written."""
    assert_reads(write(rows), rows)


@settings(deadline=None, max_examples=40)
@given(rows=sheet)
def test_any_cells_that_openpyxl_writes(rows: list[list[AnyCell]]) -> None:
    """The same of openpyxl, whose formulas were never calculated."""
    written = [[Formula(None) if isinstance(cell, Formula) else cell for cell in row] for row in rows]
    assert_reads(openpyxl_book(written), written)


@settings(deadline=None, max_examples=30)
@given(rows=sheet)
def test_other_readers_agree(rows: list[list[AnyCell]]) -> None:
    """Other libraries read the same values from the same file; they lose errors and formats, which are compared above."""
    data = xlsxwriter_book(rows)
    grid = read(data)[0]
    texts = cells(grid)
    for values in (by_openpyxl(data)[0], by_calamine(data)[0]):
        for line, row in enumerate(values, start=1):
            for place, value in enumerate(row):
                one = rows[line - 1][place] if line <= len(rows) and place < len(rows[line - 1]) else None
                text = texts.get((line, place))
                if isinstance(one, Wrong | Formula) or value in (None, ""):
                    continue
                if isinstance(one, Shown):
                    value = Shown(float(str(value)), PERCENT)  # noqa: PLW2901  # the value as it is shown
                elif isinstance(one, int | float) and not isinstance(one, bool):
                    value = float(str(value))  # noqa: PLW2901  # openpyxl makes whole numbers integers of any size
                elif isinstance(one, dt.time) and isinstance(value, dt.datetime):
                    value = value.time()  # noqa: PLW2901  # see above
                assert same(text or "") == same(shown(value) or ""), (line, place)  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------------------------
# As no usual program writes them, though every form is allowed

SHARED = [
    "<t>共享</t>",
    "<t/>",
    '<t xml:space="preserve"> b </t>',
    "<r><t>甲</t></r><r><rPr/><t>乙</t></r><rPh><t>x</t></rPh>",
]
SHARED_TEXTS = ["共享", "", " b ", "甲乙"]
STYLES = (0, 14, "0.0%", '"%"0', 49)

letters = st.text(st.sampled_from("a示 &<>\"'\t\n]_x"), min_size=1, max_size=6)


@dataclass(frozen=True)
class Written:
    """A cell as XML: its attributes but the address, what is inside, and what it shows or what is wrong with it."""

    attributes: tuple[tuple[str, str], ...]
    inside: str
    text: str | None
    fault: str | None = None


@st.composite
def xml_text(draw: st.DrawFn, text: str) -> str:
    """A text as XML, each character in one of the ways that mean it."""
    written = ""
    for character in text:
        ways = [
            f"&#{ord(character)};",
            f"&#x{ord(character):x};",
            f"<![CDATA[{character}]]>",
            "<!-- no -->" + escape(character),
        ]
        plain = "&gt;" if character == ">" else escape(character)
        written += draw(st.sampled_from([plain] * 6 + ways))
    return written


def own(name: str, inside: str, *attributes: tuple[str, str]) -> str:
    """An element, with the prefix to be put in."""
    told = "".join(f' {key}="{value}"' for key, value in attributes)
    return f"<@{name}{told}>{inside}</@{name}>"


@st.composite
def any_cell(draw: st.DrawFn) -> Written:  # noqa: C901, PLR0911  # one a kind of cell
    """A cell in some form."""
    formula = draw(
        st.sampled_from(
            [
                "",
                "",
                "",
                own("f", "1+1"),
                "<@f/>",
                own("f", "", ("t", "shared"), ("si", "0")),
                own("f", "A1&amp;B1", ("t", "array"), ("ref", "A1:B2")),
            ]
        )
    )
    space = draw(st.sampled_from(["", "", "\n  "]))
    kind = draw(
        st.sampled_from(
            ["shared", "inline", "rich", "str", "number", "date", "percent", "flag", "error", "iso", "none"]
        )
    )
    style = (("s", str(draw(st.sampled_from([0, 3, 4])))),) if draw(st.booleans()) else ()

    def value(text: str, xml: str | None = None, *more: tuple[str, str], fault: str | None = None) -> Written:
        inside = space + formula + space + own("v", text if xml is None else xml) + space
        return Written((*style, *more), inside, text or None, fault)

    match kind:
        case "shared":
            place = draw(st.integers(0, 3))
            shared = value(f"{place}", None, ("t", "s"))
            return Written(shared.attributes, shared.inside, SHARED_TEXTS[place] or None)
        case "inline":
            text = draw(letters)
            inside = own("is", own("t", draw(xml_text(text)), ("xml:space", "preserve")))
            return Written((*style, ("t", "inlineStr")), inside, text)
        case "rich":
            one, two = draw(letters), draw(letters)
            runs = own("r", own("rPr", "<@b/>") + own("t", draw(xml_text(one)))) + own(
                "r", own("t", draw(xml_text(two)))
            )
            said = own("rPh", own("t", "读音"), ("sb", "0"), ("eb", "1"))
            return Written((("t", "inlineStr"), *style), own("is", runs + said), one + two)
        case "str":
            text = draw(letters)
            return value(text, draw(xml_text(text)), ("t", "str"))
        case "number":
            text = draw(st.sampled_from(["1", "-2.5", "0", "123456789012345", "0.001", "1000"]))
            odd = draw(
                st.sampled_from(
                    [
                        text,
                        f" {text}\n",
                        f"{text}e0",
                        f"+{text}".replace("+-", "-"),
                        f"{text}{'' if '.' in text else '.'}0",
                    ]
                )
            )
            return value(text, odd, *draw(st.sampled_from([(), (("t", "n"),)])))
        case "date":
            return Written((("s", "1"),), own("v", "45292"), "2024-01-01")
        case "percent":
            return Written((("s", "2"), ("cm", "1")), formula + own("v", "0.07"), "7%")
        case "flag":
            flag = draw(st.sampled_from(["1", "0", "true", "false"]))
            return value("true" if flag in ("1", "true") else "false", flag, ("t", "b"))
        case "error":
            text = draw(st.sampled_from(["#REF!", "#N/A"]))
            return value(text, None, ("t", "e"), fault=None if text == "#N/A" else "IC210")
        case "iso":
            return value("2024-01-01", "2024-01-01T00:00:00.000", ("t", "d"))
    empty = draw(st.sampled_from(["", "<@v/>", "<@v></@v>", space]))
    return Written(style, formula + empty, None, "IC211" if formula else None)


@dataclass(frozen=True)
class Sheet:
    """A sheet as XML, and what it shows."""

    xml: str
    texts: dict[tuple[int, int], str]
    faults: list[tuple[int, int, str]]


@st.composite
def any_sheet(draw: st.DrawFn) -> Sheet:
    """A sheet of cells in any form."""
    odd = draw(st.booleans())
    prefix = draw(st.sampled_from(["", "x:"])) if odd else ""
    quote = draw(st.sampled_from("\"'")) if odd else '"'
    texts: dict[tuple[int, int], str] = {}
    wrong: list[tuple[int, int, str]] = []
    rows = ""
    row = 0
    for _ in range(draw(st.integers(0, 4))):
        told = draw(st.booleans()) or not odd
        row += draw(st.integers(1, 3)) if told else 1
        column, inside = -1, ""
        for cell in draw(st.lists(any_cell(), max_size=4)):
            addressed = draw(st.booleans()) or not (odd and told)
            column += draw(st.integers(1, 30)) if addressed else 1
            attributes = [*cell.attributes, *([("r", f"{letters_of(column)}{row}")] if addressed else [])]
            attributes = draw(st.permutations(attributes)) if odd else sorted(attributes)
            between = draw(st.sampled_from(["", "\n\t", "<!-- <c r='A9'><v>9</v></c> -->"])) if odd else ""
            said = "".join(f" {key}={quote}{value}{quote}" for key, value in attributes)
            inside += f"{between}<@c{said}>{cell.inside}</@c>" if cell.inside or odd else f"<@c{said}/>"
            if cell.text is not None:
                texts[row, column] = cell.text
            if cell.fault is not None:
                wrong.append((row, column, cell.fault))
        number = f" r={quote}{row}{quote}" if told else ""
        rows += f"<@row{number} spans='1:9'>{inside}</@row>" if odd else f'<@row r="{row}" spans="1:9">{inside}</@row>'
    merged = '<@mergeCells count="1"><@mergeCell ref="B2:C4"/></@mergeCells>'
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    xml = (
        f"{draw(st.sampled_from(['', DECLARATION]))}<@worksheet {name}={quote}{draw(st.sampled_from([MAIN, STRICT]))}{quote}>"
        f"<@dimension ref='A1'/><@sheetData>{rows}</@sheetData>{merged}</@worksheet>"
    )
    return Sheet(xml.replace("<@", f"<{prefix}").replace("</@", f"</{prefix}"), texts, wrong)


@settings(deadline=None, max_examples=150)
@given(sheet=any_sheet(), encoding=st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16"]))
def test_any_form_of_xml(sheet: Sheet, encoding: str) -> None:
    """Prefixes, quotes, order of attributes, missing addresses, CDATA, comments, rich text: the cells are what they say."""
    xml = sheet.xml if encoding == "utf-8" else sheet.xml.removeprefix(DECLARATION)
    data = xml.encode(encoding)
    grid = read(Book([data], strings_xml(*SHARED), styles_xml(*STYLES)).data())[0]
    assert cells(grid) == sheet.texts
    assert [(row, column, code) for row, column, code, _ in faults(grid)] == sheet.faults
    assert grid.merged == ((2, 1, 4, 2),)
    plain = plain_way(data)
    assert plain in (None, parsed_way(data))


PIECES = [
    '<c r="A1"><v>1</v></c>', '<c r="B2" s="1" t="s"><v>0</v></c>', '<c r="A1" t="s" s="1"><v>1</v></c>', '<c r="C1"/>',
    '<c r="A1" s="1" t="s" s="1"><v>1</v></c>', '<c r="XFE1"><v>1</v></c>', '<c r="A0"><v>1</v></c>', "<c><v>1</v></c>",
    '<c r="D4" t="str"><f>A1&lt;2</f><v>a&amp;b&#10;</v></c>', '<c r="D4" t="inlineStr"><is><t>_x000D_</t></is></c>',
    '<c r="D4" t="str"><v>&#0;</v></c>', '<c r="D4" t="str"><v>&who;</v></c>', '<c r="D4" t="str"><v>a\rb</v></c>',
    '<c r="E5"><f/></c>', '<c r="E5"><v/></c>', '<c r="E5"><v></v></c>', '<c r="F6" t="x"><v>1</v></c>', "\x01", "示", "\u3000",
    "<row>", '<row r="3">', "</row>", '<row r="9"/>', "<!-- -->", "<![CDATA[", "]]>", "<", ">", "&", '"', " ", "\n", "<?x y?>",
    "</sheetData>", "<sheetData>", "<sheetData/>", '<mergeCell ref="A1:B2"/>', "<x:c>", "</c>", "<v>", "</v>", "\ufffe",
]  # fmt: skip


@settings(deadline=None, max_examples=300)
@example(pieces=['<c r="A1"><v>1</v></c>', "</sheetData>", '<mergeCell ref="A1:B2"/>', "<sheetData>"], after="")
@example(pieces=['<c r="D4" t="str"><v>&#0;</v></c>'], after="")
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=6),
    after=st.sampled_from(["", "<!-- <mergeCell ref='A1:B2'/> -->", "<mergeCell ref='A1:B2'/>", "<sheetData/>", "<"]),
)
def test_the_quick_way_is_the_way_of_the_parser(pieces: list[str], after: str) -> None:
    """Whatever stands in a sheet, what the regular expression takes is what the parser takes, if that is XML at all."""
    rows = f'<row r="1">{"".join(pieces)}</row>'
    # A cell outside all rows is none to the parser and one to the expression; no schema allows it, and no program writes it.
    assume(not re.search(r"</row>\s*(?:<row[^<>]*/>\s*)*<c[\s>]", rows))
    xml = sheet_xml(rows, after=after).encode()
    quick, parsed = plain_way(xml), parsed_way(xml)
    assert quick is None or isinstance(parsed, str) or quick == parsed


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1" t="s" s="1"><v>0</v></c><c r="C1" s="1" t="s"><v>0</v></c></row>',
        '<row r="1"><c r="A1" s="1" /><c r="B1" t="inlineStr"><is><t xml:space="preserve"> a</t></is></c></row>\n<row r="2"/>',
        '<row r="1" spans="1:3" x14ac:dyDescent="0.2"><c r="A1"><f t="shared" ref="A1:A9" si="0">B1</f><v>1</v></c></row>',
        "",
    ],
)
def test_what_usual_programs_write_is_read_the_quick_way(rows: str) -> None:
    """Excel, Apache POI, EPPlus and the like are not left to the parser."""
    xml = sheet_xml(rows).replace("<worksheet ", '<worksheet xmlns:x14ac="x14ac" ').encode()
    assert plain_way(xml) == parsed_way(xml)
    assert plain_way(xml.replace(b"<sheetData></sheetData>", b"<sheetData/>")) == parsed_way(xml)


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x1f", "\ufffe", "\uffff"])
@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c r="A1" t="str"><v>a@</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t>@</t></is></c></row>',
        '<row r="1"><c r="A1"><f>"@"</f><v>1</v></c></row>',
        '<row r="1"><c r="A1"><f ref="@">1</f><v>1</v></c></row>',
        '<row r="1"><c r="A1" s="@"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>@</row>',
        '<row r="1" spans="@"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" spans="@"/>',
    ],
)
def test_characters_that_are_none(row: str, character: str) -> None:
    """What no XML can contain is not read the quick way, wherever it stands, and the parser refuses it."""
    assert plain_way(sheet_xml(row.replace("@", "")).encode()) is not None or "s=" in row
    xml = sheet_xml(row.replace("@", character)).encode()
    assert plain_way(xml) is None
    assert isinstance(parsed_way(xml), str)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ('<row r="1"><c r="A1" t="str"><v>a>b</v></c></row>', {(1, 0): "a>b"}),
        ('<row r="1" spans=">"><c r="A1"><v>1</v></c></row>', {(1, 0): "1"}),
        ('<row r="1"><c r="A1"><f ref=">/">1</f><v>1</v></c></row>', {(1, 0): "1"}),
        ('<row r="1"><c t="str" r="A1" s="0"><v>a</v></c></row>', {(1, 0): "a"}),
        ('<row r="1"><c r="A1" ph="1" t="str"><v>a</v></c></row>', {(1, 0): "a"}),
        ('<row r="7"><c r="B3"><v>1</v></c><c r="A7"><v>2</v></c><c r="AA1"><v>3</v></c></row>', {(3, 1): "1", (7, 0): "2", (1, 26): "3"}),
        ('<row r="1"><c r="A01"><v>1</v></c></row><row><c r="C0000002"><v>2</v></c></row>', {(1, 0): "1", (2, 2): "2"}),
    ],
)  # fmt: skip
def test_what_could_mislead_who_cuts(row: str, shown: dict[tuple[int, int], str]) -> None:
    """Marks within values, attributes in other orders, addresses that the row does not lead to expect."""
    assert cells(read_rows(row)) == shown
    plain = plain_way(sheet_xml(row).encode())
    assert plain in (None, parsed_way(sheet_xml(row).encode()))


@pytest.mark.parametrize("xml", ["<!-- <sheetData><row><c r='A1'/></row></sheetData> -->", "<?x <sheetData> ?>"])
def test_a_sheet_in_a_comment_is_none(xml: str) -> None:
    """What looks like cells in a comment before the sheet is not read."""
    book = Book([sheet_xml('<row r="1"><c r="A1"><v>7</v></c></row>', before=xml)])
    assert cells(read(book.data())[0]) == {(1, 0): "7"}


# --------------------------------------------------------------------------------------------------------------------
# Where cells stand, and what is wrong with them


def test_formulas_that_were_never_calculated_and_errors_have_addresses() -> None:
    """Each cell that holds no value is told with row and column; a formula that gave empty text was calculated."""
    rows = (
        '<row r="2"><c r="B2"><f>1+1</f></c><c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D2"><f>1+1</f><v>2</v></c></row>'
        '<row r="700"><c r="A700" t="str"><f>""</f><v></v></c><c r="AB700"><f t="shared" si="0"/><v/></c>'
        '<c r="AC700" t="e"><v>#N/A</v></c><c r="AD700" t="e"><f>A1</f></c><c r="XFD700" t="e"><v>#GETTING_DATA</v></c></row>'
    )
    grid = read_rows(rows)
    assert faults(grid) == [
        (2, 1, "IC211", None),
        (2, 2, "IC210", "#DIV/0!"),
        (700, 27, "IC211", None),
        (700, 29, "IC211", None),
        (700, 16_383, "IC210", "#GETTING_DATA"),
    ]
    assert cells(grid) == {(2, 2): "#DIV/0!", (2, 3): "2", (700, 28): "#N/A", (700, 16_383): "#GETTING_DATA"}


def test_cells_out_of_order_and_twice() -> None:
    """Cells in any order stand where they say; of a place written twice the last counts, with its faults and its type."""
    first = '<c r="C1"><v>3</v></c><c r="A1" t="e"><v>#REF!</v></c><c r="A1" t="str"><v>a</v></c>'
    rows = f'<row r="9"><c r="B9"><v>9</v></c></row><row r="1">{first}</row><row r="9"><c r="A9"><v>8</v></c></row>'
    for xml in (rows, rows.replace('"', "'")):
        grid = read_rows(xml)
        assert cells(grid) == {(1, 0): "a", (1, 2): "3", (9, 0): "8", (9, 1): "9"}
        assert faults(grid) == []
        assert numbers(grid) == {(1, 2), (9, 0), (9, 1)}


@pytest.mark.parametrize("quote", ['"', "'"])
def test_the_first_rows_of_a_sheet(quote: str) -> None:
    """The first rows can be read without the others, with all merged ranges; of the others some may come as well."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 101))
    xml = sheet_xml(rows, after='<mergeCells><mergeCell ref="A90:B90"/><mergeCell ref="A1:Ä2"/></mergeCells>')
    (sheet,) = open_sheets(Content("file", Book([xml.replace('"', quote)]).data()))
    head = sheet.load(40)
    assert list(head.rows())[:40] == [(n, [f"{n}"]) for n in range(1, 41)]
    assert head.merged == ((90, 0, 90, 1),)
    assert sheet.load(None).frame.height == 100


def test_a_sheet_of_many_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells are cut into pieces behind rows and put together again, wherever the cuts fall."""
    rows = "".join(
        f'<row r="{n}">'
        + "".join(f'<c r="{letters_of(k)}{n}" t="str"><v>{n}示{k}</v></c>' for k in range(n % 7))
        + "</row>"
        for n in range(1, 300)
    )
    whole = read_rows(rows)
    monkeypatch.setattr(plain_xml, "_PIECE_SIZE", 1000)
    monkeypatch.setattr(parts, "_BLOCK", 700)
    monkeypatch.setattr(sheet_module, "_ROWS_AT_ONCE", 2)
    cut = read_rows(rows)
    assert cells(cut) == cells(whole) == {(n, k): f"{n}示{k}" for n in range(1, 300) for k in range(n % 7)}
    monkeypatch.setattr(parsed_cells, "_AT_ONCE", 10)
    assert cells(read_rows(rows.replace('"', "'"))) == cells(whole)


@settings(deadline=None, max_examples=60)
@given(
    places=st.lists(st.tuples(st.integers(1, 12), st.integers(0, 5)), max_size=40),
    size=st.sampled_from([1, 150, 10_000]),
    rows_at_once=st.sampled_from([0.5, 2, 64]),
    empty=st.sampled_from([1, 4, 100]),
)
def test_any_places_in_any_order(places: list[tuple[int, int]], size: int, rows_at_once: float, empty: int) -> None:
    """Every cell stands where it says, and the last that says so, however the pieces are cut and put together."""
    xml = "".join(
        f'<row r="{row}"><c r="{letters_of(column)}{row}" t="str"><v>{number}</v></c></row>'
        for number, (row, column) in enumerate(places)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_xml, "_PIECE_SIZE", size)
        patch.setattr(parts, "_BLOCK", 100)
        patch.setattr(sheet_module, "_ROWS_AT_ONCE", rows_at_once)
        patch.setattr(sheet_module, "_EMPTY", empty)
        grid = read_rows(xml)
    assert cells(grid) == {place: f"{number}" for number, place in enumerate(places)}
    assert grid.frame["source_row"].to_list() == sorted({row for row, _ in places})


def test_the_only_visible_sheet_is_read_once() -> None:
    """Of a workbook's only visible sheet all is read at once; of one among several only the first rows at first."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 101))
    (alone,) = open_sheets(Content("file", Book([sheet_xml(rows)]).data()))
    assert alone.load(40) is alone.load(None)
    first, _ = open_sheets(Content("file", Book([sheet_xml(rows)] * 2).data()))
    assert list(first.load(40).rows())[:40] == list(alone.load(None).rows())[:40]


def test_other_readers_of_a_sheet_with_gaps() -> None:
    """Other libraries see the same cells at the same places of a sheet that begins neither in row 1 nor in column A."""
    data = Book(
        [sheet_xml('<row r="3"><c r="C3"><v>1</v></c></row><row r="5"><c r="B5" t="str"><v>x</v></c></row>')]
    ).data()
    assert cells(read(data)[0]) == {(3, 2): "1", (5, 1): "x"}
    assert by_openpyxl(data)[0][2][2] == by_calamine(data)[0][2][2] == 1
    assert by_openpyxl(data)[0][4][1] == by_calamine(data)[0][4][1] == "x"
