"""The same table filed in any format, encoding and layout is the same submission: every value and every finding."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import filings
import icredit
from conftest import AS_OF
from filings import AnyCell, Shown
from grids import shown
from icredit.intake import rules
from workbooks import openpyxl_book, xlsxwriter_book, xlsxwriter_book_inline

SCHEME = filings.every_kind()
HEADER = [
    "统一社会信用代码",
    "企业名称",
    "销售额（万元）",
    "人数（人）",
    "增速（%）",
    "开业日期",
    "是否上市",
    "备注",
    "企业类型",
]

Table = list[list[AnyCell]]

# --------------------------------------------------------------------------------------------------------------------
# Tables: right and wrong, with whatever people write

# GBK has no more than 21,000 characters; those beyond it are for the other encodings.
common = st.sampled_from("示例科技有限公司（）·、Aa09\"',;|=+-@#%&<>/\\~`!?:_()[]{}^$*. \n")
rare = st.characters(categories=["L", "N", "P", "S"], exclude_characters="\ufffe\uffff")


def names(characters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of up to six characters, blanks and line breaks inside them alone, never two together.

    Web pages show several blanks as one, and icredit takes blanks off both ends of any cell.
    """
    return st.text(characters, min_size=1, max_size=6).filter(
        lambda text: (
            text == " ".join(text.split(" ")).strip() and not any(two in text for two in ("  ", " \n", "\n ", "\n\n"))
        )
    )


def tables(characters: st.SearchStrategy[str]) -> st.SearchStrategy[Table]:
    """Rows of enterprises."""
    name = names(characters)
    code = st.integers(1, 9).map(filings.code)
    number = st.none() | st.integers(0, 10**9).map(lambda cents: cents / 100)
    share = st.none() | st.integers(-999, 999).map(lambda thousandths: Shown(thousandths / 1000, "0.0%"))
    day = st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2025, 12, 31))
    flag = st.sampled_from([None, True, False, "是", "否"])
    form = st.sampled_from([None, "国有", "民营", "private"])
    count = st.none() | st.integers(0, 10**6)
    right = st.tuples(
        code,
        name,
        number,
        count,
        share,
        day,
        flag,
        st.none() | names(characters).map(lambda text: text[:5].strip()),
        form,
    )
    odd = st.one_of(
        name,
        st.integers(-5, 5),
        st.sampled_from(["007", "1,234.5", "无", "1e3", "12.5%", "1.2亿", "2024/3/1", "2024-13-01", "也许", "外资"]),
    )
    wrong = st.tuples(
        code | st.sampled_from(["0012", "91990000000000001X", "=1+1"]),
        st.none() | name,
        odd,
        odd,
        odd,
        odd,
        odd,
        odd,
        odd,
    )
    none: list[AnyCell] = [None] * 8
    row = st.one_of(
        right.map(list),
        right.map(list),
        wrong.map(list),
        st.sampled_from([["合计", *none], ["注：单位为万元", *none], [None, *none], HEADER]),
    )
    return st.lists(row.map(list), max_size=5)


def all_text(table: Table) -> list[list[str]]:
    """The header and the cells as a person would type them."""
    return [HEADER, *([shown(cell) or "" for cell in row] for row in table)]


# --------------------------------------------------------------------------------------------------------------------
# Formats


@dataclass(frozen=True)
class Layout:
    """How a delimited file is written."""

    ending: str
    delimiter: str
    newlines: str
    quoting: int
    blanks: int

    def text(self, table: Table) -> str:
        """The table in this layout, with more delimiters than cells in some rows."""
        file = io.StringIO(newline="")
        rows = all_text(table)
        for place, row in enumerate(rows):
            newline = {"mixed": ("\n", "\r\n")[place % 2]}.get(self.newlines, self.newlines)
            writer = csv.writer(file, delimiter=self.delimiter, lineterminator=newline, quoting=self.quoting)  # type: ignore[arg-type]
            writer.writerow([*row, *[""] * (self.blanks * (place % 3))])
        return file.getvalue()


