"""Batches too large for memory: read, scored and written in pieces, they come out byte for byte as small ones do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icredit
from bench.enterprises import as_text, enterprises, spoiled
from bench.form import COLUMNS
from command_line import icredit as run
from icredit.intake import layout, rows
from icredit.intake.header import HeaderMatcher
from icredit.intake.sources import dispatch, large_text, text
from icredit.intake.sources.grid import Content, Opened, Sheet
from icredit.intake.table import TextTable
from icredit.output.summary import LISTED
from icredit.scheme.fields import submission_fields
from icredit.scoring import in_pieces

ENTERPRISES = enterprises(1_200, seed=7).select(*COLUMNS)

#: What makes every file large: bytes of a file, of a piece, of rows in memory, and rows at once.
LIMITS: Sequence[tuple[Any, str, int]] = (
    (dispatch, "LARGE", 20_000),
    (dispatch, "BEGINNING", 4_096),
    (large_text, "_PIECE", 30_000),
    (rows, "_MOST", 40_000),
    (in_pieces, "_AT_ONCE", 250),
)

Make = Callable[[Path], None]


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lower the limits when called."""

    def lower() -> None:
        for module, name, value in LIMITS:
            monkeypatch.setattr(module, name, value)

    return lower


def csv_of(frame: pl.DataFrame) -> str:
    """Return filings as CSV without quotation marks."""
    return frame.rename(COLUMNS).write_csv(quote_style="never")


CLEAN = csv_of(as_text(ENTERPRISES))
FAULTY = csv_of(spoiled(as_text(ENTERPRISES), 0.05))


def with_strays(table: str) -> str:
    """Return a table with a title above it, a second header and notes within it, a total and notes below it."""
    lines = table.splitlines()
    width = lines[0].count(",")
    blank = "," * width
    note, total = "说明：以下为补报" + blank, "合计" + blank
    lines[700:700] = [lines[0], note]
    lines[300:300] = [blank, note, blank]
    return "\n".join(["企业填报表" + blank, *lines, total, note, "制表人：示例" + blank]) + "\n"


def with_duplicates(table: str) -> str:
    """Return a table in which some enterprises stand twice, far from each other: some alike, some not."""
    lines = table.splitlines()
    alike = lines[1:40]
    other = [",".join([*line.split(",")[:7], "77.5", *line.split(",")[8:]]) for line in lines[41:60]]
    return "\n".join([*lines, *alike, *other]) + "\n"


def ragged(table: str) -> str:
    """Return a table with a row too short and one too long."""
    lines = table.splitlines()
    lines[150] = ",".join(lines[150].split(",")[:9])
    lines[900] += ",7"
    return "\n".join(lines) + "\n"


TEXTS: dict[str, bytes] = {
    "clean": CLEAN.encode("utf-8-sig"),
    "faulty": FAULTY.encode(),
    "strays": with_strays(CLEAN).encode(),
    "duplicates": with_duplicates(FAULTY).encode(),
    "ragged": ragged(CLEAN).encode(),
    "gb18030": FAULTY.encode("gb18030"),
    "crlf and tabs": CLEAN.replace(",", "\t").replace("\n", "\r\n").encode(),
    "utf-16": CLEAN.encode("utf-16"),
    "quotation marks": CLEAN.replace("示例", '示"例', 1).encode(),
    "a mark within": CLEAN.replace("\n", "\n\ufeff", 3).encode(),
    "without a last end": CLEAN.rstrip("\n").encode(),
}


def outcome(folder: Path) -> dict[str, Any]:
    """Return everything that a run wrote, but when it ran."""
    found: dict[str, Any] = {}
    for path in sorted(folder.iterdir()):
        if path.name.endswith(".manifest.json"):
            content = json.loads(path.read_text("utf-8"))
            found[path.name] = {name: content[name] for name in content if name not in ("started", "finished")}
        else:
            found[path.name] = path.read_bytes()
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_pieces_give_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_limits: Callable[[], None], name: str
) -> None:
    """Table, rejects and manifest are those of the batch read as a whole, whatever is amiss with the file."""
    file = tmp_path / "filed.csv"
    file.write_bytes(TEXTS[name])
    found = []
    for folder in (tmp_path / "whole", tmp_path / "pieces"):
        monkeypatch.chdir(tmp_path)
        if folder.name == "pieces":
            small_limits()
        folder.mkdir()
        monkeypatch.chdir(folder)
        assert run("score", file, "-q", "--as-of", "2026-01-15", "--duplicates", "last") == 0
        found.append(outcome(folder))
    assert found[0].keys() >= {"scores.csv", "scores.manifest.json"}
    assert found[1] == found[0]


