"""Values of cells of .xlsx workbooks: numbers, dates, percentages, truth values and texts, by what XML and styles say of them."""

from __future__ import annotations

import datetime as dt
import re

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import filings
from grids import cells, shown
from icredit.errors import InputError
from icredit.intake.sources.cell_text import serial_text
from icredit.intake.sources.grid import percent_text, percent_texts
from workbooks import (
    Book,
    by_calamine,
    by_openpyxl,
    read,
    read_rows,
    relations,
    row_of,
    same,
    sheet_xml,
    styles_xml,
    texts_of,
)

moments = st.datetimes(dt.datetime(1905, 1, 1), dt.datetime(9999, 12, 30)).map(lambda when: when.replace(microsecond=0))  # noqa: DTZ001


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.one_of(
            st.floats(allow_nan=False, allow_infinity=False).map(repr),
            st.decimals(-(10**17), 10**17, places=2).map(str),
            st.from_regex(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_numbers_are_the_shortest_text_of_what_is_stored(written: list[str]) -> None:
    """However a number is written, its text is the shortest that gives the same number back."""
    found = texts_of(read_rows(row_of(*(f"><v>{text}</v>" for text in written))))
    assert [same(text or "") for text in found] == [same(shown(float(text)) or "") for text in written]


@pytest.mark.parametrize("text", ["one", "1_000", "0x1F", "inf", "NaN", "1e999", "1,5", "１", "--1"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    """A workbook whose numbers cannot be read is damaged; none is guessed."""
    with pytest.raises(InputError, match=f"a number written as '{re.escape(text)}'"):
        read_rows(row_of(f"><v>{text}</v>"))


DATE, CLOCK = 14, 21
SERIALS = [0.0, 0.5, 0.999_999_999, 1.0, 59.0, 59.5, 60.0, 60.7, 61.0, 45_292.0, 45_292.35, 2_958_465.0, 2_958_465.999_999_9,
           2_958_466.0, 2_957_003.0, 2_957_004.0, -1.0, -0.5, 1e9, 1e300]  # fmt: skip


@settings(deadline=None, max_examples=30)
@example(serials=SERIALS, epoch_1904=False)
@example(serials=SERIALS, epoch_1904=True)
@given(
    serials=st.lists(st.floats(-10, 3_000_000) | st.floats(0, 100), min_size=1, max_size=30), epoch_1904=st.booleans()
)
def test_dates_are_those_of_old_workbooks(serials: list[float], epoch_1904: bool) -> None:  # noqa: FBT001
    """A day count shown as a date is the same text in .xlsx as in .xls; what no calendar has stays a number."""
    inside = [f' s="1"><v>{serial!r}</v>' for serial in serials]
    grid = read_rows(row_of(*inside), styles=(0, DATE), properties=f' date1904="{int(epoch_1904)}"')
    expected = [serial_text(serial, epoch_1904=epoch_1904) or shown(serial) for serial in serials]
    assert [same(text or "") for text in texts_of(grid)] == [same(text or "") for text in expected]
    assert grid.epoch_1904 == epoch_1904


def test_dates_by_the_calendar() -> None:
    """Around the day that never was, in both systems and at the ends, dates are what Excel shows."""
    days = {
        1: "1900-01-01",
        59: "1900-02-28",
        60: "60",
        61: "1900-03-01",
        45_292: "2024-01-01",
        2_958_465: "9999-12-31",
    }
    grid = read_rows(row_of(*(f' s="1"><v>{day}</v>' for day in days)), styles=(0, DATE))
    assert texts_of(grid) == list(days.values())
    days = {
        0: "00:00:00",
        1: "1904-01-02",
        60: "1904-03-01",
        43_830: "2024-01-01",
        2_957_003: "9999-12-31",
        2_957_004: "2957004",
    }
    grid = read_rows(row_of(*(f' s="1"><v>{day}</v>' for day in days)), styles=(0, DATE), properties=' date1904="true"')
    assert texts_of(grid) == list(days.values())


@settings(deadline=None, max_examples=25)
@given(
    moments=st.lists(moments, min_size=1, max_size=10),
    epoch_1904=st.booleans(),
)
def test_dates_are_those_of_other_readers(moments: list[dt.datetime], epoch_1904: bool) -> None:  # noqa: FBT001
    """Other libraries make the same moments of the same day counts."""
    serials = [filings.serial(moment, epoch_1904=epoch_1904) for moment in moments]
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1"><v>{serial!r}</v></c></row>' for n, serial in enumerate(serials, 1))
    data = Book([sheet_xml(rows)], styles=styles_xml(0, 22), properties=f' date1904="{int(epoch_1904)}"').data()
    ours = list(cells(read(data)[0]).values())
    assert ours == [shown(moment) for moment in moments]
    for values in (by_openpyxl(data)[0], by_calamine(data)[0]):
        assert [shown(value) for (value,) in values] == ours  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0, "0.5"), (1, "0.5"), (2, "0.5"), (9, "50%"), (10, "50%"), (11, "0.5"), (12, "0.5"), (49, "0.5"), (59, "0.5"),
        *((number, "12:00:00") for number in (*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59))),
        ("0%", "50%"), ("0.00%;[Red]-0.00%", "50%"), ('0"%"', "0.5"), (r"0\%", "0.5"), ("0_%", "0.5"), ("0*%", "0.5"),
        ('"占比"0.0%', "50%"), ("[=0]0;0%", "50%"), ("[Red]0", "0.5"), ("[$-804]0", "0.5"), ("[$¥-804]#,##0.00", "0.5"),
        ("General", "0.5"), ("G/通用格式", "0.5"), ('0"年"', "0.5"), ("0年", "0.5"), ('0"d"', "0.5"), (r"0\d", "0.5"),
        ("0.00E+00", "0.5"), ("# ?/?", "0.5"), ("@", "0.5"), ("_ * #,##0.00_ ;_ * -#,##0.00_ ", "0.5"),
        ("yyyy/m/d", "12:00:00"), ('yyyy"年"m"月"d"日"', "12:00:00"), ("yyyy年m月d日", "12:00:00"), ("[$-804]yyyy/m/d;@", "12:00:00"),
        ("[DBNum1][$-804]yyyy年m月d日", "12:00:00"), ("h:mm AM/PM", "12:00:00"), ("mmm-yy", "12:00:00"), ("[Blue]m/d", "12:00:00"),
        ("[h]:mm", "12:00:00"), ("[mm]:ss", "12:00:00"), ("[ss]", "12:00:00"), ("[Color10]0", "0.5"), ("[<1]0;0", "0.5"),
        ("", "0.5"), ("[", "0.5"), ('"', "0.5"), ("[" * 100_000, "0.5"),
    ],
)  # fmt: skip
def test_number_formats(code: int | str, text: str) -> None:
    """One half as number, percentage or noon, by built-in formats, East Asian ones among them, and by formats of one's own."""
    assert texts_of(read_rows(row_of(' s="1"><v>0.5</v>', ' s="1"><v/>', "><v>0.5</v>"), styles=(0, code))) == [
        text,
        None,
        "0.5",
    ]


