"""Workbooks of Excel 97 to 2003 and before: every cell exactly, and nothing that a crafted file could do."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlrd
from hypothesis import given, settings
from hypothesis import strategies as st

import filings
from filings import Formula, Shown, Wrong, record
from grids import cells, faults, numbers, refusal, shown_all, spoiled, survives
from icredit.intake.sources.compound import SIGNATURE, CompoundFile
from icredit.intake.sources.grid import Content, Grid
from icredit.intake.sources.xls import read_grids

REAL = Path(__file__).resolve().parents[2] / "shared" / "realdata" / "messy" / "frictionless_fixtures"

BOF, EOF = 0x0809, 0x000A


def sheet(*rows: list[filings.AnyCell], **options: object) -> Grid:
    """The one sheet of a workbook of the rows."""
    (grid,) = read_grids(Content("file", filings.xls({"填报": rows}, **options)))  # type: ignore[arg-type]  # passed on
    return grid


anything = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**53), 2**53).map(float)
    | st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF), max_size=20)
    | st.builds(Shown, st.floats(-1e6, 1e6).map(lambda number: round(number, 6)), st.sampled_from(["0.00", "0.0%"]))
    | st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31))
    | st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31)).map(  # noqa: DTZ001  # cells know no time zone
        lambda moment: moment.replace(microsecond=0)
    )
    | st.times().map(lambda time: time.replace(microsecond=0))
)


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.lists(anything, max_size=5), max_size=5))
def test_every_cell_is_what_was_written(rows: list[list[filings.AnyCell]]) -> None:
    """Numbers, texts, truth values, dates, times and percentages come back exactly where they stood."""
    grid = sheet(*rows)
    assert cells(grid) == shown_all(rows)
    assert numbers(grid) == {
        (line, place)
        for line, row in enumerate(rows, start=1)
        for place, cell in enumerate(row)
        if cell is not None and not isinstance(cell, str | bool)
    }


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("0%", "12.5%"),
        ("0.00%", "12.5%"),
        ("0%;[Red]-0%", "12.5%"),
        ("#,##0.0_);(0.0%)", "12.5%"),
        ('0.000"%"', "0.125"),
        (r"0.000\%", "0.125"),
        ("0.000_%", "0.125"),
        ("0.000*%", "0.125"),
        ('0.0"a""%"%', "12.5%"),
        ("General", "0.125"),
        ("@", "0.125"),
    ],
)
def test_percent_formats(form: str, text: str) -> None:
    """A number is a percentage where its format has the sign as a code, not as quoted or escaped text."""
    assert cells(sheet([Shown(0.125, form)])) == {(1, 0): text}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (61, "1900-03-01"),
        (60, "60"),  # 29 February 1900, which never was
        (59, "1900-02-28"),
        (1, "1900-01-01"),
        (0.5, "12:00:00"),
        (0, "00:00:00"),
        (-1, "-1"),
        (2_958_465, "9999-12-31"),
        (2_958_466, "2958466"),
        (45352.9999999999, "2024-03-02"),
        (1.5, "1900-01-01 12:00:00"),
    ],
)
def test_day_counts(number: float, text: str) -> None:
    """A day count is a date of the calendar; what no calendar has stays the number that it is."""
    assert cells(sheet([Shown(number, "yyyy-mm-dd")])) == {(1, 0): text}


def test_the_epoch_of_1904() -> None:
    """In a workbook that counts from 1904 the same date has another day count, and the grid says so."""
    rows: list[filings.AnyCell] = [dt.date(2024, 3, 1), dt.datetime.fromisoformat("2024-03-01 08:30"), 43_890.0]
    grid = sheet(rows, epoch_1904=True)
    assert grid.epoch_1904
    assert cells(grid) == {(1, 0): "2024-03-01", (1, 1): "2024-03-01 08:30:00", (1, 2): "43890"}
    assert filings.serial(dt.date(2024, 3, 1), epoch_1904=True) == 43_890


def test_errors_are_faults() -> None:
    """A cell with an error shows it and is a fault; #N/A means only that there is nothing."""
    texts = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!"]
    grid = sheet([Wrong(text) for text in texts], [Wrong("#N/A"), float("nan"), Formula(Wrong("#REF!"))])
    assert cells(grid) == {(1, place): text for place, text in enumerate(texts)} | {
        (2, 0): "#N/A",
        (2, 1): "#NUM!",
        (2, 2): "#REF!",
    }
    assert faults(grid) == [
        *((1, place, "IC210", text) for place, text in enumerate(texts)),
        (2, 1, "IC210", "#NUM!"),
        (2, 2, "IC210", "#REF!"),
    ]


