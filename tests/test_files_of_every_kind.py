"""Files: the same table in any format, encoding and layout is the same submission; what cannot be read is said plainly."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import filings
import icredit
from conftest import AS_OF, SAMPLE_CSV, SAMPLE_XLSX
from icredit.intake.sources import text as text_source
from icredit.intake.sources.grid import Grid
from icredit.scheme import Scheme
from icredit.scheme.fields import typed_schema

SCHEME = filings.every_kind()
HEADER = [
    "统一社会信用代码",
    "企业名称",
    "销售额（万元）",
    "人数（人）",
    "开业日期",
    "是否上市",
    "备注",
    "企业类型",
    "发展阶段",
]
FIELDS = ["uscc", "name", "sales", "heads", "opened", "listed", "remark", "form", "stage"]

Row = tuple[str, str, float | None, int | None, dt.date | None, bool | None, str | None, str | None, str | None]


def read(path: Path | str, **options: Any) -> icredit.Submission:
    """Read a file with the scheme of every kind."""
    return icredit.read(path, SCHEME, as_of=AS_OF, **options)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file as it is."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def simple(*numbers: int) -> str:
    """A CSV of enterprises."""
    return "uscc,name,sales\n" + "".join(f"{filings.code(n)},示例{n},{n}\n" for n in numbers)


# --------------------------------------------------------------------------------------------------------------------
# The same rows in any format

visible = st.characters(categories=["L", "N", "P", "S"], codec="utf-8")
words = st.builds(str.__add__, visible, st.text(visible | st.sampled_from(' ,;\t|"\n'), max_size=3)).filter(
    # Excel writes control characters as _x000D_, and nobody's name is that.
    lambda text: text == text.strip() and "_x" not in text
)


@st.composite
def filed(draw: st.DrawFn) -> list[Row]:
    """Typed rows that nothing is wrong with."""
    return [
        (
            filings.code(number),
            "示例" + draw(words),
            draw(st.none() | st.integers(0, 10**9).map(lambda cents: cents / 100)),
            draw(st.none() | st.integers(0, 10**6)),
            draw(st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2025, 12, 31))),
            draw(st.none() | st.booleans()),
            draw(st.none() | words),
            draw(st.none() | st.sampled_from(["state", "private"])),
            draw(st.none() | st.sampled_from(["young", "old"])),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


def expected(rows: Sequence[Row]) -> pl.DataFrame:
    """The typed table of the rows."""
    schema = typed_schema(SCHEME)
    return pl.DataFrame(rows, schema={name: schema[name] for name in FIELDS}, orient="row")


def as_text(row: Row) -> list[str]:
    """The cells of a row as they stand in a CSV."""
    flags = {True: "是", False: "否", None: ""}
    return ["" if cell is None else flags[cell] if isinstance(cell, bool) else str(cell) for cell in row]


@settings(deadline=None, max_examples=100)
@given(
    rows=filed(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    delimiter=st.sampled_from(",\t;|"),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    quote_all=st.booleans(),
    gaps=st.lists(
        st.sampled_from(["", "", "", "\n", "\n\n", "{d}{d}{d}{d}{d}{d}{d}{d}\n", " {d} {d}{d}{d}{d}{d}{d}{d}\n"]),
        min_size=5,
        max_size=5,
    ),
)
def test_clean_rows_as_delimited_text(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[Row],
    encoding: str,
    delimiter: str,
    newline: str,
    quote_all: bool,  # noqa: FBT001  # hypothesis names its arguments
    gaps: list[str],
) -> None:
    """Any rows, encoding, delimiter, line ends and quoting, with blank lines between: the same typed table, true lines."""
    # A program that ends lines with a carriage return breaks them so inside cells as well; either may be kept.
    cells = [[cell.replace("\n", newline[-1]) for cell in as_text(row)] for row in rows]
    text = filings.csv_text([HEADER], delimiter=delimiter, newline=newline, quote_all=quote_all)
    lines = []
    for row, gap in zip(cells, gaps, strict=False):
        text += gap.format(d=delimiter).replace("\n", newline)
        lines.append(1 + len(re.findall("\r\n|\r|\n", text)))
        text += filings.csv_text([row], delimiter=delimiter, newline=newline, quote_all=quote_all)
    path = tmp_path_factory.getbasetemp() / "clean.csv"
    path.write_bytes(text.encode(encoding))
    submission = read(path)
    assert submission.findings.is_empty()
    assert submission.rows_read == len(rows)
    broken = pl.col("name", "remark").str.replace_all("\r", "\n", literal=True)
    found = submission.frame.select(FIELDS).with_columns(broken)
    assert found.rows() == expected(rows).rows()
    assert found.schema == expected(rows).schema
    assert submission.frame["source_row"].to_list() == lines


def by_openpyxl(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Write a workbook with openpyxl, text as text."""
    book = Workbook()
    sheet = book.active
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(line, place, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
    book.save(path)


def by_xlsxwriter(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Write a workbook with xlsxwriter, text as text."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, place, value)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(line, place, value, form)
                elif value is not None:
                    sheet.write(line, place, value)


@settings(deadline=None, max_examples=40)
@given(
    rows=filed(), write=st.sampled_from([by_openpyxl, by_xlsxwriter]), above=st.integers(0, 3), below=st.integers(0, 2)
)
def test_clean_rows_as_a_workbook(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], write: Callable[..., None], above: int, below: int
) -> None:
    """The same rows as typed cells of a workbook by either writer, with empty rows about: the same typed table, true rows."""
    path = tmp_path_factory.getbasetemp() / "clean.xlsx"
    write(path, [*[[]] * above, HEADER, *[[]] * below, *rows])
    submission = read(path)
    assert submission.findings.is_empty()
    assert submission.frame.select(FIELDS).equals(expected(rows))
    assert submission.frame["source_row"].to_list() == list(range(above + below + 2, above + below + 2 + len(rows)))


@settings(deadline=None, max_examples=40)
@given(rows=filed())
def test_clean_rows_as_parquet(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    """The same rows in Parquet, typed or all text: the same typed table, rows counted from 1."""
    path = tmp_path_factory.getbasetemp() / "clean.parquet"
    typed = expected(rows)
    texts = pl.DataFrame([as_text(row) for row in rows], schema=dict.fromkeys(FIELDS, pl.String), orient="row")
    for frame in (typed, typed.rename(dict(zip(FIELDS, HEADER, strict=True))), texts):
        frame.write_parquet(path)
        submission = read(path)
        assert submission.findings.is_empty()
        assert submission.frame.select(FIELDS).equals(typed)
        assert submission.frame["source_row"].to_list() == list(range(1, len(rows) + 1))


def test_the_samples_are_the_same_submission(national: Scheme, sample: icredit.Submission) -> None:
    """The sample as CSV and as workbook is one typed table."""
    other = icredit.read(SAMPLE_XLSX, national, as_of=AS_OF)
    assert other.frame.equals(sample.frame)
    assert other.findings.select("row", "rule", "value").equals(sample.findings.select("row", "rule", "value"))


# --------------------------------------------------------------------------------------------------------------------
# Delimited text: the fast and the exact way

pieces = st.text(st.sampled_from("a1示 \t;|\x00\x0b\x0c\x1c\x85\u2028\ufeff'#\\"), max_size=4)
lines = st.one_of(
    st.lists(pieces, min_size=3, max_size=3).map(",".join),
    st.lists(pieces, min_size=3, max_size=3).map(",".join),
    st.lists(pieces, max_size=6).map(",".join),
    st.sampled_from(["", ",,", " , , ", "\t,,", ",,,", ",", " "]),
)
line_ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
bodies = st.lists(st.tuples(lines, line_ends).map("".join), max_size=8).map("".join)


def both_ways(text: str) -> tuple[Grid | None, Grid] | None:
    """The grid of a text by the fast way, where that takes it, and by the exact one; None if the file is refused."""
    data, delimiter = text.encode(), "\t" if "uscc\t" in text else ","
    fast = text_source._fast(data, delimiter)
    try:
        return fast, text_source._exact(data, delimiter, "x.csv")
    except icredit.InputError:
        assert fast is None  # what the exact way refuses, the fast way must leave to it
        return None


def lengths(grid: Grid) -> list[int]:
    """How many cells every row has."""
    return [grid.width] * grid.frame.height if grid.lengths is None else grid.lengths.to_list()


@settings(deadline=None, max_examples=300)
@example(titles=["填报表\r"], end="\n", body="a,1,1\nb,2,2\n", last="")
@example(titles=[], end="\n", body="a,1,1\n , , \n", last="")
@example(titles=[], end="\n", body="a,1,1\n\x1c,\x1f,\n", last="")
@example(titles=[], end="\n", body="\ufeff,,\n", last="")
@example(titles=[], end="\n", body="a,1\nb,2,2,2\n", last="")
@given(
    titles=st.lists(st.tuples(st.sampled_from(["", "填报表", "填报表,,", ",,"]), line_ends).map("".join), max_size=3),
    end=line_ends,
    body=bodies,
    last=lines,
)
def test_the_fast_way_is_the_exact_way(titles: list[str], end: str, body: str, last: str) -> None:
    """Wherever the fast way takes a text, it gives the very table of the exact way, which finds no fault."""
    grids = both_ways("".join(titles) + "uscc,name,sales" + end + body + last)
    fast, exact = grids or (None, None)
    if fast is not None and exact is not None:
        assert fast.frame.equals(exact.frame)
        assert lengths(fast) == lengths(exact)


@pytest.mark.parametrize(
    "text",
    [
        simple(1, 2, 3),
        simple(1, 2, 3).replace("\n", "\r\n"),
        simple(1, 2, 3).rstrip("\n"),
        "填报表,,\n,,\n" + simple(1, 2, 3),
        simple(1) + ",,\n" + simple(2, 3).partition("\n")[2],
        simple(1) + " ,\t,\u3000\n" + simple(2, 3).partition("\n")[2],
        simple(1, 2, 3).replace(",", "\t"),
    ],
)
def test_plain_text_takes_the_fast_way(tmp_path: Path, text: str) -> None:
    """Text without quotes and with the right number of delimiters is read fast, and right."""
    grids = both_ways(text)
    assert grids is not None
    fast, exact = grids
    assert fast is not None
    assert fast.frame.equals(exact.frame)
    assert lengths(fast) == lengths(exact)
    assert read(put(tmp_path, "plain.csv", text)).frame["sales"].to_list() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("place", [0, 1, 2, 40_000])
@pytest.mark.parametrize("mark", ["\ufeff", "a\ufeff"])
def test_no_mark_of_order_is_lost(mark: str, place: int) -> None:
    """A byte-order mark within the text is text, in whatever line; where polars drops it, the exact way is taken."""
    body = [f"{mark if row == place else ''}a,1,1\n" for row in range(50_000)]
    for titles in ("", "填报表\n"):
        grids = both_ways(titles + "uscc,name,sales\n" + "".join(body))
        assert grids is not None
        fast, exact = grids
        assert exact.frame["0"][place + 1 + len(titles.splitlines())] == f"{mark}a"
        assert fast is None or fast.frame.equals(exact.frame)


@pytest.mark.parametrize("body", ["a,1,\nb,2\n", "a,1\nb,2,\n", "a,1,\nb,2,\n\n", "a,1,\n\nb,2,\n", "a\nb,2,3\n,,\n"])
def test_a_row_that_is_too_short_is_never_read_fast(body: str) -> None:
    """A row that polars would fill up, below the lines among which titles may stand, sends the text the exact way."""
    grids = both_ways("uscc,name,sales\n" + "a,1,1\n" * 50 + body + "a,1,1\n" * 50)
    assert grids is not None
    assert grids[0] is None


def test_the_sample_takes_the_fast_way() -> None:
    """The 3,000 rows of the sample are read fast, and the exact way gives the same."""
    grids = both_ways(SAMPLE_CSV.read_text("utf-8-sig"))
    assert grids is not None
    fast, exact = grids
    assert fast is not None
    assert fast.frame.equals(exact.frame)


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("blank", ["", ",,", " , , ", "\t,,", "\u3000,\xa0,"])
def test_blank_lines_are_no_rows(tmp_path: Path, blank: str, quoted: bool) -> None:  # noqa: FBT001  # parametrised
    """A line with nothing to see in it is no row, whichever way the text is read."""
    text = simple(1, 2).replace("示例1", '"示例1"' if quoted else "示例1")
    head, first, second = text.splitlines()
    submission = read(put(tmp_path, "blank.csv", f"{head}\n{blank}\n{first}\n{blank}\n{second}\n{blank}"))
    assert (submission.rows_read, submission.rejected) == (2, 0)
    assert submission.frame["source_row"].to_list() == [3, 5]


@pytest.mark.parametrize("title", ["填报表\r", "填报表\r\r", "填报表,,\r", "填报表\r\n填表日期\r"])
def test_a_lone_carriage_return_above_the_header_hides_no_row(tmp_path: Path, title: str) -> None:
    """Line ends of two kinds in one file do not make the first enterprise a part of the header in silence."""
    path = put(tmp_path, "mixed.csv", title + simple(1, 2))
    try:
        submission = read(path)
    except icredit.InputError as error:
        assert "mixed.csv" in str(error)  # noqa: PT017  # one of two right answers
    else:
        assert submission.frame["sales"].to_list() == [1.0, 2.0]


def test_line_breaks_and_delimiters_inside_quotes(tmp_path: Path) -> None:
    """A quoted cell may hold line breaks, delimiters and doubled quotes; lines are those of the file all the same."""
    text = (
        '"uscc","企业\n名称","sales"\r\n'
        f'{filings.code(1)},"示例\n一,""甲""",1\r\n'
        "\r\n"
        f'{filings.code(2)},"示例\r\n二",bad\r\n'
        f"{filings.code(3)},示例三,bad\r\n"
    )
    submission = read(put(tmp_path, "quoted.csv", text))
    assert submission.frame["name"].to_list() == ['示例\n一,"甲"']
    assert submission.frame["source_row"].to_list() == [3]
    assert submission.findings["row"].to_list() == [6, 8]


def test_rows_of_the_wrong_width(tmp_path: Path) -> None:
    """A row with cells too few or too many is an error that says how many, and no cell of it is taken for another."""
    text = simple(1) + f"{filings.code(2)},示例\n{filings.code(3)},示例,3,4\n{filings.code(4)},示例,4,,\n"
    submission = read(put(tmp_path, "ragged.csv", text))
    assert submission.frame["sales"].to_list() == [1.0, 4.0]
    assert submission.findings.select("row", "rule").rows() == [(3, "IC101"), (4, "IC101")]
    messages = submission.findings["message_en"].to_list()
    assert "has 2 cells, the header 3" in messages[0]
    assert "has 4 cells, the header 3" in messages[1]


def test_a_short_row_and_a_long_row_do_not_make_up_for_each_other(tmp_path: Path) -> None:
    """The right number of delimiters in all is not the right number in every row."""
    text = simple(1) + f"{filings.code(2)},示例\n{filings.code(3)},示例,3,4\n" + simple(5).partition("\n")[2]
    findings = read(put(tmp_path, "ragged.csv", text)).findings
    assert findings.select("row", "rule").rows() == [(3, "IC101"), (4, "IC101")]


@pytest.mark.parametrize("before", [0, 1, 30])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_cell_of_any_length_is_a_fault_of_its_row(tmp_path: Path, before: int, quoted: bool) -> None:  # noqa: FBT001
    """A cell far too long is one error of one row, wherever it stands and however the file is quoted."""
    long = ("示例" + "长" * 200_000, "1")
    rows = [[filings.code(n), "示例", "1"] for n in range(before)] + [
        [filings.code(99), *long],
        [filings.code(100), "示例", "1"],
    ]
    text = filings.csv_text([["uscc", "name", "sales"], *rows], quote_all=quoted)
    submission = read(put(tmp_path, "long.csv", text))
    assert submission.findings.select("row", "rule").rows() == [(before + 2, "IC208")]
    assert submission.frame.height == before + 1


@pytest.mark.parametrize("last", [False, True])
def test_a_quote_that_is_never_closed_swallows_nothing(tmp_path: Path, last: bool) -> None:  # noqa: FBT001
    """Where a quotation mark is never closed the file is refused with its line, or every row below is still told."""
    rows = simple(*range(1, 10)).splitlines()
    if last:
        rows = [",".join([*row.split(",")[::2], row.split(",")[1]]) for row in rows]
    rows[8] = rows[8].replace("示例", '"示例')
    path = put(tmp_path, "open.csv", "\n".join(rows))
    try:
        submission = read(path)
    except icredit.InputError as error:
        assert "open.csv:9" in str(error)  # noqa: PT017  # one of two right answers
    else:
        assert submission.rows_read == 9


def test_what_is_read_is_told(tmp_path: Path) -> None:
    """Every file is accounted for: its name, encoding, size, digest, rows and columns."""
    text = simple(1, 2)
    (report,) = read(put(tmp_path, "told.csv", text.encode("gb18030"))).files
    assert report.file == str(tmp_path / "told.csv")
    assert (report.encoding, report.size, report.rows) == ("gb18030", len(text.encode("gb18030")), 2)
    assert re.fullmatch("[0-9a-f]{64}", report.sha256)
    assert report.columns == {"uscc": "uscc", "name": "name", "sales": "sales"}


def test_utf8_wins_over_gb18030(tmp_path: Path) -> None:
    """Text that could be both is UTF-8: names do not turn into other characters."""
    text = simple(1).replace("示例1", "示例中文企业名称")
    assert read(put(tmp_path, "utf8.csv", text)).frame["name"].to_list() == ["示例中文企业名称"]


# --------------------------------------------------------------------------------------------------------------------
# Parquet, whose columns have types


def parquet(folder: Path, **columns: Any) -> icredit.Submission:
    """Read a Parquet file of two enterprises with further columns."""
    frame = pl.DataFrame({"uscc": [filings.code(1), filings.code(2)], "name": ["示例甲", "示例乙"], **columns})
    frame.write_parquet(folder / "typed.parquet")
    return read(folder / "typed.parquet")


def test_types_of_parquet(tmp_path: Path) -> None:
    """Numbers of every width, decimals, truth values, dates, categories and empty columns are what they hold."""
    for dtype in (pl.Int8, pl.UInt64, pl.Int128, pl.Float32, pl.Float64, pl.Decimal(10, 2)):
        assert parquet(tmp_path, sales=pl.Series([3, None]).cast(dtype)).frame["sales"].to_list() == [3.0, None]
    assert parquet(tmp_path, heads=[3.0, None]).frame["heads"].to_list() == [3, None]
    assert parquet(tmp_path, listed=[True, None]).frame["listed"].to_list() == [True, None]
    assert parquet(tmp_path, opened=[dt.date(2020, 1, 2), None]).frame["opened"].to_list() == [
        dt.date(2020, 1, 2),
        None,
    ]
    assert parquet(tmp_path, form=pl.Series(["国有", None], dtype=pl.Categorical)).frame["form"].to_list() == [
        "state",
        None,
    ]
    assert parquet(tmp_path, sales=[None, None]).frame["sales"].to_list() == [None, None]
    assert parquet(tmp_path, sales=[0.1, 1e-7]).frame["sales"].to_list() == [0.1, 1e-7]


def test_types_of_parquet_far_below_its_head(tmp_path: Path) -> None:
    """Rows far below the first, whose cells are never text, are read as those are: by value, and refused by the same rules."""

    def below(**columns: list[Any]) -> tuple[list[Any], list[tuple[int | None, str]]]:
        (name, last), rows = *columns.items(), 300
        frame = pl.DataFrame(
            {
                "uscc": [filings.code(row) for row in range(rows)],
                "name": "示例",
                name: [last[0]] * (rows - len(last)) + last,
            }
        )
        frame.write_parquet(tmp_path / "long.parquet")
        submission = read(tmp_path / "long.parquet")
        assert submission.frame.schema[name] == typed_schema(filings.every_kind())[name]
        return submission.frame[name].to_list()[-len(last) :], submission.findings.select("row", "rule").rows()

    assert below(heads=[3.0, 7.0, None]) == ([3, 7, None], [])
    assert below(heads=[3.0, 2.5, 4.0]) == ([3, 3, 4], [(299, "IC202")])
    assert below(heads=[3, 10**14, 5]) == ([3, 10**14, 5], [])
    assert below(sales=[0.5, float("nan"), 0.25]) == ([0.5, None, 0.25], [])
    assert below(sales=[0.5, float("inf"), 0.25]) == ([0.5, 0.5, 0.25], [(299, "IC201")])
    assert below(sales=[2, 3, 4]) == ([2.0, 3.0, 4.0], [])
    days = [dt.date(2020, 1, 2), None, dt.date(1999, 12, 31)]
    assert below(opened=days) == (days, [])


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "Asia/Shanghai"])
def test_a_timestamp_at_midnight_is_a_date(tmp_path: Path, unit: Any, zone: str | None) -> None:
    """Other programs keep dates as timestamps: at midnight such a one is a date, in whatever precision.

    At another time of day it is one if it knows no time zone; if it does, the day may be another one here.
    """
    moments = pl.Series([dt.datetime(2020, 1, 2), None], dtype=pl.Datetime(unit)).dt.replace_time_zone(zone)  # noqa: DTZ001
    submission = parquet(tmp_path, opened=moments)
    assert submission.frame["opened"].to_list() == [dt.date(2020, 1, 2), None]
    afternoon = parquet(tmp_path, opened=moments.dt.offset_by("15h30m"))
    assert afternoon.findings.select("row", "rule").rows() == ([(1, "IC205")] if zone else [])
    assert (afternoon.frame["opened"].to_list()[0] == dt.date(2020, 1, 2)) == (zone is None)


