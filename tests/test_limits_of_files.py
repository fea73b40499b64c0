"""What a file may hold at most: beyond it, one sentence with what to do, soon, and before memory is filled."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import filings
import icredit
from command_line import icredit as run
from grids import cells
from icredit.errors import InputError, SchemeError
from icredit.intake.header_rows import BRACKETED
from icredit.intake.sources import dispatch, limits, ods, open_file, parquet, spreadsheetml, text
from icredit.intake.sources.grid import Content
from icredit.intake.sources.parquet_footer import read_footer
from workbooks import Book, sheet_xml

HEADER = "统一社会信用代码,企业名称,销售额（元）"
ROW = f"{filings.code(1)},示例甲,5"


def refusal(data: bytes | str, name: str = "in.csv") -> str:
    """What is said of a file that is refused: one line, with what to do."""
    content = Content(name, data.encode() if isinstance(data, str) else data)
    with pytest.raises(InputError) as caught:
        [sheet.load(None) for sheet in open_file(Path(name), content).sheets[:1]]
    assert caught.value.message.startswith(name)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value.message


def loaded(data: str) -> dict[tuple[int, int], str]:
    """The cells of a text, by the exact way or the fast one."""
    return cells(open_file(Path("in.csv"), Content("in.csv", data.encode())).sheets[0].load(None))


# --------------------------------------------------------------------------------------------------------------------
# Delimited text


@pytest.mark.parametrize("piece", ["x", ",", "\0", '"', '"a,'])
def test_a_line_without_an_end(piece: str) -> None:
    """A line of more than 16 MB is named, whatever it is made of, before anything is made of it."""
    data = f"{HEADER}\n{ROW}\n" + piece * (2**24 // len(piece) + 1)
    begun = time.process_time()
    assert refusal(data) == "in.csv:3: a line of more than 16,777,216 bytes, which no table needs"
    assert time.process_time() - begun < 1


def test_long_lines_end_in_any_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of the greatest length pass, whether they end as on Unix, Windows or an old Macintosh; one byte more does not."""
    monkeypatch.setattr(text, "LONGEST_TEXT", 100)
    for end in ("\n", "\r\n", "\r"):
        line = "a," + "x" * (97 - len(end))
        assert len(loaded((line + end) * 5)) == 10
        with pytest.raises(InputError, match=r"^in.csv:4: a line of more than"):
            loaded(("a,b" + end) * 3 + ("x" * 101 + end) * 2) if end == "\n" else loaded(
                ("a,b\n") * 3 + "x" * 101 + end
            )


def test_a_quotation_mark_that_is_never_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that takes in line after line is refused at the line where it begins."""
    monkeypatch.setattr(text, "LONGEST_TEXT", 1_000)
    rows = "a,b\n" * 200
    assert "in.csv:201: a row of more than 16,777,216 bytes" in refusal(rows + '"c,d\n' + rows * 2)
    # A row of several lines that is closed in time is one like others.
    assert len(loaded(rows + '"c\n' + "d\n" * 200 + '",e\n' + rows)) == 802


@pytest.mark.parametrize("quote", ["", '"'])
def test_more_columns_than_a_spreadsheet_has(quote: str) -> None:
    """16,384 columns are read, 16,385 refused with the line, in the header as in any row."""
    wide = f"{quote}a{quote}" + "," * 16_383
    assert loaded(f"{wide}\n{wide}b\n") == {(1, 0): "a", (2, 0): "a", (2, 16_383): "b"}
    said = "a row of 16,385 columns; no spreadsheet has more than 16,384"
    assert refusal(f"{wide},\n{wide},b\n") == f"in.csv:1: {said}"
    assert refusal(f"{wide}\n{wide}\n{wide},\n") == f"in.csv:3: {said}"


def test_a_few_long_rows_widen_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that only one long row makes wide are refused; full ones never are, for each of their cells has a byte."""
    monkeypatch.setattr(text, "MOST_CELLS", 1_000)
    assert len(loaded("a,b\n" * 2_000)) == 4_000
    assert "reaches over more than" in refusal("a" + ",b" * 999 + "\n" + "a\n" * 1_000)
    assert "reaches over more than" in refusal("a\n" * 1_000 + "a" + ",b" * 999 + "\n")