def test_results_of_formulas() -> None:
    """A formula is its result; an empty one is empty where others of the workbook have results."""
    grid = sheet([Formula(0.1), Formula("示例"), Formula(result=True), Formula(None)])
    assert cells(grid) == {(1, 0): "0.1", (1, 1): "示例", (1, 2): "true"}
    assert faults(grid) == []


def test_formulas_that_were_never_calculated() -> None:
    """Where no formula of a workbook has a result and no program signed for it, none was calculated."""
    data = filings.xls({"一": [["x", Formula(None)], [Formula(None)]], "二": [[None, None, Formula(None)]]})
    first, second = read_grids(Content("file", data))
    assert faults(first) == [(1, 1, "IC211", None), (2, 0, "IC211", None)]
    assert faults(second) == [(1, 2, "IC211", None)]
    assert list(second.rows()) == [(1, [])]
    signed = filings.xls({"一": [[Formula(None)]]}, beside=record(0x01C1, bytes(8)))
    assert faults(read_grids(Content("file", signed))[0]) == []


def test_merged_cells() -> None:
    """Merged cells are told as they stand, as far as anything stands there."""
    grid = sheet(["合并", None, "x"], [None, None, "y"], merged=[(1, 0, 2, 1), (1, 2, 900, 200), (500, 0, 501, 1)])
    assert grid.merged == ((1, 0, 2, 1), (1, 2, 2, 2))


def test_sheets_in_order_with_hidden_ones() -> None:
    """Every worksheet is a grid, hidden ones marked."""
    grids = read_grids(Content("file", filings.xls({"一": [["x"]], "二": [], "三": [[None], ["z"]]}, hidden=["二"])))
    assert [(grid.sheet, grid.hidden, cells(grid)) for grid in grids] == [
        ("一", False, {(1, 0): "x"}),
        ("二", True, {}),
        ("三", False, {(2, 0): "z"}),
    ]


def test_a_password() -> None:
    """A protected workbook is refused as that."""
    assert "protected by a password" in refusal(read_grids, filings.xls({"填报": [["x"]]}, password=True))


def label(row: int, column: int, text: str, encoding: str) -> bytes:
    """A record of a text in one byte a character or more."""
    data = text.encode(encoding)
    return record(0x0204, struct.pack("<HHHH", row, column, 0, len(data)) + data)


def test_bare_records_in_the_encoding_of_chinese_windows() -> None:
    """What exports without a container write is one sheet, its texts in GBK."""
    data = record(BOF, struct.pack("<HHHH", 0, 0x0010, 0, 0))
    data += label(0, 0, "统一社会信用代码", "gbk") + record(0x0203, struct.pack("<HHHd", 1, 0, 0, 12.5))
    data += record(0x027E, struct.pack("<HHHI", 1, 1, 0, 7 << 2 | 2)) + record(EOF, b"")
    (grid,) = read_grids(Content("file", data))
    assert cells(grid) == {(1, 0): "统一社会信用代码", (2, 0): "12.5", (2, 1): "7"}


def test_a_workbook_of_excel_95() -> None:
    """A workbook with texts in a code page is read in that code page."""
    body = record(BOF, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0)) + label(0, 0, "示例", "gbk") + record(EOF, b"")
    begin = record(BOF, struct.pack("<HHHH", 0x0500, 0x0005, 0, 0)) + record(0x0042, struct.pack("<H", 936))
    name = "填报".encode("gbk")
    length = len(begin) + 4 + 6 + 1 + len(name) + 4
    begin += record(0x0085, struct.pack("<IBBB", length, 0, 0, len(name)) + name) + record(EOF, b"")
    (grid,) = read_grids(Content("file", filings.compound_file({"Book": begin + body})))
    assert (grid.sheet, cells(grid)) == ("填报", {(1, 0): "示例"})


@pytest.mark.parametrize(
    "name", ["merged-cells.xls", "merged-cells-boolean.xls", "sheet2.xls", "table-with-ints-floats-dates.xls"]
)
def test_real_workbooks_agree_with_xlrd(name: str) -> None:
    """Files of other programs give the cells that xlrd finds when it is given the file as it is."""
    if not (REAL / name).is_file():
        pytest.skip(f"{name} is not here")
    data = (REAL / name).read_bytes()
    book = xlrd.open_workbook(file_contents=data, formatting_info=True)
    grids = read_grids(Content(name, data))
    assert [grid.sheet for grid in grids] == book.sheet_names()
    for grid, there in zip(grids, book.sheets(), strict=True):
        found = {}
        for row in range(there.nrows):
            for column in range(there.row_len(row)):
                kind, value = there.cell_type(row, column), there.cell_value(row, column)
                if kind == xlrd.XL_CELL_DATE:
                    found[row + 1, column] = xlrd.xldate_as_datetime(value, book.datemode).date().isoformat()
                elif kind == xlrd.XL_CELL_BOOLEAN:
                    found[row + 1, column] = "true" if value else "false"
                elif value != "":
                    found[row + 1, column] = f"{value:g}" if kind == xlrd.XL_CELL_NUMBER else value
        assert cells(grid) == found