@settings(deadline=None, max_examples=60)
@example(numbers=[0.0, -0.0, 1.0, 0.1, 0.07, -0.005, 0.12, 100.0, 1e-7, 5e-324, 1e15, 1e16, 1e17, -1e300, 2.0**53])
@given(
    numbers=st.lists(
        st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6).map(lambda many: many / 10**4),
        min_size=1,
        max_size=30,
    )
)
def test_many_percentages_are_those_one_by_one(numbers: list[float]) -> None:
    """Percentages of a whole column are the same texts as those of single cells."""
    assert percent_texts(pl.Series(numbers, dtype=pl.Float64)).to_list() == [percent_text(number) for number in numbers]


def test_lengths_of_time() -> None:
    """A length of time goes on beyond a day."""
    inside = [f' s="1"><v>{days}</v>' for days in (1.5, 100, -1)]
    assert texts_of(read_rows(row_of(*inside), styles=(0, "[h]:mm:ss"))) == ["36:00:00", "2400:00:00", "-1"]


def test_a_built_in_number_with_a_code_of_its_own() -> None:
    """A workbook may give the number of a built-in date format another meaning, as some programs do."""
    styles = styles_xml(14).replace("<numFmts>", '<numFmts><numFmt numFmtId="14" formatCode="0.00"/>')
    data = Book([sheet_xml(row_of(' s="0"><v>3</v>'))], styles=styles).data()
    assert texts_of(read(data)[0]) == ["3"]


