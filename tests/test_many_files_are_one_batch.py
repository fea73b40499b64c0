"""A folder of submissions is one batch: all of it is read, nothing is passed over unsaid, and one bad file stops nothing."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import filings
import icredit
from command_line import clean_csv, credit_code, enterprise, read_csv, snapshot, write_csv
from command_line import icredit as run
from conftest import AS_OF
from icredit.intake import validate
from icredit.intake.row_model import row_model
from icredit.intake.sources import by_name, find_files

Captured = pytest.CaptureFixture[str]

#: Files of which no enterprise can be read, and a word of why.
BAD: Mapping[str, tuple[bytes, str]] = {
    "空.xlsx": (b"", "empty"),
    "扫描件.xlsx": (b"%PDF-1.4", "PDF"),
    "照片.xls": (b"\x89PNG\r\n\x1a\n", "picture"),
    "压缩.zip": (filings.zipped({"a.csv": "x"}), "unpack it"),
    "新.et": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not a readable workbook"),
    "没有表头.csv": ("甲,乙\n1,2\n".encode(), "no header found"),
    "缺名称.csv": (f"统一社会信用代码,营业收入（万元）\n{credit_code(1)},5\n".encode(), "企业名称"),
    "单位不对.csv": ("统一社会信用代码,企业名称,营业收入（人）\n".encode(), "营业收入（人）"),
}


def manifest_of(table: str = "scores.csv") -> dict[str, Any]:
    """Return the manifest beside a table of the current folder."""
    content: dict[str, Any] = json.loads(Path(table).with_suffix(".manifest.json").read_text("utf-8"))
    return content


def workbook(path: Path, rows: list[dict[str, str]], sheet: str = "填报", title: str | None = None) -> Path:
    """Write rows as a workbook, below a title if there is one; texts that are numbers as numbers, codes as text."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        lines = [[title]] if title else []
        for row, cells in enumerate([*lines, list(rows[0]), *(list(one.values()) for one in rows)]):
            for column, cell in enumerate(cells):
                if column and cell.isdigit():
                    page.write_number(row, column, int(cell))
                else:
                    page.write_string(row, column, cell)
    return path


def batch(folder: Path) -> Path:
    """Make a folder of three files of different kinds, with a fault in each."""
    folder.mkdir()
    wrong = {"净利润（万元）": "不详细"}
    write_csv(folder / "甲.csv", [enterprise(1), enterprise(2, **wrong)])
    workbook(folder / "乙.xlsx", [enterprise(3), enterprise(4), enterprise(5, **wrong)], title="2024年填报表")
    text = io.StringIO(newline="")
    rows = [enterprise(6, **wrong), enterprise(7)]
    csv.writer(text, delimiter="\t").writerows([list(rows[0]), *(list(row.values()) for row in rows)])
    (folder / "丙.txt").write_bytes(text.getvalue().encode("gb18030"))
    return folder


# What is read


def test_every_enterprise_keeps_its_place(tmp_path: Path, national: icredit.Scheme) -> None:
    """Each row knows its file and the row it stood in, each finding also its sheet and cell."""
    found = icredit.read(batch(tmp_path / "报送"), national, as_of=AS_OF)
    places = {
        code: (Path(found.files[table].file).name, found.files[table].sheet, row)
        for code, table, row in found.frame.select("uscc", "source_table", "source_row").rows()
    }
    assert places == {
        credit_code(1): ("甲.csv", None, 2),
        credit_code(3): ("乙.xlsx", "填报", 3),
        credit_code(4): ("乙.xlsx", "填报", 4),
        credit_code(7): ("丙.txt", None, 3),
    }
    faults = {
        (Path(file).name, *rest): code
        for file, *rest, code in found.errors.select("file", "sheet", "row", "cell", "uscc").rows()
    }
    assert faults == {
        ("甲.csv", None, 3, None): credit_code(2),
        ("乙.xlsx", "填报", 5, "K5"): credit_code(5),
        ("丙.txt", None, 2, None): credit_code(6),
    }