# --------------------------------------------------------------------------------------------------------------------
# What cannot be read, and what must not be


def hyperlink() -> bytes:
    """A record of a hyperlink that covers four thousand million cells."""
    guid = bytes.fromhex("d0c9ea79f9bace118c8200aa004ba90b")
    return record(0x01B8, struct.pack("<HHHH16sII", 0, 65535, 0, 65535, guid, 2, 0))


def test_records_that_are_no_cells_do_nothing() -> None:
    """A hyperlink over everything, a name that is no name and a comment without an end do not stop the reading."""
    names = b"".join(record(0x0018, bytes(9)) for _ in range(3))
    grid = sheet(["x"], beside=names, in_sheets=hyperlink() + record(0x001C, b"\1") + record(0x00E5, b"\xff\xff"))
    assert cells(grid) == {(1, 0): "x"}


def test_the_size_that_a_sheet_claims_counts_for_nothing() -> None:
    """Dimensions stated again after every row do not make rows grow."""
    claims = record(0x0200, struct.pack("<IIHHH", 0, 65536, 0, 256, 0))
    cell = record(0x0203, struct.pack("<HHHd", 65535, 255, 0, 1.0))
    grid = sheet(["x"], in_sheets=(claims + cell) * 200)
    assert cells(grid) == {(1, 0): "x", (65536, 255): "1"}
    assert grid.frame.height == 2


def test_shared_texts_that_lead_backwards() -> None:
    """A shared text with something of negative length after it would be read two thousand million times."""
    text = struct.pack("<HBi", 1, 4, -8) + b"x"
    data = filings.xls({"填报": [["x"]]}, beside=record(0x00FC, struct.pack("<ii", 1, 2**31 - 1) + text))
    assert "damaged" in refusal(read_grids, data)


def test_shared_texts() -> None:
    """Shared texts, with formatted runs and over several records, are read where they are used."""
    first = struct.pack("<HBH", 3, 8, 1) + b"one" + struct.pack("<HH", 1, 2)
    second = struct.pack("<HB", 4, 0) + b"tw"
    shared = record(0x00FC, struct.pack("<ii", 2, 2) + first + second) + record(
        0x003C, b"\1" + "二三".encode("utf-16-le")
    )
    used = record(0x00FD, struct.pack("<HHHI", 0, 1, 0, 0)) + record(0x00FD, struct.pack("<HHHI", 1, 0, 0, 1))
    assert cells(sheet(["x"], beside=shared, in_sheets=used)) == {(1, 0): "x", (1, 1): "one", (2, 0): "tw二三"}


@pytest.mark.parametrize("wide_first", [False, True])
def test_a_shared_text_behind_one_that_goes_on(wide_first: bool) -> None:  # noqa: FBT001  # parametrised
    """Where a text goes on in the next record is where the one behind it begins: it is checked like any other."""
    narrow, wide = b"\0tw", b"\1" + "二三".encode("utf-16-le")
    begins, goes_on = (wide, narrow) if wide_first else (narrow, wide)

    def workbook(length_behind: int) -> bytes:
        first, behind = struct.pack("<H", 4) + begins, struct.pack("<HBi", 1, 4, length_behind) + b"x"
        texts = record(0x00FC, struct.pack("<ii", 2, 2) + first) + record(0x003C, goes_on + behind)
        return filings.xls({"填报": []}, beside=texts, in_sheets=record(0x00FD, struct.pack("<HHHI", 0, 0, 0, 1)))

    (grid,) = read_grids(Content("file", workbook(0)))
    assert cells(grid) == {(1, 0): "x"}
    assert "shared texts are damaged" in refusal(read_grids, workbook(-8))


def test_many_sheets_in_one_place() -> None:
    """Sheets that overlap would be read again and again."""
    data = filings.xls({"一": [["x"]], "二": [["y"]]})
    offsets = [at + 4 for at in range(len(data)) if data.startswith(struct.pack("<HH", 0x0085, 10), at)]
    assert len(offsets) == 2
    doubled = bytearray(data)
    doubled[offsets[1] : offsets[1] + 4] = doubled[offsets[0] : offsets[0] + 4]
    assert "overlap" in refusal(read_grids, bytes(doubled))


