"""Damaged and hostile .xlsx files: a grid or a refusal in one line, soon, and within the memory of a small computer."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter

import filings
from grids import cells, refusal, spoiled, survives
from icredit.intake.sources.grid import Content, Grid
from icredit.intake.sources.xlsx import cells as cell_source
from icredit.intake.sources.xlsx import open_sheets, sheet
from workbooks import Book, letters_of, read, sheet_xml, strings_xml, styles_xml

SHEET = "xl/worksheets/sheet1.xml"
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def read_grids(content: Content) -> list[Grid]:
    """Every sheet of a workbook, its beginning first, as the search for a header reads it."""
    sheets = open_sheets(content)
    for one in sheets:
        one.load(40)
    return [one.load(None) for one in sheets]


def small() -> bytes:
    """A workbook of a library, with most things that a part can hold."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet("填报")
        page.write_row(0, 0, ["统一社会信用代码", "企业名称", "a&b\r"])
        page.write_row(1, 0, [filings.code(1), 1.5, True], book.add_format({"num_format": "0%"}))
        page.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        page.write_rich_string(3, 0, "a", book.add_format({"bold": True}), "b")
        page.merge_range("A5:C6", "示例")
    return file.getvalue()


# --------------------------------------------------------------------------------------------------------------------
# Damage


def test_spoiled_archives() -> None:
    """Archives cut, with bytes changed and pieces moved are refused or read."""
    assert survives(read_grids, spoiled(small(), count=120)) > 40


def test_spoiled_parts() -> None:
    """The same of every part of an archive that is whole."""
    parts = filings.unzipped(small())

    def files() -> Iterator[bytes]:
        for seed, name in enumerate(parts):
            for part in spoiled(parts[name], count=12, seed=seed):
                yield filings.zipped({**parts, name: part})

    assert survives(read_grids, files()) > 40


def in_zip(data: bytes, offset_here: int, offset_in_list: int, value: bytes) -> bytes:
    """A zip archive of one part, a value changed both before the part and in the table of contents."""
    listed = data.rindex(b"PK\x01\x02")
    changed = bytearray(data)
    for begin, offset in ((0, offset_here), (listed, offset_in_list)):
        changed[begin + offset : begin + offset + len(value)] = value
    return bytes(changed)


ONE_PART = filings.zipped({"xl/workbook.xml": "<workbook/>"})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (in_zip(ONE_PART, 6, 8, b"\1\0"), "file: the workbook is protected by a password"),
        (in_zip(ONE_PART, 8, 10, b"\x0c\0"), "packed in a way that Excel does not know"),  # bzip2
        (in_zip(ONE_PART, 8, 10, b"\x0e\0"), "packed in a way that Excel does not know"),  # LZMA
        (in_zip(ONE_PART, 8, 10, b"\x63\0"), "packed in a way that Excel does not know"),  # AES
        (in_zip(ONE_PART, 14, 16, b"\0\0\0\0"), "its archive is damaged: Bad CRC-32"),
        (in_zip(ONE_PART, 22, 24, struct.pack("<I", 2**32 - 2)), "it would unpack to 4,096 MB"),
        (in_zip(ONE_PART, 22, 24, struct.pack("<I", 5)), "file: not a readable workbook: its"),
        (in_zip(ONE_PART, 26, 28, b"\xff\xff"), "file: not a readable workbook: its archive is damaged"),
        (
            filings.zipped(
                {"_rels/.rels": '<?xml version="1.0" encoding="pTF-8"?><Relationships/>', "xl/workbook.xml": "<w/>"}
            ),
            "file: not a readable workbook: its XML is damaged: unknown encoding: pTF-8",
        ),
        (b"PK\3\4" + bytes(100), "file: not a readable workbook: its archive is damaged: File is not a zip file"),
    ],
)
def test_archives_that_are_not_what_they_say(data: bytes, message: str) -> None:
    """Parts that are encrypted, packed in other ways, of other sizes and sums than stated are refused by name."""
    assert message in refusal(read_grids, data)


