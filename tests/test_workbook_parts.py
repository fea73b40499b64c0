"""Parts of .xlsx workbooks: sheets are found by what the parts say of each other, and a part too few or too odd is said."""

from __future__ import annotations

import pytest

import filings
from grids import cells, refusal
from icredit.intake.sources.grid import Content, Grid
from icredit.intake.sources.xlsx import open_sheets
from workbooks import DECLARATION, MAIN, OFFICE, Book, read, relations, row_of, sheet_xml, strings_xml

CELL = sheet_xml('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
TEXT = strings_xml("<t>示例</t>")
RELATED = "xl/_rels/workbook.xml.rels"
STRICT_KINDS = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def read_grids(content: Content) -> list[Grid]:
    """Every sheet of a workbook, for the helpers that take a reader."""
    return [sheet.load(None) for sheet in open_sheets(content)]


def refused(book: Book) -> str:
    """Why the workbook is refused."""
    return refusal(read_grids, book.data()).removeprefix("file: not a readable workbook: ")


def test_sheets_in_order_with_names_and_states() -> None:
    """Sheets come in the order of the workbook, with their names; hidden and very hidden ones are marked."""
    book = Book([CELL] * 3, TEXT, states=["visible", "hidden", "veryHidden"])
    names = book.workbook().replace("表1", "a &amp; &quot;b&quot;_x0009_")
    grids = read(Book([CELL] * 3, TEXT, changed={"xl/workbook.xml": names}).data())
    assert [(grid.sheet, grid.hidden) for grid in grids] == [('a & "b"\t', False), ("表2", True), ("表3", True)]
    assert [cells(grid) for grid in grids] == [{(1, 0): "示例"}] * 3


@pytest.mark.parametrize("kind", ["chartsheet", "dialogsheet", "xlMacrosheet", "externalLink"])
def test_sheets_of_other_kinds_are_none(kind: str) -> None:
    """Charts, dialogues and macro sheets have no cells and are no sheets."""
    related = relations(
        ("worksheet", "worksheets/sheet1.xml"), (kind, "worksheets/sheet2.xml"), ("sharedStrings", "sharedStrings.xml")
    )
    (grid,) = read(Book([CELL, "<chartsheet/>"], TEXT, changed={RELATED: related}).data())
    assert grid.sheet == "表1"
    only = relations((kind, "worksheets/sheet1.xml"))
    assert refusal(read_grids, Book([CELL], changed={RELATED: only}).data()) == "file: the workbook has no worksheet"


@pytest.mark.parametrize(
    "target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "./worksheets/../worksheets/sheet1.xml", "../xl/worksheets/sheet1.xml",
               r"worksheets\sheet1.xml", r"\xl\worksheets\sheet1.xml", "Worksheets/Sheet1.XML", "../../../xl//worksheets/sheet1.xml"],
)  # fmt: skip
def test_targets(target: str) -> None:
    """A part is named from the folder of the workbook or from the root, with either slash, in any case."""
    related = relations(("worksheet", target), ("sharedStrings", "/xl/sharedStrings.xml"))
    assert cells(read(Book([CELL], TEXT, changed={RELATED: related}).data())[0]) == {(1, 0): "示例"}


@pytest.mark.parametrize("folder", ["", "book/", "a/b/"])
def test_parts_in_other_folders(folder: str) -> None:
    """The workbook is where the relations of the file say, not where it usually is."""
    main = f"{folder}main.xml"
    parts = {
        "_rels/.rels": relations(("extended-properties", "x.xml"), ("officeDocument", f"/{main}")),
        main: Book([CELL]).workbook(),
        f"{folder}_rels/main.xml.rels": relations(
            ("worksheet", "s.xml"), ("sharedStrings", "../" * folder.count("/") + "t.xml")
        ),
        f"{folder}s.xml": CELL,
        "t.xml": TEXT,
    }
    assert cells(read(filings.zipped(parts))[0]) == {(1, 0): "示例"}
    assert cells(read(filings.zipped({name.replace("/", "\\"): part for name, part in parts.items()}))[0]) == {
        (1, 0): "示例"
    }


def test_strict_workbooks() -> None:
    """The strict form of the standard has other namespaces and the same content."""
    book = Book([CELL.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")], TEXT)
    changed = {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml"), kinds=STRICT_KINDS),
        RELATED: relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), kinds=STRICT_KINDS
        ),
        "xl/workbook.xml": book.workbook().replace(OFFICE, STRICT_KINDS),
    }
    assert cells(read(Book([CELL], TEXT, changed=changed).data())[0]) == {(1, 0): "示例"}


