"""What a file is shows in its content, whatever it is called, and even when it is damaged."""

from __future__ import annotations

import io

import polars as pl
import pytest
from openpyxl import Workbook

import filings
from grids import spoiled
from icredit.intake.sources.signature import Kind, kind_of


def xlsx() -> bytes:
    """A workbook."""
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


def parquet() -> bytes:
    """A Parquet file."""
    file = io.BytesIO()
    pl.DataFrame({"a": [1]}).write_parquet(file)
    return file.getvalue()


ODT = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}

FILES: list[tuple[Kind, bytes]] = [
    ("xlsx", xlsx()),
    ("xlsx", xlsx()[:-200]),
    ("xlsx", filings.zipped({"XL\\Workbook.xml": "<a/>"})),
    ("xlsx", filings.zipped({"xl/worksheets/sheet1.xml": "<a/>"})),
    ("xlsb", filings.zipped({"[Content_Types].xml": "", "xl/workbook.bin": b"x"})),
    ("ods", filings.ods({"a": [["x"]]})),
    ("ods", filings.ods({"a": [["x"]]}, password=True)),
    ("ods", filings.ods({"a": [["x"]]})[:-100]),
    ("ods", filings.zipped({"content.xml": "<a/>"})),
    ("doc", filings.zipped(ODT)),
    ("doc", filings.zipped({"word/document.xml": "<a/>"})),
    ("doc", filings.zipped({"ppt/presentation.xml": "<a/>"})),
    ("doc", filings.compound_file({"WordDocument": b"x"})),
    ("doc", b"{\\rtf1\\ansi"),
    ("xls", filings.xls({"a": [["x"]]})),
    ("xls", filings.xls({"a": [["x"]]}, password=True)),
    ("xls", filings.xls({"a": [["x"]]})[:600]),
    ("xls", filings.compound_file({"Book": b"x"})),
    ("xls", b"\x09\x08\x08\0\0\0\x10\0\0\0\0\0"),
    ("encrypted", filings.compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"x"})),
    ("encrypted", filings.compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"x"})[:1500]),
    ("parquet", parquet()),
    ("xmlss", b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook>'),
    ("xmlss", "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>".encode("utf-16")),
    ("html", b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table>"),
    ("html", "\ufeff<table><tr><td>企业</td></tr></table>".encode()),
    ("pdf", b"%PDF-1.7\n"),
    ("image", b"\x89PNG\r\n\x1a\n"),
    ("image", b"\xff\xd8\xff\xe0"),
    ("zip", filings.zipped({"a.xlsx": xlsx()})),
    ("zip", filings.zipped({})),
    ("zip", b"Rar!\x1a\x07\x01\0"),
    ("zip", b"7z\xbc\xaf\x27\x1c"),
    ("empty", b""),
    ("empty", b"\r\n \t\n"),
    ("text", b"uscc,name\n"),
    ("text", "企业,名称\n".encode("gb18030")),
    ("text", "\tuscc\tname\n".encode("utf-16")),
    ("text", b"\tuscc\tname\n"),
    ("text", b"<20,>30\n"),
    ("text", b"PK,name\n"),
]


@pytest.mark.parametrize(("kind", "data"), FILES)
def test_kinds(kind: Kind, data: bytes) -> None:
    """A file is known by what it holds."""
    assert kind_of(data) == kind


def test_damage_never_stops_it() -> None:
    """Whatever bytes there are, they are something."""
    for _, data in FILES:
        for changed in spoiled(data, count=20):
            assert kind_of(changed) in set(Kind.__args__)  # type: ignore[attr-defined]  # what Literal lists
