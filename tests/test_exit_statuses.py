"""Every way a command can end: one status, one or two lines on standard error, and old files untouched on any but 0."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from command_line import (
    clean_csv,
    command,
    enterprise,
    environment,
    faulty_csv,
    icredit,
    program,
    reading,
    snapshot,
    write_csv,
)
from conftest import NATIONAL, ROOT, SAMPLE_XLSX
from icredit.errors import ExitStatus

Captured = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

OUTPUTS = (
    "scores.csv scores.rejects.csv scores.manifest.json scores.xlsx scale.json list.csv list.xlsx findings.csv".split()
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clean and a faulty submission, a scored table, and old files where new ones would go."""
    folder = tmp_path_factory.mktemp("prepared")
    clean_csv(folder / "in.csv")
    faulty_csv(folder / "faulty.csv", 4, 1)
    (folder / "tables").mkdir()
    words = ["--scheme", NATIONAL, "--save-reference", folder / "tables" / "scale.json", "--quiet"]
    assert icredit("score", folder / "in.csv", "-o", folder / "tables" / "scores.csv", *words) == 0
    for name in (*OUTPUTS, "template.xlsx"):
        (folder / name).write_text(f"old {name}")
    for path in folder.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return folder


@pytest.fixture
def standing(folder: Path, prepared: Path) -> Path:
    """A current folder with a copy of what was prepared."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return folder


def refused(capsys: Captured, status: ExitStatus, *words: object) -> str:
    """Run a command that must end with a status, changing nothing, and return its one or two lines."""
    before = snapshot(Path.cwd())
    capsys.readouterr()

    assert icredit(*words) == status

    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert 1 <= len(told.err.splitlines()) <= 2, told.err
    assert snapshot(Path.cwd()) == before
    return told.err


def ended(done: subprocess.CompletedProcess[bytes], status: ExitStatus) -> str:
    """Check how a program ended and return what it told."""
    told = done.stderr.decode()
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert done.returncode == status, told
    return told


# 0, done


@pytest.mark.parametrize(
    "words",
    [
        ["score", "in.csv"],
        ["score", "faulty.csv", "--max-rejects", "1"],
        ["rank", "tables/scores.csv", "-o", "list.csv"],
        ["validate", "in.csv"],
        ["template", "--force"],
        ["zones", "长沙"],
        ["zones", "nowhere at all"],
        ["scheme", "check"],
        ["scheme", "list"],
        ["scheme", "show"],
        ["scheme", "schema"],
        [],
        ["--help"],
        ["--version"],
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_status_0(standing: Path, words: list[str]) -> None:
    """A command that did what it was asked to ends with 0."""
    assert icredit(*words) == 0


# 1, the data have problems


@pytest.mark.parametrize(
    "words", [["--strict"], ["--max-rejects", "0"], ["--max-rejects", "19.9%"], ["--strict", "--json"]]
)
def test_status_1_of_score(standing: Path, capsys: Captured, words: list[str]) -> None:
    """`score` over its limit writes nothing and ends with 1, after the findings, in two lines that say why."""
    before = snapshot(standing)
    capsys.readouterr()

    assert icredit("score", "faulty.csv", "-o", "scores.csv", "--save-reference", "scale.json", *words) == 1

    told = capsys.readouterr()
    assert told.out == ""
    *findings, what, hint = told.err.splitlines()
    assert [line.strip().split(":")[:2] for line in findings] == [["faulty.csv", "6"]]
    assert "1 of 5 rows" in what
    assert "nothing was written" in what
    assert "icredit validate" in hint
    assert snapshot(standing) == before


def test_status_1_of_validate(standing: Path, capsys: Captured) -> None:
    """`validate` ends with 1 when it found errors; its findings are its result."""
    assert icredit("validate", "faulty.csv") == 1

    assert "Traceback" not in capsys.readouterr().err


def test_status_1_of_a_reference_that_lacks_a_group(standing: Path, capsys: Captured) -> None:
    """A batch with a stage that the reference has never seen is a problem of the data."""
    write_csv(standing / "mature.csv", [enterprise(1, **{"营业收入（万元）": "50000"})])

    told = refused(capsys, ExitStatus.DATA, "score", "mature.csv", "--reference", "tables/scale.json")

    assert "stage=mature" in told


@pytest.mark.parametrize(("words", "rows"), [(["--strict"], 0), (["--strict", "--json"], 0), (["--strict"], 1)])
def test_status_1_of_a_batch_with_an_unreadable_file(
    standing: Path, capsys: Captured, words: list[str], rows: int
) -> None:
    """`score --strict` of several files, of which one cannot be read, writes nothing and ends with 1."""
    (standing / "empty.xlsx").write_bytes(b"")
    before = snapshot(standing)

    assert icredit("score", "faulty.csv" if rows else "in.csv", "empty.xlsx", "-o", "scores.csv", *words) == 1

    told = capsys.readouterr()
    assert told.out == ""
    first, *_, what, hint = told.err.splitlines()
    assert first == "  empty.xlsx: the file is empty; ask for it again"
    assert f"1 of 2 files cannot be read and {rows} of {5 + (1 - rows)} rows have errors" in what
    assert "icredit validate" in hint
    assert snapshot(standing) == before


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["score", "in.csv", "empty.xlsx"], 0),
        (["score", "in.csv", "empty.xlsx", "--max-rejects", "0"], 0),
        (["validate", "in.csv", "empty.xlsx"], 1),
        (["score", "empty.xlsx"], 3),
        (["score", "empty.xlsx", "other.xlsx"], 3),
        (["validate", "empty.xlsx", "other.xlsx"], 3),
        (["score", "in.csv", "missing.xlsx"], 3),
        (["score", "twice.csv"], 0),
        (["score", "twice.csv", "--strict"], 1),
        (["score", "twice.csv", "--strict", "--duplicates", "last"], 0),
        (["validate", "twice.csv"], 1),
        (["validate", "twice.csv", "--duplicates", "last"], 0),
        (["score", "twice.csv", "--duplicates", "newest"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_statuses_of_batches(standing: Path, words: list[str], status: int) -> None:
    """An unreadable file is a fault of the data as long as another can be read; so are conflicting rows, unless the last counts."""
    for name in ("empty.xlsx", "other.xlsx"):
        (standing / name).write_bytes(b"")
    write_csv(standing / "twice.csv", [enterprise(1), enterprise(2), enterprise(2, **{"净利润（万元）": "1"})])

    assert icredit(*words) == status


# 2, wrong usage, scheme or options


@pytest.mark.parametrize(
    ("words", "help_in_it"),
    [
        (["scroe", "in.csv"], "Did you mean 'score'?"),
        (["frobnicate"], "icredit --help"),
        (["score"], "Missing argument 'FILE...'"),
        (["validate"], "Missing argument 'FILE...'"),
        (["scheme"], "Missing command"),
        (["scheme", "shwo"], "show"),
        (["score", "in.csv", "--stric"], "--strict"),
        (["rank", "--zoen", "changsha"], "--zone"),
        (["rank", "tables/scores.csv", "more.csv"], "more.csv"),
        (["score", "in.csv", "--zone"], "--zone"),
        (["score", "in.csv", "--labels", "fr"], "'zh'"),
        (["rank", "tables/scores.csv", "--top", "0"], "--top"),
        (["rank", "tables/scores.csv", "--top", "many"], "--top"),
        (["score", "in.csv", "--as-of", "tomorrow"], "2025-12-31"),
        (["score", "in.csv", "--as-of", "2025-02-30"], "2025-12-31"),
        (["score", "in.csv", "--max-rejects", "many"], "20 or 5%"),
        (["score", "in.csv", "-o", "scores.xslx"], "'.xlsx'"),
        (["score", "in.csv", "-o", "scores"], ".csv"),
        (["rank", "tables/scores.csv", "-o", "list.pdf"], ".xlsx"),
        (["score", "in.csv", "--scheme", "ics-national-2042"], "ics-national-2024"),
        (["score", "in.csv", "--zone", "长啥"], "长沙高新区 (changsha)"),
        (["rank", "tables/scores.csv", "--zone", "chang sha gaoxin"], "changsha"),
        (["rank", "tables/scores.csv", "--province", "糊南"], "湖南"),
        (["rank", "tables/scores.csv", "--stage", "growht"], "growth"),
        (["rank", "tables/scores.csv", "--grade", "Z"], "grades in the table"),
        (["rank", "tables/scores.csv", "--by", "technolgy"], "'technology'"),
        (["rank", "tables/scores.csv", "--by", "name"], "columns: score"),
        (["template", "-o", "form.xls"], ".xlsx"),
        (["validate", "in.csv", "-o", "findings.txt"], ".xlsx"),
        (["validate", "in.csv", "--annotate", "copy.xlsx"], "save it as .xlsx"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_status_2(standing: Path, capsys: Captured, words: list[str], help_in_it: str) -> None:
    """Wrong usage ends with 2, says what was wrong and how it may have been meant."""
    assert help_in_it in refused(capsys, ExitStatus.USAGE, *words)


def test_status_2_of_a_faulty_scheme(standing: Path, capsys: Captured) -> None:
    """A faulty scheme ends with 2 and names file and line."""
    lines = NATIONAL.read_text("utf-8").splitlines()
    line = next(index for index, text in enumerate(lines, 1) if text.strip() == "value: rd_expense")
    lines[line - 1] = lines[line - 1].replace("rd_expense", "rd_expnse")
    (standing / "mine.yaml").write_text("\n".join(lines), "utf-8")

    told = refused(capsys, ExitStatus.USAGE, "score", "in.csv", "--scheme", "mine.yaml")

    assert told.startswith(f"mine.yaml:{line}: ")
    assert "rd_expense" in told


def test_status_2_of_a_reference_of_another_scheme(standing: Path, capsys: Captured) -> None:
    """A reference does not fit a scheme of other content."""
    text = NATIONAL.read_text("utf-8").replace("weight: {startup: 50,", "weight: {startup: 51,")
    (standing / "mine.yaml").write_text(text, "utf-8")

    told = refused(
        capsys, ExitStatus.USAGE, "score", "in.csv", "--scheme", "mine.yaml", "--reference", "tables/scale.json"
    )

    assert "another scheme" in told


# 3, an input cannot be read


def damaged(kind: str) -> bytes:
    """Return bytes that are no workbook, table or text."""
    match kind:
        case "nothing":
            return b""
        case "zeros":
            return bytes(2000)
        case "half a workbook":
            return SAMPLE_XLSX.read_bytes()[:100_000]
        case "another archive":
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("readme.txt", "x")
            return file.getvalue()
        case "parquet marks":
            return b"PAR1" + bytes(100) + b"PAR1"
        case _:
            return bytes(range(128, 256)) * 20


@pytest.mark.parametrize("ending", ["csv", "xlsx", "xls", "parquet"])
@pytest.mark.parametrize(
    "kind", ["nothing", "zeros", "half a workbook", "another archive", "parquet marks", "high bytes"]
)
def test_status_3_of_a_damaged_submission(standing: Path, capsys: Captured, kind: str, ending: str) -> None:
    """Whatever bytes stand in a file of whatever name, it is told in words that it cannot be read."""
    (standing / f"bad.{ending}").write_bytes(damaged(kind))

    told = refused(capsys, ExitStatus.INPUT, "score", f"bad.{ending}")

    assert f"bad.{ending}" in told


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "ndjson"])
@pytest.mark.parametrize("kind", ["nothing", "zeros", "half a workbook", "parquet marks", "high bytes"])
def test_status_3_of_a_damaged_table(standing: Path, capsys: Captured, kind: str, ending: str) -> None:
    """A scored table that is damaged is told to be so."""
    (standing / f"bad.{ending}").write_bytes(damaged(kind))

    assert f"bad.{ending}" in refused(capsys, ExitStatus.INPUT, "rank", f"bad.{ending}")


@pytest.mark.parametrize(
    ("name", "help_in_it"),
    [
        ("inn.csv", "did you mean in.csv?"),
        ("nowhere/in.csv", "nowhere"),
        ("*.parquet", "*.parquet"),
        ("empty", "no file in this folder"),
        ("notes.docx", ".xlsx"),
        ("other.csv", "icredit template"),
        ("tables/scores.csv", "a scored table"),
        ("two.csv", "both mean"),
        ("persons.csv", "营业收入（人）"),
        ("nameless.csv", "企业名称"),
    ],
)
def test_status_3(standing: Path, capsys: Captured, name: str, help_in_it: str) -> None:
    """An input that cannot be read as what it should be ends with 3, with what and where and what to do."""
    (standing / "empty").mkdir()
    (standing / "notes.docx").write_text("x")
    (standing / "other.csv").write_text("a,b\n1,2\n")
    write_csv(standing / "two.csv", [enterprise(1, 信用代码="x")])
    row = enterprise(1)
    write_csv(standing / "persons.csv", [{k.replace("营业收入（万元）", "营业收入（人）"): v for k, v in row.items()}])
    write_csv(standing / "nameless.csv", [{k: v for k, v in row.items() if k != "企业名称"}])

    assert help_in_it in refused(capsys, ExitStatus.INPUT, "score", name)


@pytest.mark.parametrize(
    ("words", "help_in_it"),
    [
        (["rank"], "not a scored table"),  # ./scores.csv is an old file with something else in it
        (["rank", "nothing.csv"], "icredit score"),
        (["rank", "tables"], "tables"),
        (["rank", "in.csv"], "not a scored table"),
        (["validate", "inn.csv"], "did you mean in.csv?"),
        (["score", "in.csv", "--sheet", "表1"], "--sheet"),
        (["score", "book.xlsx", "--sheet", "填抱"], "填报"),
        (["score", "in.csv", "--reference", "nothing.json"], "nothing.json"),
        (["score", "in.csv", "--reference", "in.csv"], "--save-reference"),
        (["score", "in.csv", "--reference", "list.json"], "not a reference"),
        (["score", "in.csv", "--zones", "nothing.csv"], "nothing.csv"),
        (["score", "in.csv", "--zones", "in.csv"], "slug"),
        (["score", "in.csv", "--scheme", "book.xlsx"], "UTF-8"),
        (["score", "in.csv", "--scheme", "tables"], "tables"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_status_3_of_other_inputs(standing: Path, capsys: Captured, words: list[str], help_in_it: str) -> None:
    """Scored tables, references, registers and sheets are inputs as well."""
    book = openpyxl.Workbook()
    book.active.title = "填报"
    book.save(standing / "book.xlsx")
    (standing / "list.json").write_text("[]")

    assert help_in_it in refused(capsys, ExitStatus.INPUT, *words)


@pytest.mark.parametrize(
    "words",
    [
        ["score", "x" * 5000],
        ["score", "x" * 300 + ".csv"],
        ["rank", "x" * 300 + ".csv"],
        ["score", "in.csv", "--scheme", "x" * 300],
        ["score", "in.csv", "--zones", "x" * 300],
        ["score", "in.csv", "--reference", "x" * 300],
        ["score", "in.csv", "-o", "x" * 300 + ".csv"],
        ["template", "-o", "x" * 300 + ".xlsx"],
        ["score", "a\0b.csv"],
        ["rank", "a\0b.csv"],
        ["score", "in.csv", "-o", "a\0b.csv"],
    ],
    ids=lambda words: " ".join(words)[:30],
)
def test_names_that_no_file_can_have(standing: Path, capsys: Captured, words: list[str]) -> None:
    """A name too long for the disk, or one with a zero byte, is told like any other name without a file."""
    before = snapshot(standing)

    assert icredit(*words) in {2, 3, 4}

    assert "Traceback" not in capsys.readouterr().err
    assert snapshot(standing) == before


def test_status_3_of_an_empty_standard_input(standing: Path) -> None:
    """Nothing on standard input is an input without a header."""
    before = snapshot(standing)

    assert "<stdin>" in ended(program("score", "-", folder=standing), ExitStatus.INPUT)

    assert snapshot(standing) == before


# 4, an output cannot be written


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["score", "in.csv", "-o", "missing/scores.csv"], "the folder does not exist"),
        (["rank", "tables/scores.csv", "-o", "missing/list.xlsx"], "the folder does not exist"),
        (["validate", "in.csv", "-o", "missing/findings.csv"], "the folder does not exist"),
        (["template", "-o", "missing/form.xlsx"], "the folder does not exist"),
        (["score", "in.csv", "--save-reference", "missing/scale.json"], "the folder does not exist"),
        (["score", "in.csv", "-o", "folder.csv"], "it is a folder"),
        (["rank", "tables/scores.csv", "-o", "folder.csv"], "it is a folder"),
        (["validate", "in.csv", "-o", "folder.csv"], "it is a folder"),
        (["template", "-o", "folder.xlsx", "--force"], "it is a folder"),
        (["score", "in.csv", "--save-reference", "tables"], "it is a folder"),
        (["score", "in.csv", "-o", "in.csv/scores.csv"], "not a folder"),
        (["rank", "tables/scores.csv", "-o", "in.csv/list.csv"], "not a folder"),
        (["score", "in.csv", "-o", "full.csv"], "no space left on the disk"),
        (["rank", "tables/scores.csv", "-o", "full.csv"], "no space left on the disk"),
        (["validate", "in.csv", "-o", "full.csv"], "no space left on the disk"),
        (["score", "in.csv", "--save-reference", "full.json"], "no space left on the disk"),
        (["score", "in.csv", "-o", "in.csv"], "is an input of this run"),
        (["score", "in.csv", "-o", "./tables/../in.csv"], "is an input of this run"),
        (["score", "in.csv", "-o", "link.csv"], "is an input of this run"),
        (["score", "link.csv", "-o", "in.csv"], "is an input of this run"),
        (["score", "inputs", "-o", "inputs/a.csv"], "is an input of this run"),
        (["score", "in.csv", "--scheme", "mine.yaml", "--save-reference", "mine.yaml"], "is an input of this run"),
        (["score", "in.csv", "--save-reference", "in.csv"], "is an input of this run"),
        (["score", "in.csv", "--zones", "more.csv", "-o", "more.csv"], "is an input of this run"),
        (["validate", "in.csv", "-o", "in.csv"], "is an input of this run"),
        (["validate", "in.csv", "--zones", "more.csv", "-o", "more.csv"], "is an input of this run"),
        (["validate", "in.csv", "--scheme", "mine.csv", "-o", "mine.csv"], "is an input of this run"),
        (["rank", "tables/scores.csv", "-o", "tables/scores.csv"], "is an input of this run"),
        (["rank", "tables/scores.csv", "--zones", "more.csv", "-o", "more.csv"], "is an input of this run"),
        (["template"], "--force"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_status_4(standing: Path, capsys: Captured, words: list[str], reason: str) -> None:
    """An output that cannot or must not be written ends with 4; nothing has changed, and the reason is told."""
    (standing / "folder.csv").mkdir()
    (standing / "folder.xlsx").mkdir()
    (standing / "inputs").mkdir()
    clean_csv(standing / "inputs" / "a.csv")
    (standing / "link.csv").symlink_to("in.csv")
    (standing / "full.csv").symlink_to("/dev/full")
    (standing / "full.json").symlink_to("/dev/full")
    for name in ("mine.yaml", "mine.csv"):
        (standing / name).write_bytes(NATIONAL.read_bytes())
    (standing / "more.csv").write_text(
        "slug,short_name,full_name,province\nmore,示例,示例高新技术产业开发区,湖南\n", "utf-8"
    )

    assert reason in refused(capsys, ExitStatus.OUTPUT, *words)


@pytest.mark.parametrize("words", [["score", "in.csv"], ["validate", "in.csv"], ["rank", "tables/scores.csv"]])
def test_status_4_of_the_register_in_the_current_folder(standing: Path, capsys: Captured, words: list[str]) -> None:
    """./zones.csv is read without being named, and is an input as well."""
    (standing / "zones.csv").write_text(
        "slug,short_name,full_name,province\nmore,示例,示例高新技术产业开发区,湖南\n", "utf-8"
    )

    assert "is an input of this run" in refused(capsys, ExitStatus.OUTPUT, *words, "-o", "zones.csv")


@pytest.mark.parametrize("name", ["scores.rejects.csv", "scores.manifest.json"])
@pytest.mark.parametrize("source", ["in.csv", "faulty.csv"])
def test_status_4_of_the_files_beside_the_table(standing: Path, capsys: Captured, name: str, source: str) -> None:
    """A folder where the rejects or the manifest would go keeps the table from being written too."""
    (standing / name).unlink()
    (standing / name).mkdir()

    assert name in refused(capsys, ExitStatus.OUTPUT, "score", source)


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("place", ["fsync", "replace"])
@pytest.mark.parametrize(
    "words",
    [
        ["score", "faulty.csv", "--save-reference", "scale.json"],
        ["rank", "tables/scores.csv", "-o", "list.xlsx"],
        ["validate", "in.csv", "-o", "findings.csv"],
        ["template", "--force"],
    ],
    ids=lambda words: words[0],
)
def test_status_4_of_a_full_disk(
    standing: Path, capsys: Captured, monkeypatch: Patch, words: list[str], place: str
) -> None:
    """A disk that is full when the files are to be kept, and stays so, ends every command with 4."""

    def fail(*args: object, **kwargs: object) -> None:
        raise FULL

    monkeypatch.setattr(os, place, fail)

    assert "no space left on the disk" in refused(capsys, ExitStatus.OUTPUT, *words)


def test_status_4_of_a_full_disk_that_is_told_once(standing: Path, capsys: Captured, monkeypatch: Patch) -> None:
    """What the disk could not keep while the table was still being made is not forgotten at its end."""
    real, calls = os.fsync, []

    def fail_once(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 1:
            raise FULL
        real(handle)

    monkeypatch.setattr(os, "fsync", fail_once)

    assert "no space left on the disk" in refused(capsys, ExitStatus.OUTPUT, "score", "in.csv")


@pytest.mark.parametrize(
    "words",
    [
        ["score", "in.csv", "-o", "scores.csv"],
        ["rank", "tables/scores.csv", "-o", "list.xlsx"],
        ["rank", "tables/scores.csv", "-o", "list.parquet"],
        ["validate", "faulty.csv", "-o", "findings.csv"],
        ["template", "-o", "form.xlsx"],
    ],
    ids=lambda words: words[-1],
)
def test_status_4_of_a_disk_that_fills_up(
    standing: Path, tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    """A disk that fills up in the middle of any format ends with 4, without temporary files."""
    before = snapshot(standing)
    scratch = tmp_path_factory.mktemp("scratch")

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150, 150))

    done = subprocess.run(
        command(*words),
        env=environment(TMPDIR=str(scratch), PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        timeout=60,
        preexec_fn=little_room,
        check=False,
    )

    told = ended(done, ExitStatus.OUTPUT)
    assert done.stdout == b""
    assert words[-1] in told
    assert len(told.splitlines()) == 2
    assert snapshot(standing) == before
    assert list(scratch.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for the old files and little more."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    options = ["-t", "tmpfs", "-o", "size=64k", "icredit", str(disk)]
    if subprocess.run([mount, *options], capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run([mount.replace("mount", "umount"), str(disk)], check=True)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["score", "many.csv", "-o"], ["scores.csv", "scores.parquet", "scores.ndjson", "scores.xlsx"]),
        (["rank", "tables/many.csv", "-o"], ["list.xlsx", "list.csv"]),
        (["validate", "bad.csv", "-o"], ["findings.csv", "findings.json", "findings.xlsx"]),
        (["template", "--force", "-o"], ["template.xlsx"]),
    ],
    ids=lambda value: value[0],
)
def test_status_4_of_a_disk_that_is_too_small(
    standing: Path, small_disk: Path, capsys: Captured, words: list[str], names: list[str]
) -> None:
    """A disk that fills up within any writer, polars' own and those of workbooks, keeps the old file and nothing else."""
    clean_csv(standing / "many.csv", 600)
    faulty_csv(standing / "bad.csv", 1, 600)
    if words[0] == "rank":
        assert icredit("score", "many.csv", "-o", "tables/many.csv", "--steps", "--quiet") == 0
    filler = small_disk / "filler"
    for name in names:
        (small_disk / name).write_text("old")
        filler.write_bytes(bytes(36_000))
        capsys.readouterr()
        before = snapshot(small_disk)

        assert icredit(*words, small_disk / name, *(["--steps"] if words[0] == "score" else [])) == 4

        told = capsys.readouterr()
        assert f"{name}: cannot be written: no space left on the disk" in told.err
        assert "Traceback" not in told.err
        assert snapshot(small_disk) == before
        (small_disk / name).unlink()


