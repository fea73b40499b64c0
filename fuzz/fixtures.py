"""Good files of every format, small enough to be read in milliseconds: what the damage is done to."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Literal

import openpyxl
import polars as pl
import xlsxwriter

ROOT = Path(__file__).resolve().parents[1]
# The tests know how to write the formats for which there is no library.
sys.path.insert(0, str(ROOT / "tests"))

import filings as filings  # noqa: E402, PLC0414  # found by the line above; others take it from here

#: The endings of the files that are damaged; several are of one kind.
KINDS = ("csv", "xlsx", "xls", "ods", "parquet", "html", "xml")

_HEADER = ("统一社会信用代码", "企业名称", "所属高新区", "销售额（元）", "人数（人）", "备注")

_COMPRESSIONS: tuple[Literal["zstd", "snappy", "gzip", "uncompressed", "lz4", "brotli"], ...] = (
    "zstd",
    "snappy",
    "gzip",
    "uncompressed",
    "lz4",
    "brotli",
)

Row = Sequence[filings.Cell]


def rows() -> list[list[filings.Cell]]:
    """A title, a header, enterprises with and without errors, a total."""
    return [
        ["企业填报表", None, None, None, None, None],
        list(_HEADER),
        [filings.code(1), "示例甲", "长沙高新区", 1.5, 3, "甲"],
        [filings.code(2), "示例乙", "长沙高新区", None, 4, None],
        [filings.code(3), "", "没有", "abc", -1, "六个字的备注"],
        [filings.code(3), "示例丙", None, "1,234.5", "12%", "2024-02-30"],
        ["合计", None, None, 1.5, 6, None],
    ]


def written(kind: str, table: Sequence[Row], chance: Random) -> bytes:
    """The rows as a file of a kind, in one of the ways in which such files are written."""
    return {
        "csv": _csv,
        "xlsx": _xlsx,
        "xls": lambda rows, _: filings.xls({"填报": _storable(rows)}),
        "ods": lambda rows, _: filings.ods({"填报": _storable(rows)}),
        "parquet": _parquet,
        "html": _html,
        "xml": _spreadsheetml,
    }[kind](table, chance)


def _csv(table: Sequence[Row], chance: Random) -> bytes:
    text = filings.csv_text(
        table,
        delimiter=chance.choice(",,\t;|"),
        newline=chance.choice(("\n", "\r\n", "\r")),
        quote_all=chance.random() < 0.3,
    )
    return text.encode(chance.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "gbk")), "replace")


def _storable(table: Sequence[Row]) -> list[list[filings.Cell]]:
    """Rows without what XML and old workbooks cannot hold."""
    return [[_clean(cell)[:30_000] if isinstance(cell, str) else cell for cell in row] for row in table]


def _clean(text: str) -> str:
    return "".join(
        letter for letter in text if letter.isprintable() or letter in "\t\n" or "\u2000" < letter < "\u2070"
    )


def _xlsx(table: Sequence[Row], chance: Random) -> bytes:
    file = io.BytesIO()
    if chance.random() < 0.5:
        book = openpyxl.Workbook()
        for row in _storable(table):
            book.active.append(["" if isinstance(cell, str) and cell.startswith("=") else cell for cell in row])
        book.save(file)
    else:
        with xlsxwriter.Workbook(file, {"constant_memory": chance.random() < 0.5, "strings_to_urls": False}) as book:
            sheet = book.add_worksheet("填报")
            percent = book.add_format({"num_format": "0.0%"})
            for line, row in enumerate(_storable(table)):
                for place, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(line, place, cell)
                    elif cell is not None:
                        sheet.write(line, place, cell, percent if chance.random() < 0.1 else None)
    return file.getvalue()


def _parquet(table: Sequence[Row], chance: Random) -> bytes:
    columns: dict[str, pl.Series] = {}
    for place, name in enumerate(_HEADER):
        texts = [None if row[place] is None else _encodable(str(row[place])) for row in table[2:]]
        dtype = chance.choice((pl.String, pl.String, pl.String, pl.Float64, pl.Int32, pl.Date, pl.Boolean))
        series = pl.Series(name, texts, dtype=pl.String)
        columns[name] = series if dtype in (pl.String, pl.Boolean, pl.Date) else series.cast(dtype, strict=False)
    file = io.BytesIO()
    compression = chance.choice(_COMPRESSIONS)
    pl.DataFrame(columns).write_parquet(file, compression=compression)
    return file.getvalue()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _html(table: Sequence[Row], chance: Random) -> bytes:
    rows_of = ("".join(f"<td>{'' if cell is None else cell}</td>" for cell in row) for row in table)
    text = "<html><body><table>" + "".join(f"<tr>{row}</tr>" for row in rows_of) + "</table></body></html>"
    return text.encode(chance.choice(("utf-8", "gb18030")), "replace")


def _spreadsheetml(table: Sequence[Row], chance: Random) -> bytes:
    def cell(value: filings.Cell) -> str:
        kind = "Number" if isinstance(value, int | float) else "String"
        text = str(value).replace("&", "&amp;").replace("<", "&lt;")
        return "<Cell/>" if value is None else f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>'

    body = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in _storable(table))
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
        f'<Worksheet ss:Name="填报"><Table>{body}</Table></Worksheet></Workbook>'
    ).encode()