def test_a_workbook_without_the_relations_of_the_file() -> None:
    """Where nothing says which part is the workbook, it is the usual one."""
    assert cells(read(Book([CELL], TEXT, changed={"_rels/.rels": None}).data())[0]) == {(1, 0): "示例"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", RELATED, "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
def test_parts_in_other_encodings(part: str, encoding: str) -> None:
    """Each part may be in its own encoding, with a mark or with a declaration."""
    declared = {
        "iso-8859-1": "<?xml version='1.0' encoding='ISO-8859-1'?>",
        "utf-16-le": "\ufeff",
        "utf-16-be": "\ufeff",
    }
    book = Book([sheet_xml(row_of(' t="s"><v>0</v>', ' t="str"><v>&#233;示</v>'))], TEXT)
    text = str(book.parts()[part]).removeprefix(DECLARATION)
    data = (declared.get(encoding, "") + text).encode(encoding, "xmlcharrefreplace")
    changed = Book(book.sheets, book.strings, changed={part: data})
    if encoding == "iso-8859-1" and part == "xl/worksheets/sheet1.xml":
        data = data.replace(b"&#233;", b"\xc3\xa9")  # these two bytes would be one character of UTF-8
        changed = Book(book.sheets, book.strings, changed={part: data})
        assert cells(read(changed.data())[0]) == {(1, 0): "示例", (1, 1): "Ã©示"}
    else:
        assert cells(read(changed.data())[0]) == {(1, 0): "示例", (1, 1): "é示"}


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("xl/workbook.xml", "its part xl/workbook.xml is missing"),
        ("xl/worksheets/sheet1.xml", "its part xl/worksheets/sheet1.xml is missing"),
        ("xl/sharedStrings.xml", "its part xl/sharedStrings.xml is missing"),
        ("xl/styles.xml", "its part xl/styles.xml is missing"),
    ],
)
def test_parts_that_are_missing(part: str, message: str) -> None:
    """A part that others name and that is not there is named."""
    assert refused(Book([CELL], TEXT, changed={part: None})) == message


def test_a_workbook_without_relations_or_sheets_has_no_worksheet() -> None:
    """A workbook without any sheet that is a part of it is refused by that name."""
    for book in (
        Book(),
        Book([CELL], changed={RELATED: None}),
        Book([CELL], changed={"xl/workbook.xml": "<workbook/>"}),
    ):
        assert refusal(read_grids, book.data()) == "file: the workbook has no worksheet"


def test_a_workbook_without_texts_and_styles() -> None:
    """Programs leave out the parts that they do not need."""
    related = relations(("worksheet", "worksheets/sheet1.xml"))
    bare = {RELATED: related, "xl/styles.xml": None, "xl/sharedStrings.xml": None}
    number = sheet_xml('<row r="1"><c r="A1" s="3"><v>1</v></c></row>')
    assert cells(read(Book([number], changed=bare).data())[0]) == {(1, 0): "1"}
    assert "refers to a shared string that is not there: '0'" in refused(Book([CELL], changed=bare))


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ("<si><t>a</t></si>\n<si><t xml:space='preserve'> b</t></si><si/>", ["a", " b", None]),
        (
            "<!-- <si><t>x</t></si> --><si><r><t>a</t></r><r><t>b</t></r></si><si><t/></si><si><t>c</t><phoneticPr/></si>",
            ["ab", None, "c"],
        ),
        ("<si><t>a</t><rPh><t>x</t></rPh></si><si><t><![CDATA[<b>]]></t></si><si><t>&#99;</t></si>", ["a", "<b>", "c"]),
        ("<si><t>a</t></si><si><t>b</t></si><si><t>c</t></si><extLst><ext/></extLst>", ["a", "b", "c"]),
        ("<x:si xmlns:x='x'><x:t>a</x:t></x:si><si><t>b</t></si><si ><t >c</t ></si >", ["a", "b", "c"]),
    ],
)
@pytest.mark.parametrize(
    "count", ["", ' count="3" uniqueCount="3"', ' count="4294967295" uniqueCount="4294967295"', ' count="x"']
)
def test_shared_strings_in_any_form(texts: str, found: list[str | None], count: str) -> None:
    """Plain or rich, alone or with what else may stand there, and whatever they say of their number."""
    strings = strings_xml().replace("></sst>", f"{count}>{texts}</sst>")
    grid = read(Book([sheet_xml(row_of(*(f' t="s"><v>{n}</v>' for n in range(3)), "><v>9</v>"))], strings).data())[0]
    assert [cells(grid).get((1, column)) for column in range(3)] == found


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", RELATED, "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(part: str, encoding: str) -> None:
    """No part may define entities, in whatever encoding, because they can grow without end."""
    laughs = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
    book = Book([CELL], TEXT)
    text = laughs + str(book.parts()[part]).removeprefix(DECLARATION)
    assert "document type" in refused(Book([CELL], TEXT, changed={part: text.encode(encoding)}))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", RELATED, "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize("damage", ["", "text", "<a>", "\x00", "cut", "<a></b>"])
def test_damaged_parts_are_refused(part: str, damage: str) -> None:
    """A part that is no XML, or only the beginning of one, is refused in one line."""
    text = str(Book([CELL], TEXT).parts()[part])
    assert refused(Book([CELL], TEXT, changed={part: text[:-5] if damage == "cut" else damage})).startswith(
        "its XML is damaged: "
    )