@pytest.mark.parametrize("scheme", ["ics-national-2024", "hubei-knowledge-value", "local-18-plus-m-example"])
@pytest.mark.parametrize("output", ["scores.parquet", "scores.ndjson", "scores.xlsx"])
def test_every_format_and_scheme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_limits: Callable[[], None], scheme: str, output: str
) -> None:
    """Other formats, other schemes, every step of the values, and a saved reference are the same too."""
    file = tmp_path / "filed.csv"
    file.write_bytes(TEXTS["clean"])
    options = ["--scheme", scheme, "-o", output, "--steps", "--labels", "zh", "--save-reference", "reference.json"]
    found = []
    for folder in (tmp_path / "whole", tmp_path / "pieces"):
        if folder.name == "pieces":
            small_limits()
        folder.mkdir()
        monkeypatch.chdir(folder)
        assert run("score", file, "-q", "--as-of", "2026-01-15", *options) == 0
        found.append(outcome(folder))
        if output.endswith(".xlsx"):
            # A workbook holds the time at which it was made.
            book = openpyxl.load_workbook(folder / output)
            found[-1][output] = [list(sheet.values) for sheet in book]
            found[-1]["scores.manifest.json"]["output"].pop("sha256")
    assert len(found[0]) == 3
    assert found[1] == found[0]


def test_a_reference_serves_a_large_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_limits: Callable[[], None]
) -> None:
    """On the scale of an earlier batch a large one is scored as a small one is."""
    (tmp_path / "first.csv").write_bytes(csv_of(as_text(enterprises(300, seed=8).select(*COLUMNS))).encode())
    (tmp_path / "filed.csv").write_bytes(TEXTS["clean"])
    monkeypatch.chdir(tmp_path)
    assert run("score", "first.csv", "-q", "-o", "first.scores.csv", "--save-reference", "saved.json") == 0
    words = ("score", "filed.csv", "-q", "--reference", "saved.json", "-o")
    assert run(*words, "whole.csv") == 0
    small_limits()
    assert run(*words, "pieces.csv") == 0
    assert Path("pieces.csv").read_bytes() == Path("whole.csv").read_bytes()


def test_the_first_are_told_when_the_table_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small_limits: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The summary of a large batch names the same enterprises, although the parts of its table are gone by then."""
    (tmp_path / "filed.csv").write_bytes(TEXTS["clean"])
    monkeypatch.chdir(tmp_path)
    told = []
    for way in ("whole", "pieces"):
        if way == "pieces":
            small_limits()
        assert run("score", "filed.csv", "--json") == 0
        told.append(json.loads(capsys.readouterr().out))
    assert len(told[0]["top"]) == LISTED
    assert told[1]["top"] == told[0]["top"]


def test_the_order_of_rows_and_files_changes_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_limits: Callable[[], None]
) -> None:
    """Shuffled rows, or the rows in several files, give the same table, in pieces as well as whole."""
    header, *lines = CLEAN.splitlines(keepends=True)
    shuffled = pl.Series(lines).shuffle(seed=3).to_list()
    (tmp_path / "one.csv").write_text(CLEAN, "utf-8")
    (tmp_path / "other.csv").write_text(header + "".join(shuffled), "utf-8")
    split = tmp_path / "split"
    split.mkdir()
    for number in range(3):
        (split / f"{number}.csv").write_text(header + "".join(shuffled[number::3]), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("score", "one.csv", "-q", "-o", "expected.csv") == 0
    small_limits()
    for source in ("one.csv", "other.csv", "split"):
        assert run("score", source, "-q", "-o", "found.csv") == 0
        assert Path("found.csv").read_bytes() == Path("expected.csv").read_bytes()


_PROGRAM = """
import sys
from icredit.cli.main import main
from icredit.intake import rows
from icredit.intake.sources import dispatch, large_text
from icredit.scoring import in_pieces
if sys.argv[1] == "pieces":
    dispatch.LARGE, dispatch.BEGINNING, large_text._PIECE, rows._MOST, in_pieces._AT_ONCE = 20_000, 4_096, 30_000, 40_000, 250