def test_not_a_number_is_missing_and_infinity_refused(tmp_path: Path) -> None:
    """NaN, which programs write for missing, is missing; infinity is no number."""
    submission = parquet(tmp_path, sales=[float("nan"), float("inf")])
    assert submission.frame["sales"].to_list() == [None]
    assert submission.findings.select("row", "rule").rows() == [(2, "IC201")]


def test_empty_text_in_parquet_is_blank(tmp_path: Path) -> None:
    """Empty text is a blank as in every other format: missing, and an error where the cell must be filled."""
    submission = parquet(tmp_path, remark=["", "甲"])
    assert submission.frame["remark"].to_list() == [None, "甲"]
    unnamed = parquet(tmp_path, name=["", "示例"])
    assert unnamed.findings.select("row", "rule").rows() == [(1, "IC209")]
    pl.DataFrame({"uscc": [filings.code(1), ""], "name": ["示例", ""]}).write_parquet(tmp_path / "blank.parquet")
    assert read(tmp_path / "blank.parquet").rows_read == 1


@pytest.mark.parametrize(
    "values",
    [
        [b"\xff\xfe", b"a"],
        [dt.timedelta(days=1), None],
        [dt.time(8, 30), None],
        [[1, 2], [3]],
        [{"a": 1}, {"a": 2}],
    ],
    ids=["bytes", "duration", "time", "list", "structure"],
)
def test_columns_that_hold_no_cells(tmp_path: Path, values: list[Any]) -> None:
    """Bytes, durations, lists and structures in a column of the scheme are refused, by the file or row by row."""
    try:
        submission = parquet(tmp_path, opened=values)
    except icredit.InputError as error:
        assert "opened" in str(error)  # noqa: PT017  # one of two right answers
    else:
        assert submission.findings.select("row", "rule").row(0) == (1, "IC205")


