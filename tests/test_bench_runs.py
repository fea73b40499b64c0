"""The benchmark runs, its files are what it says of them, and both sides of a job find the same in them."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import icredit
from bench.agree import difference
from bench.commands import COMMANDS, reference
from bench.files import BAD, WRITERS
from bench.jobs import JOBS, Job
from bench.measure import ROOT, Pairs, Run
from bench.rivals import rank_polars
from bench.rivals.national import TABLE
from bench.sides import SIDES
from command_line import environment
from command_line import icredit as command
from icredit.scoring.pipeline import table_columns

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


@pytest.mark.parametrize(
    ("program", "kind"), [("polars", "csv"), ("polars", "parquet"), ("pandas", "csv"), ("duckdb", "csv")]
)
def test_every_other_program_scores_as_icredit_does(program: str, kind: str, tmp_path: Path) -> None:
    """The same rows in the same order, with the same ranks, statuses and grades, and scores alike to a billionth."""
    pytest.importorskip(program, reason=f"{program} comes with the extra `bench`")
    source, own, other = (tmp_path / f"{name}.{kind}" for name in ("clean", "own", "other"))
    WRITERS[source.name](source, ROWS)
    assert command("score", source, "-o", own, "-q") == 0
    importlib.import_module(f"bench.rivals.score_{program}").score(source, other)
    assert difference(own, other) is None


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_other_program_makes_the_same_list(kind: str, tmp_path: Path) -> None:
    """Its list of a zone is that of icredit, ranks counted anew."""
    table, own, other = tmp_path / f"scored.{kind}", tmp_path / "own.csv", tmp_path / "other.csv"
    WRITERS[table.name](table, ROWS)
    assert command("rank", table, "--zone", "changsha", "--top", 100, "-o", own, "-q") == 0
    rank_polars.rank(table, other)
    assert difference(own, other) is None


def test_one_enterprise_is_scored_as_among_all(tmp_path: Path) -> None:
    """The file of one enterprise comes with the reference of the batch to which it belongs."""
    one, late, table = tmp_path / "one.csv", tmp_path / "late.csv", tmp_path / "scored.csv"
    WRITERS["one.csv"](one, ROWS)
    WRITERS["scored.csv"](table, ROWS)
    assert command("score", one, "--reference", reference(one), "-o", late, "-q") == 0
    found, all_rows = pl.read_csv(late), pl.read_csv(table)
    assert found["score"].to_list() == all_rows.filter(uscc=found["uscc"].item())["score"].to_list()


def test_tables_that_differ_do_not_agree(tmp_path: Path) -> None:
    """A rank, a score beyond the tolerance, a missing score and a missing row are seen, rounding is not."""
    own, other = tmp_path / "own.parquet", tmp_path / "other.parquet"

    def differing(ranks: list[int], scores: list[float | None]) -> str | None:
        pl.DataFrame({"rank": [1, 2], "score": [60.0, 50.0]}).write_parquet(own)
        pl.DataFrame({"rank": ranks, "score": scores}).write_parquet(other)
        return difference(own, other)

    assert differing([1, 2], [60.0, 50.0 + 1e-12]) is None
    assert differing([1, 1], [60.0, 50.0]) == "1 rows differ in rank"
    assert differing([1, 2], [60.0, 50.0 + 1e-6]) == "1 rows differ in score"
    assert differing([1, 2], [60.0, None]) == "1 rows differ in score"
    assert differing([1], [60.0]) is not None


def test_the_columns_are_those_of_a_scored_table() -> None:
    """What the other programs write by hand are the columns of icredit's table."""
    assert table_columns(icredit.load_scheme("ics-national-2024")) == TABLE


def test_every_side_exists() -> None:
    """A job names a program of this package or a command line."""
    assert [side for job in JOBS.values() for side in (job.own, job.other) if side not in {*SIDES, *COMMANDS}] == []


def test_the_same_file_is_written_every_time(tmp_path: Path) -> None:
    """Figures of different days are of the same file."""
    for name in ("first", "second"):
        WRITERS["bad.csv"](tmp_path / name, ROWS)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_ratios_are_made_pair_by_pair() -> None:
    """The median of the ratios is quoted, not the ratio of the medians."""

    def run(elapsed: float) -> Run:
        return Run(elapsed, 0.0, 0.0)

    measured = Pairs((run(1), run(2), run(9)), (run(10), run(4), run(3)))
    assert measured.ratio("elapsed") == (2 / 4, 1 / 10, 9 / 3)


def test_a_part_counts_as_often_as_it_stands_for_the_whole() -> None:
    """The time of a run on a twentieth of the rows counts twenty times, its memory once."""
    measured = Pairs((Run(44.0, 60.0, 900.0),), (Run(2.0, 3.0, 600.0),), times=20)
    assert measured.ratio("elapsed")[0] == pytest.approx(1.1)
    assert measured.ratio("cpu")[0] == pytest.approx(1.0)
    assert measured.ratio("peak")[0] == pytest.approx(1.5)


def test_the_large_file_is_blocks_of_other_enterprises(tmp_path: Path) -> None:
    """Every block has the figures of the first, and codes of its own, all of them right."""
    WRITERS["large.csv"](tmp_path / "large.csv", 20 * 30)
    frame = pl.read_csv(tmp_path / "large.csv", infer_schema=False)
    code, figures = frame.columns[0], frame.columns[7:]
    assert frame.height == 600
    assert frame[code].n_unique() == 600
    assert all(block.select(figures).equals(frame.head(30).select(figures)) for block in frame.iter_slices(30))
    assert icredit.read(tmp_path / "large.csv").rejected == 0


def test_a_job_runs_from_the_command_line(tmp_path: Path) -> None:
    """One job on a small file gives both tables in Markdown, and the file stays where it was asked for."""
    words = ["csv-validate-5pct", "--rows", str(ROWS), "--runs", "1", "--files", str(tmp_path), "--markdown"]
    started = [sys.executable, "-m", "bench", *words]
    ran = subprocess.run(started, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    lines = ran.stdout.splitlines()
    assert sum(line.startswith("| csv-validate-5pct | bad.csv |") for line in lines) == 3
    assert [file.name for file in tmp_path.iterdir()] == [f"{ROWS}-bad.csv"]


def test_a_job_of_commands_runs_and_its_tables_are_compared(tmp_path: Path) -> None:
    """Command lines tell nothing of the job alone, but their peaks have a ratio."""
    words = ["score-parquet", "version", "--rows", str(ROWS), "--runs", "1", "--files", str(tmp_path)]
    started = [sys.executable, "-m", "bench", *words]
    ran = subprocess.run(started, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    ratios = [re.split(" {2,}", line) for line in ran.stdout.splitlines() if re.match(r"\S+ .*≤", line)]
    assert [line[0] for line in ratios] == ["score-parquet", "version"]
    assert all(line[8] == "–" and float(line[11]) > 0 for line in ratios)
    assert [file.name for file in tmp_path.iterdir()] == [f"{ROWS}-clean.parquet"]


def test_the_readme_names_every_job() -> None:
    """A job that is measured is explained."""
    text = (ROOT / "bench" / "README.md").read_text(encoding="utf-8")
    assert [name for name in JOBS if f"`{name}`" not in text] == []