@pytest.mark.parametrize(
    "words",
    [["score", "in.csv", "-o"], ["rank", "tables/scores.csv", "-o"], ["validate", "in.csv", "-o"], ["template", "-o"]],
    ids=lambda words: words[0],
)
def test_status_4_of_a_read_only_folder(standing: Path, capsys: Captured, monkeypatch: Patch, words: list[str]) -> None:
    """A folder that takes no file is told before anything is read."""
    (standing / "locked").mkdir()
    real = os.open

    def read_only(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        # root may write anywhere; so it is said for the system.
        if "locked" in os.fspath(path) and flags & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", read_only)
    monkeypatch.setattr("icredit.intake.read", None)
    name = "locked/x.xlsx"

    assert f"{name}: cannot be written: the folder is read-only" in refused(capsys, ExitStatus.OUTPUT, *words, name)


@pytest.mark.parametrize("words", [["rank", "tables/scores.csv"], ["score", "in.csv"], ["--help"]], ids=" ".join)
def test_status_4_of_a_full_standard_output(standing: Path, words: list[str]) -> None:
    """Standard output that takes no more, such as a full disk behind `>`, is an output that cannot be written."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(*words), env=environment(), stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )

    told = done.stderr.decode()
    assert "Traceback" not in told
    assert "Exception ignored" not in told
    assert done.returncode == ExitStatus.OUTPUT
    assert "no space left" in told.lower()
    assert "nothing was changed" not in told, "the files of a run stand when its summary finds no room"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("score in.csv >&-", {0, 4}),
        ("rank tables/scores.csv >&-", {0, 4}),
        ("score - <&-", {3}),
        ("score faulty.csv 2>&-", {0, 4}),
        ("scroe 2>&-", {2}),
    ],
)
def test_closed_streams(standing: Path, line: str, wanted: set[int]) -> None:
    """A program started without one of its streams, as by a daemon, still ends with the status it would have."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m icredit {line}', sys.executable],
        env=environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert b"Traceback" not in done.stderr
    assert done.returncode in wanted, done.stderr.decode()


# 130, interrupted


def test_status_130_while_reading(standing: Path) -> None:
    """Ctrl-C while standard input is still open ends with 130 and one line, and no temporary file is left."""
    before = snapshot(standing)
    running = reading(standing / "in.csv")
    running.send_signal(signal.SIGINT)
    out, told = running.communicate(timeout=30)

    assert running.returncode == 130
    assert (out, told) == (b"", b"icredit: interrupted; nothing was written\n")
    assert snapshot(standing) == before


def test_status_130_before_anything_was_done(standing: Path) -> None:
    """Ctrl-C while the program is still starting ends the same way, without a traceback."""
    code = (
        "import builtins, os, signal\n"
        "real = builtins.__import__\n"
        "def importing(name, *rest, **more):\n"
        "    if name == 'typer': builtins.__import__ = real; os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest, **more)\n"
        "builtins.__import__ = importing\n"
        "import runpy; runpy.run_module('icredit', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, timeout=60, check=False)

    assert b"Traceback" not in done.stderr
    assert done.returncode == ExitStatus.INTERRUPTED


@pytest.mark.parametrize("place", ["fsync", "replace"])
def test_status_130_while_writing(standing: Path, capsys: Captured, monkeypatch: Patch, place: str) -> None:
    """Ctrl-C while the files are put in place takes everything back."""
    real: Callable[..., Any] = getattr(os, place)
    calls: list[object] = []

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(os, place, interrupted)

    told = refused(capsys, ExitStatus.INTERRUPTED, "score", "faulty.csv", "--save-reference", "scale.json")

    assert told == "icredit: interrupted; nothing was written\n"


# Closed pipes


@pytest.mark.parametrize(
    "words",
    [["rank", "tables/scores.csv"], ["score", "in.csv", "--json"], ["scheme", "schema"], ["--help"]],
    ids=" ".join,
)
def test_a_closed_pipe_is_silent(standing: Path, words: list[str]) -> None:
    """When whoever reads standard output has gone, as `| head` does, that is no error and not a word is said of it."""
    with subprocess.Popen(
        command(*words), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        told = running.stderr.read().decode()

    assert running.returncode == 0
    assert not re.search("Traceback|Broken|Exception|icredit:", told)
    if words[0] == "score":
        written = json.loads((standing / "scores.manifest.json").read_text("utf-8"))
        assert written["counts"]["scored"] == 6, "the files stand whether or not anybody reads the summary"


# The table


def test_the_enum_is_the_contract() -> None:
    """The statuses and their numbers are those of the contract, no more and no less."""
    assert {status.name: status.value for status in ExitStatus} == {
        "DONE": 0,
        "DATA": 1,
        "USAGE": 2,
        "INPUT": 3,
        "OUTPUT": 4,
        "INTERRUPTED": 130,
    }
    assert all(status.meaning for status in ExitStatus)


def test_the_table_in_the_docs_is_the_enum() -> None:
    """docs/cli.md has a row for every status, with its meaning, and no other."""
    page = ROOT / "docs" / "cli.md"
    if not page.exists():
        pytest.skip("docs/cli.md is not there yet")

    rows = re.findall(r"^\|\s*`?(\d+)`?\s*\|\s*(.*?)\s*\|", page.read_text("utf-8"), re.MULTILINE)
    assert {int(number): meaning for number, meaning in rows} == {status.value: status.meaning for status in ExitStatus}