def test_more_lines_than_enterprises(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of too many lines is refused on the fast way as on the exact one."""
    monkeypatch.setattr(text, "MOST_LINES", 10)
    for row in ("a,b\n", '"a",b\n', "a\n", "a\r"):
        assert loaded(row * 10)
        assert refusal(row * 11 + "a") == "in.csv: more than 16,777,216 lines"


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(1, 30))
def test_rows_of_any_lengths_are_put_together_alike(lengths: list[int], at_once: int) -> None:
    """However few cells become columns at once, the table is the same."""
    data = "".join(",".join(f"{row}-{place}" for place in range(length)) + '"\n' for row, length in enumerate(lengths))
    with pytest.MonkeyPatch.context() as patch:
        whole = loaded(data)
        patch.setattr(text, "_BLOCK_CELLS", at_once)
        assert loaded(data) == whole
    assert len(whole) == sum(lengths)


def test_a_line_without_an_end_in_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is read in pieces is refused at its first piece without a line end, and at a long line within one."""
    monkeypatch.setattr(dispatch, "LARGE", 1_000)
    path = tmp_path / "in.csv"
    for size in (2**25 + 2**24, 2**24 + 10):
        path.write_bytes(f"{HEADER}\n".encode() + b"x" * size)
        with pytest.raises(InputError) as caught:
            open_file(path, dispatch.read_content(path))
        assert caught.value.message == f"{path}: a line of more than 16,777,216 bytes, which no table needs"


def test_standard_input_without_an_end() -> None:
    """Of /dev/zero no more is read than shows that it has no lines; a long workbook or text with lines is read whole."""
    with pytest.raises(InputError, match=r"^<stdin>:1: a line of more than"):
        dispatch._all_of(io.BytesIO(bytes(2**25)))
    for whole in (b"PK\3\4" + bytes(2**24 + 5), b"a\n" + bytes(2**24 + 5), b"a,b\n"):
        assert dispatch._all_of(io.BytesIO(whole)) == whole


# --------------------------------------------------------------------------------------------------------------------
# Parquet


def as_parquet(frame: pl.DataFrame) -> bytes:
    """A frame as a Parquet file."""
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 40), st.integers(1, 40), st.integers(1, 12))
def test_a_footer_tells_the_shape(rows: int, columns: int, group: int) -> None:
    """Columns, rows and bytes of any file are those that polars wrote."""
    frame = pl.DataFrame({f"c{place}": ["x" * place] * rows for place in range(columns)}, schema=None if rows else {f"c{place}": pl.String() for place in range(columns)})  # fmt: skip
    file = io.BytesIO()
    frame.write_parquet(file, row_group_size=group, compression="uncompressed")
    footer = read_footer(file.getvalue())
    assert (footer.columns, footer.rows, footer.levels) == (columns, rows, 2)
    assert footer.unpacked <= len(file.getvalue())


def test_a_billion_rows_of_one_value() -> None:
    """What repeats is stored once: a few kilobytes that claim more cells than a table needs are not unpacked."""
    data = as_parquet(pl.select(a=pl.repeat(True, 17_000_000)))  # a value
    assert len(data) < 100_000
    assert refusal(data, "in.parquet") == "in.parquet: more than 16,777,216 lines"
    data = as_parquet(pl.select(a=pl.repeat(True, 700_000)).select(pl.col("a").alias(f"c{n}") for n in range(30)))
    assert "reaches over more than 20,000,000 cells" in refusal(data, "in.parquet")