# --------------------------------------------------------------------------------------------------------------------
# Workbooks


def test_numbers_of_rows_are_those_of_the_sheet(tmp_path: Path) -> None:
    """Empty rows are counted though they are no rows: findings name the row, and the cell, that the user sees."""
    rows: list[list[filings.Cell]] = [
        [None],
        ["填报表"],
        [*HEADER[:3]],
        [None],
        [filings.code(1), "示例", "x"],
        [" ", None],
        [None],
        [filings.code(2), None, 1],
    ]
    by_openpyxl(tmp_path / "rows.xlsx", rows)
    findings = read(tmp_path / "rows.xlsx").findings
    assert findings.select("row", "cell", "rule").rows() == [(5, "C5", "IC201"), (8, "B8", "IC209")]


def test_columns_beyond_z(tmp_path: Path) -> None:
    """Cells far to the right have addresses of two letters."""
    fillers = [f"附加{n}" for n in range(25)]
    by_openpyxl(
        tmp_path / "wide.xlsx", [["uscc", *fillers, "name", "sales"], [filings.code(1), *[1] * 25, "示例", "x"]]
    )
    assert read(tmp_path / "wide.xlsx").findings["cell"].to_list() == ["AB2"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods", "xls", "parquet"])
def test_a_row_with_nothing_in_known_columns_is_told_in_every_format(tmp_path: Path, kind: str) -> None:
    """A lone remark below the table is no enterprise, whatever the format, and is listed; a blank row is nothing."""
    rows: list[list[filings.Cell]] = [
        ["uscc", "name", "联系人"],
        [filings.code(1), "示例", "甲"],
        [None, None, "乙"],
        [None, None, None],
    ]
    path = tmp_path / f"rows.{kind}"
    match kind:
        case "csv":
            path.write_text(filings.csv_text(rows), "utf-8")
        case "xlsx":
            by_xlsxwriter(path, rows)
        case "parquet":
            pl.DataFrame(rows[1:], schema=["uscc", "name", "联系人"], orient="row").write_parquet(path)
        case _:
            path.write_bytes({"ods": filings.ods, "xls": filings.xls}[kind]({"填报": rows}))
    submission = read(path)
    assert (submission.rows_read, submission.rejected) == (1, 0)
    (stray,) = submission.files[0].left_out
    assert (stray.row, stray.kind, stray.text) == (2 if kind == "parquet" else 3, "note", "乙")


def test_sheets_of_old_and_open_workbooks(tmp_path: Path) -> None:
    """In .xls and .ods too the best visible sheet is read and a hidden one only when named."""
    wide: list[list[filings.Cell]] = [["uscc", "name", "sales"], [filings.code(1), "示例", 1]]
    narrow = [["uscc", "name"], [filings.code(2), "示例"]]
    for kind, write in (("xls", filings.xls), ("ods", filings.ods)):
        path = put(
            tmp_path, f"sheets.{kind}", write({"说明": [["填表说明"]], "藏": wide, "填报": narrow}, hidden=["藏"])
        )
        assert read(path).files[0].sheet == "填报"
        assert read(path, sheet="藏").frame["uscc"].to_list() == [filings.code(1)]


def by_another_ending() -> dict[str, tuple[bytes, str]]:
    """Files of every kind under an ending of another, with what they are."""
    rows: list[list[filings.Cell]] = [["uscc", "name", "sales"], [filings.code(1), "示例", 1]]
    book, table = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(book) as file:
        sheet = file.add_worksheet()
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    pl.DataFrame({"uscc": [filings.code(1)], "name": ["示例"], "sales": [1]}).write_parquet(table)
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return {
        "new.xls": (book.getvalue(), "an Excel workbook (.xlsx)"),
        "new.csv": (book.getvalue(), "an Excel workbook (.xlsx)"),
        "old.xlsx": (filings.xls({"填报": rows}), "an old Excel workbook (.xls)"),
        "old.txt": (filings.xls({"填报": rows}), "an old Excel workbook (.xls)"),
        "open.xlsx": (filings.ods({"填报": rows}), "an OpenDocument workbook (.ods)"),
        "page.xls": (f"<html><table>{cells}</table></html>".encode(), "a web page (HTML)"),
        "text.xlsx": (simple(1).encode(), "delimited text"),
        "text.parquet": (simple(1).encode(), "delimited text"),
        "text.xls": (simple(1).replace(",", "\t").encode("utf-16"), "delimited text"),
        "table.csv": (table.getvalue(), "a Parquet file"),
    }


@pytest.mark.parametrize("name", by_another_ending())
def test_a_file_by_another_ending(tmp_path: Path, name: str) -> None:
    """A file under the ending of another kind is read as what it is, and that is said."""
    data, kind = by_another_ending()[name]
    path = put(tmp_path, name, data)
    submission = read(path)
    assert submission.frame["uscc"].to_list() == [filings.code(1)]
    assert submission.frame["sales"].to_list() == [1.0]
    assert submission.findings.is_empty()
    assert submission.files[0].notes[0] == f"{path}: is {kind}, whatever its name says, and was read as that"


# --------------------------------------------------------------------------------------------------------------------
# Which files


def test_a_folder_a_pattern_and_a_list(tmp_path: Path) -> None:
    """A folder means its files in order of name, a pattern its matches; lock files, hidden files and folders do not count."""
    for name, number in (("b.csv", 2), ("a.csv", 1), ("c.txt", 3), ("~$a.xlsx", 8), (".x.csv", 9)):
        put(tmp_path, name, simple(number))
    put(tmp_path, "notes.docx", "x")
    (tmp_path / "sub.csv").mkdir()
    assert read(tmp_path).frame["sales"].to_list() == [1.0, 2.0, 3.0]
    assert read(str(tmp_path / "*.csv")).frame["sales"].to_list() == [1.0, 2.0]
    names: list[str | Path] = [tmp_path / "c.txt", str(tmp_path / "[ab].csv"), tmp_path / "c.txt"]
    mixed = icredit.read(names, SCHEME, as_of=AS_OF)
    assert [Path(report.file).name for report in mixed.files] == ["a.csv", "b.csv", "c.txt"]
    assert mixed.frame["source_table"].to_list() == [0, 1, 2]
    # Only where the last filing counts does it matter how they are named.
    mixed = icredit.read(names, SCHEME, as_of=AS_OF, duplicates="last")
    assert [Path(report.file).name for report in mixed.files] == ["c.txt", "a.csv", "b.csv"]


def test_a_name_with_characters_of_patterns(tmp_path: Path) -> None:
    """A file whose name looks like a pattern is that file."""
    assert read(put(tmp_path, "表[1]*.csv", simple(1))).rows_read == 1


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "A.CSV"])
def test_endings_of_text(tmp_path: Path, name: str) -> None:
    """The delimiter comes from the text, not from the ending."""
    for delimiter in ",\t;|":
        assert read(put(tmp_path, name, simple(1).replace(",", delimiter))).frame["sales"].to_list() == [1.0]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hyphen is CSV on standard input, in any encoding."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(simple(1, 2).encode("gb18030"))))
    submission = read("-")
    assert submission.frame["name"].to_list() == ["示例1", "示例2"]
    assert submission.files[0].file == "<stdin>"