@pytest.mark.parametrize(
    "styles", ["<styleSheet/>", '<styleSheet><cellXfs><xf/><xf numFmtId="x"/></cellXfs></styleSheet>', None]
)
def test_styles_that_say_nothing(styles: str | None) -> None:
    """Where styles are missing, or name no format, numbers are shown as they are."""
    changed = (
        {}
        if styles
        else {"xl/styles.xml": None, "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml"))}
    )
    data = Book(
        [sheet_xml(row_of(' s="0"><v>3</v>', ' s="1"><v>4</v>', ' s="999"><v>5</v>'))], styles=styles, changed=changed
    )
    assert texts_of(read(data.data())[0]) == ["3", "4", "5"]


@pytest.mark.parametrize(
    ("written", "text"), [("1", "true"), ("0", "false"), ("true", "true"), ("FALSE", "false"), ("", None)]
)
def test_truth_values(written: str, text: str | None) -> None:
    """Truth values are 1 and 0, or the words."""
    assert texts_of(read_rows(row_of(f' t="b"><v>{written}</v>', "><v>1</v>")))[0] == text


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (' t="b"><v>2</v>', "a truth value written as '2'"),
        (' t="s"><v>4</v>', "refers to a shared string that is not there: '4'"),
        (' t="s"><v>-1</v>', "refers to a shared string that is not there: '-1'"),
        (' t="s"><v>x</v>', "refers to a shared string that is not there: 'x'"),
        (' t="z"><v>1</v>', "a cell of the type 'z'"),
        (' s="-1"><v>1</v>', "a row or style called '-1'"),
        (' s="12345678"><v>1</v>', "a row or style called '12345678'"),
    ],
)
def test_cells_that_cannot_be(cell: str, message: str) -> None:
    """A cell of no type, without its text or with a truth value that is none is damage, and is said."""
    with pytest.raises(InputError, match=f"^file: not a readable workbook: it .*{re.escape(message)}"):
        read_rows(row_of(cell), strings=["<t>a</t>"] * 4)


@pytest.mark.parametrize(
    "reference", ["A0", "XFE1", "A1048577", "ZZZ1", "a1", "1A", "A", "1", "A1:B2", "$A$1", "A9999999"]
)
def test_a_cell_where_none_can_be(reference: str) -> None:
    """A cell outside Excel's rows and columns, or with an address that is none, is damage."""
    for xml in (f'<row><c r="{reference}"><v>1</v></c></row>', f"<row><c r='{reference}'><v>1</v></c></row>"):
        with pytest.raises(InputError, match="it has a cell"):
            read_rows(xml)


def test_dates_in_words_of_the_standard() -> None:
    """Strict workbooks write dates as ISO 8601; midnight is left out, a time alone stays."""
    written = {"2024-03-01": "2024-03-01", "2024-03-01T00:00:00Z": "2024-03-01", "2024-03-01T08:30:00.4": "2024-03-01 08:30:00",
               "08:30:00": "08:30:00", "": None}  # fmt: skip
    grid = read_rows(row_of(*(f' t="d"><v>{text}</v>' for text in written), "><v>1</v>"))
    assert texts_of(grid)[:-1] == list(written.values())


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a_x000D_b", "a\rb"), ("_x005F_x000D_", "_x000D_"), ("_x4f01_", "企"), ("_xD83D_", "\ufffd"), ("_x00D_", "_x00D_"),
        ("a\r\nb\rc", "a\nb\nc"), ("a&#13;b", "a\rb"), ("&#x1F600;", "\U0001f600"), ("&amp;lt;", "&lt;"), ("&#9;", "\t"),
        ("]]&gt;", "]]>"), ("\U0001f600", "\U0001f600"),
    ],
)  # fmt: skip
def test_escapes(written: str, text: str) -> None:
    """Characters written in the ways of XML and of Excel are those characters, in texts of every kind and by either way."""
    inside = [f' t="str"><v>{written}</v>', f' t="inlineStr"><is><t>{written}</t></is>', ' t="s"><v>0</v>']
    for shared in (f"<t>{written}</t>", f"<r><t>{written}</t></r>"):
        assert texts_of(read_rows(row_of(*inside), strings=[shared])) == [text] * 3
    assert (
        texts_of(read_rows(row_of(*inside).replace("<row", "<!----><row"), strings=[f"<t>{written}</t>"])) == [text] * 3
    )