def test_the_order_of_files_changes_no_byte(folder: Path) -> None:
    """However the files are named, table, rejects and account of the files are the same, conflicts and all."""
    names = ["甲.csv", "乙.csv", "丙.csv"]
    for index, name in enumerate(names):
        rows = [enterprise(index), enterprise(7), enterprise(8, **{"净利润（万元）": str(200 + index)})]
        write_csv(folder / name, [*rows, enterprise(20 + index, **{"净利润（万元）": "x"})])
    made = set()
    for order in itertools.permutations(names):
        assert run("score", *order, "-q") == 0
        manifest = manifest_of()
        same = {key: manifest[key] for key in ("inputs", "counts", "findings", "notes")}
        made.add((Path("scores.csv").read_bytes(), Path("scores.rejects.csv").read_bytes(), json.dumps(same)))
    assert len(made) == 1
    assert manifest_of()["counts"]["merged"] == 2
    assert manifest_of()["counts"]["rejected"] == 6


@pytest.mark.parametrize("processors", [1, 2, 64])
def test_the_number_of_threads_changes_nothing(
    tmp_path: Path, national: icredit.Scheme, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    """One file after the other or all at once: the same rows, findings and accounts."""
    batch(tmp_path / "报送")
    alone = icredit.read(tmp_path / "报送", national, as_of=AS_OF)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    found = icredit.read(tmp_path / "报送", national, as_of=AS_OF)
    assert found.frame.equals(alone.frame)
    assert found.findings.equals(alone.findings)
    assert found.files == alone.files


def test_numbers_in_names_count_as_numbers() -> None:
    """2 comes before 10, also behind other words, and a name without a number before one with."""
    names = ["10.xlsx", "2.xlsx", "第10次.csv", "第2次.csv", "第2次", "a1b10", "a1b9", "a01b2", "第.csv"]
    ordered = ["2.xlsx", "10.xlsx", "a01b2", "a1b9", "a1b10", "第2次", "第2次.csv", "第10次.csv", "第.csv"]
    for turned in (names, names[::-1], names[4:] + names[:4]):
        assert [str(path) for path in sorted(map(Path, turned), key=by_name)] == ordered


def test_what_files_share_is_compiled_once(
    tmp_path: Path, national: icredit.Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of files with the same columns the model is built once, and once more for another unit."""
    built = []

    def counting(*args: Any, **kwargs: Any) -> Any:
        built.append(args)
        return row_model(*args, **kwargs)

    monkeypatch.setattr(validate, "row_model", counting)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    for number in range(4):
        write_csv(tmp_path / f"{number}.csv", [enterprise(number)])
    yuan = {header.replace("净利润（万元）", "净利润（元）"): cell for header, cell in enterprise(9).items()}
    write_csv(tmp_path / "9.csv", [yuan])
    found = icredit.read(tmp_path, national, as_of=AS_OF)
    assert len(built) == 2
    assert found.frame.sort("uscc")["net_profit"].to_list() == [200, 200, 200, 200, 0.02]


# Files that cannot be read


@pytest.mark.parametrize("name", BAD)
def test_one_unreadable_file_stops_nothing(folder: Path, capsys: Captured, name: str) -> None:
    """The others are scored; the file and the reason stand on standard error, among the rejects and in the manifest."""
    content, why = BAD[name]
    (folder / "in").mkdir()
    clean_csv(folder / "in" / "好.csv", 3)
    (folder / "in" / name).write_bytes(content)

    assert run("score", "in") == 0

    told = capsys.readouterr()
    (line,) = [line for line in told.err.splitlines() if line.strip().startswith(str(Path("in", name)))]
    assert why in line
    assert "1 file not read, 0 rows rejected; all findings: scores.rejects.csv" in told.err.splitlines()
    assert "icredit rule IC110" in told.err
    assert "未读文件 files not read          1" in told.out
    (reject,) = read_csv(Path("scores.rejects.csv"))
    assert (reject["file"], reject["row"], reject["rule"]) == (str(Path("in", name)), "", "IC110")
    assert why in reject["message_zh"]
    manifest = manifest_of()
    assert (manifest["counts"]["files"], manifest["counts"]["files_unreadable"], manifest["counts"]["scored"]) == (
        2,
        1,
        3,
    )
    (bad,) = [file for file in manifest["inputs"] if file["unreadable"]]
    assert bad["file"] == str(Path("in", name))
    assert why in bad["unreadable"]

    before = snapshot(folder)
    assert run("score", "in", "--strict") == 1
    strict = capsys.readouterr().err.splitlines()
    assert why in strict[0]
    assert (
        strict[-2]
        == "icredit: 1 of 2 files cannot be read and 0 of 3 rows have errors, --strict allows none; nothing was written"
    )
    assert snapshot(folder) == before
    assert run("validate", "in") == 1


def test_when_no_file_can_be_read_nothing_is_written(folder: Path, capsys: Captured) -> None:
    """A folder of nothing but bad files ends with 3 and the first reason, whichever command reads it."""
    (folder / "in").mkdir()
    for name, (content, _) in BAD.items():
        (folder / "in" / name).write_bytes(content)
    before = snapshot(folder)
    for command in ("score", "validate"):
        assert run(command, "in") == 3
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith(f"icredit: none of {len(BAD)} files can be read; the first: in/单位不对.csv")
        assert len(told.err.splitlines()) <= 2
    assert snapshot(folder) == before


def test_a_sheet_that_one_workbook_lacks(folder: Path) -> None:
    """With --sheet a workbook without it is one that cannot be read; the sheets it has are named."""
    workbook(folder / "a.xlsx", [enterprise(1)], sheet="企业")
    workbook(folder / "b.xlsx", [enterprise(2)], sheet="名单")
    assert run("score", "a.xlsx", "b.xlsx", "--sheet", "企业") == 0
    assert [file["unreadable"] for file in manifest_of()["inputs"]] == [None, "no sheet '企业'; sheets: 名单"]


def test_a_link_that_leads_nowhere_is_a_file_that_cannot_be_read(tmp_path: Path, national: icredit.Scheme) -> None:
    """A broken link in a folder stands for a submission, and is not passed over."""
    clean_csv(tmp_path / "好.csv", 2)
    (tmp_path / "断.xlsx").symlink_to(tmp_path / "没有.xlsx")
    found = icredit.read(tmp_path, national, as_of=AS_OF)
    assert [Path(file.file).name for file in found.unreadable] == ["断.xlsx"]


@pytest.mark.parametrize(
    "ending",
    "csv tsv txt xlsx xlsm xls ods parquet xlsb xlt xltx et ett numbers htm html xml zip rar 7z gz CSV Xltx 7Z".split(),
)
def test_what_may_hold_enterprises_is_opened(tmp_path: Path, ending: str) -> None:
    """A file of such a kind is found in a folder, by its name, and in a subfolder that is told not to be read."""
    file = tmp_path / f"名单.{ending}"
    file.write_bytes(b"x")
    assert find_files([tmp_path]) == find_files([file]) == ((file,), (), {})
    (tmp_path / "补报").mkdir()
    file.rename(tmp_path / "补报" / file.name)
    clean_csv(tmp_path / "a.csv", 2)
    (note,) = find_files([tmp_path]).notes
    assert "1 subfolder with further files not read: 补报" in note


# What is passed over


def test_what_a_folder_holds_beside_is_told(folder: Path, capsys: Captured) -> None:
    """Files of other kinds, open workbooks and subfolders with files are named and recorded; hidden files are nobody's."""
    (folder / "in" / "补报").mkdir(parents=True)
    (folder / "in" / "空的").mkdir()
    (folder / "in" / ".git").mkdir()
    clean_csv(folder / "in" / "a.csv", 2)
    write_csv(folder / "in" / "补报" / "b.csv", [enterprise(9)])
    write_csv(folder / "in" / ".git" / "c.csv", [enterprise(10)])
    for name in ("~$a.xlsx", ".DS_Store", "Thumbs.db", "desktop.ini", *(f"{n}.docx" for n in range(7))):
        (folder / "in" / name).write_bytes(b"x")

    notes = [
        "in: 7 files of other kinds passed over: 0.docx, 1.docx, 2.docx, 3.docx, 4.docx and 2 more",
        "in: 1 workbook open in another program, whose unsaved changes are not read: ~$a.xlsx",
        "in: 1 subfolder with further files not read: 补报; 'in/**' means them too",
    ]
    for words in (["in"], ["in/*"]):
        assert run("score", *words) == 0
        assert capsys.readouterr().err.splitlines() == notes
        assert manifest_of()["notes"] == notes
        assert manifest_of()["counts"]["files"] == 1

    assert run("score", "in/**") == 0
    assert capsys.readouterr().err.splitlines() == notes[:2]
    assert {row["uscc"] for row in read_csv(Path("scores.csv"))} == {credit_code(number) for number in (1, 2, 9)}

    assert run("score", "in", "in/补报") == 0
    assert capsys.readouterr().err.splitlines() == notes[:2], "a folder that is named as well is read"


def test_a_folder_of_folders(folder: Path, capsys: Captured) -> None:
    """A folder whose submissions all stand in subfolders is refused, with the pattern that names them."""
    for name in ("湖南", "湖北"):
        (folder / "in" / name).mkdir(parents=True)
    write_csv(folder / "in" / "湖南" / "a.csv", [enterprise(1)])
    assert run("score", "in") == 3
    assert capsys.readouterr().err.splitlines() == [
        "icredit: in: no file in this folder is of a kind icredit reads",
        "  its subfolders have some; name them all with 'in/**'",
    ]
    assert run("score", "in/**", "-q") == 0


def test_the_mark_of_an_open_workbook(folder: Path, capsys: Captured) -> None:
    """~$x.xlsx is left out where a shell names it with the others, and refused where it is all there is."""
    clean_csv(folder / "a.csv", 2)
    (folder / "~$a.xlsx").write_bytes(b"x")
    assert run("score", "a.csv", "~$a.xlsx") == 0
    assert manifest_of()["counts"]["files"] == 1
    assert capsys.readouterr().err.splitlines() == [
        ".: 1 workbook open in another program, whose unsaved changes are not read: ~$a.xlsx"
    ]
    assert run("score", "~$a.xlsx") == 3
    assert "name the workbook itself" in capsys.readouterr().err


def test_a_run_in_the_folder_of_the_submissions_can_be_repeated(folder: Path, capsys: Captured) -> None:
    """What an earlier run wrote there is no submission; a table that this run does not replace is told to be none."""
    clean_csv(folder / "a.csv", 3)
    write_csv(folder / "b.csv", [enterprise(9, **{"净利润（万元）": "x"})])
    for _ in range(2):
        assert run("score", ".") == 0
        assert (manifest_of()["counts"]["files"], manifest_of()["counts"]["rows_read"]) == (2, 4)
    told = capsys.readouterr().err.splitlines()
    assert ".: passed over what an earlier run wrote: scores.csv, scores.manifest.json, scores.rejects.csv" in told

    assert run("score", ".", "-o", "other.csv") == 0
    assert (
        "scores.csv: this is a scored table or list that icredit wrote, not a submission"
        in capsys.readouterr().err.splitlines()[3]
    )
    clean_csv(folder / "mine.csv", 3)
    assert run("score", ".", "-o", "mine.csv") == 4, "a submission is never replaced"


@pytest.mark.parametrize("names", [[], ["in/*.parquet"], ["nowhere/*.csv"], ["nowhere"]])
def test_names_without_a_file_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    """A pattern without a match or a folder that is not there is no empty batch."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    with pytest.raises(icredit.InputError):
        find_files(names)


# 178 files


def submissions(folder: Path, count: int) -> Path:
    """Make files of as many zones: units, titles, totals and encodings differ, some hold a fault, two more nothing."""
    folder.mkdir()
    for index, zone in enumerate(list(icredit.load_zones())[:count]):
        rows = [enterprise(2 * index), enterprise(2 * index + 1)]
        for row in rows:
            del row["所属高新区"]
            if index % 20 == 0:
                row["科技人员数（人）"] = "若干"
        if index % 2:
            rows = [{h.replace("万元", "元"): cell + "0000" * ("万元" in h) for h, cell in row.items()} for row in rows]
        if index % 3 == 0:
            rows.append(dict.fromkeys(rows[0], "1") | {"统一社会信用代码": "合计", "企业名称": ""})
        if index % 4:
            workbook(folder / f"{zone.label}.xlsx", rows, title="2024年填报表" if index % 5 else None)
        else:
            path = write_csv(folder / f"2024年{zone.full_name}名单(终稿).csv", rows)
            path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    (folder / "空.xlsx").write_bytes(b"")
    (folder / "扫描件.xlsx").write_bytes(b"%PDF-1.4")
    return folder


def test_178_files_are_one_batch(folder: Path, capsys: Captured) -> None:
    """All is scored in its zone and unit, all is accounted for, and what is said of it fits on a screen."""
    count = 178
    submissions(folder / "报送", count)
    assert run("score", "报送") == 0

    faulty, totals, yuan = len(range(0, count, 20)), len(range(0, count, 3)), count // 2
    manifest = manifest_of()
    wanted = {"files": 180, "files_unreadable": 2, "rows_read": 356, "rejected": 2 * faulty, "scored": 356 - 2 * faulty}
    assert wanted.items() <= manifest["counts"].items()
    slugs = [zone.slug for zone in list(icredit.load_zones())[:count]]
    assert {row["uscc"]: row["zone"] for row in read_csv(Path("scores.csv"))} == {
        credit_code(2 * index + place): slug for index, slug in enumerate(slugs) if index % 20 for place in (0, 1)
    }
    inputs = manifest["inputs"]
    assert [[row["kind"] for row in file["left_out"]] for file in inputs if file["left_out"]] == [["total"]] * totals
    assert {file["encoding"] for file in inputs if file["file"].endswith(".csv")} == {"gb18030"}

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 40
    kinds = {
        "taken from the file's name": (count, 3),  # three of many zones
        "units converted": (yuan, 1),  # the same everywhere
        "left out as no enterprise": (totals, 2),  # in row 4, or 5 below a title
    }
    for said, (often, shown) in kinds.items():
        assert sum(said in note for file in inputs for note in file["notes"]) == often
        at = [index for index, line in enumerate(lines) if said in line]
        assert len(at) == shown
        assert lines[at[-1] + 1] == f"  and {often - shown} more notes of this kind"
    assert f"2 files not read, {2 * faulty} rows rejected; all findings: scores.rejects.csv" in lines
    assert sum(line.startswith("  报送/") and "it is a PDF" in line for line in lines) == 1
    assert f"  {2 * faulty:>6} x IC201" in [line[:16] for line in lines]
    assert lines[-1] == f"all {sum(often for often, _ in kinds.values())} notes: scores.manifest.json"


def test_json_and_quiet_of_a_folder(folder: Path, capsys: Captured) -> None:
    """--json prints an object that has every note; --quiet prints nothing."""
    submissions(folder / "报送", 12)
    assert run("score", "报送", "--json") == 0
    told = capsys.readouterr()
    summary = json.loads(told.out)
    assert sum(len(file["notes"]) for file in summary["inputs"]) == 12 + 6 + 4
    assert summary["notes"] == []
    assert "扫描件.xlsx: it is a PDF" in told.err

    assert run("score", "报送", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_validate_tells_as_little_and_everything_on_demand(folder: Path, capsys: Captured) -> None:
    """`validate` groups the notes as well, and tells every one with --limit 0; its findings in a pipe are CSV."""
    submissions(folder / "报送", 12)
    assert run("validate", "报送") == 1
    told = capsys.readouterr()
    few = told.err.splitlines()
    # Four of a kind are all told.
    assert sum("taken from the file's name" in line for line in few) == 3
    assert sum("left out as no enterprise" in line for line in few) == 4
    assert few[-3:] == [
        "all 22 notes: --limit 0",
        "24 rows: 2 rows with errors, 4 errors, 0 warnings",
        "what a finding means: icredit rule IC110",
    ]
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert sorted(row["rule"] for row in rows) == ["IC110", "IC110", "IC201", "IC201"]

    assert run("validate", "报送", "--limit", "0") == 1
    every = capsys.readouterr().err.splitlines()
    assert sum("taken from the file's name" in line for line in every) == 12
    assert not any("of this kind" in line for line in every)