def test_an_empty_table_is_no_error(tmp_path: Path) -> None:
    """A header without rows is an empty submission with every column, in every format."""
    by_openpyxl(tmp_path / "empty.xlsx", [HEADER])
    expected([]).write_parquet(tmp_path / "empty.parquet")
    put(tmp_path, "empty.csv", ",".join(HEADER))
    for name in ("empty.xlsx", "empty.parquet", "empty.csv"):
        submission = read(tmp_path / name)
        assert (submission.rows_read, submission.frame.height, submission.findings.height) == (0, 0, 0)
        assert set(typed_schema(SCHEME)) < set(submission.frame.columns)


# --------------------------------------------------------------------------------------------------------------------
# What cannot be read

SHEET = "xl/worksheets/sheet1.xml"


def damaged(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """A workbook with its parts changed."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["uscc", "name", "sales"])
        sheet.write_row(1, 0, [filings.code(1), "示例", 1])
    parts = filings.unzipped(file.getvalue())
    change(parts)
    return filings.zipped(parts)


def replaced(part: str, old: bytes, new: bytes) -> bytes:
    """A workbook with bytes of a part replaced."""

    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new)

    return damaged(change)


UNREADABLE: Mapping[str, bytes] = {
    "nothing.csv": b"",
    "blank.csv": b"\n\n  \n",
    "mark.csv": b"\xef\xbb\xbf",
    "mark16.csv": b"\xff\xfe",
    "half16.csv": b"\xff\xfeu\0s\0c",
    "bytes.csv": bytes(range(256)) * 4,
    "prose.txt": "本文件不是填报表。\n没有表头。".encode(),
    "nothing.xlsx": b"",
    "cut.xlsx": damaged(lambda parts: None)[:-200],
    "begun.xlsx": b"PK",
    "page.xls": b"<html><p>\xe6\x97\xa0</p></html>",
    "archive.xlsx": filings.zipped({"a.txt": "x"}),
    "no-sheet.xlsx": damaged(lambda parts: parts.pop(SHEET)),
    "empty-sheet.xlsx": damaged(lambda parts: parts.update({SHEET: b""})),
    "cut-sheet.xlsx": damaged(lambda parts: parts.update({SHEET: parts[SHEET][:-60]})),
    "garbage-sheet.xlsx": damaged(lambda parts: parts.update({SHEET: b"\xff\xfe<<>>"})),
    "row-zero.xlsx": replaced(SHEET, b'r="A1"', b'r="A0"'),
    "letters.xlsx": replaced(SHEET, b'<c r="C2"><v>1<', b'<c r="C2" t="n"><v>one<'),
    "no-strings.xlsx": damaged(lambda parts: parts.pop("xl/sharedStrings.xml")),
    "string-99.xlsx": replaced(SHEET, b"<v>0</v>", b"<v>99</v>"),
    "no-book.xlsx": damaged(lambda parts: parts.pop("xl/workbook.xml")),
    "nothing.ods": b"",
    "cut.ods": filings.ods({"填报": [["uscc", "name"], [filings.code(1), "示例"]]})[:-100],
    "garbage.ods": filings.zipped(
        {"mimetype": filings._ODS, "content.xml": "<office", "META-INF/manifest.xml": "<a/>"}
    ),
    "nothing.xls": b"",
    "zeros.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "cut.xls": filings.xls({"填报": [["uscc", "name"], [filings.code(1), "示例"]]})[:1526],
    "nothing.parquet": b"",
    "marks.parquet": b"PAR1" + bytes(40) + b"PAR1",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_refused_plainly(tmp_path: Path, name: str) -> None:
    """Empty, damaged and foreign files are refused in one or two lines that name the file."""
    path = put(tmp_path, name, UNREADABLE[name])
    with pytest.raises(icredit.InputError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.count("\n") <= 1
    assert "Traceback" not in message
    assert "python" not in message.lower()


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_workbook_with_a_password_is_refused_by_that_name(tmp_path: Path, kind: str) -> None:
    """A protected workbook is refused as protected, with what to do about it."""
    rows = {"填报": [["uscc", "name"], [filings.code(1), "示例"]]}
    data = {
        "xlsx": filings.compound_file({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": bytes(64)}),
        "xls": filings.xls(rows, password=True),
        "ods": filings.ods(rows, password=True),
    }[kind]
    with pytest.raises(icredit.InputError, match="password"):
        read(put(tmp_path, f"locked.{kind}", data))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is told by name, with the nearest there is; so is a pattern without a match."""
    put(tmp_path, "enterprises.csv", simple(1))
    with pytest.raises(icredit.InputError, match=r"enterprise\.csv: no such file") as caught:
        read(tmp_path / "enterprise.csv")
    assert caught.value.hint == f"did you mean {tmp_path / 'enterprises.csv'}?"
    with pytest.raises(icredit.InputError, match="no such file"):
        read(str(tmp_path / "*.xlsx"))
    with pytest.raises(icredit.InputError, match="no such file") as caught:
        read(tmp_path / "nowhere" / "a.csv")
    assert caught.value.hint is not None
    assert "does not exist" in caught.value.hint


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", "a\0b.csv", "nowhere/" * 2000 + "a.csv", "[", "**/[!", "", " "])
def test_a_name_that_no_file_can_have(folder: Path, name: str) -> None:
    """A name too long, with a zero byte, an open bracket or nothing in it is no file, and nothing worse."""
    put(folder, "other.csv", simple(1))
    with pytest.raises(icredit.InputError):
        read(name)


def test_no_file_at_all(tmp_path: Path) -> None:
    """No file, a folder without submissions and a kind that is not read are errors that say what is read."""
    with pytest.raises(icredit.IcreditError):
        icredit.read([], SCHEME)
    with pytest.raises(icredit.InputError, match="no file in this folder") as caught:
        read(tmp_path)
    assert caught.value.hint is not None
    assert ".xlsx" in caught.value.hint
    with pytest.raises(icredit.InputError, match=r"does not read files ending in '\.docx'"):
        read(put(tmp_path, "a.docx", "x"))


@pytest.mark.parametrize("method", ["open", "is_dir"])
def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """A file or folder without permission is refused plainly."""
    path = put(tmp_path, "secret.csv", simple(1))

    def refuse(self: Path, mode: str = "r") -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, method, refuse)
    with pytest.raises(icredit.InputError, match=r"secret\.csv: cannot be read: Permission denied"):
        read(path)


def test_one_bad_file_among_many(tmp_path: Path) -> None:
    """A file that cannot be read is an error with its name and reason, and the others are read."""
    put(tmp_path, "a.csv", simple(1))
    put(tmp_path, "b.xlsx", damaged(lambda parts: None)[:-200])
    put(tmp_path, "c.csv", simple(2))
    submission = read(tmp_path)
    assert submission.frame["uscc"].to_list() == [filings.code(1), filings.code(2)]
    assert [file.unreadable is None for file in submission.files] == [True, False, True]
    (finding,) = submission.findings.iter_rows(named=True)
    assert (finding["rule"], finding["level"], finding["row"]) == ("IC110", "error", None)
    assert finding["file"].endswith("b.xlsx")
    assert "not a readable workbook" in finding["message_en"]


def test_nothing_but_bad_files(tmp_path: Path) -> None:
    """Where no file can be read the run is refused, with how many there are and the first reason."""
    put(tmp_path, "a.xlsx", b"PK")
    put(tmp_path, "b.xlsx", b"PK")
    with pytest.raises(icredit.InputError, match=r"none of 2 files can be read; the first: .*a\.xlsx"):
        read(tmp_path)