layouts = st.builds(
    Layout,
    st.sampled_from(["csv", "tsv", "txt"]),
    st.sampled_from(",\t;|"),
    st.sampled_from(["\n", "\r\n", "mixed"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.integers(0, 2),
)

MARKS = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "gb18030"]


def html_page(table: Table) -> bytes:
    """The table as a web page, as many systems export it."""
    cells = [[html.escape(cell).replace("\n", "<br>") for cell in row] for row in all_text(table)]
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in cells)
    return f"<html><head><meta charset='utf-8'></head><body><table>{rows}</table></body></html>".encode()


def parquet(table: Table) -> bytes:
    """The table as Parquet, all text."""
    header, *rows = all_text(table)
    file = io.BytesIO()
    pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row").write_parquet(file)
    return file.getvalue()


def book(write: Callable[..., bytes]) -> Callable[[Table], bytes]:
    """A writer of workbooks, given the header and the rows."""
    return lambda table: write([HEADER, *table])


def books(write: Callable[..., bytes]) -> Callable[[Table], bytes]:
    """The same of a writer that wants sheets by name."""
    return lambda table: write({"填报": [HEADER, *table]})


FORMATS: dict[str, Callable[[Table], bytes]] = {
    "openpyxl.xlsx": book(openpyxl_book),
    "xlsxwriter.xlsx": book(xlsxwriter_book),
    "inline.xlsm": book(xlsxwriter_book_inline),
    "old.xls": books(filings.xls),
    "open.ods": books(filings.ods),
    "page.xls": html_page,
    "table.parquet": parquet,
}

# --------------------------------------------------------------------------------------------------------------------
# The submission

PLACES = ["file", "sheet", "row", "cell"]
# What is said of an enterprise filed twice names the place of the other filing.
NAMING = [rules.DUPLICATE_SAME.code, rules.DUPLICATE_LAST.code, rules.DUPLICATE_CONFLICT.code]
SAID = [pl.when(~pl.col("rule").is_in(NAMING)).then(name).alias(name) for name in ("message_zh", "message_en")]


def told(folder: Path, name: str, data: bytes) -> tuple[object, ...]:
    """What icredit makes of a file, without the places where it found it."""
    path = folder / name
    path.write_bytes(data)
    submission = icredit.read(path, SCHEME, as_of=AS_OF)
    (report,) = submission.files
    return (
        submission.frame.drop("source_row", "source_table").rows(),
        submission.findings.drop(PLACES).with_columns(SAID).rows(),
        (submission.rows_read, submission.rejected, submission.merged),
        (report.columns, report.unknown, [(stray.kind, stray.text) for stray in report.left_out]),
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all examples."""
    return tmp_path_factory.mktemp("formats")


def plain_csv(table: Table) -> bytes:
    """The file with which every other is compared."""
    return Layout("csv", ",", "\n", csv.QUOTE_MINIMAL, 0).text(table).encode()


@settings(deadline=None, max_examples=40)
@given(table=tables(common | rare), layout=layouts, encoding=st.sampled_from(ENCODINGS))
def test_delimited_text(place: Path, table: Table, layout: Layout, encoding: str) -> None:
    """Any delimiter, line ends, quoting, encoding and ending give the same submission."""
    text = MARKS.get(encoding, "") + layout.text(table)
    assert told(place, f"text.{layout.ending}", text.encode(encoding)) == told(place, "plain.csv", plain_csv(table))


@settings(deadline=None, max_examples=10)
@given(table=tables(common), layout=layouts)
def test_delimited_text_in_gbk(place: Path, table: Table, layout: Layout) -> None:
    """The encoding of Chinese Windows as well."""
    data = layout.text(table).encode("gbk")
    assert told(place, f"text.{layout.ending}", data) == told(place, "plain.csv", plain_csv(table))


@settings(deadline=None, max_examples=25)
@given(table=tables(common | rare))
def test_workbooks_pages_and_tables_of_other_programs(place: Path, table: Table) -> None:
    """Workbooks new, old and open, web pages and Parquet give the same submission as plain text, typed cells or not."""
    expected = told(place, "plain.csv", plain_csv(table))
    for name, write in FORMATS.items():
        assert told(place, name, write(table)) == expected, name