def test_texts_that_pack_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long texts are refused by what the footer says, and one that stands in many rows by what the rows hold."""
    monkeypatch.setattr(parquet, "_ALWAYS_ALLOWED", 1_000_000)
    different = as_parquet(pl.DataFrame({"a": [f"{n}" + "x" * 100_000 for n in range(20)]}))
    assert refusal(different, "in.parquet") == "in.parquet: it would unpack to 2 MB, which no table needs"
    shared = as_parquet(pl.DataFrame({"a": ["x" * 1_000] * 2_000}))
    assert read_footer(shared).unpacked < 1_000_000
    assert refusal(shared, "in.parquet") == "in.parquet: it would unpack to 2 MB, which no table needs"


def test_columns_and_levels_of_parquet() -> None:
    """More columns than a spreadsheet has, and lists within lists without end, are refused."""
    wide = as_parquet(pl.DataFrame([pl.Series(f"c{n}", [True]) for n in range(16_385)]))
    assert "a row of 16,385 columns" in refusal(wide, "in.parquet")
    dtype: pl.DataType = pl.Boolean()
    for _ in range(60):
        dtype = pl.List(dtype)
    deep = as_parquet(pl.DataFrame({"a": [None]}, schema={"a": dtype}))
    assert "lists within lists, 122 levels deep" in refusal(deep, "in.parquet")


def test_footers_that_lie() -> None:
    """A footer cut off, or of any other bytes, is damage and nothing else."""
    good = as_parquet(pl.DataFrame({"a": ["x"]}))
    length = int.from_bytes(good[-8:-4], "little")
    for place in range(len(good) - 8 - length, len(good) - 8):
        for byte in (0x00, 0x19, 0x7F, 0xF9, 0xFF):
            try:
                read_footer(good[:place] + bytes([byte]) + good[place + 1 :])
            except ValueError as error:
                assert str(error) in {"its footer is damaged", "it is cut short"}  # noqa: PT017  # one of three right answers
    for data in (b"PAR1", b"PAR1" + b"\xff\xff\xff\x7f" + b"PAR1", good[:-1]):
        with pytest.raises(ValueError, match="cut short"):
            read_footer(data)


# --------------------------------------------------------------------------------------------------------------------
# Sheets and names


def many_ods(count: int) -> bytes:
    """An OpenDocument workbook of many sheets."""
    return filings.ods({f"s{n}": [["a"]] for n in range(count)})


def many_xmlss(count: int) -> bytes:
    """A workbook of Excel 2003 in XML of many sheets."""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = '<Worksheet s:Name="x"><Table><Row><Cell><Data s:Type="Number">1</Data></Cell></Row></Table></Worksheet>'
    return f'<Workbook xmlns="{space}" xmlns:s="{space}">{sheet * count}</Workbook>'.encode()


def many_xlsx(count: int) -> bytes:
    """A workbook of many sheets."""
    return Book([sheet_xml("")] * count).data()


@pytest.mark.parametrize("make", [many_ods, many_xmlss, many_xlsx])
def test_more_sheets_than_anybody_looks_at(make: Callable[[int], bytes]) -> None:
    """256 sheets are opened, 257 refused, in every kind of workbook."""
    assert len(open_file(Path("in.xlsx"), Content("in.xlsx", make(256))).sheets) == 256
    assert refusal(make(257), "in.xlsx") == "in.xlsx: more than 256 sheets"


def test_a_sheet_with_a_name_of_thousands_of_characters() -> None:
    """A name that no message could hold is refused; one of 255 characters is read."""
    assert open_file(Path("in.ods"), Content("in.ods", filings.ods({"x" * 255: [["a"]]}))).sheets
    said = refusal(filings.ods({"x" * 10_000: [["a"]]}), "in.ods")
    assert said == "in.ods: a sheet has a name of 10,000 characters, more than 255"


def test_a_sheet_called_after_a_path(folder: Path) -> None:
    """A sheet's name is a name: nothing is read from the path that it spells, and nothing written to it."""
    data = filings.ods({"../../evil": [["统一社会信用代码", "企业名称"], [filings.code(1), "示例"]]})
    (folder / "in").mkdir()
    (folder / "in" / "a.ods").write_bytes(data)
    assert run("validate", "in/a.ods", "-o", "found.xlsx") == 1
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) == ["found.xlsx", "in", "in/a.ods"]


def test_messages_hold_no_more_than_people_read() -> None:
    """Whatever names stand in it, a message has one line of a thousand characters at most; short ones stay as they are."""
    for message in ("in.csv: no sheet '填报'", "a 'b' c", f"'{'x' * 199}'"):
        assert InputError(message).message == message
    assert InputError(f"no sheet '{'x' * 10_000}' here").message == f"no sheet '{'x' * 60}…' here"
    assert len(str(InputError("y" * 10_000))) < 1_010
    assert InputError("a\r\nb\u2028c").message == "a b c"
    error = SchemeError(
        "s.yaml", [icredit.errors.Fault(3, f"unknown key '{'x' * 10_000}'"), icredit.errors.Fault(4, "b")]
    )
    assert str(error) == f"s.yaml:3: unknown key '{'x' * 60}…'\ns.yaml:4: b"


def test_a_finding_repeats_the_beginning_of_a_name(tmp_path: Path) -> None:
    """A name of ten thousand characters is too long for its field, and no finding repeats all of it."""
    path = tmp_path / "in.csv"
    path.write_text(f"{HEADER},备注\n{filings.code(1)},{'名' * 10_000},x,y\n", "utf-8")
    found = icredit.read(path, filings.every_kind()).findings
    assert found.height >= 2
    assert set(found["name"]) == {"名" * 200 + "…"}