sys.exit(main(["score", "filed.csv", "-q", "-o", sys.argv[2]]))
"""


def test_the_number_of_threads_changes_no_byte(tmp_path: Path) -> None:
    """With 1, 2 and 8 threads of polars, in pieces and whole, the table is the same."""
    (tmp_path / "filed.csv").write_bytes(TEXTS["faulty"])
    tables = set()
    for threads, way in (("1", "pieces"), ("2", "whole"), ("8", "pieces"), ("8", "whole")):
        environment = os.environ | {"POLARS_MAX_THREADS": threads}
        words = [sys.executable, "-c", _PROGRAM, way, f"{way}{threads}.csv"]
        subprocess.run(words, cwd=tmp_path, env=environment, check=True)
        tables.add((tmp_path / f"{way}{threads}.csv").read_bytes())
    assert len(tables) == 1


@pytest.mark.parametrize("size", range(1, 12))
def test_pieces_end_where_lines_do(tmp_path: Path, size: int) -> None:
    """Pieces of any size are the file again, and none but the last ends within a line."""
    for number, content in enumerate([b"", b"ab", b"ab\n", b"ab\r\ncd\r\n\r\nef", b"\n\n\n", b"abcdefghij\nk\nlmn\n"]):
        path = tmp_path / str(number)
        path.write_bytes(content)
        pieces = list(large_text._pieces(path, "file", size))
        assert b"".join(pieces) == content
        assert all(piece.endswith(b"\n") for piece in pieces[:-1])
        assert all(pieces)


def test_no_rows_are_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_limits: Callable[[], None]
) -> None:
    """Ctrl-C while a large batch is scored leaves neither rows nor a table, and the earlier table as it was."""
    small_limits()
    monkeypatch.chdir(tmp_path)
    Path("filed.csv").write_bytes(TEXTS["clean"])
    Path("scores.csv").write_text("before", "utf-8")
    seen: list[str] = []

    def interrupt(*_: object, **__: object) -> None:
        seen.extend(path.name for path in tmp_path.iterdir() if path.is_dir())
        raise KeyboardInterrupt

    monkeypatch.setattr(in_pieces.PiecedTable, "pieces", interrupt)
    assert run("score", "filed.csv", "-q") == 130
    assert seen  # the rows were in a folder beside the table
    assert sorted(path.name for path in tmp_path.iterdir()) == ["filed.csv", "scores.csv"]
    assert Path("scores.csv").read_text("utf-8") == "before"


def test_rows_that_cannot_be_kept(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small_limits: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A disk that fills up while rows are kept ends the run with status 4 and one line, and leaves nothing."""
    small_limits()
    monkeypatch.chdir(tmp_path)
    Path("filed.csv").write_bytes(TEXTS["clean"])

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_ipc", full)
    assert run("score", "filed.csv", "-q") == 4
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["filed.csv"]


def tables_of(pieces: Sequence[bytes]) -> list[TextTable]:
    """Return the tables that a text becomes when it comes in pieces."""
    scheme = icredit.load_scheme("ics-national-2024")
    whole = b"".join(pieces)

    def grids() -> Any:
        yield text.load(pieces[0], ",", "filed.csv")
        line = 1 + pieces[0].count(b"\n")
        for piece in pieces[1:]:
            yield text.load_more(piece, ",", "filed.csv", width, line)
            line += piece.count(b"\n")

    first = text.load(pieces[0], ",", "filed.csv")
    width = first.width
    sheet = Sheet(None, False, lambda last: text.load(whole, ",", "filed.csv", last), grids)  # never hidden
    content = Content("filed.csv", whole)
    matcher = HeaderMatcher(submission_fields(scheme))
    return list(layout.lay_out(content, Opened((sheet,)), matcher, coded=True))


def told(pieces: Sequence[bytes]) -> list[TextTable] | str:
    """Return the same, or what is said of a text that is refused."""
    try:
        return tables_of(pieces)
    except icredit.InputError as error:
        return str(error)


STRAY_ROWS = (
    "合计,,",
    "说明：示例,,",
    "统一社会信用代码,企业名称,营业收入",
    ",,",
    "1,2,3",
    "甲,乙,1",
    "9199,示例,5",
    "无,,7",
    ",示例,",
    "制表人：示例,,",
)
ROWS = st.lists(
    st.sampled_from(STRAY_ROWS) | st.integers(0, 9).map(lambda n: f"9199000000000000{n}X,示例{n}号,{n}"), max_size=25
)


@given(rows=ROWS, cuts=st.sets(st.integers(1, 24), max_size=5))
@settings(max_examples=80)
def test_what_a_row_is_does_not_depend_on_pieces(rows: list[str], cuts: set[int]) -> None:
    """Enterprises, and rows that are none, are told apart alike wherever a text is cut."""
    head = "统一社会信用代码,企业名称,营业收入（万元）\n"
    lines = [f"{row}\n".encode() for row in rows]
    ends = sorted(cut for cut in cuts if cut < len(lines))
    parts = [lines[begin:end] for begin, end in zip([0, *ends], [*ends, len(lines)], strict=True)]
    pieces = [b"".join(part) for part in parts]
    pieces[0] = head.encode() + pieces[0]
    whole, found = told([b"".join(pieces)]), told(pieces)
    if isinstance(whole, str) or isinstance(found, str):
        assert found == whole
        return
    assert len(whole) == 1
    assert pl.concat(table.frame for table in found).equals(whole[0].frame)
    assert [stray for table in found for stray in table.strays] == list(whole[0].strays)
    assert [fault for table in found for fault in table.faults] == list(whole[0].faults)
