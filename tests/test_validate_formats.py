"""`icredit validate` tells findings to people, to programs, to a workflow and to a spreadsheet; each tells the same."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

import icredit as api
from command_line import clean_csv, enterprise, faulty_csv, icredit, on_terminal, program, read_csv, write_csv
from conftest import ERRORS_CSV
from icredit.intake.findings import SCHEMA
from icredit.intake.rows import Rows
from icredit.output.console import visible
from icredit.output.findings_counts import count_by_file, count_by_rule
from icredit.output.findings_formats import as_csv, as_github, as_json

Captured = pytest.CaptureFixture[str]
Row = dict[str, Any]

FILE_FINDING: Row = {
    **dict.fromkeys(SCHEMA),
    "file": "broken.xlsx",
    "level": "error",
    "rule": "IC110",
    "message_zh": "文件未能读取：坏",
    "message_en": "the file was not read: bad",
}
CELL_FINDING: Row = {
    **FILE_FINDING,
    "file": "in.xlsx",
    "sheet": "填报",
    "row": 4,
    "cell": "C4, D4",
    "column": "净利润（万元）",
    "value": "1,2:3%\n4",
    "name": "示例企业",
    "rule": "IC201",
}


def submission(*rows: Row) -> api.Submission:
    """Return a submission of which only the findings matter."""
    findings = pl.DataFrame(list(rows), schema=dict(SCHEMA), orient="row")
    return api.Submission(Rows(pl.Schema()), findings, (), 10, 1, 0, date(2026, 1, 15))


Lines = Callable[..., list[str]]


@pytest.fixture
def lines_of(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What `validate --format text` prints at some width, as lines without blanks at their ends."""

    def run(width: int, *words: object) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        icredit("validate", *words, "--format", "text")
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    return run


# On a terminal


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_terminal_holds_it(folder: Path, width: int) -> None:
    """At any width no line is longer than the terminal, and every finding stands with its row and rule."""
    (folder / "errors.csv").write_bytes(ERRORS_CSV.read_bytes())
    lines = on_terminal(folder, width, "validate", "errors.csv", status=1)
    icredit("validate", "errors.csv", "-o", "findings.csv", "--quiet")
    rows = read_csv(folder / "findings.csv")

    assert max(map(cell_len, lines)) <= width
    text = "\n".join(lines)
    for row in rows:
        assert re.search(rf"^行 row {row['row']}\s.*{row['rule']}", text, re.MULTILINE)


def test_both_languages_where_there_is_room(folder: Path, lines_of: Lines) -> None:
    """A wide table and the lines of a narrow terminal tell messages in both languages; a table of 120 in Chinese."""
    faulty_csv(folder / "in.csv", 1, 1)
    told = {width: lines_of(width, "in.csv")[-1] for width in (80, 120, 200)}

    assert "应为数字 not a number" in told[200]
    assert "应为数字 not a number" in told[80]
    assert "应为数字" in told[120]
    assert "not a number" not in told[120]


def test_everything_is_counted_and_the_first_are_listed(folder: Path, lines_of: Lines) -> None:
    """Of 7 findings `--limit 3` lists 3, says so, and counts 7."""
    faulty_csv(folder / "in.csv", 1, 7)

    lines = lines_of(120, "in.csv", "--limit", "3")

    assert re.search(r"错误 error +│ IC201 +│ +7 │ 应为数字 not a number", "\n".join(lines))
    assert [line.split()[2] for line in lines if line.startswith("行 row")] == ["3", "4", "5"]
    assert "showing 3 of 7" in lines[-1]


@pytest.mark.parametrize(("words", "count"), [([], 50), (["--limit", "0"], 55), (["--limit", "99"], 55)])
def test_the_limit(folder: Path, lines_of: Lines, words: list[str], count: int) -> None:
    """50 are listed by default, all with 0; nothing is said of a rest that there is not."""
    faulty_csv(folder / "in.csv", 1, 55)

    lines = lines_of(80, "in.csv", *words)

    assert sum(line.startswith("行 row") for line in lines) == count
    assert ("showing" in lines[-1]) == (count < 55)


def test_files_and_sheets_are_headings(folder: Path, lines_of: Lines) -> None:
    """Every file with findings is named once, with the number of its findings, those not listed included."""
    faulty_csv(folder / "a.csv", 1, 3)
    write_csv(folder / "b.csv", [enterprise(number, **{"净利润（万元）": "x"}) for number in range(11, 15)])

    lines = lines_of(120, "a.csv", "b.csv", "--limit", "4")

    assert [line for line in lines if ".csv" in line and "IC" not in line] == [
        "a.csv  3 findings",
        "b.csv  4 findings",
    ]


def test_nothing_to_list(folder: Path, lines_of: Lines) -> None:
    """Data without a finding print nothing as text."""
    assert lines_of(80, clean_csv(folder / "in.csv")) == []


