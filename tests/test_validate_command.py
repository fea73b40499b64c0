"""`icredit validate` lists what is wrong or doubtful, as CSV for programs, and says by its status whether rows fail."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from command_line import clean_csv, credit_code, enterprise, faulty_csv, icredit, program, read_csv, snapshot, write_csv
from conftest import ERRORS_CSV

Captured = pytest.CaptureFixture[str]

COLUMNS = "file sheet row cell column uscc name value level rule message_zh message_en".split()


def findings(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV of findings."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def doubtful_csv(path: Path) -> Path:
    """Write a submission with two warnings and no error."""
    rows = [enterprise(1, **{"净资产（万元）": "-1"}), enterprise(2), enterprise(3, **{"净资产（万元）": "0"})]
    return write_csv(path, rows)


def test_clean_data(folder: Path, capsys: Captured) -> None:
    """Data without a finding give the header alone, the counts on standard error, and status 0."""
    assert icredit("validate", clean_csv(folder / "in.csv", 4)) == 0

    told = capsys.readouterr()
    assert told.out == ",".join(COLUMNS) + "\n"
    assert told.err == "4 rows: 0 rows with errors, 0 errors, 0 warnings\n"


def test_errors_give_status_1(folder: Path, capsys: Captured) -> None:
    """An error makes the status 1, and every finding is a line of CSV with its place, value, rule and message."""
    faulty_csv(folder / "in.csv", 2, 1)

    assert icredit("validate", "in.csv") == 1

    told = capsys.readouterr()
    assert findings(told.out) == [
        {
            "file": "in.csv",
            "sheet": "",
            "row": "4",
            "cell": "",
            "column": "净利润（万元）",
            "uscc": credit_code(3),
            "name": "示例企业3号",
            "value": "不是数字",
            "level": "error",
            "rule": "IC201",
            "message_zh": "应为数字",
            "message_en": "not a number",
        }
    ]
    assert told.err == "3 rows: 1 row with errors, 1 error, 0 warnings\nwhat a finding means: icredit rule IC201\n"


def test_warnings_alone_give_status_0(folder: Path, capsys: Captured) -> None:
    """Warnings are listed, and the status is 0."""
    assert icredit("validate", doubtful_csv(folder / "in.csv")) == 0

    told = capsys.readouterr()
    assert [(row["row"], row["level"], row["value"]) for row in findings(told.out)] == [
        ("2", "warning", "'-1.0"),
        ("4", "warning", "0.0"),
    ]
    assert told.err == "3 rows: 0 rows with errors, 0 errors, 2 warnings\nwhat a finding means: icredit rule IC402\n"


def test_several_errors_of_one_row_count_as_one_row(folder: Path, capsys: Captured) -> None:
    """The counts tell rows with errors from errors."""
    write_csv(folder / "in.csv", [enterprise(1, **{"净利润（万元）": "x", "净资产（万元）": "y"}), enterprise(2)])

    assert icredit("validate", "in.csv") == 1

    counts, _ = capsys.readouterr().err.splitlines()
    assert counts == "2 rows: 1 row with errors, 2 errors, 0 warnings"


def test_findings_of_a_workbook_name_cells(folder: Path, capsys: Captured) -> None:
    """In a workbook a finding names sheet and cell."""
    book = openpyxl.Workbook()
    book.active.title = "填报"
    row = enterprise(1, **{"净利润（万元）": "x"})
    book.active.append(["填报表"])
    book.active.append(list(row))
    book.active.append(list(row.values()))
    book.save(folder / "in.xlsx")

    assert icredit("validate", "in.xlsx") == 1

    found = findings(capsys.readouterr().out)
    column = "ABCDEFGHIJKLMNOP"[list(row).index("净利润（万元）")]
    assert [(one["sheet"], one["row"], one["cell"]) for one in found] == [("填报", "3", f"{column}3")]


def test_findings_in_a_file(folder: Path, capsys: Captured) -> None:
    """`-o` puts the findings, readable by Excel, into a file and leaves standard output empty."""
    faulty_csv(folder / "in.csv", 2, 2)

    assert icredit("validate", "in.csv", "-o", "findings.csv") == 1

    told = capsys.readouterr()
    assert told.out == ""
    assert "4 rows: 2 rows with errors" in told.err
    assert (folder / "findings.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row["row"] for row in read_csv(folder / "findings.csv")] == ["4", "5"]
    assert {path.name for path in folder.iterdir()} == {"in.csv", "findings.csv"}


def test_the_file_and_the_pipe_say_the_same(folder: Path, capsys: Captured) -> None:
    """Of the sample with every kind of error, the file holds what a pipe gets."""
    assert icredit("validate", ERRORS_CSV) == 1
    piped = capsys.readouterr().out
    assert icredit("validate", ERRORS_CSV, "-o", "findings.csv") == 1

    assert (folder / "findings.csv").read_text("utf-8-sig") == piped
    levels = {row["level"] for row in findings(piped)}
    assert levels == {"error", "warning"}


def test_findings_are_the_rejects_of_score_and_the_warnings(folder: Path, capsys: Captured) -> None:
    """`score` puts the errors that `validate` finds into its rejects."""
    icredit("validate", ERRORS_CSV)
    found = findings(capsys.readouterr().out)
    icredit("score", ERRORS_CSV, "--quiet")

    assert read_csv(folder / "scores.rejects.csv") == [row for row in found if row["level"] == "error"]


def test_quiet_findings(folder: Path, capsys: Captured) -> None:
    """`--quiet` leaves the findings on standard output and nothing on standard error; the status tells."""
    assert icredit("validate", faulty_csv(folder / "in.csv", 2, 1), "--quiet", "-o", "findings.csv") == 1

    assert capsys.readouterr() == ("", "")


def test_validate_writes_nothing_by_itself(folder: Path) -> None:
    """Without -o no file appears."""
    faulty_csv(folder / "in.csv", 2, 1)
    before = snapshot(folder)

    icredit("validate", "in.csv")

    assert snapshot(folder) == before


@pytest.mark.parametrize("words", [[], ["-o", "findings.csv"]], ids=["pipe", "file"])
def test_findings_on_several_files(folder: Path, capsys: Captured, words: list[str]) -> None:
    """Findings of several files stand in order of file and row, whatever the order the files are named in."""
    faulty_csv(folder / "b.csv", 1, 2)
    write_csv(folder / "a.csv", [enterprise(10, **{"净利润（万元）": "x"})])

    assert icredit("validate", "b.csv", "a.csv", *words) == 1

    out = capsys.readouterr().out if not words else (folder / "findings.csv").read_text("utf-8-sig")
    assert [(row["file"], row["row"]) for row in findings(out)] == [("a.csv", "2"), ("b.csv", "3"), ("b.csv", "4")]


def test_zone_and_day_apply(folder: Path) -> None:
    """--zone and --as-of mean what they mean for `score`."""
    row = {name: cell for name, cell in enterprise(1, 成立日期="2025-06-02").items() if name != "所属高新区"}
    write_csv(folder / "in.csv", [row])

    assert icredit("validate", "in.csv", "--as-of", "2025-06-01", "--zone", "changsha") == 1
    assert icredit("validate", "in.csv", "--as-of", "2025-06-02", "--zone", "changsha") == 0
    assert icredit("validate", "in.csv", "--zone", "长啥") == 2


def test_the_findings_of_a_pipe(folder: Path) -> None:
    """As a program: CSV without a mark on standard output, counts on standard error."""
    faulty_csv(folder / "in.csv", 1, 1)

    done = program("validate", "in.csv", folder=folder)

    assert done.returncode == 1
    assert done.stdout.startswith(b"file,sheet,row,")
    told = ["2 rows: 1 row with errors, 1 error, 0 warnings", "what a finding means: icredit rule IC201"]
    assert done.stderr.decode().splitlines() == told