def test_a_directory_that_goes_round() -> None:
    """Directory entries that name each other, each twice, are walked once."""
    data = bytearray(filings.xls({"填报": [["x"]]}))
    entry = data.find("Workbook".encode("utf-16-le"))
    struct.pack_into("<II", data, entry + 68, 1, 0)
    (grid,) = read_grids(Content("file", bytes(data)))
    assert cells(grid) == {(1, 0): "x"}


END, FREE = 0xFFFFFFFE, 0xFFFFFFFF


def small_stream(*, size: int, links: Sequence[int], room: int) -> bytes:
    """A container of one stream in sectors of 64 bytes: `room` bytes of them, and which follows which."""
    # Sector 0 is the allocation table, 1 the directory, 2 the table of small sectors; they are from 3 on.
    count = -(-room // 512)
    chain = [0xFFFFFFFD, END, END, *range(4, 3 + count), END]
    entries = b""
    for name, kind, child, first, length in (("Root Entry", 5, 1, 3, room), ("Workbook", 2, FREE, 0, size)):
        text = name.encode("utf-16-le")
        tree = struct.pack("<HBBIII", len(text) + 2, kind, 1, FREE, FREE, child)
        entries += text.ljust(64, b"\0") + tree + bytes(36) + struct.pack("<IQ", first, length)
    head = SIGNATURE + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, 2, 1, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    tables = (struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff") for table in (chain, links))
    allocation, small = tables
    return head + allocation + entries.ljust(512, b"\0") + small + bytes(range(64)) * 8 * count


def test_a_small_stream_is_read_from_its_sectors() -> None:
    """A stream of 100 bytes takes two sectors of 64, in the order in which the table links them."""
    assert CompoundFile(small_stream(size=100, links=[1, END], room=128)).read("Workbook") == bytes(
        [*range(64), *range(100 - 64)]
    )


@pytest.mark.parametrize(
    ("links", "room"),
    [
        ([END], 128),  # the chain ends behind the first sector
        ([1, END], 64),  # the second sector is not there
        ([1, 2, 3, 0], 64),  # the same, and the chain goes round
        ([128], 64 * 129),  # the second sector is there, but behind those of which the table tells
    ],
)
def test_a_small_stream_that_is_cut_short(links: list[int], room: int) -> None:
    """Of 100 bytes the sectors hold only 64: refused, and never read as if that were all, or without end."""
    with pytest.raises(ValueError, match="cut short"):
        CompoundFile(small_stream(size=100, links=links, room=room)).read("Workbook")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
        filings.compound_file({"WordDocument": b"x"}),
        filings.compound_file({"Workbook": bytes(5000)}),
        filings.compound_file({"Workbook": record(BOF, struct.pack("<HHHH", 0x0600, 0x0005, 0, 0))}),
        record(BOF, struct.pack("<HHHH", 0x0600, 0x0010, 0, 0)) + record(EOF, b""),
        b"uscc,name\n",
    ],
)
def test_what_is_no_workbook(data: bytes) -> None:
    """Nothing, half a container, a document, an empty workbook: refused in one sentence with what to do."""
    assert "workbook" in refusal(read_grids, data)


def test_a_file_cut_anywhere() -> None:
    """A workbook that ends too early is refused, wherever it ends, unless only padding is missing."""
    data = filings.xls({"填报": [["uscc", 1.5, Wrong("#REF!")], [dt.date(2024, 3, 1), Formula("x"), None]]})
    whole = cells(read_grids(Content("file", data))[0])
    for end in range(0, len(data) - 1, 37):
        try:
            (grid,) = read_grids(Content("file", data[:end]))
        except OSError:
            continue
        assert cells(grid) == whole


def test_a_damaged_file_gives_a_refusal_or_a_grid() -> None:
    """Of hundreds of damaged workbooks, not one gives anything but a refusal or a grid."""
    rows: list[list[filings.AnyCell]] = [
        ["代码", 1.5, True, Shown(0.5, "0%")],
        [dt.date(2024, 3, 1), Formula("x"), Formula(2.0), Wrong("#REF!")],
    ]
    shared = record(0x00FC, struct.pack("<ii", 1, 1) + struct.pack("<HB", 3, 0) + b"one")
    # Damage the records, not the zeros around them.
    data = (
        filings.xls({"填报": rows, "二": rows}, beside=shared, merged=[(1, 0, 2, 0)]).rstrip(b"\0").ljust(6656, b"\0")
    )
    assert survives(read_grids, spoiled(data, count=250)) > 0