def test_text_in_a_pipe_has_no_colour(folder: Path) -> None:
    """`--format text` goes into a pipe as the lines of a terminal, without colour even where that is forced."""
    faulty_csv(folder / "in.csv", 1, 1)

    done = program("validate", "in.csv", "--format", "text", folder=folder, env={"FORCE_COLOR": "1", "COLUMNS": "120"})

    assert done.returncode == 1
    assert b"\x1b" not in done.stdout
    assert "行 row 3" in done.stdout.decode()


@pytest.mark.parametrize("words", [["--limit", "-1"], ["--limit", "x"], ["--format", "xml"]])
def test_wrong_options(folder: Path, capsys: Captured, words: list[str]) -> None:
    """A negative limit and an unknown format are wrong usage."""
    assert icredit("validate", clean_csv(folder / "in.csv"), *words) == 2
    assert words[0] in capsys.readouterr().err


# For programs


def test_json(folder: Path, capsys: Captured) -> None:
    """JSON is one object: files, counts, rules and all findings, with the cells as they are."""
    write_csv(
        folder / "in.csv", [enterprise(1, **{"净利润（万元）": "=1+"}), enterprise(2, **{"净资产（万元）": "-1"})]
    )

    assert icredit("validate", "in.csv", "--format", "json", "--limit", "1") == 1

    told = json.loads(capsys.readouterr().out)
    assert told["files"] == [{"file": "in.csv", "sheet": None, "rows": 2, "errors": 1, "warnings": 1}]
    assert told["counts"] == {"rows_read": 2, "rejected": 1, "errors": 1, "warnings": 1}
    assert [(rule["level"], rule["rule"], rule["count"]) for rule in told["rules"]] == [
        ("error", "IC201", 1),
        ("warning", "IC402", 1),
    ]
    assert [(row["row"], row["value"]) for row in told["findings"]] == [(2, "=1+"), (3, "-1.0")]
    assert list(told["findings"][0]) == list(SCHEMA)


@pytest.mark.parametrize("form", ["csv", "json", "github"])
def test_results_alone_on_standard_output(folder: Path, capsys: Captured, form: str) -> None:
    """Clean data give an empty result of the format on standard output, the counts on standard error."""
    assert icredit("validate", clean_csv(folder / "in.csv", 2), "--format", form) == 0

    told = capsys.readouterr()
    assert told.err == "2 rows: 0 rows with errors, 0 errors, 0 warnings\n"
    if form == "json":
        assert json.loads(told.out)["findings"] == []
    else:
        assert told.out == ("" if form == "github" else ",".join(SCHEMA) + "\n")


def test_csv_is_what_a_pipe_gets(folder: Path, capsys: Captured) -> None:
    """`--format csv` is the default of a pipe."""
    icredit("validate", ERRORS_CSV)
    piped = capsys.readouterr().out
    icredit("validate", ERRORS_CSV, "--format", "csv")

    assert capsys.readouterr().out == piped


