"""Whatever bytes a file holds, reading it gives a submission or an error of icredit's own: no traceback, no end of the program."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import filings
import icredit
from conftest import AS_OF

SCHEME = filings.every_kind()
ENDINGS = [".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet"]

ROWS: list[list[filings.Cell]] = [
    ["统一社会信用代码", "企业名称", "销售额（元）", "人数（人）", "备注"],
    [filings.code(1), "示例甲", 1.5, 3, "甲"],
    [filings.code(2), "示例乙", None, 4, None],
    [filings.code(3), "", "abc", -1, "六个字的备注"],
]


def as_xlsx() -> bytes:
    """The rows as a workbook."""
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_parquet() -> bytes:
    """The rows, all text, as Parquet."""
    texts = [[None if cell is None else str(cell) for cell in row] for row in ROWS]
    file = io.BytesIO()
    pl.DataFrame(texts[1:], schema=[str(name) for name in texts[0]], orient="row").write_parquet(file)
    return file.getvalue()


CSV = filings.csv_text(ROWS)
GOOD: Mapping[str, list[bytes]] = {
    ".csv": [
        CSV.encode(),
        CSV.encode("utf-16"),
        filings.csv_text(ROWS, delimiter="\t", quote_all=True).encode("gb18030"),
    ],
    ".xlsx": [as_xlsx()],
    ".ods": [filings.ods({"填报": ROWS})],
}
WHOLE: Mapping[str, bytes] = {
    **{ending: files[0] for ending, files in GOOD.items()},
    ".xls": filings.xls({"填报": ROWS}),
    ".parquet": as_parquet(),
}


def survives(folder: Path, ending: str, data: bytes) -> None:
    """Read the bytes; anything but a consistent submission or an error of icredit's own fails."""
    path = folder / f"hostile{ending}"
    path.write_bytes(data)
    try:
        submission = icredit.read(path, SCHEME, as_of=AS_OF)
    except icredit.IcreditError as error:
        assert str(path) in str(error)  # noqa: PT017  # most bytes are refused, and that is right
        assert str(error).count("\n") <= 1  # noqa: PT017
    else:
        assert submission.rows_read == submission.frame.height + submission.rejected + submission.merged


@st.composite
def spoiled(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes with a few of them changed, left out, repeated or added."""
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([1, 1, 2, 8, 50]))
        piece = draw(
            st.sampled_from([b"", data[place : place + length] * 2, b'"', b"\r", b"\x00", b"\xff", b"<", b"&"])
        )
        data = data[:place] + piece + data[place + length :]
    return data


QUICK = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
MAGIC = [
    b"",
    b"PK\x03\x04",
    b"PAR1",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"uscc,name\n",
    b'uscc,name\n"',
]


@QUICK
@given(
    ending=st.sampled_from(ENDINGS),
    magic=st.sampled_from(MAGIC),
    data=st.binary(max_size=400),
    tail=st.sampled_from([b"", b"PAR1"]),
)
def test_any_bytes_under_any_ending(
    tmp_path_factory: pytest.TempPathFactory, ending: str, magic: bytes, data: bytes, tail: bytes
) -> None:
    """Arbitrary bytes, with and without the first bytes of a known format, are refused or read."""
    survives(tmp_path_factory.getbasetemp(), ending, magic + data + tail)


@QUICK
@given(data=st.data(), ending=st.sampled_from(sorted(GOOD)))
def test_spoiled_files(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, ending: str) -> None:
    """A good file with a few bytes spoiled is refused or read."""
    good = data.draw(st.sampled_from(GOOD[ending]))
    survives(tmp_path_factory.getbasetemp(), ending, data.draw(spoiled(good)))


@QUICK
@given(ending=st.sampled_from(sorted(WHOLE)), share=st.floats(0, 1))
def test_files_cut_short(tmp_path_factory: pytest.TempPathFactory, ending: str, share: float) -> None:
    """The first part of a file of any format, as after a broken transfer, is refused or read."""
    survives(tmp_path_factory.getbasetemp(), ending, WHOLE[ending][: int(share * len(WHOLE[ending]))])


@QUICK
@given(data=st.data())
def test_spoiled_text(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Text with characters lost, repeated and put in between is refused or read, whatever its encoding."""
    survives(tmp_path_factory.getbasetemp(), ".csv", data.draw(spoiled(data.draw(st.sampled_from(GOOD[".csv"])))))


@QUICK
@given(data=st.data())
def test_spoiled_parts_of_a_workbook(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A workbook whose archive is whole but whose parts are spoiled is refused or read."""
    parts = filings.unzipped(GOOD[".xlsx"][0])
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = data.draw(spoiled(parts[name]))
    survives(tmp_path_factory.getbasetemp(), ".xlsx", filings.zipped(parts))


# --------------------------------------------------------------------------------------------------------------------
# Files that bring the readers of workbooks and of Parquet down. Each is read by a process of its own, which must live to answer.

SMALL: list[list[filings.Cell]] = [["uscc", "name"], [filings.code(1), "示例"]]


def short_record() -> bytes:
    """An old workbook with an empty record where the code page should stand."""
    good = filings.xls({"填报": SMALL})
    assert b"\x42\0\2\0\xb0\4" in good
    return good.replace(b"\x42\0\2\0\xb0\4", b"\x42\0\0\0\xb0\4")


def broken_page() -> bytes:
    """A Parquet file one byte of which, a length inside a page, is not what it was."""
    return zlib.decompress(base64.b85decode(BROKEN_PAGE))


# 438 bytes as polars 2.1 writes two codes, the byte at 27 changed from 16 to 0.
BROKEN_PAGE = (
    "c-noDO;5r=5Qe9vA%t+?z-(yJLoYNC8!W4&t+&MxA$}DSYxGtqD<nt_<wH378$9}B-CaF+a+00NJI_0F*ooM<g9etde1kdyfF@po"
    "fK>!nfGQTT2%w8@L4yKT%q|qGX5HB4(<uTmNK9hKbxL4b#6?Pk5p~lY80#$Cpbl7R=s)fT+*pDV!?aAx`OvI?mXS{lYapcIlt^3y"
    "vAtel<MI9DMLwO+UX%Klb}EB<OhjL%U?=qZ=vS-OHDfuuRCUBoBEk22*&j0Y^4F)5FZn@n1+SPw4@?gChODP*U+xp3e2hg$F%<L_"
    "l6nvypXe=v`dySQlXY%4-wvC3wrbhC**afjE1R}EZO?8_wu@zI`#kjMBt7Fir9S5YO*`k*4-zj-XxQbPazB}+A#ItK{JUpyok(2l"
    "8%DQXC;"
)

HOSTILE = {
    "page.parquet": broken_page,
    "short.xls": short_record,
}

# 8 GB of address space: more than any submission needs, less than would hurt the machine that runs the tests.
SCRIPT = """
import resource, sys
import icredit
resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))  # seconds of work, however busy the machine is
try:
    icredit.read(sys.argv[1])
except icredit.IcreditError:
    pass
print("alive")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on address space to set")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_does_not_end_the_program(tmp_path: Path, name: str) -> None:
    """A file that claims more cells than memory, breaks off or breaks its own format is refused or read, and soon."""
    (tmp_path / name).write_bytes(HOSTILE[name]())
    command = [sys.executable, "-c", SCRIPT, name]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr[-300:]
    assert run.stdout == "alive\n"
