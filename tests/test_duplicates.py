"""An enterprise filed more than once: the same data count once, different data are errors, or the last filing counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import filings
import icredit
from command_line import enterprise, read_csv, write_csv
from command_line import icredit as run
from conftest import AS_OF
from icredit.intake.duplicates import Duplicates

CHECKED = filings.EVERY_KIND.replace(
    "\nindicators:",
    """
checks:
  - {level: error, when: "sales > 100", message: {zh: 销售额过大, en: sales too large}}
indicators:""",
)
SCHEME = icredit.parse_scheme(CHECKED)
CODE, OTHER = filings.coded("91990000MA0000001"), filings.coded("91990000MA0000002")
WIDE_DIGITS = {ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"}

#: Name, and sales, of every filing of CODE: a file of one row each.
Filings = Sequence[tuple[str, str, str]]


def read_filings(folder: Path, rows: Filings, duplicates: Duplicates, *, apart: bool = True) -> icredit.Submission:
    """Read code, name and sales, each in a file of its own called 0.csv, 1.csv, ..., or all in one."""
    files = [[row] for row in rows] if apart else [list(rows)]
    paths = []
    for index, content in enumerate(files):
        paths.append(folder / f"{index}.csv")
        text = filings.csv_text([["uscc", "name", "sales"], *content])
        paths[-1].write_text(text, "utf-8", newline="")
    return icredit.read(paths, SCHEME, as_of=AS_OF, duplicates=duplicates)


def outcome(found: icredit.Submission) -> tuple[list[float], list[str], int, int]:
    """The sales that stay, the rules that were broken in order of file and row, and how many rows left and why."""
    return found.frame["sales"].to_list(), found.findings["rule"].to_list(), found.rejected, found.merged


@pytest.mark.parametrize("apart", [True, False], ids=["in files of their own", "in one file"])
@pytest.mark.parametrize(
    ("sales", "under_error", "under_last"),
    [
        # Sales filed one after the other -> what stays, what is told, rejected, merged.
        ("5", ([5], [], 0, 0), ([5], [], 0, 0)),
        ("5 5", ([5], ["IC305"], 0, 1), ([5], ["IC305"], 0, 1)),
        ("5 5.0 5", ([5], ["IC305"] * 2, 0, 2), ([5], ["IC305"] * 2, 0, 2)),
        ("5 6", ([], ["IC306"] * 2, 2, 0), ([6], ["IC307"], 0, 1)),
        ("5 5 6", ([], ["IC306"] * 3, 3, 0), ([6], ["IC307"] * 2, 0, 2)),
        ("5 6 6", ([], ["IC306"] * 3, 3, 0), ([6], ["IC307"] * 2, 0, 2)),
        ("5 6 5", ([], ["IC306"] * 3, 3, 0), ([5], ["IC307"] * 2, 0, 2)),
        ("5 —", ([], ["IC306"] * 2, 2, 0), ([None], ["IC307"], 0, 1)),
        # A row with a faulty cell is a filing as well: as the last, nobody knows what was meant.
        ("5 x", ([], ["IC306", "IC201"], 2, 0), ([], ["IC306", "IC201"], 2, 0)),
        ("5 5 x", ([], ["IC306", "IC306", "IC201"], 3, 0), ([], ["IC306", "IC306", "IC201"], 3, 0)),
        ("x 5", ([], ["IC201", "IC306"], 2, 0), ([5], ["IC201"], 1, 0)),
        ("5 x 6", ([], ["IC306", "IC201", "IC306"], 3, 0), ([6], ["IC307", "IC201"], 1, 1)),
        ("x x", ([], ["IC201"] * 2, 2, 0), ([], ["IC201"] * 2, 2, 0)),
        # So is one that breaks a check: it is the last, and it is wrong.
        ("5 101", ([], ["IC306"] * 2, 2, 0), ([], ["IC307", "IC401"], 1, 1)),
        ("101 5", ([], ["IC306"] * 2, 2, 0), ([5], ["IC307"], 0, 1)),
        ("101 101", ([], ["IC401", "IC305"], 1, 1), ([], ["IC401", "IC305"], 1, 1)),
    ],
)
def test_filings_of_one_enterprise(
    tmp_path: Path,
    sales: str,
    under_error: tuple[list[float], list[str], int, int],
    under_last: tuple[list[float], list[str], int, int],
    *,
    apart: bool,
) -> None:
    """What stays, what is told and what is counted does not depend on whether the rows stand in one file or in several."""
    rows = [(CODE, "示例", number) for number in sales.split()]
    assert outcome(read_filings(tmp_path, rows, "error", apart=apart)) == under_error
    assert outcome(read_filings(tmp_path, rows, "last", apart=apart)) == under_last


def test_each_finding_names_the_row_that_it_is_about(tmp_path: Path) -> None:
    """Merged rows name the one that stands, conflicting ones another of them, replaced ones the last."""

    def others(rule: Duplicates, *sales: str) -> list[str]:
        rows = [(CODE, "示例", number) for number in sales]
        found = read_filings(tmp_path, rows, rule).findings.filter(pl.col("rule").str.starts_with("IC30"))
        return [Path(found).name for found in found["message_en"].str.extract(r"(\S+csv:\d)").to_list()]

    assert others("error", "5", "5", "5") == ["0.csv:2", "0.csv:2"]
    assert others("error", "5", "6", "7") == ["1.csv:2", "0.csv:2", "0.csv:2"]
    assert others("error", "5", "x", "5") == ["1.csv:2", "1.csv:2"]
    assert others("last", "5", "6", "7") == ["2.csv:2", "2.csv:2"]
    assert others("last", "5", "6", "x") == ["2.csv:2", "2.csv:2"]


@pytest.mark.parametrize(
    "written",
    [
        CODE.lower(),
        f" {CODE[:6]} {CODE[6:]} ",
        f"'{CODE}",
        f'="{CODE}"',
        "\u200b".join(CODE),
        CODE.translate(WIDE_DIGITS),
    ],
    ids=["lower case", "spaces", "apostrophe", "as a formula", "invisible marks", "wide digits"],
)
def test_a_code_is_the_same_however_it_is_written(tmp_path: Path, written: str) -> None:
    """A code that is repaired names the same enterprise, in a row that is kept and in one that is refused."""
    kept = read_filings(tmp_path, [(CODE, "示例", "5"), (written, "示例", "5")], "error")
    assert sorted(kept.findings["rule"]) == ["IC304", "IC305"]
    assert kept.frame.rows() == read_filings(tmp_path, [(CODE, "示例", "5")], "error").frame.rows()

    refused = read_filings(tmp_path, [(CODE, "示例", "5"), (written, "示例", "x")], "last")
    assert outcome(refused) == ([], ["IC306", "IC201"], 2, 0)


def test_ids_that_are_no_credit_codes_differ_by_case(tmp_path: Path) -> None:
    """Where a scheme takes any text as id, a1 and A1 are two enterprises, even if a row of one is refused."""
    ids = "\nfields:\n  uscc: {label: {zh: 编号, en: Id}, type: text, required: true}"
    scheme = icredit.parse_scheme(CHECKED.replace("\nfields:", ids))
    path = tmp_path / "in.csv"
    path.write_text("uscc,name,sales\na1,示例,5\nA1,示例,x\nA1,示例,7\n", "utf-8")
    found = icredit.read(path, scheme, as_of=AS_OF)
    assert found.frame.select("uscc", "sales").rows() == [("a1", 5)]
    assert found.findings.select("row", "rule").rows() == [(3, "IC201"), (4, "IC306")]


def test_a_filing_without_a_name_is_one_all_the_same(tmp_path: Path) -> None:
    """A row whose name is blank is refused; the other row of its code is in doubt with it, unless it came later."""
    rows = [(CODE, "", "5"), (CODE, "示例", "5")]
    assert outcome(read_filings(tmp_path, rows, "error")) == ([], ["IC209", "IC306"], 2, 0)
    assert outcome(read_filings(tmp_path, rows, "last")) == ([5], ["IC209"], 1, 0)
    assert outcome(read_filings(tmp_path, rows[::-1], "last")) == ([], ["IC306", "IC209"], 2, 0)


def test_a_file_under_two_names_changes_nothing(tmp_path: Path) -> None:
    """A copy of a file gives a warning a row, and the same enterprises."""
    rows = [(filings.code(number), "示例", str(number)) for number in range(1, 6)]
    once = read_filings(tmp_path, rows, "error", apart=False)
    (tmp_path / "0 - 副本.csv").write_bytes((tmp_path / "0.csv").read_bytes())
    for rule in ("error", "last"):
        twice = icredit.read(tmp_path, SCHEME, as_of=AS_OF, duplicates=rule)
        assert twice.frame.drop("source_table").equals(once.frame.drop("source_table"))
        assert (twice.rejected, twice.merged, twice.findings["rule"].unique().to_list()) == (0, 5, ["IC305"])


def test_of_two_sheets_one_is_read(tmp_path: Path) -> None:
    """Rows on another sheet are no second filing: one sheet is read, and the other is named."""
    book = Workbook()
    for sheet, sales in ((book.active, 5), (book.create_sheet("旧"), 6)):
        for row in (["uscc", "name", "销售额（万元）"], [CODE, "示例", sales]):
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    found = icredit.read(tmp_path / "book.xlsx", SCHEME, as_of=AS_OF)
    assert outcome(found) == ([5], [], 0, 0)
    assert "[旧], which was not" in found.files[0].notes[0]
    assert outcome(icredit.read(tmp_path / "book.xlsx", SCHEME, sheet="旧", as_of=AS_OF)) == ([6], [], 0, 0)


def test_the_last_is_the_last_by_the_order_of_files(tmp_path: Path) -> None:
    """Files count in the order in which they are named, those of a folder in order of name: 2.csv before 10.csv."""
    for name, sales in (("第2次.csv", 6), ("第10次.csv", 7), ("第1次.csv", 5)):
        (tmp_path / name).write_text(f"uscc,name,sales\n{CODE},示例,{sales}\n", "utf-8")

    def sales_of(*names: str) -> list[float]:
        paths = [tmp_path / name for name in names]
        return icredit.read(paths, SCHEME, as_of=AS_OF, duplicates="last").frame["sales"].to_list()

    assert sales_of("") == sales_of("*.csv") == sales_of("第1次.csv", "*.csv") == [7]
    assert sales_of("第10次.csv", "第1次.csv") == [5]
    assert sales_of("第2次.csv", "第1次.csv", "第10次.csv", "第2次.csv") == [7], (
        "a file named twice stands at its first place"
    )


def test_the_command_takes_the_rule_and_records_it(folder: Path) -> None:
    """`--duplicates` decides, and the manifest says how."""
    write_csv(folder / "a.csv", [enterprise(1), enterprise(2)])
    write_csv(folder / "b.csv", [enterprise(1, **{"净利润（万元）": "201"})])

    for words, scored, counts in (
        ([], 1, {"rejected": 2, "merged": 0}),
        (["--duplicates", "error"], 1, {"rejected": 2, "merged": 0}),
        (["--duplicates", "last"], 2, {"rejected": 0, "merged": 1}),
    ):
        assert run("score", "a.csv", "b.csv", *words) == 0
        manifest = json.loads((folder / "scores.manifest.json").read_text("utf-8"))
        assert manifest["options"]["duplicates"] == (words or ["", "error"])[1]
        assert counts.items() <= manifest["counts"].items()
        assert len(read_csv(folder / "scores.csv")) == scored
    assert run("validate", "a.csv", "b.csv") == 1
    assert run("validate", "a.csv", "b.csv", "--duplicates", "last") == 0
    assert run("score", "a.csv", "--duplicates", "first") == 2


def test_a_large_file_twice(tmp_path: Path) -> None:
    """Thousands of enterprises filed twice stay once each, and each second row is told."""
    count = 5_000
    for name in ("a.csv", "b.csv"):
        rows = [[filings.code(number), "示例", str(number % 100)] for number in range(count)]
        (tmp_path / name).write_text(filings.csv_text([["uscc", "name", "sales"], *rows]), "utf-8", newline="")
    found = icredit.read(tmp_path, SCHEME, as_of=AS_OF)
    assert (found.frame.height, found.merged, found.findings.height) == (count, count, count)


filed = st.tuples(
    st.sampled_from([CODE, CODE.lower(), OTHER, filings.code(3)]),
    st.sampled_from(["示例甲", "示例乙", ""]),
    st.sampled_from(["5", "5.0", "6", "x", "101", ""]),
)


@settings(deadline=None, max_examples=40)
@given(files=st.lists(st.lists(filed, min_size=1, max_size=5), min_size=1, max_size=3))
def test_under_last_earlier_filings_might_as_well_not_be_there(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[tuple[str, str, str]]]
) -> None:
    """Under `last` the rows that stay are those of a batch in which every enterprise filed once, and last."""
    folder = tmp_path_factory.getbasetemp() / "last"
    folder.mkdir(exist_ok=True)
    last = {row[0].upper(): (index, place) for index, rows in enumerate(files) for place, row in enumerate(rows)}

    def stays(*, only_last: bool) -> list[tuple[object, ...]]:
        paths = []
        for index, rows in enumerate(files):
            kept = [row for place, row in enumerate(rows) if not only_last or last[row[0].upper()] == (index, place)]
            paths.append(folder / f"{index}.csv")
            text = filings.csv_text([["uscc", "name", "sales"], *kept])
            paths[-1].write_text(text, "utf-8", newline="")
        found = icredit.read(paths, SCHEME, as_of=AS_OF, duplicates="last")
        assert found.rows_read == found.frame.height + found.rejected + found.merged
        return found.frame.drop("source_table", "source_row").sort("uscc").rows()

    # Of identical rows the first stays and not the last, which is the same but for the place.
    assert stays(only_last=False) == stays(only_last=True)