def annotations_of(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return level, properties and message of every line, read back as GitHub's runner reads them."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning) ([^:]*)::(.*)", line)
        assert match is not None, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        found.append((match[1], {name: unescaped(value) for name, value in properties.items()}, unescaped(match[3])))
    return found


def unescaped(text: str) -> str:
    """Return the text that GitHub shows; the sign of escapes itself comes last."""
    for sign, shown in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(sign, shown)
    return text


def test_github(folder: Path, capsys: Captured) -> None:
    """A finding is an annotation of the line of its file, with the rule as title."""
    faulty_csv(folder / "in, 100%.csv", 1, 1)

    assert icredit("validate", "in, 100%.csv", "--format", "github") == 1

    out = capsys.readouterr().out
    assert out.startswith("::error file=in%2C 100%25.csv,line=3,title=IC201::")
    message = "净利润（万元） '不是数字': 应为数字 not a number"
    assert annotations_of(out) == [("error", {"file": "in, 100%.csv", "line": "3", "title": "IC201"}, message)]


def test_github_names_the_cell(folder: Path) -> None:
    """Of a workbook the message names sheet and cell; a finding on a whole file has no line."""
    (whole, cell) = annotations_of(as_github(submission(FILE_FINDING, CELL_FINDING)))

    assert whole == ("error", {"file": "broken.xlsx", "title": "IC110"}, "文件未能读取：坏 the file was not read: bad")
    assert cell[1]["line"] == "4"
    assert cell[2].startswith("填报!C4, D4 净利润（万元） '1,2:3%\n4': ")


@given(text=st.text(st.characters(codec="utf-8"), min_size=1), name=st.text(st.characters(codec="utf-8"), min_size=1))
@settings(deadline=None, max_examples=200)
def test_any_text_passes_through_github(text: str, name: str) -> None:
    """Whatever a cell holds and a file is called, its annotation is one line that reads back, with steering signs shown."""
    (found,) = annotations_of(as_github(submission({**CELL_FINDING, "value": text, "file": name})))

    def kept(raw: str) -> str:
        return "".join(sign if sign in "\r\n" else visible(sign) for sign in raw)

    assert found[1]["file"] == kept(name)
    assert f"'{kept(text)}'" in found[2]


def test_findings_on_whole_files_in_every_format(folder: Path) -> None:
    """A finding without row, sheet and cell is told in every format, and its file is counted though nothing was read."""
    broken = submission(FILE_FINDING)

    assert json.loads(as_json(broken))["findings"][0]["row"] is None
    assert next(csv.DictReader(io.StringIO(as_csv(broken))))["row"] == ""
    assert count_by_file(broken).rows() == [("broken.xlsx", None, None, 1, 0)]


# Counts


def test_counts_per_rule() -> None:
    """Errors stand before warnings, the frequent before the rare; a value that differs is left out of the message."""
    below = {**CELL_FINDING, "rule": "IC203", "message_zh": "小于允许的最小值0件", "message_en": "…"}
    rows = [
        {**CELL_FINDING, "level": "warning", "rule": "IC402", "message_zh": "甲", "message_en": "a"},
        *[{**CELL_FINDING, "level": "warning", "rule": "IC402", "message_zh": "乙", "message_en": "b"}] * 4,
        CELL_FINDING,
        below,
        {**below, "message_zh": "小于允许的最小值1件"},
    ]

    counted = count_by_rule(submission(*rows).findings)

    assert counted.select("level", "rule", "count", "message_zh").rows() == [
        ("error", "IC203", 2, "小于允许的最小值…"),
        ("error", "IC201", 1, CELL_FINDING["message_zh"]),
        ("warning", "IC402", 4, "乙"),
        ("warning", "IC402", 1, "甲"),
    ]


# Into files


def test_the_workbook(folder: Path) -> None:
    """errors.xlsx has the findings, each as text with its level's colour, then counts per rule and per file."""
    write_csv(
        folder / "in.csv",
        [enterprise(1, **{"净利润（万元）": '=HYPERLINK("x")'}), enterprise(2, **{"净资产（万元）": "-1"})],
    )

    assert icredit("validate", "in.csv", "-o", "errors.xlsx") == 1

    findings, rules, files = openpyxl.load_workbook(folder / "errors.xlsx")
    headers = [cell.value for cell in findings[1]]
    assert headers[:3] == ["级别\nLevel", "规则\nRule", "文件\nFile"]
    assert len(headers) == len(SCHEMA)
    assert findings.freeze_panes == "A2"
    assert findings.auto_filter.ref == "A1:L3"
    assert {cell.data_type for row in findings.iter_rows(min_row=2) for cell in row if cell.value} == {"s", "n"}
    value = findings.cell(2, headers.index("填写内容\nValue") + 1)
    assert (value.value, value.data_type) == ('=HYPERLINK("x")', "s")
    code = findings.cell(2, headers.index("统一社会信用代码\nCredit code") + 1)
    assert (code.data_type, code.number_format, len(code.value)) == ("s", "@", 18)
    assert [findings.cell(row, 1).fill.fgColor.rgb for row in (2, 3)] == ["FFFFC7CE", "FFFFEB9C"]
    assert [[cell.value for cell in row][:3] for row in rules.iter_rows(min_row=2)] == [
        ["错误 error", "IC201", 1],
        ["警告 warning", "IC402", 1],
    ]
    assert [[cell.value for cell in row] for row in files.iter_rows(min_row=2)] == [["in.csv", None, 2, 1, 1]]


@pytest.mark.parametrize("name", ["errors.xlsx", "errors.json", "errors.csv"])
def test_the_same_findings_give_the_same_bytes(folder: Path, name: str) -> None:
    """A file of findings depends on the findings alone; nothing in it is the time of the run."""
    assert icredit("validate", ERRORS_CSV, "-o", name, "--quiet") == 1
    assert icredit("validate", ERRORS_CSV, "-o", f"copy-{name}", "--quiet") == 1

    assert (folder / f"copy-{name}").read_bytes() == (folder / name).read_bytes()
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(folder / name) as archive:
            assert {part.date_time[0] for part in archive.infolist()} == {1980}
            assert re.findall(rb">(\d{4})-", archive.read("docProps/core.xml")) == [b"2000", b"2000"]


def test_a_file_and_a_format(folder: Path, capsys: Captured) -> None:
    """With -o standard output is empty, unless a format is asked for too."""
    faulty_csv(folder / "in.csv", 1, 1)
    icredit("validate", "in.csv", "-o", "errors.json")
    assert capsys.readouterr().out == ""

    icredit("validate", "in.csv", "-o", "errors.json", "--format", "json")
    told = capsys.readouterr()
    assert told.out == (folder / "errors.json").read_text("utf-8")
    assert "wrote errors.json" in told.err


def test_endings_of_files_of_findings(folder: Path, capsys: Captured) -> None:
    """Another ending is refused with the possible ones."""
    assert icredit("validate", clean_csv(folder / "in.csv"), "-o", "findings.txt") == 2

    assert "formats: .csv, .json, .xlsx" in capsys.readouterr().err
