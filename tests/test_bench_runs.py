"""The benchmark runs, its files are what it says of them, and both sides of a job find the same in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import icredit
from bench.files import BAD, WRITERS
from bench.jobs import JOBS, Job
from bench.measure import ROOT, Pairs, Run
from bench.sides import SIDES
from command_line import environment

ROWS = 400


def found_by_both(job: Job, file: str, folder: Path) -> list[dict[str, int]]:
    """Write a file and return what the two sides of a job find in it."""
    path = folder / file
    WRITERS[file](path, ROWS)
    return [SIDES[side]()(path) for side in (job.own, job.other)]


def test_the_clean_file_has_nothing_to_object_to(tmp_path: Path) -> None:
    """No row of the clean file is refused by either side, and icredit has not even a warning."""
    both = found_by_both(JOBS["csv-validate-clean"], "clean.csv", tmp_path)
    assert both == [{"rows": ROWS, "rejected": 0}] * 2
    assert icredit.read(tmp_path / "clean.csv").findings.is_empty()


def test_every_mistake_is_seen_by_both_sides(tmp_path: Path) -> None:
    """As many rows are refused as were spoiled, each kind of mistake at least once."""
    both = found_by_both(JOBS["csv-validate-5pct"], "bad.csv", tmp_path)
    assert both == [{"rows": ROWS, "rejected": ROWS * BAD}] * 2


@pytest.mark.parametrize("file", JOBS["xlsx-read"].files)
def test_both_sides_read_every_workbook(file: str, tmp_path: Path) -> None:
    """Both readers find all rows, whether text is shared or not, with and without formulas and errors."""
    pytest.importorskip("fastexcel", reason="it comes with the extra `bench`")
    assert found_by_both(JOBS["xlsx-read"], file, tmp_path) == [{"rows": ROWS}] * 2


def test_the_same_file_is_written_every_time(tmp_path: Path) -> None:
    """Figures of different days are of the same file."""
    for name in ("first", "second"):
        WRITERS["bad.csv"](tmp_path / name, ROWS)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_ratios_are_made_pair_by_pair() -> None:
    """The median of the ratios is quoted, not the ratio of the medians."""

    def run(elapsed: float) -> Run:
        return Run(elapsed, 0.0, 0.0, 0.0, 0.0, {})

    measured = Pairs((run(1), run(2), run(9)), (run(10), run(4), run(3)))
    assert measured.ratio("elapsed") == (2 / 4, 1 / 10, 9 / 3)


def test_a_job_runs_from_the_command_line(tmp_path: Path) -> None:
    """One job on a small file gives both tables in Markdown, and the file stays where it was asked for."""
    words = ["csv-validate-5pct", "--rows", str(ROWS), "--runs", "1", "--files", str(tmp_path), "--markdown"]
    command = [sys.executable, "-m", "bench", *words]
    ran = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    lines = ran.stdout.splitlines()
    assert sum(line.startswith("| csv-validate-5pct | bad.csv |") for line in lines) == 3
    assert [file.name for file in tmp_path.iterdir()] == [f"{ROWS}-bad.csv"]


def test_the_readme_names_every_job() -> None:
    """A job that is measured is explained."""
    text = (ROOT / "bench" / "README.md").read_text(encoding="utf-8")
    assert [name for name in JOBS if f"`{name}`" not in text] == []