def test_parts_of_one_name() -> None:
    """Of parts of one name the last counts, as for other readers."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/worksheets/sheet9.xml", sheet_xml(""))
        for name, part in Book([sheet_xml(ROW)]).parts().items():
            archive.writestr(name, part)
    assert cells(read(file.getvalue().replace(b"sheet9.xml", b"sheet1.xml"))[0]) == {(1, 0): "1"}


def test_one_part_as_many_sheets() -> None:
    """A workbook that calls one part many sheets would be read as often."""
    book = Book([sheet_xml(ROW)])
    many = book.workbook().replace("</sheets>", '<sheet name="x" sheetId="2" r:id="r1"/></sheets>')
    data = Book(book.sheets, changed={"xl/workbook.xml": many}).data()
    assert refusal(read_grids, data) == "file: not a readable workbook: two of its sheets are one and the same part"


# --------------------------------------------------------------------------------------------------------------------
# Small files that would fill a computer. One process reads them all and tells the most memory that it ever had.


def packed(*blocks: tuple[str, int], **book: str) -> bytes:
    """A workbook whose sheet is the blocks, each so many times; what repeats packs to almost nothing."""
    data = b"".join(text.encode() * times for text, times in blocks)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in Book([data], **book).parts().items():  # type: ignore[arg-type]
            archive.writestr(name, part)
    return file.getvalue()


def bomb() -> bytes:
    """A workbook of 3 MB whose sheet unpacks to 3 GB, as the table of contents truly says."""
    block = bytes(2**20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in Book(["@"]).parts().items():
            archive.writestr(name, piece * 3072 if name == SHEET else part)
        archive.getinfo(SHEET).compress_type = zipfile.ZIP_DEFLATED
        archive.getinfo(SHEET).file_size = 3072 * 2**20
    return file.getvalue()


BEGIN, END = (f"{part}" for part in sheet_xml("@").split("@"))
SLOW = BEGIN.replace("<sheetData>", "<!-- --><sheetData >")
CROSS = "".join(f'<c r="{letters_of(column)}1"><v>1</v></c>' for column in range(16_384))


def down(cell: str, count: int) -> str:
    """A cell in many rows."""
    return "".join(f'<row r="{row}">{cell.format(row)}</row>' for row in range(1, count + 1))


#: What is hostile -> the file, and what must be said of it; nothing where it can be read.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (bomb, "it would unpack to 3,072 MB, which no table needs"),
    "a small bomb": (lambda: packed((BEGIN, 1), (" " * 1024, 50_000), (END, 1)), "it would unpack to 49 MB"),
    "blanks": (lambda: packed((BEGIN, 1), (" " * 1024, 20_000), (END, 1)), ""),
    "one cell again and again": (lambda: packed((BEGIN, 1), (ROW, 200_000), (END, 1)), ""),
    "the same for the parser": (lambda: packed((SLOW, 1), (ROW, 100_000), (END, 1)), ""),
    "the last cell there is": (lambda: packed((BEGIN, 1), ('<row><c r="XFD1048576"><v>1</v></c></row>', 1), (END, 1)), ""),
    "many rows and one far cell": (
        lambda: packed((BEGIN, 1), (down('<c r="A{0}"><v>1</v></c>', 100_000), 1), ('<c r="XFD100001"><v>1</v></c>', 1), (END, 1)),
        "",
    ),
    "many rows and many columns": (
        lambda: packed((BEGIN, 1), (f"<row>{CROSS}</row>", 1), (down('<c r="A{0}"><v>1</v></c>', 2000), 1), (END, 1)),
        "the sheets are too large",
    ),
    "one text for all": (
        lambda: packed((BEGIN, 1), (down('<c r="A{0}" t="s"><v>0</v></c>', 20_000), 1), (END, 1), strings=strings_xml("<t>" + "x" * 32_767 + "</t>")),
        "the sheets are too large",
    ),
    "texts without end": (lambda: packed((BEGIN, 1), ("<row/>", 1), (END, 1), strings=strings_xml().replace("</sst>", "<si><t/></si>" * 200_000 + "</sst>")), ""),
    "a long attribute": (lambda: packed((BEGIN + '<row a="', 1), ("x" * 1024, 10_000), ('"/>', 1), (END, 1)), ""),
    "a longer attribute": (lambda: packed((BEGIN + '<row a="', 1), ("x" * 1024, 20_000), ('"/>', 1), (END, 1)), "a tag without an end"),
    "a long text": (lambda: packed((BEGIN + '<row><c r="A1" t="str"><v>', 1), ("x" * 1024, 20_000), ("</v></c></row>", 1), (END, 1)), "16 million"),
    "elements in elements": (lambda: packed((BEGIN, 1), ("<a>", 5_000_000)), "elements within elements"),
    "a number format": (lambda: packed((BEGIN, 1), (END, 1), styles=styles_xml("[" * 3_000_000)), ""),
    "styles": (lambda: packed((BEGIN, 1), (END, 1), styles="<styleSheet><cellXfs>" + '<xf numFmtId="14"/>' * 200_000 + "</cellXfs></styleSheet>"), ""),
}  # fmt: skip

SCRIPT = """
import resource, sys
from pathlib import Path
from icredit.errors import InputError
from icredit.intake.sources import open_file, read_content
for name in sys.argv[1:]:
    path = Path(name)
    try:
        opened = open_file(path, read_content(path))
        for sheet in opened.sheets:
            sheet.load(40)
            sheet.load(None)
        print()
    except InputError as error:
        print(error.message)
# Linux never counts a child below the peak of its parent, here of all tests before; a program's own memory has its own.
status = Path("/proc/self/status")
own = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")] if status.exists() else []
print(int(own[0] if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_hostile_workbooks_fill_no_memory(tmp_path: Path) -> None:
    """Each is refused for what it is or read, soon, and no more than half a gigabyte is taken."""
    files = {f"{place}.xlsx": said for place, (_, said) in enumerate(HOSTILE.values())}
    for name, (make, _) in zip(files, HOSTILE.values(), strict=True):
        (tmp_path / name).write_bytes(make())
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, *files], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr[-500:]
    *lines, memory = run.stdout.splitlines()
    for (name, said), line in zip(files.items(), lines, strict=True):
        assert line.startswith(f"{name}: ") if said else line == "", (name, line)
        assert said in line, (name, line)
    assert int(memory) < 512


def test_more_faults_than_anybody_mends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell without a value is told with its address; a million of them is refused, with what to do."""
    monkeypatch.setattr(sheet, "_MOST_FAULTS", 10)
    rows = [f'<c r="A{row}"><f/></c>' for row in range(1, 12)]
    assert len(read(Book([sheet_xml(f"<row>{''.join(rows[:10])}</row>")]).data())[0].faults) == 10
    said = refusal(read_grids, Book([sheet_xml(f"<row>{''.join(rows)}</row>")]).data())
    assert said == "file: more than 10 cells hold an error or a formula that was never calculated"


def test_more_merged_ranges_than_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet with more merged ranges than a sheet has rows is refused."""
    monkeypatch.setattr(cell_source, "_MOST_MERGED", 10)
    for count, quote in ((10, '"'), (11, '"'), (11, "'")):
        xml = sheet_xml(ROW, after='<mergeCell ref="A1:B1"/>' * count).replace('"', quote)
        if count > 10:
            assert "more than a million merged ranges" in refusal(read_grids, Book([xml]).data())
        else:
            assert len(read(Book([xml]).data())[0].merged) == count