def ods_row(attributes: str, cell: str) -> bytes:
    """An OpenDocument sheet of one row, of one cell."""
    return filings.ods_of(
        f'<table:table table:name="x"><table:table-row {attributes}><table:table-cell office:value-type="string" {cell}'
        "</table:table-cell></table:table-row></table:table>"
    )


def test_repetition_in_open_document() -> None:
    """A row or cell repeated a million times, and blanks that are only counted, are refused before they are made."""
    for attributes, cell in (
        ('table:number-rows-repeated="1000002"', "><text:p>x</text:p>"),
        ("", 'table:number-columns-repeated="1000002"><text:p>x</text:p>'),
        ("", "><text:p>x" + '<text:s text:c="65000"/>' * 300 + "x</text:p>"),
    ):
        begun = time.process_time()
        assert "in.ods" in refusal(ods_row(attributes, cell), "in.ods")
        assert time.process_time() - begun < 1
    grid = open_file(
        Path("in.ods"), Content("in.ods", ods_row('table:number-rows-repeated="1000"', "><text:p>x</text:p>"))
    )
    assert grid.sheets[0].load(None).frame.height == 1_000


# --------------------------------------------------------------------------------------------------------------------
# Time


@pytest.mark.parametrize("blanks", ["a" + " " * 100_000 + "b", "(" + " " * 100_000, "(a" * 50_000, "单位" * 50_000])
def test_units_in_brackets_are_looked_for_once(blanks: str) -> None:
    """Blanks and brackets without end are no unit, and that is known in a moment."""
    begun = time.process_time()
    assert BRACKETED.fullmatch(blanks) is None
    assert time.process_time() - begun < 1


def test_a_table_in_which_every_cell_could_be_a_header(tmp_path: Path) -> None:
    """Forty rows of names that look like headers are looked at for seconds, not for minutes."""
    path = tmp_path / "in.csv"
    row = ",".join(f"统一社会信用代码{n}" + "1.、" * 10 for n in range(2_000))
    path.write_text("\n".join(f"{n},{row}" for n in range(40)), "utf-8")
    begun = time.process_time()
    with pytest.raises(InputError, match="no header found"):
        icredit.read(path, filings.every_kind())
    assert time.process_time() - begun < 8


# --------------------------------------------------------------------------------------------------------------------
# What is no file


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("what", ["submission", "zones", "reference", "judgements"])
def test_pipes_devices_and_files_without_end(folder: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    """Each is refused at once: nobody waits for a pipe, and nothing reads a device or a file with holes to its end."""
    os.mkfifo("pipe.csv")
    Path("zero.csv").symlink_to("/dev/zero")
    with Path("holes.csv").open("wb") as file:
        file.truncate(2**40)
    Path("good.csv").write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    for name, said in (
        ("pipe", "a pipe or device"),
        ("zero", "a pipe or device"),
        ("holes", "1,099,511,627,776 bytes"),
    ):
        words = {
            "submission": ["validate", f"{name}.csv"],
            "zones": ["validate", "good.csv", "--zones", f"{name}.csv"],
            "reference": ["score", "good.csv", "--reference", f"{name}.csv"],
            "judgements": ["weights", "--method", "ahp", "--judgements", f"{name}.csv"],
        }[what]
        assert run(*words) == 3, name
        assert said in capsys.readouterr().err


def test_a_scheme_without_an_end(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No more of a scheme is read than shows that it is too large."""
    Path("zero.yaml").symlink_to("/dev/zero")
    assert run("scheme", "check", "zero.yaml") == 2
    assert "zero.yaml:1: the file is larger than 2,000,000 bytes" in capsys.readouterr().err


def test_every_limit_is_documented() -> None:
    """docs/limits.md states the limits with the numbers that hold."""
    page = (Path(__file__).parents[1] / "docs" / "limits.md").read_text("utf-8")
    numbers = (limits.MOST_COLUMNS, limits.MOST_LINES, limits.MOST_CELLS, limits.LONGEST_TEXT, limits.MOST_SHEETS)
    for number in (
        *numbers,
        limits.LONGEST_SHEET_NAME,
        parquet._ALWAYS_ALLOWED,
        ods._MOST_BYTES,
        spreadsheetml._DEEPEST,
    ):
        assert f"{number:,}" in page, number
