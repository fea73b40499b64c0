"""Names from strangers never become formulas, never steer a terminal, and never stop a run, whatever the locale."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command_line import enterprise, icredit, on_terminal, program, read_csv, write_csv
from conftest import NATIONAL, SAMPLE_CSV
from icredit.output.console import visible
from icredit.output.scheme_columns import describe
from icredit.output.scored import read_scored
from icredit.output.tables import write_table
from icredit.scheme import Scheme

Captured = pytest.CaptureFixture[str]

FORMULAS = {
    "equals": "=HYPERLINK(示例)",
    "plus": "+1示例",
    "minus": "-1示例",
    "at": "@SUM(示例)",
    "two": "=+示例",
    "apostrophe": "'=示例",
    "apostrophes": "''-示例",
}

#: These must stand between other signs: intake takes white space from both ends of a cell.
STEERING = {
    "colour": "示例\x1b[31m红",
    "title": "示例\x1b]0;title\x07",
    "C1": "示例\x9b31m红",
    "bell": "示\x07例",
    "backspaces": "示例\b\b\b坏",
    "right to left": "示例\u202e甲乙",
    "isolate": "示例\u2066甲\u2069",
    "nul": "示\0例",
    "return": "示例\r坏",
    "new line": "示例\n坏",
    "tab": "示\t例",
    "separator": "示例\u2028坏",
    "delete": "示\x7f例",
}

#: What no line of a terminal may hold. A line feed ends a line and is checked by counting lines.
HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def named_csv(path: Path, names: dict[str, str]) -> dict[str, str]:
    """Write a submission of enterprises with such names and return code -> name."""
    rows = [enterprise(number, 企业名称=name) for number, name in enumerate(names.values(), start=1)]
    write_csv(path, rows)
    return {row["统一社会信用代码"]: row["企业名称"] for row in rows}


# Formulas


@pytest.mark.parametrize("labels", ["id", "zh"])
def test_no_formula_in_a_csv(folder: Path, labels: str) -> None:
    """In scores.csv no cell begins like a formula: an apostrophe stands before the name."""
    names = named_csv(folder / "in.csv", FORMULAS)

    assert icredit("score", "in.csv", "--labels", labels, "--quiet") == 0

    with (folder / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r") and not number(cell)]
    found = {row[3]: row[4] for row in rows[1:]}
    for code, name in names.items():
        if name[0] in "=+-@":
            assert found[code] == f"'{name}"


def number(cell: str) -> bool:
    """Return whether a cell is a number, which may begin with a minus."""
    return re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", cell) is not None


@pytest.mark.parametrize("words", [["score"], ["rank"]], ids=["table", "list"])
def test_no_formula_in_a_workbook(folder: Path, words: list[str]) -> None:
    """In a workbook every name is a text cell with the very name in it, and there is neither a formula nor a link."""
    names = named_csv(folder / "in.csv", FORMULAS | {"link": "https://example.invalid/示例", "mail": "mailto:示例"})
    icredit("score", "in.csv", "-o", "scores.xlsx", "--quiet")
    target = "scores.xlsx"
    if words == ["rank"]:
        target = "list.xlsx"
        assert icredit("rank", "scores.xlsx", "-o", target, "--quiet") == 0

    pages = openpyxl.load_workbook(folder / target).worksheets
    cells = [cell for page in pages for row in page.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    texts = {cell.value for cell in cells if cell.data_type == "s"}
    assert set(names.values()) <= texts


def test_no_formula_in_rejects_and_findings(folder: Path, capsys: Captured) -> None:
    """What an enterprise typed is repeated in the rejects and findings without becoming a formula there."""
    rows = [
        enterprise(1, **{"企业名称": "=示例", "净利润（万元）": '=cmd|"/c calc"!A0'}),
        enterprise(2, **{"企业名称": "+示例", "净利润（万元）": "@x"}),
    ]
    write_csv(folder / "in.csv", rows)
    icredit("score", "in.csv", "--quiet")
    icredit("validate", "in.csv")

    piped = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    for found in (read_csv(folder / "scores.rejects.csv"), piped):
        assert [row["name"] for row in found] == ["'=示例", "'+示例"]
        assert [row["value"] for row in found] == ['\'=cmd|"/c calc"!A0', "'@x"]


def test_no_formula_in_a_header(folder: Path) -> None:
    """A scheme whose labels begin like formulas gives tables whose headers do not."""
    text = NATIONAL.read_text("utf-8").replace("label: {zh: 技术创新指标,", "label: {zh: '=技术创新指标',")
    (folder / "indicators.yaml").write_text(text, "utf-8")
    write_csv(folder / "in.csv", [enterprise(1)])

    icredit("score", "in.csv", "-o", "a.csv", "--labels", "zh", "--quiet")
    icredit("score", "in.csv", "-o", "a.xlsx", "--labels", "zh", "--quiet")

    assert "'=技术创新指标" in read_csv(folder / "a.csv")[0]
    header = openpyxl.load_workbook(folder / "a.xlsx").worksheets[0][1]
    assert [cell.data_type for cell in header if cell.value == "=技术创新指标"] == ["s"]
    for name in ("a.csv", "a.xlsx"):
        assert icredit("rank", name, "--by", "technology", "-o", "list.csv", "--quiet") == 0


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "ndjson"])
def test_names_come_back_through_rank(folder: Path, ending: str) -> None:
    """A name that needed an apostrophe, or had one of its own, comes back unchanged from a table of any format."""
    names = named_csv(folder / "in.csv", FORMULAS | STEERING | {"quotes": '示"例,"', "escape": "_x0041_示例"})
    icredit("score", "in.csv", "-o", f"scores.{ending}", "--quiet")

    assert icredit("rank", f"scores.{ending}", "-o", "list.ndjson", "--quiet") == 0

    rows = [json.loads(line) for line in (folder / "list.ndjson").read_text("utf-8").split("\n") if line]
    assert {row["uscc"]: row["name"] for row in rows} == names


@pytest.fixture(scope="module")
def one_row(national: Scheme) -> pl.DataFrame:
    """A scored table of one enterprise."""
    import icredit as api  # noqa: PLC0415  # the helper of the same name runs commands

    submission = api.read(SAMPLE_CSV, national)
    return api.score(submission, national).head(1)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "ndjson"])
@given(start=st.sampled_from(["", *"'=+-@\t\r", "''", "'="]), rest=st.text(min_size=1, max_size=20))
@settings(deadline=None, max_examples=25)
def test_any_name_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    national: Scheme,
    one_row: pl.DataFrame,
    ending: str,
    start: str,
    rest: str,
) -> None:
    """Writing a table and reading it again changes no name, in any format."""
    name = start + rest
    if ending == "xlsx" and re.search("[\x00-\x1f\ufffe\uffff]", name):
        return  # XML has no way to write these; Excel's own escapes are tested elsewhere
    path = tmp_path_factory.getbasetemp() / f"any.{ending}"
    columns = describe(national, values=False)

    write_table([one_row.with_columns(pl.lit(name).alias("name"))], path, path, columns, "id")

    assert read_scored(path)[0]["name"].item() == name


def test_workbooks_stay_readable(folder: Path) -> None:
    """Whatever signs a name has, every part of the workbook is well-formed XML, which Excel insists on."""
    odd = {str(code): f"示{chr(code)}例" for code in (*range(1, 32), 0x7F, 0x85, 0xFFFE, 0xFFFF, 0x1F600, 0x20000)}
    named_csv(folder / "in.csv", odd)
    icredit("score", "in.csv", "-o", "scores.xlsx", "--quiet")
    icredit("rank", "scores.xlsx", "-o", "list.xlsx", "--quiet")

    for name in ("scores.xlsx", "list.xlsx"):
        with zipfile.ZipFile(folder / name) as book:
            for part in book.namelist():
                ET.fromstring(book.read(part))  # noqa: S314  # our own file


# Terminals


@given(st.text())
@settings(deadline=None, max_examples=200)
def test_visible_text_is_harmless(text: str) -> None:
    """Text made visible holds nothing that a terminal acts on, and plain text stays as it is."""
    shown = visible(text)

    assert not HARMFUL.search(shown)
    assert shown.encode("utf-8", "strict").decode("utf-8") == shown
    assert shown == text or HARMFUL.search(text) or any(not sign.isprintable() for sign in text)


def by_fives(names: dict[str, str]) -> list[dict[str, str]]:
    """Return the names in parts of five: as many enterprises and findings as a summary shows."""
    items = list(names.items())
    return [dict(items[start : start + 5]) for start in range(0, len(items), 5)]


@pytest.mark.parametrize("names", by_fives(STEERING), ids=", ".join)
def test_summaries_show_steering_signs(folder: Path, capsys: Captured, names: dict[str, str]) -> None:
    """In the summary an enterprise stands on one line, the steering signs of its name written out."""
    codes = named_csv(folder / "in.csv", names)
    icredit("score", "in.csv")

    out = capsys.readouterr().out
    assert not HARMFUL.search(out)
    for code, name in codes.items():
        (line,) = [line for line in out.split("\n") if code in line]
        assert line.endswith("长沙高新区"), repr(name)
        assert "\t" not in line


@pytest.mark.parametrize("values", by_fives(STEERING), ids=", ".join)
def test_findings_show_steering_signs(folder: Path, capsys: Captured, values: dict[str, str]) -> None:
    """A finding is one line, whatever stands in the cell, in the header and in the name of the file."""
    source = folder / "in\x1b[31m.csv"
    faulty = [
        enterprise(n, **{"净利润（万元）": value, "备注\x1b[31m": "x"}) for n, value in enumerate(values.values())
    ]
    write_csv(source, [*faulty, enterprise(9)])
    icredit("score", source)

    err = capsys.readouterr().err
    assert not HARMFUL.search(err)
    found = [line for line in err.split("\n") if line.startswith("  ")]
    assert len(found) == len(values)
    assert all("净利润" in line and line.endswith("not a number") for line in found)


def test_lists_on_a_terminal_show_steering_signs(folder: Path) -> None:
    """On a terminal each enterprise is one line of the table, aligned, without a steering sign."""
    named_csv(
        folder / "in.csv", STEERING | {"markup": "[red]示例[/red]", "markup end": "示例[/b]", "emoji": ":smile:示例"}
    )
    icredit("score", "in.csv", "--quiet")

    lines = on_terminal(folder, 160, "rank")

    assert not [line for line in lines if HARMFUL.search(line) or "\t" in line]
    assert len(lines) == len(STEERING) + 3 + 3
    assert len({line.count("│") for line in lines[3:]}) == 1
    text = "\n".join(lines)
    assert all(name in text for name in ("[red]示例[/red]", "示例[/b]", ":smile:示例"))


@pytest.mark.parametrize("width", [80, 160])
def test_findings_on_a_terminal_show_steering_signs(folder: Path, width: int) -> None:
    """`validate` on a terminal, narrow or wide, shows every value, and none of them steers it."""
    write_csv(folder / "in.csv", [enterprise(n, **{"净利润（万元）": v}) for n, v in enumerate(STEERING.values(), 1)])

    lines = on_terminal(folder, width, "validate", "in.csv", status=1)

    assert not [line for line in lines if HARMFUL.search(line)]
    assert sum(line.startswith("行 row") for line in lines) == len(STEERING)
    assert all(
        re.search(rf"\s{re.escape(visible(value))}( |$)", "\n".join(lines), re.MULTILINE) for value in STEERING.values()
    )


def test_errors_show_steering_signs(folder: Path, capsys: Captured) -> None:
    """An error repeats a word of the user without obeying it."""
    for word in ("x\x1b[31m.csv", "\u202ex.csv", "x\x9b31m.csv"):
        assert icredit("score", word) == 3
        assert icredit("rank", "--zone", word) in {2, 3}
        assert icredit(word) == 2

        err = capsys.readouterr().err
        assert not HARMFUL.search(err)
        assert "\\x" in err


# Locales


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "gbk"},
        {"PYTHONIOENCODING": "latin-1:strict"},
    ],
    ids=["C", "GBK", "Latin-1"],
)
def test_printing_chinese_anywhere(folder: Path, env: dict[str, str]) -> None:
    """Under any locale, as in cron, a run with Chinese in and out ends well and says what it has to say."""
    write_csv(folder / "填报.csv", [enterprise(1), enterprise(2, **{"净利润（万元）": "\u20acx"})])

    done = program("score", ".", "-o", "scores.csv", folder=folder, env=env)

    assert b"Traceback" not in done.stderr
    assert done.returncode == 0, done.stderr
    assert len(read_csv(folder / "scores.csv")) == 1
    encoding = env.get("PYTHONIOENCODING", "utf-8").split(":")[0]
    shown = done.stdout.decode(encoding)
    assert "rows read" in shown
    assert encoding == "latin-1" or "读入" in shown
    assert json.loads((folder / "scores.manifest.json").read_text("utf-8"))["counts"]["rejected"] == 1


def test_help_in_the_c_locale() -> None:
    """Help is Chinese and English in the C locale, too."""
    done = program("--help", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})

    assert done.returncode == 0
    assert "创新积分" in done.stdout.decode()


def test_lists_in_the_c_locale(folder: Path) -> None:
    """A list goes through a pipe as UTF-8 whatever the locale says."""
    named_csv(folder / "in.csv", {"one": "示例企业"})
    icredit("score", "in.csv", "--quiet")

    done = program("rank", folder=folder, env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})

    assert "示例企业" in done.stdout.decode("utf-8")


GBK = os.fsdecode("填报".encode("gbk"))


@pytest.mark.parametrize(
    "words",
    [
        ["score", f"{GBK}.csv"],
        ["score", f"{GBK}.csv", "--json"],
        ["score", "faulty.csv", f"{GBK}.csv"],
        ["score", "."],
        ["validate", f"{GBK}.csv"],
        ["score", "faulty.csv", "-o", f"{GBK}.csv.csv"],
        ["score", "faulty.csv", "-o", f"{GBK}.xlsx"],
        ["score", "faulty.csv", "-o", f"{GBK}.parquet"],
        ["score", "faulty.csv", "-o", f"{GBK}.ndjson"],
        ["score", "faulty.csv", "--save-reference", f"{GBK}.json"],
        ["score", "faulty.csv", "--period", GBK],
        ["template", "-o", f"{GBK}.xlsx"],
        ["score", "faulty.csv", "--scheme", f"{GBK}.yaml"],
    ],
    ids=lambda words: " ".join(words).replace(GBK, "GBK"),
)
def test_names_of_files_that_are_not_utf8(folder: Path, capsys: Captured, words: list[str]) -> None:
    """Files named in GBK, as old archives unpack them, are read and written or refused in words, never a crash."""
    write_csv(folder / "faulty.csv", [enterprise(1), enterprise(2, **{"净利润（万元）": "x"})])
    write_csv(folder / f"{GBK}.csv", [enterprise(3), enterprise(4, **{"净利润（万元）": "x"})])
    (folder / f"{GBK}.yaml").write_bytes(NATIONAL.read_bytes())

    status = icredit(*words)

    assert status == (1 if words[0] == "validate" else 0), capsys.readouterr().err


def test_a_list_out_of_a_folder_that_is_not_utf8(folder: Path) -> None:
    """A list is read from and written into a folder named in GBK."""
    (folder / GBK).mkdir()
    write_csv(folder / "in.csv", [enterprise(1)])

    assert icredit("score", "in.csv", "-o", folder / GBK / "scores.csv", "--quiet") == 0
    for ending in ("csv", "xlsx", "parquet", "ndjson"):
        assert icredit("rank", folder / GBK / "scores.csv", "-o", folder / GBK / f"list.{ending}", "--quiet") == 0


@pytest.mark.parametrize("words", [["rank"], ["score", "in.csv"]], ids=lambda words: words[0])
def test_pipes_carry_no_colour(folder: Path, words: list[str]) -> None:
    """No escape sequence reaches a pipe, not even when colour is forced for terminals."""
    named_csv(folder / "in.csv", {"one": "示例企业"})
    icredit("score", "in.csv", "--quiet")

    done = program(*words, folder=folder, env={"TERM": "xterm-256color", "FORCE_COLOR": "1"})

    assert done.returncode == 0
    assert b"\x1b" not in done.stdout + done.stderr
